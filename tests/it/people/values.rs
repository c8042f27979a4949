//! Addresses, telephone numbers and identity-card numbers.

use banyan::lang::{Lang, Say};
use banyan::people::rules::{
    Email, EmailFault, Fault, NameFault, NamePart, PasswordFault, Phone, PhoneFault,
    find_identity_card_numbers,
};
use proptest::prelude::*;

use crate::tables::runner;

#[test]
fn an_address_is_one_identity_however_it_is_typed() {
    for typed in [
        "Chan.TaiMan@Example.org",
        "  chan.taiman@example.org ",
        "\u{3000}CHAN.TAIMAN@EXAMPLE.ORG\t",
        "ｃｈａｎ.taiman＠example.org",
    ] {
        assert_eq!(
            Email::parse(typed).unwrap().identity(),
            "chan.taiman@example.org"
        );
    }
    let email = Email::parse(" Chan.TaiMan@Example.org").unwrap();
    assert_eq!(email.address(), "Chan.TaiMan@Example.org");
}

#[test]
fn addresses_that_mail_cannot_reach_are_refused() {
    use EmailFault::{Malformed, Missing, NotAscii, TooLong};
    let long_local = format!("{}@example.org", "a".repeat(65));
    let long = format!("a@{}.org", vec!["b".repeat(60); 5].join("."));
    let long_label = format!("a@{}.org", "b".repeat(64));
    let cases = [
        ("", Missing),
        (" \u{3000}", Missing),
        ("not-an-address", Malformed),
        ("two@@example.com", Malformed),
        ("a@b@example.com", Malformed),
        ("a@b", Malformed),
        ("a@b.", Malformed),
        ("a@.b.com", Malformed),
        ("@example.com", Malformed),
        ("a@-b.com", Malformed),
        ("a@b-.com", Malformed),
        ("a@b_c.com", Malformed),
        ("a@192.0.2.1", Malformed),
        ("a b@example.com", Malformed),
        (".a@example.com", Malformed),
        ("a..b@example.com", Malformed),
        ("\"a b\"@example.com", Malformed),
        ("a@example.com\r\nBcc: x@example.com", Malformed),
        ("a\u{0}@example.com", Malformed),
        ("a,b@example.com", Malformed),
        ("陳@example.com", NotAscii),
        ("a@例子.com", NotAscii),
        (long_local.as_str(), Malformed),
        (long_label.as_str(), Malformed),
        (long.as_str(), TooLong),
    ];
    for (typed, fault) in cases {
        assert_eq!(Email::parse(typed), Err(fault), "{typed:?}");
    }
}

#[test]
fn an_accepted_address_cannot_carry_a_header() {
    runner(2_000)
        .run(
            &"[a-zA-Z0-9.@\r\n \u{0}陳-]{0,30}@[a-z.\r\n-]{0,20}",
            |typed| {
                if let Ok(email) = Email::parse(&typed) {
                    prop_assert!(email.address().bytes().all(|b| b.is_ascii_graphic()));
                    prop_assert_eq!(email.address().matches('@').count(), 1);
                    let again = Email::parse(email.identity()).unwrap();
                    prop_assert_eq!(again.identity(), email.identity());
                }
                Ok(())
            },
        )
        .unwrap();
}

#[test]
fn numbers_are_kept_in_e164_and_shown_in_groups() {
    let cases = [
        ("75298154", "+85275298154", "+852 7529 8154"),
        ("7529 8154", "+85275298154", "+852 7529 8154"),
        ("7529-8154", "+85275298154", "+852 7529 8154"),
        ("852-72210583", "+85272210583", "+852 7221 0583"),
        ("(852) 2345 6789", "+85223456789", "+852 2345 6789"),
        ("+852 4327 9579", "+85243279579", "+852 4327 9579"),
        ("00852 4327 9579", "+85243279579", "+852 4327 9579"),
        (
            "＋８５２　４３２７　９５７９",
            "+85243279579",
            "+852 4327 9579",
        ),
        ("+86 138 0013 8000", "+8613800138000", "+86 138 0013 8000"),
        ("+853 6612-3456", "+85366123456", "+853 6612 3456"),
        ("+44 7911 123456", "+447911123456", "+447911123456"),
        ("85225678", "+85285225678", "+852 8522 5678"),
    ];
    for (typed, e164, shown) in cases {
        let phone = Phone::parse(typed).unwrap();
        assert_eq!(
            (phone.e164(), phone.display().as_str()),
            (e164, shown),
            "{typed:?}"
        );
        assert_eq!(Phone::parse(&phone.display()), Ok(phone), "{typed:?}");
    }
}

#[test]
fn numbers_of_no_plan_are_refused_with_the_rule_of_their_place() {
    use PhoneFault::{HongKong, Macao, Mainland, Malformed};
    let cases = [
        ("", Malformed),
        ("+", Malformed),
        ("12345", Malformed),
        ("12345678", HongKong),
        ("02345678", HongKong),
        ("852 1234 5678", HongKong),
        ("+852 123", HongKong),
        ("+852 234567890", HongKong),
        ("00852 1234 5678", HongKong),
        ("+86 755 8888 8888", Mainland),
        ("+86 138 0013 800", Mainland),
        ("+853 12345", Macao),
        ("13800138000", Malformed),
        ("447911123456", Malformed),
        ("+1234567", Malformed),
        ("+1234567890123456", Malformed),
        ("+0123456789", Malformed),
        ("7529x8154", Malformed),
        ("++85275298154", Malformed),
        ("٧٥٢٩٨١٥٤", Malformed),
    ];
    for (typed, fault) in cases {
        assert_eq!(Phone::parse(typed), Err(fault), "{typed:?}");
    }
}

#[test]
fn identity_card_numbers_are_found_in_every_form() {
    let numbers = [
        "A123456(3)",
        "AB987654(3)",
        "E364912(5)",
        "AB123456(9)",
        "G123456(A)",
        "Z683365(A)",
        "A100009(0)",
        "A1234563",
        "AB9876543",
        "G123456A",
        "a123456(3)",
        "g123456(a)",
        "A 123456 (3)",
        "A123 456(3)",
        "A 123456 3",
        "A123456 3",
        "A-123456(3)",
        "A123456（3）",
        "Ａ１２３４５６（３）",
    ];
    for number in numbers {
        let text = format!("我的身份證是{number}，謝謝 ok");
        let found = find_identity_card_numbers(&text);
        assert_eq!(found.len(), 1, "{number}");
        assert_eq!(&text[found[0].clone()], number);
    }
    assert_eq!(find_identity_card_numbers("A123456(3) E364912(5)").len(), 2);
}

#[test]
fn words_and_other_numbers_are_no_identity_cards() {
    for text in [
        "",
        "A123456(4)",
        "A1234564",
        "XA123456(3)1",
        "ABC123456(3)",
        "A123456(3",
        "A12345633",
        "1A123456(3)",
        "A123456",
        "In 2026 11 05 3",
        "HK 1234567",
        "my email is chan1234567@example.org",
        "+852 7529 8154",
        "2026-11-30",
        "Room A 12 3456 (3rd floor)",
        "AI risk; GBA data flow",
        "HTTP1234567",
        "ISO 27001:2022",
        "陳大文",
    ] {
        assert!(find_identity_card_numbers(text).is_empty(), "{text:?}");
    }
}

#[test]
fn exactly_one_check_digit_fits_every_number() {
    runner(500)
        .run(&"[A-Z]{1,2}[0-9]{6}", |stem| {
            let fitting = "0123456789A".chars().filter(|check| {
                !find_identity_card_numbers(&format!("{stem}({check})")).is_empty()
            });
            prop_assert_eq!(fitting.count(), 1);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_detector_takes_any_text_and_gives_ranges_of_it() {
    runner(2_000)
        .run(&"([A-C 1-3()（）-]|\\PC){0,40}", |text| {
            for range in find_identity_card_numbers(&text) {
                prop_assert!(
                    text.get(range)
                        .is_some_and(|found| found.chars().count() >= 8)
                );
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn every_fault_is_said_in_both_languages() {
    let faults: Vec<Box<dyn Fault>> = vec![
        Box::new(EmailFault::Missing),
        Box::new(EmailFault::TooLong),
        Box::new(EmailFault::NotAscii),
        Box::new(EmailFault::Malformed),
        Box::new(PhoneFault::HongKong),
        Box::new(PhoneFault::Mainland),
        Box::new(PhoneFault::Macao),
        Box::new(PhoneFault::Malformed),
        Box::new(NameFault::Missing),
        Box::new(NameFault::TooLong(NamePart::Family)),
        Box::new(NameFault::Control(NamePart::Chinese)),
        Box::new(PasswordFault::TooShort),
        Box::new(PasswordFault::TooLong),
        Box::new(PasswordFault::Common),
        Box::new(PasswordFault::Personal),
    ];
    for fault in faults {
        let error = fault.on("field");
        assert_eq!(error.code, fault.code());
        assert!(
            error.en.is_ascii() && error.en.contains(' '),
            "{}",
            error.en
        );
        assert!(
            error.say(Lang::Zh).chars().any(|c| c > '\u{2e7f}'),
            "{}",
            error.zh
        );
    }
}
