//! After a storm: times for the sessions that were lost, in which nothing and nobody clashes.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{Datelike as _, Duration, NaiveDate, NaiveTime, Timelike as _, Weekday};
use uuid::Uuid;

use crate::lang::format::{hk_instant, hkt};

use super::Slot;
use super::clashes::{Busy, between};
use super::recurrence::{Beat, Closed, closed_on};

/// How many days a make-up by the usual pattern is sought before other evenings are.
const NEAR: i64 = 28;
/// No session ends later than this hour of the evening, half past included.
const LATEST: (u32, u32) = (22, 30);

/// A session that was lost.
#[derive(Clone, Debug)]
pub struct Lost {
    /// The session as it was.
    pub session: Busy,
    /// Days and times at which its offering is taught.
    pub beats: Vec<Beat>,
    /// The last day of its cohort.
    pub last_on: NaiveDate,
    /// Days on which its cohort has no classes.
    pub closed: Vec<Closed>,
}

/// A time for a lost session; none when there is none within the cohort's dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The lost session.
    pub lost: Uuid,
    /// When it could be made up for.
    pub slot: Option<Slot>,
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}

/// Evenings and Saturdays besides the usual pattern: the session's own time of day where it is an
/// evening's, else half past six; on Saturdays half past nine and two o'clock.
fn others(lost: &Lost) -> Vec<Beat> {
    let own = lost.session.slot.starts_at.with_timezone(&hkt()).time();
    let evening = if own >= time(18, 0) {
        own
    } else {
        time(18, 30)
    };
    let weekdays = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
    ];
    let mut beats: Vec<Beat> = weekdays
        .into_iter()
        .map(|weekday| Beat {
            weekday,
            time: evening,
        })
        .collect();
    beats.extend([time(9, 30), time(14, 0)].map(|time| Beat {
        weekday: Weekday::Sat,
        time,
    }));
    beats
}

/// The times of these beats from a day to a day, in order.
fn times(beats: &[Beat], from: NaiveDate, to: NaiveDate) -> Vec<(NaiveDate, NaiveTime)> {
    let mut sorted = beats.to_vec();
    sorted.sort_by_key(|beat| beat.time);
    from.iter_days()
        .take_while(|day| *day <= to)
        .flat_map(|day| {
            let here: Vec<_> = sorted
                .iter()
                .filter(|beat| beat.weekday == day.weekday())
                .map(|beat| (day, beat.time))
                .collect();
            here
        })
        .collect()
}

/// The times to be tried for a lost session, the best first: its own pattern in the next four weeks,
/// other evenings and Saturdays of these weeks, then both until the cohort ends.
fn candidates(lost: &Lost, after: NaiveDate) -> Vec<(NaiveDate, NaiveTime)> {
    let first = after.succ_opt().unwrap_or(after);
    let near = (after + Duration::days(NEAR)).min(lost.last_on);
    let far = near.succ_opt().unwrap_or(near);
    let others = others(lost);
    let mut all = times(&lost.beats, first, near);
    all.extend(times(&others, first, near));
    all.extend(times(&lost.beats, far, lost.last_on));
    all.extend(times(&others, far, lost.last_on));
    all
}

/// A time for each lost session, in the order given: later than `after`, within its cohort's dates,
/// never on a closed day, and without a clash with anything that stands or with another proposal. The
/// same question has the same answer.
#[must_use]
pub fn propose(lost: &[Lost], standing: &[Busy], after: NaiveDate) -> Vec<Proposal> {
    let mut taken: Vec<Busy> = standing
        .iter()
        .filter(|it| lost.iter().all(|gone| gone.session.id != it.id))
        .cloned()
        .collect();
    lost.iter()
        .map(|gone| {
            let length = Duration::minutes(gone.session.slot.minutes());
            let free = candidates(gone, after).into_iter().find_map(|(day, time)| {
                if closed_on(&gone.closed, day).is_some() {
                    return None;
                }
                let starts_at = hk_instant(day, time);
                let slot = Slot {
                    starts_at,
                    ends_at: starts_at + length,
                };
                if !ends_in_time(&slot, day) {
                    return None;
                }
                let tried = Busy {
                    slot,
                    ..gone.session.clone()
                };
                let clear = taken.iter().all(|it| between(&tried, it).is_empty());
                clear.then_some(tried)
            });
            if let Some(made_up) = &free {
                // Under an id of its own, so that it stands in the way of the next.
                taken.push(Busy {
                    id: Uuid::nil(),
                    ..made_up.clone()
                });
            }
            Proposal {
                lost: gone.session.id,
                slot: free.map(|it| it.slot),
            }
        })
        .collect()
}

fn ends_in_time(slot: &Slot, day: NaiveDate) -> bool {
    let local = slot.ends_at.with_timezone(&hkt());
    local.date_naive() == day && (local.hour(), local.minute()) <= LATEST
}
