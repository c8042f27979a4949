//! An application's life.

use std::collections::BTreeSet;

use banyan::applications::route::Route;
use banyan::applications::rules::{
    ApplicationRefusal, Decision, Event, Outcome, State, may_apply, next,
};
use banyan::cohorts::rules::CohortState;
use banyan::error::Refusal;
use banyan::lang::Lang;
use proptest::prelude::*;

use crate::support::tables::{assert_speaks, assert_table, at, seeded};

/// States with their detail; refusals by the short names of [`short`].
const LIFE: &str = "
                         submit     edit       reopen  start_review  accept          waitlist          reject          ineligible          undo          release              without_seat         with_seat         promote           close_waitlist     accept_offer  decline_offer  offer_expired  offer_withdrawn  withdraw   defer
    draft                submitted  draft      notwd   notsub        notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          withdrawn  nooffer
    submitted            already    submitted  notwd   under_review  notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          withdrawn  nooffer
    under_review         already    noedit     notwd   notsub        decided/accept  decided/waitlist  decided/reject  decided/ineligible  nopend        nopend               nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          withdrawn  nooffer
    decided/accept       already    noedit     notwd   notsub        decided/accept  decided/waitlist  decided/reject  decided/ineligible  under_review  released/offered     released/waitlisted  nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          withdrawn  nooffer
    decided/waitlist     already    noedit     notwd   notsub        decided/accept  decided/waitlist  decided/reject  decided/ineligible  under_review  released/waitlisted  nopend               released/offered  notwait           notwait            nooffer       nooffer        nooffer        nooffer          withdrawn  nooffer
    decided/reject       already    noedit     notwd   notsub        decided/accept  decided/waitlist  decided/reject  decided/ineligible  under_review  released/rejected    nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          withdrawn  nooffer
    decided/ineligible   already    noedit     notwd   notsub        decided/accept  decided/waitlist  decided/reject  decided/ineligible  under_review  released/ineligible  nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          withdrawn  nooffer
    released/offered     already    noedit     notwd   notsub        notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            notwait           notwait            enrolled      declined       lapsed         under_review     withdrawn  deferred
    released/waitlisted  already    noedit     notwd   notsub        notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            released/offered  released/rejected  nooffer       nooffer        nooffer        nooffer          withdrawn  nooffer
    released/rejected    already    noedit     notwd   notsub        notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          ended      nooffer
    released/ineligible  already    noedit     notwd   notsub        notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          ended      nooffer
    enrolled             already    noedit     notwd   notsub        notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          enrolled!  nooffer
    withdrawn            already    noedit     draft   notsub        notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          ended      nooffer
    declined             already    noedit     notwd   notsub        notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          ended      nooffer
    lapsed               already    noedit     notwd   notsub        notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          ended      nooffer
    deferred             already    noedit     notwd   notsub        notrev          notrev            notrev          notrev              nopend        nopend               nopend               nopend            notwait           notwait            nooffer       nooffer        nooffer        nooffer          withdrawn  nooffer
";

fn short(refusal: ApplicationRefusal) -> &'static str {
    match refusal {
        ApplicationRefusal::CallClosed => "closed",
        ApplicationRefusal::AlreadySubmitted => "already",
        ApplicationRefusal::NotEditable => "noedit",
        ApplicationRefusal::NotWithdrawn => "notwd",
        ApplicationRefusal::NotSubmitted => "notsub",
        ApplicationRefusal::NotUnderReview => "notrev",
        ApplicationRefusal::NothingPending => "nopend",
        ApplicationRefusal::NotWaitlisted => "notwait",
        ApplicationRefusal::NoOffer => "nooffer",
        ApplicationRefusal::AlreadyEnrolled => "enrolled!",
        ApplicationRefusal::NothingToWithdraw => "ended",
    }
}

fn state_name(state: State) -> String {
    match state.detail() {
        Some(detail) => format!("{}/{detail}", state.as_str()),
        None => state.as_str().to_owned(),
    }
}

fn event_name(event: Event) -> &'static str {
    match event {
        Event::Submit => "submit",
        Event::Edit => "edit",
        Event::Reopen => "reopen",
        Event::StartReview => "start_review",
        Event::Decide(decision) => decision.as_str(),
        Event::UndoDecision => "undo",
        Event::Release => "release",
        Event::ReleaseWithoutSeat => "without_seat",
        Event::ReleaseWithSeat => "with_seat",
        Event::Promote => "promote",
        Event::CloseWaitlist => "close_waitlist",
        Event::AcceptOffer => "accept_offer",
        Event::DeclineOffer => "decline_offer",
        Event::OfferExpired => "offer_expired",
        Event::OfferWithdrawn => "offer_withdrawn",
        Event::Withdraw => "withdraw",
        Event::Defer => "defer",
    }
}

#[test]
fn an_application_follows_its_table_while_the_call_is_open() {
    let states: Vec<_> = State::ALL
        .into_iter()
        .map(|it| (it, state_name(it)))
        .collect();
    let events: Vec<_> = Event::ALL
        .into_iter()
        .map(|it| (it, event_name(it).to_owned()))
        .collect();
    assert_table(LIFE, &states, &events, |state, event| {
        match next(state, event, true) {
            Ok(state) => state_name(state),
            Err(refusal) => short(refusal).to_owned(),
        }
    });
}

#[test]
fn a_closed_call_stops_the_applicants_pen_and_nothing_else() {
    for state in State::ALL {
        for event in Event::ALL {
            let pen = matches!(event, Event::Submit | Event::Edit | Event::Reopen);
            let expected = match next(state, event, true) {
                Ok(_) if pen => Err(ApplicationRefusal::CallClosed),
                as_when_open => as_when_open,
            };
            assert_eq!(
                next(state, event, false),
                expected,
                "{state:?} when {event:?}"
            );
        }
    }
}

#[test]
fn the_lists_of_states_and_events_are_whole_and_survive_the_database() {
    let names: BTreeSet<_> = State::ALL.into_iter().map(state_name).collect();
    assert_eq!(names.len(), State::ALL.len());
    assert_eq!(
        Event::ALL
            .into_iter()
            .map(event_name)
            .collect::<BTreeSet<_>>()
            .len(),
        20
    );
    for state in State::ALL {
        assert_eq!(State::parse(state.as_str(), state.detail()), Some(state));
    }
    assert_eq!(State::parse("decided", None), None);
    assert_eq!(State::parse("decided", Some("offered")), None);
    assert_eq!(State::parse("draft", Some("accept")), None);
    for route in Route::ALL {
        assert_eq!(Route::parse(route.as_str()), Some(*route));
    }
}

#[test]
fn an_applicant_cannot_tell_a_pending_decision_from_review() {
    for lang in Lang::ALL {
        for decision in Decision::ALL {
            let state = State::Decided(*decision);
            assert_eq!(state.visible(), State::UnderReview);
            assert_eq!(
                state.what_comes_next(lang),
                State::UnderReview.what_comes_next(lang)
            );
        }
    }
    assert_eq!(
        State::Released(Outcome::Rejected).visible(),
        State::Released(Outcome::Rejected)
    );
}

#[test]
fn every_state_that_an_applicant_sees_says_what_comes_next() {
    for (lang, stop) in [(Lang::En, '.'), (Lang::Zh, '。')] {
        let seen: BTreeSet<_> = State::ALL.into_iter().map(State::visible).collect();
        let said: BTreeSet<_> = seen.iter().map(|it| it.what_comes_next(lang)).collect();
        assert_eq!(
            said.len(),
            seen.len(),
            "each state has a sentence of its own"
        );
        assert!(said.iter().all(|it| it.ends_with(stop)));
    }
}

#[test]
fn every_refusal_of_an_application_speaks() {
    assert_speaks(ApplicationRefusal::ALL);
    assert_eq!(ApplicationRefusal::CallClosed.code(), "call_closed");
}

#[test]
fn an_extension_is_for_one_person_and_ends_with_review() {
    let (opens, closes) = (
        at("2026-10-12T09:00:00+08:00"),
        at("2026-11-30T23:59:59+08:00"),
    );
    let later = at("2026-12-03T23:59:59+08:00");
    let instant = chrono::Duration::microseconds(1);
    for (cohort, extension, now, may) in [
        (CohortState::Open, None, opens - instant, false),
        (CohortState::Open, None, closes - instant, true),
        (CohortState::Open, None, closes, false),
        (CohortState::Reviewing, None, closes - instant, false),
        (CohortState::Open, Some(later), closes, true),
        (CohortState::Open, Some(later), opens - instant, false),
        (CohortState::Reviewing, Some(later), later - instant, true),
        (CohortState::Reviewing, Some(later), later, false),
        (CohortState::Offering, Some(later), closes, false),
        // An extension that lies before the deadline takes nothing away.
        (CohortState::Open, Some(opens), closes - instant, true),
        (CohortState::Planned, Some(later), closes, false),
        (CohortState::Cancelled, Some(later), closes, false),
    ] {
        assert_eq!(
            may_apply(cohort, opens, closes, extension, now),
            may,
            "{cohort:?} {now}"
        );
    }
}

proptest! {
    #![proptest_config(seeded(29, 2_000))]

    #[test]
    fn no_sequence_of_steps_enrols_without_a_released_offer(
        steps in proptest::collection::vec((0..Event::ALL.len(), any::<bool>()), 0..40),
    ) {
        let mut state = State::Draft;
        let (mut submitted, mut offered) = (false, false);
        for (index, open) in steps {
            let event = *Event::ALL.get(index).unwrap();
            let before = state;
            match next(state, event, open) {
                Ok(after) => state = after,
                Err(_) => prop_assert_eq!(state, before),
            }
            submitted |= state == State::Submitted;
            offered |= state == State::Released(Outcome::Offered);
            prop_assert!(submitted || matches!(state, State::Draft | State::Withdrawn));
            prop_assert!(offered || !matches!(state,
                State::Enrolled | State::Declined | State::Lapsed | State::Deferred));
            if before == State::Enrolled {
                prop_assert_eq!(state, State::Enrolled, "only the enrolment leaves from here");
            }
        }
    }
}
