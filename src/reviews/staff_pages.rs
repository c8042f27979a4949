//! The staff's side of reviews: ask and take away on one application, how far reviewers are,
//! reminders.

use askama::Template;

use crate::access::{self, ApplicationStaff, STAFF};
use crate::applications::desk_pages::{points, with_query};
use crate::cohorts;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, CohortId, PersonId, ReviewId};
use crate::web::exports::short;
use crate::web::{Cx, Reply, Routes, Shell};

use super::{actions, queries};

/// The routes of staff.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .post("/applications/{application}/reviewers", STAFF, assign)
        .post("/applications/{application}/reviews", STAFF, change)
        .get("/cohorts/{cohort}/reviewers", STAFF, progress)
        .get("/cohorts/{cohort}/reviewers.csv", STAFF, progress_file)
        .get("/cohorts/{cohort}/reviewers.xlsx", STAFF, progress_file)
        .get("/cohorts/{cohort}/reviewers/remind", STAFF, ask_remind)
        .post("/cohorts/{cohort}/reviewers/remind", STAFF, remind)
}

fn proof(cx: &mut Cx<'_, '_>) -> Result<ApplicationStaff> {
    let application = cx.request().param::<ApplicationId>("application")?;
    access::application_staff(cx.conn, application)
}

fn back(cx: &Cx<'_, '_>, staff: &ApplicationStaff, flash: &str) -> Reply {
    let to = with_query(
        format!("/applications/{}", staff.application()),
        cx.request().form().typed("list"),
    );
    Reply::see_other(format!("{to}#reviews")).flash(flash)
}

fn assign(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let reviewer: PersonId = cx
        .request()
        .form()
        .typed("reviewer")
        .parse()
        .map_err(|_no_id| super::rules::allot::AssignRefusal::NoReviewer)?;
    actions::assign(cx.conn, &staff, reviewer)?;
    Ok(back(cx, &staff, "review_assigned"))
}

/// Takes a review away or gives it back.
fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let form = cx.request().form().clone();
    let review: ReviewId = form
        .typed("review")
        .parse()
        .map_err(|_no_id| Error::NotFound)?;
    if form.typed("do") == "reopen" {
        actions::reopen(cx.conn, &staff, review)?;
        Ok(back(cx, &staff, "review_reopened"))
    } else {
        actions::remove(cx.conn, &staff, review)?;
        Ok(back(cx, &staff, "review_removed"))
    }
}

/// A line of the progress.
struct Line {
    id: PersonId,
    name: String,
    open: i64,
    draft: i64,
    submitted: i64,
    declined: i64,
    asked: i64,
    percent: i64,
    mean: Option<String>,
}

#[derive(Template)]
#[template(path = "reviews/progress.html")]
struct ProgressPage {
    shell: Shell,
    cohort: CohortId,
    cohort_name: String,
    lines: Vec<Line>,
    idle: Vec<String>,
}

fn progress(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param::<CohortId>("cohort")?)?;
    let cohort = cohorts::queries::find(cx.conn, &staff)?;
    let rows = queries::progress(cx.conn, &staff)?;
    let idle = queries::reviewers(cx.conn, &staff)?
        .into_iter()
        .filter(|it| rows.iter().all(|row| row.reviewer_id != it.id))
        .map(|it| it.name)
        .collect();
    let lines = rows
        .into_iter()
        .map(|row| {
            let open = row.assigned + row.draft;
            let asked = open + row.submitted;
            Line {
                id: row.reviewer_id,
                name: row.name,
                open,
                draft: row.draft,
                submitted: row.submitted,
                declined: row.declined,
                asked,
                percent: (row.submitted * 100).checked_div(asked).unwrap_or(0),
                mean: row.mean_milli.map(points),
            }
        })
        .collect();
    let shell = cx.shell(format!("{} – {}", lang.desk_reviewers(), cohort.code));
    cx.visit.page(&ProgressPage {
        shell,
        cohort: cohort.id,
        cohort_name: cohort.name(lang).to_owned(),
        lines,
        idle,
    })
}

/// The same as a file.
fn progress_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param::<CohortId>("cohort")?)?;
    let cohort = cohorts::queries::find(cx.conn, &staff)?;
    let header = [
        lang.desk_name(),
        lang.desk_asked(),
        lang.desk_done(),
        lang.desk_open(),
        lang.desk_declined(),
        lang.desk_severity(),
    ];
    let rows = queries::progress(cx.conn, &staff)?
        .into_iter()
        .map(|row| {
            let open = row.assigned + row.draft;
            vec![
                row.name,
                (open + row.submitted).to_string(),
                row.submitted.to_string(),
                open.to_string(),
                row.declined.to_string(),
                row.mean_milli.map(points).unwrap_or_default(),
            ]
        })
        .collect();
    let name = format!("{}-reviewers", cohort.code);
    short(&cx.request().path, &name, &header, rows)
}

#[derive(Template)]
#[template(path = "reviews/remind.html")]
struct RemindPage {
    shell: Shell,
    cohort: CohortId,
    cohort_name: String,
    people: Vec<(PersonId, String, i64)>,
}

/// Who would be reminded: the reviewers ticked for whom something waits.
fn ask_remind(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param::<CohortId>("cohort")?)?;
    let cohort = cohorts::queries::find(cx.conn, &staff)?;
    let query = cx.request().query.clone();
    let people = queries::progress(cx.conn, &staff)?
        .into_iter()
        .filter(|row| query.has("person", &row.reviewer_id.to_string()))
        .map(|row| (row.reviewer_id, row.name, row.assigned + row.draft))
        .filter(|(_, _, open)| *open > 0)
        .collect();
    let shell = cx.shell(lang.desk_remind());
    cx.visit.page(&RemindPage {
        shell,
        cohort: cohort.id,
        cohort_name: cohort.name(lang).to_owned(),
        people,
    })
}

fn remind(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = access::cohort_staff(cx.conn, cx.request().param::<CohortId>("cohort")?)?;
    let form = cx.request().form().clone();
    for person in form.all("person") {
        let person: PersonId = person.parse().map_err(|_no_id| Error::NotFound)?;
        actions::remind(cx.conn, &staff, person)?;
    }
    Ok(
        Reply::see_other(format!("/cohorts/{}/reviewers", staff.cohort()))
            .flash("reviewers_reminded"),
    )
}
