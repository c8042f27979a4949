//! What is under way, and what is wrong with it: the desk and the job that looks after placements.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{ProgrammeStaff, Working};
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{OrganisationId, PersonId, PlacementId, ProgrammeId};
use crate::lang::format::hk_date;

use super::super::rules::hours::{Light, Month, months};
use super::super::rules::{Chase, Point, chase, half_time, visit_due, weeks};
use super::{Agreed, approved_of, contracts};

/// What the supervision desk and its job look at of a placement that is under way.
#[derive(Clone, Debug, QueryableByName)]
pub struct Watched {
    /// The placement.
    #[diesel(sql_type = SqlUuid)]
    pub id: PlacementId,
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// The trainee's name.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    #[diesel(sql_type = Nullable<Integer>)]
    hours_week: Option<i32>,
    /// Weeks whose logs were handed in.
    #[diesel(sql_type = Array<Date>)]
    pub handed_in: Vec<NaiveDate>,
    /// When the logs that wait were handed in.
    #[diesel(sql_type = Array<Timestamptz>)]
    pub waiting: Vec<DateTime<Utc>>,
    /// The last visit that was held or is planned.
    #[diesel(sql_type = Nullable<Date>)]
    pub last_visit: Option<NaiveDate>,
    /// Incidents that are not closed.
    #[diesel(sql_type = BigInt)]
    pub incidents: i64,
    /// Points at which the institution has evaluated.
    #[diesel(sql_type = Array<Text>)]
    pub evaluated: Vec<String>,
}

impl Watched {
    /// The weeks whose logs should be there and are not.
    #[must_use]
    pub fn missing(&self, today: NaiveDate) -> Vec<NaiveDate> {
        weeks(self.starts_on, self.ends_on, today)
            .into_iter()
            .filter(|week| chase(*week, today) != Chase::Wait && !self.handed_in.contains(week))
            .collect()
    }

    /// The evaluations of the institution that are due and are not there.
    #[must_use]
    pub fn due(&self, today: NaiveDate) -> Vec<Point> {
        let mut all = Vec::new();
        let lacks = |point: Point| !self.evaluated.iter().any(|word| word == point.as_str());
        let half = half_time(self.starts_on, self.ends_on);
        if today >= half && today <= self.ends_on && lacks(Point::Mid) {
            all.push(Point::Mid);
        }
        if today >= self.ends_on && lacks(Point::Final) {
            all.push(Point::Final);
        }
        all
    }
}

/// The placements of a programme that are under way; a few hundred.
///
/// # Errors
/// The database's.
pub fn watched(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Vec<Watched>> {
    Ok(sql_query(
        "SELECT x.id, x.programme_id, x.organisation_id, x.person_id, x.name_shown, x.starts_on, x.ends_on, x.hours_week, \
           ARRAY(SELECT week FROM weekly_logs l WHERE l.placement_id = x.id AND l.state <> 'draft' ORDER BY week) AS handed_in, \
           ARRAY(SELECT submitted_at FROM weekly_logs l WHERE l.placement_id = x.id AND l.state = 'submitted' ORDER BY submitted_at) AS waiting, \
           (SELECT max(planned_on) FROM visits v WHERE v.placement_id = x.id AND v.state <> 'cancelled') AS last_visit, \
           (SELECT count(*) FROM incidents i WHERE i.placement_id = x.id AND i.state <> 'closed') AS incidents, \
           ARRAY(SELECT point FROM evaluations e WHERE e.placement_id = x.id AND e.author = 'host' ORDER BY point) AS evaluated \
         FROM placements x WHERE x.programme_id = $1 AND x.state IN ('reported_for_duty', 'active', 'mid_review') \
           AND x.starts_on IS NOT NULL AND x.ends_on IS NOT NULL ORDER BY x.name_shown, x.id",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Programme {
    #[diesel(sql_type = SqlUuid)]
    id: ProgrammeId,
}

/// The programmes that have placements under way.
///
/// # Errors
/// The database's.
pub fn programmes(conn: &mut Conn<'_>, _supervise: &Working) -> Result<Vec<ProgrammeId>> {
    let rows: Vec<Programme> = sql_query(
        "SELECT DISTINCT programme_id AS id FROM placements WHERE state IN ('reported_for_duty', 'active', 'mid_review') ORDER BY 1",
    )
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|it| it.id).collect())
}

/// A placement under way, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Attention {
    /// The placement.
    pub it: Watched,
    /// Weeks without a log.
    pub missing: usize,
    /// Logs that wait for an answer.
    pub waiting: usize,
    /// The last whole month of the placement, or its first, against the contract.
    pub month: Option<Month>,
    /// Is a visit due?
    pub visit: bool,
    /// Evaluations of the institution that are due.
    pub evaluations: usize,
}

impl Attention {
    /// Were far too few hours worked in the month?
    #[must_use]
    pub fn is_red(&self) -> bool {
        self.month.is_some_and(|it| it.light() == Light::Red)
    }

    /// How bad it is: the worst first.
    fn weight(&self) -> usize {
        usize::try_from(self.it.incidents).unwrap_or(0) * 100
            + self.missing * 10
            + usize::from(self.is_red()) * 8
            + self.evaluations * 4
            + self.waiting * 2
            + usize::from(self.visit)
    }
}

fn month_end(first: NaiveDate) -> NaiveDate {
    first
        .checked_add_months(chrono::Months::new(1))
        .map_or(first, |next| next - chrono::Duration::days(1))
}

/// The last whole month of a placement, or its first.
fn last_month(all: &[Month], today: NaiveDate) -> Option<Month> {
    let over = all.iter().rfind(|it| month_end(it.first) < today);
    over.or(all.first()).copied()
}

/// The placements of a programme that are under way with what is wrong with each, the worst first.
///
/// # Errors
/// The database's.
pub fn attention(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<Attention>> {
    let today = hk_date(crate::db::now(conn)?);
    let watched = watched(conn, staff.programme())?;
    let ids: Vec<PlacementId> = watched.iter().map(|it| it.id).collect();
    let approved = approved_of(conn, staff, &ids)?;
    let terms: Vec<Agreed> = watched
        .iter()
        .filter_map(|it| Some((it.id, it.starts_on, it.ends_on, it.hours_week?)))
        .collect();
    let contracts = contracts(conn, &terms)?;
    let mut all: Vec<Attention> = watched
        .into_iter()
        .map(|it| {
            let contract = contracts.get(&it.id);
            let days = approved.get(&it.id).map_or(&[][..], Vec::as_slice);
            let lost = it.missing(today).into_iter();
            Attention {
                missing: lost
                    .filter(|week| contract.is_none_or(|it| !it.rests(*week)))
                    .count(),
                waiting: it.waiting.len(),
                month: contract.and_then(|it| last_month(&months(it, days, today), today)),
                visit: visit_due(it.starts_on, it.last_visit, today),
                evaluations: it.due(today).len(),
                it,
            }
        })
        .collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.weight()));
    Ok(all)
}
