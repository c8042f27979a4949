//! Rows of assessments and of the plans that they carry out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::CohortStaff;
use crate::curriculum::rules::{Assessment as Part, AssessmentKind, version_for};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{AssessmentId, CohortId, ModuleId, OfferingId, PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::web::fields::{Column, Sort};
use crate::web::paging::Cursor;

use super::rules::late::{LateRule, Times, effective};
use super::rules::rubric::Criterion;
use super::rules::second::Plan as SecondPlan;
use super::rules::{AssessmentState, SecondRule};

mod marking;
mod missed;
mod own;
mod results;
mod taught;
mod work;

pub use marking::{
    Mark, Queued, Reader, Script, mark_of, marks_of, queue, queue_counts, script, script_of,
    scripts,
};
pub use missed::{Missed, missed};
pub use own::{OwnLine, Tried, own_all, own_one, own_tries};
pub use results::{
    ModuleResult, NamedResult, Overdue, named_results, overdue, results, results_of,
};
pub use taught::{TAUGHT_SORTS, Taught, TaughtCohort, TaughtWanted, taught, taught_cohorts};
pub use work::{
    Appeal, Candidate, Extension, FileRow, Line, Released, Work, appeal, appeals,
    candidate_numbers, extension, extensions, file_of, line, lines, lines_of, missing_candidates,
    own_appeals, own_extensions, own_files,
};

/// The orders of the list; keys are texts that sort as their values do.
pub const SORTS: &[Column] = &[
    (
        "due",
        "to_char(a.due_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')",
    ),
    ("module", "m.code"),
    ("title", "lower(a.title_en)"),
];

/// A part of a plan, set for an offering.
#[derive(Clone, Debug, QueryableByName)]
pub struct Assessment {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: AssessmentId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// Its offering.
    #[diesel(sql_type = SqlUuid)]
    pub offering_id: OfferingId,
    /// Its module.
    #[diesel(sql_type = SqlUuid)]
    pub module_id: ModuleId,
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub module_code: String,
    /// The module's English name.
    #[diesel(sql_type = Text)]
    pub module_en: String,
    /// The module's Chinese name.
    #[diesel(sql_type = Text)]
    pub module_zh: String,
    /// Number of the version whose plan it carries out.
    #[diesel(sql_type = Integer)]
    pub plan_number: i32,
    /// Place in the plan, from 1.
    #[diesel(sql_type = Integer)]
    pub part: i32,
    /// Its share of the module, in per cent.
    #[diesel(sql_type = Integer)]
    pub weight: i32,
    /// Must it be passed for itself?
    #[diesel(sql_type = Bool)]
    pub must_pass: bool,
    /// Kind, as its word.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// English brief.
    #[diesel(sql_type = Text)]
    pub brief_en: String,
    /// Chinese brief.
    #[diesel(sql_type = Text)]
    pub brief_zh: String,
    /// From when work is taken.
    #[diesel(sql_type = Timestamptz)]
    pub opens_at: DateTime<Utc>,
    /// When it is due, or happens.
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
    /// Hours in which late work is taken.
    #[diesel(sql_type = Integer)]
    pub late_hours: i32,
    /// What a day begun costs.
    #[diesel(sql_type = Integer)]
    pub late_per_day: i32,
    /// The most that lateness costs.
    #[diesel(sql_type = Integer)]
    pub late_cap: i32,
    /// Are files handed in?
    #[diesel(sql_type = Bool)]
    pub takes_files: bool,
    /// At most so many.
    #[diesel(sql_type = Integer)]
    pub max_files: i32,
    /// Each at most so large.
    #[diesel(sql_type = Integer)]
    pub max_bytes: i32,
    /// Is the marker not told whose work it is?
    #[diesel(sql_type = Bool)]
    pub anonymous: bool,
    /// Pass mark.
    #[diesel(sql_type = Integer)]
    pub pass_mark: i32,
    /// What is marked twice, as its word.
    #[diesel(sql_type = Text)]
    pub second_rule: String,
    /// Share of a sample, in per cent.
    #[diesel(sql_type = Integer)]
    pub second_share: i32,
    /// How close to the pass mark is borderline.
    #[diesel(sql_type = Integer)]
    pub borderline: i32,
    /// How far apart two marks may be.
    #[diesel(sql_type = Integer)]
    pub tolerance: i32,
    /// The rubric.
    #[diesel(sql_type = Jsonb)]
    pub rubric: Value,
    /// Counts the rubric's changes.
    #[diesel(sql_type = Integer)]
    pub rubric_number: i32,
    /// Days for an appeal after the release.
    #[diesel(sql_type = Integer)]
    pub appeal_days: i32,
    /// The assessment that it is a resit of.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub resit_of: Option<AssessmentId>,
    /// Is a resit worth at most the pass mark?
    #[diesel(sql_type = Bool)]
    pub resit_capped: bool,
    /// Who teaches or marks it.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub instructor_ids: Vec<PersonId>,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// When its marks were released.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub released_at: Option<DateTime<Utc>>,
    /// Version, for `If-Match`.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Trainees who are assessed, for staff.
    #[diesel(sql_type = BigInt)]
    pub candidates: i64,
    /// Of these, who have handed in.
    #[diesel(sql_type = BigInt)]
    pub handed_in: i64,
    /// Scripts.
    #[diesel(sql_type = BigInt)]
    pub scripts: i64,
    /// Of these, with an agreed mark.
    #[diesel(sql_type = BigInt)]
    pub agreed: i64,
    /// Where the next page of a list begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Assessment {
    /// Its title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }

    /// Its brief as the reader reads it; the other language's where one is missing.
    #[must_use]
    pub fn brief(&self, lang: Lang) -> &str {
        let (own, other) = lang.pick(
            (&self.brief_en, &self.brief_zh),
            (&self.brief_zh, &self.brief_en),
        );
        if own.is_empty() { other } else { own }
    }

    /// The module's code and name.
    #[must_use]
    pub fn module(&self, lang: Lang) -> String {
        let name = lang.pick(&self.module_en, &self.module_zh);
        format!("{} {name}", self.module_code)
    }

    /// Its kind as people read it.
    #[must_use]
    pub fn kind_label(&self, lang: Lang) -> &'static str {
        AssessmentKind::parse(&self.kind).map_or("–", |kind| kind.label(lang))
    }

    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<AssessmentState> {
        AssessmentState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("assessment state {}", self.state)))
    }

    /// Its rubric.
    ///
    /// # Errors
    /// A document that no rule knows: a mistake of ours.
    pub fn rubric(&self) -> Result<Vec<Criterion>> {
        serde_json::from_value(self.rubric.clone())
            .map_err(|err| Error::Internal(format!("rubric: {err}")))
    }

    /// The times of a trainee with this extension.
    #[must_use]
    pub fn times(&self, extended_to: Option<DateTime<Utc>>) -> Times {
        Times {
            opens_at: self.opens_at,
            due_at: effective(self.due_at, extended_to),
            late: self.late(),
        }
    }

    /// How late work is taken.
    #[must_use]
    pub fn late(&self) -> LateRule {
        LateRule {
            hours: self.late_hours,
            per_day: self.late_per_day,
            cap: self.late_cap,
        }
    }

    /// What is set about second marking.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn second(&self) -> Result<SecondPlan> {
        let rule = SecondRule::parse(&self.second_rule)
            .ok_or_else(|| Error::Internal(format!("second marking {}", self.second_rule)))?;
        Ok(SecondPlan {
            rule,
            share: self.second_share,
            borderline: self.borderline,
            pass_mark: self.pass_mark,
        })
    }

    /// What a mark is at most: of a capped resit the pass mark.
    #[must_use]
    pub fn cap(&self) -> Option<i32> {
        (self.resit_of.is_some() && self.resit_capped).then_some(self.pass_mark)
    }
}

/// The columns of [`Assessment`] and where they come from.
const ASSESSMENT: &str = "a.id, a.programme_id, a.cohort_id, a.offering_id, a.module_id, m.code AS module_code, \
    coalesce(v.name_en, m.code) AS module_en, coalesce(v.name_zh, m.code) AS module_zh, a.plan_number, a.part, \
    coalesce((v.assessments -> (a.part - 1) ->> 'weight')::integer, 0) AS weight, \
    coalesce((v.assessments -> (a.part - 1) ->> 'must_pass')::boolean, false) AS must_pass, a.kind, a.title_en, a.title_zh, \
    a.brief_en, a.brief_zh, a.opens_at, a.due_at, a.late_hours, a.late_per_day, a.late_cap, a.takes_files, a.max_files, \
    a.max_bytes, a.anonymous, a.pass_mark, a.second_rule, a.second_share, a.borderline, a.tolerance, a.rubric, \
    a.rubric_number, a.appeal_days, a.resit_of, a.resit_capped, a.instructor_ids, a.state, a.released_at, a.version, \
    (SELECT count(*) FROM assessment_candidates c WHERE c.assessment_id = a.id) AS candidates, \
    (SELECT count(DISTINCT s.candidate_id) FROM submissions s WHERE s.assessment_id = a.id AND s.withdrawn_at IS NULL) AS handed_in, \
    (SELECT count(*) FROM scripts k WHERE k.assessment_id = a.id) AS scripts, \
    (SELECT count(*) FROM scripts k WHERE k.assessment_id = a.id AND k.state = 'agreed') AS agreed \
    FROM assessments a JOIN modules m ON m.id = a.module_id \
    LEFT JOIN module_versions v ON v.module_id = a.module_id AND v.number = a.plan_number";

/// Which assessments, and how many.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only in this state.
    pub state: Option<AssessmentState>,
    /// Only of this offering.
    pub offering: Option<OfferingId>,
    /// Only whose title, or module's code, contains this.
    pub text: Option<String>,
    /// In this order.
    pub sort: Sort,
    /// After this row.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

/// The assessments of a cohort.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn<'_>, staff: &CohortStaff, wanted: &Wanted) -> Result<Vec<Assessment>> {
    let (beyond, direction) = wanted.sort.direction();
    let key = wanted.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM (SELECT ({key}) COLLATE \"C\" AS sort_key, {ASSESSMENT} \
           WHERE a.cohort_id = $1 AND ($2 IS NULL OR a.state = $2) AND ($3 IS NULL OR a.offering_id = $3) \
             AND ($4 IS NULL OR strpos(lower(m.code || ' ' || a.title_en || ' ' || a.title_zh), lower($4)) > 0)) q \
         WHERE $5 IS NULL OR (sort_key, id) {beyond} ($5, $6) ORDER BY sort_key {direction}, id {direction} LIMIT $7"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<Text>, _>(wanted.state.map(AssessmentState::as_str))
    .bind::<Nullable<SqlUuid>, _>(wanted.offering)
    .bind::<Nullable<Text>, _>(&wanted.text)
    .bind::<Nullable<Text>, _>(wanted.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(wanted.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(wanted.limit)
    .load(conn.pg())?)
}

/// An assessment of the cohort.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(conn: &mut Conn<'_>, staff: &CohortStaff, id: AssessmentId) -> Result<Assessment> {
    sql_query(format!(
        "SELECT '' AS sort_key, {ASSESSMENT} WHERE a.id = $1 AND a.cohort_id = $2"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// Assessments by their ids, as far as the declared actor sees them.
fn some(conn: &mut Conn<'_>, ids: &[AssessmentId]) -> Result<Vec<Assessment>> {
    Ok(sql_query(format!(
        "SELECT '' AS sort_key, {ASSESSMENT} WHERE a.id = ANY ($1) ORDER BY a.due_at DESC, a.id"
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct PartSet {
    #[diesel(sql_type = SqlUuid)]
    offering_id: OfferingId,
    #[diesel(sql_type = Integer)]
    part: i32,
}

/// The parts of plans that are set for offerings of the cohort, counted from 1; resits apart.
///
/// # Errors
/// The database's.
pub fn parts_set(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<BTreeSet<(OfferingId, i32)>> {
    let rows: Vec<PartSet> = sql_query(
        "SELECT offering_id, part FROM assessments WHERE cohort_id = $1 AND resit_of IS NULL",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?;
    Ok(rows
        .into_iter()
        .map(|it| (it.offering_id, it.part))
        .collect())
}

/// The plan of a module for a cohort: the one that its assessments carry out; before the first of them
/// the version with which the cohort began, or the first that was published where none was in force by
/// then.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Number of the version.
    pub number: i32,
    /// Its parts, in their order.
    pub parts: Vec<Part>,
}

#[derive(QueryableByName)]
struct PlanRow {
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Date)]
    effective_from: NaiveDate,
    #[diesel(sql_type = Jsonb)]
    assessments: Value,
}

#[derive(QueryableByName)]
struct Carried {
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
    #[diesel(sql_type = Integer)]
    plan_number: i32,
}

/// The plan of a module for this cohort, which begins on this day.
///
/// # Errors
/// The database's.
pub fn plan(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    module: ModuleId,
    on: NaiveDate,
) -> Result<Option<Plan>> {
    let mut all = plans(conn, cohort, &[module], on)?;
    Ok(all.remove(&module))
}

/// The plans of modules for this cohort, which begins on this day: public, since they were published.
///
/// # Errors
/// The database's.
pub fn plans(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    modules: &[ModuleId],
    on: NaiveDate,
) -> Result<BTreeMap<ModuleId, Plan>> {
    // A trainee may read the plan, not the assessment that has not opened.
    let carried: Vec<Carried> = conn.elevate(Task::Assess, |conn| {
        Ok(sql_query(
            "SELECT DISTINCT ON (module_id) module_id, plan_number FROM assessments \
             WHERE cohort_id = $1 AND module_id = ANY ($2) ORDER BY module_id, created_at, id",
        )
        .bind::<SqlUuid, _>(cohort)
        .bind::<Array<SqlUuid>, _>(modules)
        .load(conn.pg())?)
    })?;
    let rows: Vec<PlanRow> = sql_query(
        "SELECT module_id, number, effective_from, assessments FROM module_versions \
         WHERE module_id = ANY ($1) AND state <> 'draft' AND effective_from IS NOT NULL ORDER BY module_id, number",
    )
    .bind::<Array<SqlUuid>, _>(modules)
    .load(conn.pg())?;
    let mut of: BTreeMap<ModuleId, Vec<PlanRow>> = BTreeMap::new();
    for row in rows {
        of.entry(row.module_id).or_default().push(row);
    }
    let mut all = BTreeMap::new();
    for (module, rows) in of {
        let versions: Vec<(i32, NaiveDate)> = rows
            .iter()
            .map(|it| (it.number, it.effective_from))
            .collect();
        let number = carried
            .iter()
            .find(|it| it.module_id == module)
            .map(|it| it.plan_number)
            .or_else(|| version_for(&versions, on))
            .or_else(|| versions.first().map(|it| it.0));
        if let Some(row) = rows.into_iter().find(|it| Some(it.number) == number) {
            let parts = serde_json::from_value(row.assessments)
                .map_err(|err| Error::Internal(format!("assessment plan: {err}")))?;
            let number = row.number;
            all.insert(module, Plan { number, parts });
        }
    }
    Ok(all)
}

/// Takes an assessment for this transaction: its state and its marks change by one hand at a time.
///
/// # Errors
/// The database's.
pub fn lock(conn: &mut Conn<'_>, id: AssessmentId) -> Result<()> {
    sql_query("SELECT pg_advisory_xact_lock(20270114, hashtext($1))")
        .bind::<Text, _>(id.to_string())
        .execute(conn.pg())?;
    Ok(())
}

/// Takes an assessment together with others who hand in, and one trainee's part of it alone.
///
/// # Errors
/// The database's.
pub fn lock_shared(
    conn: &mut Conn<'_>,
    id: AssessmentId,
    candidate: crate::ids::CandidateId,
) -> Result<()> {
    sql_query(
        "SELECT pg_advisory_xact_lock_shared(20270114, hashtext($1)), pg_advisory_xact_lock(20270115, hashtext($2))",
    )
    .bind::<Text, _>(id.to_string())
    .bind::<Text, _>(candidate.to_string())
    .execute(conn.pg())?;
    Ok(())
}
