//! Plain decisions: windows, minutes, codes, who is expected, what a form changes.

use banyan::attendance::rules::codes::{self, Holder, Ticket};
use banyan::attendance::rules::form::{Entry, Outcome, Seen, Slip, entry, judge, typed_entry};
use banyan::attendance::rules::window::Window;
use banyan::attendance::rules::{
    AttendanceRefusal, BasisPoints, ExcusedCount, Hours, Presence, RegisterState, expected,
    may_apologise, may_correct, minutes_of, rate, register_state, under,
};
use banyan::lang::{Lang, Say as _};
use chrono::Duration;
use uuid::Uuid;

use super::world::{START, moment};

fn window() -> Window {
    Window {
        starts_at: moment(START),
        ends_at: moment("2027-02-22T14:00:00Z"),
        opens_before: 15,
        closes_after: 20,
        late_after: 10,
    }
}

#[test]
fn two_minutes_early_is_told_when_and_locks_nobody_out() {
    let window = window();
    assert_eq!(window.opens_at(), moment("2027-02-22T10:45:00Z"));
    let early = moment("2027-02-22T10:43:00Z");
    assert_eq!(window.open_at(early), Err(AttendanceRefusal::TooEarly));
    assert_eq!(window.open_at(early + Duration::minutes(2)), Ok(()));
    assert_eq!(window.open_at(moment("2027-02-22T11:19:59Z")), Ok(()));
    let closed = moment("2027-02-22T11:20:00Z");
    assert_eq!(window.open_at(closed), Err(AttendanceRefusal::Closed));
}

#[test]
fn who_comes_late_attends_the_minutes_that_are_left() {
    let window = window();
    assert_eq!(window.held(), 180);
    let of = |time| window.arrival(moment(time));
    assert_eq!(of("2027-02-22T10:50:00Z"), (Presence::Present, 180));
    assert_eq!(of("2027-02-22T11:10:00Z"), (Presence::Present, 180));
    assert_eq!(of("2027-02-22T11:10:01Z"), (Presence::Late, 169));
    assert_eq!(of("2027-02-22T11:19:00Z"), (Presence::Late, 161));
}

#[test]
fn a_window_never_outlives_its_session() {
    let short = Window {
        closes_after: 600,
        ..window()
    };
    assert_eq!(short.closes_at(), short.ends_at);
    assert_eq!(short.open_at(short.ends_at), Err(AttendanceRefusal::Closed));
    // A scan of the last second may still be on its way through sign-in.
    let through = short.ends_at + Duration::minutes(codes::TICKET_MINUTES);
    assert_eq!(short.signable_at(through), Ok(()));
    assert_eq!(
        short.signable_at(through - Duration::seconds(1)),
        Err(AttendanceRefusal::CheckInOpen)
    );
}

#[test]
fn minutes_follow_the_state() {
    assert_eq!(minutes_of(Presence::Present, Some(3), 180), Some(180));
    assert_eq!(minutes_of(Presence::Late, Some(150), 180), Some(150));
    assert_eq!(minutes_of(Presence::Late, Some(180), 180), None);
    assert_eq!(minutes_of(Presence::Late, None, 180), None);
    assert_eq!(minutes_of(Presence::Absent, Some(90), 180), Some(0));
    assert_eq!(minutes_of(Presence::Excused, None, 180), Some(0));
}

#[test]
fn a_code_is_of_its_step_and_the_one_before() {
    let (key, session) = ([7; 32], Uuid::from_u128(1));
    let at = moment("2027-02-22T11:00:03Z");
    let code = codes::short_code(&key, session, codes::step_of(at));
    assert_eq!(code.len(), codes::LENGTH);
    assert!(
        code.bytes().all(|it| codes::ALPHABET.contains(&it)),
        "{code}"
    );
    let fits = |seconds| codes::code_fits(&key, session, &code, at + Duration::seconds(seconds));
    assert!(fits(0) && fits(6) && fits(16));
    assert!(!fits(17) && !fits(3600) && !fits(-4));
    let spaced = format!(" {}-{} ", &code[..3].to_lowercase(), &code[3..]);
    assert!(codes::code_fits(&key, session, &spaced, at));
    assert!(!codes::code_fits(&key, session, "", at));
    let token = codes::token(&key, session, codes::step_of(at));
    assert!(codes::token_fits(&key, session, &token, at));
    assert!(!codes::token_fits(
        &key,
        session,
        &token,
        at + Duration::seconds(17)
    ));
    assert!(
        !codes::token_fits(&key, session, &code, at),
        "the short code is no token"
    );
    assert_eq!(codes::seconds_left(at), 7);
}

#[test]
fn a_code_of_one_session_opens_no_other() {
    let at = moment(START);
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let code = codes::short_code(&[7; 32], one, codes::step_of(at));
    assert!(!codes::code_fits(&[7; 32], other, &code, at));
    assert!(!codes::code_fits(&[8; 32], one, &code, at));
}

#[test]
fn a_ticket_lives_two_minutes_for_one_session_and_cannot_be_made() {
    let (key, session) = ([7; 32], Uuid::from_u128(1));
    let holder = Holder::person(Uuid::from_u128(9));
    let ticket = Ticket {
        scanned_at: moment(START),
        nonce: "abc_-1".to_owned(),
    };
    let sealed = ticket.sealed(&key, session, &holder);
    let read = |kept: &str, id, seconds| {
        let holders = std::slice::from_ref(&holder);
        let now = moment(START) + Duration::seconds(seconds);
        Ticket::read(&key, id, (kept, holders), now)
    };
    assert_eq!(read(&sealed, session, 0), Some(ticket.clone()));
    assert_eq!(read(&sealed, session, 120), Some(ticket));
    assert_eq!(read(&sealed, session, 121), None);
    assert_eq!(read(&sealed, session, -60), None);
    assert_eq!(read(&sealed, Uuid::from_u128(2), 0), None);
    assert_eq!(read(&format!("{sealed}.x"), session, 0), None);
    let later = sealed.replacen("1803294000", "1803294001", 1);
    assert_ne!(later, sealed, "the moment stands in the ticket");
    assert_eq!(read(&later, session, 0), None);
    assert_eq!(read("", session, 0), None);
}

#[test]
fn a_ticket_is_of_its_holder() {
    let (key, session, now) = ([7; 32], Uuid::from_u128(1), moment(START));
    let ticket = Ticket {
        scanned_at: now,
        nonce: "abc".to_owned(),
    };
    let me = Holder::person(Uuid::from_u128(9));
    let friend = Holder::person(Uuid::from_u128(8));
    let browser = Holder::browser("a secret");
    let all = [&me, &friend, &browser];
    for sealed_for in all {
        let sealed = ticket.sealed(&key, session, sealed_for);
        for asks in all {
            let read = Ticket::read(&key, session, (&sealed, std::slice::from_ref(asks)), now);
            assert_eq!(
                read.is_some(),
                asks == sealed_for,
                "{asks:?} {sealed_for:?}"
            );
        }
        assert_eq!(Ticket::read(&key, session, (&sealed, &[]), now), None);
    }
    // Whoever has signed in since may use what the browser kept.
    let sealed = ticket.sealed(&key, session, &browser);
    let both = [me, browser];
    assert!(Ticket::read(&key, session, (&sealed, &both), now).is_some());
}

#[test]
fn who_joined_later_or_has_left_is_not_expected() {
    let start = moment(START);
    let (before, after) = (start - Duration::days(1), start + Duration::minutes(1));
    assert!(expected(before, false, (true, None), start));
    assert!(!expected(after, false, (true, None), start), "joined later");
    assert!(!expected(before, true, (true, None), start), "left");
    assert!(!expected(before, false, (false, None), start), "no place");
    assert!(expected(before, false, (false, Some(before)), start));
    assert!(
        !expected(before, false, (false, Some(after)), start),
        "a place given later"
    );
}

#[test]
fn an_excused_absence_is_what_the_policy_says() {
    let hours = Hours {
        held: 600,
        attended: 360,
        excused: 120,
    };
    let of = |counts| rate(&hours, counts).unwrap();
    assert_eq!(of(ExcusedCount::Absent), BasisPoints(6_000));
    assert_eq!(of(ExcusedCount::Leaves), BasisPoints(7_500));
    assert_eq!(of(ExcusedCount::Attended), BasisPoints(8_000));
    assert_eq!(rate(&Hours::default(), ExcusedCount::Leaves), None);
    let away = Hours {
        held: 180,
        attended: 0,
        excused: 180,
    };
    assert_eq!(rate(&away, ExcusedCount::Leaves), None);
    assert!(!under(None, BasisPoints(8_000)));
}

#[test]
fn a_rate_is_by_hours_and_never_rounded_up() {
    // Two short sessions missed, one long one attended: by sessions a third, by hours four fifths.
    let hours = Hours {
        held: 600,
        attended: 480,
        excused: 0,
    };
    assert_eq!(rate(&hours, ExcusedCount::Leaves), Some(BasisPoints(8_000)));
    let nearly = Hours {
        held: 100_000,
        attended: 79_999,
        excused: 0,
    };
    let rate = rate(&nearly, ExcusedCount::Leaves);
    assert_eq!(rate, Some(BasisPoints(7_999)));
    assert!(under(rate, BasisPoints(8_000)));
    assert_eq!(BasisPoints(7_999).shown(), "79.99%");
    assert_eq!(BasisPoints(8_750).shown(), "87.5%");
    assert_eq!(BasisPoints(8_000).shown(), "80%");
    assert_eq!(BasisPoints(5).shown(), "0.05%");
}

#[test]
fn registers_corrections_and_apologies_know_their_time() {
    let (opens, ends) = (
        moment("2027-02-22T10:45:00Z"),
        moment("2027-02-22T14:00:00Z"),
    );
    let of = |cancelled, signed, now| register_state((cancelled, signed), (opens, ends), now);
    let second = Duration::seconds(1);
    assert_eq!(of(false, false, opens - second), RegisterState::Coming);
    assert_eq!(of(false, false, opens), RegisterState::Open);
    assert_eq!(of(false, false, ends), RegisterState::Missing);
    assert_eq!(of(false, true, ends), RegisterState::SignedOff);
    assert_eq!(of(true, true, ends), RegisterState::Cancelled);
    let late = ends + Duration::days(7) + second;
    assert_eq!(may_correct(false, ends, 7, late - second), Ok(()));
    assert_eq!(
        may_correct(false, ends, 7, late),
        Err(AttendanceRefusal::TooLate)
    );
    assert_eq!(may_correct(true, ends, 7, late), Ok(()));
    let start = moment(START);
    assert_eq!(may_apologise(start, 0, start - second), Ok(()));
    assert_eq!(
        may_apologise(start, 0, start),
        Err(AttendanceRefusal::Begun)
    );
    assert_eq!(may_apologise(start, 60, start), Ok(()));
}

fn made(state: Presence, minutes: i32, note: &str) -> Entry {
    Entry {
        state,
        minutes,
        note: note.to_owned(),
    }
}

#[test]
fn a_form_changes_what_was_touched_and_keeps_what_others_saved() {
    let present = made(Presence::Present, 180, "");
    let absent = made(Presence::Absent, 0, "");
    let late = made(Presence::Late, 120, "train | line");
    let seen = |version, entry: &Entry| Seen {
        version,
        entry: Some(entry.clone()),
    };
    let none = Seen::default();
    // Untouched: what somebody else saved stays.
    assert_eq!(
        judge(&seen(1, &present), Some(&present), &seen(2, &absent)),
        Outcome::Keep
    );
    assert_eq!(judge(&none, None, &seen(1, &present)), Outcome::Keep);
    // Touched, and nobody else was there.
    assert_eq!(
        judge(&none, Some(&absent), &none),
        Outcome::Write(absent.clone())
    );
    assert_eq!(
        judge(&seen(1, &present), Some(&late), &seen(1, &present)),
        Outcome::Write(late.clone())
    );
    // Touched by two: alike is no quarrel, otherwise it is told.
    assert_eq!(
        judge(&none, Some(&present), &seen(1, &present)),
        Outcome::Keep
    );
    assert_eq!(
        judge(&none, Some(&absent), &seen(1, &present)),
        Outcome::Conflict
    );
    // What a hidden field keeps is what was put into it.
    for it in [none, seen(3, &late), seen(1, &present)] {
        assert_eq!(Seen::read(&it.kept()), it);
    }
    assert_eq!(Seen::read("nonsense"), Seen::default());
    assert_eq!(
        entry(Presence::Late, Some(180), 180, String::new()),
        Err(Slip::Minutes)
    );
}

#[test]
fn what_is_typed_is_saved_or_refused_and_never_dropped() {
    use Presence::{Absent, Late, Present};
    let none = Seen::default();
    let of = |state, minutes, note| typed_entry(state, (minutes, note), &none, 180);
    assert_eq!(of(None, "", ""), Ok(None));
    assert_eq!(of(None, "", "on the phone"), Err(Slip::NoState));
    assert_eq!(of(None, "90", ""), Err(Slip::NoState));
    assert_eq!(of(Some(Present), "90", ""), Err(Slip::NotLate));
    assert_eq!(of(Some(Absent), "90", ""), Err(Slip::NotLate));
    assert_eq!(of(Some(Present), "an hour", ""), Err(Slip::Minutes));
    assert_eq!(of(Some(Late), "", ""), Err(Slip::Minutes));
    assert_eq!(of(Some(Late), "180", ""), Err(Slip::Minutes));
    let full = Ok(Some(made(Present, 180, "by bus")));
    assert_eq!(of(Some(Present), "180", "by bus"), full);
    assert_eq!(of(Some(Late), "90", ""), Ok(Some(made(Late, 90, ""))));
    // The minutes of who was late stand in the form still when another state is chosen.
    let late = Seen {
        version: 1,
        entry: Some(made(Late, 90, "")),
    };
    let of = |state, minutes| typed_entry(Some(state), (minutes, ""), &late, 180);
    assert_eq!(of(Present, "90"), Ok(Some(made(Present, 180, ""))));
    assert_eq!(of(Present, "91"), Err(Slip::NotLate));
    assert_eq!(of(Late, "90"), Ok(Some(made(Late, 90, ""))));
}

#[test]
fn every_refusal_is_said_in_both_languages() {
    for refusal in AttendanceRefusal::ALL {
        let (en, zh) = (refusal.say(Lang::En), refusal.say(Lang::Zh));
        assert!(en.ends_with('.') && zh.ends_with('。'), "{en} {zh}");
    }
}
