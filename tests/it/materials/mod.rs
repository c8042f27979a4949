//! Materials: notes and links of a session, when they are released, and who has done with them.

use banyan::access;
use banyan::db::{Acting, Actor, Role};
use banyan::ids::{ClassId, CohortId};
use banyan::materials::actions;
use banyan::materials::queries::Keeper;
use banyan::materials::rules::{NoteDetails, Release, is_released, problems, released_at};
use banyan::teaching::rules::Slot;
use chrono::{DateTime, Utc};

use crate::support::app::Client;
use crate::teaching::world::{School, confirm};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn a_release_told_by_the_session_moves_with_it() {
    let slot = |day: u32| Slot {
        starts_at: at(&format!("2027-02-{day}T11:00:00Z")),
        ends_at: at(&format!("2027-02-{day}T14:00:00Z")),
    };
    for (release, moves) in [
        (Release::Now, false),
        (Release::Start, true),
        (Release::End, true),
        (Release::At, false),
    ] {
        let own = Some(at("2027-02-20T00:00:00Z"));
        let (before, after) = (
            released_at(release, own, &slot(22)),
            released_at(release, own, &slot(23)),
        );
        assert_eq!(before != after, moves, "{release:?}");
    }
    assert!(is_released(None, at("2000-01-01T00:00:00Z")));
    let instant = at("2027-02-22T11:00:00Z");
    assert!(is_released(Some(instant), instant));
    assert!(!is_released(
        Some(instant),
        instant - chrono::Duration::microseconds(1)
    ));
}

#[test]
fn what_is_wrong_with_a_note_names_its_field_in_both_languages() {
    let good = NoteDetails {
        title_en: "Reading".to_owned(),
        title_zh: String::new(),
        body: "Pages 1 to 12".to_owned(),
        url: String::new(),
        release: Release::Now,
        release_at: None,
    };
    assert!(problems(&good).is_empty());
    type Break = fn(&mut NoteDetails);
    let cases: [(&str, Break); 4] = [
        ("title_en", |it| it.title_en.clear()),
        ("body", |it| it.body.clear()),
        ("url", |it| it.url = "javascript:alert(1)".to_owned()),
        ("release_at", |it| it.release = Release::At),
    ];
    for (field, spoil) in cases {
        let mut note = good.clone();
        spoil(&mut note);
        let found = problems(&note);
        assert_eq!(found.len(), 1, "{field}");
        assert_eq!(found[0].field, field);
        assert_ne!(found[0].en, found[0].zh);
    }
}

async fn add(client: &Client<'_>, home: &str, fields: &[(&str, &str)]) -> u16 {
    client.post(&format!("{home}/new"), fields).await.status
}

/// A note's address on the page of those who keep it.
fn first_note(page: &str, under: &str) -> String {
    let after = page
        .split(&format!("href=\"{under}/"))
        .map(|part| part.split('"').next().unwrap())
        .find(|part| part.len() == 36)
        .unwrap_or_else(|| panic!("{page}"));
    format!("{under}/{after}")
}

#[actix_web::test]
async fn trainees_read_a_note_from_its_release_on_and_mark_it_as_done() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let app = &school.world.app;
    let teacher = app.sign_in(school.teacher.0, Some(school.teacher.1));
    let class = school.classes().remove(0);
    let home = format!("/timetable/{class}/notes");
    let empty = teacher.get(&format!("/timetable/{class}")).await.text();
    assert!(empty.contains("No notes or links yet"), "{empty}");
    let now = [
        ("title_en", "Reading list"),
        ("title_zh", "閱讀清單"),
        ("body", "First paragraph.\n\nSecond paragraph."),
        ("url", "https://library.example/reading"),
        ("release", "now"),
    ];
    assert_eq!(add(&teacher, &home, &now).await, 303);
    let later = [
        ("title_zh", "課後筆記"),
        ("body", "Secret until the end"),
        ("release", "end"),
    ];
    assert_eq!(add(&teacher, &home, &later).await, 303);
    // What was typed stays, and the mistake stands beside its field.
    let wrong = teacher
        .post(
            &format!("{home}/new"),
            &[
                ("title_en", "Typed title"),
                ("release", "at"),
                ("body", "x"),
            ],
        )
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("Typed title") && wrong.text().contains("release_at-error"));

    let trainee = app.sign_in(school.trainees[0].0, None);
    let path = format!("/me/timetable/{class}");
    let page = trainee.get(&path).await.text();
    assert!(page.contains("Reading list") && page.contains("<p>Second paragraph.</p>"));
    assert!(page.contains("課後筆記") && !page.contains("Secret until the end"));
    let reader = app.sign_in(school.trainees[1].0, None);
    let own = reader.get(&path).await.text();
    assert!(
        own.contains("閱讀清單") && own.contains("即將發放"),
        "{own}"
    );

    // Done is said once, however often; only the number is shown to those who keep it.
    let keeping = teacher.get(&format!("/timetable/{class}")).await.text();
    let note = first_note(&keeping, &home);
    let id = note.rsplit('/').next().unwrap();
    for _ in 0..2 {
        let done = trainee.post(&format!("/me/notes/{id}/done"), &[]).await;
        assert_eq!(done.status, 303);
    }
    assert_eq!(school.one("SELECT count(*)::text FROM note_marks"), "1");
    assert!(
        trainee
            .get("/me/notes?done=no")
            .await
            .text()
            .contains("Nothing matches")
    );
    assert!(
        trainee
            .get("/me/notes?done=yes")
            .await
            .text()
            .contains("Reading list")
    );
    assert!(
        reader
            .get("/me/notes?done=no")
            .await
            .text()
            .contains("閱讀清單")
    );
    let hidden = school.one("SELECT id::text FROM class_notes WHERE release = 'end'");
    let early = trainee.post(&format!("/me/notes/{hidden}/done"), &[]).await;
    assert_eq!(early.status, 409);
    assert_eq!(
        trainee
            .post(&format!("/me/notes/{id}/undone"), &[])
            .await
            .status,
        303
    );
    assert_eq!(school.one("SELECT count(*)::text FROM note_marks"), "0");
    for kind in ["csv", "xlsx"] {
        assert_eq!(trainee.get(&format!("/me/notes.{kind}")).await.status, 200);
        assert_eq!(teacher.get(&format!("{home}.{kind}")).await.status, 200);
    }

    // After the session has ended the other is there, too.
    let ended = &school.world;
    ended.app.as_owner(&format!(
        "UPDATE class_sessions SET starts_at = '2027-01-20 11:00+00', ends_at = '2027-01-20 14:00+00' WHERE id = '{class}'"
    ));
    assert!(
        trainee
            .get(&path)
            .await
            .text()
            .contains("Secret until the end")
    );
}

#[actix_web::test]
async fn notes_are_kept_by_the_office_and_by_who_teaches_and_by_nobody_else() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let app = &school.world.app;
    let class = school.classes().remove(0);
    let home = school.path(&format!("/classes/{class}/notes"));
    let fields = [("title_en", "One"), ("body", "Text"), ("release", "now")];
    assert_eq!(add(&desk, &home, &fields).await, 303);
    let second = [
        ("title_en", "Two"),
        ("url", "https://two.example/"),
        ("release", "start"),
    ];
    assert_eq!(add(&desk, &home, &second).await, 303);
    let page = desk.get(&home).await.text();
    assert!(page.find("One").unwrap() < page.find("Two").unwrap());
    let two = school.one("SELECT id::text FROM class_notes WHERE title_en = 'Two'");
    assert_eq!(
        desk.post(&format!("{home}/{two}/up"), &[]).await.status,
        303
    );
    let page = desk.get(&home).await.text();
    assert!(page.find("Two").unwrap() < page.find("One").unwrap());

    // Whoever teaches another session keeps none of these; nor does a trainee.
    let other = app.sign_in(school.other_teacher.0, Some(school.other_teacher.1));
    assert_eq!(other.get(&format!("/timetable/{class}")).await.status, 404);
    let elsewhere = format!("/timetable/{class}/notes");
    assert_eq!(
        other
            .post(&format!("{elsewhere}/new"), &fields)
            .await
            .status,
        404
    );
    assert_eq!(other.get(&format!("{elsewhere}/{two}")).await.status, 404);
    let stranger = app.person("Stranger");
    assert_eq!(
        stranger.get(&format!("/me/timetable/{class}")).await.status,
        404
    );
    assert_eq!(
        stranger
            .post(&format!("/me/notes/{two}/done"), &[])
            .await
            .status,
        404
    );
    // A session that is handed over takes its notes with it.
    app.as_owner(&format!(
        "UPDATE class_sessions SET instructor_ids = ARRAY['{}'::uuid] WHERE id = '{class}'",
        school.other_teacher.0
    ));
    assert_eq!(other.get(&format!("{elsewhere}/{two}")).await.status, 200);
    let teacher = app.sign_in(school.teacher.0, Some(school.teacher.1));
    assert_eq!(teacher.get(&format!("{elsewhere}/{two}")).await.status, 404);

    // Of two editors the second is told, and loses nothing.
    let edit = [
        ("version", "1"),
        ("title_en", "Two, anew"),
        ("url", "https://two.example/"),
        ("release", "start"),
    ];
    assert_eq!(desk.post(&format!("{home}/{two}"), &edit).await.status, 303);
    let late = other.post(&format!("{elsewhere}/{two}"), &edit).await;
    assert_eq!(late.status, 412);
    assert!(late.text().contains("Two, anew"));
    // Removed after a question, and the session's history keeps its title.
    let asked = desk.get(&format!("{home}/{two}/remove")).await;
    assert!(asked.text().contains("Remove “Two, anew”?"));
    let gone = confirm(&desk, &format!("{home}/{two}/remove"), &asked).await;
    assert_eq!(gone.status, 303, "{}", gone.text());
    let record = desk
        .get(&school.path(&format!("/classes/{class}")))
        .await
        .text();
    assert!(record.contains("removed the note “Two, anew”"), "{record}");
}

#[actix_web::test]
async fn notes_of_an_earlier_enrolment_stand_in_the_same_list_its_pages_and_its_file() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let app = &school.world.app;
    let person = school.trainees[0].0;
    // A cohort before it, with sixty notes; the newest note is of the cohort of now.
    let earlier = CohortId::new();
    app.as_owner(&format!(
        "INSERT INTO cohorts (id, programme_id, code, name_en, name_zh, state, opens_at, closes_at, decisions_on, reply_by, starts_on, \
           ends_on) SELECT '{earlier}', programme_id, '2026H2', 'Intake 2026H2', '2026H2屆', 'completed', opens_at, closes_at, \
           decisions_on, reply_by, starts_on, ends_on FROM cohorts WHERE id = '{}'",
        school.world.cohort
    ));
    let (_, old) = school.enrol(earlier, 9, "en");
    app.as_owner(&format!(
        "UPDATE enrolments SET person_id = '{person}', state = 'completed' WHERE id = '{old}'; \
         INSERT INTO offerings (id, programme_id, cohort_id, module_id, capacity, whole_cohort, state) \
           SELECT '{old}', programme_id, '{earlier}', module_id, 30, true, 'published' FROM offerings LIMIT 1; \
         INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, published, state) \
           SELECT '{old}', programme_id, '{earlier}', id, module_id, '2026-10-05T11:00:00Z', '2026-10-05T14:00:00Z', true, 'held' \
           FROM offerings WHERE id = '{old}'; \
         INSERT INTO class_notes (id, programme_id, cohort_id, session_id, title_en, body, release) \
           SELECT gen_random_uuid(), programme_id, cohort_id, id, 'Old note ' || n || '.', 'b', 'start' \
           FROM class_sessions, generate_series(1, 60) n WHERE id = '{old}'"
    ));
    let class = school.classes().remove(0);
    let home = school.path(&format!("/classes/{class}/notes"));
    let fields = [("title_en", "New note"), ("body", "b"), ("release", "now")];
    assert_eq!(add(&desk, &home, &fields).await, 303);
    let me = app.sign_in(person, None);
    let file = me.get("/me/notes.csv").await.text();
    assert_eq!(file.matches("Old note ").count(), 60, "{file}");
    assert!(file.contains("New note"));
    // Page by page, each note once.
    let (mut seen, mut path) = (0, "/me/notes".to_owned());
    loop {
        let page = me.get(&path).await.text();
        seen += page.matches("<h2 id=\"title-").count();
        let next = page.split("href=\"/me/notes?after=").nth(1);
        let Some(next) = next else { break };
        let after = next.split('"').next().unwrap().replace("&amp;", "&");
        path = format!("/me/notes?after={after}");
        assert!(seen <= 61, "{path}");
    }
    assert_eq!(seen, 61);
    let found = me.get("/me/notes?q=old+note+60.").await.text();
    assert!(found.contains("Old note 60."), "{found}");
    // Marked from the list, its filter stays.
    let id = school.one("SELECT id FROM class_notes WHERE title_en = 'Old note 60.'");
    let action = format!("/me/notes/{id}/done?q=old+note+60.");
    assert!(found.contains(&format!("action=\"{action}\"")), "{found}");
    let done = me.post(&action, &[("from", "list")]).await;
    assert_eq!(
        done.location(),
        format!("/me/notes?q=old+note+60.#note-{id}")
    );
}

#[actix_web::test]
async fn notes_written_at_once_are_counted_one_after_another() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let class: ClassId = school.classes().remove(0).parse().unwrap();
    school.world.app.as_owner(&format!(
        "INSERT INTO class_notes (id, programme_id, cohort_id, session_id, title_en, body, release) \
           SELECT gen_random_uuid(), programme_id, cohort_id, id, 'n', 'b', 'now' FROM class_sessions, generate_series(1, 48) \
           WHERE id = '{class}'"
    ));
    let (db, cohort) = (&school.world.app.site.db, school.world.cohort);
    let actor = Actor::Person(Acting {
        person: desk.person.unwrap(),
        role: Role::Coordinator,
        grant: None,
        organisations: Vec::new(),
        programmes: vec![school.world.programme],
    });
    let note = NoteDetails {
        title_en: "At once".to_owned(),
        title_zh: String::new(),
        body: "b".to_owned(),
        url: String::new(),
        release: Release::Now,
        release_at: None,
    };
    let add = || {
        let added = db.tx(&actor, |conn| {
            let keeper = Keeper::Office(access::cohort_staff(conn, cohort)?);
            actions::add(conn, &keeper, class, &note)
        });
        added.is_ok()
    };
    let done = std::thread::scope(|scope| {
        let all: Vec<_> = (0..6).map(|_| scope.spawn(add)).collect();
        let done = all.into_iter().map(|it| it.join().unwrap());
        done.filter(|it| *it).count()
    });
    assert_eq!(done, 2);
    assert_eq!(
        school.one(&format!(
            "SELECT count(*) || ' ' || count(DISTINCT position) FROM class_notes WHERE session_id = '{class}' AND title_en = 'At once'"
        )),
        "2 2"
    );
}

#[actix_web::test]
async fn a_session_holds_so_many_notes_and_no_more() {
    let school = School::new();
    let desk = school.coordinator();
    school.published(&desk).await;
    let class = school.classes().remove(0);
    school.world.app.as_owner(&format!(
        "INSERT INTO class_notes (id, programme_id, cohort_id, session_id, title_en, body, release) \
           SELECT gen_random_uuid(), programme_id, cohort_id, id, 'n', 'b', 'now' FROM class_sessions, generate_series(1, 50) \
           WHERE id = '{class}'"
    ));
    let home = school.path(&format!("/classes/{class}/notes"));
    let fields = [
        ("title_en", "One more"),
        ("body", "Text"),
        ("release", "now"),
    ];
    let full = desk.post(&format!("{home}/new"), &fields).await;
    assert_eq!(full.status, 409);
    assert!(full.text().contains("One more"));
}
