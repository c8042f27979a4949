//! The pure rules of lists, runs and placements.

use std::collections::BTreeSet;

use banyan::ids::PersonId;
use banyan::matches::rules::ranks::{Allowed, LineFault, judge, moved, numbered, tiers};
use banyan::matches::rules::{
    Approval, ListState, MatchRefusal, PlacementState, PlacementStep, RunState, list_sha256,
    list_state, may_freeze, may_publish, may_rank, placement_step,
};
use banyan::placements::rules::RoundState;
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

#[test]
fn numbers_become_tiers_and_equals_are_refused_where_a_list_is_strict() {
    let typed = [(id(3), 7), (id(1), 2), (id(2), 7)];
    let list = tiers(&typed);
    assert_eq!(list, vec![vec![id(1)], vec![id(3), id(2)]]);
    let mut allowed = Allowed {
        known: BTreeSet::from([id(1), id(2), id(3)]),
        ..Allowed::default()
    };
    assert_eq!(
        judge(&list, &allowed),
        Err(vec![
            (id(3), LineFault::SameRank(2)),
            (id(2), LineFault::SameRank(2))
        ])
    );
    allowed.ties = true;
    assert_eq!(judge(&list, &allowed), Ok(()));
    allowed.barred.insert(id(2));
    allowed.known.remove(&id(1));
    let twice = vec![vec![id(1)], vec![id(3)], vec![id(2)], vec![id(3)]];
    assert_eq!(
        judge(&twice, &allowed),
        Err(vec![
            (id(1), LineFault::Unknown),
            (id(2), LineFault::NotEligible),
            (id(3), LineFault::Twice)
        ])
    );
}

#[test]
fn moving_swaps_neighbours_and_takes_one_out_of_equals() {
    let list = vec![vec![id(1)], vec![id(2)], vec![id(3), id(4)]];
    assert_eq!(moved(&list, id(2), true)[0], vec![id(2)]);
    assert_eq!(moved(&list, id(1), true), list, "the first stays");
    assert_eq!(
        moved(&list, id(4), true),
        vec![vec![id(1)], vec![id(2)], vec![id(4)], vec![id(3)]]
    );
    assert_eq!(moved(&list, id(4), false)[3], vec![id(4)]);
    assert_eq!(moved(&list, id(9), true)[3], vec![id(9)]);
    assert_eq!(numbered(&list)[&id(4)], 3);
}

#[test]
fn the_same_list_has_the_same_hash_and_a_change_shows() {
    let one = vec![vec![id(1)], vec![id(2), id(3)], vec![]];
    let same = vec![vec![id(1)], vec![id(3), id(2)]];
    assert_eq!(list_sha256(&one), list_sha256(&same));
    assert_ne!(list_sha256(&one), list_sha256(&vec![vec![id(1)]]));
    assert_eq!(list_state(None, None), ListState::Missing);
    assert_eq!(list_state(Some("a"), None), ListState::Saved);
    assert_eq!(list_state(Some("a"), Some("a")), ListState::Certified);
    assert_eq!(list_state(Some("a"), Some("b")), ListState::Changed);
}

#[test]
fn lists_end_at_the_deadline_and_runs_begin_after_it() {
    let deadline = "2027-03-12T10:00:00Z".parse().unwrap();
    let after = "2027-03-12T10:00:01Z".parse().unwrap();
    assert_eq!(may_rank(RoundState::Open, deadline, deadline), Ok(()));
    assert_eq!(
        may_rank(RoundState::Ranking, deadline, after),
        Err(MatchRefusal::ListsClosed)
    );
    assert_eq!(
        may_rank(RoundState::Matched, deadline, deadline),
        Err(MatchRefusal::NotRanking)
    );
    assert_eq!(
        may_freeze(RoundState::Ranking, deadline, deadline, false),
        Err(MatchRefusal::ListsOpen)
    );
    assert_eq!(
        may_freeze(RoundState::Ranking, deadline, after, true),
        Err(MatchRefusal::RunStands)
    );
    assert_eq!(
        may_freeze(RoundState::Ranking, deadline, after, false),
        Ok(())
    );
}

#[test]
fn two_people_publish_what_is_sound_and_was_seen() {
    let (first, second) = (PersonId::new(), PersonId::new());
    let run = Approval {
        state: RunState::Frozen,
        frozen_by: first,
        sound: true,
        output: "abc",
    };
    assert_eq!(may_publish(&run, second, "abc"), Ok(()));
    assert_eq!(
        may_publish(&run, first, "abc"),
        Err(MatchRefusal::SamePerson)
    );
    assert_eq!(
        may_publish(&run, second, "abd"),
        Err(MatchRefusal::OtherResult)
    );
    let red = Approval {
        sound: false,
        ..run
    };
    assert_eq!(
        may_publish(&red, second, "abc"),
        Err(MatchRefusal::NotSound)
    );
    let gone = Approval {
        state: RunState::Voided,
        ..run
    };
    assert_eq!(
        may_publish(&gone, second, "abc"),
        Err(MatchRefusal::RunStep)
    );
}

#[test]
fn a_placement_is_withdrawn_before_it_begins_and_ends_early_afterwards() {
    use PlacementState as At;
    let way = [
        (PlacementStep::Accept, At::Accepted),
        (PlacementStep::Sign, At::AgreementSigned),
        (PlacementStep::Prepare, At::Onboarding),
        (PlacementStep::Report, At::ReportedForDuty),
        (PlacementStep::Begin, At::Active),
        (PlacementStep::Review, At::MidReview),
        (PlacementStep::Complete, At::Completed),
    ];
    let mut at = At::Offered;
    for (step, to) in way {
        at = placement_step(at, step).unwrap();
        assert_eq!(at, to);
    }
    for state in At::ALL {
        let before = matches!(
            state,
            At::Offered | At::Accepted | At::AgreementSigned | At::Onboarding
        );
        let under_way = matches!(state, At::ReportedForDuty | At::Active | At::MidReview);
        let gone = placement_step(*state, PlacementStep::TraineeWithdraws);
        assert_eq!(gone.is_ok(), before, "{state:?}");
        let ended = placement_step(*state, PlacementStep::EndEarly);
        assert_eq!(ended.is_ok(), under_way, "{state:?}");
    }
}
