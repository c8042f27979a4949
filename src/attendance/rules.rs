//! Words, refusals and plain decisions of attendance; window, codes and the register's form have
//! files of their own.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Utc};

use crate::lang::{refusals, words};

pub mod codes;
pub mod form;
pub mod window;

words! {
    /// What a register says of a trainee.
    pub enum Presence {
        /// Came.
        Present = "present" => presence_present,
        /// Came late or left early: attended fewer minutes than were held.
        Late = "late" => presence_late,
        /// Did not come, for a reason that is accepted.
        Excused = "excused" => presence_excused,
        /// Did not come.
        Absent = "absent" => presence_absent,
    }
}

words! {
    /// Why a trainee who takes part is not expected at a session.
    pub enum Away {
        /// Exempted from its module.
        Exempted = "exempted" => att_away_exempted,
        /// On a break.
        Break = "break" => att_away_break,
    }
}

words! {
    /// What an excused absence is to the rate.
    pub enum ExcusedCount {
        /// An absence as any other.
        Absent = "absent" => excused_counts_absent,
        /// The session leaves the sum: it counts neither for nor against.
        Leaves = "leaves" => excused_counts_leaves,
        /// As if attended.
        Attended = "attended" => excused_counts_attended,
    }
}

words! {
    /// Where an apology stands.
    pub enum ApologyState {
        /// Sent; nobody has decided.
        Sent = "sent" => apology_sent,
        /// Taken back by the trainee.
        Withdrawn = "withdrawn" => apology_withdrawn,
        /// Accepted: the absence is excused.
        Accepted = "accepted" => apology_accepted,
        /// Declined.
        Declined = "declined" => apology_declined,
    }
}

words! {
    /// How an apology is decided.
    pub enum Verdict {
        /// The absence is excused.
        Accept = "accept" => verdict_accept,
        /// It is not.
        Decline = "decline" => verdict_decline,
    }
}

words! {
    /// Where the register of a session stands.
    pub enum RegisterState {
        /// The session has not begun.
        Coming = "coming" => register_coming,
        /// It can be filled in.
        Open = "open" => register_open,
        /// The session is over, and nobody has signed.
        Missing = "missing" => register_missing,
        /// Signed off.
        SignedOff = "signed_off" => register_signed_off,
        /// The session is cancelled and counts nowhere.
        Cancelled = "cancelled" => register_cancelled,
    }
}

refusals! {
    /// Why something about attendance is refused.
    pub enum AttendanceRefusal {
        /// The session is cancelled.
        Cancelled = "session_is_cancelled" => att_refuse_cancelled,
        /// The register is not open yet.
        NotOpen = "register_not_open" => att_refuse_not_open,
        /// It is signed off; what is left is a correction.
        SignedOff = "register_signed_off" => att_refuse_signed_off,
        /// It is not signed off; nothing is to be corrected.
        NotSignedOff = "register_not_signed_off" => att_refuse_not_signed_off,
        /// Self check-in is still open.
        CheckInOpen = "check_in_still_open" => att_refuse_check_in_open,
        /// Trainees are unmarked, and nobody has said that they were absent.
        Unmarked = "trainees_unmarked" => att_refuse_unmarked,
        /// What was confirmed is not what would be signed now.
        Changed = "register_changed" => att_refuse_changed,
        /// The days in which an instructor corrects are over.
        TooLate = "correction_too_late" => att_refuse_too_late,
        /// The code is not the one on the screen now.
        WrongCode = "code_not_current" => att_refuse_code,
        /// The scan is too old, of another session, or of another browser.
        NoTicket = "scan_not_current" => att_refuse_ticket,
        /// Check-in has not opened; nothing is lost by trying early.
        TooEarly = "check_in_not_open" => att_refuse_early,
        /// Check-in is over.
        Closed = "check_in_closed" => att_refuse_closed,
        /// The trainee is not expected at this session.
        NotExpected = "not_expected" => att_refuse_not_expected,
        /// The session has begun: no apology beforehand.
        Begun = "session_begun" => att_refuse_begun,
        /// There is an apology for this session already.
        Already = "apology_already" => att_refuse_already,
        /// It is decided or taken back.
        Decided = "apology_decided" => att_refuse_decided,
    }
}

/// A rate in hundredths of a percent: 10,000 is all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BasisPoints(pub u16);

impl BasisPoints {
    /// As people read it: `87.5%`, `80%`.
    #[must_use]
    pub fn shown(self) -> String {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => format!("{whole}%"),
            rest if rest % 10 == 0 => format!("{whole}.{}%", rest / 10),
            rest => format!("{whole}.{rest:02}%"),
        }
    }
}

/// Minutes of one trainee in the registers that are signed off, cancelled sessions left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// Of the sessions at which the trainee was expected.
    pub held: i64,
    /// Attended.
    pub attended: i64,
    /// Of the sessions from which the trainee was excused.
    pub excused: i64,
}

impl Hours {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            held: self.held.saturating_add(other.held),
            attended: self.attended.saturating_add(other.attended),
            excused: self.excused.saturating_add(other.excused),
        }
    }
}

/// The rate by hours: attended of held. None when nothing counts yet. Rounded down, so that nobody
/// reaches a threshold by rounding.
#[must_use]
pub fn rate(hours: &Hours, excused_counts: ExcusedCount) -> Option<BasisPoints> {
    let (attended, held) = match excused_counts {
        ExcusedCount::Absent => (hours.attended, hours.held),
        ExcusedCount::Leaves => (hours.attended, hours.held.saturating_sub(hours.excused)),
        ExcusedCount::Attended => (hours.attended.saturating_add(hours.excused), hours.held),
    };
    if held <= 0 {
        return None;
    }
    let points = i128::from(attended.clamp(0, held)) * 10_000 / i128::from(held);
    u16::try_from(points).ok().map(BasisPoints)
}

/// Is this rate under the threshold? No rate is under none.
#[must_use]
pub fn under(rate: Option<BasisPoints>, threshold: BasisPoints) -> bool {
    rate.is_some_and(|rate| rate < threshold)
}

/// A cohort's policy, or the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The rate to be reached.
    pub threshold: BasisPoints,
    /// What an excused absence is.
    pub excused: ExcusedCount,
    /// Minutes after which a trainee is late.
    pub late_after: i32,
    /// Minutes before the start at which check-in opens.
    pub opens_before: i32,
    /// Minutes after the start at which it closes.
    pub closes_after: i32,
    /// Minutes after the start in which an apology is still taken.
    pub apology_grace: i32,
    /// Days in which an instructor may correct.
    pub correct_days: i32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            threshold: BasisPoints(8_000),
            excused: ExcusedCount::Leaves,
            late_after: 10,
            opens_before: 15,
            closes_after: 20,
            apology_grace: 0,
            correct_days: 7,
        }
    }
}

/// Minutes attended, as a register holds them: all for who was present, some for who was late, none
/// for who did not come. None when that cannot be (late and yet all the minutes).
#[must_use]
pub fn minutes_of(state: Presence, given: Option<i32>, held: i32) -> Option<i32> {
    match state {
        Presence::Present => Some(held),
        Presence::Late => given.filter(|it| (0..held).contains(it)),
        Presence::Excused | Presence::Absent => Some(0),
    }
}

/// Is a trainee expected at a session: part of the cohort before it began, with a place where not
/// everybody attends, and not gone?
#[must_use]
pub fn expected(
    joined_at: DateTime<Utc>,
    gone: bool,
    (whole_cohort, placed_at): (bool, Option<DateTime<Utc>>),
    starts_at: DateTime<Utc>,
) -> bool {
    let placed = whole_cohort || placed_at.is_some_and(|at| at <= starts_at);
    !gone && placed && joined_at <= starts_at
}

/// Where a register stands.
#[must_use]
pub fn register_state(
    (cancelled, signed_off): (bool, bool),
    (opens_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> RegisterState {
    match (cancelled, signed_off) {
        (true, _) => RegisterState::Cancelled,
        (false, true) => RegisterState::SignedOff,
        (false, false) if now < opens_at => RegisterState::Coming,
        (false, false) if now < ends_at => RegisterState::Open,
        (false, false) => RegisterState::Missing,
    }
}

/// May this keeper correct a register that was signed off at this time? The office always, an
/// instructor for some days.
///
/// # Errors
/// [`AttendanceRefusal::TooLate`].
pub fn may_correct(
    office: bool,
    signed_off_at: DateTime<Utc>,
    days: i32,
    now: DateTime<Utc>,
) -> Result<(), AttendanceRefusal> {
    if office || now <= signed_off_at + chrono::Duration::days(i64::from(days)) {
        Ok(())
    } else {
        Err(AttendanceRefusal::TooLate)
    }
}

/// May an apology still be sent for a session that begins then?
///
/// # Errors
/// [`AttendanceRefusal::Begun`].
pub fn may_apologise(
    starts_at: DateTime<Utc>,
    grace: i32,
    now: DateTime<Utc>,
) -> Result<(), AttendanceRefusal> {
    if now < starts_at + chrono::Duration::minutes(i64::from(grace)) {
        Ok(())
    } else {
        Err(AttendanceRefusal::Begun)
    }
}
