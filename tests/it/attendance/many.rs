//! What a page touches of `attendance_records` does not grow with what is in it of other cohorts.
//!
//! Counted by PostgreSQL itself, for the statements that the pages really send and the plans that it
//! really made: walks through the table, its rows that were read, its blocks and those of its indexes.

use std::collections::BTreeMap;

use banyan::db::Role;
use banyan::sharing::rules::WORDS;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use super::world::{Class, moment};

/// The second evening is on; the first is signed off.
const NOW: &str = "2027-02-25T11:30:00Z";
/// Rows of one seeded cohort: 20 trainees, 25 sessions.
const EACH: u32 = 500;
/// A connection has settled on its plan of a statement when it has run it five times.
const VISITS: usize = 7;
/// A page may read this many rows: those of a cohort of two trainees, by several statements.
const ROWS: i64 = 40;
/// And this many blocks, most of them of its indexes, asked once for each session and trainee.
const BLOCKS: i64 = 1_000;

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

/// Who asks.
#[derive(Clone, Copy)]
enum Who {
    Desk,
    Teacher,
    Trainee,
    Liaison,
}

/// The pages over attendance; what ends with `!` is posted.
const PAGES: &[(Who, &str)] = &[
    (Who::Desk, "/cohorts/{cohort}/attendance"),
    (
        Who::Desk,
        "/cohorts/{cohort}/attendance?under=yes&sort=rate",
    ),
    (Who::Desk, "/cohorts/{cohort}/attendance.csv"),
    (Who::Desk, "/cohorts/{cohort}/registers"),
    (Who::Desk, "/cohorts/{cohort}/registers?state=missing"),
    (Who::Desk, "/cohorts/{cohort}/completion"),
    (Who::Desk, "/cohorts/{cohort}/timetable"),
    (Who::Desk, "/classes/{signed}/register"),
    (Who::Desk, "/programmes/{programme}/at-risk"),
    (Who::Desk, "/programmes/{programme}/at-risk/look!"),
    (Who::Teacher, "/teaching"),
    (Who::Teacher, "/registers"),
    (Who::Teacher, "/timetable"),
    (Who::Teacher, "/teaching/at-risk"),
    (Who::Teacher, "/classes/{live}/register"),
    (Who::Teacher, "/classes/{live}/board"),
    (Who::Trainee, "/me"),
    (Who::Trainee, "/me/attendance"),
    (Who::Trainee, "/me/progress"),
    (Who::Trainee, "/me/timetable"),
    (Who::Trainee, "/check-in"),
    (Who::Liaison, "/organisation/trainees"),
    (Who::Liaison, "/organisation/trainees/{enrolment}!"),
];

/// Those that read rows; the others are here so that they stay without.
const READERS: &[&str] = &[
    "/cohorts/{cohort}/attendance",
    "/cohorts/{cohort}/registers?state=missing",
    "/cohorts/{cohort}/completion",
    "/classes/{signed}/register",
    "/programmes/{programme}/at-risk/look!",
    "/classes/{live}/board",
    "/me/attendance",
    "/me/progress",
    "/organisation/trainees/{enrolment}!",
];

/// Indexes, and pages that go by them.
const INDEXES: &[(&str, &str)] = &[
    (
        "ALTER TABLE attendance_records DROP CONSTRAINT attendance_records_session_id_enrolment_id_key; \
         DROP INDEX attendance_records_cohort",
        "/cohorts/{cohort}/completion",
    ),
    ("DROP INDEX attendance_records_enrolment", "/me/progress"),
];

type Seen = BTreeMap<&'static str, Touched>;

/// Every page is visited over one connection, in one transaction; what its last visit touched.
async fn visit(class: &mut Class) -> Seen {
    let (site, pool) = class.school.world.app.rolled_back();
    class.school.world.app.site.db = site.db.as_of(moment(NOW));
    let world = &class.school.world;
    let (teacher, trainee, desk) = (class.teacher(), class.trainee(0), world.coordinator());
    let (programme, university) = (Some(world.programme), Some(world.university));
    let liaison = world
        .app
        .acting("Lia", Role::Liaison, programme, university);
    let mut seen = Seen::new();
    for (who, page) in PAGES {
        let client = match who {
            Who::Desk => &desk,
            Who::Teacher => &teacher,
            Who::Trainee => &trainee,
            Who::Liaison => &liaison,
        };
        let path = page
            .replace("{cohort}", &world.cohort.to_string())
            .replace("{programme}", &world.programme.to_string())
            .replace("{signed}", &class.classes[0])
            .replace("{live}", &class.classes[1])
            .replace("{enrolment}", &class.enrolment(0));
        for _ in 0..VISITS {
            let before = touched(&pool);
            let answer = match path.strip_suffix('!') {
                Some(path) => client.post(path, &[]).await,
                None => client.get(&path).await,
            };
            assert!(
                answer.status < 400,
                "{path}: {} {}",
                answer.status,
                answer.text()
            );
            seen.insert(*page, touched(&pool).since(before));
        }
    }
    seen
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
    for (page, it) in &seen {
        assert!(it.within(), "{page}: {it:?}");
    }
    for page in READERS {
        assert!(seen[page].rows > 0, "{page} reads rows");
    }

    // Ten times the rows of others, and the same rows are read.
    alone(&class);
    grow(&class, 5_000 / EACH, 50_000);
    let grown = visit(&mut class).await;
    for (page, after) in &grown {
        let before = seen[page];
        assert!(
            after.within() && after.rows <= before.rows && after.blocks <= 2 * before.blocks,
            "{page}: {before:?}, then {after:?}"
        );
    }

    // And a missing index would be seen: the page walks through everything.
    for (drop, page) in INDEXES {
        alone(&class);
        superuser(&class, drop);
        let seen = visit(&mut class).await;
        assert!(
            !seen[page].within(),
            "{page} without {drop}: {:?}",
            seen[page]
        );
    }
}
