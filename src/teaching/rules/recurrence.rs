//! Sessions by a pattern of the week: which days they fall on, which days are left out and why.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{Datelike as _, Duration, NaiveDate, NaiveTime, Weekday};

use crate::lang::format::hk_instant;

use super::{ClosedKind, MOST_SESSIONS, Slot};

/// A day of the week with the time at which a session begins, in Hong Kong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Day.
    pub weekday: Weekday,
    /// Time of day.
    pub time: NaiveTime,
}

/// How much is to be planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This many sessions.
    Sessions(usize),
    /// As many as fill these minutes of teaching; the last one ends when they are full.
    Minutes(i64),
}

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Days and times of a week.
    pub beats: Vec<Beat>,
    /// Minutes of a session.
    pub minutes: i64,
    /// The first day that may have a session.
    pub first_on: NaiveDate,
    /// The last one: the end of the cohort.
    pub last_on: NaiveDate,
    /// How much.
    pub wanted: Wanted,
}

/// Why a day has no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A general holiday.
    Holiday,
    /// A closed period.
    Period(ClosedKind),
}

/// Days without classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Why.
    pub why: Why,
    /// Its name, English first.
    pub name: (String, String),
}

/// What closes this day, if anything: the first that is listed.
#[must_use]
pub fn closed_on(closed: &[Closed], day: NaiveDate) -> Option<&Closed> {
    closed.iter().find(|it| it.from <= day && day <= it.to)
}

/// A day that the pattern would have used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The day.
    pub on: NaiveDate,
    /// What closes it.
    pub by: Closed,
}

/// What a pattern gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The sessions, in order.
    pub slots: Vec<Slot>,
    /// Days left out, in order.
    pub skipped: Vec<Skipped>,
    /// What did not fit before the last day: sessions, or minutes, as was wanted.
    pub left: i64,
}

impl Plan {
    /// Minutes of teaching planned.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        self.slots.iter().map(Slot::minutes).sum()
    }
}

/// The sessions of a pattern: never on a closed day, never after the last day, at most
/// [`MOST_SESSIONS`], and not longer together than was wanted.
#[must_use]
pub fn plan(pattern: &Pattern, closed: &[Closed]) -> Plan {
    let mut beats = pattern.beats.clone();
    beats.sort_by_key(|beat| (beat.weekday.num_days_from_monday(), beat.time));
    beats.dedup();
    let mut made = Plan {
        left: match pattern.wanted {
            Wanted::Sessions(n) => i64::try_from(n).unwrap_or(i64::MAX),
            Wanted::Minutes(n) => n,
        },
        ..Plan::default()
    };
    if beats.is_empty() || pattern.minutes < 1 {
        return made;
    }
    let mut day = pattern.first_on;
    while day <= pattern.last_on && made.left > 0 && made.slots.len() < MOST_SESSIONS {
        let here: Vec<&Beat> = beats
            .iter()
            .filter(|beat| beat.weekday == day.weekday())
            .collect();
        match closed_on(closed, day) {
            Some(by) if !here.is_empty() => made.skipped.push(Skipped {
                on: day,
                by: by.clone(),
            }),
            Some(_) => {}
            None => {
                for beat in here {
                    add(&mut made, pattern, day, beat.time);
                }
            }
        }
        match day.succ_opt() {
            Some(next) => day = next,
            None => break,
        }
    }
    made
}

fn add(made: &mut Plan, pattern: &Pattern, day: NaiveDate, time: NaiveTime) {
    if made.left < 1 || made.slots.len() >= MOST_SESSIONS {
        return;
    }
    let minutes = match pattern.wanted {
        Wanted::Sessions(_) => pattern.minutes,
        Wanted::Minutes(_) => pattern.minutes.min(made.left),
    };
    let starts_at = hk_instant(day, time);
    // Two times of one day that run into each other are one session too many.
    if made
        .slots
        .last()
        .is_some_and(|last| starts_at < last.ends_at)
    {
        return;
    }
    made.left -= match pattern.wanted {
        Wanted::Sessions(_) => 1,
        Wanted::Minutes(_) => minutes,
    };
    made.slots.push(Slot {
        starts_at,
        ends_at: starts_at + Duration::minutes(minutes),
    });
}
