//! The reviewer's pages: what waits, one application to read and score, stepping back.

use askama::Template;

use crate::access::{self, AssignedReview, REVIEWER};
use crate::applications::desk_pages::{attachment, points};
use crate::applications::desk_record::Answers;
use crate::error::{Error, Result};
use crate::files;
use crate::ids::ReviewId;
use crate::lang::Lang;
use crate::lang::format::date_long;
use crate::web::exports::short;
use crate::web::forms::Mistakes;
use crate::web::{Cx, Pairs, Reply, Routes, Shell, Site, Visit};

use super::actions;
use super::queries::{self, Criterion, HIGHEST, Mine, Review};
use super::rules::{ReviewState, Sheet};

/// The routes of reviewers.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/reviews", REVIEWER, home)
        .get("/reviews.csv", REVIEWER, home_file)
        .get("/reviews.xlsx", REVIEWER, home_file)
        .get("/reviews/{review}", REVIEWER, show)
        .post("/reviews/{review}", REVIEWER, save)
        .post("/reviews/{review}/draft", REVIEWER, draft)
        .get("/reviews/{review}/decline", REVIEWER, ask_decline)
        .post("/reviews/{review}/decline", REVIEWER, decline)
        .get_free("/reviews/{review}/document", REVIEWER, document)
}

/// Word and tone of a review's state.
#[must_use]
pub fn tag(state: ReviewState, lang: Lang) -> (&'static str, &'static str) {
    let tone = match state {
        ReviewState::Assigned => "",
        ReviewState::Draft => "wait",
        ReviewState::Submitted => "ok",
        ReviewState::Declined | ReviewState::Removed => "bad",
    };
    (state.label(lang), tone)
}

struct Line {
    href: Option<String>,
    name: String,
    zh: Option<String>,
    reference: String,
    route: &'static str,
    cohort: String,
    due: String,
    state: (&'static str, &'static str),
    total: Option<String>,
}

impl Line {
    fn new(mine: Mine, lang: Lang) -> Self {
        let state = ReviewState::parse(&mine.state).unwrap_or(ReviewState::Removed);
        let name = mine.name_shown.unwrap_or_default();
        Self {
            href: (!name.is_empty()).then(|| format!("/reviews/{}", mine.id)),
            zh: mine.name_zh.filter(|zh| *zh != name),
            name,
            reference: mine.reference.unwrap_or_default(),
            route: mine
                .route
                .as_deref()
                .and_then(crate::applications::Route::parse)
                .map_or("", |it| it.label(lang)),
            cohort: lang.pick(mine.cohort_en, mine.cohort_zh),
            due: date_long(lang, mine.decisions_on),
            state: tag(state, lang),
            total: mine.total_milli.map(points),
        }
    }
}

#[derive(Template)]
#[template(path = "reviews/home.html")]
struct Home {
    shell: Shell,
    lines: Vec<Line>,
    asked: usize,
    done: usize,
    percent: usize,
    state: String,
    next: Option<String>,
}

fn home(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let mine = queries::mine(cx.conn, &own)?;
    let state = match cx.request().query.typed("state") {
        it @ ("submitted" | "all") => it.to_owned(),
        _ => "open".to_owned(),
    };
    let open = |it: &Mine| matches!(it.state.as_str(), "assigned" | "draft");
    let done = mine.iter().filter(|it| it.state == "submitted").count();
    let asked = done + mine.iter().filter(|it| open(it)).count();
    let next = mine
        .iter()
        .find(|it| open(it))
        .map(|it| format!("/reviews/{}", it.id));
    let lines = mine
        .into_iter()
        .filter(|it| match state.as_str() {
            "all" => true,
            "submitted" => it.state == "submitted",
            _ => open(it),
        })
        .map(|it| Line::new(it, lang))
        .collect();
    let shell = cx.shell(lang.nav_reviews());
    cx.visit.page(&Home {
        shell,
        lines,
        asked,
        done,
        percent: (done * 100).checked_div(asked).unwrap_or(0),
        state,
        next,
    })
}

/// Every review of one's own as a file.
fn home_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let header = [
        lang.desk_name(),
        lang.desk_reference(),
        lang.desk_route(),
        lang.desk_cohort(),
        lang.review_due(),
        lang.desk_state(),
        lang.review_yours(),
    ];
    let rows = queries::mine(cx.conn, &own)?
        .into_iter()
        .map(|mine| Line::new(mine, lang))
        .map(|line| {
            vec![
                line.name,
                line.reference,
                line.route.to_owned(),
                line.cohort,
                line.due,
                line.state.0.to_owned(),
                line.total.unwrap_or_default(),
            ]
        })
        .collect();
    short(&cx.request().path, "reviews", &header, rows)
}

/// A criterion with what was chosen.
struct Scored {
    id: String,
    name: String,
    hint: String,
    weight: String,
    scores: Vec<(i32, bool)>,
    given: Option<i32>,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "reviews/review.html")]
struct ReviewPage {
    shell: Shell,
    review: ReviewId,
    answers: Answers,
    zh: Option<String>,
    facts: Vec<(&'static str, String)>,
    due: String,
    cohort: String,
    state: (&'static str, &'static str),
    criteria: Vec<Scored>,
    comment: String,
    version: i32,
    mistakes: Mistakes,
    writable: bool,
    stale: bool,
    total: Option<String>,
}

/// What stands in the form: what was stored, or what was typed.
struct Typed {
    sheet: Sheet,
    comment: String,
    mistakes: Mistakes,
    stale: bool,
}

impl Typed {
    fn stored(row: &Review) -> Self {
        Self {
            sheet: row.sheet(),
            comment: row.comment.clone(),
            mistakes: Mistakes::default(),
            stale: false,
        }
    }
}

fn scored(criteria: &[Criterion], typed: &Typed, lang: Lang) -> Vec<Scored> {
    let all: i32 = criteria.iter().map(|it| it.weight).sum::<i32>().max(1);
    criteria
        .iter()
        .map(|it| {
            let given = typed.sheet.get(&it.id).copied();
            Scored {
                id: it.id.to_string(),
                name: it.name(lang).to_owned(),
                hint: it.hint(lang).to_owned(),
                weight: lang.review_weight(it.weight * 100 / all),
                scores: (1..=HIGHEST).map(|n| (n, given == Some(n))).collect(),
                given,
                error: typed.mistakes.of(&it.id.to_string()).map(str::to_owned),
            }
        })
        .collect()
}

fn page(
    cx: &mut Cx<'_, '_>,
    review: &AssignedReview,
    status: u16,
    typed: Option<Typed>,
) -> Result<Reply> {
    let lang = cx.lang();
    let answers = queries::answers(cx.conn, review)?;
    let row = queries::own(cx.conn, review, false)?;
    let criteria = queries::criteria(cx.conn, review.cohort())?;
    let state = row.state()?;
    let typed = typed.unwrap_or_else(|| Typed::stored(&row));
    let reading = matches!(answers.state.as_str(), "submitted" | "under_review");
    let title = format!("{} {}", lang.review_one(), answers.reference);
    let title = if typed.mistakes.is_empty() {
        title
    } else {
        lang.desk_error_title(&title)
    };
    let shell = cx.shell(title);
    cx.visit.page_with(
        status,
        &ReviewPage {
            shell,
            review: review.review(),
            zh: answers
                .name_zh
                .clone()
                .filter(|zh| *zh != answers.name_shown),
            facts: answers.facts(lang, false),
            due: date_long(lang, answers.decisions_on),
            cohort: answers.cohort(lang).to_owned(),
            state: tag(state, lang),
            criteria: scored(&criteria, &typed, lang),
            comment: typed.comment,
            version: row.version,
            mistakes: typed.mistakes,
            writable: reading
                && !criteria.is_empty()
                && matches!(state, ReviewState::Assigned | ReviewState::Draft),
            stale: typed.stale,
            total: row.total_milli.map(points),
            answers,
        },
    )
}

fn proof(cx: &mut Cx<'_, '_>) -> Result<AssignedReview> {
    let review = cx.request().param::<ReviewId>("review")?;
    access::assigned_review(cx.conn, review)
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let review = proof(cx)?;
    page(cx, &review, 200, None)
}

/// Scores of a form: fields named by their criteria. A score that is no number is taken for 0, which
/// the rule refuses by name.
fn read_sheet(form: &Pairs) -> Sheet {
    form.iter()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().unwrap_or(0))))
        .collect()
}

fn read_comment(form: &Pairs) -> String {
    form.typed("comment")
        .replace("\r\n", "\n")
        .trim()
        .to_owned()
}

fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let review = proof(cx)?;
    let form = cx.request().form().clone();
    let (sheet, comment) = (read_sheet(&form), read_comment(&form));
    let seen = form.typed("version").parse().ok();
    let submit = form.typed("do") != "save";
    let done = if submit {
        let row = queries::own(cx.conn, &review, true)?;
        if seen.is_some_and(|seen: i32| seen != row.version)
            && row.state()? != ReviewState::Submitted
        {
            Err(Error::Stale)
        } else {
            actions::submit_scores(cx.conn, &review, &sheet, &comment)
        }
    } else {
        actions::save_draft(cx.conn, &review, &sheet, &comment, seen).map(|_| ())
    };
    let again = |mistakes: Mistakes, stale: bool| {
        Some(Typed {
            sheet: sheet.clone(),
            comment: comment.clone(),
            mistakes,
            stale,
        })
    };
    match done {
        Ok(()) if !submit => {
            Ok(Reply::see_other(format!("/reviews/{}", review.review())).flash("saved"))
        }
        Ok(()) => {
            let next = match form.typed("do") {
                "next" => queries::next_open(cx.conn, &review)?,
                _ => None,
            };
            let to = next.map_or_else(|| "/reviews".to_owned(), |id| format!("/reviews/{id}"));
            Ok(Reply::see_other(to).flash("review_submitted"))
        }
        Err(Error::Invalid(errors)) => {
            let mistakes = Mistakes::new(&errors, cx.lang()).labelled(&[
                ("interest", cx.lang().review_interest()),
                ("reason", cx.lang().review_decline_reason()),
                ("comment", cx.lang().review_comment()),
            ]);
            page(cx, &review, 422, again(mistakes, false))
        }
        Err(Error::Stale) => page(cx, &review, 412, again(Mistakes::default(), true)),
        Err(error) => Err(error),
    }
}

/// Saved as typed: answers with the new version alone.
fn draft(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let review = proof(cx)?;
    let form = cx.request().form().clone();
    let seen = form.typed("version").parse().ok();
    let version = actions::save_draft(
        cx.conn,
        &review,
        &read_sheet(&form),
        &read_comment(&form),
        seen,
    )?;
    Ok(Reply::no_content().with_version(version))
}

#[derive(Template)]
#[template(path = "reviews/decline.html")]
struct DeclinePage {
    shell: Shell,
    review: ReviewId,
    name: String,
    reference: String,
    interest: String,
    reason: String,
    mistakes: Mistakes,
}

fn decline_page(
    cx: &mut Cx<'_, '_>,
    review: &AssignedReview,
    status: u16,
    form: &Pairs,
    mistakes: Mistakes,
) -> Result<Reply> {
    let answers = queries::answers(cx.conn, review)?;
    let shell = cx.shell(cx.lang().review_step_back());
    cx.visit.page_with(
        status,
        &DeclinePage {
            shell,
            review: review.review(),
            name: answers.name_shown,
            reference: answers.reference,
            interest: form.typed("interest").to_owned(),
            reason: form.typed("reason").to_owned(),
            mistakes,
        },
    )
}

fn ask_decline(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let review = proof(cx)?;
    decline_page(cx, &review, 200, Pairs::none(), Mistakes::default())
}

fn decline(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let review = proof(cx)?;
    let form = cx.request().form().clone();
    let done = match form.typed("interest") {
        "yes" => actions::decline(cx.conn, &review, true, form.typed("reason")),
        "no" => actions::decline(cx.conn, &review, false, form.typed("reason")),
        _ => Err(Error::field("interest", "required", |lang| {
            lang.form_choice().to_owned()
        })),
    };
    match done {
        Ok(()) => Ok(Reply::see_other("/reviews").flash("review_declined")),
        Err(Error::Invalid(errors)) => {
            let mistakes = Mistakes::new(&errors, cx.lang()).labelled(&[
                ("interest", cx.lang().review_interest()),
                ("reason", cx.lang().review_decline_reason()),
                ("comment", cx.lang().review_comment()),
            ]);
            decline_page(cx, &review, 422, &form, mistakes)
        }
        Err(error) => Err(error),
    }
}

/// A fresh check for every download: the assignment, the application, the file's own policy.
pub(super) fn document(visit: &Visit, site: &Site) -> Result<Reply> {
    let review = visit.request.param::<ReviewId>("review")?;
    let stored = site.db.read_for(&visit.actor, visit.request.id, |conn| {
        let review = access::assigned_review(conn, review)?;
        let id = queries::answers(conn, &review)?
            .document_id
            .ok_or(Error::NotFound)?;
        let own = access::own(conn)?;
        files::queries::find(conn, &own, id)
    })?;
    Ok(attachment(stored))
}
