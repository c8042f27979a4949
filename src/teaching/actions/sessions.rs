//! Planning, moving, cancelling and making up sessions.

use chrono::NaiveDate;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{Connection as _, RunQueryDsl};
use sha2::{Digest as _, Sha256};

use crate::access::CohortStaff;
use crate::audit;
use crate::cohorts::queries::Cohort;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ClassId, OfferingId, PersonId};

use super::super::events::{Noted, about, about_offering};
use super::super::mail::{self, Told};
use super::super::queries::{self, Attending, ClassSession, Offering, whole_day};
use super::super::rules::clashes::{Busy, Clash, Engagement, clashes};
use super::super::rules::recurrence::{self, Pattern, Plan};
use super::super::rules::{
    CancelReason, OfferingState, SessionState, Slot, TeachingRefusal, slot_problems,
};
use super::{check_people, taken, tell_all};

/// When and where a session is, and who teaches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// When.
    pub slot: Slot,
    /// Room; empty for none.
    pub room: String,
    /// Address of the meeting; empty for none.
    pub link: String,
    /// Who teaches.
    pub instructors: Vec<PersonId>,
}

impl From<&ClassSession> for Meeting {
    fn from(it: &ClassSession) -> Self {
        Self {
            slot: it.slot(),
            room: it.room.clone(),
            link: it.link.clone(),
            instructors: it.instructor_ids.clone(),
        }
    }
}

/// What a pattern would give.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Sessions, days left out, what does not fit.
    pub plan: Plan,
    /// Clashes with what stands.
    pub clashes: Vec<Clash>,
    /// People who would be told at once, because the offering is published.
    pub told: usize,
    /// What was seen: a plan that has changed meanwhile has another.
    pub fingerprint: String,
}

/// A session that is still a thought, as the rules of clashes know it.
fn thought(id: ClassId, offering: &Offering, meeting: &Meeting, attending: &Attending) -> Busy {
    Busy {
        id: id.0,
        name: (
            format!("{} {}", offering.module_code, offering.name_en),
            format!("{} {}", offering.module_code, offering.name_zh),
        ),
        slot: meeting.slot,
        engagement: Engagement::Session,
        room: meeting.room.clone(),
        link: meeting.link.clone(),
        instructors: meeting.instructors.iter().copied().collect(),
        attends: attending.of(
            offering.cohort_id,
            offering.id,
            offering.module_id,
            offering.whole_cohort,
        ),
    }
}

/// What stands from a day to a day in the programme, and in others where these thoughts could meet it.
/// Placements will stand here, too.
fn standing(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (attending, thoughts): (&Attending, &[Busy]),
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<Busy>> {
    // A session begins and ends on one day.
    let span = Slot {
        starts_at: whole_day(from).starts_at,
        ends_at: whole_day(to).ends_at,
    };
    let staff = staff.programme_staff();
    let sessions = queries::between(conn, &staff, &span, Some(SessionState::Scheduled))?;
    let mut all: Vec<Busy> = sessions
        .iter()
        .map(|it| queries::busy(it, attending))
        .collect();
    all.extend(queries::elsewhere(conn, &staff, &span, thoughts)?);
    Ok(all)
}

/// The clashes of one session at this time and place; `own` is the session itself where it stands.
///
/// # Errors
/// The database's.
pub fn clashes_of(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    offering: &Offering,
    own: Option<ClassId>,
    meeting: &Meeting,
) -> Result<Vec<Clash>> {
    let attending = queries::attending(conn, &staff.programme_staff())?;
    let day = crate::lang::format::hk_date(meeting.slot.starts_at);
    let thoughts = [thought(
        own.unwrap_or_default(),
        offering,
        meeting,
        &attending,
    )];
    let standing = standing(conn, staff, (&attending, &thoughts), (day, day))?;
    Ok(clashes(&thoughts, &standing))
}

/// Clashes are shown before anything is saved, and saved with only when that was said.
///
/// # Errors
/// [`TeachingRefusal::Clashes`].
pub fn accepts(clashes: &[Clash], accepted: bool) -> Result<(), TeachingRefusal> {
    if clashes.is_empty() || accepted {
        Ok(())
    } else {
        Err(TeachingRefusal::Clashes)
    }
}

fn fingerprint(plan: &Plan, clashes: &[Clash]) -> String {
    let mut text = String::new();
    for slot in &plan.slots {
        text.push_str(&format!("{}/{};", slot.starts_at, slot.ends_at));
    }
    for clash in clashes {
        // By time and name: what is planned has no id yet.
        let (planned, standing) = (clash.planned.2.starts_at, &clash.standing);
        text.push_str(&format!(
            "{}@{planned}/{}/{};",
            clash.kind.as_str(),
            standing.2.starts_at,
            standing.1.0
        ));
    }
    print(&text)
}

/// A short mark of a text: what was seen, told again.
pub(super) fn print(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What this pattern would give for the offering. Writes nothing.
///
/// # Errors
/// [`Error::NotFound`] for an offering of another cohort.
pub fn preview_plan(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: OfferingId,
    pattern: &Pattern,
) -> Result<Planned> {
    let offering = queries::offering(conn, staff, id)?;
    let closed = queries::closed_for(conn, staff)?;
    let plan = recurrence::plan(pattern, &closed);
    let attending = queries::attending(conn, &staff.programme_staff())?;
    let thoughts: Vec<Busy> = plan
        .slots
        .iter()
        .map(|slot| {
            let meeting = meeting_of(&offering, *slot);
            thought(ClassId::new(), &offering, &meeting, &attending)
        })
        .collect();
    let days = (pattern.first_on, pattern.last_on);
    let standing = standing(conn, staff, (&attending, &thoughts), days)?;
    let clashes = clashes(&thoughts, &standing);
    let told = if offering.state()? == OfferingState::Published {
        let attends = attending.of(
            offering.cohort_id,
            offering.id,
            offering.module_id,
            offering.whole_cohort,
        );
        attends.people.len() + offering.instructor_ids.len()
    } else {
        0
    };
    Ok(Planned {
        fingerprint: fingerprint(&plan, &clashes),
        plan,
        clashes,
        told,
    })
}

fn meeting_of(offering: &Offering, slot: Slot) -> Meeting {
    Meeting {
        slot,
        room: offering.room.clone(),
        link: offering.link.clone(),
        instructors: offering.instructor_ids.clone(),
    }
}

fn insert(
    conn: &mut Conn<'_>,
    offering: &Offering,
    meeting: &Meeting,
    made_up_for: Option<ClassId>,
) -> Result<ClassId> {
    let id = ClassId::new();
    let published = offering.state()? == OfferingState::Published;
    sql_query(
        "INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, room, link, \
           instructor_ids, published, made_up_for) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(offering.programme_id)
    .bind::<SqlUuid, _>(offering.cohort_id)
    .bind::<SqlUuid, _>(offering.id)
    .bind::<SqlUuid, _>(offering.module_id)
    .bind::<Timestamptz, _>(meeting.slot.starts_at)
    .bind::<Timestamptz, _>(meeting.slot.ends_at)
    .bind::<Text, _>(&meeting.room)
    .bind::<Text, _>(&meeting.link)
    .bind::<Array<SqlUuid>, _>(&meeting.instructors)
    .bind::<Bool, _>(published)
    .bind::<Nullable<SqlUuid>, _>(made_up_for)
    .execute(conn.pg())?;
    Ok(id)
}

/// Plans the sessions of a pattern. `seen` is the fingerprint of the preview; `accepted` says that its
/// clashes are accepted. Where the offering is published its people are told. Returns how many.
///
/// # Errors
/// [`TeachingRefusal`]: the plan is not the one that was seen, clashes were not accepted, nothing
/// comes of the pattern, the offering is cancelled.
pub fn plan_sessions(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: OfferingId,
    pattern: &Pattern,
    (seen, accepted): (&str, bool),
) -> Result<usize> {
    taken(conn, staff)?;
    let offering = queries::offering(conn, staff, id)?;
    if offering.state()? == OfferingState::Cancelled {
        return Err(TeachingRefusal::OfferingCancelled.into());
    }
    let planned = preview_plan(conn, staff, id, pattern)?;
    if planned.plan.slots.is_empty() {
        return Err(TeachingRefusal::Nothing.into());
    }
    if planned.fingerprint != seen {
        return Err(TeachingRefusal::Changed.into());
    }
    accepts(&planned.clashes, accepted)?;
    let mut ids = Vec::with_capacity(planned.plan.slots.len());
    for slot in &planned.plan.slots {
        let meeting = meeting_of(&offering, *slot);
        ids.push(insert(conn, &offering, &meeting, None)?);
    }
    let event = Noted::Planned {
        sessions: ids.len(),
        minutes: planned.plan.minutes(),
        clashes: planned.clashes.len(),
    };
    audit::note(conn, about_offering(&offering), &event)?;
    let mut sessions = queries::of_offering(conn, staff, id)?;
    sessions.retain(|it| ids.contains(&it.id));
    tell_all(conn, staff, &sessions, &Told::Published)?;
    Ok(ids.len())
}

/// A session that can still be changed, in the version that its editor saw.
fn changeable(session: &ClassSession, version: i32) -> Result<()> {
    if session.version != version {
        return Err(Error::Stale);
    }
    match session.state()? {
        SessionState::Scheduled => Ok(()),
        SessionState::Cancelled | SessionState::Held => Err(TeachingRefusal::NotScheduled.into()),
    }
}

fn within(cohort: &Cohort, slot: &Slot) -> Result<()> {
    let problems = slot_problems(slot, (cohort.starts_on, cohort.ends_on));
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(problems))
    }
}

/// Nobody can be told to come to what is over; `standing` is when the session is until now.
///
/// # Errors
/// [`Error::Invalid`] for a new time that is past.
pub fn check_ahead(conn: &mut Conn<'_>, standing: Option<Slot>, slot: &Slot) -> Result<()> {
    let same = standing.is_some_and(|it| it.starts_at == slot.starts_at);
    if same || slot.starts_at > db::now(conn)? {
        return Ok(());
    }
    Err(Error::field("day", "past", |lang| {
        lang.tt_need_ahead().to_owned()
    }))
}

fn differing(session: &ClassSession, meeting: &Meeting) -> Vec<&'static str> {
    let all = [
        ("time", session.slot() != meeting.slot),
        ("room", session.room != meeting.room),
        ("link", session.link != meeting.link),
        ("instructors", session.instructor_ids != meeting.instructors),
    ];
    all.into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
}

/// Writes a change of a session that is still to come and still in this version.
fn write_change(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (id, version): (ClassId, i32),
    meeting: &Meeting,
) -> Result<()> {
    // What the database refuses is refused alone: the form is shown again.
    let done = conn.pg().transaction(|pg| {
        sql_query(
            "UPDATE class_sessions SET starts_at = $3, ends_at = $4, room = $5, link = $6, instructor_ids = $7, \
               sequence = sequence + 1, changed_at = banyan_now(), version = version + 1 \
             WHERE id = $1 AND cohort_id = $2 AND version = $8 AND state = 'scheduled'",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.cohort())
        .bind::<Timestamptz, _>(meeting.slot.starts_at)
        .bind::<Timestamptz, _>(meeting.slot.ends_at)
        .bind::<Text, _>(&meeting.room)
        .bind::<Text, _>(&meeting.link)
        .bind::<Array<SqlUuid>, _>(&meeting.instructors)
        .bind::<Integer, _>(version)
        .execute(pg)
    });
    match done {
        Ok(1) => Ok(()),
        Ok(_) => Err(Error::Stale),
        Err(DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, why))
            if why.constraint_name() == Some("session_attended") =>
        {
            Err(TeachingRefusal::Attended.into())
        }
        Err(other) => Err(other.into()),
    }
}

/// Moves a session, or changes its place or instructors, and tells everybody whom it concerns, those
/// too who taught it until now. Returns how many are told.
///
/// # Errors
/// [`Error::Stale`]; [`Error::Invalid`] for a time outside the cohort; [`TeachingRefusal`]: it is not
/// to come any more, or clashes were not accepted.
pub fn change_session(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (id, version): (ClassId, i32),
    meeting: &Meeting,
    accepted: bool,
) -> Result<usize> {
    let cohort = taken(conn, staff)?;
    let all = staff.programme_staff();
    queries::lock_sessions(conn, &all, &[id])?;
    let before = queries::session(conn, staff, id)?;
    changeable(&before, version)?;
    within(&cohort, &meeting.slot)?;
    check_people(
        conn,
        &all,
        &meeting.instructors,
        &before.instructor_ids,
        &meeting.link,
    )?;
    let fields = differing(&before, meeting);
    if fields.is_empty() {
        return Ok(0);
    }
    check_ahead(conn, Some(before.slot()), &meeting.slot)?;
    let offering = queries::offering(conn, staff, before.offering_id)?;
    let clashes = clashes_of(conn, staff, &offering, Some(id), meeting)?;
    accepts(&clashes, accepted)?;
    write_change(conn, staff, (id, version), meeting)?;
    let event = Noted::Changed {
        from: before.slot(),
        to: meeting.slot,
        fields,
    };
    audit::note(conn, about(&before), &event)?;
    let after = queries::session(conn, staff, id)?;
    let from = before.slot();
    let attending = queries::attending(conn, &all)?;
    let readers = mail::audience(&after, &attending);
    // Who taught it until now is told that it is theirs no more.
    let mut gone = mail::audience(&before, &attending);
    gone.retain(|person, _| !readers.contains_key(person));
    let lost = ClassSession {
        state: SessionState::Cancelled.as_str().to_owned(),
        cancel_reason: Some(CancelReason::Instructor.as_str().to_owned()),
        ..after.clone()
    };
    let freed = mail::tell(conn, &all, &[lost], &gone, &Told::HandedOver)?;
    Ok(freed + mail::tell(conn, &all, &[after], &readers, &Told::Changed { from })?)
}

/// Marks sessions as cancelled, all of them or none; calendars learn of it by the next sequence.
///
/// # Errors
/// [`TeachingRefusal::Changed`] when one is not to come any more.
pub(super) fn set_cancelled(
    conn: &mut Conn<'_>,
    ids: &[ClassId],
    reason: CancelReason,
) -> Result<()> {
    let done = sql_query(
        "UPDATE class_sessions SET state = 'cancelled', cancel_reason = $2, sequence = sequence + 1, \
           changed_at = banyan_now(), version = version + 1 WHERE id = ANY ($1) AND state = 'scheduled'",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Text, _>(reason.as_str())
    .execute(conn.pg())?;
    if done == ids.len() {
        Ok(())
    } else {
        Err(TeachingRefusal::Changed.into())
    }
}

/// Notes the cancellation in the history of each.
pub(super) fn note_cancelled(
    conn: &mut Conn<'_>,
    sessions: &[ClassSession],
    reason: CancelReason,
) -> Result<()> {
    use crate::audit::Event as _;
    let event = Noted::Cancelled { reason };
    let records: Vec<_> = sessions
        .iter()
        .map(|it| (about(it), event.details()))
        .collect();
    audit::note_many(conn, event.verb(), &records)
}

/// Cancels a session and tells everybody whom it concerned. Returns how many.
///
/// # Errors
/// [`Error::Stale`]; [`TeachingRefusal::NotScheduled`].
pub fn cancel_session(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (id, version): (ClassId, i32),
    reason: CancelReason,
) -> Result<usize> {
    // Of a cohort that is over, too: nobody else takes its sessions out of calendars.
    queries::lock_timetable(conn, staff.programme())?;
    queries::lock_sessions(conn, &staff.programme_staff(), &[id])?;
    let session = queries::session(conn, staff, id)?;
    changeable(&session, version)?;
    set_cancelled(conn, &[id], reason)?;
    audit::note(conn, about(&session), &Noted::Cancelled { reason })?;
    let after = queries::session(conn, staff, id)?;
    tell_all(conn, staff, &[after], &Told::Cancelled { reason })
}

/// Plans a session in the stead of a cancelled one and tells everybody. Returns its id.
///
/// # Errors
/// [`Error::Invalid`] for a time outside the cohort; [`TeachingRefusal`]: the other is not cancelled,
/// or has been made up for, or clashes were not accepted.
pub fn make_up(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    cancelled: ClassId,
    meeting: &Meeting,
    accepted: bool,
) -> Result<ClassId> {
    let cohort = taken(conn, staff)?;
    let lost = queries::session(conn, staff, cancelled)?;
    if lost.state()? != SessionState::Cancelled {
        return Err(TeachingRefusal::NotCancelled.into());
    }
    if lost.made_up_by.is_some() {
        return Err(TeachingRefusal::MadeUp.into());
    }
    within(&cohort, &meeting.slot)?;
    check_ahead(conn, None, &meeting.slot)?;
    let all = staff.programme_staff();
    check_people(
        conn,
        &all,
        &meeting.instructors,
        &lost.instructor_ids,
        &meeting.link,
    )?;
    let offering = queries::offering(conn, staff, lost.offering_id)?;
    if offering.state()? == OfferingState::Cancelled {
        return Err(TeachingRefusal::OfferingCancelled.into());
    }
    let clashes = clashes_of(conn, staff, &offering, None, meeting)?;
    accepts(&clashes, accepted)?;
    let id = insert(conn, &offering, meeting, Some(cancelled))?;
    let made = queries::session(conn, staff, id)?;
    audit::note(conn, about(&lost), &Noted::MadeUp { at: meeting.slot })?;
    audit::note(conn, about(&made), &Noted::MakeUp { of: lost.slot() })?;
    tell_all(conn, staff, &[made], &Told::MakeUp { of: lost.slot() })?;
    Ok(id)
}

/// Records the sessions of the cohort that are over as held. Returns how many.
///
/// # Errors
/// The database's.
pub fn record_held(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<usize> {
    queries::lock_timetable(conn, staff.programme())?;
    let now = db::now(conn)?;
    let held = sql_query(
        "UPDATE class_sessions SET state = 'held', version = version + 1 \
         WHERE cohort_id = $1 AND state = 'scheduled' AND published AND ends_at <= $2",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    if held > 0 {
        let about = audit::About::new("cohort", staff.cohort().0).within(staff.programme());
        audit::note(conn, about, &Noted::Held { sessions: held })?;
    }
    Ok(held)
}
