//! A house in processes of its own.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use banyan::db::migrations;
use banyan::db::private::{Options, Private};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use super::http::Http;
use crate::support::app::TestApp;

/// A hang fails the test.
pub const PATIENCE: Duration = Duration::from_secs(90);
/// As [`TestApp`] has it.
const SECRET: &str = "a secret for tests that nobody else uses";

/// A folder of its own that the server's user may pass, removed at the end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "banyan-durable-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new()
            .mode(0o711)
            .create(&path)
            .unwrap();
        Self(path)
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A migrated cluster at rest: a copy is a house in a moment.
static TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
    let data = crate::support::app::folder().join("template");
    let private = start(&data);
    let mut owner = PgConnection::establish(&private.owner_url()).unwrap();
    migrations::migrate(&mut owner).unwrap();
    drop(owner);
    private.stop().unwrap();
    data
});

/// A migrated house with a durable PostgreSQL, to be served by processes.
pub struct House {
    /// To seed it. Dropped first.
    pub app: TestApp,
    /// Our own share in its server.
    private: Option<Private>,
    /// `BANYAN_DATA_DIR`.
    pub data: PathBuf,
    pub scratch: Scratch,
}

impl House {
    pub fn new() -> Self {
        let scratch = Scratch::new();
        let data = scratch.join("data");
        Self::at(scratch, data)
    }

    /// With its data in this folder.
    pub fn at(scratch: Scratch, data: PathBuf) -> Self {
        std::fs::DirBuilder::new()
            .mode(0o711)
            .create(&data)
            .unwrap();
        run(Command::new("cp")
            .arg("-a")
            .arg(TEMPLATE.join("postgres"))
            .arg(&data));
        let private = start(&data);
        Self {
            app: TestApp::over(&private.app_url(), &private.owner_url()),
            private: Some(private),
            data,
            scratch,
        }
    }

    fn private(&self) -> &Private {
        self.private.as_ref().unwrap()
    }

    pub fn app_url(&self) -> String {
        self.private().app_url()
    }

    pub fn super_url(&self) -> String {
        self.private().superuser_url()
    }

    /// The socket of its PostgreSQL.
    pub fn socket(&self) -> PathBuf {
        self.data.join("postgres/run/.s.PGSQL.5432")
    }

    /// Stops its PostgreSQL in good order. Nobody else must have a share.
    pub fn stop_database(&mut self) {
        self.private.take().unwrap().stop().unwrap();
    }

    /// Starts it again.
    pub fn start_database(&mut self) {
        self.private = Some(start(&self.data));
    }

    fn postmaster(&self) -> Option<String> {
        let file = self.data.join("postgres/data/postmaster.pid");
        let text = std::fs::read_to_string(file).ok()?;
        text.lines().next().map(str::to_owned)
    }

    /// `kill -9` of the postmaster; returns when somebody has started another. (Its children may
    /// answer for a moment longer.)
    pub fn kill_database(&self) {
        let killed = self.postmaster();
        signal("-9", killed.as_ref().unwrap());
        let begun = Instant::now();
        while self.postmaster() == killed || self.postmaster().is_none() {
            assert!(begun.elapsed() < PATIENCE, "nobody starts PostgreSQL again");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// `banyan` with this house's settings.
    pub fn command(&self) -> Command {
        banyan(&self.data)
    }

    /// Serves it, and waits until it is ready.
    pub fn serve(&self, port: u16, settings: &[(&str, &str)]) -> Served {
        let served = Served::start(self.command(), &self.scratch.0, port, settings);
        served.wait_ready();
        served
    }

    /// A count from SQL with one column `n`, as the superuser.
    pub fn count(&self, sql: &str) -> i64 {
        count(&self.super_url(), sql)
    }

    /// Texts from SQL with one column `t`, as the superuser.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        texts(&self.super_url(), sql)
    }
}

/// As its own superuser; it may take a moment until a killed server is back.
pub fn connect(url: &str) -> PgConnection {
    let begun = Instant::now();
    loop {
        match PgConnection::establish(url) {
            Ok(conn) => return conn,
            Err(err) => assert!(begun.elapsed() < PATIENCE, "{err}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

pub fn run_sql(url: &str, sql: &str) {
    connect(url).batch_execute(sql).unwrap();
}

pub fn count(url: &str, sql: &str) -> i64 {
    #[derive(QueryableByName)]
    struct N {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    sql_query(sql).get_result::<N>(&mut connect(url)).unwrap().n
}

pub fn texts(url: &str, sql: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        t: String,
    }
    let rows: Vec<Row> = sql_query(sql).load(&mut connect(url)).unwrap();
    rows.into_iter().map(|row| row.t).collect()
}

/// The durable server of a data folder.
pub fn start(data: &Path) -> Private {
    Private::start(&Options {
        data_dir: data.to_owned(),
        durable: true,
        database: "banyan".to_owned(),
    })
    .unwrap()
}

/// `banyan` on a data folder, with nothing else from our environment.
pub fn banyan(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_banyan"));
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("BANYAN_DATA_DIR", data)
        .env("BANYAN_SECRET", SECRET)
        .env("BANYAN_DRAIN_SECONDS", "0")
        .env("BANYAN_LOG", "info")
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end; its words are in the panic when it fails.
pub fn run(command: &mut Command) -> String {
    let out = command.output().unwrap();
    assert!(out.status.success(), "{}", words(&out));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

pub fn words(out: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    )
}

pub fn signal(which: &str, pid: &str) {
    let sent = Command::new("kill").args([which, pid]).status().unwrap();
    assert!(sent.success());
}

/// Waits for something that must come.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A `banyan serve` that runs.
pub struct Served {
    child: Child,
    pub port: u16,
    log: PathBuf,
}

impl Served {
    /// Starts `banyan serve`, unless the command says otherwise; the log goes to a file.
    pub fn start(mut command: Command, logs: &Path, port: u16, settings: &[(&str, &str)]) -> Self {
        let log = logs.join(format!("serve-{port}.log"));
        let to = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        if command.get_args().next().is_none() {
            command.arg("serve");
        }
        let child = command
            .env("BANYAN_LISTEN", format!("127.0.0.1:{port}"))
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(to)
            .spawn()
            .unwrap();
        Self { child, port, log }
    }

    /// Waits until `/readyz` says so; returns how long that took.
    pub fn wait_ready(&self) -> Duration {
        let begun = Instant::now();
        while !self.ready() {
            assert!(begun.elapsed() < PATIENCE, "not ready: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        begun.elapsed()
    }

    pub fn ready(&self) -> bool {
        Self::is_ready(self.port)
    }

    /// Does a server at this port call itself ready?
    pub fn is_ready(port: u16) -> bool {
        Http::new(port)
            .get("/readyz")
            .is_ok_and(|answer| answer.status == 200)
    }

    /// Does the process live, and has none of its threads panicked?
    pub fn assert_well(&mut self) {
        assert_eq!(self.child.try_wait().unwrap(), None, "it ended by itself");
        let log = self.log();
        assert!(!log.contains("panicked"), "{log}");
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; it must end well.
    pub fn terminate(mut self) {
        signal("-TERM", &self.child.id().to_string());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.log());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
