//! Minutes of classes that the rules need beside those that attendance tells: what is still ahead, and
//! what fell into a pause.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, OwnEnrolment};
use crate::attendance::queries::{ModuleHours, hours, hours_of, hours_of_one};
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
    ahead: i64,
}

/// Published sessions since the trainee joined, which they are to attend and whose register is not signed
/// off: nothing is lost yet.
const AHEAD: &str = "SELECT e.id AS enrolment_id, s.module_id, \
    sum(extract(epoch FROM s.ends_at - s.starts_at) / 60)::bigint AS ahead \
    FROM (SELECT s.module_id, s.starts_at, s.ends_at, s.offering_id, o.whole_cohort FROM class_sessions s \
        JOIN offerings o ON o.id = s.offering_id LEFT JOIN registers g ON g.session_id = s.id \
        WHERE s.cohort_id = $1 AND s.published AND s.state <> 'cancelled' AND g.signed_off_at IS NULL OFFSET 0) s \
    JOIN enrolments e ON e.cohort_id = $1 AND ($2 IS NULL OR e.id = $2) \
    WHERE s.starts_at >= e.created_at AND (s.whole_cohort OR EXISTS (SELECT FROM offering_places p WHERE p.offering_id = s.offering_id AND p.enrolment_id = e.id)) \
      AND NOT EXISTS (SELECT FROM unnest($3, $4, $5) AS b (enrolment_id, from_on, to_on) WHERE b.enrolment_id = e.id \
        AND ((s.starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN b.from_on AND b.to_on) \
    GROUP BY e.id, s.module_id";

/// Minutes by trainee and module.
pub type ByModule = BTreeMap<(EnrolmentId, ModuleId), Hours>;

/// Pauses as columns, so that one statement reads them all.
type Columns = (Vec<EnrolmentId>, Vec<NaiveDate>, Vec<NaiveDate>);

fn ahead(
    conn: &mut Conn<'_>,
    (cohort, only): (CohortId, Option<EnrolmentId>),
    (ids, from, to): &Columns,
) -> Result<Vec<Minutes>> {
    Ok(sql_query(AHEAD)
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

/// What attendance counts, with what is ahead.
fn together(counted: Vec<ModuleHours>, ahead: Vec<Minutes>) -> ByModule {
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
    for it in ahead {
        let hours = all.entry((it.enrolment_id, it.module_id)).or_default();
        hours.ahead = count(it.ahead);
    }
    all
}

/// Minutes of every trainee of a cohort, or of one of them, without those of their pauses.
///
/// # Errors
/// The database's.
pub fn minutes(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    only: Option<EnrolmentId>,
    breaks: &BTreeMap<EnrolmentId, Vec<Span>>,
) -> Result<ByModule> {
    let spans = breaks
        .iter()
        .flat_map(|(id, spans)| spans.iter().map(|span| (*id, span)));
    let (columns, whose) = (columns(spans), (staff.cohort(), only));
    let ahead = ahead(conn, whose, &columns)?;
    let counted = match only {
        None => hours(conn, staff)?,
        Some(one) => hours_of_one(conn, staff, one)?,
    };
    Ok(together(counted, ahead))
}

/// A trainee's own minutes, without those of the pauses.
///
/// # Errors
/// The database's.
pub fn minutes_own(conn: &mut Conn<'_>, own: &OwnEnrolment, breaks: &[Span]) -> Result<ByModule> {
    let columns = columns(breaks.iter().map(|span| (own.enrolment(), span)));
    let whose = (own.cohort(), Some(own.enrolment()));
    // Registers and other people's sessions are not a trainee's to read; these are sums of their own.
    let ahead = conn.elevate(Task::Attendance, |conn| ahead(conn, whose, &columns))?;
    Ok(together(hours_of(conn, own)?, ahead))
}
