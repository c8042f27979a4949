//! The repair of an error found in a published match: what was wrong is written down, three ways out are
//! worked out, one person chooses, another publishes.

use std::collections::{BTreeMap, BTreeSet};

use diesel::RunQueryDsl;
use diesel::sql_types::{Integer, Jsonb, Text, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{MatchRunId, RoundId};
use crate::matching::repair::{Proposal, proposals, published};
use crate::matching::snapshot::Snapshot;
use crate::matching::{Instance, Outcome, Summary, canonical, engine, verify};

use super::super::events::{self, Noted};
use super::super::mail;
use super::super::queries::{self, Holding, MatchRound, PostingName, RepairRow, Run, Taking};
use super::super::rules::beside::{self, Origin, RepairState, RunKind, WayOut};
use super::super::rules::correct::{self, Correction};
use super::super::rules::market::{self, Done, TraineeResult, parsed};
use super::super::rules::{MatchRefusal, RunState};
use super::after::write_moves;
use super::publish::{mark_published, may_publish, one_more};
use super::runs::{New, next_number, store};
use super::seats::{end, note_ended};

/// What a repair would do.
#[derive(Debug)]
pub struct Plan {
    /// The corrected run.
    pub run: Instance,
    /// What its match is.
    pub right: Outcome,
    /// What is published, in the order of its trainees.
    pub was: Vec<Option<crate::matching::Posting>>,
    /// The three ways out, the kindest first.
    pub ways: [Proposal; 3],
    /// Who holds which seat.
    pub held: Vec<Holding>,
}

/// A trainee who would come from one posting to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The enrolment.
    pub enrolment: Uuid,
    /// Where they are.
    pub from: Option<Uuid>,
    /// Where they would be.
    pub to: Option<Uuid>,
}

impl Plan {
    /// One of the ways.
    #[must_use]
    pub fn way(&self, way: WayOut) -> &Proposal {
        let [first, second, third] = &self.ways;
        match way {
            WayOut::HonourAndAdd => first,
            WayOut::HonourAndFill => second,
            WayOut::RunAgain => third,
        }
    }

    /// Who would be moved by an assignment, against what is published.
    #[must_use]
    pub fn moves(&self, to: &[Option<crate::matching::Posting>]) -> Vec<Move> {
        let id =
            |it: &Option<crate::matching::Posting>| it.map(|it| parsed(self.run.posting_id(it)));
        let all = self.run.all_trainees().zip(self.was.iter().zip(to));
        let moved = all.filter(|(_, (was, now))| was != now);
        moved
            .map(|(trainee, (was, now))| Move {
                enrolment: parsed(self.run.trainee_id(trainee)),
                from: id(was),
                to: id(now),
            })
            .collect()
    }
}

fn record(staff: &ProgrammeStaff, id: Uuid) -> audit::About {
    audit::About::new("match_repair", id).within(staff.programme())
}

/// Opens a repair: what happened, in words. Returns its id.
///
/// # Errors
/// A [`MatchRefusal`].
pub fn open_repair(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RoundId,
    reason: &str,
) -> Result<Uuid> {
    let round = queries::office_round(conn, staff, id, Some(true))?;
    beside::after_publication(round.state()?, false)?;
    for it in queries::repairs(conn, staff, id)? {
        if matches!(it.state()?, RepairState::Open | RepairState::Frozen) {
            return Err(MatchRefusal::CallWaits.into());
        }
    }
    let repair = Uuid::now_v7();
    sql_query(
        "INSERT INTO match_repairs (id, programme_id, round_id, reason, opened_by) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind::<SqlUuid, _>(repair)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(reason)
    .bind::<SqlUuid, _>(staff.person())
    .execute(conn.pg())?;
    audit::note(
        conn,
        record(staff, repair),
        &Noted::plain("match_repair.opened"),
    )?;
    audit::note(
        conn,
        events::round(staff.programme(), id),
        &Noted::plain("match.repair_opened"),
    )?;
    Ok(repair)
}

/// Locks the round, then a repair that is still being written down.
fn open(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id): (RoundId, Uuid),
    seen: i32,
) -> Result<(MatchRound, RepairRow)> {
    let round = queries::office_round(conn, staff, round, Some(true))?;
    let it = queries::repair(conn, staff, (round.id, id))?;
    if it.state()? != RepairState::Open {
        return Err(MatchRefusal::RepairStep.into());
    }
    if it.version != seen {
        return Err(Error::Stale);
    }
    Ok((round, it))
}

/// Adds a correction, or takes the last one back.
///
/// # Errors
/// [`MatchRefusal::RepairStep`]; [`Error::Stale`]; [`MatchRefusal::NoRun`] when no run comes of it.
pub fn correct(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id, seen): (RoundId, Uuid, i32),
    new: Option<Correction>,
) -> Result<()> {
    let (round, it) = open(conn, staff, (round, id), seen)?;
    let mut all = it.corrections()?;
    let details = json!({ "kind": new.as_ref().or(all.last()).map(|it| it.wrong().as_str()) });
    let verb = match new {
        Some(new) => {
            all.push(new);
            "match_repair.corrected"
        }
        None => {
            all.pop();
            "match_repair.uncorrected"
        }
    };
    sql_query("UPDATE match_repairs SET corrections = $2, version = version + 1 WHERE id = $1 AND version = $3")
        .bind::<SqlUuid, _>(id)
        .bind::<Jsonb, _>(json!(all))
        .bind::<Integer, _>(seen)
        .execute(conn.pg())?;
    audit::note(conn, record(staff, id), &Noted(verb, details))?;
    // What makes no run is refused, and with it the whole transaction.
    plan(conn, staff, &round, &all)?;
    Ok(())
}

/// Gives a repair up.
///
/// # Errors
/// [`MatchRefusal::RepairStep`]; [`Error::Stale`].
pub fn drop_repair(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id, seen): (RoundId, Uuid, i32),
) -> Result<()> {
    open(conn, staff, (round, id), seen)?;
    sql_query("UPDATE match_repairs SET state = 'dropped', version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    audit::note(
        conn,
        record(staff, id),
        &Noted::plain("match_repair.dropped"),
    )
}

/// What was published of a round, with these corrections, against what stands now.
///
/// # Errors
/// [`MatchRefusal::NotPublished`]; [`MatchRefusal::NoRun`].
pub fn plan(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
    all: &[Correction],
) -> Result<Plan> {
    let mut official = None;
    for it in queries::runs(conn, staff, round.id)? {
        if it.kind()? == RunKind::Official && it.state()? == RunState::Published {
            official = Some(it);
        }
    }
    let official = official.ok_or(MatchRefusal::NotPublished)?;
    let stored = queries::stored(conn, staff, &official)?;
    let snapshot: Snapshot = serde_json::from_str(&stored.input)
        .map_err(|err| Error::Internal(format!("a snapshot: {err}")))?;
    let held = queries::holdings(conn, staff, round, false)?;
    let there: BTreeSet<Uuid> = queries::taking_part(conn, staff, round)?
        .iter()
        .map(|it| it.id)
        .chain(held.iter().map(|it| it.enrolment_id))
        .collect();
    let gone: BTreeSet<Uuid> = queries::desk_postings(conn, staff, round.root())?
        .iter()
        .filter(|it| it.seats == 0)
        .map(|it| it.id)
        .collect();
    let mut right = correct::corrected(&snapshot, all);
    correct::as_of_now(&mut right, &|it| gone.contains(&it), &|it| {
        !there.contains(&it)
    });
    let refused = |_| Error::from(MatchRefusal::NoRun);
    let (first, _) = right.instance().map_err(refused)?;
    let (run, _) = Snapshot::of(&first).instance().map_err(refused)?;
    let seated: Vec<_> = held
        .iter()
        .filter(|it| it.origin() != Origin::Beforehand)
        .map(Holding::seated)
        .collect();
    let was = published(&run, &seated);
    Ok(Plan {
        right: engine::run(&run),
        ways: proposals(&run, &was),
        was,
        run,
        held,
    })
}

/// The assignment of a way as a result of its run, with hashes and figures.
fn as_done(plan: &Plan, way: WayOut) -> Done {
    let outcome = match way {
        WayOut::RunAgain => plan.right.clone(),
        WayOut::HonourAndAdd | WayOut::HonourAndFill => Outcome {
            assignment: plan.way(way).assignment.clone(),
            cutoffs: Vec::new(),
            bank_cutoffs: Vec::new(),
            reasons: Vec::new(),
        },
    };
    let findings = match way {
        WayOut::RunAgain => verify::verify_and_hash(&plan.run, &outcome).0,
        WayOut::HonourAndAdd | WayOut::HonourAndFill => Vec::new(),
    };
    let hashes = canonical::hashes(&plan.run, &outcome);
    Done {
        summary: Summary::of(&plan.run, &outcome, hashes, plan.way(way).figures.envy),
        findings: findings.iter().map(market::finding).collect(),
        run: plan.run.clone(),
        outcome,
        warnings: Vec::new(),
    }
}

/// Who is moved, if nobody of them is there already.
fn movable(plan: &Plan, way: WayOut) -> Result<Vec<Move>> {
    let moves = plan.moves(&plan.way(way).assignment);
    for it in moves.iter().filter(|it| it.from.is_some()) {
        for held in plan.held.iter().filter(|h| h.enrolment_id == it.enrolment) {
            if beside::fixed(held.state()?) {
                return Err(MatchRefusal::ThereAlready.into());
            }
        }
    }
    if moves.is_empty() {
        return Err(MatchRefusal::NothingWrong.into());
    }
    Ok(moves)
}

/// Chooses a way out and freezes it with the corrected run; another person publishes it.
///
/// # Errors
/// A [`MatchRefusal`]; [`Error::Stale`].
pub fn choose(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id, seen): (RoundId, Uuid, i32),
    way: WayOut,
) -> Result<MatchRunId> {
    let (round, it) = open(conn, staff, (round, id), seen)?;
    let at = db::now(conn)?;
    for run in queries::runs(conn, staff, round.id)? {
        if run.state()? == RunState::Frozen {
            return Err(MatchRefusal::CallWaits.into());
        }
    }
    let plan = plan(conn, staff, &round, &it.corrections()?)?;
    let moves = movable(&plan, way)?;
    let number = next_number(conn, staff, round.id)?;
    let figures = plan.way(way).figures;
    let new = New {
        kind: RunKind::Repair,
        number,
        run_id: format!("{}-{number}", round.id),
        apart: 0,
        details: json!({
            "repair": id, "way": way.as_str(), "reason": it.reason, "moved": moves.len(), "better": figures.better, "worse": figures.worse,
            "gained": figures.gained, "lost": figures.lost, "harmed": figures.harmed, "envy": figures.envy,
        }),
    };
    let run = store(conn, staff, (round.id, at), &new, &as_done(&plan, way))?;
    sql_query("UPDATE match_repairs SET state = 'frozen', run_id = $2, version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(run)
        .execute(conn.pg())?;
    let event = Noted("match_repair.frozen", json!({ "way": way.as_str() }));
    audit::note(conn, record(staff, id), &event)?;
    audit::note(
        conn,
        events::round(staff.programme(), round.id),
        &Noted("match.repair_frozen", json!({ "way": way.as_str() })),
    )?;
    Ok(run)
}

/// Approves and publishes a repair. It is worked out once more: what stands must be what it was chosen for.
///
/// # Errors
/// A [`MatchRefusal`]; then nothing is written.
pub fn publish_repair(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id): (RoundId, MatchRunId),
    seen: &str,
) -> Result<()> {
    let round = queries::office_round(conn, staff, round, Some(true))?;
    let now = db::now(conn)?;
    let run = queries::run(conn, staff, (round.id, id))?;
    may_publish(staff, &run, seen, RunKind::Repair)?;
    let repairs = queries::repairs(conn, staff, round.id)?;
    let it = repairs.into_iter().find(|it| it.run_id == Some(id));
    let it = it.ok_or(MatchRefusal::RepairStep)?;
    let way = chosen(&run)?;
    queries::holdings(conn, staff, &round, true)?;
    let plan = plan(conn, staff, &round, &it.corrections()?)?;
    let done = as_done(&plan, way);
    if done.summary.input_sha256 != run.input_sha256
        || done.summary.output_sha256 != run.output_sha256
    {
        return Err(MatchRefusal::Overtaken.into());
    }
    let moves = movable(&plan, way)?;
    let postings: BTreeMap<Uuid, PostingName> = queries::desk_postings(conn, staff, round.root())?
        .into_iter()
        .map(|it| (it.id, it))
        .collect();
    let mut who: BTreeMap<Uuid, Taking> = queries::taking_part(conn, staff, &round)?
        .into_iter()
        .map(|it| (it.id, it))
        .collect();
    for it in &plan.held {
        who.entry(it.enrolment_id).or_insert_with(|| Taking::of(it));
    }
    mark_published(conn, staff, id, now)?;
    sql_query("UPDATE match_repairs SET state = 'published', version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(it.id)
        .execute(conn.pg())?;
    let told = told(&plan, &done, way, &moves, &round);
    let ends = |held: &&Holding| moves.iter().any(|it| it.enrolment == held.enrolment_id);
    let leaving: Vec<&Holding> = plan.held.iter().filter(ends).collect();
    let ended: Vec<Uuid> = leaving.iter().map(|held| held.id).collect();
    conn.elevate(Task::Match, |conn| {
        access::working(conn, Task::Match)?;
        if end(conn, &ended, &it.reason, now)? != ended.len() {
            return Err(MatchRefusal::ThereAlready.into());
        }
        let origin = (Origin::Repair, now);
        write_moves(conn, (&round, id), (&told, &who, &postings), origin)?;
        add_seats(conn, &plan, &moves, &postings)
    })?;
    note_ended(conn, staff.programme(), &leaving)?;
    mail::repaired(conn, &round, (&run, &plan.held), (&told, &who, &postings))?;
    let details = json!({ "way": way.as_str(), "moved": moves.len() });
    note_publication(conn, staff, (&it, &run, round.id), &details)
}

/// The way out for which a run was chosen.
fn chosen(run: &Run) -> Result<WayOut> {
    let way = run.details.get("way").and_then(|it| it.as_str());
    way.and_then(WayOut::parse)
        .ok_or_else(|| Error::Internal("a repair without a way".to_owned()))
}

fn note_publication(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (it, run, round): (&RepairRow, &Run, RoundId),
    details: &serde_json::Value,
) -> Result<()> {
    audit::note(
        conn,
        record(staff, it.id),
        &Noted("match_repair.published", details.clone()),
    )?;
    audit::note(
        conn,
        events::run(staff, run.id),
        &Noted("match_run.published", json!({ "number": run.number })),
    )?;
    audit::note(
        conn,
        events::round(staff.programme(), round),
        &Noted("match.repair_published", details.clone()),
    )
}

/// What those who are moved are told: their posting, and after a full re-run the reasons of the corrected one.
fn told(
    plan: &Plan,
    done: &Done,
    way: WayOut,
    moves: &[Move],
    round: &MatchRound,
) -> Vec<TraineeResult> {
    let moved: BTreeMap<Uuid, Move> = moves.iter().map(|it| (it.enrolment, *it)).collect();
    if way == WayOut::RunAgain {
        let mut all = market::results(&plan.run, &done.outcome, round.tells().disclosure());
        all.retain(|it| moved.contains_key(&it.enrolment));
        return all;
    }
    let one = |it: &Move| TraineeResult {
        enrolment: it.enrolment,
        posting: it.to,
        lines: Vec::new(),
    };
    moves.iter().map(one).collect()
}

/// Seats that a way needs beyond those there are.
fn add_seats(
    conn: &mut Conn<'_>,
    plan: &Plan,
    moves: &[Move],
    postings: &BTreeMap<Uuid, PostingName>,
) -> Result<()> {
    let mut taken = BTreeMap::new();
    for it in &plan.held {
        if moves.iter().all(|m| m.enrolment != it.enrolment_id) {
            one_more(&mut taken, it.posting_id);
        }
    }
    for posting in moves.iter().filter_map(|it| it.to) {
        one_more(&mut taken, posting);
    }
    for (posting, count) in taken {
        let seats = postings.get(&posting).map_or(0, |it| it.seats);
        let more = count.saturating_sub(seats);
        if more > 0 {
            sql_query("UPDATE postings SET later_seats = later_seats + $2, version = version + 1 WHERE id = $1")
                .bind::<SqlUuid, _>(posting)
                .bind::<Integer, _>(more)
                .execute(conn.pg())?;
        }
    }
    Ok(())
}
