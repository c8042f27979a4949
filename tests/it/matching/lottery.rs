//! Lots: drawn as RFC 2104 and section 3.4 say, the same at every bank, others in another run.

use banyan::matching::lottery::Lottery;
use banyan::matching::snapshot::Snapshot;
use banyan::matching::{Seed, canonical};

use super::small::{instance, matched};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

fn number(seed: &str, run: &str, trainee: &str) -> String {
    hex(&Lottery::new(&Seed::parse(seed).unwrap(), run).number(trainee))
}

/// HMAC-SHA-256 of `r-1`, the byte 0x1F and `t-1`, computed elsewhere; and a key longer than a block.
#[test]
fn a_number_is_the_hmac_of_run_and_trainee() {
    assert_eq!(
        number("000102030405060708090a0b0c0d0e0f", "r-1", "t-1"),
        "469ba85f2b9b63f7223518d292b6129ae98f585da1e9552897c7a3f4b570d30c"
    );
    assert_eq!(
        number(&"ab".repeat(100), "2027H1", "陳大文"),
        "183ce95bc61bdcbe7affb4e9081c44b5bc6ebcb4b30f4a4d06fb224a1c67678f"
    );
}

#[test]
fn a_seed_is_hexadecimal() {
    for wrong in ["", "0", "0g", "abc", "0x00", " 00"] {
        assert_eq!(Seed::parse(wrong), None, "{wrong:?}");
    }
    assert_eq!(Seed::parse("00fF").unwrap().bytes(), [0, 255]);
    assert_eq!(Seed::parse("00fF").unwrap().hex(), "00ff");
    assert_eq!(format!("{:?}", Seed::parse("00ff").unwrap()), "Seed(…)");
}

/// Ten trainees whom two postings of two banks like alike.
fn tied(run_id: &str, seed: &str) -> Snapshot {
    let names: Vec<String> = (0..10).map(|n| format!("t{n}")).collect();
    let mut snapshot = Snapshot {
        run_id: run_id.to_owned(),
        policy_version: "1".to_owned(),
        seed: Some(seed.to_owned()),
        ..Snapshot::default()
    };
    for name in &names {
        snapshot
            .trainees
            .push(super::small::trainee(name, &["p1", "p2"]));
    }
    for (bank, posting) in [("b1", "p1"), ("b2", "p2")] {
        snapshot.banks.push(super::small::bank(bank));
        let mut posting = super::small::posting(posting, bank, 3);
        posting.list = vec![names.clone()];
        snapshot.postings.push(posting);
    }
    snapshot
}

#[test]
fn one_number_counts_everywhere() {
    let snapshot = tied("one", "0badcafe");
    let lottery = Lottery::new(&Seed::parse("0badcafe").unwrap(), "one");
    let mut drawn: Vec<String> = (0..10).map(|n| format!("t{n}")).collect();
    drawn.sort_by_key(|it| lottery.number(it));
    let found = matched(&snapshot);
    for (place, name) in drawn.iter().enumerate() {
        let at = snapshot.trainees.iter().position(|it| it.trainee == *name);
        let wanted = ["p1", "p2"].get(place / 3).map(|it| (*it).to_owned());
        assert_eq!(found[at.unwrap()], wanted, "{name} at {place}");
    }
}

#[test]
fn another_run_or_seed_draws_other_lots() {
    let first = matched(&tied("one", "0badcafe"));
    assert_ne!(matched(&tied("two", "0badcafe")), first);
    assert_ne!(matched(&tied("one", "0badcaff")), first);
    assert_eq!(matched(&tied("one", "0BADCAFE")), first);
}

/// The commitment is the hash of the seed's bytes, so that how its digits are written does not matter.
#[test]
fn the_commitment_is_the_hash_of_the_seeds_bytes() {
    let run = instance(&tied("one", "616263"));
    assert_eq!(
        canonical::seed_sha256(&run).unwrap(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}
