//! `banyan doctor`: looks at everything that a house needs, and says how to mend what is wrong.

use std::fmt::Write as _;
use std::process::{Command, ExitCode};

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Integer, Text, Timestamptz};
use diesel::{QueryableByName, RunQueryDsl};
use serde::Serialize;

use crate::clock::machine_now;
use crate::config::{Config, Mode, SETTINGS, Storage};
use crate::db::{Actor, Conn, Task};
use crate::error::Result;
use crate::files::Store;
use crate::house::House;
use crate::mail::{Limits, Transport};

use super::say;

mod state;

/// Options of `banyan doctor`.
#[derive(clap::Args)]
pub struct DoctorOptions {
    /// List every setting with its meaning, and check nothing.
    #[arg(long)]
    settings: bool,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Wrong,
}

#[derive(Serialize)]
struct Finding {
    checked: &'static str,
    verdict: Verdict,
    found: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    mend: String,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, checked: &'static str, found: impl Into<String>) {
        self.0.push(Finding {
            checked,
            verdict: Verdict::Ok,
            found: found.into(),
            mend: String::new(),
        });
    }

    fn warn(&mut self, checked: &'static str, found: impl Into<String>, mend: impl Into<String>) {
        self.0.push(Finding {
            checked,
            verdict: Verdict::Warning,
            found: found.into(),
            mend: mend.into(),
        });
    }

    fn wrong(&mut self, checked: &'static str, found: impl Into<String>, mend: impl Into<String>) {
        self.0.push(Finding {
            checked,
            verdict: Verdict::Wrong,
            found: found.into(),
            mend: mend.into(),
        });
    }
}

pub(super) fn run(options: &DoctorOptions) -> ExitCode {
    if options.settings {
        for (name, meaning) in SETTINGS {
            say(&format!("{name:<24} {meaning}"));
        }
        return ExitCode::SUCCESS;
    }
    let mut findings = Findings::default();
    examine(&mut findings);
    if options.json {
        say(&serde_json::to_string_pretty(&findings.0).unwrap_or_default());
    } else {
        for finding in &findings.0 {
            say(&line(finding));
        }
    }
    let wrong = findings.0.iter().any(|f| f.verdict == Verdict::Wrong);
    if wrong {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn line(finding: &Finding) -> String {
    let mark = match finding.verdict {
        Verdict::Ok => "ok   ",
        Verdict::Warning => "warn ",
        Verdict::Wrong => "WRONG",
    };
    let mut line = format!("{mark} {:<14} {}", finding.checked, finding.found);
    if !finding.mend.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(line, "\n      {:<14} → {}", "", finding.mend);
    }
    line
}

fn examine(findings: &mut Findings) {
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(err) => {
            findings.wrong(
                "configuration",
                err.to_string(),
                "`banyan doctor --settings` lists every setting",
            );
            return;
        }
    };
    configuration(findings, &config);
    mail(findings, &config);
    fonts(findings);
    disk(findings, &config);
    let house = match House::open(config) {
        Ok(house) => house,
        Err(err) => {
            findings.wrong(
                "database",
                err.to_string(),
                "see the message; `scripts/setup` installs PostgreSQL on Debian and Ubuntu",
            );
            return;
        }
    };
    storage(findings, &house);
    if let Err(err) = database(findings, &house) {
        findings.wrong(
            "database",
            err.to_string(),
            "run `banyan migrate`, then the doctor again",
        );
    }
}

fn storage(findings: &mut Findings, house: &House) {
    let files = &house.site.files;
    let mend = match &house.site.config.storage {
        Storage::Local => "give this user write access to BANYAN_DATA_DIR",
        Storage::S3(_) => {
            "check BANYAN_S3_ENDPOINT, _BUCKET, _REGION, _KEY, _SECRET and _STYLE; \
             the key must be allowed to put, get, delete and list below BANYAN_S3_PREFIX"
        }
    };
    match files.probe() {
        Ok(()) => findings.ok("storage", format!("files are kept in {}", files.place())),
        Err(why) => findings.wrong("storage", format!("{}: {why}", files.place()), mend),
    }
}

fn configuration(findings: &mut Findings, config: &Config) {
    let mode = match config.mode {
        Mode::Production => "production",
        Mode::Sample => "sample",
    };
    findings.ok(
        "configuration",
        format!(
            "{mode}, {}, data in {}",
            config.public_url,
            config.data_dir.display()
        ),
    );
    if config.mode == Mode::Production && !config.public_url.starts_with("https://") {
        findings.wrong(
            "address",
            config.public_url.clone(),
            "set BANYAN_PUBLIC_URL to the https address that people type",
        );
    }
}

fn mail(findings: &mut Findings, config: &Config) {
    let Some(smtp) = &config.smtp else {
        findings.warn(
            "mail",
            "no mail server: letters land in the local mailbox",
            "set BANYAN_SMTP_HOST and its kin",
        );
        return;
    };
    let server = format!("{}:{}", smtp.host, smtp.port);
    let reached = Transport::new(Some(smtp), Limits::default())
        .map_err(|err| err.to_string())
        .and_then(|mut transport| transport.probe());
    match reached {
        Ok(()) => findings.ok("mail", format!("{server} answers, protected as configured")),
        Err(why) => findings.wrong(
            "mail",
            format!("{server}: {why}"),
            "check BANYAN_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD",
        ),
    }
}

fn fonts(findings: &mut Findings) {
    let fonts = Command::new("fc-list")
        .args([":lang=zh-hk", "family"])
        .output();
    match fonts {
        Ok(list) if !list.stdout.is_empty() => {
            findings.ok("fonts", "fonts with Hong Kong characters are installed");
        }
        _ => findings.warn(
            "fonts",
            "no font with Hong Kong characters found",
            "apt-get install fonts-noto-cjk fontconfig",
        ),
    }
}

fn disk(findings: &mut Findings, config: &Config) {
    const GIB: f64 = 1024.0 * 1024.0;
    let Some(space) = Store::new(&config.data_dir).space() else {
        findings.warn(
            "disk",
            "free space could not be read",
            "look at `df` yourself",
        );
        return;
    };
    let found = format!(
        "{:.1} GB free, {:.0} % of the disk",
        space.free / GIB,
        space.free_ratio() * 100.0
    );
    if space.free < GIB || space.free_ratio() < 0.1 {
        findings.warn("disk", found, "make room: PostgreSQL stops on a full disk");
    } else {
        findings.ok("disk", found);
    }
}

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Bool)]
    mighty: bool,
    #[diesel(sql_type = BigInt)]
    open_tables: i64,
    #[diesel(sql_type = BigInt)]
    owned: i64,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Timestamptz)]
    now: DateTime<Utc>,
}

fn database(findings: &mut Findings, house: &House) -> Result<()> {
    let server: Server = house.site.db.read(&Actor::System(Task::PublicSite), |conn: &mut Conn<'_>| {
        Ok(sql_query(
            "SELECT current_setting('server_version_num')::int / 10000 AS version, current_user::text AS role, \
             (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS mighty, \
             (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' \
               AND c.relkind = 'r' AND c.relname NOT LIKE '\\_\\_%' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)) AS open_tables, \
             (SELECT count(*) FROM pg_class c WHERE c.relkind = 'r' AND pg_get_userbyid(c.relowner) = current_user) AS owned, \
             current_setting('server_encoding') AS encoding, clock_timestamp() AS now",
        )
        .get_result(conn.pg())?)
    })?;
    let kind = if house.is_private() {
        "private PostgreSQL"
    } else {
        "PostgreSQL"
    };
    if server.version < 15 {
        findings.wrong(
            "database",
            format!("{kind} {}", server.version),
            "use PostgreSQL 15 or later",
        );
    } else {
        findings.ok(
            "database",
            format!("{kind} {}, {}", server.version, server.encoding),
        );
    }
    roles(findings, &server);
    match house.check_schema() {
        Ok(()) if server.open_tables == 0 => findings.ok(
            "schema",
            "up to date; row-level security forced on every table",
        ),
        Ok(()) => findings.wrong(
            "schema",
            format!("{} tables without row-level security", server.open_tables),
            "run `banyan migrate`",
        ),
        Err(err) => findings.wrong("schema", err.to_string(), "run `banyan migrate`"),
    }
    clock(findings, &server);
    state::queues(findings, house)?;
    state::history(findings, house)
}

fn roles(findings: &mut Findings, server: &Server) {
    if server.mighty || server.owned > 0 {
        let mend =
            "serve as banyan_app: `banyan migrate --bootstrap` prints the SQL that makes the roles";
        findings.wrong(
            "roles",
            format!("{} could pass row-level security", server.role),
            mend,
        );
    } else {
        findings.ok(
            "roles",
            format!(
                "{} owns nothing and cannot pass row-level security",
                server.role
            ),
        );
    }
}

fn clock(findings: &mut Findings, server: &Server) {
    let skew = (server.now - machine_now()).num_milliseconds().abs();
    if skew > 2_000 {
        findings.warn(
            "clock",
            format!("{skew} ms between this machine and the database"),
            "run a time service (chrony) on both; deadlines follow the database",
        );
    } else {
        findings.ok("clock", "this machine and the database agree");
    }
}
