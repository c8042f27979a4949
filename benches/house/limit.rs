//! What the machine could do: `pgbench` with a page's own statements, and a static page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::house::{House, program};
use crate::load::{self, Shot};

/// A statement as the server logged it.
#[derive(Debug)]
struct Logged {
    /// Sent with bound values, and so prepared?
    bound: bool,
    sql: String,
    values: Vec<Option<String>>,
}

/// The `pgbench` script of what one request made the app's role run; nothing if it ran nothing.
pub fn script(house: &House, port: u16, shot: &Shot) -> Option<String> {
    let log = house.folder.join("pg/postgres/server.log");
    for setting in [
        "log_statement = 'all'",
        "log_error_verbosity = 'default'",
        "log_line_prefix = '#%u# '",
    ] {
        house.sql(&format!("ALTER SYSTEM SET {setting}"));
    }
    house.sql("SELECT pg_reload_conf()");
    std::thread::sleep(Duration::from_millis(300));
    let begins = fs::metadata(&log).unwrap().len();
    let answered = load::once(port, shot).is_some();
    std::thread::sleep(Duration::from_millis(200));
    let bytes = fs::read(&log).unwrap();
    house.sql("ALTER SYSTEM RESET ALL");
    house.sql("SELECT pg_reload_conf()");
    std::thread::sleep(Duration::from_millis(300));
    let text = String::from_utf8_lossy(&bytes[usize::try_from(begins).unwrap()..]).into_owned();
    let logged = parse(&text);
    (answered && !logged.is_empty()).then(|| write(&logged))
}

fn parse(log: &str) -> Vec<Logged> {
    let mut entries: Vec<String> = Vec::new();
    for line in log.lines() {
        match (line.strip_prefix('\t'), entries.last_mut()) {
            (Some(more), Some(last)) => {
                last.push('\n');
                last.push_str(more);
            }
            _ => entries.push(line.to_owned()),
        }
    }
    let mut logged: Vec<Logged> = Vec::new();
    for entry in entries
        .iter()
        .filter_map(|e| e.strip_prefix("#banyan_app# "))
    {
        if let Some(sql) = entry.strip_prefix("LOG:  statement: ") {
            logged.push(Logged {
                bound: false,
                sql: sql.to_owned(),
                values: Vec::new(),
            });
        } else if let Some((_, sql)) = entry
            .strip_prefix("LOG:  execute ")
            .and_then(|e| e.split_once(": "))
        {
            logged.push(Logged {
                bound: true,
                sql: sql.to_owned(),
                values: Vec::new(),
            });
        } else if let (Some(list), Some(last)) = (
            entry.strip_prefix("DETAIL:  parameters: "),
            logged.last_mut(),
        ) {
            last.values = values(list);
        }
    }
    logged
}

/// `$1 = 'it''s', $2 = NULL`.
fn values(list: &str) -> Vec<Option<String>> {
    let (mut all, mut rest) = (Vec::new(), list);
    while let Some((_, after)) = rest.split_once(" = ") {
        if let Some(quoted) = after.strip_prefix('\'') {
            let (mut value, mut at) = (String::new(), 0);
            while let Some(next) = quoted[at..].find('\'') {
                value.push_str(&quoted[at..at + next]);
                at += next + 1;
                if !quoted[at..].starts_with('\'') {
                    break;
                }
                value.push('\'');
                at += 1;
            }
            all.push(Some(value));
            rest = &quoted[at..];
        } else {
            all.push(None);
            rest = after.trim_start_matches("NULL");
        }
    }
    all
}

/// Statements with values are prepared once for each client and then executed; what the app sends
/// in one piece goes in one piece. Ids that the request made are drawn anew each time.
fn write(logged: &[Logged]) -> String {
    let mut prepared: BTreeMap<&str, usize> = BTreeMap::new();
    let mut fresh: BTreeMap<String, usize> = BTreeMap::new();
    let (mut head, mut body) = (String::new(), String::new());
    for statement in logged {
        if !statement.bound {
            let parts: Vec<&str> = statement
                .sql
                .split(';')
                .map(str::trim)
                .filter(|p| !p.is_empty())
                .collect();
            let _ = writeln!(body, "{};", parts.join("\\; "));
            continue;
        }
        let next = prepared.len();
        let sql = statement.sql.split("\n-- ").next().unwrap_or_default();
        let number = *prepared.entry(statement.sql.as_str()).or_insert_with(|| {
            let _ = writeln!(head, "PREPARE bench_s{next} AS {};", one_line(sql));
            next
        });
        let values: Vec<String> = statement
            .values
            .iter()
            .map(|v| literal(v.as_deref(), &mut fresh))
            .collect();
        let values = if values.is_empty() {
            String::new()
        } else {
            format!("({})", values.join(", "))
        };
        let _ = writeln!(body, "EXECUTE bench_s{number}{values};");
    }
    let mut draws = String::new();
    for number in fresh.values() {
        let _ = writeln!(
            draws,
            "\\set bench_u{number} random(100000000000, 999999999999)"
        );
    }
    format!("\\if :bench_new\n{head}\\set bench_new 0\n\\endif\n{draws}{body}")
}

fn one_line(sql: &str) -> String {
    sql.split('\n').map(str::trim).collect::<Vec<_>>().join(" ")
}

fn literal(value: Option<&str>, fresh: &mut BTreeMap<String, usize>) -> String {
    let Some(value) = value else {
        return "NULL".to_owned();
    };
    // Seeded ids begin with 019b0; those of today do not.
    let made = uuid::Uuid::parse_str(value).is_ok_and(|id| id.get_version_num() == 7)
        && !value.starts_with("019b0");
    if made {
        let next = fresh.len();
        let number = *fresh.entry(value.to_owned()).or_insert(next);
        return format!("'019cffff-0000-7000-8000-:bench_u{number}'");
    }
    let escaped = value
        .replace('\\', "\\\\")
        .replace('\'', "''")
        .replace('\n', "\\n")
        .replace(';', "\\073");
    format!("E'{escaped}'")
}

/// Transactions a second of a script with so many clients, as the app's role.
///
/// # Errors
/// What `pgbench` said.
pub fn pgbench(
    house: &House,
    script: &str,
    clients: usize,
    window: Duration,
) -> Result<f64, String> {
    let file = house.folder.join("page.pgbench");
    fs::write(&file, script).unwrap();
    let out = program("pgbench")
        .args(["--no-vacuum", "--protocol=simple", "--define=bench_new=1"])
        .arg(format!("--client={clients}"))
        .arg(format!("--jobs={}", clients.min(2)))
        .arg(format!("--time={}", window.as_secs().max(2)))
        .arg(format!("--file={}", file.display()))
        // As the pool of the application has it.
        .env(
            "PGOPTIONS",
            "-c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0",
        )
        .arg(house.private.app_url())
        .output()
        .map_err(|err| format!("pgbench: {err}"))?;
    let (text, said) = (
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr),
    );
    let tps = text
        .lines()
        .find_map(|l| l.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    tps.filter(|_| out.status.success()).ok_or_else(|| {
        said.lines()
            .find(|l| l.contains("ERROR") || l.contains("error"))
            .unwrap_or("pgbench failed")
            .to_owned()
    })
}

/// Serves pages of any size from memory: `GET /41000` has 41,000 bytes. Ends with this process.
pub fn static_pages() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let page = web::Bytes::from(vec![b'x'; 2_000_000]);
        let server = HttpServer::new(move || {
            let page = page.clone();
            App::new().default_service(web::to(move |http: actix_web::HttpRequest| {
                let size = http
                    .path()
                    .trim_start_matches('/')
                    .parse::<usize>()
                    .unwrap_or(0);
                let page = page.slice(..size.min(page.len()));
                async move { HttpResponse::Ok().content_type("text/html").body(page) }
            }))
        });
        actix_web::rt::System::new()
            .block_on(server.workers(2).listen(listener).unwrap().run())
            .unwrap();
    });
    while load::once(port, &Shot::get("/1", "")).is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    port
}

/// Keeps the script of a page for whoever wants to look at it.
pub fn keep(name: &str, script: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let _ = fs::write(
        folder.join(format!(
            "{}.pgbench",
            name.replace([' ', '/', ':', ','], "-")
        )),
        script,
    );
}
