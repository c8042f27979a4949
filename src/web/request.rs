//! A request, parsed and owned, as handlers see it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::files::Store;
use crate::files::queries::NewFile;
use crate::files::rules::{UploadRefusal, judge_pdf, label};
use crate::ids::{PersonId, ProgrammeId};

use super::forms::Pairs;
use super::routes::Method;

/// An uploaded file, on disk in a folder of its own until the handler has taken it.
#[derive(Debug)]
pub struct Upload {
    /// The form's field.
    pub field: String,
    /// The name that the sender gave it: a label, never a path.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
}

impl Upload {
    /// Bytes that did not come in a form, as if they had: they leave the folder of uploads however this
    /// ends.
    ///
    /// # Errors
    /// The disk's.
    pub fn of(files: &Store, name: String, bytes: &[u8]) -> Result<Self> {
        let upload = Self {
            field: String::new(),
            name,
            path: files.incoming()?.join(Uuid::now_v7().simple().to_string()),
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            sha256: Sha256::digest(bytes).to_vec(),
        };
        std::fs::File::create_new(&upload.path)?.write_all(bytes)?;
        Ok(upload)
    }

    /// Judges a document by its bytes: a PDF of at most this size, in bytes.
    ///
    /// # Errors
    /// The refusal.
    pub fn judge_pdf(&self, most: u64) -> std::result::Result<(), UploadRefusal> {
        if self.size > most {
            return Err(UploadRefusal::TooLarge);
        }
        let bytes = std::fs::File::open(&self.path).map_err(|_gone| UploadRefusal::Truncated)?;
        judge_pdf(bytes, self.size)
    }

    /// Its label as a PDF.
    #[must_use]
    pub fn pdf_label(&self) -> String {
        label(&self.name, ".pdf")
    }

    /// The row of a PDF of this person's that lies under this key.
    #[must_use]
    pub fn as_pdf<'a>(
        &'a self,
        (owner, programme): (PersonId, Option<ProgrammeId>),
        storage_key: &'a str,
        label: &'a str,
    ) -> NewFile<'a> {
        NewFile {
            owner,
            programme,
            storage_key,
            label,
            media_type: "application/pdf",
            size: self.size,
            sha256: &self.sha256,
        }
    }
}

impl AsRef<Path> for Upload {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // Gone already when the store has taken it.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The body, by its content type.
#[derive(Debug)]
pub enum Body {
    /// None.
    Empty,
    /// A form, also the fields of a multipart form.
    Form(Pairs, Vec<Upload>),
    /// A JSON document.
    Json(Vec<u8>),
    /// Anything else, for the few doors that take it.
    Other(String, Vec<u8>),
}

/// A request.
#[derive(Debug)]
pub struct Request {
    /// Its id: in the log, the audit trail and every problem document.
    pub id: Uuid,
    /// Its method.
    pub method: Method,
    /// Its path, without the query.
    pub path: String,
    /// The pattern under which its door is mounted.
    pub pattern: &'static str,
    /// Path parameters by name.
    pub params: BTreeMap<String, String>,
    /// Query parameters.
    pub query: Pairs,
    /// The query as it was sent.
    pub query_string: String,
    /// Headers that handlers read, in lower case.
    pub headers: BTreeMap<&'static str, String>,
    /// Cookies that are ours.
    pub cookies: BTreeMap<String, String>,
    /// The peer's address, for throttling.
    pub peer: String,
    /// The body.
    pub body: Body,
}

impl Request {
    /// A path parameter, parsed. One that does not parse names nothing: not found.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn param<T: FromStr>(&self, name: &str) -> Result<T> {
        self.params
            .get(name)
            // PostgreSQL holds no U+0000 in a text, so no name has one.
            .filter(|value| !value.contains('\0'))
            .and_then(|value| value.parse().ok())
            .ok_or(Error::NotFound)
    }

    /// The form's fields; empty when the body is no form.
    #[must_use]
    pub fn form(&self) -> &Pairs {
        match &self.body {
            Body::Form(pairs, _) => pairs,
            Body::Empty | Body::Json(_) | Body::Other(..) => Pairs::none(),
        }
    }

    /// Uploaded files.
    #[must_use]
    pub fn uploads(&self) -> &[Upload] {
        match &self.body {
            Body::Form(_, uploads) => uploads,
            Body::Empty | Body::Json(_) | Body::Other(..) => &[],
        }
    }

    /// The JSON document; unknown fields are refused by the types (`deny_unknown_fields`).
    ///
    /// # Errors
    /// [`Error::UnsupportedMedia`] for another content type, [`Error::BadRequest`] with the place
    /// of the mistake.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        match &self.body {
            Body::Json(bytes) => {
                // PostgreSQL holds no U+0000 in a text, and no field of ours means one.
                if bytes.windows(6).any(|part| part == b"\\u0000") {
                    return Err(Error::BadRequest(
                        "U+0000 cannot stand in a text".to_owned(),
                    ));
                }
                // A type that is read from an object would also be read from a list, field by field.
                if bytes.trim_ascii_start().first() != Some(&b'{') {
                    return Err(Error::BadRequest("a JSON object is wanted".to_owned()));
                }
                serde_json::from_slice(bytes).map_err(|err| Error::BadRequest(err.to_string()))
            }
            Body::Empty => Err(Error::BadRequest(
                "a JSON document is wanted in the body".to_owned(),
            )),
            Body::Form(..) | Body::Other(..) => Err(Error::UnsupportedMedia),
        }
    }

    /// A header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Is it for the API? Its answers are JSON, its errors problem documents.
    #[must_use]
    pub fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    /// Path and query, as a place to come back to.
    #[must_use]
    pub fn here(&self) -> String {
        if self.query_string.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query_string)
        }
    }
}
