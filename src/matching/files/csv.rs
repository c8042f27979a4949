//! CSV after RFC 4180, a row at a time, with one restriction: no field holds a line break, since no id
//! may. So a row is a line, and every fault has the line number that an editor shows.

use std::io::{BufRead as _, Write};

use super::super::fault::{Fault, Table, Wrong};
use super::super::index::number;
use super::Source;

/// A line longer than this (bytes) is no row of ours, and is not read to its end.
const LONGEST: u64 = 1 << 20;

/// A table that is being read.
pub(super) struct Sheet<'s> {
    table: Table,
    source: Source<'s>,
    line: String,
    /// The lines read so far, the header included.
    lines: usize,
    /// Where the fields of the row begin and end in `line`.
    fields: Vec<(usize, usize)>,
    /// For each wanted column, its place among the fields.
    places: Vec<usize>,
    /// How many columns the header has.
    width: usize,
}

impl<'s> Sheet<'s> {
    /// Reads the header. Columns may stand in any order; others than the wanted ones are passed over.
    pub(super) fn open(table: Table, source: Source<'s>) -> Result<Self, Fault> {
        let mut sheet = Self {
            table,
            source,
            line: String::new(),
            lines: 0,
            fields: Vec::new(),
            places: Vec::new(),
            width: 0,
        };
        sheet.next_line()?;
        if let Some(rest) = sheet.line.strip_prefix('\u{FEFF}') {
            sheet.line = rest.to_owned();
        }
        sheet.split()?;
        sheet.width = sheet.fields.len();
        for column in table.columns() {
            let named = (0..sheet.width).filter(|at| sheet.field(*at) == *column);
            let found: Vec<usize> = named.collect();
            let wrong = match found.as_slice() {
                [only] => {
                    sheet.places.push(*only);
                    continue;
                }
                [] => Wrong::NoColumn,
                _ => Wrong::ColumnTwice,
            };
            return Err(Fault {
                table,
                row: None,
                column,
                wrong,
            });
        }
        Ok(sheet)
    }

    /// Goes to the next row; `false` after the last.
    pub(super) fn next_row(&mut self) -> Result<bool, Fault> {
        if !self.next_line()? {
            return Ok(false);
        }
        if self.line.is_empty() {
            // A blank line at the very end is how some editors leave a file.
            return if self.next_line()? {
                self.lines = self.lines.saturating_sub(1);
                Err(self.fault("", Wrong::BlankLine))
            } else {
                Ok(false)
            };
        }
        self.split()?;
        if self.fields.len() != self.width {
            let wrong = Wrong::Fields {
                found: self.fields.len(),
                expected: self.width,
            };
            return Err(self.fault("", wrong));
        }
        Ok(true)
    }

    /// The row at hand, counted from 0.
    pub(super) fn row(&self) -> usize {
        self.lines.saturating_sub(2)
    }

    /// The text in a wanted column, by its place among [`Table::columns`].
    pub(super) fn get(&self, column: usize) -> &str {
        self.places
            .get(column)
            .map(|at| self.field(*at))
            .unwrap_or_default()
    }

    /// A whole number of at least `least`; `None` for an empty field.
    pub(super) fn whole(&self, column: usize, least: u32) -> Result<Option<u32>, Fault> {
        let text = self.get(column);
        if text.is_empty() {
            return Ok(None);
        }
        // `parse` would also take a plus sign.
        let digits = text.bytes().all(|it| it.is_ascii_digit());
        match text.parse::<u32>() {
            Ok(n) if digits && n >= least && n < u32::MAX => Ok(Some(n)),
            _ => Err(self.not_whole(column, least)),
        }
    }

    /// A whole number that must be there.
    pub(super) fn required(&self, column: usize, least: u32) -> Result<u32, Fault> {
        let found = self.whole(column, least)?;
        found.ok_or_else(|| self.not_whole(column, least))
    }

    fn not_whole(&self, column: usize, least: u32) -> Fault {
        let found = self.get(column).chars().take(80).collect();
        let name = self.table.columns().get(column).copied();
        self.fault(name.unwrap_or_default(), Wrong::NotWhole { found, least })
    }

    /// A fault of the row at hand.
    pub(super) fn fault(&self, column: &'static str, wrong: Wrong) -> Fault {
        Fault {
            table: self.table,
            row: self.lines.checked_sub(2),
            column,
            wrong,
        }
    }

    fn field(&self, at: usize) -> &str {
        let (from, to) = self.fields.get(at).copied().unwrap_or((0, 0));
        self.line.get(from..to).unwrap_or_default()
    }

    /// Reads a line without its end; `false` at the end of the source.
    fn next_line(&mut self) -> Result<bool, Fault> {
        let mut bytes = std::mem::take(&mut self.line).into_bytes();
        bytes.clear();
        let mut limited = std::io::Read::take(&mut self.source, LONGEST);
        let read = limited.read_until(b'\n', &mut bytes);
        self.lines = self.lines.saturating_add(1);
        match read {
            Err(err) => return Err(self.fault("", Wrong::Unreadable(err.to_string()))),
            Ok(0) => return Ok(false),
            Ok(_) => {}
        }
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        } else if u64::from(number(bytes.len())) == LONGEST {
            return Err(self.fault("", Wrong::LongLine));
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        match String::from_utf8(bytes) {
            Ok(line) => {
                self.line = line;
                Ok(true)
            }
            Err(_) => Err(self.fault("", Wrong::NotText)),
        }
    }

    /// Finds the fields of the line; quoted ones are unquoted in place.
    fn split(&mut self) -> Result<(), Fault> {
        self.fields.clear();
        if self.line.contains('"') {
            return self.split_quoted();
        }
        let mut from = 0_usize;
        for (at, byte) in self.line.bytes().enumerate() {
            if byte == b',' {
                self.fields.push((from, at));
                from = at.saturating_add(1);
            }
        }
        self.fields.push((from, self.line.len()));
        Ok(())
    }

    fn split_quoted(&mut self) -> Result<(), Fault> {
        let mut plain = String::with_capacity(self.line.len());
        let mut chars = self.line.chars().peekable();
        loop {
            let from = plain.len();
            let quoted = chars.next_if_eq(&'"').is_some();
            let mut ended = !quoted;
            loop {
                match chars.next_if(|it| !ended || *it != ',') {
                    None => break,
                    Some('"') if quoted && !ended => {
                        // Two are one; one alone ends the field.
                        if chars.next_if_eq(&'"').is_some() {
                            plain.push('"');
                        } else {
                            ended = true;
                        }
                    }
                    Some(_) if quoted && ended => return Err(self.fault("", Wrong::Quotes)),
                    Some('"') => return Err(self.fault("", Wrong::Quotes)),
                    Some(it) => plain.push(it),
                }
            }
            if !ended {
                return Err(self.fault("", Wrong::Quotes));
            }
            self.fields.push((from, plain.len()));
            if chars.next_if_eq(&',').is_none() {
                break;
            }
        }
        self.line = plain;
        Ok(())
    }
}

/// Appends a field, in quotes where it needs them.
pub(super) fn field(out: &mut String, text: &str) {
    if text.bytes().any(|it| matches!(it, b'"' | b',')) {
        out.push('"');
        for c in text.chars() {
            if c == '"' {
                out.push('"');
            }
            out.push(c);
        }
        out.push('"');
    } else {
        out.push_str(text);
    }
}

/// Rows on their way out, in pieces.
pub(super) struct Rows<'w> {
    out: &'w mut dyn Write,
    pub(super) text: String,
}

const PIECE: usize = 1 << 16;

impl<'w> Rows<'w> {
    /// Begins with the header of a table.
    pub(super) fn new(table: Table, out: &'w mut dyn Write) -> Self {
        let mut text = table.columns().join(",");
        text.push('\n');
        Self { out, text }
    }

    /// Ends a row whose fields were appended to `text`.
    pub(super) fn end(&mut self) -> std::io::Result<()> {
        self.text.push('\n');
        if self.text.len() >= PIECE {
            self.out.write_all(self.text.as_bytes())?;
            self.text.clear();
        }
        Ok(())
    }

    /// Writes what is left.
    pub(super) fn finish(self) -> std::io::Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.out.flush()
    }
}
