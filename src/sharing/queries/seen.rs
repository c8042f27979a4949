//! What an organisation sees of a trainee, each part only by a consent to it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{self, Working};
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::EnrolmentId;
use crate::lang::Lang;
use crate::lang::format::hk_date;
use crate::progress::facts;
use crate::progress::queries::breaks_among;

use super::super::rules::Scope;

/// Attendance in a module: registers that are signed off, of sessions that took place.
#[derive(Clone, Debug, QueryableByName)]
pub struct Attended {
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// Its English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Its Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Minutes held.
    #[diesel(sql_type = BigInt)]
    pub held: i64,
    /// Minutes attended.
    #[diesel(sql_type = BigInt)]
    pub attended: i64,
    /// Minutes excused.
    #[diesel(sql_type = BigInt)]
    pub excused: i64,
}

impl Attended {
    /// The module's name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }
}

/// A released mark.
#[derive(Clone, Debug, QueryableByName)]
pub struct Marked {
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English title of the assessment.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title of the assessment.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// Hundredths of a percent; none where nothing was handed in.
    #[diesel(sql_type = Nullable<diesel::sql_types::Integer>)]
    pub mark: Option<i32>,
    /// When it was released.
    #[diesel(sql_type = Timestamptz)]
    pub released_at: DateTime<Utc>,
}

impl Marked {
    /// The assessment's title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }
}

/// A class of the timetable.
#[derive(Clone, Debug, QueryableByName)]
pub struct Class {
    /// Begins.
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    /// Ends.
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    /// English name of the module.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name of the module.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Room.
    #[diesel(sql_type = Text)]
    pub room: String,
}

impl Class {
    /// The module's name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }
}

/// Where a trainee stands in the programme.
#[derive(Clone, Debug)]
pub struct Progress {
    /// State of the enrolment as its word.
    pub state: String,
    /// When it was completed.
    pub completed_on: Option<NaiveDate>,
    /// How many requirements are met, and how many there are; none while no rules are followed.
    pub met: Option<(usize, usize)>,
}

/// What is shown: a part that was not agreed to is none, which is not the same as empty.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Attendance by module.
    pub attendance: Option<Vec<Attended>>,
    /// Released marks by time.
    pub results: Option<Vec<Marked>>,
    /// Where the trainee stands.
    pub progress: Option<Progress>,
    /// The next classes, by time.
    pub timetable: Option<Vec<Class>>,
}

/// Reads what these scopes show.
pub(in crate::sharing) fn shown(
    conn: &mut Conn<'_>,
    share: &Working,
    enrolment: EnrolmentId,
    scopes: &[Scope],
) -> Result<Shown> {
    let mut shown = Shown::default();
    for scope in scopes {
        match scope {
            Scope::Attendance => shown.attendance = Some(attendance(conn, share, enrolment)?),
            Scope::Results => shown.results = Some(results(conn, share, enrolment)?),
            Scope::Progress => shown.progress = Some(progress(conn, share, enrolment)?),
            Scope::Timetable => shown.timetable = Some(timetable(conn, share, enrolment)?),
        }
    }
    Ok(shown)
}

/// As the trainee's own progress counts: without modules from which they are exempted, and without
/// the days of a break.
fn attendance(
    conn: &mut Conn<'_>,
    share: &Working,
    enrolment: EnrolmentId,
) -> Result<Vec<Attended>> {
    let today = hk_date(db::now(conn)?);
    let mut breaks = breaks_among(conn, share, &[enrolment], today)?;
    let breaks = breaks.remove(&enrolment).unwrap_or_default();
    let (from, to): (Vec<NaiveDate>, Vec<NaiveDate>) =
        breaks.iter().map(|it| (it.from, it.to)).unzip();
    Ok(sql_query(
        "SELECT m.code, v.name_en, v.name_zh, sum(r.held)::bigint AS held, sum(r.minutes)::bigint AS attended, \
           coalesce(sum(r.held) FILTER (WHERE r.state = 'excused'), 0)::bigint AS excused \
         FROM attendance_records r JOIN registers g ON g.session_id = r.session_id AND g.signed_off_at IS NOT NULL \
         JOIN class_sessions s ON s.id = r.session_id AND s.state <> 'cancelled' \
         JOIN modules m ON m.id = r.module_id JOIN module_versions v ON v.module_id = m.id AND v.state = 'published' \
         WHERE r.enrolment_id = $1 \
           AND NOT EXISTS (SELECT FROM exemptions x WHERE x.enrolment_id = r.enrolment_id AND x.module_id = r.module_id \
             AND x.state = 'granted') \
           AND NOT EXISTS (SELECT FROM unnest($2, $3) AS b (from_on, to_on) \
             WHERE ((s.starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN b.from_on AND b.to_on) \
         GROUP BY m.position, m.code, v.name_en, v.name_zh ORDER BY m.position, m.code",
    )
    .bind::<SqlUuid, _>(enrolment)
    .bind::<Array<Date>, _>(from)
    .bind::<Array<Date>, _>(to)
    .load(conn.pg())?)
}

fn results(conn: &mut Conn<'_>, _share: &Working, enrolment: EnrolmentId) -> Result<Vec<Marked>> {
    Ok(sql_query(
        "SELECT m.code, a.title_en, a.title_zh, r.mark, r.released_at FROM released_marks r \
         JOIN assessments a ON a.id = r.assessment_id JOIN modules m ON m.id = r.module_id \
         WHERE r.enrolment_id = $1 ORDER BY r.released_at, r.id LIMIT 500",
    )
    .bind::<SqlUuid, _>(enrolment)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Nullable<Date>)]
    completed_on: Option<NaiveDate>,
}

fn progress(conn: &mut Conn<'_>, share: &Working, enrolment: EnrolmentId) -> Result<Progress> {
    let row: Standing = sql_query("SELECT state, completed_on FROM enrolments WHERE id = $1")
        .bind::<SqlUuid, _>(enrolment)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)?;
    let whose = access::shared_enrolment(conn, share, enrolment)?;
    let today = hk_date(db::now(conn)?);
    Ok(Progress {
        state: row.state,
        completed_on: row.completed_on,
        met: facts::summary(conn, &whose, today)?,
    })
}

/// The classes still to come, at most a hundred; never the link by which they are joined.
fn timetable(conn: &mut Conn<'_>, _share: &Working, enrolment: EnrolmentId) -> Result<Vec<Class>> {
    Ok(sql_query(
        "SELECT s.starts_at, s.ends_at, v.name_en, v.name_zh, s.room FROM enrolments e \
         JOIN class_sessions s ON s.cohort_id = e.cohort_id AND s.published AND s.state = 'scheduled' AND s.ends_at > banyan_now() \
         JOIN offerings o ON o.id = s.offering_id \
         JOIN module_versions v ON v.module_id = s.module_id AND v.state = 'published' \
         WHERE e.id = $1 AND e.state IN ('enrolled', 'active') AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places p \
           WHERE p.offering_id = o.id AND p.enrolment_id = e.id)) ORDER BY s.starts_at, s.id LIMIT 100",
    )
    .bind::<SqlUuid, _>(enrolment)
    .load(conn.pg())?)
}
