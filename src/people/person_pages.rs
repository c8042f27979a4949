//! One person as the programme office sees them: roles, letters, history; and what can be done.

use askama::Template;

use crate::access::{ADMINISTRATOR, PersonStaff, STAFF, person_staff};
use crate::audit;
use crate::db::Role;
use crate::error::Result;
use crate::ids::GrantId;
use crate::lang::{Lang, format};
use crate::web::{Cx, Reply, Routes, Shell};

use super::account_pages::{HistoryLine, history_lines};
use super::role_actions;
use super::role_queries::{self as queries, Known};
use super::roster_pages::{Line, line};
use super::rules::Phone;

/// The routes of one person.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/people/{person}", STAFF, person)
        .post("/people/{person}/invite", STAFF, invite_again)
        .get("/people/{person}/grants/{grant}/end", STAFF, end_page)
        .post("/people/{person}/grants/{grant}/end", STAFF, end)
        .get("/people/{person}/disable", ADMINISTRATOR, disable_page)
        .post("/people/{person}/disable", ADMINISTRATOR, disable)
        .post("/people/{person}/enable", ADMINISTRATOR, enable)
}

fn proof(cx: &mut Cx<'_, '_>) -> Result<PersonStaff> {
    let person = cx.request().param("person")?;
    person_staff(cx.conn, person)
}

struct LetterLine {
    href: String,
    subject: String,
    tag: &'static str,
    state: &'static str,
    at: String,
}

#[derive(Template)]
#[template(path = "people/person.html")]
struct PersonPage {
    shell: Shell,
    id: String,
    email_query: String,
    known: Known,
    phone: String,
    lang_name: &'static str,
    lines: Vec<Line>,
    letters: Vec<LetterLine>,
    history: Vec<HistoryLine>,
    administrator: bool,
    living: bool,
    oneself: bool,
}

fn person(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let lang = cx.lang();
    let known = queries::known(cx.conn, &staff)?;
    let lines: Vec<Line> = queries::held_by(cx.conn, &staff)?
        .iter()
        .map(|held| line(lang, held))
        .collect();
    let letters = queries::letters_to(cx.conn, &staff)?;
    let letters = letters.iter().map(|sent| LetterLine {
        href: format!("/letters/{}", sent.id),
        subject: sent.subject.clone(),
        tag: crate::mail::state_tag(&sent.state),
        state: lang.letter_state(&sent.state),
        at: format::moment(lang, sent.created_at),
    });
    let letters = letters.collect();
    let history = history_lines(&audit::history(cx.conn, staff.subject().0)?, lang);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("email", &known.email);
    let phone = known.phone.as_deref().and_then(|p| Phone::parse(p).ok());
    cx.visit.page(&PersonPage {
        shell: cx.shell(known.display_name.clone()),
        id: staff.subject().to_string(),
        email_query: query.finish(),
        phone: phone.map(|p| p.display()).unwrap_or_default(),
        lang_name: Lang::parse(&known.lang).unwrap_or_default().language_name(),
        living: lines.iter().any(|line| !line.ended),
        known,
        lines,
        letters,
        history,
        administrator: staff.administrator(),
        oneself: staff.person() == staff.subject(),
    })
}

fn invite_again(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let from = cx.visit.visitor.as_ref().map_or("", |v| v.name.as_str());
    role_actions::invite_again(cx.conn, &staff, from)?;
    Ok(Reply::see_other(format!("/people/{}", staff.subject())).flash("invited"))
}

#[derive(Template)]
#[template(path = "people/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    heading: &'static str,
    effect: String,
    stays: &'static str,
    button: &'static str,
    back: String,
}

fn end_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let grant: GrantId = cx.request().param("grant")?;
    let held = role_actions::endable(cx.conn, &staff, grant)?;
    let lang = cx.lang();
    let role = Role::parse(&held.role).map_or("", |role| lang.role(role));
    cx.visit.page(&ConfirmPage {
        shell: cx.shell(lang.people_end_title()),
        heading: lang.people_end_title(),
        effect: lang.people_end_effect(&held.display_name, role),
        stays: lang.people_end_history(),
        button: lang.people_end_button(),
        back: format!("/people/{}", staff.subject()),
    })
}

fn end(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let grant: GrantId = cx.request().param("grant")?;
    role_actions::end_grant(cx.conn, &staff, grant)?;
    Ok(Reply::see_other(format!("/people/{}", staff.subject())).flash("role_ended"))
}

fn disable_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let lang = cx.lang();
    let known = queries::known(cx.conn, &staff)?;
    cx.visit.page(&ConfirmPage {
        shell: cx.shell(lang.people_disable_title()),
        heading: lang.people_disable_title(),
        effect: lang.people_disable_effect(&known.display_name),
        stays: lang.people_disable_undo(),
        button: lang.people_disable(),
        back: format!("/people/{}", staff.subject()),
    })
}

fn disable(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    role_actions::set_disabled(cx.conn, &staff, true)?;
    Ok(Reply::see_other(format!("/people/{}", staff.subject())).flash("account_disabled"))
}

fn enable(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    role_actions::set_disabled(cx.conn, &staff, false)?;
    Ok(Reply::see_other(format!("/people/{}", staff.subject())).flash("account_enabled"))
}
