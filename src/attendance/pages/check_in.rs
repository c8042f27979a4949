//! Self check-in. A scan is looked at when it is made, kept in the browser's cookie through sign-in,
//! and acts only when its owner presses the button.

use askama::Template;

use crate::access::{self, Own, secret};
use crate::db::{self, Conn, Task};
use crate::error::{Error, FieldError, Refusal, Result};
use crate::ids::ClassId;
use crate::lang::{Lang, Say as _};
use crate::people::throttle;
use crate::teaching::mail::when;
use crate::web::forms::Mistakes;
use crate::web::{Cx, Form, Pairs, Reply, Shell, Site, Visit};

use super::super::actions;
use super::super::mail::in_words;
use super::super::queries::{self, Session};
use super::super::rules::AttendanceRefusal;
use super::super::rules::codes::{Holder, TICKET_MINUTES, Ticket};
use super::super::rules::form::Entry;
use super::time_near;

/// The cookie of a scan: only sent to check-in, gone after a few minutes.
const COOKIE: &str = "scan";
/// The cookie of the browser in which a scan was made before sign-in: what the scan is sealed for.
const BROWSER: &str = "scan-browser";

fn cookie(site: &Site, name: &str, value: &str) -> String {
    let secure = if site.config.secure_cookies() {
        "; Secure"
    } else {
        ""
    };
    let seconds = if value.is_empty() {
        0
    } else {
        TICKET_MINUTES * 60
    };
    format!("{name}={value}; Path=/check-in; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// For whom a scan of this visit may have been sealed: the person, or the browser before sign-in.
fn holders(visit: &Visit) -> Vec<Holder> {
    let person = visit.actor.person().map(|it| Holder::person(it.0));
    let browser = visit.request.cookies.get(BROWSER);
    let browser = browser.filter(|it| !it.is_empty());
    person
        .into_iter()
        .chain(browser.map(|it| Holder::browser(it)))
        .collect()
}

/// The ticket that this browser keeps for this session.
fn ticket_of(visit: &Visit, class: ClassId) -> Option<&str> {
    let kept = visit.request.cookies.get(COOKIE)?;
    kept.strip_prefix(&format!("{class}."))
}

#[derive(Template)]
#[template(path = "attendance/code_form.html")]
struct CodePage {
    shell: Shell,
    next: Option<String>,
    typed: String,
    mistakes: Mistakes,
}

fn code_page(
    conn: &mut Conn<'_>,
    (visit, site): (&Visit, &Site),
    typed: &Pairs,
    errors: &[FieldError],
) -> Result<CodePage> {
    let lang = visit.lang;
    let own = access::own(conn)?;
    let now = db::now(conn)?;
    let next = actions::next_opening(conn, &own)?.map(|(session, opens)| {
        lang.att_next_opens(&session.title(lang), &time_near(lang, opens, now))
    });
    let mut title = lang.att_check_in().to_owned();
    if !errors.is_empty() {
        title = lang.form_error_title(&title);
    }
    Ok(CodePage {
        shell: Shell::new(visit, site, title),
        next,
        typed: typed.typed("code").to_owned(),
        mistakes: Mistakes::new(errors, lang).labelled(&[("code", lang.att_code())]),
    })
}

/// GET `/check-in`: the short code.
pub(super) fn form(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (visit, site) = (cx.visit, cx.site);
    let page = code_page(cx.conn, (visit, site), Pairs::none(), &[])?;
    cx.visit.page(&page)
}

/// Lets the visitor try a short code: the try is counted before it is made, and stays counted when it
/// is refused.
///
/// # Errors
/// [`Error::TooMany`]; those of `check`.
pub(in crate::attendance) fn try_code<T>(
    visit: &Visit,
    site: &Site,
    check: impl Fn(&mut Conn<'_>, &Own) -> Result<T>,
) -> Result<T> {
    let person = visit.actor.person().ok_or(Error::SignIn)?;
    throttle::code(&site.db, &site.keys, person)?;
    site.db.tx_for(&visit.actor, visit.request.id, |conn| {
        let own = access::own(conn)?;
        check(conn, &own)
    })
}

/// POST `/check-in`.
pub(super) fn by_code(visit: &Visit, site: &Site) -> Result<Reply> {
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let code = form.text("code", 20);
    let done = form.done().and_then(|()| {
        try_code(visit, site, |conn, own| {
            actions::by_code(conn, &site.keys, own, &code)
        })
    });
    let (status, problems) = match done {
        Ok(arrived) => {
            let to = format!("/check-in/{}", arrived.session.id);
            return Ok(Reply::see_other(to));
        }
        Err(Error::Invalid(problems)) => (422, problems),
        Err(Error::Refused(refused)) => {
            let problem = FieldError::new("code", refused.code(), |lang| refused.say(lang));
            (409, vec![problem])
        }
        Err(other) => return Err(other),
    };
    let page = site.db.read_for(&visit.actor, visit.request.id, |conn| {
        code_page(conn, (visit, site), typed, &problems)
    })?;
    visit.page_with(status, &page)
}

#[derive(Template)]
#[template(path = "attendance/check_in.html")]
struct ScanPage {
    shell: Shell,
    class: ClassId,
    when: String,
    /// What stands there, in words.
    done: Option<String>,
    kept: bool,
    refusal: Option<String>,
    more: Option<String>,
    ready: bool,
}

/// What the page of a scan shows.
#[derive(Default)]
struct Shown {
    done: Option<(String, bool)>,
    refusal: Option<String>,
    more: Option<String>,
    ready: bool,
}

fn show(cx: &mut Cx<'_, '_>, session: &Session, status: u16, shown: Shown) -> Result<Reply> {
    let lang = cx.lang();
    let (done, kept) = match shown.done {
        Some((words, kept)) => (Some(words), kept),
        None => (None, false),
    };
    let page = ScanPage {
        shell: cx.shell(session.title(lang)),
        class: session.id,
        when: when(lang, &session.slot()),
        done,
        kept,
        refusal: shown.refusal,
        more: shown.more,
        ready: shown.ready,
    };
    cx.visit.page_with(status, &page)
}

fn public(conn: &mut Conn<'_>, id: ClassId) -> Result<Session> {
    conn.elevate(Task::Attendance, |conn| {
        let task = access::working(conn, Task::Attendance)?;
        queries::public_session(conn, &task, id)
    })
}

/// Does the visitor belong to this session? To others it is as good as not there.
fn belongs(conn: &mut Conn<'_>, own: &Own, session: &Session) -> Result<()> {
    let row = conn.elevate(Task::Attendance, |conn| {
        let task = access::working(conn, Task::Attendance)?;
        queries::row_of(conn, &task, own, session)
    })?;
    row.map(|_| ()).ok_or(Error::NotFound)
}

/// When to come back, for who is too early.
fn hint(cx: &mut Cx<'_, '_>, session: &Session) -> Result<Option<String>> {
    let lang = cx.lang();
    let now = db::now(cx.conn)?;
    let opens = session.window().opens_at();
    Ok((now < opens).then(|| lang.att_opens(&time_near(lang, opens, now))))
}

fn refused(cx: &mut Cx<'_, '_>, id: ClassId, refusal: &dyn Refusal) -> Result<Reply> {
    let session = public(cx.conn, id)?;
    let shown = Shown {
        refusal: Some(refusal.say(cx.lang())),
        more: hint(cx, &session)?,
        ..Shown::default()
    };
    show(cx, &session, 409, shown)
}

fn words(lang: Lang, state: super::super::rules::Presence, minutes: i32) -> String {
    let entry = Entry {
        state,
        minutes,
        note: String::new(),
    };
    in_words(lang, &entry)
}

/// A scan with a token: sealed for who has signed in, else for this browser.
fn scanned(cx: &mut Cx<'_, '_>, id: ClassId, token: &str) -> Result<Reply> {
    let person = cx.visit.actor.person();
    let secret = secret::fresh()?;
    let holder = match person {
        Some(person) => Holder::person(person.0),
        None => Holder::browser(&secret),
    };
    match actions::scan(cx.conn, &cx.site.keys, id, (token, &holder)) {
        Ok(ticket) => {
            let ticket = cookie(cx.site, COOKIE, &format!("{id}.{ticket}"));
            let reply = Reply::see_other(format!("/check-in/{id}")).with("set-cookie", ticket);
            Ok(match person {
                Some(_) => reply,
                None => reply.with("set-cookie", cookie(cx.site, BROWSER, &secret)),
            })
        }
        // Who has no code from the screen is told nothing before it is known who asks.
        Err(Error::NotFound) if person.is_none() => Err(Error::SignIn),
        Err(Error::Refused(refusal)) if no_ticket(&*refusal) => {
            let own = access::own(cx.conn)?;
            let session = public(cx.conn, id)?;
            belongs(cx.conn, &own, &session)?;
            let now = db::now(cx.conn)?;
            let why = actions::judge_time(&session, now).err();
            refused(cx, id, &why.unwrap_or(AttendanceRefusal::NoTicket))
        }
        Err(Error::Refused(refusal)) => refused(cx, id, &*refusal),
        Err(other) => Err(other),
    }
}

/// Is it refused for want of a scan, so that nothing says that the visitor was in the room?
fn no_ticket(refusal: &dyn Refusal) -> bool {
    refusal.code() == AttendanceRefusal::NoTicket.code()
}

/// GET `/check-in/{class}`: a scan (`?t=…`), or what its browser keeps of it. Changes nothing.
pub(super) fn scan(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: ClassId = cx.request().param("class")?;
    let visit = cx.visit;
    if let Some(token) = visit.request.query.get("t") {
        return scanned(cx, id, token);
    }
    let own: Own = access::own(cx.conn)?;
    let session = public(cx.conn, id)?;
    let lang = cx.lang();
    if let Some(it) = queries::record_of(cx.conn, &own, id)? {
        let said = if it.kept {
            lang.att_kept().to_owned()
        } else {
            words(lang, it.state, it.minutes)
        };
        let by_apology = it.state == super::super::rules::Presence::Excused && !it.kept;
        if !by_apology {
            let shown = Shown {
                done: Some((said, it.kept)),
                ..Shown::default()
            };
            return show(cx, &session, 200, shown);
        }
    }
    let now = db::now(cx.conn)?;
    let key = actions::key_of(&cx.site.keys, &session);
    let ready = ticket_of(visit, id)
        .and_then(|kept| Ticket::read(&key, id.0, (kept, &holders(visit)), now));
    if ready.is_none() {
        belongs(cx.conn, &own, &session)?;
    }
    let shown = Shown {
        ready: ready.is_some(),
        refusal: ready
            .is_none()
            .then(|| AttendanceRefusal::NoTicket.say(lang)),
        more: hint(cx, &session)?,
        ..Shown::default()
    };
    show(cx, &session, 200, shown)
}

/// POST `/check-in/{class}`: "I am here".
pub(super) fn by_scan(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: ClassId = cx.request().param("class")?;
    let visit = cx.visit;
    let own = access::own(cx.conn)?;
    let kept = ticket_of(visit, id).unwrap_or_default();
    let holders = holders(visit);
    match actions::by_ticket(cx.conn, &cx.site.keys, &own, id, (kept, &holders)) {
        Ok(_) => Ok(Reply::see_other(format!("/check-in/{id}"))
            .with("set-cookie", cookie(cx.site, COOKIE, ""))
            .with("set-cookie", cookie(cx.site, BROWSER, ""))),
        Err(Error::Refused(refusal)) => {
            if no_ticket(&*refusal) {
                let session = public(cx.conn, id)?;
                belongs(cx.conn, &own, &session)?;
            }
            refused(cx, id, &*refusal)
        }
        Err(other) => Err(other),
    }
}
