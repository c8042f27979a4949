//! Weeks, hours, when something is missing, and what an evaluation says.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Datelike as _, Days, Duration, NaiveDate, NaiveTime, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::ids::CompetencyId;
use crate::lang::{refusals, words};
use crate::matches::rules::PlacementState;

pub mod form;
pub mod hours;

words! {
    /// Where a weekly log stands.
    pub enum LogState {
        /// Being written.
        Draft = "draft" => sup_log_draft,
        /// Waits for the supervisor.
        Submitted = "submitted" => sup_log_submitted,
        /// Approved.
        Approved = "approved" => sup_log_approved,
        /// Sent back with a comment.
        Returned = "returned" => sup_log_returned,
    }
}

words! {
    /// Where the work of a day was done.
    pub enum Place {
        /// At the institution.
        Office = "office" => sup_place_office,
        /// At home.
        Home = "home" => sup_place_home,
        /// Elsewhere.
        Elsewhere = "elsewhere" => sup_place_elsewhere,
    }
}

words! {
    /// How a supervisor's answer came.
    pub enum Way {
        /// By a private link.
        Link = "link" => sup_way_link,
        /// By who speaks for the institution.
        Institution = "institution" => sup_way_institution,
        /// By the programme office.
        Office = "office" => sup_way_office,
    }
}

words! {
    /// When an evaluation is made.
    pub enum Point {
        /// At half-time.
        Mid = "mid" => sup_point_mid,
        /// At the end.
        Final = "final" => sup_point_final,
    }
}

words! {
    /// Who evaluates.
    pub enum Author {
        /// The institution.
        Host = "host" => sup_author_host,
        /// The trainee, themselves.
        Own = "self" => sup_author_self,
    }
}

words! {
    /// How a supervisor for the university meets the trainee.
    pub enum VisitMode {
        /// At the institution.
        Visit = "visit" => sup_mode_visit,
        /// By telephone or video.
        Call = "call" => sup_mode_call,
    }
}

words! {
    /// Where a visit stands.
    pub enum VisitState {
        /// To come.
        Planned = "planned" => sup_visit_planned,
        /// It took place.
        Held = "held" => sup_visit_held,
        /// It did not.
        Cancelled = "cancelled" => sup_visit_cancelled,
    }
}

words! {
    /// How grave an incident is.
    pub enum Severity {
        /// To be kept in mind.
        Low = "low" => sup_severity_low,
        /// To be seen to within a working day.
        Serious = "serious" => sup_severity_serious,
        /// To be seen to within four hours.
        Critical = "critical" => sup_severity_critical,
    }
}

words! {
    /// Where an incident stands.
    pub enum IncidentState {
        /// Nobody has seen to it.
        Open = "open" => sup_incident_open,
        /// Somebody sees to it.
        Acknowledged = "acknowledged" => sup_incident_acknowledged,
        /// Closed with its outcome.
        Closed = "closed" => sup_incident_closed,
    }
}

words! {
    /// Who ended a placement early.
    pub enum Initiator {
        /// The trainee.
        Trainee = "trainee" => hst_party_trainee,
        /// The institution.
        Institution = "institution" => hst_party_institution,
        /// The programme.
        Programme = "programme" => hst_owner_office,
    }
}

words! {
    /// Why a placement ended early.
    pub enum EndCode {
        /// Health or family.
        Health = "health" => sup_end_health,
        /// Conduct.
        Conduct = "conduct" => sup_end_conduct,
        /// The work and the trainee did not fit.
        Fit = "fit" => sup_end_fit,
        /// The work changed or ended.
        WorkChanged = "work_changed" => sup_end_work,
        /// Employment was found.
        Employment = "employment" => sup_end_employment,
        /// Something else.
        Other = "other" => sup_end_other,
    }
}

refusals! {
    /// Why something during a placement is refused.
    pub enum SupervisionRefusal {
        /// The placement is not under way.
        NotUnderWay = "placement_not_under_way" => sup_refuse_not_under_way,
        /// The log is past this step.
        LogStep = "log_step" => sup_refuse_log_step,
        /// There is no hour in it.
        EmptyLog = "log_empty" => sup_refuse_log_empty,
        /// It has been handed in.
        EvaluatedAlready = "evaluated_already" => sup_refuse_evaluated,
        /// Logs, or an evaluation, are missing.
        NotComplete = "placement_not_complete" => sup_refuse_not_complete,
        /// The record is past this step.
        Step = "supervision_step" => sup_refuse_step,
        /// The posting has no seat left.
        NoSeat = "no_seat_left" => sup_refuse_no_seat,
        /// The supervisor's address is missing.
        NoAddress = "no_supervisor_address" => sup_refuse_no_address,
    }
}

/// Is a placement under way, so that logs are kept?
#[must_use]
pub fn under_way(state: PlacementState) -> bool {
    use PlacementState as At;
    matches!(state, At::ReportedForDuty | At::Active | At::MidReview)
}

/// Are its logs and evaluations there to be read?
#[must_use]
pub fn has_logs(state: PlacementState) -> bool {
    crate::hosting::rules::has_begun(state)
}

/// The Monday of a day's week.
#[must_use]
pub fn monday(day: NaiveDate) -> NaiveDate {
    day - Duration::days(i64::from(day.weekday().num_days_from_monday()))
}

/// The Mondays of the weeks that a placement touches, from its first week to the one of this day.
#[must_use]
pub fn weeks(starts_on: NaiveDate, ends_on: NaiveDate, until: NaiveDate) -> Vec<NaiveDate> {
    let last = ends_on.min(until);
    std::iter::successors(Some(monday(starts_on)), |it| {
        it.checked_add_days(Days::new(7))
    })
    .take_while(|it| *it <= last)
    .collect()
}

/// The work of a day. Times are of the day itself; a shift past midnight is two days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The day.
    pub day: NaiveDate,
    /// From.
    pub from: NaiveTime,
    /// To, later than from.
    pub to: NaiveTime,
    /// Minutes of rest, which are no work.
    pub rest: i32,
    /// What was done.
    pub task: String,
    /// Where, as its word.
    pub place: String,
    /// Competencies that were used.
    #[serde(default)]
    pub competencies: Vec<CompetencyId>,
}

/// A day of a log that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayFault {
    /// It ends before it begins.
    Order,
    /// It rests longer than it lasts.
    Rest,
}

impl Day {
    /// Minutes of work.
    ///
    /// # Errors
    /// A [`DayFault`].
    pub fn minutes(&self) -> Result<i32, DayFault> {
        let all = (self.to - self.from).num_minutes();
        if all <= 0 {
            return Err(DayFault::Order);
        }
        let work = all - i64::from(self.rest);
        if self.rest < 0 || work <= 0 {
            return Err(DayFault::Rest);
        }
        i32::try_from(work).map_err(|_over| DayFault::Order)
    }
}

/// Minutes of all these days; a day that cannot be counts nothing.
#[must_use]
pub fn minutes(days: &[Day]) -> i32 {
    days.iter()
        .map(|it| it.minutes().unwrap_or(0))
        .fold(0, i32::saturating_add)
}

/// May a trainee write on a log? What waits for the supervisor is not written on; what is approved is
/// corrected by writing on it again.
///
/// # Errors
/// [`SupervisionRefusal::LogStep`].
pub fn may_write(state: LogState) -> Result<(), SupervisionRefusal> {
    match state {
        LogState::Draft | LogState::Returned | LogState::Approved => Ok(()),
        LogState::Submitted => Err(SupervisionRefusal::LogStep),
    }
}

/// Until when a week's log is to be handed in: the end of the Monday after it, in Hong Kong.
#[must_use]
pub fn log_due(week: NaiveDate) -> NaiveDate {
    week + Duration::days(7)
}

/// What is done about a log that is not handed in, on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chase {
    /// Nothing yet.
    Wait,
    /// The trainee is reminded.
    Remind,
    /// The office is told as well.
    Escalate,
}

/// Days after a log was due from which the office is told.
pub const ESCALATE_DAYS: i64 = 3;

/// What is done about a week that is not handed in.
#[must_use]
pub fn chase(week: NaiveDate, today: NaiveDate) -> Chase {
    let late = (today - log_due(week)).num_days();
    if late <= 0 {
        Chase::Wait
    } else if late <= ESCALATE_DAYS {
        Chase::Remind
    } else {
        Chase::Escalate
    }
}

/// Does a week's log wait for its trainee: was it returned, or is a week of contracted work over and nothing is
/// handed in?
#[must_use]
pub fn is_awaited(
    week: NaiveDate,
    state: Option<LogState>,
    contracted: bool,
    today: NaiveDate,
) -> bool {
    match state {
        Some(LogState::Returned) => true,
        None | Some(LogState::Draft) => contracted && week + Duration::days(6) <= today,
        Some(LogState::Submitted | LogState::Approved) => false,
    }
}

/// Working days that a log waits for its supervisor before they are reminded.
pub const WAIT_DAYS: usize = 5;

/// Has a log waited so long for its supervisor that they are reminded? Saturdays and Sundays are no working
/// days.
#[must_use]
pub fn waits_long(submitted_on: NaiveDate, today: NaiveDate) -> bool {
    let between = std::iter::successors(Some(submitted_on), |it| it.succ_opt())
        .skip(1)
        .take_while(|it| *it <= today)
        .filter(|it| !matches!(it.weekday(), Weekday::Sat | Weekday::Sun))
        .count();
    between > WAIT_DAYS
}

/// The day of half-time.
#[must_use]
pub fn half_time(starts_on: NaiveDate, ends_on: NaiveDate) -> NaiveDate {
    starts_on + Duration::days((ends_on - starts_on).num_days() / 2)
}

/// Until when somebody is to see to an incident: serious ones within a day, critical ones within four hours.
#[must_use]
pub fn acknowledge_by(severity: Severity, reported_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match severity {
        Severity::Low => None,
        Severity::Serious => Some(reported_at + Duration::hours(24)),
        Severity::Critical => Some(reported_at + Duration::hours(4)),
    }
}

/// Is a visit due? One a month: none was held or is planned within the last 31 days, and the placement has
/// lasted that long.
#[must_use]
pub fn visit_due(starts_on: NaiveDate, last: Option<NaiveDate>, today: NaiveDate) -> bool {
    (today - last.unwrap_or(starts_on)).num_days() > 31
}
