//! What moves during a session: the screen with the code, the board of who is in, the window.
//!
//! Both pages come again by the `Refresh` header, so that they move without script.

use askama::Template;
use qrcode::{Color, EcLevel, QrCode};

use crate::access::ClassKeeper;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::ClassId;
use crate::lang::Say as _;
use crate::teaching::mail::when;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Session};
use super::super::rules::codes;
use super::super::rules::{AttendanceRefusal, Presence};
use super::{clock, home, kept, pair, time_near, way};

/// The dark squares of a QR code as the path of a picture, and its width in squares with the margin
/// that readers need.
fn squares(text: &str) -> Result<(String, usize)> {
    use std::fmt::Write as _;
    const QUIET: usize = 4;
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|err| Error::Internal(format!("a QR code: {err}")))?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + QUIET, at / width + QUIET);
            // Writing to a string does not fail.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Ok((path, width + 2 * QUIET))
}

#[derive(Template)]
#[template(path = "attendance/projector.html")]
struct ProjectorPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    class: ClassId,
    when: String,
    shown: Option<(String, usize, String)>,
    told: String,
    address: String,
}

/// GET `/classes/{class}/code`: for the screen in the room.
pub(super) fn projector(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    let lang = cx.lang();
    let now = db::now(cx.conn)?;
    let window = session.window();
    let public = cx.site.config.public_url.trim_end_matches('/').to_owned();
    let open = if session.cancelled() {
        Err(AttendanceRefusal::Cancelled)
    } else if session.signed_off_at.is_some() {
        Err(AttendanceRefusal::SignedOff)
    } else {
        window.open_at(now)
    };
    let (shown, told) = match open {
        Ok(()) => {
            let key = actions::key_of(&cx.site.keys, &session);
            let step = codes::step_of(now);
            let token = codes::token(&key, session.id.0, step);
            let (path, width) = squares(&format!("{public}/check-in/{}?t={token}", session.id))?;
            let code = codes::short_code(&key, session.id.0, step);
            let until = lang.att_open_until(&clock(window.closes_at()));
            (Some((path, width, code)), until)
        }
        Err(AttendanceRefusal::TooEarly) => (
            None,
            lang.att_opens(&time_near(lang, window.opens_at(), now)),
        ),
        Err(AttendanceRefusal::Closed) => (
            None,
            lang.att_closed_at(&time_near(lang, window.closes_at(), now)),
        ),
        Err(other) => (None, other.say(lang)),
    };
    let page = ProjectorPage {
        shell: cx.shell(lang.att_projector_of(&session.title(lang))),
        crumbs: way(lang, &keeper, &session, true),
        class: session.id,
        when: when(lang, &session.slot()),
        shown,
        told,
        address: format!("{}/check-in", public.split("://").last().unwrap_or(&public)),
    };
    let next = codes::seconds_left(now).to_string();
    Ok(cx.visit.page(&page)?.with("refresh", next))
}

#[derive(Template)]
#[template(path = "attendance/board.html")]
struct BoardPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    class: ClassId,
    when: String,
    count: String,
    here: Vec<(String, String)>,
    away: Vec<(String, String)>,
}

/// Seconds between two looks at the board.
const LOOK: &str = "5";

/// GET `/classes/{class}/board`.
pub(super) fn board(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    let lang = cx.lang();
    let rows = queries::rows(cx.conn, &keeper, &session)?;
    let (mut here, mut away) = (Vec::new(), Vec::new());
    for row in &rows {
        let name = row.name_shown.clone();
        match row.presence() {
            Some(Presence::Present | Presence::Late) => {
                here.push((name, row.checked_in_at.map(clock).unwrap_or_default()));
            }
            Some(state) => away.push((name, state.label(lang).to_owned())),
            None => away.push((name, String::new())),
        }
    }
    let page = BoardPage {
        shell: cx.shell(lang.att_board_of(&session.title(lang))),
        crumbs: way(lang, &keeper, &session, true),
        class: session.id,
        when: when(lang, &session.slot()),
        count: lang.att_board_count(here.len(), rows.len()),
        here,
        away,
    };
    Ok(cx.visit.page(&page)?.with("refresh", LOOK))
}

fn window_values(session: &Session) -> Pairs {
    Pairs::new(vec![
        pair("opens_before", session.opens_before.to_string()),
        pair("closes_after", session.closes_after.to_string()),
        pair("late_after", session.late_after.to_string()),
    ])
}

fn show_window(
    cx: &mut Cx<'_, '_>,
    (keeper, session): (&ClassKeeper, &Session),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let spec = FormSpec {
        title: lang.att_window_of(&session.title(lang)),
        crumbs: way(lang, keeper, session, true),
        note: Some(when(lang, &session.slot())),
        groups: vec![Group::plain(vec![
            Field::line("opens_before", lang.att_opens_before()).of("number"),
            Field::line("closes_after", lang.att_closes_after()).of("number"),
            Field::line("late_after", lang.att_late_after()).of("number"),
            Field::line("renew", lang.att_renew())
                .ticks(vec![pair("yes", lang.att_renew_yes())])
                .hint(lang.att_renew_hint())
                .optional(),
        ])],
        hidden: vec![pair("version", session.version.to_string())],
        action: format!("/classes/{}/window", session.id),
        submit: lang.att_save().to_owned(),
        back: home(session),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/classes/{class}/window`.
pub(super) fn window(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    show_window(
        cx,
        (&keeper, &session),
        &window_values(&session),
        &Again::first(),
    )
}

/// POST `/classes/{class}/window`.
pub(super) fn set_window(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 0, i32::MAX);
    let minutes = (
        form.number("opens_before", 0, 240),
        form.number("closes_after", 1, 600),
        form.number("late_after", 0, 600),
    );
    let renew = typed.has("renew", "yes");
    let done = form
        .done()
        .and_then(|()| actions::set_window(cx.conn, &keeper, version, minutes, renew));
    match done {
        Ok(()) => Ok(Reply::see_other(home(&session)).flash("register_saved")),
        Err(error) => {
            let lang = cx.lang();
            let saved = window_values(&session);
            let again = Again::from_error(error, lang)?.compare(&saved, typed, lang);
            show_window(cx, (&keeper, &session), typed, &again)
        }
    }
}
