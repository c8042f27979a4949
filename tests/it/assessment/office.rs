//! An instructor's list over all cohorts; an assessment that was set by mistake.

use super::world::{OVER, Room, points, post};
use crate::teaching::world::hidden;

#[actix_web::test]
async fn an_instructor_reads_the_assessments_that_they_teach_or_mark_with_work_to_do_first() {
    let mut room = Room::new().await;
    let case = room.opened(1, &[("due_at", "2027-03-12T18:00")]).await;
    let exam = room.set(&room.desk(), 2, &[]).await;
    for n in [0, 1] {
        assert_eq!(room.hand_in(&case, n, "a.pdf").await.status, 303);
    }
    let list = "/teaching/assessments";
    // What is prepared for a module that is not published is the office's own.
    let page = room.marker().get(list).await.text();
    assert!(page.contains("1 assessment shown"), "{page}");
    let app = &room.school.world.app;
    app.as_owner("UPDATE offerings SET state = 'published'");
    let page = room.marker().get(list).await.text();
    assert!(
        page.contains("2 of 2") && page.contains("2 assessments shown"),
        "{page}"
    );
    // By the due time, as long as nothing waits.
    assert!(page.find("Examination") < page.find("Case file"), "{page}");
    // Who neither teaches nor marks it reads nothing of it; the office has its own list.
    let other = room.other_marker().get(list).await.text();
    assert!(other.contains("No assessment yet"), "{other}");
    assert_eq!(room.desk().get(list).await.status, 403);
    assert_eq!(room.trainee(0).get(list).await.status, 403);

    room.at("2027-03-16T02:00:00Z");
    assert_eq!(
        room.desk().post(&format!("{case}/mark"), &[]).await.status,
        303
    );
    let two = room.other_id().to_string();
    let one = room.school.teacher.0.to_string();
    let shared = [
        ("marker", one.as_str()),
        ("marker", two.as_str()),
        ("again", "yes"),
    ];
    let shared = room.desk().post(&format!("{case}/markers"), &shared).await;
    assert_eq!(shared.status, 303);
    let page = room.marker().get(list).await.text();
    assert!(page.find("Case file") < page.find("Examination"), "{page}");
    let csv = |client: crate::support::app::Answer| client.text();
    let own = csv(room.marker().get(&format!("{list}.csv")).await);
    assert!(own.contains("Being marked,2,2,1,0"), "{own}");
    // Each sees what waits for them alone.
    let script = room.school.world.texts(&format!(
        "SELECT id::text FROM scripts WHERE first_id = '{two}'"
    ));
    let given = post(
        &room.other_marker(),
        &format!("/marking/{}", script[0]),
        &points("9", "9"),
    )
    .await;
    assert_eq!(given.status, 303, "{}", given.text());
    let other = csv(room.other_marker().get(&format!("{list}.csv")).await);
    assert!(other.contains("Being marked,2,2,0,1"), "{other}");
    assert!(!other.contains("Examination"), "{other}");
    let id = case.rsplit('/').next().unwrap();
    let queue = format!("/marking?all=yes&assessment={id}");
    let page = room.other_marker().get(list).await.text();
    assert!(page.contains(&queue.replace('&', "&#38;")), "{page}");
    let page = room.other_marker().get(&queue).await.text();
    assert!(page.contains(&script[0]), "{page}");
    let none = format!(
        "/marking?all=yes&assessment={}",
        exam.rsplit('/').next().unwrap()
    );
    let page = room.other_marker().get(&none).await.text();
    assert!(!page.contains(&script[0]), "{page}");

    // Filters stay in the address, also in the files'.
    let planned = format!(
        "{list}?state=planned&cohort={}&sort=-title",
        room.school.world.cohort
    );
    let page = room.marker().get(&planned).await.text();
    assert!(
        page.contains("Examination") && !page.contains("Case file"),
        "{page}"
    );
    assert!(page.contains("assessments.csv?state=planned"), "{page}");
    for sort in ["due", "title", "module", "cohort", "-work"] {
        let page = room.marker().get(&format!("{list}?sort={sort}")).await;
        assert_eq!(page.status, 200, "{sort}");
    }
    let elsewhere = format!("{list}?cohort={}", uuid::Uuid::now_v7());
    let page = room.marker().get(&elsewhere).await.text();
    assert!(page.contains("No assessment matches"), "{page}");
    let xlsx = room.marker().get(&format!("{list}.xlsx")).await;
    assert_eq!((xlsx.status, &xlsx.body[..2]), (200, &b"PK"[..]));
    let home = room.marker().get("/teaching").await.text();
    assert!(home.contains("href=\"/teaching/assessments\""), "{home}");
}

#[actix_web::test]
async fn an_assessment_is_removed_as_long_as_no_trainee_has_seen_it() {
    let mut room = Room::new().await;
    let desk = room.desk();
    let at = room.set(&desk, 1, &[]).await;
    let record = desk.get(&at).await.text();
    assert!(record.contains(&format!("{at}/remove")), "{record}");
    let page = desk.get(&format!("{at}/remove")).await;
    let fields = hidden(&page);
    assert!(
        page.text().contains("Remove “Case file”?"),
        "{}",
        page.text()
    );
    room.school
        .world
        .app
        .as_owner("UPDATE assessments SET version = version + 1");
    let stale = post(&desk, &format!("{at}/remove"), &fields).await;
    assert_eq!(stale.status, 412, "{}", stale.text());
    let fields = hidden(&desk.get(&format!("{at}/remove")).await);
    assert_eq!(
        room.trainee(0)
            .post(&format!("{at}/remove"), &[])
            .await
            .status,
        403
    );
    let done = post(&desk, &format!("{at}/remove"), &fields).await;
    assert_eq!(done.location(), room.school.path("/assessments"));
    assert_eq!(desk.get(&at).await.status, 404);
    let noted = room
        .school
        .one("SELECT verb FROM audit_events WHERE verb = 'assessment.removed'");
    assert_eq!(noted, "assessment.removed");
    // The part of the plan is free again; once opened it stays.
    let at = room.set(&desk, 1, &[]).await;
    let fields = hidden(&desk.get(&format!("{at}/remove")).await);
    assert_eq!(desk.post(&format!("{at}/open"), &[]).await.status, 303);
    let page = desk.get(&format!("{at}/remove")).await.text();
    assert!(page.contains("trainees have seen this one"), "{page}");
    let late = post(&desk, &format!("{at}/remove"), &fields).await;
    assert_eq!(late.status, 409, "{}", late.text());
    assert!(!desk.get(&at).await.text().contains("/remove\""));
    room.at(OVER);
    assert_eq!(room.desk().get(&at).await.status, 200);
}
