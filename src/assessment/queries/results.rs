//! The results of modules, for rooms below: only what was released.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, OwnEnrolment};
use crate::db::{Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{AssessmentId, CohortId, EnrolmentId, ModuleId};
use crate::lang::format::hk_date;

use super::super::rules::Standing;
use super::super::rules::result::{Part, PartMark, module_result};
use super::{Plan, plans};

/// How a trainee stands in a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleResult {
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// The module.
    pub module: ModuleId,
    /// The mark, in hundredths of a per cent; none before all parts are released, and for an exemption.
    pub mark: Option<u16>,
    /// How they stand.
    pub standing: Standing,
    /// The day on which the last part was released, or the exemption granted.
    pub decided_on: Option<NaiveDate>,
    /// May it still change: is an appeal open or in time, a resit not released, or can a first one be set?
    pub again: bool,
}

#[derive(QueryableByName)]
struct Attends {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
    #[diesel(sql_type = diesel::sql_types::Date)]
    starts_on: NaiveDate,
    #[diesel(sql_type = Bool)]
    alive: bool,
}

const ATTENDS: &str = "SELECT DISTINCT e.id AS enrolment_id, o.module_id, c.starts_on, \
    c.state NOT IN ('completed', 'archived', 'cancelled') AS alive FROM enrolments e \
    JOIN cohorts c ON c.id = e.cohort_id JOIN offerings o ON o.cohort_id = e.cohort_id AND o.state <> 'cancelled' \
    WHERE e.cohort_id = $1 AND ($2 IS NULL OR e.id = $2) AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places p \
      WHERE p.offering_id = o.id AND p.enrolment_id = e.id))";

fn attends(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    only: Option<EnrolmentId>,
) -> Result<Vec<Attends>> {
    Ok(sql_query(ATTENDS)
        .bind::<SqlUuid, _>(cohort)
        .bind::<Nullable<SqlUuid>, _>(only)
        .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Marked {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
    #[diesel(sql_type = SqlUuid)]
    assessment_id: AssessmentId,
    #[diesel(sql_type = Integer)]
    part: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    mark: Option<i32>,
    #[diesel(sql_type = Integer)]
    pass_mark: i32,
    #[diesel(sql_type = Timestamptz)]
    released_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    resit: bool,
    /// Is an appeal open, or still in time?
    #[diesel(sql_type = Bool)]
    appealable: bool,
}

/// A resit that is set: of what, and whether it is released.
#[derive(QueryableByName)]
struct Resit {
    #[diesel(sql_type = SqlUuid)]
    of_id: AssessmentId,
    #[diesel(sql_type = Bool)]
    released: bool,
}

const RESITS: &str = "SELECT resit_of AS of_id, state = 'released' AS released FROM assessments \
    WHERE cohort_id = $1 AND resit_of IS NOT NULL";

#[derive(QueryableByName)]
struct Exempted {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    decided_at: Option<DateTime<Utc>>,
}

/// Marks and exemptions of a cohort, or of one enrolment of it, as far as the declared actor sees them.
fn known(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    enrolment: Option<EnrolmentId>,
) -> Result<(Vec<Marked>, Vec<Exempted>)> {
    let marks = sql_query(
        "SELECT r.enrolment_id, r.module_id, r.assessment_id, r.part, r.mark, r.pass_mark, r.released_at, r.resit, \
           EXISTS (SELECT FROM appeals a WHERE a.released_id = r.id AND a.state = 'lodged') \
             OR (coalesce(r.appeal_until >= banyan_now(), false) \
               AND NOT EXISTS (SELECT FROM appeals a WHERE a.released_id = r.id AND a.state <> 'withdrawn')) AS appealable \
         FROM released_marks r WHERE r.cohort_id = $1 AND ($2 IS NULL OR r.enrolment_id = $2)",
    )
    .bind::<SqlUuid, _>(cohort)
    .bind::<Nullable<SqlUuid>, _>(enrolment)
    .load(conn.pg())?;
    let exempted = sql_query(
        "SELECT enrolment_id, module_id, decided_at FROM exemptions \
         WHERE cohort_id = $1 AND state = 'granted' AND ($2 IS NULL OR enrolment_id = $2)",
    )
    .bind::<SqlUuid, _>(cohort)
    .bind::<Nullable<SqlUuid>, _>(enrolment)
    .load(conn.pg())?;
    Ok((marks, exempted))
}

fn together(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    attends: &[Attends],
    (marks, exempted): &(Vec<Marked>, Vec<Exempted>),
    resits: &[Resit],
) -> Result<Vec<ModuleResult>> {
    let alive = attends.first().is_some_and(|it| it.alive);
    let mut wanted: BTreeSet<(EnrolmentId, ModuleId)> = attends
        .iter()
        .map(|it| (it.enrolment_id, it.module_id))
        .collect();
    // An exemption counts whether or not the module is offered to the cohort.
    wanted.extend(exempted.iter().map(|it| (it.enrolment_id, it.module_id)));
    let modules: BTreeSet<ModuleId> = wanted.iter().map(|(_, module)| *module).collect();
    let modules: Vec<ModuleId> = modules.into_iter().collect();
    let plans = match attends.first() {
        Some(first) => plans(conn, cohort, &modules, first.starts_on)?,
        None => BTreeMap::new(),
    };
    let mut by: BTreeMap<(EnrolmentId, ModuleId), Vec<&Marked>> = BTreeMap::new();
    for it in marks {
        by.entry((it.enrolment_id, it.module_id))
            .or_default()
            .push(it);
    }
    let exempt: BTreeMap<(EnrolmentId, ModuleId), Option<NaiveDate>> = exempted
        .iter()
        .map(|it| ((it.enrolment_id, it.module_id), it.decided_at.map(hk_date)))
        .collect();
    let one = |key: (EnrolmentId, ModuleId)| {
        let plan = plans.get(&key.1).map_or_else(Vec::new, parts);
        let rows = by.get(&key).map_or(&[][..], Vec::as_slice);
        let again = rows.iter().any(|it| may_change(it, resits, alive));
        single(key, &plan, (rows, again), exempt.get(&key).copied())
    };
    Ok(wanted.into_iter().map(one).collect())
}

/// May what was released be followed by something better? `alive`: the cohort is not over.
fn may_change(it: &Marked, resits: &[Resit], alive: bool) -> bool {
    if it.appealable {
        return true;
    }
    if it.mark.is_some_and(|mark| mark >= it.pass_mark) {
        return false;
    }
    let mut set = resits.iter().filter(|of| of.of_id == it.assessment_id);
    match set.next() {
        Some(first) => !first.released || set.any(|it| !it.released),
        None => alive && !it.resit,
    }
}

/// The parts of a plan as the rule knows them.
fn parts(plan: &Plan) -> Vec<Part> {
    let part = |it: &crate::curriculum::rules::Assessment| Part {
        weight: it.weight,
        must_pass: it.must_pass,
    };
    plan.parts.iter().map(part).collect()
}

/// One trainee in one module; `exempt` says since when, where they are exempted.
fn single(
    (enrolment, module): (EnrolmentId, ModuleId),
    plan: &[Part],
    (rows, again): (&[&Marked], bool),
    exempt: Option<Option<NaiveDate>>,
) -> ModuleResult {
    let marks: Vec<PartMark> = rows
        .iter()
        .map(|it| PartMark {
            part: it.part,
            mark: it.mark,
            pass_mark: it.pass_mark,
        })
        .collect();
    let out = module_result(plan, &marks, exempt.is_some());
    let last = rows.iter().map(|it| it.released_at).max().map(hk_date);
    ModuleResult {
        enrolment,
        module,
        mark: out.mark.and_then(|it| u16::try_from(it).ok()),
        standing: out.standing,
        again: again && exempt.is_none(),
        decided_on: match out.standing {
            Standing::NotYet => None,
            Standing::Passed | Standing::Failed | Standing::Incomplete => exempt.unwrap_or(last),
        },
    }
}

/// How every trainee of a cohort, or one of them, stands in every module that they attend or are exempted
/// from.
///
/// # Errors
/// The database's.
pub fn results(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    only: Option<EnrolmentId>,
) -> Result<Vec<ModuleResult>> {
    let attends = attends(conn, staff.cohort(), only)?;
    let known = known(conn, staff.cohort(), only)?;
    let resits: Vec<Resit> = sql_query(RESITS)
        .bind::<SqlUuid, _>(staff.cohort())
        .load(conn.pg())?;
    together(conn, staff.cohort(), &attends, &known, &resits)
}

#[derive(QueryableByName)]
struct TraineeRow {
    #[diesel(sql_type = SqlUuid)]
    id: EnrolmentId,
    #[diesel(sql_type = Text)]
    name_shown: String,
    #[diesel(sql_type = Text)]
    trainee_number: String,
    #[diesel(sql_type = Text)]
    sort_key: String,
}

#[derive(QueryableByName)]
struct ModuleRow {
    #[diesel(sql_type = SqlUuid)]
    id: ModuleId,
    #[diesel(sql_type = Text)]
    code: String,
}

/// A result with the names that lists show.
#[derive(Clone, Debug)]
pub struct NamedResult {
    /// Name as lists show it.
    pub name_shown: String,
    /// Trainee's number.
    pub trainee_number: String,
    /// The module's code.
    pub module_code: String,
    /// The result.
    pub result: ModuleResult,
    /// Where the next page begins.
    pub sort_key: String,
}

/// [`results`] by name and module, with the names.
///
/// # Errors
/// The database's.
pub fn named_results(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<NamedResult>> {
    let all = results(conn, staff, None)?;
    let trainees: Vec<TraineeRow> = sql_query(
        "SELECT id, name_shown, trainee_number, name_sort || ' ' || trainee_number AS sort_key \
         FROM enrolments WHERE cohort_id = $1",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?;
    let trainees: BTreeMap<EnrolmentId, TraineeRow> =
        trainees.into_iter().map(|it| (it.id, it)).collect();
    let modules: Vec<ModuleRow> = sql_query("SELECT id, code FROM modules WHERE programme_id = $1")
        .bind::<SqlUuid, _>(staff.programme())
        .load(conn.pg())?;
    let modules: BTreeMap<ModuleId, String> =
        modules.into_iter().map(|it| (it.id, it.code)).collect();
    let mut named: Vec<NamedResult> = all
        .into_iter()
        .filter_map(|result| {
            let trainee = trainees.get(&result.enrolment)?;
            let module_code = modules.get(&result.module)?.clone();
            Some(NamedResult {
                name_shown: trainee.name_shown.clone(),
                trainee_number: trainee.trainee_number.clone(),
                sort_key: format!("{} {module_code}", trainee.sort_key),
                module_code,
                result,
            })
        })
        .collect();
    named.sort_by(|a, b| (&a.sort_key, a.result.enrolment).cmp(&(&b.sort_key, b.result.enrolment)));
    Ok(named)
}

/// How a trainee stands in their own modules.
///
/// # Errors
/// The database's.
pub fn results_of(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Vec<ModuleResult>> {
    // Which offerings there are is the timetable's to say; what was given is the trainee's own to read.
    let attends = conn.elevate(Task::Timetable, |conn| {
        attends(conn, own.cohort(), Some(own.enrolment()))
    })?;
    let known = known(conn, own.cohort(), Some(own.enrolment()))?;
    // That a resit is set is the office's to know until it is opened; of it only this is told.
    let resits: Vec<Resit> = conn.elevate(Task::Assess, |conn| {
        Ok(sql_query(RESITS)
            .bind::<SqlUuid, _>(own.cohort())
            .load(conn.pg())?)
    })?;
    together(conn, own.cohort(), &attends, &known, &resits)
}

/// An assessment past its due time for which a trainee has handed in nothing.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Overdue {
    /// The enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// The assessment.
    #[diesel(sql_type = SqlUuid)]
    pub assessment_id: AssessmentId,
    /// The module.
    #[diesel(sql_type = SqlUuid)]
    pub module_id: ModuleId,
    /// English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// When it was due for this trainee.
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
}

/// What is overdue in a cohort: open or being marked, with files, past the trainee's own due time.
///
/// # Errors
/// The database's.
pub fn overdue(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<Overdue>> {
    Ok(sql_query(
        "SELECT c.enrolment_id, a.id AS assessment_id, a.module_id, a.title_en, a.title_zh, \
           greatest(a.due_at, coalesce(c.extended_to, a.due_at)) AS due_at \
         FROM assessments a JOIN assessment_candidates c ON c.assessment_id = a.id \
         WHERE a.cohort_id = $1 AND a.state IN ('open', 'marking') AND a.takes_files \
           AND greatest(a.due_at, coalesce(c.extended_to, a.due_at)) < banyan_now() \
           AND NOT EXISTS (SELECT FROM submissions s WHERE s.candidate_id = c.id AND s.withdrawn_at IS NULL) \
         ORDER BY c.enrolment_id, due_at, a.id",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?)
}
