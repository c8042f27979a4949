//! The look: what it reads, what it does, and that it is done once a day.

use banyan::at_risk::actions::Looked;
use banyan::at_risk::jobs;

use super::{at, case, look, school, sign_of_life, silence};
use crate::teaching::world::{School, exempted};

fn looked(trainees: i32, opened: i32, gone: i32) -> Looked {
    Looked {
        trainees,
        opened,
        gone,
    }
}

#[actix_web::test]
async fn silence_opens_a_case_a_sign_of_life_proposes_its_end_and_silence_again_opens_another() {
    let school = school();
    let desk = school.coordinator();
    assert_eq!(look(&school, &desk), looked(2, 1, 0));
    let first = case(&school);
    let reasons = school.one("SELECT reasons FROM risk_cases");
    assert_eq!(
        reasons,
        r#"[{"code": "silence", "days": 68, "since": "2027-02-22"}]"#
    );
    // Again: nothing new, nothing twice.
    assert_eq!(look(&school, &desk), looked(2, 0, 0));
    sign_of_life(&school, 1, "2027-04-29T03:00:00Z");
    assert_eq!(look(&school, &desk), looked(2, 0, 1));
    assert_eq!(case(&school), first, "nobody closes it but a person");
    assert_eq!(
        school.one("SELECT gone_at IS NOT NULL AND severity = 0 FROM risk_cases"),
        "true"
    );
    assert_eq!(look(&school, &desk), looked(2, 0, 0), "proposed once");
    let fields = [
        ("version", school.one("SELECT version FROM risk_cases")),
        ("outcome", "recovered".to_owned()),
    ];
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let closed = desk
        .post(&at(&school, &format!("/cases/{first}/close")), &fields)
        .await;
    assert_eq!(closed.status, 303, "{}", closed.text());
    assert_eq!(look(&school, &desk), looked(2, 0, 0));
    silence(&school, 1);
    assert_eq!(look(&school, &desk), looked(2, 1, 0));
    let second = case(&school);
    assert_eq!(
        school.one(&format!(
            "SELECT follows_id FROM risk_cases WHERE id = '{second}'"
        )),
        first
    );
}

#[actix_web::test]
async fn what_was_dealt_with_opens_no_case_again_and_who_pauses_is_left_in_peace() {
    let school = school();
    let desk = school.coordinator();
    look(&school, &desk);
    let first = case(&school);
    let fields = [("version", "1"), ("outcome", "false_alarm")];
    let path = at(&school, &format!("/cases/{first}/close"));
    assert_eq!(desk.post(&path, &fields).await.status, 303);
    assert_eq!(look(&school, &desk), looked(2, 0, 0), "the same silence");
    silence(&school, 0);
    assert_eq!(look(&school, &desk), looked(2, 1, 0));
    school.world.app.as_owner(&format!(
        "UPDATE enrolments SET state = 'deferred' WHERE id = '{}'",
        school.trainees[0].1
    ));
    assert_eq!(
        look(&school, &desk),
        looked(2, 0, 0),
        "that somebody pauses is no improvement"
    );
    assert_eq!(
        school
            .one("SELECT resting AND gone_at IS NOT NULL FROM risk_cases WHERE state <> 'closed'"),
        "true"
    );
    let me = school.world.app.sign_in(school.trainees[0].0, None);
    let own = me.get("/me/standing").await.text();
    assert!(
        own.contains("This rests") && !own.contains("Well done"),
        "{own}"
    );
    let page = desk.get(&at(&school, "?state=resting")).await.text();
    assert!(
        page.contains("TRAINEE 1") && page.contains("Rests since 1 May 2027"),
        "{page}"
    );
    assert!(
        !desk
            .get(&at(&school, "?state=gone"))
            .await
            .text()
            .contains("TRAINEE 1")
    );
    // Back again and as silent as before: the case goes on.
    silence(&school, 0);
    school.world.app.as_owner(&format!(
        "UPDATE enrolments SET state = 'active' WHERE id = '{}'",
        school.trainees[0].1
    ));
    look(&school, &desk);
    assert_eq!(
        school.one("SELECT NOT resting AND gone_at IS NULL AND severity = 2 FROM risk_cases WHERE state <> 'closed'"),
        "true"
    );
}

/// A break of the trainee's that was granted.
fn granted(school: &School, trainee: usize, from: &str, to: &str) {
    let (person, enrolment) = school.trainees[trainee];
    school.world.app.as_owner(&format!(
        "INSERT INTO learning_breaks (id, programme_id, cohort_id, enrolment_id, person_id, kind, starts_on, ends_on, reason, state, \
           answer, decided_at) SELECT gen_random_uuid(), programme_id, cohort_id, id, '{person}', 'break', '{from}', '{to}', 'Away', \
           'granted', 'Yes', '2027-03-01' FROM enrolments WHERE id = '{enrolment}'"
    ));
}

#[actix_web::test]
async fn who_is_on_a_granted_break_is_left_in_peace_and_is_not_silent_for_having_been_away() {
    let school = school();
    let desk = school.coordinator();
    assert_eq!(look(&school, &desk), looked(2, 1, 0));
    granted(&school, 1, "2027-03-01", "2027-05-01");
    assert_eq!(look(&school, &desk), looked(2, 0, 0));
    assert_eq!(school.one("SELECT resting FROM risk_cases"), "true");
    // The break ended a week ago: seven days are no silence; the last day of one counts as away.
    school
        .world
        .app
        .as_owner("UPDATE learning_breaks SET ends_on = '2027-04-23'");
    assert_eq!(look(&school, &desk), looked(2, 0, 1));
    school
        .world
        .app
        .as_owner("UPDATE learning_breaks SET ends_on = '2027-04-16'");
    look(&school, &desk);
    assert_eq!(
        school.one("SELECT reasons FROM risk_cases"),
        r#"[{"code": "silence", "days": 14, "since": "2027-04-17"}]"#
    );
    // A break that is only asked for, or still to come, changes nothing.
    school.world.app.as_owner(
        "UPDATE learning_breaks SET state = 'asked', starts_on = '2027-05-10', ends_on = '2027-06-10'",
    );
    look(&school, &desk);
    assert!(
        school
            .one("SELECT reasons FROM risk_cases")
            .contains("\"days\": 68")
    );
}

#[actix_web::test]
async fn sessions_of_a_break_and_of_an_exempted_module_are_in_no_rate() {
    let school = school();
    let desk = school.coordinator();
    school.published(&desk).await;
    sign_of_life(&school, 1, "2027-04-30T03:00:00Z");
    let (person, enrolment) = school.trainees[0];
    for class in school.classes() {
        school.world.app.as_owner(&format!(
            "INSERT INTO registers (session_id, programme_id, cohort_id, late_after, opens_before, closes_after, signed_off_at) \
               SELECT id, programme_id, cohort_id, 10, 15, 20, '2027-03-10' FROM class_sessions WHERE id = '{class}'; \
             INSERT INTO attendance_records (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, state, minutes, held) \
               SELECT gen_random_uuid(), id, module_id, cohort_id, programme_id, '{enrolment}', '{person}', 'absent', 0, 180 \
               FROM class_sessions WHERE id = '{class}'"
        ));
    }
    assert_eq!(look(&school, &desk), looked(2, 1, 0));
    // 22 and 25 February, 1 and 4 March: away for the last three, one session is left and says nothing.
    granted(&school, 0, "2027-02-25", "2027-03-31");
    assert_eq!(look(&school, &desk), looked(2, 0, 1));
    school.world.app.as_owner("DELETE FROM learning_breaks");
    look(&school, &desk);
    assert_eq!(
        school.one("SELECT gone_at IS NULL FROM risk_cases"),
        "true",
        "without the break all four count"
    );
    school.world.app.as_owner(&format!(
        "{}; UPDATE exemptions SET state = 'requested'",
        exempted(enrolment, school.module)
    ));
    assert_eq!(
        look(&school, &desk),
        looked(2, 0, 0),
        "asked for is not granted"
    );
    school
        .world
        .app
        .as_owner("UPDATE exemptions SET state = 'granted'");
    assert_eq!(look(&school, &desk), looked(2, 0, 1));
}

#[actix_web::test]
async fn attendance_counts_by_registers_that_are_signed_off_without_excused_absences() {
    let school = school();
    let desk = school.coordinator();
    school.published(&desk).await;
    sign_of_life(&school, 1, "2027-04-30T03:00:00Z");
    let (person, enrolment) = school.trainees[0];
    let record = |state: &str, minutes: i32, class: &str, signed: &str| {
        school.world.app.as_owner(&format!(
            "INSERT INTO registers (session_id, programme_id, cohort_id, late_after, opens_before, closes_after, signed_off_at) \
               SELECT id, programme_id, cohort_id, 10, 15, 20, {signed} FROM class_sessions WHERE id = '{class}'; \
             INSERT INTO attendance_records (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, state, minutes, held) \
               SELECT gen_random_uuid(), id, module_id, cohort_id, programme_id, '{enrolment}', '{person}', '{state}', {minutes}, 180 \
               FROM class_sessions WHERE id = '{class}'"
        ));
    };
    let classes = school.classes();
    let now = "'2027-03-10'";
    record("present", 180, &classes[0], now);
    record("absent", 0, &classes[1], now);
    record("excused", 0, &classes[2], now);
    record("absent", 0, &classes[3], "NULL");
    assert_eq!(look(&school, &desk), looked(2, 1, 0));
    assert_eq!(
        school.one("SELECT reasons FROM risk_cases"),
        r#"[{"code": "attendance", "held": 360, "rate": 5000, "below": 8000, "missed": ["2027-02-25"]}]"#
    );
    // Its instructor sees the case; the other does not.
    let teacher = school
        .world
        .app
        .sign_in(school.teacher.0, Some(school.teacher.1));
    let page = teacher.get("/teaching/at-risk").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("TRAINEE 1"), "{}", page.text());
    assert!(page.text().contains("Attendance is 50% of 6 hours held"));
    let other = school
        .world
        .app
        .sign_in(school.other_teacher.0, Some(school.other_teacher.1));
    let page = other.get("/teaching/at-risk").await;
    assert!(!page.text().contains("TRAINEE 1"));
    assert!(page.text().contains("None of your trainees"));
    // A cancelled session counts nowhere.
    school.world.app.as_owner(&format!(
        "UPDATE class_sessions SET state = 'cancelled', cancel_reason = 'signal_8' WHERE id = '{}'",
        classes[1]
    ));
    assert_eq!(look(&school, &desk), looked(2, 0, 1));
    // What is gone is nothing to an instructor any more, neither in the list nor as a number.
    let page = teacher.get("/teaching/at-risk").await.text();
    assert!(page.contains("None of your trainees"), "{page}");
    assert!(
        !teacher
            .get("/teaching")
            .await
            .text()
            .contains("1 of your trainees")
    );
}

#[actix_web::test]
async fn the_house_looks_by_itself_once_a_day_and_only_where_a_cohort_is_running() {
    let school = school();
    let db = &school.world.app.site.db;
    assert_eq!(jobs::daily(db).unwrap(), 1);
    assert_eq!(jobs::daily(db).unwrap(), 0);
    let days = school.world.texts("SELECT looked_on FROM risk_looks");
    assert_eq!(days, ["2027-05-01"]);
    case(&school);
    assert!(
        school.world.texts("SELECT kind FROM letters").is_empty(),
        "a look writes to nobody"
    );
    let tomorrow = db.as_of("2027-05-02T02:00:00Z".parse().unwrap());
    assert_eq!(jobs::daily(&tomorrow).unwrap(), 1);
    assert_eq!(
        school.one("SELECT count(*) FROM risk_cases"),
        "1",
        "the case goes on"
    );
}

#[actix_web::test]
async fn several_workers_look_once() {
    let school = school();
    let db = &school.world.app.site.db;
    let done: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| jobs::daily(db).unwrap()))
            .collect();
        workers.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(done, 1);
    assert_eq!(school.one("SELECT count(*) FROM risk_looks"), "1");
    assert_eq!(school.one("SELECT count(*) FROM risk_cases"), "1");
}

#[actix_web::test]
async fn overdue_work_and_low_marks_are_found_with_their_numbers() {
    let school = school();
    let desk = school.coordinator();
    school.published(&desk).await;
    sign_of_life(&school, 1, "2027-04-30T03:00:00Z");
    let enrolment = school.trainees[0].1;
    let assessment = |part: i32, state: &str, released: &str| {
        let id = uuid::Uuid::now_v7();
        school.world.app.as_owner(&format!(
            "INSERT INTO assessments (id, programme_id, cohort_id, offering_id, module_id, plan_number, part, kind, title_en, title_zh, \
               opens_at, due_at, takes_files, state, released_at) SELECT '{id}', programme_id, cohort_id, id, module_id, 1, {part}, 'case', \
               'Case', '個案', '2027-03-01', '2027-04-10T04:00:00Z', true, '{state}', {released} FROM offerings; \
             INSERT INTO assessment_candidates (id, programme_id, cohort_id, assessment_id, enrolment_id, person_id, number) \
               SELECT '{id}', programme_id, cohort_id, '{id}', id, person_id, 1 FROM enrolments WHERE id = '{enrolment}'"
        ));
        id
    };
    let open = assessment(1, "open", "NULL");
    let marked = assessment(2, "released", "'2027-04-20'");
    let mark = |of: uuid::Uuid, part: i32, mark: &str| {
        school.world.app.as_owner(&format!(
            "INSERT INTO released_marks (id, programme_id, cohort_id, assessment_id, candidate_id, module_id, part, enrolment_id, person_id, \
               pass_mark, mark, released_at) SELECT '{of}', e.programme_id, e.cohort_id, '{of}', '{of}', a.module_id, {part}, e.id, \
               e.person_id, 5000, {mark}, '2027-04-20' FROM enrolments e, assessments a WHERE e.id = '{enrolment}' AND a.id = '{of}'"
        ));
    };
    mark(marked, 2, "4250");
    assert_eq!(look(&school, &desk), looked(2, 1, 0));
    let overdue = format!(
        r#"{{"code": "overdue", "count": 1, "works": ["{open}"], "oldest": "2027-04-10"}}"#
    );
    assert_eq!(
        school.one("SELECT reasons FROM risk_cases"),
        format!(
            r#"[{overdue}, {{"code": "low_marks", "below": 5000, "count": 1, "works": ["{marked}"], "lowest": 4250}}]"#
        )
    );
    assert_eq!(school.one("SELECT severity FROM risk_cases"), "4");
    // Released without a mark, what was never handed in is missed as before, until a later result is there.
    school.world.app.as_owner(&format!(
        "UPDATE assessments SET state = 'released', released_at = '2027-04-25' WHERE id = '{open}'; \
         UPDATE released_marks SET mark = 6000"
    ));
    mark(open, 1, "NULL");
    look(&school, &desk);
    assert_eq!(
        school.one("SELECT reasons FROM risk_cases"),
        format!("[{overdue}]")
    );
    let resit = assessment(1, "released", "'2027-04-26'");
    mark(resit, 1, "7000");
    school.world.app.as_owner(&format!(
        "UPDATE released_marks SET released_at = '2027-04-26' WHERE id = '{resit}'"
    ));
    assert_eq!(look(&school, &desk), looked(2, 0, 1));
}
