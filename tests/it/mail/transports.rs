//! Sending, against a real server that misbehaves.

use std::time::Duration;

use banyan::config::{Smtp, SmtpTls};
use banyan::ids::LetterId;
use banyan::mail::{Limits, Message, Outcome, Reason, Transport, compose};

use super::messages::outgoing;
use crate::support::smtp_sink::{Act, Plan, Protection, Sink};

fn smtp(sink: &Sink, tls: SmtpTls) -> Smtp {
    Smtp {
        host: "localhost".to_owned(),
        port: sink.port,
        tls,
        credentials: None,
        ca_file: Some(sink.ca_file.clone()),
    }
}

fn transport(sink: &Sink, tls: SmtpTls) -> Transport {
    Transport::new(Some(&smtp(sink, tls)), Limits::default()).unwrap()
}

fn message() -> Message {
    compose(&outgoing(LetterId::new())).unwrap()
}

fn sent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Sent { .. })
}

fn acts(acts: &[Act]) -> Plan {
    Plan {
        acts: acts.to_vec(),
        ..Plan::default()
    }
}

#[test]
fn a_message_arrives_byte_for_byte() {
    for offers in [vec!["PIPELINING"], vec![]] {
        let sink = Sink::start(Plan {
            offers,
            ..Plan::default()
        });
        let message = message();
        assert!(sent(&transport(&sink, SmtpTls::None).send(&message)));
        let taken = sink.taken();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].raw, message.eml);
        assert_eq!(taken[0].mail, "MAIL FROM:<no-reply@banyan.example>");
        assert_eq!(taken[0].rcpt, ["siuming@trainee.example"]);
        assert_eq!(taken[0].message_id(), message.message_id);
    }
}

#[test]
fn one_message_cannot_be_made_to_look_like_two() {
    let sink = Sink::start(Plan::default());
    let second = "MAIL FROM:<a@evil.example>\r\nRCPT TO:<b@evil.example>\r\nDATA\r\n";
    for end in [
        "\r\n.\r\n",
        "\n.\n",
        "\r.\r",
        "\n.\r\n",
        "\r\n.\n",
        "\r\n.\r",
    ] {
        let eml = format!("Subject: x\r\n\r\nbody{end}{second}more{end}").into_bytes();
        let message = Message { eml, ..message() };
        let mut transport = transport(&sink, SmtpTls::None);
        assert!(sent(&transport.send(&message)), "{end:?}");
    }
    let taken = sink.taken();
    assert_eq!(taken.len(), 6);
    for message in taken {
        assert_eq!(message.rcpt, ["siuming@trainee.example"]);
        assert!(
            message.raw.ends_with(b"more\r\n.\r\n"),
            "{:?}",
            String::from_utf8_lossy(&message.raw)
        );
    }
}

#[test]
fn an_answer_of_4xx_means_later_and_5xx_means_never() {
    let table = [
        (Act::RefuseSender(451), true),
        (Act::RefuseRecipient(450), true),
        (Act::RefuseContent(452), true),
        (Act::RefuseSender(550), false),
        (Act::RefuseRecipient(550), false),
        (Act::RefuseContent(554), false),
    ];
    for offers in [vec!["PIPELINING"], vec![]] {
        let plan = Plan {
            offers,
            ..acts(&table.map(|(act, _)| act))
        };
        let sink = Sink::start(plan);
        let mut transport = transport(&sink, SmtpTls::None);
        for (act, later) in table {
            match (transport.send(&message()), later) {
                (Outcome::Temporary(reason), true) | (Outcome::Permanent(reason), false) => {
                    assert!(
                        matches!(reason, Reason::Refused { .. }),
                        "{act:?}: {reason}"
                    );
                    assert!(!reason.concerns_server());
                    assert!(!reason.to_string().contains("siuming"), "{reason}");
                }
                (other, _) => panic!("{act:?}: {other:?}"),
            }
        }
        assert_eq!(sink.taken().len(), 0);
        assert!(
            sent(&transport.send(&message())),
            "the connection is still good"
        );
        assert_eq!(sink.connections(), 1);
        assert_eq!(sink.taken().len(), 1);
    }
}

#[test]
fn a_cut_before_the_answer_is_unknown_and_the_twin_has_the_same_message_id() {
    let sink = Sink::start(acts(&[Act::CutBeforeReply]));
    let mut transport = transport(&sink, SmtpTls::None);
    let message = message();
    let first = transport.send(&message);
    assert!(
        matches!(first, Outcome::Temporary(Reason::Unknown(_))),
        "{first:?}"
    );
    assert!(sent(&transport.send(&message)));
    let key = (message.message_id, message.to);
    assert_eq!(sink.copies().get(&key), Some(&2));
}

#[test]
fn a_cut_before_the_content_is_not_unknown() {
    let sink = Sink::start(acts(&[Act::CutAtData]));
    let mut transport = transport(&sink, SmtpTls::None);
    let first = transport.send(&message());
    assert!(
        matches!(first, Outcome::Temporary(Reason::Server(_))),
        "{first:?}"
    );
    assert_eq!(sink.taken().len(), 0);
}

#[test]
fn a_cut_after_the_answer_loses_and_doubles_nothing() {
    let sink = Sink::start(acts(&[Act::CutAfterReply, Act::Accept, Act::CutAfterReply]));
    let mut transport = transport(&sink, SmtpTls::None);
    for _ in 0..4 {
        assert!(sent(&transport.send(&message())));
    }
    assert_eq!(sink.taken().len(), 4);
    assert_eq!(sink.copies().len(), 4);
    assert_eq!(sink.connections(), 3);
}

#[test]
fn a_server_that_hangs_is_left_after_the_limit() {
    let sink = Sink::start(acts(&[Act::Hang]));
    let limits = Limits {
        step: Duration::from_millis(200),
        send: Duration::from_secs(1),
    };
    let mut transport = Transport::new(Some(&smtp(&sink, SmtpTls::None)), limits).unwrap();
    let outcome = transport.send(&message());
    assert!(
        matches!(outcome, Outcome::Temporary(Reason::Unknown(_))),
        "{outcome:?}"
    );
    assert!(
        sent(&transport.send(&message())),
        "the next gets a new connection"
    );
}

#[test]
fn a_server_that_is_away_concerns_every_letter() {
    let sink = Sink::start(Plan::default());
    let mut settings = smtp(&sink, SmtpTls::None);
    // Port 1 of loopback: nothing listens there.
    settings.port = 1;
    let mut transport = Transport::new(Some(&settings), Limits::default()).unwrap();
    let Outcome::Temporary(reason) = transport.send(&message()) else {
        panic!("must be tried again");
    };
    assert!(reason.concerns_server());
}

#[test]
fn mail_travels_under_tls() {
    for (protection, tls) in [
        (Protection::StartTls, SmtpTls::StartTls),
        (Protection::Implicit, SmtpTls::Implicit),
    ] {
        let sink = Sink::start(Plan {
            protection,
            ..Plan::default()
        });
        let mut transport = transport(&sink, tls);
        for _ in 0..3 {
            let outcome = transport.send(&message());
            assert!(sent(&outcome), "{protection:?}: {outcome:?}");
        }
        assert_eq!(sink.taken().len(), 3);
        assert_eq!(sink.connections(), 1);
        let clear = sink.clear();
        assert!(
            clear
                .iter()
                .all(|l| l.starts_with("EHLO") || l == "STARTTLS"),
            "{clear:?}"
        );
    }
}

#[test]
fn nothing_is_sent_when_starttls_is_stripped() {
    for protection in [Protection::Stripped, Protection::Injected] {
        let sink = Sink::start(Plan {
            protection,
            credentials: Some(("banyan", "secret")),
            offers: vec!["AUTH PLAIN LOGIN"],
            ..Plan::default()
        });
        let mut settings = smtp(&sink, SmtpTls::StartTls);
        settings.credentials = Some(("banyan".to_owned(), "secret".to_owned()));
        let mut transport = Transport::new(Some(&settings), Limits::default()).unwrap();
        let outcome = transport.send(&message());
        assert!(
            matches!(outcome, Outcome::Temporary(Reason::NotProtected(_))),
            "{protection:?}: {outcome:?}"
        );
        assert_eq!(sink.taken().len(), 0);
        let clear = sink.clear();
        let harmless = |l: &String| l.starts_with("EHLO") || l == "STARTTLS";
        assert!(clear.iter().all(harmless), "{clear:?}");
    }
}

#[test]
fn a_certificate_of_another_host_or_authority_is_refused() {
    for tls in [SmtpTls::StartTls, SmtpTls::Implicit] {
        let protection = match tls {
            SmtpTls::Implicit => Protection::Implicit,
            SmtpTls::StartTls | SmtpTls::None => Protection::StartTls,
        };
        let wrong_name = Sink::start(Plan {
            protection,
            certificate_for: "other.example",
            ..Plan::default()
        });
        let outcome = transport(&wrong_name, tls).send(&message());
        assert!(
            matches!(outcome, Outcome::Temporary(Reason::NotProtected(_))),
            "{outcome:?}"
        );
        let stranger = Sink::start(Plan {
            protection,
            ..Plan::default()
        });
        let mut settings = smtp(&stranger, tls);
        settings.ca_file = None;
        let mut transport = Transport::new(Some(&settings), Limits::default()).unwrap();
        let outcome = transport.send(&message());
        assert!(
            matches!(outcome, Outcome::Temporary(Reason::NotProtected(_))),
            "{outcome:?}"
        );
        assert_eq!(wrong_name.taken().len() + stranger.taken().len(), 0);
    }
}

#[test]
fn signing_in_works_and_a_wrong_password_kills_no_letter() {
    for offer in ["AUTH PLAIN LOGIN", "AUTH LOGIN"] {
        let sink = Sink::start(Plan {
            credentials: Some(("banyan", "correct horse")),
            offers: vec![offer],
            ..Plan::default()
        });
        let mut settings = smtp(&sink, SmtpTls::None);
        for (password, right) in [("correct horse", true), ("wrong", false)] {
            settings.credentials = Some(("banyan".to_owned(), password.to_owned()));
            let mut transport = Transport::new(Some(&settings), Limits::default()).unwrap();
            match transport.send(&message()) {
                Outcome::Sent { .. } => assert!(right),
                Outcome::Temporary(reason) => {
                    assert!(!right && reason.concerns_server(), "{reason}");
                }
                Outcome::Permanent(reason) => panic!("{reason}"),
            }
        }
        assert_eq!(sink.taken().len(), 1);
    }
}

#[test]
fn what_a_server_cannot_carry_is_said_not_mangled() {
    let sink = Sink::start(Plan {
        offers: vec![],
        ..Plan::default()
    });
    let mut transport = transport(&sink, SmtpTls::None);
    let foreign = Message {
        to: "陳@trainee.example".to_owned(),
        ..message()
    };
    let eight_bit = Message {
        eml: "Subject: x\r\n\r\n陳\r\n".as_bytes().to_vec(),
        ..message()
    };
    let injected = Message {
        to: "a@b.example>\r\nRCPT TO:<c@d.example".to_owned(),
        ..message()
    };
    for message in [foreign, eight_bit, injected] {
        let outcome = transport.send(&message);
        assert!(
            matches!(outcome, Outcome::Permanent(Reason::Unsupported(_))),
            "{outcome:?}"
        );
    }
    assert_eq!(sink.taken().len(), 0);
}

#[test]
fn five_hundred_messages_arrive_once_each_over_one_connection() {
    let sink = Sink::start(Plan::default());
    let mut transport = transport(&sink, SmtpTls::None);
    for _ in 0..500 {
        let outcome = transport.send(&message());
        assert!(sent(&outcome), "{outcome:?}");
    }
    transport.close();
    assert_eq!(sink.connections(), 1);
    let copies = sink.copies();
    assert_eq!(copies.len(), 500);
    assert!(copies.values().all(|n| *n == 1));
}

#[test]
fn without_a_mail_server_letters_stay_at_home() {
    let mut transport = Transport::new(None, Limits::default()).unwrap();
    assert!(matches!(transport, Transport::Local));
    assert!(sent(&transport.send(&message())));
}

#[test]
fn a_ca_file_that_cannot_be_read_is_refused_at_the_start() {
    let sink = Sink::start(Plan::default());
    let mut settings = smtp(&sink, SmtpTls::Implicit);
    settings.ca_file = Some("/nonexistent/ca.pem".into());
    assert!(Transport::new(Some(&settings), Limits::default()).is_err());
}

#[test]
fn the_next_envelope_travels_with_the_content_before_it() {
    let sink = Sink::start(Plan::default());
    let mut transport = transport(&sink, SmtpTls::None);
    let all = [message(), message(), message()];
    for (place, message) in all.iter().enumerate() {
        assert!(sent(
            &transport.send_and_announce(message, all.get(place + 1))
        ));
    }
    let ids: Vec<String> = sink.taken().iter().map(|it| it.message_id()).collect();
    assert_eq!(ids, all.map(|message| message.message_id));
    assert_eq!(sink.connections(), 1);
}

#[test]
fn an_announced_message_that_is_not_sent_is_not_sent() {
    let sink = Sink::start(Plan::default());
    let mut transport = transport(&sink, SmtpTls::None);
    let (first, announced, other) = (message(), message(), message());
    assert!(sent(&transport.send_and_announce(&first, Some(&announced))));
    assert!(sent(&transport.send(&other)));
    transport.close();
    assert!(sent(&transport.send_and_announce(&first, Some(&announced))));
    drop(transport);
    let ids: Vec<String> = sink.taken().iter().map(|it| it.message_id()).collect();
    assert_eq!(ids, [&first, &other, &first].map(|m| m.message_id.clone()));
    assert_eq!(sink.connections(), 3);
}

#[test]
fn a_refused_recipient_in_a_group_refuses_one_message_only() {
    for always_354 in [false, true] {
        let sink = Sink::start(Plan {
            always_354,
            ..Plan::default()
        });
        let mut transport = transport(&sink, SmtpTls::None);
        let mut refused = outgoing(LetterId::new());
        refused.to_address = "nobody-1@example.org";
        let all = [
            message(),
            compose(&refused).unwrap(),
            message(),
            compose(&refused).unwrap(),
        ];
        let outcomes: Vec<Outcome> = (0..4)
            .map(|place| transport.send_and_announce(&all[place], all.get(place + 1)))
            .collect();
        for (place, outcome) in outcomes.iter().enumerate() {
            match (place % 2, outcome) {
                (0, Outcome::Sent { .. }) => {}
                (1, Outcome::Permanent(Reason::Refused { code: 550, .. })) => {}
                other => panic!("{always_354}: {other:?}"),
            }
        }
        assert!(sent(&transport.send(&message())));
        assert_eq!((sink.count(), sink.connections()), (3, 1), "{always_354}");
    }
}

#[test]
fn a_server_that_goes_on_between_two_messages_costs_the_second_nothing() {
    for act in [
        Act::CutAfterReply,
        Act::CutBeforeReply,
        Act::RefuseContent(451),
    ] {
        let sink = Sink::start(acts(&[act]));
        let mut transport = transport(&sink, SmtpTls::None);
        let (first, second) = (message(), message());
        let outcome = transport.send_and_announce(&first, Some(&second));
        assert_eq!(sent(&outcome), act == Act::CutAfterReply, "{act:?}");
        assert!(sent(&transport.send(&second)), "{act:?}");
        let key = (second.message_id.clone(), second.to.clone());
        assert_eq!(sink.copies().get(&key), Some(&1), "{act:?}");
    }
}
