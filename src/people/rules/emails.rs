//! E-mail addresses. The address is a person's identity in this house, so one person's ways of
//! typing it (case, spaces around it, full-width letters) must be one identity.

use unicode_normalization::UnicodeNormalization;

use super::Fault;
use crate::lang::{Lang, Say};

/// The longest address that SMTP can carry, in bytes (RFC 5321 4.5.3.1.3, less the brackets).
pub const EMAIL_MAX_BYTES: usize = 254;
const LOCAL_MAX_BYTES: usize = 64;
const LABEL_MAX_BYTES: usize = 63;

/// An address that mail can be sent to.
///
/// Only ASCII addresses with a dotted local part are taken: quoted local parts and international
/// addresses are refused, since many mail servers do and since look-alike letters would make two
/// identities of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email {
    given: String,
    identity: String,
}

/// Why a text is no [`Email`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailFault {
    /// Nothing was written.
    Missing,
    /// Longer than [`EMAIL_MAX_BYTES`].
    TooLong,
    /// Letters outside ASCII.
    NotAscii,
    /// Not one `@` between a local part and a domain with a dot, or a control character.
    Malformed,
}

impl Fault for EmailFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "email_missing",
            Self::TooLong => "email_too_long",
            Self::NotAscii => "email_not_ascii",
            Self::Malformed => "email_malformed",
        }
    }
}

impl Say for EmailFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Missing => lang.email_missing().to_owned(),
            Self::TooLong => lang.email_too_long(EMAIL_MAX_BYTES),
            Self::NotAscii => lang.email_not_ascii().to_owned(),
            Self::Malformed => lang.email_malformed().to_owned(),
        }
    }
}

impl Email {
    /// Reads an address as typed: spaces around it and full-width forms do not matter.
    ///
    /// # Errors
    /// The first [`EmailFault`] found.
    pub fn parse(text: &str) -> Result<Self, EmailFault> {
        let given: String = text.trim().nfkc().collect();
        let given = given.trim();
        if given.is_empty() {
            return Err(EmailFault::Missing);
        }
        if given.len() > EMAIL_MAX_BYTES {
            return Err(EmailFault::TooLong);
        }
        if given.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(EmailFault::Malformed);
        }
        let (local, domain) = given.split_once('@').ok_or(EmailFault::Malformed)?;
        if domain.contains('@') {
            return Err(EmailFault::Malformed);
        }
        if !given.is_ascii() {
            return Err(EmailFault::NotAscii);
        }
        if !(is_local(local) && is_domain(domain)) {
            return Err(EmailFault::Malformed);
        }
        Ok(Self {
            given: given.to_owned(),
            identity: given.to_ascii_lowercase(),
        })
    }

    /// The key under which the person is known: lower case. Two addresses are the same person's
    /// exactly when their identities are equal.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The address to send to, in the case in which it was given (RFC 5321 2.4 leaves the meaning
    /// of case in a local part to its host).
    #[must_use]
    pub fn address(&self) -> &str {
        &self.given
    }
}

/// RFC 5322's dot-atom.
fn is_local(local: &str) -> bool {
    local.len() <= LOCAL_MAX_BYTES
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte))
}

fn is_atom_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b)
}

/// At least two labels of letters, digits and inner hyphens; the last is not all digits, so that an
/// IP address is no domain (RFC 1123 2.1).
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL_MAX_BYTES
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    domain.split('.').all(is_label)
        && domain
            .rsplit_once('.')
            .is_some_and(|(_, last)| last.len() >= 2 && !last.bytes().all(|b| b.is_ascii_digit()))
}
