//! What is done to offerings. Each function is one verb in the caller's transaction: proof, lock,
//! rule, write, history, letters.

use std::collections::BTreeSet;

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Uuid as SqlUuid};

use crate::access::{CohortStaff, ProgrammeStaff};
use crate::audit;
use crate::cohorts::queries::{self as cohorts, Cohort};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{EnrolmentId, ModuleId, OfferingId, PersonId, PlaceId};

use super::events::{Noted, about_offering};
use super::mail::{self, Told};
use super::queries::{self, Offering};
use super::rules::{
    CancelReason, OfferingState, SessionState, TeachingRefusal, link_ok, teachable,
};

mod closed;
mod feeds;
mod sessions;
mod storm;

pub use closed::{ClosedDetails, add_closed, change_closed, remove_closed};
pub use feeds::{make_feed, note_read, revoke_feed};
pub use sessions::{
    Meeting, Planned, accepts, cancel_session, change_session, check_ahead, clashes_of, make_up,
    plan_sessions, preview_plan, record_held,
};
pub use storm::{StormDay, accept, cancel_day, proposals, storm_day};

/// What a coordinator sets about an offering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferingDetails {
    /// The module.
    pub module: ModuleId,
    /// English title; empty for the module's name.
    pub title_en: String,
    /// Chinese title; empty for the module's name.
    pub title_zh: String,
    /// Who teaches.
    pub instructors: Vec<PersonId>,
    /// Room; empty for none.
    pub room: String,
    /// Address of the meeting; empty for none.
    pub link: String,
    /// Places, 1 to 1,000.
    pub capacity: i32,
    /// Does the whole cohort attend?
    pub whole_cohort: bool,
}

impl From<&Offering> for OfferingDetails {
    fn from(it: &Offering) -> Self {
        Self {
            module: it.module_id,
            title_en: it.title_en.clone(),
            title_zh: it.title_zh.clone(),
            instructors: it.instructor_ids.clone(),
            room: it.room.clone(),
            link: it.link.clone(),
            capacity: it.capacity,
            whole_cohort: it.whole_cohort,
        }
    }
}

/// The cohort, its timetable taken for this transaction, if it may still be taught.
pub(super) fn taken(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Cohort> {
    queries::lock_timetable(conn, staff.programme())?;
    let cohort = cohorts::find(conn, staff)?;
    teachable(cohort.state()?)?;
    Ok(cohort)
}

/// The instructors are of the programme, and the link is one.
pub(super) fn check_people(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    instructors: &[PersonId],
    standing: &[PersonId],
    link: &str,
) -> Result<()> {
    let known = queries::instructors(conn, staff)?;
    // Whose role has ended may stay where they stand.
    let fits = |id: &PersonId| standing.contains(id) || known.iter().any(|(it, _)| it == id);
    if !instructors.iter().all(fits) {
        return Err(Error::field("instructors", "choice", |lang| {
            lang.form_choice().to_owned()
        }));
    }
    if !link_ok(link) {
        return Err(Error::field("link", "link", |lang| {
            lang.tt_bad_link().to_owned()
        }));
    }
    Ok(())
}

fn check(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    details: &OfferingDetails,
    standing: &[PersonId],
) -> Result<String> {
    let staff = staff.programme_staff();
    check_people(conn, &staff, &details.instructors, standing, &details.link)?;
    let modules = queries::modules(conn, &staff)?;
    let module = modules.into_iter().find(|it| it.id == details.module);
    let module = module
        .ok_or_else(|| Error::field("module", "choice", |lang| lang.form_choice().to_owned()))?;
    Ok(module.code)
}

/// Offers a module to the cohort; it stays the office's own until it is published.
///
/// # Errors
/// [`Error::Invalid`] for a module or instructor of another programme or a link that is none;
/// [`TeachingRefusal::CohortOver`].
pub fn add_offering(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    details: &OfferingDetails,
) -> Result<OfferingId> {
    taken(conn, staff)?;
    let code = check(conn, staff, details, &[])?;
    let id = OfferingId::new();
    sql_query(
        "INSERT INTO offerings (id, programme_id, cohort_id, module_id, title_en, title_zh, instructor_ids, room, link, \
           capacity, whole_cohort) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(details.module)
    .bind::<Text, _>(&details.title_en)
    .bind::<Text, _>(&details.title_zh)
    .bind::<Array<SqlUuid>, _>(&details.instructors)
    .bind::<Text, _>(&details.room)
    .bind::<Text, _>(&details.link)
    .bind::<Integer, _>(details.capacity)
    .bind::<Bool, _>(details.whole_cohort)
    .execute(conn.pg())?;
    let about = audit::About::new("offering", id.0).within(staff.programme());
    audit::note(conn, about, &Noted::OfferingAdded { code: &code })?;
    Ok(id)
}

fn fields(before: &OfferingDetails, after: &OfferingDetails) -> Vec<&'static str> {
    let all = [
        ("module", before.module != after.module),
        (
            "title",
            (&before.title_en, &before.title_zh) != (&after.title_en, &after.title_zh),
        ),
        ("instructors", before.instructors != after.instructors),
        ("room", before.room != after.room),
        ("link", before.link != after.link),
        ("capacity", before.capacity != after.capacity),
        ("attendance", before.whole_cohort != after.whole_cohort),
    ];
    all.into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
}

/// Changes an offering. Instructors, room and link are those of sessions planned from now on; sessions
/// that stand are changed one by one, and their people told.
///
/// # Errors
/// As [`add_offering`]; [`Error::Stale`]; a refusal for a cancelled offering, or for fewer places than
/// are taken.
pub fn change_offering(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: OfferingId,
    version: i32,
    details: &OfferingDetails,
) -> Result<()> {
    taken(conn, staff)?;
    let offering = queries::offering(conn, staff, id)?;
    if offering.version != version {
        return Err(Error::Stale);
    }
    if offering.state()? == OfferingState::Cancelled {
        return Err(TeachingRefusal::OfferingCancelled.into());
    }
    check(conn, staff, details, &offering.instructor_ids)?;
    if !details.whole_cohort && i64::from(details.capacity) < offering.places {
        return Err(TeachingRefusal::Full.into());
    }
    let fields = fields(&OfferingDetails::from(&offering), details);
    if fields.is_empty() {
        return Ok(());
    }
    sql_query(
        "WITH named AS (UPDATE class_sessions SET module_id = $3 WHERE offering_id = $1 AND module_id <> $3) \
         UPDATE offerings SET module_id = $3, title_en = $4, title_zh = $5, instructor_ids = $6, room = $7, link = $8, \
           capacity = $9, whole_cohort = $10, version = version + 1 WHERE id = $1 AND cohort_id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(details.module)
    .bind::<Text, _>(&details.title_en)
    .bind::<Text, _>(&details.title_zh)
    .bind::<Array<SqlUuid>, _>(&details.instructors)
    .bind::<Text, _>(&details.room)
    .bind::<Text, _>(&details.link)
    .bind::<Integer, _>(details.capacity)
    .bind::<Bool, _>(details.whole_cohort)
    .execute(conn.pg())?;
    audit::note(
        conn,
        about_offering(&offering),
        &Noted::OfferingChanged { fields },
    )?;
    tell_moved(conn, staff, &offering)
}

fn step(conn: &mut Conn<'_>, offering: &Offering, to: OfferingState) -> Result<()> {
    let stepped = sql_query(
        "UPDATE offerings SET state = $3, version = version + 1 WHERE id = $1 AND state = $2",
    )
    .bind::<SqlUuid, _>(offering.id)
    .bind::<Text, _>(&offering.state)
    .bind::<Text, _>(to.as_str())
    .execute(conn.pg())?;
    if stepped == 1 {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

/// Shows an offering to its trainees and instructors and writes to them, each with a part for their
/// calendar. Returns how many are told.
///
/// # Errors
/// [`TeachingRefusal`]: published or cancelled already, or without sessions.
pub fn publish(conn: &mut Conn<'_>, staff: &CohortStaff, id: OfferingId) -> Result<usize> {
    taken(conn, staff)?;
    let offering = queries::offering(conn, staff, id)?;
    match offering.state()? {
        OfferingState::Planned => {}
        OfferingState::Published => return Err(TeachingRefusal::AlreadyPublished.into()),
        OfferingState::Cancelled => return Err(TeachingRefusal::OfferingCancelled.into()),
    }
    if offering.sessions == 0 {
        return Err(TeachingRefusal::NoSessions.into());
    }
    step(conn, &offering, OfferingState::Published)?;
    sql_query(
        "UPDATE class_sessions SET published = true, changed_at = banyan_now(), version = version + 1 \
         WHERE offering_id = $1 AND NOT published AND state <> 'cancelled'",
    )
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    let event = Noted::OfferingPublished {
        sessions: usize::try_from(offering.sessions).unwrap_or_default(),
    };
    audit::note(conn, about_offering(&offering), &event)?;
    let mut sessions = queries::of_offering(conn, staff, id)?;
    sessions.retain(|it| it.state == SessionState::Scheduled.as_str());
    tell_all(conn, staff, &sessions, &Told::Published)
}

/// Writes about sessions of one offering to everybody of any of them.
pub(super) fn tell_all(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    sessions: &[queries::ClassSession],
    told: &Told,
) -> Result<usize> {
    let staff = staff.programme_staff();
    let attending = queries::attending(conn, &staff)?;
    let readers = sessions
        .iter()
        .flat_map(|it| mail::audience(it, &attending))
        .collect();
    mail::tell(conn, &staff, sessions, &readers, told)
}

/// Calls an offering off with every session that is still to come, and tells everybody whom it
/// concerned. Returns how many sessions.
///
/// # Errors
/// [`TeachingRefusal::OfferingCancelled`].
pub fn cancel_offering(conn: &mut Conn<'_>, staff: &CohortStaff, id: OfferingId) -> Result<usize> {
    queries::lock_timetable(conn, staff.programme())?;
    let offering = queries::offering(conn, staff, id)?;
    if offering.state()? == OfferingState::Cancelled {
        return Err(TeachingRefusal::OfferingCancelled.into());
    }
    step(conn, &offering, OfferingState::Cancelled)?;
    let all: Vec<_> = queries::of_offering(conn, staff, id)?
        .iter()
        .map(|it| it.id)
        .collect();
    queries::lock_sessions(conn, &staff.programme_staff(), &all)?;
    let now = crate::db::now(conn)?;
    let mut sessions = queries::of_offering(conn, staff, id)?;
    sessions.retain(|it| it.state == SessionState::Scheduled.as_str() && it.ends_at > now);
    let ids: Vec<_> = sessions.iter().map(|it| it.id).collect();
    let reason = CancelReason::Other;
    sessions::set_cancelled(conn, &ids, reason)?;
    let event = Noted::OfferingCancelled {
        sessions: ids.len(),
    };
    audit::note(conn, about_offering(&offering), &event)?;
    sessions::note_cancelled(conn, &sessions, reason)?;
    let mut after = queries::of_offering(conn, staff, id)?;
    after.retain(|it| ids.contains(&it.id));
    tell_all(conn, staff, &after, &Told::Cancelled { reason })?;
    Ok(ids.len())
}

/// Gives a trainee of the cohort a place in an offering that not everybody attends.
///
/// # Errors
/// [`Error::NotFound`] for a trainee of another cohort; [`TeachingRefusal`]: no place is left, or the
/// whole cohort attends. A place that is held already stays.
pub fn give_place(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: OfferingId,
    enrolment: EnrolmentId,
) -> Result<()> {
    taken(conn, staff)?;
    let offering = queries::offering(conn, staff, id)?;
    if offering.whole_cohort {
        return Err(TeachingRefusal::Whole.into());
    }
    if offering.state()? == OfferingState::Cancelled {
        return Err(TeachingRefusal::OfferingCancelled.into());
    }
    let trainees = queries::placed(conn, staff, id)?;
    let trainee = trainees
        .into_iter()
        .find(|it| it.enrolment_id == enrolment)
        .ok_or(Error::NotFound)?;
    if trainee.place_id.is_some() {
        return Ok(());
    }
    if offering.places >= i64::from(offering.capacity) {
        return Err(TeachingRefusal::Full.into());
    }
    let place = PlaceId::new();
    sql_query(
        "INSERT INTO offering_places (id, programme_id, offering_id, enrolment_id, person_id) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind::<SqlUuid, _>(place)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(enrolment)
    .bind::<SqlUuid, _>(trainee.person_id)
    .execute(conn.pg())?;
    let number = trainee.trainee_number;
    let event = Noted::PlaceGiven { number: &number };
    audit::note(conn, about_offering(&offering), &event)?;
    let told = Told::Joined {
        mark: place.to_string(),
    };
    tell_some(conn, staff, &offering, [trainee.person_id].into(), &told)
}

/// Takes a trainee's place back.
///
/// # Errors
/// [`Error::NotFound`] when they have none.
pub fn take_place(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: OfferingId,
    enrolment: EnrolmentId,
) -> Result<()> {
    taken(conn, staff)?;
    let offering = queries::offering(conn, staff, id)?;
    let trainees = queries::placed(conn, staff, id)?;
    let trainee = trainees
        .into_iter()
        .find(|it| it.enrolment_id == enrolment)
        .ok_or(Error::NotFound)?;
    let gone = sql_query("DELETE FROM offering_places WHERE id = $1")
        .bind::<Nullable<SqlUuid>, _>(trainee.place_id)
        .execute(conn.pg())?;
    if gone == 0 {
        return Err(Error::NotFound);
    }
    let number = trainee.trainee_number;
    let event = Noted::PlaceTaken { number: &number };
    audit::note(conn, about_offering(&offering), &event)?;
    let told = Told::Left {
        mark: trainee
            .place_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
    };
    tell_some(conn, staff, &offering, [trainee.person_id].into(), &told)
}

/// Writes about the sessions to come of an offering to some of its trainees, once it is published. Who
/// has left is sent them as cancelled, so that they leave the calendar.
fn tell_some(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    offering: &Offering,
    people: BTreeSet<PersonId>,
    told: &Told,
) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let now = crate::db::now(conn)?;
    let mut sessions = queries::of_offering(conn, staff, offering.id)?;
    sessions.retain(|it| it.state == SessionState::Scheduled.as_str() && it.ends_at > now);
    if matches!(told, Told::Left { .. }) {
        for session in &mut sessions {
            SessionState::Cancelled
                .as_str()
                .clone_into(&mut session.state);
        }
    }
    let readers = people
        .into_iter()
        .map(|person| (person, mail::Audience::Trainee))
        .collect();
    mail::tell(conn, &staff.programme_staff(), &sessions, &readers, told).map(|_| ())
}

/// Tells those who attend from now on, and those who do not any more, after it has been changed who
/// attends an offering.
fn tell_moved(conn: &mut Conn<'_>, staff: &CohortStaff, was: &Offering) -> Result<()> {
    let now = queries::offering(conn, staff, was.id)?;
    if was.whole_cohort == now.whole_cohort {
        return Ok(());
    }
    let attending = queries::attending(conn, &staff.programme_staff())?;
    let of = |it: &Offering| {
        attending
            .of(it.cohort_id, it.id, it.module_id, it.whole_cohort)
            .people
    };
    let (before, after) = (of(was), of(&now));
    let mark = format!("{}:{}", now.id, now.version);
    let joined = Told::Joined { mark: mark.clone() };
    let left = Told::Left { mark };
    tell_some(conn, staff, &now, &after - &before, &joined)?;
    tell_some(conn, staff, &now, &before - &after, &left)
}
