//! Measures the match: `cargo bench --bench matching`, with `-- --quick` without the largest run.
//!
//! Two tables for made-up runs of three sizes. *The engine*: making a run ready, proposing, giving
//! reasons, and the verifier; beside proposing, in the same process, a pass that looks at as many
//! choices at random in the same arrays and decides nothing. *The command*: `banyan match run` from
//! files to files, beside a plain `cat` of the same files. Seconds belong to this machine at this
//! moment; the ratios can be carried to another. Nothing here passes or fails on time.
#![expect(
    clippy::unwrap_used,
    clippy::as_conversions,
    clippy::print_stdout,
    reason = "a measurement that meets the unexpected should stop there, and prints what it found"
)]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use banyan::matching::engine::Market;
use banyan::matching::generate::{Wish, generate};
use banyan::matching::{Instance, Table, files, verify};

/// A size: trainees, postings, seats, choices of each trainee, and how often it is measured.
const SIZES: [([u32; 4], usize); 3] = [
    ([200, 60, 150, 6], 101),
    ([50_000, 6_500, 39_000, 13], 15),
    ([1_000_000, 125_000, 780_000, 13], 3),
];

fn main() {
    let quick = std::env::args().any(|it| it == "--quick");
    let sizes = SIZES.iter().take(if quick { 2 } else { 3 });
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?");
    println!("## The engine, median (least) ms; load before the run {load}\n");
    println!(
        "| trainees × postings (choices) | proposals | ready | proposing | random pass | ratio | reasons | V1 to V5 | V6 |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    let mut folders = Vec::new();
    for (size, rounds) in sizes {
        let run = made(*size);
        engine(*size, &run, *rounds);
        folders.push((*size, written(*size, &run)));
    }
    println!("\n## The command, beside `cat` of the same files\n");
    println!(
        "| trainees × postings | files MB | `cat` s | `banyan match run` s | ratio | CPU s | peak MB | read, engine, verify, write ms |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|---|");
    for (size, folder) in folders {
        command(size, &folder);
    }
}

fn made([trainees, postings, seats, list_length]: [u32; 4]) -> Instance {
    let wish = Wish {
        trainees,
        postings,
        seats,
        list_length,
        seed: "bench".to_owned(),
    };
    generate(&wish).unwrap().0
}

/// Times of the same thing.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn of<T>(&mut self, act: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let made = std::hint::black_box(act());
        self.0.push(begun.elapsed());
        made
    }

    fn median_ms(&mut self) -> f64 {
        self.0.sort_unstable();
        self.0.get(self.0.len() / 2).unwrap().as_secs_f64() * 1_000.0
    }

    fn show(&mut self) -> String {
        let median = self.median_ms();
        let least = self.0.first().unwrap().as_secs_f64() * 1_000.0;
        format!("{median:.3} ({least:.3})")
    }
}

fn engine([trainees, postings, _, length]: [u32; 4], run: &Instance, rounds: usize) {
    let [mut ready, mut proposing, mut pass] = [(); 3].map(|()| Times::default());
    let [mut reasons, mut checks, mut again] = [(); 3].map(|()| Times::default());
    let mut proposals = 0;
    for _ in 0..rounds {
        let market = ready.of(|| Market::new(run));
        let settled = proposing.of(|| market.settle());
        proposals = settled.proposals();
        pass.of(|| market.wander(proposals));
        let outcome = reasons.of(|| market.outcome(&settled));
        drop(market);
        let found = checks.of(|| verify::check(run, &outcome));
        let other = again.of(|| verify::rerun(run, &outcome));
        assert!(found.is_empty() && other.is_empty(), "not sound");
    }
    println!(
        "| {trainees} × {postings} ({}) | {proposals} | {} | {} | {} | {:.1} | {} | {} | {} |",
        u64::from(trainees) * u64::from(length),
        ready.show(),
        proposing.show(),
        pass.show(),
        proposing.median_ms() / pass.median_ms(),
        reasons.show(),
        checks.show(),
        again.show(),
    );
}

/// Writes a run to a folder.
fn written([trainees, ..]: [u32; 4], run: &Instance) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-match-{trainees}"));
    fs::create_dir_all(&folder).unwrap();
    let head = serde_json::to_string(&run.head()).unwrap();
    fs::write(folder.join(Table::Run.file()), head).unwrap();
    for table in [
        Table::Trainees,
        Table::Banks,
        Table::Postings,
        Table::TraineeLists,
        Table::PostingLists,
    ] {
        let mut file = File::create(folder.join(table.file())).unwrap();
        files::write_run(run, table, &mut file).unwrap();
    }
    folder
}

/// The processor time of all children that have ended, in seconds.
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let rest = stat.rsplit_once(") ").map_or("", |it| it.1);
    let ticks = |at| {
        rest.split(' ')
            .nth(at)
            .and_then(|it| it.parse::<f64>().ok())
    };
    // Clock ticks are hundredths of a second on every Linux.
    (ticks(13).unwrap_or(0.0) + ticks(14).unwrap_or(0.0)) / 100.0
}

fn command([trainees, postings, ..]: [u32; 4], folder: &Path) {
    let tables: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.is_file())
        .collect();
    let bytes: u64 = tables.iter().map(|it| it.metadata().unwrap().len()).sum();
    let mut cat = Times::default();
    for _ in 0..3 {
        let mut command = Command::new("cat");
        command.args(&tables).stdout(Stdio::null());
        assert!(cat.of(|| command.status()).unwrap().success());
    }
    let mut run = Times::default();
    let before = children();
    let mut peak = 0;
    for _ in 0..3 {
        run.of(|| peak = peak.max(matched(folder)));
    }
    let cpu = (children() - before) / 3.0;
    let timings = fs::read_to_string(folder.join("result/timings.json")).unwrap();
    let timings: serde_json::Value = serde_json::from_str(&timings).unwrap();
    let lap = |name: &str| format!("{:.0}", timings.get(name).unwrap().as_f64().unwrap());
    let laps = ["read_ms", "engine_ms", "verify_ms", "write_ms"].map(lap);
    println!(
        "| {trainees} × {postings} | {:.1} | {:.3} | {:.3} | {:.0} | {cpu:.2} | {} | {} |",
        bytes as f64 / 1e6,
        cat.median_ms() / 1_000.0,
        run.median_ms() / 1_000.0,
        run.median_ms() / cat.median_ms(),
        peak / 1_024,
        laps.join(", "),
    );
    std::io::stdout().flush().unwrap();
}

/// Runs the command; the most memory that it held, in kibibytes.
fn matched(folder: &Path) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_banyan"))
        .args(["match", "run"])
        .arg(folder)
        .env_clear()
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
        let line = status.unwrap_or_default();
        let line = line.lines().find(|it| it.starts_with("VmHWM:"));
        let held = line.and_then(|it| it.split_whitespace().nth(1)?.parse().ok());
        peak = peak.max(held.unwrap_or(0));
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success());
            return peak;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
