//! Rows that an import reads and writes, set by set, under [`crate::db::Task::Import`].

use std::collections::{HashMap, HashSet};

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, Binary, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde::Serialize;

use crate::access::{CohortStaff, Working};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{
    ApplicationId, CohortId, FileId, ImportId, OrganisationId, PersonId, ProgrammeId,
};
use crate::lang::Lang;

use super::import_actions::{Findings, Source};

/// What is known of an address: the account, and the application to this cohort if there is one.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub person: PersonId,
    pub person_lang: String,
    /// May the programme's staff know the person already?
    pub introduced: bool,
    pub application: Option<Application>,
}

#[derive(QueryableByName)]
struct Person {
    #[diesel(sql_type = SqlUuid)]
    id: PersonId,
    #[diesel(sql_type = Text)]
    email_identity: String,
    #[diesel(sql_type = Text)]
    lang: String,
    #[diesel(sql_type = Bool)]
    introduced: bool,
}

/// An application that exists.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Application {
    #[diesel(sql_type = SqlUuid)]
    pub id: ApplicationId,
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub family_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub given_names: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub western_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub name_zh: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub phone: Option<String>,
    #[diesel(sql_type = Text)]
    pub lang: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub route: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub university_id: Option<OrganisationId>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub employer_id: Option<OrganisationId>,
    #[diesel(sql_type = Nullable<Text>)]
    pub employer_name: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub graduation_year: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    pub statement: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Is a decision recorded, told or not? Read apart.
    #[diesel(sql_type = Bool)]
    pub decided: bool,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: ApplicationId,
}

/// What is known of these addresses, by address. Three plain look-ups instead of one join: in the
/// transaction that fills the tables the planner has no statistics of them, and its joins would read
/// everything again and again.
pub(super) fn known(
    conn: &mut Conn<'_>,
    _importing: &Working,
    cohort: CohortId,
    programme: ProgrammeId,
    identities: &[&str],
) -> Result<HashMap<String, Known>> {
    let people: Vec<Person> = sql_query(
        "SELECT id, email_identity, lang, $2 = ANY (programme_ids) AS introduced FROM people \
         WHERE email_identity = ANY ($1)",
    )
    .bind::<Array<Text>, _>(identities)
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?;
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let mut applications = applications(conn, cohort, &people)?;
    Ok(people
        .into_iter()
        .map(|person| {
            let known = Known {
                person: person.id,
                person_lang: person.lang,
                introduced: person.introduced,
                application: applications.remove(&person.id),
            };
            (person.email_identity, known)
        })
        .collect())
}

fn applications(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    people: &[Person],
) -> Result<HashMap<PersonId, Application>> {
    let people: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let applications: Vec<Application> = sql_query(
        "SELECT id, person_id, reference, state, family_name, given_names, western_name, name_zh, phone, lang, route, \
           university_id, employer_id, employer_name, graduation_year, statement, submitted_at, version, \
           false AS decided \
         FROM applications WHERE cohort_id = $1 AND person_id = ANY ($2)",
    )
    .bind::<SqlUuid, _>(cohort)
    .bind::<Array<SqlUuid>, _>(&people)
    .load(conn.pg())?;
    let ids: Vec<ApplicationId> = applications.iter().map(|it| it.id).collect();
    let decided: Vec<Id> = sql_query(
        "SELECT application_id AS id FROM application_cases WHERE application_id = ANY ($1) AND decision IS NOT NULL",
    )
    .bind::<Array<SqlUuid>, _>(&ids)
    .load(conn.pg())?;
    let decided: HashSet<ApplicationId> = decided.into_iter().map(|it| it.id).collect();
    Ok(applications
        .into_iter()
        .map(|mut it| {
            it.decided = decided.contains(&it.id);
            (it.person_id, it)
        })
        .collect())
}

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    reference: String,
}

/// Which of these references are given already.
pub(super) fn references_taken(
    conn: &mut Conn<'_>,
    _importing: &Working,
    references: &[String],
) -> Result<HashSet<String>> {
    let rows: Vec<Reference> =
        sql_query("SELECT reference FROM applications WHERE reference = ANY ($1)")
            .bind::<Array<Text>, _>(references)
            .load(conn.pg())?;
    Ok(rows.into_iter().map(|row| row.reference).collect())
}

/// An application as the import writes it: a new one whole, or an old one after the change.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Written {
    pub id: ApplicationId,
    pub person_id: PersonId,
    pub reference: String,
    pub version: i32,
    pub family_name: Option<String>,
    pub given_names: Option<String>,
    pub western_name: Option<String>,
    pub name_zh: Option<String>,
    pub name_shown: String,
    pub name_sort: String,
    pub email: String,
    pub phone: Option<String>,
    pub lang: String,
    pub route: Option<String>,
    pub university_id: Option<OrganisationId>,
    pub employer_id: Option<OrganisationId>,
    pub employer_name: Option<String>,
    pub graduation_year: Option<i32>,
    pub statement: Option<String>,
    pub submitted_at: Option<DateTime<Utc>>,
    pub tokens: Vec<String>,
}

/// The rows of [`Written`] in SQL.
const ROWS: &str = "SELECT * FROM json_to_recordset($1::json) AS r(id uuid, person_id uuid, reference text, \
    version integer, family_name text, given_names text, western_name text, name_zh text, name_shown text, \
    name_sort text, email text, phone text, lang text, route text, university_id uuid, employer_id uuid, \
    employer_name text, graduation_year integer, statement text, submitted_at timestamptz, tokens text[])";

/// Adds applications with their search tokens; they are submitted.
///
/// # Errors
/// [`Error::Stale`] when somebody applied in the same moment.
pub(super) fn insert(
    conn: &mut Conn<'_>,
    _importing: &Working,
    cohort: CohortId,
    programme: ProgrammeId,
    rows: &[Written],
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let done = sql_query(format!(
        "WITH r AS MATERIALIZED ({ROWS}), \
         t AS (INSERT INTO application_tokens (cohort_id, token, application_id, programme_id) \
           SELECT $2, unnest(r.tokens), r.id, $3 FROM r) \
         INSERT INTO applications (id, cohort_id, programme_id, person_id, reference, state, family_name, \
           given_names, western_name, name_zh, name_shown, name_sort, email, phone, lang, route, university_id, \
           employer_id, employer_name, graduation_year, statement, source, submitted_at) \
         SELECT id, $2, $3, person_id, reference, 'submitted', family_name, given_names, western_name, name_zh, \
           name_shown, name_sort, email, phone, lang, route, university_id, employer_id, employer_name, \
           graduation_year, statement, 'import', coalesce(submitted_at, banyan_now()) FROM r"
    ))
    .bind::<Text, _>(crate::people::bulk::json(&rows)?)
    .bind::<SqlUuid, _>(cohort)
    .bind::<SqlUuid, _>(programme)
    .execute(conn.pg());
    match done {
        Ok(_) => Ok(()),
        Err(diesel::result::Error::DatabaseError(
            diesel::result::DatabaseErrorKind::UniqueViolation,
            _,
        )) => Err(Error::Stale),
        Err(err) => Err(err.into()),
    }
}

/// Changes applications that are still as they were read and still open to change; a draft becomes
/// submitted.
///
/// # Errors
/// [`Error::Stale`] when somebody changed one of them meanwhile.
pub(super) fn update(
    conn: &mut Conn<'_>,
    _importing: &Working,
    cohort: CohortId,
    programme: ProgrammeId,
    rows: &[Written],
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let json = crate::people::bulk::json(&rows)?;
    let changed = sql_query(format!(
        "WITH r AS MATERIALIZED ({ROWS}) \
         UPDATE applications a SET state = CASE a.state WHEN 'draft' THEN 'submitted' ELSE a.state END, \
           family_name = r.family_name, given_names = r.given_names, western_name = r.western_name, \
           name_zh = r.name_zh, name_shown = r.name_shown, name_sort = r.name_sort, phone = r.phone, lang = r.lang, \
           route = r.route, university_id = r.university_id, employer_id = r.employer_id, \
           employer_name = r.employer_name, graduation_year = r.graduation_year, statement = r.statement, \
           submitted_at = coalesce(r.submitted_at, a.submitted_at, banyan_now()), version = a.version + 1, \
           updated_at = banyan_now() \
         FROM r WHERE a.id = r.id AND a.version = r.version AND a.cohort_id = $2 \
           AND a.state IN ('draft', 'submitted', 'under_review')"
    ))
    .bind::<Text, _>(&json)
    .bind::<SqlUuid, _>(cohort)
    .execute(conn.pg())?;
    if changed != rows.len() {
        return Err(Error::Stale);
    }
    let ids: Vec<ApplicationId> = rows.iter().map(|row| row.id).collect();
    sql_query("DELETE FROM application_tokens WHERE application_id = ANY ($1)")
        .bind::<Array<SqlUuid>, _>(&ids)
        .execute(conn.pg())?;
    sql_query(format!(
        "INSERT INTO application_tokens (cohort_id, token, application_id, programme_id) \
         SELECT $2, unnest(r.tokens), r.id, $3 FROM ({ROWS}) r"
    ))
    .bind::<Text, _>(&json)
    .bind::<SqlUuid, _>(cohort)
    .bind::<SqlUuid, _>(programme)
    .execute(conn.pg())?;
    Ok(())
}

/// Lets one import into a cohort at a time, until the transaction ends.
pub(super) fn take_turns(conn: &mut Conn<'_>, cohort: CohortId) -> Result<()> {
    sql_query("SELECT pg_advisory_xact_lock(hashtextextended('import:' || $1::text, 0))")
        .bind::<SqlUuid, _>(cohort)
        .execute(conn.pg())?;
    Ok(())
}

/// Writes down that an import is committed.
pub(super) fn record_commit(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    programme: ProgrammeId,
    by: Option<PersonId>,
    source: &Source,
    findings: &Findings,
) -> Result<()> {
    let counts = serde_json::to_value(findings.counts()).unwrap_or_default();
    let report = both(findings);
    let rows = i32::try_from(findings.counts().rows).unwrap_or(i32::MAX);
    if !source.recorded {
        sql_query(
            "INSERT INTO imports (id, cohort_id, programme_id, person_id, file_label, file_sha256, report, counts) \
             VALUES ($1, $2, $3, $4, $5, $6, '{}', '{}')",
        )
        .bind::<SqlUuid, _>(source.id)
        .bind::<SqlUuid, _>(cohort)
        .bind::<SqlUuid, _>(programme)
        .bind::<Nullable<SqlUuid>, _>(by)
        .bind::<Text, _>(&source.label)
        .bind::<Binary, _>(&source.sha256)
        .execute(conn.pg())?;
    }
    let done = sql_query(
        "UPDATE imports SET committed_at = banyan_now(), counts = $3, report = $4, progress = $5, failure = NULL \
         WHERE id = $1 AND cohort_id = $2 AND committed_at IS NULL",
    )
    .bind::<SqlUuid, _>(source.id)
    .bind::<SqlUuid, _>(cohort)
    .bind::<Jsonb, _>(counts)
    .bind::<Jsonb, _>(report)
    .bind::<Integer, _>(rows)
    .execute(conn.pg())?;
    if done == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Both halves of a report.
fn both(findings: &Findings) -> serde_json::Value {
    serde_json::json!({ "en": findings.report(Lang::En), "zh": findings.report(Lang::Zh) })
}

/// Files on a page.
pub const RUNS: i64 = 50;

/// A file that was sent in, with what came of it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Run {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ImportId,
    /// The file's own name.
    #[diesel(sql_type = Text)]
    pub file_label: String,
    /// SHA-256 of its bytes.
    #[diesel(sql_type = Binary)]
    pub file_sha256: Vec<u8>,
    /// The stored file; none for one from the command line.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub file_id: Option<FileId>,
    /// The report as CSV.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub report_id: Option<FileId>,
    /// The rows to be mended.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub bad_rows_id: Option<FileId>,
    /// The report in both languages.
    #[diesel(sql_type = Jsonb)]
    pub report: serde_json::Value,
    /// The counts.
    #[diesel(sql_type = Jsonb)]
    pub counts: serde_json::Value,
    /// Rows done so far.
    #[diesel(sql_type = Integer)]
    pub progress: i32,
    /// Has a commit begun, and did it tell of itself in the last two minutes?
    #[diesel(sql_type = Bool)]
    pub running: bool,
    /// Has a commit begun and fallen silent?
    #[diesel(sql_type = Bool)]
    pub silent: bool,
    /// Why the last commit failed, as a code.
    #[diesel(sql_type = Nullable<Text>)]
    pub failure: Option<String>,
    /// When it was committed.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub committed_at: Option<DateTime<Utc>>,
    /// When it was sent in.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Who sent it in.
    #[diesel(sql_type = Nullable<Text>)]
    pub by: Option<String>,
}

const RUN: &str = "SELECT i.id, i.file_label, i.file_sha256, i.file_id, i.report_id, i.bad_rows_id, i.report, i.counts, \
    i.progress, i.committed_at IS NULL AND i.failure IS NULL AND i.progress_at IS NOT NULL \
      AND i.progress_at >= clock_timestamp() - interval '2 minutes' AS running, \
    i.committed_at IS NULL AND i.failure IS NULL AND i.progress_at IS NOT NULL \
      AND i.progress_at < clock_timestamp() - interval '2 minutes' AS silent, \
    i.failure, i.committed_at, i.created_at, p.display_name AS by \
    FROM imports i LEFT JOIN people p ON p.id = i.person_id WHERE i.cohort_id = $1 AND i.programme_id = $2";

/// One file.
///
/// # Errors
/// [`Error::NotFound`].
pub fn run(conn: &mut Conn<'_>, staff: &CohortStaff, id: ImportId) -> Result<Run> {
    sql_query(format!("{RUN} AND i.id = $3"))
        .bind::<SqlUuid, _>(staff.cohort())
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// A page of files, the newest first, with one row more to see whether there are more.
///
/// # Errors
/// The database's.
pub fn runs(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    before: Option<uuid::Uuid>,
) -> Result<Vec<Run>> {
    Ok(sql_query(format!(
        "{RUN} AND ($3 IS NULL OR i.id < $3) ORDER BY i.id DESC LIMIT $4"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Nullable<SqlUuid>, _>(before)
    .bind::<diesel::sql_types::BigInt, _>(RUNS + 1)
    .load(conn.pg())?)
}

/// Writes down a file that was sent in and judged.
///
/// # Errors
/// The database's.
pub fn insert_run(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: ImportId,
    label: &str,
    sha256: &[u8],
    file: FileId,
    findings: &Findings,
) -> Result<()> {
    let counts = serde_json::to_value(findings.counts()).unwrap_or_default();
    sql_query(
        "INSERT INTO imports (id, cohort_id, programme_id, person_id, file_label, file_sha256, file_id, report, counts) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.person())
    .bind::<Text, _>(label)
    .bind::<Binary, _>(sha256)
    .bind::<SqlUuid, _>(file)
    .bind::<Jsonb, _>(both(findings))
    .bind::<Jsonb, _>(counts)
    .execute(conn.pg())?;
    Ok(())
}

/// Keeps the files that a run wrote.
///
/// # Errors
/// The database's.
pub fn set_outputs(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: ImportId,
    report: FileId,
    bad_rows: FileId,
) -> Result<()> {
    sql_query(
        "UPDATE imports SET report_id = $3, bad_rows_id = $4 WHERE id = $1 AND cohort_id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(report)
    .bind::<SqlUuid, _>(bad_rows)
    .execute(conn.pg())?;
    Ok(())
}

/// Claims the commit of a file: exactly one caller gets it, unless the one before fell silent.
///
/// # Errors
/// The database's.
pub fn claim(conn: &mut Conn<'_>, staff: &CohortStaff, id: ImportId) -> Result<bool> {
    let claimed = sql_query(
        "UPDATE imports SET progress = 0, progress_at = clock_timestamp(), failure = NULL WHERE id = $1 AND cohort_id = $2 \
           AND committed_at IS NULL AND (failure IS NOT NULL OR progress_at IS NULL \
           OR progress_at < clock_timestamp() - interval '2 minutes')",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .execute(conn.pg())?;
    Ok(claimed == 1)
}

/// Tells how far a commit is, or that it failed.
///
/// # Errors
/// The database's.
pub fn tell(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: ImportId,
    rows: u64,
    failure: Option<&str>,
) -> Result<()> {
    sql_query(
        "UPDATE imports SET progress = $3, progress_at = clock_timestamp(), failure = $4 \
         WHERE id = $1 AND cohort_id = $2 AND committed_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Integer, _>(i32::try_from(rows).unwrap_or(i32::MAX))
    .bind::<Nullable<Text>, _>(failure)
    .execute(conn.pg())?;
    Ok(())
}
