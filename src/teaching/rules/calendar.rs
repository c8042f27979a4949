//! Calendar text (RFC 5545): the feed, and the part of a letter that a calendar takes in (RFC 5546).
//!
//! Written here rather than by the `icalendar` crate: that one stamps each event by the machine's clock
//! and makes ids of its own where none are set, while our bytes must be the same for the same rows, so
//! that an `ETag` means something; and all that we need is below. Times are UTC instants: a `TZID`
//! without a `VTIMEZONE` is read differently by different programs.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::lang::Lang;
use crate::mail::clean_line;

use super::Slot;

/// What a calendar part asks of the reader's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Take this one event in, or its new time.
    Request,
    /// This one event does not take place.
    Cancel,
    /// Take these events in, whatever has become of them. RFC 5546 (3.2.2) lets a request speak of one
    /// event only; several travel together as a publication.
    Publish,
}

impl Method {
    /// The word of the property and of the media type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// An event of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The session: its id is the event's for ever.
    pub id: Uuid,
    /// Counts changes, so that a calendar knows the newer.
    pub sequence: i32,
    /// When.
    pub slot: Slot,
    /// When it was last changed; the event's stamp.
    pub changed_at: DateTime<Utc>,
    /// What it is called.
    pub summary: String,
    /// Room; empty for none.
    pub room: String,
    /// Address of the meeting; empty for none.
    pub link: String,
    /// What else is to be said; lines end in `\n`.
    pub description: String,
    /// Does it not take place?
    pub cancelled: bool,
}

/// Somebody in a calendar part: name and address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Address.
    pub address: String,
}

/// Most octets of a line (RFC 5545, 3.1).
const WIDTH: usize = 75;

/// A growing calendar.
struct Writer(String);

impl Writer {
    /// A line, folded: no line is longer than 75 octets, and no character is split.
    fn line(&mut self, line: &str) {
        let mut width = 0;
        for c in line.chars() {
            if width + c.len_utf8() > WIDTH {
                self.0.push_str("\r\n ");
                width = 1;
            }
            self.0.push(c);
            width += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    fn text(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{}", escaped(value)));
    }

    fn moment(&mut self, name: &str, at: DateTime<Utc>) {
        self.line(&format!("{name}:{}", at.format("%Y%m%dT%H%M%SZ")));
    }
}

/// A text value (RFC 5545, 3.3.11): control characters but the line break are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// The value of a parameter (RFC 5545, 3.2): quoted, and without what no quotation can hold.
fn parameter(text: &str) -> String {
    let plain: String = clean_line(text).chars().filter(|c| *c != '"').collect();
    format!("\"{plain}\"")
}

fn address(party: &Party) -> String {
    let plain = |c: &char| !c.is_whitespace() && !c.is_control();
    let address: String = party.address.chars().filter(plain).collect();
    format!("mailto:{address}")
}

fn begin(name: Option<&str>, method: Option<Method>, lang: Lang) -> Writer {
    let mut out = Writer(String::new());
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.line(&format!(
        "PRODID:-//Banyan//Timetable//{}",
        lang.pick("EN", "ZH")
    ));
    out.line("CALSCALE:GREGORIAN");
    if let Some(method) = method {
        out.line(&format!("METHOD:{}", method.as_str()));
    }
    if let Some(name) = name {
        // RFC 7986; the second is what programs older than it read.
        out.text("NAME", name);
        out.text("X-WR-CALNAME", name);
        out.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
        out.line("X-PUBLISHED-TTL:PT1H");
    }
    out
}

fn event(out: &mut Writer, entry: &Entry, organizer: Option<&Party>, attendee: Option<&Party>) {
    out.line("BEGIN:VEVENT");
    out.line(&format!("UID:{}", entry.id));
    out.moment("DTSTAMP", entry.changed_at);
    out.moment("LAST-MODIFIED", entry.changed_at);
    out.line(&format!("SEQUENCE:{}", entry.sequence.max(0)));
    out.moment("DTSTART", entry.slot.starts_at);
    out.moment("DTEND", entry.slot.ends_at);
    out.text("SUMMARY", &clean_line(&entry.summary));
    let place = if entry.room.is_empty() {
        &entry.link
    } else {
        &entry.room
    };
    if !place.is_empty() {
        out.text("LOCATION", &clean_line(place));
    }
    if !entry.description.is_empty() {
        out.text("DESCRIPTION", &entry.description);
    }
    if !entry.link.is_empty() {
        out.line(&format!("URL:{}", entry.link));
    }
    if let Some(organizer) = organizer {
        out.line(&format!(
            "ORGANIZER;CN={}:{}",
            parameter(&organizer.name),
            address(organizer)
        ));
    }
    if let Some(attendee) = attendee {
        out.line(&format!(
            "ATTENDEE;CN={};ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:{}",
            parameter(&attendee.name),
            address(attendee)
        ));
    }
    out.line(if entry.cancelled {
        "STATUS:CANCELLED"
    } else {
        "STATUS:CONFIRMED"
    });
    out.line("TRANSP:OPAQUE");
    out.line("END:VEVENT");
}

/// A person's private feed: every event, those cancelled too.
#[must_use]
pub fn feed(name: &str, lang: Lang, entries: &[Entry]) -> String {
    let mut out = begin(Some(name), None, lang);
    for entry in entries {
        event(&mut out, entry, None, None);
    }
    out.line("END:VCALENDAR");
    out.0
}

/// The calendar part of a letter, with its method: one event is requested or cancelled, several are
/// published (and a publication names no reader).
#[must_use]
pub fn part(
    lang: Lang,
    entries: &[Entry],
    organizer: &Party,
    attendee: &Party,
) -> Option<(Method, String)> {
    let (method, attendee) = match entries {
        [] => return None,
        [one] if one.cancelled => (Method::Cancel, Some(attendee)),
        [_] => (Method::Request, Some(attendee)),
        [_, _, ..] => (Method::Publish, None),
    };
    let mut out = begin(None, Some(method), lang);
    for entry in entries {
        event(&mut out, entry, Some(organizer), attendee);
    }
    out.line("END:VCALENDAR");
    Some((method, out.0))
}
