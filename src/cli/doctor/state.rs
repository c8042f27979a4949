//! What the doctor finds in the database of a running house: its queues and its history.

use diesel::sql_types::{BigInt, Double};
use diesel::{QueryableByName, RunQueryDsl};

use super::Findings;
use crate::audit::seal;
use crate::db::{Actor, Task, sql_query};
use crate::error::Result;
use crate::house::House;
use crate::jobs::{JOBS, lease};
use crate::mail::outbox::LETTERS;

/// Events are sealed every few seconds; after a minute nobody seals.
const UNSEALED: f64 = 60.0;

#[derive(QueryableByName)]
struct Late {
    #[diesel(sql_type = BigInt)]
    dead: i64,
    #[diesel(sql_type = BigInt)]
    late: i64,
}

#[derive(QueryableByName)]
struct Oldest {
    #[diesel(sql_type = Double)]
    seconds: f64,
}

/// Letters and jobs that are dead or late, with the commonest reason.
pub(super) fn queues(findings: &mut Findings, house: &House) -> Result<()> {
    let letters = "SELECT count(*) FILTER (WHERE state = 'dead') AS dead, count(*) FILTER (WHERE state = 'queued' \
        AND run_at < clock_timestamp() - interval '15 minutes') AS late FROM letters WHERE state IN ('queued', 'dead')";
    let jobs = "SELECT count(*) FILTER (WHERE state = 'dead') AS dead, count(*) FILTER (WHERE state = 'queued' \
        AND run_at < clock_timestamp() - interval '15 minutes') AS late FROM jobs WHERE state IN ('queued', 'dead')";
    for (checked, things, task, queue, sql) in [
        ("outbox", "letters", Task::DeliverMail, LETTERS, letters),
        ("jobs", "jobs", Task::RunJobs, JOBS, jobs),
    ] {
        let (counts, reasons) = house.site.db.read(&Actor::System(task), |conn| {
            let counts: Late = sql_query(sql).get_result(conn.pg())?;
            Ok((counts, lease::dead(conn, queue)?))
        })?;
        if counts.dead + counts.late == 0 {
            findings.ok(checked, format!("no {things} are dead or late"));
            continue;
        }
        let mut found = format!(
            "{} {things} dead, {} due for more than 15 minutes",
            counts.dead, counts.late
        );
        if let Some(first) = reasons.first() {
            found.push_str(&format!("; most often: {} ({})", first.reason, first.kind));
        }
        findings.warn(
            checked,
            found,
            "late: is a worker running, does the mail server answer? dead: `banyan queue dead`, \
             mend the cause, `banyan queue retry`",
        );
    }
    Ok(())
}

/// History, computed again; and whether anybody seals it.
pub(super) fn history(findings: &mut Findings, house: &House) -> Result<()> {
    let site = &house.site;
    let verified = seal::verify(&site.db, &site.keys, None)?;
    if verified.faults.is_empty() {
        findings.ok(
            "history",
            format!(
                "{} events and {} checkpoints hold",
                verified.events, verified.checkpoints
            ),
        );
    } else {
        let first = verified.faults.first().cloned().unwrap_or_default();
        findings.wrong(
            "history",
            format!("{first} ({} faults)", verified.faults.len()),
            "`banyan audit verify` lists them all; is BANYAN_SECRET the one with which this house began?",
        );
    }
    let oldest: Oldest = site.db.read(&Actor::System(Task::SealAudit), |conn| {
        Ok(sql_query(
            "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(e.occurred_at)), 0)::float8 AS seconds \
             FROM audit_events e LEFT JOIN audit_chain c ON c.event_id = e.id WHERE c.event_id IS NULL",
        )
        .get_result(conn.pg())?)
    })?;
    if oldest.seconds > UNSEALED {
        findings.warn(
            "worker",
            format!(
                "{} events wait for their seal, the oldest for {:.0} seconds: no worker is alive",
                verified.unsealed, oldest.seconds
            ),
            "start `banyan work`, or `banyan serve` without --no-worker",
        );
    } else {
        findings.ok("worker", "nothing waits for a worker");
    }
    Ok(())
}
