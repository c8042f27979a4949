//! The pure heart of the applicants' import: a registry's CSV file goes in, each row comes out
//! judged, and nothing is written. Rows stream; what is kept of them is a short hash of each e-mail
//! address and the line where it stood.
//!
//! [`Reader`] yields [`Judged`] rows. The caller looks up who is known, asks [`compare`] for the
//! verdict and tells [`Report`]; [`BadRows`] writes what must be mended, [`ReportCsv`] what was
//! found.

mod cells;
mod columns;
mod dates;
mod judge;
mod reader;
mod report;
mod verdict;

pub use columns::{Column, Columns};
pub use dates::{Submitted, parse_submitted};
pub use judge::{Context, Directory, Employer, KnownOrganisation, Row};
pub use reader::{FileFault, Judged, MAX_ROW_BYTES, Outcome, Reader};
pub use report::{BadRows, Counts, MAX_NOTES, Note, Report, ReportCsv};
pub use verdict::{Existing, Verdict, compare};

use crate::lang::{Lang, Say};
use crate::people::rules::Fault;

/// The longest statement, in characters.
pub const STATEMENT_MAX_CHARS: usize = 5_000;
/// The longest name of a university or employer, in characters.
pub const ORGANISATION_MAX_CHARS: usize = 200;

/// One thing that is wrong with, or worth knowing about, a row. It never quotes the cell: reports
/// travel further than files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The cell; none when it is about the row.
    pub field: Option<Column>,
    /// A stable name, such as `bad_route`.
    pub code: &'static str,
    /// The sentence in English.
    pub en: String,
    /// The sentence in Traditional Chinese.
    pub zh: String,
}

impl Reason {
    /// A reason said by `text` in both languages.
    pub fn new(field: Option<Column>, code: &'static str, text: impl Fn(Lang) -> String) -> Self {
        Self {
            field,
            code,
            en: text(Lang::En),
            zh: text(Lang::Zh),
        }
    }

    /// A person's value that is at fault.
    pub fn of(field: Option<Column>, fault: &impl Fault) -> Self {
        Self::new(field, fault.code(), |lang| fault.say(lang))
    }
}

impl Say for Reason {
    fn say(&self, lang: Lang) -> String {
        let sentence = lang.pick(&self.en, &self.zh);
        match (self.field, lang) {
            (Some(field), Lang::En) => format!("{}: {sentence}", field.title(lang)),
            (Some(field), Lang::Zh) => format!("{}：{sentence}", field.title(lang)),
            (None, _) => sentence.clone(),
        }
    }
}
