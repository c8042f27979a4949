//! The private PostgreSQL, on real servers: every test has a folder and a server of its own.

use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use banyan::config::running_as_root;
use banyan::db::private::{
    Ended, Options, Private, PrivateError, Programs, bootstrap_sql, candidates, choose,
};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

/// A folder of its own for one test, removed at its end. The server's user may pass through.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "banyan-it-{}-{}",
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

    fn options(&self) -> Options {
        Options {
            data_dir: self.0.join("data folder 榕"),
            durable: false,
            database: "banyan".to_owned(),
        }
    }

    /// As in earnest: what was committed outlives a killed server.
    fn durable(&self) -> Options {
        Options {
            durable: true,
            ..self.options()
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Text)]
    answer: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).unwrap()
}

fn ask(url: &str, expression: &str) -> String {
    diesel::sql_query(format!("SELECT ({expression})::text AS answer"))
        .get_result::<Answer>(&mut connect(url))
        .unwrap()
        .answer
}

fn keep_a_row(server: &Private) {
    connect(&server.owner_url())
        .batch_execute("CREATE TABLE IF NOT EXISTS kept (id int); INSERT INTO kept VALUES (1)")
        .unwrap();
}

fn rows_kept(server: &Private) -> i64 {
    diesel::sql_query("SELECT count(*) AS count FROM kept")
        .get_result::<Count>(&mut connect(&server.owner_url()))
        .unwrap()
        .count
}

fn pid_file(options: &Options) -> PathBuf {
    options.data_dir.join("postgres/data/postmaster.pid")
}

fn server_pid(options: &Options) -> String {
    let text = std::fs::read_to_string(pid_file(options)).unwrap();
    text.lines().next().unwrap().to_owned()
}

fn kill_hard(pid: &str) {
    let status = Command::new("kill").args(["-9", pid]).status().unwrap();
    assert!(status.success());
    // Dead, though perhaps not yet collected by its parent.
    let alive = || {
        let out = Command::new("ps")
            .args(["-o", "stat=", "-p", pid])
            .output()
            .unwrap();
        let state = String::from_utf8_lossy(&out.stdout).trim().to_owned();
        !state.is_empty() && !state.starts_with('Z')
    };
    while alive() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// `program` as the user that runs the server.
fn as_server_user(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = if running_as_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

#[test]
fn a_server_starts_stops_and_starts_again_with_its_rows() {
    let scratch = Scratch::new();
    for rows in 1..=2 {
        let server = Private::start(&scratch.options()).unwrap();
        keep_a_row(&server);
        assert_eq!(rows_kept(&server), rows);
        let url = server.app_url();
        assert_eq!(server.stop(), Ok(Ended::Stopped));
        assert!(PgConnection::establish(&url).is_err());
        assert!(!pid_file(&scratch.options()).exists());
    }
}

#[test]
fn the_database_speaks_utf8_and_keeps_checksums_and_utc() {
    let scratch = Scratch::new();
    let server = Private::start(&scratch.options()).unwrap();
    let facts = [
        ("current_setting('server_encoding')", "UTF8"),
        ("current_setting('data_checksums')", "on"),
        ("current_setting('listen_addresses')", ""),
        ("current_setting('jit')", "off"),
        ("current_setting('TimeZone')", "UTC"),
        ("current_setting('statement_timeout')", "30s"),
        ("current_setting('lock_timeout')", "5s"),
        (
            "current_setting('idle_in_transaction_session_timeout')",
            "1min",
        ),
        ("current_user", "banyan_app"),
        ("current_database()", "banyan"),
        ("upper('é')", "É"),
        (
            "SELECT datcollate FROM pg_database WHERE datname = current_database()",
            "C.UTF-8",
        ),
    ];
    for (expression, wanted) in facts {
        assert_eq!(ask(&server.app_url(), expression), wanted, "{expression}");
    }
    assert_eq!(
        ask(&server.owner_url(), "current_setting('lock_timeout')"),
        "2s"
    );
}

#[test]
fn the_app_may_make_temporary_tables_and_no_others() {
    let scratch = Scratch::new();
    let server = Private::start(&scratch.options()).unwrap();
    let mut app = connect(&server.app_url());
    app.batch_execute("CREATE TEMPORARY TABLE incoming (line text)")
        .unwrap();
    for refused in [
        "CREATE TABLE public.theirs (id int)",
        "CREATE SCHEMA theirs",
        "CREATE ROLE theirs",
        "CREATE DATABASE theirs",
        "SET ROLE banyan_owner",
    ] {
        assert!(app.batch_execute(refused).is_err(), "{refused}");
    }
    let attributes = "SELECT string_agg(concat_ws(' ', rolname, rolsuper, rolbypassrls, rolcreatedb, \
                      rolcreaterole), ', ' ORDER BY rolname) FROM pg_roles WHERE rolname IN \
                      ('banyan_app', 'banyan_owner')";
    assert_eq!(
        ask(&server.app_url(), attributes),
        "banyan_app f f f f, banyan_owner f f f f"
    );
    let owner = "SELECT rolname FROM pg_roles JOIN pg_database ON pg_roles.oid = datdba \
                 WHERE datname = current_database()";
    assert_eq!(ask(&server.app_url(), owner), "banyan_owner");
}

#[test]
fn only_the_servers_user_can_reach_the_socket() {
    let scratch = Scratch::new();
    let options = scratch.options();
    let home = options.data_dir.join("postgres");
    let server = Private::start(&options).unwrap();
    for folder in [home.clone(), home.join("run"), home.join("data")] {
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
    }
    drop(server);
    // A folder that was opened by mistake is closed at the next start.
    std::fs::set_permissions(home.join("run"), std::fs::Permissions::from_mode(0o777)).unwrap();
    let _server = Private::start(&options).unwrap();
    let mode = std::fs::metadata(home.join("run"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn after_the_server_was_killed_the_next_start_recovers_its_rows() {
    let scratch = Scratch::new();
    let first = Private::start(&scratch.durable()).unwrap();
    keep_a_row(&first);
    kill_hard(&server_pid(&scratch.durable()));
    let second = Private::start(&scratch.durable()).unwrap();
    assert_eq!(rows_kept(&second), 1);
    assert_eq!(first.stop(), Ok(Ended::LeftRunning));
    assert_eq!(second.stop(), Ok(Ended::Stopped));
}

#[test]
fn a_pid_file_whose_number_is_another_process_is_no_obstacle() {
    let scratch = Scratch::new();
    let options = scratch.durable();
    let server = Private::start(&options).unwrap();
    keep_a_row(&server);
    let pid = server_pid(&options);
    kill_hard(&pid);
    drop(server);
    let left_over = std::fs::read_to_string(pid_file(&options)).unwrap();
    // A process that the server may signal: PostgreSQL itself would refuse to start.
    let mut stranger = as_server_user("sleep").arg("600").spawn().unwrap();
    for text in [
        left_over.replacen(&pid, &stranger.id().to_string(), 1),
        String::new(),
        "not a number\n".to_owned(),
    ] {
        std::fs::write(pid_file(&options), text).unwrap();
        let socket_lock = options.data_dir.join("postgres/run/.s.PGSQL.5432.lock");
        std::fs::write(socket_lock, format!("{}\n", stranger.id())).unwrap();
        let server = Private::start(&options).unwrap();
        assert_eq!(rows_kept(&server), 1);
        assert_eq!(server.stop(), Ok(Ended::Stopped));
    }
    assert_eq!(stranger.try_wait().unwrap(), None, "it was signalled");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[test]
fn a_stop_after_the_server_was_killed_harms_no_stranger() {
    let scratch = Scratch::new();
    let options = scratch.options();
    let server = Private::start(&options).unwrap();
    let pid = server_pid(&options);
    kill_hard(&pid);
    let mut stranger = as_server_user("sleep").arg("600").spawn().unwrap();
    std::fs::write(pid_file(&options), format!("{}\n", stranger.id())).unwrap();
    assert_eq!(server.stop(), Ok(Ended::Stopped));
    assert_eq!(stranger.try_wait().unwrap(), None, "it was signalled");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[test]
fn two_handles_share_one_server_and_the_last_stops_it() {
    let scratch = Scratch::new();
    let options = scratch.options();
    let first = Private::start(&options).unwrap();
    let pid = server_pid(&options);
    let second = Private::start(&Options {
        database: "another".to_owned(),
        ..options.clone()
    })
    .unwrap();
    assert_eq!(server_pid(&options), pid);
    assert_eq!(ask(&second.app_url(), "current_database()"), "another");
    assert_eq!(first.stop(), Ok(Ended::LeftRunning));
    assert_eq!(ask(&second.app_url(), "1"), "1");
    drop(second);
    assert!(!pid_file(&options).exists());
}

#[test]
fn a_server_whose_holder_was_killed_is_adopted() {
    let scratch = Scratch::new();
    let options = scratch.options();
    let server = Private::start(&options).unwrap();
    keep_a_row(&server);
    assert_eq!(server.stop(), Ok(Ended::Stopped));
    // A running server that nobody holds: what `kill -9` of banyan leaves behind.
    let programs = choose(&candidates(), None).unwrap();
    let home = options.data_dir.join("postgres");
    let started = as_server_user(programs.bin.join("pg_ctl"))
        .args(["start", "-w", "-s", "-D"])
        .arg(home.join("data"))
        .arg("-l")
        .arg(home.join("server.log"))
        .status()
        .unwrap();
    assert!(started.success());
    let pid = server_pid(&options);
    let server = Private::start(&options).unwrap();
    assert_eq!(server_pid(&options), pid);
    assert_eq!(rows_kept(&server), 1);
    assert_eq!(server.stop(), Ok(Ended::Stopped));
    assert!(!pid_file(&options).exists());
}

#[test]
fn whoever_starts_while_another_stops_gets_a_server_that_answers() {
    let scratch = Scratch::new();
    let options = scratch.options();
    let ended: Vec<Ended> = std::thread::scope(|scope| {
        let comers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    (0..4)
                        .map(|_| {
                            let server = Private::start(&options).unwrap();
                            assert_eq!(ask(&server.app_url(), "1"), "1");
                            server.stop().unwrap()
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        comers
            .into_iter()
            .flat_map(|comer| comer.join().unwrap())
            .collect()
    });
    assert!(ended.contains(&Ended::Stopped), "the last one must stop it");
    assert!(!pid_file(&options).exists());
}

#[test]
fn an_interrupted_initdb_is_swept_away() {
    let scratch = Scratch::new();
    let options = scratch.options();
    drop(Private::start(&options).unwrap());
    let home = options.data_dir.join("postgres");
    std::fs::remove_dir_all(home.join("data")).unwrap();
    std::fs::create_dir(home.join("new-1")).unwrap();
    std::fs::write(home.join("new-1/PG_VERSION"), "15\n").unwrap();
    drop(Private::start(&options).unwrap());
    assert!(!home.join("new-1").exists());
}

#[test]
fn a_data_folder_too_deep_for_a_socket_gets_a_short_one() {
    let scratch = Scratch::new();
    let mut options = scratch.options();
    options.data_dir = scratch.0.join("deep,er".repeat(20)).join("y".repeat(90));
    std::fs::create_dir_all(&options.data_dir).unwrap();
    std::fs::set_permissions(
        options.data_dir.parent().unwrap(),
        std::fs::Permissions::from_mode(0o711),
    )
    .unwrap();
    let server = Private::start(&options).unwrap();
    let folder = ask(
        &server.superuser_url(),
        "current_setting('unix_socket_directories')",
    );
    assert!(folder.starts_with("/tmp/banyan-") && folder.len() < 40);
    drop(server);
    std::fs::remove_dir(&folder).unwrap();
    // Somebody else's folder, or a link, in that place is refused.
    std::os::unix::fs::symlink(&scratch.0, &folder).unwrap();
    let refused = Private::start(&options).unwrap_err();
    assert_eq!(refused, PrivateError::NotOurs(PathBuf::from(&folder)));
    std::fs::remove_file(&folder).unwrap();
}

#[test]
fn a_server_that_cannot_start_is_reported_with_the_end_of_its_log() {
    let scratch = Scratch::new();
    let options = scratch.options();
    drop(Private::start(&options).unwrap());
    std::fs::write(
        options.data_dir.join("postgres/data/pg_hba.conf"),
        "nonsense\n",
    )
    .unwrap();
    let refused = Private::start(&options).unwrap_err().to_string();
    assert!(refused.starts_with("PostgreSQL did not start"), "{refused}");
    assert!(refused.contains("could not load"), "{refused}");
    assert!(refused.lines().count() <= 16, "{refused}");
}

#[test]
fn names_and_paths_that_would_need_quoting_are_refused() {
    let scratch = Scratch::new();
    let options = scratch.options();
    for name in ["", "Banyan", "1st", "a-b", "a b", "x\"y", &"a".repeat(64)] {
        let refused = Private::start(&Options {
            database: name.to_owned(),
            ..options.clone()
        });
        assert_eq!(
            refused.unwrap_err(),
            PrivateError::UnusableName(name.to_owned())
        );
    }
    let data_dir = scratch.0.join("$HOME");
    let refused = Private::start(&Options {
        data_dir: data_dir.clone(),
        ..options
    });
    assert_eq!(
        refused.unwrap_err(),
        PrivateError::UnusablePath(data_dir.canonicalize().unwrap())
    );
}

/// A folder that looks like an installation of PostgreSQL of this version.
fn installation(parent: &Path, version: &str) -> PathBuf {
    let bin = parent.join(version);
    std::fs::create_dir_all(&bin).unwrap();
    for name in ["initdb", "pg_ctl", "postgres"] {
        let script = format!("#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n");
        std::fs::write(bin.join(name), script).unwrap();
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(bin.join(name), executable).unwrap();
    }
    bin
}

#[test]
fn the_newest_programs_are_chosen_unless_a_cluster_wants_its_own() {
    let scratch = Scratch::new();
    let at = |version: &str| installation(&scratch.0, version);
    let folders = [at("13.4"), at("15.20"), at("18beta2"), at("17.1 (Ubuntu)")];
    let chosen = |made_by| choose(&folders, made_by).map(|programs| programs.major);
    assert_eq!(chosen(None), Ok(18));
    assert_eq!(chosen(Some("15")), Ok(15));
    assert_eq!(
        choose(&folders[1..2], None),
        Ok(Programs {
            bin: folders[1].clone(),
            major: 15
        })
    );
    let refused = choose(&folders, Some("16")).unwrap_err();
    assert_eq!(
        refused,
        PrivateError::OtherVersion {
            data: "16".to_owned(),
            installed: "13, 15, 17, 18".to_owned()
        }
    );
    let refused = choose(&folders[..1], None).unwrap_err().to_string();
    assert!(refused.contains("13") && refused.contains("15 or newer"));
    assert_eq!(refused.lines().count(), 1);
}

#[test]
fn missing_programs_are_one_line_that_names_the_packages() {
    let scratch = Scratch::new();
    // `libpq-dev` alone names a folder without a server.
    let half = installation(&scratch.0, "15.20");
    std::fs::remove_file(half.join("initdb")).unwrap();
    let refused = choose(&[scratch.0.join("nowhere"), half], None).unwrap_err();
    assert_eq!(refused, PrivateError::Missing);
    let line = refused.to_string();
    assert_eq!(line.lines().count(), 1);
    assert!(line.contains("`postgresql`") && line.contains("Homebrew formula `postgresql@17`"));
}

#[test]
fn the_script_for_a_server_of_ones_own_runs_twice() {
    let scratch = Scratch::new();
    let server = Private::start(&scratch.options()).unwrap();
    let script = scratch.0.join("bootstrap.sql");
    std::fs::write(&script, bootstrap_sql("elsewhere").unwrap()).unwrap();
    for _ in 0..2 {
        let out = Command::new("psql")
            .args(["-X", "-v", "ON_ERROR_STOP=1", "-f"])
            .arg(&script)
            .arg(server.superuser_url())
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
    }
    let url = server.app_url().replace("/banyan?", "/elsewhere?");
    assert_eq!(ask(&url, "current_database()"), "elsewhere");
}
