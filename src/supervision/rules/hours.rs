//! Hours against the contract, month by month; the continuous contract.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Duration, Months, NaiveDate, Weekday};

use super::{Day, monday};

/// Below this share of the contracted hours, in basis points, a month is amber.
pub const AMBER_BP: i64 = 9_000;
/// Below this share it is red.
pub const RED_BP: i64 = 8_000;

/// How a month looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// Enough hours.
    Green,
    /// Below 90 % of the contract.
    Amber,
    /// Below 80 %.
    Red,
}

/// A month of a placement: worked and approved, and contracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// Minutes worked and approved.
    pub worked: i32,
    /// Minutes contracted.
    pub contracted: i32,
}

impl Month {
    /// How it looks: the borders themselves are the better side.
    #[must_use]
    pub fn light(&self) -> Light {
        let worked = i64::from(self.worked) * 10_000;
        let share = |bp: i64| i64::from(self.contracted) * bp;
        if worked < share(RED_BP) {
            Light::Red
        } else if worked < share(AMBER_BP) {
            Light::Amber
        } else {
            Light::Green
        }
    }
}

/// What the hours of a placement are counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Hours a week.
    pub hours_week: i32,
    /// General holidays.
    pub holidays: Vec<NaiveDate>,
    /// Breaks, both days included.
    pub breaks: Vec<(NaiveDate, NaiveDate)>,
}

impl Contract {
    /// Is work contracted on a day: a weekday of the period, no general holiday, not within a break?
    #[must_use]
    pub fn works_on(&self, day: NaiveDate) -> bool {
        (self.starts_on..=self.ends_on).contains(&day)
            && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            && !self.holidays.contains(&day)
            && !self
                .breaks
                .iter()
                .any(|(from, to)| (*from..=*to).contains(&day))
    }

    /// Is a whole week free of contracted work?
    #[must_use]
    pub fn rests(&self, week: NaiveDate) -> bool {
        (0..7).all(|n| !self.works_on(week + Duration::days(n)))
    }

    /// Minutes contracted between two days, both included, until `until`: a fifth of the week's hours for each
    /// day of work.
    #[must_use]
    pub fn minutes(&self, from: NaiveDate, to: NaiveDate) -> i32 {
        let mut days = 0_i64;
        let mut day = from.max(self.starts_on);
        while day <= to.min(self.ends_on) {
            days += i64::from(self.works_on(day));
            day += Duration::days(1);
        }
        i32::try_from(days * i64::from(self.hours_week) * 60 / 5).unwrap_or(i32::MAX)
    }
}

/// The months of a placement until a day, each with what was approved of it and what is contracted until then.
#[must_use]
pub fn months(contract: &Contract, approved: &[Day], until: NaiveDate) -> Vec<Month> {
    let mut worked: BTreeMap<NaiveDate, i32> = BTreeMap::new();
    for day in approved {
        let first = day.day.with_day(1).unwrap_or(day.day);
        let sum = worked.entry(first).or_default();
        *sum = sum.saturating_add(day.minutes().unwrap_or(0));
    }
    let last = contract.ends_on.min(until);
    let first = contract.starts_on.with_day(1).unwrap_or(contract.starts_on);
    std::iter::successors(Some(first), |it| it.checked_add_months(Months::new(1)))
        .take_while(|it| *it <= last)
        .map(|first| Month {
            first,
            worked: worked.get(&first).copied().unwrap_or(0),
            contracted: contract.minutes(
                first,
                first
                    .checked_add_months(Months::new(1))
                    .map_or(last, |next| (next - Duration::days(1)).min(last)),
            ),
        })
        .collect()
}

/// The first day on which the new rule of a continuous contract holds (Employment (Amendment) Ordinance 2025).
pub const NEW_RULE: (i32, u32, u32) = (2026, 1, 18);

/// The first day of the four weeks that make a continuous contract, if there are any (Employment Ordinance,
/// Cap. 57): from 18 January 2026 at least 17 hours in each of four weeks in a row, or at least 68 hours in
/// four weeks in a row; before that at least 18 hours in each. A window counts by the rule of its last week.
#[must_use]
pub fn continuous_from(approved: &[Day]) -> Option<NaiveDate> {
    let mut weeks: BTreeMap<NaiveDate, i32> = BTreeMap::new();
    for day in approved {
        let sum = weeks.entry(monday(day.day)).or_default();
        *sum = sum.saturating_add(day.minutes().unwrap_or(0));
    }
    let (year, month, date) = NEW_RULE;
    let new_rule = NaiveDate::from_ymd_opt(year, month, date)?;
    weeks.keys().copied().find(|first| {
        let of = |n: i64| {
            let week = *first + Duration::days(7 * n);
            weeks.get(&week).copied().unwrap_or(0)
        };
        let four = [of(0), of(1), of(2), of(3)];
        let each = |hours: i32| four.iter().all(|it| *it >= hours * 60);
        let last = *first + Duration::days(27);
        if last < new_rule {
            each(18)
        } else {
            each(17) || four.iter().sum::<i32>() >= 68 * 60
        }
    })
}
