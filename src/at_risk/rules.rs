//! When a trainee is at risk, by plain rules with stated reasons, and how a case goes on.
//!
//! Rates and marks are hundredths of a percent, times are minutes. A reason carries the numbers and days
//! that it rests on, so that nobody has to believe it.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::AssessmentId;
use crate::lang::{Lang, Say, per_cent, refusals, words};

words! {
    /// Where a case stands.
    pub enum CaseState {
        /// Nobody has taken it up.
        Open = "open" => risk_state_open,
        /// Somebody works on it.
        InHand = "in_hand" => risk_state_in_hand,
        /// Done, with an outcome.
        Closed = "closed" => risk_state_closed,
    }
}

words! {
    /// How a case ended.
    pub enum Outcome {
        /// The trainee is back on track.
        Recovered = "recovered" => risk_outcome_recovered,
        /// The trainee left.
        Withdrew = "withdrew" => risk_outcome_withdrew,
        /// The trainee pauses.
        Deferred = "deferred" => risk_outcome_deferred,
        /// The trainee failed.
        Failed = "failed" => risk_outcome_failed,
        /// The rules were wrong about this trainee.
        FalseAlarm = "false_alarm" => risk_outcome_false_alarm,
    }
}

words! {
    /// What a rule looks at: the stable code of its reasons.
    pub enum Code {
        /// Attendance over the whole time.
        Attendance = "attendance" => risk_code_attendance,
        /// Work that is due and not handed in.
        Overdue = "overdue" => risk_code_overdue,
        /// No sign of life.
        Silence = "silence" => risk_code_silence,
        /// Released marks below the threshold.
        LowMarks = "low_marks" => risk_code_low_marks,
        /// Attendance of late is lower than before.
        AttendanceTrend = "attendance_trend" => risk_code_attendance_trend,
        /// Marks of late are lower than before.
        MarksTrend = "marks_trend" => risk_code_marks_trend,
    }
}

refusals! {
    /// Why something cannot be done with a case.
    pub enum CaseRefusal {
        /// It is closed.
        Closed = "risk_case_closed" => risk_refuse_closed,
        /// The trainee has been written to about it.
        Told = "risk_case_told" => risk_refuse_told,
        /// Nothing is found any more: there is nothing to write about.
        Gone = "risk_case_gone" => risk_refuse_gone,
        /// It is not closed: there is no outcome to correct.
        NotClosed = "risk_case_not_closed" => risk_refuse_not_closed,
        /// The owner is not of this programme's office.
        NotStaff = "risk_owner_not_staff" => risk_refuse_not_staff,
    }
}

/// What happens to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseEvent {
    /// Somebody takes it in hand, or changes who does.
    Assign,
    /// A note is written.
    Note,
    /// It is closed.
    Close,
    /// Its outcome is corrected.
    Correct,
}

/// The state after an event. A closed case stays closed: what is found later opens another.
///
/// # Errors
/// [`CaseRefusal::Closed`]; [`CaseRefusal::NotClosed`].
pub fn next(state: CaseState, event: CaseEvent) -> Result<CaseState, CaseRefusal> {
    match (state, event) {
        (CaseState::Closed, CaseEvent::Correct) => Ok(CaseState::Closed),
        (CaseState::Closed, _) => Err(CaseRefusal::Closed),
        (CaseState::Open | CaseState::InHand, CaseEvent::Correct) => Err(CaseRefusal::NotClosed),
        (CaseState::Open | CaseState::InHand, CaseEvent::Assign) => Ok(CaseState::InHand),
        (CaseState::Open | CaseState::InHand, CaseEvent::Note) => Ok(state),
        (CaseState::Open | CaseState::InHand, CaseEvent::Close) => Ok(CaseState::Closed),
    }
}

/// May the trainee be written to about this case now?
///
/// # Errors
/// [`CaseRefusal`].
pub fn may_tell(state: CaseState, told: bool, reasons: &[Reason]) -> Result<(), CaseRefusal> {
    match (state, told, reasons.is_empty()) {
        (CaseState::Closed, _, _) => Err(CaseRefusal::Closed),
        (_, true, _) => Err(CaseRefusal::Told),
        (_, _, true) => Err(CaseRefusal::Gone),
        (CaseState::Open | CaseState::InHand, false, false) => Ok(()),
    }
}

/// A version of the rules: thresholds and points, all of them data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Which version; 0 are the defaults.
    pub number: i32,
    /// Attendance below this is a reason.
    pub attendance_below: i32,
    /// Once this many minutes have been held.
    pub attendance_after: i32,
    /// This many pieces of overdue work are a reason.
    pub overdue_from: i32,
    /// This many days without a sign of life are a reason.
    pub silent_days: i32,
    /// A released mark below this is a reason.
    pub mark_below: i32,
    /// A rate or mean that has fallen by this much is a reason.
    pub trend_drop: i32,
    /// Compared are this many of the last sessions or marks with all before them.
    pub trend_of: i32,
    /// Points of each reason.
    pub points: Points,
    /// A case is opened from this many points on.
    pub case_from: i32,
}

/// Points of each kind of reason; 0 turns a rule off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Points {
    /// Attendance.
    pub attendance: i32,
    /// Overdue work.
    pub overdue: i32,
    /// Silence.
    pub silence: i32,
    /// Low marks.
    pub low_marks: i32,
    /// Falling attendance.
    pub attendance_trend: i32,
    /// Falling marks.
    pub marks_trend: i32,
}

impl Points {
    /// The points of a code.
    #[must_use]
    pub fn of(&self, code: Code) -> i32 {
        match code {
            Code::Attendance => self.attendance,
            Code::Overdue => self.overdue,
            Code::Silence => self.silence,
            Code::LowMarks => self.low_marks,
            Code::AttendanceTrend => self.attendance_trend,
            Code::MarksTrend => self.marks_trend,
        }
    }
}

/// What holds from the first day of a programme that has not set rules of its own.
pub const DEFAULTS: Rules = Rules {
    number: 0,
    attendance_below: 8_000,
    attendance_after: 360,
    overdue_from: 1,
    silent_days: 14,
    mark_below: 5_000,
    trend_drop: 2_000,
    trend_of: 3,
    points: Points {
        attendance: 3,
        overdue: 2,
        silence: 2,
        low_marks: 2,
        attendance_trend: 2,
        marks_trend: 1,
    },
    case_from: 2,
};

/// A session that counts: held, its register signed off, and no excuse accepted for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its day.
    pub on: NaiveDate,
    /// Minutes held.
    pub held: i32,
    /// Minutes attended.
    pub attended: i32,
}

/// What is known of a trainee on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signals {
    /// The day.
    pub today: NaiveDate,
    /// From which day the trainee takes part.
    pub began_on: NaiveDate,
    /// Does the trainee pause, or take part no more?
    pub on_break: bool,
    /// Sessions by time. Excused ones are left out: an apology is never held against anybody.
    pub sessions: Vec<Session>,
    /// Work that was not handed in, with the day on which it was due.
    pub overdue: Vec<(AssessmentId, NaiveDate)>,
    /// The last sign-in, check-in or submission.
    pub last_sign: Option<NaiveDate>,
    /// Released marks by time, each with its assessment.
    pub marks: Vec<(AssessmentId, i32)>,
}

/// A reason, with the numbers and days that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// Too little attendance.
    Attendance {
        /// The rate.
        rate: i32,
        /// Minutes held.
        held: i32,
        /// The threshold.
        below: i32,
        /// Days of the latest sessions missed.
        missed: Vec<NaiveDate>,
    },
    /// Overdue work.
    Overdue {
        /// Pieces.
        count: i32,
        /// The first that was due.
        oldest: NaiveDate,
        /// Which assessments these are: another one is news.
        works: Vec<AssessmentId>,
    },
    /// Silence.
    Silence {
        /// The last sign, or the day on which the trainee began.
        since: NaiveDate,
        /// Days.
        days: i32,
    },
    /// Low marks.
    LowMarks {
        /// How many are below.
        count: i32,
        /// The lowest.
        lowest: i32,
        /// The threshold.
        below: i32,
        /// Which assessments these are: another one is news.
        works: Vec<AssessmentId>,
    },
    /// Attendance falls.
    AttendanceTrend {
        /// Rate before.
        before: i32,
        /// Rate of late.
        recent: i32,
        /// Over how many of the last sessions.
        of: i32,
    },
    /// Marks fall.
    MarksTrend {
        /// Mean before.
        before: i32,
        /// Mean of late.
        recent: i32,
        /// Over how many of the last marks.
        of: i32,
    },
}

/// Days of missed sessions that a reason names.
const MISSED_MOST: usize = 5;

impl Reason {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Attendance { .. } => Code::Attendance,
            Self::Overdue { .. } => Code::Overdue,
            Self::Silence { .. } => Code::Silence,
            Self::LowMarks { .. } => Code::LowMarks,
            Self::AttendanceTrend { .. } => Code::AttendanceTrend,
            Self::MarksTrend { .. } => Code::MarksTrend,
        }
    }

    /// Does it say more than `old`, which has been dealt with? A point or two of a rate say nothing new.
    fn is_news_after(&self, old: &Self) -> bool {
        match (self, old) {
            (Self::Attendance { rate, .. }, Self::Attendance { rate: was, .. }) => {
                *rate <= was - NEWS
            }
            (Self::Overdue { works, .. }, Self::Overdue { works: were, .. })
            | (Self::LowMarks { works, .. }, Self::LowMarks { works: were, .. }) => {
                works.iter().any(|it| !were.contains(it))
            }
            (Self::Silence { since, .. }, Self::Silence { since: was, .. }) => since > was,
            (Self::AttendanceTrend { recent, .. }, Self::AttendanceTrend { recent: was, .. })
            | (Self::MarksTrend { recent, .. }, Self::MarksTrend { recent: was, .. }) => {
                *recent <= was - NEWS
            }
            (
                Self::Attendance { .. }
                | Self::Overdue { .. }
                | Self::Silence { .. }
                | Self::LowMarks { .. }
                | Self::AttendanceTrend { .. }
                | Self::MarksTrend { .. },
                _,
            ) => true,
        }
    }
}

/// By how much a rate must have fallen since a case was closed to be news.
const NEWS: i32 = 500;

/// Hundredths of a percent that `part` is of `whole`; none of nothing.
#[must_use]
pub fn rate(part: i64, whole: i64) -> Option<i32> {
    if whole <= 0 {
        return None;
    }
    let rate = part.clamp(0, whole).saturating_mul(10_000) / whole;
    i32::try_from(rate).ok()
}

fn attendance(sessions: &[Session]) -> Option<i32> {
    let sum = |of: fn(&Session) -> i32| sessions.iter().map(|it| i64::from(of(it))).sum::<i64>();
    rate(sum(|it| it.attended.min(it.held)), sum(|it| it.held))
}

fn mean(marks: &[i32]) -> Option<i32> {
    let count = i64::try_from(marks.len()).ok().filter(|n| *n > 0)?;
    let sum: i64 = marks.iter().map(|it| i64::from(*it)).sum();
    i32::try_from(sum / count).ok()
}

/// What is before the last `of`, and those: none when either part is shorter than `of`, so that one
/// lucky or unlucky day is no trend.
fn parts<T>(all: &[T], of: i32) -> Option<(&[T], &[T])> {
    let of = usize::try_from(of).ok().filter(|n| *n > 0)?;
    let at = all.len().checked_sub(of).filter(|before| *before >= of)?;
    Some(all.split_at(at))
}

fn fallen(before: Option<i32>, recent: Option<i32>, by: i32) -> Option<(i32, i32)> {
    let (before, recent) = (before?, recent?);
    (before - recent >= by).then_some((before, recent))
}

/// What is found, in the order of the codes. Who pauses is left in peace.
#[must_use]
pub fn find(rules: &Rules, it: &Signals) -> Vec<Reason> {
    if it.on_break {
        return Vec::new();
    }
    let found = [
        low_attendance(rules, it),
        overdue(rules, it),
        silence(rules, it),
        low_marks(rules, it),
        attendance_trend(rules, it),
        marks_trend(rules, it),
    ];
    let counts = |reason: &Reason| rules.points.of(reason.code()) > 0;
    found.into_iter().flatten().filter(counts).collect()
}

fn low_attendance(rules: &Rules, it: &Signals) -> Option<Reason> {
    let held: i64 = it.sessions.iter().map(|it| i64::from(it.held)).sum();
    let rate = attendance(&it.sessions)?;
    if held < i64::from(rules.attendance_after) || rate >= rules.attendance_below {
        return None;
    }
    let missed = it.sessions.iter().rev().filter(|it| it.attended == 0);
    let mut missed: Vec<NaiveDate> = missed.take(MISSED_MOST).map(|it| it.on).collect();
    missed.reverse();
    Some(Reason::Attendance {
        rate,
        held: i32::try_from(held).unwrap_or(i32::MAX),
        below: rules.attendance_below,
        missed,
    })
}

fn overdue(rules: &Rules, it: &Signals) -> Option<Reason> {
    let count = i32::try_from(it.overdue.len()).unwrap_or(i32::MAX);
    let oldest = it.overdue.iter().map(|(_, due)| *due).min()?;
    (count >= rules.overdue_from).then(|| Reason::Overdue {
        count,
        oldest,
        works: sorted(it.overdue.iter().map(|(work, _)| *work)),
    })
}

fn sorted(works: impl Iterator<Item = AssessmentId>) -> Vec<AssessmentId> {
    let mut works: Vec<AssessmentId> = works.collect();
    works.sort_unstable();
    works.dedup();
    works
}

fn silence(rules: &Rules, it: &Signals) -> Option<Reason> {
    // Nobody is silent before they have begun; who came to class is not silent.
    let came = it.sessions.iter().filter(|it| it.attended > 0);
    let last = it.last_sign.max(came.map(|it| it.on).max());
    let since = last.unwrap_or(it.began_on).max(it.began_on);
    let days = i32::try_from((it.today - since).num_days()).unwrap_or(i32::MAX);
    (days >= rules.silent_days).then_some(Reason::Silence { since, days })
}

fn low_marks(rules: &Rules, it: &Signals) -> Option<Reason> {
    let low = it.marks.iter().filter(|(_, mark)| *mark < rules.mark_below);
    let low: Vec<(AssessmentId, i32)> = low.copied().collect();
    let lowest = low.iter().map(|(_, mark)| *mark).min()?;
    Some(Reason::LowMarks {
        count: i32::try_from(low.len()).unwrap_or(i32::MAX),
        lowest,
        below: rules.mark_below,
        works: sorted(low.iter().map(|(work, _)| *work)),
    })
}

fn attendance_trend(rules: &Rules, it: &Signals) -> Option<Reason> {
    let (before, recent) = parts(&it.sessions, rules.trend_of)?;
    // One unlucky day is no trend.
    let short = recent.iter().filter(|it| it.attended < it.held).count();
    if short < recent.len().min(2) {
        return None;
    }
    let (before, recent) = fallen(attendance(before), attendance(recent), rules.trend_drop)?;
    let of = rules.trend_of;
    Some(Reason::AttendanceTrend { before, recent, of })
}

fn marks_trend(rules: &Rules, it: &Signals) -> Option<Reason> {
    let marks: Vec<i32> = it.marks.iter().map(|(_, mark)| *mark).collect();
    let (before, recent) = parts(&marks, rules.trend_of)?;
    let (before, recent) = fallen(mean(before), mean(recent), rules.trend_drop)?;
    let of = rules.trend_of;
    Some(Reason::MarksTrend { before, recent, of })
}

/// The points of what is found.
#[must_use]
pub fn severity(rules: &Rules, reasons: &[Reason]) -> i32 {
    reasons.iter().map(|it| rules.points.of(it.code())).sum()
}

/// What a look does with a trainee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing to do.
    Nothing,
    /// Opens a case.
    Open,
    /// Notes in the open case what is found now.
    Update,
    /// Nothing is found any more: the open case is proposed for closing, never closed by itself.
    Propose,
    /// The trainee pauses or takes part no more: the open case rests, and nobody calls that better.
    Rest,
}

/// What stands about a trainee before a look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The reasons of the open case, if there is one.
    pub open: Option<Vec<Reason>>,
    /// The reasons of the case that was closed last, if there is one.
    pub closed: Option<Vec<Reason>>,
    /// Does the open case rest?
    pub resting: bool,
    /// Does the trainee pause, or take part no more?
    pub pauses: bool,
}

/// What a look does: a case that was closed is not opened again for what was dealt with in it.
#[must_use]
pub fn step(rules: &Rules, found: &[Reason], standing: &Standing) -> Step {
    let enough = severity(rules, found) >= rules.case_from;
    match &standing.open {
        Some(_) if standing.pauses && standing.resting => Step::Nothing,
        Some(_) if standing.pauses => Step::Rest,
        Some(before) if found.is_empty() && before.is_empty() && !standing.resting => Step::Nothing,
        Some(_) if found.is_empty() => Step::Propose,
        Some(before) if before == found => Step::Nothing,
        Some(_) => Step::Update,
        None if !enough => Step::Nothing,
        None => {
            let dealt = standing.closed.as_deref().unwrap_or_default();
            let news = |reason: &Reason| {
                let old = dealt.iter().find(|it| it.code() == reason.code());
                old.is_none_or(|old| reason.is_news_after(old))
            };
            if found.iter().any(news) {
                Step::Open
            } else {
                Step::Nothing
            }
        }
    }
}

/// The share that a count is, where there are enough to say: with fewer than ten a percentage only
/// pretends to know.
#[must_use]
pub fn honest_share(part: i64, whole: i64) -> Option<i32> {
    if whole < 10 { None } else { rate(part, whole) }
}

/// Hours from minutes: `25`, or `2.5`.
#[must_use]
pub fn hours(minutes: i32) -> String {
    let tenths = minutes.saturating_mul(10) / 60;
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

impl Say for Reason {
    /// What was found, to the office and to the trainee alike.
    fn say(&self, lang: Lang) -> String {
        use crate::lang::format::date;
        let percent = |rate: &i32| per_cent(i64::from(*rate));
        match self {
            Self::Attendance {
                rate,
                held,
                below,
                missed,
            } => {
                let text = lang.risk_attendance(&percent(rate), &hours(*held), &percent(below));
                if missed.is_empty() {
                    return text;
                }
                let days: Vec<String> = missed.iter().map(|day| date(lang, *day)).collect();
                let days = days.join(lang.risk_comma());
                format!("{text}{}", lang.risk_missed(&days))
            }
            Self::Overdue { count, oldest, .. } => lang.risk_overdue(*count, &date(lang, *oldest)),
            Self::Silence { since, days } => lang.risk_silence(*days, &date(lang, *since)),
            Self::LowMarks {
                count,
                lowest,
                below,
                ..
            } => lang.risk_low_marks(*count, &percent(below), &percent(lowest)),
            Self::AttendanceTrend { before, recent, of } => {
                lang.risk_attendance_trend(*of, &percent(recent), &percent(before))
            }
            Self::MarksTrend { before, recent, of } => {
                lang.risk_marks_trend(*of, &percent(recent), &percent(before))
            }
        }
    }
}

/// What may help, said to the trainee.
#[must_use]
pub fn suggestion(code: Code, lang: Lang) -> &'static str {
    match code {
        Code::Attendance | Code::AttendanceTrend => lang.risk_suggest_attendance(),
        Code::Overdue => lang.risk_suggest_overdue(),
        Code::Silence => lang.risk_suggest_silence(),
        Code::LowMarks | Code::MarksTrend => lang.risk_suggest_marks(),
    }
}
