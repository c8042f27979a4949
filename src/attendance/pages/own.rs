//! A trainee's own attendance, and the apologies that they send.

use std::collections::BTreeMap;

use askama::Template;
use chrono::{DateTime, Utc};

use crate::access::{self, OwnEnrolment};
use crate::db::{self, Conn};
use crate::error::{Error, FieldError, Result};
use crate::files;
use crate::files::rules::MAX_DOCUMENT;
use crate::ids::{ApologyId, ClassId, ModuleId};
use crate::lang::format::duration;
use crate::lang::{Lang, Say as _};
use crate::teaching::mail::when;
use crate::teaching::queries as teaching;
use crate::web::fields::{ConfirmSpec, confirm_page};
use crate::web::forms::Mistakes;
use crate::web::{Cx, Form, Pairs, Reply, ReplyBody, Shell, Site, Upload, Visit};

use super::super::actions;
use super::super::queries::{self, Apology, OwnSession};
use super::super::rules::{
    ApologyState, AttendanceRefusal, BasisPoints, ExcusedCount, Hours, Policy, may_apologise, rate,
    under,
};
use super::{effect, pair, time_near, tone};

/// A rate with its name, in words, and as a bar.
pub struct Gauge {
    /// What is counted.
    pub label: String,
    /// The rate and the minutes behind it.
    pub words: String,
    /// Width of the bar, in hundredths of a percent as SVG reads it.
    pub width: Option<String>,
    /// Is it under what is to be reached?
    pub low: bool,
}

/// A rate with the hours behind it: of how many, and what was made of the excused ones.
#[must_use]
pub fn rate_words(lang: Lang, hours: &Hours, policy: &Policy) -> String {
    let time = |minutes: i64| duration(u32::try_from(minutes).unwrap_or(0), lang);
    let Some(rate) = rate(hours, policy.excused) else {
        return lang.att_no_rate().to_owned();
    };
    let (held, excused) = (hours.held, time(hours.excused));
    // What is counted against: an excused hour stands on whichever side the policy puts it.
    let (attended, held, more) = match policy.excused {
        ExcusedCount::Absent => (hours.attended, held, lang.att_excused_absent(&excused)),
        ExcusedCount::Leaves => (
            hours.attended,
            held.saturating_sub(hours.excused),
            lang.att_excused_leaves(&excused),
        ),
        ExcusedCount::Attended => (
            hours.attended.saturating_add(hours.excused),
            held,
            lang.att_excused_attended(&excused),
        ),
    };
    let mut words = lang.att_rate_of(&rate.shown(), &time(attended), &time(held));
    if hours.excused > 0 {
        words.push_str(lang.pick("; ", "；"));
        words.push_str(&more);
    }
    words
}

/// The gauge of these hours.
#[must_use]
pub fn gauge(lang: Lang, label: String, hours: &Hours, policy: &Policy) -> Gauge {
    let rate = rate(hours, policy.excused);
    Gauge {
        label,
        words: rate_words(lang, hours, policy),
        width: rate.map(BasisPoints::shown),
        low: under(rate, policy.threshold),
    }
}

struct Line {
    title: String,
    when: String,
    state: String,
    tone: &'static str,
    minutes: Option<String>,
    apology: Option<&'static str>,
    ask: Option<ClassId>,
}

struct Part {
    threshold: String,
    whole: Gauge,
    modules: Vec<Gauge>,
    lines: Vec<Line>,
    apologies: Vec<Sent>,
}

struct Sent {
    id: ApologyId,
    title: String,
    when: String,
    state: &'static str,
    tone: &'static str,
    reason: String,
    answer: Option<String>,
    evidence: bool,
    open: bool,
}

#[derive(Template)]
#[template(path = "attendance/own.html")]
struct OwnPage {
    shell: Shell,
    parts: Vec<Part>,
    next: Option<String>,
}

/// The shape of an apology's state beside its word.
pub(super) fn apology_tone(state: ApologyState) -> &'static str {
    match state {
        ApologyState::Sent => "wait",
        ApologyState::Withdrawn => "end",
        ApologyState::Accepted => "ok",
        ApologyState::Declined => "bad",
    }
}

fn line(lang: Lang, it: &OwnSession, grace: i32, now: DateTime<Utc>) -> Line {
    let (state, tone) = match it.presence() {
        _ if it.cancelled => (lang.session_cancelled().to_owned(), "end"),
        Some(state) => (state.label(lang).to_owned(), tone(state)),
        None if it.starts_at > now => (lang.att_to_come().to_owned(), "wait"),
        None => (lang.att_not_signed().to_owned(), "wait"),
    };
    let open = !it.cancelled
        && it.presence().is_none()
        && it.apology.is_none()
        && may_apologise(it.starts_at, grace, now).is_ok();
    Line {
        title: it.title(lang),
        when: when(lang, &it.slot()),
        state,
        tone,
        minutes: it
            .minutes
            .zip(it.held)
            .filter(|_| !it.cancelled)
            .map(|(minutes, held)| lang.att_minutes_sum(minutes, held)),
        apology: it
            .apology
            .as_deref()
            .and_then(ApologyState::parse)
            .map(|it| it.label(lang)),
        ask: open.then_some(it.id),
    }
}

fn sent(lang: Lang, it: Apology) -> Result<Sent> {
    let state = it.state()?;
    Ok(Sent {
        id: it.id,
        title: it.title(lang),
        when: when(lang, &it.slot()),
        state: state.label(lang),
        tone: apology_tone(state),
        evidence: it.evidence_id.is_some(),
        open: state == ApologyState::Sent,
        reason: it.reason,
        answer: it.decision_reason,
    })
}

fn part(cx: &mut Cx<'_, '_>, own: &OwnEnrolment) -> Result<Part> {
    let lang = cx.lang();
    let now = db::now(cx.conn)?;
    let policy = queries::policy_of(cx.conn, own)?;
    let sessions = queries::own_sessions(cx.conn, own)?;
    let names: BTreeMap<ModuleId, String> = sessions
        .iter()
        .map(|it| (it.module_id, it.title(lang)))
        .collect();
    let mut whole = Hours::default();
    let mut modules = Vec::new();
    for it in queries::hours_of(cx.conn, own)? {
        whole = whole.plus(it.hours);
        let name = names.get(&it.module).cloned().unwrap_or_default();
        modules.push(gauge(lang, name, &it.hours, &policy));
    }
    Ok(Part {
        threshold: lang.att_threshold_told(&policy.threshold.shown()),
        whole: gauge(lang, lang.att_whole().to_owned(), &whole, &policy),
        modules,
        lines: sessions
            .iter()
            .map(|it| line(lang, it, policy.apology_grace, now))
            .collect(),
        apologies: queries::own_apologies(cx.conn, own)?
            .into_iter()
            .map(|it| sent(lang, it))
            .collect::<Result<_>>()?,
    })
}

/// GET `/me/attendance`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let mut parts = Vec::new();
    for id in teaching::own_enrolments(cx.conn, &own)? {
        let enrolment = access::own_enrolment(cx.conn, id)?;
        let part = part(cx, &enrolment)?;
        if !part.lines.is_empty() {
            parts.push(part);
        }
    }
    let now = db::now(cx.conn)?;
    let next = actions::next_opening(cx.conn, &own)?.map(|(session, opens)| {
        lang.att_next_opens(&session.title(lang), &time_near(lang, opens, now))
    });
    let page = OwnPage {
        shell: cx.shell(lang.att_mine()),
        parts,
        next,
    };
    cx.visit.page(&page)
}

#[derive(Template)]
#[template(path = "attendance/apology_form.html")]
struct AskPage {
    shell: Shell,
    class: ClassId,
    title: String,
    note: String,
    refusal: Option<String>,
    typed: Pairs,
    mistakes: Mistakes,
}

/// The session of the address among those of the reader, with the enrolment.
pub(in crate::attendance) fn of_class(
    conn: &mut Conn<'_>,
    class: ClassId,
) -> Result<(OwnEnrolment, OwnSession)> {
    let own = access::own(conn)?;
    for id in teaching::own_enrolments(conn, &own)? {
        let enrolment = access::own_enrolment(conn, id)?;
        let sessions = queries::own_sessions(conn, &enrolment)?;
        if let Some(it) = sessions.into_iter().find(|it| it.id == class) {
            return Ok((enrolment, it));
        }
    }
    Err(Error::NotFound)
}

fn build(
    conn: &mut Conn<'_>,
    (visit, site): (&Visit, &Site),
    class: ClassId,
    typed: Pairs,
    errors: &[FieldError],
) -> Result<AskPage> {
    let lang = visit.lang;
    let (own, session) = of_class(conn, class)?;
    let now = db::now(conn)?;
    let grace = queries::policy_of(conn, &own)?.apology_grace;
    let refusal = if session.cancelled {
        Some(AttendanceRefusal::Cancelled)
    } else if session.apology.is_some() {
        Some(AttendanceRefusal::Already)
    } else {
        may_apologise(session.starts_at, grace, now).err()
    };
    let title = lang.att_apology_new(&session.title(lang));
    Ok(AskPage {
        shell: Shell::new(
            visit,
            site,
            if errors.is_empty() {
                title.clone()
            } else {
                lang.form_error_title(&title)
            },
        ),
        class,
        title,
        note: when(lang, &session.slot()),
        refusal: refusal.map(|it| it.say(lang)),
        typed,
        mistakes: Mistakes::new(errors, lang).labelled(&[
            ("reason", lang.att_reason()),
            ("evidence", lang.att_evidence()),
        ]),
    })
}

/// GET `/me/attendance/{class}/apology`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let class: ClassId = cx.request().param("class")?;
    let (visit, site) = (cx.visit, cx.site);
    let page = build(cx.conn, (visit, site), class, Pairs::default(), &[])?;
    cx.visit.page(&page)
}

/// POST `/me/attendance/{class}/apology`: evidence, if there is any, is judged by its bytes, stored,
/// then recorded with the apology.
pub(super) fn send(visit: &Visit, site: &Site) -> Result<Reply> {
    let class: ClassId = visit.request.param("class")?;
    // Whose it is, before the disk is touched.
    site.db
        .read_for(&visit.actor, visit.request.id, |conn| of_class(conn, class))?;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let reason = super::read_reason(&mut form);
    let sent = |it: &&Upload| it.field == "evidence" && it.size > 0;
    let file = visit.request.uploads().iter().find(sent);
    if let Some(Err(refusal)) = file.map(|it| it.judge_pdf(MAX_DOCUMENT)) {
        form.error("evidence", "document", |lang| refusal.say(lang));
    }
    let done = form
        .done()
        .and_then(|()| store(visit, site, class, (&reason, file)));
    let (status, problems) = match done {
        Ok(()) => return Ok(Reply::see_other("/me/attendance").flash("apology_sent")),
        Err(Error::Invalid(problems)) => (422, problems),
        Err(Error::Refused(refused)) => {
            let problem = FieldError::new("reason", refused.code(), |lang| refused.say(lang));
            (409, vec![problem])
        }
        Err(other) => return Err(other),
    };
    let page = site.db.read_for(&visit.actor, visit.request.id, |conn| {
        build(conn, (visit, site), class, typed.clone(), &problems)
    })?;
    visit.page_with(status, &page)
}

fn store(
    visit: &Visit,
    site: &Site,
    class: ClassId,
    (reason, file): (&str, Option<&Upload>),
) -> Result<()> {
    let sent: Vec<&Upload> = file.into_iter().collect();
    site.files.keeping(&sent, |keys| {
        site.db.tx_for(&visit.actor, visit.request.id, |conn| {
            let (own, _) = of_class(conn, class)?;
            let label = file.map(Upload::pdf_label).unwrap_or_default();
            let whose = (own.person(), Some(own.programme()));
            let new = file
                .zip(keys.first())
                .map(|(file, key)| file.as_pdf(whose, key, &label));
            actions::send(conn, &own, class, reason, new.as_ref()).map(|_| ())
        })
    })
}

fn apology(cx: &mut Cx<'_, '_>) -> Result<Apology> {
    let own = access::own(cx.conn)?;
    let id: ApologyId = cx.request().param("apology")?;
    queries::own_apology(cx.conn, &own, id)
}

/// Gives a file out, after looking again whether the reader may have it; as an attachment.
pub(super) fn give(cx: &mut Cx<'_, '_>, it: &Apology) -> Result<Reply> {
    let whose = access::own(cx.conn)?;
    let id = it.evidence_id.ok_or(Error::NotFound)?;
    let file = files::queries::find(cx.conn, &whose, id)?;
    let key = file.storage_key;
    let body = ReplyBody::Stream(Box::new(move |site, out| site.files.copy_to(&key, out)));
    Ok(Reply::download(&file.media_type, &file.label, body))
}

/// GET `/me/apologies/{apology}/evidence`.
pub(super) fn evidence(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = apology(cx)?;
    give(cx, &it)
}

fn question(cx: &Cx<'_, '_>, it: &Apology, status: u16, refusal: Option<String>) -> Result<Reply> {
    let lang = cx.lang();
    let spec = ConfirmSpec {
        title: lang.att_withdraw_of(&it.title(lang)),
        crumbs: vec![
            pair("/me", lang.nav_me()),
            pair("/me/attendance", lang.att_mine()),
        ],
        effects: vec![effect(
            lang.cohorts_step_happens(),
            vec![when(lang, &it.slot()), lang.att_withdraw_does().to_owned()],
            false,
        )],
        refusal,
        hidden: Vec::new(),
        action: format!("/me/apologies/{}/withdraw", it.id),
        submit: lang.att_withdraw().to_owned(),
        danger: true,
        back: "/me/attendance".to_owned(),
    };
    confirm_page(cx, status, &spec)
}

/// GET `/me/apologies/{apology}/withdraw`.
pub(super) fn ask_withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = apology(cx)?;
    let over = it.state()? != ApologyState::Sent;
    let refusal = over.then(|| AttendanceRefusal::Decided.say(cx.lang()));
    question(cx, &it, 200, refusal)
}

/// POST `/me/apologies/{apology}/withdraw`.
pub(super) fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = apology(cx)?;
    let own = access::own(cx.conn)?;
    match actions::withdraw(cx.conn, &own, it.id) {
        Ok(()) => Ok(Reply::see_other("/me/attendance").flash("apology_withdrawn")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, &it, 409, Some(text))
        }
        Err(other) => Err(other),
    }
}
