//! The rows of a table of lists (owner, rank, item), on their way to being lists.

use super::fault::{Fault, Table, Wrong};
use super::index::{Posting, Rows, Trainee, counted, number, place};
use super::names::Names;

/// Rows as they came.
#[derive(Debug, Default)]
pub(super) struct Listed {
    owners: Vec<u32>,
    ranks: Vec<u32>,
    items: Vec<u32>,
    /// The owner of the last row, who is often that of the next.
    last: usize,
}

/// Some rows of ids, to be looked up together.
#[derive(Debug, Default)]
pub(super) struct Block {
    text: String,
    /// Where the owner and then the item begin and end in `text`, and the rank.
    rows: Vec<(usize, usize, usize, u32)>,
}

/// As many looks as memory serves at once, and some more.
const ROWS_OF_A_BLOCK: usize = 128;

impl Block {
    pub(super) fn add(&mut self, owner: &str, rank: u32, item: &str) {
        let begin = self.text.len();
        self.text.push_str(owner);
        let middle = self.text.len();
        self.text.push_str(item);
        self.rows.push((begin, middle, self.text.len(), rank));
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= ROWS_OF_A_BLOCK
    }

    fn text(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }
}

/// A row that cannot be taken: which of owner, rank and item is at fault, and how.
#[derive(Debug)]
pub(super) struct BadRow {
    row: usize,
    column: usize,
    wrong: Bad,
}

#[derive(Debug)]
enum Bad {
    Unknown(String),
    Rank(u32),
    TooMany,
}

/// Where ids of a column live.
fn home(column: &str) -> Table {
    match column {
        "trainee" => Table::Trainees,
        "bank" => Table::Banks,
        _ => Table::Postings,
    }
}

impl BadRow {
    pub(super) fn fault(self, table: Table) -> Fault {
        let column = table
            .columns()
            .get(self.column)
            .copied()
            .unwrap_or_default();
        let wrong = match self.wrong {
            Bad::Unknown(id) => Wrong::Unknown {
                id,
                table: home(column),
            },
            Bad::Rank(found) => Wrong::NotWhole {
                found: found.to_string(),
                least: 1,
            },
            Bad::TooMany => Wrong::TooMany,
        };
        Fault {
            table,
            row: Some(self.row),
            column,
            wrong,
        }
    }
}

/// A rank or an item that stands twice in one list.
#[derive(Debug)]
pub(super) struct Repeated {
    row: usize,
    rank: Option<u32>,
    item: u32,
}

impl Repeated {
    /// As a fault of this table, whose items have these names.
    pub(super) fn fault(self, table: Table, items: &Names) -> Fault {
        let (column, text) = match self.rank {
            Some(rank) => (1, rank.to_string()),
            None => (2, items.get(place(self.item)).to_owned()),
        };
        Fault {
            table,
            row: Some(self.row),
            column: table.columns().get(column).copied().unwrap_or_default(),
            wrong: Wrong::Duplicate(text),
        }
    }
}

impl Listed {
    /// Takes a row; `ids` are those of owner and item.
    pub(super) fn push(
        &mut self,
        owners: &Names,
        items: &Names,
        ids: [&str; 2],
        rank: u32,
    ) -> Result<(), BadRow> {
        let [owner, item] = ids;
        self.enter(owners, owner, rank, (item, items.find(item)))
    }

    /// Takes the rows of a block and empties it.
    pub(super) fn push_block(
        &mut self,
        owners: &Names,
        items: &Names,
        block: &mut Block,
    ) -> Result<(), BadRow> {
        let ids: Vec<&str> = block.rows.iter().map(|it| block.text(it.1, it.2)).collect();
        let mut found = Vec::with_capacity(ids.len());
        items.find_all(&ids, &mut found);
        for (row, item) in block.rows.iter().zip(ids.into_iter().zip(found)) {
            self.enter(owners, block.text(row.0, row.1), row.3, item)?;
        }
        block.rows.clear();
        block.text.clear();
        Ok(())
    }

    fn enter(
        &mut self,
        owners: &Names,
        owner: &str,
        rank: u32,
        (item, item_at): (&str, Option<usize>),
    ) -> Result<(), BadRow> {
        let row = self.owners.len();
        let bad = |column, wrong| BadRow { row, column, wrong };
        let Some(owner_at) = owners.find_near(owner, &mut self.last) else {
            return Err(bad(0, Bad::Unknown(owner.to_owned())));
        };
        let Some(item_at) = item_at else {
            return Err(bad(2, Bad::Unknown(item.to_owned())));
        };
        if rank == 0 || rank == u32::MAX {
            return Err(bad(1, Bad::Rank(rank)));
        }
        if number(row) >= u32::MAX - 1 {
            return Err(bad(0, Bad::TooMany));
        }
        self.owners.push(number(owner_at));
        self.ranks.push(rank);
        self.items.push(number(item_at));
        Ok(())
    }

    /// Strict lists: no rank and no item twice.
    pub(super) fn strict(self, owners: usize, items: usize) -> Result<Rows<Posting>, Repeated> {
        let ordered = self.ordered(owners);
        self.check(&ordered, items, true)?;
        drop(self);
        Ok(strip(ordered, Posting::from_raw).0)
    }

    /// Lists with equal ranks: no item twice. With each entry, whether its rank is that of the entry
    /// before; nothing at all when no two are equal.
    pub(super) fn tied(
        self,
        owners: usize,
        items: usize,
    ) -> Result<(Rows<Trainee>, Vec<bool>), Repeated> {
        let ordered = self.ordered(owners);
        self.check(&ordered, items, false)?;
        drop(self);
        Ok(strip(ordered, Trainee::from_raw))
    }

    /// Rows of (rank, item), each in the order of rank; equal ranks in the order in which they came.
    fn ordered(&self, owners: usize) -> Rows<(u32, u32)> {
        let entries = self.ranks.iter().copied().zip(self.items.iter().copied());
        let pairs = self.owners.iter().copied().zip(entries);
        let sorted_owners = self.owners.is_sorted();
        let mut rows = if sorted_owners {
            // The usual order of a file: nothing needs to move.
            let starts = counted(owners, self.owners.iter().copied());
            Rows::from_parts(starts, pairs.map(|(_, entry)| entry).collect())
        } else {
            Rows::gather(owners, pairs, (0, 0))
        };
        for owner in 0..owners {
            let row = rows.row_mut(owner);
            if !row.is_sorted_by_key(|it| it.0) {
                row.sort_by_key(|it| it.0);
            }
        }
        rows
    }

    fn check(
        &self,
        ordered: &Rows<(u32, u32)>,
        items: usize,
        strict: bool,
    ) -> Result<(), Repeated> {
        let mut seen = vec![u32::MAX; items];
        for (owner, row) in ordered.iter().enumerate() {
            let mut before = 0;
            for (rank, item) in row {
                if strict && *rank == before {
                    return Err(self.repeated(owner, |it| it.0 == *rank, Some(*rank), *item));
                }
                before = *rank;
                let Some(last) = seen.get_mut(place(*item)) else {
                    continue;
                };
                if *last == number(owner) {
                    return Err(self.repeated(owner, |it| it.1 == *item, None, *item));
                }
                *last = number(owner);
            }
        }
        Ok(())
    }

    /// The second row of this owner that answers to `same`.
    fn repeated(
        &self,
        owner: usize,
        same: impl Fn((u32, u32)) -> bool,
        rank: Option<u32>,
        item: u32,
    ) -> Repeated {
        let entries = self.ranks.iter().copied().zip(self.items.iter().copied());
        let row = self
            .owners
            .iter()
            .zip(entries)
            .enumerate()
            .filter(|(_, (of, entry))| **of == number(owner) && same(*entry))
            .map(|(row, _)| row)
            .nth(1);
        Repeated {
            row: row.unwrap_or(0),
            rank,
            item,
        }
    }
}

/// Leaves the ranks behind, save where two are equal.
fn strip<T>(ordered: Rows<(u32, u32)>, name: impl Fn(u32) -> T) -> (Rows<T>, Vec<bool>) {
    let tie = |row: &[(u32, u32)]| row.iter().zip(row.iter().skip(1)).any(|(a, b)| a.0 == b.0);
    let tied = if ordered.iter().any(tie) {
        let mut tied = Vec::with_capacity(ordered.items().len());
        for row in ordered.iter() {
            let mut before = 0;
            for (rank, _) in row {
                tied.push(*rank == before);
                before = *rank;
            }
        }
        tied
    } else {
        Vec::new()
    };
    let (starts, items) = ordered.into_parts();
    let items = items.into_iter().map(|(_, item)| name(item)).collect();
    (Rows::from_parts(starts, items), tied)
}
