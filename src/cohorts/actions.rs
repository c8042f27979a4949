//! What is done to cohorts. Each function is one verb in the caller's transaction: proof, locks,
//! rule, write, history, letters.

use crate::db::sql_query;
use chrono::{DateTime, Duration, DurationRound as _, NaiveDate, Utc};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Bool, Date, Integer, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{Connection as _, QueryableByName, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::{CohortStaff, ProgrammeStaff};
use crate::audit;
use crate::db::{self, Conn};
use crate::error::{Error, FieldError, Result};
use crate::ids::{CohortId, PoolId};
use crate::lang::format::{date, hk_date};
use crate::programmes::actions as programmes;

use super::events::{Noted, about};
use super::mail;
use super::queries::{self, Cohort};
use super::rules::changes;
use super::rules::seats::Seats;
use super::rules::{self, CohortEvent, CohortState, KeyDates};

mod rubric;
mod seats;

pub use rubric::{Criterion, set_rubric, submitted_reviews};
pub use seats::{
    COHORT_CANCELLED, COHORT_STARTED, FILL_SEATS, NewPool, add_pool, change_capacity, change_pool,
    give_back_free, release_hold, release_now,
};

/// What a coordinator sets about a cohort and its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// Code of cohort and call, such as `2027H1`: capital letters, digits, hyphens.
    pub code: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// What the call says, in English; may be empty.
    pub intro_en: String,
    /// What the call says, in Chinese; may be empty.
    pub intro_zh: String,
    /// The call opens.
    pub opens_at: DateTime<Utc>,
    /// The call closes (exclusive); see [`rules::end_of_day`].
    pub closes_at: DateTime<Utc>,
    /// Decisions are told by this day.
    pub decisions_on: NaiveDate,
    /// Offers of the release are answered by then.
    pub reply_by: DateTime<Utc>,
    /// Teaching begins.
    pub starts_on: NaiveDate,
    /// Teaching ends.
    pub ends_on: NaiveDate,
    /// Days that a promoted applicant has to answer, 1 to 60.
    pub reply_days: i32,
}

impl Details {
    /// The dates, as rules judge them.
    #[must_use]
    pub fn key_dates(&self) -> KeyDates {
        KeyDates {
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            decisions_on: self.decisions_on,
            reply_on: hk_date(self.reply_by),
            starts_on: self.starts_on,
            ends_on: self.ends_on,
        }
    }

    /// Are the dates in order?
    fn check(&self) -> Result<()> {
        rules::check_dates(&self.key_dates()).map_err(Error::Invalid)
    }
}

impl From<&Cohort> for Details {
    fn from(cohort: &Cohort) -> Self {
        Self {
            code: cohort.code.clone(),
            name_en: cohort.name_en.clone(),
            name_zh: cohort.name_zh.clone(),
            intro_en: cohort.intro_en.clone(),
            intro_zh: cohort.intro_zh.clone(),
            opens_at: cohort.opens_at,
            closes_at: cohort.closes_at,
            decisions_on: cohort.decisions_on,
            reply_by: cohort.reply_by,
            starts_on: cohort.starts_on,
            ends_on: cohort.ends_on,
            reply_days: cohort.reply_days,
        }
    }
}

/// Runs a statement that may meet another cohort's code; then the field `code` is at fault.
fn unless_taken(
    conn: &mut Conn<'_>,
    run: impl FnOnce(&mut diesel::PgConnection) -> Result<usize, DieselError>,
) -> Result<usize> {
    // In a savepoint: the code may belong to a programme that the actor cannot see.
    match conn.pg().transaction(run) {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(Error::field("code", "taken", |lang| {
                lang.cohorts_code_taken().to_owned()
            }))
        }
        done => Ok(done?),
    }
}

/// Plans a cohort with an open pool of `open_seats` seats; returns its id.
///
/// # Errors
/// [`Error::Invalid`] for dates out of order or a code in use, a refusal for a number of seats out
/// of range or a programme that is closed.
pub fn create(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    details: &Details,
    open_seats: i32,
) -> Result<CohortId> {
    details.check()?;
    let seats = Seats::new(open_seats)?;
    programmes::takes_cohorts(conn, staff)?;
    let id = CohortId::new();
    let programme = staff.programme();
    unless_taken(conn, |pg| {
        sql_query(
            "INSERT INTO cohorts (id, programme_id, code, name_en, name_zh, intro_en, intro_zh, opens_at, closes_at, \
               decisions_on, reply_by, starts_on, ends_on, reply_days) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(programme)
        .bind::<Text, _>(&details.code)
        .bind::<Text, _>(&details.name_en)
        .bind::<Text, _>(&details.name_zh)
        .bind::<Text, _>(&details.intro_en)
        .bind::<Text, _>(&details.intro_zh)
        .bind::<Timestamptz, _>(details.opens_at)
        .bind::<Timestamptz, _>(details.closes_at)
        .bind::<Date, _>(details.decisions_on)
        .bind::<Timestamptz, _>(details.reply_by)
        .bind::<Date, _>(details.starts_on)
        .bind::<Date, _>(details.ends_on)
        .bind::<Integer, _>(details.reply_days)
        .execute(pg)
    })?;
    sql_query(
        "INSERT INTO seat_pools (id, cohort_id, programme_id, capacity) VALUES ($1, $2, $3, $4)",
    )
    .bind::<SqlUuid, _>(PoolId::new())
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(programme)
    .bind::<Integer, _>(seats.capacity())
    .execute(conn.pg())?;
    audit::note(
        conn,
        audit::About::new("cohort", id.0).within(programme),
        &Noted::Created {
            code: &details.code,
            seats: open_seats,
        },
    )?;
    Ok(id)
}

/// Changes names, texts and dates. `version` is the one that the editor saw.
///
/// # Errors
/// [`Error::Stale`] when somebody saved meanwhile, [`Error::Invalid`] for dates, a
/// [`changes::ChangeRefusal`] for a cohort that is over or a code that is public.
pub fn update(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    version: i32,
    details: &Details,
) -> Result<()> {
    let cohort = queries::lock(conn, staff)?;
    if cohort.version != version {
        return Err(Error::Stale);
    }
    let state = cohort.state()?;
    changes::changeable(state)?;
    changes::code_change(state, cohort.code != details.code)?;
    details.check()?;
    check_classes(conn, staff, &cohort, details)?;
    let before = Details::from(&cohort);
    let (old, new) = differences(&before, details);
    if new.as_object().is_none_or(serde_json::Map::is_empty) {
        return Ok(());
    }
    write(conn, &cohort, details)?;
    audit::note(
        conn,
        about(&cohort),
        &Noted::Changed {
            before: old,
            after: new,
        },
    )
}

/// Days of teaching are not moved away from classes that are planned: these could not be changed any more.
fn check_classes(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    before: &Cohort,
    details: &Details,
) -> Result<()> {
    if (before.starts_on, before.ends_on) == (details.starts_on, details.ends_on) {
        return Ok(());
    }
    let (first, last) = queries::class_days(conn, staff)?;
    let mut problems = Vec::new();
    if let Some(first) = first.filter(|it| *it < details.starts_on) {
        problems.push(FieldError::new("starts_on", "classes", |lang| {
            lang.cohorts_first_class(&date(lang, first))
        }));
    }
    if let Some(last) = last.filter(|it| *it > details.ends_on) {
        problems.push(FieldError::new("ends_on", "classes", |lang| {
            lang.cohorts_last_class(&date(lang, last))
        }));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(problems))
    }
}

fn write(conn: &mut Conn<'_>, cohort: &Cohort, details: &Details) -> Result<()> {
    let written = unless_taken(conn, |pg| {
        sql_query(
            "UPDATE cohorts SET code = $4, name_en = $5, name_zh = $6, intro_en = $7, intro_zh = $8, opens_at = $9, \
               closes_at = $10, decisions_on = $11, reply_by = $12, starts_on = $13, ends_on = $14, reply_days = $15, \
               version = version + 1 \
             WHERE id = $1 AND programme_id = $2 AND state = $3",
        )
        .bind::<SqlUuid, _>(cohort.id)
        .bind::<SqlUuid, _>(cohort.programme_id)
        .bind::<Text, _>(&cohort.state)
        .bind::<Text, _>(&details.code)
        .bind::<Text, _>(&details.name_en)
        .bind::<Text, _>(&details.name_zh)
        .bind::<Text, _>(&details.intro_en)
        .bind::<Text, _>(&details.intro_zh)
        .bind::<Timestamptz, _>(details.opens_at)
        .bind::<Timestamptz, _>(details.closes_at)
        .bind::<Date, _>(details.decisions_on)
        .bind::<Timestamptz, _>(details.reply_by)
        .bind::<Date, _>(details.starts_on)
        .bind::<Date, _>(details.ends_on)
        .bind::<Integer, _>(details.reply_days)
        .execute(pg)
    })?;
    if written == 1 {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

/// The fields that differ, before and after, for the history.
fn differences(before: &Details, after: &Details) -> (Value, Value) {
    let all = |d: &Details| {
        [
            ("code", json!(d.code)),
            ("name_en", json!(d.name_en)),
            ("name_zh", json!(d.name_zh)),
            ("intro_en", json!(d.intro_en)),
            ("intro_zh", json!(d.intro_zh)),
            ("opens_at", json!(d.opens_at)),
            ("closes_at", json!(d.closes_at)),
            ("decisions_on", json!(d.decisions_on)),
            ("reply_by", json!(d.reply_by)),
            ("starts_on", json!(d.starts_on)),
            ("ends_on", json!(d.ends_on)),
            ("reply_days", json!(d.reply_days)),
        ]
    };
    let (mut old, mut new) = (serde_json::Map::new(), serde_json::Map::new());
    for ((name, was), (_, is)) in all(before).into_iter().zip(all(after)) {
        if was != is {
            old.insert(name.to_owned(), was);
            new.insert(name.to_owned(), is);
        }
    }
    (Value::Object(old), Value::Object(new))
}

#[derive(QueryableByName)]
struct Readiness {
    #[diesel(sql_type = BigInt)]
    seats: i64,
    #[diesel(sql_type = Bool)]
    has_pics: bool,
}

/// Is the cohort ready to be opened?
///
/// # Errors
/// The [`changes::ChangeRefusal`] that says what is missing.
pub fn ready_to_open(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<()> {
    let row: Readiness = sql_query(
        "SELECT (SELECT coalesce(sum(capacity), 0) FROM seat_pools WHERE cohort_id = $1) AS seats, \
           EXISTS (SELECT FROM pics WHERE programme_id = $2 AND effective_at <= (SELECT banyan_now())) AS has_pics",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())?;
    Ok(changes::may_open(row.seats, row.has_pics)?)
}

/// A call that is closed early closed then: that is the time that pages tell from now on, to the minute
/// as forms have it.
fn close_now(conn: &mut Conn<'_>, cohort: &Cohort) -> Result<()> {
    let now = db::now(conn)?;
    let now = now.duration_trunc(Duration::minutes(1)).unwrap_or(now);
    if now >= cohort.closes_at || now <= cohort.opens_at {
        return Ok(());
    }
    sql_query("UPDATE cohorts SET closes_at = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(cohort.id)
        .bind::<Timestamptz, _>(now)
        .execute(conn.pg())?;
    let (before, after) = (
        json!({"closes_at": cohort.closes_at}),
        json!({"closes_at": now}),
    );
    audit::note(conn, about(cohort), &Noted::Changed { before, after })
}

/// Takes a step in the cohort's life; returns the new state. A cancellation is told to everybody
/// whose application is still alive.
///
/// # Errors
/// [`rules::StepRefused`]; a [`changes::ChangeRefusal`] for a call without seats or statement.
pub fn step(conn: &mut Conn<'_>, staff: &CohortStaff, event: CohortEvent) -> Result<CohortState> {
    let cohort = queries::lock(conn, staff)?;
    let from = cohort.state()?;
    let to = rules::next(from, event)?;
    match event {
        CohortEvent::Open => ready_to_open(conn, staff)?,
        CohortEvent::CloseCall
        | CohortEvent::BeginOffers
        | CohortEvent::Start
        | CohortEvent::Complete
        | CohortEvent::Archive
        | CohortEvent::Cancel => {}
    }
    if event == CohortEvent::CloseCall {
        close_now(conn, &cohort)?;
    }
    let written = sql_query(
        "UPDATE cohorts SET state = $4, version = version + 1 WHERE id = $1 AND programme_id = $2 AND state = $3",
    )
    .bind::<SqlUuid, _>(cohort.id)
    .bind::<SqlUuid, _>(cohort.programme_id)
    .bind::<Text, _>(from.as_str())
    .bind::<Text, _>(to.as_str())
    .execute(conn.pg())?;
    if written != 1 {
        return Err(Error::Stale);
    }
    audit::note(conn, about(&cohort), &Noted::Stepped { from, to })?;
    if event == CohortEvent::Start {
        seats::started(conn, &cohort)?;
    }
    if to == CohortState::Cancelled {
        mail::tell_cancelled(conn, &cohort)?;
        seats::cancelled(conn, &cohort)?;
    }
    Ok(to)
}
