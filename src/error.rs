//! One `Error` for the whole house and the one table of status codes.
//!
//! Queries return [`diesel::QueryResult`], rules return a refusal of their own (an enum that is
//! [`Refusal`]), and everything above returns [`Result`]. What a person may know is in the variant;
//! internal causes go to the log with the request id and show nothing.

use std::fmt;

use crate::lang::{Lang, Say};

/// A rule's "no", in words. Shown as 409: the request was understood but the state forbids it.
pub trait Refusal: Say + fmt::Debug + Send + Sync + 'static {
    /// A stable name for the API, such as `offer_expired`.
    fn code(&self) -> &'static str;
}

/// What is wrong with one field of a form or document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field as it was sent.
    pub field: String,
    /// A stable name for the API, such as `required`.
    pub code: &'static str,
    /// The sentence in English.
    pub en: String,
    /// The sentence in Traditional Chinese.
    pub zh: String,
}

impl FieldError {
    /// An error on `field`, said in both languages by `text`.
    pub fn new(
        field: impl Into<String>,
        code: &'static str,
        text: impl Fn(Lang) -> String,
    ) -> Self {
        Self {
            field: field.into(),
            code,
            en: text(Lang::En),
            zh: text(Lang::Zh),
        }
    }
}

impl Say for FieldError {
    fn say(&self, lang: Lang) -> String {
        lang.pick(&self.en, &self.zh).clone()
    }
}

/// Everything that can go wrong.
#[derive(Debug)]
pub enum Error {
    /// No such thing, or not yours to know of: the two are told alike.
    NotFound,
    /// You must sign in first.
    SignIn,
    /// Your role does not open this door.
    Forbidden,
    /// A request from another site, or one that does not say where it comes from.
    CrossSite,
    /// Fields that cannot be taken as they are.
    Invalid(Vec<FieldError>),
    /// The request itself is malformed; the sentence says how (English, for API clients).
    BadRequest(String),
    /// A rule refuses.
    Refused(Box<dyn Refusal>),
    /// `If-Match` is stale: somebody changed the thing meanwhile.
    Stale,
    /// `If-Match` is required.
    PreconditionRequired,
    /// The same idempotency key with another request.
    KeyReused,
    /// The first request with this idempotency key is still being worked on.
    KeyInFlight,
    /// The body is larger than this door takes (limit in bytes).
    TooLarge(usize),
    /// The content type is not one that this door takes.
    UnsupportedMedia,
    /// The method is not one that this address takes; the methods that it does.
    MethodNotAllowed(String),
    /// Too many tries; seconds until the next.
    TooMany(u32),
    /// Everything is busy; try again in a moment.
    Busy,
    /// The database refused or failed.
    Database(diesel::result::Error),
    /// Anything else, for the log.
    Internal(String),
}

/// The result of actions and handlers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// HTTP status, and the stable name that makes the problem's `type`.
    #[must_use]
    pub fn status(&self) -> (u16, &'static str) {
        match self {
            Self::NotFound => (404, "not-found"),
            Self::SignIn => (401, "sign-in-required"),
            Self::Forbidden => (403, "forbidden"),
            Self::CrossSite => (403, "cross-site-request"),
            Self::Invalid(_) => (422, "invalid-fields"),
            Self::BadRequest(_) => (400, "bad-request"),
            Self::Refused(_) => (409, "refused"),
            Self::Stale => (412, "stale"),
            Self::PreconditionRequired => (428, "precondition-required"),
            Self::KeyReused => (422, "idempotency-key-reused"),
            Self::KeyInFlight => (409, "idempotency-key-in-flight"),
            Self::TooLarge(_) => (413, "too-large"),
            Self::UnsupportedMedia => (415, "unsupported-media-type"),
            Self::MethodNotAllowed(_) => (405, "method-not-allowed"),
            Self::TooMany(_) => (429, "too-many-requests"),
            Self::Busy => (503, "busy"),
            Self::Database(diesel::result::Error::NotFound) => (404, "not-found"),
            Self::Database(err)
                if crate::db::is_closed(err)
                    || crate::db::is_full(err)
                    || crate::db::is_late(err) =>
            {
                (503, "busy")
            }
            Self::Database(_) | Self::Internal(_) => (500, "internal"),
        }
    }

    /// One invalid field.
    pub fn field(
        field: impl Into<String>,
        code: &'static str,
        text: impl Fn(Lang) -> String,
    ) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, text)])
    }

    /// May the same transaction succeed when run again? PostgreSQL's 40001 and 40P01, and statements
    /// prepared before a migration changed their table.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        use diesel::result::DatabaseErrorKind;
        match self {
            Self::Database(err) if crate::db::is_stale(err) => true,
            Self::Database(diesel::result::Error::DatabaseError(kind, info)) => {
                matches!(kind, DatabaseErrorKind::SerializationFailure)
                    || info.message().contains("deadlock detected")
            }
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(err) => write!(f, "database: {err}"),
            Self::Internal(what) => write!(f, "{what}"),
            Self::Refused(refusal) => write!(f, "refused: {}", refusal.say(Lang::En)),
            Self::Invalid(fields) => {
                write!(f, "invalid:")?;
                fields
                    .iter()
                    .try_for_each(|e| write!(f, " {}: {};", e.field, e.en))
            }
            other => write!(f, "{}", other.status().1),
        }
    }
}

impl std::error::Error for Error {}

impl<R: Refusal> From<R> for Error {
    fn from(refusal: R) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<diesel::result::Error> for Error {
    fn from(err: diesel::result::Error) -> Self {
        Self::Database(err)
    }
}

impl From<std::io::Error> for Error {
    fn from(err: std::io::Error) -> Self {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        if matches!(err.kind(), StorageFull | QuotaExceeded) {
            // The sender can do nothing but come back; the operator must make room.
            tracing::error!(error = %err, "the disk is full");
            return Self::Busy;
        }
        Self::Internal(format!("input or output: {err}"))
    }
}
