//! The applicant's pages: one application with its sections, from the first draft to its status.

use askama::Template;

use crate::access::{self, APPLICANT, OwnApplication};
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::ids::{ApplicationId, OrganisationId};
use crate::lang::Lang;
use crate::lang::format;
use crate::organisations;
use crate::people::rules::find_identity_card_numbers;
use crate::web::forms::Mistakes;
use crate::web::{Cx, Pairs, Reply, Routes, Shell, Site, Visit};

use super::Route;
use super::form_actions::{self as actions, Desk};
use super::form_queries::{self as queries, Mine, PicsInForce};
use super::rules::form::{SectionKey, SectionStatus};
use super::rules::{Event, Outcome, State};

mod check;
mod document;
mod history;
mod next;
mod read;

use check::{check, submit};
pub(super) use document::download;
use document::{remove_document, upload};
use history::{Line, told};
use next::Next;
pub(super) use read::Read;

/// Room for a document that is too large, so that its sender is told so on the page.
const UPLOAD_LIMIT: usize = 24 * 1_024 * 1_024;

/// The applicant's routes.
#[must_use]
pub fn form_routes() -> Routes {
    Routes::new()
        .post("/calls/{code}/apply", APPLICANT, begin)
        .get("/me/applications/{application}", APPLICANT, home)
        .and(about_routes())
        .and(words_routes())
        .get("/me/applications/{application}/document", APPLICANT, |cx| {
            section(cx, SectionKey::Document)
        })
        .post_free("/me/applications/{application}/document", APPLICANT, upload)
        .limit(UPLOAD_LIMIT)
        .post(
            "/me/applications/{application}/document/remove",
            APPLICANT,
            remove_document,
        )
        .get(
            "/me/applications/{application}/document/file",
            APPLICANT,
            download,
        )
        .get("/me/applications/{application}/check", APPLICANT, check)
        .post("/me/applications/{application}/submit", APPLICANT, submit)
        .get(
            "/me/applications/{application}/withdraw",
            APPLICANT,
            ask_withdraw,
        )
        .post("/me/applications/{application}/reopen", APPLICANT, reopen)
}

/// Sections about the person: each a page, its form, and what saves it as it is typed.
fn about_routes() -> Routes {
    Routes::new()
        .get("/me/applications/{application}/person", APPLICANT, |cx| {
            section(cx, SectionKey::Person)
        })
        .post("/me/applications/{application}/person", APPLICANT, |cx| {
            save(cx, SectionKey::Person)
        })
        .post(
            "/me/applications/{application}/person/draft",
            APPLICANT,
            |cx| keep(cx, SectionKey::Person),
        )
        .get("/me/applications/{application}/route", APPLICANT, |cx| {
            section(cx, SectionKey::Route)
        })
        .post("/me/applications/{application}/route", APPLICANT, |cx| {
            save(cx, SectionKey::Route)
        })
        .post(
            "/me/applications/{application}/route/draft",
            APPLICANT,
            |cx| keep(cx, SectionKey::Route),
        )
        .get(
            "/me/applications/{application}/background",
            APPLICANT,
            |cx| section(cx, SectionKey::Background),
        )
        .post(
            "/me/applications/{application}/background",
            APPLICANT,
            |cx| save(cx, SectionKey::Background),
        )
        .post(
            "/me/applications/{application}/background/draft",
            APPLICANT,
            |cx| keep(cx, SectionKey::Background),
        )
}

/// Sections in the person's own words.
fn words_routes() -> Routes {
    Routes::new()
        .get(
            "/me/applications/{application}/statement",
            APPLICANT,
            |cx| section(cx, SectionKey::Statement),
        )
        .post(
            "/me/applications/{application}/statement",
            APPLICANT,
            |cx| save(cx, SectionKey::Statement),
        )
        .post(
            "/me/applications/{application}/statement/draft",
            APPLICANT,
            |cx| keep(cx, SectionKey::Statement),
        )
        .get(
            "/me/applications/{application}/declarations",
            APPLICANT,
            |cx| section(cx, SectionKey::Declarations),
        )
        .post(
            "/me/applications/{application}/declarations",
            APPLICANT,
            |cx| save(cx, SectionKey::Declarations),
        )
        .post(
            "/me/applications/{application}/declarations/draft",
            APPLICANT,
            |cx| keep(cx, SectionKey::Declarations),
        )
}

fn own(cx: &mut Cx<'_, '_>) -> Result<OwnApplication> {
    let id: ApplicationId = cx.request().param("application")?;
    access::own_application(cx.conn, id)
}

fn address(own: &OwnApplication) -> String {
    format!("/me/applications/{}", own.application())
}

fn begin(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let code: String = cx.request().param("code")?;
    let own = access::own(cx.conn)?;
    let id = actions::begin(cx.conn, &own, &code)?;
    Ok(Reply::see_other(format!("/me/applications/{id}")))
}

/// A section as the task list shows it.
struct Task {
    key: SectionKey,
    tag: &'static str,
    status: &'static str,
    missing: usize,
}

#[derive(Template)]
#[template(path = "applications/form_home.html")]
struct Home {
    shell: Shell,
    base: String,
    cohort: String,
    reference: String,
    tag: &'static str,
    state: &'static str,
    next: &'static str,
    step: Option<Next>,
    draft: bool,
    /// Is the decision known? Then the call's dates are history.
    decided: bool,
    open: bool,
    editable: bool,
    complete: bool,
    may_withdraw: bool,
    may_reopen: bool,
    deadline: String,
    decisions: String,
    begins: String,
    submitted: Option<String>,
    contact: String,
    tasks: Vec<Task>,
    history: Vec<Line>,
}

impl Home {
    fn waits(&self) -> bool {
        self.step.as_ref().is_some_and(|step| step.now)
    }
}

fn home(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let desk = actions::open(cx.conn, &own)?;
    let lang = cx.lang();
    let state = desk.mine.state()?;
    let sections = desk.sections();
    let complete = sections
        .iter()
        .all(|it| it.status == SectionStatus::Complete);
    let tasks = sections
        .iter()
        .map(|it| Task {
            key: it.key,
            tag: match it.status {
                SectionStatus::NotStarted => "",
                SectionStatus::InProgress => "wait",
                SectionStatus::Complete => "ok",
            },
            status: it.status.label(lang),
            missing: match it.status {
                SectionStatus::InProgress => it.problems.len(),
                SectionStatus::NotStarted | SectionStatus::Complete => 0,
            },
        })
        .collect();
    let outcomes = queries::outcomes(cx.conn, &own)?;
    let step = next::next(&outcomes, crate::db::now(cx.conn)?, lang);
    let history = told(cx, own.application(), outcomes.offer_id)?;
    let cohort = desk.cohort.name(lang).to_owned();
    let shell = cx.shell(lang.apply_title(&cohort));
    cx.visit.page(&Home {
        shell,
        base: address(&own),
        cohort,
        reference: desk.mine.reference.clone(),
        tag: tag(state),
        state: state.label(lang),
        next: state.what_comes_next(lang),
        step,
        draft: state == State::Draft,
        decided: !matches!(
            state,
            State::Draft | State::Submitted | State::UnderReview | State::Withdrawn
        ),
        open: desk.open,
        editable: desk.may(Event::Edit).is_ok(),
        complete,
        may_withdraw: desk.may(Event::Withdraw).is_ok(),
        may_reopen: desk.may(Event::Reopen).is_ok(),
        deadline: format::deadline(lang, desk.cohort.closes_at),
        decisions: format::date_long(lang, desk.cohort.decisions_on),
        begins: format::date_long(lang, desk.cohort.starts_on),
        submitted: desk
            .mine
            .submitted_at
            .filter(|_| state != State::Draft)
            .map(|at| format::moment(lang, at)),
        contact: desk.mine.contact_email.clone(),
        tasks,
        history,
    })
}

/// The shape of a state, as the kit has it.
fn tag(state: State) -> &'static str {
    match state {
        State::Draft | State::Released(Outcome::Waitlisted) => "",
        State::Submitted
        | State::UnderReview
        | State::Decided(_)
        | State::Released(Outcome::Offered)
        | State::Deferred => "wait",
        State::Enrolled => "ok",
        State::Released(Outcome::Rejected | Outcome::Ineligible)
        | State::Withdrawn
        | State::Declined
        | State::Lapsed => "bad",
    }
}

/// A choice of a list.
struct Option_ {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "applications/form_section.html")]
struct SectionPage {
    shell: Shell,
    base: String,
    key: SectionKey,
    version: i32,
    typed: Pairs,
    mistakes: Mistakes,
    stale: bool,
    identity_card: bool,
    display_name: String,
    email: String,
    study: bool,
    work: bool,
    routed: bool,
    routes: Vec<Option_>,
    universities: Vec<Option_>,
    employers: Vec<Option_>,
    least: usize,
    most: usize,
    document: Option<String>,
    pics_version: String,
    pics: Vec<String>,
}

/// What a section's fields hold now, under the names of its form.
pub(super) fn typed(mine: &Mine, key: SectionKey, pics: &PicsInForce) -> Pairs {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            pairs.push((name.to_owned(), value));
        }
    };
    match key {
        SectionKey::Person => {
            put("family_name", mine.family_name.clone());
            put("given_names", mine.given_names.clone());
            put("western_name", mine.western_name.clone());
            put("name_zh", mine.name_zh.clone());
            put("phone", mine.phone.clone());
        }
        SectionKey::Route => put("route", mine.route.clone()),
        SectionKey::Background => {
            put("university", mine.university_id.map(|id| id.to_string()));
            put("field_of_study", mine.field_of_study.clone());
            put(
                "graduation_year",
                mine.graduation_year.map(|year| year.to_string()),
            );
            put("employer", mine.employer_id.map(|id| id.to_string()));
            put("employer_name", mine.employer_name.clone());
            put("job_title", mine.job_title.clone());
        }
        SectionKey::Statement => put("statement", mine.statement.clone()),
        SectionKey::Document => {}
        SectionKey::Declarations => {
            for word in &mine.declarations {
                put(&format!("declares_{word}"), Some("yes".to_owned()));
            }
            if mine.pics_version.as_deref() == Some(pics.version.as_str()) {
                put("accepted_pics", Some("yes".to_owned()));
            }
        }
    }
    Pairs::new(pairs)
}

fn section(cx: &mut Cx<'_, '_>, key: SectionKey) -> Result<Reply> {
    let own = own(cx)?;
    let desk = actions::open(cx.conn, &own)?;
    desk.may(Event::Edit)?;
    let problems = if cx.request().query.has("check", "1") {
        problems(&desk, key)
    } else {
        Vec::new()
    };
    let typed = typed(&desk.mine, key, &desk.pics);
    let page = section_page(
        cx.conn, cx.visit, cx.site, &desk, &own, key, typed, &problems, false,
    )?;
    cx.visit.page(&page)
}

/// What is missing or wrong in one section.
fn problems(desk: &Desk, key: SectionKey) -> Vec<FieldError> {
    desk.sections()
        .into_iter()
        .filter(|it| it.key == key)
        .flat_map(|it| it.problems)
        .collect()
}

/// A text with an empty line between its paragraphs.
fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n").map(str::to_owned).collect()
}

/// Mistakes, each with the name of its field.
fn named(problems: &[FieldError], lang: Lang) -> Mistakes {
    Mistakes::new(problems, lang).labelled(&[
        ("family_name", lang.apply_family_name()),
        ("given_names", lang.apply_given_names()),
        ("western_name", lang.apply_western_name()),
        ("name_zh", lang.apply_name_zh()),
        ("phone", lang.apply_phone()),
        ("route", lang.section_route()),
        ("university", lang.apply_university()),
        ("field_of_study", lang.apply_field_of_study()),
        ("graduation_year", lang.apply_graduation_year()),
        ("employer", lang.apply_employer()),
        ("employer_name", lang.apply_employer_other()),
        ("job_title", lang.apply_job_title()),
        ("statement", lang.apply_statement()),
        ("document", lang.apply_document()),
    ])
}

#[expect(
    clippy::too_many_arguments,
    reason = "a page has many parts; they are named in its struct"
)]
fn section_page(
    conn: &mut Conn<'_>,
    visit: &Visit,
    site: &Site,
    desk: &Desk,
    own: &OwnApplication,
    key: SectionKey,
    typed: Pairs,
    problems: &[FieldError],
    stale: bool,
) -> Result<SectionPage> {
    let lang = visit.lang;
    let listed = if key == SectionKey::Background {
        organisations::queries::listed(conn)?
    } else {
        Vec::new()
    };
    let choices = |university: bool, field: &str| -> Vec<Option_> {
        listed
            .iter()
            .filter(|it| it.is_university() == university)
            .map(|it| Option_ {
                value: it.id.to_string(),
                label: it.name(lang).to_owned(),
                chosen: typed.typed(field) == it.id.to_string(),
            })
            .collect()
    };
    let route = desk.mine.form().route;
    let mut title = key.label(lang).to_owned();
    if !problems.is_empty() {
        title.insert_str(0, lang.apply_error());
    }
    let text = typed.iter().map(|(_, v)| v).collect::<Vec<_>>().join("\n");
    Ok(SectionPage {
        shell: Shell::new(visit, site, title),
        base: address(own),
        key,
        version: desk.mine.version,
        mistakes: named(problems, lang),
        stale,
        identity_card: !find_identity_card_numbers(&text).is_empty(),
        display_name: desk.mine.display_name.clone(),
        email: desk.mine.email.clone(),
        study: matches!(
            route,
            None | Some(Route::UniversityStudent | Route::RecentGraduate)
        ),
        work: matches!(route, None | Some(Route::InServiceNominee)),
        routed: route.is_some(),
        routes: Route::ALL
            .iter()
            .map(|it| Option_ {
                value: it.as_str().to_owned(),
                label: it.label(lang).to_owned(),
                chosen: typed.typed("route") == it.as_str(),
            })
            .collect(),
        universities: choices(true, "university"),
        employers: choices(false, "employer"),
        least: desk.rules.statement_least,
        most: desk.rules.statement_most,
        document: desk.mine.document_id.and(desk.mine.document_label.clone()),
        pics_version: desk.pics.version.clone(),
        pics: paragraphs(lang.pick(&desk.pics.text_en, &desk.pics.text_zh)),
        typed,
    })
}

pub(super) fn listed(conn: &mut Conn<'_>, key: SectionKey) -> Result<Vec<OrganisationId>> {
    if key != SectionKey::Background {
        return Ok(Vec::new());
    }
    let listed = organisations::queries::listed(conn)?;
    Ok(listed.into_iter().map(|it| it.id).collect())
}

fn store(cx: &mut Cx<'_, '_>, own: &OwnApplication, key: SectionKey, quiet: bool) -> Result<i32> {
    let known = listed(cx.conn, key)?;
    let pairs = cx.visit.request.form();
    let version = pairs.typed("version").parse().unwrap_or_default();
    let read = Read::of(pairs, key, &known)?;
    actions::save(cx.conn, own, version, key.as_str(), quiet, |mine, pics| {
        read.into(mine, pics);
    })
}

/// Saves a section. What cannot be kept, and what another tab overtook, is shown again as typed.
fn save(cx: &mut Cx<'_, '_>, key: SectionKey) -> Result<Reply> {
    let own = own(cx)?;
    let (status, problems) = match store(cx, &own, key, false) {
        Ok(_version) => return saved(cx, &own, key),
        Err(Error::Invalid(problems)) => (422, problems),
        Err(Error::Stale) => (412, Vec::new()),
        Err(other) => return Err(other),
    };
    let desk = actions::open(cx.conn, &own)?;
    let typed = cx.visit.request.form().clone();
    let stale = status == 412;
    let page = section_page(
        cx.conn, cx.visit, cx.site, &desk, &own, key, typed, &problems, stale,
    )?;
    cx.visit.page_with(status, &page)
}

/// On to the list when the section is in order, else back to it with what is missing.
fn saved(cx: &mut Cx<'_, '_>, own: &OwnApplication, key: SectionKey) -> Result<Reply> {
    let desk = actions::open(cx.conn, own)?;
    let base = address(own);
    let text: String = match key {
        SectionKey::Statement => desk.mine.statement.clone().unwrap_or_default(),
        SectionKey::Person
        | SectionKey::Route
        | SectionKey::Background
        | SectionKey::Document
        | SectionKey::Declarations => String::new(),
    };
    let warned = !find_identity_card_numbers(&text).is_empty();
    Ok(if problems(&desk, key).is_empty() && !warned {
        Reply::see_other(base).flash("saved")
    } else {
        Reply::see_other(format!("{base}/{}?check=1", key.as_str())).flash("saved")
    })
}

/// Saves a section while it is typed: no page, only the new version.
fn keep(cx: &mut Cx<'_, '_>, key: SectionKey) -> Result<Reply> {
    let own = own(cx)?;
    let version = store(cx, &own, key, true)?;
    Ok(Reply::no_content().with_version(version))
}

#[derive(Template)]
#[template(path = "applications/form_withdraw.html")]
struct Withdraw {
    shell: Shell,
    base: String,
    reference: String,
    again: Option<String>,
}

fn ask_withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let desk = actions::open(cx.conn, &own)?;
    desk.may(Event::Withdraw)?;
    let lang = cx.lang();
    let page = Withdraw {
        shell: cx.shell(lang.apply_withdraw_title()),
        base: address(&own),
        reference: desk.mine.reference.clone(),
        again: desk
            .open
            .then(|| format::deadline(lang, desk.cohort.closes_at)),
    };
    cx.visit.page(&page)
}

fn reopen(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    actions::reopen(cx.conn, &own)?;
    Ok(Reply::see_other(address(&own)).flash("application_reopened"))
}
