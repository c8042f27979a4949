//! A bucket that speaks S3: put, get, remove and list, each signed, each within a time limit, tried
//! again where trying again cannot do harm (all four may be repeated).

use std::fmt;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use ureq::tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, SendBody, http};

use crate::clock::machine_now;
use crate::config::S3;
use crate::error::{Error, Result};

use super::sign::{Signed, Signer, amz_date, encode, hex, query_string, sha256};

/// The digest of no bytes.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// Waits before the second and the third try.
const AGAIN: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];
/// The longest answer that is not a stored file: a list of 1,000 keys, or an error in words.
const MAX_ANSWER: u64 = 2 * 1024 * 1024;

/// A bucket.
pub(super) struct Bucket {
    agent: Agent,
    signer: Signer,
    /// `https://host:port`.
    origin: String,
    host: String,
    /// Path before the key, encoded: `/bucket` in path style, nothing in host style.
    base: String,
    name: String,
    prefix: String,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({}/{})", self.origin, self.name)
    }
}

/// Why a request came to nothing.
enum Trouble {
    /// Worth another try: no answer, or "not now".
    Passing(String),
    /// The server's answer, and it would be the same again.
    Said(u16, String),
}

impl Trouble {
    /// For the log, and as an error: passing trouble is "busy", so that people are told to try again.
    fn told(self, what: &str) -> Error {
        match self {
            Self::Passing(why) => {
                tracing::warn!(what, why, "the file storage does not answer");
                Error::Busy
            }
            Self::Said(status, why) => {
                Error::Internal(format!("file storage, {what}: {status} {why}"))
            }
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Passing(why) => why.clone(),
            Self::Said(status, why) => format!("{status} {why}"),
        }
    }
}

/// The text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(from)?;
    Some(rest.split_once(to)?.0)
}

/// A page of a list: keys with the time of writing, and where the next page begins.
struct Listed {
    found: Vec<(String, DateTime<Utc>)>,
    next: Option<String>,
}

impl Listed {
    fn read(xml: &str) -> Self {
        let found = xml
            .split("<Contents>")
            .skip(1)
            .filter_map(|entry| {
                let key = between(entry, "<Key>", "</Key>")?;
                let at = between(entry, "<LastModified>", "</LastModified>")?;
                Some((key.to_owned(), at.parse().ok()?))
            })
            .collect();
        let next = between(xml, "<NextContinuationToken>", "</NextContinuationToken>");
        // Base64 alphabets need no unescaping, but an ampersand would.
        let next = next.map(|token| token.replace("&amp;", "&"));
        Self { found, next }
    }
}

/// The public certificate authorities, or those of the file alone.
fn roots(ca_file: Option<&Path>) -> Result<RootCerts> {
    let Some(path) = ca_file else {
        return Ok(RootCerts::WebPki);
    };
    let bad = |err: &dyn fmt::Display| Error::Internal(format!("BANYAN_S3_CA_FILE: {err}"));
    let pem = std::fs::read(path).map_err(|err| bad(&err))?;
    let mut own = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|err| bad(&err))? {
            own.push(certificate);
        }
    }
    if own.is_empty() {
        return Err(bad(&"no certificate in it"));
    }
    Ok(RootCerts::from(own))
}

/// What one request is.
struct Ask<'a> {
    method: &'a str,
    /// Path, encoded.
    path: String,
    query: &'a [(&'a str, &'a str)],
    body_sha256: &'a str,
    /// The file to send, and its size.
    file: Option<(&'a Path, u64)>,
}

impl Bucket {
    pub(super) fn open(settings: &S3) -> Result<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(roots(settings.ca_file.as_deref())?)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_connect(Some(settings.timeout.min(Duration::from_secs(5))))
            .timeout_global(Some(settings.timeout))
            .tls_config(tls)
            .build();
        let (scheme, authority) = settings
            .endpoint
            .split_once("://")
            .ok_or_else(|| Error::Internal("BANYAN_S3_ENDPOINT".to_owned()))?;
        let (host, base) = if settings.path_style {
            (
                authority.to_owned(),
                format!("/{}", encode(&settings.bucket, false)),
            )
        } else {
            (format!("{}.{authority}", settings.bucket), String::new())
        };
        Ok(Self {
            agent: Agent::new_with_config(config),
            signer: Signer {
                key: settings.key.clone(),
                secret: settings.secret.clone(),
                region: settings.region.clone(),
            },
            origin: format!("{scheme}://{host}"),
            host,
            base,
            name: settings.bucket.clone(),
            prefix: settings.prefix.clone(),
        })
    }

    fn path(&self, key: &str) -> String {
        format!(
            "{}/{}",
            self.base,
            encode(&format!("{}{key}", self.prefix), true)
        )
    }

    fn once(&self, ask: &Ask<'_>) -> Result<http::Response<ureq::Body>, Trouble> {
        let passing = |err: &dyn fmt::Display| Trouble::Passing(err.to_string());
        let at = machine_now();
        let authorization = self.signer.authorization(&Signed {
            method: ask.method,
            path: &ask.path,
            query: ask.query,
            headers: &[],
            host: &self.host,
            body_sha256: ask.body_sha256,
            at,
        });
        let mut address = format!("{}{}", self.origin, ask.path);
        if !ask.query.is_empty() {
            address.push('?');
            address.push_str(&query_string(ask.query));
        }
        let request = http::Request::builder()
            .method(ask.method)
            .uri(address)
            .header("x-amz-date", amz_date(at))
            .header("x-amz-content-sha256", ask.body_sha256)
            .header("authorization", authorization);
        let answer = match ask.file {
            Some((path, size)) => {
                let file = File::open(path).map_err(|err| Trouble::Said(0, err.to_string()))?;
                let request = request
                    .header("content-length", size)
                    .body(SendBody::from_owned_reader(file.take(size)))
                    .map_err(|err| Trouble::Said(0, err.to_string()))?;
                self.agent.run(request)
            }
            None => {
                let request = request
                    .body(SendBody::none())
                    .map_err(|err| Trouble::Said(0, err.to_string()))?;
                self.agent.run(request)
            }
        };
        let mut answer = answer.map_err(|err| passing(&err))?;
        let status = answer.status().as_u16();
        if (200..300).contains(&status) {
            return Ok(answer);
        }
        let text = answer
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER)
            .read_to_string()
            .unwrap_or_default();
        let code = between(&text, "<Code>", "</Code>").unwrap_or("no reason given");
        Err(match status {
            429 | 500.. => Trouble::Passing(format!("{status} {code}")),
            _ => Trouble::Said(status, code.to_owned()),
        })
    }

    /// Asks, and asks again after passing trouble. `take` reads the answer and may fail too.
    fn ask<T>(
        &self,
        ask: &Ask<'_>,
        mut take: impl FnMut(http::Response<ureq::Body>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let mut waits = AGAIN.iter();
        loop {
            match (self.once(ask).and_then(&mut take), waits.next()) {
                (Err(Trouble::Passing(why)), Some(wait)) => {
                    tracing::debug!(why, method = ask.method, "trying the file storage again");
                    std::thread::sleep(*wait);
                }
                (done, _) => return done,
            }
        }
    }

    /// Stores a file under a key.
    pub(super) fn put(&self, key: &str, from: &Path) -> Result<()> {
        let (sha, size) = digest(from)?;
        let ask = Ask {
            method: "PUT",
            path: self.path(key),
            query: &[],
            body_sha256: &sha,
            file: Some((from, size)),
        };
        self.ask(&ask, |_stored| Ok(()))
            .map_err(|trouble| trouble.told("storing"))
    }

    /// Fetches an object into a file, whole.
    fn fetch(&self, key: &str, into: &Path) -> Result<(), Trouble> {
        let ask = Ask {
            method: "GET",
            path: self.path(key),
            query: &[],
            body_sha256: EMPTY,
            file: None,
        };
        self.ask(&ask, |answer| {
            let said = answer
                .headers()
                .get("content-length")
                .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
            let mut file = File::create(into).map_err(|err| Trouble::Said(0, err.to_string()))?;
            let mut body = answer.into_body().into_reader();
            let got = std::io::copy(&mut body, &mut file)
                .map_err(|err| Trouble::Passing(err.to_string()))?;
            match said {
                Some(size) if size != got => {
                    Err(Trouble::Passing(format!("{got} bytes of {size}")))
                }
                Some(_) | None => Ok(()),
            }
        })
    }

    /// Writes an object out, by way of `spool`: a slow reader holds no connection to the storage, and
    /// only whole objects are given out.
    pub(super) fn copy_to(&self, key: &str, spool: &Path, out: &mut dyn Write) -> Result<()> {
        let fetched = self
            .fetch(key, spool)
            .map_err(|trouble| trouble.told("reading"));
        let written = fetched.and_then(|()| super::pour(&mut File::open(spool)?, out));
        // There is nothing to remove when fetching failed early.
        let _ = std::fs::remove_file(spool);
        written
    }

    /// Removes an object; one that is not there counts as removed, as S3 has it.
    pub(super) fn remove(&self, key: &str) -> Result<()> {
        let ask = Ask {
            method: "DELETE",
            path: self.path(key),
            query: &[],
            body_sha256: EMPTY,
            file: None,
        };
        self.ask(&ask, |_gone| Ok(()))
            .map_err(|trouble| trouble.told("removing"))
    }

    /// Keys written before an instant, in the storage's order, without the prefix. What does not look
    /// like one of ours is passed over: the bucket may hold other things.
    pub(super) fn written_before(&self, end: DateTime<Utc>) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = self
                .list(token.as_deref())
                .map_err(|trouble| trouble.told("listing"))?;
            let old = page.found.into_iter().filter(|(_, at)| *at < end);
            keys.extend(old.filter_map(|(key, _)| {
                let ours = key.strip_prefix(&self.prefix)?;
                super::is_key(ours).then(|| ours.to_owned())
            }));
            match page.next {
                // A server that gives the same token again would be asked for ever.
                Some(next) if token.as_ref() != Some(&next) => token = Some(next),
                Some(_) | None => return Ok(keys),
            }
        }
    }

    fn list(&self, token: Option<&str>) -> Result<Listed, Trouble> {
        let mut query = vec![("list-type", "2"), ("prefix", self.prefix.as_str())];
        query.extend(token.map(|token| ("continuation-token", token)));
        let ask = Ask {
            method: "GET",
            path: if self.base.is_empty() {
                "/".to_owned()
            } else {
                self.base.clone()
            },
            query: &query,
            body_sha256: EMPTY,
            file: None,
        };
        self.ask(&ask, |mut answer| {
            answer
                .body_mut()
                .with_config()
                .limit(MAX_ANSWER)
                .read_to_string()
                .map(|xml: String| Listed::read(&xml))
                .map_err(|err| Trouble::Passing(err.to_string()))
        })
    }

    /// Writes, lists, reads and removes an object; says in words what does not work.
    pub(super) fn probe(&self, spool: &Path) -> Result<(), String> {
        let key = format!("probe/{}", uuid::Uuid::now_v7().simple());
        let io = |err: std::io::Error| err.to_string();
        std::fs::write(spool, key.as_bytes()).map_err(io)?;
        let sha = sha256(key.as_bytes());
        let size = u64::try_from(key.len()).unwrap_or(0);
        let put = Ask {
            method: "PUT",
            path: self.path(&key),
            query: &[],
            body_sha256: &sha,
            file: Some((spool, size)),
        };
        let words =
            |what: &'static str| move |trouble: Trouble| format!("{what}: {}", trouble.words());
        let checked = self
            .ask(&put, |_stored| Ok(()))
            .map_err(words("writing"))
            .and_then(|()| self.fetch(&key, spool).map_err(words("reading")))
            .and_then(|()| match std::fs::read(spool) {
                Ok(bytes) if bytes == key.as_bytes() => Ok(()),
                Ok(_) => Err("reading: not the bytes that were written".to_owned()),
                Err(err) => Err(err.to_string()),
            })
            .and_then(|()| self.list(None).map(|_page| ()).map_err(words("listing")));
        // There may be nothing to remove.
        let _ = std::fs::remove_file(spool);
        checked?;
        self.remove(&key).map_err(|err| format!("removing: {err}"))
    }
}

/// SHA-256 and size of a file.
fn digest(path: &Path) -> Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 64 * 1024];
    let mut size = 0;
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((hex(&hash.finalize()), size));
        }
        hash.update(buffer.get(..n).unwrap_or_default());
        size += u64::try_from(n).unwrap_or(0);
    }
}
