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
