//! What an import tells: the counts, the reasons, and the rows that must be mended.

use std::io::Write;

use serde::Serialize;

use super::columns::REASON_HEADER;
use super::{Columns, FileFault, Judged, Outcome, Reason, Verdict};
use crate::lang::{Lang, Say};
use crate::tables::{BOM, csv_cell, from_csv_cell};

/// How many notes a [`Report`] keeps; the rest are counted. The CSV report has them all.
pub const MAX_NOTES: usize = 1_000;

/// How many rows came to what. Each row counts once: `rows` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All rows after the header.
    pub rows: u64,
    /// Would be, or were, added.
    pub new: u64,
    /// Would change, or changed, an application.
    pub update: u64,
    /// Say what is known already.
    pub unchanged: u64,
    /// Repeat the address of an earlier row.
    pub duplicate: u64,
    /// Cannot be taken.
    pub error: u64,
}

/// One remark on one row that was not clean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Line of the file.
    pub line: u64,
    /// Row of the spreadsheet.
    pub row: u64,
    /// `new`, `update`, `unchanged`, `duplicate` or `error`.
    pub outcome: &'static str,
    /// `error`, `duplicate` or `warning`.
    pub severity: &'static str,
    /// The column's stable name.
    pub field: Option<&'static str>,
    /// The reason's stable name.
    pub code: &'static str,
    /// The reason in words, in the reader's language.
    pub reason: String,
}

/// The report of a run, as `--json` prints it: the counts at the top, then the remarks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Rows that carry a warning, whatever their outcome.
    pub rows_with_warnings: u64,
    /// Headers that name no known column.
    pub ignored_columns: Vec<String>,
    /// The first [`MAX_NOTES`] remarks, in the order of the file.
    pub reasons: Vec<Note>,
    /// Remarks that are not listed.
    pub reasons_left_out: u64,
    #[serde(skip)]
    lang: Lang,
}

impl Report {
    /// An empty report for a reader of `lang`.
    #[must_use]
    pub fn new(columns: &Columns, lang: Lang) -> Self {
        Self {
            counts: Counts::default(),
            rows_with_warnings: 0,
            ignored_columns: columns.ignored().to_vec(),
            reasons: Vec::new(),
            reasons_left_out: 0,
            lang,
        }
    }

    /// Adds a row. `verdict` is what [`super::compare`] said of a good row; it is not looked at
    /// for the others.
    pub fn add(&mut self, judged: &Judged, verdict: &Verdict) {
        self.counts.rows += 1;
        let count = match (&judged.outcome, verdict) {
            (Outcome::Error(_), _) => &mut self.counts.error,
            (Outcome::Duplicate { .. }, _) => &mut self.counts.duplicate,
            (Outcome::Row(_), Verdict::New) => &mut self.counts.new,
            (Outcome::Row(_), Verdict::Update(_)) => &mut self.counts.update,
            (Outcome::Row(_), Verdict::Unchanged) => &mut self.counts.unchanged,
        };
        *count += 1;
        if !judged.warnings.is_empty() {
            self.rows_with_warnings += 1;
        }
        for note in notes(judged, verdict, self.lang) {
            if self.reasons.len() < MAX_NOTES {
                self.reasons.push(note);
            } else {
                self.reasons_left_out += 1;
            }
        }
    }
}

fn outcome_code(judged: &Judged, verdict: &Verdict) -> &'static str {
    match (&judged.outcome, verdict) {
        (Outcome::Error(_), _) => "error",
        (Outcome::Duplicate { .. }, _) => "duplicate",
        (Outcome::Row(_), Verdict::New) => "new",
        (Outcome::Row(_), Verdict::Update(_)) => "update",
        (Outcome::Row(_), Verdict::Unchanged) => "unchanged",
    }
}

/// All that is to say of a row: faults first, then warnings.
fn notes(judged: &Judged, verdict: &Verdict, lang: Lang) -> Vec<Note> {
    let note = |severity, reason: &Reason| Note {
        line: judged.line,
        row: judged.row,
        outcome: outcome_code(judged, verdict),
        severity,
        field: reason.field.map(super::Column::key),
        code: reason.code,
        reason: reason.say(lang),
    };
    let mut out: Vec<Note> = match &judged.outcome {
        Outcome::Row(_) => Vec::new(),
        Outcome::Error(faults) => faults.iter().map(|fault| note("error", fault)).collect(),
        Outcome::Duplicate { first_line } => {
            let reason = Reason::new(Some(super::Column::Email), "duplicate", |lang| {
                lang.import_duplicate(*first_line)
            });
            vec![note("duplicate", &reason)]
        }
    };
    out.extend(judged.warnings.iter().map(|w| note("warning", w)));
    out
}

fn crlf_writer<W: Write>(mut out: W) -> std::io::Result<csv::Writer<W>> {
    out.write_all(BOM)?;
    Ok(csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(out))
}

/// The file of bad rows: the rows that are errors, as they came, with a last column that says why
/// (RFC 4180, CRLF, UTF-8 with a byte order mark). It can be mended in a spreadsheet and sent in
/// again; the column of reasons is then ignored. Repeated rows are not in it: sent in alone they
/// would overwrite the row that they repeat.
pub struct BadRows<W: Write> {
    csv: csv::Writer<W>,
    reason: Option<usize>,
    width: usize,
    lang: Lang,
}

impl<W: Write> BadRows<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// When the output fails.
    pub fn new(out: W, columns: &Columns, lang: Lang) -> std::io::Result<Self> {
        let mut rows = Self {
            csv: crlf_writer(out)?,
            reason: columns.reason(),
            width: columns.headers().len(),
            lang,
        };
        rows.record(columns.headers().iter().map(String::as_str), REASON_HEADER)?;
        Ok(rows)
    }

    /// Writes the row if it is an error.
    ///
    /// # Errors
    /// When the output fails.
    pub fn add(&mut self, judged: &Judged) -> std::io::Result<()> {
        let Outcome::Error(faults) = &judged.outcome else {
            return Ok(());
        };
        let said: Vec<String> = faults.iter().map(|fault| fault.say(self.lang)).collect();
        let said = said.join(self.lang.pick("; ", "；"));
        self.record(judged.cells.iter(), &said)
    }

    /// The cells under the file's own headers, then the reason, then cells beyond the header: the
    /// reason always stands under its heading.
    fn record<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a str>,
        reason: &str,
    ) -> std::io::Result<()> {
        let cells: Vec<&str> = cells.collect();
        for at in 0..self.width {
            if Some(at) != self.reason {
                let cell = from_csv_cell(cells.get(at).copied().unwrap_or_default());
                self.csv.write_field(csv_cell(cell).as_bytes())?;
            }
        }
        self.csv.write_field(csv_cell(reason).as_bytes())?;
        for cell in cells.iter().skip(self.width) {
            self.csv
                .write_field(csv_cell(from_csv_cell(cell)).as_bytes())?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Flushes and gives the output back.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(self) -> std::io::Result<W> {
        self.csv
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}

/// The report as a table: one line for each remark, in the order of the file.
pub struct ReportCsv<W: Write> {
    csv: csv::Writer<W>,
    lang: Lang,
}

impl<W: Write> ReportCsv<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// When the output fails.
    pub fn new(out: W, lang: Lang) -> std::io::Result<Self> {
        let mut csv = crlf_writer(out)?;
        csv.write_record([
            "line", "row", "outcome", "severity", "field", "code", "reason",
        ])?;
        Ok(Self { csv, lang })
    }

    /// Writes the remarks on a row, if there are any.
    ///
    /// # Errors
    /// When the output fails.
    pub fn add(&mut self, judged: &Judged, verdict: &Verdict) -> std::io::Result<()> {
        for note in notes(judged, verdict, self.lang) {
            self.csv.write_record([
                note.line.to_string().as_str(),
                note.row.to_string().as_str(),
                note.outcome,
                note.severity,
                note.field.unwrap_or_default(),
                note.code,
                csv_cell(&note.reason).as_ref(),
            ])?;
        }
        Ok(())
    }

    /// The file's fault, when reading ended with one.
    ///
    /// # Errors
    /// When the output fails.
    pub fn fault(&mut self, fault: &FileFault) -> std::io::Result<()> {
        use crate::error::Refusal as _;
        let reason = fault.say(self.lang);
        let cells = [
            "",
            "",
            "error",
            "error",
            "",
            fault.code(),
            csv_cell(&reason).as_ref(),
        ]
        .map(str::to_owned);
        self.csv.write_record(cells)?;
        Ok(())
    }

    /// Flushes and gives the output back.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(self) -> std::io::Result<W> {
        self.csv
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}
