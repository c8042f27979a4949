//! What markers cannot tell, what trainees were promised, one plan for a cohort.

use banyan::access;
use banyan::assessment::queries;
use banyan::assessment::rules::Standing;
use banyan::db::Role;

use super::world::{AFTER, BEFORE, OVER, Room, points, post};
use crate::teaching::world::hidden;

#[actix_web::test]
async fn ids_numbers_and_files_tell_no_marker_whose_work_it_is() {
    let mut room = Room::new().await;
    let at = room.opened(1, &[]).await;
    let late = room.school.enrol(room.school.world.cohort, 3, "en");
    room.school.trainees.push(late);
    let admitted = room.desk().post(&format!("{at}/admit"), &[]).await;
    assert_eq!(admitted.status, 303, "{}", admitted.text());
    let plain = room.school.one(
        "SELECT count(*) FROM assessment_candidates WHERE number NOT BETWEEN 100000 AND 999999",
    );
    assert_eq!(plain, "0", "six digits, whenever one joined");
    let body = "%PDF-1.7\n1 0 obj << /Type /Catalog /Author (Chan Siu Ming) >> endobj\ntrailer << >>\n%%EOF\n";
    let files = [("files", "own.pdf", "application/pdf", body.as_bytes())];
    let sent = room.trainee(0).upload(&room.own(&at, 0), &[], &files).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    assert_eq!(room.hand_in(&at, 2, "c.pdf").await.status, 303);
    room.at(AFTER);
    let desk = room.desk();
    assert_eq!(desk.post(&format!("{at}/mark"), &[]).await.status, 303);
    let versions = room
        .school
        .world
        .texts("SELECT DISTINCT substr(id::text, 15, 1) FROM scripts");
    assert_eq!(versions, ["4"], "random bits alone");
    let script = room.script(&at, 0);
    let file = room
        .marker()
        .get(&format!("/marking/{script}/files/1"))
        .await;
    let read = file.text();
    assert_eq!(file.body.len(), body.len());
    assert!(
        !read.contains("Chan") && read.contains("/Type /Catalog"),
        "{read}"
    );
    // The office reads what was handed in, under its own name.
    let record = desk.get(&at).await.text();
    let path = format!("{at}/candidates/{}/files/1", room.candidate(&at, 0));
    assert!(record.contains(&path), "{record}");
    let file = desk.get(&path).await;
    assert_eq!(file.text(), body);
    assert!(format!("{:?}", file.headers).contains("own.pdf"));
    assert_eq!(room.marker().get(&path).await.status, 403);
}

#[actix_web::test]
async fn every_answer_to_a_request_is_told_and_lateness_follows_the_last_one() {
    let mut room = Room::new().await;
    let at = room.opened(1, &[]).await;
    room.at(BEFORE);
    let own = room.own(&at, 0);
    let ask = [("until_at", "2027-03-12T18:00"), ("reason", "Work.")];
    let open = "SELECT id FROM assessment_extensions WHERE state = 'requested'";
    for _ in 0..2 {
        let asked = room
            .trainee(0)
            .post(&format!("{own}/extension"), &ask)
            .await;
        assert_eq!(asked.status, 303, "{}", asked.text());
        let id = room.school.one(open);
        let no = [("outcome", "refuse"), ("note", ""), ("version", "1")];
        let done = room
            .desk()
            .post(&format!("{at}/extensions/{id}"), &no)
            .await;
        assert_eq!(done.status, 303, "{}", done.text());
        let back = room
            .trainee(0)
            .post(&format!("{own}/extensions/{id}/withdraw"), &[])
            .await;
        assert_eq!(back.status, 409);
        let page = back.text();
        assert!(
            page.contains("Take the request back") && !page.contains("Take your work back"),
            "{page}"
        );
    }
    let letters = room
        .school
        .one("SELECT count(*) FROM letters WHERE kind = 'extension_refused'");
    assert_eq!(letters, "2");

    let asked = room
        .trainee(0)
        .post(&format!("{own}/extension"), &ask)
        .await;
    assert_eq!(asked.status, 303);
    let id = room.school.one(open);
    room.at(AFTER);
    for n in [0, 1] {
        assert_eq!(room.hand_in(&at, n, "late.pdf").await.status, 303);
    }
    let desk = room.desk();
    assert_eq!(desk.post(&format!("{at}/mark"), &[]).await.status, 303);
    let scripts = "SELECT count(*) FROM scripts";
    assert_eq!(room.school.one(scripts), "1", "whose request is open waits");
    let yes = [
        ("outcome", "grant"),
        ("until_at", "2027-03-12T18:00"),
        ("note", ""),
        ("version", "1"),
    ];
    let done = desk.post(&format!("{at}/extensions/{id}"), &yes).await;
    assert_eq!(done.status, 303, "{}", done.text());
    // Given to whom was collected late: the mark loses nothing, and the work that stands is not replaced.
    let second = room.script(&at, 1);
    let costs = || {
        room.school.one(&format!(
            "SELECT days_late || ' ' || penalty FROM scripts WHERE id = '{second}'"
        ))
    };
    assert_eq!(costs(), "1 500");
    let extend = format!("{at}/candidates/{}/extend", room.candidate(&at, 1));
    let give = [("until_at", "2027-03-12T18:00"), ("note", "")];
    let done = desk.post(&extend, &give).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(costs(), "0 0");
    room.at(OVER);
    assert_eq!(room.hand_in(&at, 1, "other.pdf").await.status, 422);
    assert_eq!(
        room.desk().post(&format!("{at}/collect"), &[]).await.status,
        303
    );
    let all = room
        .school
        .world
        .texts("SELECT DISTINCT penalty::text FROM scripts");
    assert_eq!(
        (room.school.one(scripts).as_str(), all),
        ("2", vec!["0".to_owned()])
    );
}

#[actix_web::test]
async fn what_trainees_know_of_times_is_not_made_worse_nor_a_draw_stranded() {
    let mut room = Room::new().await;
    let at = room.opened(1, &[]).await;
    let version = || {
        let id = at.rsplit('/').next().unwrap();
        room.school.one(&format!(
            "SELECT version FROM assessments WHERE id = '{id}'"
        ))
    };
    let change = |changes: &[(&str, &str)]| {
        let mut fields = room.fields(1, changes);
        fields.extend(
            [
                ("title_en", "Case file".to_owned()),
                ("title_zh", "個案檔案".to_owned()),
                ("version", version()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let (room, at) = (&room, &at);
        async move {
            post(&room.desk(), &format!("{at}/edit"), &fields)
                .await
                .status
        }
    };
    assert_eq!(change(&[("due_at", "2027-03-09T18:00")]).await, 409);
    assert_eq!(
        change(&[("late_hours", "24")]).await,
        303,
        "nothing handed in"
    );
    assert_eq!(room.hand_in(&at, 0, "a.pdf").await.status, 303);
    for stricter in [
        ("late_hours", "23"),
        ("late_per_day", "6"),
        ("late_cap", "21"),
    ] {
        assert_eq!(
            change(&[("late_hours", "24"), stricter]).await,
            409,
            "{stricter:?}"
        );
    }
    let milder = [("late_hours", "48"), ("late_per_day", "4")];
    assert_eq!(change(&milder).await, 303);
    room.at(AFTER);
    assert_eq!(
        room.desk().post(&format!("{at}/mark"), &[]).await.status,
        303
    );
    let mut fields = room.fields(1, &[("late_per_day", "4"), ("second", "all")]);
    let id = at.rsplit('/').next().unwrap();
    let version = room.school.one(&format!(
        "SELECT version FROM assessments WHERE id = '{id}'"
    ));
    fields.extend(
        [
            ("title_en", "Case file"),
            ("title_zh", "個案檔案"),
            ("version", version.as_str()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let refused = post(&room.desk(), &format!("{at}/edit"), &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
}

/// Marks every script of it with these points for both criteria and releases the marks.
async fn release(room: &Room, at: &str, marks: &[(usize, &str)]) {
    let desk = room.desk();
    let begun = desk.post(&format!("{at}/mark"), &[]).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    for (n, given) in marks {
        let path = format!("/marking/{}", room.script(at, *n));
        let done = post(&room.marker(), &path, &points(given, given)).await;
        assert_eq!(done.status, 303, "{}", done.text());
    }
    let done = desk.post(&format!("{at}/moderate"), &[]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let seen = desk.get(&format!("{at}/release")).await;
    let done = post(&desk, &format!("{at}/release"), &hidden(&seen)).await;
    assert_eq!(done.status, 303, "{}", done.text());
}

#[actix_web::test]
async fn a_cohort_keeps_its_plan_and_who_passed_a_resit_sits_no_other() {
    let mut room = Room::new().await;
    let exam = room.opened(2, &[]).await;
    let module = room.school.module;
    // Another plan, said to hold from before the cohort began.
    room.school.world.app.as_owner(&format!(
        "UPDATE module_versions SET state = 'replaced' WHERE module_id = '{module}'; \
         INSERT INTO module_versions (id, module_id, programme_id, number, state, name_en, name_zh, contact_hours, effective_from, \
           published_at, assessments) SELECT gen_random_uuid(), module_id, programme_id, 2, 'published', name_en, name_zh, \
           contact_hours, effective_from, published_at, '[{{\"kind\": \"exam\", \"title\": {{\"en\": \"All\", \"zh\": \"全部\"}}, \
           \"weight\": 100, \"must_pass\": true}}]' FROM module_versions WHERE module_id = '{module}'"
    ));
    let case = room.opened(1, &[]).await;
    let numbers = room
        .school
        .world
        .texts("SELECT DISTINCT plan_number::text FROM assessments");
    assert_eq!(numbers, ["1"]);
    for n in [0, 1] {
        assert_eq!(room.hand_in(&case, n, "a.pdf").await.status, 303);
    }
    room.at(OVER);
    release(&room, &case, &[(0, "3"), (1, "3")]).await;
    release(&room, &exam, &[(0, "8"), (1, "8")]).await;
    let cohort = room.school.world.cohort;
    let results = room
        .school
        .world
        .as_role(room.boss(), Role::Coordinator, |conn| {
            let staff = access::cohort_staff(conn, cohort)?;
            queries::results(conn, &staff, None)
        })
        .unwrap();
    let of: Vec<_> = results
        .iter()
        .filter(|it| it.module == module)
        .map(|it| (it.mark, it.standing))
        .collect();
    assert_eq!(of, [(Some(6_000), Standing::Failed); 2]);
    let trainee = room.school.trainees[0].0;
    let own = room
        .school
        .world
        .as_role(trainee, Role::Applicant, |conn| {
            let own = access::own_enrolment(conn, room.school.trainees[0].1)?;
            queries::results_of(conn, &own)
        })
        .unwrap();
    assert!(
        own.iter()
            .any(|it| it.module == module && it.mark == Some(6_000)),
        "{own:?}"
    );
    let page = room
        .desk()
        .get(
            &room
                .school
                .path("/module-results?module=CAS501&standing=failed"),
        )
        .await;
    assert!(
        page.text().contains("60%") && page.text().contains("Failed"),
        "{}",
        page.text()
    );
    let csv = room
        .desk()
        .get(&room.school.path("/module-results.csv?module=CAS501"))
        .await
        .text();
    assert!(
        csv.contains("TRAINEE 1,T2027-0001,CAS501,60%,Failed"),
        "{csv}"
    );

    let resit = |title: &str, due: &str| {
        let fields = room.fields(
            1,
            &[("title_en", title), ("title_zh", "補考"), ("due_at", due)],
        );
        let (room, case) = (&room, &case);
        async move {
            let set = post(&room.desk(), &format!("{case}/resit"), &fields).await;
            assert_eq!(set.status, 303, "{}", set.text());
            let at = set.location().to_owned();
            let open = room.desk().post(&format!("{at}/open"), &[]).await;
            assert_eq!(open.status, 303, "{}", open.text());
            at
        }
    };
    let again = resit("Again", "2027-03-30T18:00").await;
    for n in [0, 1] {
        assert_eq!(room.hand_in(&again, n, "b.pdf").await.status, 303);
    }
    room.at("2027-04-05T02:00:00Z");
    release(&room, &again, &[(0, "9"), (1, "2")]).await;
    let fields = room.fields(
        1,
        &[
            ("title_en", "Third"),
            ("title_zh", "再補考"),
            ("due_at", "2027-04-30T18:00"),
        ],
    );
    let third = post(&room.desk(), &format!("{case}/resit"), &fields).await;
    let third = third.location().to_owned();
    assert_eq!(
        room.desk().post(&format!("{third}/open"), &[]).await.status,
        303
    );
    let id = third.rsplit('/').next().unwrap();
    let who = room.school.world.texts(&format!(
        "SELECT person_id::text FROM assessment_candidates WHERE assessment_id = '{id}'"
    ));
    assert_eq!(who, [room.school.trainees[1].0.to_string()]);
}
