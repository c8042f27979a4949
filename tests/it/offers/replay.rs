//! The history judged by the rules: every event of a cohort in the order of its transactions,
//! against a model that knows nothing but seats, ranks and who may follow whom.

use std::collections::{BTreeMap, BTreeSet};

use banyan::db::Conn;
use banyan::error::Result;
use banyan::ids::CohortId;
use diesel::sql_types::{Array, Integer, Jsonb, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use serde_json::Value;
use uuid::Uuid;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    verb: String,
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    request_id: Uuid,
    #[diesel(sql_type = Jsonb)]
    details: Value,
}

#[derive(QueryableByName)]
struct PoolRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Integer)]
    capacity: i32,
    #[diesel(sql_type = Integer)]
    offered: i32,
    #[diesel(sql_type = Integer)]
    taken: i32,
}

#[derive(QueryableByName)]
struct WaitRow {
    #[diesel(sql_type = SqlUuid)]
    application_id: Uuid,
    #[diesel(sql_type = Integer)]
    rank: i32,
    #[diesel(sql_type = Array<SqlUuid>)]
    pool_ids: Vec<Uuid>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seats {
    capacity: i64,
    offered: i64,
    taken: i64,
}

/// What the model knows.
#[derive(Default)]
struct Model {
    pools: BTreeMap<Uuid, Seats>,
    /// Rank and pools of everybody who waits.
    waiting: BTreeMap<Uuid, (i64, Vec<Uuid>)>,
    /// Live offers: pool, application, accepted.
    live: BTreeMap<Uuid, (Uuid, Uuid, bool)>,
    ended: BTreeSet<Uuid>,
    promoted: BTreeSet<(Uuid, i64)>,
}

/// What a replay has seen.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Offers made.
    pub offers: usize,
    /// Of them from the waitlist.
    pub promotions: usize,
    /// Offers that ended.
    pub ended: usize,
}

/// Replays the history of a cohort whose pools began with these capacities, and compares where it
/// ends with the rows.
pub fn replay(conn: &mut Conn<'_>, cohort: CohortId, begin: &[(Uuid, i32)]) -> Result<Seen> {
    let rows: Vec<Row> = sql_query(
        "SELECT e.verb, e.subject_id, e.request_id, d.details FROM audit_events e JOIN audit_details d ON d.event_id = e.id \
         WHERE e.programme_id = (SELECT programme_id FROM cohorts WHERE id = $1) \
           AND (e.verb LIKE 'offer.%' OR e.verb LIKE 'pool.%' OR e.verb LIKE 'application.%') \
         ORDER BY e.occurred_at, e.id",
    )
    .bind::<SqlUuid, _>(cohort)
    .load(conn.pg())?;
    let mut model = Model::default();
    for (id, capacity) in begin {
        let seats = Seats {
            capacity: i64::from(*capacity),
            ..Seats::default()
        };
        model.pools.insert(*id, seats);
    }
    let mut seen = Seen::default();
    let mut rows = rows.iter().peekable();
    while let Some(row) = rows.next() {
        model.step(row, &mut seen);
        if rows
            .peek()
            .is_none_or(|next| next.request_id != row.request_id)
        {
            model.rest(&row.verb);
        }
    }
    model.compare(conn, cohort)?;
    Ok(seen)
}

fn id(details: &Value, name: &str) -> Uuid {
    details[name].as_str().unwrap().parse().unwrap()
}

impl Model {
    fn step(&mut self, row: &Row, seen: &mut Seen) {
        let details = &row.details;
        match row.verb.as_str() {
            "application.waitlisted" => {
                let pools = details["pools"].as_array().unwrap();
                let pools = pools.iter().map(|it| it.as_str().unwrap().parse().unwrap());
                let entry = (details["rank"].as_i64().unwrap(), pools.collect());
                assert!(self.waiting.insert(row.subject_id, entry).is_none());
            }
            "application.withdrawn" => {
                self.waiting.remove(&row.subject_id);
            }
            "offer.issued" => {
                seen.offers += 1;
                self.issue(row.subject_id, details, seen);
            }
            "offer.accepted" => {
                seen.ended += 1;
                self.end(row.subject_id, true);
            }
            "offer.declined" | "offer.expired" | "offer.withdrawn" => {
                seen.ended += 1;
                self.end(row.subject_id, false);
            }
            "offer.seat_given_up" => {
                let (pool, _, accepted) = self.live.remove(&row.subject_id).unwrap();
                assert!(accepted, "only an accepted seat is given up");
                self.pools.get_mut(&pool).unwrap().taken -= 1;
            }
            "pool.hold_ended" => {
                let seats = details["seats"].as_i64().unwrap();
                self.pools.get_mut(&row.subject_id).unwrap().capacity -= seats;
                self.pools.get_mut(&id(details, "to")).unwrap().capacity += seats;
            }
            "pool.capacity_changed" => {
                let pool = self.pools.get_mut(&row.subject_id).unwrap();
                pool.capacity = details["capacity"].as_i64().unwrap();
            }
            _ => {}
        }
        for (id, pool) in &self.pools {
            let Seats {
                capacity,
                offered,
                taken,
            } = *pool;
            assert!(offered >= 0 && taken >= 0, "{id} {pool:?}");
            assert!(offered + taken <= capacity, "{id} is oversold: {pool:?}");
        }
    }

    fn issue(&mut self, offer: Uuid, details: &Value, seen: &mut Seen) {
        let (application, pool) = (id(details, "application"), id(details, "pool"));
        let twice = self.live.values().any(|(_, of, _)| *of == application);
        assert!(!twice, "two live offers for {application}");
        if let Some(rank) = details["rank"].as_i64() {
            seen.promotions += 1;
            let (waited, pools) = self.waiting.remove(&application).unwrap();
            assert_eq!(waited, rank);
            assert!(pools.contains(&pool), "a seat that fits");
            assert!(self.promoted.insert((application, rank)), "promoted twice");
            for (other, (lower, fits)) in &self.waiting {
                assert!(
                    *lower > rank || !fits.contains(&pool),
                    "{application} of rank {rank} passed {other} of rank {lower} for {pool}"
                );
            }
        }
        self.live.insert(offer, (pool, application, false));
        self.pools.get_mut(&pool).unwrap().offered += 1;
    }

    fn end(&mut self, offer: Uuid, accepted: bool) {
        assert!(self.ended.insert(offer), "{offer} ended twice");
        let (pool, application, _) = self.live.remove(&offer).unwrap();
        let seats = self.pools.get_mut(&pool).unwrap();
        seats.offered -= 1;
        if accepted {
            seats.taken += 1;
            self.live.insert(offer, (pool, application, true));
        }
    }

    /// After every transaction: no seat is free while somebody who fits it waits.
    fn rest(&self, after: &str) {
        for (pool, seats) in &self.pools {
            if seats.offered + seats.taken < seats.capacity {
                let waits = self
                    .waiting
                    .iter()
                    .find(|(_, (_, fits))| fits.contains(pool));
                assert_eq!(waits, None, "a seat of {pool} is idle after {after}");
            }
        }
    }

    fn compare(&self, conn: &mut Conn<'_>, cohort: CohortId) -> Result<()> {
        let pools: Vec<PoolRow> =
            sql_query("SELECT id, capacity, offered, taken FROM seat_pools WHERE cohort_id = $1")
                .bind::<SqlUuid, _>(cohort)
                .load(conn.pg())?;
        let pools: BTreeMap<_, _> = pools
            .iter()
            .map(|row| {
                let seats = Seats {
                    capacity: row.capacity.into(),
                    offered: row.offered.into(),
                    taken: row.taken.into(),
                };
                (row.id, seats)
            })
            .collect();
        assert_eq!(
            pools, self.pools,
            "where the history ends is where the rows are"
        );
        let waiting: Vec<WaitRow> = sql_query(
            "SELECT application_id, rank, pool_ids FROM waitlist_entries WHERE cohort_id = $1 AND state = 'waiting'",
        )
        .bind::<SqlUuid, _>(cohort)
        .load(conn.pg())?;
        let waiting: BTreeMap<_, _> = waiting
            .into_iter()
            .map(|row| (row.application_id, (i64::from(row.rank), row.pool_ids)))
            .collect();
        assert_eq!(waiting, self.waiting);
        Ok(())
    }
}
