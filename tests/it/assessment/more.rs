//! Examinations, names before markers, requests that are refused or taken back, sharing of scripts,
//! what the second lock lets through.

use banyan::db::Role;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use super::world::{AFTER, BEFORE, OVER, Room, points, post};
use crate::teaching::world::hidden;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[actix_web::test]
async fn an_examination_needs_no_file_and_who_did_not_come_has_no_mark() {
    let mut room = Room::new().await;
    let at = room.opened(2, &[("anonymous", "no")]).await;
    let own = room.own(&at, 0);
    let page = room.trainee(0).get(&own).await.text();
    assert!(!page.contains("type=\"file\""), "{page}");
    assert_eq!(room.hand_in(&at, 0, "a.pdf").await.status, 422);
    room.at(OVER);
    let desk = room.desk();
    assert_eq!(desk.post(&format!("{at}/mark"), &[]).await.status, 303);
    let queue = room.marker().get("/marking").await.text();
    assert!(queue.contains("TRAINEE 1 T2027-0001"), "{queue}");
    let mut away = points("", "");
    away.push(("absent".to_owned(), "yes".to_owned()));
    let path = |n: usize| format!("/marking/{}", room.script(&at, n));
    let done = post(&room.marker(), &path(0), &away).await;
    assert_eq!(done.status, 303, "{}", done.text());
    // The whole mark is shown before it is given, and what was typed is kept meanwhile.
    let asked = |first: &str, second: &str| {
        let mut fields = points(first, second);
        fields.retain(|(name, _)| name != "do");
        fields.push(("do".to_owned(), "ask".to_owned()));
        fields
    };
    let gap = post(&room.marker(), &path(1), &asked("10", "")).await;
    assert_eq!(gap.status, 422);
    let seen = post(&room.marker(), &path(1), &asked("10", "9")).await;
    let text = seen.text();
    assert_eq!(seen.status, 200, "{text}");
    assert!(text.contains("Give this mark for"), "{text}");
    assert!(
        text.contains("Together: 95%") && text.contains(": 9 of 10"),
        "{text}"
    );
    let back = room.marker().get(&path(1)).await.text();
    assert!(back.contains("value=\"10\""), "{back}");
    let done = post(&room.marker(), &path(1), &hidden(&seen)).await;
    assert_eq!(done.status, 303, "{}", done.text());
    // Given is given, and its marker still reads it.
    let kept = room.marker().get(&path(1)).await.text();
    assert!(
        kept.contains("What you gave") && kept.contains("Look at drift."),
        "{kept}"
    );
    assert!(!kept.contains("name=\"points_1\""), "{kept}");
    assert_eq!(
        post(&room.marker(), &path(1), &points("1", "1"))
            .await
            .status,
        409
    );
    assert_eq!(desk.post(&format!("{at}/moderate"), &[]).await.status, 303);
    assert_eq!(desk.post(&format!("{at}/return"), &[]).await.status, 303);
    assert_eq!(desk.post(&format!("{at}/moderate"), &[]).await.status, 303);
    let seen = desk.get(&format!("{at}/release")).await;
    assert_eq!(
        post(&desk, &format!("{at}/release"), &hidden(&seen))
            .await
            .status,
        303
    );
    let page = room.trainee(0).get(&own).await.text();
    assert!(page.contains("you did not attend"), "{page}");
    let csv = desk.get(&format!("{at}/marks.csv")).await.text();
    assert!(
        csv.contains("Did not attend") && csv.contains("95%"),
        "{csv}"
    );
    let xlsx = desk.get(&format!("{at}/marks.xlsx")).await;
    assert_eq!((xlsx.status, &xlsx.body[..2]), (200, &b"PK"[..]));
}

#[actix_web::test]
async fn requests_and_appeals_are_taken_back_and_refused_with_words() {
    let mut room = Room::new().await;
    let at = room.opened(1, &[]).await;
    room.at(BEFORE);
    let own = room.own(&at, 0);
    let early = [("until_at", "2027-03-10T17:00"), ("reason", "Work.")];
    let path = format!("{own}/extension");
    assert_eq!(room.trainee(0).post(&path, &early).await.status, 409);
    let empty = [("until_at", ""), ("reason", "Kept.")];
    let page = room.trainee(0).post(&path, &empty).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("Kept.") && page.text().contains("until_at-error"));
    let ask = [("until_at", "2027-03-12T18:00"), ("reason", "Work.")];
    assert_eq!(room.trainee(0).post(&path, &ask).await.status, 303);
    let id = room.school.one("SELECT id FROM assessment_extensions");
    let back = format!("{own}/extensions/{id}/withdraw");
    assert_eq!(room.trainee(1).post(&back, &[]).await.status, 404);
    assert_eq!(room.trainee(0).post(&back, &[]).await.status, 303);
    assert_eq!(room.trainee(0).post(&back, &[]).await.status, 409);
    assert_eq!(room.trainee(0).post(&path, &ask).await.status, 303);
    let id = room
        .school
        .one("SELECT id FROM assessment_extensions WHERE state = 'requested'");
    let refuse = [("outcome", "refuse"), ("note", "No."), ("version", "1")];
    let place = format!("{at}/extensions/{id}");
    assert_eq!(room.desk().get(&place).await.status, 200);
    assert_eq!(room.desk().post(&place, &refuse).await.status, 303);
    assert_eq!(room.desk().post(&place, &refuse).await.status, 409);
    let due = room
        .school
        .one("SELECT count(*) FROM assessment_candidates WHERE extended_to IS NOT NULL");
    assert_eq!(due, "0");
    // Given unasked, to one, who is told.
    let give = [("until_at", "2027-03-12T18:00"), ("note", "")];
    let extend = format!("{at}/candidates/{}/extend", room.candidate(&at, 1));
    assert_eq!(room.desk().get(&extend).await.status, 200);
    assert_eq!(room.desk().post(&extend, &give).await.status, 303);
    assert_eq!(
        room.desk().post(&extend, &give).await.status,
        409,
        "not later"
    );
    let page = room.trainee(1).get(&room.own(&at, 1)).await.text();
    assert!(page.contains("已延期"), "{page}");
    room.at("2027-03-12T09:00:00Z");
    assert_eq!(room.hand_in(&at, 1, "b.pdf").await.status, 303);
    assert_eq!(room.school.one("SELECT days_late FROM submissions"), "0");
}

#[actix_web::test]
async fn scripts_are_shared_in_turn_and_the_database_keeps_markers_and_trainees_apart() {
    let mut room = Room::new().await;
    let at = room
        .opened(
            1,
            &[
                ("second", "sample"),
                ("second_share", "0"),
                ("borderline", "0"),
            ],
        )
        .await;
    assert_eq!(room.hand_in(&at, 0, "a.pdf").await.status, 303);
    assert_eq!(room.hand_in(&at, 1, "b.pdf").await.status, 303);
    room.at(AFTER);
    let desk = room.desk();
    assert_eq!(desk.post(&format!("{at}/mark"), &[]).await.status, 303);
    let (one, two) = (
        room.school.teacher.0.to_string(),
        room.other_id().to_string(),
    );
    let nobody = desk.post(&format!("{at}/markers"), &[]).await;
    assert_eq!(nobody.status, 422, "{}", nobody.text());
    let shared = [
        ("marker", one.as_str()),
        ("marker", two.as_str()),
        ("again", "yes"),
    ];
    assert_eq!(
        desk.post(&format!("{at}/markers"), &shared).await.status,
        303
    );
    let each = room
        .school
        .world
        .texts("SELECT count(*)::text FROM scripts GROUP BY first_id");
    assert_eq!(each, ["1", "1"]);
    let count = |person, role, table: &str| {
        let sql = format!("SELECT count(*) AS n FROM {table}");
        let all = room.school.world.as_role(person, role, |conn| {
            let row: Count = sql_query(&sql).get_result(conn.pg())?;
            Ok(row.n)
        });
        all.unwrap()
    };
    let marker = room.other_id();
    let trainee = room.school.trainees[0].0;
    // A marker: their script, no candidate, no work of anybody, no name.
    for (table, n) in [
        ("scripts", 1),
        ("assessment_candidates", 0),
        ("submissions", 0),
        ("released_marks", 0),
        ("enrolments", 0),
    ] {
        assert_eq!(count(marker, Role::Instructor, table), n, "{table}");
    }
    let mine = room.school.world.texts(&format!(
        "SELECT id::text FROM scripts WHERE first_id = '{marker}'"
    ));
    let done = post(
        &room.other_marker(),
        &format!("/marking/{}", mine[0]),
        &points("9", "9"),
    )
    .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(count(marker, Role::Instructor, "script_marks"), 1);
    let first = room.school.teacher.0;
    assert_eq!(count(first, Role::Instructor, "script_marks"), 0);
    // A trainee: themselves alone, and nothing of the marking.
    for (table, n) in [
        ("scripts", 0),
        ("script_marks", 0),
        ("assessments", 0),
        ("assessment_candidates", 1),
        ("submissions", 1),
    ] {
        assert_eq!(count(trainee, Role::Applicant, table), n, "{table}");
    }
    // Only the fail is marked twice: a sample of nought holds every fail all the same.
    let rest = room.school.world.texts(&format!(
        "SELECT id::text FROM scripts WHERE first_id = '{first}'"
    ));
    let done = post(
        &room.marker(),
        &format!("/marking/{}", rest[0]),
        &points("2", "2"),
    )
    .await;
    assert_eq!(done.status, 303);
    let drawn = desk
        .post(&format!("{at}/second"), &[("marker", two.as_str())])
        .await;
    assert_eq!(drawn.status, 303, "{}", drawn.text());
    let twice: Vec<Line> = {
        let sql = "SELECT id::text AS line FROM scripts WHERE second_id IS NOT NULL";
        let found = room.school.world.as_role(first, Role::Coordinator, |conn| {
            Ok(sql_query(sql).load(conn.pg())?)
        });
        found.unwrap()
    };
    let twice: Vec<&str> = twice.iter().map(|it| it.line.as_str()).collect();
    assert_eq!(twice, [rest[0].as_str()]);
}

#[actix_web::test]
async fn a_slip_in_an_extension_is_refused_or_mended() {
    let mut room = Room::new().await;
    let at = room.opened(0, &[]).await;
    room.at(BEFORE);
    let extend = format!("{at}/candidates/{}/extend", room.candidate(&at, 0));
    let holds = || {
        room.school.one(&format!(
            "SELECT coalesce(max(extended_to)::text, '') FROM assessment_candidates WHERE id = '{}'",
            room.candidate(&at, 0)
        ))
    };
    let give = |until: &str| [("until_at", until.to_owned()), ("note", String::new())];
    for (until, status, after) in [
        ("2037-03-12T18:00", 422, ""),
        ("2027-12-12T18:00", 303, "2027-12-12"),
        ("2027-12-12T18:00", 409, "2027-12-12"),
        ("2027-03-30T18:00", 303, "2027-03-30"),
        ("2027-01-01T18:00", 409, "2027-03-30"),
    ] {
        let fields = give(until);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let done = room.desk().post(&extend, &fields).await;
        assert_eq!(done.status, status, "{until}: {}", done.text());
        assert!(holds().starts_with(after), "{until}: {}", holds());
    }
}
