//! A run made ready for proposing: every choice of every trainee beside the trainee's place on the
//! list that decides about it.

use std::borrow::Cow;

use super::super::index::{Posting, Rows, Trainee, counted, number, place};
use super::super::instance::{Instance, Orders};
use super::super::lottery;

/// The place of a trainee whom a posting can never take. It is beyond every cut-off, so that such a
/// choice falls by the same comparison as one that comes too late.
pub(super) const NEVER: u32 = u32::MAX;

/// One choice: the posting, and the trainee's place on its list, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) posting: u32,
    pub(super) rank: u32,
}

/// A run that is ready.
#[derive(Debug)]
pub struct Market<'r> {
    pub(super) run: &'r Instance,
    /// In the rows of [`Instance::lists`].
    pub(super) choices: Vec<Choice>,
    banks: Strict<'r>,
    postings: Strict<'r>,
    by_bank: Vec<bool>,
}

/// Lists without ties.
#[derive(Debug)]
struct Strict<'r> {
    rows: &'r Rows<Trainee>,
    order: Cow<'r, [Trainee]>,
}

impl<'r> Strict<'r> {
    fn new(run: &Instance, orders: &'r Orders, places: &[u32]) -> Self {
        let rows = &orders.rows;
        if !orders.has_ties() {
            let order = Cow::Borrowed(rows.items());
            return Self { rows, order };
        }
        let mut order = Vec::with_capacity(rows.items().len());
        for list in 0..rows.len() {
            for tier in orders.tiers(list) {
                let begin = order.len();
                order.extend_from_slice(tier);
                if let Some(equal) = order.get_mut(begin..).filter(|it| it.len() > 1) {
                    // Two places are never equal; without a seed there are no ties.
                    equal.sort_by_key(|it| (places.get(it.at()).copied(), run.trainee_id(*it)));
                }
            }
        }
        let order = Cow::Owned(order);
        Self { rows, order }
    }

    /// For each trainee, the lists that name them and their place on each.
    fn by_trainee(&self, trainees: usize) -> Rows<(u32, u32)> {
        let mut next = counted(trainees, self.order.iter().map(|it| it.raw()));
        let mut entries = vec![(0, 0); self.order.len()];
        for list in 0..self.rows.len() {
            let named = self.order.get(self.rows.span(list)).unwrap_or_default();
            for (before, trainee) in named.iter().enumerate() {
                let Some(slot) = next.get_mut(trainee.at()) else {
                    continue;
                };
                if let Some(entry) = entries.get_mut(place(*slot)) {
                    *entry = (number(list), number(before).saturating_add(1));
                }
                *slot = slot.wrapping_add(1);
            }
        }
        // Every slot stands at the end of its row, which is where the next one begins.
        next.rotate_right(1);
        if let Some(first) = next.first_mut() {
            *first = 0;
        }
        if let Some(last) = next.last_mut() {
            *last = number(entries.len());
        }
        Rows::from_parts(next, entries)
    }
}

impl<'r> Market<'r> {
    /// Makes a run ready: draws lots where lists have ties, and looks every choice up.
    #[must_use]
    pub fn new(run: &'r Instance) -> Self {
        let places = lottery::places(run);
        let banks = Strict::new(run, &run.bank_lists, &places);
        let postings = Strict::new(run, &run.posting_lists, &places);
        let by_bank: Vec<bool> = run.all_postings().map(|it| run.by_bank_list(it)).collect();
        let choices = choices(run, &banks, &postings, &by_bank);
        Self {
            run,
            choices,
            banks,
            postings,
            by_bank,
        }
    }

    /// The trainee at a place of the list that decides at a posting.
    pub(super) fn trainee(&self, posting: u32, rank: u32) -> Option<Trainee> {
        let at = place(posting);
        let (lists, list) = if self.by_bank.get(at).copied().unwrap_or(false) {
            (&self.banks, self.run.bank_of(Posting::new(at)).at())
        } else {
            (&self.postings, at)
        };
        let before = place(rank.wrapping_sub(1));
        let begin = lists.rows.span(list).start;
        lists.order.get(begin.saturating_add(before)).copied()
    }

    pub(super) fn choice(&self, at: u32) -> Option<Choice> {
        self.choices.get(place(at)).copied()
    }

    /// The yardstick of the engine's time: looks at so many choices of trainees drawn at random, and
    /// at one number kept for the posting of each, as proposing does, and decides nothing. The sum
    /// has no meaning; it keeps the looks from being left out.
    #[must_use]
    pub fn wander(&self, looks: u64) -> u64 {
        let kept = vec![1_u32; self.run.postings.len()];
        let all = number(self.choices.len());
        let mut state = 1_u64;
        let mut sum = 0_u64;
        for _ in 0..looks {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            // The upper half times the number of choices, shifted down, is a place among them.
            let at = ((state >> 32) * u64::from(all)) >> 32;
            let choice = usize::try_from(at).ok().and_then(|at| self.choices.get(at));
            if let Some(choice) = choice {
                let kept = kept.get(place(choice.posting)).copied().unwrap_or(0);
                sum = sum.wrapping_add(u64::from(choice.rank ^ kept));
            }
        }
        sum
    }
}

/// Every choice with its place. One pass over the trainees, with the lists that name each laid out
/// for a moment by bank and by posting: no search, no hashing.
fn choices(
    run: &Instance,
    banks: &Strict<'_>,
    postings: &Strict<'_>,
    by_bank: &[bool],
) -> Vec<Choice> {
    let trainees = run.trainees.len();
    let (of_banks, of_postings) = (banks.by_trainee(trainees), postings.by_trainee(trainees));
    let mut in_bank = vec![(NEVER, NEVER); run.banks.len()];
    let mut in_posting = vec![(NEVER, NEVER); run.postings.len()];
    let mut choices = Vec::with_capacity(run.lists.items().len());
    for trainee in run.all_trainees() {
        lay_out(&mut in_bank, of_banks.row(trainee.at()), trainee);
        lay_out(&mut in_posting, of_postings.row(trainee.at()), trainee);
        let barred = run.ineligible(trainee);
        for posting in run.list(trainee) {
            let own = place_of(&in_posting, posting.at(), trainee);
            let rank = if run.seats(*posting) == 0 || barred.iter().any(|it| it.0 == *posting) {
                NEVER
            } else if by_bank.get(posting.at()).copied().unwrap_or(false) {
                // The posting's own list only says who is acceptable.
                let restricted = !postings.rows.row(posting.at()).is_empty();
                if restricted && own == NEVER {
                    NEVER
                } else {
                    place_of(&in_bank, run.bank_of(*posting).at(), trainee)
                }
            } else {
                own
            };
            choices.push(Choice {
                posting: posting.raw(),
                rank,
            });
        }
    }
    choices
}

/// Notes the trainee's place at each list; what other trainees left there is told apart by its owner.
fn lay_out(table: &mut [(u32, u32)], entries: &[(u32, u32)], trainee: Trainee) {
    for (list, rank) in entries {
        if let Some(it) = table.get_mut(place(*list)) {
            *it = (trainee.raw(), *rank);
        }
    }
}

fn place_of(table: &[(u32, u32)], list: usize, trainee: Trainee) -> u32 {
    match table.get(list) {
        Some((owner, rank)) if *owner == trainee.raw() => *rank,
        _ => NEVER,
    }
}
