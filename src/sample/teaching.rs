//! The timetables of the sample: two modules of the pre-pilot, and two evenings and a Saturday of the
//! first intake.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc, Weekday};

use crate::access;
use crate::db::{Actor, Db, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{CohortId, OfferingId, PersonId};
use crate::teaching::actions::{self, ClosedDetails, OfferingDetails};
use crate::teaching::queries;
use crate::teaching::rules::ClosedKind;
use crate::teaching::rules::recurrence::{Beat, Pattern, Wanted};

use diesel::RunQueryDsl as _;
use diesel::sql_types::{Text, Uuid as SqlUuid};

use super::{World, data, day};

/// How a module is taught: code, day, hour and minute, minutes of a session, hours, weeks after the
/// cohort begins.
pub(super) type Taught = (&'static str, Weekday, (u32, u32), i64, i64, i64);

const PRE_PILOT: &[Taught] = &[
    ("AIR501", Weekday::Sat, (9, 30), 180, 24, 0),
    ("AIE502", Weekday::Sat, (14, 0), 120, 18, 0),
];

const FIRST_INTAKE: &[Taught] = &[
    ("AIR501", Weekday::Mon, (19, 0), 180, 24, 0),
    ("DGP503", Weekday::Thu, (19, 0), 180, 21, 0),
    ("AIE502", Weekday::Sat, (9, 30), 180, 18, 0),
    ("REG505", Weekday::Mon, (19, 0), 180, 21, 10),
    ("GEN507", Weekday::Thu, (19, 0), 180, 24, 8),
    ("MVL604", Weekday::Sat, (9, 30), 180, 30, 7),
];

#[derive(diesel::QueryableByName)]
struct Somebody {
    #[diesel(sql_type = SqlUuid)]
    id: PersonId,
}

/// The instructor of the sample.
pub(super) fn instructor(world: &World) -> Result<PersonId> {
    let member = data::STAFF
        .iter()
        .find(|member| member.role == crate::db::Role::Instructor)
        .ok_or_else(|| Error::Internal("no sample instructor".to_owned()))?;
    world.db.read(&Actor::System(Task::Accounts), |conn| {
        let row: Somebody = sql_query("SELECT id FROM people WHERE email_identity = $1")
            .bind::<Text, _>(member.email)
            .get_result(conn.pg())?;
        Ok(row.id)
    })
}

pub(super) fn teach(
    world: &World,
    db: &Db,
    cohort: CohortId,
    (starts_on, ends_on): (NaiveDate, NaiveDate),
    taught: &[Taught],
) -> Result<Vec<OfferingId>> {
    let teacher = instructor(world)?;
    db.tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let modules = queries::modules(conn, &staff.programme_staff())?;
        let mut made = Vec::new();
        for (code, weekday, (hour, minute), minutes, hours, weeks) in taught {
            let module = modules
                .iter()
                .find(|it| it.code == *code)
                .ok_or_else(|| Error::Internal(format!("no sample module {code}")))?;
            let details = OfferingDetails {
                module: module.id,
                title_en: String::new(),
                title_zh: String::new(),
                instructors: vec![teacher],
                room: "Lion Rock University, Room 301".to_owned(),
                link: format!("https://meet.example/{}", code.to_lowercase()),
                capacity: 30,
                whole_cohort: true,
            };
            let offering = actions::add_offering(conn, &staff, &details)?;
            let pattern = Pattern {
                beats: vec![Beat {
                    weekday: *weekday,
                    time: NaiveTime::from_hms_opt(*hour, *minute, 0).unwrap_or_default(),
                }],
                minutes: *minutes,
                first_on: (starts_on + Duration::weeks(*weeks)).min(ends_on),
                last_on: ends_on,
                wanted: Wanted::Minutes(hours * 60),
            };
            let seen = actions::preview_plan(conn, &staff, offering, &pattern)?;
            if seen.plan.slots.is_empty() {
                continue;
            }
            let how = (seen.fingerprint.as_str(), true);
            actions::plan_sessions(conn, &staff, offering, &pattern, how)?;
            actions::publish(conn, &staff, offering)?;
            made.push(offering);
        }
        Ok(made)
    })
}

/// Two modules on Saturdays, held.
pub(super) fn pre_pilot(
    world: &World,
    db: &Db,
    cohort: CohortId,
    dates: (NaiveDate, NaiveDate),
) -> Result<()> {
    teach(world, db, cohort, dates, PRE_PILOT).map(|_| ())
}

/// Two evenings and a Saturday, around the holidays and an examination week.
pub(super) fn first_intake(
    world: &World,
    at: DateTime<Utc>,
    cohort: CohortId,
    dates: (NaiveDate, NaiveDate),
) -> Result<()> {
    let db = world.db.as_of(at);
    db.tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let lion_rock = world.organisation("Lion Rock University")?;
        let weeks = [
            (
                (day(2027, 4, 12), day(2027, 4, 17)),
                (ClosedKind::ReadingWeek, Some(lion_rock)),
                ("Reading week", "閱讀週"),
            ),
            (
                (day(2027, 5, 3), day(2027, 5, 7)),
                (ClosedKind::Examination, None),
                ("Main examinations", "期末考試"),
            ),
        ];
        for ((starts_on, ends_on), (kind, university), (en, zh)) in weeks {
            let details = ClosedDetails {
                kind,
                university,
                starts_on,
                ends_on,
                name_en: en.to_owned(),
                name_zh: zh.to_owned(),
            };
            actions::add_closed(conn, &staff, &details)?;
        }
        Ok(())
    })?;
    teach(world, &db, cohort, dates, FIRST_INTAKE).map(|_| ())
}
