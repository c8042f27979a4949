//! Storm days: one action cancels a day's sessions, and another makes up for them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::cohorts::queries as cohorts;
use crate::db::{self, Conn};
use crate::error::Result;
use crate::ids::{ClassId, CohortId, PersonId};
use crate::lang::format::{hk_date, hk_instant, hkt};

use super::super::events::{Noted, about_programme};
use super::super::mail::{self, Audience, Told};
use super::super::queries::{self, Attending, ClassSession, whole_day};
use super::super::rules::recurrence::{Beat, Closed};
use super::super::rules::storm::{Lost, propose};
use super::super::rules::{CancelReason, SessionState, Slot, TeachingRefusal, teachable};
use super::sessions::{Meeting, make_up, note_cancelled, print, set_cancelled};

/// What a storm would take.
#[derive(Clone, Debug)]
pub struct StormDay {
    /// The sessions that are still to be held that day.
    pub sessions: Vec<ClassSession>,
    /// Everybody who would be told.
    pub people: BTreeMap<PersonId, Audience>,
    /// Letters: one for each person and published session.
    pub letters: usize,
    /// What was seen: a day that has changed meanwhile has another.
    pub fingerprint: String,
}

/// The sessions of the programme on a day from a time on, and whom they concern. Writes nothing.
///
/// # Errors
/// The database's.
pub fn storm_day(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    day: NaiveDate,
    from: Option<NaiveTime>,
) -> Result<StormDay> {
    let span = Slot {
        starts_at: hk_instant(day, from.unwrap_or(NaiveTime::MIN)),
        ends_at: whole_day(day).ends_at,
    };
    let mut sessions = queries::between(conn, staff, &span, Some(SessionState::Scheduled))?;
    // What is over took place, noted as held or not.
    let now = db::now(conn)?;
    sessions.retain(|it| it.ends_at > now);
    let attending = queries::attending(conn, staff)?;
    let mut people = BTreeMap::new();
    let mut letters = 0;
    for session in sessions.iter().filter(|it| it.published) {
        let concerned = mail::audience(session, &attending);
        letters += concerned.len();
        people.extend(concerned);
    }
    let seen: String = sessions
        .iter()
        .map(|it| format!("{}@{};", it.id, it.version))
        .collect();
    Ok(StormDay {
        fingerprint: print(&seen),
        sessions,
        people,
        letters,
    })
}

/// Cancels every session of the day from a time on, in every cohort of the programme, and tells
/// everybody in their language, each session with its own entry for calendars. `seen` is the fingerprint
/// of the preview. Returns how many.
///
/// # Errors
/// [`TeachingRefusal::QuietDay`] when there is none; [`TeachingRefusal::Changed`] when it is not the day
/// that was seen.
pub fn cancel_day(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (day, from): (NaiveDate, Option<NaiveTime>),
    (reason, seen): (CancelReason, &str),
) -> Result<usize> {
    queries::lock_timetable(conn, staff.programme())?;
    let shown = storm_day(conn, staff, day, from)?;
    let ids: Vec<ClassId> = shown.sessions.iter().map(|it| it.id).collect();
    queries::lock_sessions(conn, staff, &ids)?;
    let taken = storm_day(conn, staff, day, from)?;
    if taken.sessions.is_empty() {
        return Err(TeachingRefusal::QuietDay.into());
    }
    if taken.fingerprint != seen {
        return Err(TeachingRefusal::Changed.into());
    }
    let ids: Vec<ClassId> = taken.sessions.iter().map(|it| it.id).collect();
    set_cancelled(conn, &ids, reason)?;
    note_cancelled(conn, &taken.sessions, reason)?;
    let event = Noted::Storm {
        day,
        reason,
        sessions: ids.len(),
    };
    audit::note(conn, about_programme(staff.programme()), &event)?;
    let attending = queries::attending(conn, staff)?;
    let after = queries::between(conn, staff, &whole_day(day), Some(SessionState::Cancelled))?;
    for session in after.into_iter().filter(|it| ids.contains(&it.id)) {
        let readers = mail::audience(&session, &attending);
        mail::tell(
            conn,
            staff,
            &[session],
            &readers,
            &Told::Cancelled { reason },
        )?;
    }
    Ok(ids.len())
}

/// The days and times at which the offering of a session is taught.
fn beats(all: &[ClassSession], of: &ClassSession) -> Vec<Beat> {
    let mut found: Vec<Beat> = Vec::new();
    for session in all
        .iter()
        .filter(|it| it.offering_id == of.offering_id && it.made_up_for.is_none())
    {
        let local = session.starts_at.with_timezone(&hkt());
        let beat = Beat {
            weekday: local.weekday(),
            time: local.time(),
        };
        if !found.contains(&beat) {
            found.push(beat);
        }
    }
    found.sort_by_key(|beat| (beat.weekday.num_days_from_monday(), beat.time));
    found
}

/// What the rule needs to know of the cohorts whose sessions were lost.
fn grounds(
    conn: &mut Conn<'_>,
    lost: &[ClassSession],
) -> Result<BTreeMap<CohortId, (NaiveDate, Vec<Closed>)>> {
    let mut known = BTreeMap::new();
    let cohorts_lost: BTreeSet<CohortId> = lost.iter().map(|it| it.cohort_id).collect();
    for id in cohorts_lost {
        let staff = access::cohort_staff(conn, id)?;
        let cohort = cohorts::find(conn, &staff)?;
        if teachable(cohort.state()?).is_ok() {
            let closed = queries::closed_for(conn, &staff)?;
            known.insert(id, (cohort.ends_on, closed));
        }
    }
    Ok(known)
}

/// The sessions of a day that were cancelled and are not made up for, each with a time that suits
/// everybody, if there is one before its cohort ends. Sought from the day itself or from today,
/// whichever is later. Writes nothing.
///
/// # Errors
/// The database's.
pub fn proposals(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    day: NaiveDate,
) -> Result<Vec<(ClassSession, Option<Slot>)>> {
    let mut gone = queries::between(conn, staff, &whole_day(day), Some(SessionState::Cancelled))?;
    gone.retain(|it| it.made_up_by.is_none() && !it.called_off);
    let grounds = grounds(conn, &gone)?;
    gone.retain(|it| grounds.contains_key(&it.cohort_id));
    let Some(last) = grounds.values().map(|(last, _)| *last).max() else {
        return Ok(Vec::new());
    };
    let attending = queries::attending(conn, staff)?;
    // A year before shows the pattern of the week; what stands until the last day is in the way.
    let span = Slot {
        starts_at: whole_day(day - chrono::Duration::days(366)).starts_at,
        ends_at: whole_day(last).ends_at,
    };
    let all = queries::between(conn, staff, &span, None)?;
    let mut standing: Vec<_> = all
        .iter()
        .filter(|it| it.state == SessionState::Scheduled.as_str())
        .map(|it| queries::busy(it, &attending))
        .collect();
    let lost: Vec<Lost> = gone
        .iter()
        .filter_map(|it| {
            let (last_on, closed) = grounds.get(&it.cohort_id)?;
            Some(lost(it, &attending, &all, (*last_on, closed)))
        })
        .collect();
    let sessions: Vec<_> = lost.iter().map(|it| it.session.clone()).collect();
    let after = day.max(hk_date(crate::db::now(conn)?));
    let ahead = Slot {
        starts_at: whole_day(after).starts_at,
        ..span
    };
    standing.extend(queries::elsewhere(conn, staff, &ahead, &sessions)?);
    let found = propose(&lost, &standing, after);
    Ok(gone
        .into_iter()
        .map(|session| {
            let proposal = found.iter().find(|it| it.lost == session.id.0);
            let slot = proposal.and_then(|it| it.slot);
            (session, slot)
        })
        .collect())
}

fn lost(
    session: &ClassSession,
    attending: &Attending,
    all: &[ClassSession],
    (last_on, closed): (NaiveDate, &[Closed]),
) -> Lost {
    Lost {
        session: queries::busy(session, attending),
        beats: beats(all, session),
        last_on,
        closed: closed.to_vec(),
    }
}

/// Accepts proposed times: plans a make-up session for each and tells its people. Judged before the first
/// is planned: a time that is not what would be proposed now is refused, and nothing is planned then.
/// Returns how many.
///
/// # Errors
/// [`TeachingRefusal::Changed`]; as [`make_up`].
pub fn accept(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    day: NaiveDate,
    chosen: &[(ClassId, DateTime<Utc>)],
) -> Result<usize> {
    queries::lock_timetable(conn, staff.programme())?;
    let proposed = proposals(conn, staff, day)?;
    let mut slots = Vec::with_capacity(chosen.len());
    for (id, starts_at) in chosen {
        let slot = proposed
            .iter()
            .find(|(it, _)| it.id == *id)
            .and_then(|(it, slot)| Some((it, (*slot)?)))
            .filter(|(_, slot)| slot.starts_at == *starts_at)
            .ok_or(TeachingRefusal::Changed)?;
        slots.push(slot);
    }
    for (session, slot) in slots {
        let cohort = access::cohort_staff(conn, session.cohort_id)?;
        let meeting = Meeting {
            slot,
            ..Meeting::from(session)
        };
        make_up(conn, &cohort, session.id, &meeting, false)?;
    }
    Ok(chosen.len())
}
