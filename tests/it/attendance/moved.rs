//! Registers and the timetable work on the same sessions: each waits for the other, and neither undoes
//! what the other has done.

use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;

use super::world::Class;
use crate::support::app::{Answer, Client};
use crate::teaching::world::confirm;

const NOW: &str = "2027-02-22T10:58:03Z";
const DURING: &str = "2027-02-22T11:15:03Z";

/// Somebody's transaction that holds a session and commits once another waits for it.
fn meanwhile(class: &Class, sql: &str) -> std::thread::JoinHandle<bool> {
    let mut conn = PgConnection::establish(&class.school.world.app.super_url()).unwrap();
    let hold = format!(
        "BEGIN; SELECT id FROM class_sessions WHERE id = '{}' FOR NO KEY UPDATE; {sql}",
        class.classes[0]
    );
    conn.batch_execute(&hold).unwrap();
    std::thread::spawn(move || {
        let mut waited = false;
        for _ in 0..1_000 {
            conn.batch_execute("SELECT pg_sleep(0.02)").unwrap();
            let waiting = diesel::sql_query(
                "SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) \
                 WHERE NOT l.granted AND a.datname = current_database()",
            );
            if diesel::RunQueryDsl::execute(waiting, &mut conn).unwrap() > 0 {
                waited = true;
                break;
            }
        }
        conn.batch_execute("COMMIT").unwrap();
        waited
    })
}

/// The sign-off as the session's row feels it.
fn held(class: &Class) -> String {
    format!(
        "UPDATE class_sessions SET state = 'held', version = version + 1 WHERE id = '{}'",
        class.classes[0]
    )
}

/// Asks for another time of the first session: the preview.
async fn move_to(class: &Class, desk: &Client<'_>, time: &str, minutes: &str) -> (String, Answer) {
    let path = class
        .school
        .path(&format!("/classes/{}/edit", class.classes[0]));
    let teacher = class.school.teacher.0.to_string();
    let version = class.one(&format!(
        "SELECT version FROM class_sessions WHERE id = '{}'",
        class.classes[0]
    ));
    let fields = [
        ("version", version.as_str()),
        ("day", "2027-02-22"),
        ("time", time),
        ("minutes", minutes),
        ("room", "Room 9"),
        ("link", ""),
        ("instructors", teacher.as_str()),
    ];
    let seen = desk.post(&path, &fields).await;
    assert_eq!(seen.status, 200, "{}", seen.text());
    (path, seen)
}

/// What the timetable has told and noted of changes and cancellations.
fn said(class: &Class) -> String {
    class.one(
        "SELECT (SELECT count(*) FROM letters WHERE kind IN ('session_changed', 'session_cancelled')) || ' ' || \
           (SELECT count(*) FROM audit_events WHERE verb IN ('class.changed', 'class.cancelled'))",
    )
}

#[actix_web::test]
async fn a_session_that_is_signed_off_meanwhile_is_not_moved() {
    let mut class = Class::new().await;
    class.at(NOW);
    let desk = class.school.coordinator();
    let (path, seen) = move_to(&class, &desk, "20:00", "180").await;
    let other = meanwhile(&class, &held(&class));
    let answer = confirm(&desk, &path, &seen).await;
    assert!(
        other.join().unwrap(),
        "the timetable waits for the register"
    );
    assert!(
        [409, 412].contains(&answer.status),
        "{} {}",
        answer.status,
        answer.text()
    );
    assert_eq!(said(&class), "0 0");
    assert_eq!(
        class.one(&format!(
            "SELECT state || ' ' || (starts_at AT TIME ZONE 'UTC') FROM class_sessions WHERE id = '{}'",
            class.classes[0]
        )),
        "held 2027-02-22 11:00:00"
    );
}

#[actix_web::test]
async fn a_session_that_is_signed_off_meanwhile_is_not_cancelled() {
    let mut class = Class::new().await;
    class.at(NOW);
    let desk = class.school.coordinator();
    let path = class
        .school
        .path(&format!("/classes/{}/cancel", class.classes[0]));
    let other = meanwhile(&class, &held(&class));
    let fields = [("version", "2"), ("reason", "room")];
    let answer = desk.post(&path, &fields).await;
    assert!(
        other.join().unwrap(),
        "the timetable waits for the register"
    );
    assert!([409, 412].contains(&answer.status), "{}", answer.status);
    assert_eq!(said(&class), "0 0");
}

#[actix_web::test]
async fn codes_that_are_renewed_meanwhile_let_nobody_in() {
    let mut class = Class::new().await;
    class.at(NOW);
    let trainee = class.trainee(0);
    let code = class.code(0, NOW);
    let renew = format!(
        "INSERT INTO registers (session_id, programme_id, cohort_id, late_after, opens_before, closes_after, round) \
         SELECT id, programme_id, cohort_id, 10, 15, 20, 1 FROM class_sessions WHERE id = '{}'",
        class.classes[0]
    );
    let other = meanwhile(&class, &renew);
    let answer = trainee.post("/check-in", &[("code", &code)]).await;
    assert!(other.join().unwrap(), "a check-in waits for the keeper");
    assert_eq!(answer.status, 409, "{}", answer.text());
    assert_eq!(class.one("SELECT count(*) FROM attendance_records"), "0");
}

#[actix_web::test]
async fn a_session_at_which_somebody_has_checked_in_begins_when_it_began() {
    let mut class = Class::new().await;
    class.at(DURING);
    let code = class.code(0, DURING);
    let late = class.trainee(0).post("/check-in", &[("code", &code)]).await;
    assert_eq!(late.status, 303, "{}", late.text());
    let record = "SELECT state || ' ' || minutes || ' ' || held FROM attendance_records WHERE checked_in_at IS NOT NULL";
    assert_eq!(class.one(record), "late 164 180");
    {
        let desk = class.school.coordinator();
        let (path, seen) = move_to(&class, &desk, "20:00", "180").await;
        let answer = confirm(&desk, &path, &seen).await;
        assert_eq!(answer.status, 409);
        assert!(
            answer.text().contains("Trainees have checked in"),
            "{}",
            answer.text()
        );
        assert_eq!(said(&class), "0 0");
        // Room and end may still change; who was late attends what is then left.
        let (path, seen) = move_to(&class, &desk, "19:00", "210").await;
        assert_eq!(confirm(&desk, &path, &seen).await.status, 303);
    }
    class.at("2027-02-22T14:35:00Z");
    assert_eq!(class.sign(&class.teacher(), 0).await, 303);
    assert_eq!(class.one(record), "late 194 210");
}
