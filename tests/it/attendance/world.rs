//! A class that meets on Mondays and Thursdays at seven, and the time set to any moment of it.

use banyan::attendance::rules::codes;
use banyan::ids::PersonId;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::support::app::Client;
use crate::teaching::world::School;

/// The first session: Monday 22 February 2027, 19:00 to 22:00 in Hong Kong.
pub const START: &str = "2027-02-22T11:00:00Z";

pub struct Class {
    pub school: School,
    /// The sessions, by time.
    pub classes: Vec<String>,
}

pub fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl Class {
    /// Four sessions published, two trainees, half past six on the first evening.
    pub async fn new() -> Self {
        let mut class = Self {
            school: School::new(),
            classes: Vec::new(),
        };
        {
            let desk = class.school.coordinator();
            class.school.published(&desk).await;
        }
        class.classes = class.school.classes();
        class.at("2027-02-22T10:30:00Z");
        class
    }

    /// Sets the time of the house.
    pub fn at(&mut self, time: &str) {
        let db = self.school.world.app.site.db.as_of(moment(time));
        self.school.world.app.site.db = db;
    }

    pub fn teacher(&self) -> Client<'_> {
        let (person, grant) = self.school.teacher;
        self.school.world.app.sign_in(person, Some(grant))
    }

    pub fn other_teacher(&self) -> Client<'_> {
        let (person, grant) = self.school.other_teacher;
        self.school.world.app.sign_in(person, Some(grant))
    }

    pub fn trainee(&self, n: usize) -> Client<'_> {
        self.sign_in(self.school.trainees[n].0)
    }

    pub fn sign_in(&self, person: PersonId) -> Client<'_> {
        self.school.world.app.sign_in(person, None)
    }

    pub fn enrolment(&self, n: usize) -> String {
        self.school.trainees[n].1.to_string()
    }

    pub fn register(&self, n: usize) -> String {
        format!("/classes/{}/register", self.classes[n])
    }

    fn key(&self, n: usize) -> codes::Key {
        let keys = &self.school.world.app.site.keys;
        keys.derive(&format!("check-in/{}/0", self.classes[n]))
    }

    fn id(&self, n: usize) -> Uuid {
        self.classes[n].parse().unwrap()
    }

    /// The short code of a session at a moment.
    pub fn code(&self, n: usize, time: &str) -> String {
        codes::short_code(&self.key(n), self.id(n), codes::step_of(moment(time)))
    }

    /// The address that the QR code of a session shows at a moment.
    pub fn scan(&self, n: usize, time: &str) -> String {
        let token = codes::token(&self.key(n), self.id(n), codes::step_of(moment(time)));
        format!("/check-in/{}?t={token}", self.classes[n])
    }

    pub fn one(&self, sql: &str) -> String {
        self.school.one(sql)
    }

    /// Enters states in a register, as its form does for rows without an entry.
    pub async fn enter(&self, keeper: &Client<'_>, n: usize, states: &[(&str, &str)]) -> u16 {
        let mut fields = Vec::new();
        for (enrolment, state) in states {
            fields.push((format!("seen-{enrolment}"), String::new()));
            fields.push((format!("state-{enrolment}"), (*state).to_owned()));
            if *state == "late" {
                fields.push((format!("minutes-{enrolment}"), "120".to_owned()));
            }
        }
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        keeper.post(&self.register(n), &fields).await.status
    }

    /// Signs a register off as a person does.
    pub async fn sign(&self, keeper: &Client<'_>, n: usize) -> u16 {
        let path = format!("/classes/{}/sign-off", self.classes[n]);
        let page = keeper.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        crate::teaching::world::confirm(keeper, &path, &page)
            .await
            .status
    }

    pub fn letters(&self) -> Vec<String> {
        self.school.world.texts(
            "SELECT kind || ' ' || lang || ' ' || subject FROM letters \
             WHERE kind LIKE 'attendance%' OR kind LIKE 'apology%' ORDER BY created_at, to_name, kind",
        )
    }
}
