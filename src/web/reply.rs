//! Answers.

use std::io::Write;

use serde::Serialize;

use crate::error::{Error, Result};

use super::dispatch::Site;

/// Writes a long answer piece by piece.
pub type Rows = Box<dyn FnOnce(&Site, &mut dyn Write) -> Result<()> + Send>;

/// What an answer carries.
pub enum Body {
    /// Bytes, whole.
    Bytes(Vec<u8>),
    /// A stream, written in a thread of its own as fast as the reader takes it.
    Stream(Rows),
}

/// An answer.
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers beside those that every answer has.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Body,
}

/// What [`Reply::fresh`] tells browsers.
const FRESH: &str = "no-store, max-age=0";

impl Reply {
    /// A page.
    #[must_use]
    pub fn html(status: u16, html: String) -> Self {
        Self::bytes(status, "text/html; charset=utf-8", html.into_bytes())
    }

    /// Plain text.
    #[must_use]
    pub fn text(status: u16, text: String) -> Self {
        Self::bytes(status, "text/plain; charset=utf-8", text.into_bytes())
    }

    /// Bytes of a media type.
    #[must_use]
    pub fn bytes(status: u16, media_type: &str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![("content-type", media_type.to_owned())],
            body: Body::Bytes(body),
        }
    }

    /// After a form: look there (303).
    #[must_use]
    pub fn see_other(to: impl Into<String>) -> Self {
        Self {
            status: 303,
            headers: vec![("location", to.into())],
            body: Body::Bytes(Vec::new()),
        }
    }

    /// Nothing to say (204).
    #[must_use]
    pub fn no_content() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            body: Body::Bytes(Vec::new()),
        }
    }

    /// A JSON document.
    ///
    /// # Errors
    /// The value cannot be written as JSON.
    pub fn json<T: Serialize>(status: u16, value: &T) -> Result<Self> {
        let body = serde_json::to_vec(value)
            .map_err(|err| Error::Internal(format!("writing JSON: {err}")))?;
        Ok(Self::bytes(status, "application/json", body))
    }

    /// A file to keep, under this name. Names may hold any characters (RFC 6266, RFC 8187).
    #[must_use]
    pub fn download(media_type: &str, name: &str, body: Body) -> Self {
        Self {
            status: 200,
            headers: vec![
                ("content-type", media_type.to_owned()),
                ("content-disposition", attachment(name)),
                (
                    "content-security-policy",
                    "sandbox; default-src 'none'".to_owned(),
                ),
            ],
            body,
        }
    }

    /// With another header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a strong `ETag` made of a version counter.
    #[must_use]
    pub fn with_version(self, version: i32) -> Self {
        self.with("etag", format!("\"{version}\""))
    }

    /// Never kept for an idempotency key, and given only anew: it shows what may have been withdrawn
    /// by the time it is asked for again.
    #[must_use]
    pub fn fresh(self) -> Self {
        self.with("cache-control", FRESH)
    }

    /// Must it be given anew each time?
    #[must_use]
    pub(super) fn is_fresh(&self) -> bool {
        self.headers
            .iter()
            .any(|(name, value)| *name == "cache-control" && value == FRESH)
    }

    /// Is it a page for people?
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.headers
            .iter()
            .any(|(name, value)| *name == "content-type" && value.starts_with("text/html"))
    }

    /// With a sentence for the next page: its name in the list of flashes.
    #[must_use]
    pub fn flash(self, name: &str) -> Self {
        let cookie = format!("flash={name}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
        self.with("set-cookie", cookie)
    }
}

/// `Content-Disposition: attachment` with an ASCII fallback and the full name.
#[must_use]
pub fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut full = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            full.push(char::from(byte));
        } else {
            full.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
}
