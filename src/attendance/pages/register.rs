//! The register of a session, made for a thumb: a row for each trainee, states as large buttons.

use askama::Template;

use crate::access::ClassKeeper;
use crate::audit;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::EnrolmentId;
use crate::lang::Lang;
use crate::teaching::mail::when;
use crate::web::exports::short;
use crate::web::fields::History;
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::actions::{self, Change};
use super::super::mail::in_words;
use super::super::queries::{self, Row, Session};
use super::super::rules::form::{Entry, Seen, Slip, typed_entry};
use super::super::rules::{ApologyState, Away, Presence, RegisterState};
use super::{clock, home, kept, register_tone, tone, way};

/// A row as the page shows it.
pub(super) struct Line {
    pub enrolment: EnrolmentId,
    pub name: String,
    pub number: String,
    /// Words of the entry that stands, with its shape.
    pub entry: Option<(&'static str, String)>,
    /// Check-in and apology, in words.
    pub more: Vec<String>,
    /// Each state: word, label, chosen?
    pub states: Vec<(&'static str, &'static str, bool)>,
    pub minutes: String,
    pub note: String,
    pub seen: String,
    pub error: Option<String>,
}

#[derive(Template)]
#[template(path = "attendance/register.html")]
struct RegisterPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    here: String,
    class: crate::ids::ClassId,
    when: String,
    state: &'static str,
    tone: &'static str,
    editable: bool,
    signed: Option<String>,
    may_sign: bool,
    refusal: Option<String>,
    conflicts: usize,
    mistakes: usize,
    hint: String,
    lines: Vec<Line>,
    away: Vec<NotExpected>,
    unmarked: usize,
    office: bool,
    history: History,
}

/// Name and number of a trainee, and why they are not expected.
type NotExpected = (String, String, &'static str);

fn away(cx: &mut Cx<'_, '_>, keeper: &ClassKeeper, session: &Session) -> Result<Vec<NotExpected>> {
    let lang = cx.lang();
    let away = queries::not_expected(cx.conn, keeper, session)?.into_iter();
    let line = |(it, why): (Row, Away)| (it.name_shown, it.trainee_number, why.label(lang));
    Ok(away.map(line).collect())
}

/// What was typed into a row.
#[derive(Default)]
struct Typed {
    state: Option<Presence>,
    minutes: String,
    note: String,
    seen: Option<Seen>,
}

fn typed(form: &Pairs, id: EnrolmentId) -> Typed {
    let of = |field: &str| form.typed(&format!("{field}-{id}")).trim().to_owned();
    Typed {
        state: Presence::parse(&of("state")),
        minutes: of("minutes"),
        note: of("note").chars().take(200).collect(),
        seen: form.get(&format!("seen-{id}")).map(Seen::read),
    }
}

fn line(lang: Lang, row: &Row, typed: Option<&Typed>) -> Line {
    let seen = row.seen();
    let now = seen.entry.as_ref();
    let chosen = match typed {
        Some(typed) => typed.state,
        None => now.map(|it| it.state),
    };
    let mut more = Vec::new();
    if let Some(at) = row.checked_in_at {
        more.push(lang.att_checked_in(&clock(at)));
    }
    if let Some(state) = row.apology_state.as_deref().and_then(ApologyState::parse) {
        more.push(lang.att_has_apology(state.label(lang)));
        more.extend(row.apology_reason.clone());
    }
    let minutes = now.filter(|it| it.state == Presence::Late);
    Line {
        enrolment: row.enrolment_id,
        name: row.name_shown.clone(),
        number: row.trainee_number.clone(),
        entry: now.map(|it| (tone(it.state), in_words(lang, it))),
        more,
        states: Presence::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang), chosen == Some(*it)))
            .collect(),
        minutes: match typed {
            Some(typed) => typed.minutes.clone(),
            None => minutes.map(|it| it.minutes.to_string()).unwrap_or_default(),
        },
        note: match typed {
            Some(typed) => typed.note.clone(),
            None => now.map(|it| it.note.clone()).unwrap_or_default(),
        },
        seen: seen.kept(),
        error: None,
    }
}

/// What a form is shown again for.
#[derive(Default)]
struct Again {
    refusal: Option<String>,
    conflicts: Vec<EnrolmentId>,
    mistakes: Vec<(EnrolmentId, Slip)>,
}

/// What is wrong with a row, in words.
pub(super) fn slip_words(lang: Lang, slip: Slip, held: i32) -> String {
    match slip {
        Slip::Minutes => lang.att_bad_minutes(held),
        Slip::NotLate => lang.att_not_late(held - 1),
        Slip::NoState => lang.att_no_state().to_owned(),
    }
}

/// The rows as they stand, or as they were typed.
fn lines(lang: Lang, rows: &[Row], form: Option<&Pairs>, again: &Again, held: i32) -> Vec<Line> {
    rows.iter()
        .map(|row| {
            let typed = form.map(|form| typed(form, row.enrolment_id));
            let mut line = line(lang, row, typed.as_ref());
            let slip = again.mistakes.iter().find(|it| it.0 == row.enrolment_id);
            if let Some((_, slip)) = slip {
                line.error = Some(slip_words(lang, *slip, held));
            } else if again.conflicts.contains(&row.enrolment_id) {
                let now = line.entry.as_ref().map_or(lang.att_unmarked(), |it| &it.1);
                line.error = Some(lang.att_meanwhile(now));
            }
            line
        })
        .collect()
}

fn show(
    cx: &mut Cx<'_, '_>,
    keeper: &ClassKeeper,
    session: &Session,
    form: Option<&Pairs>,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let now = db::now(cx.conn)?;
    let rows = queries::rows(cx.conn, keeper, session)?;
    let away = away(cx, keeper, session)?;
    let held = session.window().held();
    let lines = lines(lang, &rows, form, again, held);
    let state = session.register(now);
    let failed = !again.mistakes.is_empty();
    let title = lang.att_register_of(&session.title(lang));
    let history = if keeper.office() {
        let place = format!(
            "/cohorts/{}/classes/{}/history",
            session.cohort_id, session.id
        );
        audit::shown(cx.conn, session.id.0, lang, place)?
    } else {
        History::default()
    };
    let page = RegisterPage {
        shell: cx.shell(if failed {
            lang.form_error_title(&title)
        } else {
            title
        }),
        crumbs: way(lang, keeper, session, false),
        here: home(session),
        class: session.id,
        when: when(lang, &session.slot()),
        state: state.label(lang),
        tone: register_tone(state),
        editable: matches!(state, RegisterState::Open | RegisterState::Missing),
        signed: session
            .signed_off_at
            .map(|at| lang.att_signed_at(&crate::lang::format::moment(lang, at))),
        may_sign: actions::may_sign(session, now).is_ok(),
        refusal: again.refusal.clone(),
        conflicts: again.conflicts.len(),
        mistakes: again.mistakes.len(),
        hint: lang.att_minutes_hint(held),
        unmarked: rows.iter().filter(|it| it.record_id.is_none()).count(),
        lines,
        away,
        office: keeper.office(),
        history,
    };
    let status = if failed {
        422
    } else if again.refusal.is_some() || !again.conflicts.is_empty() {
        409
    } else {
        200
    };
    cx.visit.page_with(status, &page)
}

/// GET `/classes/{class}/register`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    show(cx, &keeper, &session, None, &Again::default())
}

/// What the form asks for: the changes, and the rows that cannot be.
fn read(form: &Pairs, rows: &[Row], held: i32) -> (Vec<Change>, Vec<(EnrolmentId, Slip)>) {
    let rest = Presence::parse(form.typed("rest"));
    let (mut changes, mut mistakes) = (Vec::new(), Vec::new());
    for row in rows {
        let it = typed(form, row.enrolment_id);
        // A row that the form did not show is left alone, unless all the remaining are meant.
        let Some(seen) = it.seen else {
            continue;
        };
        let state = it.state.or(rest.filter(|_| row.record_id.is_none()));
        match typed_entry(state, (&it.minutes, &it.note), &seen, held) {
            Ok(None) => {}
            Ok(entry) => changes.push(Change {
                enrolment: row.enrolment_id,
                seen,
                typed: entry,
            }),
            Err(slip) => mistakes.push((row.enrolment_id, slip)),
        }
    }
    (changes, mistakes)
}

/// POST `/classes/{class}/register`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    let visit = cx.visit;
    let form = visit.request.form();
    let rows = queries::rows(cx.conn, &keeper, &session)?;
    let (changes, mistakes) = read(form, &rows, session.window().held());
    if !mistakes.is_empty() {
        let again = Again {
            mistakes,
            ..Again::default()
        };
        return show(cx, &keeper, &session, Some(form), &again);
    }
    match actions::save(cx.conn, &keeper, &changes) {
        Ok(conflicts) if conflicts.is_empty() => {
            Ok(Reply::see_other(home(&session)).flash("register_saved"))
        }
        Ok(conflicts) => {
            let again = Again {
                conflicts,
                ..Again::default()
            };
            show(cx, &keeper, &session, Some(form), &again)
        }
        Err(Error::Refused(refused)) => {
            let again = Again {
                refusal: Some(refused.say(cx.lang())),
                ..Again::default()
            };
            let session = queries::session(cx.conn, &keeper)?;
            show(cx, &keeper, &session, Some(form), &again)
        }
        Err(other) => Err(other),
    }
}

/// An entry as a file's cells.
fn cells(lang: Lang, row: &Row) -> Vec<String> {
    let now: Option<Entry> = row.seen().entry;
    vec![
        row.name_shown.clone(),
        row.trainee_number.clone(),
        now.as_ref()
            .map_or(lang.att_unmarked(), |it| it.state.label(lang))
            .to_owned(),
        now.as_ref()
            .map(|it| it.minutes.to_string())
            .unwrap_or_default(),
        row.checked_in_at.map(clock).unwrap_or_default(),
        now.map(|it| it.note).unwrap_or_default(),
    ]
}

/// GET `/classes/{class}/register.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (keeper, session) = kept(cx)?;
    let rows = queries::rows(cx.conn, &keeper, &session)?;
    let header = [
        lang.att_trainee(),
        lang.att_number(),
        lang.att_state(),
        lang.att_attended(),
        lang.att_check_in(),
        lang.att_note(),
    ];
    let lines = rows.iter().map(|it| cells(lang, it)).collect();
    let day = crate::lang::format::hk_date(session.starts_at);
    let name = format!("register-{}-{day}", session.module_code);
    short(&cx.request().path, &name, &header, lines)
}
