//! What stood in `modules` before versions: it becomes version 1, and comes back.

use banyan::db::migrations;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use crate::support::app::Blank;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn line(owner: &mut PgConnection, sql: &str) -> String {
    owner
        .batch_execute("SET banyan.kind = 'task:set_up'")
        .unwrap();
    let found: Line = sql_query(sql).get_result(owner).unwrap();
    owner.batch_execute("RESET banyan.kind").unwrap();
    found.line
}

#[test]
fn modules_of_before_become_version_one_and_come_back() {
    let blank = Blank::new();
    let mut owner = PgConnection::establish(&blank.owner_url).unwrap();
    while migrations::missing(&mut owner)
        .unwrap()
        .first()
        .is_some_and(|it| it.as_str() < "0011")
    {
        migrations::run_next(&mut owner).unwrap();
    }
    owner
        .batch_execute(
            "INSERT INTO programmes (id, code, name_en, name_zh, contact_email)
               VALUES ('00000000-0000-7000-8000-000000000001', 'OLD', 'Old', '舊', 'office@example.org');
             INSERT INTO modules (id, programme_id, code, name_en, name_zh, summary_en, summary_zh, contact_hours, notional_hours,
                 position, created_at)
               VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'M1', 'Module', '單元',
                 'About', '簡介', 24, 80, 3, '2026-03-02');
             ALTER TABLE modules ENABLE ROW LEVEL SECURITY;
             ALTER TABLE modules FORCE ROW LEVEL SECURITY;
             CREATE POLICY set_up ON modules TO banyan_owner USING ((SELECT banyan_kind()) = 'task:set_up')",
        )
        .unwrap();
    assert_eq!(migrations::run_next(&mut owner).unwrap(), "0011");
    let version = "SELECT concat_ws(' ', m.code, m.position, v.number, v.state, v.name_en, v.name_zh, v.summary_en, v.contact_hours, \
        v.self_study_hours, v.assessment_hours, v.effective_from) AS line FROM module_versions v JOIN modules m ON m.id = v.module_id";
    assert_eq!(
        line(&mut owner, version),
        "M1 3 1 published Module 單元 About 24 56 0 2026-03-02"
    );
    assert_eq!(migrations::revert_last(&mut owner).unwrap(), "0011");
    let before = "SELECT concat_ws(' ', code, position, name_en, name_zh, summary_en, contact_hours, notional_hours) AS line FROM modules";
    assert_eq!(line(&mut owner, before), "M1 3 Module 單元 About 24 80");
}
