//! Rows of placements. What an institution or a trainee may read is narrowed by their proof first and by
//! row-level security second.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::{Member, ProgrammeStaff, Working};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{CohortId, FocusAreaId, OrganisationId, PersonId, ProgrammeId, RoundId};
use crate::lang::Lang;
use crate::web::fields::{Column, Sort};
use crate::web::paging::{Cursor, Window};

use super::rules::wage::Rate;
use super::rules::{Ranking, RoundNow, RoundState};

mod changes;
mod hosts;
mod postings;
mod trainee;

pub use changes::*;
pub use hosts::*;
pub use postings::*;
pub use trainee::*;

/// Who works on placements: the office of a programme, or an institution's representative.
#[derive(Clone, Debug)]
pub enum Side {
    /// Staff of the programme.
    Office(ProgrammeStaff),
    /// Somebody who speaks for institutions.
    Host(Member),
}

impl Side {
    /// Who acts.
    #[must_use]
    pub fn person(&self) -> PersonId {
        match self {
            Self::Office(staff) => staff.person(),
            Self::Host(member) => member.person(),
        }
    }

    /// The office's programme.
    #[must_use]
    pub fn programme(&self) -> Option<ProgrammeId> {
        match self {
            Self::Office(staff) => Some(staff.programme()),
            Self::Host(_) => None,
        }
    }

    /// The institutions of a representative.
    #[must_use]
    pub fn organisations(&self) -> Vec<Uuid> {
        match self {
            Self::Office(_) => Vec::new(),
            Self::Host(member) => member.organisations().iter().map(|it| it.0).collect(),
        }
    }
}

/// Rows that stand in a list that is read page by page.
macro_rules! listed {
    ($($row:ident),*) => {$(
        impl $row {
            /// Its place in the list that it was read from.
            #[must_use]
            pub fn cursor(&self) -> Cursor {
                Cursor {
                    key: self.sort_key.clone(),
                    id: self.id.0,
                }
            }
        }
    )*};
}
listed!(Capacity, Change, HostRow, Interest, Posting, Round);

/// A focus area.
#[derive(Clone, Debug, QueryableByName)]
pub struct Area {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: FocusAreaId,
    /// Code, one for each area of a programme.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Across the Greater Bay Area by its nature?
    #[diesel(sql_type = Bool)]
    pub gba: bool,
    /// Archived then.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub archived_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Area {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }
}

/// Every focus area of a programme, archived ones too, by code. Their names are public.
///
/// # Errors
/// The database's.
pub fn areas(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Vec<Area>> {
    Ok(sql_query(
        "SELECT id, code, name_en, name_zh, gba, archived_at, version FROM focus_areas WHERE programme_id = $1 ORDER BY code",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?)
}

/// One focus area of the office's.
///
/// # Errors
/// [`Error::NotFound`].
pub fn area(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: FocusAreaId) -> Result<Area> {
    let all = areas(conn, staff.programme())?;
    all.into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)
}

/// A placement round. Counts are of what the reader may see.
#[derive(Clone, Debug, QueryableByName)]
pub struct Round {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: RoundId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Whose trainees take part.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub cohort_ids: Vec<Uuid>,
    /// Where it stands, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// From when trainees see postings.
    #[diesel(sql_type = Timestamptz)]
    pub opens_at: DateTime<Utc>,
    /// Until when postings are handed in.
    #[diesel(sql_type = Timestamptz)]
    pub closes_at: DateTime<Utc>,
    /// Until when one approval is enough for a change of seats.
    #[diesel(sql_type = Timestamptz)]
    pub seat_deadline: DateTime<Utc>,
    /// Until when lists are certified.
    #[diesel(sql_type = Timestamptz)]
    pub list_deadline: DateTime<Utc>,
    /// First day of the placement period.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day of the placement period.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Postings that are not drafts and not withdrawn.
    #[diesel(sql_type = BigInt)]
    pub postings: i64,
    /// Their seats.
    #[diesel(sql_type = BigInt)]
    pub seats: i64,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Round {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<RoundState> {
        RoundState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("round state {}", self.state)))
    }

    /// What its steps are decided by.
    ///
    /// # Errors
    /// As [`Round::state`].
    pub fn now(&self) -> Result<RoundNow> {
        Ok(RoundNow {
            state: self.state()?,
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            peopled: !self.cohort_ids.is_empty(),
        })
    }
}

/// The orders of the list of rounds.
pub const ROUND_SORTS: &[Column] = &[
    (
        "opens",
        "to_char(r.opens_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')",
    ),
    ("name", "lower(r.name_en)"),
    ("state", "r.state"),
];

const ROUND: &str = "r.id, r.programme_id, r.name_en, r.name_zh, r.cohort_ids, r.state, r.opens_at, r.closes_at, r.seat_deadline, \
    r.list_deadline, r.starts_on, r.ends_on, r.version, coalesce(s.postings, 0) AS postings, coalesce(s.seats, 0) AS seats";
const SUMS: &str = "LEFT JOIN LATERAL (SELECT count(*) AS postings, sum(p.seats)::bigint AS seats FROM postings p \
    WHERE p.round_id = r.id AND p.state NOT IN ('draft', 'withdrawn')) s ON true";

/// The rounds that a side sees: all of the office's programme; for a representative those of their
/// programmes that are not only planned.
///
/// # Errors
/// The database's.
pub fn rounds(
    conn: &mut Conn<'_>,
    side: &Side,
    (state, text): (Option<RoundState>, Option<&str>),
    page: &Window,
) -> Result<Vec<Round>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM (SELECT {ROUND}, ({key}) COLLATE \"C\" AS sort_key FROM placement_rounds r {SUMS} \
         WHERE ($1 IS NULL OR r.programme_id = $1) AND ($2 IS NULL OR r.state = $2) \
           AND ($3 IS NULL OR strpos(lower(r.name_en || ' ' || r.name_zh), lower($3)) > 0)) q \
         WHERE $4 IS NULL OR (sort_key, id) {beyond} ($4, $5) ORDER BY sort_key {direction}, id {direction} LIMIT $6"
    ))
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Nullable<Text>, _>(state.map(RoundState::as_str))
    .bind::<Nullable<Text>, _>(text)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

/// All rounds that a side sees, the latest first: for choices.
///
/// # Errors
/// The database's.
pub fn all_rounds(conn: &mut Conn<'_>, side: &Side) -> Result<Vec<Round>> {
    let query = crate::web::Pairs::parse(b"sort=-opens");
    let page = Window {
        sort: Sort::from_query(&query, ROUND_SORTS),
        after: None,
        limit: 200,
    };
    rounds(conn, side, (None, None), &page)
}

/// One round that a side sees.
///
/// # Errors
/// [`Error::NotFound`].
pub fn round(conn: &mut Conn<'_>, side: &Side, id: RoundId) -> Result<Round> {
    sql_query(format!(
        "SELECT {ROUND}, '' AS sort_key FROM placement_rounds r {SUMS} WHERE r.id = $1 AND ($2 IS NULL OR r.programme_id = $2)"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// Locks a round that a side sees, and reads it: its state then stays until the end of the transaction.
/// The first lock of everything that is done to its postings.
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock_round(conn: &mut Conn<'_>, side: &Side, id: RoundId, alone: bool) -> Result<Round> {
    round(conn, side, id)?;
    conn.elevate(Task::Placements, |conn| {
        let sql = match alone {
            true => "SELECT id FROM placement_rounds WHERE id = $1 FOR NO KEY UPDATE",
            false => "SELECT id FROM placement_rounds WHERE id = $1 FOR SHARE",
        };
        sql_query(sql).bind::<SqlUuid, _>(id).execute(conn.pg())?;
        Ok(())
    })?;
    round(conn, side, id)
}

/// A cohort to choose.
#[derive(Clone, Debug, QueryableByName)]
pub struct CohortName {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: CohortId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

/// The cohorts of a programme that the reader sees, the latest first.
///
/// # Errors
/// The database's.
pub fn cohorts(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Vec<CohortName>> {
    Ok(sql_query(
        "SELECT id, name_en, name_zh FROM cohorts WHERE programme_id = $1 AND state <> 'cancelled' ORDER BY starts_on DESC, id LIMIT 200",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?)
}

/// How an institution takes part in a round.
#[derive(Clone, Debug, QueryableByName)]
pub struct Terms {
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// The most that it takes.
    #[diesel(sql_type = Nullable<Integer>)]
    pub seat_cap: Option<i32>,
    /// How it ranks, as its word.
    #[diesel(sql_type = Text)]
    pub ranking: String,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Terms {
    /// How it ranks.
    #[must_use]
    pub fn ranking(&self) -> Ranking {
        Ranking::parse(&self.ranking).unwrap_or(Ranking::PostingLists)
    }
}

/// How the institutions of a side take part in a round; those that have said nothing are not there.
///
/// # Errors
/// The database's.
pub fn terms(conn: &mut Conn<'_>, side: &Side, round: RoundId) -> Result<Vec<Terms>> {
    Ok(sql_query(
        "SELECT t.organisation_id, o.name_en AS organisation_en, o.name_zh AS organisation_zh, t.seat_cap, t.ranking, t.version \
         FROM round_terms t JOIN organisations o ON o.id = t.organisation_id \
         WHERE t.round_id = $1 AND (t.programme_id = $2 OR t.organisation_id = ANY ($3)) ORDER BY o.name_en, o.id",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .load(conn.pg())?)
}

/// A rate of the minimum wage.
#[derive(Clone, Debug, QueryableByName)]
pub struct WageRate {
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Cents an hour.
    #[diesel(sql_type = Integer)]
    pub cents_an_hour: i32,
    /// Where it is from.
    #[diesel(sql_type = Text)]
    pub source: String,
}

/// The rates of the minimum wage, the latest first.
///
/// # Errors
/// The database's.
pub fn wage_rates(conn: &mut Conn<'_>) -> Result<Vec<WageRate>> {
    Ok(
        sql_query(
            "SELECT starts_on, cents_an_hour, source FROM wage_rates ORDER BY starts_on DESC",
        )
        .load(conn.pg())?,
    )
}

/// The same as the rule knows them.
#[must_use]
pub fn as_rates(rates: &[WageRate]) -> Vec<Rate> {
    let rate = |it: &WageRate| Rate {
        starts_on: it.starts_on,
        cents: i64::from(it.cents_an_hour),
    };
    rates.iter().map(rate).collect()
}

#[derive(QueryableByName)]
struct Person {
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
}

/// Whom a letter about placements goes to: the coordinators of a programme, or the representatives of one
/// of its institutions.
///
/// # Errors
/// The database's.
pub fn readers(
    conn: &mut Conn<'_>,
    _placements: &Working,
    programme: ProgrammeId,
    organisation: Option<OrganisationId>,
) -> Result<Vec<PersonId>> {
    let rows: Vec<Person> = sql_query(
        "SELECT DISTINCT g.person_id FROM role_grants g WHERE g.programme_id = $1 AND g.revoked_at IS NULL \
           AND g.starts_on <= (SELECT banyan_today()) AND (g.ends_on IS NULL OR g.ends_on >= (SELECT banyan_today())) \
           AND (($2 IS NULL AND g.role = 'coordinator') OR (g.organisation_id = $2 AND g.role = 'representative')) \
         ORDER BY g.person_id",
    )
    .bind::<SqlUuid, _>(programme)
    .bind::<Nullable<SqlUuid>, _>(organisation)
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|it| it.person_id).collect())
}
