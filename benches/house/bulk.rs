//! 100,000 rows in and out, beside `\copy` by `psql`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Wanted;
use crate::house::{House, STAFF, id, program};
use crate::load::{self, Shot};
use crate::process;

const ROWS: usize = 100_000;

/// The columns and joins of the export itself, without row-level security.
const WHOLE: &str = "a.reference, a.family_name, a.given_names, a.western_name, a.name_zh, a.email, a.phone, a.lang, a.route, \
    u.name_en AS university, coalesce(e.name_en, a.employer_name) AS employer, a.job_title, a.field_of_study, \
    a.graduation_year, a.state, CASE WHEN c.released_at IS NULL THEN c.decision END AS decision, \
    round(c.score_milli / 1000.0, 3) AS score, round(c.spread_milli / 1000.0, 3) AS spread, \
    coalesce(c.reviews_done, 0) AS reviews_done, cardinality(a.reviewer_ids) AS reviews_asked, a.submitted_at, a.source \
    FROM applications a LEFT JOIN application_cases c ON c.application_id = a.id \
    LEFT JOIN organisations u ON u.id = a.university_id LEFT JOIN organisations e ON e.id = a.employer_id";

/// The tables that an import fills, and which of their rows are its own.
const FILLED: [(&str, &str); 5] = [
    ("people", "email LIKE 'wing.cheung%'"),
    ("applications", "cohort_id = '{cohort}'"),
    ("application_tokens", "cohort_id = '{cohort}'"),
    (
        "audit_events",
        "verb LIKE 'application.%' AND subject_id IN (SELECT id FROM applications WHERE cohort_id = '{cohort}')",
    ),
    (
        "audit_details",
        "event_id IN (SELECT id FROM audit_events WHERE subject_id IN (SELECT id FROM applications WHERE cohort_id = '{cohort}'))",
    ),
];

/// Measures and prints.
pub fn run(house: &House, wanted: &Wanted) {
    if !wanted.has("export") && !wanted.has("import") {
        return;
    }
    println!(
        "| 100,000 rows | seconds | CPU-s (app and PostgreSQL) | size | memory of the app at most | of `\\copy` | mark |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|");
    if wanted.has("export") {
        out(house);
    }
    if wanted.has("import") {
        into(house);
    }
    println!();
}

/// The same rows by `\copy`; returns the time of the eleven columns.
fn copied_out(house: &House, cohort: &str) -> Duration {
    let file = house.folder.join("out.csv");
    let columns = "reference, state, name_shown, name_zh, email, phone, lang, route, field_of_study, graduation_year, submitted_at";
    let copied = copy(
        &house.private.superuser_url(),
        &format!(
            "\\copy (SELECT {columns} FROM applications WHERE cohort_id = '{cohort}' ORDER BY name_sort, id) TO '{}' CSV HEADER",
            file.display()
        ),
    );
    row(
        "`\\copy` out, eleven columns",
        copied,
        size(&file),
        None,
        None,
        "",
    );
    let whole = copy(
        &house.private.superuser_url(),
        &format!(
            "\\copy (SELECT {WHOLE} WHERE a.cohort_id = '{cohort}' ORDER BY a.name_sort, a.id) TO '{}' CSV HEADER",
            file.display()
        ),
    );
    row(
        "`\\copy` out, the export's columns and joins",
        whole,
        size(&file),
        None,
        Some(copied),
        "",
    );
    copied
}

fn out(house: &House) {
    let cohort = id(&house.private, "cohorts", "code = 'BENCH-1'");
    let copied = copied_out(house, &cohort);
    for (name, ending, mark) in [
        ("CSV export", "csv", "1.5 times"),
        ("XLSX export", "xlsx", "under 2 CPU-s"),
    ] {
        let shot = Shot::get(
            &format!("/cohorts/{cohort}/applications.{ending}"),
            &format!("Cookie: __Host-session={STAFF}\r\n"),
        );
        let (before, began) = (cpu(house), Instant::now());
        let answer = load::once(house.app.port, &shot);
        let (took, spent) = (began.elapsed(), (cpu(house) - before) / 1_000.0);
        match answer {
            Some(answer) if answer.status == 200 => {
                let most = process::memory_mb(house.app.pid(), "VmHWM");
                row(
                    name,
                    took,
                    answer.body.len() as f64,
                    Some((spent, most)),
                    Some(copied),
                    mark,
                );
            }
            Some(answer) if matches!(answer.status, 404 | 405) => missing(name, mark),
            Some(answer) => println!(
                "| {name} | **answers {}** | | | | | {mark} |",
                answer.status
            ),
            None => println!(
                "| {name} | **cut short after {:.1} s** | | | | | {mark} |",
                took.as_secs_f64()
            ),
        }
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "a measurement is read from top to bottom"
)]
fn into(house: &House) {
    let file = house.folder.join("in.csv");
    fs::write(&file, registry()).unwrap();
    house.sql(
        "CREATE TABLE copied (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, family text, given text, western text, zh text, \
         email text UNIQUE, mobile text, route text, university text, employer text, year text, lang text, statement text, submitted text)",
    );
    let columns = "family, given, western, zh, email, mobile, route, university, employer, year, lang, statement, submitted";
    let copied = copy(
        &house.private.superuser_url(),
        &format!(
            "\\copy copied ({columns}) FROM '{}' CSV HEADER",
            file.display()
        ),
    );
    row(
        "`\\copy` in, one table with two indexes",
        copied,
        size(&file),
        None,
        None,
        "",
    );
    for (name, commit, mark) in [("import, dry run", false, ""), ("import", true, "2 times")] {
        let mut command = banyan(house);
        command
            .args(["import", "applicants"])
            .arg(&file)
            .args(["--call", "BENCH-2"]);
        if commit {
            command.arg("--commit");
        }
        let (before, began) = (process::cluster_cpu_ms(house.postmaster), Instant::now());
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut most, mut own): (f64, f64) = (0.0, 0.0);
        let status = loop {
            most = most.max(process::memory_mb(child.id(), "VmHWM"));
            own = own.max(process::cpu_ms(child.id(), false));
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let took = began.elapsed();
        let spent = (own + process::cluster_cpu_ms(house.postmaster) - before) / 1_000.0;
        if status.success() {
            row(
                name,
                took,
                size(&file),
                Some((spent, most)),
                Some(copied),
                mark,
            );
        } else if status.code() == Some(2) {
            missing(name, mark);
        } else {
            println!("| {name} | **failed ({status})** | | | | | {mark} |");
        }
    }
    same_rows(house, copied);
}

/// The least that the database would take for the very rows that the import wrote: each table with
/// its indexes, filled by `\copy`, without policies, references and triggers.
fn same_rows(house: &House, copied: Duration) {
    let cohort = id(&house.private, "cohorts", "code = 'BENCH-2'");
    let url = house.private.superuser_url();
    let (mut all, mut bytes) = (Duration::ZERO, 0.0);
    for (table, which) in FILLED {
        let file = house.folder.join(format!("{table}.copy"));
        let which = which.replace("{cohort}", &cohort);
        copy(
            &url,
            &format!(
                "\\copy (SELECT * FROM {table} WHERE {which}) TO '{}'",
                file.display()
            ),
        );
        house.sql(&format!(
            "CREATE TABLE again_{table} (LIKE {table} INCLUDING ALL)"
        ));
        all += copy(
            &url,
            &format!("\\copy again_{table} FROM '{}'", file.display()),
        );
        bytes += size(&file);
    }
    row(
        "`\\copy` in, the rows that the import wrote",
        all,
        bytes,
        None,
        Some(copied),
        "",
    );
}

fn banyan(house: &House) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_banyan"));
    command
        .env("DATABASE_URL", house.private.app_url())
        .env("BANYAN_DATA_DIR", house.folder.join("app"))
        .env(
            "BANYAN_SECRET",
            "a secret for measurements that nobody else uses",
        );
    command
}

/// A file as a registry would send it.
fn registry() -> String {
    let mut file = String::from(
        "\u{feff}Family Name,Given Names,Western name,Chinese name,E-mail,Mobile,Route,University,Employer,Graduation year,Language,Statement,Submitted on\r\n",
    );
    for n in 0..ROWS {
        let _ = write!(
            file,
            "CHEUNG,Wing {n},Amy,張詠,wing.cheung{n}@example.org,+852 {},university_student,Measured Organisation {},,2026,en,I want to test models for unfair outcomes.,2026-11-15\r\n",
            51_000_000 + n,
            n % 6,
        );
    }
    file
}

fn copy(url: &str, command: &str) -> Duration {
    let began = Instant::now();
    let out = program("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command])
        .arg(url)
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    began.elapsed()
}

fn cpu(house: &House) -> f64 {
    process::cpu_ms(house.app.pid(), false) + process::cluster_cpu_ms(house.postmaster)
}

fn size(file: &Path) -> f64 {
    fs::metadata(file).unwrap().len() as f64
}

fn missing(name: &str, mark: &str) {
    println!("| {name} | **not there yet** | | | | | {mark} |");
}

fn row(
    name: &str,
    took: Duration,
    bytes: f64,
    spent: Option<(f64, f64)>,
    copied: Option<Duration>,
    mark: &str,
) {
    let seconds = took.as_secs_f64();
    let (cpu, most) = spent.map_or((String::new(), String::new()), |(cpu, most)| {
        (format!("{cpu:.2}"), format!("{most:.0} MB"))
    });
    let share = copied.map_or(String::new(), |c| {
        format!("{:.2} times", seconds / c.as_secs_f64())
    });
    println!(
        "| {name} | {seconds:.2} | {cpu} | {:.1} MB | {most} | {share} | {mark} |",
        bytes / 1e6
    );
}
