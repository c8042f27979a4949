//! Seats: never oversold, never negative, never lost.

use banyan::cohorts::rules::seats::{
    MAX_CAPACITY, Pool, PoolKind, SeatRefusal, Seats, due_to_release, give_back,
};
use banyan::ids::{OrganisationId, PoolId};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use crate::support::tables::{assert_speaks, at, seeded};

fn seats(capacity: i32, offered: i32, taken: i32) -> Seats {
    Seats::from_counts(capacity, offered, taken).unwrap()
}

fn until() -> DateTime<Utc> {
    at("2027-01-15T23:59:59+08:00")
}

fn held(seats: Seats) -> Pool {
    let organisation = OrganisationId::new();
    Pool {
        id: PoolId::new(),
        kind: PoolKind::Held { organisation },
        seats,
        held_until: Some(until()),
    }
}

fn open(seats: Seats) -> Pool {
    Pool {
        id: PoolId::new(),
        kind: PoolKind::Open,
        seats,
        held_until: None,
    }
}

#[test]
fn an_offer_holds_a_seat_and_acceptance_takes_it() {
    let pool = seats(2, 0, 0).issue().unwrap();
    assert_eq!(pool, seats(2, 1, 0));
    assert_eq!(pool.accept().unwrap(), seats(2, 0, 1));
    assert_eq!(pool.release().unwrap(), seats(2, 0, 0));
    assert_eq!(seats(2, 0, 1).vacate().unwrap(), seats(2, 0, 0));
}

#[test]
fn what_is_not_there_cannot_be_moved() {
    assert_eq!(seats(2, 1, 1).issue(), Err(SeatRefusal::NoFreeSeat));
    assert_eq!(seats(0, 0, 0).issue(), Err(SeatRefusal::NoFreeSeat));
    assert_eq!(seats(2, 0, 1).accept(), Err(SeatRefusal::NoneOffered));
    assert_eq!(seats(2, 0, 1).release(), Err(SeatRefusal::NoneOffered));
    assert_eq!(seats(2, 1, 0).vacate(), Err(SeatRefusal::NoneTaken));
}

#[test]
fn capacity_stays_at_or_above_what_is_used() {
    let pool = seats(10, 3, 4);
    assert_eq!(pool.change_capacity(7).unwrap(), seats(7, 3, 4));
    assert_eq!(pool.change_capacity(6), Err(SeatRefusal::BelowUsed));
    assert_eq!(pool.change_capacity(-1), Err(SeatRefusal::OutOfRange));
    assert_eq!(
        pool.change_capacity(MAX_CAPACITY + 1),
        Err(SeatRefusal::OutOfRange)
    );
    assert_eq!(Seats::from_counts(5, -1, 0), Err(SeatRefusal::OutOfRange));
    assert_eq!(
        Seats::from_counts(5, i32::MAX, i32::MAX),
        Err(SeatRefusal::BelowUsed)
    );
}

#[test]
fn only_unused_seats_are_due_and_only_when_the_hold_has_ended() {
    let pool = held(seats(10, 3, 4));
    let instant = chrono::Duration::microseconds(1);
    assert_eq!(due_to_release(&pool, until() - instant), 0);
    assert_eq!(due_to_release(&pool, until()), 3);
    assert_eq!(due_to_release(&pool, until() + instant), 3);
    assert_eq!(
        due_to_release(
            &Pool {
                held_until: None,
                ..pool
            },
            until()
        ),
        0
    );
    assert_eq!(
        due_to_release(
            &Pool {
                kind: PoolKind::Open,
                ..pool
            },
            until()
        ),
        0
    );
}

#[test]
fn seats_given_back_go_to_the_open_pool() {
    let (from, to) = give_back(&held(seats(10, 3, 4)), &open(seats(5, 5, 0)), 2).unwrap();
    assert_eq!(from.seats, seats(8, 3, 4));
    assert_eq!(to.seats, seats(7, 5, 0));
}

#[test]
fn seats_in_use_and_open_seats_are_not_given_back() {
    let (bank, all) = (held(seats(10, 3, 4)), open(seats(5, 0, 0)));
    assert_eq!(give_back(&bank, &all, 4), Err(SeatRefusal::NoFreeSeat));
    assert_eq!(give_back(&bank, &all, -1), Err(SeatRefusal::OutOfRange));
    assert_eq!(give_back(&all, &bank, 1), Err(SeatRefusal::NotHeldToOpen));
    assert_eq!(give_back(&bank, &bank, 1), Err(SeatRefusal::NotHeldToOpen));
    assert_eq!(give_back(&all, &all, 1), Err(SeatRefusal::NotHeldToOpen));
}

#[test]
fn a_held_pool_fits_its_organisation_and_an_open_one_everybody() {
    let (bank, other) = (OrganisationId::new(), OrganisationId::new());
    let kind = PoolKind::Held { organisation: bank };
    assert!(kind.fits(&[other, bank]));
    assert!(!kind.fits(&[other]) && !kind.fits(&[]));
    assert!(PoolKind::Open.fits(&[]));
    assert_eq!(PoolKind::parse("held", Some(bank)), Some(kind));
    assert_eq!(PoolKind::parse("open", None), Some(PoolKind::Open));
    assert_eq!(PoolKind::parse("held", None), None);
    assert_eq!(PoolKind::parse("open", Some(bank)), None);
}

#[test]
fn every_refusal_of_a_seat_speaks() {
    assert_speaks(SeatRefusal::ALL);
}

#[derive(Clone, Debug)]
enum Op {
    Issue(bool),
    Accept(bool),
    Release(bool),
    Vacate(bool),
    Capacity(bool, i32),
    GiveBack(i32),
    HoldEnds,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => any::<bool>().prop_map(Op::Issue),
        2 => any::<bool>().prop_map(Op::Accept),
        2 => any::<bool>().prop_map(Op::Release),
        1 => any::<bool>().prop_map(Op::Vacate),
        1 => (any::<bool>(), -2..12).prop_map(|(which, n)| Op::Capacity(which, n)),
        1 => (-1..4).prop_map(Op::GiveBack),
        1 => Just(Op::HoldEnds),
    ]
}

proptest! {
    #![proptest_config(seeded(200, 1_000))]

    #[test]
    fn no_sequence_of_steps_oversells_or_loses_a_seat(
        mut ops in proptest::collection::vec(op(), 0..60), a in 0..8, b in 0..8,
    ) {
        ops.push(Op::HoldEnds);
        let (mut bank, mut all) = (held(seats(a, 0, 0)), open(seats(b, 0, 0)));
        for op in ops {
            let total = bank.seats.capacity() + all.seats.capacity();
            let (before_bank, before_all) = (bank, all);
            let mut capacity_changed = false;
            let chosen = |which: bool| if which { before_bank.seats } else { before_all.seats };
            let changed = match op {
                Op::Issue(which) => Some((which, chosen(which).issue())),
                Op::Accept(which) => Some((which, chosen(which).accept())),
                Op::Release(which) => Some((which, chosen(which).release())),
                Op::Vacate(which) => Some((which, chosen(which).vacate())),
                Op::Capacity(which, n) => {
                    capacity_changed = true;
                    Some((which, chosen(which).change_capacity(n)))
                }
                Op::GiveBack(n) => {
                    if let Ok((less, more)) = give_back(&bank, &all, n) {
                        (bank, all) = (less, more);
                    }
                    None
                }
                Op::HoldEnds => {
                    let due = due_to_release(&bank, until());
                    (bank, all) = give_back(&bank, &all, due).unwrap();
                    prop_assert_eq!(due_to_release(&bank, until()), 0);
                    prop_assert_eq!(bank.seats.free(), 0);
                    None
                }
            };
            match changed {
                Some((true, Ok(seats))) => bank.seats = seats,
                Some((false, Ok(seats))) => all.seats = seats,
                Some((_, Err(_))) | None => {}
            }
            for it in [bank.seats, all.seats] {
                prop_assert!(it.offered() >= 0 && it.taken() >= 0 && it.free() >= 0);
                prop_assert_eq!(it.offered() + it.taken() + it.free(), it.capacity());
            }
            if !capacity_changed {
                prop_assert_eq!(bank.seats.capacity() + all.seats.capacity(), total);
            }
        }
    }
}
