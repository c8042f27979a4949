//! What a register's form changes: row by row, what was touched is saved, what was not stays as
//! others have left it meanwhile.

use super::{Presence, minutes_of};

/// What stands in a row, or was typed into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// State.
    pub state: Presence,
    /// Minutes attended.
    pub minutes: i32,
    /// A remark of the office and instructors.
    pub note: String,
}

/// The row as the form showed it: its version, 0 for a row without an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Version.
    pub version: i32,
    /// Entry.
    pub entry: Option<Entry>,
}

impl Seen {
    /// As a hidden field holds it.
    #[must_use]
    pub fn kept(&self) -> String {
        match &self.entry {
            Some(it) => format!(
                "{}|{}|{}|{}",
                self.version,
                it.state.as_str(),
                it.minutes,
                it.note
            ),
            None => String::new(),
        }
    }

    /// Reads a hidden field; what cannot be read is a row without an entry.
    #[must_use]
    pub fn read(kept: &str) -> Self {
        let mut parts = kept.splitn(4, '|');
        let mut part = || parts.next().unwrap_or_default();
        let (version, state, minutes, note) = (part(), part(), part(), part());
        let entry = Presence::parse(state).map(|state| Entry {
            state,
            minutes: minutes.parse().unwrap_or(0),
            note: note.to_owned(),
        });
        Self {
            version: version.parse().unwrap_or(0),
            entry,
        }
    }
}

/// What a row of the form comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was touched, or it stands there already.
    Keep,
    /// To be written.
    Write(Entry),
    /// Touched here and changed by somebody else meanwhile to something else.
    Conflict,
}

/// Judges a row: what was seen, what is typed, what stands there now.
#[must_use]
pub fn judge(seen: &Seen, typed: Option<&Entry>, now: &Seen) -> Outcome {
    let Some(typed) = typed else {
        return Outcome::Keep;
    };
    if seen.entry.as_ref() == Some(typed) || now.entry.as_ref() == Some(typed) {
        Outcome::Keep
    } else if seen.version == now.version {
        Outcome::Write(typed.clone())
    } else {
        Outcome::Conflict
    }
}

/// Why a row as it was typed cannot be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Late without minutes, or with all of them.
    Minutes,
    /// Minutes for somebody who is not late.
    NotLate,
    /// Minutes or a note, and no state.
    NoState,
}

/// An entry from a state and what was given of minutes.
///
/// # Errors
/// [`Slip`]: what was given is refused rather than dropped.
pub fn entry(state: Presence, given: Option<i32>, held: i32, note: String) -> Result<Entry, Slip> {
    let minutes = minutes_of(state, given, held).ok_or(Slip::Minutes)?;
    if given.is_some_and(|given| given != minutes) {
        return Err(Slip::NotLate);
    }
    Ok(Entry {
        state,
        minutes,
        note,
    })
}

/// What a row of the form asks for: nothing, or an entry. `minutes` and `note` are as typed; minutes that
/// the form has shown of a late trainee, and that nobody has touched, mean nothing beside another state.
///
/// # Errors
/// [`Slip`].
pub fn typed_entry(
    state: Option<Presence>,
    (minutes, note): (&str, &str),
    seen: &Seen,
    held: i32,
) -> Result<Option<Entry>, Slip> {
    let Some(state) = state else {
        let nothing = minutes.is_empty() && note.is_empty();
        return if nothing {
            Ok(None)
        } else {
            Err(Slip::NoState)
        };
    };
    let late = seen
        .entry
        .as_ref()
        .filter(|it| it.state == Presence::Late)
        .map(|it| it.minutes);
    let given: Option<i32> = match minutes {
        "" => None,
        typed => Some(typed.parse().map_err(|_none| Slip::Minutes)?),
    };
    let untouched = state != Presence::Late && given.is_some() && given == late;
    let given = given.filter(|_| !untouched);
    entry(state, given, held, note.to_owned()).map(Some)
}
