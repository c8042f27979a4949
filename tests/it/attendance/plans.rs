//! Every read of registers goes by an index, so that ten million rows cost what ten thousand do.

use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use super::world::Class;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    line: String,
}

#[actix_web::test]
async fn no_read_of_records_walks_through_the_table() {
    let class = Class::new().await;
    let mut conn = PgConnection::establish(&class.school.world.app.super_url()).unwrap();
    // Rows of other cohorts, so many that walking through them would not be cheaper.
    conn.batch_execute(
        "SET session_replication_role = replica; \
         INSERT INTO attendance_records (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, state, minutes, held) \
         SELECT gen_random_uuid(), md5('s' || n / 40)::uuid, md5('m' || n % 8)::uuid, md5('c' || n / 2000)::uuid, md5('p')::uuid, \
           md5('e' || n / 2000 || '-' || n % 40)::uuid, md5('e' || n / 2000 || '-' || n % 40)::uuid, 'present', 180, 180 \
           FROM generate_series(0, 39999) n; ANALYZE attendance_records",
    )
    .unwrap();
    let id = &class.classes[0];
    for (what, condition) in [
        ("a session's register", format!("session_id = '{id}'")),
        ("a cohort's rates", format!("cohort_id = '{id}'")),
        ("a trainee's own", format!("enrolment_id = '{id}'")),
        (
            "a person's entry",
            format!("session_id = '{id}' AND person_id = '{id}'"),
        ),
        ("a scan that was used", format!("ticket = '{id}'")),
        ("what a person's data hold", format!("person_id = '{id}'")),
    ] {
        let lines: Vec<Line> = sql_query(format!(
            "EXPLAIN SELECT sum(minutes) FROM attendance_records r WHERE {condition}"
        ))
        .load(&mut conn)
        .unwrap();
        let plan: Vec<String> = lines.into_iter().map(|it| it.line).collect();
        assert!(
            !plan.iter().any(|it| it.contains("Seq Scan")),
            "{what}: {plan:#?}"
        );
        assert!(
            plan.iter().any(|it| it.contains("Index")),
            "{what}: {plan:#?}"
        );
    }
}
