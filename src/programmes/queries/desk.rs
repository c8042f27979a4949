//! What the programme's page at the desk reads.

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{Desk, ProgrammeStaff};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{PicsId, ProgrammeId, SourceId, TargetId};

use super::super::rules::{Metric, Operator, Period, Target};

/// A programme.
#[derive(Clone, Debug, QueryableByName)]
pub struct Programme {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ProgrammeId,
    /// Its code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// English summary.
    #[diesel(sql_type = Text)]
    pub summary_en: String,
    /// Chinese summary.
    #[diesel(sql_type = Text)]
    pub summary_zh: String,
    /// `planned`, `recruiting`, `running`, `closed`.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Address for questions.
    #[diesel(sql_type = Text)]
    pub contact_email: String,
    /// Assumed completion rate, in basis points.
    #[diesel(sql_type = Integer)]
    pub completion_bp: i32,
    /// Assumed acceptance rate, in basis points.
    #[diesel(sql_type = Integer)]
    pub acceptance_bp: i32,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// The programme, for its staff.
///
/// # Errors
/// [`Error::NotFound`].
pub fn programme(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Programme> {
    sql_query(
        "SELECT id, code, name_en, name_zh, summary_en, summary_zh, status, contact_email, completion_bp, \
           acceptance_bp, version FROM programmes WHERE id = $1",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A programme as the list shows it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Summary {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ProgrammeId,
    /// Its code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// `planned`, `recruiting`, `running`, `closed`.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Address for questions.
    #[diesel(sql_type = Text)]
    pub contact_email: String,
    /// Cohorts that are not cancelled.
    #[diesel(sql_type = BigInt)]
    pub cohorts: i64,
}

/// The programmes that the desk reaches, those that go on first, by name.
///
/// # Errors
/// The database's.
pub fn summaries(conn: &mut Conn<'_>, desk: &Desk) -> Result<Vec<Summary>> {
    Ok(sql_query(
        "SELECT p.id, p.code, p.name_en, p.name_zh, p.status, p.contact_email, \
           (SELECT count(*) FROM cohorts c WHERE c.programme_id = p.id AND c.state <> 'cancelled') AS cohorts \
         FROM programmes p WHERE p.id = ANY ($1) ORDER BY p.status = 'closed', p.name_en, p.id",
    )
    .bind::<Array<SqlUuid>, _>(desk.programmes())
    .load(conn.pg())?)
}

/// As [`programme`], locked: who changes it after looking waits for whoever is at it.
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock_programme(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Programme> {
    sql_query("SELECT 1 FROM programmes WHERE id = $1 FOR UPDATE")
        .bind::<SqlUuid, _>(staff.programme())
        .execute(conn.pg())?;
    programme(conn, staff)
}

/// A target with its source.
#[derive(Clone, Debug, QueryableByName)]
pub struct TargetRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: TargetId,
    /// `trained`, `enrolled`, `first_intake`.
    #[diesel(sql_type = Text)]
    pub metric: String,
    /// `>` or `>=`.
    #[diesel(sql_type = Text)]
    pub operator: String,
    /// The figure.
    #[diesel(sql_type = Integer)]
    pub value: i32,
    /// First day of the period.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// The source's words in English.
    #[diesel(sql_type = Text)]
    pub wording_en: String,
    /// The source's words in Chinese.
    #[diesel(sql_type = Text)]
    pub wording_zh: String,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Its source.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub source_id: Option<SourceId>,
    /// The source's title in English.
    #[diesel(sql_type = Nullable<Text>)]
    pub source_en: Option<String>,
    /// The source's title in Chinese.
    #[diesel(sql_type = Nullable<Text>)]
    pub source_zh: Option<String>,
    /// Who published it.
    #[diesel(sql_type = Nullable<Text>)]
    pub publisher: Option<String>,
    /// When.
    #[diesel(sql_type = Nullable<Date>)]
    pub published_on: Option<NaiveDate>,
    /// Where it can be read.
    #[diesel(sql_type = Nullable<Text>)]
    pub url: Option<String>,
}

impl TargetRow {
    /// The window or year.
    #[must_use]
    pub fn period(&self) -> Period {
        Period {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
        }
    }

    /// The target as rules know it; none for a milestone.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        Some(Target {
            metric: Metric::parse(&self.metric)?,
            operator: Operator::parse(&self.operator)?,
            value: i64::from(self.value),
            period: self.period(),
        })
    }
}

/// The targets of a programme, by period: public.
///
/// # Errors
/// The database's.
pub fn targets(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Vec<TargetRow>> {
    Ok(sql_query(
        "SELECT t.id, t.metric, t.operator, t.value, t.starts_on, t.ends_on, t.wording_en, t.wording_zh, t.version, \
           t.source_id, s.title_en AS source_en, s.title_zh AS source_zh, s.publisher, s.published_on, s.url \
         FROM targets t LEFT JOIN sources s ON s.id = t.source_id WHERE t.programme_id = $1 \
         ORDER BY t.starts_on, t.ends_on, t.id",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?)
}

/// A cited public document.
#[derive(Clone, Debug, QueryableByName)]
pub struct SourceRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: SourceId,
    /// English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// Who published it.
    #[diesel(sql_type = Text)]
    pub publisher: String,
    /// When.
    #[diesel(sql_type = Date)]
    pub published_on: NaiveDate,
    /// Where it can be read.
    #[diesel(sql_type = Nullable<Text>)]
    pub url: Option<String>,
}

/// The sources of a programme: public.
///
/// # Errors
/// The database's.
pub fn sources(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Vec<SourceRow>> {
    Ok(sql_query(
        "SELECT id, title_en, title_zh, publisher, published_on, url FROM sources WHERE programme_id = $1 \
         ORDER BY published_on DESC, id",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?)
}

/// A version of the statement, as the list shows it.
#[derive(Clone, Debug, QueryableByName)]
pub struct PicsRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PicsId,
    /// Version.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// In force from then.
    #[diesel(sql_type = Timestamptz)]
    pub effective_at: DateTime<Utc>,
    /// English text.
    #[diesel(sql_type = Text)]
    pub text_en: String,
    /// Chinese text.
    #[diesel(sql_type = Text)]
    pub text_zh: String,
}

/// Every version of the statement, the newest first: public.
///
/// # Errors
/// The database's.
pub fn pics_versions(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Vec<PicsRow>> {
    Ok(sql_query(
        "SELECT id, version, effective_at, text_en, text_zh FROM pics WHERE programme_id = $1 ORDER BY effective_at DESC, id DESC",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?)
}

/// A general holiday.
#[derive(Clone, Debug, QueryableByName)]
pub struct HolidayRow {
    /// The day.
    #[diesel(sql_type = Date)]
    pub observed_on: NaiveDate,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// `gazetted` or `derived`.
    #[diesel(sql_type = Text)]
    pub status: String,
}

/// Every holiday known, by day: public.
///
/// # Errors
/// The database's.
pub fn holidays(conn: &mut Conn<'_>) -> Result<Vec<HolidayRow>> {
    Ok(
        sql_query(
            "SELECT observed_on, name_en, name_zh, status FROM holidays ORDER BY observed_on",
        )
        .load(conn.pg())?,
    )
}

/// Persons counted in a period. Each person counts once.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Counts {
    /// Persons whose completion date is in the period.
    #[diesel(sql_type = BigInt)]
    pub trained: i64,
    /// Persons enrolled in a cohort that starts in the period.
    #[diesel(sql_type = BigInt)]
    pub enrolled: i64,
}

/// Counts for a target's progress, for staff.
///
/// # Errors
/// The database's.
pub fn counts(conn: &mut Conn<'_>, staff: &ProgrammeStaff, period: &Period) -> Result<Counts> {
    Ok(sql_query(
        "SELECT (SELECT count(DISTINCT person_id) FROM enrolments WHERE programme_id = $1 AND state = 'completed' \
             AND completed_on BETWEEN $2 AND $3) AS trained, \
           (SELECT count(DISTINCT e.person_id) FROM enrolments e JOIN cohorts c ON c.id = e.cohort_id \
             WHERE e.programme_id = $1 AND e.state <> 'deferred' AND c.starts_on BETWEEN $2 AND $3) AS enrolled",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Date, _>(period.starts_on)
    .bind::<Date, _>(period.ends_on)
    .get_result(conn.pg())?)
}

/// The first intake from a day on: when it is planned to start, and when somebody first enrolled.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct FirstIntake {
    /// Start of the earliest cohort that is not cancelled.
    #[diesel(sql_type = Nullable<Date>)]
    pub planned_on: Option<NaiveDate>,
    /// Day of the first enrolment in such a cohort.
    #[diesel(sql_type = Nullable<Date>)]
    pub enrolled_on: Option<NaiveDate>,
}

/// The first intake of cohorts that start on `from` or later, for staff. An earlier trial run does
/// not count.
///
/// # Errors
/// The database's.
pub fn first_intake(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    from: NaiveDate,
) -> Result<FirstIntake> {
    Ok(sql_query(
        "SELECT (SELECT min(starts_on) FROM cohorts WHERE programme_id = $1 AND state <> 'cancelled' AND starts_on >= $2) \
             AS planned_on, \
           (SELECT min((e.created_at AT TIME ZONE 'Asia/Hong_Kong')::date) FROM enrolments e \
             JOIN cohorts c ON c.id = e.cohort_id WHERE e.programme_id = $1 AND c.starts_on >= $2) AS enrolled_on",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Date, _>(from)
    .get_result(conn.pg())?)
}
