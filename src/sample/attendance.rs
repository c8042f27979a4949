//! The registers of the sample's classes, kept and signed off by their instructor on the evening of
//! each session, and apologies.

use chrono::{DateTime, Duration, Utc};

use crate::access;
use crate::attendance::actions::{self, Change};
use crate::attendance::queries;
use crate::attendance::rules::form::Entry;
use crate::attendance::rules::{Presence, Verdict, minutes_of};
use crate::db::Role;
use crate::error::Result;
use crate::ids::{ApologyId, ClassId, CohortId};
use crate::teaching::queries as teaching;
use crate::teaching::queries::{ClassSession, Filter};

use super::class::{Trainee, trainees};
use super::teaching::instructor;
use super::{World, acting};

/// What a trainee did at a session: state, and minutes where they are fewer than were held.
pub(super) type Did = (Presence, Option<i32>);

/// Most came; who and when is the same in every load. Sessions of the first weeks and the last ones of a
/// term are missed by nobody who is not said to.
pub(super) fn usual(trainee: usize, session: usize) -> Did {
    match (trainee * 5 + session * 3) % 17 {
        0 if (4..13).contains(&session) => (Presence::Absent, None),
        1 => (Presence::Excused, None),
        2 | 3 => (Presence::Late, Some(105)),
        _ => (Presence::Present, None),
    }
}

/// The sessions of a cohort by time, without those that are cancelled.
pub(super) fn sessions(world: &World, cohort: CohortId) -> Result<Vec<ClassSession>> {
    world.db.read(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let mut all = teaching::of_cohort(conn, &staff, &Filter::default(), None, 200)?.rows;
        all.retain(|it| it.state != "cancelled");
        Ok(all)
    })
}

/// What a trainee of that place did in the session of that place.
type Story<'a> = dyn Fn((&Trainee, usize), (&ClassSession, usize)) -> Did + 'a;

/// Fills in and signs off the registers of these sessions, each a quarter of an hour after its end.
/// `did` is told the trainee, their place by number, and the session with its place by time.
pub(super) fn registers(
    world: &World,
    cohort: CohortId,
    (sessions, from): (&[ClassSession], usize),
    did: &Story<'_>,
) -> Result<()> {
    let class = trainees(world, cohort)?;
    let teacher = acting(instructor(world)?, Role::Instructor, vec![world.programme]);
    for (place, it) in (from..).zip(sessions) {
        let evening = it.ends_at + Duration::minutes(15);
        world.db.as_of(evening).tx(&teacher, |conn| {
            let keeper = access::class_keeper(conn, it.id)?;
            let session = queries::session(conn, &keeper)?;
            let held = session.window().held();
            let mut changes = Vec::new();
            for row in queries::rows(conn, &keeper, &session)? {
                // Whose apology was accepted stands there already.
                let numbered = class.iter().enumerate();
                let found = numbered
                    .filter(|_| row.record_id.is_none())
                    .find(|(_, one)| one.enrolment == row.enrolment_id);
                let Some((number, one)) = found else {
                    continue;
                };
                let (state, minutes) = did((one, number), (it, place));
                changes.push(Change {
                    enrolment: row.enrolment_id,
                    seen: row.seen(),
                    typed: minutes_of(state, minutes, held).map(|minutes| Entry {
                        state,
                        minutes,
                        note: String::new(),
                    }),
                });
            }
            actions::save(conn, &keeper, &changes)?;
            let seen = actions::fingerprint(&queries::rows(conn, &keeper, &session)?);
            actions::sign_off(conn, &keeper, (&seen, true)).map(|_| ())
        })?;
    }
    Ok(())
}

/// A trainee says that they cannot come.
pub(super) fn apologise(
    world: &World,
    at: DateTime<Utc>,
    one: &Trainee,
    (class, reason): (ClassId, &str),
) -> Result<ApologyId> {
    world.db.as_of(at).tx(&one.actor(), |conn| {
        let own = access::own_enrolment(conn, one.enrolment)?;
        actions::send(conn, &own, class, reason, None)
    })
}

/// The office decides on an apology.
pub(super) fn decide(
    world: &World,
    at: DateTime<Utc>,
    (cohort, id): (CohortId, ApologyId),
    verdict: Verdict,
    reason: &str,
) -> Result<()> {
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let seen = queries::apology(conn, &staff, id)?.version;
        actions::decide(conn, &staff, (id, seen), verdict, reason)
    })
}
