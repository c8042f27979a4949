//! Institutions' partnerships, and the question how many trainees they can take.

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::{Date, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use serde_json::json;

use crate::access::{Member, ProgrammeStaff};
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::{Error, FieldError, Result};
use crate::ids::{CapacityId, FocusAreaId, HostId, OrganisationId};

use super::super::events::{self, Noted};
use super::super::mail::{self, Matter, Told};
use super::super::queries::{self, AreaSeats, Capacity, Side};
use super::super::rules::{CapacityState, HostStatus, PlacementRefusal};
use super::{unless_stale, unless_taken};

/// What a partnership says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostDetails {
    /// How it stands.
    pub status: HostStatus,
    /// When the memorandum was signed.
    pub signed_on: Option<NaiveDate>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Remark; the institution reads it too.
    pub remark: String,
}

fn check(it: &HostDetails) -> Result<()> {
    let mut faults = Vec::new();
    if it.ends_on < it.starts_on {
        faults.push(FieldError::new("ends_on", "out_of_order", |lang| {
            lang.plc_need_order().to_owned()
        }));
    }
    if it.status == HostStatus::Active && it.signed_on.is_none() {
        faults.push(FieldError::new("signed_on", "required", |lang| {
            lang.plc_need_signed().to_owned()
        }));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}

fn twice() -> Error {
    PlacementRefusal::HostTwice.into()
}

/// Records an institution's partnership; returns its id.
///
/// # Errors
/// [`Error::Invalid`]; [`PlacementRefusal::HostTwice`].
pub fn add_host(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    organisation: OrganisationId,
    it: &HostDetails,
) -> Result<HostId> {
    check(it)?;
    let side = Side::Office(*staff);
    let all = queries::institutions(conn, &side)?;
    if all.iter().all(|known| known.id != organisation) {
        return Err(Error::field("organisation", "choice", |lang| {
            lang.form_choice().to_owned()
        }));
    }
    let id = HostId::new();
    unless_taken(conn, twice, |pg| {
        sql_query(
            "INSERT INTO placement_partnerships (id, programme_id, organisation_id, status, signed_on, starts_on, ends_on, remark) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<SqlUuid, _>(organisation)
        .bind::<Text, _>(it.status.as_str())
        .bind::<Nullable<Date>, _>(it.signed_on)
        .bind::<Date, _>(it.starts_on)
        .bind::<Date, _>(it.ends_on)
        .bind::<Text, _>(&it.remark)
        .execute(pg)
    })?;
    let row = queries::host(conn, &side, id)?;
    let event = Noted(
        "placement_partnership.added",
        json!({ "status": it.status.as_str() }),
    );
    audit::note(conn, events::host(&row), &event)?;
    Ok(id)
}

/// Changes a partnership; one that has ended stays as it is.
///
/// # Errors
/// [`Error::Stale`]; [`Error::Invalid`]; [`PlacementRefusal::Over`].
pub fn change_host(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, seen): (HostId, i32),
    it: &HostDetails,
) -> Result<()> {
    check(it)?;
    let side = Side::Office(*staff);
    let before = queries::host(conn, &side, id)?;
    if before.status()? == HostStatus::Ended {
        return Err(PlacementRefusal::Over.into());
    }
    let written = sql_query(
        "UPDATE placement_partnerships SET status = $3, signed_on = $4, starts_on = $5, ends_on = $6, remark = $7, version = version + 1 \
         WHERE id = $1 AND version = $2 AND status <> 'ended'",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(seen)
    .bind::<Text, _>(it.status.as_str())
    .bind::<Nullable<Date>, _>(it.signed_on)
    .bind::<Date, _>(it.starts_on)
    .bind::<Date, _>(it.ends_on)
    .bind::<Text, _>(&it.remark)
    .execute(conn.pg())?;
    unless_stale(written)?;
    let details = json!({ "from": before.status, "to": it.status.as_str() });
    audit::note(
        conn,
        events::host(&before),
        &Noted("placement_partnership.changed", details),
    )
}

/// A question about capacity to several institutions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCapacity {
    /// First day of the period.
    pub starts_on: NaiveDate,
    /// Last day of the period.
    pub ends_on: NaiveDate,
    /// Until when an answer is asked for.
    pub due_on: NaiveDate,
    /// What the office says.
    pub words: String,
}

fn told(it: &Capacity, mark: &str) -> mail::About {
    mail::About {
        programme: it.programme_id,
        organisation: (
            it.organisation_id,
            (it.organisation_en.clone(), it.organisation_zh.clone()),
        ),
        title: (String::new(), String::new()),
        matter: Matter::Capacity(it.id),
        mark: mark.to_owned(),
    }
}

/// Asks institutions how many trainees they can take; each gets a letter. Those already asked for a
/// period with this first day are left out. Returns the ids of the questions.
///
/// # Errors
/// [`Error::Invalid`].
pub fn ask_capacity(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    organisations: &[OrganisationId],
    it: &NewCapacity,
) -> Result<Vec<CapacityId>> {
    let side = Side::Office(*staff);
    let mut faults = Vec::new();
    if it.ends_on < it.starts_on {
        faults.push(FieldError::new("ends_on", "out_of_order", |lang| {
            lang.plc_need_order().to_owned()
        }));
    }
    let all = queries::institutions(conn, &side)?;
    let known = |id: &OrganisationId| all.iter().any(|known| known.id == *id);
    if organisations.is_empty() || !organisations.iter().all(known) {
        faults.push(FieldError::new("organisations", "choice", |lang| {
            lang.form_choice().to_owned()
        }));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let mut asked = Vec::new();
    for organisation in organisations {
        let id = CapacityId::new();
        let written = sql_query(
            "INSERT INTO capacity_asks (id, programme_id, organisation_id, starts_on, ends_on, due_on, words) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<SqlUuid, _>(*organisation)
        .bind::<Date, _>(it.starts_on)
        .bind::<Date, _>(it.ends_on)
        .bind::<Date, _>(it.due_on)
        .bind::<Text, _>(&it.words)
        .execute(conn.pg())?;
        if written == 0 {
            continue;
        }
        let row = queries::capacity(conn, &side, id, false)?;
        audit::note(
            conn,
            events::capacity(&row),
            &Noted::plain("capacity.asked"),
        )?;
        let letter = Told::CapacityAsked {
            period: (it.starts_on, it.ends_on),
            due_on: it.due_on,
            words: it.words.clone(),
        };
        mail::write(conn, &told(&row, "asked"), &letter, staff.person())?;
        asked.push(id);
    }
    Ok(asked)
}

/// Takes a question back that has not been answered.
///
/// # Errors
/// [`Error::NotFound`]; [`PlacementRefusal::Over`].
pub fn withdraw_capacity(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: CapacityId,
) -> Result<()> {
    let side = Side::Office(*staff);
    let row = queries::capacity(conn, &side, id, true)?;
    if row.state()? != CapacityState::Asked {
        return Err(PlacementRefusal::Over.into());
    }
    sql_query("UPDATE capacity_asks SET state = 'withdrawn', version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    audit::note(
        conn,
        events::capacity(&row),
        &Noted::plain("capacity.withdrawn"),
    )
}

/// An institution's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapacityAnswer {
    /// Seats in all.
    pub seats: i32,
    /// Of them, by focus area.
    pub by_area: Vec<(FocusAreaId, i32)>,
    /// Remark.
    pub remark: String,
}

/// Answers a question about capacity, or answers it anew: an answer may change until the period begins.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`]; [`PlacementRefusal::Over`].
pub fn answer_capacity(
    conn: &mut Conn<'_>,
    member: &Member,
    (id, seen): (CapacityId, i32),
    answer: &CapacityAnswer,
) -> Result<()> {
    let side = Side::Host(member.clone());
    let row = queries::capacity(conn, &side, id, true)?;
    if row.version != seen {
        return Err(Error::Stale);
    }
    let today = crate::lang::format::hk_date(crate::db::now(conn)?);
    if row.state()? == CapacityState::Withdrawn || today >= row.starts_on {
        return Err(PlacementRefusal::Over.into());
    }
    let areas: Vec<FocusAreaId> = answer.by_area.iter().map(|it| it.0).collect();
    if queries::strange_areas(conn, row.programme_id, &areas, &[])? {
        return Err(Error::field("by_area", "choice", |lang| {
            lang.plc_need_area().to_owned()
        }));
    }
    let told_sum: i64 = answer.by_area.iter().map(|it| i64::from(it.1)).sum();
    if told_sum > i64::from(answer.seats) {
        return Err(Error::field("seats", "sum", |lang| {
            lang.plc_need_sum().to_owned()
        }));
    }
    let by_area: Vec<AreaSeats> = answer
        .by_area
        .iter()
        .map(|(area, seats)| AreaSeats {
            area: *area,
            seats: *seats,
        })
        .collect();
    sql_query(
        "UPDATE capacity_asks SET state = 'answered', seats = $2, by_area = $3, remark = $4, answered_at = banyan_now(), \
           version = version + 1 WHERE id = $1 AND state <> 'withdrawn'",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(answer.seats)
    .bind::<Jsonb, _>(json!(by_area))
    .bind::<Text, _>(&answer.remark)
    .execute(conn.pg())?;
    let event = Noted("capacity.answered", json!({ "seats": answer.seats }));
    audit::note(conn, events::capacity(&row), &event)?;
    let mark = format!("answered-{}", row.version);
    let letter = Told::CapacityAnswered(answer.seats);
    mail::write(conn, &told(&row, &mark), &letter, member.person())
}
