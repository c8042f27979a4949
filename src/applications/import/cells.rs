//! One cell at a time: what it means, or why it means nothing.

use super::{Column, Reason};
use crate::lang::Lang;
use crate::people::rules::find_identity_card_numbers;
use crate::tables::{from_csv_cell, is_formula_like};

/// The text of a cell without the apostrophe of an export and without spaces around it.
pub(super) fn text_of(raw: &str) -> &str {
    from_csv_cell(raw)
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'))
}

/// Is this column free text, in which a formula or a card number may hide?
fn is_free_text(column: Column) -> bool {
    match column {
        Column::FamilyName
        | Column::GivenNames
        | Column::WesternName
        | Column::NameZh
        | Column::University
        | Column::Employer
        | Column::Statement => true,
        // A telephone number begins with `+` by right; the others are read, not kept.
        Column::Email
        | Column::Phone
        | Column::Route
        | Column::GraduationYear
        | Column::Language
        | Column::SubmittedOn => false,
    }
}

/// What is worth a warning in a cell: it stays as it is.
pub(super) fn warnings(column: Column, raw: &str, into: &mut Vec<Reason>) {
    if !is_free_text(column) {
        return;
    }
    let cell = from_csv_cell(raw);
    if is_formula_like(cell) && !text_of(raw).is_empty() {
        into.push(Reason::new(Some(column), "formula_text", |lang| {
            lang.import_formula().to_owned()
        }));
    }
    if !find_identity_card_numbers(cell).is_empty() {
        into.push(Reason::new(Some(column), "identity_card_number", |lang| {
            lang.identity_card_warning().to_owned()
        }));
    }
}

/// A text of at most `max` characters without control characters other than line ends and tabs
/// (PostgreSQL cannot keep a NUL, and nobody can read the others).
pub(super) fn limited(column: Column, text: &str, max: usize) -> Result<Option<String>, Reason> {
    if text.is_empty() {
        return Ok(None);
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(Reason::new(Some(column), "control_character", |lang| {
            lang.import_control_character().to_owned()
        }));
    }
    if text.chars().count() > max {
        return Err(Reason::new(Some(column), "too_long", |lang| {
            lang.import_too_long(max)
        }));
    }
    Ok(Some(text.to_owned()))
}

/// A year of graduation.
pub(super) fn year(text: &str) -> Result<Option<i32>, Reason> {
    if text.is_empty() {
        return Ok(None);
    }
    let plain = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let year: Option<i32> = if plain { text.parse().ok() } else { None };
    match year {
        Some(year) if (1950..=2100).contains(&year) => Ok(Some(year)),
        _ => Err(Reason::new(
            Some(Column::GraduationYear),
            "bad_graduation_year",
            |lang| lang.import_bad_year().to_owned(),
        )),
    }
}

/// The language of letters: a tag, or the language's name.
pub(super) fn language(text: &str) -> Result<Option<Lang>, Reason> {
    match text.to_lowercase().replace('_', "-").as_str() {
        "" => Ok(None),
        "en" | "eng" | "en-hk" | "en-gb" | "en-us" | "english" | "英文" | "英語" => {
            Ok(Some(Lang::En))
        }
        "zh"
        | "zh-hant"
        | "zh-hant-hk"
        | "zh-hk"
        | "zh-tw"
        | "tc"
        | "chinese"
        | "traditional chinese"
        | "中文"
        | "繁體中文"
        | "繁中" => Ok(Some(Lang::Zh)),
        _ => Err(Reason::new(
            Some(Column::Language),
            "bad_language",
            |lang| lang.import_bad_language().to_owned(),
        )),
    }
}
