//! Calendar text, read by a strict parser of the tests' own.

use std::collections::BTreeMap;

use banyan::lang::Lang;
use banyan::teaching::rules::calendar::{Entry, Method, Party, feed, part};
use proptest::prelude::*;
use uuid::Uuid;

use super::rules::slot;

/// A property: name, parameters, value as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    pub name: String,
    pub params: String,
    pub value: String,
}

/// The lines of a calendar, unfolded: every line ends in CRLF and is at most 75 octets long, every
/// folded piece is whole UTF-8.
pub fn unfolded(text: &str) -> Vec<String> {
    assert!(text.ends_with("\r\n"), "the last line ends");
    let mut lines: Vec<String> = Vec::new();
    for line in text.strip_suffix("\r\n").unwrap().split("\r\n") {
        assert!(
            !line.contains(['\r', '\n']),
            "a bare line break in {line:?}"
        );
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        match line.strip_prefix(' ') {
            Some(rest) => lines.last_mut().unwrap().push_str(rest),
            None => lines.push(line.to_owned()),
        }
    }
    lines
}

fn property(line: &str) -> Property {
    let mut quoted = false;
    let colon = line
        .char_indices()
        .find(|(_, c)| {
            if *c == '"' {
                quoted = !quoted;
            }
            *c == ':' && !quoted
        })
        .unwrap()
        .0;
    let (head, value) = (&line[..colon], &line[colon + 1..]);
    let (name, params) = head.split_once(';').unwrap_or((head, ""));
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    assert!(!name.is_empty() && name.chars().all(plain), "name {name:?}");
    Property {
        name: name.to_owned(),
        params: params.to_owned(),
        value: value.to_owned(),
    }
}

/// A text value as people read it.
pub fn text_of(value: &str) -> String {
    let mut out = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next().unwrap() {
                'n' | 'N' => out.push('\n'),
                c @ ('\\' | ';' | ',') => out.push(c),
                other => panic!("\\{other} means nothing"),
            },
            ';' | ',' => panic!("{c} stands bare in {value:?}"),
            c => out.push(c),
        }
    }
    out
}

/// The calendar's own properties, and those of each event.
pub type Read = (Vec<Property>, Vec<BTreeMap<String, Property>>);

pub fn read(text: &str) -> Read {
    let lines: Vec<Property> = unfolded(text).iter().map(|it| property(it)).collect();
    let is = |it: &Property, name: &str, value: &str| it.name == name && it.value == value;
    assert!(is(&lines[0], "BEGIN", "VCALENDAR"));
    assert!(is(lines.last().unwrap(), "END", "VCALENDAR"));
    let (mut head, mut events) = (Vec::new(), Vec::new());
    let mut event: Option<BTreeMap<String, Property>> = None;
    for line in &lines[1..lines.len() - 1] {
        if is(line, "BEGIN", "VEVENT") {
            assert!(event.is_none());
            event = Some(BTreeMap::new());
        } else if is(line, "END", "VEVENT") {
            events.push(event.take().unwrap());
        } else if let Some(event) = &mut event {
            let twice = event.insert(line.name.clone(), line.clone());
            assert!(twice.is_none(), "{} twice", line.name);
        } else {
            head.push(line.clone());
        }
    }
    for event in &events {
        for name in [
            "UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY",
        ] {
            assert!(event.contains_key(name), "{name} in {event:?}");
        }
        for name in ["DTSTAMP", "DTSTART", "DTEND"] {
            let at = &event[name].value;
            assert!(
                at.len() == 16 && at.ends_with('Z'),
                "{name} {at} is an instant"
            );
        }
    }
    (head, events)
}

fn entry() -> Entry {
    let at = slot("2027-02-22", "19:00", 180);
    Entry {
        id: Uuid::from_u128(7),
        sequence: 3,
        slot: at,
        changed_at: slot("2027-02-01", "09:00", 15).starts_at,
        summary: "AIR501 人工智能風險管理；第一節, part; one".to_owned(),
        room: "獅子山大學梁銶琚樓三樓三零一室教學室（東翼）近升降機大堂旁".to_owned(),
        link: "https://meet.example/air".to_owned(),
        description: "Bring \\ a laptop.\nLine two, with; marks.".to_owned(),
        cancelled: false,
    }
}

fn people() -> (Party, Party) {
    let party = |name: &str, address: &str| Party {
        name: name.to_owned(),
        address: address.to_owned(),
    };
    (
        party("AI \"talent\" programme; 人才計劃", "office@example.org"),
        party("陳小明", "siuming@example.org"),
    )
}

#[test]
fn the_feed_has_instants_folded_lines_and_what_was_written() {
    let mut gone = entry();
    gone.id = Uuid::from_u128(8);
    gone.cancelled = true;
    let text = feed("課節", Lang::Zh, &[entry(), gone]);
    let (head, events) = read(&text);
    let named = |name: &str| {
        head.iter()
            .find(|it| it.name == name)
            .unwrap()
            .value
            .clone()
    };
    assert_eq!(named("VERSION"), "2.0");
    assert_eq!(named("NAME"), "課節");
    assert_eq!(named("REFRESH-INTERVAL"), "PT1H");
    assert!(head.iter().all(|it| it.name != "METHOD"));
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["UID"].value, Uuid::from_u128(7).to_string());
    assert_eq!(events[0]["DTSTART"].value, "20270222T110000Z");
    assert_eq!(events[0]["DTEND"].value, "20270222T140000Z");
    assert_eq!(events[0]["SEQUENCE"].value, "3");
    assert_eq!(text_of(&events[0]["SUMMARY"].value), entry().summary);
    assert_eq!(text_of(&events[0]["LOCATION"].value), entry().room);
    assert_eq!(
        text_of(&events[0]["DESCRIPTION"].value),
        entry().description
    );
    assert_eq!(events[0]["STATUS"].value, "CONFIRMED");
    assert_eq!(events[1]["STATUS"].value, "CANCELLED");
    // The same rows are the same bytes.
    assert_eq!(
        feed("x", Lang::En, &[entry()]),
        feed("x", Lang::En, &[entry()])
    );
}

#[test]
fn one_event_is_requested_or_cancelled_and_several_are_published() {
    let (office, reader) = people();
    let mut gone = entry();
    gone.cancelled = true;
    let cases = [
        (vec![entry()], Method::Request, true),
        (vec![gone.clone()], Method::Cancel, true),
        (vec![entry(), gone], Method::Publish, false),
    ];
    for (entries, wanted, attended) in cases {
        let (method, text) = part(Lang::En, &entries, &office, &reader).unwrap();
        assert_eq!(method, wanted);
        let (head, events) = read(&text);
        let said: Vec<&str> = head
            .iter()
            .filter(|it| it.name == "METHOD")
            .map(|it| it.value.as_str())
            .collect();
        assert_eq!(said, [wanted.as_str()]);
        for event in &events {
            let organizer = &event["ORGANIZER"];
            assert_eq!(organizer.value, "mailto:office@example.org");
            assert_eq!(organizer.params, "CN=\"AI talent programme; 人才計劃\"");
            assert_eq!(event.contains_key("ATTENDEE"), attended);
        }
        if attended {
            let attendee = &events[0]["ATTENDEE"];
            assert_eq!(attendee.value, "mailto:siuming@example.org");
            assert!(attendee.params.contains("RSVP=FALSE"));
        }
    }
    assert_eq!(part(Lang::En, &[], &office, &reader), None);
}

proptest! {
    #[test]
    fn whatever_is_typed_stays_in_its_value(text in "\\PC{0,200}", room in ".{0,80}") {
        let typed = Entry { summary: text.clone(), room: room.clone(), description: room.clone(), ..entry() };
        let (_, events) = read(&feed(&text, Lang::En, &[typed]));
        prop_assert_eq!(events.len(), 1);
        let words = |it: &str| it.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
        let kept = text_of(&events[0]["SUMMARY"].value);
        prop_assert_eq!(words(&kept), words(&banyan::mail::clean_line(&text)));
    }
}
