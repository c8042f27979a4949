//! An offer ends exactly once.

use banyan::lang::Say;
use banyan::offers::rules::{
    OfferEvent, OfferRefusal, OfferState, accept, expire, expires_at, is_live, next,
};
use chrono::Duration;
use proptest::prelude::*;

use crate::support::tables::{assert_speaks, assert_table, at, day, seeded};

const BEFORE: &str = "
               accept      decline     expire      withdraw
    open       accepted    declined    not_due     withdrawn
    accepted   !accepted   !accepted   !accepted   !accepted
    declined   !declined   !declined   !declined   !declined
    expired    !expired    !expired    !expired    !expired
    withdrawn  !withdrawn  !withdrawn  !withdrawn  !withdrawn
";

const FROM_THE_DEADLINE: &str = "
               accept      decline     expire      withdraw
    open       passed      passed      expired     passed
    accepted   !accepted   !accepted   !accepted   !accepted
    declined   !declined   !declined   !declined   !declined
    expired    !expired    !expired    !expired    !expired
    withdrawn  !withdrawn  !withdrawn  !withdrawn  !withdrawn
";

fn deadline() -> chrono::DateTime<chrono::Utc> {
    at("2027-01-22T23:59:59+08:00")
}

fn assert_life(table: &str, now: chrono::DateTime<chrono::Utc>) {
    let states: Vec<_> = OfferState::ALL
        .iter()
        .map(|it| (*it, it.as_str().to_owned()))
        .collect();
    let events: Vec<_> = OfferEvent::ALL
        .into_iter()
        .map(|it| (it, format!("{it:?}").to_lowercase()))
        .collect();
    assert_table(table, &states, &events, |state, event| {
        match next(state, event, deadline(), now) {
            Ok(state) => state.as_str(),
            Err(OfferRefusal::DeadlinePassed) => "passed",
            Err(OfferRefusal::NotDue) => "not_due",
            Err(OfferRefusal::AlreadyAccepted) => "!accepted",
            Err(OfferRefusal::AlreadyDeclined) => "!declined",
            Err(OfferRefusal::AlreadyExpired) => "!expired",
            Err(OfferRefusal::AlreadyWithdrawn) => "!withdrawn",
            Err(OfferRefusal::NotLater) => "!later",
        }
        .to_owned()
    });
}

#[test]
fn an_offer_can_be_answered_until_just_before_its_deadline() {
    assert_life(BEFORE, deadline() - Duration::microseconds(1));
    assert_life(BEFORE, deadline() - Duration::days(7));
}

#[test]
fn from_its_deadline_an_offer_can_only_expire_even_if_no_job_has_run() {
    assert_life(FROM_THE_DEADLINE, deadline());
    assert_life(FROM_THE_DEADLINE, deadline() + Duration::days(7));
}

#[test]
fn an_offer_cannot_be_accepted_twice() {
    let now = deadline() - Duration::hours(1);
    let accepted = accept(OfferState::Open, deadline(), now).unwrap();
    assert_eq!(
        accept(accepted, deadline(), now),
        Err(OfferRefusal::AlreadyAccepted)
    );
}

#[test]
fn every_refusal_of_an_offer_speaks() {
    assert_speaks(OfferRefusal::ALL);
    assert_eq!(
        OfferRefusal::DeadlinePassed.say(banyan::lang::Lang::Zh),
        "此取錄通知的回覆限期已過。"
    );
}

#[test]
fn a_deadline_is_the_end_of_a_hong_kong_day() {
    for (issued, days, not_after, expected) in [
        (
            "2027-01-08T10:00:00+08:00",
            14,
            None,
            "2027-01-22T23:59:59+08:00",
        ),
        // Late in the evening of 7 January in UTC it is already the 8th in Hong Kong.
        (
            "2027-01-07T20:00:00Z",
            14,
            None,
            "2027-01-22T23:59:59+08:00",
        ),
        (
            "2027-01-08T10:00:00+08:00",
            1,
            None,
            "2027-01-09T23:59:59+08:00",
        ),
        (
            "2027-01-08T23:59:59+08:00",
            0,
            None,
            "2027-01-09T23:59:59+08:00",
        ),
        (
            "2027-02-18T10:00:00+08:00",
            7,
            Some("2027-02-21"),
            "2027-02-21T23:59:59+08:00",
        ),
        (
            "2027-02-18T10:00:00+08:00",
            2,
            Some("2027-02-21"),
            "2027-02-20T23:59:59+08:00",
        ),
        (
            "2027-02-23T10:00:00+08:00",
            7,
            Some("2027-02-21"),
            "2027-02-24T23:59:59+08:00",
        ),
    ] {
        assert_eq!(
            expires_at(at(issued), days, not_after.map(day)),
            at(expected),
            "{issued} and {days} days"
        );
    }
}

proptest! {
    #![proptest_config(seeded(50, 2_000))]

    #[test]
    fn at_any_instant_exactly_one_of_answer_and_expiry_can_win(offset in -100_000_i64..100_000) {
        let now = deadline() + Duration::microseconds(offset);
        let accepted = accept(OfferState::Open, deadline(), now).is_ok();
        let expired = expire(OfferState::Open, deadline(), now).is_ok();
        prop_assert!(accepted != expired);
        prop_assert_eq!(accepted, is_live(deadline(), now));
    }

    #[test]
    fn no_sequence_of_steps_ends_an_offer_twice(
        steps in proptest::collection::vec((0..OfferEvent::ALL.len(), -5_i64..5), 1..30),
    ) {
        let mut state = OfferState::Open;
        let mut ends = 0;
        for (index, hours) in steps {
            let event = *OfferEvent::ALL.get(index).unwrap();
            if let Ok(after) = next(state, event, deadline(), deadline() + Duration::hours(hours)) {
                prop_assert_ne!(after, OfferState::Open);
                state = after;
                ends += 1;
            }
        }
        prop_assert!(ends <= 1);
        prop_assert_eq!(ends == 1, state != OfferState::Open);
    }

    #[test]
    fn no_offer_is_over_when_it_is_issued(minutes in 0_i64..2_000_000, days in 0_u32..60, cap in 0_i64..800) {
        let issued = at("2026-06-01T00:00:00Z") + Duration::minutes(minutes);
        let not_after = day("2026-01-01") + Duration::days(cap);
        prop_assert!(is_live(expires_at(issued, days, Some(not_after)), issued + Duration::hours(24)));
    }
}
