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
