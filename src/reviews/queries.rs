//! Rows of reviews: the reviewer's own, an application's, the reviewers of a programme.

use std::collections::BTreeMap;

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::{ApplicationStaff, AssignedReview, CohortStaff, Own};
use crate::applications::desk_record::{ANSWERS, Answers};
use crate::db::{Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{
    ApplicationId, CohortId, CriterionId, OrganisationId, PersonId, ProgrammeId, ReviewId,
};
use crate::lang::Lang;

use super::rules::{ReviewState, Rubric, RubricRefusal, Sheet};

/// The highest score of every criterion.
pub const HIGHEST: i32 = 5;

/// A criterion of a cohort's rubric.
#[derive(Clone, Debug, QueryableByName)]
pub struct Criterion {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: CriterionId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// What to look at, in English.
    #[diesel(sql_type = Text)]
    pub hint_en: String,
    /// What to look at, in Chinese.
    #[diesel(sql_type = Text)]
    pub hint_zh: String,
    /// Its weight among the others.
    #[diesel(sql_type = Integer)]
    pub weight: i32,
}

impl Criterion {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Its hint as the reader reads it.
    #[must_use]
    pub fn hint(&self, lang: Lang) -> &str {
        lang.pick(&self.hint_en, &self.hint_zh)
    }
}

/// The criteria of a cohort in order, as far as the declared actor may see them.
///
/// # Errors
/// The database's.
pub fn criteria(conn: &mut Conn<'_>, cohort: CohortId) -> Result<Vec<Criterion>> {
    Ok(sql_query(
        "SELECT id, name_en, name_zh, hint_en, hint_zh, weight FROM rubric_criteria WHERE cohort_id = $1 ORDER BY position",
    )
    .bind::<SqlUuid, _>(cohort)
    .load(conn.pg())?)
}

/// The rubric of these criteria.
///
/// # Errors
/// [`RubricRefusal`], such as without any criterion.
pub fn rubric(criteria: &[Criterion]) -> Result<Rubric, RubricRefusal> {
    let weights: Vec<_> = criteria.iter().map(|it| (it.id, it.weight)).collect();
    Rubric::new(&weights, HIGHEST)
}

/// A sheet as it is stored: `{criterion: score}`. What is no score is left out.
#[must_use]
pub fn sheet(stored: &Value) -> Sheet {
    stored
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(id, score)| {
            let score = i32::try_from(score.as_i64()?).ok()?;
            Some((id.parse().ok()?, score))
        })
        .collect()
}

/// A sheet to be stored.
#[must_use]
pub fn stored(sheet: &Sheet) -> Value {
    sheet
        .iter()
        .map(|(id, score)| (id.to_string(), Value::from(*score)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A review with its scores.
#[derive(Clone, Debug, QueryableByName)]
pub struct Review {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ReviewId,
    /// The application.
    #[diesel(sql_type = SqlUuid)]
    pub application_id: ApplicationId,
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The reviewer.
    #[diesel(sql_type = SqlUuid)]
    pub reviewer_id: PersonId,
    /// The reviewer's name when asked.
    #[diesel(sql_type = Text)]
    pub reviewer_name: String,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Jsonb)]
    scores: Value,
    /// Weighted mean, in thousandths, once handed in.
    #[diesel(sql_type = Nullable<Integer>)]
    pub total_milli: Option<i32>,
    /// What the reviewer says.
    #[diesel(sql_type = Text)]
    pub comment: String,
    /// Why the reviewer stepped back.
    #[diesel(sql_type = Nullable<Text>)]
    pub decline_reason: Option<String>,
    /// For an interest?
    #[diesel(sql_type = Bool)]
    pub interest_declared: bool,
    /// Who asked.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub assigned_by: Option<PersonId>,
    /// When it was handed in.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Version, for `If-Match`.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

const REVIEW: &str = "SELECT id, application_id, programme_id, reviewer_id, reviewer_name, state, scores, total_milli, \
    comment, decline_reason, interest_declared, assigned_by, submitted_at, version FROM reviews";

impl Review {
    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<ReviewState> {
        ReviewState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("review state {}", self.state)))
    }

    /// Its scores so far.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        sheet(&self.scores)
    }
}

/// The reviewer's own review, locked when it is about to change.
///
/// # Errors
/// [`Error::NotFound`].
pub fn own(conn: &mut Conn<'_>, review: &AssignedReview, lock: bool) -> Result<Review> {
    let tail = if lock { " FOR UPDATE" } else { "" };
    sql_query(format!("{REVIEW} WHERE id = $1 AND reviewer_id = $2{tail}"))
        .bind::<SqlUuid, _>(review.review())
        .bind::<SqlUuid, _>(review.person())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// What the applicant wrote, for the reviewer to whom it was given.
///
/// # Errors
/// [`Error::NotFound`] once the assignment has ended.
pub fn answers(conn: &mut Conn<'_>, review: &AssignedReview) -> Result<Answers> {
    sql_query(format!(
        "{ANSWERS} WHERE a.id = $1 AND banyan_person() = ANY (a.reviewer_ids)"
    ))
    .bind::<SqlUuid, _>(review.application())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A line of the reviewer's list.
#[derive(Clone, Debug, QueryableByName)]
pub struct Mine {
    /// The review.
    #[diesel(sql_type = SqlUuid)]
    pub id: ReviewId,
    /// Its state, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Weighted mean, in thousandths.
    #[diesel(sql_type = Nullable<Integer>)]
    pub total_milli: Option<i32>,
    /// Applicant, unless the assignment has ended.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_shown: Option<String>,
    /// Chinese name.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_zh: Option<String>,
    /// Reference.
    #[diesel(sql_type = Nullable<Text>)]
    pub reference: Option<String>,
    /// Route.
    #[diesel(sql_type = Nullable<Text>)]
    pub route: Option<String>,
    /// Cohort, English.
    #[diesel(sql_type = Text)]
    pub cohort_en: String,
    /// Cohort, Chinese.
    #[diesel(sql_type = Text)]
    pub cohort_zh: String,
    /// Decisions of the cohort are told by this day: reviews are due before it.
    #[diesel(sql_type = Date)]
    pub decisions_on: NaiveDate,
}

/// The reviewer's own reviews: all that wait, then the others, at most 500.
///
/// # Errors
/// The database's.
pub fn mine(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<Mine>> {
    Ok(sql_query(
        "SELECT r.id, r.state, r.total_milli, a.name_shown, a.name_zh, a.reference, a.route, o.name_en AS cohort_en, \
           o.name_zh AS cohort_zh, o.decisions_on \
         FROM reviews r JOIN cohorts o ON o.id = r.cohort_id LEFT JOIN applications a ON a.id = r.application_id \
         WHERE r.reviewer_id = $1 AND r.state <> 'removed' \
         ORDER BY r.state NOT IN ('assigned', 'draft'), o.decisions_on, a.reference, r.id LIMIT 500",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// The reviewer's next open review after this one, in the order of references; the first again
/// after the last.
///
/// # Errors
/// The database's.
pub fn next_open(conn: &mut Conn<'_>, review: &AssignedReview) -> Result<Option<ReviewId>> {
    #[derive(QueryableByName)]
    struct Next {
        #[diesel(sql_type = SqlUuid)]
        id: ReviewId,
    }
    let next: Option<Next> = sql_query(
        "SELECT r.id FROM reviews r JOIN applications a ON a.id = r.application_id \
         WHERE r.reviewer_id = $1 AND r.state IN ('assigned', 'draft') AND r.id <> $2 \
         ORDER BY a.reference <= (SELECT b.reference FROM applications b WHERE b.id = $3), a.reference LIMIT 1",
    )
    .bind::<SqlUuid, _>(review.person())
    .bind::<SqlUuid, _>(review.review())
    .bind::<SqlUuid, _>(review.application())
    .get_result(conn.pg())
    .optional()?;
    Ok(next.map(|it| it.id))
}

/// Every review of an application, in the order of asking, for staff.
///
/// # Errors
/// The database's.
pub fn of_application(conn: &mut Conn<'_>, staff: &ApplicationStaff) -> Result<Vec<Review>> {
    Ok(sql_query(format!(
        "{REVIEW} WHERE application_id = $1 AND programme_id = $2 ORDER BY id"
    ))
    .bind::<SqlUuid, _>(staff.application())
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// A reviewer of a programme, with where they belong.
#[derive(Clone, Debug, QueryableByName)]
pub struct Reviewer {
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub id: PersonId,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Organisations for which the person holds a role.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub organisations: Vec<OrganisationId>,
}

/// The reviewers of the programme who may act today, by name. Where they belong is looked up under
/// a task, since a role may be held in another programme.
///
/// # Errors
/// The database's.
pub fn reviewers(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<Reviewer>> {
    let programme = staff.programme();
    conn.elevate(Task::Accounts, |conn| {
        Ok(sql_query(
            "SELECT p.id, p.display_name AS name, p.email, \
               coalesce((SELECT array_agg(DISTINCT o.organisation_id) FROM role_grants o WHERE o.person_id = p.id \
                 AND o.organisation_id IS NOT NULL AND o.revoked_at IS NULL), '{}') AS organisations \
             FROM (SELECT DISTINCT g.person_id FROM role_grants g \
               WHERE g.role = 'reviewer' AND g.programme_id = $1 AND g.revoked_at IS NULL \
                 AND g.starts_on <= (SELECT banyan_today()) AND (g.ends_on IS NULL OR g.ends_on >= (SELECT banyan_today()))) r \
             JOIN people p ON p.id = r.person_id AND p.disabled_at IS NULL \
             ORDER BY p.display_name, p.id",
        )
        .bind::<SqlUuid, _>(programme)
        .load(conn.pg())?)
    })
}

/// How far a reviewer is.
#[derive(Clone, Debug, Default, QueryableByName)]
pub struct Progress {
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub reviewer_id: PersonId,
    /// Name when last asked.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Asked, nothing scored.
    #[diesel(sql_type = BigInt)]
    pub assigned: i64,
    /// Some scores saved.
    #[diesel(sql_type = BigInt)]
    pub draft: i64,
    /// Handed in.
    #[diesel(sql_type = BigInt)]
    pub submitted: i64,
    /// Stepped back.
    #[diesel(sql_type = BigInt)]
    pub declined: i64,
    /// Mean of what was handed in, in thousandths: how severe a reviewer is.
    #[diesel(sql_type = Nullable<Integer>)]
    pub mean_milli: Option<i32>,
}

const PROGRESS: &str = "SELECT reviewer_id, max(reviewer_name) AS name, \
    count(*) FILTER (WHERE state = 'assigned') AS assigned, count(*) FILTER (WHERE state = 'draft') AS draft, \
    count(*) FILTER (WHERE state = 'submitted') AS submitted, count(*) FILTER (WHERE state = 'declined') AS declined, \
    (avg(total_milli) FILTER (WHERE state = 'submitted'))::integer AS mean_milli FROM reviews";

/// How far each reviewer of the cohort is, by name.
///
/// # Errors
/// The database's.
pub fn progress(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<Progress>> {
    Ok(sql_query(format!(
        "{PROGRESS} WHERE cohort_id = $1 AND programme_id = $2 AND state <> 'removed' \
         GROUP BY reviewer_id ORDER BY name, reviewer_id"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// Reviews that wait for each reviewer, in all cohorts of the programme.
///
/// # Errors
/// The database's.
pub fn open_by_reviewer(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
) -> Result<BTreeMap<PersonId, i64>> {
    let rows: Vec<Progress> = sql_query(format!(
        "{PROGRESS} WHERE programme_id = $1 AND state IN ('assigned', 'draft') GROUP BY reviewer_id"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    Ok(rows
        .into_iter()
        .map(|row| (row.reviewer_id, row.assigned + row.draft))
        .collect())
}

/// Which reviewers declared an interest in which of these applications.
///
/// # Errors
/// The database's.
pub fn declared(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    applications: &[ApplicationId],
) -> Result<Vec<(ApplicationId, PersonId)>> {
    #[derive(QueryableByName)]
    struct Pair {
        #[diesel(sql_type = SqlUuid)]
        application_id: ApplicationId,
        #[diesel(sql_type = SqlUuid)]
        reviewer_id: PersonId,
    }
    let rows: Vec<Pair> = sql_query(
        "SELECT application_id, reviewer_id FROM reviews WHERE programme_id = $1 AND application_id = ANY ($2) AND interest_declared",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Array<SqlUuid>, _>(applications)
    .load(conn.pg())?;
    Ok(rows
        .into_iter()
        .map(|it| (it.application_id, it.reviewer_id))
        .collect())
}
