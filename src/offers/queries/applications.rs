//! Applications as decisions and offers read them: with their case, under lock where they change.

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::applications::rules::{Decision, Outcome, State};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, CohortId, OrganisationId, PersonId, ProgrammeId};
use crate::offers::rules::plan::Candidate;
use crate::reviews::rules::Score;

/// The state of an application from the words of its two rows: what the applicant sees, and the
/// staff's decision, which is pending until released.
///
/// # Errors
/// Words that no rule knows: a mistake of ours.
pub fn state_of(
    word: &str,
    decision: Option<&str>,
    released_at: Option<DateTime<Utc>>,
) -> Result<State> {
    let unknown = || Error::Internal(format!("application state {word}, decision {decision:?}"));
    match (word, decision, released_at) {
        ("under_review", Some(decision), None) => Decision::parse(decision)
            .map(State::Decided)
            .ok_or_else(unknown),
        ("offered" | "waitlisted" | "rejected" | "ineligible", _, _) => Outcome::parse(word)
            .map(State::Released)
            .ok_or_else(unknown),
        _ => State::parse(word, None).ok_or_else(unknown),
    }
}

/// The word of the column `applications.state`: never tells of a pending decision.
#[must_use]
pub fn word_of(state: State) -> &'static str {
    match state.visible() {
        State::Released(outcome) => outcome.as_str(),
        other => other.as_str(),
    }
}

/// An application with what its steps need.
#[derive(Clone, Debug, QueryableByName)]
pub struct Application {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ApplicationId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The applicant.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Its reference, such as `2027H1-0042`.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// The key by which lists sort.
    #[diesel(sql_type = Text)]
    pub name_sort: String,
    /// State as its word; see [`Application::state`].
    #[diesel(sql_type = Text)]
    pub state: String,
    /// University.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub university_id: Option<OrganisationId>,
    /// Employer.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub employer_id: Option<OrganisationId>,
    /// When it was submitted.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Version.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Reviewers' mean in thousandths.
    #[diesel(sql_type = Nullable<Integer>)]
    pub score_milli: Option<i32>,
    /// The staff's decision.
    #[diesel(sql_type = Nullable<Text>)]
    pub decision: Option<String>,
    /// Why, in the staff's words; shown to the ineligible.
    #[diesel(sql_type = Nullable<Text>)]
    pub decision_reason: Option<String>,
    /// When the decision was released.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub released_at: Option<DateTime<Utc>>,
}

const APPLICATION: &str = "SELECT a.id, a.cohort_id, a.programme_id, a.person_id, a.reference, a.name_shown, \
    a.name_sort, a.state, a.university_id, a.employer_id, a.submitted_at, a.version, c.score_milli, c.decision, \
    c.decision_reason, c.released_at FROM applications a LEFT JOIN application_cases c ON c.application_id = a.id";

impl Application {
    /// Its state.
    ///
    /// # Errors
    /// As [`state_of`].
    pub fn state(&self) -> Result<State> {
        state_of(&self.state, self.decision.as_deref(), self.released_at)
    }

    /// University and employer.
    #[must_use]
    pub fn organisations(&self) -> Vec<OrganisationId> {
        self.university_id
            .into_iter()
            .chain(self.employer_id)
            .collect()
    }

    /// As a release sees it; `None` without a pending decision.
    ///
    /// # Errors
    /// As [`state_of`].
    pub fn candidate(&self) -> Result<Option<Candidate>> {
        let State::Decided(decision) = self.state()? else {
            return Ok(None);
        };
        Ok(Some(Candidate {
            application: self.id,
            decision,
            score: self
                .score_milli
                .map(|milli| Score::new(i64::from(milli), 1_000)),
            submitted_at: self.submitted_at.unwrap_or(DateTime::<Utc>::MAX_UTC),
            organisations: self.organisations(),
        }))
    }
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: ApplicationId,
}

/// Locks these applications in the order of their ids, then reads them with their cases.
///
/// # Errors
/// The database's.
pub fn lock_applications(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    ids: &[ApplicationId],
) -> Result<Vec<Application>> {
    let _locked: Vec<IdRow> = sql_query(
        "SELECT id FROM applications WHERE cohort_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE",
    )
    .bind::<SqlUuid, _>(cohort)
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn.pg())?;
    applications(conn, cohort, ids)
}

/// These applications with their cases, unlocked.
///
/// # Errors
/// The database's.
pub fn applications(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    ids: &[ApplicationId],
) -> Result<Vec<Application>> {
    Ok(sql_query(format!(
        "{APPLICATION} WHERE a.cohort_id = $1 AND a.id = ANY ($2) ORDER BY a.id"
    ))
    .bind::<SqlUuid, _>(cohort)
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn.pg())?)
}

/// Locks one application.
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock_application(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    id: ApplicationId,
) -> Result<Application> {
    lock_applications(conn, cohort, &[id])?
        .pop()
        .ok_or(Error::NotFound)
}

/// The applications of a cohort with a pending decision, in the order of their ids.
///
/// # Errors
/// The database's.
pub fn pending(conn: &mut Conn<'_>, cohort: CohortId) -> Result<Vec<ApplicationId>> {
    let rows: Vec<IdRow> = sql_query(
        "SELECT c.application_id AS id FROM application_cases c JOIN applications a ON a.id = c.application_id \
         WHERE c.cohort_id = $1 AND c.decision IS NOT NULL AND c.released_at IS NULL AND a.state = 'under_review' \
         ORDER BY 1",
    )
    .bind::<SqlUuid, _>(cohort)
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
