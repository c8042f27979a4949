//! Reviews over the API, for staff: ask readers, one or many at once, take away, give back, remind.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, ApplicationStaff, CohortStaff, STAFF};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, CohortId, PersonId, ReviewId};
use crate::lang::Say as _;
use crate::web::api::{list, no_choice};
use crate::web::paging::Page;
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::super::actions;
use super::super::queries::{self, Progress, Review};
use super::{CriterionScore, listed};

/// Most applications that are given to readers at once.
const MOST: usize = 500;

/// A review of an application, as staff read it.
#[derive(Serialize, ToSchema)]
#[schema(as = Review)]
struct ReviewShown {
    id: Uuid,
    application: Uuid,
    reviewer: Uuid,
    reviewer_name: String,
    /// assigned, draft, submitted, declined or removed.
    state: String,
    scores: Vec<CriterionScore>,
    /// Weighted mean in thousandths, once handed in.
    total_milli: Option<i32>,
    comment: String,
    decline_reason: Option<String>,
    interest_declared: bool,
    submitted_at: Option<DateTime<Utc>>,
}

impl ReviewShown {
    fn new(it: Review) -> Result<Self> {
        Ok(Self {
            id: it.id.0,
            application: it.application_id.0,
            reviewer: it.reviewer_id.0,
            state: it.state()?.as_str().to_owned(),
            scores: listed(&it.sheet()),
            reviewer_name: it.reviewer_name,
            total_milli: it.total_milli,
            comment: it.comment,
            decline_reason: it.decline_reason,
            interest_declared: it.interest_declared,
            submitted_at: it.submitted_at,
        })
    }
}

/// A reviewer to ask.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReview {
    /// Id of the person.
    reviewer: Uuid,
}

/// Applications to be given to readers, those with the least to read first.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAssignments {
    #[schema(min_items = 1, max_items = 500)]
    applications: Vec<Uuid>,
    /// Whom to choose among; without it every reviewer of the programme.
    #[schema(example = json!(null))]
    reviewers: Option<Vec<Uuid>>,
    /// By how many each is read in all.
    #[schema(minimum = 1, maximum = 5)]
    each: usize,
    /// Only say what would come of it.
    #[serde(default)]
    dry_run: bool,
}

/// What came of one application.
#[derive(Serialize, ToSchema)]
struct Assignment {
    application: Uuid,
    reference: String,
    /// Who was asked now.
    reviewers: Vec<Uuid>,
    /// Why fewer than wanted were asked, if so.
    short: Option<String>,
}

/// How far a reviewer is.
#[derive(Serialize, ToSchema)]
struct ReviewerProgress {
    person: Uuid,
    name: String,
    assigned: i64,
    draft: i64,
    submitted: i64,
    declined: i64,
    /// Mean of what was handed in, in thousandths.
    mean_milli: Option<i32>,
}

impl From<Progress> for ReviewerProgress {
    fn from(it: Progress) -> Self {
        Self {
            person: it.reviewer_id.0,
            name: it.name,
            assigned: it.assigned,
            draft: it.draft,
            submitted: it.submitted,
            declined: it.declined,
            mean_milli: it.mean_milli,
        }
    }
}

/// Whether a reminder went out.
#[derive(Serialize, ToSchema)]
struct ReviewerReminded {
    /// False when nothing waits for the reviewer.
    reminded: bool,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<ReviewShown>()
        .schema_from::<NewReview>()
        .schema_from::<NewAssignments>()
        .schema_from::<Assignment>()
        .schema_from::<ReviewerProgress>()
        .schema_from::<ReviewerReminded>()
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let all = "/api/v1/applications/{application}/reviews";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            all,
            STAFF,
            reviews,
            read(
                "listReviews",
                "Reviews of an application, in the order of asking.",
                "Review[]",
            ),
        )
        .api(
            Method::Post,
            all,
            STAFF,
            assign,
            write(
                "assignReview",
                "Asks a reviewer to read.",
                Some("NewReview"),
                (201, "Review"),
            ),
        )
        .api(
            Method::Post,
            "/api/v1/applications/{application}/reviews/{review}/remove",
            STAFF,
            remove,
            write(
                "removeReview",
                "Takes an assignment away.",
                None,
                (200, "Review"),
            ),
        )
        .api(
            Method::Post,
            "/api/v1/applications/{application}/reviews/{review}/reopen",
            STAFF,
            reopen,
            write(
                "reopenReview",
                "Gives a review back to its reviewer.",
                None,
                (200, "Review"),
            ),
        )
        .and(cohort_routes())
}

fn cohort_routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/reviews",
            STAFF,
            assign_many,
            write(
                "assignReviews",
                "Gives applications to reviewers, in one step.",
                Some("NewAssignments"),
                (200, "Assignment[]"),
            ),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/reviewers",
            STAFF,
            progress,
            read(
                "listReviewers",
                "How far each reviewer is.",
                "ReviewerProgress[]",
            ),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/reviewers/{person}/remind",
            STAFF,
            remind,
            write(
                "remindReviewer",
                "Reminds a reviewer of what waits, at most once a day.",
                None,
                (200, "ReviewerReminded"),
            ),
        )
}

fn proof(cx: &mut Cx<'_, '_>) -> Result<ApplicationStaff> {
    let id: ApplicationId = cx.request().param("application")?;
    access::application_staff(cx.conn, id)
}

fn cohort(cx: &mut Cx<'_, '_>) -> Result<CohortStaff> {
    let id: CohortId = cx.request().param("cohort")?;
    access::cohort_staff(cx.conn, id)
}

fn reviews(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let rows = queries::of_application(cx.conn, &staff)?;
    let rows = rows
        .into_iter()
        .map(ReviewShown::new)
        .collect::<Result<Vec<_>>>()?;
    list(Page { rows, next: None }, |it| it)
}

/// The review of which this is true.
fn shown(
    cx: &mut Cx<'_, '_>,
    staff: &ApplicationStaff,
    status: u16,
    which: impl Fn(&Review) -> bool,
) -> Result<Reply> {
    let rows = queries::of_application(cx.conn, staff)?;
    let row = rows.into_iter().find(which).ok_or(Error::NotFound)?;
    Reply::json(status, &ReviewShown::new(row)?)
}

fn assign(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let new: NewReview = cx.json()?;
    let reviewer = PersonId(new.reviewer);
    actions::assign(cx.conn, &staff, reviewer)?;
    shown(cx, &staff, 201, |it| it.reviewer_id == reviewer)
}

fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let id: ReviewId = cx.request().param("review")?;
    actions::remove(cx.conn, &staff, id)?;
    shown(cx, &staff, 200, |it| it.id == id)
}

fn reopen(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let id: ReviewId = cx.request().param("review")?;
    actions::reopen(cx.conn, &staff, id)?;
    shown(cx, &staff, 200, |it| it.id == id)
}

fn assign_many(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = cohort(cx)?;
    let new: NewAssignments = cx.json()?;
    if !(1..=MOST).contains(&new.applications.len()) {
        return Err(no_choice("applications"));
    }
    if !(1..=5).contains(&new.each) {
        return Err(no_choice("each"));
    }
    let chosen: Option<BTreeSet<PersonId>> = new
        .reviewers
        .map(|ids| ids.into_iter().map(PersonId).collect());
    if chosen.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(no_choice("reviewers"));
    }
    let ids: BTreeSet<ApplicationId> = new.applications.into_iter().map(ApplicationId).collect();
    let ids: Vec<ApplicationId> = ids.into_iter().collect();
    // Every id must be of this cohort: another's is not found.
    access::applications_staff(cx.conn, &staff, &ids)?;
    let acts = !new.dry_run;
    let plan = actions::plan(cx.conn, &staff, &ids, chosen.as_ref(), new.each, acts)?;
    if acts {
        actions::assign_all(cx.conn, &staff, &plan)?;
    }
    let lang = cx.lang();
    let fates = plan.candidates.iter().zip(&plan.allotments);
    let rows = fates.map(|(candidate, allotment)| Assignment {
        application: candidate.id.0,
        reference: candidate.reference.clone(),
        reviewers: allotment.given.iter().map(|id| id.0).collect(),
        short: allotment.short.map(|why| why.say(lang)),
    });
    let rows = rows.collect();
    list(Page { rows, next: None }, |it| it)
}

fn progress(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = cohort(cx)?;
    let rows = queries::progress(cx.conn, &staff)?;
    list(Page { rows, next: None }, ReviewerProgress::from)
}

fn remind(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = cohort(cx)?;
    let person: PersonId = cx.request().param("person")?;
    let reminded = actions::remind(cx.conn, &staff, person)?;
    Reply::json(200, &ReviewerReminded { reminded })
}
