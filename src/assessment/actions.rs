//! What is done to assessments. Each function is one verb in the caller's transaction: proof, lock,
//! rule, write, history, letters.

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{
    Array, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use serde_json::Value;

use crate::access::CohortStaff;
use crate::audit;
use crate::cohorts::queries as cohorts;
use crate::curriculum::rules::{AssessmentKind, Pair};
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, FieldError, Result};
use crate::ids::{AssessmentId, OfferingId};
use crate::teaching;
use crate::teaching::rules::{OfferingState, TeachingRefusal, teachable};

use super::events::{Noted, about};
use super::mail::{self, Told};
use super::queries::{self, Assessment};
use super::rules::late::LateRule;
use super::rules::rubric::{Criterion, MOST_CRITERIA, MOST_POINTS};
use super::rules::{
    AssessmentEvent, AssessmentRefusal, AssessmentState, SecondRule, next, takes_files,
};

mod appeals;
mod chance;
mod extensions;
mod joining;
mod marking;
mod release;
mod removing;
mod reopening;
mod twice;
mod work;

pub use appeals::{decide_appeal, lodge_appeal, withdraw_appeal};
pub use extensions::{ask_extension, decide_extension, give_extension, withdraw_extension};
pub use joining::{admit, open};
pub use marking::{
    Given, assign, begin_marking, collect, finish_moderation, label, return_to_marking, save_mark,
    whole_mark,
};
pub use release::{Preview, preview, release};
pub use removing::{removable, remove};
pub use reopening::{Reopening, reopen};
pub use twice::{draw, moderate};
pub use work::{hand_in, may_hand_in, take_back};

/// What a coordinator sets about an assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// English title.
    pub title_en: String,
    /// Chinese title.
    pub title_zh: String,
    /// English brief.
    pub brief_en: String,
    /// Chinese brief.
    pub brief_zh: String,
    /// From when work is taken.
    pub opens_at: DateTime<Utc>,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// How late work is taken.
    pub late: LateRule,
    /// At most so many files.
    pub max_files: i32,
    /// Each at most so many megabytes.
    pub max_megabytes: i32,
    /// Is the marker not told whose work it is?
    pub anonymous: bool,
    /// Pass mark, in hundredths of a per cent.
    pub pass_mark: i32,
    /// Which scripts are marked twice.
    pub second: SecondRule,
    /// Share of a sample, in per cent.
    pub second_share: i32,
    /// How close to the pass mark is borderline.
    pub borderline: i32,
    /// How far apart two marks may be.
    pub tolerance: i32,
    /// Days for an appeal.
    pub appeal_days: i32,
    /// Is a resit worth at most the pass mark?
    pub resit_capped: bool,
    /// The rubric.
    pub rubric: Vec<Criterion>,
}

/// Bytes of a megabyte.
pub(super) const MEGABYTE: i32 = 1024 * 1024;

impl Details {
    /// What an assessment says now.
    ///
    /// # Errors
    /// A document that no rule knows: a mistake of ours.
    pub fn of(it: &Assessment) -> Result<Self> {
        Ok(Self {
            title_en: it.title_en.clone(),
            title_zh: it.title_zh.clone(),
            brief_en: it.brief_en.clone(),
            brief_zh: it.brief_zh.clone(),
            opens_at: it.opens_at,
            due_at: it.due_at,
            late: it.late(),
            max_files: it.max_files,
            max_megabytes: it.max_bytes / MEGABYTE,
            anonymous: it.anonymous,
            pass_mark: it.pass_mark,
            second: it.second()?.rule,
            second_share: it.second_share,
            borderline: it.borderline,
            tolerance: it.tolerance,
            appeal_days: it.appeal_days,
            resit_capped: it.resit_capped,
            rubric: it.rubric()?,
        })
    }
}

/// What is wrong with details, whoever sends them.
fn problems(it: &Details) -> Vec<FieldError> {
    let mut problems = Vec::new();
    if it.due_at <= it.opens_at {
        problems.push(FieldError::new("due_at", "out_of_order", |lang| {
            lang.asm_need_order().to_owned()
        }));
    }
    if it.rubric.len() > MOST_CRITERIA {
        problems.push(FieldError::new("rubric", "too_many", |lang| {
            lang.form_number(0, i32::try_from(MOST_CRITERIA).unwrap_or_default())
        }));
    }
    for (n, criterion) in (1..).zip(&it.rubric) {
        if !(1..=MOST_POINTS).contains(&criterion.points) {
            problems.push(FieldError::new(
                format!("criterion_points_{n}"),
                "number",
                |lang| lang.form_number(1, MOST_POINTS),
            ));
        }
    }
    problems
}

fn judged(details: &Details) -> Result<()> {
    let problems = problems(details);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(problems))
    }
}

/// A part of a plan that is to be set: which offering, which part, or of what it is a resit.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// This part, from 1, of the plan of this offering's module.
    Part(OfferingId, i32),
    /// A resit of this assessment.
    Resit(AssessmentId),
}

struct Setting {
    offering: teaching::queries::Offering,
    part: i32,
    number: i32,
    kind: String,
    resit_of: Option<AssessmentId>,
    pass_mark: Option<i32>,
    /// What the plan calls it.
    title: Pair,
}

impl Setting {
    /// The title given, or the plan's where one is left empty.
    fn title<'a>(&'a self, details: &'a Details) -> (&'a str, &'a str) {
        let or = |given: &'a str, plan: &'a str| if given.is_empty() { plan } else { given };
        (
            or(&details.title_en, &self.title.en),
            or(&details.title_zh, &self.title.zh),
        )
    }
}

fn setting(conn: &mut Conn<'_>, staff: &CohortStaff, which: Which) -> Result<Setting> {
    let cohort = cohorts::find(conn, staff)?;
    teachable(cohort.state()?)?;
    let (offering, part, resit) = match which {
        Which::Part(offering, part) => (offering, part, None),
        Which::Resit(of) => {
            let of = queries::find(conn, staff, of)?;
            if of.state()? != AssessmentState::Released {
                return Err(AssessmentRefusal::ResitTooEarly.into());
            }
            (of.offering_id, of.part, Some(of))
        }
    };
    let offering = teaching::queries::offering(conn, staff, offering)?;
    if offering.state()? == OfferingState::Cancelled {
        return Err(TeachingRefusal::OfferingCancelled.into());
    }
    let plan = queries::plan(conn, staff.cohort(), offering.module_id, cohort.starts_on)?
        .ok_or(AssessmentRefusal::NoPlan)?;
    let at = usize::try_from(part).ok().and_then(|it| it.checked_sub(1));
    let standing = at
        .and_then(|at| plan.parts.get(at))
        .ok_or(AssessmentRefusal::NoPlan)?;
    Ok(Setting {
        kind: standing.kind.clone(),
        title: standing.title.clone(),
        number: plan.number,
        part,
        resit_of: resit.as_ref().map(|it| it.id),
        pass_mark: resit.as_ref().map(|it| it.pass_mark),
        offering,
    })
}

/// Sets a part of the plan for an offering; it stays the office's own until it is opened. Weight and
/// whether it must be passed are the plan's.
///
/// # Errors
/// [`AssessmentRefusal`]: no such part, set already, a resit before the release; [`Error::Invalid`].
pub fn add(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    which: Which,
    details: &Details,
) -> Result<AssessmentId> {
    judged(details)?;
    let set = setting(conn, staff, which)?;
    let wanted = queries::Wanted {
        state: None,
        offering: Some(set.offering.id),
        text: None,
        sort: crate::web::fields::Sort::from_query(crate::web::Pairs::none(), queries::SORTS),
        after: None,
        limit: 500,
    };
    // Two who set the same part at once wait for each other here.
    sql_query("SELECT id FROM offerings WHERE id = $1 FOR UPDATE")
        .bind::<SqlUuid, _>(set.offering.id)
        .execute(conn.pg())?;
    let taken = queries::list(conn, staff, &wanted)?;
    if set.resit_of.is_none()
        && taken
            .iter()
            .any(|it| it.part == set.part && it.resit_of.is_none())
    {
        return Err(AssessmentRefusal::PartTaken.into());
    }
    let files = AssessmentKind::parse(&set.kind).is_some_and(takes_files);
    let id = AssessmentId::new();
    let title = set.title(details);
    insert(conn, staff, (id, &set, files), details)?;
    audit::note(conn, about(id, staff.programme()), &Noted::Added { title })?;
    Ok(id)
}

fn rubric_json(details: &Details) -> Result<Value> {
    serde_json::to_value(&details.rubric).map_err(|err| Error::Internal(format!("rubric: {err}")))
}

fn insert(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (id, set, files): (AssessmentId, &Setting, bool),
    it: &Details,
) -> Result<()> {
    let title = set.title(it);
    sql_query(
        "INSERT INTO assessments (id, programme_id, cohort_id, offering_id, module_id, plan_number, part, kind, title_en, \
           title_zh, brief_en, brief_zh, opens_at, due_at, late_hours, late_per_day, late_cap, takes_files, max_files, max_bytes, \
           anonymous, pass_mark, second_rule, second_share, borderline, tolerance, rubric, appeal_days, resit_of, resit_capped, \
           instructor_ids) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
           $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(set.offering.id)
    .bind::<SqlUuid, _>(set.offering.module_id)
    .bind::<Integer, _>(set.number)
    .bind::<Integer, _>(set.part)
    .bind::<Text, _>(&set.kind)
    .bind::<Text, _>(title.0)
    .bind::<Text, _>(title.1)
    .bind::<Text, _>(&it.brief_en)
    .bind::<Text, _>(&it.brief_zh)
    .bind::<Timestamptz, _>(it.opens_at)
    .bind::<Timestamptz, _>(it.due_at)
    .bind::<Integer, _>(it.late.hours)
    .bind::<Integer, _>(it.late.per_day)
    .bind::<Integer, _>(it.late.cap)
    .bind::<Bool, _>(files)
    .bind::<Integer, _>(it.max_files)
    .bind::<Integer, _>(it.max_megabytes.saturating_mul(MEGABYTE))
    .bind::<Bool, _>(it.anonymous)
    // Both tries at a part are passed at the same mark.
    .bind::<Integer, _>(set.pass_mark.unwrap_or(it.pass_mark))
    .bind::<Text, _>(it.second.as_str())
    .bind::<Integer, _>(it.second_share)
    .bind::<Integer, _>(it.borderline)
    .bind::<Integer, _>(it.tolerance)
    .bind::<Jsonb, _>(rubric_json(it)?)
    .bind::<Integer, _>(it.appeal_days)
    .bind::<Nullable<SqlUuid>, _>(set.resit_of)
    .bind::<Bool, _>(it.resit_capped)
    .bind::<Array<SqlUuid>, _>(&set.offering.instructor_ids)
    .execute(conn.pg())?;
    Ok(())
}

fn fields(before: &Details, after: &Details) -> Vec<&'static str> {
    let all = [
        (
            "title",
            (&before.title_en, &before.title_zh) != (&after.title_en, &after.title_zh),
        ),
        (
            "brief",
            (&before.brief_en, &before.brief_zh) != (&after.brief_en, &after.brief_zh),
        ),
        ("opens_at", before.opens_at != after.opens_at),
        ("due_at", before.due_at != after.due_at),
        ("late", before.late != after.late),
        (
            "files",
            (before.max_files, before.max_megabytes) != (after.max_files, after.max_megabytes),
        ),
        ("anonymous", before.anonymous != after.anonymous),
        ("pass_mark", before.pass_mark != after.pass_mark),
        (
            "second",
            (
                before.second,
                before.second_share,
                before.borderline,
                before.tolerance,
            ) != (
                after.second,
                after.second_share,
                after.borderline,
                after.tolerance,
            ),
        ),
        ("appeal_days", before.appeal_days != after.appeal_days),
        ("resit", before.resit_capped != after.resit_capped),
        ("rubric", before.rubric != after.rubric),
    ];
    all.into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
}

/// What still may change once trainees see it, and once marking began.
fn may_change(state: AssessmentState, fields: &[&'static str]) -> Result<()> {
    let refusal = match state {
        AssessmentState::Planned => return Ok(()),
        AssessmentState::Open => &["anonymous", "pass_mark", "resit"][..],
        AssessmentState::Marking => &[
            "anonymous",
            "pass_mark",
            "resit",
            "rubric",
            "opens_at",
            "due_at",
            "late",
            "files",
            // What is drawn already would be stranded.
            "second",
        ],
        AssessmentState::Moderated | AssessmentState::Released => {
            return Err(AssessmentRefusal::NotPlanned.into());
        }
    };
    match fields.iter().find(|it| refusal.contains(it)) {
        None => Ok(()),
        Some(&"rubric") => Err(AssessmentRefusal::Frozen.into()),
        Some(_) => Err(AssessmentRefusal::NotPlanned.into()),
    }
}

/// Times that trainees have seen are not made worse: what is due moves to later alone, and lateness costs
/// no more once somebody has handed in.
fn no_worse(it: &Assessment, to: &Details, now: DateTime<Utc>) -> Result<()> {
    if it.state()? != AssessmentState::Open {
        return Ok(());
    }
    if to.due_at < it.due_at || (to.due_at != it.due_at && to.due_at <= now) {
        return Err(AssessmentRefusal::DueEarlier.into());
    }
    let (was, late) = (it.late(), to.late);
    let stricter = late.hours < was.hours || late.per_day > was.per_day || late.cap > was.cap;
    if stricter && it.handed_in > 0 {
        return Err(AssessmentRefusal::LateStricter.into());
    }
    Ok(())
}

/// Changes an assessment; its trainees are told of another due time. The rubric stands once marking
/// began, and so does what was promised to trainees once they saw it.
///
/// # Errors
/// [`Error::Stale`]; [`AssessmentRefusal::Frozen`], [`AssessmentRefusal::NotPlanned`],
/// [`AssessmentRefusal::DueEarlier`], [`AssessmentRefusal::LateStricter`]; [`Error::Invalid`].
pub fn change(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
    version: i32,
    details: &Details,
) -> Result<()> {
    queries::lock(conn, id)?;
    let it = queries::find(conn, staff, id)?;
    if it.version != version {
        return Err(Error::Stale);
    }
    judged(details)?;
    for (field, text) in [
        ("title_en", &details.title_en),
        ("title_zh", &details.title_zh),
    ] {
        if text.is_empty() {
            return Err(Error::field(field, "required", |lang| {
                lang.form_required().to_owned()
            }));
        }
    }
    let fields = fields(&Details::of(&it)?, details);
    if fields.is_empty() {
        return Ok(());
    }
    let mut fixed = details.clone();
    if it.resit_of.is_some() {
        fixed.pass_mark = it.pass_mark;
    }
    let state = it.state()?;
    may_change(state, &fields)?;
    no_worse(&it, details, now(conn)?)?;
    update(conn, &it, &fixed)?;
    let moved = state == AssessmentState::Open && details.due_at != it.due_at;
    audit::note(
        conn,
        about(id, staff.programme()),
        &Noted::Changed { fields },
    )?;
    if moved {
        let now = queries::find(conn, staff, id)?;
        mail::tell_all(conn, staff, &now, &Told::Moved)?;
    }
    Ok(())
}

fn update(conn: &mut Conn<'_>, was: &Assessment, it: &Details) -> Result<()> {
    let done = sql_query(
        "UPDATE assessments SET title_en = $2, title_zh = $3, brief_en = $4, brief_zh = $5, opens_at = $6, due_at = $7, \
           late_hours = $8, late_per_day = $9, late_cap = $10, max_files = $11, max_bytes = $12, anonymous = $13, \
           pass_mark = $14, second_rule = $15, second_share = $16, borderline = $17, tolerance = $18, \
           rubric_number = rubric_number + CASE WHEN rubric = $19 THEN 0 ELSE 1 END, rubric = $19, appeal_days = $20, \
           resit_capped = $21, version = version + 1 WHERE id = $1 AND version = $22",
    )
    .bind::<SqlUuid, _>(was.id)
    .bind::<Text, _>(&it.title_en)
    .bind::<Text, _>(&it.title_zh)
    .bind::<Text, _>(&it.brief_en)
    .bind::<Text, _>(&it.brief_zh)
    .bind::<Timestamptz, _>(it.opens_at)
    .bind::<Timestamptz, _>(it.due_at)
    .bind::<Integer, _>(it.late.hours)
    .bind::<Integer, _>(it.late.per_day)
    .bind::<Integer, _>(it.late.cap)
    .bind::<Integer, _>(it.max_files)
    .bind::<Integer, _>(it.max_megabytes.saturating_mul(MEGABYTE))
    .bind::<Bool, _>(it.anonymous)
    .bind::<Integer, _>(it.pass_mark)
    .bind::<Text, _>(it.second.as_str())
    .bind::<Integer, _>(it.second_share)
    .bind::<Integer, _>(it.borderline)
    .bind::<Integer, _>(it.tolerance)
    .bind::<Jsonb, _>(rubric_json(it)?)
    .bind::<Integer, _>(it.appeal_days)
    .bind::<Bool, _>(it.resit_capped)
    .bind::<Integer, _>(was.version)
    .execute(conn.pg())?;
    if done == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Puts an assessment into its next state.
fn step(conn: &mut Conn<'_>, it: &Assessment, event: AssessmentEvent) -> Result<AssessmentState> {
    let to = next(it.state()?, event)?;
    let done = sql_query(
        "UPDATE assessments SET state = $3, released_at = CASE WHEN $3 = 'released' THEN banyan_now() END, \
           version = version + 1 WHERE id = $1 AND state = $2",
    )
    .bind::<SqlUuid, _>(it.id)
    .bind::<Text, _>(&it.state)
    .bind::<Text, _>(to.as_str())
    .execute(conn.pg())?;
    if done == 0 { Err(Error::Stale) } else { Ok(to) }
}

/// The database's time, asked for after the locks.
fn now(conn: &mut Conn<'_>) -> Result<DateTime<Utc>> {
    Ok(db::now(conn)?)
}
