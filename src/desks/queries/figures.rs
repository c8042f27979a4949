//! Figures for readers who see no rows: the committee, and organisations about themselves.

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{Committee, Member, Working};
use crate::db::Conn;
use crate::desks::rules::{Cell, Standing, Sum, conceal};
use crate::error::Result;
use crate::ids::ProgrammeId;
use crate::programmes::rules::Metric;

use super::cohort::{YEAR, Year};

/// A cohort in sums.
#[derive(Clone, Debug, QueryableByName)]
pub struct CohortSums {
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The first day of teaching.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Seats in all.
    #[diesel(sql_type = BigInt)]
    pub seats: i64,
    /// Held by accepted offers.
    #[diesel(sql_type = BigInt)]
    pub taken: i64,
    /// Held by open offers.
    #[diesel(sql_type = BigInt)]
    pub on_offer: i64,
    /// Applications handed in.
    #[diesel(sql_type = BigInt)]
    pub submitted: i64,
    /// Applications with a released decision.
    #[diesel(sql_type = BigInt)]
    pub decided: i64,
    /// Applications that were made an offer.
    #[diesel(sql_type = BigInt)]
    pub offered: i64,
    /// Offers accepted.
    #[diesel(sql_type = BigInt)]
    pub accepted: i64,
    /// Trainees enrolled.
    #[diesel(sql_type = BigInt)]
    pub enrolled: i64,
}

/// A cohort's numbers as readers of figures may know them.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "as in CohortSums")]
pub struct Told {
    pub taken: Cell,
    pub on_offer: Cell,
    pub free: Cell,
    pub submitted: Cell,
    pub decided: Cell,
    pub offered: Cell,
    pub accepted: Cell,
    pub enrolled: Cell,
}

impl CohortSums {
    /// What may be told of them. A seat is taken by an accepted offer, so those two are one number; the
    /// losses between the steps from application to enrolment are counts of persons as well.
    #[must_use]
    pub fn told(&self) -> Told {
        use Standing::{Between, Figure, Public};
        let free = self.seats - self.taken - self.on_offer;
        let counts = [
            (Public, self.seats),
            (Figure, self.taken),
            (Figure, self.on_offer),
            (Figure, free),
            (Figure, self.submitted),
            (Figure, self.decided),
            (Figure, self.offered),
            (Figure, self.accepted),
            (Figure, self.enrolled),
            (Between, self.submitted - self.decided),
            (Between, self.decided - self.offered),
            (Between, self.offered - self.accepted - self.on_offer),
            (Between, self.accepted - self.enrolled),
        ];
        let sums: &[Sum] = &[
            (0, &[1, 2, 3]),
            (1, &[7]),
            (4, &[5, 9]),
            (5, &[6, 10]),
            (6, &[7, 2, 11]),
            (7, &[8, 12]),
        ];
        let cells = conceal(&counts, sums);
        let cell = |at: usize| cells.get(at).copied().unwrap_or(Cell::Withheld);
        Told {
            taken: cell(1),
            on_offer: cell(2),
            free: cell(3),
            submitted: cell(4),
            decided: cell(5),
            offered: cell(6),
            accepted: cell(7),
            enrolled: cell(8),
        }
    }
}

/// Those enrolled in a year, unless the number would tell one that a cohort hides, how many have left
/// since, or how many are not trained yet.
#[must_use]
pub fn enrolled(year: &Year, cohorts: &[CohortSums]) -> Cell {
    let period = year.starts_on..=year.ends_on;
    let own: Vec<&CohortSums> = cohorts
        .iter()
        .filter(|sums| sums.programme_id == year.programme_id && period.contains(&sums.starts_on))
        .collect();
    let all: i64 = own.iter().map(|sums| sums.enrolled).sum();
    let hidden = own
        .iter()
        .any(|sums| sums.told().enrolled.count().is_none());
    let few = |count: i64| Cell::of(count) == Cell::Small;
    match Cell::of(year.enrolled) {
        Cell::Shown(n) if n > 0 && (hidden || few(all - n) || few(n - year.trained)) => {
            Cell::Withheld
        }
        cell => cell,
    }
}

/// What has been reached of a yearly target, as readers of figures may know it.
#[must_use]
pub fn reached(year: &Year, cohorts: &[CohortSums]) -> Cell {
    match Metric::parse(&year.metric) {
        Some(Metric::Enrolled) => enrolled(year, cohorts),
        Some(Metric::Trained) => Cell::of(year.trained),
        None => Cell::Withheld,
    }
}

/// The cohorts of the committee's programmes in sums, the latest first. Decisions count once they are
/// released: a pending one is nobody's to know outside the programme office.
///
/// # Errors
/// The database's.
pub fn sums(
    conn: &mut Conn<'_>,
    committee: &Committee,
    _report: &Working,
) -> Result<Vec<CohortSums>> {
    let ids: Vec<uuid::Uuid> = committee.programmes().iter().map(|id| id.0).collect();
    Ok(sql_query(
        "SELECT c.programme_id, c.starts_on, c.name_en, c.name_zh, c.state, p.*, a.*, o.*, e.* FROM cohorts c \
         CROSS JOIN LATERAL (SELECT coalesce(sum(capacity), 0)::bigint AS seats, coalesce(sum(taken), 0)::bigint AS taken, \
           coalesce(sum(offered), 0)::bigint AS on_offer FROM seat_pools WHERE cohort_id = c.id) p \
         CROSS JOIN LATERAL (SELECT count(a.submitted_at) AS submitted, count(k.released_at) AS decided \
           FROM applications a LEFT JOIN application_cases k ON k.application_id = a.id WHERE a.cohort_id = c.id) a \
         CROSS JOIN LATERAL (SELECT count(DISTINCT application_id) AS offered, \
           count(*) FILTER (WHERE state = 'accepted') AS accepted FROM offers WHERE cohort_id = c.id) o \
         CROSS JOIN LATERAL (SELECT count(*) AS enrolled FROM enrolments WHERE cohort_id = c.id) e \
         WHERE c.programme_id = ANY ($1) AND c.state <> 'cancelled' ORDER BY c.opens_at DESC, c.id",
    )
    .bind::<Array<SqlUuid>, _>(&ids)
    .load(conn.pg())?)
}

/// The yearly targets of the committee's programmes with what has been reached.
///
/// # Errors
/// The database's.
pub fn years(conn: &mut Conn<'_>, committee: &Committee, _report: &Working) -> Result<Vec<Year>> {
    let ids: Vec<uuid::Uuid> = committee.programmes().iter().map(|id| id.0).collect();
    Ok(sql_query(format!(
        "{YEAR} AND g.id = ANY ($1) ORDER BY g.created_at, g.id, t.metric <> 'trained', t.starts_on, t.id"
    ))
    .bind::<Array<SqlUuid>, _>(&ids)
    .load(conn.pg())?)
}

/// Seats held for an organisation in a cohort.
#[derive(Clone, Debug, QueryableByName)]
pub struct HeldSeats {
    /// English name of the cohort.
    #[diesel(sql_type = Text)]
    pub cohort_en: String,
    /// Chinese name of the cohort.
    #[diesel(sql_type = Text)]
    pub cohort_zh: String,
    /// State of the cohort.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Code of its call.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name of the organisation.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// Chinese name of the organisation.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// Seats held.
    #[diesel(sql_type = Integer)]
    pub capacity: i32,
    /// Of them on offer.
    #[diesel(sql_type = Integer)]
    pub offered: i32,
    /// Of them taken.
    #[diesel(sql_type = Integer)]
    pub taken: i32,
    /// Held until.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub hold_until: Option<DateTime<Utc>>,
    /// Given to everybody at.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub released_at: Option<DateTime<Utc>>,
}

/// The seats held for the member's organisations in published cohorts, the latest first.
///
/// # Errors
/// The database's.
pub fn held(conn: &mut Conn<'_>, member: &Member) -> Result<Vec<HeldSeats>> {
    let ids: Vec<uuid::Uuid> = member.organisations().iter().map(|id| id.0).collect();
    Ok(sql_query(
        "SELECT c.name_en AS cohort_en, c.name_zh AS cohort_zh, c.state, c.code, o.name_en AS organisation_en, \
           o.name_zh AS organisation_zh, p.capacity, p.offered, p.taken, p.hold_until, p.released_at \
         FROM seat_pools p JOIN cohorts c ON c.id = p.cohort_id JOIN organisations o ON o.id = p.organisation_id \
         WHERE p.organisation_id = ANY ($1) ORDER BY c.opens_at DESC, o.name_en, p.id",
    )
    .bind::<Array<SqlUuid>, _>(&ids)
    .load(conn.pg())?)
}

/// A name in both languages.
#[derive(Clone, Debug, QueryableByName)]
pub struct Name {
    /// English.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

/// The organisations for which the member speaks.
///
/// # Errors
/// The database's.
pub fn organisations(conn: &mut Conn<'_>, member: &Member) -> Result<Vec<Name>> {
    let ids: Vec<uuid::Uuid> = member.organisations().iter().map(|id| id.0).collect();
    Ok(
        sql_query(
            "SELECT name_en, name_zh FROM organisations WHERE id = ANY ($1) ORDER BY name_en",
        )
        .bind::<Array<SqlUuid>, _>(&ids)
        .load(conn.pg())?,
    )
}

/// What waits for somebody who speaks for institutions.
#[derive(Clone, Debug, QueryableByName)]
pub struct HostNeeds {
    /// Questions about capacity that are not answered.
    #[diesel(sql_type = BigInt)]
    pub capacity: i64,
    /// Postings that came back.
    #[diesel(sql_type = BigInt)]
    pub returned: i64,
    /// Lists that were begun in a round that takes lists, and are not certified as they stand.
    #[diesel(sql_type = BigInt)]
    pub lists: i64,
    /// Agreements that the institution has not signed.
    #[diesel(sql_type = BigInt)]
    pub agreements: i64,
    /// Its late items of checklists.
    #[diesel(sql_type = BigInt)]
    pub tasks: i64,
    /// Weekly logs that wait for an answer.
    #[diesel(sql_type = BigInt)]
    pub logs: i64,
}

/// What waits for this member in placements.
///
/// # Errors
/// The database's.
pub fn host_needs(conn: &mut Conn<'_>, member: &Member) -> Result<HostNeeds> {
    let organisations: Vec<uuid::Uuid> = member.organisations().iter().map(|id| id.0).collect();
    Ok(sql_query(
        "SELECT (SELECT count(*) FROM capacity_asks WHERE organisation_id = ANY ($1) AND state = 'asked') AS capacity, \
           (SELECT count(*) FROM postings WHERE organisation_id = ANY ($1) AND state = 'returned') AS returned, \
           (SELECT count(*) FROM rank_lists l JOIN placement_rounds r ON r.id = l.round_id WHERE l.organisation_id = ANY ($1) AND r.state = 'ranking' \
             AND l.sha256 IS DISTINCT FROM (SELECT c.sha256 FROM certified_lists c WHERE c.list_id = l.id ORDER BY c.sequence DESC LIMIT 1)) AS lists, \
           (SELECT count(*) FROM agreements a WHERE a.organisation_id = ANY ($1) AND a.state = 'signing' AND NOT EXISTS (SELECT 1 \
             FROM agreement_signatures s WHERE s.agreement_id = a.id AND s.party = 'institution')) AS agreements, \
           (SELECT count(*) FROM placement_tasks t WHERE t.organisation_id = ANY ($1) AND t.owner = 'institution' AND t.state = 'open' \
             AND t.due_on < (SELECT banyan_today())) AS tasks, \
           (SELECT count(*) FROM weekly_logs WHERE organisation_id = ANY ($1) AND state = 'submitted') AS logs",
    )
    .bind::<Array<SqlUuid>, _>(&organisations)
    .get_result(conn.pg())?)
}
