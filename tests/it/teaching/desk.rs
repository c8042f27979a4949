//! The office: offering a module, planning, moving, cancelling, making up.

use super::calendar::read;
use super::world::{EVENINGS, School, confirm};
use crate::mail::outbox::courier_to;
use crate::support::smtp_sink::{Plan, Sink};

#[actix_web::test]
async fn a_pattern_is_previewed_with_dates_days_left_out_and_clashes_before_it_is_saved() {
    let school = School::new();
    let desk = school.coordinator();
    let offering = school.offer(&desk, "all").await;
    let fields = [
        ("weekdays", "mon"),
        ("weekdays", "fri"),
        ("time", "19:00"),
        ("minutes", "180"),
        ("first_on", "2027-03-22"),
        ("until", "hours"),
        ("amount", "11"),
    ];
    let seen = desk.post(&format!("{offering}/plan"), &fields).await;
    let text = seen.text();
    assert_eq!(seen.status, 200);
    for line in [
        "4 sessions, 11 hours of teaching",
        "Mon 22 Mar 2027, 19:00–22:00 HKT",
        "Mon 5 Apr 2027, 19:00–22:00 HKT",
        "Fri 9 Apr 2027, 19:00–21:00 HKT",
        "Fri 26 Mar 2027: Good Friday",
        "Mon 29 Mar 2027: Easter Monday",
        "Plan 4 sessions",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(school.classes().is_empty(), "a preview plans nothing");
    let planned = confirm(&desk, &format!("{offering}/plan"), &seen).await;
    assert_eq!(planned.status, 303, "{}", planned.text());
    assert_eq!(school.classes().len(), 4);
    // The same evenings again: each clashes by room, link, instructor and trainees.
    let again = desk.post(&format!("{offering}/plan"), &fields).await;
    let text = again.text();
    assert!(text.contains("in spite of 16 clashes"), "{text}");
    assert!(
        text.contains("AIR501 AI risk management at 19:00–22:00 (same room (Room 3))"),
        "{text}"
    );
    assert!(text.contains("same instructor (Tess Teacher)"), "{text}");
    // Saving what was not agreed to is refused.
    let mut fields: Vec<(&str, &str)> = fields.to_vec();
    fields.push(("step", "save"));
    fields.push(("seen", "other"));
    let changed = desk.post(&format!("{offering}/plan"), &fields).await;
    assert_eq!((changed.status, school.classes().len()), (200, 4));
    let forced = confirm(&desk, &format!("{offering}/plan"), &again).await;
    assert_eq!((forced.status, school.classes().len()), (303, 8));
}

#[actix_web::test]
async fn mistakes_are_told_beside_the_fields_and_nothing_typed_is_lost() {
    let school = School::new();
    let desk = school.coordinator();
    let offering = school.offer(&desk, "all").await;
    let fields = [
        ("time", "25:00"),
        ("minutes", "5"),
        ("first_on", "2027-01-01"),
        ("until", "sessions"),
        ("amount", "4"),
    ];
    let page = desk.post(&format!("{offering}/plan"), &fields).await;
    let text = page.text();
    assert_eq!(page.status, 422);
    for field in ["weekdays", "time", "minutes"] {
        assert!(text.contains(&format!("<a href=\"#{field}\">")), "{field}");
        assert!(text.contains(&format!("id=\"{field}-error\"")), "{field}");
    }
    assert!(text.contains("value=\"25:00\"") && text.contains("value=\"2027-01-01\""));
    let early = [
        ("weekdays", "mon"),
        ("time", "19:00"),
        ("minutes", "60"),
        ("first_on", "2027-01-01"),
        ("until", "sessions"),
        ("amount", "4"),
    ];
    let page = desk.post(&format!("{offering}/plan"), &early).await;
    assert!(
        page.text()
            .contains("Choose a day within the cohort: 22 Feb 2027 to 30 Jun 2027.")
    );
    desk.get("/language?lang=zh-Hant-HK").await;
    let bad = desk
        .post(
            &school.path("/offerings/new"),
            &[("module", "x"), ("link", "javascript:x")],
        )
        .await;
    assert_eq!(bad.status, 422);
    assert!(bad.text().contains("javascript:x"));
}

#[actix_web::test]
async fn publishing_tells_trainees_and_instructors_in_their_language_over_smtp() {
    let school = School::new();
    let desk = school.coordinator();
    let offering = school.offer(&desk, "all").await;
    let early = desk.post(&format!("{offering}/publish"), &[]).await;
    assert_eq!(early.status, 409);
    assert_eq!(school.plan(&desk, &offering, EVENINGS).await.status, 303);
    assert!(school.letters("timetable_published").is_empty());
    let asked = desk.get(&format!("{offering}/publish")).await;
    assert!(
        asked.text().contains("Trainees: 2; instructors: 1"),
        "{}",
        asked.text()
    );
    assert_eq!(
        desk.post(&format!("{offering}/publish"), &[]).await.status,
        303
    );
    let letters = school.letters("timetable_published");
    assert_eq!(letters.len(), 3);
    let classes = school.classes();
    for (_, method, text) in &letters {
        assert_eq!(method, "PUBLISH");
        let (_, events) = read(text);
        let ids: Vec<String> = events.iter().map(|it| it["UID"].value.clone()).collect();
        assert_eq!(ids, classes);
        assert!(events.iter().all(|it| it["SEQUENCE"].value == "0"));
    }
    let sink = Sink::start(Plan::default());
    courier_to(&school.world.app, &sink).deliver_due().unwrap();
    assert_eq!(sink.count(), 3);
    let subjects = school.world.texts(
        "SELECT DISTINCT subject FROM letters WHERE kind = 'timetable_published' ORDER BY 1",
    );
    assert_eq!(
        subjects,
        ["Timetable: AI risk management", "時間表：人工智能風險管理"]
    );
    // Publishing twice is refused, and writes to nobody.
    assert_eq!(
        desk.post(&format!("{offering}/publish"), &[]).await.status,
        409
    );
    assert_eq!(school.letters("timetable_published").len(), 3);
}

#[actix_web::test]
async fn a_session_is_moved_and_cancelled_under_the_id_that_calendars_know() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let class = school.classes().remove(0);
    let path = school.path(&format!("/classes/{class}"));
    let teacher = school.teacher.0.to_string();
    let fields = [
        ("version", "2"),
        ("day", "2027-02-23"),
        ("time", "18:30"),
        ("minutes", "120"),
        ("room", "Room 9"),
        ("link", ""),
        ("instructors", teacher.as_str()),
    ];
    let seen = desk.post(&format!("{path}/edit"), &fields).await;
    assert_eq!(seen.status, 200, "{}", seen.text());
    for line in [
        "Now: Mon 22 Feb 2027, 19:00–22:00 HKT",
        "Then: Tue 23 Feb 2027, 18:30–20:30 HKT",
        "3 people",
    ] {
        assert!(seen.text().contains(line), "{line}: {}", seen.text());
    }
    let moved = confirm(&desk, &format!("{path}/edit"), &seen).await;
    assert_eq!(moved.status, 303, "{}", moved.text());
    let letters = school.letters("session_changed");
    assert_eq!(letters.len(), 3);
    for (_, method, text) in &letters {
        let (_, events) = read(text);
        assert_eq!((method.as_str(), events.len()), ("REQUEST", 1));
        assert_eq!(events[0]["UID"].value, class);
        assert_eq!(events[0]["SEQUENCE"].value, "1");
        assert_eq!(events[0]["DTSTART"].value, "20270223T103000Z");
        assert!(events[0].contains_key("ATTENDEE"));
    }
    // Who has the page from before is told, and nothing is overwritten.
    let stale = desk.post(&format!("{path}/edit"), &fields).await;
    assert_eq!(stale.status, 412);
    let cancelled = desk
        .post(
            &format!("{path}/cancel"),
            &[("version", "3"), ("reason", "room")],
        )
        .await;
    assert_eq!(cancelled.status, 303, "{}", cancelled.text());
    let letters = school.letters("session_cancelled");
    assert_eq!(letters.len(), 3);
    for (_, method, text) in &letters {
        let (head, events) = read(text);
        assert_eq!(method, "CANCEL");
        assert!(
            head.iter()
                .any(|it| it.name == "METHOD" && it.value == "CANCEL")
        );
        assert_eq!(events[0]["UID"].value, class);
        assert_eq!(events[0]["SEQUENCE"].value, "2");
        assert_eq!(events[0]["STATUS"].value, "CANCELLED");
    }
    let page = desk.get(&path).await;
    for line in [
        "cancelled the session",
        "changed the session: 22 Feb 2027, 19:00 → 23 Feb 2027, 18:30",
    ] {
        assert!(page.text().contains(line), "{line}");
    }
    // Cancelled stays cancelled; only a make-up session comes.
    let back = desk
        .post(&format!("{path}/edit"), &[("version", "4")])
        .await;
    assert!([409, 422].contains(&back.status));
    let make_up = [
        ("version", "4"),
        ("day", "2027-03-06"),
        ("time", "09:30"),
        ("minutes", "180"),
        ("room", "Room 3"),
        ("instructors", teacher.as_str()),
    ];
    let seen = desk.post(&format!("{path}/make-up"), &make_up).await;
    assert_eq!(seen.status, 200, "{}", seen.text());
    let made = confirm(&desk, &format!("{path}/make-up"), &seen).await;
    assert_eq!(made.status, 303, "{}", made.text());
    assert_eq!(school.letters("session_make_up").len(), 3);
    assert_eq!(
        school.one("SELECT made_up_for FROM class_sessions WHERE made_up_for IS NOT NULL"),
        class
    );
    let twice = desk.post(&format!("{path}/make-up"), &make_up).await;
    let twice = confirm(&desk, &format!("{path}/make-up"), &twice).await;
    assert_eq!(twice.status, 409);
}

#[actix_web::test]
async fn the_message_carries_a_calendar_part_equal_to_its_method() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let class = school.classes().remove(0);
    let path = school.path(&format!("/classes/{class}/cancel"));
    desk.post(&path, &[("version", "2"), ("reason", "instructor")])
        .await;
    let sink = Sink::start(Plan::default());
    courier_to(&school.world.app, &sink).deliver_due().unwrap();
    let messages: Vec<String> = sink
        .taken()
        .into_iter()
        .map(|it| String::from_utf8(it.raw).unwrap())
        .filter(|it| it.contains("method=CANCEL"))
        .collect();
    assert_eq!(messages.len(), 3);
    for message in messages {
        assert!(message.contains("multipart/alternative"));
        let part = message.split("text/calendar;").nth(1).unwrap();
        assert!(
            part.starts_with(" method=CANCEL; charset=utf-8\r\n"),
            "{part}"
        );
    }
}

#[actix_web::test]
async fn places_decide_who_attends_an_elective() {
    let school = School::new();
    let desk = school.coordinator();
    let offering = school.offer(&desk, "places").await;
    assert_eq!(school.plan(&desk, &offering, EVENINGS).await.status, 303);
    let (first, second) = (
        school.trainees[0].1.to_string(),
        school.trainees[1].1.to_string(),
    );
    let given = desk
        .post(&format!("{offering}/places"), &[("give", &first)])
        .await;
    assert_eq!(given.status, 303);
    let full = desk
        .post(&format!("{offering}/places"), &[("give", &second)])
        .await;
    assert_eq!(full.status, 409);
    assert_eq!(
        desk.post(&format!("{offering}/publish"), &[]).await.status,
        303
    );
    // One trainee and the instructor.
    assert_eq!(school.letters("timetable_published").len(), 2);
    let taken = desk
        .post(&format!("{offering}/places"), &[("take", &first)])
        .await;
    assert_eq!(taken.status, 303);
    assert_eq!(
        desk.post(&format!("{offering}/places"), &[("take", &first)])
            .await
            .status,
        404
    );
    // Who lost the place is told, and the sessions leave their calendar.
    let left = school.letters("offering_left");
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].2.matches("STATUS:CANCELLED").count(), 4);
    // Given again: told again.
    desk.post(&format!("{offering}/places"), &[("give", &first)])
        .await;
    assert_eq!(school.letters("timetable_published").len(), 3);
}

#[actix_web::test]
async fn who_attends_from_now_on_and_who_does_not_any_more_are_told() {
    let school = School::new();
    let desk = school.coordinator();
    let offering = school.published(&desk).await;
    let first = school.trainees[0].1.to_string();
    let (module, teacher) = (school.module.to_string(), school.teacher.0.to_string());
    let version = || school.one("SELECT version::text FROM offerings");
    let change = |attends: &'static str, version: String| {
        vec![
            ("module", module.clone()),
            ("instructors", teacher.clone()),
            ("attends", attends.to_owned()),
            ("capacity", "5".to_owned()),
            ("version", version),
        ]
    };
    let send = async |fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let done = desk.post(&format!("{offering}/edit"), &fields).await;
        assert_eq!(done.status, 303, "{}", done.text());
    };
    let published = school.letters("timetable_published").len();
    // Only those with a place: nobody has one, so both trainees leave.
    send(change("places", version())).await;
    assert_eq!(school.letters("offering_left").len(), 2);
    desk.post(&format!("{offering}/places"), &[("give", &first)])
        .await;
    assert_eq!(school.letters("timetable_published").len(), published + 1);
    // Everybody again: only the other one learns something new.
    send(change("all", version())).await;
    assert_eq!(school.letters("timetable_published").len(), published + 2);
    assert_eq!(school.letters("offering_left").len(), 2);
}

#[actix_web::test]
async fn lists_weeks_and_months_and_files_show_what_the_filter_leaves() {
    let school = School::new();
    let desk = school.coordinator();
    let empty = desk.get(&school.path("/timetable")).await;
    assert!(empty.text().contains("No sessions yet"));
    school.published(&desk).await;
    for view in ["list", "week", "month"] {
        for on in ["2027-02-22", "9999-99-99", ""] {
            let page = desk
                .get(&school.path(&format!("/timetable?view={view}&on={on}")))
                .await;
            assert_eq!(page.status, 200, "{view} {on}");
            assert!(page.text().contains("19:00–22:00"), "{view} {on}");
        }
    }
    let march = desk
        .get(&school.path("/timetable?view=month&on=2027-03-10"))
        .await;
    assert!(march.text().contains("Good Friday"));
    let none = desk.get(&school.path("/timetable?state=cancelled")).await;
    assert!(!none.text().contains("19:00–22:00"));
    let csv = desk
        .get(&school.path("/timetable.csv?from=2027-03-01"))
        .await;
    let lines: Vec<String> = csv.text().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[1].starts_with("2027-03-01,19:00,22:00,AIR501,AI risk management,Room 3,"));
    let xlsx = desk.get(&school.path("/timetable.xlsx")).await;
    assert!(xlsx.status == 200 && xlsx.body.starts_with(b"PK"));
    let offerings = desk.get(&school.path("/offerings.csv")).await;
    assert!(
        offerings
            .text()
            .contains("AIR501,AI risk management,Tess Teacher")
    );
}

#[actix_web::test]
async fn an_offering_that_is_called_off_takes_its_sessions_with_it() {
    let school = School::new();
    let desk = school.coordinator();
    let offering = school.published(&desk).await;
    let edited = desk
        .post(
            &format!("{offering}/edit"),
            &[
                ("version", "2"),
                ("module", &school.module.to_string()),
                ("title_en", "Risk, evening class"),
                ("title_zh", "風險夜校"),
                ("attends", "all"),
                ("capacity", "30"),
            ],
        )
        .await;
    assert_eq!(edited.status, 303, "{}", edited.text());
    assert!(
        desk.get(&offering)
            .await
            .text()
            .contains("Risk, evening class")
    );
    assert_eq!(
        desk.post(&format!("{offering}/cancel"), &[]).await.status,
        303
    );
    let left = school.one("SELECT count(*) FROM class_sessions WHERE state = 'scheduled'");
    assert_eq!(left, "0");
    let letters = school.letters("session_cancelled");
    assert_eq!(letters.len(), 3);
    let (_, events) = read(&letters[0].2);
    assert!(events.iter().all(|it| it["STATUS"].value == "CANCELLED"));
    assert_eq!(
        desk.post(&format!("{offering}/cancel"), &[]).await.status,
        409
    );
    let late = desk.post(&format!("{offering}/plan"), EVENINGS).await;
    assert_eq!(
        confirm(&desk, &format!("{offering}/plan"), &late)
            .await
            .status,
        409
    );
}

#[actix_web::test]
async fn closed_periods_are_kept_and_planned_around() {
    let school = School::new();
    let desk = school.coordinator();
    let fields = [
        ("kind", "examination"),
        ("starts_on", "2027-02-25"),
        ("ends_on", "2027-03-02"),
        ("name_en", "Mid-term"),
        ("name_zh", "期中考試"),
    ];
    assert_eq!(desk.post("/programme/closed", &fields).await.status, 303);
    let wrong = [
        ("kind", "examination"),
        ("starts_on", "2027-03-02"),
        ("ends_on", "2027-02-25"),
        ("name_en", "x"),
        ("name_zh", "x"),
    ];
    assert_eq!(desk.post("/programme/closed", &wrong).await.status, 422);
    let offering = school.offer(&desk, "all").await;
    let seen = desk.post(&format!("{offering}/plan"), EVENINGS).await;
    assert!(
        seen.text()
            .contains("Thu 25 Feb 2027: Mid-term (Examinations)"),
        "{}",
        seen.text()
    );
    let id = school.one("SELECT id FROM closed_periods");
    let page = format!("/programme/closed/{id}");
    assert!(desk.get(&page).await.text().contains("Mid-term"));
    let mut changed = fields.to_vec();
    changed[2] = ("ends_on", "2027-02-25");
    changed.push(("version", "1"));
    assert_eq!(desk.post(&page, &changed).await.status, 303);
    assert_eq!(desk.post(&page, &changed).await.status, 412);
    let file = desk.get("/programme/closed.csv").await.text();
    assert!(file.contains("Mid-term,期中考試,Examinations"), "{file}");
    let asked = desk.get(&format!("{page}/remove")).await.text();
    assert!(
        asked.contains("Remove “Mid-term”?") && asked.contains("25 Feb 2027"),
        "{asked}"
    );
    assert_eq!(desk.post(&format!("{page}/remove"), &[]).await.status, 303);
    assert_eq!(desk.get(&page).await.status, 404);
}
