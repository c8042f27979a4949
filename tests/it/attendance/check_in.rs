//! Self check-in: by scan, through sign-in, by short code; and who is not let in by it.

use super::world::Class;

const NOW: &str = "2027-02-22T10:58:03Z";

#[actix_web::test]
async fn a_scan_survives_sign_in_and_acts_only_by_the_button() {
    let mut class = Class::new().await;
    class.at(NOW);
    let phone = class.school.world.app.anybody();
    let scanned = phone.get(&class.scan(0, NOW)).await;
    assert_eq!(scanned.status, 303, "{}", scanned.text());
    let place = scanned.location().to_owned();
    assert!(
        !place.contains('?'),
        "the address holds nothing to pass on: {place}"
    );
    let door = phone.get(&place).await;
    assert_eq!(door.status, 303);
    assert!(door.location().starts_with("/sign-in?next=%2Fcheck-in%2F"));
    let kept = phone.cookie_header();
    assert!(kept.contains("scan="), "{kept}");
    // Two minutes for signing in; the code is long dead.
    drop(phone);
    class.at("2027-02-22T11:12:00Z");
    let late = class.trainee(0);
    assert_eq!(late.get(&place).await.status, 200);
    assert_eq!(class.one("SELECT count(*) FROM attendance_records"), "0");
    class.at("2027-02-22T11:00:00Z");
    let trainee = class.trainee(0);
    let header = format!("{}; {kept}", trainee.cookie_header());
    let ask = |method: actix_web::test::TestRequest| {
        method
            .uri(&place)
            .insert_header(("cookie", header.clone()))
            .insert_header(("sec-fetch-site", "same-origin"))
    };
    let bare = class.school.world.app.anybody();
    let page = bare.send(ask(actix_web::test::TestRequest::get())).await;
    assert!(page.text().contains("I am here"), "{}", page.text());
    assert_eq!(
        class.one("SELECT count(*) FROM attendance_records"),
        "0",
        "a look records nothing"
    );
    let done = bare.send(ask(actix_web::test::TestRequest::post())).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let record = "SELECT state || ' ' || minutes || ' ' || source || ' ' || checked_in_at FROM attendance_records";
    assert_eq!(
        class.one(record),
        "present 180 check_in 2027-02-22 10:58:03+00"
    );
    let page = trainee.get(&place).await.text();
    assert!(page.contains("You are checked in"), "{page}");
    // The same scan in a friend's hands is used up.
    let friend = class.trainee(1);
    let header = format!("{}; {kept}", friend.cookie_header());
    let stolen = actix_web::test::TestRequest::post()
        .uri(&place)
        .insert_header(("cookie", header))
        .insert_header(("sec-fetch-site", "same-origin"));
    assert_eq!(bare.send(stolen).await.status, 409);
    assert_eq!(class.one("SELECT count(*) FROM attendance_records"), "1");
}

#[actix_web::test]
async fn codes_are_of_seconds_of_one_session_and_of_its_window() {
    let mut class = Class::new().await;
    class.at(NOW);
    let trainee = class.trainee(0);
    let try_code = async |code: &str| trainee.post("/check-in", &[("code", code)]).await;
    let stale = class.code(0, "2027-02-22T10:57:39Z");
    let refused = try_code(&stale).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.text().contains("not the code on the screen now"),
        "{}",
        refused.text()
    );
    assert!(
        refused.text().contains(&format!("value=\"{stale}\"")),
        "nothing typed is lost"
    );
    // Of Thursday's session: not its window.
    let other = try_code(&class.code(1, NOW)).await;
    assert_eq!(other.status, 409);
    assert_eq!(try_code("").await.status, 422);
    assert_eq!(class.one("SELECT count(*) FROM attendance_records"), "0");
    let good = try_code(&class.code(0, "2027-02-22T10:57:59Z").to_lowercase()).await;
    assert_eq!(good.status, 303, "{}", good.text());
    let again = try_code(&class.code(0, NOW)).await;
    assert_eq!(again.status, 303, "a second time is no mistake");
    assert_eq!(
        class.one("SELECT count(*) || ' ' || max(version) FROM attendance_records"),
        "1 1"
    );
}

#[actix_web::test]
async fn too_early_is_told_the_time_and_may_try_again() {
    let mut class = Class::new().await;
    let early = "2027-02-22T10:43:00Z";
    class.at(early);
    {
        let trainee = class.trainee(0);
        let scan = trainee.get(&class.scan(0, early)).await;
        assert_eq!(scan.status, 409);
        assert!(
            scan.text().contains("Check-in opens 18:45"),
            "{}",
            scan.text()
        );
        let code = trainee
            .post("/check-in", &[("code", &class.code(0, early))])
            .await;
        assert_eq!(code.status, 409);
        assert!(
            code.text().contains("Check-in opens 18:45"),
            "{}",
            code.text()
        );
    }
    let open = "2027-02-22T10:45:00Z";
    class.at(open);
    let trainee = class.trainee(0);
    let code = trainee
        .post("/check-in", &[("code", &class.code(0, open))])
        .await;
    assert_eq!(code.status, 303, "{}", code.text());
}

#[actix_web::test]
async fn guesses_are_counted_even_though_they_change_nothing() {
    let mut class = Class::new().await;
    class.at(NOW);
    let trainee = class.trainee(0);
    for _ in 0..10 {
        assert_eq!(
            trainee
                .post("/check-in", &[("code", "AAAAAA")])
                .await
                .status,
            409
        );
    }
    let good = class.code(0, NOW);
    assert_eq!(
        trainee.post("/check-in", &[("code", &good)]).await.status,
        429
    );
    // It is this person's guesses that are counted.
    assert_eq!(
        class
            .trainee(1)
            .post("/check-in", &[("code", &good)])
            .await
            .status,
        303
    );
}

#[actix_web::test]
async fn an_instructor_s_entry_stands_and_an_excused_trainee_may_come_after_all() {
    let mut class = Class::new().await;
    class.at(NOW);
    let (first, second) = (class.enrolment(0), class.enrolment(1));
    let teacher = class.teacher();
    assert_eq!(class.enter(&teacher, 0, &[(&first, "absent")]).await, 303);
    class.school.world.app.as_owner(&format!(
        "INSERT INTO attendance_records (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, state, \
           minutes, held, source) SELECT gen_random_uuid(), session_id, module_id, cohort_id, programme_id, '{second}', '{}', \
           'excused', 0, 180, 'apology' FROM attendance_records",
        class.school.trainees[1].0
    ));
    let code = class.code(0, NOW);
    let entered = class.trainee(0).post("/check-in", &[("code", &code)]).await;
    assert_eq!(entered.status, 303);
    let page = class.trainee(0).get(entered.location()).await.text();
    assert!(
        page.contains("The instructor has made an entry for you"),
        "{page}"
    );
    assert_eq!(
        class
            .trainee(1)
            .post("/check-in", &[("code", &code)])
            .await
            .status,
        303
    );
    let states = class
        .school
        .world
        .texts("SELECT state || ' ' || source FROM attendance_records ORDER BY state");
    assert_eq!(states, ["absent register", "present check_in"]);
}

#[actix_web::test]
async fn the_screen_shows_the_code_and_the_board_who_is_in() {
    let mut class = Class::new().await;
    {
        let early = class
            .teacher()
            .get(&format!("/classes/{}/code", class.classes[0]))
            .await;
        assert!(
            early.text().contains("Check-in opens 18:45"),
            "{}",
            early.text()
        );
    }
    class.at(NOW);
    let teacher = class.teacher();
    let screen = teacher
        .get(&format!("/classes/{}/code", class.classes[0]))
        .await;
    assert_eq!(screen.status, 200);
    assert!(
        screen.text().contains(&class.code(0, NOW)),
        "{}",
        screen.text()
    );
    assert!(screen.text().contains("<svg class=\"qr\""));
    assert_eq!(screen.headers["refresh"], "7", "with the next code");
    let code = class.code(0, NOW);
    class.trainee(1).post("/check-in", &[("code", &code)]).await;
    let board = teacher
        .get(&format!("/classes/{}/board", class.classes[0]))
        .await;
    assert!(board.text().contains("1 of 2"), "{}", board.text());
    assert_eq!(board.headers["refresh"], "5");
    let office = class.school.coordinator();
    for page in ["code", "board", "register", "window"] {
        let path = format!("/classes/{}/{page}", class.classes[0]);
        assert_eq!(office.get(&path).await.status, 200, "{page}");
        assert_eq!(class.other_teacher().get(&path).await.status, 404, "{page}");
        assert_eq!(class.trainee(0).get(&path).await.status, 403, "{page}");
    }
}

#[actix_web::test]
async fn new_codes_end_those_that_are_on_screens() {
    let mut class = Class::new().await;
    class.at(NOW);
    let path = format!("/classes/{}/window", class.classes[0]);
    let fields = [
        ("version", "0"),
        ("opens_before", "30"),
        ("closes_after", "45"),
        ("late_after", "5"),
        ("renew", "yes"),
    ];
    let teacher = class.teacher();
    assert_eq!(teacher.post(&path, &fields).await.status, 303);
    assert_eq!(
        teacher.post(&path, &fields).await.status,
        412,
        "somebody else was there"
    );
    let old = class.code(0, NOW);
    assert_eq!(
        class
            .trainee(0)
            .post("/check-in", &[("code", &old)])
            .await
            .status,
        409
    );
    assert!(teacher.get(&path).await.text().contains("value=\"45\""));
}

/// Sends what another browser kept of its scan, from this one.
async fn press(class: &Class, who: usize, place: &str, kept: &str) -> u16 {
    let trainee = class.trainee(who);
    let request = actix_web::test::TestRequest::post()
        .uri(place)
        .insert_header(("cookie", format!("{}; {kept}", trainee.cookie_header())))
        .insert_header(("sec-fetch-site", "same-origin"));
    class.school.world.app.anybody().send(request).await.status
}

/// Of a browser's cookies the one of this name.
fn cookie(client: &crate::support::app::Client<'_>, name: &str) -> String {
    let all = client.cookie_header();
    let found = all
        .split("; ")
        .find(|it| it.starts_with(&format!("{name}=")));
    found.unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn a_scan_is_of_no_use_to_an_absent_friend() {
    let mut class = Class::new().await;
    class.at(NOW);
    let scan = class.scan(0, NOW);
    let in_room = class.trainee(0);
    let scanned = in_room.get(&scan).await;
    assert_eq!(scanned.status, 303, "{}", scanned.text());
    let place = scanned.location().to_owned();
    let mine = cookie(&in_room, "scan");
    assert_eq!(
        press(&class, 1, &place, &mine).await,
        409,
        "of another person"
    );
    // Scanned before sign-in: good in the browser that made it only.
    let phone = class.school.world.app.anybody();
    assert_eq!(phone.get(&scan).await.status, 303);
    let (ticket, browser) = (cookie(&phone, "scan"), cookie(&phone, "scan-browser"));
    assert!(!browser.is_empty(), "{}", phone.cookie_header());
    assert_eq!(
        press(&class, 1, &place, &ticket).await,
        409,
        "of no browser"
    );
    let other = class.school.world.app.anybody();
    assert_eq!(other.get(&scan).await.status, 303);
    let wrong = format!("{ticket}; {}", cookie(&other, "scan-browser"));
    assert_eq!(
        press(&class, 1, &place, &wrong).await,
        409,
        "of another browser"
    );
    assert_eq!(class.one("SELECT count(*) FROM attendance_records"), "0");
    let both = format!("{ticket}; {browser}");
    assert_eq!(press(&class, 1, &place, &both).await, 303);
    assert_eq!(press(&class, 0, &place, &mine).await, 303);
    assert_eq!(class.one("SELECT count(*) FROM attendance_records"), "2");
}

#[actix_web::test]
async fn without_a_code_from_the_screen_a_session_is_told_to_nobody_else() {
    let mut class = Class::new().await;
    let place = format!("/check-in/{}", class.classes[0]);
    for (time, name) in [
        ("2027-02-22T09:00:00Z", "Ada Stranger"),
        (NOW, "Ben Stranger"),
        ("2027-02-22T12:00:00Z", "Cleo Stranger"),
    ] {
        class.at(time);
        let guess = format!("{place}?t=anything");
        let nobody = class.school.world.app.anybody().get(&guess).await;
        assert_eq!(nobody.status, 303, "{time}");
        assert!(nobody.location().starts_with("/sign-in?"), "{time}");
        let missing = "/check-in/00000000-0000-7000-8000-000000000000?t=anything";
        let unknown = class.school.world.app.anybody().get(missing).await;
        assert_eq!(unknown.status, 303, "alike whether there is one");
        let stranger = class.school.world.app.person(name);
        assert_eq!(stranger.get(&guess).await.status, 404, "{time}");
        assert_eq!(stranger.post(&place, &[]).await.status, 404, "{time}");
        let forged = actix_web::test::TestRequest::post()
            .uri(&place)
            .insert_header((
                "cookie",
                format!(
                    "{}; scan={}.1.a.b",
                    stranger.cookie_header(),
                    class.classes[0]
                ),
            ))
            .insert_header(("sec-fetch-site", "same-origin"));
        let answer = class.school.world.app.anybody().send(forged).await;
        assert_eq!(answer.status, 404, "{time}");
        // Who belongs there is told why.
        let own = class.trainee(0).get(&guess).await;
        assert_eq!(own.status, 409, "{time}");
        assert!(own.text().contains("AIR501"), "{}", own.text());
    }
}

#[actix_web::test]
async fn a_register_is_not_closed_before_the_last_scan_runs_out() {
    let mut class = Class::new().await;
    let last = "2027-02-22T11:19:55Z";
    class.at(last);
    let phone = class.trainee(0);
    let scanned = phone.get(&class.scan(0, last)).await;
    let (place, kept) = (scanned.location().to_owned(), cookie(&phone, "scan"));
    drop(phone);
    class.at("2027-02-22T11:21:30Z");
    let path = format!("/classes/{}/sign-off", class.classes[0]);
    let early = class.teacher().get(&path).await.text();
    assert!(early.contains("Trainees can still check in"), "{early}");
    assert_eq!(class.sign(&class.teacher(), 0).await, 409);
    assert_eq!(press(&class, 0, &place, &kept).await, 303);
    class.at("2027-02-22T11:22:00Z");
    assert_eq!(class.sign(&class.teacher(), 0).await, 303);
    assert_eq!(
        class
            .school
            .world
            .texts("SELECT state || ' ' || minutes FROM attendance_records ORDER BY 1"),
        ["absent 0", "late 160"]
    );
}

#[actix_web::test]
async fn the_first_check_in_begins_the_register_with_the_window_of_that_day() {
    let mut class = Class::new().await;
    class.at(NOW);
    let code = class.code(0, NOW);
    let first = class.trainee(0).post("/check-in", &[("code", &code)]).await;
    assert_eq!(first.status, 303, "{}", first.text());
    {
        // The policy becomes stricter while the class comes in.
        let office = class.school.coordinator();
        let policy = [
            ("version", "0"),
            ("threshold", "80"),
            ("excused", "leaves"),
            ("late_after", "0"),
            ("opens_before", "15"),
            ("closes_after", "2"),
            ("apology_grace", "0"),
            ("correct_days", "7"),
        ];
        let path = class.school.path("/attendance/policy");
        assert_eq!(office.post(&path, &policy).await.status, 303);
    }
    let later = "2027-02-22T11:08:03Z";
    class.at(later);
    let code = class.code(0, later);
    let second = class.trainee(1).post("/check-in", &[("code", &code)]).await;
    assert_eq!(second.status, 303, "{}", second.text());
    assert_eq!(
        class.one("SELECT string_agg(state, ' ') FROM attendance_records"),
        "present present"
    );
    // Nobody's page is stale because somebody has come.
    let path = format!("/classes/{}/window", class.classes[0]);
    let window = [
        ("version", "0"),
        ("opens_before", "15"),
        ("closes_after", "30"),
        ("late_after", "10"),
    ];
    assert_eq!(class.teacher().post(&path, &window).await.status, 303);
}
