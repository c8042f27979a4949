//! A cohort goes through a whole term as its people do: the office plans and decides, the instructor
//! keeps registers and marks, trainees hand in and read. Every figure is worked out by hand.

use crate::assessment::world::{BEFORE, EARLY, OVER, Room, points, post};
use crate::support::app::Client;
use crate::support::fixtures::desk::World;
use crate::teaching::world::{EVENINGS, NOW, confirm, hidden};

/// Five past ten in the evening of these days in Hong Kong, and a storm's morning.
const FIRST: &str = "2027-02-22T14:05:00Z";
const STORM: &str = "2027-02-25T01:00:00Z";
const THIRD: &str = "2027-03-01T14:05:00Z";
const FOURTH: &str = "2027-03-04T14:05:00Z";
const MADE_UP: &str = "2027-03-08T14:05:00Z";
const RESIT_OVER: &str = "2027-04-05T02:00:00Z";

/// Writes states of both trainees into a register and signs it off.
async fn register(room: &Room, class: &str, states: [&str; 2]) {
    let teacher = room.marker();
    let mut fields = Vec::new();
    for ((_, enrolment), state) in room.school.trainees.iter().zip(states) {
        fields.push((format!("seen-{enrolment}"), String::new()));
        fields.push((format!("state-{enrolment}"), state.to_owned()));
        if state == "late" {
            fields.push((format!("minutes-{enrolment}"), "120".to_owned()));
        }
    }
    let saved = post(&teacher, &format!("/classes/{class}/register"), &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let path = format!("/classes/{class}/sign-off");
    let page = teacher.get(&path).await;
    let signed = confirm(&teacher, &path, &page).await;
    assert_eq!(signed.status, 303, "{}", signed.text());
}

/// Publishes rules: four fifths of the hours, the module passed with half of its mark.
async fn rules(room: &Room) {
    let desk = room.desk();
    let base = format!("/programmes/{}/completion", room.school.world.programme);
    let module = room.school.module.to_string();
    let fields = [
        ("name_en", "Rules of the term"),
        ("name_zh", "本學期規則"),
        ("whole", "80"),
        ("excused", "left_out"),
        ("mark", "50"),
        ("all_of", module.as_str()),
        ("forms", ""),
        ("capstone", "none"),
        ("placement", "no"),
    ];
    let saved = desk.post(&format!("{base}/draft"), &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let asked = desk.get(&format!("{base}/publish")).await;
    let done = confirm(&desk, &format!("{base}/publish"), &asked).await;
    assert_eq!(done.status, 303, "{}", done.text());
}

/// The storm takes the second evening; the first time that is free is accepted.
async fn storm(room: &Room) {
    let desk = room.desk();
    let form = [("day", "2027-02-25"), ("reason", "signal_8")];
    let seen = desk.post("/programme/storm", &form).await;
    let done = confirm(&desk, "/programme/storm", &seen).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = desk.get(done.location()).await;
    let text = page.text();
    let value = text.split("name=\"accept\" value=\"").nth(1).unwrap();
    let value = value.split('"').next().unwrap().replace("&#43;", "+");
    assert!(value.contains("2027-03-08T11:00:00"), "{value}");
    let mut fields = hidden(&page);
    fields.push(("accept".to_owned(), value));
    let made = post(&desk, "/programme/storm/make-up", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
}

/// Marks the scripts of these trainees and releases everything together.
async fn release(room: &Room, at: &str, marks: &[(usize, [&str; 2])]) {
    let desk = room.desk();
    let begun = desk.post(&format!("{at}/mark"), &[]).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    for (n, [risks, argument]) in marks {
        let script = format!("/marking/{}", room.script(at, *n));
        let done = post(&room.marker(), &script, &points(risks, argument)).await;
        assert_eq!(done.status, 303, "{}", done.text());
    }
    let done = desk.post(&format!("{at}/moderate"), &[]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let seen = desk.get(&format!("{at}/release")).await;
    let done = post(&desk, &format!("{at}/release"), &hidden(&seen)).await;
    assert_eq!(done.status, 303, "{}", done.text());
}

/// The released mark of a trainee in an assessment, in hundredths of a per cent.
fn marked(world: &World, at: &str, number: u32) -> String {
    let id = at.rsplit('/').next().unwrap();
    world.one(&format!(
        "SELECT r.raw || ' ' || r.mark FROM released_marks r JOIN enrolments e ON e.id = r.enrolment_id \
         WHERE r.assessment_id = '{id}' AND e.trainee_number = 'T2027-{number:04}'"
    ))
}

async fn page(client: &Client<'_>, path: &str, words: &[&str]) {
    let page = client.get(path).await;
    let text = page.text();
    assert_eq!(page.status, 200, "{path}: {text}");
    for word in words {
        assert!(text.contains(word), "{path} without {word}: {text}");
    }
}

/// Offers and publishes the module with four evenings, and the rules.
async fn planned() -> Room {
    let mut room = Room::new().await;
    room.at(NOW);
    {
        let desk = room.desk();
        let done = room.school.plan(&desk, &room.offering, EVENINGS).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let shown = desk.post(&format!("{}/publish", room.offering), &[]).await;
        assert_eq!(shown.status, 303, "{}", shown.text());
    }
    rules(&room).await;
    room
}

/// Four sessions of three hours. The first trainee is excused from one and attends the others; the second
/// is late for an hour once and absent once.
async fn taught(room: &mut Room) -> (String, String) {
    room.at(FIRST);
    let first = room.school.classes().remove(0);
    register(room, &first, ["present", "late"]).await;
    room.at(STORM);
    storm(room).await;
    let classes = room.school.classes();
    assert_eq!(classes.len(), 5, "the lost session and its make-up stand");
    room.at(EARLY);
    let (case, exam) = (room.opened(1, &[]).await, room.opened(2, &[]).await);
    room.at(THIRD);
    register(room, &classes[2], ["excused", "present"]).await;
    room.at(FOURTH);
    register(room, &classes[3], ["present", "absent"]).await;
    room.at(MADE_UP);
    register(room, &classes[4], ["present", "present"]).await;
    (case, exam)
}

#[actix_web::test]
async fn a_cohort_goes_through_a_whole_term() {
    let mut room = planned().await;
    let (case, exam) = taught(&mut room).await;

    // 12 hours were held; the cancelled session counts nowhere. The first attended 9 of the 9 that count
    // for who was excused from 3; the second 2 + 3 + 0 + 3 of 12, which is 66.66%.
    page(&room.trainee(0), "/me/attendance", &["100%"]).await;
    page(&room.trainee(1), "/me/attendance", &["66.66%"]).await;
    let rates = room.school.path("/attendance.csv");
    page(&room.desk(), &rates, &["66.66%", "100%"]).await;

    room.at(BEFORE);
    for n in [0, 1] {
        assert_eq!(room.hand_in(&case, n, "case.pdf").await.status, 303);
    }
    room.at(OVER);
    // Two criteria of ten points: 9 of 20 is 45%, 18 of 20 is 90%.
    release(&room, &case, &[(0, ["4", "5"]), (1, ["9", "9"])]).await;
    release(&room, &exam, &[(0, ["7", "7"]), (1, ["8", "8"])]).await;
    let world = &room.school.world;
    assert_eq!(
        [(&case, 1), (&case, 2), (&exam, 1), (&exam, 2)].map(|(at, n)| marked(world, at, n)),
        ["4500 4500", "9000 9000", "7000 7000", "8000 8000"]
    );
    let (first, second) = (room.school.trainees[0].1, room.school.trainees[1].1);
    let verdict = |enrolment| {
        room.school
            .path(&format!("/completion/trainees/{enrolment}"))
    };
    // 40% of 45 and 60% of 70 are 60, but the case must be passed.
    page(&room.desk(), &verdict(first), &["100%", "60%"]).await;
    let too_little = "Too little, even if every class still to come is attended.";
    page(
        &room.desk(),
        &verdict(second),
        &[too_little, "66.66%", "84%"],
    )
    .await;

    let again = room.fields(
        1,
        &[
            ("title_en", "Case file again"),
            ("title_zh", "個案檔案補考"),
            ("due_at", "2027-03-30T18:00"),
        ],
    );
    let resit = post(&room.desk(), &format!("{case}/resit"), &again).await;
    assert_eq!(resit.status, 303, "{}", resit.text());
    let resit = resit.location().to_owned();
    let opened = room.desk().post(&format!("{resit}/open"), &[]).await;
    assert_eq!(opened.status, 303, "{}", opened.text());
    let sitting = room.school.one(&format!(
        "SELECT count(*) FROM assessment_candidates WHERE assessment_id = '{}'",
        resit.rsplit('/').next().unwrap()
    ));
    assert_eq!(sitting, "1", "who passed does not sit again");
    assert_eq!(room.hand_in(&resit, 0, "again.pdf").await.status, 303);
    room.at(RESIT_OVER);
    release(&room, &resit, &[(0, ["8", "8"])]).await;
    // 80% of a resit is worth the pass mark.
    assert_eq!(marked(&room.school.world, &resit, 1), "8000 5000");

    // Who would complete if two thirds of the hours were enough? Not at 67%, and the second at 66%.
    let what_if = |whole: u32| {
        room.school
            .path(&format!("/completion/what-if?whole={whole}"))
    };
    page(&room.desk(), &what_if(67), &["Nobody changes."]).await;
    page(
        &room.desk(),
        &what_if(66),
        &["1 trainee changes", "TRAINEE 2"],
    )
    .await;

    let asked = room.school.path("/completion/confirm");
    let seen = room.desk().get(&asked).await;
    let text = seen.text();
    assert!(
        text.contains("Confirm the completion of 1 trainee?"),
        "{text}"
    );
    let done = confirm(&room.desk(), &asked, &seen).await;
    assert_eq!(done.status, 303, "{}", done.text());
    // 100% attended; 40% of 50 and 60% of 70 are 62.
    let lines = room.school.world.texts(
        "SELECT (l ->> 'what') || ' ' || (l ->> 'have') || '/' || (l ->> 'need') || ' ' || (l ->> 'reason') \
         FROM completions c, jsonb_array_elements(c.verdict -> 'lines') WITH ORDINALITY AS x(l, n) ORDER BY n",
    );
    assert_eq!(
        lines,
        [
            "attendance 10000/8000 attended",
            "module 1/1 passed",
            "module_mark 6200/5000 mark_reached"
        ]
    );
    let states = room
        .school
        .world
        .texts("SELECT state FROM enrolments ORDER BY trainee_number");
    assert_eq!(states, ["completed", "enrolled"]);
    let confirmed = "Completion confirmed on 5 Apr 2027.";
    page(&room.trainee(0), "/me/progress", &[confirmed, "62%"]).await;
    let other = room.trainee(1).get("/me/progress").await.text();
    assert!(
        other.contains("66.66%") && !other.contains("Completion confirmed"),
        "{other}"
    );
}
