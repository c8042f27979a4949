//! What every room's `api.rs` shares: bodies, lists, versions, times on the wire.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};

use super::dispatch::Cx;
use super::forms::Pairs;
use super::paging::Page;
use super::reply::Reply;

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

/// The error of a word that is none of those wanted.
#[must_use]
pub fn no_choice(field: &str) -> Error {
    Error::field(field, "choice", |lang| lang.form_choice().to_owned())
}
