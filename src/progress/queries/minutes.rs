//! Minutes of classes that the rules need beside those that attendance tells: what is still ahead, and
//! what fell into a pause.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, OwnEnrolment};
use crate::attendance::queries::{ModuleHours, hours, hours_of};
use crate::db::{Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{CohortId, EnrolmentId, ModuleId};

use super::super::rules::breaks::Span;
use super::super::rules::verdict::Hours;

#[derive(QueryableByName)]
struct Minutes {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
    #[diesel(sql_type = BigInt)]
    held: i64,
    #[diesel(sql_type = BigInt)]
    attended: i64,
    #[diesel(sql_type = BigInt)]
    excused: i64,
    #[diesel(sql_type = BigInt)]
    ahead: i64,
}

/// Published sessions since the trainee joined, which they are to attend and whose register is not signed
/// off: nothing is lost yet.
const AHEAD: &str = "SELECT e.id AS enrolment_id, s.module_id, 0::bigint AS held, 0::bigint AS attended, 0::bigint AS excused, \
    sum(extract(epoch FROM s.ends_at - s.starts_at) / 60)::bigint AS ahead \
    FROM (SELECT s.module_id, s.starts_at, s.ends_at, s.offering_id, o.whole_cohort FROM class_sessions s \
        JOIN offerings o ON o.id = s.offering_id LEFT JOIN registers g ON g.session_id = s.id \
        WHERE s.cohort_id = $1 AND s.published AND s.state <> 'cancelled' AND g.signed_off_at IS NULL OFFSET 0) s \
    JOIN enrolments e ON e.cohort_id = $1 AND ($2 IS NULL OR e.id = $2) \
    WHERE s.starts_at >= e.created_at AND (s.whole_cohort OR EXISTS (SELECT FROM offering_places p WHERE p.offering_id = s.offering_id AND p.enrolment_id = e.id)) \
      AND NOT EXISTS (SELECT FROM unnest($3, $4, $5) AS b (enrolment_id, from_on, to_on) WHERE b.enrolment_id = e.id \
        AND ((s.starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN b.from_on AND b.to_on) \
    GROUP BY e.id, s.module_id";

/// Of what attendance counts, the part that fell into a pause: it leaves every sum.
const PAUSED: &str = "SELECT r.enrolment_id, r.module_id, sum(r.held)::bigint AS held, sum(r.minutes)::bigint AS attended, \
    coalesce(sum(r.held) FILTER (WHERE r.state = 'excused'), 0)::bigint AS excused, 0::bigint AS ahead \
    FROM attendance_records r JOIN registers g ON g.session_id = r.session_id AND g.signed_off_at IS NOT NULL \
    JOIN class_sessions s ON s.id = r.session_id AND s.state <> 'cancelled' \
    WHERE r.enrolment_id = ANY ($3) AND r.cohort_id = $1 AND ($2 IS NULL OR r.enrolment_id = $2) \
      AND EXISTS (SELECT FROM unnest($3, $4, $5) AS b (enrolment_id, from_on, to_on) WHERE b.enrolment_id = r.enrolment_id \
        AND ((s.starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN b.from_on AND b.to_on) \
    GROUP BY r.enrolment_id, r.module_id";

/// Minutes by trainee and module.
pub type ByModule = BTreeMap<(EnrolmentId, ModuleId), Hours>;

/// Pauses as columns, so that one statement reads them all.
type Columns = (Vec<EnrolmentId>, Vec<NaiveDate>, Vec<NaiveDate>);

fn read(
    conn: &mut Conn<'_>,
    sql: &'static str,
    (cohort, only): (CohortId, Option<EnrolmentId>),
    (ids, from, to): &Columns,
) -> Result<Vec<Minutes>> {
    Ok(sql_query(sql)
        .bind::<SqlUuid, _>(cohort)
        .bind::<Nullable<SqlUuid>, _>(only)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Date>, _>(from)
        .bind::<Array<Date>, _>(to)
        .load(conn.pg())?)
}

fn columns<'a>(breaks: impl IntoIterator<Item = (EnrolmentId, &'a Span)>) -> Columns {
    let (mut ids, mut from, mut to) = (Vec::new(), Vec::new(), Vec::new());
    for (id, span) in breaks {
        ids.push(id);
        from.push(span.from);
        to.push(span.to);
    }
    (ids, from, to)
}

fn count(minutes: i64) -> u32 {
    u32::try_from(minutes.max(0)).unwrap_or(u32::MAX)
}

/// What attendance counts, without what was paused, and with what is ahead.
fn together(counted: Vec<ModuleHours>, paused: Vec<Minutes>, ahead: Vec<Minutes>) -> ByModule {
    let mut all = ByModule::new();
    for it in counted {
        let hours = Hours {
            held: count(it.hours.held),
            attended: count(it.hours.attended),
            excused: count(it.hours.excused),
            ahead: 0,
        };
        all.insert((it.enrolment, it.module), hours);
    }
    for it in paused {
        let hours = all.entry((it.enrolment_id, it.module_id)).or_default();
        hours.held = hours.held.saturating_sub(count(it.held));
        hours.attended = hours.attended.saturating_sub(count(it.attended));
        hours.excused = hours.excused.saturating_sub(count(it.excused));
    }
    for it in ahead {
        let hours = all.entry((it.enrolment_id, it.module_id)).or_default();
        hours.ahead = count(it.ahead);
    }
    all
}

/// Minutes of every trainee of a cohort, without those of their pauses.
///
/// # Errors
/// The database's.
pub fn minutes(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    breaks: &BTreeMap<EnrolmentId, Vec<Span>>,
) -> Result<ByModule> {
    let spans = breaks
        .iter()
        .flat_map(|(id, spans)| spans.iter().map(|span| (*id, span)));
    let (columns, whose) = (columns(spans), (staff.cohort(), None));
    let paused = read(conn, PAUSED, whose, &columns)?;
    let ahead = read(conn, AHEAD, whose, &columns)?;
    Ok(together(hours(conn, staff)?, paused, ahead))
}

/// A trainee's own minutes, without those of the pauses.
///
/// # Errors
/// The database's.
pub fn minutes_own(conn: &mut Conn<'_>, own: &OwnEnrolment, breaks: &[Span]) -> Result<ByModule> {
    let columns = columns(breaks.iter().map(|span| (own.enrolment(), span)));
    let whose = (own.cohort(), Some(own.enrolment()));
    // Registers and other people's sessions are not a trainee's to read; these are sums of their own.
    let (paused, ahead) = conn.elevate(Task::Attendance, |conn| {
        let paused = read(conn, PAUSED, whose, &columns)?;
        Ok((paused, read(conn, AHEAD, whose, &columns)?))
    })?;
    Ok(together(hours_of(conn, own)?, paused, ahead))
}
