//! Rows of apologies.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, OwnEnrolment};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ApologyId, ClassId, EnrolmentId, FileId, PersonId};
use crate::lang::Lang;
use crate::teaching::rules::Slot;
use crate::web::paging::{Cursor, Page};

use super::super::rules::ApologyState;

/// A trainee's apology for a session.
#[derive(Clone, Debug, QueryableByName)]
pub struct Apology {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ApologyId,
    /// The session.
    #[diesel(sql_type = SqlUuid)]
    pub session_id: ClassId,
    /// The enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub module_code: String,
    /// The module's name in English.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// In Chinese.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// The session begins.
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    /// It ends.
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    /// The trainee's words.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// The evidence.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub evidence_id: Option<FileId>,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The office's words.
    #[diesel(sql_type = Nullable<Text>)]
    pub decision_reason: Option<String>,
    /// When it was decided.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was sent.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Version.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

const APOLOGY: &str = "SELECT a.id, a.session_id, a.enrolment_id, a.person_id, e.name_shown, e.trainee_number, m.code AS module_code, \
    coalesce(nullif(o.title_en, ''), v.name_en, m.code) AS name_en, coalesce(nullif(o.title_zh, ''), v.name_zh, m.code) AS name_zh, \
    s.starts_at, s.ends_at, a.reason, a.evidence_id, a.state, a.decision_reason, a.decided_at, a.created_at, a.version \
    FROM apologies a JOIN enrolments e ON e.id = a.enrolment_id JOIN class_sessions s ON s.id = a.session_id \
    JOIN modules m ON m.id = s.module_id LEFT JOIN offerings o ON o.id = s.offering_id \
    LEFT JOIN cohorts c ON c.id = s.cohort_id \
    LEFT JOIN LATERAL (SELECT n.name_en, n.name_zh FROM module_versions n \
      WHERE n.module_id = m.id AND n.state <> 'draft' \
      ORDER BY n.effective_from <= c.starts_on DESC, n.number DESC LIMIT 1) v ON true";

impl Apology {
    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<ApologyState> {
        super::apology_state(&self.state)
    }

    /// Code and name of the session.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        format!(
            "{} {}",
            self.module_code,
            lang.pick(&self.name_en, &self.name_zh)
        )
    }

    /// When the session is.
    #[must_use]
    pub fn slot(&self) -> Slot {
        Slot {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }
}

/// What a list of apologies is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// In this state.
    pub state: Option<ApologyState>,
    /// Part of a name, number or code, in any case.
    pub text: Option<String>,
}

/// A page of a cohort's apologies, the newest first.
///
/// # Errors
/// The database's.
pub fn apologies(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    wanted: &Wanted,
    after: Option<&Cursor>,
    size: i64,
) -> Result<Page<Apology>> {
    let after_at = after.and_then(|it| it.key.parse::<DateTime<Utc>>().ok());
    let rows: Vec<Apology> = sql_query(format!(
        "{APOLOGY} WHERE a.cohort_id = $1 AND ($2 IS NULL OR a.state = $2) \
           AND ($3 IS NULL OR position(lower($3) IN lower(concat_ws(' ', e.name_shown, e.trainee_number, m.code, \
             (SELECT z.name_zh FROM applications z WHERE z.id = e.application_id)))) > 0) \
           AND ($4 IS NULL OR (a.created_at, a.id) < ($4, $5)) ORDER BY a.created_at DESC, a.id DESC LIMIT $6"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<Text>, _>(wanted.state.map(ApologyState::as_str))
    .bind::<Nullable<Text>, _>(&wanted.text)
    .bind::<Nullable<Timestamptz>, _>(after_at)
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(size.saturating_add(1))
    .load(conn.pg())?;
    Ok(Page::cut(rows, size, |row| Cursor {
        key: row.created_at.to_rfc3339(),
        id: row.id.0,
    }))
}

/// An apology of the cohort.
///
/// # Errors
/// [`Error::NotFound`].
pub fn apology(conn: &mut Conn<'_>, staff: &CohortStaff, id: ApologyId) -> Result<Apology> {
    sql_query(format!("{APOLOGY} WHERE a.id = $1 AND a.cohort_id = $2"))
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.cohort())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// Takes an apology for this transaction.
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock_apology(conn: &mut Conn<'_>, staff: &CohortStaff, id: ApologyId) -> Result<()> {
    let found = sql_query("SELECT id FROM apologies WHERE id = $1 AND cohort_id = $2 FOR UPDATE")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.cohort())
        .execute(conn.pg())?;
    if found == 0 {
        Err(Error::NotFound)
    } else {
        Ok(())
    }
}

/// The reader's own apologies, the newest first: at most 500.
///
/// # Errors
/// The database's.
pub fn own_apologies(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Vec<Apology>> {
    let (enrolment, person) = (own.enrolment(), own.person());
    conn.elevate(Task::Attendance, |conn| {
        Ok(sql_query(format!(
            "{APOLOGY} WHERE a.enrolment_id = $1 AND a.person_id = $2 ORDER BY a.created_at DESC, a.id DESC LIMIT 500"
        ))
        .bind::<SqlUuid, _>(enrolment)
        .bind::<SqlUuid, _>(person)
        .load(conn.pg())?)
    })
}

/// One of the reader's own.
///
/// # Errors
/// [`Error::NotFound`].
pub fn own_apology(
    conn: &mut Conn<'_>,
    own: &crate::access::Own,
    id: ApologyId,
) -> Result<Apology> {
    let person = own.person();
    conn.elevate(Task::Attendance, |conn| {
        sql_query(format!("{APOLOGY} WHERE a.id = $1 AND a.person_id = $2"))
            .bind::<SqlUuid, _>(id)
            .bind::<SqlUuid, _>(person)
            .get_result(conn.pg())
            .optional()?
            .ok_or(Error::NotFound)
    })
}
