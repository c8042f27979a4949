//! The verifier's own look at lists: lots drawn anew, places found by search.

use sha2::{Digest as _, Sha256};

use super::super::index::{Posting, Trainee};
use super::super::instance::{Instance, Orders};

/// The place of every trainee on every list: for each list, (trainee, place) by trainee.
pub(super) struct Places {
    banks: Vec<Vec<(Trainee, u32)>>,
    postings: Vec<Vec<(Trainee, u32)>>,
}

impl Places {
    pub(super) fn new(run: &Instance) -> Self {
        let lots = |orders: &Orders, lists: usize| {
            (0..lists)
                .map(|list| {
                    let mut placed = Vec::with_capacity(orders.row(list).len());
                    let mut next = 1_u32;
                    let mut put = |trainee| {
                        placed.push((trainee, next));
                        next = next.saturating_add(1);
                    };
                    for tier in orders.tiers(list) {
                        match tier {
                            [only] => put(*only),
                            equal => drawn(run, equal).into_iter().for_each(&mut put),
                        }
                    }
                    placed.sort_unstable();
                    placed
                })
                .collect()
        };
        Self {
            banks: lots(run.bank_lists(), run.all_banks().count()),
            postings: lots(run.posting_lists(), run.all_postings().count()),
        }
    }

    /// The trainee's place for this posting, if it may take them at all. Whether they listed it is
    /// another question.
    pub(super) fn acceptable(
        &self,
        run: &Instance,
        trainee: Trainee,
        posting: Posting,
    ) -> Option<u32> {
        let barred = run.ineligible(trainee).iter().any(|it| it.0 == posting);
        if barred || run.seats(posting) == 0 {
            return None;
        }
        self.ranked(run, trainee, posting)
    }

    /// The trainee's place on the list that decides at this posting.
    pub(super) fn ranked(&self, run: &Instance, trainee: Trainee, posting: Posting) -> Option<u32> {
        let own = self.postings.get(posting.at())?;
        let of_bank = self.banks.get(run.bank_of(posting).at())?;
        if of_bank.is_empty() {
            return search(own, trainee);
        }
        if !own.is_empty() {
            search(own, trainee)?;
        }
        search(of_bank, trainee)
    }
}

fn search(placed: &[(Trainee, u32)], trainee: Trainee) -> Option<u32> {
    let at = placed.binary_search_by_key(&trainee, |it| it.0).ok()?;
    placed.get(at).map(|it| it.1)
}

/// Equals in the order of their lots.
fn drawn(run: &Instance, tier: &[Trainee]) -> Vec<Trainee> {
    let seed = run.seed().map(|it| it.bytes()).unwrap_or_default();
    let mut lots: Vec<([u8; 32], &str, Trainee)> = tier
        .iter()
        .map(|it| {
            let id = run.trainee_id(*it);
            let said = [run.run_id().as_bytes(), &[0x1F], id.as_bytes()].concat();
            (hmac(seed, &said), id, *it)
        })
        .collect();
    lots.sort_unstable();
    lots.into_iter().map(|it| it.2).collect()
}

/// HMAC-SHA-256 as RFC 2104 writes it: H(K ⊕ opad ‖ H(K ⊕ ipad ‖ text)).
pub(super) fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut padded = if key.len() > 64 {
        Sha256::digest(key).to_vec()
    } else {
        key.to_vec()
    };
    padded.resize(64, 0);
    let xored = |with: u8| padded.iter().map(|it| it ^ with).collect::<Vec<u8>>();
    let inner = Sha256::digest([xored(0x36).as_slice(), text].concat());
    Sha256::digest([xored(0x5C).as_slice(), inner.as_slice()].concat()).into()
}
