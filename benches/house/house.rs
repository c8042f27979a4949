//! The measured house: server, seed, process.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use banyan::access::secret;
use banyan::db::migrations::{self, Mark};
use banyan::db::private::{Options, Private, candidates, choose};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;

use crate::load::{self, Shot};
use crate::process;

/// Secrets of the measured sessions.
pub const STAFF: &str = "measured-staff-session";
/// The applicant's session.
pub const APPLICANT: &str = "measured-applicant-session";
/// The coordinator's API token.
pub const TOKEN: &str = "measured-api-token";

/// A running house.
pub struct House {
    pub folder: PathBuf,
    pub private: Private,
    pub postmaster: u32,
    pub app: App,
    /// The cohort of 1,000.
    pub cohort: String,
    /// One application of it.
    pub application: String,
}

/// A process that serves.
pub struct App {
    child: Child,
    pub port: u16,
    pub first_answer: Duration,
    pub rss_at_start: f64,
}

impl App {
    /// Starts a program that serves on `BANYAN_LISTEN`, and waits for its first answer.
    pub fn start(program: &Path, args: &[&str], app_url: &str, data: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let began = Instant::now();
        let child = Command::new(program)
            .args(args)
            .env("DATABASE_URL", app_url)
            .env("BANYAN_DATA_DIR", data)
            .env("BANYAN_LISTEN", format!("127.0.0.1:{port}"))
            .env(
                "BANYAN_SECRET",
                "a secret for measurements that nobody else uses",
            )
            .env("BANYAN_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let shot = Shot::get("/", "");
        while load::once(port, &shot).is_none() {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "{} does not answer",
                program.display()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        let first_answer = began.elapsed();
        let rss_at_start = process::memory_mb(child.id(), "VmRSS");
        Self {
            child,
            port,
            first_answer,
            rss_at_start,
        }
    }

    /// Its process number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl House {
    /// Builds and opens it.
    pub fn build() -> Self {
        use std::os::unix::fs::DirBuilderExt as _;
        let folder = std::env::temp_dir().join(format!("banyan-bench-{}", std::process::id()));
        fs::DirBuilder::new()
            .mode(0o711)
            .recursive(true)
            .create(&folder)
            .unwrap();
        let options = Options {
            data_dir: folder.join("pg"),
            durable: true,
            database: "banyan".to_owned(),
        };
        let private = Private::start(&options).unwrap();
        watch(&folder);
        let mut owner = PgConnection::establish(&private.owner_url()).unwrap();
        migrations::migrate(&mut owner).unwrap();
        migrations::set_mark(&mut owner, Mark::Test).unwrap();
        seed(&private);
        let pid_file = folder.join("pg/postgres/data/postmaster.pid");
        let postmaster = fs::read_to_string(pid_file)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_banyan"));
        let app = App::start(
            program,
            &["serve", "--no-worker"],
            &private.app_url(),
            &folder.join("app"),
        );
        let (cohort, application) = (
            id(&private, "cohorts", "code = 'BENCH-0'"),
            id(&private, "applications", "reference = 'B0000007'"),
        );
        Self {
            folder,
            private,
            postmaster,
            app,
            cohort,
            application,
        }
    }

    /// Runs SQL as the superuser.
    pub fn sql(&self, sql: &str) {
        PgConnection::establish(&self.private.superuser_url())
            .unwrap()
            .batch_execute(sql)
            .unwrap();
    }

    /// One text, as the superuser.
    pub fn text(&self, sql: &str) -> String {
        use diesel::RunQueryDsl as _;
        let mut conn = PgConnection::establish(&self.private.superuser_url()).unwrap();
        let found: OneText = diesel::sql_query(format!("SELECT ({sql}) AS text"))
            .get_result(&mut conn)
            .unwrap();
        found.text
    }
}

#[derive(diesel::QueryableByName)]
struct OneText {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

/// A program of the newest PostgreSQL here.
pub fn program(name: &str) -> Command {
    Command::new(choose(&candidates(), None).unwrap().bin.join(name))
}

#[derive(diesel::QueryableByName)]
struct Id {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: uuid::Uuid,
}

/// The id of one seeded row.
pub fn id(private: &Private, table: &str, which: &str) -> String {
    use diesel::RunQueryDsl as _;
    let mut conn = PgConnection::establish(&private.superuser_url()).unwrap();
    let found: Id = diesel::sql_query(format!("SELECT id FROM {table} WHERE {which}"))
        .get_result(&mut conn)
        .unwrap();
    found.id.to_string()
}

/// The digest of a secret, as SQL reads it.
pub fn digest(text: &str) -> String {
    let hex: String = secret::digest(text)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("\\x{hex}")
}

fn seed(private: &Private) {
    let sql = include_str!("seed.sql")
        .replace("$STAFF", &digest(STAFF))
        .replace("$APPLICANT", &digest(APPLICANT))
        .replace("$TOKEN", &digest(TOKEN));
    let mut conn = PgConnection::establish(&private.superuser_url()).unwrap();
    conn.batch_execute(&sql).unwrap();
    conn.batch_execute("VACUUM ANALYZE").unwrap();
    conn.batch_execute("CHECKPOINT").unwrap();
}

/// Stops the server and removes the folder when this process has ended, however it ended.
fn watch(folder: &Path) {
    let script = "while kill -0 $1 2>/dev/null; do sleep 1; done; \
        kill -QUIT $(head -n 1 $2/pg/postgres/data/postmaster.pid); sleep 1; rm -rf $2";
    // Not waited for: it outlives us.
    let watcher = Command::new("sh")
        .args(["-c", script, "sh", &std::process::id().to_string()])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    std::mem::forget(watcher.unwrap());
}
