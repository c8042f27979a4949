//! A look at the trainees of a programme: what is found opens, changes and proposes, and never closes.

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Bool, Date, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use serde_json::Value;

use crate::access::Working;
use crate::audit::{self, About};
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ProgrammeId, RiskCaseId, RiskLookId};
use crate::lang::format::hk_date;

use super::super::events::Noted;
use super::super::queries;
use super::super::rules::{Reason, Rules, Step, find, severity, step};
use super::super::signals::{self, Seen};

/// What a look did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Trainees looked at.
    pub trainees: i32,
    /// Cases opened.
    pub opened: i32,
    /// Cases whose reasons are gone.
    pub gone: i32,
}

/// One look at a programme at a time, and none while its rules change.
pub(super) fn lock(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<()> {
    sql_query("SELECT pg_advisory_xact_lock(20270116, hashtext($1::text))")
        .bind::<SqlUuid, _>(programme)
        .execute(conn.pg())?;
    Ok(())
}

/// Looks at everybody who takes part. `daily`: of its own accord, and then once a day at most; none
/// when that has been done.
///
/// # Errors
/// The database's.
pub fn look(
    conn: &mut Conn<'_>,
    at_risk: &Working,
    programme: ProgrammeId,
    daily: bool,
) -> Result<Option<Looked>> {
    lock(conn, programme)?;
    let today = hk_date(db::now(conn)?);
    let done = sql_query("SELECT id FROM risk_looks WHERE programme_id = $1 AND looked_on = $2")
        .bind::<SqlUuid, _>(programme)
        .bind::<Date, _>(today)
        .execute(conn.pg())?;
    if daily && done > 0 {
        return Ok(None);
    }
    let rules = queries::rules_in_force(conn, programme)?;
    let seen = signals::trainees(conn, at_risk, programme, today)?;
    let mut looked = Looked {
        trainees: i32::try_from(seen.len()).unwrap_or(i32::MAX),
        ..Looked::default()
    };
    for it in &seen {
        let found = find(&rules, &it.signals);
        match (step(&rules, &found, &it.standing), it.open) {
            (Step::Open, _) => {
                looked.opened += 1;
                open(conn, programme, &rules, it, &found)?;
            }
            (Step::Update, Some(case)) => update(conn, programme, &rules, it, (case, &found))?,
            (Step::Propose, Some(case)) => {
                looked.gone += 1;
                propose(conn, programme, it, case)?;
            }
            (Step::Rest, Some(case)) => rest(conn, programme, it, case)?,
            (Step::Nothing, Some(case)) => touch(conn, it, case)?,
            (Step::Nothing | Step::Update | Step::Propose | Step::Rest, None) => {}
        }
    }
    sql_query(
        "INSERT INTO risk_looks (id, programme_id, looked_on, trainees, opened, gone) \
         VALUES ($1, $2, CASE WHEN $3 THEN $4 END, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(RiskLookId::new())
    .bind::<SqlUuid, _>(programme)
    .bind::<Bool, _>(daily)
    .bind::<Date, _>(today)
    .bind::<Integer, _>(looked.trainees)
    .bind::<Integer, _>(looked.opened)
    .bind::<Integer, _>(looked.gone)
    .execute(conn.pg())?;
    Ok(Some(looked))
}

fn codes(found: &[Reason]) -> Vec<&'static str> {
    found.iter().map(|it| it.code().as_str()).collect()
}

fn stored(found: &[Reason]) -> Result<Value> {
    serde_json::to_value(found).map_err(|err| Error::Internal(format!("reasons at risk: {err}")))
}

fn about(programme: ProgrammeId, it: &Seen, case: RiskCaseId) -> About {
    About::new("risk_case", case.0)
        .of(it.person)
        .within(programme)
}

fn open(
    conn: &mut Conn<'_>,
    programme: ProgrammeId,
    rules: &Rules,
    it: &Seen,
    found: &[Reason],
) -> Result<()> {
    let case = RiskCaseId::new();
    let reasons = stored(found)?;
    sql_query(
        "INSERT INTO risk_cases (id, programme_id, cohort_id, enrolment_id, person_id, instructor_ids, rules_number, reasons, \
           codes, severity, follows_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind::<SqlUuid, _>(case)
    .bind::<SqlUuid, _>(programme)
    .bind::<SqlUuid, _>(it.cohort)
    .bind::<SqlUuid, _>(it.enrolment)
    .bind::<SqlUuid, _>(it.person)
    .bind::<Array<SqlUuid>, _>(&it.instructors)
    .bind::<Integer, _>(rules.number)
    .bind::<Jsonb, _>(&reasons)
    .bind::<Array<Text>, _>(codes(found))
    .bind::<Integer, _>(severity(rules, found))
    .bind::<Nullable<SqlUuid>, _>(it.closed)
    .execute(conn.pg())?;
    sql_query(
        "INSERT INTO risk_standings (case_id, programme_id, enrolment_id, person_id, reasons) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind::<SqlUuid, _>(case)
    .bind::<SqlUuid, _>(programme)
    .bind::<SqlUuid, _>(it.enrolment)
    .bind::<SqlUuid, _>(it.person)
    .bind::<Jsonb, _>(&reasons)
    .execute(conn.pg())?;
    let event = Noted::Opened {
        codes: codes(found),
    };
    audit::note(conn, about(programme, it, case), &event)
}

fn update(
    conn: &mut Conn<'_>,
    programme: ProgrammeId,
    rules: &Rules,
    it: &Seen,
    (case, found): (RiskCaseId, &[Reason]),
) -> Result<()> {
    let reasons = stored(found)?;
    // Whoever has the case's form open is told that something else is found now.
    sql_query(
        "UPDATE risk_cases SET reasons = $2, severity = $3, rules_number = $4, instructor_ids = $5, gone_at = NULL, resting = false, \
           codes = ARRAY(SELECT DISTINCT c FROM unnest(codes || $6) c ORDER BY c), version = version + 1 \
         WHERE id = $1 AND state <> 'closed'",
    )
    .bind::<SqlUuid, _>(case)
    .bind::<Jsonb, _>(&reasons)
    .bind::<Integer, _>(severity(rules, found))
    .bind::<Integer, _>(rules.number)
    .bind::<Array<SqlUuid>, _>(&it.instructors)
    .bind::<Array<Text>, _>(codes(found))
    .execute(conn.pg())?;
    standing(conn, case, &reasons, false)?;
    // A number that moves is no event; a reason that comes or goes is.
    let before = it.standing.open.as_deref().map(codes).unwrap_or_default();
    if before == codes(found) {
        return Ok(());
    }
    let event = Noted::Found {
        codes: codes(found),
    };
    audit::note(conn, about(programme, it, case), &event)
}

fn propose(conn: &mut Conn<'_>, programme: ProgrammeId, it: &Seen, case: RiskCaseId) -> Result<()> {
    // The last reasons stay, so that it can be read what the case was about.
    sql_query(
        "UPDATE risk_cases SET gone_at = banyan_now(), resting = false, severity = 0, instructor_ids = $2, version = version + 1 \
         WHERE id = $1 AND state <> 'closed' AND (gone_at IS NULL OR resting)",
    )
    .bind::<SqlUuid, _>(case)
    .bind::<Array<SqlUuid>, _>(&it.instructors)
    .execute(conn.pg())?;
    standing(conn, case, &Value::Array(Vec::new()), false)?;
    audit::note(conn, about(programme, it, case), &Noted::Gone)
}

fn rest(conn: &mut Conn<'_>, programme: ProgrammeId, it: &Seen, case: RiskCaseId) -> Result<()> {
    sql_query(
        "UPDATE risk_cases SET gone_at = coalesce(gone_at, banyan_now()), resting = true, severity = 0, instructor_ids = $2, \
           version = version + 1 WHERE id = $1 AND state <> 'closed'",
    )
    .bind::<SqlUuid, _>(case)
    .bind::<Array<SqlUuid>, _>(&it.instructors)
    .execute(conn.pg())?;
    standing(conn, case, &Value::Array(Vec::new()), true)?;
    audit::note(conn, about(programme, it, case), &Noted::Rests)
}

fn touch(conn: &mut Conn<'_>, it: &Seen, case: RiskCaseId) -> Result<()> {
    sql_query("UPDATE risk_cases SET instructor_ids = $2 WHERE id = $1 AND instructor_ids <> $2")
        .bind::<SqlUuid, _>(case)
        .bind::<Array<SqlUuid>, _>(&it.instructors)
        .execute(conn.pg())?;
    sql_query("UPDATE risk_standings SET looked_at = banyan_now() WHERE case_id = $1")
        .bind::<SqlUuid, _>(case)
        .execute(conn.pg())?;
    Ok(())
}

fn standing(conn: &mut Conn<'_>, case: RiskCaseId, reasons: &Value, resting: bool) -> Result<()> {
    sql_query(
        "UPDATE risk_standings SET reasons = $2, resting = $3, looked_at = banyan_now() WHERE case_id = $1",
    )
    .bind::<SqlUuid, _>(case)
    .bind::<Jsonb, _>(reasons)
    .bind::<Bool, _>(resting)
    .execute(conn.pg())?;
    Ok(())
}
