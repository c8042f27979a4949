//! A cohort with trainees of both languages and two instructors, and one of another programme.

use banyan::db::Role;
use banyan::ids::{CohortId, EnrolmentId, GrantId, ModuleId, PersonId};
use uuid::Uuid;

use crate::support::app::{Answer, Client};
use crate::support::fixtures::desk::{Plan, World, module_sql};

/// When the tests of teaching happen: three weeks before the first session.
pub const NOW: &str = "2027-02-01T02:00:00Z";

/// Exempts a trainee from a module.
pub fn exempted(enrolment: EnrolmentId, module: ModuleId) -> String {
    let file = Uuid::now_v7();
    format!(
        "INSERT INTO files (id, owner_id, storage_key, label, media_type, size_bytes, sha256) \
           SELECT '{file}', person_id, '{file}', 'Certificate.pdf', 'application/pdf', 9, sha256('{file}') FROM enrolments WHERE id = '{enrolment}'; \
         INSERT INTO exemptions (id, programme_id, cohort_id, enrolment_id, person_id, module_id, statement, evidence_id, state, decided_at) \
           SELECT '{file}', programme_id, cohort_id, id, person_id, '{module}', 'Learnt before', '{file}', 'granted', '2027-01-20' \
           FROM enrolments WHERE id = '{enrolment}'"
    )
}

pub struct School {
    pub world: World,
    pub module: ModuleId,
    pub trainees: Vec<(PersonId, EnrolmentId)>,
    pub teacher: (PersonId, GrantId),
    pub other_teacher: (PersonId, GrantId),
}

impl School {
    pub fn new() -> Self {
        let mut world = World::new();
        world.app.site.db = world.app.site.db.as_of(NOW.parse().unwrap());
        let module = ModuleId::new();
        world.app.as_owner(&format!(
            "{}; INSERT INTO holidays (observed_on, name_en, name_zh, status) VALUES \
               ('2027-03-26', 'Good Friday', '耶穌受難節', 'derived'), \
               ('2027-03-29', 'Easter Monday', '復活節星期一', 'derived')",
            module_sql(
                module,
                world.programme,
                "AIR501",
                ("AI risk management", "人工智能風險管理"),
                24,
                1
            )
        ));
        let teach = |name: &str| {
            let person = world.app.account(name);
            let role = Role::Instructor;
            (
                person,
                world.app.grant(person, role, Some(world.programme), None),
            )
        };
        let (teacher, other_teacher) = (teach("Tess Teacher"), teach("Oscar Other"));
        let mut school = Self {
            world,
            module,
            trainees: Vec::new(),
            teacher,
            other_teacher,
        };
        let cohort = school.world.cohort;
        for (number, lang) in [(1, "en"), (2, "zh-Hant-HK")] {
            let trainee = school.enrol(cohort, number, lang);
            school.trainees.push(trainee);
        }
        school
    }

    /// A trainee of a cohort of the programme.
    pub fn enrol(&self, cohort: CohortId, number: u32, lang: &str) -> (PersonId, EnrolmentId) {
        let plan = Plan {
            state: "enrolled",
            ..Plan::default()
        };
        let application = self
            .world
            .apply_to(cohort, self.world.programme, number, &plan);
        let person: PersonId = self
            .world
            .one(&format!(
                "SELECT person_id FROM applications WHERE id = '{application}'"
            ))
            .parse()
            .unwrap();
        let (pool, offer, enrolment) = (Uuid::now_v7(), Uuid::now_v7(), EnrolmentId::new());
        self.world.app.as_owner(&format!(
            "UPDATE people SET lang = '{lang}', display_name = 'Trainee {number}' WHERE id = '{person}'; \
             INSERT INTO seat_pools (id, cohort_id, programme_id, capacity, taken) \
               SELECT '{pool}', '{cohort}', '{0}', 30, 1 WHERE NOT EXISTS (SELECT FROM seat_pools WHERE cohort_id = '{cohort}'); \
             INSERT INTO offers (id, application_id, cohort_id, pool_id, programme_id, person_id, state, expires_at, ended_at) \
               SELECT '{offer}', '{application}', '{cohort}', id, '{0}', '{person}', 'accepted', '2027-01-15', '2027-01-10' \
               FROM seat_pools WHERE cohort_id = '{cohort}'; \
             INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, trainee_number, \
               certificate_name, name_shown, name_sort) SELECT '{enrolment}', '{cohort}', '{0}', '{person}', '{application}', \
               '{offer}', pool_id, 'T2027-{number:04}', 'Trainee {number}', 'TRAINEE {number}', 'trainee {number}' \
               FROM offers WHERE id = '{offer}'",
            self.world.programme
        ));
        (person, enrolment)
    }

    pub fn coordinator(&self) -> Client<'_> {
        self.world.coordinator()
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/cohorts/{}{rest}", self.world.cohort)
    }

    /// Offers the module to the whole cohort, taught by the first instructor in Room 3.
    pub async fn offer(&self, desk: &Client<'_>, attends: &str) -> String {
        let (module, teacher) = (self.module.to_string(), self.teacher.0.to_string());
        let answer = desk
            .post(
                &self.path("/offerings/new"),
                &[
                    ("module", &module),
                    ("instructors", &teacher),
                    ("room", "Room 3"),
                    ("link", "https://meet.example/air"),
                    ("attends", attends),
                    ("capacity", "1"),
                ],
            )
            .await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        answer.location().to_owned()
    }

    /// Plans this pattern as a person does: preview, then what the preview's form holds.
    pub async fn plan(&self, desk: &Client<'_>, offering: &str, fields: &[(&str, &str)]) -> Answer {
        let path = format!("{offering}/plan");
        let seen = desk.post(&path, fields).await;
        assert_eq!(seen.status, 200, "{}", seen.text());
        confirm(desk, &path, &seen).await
    }

    /// An offering with four Monday and Thursday evenings from 22 February, published.
    pub async fn published(&self, desk: &Client<'_>) -> String {
        let offering = self.offer(desk, "all").await;
        let planned = self.plan(desk, &offering, EVENINGS).await;
        assert_eq!(planned.status, 303, "{}", planned.text());
        let done = desk.post(&format!("{offering}/publish"), &[]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        offering
    }

    /// A session of another programme, an hour from this instant, in this room; its offering is taught by
    /// the first instructor of ours.
    pub fn elsewhere(&self, at: &str, room: &str) {
        let world = &self.world;
        let module = "00000000-0000-7000-8000-000000000001";
        world.app.as_owner(&format!(
            "{2}; INSERT INTO offerings (id, programme_id, cohort_id, module_id, capacity, whole_cohort, state) \
               VALUES ('00000000-0000-7000-8000-000000000002', '{0}', '{1}', '{module}', 5, true, 'published'); \
             INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, published, room, \
               instructor_ids) VALUES ('00000000-0000-7000-8000-000000000003', '{0}', '{1}', \
               '00000000-0000-7000-8000-000000000002', '{module}', '{at}', '{at}'::timestamptz + interval '1 hour', true, '{room}', '{{{3}}}')",
            world.elsewhere,
            world.cohort_elsewhere,
            module_sql(module.parse().unwrap(), world.elsewhere, "X1", ("Xenology", "其他"), 1, 1),
            self.teacher.0,
        ));
    }

    /// The ids of the cohort's sessions, by time.
    pub fn classes(&self) -> Vec<String> {
        self.world.texts(&format!(
            "SELECT id FROM class_sessions WHERE cohort_id = '{}' ORDER BY starts_at, id",
            self.world.cohort
        ))
    }

    pub fn one(&self, sql: &str) -> String {
        self.world.one(sql)
    }

    /// Letters of a kind: language, method, calendar.
    pub fn letters(&self, kind: &str) -> Vec<(String, String, String)> {
        let sql = |column: &str| {
            format!("SELECT {column} FROM letters WHERE kind = '{kind}' ORDER BY to_name, id")
        };
        let (langs, methods, texts) = (
            self.world.texts(&sql("lang")),
            self.world.texts(&sql("calendar_method")),
            self.world.texts(&sql("calendar_text")),
        );
        langs
            .into_iter()
            .zip(methods)
            .zip(texts)
            .map(|((lang, method), text)| (lang, method, text))
            .collect()
    }
}

/// Mondays and Thursdays at seven, four sessions of three hours.
pub const EVENINGS: &[(&str, &str)] = &[
    ("weekdays", "mon"),
    ("weekdays", "thu"),
    ("time", "19:00"),
    ("minutes", "180"),
    ("first_on", "2027-02-22"),
    ("until", "sessions"),
    ("amount", "4"),
];

/// The hidden fields of a page's confirmation.
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
            let value = value.split('"').next().unwrap();
            (name.to_owned(), unescaped(value))
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&")
        .replace("&amp;", "&")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
}

/// Sends what a preview holds.
pub async fn confirm(client: &Client<'_>, path: &str, page: &Answer) -> Answer {
    let fields = hidden(page);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    client.post(path, &fields).await
}
