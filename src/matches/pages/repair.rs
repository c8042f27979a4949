//! The repair of an error: what was wrong, the corrected match beside the published one, three ways out.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::matching::Posting;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::listing::Cell;
use crate::web::sheet::{Part, Sheet, show};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, Move, Plan};
use super::super::queries::{self, MatchRound, PostingName, RepairRow, Run};
use super::super::rules::beside::{RepairState, WayOut};
use super::super::rules::correct::Correction;
use super::desk::{Question, crumbs, home, one, question};

mod corrections;

pub(super) use corrections::{ask_correct, correct};

fn at(staff: &ProgrammeStaff, round: &MatchRound, rest: &str) -> String {
    format!("{}/{}{rest}", home(staff), round.id)
}

fn reason_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let spec = FormSpec {
        title: lang.mat_repair().to_owned(),
        crumbs: crumbs(lang, &staff, Some(&round)),
        note: Some(lang.mat_repair_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("reason", lang.mat_repair_reason()).area(4),
        ])],
        hidden: Vec::new(),
        action: at(&staff, &round, "/repairs"),
        submit: lang.mat_repair().to_owned(),
        back: at(&staff, &round, ""),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/matches/{round}/repairs/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    reason_form(cx, Pairs::none(), &Again::first())
}

/// POST `…/matches/{round}/repairs`.
pub(super) fn begin(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let reason = form.text("reason", 2_000);
    let done = form
        .done()
        .and_then(|()| actions::open_repair(cx.conn, &staff, round.id, &reason));
    match done {
        Ok(id) => {
            let to = at(&staff, &round, &format!("/repairs/{id}"));
            Ok(Reply::see_other(to).flash("repair_kept"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            reason_form(cx, typed, &again)
        }
    }
}

fn repair_of(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, MatchRound, RepairRow, String)> {
    let (staff, round) = one(cx)?;
    let id: Uuid = cx.request().param("repair")?;
    let it = queries::repair(cx.conn, &staff, (round.id, id))?;
    let here = at(&staff, &round, &format!("/repairs/{id}"));
    Ok((staff, round, it, here))
}

/// Names of a round's trainees and postings.
struct Names {
    people: BTreeMap<Uuid, (String, String)>,
    postings: BTreeMap<Uuid, PostingName>,
}

fn names(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff, round: &MatchRound) -> Result<Names> {
    let mut people = BTreeMap::new();
    for it in queries::taking_part(cx.conn, staff, round)? {
        people.insert(it.id, (it.name_shown, it.trainee_number));
    }
    for it in queries::holdings(cx.conn, staff, round, false)? {
        people.insert(it.enrolment_id, (it.name_shown, it.trainee_number));
    }
    let postings = queries::desk_postings(cx.conn, staff, round.root())?;
    Ok(Names {
        people,
        postings: postings.into_iter().map(|it| (it.id, it)).collect(),
    })
}

impl Names {
    fn posting(&self, lang: Lang, id: Option<Uuid>) -> Cell {
        let it = id.and_then(|it| self.postings.get(&it));
        match it {
            Some(it) => Cell::text(it.title(lang)).more(it.organisation(lang)),
            None => Cell::text("–"),
        }
    }

    fn person(&self, id: Uuid) -> Cell {
        match self.people.get(&id) {
            Some((name, number)) => Cell::text(name).more(number),
            None => Cell::text("–"),
        }
    }

    /// What a correction is about, in words.
    fn about(&self, lang: Lang, it: &Correction) -> String {
        let title = |id: Uuid| self.posting(lang, Some(id)).text;
        let host = |id: Uuid| {
            let of = self.postings.values().find(|it| it.organisation_id.0 == id);
            of.map_or_else(|| title(id), |it| it.organisation(lang).to_owned())
        };
        match it {
            Correction::Seats { posting, seats } => {
                format!("{}{seats}", lang.before(&title(*posting)))
            }
            Correction::Cap { bank, cap } => {
                let cap = cap.map_or_else(|| "–".to_owned(), |it| it.to_string());
                format!("{}{cap}", lang.before(&host(*bank)))
            }
            Correction::HostList { of, tiers } => {
                let tiers = tiers.iter().map(|tier| {
                    let tier = tier.iter().map(|it| self.person(*it).text);
                    tier.collect::<Vec<_>>().join(" = ")
                });
                let tiers = tiers.collect::<Vec<_>>().join(lang.pick(", ", "、"));
                format!("{}{tiers}", lang.before(&host(*of)))
            }
            Correction::TraineeList { trainee, list } => {
                let list = list.iter().map(|it| title(*it));
                let list = list.collect::<Vec<_>>().join(lang.pick(", ", "、"));
                format!("{}{list}", lang.before(&self.person(*trainee).text))
            }
            Correction::Eligible {
                trainee, posting, ..
            } => {
                let person = self.person(*trainee).text;
                format!("{}{}", lang.before(&person), title(*posting))
            }
        }
    }
}

fn moves(lang: Lang, title: &str, all: &[Move], names: &Names) -> Part {
    let row = |it: &Move| {
        vec![
            names.person(it.enrolment),
            names.posting(lang, it.from),
            names.posting(lang, it.to),
        ]
    };
    let heads = [
        lang.mat_trainee(),
        lang.mat_repair_published(),
        lang.mat_repair_right(),
    ];
    Part::table(title, &heads, all.iter().map(row).collect()).or(lang.mat_repair_same())
}

fn ways(lang: Lang, plan: &Plan, here: &str, open: bool) -> Part {
    let row = |way: &WayOut| {
        let it = plan.way(*way);
        let added: u32 = it.added.iter().map(|it: &(Posting, u32)| it.1).sum();
        let label = way.label(lang);
        vec![
            match open {
                true => Cell::link(label, format!("{here}/choose/{}", way.as_str())),
                false => Cell::text(label),
            },
            Cell::number(&it.figures.better),
            Cell::number(&it.figures.worse),
            Cell::number(&it.figures.gained),
            Cell::number(&it.figures.lost),
            Cell::number(&it.figures.harmed),
            Cell::number(&it.figures.envy),
            Cell::number(&added),
        ]
    };
    let heads = [
        lang.mat_repair_way(),
        lang.mat_repair_better(),
        lang.mat_repair_worse(),
        lang.mat_repair_gained(),
        lang.mat_repair_lost(),
        lang.mat_repair_harmed(),
        lang.mat_repair_envy(),
        lang.mat_repair_added(),
    ];
    Part {
        note: lang.mat_repair_agreed().to_owned(),
        ..Part::table(
            lang.mat_repair_ways(),
            &heads,
            WayOut::ALL.iter().map(row).collect(),
        )
    }
}

fn repair_tone(state: RepairState) -> &'static str {
    match state {
        RepairState::Open | RepairState::Frozen => "wait",
        RepairState::Published => "ok",
        RepairState::Dropped => "end",
    }
}

/// GET `…/repairs/{repair}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round, it, here) = repair_of(cx)?;
    let state = it.state()?;
    let names = names(cx, &staff, &round)?;
    let all = it.corrections()?;
    let lines = all.iter().map(|it| {
        let what = it.wrong().label(lang);
        format!("{}{}", lang.before(what), names.about(lang, it))
    });
    let act = |word: &str, label: &str, first| (format!("{here}/{word}"), label.to_owned(), first);
    let mut parts = vec![
        Part::facts(
            lang.mat_repair(),
            vec![(lang.mat_repair_reason().to_owned(), it.reason.clone())],
        ),
        Part::lines(lang.mat_repair_wrong(), lines.collect()).or(lang.mat_repair_none()),
    ];
    let mut acts = Vec::new();
    if state == RepairState::Open {
        let plan = actions::plan(cx.conn, &staff, &round, &all)?;
        let diff = plan.moves(&plan.right.assignment);
        parts.push(moves(lang, lang.mat_repair_diff(), &diff, &names));
        parts.push(ways(lang, &plan, &here, true));
        acts.push(act("corrections/new", lang.mat_repair_add(), true));
        if !all.is_empty() {
            acts.push(act("undo", lang.mat_repair_undo(), false));
        }
        acts.push(act("drop", lang.mat_repair_drop(), false));
    }
    if let Some(run) = it.run_id {
        let to = at(&staff, &round, &format!("/runs/{run}"));
        acts.push((to, lang.mat_kind_repair().to_owned(), true));
    }
    let history = audit::lines(cx.conn, it.id, lang)?;
    let history = history
        .iter()
        .map(|it| format!("{} {}{}", it.at, lang.before(&it.who), it.what));
    parts.push(Part::lines(lang.mat_history(), history.collect()));
    let sheet = Sheet {
        title: lang.mat_repair().to_owned(),
        tag: Some((state.label(lang), repair_tone(state))),
        note: lang.mat_repair_note().to_owned(),
        crumbs: crumbs(lang, &staff, Some(&round)),
        acts,
        parts,
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

/// What a repair that waits for approval does: the way, its figures, who is moved.
pub(super) fn run_parts(
    cx: &mut Cx<'_, '_>,
    (staff, round, run): (&ProgrammeStaff, &MatchRound, &Run),
) -> Result<Vec<Part>> {
    let lang = cx.lang();
    let word = |name: &str| {
        let it = run.details.get(name);
        it.and_then(|it| it.as_str()).unwrap_or_default().to_owned()
    };
    let number = |name: &str| {
        let it = run.details.get(name).and_then(serde_json::Value::as_u64);
        it.unwrap_or(0).to_string()
    };
    let fact = |label: &str, value: String| (label.to_owned(), value);
    let way = WayOut::parse(&word("way"));
    let mut parts = vec![Part::facts(
        lang.mat_repair(),
        vec![
            fact(lang.mat_repair_reason(), word("reason")),
            fact(
                lang.mat_repair_way(),
                way.map(|it| it.label(lang).to_owned()).unwrap_or_default(),
            ),
            fact(lang.mat_repair_better(), number("better")),
            fact(lang.mat_repair_worse(), number("worse")),
            fact(lang.mat_repair_gained(), number("gained")),
            fact(lang.mat_repair_lost(), number("lost")),
            fact(lang.mat_repair_harmed(), number("harmed")),
            fact(lang.mat_repair_envy(), number("envy")),
        ],
    )];
    let repairs = queries::repairs(cx.conn, staff, round.id)?;
    let waiting = repairs.iter().find(|it| it.run_id == Some(run.id));
    if let (Some(it), Some(way)) = (waiting, way)
        && it.state()? == RepairState::Frozen
    {
        let plan = actions::plan(cx.conn, staff, round, &it.corrections()?)?;
        let all = plan.moves(&plan.way(way).assignment);
        let names = names(cx, staff, round)?;
        parts.push(moves(lang, lang.mat_repair_diff(), &all, &names));
    }
    Ok(parts)
}

/// How many a repair moves.
pub(super) fn moved(run: &Run) -> usize {
    let it = run.details.get("moved").and_then(serde_json::Value::as_u64);
    it.and_then(|it| usize::try_from(it).ok()).unwrap_or(0)
}

/// A step of a repair that is asked about first.
#[derive(Clone, Copy)]
enum Step {
    Undo,
    Drop,
    Choose(WayOut),
}

fn step_question(
    cx: &mut Cx<'_, '_>,
    (staff, round, it, here): (&ProgrammeStaff, &MatchRound, &RepairRow, &str),
    step: Step,
) -> Result<Question> {
    let lang = cx.lang();
    let (title, word, does) = match step {
        Step::Undo => (
            lang.mat_repair_undo(),
            "undo".to_owned(),
            vec![lang.mat_repair_undo().to_owned()],
        ),
        Step::Drop => (
            lang.mat_repair_drop(),
            "drop".to_owned(),
            vec![lang.mat_repair_drop().to_owned()],
        ),
        Step::Choose(way) => {
            let plan = actions::plan(cx.conn, staff, round, &it.corrections()?)?;
            let moved = plan.moves(&plan.way(way).assignment).len();
            (
                lang.mat_repair_choose(),
                format!("choose/{}", way.as_str()),
                vec![
                    way.label(lang).to_owned(),
                    lang.mat_repair_choose_does(moved),
                    lang.mat_repair_agreed().to_owned(),
                    lang.mat_freeze_next().to_owned(),
                ],
            )
        }
    };
    Ok(Question {
        title: title.to_owned(),
        does,
        told: lang.mat_told_nobody().to_owned(),
        hidden: vec![pair("version", it.version.to_string())],
        action: format!("{here}/{word}"),
        back: here.to_owned(),
        danger: false,
    })
}

fn ask(cx: &mut Cx<'_, '_>, step: Step, refusal: Option<String>) -> Result<Reply> {
    let (staff, round, it, here) = repair_of(cx)?;
    let spec = step_question(cx, (&staff, &round, &it, &here), step)?;
    question(cx, (&staff, &round), spec, refusal)
}

fn act(cx: &mut Cx<'_, '_>, step: Step) -> Result<Reply> {
    let (staff, round, it, here) = repair_of(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let version = form.number("version", 0, i32::MAX);
    form.done()?;
    let ids = (round.id, it.id, version);
    let done = match step {
        Step::Undo => {
            actions::correct(cx.conn, &staff, ids, None).map(|()| (here.clone(), "repair_kept"))
        }
        Step::Drop => {
            let desk = at(&staff, &round, "");
            actions::drop_repair(cx.conn, &staff, ids).map(|()| (desk, "repair_dropped"))
        }
        Step::Choose(way) => actions::choose(cx.conn, &staff, ids, way).map(|run| {
            let to = at(&staff, &round, &format!("/runs/{run}"));
            (to, "run_frozen")
        }),
    };
    match done {
        Ok((to, flash)) => Ok(Reply::see_other(to).flash(flash)),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            let text = match again.stale {
                true => Some(cx.lang().form_stale().to_owned()),
                false => again.refusal,
            };
            ask(cx, step, text)
        }
    }
}

fn way(cx: &Cx<'_, '_>) -> Result<Step> {
    let word: String = cx.request().param("way")?;
    let way = WayOut::parse(&word).ok_or(Error::NotFound)?;
    Ok(Step::Choose(way))
}

/// GET `…/repairs/{repair}/undo`.
pub(super) fn ask_undo(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    ask(cx, Step::Undo, None)
}

/// POST `…/repairs/{repair}/undo`.
pub(super) fn undo(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    act(cx, Step::Undo)
}

/// GET `…/repairs/{repair}/drop`.
pub(super) fn ask_drop(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    ask(cx, Step::Drop, None)
}

/// POST `…/repairs/{repair}/drop`.
pub(super) fn drop(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    act(cx, Step::Drop)
}

/// GET `…/repairs/{repair}/choose/{way}`.
pub(super) fn ask_choose(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let step = way(cx)?;
    ask(cx, step, None)
}

/// POST `…/repairs/{repair}/choose/{way}`.
pub(super) fn choose(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let step = way(cx)?;
    act(cx, step)
}

/// The repairs of a round.
pub(super) fn repairs_part(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
) -> Result<Option<Part>> {
    let lang = cx.lang();
    let mut rows = Vec::new();
    for it in queries::repairs(cx.conn, staff, round.id)? {
        let state = it.state()?;
        let to = at(staff, round, &format!("/repairs/{}", it.id));
        rows.push(vec![
            Cell::link(crate::lang::format::moment(lang, it.created_at), to),
            Cell::tag(state.label(lang), repair_tone(state)),
            Cell::text(it.reason),
        ]);
    }
    let heads = [
        lang.mat_repair(),
        lang.mat_status(),
        lang.mat_repair_reason(),
    ];
    Ok((!rows.is_empty()).then(|| Part::table(lang.mat_repairs(), &heads, rows)))
}
