//! The office's pages of runs: dry, frozen, approved, void; and the published result.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::MatchRunId;
use crate::lang::format::moment;
use crate::lang::{Lang, Say as _};
use crate::matching::fault::Table;
use crate::matching::{Fault, Summary, Warning};
use crate::web::exports::short;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::listing::Cell;
use crate::web::sheet::{Part, Sheet, show};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries::{self, MatchRound, Placed, PostingName, Run};
use super::super::rules::beside::RunKind;
use super::super::rules::market::{Done, parsed};
use super::super::rules::{self, RunState};
use super::desk::{Question, crumbs, home, one, question};
use super::{after, refused, repair, run_tone, show_what_if, what_if};

fn figures(lang: Lang, it: &Summary, apart: u32, already: bool) -> Part {
    let fact = |label: &str, value: String| (label.to_owned(), value);
    let profile = it.profile.iter().enumerate();
    let profile: Vec<String> = profile
        .map(|(at, n)| format!("{}{n}", lang.before(&at.saturating_add(1).to_string())))
        .collect();
    let profile = match profile.is_empty() {
        true => "–".to_owned(),
        false => profile.join(lang.pick(", ", "、")),
    };
    Part::facts(
        lang.mat_figures(),
        vec![
            fact(lang.mat_matched(), it.matched.to_string()),
            fact(
                lang.mat_unmatched(),
                it.unmatched.saturating_sub(apart).to_string(),
            ),
            fact(
                match already {
                    true => lang.mat_apart_already(),
                    false => lang.mat_apart_before(),
                },
                apart.to_string(),
            ),
            fact(lang.mat_seats(), it.seats.to_string()),
            fact(lang.mat_vacant(), it.unfilled.to_string()),
            fact(lang.mat_first_choice(), it.first_choice.to_string()),
            fact(lang.mat_top3(), it.top3.to_string()),
            fact(lang.mat_profile(), profile),
        ],
    )
}

fn names(lang: Lang, postings: &[PostingName]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for it in postings {
        names.insert(it.id.to_string(), it.title(lang).to_owned());
        names.insert(
            it.organisation_id.to_string(),
            it.organisation(lang).to_owned(),
        );
    }
    names
}

fn warning(lang: Lang, it: &Warning, names: &BTreeMap<String, String>) -> String {
    let name = |id: &str| names.get(id).cloned().unwrap_or_default();
    match it {
        Warning::MoreSeatsThanTrainees { seats, trainees } => {
            lang.mat_warn_seats(*seats, *trainees)
        }
        Warning::CapAboveSeats { bank, cap, .. } => lang.mat_warn_cap(&name(bank), *cap),
        Warning::SeatsAboveCap { posting, cap, .. } => lang.mat_warn_over_cap(&name(posting), *cap),
        Warning::NoGroup { .. } => lang.mat_warn_group().to_owned(),
        Warning::EmptyGroup { group } => lang.mat_warn_empty(group),
        Warning::NoListOfBank { bank } => lang.mat_warn_silent(&name(bank)),
    }
}

fn by_posting(lang: Lang, postings: &[PostingName], filled: &BTreeMap<Uuid, usize>) -> Part {
    let row = |it: &PostingName| {
        let taken = filled.get(&it.id).copied().unwrap_or(0);
        let seats = usize::try_from(it.seats).unwrap_or(0);
        vec![
            Cell::text(it.title(lang)).more(it.organisation(lang)),
            Cell::text(seats.to_string()),
            Cell::text(taken.to_string()),
            Cell::text(seats.saturating_sub(taken).to_string()),
        ]
    };
    let heads = [
        lang.mat_posting(),
        lang.mat_seats(),
        lang.mat_filled(),
        lang.mat_vacant(),
    ];
    Part::table(
        lang.mat_by_posting(),
        &heads,
        postings.iter().map(row).collect(),
    )
}

/// How many received each posting, and how many list it.
fn wanted(done: &Done) -> (BTreeMap<Uuid, usize>, BTreeMap<Uuid, i32>) {
    let (mut filled, mut listed) = (BTreeMap::new(), BTreeMap::new());
    for trainee in done.run.all_trainees() {
        if let Some(posting) = done.outcome.of(trainee) {
            let count: &mut usize = filled
                .entry(parsed(done.run.posting_id(posting)))
                .or_default();
            *count = count.saturating_add(1);
        }
        for posting in done.run.list(trainee) {
            let count: &mut i32 = listed
                .entry(parsed(done.run.posting_id(*posting)))
                .or_default();
            *count = count.saturating_add(1);
        }
    }
    (filled, listed)
}

fn dry_parts(
    cx: &mut Cx<'_, '_>,
    (staff, round): (&ProgrammeStaff, &MatchRound),
    (done, apart): (&Done, usize),
) -> Result<Vec<Part>> {
    let lang = cx.lang();
    let mut postings = queries::desk_postings(cx.conn, staff, round.root())?;
    // The seats that this run is about: those given beforehand or taken already are not among them.
    for it in &mut postings {
        let seats = done.run.find_posting(&it.id.to_string());
        let seats = seats.map_or(0, |posting| done.run.seats(posting));
        it.seats = i32::try_from(seats).unwrap_or(i32::MAX);
    }
    let given: Vec<String> = queries::apart(cx.conn, staff, round)?
        .into_iter()
        .map(|it| it.0)
        .collect();
    let mut trainees = queries::taking_part(cx.conn, staff, round)?;
    trainees.retain(|it| !given.contains(&it.id.to_string()));
    let (filled, listed) = wanted(done);
    let names = names(lang, &postings);
    let mut odd: Vec<String> = done
        .warnings
        .iter()
        .map(|it| warning(lang, it, &names))
        .collect();
    let few = postings
        .iter()
        .filter(|it| listed.get(&it.id).copied().unwrap_or(0) < it.seats);
    odd.extend(few.map(|it| lang.mat_warn_few(it.title(lang))));
    let without = trainees.iter().filter(|it| {
        let trainee = done.run.find_trainee(&it.id.to_string());
        trainee.is_some_and(|it| done.outcome.of(it).is_none())
    });
    let without = without.map(|it| format!("{}{}", it.name_shown, lang.aside(&it.trainee_number)));
    Ok(vec![
        figures(lang, &done.summary, number(apart), round.second()),
        Part::lines(lang.mat_warnings(), odd).or("–"),
        by_posting(lang, &postings, &filled),
        Part::lines(lang.mat_unplaced(), without.collect()).or(lang.mat_unplaced_none()),
    ])
}

/// GET `…/matches/{round}/dry-run`.
pub(super) fn dry(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let mut sheet = Sheet {
        title: lang.mat_dry_run().to_owned(),
        note: lang.mat_dry_run_note().to_owned(),
        crumbs: crumbs(lang, &staff, Some(&round)),
        ..Sheet::default()
    };
    if round.seed_sha256.is_none() {
        let text = lang.mat_dry_run_no_lots().to_owned();
        sheet.notes.push(("", text, String::new()));
    }
    let query = &cx.visit.request.query;
    let dry = actions::dry_run(cx.conn, &staff, &round, what_if::asked(query))?;
    let postings = queries::desk_postings(cx.conn, &staff, round.root())?;
    let refused = |fault: &Fault| {
        let (text, lost) = refused::words(lang, fault, &postings);
        ("bad", text, lost)
    };
    match &dry.done {
        Ok(done) => {
            sheet.notes.push(verifier(lang, &done.findings));
            match &dry.what_if {
                Some(Ok(then)) => {
                    let part = what_if::compare(lang, &done.summary, &then.summary);
                    sheet.parts.push(part);
                }
                Some(Err(fault)) => sheet.notes.push(refused(fault)),
                None => {}
            }
            let more = dry_parts(cx, (&staff, &round), (done, dry.apart))?;
            sheet.parts.extend(more);
        }
        Err(fault) => sheet.notes.push(refused(fault)),
    }
    let action = format!("{}/{}/dry-run", home(&staff), round.id);
    let form = what_if::form(lang, action, &postings, query);
    show_what_if(cx, &sheet, &form)
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn verifier(lang: Lang, findings: &[(String, String)]) -> (&'static str, String, String) {
    if findings.is_empty() {
        let text = format!(
            "{}{}",
            lang.before(lang.mat_verifier()),
            lang.mat_verifier_sound()
        );
        return ("ok", text, String::new());
    }
    let all: Vec<String> = findings
        .iter()
        .map(|(check, what)| format!("{check} {what}"))
        .collect();
    let text = lang.mat_verifier_found(findings.len());
    ("bad", text, all.join("; "))
}

fn freeze_question(lang: Lang, staff: &ProgrammeStaff, round: &MatchRound) -> Question {
    let at = format!("{}/{}", home(staff), round.id);
    Question {
        title: lang.mat_freeze().to_owned(),
        does: vec![
            lang.mat_freeze_does().to_owned(),
            lang.mat_freeze_next().to_owned(),
        ],
        told: lang.mat_told_nobody().to_owned(),
        hidden: Vec::new(),
        action: format!("{at}/freeze"),
        back: at,
        danger: false,
    }
}

/// GET `…/matches/{round}/freeze`.
pub(super) fn ask_freeze(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    let now = db::now(cx.conn)?;
    let runs = queries::runs(cx.conn, &staff, round.id)?;
    let mut stands = false;
    for it in &runs {
        stands |= it.kind()? == RunKind::Official && it.state()? != RunState::Voided;
    }
    let refusal = rules::may_freeze(round.state()?, round.list_deadline, now, stands).err();
    let refusal = refusal.map(|it| it.say(cx.lang()));
    let it = freeze_question(cx.lang(), &staff, &round);
    question(cx, (&staff, &round), it, refusal)
}

/// POST `…/matches/{round}/freeze`.
pub(super) fn freeze(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    match actions::freeze(cx.conn, &staff, round.id) {
        Ok(run) => {
            let at = format!("{}/{}/runs/{run}", home(&staff), round.id);
            Ok(Reply::see_other(at).flash("run_frozen"))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            let it = freeze_question(cx.lang(), &staff, &round);
            question(cx, (&staff, &round), it, Some(text))
        }
        Err(other) => Err(other),
    }
}

fn run_of(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, MatchRound, Run, String)> {
    let (staff, round) = one(cx)?;
    let id: MatchRunId = cx.request().param("run")?;
    let run = queries::run(cx.conn, &staff, (round.id, id))?;
    let at = format!("{}/{}/runs/{id}", home(&staff), round.id);
    Ok((staff, round, run, at))
}

fn files(lang: Lang, at: &str) -> Part {
    let tables = Table::RUN.into_iter().chain(Table::RESULT);
    let names = ["run.json"]
        .into_iter()
        .chain(tables.map(Table::file))
        .chain(["summary.json"]);
    Part {
        title: lang.mat_files().to_owned(),
        note: lang.mat_files_note().to_owned(),
        links: names
            .map(|it| (format!("{at}/files/{it}"), it.to_owned()))
            .collect(),
        ..Part::default()
    }
}

/// GET `…/runs/{run}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round, run, at) = run_of(cx)?;
    let state = run.state()?;
    let fact = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    let history = audit::lines(cx.conn, run.id.0, lang)?;
    let history = history
        .iter()
        .map(|it| format!("{} {}{}", it.at, lang.before(&it.who), it.what));
    let act = |word: &str, label: &str, first| (format!("{at}/{word}"), label.to_owned(), first);
    let kind = run.kind()?;
    let more = match kind {
        RunKind::Official => Vec::new(),
        RunKind::FirstCall => after::call_parts(cx, (&staff, &round, &run))?,
        RunKind::Repair => repair::run_parts(cx, (&staff, &round, &run))?,
    };
    let apart = u32::try_from(run.apart).unwrap_or(0);
    let already = round.second() || kind != RunKind::Official;
    let mut sheet = Sheet {
        title: format!(
            "{}{}",
            lang.before(kind.label(lang)),
            lang.mat_run_number(run.number)
        ),
        tag: Some((state.label(lang), run_tone(state))),
        note: run.void_reason.clone(),
        crumbs: crumbs(lang, &staff, Some(&round)),
        acts: match state {
            RunState::Frozen => vec![
                act("approve", lang.mat_approve(), true),
                act("void", lang.mat_void(), false),
            ],
            RunState::Published | RunState::Voided => Vec::new(),
        },
        notes: match kind {
            RunKind::Official | RunKind::FirstCall => vec![verifier(lang, &run.findings())],
            RunKind::Repair => Vec::new(),
        },
        parts: more,
        ..Sheet::default()
    };
    sheet.parts.extend([
        Part::facts(
            lang.mat_result(),
            vec![
                fact(lang.mat_frozen_at(), &moment(lang, run.frozen_at)),
                fact(lang.mat_input_hash(), &run.input_sha256),
                fact(lang.mat_output_hash(), &run.output_sha256),
            ],
        ),
        figures(lang, &run.summary()?, apart, already),
        files(lang, &at),
        Part::lines(lang.mat_history(), history.collect()),
    ]);
    show(cx, 200, &sheet)
}

fn approve_question(lang: Lang, (round, run): (&MatchRound, &Run), at: &str) -> Result<Question> {
    let summary = run.summary()?;
    let mut people = summary.matched.saturating_add(summary.unmatched);
    // In a second round only those are told who are without.
    if round.second() {
        people = people.saturating_sub(u32::try_from(run.apart).unwrap_or(0));
    }
    let (does, told) = match run.kind()? {
        RunKind::Official => (
            lang.mat_approve_does().to_owned(),
            lang.mat_approve_told(people),
        ),
        RunKind::FirstCall => (
            lang.mat_call_publish_does(after::harmed(run)),
            lang.mat_call_told().to_owned(),
        ),
        RunKind::Repair => (
            lang.mat_repair_choose_does(repair::moved(run)),
            lang.mat_repair_told(repair::moved(run)),
        ),
    };
    Ok(Question {
        title: lang.mat_approve().to_owned(),
        does: vec![does, lang.mat_approve_hash(&run.output_sha256)],
        told,
        hidden: vec![("output".to_owned(), run.output_sha256.clone())],
        action: format!("{at}/approve"),
        back: at.to_owned(),
        danger: true,
    })
}

/// GET `…/runs/{run}/approve`.
pub(super) fn ask_approve(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round, run, at) = run_of(cx)?;
    let approval = rules::Approval {
        state: run.state()?,
        frozen_by: run.frozen_by,
        sound: run.kind()? == RunKind::Repair || run.findings().is_empty(),
        output: &run.output_sha256,
    };
    let refusal = rules::may_publish(&approval, staff.person(), &run.output_sha256).err();
    let refusal = refusal.map(|it| it.say(cx.lang()));
    let it = approve_question(cx.lang(), (&round, &run), &at)?;
    question(cx, (&staff, &round), it, refusal)
}

/// Publishes a run of whatever kind.
pub(in crate::matches) fn publish(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    (round, run): (&MatchRound, &Run),
    seen: &str,
) -> Result<()> {
    let ids = (round.id, run.id);
    match run.kind()? {
        RunKind::Official => actions::publish(cx.conn, staff, ids, seen),
        RunKind::FirstCall => actions::publish_call(cx.conn, staff, ids, seen),
        RunKind::Repair => actions::publish_repair(cx.conn, staff, ids, seen),
    }
}

/// POST `…/runs/{run}/approve`.
pub(super) fn approve(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round, run, at) = run_of(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let seen = form.text("output", 64);
    form.done()?;
    match publish(cx, &staff, (&round, &run), &seen) {
        Ok(()) => {
            let at = format!("{}/{}", home(&staff), round.id);
            Ok(Reply::see_other(at).flash("run_published"))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            let it = approve_question(cx.lang(), (&round, &run), &at)?;
            question(cx, (&staff, &round), it, Some(text))
        }
        Err(other) => Err(other),
    }
}

fn void_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round, run, at) = run_of(cx)?;
    let mut crumbs = crumbs(lang, &staff, Some(&round));
    crumbs.push((at.clone(), lang.mat_run_number(run.number)));
    let spec = FormSpec {
        title: lang.mat_void().to_owned(),
        crumbs,
        note: Some(lang.mat_void_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("reason", lang.mat_void_reason()).area(3),
        ])],
        hidden: Vec::new(),
        action: format!("{at}/void"),
        submit: lang.mat_void().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/runs/{run}/void`.
pub(super) fn ask_void(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    void_form(cx, Pairs::none(), &Again::first())
}

/// POST `…/runs/{run}/void`.
pub(super) fn void(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round, run, at) = run_of(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let reason = form.text("reason", 2_000);
    let done = form
        .done()
        .and_then(|()| actions::void(cx.conn, &staff, (round.id, run.id), &reason));
    match done {
        Ok(()) => Ok(Reply::see_other(at).flash("run_voided")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            void_form(cx, typed, &again)
        }
    }
}

/// GET `…/runs/{run}/files/{file}`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, _, run, _) = run_of(cx)?;
    let name: String = cx.request().param("file")?;
    let text = actions::file(cx.conn, &staff, &run, &name)?;
    let kind = match name.ends_with(".json") {
        true => "application/json",
        false => "text/csv; charset=utf-8",
    };
    Ok(Reply::bytes(200, kind, text.into_bytes()).with(
        "content-disposition",
        format!("attachment; filename=\"{name}\""),
    ))
}

/// The published result, for the desk.
pub(super) fn result_parts(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
    at: &str,
) -> Result<Vec<Part>> {
    let lang = cx.lang();
    let postings = queries::desk_postings(cx.conn, staff, round.root())?;
    let all = queries::placed(cx.conn, staff, round.id)?;
    let mut filled: BTreeMap<Uuid, usize> = BTreeMap::new();
    for it in queries::office_placements(cx.conn, staff, round.root())? {
        let count = filled.entry(it.posting_id).or_default();
        *count = count.saturating_add(1);
    }
    let without = all.iter().filter(|it| it.posting_id.is_none());
    let without = without.map(|it| format!("{}{}", it.name_shown, lang.aside(&it.trainee_number)));
    Ok(vec![
        Part {
            links: vec![
                (format!("{at}/results.csv"), "CSV".to_owned()),
                (format!("{at}/results.xlsx"), "Excel".to_owned()),
            ],
            ..by_posting(lang, &postings, &filled)
        },
        Part::lines(lang.mat_unplaced(), without.collect()).or(lang.mat_unplaced_none()),
    ])
}

/// GET `…/matches/{round}/results.csv` and `.xlsx`.
pub(super) fn results_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let postings = queries::desk_postings(cx.conn, &staff, round.root())?;
    let postings: BTreeMap<Uuid, &PostingName> = postings.iter().map(|it| (it.id, it)).collect();
    let row = |it: &Placed| {
        let at = it.posting_id.and_then(|id| postings.get(&id));
        vec![
            it.name_shown.clone(),
            it.trainee_number.clone(),
            at.map(|it| it.title(lang).to_owned()).unwrap_or_default(),
            at.map(|it| it.organisation(lang).to_owned())
                .unwrap_or_default(),
            it.choice
                .map(|choice| lang.mat_choice_of(choice, it.choices))
                .unwrap_or_default(),
        ]
    };
    let rows = queries::placed(cx.conn, &staff, round.id)?;
    let header = [
        lang.mat_trainee(),
        lang.mat_number(),
        lang.mat_posting(),
        lang.mat_institution(),
        lang.mat_choice(),
    ];
    short(
        &cx.request().path,
        "results",
        &header,
        rows.iter().map(row).collect(),
    )
}
