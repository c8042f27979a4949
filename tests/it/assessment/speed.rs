//! A release takes as many statements for five trainees as for twenty-five.

use banyan::access::cohort_staff;
use banyan::assessment::{actions, queries};
use banyan::db::Role;
use banyan::ids::AssessmentId;

use super::world::{OVER, Room};
use crate::support::counted::statements;

#[actix_web::test]
async fn the_statements_of_a_release_do_not_grow_with_the_cohort() {
    let mut before = None;
    for n in [5, 25] {
        let mut room = Room::new().await;
        for at in 3..=n {
            let more = room.school.enrol(room.school.world.cohort, at, "en");
            room.school.trainees.push(more);
        }
        let at = room.opened(2, &[]).await;
        room.at(OVER);
        let desk = room.desk();
        assert_eq!(desk.post(&format!("{at}/mark"), &[]).await.status, 303);
        let app = &room.school.world.app;
        app.as_owner(
            "UPDATE scripts SET state = 'agreed', agreed = 7000, agreed_points = '[700, 700]'",
        );
        assert_eq!(desk.post(&format!("{at}/moderate"), &[]).await.status, 303);
        let id: AssessmentId = at.rsplit('/').next().unwrap().parse().unwrap();
        let asked = room
            .school
            .world
            .as_role(desk.person.unwrap(), Role::Coordinator, |conn| {
                let staff = cohort_staff(conn, room.school.world.cohort)?;
                let it = queries::find(conn, &staff, id)?;
                let plan = actions::preview(conn, &staff, &it)?;
                let (done, asked) = statements(conn, |conn| {
                    actions::release(conn, &staff, id, &plan.fingerprint)
                })?;
                assert_eq!(
                    (done.candidates, done.passed),
                    (plan.lines.len(), plan.lines.len())
                );
                Ok(asked)
            })
            .unwrap();
        let marks = room
            .school
            .one("SELECT count(*) FROM released_marks WHERE mark = 7000");
        assert_eq!(marks, n.to_string());
        let letters = "SELECT count(DISTINCT person_id) FROM letters WHERE kind = 'marks_released'";
        assert_eq!(room.school.one(letters), n.to_string());
        assert!(asked < 40, "{asked}");
        if let Some(before) = before {
            assert_eq!(before, asked, "for five, and for {n}");
        }
        before = Some(asked);
    }
}
