//! The rules alone: steps, approvals, wages, eligibility, suggestions.

use std::collections::BTreeSet;

use banyan::ids::{CohortId, CompetencyId, FocusAreaId, ModuleId, OrganisationId, PersonId};
use banyan::placements::rules::content::{Content, Draft, FIELDS, cents, missing, typed_cents};
use banyan::placements::rules::eligibility::{
    Authorisation, Degree, Facts, Language, Least, Unmet, Wants, unmet,
};
use banyan::placements::rules::seats::{self, Change};
use banyan::placements::rules::suggest::{Interested, Offered, Why, points};
use banyan::placements::rules::wage::{Pay, Per, Rate, below, in_force};
use banyan::placements::rules::{
    ChangeKind, ChangeState, PlacementRefusal, PostingState, RoundNow, RoundState, RoundStep,
    approve, follows, may_edit, may_return, may_submit, may_withdraw, round_step,
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use crate::support::fixtures::cohorts::day;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn round(state: RoundState) -> RoundNow {
    RoundNow {
        state,
        opens_at: at("2027-02-01T00:00:00Z"),
        closes_at: at("2027-03-01T00:00:00Z"),
        peopled: true,
    }
}

#[test]
fn a_round_goes_one_way_and_not_before_its_times() {
    let (early, mid, late) = (
        at("2027-01-31T00:00:00Z"),
        at("2027-02-02T00:00:00Z"),
        at("2027-03-02T00:00:00Z"),
    );
    let step = |state, step, now| round_step(&round(state), step, now);
    use RoundState as S;
    assert_eq!(
        step(S::Planned, RoundStep::Collect, early),
        Ok(S::Collecting)
    );
    assert_eq!(
        step(S::Collecting, RoundStep::Open, early),
        Err(PlacementRefusal::RoundEarly)
    );
    assert_eq!(step(S::Collecting, RoundStep::Open, mid), Ok(S::Open));
    assert_eq!(
        step(S::Open, RoundStep::Rank, mid),
        Err(PlacementRefusal::RoundCollects)
    );
    assert_eq!(step(S::Open, RoundStep::Rank, late), Ok(S::Ranking));
    assert_eq!(
        step(S::Ranking, RoundStep::Close, late),
        Err(PlacementRefusal::RoundStep)
    );
    assert_eq!(
        step(S::Closed, RoundStep::Open, late),
        Err(PlacementRefusal::RoundStep)
    );
    let mut empty = round(S::Planned);
    empty.peopled = false;
    let refused = round_step(&empty, RoundStep::Collect, early);
    assert_eq!(refused, Err(PlacementRefusal::RoundNobody));
}

#[test]
fn every_state_of_a_posting_knows_its_steps() {
    let (writer, other) = (PersonId::new(), PersonId::new());
    for state in PostingState::ALL {
        let editable = matches!(state, PostingState::Draft | PostingState::Returned);
        assert_eq!(may_edit(*state, RoundState::Open).is_ok(), editable);
        assert!(may_edit(*state, RoundState::Ranking).is_err());
        let before = at("2027-02-20T00:00:00Z");
        let after = at("2027-03-02T00:00:00Z");
        assert_eq!(
            may_submit(*state, &round(RoundState::Open), before).is_ok(),
            editable
        );
        // What the office returned may come back late.
        assert_eq!(
            may_submit(*state, &round(RoundState::Open), after).is_ok(),
            *state == PostingState::Returned
        );
        let waits = *state == PostingState::Submitted;
        assert_eq!(
            approve(*state, RoundState::Open, &[writer], other).is_ok(),
            waits
        );
        assert!(approve(*state, RoundState::Open, &[writer], writer).is_err());
        // Nothing is both withdrawn by its institution alone and seen by trainees.
        assert!(may_withdraw(*state).is_err() || !matches!(state, PostingState::Open));
        assert!(may_return(*state).is_err() || may_edit(*state, RoundState::Open).is_err());
        for round in RoundState::ALL {
            if let Some(next) = follows(*state, *round) {
                assert!(may_edit(next, *round).is_err(), "{state:?} {round:?}");
            }
        }
    }
}

#[test]
fn approvals_of_a_change_depend_on_the_deadline_and_the_publication() {
    let deadline = at("2027-03-05T00:00:00Z");
    let (before, after) = (at("2027-03-04T00:00:00Z"), at("2027-03-06T00:00:00Z"));
    let change = |after| Change {
        kind: ChangeKind::Seats,
        before: 3,
        after,
        reserved: 2,
    };
    let takes =
        |it: &Change, round, now| seats::takes(it, PostingState::Open, round, (now, deadline));
    let early = takes(&change(5), RoundState::Open, before).unwrap();
    assert_eq!(
        (early.approvals, early.reason, early.later),
        (1, false, false)
    );
    let late = takes(&change(5), RoundState::Ranking, after).unwrap();
    assert_eq!((late.approvals, late.reason, late.later), (2, true, false));
    let published = takes(&change(5), RoundState::Matched, after).unwrap();
    assert_eq!((published.approvals, published.later), (2, true));
    assert_eq!(
        takes(&change(2), RoundState::Matched, after),
        Err(PlacementRefusal::Published)
    );
    assert_eq!(
        takes(&change(1), RoundState::Open, before),
        Err(PlacementRefusal::Reserved)
    );
    assert_eq!(
        takes(&change(3), RoundState::Open, before),
        Err(PlacementRefusal::Nothing)
    );
    let people: Vec<PersonId> = (0..3).map(|_| PersonId::new()).collect();
    let by = |state, needs, first, who| seats::approve(state, needs, (people[0], first), who);
    assert_eq!(
        by(ChangeState::Asked, 1, None, people[0]),
        Err(PlacementRefusal::OwnWork)
    );
    assert_eq!(
        by(ChangeState::Asked, 1, None, people[1]),
        Ok(ChangeState::Approved)
    );
    assert_eq!(
        by(ChangeState::Asked, 2, None, people[1]),
        Ok(ChangeState::Seconded)
    );
    let first = Some(people[1]);
    assert_eq!(
        by(ChangeState::Seconded, 2, first, people[1]),
        Err(PlacementRefusal::SameApprover)
    );
    assert_eq!(
        by(ChangeState::Seconded, 2, first, people[2]),
        Ok(ChangeState::Approved)
    );
    assert_eq!(
        by(ChangeState::Refused, 1, None, people[1]),
        Err(PlacementRefusal::Over)
    );
}

#[test]
fn the_minimum_wage_in_force_is_what_is_compared() {
    let rates = [
        Rate {
            starts_on: day("2025-05-01"),
            cents: 4_210,
        },
        Rate {
            starts_on: day("2026-05-01"),
            cents: 4_310,
        },
    ];
    let days = |from: &str, to: &str| (day(from), day(to));
    let cents = |it: Option<Rate>| it.map(|it| it.cents);
    assert_eq!(
        cents(in_force(&rates, days("2025-01-01", "2025-04-30"))),
        None
    );
    assert_eq!(
        cents(in_force(&rates, days("2026-01-01", "2026-04-30"))),
        Some(4_210)
    );
    // A placement that reaches over a rise is held against the higher.
    assert_eq!(
        cents(in_force(&rates, days("2026-04-01", "2026-06-30"))),
        Some(4_310)
    );
    let pay = |cents, per| Pay {
        cents,
        per,
        hours: 40,
        days: days("2027-06-01", "2027-08-31"),
    };
    assert!(below(&rates, &pay(4_310, Per::Hour)).is_none());
    assert!(below(&rates, &pay(4_309, Per::Hour)).is_some());
    // 43.10 an hour for eight hours; for 40 hours a week and twelfths of 52 weeks.
    assert!(below(&rates, &pay(34_480, Per::Day)).is_none());
    assert!(below(&rates, &pay(34_479, Per::Day)).is_some());
    assert!(below(&rates, &pay(747_067, Per::Month)).is_none());
    assert!(below(&rates, &pay(747_066, Per::Month)).is_some());
}

#[test]
fn each_condition_that_is_not_met_is_named() {
    let (cohort, module, competency, bank) = (
        CohortId::new(),
        ModuleId::new(),
        CompetencyId::new(),
        OrganisationId::new(),
    );
    let wants = Wants {
        cohorts: vec![cohort],
        routes: vec!["university_student".to_owned()],
        modules: vec![module],
        competencies: vec![Least {
            competency,
            level: 3,
        }],
        languages: vec!["en".to_owned(), "cmn".to_owned()],
        authorisations: vec!["iang".to_owned(), "resident".to_owned()],
        degree: "bachelor".to_owned(),
        graduated_from: Some(2024),
        graduated_to: Some(2027),
        mainland_permit: true,
        residents: true,
        not_employed: true,
    };
    let none = Facts {
        employer: Some(bank),
        ..Facts::default()
    };
    let codes: Vec<&str> = unmet(&wants, &none, bank).iter().map(Unmet::code).collect();
    assert_eq!(
        codes,
        [
            "cohort",
            "route",
            "module",
            "competency",
            "language",
            "language",
            "authorisation",
            "resident",
            "degree",
            "mainland_permit",
            "graduation",
            "employed"
        ]
    );
    let all = Facts {
        cohort,
        route: "university_student".to_owned(),
        modules: BTreeSet::from([module]),
        levels: [(competency, 3)].into(),
        languages: Language::ALL.iter().copied().collect(),
        authorisations: BTreeSet::from([Authorisation::Resident]),
        degree: Some(Degree::Master),
        graduation: Some(2026),
        mainland_permit: true,
        employer: Some(OrganisationId::new()),
    };
    assert_eq!(unmet(&wants, &all, bank), []);
    assert_eq!(
        unmet(&Wants::default(), &none, bank),
        [],
        "nothing asked for, nothing unmet"
    );
}

#[test]
fn suggestions_tell_their_reasons_and_weigh_a_hundred() {
    let whole: u32 = Why::ALL.iter().map(|it| it.weight()).sum();
    assert_eq!(whole, 100);
    let (area, competency) = (FocusAreaId::new(), CompetencyId::new());
    let trainee = Interested {
        areas: BTreeSet::from([area]),
        cities: BTreeSet::from(["hong_kong".to_owned()]),
        languages: BTreeSet::from([Language::English]),
        levels: [(competency, 2)].into(),
    };
    let posting = Offered {
        areas: vec![area],
        city: "hong_kong".to_owned(),
        languages: vec![Language::English, Language::Cantonese],
        competencies: vec![Least {
            competency,
            level: 2,
        }],
    };
    let told = points(&trainee, &posting);
    let expected = [
        (Why::Area, 45),
        (Why::Competencies, 30),
        (Why::City, 15),
        (Why::Languages, 5),
    ];
    assert_eq!(told, expected);
    assert_eq!(points(&Interested::default(), &posting), []);
}

#[test]
fn an_empty_draft_misses_every_needed_field_in_both_languages() {
    let period = (day("2027-06-01"), day("2027-08-31"));
    let fields: BTreeSet<String> = missing(&Draft::default(), period)
        .into_iter()
        .map(|it| it.field)
        .collect();
    for spec in FIELDS.iter().filter(|it| it.needed) {
        assert!(fields.contains(spec.name), "{}", spec.name);
    }
    for name in ["areas", "seats", "starts_on", "ends_on"] {
        assert!(fields.contains(name), "{name}");
    }
    // Whoever writes a field in one language writes it in the other.
    for spec in FIELDS.iter().filter(|it| it.lang.is_some()) {
        let twin = match spec.name.strip_suffix("_en") {
            Some(stem) => format!("{stem}_zh"),
            None => spec.name.replace("_zh", "_en"),
        };
        let twin = FIELDS.iter().find(|it| it.name == twin).expect(spec.name);
        assert_eq!(
            (twin.needed, twin.inside),
            (spec.needed, spec.inside),
            "{}",
            spec.name
        );
    }
}

proptest! {
    #[test]
    fn an_amount_reads_as_it_was_typed(amount in 0_i64..100_000_000_000) {
        prop_assert_eq!(cents(&typed_cents(amount)), Some(amount));
    }

    #[test]
    fn meeting_more_never_makes_a_trainee_less_eligible(bits in 0_u32..64, more in 0_u32..64) {
        let module = ModuleId::new();
        let wants = Wants {
            modules: vec![module],
            languages: vec!["en".to_owned(), "yue".to_owned()],
            degree: "master".to_owned(),
            mainland_permit: true,
            ..Wants::default()
        };
        let facts = |bits: u32| Facts {
            modules: if bits & 1 > 0 { BTreeSet::from([module]) } else { BTreeSet::new() },
            languages: [(2, Language::English), (4, Language::Cantonese)]
                .into_iter().filter(|(bit, _)| bits & bit > 0).map(|it| it.1).collect(),
            degree: (bits & 8 > 0).then_some(Degree::Doctorate),
            mainland_permit: bits & 16 > 0,
            ..Facts::default()
        };
        let bank = OrganisationId::new();
        let fewer = unmet(&wants, &facts(bits | more), bank);
        let all = unmet(&wants, &facts(bits), bank);
        prop_assert!(fewer.iter().all(|it| all.contains(it)));
    }

    #[test]
    fn content_keeps_what_is_set_and_forgets_what_is_emptied(name in "[a-z]{1,8}", value in ".{0,20}") {
        let mut content = Content::default();
        content.set(&name, value.clone());
        prop_assert_eq!(content.get(&name), value.as_str());
        let kept = serde_json::from_value(serde_json::to_value(&content).unwrap()).unwrap();
        prop_assert_eq!(&content, &kept);
        content.set(&name, String::new());
        prop_assert_eq!(content, Content::default());
    }
}
