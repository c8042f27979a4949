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
use super::super::rules::clashes::{Attendance, Busy, Engagement, place};
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
        attends: attending.of(
            session.cohort_id,
            session.offering_id,
            session.module_id,
            session.whole_cohort,
        ),
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

/// By what a session of another programme could meet ours: who teaches and attends them, and where they are.
struct Common {
    instructors: Vec<PersonId>,
    people: Vec<PersonId>,
    rooms: Vec<String>,
    links: Vec<String>,
}

impl Common {
    fn of(ours: &[Busy]) -> Self {
        let people = |of: fn(&Busy) -> &BTreeSet<PersonId>| -> Vec<PersonId> {
            let all: BTreeSet<PersonId> =
                ours.iter().flat_map(|it| of(it).iter().copied()).collect();
            all.into_iter().collect()
        };
        let texts = |of: fn(&Busy) -> String| -> Vec<String> {
            let all: BTreeSet<String> = ours.iter().map(of).filter(|it| !it.is_empty()).collect();
            all.into_iter().collect()
        };
        Self {
            instructors: people(|it| &it.instructors),
            people: people(|it| &it.attends.people),
            rooms: texts(|it| place(&it.room)),
            links: texts(|it| it.link.trim().to_owned()),
        }
    }
}

/// What other programmes have planned in a span of time and these engagements could meet, by room, link,
/// instructor or trainee: of another's session nothing is told but its time, and of its people only those
/// who are in both.
///
/// # Errors
/// The database's.
pub fn elsewhere(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    span: &Slot,
    ours: &[Busy],
) -> Result<Vec<Busy>> {
    let common = Common::of(ours);
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
               AND (s.instructor_ids && $4 OR s.link <> '' AND btrim(s.link) = ANY ($7) \
                 OR lower(btrim(regexp_replace(s.room, '\\s+', ' ', 'g'))) = ANY ($6) \
                 OR s.cohort_id IN (SELECT e.cohort_id FROM enrolments e WHERE e.person_id = ANY ($5))) \
             ORDER BY s.starts_at, s.id",
        )
        .bind::<SqlUuid, _>(programme)
        .bind::<Timestamptz, _>(span.starts_at)
        .bind::<Timestamptz, _>(span.ends_at)
        .bind::<Array<SqlUuid>, _>(common.instructors)
        .bind::<Array<SqlUuid>, _>(common.people)
        .bind::<Array<Text>, _>(common.rooms)
        .bind::<Array<Text>, _>(common.links)
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
