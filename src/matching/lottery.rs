//! The lottery that breaks ties (section 3.4): one number for each trainee and run, the same at every
//! bank, drawn by a secret whose hash was published before anybody's list was closed.

use sha2::{Digest as _, Sha256};

use super::index::{Trainee, number};
use super::instance::{Instance, Seed};

const BLOCK: usize = 64;

/// A keyed draw: HMAC-SHA-256 (RFC 2104) with both padded keys hashed once for all trainees.
#[derive(Clone, Debug)]
pub struct Lottery {
    inner: Sha256,
    outer: Sha256,
}

impl Lottery {
    /// The lottery of one run.
    #[must_use]
    pub fn new(seed: &Seed, run_id: &str) -> Self {
        let mut lottery = Self::keyed(seed.bytes());
        lottery.inner.update(run_id.as_bytes());
        // The unit separator keeps ("ab", "c") and ("a", "bc") apart.
        lottery.inner.update([0x1F]);
        lottery
    }

    fn keyed(key: &[u8]) -> Self {
        let hashed;
        let key = if key.len() > BLOCK {
            hashed = Sha256::digest(key);
            hashed.as_slice()
        } else {
            key
        };
        let pad = |with: u8| {
            let mut block = [with; BLOCK];
            for (to, from) in block.iter_mut().zip(key) {
                *to ^= from;
            }
            let mut hash = Sha256::new();
            hash.update(block);
            hash
        };
        Self {
            inner: pad(0x36),
            outer: pad(0x5C),
        }
    }

    /// A trainee's number, most significant byte first; lower is luckier.
    #[must_use]
    pub fn number(&self, trainee: &str) -> [u8; 32] {
        let mut inner = self.inner.clone();
        inner.update(trainee.as_bytes());
        let mut outer = self.outer.clone();
        outer.update(inner.finalize());
        outer.finalize().into()
    }
}

/// For each trainee who is tied anywhere, the place in the lottery; for others `u32::MAX`, which
/// nobody asks for. Without a seed nobody is tied.
pub(super) fn places(run: &Instance) -> Vec<u32> {
    let mut places = vec![u32::MAX; run.trainees.len()];
    let Some(seed) = run.seed() else {
        return places;
    };
    let mut tied = vec![false; places.len()];
    for orders in [&run.bank_lists, &run.posting_lists] {
        for list in 0..orders.rows.len() {
            for tier in orders.tiers(list).filter(|it| it.len() > 1) {
                for trainee in tier {
                    if let Some(it) = tied.get_mut(trainee.at()) {
                        *it = true;
                    }
                }
            }
        }
    }
    let lottery = Lottery::new(seed, run.run_id());
    let mut drawn: Vec<([u8; 32], Trainee)> = run
        .all_trainees()
        .zip(tied)
        .filter(|(_, tied)| *tied)
        .map(|(trainee, _)| (lottery.number(run.trainee_id(trainee)), trainee))
        .collect();
    drawn.sort_unstable_by(|a, b| {
        let ids = || run.trainee_id(a.1).cmp(run.trainee_id(b.1));
        a.0.cmp(&b.0).then_with(ids)
    });
    for (at, (_, trainee)) in drawn.into_iter().enumerate() {
        if let Some(it) = places.get_mut(trainee.at()) {
            *it = number(at);
        }
    }
    places
}
