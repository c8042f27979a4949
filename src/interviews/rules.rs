//! Interviews: what the office allows, how a day is cut into times, who may do what when.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};

use crate::lang::format::{hk_date, hk_instant, hkt};
use crate::lang::{Lang, refusals, words};
use crate::people::rules::Email;
use crate::placements::rules::RoundState;
use crate::teaching::rules::Slot;

pub mod timetable;

words! {
    /// Where an interview stands.
    pub enum InterviewState {
        /// It has a time.
        Scheduled = "scheduled" => itv_state_scheduled,
        /// It took place.
        Held = "held" => itv_state_held,
        /// The trainee did not come.
        Missed = "missed" => itv_state_missed,
        /// It does not take place.
        Cancelled = "cancelled" => itv_state_cancelled,
    }
}

refusals! {
    /// Why something about interviews is refused.
    pub enum InterviewRefusal {
        /// The round is not at interviews.
        NotNow = "interviews_not_now" => itv_refuse_not_now,
        /// The interest was taken back, or is not the institution's.
        NoInterest = "interest_gone" => itv_refuse_no_interest,
        /// An interview stands: cancel it first.
        Stands = "interview_stands" => itv_refuse_stands,
        /// Interviews of this day or panel are published.
        DayTaken = "interview_day_taken" => itv_refuse_day_taken,
        /// The interview is past that step.
        Over = "interview_over" => itv_refuse_over,
        /// It has not begun.
        Early = "interview_early" => itv_refuse_early,
        /// The slot is taken.
        Taken = "slot_taken" => itv_refuse_taken,
        /// The trainee cannot come then; whatever the cause, the word is the same.
        Cannot = "trainee_cannot" => itv_refuse_cannot,
        /// The slot is no time for interviews any more.
        Closed = "slot_closed" => itv_refuse_closed,
        /// Nothing is drafted.
        NoDraft = "no_draft" => itv_refuse_no_draft,
        /// The draft is not the one that was seen, or what it rests on has changed.
        Overtaken = "draft_overtaken" => itv_refuse_overtaken,
        /// Computing all anew would leave somebody who has a time without one.
        WouldLose = "would_lose" => itv_refuse_would_lose,
        /// It was asked already.
        AskedAlready = "asked_already" => itv_refuse_asked,
    }
}

/// What the office sets for a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The earliest minute of a day.
    pub earliest: i32,
    /// The latest.
    pub latest: i32,
    /// Minutes between two interviews of one trainee.
    pub gap: i32,
    /// The most of one trainee on a day.
    pub most_a_day: i32,
}

/// What holds until the office has set anything.
pub const USUAL: Bounds = Bounds {
    earliest: 9 * 60,
    latest: 18 * 60,
    gap: 15,
    most_a_day: 3,
};

/// A time at which nobody is interviewed, with its name in English and Chinese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blackout {
    /// When.
    pub when: Slot,
    /// Its name.
    pub name: (String, String),
}

impl Blackout {
    /// A general holiday: the whole day.
    #[must_use]
    pub fn day(date: NaiveDate, name: (String, String)) -> Self {
        let next = date.succ_opt().unwrap_or(date);
        Self {
            when: Slot {
                starts_at: hk_instant(date, NaiveTime::MIN),
                ends_at: hk_instant(next, NaiveTime::MIN),
            },
            name,
        }
    }

    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name.0, &self.name.1)
    }
}

/// The hours of a panel on a day, in minutes after midnight in Hong Kong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The day.
    pub date: NaiveDate,
    /// From.
    pub from: i32,
    /// To.
    pub to: i32,
    /// Minutes of an interview.
    pub length: i32,
    /// Minutes between two.
    pub pause: i32,
}

/// An instant of a day in Hong Kong.
#[must_use]
pub fn minute(date: NaiveDate, minute: i32) -> DateTime<Utc> {
    hk_instant(date, NaiveTime::MIN) + Duration::minutes(i64::from(minute))
}

/// The times of these hours: as many interviews as are over by their end.
#[must_use]
pub fn cut(hours: &Hours) -> Vec<Slot> {
    let mut slots = Vec::new();
    let (length, pause) = (hours.length.max(1), hours.pause.max(0));
    let mut at = hours.from;
    while at.saturating_add(length) <= hours.to {
        slots.push(Slot {
            starts_at: minute(hours.date, at),
            ends_at: minute(hours.date, at + length),
        });
        at = at.saturating_add(length).saturating_add(pause);
    }
    slots
}

/// The first blackout in which one of these times falls.
#[must_use]
pub fn blacked_out<'a>(slots: &[Slot], blackouts: &'a [Blackout]) -> Option<&'a Blackout> {
    let hit = |it: &&Blackout| slots.iter().any(|slot| slot.overlaps(&it.when));
    blackouts.iter().find(hit)
}

/// Is a time within the hours of a day that the office allows?
#[must_use]
pub fn within(slot: &Slot, bounds: &Bounds) -> bool {
    let day = hk_date(slot.starts_at);
    slot.starts_at >= minute(day, bounds.earliest) && slot.ends_at <= minute(day, bounds.latest)
}

/// May a time be given: within the hours, in no blackout, and not begun?
#[must_use]
pub fn is_open(
    slot: &Slot,
    (bounds, blackouts): (&Bounds, &[Blackout]),
    now: DateTime<Utc>,
) -> bool {
    slot.starts_at > now && within(slot, bounds) && blacked_out(&[*slot], blackouts).is_none()
}

/// Reads a time of day, `09:30`, as minutes after midnight.
#[must_use]
pub fn parse_minute(text: &str) -> Option<i32> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let digits = |it: &str| (1..=2).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || minutes.len() != 2 || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let all = hours * 60 + minutes;
    (minutes < 60 && all <= 24 * 60).then_some(all)
}

/// Minutes after midnight as a time of day.
#[must_use]
pub fn show_minute(minute: i32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// May institutions shortlist and plan in this state of the round?
///
/// # Errors
/// [`InterviewRefusal::NotNow`].
pub fn may_plan(round: RoundState) -> Result<(), InterviewRefusal> {
    match round {
        RoundState::Open | RoundState::Ranking => Ok(()),
        RoundState::Planned | RoundState::Collecting | RoundState::Matched | RoundState::Closed => {
            Err(InterviewRefusal::NotNow)
        }
    }
}

/// May an interview be moved, cancelled or asked about: it has a time, and has not begun?
///
/// # Errors
/// [`InterviewRefusal::Over`].
pub fn may_change(
    state: InterviewState,
    starts_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), InterviewRefusal> {
    match state {
        InterviewState::Scheduled if now < starts_at => Ok(()),
        InterviewState::Scheduled
        | InterviewState::Held
        | InterviewState::Missed
        | InterviewState::Cancelled => Err(InterviewRefusal::Over),
    }
}

/// May it be noted that an interview was held or missed? From its beginning on; and corrected later.
///
/// # Errors
/// An [`InterviewRefusal`].
pub fn may_settle(
    state: InterviewState,
    to: InterviewState,
    starts_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), InterviewRefusal> {
    match (state, to) {
        (InterviewState::Cancelled, _)
        | (_, InterviewState::Cancelled | InterviewState::Scheduled) => Err(InterviewRefusal::Over),
        _ if now < starts_at => Err(InterviewRefusal::Early),
        _ => Ok(()),
    }
}

/// When the day before an interview a trainee is reminded: at nine in the morning.
#[must_use]
pub fn remind_at(starts_at: DateTime<Utc>) -> DateTime<Utc> {
    let local = starts_at.with_timezone(&hkt()).date_naive();
    minute(local.pred_opt().unwrap_or(local), 9 * 60)
}

/// A member of a panel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct PanelMember {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
}

/// Reads the members of a panel, one a line: `Mei Chan <mei@example.org>`. The number of a line that cannot
/// be read, counted from one.
///
/// # Errors
/// That number.
pub fn read_members(text: &str) -> Result<Vec<PanelMember>, usize> {
    let mut members: Vec<PanelMember> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let read = line
            .strip_suffix('>')
            .and_then(|it| it.split_once('<'))
            .map(|(name, email)| (name.trim(), email.trim()));
        let Some((name, email)) = read else {
            return Err(number);
        };
        let Ok(email) = Email::parse(email) else {
            return Err(number);
        };
        let email = email.address().to_owned();
        if name.is_empty() || name.chars().count() > 200 {
            return Err(number);
        }
        if members.iter().all(|it| it.email != email) {
            members.push(PanelMember {
                name: name.to_owned(),
                email,
            });
        }
    }
    Ok(members)
}
