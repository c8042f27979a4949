//! Rows of completion: versions of the rules, who follows which, trainees, forms and confirmations.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::{CohortStaff, Own, OwnEnrolment, ProgrammeStaff};
use crate::cohorts;
use crate::cohorts::rules::CohortState;
use crate::db::{Conn, Task, sql_query};
use crate::enrolments::rules::EnrolmentState;
use crate::error::{Error, Result};
use crate::ids::{CohortId, CompletionId, EnrolmentId, ModuleId, PersonId, RulesId};
use crate::lang::Lang;

use super::rules::RulesState;
use super::rules::content::CompletionRules;
use super::rules::verdict::Verdict;

mod minutes;
mod pauses;
mod seen;
pub use minutes::{ByModule, minutes, minutes_own};
pub use pauses::*;
pub use seen::seen_at_work;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: RulesId,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Jsonb)]
    content: Value,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    published_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Integer)]
    sequence: i32,
}

/// A version of a programme's rules.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Its id.
    pub id: RulesId,
    /// Its number, from 1.
    pub number: i32,
    /// Where it stands.
    pub state: RulesState,
    /// What it asks for.
    pub content: CompletionRules,
    /// For edits of a draft: which state of it the editor saw.
    pub version: i32,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Which choice of the cohort this is, from 1; 0 outside a cohort.
    pub sequence: i32,
}

impl TryFrom<Row> for Rules {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            number: row.number,
            state: RulesState::parse(&row.state)
                .ok_or_else(|| Error::Internal(format!("state of rules {}", row.state)))?,
            content: serde_json::from_value(row.content)
                .map_err(|err| Error::Internal(format!("completion rules: {err}")))?,
            version: row.version,
            published_at: row.published_at,
            sequence: row.sequence,
        })
    }
}

/// Every version of a programme's rules, the newest first, its draft too.
///
/// # Errors
/// The database's.
pub fn versions(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<Rules>> {
    let rows: Vec<Row> = sql_query(
        "SELECT id, number, state, content, version, published_at, 0 AS sequence FROM completion_rules \
         WHERE programme_id = $1 ORDER BY number DESC",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    rows.into_iter().map(Rules::try_from).collect()
}

fn followed_by(conn: &mut Conn<'_>, cohort: CohortId) -> Result<Option<Rules>> {
    let row: Option<Row> = sql_query(
        "SELECT r.id, r.number, r.state, r.content, r.version, r.published_at, c.sequence \
         FROM cohort_rules c JOIN completion_rules r ON r.id = c.rules_id \
         WHERE c.cohort_id = $1 ORDER BY c.sequence DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(cohort)
    .get_result(conn.pg())
    .optional()?;
    row.map(Rules::try_from).transpose()
}

/// The version that a cohort follows, if it follows one.
///
/// # Errors
/// The database's.
pub fn followed(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Option<Rules>> {
    followed_by(conn, staff.cohort())
}

/// The version that a trainee's cohort follows, if it follows one.
///
/// # Errors
/// The database's.
pub fn followed_own(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Option<Rules>> {
    // Which version a cohort follows is the office's to know; that of one's own cohort is told.
    conn.elevate(Task::Assess, |conn| followed_by(conn, own.cohort()))
}

/// A cohort, and the number of the version that it follows.
#[derive(Clone, Debug, QueryableByName)]
pub struct Follows {
    /// The cohort.
    #[diesel(sql_type = SqlUuid)]
    pub id: CohortId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Its state, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The version.
    #[diesel(sql_type = Nullable<Integer>)]
    pub number: Option<i32>,
}

impl Follows {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }
}

/// The cohorts of a programme, the latest first, each with the version that it follows.
///
/// # Errors
/// The database's.
pub fn cohorts(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<Follows>> {
    Ok(sql_query(
        "SELECT c.id, c.name_en, c.name_zh, c.state, (SELECT r.number FROM cohort_rules f \
           JOIN completion_rules r ON r.id = f.rules_id WHERE f.cohort_id = c.id ORDER BY f.sequence DESC LIMIT 1) AS number \
         FROM cohorts c WHERE c.programme_id = $1 ORDER BY c.starts_on DESC, c.id",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// A trainee of a cohort, and their completion if one is confirmed.
#[derive(Clone, Debug, QueryableByName)]
pub struct Trainee {
    /// The enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub id: EnrolmentId,
    /// The person.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Chinese name, if they have told one.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_zh: Option<String>,
    /// The key by which lists sort.
    #[diesel(sql_type = Text)]
    pub name_sort: String,
    /// Number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// State of the enrolment, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// First day of the cohort.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Its last day.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Its state, as its word.
    #[diesel(sql_type = Text)]
    pub cohort_state: String,
    /// The completion that stands.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub completion_id: Option<CompletionId>,
    /// When it was confirmed.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The verdict as it was then.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub verdict: Option<Value>,
    /// The rules by which it was confirmed.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub rules: Option<Value>,
    /// Their number.
    #[diesel(sql_type = Nullable<Integer>)]
    pub rules_number: Option<i32>,
}

/// What was confirmed: the verdict, and the rules by which it was judged.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// Number of the version.
    pub number: i32,
    /// What it asks for.
    pub rules: CompletionRules,
    /// The verdict as it was.
    pub verdict: Verdict,
}

impl Trainee {
    /// State of the enrolment.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<EnrolmentState> {
        EnrolmentState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("enrolment state {}", self.state)))
    }

    /// Is the cohort over, by its state or its last day?
    #[must_use]
    pub fn over(&self, today: NaiveDate) -> bool {
        let ended = matches!(
            CohortState::parse(&self.cohort_state),
            Some(CohortState::Completed | CohortState::Archived | CohortState::Cancelled)
        );
        ended || today > self.ends_on
    }

    /// What was confirmed, if a completion stands.
    ///
    /// # Errors
    /// A record that we do not read: a mistake of ours.
    pub fn confirmed(&self) -> Result<Option<Confirmed>> {
        let kept = (&self.verdict, &self.rules, self.rules_number);
        let (Some(verdict), Some(rules), Some(number)) = kept else {
            return Ok(None);
        };
        let unread = |what: &str| Error::Internal(format!("{what} of a completion: {}", self.id));
        Ok(Some(Confirmed {
            number,
            rules: serde_json::from_value(rules.clone()).map_err(|_err| unread("rules"))?,
            verdict: Verdict::kept(verdict).ok_or_else(|| unread("verdict"))?,
        }))
    }

    /// Can a completion be confirmed for who stands so?
    ///
    /// # Errors
    /// As [`Trainee::state`].
    pub fn takes_part(&self) -> Result<bool> {
        let state = self.state()?;
        Ok(matches!(
            state,
            EnrolmentState::Enrolled | EnrolmentState::Active
        ))
    }
}

const TRAINEE: &str = "SELECT e.id, e.person_id, e.name_shown, e.name_sort, e.trainee_number, e.state, \
    (SELECT z.name_zh FROM applications z WHERE z.id = e.application_id) AS name_zh, h.starts_on, h.ends_on, h.state AS cohort_state, c.id AS completion_id, c.confirmed_at, c.verdict, r.content AS rules, \
    r.number AS rules_number FROM enrolments e JOIN cohorts h ON h.id = e.cohort_id \
    LEFT JOIN completions c ON c.enrolment_id = e.id AND c.revoked_at IS NULL \
    LEFT JOIN completion_rules r ON r.id = c.rules_id";

/// The trainees of a cohort by name; those who left are not among them.
///
/// # Errors
/// The database's.
pub fn trainees(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<Trainee>> {
    Ok(sql_query(format!(
        "{TRAINEE} WHERE e.cohort_id = $1 AND e.state <> 'withdrawn' ORDER BY e.name_sort, e.id"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?)
}

/// One trainee of a cohort.
///
/// # Errors
/// [`Error::NotFound`].
pub fn trainee(conn: &mut Conn<'_>, staff: &CohortStaff, id: EnrolmentId) -> Result<Trainee> {
    sql_query(format!("{TRAINEE} WHERE e.cohort_id = $1 AND e.id = $2"))
        .bind::<SqlUuid, _>(staff.cohort())
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// A trainee's own row.
///
/// # Errors
/// [`Error::NotFound`].
pub fn trainee_own(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Trainee> {
    sql_query(format!("{TRAINEE} WHERE e.id = $1 AND e.person_id = $2"))
        .bind::<SqlUuid, _>(own.enrolment())
        .bind::<SqlUuid, _>(own.person())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

#[derive(QueryableByName)]
struct OwnId {
    #[diesel(sql_type = SqlUuid)]
    id: EnrolmentId,
}

/// A person's enrolments that have a progress: all but those that they left. Who was deferred or has
/// failed reads how they stood, and asks for nothing that is not theirs.
///
/// # Errors
/// The database's.
pub fn enrolments_own(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<EnrolmentId>> {
    let rows: Vec<OwnId> = sql_query(
        "SELECT id FROM enrolments WHERE person_id = $1 AND state <> 'withdrawn' ORDER BY id DESC LIMIT 20",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Locks the cohort, then trainees of it, until the transaction ends: the order in which a step that
/// moves a seat locks them.
///
/// # Errors
/// The database's.
pub fn lock(conn: &mut Conn<'_>, staff: &CohortStaff, ids: &[EnrolmentId]) -> Result<()> {
    cohorts::queries::lock(conn, staff)?;
    let ids: Vec<uuid::Uuid> = ids.iter().map(|it| it.0).collect();
    sql_query(
        "SELECT id FROM enrolments WHERE cohort_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Array<SqlUuid>, _>(&ids)
    .execute(conn.pg())?;
    Ok(())
}

/// A form that is in.
#[derive(Clone, Debug, QueryableByName)]
pub struct FormIn {
    /// Whose.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// Its key.
    #[diesel(sql_type = Text)]
    pub form: String,
    /// Since when.
    #[diesel(sql_type = Date)]
    pub recorded_on: NaiveDate,
}

/// The forms that are in, of a whole cohort or of one trainee of it.
///
/// # Errors
/// The database's.
pub fn forms(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    only: Option<EnrolmentId>,
) -> Result<Vec<FormIn>> {
    Ok(sql_query(
        "SELECT enrolment_id, form, recorded_on FROM completion_forms WHERE cohort_id = $1 AND ($2 IS NULL OR enrolment_id = $2)",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<SqlUuid>, _>(only)
    .load(conn.pg())?)
}

/// A trainee's own forms.
///
/// # Errors
/// The database's.
pub fn forms_own(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Vec<FormIn>> {
    Ok(sql_query(
        "SELECT enrolment_id, form, recorded_on FROM completion_forms WHERE enrolment_id = $1 AND person_id = $2",
    )
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Offered {
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
}

/// The modules that are offered to a cohort, be it only in plan.
///
/// # Errors
/// The database's.
pub fn offered(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<BTreeSet<ModuleId>> {
    let rows: Vec<Offered> = sql_query(
        "SELECT DISTINCT module_id FROM offerings WHERE cohort_id = $1 AND state <> 'cancelled'",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|it| it.module_id).collect())
}
