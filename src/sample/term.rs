//! The whole term of the finished class: notes, registers, work and marks, cases of trainees at risk,
//! placements, and who completed.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::access;
use crate::at_risk::rules::Outcome;
use crate::attendance::rules::{Presence, Verdict};
use crate::enrolments;
use crate::error::{Error, Result};
use crate::ids::{CohortId, RiskCaseId};
use crate::teaching::queries::ClassSession;

use super::assessment::{self, Part, points};
use super::attendance::{self, Did, usual};
use super::class::{self, Trainee, trainees};
use super::{World, care, day, hkt, matched, materials, progress};

/// Who missed the first Saturday and came back; who was exempted; who stayed away and failed; who left.
const BACK: usize = 2;
const EXEMPT: usize = 3;
const AWAY: usize = 4;
const LEFT: usize = 10;
/// Whose apologies were decided: accepted for the sixth session, declined for the tenth.
const SORRY: [usize; 2] = [5, 8];

/// A part, the day it opens, the day and hour it is due.
type Work = (Part, (u32, u32), (u32, u32, u32));

const WORK: &[Work] = &[
    (("AIR501", "case"), (6, 6), (6, 30, 18)),
    (("AIR501", "exercise"), (6, 27), (7, 14, 18)),
    (("AIR501", "exam"), (7, 25), (8, 1, 17)),
    (("AIE502", "report"), (7, 4), (8, 5, 18)),
    (("AIE502", "role_play"), (7, 25), (8, 8, 17)),
    (("AIE502", "reflection"), (8, 1), (8, 15, 18)),
];

fn did((one, number): (&Trainee, usize), session: usize, last: Option<&Trainee>) -> Did {
    let absent = (Presence::Absent, None);
    match (number, session) {
        (BACK, 0 | 1) => absent,
        (AWAY, 8 | 10 | 12 | 14 | 16) => absent,
        (BACK | AWAY, _) => (Presence::Present, None),
        (number, 9) if number == SORRY[1] => absent,
        _ if last.is_some_and(|it| it.enrolment == one.enrolment) => (Presence::Present, None),
        _ => usual(number, session),
    }
}

fn one(class: &[Trainee], place: usize) -> Result<&Trainee> {
    class
        .get(place)
        .ok_or_else(|| Error::Internal(format!("no sample trainee {place}")))
}

struct Term<'a> {
    world: &'a World,
    cohort: CohortId,
    class: Vec<Trainee>,
    sessions: Vec<ClassSession>,
    signed: usize,
}

impl Term<'_> {
    fn one(&self, place: usize) -> Result<&Trainee> {
        one(&self.class, place)
    }

    /// Keeps the registers of all sessions before this day.
    fn registers(&mut self, before: NaiveDate) -> Result<()> {
        let until = super::hk_midnight(before);
        let all = self.sessions.iter().skip(self.signed);
        let these: Vec<ClassSession> = all.take_while(|it| it.ends_at < until).cloned().collect();
        // Places are by number, also after somebody has left.
        let class = self.class.clone();
        let place = |one: &Trainee| class.iter().position(|it| it.enrolment == one.enrolment);
        let last = class.last();
        attendance::registers(self.world, self.cohort, (&these, self.signed), &|(
            one,
            _,
        ),
                                                                                (
            _,
            session,
        )| {
            did((one, place(one).unwrap_or_default()), session, last)
        })?;
        self.signed += these.len();
        Ok(())
    }

    /// An apology on the eve of a session, decided the same evening.
    fn apology(&self, place: usize, session: usize, verdict: Verdict) -> Result<()> {
        let missing = || Error::Internal(format!("no sample session {session}"));
        let class = self.sessions.get(session).ok_or_else(missing)?;
        let eve = class.starts_at - Duration::hours(20);
        let (reason, answer) = match verdict {
            Verdict::Accept => (
                "I have a fever and a doctor's note.",
                "Get well soon; the slides are online.",
            ),
            Verdict::Decline => (
                "A friend visits from abroad that weekend.",
                "That is no reason by our rules; your classmates share their notes.",
            ),
        };
        let id = attendance::apologise(self.world, eve, self.one(place)?, (class.id, reason))?;
        let later = eve + Duration::hours(3);
        attendance::decide(self.world, later, (self.cohort, id), verdict, answer)
    }
}

/// Runs the class from its first to its last Saturday, and confirms who completed.
pub(super) fn pre_pilot(world: &World, cohort: CohortId) -> Result<()> {
    let class = trainees(world, cohort)?;
    let sessions = attendance::sessions(world, cohort)?;
    class::activate(world, hkt(2026, 6, 6, 9, 0), cohort)?;
    let written = materials::notes(world, &sessions, hkt(2026, 8, 1, 9, 0))?;
    let all: Vec<&Trainee> = class.iter().collect();
    progress::form_in(world, hkt(2026, 6, 6, 9, 10), (cohort, "agreement"), &all)?;
    let times = (hkt(2026, 6, 8, 20, 0), hkt(2026, 6, 15, 10, 0));
    care::exempt(world, times, one(&class, EXEMPT)?, "AIE502")?;
    let mut term = Term {
        world,
        cohort,
        class,
        sessions,
        signed: 0,
    };
    let away = weeks(&mut term)?;
    materials::done(world, hkt(2026, 8, 16, 21, 0), &term.class, &written)?;
    work(&term)?;
    // Placements are sought while classes go on.
    matched::make(world, cohort)?;
    end(&term, away)
}

/// The Saturdays, and what the office did between them. Returns the case of who stayed away.
fn weeks(term: &mut Term<'_>) -> Result<RiskCaseId> {
    let world = term.world;
    term.registers(day(2026, 6, 15))?;
    let back = care::look(world, hkt(2026, 6, 15, 9, 0), term.one(BACK)?)?;
    care::take_up(
        world,
        hkt(2026, 6, 15, 11, 0),
        (back, day(2026, 6, 26)),
        (
            "Moved house that week; has the recordings.",
            "You missed the first Saturday. The slides are online, and the instructor has an hour for you on Thursday.",
        ),
    )?;
    term.apology(SORRY[0], 5, Verdict::Accept)?;
    term.registers(day(2026, 6, 29))?;
    care::close(world, hkt(2026, 6, 29, 10, 0), back, Outcome::Recovered)?;
    term.apology(SORRY[1], 9, Verdict::Decline)?;
    term.registers(day(2026, 7, 13))?;
    leave(term)?;
    term.registers(day(2026, 7, 27))?;
    let away = care::look(world, hkt(2026, 7, 27, 9, 0), term.one(AWAY)?)?;
    care::take_up(
        world,
        hkt(2026, 7, 27, 11, 0),
        (away, day(2026, 8, 7)),
        (
            "Works weekends since July; the employer was asked.",
            "You have missed four Saturdays in a row. Tell us what would help: we can talk to your employer.",
        ),
    )?;
    term.registers(day(2026, 9, 1))?;
    Ok(away)
}

/// One finds work abroad and leaves.
fn leave(term: &Term<'_>) -> Result<()> {
    let one = term.one(LEFT)?;
    let at = hkt(2026, 7, 13, 15, 0);
    term.world.db.as_of(at).tx(&term.world.staff(), |conn| {
        let staff = access::cohort_staff(conn, term.cohort)?;
        let reason = "You told us on 13 July that you take up work abroad. All the best.";
        enrolments::actions::withdraw_by_staff(conn, &staff, one.enrolment, reason)
    })
}

fn work(term: &Term<'_>) -> Result<()> {
    let stays: Vec<&Trainee> = term
        .class
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != LEFT)
        .map(|(_, one)| one)
        .collect();
    let exempt = term.one(EXEMPT)?.enrolment;
    for (part, (month, date), (due_month, due_date, hour)) in WORK {
        let times: (DateTime<Utc>, DateTime<Utc>) = (
            hkt(2026, *month, *date, 12, 30),
            hkt(2026, *due_month, *due_date, *hour, 0),
        );
        let assessed: Vec<&Trainee> = stays
            .iter()
            .filter(|it| part.0 != "AIE502" || it.enrolment != exempt)
            .copied()
            .collect();
        let gave = |one: &Trainee| points(one, *part);
        assessment::whole(term.world, (term.cohort, *part), times, &assessed, &gave)?;
    }
    Ok(())
}

/// Who stayed away fails; everybody else is confirmed.
fn end(term: &Term<'_>, away: RiskCaseId) -> Result<()> {
    let (world, cohort) = (term.world, term.cohort);
    let others: Vec<&Trainee> = term
        .class
        .iter()
        .enumerate()
        .filter(|(place, _)| ![AWAY, LEFT].contains(place))
        .map(|(_, one)| one)
        .collect();
    progress::form_in(
        world,
        hkt(2026, 8, 29, 18, 0),
        (cohort, "questionnaire"),
        &others,
    )?;
    let reason = "You attended fewer than 80% of the hours held. You may join a later class.";
    let failed = hkt(2026, 9, 3, 16, 0);
    progress::fail(world, failed, (cohort, term.one(AWAY)?), reason)?;
    care::close(world, failed + Duration::minutes(20), away, Outcome::Failed)?;
    progress::confirm(world, hkt(2026, 9, 4, 16, 0), cohort)?;
    Ok(())
}
