//! The pages that are measured, and the table that comes out.

use std::time::Duration;

use crate::house::{APPLICANT, App, House, STAFF, TOKEN};
use crate::load::{self, Measured, Shot};
use crate::{Wanted, ground, limit, process};

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Staff,
    Applicant,
    Token,
}

/// A measured page. `{cohort}`, `{application}` stand for the cohort of 1,000 and one application
/// of it; a body makes it a form.
struct Page {
    name: &'static str,
    who: Who,
    path: &'static str,
    form: &'static str,
    /// Must stand in the answer.
    marker: &'static str,
    /// The mark of design.md 8 in CPU-ms (application and PostgreSQL) a request.
    mark: f64,
}

const fn page(
    name: &'static str,
    who: Who,
    path: &'static str,
    marker: &'static str,
    mark: f64,
) -> Page {
    Page {
        name,
        who,
        path,
        form: "",
        marker,
        mark,
    }
}

/// One line for each page. A page that the house does not have yet is told as such.
const PAGES: &[Page] = &[
    page("landing", Who::Nobody, "/", "Measured Programme", 0.8),
    page(
        "cohort at a glance",
        Who::Staff,
        "/cohorts/{cohort}",
        "Measured cohort 0",
        2.5,
    ),
    page(
        "applications list, filters on",
        Who::Staff,
        "/cohorts/{cohort}/applications?state=submitted&q=wong",
        "WONG",
        2.5,
    ),
    page(
        "one application",
        Who::Staff,
        "/applications/{application}",
        "YEUNG",
        2.5,
    ),
    page(
        "status page",
        Who::Applicant,
        "/me",
        "Measured cohort 0",
        2.5,
    ),
    page(
        "JSON list",
        Who::Token,
        "/api/v1/cohorts/{cohort}/applications",
        "\"reference\":\"B0",
        1.0,
    ),
    Page {
        name: "form: a note",
        who: Who::Staff,
        path: "/applications/{application}/notes",
        form: "_key={fresh}&body=Measured+again",
        marker: "location: /applications/",
        mark: 1.5,
    },
    page("sign-in page", Who::Nobody, "/sign-in", "</form>", 0.8),
];

impl Page {
    fn shot(&self, house: &House) -> Shot {
        let path = self
            .path
            .replace("{cohort}", &house.cohort)
            .replace("{application}", &house.application);
        let headers = match self.who {
            Who::Nobody => String::new(),
            Who::Staff => format!("Cookie: __Host-session={STAFF}\r\n"),
            Who::Applicant => format!("Cookie: __Host-session={APPLICANT}\r\n"),
            Who::Token => format!("Authorization: Bearer {TOKEN}\r\n"),
        };
        let shot = if self.form.is_empty() {
            Shot::get(&path, &headers)
        } else {
            Shot::form(&path, &headers, self.form)
        };
        Shot {
            marker: self.marker.to_owned(),
            ..shot
        }
    }
}

/// Measures every page and prints the table.
#[expect(
    clippy::too_many_lines,
    reason = "a measurement is read from top to bottom"
)]
pub fn run(house: &House, wanted: &Wanted) {
    let statics = limit::static_pages();
    println!(
        "| page | size | connections | a second | p50 ms | p99 ms | CPU-ms | mark | `pgbench`, its statements | of that | static page | of that |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for page in PAGES.iter().filter(|p| wanted.has(p.name)) {
        one(
            house,
            &house.app,
            wanted,
            statics,
            page.name,
            &page.shot(house),
            page.mark,
        );
    }
    if wanted.has(ground::NAME) {
        let program = std::env::current_exe().unwrap();
        let app = App::start(
            &program,
            &["--serve-ground"],
            &house.private.app_url(),
            &house.folder.join("ground"),
        );
        let headers = format!("Cookie: __Host-session={STAFF}\r\n");
        let path = format!("/ground/{}", house.cohort);
        let shot = Shot {
            marker: "YEUNG".to_owned(),
            ..Shot::get(&path, &headers)
        };
        one(house, &app, wanted, statics, ground::NAME, &shot, 2.5);
        let packed = Shot {
            marker: "content-encoding: gzip".to_owned(),
            ..Shot::get(&path, &format!("{headers}Accept-Encoding: gzip\r\n"))
        };
        one(
            house,
            &app,
            wanted,
            statics,
            "the same, as browsers ask (gzip)",
            &packed,
            2.5,
        );
        one(
            house,
            &app,
            wanted,
            statics,
            "no such page",
            &Shot {
                status: 404,
                ..Shot::get("/nowhere", "")
            },
            0.8,
        );
    }
    let app = &house.app;
    println!(
        "\nFirst answer {:.2} s after the start (mark 0.5); memory {:.0} MB at the start, {:.0} MB after the load, {:.0} MB at most (mark 64).\n",
        app.first_answer.as_secs_f64(),
        app.rss_at_start,
        process::memory_mb(app.pid(), "VmRSS"),
        process::memory_mb(app.pid(), "VmHWM"),
    );
}

fn one(
    house: &House,
    app: &App,
    wanted: &Wanted,
    statics: u16,
    name: &str,
    shot: &Shot,
    mark: f64,
) {
    let Some(answer) = load::once(app.port, shot) else {
        println!("| {name} | nobody answers |");
        return;
    };
    if !answer.fits(shot) {
        let why = match answer.status {
            404 | 405 => "not there yet".to_owned(),
            status if status == shot.status => format!("no {:?} in the answer", shot.marker),
            status => format!("answers {status}"),
        };
        println!("| {name} | | | **{why}** | | | | {mark} | | | | |");
        return;
    }
    let script = limit::script(house, app.port, shot);
    if let Some(script) = &script {
        limit::keep(name, script);
    }
    let size = answer.body.len();
    for &connections in &wanted.connections {
        let measured = measure(house, app, shot, connections, wanted.window);
        let pgbench = script
            .as_ref()
            .map(|s| limit::pgbench(house, s, connections, wanted.window));
        let same_size = load::run(
            statics,
            &Shot::get(&format!("/{size}"), ""),
            connections,
            wanted.window / 3,
            || {},
        );
        row(
            name,
            size,
            connections,
            &measured,
            mark,
            pgbench,
            same_size.per_second,
        );
    }
}

fn measure(
    house: &House,
    app: &App,
    shot: &Shot,
    connections: usize,
    window: Duration,
) -> (Measured, f64) {
    let mut cpu = Vec::new();
    let measured = load::run(app.port, shot, connections, window, || {
        cpu.push(process::cpu_ms(app.pid(), false) + process::cluster_cpu_ms(house.postmaster));
    });
    let spent = cpu.last().unwrap_or(&0.0) - cpu.first().unwrap_or(&0.0);
    let each = spent / measured.requests.max(1) as f64;
    (measured, each)
}

fn row(
    name: &str,
    size: usize,
    connections: usize,
    (measured, cpu): &(Measured, f64),
    mark: f64,
    pgbench: Option<Result<f64, String>>,
    statics: f64,
) {
    let (limit, share) = match pgbench {
        Some(Ok(tps)) => (
            format!("{tps:.0}"),
            format!("{:.0} %", 100.0 * measured.per_second / tps),
        ),
        Some(Err(why)) => (why, String::new()),
        None => ("no statements".to_owned(), String::new()),
    };
    let bad = if measured.bad > 0 {
        format!(" (**{} bad answers**)", measured.bad)
    } else {
        String::new()
    };
    println!(
        "| {name} | {:.1} KB | {connections} | {:.0}{bad} | {:.2} | {:.2} | {cpu:.2} | {mark} | {limit} | {share} | {statics:.0} | {:.0} % |",
        size as f64 / 1024.0,
        measured.per_second,
        measured.p50,
        measured.p99,
        100.0 * measured.per_second / statics,
    );
}
