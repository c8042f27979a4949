//! Pages over attendance: with 10,000 entries in the database, and again when it has grown.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::Wanted;
use crate::house::{House, STAFF, digest, id};
use crate::load::{self, Shot};
use crate::process;

/// The secret of the measured trainee's session.
const TRAINEE: &str = "measured-trainee-session";
/// That of the instructor who teaches the measured cohort.
const INSTRUCTOR: &str = "measured-instructor-session";
/// Entries of one seeded cohort.
const EACH: u64 = 10_000;
/// Cohorts that are seeded in one go.
const AT_ONCE: u64 = 25;
/// A page is measured so many times, and its best round counts: others use this machine, too.
const ROUNDS: u32 = 3;
/// The mark: within this many times of what it took before.
const MARK: f64 = 2.0;

/// A measured page: its name, whose session asks, its address, what must stand in the answer.
struct Page(&'static str, &'static str, &'static str, &'static str);

const PAGES: &[Page] = &[
    Page(
        "cohort's attendance",
        STAFF,
        "/cohorts/{cohort}/attendance",
        "TRAINEE 7",
    ),
    Page(
        "the same, lowest rate first",
        STAFF,
        "/cohorts/{cohort}/attendance?sort=rate",
        "TRAINEE 7",
    ),
    Page(
        "cohort's registers",
        STAFF,
        "/cohorts/{cohort}/registers",
        "Measured module 7",
    ),
    Page(
        "cohort at a glance",
        STAFF,
        "/cohorts/{cohort}",
        "Measured class 0",
    ),
    Page(
        "cohort's timetable",
        STAFF,
        "/cohorts/{cohort}/timetable",
        "Measured module",
    ),
    Page(
        "session's register, signed off",
        STAFF,
        "/classes/{class}/register",
        "TRAINEE 7",
    ),
    Page(
        "cohort's completion",
        STAFF,
        "/cohorts/{cohort}/completion",
        "TRAINEE 7",
    ),
    Page(
        "queue at risk",
        STAFF,
        "/programmes/{programme}/at-risk",
        "TRAINEE",
    ),
    Page("instructor's home", INSTRUCTOR, "/teaching", "</html>"),
    Page(
        "instructor's registers",
        INSTRUCTOR,
        "/registers",
        "Measured module 7",
    ),
    Page(
        "instructor's timetable",
        INSTRUCTOR,
        "/timetable",
        "Measured module 7",
    ),
    Page(
        "register of the session that is on",
        INSTRUCTOR,
        "/classes/{live}/register",
        "TRAINEE 7",
    ),
    Page(
        "live board",
        INSTRUCTOR,
        "/classes/{live}/board",
        "TRAINEE 7",
    ),
    Page(
        "trainees at risk, instructor",
        INSTRUCTOR,
        "/teaching/at-risk",
        "TRAINEE",
    ),
    Page("trainee's home", TRAINEE, "/me", "</html>"),
    Page(
        "trainee's attendance",
        TRAINEE,
        "/me/attendance",
        "Measured module 7",
    ),
    Page(
        "trainee's progress",
        TRAINEE,
        "/me/progress",
        "Measured module 7",
    ),
    Page(
        "trainee's timetable",
        TRAINEE,
        "/me/timetable",
        "Measured module 7",
    ),
];

/// What one page took.
#[derive(Clone, Copy)]
struct Took {
    /// Half of the answers came within this, in milliseconds.
    p50: f64,
    /// Processor time of application and PostgreSQL for one answer, in milliseconds.
    cpu: f64,
}

/// Measures, grows to so many entries, measures again, prints.
pub fn run(house: &House, wanted: &Wanted) {
    seed(house, 0, 0);
    house.sql(&sign_in());
    settle(house);
    let before = measure_all(house, wanted);
    let began = Instant::now();
    let last = (wanted.rows / EACH).max(2) - 1;
    grow(house, last);
    settle(house);
    let grown = began.elapsed();
    let after = measure_all(house, wanted);
    println!(
        "### Attendance: {} cohorts, {} sessions, {} trainees, {} entries ({}), grown in {:.0} s\n",
        last + 1,
        (last + 1) * 200,
        (last + 1) * 50,
        (last + 1) * EACH,
        house.text("SELECT pg_size_pretty(pg_total_relation_size('attendance_records'))"),
        grown.as_secs_f64(),
    );
    println!(
        "| page | ms with 10,000 | ms with {} | times | CPU-ms with 10,000 | CPU-ms with {} | times | mark |",
        (last + 1) * EACH,
        (last + 1) * EACH
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|");
    for (page, (before, after)) in PAGES.iter().zip(before.into_iter().zip(after)) {
        match (before, after) {
            (Ok(before), Ok(after)) => println!(
                "| {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {MARK} |",
                page.0,
                before.p50,
                after.p50,
                after.p50 / before.p50,
                before.cpu,
                after.cpu,
                after.cpu / before.cpu
            ),
            (before, after) => {
                let why = before.err().or(after.err()).unwrap_or_default();
                println!("| {} | **{why}** | | | | | | {MARK} |", page.0);
            }
        }
    }
    println!();
}

/// Seeds cohorts up to the last, with as many connections as there are processors.
fn grow(house: &House, last: u64) {
    // All programmes first, so that nobody waits for another's.
    seed(house, 1, last.min(9));
    let next = AtomicU64::new(10);
    let seeding = || {
        loop {
            let from = next.fetch_add(AT_ONCE, Ordering::Relaxed);
            if from > last {
                break;
            }
            seed(house, from, (from + AT_ONCE - 1).min(last));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(seeding);
        }
    });
}

fn seed(house: &House, from: u64, to: u64) {
    let sql = include_str!("rows.sql")
        .replace("$FROM", &from.to_string())
        .replace("$TO", &to.to_string());
    house.sql(&sql);
}

/// Sessions of the first trainee and of the instructor.
fn sign_in() -> String {
    format!(
        "INSERT INTO sessions (id, token_hash, person_id, grant_id, expires_at) \
         SELECT gen_random_uuid(), '{}', id, NULL, '2100-01-01' FROM people WHERE email = 'trainee7@example.org'; \
         INSERT INTO sessions (id, token_hash, person_id, grant_id, expires_at) \
         SELECT gen_random_uuid(), '{}', p.id, g.id, '2100-01-01' FROM people p JOIN role_grants g ON g.person_id = p.id \
         WHERE p.email = 'teacher0@example.org'",
        digest(TRAINEE),
        digest(INSTRUCTOR)
    )
}

fn settle(house: &House) {
    house.sql("VACUUM ANALYZE");
    house.sql("CHECKPOINT");
}

fn measure_all(house: &House, wanted: &Wanted) -> Vec<Result<Took, String>> {
    let found = |table: &str, which: &str| id(&house.private, table, which);
    let cohort = found("cohorts", "code = 'ROWS-0'");
    let class = |nth: u32| {
        let order = format!(
            "id = (SELECT id FROM class_sessions WHERE cohort_id = '{cohort}' ORDER BY starts_at OFFSET {nth} LIMIT 1)"
        );
        found("class_sessions", &order)
    };
    let places = [
        ("{class}", class(150)),
        ("{live}", class(199)),
        ("{programme}", found("programmes", "code = 'BENCH'")),
        ("{cohort}", cohort.clone()),
    ];
    let shots = PAGES.iter().map(|Page(_, session, path, marker)| {
        let path = places.iter().fold((*path).to_owned(), |path, (name, id)| {
            path.replace(name, id)
        });
        Shot {
            marker: (*marker).to_owned(),
            ..Shot::get(&path, &format!("Cookie: __Host-session={session}\r\n"))
        }
    });
    shots
        .map(|shot| measure(house, &shot, wanted.window / 2))
        .collect()
}

fn measure(house: &House, shot: &Shot, window: Duration) -> Result<Took, String> {
    let answer = load::once(house.app.port, shot).ok_or("nobody answers")?;
    if answer.status != shot.status {
        return Err(format!("answers {}", answer.status));
    }
    if !answer.fits(shot) {
        return Err(format!("no {:?} in the answer", shot.marker));
    }
    let mut best = Took {
        p50: f64::INFINITY,
        cpu: f64::INFINITY,
    };
    for _ in 0..ROUNDS {
        let mut cpu = Vec::new();
        let measured = load::run(house.app.port, shot, 1, window, || {
            let own = process::cpu_ms(house.app.pid(), false);
            cpu.push(own + process::cluster_cpu_ms(house.postmaster));
        });
        if measured.bad > 0 || measured.requests == 0 {
            return Err(format!("{} bad answers", measured.bad));
        }
        let spent = cpu.last().unwrap_or(&0.0) - cpu.first().unwrap_or(&0.0);
        best.p50 = best.p50.min(measured.p50);
        best.cpu = best.cpu.min(spent / measured.requests as f64);
    }
    Ok(best)
}
