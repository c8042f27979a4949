//! The placement round of the finished class: 60 postings of 14 institutions, lists of both sides, and the
//! match, published by two people; then a second round for whom the first left without. All days are counted back from the day of the load.

use chrono::{Duration, NaiveDate};

use crate::access;
use crate::db::Actor;
use crate::error::Result;
use crate::ids::{CohortId, EnrolmentId, PostingId, RoundId};
use crate::lang::format::hk_date;
use crate::matches::actions as matching;
use crate::matches::queries as ranked;
use crate::placements::actions::{self, NewInterest, NewProfile, RoundDetails};
use crate::placements::queries;
use crate::placements::rules::content::City;
use crate::placements::rules::eligibility::{Authorisation, Degree, Language};
use crate::placements::rules::{RoundStep, Shares};

use super::class::{self, Trainee};
use super::data::SUPERVISORS;
use super::hosted;
use super::jobs::JOBS;
use super::placements::{self, Goes, Plan, Within};
use super::{World, dice, interviewed, running};

/// How many postings the round has.
const POSTINGS: usize = 60;
/// Who stayed away from classes looks for no placement.
const AWAY: usize = 4;

/// Who of those who seek ranks one posting alone, whose institution does not rank them: the first round
/// leaves them without.
const LEFT: usize = 2;

/// When the placements of the round began and end, in days from today.
const PERIOD: (i64, i64) = (-77, 49);

/// Everything of the round, until it is published.
pub(super) fn make(world: &World, cohort: CohortId) -> Result<()> {
    let today = hk_date(world.now);
    placements::ground(world, today)?;
    let within = Within {
        round: plan(world, cohort, today)?,
        starts_on: today + Duration::days(PERIOD.0),
        ends_on: today + Duration::days(PERIOD.1),
    };
    let mut open = Vec::new();
    for (n, it) in plans().iter().enumerate() {
        let day = i64::try_from(n / 7).unwrap_or_default();
        open.push(placements::post(world, it, within, (today, day - 150))?);
    }
    step(world, within.round, (today, -140), RoundStep::Open)?;
    let class = class::trainees(world, cohort)?;
    let seeking: Vec<&Trainee> = class
        .iter()
        .enumerate()
        .filter(|(n, _)| *n != AWAY)
        .map(|(_, it)| it)
        .collect();
    for one in &seeking {
        interests(world, one, &open, today)?;
    }
    interviewed::make(world, within.round, today)?;
    step(world, within.round, (today, -131), RoundStep::Rank)?;
    let left = seeking.get(LEFT).copied();
    let is_left = |one: &Trainee| left.is_some_and(|it| it.enrolment == one.enrolment);
    for one in &seeking {
        let most = if is_left(one) { Some(1) } else { None };
        trainee_list(world, one, (within.round, most), (today, -128))?;
    }
    for (name, ..) in SUPERVISORS {
        let (_, actor) = placements::host(world, name)?;
        let without = left.map(|it| it.enrolment);
        host_lists(world, &actor, (within.round, without), (today, -127))?;
    }
    publish(world, within.round, (today, -125))?;
    if let Some(one) = left {
        second(world, within.round, one, today)?;
    }
    hosted::make(world, cohort, today)
}

fn plan(world: &World, cohort: CohortId, today: NaiveDate) -> Result<RoundId> {
    let at = |days: i64, hour: u32| running::at(today, days, hour);
    world.db.as_of(at(-160, 9)).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let details = RoundDetails {
            name_en: "First placement round (sample)".to_owned(),
            name_zh: "首輪實習（示範）".to_owned(),
            cohorts: vec![cohort],
            opens_at: at(-140, 9),
            closes_at: at(-132, 18),
            seat_deadline: at(-129, 18),
            list_deadline: at(-126, 18),
            starts_on: today + Duration::days(PERIOD.0),
            ends_on: today + Duration::days(PERIOD.1),
        };
        let round = actions::plan_round(conn, &staff, &details)?;
        actions::step_round(conn, &staff, round, RoundStep::Collect)?;
        Ok(round)
    })
}

fn step(
    world: &World,
    round: RoundId,
    (today, day): (NaiveDate, i64),
    step: RoundStep,
) -> Result<()> {
    let at = world.db.as_of(running::at(today, day, 9));
    at.tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        actions::step_round(conn, &staff, round, step).map(|_| ())
    })
}

/// Each institution in turn takes the next job; those across the boundary lie there.
fn plans() -> Vec<Plan> {
    let hosts = SUPERVISORS.iter().cycle();
    let jobs = JOBS.iter().cycle();
    let seats = [2, 1, 3, 1, 2].iter().cycle();
    let all = hosts.zip(jobs).zip(seats).take(POSTINGS).enumerate();
    all.map(|(n, (((institution, ..), job), seats))| {
        let city = match (job.area, n % 3) {
            ("wealth_gba" | "xb_payments", 0) => City::Shenzhen,
            ("wealth_gba" | "xb_payments", 1) => City::Guangzhou,
            _ => City::HongKong,
        };
        let pay = i64::try_from(dice(&format!("pay {n}"), 7)).unwrap_or_default();
        Plan {
            institution,
            area: job.area,
            title: job.title,
            summary: job.summary,
            city,
            seats: *seats,
            cents: 1_100_000 + pay * 50_000,
            goes: Goes::Open,
        }
    })
    .collect()
}

/// What a trainee says of themselves, and the postings that they are interested in: some of a few that
/// everybody wants, and some of the rest. Those that bar them are left out.
fn interests(world: &World, one: &Trainee, open: &[PostingId], today: NaiveDate) -> Result<()> {
    let at = world.db.as_of(running::at(today, -136, 20));
    let mut order: Vec<(u64, PostingId)> = open
        .iter()
        .enumerate()
        .map(|(n, id)| {
            let wanted = if n < 4 { 600 } else { 0 };
            let liking = dice(&format!("{} {n}", one.email), 1_000);
            (liking.saturating_sub(wanted), *id)
        })
        .collect();
    order.sort_unstable();
    at.tx(&one.actor(), |conn| {
        let own = access::own(conn)?;
        let place = access::own_enrolment(conn, one.enrolment)?;
        let areas = queries::areas(conn, world.programme)?;
        let skip = usize::try_from(dice(&one.email, 10)).unwrap_or_default();
        let profile = NewProfile {
            areas: areas.iter().skip(skip).take(3).map(|it| it.id).collect(),
            cities: vec![City::HongKong],
            languages: vec![Language::English, Language::Cantonese],
            authorisations: vec![Authorisation::Resident],
            degree: Some(Degree::Bachelor),
            mainland_permit: dice(&one.email, 2) == 0,
        };
        actions::set_profile(conn, &place, &profile)?;
        for (_, id) in order.iter().take(6) {
            placements::express(
                conn,
                (&own, &place),
                *id,
                &NewInterest {
                    note: "I would like to see how this is checked before it is used.".to_owned(),
                    shares: vec![Shares::Profile, Shares::Modules],
                    documents: Vec::new(),
                },
            )?;
        }
        Ok(())
    })
}

/// Lists and certifies, in an order of the trainee's own.
fn trainee_list(
    world: &World,
    one: &Trainee,
    (round, most): (RoundId, Option<usize>),
    (today, day): (NaiveDate, i64),
) -> Result<()> {
    let at = world.db.as_of(running::at(today, day, 21));
    at.tx(&one.actor(), |conn| {
        let own = access::own(conn)?;
        let (place, round) = ranked::own_round(conn, &own, round)?;
        let list = ranked::trainee_list(&place, &round);
        let mut order: Vec<_> = ranked::candidates(conn, &list)?
            .into_iter()
            .map(|it| {
                let popular = JOBS.iter().take(4).any(|job| job.title[0] == it.name_en);
                let wanted = if popular { 700 } else { 0 };
                let liking = dice(&format!("{} {}", one.email, it.name_en), 1_000);
                (liking.saturating_sub(wanted), it.id)
            })
            .collect();
        order.sort_unstable();
        // Some trust in few choices.
        let usual = if dice(&one.email, 3) == 0 { 1 } else { 6 };
        order.truncate(most.unwrap_or(usual));
        let tiers: Vec<_> = order.into_iter().map(|(_, id)| vec![id]).collect();
        if tiers.is_empty() {
            return Ok(());
        }
        matching::save_list(conn, &list, 0, &tiers)?;
        matching::certify(conn, &list, 1)
    })
}

/// Every posting in which somebody is interested is ranked; a few of the interested are not.
fn host_lists(
    world: &World,
    actor: &Actor,
    (round, without): (RoundId, Option<EnrolmentId>),
    (today, day): (NaiveDate, i64),
) -> Result<()> {
    let at = world.db.as_of(running::at(today, day, 15));
    at.tx(actor, |conn| {
        let member = access::member(conn)?;
        let round = ranked::host_round(conn, &member, round)?;
        for list in ranked::host_lists(conn, &member, &round)? {
            let mut order: Vec<_> = ranked::candidates(conn, &list)?
                .into_iter()
                .filter(|it| without.is_none_or(|one| one.0 != it.id))
                .map(|it| {
                    let seen = format!("{} {}", list.name(crate::lang::Lang::En), it.name_en);
                    (dice(&seen, 1_000), it.id)
                })
                .filter(|(value, _)| *value < 900)
                .collect();
            order.sort_unstable();
            let tiers: Vec<_> = order.into_iter().map(|(_, id)| vec![id]).collect();
            if !tiers.is_empty() {
                matching::save_list(conn, &list, 0, &tiers)?;
                matching::certify(conn, &list, 1)?;
            }
        }
        Ok(())
    })
}

/// One coordinator freezes the run, the other one publishes it.
fn publish(world: &World, round: RoundId, (today, first): (NaiveDate, i64)) -> Result<()> {
    let at = |day: i64, hour: u32| world.db.as_of(running::at(today, day, hour));
    let run = at(first, 10).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        matching::freeze(conn, &staff, round)
    })?;
    at(first.saturating_add(1), 10).tx(&world.second_staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let seen = ranked::run(conn, &staff, (round, run))?.output_sha256;
        matching::publish(conn, &staff, (round, run), &seen)
    })
}

/// The second round: on the seats that are vacant, for whom the first left without.
fn second(world: &World, first: RoundId, one: &Trainee, today: NaiveDate) -> Result<()> {
    let at = |day: i64, hour: u32| running::at(today, day, hour);
    let round = world.db.as_of(at(-123, 10)).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let new = matching::NewSecond {
            name_en: "Second placement round (sample)".to_owned(),
            name_zh: "次輪實習（示範）".to_owned(),
            list_deadline: at(-118, 18),
        };
        matching::open_second(conn, &staff, first, &new)
    })?;
    trainee_list(world, one, (round, Some(6)), (today, -121))?;
    for (name, ..) in SUPERVISORS {
        let (_, actor) = placements::host(world, name)?;
        host_lists(world, &actor, (round, None), (today, -119))?;
    }
    publish(world, round, (today, -117))
}
