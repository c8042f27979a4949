//! The stream of judged rows.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::io::Read;

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use super::judge::{Cells, email_of, judge};
use super::{Column, Columns, Context, Reason, Row, cells};
use crate::error::Refusal;
use crate::lang::{Lang, Say};

/// The most bytes of one row. A quotation mark that is never closed would otherwise swallow the
/// rest of the file, and the memory with it.
pub const MAX_ROW_BYTES: usize = 256 * 1_024;

/// What is wrong with a whole file: nothing (more) of it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// No header.
    Empty,
    /// A line is not UTF-8.
    NotUtf8 {
        /// Where, counted from 1.
        line: u64,
    },
    /// The file is UTF-16, as Excel's "Unicode text".
    Utf16,
    /// Semicolons or tabs between the columns.
    NotCommas,
    /// Columns without which nothing can be imported.
    MissingColumns {
        /// E-mail is missing.
        email: bool,
        /// All names are missing.
        name: bool,
    },
    /// Two headers that name the same column; places are counted from 1.
    DuplicateColumn {
        /// The column.
        column: Column,
        /// The first place.
        first: usize,
        /// The second place.
        second: usize,
    },
    /// A row longer than [`MAX_ROW_BYTES`].
    RowTooLong {
        /// Where it begins.
        line: u64,
    },
    /// The disk or the network failed.
    Unreadable(String),
}

impl Refusal for FileFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::NotUtf8 { .. } => "file_not_utf8",
            Self::Utf16 => "file_utf16",
            Self::NotCommas => "file_not_commas",
            Self::MissingColumns { .. } => "file_missing_column",
            Self::DuplicateColumn { .. } => "file_duplicate_column",
            Self::RowTooLong { .. } => "file_row_too_long",
            Self::Unreadable(_) => "file_unreadable",
        }
    }
}

impl Say for FileFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Empty => lang.import_file_empty().to_owned(),
            Self::NotUtf8 { line } => lang.import_file_not_utf8(*line),
            Self::Utf16 => lang.import_file_utf16().to_owned(),
            Self::NotCommas => lang.import_file_not_commas().to_owned(),
            Self::MissingColumns { email, name } => {
                let email = email.then(|| Column::Email.title(lang));
                let name = name.then(|| lang.import_file_any_name());
                let both: Vec<_> = email.into_iter().chain(name).collect();
                lang.import_file_missing_column(&both.join(lang.pick("; ", "；")))
            }
            Self::DuplicateColumn {
                column,
                first,
                second,
            } => lang.import_file_duplicate_column(column.title(lang), *first, *second),
            Self::RowTooLong { line } => lang.import_file_row_too_long(*line),
            Self::Unreadable(cause) => lang.import_file_unreadable(cause),
        }
    }
}

/// A row and what was found. Every row has exactly one outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The line of the file in which the row begins, counted from 1 as a text editor does.
    pub line: u64,
    /// The row's number in a spreadsheet: the header is 1, the first row 2. It falls behind `line`
    /// after cells of several lines.
    pub row: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// What is worth knowing but stands in nobody's way.
    pub warnings: Vec<Reason>,
    /// The cells as they came, for the file of bad rows.
    pub cells: StringRecord,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Good; whether it is new is for [`super::compare`] to say.
    Row(Box<Row>),
    /// The address stood in an earlier row, good or bad.
    Duplicate {
        /// The line of that row.
        first_line: u64,
    },
    /// At least one fault.
    Error(Vec<Reason>),
}

/// Counts what it hands on, remembers where lines ended, and stops when a row is too long.
struct Metered<R> {
    inner: R,
    left: usize,
    handed: u64,
    /// Offsets of the line feeds that were handed on but not yet parsed.
    feeds: VecDeque<u64>,
}

impl<R> Metered<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            left: MAX_ROW_BYTES,
            handed: 0,
            feeds: VecDeque::new(),
        }
    }

    /// Is a line feed the last byte before the offset `end`? Forgets all before it.
    ///
    /// The parser ends a row at CR and leaves LF to the next one, so that its own line numbers are
    /// one short in files with CRLF; this tells the two cases apart.
    fn feed_before(&mut self, end: u64) -> bool {
        let mut last = None;
        while self.feeds.front().is_some_and(|feed| *feed < end) {
            last = self.feeds.pop_front();
        }
        last.is_some_and(|feed| feed + 1 == end)
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 && !buf.is_empty() {
            return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge));
        }
        let room = buf.len().min(self.left);
        let read = self.inner.read(buf.get_mut(..room).unwrap_or_default())?;
        self.left = self.left.saturating_sub(read);
        for (offset, byte) in (self.handed..).zip(buf.iter().take(read)) {
            if *byte == b'\n' {
                self.feeds.push_back(offset);
            }
            self.handed = offset + 1;
        }
        Ok(read)
    }
}

/// Addresses seen so far: 128 bits of keyed hash and a line number each, so that a hundred thousand
/// rows take a few megabytes and two addresses are never taken for one.
struct Seen {
    keys: (RandomState, RandomState),
    lines: HashMap<(u64, u64), u64>,
}

impl Seen {
    /// The line where this identity stood before; remembers it otherwise.
    fn earlier(&mut self, identity: &str, line: u64) -> Option<u64> {
        let key = (
            self.keys.0.hash_one(identity),
            self.keys.1.hash_one(identity),
        );
        match self.lines.entry(key) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(line);
                None
            }
        }
    }
}

/// Reads a file row by row. It is an iterator: after a [`FileFault`] nothing follows, and what was
/// read before must not be kept (the caller's transaction rolls back).
pub struct Reader<R: Read> {
    csv: csv::Reader<Metered<R>>,
    columns: Columns,
    context: Context,
    seen: Seen,
    record: ByteRecord,
    row: u64,
    next_line: u64,
    done: bool,
}

impl<R: Read> Reader<R> {
    /// Reads the header: UTF-8 with or without a byte order mark, CRLF or LF.
    ///
    /// # Errors
    /// A [`FileFault`] about the header.
    pub fn open(input: R, context: Context) -> Result<Self, FileFault> {
        let mut csv = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(Metered::new(input));
        let mut record = ByteRecord::new();
        let read = csv.read_byte_record(&mut record);
        if !read.map_err(|err| file_fault(&err, 1))? {
            return Err(FileFault::Empty);
        }
        let raw = record.as_slice();
        if raw.starts_with(b"\xff\xfe") || raw.starts_with(b"\xfe\xff") || raw.contains(&0) {
            return Err(FileFault::Utf16);
        }
        let header = StringRecord::from_byte_record(record.clone());
        let header = header.map_err(|_not_utf8| FileFault::NotUtf8 { line: 1 })?;
        let columns = Columns::map(header.iter())?;
        let next_line = next_line(&mut csv);
        Ok(Self {
            csv,
            columns,
            context,
            seen: Seen {
                keys: (RandomState::new(), RandomState::new()),
                lines: HashMap::new(),
            },
            record,
            row: 1,
            next_line,
            done: false,
        })
    }

    /// The columns of the file.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    fn advance(&mut self) -> Result<Option<Judged>, FileFault> {
        self.csv.get_mut().left = MAX_ROW_BYTES;
        let read = self.csv.read_byte_record(&mut self.record);
        if !read.map_err(|err| file_fault(&err, self.next_line))? {
            return Ok(None);
        }
        self.next_line = next_line(&mut self.csv);
        let inner = self.record.as_slice().iter().filter(|b| **b == b'\n');
        let inner = u64::try_from(inner.count()).unwrap_or_default();
        let line = self.next_line.saturating_sub(inner + 1).max(1);
        self.row += 1;
        let cells = StringRecord::from_byte_record(self.record.clone())
            .map_err(|_not_utf8| FileFault::NotUtf8 { line })?;
        let (outcome, warnings) = self.outcome(&cells, line);
        Ok(Some(Judged {
            line,
            row: self.row,
            outcome,
            warnings,
            cells,
        }))
    }

    fn outcome(&mut self, record: &StringRecord, line: u64) -> (Outcome, Vec<Reason>) {
        let have = record.len();
        let want = self.columns.headers().len();
        if record.iter().all(|cell| cells::text_of(cell).is_empty()) {
            let empty = Reason::new(None, "empty_row", |lang| lang.import_empty_row().to_owned());
            return (Outcome::Error(vec![empty]), Vec::new());
        }
        if have != want {
            // Its cells may stand under the wrong headers, so none is read.
            let wrong = Reason::new(None, "wrong_number_of_cells", |lang| {
                lang.import_wrong_fields(have, want)
            });
            return (Outcome::Error(vec![wrong]), Vec::new());
        }
        let mut warnings = Vec::new();
        for (column, cell) in self.columns.places().iter().zip(record) {
            if let Some(column) = column {
                cells::warnings(*column, cell, &mut warnings);
            }
        }
        let row = Cells {
            columns: &self.columns,
            record,
        };
        let earlier = email_of(&row)
            .ok()
            .and_then(|email| self.seen.earlier(email.identity(), line));
        let outcome = match earlier {
            Some(first_line) => Outcome::Duplicate { first_line },
            None => match judge(&row, &self.context, &mut warnings) {
                Ok(row) => Outcome::Row(Box::new(row)),
                Err(faults) => Outcome::Error(faults),
            },
        };
        (outcome, warnings)
    }
}

/// The line after the row that was just read.
fn next_line<R: Read>(csv: &mut csv::Reader<Metered<R>>) -> u64 {
    let (line, end) = (csv.position().line(), csv.position().byte());
    if csv.get_mut().feed_before(end) {
        line
    } else {
        line + 1
    }
}

fn file_fault(err: &csv::Error, line: u64) -> FileFault {
    match err.kind() {
        csv::ErrorKind::Io(cause) if cause.kind() == std::io::ErrorKind::FileTooLarge => {
            FileFault::RowTooLong { line }
        }
        _ => FileFault::Unreadable(err.to_string()),
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Judged, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let item = self.advance().transpose();
        self.done = !matches!(item, Some(Ok(_)));
        item
    }
}
