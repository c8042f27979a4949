//! The office: rules and their versions, a cohort in every standing, confirming, revoking, what if.

use super::world::{Class, confirm};

#[actix_web::test]
async fn a_cohort_in_every_standing_is_shown_with_reasons_and_only_who_is_ready_is_confirmed() {
    let class = Class::new();
    let desk = class.coordinator();
    let (ready, open, lost) = (
        class.trainee("Ready Trainee"),
        class.trainee("Open Trainee"),
        class.trainee("Lost Trainee"),
    );
    class.done(ready, 9);
    class.forms_in(ready);
    class.done(open, 9);
    class.done(lost, 7);
    class.forms_in(lost);
    let before = desk.get(&class.path("/completion")).await;
    assert!(
        before
            .text()
            .contains("This cohort follows no completion rules")
    );
    class.publish(&desk, &class.fields()).await;
    let page = desk.get(&class.path("/completion")).await;
    let text = page.text();
    assert_eq!(page.status, 200, "{text}");
    for word in [
        "Ready to confirm",
        "On the way",
        "Cannot complete",
        "By rules version 1",
    ] {
        assert!(text.contains(word), "{word} in {text}");
    }
    let only = desk.get(&class.path("/completion?place=failed")).await;
    assert!(only.text().contains("Lost Trainee") && !only.text().contains("Ready Trainee"));
    let said = class.verdict(&desk, lost).await;
    assert!(
        said.contains("Too little, even if every class still to come is attended."),
        "{said}"
    );
    assert!(said.contains("70%"), "{said}");
    let said = class.verdict(&desk, open).await;
    assert!(said.contains("The form is missing."), "{said}");
    // Everybody is chosen; who is not ready is left, and named.
    let ids = format!("?id={}&id={}&id={}", ready.1, open.1, lost.1);
    let asked = desk
        .get(&class.path(&format!("/completion/confirm{ids}")))
        .await;
    let text = asked.text();
    assert!(
        text.contains("Confirm the completion of 1 trainee?"),
        "{text}"
    );
    assert!(
        text.contains("Open Trainee (T2027-0002): On the way"),
        "{text}"
    );
    // Something changes between the question and the answer: nothing is confirmed.
    class.owner(&format!(
        "DELETE FROM completion_forms WHERE enrolment_id = '{}'",
        ready.1
    ));
    let late = confirm(&desk, &class.path("/completion/confirm"), &asked).await;
    assert_eq!(late.status, 409, "{}", late.text());
    assert_eq!(class.one("SELECT count(*) FROM completions"), "0");
    class.forms_in(ready);
    let asked = desk.get(&class.path("/completion/confirm")).await;
    let done = confirm(&desk, &class.path("/completion/confirm"), &asked).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        [class.state(ready), class.state(open), class.state(lost)],
        ["completed", "active", "active"]
    );
    let kept = class.one(
        "SELECT verdict ->> 'overall' || jsonb_array_length(verdict -> 'lines') FROM completions",
    );
    assert_eq!(kept, "met8");
    assert_eq!(
        class.one("SELECT count(*) FROM letters WHERE kind = 'completion_confirmed'"),
        "1"
    );
    assert_eq!(
        class.one(&format!(
            "SELECT completed_on FROM enrolments WHERE id = '{}'",
            ready.1
        )),
        "2027-06-01"
    );
}

#[actix_web::test]
async fn a_completion_is_revoked_with_a_reason_and_can_be_confirmed_again() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Ready Trainee");
    class.done(who, 10);
    class.forms_in(who);
    class.publish(&desk, &class.fields()).await;
    let page = class.path("/completion/confirm");
    let asked = desk.get(&page).await;
    assert_eq!(confirm(&desk, &page, &asked).await.status, 303);
    let revoke = class.path(&format!("/completion/trainees/{}/revoke", who.1));
    let empty = desk.post(&revoke, &[("reason", " ")]).await;
    assert_eq!(empty.status, 422, "{}", empty.text());
    let done = desk
        .post(&revoke, &[("reason", "A mark was appealed.")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(class.state(who), "active");
    assert_eq!(
        class.one("SELECT revoked_reason FROM completions"),
        "A mark was appealed."
    );
    let letter = class.one("SELECT body_text FROM letters WHERE kind = 'completion_revoked'");
    assert!(letter.contains("A mark was appealed."), "{letter}");
    let again = desk.post(&revoke, &[("reason", "Twice")]).await;
    assert_eq!(again.status, 409);
    let asked = desk.get(&page).await;
    assert_eq!(confirm(&desk, &page, &asked).await.status, 303);
    assert_eq!(
        class.one(
            "SELECT count(*) FILTER (WHERE revoked_at IS NULL) || '/' || count(*) FROM completions"
        ),
        "1/2"
    );
}

#[actix_web::test]
async fn what_if_names_exactly_who_changes_and_saves_nothing_until_it_becomes_a_draft() {
    let class = Class::new();
    let desk = class.coordinator();
    let (nine, eight, seven) = (
        class.trainee("Nine Trainee"),
        class.trainee("Eight Trainee"),
        class.trainee("Seven Trainee"),
    );
    for (who, present) in [(nine, 9), (eight, 8), (seven, 7)] {
        class.done(who, present);
        class.forms_in(who);
    }
    class.publish(&desk, &class.fields()).await;
    let ask = |query: &str| class.path(&format!("/completion/what-if?{query}"));
    let names = |text: &str| {
        let found = text.split("<h2 id=\"changes\">").nth(1).unwrap().to_owned();
        ["Nine", "Eight", "Seven"].map(|name| found.contains(&format!("{name} Trainee")))
    };
    let lower = desk.get(&ask("whole=70")).await.text();
    assert_eq!(names(&lower), [false, false, true], "{lower}");
    let higher = desk.get(&ask("whole=85")).await.text();
    assert_eq!(names(&higher), [false, true, false], "{higher}");
    assert!(higher.contains("1 trainee changes"), "{higher}");
    let none = desk.get(&ask("whole=78")).await.text();
    assert!(none.contains("Nobody changes."), "{none}");
    let file = desk
        .get(&class.path("/completion/what-if.csv?whole=85"))
        .await
        .text();
    assert!(
        file.contains("Eight Trainee") && !file.contains("Nine Trainee"),
        "{file}"
    );
    let wrong = desk.get(&ask("whole=eighty")).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("value=\"eighty\""),
        "what was typed stays"
    );
    assert_eq!(class.one("SELECT count(*) FROM completion_rules"), "1");
    let page = desk.get(&ask("whole=85")).await;
    let kept = confirm(&desk, &class.path("/completion/what-if"), &page).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    assert_eq!(
        class.one("SELECT content -> 'attendance' ->> 'whole' || state FROM completion_rules WHERE number = 2"),
        "8500draft"
    );
}

#[actix_web::test]
async fn a_cohort_keeps_its_rules_when_newer_ones_are_published_and_changes_only_with_a_reason() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Eight Trainee");
    class.done(who, 8);
    class.forms_in(who);
    class.publish(&desk, &class.fields()).await;
    let mut stricter = class.fields();
    stricter.retain(|(name, _)| name != "whole");
    stricter.push(("whole".to_owned(), "90".to_owned()));
    class.publish(&desk, &stricter).await;
    assert!(
        desk.get(&class.path("/completion"))
            .await
            .text()
            .contains("By rules version 1")
    );
    assert!(class.verdict(&desk, who).await.contains("Ready to confirm"));
    let newer = class.one("SELECT id FROM completion_rules WHERE number = 2");
    // A module that nobody offers any more is said where it matters.
    let path = class.path(&format!("/completion/rules?rules={newer}"));
    assert!(!desk.get(&path).await.text().contains("nobody can complete"));
    let module = class.modules[0];
    class.owner(&format!(
        "UPDATE offerings SET state = 'cancelled' WHERE module_id = '{module}'"
    ));
    for page in [class.path("/completion"), path] {
        let text = desk.get(&page).await.text();
        assert!(text.contains("not offered (AIR501)"), "{text}");
    }
    class.owner(&format!(
        "UPDATE offerings SET state = 'published' WHERE module_id = '{module}'"
    ));
    let page = desk
        .get(&class.path(&format!("/completion/rules?rules={newer}")))
        .await;
    let text = page.text();
    assert!(
        text.contains("Follow version 2 from now on?") && text.contains("Eight Trainee"),
        "{text}"
    );
    let fields = [("rules", newer.as_str()), ("sequence", "1")];
    let bare = desk.post(&class.path("/completion/rules"), &fields).await;
    assert_eq!(bare.status, 422, "{}", bare.text());
    let fields = [
        ("rules", newer.as_str()),
        ("sequence", "1"),
        ("reason", "The steering committee decided so."),
    ];
    let done = desk.post(&class.path("/completion/rules"), &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(class.verdict(&desk, who).await.contains("Cannot complete"));
    let stale = desk.post(&class.path("/completion/rules"), &fields).await;
    assert_eq!(stale.status, 412, "{}", stale.text());
    // A published version stays as it is, whoever asks.
    let frozen = class.world.app.site.db.tx(
        &banyan::db::Actor::Person(banyan::db::Acting {
            person: desk.person.unwrap(),
            role: banyan::db::Role::Coordinator,
            grant: None,
            organisations: Vec::new(),
            programmes: vec![class.world.programme],
        }),
        |conn| {
            use diesel::RunQueryDsl as _;
            Ok(
                diesel::sql_query("UPDATE completion_rules SET content = '{}'")
                    .execute(conn.pg())?,
            )
        },
    );
    assert!(frozen.is_err());
}

#[actix_web::test]
async fn who_cannot_complete_any_more_is_ended_with_a_reason_and_nobody_else() {
    let class = Class::new();
    let desk = class.coordinator();
    let (lost, open) = (class.trainee("Lost Trainee"), class.trainee("Open Trainee"));
    class.done(lost, 5);
    class.done(open, 9);
    class.publish(&desk, &class.fields()).await;
    let fail = |who: super::world::Who| class.path(&format!("/completion/trainees/{}/fail", who.1));
    let reason = [("reason", "Attendance cannot be reached.")];
    assert_eq!(desk.post(&fail(open), &reason).await.status, 409);
    let done = desk.post(&fail(lost), &reason).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!([class.state(lost), class.state(open)], ["failed", "active"]);
    assert_eq!(
        class.one("SELECT count(*) FROM letters WHERE kind = 'completion_failed'"),
        "1"
    );
    let reopen = class.path(&format!("/completion/trainees/{}/reopen", lost.1));
    let done = desk
        .post(&reopen, &[("reason", "A register was corrected.")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(class.state(lost), "active");
    let again = desk.post(&reopen, &[("reason", "Twice")]).await;
    assert_eq!(again.status, 409, "it has not ended");
}

#[actix_web::test]
async fn mistakes_in_rules_are_told_beside_their_fields_in_both_languages() {
    let class = Class::new();
    let desk = class.coordinator();
    let draft = format!("/programmes/{}/completion/draft", class.world.programme);
    let fields = [
        ("name_en", "Rules"),
        ("excused", "left_out"),
        ("capstone", "none"),
        ("placement", "no"),
        ("whole", "120"),
        ("forms", "no bars here"),
    ];
    let page = desk.post(&draft, &fields).await;
    let text = page.text();
    assert_eq!(page.status, 422);
    for field in ["name_zh", "whole", "forms"] {
        assert!(
            text.contains(&format!("id=\"{field}-error\"")),
            "{field} in {text}"
        );
    }
    assert!(text.contains("value=\"120\"") && text.contains("no bars here"));
    desk.post("/language", &[("lang", "zh-Hant-HK"), ("next", "/")])
        .await;
    let page = desk.post(&draft, &fields).await.text();
    assert!(page.contains("請輸入大於0而不超過100的百分比"), "{page}");
}

#[actix_web::test]
async fn a_failed_module_waits_for_resit_and_appeal_and_is_lost_after_them() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Again Trainee");
    class.done(who, 9);
    class.forms_in(who);
    class.publish(&desk, &class.fields()).await;
    let module = class.modules[0];
    class.owner(&format!(
        "UPDATE released_marks SET mark = 3000, raw = 3000, appeal_until = '2027-05-10' WHERE module_id = '{module}'"
    ));
    let said = class.verdict(&desk, who).await;
    assert!(
        said.contains("a resit or an appeal is still open") && said.contains("On the way"),
        "{said}"
    );
    let me = class.world.app.sign_in(who.0, None);
    let mine = me.get("/me/progress").await.text();
    assert!(
        mine.contains("a resit or an appeal is still open"),
        "{mine}"
    );
    // A resit was set and released without this trainee: there is none to wait for.
    class.owner(&format!(
        "INSERT INTO assessments (id, programme_id, cohort_id, offering_id, module_id, plan_number, part, kind, title_en, title_zh, \
           opens_at, due_at, takes_files, state, released_at, resit_of) \
         SELECT gen_random_uuid(), programme_id, cohort_id, offering_id, module_id, 1, 1, 'case', 'Resit', '補考', \
           '2027-05-05', '2027-05-15', false, 'open', NULL, id FROM assessments WHERE module_id = '{module}'"
    ));
    assert!(class.verdict(&desk, who).await.contains("On the way"));
    class.owner(
        "UPDATE assessments SET state = 'released', released_at = '2027-05-20' WHERE resit_of IS NOT NULL",
    );
    assert!(class.verdict(&desk, who).await.contains("Cannot complete"));
    assert!(
        me.get("/me/progress")
            .await
            .text()
            .contains("Cannot be met")
    );
    // An appeal that is lodged holds everything.
    class.owner(&format!(
        "INSERT INTO appeals (id, programme_id, cohort_id, assessment_id, released_id, person_id, grounds, state) \
         SELECT gen_random_uuid(), programme_id, cohort_id, assessment_id, id, person_id, 'Grounds', 'lodged' \
         FROM released_marks WHERE module_id = '{module}'"
    ));
    assert!(class.verdict(&desk, who).await.contains("On the way"));
    assert!(
        !me.get("/me/progress")
            .await
            .text()
            .contains("Cannot be met")
    );
}

#[actix_web::test]
async fn a_confirmed_completion_is_shown_as_it_was_and_marked_when_something_changed() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Kept Trainee");
    class.done(who, 9);
    class.forms_in(who);
    class.publish(&desk, &class.fields()).await;
    let page = class.path("/completion/confirm");
    let nobody = desk.get(&format!("{page}?chosen=yes")).await.text();
    assert!(
        nobody.contains("Nobody is chosen") && !nobody.contains("Kept Trainee"),
        "{nobody}"
    );
    let asked = desk.get(&page).await;
    assert_eq!(confirm(&desk, &page, &asked).await.status, 303);
    // Stricter rules for the cohort afterwards are no rules for who is confirmed.
    let mut stricter = class.fields();
    stricter.retain(|(name, _)| name != "whole");
    stricter.push(("whole".to_owned(), "95".to_owned()));
    class.publish(&desk, &stricter).await;
    let newer = class.one("SELECT id FROM completion_rules WHERE number = 2");
    let fields = [
        ("rules", newer.as_str()),
        ("sequence", "1"),
        ("reason", "The steering committee decided so."),
    ];
    let chosen = desk.post(&class.path("/completion/rules"), &fields).await;
    assert_eq!(chosen.status, 303, "{}", chosen.text());
    let me = class.world.app.sign_in(who.0, None);
    for text in [
        class.verdict(&desk, who).await,
        me.get("/me/progress").await.text(),
    ] {
        assert!(
            text.contains("8 of 8 requirements met") && text.contains("80%"),
            "{text}"
        );
        assert!(!text.contains("95%"), "{text}");
    }
    let changed = class.path("/completion?place=changed");
    assert!(!desk.get(&changed).await.text().contains("Kept Trainee"));
    class.owner(&format!(
        "UPDATE released_marks SET mark = 1000, raw = 1000 WHERE module_id = '{}'",
        class.modules[0]
    ));
    let text = desk.get(&changed).await.text();
    assert!(
        text.contains("Kept Trainee") && text.contains("Confirmed, changed since"),
        "{text}"
    );
    let said = class.verdict(&desk, who).await;
    assert!(
        said.contains("8 of 8 requirements met") && said.contains("is not met any more"),
        "{said}"
    );
    let file = desk.get(&class.path("/completion.csv")).await;
    assert_eq!(file.status, 200, "{}", file.text());
}

#[actix_web::test]
async fn who_never_began_is_ended_and_an_open_line_is_ground_once_the_cohort_is_over() {
    let class = Class::new();
    let desk = class.coordinator();
    let (lost, open) = (class.trainee("Lost Trainee"), class.trainee("Open Trainee"));
    class.done(lost, 5);
    class.done(open, 9);
    class.owner("UPDATE enrolments SET state = 'enrolled'");
    class.publish(&desk, &class.fields()).await;
    let fail = |who: super::world::Who| class.path(&format!("/completion/trainees/{}/fail", who.1));
    let reason = [("reason", "The cohort has ended.")];
    let done = desk.post(&fail(lost), &reason).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(desk.post(&fail(open), &reason).await.status, 409);
    assert_eq!(class.state(open), "enrolled");
    class.owner("UPDATE cohorts SET state = 'completed' WHERE state = 'running'");
    assert!(
        class
            .verdict(&desk, open)
            .await
            .contains("End without completion")
    );
    let done = desk.post(&fail(open), &reason).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!([class.state(lost), class.state(open)], ["failed", "failed"]);
    // Who has failed still reads why.
    let me = class.world.app.sign_in(lost.0, None);
    let mine = me.get("/me/progress").await.text();
    assert!(mine.contains("requirements met"), "{mine}");
}

#[actix_web::test]
async fn only_published_classes_since_a_trainee_joined_are_ahead() {
    let class = Class::new();
    let desk = class.coordinator();
    let who = class.trainee("Ahead Trainee");
    class.done(who, 9);
    class.forms_in(who);
    class.publish(&desk, &class.fields()).await;
    let add = |at: &str, published: bool| {
        class.owner(&format!(
            "INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, published, state) \
             SELECT gen_random_uuid(), programme_id, cohort_id, id, module_id, '{at}', '{at}'::timestamptz + interval '10 hours', {published}, 'scheduled' \
             FROM offerings WHERE module_id = '{}'",
            class.modules[0]
        ));
    };
    class.owner("UPDATE enrolments SET created_at = '2027-02-20'");
    add("2027-06-20T01:00:00Z", false);
    add("2027-02-10T01:00:00Z", true);
    let said = class.verdict(&desk, who).await;
    assert!(
        said.contains("Enough was attended.") && said.contains("Ready to confirm"),
        "{said}"
    );
    // Ten hours more of which none need be attended yet would bring it below: not ready.
    add("2027-06-20T01:00:00Z", true);
    let said = class.verdict(&desk, who).await;
    assert!(
        said.contains("Enough so far") && said.contains("On the way"),
        "{said}"
    );
    let page = class.path("/completion/confirm");
    let asked = desk.get(&page).await.text();
    assert!(asked.contains("Nobody is chosen"), "{asked}");
}

#[actix_web::test]
async fn whoever_is_enrolled_begins_when_the_cohort_starts() {
    let class = Class::new();
    let who = class.trainee("New Trainee");
    class.owner(
        "UPDATE enrolments SET state = 'enrolled'; UPDATE cohorts SET state = 'offering' WHERE state = 'running'",
    );
    let desk = class.coordinator();
    let done = desk.post(&class.path("/state"), &[("step", "start")]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    banyan::jobs::run_due(&class.world.app.site.db, &banyan::house::runners(), 100).unwrap();
    assert_eq!(class.state(who), "active");
}
