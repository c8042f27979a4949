//! Names: how they are shown, sorted and found.

use banyan::lang::Lang;
use banyan::people::rules::search::fold;
use banyan::people::rules::{
    Email, NameFault, NamePart, Names, matches, search_terms, search_tokens,
};
use proptest::prelude::*;

use crate::tables::runner;

fn chan() -> Names {
    Names::new("Chan", "Tai Man", "Peter", "陳大文").unwrap()
}

fn finds(names: &Names, query: &str) -> bool {
    let email = Email::parse("t.m.chan8@example.org").unwrap();
    let tokens = search_tokens(names, Some(&email), Some("2027H1-00042"));
    matches(&tokens, &search_terms(query))
}

#[test]
fn names_are_shown_with_the_family_name_in_capitals() {
    let cases = [
        (
            ["Chan", "Tai Man", "Peter", "陳大文"],
            "CHAN Tai Man, Peter",
            "陳大文",
        ),
        (
            ["Au Yeung", "Siu Ming", "", "歐陽小明"],
            "AU YEUNG Siu Ming",
            "歐陽小明",
        ),
        (["", "Bilal", "", ""], "Bilal", "Bilal"),
        (["KHAN", "", "", ""], "KHAN", "KHAN"),
        (["Ho", "", "Anna", ""], "HO, Anna", "HO, Anna"),
        (["", "", "Anna", ""], "Anna", "Anna"),
        (["", "", "", "郭𠮷良"], "郭𠮷良", "郭𠮷良"),
    ];
    for ([family, given, western, zh], en, shown_zh) in cases {
        let names = Names::new(family, given, western, zh).unwrap();
        assert_eq!(names.display(Lang::En), en);
        assert_eq!(names.display(Lang::Zh), shown_zh);
    }
}

#[test]
fn no_name_is_made_from_another() {
    let names = Names::new("", "", "", "陳大文").unwrap();
    assert_eq!(names.family_name(), None);
    assert_eq!(names.given_names(), None);
    assert_eq!(names.western_name(), None);
    assert_eq!(names.name_zh(), Some("陳大文"));
}

#[test]
fn someone_without_any_name_is_refused() {
    assert_eq!(
        Names::new("", " ", "\u{3000}", "\t"),
        Err(NameFault::Missing)
    );
}

#[test]
fn names_are_tidied_and_measured_in_characters() {
    let names = Names::new(" Au \u{3000} Yeung ", "Siu\nMing", "", "").unwrap();
    assert_eq!(names.display_en(), "AU YEUNG Siu Ming");
    let rare = "𠮷".repeat(100);
    assert_eq!(
        Names::new("", "", "", &rare).unwrap().name_zh(),
        Some(rare.as_str())
    );
    let longer = "𠮷".repeat(101);
    assert_eq!(
        Names::new("", "", "", &longer),
        Err(NameFault::TooLong(NamePart::Chinese))
    );
    assert_eq!(
        Names::new("A\u{0}", "", "", ""),
        Err(NameFault::Control(NamePart::Family))
    );
    assert_eq!(
        Names::new("", "\u{202e}nat", "", ""),
        Err(NameFault::Control(NamePart::Given))
    );
}

#[test]
fn lists_are_sorted_by_family_name_then_given_names() {
    let mut people = [
        Names::new("CHANG", "Man", "", "").unwrap(),
        Names::new("chan", "Wai", "", "").unwrap(),
        Names::new("Chan", "Tai-man", "Amy", "").unwrap(),
        Names::new("CHAN", "Tai Man", "", "陳大文").unwrap(),
        Names::new("", "Bilal", "", "").unwrap(),
    ];
    people.sort_by_key(Names::sort_key);
    let shown: Vec<String> = people.iter().map(Names::display_en).collect();
    assert_eq!(
        shown,
        [
            "Bilal",
            "CHAN Tai-man, Amy",
            "CHAN Tai Man",
            "CHAN Wai",
            "CHANG Man"
        ]
    );
}

#[test]
fn a_person_is_found_by_any_writing_of_the_names() {
    for query in [
        "tai man chan",
        "CHAN Tai-man",
        "chan taiman",
        "Tai Man",
        "taiman",
        "man",
        "chantaiman",
        "陳大文",
        "大文",
        "文",
        "陳 大文",
        "Peter Chan",
        "peter",
        "PETERCHAN",
        "Ｃhan",
        "陳大文 peter",
        "陳大文Peter",
        "cha tai",
        "t.m.chan8@example.org",
        "T.M.Chan8@EX",
        "tmchan8",
        "2027h1-00042",
        "00042",
        "42",
        "",
        "  ",
    ] {
        assert!(finds(&chan(), query), "{query:?}");
    }
}

#[test]
fn a_person_is_not_found_by_another_name() {
    for query in [
        "wong",
        "chan siu",
        "陳小文",
        "aiman",
        "peter wong",
        "chan@",
        "tai man lee",
    ] {
        assert!(!finds(&chan(), query), "{query:?}");
    }
}

#[test]
fn accents_and_apostrophes_do_not_matter() {
    let names = Names::new("O’Brien", "José", "Zoë", "").unwrap();
    for query in ["obrien", "O'BRIEN jose", "o brien", "zoe", "JOSÉ", "brien"] {
        assert!(finds(&names, query), "{query:?}");
    }
    assert_eq!(fold("STRASSE"), fold("Straße"));
}

#[test]
fn a_person_has_few_keys_and_none_begins_another() {
    let tokens = search_tokens(&chan(), None, None);
    assert!(tokens.len() <= 12, "{tokens:?}");
    let many = ["a1 b2 c3 d4 e5 f6 g7 h8 i9 j0"; 3];
    let long = Names::new(many[0], many[1], many[2], "").unwrap();
    assert!(search_tokens(&long, None, None).len() <= 30);
    for a in &tokens {
        assert_eq!(
            tokens.iter().filter(|b| b.starts_with(a.as_str())).count(),
            1
        );
    }
}

/// One to three words of Latin letters, some accented.
fn name() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[A-Za-zéÖßñ]{1,7}", 1..=3)
}

#[test]
fn any_order_case_and_joining_of_the_names_finds_the_person() {
    let input = (
        [name(), name(), name()],
        "[陳李歐陽大文𠮷]{0,4}",
        Just([0_usize, 1, 2, 3]).prop_shuffle(),
        prop::collection::vec(
            prop::sample::select(vec!["", " ", "-", "'", "  ", "・"]),
            12,
        ),
        prop::collection::vec(any::<bool>(), 120),
    );
    runner(1_500)
        .run(&input, |(names, zh, order, gaps, capitals)| {
            let [family, given, western] = names;
            let person =
                Names::new(&family.join(" "), &given.join("-"), &western.join(" "), &zh).unwrap();
            let fields = [family, given, western, vec![zh]];
            let words = order.iter().flat_map(|at| fields[*at].clone());
            let mut query = String::new();
            for (word, gap) in words.zip(gaps.iter().cycle()) {
                query.push_str(&word);
                query.push_str(gap);
            }
            let query: String = query
                .chars()
                .zip(capitals.iter().cycle())
                .flat_map(|(c, up)| {
                    if *up {
                        c.to_uppercase().collect::<Vec<_>>()
                    } else {
                        c.to_lowercase().collect()
                    }
                })
                .collect();
            let tokens = search_tokens(&person, None, None);
            prop_assert!(
                matches(&tokens, &search_terms(&query)),
                "{:?} not in {:?}",
                search_terms(&query),
                tokens
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn folding_twice_is_folding_once() {
    runner(5_000)
        .run(&"\\PC{0,12}", |text| {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
            Ok(())
        })
        .unwrap();
}
