//! The look: what it reads, what it does, and that it is done once a day.

use banyan::at_risk::actions::Looked;
use banyan::at_risk::jobs;

use super::{at, case, look, school, sign_of_life, silence};

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
    assessment(1, "open", "NULL");
    let marked = assessment(2, "released", "'2027-04-20'");
    school.world.app.as_owner(&format!(
        "INSERT INTO released_marks (id, programme_id, cohort_id, assessment_id, candidate_id, module_id, part, enrolment_id, person_id, \
           pass_mark, mark, released_at) SELECT '{marked}', e.programme_id, e.cohort_id, '{marked}', '{marked}', a.module_id, 2, e.id, \
           e.person_id, 5000, 4250, '2027-04-20' FROM enrolments e, assessments a WHERE e.id = '{enrolment}' AND a.id = '{marked}'"
    ));
    assert_eq!(look(&school, &desk), looked(2, 1, 0));
    assert_eq!(
        school.one("SELECT reasons FROM risk_cases"),
        r#"[{"code": "overdue", "count": 1, "oldest": "2027-04-10"}, {"code": "low_marks", "below": 5000, "count": 1, "lowest": 4250}]"#
    );
    assert_eq!(school.one("SELECT severity FROM risk_cases"), "4");
    // An extension moves the day.
    school.world.app.as_owner(
        "UPDATE assessment_candidates SET extended_to = '2027-05-20' WHERE extended_to IS NULL; \
         UPDATE released_marks SET mark = 6000",
    );
    assert_eq!(look(&school, &desk), looked(2, 0, 1));
}
