//! Rows of those who attend and teach, and of the modules that can be offered.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::sql_types::{Array, Date, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, ProgrammeStaff};
use crate::db::{Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{CohortId, EnrolmentId, ModuleId, OfferingId, PersonId, PlaceId};

use super::super::rules::clashes::Attendance;

#[derive(QueryableByName)]
struct Members {
    #[diesel(sql_type = SqlUuid)]
    of: uuid::Uuid,
    #[diesel(sql_type = Array<SqlUuid>)]
    people: Vec<PersonId>,
}

fn by_id(rows: Vec<Members>) -> BTreeMap<uuid::Uuid, BTreeSet<PersonId>> {
    rows.into_iter()
        .map(|row| (row.of, row.people.into_iter().collect()))
        .collect()
}

/// Who attends what in a programme: the trainees of each cohort, and of each offering with places.
#[derive(Clone, Debug, Default)]
pub struct Attending {
    cohorts: BTreeMap<uuid::Uuid, BTreeSet<PersonId>>,
    offerings: BTreeMap<uuid::Uuid, BTreeSet<PersonId>>,
    /// Who has a break, and from when until when.
    away: Vec<(PersonId, NaiveDate, NaiveDate)>,
    /// Who need not take which module, having been exempted.
    exempt: BTreeSet<(PersonId, ModuleId)>,
}

impl Attending {
    /// Has this person a break on this day? Then nothing on it is their concern.
    #[must_use]
    pub fn away(&self, person: PersonId, on: NaiveDate) -> bool {
        let hit = |(who, from, to): &(PersonId, NaiveDate, NaiveDate)| {
            *who == person && (*from..=*to).contains(&on)
        };
        self.away.iter().any(hit)
    }

    /// Who attends an offering of a module to a cohort: not those who are exempted from the module.
    #[must_use]
    pub fn of(
        &self,
        cohort: CohortId,
        offering: OfferingId,
        module: ModuleId,
        whole: bool,
    ) -> Attendance {
        let cohort_people = self.cohorts.get(&cohort.0).cloned().unwrap_or_default();
        let mut people = if whole {
            cohort_people
        } else {
            let places = self.offerings.get(&offering.0).cloned().unwrap_or_default();
            places.intersection(&cohort_people).copied().collect()
        };
        people.retain(|person| !self.exempt.contains(&(*person, module)));
        Attendance {
            cohort,
            whole,
            people,
        }
    }
}

/// Who attends what.
///
/// # Errors
/// The database's.
pub fn attending(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Attending> {
    let cohorts: Vec<Members> = sql_query(
        "SELECT cohort_id AS of, array_agg(person_id) AS people FROM enrolments \
         WHERE programme_id = $1 AND state IN ('enrolled', 'active', 'suspended') GROUP BY cohort_id",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    let offerings: Vec<Members> = sql_query(
        "SELECT offering_id AS of, array_agg(person_id) AS people FROM offering_places \
         WHERE programme_id = $1 GROUP BY offering_id",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    let away: Vec<Away> = sql_query(
        "SELECT person_id, starts_on, CASE WHEN kind = 'deferral' THEN greatest(ends_on, banyan_today()) ELSE ends_on END AS ends_on \
         FROM learning_breaks WHERE programme_id = $1 AND state = 'granted'",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    let exempt: Vec<Exempt> = sql_query(
        "SELECT person_id, module_id FROM exemptions WHERE programme_id = $1 AND state = 'granted'",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    Ok(Attending {
        cohorts: by_id(cohorts),
        offerings: by_id(offerings),
        away: away
            .into_iter()
            .map(|it| (it.person_id, it.starts_on, it.ends_on))
            .collect(),
        exempt: exempt
            .into_iter()
            .map(|it| (it.person_id, it.module_id))
            .collect(),
    })
}

#[derive(QueryableByName)]
struct Away {
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
    #[diesel(sql_type = Date)]
    starts_on: NaiveDate,
    #[diesel(sql_type = Date)]
    ends_on: NaiveDate,
}

#[derive(QueryableByName)]
struct Exempt {
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
}

#[derive(QueryableByName)]
struct PersonName {
    #[diesel(sql_type = SqlUuid)]
    id: PersonId,
    #[diesel(sql_type = Text)]
    display_name: String,
}

/// The names of instructors, whoever asks: they stand in timetables.
///
/// # Errors
/// The database's.
pub fn names(conn: &mut Conn<'_>, people: &[PersonId]) -> Result<BTreeMap<PersonId, String>> {
    if people.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<PersonName> = conn.elevate(Task::Timetable, |conn| {
        Ok(
            sql_query("SELECT id, display_name FROM people WHERE id = ANY ($1)")
                .bind::<Array<SqlUuid>, _>(people)
                .load(conn.pg())?,
        )
    })?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.display_name))
        .collect())
}

/// Who may be chosen to teach: the instructors of the programme, by name.
///
/// # Errors
/// The database's.
pub fn instructors(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<(PersonId, String)>> {
    let rows: Vec<PersonName> = sql_query(
        "SELECT DISTINCT p.id, p.display_name FROM role_grants g JOIN people p ON p.id = g.person_id \
         WHERE g.programme_id = $1 AND g.role = 'instructor' AND g.revoked_at IS NULL \
           AND (g.ends_on IS NULL OR g.ends_on >= (SELECT banyan_today())) ORDER BY p.display_name, p.id",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.display_name))
        .collect())
}

/// A module that can be offered.
#[derive(Clone, Debug, QueryableByName)]
pub struct Module {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ModuleId,
    /// Code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

/// The modules of the programme, in their order.
///
/// # Errors
/// The database's.
pub fn modules(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<Module>> {
    Ok(sql_query(
        "SELECT m.id, m.code, v.name_en, v.name_zh FROM modules m \
         JOIN module_versions v ON v.module_id = m.id AND v.state = 'published' \
         WHERE m.programme_id = $1 AND m.archived_at IS NULL ORDER BY m.position, m.code",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// A trainee of the cohort, with their place in an offering if they have one.
#[derive(Clone, Debug, QueryableByName)]
pub struct Placed {
    /// The enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// The person.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// The place.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub place_id: Option<PlaceId>,
}

/// The trainees of a cohort and who of them has a place in the offering, by name.
///
/// # Errors
/// The database's.
pub fn placed(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    offering: OfferingId,
) -> Result<Vec<Placed>> {
    Ok(sql_query(
        "SELECT e.id AS enrolment_id, e.person_id, e.name_shown, e.trainee_number, p.id AS place_id FROM enrolments e \
         LEFT JOIN offering_places p ON p.enrolment_id = e.id AND p.offering_id = $2 \
         WHERE e.cohort_id = $1 AND e.state IN ('enrolled', 'active', 'suspended') ORDER BY e.name_sort, e.id LIMIT 2000",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(offering)
    .load(conn.pg())?)
}
