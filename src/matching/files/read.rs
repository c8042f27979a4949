//! Reads a run.

use super::super::beside::beside;
use super::super::build::Builder;
use super::super::fault::{Fault, Table, Warning, Wrong};
use super::super::instance::{Head, Instance};
use super::super::listed::{Block, Listed};
use super::Source;
use super::csv::Sheet;

/// The tables of a run; what a run need not have may be absent.
pub struct Run<'s> {
    /// `run.json`.
    pub head: Head,
    /// `trainees.csv`.
    pub trainees: Source<'s>,
    /// `banks.csv`.
    pub banks: Source<'s>,
    /// `postings.csv`.
    pub postings: Source<'s>,
    /// `group_caps.csv`.
    pub group_caps: Option<Source<'s>>,
    /// `trainee_lists.csv`.
    pub trainee_lists: Source<'s>,
    /// `bank_lists.csv`.
    pub bank_lists: Option<Source<'s>>,
    /// `posting_lists.csv`.
    pub posting_lists: Option<Source<'s>>,
    /// `ineligible.csv`.
    pub ineligible: Option<Source<'s>>,
}

/// Reads a run, with what is odd in it.
///
/// # Errors
/// The first fault in the order of the fields of [`Run`]; within a table in the order of its rows,
/// save for what shows only when a table is whole.
pub fn read(run: Run<'_>) -> Result<(Instance, Vec<Warning>), Fault> {
    let mut builder = Builder::new(&run.head)?;
    let mut sheet = Sheet::open(Table::Trainees, run.trainees)?;
    while sheet.next_row()? {
        let groups = sheet.get(1);
        let groups = groups.split(';').filter(|_| !groups.is_empty());
        builder.trainee(sheet.get(0), groups)?;
    }
    let mut sheet = Sheet::open(Table::Banks, run.banks)?;
    while sheet.next_row()? {
        builder.bank(sheet.get(0), sheet.whole(1, 0)?)?;
    }
    let mut sheet = Sheet::open(Table::Postings, run.postings)?;
    while sheet.next_row()? {
        let (group, held) = (sheet.get(3), sheet.whole(4, 0)?);
        let reserve = match (group.is_empty(), held) {
            (true, None) => None,
            (false, Some(held)) => Some((group, held)),
            (true, Some(_)) => return Err(sheet.fault("reserve_group", Wrong::HalfAReserve)),
            (false, None) => return Err(sheet.fault("reserve_seats", Wrong::HalfAReserve)),
        };
        let seats = sheet.required(2, 0)?;
        builder.posting(sheet.get(0), sheet.get(1), seats, reserve)?;
    }
    if let Some(source) = run.group_caps {
        let mut sheet = Sheet::open(Table::GroupCaps, source)?;
        while sheet.next_row()? {
            builder.group_cap(sheet.get(0), sheet.get(1), sheet.required(2, 0)?)?;
        }
    }
    // The two large tables at once: each is some seconds of looking up ids in the largest runs.
    let of = |table, source: Option<Source<'_>>| match source {
        Some(source) => lists(&builder, table, source),
        None => Ok(Listed::default()),
    };
    let (trainees, (banks, postings)) = beside(
        || lists(&builder, Table::TraineeLists, run.trainee_lists),
        || {
            let banks = of(Table::BankLists, run.bank_lists);
            (banks, of(Table::PostingLists, run.posting_lists))
        },
    );
    (
        builder.trainee_lists,
        builder.bank_lists,
        builder.posting_lists,
    ) = (trainees?, banks?, postings?);
    if let Some(source) = run.ineligible {
        let mut sheet = Sheet::open(Table::Ineligible, source)?;
        while sheet.next_row()? {
            builder.ineligible(sheet.get(0), sheet.get(1), sheet.get(2))?;
        }
    }
    builder.finish()
}

/// A table of lists whose ids the builder knows already.
fn lists(builder: &Builder, table: Table, source: Source<'_>) -> Result<Listed, Fault> {
    let (owners, items) = match table {
        Table::BankLists => (&builder.banks, &builder.trainees),
        Table::PostingLists => (&builder.postings, &builder.trainees),
        _ => (&builder.trainees, &builder.postings),
    };
    let mut listed = Listed::default();
    let mut block = Block::default();
    let mut sheet = Sheet::open(table, source)?;
    loop {
        let row = next(&mut sheet, &mut block);
        if block.is_full() || row != Ok(true) {
            // What is wrong in an earlier row comes first.
            listed
                .push_block(owners, items, &mut block)
                .map_err(|it| it.fault(table))?;
        }
        if !row? {
            return Ok(listed);
        }
    }
}

/// Puts the next row in the block; `false` after the last.
fn next(sheet: &mut Sheet<'_>, block: &mut Block) -> Result<bool, Fault> {
    let more = sheet.next_row()?;
    if more {
        block.add(sheet.get(0), sheet.required(1, 1)?, sheet.get(2));
    }
    Ok(more)
}
