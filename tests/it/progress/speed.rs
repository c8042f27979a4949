//! The statements of a page and of a confirmation are as many for five trainees as for twenty-five.

use banyan::access::{cohort_staff, own_enrolment};
use banyan::db::Role;
use banyan::ids::EnrolmentId;
use banyan::progress::{actions, facts, queries};

use super::world::{Class, NOW, Who};
use crate::support::counted::statements;

async fn class_of(n: u32) -> (Class, Vec<Who>) {
    let class = Class::new();
    let desk = class.coordinator();
    class.publish(&desk, &class.fields()).await;
    let all: Vec<Who> = (0..n)
        .map(|n| {
            let who = class.trainee(&format!("Trainee {n}"));
            class.done(who, 9);
            class.forms_in(who);
            who
        })
        .collect();
    (class, all)
}

#[actix_web::test]
async fn statements_do_not_grow_with_the_cohort() {
    let mut before: Option<[usize; 4]> = None;
    for n in [5, 25] {
        let (class, all) = class_of(n).await;
        let boss = class.coordinator().person.unwrap();
        let today = NOW[..10].parse().unwrap();
        let ids: Vec<EnrolmentId> = all.iter().map(|it| it.1).collect();
        let counted = class
            .world
            .as_role(boss, Role::Coordinator, |conn| {
                let staff = cohort_staff(conn, class.world.cohort)?;
                let rules = queries::followed(conn, &staff)?.unwrap().content;
                let (whole, list) =
                    statements(conn, |conn| facts::judged(conn, &staff, &rules, today))?;
                assert_eq!(whole.len(), ids.len());
                let (one, page) = statements(conn, |conn| {
                    facts::judged_one(conn, &staff, &rules, (ids[0], today))
                })?;
                // Judged alone as among all.
                let same = whole.iter().find(|it| it.trainee.id == ids[0]).unwrap();
                assert_eq!(one.verdict, same.verdict);
                let plan = actions::preview(conn, &staff, Some(&ids))?;
                let (done, step) = statements(conn, |conn| {
                    actions::confirm(conn, &staff, &ids, &plan.fingerprint)
                })?;
                assert_eq!(done, ids.len());
                Ok([list, page, step])
            })
            .unwrap();
        assert_eq!(class.state(all[0]), "completed");
        let letters =
            "SELECT count(DISTINCT person_id) FROM letters WHERE kind = 'completion_confirmed'";
        assert_eq!(class.one(letters), n.to_string());
        let events = "SELECT count(*) FROM audit_events WHERE verb = 'completion.confirmed'";
        assert_eq!(class.one(events), n.to_string());
        let own = class
            .world
            .as_role(all[0].0, Role::Applicant, |conn| {
                let own = own_enrolment(conn, ids[0])?;
                let rules = queries::followed_own(conn, &own)?.unwrap().content;
                Ok(statements(conn, |conn| facts::judged_own(conn, &own, &rules, today))?.1)
            })
            .unwrap();
        let now = [counted[0], counted[1], counted[2], own];
        assert!(now.iter().all(|it| *it < 40), "{now:?}");
        if let Some(before) = before {
            assert_eq!(before, now, "for five, and for {n}");
        }
        before = Some(now);
    }
}
