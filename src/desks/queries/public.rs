//! What the public site reads, under [`crate::db::Task::PublicSite`] whoever the reader is.

use crate::db::sql_query;
use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{Own, Working};
use crate::cohorts::queries::{COHORT, Cohort};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{ApplicationId, CohortId, ProgrammeId};

/// A programme's public face.
#[derive(Clone, Debug, QueryableByName)]
pub struct Programme {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ProgrammeId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// What it is, in English.
    #[diesel(sql_type = Text)]
    pub summary_en: String,
    /// What it is, in Chinese.
    #[diesel(sql_type = Text)]
    pub summary_zh: String,
    /// Where questions go.
    #[diesel(sql_type = Text)]
    pub contact_email: String,
}

/// Programmes, those still going on first, the oldest first.
///
/// # Errors
/// The database's.
pub fn programmes(conn: &mut Conn<'_>, _site: &Working) -> Result<Vec<Programme>> {
    Ok(sql_query(
        "SELECT id, name_en, name_zh, summary_en, summary_zh, contact_email FROM programmes \
         ORDER BY status = 'closed', created_at, id",
    )
    .load(conn.pg())?)
}

/// Cohorts whose call or selection is going on, the next deadline first.
///
/// # Errors
/// The database's.
pub fn calls(conn: &mut Conn<'_>, _site: &Working) -> Result<Vec<Cohort>> {
    Ok(sql_query(format!(
        "SELECT {COHORT} FROM cohorts c WHERE c.state IN ('open', 'reviewing', 'offering') ORDER BY c.closes_at, c.id"
    ))
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Seats of a cohort in all pools together, under [`crate::db::Task::Report`].
///
/// # Errors
/// The database's.
pub fn seats(conn: &mut Conn<'_>, _report: &Working, cohort: CohortId) -> Result<i64> {
    let count: Count = sql_query(
        "SELECT coalesce(sum(capacity), 0)::bigint AS n FROM seat_pools WHERE cohort_id = $1",
    )
    .bind::<SqlUuid, _>(cohort)
    .get_result(conn.pg())?;
    Ok(count.n)
}

/// A selection criterion.
#[derive(Clone, Debug, QueryableByName)]
pub struct Criterion {
    /// The cohort whose rubric it belongs to.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// What reviewers look for, in English.
    #[diesel(sql_type = Text)]
    pub hint_en: String,
    /// What reviewers look for, in Chinese.
    #[diesel(sql_type = Text)]
    pub hint_zh: String,
    /// Its weight, relative to the others of the cohort.
    #[diesel(sql_type = Integer)]
    pub weight: i32,
}

/// The criteria of these cohorts, in the order of each rubric.
///
/// # Errors
/// The database's.
pub fn criteria(
    conn: &mut Conn<'_>,
    _site: &Working,
    cohorts: &[CohortId],
) -> Result<Vec<Criterion>> {
    let ids: Vec<uuid::Uuid> = cohorts.iter().map(|id| id.0).collect();
    Ok(sql_query(
        "SELECT cohort_id, name_en, name_zh, hint_en, hint_zh, weight FROM rubric_criteria \
         WHERE cohort_id = ANY ($1) ORDER BY cohort_id, position",
    )
    .bind::<diesel::sql_types::Array<SqlUuid>, _>(&ids)
    .load(conn.pg())?)
}

/// A module of the curriculum, in short.
#[derive(Clone, Debug, QueryableByName)]
pub struct Module {
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Its programme's code, for the address of its page.
    #[diesel(sql_type = Text)]
    pub programme_code: String,
    /// Code, such as `AIR501`.
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
    /// Hours in class, also online.
    #[diesel(sql_type = Integer)]
    pub contact_hours: i32,
    /// Hours of learning in all.
    #[diesel(sql_type = Integer)]
    pub notional_hours: i32,
}

/// Every module that is published, by programme and place.
///
/// # Errors
/// The database's.
pub fn modules(conn: &mut Conn<'_>, _site: &Working) -> Result<Vec<Module>> {
    Ok(sql_query(
        "SELECT m.programme_id, p.code AS programme_code, m.code, v.name_en, v.name_zh, v.summary_en, v.summary_zh, \
           v.contact_hours, v.contact_hours + v.self_study_hours + v.assessment_hours AS notional_hours \
         FROM modules m JOIN module_versions v ON v.module_id = m.id AND v.state = 'published' \
         JOIN programmes p ON p.id = m.programme_id WHERE m.archived_at IS NULL ORDER BY m.programme_id, m.position, m.code",
    )
    .load(conn.pg())?)
}

/// A programme's collection statement in force.
#[derive(Clone, Debug, QueryableByName)]
pub struct Statement {
    /// English name of the programme.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name of the programme.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Version of the statement.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// English text; paragraphs are parted by blank lines.
    #[diesel(sql_type = Text)]
    pub text_en: String,
    /// Chinese text.
    #[diesel(sql_type = Text)]
    pub text_zh: String,
    /// In force since this day in Hong Kong.
    #[diesel(sql_type = Date)]
    pub since: NaiveDate,
}

/// The statement in force of each programme that has one.
///
/// # Errors
/// The database's.
pub fn statements(conn: &mut Conn<'_>, _site: &Working) -> Result<Vec<Statement>> {
    Ok(sql_query(
        "SELECT g.name_en, g.name_zh, p.version, p.text_en, p.text_zh, \
           ((p.effective_at AT TIME ZONE 'UTC') + interval '8 hours')::date AS since \
         FROM programmes g CROSS JOIN LATERAL (SELECT * FROM pics WHERE programme_id = g.id \
           AND effective_at <= (SELECT banyan_now()) ORDER BY effective_at DESC LIMIT 1) p \
         ORDER BY g.status = 'closed', g.created_at, g.id",
    )
    .load(conn.pg())?)
}

/// A target with the document that sets it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Promise {
    /// English name of the programme.
    #[diesel(sql_type = Text)]
    pub programme_en: String,
    /// Chinese name of the programme.
    #[diesel(sql_type = Text)]
    pub programme_zh: String,
    /// `trained`, `enrolled` or `first_intake`.
    #[diesel(sql_type = Text)]
    pub metric: String,
    /// `>` or `>=`.
    #[diesel(sql_type = Text)]
    pub operator: String,
    /// The figure as the source words it.
    #[diesel(sql_type = Integer)]
    pub value: i32,
    /// First day of its period.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day of its period.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// What the source says, in English.
    #[diesel(sql_type = Text)]
    pub wording_en: String,
    /// What the source says, in Chinese.
    #[diesel(sql_type = Text)]
    pub wording_zh: String,
    /// The source, if one is named.
    #[diesel(sql_type = Nullable<Text>)]
    pub title_en: Option<String>,
    /// Its Chinese title.
    #[diesel(sql_type = Nullable<Text>)]
    pub title_zh: Option<String>,
    /// Who published it.
    #[diesel(sql_type = Nullable<Text>)]
    pub publisher: Option<String>,
    /// When it was published.
    #[diesel(sql_type = Nullable<Date>)]
    pub published_on: Option<NaiveDate>,
    /// Where it can be read.
    #[diesel(sql_type = Nullable<Text>)]
    pub url: Option<String>,
}

/// Targets by programme and period.
///
/// # Errors
/// The database's.
pub fn promises(conn: &mut Conn<'_>, _site: &Working) -> Result<Vec<Promise>> {
    Ok(sql_query(
        "SELECT g.name_en AS programme_en, g.name_zh AS programme_zh, t.metric, t.operator, t.value, t.starts_on, \
           t.ends_on, t.wording_en, t.wording_zh, s.title_en, s.title_zh, s.publisher, s.published_on, s.url \
         FROM targets t JOIN programmes g ON g.id = t.programme_id LEFT JOIN sources s ON s.id = t.source_id \
         ORDER BY g.created_at, g.id, t.metric <> 'trained', t.starts_on, t.id",
    )
    .load(conn.pg())?)
}

/// A figure of others: a survey finding, or a goal of a roadmap.
#[derive(Clone, Debug, QueryableByName)]
pub struct Observation {
    /// `survey` or `roadmap`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// What is observed, in English.
    #[diesel(sql_type = Text)]
    pub label_en: String,
    /// What is observed, in Chinese.
    #[diesel(sql_type = Text)]
    pub label_zh: String,
    /// The figure as printed in English.
    #[diesel(sql_type = Text)]
    pub figure_en: String,
    /// The figure as printed in Chinese.
    #[diesel(sql_type = Text)]
    pub figure_zh: String,
    /// Who was asked or counted, in English.
    #[diesel(sql_type = Text)]
    pub population_en: String,
    /// Who was asked or counted, in Chinese.
    #[diesel(sql_type = Text)]
    pub population_zh: String,
    /// How many.
    #[diesel(sql_type = Nullable<Integer>)]
    pub sample_size: Option<i32>,
    /// As of this day.
    #[diesel(sql_type = Date)]
    pub as_of: NaiveDate,
    /// Doubts, in English.
    #[diesel(sql_type = Text)]
    pub note_en: String,
    /// Doubts, in Chinese.
    #[diesel(sql_type = Text)]
    pub note_zh: String,
    /// English title of the source.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title of the source.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// Publisher of the source.
    #[diesel(sql_type = Text)]
    pub publisher: String,
    /// When the source was published.
    #[diesel(sql_type = Date)]
    pub published_on: NaiveDate,
    /// Where it can be read.
    #[diesel(sql_type = Nullable<Text>)]
    pub url: Option<String>,
}

/// Figures of others, by programme, kind and place.
///
/// # Errors
/// The database's.
pub fn observations(conn: &mut Conn<'_>, _site: &Working) -> Result<Vec<Observation>> {
    Ok(sql_query(
        "SELECT o.kind, o.label_en, o.label_zh, o.figure_en, o.figure_zh, o.population_en, o.population_zh, \
           o.sample_size, o.as_of, o.note_en, o.note_zh, s.title_en, s.title_zh, s.publisher, s.published_on, s.url \
         FROM observations o JOIN sources s ON s.id = o.source_id ORDER BY o.programme_id, o.kind, o.position",
    )
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: ApplicationId,
}

/// The reader's own application to this cohort, if there is one. By the applicant's own policies, so
/// outside the public site's task.
///
/// # Errors
/// The database's.
pub fn own_application(
    conn: &mut Conn<'_>,
    own: &Own,
    cohort: CohortId,
) -> Result<Option<ApplicationId>> {
    let found: Option<Id> =
        sql_query("SELECT id FROM applications WHERE cohort_id = $1 AND person_id = $2")
            .bind::<SqlUuid, _>(cohort)
            .bind::<SqlUuid, _>(own.person())
            .get_result(conn.pg())
            .optional()?;
    Ok(found.map(|row| row.id))
}
