//! From a registry's file to enrolled trainees: import, scores, decisions, release, answers.

use std::collections::BTreeMap;

use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access;
use crate::applications::desk_actions;
use crate::applications::import_actions::{self, Outputs, Source};
use crate::applications::rules::Decision;
use crate::db::{Db, Role, sql_query};
use crate::enrolments;
use crate::enrolments::rules::{EmergencyContact, EnrolmentForm};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, CohortId, CriterionId, ImportId, OfferId, PersonId, ReviewId};
use crate::lang::Lang;
use crate::offers;
use crate::programmes;
use crate::reviews;
use crate::web::Site;

use super::{World, acting, data, dice};

/// The registry's file of the first intake.
pub(super) const FIRST_INTAKE: &[u8] = include_bytes!("../../sample/applicants-2027h1.csv");
/// The list of the pre-pilot class.
pub(super) const PRE_PILOT: &str = include_str!("../../sample/applicants-2026pp.csv");

/// The list of the evening class.
pub(super) const EVENING_CLASS: &str = include_str!("../../sample/applicants-2026p2.csv");

/// Early applicants of the second intake.
pub(super) const SECOND_INTAKE: &str = include_str!("../../sample/applicants-2027h2.csv");

/// Takes in a registry's file, as the coordinator does.
pub(super) fn import(world: &World, db: &Db, cohort: CohortId, file: &[u8]) -> Result<()> {
    let outputs = Outputs {
        lang: Lang::En,
        report: None,
        bad_rows: None,
    };
    db.tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let call = import_actions::for_staff(conn, &staff)?;
        let source = Source {
            id: ImportId::new(),
            label: "applicants.csv".to_owned(),
            sha256: access::secret::digest(&String::from_utf8_lossy(file)),
            recorded: false,
            notify: false,
        };
        import_actions::commit(conn, &call, &source, file, &outputs, &mut |_rows| {})?;
        Ok(())
    })
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: ApplicationId,
    #[diesel(sql_type = BigInt)]
    score: i64,
}

/// The applications of a cohort that are under way, best score first, in an order that does not
/// depend on the ids.
fn applications(world: &World, cohort: CohortId) -> Result<Vec<Row>> {
    world.db.read(&world.staff(), |conn| {
        Ok(sql_query(
            "SELECT a.id, coalesce(c.score_milli, 0)::bigint AS score FROM applications a \
             LEFT JOIN application_cases c ON c.application_id = a.id \
             WHERE a.cohort_id = $1 AND a.state IN ('submitted', 'under_review') ORDER BY score DESC, a.email",
        )
        .bind::<SqlUuid, _>(cohort)
        .load(conn.pg())?)
    })
}

#[derive(QueryableByName)]
struct Assigned {
    #[diesel(sql_type = SqlUuid)]
    id: ReviewId,
    #[diesel(sql_type = SqlUuid)]
    reviewer_id: PersonId,
    #[diesel(sql_type = Text)]
    email: String,
}

/// Assigns reviewers and hands all their scores in.
pub(super) fn score(world: &World, db: &Db, cohort: CohortId, reviewers: usize) -> Result<()> {
    assign(world, db, cohort, reviewers)?;
    hand_in(world, db, cohort, 1)
}

/// Gives every application to so many reviewers.
pub(super) fn assign(world: &World, db: &Db, cohort: CohortId, reviewers: usize) -> Result<()> {
    let ids: Vec<ApplicationId> = applications(world, cohort)?
        .into_iter()
        .map(|row| row.id)
        .collect();
    db.tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        for one in access::applications_staff(conn, &staff, &ids)? {
            desk_actions::start_review(conn, &one)?;
        }
        let plan = reviews::actions::plan(conn, &staff, &ids, None, reviewers, true)?;
        reviews::actions::assign_all(conn, &staff, &plan)
    })
}

/// Every reviewer hands in the scores of each `every`th application that is theirs to read.
pub(super) fn hand_in(world: &World, db: &Db, cohort: CohortId, every: usize) -> Result<()> {
    let criteria = criteria(world, cohort)?;
    for reviewer in &world.reviewers {
        let actor = acting(*reviewer, Role::Reviewer, vec![world.programme]);
        for assigned in assigned(world, cohort, *reviewer)?.iter().step_by(every) {
            let sheet: BTreeMap<CriterionId, i32> = criteria
                .iter()
                .map(|(id, name)| {
                    (
                        *id,
                        points(&assigned.email, name, *reviewer == assigned.reviewer_id),
                    )
                })
                .collect();
            db.tx(&actor, |conn| {
                let review = access::assigned_review(conn, assigned.id)?;
                reviews::actions::submit_scores(conn, &review, &sheet, "")
            })?;
        }
    }
    Ok(())
}

/// One to five, mostly in the middle; reviewers differ by a point now and then.
fn points(email: &str, criterion: &str, own: bool) -> i32 {
    let base = dice(&format!("{email}/{criterion}"), 100);
    let point = match base {
        0..=7 => 1,
        8..=27 => 2,
        28..=62 => 3,
        63..=89 => 4,
        _ => 5,
    };
    let mood = if own && dice(&format!("{criterion}/{email}"), 5) == 0 {
        1
    } else {
        0
    };
    (point + mood).min(5)
}

#[derive(QueryableByName)]
struct CriterionRow {
    #[diesel(sql_type = SqlUuid)]
    id: CriterionId,
    #[diesel(sql_type = Text)]
    name: String,
}

fn criteria(world: &World, cohort: CohortId) -> Result<Vec<(CriterionId, String)>> {
    let rows: Vec<CriterionRow> = world.db.read(&world.staff(), |conn| {
        Ok(sql_query("SELECT id, name_en AS name FROM rubric_criteria WHERE cohort_id = $1 ORDER BY position")
            .bind::<SqlUuid, _>(cohort)
            .load(conn.pg())?)
    })?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

fn assigned(world: &World, cohort: CohortId, reviewer: PersonId) -> Result<Vec<Assigned>> {
    world.db.read(&world.staff(), |conn| {
        Ok(sql_query(
            "SELECT r.id, r.reviewer_id, a.email FROM reviews r JOIN applications a ON a.id = r.application_id \
             WHERE r.cohort_id = $1 AND r.reviewer_id = $2 AND r.state = 'assigned' ORDER BY a.email",
        )
        .bind::<SqlUuid, _>(cohort)
        .bind::<SqlUuid, _>(reviewer)
        .load(conn.pg())?)
    })
}

/// The best are accepted, the next wait, two are not eligible, the rest are not selected.
pub(super) fn decide(
    world: &World,
    db: &Db,
    cohort: CohortId,
    accept: usize,
    waitlist: usize,
) -> Result<()> {
    let rows = applications(world, cohort)?;
    let lowest = rows.iter().map(|row| row.score).min().unwrap_or_default();
    db.tx(&world.staff(), |conn| {
        for (place, row) in rows.iter().enumerate() {
            let staff = access::application_staff(conn, row.id)?;
            let (decision, reason) = match place {
                _ if place < accept => (Decision::Accept, None),
                _ if place < accept + waitlist => (Decision::Waitlist, None),
                _ if row.score == lowest && place + 2 >= rows.len() => (
                    Decision::Ineligible,
                    Some("The route chosen does not match the studies or work named."),
                ),
                _ => (Decision::Reject, None),
            };
            offers::actions::decide(conn, &staff, decision, reason)?;
        }
        Ok(())
    })
}

/// Makes the decisions visible, exactly as previewed.
pub(super) fn release(world: &World, db: &Db, cohort: CohortId) -> Result<()> {
    db.tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let preview = offers::actions::preview_release(conn, &staff, None)?;
        offers::actions::release(conn, &staff, None, &preview.fingerprint)?;
        Ok(())
    })
}

/// How many answer, and how.
pub(super) struct Answers {
    pub accept: usize,
    pub decline: usize,
    pub enrol: usize,
}

#[derive(QueryableByName)]
struct OpenOffer {
    #[diesel(sql_type = SqlUuid)]
    id: OfferId,
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    email: String,
}

/// Some of those with an open offer accept and enrol, some decline; their seats move on.
pub(super) fn answer(world: &World, db: &Db, cohort: CohortId, answers: &Answers) -> Result<()> {
    let open: Vec<OpenOffer> = world.db.read(&world.staff(), |conn| {
        Ok(sql_query(
            "SELECT o.id, o.person_id, a.name_shown AS name, a.email FROM offers o JOIN applications a ON a.id = o.application_id \
             WHERE o.cohort_id = $1 AND o.state = 'open' ORDER BY a.email",
        )
        .bind::<SqlUuid, _>(cohort)
        .load(conn.pg())?)
    })?;
    for (place, offer) in open
        .iter()
        .take(answers.accept + answers.decline)
        .enumerate()
    {
        let actor = acting(offer.person_id, Role::Applicant, Vec::new());
        let decline = place >= answers.accept;
        db.tx(&actor, |conn| {
            let own = access::own_offer(conn, offer.id)?;
            if decline {
                offers::actions::decline(conn, &own, None)
            } else {
                offers::actions::accept(conn, &own)
            }
        })?;
        if !decline && place < answers.enrol {
            db.tx(&actor, |conn| {
                let own = access::own_offer(conn, offer.id)?;
                let pics = programmes::queries::current_pics(conn, own.programme())?;
                let form = EnrolmentForm {
                    certificate_name: offer.name.clone(),
                    contact: EmergencyContact {
                        name: "Chan Siu Fong".to_owned(),
                        relationship: "Parent".to_owned(),
                        phone: format!("+8526{:07}", dice(&offer.email, 10_000_000)),
                    },
                    accepted_pics: Some(pics.id),
                    accepts_agreement: true,
                    allows_photographs: dice(&offer.email, 2) == 0,
                };
                enrolments::actions::enrol(conn, &own, &form).map(|_| ())
            })?;
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Somebody {
    #[diesel(sql_type = Text)]
    label: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    person: Option<PersonId>,
}

/// One person for each kind of user: those who work for the programme by role, and applicants in
/// the situations that people want to see.
pub(super) fn showcase(site: &Site) -> Result<Vec<(&'static str, String, PersonId)>> {
    use crate::db::{Actor, Task};
    let mut people = Vec::new();
    let mut seen: Vec<Role> = Vec::new();
    for member in data::STAFF {
        if seen.contains(&member.role) {
            continue;
        }
        seen.push(member.role);
        let found = site.db.read(&Actor::System(Task::Accounts), |conn| {
            Ok(sql_query("SELECT ''::text AS label, display_name AS name, id AS person FROM people WHERE email_identity = $1")
                .bind::<Text, _>(member.email)
                .load::<Somebody>(conn.pg())?)
        })?;
        for one in found {
            people.extend(
                one.person
                    .map(|person| (Lang::En.role(member.role), one.name, person)),
            );
        }
    }
    let applicants = site.db.read(&Actor::System(Task::Report), |conn| {
        Ok(sql_query(
            "SELECT DISTINCT ON (label) label, name, person FROM ( \
               SELECT CASE a.state WHEN 'enrolled' THEN 'trainee' WHEN 'waitlisted' THEN 'waitlisted' ELSE 'offered' END AS label, \
                 a.name_shown AS name, a.person_id AS person, a.email \
               FROM applications a LEFT JOIN offers o ON o.application_id = a.id AND o.state = 'open' \
               WHERE a.reference LIKE '2027H1%' AND (a.state IN ('enrolled', 'waitlisted') OR (a.state = 'offered' AND o.id IS NOT NULL)) \
               UNION ALL SELECT 'class', a.name_shown, a.person_id, a.email FROM applications a \
               WHERE a.reference LIKE '2026P2%' AND a.email LIKE '%.ec3@%' \
               UNION ALL SELECT 'placed', a.name_shown, a.person_id, a.email FROM applications a \
               WHERE a.id = (SELECT e.application_id FROM enrolments e JOIN placements x ON x.enrolment_id = e.id \
                 WHERE x.state = 'mid_review' ORDER BY e.trainee_number LIMIT 1) \
             ) x ORDER BY label, email",
        )
        .load::<Somebody>(conn.pg())?)
    })?;
    for one in applicants {
        let label = match one.label.as_str() {
            "class" => "Trainee (evening class)",
            "placed" => "Trainee (on placement)",
            "trainee" => "Trainee",
            "waitlisted" => "Applicant (waitlisted)",
            _ => "Applicant (with an offer)",
        };
        people.extend(one.person.map(|person| (label, one.name, person)));
    }
    if people.is_empty() {
        return Err(Error::Internal(
            "the sample programme is not loaded".to_owned(),
        ));
    }
    Ok(people)
}
