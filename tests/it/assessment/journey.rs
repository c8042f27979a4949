//! From the plan to the mark: setting, handing in, marking, releasing, appealing, sitting again.

use banyan::access;
use banyan::assessment::queries;
use banyan::assessment::rules::Standing;
use banyan::db::Role;

use super::world::{AFTER, BEFORE, OVER, Room, points, post};
use crate::teaching::world::hidden;

#[actix_web::test]
async fn a_part_of_the_plan_is_set_once_and_mistakes_stand_beside_their_fields() {
    let room = Room::new().await;
    let desk = room.desk();
    let path = room.school.path("/assessments/new");
    let page = desk.get(&path).await;
    assert!(
        page.text().contains("CAS501 Casework: Case file 40%"),
        "{}",
        page.text()
    );
    let bad = room.fields(
        1,
        &[
            ("due_at", "2027-02-01T09:00"),
            ("pass_mark", "x"),
            ("criterion_zh_2", ""),
            ("brief_en", "kept <b>"),
        ],
    );
    let page = post(&desk, &path, &bad).await;
    assert_eq!(page.status, 422);
    for field in ["pass_mark", "criterion_en_2"] {
        assert!(
            page.text().contains(&format!("id=\"{field}-error\"")),
            "{field}: {}",
            page.text()
        );
    }
    assert!(page.text().contains("kept &#60;b&#62;"));
    let at = room.set(&desk, 1, &[]).await;
    let again = post(&desk, &path, &room.fields(1, &[])).await;
    assert_eq!(again.status, 409, "{}", again.text());
    let record = desk.get(&at).await.text();
    for line in [
        "Case file",
        "40% (must be passed)",
        "Risks found",
        "Planned",
    ] {
        assert!(record.contains(line), "{line}: {record}");
    }
    // A trainee sees nothing before it opens.
    let mine = room.trainee(0).get("/me/assessments").await.text();
    assert!(mine.contains("Nothing to be assessed yet"), "{mine}");
    assert_eq!(desk.post(&format!("{at}/mark"), &[]).await.status, 409);
    assert_eq!(desk.post(&format!("{at}/open"), &[]).await.status, 303);
    let subjects = room
        .school
        .world
        .texts("SELECT subject FROM letters WHERE kind = 'assessment_opened' ORDER BY subject");
    assert_eq!(subjects, ["Assessment: Case file", "評核：個案檔案"]);
    let csv = desk.get(&room.school.path("/assessments.csv")).await.text();
    assert!(csv.contains("Case file,CAS501,Case,40%"), "{csv}");
    // Stale, and what was promised.
    let mut fields = room.fields(
        1,
        &[
            ("title_en", "Case file"),
            ("title_zh", "個案檔案"),
            ("version", "1"),
        ],
    );
    assert_eq!(
        post(&desk, &format!("{at}/edit"), &fields).await.status,
        412
    );
    fields.retain(|(name, _)| name != "version" && name != "anonymous");
    fields.extend([
        ("version".to_owned(), "2".to_owned()),
        ("anonymous".to_owned(), "no".to_owned()),
    ]);
    assert_eq!(
        post(&desk, &format!("{at}/edit"), &fields).await.status,
        409
    );
}

#[actix_web::test]
async fn tries_are_kept_receipted_taken_back_and_late_by_ones_own_due_time() {
    let mut room = Room::new().await;
    let at = room.opened(1, &[]).await;
    let own = room.own(&at, 0);
    let none = room.trainee(0).upload(&own, &[], &[]).await;
    assert_eq!(none.status, 422);
    let files = [("files", "x.pdf", "application/pdf", b"no pdf".as_slice())];
    let bad = room.trainee(0).upload(&own, &[], &files).await;
    assert_eq!(bad.status, 422);
    assert!(bad.text().contains("files-error"), "{}", bad.text());
    assert_eq!(room.hand_in(&at, 0, "first.pdf").await.status, 303);
    assert_eq!(room.hand_in(&at, 0, "second.pdf").await.status, 303);
    let page = room.trainee(0).get(&own).await.text();
    assert!(
        page.contains("first.pdf") && page.contains("second.pdf"),
        "{page}"
    );
    assert_eq!(
        page.matches("<span class=\"tag ok\">counts</span>").count(),
        1
    );
    let digest = room
        .school
        .one("SELECT encode(sha256, 'hex') FROM files WHERE label = 'second.pdf'");
    assert!(page.contains(&digest));
    let receipt = room.school.one(
        "SELECT body_text FROM letters WHERE kind = 'submission_receipt' ORDER BY id DESC LIMIT 1",
    );
    assert!(
        receipt.contains(&digest) && receipt.contains("second.pdf"),
        "{receipt}"
    );
    // Nobody reads another's.
    assert_eq!(room.trainee(1).get(&own).await.status, 404);
    assert_eq!(
        room.trainee(0)
            .post(&format!("{own}/take-back"), &[])
            .await
            .status,
        303
    );
    let stands = room
        .school
        .one("SELECT count(*) FROM submissions WHERE withdrawn_at IS NULL");
    assert_eq!(stands, "1", "the try before it counts again");

    room.at(BEFORE);
    let ask = [("until_at", "2027-03-11T18:00"), ("reason", "In hospital.")];
    let other = room.own(&at, 1);
    assert_eq!(
        room.trainee(1)
            .post(&format!("{other}/extension"), &ask)
            .await
            .status,
        303
    );
    assert_eq!(
        room.trainee(1)
            .post(&format!("{other}/extension"), &ask)
            .await
            .status,
        409
    );
    let request = room.school.one("SELECT id FROM assessment_extensions");
    let decide = [
        ("outcome", "grant"),
        ("until_at", "2027-03-11T18:00"),
        ("note", "Get well."),
        ("version", "1"),
    ];
    let done = room
        .desk()
        .post(&format!("{at}/extensions/{request}"), &decide)
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    let letter = room
        .school
        .one("SELECT subject FROM letters WHERE kind = 'extension_granted'");
    assert_eq!(letter, "獲准延期：個案檔案");

    // After the due time what stands is not replaced; who has more time is not late.
    room.at(AFTER);
    assert_eq!(room.hand_in(&at, 0, "third.pdf").await.status, 422);
    assert_eq!(
        room.trainee(0)
            .post(&format!("{own}/take-back"), &[])
            .await
            .status,
        409
    );
    room.at("2027-03-12T09:00:00Z");
    assert_eq!(room.hand_in(&at, 1, "late.pdf").await.status, 303);
    assert_eq!(
        room.school
            .one("SELECT days_late FROM submissions ORDER BY submitted_at DESC LIMIT 1"),
        "1"
    );
    let late = room.school.one("SELECT count(*) FROM submissions");
    room.at("2027-03-20T02:00:00Z");
    assert_eq!(room.hand_in(&at, 1, "more.pdf").await.status, 422);
    assert_eq!(room.school.one("SELECT count(*) FROM submissions"), late);
}

#[actix_web::test]
async fn an_anonymous_script_is_marked_released_at_once_and_appealed() {
    let mut room = Room::new().await;
    let at = room.opened(1, &[]).await;
    assert_eq!(
        room.hand_in(&at, 0, "trainee-one-essay.pdf").await.status,
        303
    );
    assert_eq!(
        room.desk().post(&format!("{at}/mark"), &[]).await.status,
        409,
        "before the due time"
    );
    room.at(AFTER);
    assert_eq!(
        room.hand_in(&at, 1, "trainee-two-essay.pdf").await.status,
        303
    );
    assert_eq!(
        room.desk().post(&format!("{at}/mark"), &[]).await.status,
        303
    );
    let queue = room.marker().get("/marking").await.text();
    let (one, two) = (room.script(&at, 0), room.script(&at, 1));
    assert!(queue.contains(&one) && queue.contains(&two), "{queue}");
    let page = room.marker().get(&format!("/marking/{one}")).await.text();
    let file = room.marker().get(&format!("/marking/{one}/files/1")).await;
    let said = format!("{queue}{page}{:?}", file.headers);
    for told in [
        "Trainee 1",
        "TRAINEE 1",
        "trainee-one",
        "T2027-0001",
        "Wong",
    ] {
        assert!(!said.contains(told), "{told}");
    }
    assert!(
        format!("{:?}", file.headers).contains("candidate-"),
        "{:?}",
        file.headers
    );
    // Whose scripts they are not, finds none.
    assert_eq!(
        room.other_marker()
            .get(&format!("/marking/{one}"))
            .await
            .status,
        404
    );
    assert_eq!(
        room.trainee(0).get(&format!("/marking/{one}")).await.status,
        403
    );
    let path = format!("/marking/{one}");
    let beyond = post(&room.marker(), &path, &points("11", "5")).await;
    assert_eq!(beyond.status, 422, "{}", beyond.text());
    assert!(beyond.text().contains("points_1-error"));
    let mut draft = points("8", "");
    draft.retain(|(name, _)| name != "do");
    assert_eq!(post(&room.marker(), &path, &draft).await.status, 303);
    assert_eq!(
        post(&room.marker(), &path, &points("8", "6")).await.status,
        412,
        "another version"
    );
    let mut given = points("8", "6");
    given.retain(|(name, _)| name != "version");
    given.push(("version".to_owned(), "1".to_owned()));
    assert_eq!(post(&room.marker(), &path, &given).await.status, 303);
    let early = room.desk().post(&format!("{at}/moderate"), &[]).await;
    assert_eq!(early.status, 409);
    assert_eq!(
        post(
            &room.marker(),
            &format!("/marking/{two}"),
            &points("5", "5")
        )
        .await
        .status,
        303
    );
    room.at(OVER);
    let desk = room.desk();
    let done = desk.post(&format!("{at}/moderate"), &[]).await;
    assert_eq!(done.status, 303, "{}", done.text());

    // Nothing is told before the release, nor by the table that trainees read.
    let own = room.trainee(0).get(&room.own(&at, 0)).await.text();
    assert!(
        !own.contains("70%") && !own.contains("Read the circular"),
        "{own}"
    );
    assert_eq!(room.school.one("SELECT count(*) FROM released_marks"), "0");
    let seen = desk.get(&format!("{at}/release")).await;
    for line in [
        "Trainees: 2; passed: 1; failed: 1; without a mark: 0",
        "1 mark is lower because work was late.",
        "45%",
    ] {
        assert!(seen.text().contains(line), "{line}: {}", seen.text());
    }
    let wrong = desk
        .post(&format!("{at}/release"), &[("fingerprint", "other")])
        .await;
    assert_eq!(
        (
            wrong.status,
            room.school
                .one("SELECT count(*) FROM released_marks")
                .as_str()
        ),
        (409, "0")
    );
    let mut fields = hidden(&seen);
    fields.retain(|(name, _)| name == "fingerprint");
    assert_eq!(
        post(&desk, &format!("{at}/release"), &fields).await.status,
        303
    );
    assert_eq!(
        post(&desk, &format!("{at}/release"), &fields).await.status,
        409
    );
    assert_eq!(
        room.school
            .one("SELECT count(*) FROM letters WHERE kind = 'marks_released'"),
        "2"
    );
    let own = room.trainee(0).get(&room.own(&at, 0)).await.text();
    for line in [
        "70%",
        "Read the circular again.",
        "Look at drift.",
        "8 of 10",
    ] {
        assert!(own.contains(line), "{line}: {own}");
    }
    let own = room.trainee(1).get(&room.own(&at, 1)).await.text();
    assert!(own.contains("45%") && own.contains("不合格"), "{own}");

    let grounds = [("grounds", "A page was not read.")];
    let path = format!("{}/appeal", room.own(&at, 1));
    assert_eq!(room.trainee(1).post(&path, &grounds).await.status, 303);
    assert_eq!(room.trainee(1).post(&path, &grounds).await.status, 409);
    let appeal = room.school.one("SELECT id FROM appeals");
    let decide = [
        ("outcome", "uphold"),
        ("mark", "52.5"),
        ("reason", "It was."),
        ("version", "1"),
    ];
    assert_eq!(
        desk.post(&format!("{at}/appeals/{appeal}"), &decide)
            .await
            .status,
        303
    );
    assert_eq!(
        desk.post(&format!("{at}/appeals/{appeal}"), &decide)
            .await
            .status,
        409
    );
    assert_eq!(
        room.school
            .one("SELECT mark_before || ' ' || mark_after FROM appeals"),
        "4500 5250"
    );
    assert!(
        room.trainee(1)
            .get(&room.own(&at, 1))
            .await
            .text()
            .contains("52.5%")
    );
    room.at("2027-04-20T02:00:00Z");
    let late = room
        .trainee(0)
        .post(&format!("{}/appeal", room.own(&at, 0)), &grounds)
        .await;
    assert_eq!(late.status, 409);
}

#[actix_web::test]
async fn results_come_from_the_plan_and_a_resit_is_worth_the_pass_mark() {
    let mut room = Room::new().await;
    let case = room.opened(1, &[]).await;
    let exam = room.opened(2, &[]).await;
    assert_eq!(room.hand_in(&case, 0, "a.pdf").await.status, 303);
    room.at(OVER);
    let cohort = room.school.world.cohort;
    let overdue = room
        .school
        .world
        .as_role(room.boss(), Role::Coordinator, |conn| {
            let staff = access::cohort_staff(conn, cohort)?;
            queries::overdue(conn, &staff)
        });
    let overdue = overdue.unwrap();
    assert_eq!(overdue.len(), 1);
    assert_eq!(overdue[0].enrolment_id, room.school.trainees[1].1);
    let release = |at: String, marks: Vec<(usize, &'static str)>| {
        let room = &room;
        async move {
            let desk = room.desk();
            let begun = desk.post(&format!("{at}/mark"), &[]).await;
            assert_eq!(begun.status, 303, "{}", begun.text());
            for (n, given) in marks {
                let script = room.script(&at, n);
                let done = post(
                    &room.marker(),
                    &format!("/marking/{script}"),
                    &points(given, given),
                )
                .await;
                assert_eq!(done.status, 303, "{}", done.text());
            }
            let done = desk.post(&format!("{at}/moderate"), &[]).await;
            assert_eq!(done.status, 303, "{}", done.text());
            let seen = desk.get(&format!("{at}/release")).await;
            let done = post(&desk, &format!("{at}/release"), &hidden(&seen)).await;
            assert_eq!(done.status, 303, "{}", done.text());
        }
    };
    release(case.clone(), vec![(0, "3")]).await;
    release(exam.clone(), vec![(0, "8"), (1, "8")]).await;
    let told = |room: &Room| {
        let all = room
            .school
            .world
            .as_role(room.boss(), Role::Coordinator, |conn| {
                let staff = access::cohort_staff(conn, cohort)?;
                queries::results(conn, &staff, None)
            });
        let all = all.unwrap();
        room.school
            .trainees
            .iter()
            .map(|(_, enrolment)| {
                let it = all.iter().find(|it| it.enrolment == *enrolment).unwrap();
                (it.mark, it.standing)
            })
            .collect::<Vec<_>>()
    };
    // 40 % of 30 and 60 % of 80 are 60, but the case must be passed; the other handed in none.
    assert_eq!(
        told(&room),
        [
            (Some(6_000), Standing::Failed),
            (None, Standing::Incomplete)
        ]
    );
    let early = room.desk().get(&format!("{case}/resit")).await;
    assert_eq!(early.status, 200);
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
    assert_eq!(
        room.desk().post(&format!("{resit}/open"), &[]).await.status,
        303
    );
    assert_eq!(room.hand_in(&resit, 0, "b.pdf").await.status, 303);
    let mut room = room;
    room.at("2027-04-05T02:00:00Z");
    let desk = room.desk();
    assert_eq!(desk.post(&format!("{resit}/mark"), &[]).await.status, 303);
    let script = room.script(&resit, 0);
    assert_eq!(
        post(
            &room.marker(),
            &format!("/marking/{script}"),
            &points("9", "9")
        )
        .await
        .status,
        303
    );
    assert_eq!(
        desk.post(&format!("{resit}/moderate"), &[]).await.status,
        303
    );
    let seen = desk.get(&format!("{resit}/release")).await;
    assert_eq!(
        post(&desk, &format!("{resit}/release"), &hidden(&seen))
            .await
            .status,
        303
    );
    // 90 % counts as 50: 20 and 48.
    assert_eq!(told(&room)[0], (Some(6_800), Standing::Passed));
}
