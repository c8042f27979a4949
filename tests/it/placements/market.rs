//! A programme with a round, two institutions and trainees; another programme beside it.

use banyan::db::Role;
use banyan::ids::OrganisationId;

use crate::support::app::{Answer, Client};
use crate::teaching::world::School;

/// Where the office's pages stand.
pub struct Market {
    pub school: School,
    pub rival: OrganisationId,
    pub round: String,
    pub area: String,
}

/// Fields of a form that are changed from the usual ones; an empty value takes the field away.
pub type Changes<'a> = &'a [(&'a str, &'a str)];

impl Market {
    /// A round that collects postings, usual focus areas, a partnership for each institution.
    pub async fn new() -> Self {
        let school = School::new();
        let rival = OrganisationId::new();
        school.world.app.as_owner(&format!(
            "INSERT INTO organisations (id, kind, name_en, name_zh) VALUES ('{rival}', 'bank', 'Rival Bank', '對手銀行')"
        ));
        let mut market = Self {
            school,
            rival,
            round: String::new(),
            area: String::new(),
        };
        let desk = market.desk();
        let usual = desk.post(&market.office("areas/usual"), &[]).await;
        assert_eq!(usual.status, 303, "{}", usual.text());
        let rates = desk.post(&market.office("rates/usual"), &[]).await;
        assert_eq!(rates.status, 303, "{}", rates.text());
        let area = market.one("SELECT id::text FROM focus_areas WHERE code = 'regtech'");
        let round = market.plan(&desk, "First round").await;
        for institution in [market.school.world.bank, rival] {
            let institution = institution.to_string();
            let added = desk
                .post(
                    &market.office("partners/new"),
                    &[
                        ("organisation", &institution),
                        ("status", "active"),
                        ("signed_on", "2026-12-01"),
                        ("starts_on", "2027-01-01"),
                        ("ends_on", "2028-12-31"),
                        ("remark", "Signed in the town hall"),
                    ],
                )
                .await;
            assert_eq!(added.status, 303, "{}", added.text());
        }
        drop(desk);
        market.round = round;
        market.area = area;
        market
    }

    /// Plans a round and lets institutions in; returns its id.
    pub async fn plan(&self, desk: &Client<'_>, name: &str) -> String {
        let cohort = self.school.world.cohort.to_string();
        let planned = desk
            .post(
                &self.office("rounds/new"),
                &[
                    ("name_en", name),
                    ("name_zh", "第一輪"),
                    ("cohorts", &cohort),
                    ("opens_at", "2027-01-31T09:00"),
                    ("closes_at", "2027-03-01T18:00"),
                    ("seat_deadline", "2027-03-05T18:00"),
                    ("list_deadline", "2027-03-12T18:00"),
                    ("starts_on", "2027-06-01"),
                    ("ends_on", "2027-08-31"),
                ],
            )
            .await;
        assert_eq!(planned.status, 303, "{}", planned.text());
        let round = planned.location().rsplit('/').next().unwrap().to_owned();
        assert_eq!(self.step(desk, &round, "collect").await.status, 303);
        round
    }

    pub async fn step(&self, desk: &Client<'_>, round: &str, step: &str) -> Answer {
        let path = self.office(&format!("rounds/{round}/steps/{step}"));
        desk.post(&path, &[]).await
    }

    pub fn one(&self, sql: &str) -> String {
        self.school.world.one(sql)
    }

    pub fn office(&self, rest: &str) -> String {
        let programme = self.school.world.programme;
        format!("/programmes/{programme}/placements/{rest}")
    }

    pub fn desk(&self) -> Client<'_> {
        self.school.coordinator()
    }

    pub fn representative(&self, name: &str, of: OrganisationId) -> Client<'_> {
        let programme = Some(self.school.world.programme);
        let role = Role::Representative;
        self.school
            .world
            .app
            .acting(name, role, programme, Some(of))
    }

    /// The fields of a complete posting, changed as wanted.
    pub fn fields(&self, of: OrganisationId, changes: Changes<'_>) -> Vec<(String, String)> {
        let tasks = "Read alerts\nTest rules\nReport findings";
        let (of, seats) = (of.to_string(), "3");
        let usual: &[(&str, &str)] = &[
            ("organisation", &of),
            ("round", &self.round),
            ("areas", &self.area),
            ("seats", seats),
            ("starts_on", "2027-06-01"),
            ("ends_on", "2027-08-31"),
            ("title_en", "Monitoring analyst"),
            ("title_zh", "監測分析員"),
            ("entity_en", "Harbour Bank Limited"),
            ("entity_zh", "海港銀行有限公司"),
            ("summary_en", "Watch the watchers."),
            ("summary_zh", "監察監察者。"),
            ("tasks_en", tasks),
            ("tasks_zh", "閱讀警示\n測試規則\n撰寫報告"),
            ("objectives_en", "Learn monitoring"),
            ("objectives_zh", "學習監測"),
            ("deliverable_en", "A report"),
            ("deliverable_zh", "一份報告"),
            ("data_class", "internal"),
            ("cross_boundary", "none"),
            ("city", "hong_kong"),
            ("mode", "hybrid"),
            ("work_languages", "en"),
            ("work_languages", "yue"),
            ("hours_week", "40"),
            ("pattern", "weekdays"),
            ("load", "full_time"),
            ("paid", "yes"),
            ("currency", "HKD"),
            ("per", "month"),
            ("allowance", "12000"),
            ("wage_category", "ordinary"),
            ("payer_en", "The bank"),
            ("payer_zh", "銀行"),
            ("background", "basic"),
            ("supervisor_name", "Sue Supervisor"),
            ("supervisor_email", "sue@example.org"),
        ];
        let mut fields: Vec<(String, String)> = usual
            .iter()
            .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let changed = changes.iter().filter(|(_, value)| !value.is_empty());
        fields.extend(changed.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        fields
    }

    /// Begins a posting; returns its path.
    pub async fn begin(
        &self,
        rep: &Client<'_>,
        of: OrganisationId,
        changes: Changes<'_>,
    ) -> String {
        let fields = self.fields(of, changes);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let begun = rep.post("/organisation/postings/new", &fields).await;
        assert_eq!(begun.status, 303, "{}", begun.text());
        begun.location().to_owned()
    }

    pub fn version(&self, table: &str, id: &str) -> String {
        self.one(&format!(
            "SELECT version::text FROM {table} WHERE id = '{id}'"
        ))
    }

    /// Does a step of a posting that carries its version.
    pub async fn act(&self, client: &Client<'_>, at: &str, step: &str) -> Answer {
        let id = at.rsplit('/').next().unwrap();
        let version = self.version("postings", id);
        client
            .post(&format!("{at}/{step}"), &[("version", &version)])
            .await
    }

    /// A posting that is handed in and approved; returns its id.
    pub async fn approved(&self, of: OrganisationId, changes: Changes<'_>) -> String {
        let rep = self.representative("Rex", of);
        let at = self.begin(&rep, of, changes).await;
        let sent = self.act(&rep, &at, "submit").await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        let id = at.rsplit('/').next().unwrap().to_owned();
        let desk = self.desk();
        let at = self.office(&format!("postings/{id}"));
        let done = self.act(&desk, &at, "approve").await;
        assert_eq!(done.status, 303, "{}", done.text());
        id
    }

    /// Kind and reader's name of each letter so far.
    pub fn letters(&self) -> Vec<String> {
        self.school
            .world
            .texts("SELECT kind || ' ' || to_name FROM letters ORDER BY kind, to_name")
    }

    pub fn state(&self, id: &str) -> String {
        self.one(&format!("SELECT state FROM postings WHERE id = '{id}'"))
    }
}
