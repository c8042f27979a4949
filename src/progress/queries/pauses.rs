//! Rows of breaks in learning and deferrals.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, OwnEnrolment, Working};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{BreakId, CohortId, EnrolmentId, PersonId};
use crate::web::paging::{Cursor, Page};

use super::super::rules::breaks::{BreakKind, BreakState, Span};

/// A break in learning, or a deferral.
#[derive(Clone, Debug, QueryableByName)]
pub struct Pause {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: BreakId,
    /// The cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// Whose.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Kind as its word.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day as planned; on return, as it was.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Why, in the trainee's words.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// State as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// What the office answered.
    #[diesel(sql_type = Nullable<Text>)]
    pub answer: Option<String>,
    /// When it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Version, for the `ETag`.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// The trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Pause {
    /// Its kind.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn kind(&self) -> Result<BreakKind> {
        BreakKind::parse(&self.kind)
            .ok_or_else(|| Error::Internal(format!("kind of break {}", self.kind)))
    }

    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<BreakState> {
        BreakState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("state of break {}", self.state)))
    }

    /// Its days.
    #[must_use]
    pub fn span(&self) -> Span {
        Span {
            from: self.starts_on,
            to: self.ends_on,
        }
    }
}

const PAUSE: &str = "SELECT b.id, b.cohort_id, b.enrolment_id, b.person_id, b.kind, b.starts_on, b.ends_on, b.reason, b.state, \
    b.answer, b.created_at, b.version, e.name_shown, e.trainee_number, \
    to_char(b.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS sort_key \
    FROM learning_breaks b JOIN enrolments e ON e.id = b.enrolment_id";

/// A cohort's requests, the newest first; only those in this state, if one is named.
///
/// # Errors
/// The database's.
pub fn pauses(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (state, after): (Option<BreakState>, Option<&Cursor>),
    size: i64,
) -> Result<Page<Pause>> {
    let rows: Vec<Pause> = sql_query(format!(
        "SELECT * FROM ({PAUSE} WHERE b.cohort_id = $1 AND ($2 IS NULL OR b.state = $2)) q \
         WHERE $3 IS NULL OR (sort_key COLLATE \"C\", id) < ($3, $4) \
         ORDER BY sort_key COLLATE \"C\" DESC, id DESC LIMIT $5"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<Text>, _>(state.map(BreakState::as_str))
    .bind::<Nullable<Text>, _>(after.map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(size.saturating_add(1))
    .load(conn.pg())?;
    Ok(Page::cut(rows, size, |row| Cursor {
        key: row.sort_key.clone(),
        id: row.id.0,
    }))
}

#[derive(QueryableByName)]
struct Asked {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many of a cohort's requests wait for an answer.
///
/// # Errors
/// The database's.
pub fn pauses_asked(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<i64> {
    let row: Asked = sql_query(
        "SELECT count(*) AS n FROM learning_breaks WHERE cohort_id = $1 AND state = 'asked'",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .get_result(conn.pg())?;
    Ok(row.n)
}

/// One of a cohort's.
///
/// # Errors
/// [`Error::NotFound`].
pub fn pause(conn: &mut Conn<'_>, staff: &CohortStaff, id: BreakId) -> Result<Pause> {
    sql_query(format!("{PAUSE} WHERE b.cohort_id = $1 AND b.id = $2"))
        .bind::<SqlUuid, _>(staff.cohort())
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// Locks one of a cohort's until the transaction ends.
///
/// # Errors
/// The database's.
pub fn lock_pause(conn: &mut Conn<'_>, staff: &CohortStaff, id: BreakId) -> Result<()> {
    sql_query("SELECT id FROM learning_breaks WHERE id = $1 AND cohort_id = $2 FOR UPDATE")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.cohort())
        .execute(conn.pg())?;
    Ok(())
}

/// A trainee's requests as the office sees them, the newest first.
///
/// # Errors
/// The database's.
pub fn pauses_of(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    enrolment: EnrolmentId,
) -> Result<Vec<Pause>> {
    Ok(sql_query(format!(
        "{PAUSE} WHERE b.cohort_id = $1 AND b.enrolment_id = $2 ORDER BY b.created_at DESC, b.id"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(enrolment)
    .load(conn.pg())?)
}

/// A trainee's own, the newest first.
///
/// # Errors
/// The database's.
pub fn pauses_own(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Vec<Pause>> {
    Ok(sql_query(format!(
        "{PAUSE} WHERE b.enrolment_id = $1 AND b.person_id = $2 ORDER BY b.created_at DESC, b.id"
    ))
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// One of a trainee's own.
///
/// # Errors
/// [`Error::NotFound`].
pub fn pause_own(conn: &mut Conn<'_>, own: &OwnEnrolment, id: BreakId) -> Result<Pause> {
    pauses_own(conn, own)?
        .into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)
}

/// The days on which targets are frozen. A deferral lasts until the trainee is back, whatever was
/// planned; a break ends by itself.
pub(in crate::progress) fn frozen_days(pause: &Pause, today: NaiveDate) -> Result<Option<Span>> {
    let span = pause.span();
    Ok(match (pause.state()?, pause.kind()?) {
        (BreakState::Granted, BreakKind::Deferral) => Some(Span {
            to: span.to.max(today),
            ..span
        }),
        (BreakState::Granted, BreakKind::Break) | (BreakState::Ended, _) => Some(span),
        (BreakState::Asked | BreakState::Withdrawn | BreakState::Refused, _) => None,
    })
}

/// The days on which targets are frozen, by trainee, of all or of one: nothing on them counts against anybody.
///
/// # Errors
/// The database's.
pub fn breaks(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    only: Option<EnrolmentId>,
    today: NaiveDate,
) -> Result<BTreeMap<EnrolmentId, Vec<Span>>> {
    let rows: Vec<Pause> = sql_query(format!(
        "{PAUSE} WHERE b.cohort_id = $1 AND ($2 IS NULL OR b.enrolment_id = $2) AND b.state IN ('granted', 'ended') \
         ORDER BY b.starts_on, b.id"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<SqlUuid>, _>(only)
    .load(conn.pg())?;
    by_trainee(&rows, today)
}

/// [`breaks`] of these enrolments, for a task that may read them.
///
/// # Errors
/// The database's.
pub fn breaks_among(
    conn: &mut Conn<'_>,
    _task: &Working,
    enrolments: &[EnrolmentId],
    today: NaiveDate,
) -> Result<BTreeMap<EnrolmentId, Vec<Span>>> {
    let rows: Vec<Pause> = sql_query(format!(
        "{PAUSE} WHERE b.enrolment_id = ANY ($1) AND b.state IN ('granted', 'ended') ORDER BY b.starts_on, b.id"
    ))
    .bind::<Array<SqlUuid>, _>(enrolments)
    .load(conn.pg())?;
    by_trainee(&rows, today)
}

fn by_trainee(rows: &[Pause], today: NaiveDate) -> Result<BTreeMap<EnrolmentId, Vec<Span>>> {
    let mut all: BTreeMap<EnrolmentId, Vec<Span>> = BTreeMap::new();
    for row in rows {
        if let Some(span) = frozen_days(row, today)? {
            all.entry(row.enrolment_id).or_default().push(span);
        }
    }
    Ok(all)
}
