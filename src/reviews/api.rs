//! One's own reviews over the API, for reviewers: list, read, score, hand in, step back. What staff
//! do with reviews is in `desk`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, AssignedReview, REVIEWER};
use crate::error::Result;
use crate::ids::{CriterionId, ReviewId};
use crate::web::api::list;
use crate::web::paging::Page;
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::actions;
use super::pages::document;
use super::queries::{self, Criterion, HIGHEST, Mine};
use super::rules::Sheet;

mod desk;

/// The score of one criterion.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CriterionScore {
    /// Id of the criterion.
    criterion: Uuid,
    /// 1 to the highest.
    #[schema(minimum = 1, maximum = 5)]
    score: i32,
}

/// A criterion to score by.
#[derive(Serialize, ToSchema)]
struct ReviewCriterion {
    id: Uuid,
    name_en: String,
    name_zh: String,
    hint_en: String,
    hint_zh: String,
    /// Weight among the others.
    weight: i32,
}

impl From<Criterion> for ReviewCriterion {
    fn from(it: Criterion) -> Self {
        Self {
            id: it.id.0,
            name_en: it.name_en,
            name_zh: it.name_zh,
            hint_en: it.hint_en,
            hint_zh: it.hint_zh,
            weight: it.weight,
        }
    }
}

/// One's own review in the list.
#[derive(Serialize, ToSchema)]
struct OwnReviewInList {
    id: Uuid,
    /// assigned, draft, submitted or declined.
    state: String,
    /// Weighted mean in thousandths, once handed in.
    total_milli: Option<i32>,
    /// Null once the assignment has ended.
    name: Option<String>,
    name_zh: Option<String>,
    reference: Option<String>,
    route: Option<String>,
    cohort_en: String,
    cohort_zh: String,
    /// Decisions are told by this day.
    decisions_on: NaiveDate,
}

impl From<Mine> for OwnReviewInList {
    fn from(it: Mine) -> Self {
        Self {
            id: it.id.0,
            state: it.state,
            total_milli: it.total_milli,
            name: it.name_shown,
            name_zh: it.name_zh,
            reference: it.reference,
            route: it.route,
            cohort_en: it.cohort_en,
            cohort_zh: it.cohort_zh,
            decisions_on: it.decisions_on,
        }
    }
}

/// One's own review with what is to be read.
#[derive(Serialize, ToSchema)]
struct OwnReview {
    id: Uuid,
    state: String,
    reference: String,
    name: String,
    name_zh: Option<String>,
    cohort_en: String,
    cohort_zh: String,
    decisions_on: NaiveDate,
    route: Option<String>,
    university: Option<String>,
    employer: Option<String>,
    job_title: Option<String>,
    field_of_study: Option<String>,
    graduation_year: Option<i32>,
    statement: Option<String>,
    has_document: bool,
    criteria: Vec<ReviewCriterion>,
    /// The highest score of every criterion.
    highest: i32,
    scores: Vec<CriterionScore>,
    comment: String,
    total_milli: Option<i32>,
    submitted_at: Option<DateTime<Utc>>,
}

/// Scores so far, some or all, and the comment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviewDraft {
    scores: Vec<CriterionScore>,
    #[serde(default)]
    #[schema(max_length = 4000)]
    comment: String,
}

/// Why a reviewer steps back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviewDecline {
    /// For an interest in the applicant? Then nobody asks again.
    interest: bool,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<CriterionScore>()
        .schema_from::<ReviewCriterion>()
        .schema_from::<OwnReviewInList>()
        .schema_from::<OwnReview>()
        .schema_from::<ReviewDraft>()
        .schema_from::<ReviewDecline>();
    desk::schemas(to)
}

/// The operations of the room.
pub(super) fn routes() -> Routes {
    let one = "/api/v1/me/reviews/{review}";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/me/reviews",
            REVIEWER,
            reviews,
            read(
                "listOwnReviews",
                "One's own reviews; those that wait come first.",
                "OwnReviewInList[]",
            ),
        )
        .api(
            Method::Get,
            one,
            REVIEWER,
            show,
            read(
                "getOwnReview",
                "One review with what is to be read.",
                "OwnReview",
            )
            .versioned(),
        )
        .api(
            Method::Put,
            one,
            REVIEWER,
            save,
            write(
                "saveOwnReview",
                "Saves scores and comment without handing them in.",
                Some("ReviewDraft"),
                (200, "OwnReview"),
            )
            .versioned(),
        )
        .and(ending_routes())
        .and(desk::routes())
}

fn ending_routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/me/reviews/{review}/submit",
            REVIEWER,
            submit,
            write(
                "submitOwnReview",
                "Hands in what was saved; with If-Match only that version of it.",
                None,
                (200, "OwnReview"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/me/reviews/{review}/decline",
            REVIEWER,
            decline,
            write(
                "declineOwnReview",
                "Steps back.",
                Some("ReviewDecline"),
                (204, ""),
            ),
        )
        .api_free(
            Method::Get,
            "/api/v1/me/reviews/{review}/document",
            REVIEWER,
            document,
            read(
                "getReviewDocument",
                "The applicant's document.",
                "application/pdf",
            ),
        )
}

fn reviews(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let rows = queries::mine(cx.conn, &own)?;
    list(Page { rows, next: None }, OwnReviewInList::from)
}

fn proof(cx: &mut Cx<'_, '_>) -> Result<AssignedReview> {
    let review: ReviewId = cx.request().param("review")?;
    access::assigned_review(cx.conn, review)
}

fn listed(sheet: &Sheet) -> Vec<CriterionScore> {
    let scores = sheet.iter().map(|(id, score)| CriterionScore {
        criterion: id.0,
        score: *score,
    });
    scores.collect()
}

fn shown(cx: &mut Cx<'_, '_>, review: &AssignedReview) -> Result<Reply> {
    let row = queries::own(cx.conn, review, false)?;
    let it = queries::answers(cx.conn, review)?;
    let criteria = queries::criteria(cx.conn, review.cohort())?;
    let shown = OwnReview {
        id: row.id.0,
        state: row.state()?.as_str().to_owned(),
        reference: it.reference,
        name: it.name_shown,
        name_zh: it.name_zh,
        cohort_en: it.cohort_en,
        cohort_zh: it.cohort_zh,
        decisions_on: it.decisions_on,
        route: it.route,
        university: it.university_en,
        employer: it.employer_en,
        job_title: it.job_title,
        field_of_study: it.field_of_study,
        graduation_year: it.graduation_year,
        statement: it.statement,
        has_document: it.document_id.is_some(),
        criteria: criteria.into_iter().map(ReviewCriterion::from).collect(),
        highest: HIGHEST,
        scores: listed(&row.sheet()),
        total_milli: row.total_milli,
        submitted_at: row.submitted_at,
        comment: row.comment,
    };
    Ok(Reply::json(200, &shown)?.with_version(row.version))
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let review = proof(cx)?;
    shown(cx, &review)
}

fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let review = proof(cx)?;
    let version = queries::own(cx.conn, &review, true)?.version;
    cx.if_match(version)?;
    let draft: ReviewDraft = cx.json()?;
    let sheet: Sheet = draft
        .scores
        .iter()
        .map(|it| (CriterionId(it.criterion), it.score))
        .collect();
    let comment = draft.comment.replace("\r\n", "\n");
    actions::save_draft(cx.conn, &review, &sheet, comment.trim(), Some(version))?;
    shown(cx, &review)
}

fn submit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let review = proof(cx)?;
    let row = queries::own(cx.conn, &review, true)?;
    if cx.request().header("if-match").is_some() {
        cx.if_match(row.version)?;
    }
    actions::submit_scores(cx.conn, &review, &row.sheet(), &row.comment)?;
    shown(cx, &review)
}

fn decline(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let review = proof(cx)?;
    let said: ReviewDecline = cx.json()?;
    actions::decline(cx.conn, &review, said.interest, &said.reason)?;
    Ok(Reply::no_content())
}
