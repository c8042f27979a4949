//! Publication: what is stored is verified once more, and then everything happens in one transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{MatchRunId, RoundId};
use crate::matching::snapshot::Snapshot;
use crate::matching::{Instance, Outcome, canonical, files, verify};
use crate::placements::rules::{PostingState, RoundState, follows};

use super::super::events::{self, Noted};
use super::super::mail;
use super::super::queries::{self, Holding, MatchRound, PostingName, Run, StoredRun, Taking};
use super::super::rules::beside::{self, Origin, PlaceState, RunKind};
use super::super::rules::market::{self, TraineeResult};
use super::super::rules::{self, Approval, MatchRefusal};
use super::seats::{insert_placements, insert_results, placement_row, result_row};

/// Reads a stored run back and lets the verifier look at what is stored, hashes and figures included.
pub(super) fn sound(run: &Run, stored: &StoredRun) -> Result<(Instance, Outcome)> {
    let broken = |_| Error::from(MatchRefusal::NotSound);
    let snapshot: Snapshot = serde_json::from_str(&stored.input)
        .map_err(|_unread| Error::from(MatchRefusal::NotSound))?;
    let (instance, _) = snapshot.instance().map_err(broken)?;
    let source = |text: &str| -> files::Source<'static> {
        Box::new(std::io::Cursor::new(text.as_bytes().to_vec()))
    };
    let result = files::Stored {
        assignment: source(&stored.assignment),
        cutoffs: source(&stored.cutoffs),
        bank_cutoffs: source(&stored.bank_cutoffs),
        reasons: source(&stored.reasons),
    };
    let (outcome, mut findings) = files::read_result(&instance, result).map_err(broken)?;
    let (more, _) = verify::verify_and_hash(&instance, &outcome);
    findings.extend(more);
    let blocking = verify::blocking_pairs(&findings);
    let hashes = canonical::hashes(&instance, &outcome);
    let same = hashes.input == run.input_sha256 && hashes.output == run.output_sha256;
    let summary = run
        .summary()
        .map_err(|_unread| Error::from(MatchRefusal::NotSound))?;
    findings.extend(verify::figures(
        &instance, &outcome, &hashes, &summary, blocking,
    ));
    if same && findings.is_empty() {
        Ok((instance, outcome))
    } else {
        Err(MatchRefusal::NotSound.into())
    }
}

/// What a publication writes.
struct Publication {
    round: MatchRound,
    run: MatchRunId,
    results: Vec<TraineeResult>,
    trainees: BTreeMap<Uuid, Taking>,
    postings: BTreeMap<Uuid, PostingName>,
    /// Placed beforehand: by enrolment.
    beforehand: BTreeMap<Uuid, Uuid>,
}

impl Publication {
    fn origin(&self, enrolment: Uuid) -> Origin {
        match (
            self.beforehand.contains_key(&enrolment),
            self.round.second(),
        ) {
            (true, _) => Origin::Beforehand,
            (false, true) => Origin::SecondRound,
            (false, false) => Origin::Match,
        }
    }
}

/// Approves a frozen run and publishes it: results, placements, the round's state, letters. The approver is
/// another person than who froze it, and has seen the result of this hash.
///
/// # Errors
/// A [`MatchRefusal`]; then nothing is written.
pub fn publish(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id): (RoundId, MatchRunId),
    seen: &str,
) -> Result<()> {
    let round = queries::office_round(conn, staff, round, Some(true))?;
    // A second round takes seats of its parent's postings: they stay as they are until it is published.
    if let Some(parent) = round.parent_id {
        queries::office_round(conn, staff, parent, Some(true))?;
    }
    let now = db::now(conn)?;
    let run = queries::run(conn, staff, (round.id, id))?;
    may_publish(staff, &run, seen, RunKind::Official)?;
    if round.state()? != RoundState::Ranking {
        return Err(MatchRefusal::NotRanking.into());
    }
    let (instance, outcome) = sound(&run, &queries::stored(conn, staff, &run)?)?;
    let trainees = queries::taking_part(conn, staff, &round)?;
    let postings = queries::desk_postings(conn, staff, round.root())?;
    let mut results = market::results(&instance, &outcome, round.tells().disclosure());
    let beforehand = beforehand(conn, staff, &round, &mut results)?;
    let mut it = Publication {
        run: id,
        results,
        trainees: trainees.into_iter().map(|it| (it.id, it)).collect(),
        postings: postings.into_iter().map(|it| (it.id, it)).collect(),
        beforehand,
        round,
    };
    // Whoever is placed already stands in the run, and is told nothing by it.
    let apart = it.round.second();
    let trainees = &it.trainees;
    it.results.retain(|result| {
        !apart || result.posting.is_some() || trainees.contains_key(&result.enrolment)
    });
    let held = match apart {
        true => queries::holdings(conn, staff, &it.round, true)?,
        false => Vec::new(),
    };
    still_true(&it, &held)?;
    mark_published(conn, staff, id, now)?;
    conn.elevate(Task::Match, |conn| write(conn, &it, now))?;
    mail::published(conn, &it.round, &it.results, (&it.trainees, &it.postings))?;
    let details = json!({ "number": run.number, "output": run.output_sha256 });
    let event = Noted("match_run.published", details.clone());
    audit::note(conn, events::run(staff, id), &event)?;
    audit::note(
        conn,
        events::round(staff.programme(), it.round.id),
        &Noted("match.published", details),
    )
}

/// Two people, a sound run, the result that was seen.
pub(super) fn may_publish(
    staff: &ProgrammeStaff,
    run: &Run,
    seen: &str,
    kind: RunKind,
) -> Result<()> {
    beside::waits(run.kind()?, kind, run.state()?)?;
    let approval = Approval {
        state: run.state()?,
        frozen_by: run.frozen_by,
        sound: kind == RunKind::Repair || run.findings().is_empty(),
        output: &run.output_sha256,
    };
    Ok(rules::may_publish(&approval, staff.person(), seen)?)
}

pub(super) fn mark_published(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: MatchRunId,
    now: DateTime<Utc>,
) -> Result<()> {
    sql_query("UPDATE match_runs SET state = 'published', published_by = $2, published_at = $3 WHERE id = $1 AND state = 'frozen'")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.person())
        .bind::<Timestamptz, _>(now)
        .execute(conn.pg())?;
    Ok(())
}

/// Who was placed beforehand receives that place by the result; none of it can have changed since the run
/// was frozen.
fn beforehand(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
    results: &mut [TraineeResult],
) -> Result<BTreeMap<Uuid, Uuid>> {
    let mut given = BTreeMap::new();
    for it in queries::places(conn, staff, round.id)? {
        if it.state()? == PlaceState::Approved {
            given.insert(it.enrolment_id, it.posting_id);
        }
    }
    for it in results {
        if let Some(posting) = given.get(&it.enrolment) {
            it.posting = Some(*posting);
        }
    }
    Ok(given)
}

/// Is everybody who is placed still there, and each posting still with its seats? Else another run is due.
fn still_true(it: &Publication, held: &[Holding]) -> Result<()> {
    let mut taken: BTreeMap<Uuid, i32> = BTreeMap::new();
    for it in held {
        one_more(&mut taken, it.posting_id);
    }
    for result in &it.results {
        let Some(posting) = result.posting else {
            continue;
        };
        if !it.trainees.contains_key(&result.enrolment) {
            return Err(MatchRefusal::Overtaken.into());
        }
        one_more(&mut taken, posting);
        let count = taken.get(&posting).copied().unwrap_or(0);
        if it.postings.get(&posting).is_none_or(|it| it.seats < count) {
            return Err(MatchRefusal::Overtaken.into());
        }
    }
    Ok(())
}

pub(super) fn one_more(taken: &mut BTreeMap<Uuid, i32>, posting: Uuid) {
    let count = taken.entry(posting).or_default();
    *count = count.saturating_add(1);
}

fn write(conn: &mut Conn<'_>, it: &Publication, now: DateTime<Utc>) -> Result<()> {
    access::working(conn, Task::Match)?;
    let results = it.results.iter().filter_map(|result| {
        let who = it.trainees.get(&result.enrolment)?;
        Some(result_row(result, who))
    });
    let results: Vec<_> = results.collect();
    let placements = it.results.iter().filter_map(|result| {
        let who = it.trainees.get(&result.enrolment)?;
        let posting = it.postings.get(&result.posting?)?;
        Some(placement_row(who, posting, it.origin(who.id)))
    });
    let placements: Vec<_> = placements.collect();
    insert_results(conn, (&it.round, it.run), &results, now)?;
    insert_placements(conn, (&it.round, it.run), &placements, now)?;
    sql_query("UPDATE places_beforehand SET state = 'placed', version = version + 1 WHERE round_id = $1 AND state = 'approved'")
        .bind::<SqlUuid, _>(it.round.id)
        .execute(conn.pg())?;
    sql_query("UPDATE placement_rounds SET state = 'matched', version = version + 1 WHERE id = $1 AND state = 'ranking'")
        .bind::<SqlUuid, _>(it.round.id)
        .execute(conn.pg())?;
    for from in PostingState::ALL {
        if let Some(to) = follows(*from, RoundState::Matched) {
            sql_query("UPDATE postings SET state = $3, version = version + 1 WHERE round_id = $1 AND state = $2")
                .bind::<SqlUuid, _>(it.round.id)
                .bind::<Text, _>(from.as_str())
                .bind::<Text, _>(to.as_str())
                .execute(conn.pg())?;
        }
    }
    // The lots' secret is everybody's from now on.
    sql_query(
        "UPDATE match_commitments c SET seed = s.seed FROM match_seeds s WHERE s.round_id = c.round_id AND c.round_id = $1",
    )
    .bind::<SqlUuid, _>(it.round.id)
    .execute(conn.pg())?;
    Ok(())
}
