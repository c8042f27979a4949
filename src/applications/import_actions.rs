//! Taking in a registry's file: a dry run that writes nothing, and a commit in one transaction.
//!
//! Both read the file the same way, in sets of at most `SET_ROWS` rows: each set is judged, what is
//! known of its addresses is looked up in one statement, and [`compare`] says what each row means.
//! The commit then writes the set with a handful of statements. Memory holds one set.
//!
//! What an import may do to an application that exists:
//! * *submitted* or *under review*, undecided: cells that differ replace what is there;
//! * *draft*: a registry's row is a submission on the applicant's behalf, so the cells of the row
//!   replace what is there and the draft becomes submitted;
//! * *decided* (even if nobody has been told), *withdrawn* or later: nothing. What people have been
//!   told, or have asked for themselves, does not change because a list was sent again. Such a row
//!   counts as unchanged and carries a warning.
//!
//! An account that exists keeps its names and language. No letter is sent unless asked for: the
//! registry has told its students.

use std::fs::File;
use std::io::{BufWriter, Read};
use std::path::PathBuf;

use chrono::{DateTime, SubsecRound as _, Utc};

use crate::access::{self, CohortStaff, Working};
use crate::audit::{self, About};
use crate::cohorts;
use crate::db::{Conn, Task};
use crate::error::Result;
use crate::ids::{CohortId, ImportId, ProgrammeId};
use crate::lang::Lang;
use crate::organisations;
use crate::people::rules::{Names, Phone};

use super::Route;
use super::import::{
    BadRows, Column, Columns, Context, Counts, Directory, Employer, Existing, Judged,
    KnownOrganisation, Outcome, Reader, Reason, Report, ReportCsv, Row, Submitted, Verdict,
    compare,
};
use super::import_queries::{self as queries, Application, Known};

mod plan;

use plan::Plan;

/// Rows that are judged and written together.
const SET_ROWS: usize = 2_000;
/// Bytes of cells after which a set is full, however few its rows are.
const SET_BYTES: usize = 4 * 1_024 * 1_024;

/// A call into which somebody may import: made by [`for_staff`] and [`for_call`] only.
#[derive(Clone, Debug)]
pub struct Importing {
    cohort: CohortId,
    programme: ProgrammeId,
    code: String,
    closes_at: DateTime<Utc>,
    of: cohorts::queries::Cohort,
}

impl Importing {
    fn of(cohort: &cohorts::queries::Cohort) -> Self {
        Self {
            cohort: cohort.id,
            programme: cohort.programme_id,
            code: cohort.code.clone(),
            closes_at: cohort.closes_at,
            of: cohort.clone(),
        }
    }

    /// The cohort.
    #[must_use]
    pub fn cohort(&self) -> CohortId {
        self.cohort
    }

    /// Its programme.
    #[must_use]
    pub fn programme(&self) -> ProgrammeId {
        self.programme
    }
}

/// The call of a cohort, for its staff. The cohort's state does not matter: files come late.
///
/// # Errors
/// `Error::NotFound`.
pub fn for_staff(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Importing> {
    Ok(Importing::of(&cohorts::queries::find(conn, staff)?))
}

/// The call of this code, for the house's own import (the command line).
///
/// # Errors
/// `Error::NotFound`.
pub fn for_call(conn: &mut Conn<'_>, _importing: &Working, code: &str) -> Result<Importing> {
    Ok(Importing::of(&cohorts::queries::published_by_code(
        conn, code,
    )?))
}

/// Files that a run writes beside its findings.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    /// Language of both.
    pub lang: Lang,
    /// The report as CSV.
    pub report: Option<PathBuf>,
    /// The rows to be mended.
    pub bad_rows: Option<PathBuf>,
}

/// What a run found, for readers of both languages.
#[derive(Clone, Debug)]
pub struct Findings {
    en: Report,
    zh: Report,
}

impl Findings {
    /// The counts.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.en.counts
    }

    /// The report for a reader of `lang`.
    #[must_use]
    pub fn report(&self, lang: Lang) -> &Report {
        lang.pick(&self.en, &self.zh)
    }
}

/// Where a commit comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The import's id.
    pub id: ImportId,
    /// The file's own name.
    pub label: String,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Is there a row in `imports` already (from the page)?
    pub recorded: bool,
    /// Send "application received" to new applicants?
    pub notify: bool,
}

/// Judges a file against what is known, and writes nothing to the database.
///
/// # Errors
/// A fault of the whole file as a refusal; the disk's; the database's.
pub fn dry_run(
    conn: &mut Conn<'_>,
    call: &Importing,
    file: impl Read,
    outputs: &Outputs,
) -> Result<Findings> {
    run(conn, call, file, outputs, None, &mut |_rows| {})
}

/// Judges a file and writes what it says, in this transaction. `progress` hears the number of rows
/// done, from time to time; it must not touch this transaction.
///
/// # Errors
/// As [`dry_run`]; `Error::Stale` when somebody changed one of the applications meanwhile.
pub fn commit(
    conn: &mut Conn<'_>,
    call: &Importing,
    source: &Source,
    file: impl Read,
    outputs: &Outputs,
    progress: &mut dyn FnMut(u64),
) -> Result<Findings> {
    queries::take_turns(conn, call.cohort)?;
    let findings = run(conn, call, file, outputs, Some(source), progress)?;
    let by = conn.actor().person();
    conn.elevate(Task::Import, |conn| {
        queries::record_commit(conn, call.cohort, call.programme, by, source, &findings)
    })?;
    let about = About::new("import", source.id.0).within(call.programme);
    let counts = serde_json::to_value(findings.counts()).unwrap_or_default();
    audit::note_many(conn, "import.committed", &[(about, counts)])?;
    Ok(findings)
}

fn run(
    conn: &mut Conn<'_>,
    call: &Importing,
    file: impl Read,
    outputs: &Outputs,
    source: Option<&Source>,
    progress: &mut dyn FnMut(u64),
) -> Result<Findings> {
    conn.elevate(Task::Import, |conn| {
        let working = access::working(conn, Task::Import)?;
        let context = context(conn, call)?;
        let mut reader = Reader::open(file, context)?;
        let mut telling = Telling::open(reader.columns(), outputs)?;
        loop {
            let mut set = next_set(&mut reader)?;
            if set.is_empty() {
                return telling.finish();
            }
            let known = known(conn, &working, call, &set)?;
            let mut plan = Plan::default();
            for judged in &mut set {
                let verdict = telling.judge(judged, &known)?;
                if source.is_some() {
                    plan.add(judged, &verdict, &known);
                }
            }
            if let Some(source) = source {
                plan.write(conn, &working, call, source)?;
            }
            progress(telling.findings.counts().rows);
        }
    })
}

/// Rows until the set is full or the file ends.
fn next_set<R: Read>(reader: &mut Reader<R>) -> Result<Vec<Judged>> {
    let mut set = Vec::new();
    let mut bytes = 0_usize;
    while set.len() < SET_ROWS && bytes < SET_BYTES {
        match reader.next() {
            None => break,
            Some(judged) => {
                let mut judged = judged?;
                bytes += judged.cells.as_slice().len();
                // PostgreSQL keeps microseconds; finer moments would differ from themselves.
                if let Outcome::Row(row) = &mut judged.outcome
                    && let Some(Submitted::At(at)) = row.submitted
                {
                    row.submitted = Some(Submitted::At(at.trunc_subsecs(6)));
                }
                set.push(judged);
            }
        }
    }
    Ok(set)
}

fn context(conn: &mut Conn<'_>, call: &Importing) -> Result<Context> {
    let listed = organisations::queries::listed(conn)?;
    let directory = |university: bool| {
        let known: Vec<KnownOrganisation> = listed
            .iter()
            .filter(|it| it.is_university() == university)
            .map(|it| KnownOrganisation {
                id: it.id,
                names: vec![it.name_en.clone(), it.name_zh.clone()],
            })
            .collect();
        Directory::new(&known)
    };
    Ok(Context {
        deadline: call.closes_at,
        universities: directory(true),
        institutions: directory(false),
    })
}

type KnownBy = std::collections::HashMap<String, Known>;

fn known(
    conn: &mut Conn<'_>,
    working: &Working,
    call: &Importing,
    set: &[Judged],
) -> Result<KnownBy> {
    let identities: Vec<&str> = set
        .iter()
        .filter_map(|judged| match &judged.outcome {
            Outcome::Row(row) => Some(row.email.identity()),
            Outcome::Duplicate { .. } | Outcome::Error(_) => None,
        })
        .collect();
    queries::known(conn, working, call.cohort, call.programme, &identities)
}

/// Everything that is told of a run.
struct Telling {
    findings: Findings,
    report: Option<ReportCsv<BufWriter<File>>>,
    bad_rows: Option<BadRows<BufWriter<File>>>,
}

impl Telling {
    fn open(columns: &Columns, outputs: &Outputs) -> Result<Self> {
        let create = |path: &Option<PathBuf>| -> Result<Option<BufWriter<File>>> {
            Ok(match path {
                Some(path) => Some(BufWriter::new(File::create(path)?)),
                None => None,
            })
        };
        let report = create(&outputs.report)?
            .map(|out| ReportCsv::new(out, outputs.lang))
            .transpose()?;
        let bad_rows = create(&outputs.bad_rows)?
            .map(|out| BadRows::new(out, columns, outputs.lang))
            .transpose()?;
        Ok(Self {
            findings: Findings {
                en: Report::new(columns, Lang::En),
                zh: Report::new(columns, Lang::Zh),
            },
            report,
            bad_rows,
        })
    }

    /// What a row means, told to every reader.
    fn judge(&mut self, judged: &mut Judged, known: &KnownBy) -> Result<Verdict> {
        let verdict = match &judged.outcome {
            Outcome::Row(row) => {
                let (verdict, warning) = verdict(row, known.get(row.email.identity()));
                judged.warnings.extend(warning);
                verdict
            }
            Outcome::Duplicate { .. } | Outcome::Error(_) => Verdict::Unchanged,
        };
        self.findings.en.add(judged, &verdict);
        self.findings.zh.add(judged, &verdict);
        if let Some(report) = &mut self.report {
            report.add(judged, &verdict)?;
        }
        if let Some(bad_rows) = &mut self.bad_rows {
            bad_rows.add(judged)?;
        }
        Ok(verdict)
    }

    fn finish(self) -> Result<Findings> {
        if let Some(report) = self.report {
            report.finish()?;
        }
        if let Some(bad_rows) = self.bad_rows {
            bad_rows.finish()?;
        }
        Ok(self.findings)
    }
}

/// What a good row means beside what is known, and a warning if it comes too late to matter.
fn verdict(row: &Row, known: Option<&Known>) -> (Verdict, Option<Reason>) {
    let Some(known) = known.and_then(|known| known.application.as_ref()) else {
        return (Verdict::New, None);
    };
    let verdict = compare(Some(&existing(known, row)), row);
    match (known.state.as_str(), known.decided) {
        ("draft", false) => match verdict {
            Verdict::Update(columns) => (Verdict::Update(columns), None),
            Verdict::New | Verdict::Unchanged => (Verdict::Update(vec![Column::SubmittedOn]), None),
        },
        ("submitted" | "under_review", false) => (verdict, None),
        _ if verdict == Verdict::Unchanged => (verdict, None),
        _ => {
            let settled = Reason::new(None, "settled", |lang| lang.import_settled().to_owned());
            (Verdict::Unchanged, Some(settled))
        }
    }
}

fn existing(known: &Application, row: &Row) -> Existing {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let names = Names::new(
        &text(&known.family_name),
        &text(&known.given_names),
        &text(&known.western_name),
        &text(&known.name_zh),
    );
    Existing {
        // A draft may have no name yet: then the row's own is taken with everything else of it.
        names: names.unwrap_or_else(|_nameless| row.names.clone()),
        phone: known.phone.as_deref().and_then(|it| Phone::parse(it).ok()),
        route: known.route.as_deref().and_then(Route::parse),
        university: known.university_id,
        employer: match (known.employer_id, &known.employer_name) {
            (Some(id), _) => Some(Employer::Known(id)),
            (None, Some(name)) => Some(Employer::Text(name.clone())),
            (None, None) => None,
        },
        graduation_year: known.graduation_year,
        language: Lang::parse(&known.lang),
        statement: known.statement.clone(),
        submitted: known.submitted_at.map(Submitted::At),
    }
}
