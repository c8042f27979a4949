//! What the sample's office does for single trainees: cases of trainees at risk, an exemption, what is
//! shared with organisations and looked at.

use chrono::{DateTime, NaiveDate, Utc};

use crate::access;
use crate::at_risk::actions::{self, look_now};
use crate::at_risk::queries::{self, Case, Wanted, Which};
use crate::at_risk::rules::Outcome;
use crate::curriculum::exemption_actions;
use crate::curriculum::queries::book;
use crate::curriculum::rules::exemption::Decision;
use crate::db::{Acting, Actor, Role, sql_query};
use crate::error::{Error, Result};
use crate::ids::{PersonId, RiskCaseId};
use crate::sharing;
use crate::sharing::rules::{Scope, WORDS};
use crate::web::Pairs;
use crate::web::fields::Sort;

use diesel::RunQueryDsl as _;
use diesel::sql_types::{Text, Uuid as SqlUuid};

use super::World;
use super::class::{Trainee, paper};

/// Looks at everybody who takes part. Returns the case of this trainee.
pub(super) fn look(world: &World, at: DateTime<Utc>, one: &Trainee) -> Result<RiskCaseId> {
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        look_now(conn, &staff)?;
        let wanted = Wanted {
            which: Which::Living,
            owner: None,
            code: None,
            cohort: None,
            text: None,
            sort: Sort::from_query(Pairs::none(), queries::SORTS),
            after: None,
            limit: 100,
        };
        queries::list(conn, &staff, &wanted)?
            .into_iter()
            .find(|it| it.person_id == one.person)
            .map(|it| it.id)
            .ok_or_else(|| Error::Internal(format!("no case of {}", one.email)))
    })
}

fn case(world: &World, id: RiskCaseId) -> Result<Case> {
    world.db.read(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        queries::find(conn, &staff, id)
    })
}

/// The second coordinator takes the case up; a note for the office and one for the trainee are written,
/// and the trainee is written to.
pub(super) fn take_up(
    world: &World,
    at: DateTime<Utc>,
    (id, due_on): (RiskCaseId, NaiveDate),
    (internal, shown): (&str, &str),
) -> Result<()> {
    let seen = case(world, id)?.version;
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let owner = queries::owners(conn, &staff)?
            .into_iter()
            .map(|(person, _)| person)
            .find(|it| *it != world.coordinator && *it != world.administrator)
            .unwrap_or(world.coordinator);
        actions::assign(conn, &staff, &[(id, Some(seen))], owner, due_on)?;
        actions::note(conn, &staff, id, Some(internal), Some(shown))?;
        let seen = queries::find(conn, &staff, id)?.version;
        actions::tell(conn, &staff, id, seen, shown)
    })
}

/// The case is closed.
pub(super) fn close(
    world: &World,
    at: DateTime<Utc>,
    id: RiskCaseId,
    outcome: Outcome,
) -> Result<()> {
    let seen = case(world, id)?.version;
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        actions::close(conn, &staff, id, seen, outcome)
    })
}

/// A trainee asks for exemption from a module, and is granted it.
pub(super) fn exempt(
    world: &World,
    (asked, decided): (DateTime<Utc>, DateTime<Utc>),
    one: &Trainee,
    code: &str,
) -> Result<()> {
    let paper = paper(
        world,
        "certificate",
        "Certificate of an ethics course, a sample",
    )?;
    let id = world.db.as_of(asked).tx(&one.actor(), |conn| {
        let module = book(conn, world.programme)?
            .modules
            .iter()
            .find(|it| it.code == code)
            .map(|it| it.id)
            .ok_or_else(|| Error::Internal(format!("no sample module {code}")))?;
        let own = access::own_enrolment(conn, one.enrolment)?;
        let statement =
            "I completed a course of the same content last year; the certificate is attached.";
        let file = paper.file(one.person, world.programme);
        exemption_actions::ask(conn, &own, module, statement, &file)
    })?;
    world.db.as_of(decided).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let reason = "The course covers the outcomes of the module at the same level.";
        exemption_actions::draft(conn, &staff, id, 0, (Decision::Grant, reason))?;
        exemption_actions::decide(conn, &staff, id, 1).map(|_| ())
    })
}

/// A trainee lets an organisation see these parts.
pub(super) fn share(
    world: &World,
    at: DateTime<Utc>,
    one: &Trainee,
    (organisation, scopes): (&str, &[Scope]),
) -> Result<()> {
    let organisation = world.organisation(organisation)?;
    world.db.as_of(at).tx(&one.actor(), |conn| {
        let own = access::own_enrolment(conn, one.enrolment)?;
        sharing::actions::share(conn, &own, organisation, scopes, WORDS)
    })
}

#[derive(diesel::QueryableByName)]
struct Somebody {
    #[diesel(sql_type = SqlUuid)]
    id: PersonId,
}

/// A person who speaks for an organisation looks at what a trainee lets it see.
pub(super) fn look_at(
    world: &World,
    at: DateTime<Utc>,
    (email, role, organisation): (&str, Role, &str),
    one: &Trainee,
) -> Result<()> {
    let reader = Actor::System(crate::db::Task::Accounts);
    let person = world.db.read(&reader, |conn| {
        let row: Somebody = sql_query("SELECT id FROM people WHERE email_identity = $1")
            .bind::<Text, _>(email)
            .get_result(conn.pg())?;
        Ok(row.id)
    })?;
    let actor = Actor::Person(Acting {
        person,
        role,
        grant: None,
        organisations: vec![world.organisation(organisation)?],
        programmes: vec![world.programme],
    });
    world.db.as_of(at).tx(&actor, |conn| {
        let member = access::member(conn)?;
        sharing::actions::look(conn, &member, one.enrolment).map(|_| ())
    })
}
