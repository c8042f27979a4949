//! One organisation: contacts, members, partnerships, history; archiving and ending with a question.

use askama::Template;

use crate::access::{self, Desk};
use crate::audit;
use crate::db::{Role, now};
use crate::error::{Error, Result};
use crate::ids::{ContactId, OrganisationId, PartnershipId};
use crate::lang::Lang;
use crate::lang::format::{date, hk_date};
use crate::web::fields::{ConfirmSpec, Effect, History, confirm_page};
use crate::web::{Cx, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Contact, Partnership, Row};
use super::super::rules::{self, Validity};

/// A partnership as the page shows it.
struct Shown {
    name: String,
    days: String,
    tone: &'static str,
    word: &'static str,
    end: Option<String>,
}

#[derive(Template)]
#[template(path = "organisations/record.html")]
struct RecordPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    row: Row,
    contacts: Vec<Contact>,
    members: Vec<(String, String, String)>,
    partnerships: Vec<Shown>,
    history: History,
}

/// The way from the list to an organisation.
pub(super) fn crumbs(lang: Lang, row: Option<&Row>) -> Vec<(String, String)> {
    let mut crumbs = vec![(
        "/organisations".to_owned(),
        lang.nav_organisations().to_owned(),
    )];
    if let Some(row) = row {
        crumbs.push((
            format!("/organisations/{}", row.id),
            row.name(lang).to_owned(),
        ));
    }
    crumbs
}

/// The organisation of the address.
pub(super) fn organisation(cx: &mut Cx<'_, '_>) -> Result<(Desk, Row)> {
    let id: OrganisationId = cx.request().param("organisation")?;
    let desk = access::desk(cx.conn)?;
    let row = queries::find(cx.conn, &desk, id)?;
    Ok((desk, row))
}

fn shown(lang: Lang, row: &Row, p: &Partnership, today: chrono::NaiveDate) -> Shown {
    let validity = rules::validity(p.starts_on, p.ends_on, p.ended_at, today);
    let tone = match validity {
        Validity::Future => "",
        Validity::Current => "go",
        Validity::Ended => "end",
    };
    Shown {
        name: lang.pick(&p.other_en, &p.other_zh).clone(),
        days: format!("{} – {}", date(lang, p.starts_on), date(lang, p.ends_on)),
        tone,
        word: validity.label(lang),
        end: (validity != Validity::Ended)
            .then(|| format!("/organisations/{}/partnerships/{}/end", row.id, p.id)),
    }
}

/// GET `/organisations/{organisation}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let lang = cx.lang();
    let today = hk_date(now(cx.conn)?);
    let contacts = queries::contacts(cx.conn, &desk, row.id)?;
    let members = queries::members(cx.conn, &desk, row.id)?
        .into_iter()
        .map(|m| {
            let role = Role::parse(&m.role).map_or(m.role.as_str(), |r| lang.role(r));
            let until = m
                .ends_on
                .map(|on| lang.organisations_member_until(&date(lang, on)));
            let role = match until {
                Some(until) => format!("{role}, {until}"),
                None => role.to_owned(),
            };
            (format!("/people/{}", m.person_id), m.name, role)
        })
        .collect();
    let partnerships = queries::partnerships(cx.conn, &desk, row.id)?
        .iter()
        .map(|p| shown(lang, &row, p, today))
        .collect();
    let place = format!("/organisations/{}/history", row.id);
    let history = audit::shown(cx.conn, row.id.0, lang, place)?;
    cx.visit.page(&RecordPage {
        shell: cx.shell(row.name(lang)),
        crumbs: crumbs(lang, None),
        contacts,
        members,
        partnerships,
        history,
        row,
    })
}

/// What a question on this room's pages asks.
struct Question<'a> {
    title: String,
    does: &'a str,
    action: String,
    submit: &'a str,
}

fn ask(
    cx: &Cx<'_, '_>,
    row: &Row,
    question: Question<'_>,
    status: u16,
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let spec = ConfirmSpec {
        title: question.title,
        crumbs: crumbs(lang, Some(row)),
        effects: vec![
            Effect {
                heading: lang.cohorts_step_happens().to_owned(),
                lines: vec![question.does.to_owned()],
                hard: true,
            },
            Effect {
                heading: lang.cohorts_step_told().to_owned(),
                lines: vec![lang.organisations_told_nobody().to_owned()],
                hard: false,
            },
        ],
        refusal,
        hidden: Vec::new(),
        action: question.action,
        submit: question.submit.to_owned(),
        danger: true,
        back: format!("/organisations/{}", row.id),
    };
    confirm_page(cx, status, &spec)
}

fn archive_question(lang: Lang, row: &Row) -> Question<'static> {
    Question {
        title: lang.organisations_archive_ask(row.name(lang)),
        does: lang.organisations_archive_does(),
        action: format!("/organisations/{}/archive", row.id),
        submit: lang.organisations_archive(),
    }
}

/// GET `/organisations/{organisation}/archive`.
pub(super) fn ask_archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    use crate::lang::Say as _;
    let (_desk, row) = organisation(cx)?;
    let held = actions::is_held(cx.conn, row.id)?;
    let refusal = if row.archived_at.is_some() {
        Some(rules::OrganisationRefusal::Archived)
    } else {
        held.then_some(rules::OrganisationRefusal::Held)
    };
    let refusal = refusal.map(|refused| refused.say(cx.lang()));
    ask(cx, &row, archive_question(cx.lang(), &row), 200, refusal)
}

/// POST `/organisations/{organisation}/archive`.
pub(super) fn archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    match actions::archive(cx.conn, &desk, row.id) {
        Ok(()) => Ok(Reply::see_other("/organisations").flash("saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            ask(cx, &row, archive_question(cx.lang(), &row), 409, Some(text))
        }
        Err(other) => Err(other),
    }
}

/// POST `/organisations/{organisation}/contacts/{contact}/archive`.
pub(super) fn archive_contact(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let contact: ContactId = cx.request().param("contact")?;
    actions::archive_contact(cx.conn, &desk, row.id, contact)?;
    Ok(Reply::see_other(format!("/organisations/{}", row.id)).flash("saved"))
}

fn partnership(cx: &mut Cx<'_, '_>, desk: &Desk, row: &Row) -> Result<Partnership> {
    let id: PartnershipId = cx.request().param("partnership")?;
    queries::partnerships(cx.conn, desk, row.id)?
        .into_iter()
        .find(|p| p.id == id)
        .ok_or(Error::NotFound)
}

fn end_question(lang: Lang, row: &Row, p: &Partnership) -> Question<'static> {
    Question {
        title: lang.organisations_end_ask(lang.pick(&p.other_en, &p.other_zh)),
        does: lang.organisations_end_does(),
        action: format!("/organisations/{}/partnerships/{}/end", row.id, p.id),
        submit: lang.organisations_end(),
    }
}

/// GET `/organisations/{organisation}/partnerships/{partnership}/end`.
pub(super) fn ask_end(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let p = partnership(cx, &desk, &row)?;
    ask(cx, &row, end_question(cx.lang(), &row, &p), 200, None)
}

/// POST `/organisations/{organisation}/partnerships/{partnership}/end`.
pub(super) fn end(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let p = partnership(cx, &desk, &row)?;
    match actions::end_partnership(cx.conn, &desk, row.id, p.id) {
        Ok(()) => Ok(Reply::see_other(format!("/organisations/{}", row.id)).flash("saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            ask(cx, &row, end_question(cx.lang(), &row, &p), 409, Some(text))
        }
        Err(other) => Err(other),
    }
}
