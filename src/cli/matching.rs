//! `banyan match`: a run of the match from a folder of files to a folder of files, its verification,
//! and one person's reasons. It opens no house: whoever has the folder can do all of it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::matching::explain::{Disclosure, Explainer};
use crate::matching::files;
use crate::matching::generate::{self, Wish};
use crate::matching::verify::{self, Finding};
use crate::matching::{Hashes, Instance, Summary, Table, beside, canonical, engine};

use super::{complain, say};

mod folder;
mod words;

use folder::Folder;

/// Placements: match, verify, explain.
#[derive(Subcommand)]
pub(super) enum Match {
    /// Match a run and write the result, if it proves sound.
    ///
    /// Reads `run.json`, `trainees.csv`, `banks.csv`, `postings.csv`, `trainee_lists.csv` and, where
    /// they are there, `group_caps.csv`, `bank_lists.csv`, `posting_lists.csv` and `ineligible.csv`.
    /// Writes `assignment.csv`, `cutoffs.csv`, `bank_cutoffs.csv`, `reasons.csv`, `summary.json` and
    /// `timings.json`; of these, only the last may differ between two runs of the same files.
    ///
    /// Exits with 2 when a file cannot be taken (file, line, column and what was expected are said),
    /// with 1 when the verifier finds fault with the result. In both cases nothing is written.
    Run {
        /// The folder of the run.
        dir: PathBuf,
        /// Where the result goes; DIR/result by default.
        #[arg(long, value_name = "DIR2")]
        out: Option<PathBuf>,
    },
    /// Check a stored result against its run.
    ///
    /// V1: each trainee has at most one posting, on their own list, that ranks and may take them. V2:
    /// all bounds hold. V3: every bank would choose all whom it has. V4: nobody and no posting would
    /// both rather have each other. V5: the cut-offs are those of the assignment. V6: a second run on
    /// a shuffled copy gives the same, and hashes and figures are those of run and result.
    ///
    /// Exits with 0 when it is sound, with 1 when it is not (each violated check is named, with the
    /// rows), with 2 when a file cannot be read.
    Verify {
        /// The folder of the run.
        dir: PathBuf,
        /// The folder of the result; DIR/result by default.
        #[arg(long, value_name = "DIR2")]
        result: Option<PathBuf>,
    },
    /// Say why a trainee received this posting and not another.
    Explain {
        /// The folder of the run.
        dir: PathBuf,
        /// The trainee's id.
        #[arg(long, value_name = "ID")]
        trainee: String,
        /// How much of a bank's list shines through.
        #[arg(long, value_enum, default_value_t = Told::Reason)]
        disclosure: Told,
    },
    /// Write a made-up run, to measure with.
    Generate(Generate),
}

/// How much is told.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Told {
    /// The reason alone.
    Reason,
    /// And the quarter of the list.
    Band,
    /// And the exact place, with the cut-off.
    Exact,
}

#[derive(Args)]
pub(super) struct Generate {
    /// How many trainees.
    #[arg(long, value_name = "N")]
    trainees: u32,
    /// How many postings, five to a bank.
    #[arg(long, value_name = "M")]
    postings: u32,
    /// Seats of all postings together.
    #[arg(long, value_name = "S")]
    seats: u32,
    /// How many postings each trainee lists.
    #[arg(long, value_name = "L")]
    list_length: u32,
    /// Any text; the same one gives the same run.
    #[arg(long, value_name = "X")]
    seed: String,
    /// The folder to write.
    dir: PathBuf,
}

/// Cannot be read.
const UNREADABLE: u8 = 2;

#[derive(Serialize)]
struct Timings {
    read_ms: f64,
    engine_ms: f64,
    verify_ms: f64,
    write_ms: f64,
}

/// Milliseconds since the last look at the clock.
struct Lap(Instant);

impl Lap {
    fn ms(&mut self) -> f64 {
        let now = Instant::now();
        let passed = now.duration_since(self.0);
        self.0 = now;
        // To the microsecond.
        (passed.as_secs_f64() * 1e6).round() / 1e3
    }
}

/// Runs it.
pub(super) fn run(command: &Match) -> Result<ExitCode> {
    match command {
        Match::Run { dir, out } => {
            let result = out.clone().unwrap_or_else(|| dir.join("result"));
            match_folder(&Folder::new(dir), &Folder::new(&result))
        }
        Match::Verify { dir, result } => {
            let result = result.clone().unwrap_or_else(|| dir.join("result"));
            verify_folder(&Folder::new(dir), &Folder::new(&result))
        }
        Match::Explain {
            dir,
            trainee,
            disclosure,
        } => explain(&Folder::new(dir), trainee, *disclosure),
        Match::Generate(options) => options.write(),
    }
}

/// Reads a run, and says what is odd in it or why it cannot be read.
fn read(folder: &Folder) -> std::result::Result<Instance, ExitCode> {
    match folder.run() {
        Ok((run, warnings)) => {
            for warning in &warnings {
                complain(&words::warning(warning));
            }
            Ok(run)
        }
        Err(fault) => {
            complain(&words::fault(folder.path(), &fault));
            Err(ExitCode::from(UNREADABLE))
        }
    }
}

fn match_folder(folder: &Folder, result: &Folder) -> Result<ExitCode> {
    let mut lap = Lap(Instant::now());
    let run = match read(folder) {
        Ok(run) => run,
        Err(code) => return Ok(code),
    };
    let read_ms = lap.ms();
    let (input, outcome) = beside(|| canonical::input_sha256(&run), || engine::run(&run));
    let engine_ms = lap.ms();
    let (findings, output) = verify::verify_and_hash(&run, &outcome);
    if !findings.is_empty() {
        tell(&run, &findings);
        complain("The result is not sound, and was not written.");
        return Ok(ExitCode::FAILURE);
    }
    let seed = canonical::seed_sha256(&run);
    let hashes = Hashes {
        input,
        output,
        seed,
    };
    let summary = Summary::of(&run, &outcome, hashes, 0);
    let verify_ms = lap.ms();
    for table in Table::RESULT {
        result.write(table, |out| files::write_result(&run, &outcome, table, out))?;
    }
    result.write_json(Table::Summary.file(), &summary)?;
    let timings = Timings {
        read_ms,
        engine_ms,
        verify_ms,
        write_ms: lap.ms(),
    };
    result.write_json("timings.json", &timings)?;
    say(&words::summary(&summary));
    say(&format!("written to {}", result.path().display()));
    Ok(ExitCode::SUCCESS)
}

fn verify_folder(folder: &Folder, result: &Folder) -> Result<ExitCode> {
    let run = match read(folder) {
        Ok(run) => run,
        Err(code) => return Ok(code),
    };
    let (input, stored) = beside(|| canonical::input_sha256(&run), || result.result(&run));
    let (outcome, mut findings, stored) = match stored {
        Ok(stored) => stored,
        Err(fault) => {
            complain(&words::fault(result.path(), &fault));
            return Ok(ExitCode::from(UNREADABLE));
        }
    };
    let (found, output) = verify::verify_and_hash(&run, &outcome);
    findings.extend(found);
    let seed = canonical::seed_sha256(&run);
    let hashes = Hashes {
        input,
        output,
        seed,
    };
    let blocking = verify::blocking_pairs(&findings);
    findings.extend(verify::figures(&run, &outcome, &hashes, &stored, blocking));
    findings.sort_by_key(Finding::check);
    if findings.is_empty() {
        say(&words::summary(&stored));
        say("Sound: V1 to V6 hold.");
        return Ok(ExitCode::SUCCESS);
    }
    tell(&run, &findings);
    say("Not sound.");
    Ok(ExitCode::FAILURE)
}

/// As many findings of one check as anybody reads.
const SHOWN: usize = 200;

fn tell(run: &Instance, findings: &[Finding]) {
    for of_check in findings.chunk_by(|a, b| a.check() == b.check()) {
        for finding in of_check.iter().take(SHOWN) {
            say(&words::finding(run, finding));
        }
        if let (Some(first), Some(more)) = (of_check.first(), of_check.len().checked_sub(SHOWN))
            && more > 0
        {
            say(&format!("{:?}  … and {more} more", first.check()));
        }
    }
}

fn explain(folder: &Folder, id: &str, told: Told) -> Result<ExitCode> {
    let run = match read(folder) {
        Ok(run) => run,
        Err(code) => return Ok(code),
    };
    let Some(trainee) = run.find_trainee(id) else {
        complain(&format!(
            "{}: there is no trainee {id}",
            folder.path().join(Table::Trainees.file()).display()
        ));
        return Ok(ExitCode::from(UNREADABLE));
    };
    let disclosure = match told {
        Told::Reason => Disclosure::ReasonOnly,
        Told::Band => Disclosure::Band,
        Told::Exact => Disclosure::Exact,
    };
    let outcome = engine::run(&run);
    let explanation = Explainer::new(&run, &outcome, disclosure).explain(trainee);
    say(&words::explanation(&run, &explanation));
    Ok(ExitCode::SUCCESS)
}

impl Generate {
    fn write(&self) -> Result<ExitCode> {
        let wish = Wish {
            trainees: self.trainees,
            postings: self.postings,
            seats: self.seats,
            list_length: self.list_length,
            seed: self.seed.clone(),
        };
        let (run, _) = generate::generate(&wish)
            .map_err(|fault| Error::Internal(words::fault(&self.dir, &fault)))?;
        let folder = Folder::new(&self.dir);
        folder.write_json(Table::Run.file(), &run.head())?;
        for table in Table::RUN {
            folder.write(table, |out| files::write_run(&run, table, out))?;
        }
        say(&format!(
            "{}  {}",
            canonical::input_sha256(&run),
            self.dir.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}
