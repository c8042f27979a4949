//! What the rules look at, read for all trainees of a programme at once.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::Working;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{CohortId, EnrolmentId, PersonId, ProgrammeId, RiskCaseId};
use crate::lang::format::hk_date;

use super::queries::reasons_of;
use super::rules::{Session, Signals, Standing};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    cohort_id: CohortId,
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Bool)]
    pauses: bool,
    #[diesel(sql_type = Date)]
    began_on: NaiveDate,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_act: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_seen: Option<DateTime<Utc>>,
    #[diesel(sql_type = Array<SqlUuid>)]
    instructor_ids: Vec<PersonId>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    open_id: Option<RiskCaseId>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    open_reasons: Option<Value>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    closed_id: Option<RiskCaseId>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    closed_reasons: Option<Value>,
}

/// A trainee as a look finds them.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub enrolment: EnrolmentId,
    pub cohort: CohortId,
    pub person: PersonId,
    pub instructors: Vec<PersonId>,
    pub open: Option<RiskCaseId>,
    pub closed: Option<RiskCaseId>,
    pub signals: Signals,
    pub standing: Standing,
}

/// Everybody of a programme who takes part, and those about whom a case is open.
///
/// # Errors
/// The database's.
pub(super) fn trainees(
    conn: &mut Conn<'_>,
    at_risk: &Working,
    programme: ProgrammeId,
    today: NaiveDate,
) -> Result<Vec<Seen>> {
    let rows: Vec<Row> = sql_query(
        "SELECT e.id AS enrolment_id, e.cohort_id, e.person_id, e.state, \
           EXISTS (SELECT FROM learning_breaks b WHERE b.enrolment_id = e.id AND b.state = 'granted' \
             AND $2 BETWEEN b.starts_on AND b.ends_on) AS pauses, \
           greatest(c.starts_on, (e.created_at AT TIME ZONE 'Asia/Hong_Kong')::date) AS began_on, \
           (SELECT max(v.occurred_at) FROM audit_events v WHERE v.person_id = e.person_id \
              AND (v.actor_id = e.person_id OR v.verb = 'person.signed_in')) AS last_act, \
           (SELECT max(s.seen_at) FROM sessions s WHERE s.person_id = e.person_id) AS last_seen, \
           ARRAY(SELECT DISTINCT i FROM offerings o, unnest(o.instructor_ids) i WHERE o.cohort_id = e.cohort_id \
              AND o.state = 'published' AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places p \
                WHERE p.offering_id = o.id AND p.enrolment_id = e.id)) ORDER BY i) AS instructor_ids, \
           r.id AS open_id, CASE WHEN r.gone_at IS NULL THEN r.reasons ELSE '[]' END AS open_reasons, \
           d.id AS closed_id, d.reasons AS closed_reasons \
         FROM enrolments e JOIN cohorts c ON c.id = e.cohort_id \
         LEFT JOIN risk_cases r ON r.enrolment_id = e.id AND r.state <> 'closed' \
         LEFT JOIN LATERAL (SELECT l.id, CASE WHEN l.gone_at IS NULL THEN l.reasons ELSE '[]' END AS reasons FROM risk_cases l WHERE l.enrolment_id = e.id AND l.state = 'closed' \
           ORDER BY l.closed_at DESC, l.id DESC LIMIT 1) d ON true \
         WHERE e.programme_id = $1 AND (r.id IS NOT NULL OR e.state = 'active' OR e.state = 'enrolled' AND c.starts_on <= $2) \
         ORDER BY e.id",
    )
    .bind::<SqlUuid, _>(programme)
    .bind::<Date, _>(today)
    .load(conn.pg())?;
    let mut sessions = sessions(conn, at_risk, programme)?;
    let mut work = work(conn, at_risk, programme)?;
    rows.into_iter()
        .map(|row| {
            let work = work.remove(&row.enrolment_id).unwrap_or_default();
            let sessions = sessions.remove(&row.enrolment_id).unwrap_or_default();
            seen(row, today, sessions, work)
        })
        .collect()
}

fn seen(row: Row, today: NaiveDate, sessions: Vec<Session>, work: Work) -> Result<Seen> {
    // Reasons that were gone when a case was closed are news when they come back.
    let reasons = |it: Option<Value>| it.map(reasons_of).transpose();
    Ok(Seen {
        enrolment: row.enrolment_id,
        cohort: row.cohort_id,
        person: row.person_id,
        instructors: row.instructor_ids,
        open: row.open_id,
        closed: row.closed_id,
        signals: Signals {
            today,
            began_on: row.began_on,
            on_break: row.pauses || !matches!(row.state.as_str(), "enrolled" | "active"),
            sessions,
            overdue: work.overdue,
            last_sign: row.last_act.max(row.last_seen).map(hk_date),
            marks: work.marks,
        },
        standing: Standing {
            open: reasons(row.open_reasons.filter(|_| row.open_id.is_some()))?,
            closed: reasons(row.closed_reasons.filter(|_| row.closed_id.is_some()))?,
        },
    })
}

/// What is known of a trainee's work.
#[derive(Clone, Debug, Default)]
struct Work {
    overdue: Vec<NaiveDate>,
    marks: Vec<i32>,
}

#[derive(QueryableByName)]
struct SessionRow {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Integer)]
    held: i32,
    #[diesel(sql_type = Integer)]
    minutes: i32,
}

/// Sessions that count, by trainee and time: their registers are signed off, they were not cancelled, and
/// the trainee was neither excused nor on a break.
fn sessions(
    conn: &mut Conn<'_>,
    _at_risk: &Working,
    programme: ProgrammeId,
) -> Result<BTreeMap<EnrolmentId, Vec<Session>>> {
    let rows: Vec<SessionRow> = sql_query(
        "SELECT r.enrolment_id, s.starts_at, r.held, r.minutes FROM attendance_records r \
         JOIN registers g ON g.session_id = r.session_id AND g.signed_off_at IS NOT NULL \
         JOIN class_sessions s ON s.id = r.session_id AND s.state <> 'cancelled' \
         WHERE r.cohort_id IN (SELECT c.id FROM cohorts c WHERE c.programme_id = $1) AND r.state <> 'excused' \
           AND NOT EXISTS (SELECT FROM learning_breaks b WHERE b.enrolment_id = r.enrolment_id AND b.state IN ('granted', 'ended') \
             AND (s.starts_at AT TIME ZONE 'Asia/Hong_Kong')::date BETWEEN b.starts_on AND b.ends_on) \
         ORDER BY r.enrolment_id, s.starts_at, s.id",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?;
    let mut found: BTreeMap<EnrolmentId, Vec<Session>> = BTreeMap::new();
    for row in rows {
        found.entry(row.enrolment_id).or_default().push(Session {
            on: hk_date(row.starts_at),
            held: row.held,
            attended: row.minutes,
        });
    }
    Ok(found)
}

#[derive(QueryableByName)]
struct DueRow {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = Timestamptz)]
    due_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct MarkRow {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = Integer)]
    mark: i32,
}

/// Overdue work and released marks, by trainee and time. An extension moves the due time; of a part
/// that was sat again, the last mark counts.
fn work(
    conn: &mut Conn<'_>,
    _at_risk: &Working,
    programme: ProgrammeId,
) -> Result<BTreeMap<EnrolmentId, Work>> {
    let overdue: Vec<DueRow> = sql_query(
        "SELECT c.enrolment_id, greatest(a.due_at, coalesce(c.extended_to, a.due_at)) AS due_at \
         FROM assessments a JOIN assessment_candidates c ON c.assessment_id = a.id \
         WHERE a.cohort_id IN (SELECT h.id FROM cohorts h WHERE h.programme_id = $1) AND a.state IN ('open', 'marking') \
           AND a.takes_files AND greatest(a.due_at, coalesce(c.extended_to, a.due_at)) < banyan_now() \
           AND NOT EXISTS (SELECT FROM submissions s WHERE s.candidate_id = c.id AND s.withdrawn_at IS NULL) \
         ORDER BY c.enrolment_id, 2, a.id",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?;
    let marks: Vec<MarkRow> = sql_query(
        "SELECT enrolment_id, mark FROM (SELECT DISTINCT ON (enrolment_id, module_id, part) enrolment_id, mark, released_at, id \
           FROM released_marks WHERE cohort_id IN (SELECT h.id FROM cohorts h WHERE h.programme_id = $1) AND mark IS NOT NULL \
           ORDER BY enrolment_id, module_id, part, released_at DESC, id DESC) q ORDER BY enrolment_id, released_at, id",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?;
    let mut found: BTreeMap<EnrolmentId, Work> = BTreeMap::new();
    for row in overdue {
        let work = found.entry(row.enrolment_id).or_default();
        work.overdue.push(hk_date(row.due_at));
    }
    for row in marks {
        let work = found.entry(row.enrolment_id).or_default();
        work.marks.push(row.mark);
    }
    Ok(found)
}
