//! Keyset pages: a page begins after a row, not after a number of rows, so that the last page of a
//! hundred thousand costs what the first does, and nothing is skipped when rows come and go.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::fields::Sort;
use super::forms::Pairs;

/// Rows on a page of a list.
pub const PAGE: i64 = 50;

/// Where a page begins: the sort key and id of the last row seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Sort key of that row, as text; empty for none.
    pub key: String,
    /// Its id.
    pub id: Uuid,
}

impl Cursor {
    /// As it stands in the address.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}\u{0}{}", self.id, self.key))
    }

    /// From the address; a cursor that is not ours begins at the beginning.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (id, key) = text.split_once('\u{0}')?;
        // PostgreSQL holds no U+0000 in a text: such a key was not made here.
        if key.contains('\u{0}') {
            return None;
        }
        Some(Self {
            key: key.to_owned(),
            id: Uuid::parse_str(id).ok()?,
        })
    }

    /// From the query parameter `after`.
    #[must_use]
    pub fn from_query(query: &Pairs) -> Option<Self> {
        query.get("after").and_then(Self::decode)
    }
}

/// Which rows of a list, and how many.
#[derive(Clone, Debug)]
pub struct Window {
    /// In this order.
    pub sort: Sort,
    /// After this row.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

/// Rows of a page and where the next one begins.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The next page's `after`, if there are more rows.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts one row more than asked for down to a page; `cursor` names a row's place.
    #[must_use]
    pub fn cut(mut rows: Vec<T>, size: i64, cursor: impl Fn(&T) -> Cursor) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let next = if more {
            rows.last().map(|row| cursor(row).encode())
        } else {
            None
        };
        Self { rows, next }
    }
}
