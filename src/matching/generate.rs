//! Made-up runs to measure with: as many trainees and postings as wanted, lists that are half what
//! everybody likes and half taste, on both sides. The same wishes give the same run.

use sha2::{Digest as _, Sha256};

use super::build::Builder;
use super::fault::{Fault, Warning};
use super::index::{Rows, number, place};
use super::instance::{Head, Instance, POLICY};

/// Postings of one bank.
const POSTINGS_OF_A_BANK: usize = 5;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wish {
    /// How many trainees.
    pub trainees: u32,
    /// How many postings.
    pub postings: u32,
    /// Seats of all postings together, spread as evenly as they go.
    pub seats: u32,
    /// How many postings each trainee lists; at most all.
    pub list_length: u32,
    /// Any text; another one gives another run.
    pub seed: String,
}

/// `SplitMix64`: small, even, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    /// A number below `sides`.
    fn below(&mut self, sides: usize) -> usize {
        let sides = u64::from(number(sides));
        usize::try_from(((self.roll() >> 32) * sides) >> 32).unwrap_or(0)
    }
}

fn mixed(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

/// What somebody makes of something: half its worth, half taste, both below 2³².
fn liking(worth: u32, taste: u64) -> u64 {
    u64::from(worth).wrapping_add(taste >> 32)
}

/// Makes a run. Each bank has five postings, no cap, and each posting a strict list of all who listed
/// it: the plain many-to-one match on which the literature's figures are.
///
/// # Errors
/// Only where the numbers are beyond what a run can hold.
pub fn generate(wish: &Wish) -> Result<(Instance, Vec<Warning>), Fault> {
    let digest = Sha256::digest(wish.seed.as_bytes());
    let state = digest
        .iter()
        .take(8)
        .fold(0, |n, it| n << 8 | u64::from(*it));
    let mut dice = Dice(state);
    let (trainees, postings) = (place(wish.trainees), place(wish.postings));
    let mut builder = Builder::new(&Head {
        run_id: format!("generated-{state:016x}"),
        policy_version: POLICY.to_owned(),
        seed: Some(super::canonical::hex(&digest)),
    })?;
    let digits = |count: usize| count.max(1).to_string().len();
    let name =
        |letter: char, at: usize, width: usize| format!("{letter}{:0width$}", at.saturating_add(1));
    let people: Vec<String> = (0..trainees)
        .map(|at| name('t', at, digits(trainees)))
        .collect();
    let places: Vec<String> = (0..postings)
        .map(|at| name('p', at, digits(postings)))
        .collect();
    for person in &people {
        builder.trainee(person, [])?;
    }
    let bank = |at: usize| name('b', at / POSTINGS_OF_A_BANK, digits(postings));
    for at in (0..postings).step_by(POSTINGS_OF_A_BANK) {
        builder.bank(&bank(at), None)?;
    }
    for (at, (posting, seats)) in places.iter().zip(seats(wish, &mut dice)).enumerate() {
        builder.posting(posting, &bank(at), seats, None)?;
    }
    let chosen = choices(wish, &mut dice);
    for (trainee, person) in people.iter().enumerate() {
        for (before, posting) in chosen.row(trainee).iter().enumerate() {
            let rank = number(before).saturating_add(1);
            let posting = places.get(place(*posting)).map(String::as_str);
            builder.trainee_choice(person, rank, posting.unwrap_or_default())?;
        }
    }
    let ranked = rankings(&chosen, postings, &mut dice);
    for (posting, place_name) in places.iter().enumerate() {
        for (before, trainee) in ranked.row(posting).iter().enumerate() {
            let rank = number(before).saturating_add(1);
            let person = people.get(place(*trainee)).map(String::as_str);
            builder.posting_choice(place_name, rank, person.unwrap_or_default())?;
        }
    }
    builder.finish()
}

/// The seats of each posting: the same for all, and one more for some.
fn seats(wish: &Wish, dice: &mut Dice) -> Vec<u32> {
    let postings = wish.postings.max(1);
    let mut more: Vec<u32> = (0..wish.postings)
        .map(|at| u32::from(at < wish.seats % postings))
        .collect();
    for at in (1..more.len()).rev() {
        let other = dice.below(at.saturating_add(1));
        more.swap(at, other);
    }
    let each = wish.seats / postings;
    more.iter().map(|it| it.saturating_add(each)).collect()
}

/// The postings that each trainee lists, best first.
fn choices(wish: &Wish, dice: &mut Dice) -> Rows<u32> {
    let worth: Vec<u32> = (0..wish.postings).map(|_| half(dice)).collect();
    let length = place(wish.list_length.min(wish.postings));
    let mut pool: Vec<u32> = (0..wish.postings).collect();
    let mut starts = vec![0_u32];
    let mut items = Vec::with_capacity(place(wish.trainees).saturating_mul(length));
    for _ in 0..wish.trainees {
        // The first of a pool that is shuffled so far; what was there before does not matter.
        for at in 0..length {
            let left = pool.len().saturating_sub(at);
            pool.swap(at, at.saturating_add(dice.below(left)));
        }
        let drawn = pool.get(..length).unwrap_or_default().iter();
        let mut liked: Vec<(u64, u32)> = drawn
            .map(|it| {
                let worth = worth.get(place(*it)).copied().unwrap_or(0);
                (liking(worth, dice.roll()), *it)
            })
            .collect();
        liked.sort_unstable();
        items.extend(liked.into_iter().map(|it| it.1));
        starts.push(number(items.len()));
    }
    Rows::from_parts(starts, items)
}

/// The trainees who listed each posting, best first.
fn rankings(chosen: &Rows<u32>, postings: usize, dice: &mut Dice) -> Rows<u32> {
    let worth: Vec<u32> = (0..chosen.len()).map(|_| half(dice)).collect();
    let pairs = chosen
        .iter()
        .enumerate()
        .flat_map(|(trainee, row)| row.iter().map(move |it| (*it, number(trainee))));
    let mut ranked = Rows::gather(postings, pairs, 0);
    let taste = dice.roll();
    for posting in 0..postings {
        let salt = taste ^ u64::from(number(posting)) << 32;
        ranked.row_mut(posting).sort_unstable_by_key(|it| {
            let worth = worth.get(place(*it)).copied().unwrap_or(0);
            (liking(worth, mixed(salt ^ u64::from(*it))), *it)
        });
    }
    ranked
}

fn half(dice: &mut Dice) -> u32 {
    u32::try_from(dice.roll() >> 32).unwrap_or(0)
}
