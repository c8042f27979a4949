//! A class in the middle of its course: sessions past, of today and to come, notes, work to hand in and
//! to mark, an apology, rules of completion, a case. It is ten past seven in the evening for ever.

use banyan::access;
use banyan::assessment::actions::{self as assessment, Details, Given, Which};
use banyan::assessment::queries as assessments;
use banyan::assessment::rules::SecondRule;
use banyan::assessment::rules::late::LateRule;
use banyan::assessment::rules::rubric::Criterion;
use banyan::at_risk::actions as at_risk;
use banyan::curriculum::rules::Pair;
use banyan::db::{Acting, Actor, Conn, Role};
use banyan::error::Result;
use banyan::ids::{
    AssessmentId, CohortId, EnrolmentId, GrantId, ModuleId, OfferingId, PersonId, ProgrammeId,
};
use banyan::lang::Lang;
use banyan::progress::actions as progress;
use banyan::progress::rules::Excused;
use banyan::progress::rules::content::{Attendance, CompletionRules, NamedForm};
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::app::TestApp;
use crate::house::LiveHouse;
use crate::scene;

/// Monday, 19:10 in Hong Kong.
pub const NOW: &str = "2027-03-08T11:10:00Z";

/// This moment.
pub fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

/// Everybody and everything of the class.
pub struct School {
    pub programme: ProgrammeId,
    pub cohort: CohortId,
    pub offering: OfferingId,
    /// The trainees Ada, Ben and Cat.
    pub trainees: Vec<(PersonId, EnrolmentId)>,
    /// Ada's address.
    pub email: String,
    pub teacher: (PersonId, GrantId),
    pub coordinator: (PersonId, GrantId),
    /// Last Monday, signed off; this afternoon, over; this evening, going on; next Monday.
    pub sessions: [Uuid; 4],
    /// The examination that is to be marked.
    pub exam: AssessmentId,
}

impl School {
    /// A house with the class in it, whose people read this language.
    pub fn open(lang: Lang) -> (LiveHouse, Self) {
        let mut made = None;
        let house = LiveHouse::open_at(Some(now()), |app| made = Some(Self::set(app, lang)));
        (house, made.unwrap())
    }

    fn set(app: &TestApp, lang: Lang) -> Self {
        let (programme, cohort) = (ProgrammeId::new(), CohortId::new());
        let (module, offering) = (ModuleId::new(), OfferingId::new());
        app.as_owner(&course(programme, cohort, module));
        let trainees: Vec<_> = (1..)
            .zip(["Ada Lau", "Ben Mok", "Cat Sit"])
            .map(|(n, name)| trainee(app, (programme, cohort), (n, name, lang)))
            .collect();
        let (teacher, coordinator) = (
            staff(app, programme, "Tess Teacher", (Role::Instructor, lang)),
            staff(app, programme, "Cora Desk", (Role::Coordinator, lang)),
        );
        let sessions: [Uuid; 4] = std::array::from_fn(|_place| Uuid::now_v7());
        app.as_owner(&taught((programme, cohort), (module, offering), teacher.0));
        for (id, starts, state) in [
            (sessions[0], "2027-03-01T11:00:00Z", "held"),
            (sessions[1], "2027-03-08T06:00:00Z", "scheduled"),
            (sessions[2], "2027-03-08T11:00:00Z", "scheduled"),
            (sessions[3], "2027-03-15T11:00:00Z", "scheduled"),
        ] {
            app.as_owner(&session(id, offering, (starts, state)));
        }
        app.as_owner(&signed_off(&sessions, &trainees));
        let sql = format!(
            "SELECT email AS t FROM people WHERE id = '{}'",
            trainees[0].0
        );
        let email = scene::text(app, &sql);
        let mut school = Self {
            programme,
            cohort,
            offering,
            trainees,
            email,
            teacher,
            coordinator,
            sessions,
            exam: AssessmentId::new(),
        };
        school.exam = school.assess(app);
        school.rule(app);
        school
    }

    /// Acts as the coordinator.
    fn office<T>(&self, app: &TestApp, act: impl Fn(&mut Conn<'_>) -> Result<T>) -> T {
        let actor = acting(self.coordinator.0, Role::Coordinator, self.programme);
        app.site.db.tx(&actor, act).unwrap()
    }

    /// A case that is to be handed in, and an examination that is over; the latter's id.
    fn assess(&self, app: &TestApp) -> AssessmentId {
        let day = Duration::days(1);
        let part = |conn: &mut Conn<'_>, n, opens, due| -> Result<_> {
            let staff = access::cohort_staff(conn, self.cohort)?;
            let which = Which::Part(self.offering, n);
            let id = assessment::add(conn, &staff, which, &details(opens, due))?;
            assessment::open(conn, &staff, id)?;
            Ok((staff, id))
        };
        self.office(app, |conn| {
            part(conn, 1, now() - day * 7, now() + day * 7)?;
            let (staff, id) = part(conn, 2, now() - day * 7, now() - day * 3)?;
            assessment::begin_marking(conn, &staff, id)?;
            Ok(id)
        })
    }

    /// Publishes rules that Ben fulfils, and looks who is at risk.
    fn rule(&self, app: &TestApp) {
        let rules = CompletionRules {
            name: Pair::new("Rules of the class", "班級規則"),
            attendance: Attendance {
                whole: Some(2_000),
                each: None,
                excused: Excused::LeftOut.as_str().to_owned(),
            },
            forms: vec![NamedForm {
                key: "agreement".to_owned(),
                name: Pair::new("Agreement", "協議"),
            }],
            ..CompletionRules::default()
        };
        self.office(app, |conn| {
            let staff = access::programme_staff(conn, self.programme)?;
            progress::save_draft(conn, &staff, None, &rules)?;
            progress::publish(conn, &staff, 1)?;
            at_risk::look_now(conn, &staff).map(|_| ())
        });
        let (person, enrolment) = self.trainees[1];
        app.as_owner(&format!(
            "INSERT INTO completion_forms (id, programme_id, cohort_id, enrolment_id, person_id, form, recorded_on) \
               VALUES (gen_random_uuid(), '{}', '{}', '{enrolment}', '{person}', 'agreement', '2027-03-01')",
            self.programme, self.cohort
        ));
    }

    /// The instructor has marked every script.
    pub fn mark_all(&self, app: &TestApp) {
        let actor = acting(self.teacher.0, Role::Instructor, self.programme);
        let given = Given {
            points: vec![Some(7), Some(6)],
            comments: vec![String::new(); 2],
            feedback: "Well argued.".to_owned(),
            absent: false,
            done: true,
        };
        let mark = |conn: &mut Conn<'_>| {
            let instructor = access::instructor(conn)?;
            let queue = assessments::queue(conn, &instructor, (true, None), None, 100)?;
            for script in &queue {
                assessment::save_mark(conn, &instructor, script.id, &given, 0)?;
            }
            Ok(queue.len())
        };
        assert_eq!(app.site.db.tx(&actor, mark).unwrap(), 3);
    }
}

fn acting(person: PersonId, role: Role, programme: ProgrammeId) -> Actor {
    Actor::Person(Acting {
        person,
        role,
        grant: None,
        organisations: Vec::new(),
        programmes: vec![programme],
    })
}

fn staff(
    app: &TestApp,
    programme: ProgrammeId,
    name: &str,
    (role, lang): (Role, Lang),
) -> (PersonId, GrantId) {
    let (person, _) = scene::account(app, name, lang);
    (person, app.grant(person, role, Some(programme), None))
}

fn details(opens_at: DateTime<Utc>, due_at: DateTime<Utc>) -> Details {
    let criterion = |en: &str, zh: &str| Criterion {
        name: Pair::new(en, zh),
        points: 10,
        levels: vec![Pair::new("All of it", "全部"), Pair::new("Some", "部分")],
    };
    Details {
        title_en: String::new(),
        title_zh: String::new(),
        brief_en: "Tier three uses, and say why.".to_owned(),
        brief_zh: "為三個用例分級，並說明理由。".to_owned(),
        opens_at,
        due_at,
        late: LateRule {
            hours: 48,
            per_day: 500,
            cap: 2_000,
        },
        max_files: 2,
        max_megabytes: 10,
        anonymous: true,
        pass_mark: 5_000,
        second: SecondRule::None,
        second_share: 10,
        borderline: 300,
        tolerance: 500,
        appeal_days: 10,
        resit_capped: true,
        rubric: vec![
            criterion("Risks found", "找出風險"),
            criterion("Argument", "論證"),
        ],
    }
}

/// Programme, organisations, cohort and a module with a case and an examination.
fn course(programme: ProgrammeId, cohort: CohortId, module: ModuleId) -> String {
    format!(
        "INSERT INTO programmes (id, code, name_en, name_zh, contact_email) VALUES \
           ('{programme}', 'HAP', 'Harbour AI Programme', '海港人工智能人才計劃', 'office@example.org'); \
         INSERT INTO organisations (id, kind, name_en, name_zh) VALUES \
           (gen_random_uuid(), 'university', 'Lion Rock University', '獅子山大學'); \
         INSERT INTO cohorts (id, programme_id, code, name_en, name_zh, state, opens_at, closes_at, decisions_on, reply_by, \
           starts_on, ends_on) VALUES ('{cohort}', '{programme}', '2027H1', 'First intake of 2027', '2027年第一屆', 'running', \
           '2026-10-01', '2026-11-30', '2026-12-31', '2027-01-15', '2027-02-22', '2027-06-30'); \
         INSERT INTO seat_pools (id, cohort_id, programme_id, capacity) VALUES (gen_random_uuid(), '{cohort}', '{programme}', 20); \
         INSERT INTO modules (id, programme_id, code, position) VALUES ('{module}', '{programme}', 'AIR501', 1); \
         INSERT INTO module_versions (id, module_id, programme_id, number, state, name_en, name_zh, summary_en, summary_zh, \
             contact_hours, self_study_hours, assessment_hours, effective_from, published_at, assessments) \
           VALUES (gen_random_uuid(), '{module}', '{programme}', 1, 'published', 'AI risk management', '人工智能風險管理', 'Summary', \
             '簡介', 24, 46, 10, '2026-01-01', '2026-01-01', \
             '[{{\"kind\": \"case\", \"title\": {{\"en\": \"Case file\", \"zh\": \"個案檔案\"}}, \"weight\": 40, \"must_pass\": true}}, \
               {{\"kind\": \"exam\", \"title\": {{\"en\": \"Examination\", \"zh\": \"考試\"}}, \"weight\": 60, \"must_pass\": false}}]')"
    )
}

/// An active trainee with a password, of the university that was written first.
pub fn trainee(
    app: &TestApp,
    (programme, cohort): (ProgrammeId, CohortId),
    (number, name, lang): (u32, &str, Lang),
) -> (PersonId, EnrolmentId) {
    let (person, email) = scene::account(app, name, lang);
    let (application, offer, enrolment) = (Uuid::now_v7(), Uuid::now_v7(), EnrolmentId::new());
    let (given, family) = name.split_once(' ').unwrap();
    app.as_owner(&format!(
        "INSERT INTO applications (id, cohort_id, programme_id, person_id, reference, state, family_name, given_names, name_shown, \
             name_sort, email, lang, route, statement, source, submitted_at) \
           VALUES ('{application}', '{cohort}', '{programme}', '{person}', 'BNY-{number:04}', 'enrolled', '{family}', '{given}', \
             '{name}', lower('{name}'), '{email}', '{lang}', 'open', 'I want to learn.', 'web', '2026-11-20'); \
         UPDATE seat_pools SET taken = taken + 1 WHERE cohort_id = '{cohort}'; \
         INSERT INTO offers (id, application_id, cohort_id, pool_id, programme_id, person_id, state, expires_at, ended_at) \
           SELECT '{offer}', '{application}', '{cohort}', id, '{programme}', '{person}', 'accepted', '2027-01-15', '2027-01-10' \
           FROM seat_pools WHERE cohort_id = '{cohort}'; \
         INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, trainee_number, \
             certificate_name, name_shown, name_sort, state, created_at, university_id) \
           SELECT '{enrolment}', '{cohort}', '{programme}', '{person}', '{application}', '{offer}', pool_id, 'T2027-{number:04}', \
             '{name}', '{name}', lower('{name}'), 'active', '2027-02-01', (SELECT id FROM organisations WHERE kind = 'university' ORDER BY created_at, id LIMIT 1) \
           FROM offers WHERE id = '{offer}'; \
         INSERT INTO emergency_contacts (enrolment_id, person_id, programme_id, name, relationship, phone) \
           VALUES ('{enrolment}', '{person}', '{programme}', 'Somebody', 'friend', '+85291234567')",
        lang = lang.tag()
    ));
    (person, enrolment)
}

fn taught(
    (programme, cohort): (ProgrammeId, CohortId),
    (module, offering): (ModuleId, OfferingId),
    teacher: PersonId,
) -> String {
    format!(
        "INSERT INTO offerings (id, programme_id, cohort_id, module_id, instructor_ids, room, link, capacity, whole_cohort, state) \
           VALUES ('{offering}', '{programme}', '{cohort}', '{module}', ARRAY['{teacher}'::uuid], 'Room 3', \
             'https://meet.example/air', 20, true, 'published')"
    )
}

/// A session of two hours, with a note that is there at once.
fn session(id: Uuid, offering: OfferingId, (starts, state): (&str, &str)) -> String {
    format!(
        "INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, room, link, \
             instructor_ids, published, state) \
           SELECT '{id}', programme_id, cohort_id, id, module_id, '{starts}', '{starts}'::timestamptz + interval '2 hours', room, \
             link, instructor_ids, true, '{state}' FROM offerings WHERE id = '{offering}'; \
         INSERT INTO class_notes (id, programme_id, cohort_id, session_id, instructor_ids, title_en, title_zh, body, release) \
           SELECT gen_random_uuid(), programme_id, cohort_id, id, instructor_ids, 'Reading list', '閱讀清單', 'Pages 1 to 12.', 'now' \
           FROM class_sessions WHERE id = '{id}'"
    )
}

/// Last Monday's register: Ada and Ben came, Cat did not. Ben cannot come next Monday.
fn signed_off(sessions: &[Uuid; 4], trainees: &[(PersonId, EnrolmentId)]) -> String {
    let [past, _, _, coming] = sessions;
    let mut sql = format!(
        "INSERT INTO registers (session_id, programme_id, cohort_id, late_after, opens_before, closes_after, signed_off_at) \
           SELECT id, programme_id, cohort_id, 10, 15, 20, ends_at FROM class_sessions WHERE id = '{past}'"
    );
    for ((person, enrolment), (state, minutes)) in
        trainees
            .iter()
            .zip([("present", 120), ("present", 120), ("absent", 0)])
    {
        sql.push_str(&format!(
            "; INSERT INTO attendance_records (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, state, \
                 minutes, held) SELECT gen_random_uuid(), id, module_id, cohort_id, programme_id, '{enrolment}', '{person}', \
                 '{state}', {minutes}, 120 FROM class_sessions WHERE id = '{past}'"
        ));
    }
    let (person, enrolment) = trainees[1];
    sql.push_str(&format!(
        "; INSERT INTO apologies (id, programme_id, cohort_id, session_id, enrolment_id, person_id, reason, created_at) \
           SELECT gen_random_uuid(), programme_id, cohort_id, id, '{enrolment}', '{person}', 'My employer sends me abroad.', \
             '2027-03-07' FROM class_sessions WHERE id = '{coming}'"
    ));
    sql
}
