//! One interview: what is known of it, moving it, cancelling it, what came of it.

use crate::audit;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::{InterviewId, SlotId};
use crate::lang::Lang;
use crate::placements::queries::{Round, Side};
use crate::teaching::mail::when;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::sheet::{Part, Sheet, fact, show};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, Choice};
use super::super::mail::place;
use super::super::queries::{self, Interview};
use super::super::rules::{InterviewState, may_change, may_settle};
use super::candidates::noted;
use super::{crumbs, member, round_of, side, tone};

struct One {
    side: Side,
    round: Round,
    /// Where its page stands.
    here: String,
    it: Interview,
}

fn one(cx: &mut Cx<'_, '_>) -> Result<One> {
    let side = side(cx)?;
    let (round, at) = round_of(cx, &side)?;
    let id: InterviewId = cx.request().param("interview")?;
    let it = queries::interview(cx.conn, &side, (round.id, id))?;
    let here = format!("{at}/timetable/{id}");
    Ok(One {
        side,
        round,
        here,
        it,
    })
}

fn way(lang: Lang, one: &One, below: bool) -> Vec<(String, String)> {
    let mut way = crumbs(lang, &one.side, Some(&one.round));
    let list = one.here.rsplit_once('/').map_or("", |it| it.0);
    way.push((list.to_owned(), lang.itv_timetable().to_owned()));
    if below {
        way.push((one.here.clone(), one.it.name_shown.clone()));
    }
    way
}

fn facts(lang: Lang, one: &One) -> Part {
    let it = &one.it;
    let mut facts = vec![
        fact(lang.itv_time(), when(lang, &it.when())),
        fact(lang.itv_place(), place(&it.room, &it.link)),
        fact(lang.itv_posting(), it.title(lang)),
        fact(
            lang.itv_trainee(),
            format!("{} · {}", it.name_shown, it.trainee_number),
        ),
    ];
    if one.side.programme().is_some() {
        facts.push(fact(lang.itv_institution(), it.organisation(lang)));
    }
    Part::facts(lang.itv_timetable(), facts)
}

fn sheet(cx: &mut Cx<'_, '_>, refusal: Option<String>) -> Result<Reply> {
    let one = one(cx)?;
    let lang = cx.lang();
    let now = db::now(cx.conn)?;
    let (it, here) = (&one.it, &one.here);
    let state = it.state()?;
    let mut parts = vec![facts(lang, &one)];
    let (mut acts, mut buttons) = (Vec::new(), Vec::new());
    let act = |word: &str, label: &str| (format!("{here}/{word}"), label.to_owned(), false);
    if may_change(state, it.starts_at, now).is_ok() {
        acts.push(act("move", lang.itv_move()));
        acts.push(act("cancel", lang.itv_cancel()));
    }
    if let Side::Host(member) = &one.side {
        let note = queries::note_of(cx.conn, member, it.candidate_id)?;
        acts.push(act("note", lang.itv_note_edit()));
        parts.push(Part {
            note: lang.itv_note_private().to_owned(),
            ..Part::facts(
                lang.itv_note_after(),
                vec![
                    fact(lang.itv_note_before(), noted(lang, &note.before_words)),
                    fact(lang.itv_note_after(), noted(lang, &note.after_words)),
                ],
            )
        });
        let outcomes = [
            (InterviewState::Held, "held", lang.itv_held_button()),
            (InterviewState::Missed, "missed", lang.itv_missed_button()),
        ];
        for (to, word, label) in outcomes {
            if state != to && may_settle(state, to, it.starts_at, now).is_ok() {
                buttons.push((format!("{here}/{word}"), label.to_owned()));
            }
        }
    }
    let status = if refusal.is_some() { 409 } else { 200 };
    let mut notes = Vec::new();
    if let Some(text) = refusal {
        notes.push(("bad", text, String::new()));
    }
    if !it.asked_why.is_empty() {
        notes.push(("warn", lang.itv_asks().to_owned(), it.asked_why.clone()));
    }
    let sheet = Sheet {
        title: lang.itv_interview_of(&it.name_shown),
        tag: Some((state.label(lang), tone(state))),
        crumbs: way(lang, &one, false),
        acts,
        buttons,
        notes,
        parts,
        history: Some(History::here_only(audit::lines(cx.conn, it.id.0, lang)?)),
        ..Sheet::default()
    };
    show(cx, status, &sheet)
}

/// GET `…/timetable/{interview}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    sheet(cx, None)
}

fn settle(cx: &mut Cx<'_, '_>, to: InterviewState) -> Result<Reply> {
    let one = one(cx)?;
    let member = member(cx)?;
    match actions::settle(cx.conn, &member, (one.round.id, one.it.id), to) {
        Ok(()) => Ok(Reply::see_other(one.here).flash("saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            sheet(cx, Some(text))
        }
        Err(other) => Err(other),
    }
}

/// POST `…/timetable/{interview}/held`.
pub(super) fn held(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    settle(cx, InterviewState::Held)
}

/// POST `…/timetable/{interview}/missed`.
pub(super) fn missed(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    settle(cx, InterviewState::Missed)
}

/// What a failed form shows again: a refusal too.
pub(in crate::interviews::pages) fn again_of(error: Error, lang: Lang) -> Result<Again> {
    match error {
        Error::Refused(refused) => Ok(Again {
            status: 409,
            refusal: Some(refused.say(lang)),
            ..Again::first()
        }),
        other => Again::from_error(other, lang),
    }
}

fn note_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let one = one(cx)?;
    let lang = cx.lang();
    let member = member(cx)?;
    let note = queries::note_of(cx.conn, &member, one.it.candidate_id)?;
    let seen = values.get("version").filter(|_| !again.stale);
    let version = seen.map_or(note.version.to_string(), str::to_owned);
    let spec = FormSpec {
        title: lang.itv_note_after().to_owned(),
        crumbs: way(lang, &one, true),
        note: Some(lang.itv_note_private().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("words", lang.itv_note_after())
                .area(8)
                .optional(),
        ])],
        hidden: vec![("version".to_owned(), version)],
        action: format!("{}/note", one.here),
        submit: lang.save().to_owned(),
        back: one.here,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/timetable/{interview}/note`.
pub(super) fn edit_note(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let one = one(cx)?;
    let member = member(cx)?;
    let note = queries::note_of(cx.conn, &member, one.it.candidate_id)?;
    let values = Pairs::new(vec![pair("words", note.after_words)]);
    note_form(cx, &values, &Again::first())
}

/// POST `…/timetable/{interview}/note`.
pub(super) fn save_note(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let one = one(cx)?;
    let member = member(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let words = form.optional("words", 4_000).unwrap_or_default();
    let version = form.number("version", 0, i32::MAX);
    let done = form.done().and_then(|()| {
        let place = (one.round.id, one.it.id);
        actions::note_of_interview(cx.conn, &member, place, (&words, version))
    });
    match done {
        Ok(()) => Ok(Reply::see_other(one.here).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            note_form(cx, visit.request.form(), &again)
        }
    }
}

fn choice(lang: Lang, it: &Choice) -> (String, String) {
    let time = when(lang, &it.slot.when());
    let room = place(&it.slot.room, &it.slot.link).replace('\n', " · ");
    let label = format!("{time} · {room}");
    let label = match it.can {
        true => label,
        // The same word, whatever the cause.
        false => format!("{label}{}", lang.aside(lang.itv_cannot())),
    };
    (it.slot.id.to_string(), label)
}

fn move_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let one = one(cx)?;
    let lang = cx.lang();
    let choices = actions::choices(cx.conn, &one.side, &one.it)?;
    let field = Field::line("slot", lang.itv_move_to());
    let field = match choices.is_empty() {
        true => field.hint(lang.itv_move_none()),
        false => field,
    };
    let options = choices.iter().map(|it| choice(lang, it)).collect();
    let spec = FormSpec {
        title: lang.itv_move().to_owned(),
        crumbs: way(lang, &one, true),
        note: Some(format!(
            "{}{}{} {}",
            lang.before(lang.itv_time()),
            when(lang, &one.it.when()),
            lang.pick(".", "。"),
            lang.itv_move_does()
        )),
        groups: vec![Group::plain(vec![field.choice(options)])],
        hidden: Vec::new(),
        action: format!("{}/move", one.here),
        submit: lang.itv_move().to_owned(),
        back: one.here,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/timetable/{interview}/move`.
pub(super) fn edit_move(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    move_form(cx, Pairs::none(), &Again::first())
}

/// POST `…/timetable/{interview}/move`.
pub(super) fn save_move(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let one = one(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let slot = form.choice("slot", |word| word.parse::<SlotId>().ok());
    let done = form.done().and_then(|()| {
        let place = (one.round.id, one.it.id);
        actions::move_to(cx.conn, &one.side, place, slot.unwrap_or_default())
    });
    match done {
        Ok(()) => Ok(Reply::see_other(one.here).flash("itv_moved")),
        Err(error) => {
            let again = again_of(error, cx.lang())?;
            move_form(cx, visit.request.form(), &again)
        }
    }
}

fn cancel_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let one = one(cx)?;
    let lang = cx.lang();
    let spec = FormSpec {
        title: lang.itv_cancel().to_owned(),
        crumbs: way(lang, &one, true),
        note: Some(lang.itv_cancel_does().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("words", lang.itv_cancel_words())
                .area(4)
                .optional(),
        ])],
        hidden: Vec::new(),
        action: format!("{}/cancel", one.here),
        submit: lang.itv_cancel().to_owned(),
        back: one.here,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/timetable/{interview}/cancel`.
pub(super) fn edit_cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    cancel_form(cx, Pairs::none(), &Again::first())
}

/// POST `…/timetable/{interview}/cancel`.
pub(super) fn save_cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let one = one(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let words = form.optional("words", 1_000).unwrap_or_default();
    let done = form
        .done()
        .and_then(|()| actions::cancel(cx.conn, &one.side, (one.round.id, one.it.id), &words));
    match done {
        Ok(()) => Ok(Reply::see_other(one.here).flash("itv_cancelled")),
        Err(error) => {
            let again = again_of(error, cx.lang())?;
            cancel_form(cx, visit.request.form(), &again)
        }
    }
}
