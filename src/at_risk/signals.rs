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
use crate::ids::{AssessmentId, CohortId, EnrolmentId, PersonId, ProgrammeId, RiskCaseId};
use crate::lang::format::hk_date;
use crate::progress::queries::breaks_among;
use crate::progress::rules::breaks::{Span, frozen};

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
    over: bool,
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
    #[diesel(sql_type = Bool)]
    resting: bool,
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
        "WITH living AS (SELECT id FROM enrolments WHERE programme_id = $1 AND state IN ('enrolled', 'active') \
           UNION SELECT enrolment_id FROM risk_cases WHERE programme_id = $1 AND state <> 'closed') \
         SELECT e.id AS enrolment_id, e.cohort_id, e.person_id, e.state, c.state IN ('completed', 'archived', 'cancelled') AS over, \
           greatest(c.starts_on, (e.created_at AT TIME ZONE 'Asia/Hong_Kong')::date) AS began_on, \
           (SELECT v.occurred_at FROM audit_events v WHERE v.person_id = e.person_id \
              AND (v.actor_id = e.person_id OR v.verb = 'person.signed_in') ORDER BY v.id DESC LIMIT 1) AS last_act, \
           (SELECT max(s.seen_at) FROM sessions s WHERE s.person_id = e.person_id) AS last_seen, \
           ARRAY(SELECT DISTINCT i FROM offerings o, unnest(o.instructor_ids) i WHERE o.cohort_id = e.cohort_id \
              AND o.state = 'published' AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places p \
                WHERE p.offering_id = o.id AND p.enrolment_id = e.id)) ORDER BY i) AS instructor_ids, \
           r.id AS open_id, CASE WHEN r.gone_at IS NULL THEN r.reasons ELSE '[]' END AS open_reasons, \
           coalesce(r.resting, false) AS resting, \
           d.id AS closed_id, d.reasons AS closed_reasons \
         FROM living JOIN enrolments e ON e.id = living.id JOIN cohorts c ON c.id = e.cohort_id \
         LEFT JOIN risk_cases r ON r.enrolment_id = e.id AND r.state <> 'closed' \
         LEFT JOIN LATERAL (SELECT l.id, CASE WHEN l.gone_at IS NULL THEN l.reasons ELSE '[]' END AS reasons FROM risk_cases l WHERE l.enrolment_id = e.id AND l.state = 'closed' \
           ORDER BY l.closed_at DESC, l.id DESC LIMIT 1) d ON true \
         WHERE r.id IS NOT NULL OR c.state NOT IN ('completed', 'archived', 'cancelled') AND (e.state = 'active' OR c.starts_on <= $2) \
         ORDER BY e.id",
    )
    .bind::<SqlUuid, _>(programme)
    .bind::<Date, _>(today)
    .load(conn.pg())?;
    let mut all = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter();
    loop {
        let set: Vec<Row> = rows.by_ref().take(SET).collect();
        if set.is_empty() {
            return Ok(all);
        }
        let ids: Vec<EnrolmentId> = set.iter().map(|it| it.enrolment_id).collect();
        let mut sessions = sessions(conn, at_risk, &ids)?;
        let mut work = work(conn, at_risk, &ids)?;
        let mut breaks = breaks_among(conn, at_risk, &ids, today)?;
        for row in set {
            let work = work.remove(&row.enrolment_id).unwrap_or_default();
            let sessions = sessions.remove(&row.enrolment_id).unwrap_or_default();
            let breaks = breaks.remove(&row.enrolment_id).unwrap_or_default();
            all.push(seen(row, today, (sessions, work), &breaks)?);
        }
    }
}

/// Trainees of whom one statement reads.
const SET: usize = 400;

/// From when on a trainee is looked at: nobody is silent in a break, nor for having been in one.
fn since(began_on: NaiveDate, breaks: &[Span], today: NaiveDate) -> NaiveDate {
    let over = breaks.iter().filter(|it| it.from <= it.to && it.to < today);
    let back = over.filter_map(|it| it.to.succ_opt()).max();
    back.map_or(began_on, |day| day.max(began_on))
}

fn seen(
    row: Row,
    today: NaiveDate,
    (mut sessions, mut work): (Vec<Session>, Work),
    breaks: &[Span],
) -> Result<Seen> {
    sessions.retain(|it| !frozen(breaks, it.on));
    work.overdue.retain(|(_, due)| !frozen(breaks, *due));
    let takes_part = matches!(row.state.as_str(), "enrolled" | "active");
    // Nobody is silent, nor falls behind, in a class that is over.
    let on_break = !takes_part || row.over || frozen(breaks, today);
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
            began_on: since(row.began_on, breaks, today),
            on_break,
            sessions,
            overdue: work.overdue,
            last_sign: row.last_act.max(row.last_seen).map(hk_date),
            marks: work.marks,
        },
        standing: Standing {
            open: reasons(row.open_reasons.filter(|_| row.open_id.is_some()))?,
            closed: reasons(row.closed_reasons.filter(|_| row.closed_id.is_some()))?,
            resting: row.resting,
            pauses: on_break,
        },
    })
}

/// What is known of a trainee's work.
#[derive(Clone, Debug, Default)]
struct Work {
    overdue: Vec<(AssessmentId, NaiveDate)>,
    marks: Vec<(AssessmentId, i32)>,
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

/// Sessions that count, by trainee and time: their registers are signed off, they were not cancelled,
/// and the trainee was neither excused nor exempted from the module nor on a break.
fn sessions(
    conn: &mut Conn<'_>,
    _at_risk: &Working,
    ids: &[EnrolmentId],
) -> Result<BTreeMap<EnrolmentId, Vec<Session>>> {
    let rows: Vec<SessionRow> = sql_query(
        "SELECT r.enrolment_id, s.starts_at, r.held, r.minutes FROM attendance_records r \
         JOIN registers g ON g.session_id = r.session_id AND g.signed_off_at IS NOT NULL \
         JOIN class_sessions s ON s.id = r.session_id AND s.state <> 'cancelled' \
         LEFT JOIN banyan_uncounted($1) u ON u.enrolment_id = r.enrolment_id AND (u.module_id IS NULL OR u.module_id = r.module_id) \
           AND ((s.starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN u.from_on AND u.to_on \
         WHERE r.enrolment_id = ANY ($1) AND r.state <> 'excused' AND u.enrolment_id IS NULL \
         ORDER BY r.enrolment_id, s.starts_at, s.id",
    )
    .bind::<Array<SqlUuid>, _>(ids)
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
    #[diesel(sql_type = SqlUuid)]
    assessment_id: AssessmentId,
    #[diesel(sql_type = Timestamptz)]
    due_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct MarkRow {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    assessment_id: AssessmentId,
    #[diesel(sql_type = Integer)]
    mark: i32,
}

/// Work that is due and not handed in: as long as it is open or being marked, and after the release
/// of "no mark", until a later result for the same part is there.
const MISSED: &str = "SELECT c.enrolment_id, a.id AS assessment_id, greatest(a.due_at, coalesce(c.extended_to, a.due_at)) AS due_at \
     FROM assessment_candidates c JOIN assessments a ON a.id = c.assessment_id \
     LEFT JOIN released_marks m ON m.candidate_id = c.id \
     WHERE c.enrolment_id = ANY ($1) AND greatest(a.due_at, coalesce(c.extended_to, a.due_at)) < banyan_now() \
       AND (a.state IN ('open', 'marking') AND a.takes_files \
           AND NOT EXISTS (SELECT FROM submissions s WHERE s.candidate_id = c.id AND s.withdrawn_at IS NULL) \
         OR m.id IS NOT NULL AND m.mark IS NULL AND NOT EXISTS (SELECT FROM released_marks l WHERE l.enrolment_id = m.enrolment_id \
           AND l.module_id = m.module_id AND l.part = m.part AND (l.released_at, l.id) > (m.released_at, m.id))) \
       AND NOT EXISTS (SELECT FROM exemptions x WHERE x.enrolment_id = c.enrolment_id AND x.module_id = a.module_id \
         AND x.state = 'granted') \
     ORDER BY c.enrolment_id, 3, a.id";

/// Of each part the mark that counts, which is the last.
const MARKS: &str = "SELECT enrolment_id, assessment_id, mark FROM (SELECT DISTINCT ON (r.enrolment_id, r.module_id, r.part) \
       r.enrolment_id, r.assessment_id, r.mark, r.released_at, r.id FROM released_marks r \
       WHERE r.enrolment_id = ANY ($1) AND r.mark IS NOT NULL AND NOT EXISTS (SELECT FROM exemptions x \
         WHERE x.enrolment_id = r.enrolment_id AND x.module_id = r.module_id AND x.state = 'granted') \
     ORDER BY r.enrolment_id, r.module_id, r.part, r.released_at DESC, r.id DESC) q ORDER BY enrolment_id, released_at, id";

/// Missed work and released marks, by trainee and time. An extension moves the due time.
fn work(
    conn: &mut Conn<'_>,
    _at_risk: &Working,
    ids: &[EnrolmentId],
) -> Result<BTreeMap<EnrolmentId, Work>> {
    let missed: Vec<DueRow> = sql_query(MISSED)
        .bind::<Array<SqlUuid>, _>(ids)
        .load(conn.pg())?;
    let marks: Vec<MarkRow> = sql_query(MARKS)
        .bind::<Array<SqlUuid>, _>(ids)
        .load(conn.pg())?;
    let mut found: BTreeMap<EnrolmentId, Work> = BTreeMap::new();
    for row in missed {
        let work = found.entry(row.enrolment_id).or_default();
        work.overdue.push((row.assessment_id, hk_date(row.due_at)));
    }
    for row in marks {
        let work = found.entry(row.enrolment_id).or_default();
        work.marks.push((row.assessment_id, row.mark));
    }
    Ok(found)
}
