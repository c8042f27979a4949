//! What somebody of bad will tries, and gets nothing by: old cookies, tokens and links, guessed
//! passwords, fields that are not theirs, other sites' forms, hostile documents, texts that look like
//! code. `docs/security.md` says which promise is tested here, and with which numbers.

mod at_once;
mod crossing;
mod documents;
mod exported;
mod fields;
mod forged;
mod formless;
mod forms;
mod guesses;
pub mod injection;
mod live;
mod uploads;
