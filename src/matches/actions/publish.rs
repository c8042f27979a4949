//! Publication: what is stored is verified once more, and then everything happens in one transaction.

use std::collections::BTreeMap;

use diesel::RunQueryDsl;
use diesel::sql_types::{Integer, Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{MatchRunId, PlacementId, RoundId};
use crate::matching::snapshot::Snapshot;
use crate::matching::{Instance, Outcome, canonical, files, verify};
use crate::placements::rules::{PostingState, RoundState, follows};

use super::super::events::{self, Noted};
use super::super::mail;
use super::super::queries::{self, MatchRound, PostingName, Run, StoredRun, Taking};
use super::super::rules::market::{self, TraineeResult};
use super::super::rules::{self, Approval, MatchRefusal};

/// Reads a stored run back and lets the verifier look at what is stored, hashes and figures included.
fn sound(run: &Run, stored: &StoredRun) -> Result<(Instance, Outcome)> {
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
    let now = db::now(conn)?;
    let run = queries::run(conn, staff, (round.id, id))?;
    let approval = Approval {
        state: run.state()?,
        frozen_by: run.frozen_by,
        sound: run.findings().is_empty(),
        output: &run.output_sha256,
    };
    rules::may_publish(&approval, staff.person(), seen)?;
    if round.state()? != RoundState::Ranking {
        return Err(MatchRefusal::NotRanking.into());
    }
    let (instance, outcome) = sound(&run, &queries::stored(conn, staff, &run)?)?;
    let trainees = queries::taking_part(conn, staff, &round)?;
    let postings = queries::desk_postings(conn, staff, round.id)?;
    let it = Publication {
        run: id,
        results: market::results(&instance, &outcome),
        trainees: trainees.into_iter().map(|it| (it.id, it)).collect(),
        postings: postings.into_iter().map(|it| (it.id, it)).collect(),
        round,
    };
    still_true(&it)?;
    sql_query("UPDATE match_runs SET state = 'published', published_by = $2, published_at = $3 WHERE id = $1 AND state = 'frozen'")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.person())
        .bind::<Timestamptz, _>(now)
        .execute(conn.pg())?;
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

/// Is everybody who is placed still there, and each posting still with its seats? Else another run is due.
fn still_true(it: &Publication) -> Result<()> {
    let mut taken: BTreeMap<Uuid, i32> = BTreeMap::new();
    for result in &it.results {
        let Some(posting) = result.posting else {
            continue;
        };
        if !it.trainees.contains_key(&result.enrolment) {
            return Err(MatchRefusal::Overtaken.into());
        }
        let count = taken.entry(posting).or_default();
        *count = count.saturating_add(1);
        if it.postings.get(&posting).is_none_or(|it| it.seats < *count) {
            return Err(MatchRefusal::Overtaken.into());
        }
    }
    Ok(())
}

/// Days to answer an offer when the posting names none.
const OFFER_DAYS: i32 = 7;

/// Places trainees as their postings say: when, for how many hours, with whom, and until when it is answered.
const PLACE: &str = "INSERT INTO placements (id, programme_id, round_id, run_id, organisation_id, posting_id, enrolment_id, person_id, name_shown, \
           trainee_number, starts_on, ends_on, hours_week, supervisor_name, supervisor_email, answer_by) \
         SELECT x.id, $2, $3, $4, x.organisation, x.posting, x.enrolment, x.person, x.name, x.number, \
           coalesce(p.starts_on, r.starts_on), coalesce(p.ends_on, r.ends_on), nullif(p.content->>'hours_week', '')::integer, \
           coalesce(p.content->>'supervisor_name', ''), coalesce(p.content->>'supervisor_email', ''), \
           (date_trunc('day', $5 AT TIME ZONE 'Asia/Hong_Kong') + make_interval(days => 1 + coalesce(nullif(p.content->>'offer_days', '')::integer, $6)) \
             - interval '1 minute') AT TIME ZONE 'Asia/Hong_Kong' \
         FROM jsonb_to_recordset($1) AS x (id uuid, organisation uuid, posting uuid, enrolment uuid, person uuid, name text, number text) \
         JOIN postings p ON p.id = x.posting JOIN placement_rounds r ON r.id = p.round_id";

fn write(conn: &mut Conn<'_>, it: &Publication, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    access::working(conn, Task::Match)?;
    let results = it.results.iter().filter_map(|result| {
        let who = it.trainees.get(&result.enrolment)?;
        Some(json!({
            "id": Uuid::now_v7(), "enrolment": result.enrolment, "person": who.person_id, "posting": result.posting,
            "lines": result.lines,
        }))
    });
    let placements = it.results.iter().filter_map(|result| {
        let who = it.trainees.get(&result.enrolment)?;
        let posting = it.postings.get(&result.posting?)?;
        Some(json!({
            "id": PlacementId::new(), "organisation": posting.organisation_id, "posting": posting.id, "enrolment": result.enrolment,
            "person": who.person_id, "name": who.name_shown, "number": who.trainee_number,
        }))
    });
    sql_query(
        "INSERT INTO match_results (id, run_id, programme_id, round_id, enrolment_id, person_id, posting_id, lines, published_at) \
         SELECT x.id, $2, $3, $4, x.enrolment, x.person, x.posting, x.lines, $5 FROM jsonb_to_recordset($1) \
           AS x (id uuid, enrolment uuid, person uuid, posting uuid, lines jsonb)",
    )
    .bind::<Jsonb, _>(json!(results.collect::<Vec<_>>()))
    .bind::<SqlUuid, _>(it.run)
    .bind::<SqlUuid, _>(it.round.programme_id)
    .bind::<SqlUuid, _>(it.round.id)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    sql_query(PLACE)
        .bind::<Jsonb, _>(json!(placements.collect::<Vec<_>>()))
        .bind::<SqlUuid, _>(it.round.programme_id)
        .bind::<SqlUuid, _>(it.round.id)
        .bind::<SqlUuid, _>(it.run)
        .bind::<Timestamptz, _>(now)
        .bind::<Integer, _>(OFFER_DAYS)
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
