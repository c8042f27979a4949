//! The office: the queue and its filters, owner and day, notes, letter, outcome, figures, rules.

use banyan::db::Role;

use super::{at, case, look, school, silence, version};

#[actix_web::test]
async fn the_queue_is_filtered_given_out_in_bulk_and_taken_along_as_a_file() {
    let school = school();
    silence(&school, 0);
    let desk = school.coordinator();
    let empty = desk.get(&at(&school, "")).await;
    assert!(
        empty.text().contains("Nobody is at risk by the rules"),
        "{}",
        empty.text()
    );
    assert_eq!(desk.post(&at(&school, "/look"), &[]).await.status, 303);
    let today = desk.get("/desk").await.text();
    assert!(
        today.contains("2 trainees at risk") && today.contains(&at(&school, "")),
        "{today}"
    );
    let page = desk.get(&at(&school, "")).await;
    for text in [
        "TRAINEE 1",
        "TRAINEE 2",
        "No sign-in, attendance or submission for 68 days, since 22 Feb 2027.",
        "2 cases shown",
    ] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    let found = async |query: &str| {
        let text = desk.get(&at(&school, query)).await.text();
        (text.contains("TRAINEE 1"), text.contains("TRAINEE 2"))
    };
    assert_eq!(found("?q=trainee+2").await, (false, true));
    assert_eq!(found("?reason=silence&owner=none").await, (true, true));
    assert_eq!(found("?reason=attendance").await, (false, false));
    assert_eq!(found("?owner=me").await, (false, false));
    assert_eq!(found("?state=closed").await, (false, false));
    let cohort = school.world.cohort_elsewhere;
    assert_eq!(found(&format!("?cohort={cohort}")).await, (false, false));
    let file = desk.get(&at(&school, ".csv?q=trainee+2")).await.text();
    assert!(
        file.contains("TRAINEE 2") && !file.contains("TRAINEE 1"),
        "{file}"
    );
    assert_eq!(desk.get(&at(&school, ".xlsx")).await.status, 200);

    // Bulk: nothing selected, a day that is past, a stranger as owner.
    let bob = school.world.app.account("Bob Boss");
    let programme = Some(school.world.programme);
    school
        .world
        .app
        .grant(bob, Role::Coordinator, programme, None);
    let bob = bob.to_string();
    let assign = at(&school, "/assign");
    let none = desk
        .post(&assign, &[("owner", &bob), ("due_on", "2027-05-10")])
        .await;
    assert_eq!(none.status, 422);
    assert!(none.text().contains("href=\"#case\""), "{}", none.text());
    let ids = school.world.texts("SELECT id FROM risk_cases ORDER BY id");
    let fields = |owner, day| {
        let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("case", id.as_str())).collect();
        fields.extend([("owner", owner), ("due_on", day)]);
        fields
    };
    let past = desk.post(&assign, &fields(&bob, "2027-04-30")).await;
    assert_eq!(past.status, 422);
    assert!(
        past.text().contains("id=\"due_on-error\"") && past.text().contains("value=\"2027-04-30\"")
    );
    assert_eq!(
        past.text().matches(" checked").count(),
        2,
        "what was ticked stays so"
    );
    let teacher = school.teacher.0.to_string();
    assert_eq!(
        desk.post(&assign, &fields(&teacher, "2027-05-10"))
            .await
            .status,
        409
    );
    assert_eq!(
        desk.post(&assign, &fields(&bob, "2027-05-10")).await.status,
        303
    );
    assert_eq!(
        school
            .world
            .texts("SELECT DISTINCT state || due_on || owner_id FROM risk_cases"),
        [format!("in_hand2027-05-10{bob}")]
    );
    // One letter for both, without names.
    let letters = school
        .world
        .texts("SELECT body_text FROM letters WHERE kind = 'risk_assigned'");
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("T2027-0001, T2027-0002") && !letters[0].contains("TRAINEE"));
    // Given again to the same: nobody is written to twice.
    assert_eq!(
        desk.post(&assign, &fields(&bob, "2027-05-11")).await.status,
        303
    );
    assert_eq!(
        school.one("SELECT count(*) FROM letters WHERE kind = 'risk_assigned'"),
        "1"
    );
}

#[actix_web::test]
async fn the_trainee_reads_what_is_meant_for_them_and_nothing_internal() {
    let school = school();
    let desk = school.coordinator();
    look(&school, &desk);
    let here = at(&school, &format!("/cases/{}", case(&school)));
    let nothing = desk
        .post(
            &format!("{here}/notes"),
            &[("internal", " "), ("shown", "")],
        )
        .await;
    assert_eq!(nothing.status, 422);
    let noted = desk
        .post(
            &format!("{here}/notes"),
            &[
                ("internal", "Secretly worried"),
                ("shown", "Call me any time"),
            ],
        )
        .await;
    assert_eq!(noted.status, 303, "{}", noted.text());
    let page = desk.get(&here).await;
    for text in [
        "Secretly worried",
        "Call me any time",
        "Only the programme office reads this.",
    ] {
        assert!(page.text().contains(text), "{text}");
    }
    assert!(
        school.world.texts("SELECT kind FROM letters").is_empty(),
        "nobody is written to by a note"
    );
    let trainee = school.world.app.sign_in(school.trainees[1].0, None);
    let own = trainee.get("/me/standing").await;
    assert_eq!(own.status, 200);
    let text = own.text();
    for shown in [
        "自2027年2月22日起已有68日沒有登入、出席或提交功課。",
        "Call me any time",
        "office@example.org",
    ] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    assert!(!text.contains("Secretly worried"));
    // Another trainee sees nothing of it.
    let other = school.world.app.sign_in(school.trainees[0].0, None);
    let text = other.get("/me/standing").await.text();
    assert!(text.contains("Nothing is said of you here") && !text.contains("Call me"));
    // The trainee's own history tells what was found, not what the office does.
    assert_eq!(trainee.get(&here).await.status, 403);
}

#[actix_web::test]
async fn a_letter_goes_only_when_confirmed_once_and_in_the_trainees_language() {
    let school = school();
    let desk = school.coordinator();
    look(&school, &desk);
    let here = at(&school, &format!("/cases/{}", case(&school)));
    let tell = format!("{here}/tell");
    let asked = desk.get(&tell).await;
    assert!(
        asked
            .text()
            .contains("Nothing is sent unless you confirm it"),
        "{}",
        asked.text()
    );
    assert!(asked.text().contains("for 68 days"));
    let stale = desk
        .post(&tell, &[("version", "9"), ("words", "My own words")])
        .await;
    assert_eq!(stale.status, 412);
    assert!(
        stale.text().contains("My own words"),
        "what was typed stays"
    );
    let version = version(&school);
    let done = desk
        .post(&tell, &[("version", &version), ("words", "My own words")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    let letter = school
        .one("SELECT lang || subject || body_text FROM letters WHERE kind = 'risk_offer_help'");
    for text in [
        "zh-Hant-HK",
        "我們可以幫忙嗎？",
        "68日",
        "My own words",
        "office@example.org",
    ] {
        assert!(letter.contains(text), "{text} in {letter}");
    }
    let again = desk.post(&tell, &[("version", "2")]).await;
    assert_eq!(again.status, 409, "{}", again.text());
    assert_eq!(school.one("SELECT count(*) FROM letters"), "1");
}

#[actix_web::test]
async fn a_stale_form_is_refused_and_a_closed_case_stays_closed() {
    let school = school();
    let desk = school.coordinator();
    look(&school, &desk);
    let here = at(&school, &format!("/cases/{}", case(&school)));
    let ada = desk.person.unwrap().to_string();
    let assign = |version| {
        [
            ("version", version),
            ("owner", ada.as_str()),
            ("due_on", "2027-05-10"),
        ]
    };
    assert_eq!(
        desk.post(&format!("{here}/assign"), &assign("1"))
            .await
            .status,
        303
    );
    let stale = desk.post(&format!("{here}/assign"), &assign("1")).await;
    assert_eq!(stale.status, 412);
    let unsaid = desk
        .post(&format!("{here}/close"), &[("version", "2")])
        .await;
    assert_eq!(unsaid.status, 422);
    let fields = [("version", "2"), ("outcome", "withdrew")];
    assert_eq!(
        desk.post(&format!("{here}/close"), &fields).await.status,
        303
    );
    assert_eq!(
        desk.post(&format!("{here}/assign"), &assign("3"))
            .await
            .status,
        409
    );
    assert_eq!(
        desk.post(&format!("{here}/notes"), &[("internal", "late")])
            .await
            .status,
        409
    );
    assert_eq!(
        desk.post(
            &format!("{here}/close"),
            &[("version", "3"), ("outcome", "failed")]
        )
        .await
        .status,
        409
    );
    // A wrong outcome is corrected, with a reason, and only on a closed case.
    let correct = format!("{here}/correct");
    assert!(desk.get(&here).await.text().contains("Correct the outcome"));
    assert_eq!(desk.get(&correct).await.status, 200);
    let fields = |version, reason| {
        [
            ("version", version),
            ("outcome", "deferred"),
            ("reason", reason),
        ]
    };
    assert_eq!(desk.post(&correct, &fields("3", "")).await.status, 422);
    let stale = desk.post(&correct, &fields("2", "She pauses")).await;
    assert_eq!(stale.status, 412);
    assert!(stale.text().contains("She pauses"), "what was typed stays");
    let done = desk.post(&correct, &fields("3", "She pauses")).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let file = desk.get(&at(&school, "/hits.csv")).await.text();
    assert!(file.contains("\r\nSilence,1,0,0,0,1,0,0,0\r\n"), "{file}");
    let page = desk.get(&here).await.text();
    assert!(
        page.contains("corrected the outcome from “Left the programme” to “Pauses”: She pauses"),
        "{page}"
    );
    for line in [
        "found: Silence",
        "gave the case to Ada, due 10 May 2027",
        "closed the case: Left the programme",
    ] {
        assert!(page.contains(line), "{line}");
    }
    school.world.app.as_owner(&format!(
        "UPDATE people SET lang = 'zh-Hant-HK' WHERE id = '{ada}'"
    ));
    let page = desk.get(&here).await.text();
    assert!(
        page.contains("將結果由「已退出計劃」更正為「暫停學習」：She pauses"),
        "{page}"
    );
    assert!(
        page.contains("結案：已退出計劃") && page.contains("將個案交由Ada跟進，限期2027年5月10日"),
        "{page}"
    );
}

#[actix_web::test]
async fn hits_and_misses_are_counted_and_small_numbers_get_no_percentage() {
    let school = school();
    let desk = school.coordinator();
    look(&school, &desk);
    let here = at(&school, &format!("/cases/{}", case(&school)));
    let fields = [("version", "1"), ("outcome", "failed")];
    assert_eq!(
        desk.post(&format!("{here}/close"), &fields).await.status,
        303
    );
    // The second trainee failed with a case, the first without; a third left before teaching began.
    school
        .world
        .app
        .as_owner("UPDATE enrolments SET state = 'failed'");
    let third = school.enrol(school.world.cohort, 3, "en");
    school.world.app.as_owner(&format!(
        "UPDATE offers SET vacated_at = '2027-02-10' WHERE id = (SELECT offer_id FROM enrolments WHERE id = '{0}'); \
         UPDATE enrolments SET state = 'withdrawn' WHERE id = '{0}'",
        third.1
    ));
    let page = desk.get(&at(&school, "/hits")).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("1 of 2; too few for a percentage"),
        "{}",
        page.text()
    );
    let file = desk.get(&at(&school, "/hits.csv")).await.text();
    assert!(file.contains("\r\nSilence,1,0,0,0,0,1,0,0\r\n"), "{file}");
    assert!(file.contains("\r\nLow marks,0,0,0,0,0,0,0,0\r\n"), "{file}");
    // Who leaves after teaching began and was never found is a miss.
    school.world.app.as_owner(&format!(
        "UPDATE offers SET vacated_at = '2027-03-10' WHERE id = (SELECT offer_id FROM enrolments WHERE id = '{}')",
        third.1
    ));
    let page = desk.get(&at(&school, "/hits")).await;
    assert!(
        page.text().contains("2 of 3; too few for a percentage"),
        "{}",
        page.text()
    );
}

#[actix_web::test]
async fn rules_are_data_each_change_a_version_that_the_next_look_goes_by() {
    let school = school();
    let desk = school.coordinator();
    let path = at(&school, "/rules");
    let page = desk.get(&path).await;
    assert!(
        page.text().contains("These are the default rules"),
        "{}",
        page.text()
    );
    let mut fields = vec![
        ("version", "0"),
        ("attendance_below", "75"),
        ("attendance_after", "6"),
        ("overdue_from", "1"),
        ("silent_days", "100"),
        ("mark_below", "50"),
        ("trend_drop", "20"),
        ("trend_of", "3"),
        ("points_attendance", "3"),
        ("points_overdue", "2"),
        ("points_silence", "2"),
        ("points_marks", "2"),
        ("points_attendance_trend", "2"),
        ("points_marks_trend", "1"),
        ("case_from", "0"),
    ];
    let wrong = desk.post(&path, &fields).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("id=\"case_from-error\"") && wrong.text().contains("value=\"75\"")
    );
    fields.pop();
    fields.push(("case_from", "2"));
    assert_eq!(desk.post(&path, &fields).await.status, 303);
    assert_eq!(
        desk.post(&path, &fields).await.status,
        412,
        "somebody else’s version stands"
    );
    assert_eq!(
        look(&school, &desk).opened,
        0,
        "68 days are no silence of a hundred"
    );
    fields[0] = ("version", "1");
    fields[4] = ("silent_days", "68");
    assert_eq!(desk.post(&path, &fields).await.status, 303);
    assert_eq!(look(&school, &desk).opened, 1);
    assert_eq!(school.one("SELECT rules_number FROM risk_cases"), "2");
}

#[actix_web::test]
async fn another_programmes_office_finds_nothing() {
    let school = school();
    let desk = school.coordinator();
    look(&school, &desk);
    let case = case(&school);
    let programme = Some(school.world.elsewhere);
    let rival = school
        .world
        .app
        .acting("Rita", Role::Coordinator, programme, None);
    assert_eq!(rival.get(&at(&school, "")).await.status, 404);
    let theirs = format!("/programmes/{}/at-risk", school.world.elsewhere);
    assert_eq!(
        rival.get(&format!("{theirs}/cases/{case}")).await.status,
        404
    );
    let page = rival.get(&format!("{theirs}?state=all")).await.text();
    assert!(!page.contains("TRAINEE"), "{page}");
    let ada = desk.person.unwrap().to_string();
    let fields = [
        ("case", case.as_str()),
        ("owner", &ada),
        ("due_on", "2027-05-10"),
    ];
    let taken = rival.post(&format!("{theirs}/assign"), &fields).await;
    assert_eq!(taken.status, 409, "the owner is none of theirs");
    let rita = rival.person.unwrap().to_string();
    let fields = [
        ("case", case.as_str()),
        ("owner", &rita),
        ("due_on", "2027-05-10"),
    ];
    assert_eq!(
        rival
            .post(&format!("{theirs}/assign"), &fields)
            .await
            .status,
        404
    );
}
