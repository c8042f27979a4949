//! What operators and balancers watch: is the process alive, is it ready, how does it fare.

use std::net::IpAddr;
use std::sync::mpsc;
use std::time::Duration;

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Bool, Double, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::clock::machine_now;
use crate::db::{Actor, Conn, Task, migrations};
use crate::error::{Error, Result};
use crate::web::{Reply, Request, Site};

/// How long the database may take to answer before the house calls itself not ready.
const BUDGET: Duration = Duration::from_millis(1_200);

/// Alive: the process answers. Never asks the database, so that an outage of the database does not
/// make an orchestrator end healthy processes.
#[must_use]
pub fn livez(_request: &Request, _site: &Site) -> Reply {
    Reply::text(200, "alive\n".to_owned())
}

/// Ready to serve: the database answers within its budget and has this binary's schema, and nobody has
/// told the process to stop. Otherwise 503 with the reason in one line.
#[must_use]
pub fn readyz(_request: &Request, site: &Site) -> Reply {
    if site.metrics.leaving() {
        return Reply::text(503, "not ready: stopping\n".to_owned());
    }
    match within_budget(site, |site| site.db.read(&REPORT, readiness)) {
        Ok(()) => Reply::text(200, "ready\n".to_owned()),
        Err(reason) => {
            tracing::warn!(%reason, "not ready");
            Reply::text(503, format!("not ready: {reason}\n")).with("retry-after", "2")
        }
    }
}

/// Counters and gauges for Prometheus: with the configured bearer token, or without one from this
/// machine only. When the database does not answer, the process's own figures are still told.
#[must_use]
pub fn metrics(request: &Request, site: &Site) -> Reply {
    if !may_read(request, site) {
        return Reply::text(403, "metrics are for operators\n".to_owned());
    }
    let (used, size) = site.db.usage();
    site.metrics
        .gauge("banyan_pool_connections_in_use", f64::from(used));
    site.metrics
        .gauge("banyan_pool_connections_max", f64::from(size));
    storage(site);
    let measured = within_budget(site, |site| site.db.read(&REPORT, measure));
    site.metrics
        .gauge("banyan_database_up", f64::from(u8::from(measured.is_ok())));
    for (name, value) in measured.unwrap_or_default() {
        site.metrics.gauge(name, value);
    }
    Reply::bytes(
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        site.metrics.render().into_bytes(),
    )
}

const REPORT: Actor = Actor::System(Task::Report);

fn may_read(request: &Request, site: &Site) -> bool {
    match &site.config.metrics_token {
        Some(token) => request
            .header("authorization")
            .and_then(|h| h.strip_prefix("Bearer "))
            .is_some_and(|given| bool::from(given.trim().as_bytes().ct_eq(token.as_bytes()))),
        None => request
            .peer
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback()),
    }
}

/// Asks the database in a thread of its own, so that one that hangs costs the asker its budget and
/// no more. While one question hangs no second one is asked.
fn within_budget<T: Send + 'static>(
    site: &Site,
    ask: impl FnOnce(&Site) -> Result<T> + Send + 'static,
) -> std::result::Result<T, String> {
    if !site.metrics.begin_probe() {
        return Err("the database still owes an answer to an earlier question".to_owned());
    }
    let (tell, told) = mpsc::channel();
    let its = site.clone();
    std::thread::spawn(move || {
        let answer = ask(&its);
        its.metrics.end_probe();
        // Nobody listens any more once the budget is spent.
        let _ = tell.send(answer);
    });
    match told.recv_timeout(BUDGET) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_late) => Err("the database does not answer".to_owned()),
    }
}

fn readiness(conn: &mut Conn<'_>) -> Result<()> {
    conn.pg()
        .batch_execute("SET LOCAL statement_timeout = '800ms'")?;
    let missing = migrations::missing(conn.pg())?;
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Error::Internal(format!(
            "the schema lacks {}; run `banyan migrate`",
            missing.join(", ")
        )))
    }
}

/// What this machine's disk says.
fn storage(site: &Site) {
    let writable = site.files.probe();
    if let Err(error) = &writable {
        tracing::warn!(%error, "files cannot be written");
    }
    site.metrics.gauge(
        "banyan_storage_writable",
        f64::from(u8::from(writable.is_ok())),
    );
    if let Some(space) = site.files.space() {
        site.metrics
            .gauge("banyan_storage_free_ratio", space.free_ratio());
    }
}

#[derive(QueryableByName)]
struct Queue {
    #[diesel(sql_type = BigInt)]
    queued: i64,
    #[diesel(sql_type = BigInt)]
    dead: i64,
    /// Due for more than a quarter of an hour.
    #[diesel(sql_type = BigInt)]
    late: i64,
    /// Waiting for another try after one that failed.
    #[diesel(sql_type = BigInt)]
    retrying: i64,
    /// Seconds by which the longest waiting row is late; 0 when nothing is due.
    #[diesel(sql_type = Double)]
    age: f64,
}

#[derive(QueryableByName)]
struct History {
    #[diesel(sql_type = BigInt)]
    unsealed: i64,
    /// Seconds since the oldest unsealed event; 0 when all are sealed.
    #[diesel(sql_type = Double)]
    oldest: f64,
    /// Seconds since the last checkpoint; 0 when there has been none.
    #[diesel(sql_type = Double)]
    checkpoint: f64,
}

#[derive(QueryableByName)]
struct House {
    #[diesel(sql_type = Bool)]
    held: bool,
    #[diesel(sql_type = Timestamptz)]
    now: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

const LETTERS: &str = "SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'dead') AS dead, \
    count(*) FILTER (WHERE state = 'queued' AND run_at < (SELECT banyan_now()) - interval '15 minutes') AS late, \
    count(*) FILTER (WHERE state = 'queued' AND last_error IS NOT NULL) AS retrying, \
    coalesce(extract(epoch FROM (SELECT banyan_now()) - min(run_at) FILTER (WHERE state = 'queued' AND run_at <= (SELECT banyan_now()))), 0)::float8 AS age \
    FROM letters WHERE state IN ('queued', 'dead')";
const JOBS: &str = "SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'dead') AS dead, \
    count(*) FILTER (WHERE state = 'queued' AND run_at < (SELECT banyan_now()) - interval '15 minutes') AS late, \
    count(*) FILTER (WHERE state = 'queued' AND last_error IS NOT NULL) AS retrying, \
    coalesce(extract(epoch FROM (SELECT banyan_now()) - min(run_at) FILTER (WHERE state = 'queued' AND run_at <= (SELECT banyan_now()))), 0)::float8 AS age \
    FROM jobs WHERE state IN ('queued', 'dead')";
/// Ids of events grow with time: only those of the last day are looked at, however long history is.
const HISTORY: &str = "SELECT count(*) AS unsealed, \
    coalesce(extract(epoch FROM clock_timestamp() - min(e.occurred_at)), 0)::float8 AS oldest, \
    coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at) FROM audit_checkpoints \
      ORDER BY position DESC LIMIT 1), 0)::float8 AS checkpoint \
    FROM audit_events e WHERE e.id >= $1 AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.event_id = e.id)";
const OFFERS: &str = "SELECT count(*) AS n FROM offers WHERE state = 'open'";
const HOUSE: &str =
    "SELECT letters_held_at IS NOT NULL AS held, clock_timestamp() AS now FROM house";

/// Gauges that the database knows, each read under the task whose rows they are.
fn measure(conn: &mut Conn<'_>) -> Result<Vec<(&'static str, f64)>> {
    conn.pg()
        .batch_execute("SET LOCAL statement_timeout = '800ms'")?;
    let queue = |conn: &mut Conn<'_>, sql: &str| -> Result<Queue> {
        Ok(sql_query(sql).get_result(conn.pg())?)
    };
    let missing = migrations::missing(conn.pg())?.len();
    let house: House = sql_query(HOUSE).get_result(conn.pg())?;
    let skew = (house.now - machine_now()).as_seconds_f64().abs();
    let offers: Count = sql_query(OFFERS).get_result(conn.pg())?;
    let letters = conn.elevate(Task::DeliverMail, |conn| queue(conn, LETTERS))?;
    let jobs = conn.elevate(Task::RunJobs, |conn| queue(conn, JOBS))?;
    let history: History = conn.elevate(Task::SealAudit, |conn| {
        Ok(sql_query(HISTORY)
            .bind::<SqlUuid, _>(first_id_of(machine_now() - chrono::Duration::days(1)))
            .get_result(conn.pg())?)
    })?;
    Ok(vec![
        (
            "banyan_schema_steps_missing",
            gauge(i64::try_from(missing).unwrap_or(i64::MAX)),
        ),
        ("banyan_clock_skew_seconds", skew),
        ("banyan_letters_queued", gauge(letters.queued)),
        ("banyan_letters_dead", gauge(letters.dead)),
        ("banyan_letters_late", gauge(letters.late)),
        ("banyan_letters_retrying", gauge(letters.retrying)),
        ("banyan_letters_held", f64::from(u8::from(house.held))),
        ("banyan_letters_oldest_due_seconds", letters.age),
        ("banyan_jobs_queued", gauge(jobs.queued)),
        ("banyan_jobs_dead", gauge(jobs.dead)),
        ("banyan_jobs_late", gauge(jobs.late)),
        ("banyan_jobs_retrying", gauge(jobs.retrying)),
        ("banyan_jobs_oldest_due_seconds", jobs.age),
        ("banyan_audit_events_unsealed", gauge(history.unsealed)),
        ("banyan_audit_oldest_unsealed_seconds", history.oldest),
        ("banyan_audit_last_checkpoint_seconds", history.checkpoint),
        ("banyan_offers_open", gauge(offers.n)),
    ])
}

/// The smallest id that is made at this time (`UUIDv7`).
fn first_id_of(at: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a gauge is a float, and counts stay far below 2^53"
)]
fn gauge(count: i64) -> f64 {
    count as f64
}
