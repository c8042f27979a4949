//! The file form of a run and of its result (section 9), so that anyone can run a published match
//! again and check it: UTF-8 CSV with a header, read from and written to any stream. Which folder the
//! streams come from is for others to know.

mod csv;
mod read;
mod stored;
mod write;

pub use read::{Run, read};
pub use stored::{Stored, read_result};
pub use write::{write_result, write_run};

use std::io::BufRead;

/// Where a table comes from. Two tables are read at a time, hence `Send`.
pub type Source<'s> = Box<dyn BufRead + Send + 's>;
