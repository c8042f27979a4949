//! The ids of one table: each text once, found by its text or by its number.
//!
//! One buffer for all texts and one table of numbers: a run of a million trainees has no million
//! small allocations, and what comes out never depends on the order of a hash table.

use super::index::{number, place};

const VACANT: u64 = 0;

/// Ids in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct Names {
    text: String,
    ends: Vec<u32>,
    /// Open addressing: the upper half holds the hash's, the lower half number + 1.
    table: Vec<u64>,
}

/// Two tables are equal when they hold the same ids in the same order.
impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.ends == other.ends && self.text == other.text
    }
}

impl Eq for Names {}

impl Names {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The id with this number; empty when there is no such number.
    #[must_use]
    pub fn get(&self, at: usize) -> &str {
        let (start, end) = self.span(at);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The number of this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<usize> {
        let hash = hash(id);
        let mut slot = self.home(hash)?;
        loop {
            let entry = self.table.get(slot).copied()?;
            if entry == VACANT {
                return None;
            }
            if entry >> 32 == hash >> 32 {
                let at = unpack(entry);
                if self.get(at) == id {
                    return Some(at);
                }
            }
            slot = self.after(slot);
        }
    }

    /// The number of this id, which is often the same as in the last question.
    pub(crate) fn find_near(&self, id: &str, last: &mut usize) -> Option<usize> {
        if self.get(*last) == id && !id.is_empty() {
            return Some(*last);
        }
        let found = self.find(id)?;
        *last = found;
        Some(found)
    }

    /// The numbers of many ids, in `found`. A look into a large table waits for memory three times; in
    /// stages, the looks of all ids wait together.
    pub(crate) fn find_all(&self, ids: &[&str], found: &mut Vec<Option<usize>>) {
        // Where each id's half of the hash is found first, it nearly always is that id.
        let likely: Vec<usize> = ids.iter().map(|id| self.likely(id)).collect();
        let spans: Vec<(usize, usize)> = likely.iter().map(|it| self.span(*it)).collect();
        let bytes = self.text.as_bytes();
        found.clear();
        let looked = ids.iter().zip(likely.into_iter().zip(spans));
        found.extend(
            looked.map(|(id, (at, (start, end)))| match bytes.get(start..end) {
                Some(text) if !id.is_empty() && text == id.as_bytes() => Some(at),
                _ => self.find(id),
            }),
        );
    }

    /// The first number whose hash has this id's upper half; one that does not exist for none.
    fn likely(&self, id: &str) -> usize {
        let hash = hash(id);
        let Some(mut slot) = self.home(hash) else {
            return usize::MAX;
        };
        loop {
            match self.table.get(slot) {
                Some(entry) if *entry == VACANT => return usize::MAX,
                Some(entry) if entry >> 32 == hash >> 32 => return unpack(*entry),
                Some(_) => slot = self.after(slot),
                None => return usize::MAX,
            }
        }
    }

    /// Where the text of this number is.
    fn span(&self, at: usize) -> (usize, usize) {
        let end = self.ends.get(at).copied().unwrap_or(0);
        let start = at.checked_sub(1).and_then(|it| self.ends.get(it).copied());
        (place(start.unwrap_or(0)), place(end))
    }

    /// Adds an id; `Err` with its number when it is there already, and with `None` when the table is
    /// full (2³² − 2 ids or as many bytes).
    pub(crate) fn add(&mut self, id: &str) -> Result<usize, Option<usize>> {
        if let Some(at) = self.find(id) {
            return Err(Some(at));
        }
        let at = self.ends.len();
        let end = self.text.len().saturating_add(id.len());
        if number(at) >= u32::MAX - 1 || number(end) == u32::MAX {
            return Err(None);
        }
        self.text.push_str(id);
        self.ends.push(number(end));
        if self.ends.len().saturating_mul(2) > self.table.len() {
            self.grow();
        } else {
            self.enter(at);
        }
        Ok(at)
    }

    /// The number of this id, added if it is new; `None` when the table is full.
    pub(crate) fn intern(&mut self, id: &str) -> Option<usize> {
        match self.add(id) {
            Ok(at) | Err(Some(at)) => Some(at),
            Err(None) => None,
        }
    }

    /// The numbers in the order of their ids' bytes.
    #[must_use]
    pub(crate) fn sorted(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|a, b| self.get(*a).cmp(self.get(*b)));
        order
    }

    fn grow(&mut self) {
        let ids = self.ends.len();
        let size = ids.saturating_mul(2).next_power_of_two().max(16);
        self.table = vec![VACANT; size];
        for at in 0..self.ends.len() {
            self.enter(at);
        }
    }

    fn enter(&mut self, at: usize) {
        let hash = hash(self.get(at));
        let Some(mut slot) = self.home(hash) else {
            return;
        };
        loop {
            match self.table.get_mut(slot) {
                Some(entry) if *entry == VACANT => {
                    *entry = (hash >> 32 << 32) | u64::from(number(at).saturating_add(1));
                    return;
                }
                Some(_) => slot = self.after(slot),
                None => return,
            }
        }
    }

    fn home(&self, hash: u64) -> Option<usize> {
        let last = self.table.len().checked_sub(1)?;
        // The lower half chooses the slot; the upper half is kept in it.
        Some(place(number(usize::try_from(hash & 0xFFFF_FFFF).unwrap_or(0))) & last)
    }

    fn after(&self, slot: usize) -> usize {
        slot.wrapping_add(1) & self.table.len().wrapping_sub(1)
    }
}

fn unpack(entry: u64) -> usize {
    usize::try_from((entry & 0xFFFF_FFFF).wrapping_sub(1)).unwrap_or(usize::MAX)
}

/// Multiply and fold, eight bytes at a time; the same on every machine. The last digits of ids differ
/// most and stand in the upper bytes of a word, so each word is folded before and after multiplying.
fn hash(id: &str) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = u64::try_from(id.len()).unwrap_or(0);
    let mut take = |word: [u8; 8]| {
        hash ^= u64::from_le_bytes(word);
        hash = (hash ^ (hash >> 32)).wrapping_mul(FACTOR);
    };
    let (words, rest) = id.as_bytes().as_chunks::<8>();
    words.iter().for_each(|it| take(*it));
    if !rest.is_empty() {
        let mut word = [0; 8];
        word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        take(word);
    }
    hash = (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash ^ (hash >> 32)
}
