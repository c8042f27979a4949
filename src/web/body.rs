//! How a body arrives: a form, a document, or a form with files, within its limit and in time.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::error::{Error, Result};

use super::dispatch::Site;
use super::forms::Pairs;
use super::request::{Body, Upload};
use super::routes::{Door, Method};

/// How long a body may stop arriving.
const SILENCE: Duration = Duration::from_secs(15);
/// Fields and files of one form.
const MOST_PARTS: usize = 500;

/// The body of a request to this door.
pub(super) async fn read_body(
    site: &Site,
    door: &Door,
    http: &HttpRequest,
    payload: web::Payload,
) -> Result<Body> {
    if door.method == Method::Get {
        return Ok(Body::Empty);
    }
    let media = http
        .headers()
        .get("content-type")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let media = media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if media == "multipart/form-data" {
        return multipart(site, door.limit, Multipart::new(http.headers(), payload)).await;
    }
    let bytes = read_all(payload, door.limit).await?;
    Ok(match media.as_str() {
        _ if bytes.is_empty() => Body::Empty,
        "application/x-www-form-urlencoded" => Body::Form(Pairs::parse(&bytes), Vec::new()),
        "application/json" => Body::Json(bytes),
        _ => Body::Other(media, bytes),
    })
}

/// The answer to who sends too slowly.
pub(super) fn too_slow() -> Error {
    Error::BadRequest("the body did not arrive in time".to_owned())
}

/// The next piece of a body. A sender that falls silent is not waited for.
async fn next<S: futures_util::Stream + Unpin>(pieces: &mut S) -> Result<Option<S::Item>> {
    tokio::time::timeout(SILENCE, pieces.next())
        .await
        .map_err(|_late| too_slow())
}

async fn read_all(mut payload: web::Payload, limit: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = next(&mut payload).await? {
        let chunk =
            chunk.map_err(|err| Error::BadRequest(format!("the body could not be read: {err}")))?;
        if bytes.len() + chunk.len() > limit {
            return Err(Error::TooLarge(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Reads a multipart form: fields into memory, files onto disk, all within one limit. Many empty parts
/// would cost a file each, so they are counted too.
async fn multipart(site: &Site, limit: usize, mut parts: Multipart) -> Result<Body> {
    let bad = |err: actix_multipart::MultipartError| {
        Error::BadRequest(format!("the form could not be read: {err}"))
    };
    let (mut fields, mut uploads, mut total) = (Vec::new(), Vec::new(), 0_usize);
    let mut count = 0;
    while let Some(part) = next(&mut parts).await? {
        let mut part = part.map_err(bad)?;
        count += 1;
        if count > MOST_PARTS {
            return Err(Error::BadRequest("the form has too many parts".to_owned()));
        }
        let disposition = part.content_disposition();
        let field = disposition
            .and_then(|d| d.get_name())
            .unwrap_or_default()
            .to_owned();
        let file = disposition
            .and_then(|d| d.get_filename())
            .map(str::to_owned);
        // Names are kept as well as contents.
        total += field.len() + file.as_ref().map_or(0, String::len);
        let mut spool = Spool::new(site, file.is_some())?;
        while let Some(chunk) = next(&mut part).await? {
            let chunk = chunk.map_err(bad)?;
            total += chunk.len();
            if total > limit {
                return Err(Error::TooLarge(limit));
            }
            spool.write(&chunk)?;
        }
        match (file, spool) {
            (Some(name), Spool::Disk(upload, _, hash)) => {
                let mut upload = *upload;
                if upload.size > 0 {
                    upload.field = field;
                    upload.name = name;
                    upload.sha256 = hash.finalize().to_vec();
                    uploads.push(upload);
                }
            }
            (_, Spool::Memory(bytes)) => {
                let text = String::from_utf8(bytes)
                    .map_err(|_err| Error::BadRequest("the form is not UTF-8".to_owned()))?;
                fields.push((field, text));
            }
            (None, Spool::Disk(..)) => {}
        }
    }
    Ok(Body::Form(Pairs::new(fields), uploads))
}

enum Spool {
    Memory(Vec<u8>),
    Disk(Box<Upload>, std::fs::File, Sha256),
}

impl Spool {
    fn new(site: &Site, to_disk: bool) -> Result<Self> {
        if !to_disk {
            return Ok(Self::Memory(Vec::new()));
        }
        let folder: PathBuf = site.files.incoming()?;
        let path = folder.join(Uuid::now_v7().simple().to_string());
        let file = std::fs::File::create_new(&path)?;
        let upload = Upload {
            field: String::new(),
            name: String::new(),
            path,
            size: 0,
            sha256: Vec::new(),
        };
        Ok(Self::Disk(Box::new(upload), file, Sha256::new()))
    }

    fn write(&mut self, chunk: &[u8]) -> Result<()> {
        match self {
            Self::Memory(bytes) => bytes.extend_from_slice(chunk),
            Self::Disk(upload, file, hash) => {
                file.write_all(chunk)?;
                hash.update(chunk);
                upload.size += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            }
        }
        Ok(())
    }
}
