//! What the office does about a placement under way: a visit, a break, its end, and what comes after.

use crate::access::ProgrammeStaff;
use crate::error::{Error, Result};
use crate::hosting::pages::{at, crumbs_of, one};
use crate::hosting::queries::{Placement, Seat};
use crate::ids::{PostingId, VisitId};
use crate::lang::Lang;
use crate::lang::format::date;
use crate::placements::rules::content::Answer;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, EarlyEnd, Held};
use super::super::queries::{self, Visit};
use super::super::rules::{EndCode, Initiator, VisitMode, VisitState};

/// A matter as the address names it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Matter {
    Visit,
    Break,
    Complete,
    End,
    Replace,
}

impl Matter {
    fn asked(cx: &Cx<'_, '_>) -> Result<Self> {
        let word: String = cx.request().param("matter")?;
        match word.as_str() {
            "visit" => Ok(Self::Visit),
            "break" => Ok(Self::Break),
            "complete" => Ok(Self::Complete),
            "end" => Ok(Self::End),
            "replace" => Ok(Self::Replace),
            _ => Err(Error::NotFound),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Break => "break",
            Self::Complete => "complete",
            Self::End => "end",
            Self::Replace => "replace",
        }
    }

    fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Visit => lang.sup_plan_visit(),
            Self::Break => lang.sup_add_break(),
            Self::Complete => lang.sup_complete(),
            Self::End => lang.sup_end_early(),
            Self::Replace => lang.sup_replace(),
        }
    }

    fn note(self, lang: Lang) -> &'static str {
        match self {
            Self::Visit => lang.sup_visit_does(),
            Self::Break => lang.sup_break_does(),
            Self::Complete => lang.sup_complete_does(),
            Self::End => lang.sup_end_does(),
            Self::Replace => lang.sup_replace_does(),
        }
    }
}

fn office(seat: &Seat) -> Result<ProgrammeStaff> {
    match seat {
        Seat::Office(staff) => Ok(*staff),
        Seat::Host(_) | Seat::Trainee(_) => Err(Error::NotFound),
    }
}

fn fields(cx: &mut Cx<'_, '_>, it: &Placement, matter: Matter) -> Result<Vec<Field>> {
    let lang = cx.lang();
    Ok(match matter {
        Matter::Visit => {
            let modes = VisitMode::ALL
                .iter()
                .map(|it| pair(it.as_str(), it.label(lang)))
                .collect();
            vec![
                Field::line("mode", lang.sup_mode()).choice(modes),
                Field::line("planned_on", lang.sup_planned_on()).of("date"),
            ]
        }
        Matter::Break => vec![
            Field::line("starts_on", lang.plc_starts_on()).of("date"),
            Field::line("ends_on", lang.plc_ends_on()).of("date"),
            Field::line("reason", lang.hst_reason()).area(3),
        ],
        Matter::Complete => Vec::new(),
        Matter::End => {
            let initiators = Initiator::ALL
                .iter()
                .map(|it| pair(it.as_str(), it.label(lang)))
                .collect();
            let codes = EndCode::ALL
                .iter()
                .map(|it| pair(it.as_str(), it.label(lang)))
                .collect();
            vec![
                Field::line("initiator", lang.sup_initiator()).choice(initiators),
                Field::line("code", lang.hst_reason()).choice(codes),
                Field::line("ended_on", lang.sup_last_day()).of("date"),
                Field::line("notes", lang.sup_end_notes())
                    .area(4)
                    .optional(),
            ]
        }
        Matter::Replace => {
            let free = queries::free_postings(cx.conn, it)?
                .into_iter()
                .map(|(id, en, zh)| pair(id.to_string(), lang.pick(en, zh)))
                .collect();
            vec![Field::line("posting", lang.hst_posting()).choice(free)]
        }
    })
}

fn form(
    cx: &mut Cx<'_, '_>,
    (seat, it, matter): (&Seat, &Placement, Matter),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let place = at(seat, it.id);
    let fields = fields(cx, it, matter)?;
    let spec = FormSpec {
        title: matter.label(lang).to_owned(),
        crumbs: crumbs_of(lang, seat, it),
        note: Some(matter.note(lang).to_owned()),
        groups: vec![Group::plain(fields)],
        hidden: Vec::new(),
        action: format!("{place}/matters/{}", matter.word()),
        submit: matter.label(lang).to_owned(),
        back: format!("{place}/logs"),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/matters/{matter}`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let matter = Matter::asked(cx)?;
    form(cx, (&seat, &it, matter), Pairs::none(), &Again::first())
}

fn act(
    cx: &mut Cx<'_, '_>,
    (staff, it, matter): (&ProgrammeStaff, &Placement, Matter),
    mut reading: Form<'_>,
) -> Result<()> {
    match matter {
        Matter::Visit => {
            let mode = reading.choice("mode", VisitMode::parse);
            let on = reading.date("planned_on");
            reading.done()?;
            let mode = mode.unwrap_or(VisitMode::Call);
            actions::plan_visit(cx.conn, staff, it.id, (mode, on)).map(|_| ())
        }
        Matter::Break => {
            let days = (reading.date("starts_on"), reading.date("ends_on"));
            let reason = reading.text("reason", 1_000);
            reading.done()?;
            actions::add_break(cx.conn, staff, it.id, days, &reason)
        }
        Matter::Complete => {
            reading.done()?;
            actions::complete(cx.conn, staff, it.id)
        }
        Matter::End => {
            let initiator = reading.choice("initiator", Initiator::parse);
            let code = reading.choice("code", EndCode::parse);
            let how = EarlyEnd {
                initiator: initiator.unwrap_or(Initiator::Programme),
                code: code.unwrap_or(EndCode::Other),
                ended_on: reading.date("ended_on"),
                notes: reading.optional("notes", 4_000).unwrap_or_default(),
            };
            reading.done()?;
            actions::end_early(cx.conn, staff, it.id, &how)
        }
        Matter::Replace => {
            let posting = reading.choice("posting", |it| it.parse::<PostingId>().ok());
            reading.done()?;
            let posting = posting.ok_or(Error::NotFound)?;
            actions::replace(cx.conn, staff, it.id, posting).map(|_| ())
        }
    }
}

/// POST `…/matters/{matter}`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let staff = office(&seat)?;
    let matter = Matter::asked(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    match act(cx, (&staff, &it, matter), Form::new(typed)) {
        Ok(()) => Ok(Reply::see_other(format!("{}/logs", at(&seat, it.id))).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, (&seat, &it, matter), typed, &again)
        }
    }
}

fn one_visit(cx: &mut Cx<'_, '_>) -> Result<(Seat, Placement, Visit)> {
    let (seat, it) = one(cx)?;
    let id: VisitId = cx.request().param("visit")?;
    let found = queries::visits(cx.conn, &it)?
        .into_iter()
        .find(|one| one.id == id);
    Ok((seat, it, found.ok_or(Error::NotFound)?))
}

fn visit_form(
    cx: &mut Cx<'_, '_>,
    (seat, it, visit): (&Seat, &Placement, &Visit),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let staff = office(seat)?;
    let place = at(seat, it.id);
    let state = visit.state()?;
    let mode = visit.mode()?.label(lang);
    let mut note = state.label(lang).to_owned();
    if let Some(minutes) = queries::visit_minutes(cx.conn, &staff, visit.id)? {
        let concern = if minutes.concern {
            lang.sup_concern()
        } else {
            lang.sup_no_concern()
        };
        note = format!(
            "{note} · {concern}\n{}\n\n{}\n\n{}",
            minutes.attendees, minutes.points, visit.actions
        );
    }
    let answers = Answer::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect::<Vec<_>>();
    let fields = match state {
        VisitState::Planned => vec![
            Field::line("held", lang.sup_took_place()).choice(answers.clone()),
            Field::line("attendees", lang.sup_attendees()).optional(),
            Field::line("points", lang.sup_points())
                .area(5)
                .optional()
                .hint(lang.sup_points_hint()),
            Field::line("concern", lang.sup_concern())
                .choice(answers)
                .optional(),
            Field::line("actions", lang.sup_actions())
                .area(3)
                .optional()
                .hint(lang.sup_actions_hint()),
            Field::line("actions_due", lang.sup_actions_by())
                .of("date")
                .optional(),
        ],
        VisitState::Held | VisitState::Cancelled => Vec::new(),
    };
    let spec = FormSpec {
        title: lang.letter_visit(mode, &date(lang, visit.planned_on)),
        crumbs: crumbs_of(lang, seat, it),
        note: Some(note),
        groups: vec![Group::plain(fields)],
        hidden: vec![pair("version", visit.version.to_string())],
        action: format!("{place}/visits/{}", visit.id),
        submit: lang.save().to_owned(),
        back: format!("{place}/logs"),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/visits/{visit}`.
pub(super) fn visit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it, visit) = one_visit(cx)?;
    let usual = Pairs::new(vec![
        pair("held", Answer::Yes.as_str()),
        pair("concern", Answer::No.as_str()),
    ]);
    visit_form(cx, (&seat, &it, &visit), &usual, &Again::first())
}

/// POST `…/visits/{visit}`.
pub(super) fn settle_visit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it, visit) = one_visit(cx)?;
    let staff = office(&seat)?;
    let asked = cx.visit;
    let typed = asked.request.form();
    let mut reading = Form::new(typed);
    let version = reading.number("version", 1, i32::MAX);
    let took_place = reading.choice("held", Answer::parse) == Some(Answer::Yes);
    let points = match took_place {
        true => reading.text("points", 4_000),
        false => String::new(),
    };
    let held = Held {
        attendees: reading.optional("attendees", 500).unwrap_or_default(),
        points,
        concern: typed.typed("concern") == Answer::Yes.as_str(),
        actions: reading.optional("actions", 2_000).unwrap_or_default(),
        actions_due: reading.optional_date("actions_due"),
    };
    let done = reading.done().and_then(|()| {
        let held = took_place.then_some(&held);
        actions::settle_visit(cx.conn, &staff, (it.id, visit.id, version), held)
    });
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{}/logs", at(&seat, it.id))).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            visit_form(cx, (&seat, &it, &visit), typed, &again)
        }
    }
}
