//! Rows of the delivery log and of the local mailbox.

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::{Desk, Own, Working};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{CohortId, LetterId, PersonId, ProgrammeId};
use crate::web::paging::{Cursor, Page};

/// What the log is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words that must all occur in the name, the address or the subject, in lower case.
    pub words: Vec<String>,
    /// One state.
    pub state: Option<String>,
    /// One kind.
    pub kind: Option<String>,
    /// Letters about one cohort, its applications and its offers.
    pub cohort: Option<CohortId>,
    /// `written`, `to` or `state`, and whether it descends.
    pub sort: (Sort, bool),
}

/// Columns by which the log is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By time of writing (ids are made in that order).
    #[default]
    Written,
    /// By the recipient's name.
    To,
    /// By state.
    State,
}

impl Sort {
    /// Column and direction from the address; newest first unless said otherwise.
    #[must_use]
    pub fn parse(word: &str) -> (Self, bool) {
        match word {
            "to" => (Self::To, false),
            "-to" => (Self::To, true),
            "state" => (Self::State, false),
            "-state" => (Self::State, true),
            "written" => (Self::Written, false),
            _ => (Self::Written, true),
        }
    }

    /// What comes before the row itself in the order; ids alone are in the order of writing.
    fn key(self) -> &'static str {
        match self {
            Self::Written => "''",
            Self::To => "lower(l.to_name)",
            Self::State => "l.state",
        }
    }
}

/// A letter as a line of the log.
#[derive(Debug, QueryableByName)]
pub struct Line {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: LetterId,
    /// Kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Recipient's name.
    #[diesel(sql_type = Text)]
    pub to_name: String,
    /// Recipient's address.
    #[diesel(sql_type = Text)]
    pub to_address: String,
    /// Language.
    #[diesel(sql_type = Text)]
    pub lang: String,
    /// Subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Tries so far.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// Why the last try failed.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
    /// When it was written.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it left.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sent_at: Option<DateTime<Utc>>,
    /// Sort key.
    #[diesel(sql_type = Text)]
    pub key: String,
}

/// One page of the log, and one row more if there are more.
///
/// # Errors
/// The database's.
pub fn log(
    conn: &mut Conn<'_>,
    desk: &Desk,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Line>> {
    let (sort, descending) = filter.sort;
    let key = sort.key();
    let (order, beyond) = if descending {
        ("DESC", "<")
    } else {
        ("ASC", ">")
    };
    let (rows, by) = if sort == Sort::Written {
        (format!("l.id {beyond} $7"), format!("l.id {order}"))
    } else {
        (
            format!("({key}, l.id) {beyond} ($6, $7)"),
            format!("{key} {order}, l.id {order}"),
        )
    };
    let programmes: Vec<Uuid> = desk.programmes().iter().map(|id| id.0).collect();
    Ok(sql_query(format!(
        "SELECT l.id, l.kind, l.to_name, l.to_address, l.lang, l.subject, l.state, l.attempts, l.last_error, l.created_at, \
           l.sent_at, {key} AS key FROM letters l \
         WHERE (l.programme_id = ANY ($1) OR ($2 AND l.programme_id IS NULL)) \
           AND ($3 IS NULL OR l.state = $3) AND ($4 IS NULL OR l.kind = $4) \
           AND NOT EXISTS (SELECT FROM unnest($5) AS w(word) \
             WHERE position(w.word IN lower(concat_ws(' ', l.to_name, l.to_address, l.subject))) = 0) \
           AND ($6 IS NULL OR {rows}) \
           AND ($9 IS NULL OR l.subject_id = $9 OR EXISTS (SELECT FROM applications a WHERE a.id = l.subject_id AND a.cohort_id = $9) \
             OR EXISTS (SELECT FROM offers o WHERE o.id = l.subject_id AND o.cohort_id = $9)) \
         ORDER BY {by} LIMIT $8"
    ))
    .bind::<Array<SqlUuid>, _>(programmes)
    .bind::<Bool, _>(desk.administrator())
    .bind::<Nullable<Text>, _>(&filter.state)
    .bind::<Nullable<Text>, _>(&filter.kind)
    .bind::<Array<Text>, _>(&filter.words)
    .bind::<Nullable<Text>, _>(after.map(|a| a.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|a| a.id))
    .bind::<BigInt, _>(limit)
    .bind::<Nullable<SqlUuid>, _>(filter.cohort)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct KindRow {
    #[diesel(sql_type = Text)]
    kind: String,
}

/// The kinds of letters that the log holds.
///
/// # Errors
/// The database's.
pub fn kinds(conn: &mut Conn<'_>, _: &Desk) -> Result<Vec<String>> {
    let rows: Vec<KindRow> = sql_query(
        // From one kind to the next by the index: there are few kinds and many letters.
        "WITH RECURSIVE kinds AS ( \
           SELECT min(kind) AS kind FROM letters WHERE programme_id = ANY (banyan_programmes()) OR programme_id IS NULL \
           UNION ALL \
           SELECT (SELECT min(l.kind) FROM letters l \
             WHERE l.kind > k.kind AND (l.programme_id = ANY (banyan_programmes()) OR l.programme_id IS NULL)) \
           FROM kinds k WHERE k.kind IS NOT NULL) \
         SELECT kind FROM kinds WHERE kind IS NOT NULL ORDER BY kind",
    )
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|row| row.kind).collect())
}

/// A letter, whole.
#[derive(Debug, QueryableByName)]
pub struct Whole {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: LetterId,
    /// Kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// To whom.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub person_id: Option<PersonId>,
    /// In which programme.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub programme_id: Option<ProgrammeId>,
    /// Recipient's name.
    #[diesel(sql_type = Text)]
    pub to_name: String,
    /// Recipient's address.
    #[diesel(sql_type = Text)]
    pub to_address: String,
    /// Language.
    #[diesel(sql_type = Text)]
    pub lang: String,
    /// Subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// Text part, with placeholders.
    #[diesel(sql_type = Text)]
    pub body_text: String,
    /// HTML part, with placeholders.
    #[diesel(sql_type = Text)]
    pub body_html: String,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Tries so far.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// Why the last try failed.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
    /// The letter of which it is a copy.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub resent_from: Option<LetterId>,
    /// When it was written.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it left.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sent_at: Option<DateTime<Utc>>,
}

/// A letter within the desk's reach.
///
/// # Errors
/// [`Error::NotFound`].
pub fn whole(conn: &mut Conn<'_>, desk: &Desk, letter: LetterId) -> Result<Whole> {
    let programmes: Vec<Uuid> = desk.programmes().iter().map(|id| id.0).collect();
    sql_query(format!(
        "{WHOLE} WHERE id = $1 AND (programme_id = ANY ($2) OR ($3 AND programme_id IS NULL))"
    ))
    .bind::<SqlUuid, _>(letter)
    .bind::<Array<SqlUuid>, _>(programmes)
    .bind::<Bool, _>(desk.administrator())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

const WHOLE: &str = "SELECT id, kind, person_id, programme_id, to_name, to_address, lang, subject, body_text, body_html, state, \
    attempts, last_error, resent_from, created_at, sent_at FROM letters";

/// A letter to the person themselves.
///
/// # Errors
/// [`Error::NotFound`].
pub fn own_letter(conn: &mut Conn<'_>, own: &Own, letter: LetterId) -> Result<Whole> {
    sql_query(format!("{WHOLE} WHERE id = $1 AND person_id = $2"))
        .bind::<SqlUuid, _>(letter)
        .bind::<SqlUuid, _>(own.person())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// The letters to a person that have left, the newest first; `words` narrow them.
///
/// # Errors
/// The database's.
pub fn own_letters(
    conn: &mut Conn<'_>,
    own: &Own,
    words: Option<&str>,
    after: Option<&Cursor>,
    size: i64,
) -> Result<Page<Line>> {
    let rows: Vec<Line> = sql_query(
        "SELECT id, kind, to_name, to_address, lang, subject, state, attempts, last_error, created_at, sent_at, '' AS key \
         FROM letters WHERE person_id = $1 AND sent_at IS NOT NULL \
           AND ($2 IS NULL OR position(lower($2) IN lower(subject)) > 0) AND ($3 IS NULL OR id < $3) \
         ORDER BY id DESC LIMIT $4",
    )
    .bind::<SqlUuid, _>(own.person())
    .bind::<Nullable<Text>, _>(words)
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(size.saturating_add(1))
    .load(conn.pg())?;
    Ok(Page::cut(rows, size, |row| Cursor {
        key: String::new(),
        id: row.id.0,
    }))
}

/// A letter that has landed in the local mailbox, its links real.
#[derive(Debug, QueryableByName)]
pub struct Landed {
    /// The letter.
    #[diesel(sql_type = SqlUuid)]
    pub letter_id: LetterId,
    /// To whom.
    #[diesel(sql_type = Text)]
    pub to_address: String,
    /// Subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// Text part.
    #[diesel(sql_type = Text)]
    pub body_text: String,
    /// HTML part.
    #[diesel(sql_type = Text)]
    pub body_html: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// One page of the local mailbox, newest first: letters whose address or subject holds `q`.
///
/// # Errors
/// The database's.
pub fn mailbox(
    conn: &mut Conn<'_>,
    _: &Working,
    q: &str,
    before: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Landed>> {
    Ok(sql_query(
        "SELECT letter_id, to_address, subject, '' AS body_text, '' AS body_html, created_at FROM mailbox \
         WHERE position($1 IN lower(to_address || ' ' || subject)) > 0 AND ($2 IS NULL OR letter_id < $2) \
         ORDER BY letter_id DESC LIMIT $3",
    )
    .bind::<Text, _>(q.trim().to_lowercase())
    .bind::<Nullable<SqlUuid>, _>(before.map(|b| b.id))
    .bind::<BigInt, _>(limit)
    .load(conn.pg())?)
}

/// One letter of the local mailbox.
///
/// # Errors
/// [`Error::NotFound`].
pub fn landed(conn: &mut Conn<'_>, _: &Working, letter: LetterId) -> Result<Landed> {
    sql_query("SELECT letter_id, to_address, subject, body_text, body_html, created_at FROM mailbox WHERE letter_id = $1")
        .bind::<SqlUuid, _>(letter)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}
