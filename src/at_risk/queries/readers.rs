//! What trainees and instructors read of cases.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{self, Instructor};
use crate::db::{Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{EnrolmentId, RiskCaseId};
use crate::lang::Lang;
use crate::web::paging::Cursor;

/// What is said of a trainee, to them.
#[derive(Clone, Debug, QueryableByName)]
pub struct Own {
    /// The case.
    #[diesel(sql_type = SqlUuid)]
    pub case_id: RiskCaseId,
    /// Which of their enrolments.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// What was found.
    #[diesel(sql_type = Jsonb)]
    pub reasons: Value,
    /// Who looks after it, if somebody does.
    #[diesel(sql_type = Text)]
    pub owner_name: String,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub opened_at: DateTime<Utc>,
    /// Does it rest: do they pause, or take part no more?
    #[diesel(sql_type = Bool)]
    pub resting: bool,
    /// When it was looked at last.
    #[diesel(sql_type = Timestamptz)]
    pub looked_at: DateTime<Utc>,
    /// Until when.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub closed_at: Option<DateTime<Utc>>,
    /// The programme's English name.
    #[diesel(sql_type = Text)]
    pub programme_en: String,
    /// The programme's Chinese name.
    #[diesel(sql_type = Text)]
    pub programme_zh: String,
    /// Where to write.
    #[diesel(sql_type = Text)]
    pub contact_email: String,
}

impl Own {
    /// The programme's name as the reader reads it.
    #[must_use]
    pub fn programme(&self, lang: Lang) -> &str {
        lang.pick(&self.programme_en, &self.programme_zh)
    }
}

/// What is and was said of a person, the newest first.
///
/// # Errors
/// The database's.
pub fn own(conn: &mut Conn<'_>, own: &access::Own) -> Result<Vec<Own>> {
    Ok(sql_query(
        "SELECT s.case_id, s.enrolment_id, s.reasons, s.resting, s.owner_name, s.opened_at, s.looked_at, s.closed_at, \
           p.name_en AS programme_en, p.name_zh AS programme_zh, p.contact_email \
         FROM risk_standings s JOIN programmes p ON p.id = s.programme_id WHERE s.person_id = $1 \
         ORDER BY s.closed_at IS NOT NULL, s.opened_at DESC, s.case_id LIMIT 100",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// A note that is meant for the trainee.
#[derive(Clone, Debug, QueryableByName)]
pub struct OwnNote {
    /// The case.
    #[diesel(sql_type = SqlUuid)]
    pub case_id: RiskCaseId,
    /// Who wrote it.
    #[diesel(sql_type = Text)]
    pub author_name: String,
    /// What it says.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// The notes that a person may read, the newest first.
///
/// # Errors
/// The database's.
pub fn own_notes(conn: &mut Conn<'_>, own: &access::Own) -> Result<Vec<OwnNote>> {
    Ok(sql_query(
        "SELECT case_id, author_name, body, created_at FROM risk_notes WHERE person_id = $1 AND shown \
         ORDER BY id DESC LIMIT 500",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct TaughtCase {
    #[diesel(sql_type = SqlUuid)]
    id: RiskCaseId,
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = Jsonb)]
    reasons: Value,
    #[diesel(sql_type = Timestamptz)]
    opened_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    sort_key: String,
}

/// A trainee at risk, to one who teaches them.
#[derive(Clone, Debug)]
pub struct Taught {
    /// The case.
    pub id: RiskCaseId,
    /// Name as lists show it.
    pub name_shown: String,
    /// Trainee's number.
    pub trainee_number: String,
    /// What was found.
    pub reasons: Value,
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// Where the next page begins.
    pub sort_key: String,
}

#[derive(QueryableByName)]
struct Called {
    #[diesel(sql_type = SqlUuid)]
    id: EnrolmentId,
    #[diesel(sql_type = Text)]
    name_shown: String,
    #[diesel(sql_type = Text)]
    trainee_number: String,
}

/// Those of an instructor's own trainees about whom something is found now, the longest open first. Which
/// cases these are is decided by the instructor's own policy; only their names come from beyond it.
///
/// # Errors
/// The database's.
pub fn taught(
    conn: &mut Conn<'_>,
    instructor: &Instructor,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Taught>> {
    let programmes: Vec<Uuid> = instructor.programmes().iter().map(|id| id.0).collect();
    let cases: Vec<TaughtCase> = sql_query(
        "SELECT * FROM (SELECT id, enrolment_id, reasons, opened_at, opened_at::text AS sort_key FROM risk_cases \
           WHERE $1 = ANY (instructor_ids) AND programme_id = ANY ($2) AND state <> 'closed' AND gone_at IS NULL) q \
         WHERE $3 IS NULL OR (sort_key COLLATE \"C\", id) > ($3, $4) ORDER BY sort_key COLLATE \"C\", id LIMIT $5",
    )
    .bind::<SqlUuid, _>(instructor.person())
    .bind::<Array<SqlUuid>, _>(programmes)
    .bind::<Nullable<Text>, _>(after.map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(limit)
    .load(conn.pg())?;
    let ids: Vec<Uuid> = cases.iter().map(|it| it.enrolment_id.0).collect();
    let names: Vec<Called> = conn.elevate(Task::AtRisk, |conn| {
        Ok(
            sql_query("SELECT id, name_shown, trainee_number FROM enrolments WHERE id = ANY ($1)")
                .bind::<Array<SqlUuid>, _>(&ids)
                .load(conn.pg())?,
        )
    })?;
    let taught = cases.into_iter().filter_map(|it| {
        let called = names.iter().find(|name| name.id == it.enrolment_id)?;
        Some(Taught {
            id: it.id,
            name_shown: called.name_shown.clone(),
            trainee_number: called.trainee_number.clone(),
            reasons: it.reasons,
            opened_at: it.opened_at,
            sort_key: it.sort_key,
        })
    });
    Ok(taught.collect())
}
