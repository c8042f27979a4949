//! Rows of logs, evaluations, visits, incidents. A reader has been shown the placement first.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{Member, ProgrammeStaff, Working};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::hosting::queries::{self as hosting, PLACEMENT_SORTS, Placement, Seat};
use crate::ids::{CompetencyId, LogId, PlacementId, PostingId};
use crate::lang::Lang;
use crate::lang::format::hk_date;
use crate::web::fields::{Column, Sort};
use crate::web::paging::Cursor;
use crate::web::paging::Window;

use super::rules::has_logs;
use super::rules::hours::{Contract, Month, months};
use super::rules::{Day, LogState};

mod matters;
mod watch;

pub use matters::*;
pub use watch::*;

fn word<T>(found: Option<T>, what: &str, word: &str) -> Result<T> {
    found.ok_or_else(|| Error::Internal(format!("{what} {word}")))
}

fn days(value: &Value) -> Result<Vec<Day>> {
    serde_json::from_value(value.clone())
        .map_err(|err| Error::Internal(format!("days of a log: {err}")))
}

/// The log of a week.
#[derive(Clone, Debug, QueryableByName)]
pub struct Log {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: LogId,
    /// The placement.
    #[diesel(sql_type = SqlUuid)]
    pub placement_id: PlacementId,
    /// Its Monday.
    #[diesel(sql_type = Date)]
    pub week: NaiveDate,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Jsonb)]
    days: Value,
    #[diesel(sql_type = Nullable<Jsonb>)]
    approved: Option<Value>,
    /// The trainee's remark.
    #[diesel(sql_type = Text)]
    pub remark: String,
    /// The supervisor's comment.
    #[diesel(sql_type = Text)]
    pub comment: String,
    /// When it was handed in.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Log {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<LogState> {
        word(LogState::parse(&self.state), "log state", &self.state)
    }

    /// What stands in it.
    ///
    /// # Errors
    /// What no code of ours has written.
    pub fn days(&self) -> Result<Vec<Day>> {
        days(&self.days)
    }

    /// What counts of it.
    ///
    /// # Errors
    /// What no code of ours has written.
    pub fn approved(&self) -> Result<Vec<Day>> {
        self.approved.as_ref().map_or(Ok(Vec::new()), days)
    }
}

const LOG: &str = "SELECT l.id, l.placement_id, l.week, l.state, l.days, l.approved, l.remark, l.comment, l.submitted_at, l.version FROM weekly_logs l";

/// The logs of a placement, the latest week first.
///
/// # Errors
/// The database's.
pub fn logs(conn: &mut Conn<'_>, of: &Placement) -> Result<Vec<Log>> {
    Ok(sql_query(format!(
        "{LOG} WHERE l.placement_id = $1 ORDER BY l.week DESC"
    ))
    .bind::<SqlUuid, _>(of.id)
    .load(conn.pg())?)
}

/// The log of a week of a placement; locked until the end of the transaction where `lock` says so.
///
/// # Errors
/// The database's.
pub fn log(
    conn: &mut Conn<'_>,
    of: &Placement,
    week: NaiveDate,
    lock: bool,
) -> Result<Option<Log>> {
    let lock = if lock { " FOR UPDATE" } else { "" };
    Ok(sql_query(format!(
        "{LOG} WHERE l.placement_id = $1 AND l.week = $2{lock}"
    ))
    .bind::<SqlUuid, _>(of.id)
    .bind::<Date, _>(week)
    .get_result(conn.pg())
    .optional()?)
}

/// The log that a private link is for, with its placement's institution; for the task alone.
///
/// # Errors
/// [`Error::NotFound`].
pub fn linked_log(conn: &mut Conn<'_>, _supervise: &Working, id: LogId) -> Result<Log> {
    sql_query(format!("{LOG} WHERE l.id = $1 FOR UPDATE"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// A log that waits for an institution.
#[derive(Clone, Debug, QueryableByName)]
pub struct Waiting {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: LogId,
    /// The placement.
    #[diesel(sql_type = SqlUuid)]
    pub placement_id: PlacementId,
    /// The trainee's name.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Its Monday.
    #[diesel(sql_type = Date)]
    pub week: NaiveDate,
    #[diesel(sql_type = Jsonb)]
    days: Value,
    /// When it was handed in.
    #[diesel(sql_type = Timestamptz)]
    pub submitted_at: DateTime<Utc>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Waiting {
    /// What stands in it.
    ///
    /// # Errors
    /// What no code of ours has written.
    pub fn days(&self) -> Result<Vec<Day>> {
        days(&self.days)
    }

    /// Its place in the list.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor {
            key: self.sort_key.clone(),
            id: self.id.0,
        }
    }
}

/// The orders of the logs that wait.
pub const WAITING_SORTS: &[Column] =
    &[("week", "l.week::text"), ("trainee", "lower(x.name_shown)")];

/// The logs that wait for an institution's answer.
///
/// # Errors
/// The database's.
pub fn waiting(
    conn: &mut Conn<'_>,
    member: &Member,
    text: Option<&str>,
    page: &Window,
) -> Result<Vec<Waiting>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    let organisations: Vec<Uuid> = member.organisations().iter().map(|it| it.0).collect();
    Ok(sql_query(format!(
        "SELECT * FROM (SELECT l.id, l.placement_id, x.name_shown, l.week, l.days, l.submitted_at, l.version, ({key}) COLLATE \"C\" AS sort_key \
           FROM weekly_logs l JOIN placements x ON x.id = l.placement_id WHERE l.organisation_id = ANY ($1) AND l.state = 'submitted' \
           AND ($2 IS NULL OR strpos(lower(x.name_shown || ' ' || x.trainee_number), lower($2)) > 0)) q \
         WHERE $3 IS NULL OR (sort_key, id) {beyond} ($3, $4) ORDER BY sort_key {direction}, id {direction} LIMIT $5"
    ))
    .bind::<Array<SqlUuid>, _>(organisations)
    .bind::<Nullable<Text>, _>(text)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Span {
    #[diesel(sql_type = SqlUuid)]
    placement_id: PlacementId,
    #[diesel(sql_type = Date)]
    from: NaiveDate,
    #[diesel(sql_type = Date)]
    to: NaiveDate,
}

#[derive(QueryableByName)]
struct Holiday {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
}

/// A placement with its first day, its last day and its hours a week.
pub(crate) type Agreed = (PlacementId, NaiveDate, NaiveDate, i32);

fn agreed(of: &Placement) -> Option<Agreed> {
    Some((of.id, of.starts_on?, of.ends_on?, of.hours_week?))
}

/// What the hours of these placements are counted by, with two statements however many they are.
///
/// # Errors
/// The database's.
pub(crate) fn contracts(
    conn: &mut Conn<'_>,
    of: &[Agreed],
) -> Result<BTreeMap<PlacementId, Contract>> {
    let first = of.iter().map(|it| it.1).min();
    let last = of.iter().map(|it| it.2).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(BTreeMap::new());
    };
    let holidays: Vec<Holiday> = sql_query(
        "SELECT observed_on AS day FROM holidays WHERE observed_on BETWEEN $1 AND $2 ORDER BY 1",
    )
    .bind::<Date, _>(first)
    .bind::<Date, _>(last)
    .load(conn.pg())?;
    let ids: Vec<Uuid> = of.iter().map(|it| it.0.0).collect();
    let spans: Vec<Span> = sql_query(
        "SELECT placement_id, starts_on AS from, ends_on AS to FROM placement_breaks WHERE placement_id = ANY ($1) ORDER BY starts_on",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn.pg())?;
    let mut breaks: BTreeMap<PlacementId, Vec<(NaiveDate, NaiveDate)>> = BTreeMap::new();
    for it in spans {
        breaks
            .entry(it.placement_id)
            .or_default()
            .push((it.from, it.to));
    }
    Ok(of
        .iter()
        .map(|(id, starts_on, ends_on, hours_week)| {
            let within = holidays.iter().map(|it| it.day);
            let contract = Contract {
                starts_on: *starts_on,
                ends_on: *ends_on,
                hours_week: *hours_week,
                holidays: within
                    .filter(|it| (starts_on..=ends_on).contains(&it))
                    .collect(),
                breaks: breaks.remove(id).unwrap_or_default(),
            };
            (*id, contract)
        })
        .collect())
}

/// What the hours of a placement are counted by, once its terms are agreed.
///
/// # Errors
/// The database's.
pub fn contract(conn: &mut Conn<'_>, of: &Placement) -> Result<Option<Contract>> {
    let Some(agreed) = agreed(of) else {
        return Ok(None);
    };
    Ok(contracts(conn, &[agreed])?.remove(&of.id))
}

/// Everything that was approved of a placement.
///
/// # Errors
/// The database's.
pub fn approved(conn: &mut Conn<'_>, of: &Placement) -> Result<Vec<Day>> {
    let mut all = Vec::new();
    for log in logs(conn, of)? {
        all.extend(log.approved()?);
    }
    all.sort_by_key(|it| (it.day, it.from));
    Ok(all)
}

/// Levels of competencies that an institution has seen in a person's placements.
#[derive(Clone, Debug, QueryableByName)]
pub struct Level {
    /// The competency.
    #[diesel(sql_type = SqlUuid)]
    pub competency_id: CompetencyId,
    /// The level, from 1 to 4.
    #[diesel(sql_type = Integer)]
    pub level: i32,
}

/// The levels of a placement.
///
/// # Errors
/// The database's.
pub fn levels(conn: &mut Conn<'_>, of: &Placement) -> Result<Vec<Level>> {
    Ok(sql_query(
        "SELECT competency_id, level FROM placement_levels WHERE placement_id = $1 ORDER BY competency_id",
    )
    .bind::<SqlUuid, _>(of.id)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Approved {
    #[diesel(sql_type = SqlUuid)]
    placement_id: PlacementId,
    #[diesel(sql_type = Jsonb)]
    approved: Value,
}

/// Everything that was approved of these placements, by placement.
///
/// # Errors
/// The database's.
pub fn approved_of(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    placements: &[PlacementId],
) -> Result<BTreeMap<PlacementId, Vec<Day>>> {
    let ids: Vec<Uuid> = placements.iter().map(|it| it.0).collect();
    let rows: Vec<Approved> = sql_query(
        "SELECT placement_id, approved FROM weekly_logs WHERE placement_id = ANY ($1) AND approved IS NOT NULL ORDER BY week",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn.pg())?;
    let mut all: BTreeMap<PlacementId, Vec<Day>> = BTreeMap::new();
    for row in rows {
        all.entry(row.placement_id)
            .or_default()
            .extend(days(&row.approved)?);
    }
    Ok(all)
}

/// Was the supervisor of a placement not asked for this within the last seven days?
///
/// # Errors
/// The database's.
pub fn unasked(conn: &mut Conn<'_>, of: &Placement, asked: &super::actions::Asked) -> Result<bool> {
    use super::actions::Asked;

    let (purpose, subject, next) = match asked {
        Asked::Log(id, ..) => ("log", id.0, None),
        Asked::Evaluation(point) => ("evaluation", of.id.0, Some(point.as_str())),
    };
    conn.elevate(crate::db::Task::SignIn, |conn| {
        let found = sql_query(
            "SELECT id FROM links WHERE purpose = $1 AND subject_id = $2 AND next_path IS NOT DISTINCT FROM $3 \
               AND created_at > (SELECT banyan_now()) - interval '7 days' LIMIT 1",
        )
        .bind::<Text, _>(purpose)
        .bind::<SqlUuid, _>(subject)
        .bind::<Nullable<Text>, _>(next)
        .execute(conn.pg())?;
        Ok(found == 0)
    })
}

/// The log that a private link is for, to be read.
///
/// # Errors
/// [`Error::NotFound`].
pub fn linked_log_seen(conn: &mut Conn<'_>, _supervise: &Working, id: LogId) -> Result<Log> {
    sql_query(format!("{LOG} WHERE l.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

#[derive(QueryableByName)]
struct Skill {
    #[diesel(sql_type = SqlUuid)]
    id: CompetencyId,
    #[diesel(sql_type = Text)]
    name_en: String,
    #[diesel(sql_type = Text)]
    name_zh: String,
}

/// The competencies of the programme of a placement, for the task.
///
/// # Errors
/// The database's.
pub fn skills(
    conn: &mut Conn<'_>,
    _supervise: &Working,
    of: &Placement,
    lang: Lang,
) -> Result<Vec<(CompetencyId, String)>> {
    let rows: Vec<Skill> = sql_query(
        "SELECT id, name_en, name_zh FROM competencies WHERE programme_id = $1 AND archived_at IS NULL ORDER BY code, id",
    )
    .bind::<SqlUuid, _>(of.programme_id)
    .load(conn.pg())?;
    Ok(rows
        .into_iter()
        .map(|it| (it.id, lang.pick(it.name_en, it.name_zh)))
        .collect())
}

#[derive(QueryableByName)]
struct Free {
    #[diesel(sql_type = SqlUuid)]
    id: PostingId,
    #[diesel(sql_type = Text)]
    en: String,
    #[diesel(sql_type = Text)]
    zh: String,
}

/// Postings with a free seat that a trainee can be offered after an early end, with the names of their
/// institutions, in English and Chinese.
///
/// # Errors
/// The database's.
pub fn free_postings(
    conn: &mut Conn<'_>,
    of: &Placement,
) -> Result<Vec<(PostingId, String, String)>> {
    let rows: Vec<Free> = sql_query(
        "SELECT p.id, coalesce(p.content->>'title_en', p.number) || ' – ' || o.name_en AS en, \
           coalesce(p.content->>'title_zh', p.number) || ' – ' || o.name_zh AS zh \
         FROM postings p JOIN organisations o ON o.id = p.organisation_id WHERE p.programme_id = $1 AND p.id <> $2 \
           AND p.state IN ('matched', 'closed', 'open', 'ranking') AND p.seats + p.later_seats > (SELECT count(*) FROM placements y \
             WHERE y.posting_id = p.id AND y.state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host')) ORDER BY 2, 1 LIMIT 300",
    )
    .bind::<SqlUuid, _>(of.programme_id)
    .bind::<SqlUuid, _>(of.posting_id)
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|it| (it.id, it.en, it.zh)).collect())
}

/// Each month of these placements against its contract, until a day.
///
/// # Errors
/// The database's.
pub fn months_of(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    placements: Vec<Placement>,
    until: NaiveDate,
) -> Result<Vec<(Placement, Month)>> {
    let ids: Vec<PlacementId> = placements.iter().map(|it| it.id).collect();
    let approved = approved_of(conn, staff, &ids)?;
    let terms: Vec<Agreed> = placements.iter().filter_map(agreed).collect();
    let contracts = contracts(conn, &terms)?;
    let mut all = Vec::new();
    for it in placements {
        let Some(contract) = contracts.get(&it.id) else {
            continue;
        };
        let days = approved.get(&it.id).map_or(&[][..], Vec::as_slice);
        for month in months(contract, days, until) {
            all.push((it.clone(), month));
        }
    }
    Ok(all)
}

/// Each month of every placement of a programme that has begun against its contract, until today.
///
/// # Errors
/// The database's.
pub fn all_months(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<(Placement, Month)>> {
    let today = hk_date(crate::db::now(conn)?);
    let seat = Seat::Office(*staff);
    let mut page = Window {
        sort: Sort::from_query(crate::web::Pairs::none(), PLACEMENT_SORTS),
        after: None,
        limit: 1_000,
    };
    let mut begun = Vec::new();
    loop {
        let rows = hosting::placements(conn, &seat, &hosting::Sought::default(), &page)?;
        let full = rows.len() >= 1_000;
        page.after = rows.last().map(Placement::cursor);
        for it in rows {
            if has_logs(it.state()?) {
                begun.push(it);
            }
        }
        if !full {
            break;
        }
    }
    months_of(conn, staff, begun, today)
}
