//! Rows of changes of seats.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{OrganisationId, PersonId, PostingId, ProgrammeId, RoundId, SeatChangeId};
use crate::lang::Lang;
use crate::web::fields::Column;

use super::super::rules::{ChangeKind, ChangeState};
use super::Side;
use crate::web::paging::Window;

/// A change of seats that an institution asks for.
#[derive(Clone, Debug, QueryableByName)]
pub struct Change {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: SeatChangeId,
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// Its English name.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// Its Chinese name.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// The round.
    #[diesel(sql_type = SqlUuid)]
    pub round_id: RoundId,
    /// The posting.
    #[diesel(sql_type = SqlUuid)]
    pub posting_id: PostingId,
    /// The posting's number.
    #[diesel(sql_type = Text)]
    pub number: String,
    /// The posting's English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// The posting's Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// What changes, as its word.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Seats as they stood.
    #[diesel(sql_type = Integer)]
    pub seats_before: i32,
    /// Seats wanted.
    #[diesel(sql_type = Integer)]
    pub seats_after: i32,
    /// Why.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// Where it stands, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// How many approvals it takes.
    #[diesel(sql_type = Integer)]
    pub needs: i32,
    /// Who asked.
    #[diesel(sql_type = SqlUuid)]
    pub asked_by: PersonId,
    /// Who approved first.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub first_by: Option<PersonId>,
    /// When it was decided.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub decided_at: Option<DateTime<Utc>>,
    /// What the office says.
    #[diesel(sql_type = Text)]
    pub answer: String,
    /// When it was asked.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Change {
    /// The institution as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_en, &self.organisation_zh)
    }

    /// The posting as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }

    /// What changes.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn kind(&self) -> Result<ChangeKind> {
        ChangeKind::parse(&self.kind)
            .ok_or_else(|| Error::Internal(format!("kind of change {}", self.kind)))
    }

    /// Where it stands.
    ///
    /// # Errors
    /// As [`Change::kind`].
    pub fn state(&self) -> Result<ChangeState> {
        ChangeState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("state of change {}", self.state)))
    }
}

/// The orders of the list of changes.
pub const CHANGE_SORTS: &[Column] = &[
    (
        "asked",
        "to_char(c.created_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')",
    ),
    ("organisation", "lower(o.name_en)"),
    ("state", "c.state"),
];

const CHANGE: &str = "SELECT c.id, c.programme_id, c.organisation_id, o.name_en AS organisation_en, o.name_zh AS organisation_zh, c.round_id, \
    c.posting_id, p.number, coalesce(p.content->>'title_en', p.number) AS title_en, coalesce(p.content->>'title_zh', p.number) AS title_zh, \
    c.kind, c.seats_before, c.seats_after, c.reason, c.state, c.needs, c.asked_by, c.first_by, c.decided_at, c.answer, c.created_at, c.version";
const CHANGES: &str = "FROM seat_changes c JOIN organisations o ON o.id = c.organisation_id JOIN postings p ON p.id = c.posting_id";

/// The changes of a side; `waiting` only those that wait, of one posting where it is named.
///
/// # Errors
/// The database's.
pub fn changes(
    conn: &mut Conn<'_>,
    side: &Side,
    (state, posting): (Option<ChangeState>, Option<PostingId>),
    page: &Window,
) -> Result<Vec<Change>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM ({CHANGE}, ({key}) COLLATE \"C\" AS sort_key {CHANGES} WHERE (c.programme_id = $1 OR c.organisation_id = ANY ($2)) \
           AND ($3 IS NULL OR c.state = $3) AND ($4 IS NULL OR c.posting_id = $4)) q \
         WHERE $5 IS NULL OR (sort_key, id) {beyond} ($5, $6) ORDER BY sort_key {direction}, id {direction} LIMIT $7"
    ))
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .bind::<Nullable<Text>, _>(state.map(ChangeState::as_str))
    .bind::<Nullable<SqlUuid>, _>(posting)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

/// One change of a side.
///
/// # Errors
/// [`Error::NotFound`].
pub fn change(conn: &mut Conn<'_>, side: &Side, id: SeatChangeId) -> Result<Change> {
    sql_query(format!(
        "{CHANGE}, '' AS sort_key {CHANGES} WHERE c.id = $3 AND (c.programme_id = $1 OR c.organisation_id = ANY ($2))"
    ))
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// Locks a change, after the round and the posting that it is about, and reads it again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`].
pub fn lock_change(
    conn: &mut Conn<'_>,
    side: &Side,
    id: SeatChangeId,
    seen: i32,
) -> Result<Change> {
    sql_query("SELECT id FROM seat_changes WHERE id = $1 FOR NO KEY UPDATE")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    let locked = change(conn, side, id)?;
    if locked.version == seen {
        Ok(locked)
    } else {
        Err(Error::Stale)
    }
}

/// The change of a posting that waits, if there is one.
///
/// # Errors
/// The database's.
pub fn waiting_change(
    conn: &mut Conn<'_>,
    side: &Side,
    posting: PostingId,
) -> Result<Option<Change>> {
    Ok(sql_query(format!(
        "{CHANGE}, '' AS sort_key {CHANGES} WHERE c.posting_id = $3 AND c.state IN ('asked', 'seconded') \
           AND (c.programme_id = $1 OR c.organisation_id = ANY ($2))"
    ))
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .bind::<SqlUuid, _>(posting)
    .get_result(conn.pg())
    .optional()?)
}
