//! Doubts about a cohort's dates. Nothing is refused: a date on a holiday may be meant, but whoever
//! sets it should have seen it.
#![warn(clippy::wildcard_enum_match_arm)]

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use crate::lang::format::{date_long, hk_date};
use crate::lang::{Lang, Say};
use crate::programmes::rules::Period;

use super::KeyDates;

/// Which date is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDate {
    /// The call closes.
    Closes,
    /// Decisions are told by then.
    Decisions,
    /// Offers are answered by then.
    Reply,
    /// Teaching begins.
    Starts,
    /// Teaching ends.
    Ends,
}

/// A doubt about a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateWarning {
    /// The first intake is promised for an earlier time.
    FirstIntakeLate {
        /// When teaching begins.
        starts_on: NaiveDate,
        /// The last day of the promised window.
        promised: NaiveDate,
    },
    /// It is a general holiday.
    Holiday(KeyDate, NaiveDate),
    /// It is a Sunday, which is a general holiday too.
    Sunday(KeyDate, NaiveDate),
    /// No general holidays of this year are recorded.
    HolidaysUnknown(i32),
}

impl Say for DateWarning {
    fn say(&self, lang: Lang) -> String {
        let name = |which: &KeyDate| match which {
            KeyDate::Closes => lang.cohorts_closes_on(),
            KeyDate::Decisions => lang.cohorts_decisions_on(),
            KeyDate::Reply => lang.cohorts_reply_on(),
            KeyDate::Starts => lang.cohorts_starts_on(),
            KeyDate::Ends => lang.cohorts_ends_on(),
        };
        match self {
            Self::FirstIntakeLate {
                starts_on,
                promised,
            } => lang
                .cohorts_warn_first_late(&date_long(lang, *starts_on), &date_long(lang, *promised)),
            Self::Holiday(which, on) => {
                lang.cohorts_warn_holiday(name(which), &date_long(lang, *on))
            }
            Self::Sunday(which, on) => lang.cohorts_warn_sunday(name(which), &date_long(lang, *on)),
            Self::HolidaysUnknown(year) => lang.cohorts_warn_no_holidays(*year),
        }
    }
}

/// What may be wrong with a cohort's dates.
///
/// `promised` is the window of the programme's first intake; `others` are the first days of its other
/// cohorts that are not called off. The promise is doubted only when no other cohort keeps it.
#[must_use]
pub fn warnings(
    dates: &KeyDates,
    promised: Option<&Period>,
    others: &[NaiveDate],
    holidays: &BTreeSet<NaiveDate>,
) -> Vec<DateWarning> {
    let mut found = Vec::new();
    if let Some(window) = promised
        && dates.starts_on > window.ends_on
        && !others.iter().any(|start| window.contains(*start))
        // A later cohort than the first late one is not the first intake.
        && !others.iter().any(|start| *start > window.ends_on && *start < dates.starts_on)
    {
        found.push(DateWarning::FirstIntakeLate {
            starts_on: dates.starts_on,
            promised: window.ends_on,
        });
    }
    let days = [
        (KeyDate::Closes, hk_date(dates.closes_at)),
        (KeyDate::Decisions, dates.decisions_on),
        (KeyDate::Reply, dates.reply_on),
        (KeyDate::Starts, dates.starts_on),
        (KeyDate::Ends, dates.ends_on),
    ];
    for (which, on) in days {
        if holidays.contains(&on) {
            found.push(DateWarning::Holiday(which, on));
        } else if on.weekday() == chrono::Weekday::Sun {
            found.push(DateWarning::Sunday(which, on));
        }
    }
    let known: BTreeSet<i32> = holidays.iter().map(Datelike::year).collect();
    let years: BTreeSet<i32> = days.iter().map(|(_, on)| on.year()).collect();
    found.extend(
        years
            .difference(&known)
            .map(|year| DateWarning::HolidaysUnknown(*year)),
    );
    found
}
