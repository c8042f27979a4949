//! Pages of sharing: the trainee's choices and the looks at them, an organisation's own trainees.

use askama::Template;

use crate::access::{self, APPLICANT, Access};
use crate::db::Role;
use crate::error::{Error, Result};
use crate::ids::{EnrolmentId, OrganisationId};
use crate::lang::Lang;
use crate::lang::format::moment;
use crate::web::exports::short;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply, Routes, Shell};

use super::actions;
use super::queries::{self, Look};
use super::rules::{Scope, WORDS, ticked};

pub(super) mod partner;

/// Those who speak for an organisation about its trainees.
pub(super) const PARTNER: Access = Access::Only(&[Role::Liaison, Role::Representative]);

/// Routes of the room.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/me/sharing", APPLICANT, page)
        .post("/me/enrolments/{enrolment}/sharing", APPLICANT, save)
        .get("/me/sharing/looks.csv", APPLICANT, looks_file)
        .get("/me/sharing/looks.xlsx", APPLICANT, looks_file)
        .get("/organisation/trainees", PARTNER, partner::page)
        .get("/organisation/trainees.csv", PARTNER, partner::file)
        .get("/organisation/trainees.xlsx", PARTNER, partner::file)
        .get("/organisation/trainees/{enrolment}", PARTNER, partner::ask)
        .post("/organisation/trainees/{enrolment}", PARTNER, partner::look)
}

struct Choice {
    enrolment: EnrolmentId,
    cohort: String,
    organisation: OrganisationId,
    name: String,
    current: bool,
    scopes: Vec<(&'static str, &'static str, bool)>,
}

struct LookLine {
    at: String,
    who: String,
    organisation: String,
    scope: &'static str,
}

#[derive(Template)]
#[template(path = "sharing/own.html")]
struct OwnPage {
    shell: Shell,
    trainee: bool,
    choices: Vec<Choice>,
    words: i32,
    refusal: Option<String>,
    looks: Vec<LookLine>,
    paged: bool,
    first: String,
    next: Option<String>,
}

fn look_line(lang: Lang, it: &Look) -> Result<LookLine> {
    Ok(LookLine {
        at: moment(lang, it.created_at),
        who: it.looker_name.clone(),
        organisation: it.organisation(lang).to_owned(),
        scope: it.scope()?.label(lang),
    })
}

/// The place of a look in the list.
pub(super) fn cursor(it: &Look) -> Cursor {
    Cursor {
        key: String::new(),
        id: it.id.0,
    }
}

/// GET `/me/sharing`.
fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    show(cx, 200, None)
}

fn show(cx: &mut Cx<'_, '_>, status: u16, refusal: Option<String>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let mut choices = Vec::new();
    let mine = queries::mine(cx.conn, &own)?;
    for it in &mine {
        let enrolment = access::own_enrolment(cx.conn, it.id)?;
        for partner in queries::partners(cx.conn, &enrolment)? {
            let standing = queries::standing(cx.conn, &enrolment, partner.id)?;
            let scopes = Scope::ALL.iter();
            // With one that is theirs no more, nothing is left but taking back.
            let scopes = scopes.filter(|it| partner.current || standing.contains(it));
            choices.push(Choice {
                enrolment: it.id,
                cohort: lang.pick(&it.cohort_en, &it.cohort_zh).clone(),
                organisation: partner.id,
                name: partner.name(lang).to_owned(),
                current: partner.current,
                scopes: scopes
                    .map(|it| (it.as_str(), it.label(lang), standing.contains(it)))
                    .collect(),
            });
        }
    }
    let query = &cx.visit.request.query;
    let after = Cursor::from_query(query);
    let looks = queries::looks(cx.conn, &own, after.as_ref(), PAGE + 1)?;
    let page = Page::cut(looks, PAGE, cursor);
    let view = OwnPage {
        shell: cx.shell(lang.sharing_title()),
        trainee: !mine.is_empty(),
        choices,
        words: WORDS,
        refusal,
        looks: page
            .rows
            .iter()
            .map(|it| look_line(lang, it))
            .collect::<Result<_>>()?,
        paged: after.is_some(),
        first: "/me/sharing".to_owned(),
        next: page
            .next
            .map(|after| format!("/me/sharing?{}", query.with(&[("after", &after)]))),
    };
    cx.visit.page_with(status, &view)
}

fn scopes(form: &mut Form<'_>, typed: &Pairs, name: &str) -> Vec<Scope> {
    let mut scopes = Vec::new();
    for word in typed.all(name) {
        match Scope::parse(word) {
            Some(scope) => scopes.push(scope),
            None => form.error(name, "choice", |lang| lang.form_choice().to_owned()),
        }
    }
    scopes
}

/// Judges the fields: the organisation, what it may see, and which words were shown.
pub(super) fn read(typed: &Pairs) -> Result<(OrganisationId, Vec<Scope>, i32)> {
    let mut form = Form::new(typed);
    let organisation = form.choice("organisation", |word| word.parse().ok());
    let words = form.number("words", 0, i32::MAX);
    let scopes = scopes(&mut form, typed, "scope");
    form.done()?;
    Ok((organisation.ok_or(Error::NotFound)?, scopes, words))
}

/// POST `/me/enrolments/{enrolment}/sharing`.
fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own_enrolment(cx.conn, cx.request().param("enrolment")?)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = scopes(&mut form, typed, "seen");
    let done = form.done().and_then(|()| read(typed)).and_then(|it| {
        let (organisation, scopes, words) = it;
        // In another window something else may have been taken back since.
        let standing = queries::standing(cx.conn, &own, organisation)?;
        let wanted = ticked(&standing, &seen, &scopes);
        actions::share(cx.conn, &own, organisation, &wanted, words)
    });
    match done {
        Ok(()) => Ok(Reply::see_other("/me/sharing").flash("sharing_saved")),
        Err(Error::Refused(refusal)) => {
            let text = refusal.say(cx.lang());
            show(cx, 409, Some(text))
        }
        Err(error) => Err(error),
    }
}

/// GET `/me/sharing/looks.csv` and `.xlsx`.
fn looks_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let mut lines = Vec::new();
    let mut after = None;
    loop {
        let rows = queries::looks(cx.conn, &own, after.as_ref(), 1_000)?;
        let full = rows.len() >= 1_000;
        after = rows.last().map(cursor);
        for it in &rows {
            let line = look_line(lang, it)?;
            lines.push(vec![
                line.at,
                line.who,
                line.organisation,
                line.scope.to_owned(),
            ]);
        }
        if !full {
            break;
        }
    }
    let header = [
        lang.sharing_when(),
        lang.sharing_who(),
        lang.sharing_organisation(),
        lang.sharing_what(),
    ];
    short(&cx.request().path, "looks", &header, lines)
}
