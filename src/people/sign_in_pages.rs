//! Pages before the door: sign in, sign up, ask for a link; and sign out, role, language.

use askama::Template;

use crate::access::{Access, own};
use crate::db::{Actor, Task};
use crate::error::{Error, FieldError, Result};
use crate::ids::GrantId;
use crate::lang::Lang;
use crate::web::forms::Mistakes;
use crate::web::{Cx, Form, Pairs, Reply, Routes, Shell, Site, Visit, session};

use super::actions::{self, Entered};
use super::knocks::{Wish, knock};
use super::rules::entry::{home, local_path, onward_path};
use super::rules::{Email, Fault as _, NamePart, Names};
use super::{sessions, throttle};

/// The routes of these pages.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", Access::Public, sign_in_page)
        .post_free("/sign-in", Access::Public, sign_in)
        .get("/sign-in/link", Access::Public, ask_link_page)
        .post_free("/sign-in/link", Access::Public, ask_link)
        .get("/reset", Access::Public, ask_reset_page)
        .post_free("/reset", Access::Public, ask_reset)
        .get("/sign-up", Access::Public, sign_up_page)
        .post_free("/sign-up", Access::Public, sign_up)
        .post_free("/sign-out", Access::Public, sign_out)
        .post_free("/role", Access::SignedIn, role)
        .post("/language", Access::Public, language)
}

#[derive(Template)]
#[template(path = "people/sign_in.html")]
struct SignInPage {
    shell: Shell,
    mistakes: Mistakes,
    email: String,
    next: String,
    next_query: String,
    pause: Option<String>,
}

fn next_of(pairs: &Pairs) -> String {
    onward_path(pairs.typed("next"))
        .unwrap_or_default()
        .to_owned()
}

/// The same as a query, for links between these pages.
fn next_query(pairs: &Pairs) -> String {
    let query = Pairs::new(vec![("next".to_owned(), next_of(pairs))]).with(&[]);
    if query.is_empty() {
        query
    } else {
        format!("?{query}")
    }
}

/// The title of a form's page says so when it comes back with mistakes.
pub(super) fn titled(lang: Lang, title: &str, mistakes: &Mistakes) -> String {
    if mistakes.is_empty() {
        title.to_owned()
    } else {
        format!("{}{title}", lang.people_error_prefix())
    }
}

fn sign_in_view(visit: &Visit, site: &Site, pairs: &Pairs, errors: &[FieldError]) -> SignInPage {
    let mistakes = Mistakes::new(errors, visit.lang);
    let title = titled(visit.lang, visit.lang.people_sign_in_title(), &mistakes);
    SignInPage {
        shell: Shell::new(visit, site, title),
        mistakes,
        email: pairs.typed("email").to_owned(),
        next: next_of(pairs),
        next_query: next_query(pairs),
        pause: None,
    }
}

fn sign_in_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let query = &cx.request().query;
    if cx.visit.visitor.is_some() {
        let to = match next_of(query) {
            next if next.is_empty() => {
                home(cx.visit.actor.role().unwrap_or(crate::db::Role::Applicant)).to_owned()
            }
            next => next,
        };
        return Ok(Reply::see_other(to));
    }
    cx.visit.page(&sign_in_view(cx.visit, cx.site, query, &[]))
}

/// Sets the session's cookie and goes on.
pub(super) fn go_on(site: &Site, entered: &Entered) -> Reply {
    Reply::see_other(entered.next.clone()).with(
        "set-cookie",
        session::begin_cookie(&site.config, &entered.token, entered.seconds),
    )
}

fn sign_in(visit: &Visit, site: &Site) -> Result<Reply> {
    let pairs = visit.request.form();
    let tried = Email::parse(pairs.typed("email"))
        .map_err(|fault| Error::Invalid(vec![fault.on("email")]))
        .and_then(|email| {
            let next = next_of(pairs);
            actions::sign_in(site, visit, &email, pairs.typed("password"), Some(&next))
        });
    match tried {
        Ok(entered) => Ok(go_on(site, &entered)),
        Err(Error::Invalid(errors)) => {
            visit.page_with(422, &sign_in_view(visit, site, pairs, &errors))
        }
        Err(Error::TooMany(seconds)) => {
            let mut page = sign_in_view(visit, site, pairs, &[]);
            page.pause = Some(visit.lang.people_sign_in_pause(seconds.div_ceil(60)));
            Ok(visit
                .page_with(429, &page)?
                .with("retry-after", seconds.to_string()))
        }
        Err(other) => Err(other),
    }
}

/// Which letter is asked for at a form that wants nothing but an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ask {
    Link,
    Reset,
}

#[derive(Template)]
#[template(path = "people/ask_link.html")]
struct AskPage {
    shell: Shell,
    mistakes: Mistakes,
    heading: &'static str,
    intro: &'static str,
    email: String,
    next: String,
}

impl AskPage {
    fn new(visit: &Visit, site: &Site, ask: Ask, pairs: &Pairs, errors: &[FieldError]) -> Self {
        let lang = visit.lang;
        let (heading, intro) = match ask {
            Ask::Link => (lang.people_link_title(), lang.people_link_intro()),
            Ask::Reset => (lang.people_reset_title(), lang.people_reset_intro()),
        };
        let mistakes = Mistakes::new(errors, lang);
        Self {
            shell: Shell::new(visit, site, titled(lang, heading, &mistakes)),
            mistakes,
            heading,
            intro,
            email: pairs.typed("email").to_owned(),
            next: next_of(pairs),
        }
    }
}

fn ask_page(cx: &mut Cx<'_, '_>, ask: Ask) -> Result<Reply> {
    let query = &cx.request().query;
    cx.visit
        .page(&AskPage::new(cx.visit, cx.site, ask, query, &[]))
}

fn ask_link_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    ask_page(cx, Ask::Link)
}

fn ask_reset_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    ask_page(cx, Ask::Reset)
}

#[derive(Template)]
#[template(path = "people/sent.html")]
struct SentPage {
    shell: Shell,
    email: String,
    mailbox: Option<String>,
}

/// The one answer of every form that asks for a letter.
fn sent(visit: &Visit, site: &Site, email: &Email, next: &str, wish: &Wish) -> Result<Reply> {
    throttle::peer(&site.db, &site.keys, &visit.request.peer)?;
    throttle::letter(&site.db, &site.keys, email.identity())?;
    let next = (!next.is_empty()).then_some(next);
    site.db
        .tx_for(&Actor::Public(Task::SignIn), visit.request.id, |conn| {
            knock(conn, email, next, wish.clone())
        })?;
    let shell = Shell::new(visit, site, visit.lang.people_sent_title().to_owned());
    let mailbox = (shell.sample && site.config.smtp.is_none()).then(|| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", email.identity());
        format!("/dev/mailbox?{}", query.finish())
    });
    visit.page(&SentPage {
        shell,
        email: email.address().to_owned(),
        mailbox,
    })
}

fn ask_for(visit: &Visit, site: &Site, ask: Ask) -> Result<Reply> {
    let pairs = visit.request.form();
    let wish = match ask {
        Ask::Link => Wish::SignIn,
        Ask::Reset => Wish::Reset,
    };
    match Email::parse(pairs.typed("email")) {
        Ok(email) => sent(visit, site, &email, &next_of(pairs), &wish),
        Err(fault) => {
            let errors = [fault.on("email")];
            visit.page_with(422, &AskPage::new(visit, site, ask, pairs, &errors))
        }
    }
}

fn ask_link(visit: &Visit, site: &Site) -> Result<Reply> {
    ask_for(visit, site, Ask::Link)
}

fn ask_reset(visit: &Visit, site: &Site) -> Result<Reply> {
    ask_for(visit, site, Ask::Reset)
}

#[derive(Template)]
#[template(path = "people/sign_up.html")]
struct SignUpPage {
    shell: Shell,
    mistakes: Mistakes,
    typed: Pairs,
    lang: Lang,
    next: String,
    next_query: String,
}

impl SignUpPage {
    fn is_chosen(&self, lang: &Lang) -> bool {
        self.lang == *lang
    }

    fn new(visit: &Visit, site: &Site, pairs: &Pairs, errors: &[FieldError]) -> Self {
        let mistakes = Mistakes::new(errors, visit.lang);
        let title = titled(visit.lang, visit.lang.people_sign_up_title(), &mistakes);
        Self {
            shell: Shell::new(visit, site, title),
            mistakes,
            typed: pairs.clone(),
            lang: Lang::parse(pairs.typed("lang")).unwrap_or(visit.lang),
            next: next_of(pairs),
            next_query: next_query(pairs),
        }
    }
}

fn sign_up_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let query = &cx.request().query;
    cx.visit
        .page(&SignUpPage::new(cx.visit, cx.site, query, &[]))
}

/// Reads an address from the field `email`.
pub(super) fn read_email(form: &mut Form<'_>, pairs: &Pairs) -> Option<Email> {
    Email::parse(pairs.typed("email"))
        .map_err(|fault| form.extend(vec![fault.on("email")]))
        .ok()
}

/// Reads the four names of a person.
pub(super) fn read_names(form: &mut Form<'_>, pairs: &Pairs) -> Option<Names> {
    Names::new(
        pairs.typed("family_name"),
        pairs.typed("given_names"),
        pairs.typed("western_name"),
        pairs.typed("name_zh"),
    )
    .map_err(|fault| {
        let field = match fault.part() {
            Some(NamePart::Given) => "given_names",
            Some(NamePart::Western) => "western_name",
            Some(NamePart::Chinese) => "name_zh",
            Some(NamePart::Family) | None => "family_name",
        };
        form.extend(vec![fault.on(field)]);
    })
    .ok()
}

fn sign_up(visit: &Visit, site: &Site) -> Result<Reply> {
    let pairs = visit.request.form();
    let mut form = Form::new(pairs);
    let email = read_email(&mut form, pairs);
    let names = read_names(&mut form, pairs);
    let lang = form.choice("lang", Lang::parse);
    match (form.done(), email, names, lang) {
        (Ok(()), Some(email), Some(names), Some(lang)) => {
            let text = |name: Option<&str>| name.unwrap_or_default().to_owned();
            let wish = Wish::SignUp {
                family: text(names.family_name()),
                given: text(names.given_names()),
                western: text(names.western_name()),
                zh: text(names.name_zh()),
                lang,
            };
            sent(visit, site, &email, &next_of(pairs), &wish)
        }
        (Err(Error::Invalid(errors)), ..) => {
            visit.page_with(422, &SignUpPage::new(visit, site, pairs, &errors))
        }
        (Err(other), ..) => Err(other),
        (Ok(()), ..) => Err(Error::BadRequest("the form is not complete".to_owned())),
    }
}

fn sign_out(visit: &Visit, site: &Site) -> Result<Reply> {
    if let Some(session) = visit.visitor.as_ref().and_then(|v| v.session) {
        let ended = site.db.tx_for(&visit.actor, visit.request.id, |conn| {
            let own = own(conn)?;
            sessions::end(conn, &own, session)
        });
        match ended {
            // Ended from elsewhere a moment ago: it has ended all the same.
            Ok(()) | Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(Reply::see_other("/")
        .with("set-cookie", session::end_cookie(&site.config))
        .with("clear-site-data", "\"cache\", \"storage\"")
        .flash("signed_out"))
}

fn role(visit: &Visit, site: &Site) -> Result<Reply> {
    let typed = visit.request.form().typed("grant").trim().to_owned();
    let wanted: Option<GrantId> = if typed.is_empty() {
        None
    } else {
        Some(typed.parse().map_err(|_not_an_id| Error::NotFound)?)
    };
    let session = visit
        .visitor
        .as_ref()
        .and_then(|v| v.session)
        .ok_or(Error::Forbidden)?;
    let switched = site.db.tx_for(&visit.actor, visit.request.id, |conn| {
        let own = own(conn)?;
        sessions::switch(conn, &own, session, wanted)
    });
    match switched {
        Ok((token, seconds, role)) => Ok(Reply::see_other(home(role)).with(
            "set-cookie",
            session::begin_cookie(&site.config, &token, seconds),
        )),
        Err(Error::SignIn) => Ok(Reply::see_other("/sign-in/link").flash("prove_again")),
        Err(other) => Err(other),
    }
}

fn language(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let pairs = cx.request().form();
    let lang = Lang::parse(pairs.typed("lang"))
        .ok_or_else(|| Error::BadRequest("lang is en or zh-Hant-HK".to_owned()))?;
    let next = local_path(pairs.typed("next")).map_or_else(|| "/".to_owned(), without_lang);
    if cx.visit.visitor.is_some() {
        let own = own(cx.conn)?;
        actions::change_language(cx.conn, &own, lang)?;
    }
    let cookie = format!(
        "lang={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000",
        lang.tag()
    );
    Ok(Reply::see_other(next).with("set-cookie", cookie))
}

/// The same place without its own `lang`, which would win over the choice just made.
fn without_lang(place: &str) -> String {
    match place.split_once('?') {
        Some((path, query)) => {
            let rest = Pairs::parse(query.as_bytes()).with(&[("lang", "")]);
            if rest.is_empty() {
                path.to_owned()
            } else {
                format!("{path}?{rest}")
            }
        }
        None => place.to_owned(),
    }
}
