//! All marks of an assessment released together.

use std::collections::BTreeMap;

use chrono::Duration;
use diesel::RunQueryDsl;
use diesel::sql_types::{Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::{Value, json};

use crate::access::CohortStaff;
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{AssessmentId, CandidateId, ReleasedId, ScriptId};

use super::super::events::{Noted, about};
use super::super::mail::{self, Told};
use super::super::queries::{self, Assessment, Line, Mark, Reader};
use super::super::rules::release::{Given, Summary, fingerprint, released, summary};
use super::super::rules::rubric::Criterion;
use super::super::rules::{AssessmentEvent, AssessmentRefusal, MarkRole, next};
use super::marking::all_lines;
use super::{now, step};

/// What a release would give.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What each trainee gets, by name.
    pub lines: Vec<(Line, Given)>,
    /// The figures.
    pub summary: Summary,
    /// The print of exactly this.
    pub fingerprint: String,
}

fn given(it: &Assessment, line: &Line) -> Given {
    let raw = line.agreed.filter(|_| !line.absent);
    Given {
        candidate: line.id.0,
        raw,
        penalty: line.penalty,
        mark: released(raw, line.penalty, it.cap()),
    }
}

/// What a release would give to each trainee now.
///
/// # Errors
/// [`super::super::rules::StepRefused`] unless every mark is agreed and none released.
pub fn preview(conn: &mut Conn<'_>, staff: &CohortStaff, it: &Assessment) -> Result<Preview> {
    next(it.state()?, AssessmentEvent::Release)?;
    let lines: Vec<(Line, Given)> = all_lines(conn, staff, it.id)?
        .into_iter()
        .map(|line| {
            let given = given(it, &line);
            (line, given)
        })
        .collect();
    let all: Vec<Given> = lines.iter().map(|(_, given)| *given).collect();
    Ok(Preview {
        summary: summary(&all, it.pass_mark),
        fingerprint: fingerprint(it.id.0, &all),
        lines,
    })
}

/// Criteria as their trainee reads them: names in both languages, points in hundredths, comments.
fn criteria(rubric: &[Criterion], line: &Line, marks: &[&Mark]) -> Result<Value> {
    let agreed: Vec<i64> = line
        .agreed_points
        .as_ref()
        .and_then(|it| serde_json::from_value(it.clone()).ok())
        .unwrap_or_default();
    let mut all = Vec::new();
    for (n, criterion) in rubric.iter().enumerate() {
        let mut comments = Vec::new();
        for mark in marks {
            if let Some(text) = mark.comments()?.get(n).filter(|it| !it.is_empty()) {
                comments.push(text.clone());
            }
        }
        all.push(json!({
            "en": criterion.name.en,
            "zh": criterion.name.zh,
            "most": criterion.points,
            "points": agreed.get(n),
            "comment": comments.join("\n"),
        }));
    }
    Ok(json!(all))
}

fn feedback(marks: &[&Mark]) -> String {
    let texts: Vec<&str> = marks
        .iter()
        .map(|it| it.feedback.trim())
        .filter(|it| !it.is_empty())
        .collect();
    texts.join("\n\n")
}

/// Releases all marks of an assessment in this transaction, and writes to every trainee in their
/// language. `seen` is the print of the preview that was confirmed. It cannot be undone.
///
/// # Errors
/// [`super::super::rules::StepRefused`]; [`AssessmentRefusal::Changed`] when it would give anything else
/// than was confirmed.
pub fn release(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
    seen: &str,
) -> Result<Summary> {
    queries::lock(conn, id)?;
    let it = queries::find(conn, staff, id)?;
    let plan = preview(conn, staff, &it)?;
    if plan.fingerprint != seen {
        return Err(AssessmentRefusal::Changed.into());
    }
    let at = now(conn)?;
    let rubric = it.rubric()?;
    let scripts: Vec<ScriptId> = plan.lines.iter().filter_map(|(l, _)| l.script_id).collect();
    let marks = queries::marks_of(conn, Reader::Office(staff), &scripts)?;
    let mut given: BTreeMap<ScriptId, Vec<&Mark>> = BTreeMap::new();
    for mark in marks.iter().filter(|it| it.done) {
        given.entry(mark.script_id).or_default().push(mark);
    }
    let mut rows = Vec::new();
    for (line, gets) in &plan.lines {
        let own = line.script_id.and_then(|id| given.remove(&id));
        let mut own = own.unwrap_or_default();
        if own.iter().any(|m| m.role == MarkRole::Moderator.as_str()) {
            // Comments stand with the points that count.
            own.retain(|m| m.role == MarkRole::Moderator.as_str());
        }
        rows.push(json!({
            "id": ReleasedId::new(), "candidate": line.id, "enrolment": line.enrolment_id,
            "person": line.person_id, "raw": gets.raw, "penalty": gets.penalty, "mark": gets.mark,
            "criteria": criteria(&rubric, line, &own)?, "feedback": feedback(&own),
        }));
    }
    insert(conn, &it, rows, at)?;
    step(conn, &it, AssessmentEvent::Release)?;
    let event = Noted::Released {
        candidates: plan.summary.candidates,
        missing: plan.summary.missing,
        fingerprint: &plan.fingerprint,
    };
    audit::note(conn, about(id, staff.programme()), &event)?;
    let all: Vec<CandidateId> = plan.lines.iter().map(|(line, _)| line.id).collect();
    mail::tell_some(conn, staff, &it, (&all, None), &Told::Released)?;
    Ok(plan.summary)
}

fn insert(
    conn: &mut Conn<'_>,
    it: &Assessment,
    rows: Vec<Value>,
    at: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let until = (it.appeal_days > 0).then(|| at + Duration::days(i64::from(it.appeal_days)));
    sql_query(
        "INSERT INTO released_marks (id, programme_id, cohort_id, assessment_id, candidate_id, module_id, part, enrolment_id, \
           person_id, resit, pass_mark, raw, penalty, mark, criteria, feedback, appeal_until, released_at) \
         SELECT r.id, $2, $3, $4, r.candidate, $5, $6, r.enrolment, r.person, $7, $8, r.raw, r.penalty, r.mark, r.criteria, \
           r.feedback, $9, $10 \
         FROM json_to_recordset($1::json) AS r(id uuid, candidate uuid, enrolment uuid, person uuid, raw integer, penalty integer, \
           mark integer, criteria jsonb, feedback text)",
    )
    .bind::<Text, _>(Value::Array(rows).to_string())
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(it.cohort_id)
    .bind::<SqlUuid, _>(it.id)
    .bind::<SqlUuid, _>(it.module_id)
    .bind::<Integer, _>(it.part)
    .bind::<Bool, _>(it.resit_of.is_some())
    .bind::<Integer, _>(it.pass_mark)
    .bind::<Nullable<Timestamptz>, _>(until)
    .bind::<Timestamptz, _>(at)
    .execute(conn.pg())?;
    Ok(())
}
