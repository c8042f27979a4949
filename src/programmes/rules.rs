//! Targets, progress, the planner and working days: plain arithmetic on counts and dates.
//!
//! Nothing here uses floating point: a rate is in basis points, so that the figures on a steering
//! paper are the same on every machine.
#![warn(clippy::wildcard_enum_match_arm)]

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::error::Refusal;
use crate::lang::{Lang, Say, words};

words! {
    /// What a target counts. People are counted once.
    pub enum Metric {
        /// Persons whose completion date is in the period: the headline of the pilot.
        Trained = "trained" => metric_trained,
        /// Persons enrolled whose start date is in the period: an operating figure, not the promise.
        Enrolled = "enrolled" => metric_enrolled,
    }
}

words! {
    /// How a count is compared with a target's value.
    pub enum Operator {
        /// Strictly more than the value ("more than 200" is 201 or more).
        MoreThan = ">" => operator_more_than,
        /// The value or more.
        AtLeast = ">=" => operator_at_least,
    }
}

words! {
    /// Which date places a learner in a period; every report prints the one that it used.
    pub enum CountingBasis {
        /// The start date is in the period.
        StartedInPeriod = "started_in_period" => basis_started,
        /// The completion date is in the period.
        CompletedInPeriod = "completed_in_period" => basis_completed,
    }
}

/// Why something cannot be done to a programme now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgrammeRefusal {
    /// So many of its cohorts are not over yet.
    CohortsGoing(i64),
    /// It is closed.
    Closed,
    /// It is not closed.
    NotClosed,
    /// The administrator's role is held for one programme only.
    OneProgrammeOnly,
}

impl Say for ProgrammeRefusal {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::CohortsGoing(n) => lang.programmes_refuse_going(*n),
            Self::Closed => lang.programmes_refuse_closed().to_owned(),
            Self::NotClosed => lang.programmes_refuse_not_closed().to_owned(),
            Self::OneProgrammeOnly => lang.programmes_refuse_one_only().to_owned(),
        }
    }
}

impl Refusal for ProgrammeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::CohortsGoing(_) => "programme_cohorts_going",
            Self::Closed => "programme_closed",
            Self::NotClosed => "programme_not_closed",
            Self::OneProgrammeOnly => "programme_one_only",
        }
    }
}

/// The longest code of a programme.
pub const MAX_CODE: usize = 20;

/// Is this a programme's code: 2 to 20 capital letters, digits and hyphens, no hyphen first? As the
/// database's CHECK has it.
#[must_use]
pub fn is_code(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    (2..=MAX_CODE).contains(&text.len())
        && text.starts_with(fits)
        && text.chars().all(|c| fits(c) || c == '-')
}

/// Places of a draft that are still to be filled in: what stands in square brackets, `[…]` or `［…］`.
#[must_use]
pub fn gaps(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(from) = rest.find(['[', '［']) {
        let Some(tail) = rest.get(from..) else { break };
        let Some(to) = tail.find([']', '］']) else {
            break;
        };
        let close = tail.get(to..).and_then(|end| end.chars().next());
        let end = to + close.map_or(1, char::len_utf8);
        found.extend(tail.get(..end));
        rest = tail.get(end..).unwrap_or_default();
    }
    found
}

/// A span of calendar days in Hong Kong, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

impl Period {
    /// A period, unless it would end before it starts.
    pub fn new(starts_on: NaiveDate, ends_on: NaiveDate) -> Option<Self> {
        (starts_on <= ends_on).then_some(Self { starts_on, ends_on })
    }

    /// 1 January to 31 December.
    pub fn calendar_year(year: i32) -> Option<Self> {
        Self::new(
            NaiveDate::from_ymd_opt(year, 1, 1)?,
            NaiveDate::from_ymd_opt(year, 12, 31)?,
        )
    }

    /// 1 September to 31 August, named by the year in which it begins.
    pub fn academic_year(year: i32) -> Option<Self> {
        Self::new(
            NaiveDate::from_ymd_opt(year, 9, 1)?,
            NaiveDate::from_ymd_opt(year.checked_add(1)?, 8, 31)?,
        )
    }

    /// 1 April to 31 March (the Government's), named by the year in which it begins.
    pub fn financial_year(year: i32) -> Option<Self> {
        Self::new(
            NaiveDate::from_ymd_opt(year, 4, 1)?,
            NaiveDate::from_ymd_opt(year.checked_add(1)?, 3, 31)?,
        )
    }

    /// Is the day within the period?
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.starts_on <= day && day <= self.ends_on
    }

    /// Length in days, at least 1.
    pub fn days(&self) -> i64 {
        (self.ends_on - self.starts_on).num_days() + 1
    }

    /// Days of the period that are over or running on `today`: 0 before it, all of them after it.
    pub fn days_elapsed(&self, today: NaiveDate) -> i64 {
        ((today - self.starts_on).num_days() + 1).clamp(0, self.days())
    }
}

/// A promise in figures, such as "train more than 200 each year".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is counted.
    pub metric: Metric,
    /// How the count is compared.
    pub operator: Operator,
    /// The figure, as the source words it (200, not 201).
    pub value: i64,
    /// When.
    pub period: Period,
}

impl Target {
    /// The smallest count that meets the target: 201 for "more than 200".
    pub fn needed(&self) -> i64 {
        match self.operator {
            Operator::MoreThan => self.value.saturating_add(1),
            Operator::AtLeast => self.value,
        }
    }

    /// Is the target met by this count?
    pub fn met(&self, count: i64) -> bool {
        count >= self.needed()
    }
}

/// A share above 0 % and up to 100 %, in basis points (85 % is 8,500). Never zero, so it divides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(i64);

impl Rate {
    /// From basis points, 1 to 10,000.
    pub fn basis_points(points: i64) -> Option<Self> {
        (1..=10_000).contains(&points).then_some(Self(points))
    }

    /// From whole percent, 1 to 100.
    pub fn percent(percent: i64) -> Option<Self> {
        Self::basis_points(percent.checked_mul(100)?)
    }

    /// The rate in basis points.
    pub fn as_basis_points(self) -> i64 {
        self.0
    }

    /// The smallest whole number of which this share is at least `wanted`.
    fn gross(self, wanted: i64) -> i64 {
        ceil_div(wanted.max(0).saturating_mul(10_000), self.0)
    }
}

/// Quotient rounded up, for a dividend of 0 or more and a divisor of 1 or more.
fn ceil_div(dividend: i64, divisor: i64) -> i64 {
    let divisor = divisor.max(1);
    dividend / divisor + i64::from(dividend % divisor != 0)
}

/// How many people each step must see for the target to be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// People who must complete.
    pub completions: i64,
    /// People who must enrol for that many to complete.
    pub enrolments: i64,
    /// Offers that must be made for that many to enrol.
    pub offers: i64,
}

impl Plan {
    /// Cohorts of `size` seats that the enrolments fill; `None` for a size under 1.
    pub fn cohorts(&self, size: i64) -> Option<i64> {
        (size >= 1).then(|| ceil_div(self.enrolments, size))
    }
}

/// The planner: a target worked backwards through the completion rate (completed ÷ enrolled) and
/// the acceptance rate (accepted ÷ offered). Each step rounds up on its own, for people come whole.
pub fn required(target: &Target, completion: Rate, acceptance: Rate) -> Plan {
    let completions = target.needed().max(0);
    let enrolments = match target.metric {
        Metric::Trained => completion.gross(completions),
        // A target on intake is met at enrolment, whoever completes later.
        Metric::Enrolled => completions,
    };
    Plan {
        completions,
        enrolments,
        offers: acceptance.gross(enrolments),
    }
}

/// Where a target stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The smallest count that meets the target.
    pub needed: i64,
    /// Persons who completed in the period so far.
    pub trained: i64,
    /// Persons enrolled with a start date in the period so far.
    pub enrolled: i64,
    /// The count of the target's own metric.
    pub count: i64,
    /// What an even pace would have reached by the end of the day, rounded down.
    pub pro_rata: i64,
    /// How many are still missing, 0 once met.
    pub remaining: i64,
    /// Is the target met?
    pub met: bool,
    /// Is the count at or above the even pace?
    pub on_pace: bool,
    /// The count in basis points of `needed`; above 10,000 when exceeded.
    pub share: i64,
}

/// A target's progress on `today` (a Hong Kong date), from counts that the caller made on the
/// basis that it prints.
pub fn progress(target: &Target, trained: i64, enrolled: i64, today: NaiveDate) -> Progress {
    let needed = target.needed();
    let count = match target.metric {
        Metric::Trained => trained,
        Metric::Enrolled => enrolled,
    };
    let elapsed = target.period.days_elapsed(today);
    let pro_rata = needed.max(0).saturating_mul(elapsed) / target.period.days().max(1);
    Progress {
        needed,
        trained,
        enrolled,
        count,
        pro_rata,
        remaining: needed.saturating_sub(count).max(0),
        met: target.met(count),
        on_pace: count >= pro_rata,
        share: count.saturating_mul(10_000) / needed.max(1),
    }
}

words! {
    /// How a milestone stands.
    pub enum MilestoneStatus {
        /// Its window is still ahead or running.
        Expected = "expected" => milestone_expected,
        /// It happened.
        Reached = "reached" => milestone_reached,
        /// Its window passed, or it happened after its window.
        Late = "late" => milestone_late,
    }
}

/// A dated promise, such as "the first intake is expected to enrol in the first half of 2027".
pub fn milestone(
    window: &Period,
    actual_on: Option<NaiveDate>,
    today: NaiveDate,
) -> MilestoneStatus {
    if actual_on.unwrap_or(today) > window.ends_on {
        MilestoneStatus::Late
    } else if actual_on.is_some_and(|day| day <= today) {
        MilestoneStatus::Reached
    } else {
        MilestoneStatus::Expected
    }
}

/// Is the day a working day: Monday to Friday and not a holiday?
///
/// Holidays are data (a calendar per place, checked against the Gazette), never a formula: in 2026
/// two of them fell together and made a third.
pub fn is_working_day(day: NaiveDate, holidays: &BTreeSet<NaiveDate>) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !holidays.contains(&day)
}

/// Working days in the period, both ends included.
pub fn working_days(period: &Period, holidays: &BTreeSet<NaiveDate>) -> usize {
    period
        .starts_on
        .iter_days()
        .take_while(|day| *day <= period.ends_on)
        .filter(|day| is_working_day(*day, holidays))
        .count()
}

/// The day that lies `count` working days after `from` (0 gives `from` itself, working or not);
/// `None` past the calendar's end.
pub fn after_working_days(
    from: NaiveDate,
    count: usize,
    holidays: &BTreeSet<NaiveDate>,
) -> Option<NaiveDate> {
    match count.checked_sub(1) {
        None => Some(from),
        Some(skip) => from
            .checked_add_days(Days::new(1))?
            .iter_days()
            .filter(|day| is_working_day(*day, holidays))
            .nth(skip),
    }
}
