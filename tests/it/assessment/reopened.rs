//! Scripts taken up again, second markers who stay or go, teachers who change.

use banyan::db::Role;
use banyan::ids::{GrantId, PersonId};

use super::world::{OVER, Room, points, post};

impl Room {
    fn instructor(&self, name: &str) -> (PersonId, GrantId) {
        let world = &self.school.world;
        let person = world.app.account(name);
        let role = Role::Instructor;
        let grant = world.app.grant(person, role, Some(world.programme), None);
        (person, grant)
    }

    fn version(&self, script: &str) -> String {
        self.school.one(&format!(
            "SELECT version FROM scripts WHERE id = '{script}'"
        ))
    }

    async fn reopen(&self, at: &str, script: &str, from: &str, marker: &str) -> u16 {
        let version = self.version(script);
        let fields = [
            ("from", from),
            ("marker", marker),
            ("reason", "The marker has left."),
            ("version", version.as_str()),
        ];
        let path = format!("{at}/scripts/{script}/reopen");
        self.desk().post(&path, &fields).await.status
    }

    fn state(&self, script: &str) -> String {
        self.school.one(&format!(
            "SELECT state || ' ' || absent || ' ' || coalesce(agreed::text, '-') FROM scripts WHERE id = '{script}'"
        ))
    }
}

/// A draft of the first criterion; or, with this version, the mark for good.
fn given(first: &str, second: &str, version: &str, give: bool) -> Vec<(String, String)> {
    let mut fields = points(first, second);
    fields.retain(|(name, _)| name != "version" && (give || name != "do"));
    fields.push(("version".to_owned(), version.to_owned()));
    fields
}

#[actix_web::test]
async fn a_marker_who_leaves_and_a_wrong_absence_do_not_block_the_release() {
    let mut room = Room::new().await;
    let at = room.opened(2, &[]).await;
    room.at(OVER);
    let desk = room.desk();
    assert_eq!(desk.post(&format!("{at}/mark"), &[]).await.status, 303);
    let (one, two) = (room.script(&at, 0), room.script(&at, 1));
    let path = |script: &str| format!("/marking/{script}");
    let draft = given("8", "", "0", false);
    assert_eq!(post(&room.marker(), &path(&one), &draft).await.status, 303);
    let stale = [
        ("from", "first"),
        ("marker", "keep"),
        ("reason", "x"),
        ("version", "99"),
    ];
    let reopen = format!("{at}/scripts/{one}/reopen");
    assert_eq!(desk.post(&reopen, &stale).await.status, 412);
    assert_eq!(desk.post(&reopen, &stale[..2]).await.status, 422);
    assert_eq!(desk.get(&reopen).await.status, 200);
    assert!(desk.get(&at).await.text().contains(&reopen));
    // Nobody marks it a second time.
    assert_eq!(room.reopen(&at, &one, "second", "keep").await, 409);
    let other = room.other_id().to_string();
    assert_eq!(room.reopen(&at, &one, "first", &other).await, 303);
    assert_eq!(room.state(&one), "not_marked false -");
    assert_eq!(room.marker().get(&path(&one)).await.status, 404);
    let mut away = points("", "");
    away.push(("absent".to_owned(), "yes".to_owned()));
    let done = post(&room.other_marker(), &path(&one), &away).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = room.other_marker().get(&path(&one)).await.text();
    assert!(
        page.contains("First marker: Did not attend") && !page.contains("–%"),
        "{page}"
    );
    assert_eq!(room.state(&one), "agreed true -");
    // They were there after all.
    assert_eq!(room.reopen(&at, &one, "first", "keep").await, 303);
    assert_eq!(room.state(&one), "in_marking false -");
    assert_eq!(desk.post(&format!("{at}/moderate"), &[]).await.status, 409);
    let version = room
        .school
        .one("SELECT version FROM script_marks WHERE role = 'first'");
    let mark = given("9", "9", &version, true);
    let done = post(&room.other_marker(), &path(&one), &mark).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(room.state(&one), "agreed false 9000");
    let mark = points("5", "5");
    assert_eq!(post(&room.marker(), &path(&two), &mark).await.status, 303);
    let record = desk.get(&at).await.text();
    assert!(record.contains("The marker has left."), "{record}");
    assert_eq!(desk.post(&format!("{at}/moderate"), &[]).await.status, 303);
    assert_eq!(room.reopen(&at, &one, "first", "keep").await, 409);
}

#[actix_web::test]
async fn a_second_draw_leaves_its_markers_and_another_one_begins_anew() {
    let mut room = Room::new().await;
    let at = room.opened(2, &[("second", "all")]).await;
    room.at(OVER);
    let desk = room.desk();
    assert_eq!(desk.post(&format!("{at}/mark"), &[]).await.status, 303);
    let (one, two) = (room.script(&at, 0), room.script(&at, 1));
    let path = |script: &str| format!("/marking/{script}");
    for script in [&one, &two] {
        let done = post(&room.marker(), &path(script), &points("8", "8")).await;
        assert_eq!(done.status, 303);
    }
    let other = room.other_id().to_string();
    let (third, grant) = room.instructor("Third Marker");
    let third_name = third.to_string();
    let draw = format!("{at}/second");
    let drawn = desk.post(&draw, &[("marker", other.as_str())]).await;
    assert_eq!(drawn.status, 303, "{}", drawn.text());
    let draft = given("7", "", "0", false);
    let saved = post(&room.other_marker(), &path(&one), &draft).await;
    assert_eq!(saved.status, 303);
    let letters = "SELECT count(*) FROM letters WHERE kind = 'scripts_to_mark'";
    let before = room.school.one(letters);
    let again = desk.post(&draw, &[("marker", third_name.as_str())]).await;
    assert_eq!(again.status, 303, "{}", again.text());
    let seconds = room
        .school
        .world
        .texts("SELECT DISTINCT second_id::text FROM scripts");
    assert_eq!(seconds, [other.as_str()]);
    assert_eq!(room.school.one(letters), before, "told once");
    // Another second marker: the draft of the one before is in nobody's way.
    let first = room.school.teacher.0.to_string();
    assert_eq!(room.reopen(&at, &one, "second", &first).await, 409);
    assert_eq!(room.reopen(&at, &one, "second", &third_name).await, 303);
    let anew = room.school.world.app.sign_in(third, Some(grant));
    let done = post(&anew, &path(&one), &points("8", "9")).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(room.state(&one), "agreed false 8250");
    // Two who are far apart, and a moderator who knows that nobody came.
    let done = post(&room.other_marker(), &path(&two), &points("2", "2")).await;
    assert_eq!(done.status, 303);
    let mut away = points("", "");
    away.push(("absent".to_owned(), "yes".to_owned()));
    let decide = format!("{at}/scripts/{two}");
    let done = post(&desk, &decide, &away).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(room.state(&two), "agreed true -");
    assert_eq!(room.reopen(&at, &two, "moderator", "keep").await, 303);
    let done = post(&desk, &decide, &points("5", "5")).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(room.state(&two), "agreed false 5000");
}

#[actix_web::test]
async fn who_teaches_when_marking_begins_marks_and_sees_it() {
    let mut room = Room::new().await;
    let at = room.opened(2, &[]).await;
    let (was, now) = (room.school.teacher.0, room.other_id());
    room.school.world.app.as_owner(&format!(
        "UPDATE offerings SET instructor_ids = ARRAY['{now}'::uuid]"
    ));
    room.at(OVER);
    let desk = room.desk();
    assert_eq!(desk.post(&format!("{at}/mark"), &[]).await.status, 303);
    let sees = || {
        let id = at.rsplit('/').next().unwrap();
        room.school.one(&format!(
            "SELECT instructor_ids FROM assessments WHERE id = '{id}'"
        ))
    };
    assert_eq!(sees(), format!("{{{now}}}"));
    let script = room.script(&at, 0);
    let path = format!("/marking/{script}");
    assert_eq!(room.other_marker().get(&path).await.status, 200);
    assert_eq!(room.marker().get(&path).await.status, 404);
    assert_eq!(
        room.reopen(&at, &script, "first", &was.to_string()).await,
        303
    );
    let both = sees();
    assert!(
        both.contains(&was.to_string()) && both.contains(&now.to_string()),
        "{both}"
    );
}
