//! One session: its record, and the steps that move, cancel or make up for it.

use askama::Template;

use crate::access::CohortStaff;
use crate::audit;
use crate::cohorts::queries::Cohort;
use crate::error::{Error, Result};
use crate::ids::{ClassId, CohortId};
use crate::lang::Lang;
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, FormSpec, Group, History, confirm_page, form_page,
};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, Meeting};
use super::super::mail::{audience, when};
use super::super::queries::{self, ClassSession};
use super::super::rules::Slot;
use super::super::rules::clashes::Clash;
use super::super::rules::recurrence::{Skipped, closed_on};
use super::super::rules::{CancelReason, SessionState, TeachingRefusal, slot_problems};
use super::grid::{Line, Liner, Reader};
use super::plan::skipped_line;
use super::{
    choosable, clash_effect, cohort, crumbs, effect, meeting_fields, meeting_values, pair,
    read_meeting, teachers,
};

/// The session of the address.
fn session(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Cohort, ClassSession)> {
    let (staff, cohort) = cohort(cx)?;
    let id: ClassId = cx.request().param("class")?;
    let session = queries::session(cx.conn, &staff, id)?;
    Ok((staff, cohort, session))
}

fn home(session: &ClassSession) -> String {
    format!("/cohorts/{}/classes/{}", session.cohort_id, session.id)
}

fn title(lang: Lang, session: &ClassSession) -> String {
    format!("{} {}", session.module_code, session.name(lang))
}

fn within(lang: Lang, cohort: &Cohort, session: &ClassSession) -> Vec<(String, String)> {
    let mut way = crumbs(lang, cohort);
    way.push((home(session), title(lang, session)));
    way
}

#[derive(Template)]
#[template(path = "teaching/session.html")]
struct RecordPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    here: String,
    register: String,
    offering: String,
    when: String,
    line: Line,
    told: usize,
    scheduled: bool,
    /// Cancelled, and nothing in its stead yet?
    lost: bool,
    made_up_by: Option<String>,
    made_up_for: Option<String>,
    history: History,
}

/// GET `/cohorts/{cohort}/classes/{class}`.
pub(super) fn record(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort, session) = session(cx)?;
    let lang = cx.lang();
    let names = teachers(cx, std::slice::from_ref(&session))?;
    let liner = Liner {
        lang,
        names: &names,
        reader: Reader::Office,
    };
    let attending = queries::attending(cx.conn, &staff.programme_staff())?;
    let state = session.state()?;
    let other = |id: ClassId| format!("/cohorts/{}/classes/{id}", cohort.id);
    let page = RecordPage {
        shell: cx.shell(title(lang, &session)),
        crumbs: crumbs(lang, &cohort),
        cohort: cohort.id,
        here: home(&session),
        register: format!("/classes/{}/register", session.id),
        offering: format!("/cohorts/{}/offerings/{}", cohort.id, session.offering_id),
        when: when(lang, &session.slot()),
        line: liner.line(&session)?,
        told: audience(&session, &attending).len(),
        scheduled: state == SessionState::Scheduled,
        lost: state == SessionState::Cancelled && session.made_up_by.is_none(),
        made_up_by: session.made_up_by.map(other),
        made_up_for: session.made_up_for.map(other),
        history: audit::shown(
            cx.conn,
            session.id.0,
            lang,
            format!("{}/history", home(&session)),
        )?,
    };
    cx.visit.page(&page)
}

/// The two ways of setting a session's time: moving it, and making up for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Move,
    MakeUp,
}

impl Way {
    fn word(self) -> &'static str {
        match self {
            Self::Move => "edit",
            Self::MakeUp => "make-up",
        }
    }

    fn title(self, lang: Lang, session: &ClassSession) -> String {
        match self {
            Self::Move => lang.tt_move_of(session.name(lang)),
            Self::MakeUp => lang.tt_make_up_of(session.name(lang)),
        }
    }
}

fn show(
    cx: &mut Cx<'_, '_>,
    (staff, cohort, session): (&CohortStaff, &Cohort, &ClassSession),
    way: Way,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let people = choosable(cx.conn, &staff.programme_staff(), &session.instructor_ids)?;
    let spec = FormSpec {
        title: way.title(lang, session),
        crumbs: within(lang, cohort, session),
        note: Some(when(lang, &session.slot())),
        groups: vec![Group::plain(meeting_fields(lang, &people))],
        hidden: vec![
            pair("version", session.version.to_string()),
            pair("step", "preview"),
        ],
        action: format!("{}/{}", home(session), way.word()),
        submit: lang.tt_preview().to_owned(),
        back: home(session),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// What stands in the form at first: the session as it is, or what was typed before a preview.
fn first(cx: &Cx<'_, '_>, session: &ClassSession) -> Pairs {
    let typed = cx.request().query.clone();
    if typed.get("day").is_some() {
        typed
    } else {
        Pairs::new(meeting_values(&Meeting::from(session)))
    }
}

fn refused(cx: &Cx<'_, '_>, refusal: TeachingRefusal) -> Again {
    use crate::lang::Say as _;
    Again {
        status: 409,
        refusal: Some(refusal.say(cx.lang())),
        ..Again::default()
    }
}

/// GET `…/edit`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort, session) = session(cx)?;
    let values = first(cx, &session);
    let again = if session.state()? == SessionState::Scheduled {
        Again::first()
    } else {
        refused(cx, TeachingRefusal::NotScheduled)
    };
    show(cx, (&staff, &cohort, &session), Way::Move, &values, &again)
}

/// GET `…/make-up`.
pub(super) fn ask_make_up(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort, session) = session(cx)?;
    let values = first(cx, &session);
    let again = match (session.state()?, session.made_up_by) {
        (SessionState::Cancelled, None) => Again::first(),
        (SessionState::Cancelled, Some(_)) => refused(cx, TeachingRefusal::MadeUp),
        (SessionState::Scheduled | SessionState::Held, _) => {
            refused(cx, TeachingRefusal::NotCancelled)
        }
    };
    show(
        cx,
        (&staff, &cohort, &session),
        Way::MakeUp,
        &values,
        &again,
    )
}

/// Everybody whom a change of this session concerns, in words.
fn told(cx: &mut Cx<'_, '_>, staff: &CohortStaff, session: &ClassSession) -> Result<Effect> {
    let lang = cx.lang();
    let line = if session.published {
        let attending = queries::attending(cx.conn, &staff.programme_staff())?;
        lang.tt_told_people(audience(session, &attending).len())
    } else {
        lang.tt_told_later().to_owned()
    };
    Ok(effect(lang.cohorts_step_told(), vec![line], false))
}

/// A day without classes is no clash, and may be meant; it is said.
fn on_closed_day(cx: &mut Cx<'_, '_>, staff: &CohortStaff, slot: &Slot) -> Result<Option<Effect>> {
    let lang = cx.lang();
    let closed = queries::closed_for(cx.conn, staff)?;
    let on = crate::lang::format::hk_date(slot.starts_at);
    let skipped = closed_on(&closed, on).map(|by| Skipped { on, by: by.clone() });
    Ok(skipped.map(|it| effect(lang.tt_closed_day(), vec![skipped_line(lang, &it)], true)))
}

fn preview(
    cx: &mut Cx<'_, '_>,
    (staff, cohort, session): (&CohortStaff, &Cohort, &ClassSession),
    way: Way,
    meeting: &Meeting,
    clashes: &[Clash],
) -> Result<Reply> {
    let lang = cx.lang();
    let visit = cx.visit;
    let typed = visit.request.form();
    let after = ClassSession {
        instructor_ids: meeting.instructors.clone(),
        ..session.clone()
    };
    let names = teachers(cx, std::slice::from_ref(&after))?;
    let place = match (meeting.room.as_str(), meeting.link.as_str()) {
        ("", "") => lang.tt_no_place().to_owned(),
        (room, "") => room.to_owned(),
        ("", link) => link.to_owned(),
        (room, link) => format!("{room}, {link}"),
    };
    let happens = vec![
        lang.tt_was_when(&when(lang, &session.slot())),
        lang.tt_is_when(&when(lang, &meeting.slot)),
        format!("{}{place}", lang.before(lang.tt_place())),
        format!(
            "{}{}",
            lang.before(lang.tt_instructors()),
            super::named(lang, &names, &meeting.instructors)
        ),
    ];
    let mut effects = vec![effect(lang.cohorts_step_happens(), happens, false)];
    effects.extend(on_closed_day(cx, staff, &meeting.slot)?);
    effects.push(clash_effect(cx, clashes)?);
    effects.push(told(cx, staff, &after)?);
    let mut hidden = meeting_values(meeting);
    let mut back = form_urlencoded::Serializer::new(String::new());
    back.extend_pairs(hidden.iter());
    let back = format!("{}/{}?{}", home(session), way.word(), back.finish());
    hidden.push(pair("version", typed.typed("version")));
    hidden.push(pair("step", "save"));
    if !clashes.is_empty() {
        hidden.push(pair("accept", "yes"));
    }
    let spec = ConfirmSpec {
        title: way.title(lang, session),
        crumbs: within(lang, cohort, session),
        effects,
        refusal: None,
        hidden,
        action: format!("{}/{}", home(session), way.word()),
        submit: match (way, clashes.is_empty()) {
            (Way::Move, true) => lang.tt_move_now().to_owned(),
            (Way::MakeUp, true) => lang.tt_make_up_now().to_owned(),
            (Way::Move | Way::MakeUp, false) => lang.tt_save_anyway(clashes.len()),
        },
        danger: !clashes.is_empty(),
        back,
    };
    confirm_page(cx, 200, &spec)
}

fn set(cx: &mut Cx<'_, '_>, way: Way) -> Result<Reply> {
    let (staff, cohort, session) = session(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let meeting = read_meeting(&mut form, typed);
    if !form.failed() {
        form.extend(slot_problems(
            &meeting.slot,
            (cohort.starts_on, cohort.ends_on),
        ));
    }
    let saving = typed.typed("step") == "save";
    let done = form.done().and_then(|()| {
        if saving {
            return act(cx, &staff, (&session, version), way, &meeting).map(Some);
        }
        if version != session.version && way == Way::Move {
            return Err(Error::Stale);
        }
        let standing = (way == Way::Move).then(|| session.slot());
        actions::check_ahead(cx.conn, standing, &meeting.slot)?;
        Ok(None)
    });
    match done {
        Ok(Some(to)) => Ok(to),
        Ok(None) => {
            let offering = queries::offering(cx.conn, &staff, session.offering_id)?;
            let own = (way == Way::Move).then_some(session.id);
            let clashes = actions::clashes_of(cx.conn, &staff, &offering, own, &meeting)?;
            preview(cx, (&staff, &cohort, &session), way, &meeting, &clashes)
        }
        Err(error) => {
            let lang = cx.lang();
            let now = Pairs::new(meeting_values(&Meeting::from(&session)));
            let again = Again::from_error(error, lang)?.compare(&now, typed, lang);
            show(cx, (&staff, &cohort, &session), way, typed, &again)
        }
    }
}

fn act(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    (session, version): (&ClassSession, i32),
    way: Way,
    meeting: &Meeting,
) -> Result<Reply> {
    let accepted = cx.visit.request.form().has("accept", "yes");
    let id = match way {
        Way::Move => {
            actions::change_session(cx.conn, staff, (session.id, version), meeting, accepted)?;
            session.id
        }
        Way::MakeUp => actions::make_up(cx.conn, staff, session.id, meeting, accepted)?,
    };
    Ok(
        Reply::see_other(format!("/cohorts/{}/classes/{id}", session.cohort_id))
            .flash("session_saved"),
    )
}

/// POST `…/edit`.
pub(super) fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    set(cx, Way::Move)
}

/// POST `…/make-up`.
pub(super) fn make_up(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    set(cx, Way::MakeUp)
}

fn show_cancel(
    cx: &mut Cx<'_, '_>,
    (staff, cohort, session): (&CohortStaff, &Cohort, &ClassSession),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let reasons = CancelReason::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let concerned = told(cx, staff, session)?.lines.join(" ");
    let spec = FormSpec {
        title: lang.tt_cancel_of(session.name(lang)),
        crumbs: within(lang, cohort, session),
        note: Some(format!("{} · {concerned}", when(lang, &session.slot()))),
        groups: vec![Group::plain(vec![
            Field::line("reason", lang.tt_reason())
                .choice(reasons)
                .hint(lang.tt_cancel_hint()),
        ])],
        hidden: vec![pair("version", session.version.to_string())],
        action: format!("{}/cancel", home(session)),
        submit: lang.tt_cancel_now().to_owned(),
        back: home(session),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/cancel`.
pub(super) fn ask_cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort, session) = session(cx)?;
    let again = if session.state()? == SessionState::Scheduled {
        Again::first()
    } else {
        refused(cx, TeachingRefusal::NotScheduled)
    };
    show_cancel(cx, (&staff, &cohort, &session), Pairs::none(), &again)
}

/// POST `…/cancel`.
pub(super) fn cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort, session) = session(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let reason = form.choice("reason", CancelReason::parse);
    let done = form.done().and_then(|()| {
        let reason = reason.unwrap_or(CancelReason::Other);
        actions::cancel_session(cx.conn, &staff, (session.id, version), reason)
    });
    match done {
        Ok(_) => Ok(Reply::see_other(home(&session)).flash("sessions_cancelled")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_cancel(cx, (&staff, &cohort, &session), typed, &again)
        }
    }
}

/// GET `/cohorts/{cohort}/classes/{class}/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, _, it) = session(cx)?;
    audit::file(cx.visit, "session-history", it.id.0)
}
