//! What a reviewer does: save, hand in, step back. And what follows from it: the application's mean
//! and spread, under [`Task::Score`]; who may read, under [`Task::AssignReview`].

use crate::db::sql_query;
use diesel::sql_types::{Bool, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::AssignedReview;
use crate::applications::desk_actions::share_documents;
use crate::applications::desk_list::{DISAGREEMENT_MILLI, current};
use crate::applications::rules::State;
use crate::audit::{self, About};
use crate::db::{Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, CohortId, PersonId, ProgrammeId};
use crate::mail::outbox::{self, Occasion};
use crate::people::accounts;

pub use super::assign::{assign, assign_all, plan, remind, remove, reopen};
use super::mail::ReviewLetter;
use super::queries;
use super::rules::allot::readable;
use super::rules::{ReviewEvent, ReviewState, Rubric, Sheet, next, score, summarise};

/// What happened to a review, for the application's history. All of it is deliberation.
#[derive(Clone, Debug)]
pub enum Happened {
    /// A reviewer was asked.
    Assigned(String),
    /// A reviewer is not asked any more.
    Removed(String),
    /// A review was given back.
    Reopened(String),
    /// A review was handed in, with this mean in thousandths.
    Submitted(i64),
    /// The reviewer stepped back: for an interest or for another reason.
    Declined {
        /// For an interest?
        interest: bool,
        /// In the reviewer's words.
        reason: String,
    },
    /// A reviewer was reminded; about the cohort.
    Reminded(String),
}

impl audit::Event for Happened {
    fn verb(&self) -> &'static str {
        match self {
            Self::Assigned(_) => "review.assigned",
            Self::Removed(_) => "review.removed",
            Self::Reopened(_) => "review.reopened",
            Self::Submitted(_) => "review.submitted",
            Self::Declined { .. } => "review.declined",
            Self::Reminded(_) => "review.reminded",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Assigned(name)
            | Self::Removed(name)
            | Self::Reopened(name)
            | Self::Reminded(name) => json!({ "reviewer": name }),
            Self::Submitted(milli) => json!({ "score_milli": milli }),
            Self::Declined { interest, reason } => {
                json!({ "interest": interest, "reason": reason })
            }
        }
    }

    fn confidential(&self) -> bool {
        true
    }
}

/// What a review is about, for its events.
pub(super) fn about(
    application: ApplicationId,
    applicant: PersonId,
    programme: ProgrammeId,
) -> About {
    About::new("application", application.0)
        .of(applicant)
        .within(programme)
}

/// Longest comment of a review, in characters.
pub const COMMENT_MAX_CHARS: usize = 4_000;

fn check_comment(comment: &str) -> Result<()> {
    if comment.chars().count() > COMMENT_MAX_CHARS {
        return Err(Error::field("comment", "too_long", |lang| {
            lang.form_too_long(COMMENT_MAX_CHARS)
        }));
    }
    Ok(())
}

/// Is the application still being read? It may have been withdrawn, or its result released.
fn still_read(state: &str) -> Result<()> {
    readable(current(state, None, false).unwrap_or(State::Draft))?;
    Ok(())
}

/// Saves scores, some or all, without handing them in. `seen` is the version that the reviewer
/// looked at, if known. Returns the new version.
///
/// # Errors
/// [`Error::Stale`] when it changed since; [`Error::Invalid`] for a score outside the scale or of
/// another rubric; a refusal when it was handed in or has ended.
pub fn save_draft(
    conn: &mut Conn<'_>,
    review: &AssignedReview,
    scores: &Sheet,
    comment: &str,
    seen: Option<i32>,
) -> Result<i32> {
    let answers = queries::answers(conn, review)?;
    still_read(&answers.state)?;
    let row = queries::own(conn, review, true)?;
    let state = next(row.state()?, ReviewEvent::Save)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(Error::Stale);
    }
    check_comment(comment)?;
    let criteria = queries::criteria(conn, review.cohort())?;
    let rubric = queries::rubric(&criteria)?;
    if let Err(mut problems) = score(&rubric, scores) {
        // A draft may be incomplete; what it holds must be right.
        problems.retain(|it| it.code != "required");
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
    }
    write(conn, review, state, scores, comment, None)?;
    Ok(row.version + 1)
}

fn write(
    conn: &mut Conn<'_>,
    review: &AssignedReview,
    state: ReviewState,
    scores: &Sheet,
    comment: &str,
    total_milli: Option<i32>,
) -> Result<()> {
    let changed = sql_query(
        "UPDATE reviews SET state = $3, scores = $4, comment = $5, total_milli = $6, version = version + 1, \
           submitted_at = CASE WHEN $3 = 'submitted' THEN banyan_now() END \
         WHERE id = $1 AND reviewer_id = $2 AND state IN ('assigned', 'draft')",
    )
    .bind::<SqlUuid, _>(review.review())
    .bind::<SqlUuid, _>(review.person())
    .bind::<Text, _>(state.as_str())
    .bind::<Jsonb, _>(queries::stored(scores))
    .bind::<Text, _>(comment)
    .bind::<Nullable<Integer>, _>(total_milli)
    .execute(conn.pg())?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    Ok(())
}

/// Hands a whole sheet in: it counts from now on.
///
/// # Errors
/// [`Error::Invalid`], each problem on its criterion's id, unless every criterion has a score
/// within the scale; a refusal when it was handed in before or has ended.
pub fn submit_scores(
    conn: &mut Conn<'_>,
    review: &AssignedReview,
    scores: &Sheet,
    comment: &str,
) -> Result<()> {
    let answers = queries::answers(conn, review)?;
    still_read(&answers.state)?;
    let row = queries::own(conn, review, true)?;
    let state = next(row.state()?, ReviewEvent::Submit)?;
    let criteria = queries::criteria(conn, review.cohort())?;
    let rubric = queries::rubric(&criteria)?;
    check_comment(comment)?;
    let mean = score(&rubric, scores)
        .map_err(Error::Invalid)?
        .thousandths();
    let milli = i32::try_from(mean).unwrap_or(i32::MAX);
    write(conn, review, state, scores, comment, Some(milli))?;
    recompute(
        conn,
        &rubric,
        review.application(),
        review.cohort(),
        row.programme_id,
    )?;
    audit::note(
        conn,
        about(review.application(), answers.person_id, row.programme_id),
        &Happened::Submitted(mean),
    )
}

#[derive(QueryableByName)]
struct Scores {
    #[diesel(sql_type = Jsonb)]
    scores: Value,
}

/// Writes mean and spread of the reviews that were handed in onto the application's case. The case
/// is locked first and the reviews are read after that, so that of two reviews handed in at once
/// the second counts the first.
pub(super) fn recompute(
    conn: &mut Conn<'_>,
    rubric: &Rubric,
    application: ApplicationId,
    cohort: CohortId,
    programme: ProgrammeId,
) -> Result<()> {
    conn.elevate(Task::Score, |conn| {
        sql_query(
            "INSERT INTO application_cases (application_id, cohort_id, programme_id) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
        )
        .bind::<SqlUuid, _>(application)
        .bind::<SqlUuid, _>(cohort)
        .bind::<SqlUuid, _>(programme)
        .execute(conn.pg())?;
        sql_query("SELECT 1 FROM application_cases WHERE application_id = $1 FOR UPDATE")
            .bind::<SqlUuid, _>(application)
            .execute(conn.pg())?;
        let rows: Vec<Scores> = sql_query(
            "SELECT scores FROM reviews WHERE application_id = $1 AND state = 'submitted'",
        )
        .bind::<SqlUuid, _>(application)
        .load(conn.pg())?;
        let sheets: Vec<Sheet> = rows.iter().map(|row| queries::sheet(&row.scores)).collect();
        let summary = summarise(rubric, &sheets, i64::from(DISAGREEMENT_MILLI));
        let milli = |value: i64| i32::try_from(value).unwrap_or(i32::MAX);
        sql_query(
            "UPDATE application_cases SET score_milli = $2, spread_milli = $3, reviews_done = $4 WHERE application_id = $1",
        )
        .bind::<SqlUuid, _>(application)
        .bind::<Nullable<Integer>, _>(summary.map(|it| milli(it.average.thousandths())))
        .bind::<Nullable<Integer>, _>(summary.map(|it| milli(it.spread)))
        .bind::<Integer, _>(summary.map_or(0, |it| i32::try_from(it.reviews).unwrap_or(i32::MAX)))
        .execute(conn.pg())?;
        Ok(())
    })
}

/// Steps back from a review. With `interest` the reviewer is never asked about this application
/// again; either way they cannot open it from now on, and whoever asked them is told.
///
/// # Errors
/// [`Error::Invalid`] on `reason` without one; a refusal when it was handed in or has ended.
pub fn decline(
    conn: &mut Conn<'_>,
    review: &AssignedReview,
    interest: bool,
    reason: &str,
) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(Error::field("reason", "required", |lang| {
            lang.review_decline_reason_wanted().to_owned()
        }));
    }
    let answers = queries::answers(conn, review)?;
    let row = queries::own(conn, review, true)?;
    let state = next(row.state()?, ReviewEvent::Decline)?;
    sql_query(
        "UPDATE reviews SET state = $3, interest_declared = $4, decline_reason = $5, version = version + 1 \
         WHERE id = $1 AND reviewer_id = $2 AND state IN ('assigned', 'draft')",
    )
    .bind::<SqlUuid, _>(review.review())
    .bind::<SqlUuid, _>(review.person())
    .bind::<Text, _>(state.as_str())
    .bind::<Bool, _>(interest)
    .bind::<Text, _>(reason)
    .execute(conn.pg())?;
    take_away(conn, review.application(), review.person())?;
    audit::note(
        conn,
        about(review.application(), answers.person_id, row.programme_id),
        &Happened::Declined {
            interest,
            reason: reason.to_owned(),
        },
    )?;
    let Some(asked_by) = row.assigned_by else {
        return Ok(());
    };
    let to = accounts::recipient(conn, asked_by)?;
    let letter = ReviewLetter::Declined {
        name: to.name.clone(),
        reviewer: row.reviewer_name,
        reference: answers.reference,
        interest,
        path: format!("/applications/{}", review.application()),
    };
    let occasion = Occasion {
        // About the review, not the application: the applicant's letters are another matter.
        subject: Some(review.review().0),
        programme: Some(row.programme_id),
        programme_name: crate::programmes::queries::name(conn, row.programme_id)?.pair(),
    };
    let key = format!("review_declined:{}:{}", review.review(), row.version);
    outbox::put(conn, &to, &letter, &occasion, &key)
}

/// The reviewer cannot read the application and its document any more.
pub(super) fn take_away(
    conn: &mut Conn<'_>,
    application: ApplicationId,
    reviewer: PersonId,
) -> Result<()> {
    conn.elevate(Task::AssignReview, |conn| {
        sql_query(
            "UPDATE applications SET reviewer_ids = array_remove(reviewer_ids, $2) WHERE id = $1",
        )
        .bind::<SqlUuid, _>(application)
        .bind::<SqlUuid, _>(reviewer)
        .execute(conn.pg())?;
        Ok(())
    })?;
    share_documents(conn, &[application])
}
