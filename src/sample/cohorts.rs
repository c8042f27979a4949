//! The cohorts of the sample and their calls.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::access;
use crate::cohorts::actions::{self, Criterion, Details, NewPool};
use crate::cohorts::rules::{CohortEvent, end_of_day};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::CohortId;

use super::{Made, World, assessment, data, day, hkt, intake, progress, running, teaching, term};

/// When a cohort's key dates are.
struct Dates {
    opens: DateTime<Utc>,
    closes: NaiveDate,
    decisions: NaiveDate,
    reply: NaiveDate,
    starts: NaiveDate,
    ends: NaiveDate,
}

fn create(
    world: &World,
    db: &Db,
    code: &str,
    dates: &Dates,
    open_seats: i32,
    held: &[(&str, i32)],
    hold_until: DateTime<Utc>,
) -> Result<Made> {
    let (_, [name_en, name_zh], [intro_en, intro_zh]) = data::COHORTS
        .iter()
        .find(|(known, ..)| *known == code)
        .ok_or_else(|| Error::Internal(format!("no sample cohort {code}")))?;
    let details = Details {
        code: code.to_owned(),
        name_en: (*name_en).to_owned(),
        name_zh: (*name_zh).to_owned(),
        intro_en: (*intro_en).to_owned(),
        intro_zh: (*intro_zh).to_owned(),
        opens_at: dates.opens,
        closes_at: end_of_day(dates.closes),
        decisions_on: dates.decisions,
        reply_by: end_of_day(dates.reply),
        starts_on: dates.starts,
        ends_on: dates.ends,
        reply_days: 7,
    };
    let cohort = db.tx(&world.staff(), |conn| {
        let programme = access::programme_staff(conn, world.programme)?;
        let cohort = actions::create(conn, &programme, &details, open_seats)?;
        let staff = access::cohort_staff(conn, cohort)?;
        for (organisation, capacity) in held {
            let pool = NewPool {
                organisation: world.organisation(organisation)?,
                capacity: *capacity,
                hold_until,
            };
            actions::add_pool(conn, &staff, &pool)?;
        }
        actions::set_rubric(conn, &staff, None, &rubric())?;
        Ok(cohort)
    })?;
    Ok(Made { cohort })
}

fn rubric() -> Vec<Criterion> {
    data::RUBRIC
        .iter()
        .map(
            |([name_en, name_zh], [hint_en, hint_zh], weight)| Criterion {
                id: None,
                name_en: (*name_en).to_owned(),
                name_zh: (*name_zh).to_owned(),
                hint_en: (*hint_en).to_owned(),
                hint_zh: (*hint_zh).to_owned(),
                weight: *weight,
            },
        )
        .collect()
}

/// Takes a cohort one step on.
pub(super) fn step(world: &World, db: &Db, cohort: CohortId, event: CohortEvent) -> Result<()> {
    db.tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        actions::step(conn, &staff, event).map(|_| ())
    })
}

/// A small class that has come to its end.
pub(super) fn pre_pilot(world: &World) -> Result<()> {
    let dates = Dates {
        opens: hkt(2026, 4, 7, 9, 0),
        closes: day(2026, 4, 30),
        decisions: day(2026, 5, 15),
        reply: day(2026, 5, 29),
        starts: day(2026, 6, 6),
        ends: day(2026, 8, 29),
    };
    let at = |planned, hours| world.at(planned, Duration::hours(hours));
    let opened = at(hkt(2026, 4, 7, 9, 0), 60);
    let made = create(
        world,
        &opened,
        "2026PP",
        &dates,
        12,
        &[],
        hkt(2026, 5, 29, 23, 59),
    )?;
    step(world, &opened, made.cohort, CohortEvent::Open)?;
    intake::import(
        world,
        &at(hkt(2026, 5, 4, 10, 0), 50),
        made.cohort,
        intake::PRE_PILOT.as_bytes(),
    )?;
    let reviewing = at(hkt(2026, 5, 5, 10, 0), 49);
    step(world, &reviewing, made.cohort, CohortEvent::CloseCall)?;
    intake::score(world, &reviewing, made.cohort, 1)?;
    let releasing = at(hkt(2026, 5, 15, 11, 0), 48);
    intake::decide(world, &releasing, made.cohort, 12, 4)?;
    step(world, &releasing, made.cohort, CohortEvent::BeginOffers)?;
    intake::release(world, &releasing, made.cohort)?;
    answers(world, &made)?;
    teaching::pre_pilot(
        world,
        &at(hkt(2026, 5, 28, 15, 0), 46),
        made.cohort,
        (dates.starts, dates.ends),
    )?;
    progress::first_rules(world, hkt(2026, 5, 28, 17, 0).min(world.now))?;
    step(
        world,
        &at(hkt(2026, 6, 6, 8, 30), 45),
        made.cohort,
        CohortEvent::Start,
    )?;
    term::pre_pilot(world, made.cohort)?;
    let over = at(hkt(2026, 9, 4, 17, 0), 44);
    step(world, &over, made.cohort, CohortEvent::Complete)
}

/// An evening class that began five weeks ago, and is under way.
pub(super) fn evening_class(world: &World) -> Result<()> {
    let today = crate::lang::format::hk_date(world.now);
    let at = |days: i64, hour: u32| world.db.as_of(running::at(today, days, hour));
    let dates = Dates {
        opens: running::at(today, -100, 9),
        closes: today - Duration::days(75),
        decisions: today - Duration::days(65),
        reply: today - Duration::days(55),
        starts: today - Duration::days(34),
        ends: today + Duration::days(63),
    };
    let opened = at(-100, 9);
    let until = end_of_day(dates.reply);
    let made = create(world, &opened, "2026P2", &dates, 12, &[], until)?;
    step(world, &opened, made.cohort, CohortEvent::Open)?;
    let list = intake::EVENING_CLASS.as_bytes();
    intake::import(world, &at(-76, 10), made.cohort, list)?;
    let reviewing = at(-73, 10);
    step(world, &reviewing, made.cohort, CohortEvent::CloseCall)?;
    intake::score(world, &reviewing, made.cohort, 1)?;
    let releasing = at(-65, 11);
    intake::decide(world, &releasing, made.cohort, 10, 0)?;
    step(world, &releasing, made.cohort, CohortEvent::BeginOffers)?;
    intake::release(world, &releasing, made.cohort)?;
    let answers = intake::Answers {
        accept: 10,
        decline: 0,
        enrol: 10,
    };
    intake::answer(world, &at(-60, 20), made.cohort, &answers)?;
    running::offer(world, made.cohort, (dates.starts, dates.ends))?;
    step(world, &at(-34, 9), made.cohort, CohortEvent::Start)?;
    running::weeks(world, made.cohort)?;
    super::placements::make(world, made.cohort)
}

/// Eleven accept, one declines, and the next on the waitlist accepts.
fn answers(world: &World, made: &Made) -> Result<()> {
    let at = |planned, hours| world.at(planned, Duration::hours(hours));
    let answering = at(hkt(2026, 5, 20, 20, 0), 47);
    intake::answer(
        world,
        &answering,
        made.cohort,
        &intake::Answers {
            accept: 11,
            decline: 1,
            enrol: 11,
        },
    )?;
    let late = at(hkt(2026, 5, 25, 20, 0), 46);
    intake::answer(
        world,
        &late,
        made.cohort,
        &intake::Answers {
            accept: 1,
            decline: 0,
            enrol: 1,
        },
    )
}

/// The first intake: imported, scored, released; some have answered.
pub(super) fn first_intake(world: &World) -> Result<()> {
    let dates = Dates {
        opens: hkt(2026, 10, 12, 9, 0),
        closes: day(2026, 11, 30),
        decisions: day(2027, 1, 8),
        reply: day(2027, 1, 22).max(crate::lang::format::hk_date(world.now + Duration::days(14))),
        starts: day(2027, 2, 22).max(crate::lang::format::hk_date(world.now + Duration::days(30))),
        ends: day(2027, 6, 26).max(crate::lang::format::hk_date(
            world.now + Duration::days(150),
        )),
    };
    let at = |planned, minutes| world.at(planned, Duration::minutes(minutes));
    let planned = at(hkt(2026, 10, 5, 15, 0), 360);
    let held = [
        ("Harbourfront Bank", 5),
        ("Lantau Life Assurance", 4),
        ("Lion Rock University", 3),
    ];
    let hold_until = end_of_day(dates.reply);
    let made = create(world, &planned, "2027H1", &dates, 18, &held, hold_until)?;
    step(world, &at(dates.opens, 350), made.cohort, CohortEvent::Open)?;
    intake::import(
        world,
        &at(hkt(2026, 12, 1, 10, 0), 300),
        made.cohort,
        intake::FIRST_INTAKE,
    )?;
    let reviewing = at(hkt(2026, 12, 2, 10, 0), 240);
    step(world, &reviewing, made.cohort, CohortEvent::CloseCall)?;
    intake::score(world, &reviewing, made.cohort, 2)?;
    let releasing = at(hkt(2027, 1, 8, 11, 0), 120);
    intake::decide(world, &releasing, made.cohort, 30, 40)?;
    step(world, &releasing, made.cohort, CohortEvent::BeginOffers)?;
    intake::release(world, &releasing, made.cohort)?;
    let answering = at(hkt(2027, 1, 11, 20, 0), 60);
    intake::answer(
        world,
        &answering,
        made.cohort,
        &intake::Answers {
            accept: 14,
            decline: 3,
            enrol: 8,
        },
    )?;
    let published = hkt(2027, 2, 1, 10, 0).min(world.now - Duration::minutes(55));
    teaching::first_intake(world, published, made.cohort, (dates.starts, dates.ends))?;
    assessment::first_intake(world, published, made.cohort)
}

/// An open call, to try the form on; a dozen have applied early, and half of the reading is done.
pub(super) fn second_intake(world: &World) -> Result<()> {
    let today = crate::lang::format::hk_date(world.now);
    let dates = Dates {
        opens: world.now - Duration::hours(2),
        closes: today + Duration::days(60),
        decisions: today + Duration::days(90),
        reply: today + Duration::days(110),
        starts: day(2027, 9, 6).max(today + Duration::days(130)),
        ends: day(2028, 1, 29).max(today + Duration::days(280)),
    };
    let db = world.at(world.now, Duration::minutes(50));
    let held = [
        ("Pearl Delta Bank", 4),
        ("Tolo University of Technology", 4),
    ];
    let made = create(
        world,
        &db,
        "2027H2",
        &dates,
        28,
        &held,
        end_of_day(dates.reply),
    )?;
    step(world, &db, made.cohort, CohortEvent::Open)?;
    let reading = world.at(world.now, Duration::minutes(40));
    intake::import(
        world,
        &reading,
        made.cohort,
        intake::SECOND_INTAKE.as_bytes(),
    )?;
    intake::assign(world, &reading, made.cohort, 2)?;
    intake::hand_in(world, &reading, made.cohort, 2)
}
