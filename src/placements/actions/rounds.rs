//! Focus areas, rounds, an institution's terms in a round, rates of the minimum wage.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;

use crate::access::{Desk, Member, ProgrammeStaff};
use crate::audit::{self, About};
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, FieldError, Result};
use crate::ids::{CohortId, FocusAreaId, OrganisationId, RoundId};

use super::super::events::Noted;
use super::super::queries::{self, Round, Side};
use super::super::rules::{self, PlacementRefusal, PostingState, Ranking, RoundState, RoundStep};
use super::{unless_stale, unless_taken};

/// What a focus area is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewArea {
    /// Code, one for each area of a programme.
    pub code: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Across the Greater Bay Area by its nature?
    pub gba: bool,
}

fn area_record(staff: &ProgrammeStaff, id: FocusAreaId) -> About {
    About::new("focus_area", id.0).within(staff.programme())
}

fn code_taken() -> Error {
    Error::field("code", "taken", |lang| lang.plc_code_taken().to_owned())
}

/// Adds a focus area; returns its id.
///
/// # Errors
/// [`Error::Invalid`] for a code in use.
pub fn add_area(conn: &mut Conn<'_>, staff: &ProgrammeStaff, new: &NewArea) -> Result<FocusAreaId> {
    let id = FocusAreaId::new();
    unless_taken(conn, code_taken, |pg| {
        sql_query("INSERT INTO focus_areas (id, programme_id, code, name_en, name_zh, gba) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind::<SqlUuid, _>(id)
            .bind::<SqlUuid, _>(staff.programme())
            .bind::<Text, _>(&new.code)
            .bind::<Text, _>(&new.name_en)
            .bind::<Text, _>(&new.name_zh)
            .bind::<Bool, _>(new.gba)
            .execute(pg)
    })?;
    let event = Noted("focus_area.added", json!({ "code": new.code }));
    audit::note(conn, area_record(staff, id), &event)?;
    Ok(id)
}

/// Adds those of the usual focus areas whose codes the programme has not.
///
/// # Errors
/// The database's.
pub fn add_usual_areas(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<usize> {
    let known = queries::areas(conn, staff.programme())?;
    let mut added = 0;
    for (code, en, zh, gba) in rules::usual::AREAS {
        if known.iter().any(|it| it.code == *code) {
            continue;
        }
        let new = NewArea {
            code: (*code).to_owned(),
            name_en: (*en).to_owned(),
            name_zh: (*zh).to_owned(),
            gba: *gba,
        };
        add_area(conn, staff, &new)?;
        added += 1;
    }
    Ok(added)
}

/// Changes a focus area; postings name it by its id and keep it.
///
/// # Errors
/// [`Error::Stale`]; [`Error::Invalid`] for a code in use; [`PlacementRefusal::Archived`].
pub fn change_area(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, seen): (FocusAreaId, i32),
    new: &NewArea,
) -> Result<()> {
    let before = queries::area(conn, staff, id)?;
    if before.archived_at.is_some() {
        return Err(PlacementRefusal::Archived.into());
    }
    let written = unless_taken(conn, code_taken, |pg| {
        sql_query(
            "UPDATE focus_areas SET code = $3, name_en = $4, name_zh = $5, gba = $6, version = version + 1 \
             WHERE id = $1 AND version = $2 AND archived_at IS NULL",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(seen)
        .bind::<Text, _>(&new.code)
        .bind::<Text, _>(&new.name_en)
        .bind::<Text, _>(&new.name_zh)
        .bind::<Bool, _>(new.gba)
        .execute(pg)
    })?;
    unless_stale(written)?;
    let details = json!({ "code": before.code, "en": before.name_en, "zh": before.name_zh });
    audit::note(
        conn,
        area_record(staff, id),
        &Noted("focus_area.changed", details),
    )
}

/// Archives a focus area, or takes it back into use. An archived one is no choice any more; what names it
/// keeps it.
///
/// # Errors
/// [`PlacementRefusal::Archived`], [`PlacementRefusal::InUse`]; [`Error::NotFound`].
pub fn put_away_area(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: FocusAreaId,
    away: bool,
) -> Result<()> {
    let before = queries::area(conn, staff, id)?;
    let written = sql_query(
        "UPDATE focus_areas SET archived_at = CASE WHEN $2 THEN banyan_now() END, version = version + 1 \
         WHERE id = $1 AND (archived_at IS NULL) = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Bool, _>(away)
    .execute(conn.pg())?;
    if written == 0 {
        return Err(match away {
            true => PlacementRefusal::Archived,
            false => PlacementRefusal::InUse,
        }
        .into());
    }
    let verb = match away {
        true => "focus_area.archived",
        false => "focus_area.restored",
    };
    audit::note(
        conn,
        area_record(staff, id),
        &Noted(verb, json!({ "code": before.code })),
    )
}

/// What a round is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundDetails {
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Whose trainees take part.
    pub cohorts: Vec<CohortId>,
    /// From when trainees see postings.
    pub opens_at: DateTime<Utc>,
    /// Until when postings are handed in.
    pub closes_at: DateTime<Utc>,
    /// Until when one approval is enough for a change of seats.
    pub seat_deadline: DateTime<Utc>,
    /// Until when lists are certified.
    pub list_deadline: DateTime<Utc>,
    /// First day of the placement period.
    pub starts_on: NaiveDate,
    /// Last day of the placement period.
    pub ends_on: NaiveDate,
}

fn round_record(staff: &ProgrammeStaff, id: RoundId) -> About {
    About::new("placement_round", id.0).within(staff.programme())
}

fn check_round(conn: &mut Conn<'_>, staff: &ProgrammeStaff, it: &RoundDetails) -> Result<()> {
    let mut faults = Vec::new();
    let ordered = it.opens_at < it.closes_at
        && it.closes_at <= it.list_deadline
        && it.seat_deadline <= it.list_deadline;
    if !ordered {
        faults.push(FieldError::new("closes_at", "out_of_order", |lang| {
            lang.plc_need_deadlines().to_owned()
        }));
    }
    if it.ends_on < it.starts_on {
        faults.push(FieldError::new("ends_on", "out_of_order", |lang| {
            lang.plc_need_order().to_owned()
        }));
    }
    let known = queries::cohorts(conn, staff.programme())?;
    if it
        .cohorts
        .iter()
        .any(|id| known.iter().all(|it| it.id != *id))
    {
        faults.push(FieldError::new("cohorts", "choice", |lang| {
            lang.form_choice().to_owned()
        }));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}

fn cohort_uuids(it: &RoundDetails) -> Vec<uuid::Uuid> {
    it.cohorts.iter().map(|id| id.0).collect()
}

/// Plans a round; returns its id.
///
/// # Errors
/// [`Error::Invalid`].
pub fn plan_round(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    it: &RoundDetails,
) -> Result<RoundId> {
    check_round(conn, staff, it)?;
    let id = RoundId::new();
    sql_query(
        "INSERT INTO placement_rounds (id, programme_id, name_en, name_zh, cohort_ids, opens_at, closes_at, seat_deadline, list_deadline, \
           starts_on, ends_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Text, _>(&it.name_en)
    .bind::<Text, _>(&it.name_zh)
    .bind::<Array<SqlUuid>, _>(cohort_uuids(it))
    .bind::<Timestamptz, _>(it.opens_at)
    .bind::<Timestamptz, _>(it.closes_at)
    .bind::<Timestamptz, _>(it.seat_deadline)
    .bind::<Timestamptz, _>(it.list_deadline)
    .bind::<Date, _>(it.starts_on)
    .bind::<Date, _>(it.ends_on)
    .execute(conn.pg())?;
    let event = Noted(
        "placement_round.created",
        json!({ "en": it.name_en, "zh": it.name_zh }),
    );
    audit::note(conn, round_record(staff, id), &event)?;
    Ok(id)
}

/// Changes a round. Once lists are ranked its deadlines and cohorts stay as they are.
///
/// # Errors
/// [`Error::Stale`]; [`Error::Invalid`]; [`PlacementRefusal::RoundOver`].
pub fn change_round(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, seen): (RoundId, i32),
    it: &RoundDetails,
) -> Result<()> {
    let round = queries::lock_round(conn, &Side::Office(*staff), id, true)?;
    match round.state()? {
        RoundState::Planned | RoundState::Collecting | RoundState::Open => {}
        RoundState::Ranking | RoundState::Matched | RoundState::Closed => {
            return Err(PlacementRefusal::RoundOver.into());
        }
    }
    check_round(conn, staff, it)?;
    let written = sql_query(
        "UPDATE placement_rounds SET name_en = $3, name_zh = $4, cohort_ids = $5, opens_at = $6, closes_at = $7, seat_deadline = $8, \
           list_deadline = $9, starts_on = $10, ends_on = $11, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(seen)
    .bind::<Text, _>(&it.name_en)
    .bind::<Text, _>(&it.name_zh)
    .bind::<Array<SqlUuid>, _>(cohort_uuids(it))
    .bind::<Timestamptz, _>(it.opens_at)
    .bind::<Timestamptz, _>(it.closes_at)
    .bind::<Timestamptz, _>(it.seat_deadline)
    .bind::<Timestamptz, _>(it.list_deadline)
    .bind::<Date, _>(it.starts_on)
    .bind::<Date, _>(it.ends_on)
    .execute(conn.pg())?;
    unless_stale(written)?;
    audit::note(
        conn,
        round_record(staff, id),
        &Noted::plain("placement_round.changed"),
    )
}

/// Takes a round a step further; its postings follow.
///
/// # Errors
/// [`Error::NotFound`]; a [`PlacementRefusal`].
pub fn step_round(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RoundId,
    step: RoundStep,
) -> Result<Round> {
    let side = Side::Office(*staff);
    let round = queries::lock_round(conn, &side, id, true)?;
    let now = db::now(conn)?;
    let to = rules::round_step(&round.now()?, step, now)?;
    let written = sql_query(
        "UPDATE placement_rounds SET state = $3, version = version + 1 WHERE id = $1 AND state = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(&round.state)
    .bind::<Text, _>(to.as_str())
    .execute(conn.pg())?;
    unless_stale(written)?;
    for state in PostingState::ALL {
        if let Some(next) = rules::follows(*state, to) {
            sql_query("UPDATE postings SET state = $3, version = version + 1 WHERE round_id = $1 AND state = $2")
                .bind::<SqlUuid, _>(id)
                .bind::<Text, _>(state.as_str())
                .bind::<Text, _>(next.as_str())
                .execute(conn.pg())?;
        }
    }
    let event = Noted(
        "placement_round.stepped",
        json!({ "from": round.state, "to": to.as_str() }),
    );
    audit::note(conn, round_record(staff, id), &event)?;
    queries::round(conn, &side, id)
}

/// How an institution takes part in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewTerms {
    /// The institution.
    pub organisation: OrganisationId,
    /// The most that it takes over all its postings.
    pub cap: Option<i32>,
    /// How it ranks.
    pub ranking: Ranking,
}

/// Sets how an institution takes part in a round, until ranking begins.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`]; a [`PlacementRefusal`].
pub fn set_terms(conn: &mut Conn<'_>, member: &Member, id: RoundId, new: &NewTerms) -> Result<()> {
    if !member.organisations().contains(&new.organisation) {
        return Err(Error::NotFound);
    }
    let side = Side::Host(member.clone());
    let round = queries::lock_round(conn, &side, id, false)?;
    if !rules::takes_postings(round.state()?) {
        return Err(PlacementRefusal::RoundOver.into());
    }
    if new.cap.is_some() && new.ranking != Ranking::BankList {
        return Err(Error::field("ranking", "cap", |lang| {
            lang.plc_need_cap_list().to_owned()
        }));
    }
    let reserved = queries::has_reserve(conn, &side, id, new.organisation)?;
    if new.cap.is_some() && reserved {
        return Err(PlacementRefusal::CapAndReserve.into());
    }
    sql_query(
        "INSERT INTO round_terms (id, programme_id, round_id, organisation_id, seat_cap, ranking) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (round_id, organisation_id) DO UPDATE SET seat_cap = excluded.seat_cap, ranking = excluded.ranking, \
           version = round_terms.version + 1",
    )
    .bind::<SqlUuid, _>(uuid::Uuid::now_v7())
    .bind::<SqlUuid, _>(round.programme_id)
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(new.organisation)
    .bind::<Nullable<Integer>, _>(new.cap)
    .bind::<Text, _>(new.ranking.as_str())
    .execute(conn.pg())?;
    let about = About::new("round_terms", id.0)
        .at(new.organisation)
        .within(round.programme_id);
    let details = json!({ "cap": new.cap, "ranking": new.ranking.as_str() });
    audit::note(conn, about, &Noted("round_terms.set", details))
}

/// Adds a rate of the minimum wage. A rate once told is not changed: a mistake is outdone by nothing but
/// another day's.
///
/// # Errors
/// [`Error::Invalid`] for a day that has a rate.
pub fn add_wage_rate(
    conn: &mut Conn<'_>,
    _desk: &Desk,
    (starts_on, cents): (NaiveDate, i32),
    source: &str,
) -> Result<()> {
    let taken = || {
        Error::field("starts_on", "taken", |lang| {
            lang.plc_rate_taken().to_owned()
        })
    };
    unless_taken(conn, taken, |pg| {
        sql_query("INSERT INTO wage_rates (starts_on, cents_an_hour, source) VALUES ($1, $2, $3)")
            .bind::<Date, _>(starts_on)
            .bind::<Integer, _>(cents)
            .bind::<Text, _>(source)
            .execute(pg)
    })?;
    let about = About::new("wage_rate", uuid::Uuid::nil());
    let details = json!({ "on": starts_on, "cents": cents });
    audit::note(conn, about, &Noted("wage_rate.added", details))
}

/// Adds those of the known rates that are not there.
///
/// # Errors
/// The database's.
pub fn add_usual_rates(conn: &mut Conn<'_>, desk: &Desk) -> Result<()> {
    let there = queries::wage_rates(conn)?;
    for ((year, month, day), cents) in rules::usual::RATES {
        let day = NaiveDate::from_ymd_opt(*year, *month, *day).unwrap_or_default();
        if there.iter().all(|it| it.starts_on != day) {
            add_wage_rate(conn, desk, (day, *cents), "Labour Department")?;
        }
    }
    Ok(())
}
