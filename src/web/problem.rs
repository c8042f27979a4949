//! Errors as answers: a page for people, an RFC 9457 problem document for programs. The status
//! codes stand in one place, `error.rs`.

use serde::Serialize;
use uuid::Uuid;

use crate::error::Error;
use crate::lang::{Lang, Say as _};

use super::reply::Reply;

/// An RFC 9457 problem document.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// A stable address that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short sentence, the same for every problem of the kind.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened here, in words.
    pub detail: String,
    /// The request id: quote it to the operator.
    pub instance: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize)]
pub struct ProblemField {
    /// JSON Pointer to the field.
    pub pointer: String,
    /// A stable name of the mistake.
    pub code: String,
    /// The sentence.
    pub detail: String,
}

/// The problem document of an error.
#[must_use]
pub fn problem(error: &Error, lang: Lang, request: Uuid) -> Problem {
    let (status, name) = error.status();
    let name = match error {
        Error::Refused(refusal) => refusal.code().replace('_', "-"),
        _ => name.to_owned(),
    };
    let errors = match error {
        Error::Invalid(fields) => fields
            .iter()
            .map(|field| ProblemField {
                pointer: format!("/{}", field.field.replace('~', "~0").replace('.', "/")),
                code: field.code.to_owned(),
                detail: field.say(lang),
            })
            .collect(),
        _ => Vec::new(),
    };
    Problem {
        kind: format!("/problems/{name}"),
        title: title(error, lang).to_owned(),
        status,
        detail: detail(error, lang),
        instance: format!("urn:uuid:{request}"),
        errors,
    }
}

/// The heading of an error's page.
#[must_use]
pub fn title(error: &Error, lang: Lang) -> &'static str {
    match error.status().0 {
        400 => lang.error_bad_request(),
        401 => lang.error_sign_in(),
        403 => lang.error_forbidden(),
        404 => lang.error_not_found(),
        405 => lang.error_method(),
        409 => lang.error_refused(),
        412 | 428 => lang.error_stale(),
        413 => lang.error_too_large(),
        415 => lang.error_media(),
        422 => lang.error_invalid(),
        429 => lang.error_too_many(),
        503 => lang.error_busy(),
        _ => lang.error_internal(),
    }
}

/// What happened and what to do about it.
#[must_use]
pub fn detail(error: &Error, lang: Lang) -> String {
    match error {
        Error::Refused(refusal) => refusal.say(lang),
        Error::BadRequest(what) => what.clone(),
        Error::CrossSite => lang.error_cross_site_detail().to_owned(),
        Error::KeyReused => lang.error_key_reused_detail().to_owned(),
        Error::KeyInFlight => lang.error_key_in_flight_detail().to_owned(),
        Error::PreconditionRequired => lang.error_precondition_detail().to_owned(),
        Error::Stale => lang.error_stale_detail().to_owned(),
        Error::TooLarge(bytes) => lang.error_too_large_detail(bytes / 1024),
        Error::TooMany(seconds) => lang.error_too_many_detail(*seconds),
        Error::MethodNotAllowed(methods) => lang.error_method_detail(methods),
        Error::NotFound | Error::Database(diesel::result::Error::NotFound) => {
            lang.error_not_found_detail().to_owned()
        }
        Error::SignIn => lang.error_sign_in_detail().to_owned(),
        Error::Forbidden => lang.error_forbidden_detail().to_owned(),
        Error::Invalid(_) => lang.error_invalid_detail().to_owned(),
        Error::UnsupportedMedia => lang.error_media_detail().to_owned(),
        // Among them a database that is away: nothing was done, and trying again may help.
        _ if error.status().0 == 503 => lang.error_busy_detail().to_owned(),
        Error::Busy | Error::Database(_) | Error::Internal(_) => {
            lang.error_internal_detail().to_owned()
        }
    }
}

/// The headers that some errors carry: where to sign in, when to come back, which methods.
#[must_use]
pub fn headers(error: &Error, reply: Reply) -> Reply {
    match error {
        Error::TooMany(seconds) => reply.with("retry-after", seconds.to_string()),
        _ if error.status().0 == 503 => reply.with("retry-after", "2"),
        Error::MethodNotAllowed(methods) => reply.with("allow", methods.clone()),
        Error::SignIn => reply.with("www-authenticate", "Bearer"),
        _ => reply,
    }
}
