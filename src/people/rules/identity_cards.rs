//! The detector of Hong Kong identity-card numbers.
//!
//! The programme has no lawful purpose for them (Code of Practice on the Identity Card Number,
//! PCPD), so none is collected; people paste them all the same, and are warned.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// The byte ranges of what look like identity-card numbers with a right check digit: `A123456(3)`,
/// `AB987654(3)`, `A1234563`, with spaces or full-width characters. A number must stand alone:
/// part of a longer code is none.
#[must_use]
pub fn find_identity_card_numbers(text: &str) -> Vec<Range<usize>> {
    let plain: Vec<(usize, char)> = text
        .char_indices()
        .map(|(at, c)| (at, to_plain(c)))
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    let mut before = ' ';
    while let Some(rest) = plain.get(at..).filter(|rest| !rest.is_empty()) {
        let matched = if before.is_ascii_alphanumeric() {
            None
        } else {
            number_at(rest)
        };
        let step = matched.unwrap_or(1);
        if matched.is_some() {
            let start = rest.first().map_or(0, |(at, _)| *at);
            let end = plain.get(at + step).map_or(text.len(), |(at, _)| *at);
            found.push(start..end);
        }
        before = plain.get(at + step - 1).map_or(' ', |(_, c)| *c);
        at += step;
    }
    found
}

/// The character without its width; anything that does not map to one character stays.
fn to_plain(c: char) -> char {
    let mut normal = std::iter::once(c).nfkc();
    match (normal.next(), normal.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// Walks over characters that were made plain.
struct Walk<'a> {
    chars: &'a [(usize, char)],
    at: usize,
}

impl Walk<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).map(|(_, c)| *c)
    }
    fn take(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let c = self.peek().filter(|c| wanted(*c))?;
        self.at += 1;
        Some(c)
    }
    /// Skips one space or hyphen; was there one?
    fn gap(&mut self) -> bool {
        self.take(|c| c == ' ' || c == '-').is_some()
    }
}

/// How many characters the number that begins here takes, if one does.
fn number_at(chars: &[(usize, char)]) -> Option<usize> {
    let mut walk = Walk { chars, at: 0 };
    let letter = |c: char| c.is_ascii_alphabetic();
    let first = walk.take(letter)?;
    let second = walk.take(letter);
    let gap_after_letters = walk.gap();
    let mut digits = Vec::with_capacity(6);
    let mut gap_in_digits = false;
    while digits.len() < 6 {
        digits.push(walk.take(|c| c.is_ascii_digit())?.to_digit(10)?);
        if digits.len() < 6 {
            gap_in_digits |= walk.gap();
        }
    }
    let gap_before_check = walk.gap();
    let bracketed = walk.take(|c| c == '(').is_some();
    if bracketed {
        walk.gap();
    }
    let check = walk.take(|c| c.is_ascii_digit() || c.eq_ignore_ascii_case(&'a'))?;
    if bracketed {
        walk.gap();
        walk.take(|c| c == ')')?;
    } else {
        // Without brackets, words before numbers ("in 2026", "HK 1234567") would be taken for
        // cards; spaces are then allowed in the one form that people do write, "A 123456 3".
        let spaced = gap_after_letters || gap_before_check;
        let plain_form = second.is_none() && first.is_ascii_uppercase();
        if gap_in_digits || (spaced && !plain_form) {
            return None;
        }
    }
    if walk.peek().is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    (check_digit(first, second, &digits)? == check.to_ascii_uppercase()).then_some(walk.at)
}

/// Letters count A = 10 to Z = 35, a missing first letter 36; weights 9 to 2; the check digit
/// brings the sum to a multiple of 11, `A` standing for ten.
fn check_digit(first: char, second: Option<char>, digits: &[u32]) -> Option<char> {
    let (high, low) = match second {
        Some(second) => (first.to_digit(36)?, second.to_digit(36)?),
        None => (36, first.to_digit(36)?),
    };
    let sum: u32 = [high, low]
        .iter()
        .chain(digits)
        .zip((2..=9).rev())
        .map(|(value, weight)| value * weight)
        .sum();
    match (11 - sum % 11) % 11 {
        10 => Some('A'),
        n => char::from_digit(n, 10),
    }
}
