//! What may be a password.

use banyan::people::rules::{PasswordFault, check_password, normalise_password};
use proptest::prelude::*;

use crate::support::scale;
use crate::tables::runner;

const OWN: [&str; 3] = ["CHAN Tai Man, Peter", "陳大文", "taiman.chan@example.org"];

#[test]
fn passphrases_and_random_passwords_are_taken_whatever_they_are_made_of() {
    for password in [
        "kettle umbrella violin moss",
        "kettleumbrellaviolinmoss",
        "xq7vbn2kd9wpzr4",
        "茶樓點心三籠蝦餃兩碟腸粉一壺普洱",
        "the ferry left Cheung Chau at dawn",
        "V9$kq!mzT2#rLw8x",
        "           kettle umbrella violin",
    ] {
        assert_eq!(check_password(password, &OWN), Ok(()), "{password:?}");
    }
}

#[test]
fn length_is_counted_in_characters_after_normalising() {
    assert_eq!(
        check_password("xq7vbn2kd9wpzr", &[]),
        Err(PasswordFault::TooShort)
    );
    assert_eq!(
        check_password("𠮷茶樓點心三籠蝦餃兩碟腸粉", &[]),
        Err(PasswordFault::TooShort)
    );
    // Fifteen code points that are one character with fourteen marks: NFKC makes them fewer.
    assert_eq!(
        check_password(
            "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}k",
            &[]
        ),
        Err(PasswordFault::TooShort)
    );
    let longest = "xq7vbn2kd9wpzr4m".repeat(64);
    assert_ne!(check_password(&longest, &[]), Err(PasswordFault::TooLong));
    assert_eq!(
        check_password(&format!("{longest}x"), &[]),
        Err(PasswordFault::TooLong)
    );
    assert_eq!(
        check_password(&"長".repeat(1_000_000), &[]),
        Err(PasswordFault::TooLong)
    );
    assert_eq!(normalise_password("ｐａｓｓ"), "pass");
}

#[test]
fn guessable_passwords_are_refused() {
    for password in [
        "aaaaaaaaaaaaaaa",
        "123456789012345",
        "abcdefghijklmnop",
        "qwertyuiopasdfgh",
        "1qaz2wsx3edc4rfv",
        "passwordpassword",
        "Password1234567!",
        "P@ssw0rdP@ssw0rd1",
        "iloveyouiloveyou",
        "letmeinletmein2027",
        "CorrectHorseBatteryStaple",
        "correct horse battery staple",
        "abcabcabcabcabcabc",
        "99999999999999999999",
        "welcome to hongkong 2027",
        "zyxwvutsrqponmlk",
        "               ",
        "!!!!!!!!!!!!!!!!",
        "monkey-dragon-2026",
        "k7k7k7k7k7k7k7k7k7",
        "我愛你我愛你我愛你我愛你我愛你",
    ] {
        assert_eq!(
            check_password(password, &[]),
            Err(PasswordFault::Common),
            "{password:?}"
        );
    }
}

#[test]
fn the_persons_own_words_and_the_sites_are_refused() {
    for password in [
        "taiman.chan@example.org",
        "TaiManChan2027!",
        "banyan banyan talent",
        "Peter-Chan-Tai-Man",
        "chantaimanpeter1",
        "陳大文 taiman chan 2027",
        "banyanprogramme2027",
    ] {
        let fault = check_password(password, &OWN).unwrap_err();
        assert!(
            matches!(fault, PasswordFault::Personal | PasswordFault::Common),
            "{password:?}"
        );
    }
    assert_eq!(
        check_password("taimanchanpeter", &OWN),
        Err(PasswordFault::Personal)
    );
    assert_eq!(check_password("taimanchanpeter", &[]), Ok(()));
}

#[test]
fn random_passwords_are_taken_and_fewer_than_fifteen_characters_never() {
    runner(200)
        .run(&"[a-zA-Z0-9]{20}", |password| {
            prop_assert_eq!(check_password(&password, &OWN), Ok(()));
            Ok(())
        })
        .unwrap();
    runner(200)
        .run(&"\\PC{0,60}", |password| {
            let length = normalise_password(&password).chars().count();
            let short = check_password(&password, &OWN) == Err(PasswordFault::TooShort);
            prop_assert_eq!(short, length < 15);
            Ok(())
        })
        .unwrap();
}

/// The bundled list, the most used first.
const POPULAR: &str = include_str!("../../../src/people/rules/passwords/popular.txt");

fn is_refused(password: &str) -> bool {
    matches!(
        check_password(password, &[]),
        Err(PasswordFault::Common | PasswordFault::TooShort)
    )
}

#[test]
fn no_listed_password_is_taken_alone_repeated_doubled_or_padded() {
    let words: Vec<&str> = POPULAR.lines().collect();
    assert!(words.len() > 19_000 && words.iter().all(|word| word.chars().count() >= 4));
    let (step, mut tried) = (words.len() / scale::of(600, words.len()), 0);
    for (n, word) in words.iter().enumerate().step_by(step) {
        let other = words[(n * 31 + 7) % words.len()];
        let capital: String = word
            .chars()
            .rev()
            .map(|c| c.to_ascii_uppercase())
            .rev()
            .collect();
        let leet: String = word
            .chars()
            .map(|c| match c {
                'a' => '@',
                'e' => '3',
                'i' => '1',
                'o' => '0',
                's' => '$',
                't' => '7',
                other => other,
            })
            .collect();
        for guess in [
            (*word).to_owned(),
            word.repeat(15 / word.len() + 1),
            format!("{word}{other}"),
            format!("{word}{other}2027"),
            format!("{word} {other} 7"),
            format!("{word}-{other}!"),
            format!("{word}1234567890123"),
            format!("{capital}{}", "!".repeat(15)),
            format!("{leet}{leet}{leet}{leet}"),
            format!("qwertyuiop{word}123"),
            format!("2026{word}2027"),
        ] {
            assert!(is_refused(&guess), "{guess:?}");
            tried += 1;
        }
    }
    assert!(tried > 6_000);
    let long: Vec<&&str> = words.iter().filter(|word| word.len() >= 15).collect();
    assert!(long.len() >= 40);
    for word in long {
        assert!(is_refused(word), "{word:?}");
    }
}

#[test]
fn four_words_at_random_are_a_passphrase_and_two_are_not() {
    for taken in [
        "kettle umbrella violin moss",
        "lantern gravel piano otter",
        "blue tram over quiet harbour",
        "wander thistle copper ninety",
    ] {
        assert_eq!(check_password(taken, &OWN), Ok(()), "{taken:?}");
    }
    for refused in [
        "dragon princess 12",
        "sunshine football",
        "MichaelJennifer1990",
        "ilovehongkong1997",
    ] {
        assert_eq!(
            check_password(refused, &[]),
            Err(PasswordFault::Common),
            "{refused:?}"
        );
    }
}
