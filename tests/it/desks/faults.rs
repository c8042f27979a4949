//! Faults that an operator must see: each is made in a real house, and the rule of `docs/alerts.yml`
//! that is meant for it fires, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;

use crate::support::app::TestApp;
use crate::support::fixtures::apply::call;
use crate::support::process::{Served, get, wait_until};

/// A rule: its name, the metric, whether its growth counts, the comparison, the bound.
#[derive(Debug)]
struct Rule {
    alert: String,
    metric: String,
    growth: bool,
    operator: String,
    bound: f64,
}

fn rules() -> Vec<Rule> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/alerts.yml");
    let text = std::fs::read_to_string(path).unwrap();
    let mut alert = String::new();
    let mut rules = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("- alert: ") {
            name.clone_into(&mut alert);
        }
        let Some(expr) = line.strip_prefix("expr: ") else {
            continue;
        };
        let [what, operator, bound] = expr.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{expr} is of a form that this test cannot judge");
        };
        let inner = what
            .strip_prefix("increase(")
            .map(|it| it.trim_end_matches("[5m])"));
        rules.push(Rule {
            alert: alert.clone(),
            metric: inner.unwrap_or(what).to_owned(),
            growth: inner.is_some(),
            operator: operator.to_owned(),
            bound: bound.parse().unwrap(),
        });
    }
    // Prometheus' own word for a process that does not answer at all.
    let first = rules.remove(0);
    assert_eq!(first.metric, "up{job=\"banyan\"}");
    rules
}

type Values = BTreeMap<String, f64>;

fn values(metrics: &str) -> Values {
    let lines = metrics.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.rsplit_once(' '));
    pairs
        .map(|(name, value)| (name.to_owned(), value.parse().unwrap()))
        .collect()
}

/// The rules that hold now; growth is counted from `before`.
fn firing(before: &Values, now: &Values) -> BTreeSet<String> {
    let holds = |rule: &&Rule| {
        // While the database is away, what it alone knows is not told.
        let Some(value) = now.get(&rule.metric) else {
            return false;
        };
        let from = if rule.growth {
            before[&rule.metric]
        } else {
            0.0
        };
        match rule.operator.as_str() {
            ">" => value - from > rule.bound,
            "<" => value - from < rule.bound,
            "==" => value - from == rule.bound,
            other => panic!("{other}"),
        }
    };
    let rules = rules();
    rules
        .iter()
        .filter(holds)
        .map(|rule| rule.alert.clone())
        .collect()
}

/// A house that is watched.
struct Watched {
    app: TestApp,
    served: Served,
    conn: PgConnection,
    /// Holds a `df` that says what the test wants.
    programs: std::path::PathBuf,
}

impl Watched {
    fn start() -> Self {
        let app = TestApp::with_database();
        call(&app);
        let programs = app.site.config.data_dir.join("programs");
        std::fs::create_dir_all(&programs).unwrap();
        disk(&programs, 50);
        let path = format!("{}:/usr/bin:/bin", programs.display());
        let settings = [
            ("PATH", path),
            ("BANYAN_POOL_SIZE", "2".to_owned()),
            ("BANYAN_LOG", "off".to_owned()),
        ];
        let served = Served::start(&app, &["--no-worker"], &settings);
        let conn = PgConnection::establish(&app.super_url()).unwrap();
        Self {
            app,
            served,
            conn,
            programs,
        }
    }

    fn sql(&mut self, sql: &str) {
        self.conn.batch_execute(sql).unwrap();
    }

    fn now(&self) -> Values {
        values(&self.served.metrics())
    }

    /// Waits until exactly these rules hold.
    fn expect(&self, before: &Values, alerts: &[&str]) {
        let wanted: BTreeSet<String> = alerts.iter().map(|it| (*it).to_owned()).collect();
        let mut last = BTreeSet::new();
        for _ in 0..200 {
            last = firing(before, &self.now());
            if last == wanted {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("{last:?} fire instead of {wanted:?}");
    }
}

/// The disk is this full, in per cent.
fn disk(programs: &Path, used: u32) {
    let (path, fresh) = (programs.join("df"), programs.join("df.new"));
    let script = format!(
        "#!/bin/sh\necho 'Filesystem 1024-blocks Used Available Capacity Mounted on'\n\
         echo '/dev/sda 10000000 {used}00000 {}00000 {used}% /'\n",
        100 - used
    );
    std::fs::write(&fresh, script).unwrap();
    std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::rename(fresh, path).unwrap();
}

const HANG_UP: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
    WHERE datname = current_database() AND usename = 'banyan_app'";
const LETTER: &str = "INSERT INTO letters (id, kind, dedupe_key, to_address, to_name, lang, subject, body_text, body_html, \
    state, run_at, last_error) VALUES (gen_random_uuid(), 'x', 'x', 'x@example.org', 'X', 'en', 'x', 'x', 'x', ";
const JOB: &str = "INSERT INTO jobs (id, kind, dedupe_key, state, run_at, last_error) VALUES (gen_random_uuid(), 'x', 'x', ";

#[test]
fn each_fault_in_the_database_fires_its_own_alert() {
    let mut house = Watched::start();
    let before = house.now();
    house.expect(&before, &[]);
    let event = "INSERT INTO audit_events (id, occurred_at, actor_kind, verb, subject_kind, subject_id, digest, request_id) \
        VALUES ('ffffffff-ffff-7fff-8fff-ffffffffffff', clock_timestamp() - interval '10 minutes', 'task:seats', 'x', 'x', \
          gen_random_uuid(), '', gen_random_uuid())";
    let (no_letter, no_job) = ("DELETE FROM letters", "DELETE FROM jobs");
    let steps = "__diesel_schema_migrations";
    let faults = [
        ("BanyanLettersDead", format!("{LETTER} 'dead', now(), 'refused: 550')"), no_letter.to_owned()),
        ("BanyanLettersLate", format!("{LETTER} 'queued', now() - interval '20 minutes', NULL)"), no_letter.to_owned()),
        ("BanyanLettersFailing", format!("{LETTER} 'queued', now() + interval '5 minutes', 'the mail server: away')"), no_letter.to_owned()),
        ("BanyanLettersHeld", "UPDATE house SET letters_held_at = now()".to_owned(), "UPDATE house SET letters_held_at = NULL".to_owned()),
        ("BanyanJobsDead", format!("{JOB} 'dead', now(), 'a panic')"), no_job.to_owned()),
        ("BanyanJobsLate", format!("{JOB} 'queued', now() - interval '20 minutes', NULL)"), no_job.to_owned()),
        ("BanyanWorkerGone", event.to_owned(),
         "SET session_replication_role = replica; DELETE FROM audit_events; RESET session_replication_role".to_owned()),
        ("BanyanSchemaOld",
         format!("CREATE TABLE kept AS SELECT * FROM {steps} WHERE version = (SELECT max(version) FROM {steps}); \
                  DELETE FROM {steps} WHERE version IN (SELECT version FROM kept)"),
         format!("INSERT INTO {steps} SELECT * FROM kept; DROP TABLE kept")),
        ("BanyanClockSkew",
         format!("CREATE SCHEMA skewed; GRANT USAGE ON SCHEMA skewed TO banyan_app; \
                  CREATE FUNCTION skewed.clock_timestamp() RETURNS timestamptz LANGUAGE sql \
                    AS 'SELECT pg_catalog.clock_timestamp() + interval ''5 seconds'''; \
                  DO $$ BEGIN EXECUTE format('ALTER ROLE banyan_app IN DATABASE %I SET search_path = skewed, pg_catalog, public', \
                    current_database()); END $$; {HANG_UP}"),
         format!("DO $$ BEGIN EXECUTE format('ALTER ROLE banyan_app IN DATABASE %I RESET search_path', current_database()); END $$; \
                  {HANG_UP}")),
        ("BanyanDatabaseGone",
         format!("DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC, banyan_app', current_database()); END $$; \
                  {HANG_UP}"),
         "DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO PUBLIC, banyan_app', current_database()); END $$".to_owned()),
    ];
    for (alert, fault, mend) in &faults {
        house.sql(fault);
        house.expect(&before, &[alert]);
        let ready = house.served.get("/readyz");
        let unready = matches!(*alert, "BanyanSchemaOld" | "BanyanDatabaseGone");
        assert_eq!(
            ready.status,
            if unready { 503 } else { 200 },
            "{alert}: {}",
            ready.body
        );
        assert_eq!(house.served.get("/livez").status, 200, "{alert}");
        house.sql(mend);
        house.expect(&before, &[]);
    }
    house.served.process.stop();
}

#[test]
fn each_fault_of_machine_and_load_fires_its_own_alert() {
    let mut house = Watched::start();
    let before = house.now();
    house.expect(&before, &[]);

    disk(&house.programs, 95);
    house.expect(&before, &["BanyanDiskNearlyFull"]);
    disk(&house.programs, 50);

    let files = house.app.site.config.data_dir.join("files");
    std::fs::remove_dir_all(&files).unwrap();
    std::fs::write(&files, "in the way").unwrap();
    house.expect(&before, &["BanyanStorageUnwritable"]);
    std::fs::remove_file(&files).unwrap();
    house.expect(&before, &[]);

    // The two connections are held, others wait: the metrics, too, find none free.
    house.sql("BEGIN; LOCK TABLE cohorts IN ACCESS EXCLUSIVE MODE");
    let port = house.served.port;
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..12)
            .map(|_| scope.spawn(move || get(port, "/calls/2027H1").unwrap().status))
            .collect();
        wait_until("the alert of those who wait", || {
            firing(&before, &house.now()).contains("BanyanRequestsWaiting")
        });
        for status in asked.into_iter().map(|it| it.join().unwrap()) {
            assert_eq!(status, 503);
        }
    });
    house.sql("COMMIT");
    house.expect(&before, &["BanyanBusy"]);

    let before = house.now();
    house.sql("REVOKE SELECT ON cohorts FROM banyan_app");
    assert_eq!(house.served.get("/calls/2027H1").status, 500);
    house.sql("GRANT SELECT ON cohorts TO banyan_app");
    house.expect(&before, &["BanyanFailing"]);
    house.served.process.stop();
}

#[test]
fn every_metric_of_a_rule_is_exported_and_every_rule_was_seen_to_fire() {
    let house = Watched::start();
    let now = house.now();
    let source = include_str!("faults.rs");
    for rule in rules() {
        assert!(
            now.contains_key(&rule.metric),
            "{} is not exported",
            rule.metric
        );
        assert!(
            source.contains(&format!("\"{}\"", rule.alert)),
            "{} is never tried",
            rule.alert
        );
    }
    house.served.process.stop();
}
