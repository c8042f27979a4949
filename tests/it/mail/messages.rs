//! Messages as bytes.

use banyan::ids::LetterId;
use banyan::lang::Lang;
use banyan::mail::{Message, MessageError, Outgoing, compose, render};
use base64::Engine;
use chrono::DateTime;
use proptest::prelude::*;

use super::Sample;

const FROM: &str = "Banyan <no-reply@banyan.example>";

/// A message with the sample letter in it.
pub fn outgoing(id: LetterId) -> Outgoing<'static> {
    Outgoing {
        id,
        from: FROM,
        to_name: "陳小明",
        to_address: "siuming@trainee.example",
        subject: "取錄通知",
        text: "Hello,\n\n.a line with a dot\n.\n",
        html: "<p>Hello</p>",
        calendar: None,
        lang: Lang::Zh,
        date: DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
        unsubscribe: None,
    }
}

fn fixed() -> LetterId {
    "0190a000-0000-7000-8000-0000000000aa".parse().unwrap()
}

/// Header lines, unfolded, as (name, raw value).
fn headers(message: &Message) -> Vec<(String, String)> {
    let text = String::from_utf8(message.eml.clone()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    assert!(
        !head.replace("\r\n", "").contains(['\r', '\n']),
        "a bare line break"
    );
    head.split("\r\n")
        .map(|l| l.split_once(": ").unwrap())
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect()
}

fn header(message: &Message, name: &str) -> String {
    let all: Vec<_> = headers(message)
        .into_iter()
        .filter(|(n, _)| n == name)
        .collect();
    assert_eq!(all.len(), 1, "one {name}");
    all[0].1.clone()
}

/// Reads encoded words (RFC 2047); each must be at most 75 characters and hold whole characters.
fn decode(value: &str) -> String {
    let mut out = String::new();
    let mut encoded_before = false;
    for word in value.split_whitespace() {
        let inner = word
            .strip_prefix("=?utf-8?b?")
            .and_then(|w| w.strip_suffix("?="));
        if let Some(inner) = inner {
            assert!(word.len() <= 75, "{} characters: {word}", word.len());
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(inner)
                .unwrap();
            if !encoded_before && !out.is_empty() {
                out.push(' ');
            }
            out.push_str(std::str::from_utf8(&bytes).expect("whole characters"));
        } else {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
        encoded_before = inner.is_some();
    }
    out
}

#[test]
fn a_message_has_each_header_once() {
    let message = compose(&Outgoing {
        unsubscribe: Some("https://banyan.example/unsubscribe/opaque-token"),
        ..outgoing(fixed())
    })
    .unwrap();
    let names: Vec<_> = headers(&message).into_iter().map(|(n, _)| n).collect();
    let mut once = names.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), names.len(), "{names:?}");
    for (name, value) in [
        ("From", "Banyan <no-reply@banyan.example>"),
        ("Date", "Wed, 18 Nov 2026 11:06:40 +0000"),
        (
            "Message-ID",
            "<0190a000-0000-7000-8000-0000000000aa@banyan.example>",
        ),
        ("MIME-Version", "1.0"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "zh-Hant-HK"),
        (
            "List-Unsubscribe",
            "<https://banyan.example/unsubscribe/opaque-token>",
        ),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ] {
        assert_eq!(header(&message, name), value);
    }
    assert_eq!(decode(&header(&message, "Subject")), "取錄通知");
    assert_eq!(
        decode(&header(&message, "To")),
        "陳小明 <siuming@trainee.example>"
    );
    assert_eq!(message.to, "siuming@trainee.example");
    assert_eq!(message.from, "no-reply@banyan.example");
}

#[test]
fn letters_that_cannot_be_stopped_offer_no_way_to() {
    let message = compose(&outgoing(fixed())).unwrap();
    assert!(
        headers(&message)
            .iter()
            .all(|(n, _)| !n.starts_with("List-"))
    );
}

#[test]
fn the_text_part_comes_first() {
    let letter = render(&Sample::new("陳小明"), Lang::Zh, "計劃").unwrap();
    let message = compose(&Outgoing {
        text: &letter.text,
        html: &letter.html,
        ..outgoing(fixed())
    })
    .unwrap();
    let eml = String::from_utf8(message.eml.clone()).unwrap();
    assert!(header(&message, "Content-Type").starts_with("multipart/alternative; boundary="));
    let text = eml.find("Content-Type: text/plain; charset=utf-8").unwrap();
    let html = eml.find("Content-Type: text/html; charset=utf-8").unwrap();
    assert!(text < html);
    assert!(eml.is_ascii(), "travels through servers without 8BITMIME");
    assert!(
        eml.split("\r\n")
            .all(|l| l.len() <= 998 && !l.contains(['\r', '\n']))
    );
}

#[test]
fn every_attempt_at_one_letter_has_the_same_bytes() {
    assert_eq!(compose(&outgoing(fixed())), compose(&outgoing(fixed())));
}

#[test]
fn nothing_typed_adds_a_header_or_a_recipient() {
    let corpus = [
        "A\r\nBcc: victim@evil.example",
        "A\nBcc: victim@evil.example",
        "A\rBcc: victim@evil.example",
        "A\r\n\r\n<script>",
        "A%0d%0aBcc: victim@evil.example",
        "A\u{0}\r\n Bcc: victim@evil.example",
        "A\u{2028}Bcc: victim@evil.example",
        "A\u{85}Bcc: victim@evil.example",
        "\" <victim@evil.example>, \"B",
        "A <victim@evil.example>,",
        "A, victim@evil.example",
        "A\\",
        "\\\" <victim@evil.example>",
        "=?utf-8?q?=0D=0ABcc:_victim@evil.example?=",
        "陳\r\nBcc: victim@evil.example",
        "陳\" <victim@evil.example>, \"",
    ];
    let usual: Vec<_> = headers(&compose(&outgoing(fixed())).unwrap())
        .into_iter()
        .map(|(n, _)| n)
        .collect();
    for typed in corpus {
        let message = compose(&Outgoing {
            to_name: typed,
            subject: typed,
            ..outgoing(fixed())
        })
        .unwrap();
        let names: Vec<_> = headers(&message).into_iter().map(|(n, _)| n).collect();
        assert_eq!(names, usual, "{typed:?}");
        let to = header(&message, "To");
        assert_eq!(
            addresses(&to),
            ["siuming@trainee.example"],
            "{typed:?} made {to}"
        );
        assert_eq!(message.to, "siuming@trainee.example");
    }
}

/// The addresses of a header as a mail program reads them: outside quotes, in angle brackets.
fn addresses(value: &str) -> Vec<String> {
    let (mut out, mut quoted, mut escaped, mut address) = (Vec::new(), false, false, None);
    for c in value.chars() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => address = Some(String::new()),
            '>' if !quoted => out.extend(address.take()),
            ',' if !quoted => out.push("a comma that parts addresses".to_owned()),
            c => {
                if let Some(address) = &mut address {
                    address.push(c);
                }
            }
        }
    }
    assert!(!quoted, "an open quote in {value}");
    out
}

#[test]
fn a_bad_address_is_refused_not_repaired() {
    for bad in [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "a@b.example>\r\nRCPT TO:<c@d.example",
        "<a@b.example>",
        "",
        "a",
    ] {
        let made = compose(&Outgoing {
            to_address: bad,
            ..outgoing(fixed())
        });
        assert_eq!(made, Err(MessageError::Recipient), "{bad:?}");
    }
    for bad in [
        "https://a.example/\r\nBcc: x@y.example",
        "mailto:x@y.example",
        "https://a/>,<b",
    ] {
        let made = compose(&Outgoing {
            unsubscribe: Some(bad),
            ..outgoing(fixed())
        });
        assert_eq!(made, Err(MessageError::Unsubscribe), "{bad:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(2047), ..ProptestConfig::default() })]

    #[test]
    fn a_chinese_subject_survives_in_words_of_75_characters(
        subject in "[一-龥\u{20BB7}\u{2B5AF}，：a-z]{1,80}( [一-龥\u{20BB7}a-z]{1,40}){0,3}"
    ) {
        let message = compose(&Outgoing { subject: &subject, to_name: &subject, ..outgoing(fixed()) }).unwrap();
        let raw = String::from_utf8(message.eml.clone()).unwrap();
        let (head, _) = raw.split_once("\r\n\r\n").unwrap();
        prop_assert!(head.split("\r\n").all(|l| l.len() <= 77), "{}", head);
        let squeeze = |s: &str| s.replace(['"', ' '], "");
        prop_assert_eq!(squeeze(&decode(&header(&message, "Subject"))), squeeze(&subject));
        let to = decode(&header(&message, "To"));
        prop_assert_eq!(squeeze(&to), squeeze(&format!("{subject}<siuming@trainee.example>")));
    }
}
