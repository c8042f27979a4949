//! Signing a register off, and correcting one that is.

use crate::access::ClassKeeper;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::EnrolmentId;
use crate::lang::{Lang, Say as _};
use crate::teaching::mail::when;
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, FormSpec, Group, History, confirm_page, form_page,
};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries::{self, Row, Session};
use super::super::rules::Presence;
use super::super::rules::form::{Entry, entry};
use super::register::slip_words;
use super::{effect, home, kept, pair, way};

/// What signing comes to, and the names of those who are unmarked.
fn sum(lang: Lang, rows: &[Row]) -> (Effect, usize) {
    let count = |wanted: &[Presence]| {
        let fits = |it: &&Row| it.presence().is_some_and(|it| wanted.contains(&it));
        rows.iter().filter(fits).count()
    };
    let sum = lang.att_sign_sum(
        count(&[Presence::Present, Presence::Late]),
        count(&[Presence::Excused]),
        count(&[Presence::Absent]),
    );
    let names = |wanted: &dyn Fn(&Row) -> bool| {
        let found = rows.iter().filter(|it| wanted(it));
        let found: Vec<&str> = found.map(|it| it.name_shown.as_str()).collect();
        found.join(lang.pick("; ", "、"))
    };
    let unmarked = rows.iter().filter(|it| it.record_id.is_none()).count();
    let mut lines = vec![sum];
    lines.push(if unmarked == 0 {
        lang.att_sign_all_marked().to_owned()
    } else {
        lang.att_sign_unmarked(&names(&|it| it.record_id.is_none()))
    });
    // Of who came all the same, nothing is left to be decided before signing.
    let away = |it: &Row| matches!(it.presence(), None | Some(Presence::Absent));
    let pending = names(&|it| it.apology_pending() && away(it));
    if !pending.is_empty() {
        lines.push(lang.att_sign_pending(&pending));
    }
    let hard = unmarked > 0 || !pending.is_empty();
    (effect(lang.cohorts_step_happens(), lines, hard), unmarked)
}

fn question(
    cx: &mut Cx<'_, '_>,
    keeper: &ClassKeeper,
    session: &Session,
    status: u16,
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let now = db::now(cx.conn)?;
    let rows = queries::rows(cx.conn, keeper, session)?;
    let (happens, unmarked) = sum(lang, &rows);
    let mut hidden = vec![pair("seen", actions::fingerprint(&rows))];
    if unmarked > 0 {
        hidden.push(pair("unmarked", "absent"));
    }
    let closed = actions::may_sign(session, now).err();
    let spec = ConfirmSpec {
        title: lang.att_sign_of(&session.title(lang)),
        crumbs: way(lang, keeper, session, true),
        effects: vec![
            effect(lang.tt_day(), vec![when(lang, &session.slot())], false),
            happens,
            effect(
                lang.cohorts_step_told(),
                vec![lang.att_sign_told().to_owned()],
                false,
            ),
            effect(
                lang.offers_not_undone(),
                vec![lang.att_sign_hard().to_owned()],
                true,
            ),
        ],
        refusal: closed.map(|it| it.say(lang)).or(refusal),
        hidden,
        action: format!("/classes/{}/sign-off", session.id),
        submit: if unmarked == 0 {
            lang.att_sign_now().to_owned()
        } else {
            lang.att_sign_absent_now(unmarked)
        },
        danger: unmarked > 0,
        back: home(session),
    };
    confirm_page(cx, status, &spec)
}

/// GET `/classes/{class}/sign-off`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    question(cx, &keeper, &session, 200, None)
}

/// POST `/classes/{class}/sign-off`.
pub(super) fn sign_off(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    let visit = cx.visit;
    let form = visit.request.form();
    let said = (form.typed("seen"), form.has("unmarked", "absent"));
    match actions::sign_off(cx.conn, &keeper, said) {
        Ok(_) => Ok(Reply::see_other(home(&session)).flash("register_signed")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, &keeper, &session, 409, Some(text))
        }
        Err(other) => Err(other),
    }
}

fn row(cx: &mut Cx<'_, '_>, keeper: &ClassKeeper, session: &Session) -> Result<Row> {
    let id: EnrolmentId = cx.request().param("enrolment")?;
    let rows = queries::rows(cx.conn, keeper, session)?;
    rows.into_iter()
        .find(|it| it.enrolment_id == id)
        .ok_or(Error::NotFound)
}

fn values(row: &Row) -> Pairs {
    let now = row.seen().entry;
    Pairs::new(vec![
        pair("state", now.as_ref().map_or("", |it| it.state.as_str())),
        pair(
            "minutes",
            now.as_ref()
                .filter(|it| it.state == Presence::Late)
                .map(|it| it.minutes.to_string())
                .unwrap_or_default(),
        ),
        pair("note", now.map(|it| it.note).unwrap_or_default()),
    ])
}

fn show_correct(
    cx: &mut Cx<'_, '_>,
    (keeper, session, row): (&ClassKeeper, &Session, &Row),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let states = Presence::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let spec = FormSpec {
        title: lang.att_correct_of(&row.name_shown),
        crumbs: way(lang, keeper, session, true),
        note: Some(lang.att_correct_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("state", lang.att_state()).choice(states),
            Field::line("minutes", lang.att_minutes_late())
                .of("number")
                .hint(lang.att_minutes_hint(session.window().held()))
                .optional(),
            Field::line("note", lang.att_note()).optional(),
            Field::line("reason", lang.att_reason()).area(3),
        ])],
        hidden: vec![pair("version", row.version.to_string())],
        action: format!("{}/{}", home(session), row.enrolment_id),
        submit: lang.att_correct_now().to_owned(),
        back: home(session),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/classes/{class}/register/{enrolment}`.
pub(super) fn ask_correct(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    let row = row(cx, &keeper, &session)?;
    show_correct(
        cx,
        (&keeper, &session, &row),
        &values(&row),
        &Again::first(),
    )
}

/// Reads an entry from a form. Minutes that it has shown, `late`, mean nothing beside another state.
pub(in crate::attendance) fn read_entry(
    form: &mut Form<'_>,
    late: Option<i32>,
    held: i32,
) -> Option<Entry> {
    let state = form.choice("state", Presence::parse);
    let minutes = form.optional_number("minutes", 0, held);
    let untouched = state != Some(Presence::Late) && minutes == late;
    let minutes = minutes.filter(|_| !untouched);
    let note = form.optional("note", 200).unwrap_or_default();
    let state = state?;
    match entry(state, minutes, held, note) {
        Ok(entry) => Some(entry),
        Err(slip) => {
            form.error("minutes", "minutes", |lang| slip_words(lang, slip, held));
            None
        }
    }
}

/// POST `/classes/{class}/register/{enrolment}`.
pub(super) fn correct(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    let row = row(cx, &keeper, &session)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 0, i32::MAX);
    let late = row
        .minutes
        .filter(|_| row.presence() == Some(Presence::Late));
    let to = read_entry(&mut form, late, session.window().held());
    let reason = form.text("reason", 500);
    let done = form.done().and_then(|()| {
        let to = to.ok_or(Error::NotFound)?;
        actions::correct(cx.conn, &keeper, (row.enrolment_id, version), &to, &reason)
    });
    match done {
        Ok(()) => Ok(Reply::see_other(home(&session)).flash("register_corrected")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&row), typed, lang);
            show_correct(cx, (&keeper, &session, &row), typed, &again)
        }
    }
}
