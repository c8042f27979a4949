//! Rows of interviews. An institution's are narrowed by its proof first and by row-level security second; what
//! trainees read of their own, and all that is computed, is read by the task.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{self, Member, Working};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{
    BlackoutId, InterviewDayId, OrganisationId, PanelId, PostingId, ProgrammeId, RoundId, SlotId,
};
use crate::lang::Lang;
use crate::placements::queries::{Round, Side};
use crate::teaching::rules::Slot;

use super::rules::{Blackout, Bounds, Hours, PanelMember, USUAL};

mod candidates;
mod desk;
mod listing;
mod problem;
mod trainee;

pub use candidates::*;
pub use desk::*;
pub use listing::*;
pub use problem::*;
pub use trainee::*;

/// Works under the room's task.
///
/// # Errors
/// Whatever `work` returns.
pub(super) fn at_task<T>(
    conn: &mut Conn<'_>,
    work: impl FnOnce(&mut Conn<'_>, &Working) -> Result<T>,
) -> Result<T> {
    conn.elevate(Task::Interviews, |conn| {
        let task = access::working(conn, Task::Interviews)?;
        work(conn, &task)
    })
}

fn organisations(member: &Member) -> Vec<Uuid> {
    member.organisations().iter().map(|it| it.0).collect()
}

#[derive(QueryableByName)]
struct RulesRow {
    #[diesel(sql_type = Integer)]
    earliest: i32,
    #[diesel(sql_type = Integer)]
    latest: i32,
    #[diesel(sql_type = Integer)]
    gap_minutes: i32,
    #[diesel(sql_type = Integer)]
    most_a_day: i32,
    #[diesel(sql_type = Integer)]
    version: i32,
}

/// What the office has set for a round, with its version; 0 and the usual when it has set nothing.
///
/// # Errors
/// The database's.
pub fn bounds(conn: &mut Conn<'_>, _task: &Working, round: RoundId) -> Result<(Bounds, i32)> {
    let row: Option<RulesRow> = sql_query(
        "SELECT earliest, latest, gap_minutes, most_a_day, version FROM interview_rules WHERE round_id = $1",
    )
    .bind::<SqlUuid, _>(round)
    .get_result(conn.pg())
    .optional()?;
    Ok(row.map_or((USUAL, 0), |it| {
        let bounds = Bounds {
            earliest: it.earliest,
            latest: it.latest,
            gap: it.gap_minutes,
            most_a_day: it.most_a_day,
        };
        (bounds, it.version)
    }))
}

/// A blackout that the office has set.
#[derive(Clone, Debug, QueryableByName)]
pub struct BlackoutRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: BlackoutId,
    /// From.
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    /// To.
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl BlackoutRow {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    fn rule(self) -> Blackout {
        Blackout {
            when: Slot {
                starts_at: self.starts_at,
                ends_at: self.ends_at,
            },
            name: (self.name_en, self.name_zh),
        }
    }
}

/// The blackouts of a round, by time.
///
/// # Errors
/// The database's.
pub fn blackouts(conn: &mut Conn<'_>, _task: &Working, round: RoundId) -> Result<Vec<BlackoutRow>> {
    Ok(sql_query(
        "SELECT id, starts_at, ends_at, name_en, name_zh, version FROM interview_blackouts WHERE round_id = $1 \
         ORDER BY starts_at, id LIMIT 1000",
    )
    .bind::<SqlUuid, _>(round)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Holiday {
    #[diesel(sql_type = Date)]
    observed_on: NaiveDate,
    #[diesel(sql_type = Text)]
    name_en: String,
    #[diesel(sql_type = Text)]
    name_zh: String,
}

/// Everything in which no interview falls: the office's blackouts, then general holidays.
///
/// # Errors
/// The database's.
pub fn closed_times(conn: &mut Conn<'_>, task: &Working, round: RoundId) -> Result<Vec<Blackout>> {
    let mut all: Vec<Blackout> = blackouts(conn, task, round)?
        .into_iter()
        .map(BlackoutRow::rule)
        .collect();
    let days: Vec<Holiday> = sql_query(
        "SELECT observed_on, name_en, name_zh FROM holidays WHERE observed_on >= (SELECT banyan_today()) - 60 \
         ORDER BY observed_on LIMIT 500",
    )
    .load(conn.pg())?;
    all.extend(
        days.into_iter()
            .map(|it| Blackout::day(it.observed_on, (it.name_en, it.name_zh))),
    );
    Ok(all)
}

/// A panel.
#[derive(Clone, Debug, QueryableByName)]
pub struct PanelRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PanelId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Its institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// Its round.
    #[diesel(sql_type = SqlUuid)]
    pub round_id: RoundId,
    /// What it is called.
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Jsonb)]
    members: Value,
    /// The language of letters to it.
    #[diesel(sql_type = Text)]
    pub lang: String,
    /// For which postings it interviews.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub posting_ids: Vec<Uuid>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl PanelRow {
    /// Who sits on it.
    ///
    /// # Errors
    /// A row that cannot be read: a mistake of ours.
    pub fn members(&self) -> Result<Vec<PanelMember>> {
        serde_json::from_value(self.members.clone())
            .map_err(|error| Error::Internal(format!("members of a panel: {error}")))
    }
}

const PANEL: &str = "SELECT id, programme_id, organisation_id, round_id, name, members, lang, posting_ids, version FROM interview_panels";

/// The panels of a representative's institutions in a round, by name.
///
/// # Errors
/// The database's.
pub fn panels(conn: &mut Conn<'_>, member: &Member, round: RoundId) -> Result<Vec<PanelRow>> {
    Ok(sql_query(format!(
        "{PANEL} WHERE round_id = $1 AND organisation_id = ANY ($2) ORDER BY lower(name), id LIMIT 500"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<Array<SqlUuid>, _>(organisations(member))
    .load(conn.pg())?)
}

/// One panel of a representative's.
///
/// # Errors
/// [`Error::NotFound`].
pub fn panel(
    conn: &mut Conn<'_>,
    member: &Member,
    (round, id): (RoundId, PanelId),
) -> Result<PanelRow> {
    let all = panels(conn, member, round)?;
    all.into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)
}

/// Panels by their ids, for letters to them.
///
/// # Errors
/// The database's.
pub fn panels_of(conn: &mut Conn<'_>, _task: &Working, ids: &[Uuid]) -> Result<Vec<PanelRow>> {
    Ok(sql_query(format!("{PANEL} WHERE id = ANY ($1)"))
        .bind::<Array<SqlUuid>, _>(ids)
        .load(conn.pg())?)
}

/// A panel's hours on a day.
#[derive(Clone, Debug, QueryableByName)]
pub struct DayRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: InterviewDayId,
    /// Its institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// Its panel.
    #[diesel(sql_type = SqlUuid)]
    pub panel_id: PanelId,
    /// The panel's name.
    #[diesel(sql_type = Text)]
    pub panel: String,
    /// The day.
    #[diesel(sql_type = Date)]
    pub held_on: NaiveDate,
    /// From, in minutes after midnight.
    #[diesel(sql_type = Integer)]
    pub starts_minute: i32,
    /// To.
    #[diesel(sql_type = Integer)]
    pub ends_minute: i32,
    /// Minutes of an interview.
    #[diesel(sql_type = Integer)]
    pub length_minutes: i32,
    /// Minutes between two.
    #[diesel(sql_type = Integer)]
    pub break_minutes: i32,
    /// Room; empty for none.
    #[diesel(sql_type = Text)]
    pub room: String,
    /// Address of the meeting; empty for none.
    #[diesel(sql_type = Text)]
    pub link: String,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// How many times it has.
    #[diesel(sql_type = BigInt)]
    pub slots: i64,
    /// How many of them have an interview that is published.
    #[diesel(sql_type = BigInt)]
    pub taken: i64,
    /// Was one of its times ever given, to an interview that stands or one that does not?
    #[diesel(sql_type = Bool)]
    pub given: bool,
}

impl DayRow {
    /// Its hours.
    #[must_use]
    pub fn hours(&self) -> Hours {
        Hours {
            date: self.held_on,
            from: self.starts_minute,
            to: self.ends_minute,
            length: self.length_minutes,
            pause: self.break_minutes,
        }
    }
}

/// The days of a representative's institutions in a round, by time.
///
/// # Errors
/// The database's.
pub fn days(conn: &mut Conn<'_>, member: &Member, round: RoundId) -> Result<Vec<DayRow>> {
    Ok(sql_query(
        "SELECT d.id, d.organisation_id, d.panel_id, p.name AS panel, d.held_on, d.starts_minute, d.ends_minute, d.length_minutes, \
           d.break_minutes, d.room, d.link, d.version, (SELECT count(*) FROM interview_slots s WHERE s.day_id = d.id) AS slots, \
           (SELECT count(*) FROM interviews i JOIN interview_slots s ON s.id = i.slot_id WHERE s.day_id = d.id AND i.state <> 'cancelled') AS taken, \
           EXISTS (SELECT FROM interviews i JOIN interview_slots s ON s.id = i.slot_id WHERE s.day_id = d.id) AS given \
         FROM interview_days d JOIN interview_panels p ON p.id = d.panel_id WHERE d.round_id = $1 AND d.organisation_id = ANY ($2) \
         ORDER BY d.held_on, d.starts_minute, lower(p.name), d.id LIMIT 1000",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<Array<SqlUuid>, _>(organisations(member))
    .load(conn.pg())?)
}

/// One day of a representative's.
///
/// # Errors
/// [`Error::NotFound`].
pub fn day(
    conn: &mut Conn<'_>,
    member: &Member,
    (round, id): (RoundId, InterviewDayId),
) -> Result<DayRow> {
    let all = days(conn, member, round)?;
    all.into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)
}

/// A posting for which an institution may interview.
#[derive(Clone, Debug, QueryableByName)]
pub struct OwnPosting {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PostingId,
    /// Its institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    #[diesel(sql_type = Text)]
    title_en: String,
    #[diesel(sql_type = Text)]
    title_zh: String,
}

impl OwnPosting {
    /// Its title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }
}

/// The postings of a representative's institutions in a round that trainees see.
///
/// # Errors
/// The database's.
pub fn own_postings(
    conn: &mut Conn<'_>,
    member: &Member,
    round: RoundId,
) -> Result<Vec<OwnPosting>> {
    Ok(sql_query(
        "SELECT id, organisation_id, coalesce(content->>'title_en', number) AS title_en, coalesce(content->>'title_zh', number) AS title_zh \
         FROM postings WHERE round_id = $1 AND organisation_id = ANY ($2) AND state IN ('open', 'ranking', 'matched', 'closed') \
         ORDER BY 3, id LIMIT 500",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<Array<SqlUuid>, _>(organisations(member))
    .load(conn.pg())?)
}

/// Locks a round against everything else that is done to its interviews, for somebody who has no side: the
/// trainee, after the proof that the round is theirs.
///
/// # Errors
/// The database's.
pub fn lock_round(conn: &mut Conn<'_>, _task: &Working, round: RoundId) -> Result<()> {
    sql_query("SELECT id FROM placement_rounds WHERE id = $1 FOR NO KEY UPDATE")
        .bind::<SqlUuid, _>(round)
        .execute(conn.pg())?;
    Ok(())
}

/// A slot as the office's task and its institution know it.
#[derive(Clone, Debug, QueryableByName)]
pub struct SlotRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: SlotId,
    /// Its institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// Its panel.
    #[diesel(sql_type = SqlUuid)]
    pub panel_id: PanelId,
    /// For which postings the panel interviews.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub posting_ids: Vec<Uuid>,
    /// Begins.
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    /// Ends.
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    /// Room.
    #[diesel(sql_type = Text)]
    pub room: String,
    /// Address of the meeting.
    #[diesel(sql_type = Text)]
    pub link: String,
    /// Does an interview that is published hold it?
    #[diesel(sql_type = Bool)]
    pub taken: bool,
}

impl SlotRow {
    /// Its time.
    #[must_use]
    pub fn when(&self) -> Slot {
        Slot {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }
}

/// The slots of a round, of one institution where it is named, by time.
///
/// # Errors
/// The database's.
pub fn slots(
    conn: &mut Conn<'_>,
    _task: &Working,
    round: RoundId,
    of: Option<OrganisationId>,
) -> Result<Vec<SlotRow>> {
    Ok(sql_query(
        "SELECT s.id, s.organisation_id, s.panel_id, p.posting_ids, s.starts_at, s.ends_at, d.room, d.link, \
           EXISTS (SELECT FROM interviews i WHERE i.slot_id = s.id AND i.state <> 'cancelled') AS taken \
         FROM interview_slots s JOIN interview_days d ON d.id = s.day_id JOIN interview_panels p ON p.id = s.panel_id \
         WHERE s.round_id = $1 AND ($2 IS NULL OR s.organisation_id = $2) ORDER BY s.starts_at, s.id LIMIT 20000",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<Nullable<SqlUuid>, _>(of)
    .load(conn.pg())?)
}

/// A round that a side sees and that has interviews or may have them.
///
/// # Errors
/// [`Error::NotFound`].
pub fn round(conn: &mut Conn<'_>, side: &Side, id: RoundId) -> Result<Round> {
    use crate::placements::rules::RoundState;
    let round = crate::placements::queries::round(conn, side, id)?;
    match round.state()? {
        RoundState::Planned | RoundState::Collecting if side.programme().is_none() => {
            Err(Error::NotFound)
        }
        _ => Ok(round),
    }
}
