//! `banyan import applicants`: a registry's file from the command line.
//!
//! It acts as the house itself under the task `import`, whose policies reach applications, search
//! tokens and the imports' list and nothing else; accounts are made under the task `accounts`, as on
//! the page. History names "the system": whoever may run this command holds the database's keys.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::access;
use crate::applications::import::Report;
use crate::applications::import_actions::{self, Findings, Outputs, Source};
use crate::db::{Actor, Task};
use crate::error::{Error, Result};
use crate::house::House;
use crate::ids::ImportId;
use crate::lang::Lang;

/// Takes in files from outside.
#[derive(clap::Subcommand)]
pub(super) enum Import {
    /// Applicants from a registry's CSV file: first a dry run, then --commit.
    ///
    /// Without --commit nothing is written: every row is judged against the call's deadline and
    /// against what is known, and the counts and reasons are shown. With --commit all good rows are
    /// written in one transaction. Committing the same file twice changes nothing.
    ///
    /// The command succeeds when the file could be read, whatever its rows are like. It fails
    /// when there is no such file or call, or when the file as a whole is at fault (no header, not
    /// UTF-8, no e-mail column).
    Applicants(Applicants),
}

#[derive(clap::Args)]
pub(super) struct Applicants {
    /// The CSV file (UTF-8, comma separated, columns named in the first line).
    file: PathBuf,
    /// Code of the call, such as 2027H1.
    #[arg(long, value_name = "CODE")]
    call: String,
    /// Write what the dry run shows.
    #[arg(long)]
    commit: bool,
    /// Queue the letter "application received" for every new applicant. By default nobody is
    /// written to: the registry has told them.
    #[arg(long, requires = "commit")]
    notify: bool,
    /// Print the counts and the row reasons as JSON, and nothing else, on standard output.
    #[arg(long)]
    json: bool,
    /// Write every remark on every row into this CSV file.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write the rows that are errors, with their reasons, into this CSV file, to be mended and
    /// sent in again.
    #[arg(long, value_name = "FILE")]
    bad_rows: Option<PathBuf>,
    /// Language of the reasons: en or zh-Hant-HK.
    #[arg(long, value_name = "TAG", default_value = "en")]
    lang: String,
}

impl Import {
    /// Does what was asked.
    ///
    /// # Errors
    /// In words, for the terminal.
    pub(super) fn run(&self, house: &House) -> Result<()> {
        match self {
            Self::Applicants(options) => options.run(house),
        }
    }
}

impl Applicants {
    fn run(&self, house: &House) -> Result<()> {
        let lang = Lang::parse(&self.lang)
            .ok_or_else(|| Error::Internal(format!("no such language: {}", self.lang)))?;
        let outputs = Outputs {
            lang,
            report: self.report.clone(),
            bad_rows: self.bad_rows.clone(),
        };
        let findings = self.findings(house, &outputs)?;
        let report = findings.report(lang);
        if self.json {
            let json = serde_json::to_string_pretty(report)
                .map_err(|err| Error::Internal(format!("writing JSON: {err}")))?;
            say(&json)
        } else {
            say(&in_words(report, self.commit))
        }
    }

    fn findings(&self, house: &House, outputs: &Outputs) -> Result<Findings> {
        let db = &house.site.db;
        let system = Actor::System(Task::Import);
        let call = db
            .read(&system, |conn| {
                let working = access::working(conn, Task::Import)?;
                import_actions::for_call(conn, &working, &self.call)
            })
            .map_err(|err| match err {
                Error::NotFound => Error::Internal(format!("there is no call {}", self.call)),
                other => other,
            })?;
        if !self.commit {
            let file = open(&self.file)?;
            return db.read(&system, |conn| {
                import_actions::dry_run(conn, &call, file, outputs)
            });
        }
        let source = Source {
            id: ImportId::new(),
            label: label(&self.file),
            sha256: sha256(&self.file)?,
            recorded: false,
            notify: self.notify,
        };
        // The transaction may run again after a deadlock, so it opens the file itself.
        db.tx(&system, |conn| {
            let file = open(&self.file)?;
            let mut progress = |rows| tell_progress(rows);
            import_actions::commit(conn, &call, &source, file, outputs, &mut progress)
        })
    }
}

fn open(path: &Path) -> Result<File> {
    File::open(path)
        .map_err(|err| Error::Internal(format!("cannot read {}: {err}", path.display())))
}

fn label(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().chars().take(200).collect())
        .unwrap_or_default()
}

fn sha256(path: &Path) -> Result<Vec<u8>> {
    let mut file = open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0_u8; 64 * 1_024];
    loop {
        let n = file.read(&mut piece)?;
        if n == 0 {
            return Ok(hash.finalize().to_vec());
        }
        hash.update(piece.get(..n).unwrap_or_default());
    }
}

/// Progress goes to the terminal's other stream, so that `--json` stays clean.
fn tell_progress(rows: u64) {
    let mut out = std::io::stderr().lock();
    // A closed terminal is no reason to stop.
    let _ = writeln!(out, "{rows} rows");
}

fn in_words(report: &Report, committed: bool) -> String {
    use std::fmt::Write as _;
    let counts = report.counts;
    let mut out = String::new();
    let heading = if committed {
        "Imported"
    } else {
        "Dry run: nothing was written"
    };
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{heading}\n");
    for (name, count) in [
        ("rows", counts.rows),
        ("new", counts.new),
        ("update", counts.update),
        ("unchanged", counts.unchanged),
        ("duplicate", counts.duplicate),
        ("error", counts.error),
    ] {
        let _ = writeln!(out, "{name:>10} {count:>8}");
    }
    if !report.ignored_columns.is_empty() {
        let _ = writeln!(
            out,
            "\nNot known, left out: {}",
            report.ignored_columns.join(", ")
        );
    }
    if !report.reasons.is_empty() {
        let _ = writeln!(out);
    }
    for note in &report.reasons {
        let _ = writeln!(
            out,
            "line {:>6}  {:<9}  {}",
            note.line, note.severity, note.reason
        );
    }
    if report.reasons_left_out > 0 {
        let _ = writeln!(
            out,
            "… and {} more; --report FILE has them all",
            report.reasons_left_out
        );
    }
    out.trim_end().to_owned()
}

fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}") {
        // The reader of a pipe may have had enough.
        Err(err) if err.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}
