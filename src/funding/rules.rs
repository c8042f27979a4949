//! What a scheme pays for a month of a placement, and why it may not. The terms found in schemes of Hong Kong
//! are shares with a monthly cap, months in a period, a least share of the hours, verification before the
//! start, and last days for claims; each is a column of the scheme.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{Datelike as _, Duration, Months, NaiveDate};

use crate::lang::{refusals, words};

words! {
    /// The period in which the months of one person are counted.
    pub enum Period {
        /// The Government's, from 1 April.
        FinancialYear = "financial_year" => fnd_period_financial,
        /// From 1 September.
        AcademicYear = "academic_year" => fnd_period_academic,
        /// From 1 January.
        CalendarYear = "calendar_year" => fnd_period_calendar,
        /// As long as the scheme lasts.
        Whole = "whole" => fnd_period_whole,
    }
}

words! {
    /// Where a claim stands.
    pub enum ClaimState {
        /// Sent to the funder.
        Submitted = "submitted" => fnd_claim_submitted,
        /// The funder will pay.
        Approved = "approved" => fnd_claim_approved,
        /// The funder will not.
        Rejected = "rejected" => fnd_claim_rejected,
        /// The funder has paid.
        Paid = "paid" => fnd_claim_paid,
        /// Taken back by the office.
        Withdrawn = "withdrawn" => fnd_claim_withdrawn,
    }
}

words! {
    /// Why a month is not claimed, the first that holds.
    pub enum Bar {
        /// It was verified after the placement had begun.
        NotVerified = "not_verified" => fnd_bar_not_verified,
        /// The month lies outside the scheme.
        Outside = "outside" => fnd_bar_outside,
        /// The month is not over.
        NotOver = "not_over" => fnd_bar_not_over,
        /// The last day for this month has passed.
        Late = "late" => fnd_bar_late,
        /// Too few of the contracted hours were worked and approved.
        HoursShort = "hours_short" => fnd_bar_hours,
        /// The person has had all months of the period.
        MonthsUsed = "months_used" => fnd_bar_months,
        /// The scheme has all the persons that it takes.
        PersonsFull = "persons_full" => fnd_bar_persons,
        /// Nothing is left of the budget.
        BudgetSpent = "budget_spent" => fnd_bar_budget,
    }
}

refusals! {
    /// Why something about funding is refused.
    pub enum FundingRefusal {
        /// The scheme is archived.
        Archived = "scheme_archived" => fnd_refuse_archived,
        /// The placement is under the scheme already.
        Twice = "funded_twice" => fnd_refuse_twice,
        /// It has claims that stand.
        HasClaims = "funded_has_claims" => fnd_refuse_claims,
        /// The claim is past this step.
        Step = "claim_step" => fnd_refuse_step,
        /// Nothing of what was chosen can be claimed any more.
        NothingToClaim = "nothing_to_claim" => fnd_refuse_nothing,
    }
}

/// What a claim goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimStep {
    /// The funder agrees.
    Approve,
    /// The funder refuses.
    Reject,
    /// The money has come.
    Pay,
    /// The office takes it back.
    Withdraw,
}

/// Where a step leads a claim.
///
/// # Errors
/// [`FundingRefusal::Step`].
pub fn claim_step(state: ClaimState, step: ClaimStep) -> Result<ClaimState, FundingRefusal> {
    match (state, step) {
        (ClaimState::Submitted, ClaimStep::Approve) => Ok(ClaimState::Approved),
        (ClaimState::Submitted | ClaimState::Approved, ClaimStep::Reject) => {
            Ok(ClaimState::Rejected)
        }
        (ClaimState::Approved, ClaimStep::Pay) => Ok(ClaimState::Paid),
        (ClaimState::Submitted, ClaimStep::Withdraw) => Ok(ClaimState::Withdrawn),
        _ => Err(FundingRefusal::Step),
    }
}

/// The terms of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// First day of work that counts.
    pub valid_from: NaiveDate,
    /// Last day of work that counts.
    pub valid_to: NaiveDate,
    /// Days from a month's end to claim it.
    pub claim_days: i32,
    /// The last day for any claim.
    pub claim_by: Option<NaiveDate>,
    /// Share of the pay, in basis points.
    pub share_bp: i32,
    /// Cents a month at most.
    pub month_cap_cents: i64,
    /// The least hours worked of those contracted, in basis points.
    pub least_hours_bp: i32,
    /// Months of one person in a period at most.
    pub months_most: Option<i32>,
    /// The period.
    pub period: Period,
    /// Persons at most.
    pub persons_most: Option<i32>,
    /// Cents in all.
    pub budget_cents: Option<i64>,
}

/// A month of a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// First day of the placement.
    pub starts_on: NaiveDate,
    /// Last day of the placement.
    pub ends_on: NaiveDate,
    /// When it was verified.
    pub verified_on: NaiveDate,
    /// Pay of a whole month, in cents.
    pub month_pay_cents: i64,
    /// Minutes worked and approved.
    pub worked: i32,
    /// Minutes contracted.
    pub contracted: i32,
}

/// What a scheme has been used for so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Months of this person in this month's period.
    pub months: i32,
    /// Persons with a claim.
    pub persons: i32,
    /// Is this person one of them?
    pub known: bool,
    /// Cents claimed, approved and paid.
    pub cents: i64,
}

/// The first day of a month's period.
#[must_use]
pub fn period_start(period: Period, month: NaiveDate) -> Option<NaiveDate> {
    let begins = match period {
        Period::FinancialYear => 4,
        Period::AcademicYear => 9,
        Period::CalendarYear => 1,
        Period::Whole => return None,
    };
    let year = if month.month() < begins {
        month.year() - 1
    } else {
        month.year()
    };
    NaiveDate::from_ymd_opt(year, begins, 1)
}

/// The last day of a month.
#[must_use]
pub fn month_end(first: NaiveDate) -> NaiveDate {
    first
        .checked_add_months(Months::new(1))
        .map_or(first, |next| next - Duration::days(1))
}

/// The last day on which a month may be claimed.
#[must_use]
pub fn claim_until(terms: &Terms, first: NaiveDate) -> NaiveDate {
    let own = month_end(first) + Duration::days(i64::from(terms.claim_days));
    terms.claim_by.map_or(own, |last| own.min(last))
}

/// Days of a month on which the placement and the scheme both run, and the days of the month.
fn days(terms: &Terms, it: &Month) -> (i64, i64) {
    let end = month_end(it.first);
    let from = it.first.max(it.starts_on).max(terms.valid_from);
    let to = end.min(it.ends_on).min(terms.valid_to);
    let days = (to - from).num_days() + 1;
    (days.max(0), (end - it.first).num_days() + 1)
}

/// The pay that counts in a month: of part of a month by its days, rounded down to the cent.
#[must_use]
pub fn pay(terms: &Terms, it: &Month) -> i64 {
    let (counted, all) = days(terms, it);
    it.month_pay_cents
        .saturating_mul(counted)
        .checked_div(all)
        .unwrap_or_default()
}

/// What the scheme pays for this pay.
#[must_use]
pub fn share(terms: &Terms, pay_cents: i64) -> i64 {
    let part = pay_cents.saturating_mul(i64::from(terms.share_bp)) / 10_000;
    part.min(terms.month_cap_cents)
}

/// Were enough of the contracted hours worked? Nothing contracted is never enough.
#[must_use]
pub fn enough_hours(terms: &Terms, worked: i32, contracted: i32) -> bool {
    contracted > 0
        && i64::from(worked) * 10_000 >= i64::from(contracted) * i64::from(terms.least_hours_bp)
}

/// What may be claimed for a month today, in cents; what is left of the budget at most.
///
/// # Errors
/// The first [`Bar`] that holds.
pub fn judge(terms: &Terms, it: &Month, used: &Used, today: NaiveDate) -> Result<i64, Bar> {
    if it.verified_on > it.starts_on {
        return Err(Bar::NotVerified);
    }
    let amount = share(terms, pay(terms, it));
    if days(terms, it).0 == 0 || amount == 0 {
        return Err(Bar::Outside);
    }
    if today <= month_end(it.first) {
        return Err(Bar::NotOver);
    }
    if today > claim_until(terms, it.first) {
        return Err(Bar::Late);
    }
    if !enough_hours(terms, it.worked, it.contracted) {
        return Err(Bar::HoursShort);
    }
    if terms.months_most.is_some_and(|most| used.months >= most) {
        return Err(Bar::MonthsUsed);
    }
    if !used.known && terms.persons_most.is_some_and(|most| used.persons >= most) {
        return Err(Bar::PersonsFull);
    }
    match terms.budget_cents.map(|all| all - used.cents) {
        Some(left) if left <= 0 => Err(Bar::BudgetSpent),
        Some(left) => Ok(amount.min(left)),
        None => Ok(amount),
    }
}

/// The months that a placement touches, by their first days, until this day.
#[must_use]
pub fn months(starts_on: NaiveDate, ends_on: NaiveDate, until: NaiveDate) -> Vec<NaiveDate> {
    let first = starts_on.with_day(1).unwrap_or(starts_on);
    let last = ends_on.min(until);
    std::iter::successors(Some(first), |it| it.checked_add_months(Months::new(1)))
        .take_while(|it| *it <= last)
        .collect()
}
