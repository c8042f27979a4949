//! What an application must say.

use banyan::applications::route::Route;
use banyan::applications::rules::form::{
    Affiliation, FormData, FormRules, SectionKey, SectionStatus, check_complete, is_phone, sections,
};
use banyan::ids::{FileId, OrganisationId, PicsId};
use banyan::lang::{Lang, Say};

use crate::support::tables::day;

fn rules() -> FormRules {
    FormRules::usual(PicsId(uuid::Uuid::from_u128(1)), day("2027-02-22"))
}

fn named(name: &str) -> Affiliation {
    Affiliation {
        organisation: None,
        name: Some(name.to_owned()),
    }
}

/// A student's form with nothing missing.
fn whole() -> FormData {
    FormData {
        family_name: Some("CHAN".to_owned()),
        given_names: Some("Tai Man".to_owned()),
        display_name: Some("Tai Man".to_owned()),
        route: Some(Route::UniversityStudent),
        university: named("Lion Rock University"),
        graduation_year: Some(2027),
        statement: Some("字".repeat(50)),
        document: Some(FileId::new()),
        declares_true: true,
        declares_eligible: true,
        declares_available: true,
        accepted_pics: Some(rules().pics),
        ..FormData::default()
    }
}

fn problems(form: &FormData) -> Vec<(String, &'static str)> {
    let problems = check_complete(form, &rules()).err().unwrap_or_default();
    problems.into_iter().map(|it| (it.field, it.code)).collect()
}

fn expect(form: &FormData, expected: &[(&str, &'static str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(field, code)| ((*field).to_owned(), *code))
        .collect();
    assert_eq!(problems(form), expected);
}

fn status(form: &FormData, key: SectionKey) -> SectionStatus {
    sections(form, &rules())
        .into_iter()
        .find(|it| it.key == key)
        .unwrap()
        .status
}

#[test]
fn a_whole_form_can_be_submitted() {
    expect(&whole(), &[]);
    let sections = sections(&whole(), &rules());
    assert_eq!(
        sections.iter().map(|it| it.key).collect::<Vec<_>>(),
        SectionKey::ALL
    );
    assert!(
        sections
            .iter()
            .all(|it| it.status == SectionStatus::Complete)
    );
}

#[test]
fn an_empty_form_says_everything_that_is_missing_once() {
    let empty = FormData::default();
    expect(
        &empty,
        &[
            ("given_names", "required"),
            ("display_name", "required"),
            ("route", "required"),
            ("statement", "required"),
            ("document", "required"),
            ("declares_true", "required"),
            ("declares_eligible", "required"),
            ("declares_available", "required"),
            ("accepted_pics", "required"),
        ],
    );
    for key in SectionKey::ALL {
        assert_eq!(status(&empty, *key), SectionStatus::NotStarted, "{key:?}");
    }
}

#[test]
fn what_is_asked_of_background_depends_on_the_route() {
    let bare = FormData {
        university: Affiliation::default(),
        graduation_year: None,
        ..whole()
    };
    let study = [("university", "required"), ("graduation_year", "required")];
    for (route, expected) in [
        (Route::UniversityStudent, study.as_slice()),
        (Route::RecentGraduate, study.as_slice()),
        (Route::InServiceNominee, &[("employer", "required")]),
        (Route::Open, &[]),
    ] {
        expect(
            &FormData {
                route: Some(route),
                ..bare.clone()
            },
            expected,
        );
    }
}

#[test]
fn an_organisation_counts_whether_chosen_or_written_but_not_when_blank() {
    let nominee = FormData {
        route: Some(Route::InServiceNominee),
        ..whole()
    };
    let chosen = Affiliation {
        organisation: Some(OrganisationId::new()),
        name: None,
    };
    expect(
        &FormData {
            employer: chosen,
            ..nominee.clone()
        },
        &[],
    );
    expect(
        &FormData {
            employer: named("Harbour Sample Bank"),
            ..nominee.clone()
        },
        &[],
    );
    expect(
        &FormData {
            employer: named("  "),
            ..nominee
        },
        &[("employer", "required")],
    );
}

#[test]
fn a_year_of_graduation_must_be_within_the_rules_on_any_route() {
    for (year, ok) in [(1966, false), (1967, true), (2035, true), (2036, false)] {
        let form = FormData {
            graduation_year: Some(year),
            route: Some(Route::Open),
            ..whole()
        };
        assert_eq!(problems(&form).is_empty(), ok, "{year}");
    }
}

#[test]
fn a_statement_is_measured_in_characters_not_bytes() {
    for (length, code) in [
        (1, Some("too_short")),
        (49, Some("too_short")),
        (50, None),
        (3_000, None),
        (3_001, Some("too_long")),
    ] {
        // A character beyond the basic plane: four bytes, one character.
        let form = FormData {
            statement: Some("𨋢".repeat(length)),
            ..whole()
        };
        let codes: Vec<_> = problems(&form).into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes.first().copied(), code, "{length}");
    }
    let padded = FormData {
        statement: Some(format!("{}{}", "a".repeat(49), " ".repeat(20))),
        ..whole()
    };
    expect(&padded, &[("statement", "too_short")]);
}

#[test]
fn a_statement_that_is_too_short_is_told_its_length() {
    let form = FormData {
        statement: Some("I am".to_owned()),
        ..whole()
    };
    let problem = check_complete(&form, &rules()).unwrap_err().remove(0);
    assert_eq!(
        problem.say(Lang::En),
        "The statement has 4 characters; write at least 50."
    );
    assert_eq!(problem.say(Lang::Zh), "個人陳述現有4個字元，最少須有50個。");
}

#[test]
fn every_declaration_must_be_ticked_and_the_pics_accepted_in_force() {
    expect(
        &FormData {
            declares_true: false,
            ..whole()
        },
        &[("declares_true", "required")],
    );
    expect(
        &FormData {
            declares_eligible: false,
            ..whole()
        },
        &[("declares_eligible", "required")],
    );
    expect(
        &FormData {
            declares_available: false,
            ..whole()
        },
        &[("declares_available", "required")],
    );
    expect(
        &FormData {
            accepted_pics: None,
            ..whole()
        },
        &[("accepted_pics", "required")],
    );
    let older = FormData {
        accepted_pics: Some(PicsId::new()),
        ..whole()
    };
    expect(&older, &[("accepted_pics", "outdated")]);
    assert_eq!(
        status(&older, SectionKey::Declarations),
        SectionStatus::InProgress
    );
}

#[test]
fn a_section_with_something_in_it_is_in_progress() {
    let begun = FormData {
        western_name: Some("Peter".to_owned()),
        ..FormData::default()
    };
    assert_eq!(
        status(&begun, SectionKey::Person),
        SectionStatus::InProgress
    );
    let blank = FormData {
        western_name: Some(" ".to_owned()),
        ..FormData::default()
    };
    assert_eq!(
        status(&blank, SectionKey::Person),
        SectionStatus::NotStarted
    );
}

#[test]
fn a_telephone_is_optional_and_must_be_one() {
    expect(
        &FormData {
            phone: Some(String::new()),
            ..whole()
        },
        &[],
    );
    expect(
        &FormData {
            phone: Some("+85275298154".to_owned()),
            ..whole()
        },
        &[],
    );
    expect(
        &FormData {
            phone: Some("75298154".to_owned()),
            ..whole()
        },
        &[("phone", "phone")],
    );
    for (phone, ok) in [
        ("+85221234567", true),
        ("+85241234567", true),
        ("+85291234567", true),
        ("+85211234567", false),
        ("+8522123456", false),
        ("+852212345678", false),
        ("+8613812345678", true),
        ("+85361234567", true),
        ("+0123456789", false),
        ("+1234567", false),
        ("+1234567890123456", false),
        ("+8526123 4567", false),
        ("+852６１２３４５６７", false),
        ("", false),
    ] {
        assert_eq!(is_phone(phone), ok, "{phone}");
    }
}
