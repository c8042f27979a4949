//! A cohort whose trainees stand in every way: classes held and signed off, marks released, forms in.

use std::cell::Cell;

use banyan::ids::{EnrolmentId, ModuleId, PersonId};
use uuid::Uuid;

use crate::support::app::{Answer, Client};
use crate::support::fixtures::desk::{Plan, World};

/// When the tests happen: teaching is over, the cohort is not.
pub const NOW: &str = "2027-06-01T02:00:00Z";

/// Codes of the modules, in their places.
const CODES: [&str; 5] = ["AIR501", "DGP503", "MVL604", "GEN507", "CAP608"];

pub type Who = (PersonId, EnrolmentId);

pub struct Class {
    pub world: World,
    pub modules: Vec<ModuleId>,
    count: Cell<u32>,
}

impl Class {
    pub fn new() -> Self {
        let mut world = World::new();
        world.app.site.db = world.app.site.db.as_of(NOW.parse().unwrap());
        let modules: Vec<ModuleId> = CODES.iter().map(|_| ModuleId::new()).collect();
        for (place, (id, code)) in modules.iter().zip(CODES).enumerate() {
            world.app.as_owner(&format!(
                "INSERT INTO modules (id, programme_id, code, position) VALUES ('{id}', '{0}', '{code}', {place}); \
                 INSERT INTO module_versions (id, module_id, programme_id, number, state, name_en, name_zh, summary_en, summary_zh, \
                   contact_hours, self_study_hours, assessment_hours, assessments, effective_from, published_at) \
                 VALUES (gen_random_uuid(), '{id}', '{0}', 1, 'published', 'Module {code}', '單元{code}', 'Summary', '簡介', 10, 46, 10, \
                   '[{{\"kind\": \"case\", \"title\": {{\"en\": \"Case\", \"zh\": \"個案\"}}, \"weight\": 100, \"must_pass\": true}}]', \
                   '2026-01-01', '2026-01-01')",
                world.programme
            ));
        }
        let class = Self {
            world,
            modules,
            count: Cell::new(0),
        };
        class.owner(&format!(
            "UPDATE cohorts SET state = 'running' WHERE id = '{0}'; \
             INSERT INTO seat_pools (id, cohort_id, programme_id, capacity, taken) VALUES ('{1}', '{0}', '{2}', 30, 0)",
            class.world.cohort,
            Uuid::now_v7(),
            class.world.programme
        ));
        for module in class.modules.clone() {
            class.held(module);
        }
        class
    }

    pub fn owner(&self, sql: &str) {
        self.world.app.as_owner(sql);
    }

    pub fn one(&self, sql: &str) -> String {
        self.world.one(sql)
    }

    pub fn coordinator(&self) -> Client<'_> {
        self.world.coordinator()
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/cohorts/{}{rest}", self.world.cohort)
    }

    /// Ten classes of an hour, one a day from 1 March, held and signed off; one assessment, released.
    fn held(&self, module: ModuleId) {
        let (offering, assessment) = (Uuid::now_v7(), Uuid::now_v7());
        let (programme, cohort) = (self.world.programme, self.world.cohort);
        self.owner(&format!(
            "INSERT INTO offerings (id, programme_id, cohort_id, module_id, capacity, whole_cohort, state) \
               VALUES ('{offering}', '{programme}', '{cohort}', '{module}', 30, true, 'published'); \
             INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, published, state) \
               SELECT gen_random_uuid(), '{programme}', '{cohort}', '{offering}', '{module}', \
                 '2027-03-01T11:00:00Z'::timestamptz + n * interval '1 day', '2027-03-01T12:00:00Z'::timestamptz + n * interval '1 day', \
                 true, 'held' FROM generate_series(0, 9) n; \
             INSERT INTO registers (session_id, programme_id, cohort_id, late_after, opens_before, closes_after, signed_off_at) \
               SELECT id, programme_id, cohort_id, 10, 15, 20, ends_at FROM class_sessions WHERE module_id = '{module}'; \
             INSERT INTO assessments (id, programme_id, cohort_id, offering_id, module_id, plan_number, part, kind, title_en, title_zh, \
                 opens_at, due_at, takes_files, state, released_at) \
               VALUES ('{assessment}', '{programme}', '{cohort}', '{offering}', '{module}', 1, 1, 'case', 'Case', '個案', \
                 '2027-03-01', '2027-04-01', false, 'released', '2027-05-01')"
        ));
    }

    /// A trainee of the cohort, active, with an account that can sign in.
    pub fn trainee(&self, name: &str) -> Who {
        let number = self.count.get() + 1;
        self.count.set(number);
        let plan = Plan {
            state: "enrolled",
            ..Plan::default()
        };
        let application = self.world.apply(number, &plan);
        let person: PersonId = self
            .one(&format!(
                "SELECT person_id FROM applications WHERE id = '{application}'"
            ))
            .parse()
            .unwrap();
        let (offer, enrolment) = (Uuid::now_v7(), EnrolmentId::new());
        self.owner(&format!(
            "UPDATE people SET display_name = '{name}' WHERE id = '{person}'; \
             UPDATE seat_pools SET taken = taken + 1 WHERE cohort_id = '{1}'; \
             INSERT INTO offers (id, application_id, cohort_id, pool_id, programme_id, person_id, state, expires_at, ended_at) \
               SELECT '{offer}', '{application}', '{1}', id, '{0}', '{person}', 'accepted', '2027-01-15', '2027-01-10' \
               FROM seat_pools WHERE cohort_id = '{1}'; \
             INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, trainee_number, \
               certificate_name, name_shown, name_sort, state) SELECT '{enrolment}', '{1}', '{0}', '{person}', '{application}', \
               '{offer}', pool_id, 'T2027-{number:04}', '{name}', '{name}', lower('{name}'), 'active' FROM offers WHERE id = '{offer}'; \
             INSERT INTO emergency_contacts (enrolment_id, person_id, programme_id, name, relationship, phone) \
               VALUES ('{enrolment}', '{person}', '{0}', 'Somebody', 'friend', '+85291234567')",
            self.world.programme, self.world.cohort
        ));
        (person, enrolment)
    }

    /// Present in the first so many of the ten classes of a module, absent from the others.
    pub fn attends(&self, (person, enrolment): Who, module: ModuleId, present: u32) {
        self.owner(&format!(
            "INSERT INTO attendance_records (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, state, minutes, held) \
             SELECT gen_random_uuid(), id, module_id, cohort_id, programme_id, '{enrolment}', '{person}', \
               CASE WHEN n <= {present} THEN 'present' ELSE 'absent' END, CASE WHEN n <= {present} THEN 60 ELSE 0 END, 60 \
             FROM (SELECT *, row_number() OVER (ORDER BY starts_at) AS n FROM class_sessions WHERE module_id = '{module}') s"
        ));
    }

    /// A released mark, in hundredths of a per cent.
    pub fn marked(&self, (person, enrolment): Who, module: ModuleId, mark: u32) {
        let candidate = Uuid::now_v7();
        self.owner(&format!(
            "INSERT INTO assessment_candidates (id, programme_id, cohort_id, assessment_id, enrolment_id, person_id, number) \
               SELECT '{candidate}', programme_id, cohort_id, id, '{enrolment}', '{person}', right((SELECT trainee_number FROM enrolments WHERE id = '{enrolment}'), 4)::integer \
               FROM assessments WHERE module_id = '{module}'; \
             INSERT INTO released_marks (id, programme_id, cohort_id, assessment_id, candidate_id, module_id, part, enrolment_id, \
                 person_id, pass_mark, raw, mark, released_at) \
               SELECT gen_random_uuid(), programme_id, cohort_id, id, '{candidate}', module_id, 1, '{enrolment}', '{person}', 5000, \
                 {mark}, {mark}, '2027-05-01' FROM assessments WHERE module_id = '{module}'"
        ));
    }

    /// Attends nine of ten classes everywhere and passes everything but the option GEN507, with 70%.
    pub fn done(&self, who: Who, present: u32) {
        for (at, module) in self.modules.clone().into_iter().enumerate() {
            self.attends(who, module, present);
            if at != 3 {
                self.marked(who, module, 7_000);
            }
        }
    }

    pub fn forms_in(&self, (person, enrolment): Who) {
        self.owner(&format!(
            "INSERT INTO completion_forms (id, programme_id, cohort_id, enrolment_id, person_id, form, recorded_on) \
             VALUES (gen_random_uuid(), '{}', '{}', '{enrolment}', '{person}', 'agreement', '2027-05-01')",
            self.world.programme, self.world.cohort
        ));
    }

    /// The fields of the rules: 80% of the classes, two modules, one of two options, 50% in each, a form,
    /// the capstone.
    pub fn fields(&self) -> Vec<(String, String)> {
        let id = |at: usize| self.modules[at].to_string();
        let fields = [
            ("name_en", "Rules of the pilot".to_owned()),
            ("name_zh", "試點規則".to_owned()),
            ("whole", "80".to_owned()),
            ("excused", "left_out".to_owned()),
            ("mark", "50".to_owned()),
            ("all_of", id(0)),
            ("all_of", id(1)),
            ("any_1_n", "1".to_owned()),
            ("any_1", id(2)),
            ("any_1", id(3)),
            ("forms", "agreement | Agreement | 協議".to_owned()),
            ("capstone", id(4)),
            ("placement", "yes".to_owned()),
        ];
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Drafts and publishes rules through the pages; the cohort follows them if it follows none.
    pub async fn publish(&self, desk: &Client<'_>, fields: &[(String, String)]) {
        let base = format!("/programmes/{}/completion", self.world.programme);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let saved = desk.post(&format!("{base}/draft"), &fields).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        let asked = desk.get(&format!("{base}/publish")).await;
        assert_eq!(asked.status, 200, "{}", asked.text());
        let done = confirm(desk, &format!("{base}/publish"), &asked).await;
        assert_eq!(done.status, 303, "{}", done.text());
    }

    pub fn state(&self, (_, enrolment): Who) -> String {
        self.one(&format!(
            "SELECT state FROM enrolments WHERE id = '{enrolment}'"
        ))
    }

    /// What a line of a verdict says on the trainee's page: the whole page's text.
    pub async fn verdict(&self, desk: &Client<'_>, (_, enrolment): Who) -> String {
        let page = desk
            .get(&self.path(&format!("/completion/trainees/{enrolment}")))
            .await;
        assert_eq!(page.status, 200, "{}", page.text());
        page.text()
    }
}

/// The hidden fields of a page's last form.
pub fn hidden(page: &Answer) -> Vec<(String, String)> {
    let text = page.text();
    let form = text
        .split("<form method=\"post\"")
        .last()
        .unwrap()
        .to_owned();
    form.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|part| {
            let (name, rest) = part.split_once('"').unwrap();
            let value = rest.split("value=\"").nth(1).unwrap();
            (name.to_owned(), value.split('"').next().unwrap().to_owned())
        })
        .collect()
}

/// Sends what a question's form holds.
pub async fn confirm(client: &Client<'_>, path: &str, page: &Answer) -> Answer {
    let fields = hidden(page);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    client.post(path, &fields).await
}
