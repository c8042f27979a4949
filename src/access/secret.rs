//! Secrets: random tokens that are stored only as digests, and purpose-bound links.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::ids::LinkId;

/// A fresh secret of 256 random bits, as it goes into a cookie or header.
///
/// # Errors
/// The operating system gives no randomness.
pub fn fresh() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|err| Error::Internal(format!("no randomness: {err}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a secret. The secret is random, so a plain digest is enough, and looking it up
/// by digest tells nothing through timing.
#[must_use]
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Bytes as hexadecimal digits, in lower case.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Keys derived from the configured secret, one for each purpose.
#[derive(Clone)]
pub struct Keys {
    root: Vec<u8>,
    issuer: String,
}

/// What a mailed link carries: which row in `links` it opens, and nothing about the person.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    jti: String,
    exp: i64,
}

impl Keys {
    /// Keys from the secret; links are bound to the issuer (our public address).
    #[must_use]
    pub fn new(secret: &str, issuer: &str) -> Self {
        Self {
            root: secret.as_bytes().to_vec(),
            issuer: issuer.to_owned(),
        }
    }

    /// A key for one purpose: HMAC-SHA-256 of the purpose under the root secret.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        // HMAC takes keys of any length, so this cannot fail; an empty digest would fail closed.
        Hmac::<Sha256>::new_from_slice(&self.root)
            .map(|mut mac| {
                mac.update(b"banyan/1/");
                mac.update(purpose.as_bytes());
                mac.finalize().into_bytes().into()
            })
            .unwrap_or_default()
    }

    /// The token of a mailed link, for this purpose only, until `expires`.
    ///
    /// # Errors
    /// Signing fails (it does not with these keys).
    pub fn sign_link(&self, purpose: &str, link: LinkId, expires: DateTime<Utc>) -> Result<String> {
        let header = header(purpose);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: purpose.to_owned(),
            jti: link.to_string(),
            exp: expires.timestamp(),
        };
        jsonwebtoken::encode(
            &header,
            &claims,
            &EncodingKey::from_secret(&self.derive(&format!("link/{purpose}"))),
        )
        .map_err(|err| Error::Internal(format!("signing a link: {err}")))
    }

    /// The link that a token opens. Its header must be ours to the byte, so that it says nothing of its
    /// own: no other algorithm, type or key, nothing critical. Audience and issuer are ours; whether the link still lives is decided by its row and the database's clock.
    ///
    /// # Errors
    /// [`Error::NotFound`] for anything that we did not sign for this purpose.
    pub fn read_link(&self, purpose: &str, token: &str) -> Result<LinkId> {
        let ours = serde_json::to_vec(&header(purpose))
            .map_err(|err| Error::Internal(format!("a link's header: {err}")))?;
        if token.split('.').next() != Some(&URL_SAFE_NO_PAD.encode(ours)) {
            return Err(Error::NotFound);
        }
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[purpose]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "aud", "iss", "jti"]);
        // The row in `links` carries the time, judged by the database's clock.
        rules.validate_exp = false;
        let key = DecodingKey::from_secret(&self.derive(&format!("link/{purpose}")));
        let token = jsonwebtoken::decode::<Claims>(token, &key, &rules)
            .map_err(|_forged| Error::NotFound)?;
        token.claims.jti.parse().map_err(|_forged| Error::NotFound)
    }
}

/// The one header of links for this purpose.
fn header(purpose: &str) -> Header {
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(format!("{purpose}+jwt"));
    header
}
