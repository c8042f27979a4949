//! The statutory minimum wage of Hong Kong, as a warning. Student interns and work-experience students
//! are outside it, and so is work elsewhere; what is paid in another currency is not compared.

use chrono::NaiveDate;

/// A rate, from its first day until the next one's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// First day.
    pub starts_on: NaiveDate,
    /// Cents an hour.
    pub cents: i64,
}

/// What is paid, for how much work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pay {
    /// Cents.
    pub cents: i64,
    /// For how long.
    pub per: Per,
    /// Hours a week.
    pub hours: i64,
    /// Days on which it is paid, both ends included.
    pub days: (NaiveDate, NaiveDate),
}

/// For how long a sum is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// An hour.
    Hour,
    /// A working day, of which a week has five.
    Day,
    /// A month, of which a year has twelve.
    Month,
}

/// Pay below the minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Below {
    /// What is paid an hour, in cents, rounded down.
    pub cents: i64,
    /// The rate that it is below.
    pub rate: Rate,
}

/// What is paid an hour as a fraction: cents and hours.
fn hourly(pay: &Pay) -> (i64, i64) {
    let hours = pay.hours.max(1);
    match pay.per {
        Per::Hour => (pay.cents, 1),
        Per::Day => (pay.cents.saturating_mul(5), hours),
        Per::Month => (pay.cents.saturating_mul(12), hours.saturating_mul(52)),
    }
}

/// The highest rate in force on any of these days.
pub fn in_force(rates: &[Rate], days: (NaiveDate, NaiveDate)) -> Option<Rate> {
    let begun = rates.iter().filter(|it| it.starts_on <= days.1);
    let first = rates
        .iter()
        .filter(|it| it.starts_on <= days.0)
        .map(|it| it.starts_on)
        .max();
    begun
        .filter(|it| first.is_none_or(|first| it.starts_on >= first))
        .max_by_key(|it| it.cents)
        .copied()
}

/// Is this below the minimum that holds while it is paid?
pub fn below(rates: &[Rate], pay: &Pay) -> Option<Below> {
    let rate = in_force(rates, pay.days)?;
    let (cents, hours) = hourly(pay);
    (cents < rate.cents.saturating_mul(hours)).then(|| Below {
        cents: cents.checked_div(hours).unwrap_or_default(),
        rate,
    })
}
