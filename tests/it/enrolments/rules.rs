//! A trainee's standing and record.

use banyan::enrolments::rules::{
    EmergencyContact, EnrolmentEvent, EnrolmentForm, EnrolmentState, StepRefused, TraineeNumber,
    certificate_name, check_form, holds_seat, next,
};
use banyan::error::Refusal;
use banyan::ids::PicsId;
use banyan::lang::{Lang, Say};
use proptest::prelude::*;

use crate::support::tables::{assert_table, seeded};

const LIFE: &str = "
               activate  complete   fail    withdraw   defer     suspend    resume  return    reopen
    enrolled   active    -          -       withdrawn  deferred  -          -       -         -
    active     -         completed  failed  withdrawn  deferred  suspended  -       -         -
    completed  -         -          -       -          -         -          -       -         active
    withdrawn  -         -          -       -          -         -          -       -         -
    failed     -         -          -       -          -         -          -       -         active
    deferred   -         -          -       withdrawn  -         -          -       enrolled  -
    suspended  -         -          failed  withdrawn  deferred  -          active  -         -
";

#[test]
fn an_enrolment_follows_its_table() {
    let states: Vec<_> = EnrolmentState::ALL
        .iter()
        .map(|it| (*it, it.as_str().to_owned()))
        .collect();
    let events: Vec<_> = EnrolmentEvent::ALL
        .iter()
        .map(|it| (*it, it.as_str().to_owned()))
        .collect();
    assert_table(LIFE, &states, &events, |state, event| {
        match next(state, event) {
            Ok(state) => state.as_str().to_owned(),
            Err(refused) => {
                assert_eq!(refused, StepRefused { state, event });
                "-".to_owned()
            }
        }
    });
}

#[test]
fn a_refused_step_of_an_enrolment_says_the_state_and_the_step() {
    let refused = next(EnrolmentState::Withdrawn, EnrolmentEvent::Resume).unwrap_err();
    assert_eq!(refused.code(), "enrolment_step_refused");
    assert_eq!(
        refused.say(Lang::En),
        "“Resume” is not possible while the enrolment is “Withdrawn”."
    );
    assert_eq!(
        refused.say(Lang::Zh),
        "入學註冊現為「已退出」，不能執行「恢復」。"
    );
}

#[test]
fn a_seat_goes_back_when_somebody_leaves_or_defers() {
    for (state, holds) in [
        (EnrolmentState::Enrolled, true),
        (EnrolmentState::Active, true),
        (EnrolmentState::Suspended, true),
        (EnrolmentState::Completed, true),
        (EnrolmentState::Failed, true),
        (EnrolmentState::Withdrawn, false),
        (EnrolmentState::Deferred, false),
    ] {
        assert_eq!(holds_seat(state), holds, "{state:?}");
        assert_eq!(EnrolmentState::parse(state.as_str()), Some(state));
    }
}

#[test]
fn a_trainee_number_reads_as_it_is_written() {
    let first = TraineeNumber::new(2027, 1).unwrap();
    assert_eq!(first.to_string(), "T2027-0001");
    assert_eq!(first.following().unwrap().to_string(), "T2027-0002");
    assert_eq!(
        TraineeNumber::new(2027, 12_345).unwrap().to_string(),
        "T2027-12345"
    );
    for text in ["T2027-0001", "T2027-9999", "T2027-10000", "T2031-999999"] {
        assert_eq!(text.parse::<TraineeNumber>().unwrap().to_string(), text);
    }
    for text in [
        "",
        "T2027",
        "2027-0001",
        "T2027-1",
        "T2027-0000",
        "T2027-00001",
        "t2027-0001",
        "T27-0001",
        "T2027-+001",
        " T2027-0001",
        "T2027-1000000",
        "T02027-0001",
    ] {
        assert!(text.parse::<TraineeNumber>().is_err(), "{text}");
    }
    assert_eq!(TraineeNumber::new(2027, 0), None);
    assert_eq!(TraineeNumber::new(2027, 999_999).unwrap().following(), None);
    assert_eq!(TraineeNumber::new(999, 1), None);
}

#[test]
fn a_certificate_name_may_be_in_any_script_and_hides_nothing() {
    for name in [
        "CHAN Tai Man, Peter",
        "陳大文",
        "𠮷田 堃",
        "𨋢",
        "O’Neill-Wong",
        "歐陽喆 Ouyang Chit",
    ] {
        assert_eq!(certificate_name(name), Ok(name.to_owned()));
    }
    assert_eq!(certificate_name("  陳大文 "), Ok("陳大文".to_owned()));
    assert_eq!(certificate_name(&"𠮷".repeat(120)), Ok("𠮷".repeat(120)));
    for (name, code) in [
        (String::new(), "required"),
        ("   ".to_owned(), "required"),
        ("𠮷".repeat(121), "too_long"),
        ("CHAN\tTai Man".to_owned(), "characters"),
        ("CHAN\nTai Man".to_owned(), "characters"),
        ("CHAN\u{0}".to_owned(), "characters"),
        ("CHAN \u{202E}naM iaT".to_owned(), "characters"),
        ("CHAN\u{200B}Tai".to_owned(), "characters"),
    ] {
        let error = certificate_name(&name).unwrap_err();
        assert_eq!(
            (error.field.as_str(), error.code),
            ("certificate_name", code),
            "{name:?}"
        );
    }
}

fn in_force() -> PicsId {
    PicsId(uuid::Uuid::from_u128(1))
}

fn whole() -> EnrolmentForm {
    EnrolmentForm {
        certificate_name: "陳大文".to_owned(),
        contact: EmergencyContact {
            name: "陳小文".to_owned(),
            relationship: "姊".to_owned(),
            phone: "+85261234567".to_owned(),
        },
        accepted_pics: Some(in_force()),
        accepts_agreement: true,
        allows_photographs: false,
    }
}

fn fields(form: &EnrolmentForm) -> Vec<(String, &'static str)> {
    let problems = check_form(form, in_force()).err().unwrap_or_default();
    problems.into_iter().map(|it| (it.field, it.code)).collect()
}

#[test]
fn enrolling_needs_the_agreement_and_the_pics_but_not_photographs() {
    assert_eq!(fields(&whole()), vec![]);
    assert_eq!(
        fields(&EnrolmentForm {
            allows_photographs: true,
            ..whole()
        }),
        vec![]
    );
    for (form, field, code) in [
        (
            EnrolmentForm {
                accepts_agreement: false,
                ..whole()
            },
            "accepts_agreement",
            "required",
        ),
        (
            EnrolmentForm {
                accepted_pics: None,
                ..whole()
            },
            "accepted_pics",
            "required",
        ),
        (
            EnrolmentForm {
                accepted_pics: Some(PicsId::new()),
                ..whole()
            },
            "accepted_pics",
            "outdated",
        ),
    ] {
        assert_eq!(fields(&form), [(field.to_owned(), code)]);
    }
}

#[test]
fn an_emergency_contact_can_be_called() {
    let with = |change: fn(&mut EmergencyContact)| {
        let mut form = whole();
        change(&mut form.contact);
        fields(&form)
    };
    let one = |field: &str, code| vec![(field.to_owned(), code)];
    assert_eq!(
        with(|it| it.name = " ".to_owned()),
        one("contact_name", "required")
    );
    assert_eq!(
        with(|it| it.name = "文".repeat(121)),
        one("contact_name", "too_long")
    );
    assert_eq!(
        with(|it| it.relationship.clear()),
        one("contact_relationship", "required")
    );
    assert_eq!(
        with(|it| it.relationship = "姊".repeat(61)),
        one("contact_relationship", "too_long")
    );
    assert_eq!(
        with(|it| it.phone = "61234567".to_owned()),
        one("contact_phone", "phone")
    );
    assert_eq!(with(|it| it.phone.clear()), one("contact_phone", "phone"));
}

#[test]
fn an_empty_enrolment_form_says_everything_that_is_missing() {
    assert_eq!(fields(&EnrolmentForm::default()).len(), 6);
}

proptest! {
    #![proptest_config(seeded(7, 2_000))]

    #[test]
    fn no_sequence_of_steps_completes_without_being_active_or_returns_after_leaving(
        steps in proptest::collection::vec(0..EnrolmentEvent::ALL.len(), 0..40),
    ) {
        let mut state = EnrolmentState::Enrolled;
        for index in steps {
            let before = state;
            if let Ok(after) = next(state, *EnrolmentEvent::ALL.get(index).unwrap()) {
                state = after;
            }
            if before == EnrolmentState::Withdrawn {
                prop_assert_eq!(state, EnrolmentState::Withdrawn);
            }
            if state == EnrolmentState::Completed && before != state {
                prop_assert_eq!(before, EnrolmentState::Active);
            }
        }
    }

    #[test]
    fn any_trainee_number_survives_being_written(year in 1_000..=9_999_u16, sequence in 1..=999_999_u32) {
        let number = TraineeNumber::new(year, sequence).unwrap();
        prop_assert_eq!(number.to_string().parse(), Ok(number));
    }
}
