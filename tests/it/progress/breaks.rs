//! Pauses in learning: asking, deciding, what they freeze, coming back; a trainee's own progress.

use super::world::{Class, Who};
use crate::support::app::Client;

fn own<'a>(class: &'a Class, who: Who) -> Client<'a> {
    class.world.app.sign_in(who.0, None)
}

const DAYS: [(&str, &str); 3] = [
    ("starts_on", "2027-03-04"),
    ("ends_on", "2027-03-10"),
    ("reason", "A family matter."),
];

async fn ask(class: &Class, me: &Client<'_>, who: Who, kind: &str) -> String {
    let mut fields = vec![("kind", kind)];
    fields.extend(DAYS);
    let asked = me
        .post(&format!("/me/enrolments/{}/breaks", who.1), &fields)
        .await;
    assert_eq!(asked.status, 303, "{}", asked.text());
    class.one("SELECT id FROM learning_breaks WHERE state = 'asked'")
}

async fn decide(class: &Class, desk: &Client<'_>, id: &str, decision: &str) -> u16 {
    let fields = [
        ("version", "1"),
        ("decision", decision),
        ("answer", "As you asked."),
    ];
    let answer = desk
        .post(&class.path(&format!("/breaks/{id}/decide")), &fields)
        .await;
    answer.status
}

#[actix_web::test]
async fn classes_of_a_granted_break_leave_the_denominator() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Away Trainee");
    // Present in three of ten: the seven missed are those from 4 to 10 March.
    class.done(who, 3);
    class.forms_in(who);
    class.publish(&desk, &class.fields()).await;
    assert!(class.verdict(&desk, who).await.contains("30%"));
    let me = own(&class, who);
    let id = ask(&class, &me, who, "break").await;
    // Only asked for, it freezes nothing.
    assert!(class.verdict(&desk, who).await.contains("30%"));
    assert_eq!(decide(&class, &desk, &id, "grant").await, 303);
    let said = class.verdict(&desk, who).await;
    assert!(
        said.contains("100%") && said.contains("Ready to confirm"),
        "{said}"
    );
    assert_eq!(class.state(who), "active", "a break keeps the seat");
    // The same for the trainee, by the trainee's own proof.
    let mine = me.get("/me/progress").await;
    assert_eq!(mine.status, 200, "{}", mine.text());
    let text = mine.text();
    assert!(
        text.contains("100%") && text.contains("8 of 8 requirements met"),
        "{text}"
    );
    assert_eq!(
        class.one("SELECT count(*) FROM letters WHERE kind = 'break_granted'"),
        "1"
    );
    assert_eq!(
        decide(&class, &desk, &id, "grant").await,
        409,
        "it is answered"
    );
}

#[actix_web::test]
async fn a_deferral_gives_the_seat_back_and_the_return_takes_a_free_one() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Later Trainee");
    class.publish(&desk, &class.fields()).await;
    let me = own(&class, who);
    let id = ask(&class, &me, who, "deferral").await;
    let taken = || class.one("SELECT taken FROM seat_pools");
    assert_eq!(taken(), "1");
    assert_eq!(decide(&class, &desk, &id, "grant").await, 303);
    assert_eq!(
        (taken().as_str(), class.state(who).as_str()),
        ("0", "deferred")
    );
    // Without a free seat nobody comes back.
    let back = class.path(&format!("/breaks/{id}/return"));
    class.owner("UPDATE seat_pools SET capacity = 0");
    let full = desk
        .post(&back, &[("version", "2"), ("on", "2027-06-01")])
        .await;
    assert_eq!(full.status, 409, "{}", full.text());
    assert_eq!(class.state(who), "deferred");
    class.owner("UPDATE seat_pools SET capacity = 30");
    let done = desk
        .post(&back, &[("version", "2"), ("on", "2027-06-01")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        (taken().as_str(), class.state(who).as_str()),
        ("1", "enrolled")
    );
    assert_eq!(
        class.one("SELECT ends_on || ' ' || state FROM learning_breaks"),
        "2027-05-31 ended"
    );
    assert_eq!(
        class.one("SELECT count(*) FROM letters WHERE kind = 'break_returned'"),
        "1"
    );
}

#[actix_web::test]
async fn a_request_is_refused_or_taken_back_and_one_waits_at_a_time() {
    let class = Class::new();
    let desk = class.coordinator();
    let (who, other) = (class.trainee("One Trainee"), class.trainee("Other Trainee"));
    let me = own(&class, who);
    let id = ask(&class, &me, who, "break").await;
    let mut fields = vec![("kind", "break")];
    fields.extend(DAYS);
    let path = format!("/me/enrolments/{}/breaks", who.1);
    assert_eq!(me.post(&path, &fields).await.status, 409);
    // Nobody touches another's.
    let stranger = own(&class, other);
    assert_eq!(
        stranger
            .post(&format!("{path}/{id}/withdraw"), &[])
            .await
            .status,
        404
    );
    assert_eq!(stranger.get(&path).await.status, 404);
    assert_eq!(
        me.post(&format!("{path}/{id}/withdraw"), &[]).await.status,
        303
    );
    assert_eq!(decide(&class, &desk, &id, "grant").await, 409);
    let id = ask(&class, &me, who, "break").await;
    assert_eq!(decide(&class, &desk, &id, "refuse").await, 303);
    let letter = class.one("SELECT body_text FROM letters WHERE kind = 'break_refused'");
    assert!(letter.contains("As you asked."), "{letter}");
    let backwards = [
        ("kind", "break"),
        ("starts_on", "2027-07-02"),
        ("ends_on", "2027-07-01"),
        ("reason", "Typed"),
    ];
    let page = me.post(&path, &backwards).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("id=\"ends_on-error\"") && page.text().contains("Typed"));
}

#[actix_web::test]
async fn progress_shows_every_line_in_words_hours_and_competencies_in_both_languages() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Mine Trainee");
    class.done(who, 9);
    let me = own(&class, who);
    let before = me.get("/me/progress").await.text();
    assert!(
        before.contains("has not set the completion rules"),
        "{before}"
    );
    class.publish(&desk, &class.fields()).await;
    let text = me.get("/me/progress").await.text();
    for word in [
        "7 of 8 requirements met",
        "Enough was attended.",
        "The form is missing.",
        "Classes attended",
        "45 h",
    ] {
        assert!(text.contains(word), "{word} in {text}");
    }
    me.post("/language", &[("lang", "zh-Hant-HK"), ("next", "/")])
        .await;
    let text = me.get("/me/progress").await.text();
    assert!(
        text.contains("尚未收到表格。") && text.contains("整體出席率"),
        "{text}"
    );
}

#[actix_web::test]
async fn a_break_that_is_over_takes_no_return_and_no_week_with_it() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Back Trainee");
    // The break of a week is long over: a return of today would freeze the weeks since.
    let me = own(&class, who);
    let id = ask(&class, &me, who, "break").await;
    assert_eq!(decide(&class, &desk, &id, "grant").await, 303);
    let record = class.path(&format!("/breaks/{id}"));
    let page = desk.get(&record).await.text();
    assert!(!page.contains("Record the return"), "{page}");
    let back = format!("{record}/return");
    let late = desk
        .post(&back, &[("version", "2"), ("on", "2027-06-01")])
        .await;
    assert_eq!(late.status, 422, "{}", late.text());
    assert_eq!(
        class.one("SELECT ends_on || ' ' || state FROM learning_breaks"),
        "2027-03-10 granted"
    );
    // Noted late, an earlier return is still what happened.
    let done = desk
        .post(&back, &[("version", "2"), ("on", "2027-03-08")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        class.one("SELECT ends_on || ' ' || state FROM learning_breaks"),
        "2027-03-07 ended"
    );
}

#[actix_web::test]
async fn the_return_of_a_running_break_is_offered_for_today_and_the_office_sees_who_waits() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Short Trainee");
    let me = own(&class, who);
    let fields = [
        ("kind", "break"),
        ("starts_on", "2027-05-20"),
        ("ends_on", "2027-06-10"),
        ("reason", "A family matter."),
    ];
    let path = format!("/me/enrolments/{}/breaks", who.1);
    assert_eq!(me.post(&path, &fields).await.status, 303);
    for page in [class.path("/completion"), "/desk".to_owned()] {
        let text = desk.get(&page).await.text();
        let told = text.contains("1 request waits")
            || text.contains("1 trainee asks for a break or a deferral");
        assert!(told && text.contains("/breaks?state=asked"), "{text}");
    }
    let id = class.one("SELECT id FROM learning_breaks");
    // A second pause of the same days, granted meanwhile, stands in the way.
    class.owner(&format!(
        "INSERT INTO learning_breaks (id, programme_id, cohort_id, enrolment_id, person_id, kind, starts_on, ends_on, reason, state, answer) \
         SELECT gen_random_uuid(), programme_id, cohort_id, enrolment_id, person_id, 'break', '2027-06-05', '2027-06-20', 'Other', 'granted', 'Yes' \
         FROM learning_breaks WHERE id = '{id}'"
    ));
    assert_eq!(decide(&class, &desk, &id, "grant").await, 409);
    class.owner(&format!("DELETE FROM learning_breaks WHERE id <> '{id}'"));
    assert_eq!(decide(&class, &desk, &id, "grant").await, 303);
    let page = desk.get(&class.path(&format!("/breaks/{id}"))).await.text();
    assert!(
        page.contains("Record the return") && page.contains("value=\"2027-06-01\""),
        "{page}"
    );
    let letters = desk.get("/letters").await.text();
    assert!(letters.contains("Break granted"), "{letters}");
}

#[actix_web::test]
async fn a_deferral_is_granted_from_its_first_day_and_nobody_returns_into_a_cohort_that_is_over() {
    let class = Class::new();
    let desk = class.coordinator();
    let (early, who) = (
        class.trainee("Early Trainee"),
        class.trainee("Late Trainee"),
    );
    class.publish(&desk, &class.fields()).await;
    let fields = [
        ("kind", "deferral"),
        ("starts_on", "2027-06-02"),
        ("ends_on", "2027-06-10"),
        ("reason", "A family matter."),
    ];
    let path = format!("/me/enrolments/{}/breaks", early.1);
    assert_eq!(own(&class, early).post(&path, &fields).await.status, 303);
    let id = class.one("SELECT id FROM learning_breaks");
    assert_eq!(decide(&class, &desk, &id, "grant").await, 409);
    assert_eq!(class.state(early), "active", "the seat is kept until then");
    assert_eq!(decide(&class, &desk, &id, "refuse").await, 303);
    let me = own(&class, who);
    let id = ask(&class, &me, who, "deferral").await;
    assert_eq!(decide(&class, &desk, &id, "grant").await, 303);
    // Who is deferred still reads how they stand.
    let mine = me.get("/me/progress").await.text();
    assert!(mine.contains("requirements met"), "{mine}");
    class.owner("UPDATE cohorts SET state = 'completed' WHERE state = 'running'");
    let back = class.path(&format!("/breaks/{id}/return"));
    let over = desk
        .post(&back, &[("version", "2"), ("on", "2027-06-01")])
        .await;
    assert_eq!(over.status, 409, "{}", over.text());
    assert!(
        over.text().contains("applies for a later cohort"),
        "{}",
        over.text()
    );
    assert_eq!(class.state(who), "deferred");
}
