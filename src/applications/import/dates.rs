//! The date of submission as registries write it, and whether it is in time.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};

use crate::lang::format::{hk_date, hk_instant};

/// When an application was submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// Some time on that Hong Kong day.
    Day(NaiveDate),
    /// At that moment.
    At(DateTime<Utc>),
}

impl Submitted {
    /// Later than `deadline`? A day alone is in time when any moment of it may be: on the
    /// deadline's own day it is.
    #[must_use]
    pub fn is_late(self, deadline: DateTime<Utc>) -> bool {
        match self {
            Self::Day(day) => day > hk_date(deadline),
            Self::At(at) => at > deadline,
        }
    }

    /// The Hong Kong day.
    #[must_use]
    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::At(at) => hk_date(at),
        }
    }
}

/// Reads `2026-11-30`, or day first `30/11/2026`, `30-11-2026`, `30.11.2026`; a time of day
/// (`23:59`, `23:59:30`, Hong Kong time unless `Z` or an offset follows) may stand after it.
/// Two-digit years and month-first dates are no dates: nobody could tell them apart.
#[must_use]
pub fn parse_submitted(text: &str) -> Option<Submitted> {
    let text = text.trim();
    let (day, time) = match text.split_once(['T', ' ']) {
        Some((day, time)) => (day, Some(time.trim())),
        None => (text, None),
    };
    let day = parse_day(day)?;
    match time {
        None => Some(Submitted::Day(day)),
        Some(time) => parse_time(day, time).map(Submitted::At),
    }
}

fn parse_day(text: &str) -> Option<NaiveDate> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let mut parts = text.split(separator);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = if a.len() == 4 && separator == '-' {
        (a, b, c)
    } else {
        (c, b, a)
    };
    if year.len() != 4 {
        return None;
    }
    let number = |part: &str, digits: usize| -> Option<u32> {
        let plain = part.bytes().all(|b| b.is_ascii_digit());
        if part.is_empty() || part.len() > digits || !plain {
            return None;
        }
        part.parse().ok()
    };
    let year = i32::try_from(number(year, 4)?).ok()?;
    if !(1900..=2200).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(year, number(month, 2)?, number(day, 2)?)
}

fn parse_time(day: NaiveDate, text: &str) -> Option<DateTime<Utc>> {
    let split = text.find(['Z', '+', '-']);
    let (clock, zone) = match split {
        Some(at) => text.split_at_checked(at)?,
        None => (text, ""),
    };
    let time = ["%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(clock, format).ok())?;
    match zone {
        "" => Some(hk_instant(day, time)),
        "Z" => Some(day.and_time(time).and_utc()),
        offset => {
            let offset: FixedOffset = offset.parse().ok()?;
            let local = day.and_time(time).and_local_timezone(offset).single()?;
            Some(local.with_timezone(&Utc))
        }
    }
}
