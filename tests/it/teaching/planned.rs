//! What is said before something is planned, who hears of it, and the list of what is planned.

use super::readers::address;
use super::world::{EVENINGS, School, confirm, exempted};

#[actix_web::test]
async fn what_another_programme_has_planned_is_in_the_way_and_says_no_more_than_that() {
    let school = School::new();
    let desk = school.coordinator();
    let offering = school.offer(&desk, "all").await;
    // The same teacher and the same room, on the first evening.
    school.elsewhere("2027-02-22 12:00+00", " room  3");
    let seen = desk.post(&format!("{offering}/plan"), EVENINGS).await;
    let text = seen.text();
    assert!(text.contains("in spite of 2 clashes"), "{text}");
    assert!(
        text.contains("A session of another programme at 20:00–21:00 (same room (Room 3))"),
        "{text}"
    );
    assert!(text.contains("same instructor (Tess Teacher)"), "{text}");
    assert!(!text.contains("Xenology") && !text.contains("X1"), "{text}");
    // A trainee who is in both, and nobody else of theirs.
    let (person, _) = school.trainees[0];
    school.world.app.as_owner(&format!(
        "UPDATE enrolments SET cohort_id = '{}' WHERE person_id = '{}'; \
         UPDATE class_sessions SET instructor_ids = '{{}}', room = 'Elsewhere' WHERE programme_id = '{}'",
        school.world.cohort_elsewhere, school.trainees[1].0, school.world.elsewhere
    ));
    let seen = desk.post(&format!("{offering}/plan"), EVENINGS).await;
    assert!(!seen.text().contains("in spite of"), "{}", seen.text());
    school.world.app.as_owner(&format!(
        "UPDATE enrolments SET person_id = '{person}' WHERE cohort_id = '{}'",
        school.world.cohort_elsewhere
    ));
    let seen = desk.post(&format!("{offering}/plan"), EVENINGS).await;
    let text = seen.text();
    assert!(text.contains("in spite of 1 clash"), "{text}");
    assert!(text.contains("Trainee 1"), "{text}");
}

#[actix_web::test]
async fn the_past_a_holiday_and_too_many_hours_are_said_before_they_are_saved() {
    let school = School::new();
    let desk = school.coordinator();
    let offering = school.published(&desk).await;
    let class = school.classes().remove(0);
    let path = school.path(&format!("/classes/{class}/edit"));
    let teacher = school.teacher.0.to_string();
    let at = |day: &'static str| {
        [
            ("version", "2"),
            ("day", day),
            ("time", "18:30"),
            ("minutes", "120"),
            ("room", "Room 9"),
            ("link", ""),
            ("instructors", teacher.as_str()),
        ]
    };
    // The classes of the cohort have begun by then.
    let starts = school.one(&format!(
        "SELECT starts_on::text FROM cohorts WHERE id = '{}'",
        school.world.cohort
    ));
    let begins = |day: &str| {
        let app = &school.world.app;
        app.as_owner(&format!("UPDATE cohorts SET starts_on = '{day}'"));
    };
    begins("2027-01-04");
    let past = desk.post(&path, &at("2027-01-20")).await;
    assert_eq!(past.status, 422, "{}", past.text());
    assert!(past.text().contains("Choose a time that is still to come."));
    begins(&starts);
    let holiday = desk.post(&path, &at("2027-03-29")).await;
    assert_eq!(holiday.status, 200, "{}", holiday.text());
    assert!(
        holiday.text().contains("A day without classes")
            && holiday.text().contains("Easter Monday"),
        "{}",
        holiday.text()
    );
    let saved = confirm(&desk, &path, &holiday).await;
    assert_eq!(saved.status, 303, "it may be meant: {}", saved.text());
    let mut more = EVENINGS.to_vec();
    more[6] = ("amount", "5");
    more[4] = ("first_on", "2027-04-06");
    let seen = desk.post(&format!("{offering}/plan"), &more).await.text();
    assert!(
        seen.contains("With these 26 h are planned; the module has 24 hours of teaching."),
        "{seen}"
    );
    // Days of teaching are not moved away from a class that is planned.
    let cohort = school.path("/edit");
    let page = desk.get(&cohort).await.text();
    let between = |text: &str, from: &str, to: &str| -> Option<String> {
        Some(text.split_once(from)?.1.split(to).next()?.to_owned())
    };
    let inputs = page.split("<input ").skip(1).filter_map(|part| {
        let tag = format!(" {}", part.split('>').next()?);
        let name = between(&tag, " name=\"", "\"")?;
        Some((name, between(&tag, " value=\"", "\"").unwrap_or_default()))
    });
    let areas = page.split("<textarea ").skip(1).filter_map(|part| {
        let name = between(part, "name=\"", "\"")?;
        Some((name, between(part, ">", "</textarea>")?))
    });
    let fields: Vec<(String, String)> = inputs.chain(areas).collect();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| match name.as_str() {
            "ends_on" => ("ends_on", "2027-03-01"),
            "intro_en" | "intro_zh" if value.is_empty() => (name.as_str(), "About"),
            _ => (name.as_str(), value.as_str()),
        })
        .collect();
    let refused = desk.post(&cohort, &fields).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(
        refused.text().contains("The last class is on 29 Mar 2027"),
        "{}",
        refused.text()
    );
}

#[actix_web::test]
async fn who_has_a_break_hears_nothing_of_its_days() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let (person, enrolment) = school.trainees[0];
    school.world.app.as_owner(&format!(
        "INSERT INTO learning_breaks (id, programme_id, cohort_id, enrolment_id, person_id, kind, starts_on, ends_on, reason, state, decided_at) \
         SELECT gen_random_uuid(), programme_id, cohort_id, id, '{person}', 'break', '2027-02-20', '2027-02-23', 'Family', 'granted', '2027-02-01' \
         FROM enrolments WHERE id = '{enrolment}'"
    ));
    // One trainee and the teacher of the first evening; both trainees of the second.
    for (n, letters) in [(0, 2), (1, 5)] {
        let class = school.classes().remove(n);
        let path = school.path(&format!("/classes/{class}/cancel"));
        let done = desk
            .post(&path, &[("version", "2"), ("reason", "room")])
            .await;
        assert_eq!(done.status, 303, "{}", done.text());
        assert_eq!(school.letters("session_cancelled").len(), letters);
    }
}

#[actix_web::test]
async fn who_is_exempted_from_a_module_hears_nothing_of_its_classes() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let app = &school.world.app;
    let (person, enrolment) = school.trainees[0];
    let trainee = app.sign_in(person, None);
    let feed = address(&trainee.post("/calendar/new", &[]).await.text());
    let anybody = app.anybody();
    let next = "Next session";
    assert!(trainee.get("/me/timetable").await.text().contains(next));
    assert!(anybody.get(&feed).await.text().contains("BEGIN:VEVENT"));
    app.as_owner(&exempted(enrolment, school.module));
    assert!(!trainee.get("/me/timetable").await.text().contains(next));
    assert!(!anybody.get(&feed).await.text().contains("BEGIN:VEVENT"));
    // The other trainee and the teacher.
    let class = school.classes().remove(0);
    let path = school.path(&format!("/classes/{class}/cancel"));
    let done = desk
        .post(&path, &[("version", "2"), ("reason", "room")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(school.letters("session_cancelled").len(), 2);
}

#[actix_web::test]
async fn offerings_are_sorted_and_the_file_has_what_the_filter_leaves() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    school.offer(&desk, "places").await;
    let list = school.path("/offerings");
    let order = |text: &str| -> Vec<bool> {
        text.split("<tr><th scope=\"row\">")
            .skip(1)
            .map(|row| row.contains(">Published<"))
            .collect()
    };
    for (sort, wanted) in [
        ("sessions", [false, true]),
        ("-sessions", [true, false]),
        ("state", [false, true]),
        ("-hours", [true, false]),
    ] {
        let page = desk.get(&format!("{list}?sort={sort}")).await.text();
        assert_eq!(order(&page), wanted, "{sort}: {page}");
    }
    let file = desk.get(&format!("{list}.csv?state=published")).await;
    assert_eq!(file.text().lines().count(), 2, "{}", file.text());
    let file = desk.get(&format!("{list}.csv?q=nothing")).await;
    assert_eq!(file.text().lines().count(), 1);
}
