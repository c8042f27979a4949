//! Telephone numbers, kept in E.164.

use unicode_normalization::UnicodeNormalization;

use super::Fault;
use crate::lang::{Lang, Say};

/// A telephone number in E.164: `+85275298154`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// Why a text is no [`Phone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneFault {
    /// +852 with something else than 8 digits from 2 to 9 on, or 8 digits that begin with 0 or 1.
    HongKong,
    /// +86 with something else than a mobile number.
    Mainland,
    /// +853 with something else than 8 digits.
    Macao,
    /// Anything else.
    Malformed,
}

impl Fault for PhoneFault {
    fn code(&self) -> &'static str {
        "phone_malformed"
    }
}

impl Say for PhoneFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::HongKong => lang.phone_malformed_hk(),
            Self::Mainland => lang.phone_malformed_mainland(),
            Self::Macao => lang.phone_malformed_macao(),
            Self::Malformed => lang.phone_malformed(),
        }
        .to_owned()
    }
}

impl Phone {
    /// Reads a number as people write it: spaces, hyphens, parentheses and full-width digits do
    /// not matter. Without a country code it is a Hong Kong number (numbering plan: 8 digits, the
    /// first 2 to 9); `852` and `00852` are taken for `+852`; every other place needs the `+`.
    ///
    /// # Errors
    /// A [`PhoneFault`] that says how a number of that place is written.
    pub fn parse(text: &str) -> Result<Self, PhoneFault> {
        let compact: String = text.nfkc().filter(|c| !is_separator(*c)).collect();
        let (plus, digits) = compact
            .strip_prefix('+')
            .map_or((false, compact.as_str()), |digits| (true, digits));
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PhoneFault::Malformed);
        }
        if plus {
            international(digits)
        } else {
            local(digits)
        }
    }

    /// The number in E.164, for storage and `tel:` links.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The number as people read it: `+852 7529 8154`, `+86 138 0013 8000`, `+853 6612 3456`.
    /// Other countries' numbers stay in one group, for their customs are not ours to know.
    #[must_use]
    pub fn display(&self) -> String {
        let groups: (&str, &[usize]) = match self.0.as_str() {
            n if n.starts_with("+852") => ("+852", &[4, 4]),
            n if n.starts_with("+853") => ("+853", &[4, 4]),
            n if n.starts_with("+86") => ("+86", &[3, 4, 4]),
            _ => return self.0.clone(),
        };
        let (prefix, sizes) = groups;
        let mut rest = self.0.strip_prefix(prefix).unwrap_or_default();
        let mut out = String::from(prefix);
        for size in sizes {
            let (group, tail) = rest.split_at_checked(*size).unwrap_or((rest, ""));
            out.push(' ');
            out.push_str(group);
            rest = tail;
        }
        out
    }
}

fn is_separator(c: char) -> bool {
    // U+2010 to U+2015 are the hyphens and dashes that word processors put in numbers; U+200B to
    // U+200F, U+202A to U+202E and U+FEFF are the invisible marks that come along when copying.
    c.is_whitespace()
        || matches!(c, '-' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}')
}

fn is_hong_kong(digits: &str) -> bool {
    digits.len() == 8 && digits.starts_with(|c| matches!(c, '2'..='9'))
}

fn hong_kong(digits: &str) -> Result<Phone, PhoneFault> {
    if is_hong_kong(digits) {
        Ok(Phone(format!("+852{digits}")))
    } else {
        Err(PhoneFault::HongKong)
    }
}

fn local(digits: &str) -> Result<Phone, PhoneFault> {
    if let Some(rest) = digits.strip_prefix("00852") {
        return hong_kong(rest);
    }
    match (digits.len(), digits.strip_prefix("852")) {
        (8, _) => hong_kong(digits),
        (11, Some(rest)) => hong_kong(rest),
        _ => Err(PhoneFault::Malformed),
    }
}

fn international(digits: &str) -> Result<Phone, PhoneFault> {
    if let Some(rest) = digits.strip_prefix("852") {
        return hong_kong(rest);
    }
    let (valid, fault) = if let Some(rest) = digits.strip_prefix("853") {
        (rest.len() == 8, PhoneFault::Macao)
    } else if let Some(rest) = digits.strip_prefix("86") {
        (
            rest.len() == 11 && rest.starts_with('1'),
            PhoneFault::Mainland,
        )
    } else {
        let plausible = (8..=15).contains(&digits.len()) && !digits.starts_with('0');
        (plausible, PhoneFault::Malformed)
    };
    if valid {
        Ok(Phone(format!("+{digits}")))
    } else {
        Err(fault)
    }
}
