//! A module with a plan of a case and an examination, offered to a cohort of two trainees.

use banyan::ids::{ModuleId, PersonId};

use crate::support::app::{Answer, Client};
use crate::teaching::world::School;

pub const PDF: &str = "%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n";

/// Before anything is due.
pub const EARLY: &str = "2027-03-01T02:00:00Z";
/// An hour before the case is due, which is at six in the evening of 10 March in Hong Kong.
pub const BEFORE: &str = "2027-03-10T09:00:00Z";
/// An hour after.
pub const AFTER: &str = "2027-03-10T11:00:00Z";
/// When late work is not taken any more.
pub const OVER: &str = "2027-03-13T02:00:00Z";

pub struct Room {
    pub school: School,
    pub offering: String,
}

impl Room {
    pub async fn new() -> Self {
        let mut school = School::new();
        school.module = ModuleId::new();
        school.world.app.as_owner(&format!(
            "INSERT INTO modules (id, programme_id, code, position) VALUES ('{0}', '{1}', 'CAS501', 2); \
             INSERT INTO module_versions (id, module_id, programme_id, number, state, name_en, name_zh, summary_en, summary_zh, \
               contact_hours, self_study_hours, assessment_hours, effective_from, published_at, assessments) \
             VALUES (gen_random_uuid(), '{0}', '{1}', 1, 'published', 'Casework', '個案', 'Summary', '簡介', 24, 46, 10, '2026-01-01', \
               '2026-01-01', '[{{\"kind\": \"case\", \"title\": {{\"en\": \"Case file\", \"zh\": \"個案檔案\"}}, \"weight\": 40, \"must_pass\": true}}, \
                 {{\"kind\": \"exam\", \"title\": {{\"en\": \"Examination\", \"zh\": \"考試\"}}, \"weight\": 60, \"must_pass\": false}}]')",
            school.module, school.world.programme
        ));
        let offering = {
            let desk = school.coordinator();
            school.offer(&desk, "all").await
        };
        let mut room = Self { school, offering };
        room.at(EARLY);
        room
    }

    /// It is this time from now on, for whoever signs in from now on.
    pub fn at(&mut self, time: &str) {
        let app = &mut self.school.world.app;
        app.site.db = app.site.db.as_of(time.parse().unwrap());
    }

    /// A person of the office.
    pub fn boss(&self) -> PersonId {
        self.school.teacher.0
    }

    pub fn desk(&self) -> Client<'_> {
        self.school.coordinator()
    }

    pub fn trainee(&self, n: usize) -> Client<'_> {
        self.school
            .world
            .app
            .sign_in(self.school.trainees[n].0, None)
    }

    pub fn marker(&self) -> Client<'_> {
        let (person, grant) = self.school.teacher;
        self.school.world.app.sign_in(person, Some(grant))
    }

    pub fn other_marker(&self) -> Client<'_> {
        let (person, grant) = self.school.other_teacher;
        self.school.world.app.sign_in(person, Some(grant))
    }

    pub fn other_id(&self) -> PersonId {
        self.school.other_teacher.0
    }

    /// What the form of this part holds, a rubric of two criteria and these changes.
    pub fn fields(&self, part: i32, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let offering = self.offering.rsplit('/').next().unwrap();
        let mut fields: Vec<(String, String)> = [
            ("part", format!("{offering}:{part}").as_str()),
            ("brief_en", "Tier three uses."),
            ("brief_zh", "為三個用例分級。"),
            ("opens_at", "2027-02-22T09:00"),
            ("due_at", "2027-03-10T18:00"),
            ("late_hours", "48"),
            ("late_per_day", "5"),
            ("late_cap", "20"),
            ("max_files", "2"),
            ("max_megabytes", "10"),
            ("anonymous", "yes"),
            ("pass_mark", "50"),
            ("second", "none"),
            ("second_share", "10"),
            ("borderline", "3"),
            ("tolerance", "5"),
            ("appeal_days", "10"),
            ("resit_capped", "yes"),
            ("criterion_en_1", "Risks found"),
            ("criterion_zh_1", "找出風險"),
            ("criterion_points_1", "10"),
            ("levels_en_1", "All\nSome"),
            ("levels_zh_1", "全部\n部分"),
            ("criterion_en_2", "Argument"),
            ("criterion_zh_2", "論證"),
            ("criterion_points_2", "10"),
        ]
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
        for (name, value) in changes {
            fields.retain(|(it, _)| it != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        fields
    }

    /// Sets this part; its address.
    pub async fn set(&self, desk: &Client<'_>, part: i32, changes: &[(&str, &str)]) -> String {
        let fields = self.fields(part, changes);
        let answer = post(desk, &self.school.path("/assessments/new"), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        answer.location().to_owned()
    }

    /// Sets this part and opens it; its address.
    pub async fn opened(&self, part: i32, changes: &[(&str, &str)]) -> String {
        let desk = self.desk();
        let at = self.set(&desk, part, changes).await;
        let answer = desk.post(&format!("{at}/open"), &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        at
    }

    /// The candidate of a trainee in the assessment at this address.
    pub fn candidate(&self, at: &str, n: usize) -> String {
        let id = at.rsplit('/').next().unwrap();
        self.school.one(&format!(
            "SELECT id FROM assessment_candidates WHERE assessment_id = '{id}' AND person_id = '{}'",
            self.school.trainees[n].0
        ))
    }

    /// A trainee's own page of it.
    pub fn own(&self, at: &str, n: usize) -> String {
        format!("/me/assessments/{}", self.candidate(at, n))
    }

    /// The script of a trainee.
    pub fn script(&self, at: &str, n: usize) -> String {
        let candidate = self.candidate(at, n);
        self.school.one(&format!(
            "SELECT id FROM scripts WHERE candidate_id = '{candidate}'"
        ))
    }

    pub async fn hand_in(&self, at: &str, n: usize, name: &str) -> Answer {
        let files = [("files", name, "application/pdf", PDF.as_bytes())];
        self.trainee(n).upload(&self.own(at, n), &[], &files).await
    }
}

pub async fn post(client: &Client<'_>, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    client.post(path, &fields).await
}

/// What a marker sends for good.
pub fn points(first: &str, second: &str) -> Vec<(String, String)> {
    [
        ("points_1", first),
        ("points_2", second),
        ("comment_1", "Look at drift."),
        ("feedback", "Read the circular again."),
        ("version", "0"),
        ("do", "give"),
    ]
    .iter()
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect()
}
