//! A folder of the files of a run or of its result.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::matching::files::{self, Run, Source, Stored};
use crate::matching::verify::Finding;
use crate::matching::{Fault, Instance, Outcome, Summary, Table, Warning, Wrong};

/// Read at a time.
const PIECE: usize = 1 << 18;

/// A head or summary is smaller than this.
const LARGEST_JSON: u64 = 1 << 20;

/// A folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Reads the run.
    pub(super) fn run(&self) -> std::result::Result<(Instance, Vec<Warning>), Fault> {
        files::read(Run {
            head: self.json(Table::Run)?,
            trainees: self.needed(Table::Trainees)?,
            banks: self.needed(Table::Banks)?,
            postings: self.needed(Table::Postings)?,
            group_caps: self.optional(Table::GroupCaps)?,
            trainee_lists: self.needed(Table::TraineeLists)?,
            bank_lists: self.optional(Table::BankLists)?,
            posting_lists: self.optional(Table::PostingLists)?,
            ineligible: self.optional(Table::Ineligible)?,
        })
    }

    /// Reads a result of this run, with what is wrong with its rows.
    pub(super) fn result(
        &self,
        run: &Instance,
    ) -> std::result::Result<(Outcome, Vec<Finding>, Summary), Fault> {
        let summary = self.json(Table::Summary)?;
        let stored = Stored {
            assignment: self.needed(Table::Assignment)?,
            cutoffs: self.needed(Table::Cutoffs)?,
            bank_cutoffs: self.needed(Table::BankCutoffs)?,
            reasons: self.needed(Table::Reasons)?,
        };
        let (outcome, findings) = files::read_result(run, stored)?;
        Ok((outcome, findings, summary))
    }

    fn needed(&self, table: Table) -> std::result::Result<Source<'static>, Fault> {
        match File::open(self.0.join(table.file())) {
            Ok(file) => Ok(Box::new(BufReader::with_capacity(PIECE, file))),
            Err(err) => Err(whole(table, Wrong::Unreadable(err.to_string()))),
        }
    }

    fn optional(&self, table: Table) -> std::result::Result<Option<Source<'static>>, Fault> {
        match File::open(self.0.join(table.file())) {
            Ok(file) => Ok(Some(Box::new(BufReader::with_capacity(PIECE, file)))),
            Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(err) => Err(whole(table, Wrong::Unreadable(err.to_string()))),
        }
    }

    fn json<T: DeserializeOwned>(&self, table: Table) -> std::result::Result<T, Fault> {
        let mut text = Vec::new();
        let read = File::open(self.0.join(table.file()))
            .and_then(|file| file.take(LARGEST_JSON).read_to_end(&mut text));
        if let Err(err) = read {
            return Err(whole(table, Wrong::Unreadable(err.to_string())));
        }
        serde_json::from_slice(&text).map_err(|err| Fault {
            // The header of a table is its line 1; of JSON, row 0 would be line 2.
            row: err.line().checked_sub(2),
            ..whole(table, Wrong::NotJson(err.to_string()))
        })
    }

    /// Writes a file beside its place and puts it there when it is whole.
    pub(super) fn write(
        &self,
        table: Table,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        self.put(table.file(), write)
    }

    /// Writes a value as JSON that people can read.
    pub(super) fn write_json(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|err| Error::Internal(format!("writing JSON: {err}")))?;
        self.put(name, |out| writeln!(out, "{text}"))
    }

    fn put(&self, name: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let (part, path) = (self.0.join(format!("{name}.part")), self.0.join(name));
        let written = std::fs::create_dir_all(&self.0)
            .and_then(|()| File::create(&part))
            .and_then(|mut file| write(&mut file))
            .and_then(|()| std::fs::rename(&part, &path));
        written.map_err(|err| Error::Internal(format!("cannot write {}: {err}", path.display())))
    }
}

fn whole(table: Table, wrong: Wrong) -> Fault {
    Fault {
        table,
        row: None,
        column: "",
        wrong,
    }
}
