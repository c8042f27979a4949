//! Forms: fields with repeated keys, parsed into values, every mistake collected.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use crate::error::{Error, FieldError, Result};
use crate::lang::Lang;
use crate::lang::format::hk_instant;

/// A name with its value, a word with its label, an address with its text.
pub fn pair(name: impl Into<String>, value: impl Into<String>) -> (String, String) {
    (name.into(), value.into())
}

/// Names and values in the order sent. Repeated names are kept: bulk actions depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

static NO_PAIRS: Pairs = Pairs(Vec::new());

impl Pairs {
    /// Parses `a=1&b=2`.
    #[must_use]
    pub fn parse(encoded: &[u8]) -> Self {
        Self::new(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// From pairs already taken apart. U+0000, which PostgreSQL cannot hold in a text and nobody
    /// types, becomes the replacement character: else any field could cause an internal error.
    #[must_use]
    pub fn new(mut pairs: Vec<(String, String)>) -> Self {
        for (_, value) in &mut pairs {
            if value.contains('\0') {
                *value = value.replace('\0', "\u{fffd}");
            }
        }
        Self(pairs)
    }

    /// No fields at all.
    #[must_use]
    pub fn none() -> &'static Self {
        &NO_PAIRS
    }

    /// The first value of this name, as typed.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// The first value, or nothing at all as an empty string: to show again what was typed.
    #[must_use]
    pub fn typed(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Every value of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// Is there a field of this name with this value (a ticked box)?
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|v| v == value)
    }

    /// Every pair.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// A query string with these names replaced; an empty value removes the name. Filters kept in
    /// the address are built with it.
    #[must_use]
    pub fn with(&self, changes: &[(&str, &str)]) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self
            .iter()
            .filter(|(n, v)| !v.is_empty() && !changes.iter().any(|(c, _)| c == n))
        {
            out.append_pair(name, value);
        }
        for (name, value) in changes.iter().filter(|(_, v)| !v.is_empty()) {
            out.append_pair(name, value);
        }
        out.finish()
    }
}

/// Reads a form's fields into values and collects what is wrong with them.
pub struct Form<'a> {
    pairs: &'a Pairs,
    errors: Vec<FieldError>,
}

impl<'a> Form<'a> {
    /// Over these fields.
    #[must_use]
    pub fn new(pairs: &'a Pairs) -> Self {
        Self {
            pairs,
            errors: Vec::new(),
        }
    }

    /// Notes a mistake.
    pub fn error(&mut self, field: &str, code: &'static str, text: impl Fn(Lang) -> String) {
        self.errors.push(FieldError::new(field, code, text));
    }

    /// Takes over mistakes found elsewhere.
    pub fn extend(&mut self, errors: Vec<FieldError>) {
        self.errors.extend(errors);
    }

    /// A text, trimmed, or nothing; at most `max` characters; control characters other than line
    /// breaks are refused.
    pub fn optional(&mut self, field: &str, max: usize) -> Option<String> {
        let value = self.pairs.typed(field).trim().replace("\r\n", "\n");
        if value.chars().count() > max {
            self.error(field, "too_long", |lang| lang.form_too_long(max));
            return None;
        }
        if value
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\t')
        {
            self.error(field, "control_characters", |lang| {
                lang.form_control_characters().to_owned()
            });
            return None;
        }
        (!value.is_empty()).then_some(value)
    }

    /// A text that must be there. Returns an empty string after noting the mistake.
    pub fn text(&mut self, field: &str, max: usize) -> String {
        let before = self.errors.len();
        match self.optional(field, max) {
            Some(value) => value,
            None => {
                if self.errors.len() == before {
                    self.error(field, "required", |lang| lang.form_required().to_owned());
                }
                String::new()
            }
        }
    }

    /// A whole number within bounds, or nothing.
    pub fn optional_number(&mut self, field: &str, min: i32, max: i32) -> Option<i32> {
        let typed = self.pairs.typed(field).trim().replace(',', "");
        if typed.is_empty() {
            return None;
        }
        match typed.parse::<i32>() {
            Ok(n) if (min..=max).contains(&n) => Some(n),
            _ => {
                self.error(field, "number", |lang| lang.form_number(min, max));
                None
            }
        }
    }

    /// A whole number that must be there. Returns `min` after noting a mistake.
    pub fn number(&mut self, field: &str, min: i32, max: i32) -> i32 {
        let before = self.errors.len();
        self.optional_number(field, min, max).unwrap_or_else(|| {
            if self.errors.len() == before {
                self.error(field, "required", |lang| lang.form_required().to_owned());
            }
            min
        })
    }

    /// A calendar date from a date field (`2027-02-22`), or nothing.
    pub fn optional_date(&mut self, field: &str) -> Option<NaiveDate> {
        let typed = self.pairs.typed(field).trim();
        if typed.is_empty() {
            return None;
        }
        match NaiveDate::parse_from_str(typed, "%Y-%m-%d")
            .or_else(|_iso| NaiveDate::parse_from_str(typed, "%d/%m/%Y"))
        {
            Ok(date) => Some(date),
            Err(_neither) => {
                self.error(field, "date", |lang| lang.form_date().to_owned());
                None
            }
        }
    }

    /// A calendar date that must be there. Returns an arbitrary date after noting a mistake.
    pub fn date(&mut self, field: &str) -> NaiveDate {
        let before = self.errors.len();
        self.optional_date(field).unwrap_or_else(|| {
            if self.errors.len() == before {
                self.error(field, "required", |lang| lang.form_required().to_owned());
            }
            NaiveDate::default()
        })
    }

    /// An instant from a date-and-time field (`2026-11-30T23:59`), read as Hong Kong time.
    pub fn instant(&mut self, field: &str) -> DateTime<Utc> {
        let typed = self.pairs.typed(field).trim();
        let parsed = NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M")
            .or_else(|_minutes| NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M:%S"));
        match parsed {
            Ok(at) => hk_instant(at.date(), at.time()),
            Err(_neither) if typed.is_empty() => {
                self.error(field, "required", |lang| lang.form_required().to_owned());
                hk_instant(NaiveDate::default(), NaiveTime::default())
            }
            Err(_neither) => {
                self.error(field, "date", |lang| lang.form_instant().to_owned());
                hk_instant(NaiveDate::default(), NaiveTime::default())
            }
        }
    }

    /// A value that parses by `read`, or the mistake that `read` tells.
    pub fn choice<T>(&mut self, field: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let typed = self.pairs.typed(field).trim();
        let value = read(typed);
        if value.is_none() {
            let code = if typed.is_empty() {
                "required"
            } else {
                "choice"
            };
            self.error(field, code, |lang| lang.form_choice().to_owned());
        }
        value
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every mistake noted.
    pub fn done(self) -> Result<()> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.errors))
        }
    }

    /// Have mistakes been noted?
    #[must_use]
    pub fn failed(&self) -> bool {
        !self.errors.is_empty()
    }
}

/// The mistakes of a form as its page shows them: a summary on top, each beside its field.
#[derive(Clone, Debug, Default)]
pub struct Mistakes {
    items: Vec<(String, String)>,
    /// Field and label, where the page told it.
    labels: Vec<(String, String)>,
    lang: Lang,
}

impl Mistakes {
    /// In the reader's language.
    #[must_use]
    pub fn new(errors: &[FieldError], lang: Lang) -> Self {
        use crate::lang::Say as _;
        Self {
            items: errors
                .iter()
                .map(|e| (e.field.clone(), e.say(lang)))
                .collect(),
            labels: Vec::new(),
            lang,
        }
    }

    /// None at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Tells what a field is called, so that the list of mistakes names it.
    pub fn label(&mut self, field: &str, label: &str) {
        self.labels.push((field.to_owned(), label.to_owned()));
    }

    /// The same for several fields.
    #[must_use]
    pub fn labelled(mut self, labels: &[(&str, &str)]) -> Self {
        for (field, label) in labels {
            self.label(field, label);
        }
        self
    }

    /// Field and sentence of each, as a list away from the fields tells them: with the field's label
    /// before the sentence.
    #[must_use]
    pub fn items(&self) -> Vec<(&str, String)> {
        let item = |(field, text): &'_ (String, String)| {
            let label = self.labels.iter().find(|(name, _)| name == field);
            label.map_or_else(
                || text.clone(),
                |(_, label)| format!("{label}{}{text}", self.lang.pick(": ", "：")),
            )
        };
        self.items
            .iter()
            .map(|it| (it.0.as_str(), item(it)))
            .collect()
    }

    /// What is wrong with this field, if anything.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.items
            .iter()
            .find(|(f, _)| f == field)
            .map(|(_, text)| text.as_str())
    }

    /// The value of `aria-describedby` for this field with an optional hint.
    #[must_use]
    pub fn described_by(&self, field: &str, hint: bool) -> String {
        let mut ids = String::new();
        if hint {
            let _ = write!(ids, "{field}-hint");
        }
        if self.of(field).is_some() {
            let _ = write!(ids, "{}{field}-error", if hint { " " } else { "" });
        }
        ids
    }
}
