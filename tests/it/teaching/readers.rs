//! Trainees and instructors: their own timetable and their private calendar.

use actix_web::test::TestRequest;

use super::calendar::read;
use super::world::School;

#[actix_web::test]
async fn a_trainee_sees_the_next_session_and_no_draft() {
    let school = School::new();
    let desk = school.coordinator();
    let trainee = school.world.app.sign_in(school.trainees[0].0, None);
    let empty = trainee.get("/me/timetable").await;
    assert!(empty.text().contains("No sessions yet"));
    let offering = school.offer(&desk, "all").await;
    school.plan(&desk, &offering, super::world::EVENINGS).await;
    assert!(
        trainee
            .get("/me/timetable")
            .await
            .text()
            .contains("No sessions yet")
    );
    desk.post(&format!("{offering}/publish"), &[]).await;
    for view in ["list", "week", "month"] {
        let page = trainee
            .get(&format!("/me/timetable?view={view}&on=2027-02-22"))
            .await;
        let text = page.text();
        assert_eq!(page.status, 200);
        assert!(text.contains("Next session") && text.contains("Mon 22 Feb 2027, 19:00–22:00 HKT"));
        assert!(text.contains("Room 3"), "{view}");
        assert!(!text.contains("/cohorts/"), "no way into the office");
    }
    let reader = school.world.app.sign_in(school.trainees[1].0, None);
    let page = reader.get("/me/timetable").await.text();
    assert!(
        page.contains("人工智能風險管理") && page.contains("下一節"),
        "{page}"
    );
    let stranger = school.world.app.person("Stranger");
    assert!(
        stranger
            .get("/me/timetable")
            .await
            .text()
            .contains("No sessions yet")
    );
}

#[actix_web::test]
async fn an_instructor_sees_what_they_teach_and_nothing_else() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let app = &school.world.app;
    let teacher = app.sign_in(school.teacher.0, Some(school.teacher.1));
    let page = teacher.get("/timetable").await;
    assert!(
        page.text().contains("AI risk management"),
        "{}",
        page.text()
    );
    let other = app.sign_in(school.other_teacher.0, Some(school.other_teacher.1));
    assert!(
        !other
            .get("/timetable")
            .await
            .text()
            .contains("AI risk management")
    );
    assert_eq!(teacher.get(&school.path("/timetable")).await.status, 403);
    assert_eq!(desk.get("/timetable").await.status, 403);
}

pub fn address(text: &str) -> String {
    let after = text
        .split("/calendar/")
        .find(|it| it.contains(".ics"))
        .unwrap();
    format!("/calendar/{}.ics", after.split(".ics").next().unwrap())
}

#[actix_web::test]
async fn the_feed_is_private_stable_and_stops_when_it_is_told_to() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let app = &school.world.app;
    let trainee = app.sign_in(school.trainees[1].0, None);
    let made = trainee.post("/calendar/new", &[]).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let feed = address(&made.text());
    assert!(feed.len() > "/calendar/.ics".len() + 40, "256 bits: {feed}");
    let secret = feed
        .trim_start_matches("/calendar/")
        .trim_end_matches(".ics");
    let stored = school.one("SELECT encode(token_hash, 'escape') FROM calendar_feeds");
    assert!(!stored.contains(secret));
    let anybody = app.anybody();
    let first = anybody.get(&feed).await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(
        first.headers["content-type"],
        "text/calendar; charset=utf-8"
    );
    let (_, events) = read(&first.text());
    assert_eq!(events.len(), 4);
    let ids: Vec<String> = events.iter().map(|it| it["UID"].value.clone()).collect();
    assert_eq!(ids, school.classes());
    assert!(first.text().contains("人工智能風險管理"));
    let tag = first.headers["etag"].clone();
    let again = anybody
        .send(
            TestRequest::get()
                .uri(&feed)
                .insert_header(("if-none-match", tag.as_str())),
        )
        .await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    // A session is cancelled: the same id, a higher sequence, another tag.
    let class = school.classes().remove(1);
    let path = school.path(&format!("/classes/{class}/cancel"));
    desk.post(&path, &[("version", "2"), ("reason", "instructor")])
        .await;
    let after = anybody.get(&feed).await;
    assert_ne!(after.headers["etag"], tag);
    let (_, events) = read(&after.text());
    assert_eq!(events[1]["UID"].value, class);
    assert_eq!(events[1]["SEQUENCE"].value, "1");
    assert_eq!(events[1]["STATUS"].value, "CANCELLED");
    assert!(trainee.get("/calendar").await.text().contains("最近讀取"));
    // A new address stops the old one; stopping stops both.
    let renewed = address(&trainee.post("/calendar/new", &[]).await.text());
    assert_ne!(renewed, feed);
    assert_eq!(anybody.get(&feed).await.status, 404);
    assert_eq!(anybody.get(&renewed).await.status, 200);
    assert_eq!(trainee.post("/calendar/stop", &[]).await.status, 303);
    assert_eq!(anybody.get(&renewed).await.status, 404);
    assert_eq!(anybody.get("/calendar/nonsense.ics").await.status, 404);
}

#[actix_web::test]
async fn an_instructor_s_feed_ends_with_their_role_and_a_disabled_account_has_none() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let app = &school.world.app;
    let teacher = app.sign_in(school.teacher.0, Some(school.teacher.1));
    let feed = address(&teacher.post("/calendar/new", &[]).await.text());
    let anybody = app.anybody();
    let count = |text: &str| read(text).1.len();
    assert_eq!(count(&anybody.get(&feed).await.text()), 4);
    app.as_owner(&format!(
        "UPDATE role_grants SET revoked_at = banyan_now() WHERE id = '{}'",
        school.teacher.1
    ));
    assert_eq!(count(&anybody.get(&feed).await.text()), 0);
    app.as_owner(&format!(
        "UPDATE people SET disabled_at = banyan_now() WHERE id = '{}'",
        school.teacher.0
    ));
    assert_eq!(anybody.get(&feed).await.status, 404);
}
