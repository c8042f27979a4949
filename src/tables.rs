//! Cells of tables that go out to, and come back from, people's spreadsheets.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula and runs it. What
//! people typed must never run: every text cell of a CSV export goes through [`csv_cell`], every
//! text cell of an import through [`from_csv_cell`], and the two are exact inverses. (XLSX needs
//! neither: `write_string` says that a cell is text.)

use std::borrow::Cow;

/// The bytes that tell Excel that a CSV file is UTF-8.
pub const BOM: &[u8] = b"\xef\xbb\xbf";

/// Would a spreadsheet take this cell for a formula? Also with leading spaces or marks that nobody
/// sees and in full-width form, which some programs tidy before they decide (OWASP, CSV injection).
#[must_use]
pub fn is_formula_like(cell: &str) -> bool {
    cell.starts_with(['\t', '\r', '\n'])
        || cell
            .trim_start_matches(|c: char| c.is_whitespace() || is_unseen(c))
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Control characters and the format characters that have no width: byte-order mark, soft hyphen,
/// joiners, marks of direction.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The cell as it goes out: a formula-like text gets a leading `'`, which spreadsheets read as
/// "this is text". So does one that already has such a `'`, so that [`from_csv_cell`] gives back
/// exactly what went in.
#[must_use]
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    if is_formula_like(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text of a cell that comes in: without the one `'` that [`csv_cell`] (or a spreadsheet) put
/// before something formula-like. Other apostrophes stay.
#[must_use]
pub fn from_csv_cell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula_like(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

/// What a cell of a sheet is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A number as people count: up to seven digits, so that telephone numbers stay texts, without
    /// leading zeros, so that codes do.
    Number(f64),
    /// A percentage, as a part of one.
    Share(f64),
    /// A day, written as ISO 8601 writes it.
    Day(chrono::NaiveDate),
    /// Anything else.
    Text,
}

impl Cell {
    /// What this text is.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.is_empty() {
            return Self::Empty;
        }
        if let Some(it) = text.strip_suffix('%').and_then(number) {
            return Self::Share(it / 100.0);
        }
        if let Some(it) = number(text) {
            return Self::Number(it);
        }
        let iso = text.len() == 10 && text.bytes().nth(4) == Some(b'-');
        let day = iso
            .then(|| text.parse::<chrono::NaiveDate>().ok())
            .flatten();
        // Sheets know no day before 1900.
        let since = chrono::NaiveDate::from_ymd_opt(1900, 3, 1);
        day.filter(|it| Some(*it) >= since)
            .map_or(Self::Text, Self::Day)
    }
}

fn number(text: &str) -> Option<f64> {
    let plain = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = plain.split_once('.').unwrap_or((plain, "0"));
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let counts = digits(whole) && digits(part) && whole.len() <= 7 && part.len() <= 6;
    let leading = whole.len() > 1 && whole.starts_with('0');
    (counts && !leading).then(|| text.parse().ok()).flatten()
}

/// How wide a text is in a sheet: Chinese characters are twice as wide as others.
#[must_use]
pub fn columns_of(text: &str) -> u32 {
    let wide = |it: char| u32::from(it >= '\u{2e80}') + 1;
    text.chars().map(wide).fold(0, u32::saturating_add)
}
