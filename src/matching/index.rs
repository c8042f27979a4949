//! Small numbers that stand for the people and places of one run, and tables of rows of them.
//!
//! A run is worked on by number: the first trainee of the input is 0, the second 1. Four types keep
//! a posting's number from being taken for a trainee's.

use std::ops::Range;

/// A number as a place in memory. Every table of a run holds fewer than 2³² rows, so nothing is lost
/// where `usize` is at least that wide; elsewhere the place does not exist and reads as absent.
pub(crate) fn place(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// A place as a number; the builder refuses tables for which this would not hold.
pub(crate) fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            /// The one that stands at this place of its table.
            #[must_use]
            pub fn new(at: usize) -> Self {
                Self(number(at))
            }

            /// Its place in its table, counted from 0.
            #[must_use]
            pub fn at(self) -> usize {
                place(self.0)
            }

            /// Its number.
            #[must_use]
            pub fn raw(self) -> u32 {
                self.0
            }

            /// The one with this number.
            #[must_use]
            pub fn from_raw(n: u32) -> Self {
                Self(n)
            }
        }
    )*};
}

index! {
    /// A trainee of the run.
    Trainee;
    /// A bank or other host.
    Bank;
    /// A posting of a bank.
    Posting;
    /// A group of trainees that a cap or reserve speaks of.
    Group;
    /// A rule that makes somebody ineligible.
    Rule;
}

/// Rows of different lengths, one after another in one piece of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Rows<T> {
    /// Rows from (row, item) pairs, each row in the order of the pairs. A pair of a row beyond the
    /// last is left out.
    pub(crate) fn gather(
        rows: usize,
        pairs: impl Iterator<Item = (u32, T)> + Clone,
        fill: T,
    ) -> Self
    where
        T: Copy,
    {
        let mut starts = counted(rows, pairs.clone().map(|(row, _)| row));
        let total = starts.last().copied().unwrap_or(0);
        let mut items = vec![fill; place(total)];
        for (row, item) in pairs {
            if place(row) >= rows {
                continue;
            }
            let Some(next) = starts.get_mut(place(row)) else {
                continue;
            };
            if let Some(slot) = items.get_mut(place(*next)) {
                *slot = item;
            }
            *next = next.wrapping_add(1);
        }
        // Each start has walked to the end of its row, which is the start of the next.
        starts.rotate_right(1);
        if let Some(first) = starts.first_mut() {
            *first = 0;
        }
        if let Some(last) = starts.last_mut() {
            *last = total;
        }
        Self { starts, items }
    }

    /// Rows from their lengths' running sums and their items.
    pub(crate) fn from_parts(starts: Vec<u32>, items: Vec<T>) -> Self {
        Self { starts, items }
    }

    /// What [`Rows::from_parts`] takes.
    pub(crate) fn into_parts(self) -> (Vec<u32>, Vec<T>) {
        (self.starts, self.items)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Is there no row at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where a row's items are among all items.
    #[must_use]
    pub fn span(&self, row: usize) -> Range<usize> {
        let start = self.starts.get(row).copied().unwrap_or(0);
        let end = self.starts.get(row.saturating_add(1)).copied();
        place(start)..place(end.unwrap_or(start))
    }

    /// A row; one that does not exist is empty.
    #[must_use]
    pub fn row(&self, row: usize) -> &[T] {
        self.items.get(self.span(row)).unwrap_or_default()
    }

    /// A row that may be rearranged.
    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [T] {
        let span = self.span(row);
        self.items.get_mut(span).unwrap_or_default()
    }

    /// All rows' items, one row after another.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> + Clone {
        (0..self.len()).map(|row| self.row(row))
    }
}

/// The running sums of how often each row is named: the start of every row, and the end.
pub(crate) fn counted(rows: usize, named: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0_u32; rows.saturating_add(1)];
    for row in named {
        // Counted one place further on, so that the running sum yields starts.
        if let Some(count) = starts.get_mut(place(row).saturating_add(1)) {
            *count = count.saturating_add(1);
        }
    }
    let mut sum = 0_u32;
    for start in &mut starts {
        sum = sum.saturating_add(*start);
        *start = sum;
    }
    starts
}
