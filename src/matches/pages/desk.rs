//! The office's match desk: how lists stand, the lots, reminders.

use crate::access::ProgrammeStaff;
use crate::error::{Error, Result};
use crate::ids::RoundId;
use crate::lang::Lang;
use crate::lang::format::{deadline, moment};
use crate::placements::queries as placements;
use crate::placements::rules::RoundState;
use crate::web::fields::{ConfirmSpec, confirm_page, effect};
use crate::web::listing::Cell;
use crate::web::sheet::{Part, Sheet, show};
use crate::web::{Cx, Reply};

use super::super::actions;
use super::super::queries::{self, DeskList, MatchRound};
use super::super::rules::beside::{PlaceState, may_set_tells};
use super::super::rules::{ListKind, ListState};
use super::{after, lots, repair, run_tone, runs, staff};

/// Where the office's pages of this room stand.
pub(super) fn home(staff: &ProgrammeStaff) -> String {
    format!("/programmes/{}/placements/matches", staff.programme())
}

/// The way here.
pub(super) fn crumbs(
    lang: Lang,
    staff: &ProgrammeStaff,
    round: Option<&MatchRound>,
) -> Vec<(String, String)> {
    let mut crumbs = vec![
        (
            format!("/programmes/{}/placements/postings", staff.programme()),
            lang.plc_title_all().to_owned(),
        ),
        (home(staff), lang.mat_title().to_owned()),
    ];
    if let Some(round) = round {
        crumbs.push((
            format!("{}/{}", home(staff), round.id),
            round.name(lang).to_owned(),
        ));
    }
    crumbs
}

/// GET `…/matches`.
pub(super) fn rounds(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let mut rows = Vec::new();
    for it in placements::all_rounds(cx.conn, &placements::Side::Office(staff))? {
        rows.push(vec![
            Cell::link(it.name(lang), format!("{}/{}", home(&staff), it.id)),
            Cell::text(it.state()?.label(lang)),
            Cell::text(deadline(lang, it.list_deadline)),
        ]);
    }
    let mut crumbs = crumbs(lang, &staff, None);
    crumbs.pop();
    let heads = [lang.mat_round(), lang.mat_status(), lang.mat_deadline()];
    let sheet = Sheet {
        title: lang.mat_title().to_owned(),
        crumbs,
        parts: vec![Part::table(lang.mat_title(), &heads, rows).or(lang.mat_rounds_none_more())],
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

/// The round of the address.
pub(in crate::matches) fn one(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, MatchRound)> {
    let staff = staff(cx)?;
    let id: RoundId = cx.request().param("round")?;
    let round = queries::office_round(cx.conn, &staff, id, None)?;
    Ok((staff, round))
}

fn counts(lang: Lang, lists: &[DeskList], trainees: bool) -> (String, String) {
    let of: Vec<ListState> = lists
        .iter()
        .filter(|it| (it.kind() == ListKind::Trainee) == trainees)
        .map(DeskList::state)
        .collect();
    let count = |state| of.iter().filter(|it| **it == state).count();
    let label = match trainees {
        true => lang.mat_lists_trainees(),
        false => lang.mat_lists_hosts(),
    };
    let (certified, changed) = (count(ListState::Certified), count(ListState::Changed));
    let (saved, missing) = (count(ListState::Saved), count(ListState::Missing));
    (
        format!("{}{}", lang.before(label), lang.mat_counts()),
        format!("{certified} / {changed} / {saved} / {missing}"),
    )
}

fn acts(lang: Lang, at: &str, round: &MatchRound) -> Result<Vec<(String, String, bool)>> {
    let act = |word: &str, label: &str, first| (format!("{at}/{word}"), label.to_owned(), first);
    Ok(match round.state()? {
        RoundState::Open | RoundState::Ranking => {
            let mut acts = vec![
                act("dry-run", lang.mat_dry_run(), true),
                act("remind", lang.mat_remind(), false),
            ];
            if round.seed_sha256.is_none() {
                acts.push(act("commit", lang.mat_commit(), false));
            }
            acts.push(act("freeze", lang.mat_freeze(), false));
            acts
        }
        RoundState::Matched => {
            let mut acts = Vec::new();
            if !round.second() {
                acts.push(act("second", lang.mat_second(), true));
                acts.push(act("call", lang.mat_call(), false));
            }
            acts.push(act("repairs/new", lang.mat_repair(), false));
            acts
        }
        RoundState::Planned | RoundState::Collecting | RoundState::Closed => Vec::new(),
    })
}

/// What stands beside the match: places given beforehand, how much reasons tell.
fn beside(
    cx: &mut Cx<'_, '_>,
    (staff, round): (&ProgrammeStaff, &MatchRound),
    at: &str,
) -> Result<Part> {
    let lang = cx.lang();
    let places = queries::places(cx.conn, staff, round.id)?;
    let mut standing = 0_usize;
    for it in &places {
        if it.state()? != PlaceState::Cancelled {
            standing = standing.saturating_add(1);
        }
    }
    let mut files = vec![(format!("{at}/beforehand"), lang.mat_beforehand().to_owned())];
    if may_set_tells(round.state()?).is_ok() {
        files.push((format!("{at}/tells"), lang.mat_tells().to_owned()));
    }
    let fact = |label: &str, value: String| (label.to_owned(), value);
    Ok(Part {
        links: files,
        ..Part::facts(
            lang.mat_origin_beforehand(),
            vec![
                fact(lang.mat_beforehand(), standing.to_string()),
                fact(lang.mat_tells(), round.tells().label(lang).to_owned()),
            ],
        )
    })
}

/// GET `…/matches/{round}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let at = format!("{}/{}", home(&staff), round.id);
    let lists = queries::desk_lists(cx.conn, &staff, &round)?;
    let mut rows = Vec::new();
    for it in queries::runs(cx.conn, &staff, round.id)? {
        let state = it.state()?;
        rows.push(vec![
            Cell::link(
                lang.mat_run_number(it.number),
                format!("{at}/runs/{}", it.id),
            ),
            Cell::text(it.kind()?.label(lang)),
            Cell::tag(state.label(lang), run_tone(state)),
            Cell::text(moment(lang, it.frozen_at)).more(it.void_reason.clone()),
        ]);
    }
    let heads = [
        lang.mat_title(),
        lang.mat_kind(),
        lang.mat_status(),
        lang.mat_frozen_at(),
    ];
    let mut parts = vec![Part {
        links: vec![(format!("{at}/lists"), lang.mat_all_lists().to_owned())],
        ..Part::facts(
            lang.mat_lists(),
            vec![counts(lang, &lists, true), counts(lang, &lists, false)],
        )
    }];
    parts.push(beside(cx, (&staff, &round), &at)?);
    if matches!(round.state()?, RoundState::Matched | RoundState::Closed) {
        parts.extend(runs::result_parts(cx, &staff, &round, &at)?);
        parts.extend(after::otherwise_part(cx, &staff, &round)?);
        parts.extend(after::seconds_part(cx, &staff, &round)?);
        parts.extend(repair::repairs_part(cx, &staff, &round)?);
    }
    parts.push(Part::table(lang.mat_runs(), &heads, rows).or(lang.mat_runs_none()));
    parts.push(lots(lang, &round));
    let sheet = Sheet {
        title: round.name(lang).to_owned(),
        tag: Some((round.state()?.label(lang), "go")),
        note: format!(
            "{}{}{}{}",
            lang.mat_desk_note(),
            lang.pick(" ", ""),
            lang.before(lang.mat_deadline()),
            deadline(lang, round.list_deadline)
        ),
        crumbs: crumbs(lang, &staff, None),
        acts: acts(lang, &at, &round)?,
        parts,
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

/// A question before a step of the round: what happens, who is told.
pub(super) struct Question {
    pub title: String,
    pub does: Vec<String>,
    pub told: String,
    pub hidden: Vec<(String, String)>,
    pub action: String,
    pub back: String,
    pub danger: bool,
}

/// Asks; a refusal stands in the place of the button.
pub(super) fn question(
    cx: &mut Cx<'_, '_>,
    (staff, round): (&ProgrammeStaff, &MatchRound),
    it: Question,
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let status = match refusal.is_some() && cx.request().method != crate::web::Method::Get {
        true => 409,
        false => 200,
    };
    let spec = ConfirmSpec {
        title: it.title.clone(),
        crumbs: crumbs(lang, staff, Some(round)),
        effects: vec![
            effect(lang.cohorts_step_happens(), it.does, it.danger),
            effect(lang.cohorts_step_told(), vec![it.told], false),
        ],
        refusal,
        hidden: it.hidden,
        action: it.action,
        submit: it.title,
        danger: it.danger,
        back: it.back,
    };
    confirm_page(cx, status, &spec)
}

fn commit_question(lang: Lang, staff: &ProgrammeStaff, round: &MatchRound) -> Question {
    let at = format!("{}/{}", home(staff), round.id);
    Question {
        title: lang.mat_commit().to_owned(),
        does: vec![lang.mat_commit_does().to_owned()],
        told: lang.mat_told_nobody().to_owned(),
        hidden: Vec::new(),
        action: format!("{at}/commit"),
        back: at,
        danger: false,
    }
}

/// GET `…/matches/{round}/commit`.
pub(super) fn ask_commit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    let it = commit_question(cx.lang(), &staff, &round);
    question(cx, (&staff, &round), it, None)
}

/// POST `…/matches/{round}/commit`.
pub(super) fn commit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    match actions::commit_lots(cx.conn, &staff, round.id) {
        Ok(()) => {
            let at = format!("{}/{}", home(&staff), round.id);
            Ok(Reply::see_other(at).flash("lots_fixed"))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            let it = commit_question(cx.lang(), &staff, &round);
            question(cx, (&staff, &round), it, Some(text))
        }
        Err(other) => Err(other),
    }
}

fn remind_question(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
) -> Result<Question> {
    let lang = cx.lang();
    let at = format!("{}/{}", home(staff), round.id);
    let lists = queries::desk_lists(cx.conn, staff, round)?;
    let open = lists
        .iter()
        .filter(|it| it.state() != ListState::Certified)
        .count();
    Ok(Question {
        title: lang.mat_remind().to_owned(),
        does: vec![lang.mat_remind_does(open)],
        told: lang.mat_remind_does(open),
        hidden: Vec::new(),
        action: format!("{at}/remind"),
        back: at,
        danger: false,
    })
}

/// GET `…/matches/{round}/remind`.
pub(super) fn ask_remind(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    let it = remind_question(cx, &staff, &round)?;
    question(cx, (&staff, &round), it, None)
}

/// POST `…/matches/{round}/remind`.
pub(super) fn remind(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    match actions::remind(cx.conn, &staff, round.id) {
        Ok(_) => {
            let at = format!("{}/{}", home(&staff), round.id);
            Ok(Reply::see_other(at).flash("reminded"))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            let it = remind_question(cx, &staff, &round)?;
            question(cx, (&staff, &round), it, Some(text))
        }
        Err(other) => Err(other),
    }
}
