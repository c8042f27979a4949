//! What every room's `api.rs` shares: bodies, lists, versions, times on the wire.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::files::Store;

use super::dispatch::Cx;
use super::forms::Pairs;
use super::paging::Page;
use super::reply::Reply;
use super::request::Upload;

/// Years that a date from outside may name: beyond them neither PostgreSQL nor people can follow.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// An instant from outside: RFC 3339, in the years 1900 to 2200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub struct Instant(pub DateTime<Utc>);

/// A calendar date from outside: ISO 8601, in the years 1900 to 2200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = Date)]
pub struct Day(pub NaiveDate);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let at = DateTime::<Utc>::deserialize(from)?;
        if YEARS.contains(&at.year()) {
            Ok(Self(at))
        } else {
            Err(D::Error::custom("a year between 1900 and 2200 is wanted"))
        }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let day = NaiveDate::deserialize(from)?;
        if YEARS.contains(&day.year()) {
            Ok(Self(day))
        } else {
            Err(D::Error::custom("a year between 1900 and 2200 is wanted"))
        }
    }
}

/// Reads a field of a change that may be absent (leave it), null (empty it) or a value.
///
/// # Errors
/// The value's.
pub fn given<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(from).map(Some)
}

/// A page of a list on the wire.
#[derive(Serialize)]
struct Items<T> {
    items: Vec<T>,
    next: Option<String>,
}

/// A page of a list.
///
/// # Errors
/// The rows cannot be written as JSON.
pub fn list<R, T: Serialize>(page: Page<R>, shown: impl Fn(R) -> T) -> Result<Reply> {
    Reply::json(
        200,
        &Items {
            items: page.rows.into_iter().map(shown).collect(),
            next: page.next,
        },
    )
}

/// What a document gives, as the fields of a form: the rule that reads the form judges both.
#[derive(Clone, Debug, Default)]
pub struct Given(Vec<(&'static str, String)>);

impl Given {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A field; one that is absent or null is not given.
    #[must_use]
    pub fn set<T: ToString>(mut self, name: &'static str, value: Option<T>) -> Self {
        self.0.extend(value.map(|it| (name, it.to_string())));
        self
    }

    /// A field that null empties; one that is absent is not given.
    #[must_use]
    pub fn set_or_empty<T: ToString>(
        mut self,
        name: &'static str,
        value: Option<Option<T>>,
    ) -> Self {
        let text = value.map(|it| it.map(|it| it.to_string()).unwrap_or_default());
        self.0.extend(text.map(|it| (name, it)));
        self
    }

    /// These fields alone.
    #[must_use]
    pub fn alone(self) -> Pairs {
        self.over(Pairs::none())
    }

    /// The fields as they stand, with those given in their place.
    #[must_use]
    pub fn over(self, now: &Pairs) -> Pairs {
        let stays = |name: &str| self.0.iter().all(|(given, _)| *given != name);
        let kept = now
            .iter()
            .filter(|(name, _)| stays(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut pairs: Vec<(String, String)> = kept.collect();
        pairs.extend(self.0.into_iter().map(|(n, v)| (n.to_owned(), v)));
        Pairs::new(pairs)
    }
}

/// Fields of a document as a form's, so that a rule written for forms judges both.
#[must_use]
pub fn fields(pairs: &[(&str, &str)]) -> Pairs {
    Pairs::new(
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

impl Cx<'_, '_> {
    /// The JSON document of the body.
    ///
    /// # Errors
    /// As [`super::Request::json`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        self.request().json()
    }

    /// Does the client change what it has seen? `version` is the thing's own now.
    ///
    /// # Errors
    /// [`Error::PreconditionRequired`] without `If-Match`, [`Error::Stale`] when it names another
    /// version. `*` matches any.
    pub fn if_match(&self, version: i32) -> Result<()> {
        let Some(header) = self.request().header("if-match") else {
            return Err(Error::PreconditionRequired);
        };
        // Strong comparison (RFC 9110, 13.1.1): a weak tag never matches.
        let now = format!("\"{version}\"");
        let seen = |tag: &str| tag.trim() == now || tag.trim() == "*";
        if header.split(',').any(seen) {
            Ok(())
        } else {
            Err(Error::Stale)
        }
    }
}

/// A document in base64, as an upload; `field` is where it stood.
///
/// # Errors
/// [`Error::BadRequest`] for what is no base64; the disk's.
pub fn decoded(files: &Store, field: &str, (name, content): (String, &str)) -> Result<Upload> {
    let bytes = STANDARD
        .decode(content.as_bytes())
        .map_err(|err| Error::BadRequest(format!("{field} is no base64: {err}")))?;
    Upload::of(files, name, &bytes)
}

/// An error with its fields named as the document names them: what judged the document is the form of
/// a page, whose fields have other names.
#[must_use]
pub fn as_named(error: Error, name: impl Fn(&str) -> Option<&'static str>) -> Error {
    let Error::Invalid(mut errors) = error else {
        return error;
    };
    for it in &mut errors {
        if let Some(name) = name(&it.field) {
            name.clone_into(&mut it.field);
        }
    }
    Error::Invalid(errors)
}

/// The error of a word that is none of those wanted.
#[must_use]
pub fn no_choice(field: &str) -> Error {
    Error::field(field, "choice", |lang| lang.form_choice().to_owned())
}
