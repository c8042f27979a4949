//! Proofs: values with private fields, made only here.

use crate::db::sql_query;
use diesel::sql_types::{Array, Nullable, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::db::{Conn, Role, Task};
use crate::error::{Error, Result};
use crate::ids::{
    ApplicationId, ClassId, CohortId, EnrolmentId, OfferId, OrganisationId, PersonId, ProgrammeId,
    ReviewId,
};

/// A signed-in person, as themselves: their account, sessions, language.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    person: PersonId,
}

/// The programme office, in at least one programme.
#[derive(Clone, Debug)]
pub struct Desk {
    person: PersonId,
    programmes: Vec<ProgrammeId>,
    administrator: bool,
}

/// Staff of a programme.
#[derive(Clone, Copy, Debug)]
pub struct ProgrammeStaff {
    person: PersonId,
    programme: ProgrammeId,
}

/// Staff of the programme to which a cohort belongs.
#[derive(Clone, Copy, Debug)]
pub struct CohortStaff {
    person: PersonId,
    cohort: CohortId,
    programme: ProgrammeId,
}

/// The programme office, about a person whom it may know.
#[derive(Clone, Copy, Debug)]
pub struct PersonStaff {
    person: PersonId,
    subject: PersonId,
    administrator: bool,
}

/// Staff of the programme to which an application was made.
#[derive(Clone, Copy, Debug)]
pub struct ApplicationStaff {
    person: PersonId,
    application: ApplicationId,
    cohort: CohortId,
    programme: ProgrammeId,
}

/// The applicant, about an application of their own.
#[derive(Clone, Copy, Debug)]
pub struct OwnApplication {
    person: PersonId,
    application: ApplicationId,
    cohort: CohortId,
    programme: ProgrammeId,
}

/// The person to whom an offer was made.
#[derive(Clone, Copy, Debug)]
pub struct OwnOffer {
    person: PersonId,
    offer: OfferId,
    application: ApplicationId,
    cohort: CohortId,
    programme: ProgrammeId,
}

/// The trainee, about an enrolment of their own.
#[derive(Clone, Copy, Debug)]
pub struct OwnEnrolment {
    person: PersonId,
    enrolment: EnrolmentId,
    cohort: CohortId,
    programme: ProgrammeId,
}

/// The reviewer to whom an application was assigned.
#[derive(Clone, Copy, Debug)]
pub struct AssignedReview {
    person: PersonId,
    review: ReviewId,
    application: ApplicationId,
    cohort: CohortId,
}

/// A person who speaks for an organisation.
#[derive(Clone, Debug)]
pub struct Member {
    person: PersonId,
    organisations: Vec<OrganisationId>,
}

/// A steering committee member: figures of programmes, never persons.
#[derive(Clone, Debug)]
pub struct Committee {
    programmes: Vec<ProgrammeId>,
}

/// Somebody who teaches.
#[derive(Clone, Debug)]
pub struct Instructor {
    person: PersonId,
    programmes: Vec<ProgrammeId>,
}

/// Who keeps the register of a session: the programme's staff, or whoever teaches it.
#[derive(Clone, Copy, Debug)]
pub struct ClassKeeper {
    person: PersonId,
    class: ClassId,
    cohort: CohortId,
    programme: ProgrammeId,
    office: bool,
}

/// The house at one of its tasks.
#[derive(Clone, Copy, Debug)]
pub struct Working {
    task: Task,
}

macro_rules! keys {
    ($( $proof:ident { $( $field:ident : $ty:ty ),+ } )+) => { $(
        impl $proof { $(
            #[doc = concat!("The ", stringify!($field), " that this proof is about.")]
            #[must_use]
            pub fn $field(&self) -> $ty { self.$field }
        )+ }
    )+ };
}

keys! {
    Own { person: PersonId }
    Desk { person: PersonId, administrator: bool }
    ProgrammeStaff { person: PersonId, programme: ProgrammeId }
    CohortStaff { person: PersonId, cohort: CohortId, programme: ProgrammeId }
    PersonStaff { person: PersonId, subject: PersonId, administrator: bool }
    ApplicationStaff { person: PersonId, application: ApplicationId, cohort: CohortId, programme: ProgrammeId }
    OwnApplication { person: PersonId, application: ApplicationId, cohort: CohortId, programme: ProgrammeId }
    OwnOffer { person: PersonId, offer: OfferId, application: ApplicationId, cohort: CohortId, programme: ProgrammeId }
    OwnEnrolment { person: PersonId, enrolment: EnrolmentId, cohort: CohortId, programme: ProgrammeId }
    AssignedReview { person: PersonId, review: ReviewId, application: ApplicationId, cohort: CohortId }
    Member { person: PersonId }
    Instructor { person: PersonId }
    ClassKeeper { person: PersonId, class: ClassId, cohort: CohortId, programme: ProgrammeId, office: bool }
    Working { task: Task }
}

impl Desk {
    /// The programmes that this desk reaches.
    #[must_use]
    pub fn programmes(&self) -> &[ProgrammeId] {
        &self.programmes
    }
}

impl Member {
    /// The organisations for which the person speaks.
    #[must_use]
    pub fn organisations(&self) -> &[OrganisationId] {
        &self.organisations
    }
}

impl Committee {
    /// The programmes whose figures may be seen.
    #[must_use]
    pub fn programmes(&self) -> &[ProgrammeId] {
        &self.programmes
    }
}

impl Instructor {
    /// The programmes in which they teach.
    #[must_use]
    pub fn programmes(&self) -> &[ProgrammeId] {
        &self.programmes
    }
}

impl ApplicationStaff {
    /// Staff of an application are staff of its cohort.
    #[must_use]
    pub fn cohort_staff(&self) -> CohortStaff {
        CohortStaff {
            person: self.person,
            cohort: self.cohort,
            programme: self.programme,
        }
    }
}

impl CohortStaff {
    /// Staff of a cohort are staff of its programme.
    #[must_use]
    pub fn programme_staff(&self) -> ProgrammeStaff {
        ProgrammeStaff {
            person: self.person,
            programme: self.programme,
        }
    }
}

#[derive(QueryableByName)]
struct Keys {
    #[diesel(sql_type = SqlUuid)]
    a: uuid::Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    b: Option<uuid::Uuid>,
    #[diesel(sql_type = SqlUuid)]
    programme: uuid::Uuid,
}

fn keys(conn: &mut Conn<'_>, sql: &str, id: uuid::Uuid) -> Result<Keys> {
    sql_query(sql)
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// The signed-in person.
///
/// # Errors
/// [`Error::SignIn`].
pub fn own(conn: &Conn<'_>) -> Result<Own> {
    conn.actor()
        .person()
        .map(|person| Own { person })
        .ok_or(Error::SignIn)
}

/// The programme office.
///
/// # Errors
/// [`Error::NotFound`] for anyone else.
pub fn desk(conn: &Conn<'_>) -> Result<Desk> {
    match conn.actor() {
        crate::db::Actor::Person(acting)
            if matches!(acting.role, Role::Coordinator | Role::Administrator) =>
        {
            Ok(Desk {
                person: acting.person,
                programmes: acting.programmes.clone(),
                administrator: acting.role == Role::Administrator,
            })
        }
        _ => Err(Error::NotFound),
    }
}

/// Staff of this programme.
///
/// # Errors
/// [`Error::NotFound`] for anyone else.
pub fn programme_staff(conn: &Conn<'_>, programme: ProgrammeId) -> Result<ProgrammeStaff> {
    let desk = desk(conn)?;
    if desk.programmes.contains(&programme) {
        Ok(ProgrammeStaff {
            person: desk.person,
            programme,
        })
    } else {
        Err(Error::NotFound)
    }
}

/// Staff of the programme asked for, or of the first that the desk reaches: for pages that are
/// about one programme and whose address may leave it out.
///
/// # Errors
/// [`Error::NotFound`] for anyone else, and when there is no programme yet.
pub fn working_programme(conn: &Conn<'_>, wanted: Option<ProgrammeId>) -> Result<ProgrammeStaff> {
    let first = desk(conn)?.programmes.iter().min().copied();
    programme_staff(conn, wanted.or(first).ok_or(Error::NotFound)?)
}

/// The programme office, about this person: one who has applied to, works for or was invited to one
/// of its programmes.
///
/// # Errors
/// [`Error::NotFound`] for anyone else, and when there is no such person.
pub fn person_staff(conn: &mut Conn<'_>, subject: PersonId) -> Result<PersonStaff> {
    let desk = desk(conn)?;
    keys(
        conn,
        "SELECT id AS a, NULL::uuid AS b, id AS programme FROM people WHERE id = $1",
        subject.0,
    )?;
    Ok(PersonStaff {
        person: desk.person,
        subject,
        administrator: desk.administrator,
    })
}

/// Staff of this cohort's programme.
///
/// # Errors
/// [`Error::NotFound`] for anyone else, and when there is no such cohort.
pub fn cohort_staff(conn: &mut Conn<'_>, cohort: CohortId) -> Result<CohortStaff> {
    desk(conn)?;
    let row = keys(
        conn,
        "SELECT id AS a, NULL::uuid AS b, programme_id AS programme FROM cohorts WHERE id = $1",
        cohort.0,
    )?;
    let staff = programme_staff(conn, ProgrammeId(row.programme))?;
    Ok(CohortStaff {
        person: staff.person,
        cohort,
        programme: staff.programme,
    })
}

/// Staff of this application's programme.
///
/// # Errors
/// [`Error::NotFound`] for anyone else, and when there is no such application.
pub fn application_staff(
    conn: &mut Conn<'_>,
    application: ApplicationId,
) -> Result<ApplicationStaff> {
    desk(conn)?;
    let sql = "SELECT cohort_id AS a, NULL::uuid AS b, programme_id AS programme FROM applications WHERE id = $1";
    let row = keys(conn, sql, application.0)?;
    let staff = programme_staff(conn, ProgrammeId(row.programme))?;
    Ok(ApplicationStaff {
        person: staff.person,
        application,
        cohort: CohortId(row.a),
        programme: staff.programme,
    })
}

/// The applicant of this application.
///
/// # Errors
/// [`Error::NotFound`] for anyone else, and when there is no such application.
pub fn own_application(conn: &mut Conn<'_>, application: ApplicationId) -> Result<OwnApplication> {
    let person = own(conn)?.person;
    let sql = "SELECT cohort_id AS a, person_id AS b, programme_id AS programme FROM applications \
        WHERE id = $1 AND person_id = banyan_person()";
    let row = keys(conn, sql, application.0)?;
    Ok(OwnApplication {
        person,
        application,
        cohort: CohortId(row.a),
        programme: ProgrammeId(row.programme),
    })
}

/// The person to whom this offer was made.
///
/// # Errors
/// [`Error::NotFound`] for anyone else, and when there is no such offer.
pub fn own_offer(conn: &mut Conn<'_>, offer: OfferId) -> Result<OwnOffer> {
    let person = own(conn)?.person;
    let sql = "SELECT application_id AS a, cohort_id AS b, programme_id AS programme FROM offers \
        WHERE id = $1 AND person_id = banyan_person()";
    let row = keys(conn, sql, offer.0)?;
    Ok(OwnOffer {
        person,
        offer,
        application: ApplicationId(row.a),
        cohort: CohortId(row.b.ok_or(Error::NotFound)?),
        programme: ProgrammeId(row.programme),
    })
}

/// The trainee of this enrolment.
///
/// # Errors
/// [`Error::NotFound`] for anyone else, and when there is no such enrolment.
pub fn own_enrolment(conn: &mut Conn<'_>, enrolment: EnrolmentId) -> Result<OwnEnrolment> {
    let person = own(conn)?.person;
    let sql = "SELECT cohort_id AS a, NULL::uuid AS b, programme_id AS programme FROM enrolments \
        WHERE id = $1 AND person_id = banyan_person()";
    let row = keys(conn, sql, enrolment.0)?;
    Ok(OwnEnrolment {
        person,
        enrolment,
        cohort: CohortId(row.a),
        programme: ProgrammeId(row.programme),
    })
}

/// The reviewer of this assignment.
///
/// # Errors
/// [`Error::NotFound`] for anyone else, and when there is no such assignment.
pub fn assigned_review(conn: &mut Conn<'_>, review: ReviewId) -> Result<AssignedReview> {
    let person = own(conn)?.person;
    let programmes = match conn.actor() {
        crate::db::Actor::Person(acting) if acting.role == Role::Reviewer => {
            acting.programmes.clone()
        }
        _ => return Err(Error::NotFound),
    };
    let sql = "SELECT application_id AS a, cohort_id AS b, programme_id AS programme FROM reviews \
        WHERE id = $1 AND reviewer_id = banyan_person()";
    let row = keys(conn, sql, review.0)?;
    // A reviewer of two programmes whose role in one has ended is a stranger there.
    if !programmes.contains(&ProgrammeId(row.programme)) {
        return Err(Error::NotFound);
    }
    let cohort = CohortId(row.b.ok_or(Error::NotFound)?);
    Ok(AssignedReview {
        person,
        review,
        application: ApplicationId(row.a),
        cohort,
    })
}

/// A person who speaks for organisations.
///
/// # Errors
/// [`Error::NotFound`] for anyone else.
pub fn member(conn: &Conn<'_>) -> Result<Member> {
    match conn.actor() {
        crate::db::Actor::Person(acting) if acting.role.needs_organisation() => Ok(Member {
            person: acting.person,
            organisations: acting.organisations.clone(),
        }),
        _ => Err(Error::NotFound),
    }
}

/// A person who teaches.
///
/// # Errors
/// [`Error::NotFound`] for anyone else.
pub fn instructor(conn: &Conn<'_>) -> Result<Instructor> {
    match conn.actor() {
        crate::db::Actor::Person(acting) if acting.role == Role::Instructor => Ok(Instructor {
            person: acting.person,
            programmes: acting.programmes.clone(),
        }),
        _ => Err(Error::NotFound),
    }
}

/// Who keeps the register of this session: staff of its programme, or its instructor once it is
/// published.
///
/// # Errors
/// [`Error::NotFound`] for anyone else, and when there is no such session.
pub fn class_keeper(conn: &mut Conn<'_>, class: ClassId) -> Result<ClassKeeper> {
    let person = own(conn)?.person;
    let (programmes, office) = match conn.actor() {
        crate::db::Actor::Person(acting)
            if matches!(acting.role, Role::Coordinator | Role::Administrator) =>
        {
            (acting.programmes.clone(), true)
        }
        crate::db::Actor::Person(acting) if acting.role == Role::Instructor => {
            (acting.programmes.clone(), false)
        }
        _ => return Err(Error::NotFound),
    };
    let sql = if office {
        "SELECT cohort_id AS a, NULL::uuid AS b, programme_id AS programme FROM class_sessions WHERE id = $1"
    } else {
        "SELECT cohort_id AS a, NULL::uuid AS b, programme_id AS programme FROM class_sessions \
         WHERE id = $1 AND published AND banyan_person() = ANY (instructor_ids)"
    };
    let row = keys(conn, sql, class.0)?;
    if !programmes.contains(&ProgrammeId(row.programme)) {
        return Err(Error::NotFound);
    }
    Ok(ClassKeeper {
        person,
        class,
        cohort: CohortId(row.a),
        programme: ProgrammeId(row.programme),
        office,
    })
}

/// An enrolment as its trainee reads it, for whoever they have let look. Only the task of sharing takes
/// it, after a consent has been found; that task changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when there is no such enrolment; [`Error::Internal`] under another task.
pub fn shared_enrolment(
    conn: &mut Conn<'_>,
    share: &Working,
    enrolment: EnrolmentId,
) -> Result<OwnEnrolment> {
    if share.task != Task::Share {
        return Err(Error::Internal(
            "an enrolment is shared by its own task".to_owned(),
        ));
    }
    let sql = "SELECT cohort_id AS a, person_id AS b, programme_id AS programme FROM enrolments WHERE id = $1";
    let row = keys(conn, sql, enrolment.0)?;
    Ok(OwnEnrolment {
        person: PersonId(row.b.ok_or(Error::NotFound)?),
        enrolment,
        cohort: CohortId(row.a),
        programme: ProgrammeId(row.programme),
    })
}

/// A steering committee member.
///
/// # Errors
/// [`Error::NotFound`] for anyone else.
pub fn committee(conn: &Conn<'_>) -> Result<Committee> {
    match conn.actor() {
        crate::db::Actor::Person(acting) if acting.role == Role::Committee => Ok(Committee {
            programmes: acting.programmes.clone(),
        }),
        _ => Err(Error::NotFound),
    }
}

/// The house at this task: either the actor itself, or inside `elevate`.
///
/// # Errors
/// [`Error::Internal`] when the transaction runs under something else: a mistake of ours.
pub fn working(conn: &Conn<'_>, task: Task) -> Result<Working> {
    if conn.task() == Some(task) {
        Ok(Working { task })
    } else {
        Err(Error::Internal(format!(
            "this work needs the task {}",
            task.as_str()
        )))
    }
}

#[derive(QueryableByName)]
struct Ids {
    #[diesel(sql_type = Array<SqlUuid>)]
    ids: Vec<uuid::Uuid>,
}

/// Of these applications, those whose staff the actor is, in the order given: for bulk actions.
///
/// # Errors
/// [`Error::NotFound`] unless every one of them is of this cohort and within reach.
pub fn applications_staff(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    wanted: &[ApplicationId],
) -> Result<Vec<ApplicationStaff>> {
    let ids: Vec<uuid::Uuid> = wanted.iter().map(|id| id.0).collect();
    let found: Ids = sql_query(
        "SELECT coalesce(array_agg(id), '{}') AS ids FROM applications WHERE cohort_id = $1 AND id = ANY ($2)",
    )
    .bind::<SqlUuid, _>(staff.cohort.0)
    .bind::<Array<SqlUuid>, _>(&ids)
    .get_result(conn.pg())?;
    if ids.iter().any(|id| !found.ids.contains(id)) {
        return Err(Error::NotFound);
    }
    Ok(wanted
        .iter()
        .map(|id| ApplicationStaff {
            person: staff.person,
            application: *id,
            cohort: staff.cohort,
            programme: staff.programme,
        })
        .collect())
}
