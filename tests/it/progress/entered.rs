//! Pauses that the office enters, and what was due in a pause.

use uuid::Uuid;

use super::world::{Class, Who, confirm};
use crate::support::app::Client;

const DAYS: [(&str, &str); 2] = [("starts_on", "2027-05-20"), ("ends_on", "2027-05-31")];

async fn enter(
    class: &Class,
    desk: &Client<'_>,
    who: Who,
    kind: &str,
    days: [(&str, &str); 2],
) -> (u16, String) {
    let mut fields = vec![("kind", kind), ("reason", "In hospital, says the family.")];
    fields.extend(days);
    let path = class.path(&format!("/completion/trainees/{}/break", who.1));
    let answer = desk.post(&path, &fields).await;
    (answer.status, answer.text())
}

/// An assessment that is open, due on this day at six in the evening; the trainee's part in it.
fn due(class: &Class, (person, enrolment): Who, day: &str) -> String {
    let candidate = Uuid::now_v7().to_string();
    class.owner(&format!(
        "WITH a AS (INSERT INTO assessments (id, programme_id, cohort_id, offering_id, module_id, plan_number, part, kind, title_en, \
             title_zh, opens_at, due_at, takes_files, state) \
           SELECT gen_random_uuid(), programme_id, cohort_id, offering_id, module_id, 1, 2, 'report', 'Report of {day}', '報告', \
             '2027-05-10', '{day} 10:00+00', true, 'open' FROM assessments WHERE module_id = '{}' AND part = 1 \
           RETURNING id, programme_id, cohort_id) \
         INSERT INTO assessment_candidates (id, programme_id, cohort_id, assessment_id, enrolment_id, person_id, number) \
           SELECT '{candidate}', programme_id, cohort_id, id, '{enrolment}', '{person}', 501 FROM a",
        class.modules[0]
    ));
    candidate
}

fn extended(class: &Class, candidate: &str) -> String {
    class.one(&format!(
        "SELECT coalesce((extended_to AT TIME ZONE 'UTC')::text, 'not') FROM assessment_candidates WHERE id = '{candidate}'"
    ))
}

#[actix_web::test]
async fn the_office_enters_a_break_for_a_trainee_who_reads_why() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Away Trainee");
    class.publish(&desk, &class.fields()).await;
    let place = class.path(&format!("/completion/trainees/{}/break", who.1));
    let trainee = class.verdict(&desk, who).await;
    assert!(trainee.contains(&place), "{trainee}");
    let page = desk.get(&place).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let wrong = [("starts_on", "2027-05-31"), ("ends_on", "2027-05-20")];
    let (status, text) = enter(&class, &desk, who, "break", wrong).await;
    assert_eq!(status, 422, "{text}");
    assert!(
        text.contains("ends_on-error") && text.contains("In hospital, says the family."),
        "{text}"
    );
    assert_eq!(enter(&class, &desk, who, "break", DAYS).await.0, 303);
    let again = enter(&class, &desk, who, "break", DAYS).await;
    assert_eq!(again.0, 409, "{}", again.1);
    assert_eq!(
        class.one(
            "SELECT kind || ' ' || state || ' ' || (decided_at IS NOT NULL) FROM learning_breaks"
        ),
        "break granted true"
    );
    assert_eq!(class.state(who), "active", "a break keeps the seat");
    let letter = class.one("SELECT body_text FROM letters WHERE kind = 'break_entered'");
    assert!(letter.contains("In hospital, says the family."), "{letter}");
    let id = class.one("SELECT id FROM learning_breaks");
    let record = desk.get(&class.path(&format!("/breaks/{id}"))).await.text();
    assert!(record.contains("entered for the trainee"), "{record}");
    let me = class.world.app.sign_in(who.0, None);
    let mine = me.get(&format!("/me/enrolments/{}/breaks", who.1)).await;
    assert!(mine.text().contains("In hospital"), "{}", mine.text());
    assert_eq!(me.get(&place).await.status, 403);
}

#[actix_web::test]
async fn a_deferral_is_entered_from_its_first_day_and_gives_the_seat_back() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Later Trainee");
    let ahead = [("starts_on", "2027-06-02"), ("ends_on", "2027-12-31")];
    let early = enter(&class, &desk, who, "deferral", ahead).await;
    assert_eq!(early.0, 409, "{}", early.1);
    assert!(early.1.contains("In hospital"), "what was typed stays");
    let now = [("starts_on", "2027-06-01"), ("ends_on", "2027-12-31")];
    assert_eq!(enter(&class, &desk, who, "deferral", now).await.0, 303);
    assert_eq!(
        (
            class.one("SELECT taken FROM seat_pools").as_str(),
            class.state(who).as_str()
        ),
        ("0", "deferred")
    );
    let gone = enter(&class, &desk, who, "break", DAYS).await;
    assert_eq!(gone.0, 409, "takes no part");
    assert!(!class.verdict(&desk, who).await.contains("/break\""));
}

#[actix_web::test]
async fn a_request_that_waits_is_answered_not_overtaken() {
    let class = Class::new();
    let who = class.trainee("Asking Trainee");
    let me = class.world.app.sign_in(who.0, None);
    let mut fields = vec![("kind", "break"), ("reason", "Mine.")];
    fields.extend([("starts_on", "2027-06-24"), ("ends_on", "2027-06-28")]);
    let asked = me
        .post(&format!("/me/enrolments/{}/breaks", who.1), &fields)
        .await;
    assert_eq!(asked.status, 303);
    let done = enter(&class, &class.coordinator(), who, "break", DAYS).await;
    assert_eq!(done.0, 409, "{}", done.1);
}

#[actix_web::test]
async fn what_was_due_in_a_break_is_proposed_later_and_moves_when_it_is_granted() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Away Trainee");
    // Five days after the break began; one before it, one after.
    let within = due(&class, who, "2027-05-25");
    let before = due(&class, who, "2027-05-19");
    let after = due(&class, who, "2027-06-20");
    assert_eq!(enter(&class, &desk, who, "break", DAYS).await.0, 303);
    let id = class.one("SELECT id FROM learning_breaks");
    let place = class.path(&format!("/breaks/{id}"));
    let page = desk.get(&place).await;
    let text = page.text();
    assert!(
        text.contains("AIR501 Report of 2027-05-25") && !text.contains("Report of 2027-06-20"),
        "{text}"
    );
    assert!(!text.contains("Report of 2027-05-19"), "{text}");
    // Looking moves nothing, nor does what the page did not say.
    assert_eq!(extended(&class, &within), "not");
    let act = format!("{place}/extensions");
    let other = format!("{within} 1811412000000000");
    let wrong = desk
        .post(&act, &[("move", other.as_str()), ("note", "Kept.")])
        .await;
    assert_eq!(wrong.status, 409, "{}", wrong.text());
    assert!(wrong.text().contains("Kept."), "{}", wrong.text());
    assert_eq!(extended(&class, &within), "not");
    let done = confirm(&desk, &act, &page).await;
    assert_eq!(done.location(), place, "{}", done.text());
    // Back on 1 June, twelve days after the break began.
    assert_eq!(extended(&class, &within), "2027-06-06 10:00:00");
    for other in [&before, &after] {
        assert_eq!(extended(&class, other), "not");
    }
    assert_eq!(
        class.one("SELECT count(*) FROM letters WHERE kind = 'extension_granted'"),
        "1"
    );
    let record = desk.get(&place).await.text();
    assert!(
        record.contains("granted 1 later due time") && !record.contains("Report of"),
        "{record}"
    );
    let sent = format!("{within} 1812276000000000");
    let again = desk.post(&act, &[("move", sent.as_str())]).await;
    assert_eq!(again.status, 409, "{}", again.text());
}

#[actix_web::test]
async fn nothing_is_proposed_before_the_return_nor_for_work_that_is_in() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Away Trainee");
    let within = due(&class, who, "2027-05-30");
    let days = [("starts_on", "2027-05-20"), ("ends_on", "2027-06-20")];
    assert_eq!(enter(&class, &desk, who, "break", days).await.0, 303);
    let id = class.one("SELECT id FROM learning_breaks");
    let place = class.path(&format!("/breaks/{id}"));
    assert!(!desk.get(&place).await.text().contains("Report of"));
    let back = [("version", "1"), ("on", "2027-06-01")];
    let back = desk.post(&format!("{place}/return"), &back).await;
    assert_eq!(back.status, 303, "{}", back.text());
    assert!(desk.get(&place).await.text().contains("Report of"));
    class.owner(&format!(
        "INSERT INTO submissions (id, programme_id, cohort_id, assessment_id, candidate_id, person_id, try, file_ids) \
         SELECT gen_random_uuid(), programme_id, cohort_id, assessment_id, id, person_id, 1, '{{}}' \
         FROM assessment_candidates WHERE id = '{within}'"
    ));
    assert!(!desk.get(&place).await.text().contains("Report of"));
}
