//! Rows of enrolments.

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, OwnEnrolment, OwnOffer, Working};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, CohortId, EnrolmentId, OfferId, PersonId, ProgrammeId};
use crate::web::paging::{Cursor, Page};

use super::rules::{EmergencyContact, EnrolmentState};

/// An enrolment.
#[derive(Clone, Debug, QueryableByName)]
pub struct Enrolment {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: EnrolmentId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// The application from which it came.
    #[diesel(sql_type = SqlUuid)]
    pub application_id: ApplicationId,
    /// The accepted offer whose seat it holds.
    #[diesel(sql_type = SqlUuid)]
    pub offer_id: OfferId,
    /// The trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// The name that the certificate will carry.
    #[diesel(sql_type = Text)]
    pub certificate_name: String,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// The key by which lists sort.
    #[diesel(sql_type = Text)]
    pub name_sort: String,
    /// State as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The organisation for whose people the seat is held, in English.
    #[diesel(sql_type = Nullable<Text>)]
    pub pool_en: Option<String>,
    /// The same in Chinese.
    #[diesel(sql_type = Nullable<Text>)]
    pub pool_zh: Option<String>,
    /// When it began.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Version, for the `ETag`.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

const ENROLMENT: &str = "SELECT e.id, e.cohort_id, e.programme_id, e.person_id, e.application_id, e.offer_id, e.trainee_number, \
    e.certificate_name, e.name_shown, e.name_sort, e.state, o.name_en AS pool_en, o.name_zh AS pool_zh, e.created_at, e.version \
    FROM enrolments e LEFT JOIN seat_pools p ON p.id = e.pool_id LEFT JOIN organisations o ON o.id = p.organisation_id";

impl Enrolment {
    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<EnrolmentState> {
        EnrolmentState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("enrolment state {}", self.state)))
    }
}

/// The trainee's own.
///
/// # Errors
/// [`Error::NotFound`].
pub fn own(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Enrolment> {
    sql_query(format!("{ENROLMENT} WHERE e.id = $1 AND e.person_id = $2"))
        .bind::<SqlUuid, _>(own.enrolment())
        .bind::<SqlUuid, _>(own.person())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// The enrolment that came from an offer, if its person has enrolled.
///
/// # Errors
/// The database's.
pub fn of_offer(conn: &mut Conn<'_>, own: &OwnOffer) -> Result<Option<Enrolment>> {
    Ok(sql_query(format!(
        "{ENROLMENT} WHERE e.offer_id = $1 AND e.person_id = $2"
    ))
    .bind::<SqlUuid, _>(own.offer())
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())
    .optional()?)
}

/// One of a cohort's, for its staff.
///
/// # Errors
/// [`Error::NotFound`].
pub fn of_cohort(conn: &mut Conn<'_>, staff: &CohortStaff, id: EnrolmentId) -> Result<Enrolment> {
    sql_query(format!("{ENROLMENT} WHERE e.id = $1 AND e.cohort_id = $2"))
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.cohort())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// Those of the cohort with these ids, in the order of their ids.
///
/// # Errors
/// [`Error::NotFound`] unless all are the cohort's.
pub fn some_of_cohort(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    ids: &[EnrolmentId],
) -> Result<Vec<Enrolment>> {
    let found: Vec<Enrolment> = sql_query(format!(
        "{ENROLMENT} WHERE e.id = ANY ($1) AND e.cohort_id = $2 ORDER BY e.id"
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?;
    if found.len() == ids.len() {
        Ok(found)
    } else {
        Err(Error::NotFound)
    }
}

/// Locks one; its cohort, pools, application and offer are locked before.
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock(conn: &mut Conn<'_>, _seats: &Working, id: EnrolmentId) -> Result<Enrolment> {
    sql_query(format!("{ENROLMENT} WHERE e.id = $1 FOR UPDATE OF e"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

#[derive(QueryableByName)]
struct Contact {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    relationship: String,
    #[diesel(sql_type = Text)]
    phone: String,
}

/// Whom to call: for the trainee and for the coordinators, whose declaration decides.
///
/// # Errors
/// [`Error::NotFound`].
pub fn contact(conn: &mut Conn<'_>, id: EnrolmentId) -> Result<EmergencyContact> {
    let row: Contact = sql_query(
        "SELECT name, relationship, phone FROM emergency_contacts WHERE enrolment_id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)?;
    Ok(EmergencyContact {
        name: row.name,
        relationship: row.relationship,
        phone: row.phone,
    })
}

#[derive(QueryableByName)]
struct Last {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Year {
    #[diesel(sql_type = SmallInt)]
    year: i16,
}

/// The last number given out in a year, over all cohorts; holds a lock on the year until the
/// transaction ends, so that no number is given twice.
///
/// # Errors
/// The database's.
pub fn last_number(
    conn: &mut Conn<'_>,
    _seats: &Working,
    starts_on: NaiveDate,
) -> Result<(u16, u32)> {
    let year: Year = sql_query("SELECT extract(year FROM $1)::smallint AS year")
        .bind::<Date, _>(starts_on)
        .get_result(conn.pg())?;
    sql_query("SELECT pg_advisory_xact_lock(20270102, $1)")
        .bind::<Integer, _>(i32::from(year.year))
        .execute(conn.pg())?;
    let last: Last = sql_query(
        "SELECT coalesce(max(split_part(trainee_number, '-', 2)::bigint), 0) AS n FROM enrolments \
         WHERE split_part(trainee_number, '-', 1) = 'T' || $1::text",
    )
    .bind::<Integer, _>(i32::from(year.year))
    .get_result(conn.pg())?;
    let year = u16::try_from(year.year).unwrap_or(u16::MAX);
    Ok((year, u32::try_from(last.n).unwrap_or(u32::MAX)))
}

/// What a list of enrolments is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// State, as its word.
    pub state: Option<String>,
    /// Part of a name or number.
    pub text: Option<String>,
    /// By number instead of by name.
    pub by_number: bool,
}

/// A page of a cohort's enrolments, by name or number.
///
/// # Errors
/// The database's.
pub fn list(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    filter: &Filter,
    after: Option<&Cursor>,
    size: i64,
) -> Result<Page<Enrolment>> {
    let key = if filter.by_number {
        "e.trainee_number"
    } else {
        "e.name_sort"
    };
    let rows: Vec<Enrolment> = sql_query(format!(
        "{ENROLMENT} WHERE e.cohort_id = $1 AND ($2 IS NULL OR e.state = $2) \
           AND ($3 IS NULL OR position(lower($3) IN lower(concat_ws(' ', e.name_shown, e.certificate_name, e.trainee_number, \
             (SELECT z.name_zh FROM applications z WHERE z.id = e.application_id)))) > 0) \
           AND ($4 IS NULL OR ({key} COLLATE \"C\", e.id) > ($4, $5)) \
         ORDER BY {key} COLLATE \"C\", e.id LIMIT $6"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<Text>, _>(&filter.state)
    .bind::<Nullable<Text>, _>(&filter.text)
    .bind::<Nullable<Text>, _>(after.map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(size.saturating_add(1))
    .load(conn.pg())?;
    let by_number = filter.by_number;
    Ok(Page::cut(rows, size, |row| Cursor {
        key: if by_number {
            row.trainee_number.clone()
        } else {
            row.name_sort.clone()
        },
        id: row.id.0,
    }))
}

#[derive(QueryableByName)]
struct AppliedAs {
    #[diesel(sql_type = Text)]
    name_shown: String,
}

/// The name under which the person of an offer applied.
///
/// # Errors
/// [`Error::NotFound`].
pub fn applied_as(conn: &mut Conn<'_>, own: &OwnOffer) -> Result<String> {
    let row: Option<AppliedAs> = sql_query(
        "SELECT a.name_shown FROM offers o JOIN applications a ON a.id = o.application_id \
         WHERE o.id = $1 AND a.person_id = $2",
    )
    .bind::<SqlUuid, _>(own.offer())
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())
    .optional()?;
    Ok(row.ok_or(Error::NotFound)?.name_shown)
}
