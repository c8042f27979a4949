//! Registers: entries, sign-off, corrections, warnings; rates.

use banyan::access;
use banyan::attendance::queries;
use banyan::attendance::rules::Hours;
use banyan::db::{Acting, Actor, Role};

use super::world::Class;
use crate::teaching::world::hidden;

const DURING: &str = "2027-02-22T11:30:00Z";
const AFTER: &str = "2027-02-22T14:05:00Z";

#[actix_web::test]
async fn an_instructor_fills_in_and_signs_off_and_only_then_is_anybody_told() {
    let mut class = Class::new().await;
    {
        let early = class
            .enter(&class.teacher(), 0, &[(&class.enrolment(0), "present")])
            .await;
        assert_eq!(early, 409, "the register opens a quarter before");
    }
    class.at(DURING);
    let teacher = class.teacher();
    let page = teacher.get(&class.register(0)).await.text();
    assert!(
        page.contains("TRAINEE 1") && page.contains("2 unmarked"),
        "{page}"
    );
    assert_eq!(
        class
            .enter(&teacher, 0, &[(&class.enrolment(0), "late")])
            .await,
        303
    );
    assert!(
        class.letters().is_empty(),
        "nothing is told before the sign-off"
    );
    let mine = class.trainee(0).get("/me/attendance").await.text();
    assert!(
        mine.contains("Not signed off yet") && !mine.contains("120 of 180"),
        "{mine}"
    );
    let asked = teacher
        .get(&format!("/classes/{}/sign-off", class.classes[0]))
        .await
        .text();
    assert!(
        asked.contains("recorded as absent now: TRAINEE 2"),
        "{asked}"
    );
    assert_eq!(class.sign(&teacher, 0).await, 303);
    assert_eq!(
        class.one(&format!(
            "SELECT state FROM class_sessions WHERE id = '{}'",
            class.classes[0]
        )),
        "held"
    );
    let states = class
        .school
        .world
        .texts("SELECT state || ' ' || minutes FROM attendance_records ORDER BY 1");
    assert_eq!(states, ["absent 0", "late 120"]);
    let letters = class.letters();
    assert_eq!(letters.len(), 2, "{letters:?}");
    assert!(
        letters
            .iter()
            .any(|it| it.starts_with("attendance_low en ")),
        "{letters:?}"
    );
    assert!(
        letters.iter().any(
            |it| it.starts_with("attendance_absent zh-Hant-HK 缺席：AIR501 人工智能風險管理，")
        ),
        "{letters:?}"
    );
    let body = class.one("SELECT body_text FROM letters WHERE kind = 'attendance_low'");
    for words in [
        "Mon 22 Feb 2027, 19:00–22:00 HKT",
        "66.66%",
        "80%",
        "office@",
    ] {
        assert!(body.contains(words), "{words} in {body}");
    }
    let again = teacher.get(&class.register(0)).await.text();
    assert!(
        again.contains("Signed off") && !again.contains("All remaining"),
        "{again}"
    );
    assert_eq!(
        class
            .enter(&teacher, 0, &[(&class.enrolment(0), "present")])
            .await,
        409
    );
}

#[actix_web::test]
async fn what_was_confirmed_is_what_is_signed() {
    let mut class = Class::new().await;
    class.at("2027-02-22T11:10:00Z");
    let path = format!("/classes/{}/sign-off", class.classes[0]);
    assert!(
        class
            .teacher()
            .get(&path)
            .await
            .text()
            .contains("Trainees can still check in")
    );
    class.at(AFTER);
    let teacher = class.teacher();
    let page = teacher.get(&path).await;
    let fields = hidden(&page);
    let seen = fields
        .iter()
        .find(|(name, _)| name == "seen")
        .unwrap()
        .1
        .clone();
    let unsaid = teacher.post(&path, &[("seen", &seen)]).await;
    assert_eq!(
        unsaid.status, 409,
        "nobody said that the unmarked were absent"
    );
    let office = class.school.coordinator();
    assert_eq!(
        class
            .enter(&office, 0, &[(&class.enrolment(1), "present")])
            .await,
        303
    );
    let stale = teacher
        .post(&path, &[("seen", &seen), ("unmarked", "absent")])
        .await;
    assert_eq!(stale.status, 409);
    assert!(
        stale.text().contains("has changed since you looked"),
        "{}",
        stale.text()
    );
    assert_eq!(
        class.one("SELECT count(*) FROM registers WHERE signed_off_at IS NOT NULL"),
        "0"
    );
}

#[actix_web::test]
async fn two_keepers_at_once_lose_nothing() {
    let mut class = Class::new().await;
    class.at(DURING);
    let (teacher, office) = (class.teacher(), class.school.coordinator());
    let (first, second) = (class.enrolment(0), class.enrolment(1));
    let form = |one: &str, two: &str| {
        let note = if one == "present" {
            ""
        } else {
            "seen at the door"
        };
        vec![
            (format!("seen-{first}"), String::new()),
            (format!("seen-{second}"), String::new()),
            (format!("state-{first}"), one.to_owned()),
            (format!("state-{second}"), two.to_owned()),
            (format!("note-{second}"), note.to_owned()),
        ]
    };
    let send = async |client: &crate::support::app::Client<'_>, fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        client.post(&class.register(0), &fields).await
    };
    assert_eq!(send(&teacher, form("present", "")).await.status, 303);
    // The office has seen neither entry: its own row is saved, the instructor's stays.
    assert_eq!(send(&office, form("", "absent")).await.status, 303);
    let states = "SELECT string_agg(state, ' ' ORDER BY state) FROM attendance_records";
    assert_eq!(class.one(states), "absent present");
    let quarrel = send(&office, form("absent", "absent")).await;
    assert_eq!(quarrel.status, 409);
    let text = quarrel.text();
    assert!(text.contains("Changed meanwhile to: Present"), "{text}");
    assert_eq!(class.one(states), "absent present");
    let wrong = send(&office, form("late", "")).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("seen at the door"),
        "nothing typed is lost"
    );
    let rest = teacher
        .post(
            &class.register(0),
            &[
                ("rest", "absent"),
                (&format!("seen-{first}"), "1|present|180|"),
            ],
        )
        .await;
    assert_eq!(rest.status, 303);
    assert_eq!(
        class.one(states),
        "absent present",
        "the rest is who is unmarked"
    );
}

#[actix_web::test]
async fn a_correction_has_a_reason_a_trail_and_a_letter() {
    let mut class = Class::new().await;
    class.at(AFTER);
    let path = format!("{}/{}", class.register(0), class.enrolment(1));
    {
        let teacher = class.teacher();
        let fields = [
            ("version", "0"),
            ("state", "present"),
            ("reason", "was there"),
        ];
        assert_eq!(
            teacher.post(&path, &fields).await.status,
            409,
            "not signed off"
        );
        assert_eq!(class.sign(&teacher, 0).await, 303);
        let without = [
            ("version", "1"),
            ("state", "late"),
            ("minutes", "180"),
            ("reason", ""),
        ];
        let refused = teacher.post(&path, &without).await;
        assert_eq!(refused.status, 422);
        assert!(
            refused.text().contains("id=\"minutes-error\"")
                && refused.text().contains("id=\"reason-error\"")
        );
    }
    let good = [
        ("version", "1"),
        ("state", "late"),
        ("minutes", "100"),
        ("reason", "Came at 20:20"),
    ];
    class.at("2027-03-02T14:00:00Z");
    assert_eq!(
        class.teacher().post(&path, &good).await.status,
        409,
        "eight days later"
    );
    let office = class.school.coordinator();
    assert_eq!(office.post(&path, &good).await.status, 303);
    assert_eq!(
        office.post(&path, &good).await.status,
        412,
        "somebody else was there"
    );
    assert_eq!(
        class.one("SELECT minutes FROM attendance_records WHERE state = 'late'"),
        "100"
    );
    let page = office.get(&class.register(0)).await.text();
    assert!(
        page.contains("Absent → Late, 100 minutes attended. Came at 20:20"),
        "{page}"
    );
    let letter = class.one("SELECT body_text FROM letters WHERE kind = 'attendance_corrected'");
    assert!(
        letter.contains("缺席")
            && letter.contains("遲到，出席100分鐘")
            && letter.contains("Came at 20:20"),
        "{letter}"
    );
}

#[actix_web::test]
async fn rates_are_of_signed_registers_of_sessions_that_took_place() {
    let mut class = Class::new().await;
    let (first, second) = (class.enrolment(0), class.enrolment(1));
    class.at("2027-02-25T14:05:00Z");
    let office = class.school.coordinator();
    for n in 0..2 {
        let states = [
            (first.as_str(), "present"),
            (second.as_str(), if n == 0 { "late" } else { "excused" }),
        ];
        assert_eq!(class.enter(&office, n, &states).await, 303);
    }
    assert!(
        office
            .get(&class.school.path("/attendance"))
            .await
            .text()
            .contains("2 registers are not signed off")
    );
    let hours = || {
        let person = office.person.unwrap();
        let programme = class.school.world.programme;
        let actor = Actor::Person(Acting {
            person,
            role: Role::Coordinator,
            grant: None,
            programmes: vec![programme],
            organisations: Vec::new(),
        });
        class
            .school
            .world
            .app
            .site
            .db
            .read(&actor, |conn| {
                let staff = access::cohort_staff(conn, class.school.world.cohort)?;
                queries::hours(conn, &staff)
            })
            .unwrap()
    };
    assert!(hours().is_empty());
    for n in 0..2 {
        assert_eq!(class.sign(&office, n).await, 303);
    }
    let of = |id: &str| {
        hours()
            .into_iter()
            .find(|it| it.enrolment.to_string() == id)
            .unwrap()
            .hours
    };
    assert_eq!(
        of(&first),
        Hours {
            held: 360,
            attended: 360,
            excused: 0
        }
    );
    assert_eq!(
        of(&second),
        Hours {
            held: 360,
            attended: 120,
            excused: 180
        }
    );
    let page = office
        .get(&class.school.path("/attendance?under=yes&sort=rate"))
        .await
        .text();
    assert!(
        page.contains("66.66%: 2 h of 3 h attended; 3 h excused, left out")
            && !page.contains("T2027-0001"),
        "{page}"
    );
    // The cohort's own rate is of the sums, not the mean of the two: that would be 83.33%.
    for page in ["/attendance", ""] {
        let text = office.get(&class.school.path(page)).await.text();
        assert!(
            text.contains("88.88%: 8 h of 9 h attended"),
            "{page}: {text}"
        );
    }
    let csv = office
        .get(&class.school.path("/attendance.csv?sort=rate"))
        .await
        .text();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(
        lines[1].ends_with("T2027-0002,66.66%,360,120,180,0"),
        "{lines:?}"
    );
    assert!(
        lines[2].ends_with("T2027-0001,100%,360,360,0,0"),
        "{lines:?}"
    );
    // Another policy, at once.
    let policy = [
        ("version", "0"),
        ("threshold", "79.5"),
        ("excused", "attended"),
        ("late_after", "10"),
        ("opens_before", "15"),
        ("closes_after", "20"),
        ("apology_grace", "0"),
        ("correct_days", "7"),
    ];
    assert_eq!(
        office
            .post(&class.school.path("/attendance/policy"), &policy)
            .await
            .status,
        303
    );
    assert_eq!(
        office
            .post(&class.school.path("/attendance/policy"), &policy)
            .await
            .status,
        412
    );
    let page = office.get(&class.school.path("/attendance")).await.text();
    assert!(page.contains("83.33%") && page.contains("79.5%"), "{page}");
    // The trainee reads the same in their own language.
    let own = class.trainee(1).get("/me/attendance").await.text();
    assert!(
        own.contains("83.33%：上課6小時，出席5小時；另有獲准缺席3小時，作出席計"),
        "{own}"
    );
    // A session that is cancelled afterwards counts nowhere.
    class.school.world.app.as_owner(&format!(
        "UPDATE class_sessions SET state = 'cancelled', cancel_reason = 'other' WHERE id = '{}'",
        class.classes[0]
    ));
    assert_eq!(
        of(&second),
        Hours {
            held: 180,
            attended: 0,
            excused: 180
        }
    );
    let registers = office
        .get(&class.school.path("/registers?state=signed_off"))
        .await
        .text();
    assert!(registers.contains(&class.classes[1]) && !registers.contains(&class.classes[0]));
}

#[actix_web::test]
async fn an_instructor_keeps_their_own_registers_and_no_others() {
    let class = Class::new().await;
    let mine = class.teacher().get("/registers").await.text();
    assert!(mine.contains(&class.register(0)), "{mine}");
    assert!(
        class
            .other_teacher()
            .get("/registers")
            .await
            .text()
            .contains("No sessions")
    );
    let other = class
        .enter(
            &class.other_teacher(),
            0,
            &[(&class.enrolment(0), "present")],
        )
        .await;
    assert_eq!(other, 404);
    assert_eq!(
        class
            .teacher()
            .get(&class.school.path("/attendance"))
            .await
            .status,
        403
    );
    let csv = class
        .teacher()
        .get(&format!("{}.csv", class.register(0)))
        .await
        .text();
    assert_eq!(csv.lines().count(), 3, "{csv}");
}

#[actix_web::test]
async fn typed_words_and_minutes_are_saved_or_refused() {
    let mut class = Class::new().await;
    class.at(DURING);
    let teacher = class.teacher();
    let (first, second) = (class.enrolment(0), class.enrolment(1));
    let send = async |fields: &[(&str, &str)]| {
        let mut all = vec![
            (format!("seen-{first}"), String::new()),
            (format!("seen-{second}"), String::new()),
        ];
        all.extend(
            fields
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
        );
        let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        teacher.post(&class.register(0), &all).await
    };
    let (state, minutes, note) = (
        format!("state-{first}"),
        format!("minutes-{first}"),
        format!("note-{first}"),
    );
    let only_note = send(&[(&note, "left at the break")]).await;
    assert_eq!(only_note.status, 422);
    let text = only_note.text();
    assert!(
        text.contains("Choose a state") && text.contains("left at the break"),
        "{text}"
    );
    let minutes_of_present = send(&[(&state, "present"), (&minutes, "100")]).await;
    assert_eq!(minutes_of_present.status, 422);
    assert!(
        minutes_of_present
            .text()
            .contains("Choose Late for 0 to 179")
    );
    assert_eq!(class.one("SELECT count(*) FROM attendance_records"), "0");
    let good = send(&[(&state, "late"), (&minutes, "100"), (&note, "left early")]).await;
    assert_eq!(good.status, 303);
    assert_eq!(
        class.one("SELECT state || ' ' || minutes || ' ' || note FROM attendance_records"),
        "late 100 left early"
    );
}

#[actix_web::test]
async fn a_correction_that_brings_somebody_under_the_threshold_says_so() {
    let mut class = Class::new().await;
    class.at(AFTER);
    let first = class.enrolment(0);
    let office = class.school.coordinator();
    assert_eq!(class.enter(&office, 0, &[(&first, "present")]).await, 303);
    assert_eq!(class.sign(&office, 0).await, 303);
    let path = format!("{}/{first}", class.register(0));
    let correct = async |version: &str, minutes: &str| {
        let fields = [
            ("version", version),
            ("state", "late"),
            ("minutes", minutes),
            ("reason", "Left at the break"),
        ];
        office.post(&path, &fields).await.status
    };
    assert_eq!(correct("1", "150").await, 303);
    let letters = || {
        class.school.world.texts(
            "SELECT body_text FROM letters WHERE kind = 'attendance_corrected' ORDER BY created_at, id",
        )
    };
    assert!(!letters()[0].contains("asks for"), "{}", letters()[0]);
    assert_eq!(correct("2", "90").await, 303);
    let low = letters()[1].clone();
    assert!(low.contains("now 50%; the programme asks for 80%"), "{low}");
    // Under it already: that is told once.
    assert_eq!(correct("3", "60").await, 303);
    assert!(!letters()[2].contains("asks for"), "{}", letters()[2]);
}

#[actix_web::test]
async fn what_waits_for_an_instructor_stands_first_with_its_state() {
    let mut class = Class::new().await;
    class.at("2027-02-25T14:05:00Z");
    let teacher = class.teacher();
    assert_eq!(class.sign(&teacher, 1).await, 303);
    let page = teacher.get("/registers").await.text();
    let at = |n: usize| page.find(&class.register(n)).unwrap();
    assert!(at(0) < at(2) && at(2) < at(3) && at(3) < at(1), "{page}");
    for state in ["Not signed off", "To come", "Signed off"] {
        assert!(page.contains(state), "{state}: {page}");
    }
}
