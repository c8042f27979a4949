//! Mailed links. Opening one shows what it does and asks; only the button acts, and only once.

use askama::Template;

use crate::access::Access;
use crate::error::{Error, FieldError, Result};
use crate::web::forms::Mistakes;
use crate::web::{Cx, Reply, Routes, Shell, Site, Visit};

use super::accounts::{self, Purpose};
use super::actions;
use super::queries::{self, Door};
use super::sign_in_pages::{go_on, titled};

/// The routes of mailed links; an offer's is with the offers.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/link/sign_in/{token}", Access::Public, |cx| {
            show(cx, Purpose::SignIn)
        })
        .post_free("/link/sign_in/{token}", Access::Public, |visit, site| {
            act(visit, site, Purpose::SignIn)
        })
        .get("/link/confirm/{token}", Access::Public, |cx| {
            show(cx, Purpose::Confirm)
        })
        .post_free("/link/confirm/{token}", Access::Public, |visit, site| {
            act(visit, site, Purpose::Confirm)
        })
        .get("/link/reset/{token}", Access::Public, |cx| {
            show(cx, Purpose::Reset)
        })
        .post_free("/link/reset/{token}", Access::Public, |visit, site| {
            act(visit, site, Purpose::Reset)
        })
        .get("/link/invite/{token}", Access::Public, |cx| {
            show(cx, Purpose::Invite)
        })
        .post_free("/link/invite/{token}", Access::Public, |visit, site| {
            act(visit, site, Purpose::Invite)
        })
}

#[derive(Template)]
#[template(path = "people/link.html")]
struct LinkPage {
    shell: Shell,
    mistakes: Mistakes,
    heading: String,
    text: String,
    button: &'static str,
    email: String,
    /// Label and hint of the password's field, where one may be chosen.
    password: Option<(&'static str, &'static str)>,
    /// Somebody else is signed in in this browser.
    other: Option<String>,
}

impl LinkPage {
    fn new(
        visit: &Visit,
        site: &Site,
        purpose: Purpose,
        door: &Door,
        errors: &[FieldError],
    ) -> Self {
        let lang = visit.lang;
        let chooses = Some((lang.people_password(), lang.people_password_choice_hint()));
        let has_password = door.password_hash.is_some();
        let (heading, text, button, password) = match purpose {
            Purpose::SignIn | Purpose::Offer | Purpose::Log | Purpose::Evaluation => (
                lang.people_link_sign_in_ask(&door.display_name),
                lang.people_link_sign_in_text().to_owned(),
                lang.people_sign_in_title(),
                None,
            ),
            Purpose::Confirm => (
                lang.people_link_confirm_ask().to_owned(),
                lang.people_link_confirm_text(&door.email),
                lang.people_link_confirm_button(),
                chooses.filter(|_| !has_password),
            ),
            Purpose::Reset => (
                lang.people_reset_title().to_owned(),
                lang.people_link_reset_text(&door.email),
                lang.people_link_reset_button(),
                Some((lang.people_new_password(), lang.people_password_hint())),
            ),
            Purpose::Invite => (
                lang.people_link_invite_ask().to_owned(),
                if has_password {
                    lang.people_link_invite_known().to_owned()
                } else {
                    lang.people_link_invite_text(&door.email)
                },
                lang.people_link_invite_button(),
                chooses.filter(|_| !has_password),
            ),
        };
        let mistakes = Mistakes::new(errors, lang);
        let other = visit
            .visitor
            .as_ref()
            .filter(|v| v.person != door.id)
            .map(|v| lang.people_link_other(&v.name));
        Self {
            shell: Shell::new(visit, site, titled(lang, &heading, &mistakes)),
            mistakes,
            heading,
            text,
            button,
            email: door.email.clone(),
            password,
            other,
        }
    }
}

#[derive(Template)]
#[template(path = "people/link_dead.html")]
struct DeadPage {
    shell: Shell,
}

/// A link that does not open, whatever the reason: one answer.
fn dead(visit: &Visit, site: &Site) -> Result<Reply> {
    let title = visit.lang.people_link_dead_title().to_owned();
    visit.page_with(
        404,
        &DeadPage {
            shell: Shell::new(visit, site, title),
        },
    )
}

fn door(cx: &mut Cx<'_, '_>, purpose: Purpose) -> Result<Door> {
    let token: String = cx.request().param("token")?;
    let id = cx.site.keys.read_link(purpose.as_str(), &token)?;
    let link = accounts::open_link(cx.conn, purpose, id)?;
    queries::door_of(cx.conn, link.person_id)
}

fn show(cx: &mut Cx<'_, '_>, purpose: Purpose) -> Result<Reply> {
    match door(cx, purpose) {
        Ok(door) => cx
            .visit
            .page(&LinkPage::new(cx.visit, cx.site, purpose, &door, &[])),
        Err(Error::NotFound) => dead(cx.visit, cx.site),
        Err(other) => Err(other),
    }
}

fn act(visit: &Visit, site: &Site, purpose: Purpose) -> Result<Reply> {
    let Ok(token) = visit.request.param::<String>("token") else {
        return dead(visit, site);
    };
    let password = visit.request.form().typed("password");
    match actions::use_link(site, visit, purpose, &token, password) {
        Ok(entered) => Ok(go_on(site, &entered)),
        Err(Error::NotFound) => dead(visit, site),
        Err(Error::Invalid(errors)) => {
            let id = site.keys.read_link(purpose.as_str(), &token)?;
            let anyone = crate::db::Actor::Public(crate::db::Task::SignIn);
            let door = site.db.read(&anyone, |conn| {
                let link = accounts::open_link(conn, purpose, id)?;
                queries::door_of(conn, link.person_id)
            })?;
            visit.page_with(422, &LinkPage::new(visit, site, purpose, &door, &errors))
        }
        Err(other) => Err(other),
    }
}
