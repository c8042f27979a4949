//! What a desk shows: small counts hidden, bars measured, and what needs a decision today.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::cohorts::rules::CohortState;
use crate::lang::format::hk_date;

crate::lang::words! {
    /// What the placement desk counts by.
    pub enum By {
        /// The institution.
        Institution = "institution" => pdesk_by_institution,
        /// The focus areas: a posting with several is counted in each.
        Area = "area" => pdesk_by_area,
        /// The city of the work.
        City = "city" => pdesk_by_city,
    }
}

/// Counts from 1 to one less than this are not shown to readers of figures (`domain.md` 5.3).
pub const SMALL: i64 = 5;
/// Days ahead that a desk looks.
pub const SOON_DAYS: i64 = 7;
/// Hours before its expiry from which an open offer is shown.
pub const EXPIRING_HOURS: i64 = 72;
/// Up to how many applications without a reviewer are counted: beyond, "so many or more" says enough.
pub const UNREAD_COUNTED: i64 = 100;

/// A count as a reader of figures sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// The count itself: zero, or large enough to point at nobody.
    Shown(i64),
    /// Between 1 and 4.
    Small,
    /// Large enough, but with others it would give a hidden number away.
    Withheld,
}

impl Cell {
    /// A count that stands alone.
    #[must_use]
    pub fn of(count: i64) -> Self {
        if (1..SMALL).contains(&count) {
            Self::Small
        } else {
            Self::Shown(count)
        }
    }

    /// The count, if it may be shown.
    #[must_use]
    pub fn count(self) -> Option<i64> {
        match self {
            Self::Shown(count) => Some(count),
            Self::Small | Self::Withheld => None,
        }
    }
}

/// What a number is to a reader of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Known to everybody already, such as the seats of a cohort.
    Public,
    /// Shown unless it must be hidden.
    Figure,
    /// Never shown, but it would be known from others: those who declined.
    Between,
}

/// A number that is the sum of others: places in one list of counts.
pub type Sum = (usize, &'static [usize]);

/// Hides what is small, and as much besides as keeps a reader from working out a hidden small
/// number: `counts` are joined by `sums`, and while those let a small number be computed from what is
/// shown, the shown figure that helps most is withheld too, the smallest of several and a zero only when
/// nothing else is left (complementary suppression of cells, as offices of statistics do it).
#[must_use]
pub fn conceal(counts: &[(Standing, i64)], sums: &[Sum]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = counts
        .iter()
        .map(|(standing, count)| match standing {
            Standing::Public => Cell::Shown(*count),
            Standing::Figure => Cell::of(*count),
            Standing::Between if (1..SMALL).contains(count) => Cell::Small,
            Standing::Between => Cell::Withheld,
        })
        .collect();
    while given_away(&cells, sums) > 0 {
        let next = counts
            .iter()
            .enumerate()
            .filter(|(at, (standing, _))| {
                *standing == Standing::Figure
                    && cells.get(*at).is_some_and(|cell| cell.count().is_some())
            })
            .min_by_key(|(at, (_, count))| (*count == 0, without(*at, &cells, sums), *count))
            .map(|(at, _)| at);
        match next.and_then(|at| cells.get_mut(at)) {
            Some(cell) => *cell = Cell::Withheld,
            None => break,
        }
    }
    cells
}

/// How many small numbers can be computed from what is shown.
fn given_away(cells: &[Cell], sums: &[Sum]) -> usize {
    let small = |at: &usize| cells.get(*at) == Some(&Cell::Small);
    told(cells, sums).iter().filter(|at| small(at)).count()
}

/// How many still could if this one were withheld.
fn without(at: usize, cells: &[Cell], sums: &[Sum]) -> usize {
    let mut cells = cells.to_vec();
    if let Some(cell) = cells.get_mut(at) {
        *cell = Cell::Withheld;
    }
    given_away(&cells, sums)
}

/// The hidden numbers that the sums give away: those whose value is the same in every solution.
/// Gauss and Jordan's elimination over the hidden places; a number is settled when a row is left with
/// it alone. Everything is an integer: a row is multiplied, never divided.
fn told(cells: &[Cell], sums: &[Sum]) -> Vec<usize> {
    let hidden: Vec<usize> = (0..cells.len())
        .filter(|at| cells.get(*at).is_some_and(|cell| cell.count().is_none()))
        .collect();
    let mut rows: Vec<Vec<i64>> = sums
        .iter()
        .map(|(whole, parts)| {
            let sign = |at: &usize| i64::from(at == whole) - i64::from(parts.contains(at));
            hidden.iter().map(sign).collect()
        })
        .collect();
    let entry = |row: &Vec<i64>, column: usize| row.get(column).copied().unwrap_or(0);
    let mut done: Vec<Vec<i64>> = Vec::new();
    for column in 0..hidden.len() {
        let Some(at) = rows.iter().position(|row| entry(row, column) != 0) else {
            continue;
        };
        let pivot = rows.swap_remove(at);
        for row in rows.iter_mut().chain(done.iter_mut()) {
            let (by, times) = (entry(row, column), entry(&pivot, column));
            for (value, own) in row.iter_mut().zip(&pivot) {
                *value = *value * times - own * by;
            }
        }
        done.push(pivot);
    }
    let alone = |row: &Vec<i64>| {
        let mut left = (0..hidden.len()).filter(|column| entry(row, *column) != 0);
        left.next().filter(|_| left.next().is_none())
    };
    let columns = done.iter().filter_map(alone);
    columns
        .filter_map(|column| hidden.get(column).copied())
        .collect()
}

/// A share in whole percent, rounded; `None` for fewer than ten in all, where a percentage says more
/// than there is to know (`domain.md` 5.3).
#[must_use]
pub fn percent(part: i64, whole: i64) -> Option<i64> {
    (whole >= 10).then(|| (part.saturating_mul(200) / whole.max(1) + 1) / 2)
}

/// Length of a bar in tenths of a percent of the whole, as an SVG attribute: `41.7%`.
#[must_use]
pub fn length(part: i64, whole: i64) -> String {
    let tenths = (part.max(0).saturating_mul(1_000) / whole.max(1)).min(1_000);
    if tenths % 10 == 0 {
        format!("{}%", tenths / 10)
    } else {
        format!("{}.{}%", tenths / 10, tenths % 10)
    }
}

/// What may need somebody in a cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Need {
    /// The call's opening time has come and the cohort is still planned.
    OpenCall,
    /// The call closes within a week.
    ClosesSoon,
    /// The call has closed and review has not begun.
    BeginReview,
    /// Submitted applications that nobody reads.
    NoReviewer,
    /// Reviews not handed in although decisions are near or due.
    ReviewsOverdue,
    /// Decisions that the applicants do not know yet.
    Unreleased,
    /// Open offers that end within 72 hours.
    OffersExpiring,
    /// Unused held seats that fall to the open pool within a week.
    HoldsEnding,
    /// People waiting while a seat that fits them is free: a mistake of ours.
    WaitingBesideFree,
    /// Trainees have asked for a break or a deferral.
    Breaks,
    /// Apologies that wait for an answer.
    Apologies,
    /// Registers that were not signed off in time.
    Registers,
    /// Requests for a later due time that wait for an answer.
    Extensions,
    /// Appeals that wait for an answer.
    Appeals,
    /// Requests for an exemption that wait for an answer.
    Exemptions,
    /// Work that is in and that nobody marks.
    Unmarked,
    /// Agreed marks that trainees do not know yet.
    MarksUnreleased,
    /// The first day of teaching has come and the cohort has not started.
    StartCohort,
}

impl Need {
    /// Must it be seen to before anything else?
    #[must_use]
    pub fn is_urgent(self) -> bool {
        match self {
            Self::OpenCall
            | Self::BeginReview
            | Self::ReviewsOverdue
            | Self::OffersExpiring
            | Self::WaitingBesideFree
            | Self::Registers
            | Self::Unmarked
            | Self::StartCohort => true,
            Self::ClosesSoon
            | Self::NoReviewer
            | Self::Unreleased
            | Self::HoldsEnding
            | Self::Breaks
            | Self::Apologies
            | Self::Extensions
            | Self::Appeals
            | Self::Exemptions
            | Self::MarksUnreleased => false,
        }
    }
}

/// The counts of a cohort on which [`needs`] decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Handed in, undecided, and assigned to nobody.
    pub unassigned: i64,
    /// Assigned and not handed in.
    pub reviews_open: i64,
    /// Decided and not released.
    pub pending: i64,
    /// Open offers that end within [`EXPIRING_HOURS`].
    pub expiring: i64,
    /// Unused seats of holds that end within [`SOON_DAYS`].
    pub falling: i64,
    /// Persons waiting for whom a fitting seat is free.
    pub waiting_beside_free: i64,
    /// Requests for a break or a deferral that wait for an answer.
    pub breaks: i64,
    /// Apologies that wait for an answer.
    pub apologies: i64,
    /// Registers that were not signed off in time.
    pub registers: i64,
    /// Requests for a later due time that wait for an answer.
    pub extensions: i64,
    /// Appeals that wait for an answer.
    pub appeals: i64,
    /// Requests for an exemption that wait for an answer.
    pub exemptions: i64,
    /// Assessments whose due time is over and whose marking has not begun.
    pub unmarked: i64,
    /// Assessments whose marks are agreed and not released.
    pub unreleased: i64,
}

/// When things happen in a cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// Where it is in its life.
    pub state: CohortState,
    /// The call opens.
    pub opens_at: DateTime<Utc>,
    /// The call closes.
    pub closes_at: DateTime<Utc>,
    /// Decisions are told by this day.
    pub decisions_on: NaiveDate,
    /// Teaching begins.
    pub starts_on: NaiveDate,
}

/// What needs somebody at `now`, with how many each concerns, the urgent first.
#[must_use]
pub fn needs(when: &When, counts: &Counts, now: DateTime<Utc>) -> Vec<(Need, i64)> {
    let today = hk_date(now);
    let one = i64::from;
    let open = when.state == CohortState::Open;
    let before_teaching = matches!(
        when.state,
        CohortState::Open | CohortState::Reviewing | CohortState::Offering
    );
    // Of a cohort that is over nobody waits for a seat, nor for a class.
    let over = matches!(
        when.state,
        CohortState::Completed | CohortState::Archived | CohortState::Cancelled
    );
    let running = one(when.state == CohortState::Running);
    let closes_soon =
        open && when.closes_at > now && when.closes_at - now <= Duration::days(SOON_DAYS);
    let decisions_near = (when.decisions_on - today).num_days() <= SOON_DAYS;
    let mut found: Vec<(Need, i64)> = [
        (
            Need::OpenCall,
            one(when.state == CohortState::Planned && when.opens_at <= now),
        ),
        (Need::BeginReview, one(open && when.closes_at <= now)),
        (
            Need::StartCohort,
            one(when.state == CohortState::Offering && when.starts_on <= today),
        ),
        (
            Need::WaitingBesideFree,
            one(!over) * counts.waiting_beside_free,
        ),
        (Need::OffersExpiring, counts.expiring),
        (
            Need::ReviewsOverdue,
            one(before_teaching && decisions_near) * counts.reviews_open,
        ),
        (Need::Unreleased, counts.pending),
        (Need::NoReviewer, one(before_teaching) * counts.unassigned),
        (Need::HoldsEnding, counts.falling),
        (Need::Registers, running * counts.registers),
        (Need::Unmarked, running * counts.unmarked),
        (Need::Apologies, running * counts.apologies),
        (Need::Extensions, running * counts.extensions),
        (Need::Appeals, counts.appeals),
        (Need::Exemptions, running * counts.exemptions),
        (Need::MarksUnreleased, counts.unreleased),
        (Need::Breaks, counts.breaks),
        (Need::ClosesSoon, one(closes_soon)),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .collect();
    found.sort_by_key(|(need, _)| !need.is_urgent());
    found
}

/// A call, as anybody meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallState {
    /// Announced; applications are taken from the opening time on.
    NotYetOpen,
    /// Applications are taken.
    Open,
    /// Too late.
    Closed,
    /// Called off.
    Cancelled,
}

/// Where a call stands at `now`; the same test as that of a submission (`cohorts::rules::is_open`).
#[must_use]
pub fn call_state(
    state: CohortState,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> CallState {
    match state {
        CohortState::Cancelled => CallState::Cancelled,
        CohortState::Planned => CallState::NotYetOpen,
        CohortState::Open if crate::cohorts::rules::is_open(state, opens_at, closes_at, now) => {
            CallState::Open
        }
        CohortState::Open if now < opens_at => CallState::NotYetOpen,
        CohortState::Open
        | CohortState::Reviewing
        | CohortState::Offering
        | CohortState::Running
        | CohortState::Completed
        | CohortState::Archived => CallState::Closed,
    }
}
