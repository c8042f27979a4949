//! What stands in the way: sessions as the rules of clashes know them, of the programme and of others.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::ProgrammeStaff;
use crate::db::{Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{ClassId, CohortId, PersonId};
use crate::lang::Lang;

use super::super::rules::Slot;
use super::super::rules::clashes::{Attendance, Busy, Engagement};
use super::{Attending, ClassSession};

/// A session as the rules of clashes know it.
#[must_use]
pub fn busy(session: &ClassSession, attending: &Attending) -> Busy {
    Busy {
        id: session.id.0,
        name: (
            format!("{} {}", session.module_code, session.name_en),
            format!("{} {}", session.module_code, session.name_zh),
        ),
        slot: session.slot(),
        engagement: Engagement::Session,
        room: session.room.clone(),
        link: session.link.clone(),
        instructors: session.instructor_ids.iter().copied().collect(),
        attends: attending.of(session.cohort_id, session.offering_id, session.whole_cohort),
    }
}

#[derive(QueryableByName)]
struct Elsewhere {
    #[diesel(sql_type = SqlUuid)]
    id: ClassId,
    #[diesel(sql_type = SqlUuid)]
    cohort_id: CohortId,
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    room: String,
    #[diesel(sql_type = Text)]
    link: String,
    #[diesel(sql_type = Array<SqlUuid>)]
    instructors: Vec<PersonId>,
    #[diesel(sql_type = Array<SqlUuid>)]
    people: Vec<PersonId>,
}

/// What other programmes have planned in a span of time, as far as these engagements could share it: of
/// another's session nothing is told but its time, and of its people only those who are in both.
///
/// # Errors
/// The database's.
pub fn elsewhere(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    span: &Slot,
    ours: &[Busy],
) -> Result<Vec<Busy>> {
    let instructors: BTreeSet<PersonId> = ours
        .iter()
        .flat_map(|it| it.instructors.iter().copied())
        .collect();
    let people: BTreeSet<PersonId> = ours
        .iter()
        .flat_map(|it| it.attends.people.iter().copied())
        .collect();
    let programme = staff.programme();
    let rows: Vec<Elsewhere> = conn.elevate(Task::Timetable, |conn| {
        Ok(sql_query(
            "SELECT s.id, s.cohort_id, s.starts_at, s.ends_at, s.room, s.link, \
               ARRAY(SELECT unnest(s.instructor_ids) INTERSECT SELECT unnest($4)) AS instructors, \
               ARRAY(SELECT e.person_id FROM enrolments e WHERE e.cohort_id = s.cohort_id AND e.person_id = ANY ($5) \
                 AND e.state IN ('enrolled', 'active', 'suspended') AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places p \
                   WHERE p.offering_id = s.offering_id AND p.enrolment_id = e.id))) AS people \
             FROM class_sessions s JOIN offerings o ON o.id = s.offering_id \
             WHERE s.programme_id <> $1 AND s.state = 'scheduled' AND s.starts_at >= $2 AND s.starts_at < $3 \
             ORDER BY s.starts_at, s.id",
        )
        .bind::<SqlUuid, _>(programme)
        .bind::<Timestamptz, _>(span.starts_at)
        .bind::<Timestamptz, _>(span.ends_at)
        .bind::<Array<SqlUuid>, _>(instructors.into_iter().collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(people.into_iter().collect::<Vec<_>>())
        .load(conn.pg())?)
    })?;
    let name = (
        Lang::En.tt_elsewhere().to_owned(),
        Lang::Zh.tt_elsewhere().to_owned(),
    );
    Ok(rows
        .into_iter()
        .map(|it| Busy {
            id: it.id.0,
            name: name.clone(),
            slot: Slot {
                starts_at: it.starts_at,
                ends_at: it.ends_at,
            },
            engagement: Engagement::Session,
            room: it.room,
            link: it.link,
            instructors: it.instructors.into_iter().collect(),
            attends: Attendance {
                cohort: it.cohort_id,
                whole: false,
                people: it.people.into_iter().collect(),
            },
        })
        .collect())
}
