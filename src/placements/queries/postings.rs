//! Rows of postings.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::applications::route::Route;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{FocusAreaId, OrganisationId, PersonId, PostingId, ProgrammeId, RoundId};
use crate::lang::Lang;
use crate::web::fields::Column;

use super::super::rules::content::{Content, Draft};
use super::super::rules::eligibility::Wants;
use super::super::rules::{PostingState, RoundState};
use super::Side;
use crate::web::paging::Window;

/// A placement posting.
#[derive(Clone, Debug, QueryableByName)]
pub struct Posting {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PostingId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Its institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// The institution's English name.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// The institution's Chinese name.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// Its round.
    #[diesel(sql_type = SqlUuid)]
    pub round_id: RoundId,
    /// The round's English name.
    #[diesel(sql_type = Text)]
    pub round_en: String,
    /// The round's Chinese name.
    #[diesel(sql_type = Text)]
    pub round_zh: String,
    /// Where the round stands, as its word.
    #[diesel(sql_type = Text)]
    pub round_state: String,
    /// Until when lists are certified.
    #[diesel(sql_type = Timestamptz)]
    pub list_deadline: DateTime<Utc>,
    /// Its number.
    #[diesel(sql_type = Text)]
    pub number: String,
    /// Where it stands, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// What it is about.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub area_ids: Vec<Uuid>,
    /// Seats.
    #[diesel(sql_type = Integer)]
    pub seats: i32,
    /// Seats for the next round.
    #[diesel(sql_type = Integer)]
    pub later_seats: i32,
    #[diesel(sql_type = Nullable<Text>)]
    reserve_group: Option<String>,
    /// Seats held for that group.
    #[diesel(sql_type = Integer)]
    pub reserve_seats: i32,
    #[diesel(sql_type = Jsonb)]
    group_caps: Value,
    /// Allowance in cents.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub allowance_cents: Option<i64>,
    /// First day.
    #[diesel(sql_type = Nullable<Date>)]
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    #[diesel(sql_type = Nullable<Date>)]
    pub ends_on: Option<NaiveDate>,
    #[diesel(sql_type = Jsonb)]
    content: Value,
    #[diesel(sql_type = Jsonb)]
    wants: Value,
    /// Everybody who wrote on it.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub writer_ids: Vec<PersonId>,
    /// Who handed it in last.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub submitted_by: Option<PersonId>,
    /// When it was handed in last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it was approved or returned.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was returned.
    #[diesel(sql_type = Text)]
    pub comment: String,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Interests that stand, as far as the reader may see them.
    #[diesel(sql_type = BigInt)]
    pub interests: i64,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

fn parsed<T: DeserializeOwned>(value: &Value) -> Result<T> {
    serde_json::from_value(value.clone())
        .map_err(|err| Error::Internal(format!("a posting's row: {err}")))
}

impl Posting {
    /// Its institution as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_en, &self.organisation_zh)
    }

    /// Its round as the reader reads it.
    #[must_use]
    pub fn round(&self, lang: Lang) -> &str {
        lang.pick(&self.round_en, &self.round_zh)
    }

    /// Its title as the reader reads it; its number where it has none yet.
    ///
    /// # Errors
    /// A row that cannot be read: a mistake of ours.
    pub fn title(&self, lang: Lang) -> Result<String> {
        let content = self.content()?;
        let title = content.pick(lang, "title");
        Ok(if title.is_empty() {
            &self.number
        } else {
            title
        }
        .to_owned())
    }

    /// Where it stands.
    ///
    /// # Errors
    /// As [`Posting::title`].
    pub fn state(&self) -> Result<PostingState> {
        PostingState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("posting state {}", self.state)))
    }

    /// Where its round stands.
    ///
    /// # Errors
    /// As [`Posting::title`].
    pub fn round_state(&self) -> Result<RoundState> {
        RoundState::parse(&self.round_state)
            .ok_or_else(|| Error::Internal(format!("round state {}", self.round_state)))
    }

    /// Everything that it says in fields.
    ///
    /// # Errors
    /// As [`Posting::title`].
    pub fn content(&self) -> Result<Content> {
        parsed(&self.content)
    }

    /// Whom it is open to.
    ///
    /// # Errors
    /// As [`Posting::title`].
    pub fn wants(&self) -> Result<Wants> {
        parsed(&self.wants)
    }

    /// The group for which seats are held.
    #[must_use]
    pub fn reserve_group(&self) -> Option<Route> {
        self.reserve_group.as_deref().and_then(Route::parse)
    }

    /// The most of each group.
    ///
    /// # Errors
    /// As [`Posting::title`].
    pub fn caps(&self) -> Result<BTreeMap<String, i32>> {
        parsed(&self.group_caps)
    }

    /// The whole as its institution writes it.
    ///
    /// # Errors
    /// As [`Posting::title`].
    pub fn draft(&self) -> Result<Draft> {
        Ok(Draft {
            round: self.round_id,
            areas: self.area_ids.iter().map(|it| FocusAreaId(*it)).collect(),
            seats: self.seats,
            reserve_group: self.reserve_group(),
            reserve_seats: self.reserve_seats,
            caps: self.caps()?,
            cents: self.allowance_cents,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            content: self.content()?,
            wants: self.wants()?,
        })
    }
}

/// The orders of a list of postings.
pub const POSTING_SORTS: &[Column] = &[
    ("title", "lower(coalesce(p.content->>'title_en', ''))"),
    ("organisation", "lower(o.name_en)"),
    ("state", "p.state"),
    ("seats", "lpad(p.seats::text, 5, '0')"),
    ("starts", "coalesce(p.starts_on::text, '')"),
    (
        "submitted",
        "coalesce(to_char(p.submitted_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS'), '')",
    ),
];

pub(super) const POSTING: &str = "SELECT p.id, p.programme_id, p.organisation_id, o.name_en AS organisation_en, o.name_zh AS organisation_zh, \
    p.round_id, r.name_en AS round_en, r.name_zh AS round_zh, r.state AS round_state, r.list_deadline, p.number, p.state, p.area_ids, \
    p.seats, p.later_seats, p.reserve_group, p.reserve_seats, p.group_caps, p.allowance_cents, p.starts_on, p.ends_on, p.content, \
    p.wants, p.writer_ids, p.submitted_by, p.submitted_at, p.decided_at, p.comment, p.version, \
    (SELECT count(*) FROM posting_interests i WHERE i.posting_id = p.id AND i.state = 'expressed') AS interests";
pub(super) const FROM: &str = "FROM postings p JOIN organisations o ON o.id = p.organisation_id JOIN placement_rounds r ON r.id = p.round_id";
/// Conditions of a search: state, round, area, city, paid, institution, text.
pub(super) const SOUGHT: &str = "($3 IS NULL OR p.state = $3) AND ($4 IS NULL OR p.round_id = $4) AND ($5 IS NULL OR $5 = ANY (p.area_ids)) \
    AND ($6 IS NULL OR p.content->>'city' = $6) AND ($7 IS NULL OR p.content->>'paid' = $7) AND ($8 IS NULL OR p.organisation_id = $8) \
    AND ($9 IS NULL OR strpos(lower(concat_ws(' ', p.number, p.content->>'title_en', p.content->>'title_zh', p.content->>'summary_en', \
      p.content->>'summary_zh', o.name_en, o.name_zh)), lower($9)) > 0) AND ($10 IS NULL OR p.content->>'pattern' = $10)";

/// What is sought among postings.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// Where it stands.
    pub state: Option<PostingState>,
    /// Its round.
    pub round: Option<RoundId>,
    /// One of its focus areas.
    pub area: Option<FocusAreaId>,
    /// Its city, as its word.
    pub city: Option<String>,
    /// Paid, as its word.
    pub paid: Option<String>,
    /// Its institution.
    pub organisation: Option<OrganisationId>,
    /// Part of number, title, summary or institution.
    pub text: Option<String>,
    /// Its working pattern, as its word.
    pub pattern: Option<String>,
}

/// The postings of a side that are sought.
///
/// # Errors
/// The database's.
pub fn postings(
    conn: &mut Conn<'_>,
    side: &Side,
    sought: &Sought,
    page: &Window,
) -> Result<Vec<Posting>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM ({POSTING}, ({key}) COLLATE \"C\" AS sort_key {FROM} \
         WHERE (p.programme_id = $1 OR p.organisation_id = ANY ($2)) AND {SOUGHT}) q \
         WHERE $11 IS NULL OR (sort_key, id) {beyond} ($11, $12) ORDER BY sort_key {direction}, id {direction} LIMIT $13"
    ))
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .bind::<Nullable<Text>, _>(sought.state.map(PostingState::as_str))
    .bind::<Nullable<SqlUuid>, _>(sought.round)
    .bind::<Nullable<SqlUuid>, _>(sought.area)
    .bind::<Nullable<Text>, _>(&sought.city)
    .bind::<Nullable<Text>, _>(&sought.paid)
    .bind::<Nullable<SqlUuid>, _>(sought.organisation)
    .bind::<Nullable<Text>, _>(&sought.text)
    .bind::<Nullable<Text>, _>(&sought.pattern)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

/// One posting of a side.
///
/// # Errors
/// [`Error::NotFound`].
pub fn posting(conn: &mut Conn<'_>, side: &Side, id: PostingId) -> Result<Posting> {
    sql_query(format!(
        "{POSTING}, '' AS sort_key {FROM} WHERE p.id = $3 AND (p.programme_id = $1 OR p.organisation_id = ANY ($2))"
    ))
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// Locks a posting of a side after its round, and reads it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`] when `seen` is not its version any more.
pub fn lock_posting(
    conn: &mut Conn<'_>,
    side: &Side,
    id: PostingId,
    seen: Option<i32>,
) -> Result<(super::Round, Posting)> {
    let before = posting(conn, side, id)?;
    super::lock_round(conn, side, before.round_id, false)?;
    sql_query("SELECT id FROM postings WHERE id = $1 FOR NO KEY UPDATE")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    let locked = posting(conn, side, id)?;
    // A draft may have been moved to another round while we waited.
    let round = super::lock_round(conn, side, locked.round_id, false)?;
    if seen.is_some_and(|seen| seen != locked.version) {
        return Err(Error::Stale);
    }
    Ok((round, locked))
}

/// An institution to choose or filter by.
#[derive(Clone, Debug, QueryableByName)]
pub struct Institution {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: OrganisationId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

/// Institutions for which somebody speaks; or, for the office, every institution in use.
///
/// # Errors
/// The database's.
pub fn institutions(conn: &mut Conn<'_>, side: &Side) -> Result<Vec<Institution>> {
    Ok(sql_query(
        "SELECT id, name_en, name_zh FROM organisations WHERE kind <> 'university' AND archived_at IS NULL \
           AND ($1 IS NOT NULL OR id = ANY ($2)) ORDER BY name_en, id",
    )
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .load(conn.pg())?)
}

/// Is one of these focus areas none of the programme's in use?
///
/// # Errors
/// The database's.
pub fn strange_areas(
    conn: &mut Conn<'_>,
    programme: ProgrammeId,
    areas: &[FocusAreaId],
    kept: &[FocusAreaId],
) -> Result<bool> {
    let all = super::areas(conn, programme)?;
    let known = |it: &FocusAreaId| {
        all.iter()
            .any(|area| area.id == *it && (area.archived_at.is_none() || kept.contains(it)))
    };
    Ok(!areas.iter().all(known))
}

/// Does a posting of the institution in this round hold seats for a group?
///
/// # Errors
/// The database's.
pub fn has_reserve(
    conn: &mut Conn<'_>,
    side: &Side,
    round: RoundId,
    organisation: OrganisationId,
) -> Result<bool> {
    let found = sql_query(
        "SELECT id FROM postings WHERE round_id = $1 AND organisation_id = $2 AND reserve_seats > 0 AND state <> 'withdrawn' \
           AND (programme_id = $3 OR organisation_id = ANY ($4))",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(organisation)
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .execute(conn.pg())?;
    Ok(found > 0)
}
