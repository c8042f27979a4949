//! AWS Signature Version 4 for S3: pure, so that published examples can be checked.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// Whose signature, and for which region.
#[derive(Clone)]
pub struct Signer {
    /// Access key.
    pub key: String,
    /// Secret key.
    pub secret: String,
    /// Region, such as `ap-east-1`; servers of one's own mostly take `us-east-1`.
    pub region: String,
}

/// What is signed of a request.
pub struct Signed<'a> {
    /// Method in capital letters.
    pub method: &'a str,
    /// Path, encoded already.
    pub path: &'a str,
    /// Query parameters, not encoded.
    pub query: &'a [(&'a str, &'a str)],
    /// Headers besides `host`, `x-amz-date` and `x-amz-content-sha256`: lower-case name, value.
    pub headers: &'a [(&'a str, &'a str)],
    /// Host, with its port unless that is the scheme's own.
    pub host: &'a str,
    /// SHA-256 of the body, in lower-case hexadecimal.
    pub body_sha256: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The digest of a text.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Percent-encodes as the signature wants it: everything but letters, digits, `-_.~`, and the slash
/// where it parts a path.
#[must_use]
pub fn encode(text: &str, keep_slash: bool) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'.' | b'~')
            || (keep_slash && byte == b'/');
        if plain {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The query string, in the order in which it is signed.
#[must_use]
pub fn query_string(query: &[(&str, &str)]) -> String {
    let mut pairs: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name, false), encode(value, false)))
        .collect();
    pairs.sort();
    pairs.join("&")
}

/// `x-amz-date` of an instant.
#[must_use]
pub fn amz_date(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes keys of any length; a failure would make a signature that nobody accepts.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_length| Vec::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        },
    )
}

impl Signer {
    /// The value of `authorization`.
    #[must_use]
    pub fn authorization(&self, request: &Signed<'_>) -> String {
        let date = amz_date(request.at);
        let day = request.at.format("%Y%m%d").to_string();
        let mut headers = vec![
            ("host", request.host),
            ("x-amz-content-sha256", request.body_sha256),
            ("x-amz-date", &date),
        ];
        headers.extend(request.headers);
        headers.sort_unstable();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines = headers
            .iter()
            .fold(String::new(), |mut out, (name, value)| {
                // Writing to a String cannot fail.
                let _ = writeln!(out, "{name}:{}", value.trim());
                out
            });
        let canonical = format!(
            "{}\n{}\n{}\n{lines}\n{names}\n{}",
            request.method,
            request.path,
            query_string(request.query),
            request.body_sha256
        );
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
            sha256(canonical.as_bytes())
        );
        let mut key = mac(format!("AWS4{}", self.secret).as_bytes(), &day);
        for step in [self.region.as_str(), "s3", "aws4_request"] {
            key = mac(&key, step);
        }
        format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={}",
            self.key,
            hex(&mac(&key, &to_sign))
        )
    }
}
