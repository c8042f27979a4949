//! Small runs, made at random and written plainly: four trainees, three postings, two banks.

use banyan::matching::snapshot::{Snapshot, SnapshotBank, SnapshotPosting, SnapshotTrainee};
use banyan::matching::{Instance, Outcome, engine};

/// A die that always falls the same way.
#[derive(Clone)]
pub struct Die(u64);

impl Die {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % sides
    }

    pub fn number(&mut self, sides: usize) -> u32 {
        u32::try_from(self.roll(sides)).unwrap()
    }

    /// Once in `sides` times.
    pub fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.roll(at + 1);
            items.swap(at, other);
        }
    }

    /// Some of these, in any order.
    pub fn some(&mut self, items: &[String]) -> Vec<String> {
        let mut all = items.to_vec();
        self.shuffle(&mut all);
        let keep = if self.one_in(2) {
            all.len()
        } else {
            self.roll(all.len() + 1)
        };
        all.truncate(keep);
        all
    }
}

/// What sets one kind of small run apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// Each posting its own list and seats.
    Postings,
    /// A list and a cap for each bank.
    BankCaps,
    /// And caps on disjoint groups at postings.
    BankAndGroupCaps,
    /// Postings' own lists with caps on disjoint groups.
    GroupCaps,
    /// Postings' own lists with seats held for a group.
    Reserves,
    /// Whatever is allowed, drawn for each bank and posting, with ties, withdrawn postings and rules.
    Anything,
}

pub const MODELS: [Model; 6] = [
    Model::Postings,
    Model::BankCaps,
    Model::BankAndGroupCaps,
    Model::GroupCaps,
    Model::Reserves,
    Model::Anything,
];

fn named(letter: char, count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("{letter}{n}")).collect()
}

/// A strict list as tiers of one, or with equals.
fn tiers(die: &mut Die, names: Vec<String>, ties: bool) -> Vec<Vec<String>> {
    let mut list: Vec<Vec<String>> = Vec::new();
    for name in names {
        match list.last_mut() {
            Some(tier) if ties && die.one_in(2) => tier.push(name),
            _ => list.push(vec![name]),
        }
    }
    list
}

/// A run of `trainees`, `postings` and `banks`.
pub fn drawn(
    die: &mut Die,
    model: Model,
    trainees: usize,
    postings: usize,
    banks: usize,
) -> Snapshot {
    let (people, places) = (named('t', trainees), named('p', postings));
    let anything = model == Model::Anything;
    let ties = anything && die.one_in(2);
    let most = trainees / 2 + 1;
    let banks: Vec<SnapshotBank> = named('b', banks)
        .into_iter()
        .map(|bank| {
            let by_bank = match model {
                Model::BankCaps | Model::BankAndGroupCaps => true,
                Model::Anything => die.one_in(2),
                Model::Postings | Model::GroupCaps | Model::Reserves => false,
            };
            let capped = by_bank && (!anything || die.one_in(2));
            let names = if by_bank {
                die.some(&people)
            } else {
                Vec::new()
            };
            SnapshotBank {
                bank,
                cap: capped.then(|| die.number(most + 1)),
                list: tiers(die, names, ties),
            }
        })
        .collect();
    let of_banks = places.iter().map(|name| {
        let bank = &banks[die.roll(banks.len())];
        let by_bank = !bank.list.is_empty();
        let own = if bank.cap.is_some() && !by_bank {
            // A bank with a cap and an empty list: its postings may have none either.
            Vec::new()
        } else if !by_bank || (anything && die.one_in(3)) {
            die.some(&people)
        } else {
            Vec::new()
        };
        let closed = anything && die.one_in(8);
        let seats = if closed { 0 } else { 1 + die.number(most) };
        let reserved =
            model == Model::Reserves || (anything && bank.cap.is_none() && die.one_in(3));
        let capped = !reserved
            && (matches!(model, Model::GroupCaps | Model::BankAndGroupCaps)
                || (anything && die.one_in(2)));
        let mut group_caps = Vec::new();
        for group in ["g", "h"] {
            if capped && !die.one_in(3) {
                group_caps.push((group.to_owned(), die.number(3)));
            }
        }
        SnapshotPosting {
            bank: bank.bank.clone(),
            group_caps,
            list: tiers(die, own, ties),
            posting: name.clone(),
            reserve: reserved.then(|| {
                (
                    "g".to_owned(),
                    die.number(usize::try_from(seats).unwrap() + 1),
                )
            }),
            seats,
        }
    });
    let of_banks: Vec<SnapshotPosting> = of_banks.collect();
    let mut ineligible = Vec::new();
    let trainees = people
        .iter()
        .map(|name| {
            for posting in &places {
                if anything && die.one_in(12) {
                    ineligible.push((name.clone(), posting.clone(), "too_early".to_owned()));
                }
            }
            let groups = match die.roll(3) {
                0 => vec!["g".to_owned()],
                1 => vec!["h".to_owned()],
                _ => Vec::new(),
            };
            SnapshotTrainee {
                groups,
                list: die.some(&places),
                trainee: name.clone(),
            }
        })
        .collect();
    Snapshot {
        banks,
        ineligible,
        policy_version: "1".to_owned(),
        postings: of_banks,
        run_id: "small".to_owned(),
        seed: Some("00ff".to_owned()),
        trainees,
    }
}

/// The run of the spec's exhaustive checks: four trainees, three postings, two banks.
pub fn four(seed: u64, model: Model) -> Snapshot {
    drawn(&mut Die::new(seed), model, 4, 3, 2)
}

/// A snapshot as a run.
pub fn instance(snapshot: &Snapshot) -> Instance {
    snapshot
        .instance()
        .unwrap_or_else(|it| panic!("{it}: {snapshot:?}"))
        .0
}

/// Matches a snapshot: for each trainee in its order, the posting's id.
pub fn matched(snapshot: &Snapshot) -> Vec<Option<String>> {
    let run = instance(snapshot);
    ids(&run, &engine::run(&run))
}

/// An outcome by ids, in the order of the trainees.
pub fn ids(run: &Instance, outcome: &Outcome) -> Vec<Option<String>> {
    run.all_trainees()
        .map(|it| outcome.of(it).map(|it| run.posting_id(it).to_owned()))
        .collect()
}

/// The place of a posting in a trainee's list; no posting is worst.
pub fn liking(snapshot: &Snapshot, trainee: usize, posting: Option<&str>) -> usize {
    let list = &snapshot.trainees[trainee].list;
    posting.map_or(usize::MAX, |it| {
        list.iter().position(|own| own == it).unwrap()
    })
}

/// The same run with everything in another order.
pub fn shuffled(snapshot: &Snapshot, die: &mut Die) -> Snapshot {
    let mut other = snapshot.clone();
    die.shuffle(&mut other.trainees);
    die.shuffle(&mut other.postings);
    die.shuffle(&mut other.banks);
    die.shuffle(&mut other.ineligible);
    let tiers = other.banks.iter_mut().flat_map(|it| &mut it.list);
    for tier in tiers.chain(other.postings.iter_mut().flat_map(|it| &mut it.list)) {
        die.shuffle(tier);
    }
    for posting in &mut other.postings {
        die.shuffle(&mut posting.group_caps);
    }
    other
}

/// A trainee in no group.
pub fn trainee(id: &str, list: &[&str]) -> SnapshotTrainee {
    SnapshotTrainee {
        groups: Vec::new(),
        list: list.iter().map(|it| (*it).to_owned()).collect(),
        trainee: id.to_owned(),
    }
}

/// A bank without cap or list.
pub fn bank(id: &str) -> SnapshotBank {
    SnapshotBank {
        bank: id.to_owned(),
        ..SnapshotBank::default()
    }
}

/// A posting without list, caps and reserve.
pub fn posting(id: &str, bank: &str, seats: u32) -> SnapshotPosting {
    SnapshotPosting {
        bank: bank.to_owned(),
        posting: id.to_owned(),
        seats,
        ..SnapshotPosting::default()
    }
}

/// A strict list.
pub fn strict(names: &[&str]) -> Vec<Vec<String>> {
    names.iter().map(|it| vec![(*it).to_owned()]).collect()
}

/// A run of these, without lots.
pub fn run_of(
    trainees: Vec<SnapshotTrainee>,
    banks: Vec<SnapshotBank>,
    postings: Vec<SnapshotPosting>,
) -> Snapshot {
    Snapshot {
        banks,
        policy_version: "1".to_owned(),
        postings,
        run_id: "r".to_owned(),
        trainees,
        ..Snapshot::default()
    }
}
