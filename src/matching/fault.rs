//! What is wrong with the input of a run, as data: which table, which row, which column, and what
//! was expected. Whoever shows it finds the words.

use std::error::Error;
use std::fmt;

use super::quotas::Refused;

/// A table of a run or of its result, as in the file form (section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// The head of the run.
    Run,
    /// Who takes part.
    Trainees,
    /// The banks and their caps.
    Banks,
    /// Their postings.
    Postings,
    /// Caps for groups at postings.
    GroupCaps,
    /// What trainees want.
    TraineeLists,
    /// Whom banks want.
    BankLists,
    /// Whom postings want.
    PostingLists,
    /// Who may not, by which rule.
    Ineligible,
    /// The result: who goes where.
    Assignment,
    /// The result: cut-offs of postings.
    Cutoffs,
    /// The result: cut-offs of banks.
    BankCutoffs,
    /// The result: why.
    Reasons,
    /// The result: figures and hashes.
    Summary,
}

impl Table {
    /// The tables of a run, without its head.
    pub const RUN: [Self; 8] = [
        Self::Trainees,
        Self::Banks,
        Self::Postings,
        Self::GroupCaps,
        Self::TraineeLists,
        Self::BankLists,
        Self::PostingLists,
        Self::Ineligible,
    ];

    /// The tables of a result, without its summary.
    pub const RESULT: [Self; 4] = [
        Self::Assignment,
        Self::Cutoffs,
        Self::BankCutoffs,
        Self::Reasons,
    ];

    /// The name of its file.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Run => "run.json",
            Self::Trainees => "trainees.csv",
            Self::Banks => "banks.csv",
            Self::Postings => "postings.csv",
            Self::GroupCaps => "group_caps.csv",
            Self::TraineeLists => "trainee_lists.csv",
            Self::BankLists => "bank_lists.csv",
            Self::PostingLists => "posting_lists.csv",
            Self::Ineligible => "ineligible.csv",
            Self::Assignment => "assignment.csv",
            Self::Cutoffs => "cutoffs.csv",
            Self::BankCutoffs => "bank_cutoffs.csv",
            Self::Reasons => "reasons.csv",
            Self::Summary => "summary.json",
        }
    }

    /// The columns that it must have; of a JSON file, its fields are checked by its reader.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Run | Self::Summary => &[],
            Self::Trainees => &["trainee", "groups"],
            Self::Banks => &["bank", "cap"],
            Self::Postings => &["posting", "bank", "seats", "reserve_group", "reserve_seats"],
            Self::GroupCaps => &["posting", "group", "cap"],
            Self::TraineeLists => &["trainee", "rank", "posting"],
            Self::BankLists => &["bank", "rank", "trainee"],
            Self::PostingLists => &["posting", "rank", "trainee"],
            Self::Ineligible => &["trainee", "posting", "rule"],
            Self::Assignment => &["trainee", "posting"],
            Self::Cutoffs => &["posting", "cutoff_rank"],
            Self::BankCutoffs => &["bank", "cutoff_rank"],
            Self::Reasons => &["trainee", "posting", "reason", "detail"],
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The file has no such column.
    NoColumn,
    /// The header names this column twice.
    ColumnTwice,
    /// A row has so many fields, and its header so many.
    Fields {
        /// Fields found.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
    /// The file is not there, or reading it failed; in the system's words.
    Unreadable(String),
    /// Not the JSON that is expected here; in the reader's words.
    NotJson(String),
    /// Not UTF-8.
    NotText,
    /// A line of more than a mebibyte.
    LongLine,
    /// A quotation mark that is not closed on its line, or text after the closing one.
    Quotes,
    /// A blank line between rows.
    BlankLine,
    /// An id is empty, begins or ends with a space, or holds a control character.
    NotAnId(String),
    /// Not a whole number from `least` to 4,294,967,294.
    NotWhole {
        /// What stands there.
        found: String,
        /// The least that is allowed.
        least: u32,
    },
    /// This was said before: the id, pair or rank.
    Duplicate(String),
    /// No row of that table has this id.
    Unknown {
        /// What stands there.
        id: String,
        /// Where it would have to be.
        table: Table,
    },
    /// A reserve needs both a group and a number of seats.
    HalfAReserve,
    /// The seed is not an even, positive number of hexadecimal digits.
    NotASeed,
    /// A list has equal ranks, and the run has no seed to draw lots by.
    NoSeed,
    /// Another policy than the one that this engine follows.
    Policy {
        /// What was asked for.
        found: String,
        /// What this engine follows.
        expected: &'static str,
    },
    /// The bounds would cost a guarantee.
    Refused(Box<Refused>),
    /// More than 2³² − 2 rows, or as many bytes of ids.
    TooMany,
}

/// Something wrong in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The table.
    pub table: Table,
    /// The row, counted from 0 without the header; `None` when it is the whole table.
    pub row: Option<usize>,
    /// The column; empty when it is the whole row.
    pub column: &'static str,
    /// What.
    pub wrong: Wrong,
}

impl Fault {
    /// The line of the file, counted from 1: rows hold no line breaks, the header is line 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.row.map_or(1, |row| row.saturating_add(2))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}:{}:{}: {:?}",
            self.table.file(),
            self.line(),
            self.column,
            self.wrong
        )
    }
}

impl Error for Fault {}

/// Something that is legal and often a mistake (section 3.10). Programmes may publish in spite of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// There are more seats than trainees.
    MoreSeatsThanTrainees {
        /// All seats.
        seats: u64,
        /// All trainees.
        trainees: u64,
    },
    /// A bank's cap is above the sum of its seats, so that it never binds.
    CapAboveSeats {
        /// The bank.
        bank: String,
        /// Its cap.
        cap: u32,
        /// The sum of its seats.
        seats: u64,
    },
    /// A posting has more seats than its bank's cap lets it fill.
    SeatsAboveCap {
        /// The posting.
        posting: String,
        /// Its seats.
        seats: u32,
        /// Its bank's cap.
        cap: u32,
    },
    /// Groups count in this run, and these trainees are in none: they count in no group.
    NoGroup {
        /// How many.
        trainees: u64,
        /// The first of them, in the order of the input.
        first: String,
    },
    /// A cap or reserve is for a group that no trainee is in.
    EmptyGroup {
        /// The group.
        group: String,
    },
    /// A bank gave no list, and neither did any of its postings: nobody can be placed there.
    NoListOfBank {
        /// The bank.
        bank: String,
    },
}
