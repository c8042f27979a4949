//! Storm day: everything of a day in one action, and times to make up for it.

use banyan::access;
use banyan::db::Role;
use banyan::teaching::actions;

use super::calendar::{read, text_of};
use super::world::{School, confirm, hidden};

#[actix_web::test]
async fn a_storm_takes_the_day_of_the_whole_programme_and_of_no_other() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    // Another programme meets on the same evening.
    school.elsewhere("2027-02-22 11:00+00", "");
    let form = [("day", "2027-02-22"), ("reason", "signal_8")];
    let seen = desk.post("/programme/storm", &form).await;
    let text = seen.text();
    assert_eq!(seen.status, 200, "{text}");
    for line in [
        "1 session is cancelled",
        "2027H1 · Mon 22 Feb 2027 19:00–22:00 AIR501 AI risk management",
        "3 people, each in their own language, by 3 letters",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert_eq!(school.letters("session_cancelled").len(), 0);
    let done = confirm(&desk, "/programme/storm", &seen).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let states = school.world.texts(
        "SELECT state || ' ' || coalesce(cancel_reason, '') FROM class_sessions \
         WHERE starts_at < '2027-02-23' ORDER BY id",
    );
    assert_eq!(states, ["scheduled ", "cancelled signal_8"]);
    let letters = school.letters("session_cancelled");
    let langs: Vec<&str> = letters.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(langs, ["en", "en", "zh-Hant-HK"]);
    let class = school.classes().remove(0);
    for (lang, method, text) in &letters {
        let (_, events) = read(text);
        assert_eq!((method.as_str(), events.len()), ("CANCEL", 1));
        assert_eq!(events[0]["UID"].value, class);
        assert_eq!(events[0]["SEQUENCE"].value, "1");
        let why = text_of(&events[0]["DESCRIPTION"].value);
        let wanted = if lang == "en" {
            "Cancelled: Tropical cyclone signal no. 8 or above"
        } else {
            "已取消：八號或以上熱帶氣旋警告信號"
        };
        assert!(why.starts_with(wanted), "{why}");
    }
    // A second storm finds nothing left.
    let again = desk.post("/programme/storm", &form).await;
    assert_eq!(again.status, 422);
    assert!(
        again.text().contains("id=\"day-error\""),
        "{}",
        again.text()
    );
    let mut act = form.to_vec();
    act.push(("step", "act"));
    assert_eq!(desk.post("/programme/storm", &act).await.status, 409);
    assert_eq!(school.letters("session_cancelled").len(), 3);
}

#[actix_web::test]
async fn proposed_times_are_free_and_one_or_all_are_accepted() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let form = [("day", "2027-02-22"), ("reason", "black_rain")];
    let seen = desk.post("/programme/storm", &form).await;
    let done = confirm(&desk, "/programme/storm", &seen).await;
    let place = done.location().to_owned();
    let page = desk.get(&place).await;
    let text = page.text();
    // Thursday 25 February to 4 March are taught; the first Monday that is free is 8 March.
    assert!(text.contains("Mon 8 Mar 2027, 19:00–22:00 HKT"), "{text}");
    let none = desk
        .post("/programme/storm/make-up", &[("day", "2027-02-22")])
        .await;
    assert_eq!(none.status, 409);
    let value = text.split("name=\"accept\" value=\"").nth(1).unwrap();
    let value = value.split('"').next().unwrap().replace("&#43;", "+");
    let mut fields = hidden(&page);
    fields.push(("accept".to_owned(), value));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let made = desk.post("/programme/storm/make-up", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let letters = school.letters("session_make_up");
    assert_eq!(letters.len(), 3);
    let (_, events) = read(&letters[0].2);
    assert_eq!(letters[0].1, "REQUEST");
    assert_eq!(events[0]["DTSTART"].value, "20270308T110000Z");
    assert_ne!(events[0]["UID"].value, school.classes()[0]);
    assert!(
        desk.get(&place)
            .await
            .text()
            .contains("Nothing is left to make up for")
    );
    // The same form sent twice acts once; a new one names a session that is made up for already.
    let twice = desk.post("/programme/storm/make-up", &fields).await;
    assert_eq!((twice.status, school.classes().len()), (303, 5));
    let fresh: Vec<(&str, &str)> = fields.into_iter().filter(|(n, _)| *n != "_key").collect();
    let late = desk.post("/programme/storm/make-up", &fresh).await;
    assert_eq!((late.status, school.classes().len()), (409, 5));
}

#[actix_web::test]
async fn a_day_that_changed_after_the_preview_is_shown_again() {
    let school = School::new();
    let desk = school.coordinator();
    let offering = school.published(&desk).await;
    let form = [("day", "2027-02-22"), ("reason", "signal_8")];
    let seen = desk.post("/programme/storm", &form).await;
    let class = school.classes().remove(0);
    school.world.app.as_owner(&format!(
        "UPDATE class_sessions SET room = 'Room 9', version = version + 1 WHERE id = '{class}'"
    ));
    let refused = confirm(&desk, "/programme/storm", &seen).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("Something has changed"));
    assert_eq!(school.letters("session_cancelled").len(), 0);
    // What is shown now is confirmed now.
    let done = confirm(&desk, "/programme/storm", &refused).await;
    assert_eq!(done.status, 303, "{}", done.text());
    // Two proposals, one of them no longer free: nothing at all is planned.
    let more = [
        ("weekdays", "tue"),
        ("time", "19:00"),
        ("minutes", "180"),
        ("first_on", "2027-02-23"),
        ("until", "sessions"),
        ("amount", "1"),
    ];
    assert_eq!(school.plan(&desk, &offering, &more).await.status, 303);
    let page = desk.get(done.location()).await;
    let mut fields = hidden(&page);
    fields.push((
        "accept".to_owned(),
        format!("{class}/2027-03-09T11:00:00+00:00"),
    ));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let before = school.classes().len();
    let refused = desk.post("/programme/storm/make-up", &fields).await;
    assert_eq!((refused.status, school.classes().len()), (409, before));
    assert!(refused.text().contains("name=\"accept\""), "proposed anew");
}

#[test]
fn a_storm_of_an_afternoon_leaves_the_morning() {
    let school = School::new();
    let world = &school.world;
    let person = world.app.account("Cora");
    let offering = "00000000-0000-7000-8000-0000000000f1";
    world.app.as_owner(&format!(
        "INSERT INTO offerings (id, programme_id, cohort_id, module_id, capacity, whole_cohort, state) \
           VALUES ('{offering}', '{0}', '{1}', '{2}', 5, true, 'published'); \
         INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, published) \
           SELECT gen_random_uuid(), '{0}', '{1}', '{offering}', '{2}', at, at + interval '2 hours', true \
           FROM unnest(ARRAY['2027-02-27 01:30+00', '2027-02-27 06:00+00']::timestamptz[]) at",
        world.programme, world.cohort, school.module
    ));
    let day = "2027-02-27".parse().unwrap();
    let noon = "12:00:00".parse().unwrap();
    let reason = banyan::teaching::rules::CancelReason::Extreme;
    let cancelled = world
        .as_role(person, Role::Coordinator, |conn| {
            let staff = access::programme_staff(conn, world.programme)?;
            {
                let seen = actions::storm_day(conn, &staff, day, Some(noon))?.fingerprint;
                actions::cancel_day(conn, &staff, (day, Some(noon)), (reason, &seen))
            }
        })
        .unwrap();
    assert_eq!(cancelled, 1);
    assert_eq!(
        world.texts("SELECT state FROM class_sessions ORDER BY starts_at"),
        ["scheduled", "cancelled"]
    );
}

#[actix_web::test]
async fn a_substitute_is_told_of_the_session_and_the_other_that_it_is_theirs_no_more() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let class = school
        .one("SELECT id FROM class_sessions WHERE state = 'scheduled' ORDER BY starts_at LIMIT 1");
    let path = format!("/cohorts/{}/classes/{class}", school.world.cohort);
    let substitute = school.other_teacher.0.to_string();
    let version = school.one(&format!(
        "SELECT version FROM class_sessions WHERE id = '{class}'"
    ));
    let fields = [
        ("version", version.as_str()),
        ("step", "preview"),
        ("day", "2027-02-22"),
        ("time", "19:00"),
        ("minutes", "180"),
        ("room", "Room 3"),
        ("link", ""),
        ("instructors", substitute.as_str()),
    ];
    let seen = desk.post(&format!("{path}/edit"), &fields).await;
    let moved = confirm(&desk, &format!("{path}/edit"), &seen).await;
    assert_eq!(moved.status, 303, "{}", moved.text());
    assert_eq!(school.letters("session_cancelled").len(), 0);
    let over = school.letters("session_handed_over");
    assert_eq!(over.len(), 1);
    assert_eq!(over[0].1, "CANCEL");
    let text = school.one("SELECT body_text FROM letters WHERE kind = 'session_handed_over'");
    assert!(text.contains("You no longer teach this session"), "{text}");
}
