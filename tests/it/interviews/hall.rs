//! A round at interviews: two institutions with a panel each, and three trainees who are interested in all.

use banyan::house;
use banyan::ids::OrganisationId;
use banyan::jobs;

use crate::matches::arena::Arena;
use crate::support::app::{Answer, Client};

pub struct Hall {
    pub arena: Arena,
}

impl Hall {
    pub async fn new() -> Self {
        let mut arena = Arena::new().await;
        arena.owner(
            "UPDATE people SET lang = 'zh-Hant-HK' WHERE id IN (SELECT person_id FROM enrolments WHERE trainee_number LIKE '%0003')",
        );
        let app = &mut arena.market.school.world.app;
        app.site.db = app.site.db.as_of("2027-02-01T02:00:00Z".parse().unwrap());
        Self { arena }
    }

    pub fn bank(&self) -> OrganisationId {
        self.arena.market.school.world.bank
    }

    pub fn rival(&self) -> OrganisationId {
        self.arena.market.rival
    }

    pub fn rex(&self) -> Client<'_> {
        self.arena.host("Rex", self.bank())
    }

    pub fn rae(&self) -> Client<'_> {
        self.arena.host("Rae", self.rival())
    }

    pub fn own(&self, rest: &str) -> String {
        format!("/organisation/interviews/{}{rest}", self.arena.market.round)
    }

    pub fn desk(&self, rest: &str) -> String {
        let at = format!("interviews/{}{rest}", self.arena.market.round);
        self.arena.market.office(&at)
    }

    pub fn one(&self, sql: &str) -> String {
        self.arena.one(sql)
    }

    pub fn texts(&self, sql: &str) -> Vec<String> {
        self.arena.texts(sql)
    }

    /// Makes a panel for postings; returns its id.
    pub async fn panel(&self, host: &Client<'_>, name: &str, postings: &[&str]) -> String {
        let members = format!("{name} Chair <{}@example.org>", name.to_lowercase());
        let mut fields = vec![("name", name), ("members", &members), ("lang", "en")];
        fields.extend(postings.iter().map(|it| ("postings", *it)));
        let done = host.post(&self.own("/panels/new"), &fields).await;
        assert_eq!(done.status, 303, "{}", done.text());
        self.one(&format!(
            "SELECT id::text FROM interview_panels WHERE name = '{name}'"
        ))
    }

    /// Adds the hours of a panel.
    pub async fn hours(&self, host: &Client<'_>, panel: &str, changes: &[(&str, &str)]) -> Answer {
        let usual = [
            ("panel", panel),
            ("held_on", "2027-02-10"),
            ("starts", "10:00"),
            ("ends", "12:00"),
            ("length", "20"),
            ("pause", "10"),
            ("room", panel),
            ("link", ""),
        ];
        let changed = |name: &str| changes.iter().find(|it| it.0 == name).map(|it| it.1);
        let fields = usual.map(|(name, value)| (name, changed(name).unwrap_or(value)));
        host.post(&self.own("/days/new"), &fields).await
    }

    /// The interest of a trainee in a posting.
    pub fn interest(&self, trainee: usize, posting: usize) -> String {
        self.one(&format!(
            "SELECT id::text FROM posting_interests WHERE person_id = '{}' AND posting_id = '{}'",
            self.arena.trainees[trainee].0, self.arena.postings[posting]
        ))
    }

    /// Puts trainees on the shortlist of a posting, or takes them off.
    pub async fn mark(&self, host: &Client<'_>, what: &str, who: &[(usize, usize)]) -> Answer {
        let ids: Vec<String> = who.iter().map(|it| self.interest(it.0, it.1)).collect();
        let mut fields: Vec<(&str, &str)> = ids.iter().map(|it| ("id", it.as_str())).collect();
        fields.push(("do", what));
        host.post(&self.own("/candidates"), &fields).await
    }

    /// Both institutions have a panel, four times each at the same hours, and shortlist all three trainees.
    pub async fn furnished() -> Self {
        let hall = Self::new().await;
        let [alpha, gamma] = [&hall.arena.postings[0], &hall.arena.postings[2]];
        for (host, name, posting, at) in [
            (hall.rex(), "Alpha", alpha, 0),
            (hall.rae(), "Gamma", gamma, 2),
        ] {
            let panel = hall.panel(&host, name, &[posting]).await;
            let done = hall.hours(&host, &panel, &[("room", name)]).await;
            assert_eq!(done.status, 303, "{}", done.text());
            let listed = hall.mark(&host, "list", &[(0, at), (1, at), (2, at)]).await;
            assert_eq!(listed.status, 303, "{}", listed.text());
        }
        hall
    }

    pub async fn compute(&self, fields: &[(&str, &str)]) -> Answer {
        self.arena
            .staff("Ada")
            .post(&self.desk("/compute"), fields)
            .await
    }

    /// Publishes what the page of confirmation shows.
    pub async fn publish(&self) -> Answer {
        let ada = self.arena.staff("Ada");
        let page = ada.get(&self.desk("/publish")).await.text();
        let print = page
            .split("name=\"print\" value=\"")
            .nth(1)
            .and_then(|it| it.split('"').next())
            .unwrap_or_default()
            .to_owned();
        ada.post(&self.desk("/publish"), &[("print", &print)]).await
    }

    pub async fn published() -> Self {
        let hall = Self::furnished().await;
        assert_eq!(hall.compute(&[]).await.status, 303);
        let done = hall.publish().await;
        assert_eq!(done.status, 303, "{}", done.text());
        hall
    }

    /// The interview of a trainee at an institution.
    pub fn interview(&self, trainee: usize, of: OrganisationId) -> String {
        self.one(&format!(
            "SELECT id::text FROM interviews WHERE person_id = '{}' AND organisation_id = '{of}'",
            self.arena.trainees[trainee].0
        ))
    }

    /// The clock stands at another moment.
    pub fn at(&mut self, moment: &str) {
        let app = &mut self.arena.market.school.world.app;
        app.site.db = app.site.db.as_of(moment.parse().unwrap());
    }

    pub fn run_jobs(&self) {
        let db = &self.arena.market.school.world.app.site.db;
        jobs::run_due(db, &house::runners(), 1_000).unwrap();
    }

    /// Kinds of letters about interviews with how many there are.
    pub fn letters(&self) -> Vec<String> {
        self.texts(
            "SELECT kind || ' ' || coalesce(calendar_method, '-') || ' ' || count(*) FROM letters WHERE kind LIKE 'interview%' \
             GROUP BY kind, calendar_method ORDER BY 1",
        )
    }
}
