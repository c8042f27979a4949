//! What a page touches of `attendance_records` does not grow with what is in it of other cohorts.
//!
//! Counted by PostgreSQL itself, for the statements that the pages really send and the plans that it
//! really made: walks through the table, its rows that were read, its blocks and those of its indexes.

use banyan::db::Role;
use banyan::sharing::rules::WORDS;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use super::world::{Class, moment};
use crate::support::app::Client;

/// The second evening is on; the first is signed off.
const NOW: &str = "2027-02-25T11:30:00Z";
/// Rows of one seeded cohort: 20 trainees, 25 sessions.
const EACH: u32 = 500;
/// A connection has settled on its plan of a statement when it has run it five times.
const VISITS: usize = 7;
/// A page may read this many rows: those of a cohort of two trainees, by several statements.
const ROWS: i64 = 40;
/// And this many blocks.
const BLOCKS: i64 = 120;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
struct Touched {
    #[diesel(sql_type = BigInt)]
    walks: i64,
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = BigInt)]
    blocks: i64,
}

impl Touched {
    fn since(self, before: Self) -> Self {
        Self {
            walks: self.walks - before.walks,
            rows: self.rows - before.rows,
            blocks: self.blocks - before.blocks,
        }
    }

    fn within(self) -> bool {
        self.walks == 0 && self.rows <= ROWS && self.blocks <= BLOCKS
    }
}

type One = Pool<ConnectionManager<PgConnection>>;

/// What the one connection has touched since its transaction began.
fn touched(pool: &One) -> Touched {
    sql_query(
        "SELECT pg_stat_get_xact_numscans(t) AS walks, pg_stat_get_xact_tuples_returned(t) + pg_stat_get_xact_tuples_fetched(t) AS rows, \
           pg_stat_get_xact_blocks_fetched(t) + (SELECT sum(pg_stat_get_xact_blocks_fetched(i.indexrelid))::bigint FROM pg_index i \
             WHERE i.indrelid = t) AS blocks FROM (SELECT 'attendance_records'::regclass::oid AS t) q",
    )
    .get_result(&mut pool.get().unwrap())
    .unwrap()
}

fn superuser(class: &Class, sql: &str) {
    PgConnection::establish(&class.school.world.app.super_url())
        .unwrap()
        .batch_execute(sql)
        .unwrap();
}

/// Cohorts that have ended, of this programme and of another, with their rows.
fn grow(class: &Class, from: u32, rows: u32) {
    let world = &class.school.world;
    let to = rows / EACH - 1;
    superuser(
        class,
        &format!(
            "SET session_replication_role = replica; \
             CREATE TEMP TABLE c AS SELECT n, md5('cohort' || n)::uuid AS id, CASE n % 2 WHEN 0 THEN '{0}'::uuid ELSE '{1}' END AS programme \
               FROM generate_series({from}, {to}) n; \
             CREATE TEMP TABLE e AS SELECT c.*, e, md5('enrolment' || n * 100 + e)::uuid AS enrolment FROM c, generate_series(1, 20) e; \
             CREATE TEMP TABLE s AS SELECT c.*, k, md5('session' || n * 100 + k)::uuid AS session, timestamptz '2026-01-01 11:00' + k * interval '1 day' AS at \
               FROM c, generate_series(1, 25) k; \
             INSERT INTO cohorts (id, programme_id, code, name_en, name_zh, state, opens_at, closes_at, decisions_on, reply_by, starts_on, ends_on) \
               SELECT id, programme, 'PAST-' || n, 'Past ' || n, '往屆' || n, 'completed', '2025-10-01', '2025-11-01', '2025-11-15', '2025-12-01', \
                 '2026-01-01', '2026-02-28' FROM c; \
             INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, trainee_number, certificate_name, \
                 name_shown, name_sort, state, completed_on) \
               SELECT enrolment, id, programme, enrolment, enrolment, enrolment, enrolment, 'P' || n || '-' || e, 'Past', 'PAST', 'past', 'completed', \
                 '2026-02-28' FROM e; \
             INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, instructor_ids, published, state) \
               SELECT session, programme, id, id, '{2}', at, at + interval '3 hours', ARRAY['{3}'::uuid], true, 'held' FROM s; \
             INSERT INTO registers (session_id, programme_id, cohort_id, late_after, opens_before, closes_after, signed_off_at, signed_off_by) \
               SELECT session, programme, id, 10, 15, 20, at + interval '4 hours', '{3}' FROM s; \
             INSERT INTO attendance_records (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, state, minutes, held) \
               SELECT gen_random_uuid(), session, '{2}', s.id, s.programme, enrolment, enrolment, 'present', 180, 180 FROM s JOIN e ON e.n = s.n \
               ORDER BY k, s.n, e",
            world.programme, world.elsewhere, class.school.module, class.school.other_teacher.0
        ),
    );
    superuser(class, "ANALYZE");
}

/// The class on its second evening, with rules of completion that its cohort follows, and a trainee
/// who shares attendance with their university.
async fn class() -> Class {
    let mut class = Class::new().await;
    class.at("2027-02-22T11:30:00Z");
    let (one, two) = (class.enrolment(0), class.enrolment(1));
    assert_eq!(
        class
            .enter(&class.teacher(), 0, &[(&one, "present"), (&two, "late")])
            .await,
        303
    );
    class.at("2027-02-22T14:05:00Z");
    assert_eq!(class.sign(&class.teacher(), 0).await, 303);
    class.at(NOW);
    assert_eq!(
        class.enter(&class.teacher(), 1, &[(&one, "present")]).await,
        303
    );
    let world = &class.school.world;
    world.app.as_owner(&format!(
        "UPDATE cohorts SET state = 'running' WHERE id = '{cohort}'; \
         UPDATE enrolments SET state = 'active', university_id = '{university}' WHERE cohort_id = '{cohort}'; \
         INSERT INTO completion_rules (id, programme_id, number, state, content, published_at) VALUES ('{cohort}', '{programme}', 1, 'published', \
           '{{\"name\": {{\"en\": \"Rules\", \"zh\": \"規則\"}}, \"attendance\": {{\"whole\": 8000, \"each\": 7000}}, \"all_of\": [\"{module}\"]}}', \
           '2027-01-01'); \
         INSERT INTO cohort_rules (id, programme_id, cohort_id, rules_id, sequence) VALUES ('{cohort}', '{programme}', '{cohort}', '{cohort}', 1); \
         INSERT INTO sharing_consents (id, programme_id, enrolment_id, person_id, organisation_id, scope, words) \
           SELECT gen_random_uuid(), '{programme}', '{one}', '{person}', '{university}', scope, {WORDS} \
           FROM unnest(ARRAY['attendance', 'progress', 'timetable']) scope",
        cohort = world.cohort,
        programme = world.programme,
        university = world.university,
        module = class.school.module,
        person = class.school.trainees[0].0,
    ));
    class
}

/// Every page is visited over one connection, in one transaction; what its last visit touched.
async fn visit(class: &mut Class) -> Vec<(String, Touched)> {
    let (site, pool) = class.school.world.app.rolled_back();
    class.school.world.app.site.db = site.db.as_of(moment(NOW));
    let world = &class.school.world;
    let (teacher, trainee) = (class.teacher(), class.trainee(0));
    let desk = world.coordinator();
    let liaison = world.app.acting(
        "Lia",
        Role::Liaison,
        Some(world.programme),
        Some(world.university),
    );
    let programme = format!("/programmes/{}/at-risk", world.programme);
    let live = format!("/classes/{}/board", class.classes[1]);
    let shared = format!("/organisation/trainees/{}", class.enrolment(0));
    let cohort = |rest: &str| class.school.path(rest);
    let api = |rest: &str| format!("/api/v1/cohorts/{}/{rest}", world.cohort);
    let pages: Vec<(&Client<'_>, bool, String)> = vec![
        (&desk, false, cohort("/attendance")),
        (&desk, false, cohort("/attendance?under=yes&sort=rate")),
        (&desk, false, cohort("/attendance.csv")),
        (&desk, false, cohort("/registers")),
        (&desk, false, cohort("/registers?state=missing")),
        (&desk, false, cohort("/completion")),
        (&desk, false, cohort("/timetable")),
        (&desk, false, class.register(0)),
        (&desk, false, programme.clone()),
        (&desk, true, format!("{programme}/look")),
        (&desk, false, api("attendance")),
        (&teacher, false, "/teaching".to_owned()),
        (&teacher, false, "/registers".to_owned()),
        (&teacher, false, "/timetable".to_owned()),
        (&teacher, false, "/teaching/at-risk".to_owned()),
        (&teacher, false, class.register(0)),
        (&teacher, false, live),
        (&trainee, false, "/me".to_owned()),
        (&trainee, false, "/me/attendance".to_owned()),
        (&trainee, false, "/me/progress".to_owned()),
        (&trainee, false, "/me/timetable".to_owned()),
        (&trainee, false, "/check-in".to_owned()),
        (&liaison, false, "/organisation/trainees".to_owned()),
        (&liaison, true, shared),
    ];
    let mut all = Vec::new();
    for (who, acts, path) in pages {
        let mut last = Touched::default();
        for _ in 0..VISITS {
            let before = touched(&pool);
            let answer = if acts {
                who.post(&path, &[]).await
            } else {
                who.get(&path).await
            };
            assert!(
                answer.status < 400,
                "{path}: {} {}",
                answer.status,
                answer.text()
            );
            last = touched(&pool).since(before);
        }
        all.push((path, last));
    }
    all
}

/// Ends what is still connected, so that nobody holds a lock.
fn alone(class: &Class) {
    superuser(
        class,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
}

#[actix_web::test]
async fn a_page_reads_what_it_shows_however_many_rows_there_are_of_others() {
    let mut class = class().await;
    grow(&class, 0, 5_000);
    let seen = visit(&mut class).await;
    let over: Vec<_> = seen.iter().filter(|(_, it)| !it.within()).collect();
    assert!(over.is_empty(), "{over:#?}");
    // They do read it; what reads nothing of it is within any number.
    let reads = |seen: &[(String, Touched)], path: &str| {
        let found = seen.iter().find(|it| it.0.ends_with(path)).unwrap();
        found.1
    };
    for path in [
        "/attendance",
        "/registers?state=missing",
        "/completion",
        "/at-risk/look",
        "/me/attendance",
        "/me/progress",
        "/board",
    ] {
        assert!(
            reads(&seen, path).rows > 0,
            "{path}: {:?}",
            reads(&seen, path)
        );
    }
    assert!(reads(&seen, &class.enrolment(0)).rows > 0);

    // Ten times the rows of others, and the same rows are read.
    alone(&class);
    grow(&class, 5_000 / EACH, 50_000);
    let grown = visit(&mut class).await;
    for ((path, before), (_, after)) in seen.iter().zip(&grown) {
        assert!(
            after.within() && after.rows <= before.rows && after.blocks <= 2 * before.blocks,
            "{path}: {before:?}, then {after:?}"
        );
    }

    // And it would be seen: without an index the pages that go by it walk through everything.
    for (index, paths) in [
        (
            "INDEX attendance_records_cohort",
            ["/attendance", "/completion"],
        ),
        (
            "INDEX attendance_records_enrolment",
            ["/me/progress", "/at-risk/look"],
        ),
    ] {
        alone(&class);
        superuser(&class, &format!("DROP {index}"));
        let seen = visit(&mut class).await;
        for path in paths {
            assert!(
                !reads(&seen, path).within(),
                "{index}, {path}: {:?}",
                reads(&seen, path)
            );
        }
    }
}
