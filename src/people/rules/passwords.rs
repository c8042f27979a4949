//! What may be a password (NIST SP 800-63B-4: length, a list of bad ones, no composition rules).

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::Fault;
use super::search::fold;
use crate::lang::{Lang, Say};

mod known;

use known::{KNOWN, LONGEST_WORD, look};

/// The shortest password, in code points after NFKC (SP 800-63B-4, single factor).
pub const PASSWORD_MIN_CHARS: usize = 15;
/// The longest password, in bytes after NFKC: enough for any passphrase, little to hash.
pub const PASSWORD_MAX_BYTES: usize = 1_024;

/// A password must take at least this many guessing steps; see [`steps`].
const MIN_STEPS: usize = 8;
/// Only the beginning is measured; a longer one has had its chance by then.
const MEASURED_CHARS: usize = 128;
/// Words that short are in everything.
const MIN_WORD_CHARS: usize = 3;

/// What a guesser of passwords for this site would try first.
const SITE_WORDS: [&str; 5] = ["banyan", "talent", "programme", "trainee", "榕"];
/// Rows and walks of a keyboard and the orders that everybody knows by heart.
const WALKS: [&str; 8] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()",
];

/// Why a text is no password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer than [`PASSWORD_MIN_CHARS`].
    TooShort,
    /// More than [`PASSWORD_MAX_BYTES`].
    TooLong,
    /// Repeats, sequences, keyboard walks, common passwords.
    Common,
    /// Mostly the person's own name or address, or the site's.
    Personal,
}

impl Fault for PasswordFault {
    fn code(&self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Common => "password_common",
            Self::Personal => "password_personal",
        }
    }
}

impl Say for PasswordFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::TooShort => lang.password_too_short(PASSWORD_MIN_CHARS),
            Self::TooLong => lang.password_too_long(PASSWORD_MAX_BYTES),
            Self::Common => lang.password_common().to_owned(),
            Self::Personal => lang.password_personal().to_owned(),
        }
    }
}

/// The form that is hashed and compared, so that two keyboards that write the same character
/// differently open the same account (NFKC, SP 800-63B-4 3.1.1.2).
#[must_use]
pub fn normalise_password(password: &str) -> String {
    password.nfkc().collect()
}

/// May this be the password of the person of whom `own` tells (names, e-mail address)?
///
/// # Errors
/// A [`PasswordFault`]; the first that holds, in the order of that enum.
pub fn check_password(password: &str, own: &[&str]) -> Result<(), PasswordFault> {
    // Measured first: a megabyte must not be normalised to learn that it is too long. NFKC
    // shrinks four bytes to one at times (mathematical letters), hence the generous first bound.
    if password.len() > 16 * PASSWORD_MAX_BYTES {
        return Err(PasswordFault::TooLong);
    }
    let normal = normalise_password(password);
    if normal.chars().count() < PASSWORD_MIN_CHARS {
        return Err(PasswordFault::TooShort);
    }
    if normal.len() > PASSWORD_MAX_BYTES {
        return Err(PasswordFault::TooLong);
    }
    if steps(&normal, &HashMap::new()) < MIN_STEPS {
        return Err(PasswordFault::Common);
    }
    if steps(&normal, &own_words(own)) < MIN_STEPS {
        return Err(PasswordFault::Personal);
    }
    Ok(())
}

/// The words of a person's names and address, each alone and all of one text together, as they
/// look. Each is one guess.
fn own_words(own: &[&str]) -> HashMap<String, usize> {
    let mut out = Vec::new();
    for text in SITE_WORDS.iter().chain(own) {
        let folded = fold(text);
        let parts = folded.split(|c: char| !c.is_alphanumeric());
        out.extend(parts.clone().map(str::to_owned));
        out.push(parts.collect());
    }
    // A Chinese name of two characters is a word; two Latin letters are not.
    out.retain(|word| {
        let han = word.chars().next().is_some_and(|c| u32::from(c) > 0x2e7f);
        han || word.chars().count() >= MIN_WORD_CHARS
    });
    out.iter()
        .map(|word| (word.chars().map(look).collect(), 1))
        .collect()
}

/// How many steps a guesser needs who knows the lists, `own` words, sequences, years and repeats: each
/// such piece is one step (of a longer list two or three), and so is each other character.
/// `Password1234567!` takes three. Separators count for nothing.
fn steps(password: &str, own: &HashMap<String, usize>) -> usize {
    let text: Vec<char> = fold(password)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '.' | ','))
        .take(MEASURED_CHARS)
        .collect();
    let walks = walks();
    // best[i]: the fewest steps for the first i characters. Pieces only lead forwards, so one pass
    // in order suffices.
    let mut best: Vec<usize> = (0..=text.len()).collect();
    for start in 0..text.len() {
        let Some(so_far) = best.get(start).copied() else {
            break;
        };
        let rest = text.get(start..).unwrap_or_default();
        let mut reach = |length: usize, cost: usize| {
            for target in best.iter_mut().skip(start + 1).take(length) {
                *target = (*target).min(so_far + cost);
            }
        };
        reach(1, 1);
        reach(walk_length(rest, &walks), 1);
        reach(year_length(rest), 1);
        reach(repeat_length(&text, start), 1);
        let mut piece = String::new();
        for (before, typed) in rest.iter().take(LONGEST_WORD).enumerate() {
            piece.push(look(*typed));
            let costs = [own.get(&piece), KNOWN.get(&piece)];
            if let Some(cost) = costs.into_iter().flatten().min() {
                reach(before + 1, *cost);
            }
        }
    }
    best.last().copied().unwrap_or_default()
}

/// The known walks, there and back.
fn walks() -> Vec<Vec<char>> {
    let there = WALKS.iter().map(|walk| walk.chars().collect());
    let back = WALKS.iter().map(|walk| walk.chars().rev().collect());
    there.chain(back).collect()
}

/// The longest beginning that is part of a known walk; 0 when shorter than three.
fn walk_length(rest: &[char], walks: &[Vec<char>]) -> usize {
    let along = |walk: &Vec<char>, from| {
        let pairs = walk.iter().skip(from).zip(rest);
        pairs.take_while(|(a, b)| a == b).count()
    };
    let longest = walks
        .iter()
        .flat_map(|walk| (0..walk.len()).map(move |from| along(walk, from)))
        .max()
        .unwrap_or(0);
    if longest < MIN_WORD_CHARS { 0 } else { longest }
}

/// 4 for a year from 1900 to 2099.
fn year_length(rest: &[char]) -> usize {
    match rest {
        ['1', '9', a, b, ..] | ['2', '0', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit() => {
            4
        }
        _ => 0,
    }
}

/// How far the text from `start` on repeats what stands right before it; 0 when shorter than two
/// characters, for two may be chance.
fn repeat_length(text: &[char], start: usize) -> usize {
    let longest = (1..=start)
        .map(|period| {
            let earlier = text.iter().skip(start - period);
            let length = earlier
                .zip(text.iter().skip(start))
                .take_while(|(a, b)| a == b)
                .count();
            // A copy of less than the whole piece is an ordinary coincidence of letters.
            if length >= period { length } else { 0 }
        })
        .max()
        .unwrap_or(0);
    if longest < 2 { 0 } else { longest }
}
