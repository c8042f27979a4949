//! The definitions of sections 2 and 3, written as they are read, over ids: whom a bank chooses, what
//! blocks, which matchings are stable. Slow, and without a thought of how the engine does it.

use std::collections::{BTreeMap, BTreeSet};

use banyan::matching::Seed;
use banyan::matching::lottery::Lottery;
use banyan::matching::snapshot::{Snapshot, SnapshotPosting};

/// A matching: the posting of each trainee, by the trainee's place in the snapshot.
pub type Matching = Vec<Option<String>>;

/// A run with lots drawn.
pub struct World<'s> {
    pub snapshot: &'s Snapshot,
    postings: BTreeMap<&'s str, &'s SnapshotPosting>,
    bank_lists: BTreeMap<&'s str, Vec<String>>,
    posting_lists: BTreeMap<&'s str, Vec<String>>,
}

impl<'s> World<'s> {
    pub fn new(snapshot: &'s Snapshot) -> Self {
        let strict = |list: &[Vec<String>]| -> Vec<String> {
            let seed = Seed::parse(snapshot.seed.as_deref().unwrap()).unwrap();
            let lottery = Lottery::new(&seed, &snapshot.run_id);
            let by_lot = list.iter().flat_map(|tier| {
                let mut tier = tier.clone();
                tier.sort_by_key(|it| lottery.number(it));
                tier
            });
            by_lot.collect()
        };
        let banks = snapshot.banks.iter();
        let postings = snapshot.postings.iter();
        Self {
            snapshot,
            postings: postings
                .clone()
                .map(|it| (it.posting.as_str(), it))
                .collect(),
            bank_lists: banks
                .map(|it| (it.bank.as_str(), strict(&it.list)))
                .collect(),
            posting_lists: postings
                .map(|it| (it.posting.as_str(), strict(&it.list)))
                .collect(),
        }
    }

    pub fn posting(&self, id: &str) -> &'s SnapshotPosting {
        self.postings[id]
    }

    pub fn cap(&self, bank: &str) -> Option<u32> {
        let found = self.snapshot.banks.iter().find(|it| it.bank == bank);
        found.unwrap().cap
    }

    fn id(&self, trainee: usize) -> &'s str {
        &self.snapshot.trainees[trainee].trainee
    }

    pub fn in_group(&self, trainee: usize, group: &str) -> bool {
        let groups = &self.snapshot.trainees[trainee].groups;
        groups.iter().any(|it| it == group)
    }

    /// The list that decides, and the trainee's place on it from 1, if it names them.
    pub fn place(&self, trainee: usize, posting: &str) -> Option<u32> {
        let of_bank = &self.bank_lists[self.posting(posting).bank.as_str()];
        let own = &self.posting_lists[posting];
        let find = |list: &[String]| {
            let at = list.iter().position(|it| it == self.id(trainee))?;
            Some(u32::try_from(at + 1).unwrap())
        };
        if of_bank.is_empty() {
            return find(own);
        }
        if !own.is_empty() {
            find(own)?;
        }
        find(of_bank)
    }

    pub fn rule(&self, trainee: usize, posting: &str) -> Option<&'s str> {
        let own = |it: &&(String, String, String)| it.0 == self.id(trainee) && it.1 == posting;
        let found = self.snapshot.ineligible.iter().find(own);
        found.map(|it| it.2.as_str())
    }

    pub fn no_list(&self, posting: &str) -> bool {
        let bank = self.posting(posting).bank.as_str();
        self.bank_lists[bank].is_empty() && self.posting_lists[posting].is_empty()
    }

    /// On the trainee's list, on the posting's, eligible, and the posting is there at all.
    pub fn acceptable(&self, trainee: usize, posting: &str) -> bool {
        self.snapshot.trainees[trainee]
            .list
            .iter()
            .any(|it| it == posting)
            && self.place(trainee, posting).is_some()
            && self.rule(trainee, posting).is_none()
            && self.posting(posting).seats > 0
    }

    /// Those who choose together: a bank with a cap, or one posting.
    pub fn chooser(&self, posting: &str) -> String {
        let bank = &self.posting(posting).bank;
        match self.cap(bank) {
            Some(_) => bank.clone(),
            None => posting.to_owned(),
        }
    }

    /// Which bound would break if the pair came to these: the name of each.
    pub fn broken(&self, chosen: &BTreeSet<(usize, String)>, new: (usize, &str)) -> Vec<String> {
        let posting = self.posting(new.1);
        let mut broken = Vec::new();
        let here = chosen.iter().filter(|it| it.1 == new.1);
        if u32::try_from(here.clone().count()).unwrap() >= posting.seats {
            broken.push("seats".to_owned());
        }
        let all = u32::try_from(chosen.len()).unwrap();
        if self.cap(&posting.bank).is_some_and(|cap| all >= cap) {
            broken.push("bank".to_owned());
        }
        for (group, cap) in &posting.group_caps {
            let of_group = here.clone().filter(|it| self.in_group(it.0, group));
            if self.in_group(new.0, group) && u32::try_from(of_group.count()).unwrap() >= *cap {
                broken.push(group.clone());
            }
        }
        broken
    }

    /// `Ch_b(X)` of section 3.5, for the contracts of one chooser.
    pub fn choose(&self, contracts: &BTreeSet<(usize, String)>) -> BTreeSet<(usize, String)> {
        let mut sorted: Vec<&(usize, String)> = contracts.iter().collect();
        sorted.sort_by_key(|it| self.place(it.0, &it.1).unwrap());
        let mut chosen = BTreeSet::new();
        let reserve = sorted
            .first()
            .and_then(|it| self.posting(&it.1).reserve.as_ref());
        if let Some((group, held)) = reserve {
            let of_group = sorted.iter().filter(|it| self.in_group(it.0, group));
            let held = usize::try_from(*held).unwrap();
            chosen.extend(of_group.take(held).map(|it| (*it).clone()));
        }
        for it in sorted {
            if !chosen.contains(it) && self.broken(&chosen, (it.0, &it.1)).is_empty() {
                chosen.insert(it.clone());
            }
        }
        chosen
    }

    /// Whom each chooser has.
    pub fn held(&self, matching: &Matching, chooser: &str) -> BTreeSet<(usize, String)> {
        let pairs = matching.iter().enumerate();
        pairs
            .filter_map(|(trainee, posting)| Some((trainee, posting.clone()?)))
            .filter(|it| self.chooser(&it.1) == chooser)
            .collect()
    }

    pub fn liking(&self, trainee: usize, posting: Option<&str>) -> usize {
        super::small::liking(self.snapshot, trainee, posting)
    }

    /// V4: would the chooser take this pair, beside what it has and without the trainee's own?
    pub fn would_take(&self, matching: &Matching, trainee: usize, posting: &str) -> bool {
        let mut contracts = self.held(matching, &self.chooser(posting));
        contracts.retain(|it| it.0 != trainee);
        let new = (trainee, posting.to_owned());
        contracts.insert(new.clone());
        self.choose(&contracts).contains(&new)
    }

    pub fn is_stable(&self, matching: &Matching) -> bool {
        let mut placed = matching.iter().enumerate();
        if !placed.all(|(trainee, it)| it.as_ref().is_none_or(|it| self.acceptable(trainee, it))) {
            return false;
        }
        for (trainee, posting) in matching.iter().enumerate() {
            if let Some(posting) = posting {
                let held = self.held(matching, &self.chooser(posting));
                if self.choose(&held) != held {
                    return false;
                }
            }
            let present = self.liking(trainee, posting.as_deref());
            for better in self.snapshot.trainees[trainee].list.iter().take(present) {
                if self.acceptable(trainee, better) && self.would_take(matching, trainee, better) {
                    return false;
                }
            }
        }
        true
    }

    /// Every matching in which each trainee has nothing or something of their list.
    pub fn all_matchings(&self) -> Vec<Matching> {
        let mut all: Vec<Matching> = vec![Vec::new()];
        for trainee in &self.snapshot.trainees {
            let mut longer = Vec::new();
            for matching in &all {
                let own = trainee.list.iter().cloned().map(Some);
                for posting in own.chain([None]) {
                    let mut next = matching.clone();
                    next.push(posting);
                    longer.push(next);
                }
            }
            all = longer;
        }
        all
    }

    pub fn stable_matchings(&self) -> Vec<Matching> {
        let mut all = self.all_matchings();
        all.retain(|it| self.is_stable(it));
        all
    }
}
