//! A class that is under way today: what has been, what waits, and what is to come. All its days are
//! counted from the day of the load.

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, NaiveTime, Utc};

use crate::access;
use crate::assessment::actions as assessing;
use crate::attendance::rules::Presence;
use crate::db::Role;
use crate::error::{Error, Result};
use crate::ids::{AssessmentId, CohortId};
use crate::lang::format::{hk_date, hk_instant};
use crate::progress::actions::Asked;
use crate::progress::rules::breaks::{BreakKind, Span};
use crate::sharing::rules::Scope;
use crate::teaching::actions as teaching_actions;
use crate::teaching::queries::ClassSession;
use crate::teaching::rules::CancelReason;

use super::assessment::{self, Part, points};
use super::attendance::{self, Did, usual};
use super::class::{self, Trainee, trainees};
use super::teaching::{self, Taught};
use super::{World, care, materials, progress};

/// Who has fallen behind; whose bank is let look; who asks for more time; who pauses; who cannot come
/// to the next session.
const BEHIND: &str = "ec3";
const NOMINEE: &str = "ec5";
const MORE_TIME: &str = "ec6";
const PAUSES: &str = "ec8";
const SORRY: &str = "ec2";

const EXERCISE: Part = ("AIR501", "exercise");
const REPORT: Part = ("DGP503", "report");
const CASE: Part = ("AIR501", "case");

/// The class, and today.
pub(super) struct Evening<'a> {
    world: &'a World,
    cohort: CohortId,
    today: NaiveDate,
    class: Vec<Trainee>,
}

impl Evening<'_> {
    /// An hour of a day before or after today.
    fn at(&self, days: i64, hour: u32) -> DateTime<Utc> {
        at(self.today, days, hour)
    }

    fn one(&self, mark: &str) -> Result<&Trainee> {
        let found = self.class.iter().find(|it| it.is(mark));
        found.ok_or_else(|| Error::Internal(format!("no sample trainee {mark}")))
    }
}

/// An hour of a day before or after another.
pub(super) fn at(today: NaiveDate, days: i64, hour: u32) -> DateTime<Utc> {
    let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    hk_instant(today + Duration::days(days), time)
}

/// Offers three modules: the first meets tomorrow, the second met yesterday, the third begins in three
/// weeks.
pub(super) fn offer(world: &World, cohort: CohortId, dates: (NaiveDate, NaiveDate)) -> Result<()> {
    let today = hk_date(world.now);
    let weekday = |days: i64| (today + Duration::days(days)).weekday();
    let taught: [Taught; 3] = [
        ("AIR501", weekday(1), (19, 0), 180, 24, 0),
        ("DGP503", weekday(-1), (19, 0), 180, 21, 0),
        ("AIE502", weekday(3), (19, 0), 180, 18, 8),
    ];
    let db = world.db.as_of(at(today, -45, 11));
    teaching::teach(world, &db, cohort, dates, &taught).map(|_| ())
}

/// Everything from the first evening until now.
pub(super) fn weeks(world: &World, cohort: CohortId) -> Result<()> {
    let it = Evening {
        world,
        cohort,
        today: hk_date(world.now),
        class: trainees(world, cohort)?,
    };
    class::activate(world, it.at(-34, 10), cohort)?;
    progress::follow_first(world, it.at(-34, 11), cohort)?;
    let all: Vec<&Trainee> = it.class.iter().collect();
    progress::form_in(world, it.at(-34, 12), (cohort, "agreement"), &all)?;
    storm(&it)?;
    let asked = Asked {
        kind: BreakKind::Break,
        span: Span {
            from: it.today - Duration::days(12),
            to: it.today + Duration::days(20),
        },
        reason: "My father is in hospital, and I look after him.".to_owned(),
    };
    progress::pause(world, it.at(-14, 21), (cohort, it.one(PAUSES)?), &asked)?;
    registers(&it)?;
    exercise(&it)?;
    report(&it)?;
    case(&it)?;
    risk(&it)?;
    shared(&it)
}

/// A storm took the third evening of the second module; what the house proposed instead was accepted.
fn storm(it: &Evening<'_>) -> Result<()> {
    let all = attendance::sessions(it.world, it.cohort)?;
    let third = all.iter().filter(|it| it.module_code == "DGP503").nth(2);
    let Some(lost) = third.filter(|lost| lost.ends_at < it.world.now) else {
        return Ok(());
    };
    let day = hk_date(lost.starts_at);
    let staff = it.world.staff();
    it.world.db.as_of(at(day, 0, 14)).tx(&staff, |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        let seen = teaching_actions::storm_day(conn, &staff, day, None)?;
        let why = (CancelReason::Signal8, seen.fingerprint.as_str());
        teaching_actions::cancel_day(conn, &staff, (day, None), why).map(|_| ())
    })?;
    it.world.db.as_of(at(day, 1, 10)).tx(&staff, |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        let chosen: Vec<_> = teaching_actions::proposals(conn, &staff, day)?
            .iter()
            .filter_map(|(lost, slot)| Some((lost.id, slot.as_ref()?.starts_at)))
            .collect();
        teaching_actions::accept(conn, &staff, day, &chosen).map(|_| ())
    })
}

fn did(it: &Evening<'_>, (one, number): (&Trainee, usize), of: (&ClassSession, usize)) -> Did {
    let paused = hk_date(of.0.starts_at) >= it.today - Duration::days(12);
    if one.is(BEHIND) && of.1 % 2 == 1 {
        return (Presence::Absent, None);
    }
    if one.is(PAUSES) && paused {
        return (Presence::Excused, None);
    }
    match usual(number, of.1) {
        (Presence::Absent, _) if of.1 > 4 => (Presence::Present, None),
        (Presence::Late, _) => (Presence::Late, Some(155)),
        other => other,
    }
}

/// Every register but the last is signed off; somebody cannot come to the next session. Notes are
/// written for every session, also those to come.
fn registers(it: &Evening<'_>) -> Result<()> {
    let all = attendance::sessions(it.world, it.cohort)?;
    let over: Vec<ClassSession> = all
        .iter()
        .filter(|session| session.ends_at < it.world.now)
        .cloned()
        .collect();
    let kept = over.len().saturating_sub(1);
    let signed = over.get(..kept).unwrap_or_default();
    attendance::registers(it.world, it.cohort, (signed, 0), &|one, of| {
        did(it, one, of)
    })?;
    let noted: Vec<ClassSession> = all
        .iter()
        .filter(|session| session.module_code != "AIE502")
        .cloned()
        .collect();
    let notes = materials::notes(it.world, &noted, it.at(-2, 9))?;
    materials::done(it.world, it.at(-1, 12), &it.class, &notes)?;
    let Some(next) = all.iter().find(|session| session.starts_at > it.world.now) else {
        return Ok(());
    };
    let reason = "My department works through that evening to close the quarter.";
    attendance::apologise(it.world, it.at(-1, 20), it.one(SORRY)?, (next.id, reason)).map(|_| ())
}

/// An exercise that is released; who is behind failed it and appeals.
fn exercise(it: &Evening<'_>) -> Result<()> {
    let behind = it.one(BEHIND)?;
    let gave = |one: &Trainee| {
        if one.enrolment == behind.enrolment {
            [12, 14, 7]
        } else {
            points(one, EXERCISE)
        }
    };
    let class: Vec<&Trainee> = it.class.iter().collect();
    let times = (it.at(-28, 9), it.at(-16, 18));
    let id = assessment::whole(it.world, (it.cohort, EXERCISE), times, &class, &gave)?;
    let grounds = "The second control was marked as missing; it stands on page three of my paper.";
    it.world
        .db
        .as_of(it.at(-2, 21))
        .tx(&behind.actor(), |conn| {
            let own = access::own(conn)?;
            let candidate = candidate(conn, id)?;
            assessing::lodge_appeal(conn, &own, candidate, grounds).map(|_| ())
        })
}

fn candidate(conn: &mut crate::db::Conn<'_>, id: AssessmentId) -> Result<crate::ids::CandidateId> {
    assessment::candidate(conn, id)?
        .ok_or_else(|| Error::Internal("a sample trainee without an assessment".to_owned()))
}

/// A report that is being marked: some are done, one is begun. Who pauses has more time; who is behind
/// has not handed in.
fn report(it: &Evening<'_>) -> Result<()> {
    let (behind, pauses) = (it.one(BEHIND)?, it.one(PAUSES)?);
    let id = assessment::set(it.world, it.cohort, REPORT, (it.at(-27, 9), it.at(-5, 18)))?;
    give_time(it, id, pauses)?;
    let handing: Vec<&Trainee> = it
        .class
        .iter()
        .filter(|one| ![behind.enrolment, pauses.enrolment].contains(&one.enrolment))
        .collect();
    for (n, one) in (0_i64..).zip(&handing) {
        let when = it.at(-5, 17) - Duration::minutes(n * 83);
        assessment::hand_in(it.world, when, (id, "DGP503-report"), one)?;
    }
    assessment::begin_marking(it.world, it.at(-1, 9), it.cohort, id)?;
    let gave = |enrolment| {
        let place = handing.iter().position(|one| one.enrolment == enrolment)?;
        let one = handing.get(place)?;
        (place < 4).then(|| (Some(points(one, REPORT)), place < 3))
    };
    assessment::mark(it.world, it.at(-1, 15), (it.cohort, id), &gave)
}

fn give_time(it: &Evening<'_>, id: AssessmentId, one: &Trainee) -> Result<()> {
    let until = it.at(25, 18);
    let when = it.world.db.as_of(it.at(-12, 11));
    let given = when.tx(&one.actor(), |conn| candidate(conn, id))?;
    when.tx(&it.world.staff(), |conn| {
        let staff = access::cohort_staff(conn, it.cohort)?;
        let note = (until, "After your break; take the time you need.");
        assessing::give_extension(conn, &staff, id, given, note)
    })
}

/// A case that is due in six days: two have handed in, one asks for more time.
fn case(it: &Evening<'_>) -> Result<()> {
    let id = assessment::set(it.world, it.cohort, CASE, (it.at(-13, 9), it.at(6, 18)))?;
    for one in it.class.iter().take(2) {
        assessment::hand_in(it.world, it.at(-1, 13), (id, "AIR501-case"), one)?;
    }
    let one = it.one(MORE_TIME)?;
    let reason = "The bank releases its figures three days after the due day.";
    it.world.db.as_of(it.at(-1, 16)).tx(&one.actor(), |conn| {
        let own = access::own(conn)?;
        let candidate = candidate(conn, id)?;
        assessing::ask_extension(conn, &own, candidate, it.at(10, 18), reason).map(|_| ())
    })
}

/// The look of this morning found who is behind; the second coordinator has the case.
fn risk(it: &Evening<'_>) -> Result<()> {
    let minutes = |n: i64| it.world.now - Duration::minutes(n);
    let id = care::look(it.world, minutes(20), it.one(BEHIND)?)?;
    care::take_up(
        it.world,
        minutes(15),
        (id, it.today + Duration::days(5)),
        (
            "Works late on the evenings of the second module; ask whether the recordings help.",
            "We have seen that you missed several evenings and one paper. Come by before class tomorrow; we can plan a resit together.",
        ),
    )
}

/// Two let their university or bank see something, and were looked at.
fn shared(it: &Evening<'_>) -> Result<()> {
    use Scope::{Attendance, Progress, Results, Timetable};
    let (behind, nominee) = (it.one(BEHIND)?, it.one(NOMINEE)?);
    let all = [Attendance, Results, Progress, Timetable];
    care::share(
        it.world,
        it.at(-3, 20),
        behind,
        ("Lion Rock University", &all),
    )?;
    let some = [Attendance, Progress];
    care::share(
        it.world,
        it.at(-3, 21),
        nominee,
        ("Harbourfront Bank", &some),
    )?;
    let liaison = (
        "liaison@lionrock.example",
        Role::Liaison,
        "Lion Rock University",
    );
    care::look_at(it.world, it.at(-1, 10), liaison, behind)?;
    let hr = (
        "hr@harbourfront.example",
        Role::Representative,
        "Harbourfront Bank",
    );
    care::look_at(it.world, it.at(-1, 11), hr, nominee)
}
