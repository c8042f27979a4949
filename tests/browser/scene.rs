//! What journeys begin with: a programme, a call, people, a document.

use banyan::db::{Actor, Role, Task};
use banyan::ids::{CohortId, GrantId, OrganisationId, PersonId, PicsId, ProgrammeId};
use banyan::lang::Lang;
use diesel::pg::PgConnection;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, sql_query};

use crate::app::TestApp;

/// A password that no rule objects to.
pub const PASSWORD: &str = "seven wet umbrellas at noon";

/// Long enough for a statement.
pub const STATEMENT: &str =
    "I have worked with data for years and would like to learn how models are tested and watched.";

/// The same in Chinese.
pub const STATEMENT_ZH: &str = "我在銀行處理數據多年，親眼見過模型出錯而無人察覺，因此希望學習如何測試、監察及說明模型，並把所學帶回團隊，令同事放心使用。";

/// A programme with organisations, a statement on personal data and, under [`CODE`], an open call.
pub struct Scene {
    /// The programme.
    pub programme: ProgrammeId,
    /// The cohort of the open call.
    pub cohort: CohortId,
    /// Kowloon Mutual Bank.
    pub bank: OrganisationId,
}

/// The code of the open call.
pub const CODE: &str = "2027H1";

impl Scene {
    /// Sets it; the call is open from yesterday for twenty days.
    pub fn set(app: &TestApp) -> Self {
        let scene = Self {
            programme: ProgrammeId::new(),
            cohort: CohortId::new(),
            bank: OrganisationId::new(),
        };
        let (programme, cohort, bank) = (scene.programme, scene.cohort, scene.bank);
        let (pics, lion, tolo) = (PicsId::new(), OrganisationId::new(), OrganisationId::new());
        app.as_owner(&format!(
            "INSERT INTO programmes (id, code, name_en, name_zh, contact_email) VALUES \
               ('{programme}', 'HAP', 'Harbour AI Programme', '海港人工智能人才計劃', 'office@example.org'); \
             INSERT INTO pics (id, programme_id, version, text_en, text_zh, effective_at) VALUES \
               ('{pics}', '{programme}', '2026-10', 'We keep what you tell us for this programme.', \
                '我們只為本計劃保存你提供的資料。', banyan_now() - interval '30 days'); \
             INSERT INTO organisations (id, kind, name_en, name_zh) VALUES \
               ('{lion}', 'university', 'Lion Rock University', '獅子山大學'), \
               ('{tolo}', 'university', 'Tolo University of Technology', '吐露科技大學'), \
               ('{bank}', 'bank', 'Kowloon Mutual Bank', '九龍互助銀行'); \
             INSERT INTO cohorts (id, programme_id, code, name_en, name_zh, state, opens_at, closes_at, \
               decisions_on, reply_by, starts_on, ends_on) VALUES \
               ('{cohort}', '{programme}', '{CODE}', 'First intake of 2027', '2027年第一屆', 'open', \
                banyan_now() - interval '1 day', banyan_now() + interval '20 days', banyan_today() + 30, \
                banyan_now() + interval '40 days', banyan_today() + 60, banyan_today() + 150); \
             INSERT INTO seat_pools (id, cohort_id, programme_id, capacity) VALUES \
               (gen_random_uuid(), '{cohort}', '{programme}', 20)"
        ));
        scene
    }

    /// A person in a role of this programme.
    pub fn staff(&self, app: &TestApp, name: &str, role: Role) -> (PersonId, GrantId) {
        let person = app.account(name);
        (person, app.grant(person, role, Some(self.programme), None))
    }
}

/// Somebody with an account, a password and a language: who, and their address.
pub fn account(app: &TestApp, name: &str, lang: Lang) -> (PersonId, String) {
    let person = app.account(name);
    let hash = app.site.hasher.hash(PASSWORD).unwrap();
    app.site
        .db
        .tx(&Actor::Public(Task::SignIn), |conn| {
            sql_query("INSERT INTO credentials (person_id, password_hash) VALUES ($1, $2)")
                .bind::<SqlUuid, _>(person)
                .bind::<Text, _>(&hash)
                .execute(conn.pg())?;
            Ok(())
        })
        .unwrap();
    app.site
        .db
        .tx(&Actor::System(Task::Accounts), |conn| {
            sql_query("UPDATE people SET lang = $2 WHERE id = $1")
                .bind::<SqlUuid, _>(person)
                .bind::<Text, _>(lang.tag())
                .execute(conn.pg())?;
            Ok(())
        })
        .unwrap();
    let email = text(
        app,
        &format!("SELECT email AS t FROM people WHERE id = '{person}'"),
    );
    (person, email)
}

/// One text from the database: `SELECT … AS t`, whoever may see it.
pub fn text(app: &TestApp, sql: &str) -> String {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        t: String,
    }
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    let row = sql_query(sql).get_result::<Row>(&mut conn);
    row.unwrap_or_else(|err| panic!("{sql}: {err}")).t
}

/// Today and some days, by the database's clock, as a date field holds it.
pub fn day(app: &TestApp, days: i32) -> String {
    text(app, &format!("SELECT (banyan_today() + {days})::text AS t"))
}

/// A document of one empty page, as small as they come, written to a file.
pub fn pdf(folder: &std::path::Path) -> std::path::PathBuf {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ];
    let (mut pdf, mut table) = (String::from("%PDF-1.7\n"), String::new());
    for (n, object) in (1..).zip(objects) {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{n} 0 obj\n{object}\nendobj\n"));
    }
    let at = pdf.len();
    pdf.push_str(&format!(
        "xref\n0 4\n0000000000 65535 f \n{table}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n"
    ));
    let path = folder.join("CV.pdf");
    std::fs::write(&path, pdf).unwrap();
    path
}
