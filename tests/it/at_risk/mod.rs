//! Trainees at risk: the rules, the look, the office's queue, what the trainee reads.
mod desk;
mod look;
mod rules;

use banyan::access;
use banyan::at_risk::actions::{self, Looked};
use banyan::db::Role;

use crate::support::app::Client;
use crate::teaching::world::School;

/// Ten weeks into the cohort.
const NOW: &str = "2027-05-01T02:00:00Z";

/// A running cohort of two trainees, of whom the first signed in yesterday and the second never.
fn school() -> School {
    let mut school = School::new();
    school.world.app.site.db = school.world.app.site.db.as_of(NOW.parse().unwrap());
    school.world.app.as_owner(&format!(
        "UPDATE cohorts SET state = 'running' WHERE id = '{}'; DELETE FROM sessions; \
         UPDATE enrolments SET created_at = '2027-02-01'",
        school.world.cohort
    ));
    sign_of_life(&school, 0, "2027-04-30T03:00:00Z");
    school
}

/// A browser of the trainee's that was seen at this time.
fn sign_of_life(school: &School, trainee: usize, at: &str) {
    let person = school.trainees[trainee].0;
    school.world.app.as_owner(&format!(
        "INSERT INTO sessions (id, token_hash, person_id, created_at, seen_at, proved_at, expires_at) \
           VALUES (gen_random_uuid(), sha256('{person}{at}'), '{person}', '{at}', '{at}', '{at}', '2100-01-01')"
    ));
}

/// The trainee's browsers are forgotten.
fn silence(school: &School, trainee: usize) {
    let person = school.trainees[trainee].0;
    school.world.app.as_owner(&format!(
        "DELETE FROM sessions WHERE person_id = '{person}'"
    ));
}

/// Looks as the coordinator.
fn look(school: &School, desk: &Client<'_>) -> Looked {
    let programme = school.world.programme;
    school
        .world
        .as_role(desk.person.unwrap(), Role::Coordinator, |conn| {
            let staff = access::programme_staff(conn, programme)?;
            actions::look_now(conn, &staff)
        })
        .unwrap()
}

fn at(school: &School, rest: &str) -> String {
    format!("/programmes/{}/at-risk{rest}", school.world.programme)
}

/// The case that is not closed.
fn case(school: &School) -> String {
    school.one("SELECT id FROM risk_cases WHERE state <> 'closed'")
}

fn version(school: &School) -> String {
    school.one("SELECT version FROM risk_cases WHERE state <> 'closed'")
}
