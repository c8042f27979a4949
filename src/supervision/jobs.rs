//! What comes by itself: logs that are missing or wait too long, evaluations that are due. The same event never
//! writes twice to the same person, so that looking often does no harm.

use crate::access;
use crate::db::{self, Actor, Conn, Db, Task};
use crate::error::Result;
use crate::hosting::queries as hosting;
use crate::ids::ProgrammeId;
use crate::lang::format::hk_date;

use super::actions::{self, Asked};
use super::mail::{self, Told};
use super::queries;
use super::rules::{Chase, LogState, chase, waits_long};

/// Looks after every placement that is under way; returns how many programmes were looked at. Each is a
/// transaction of its own, and one that fails is told to the log.
///
/// # Errors
/// The database's.
pub fn look(db: &Db) -> Result<usize> {
    let system = Actor::System(Task::Supervise);
    let programmes = db.read(&system, |conn| {
        let work = access::working(conn, Task::Supervise)?;
        queries::programmes(conn, &work)
    })?;
    for programme in programmes {
        if let Err(error) = db.tx(&system, |conn| programme_look(conn, programme)) {
            tracing::error!(%programme, %error, "a look at placements under way failed");
        }
    }
    Ok(0)
}

/// Looks after the placements of a programme.
///
/// # Errors
/// The database's.
pub fn programme_look(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<()> {
    let now = db::now(conn)?;
    let today = hk_date(now);
    for it in queries::watched(conn, programme)? {
        let work = access::working(conn, Task::Supervise)?;
        let placement = hosting::placement_for(conn, &work, it.id)?;
        let Some(contract) = queries::contract(conn, &placement)? else {
            continue;
        };
        for week in it.missing(today) {
            if contract.rests(week) {
                continue;
            }
            let told = Told::Missing(week);
            let mark = week.to_string();
            mail::tell_trainee(conn, &placement, &told, &mark)?;
            if chase(week, today) == Chase::Escalate {
                mail::tell_office(conn, &placement, &told, &mark)?;
            }
        }
        for log in queries::logs(conn, &placement)? {
            let waited = log.submitted_at.map(hk_date);
            let long = log.state()? == LogState::Submitted
                && waited.is_some_and(|since| waits_long(since, today));
            if long && !placement.supervisor_email.is_empty() {
                let asked = Asked::Log(log.id, log.week, -log.version);
                if queries::unasked(conn, &placement, &asked)? {
                    actions::ask_supervisor(conn, &placement, &asked, now)?;
                }
                let mark = format!("waits:{}", log.week);
                mail::tell_office(conn, &placement, &Told::Waits(log.week), &mark)?;
            }
        }
        for point in it.due(today) {
            let asked = Asked::Evaluation(point);
            if !placement.supervisor_email.is_empty() && queries::unasked(conn, &placement, &asked)?
            {
                actions::ask_supervisor(conn, &placement, &asked, now)?;
                mail::tell_trainee(conn, &placement, &Told::Evaluate(point), point.as_str())?;
            }
        }
    }
    Ok(())
}
