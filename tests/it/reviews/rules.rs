//! Scores, reviews and conflicts of interest.

use std::collections::BTreeSet;

use banyan::ids::{CriterionId, OrganisationId, PersonId};
use banyan::reviews::rules::{
    Conflict, Party, ReviewEvent, ReviewRefusal, ReviewState, Rubric, RubricRefusal, Score, Sheet,
    check_conflict, next, score, summarise,
};
use proptest::prelude::*;

use crate::support::tables::{assert_speaks, assert_table, seeded};

fn criterion(n: u128) -> CriterionId {
    CriterionId(uuid::Uuid::from_u128(n))
}

/// Three criteria: half, 30 % and 20 %.
fn rubric() -> Rubric {
    Rubric::new(
        &[
            (criterion(1), 5_000),
            (criterion(2), 3_000),
            (criterion(3), 2_000),
        ],
        5,
    )
    .unwrap()
}

fn sheet(scores: [i32; 3]) -> Sheet {
    (1..).map(criterion).zip(scores).collect()
}

#[test]
fn a_score_is_the_weighted_mean() {
    for (scores, thousandths) in [
        ([1, 1, 1], 1_000),
        ([5, 5, 5], 5_000),
        ([5, 3, 1], 3_600),
        ([4, 3, 5], 3_900),
    ] {
        assert_eq!(
            score(&rubric(), &sheet(scores)).unwrap().thousandths(),
            thousandths
        );
    }
}

#[test]
fn a_score_is_exact_and_only_its_display_is_rounded() {
    assert_eq!(Score::new(11, 3).thousandths(), 3_667);
    assert_eq!(Score::new(10, 3).thousandths(), 3_333);
    assert_eq!(Score::new(1, 2_000).thousandths(), 1, "half goes up");
    // Shown alike, and still one is more than the other.
    let (less, more) = (Score::new(100_000, 30_000), Score::new(100_001, 30_000));
    assert_eq!(less.thousandths(), more.thousandths());
    assert!(less < more);
    assert_eq!(Score::new(10, 3), Score::new(20, 6));
}

#[test]
fn every_criterion_is_scored_within_the_scale_before_a_review_counts() {
    let mut partial = sheet([5, 3, 1]);
    partial.remove(&criterion(2));
    let problems = score(&rubric(), &partial).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems.first().map(|it| (it.field.clone(), it.code)),
        Some((criterion(2).to_string(), "required"))
    );
    for wrong in [0, 6, -1] {
        let codes: Vec<_> = score(&rubric(), &sheet([5, wrong, 1]))
            .unwrap_err()
            .iter()
            .map(|it| it.code)
            .collect();
        assert_eq!(codes, ["out_of_range"]);
    }
    let mut more = sheet([5, 3, 1]);
    more.insert(criterion(4), 3);
    let codes: Vec<_> = score(&rubric(), &more)
        .unwrap_err()
        .iter()
        .map(|it| it.code)
        .collect();
    assert_eq!(codes, ["unknown"]);
    assert_eq!(score(&rubric(), &Sheet::new()).unwrap_err().len(), 3);
}

#[test]
fn the_scale_is_the_rubrics_own() {
    let ten = Rubric::new(&[(criterion(1), 1)], 10).unwrap();
    assert_eq!(ten.highest(), 10);
    let sheet: Sheet = [(criterion(1), 10)].into_iter().collect();
    assert_eq!(score(&ten, &sheet).unwrap().thousandths(), 10_000);
}

#[test]
fn a_rubric_has_criteria_weights_and_a_scale() {
    let one = (criterion(1), 1);
    assert_eq!(Rubric::new(&[], 5), Err(RubricRefusal::Empty));
    assert_eq!(Rubric::new(&[one, one], 5), Err(RubricRefusal::Twice));
    for weight in [0, -1, 10_001] {
        assert_eq!(
            Rubric::new(&[(criterion(1), weight)], 5),
            Err(RubricRefusal::Weight)
        );
    }
    for highest in [1, 101] {
        assert_eq!(Rubric::new(&[one], highest), Err(RubricRefusal::Scale));
    }
    assert_speaks(RubricRefusal::ALL);
}

#[test]
fn reviewers_disagree_when_the_spread_is_above_the_threshold() {
    let sheets = [sheet([5, 5, 5]), sheet([4, 4, 3]), sheet([3, 3, 4])];
    let summary = summarise(&rubric(), &sheets, 1_500).unwrap();
    assert_eq!(summary.reviews, 3);
    assert_eq!(summary.average.thousandths(), 4_000);
    assert_eq!(summary.lowest.thousandths(), 3_200);
    assert_eq!(summary.highest.thousandths(), 5_000);
    assert_eq!(summary.spread, 1_800);
    assert!(summary.disagree);
    assert!(
        !summarise(&rubric(), &sheets, 1_800).unwrap().disagree,
        "as far as allowed"
    );
    assert!(summarise(&rubric(), &sheets, 1_799).unwrap().disagree);
}

#[test]
fn unfinished_sheets_do_not_count() {
    let mut partial = sheet([1, 1, 1]);
    partial.remove(&criterion(3));
    let summary = summarise(&rubric(), &[partial.clone(), sheet([5, 5, 5])], 0).unwrap();
    assert_eq!((summary.reviews, summary.spread), (1, 0));
    assert_eq!(summarise(&rubric(), &[partial], 0), None);
    assert_eq!(summarise(&rubric(), &[], 0), None);
}

const LIFE: &str = "
               save     submit     reopen         decline   remove
    assigned   draft    submitted  notsubmitted   declined  removed
    draft      draft    submitted  notsubmitted   declined  removed
    submitted  already  already    draft          already   removed
    declined   ended    ended      ended          ended     ended
    removed    ended    ended      ended          ended     ended
";

#[test]
fn a_review_follows_its_table() {
    let states: Vec<_> = ReviewState::ALL
        .iter()
        .map(|it| (*it, it.as_str().to_owned()))
        .collect();
    let events: Vec<_> = ReviewEvent::ALL
        .into_iter()
        .map(|it| (it, format!("{it:?}").to_lowercase()))
        .collect();
    assert_table(LIFE, &states, &events, |state, event| {
        match next(state, event) {
            Ok(state) => state.as_str(),
            Err(ReviewRefusal::AlreadySubmitted) => "already",
            Err(ReviewRefusal::NotSubmitted) => "notsubmitted",
            Err(ReviewRefusal::Ended) => "ended",
        }
        .to_owned()
    });
    assert_speaks(ReviewRefusal::ALL);
}

fn party(email: &str, organisations: &[OrganisationId]) -> Party {
    Party {
        person: PersonId::new(),
        organisations: organisations.iter().copied().collect(),
        email: email.to_owned(),
    }
}

fn public() -> BTreeSet<String> {
    ["post.example".to_owned()].into_iter().collect()
}

#[test]
fn a_reviewer_never_reads_their_own_application() {
    let me = party("me@post.example", &[]);
    assert_eq!(
        check_conflict(&me, &me, false, &public()),
        Err(Conflict::Own)
    );
}

#[test]
fn a_reviewer_never_reads_an_application_from_their_own_university_or_employer() {
    let (bank, university) = (OrganisationId::new(), OrganisationId::new());
    let reviewer = party("r@a.example", &[bank]);
    let colleague = party("c@b.example", &[university, bank]);
    let stranger = party("s@b.example", &[university]);
    let check = |applicant| check_conflict(&reviewer, applicant, false, &public());
    assert_eq!(check(&colleague), Err(Conflict::Organisation));
    assert_eq!(check(&stranger), Ok(()));
}

#[test]
fn a_shared_mail_domain_is_a_conflict_unless_anybody_may_have_it() {
    for (reviewer, applicant, conflict) in [
        ("r@bank.example", "a@bank.example", true),
        ("r@Bank.Example", "a@bANK.example.", true),
        ("r@hk.bank.example", "a@bank.example", true),
        ("r@bank.example", "a@hk.bank.example", true),
        ("r@a.bank.example", "a@b.bank.example", false),
        ("r@otherbank.example", "a@bank.example", false),
        ("r@bank.example", "a@example", false),
        ("r@post.example", "a@post.example", false),
        ("r@POST.example", "a@post.example", false),
        ("no address", "no address", false),
        ("\"odd@bank.example\"@x.example", "a@bank.example", false),
    ] {
        let found = check_conflict(
            &party(reviewer, &[]),
            &party(applicant, &[]),
            false,
            &public(),
        );
        let expected = if conflict {
            Err(Conflict::MailDomain)
        } else {
            Ok(())
        };
        assert_eq!(found, expected, "{reviewer} and {applicant}");
    }
}

#[test]
fn a_declared_interest_is_a_conflict() {
    let (a, b) = (party("r@a.example", &[]), party("s@b.example", &[]));
    assert_eq!(
        check_conflict(&a, &b, true, &public()),
        Err(Conflict::Declared)
    );
    assert_speaks(Conflict::ALL);
}

proptest! {
    #![proptest_config(seeded(5, 500))]

    #[test]
    fn a_mean_lies_between_the_lowest_and_the_highest_score(
        weights in proptest::array::uniform3(1..=10_000_i32),
        sheets in proptest::collection::vec(proptest::array::uniform3(1..=5_i32), 1..6),
    ) {
        let criteria: Vec<_> = (1..).map(criterion).zip(weights).collect();
        let rubric = Rubric::new(&criteria, 5).unwrap();
        let filled: Vec<_> = sheets.iter().copied().map(sheet).collect();
        let summary = summarise(&rubric, &filled, 0).unwrap();
        prop_assert!(summary.lowest <= summary.average && summary.average <= summary.highest);
        prop_assert!(summary.lowest >= Score::new(i64::from(*sheets.iter().flatten().min().unwrap()), 1));
        prop_assert!(summary.highest <= Score::new(i64::from(*sheets.iter().flatten().max().unwrap()), 1));
        prop_assert_eq!(summary.disagree, summary.lowest < summary.highest);
    }
}
