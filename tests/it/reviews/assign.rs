//! Who is given what to read: evenly, without interests, and one letter to each.

use super::desk::reading;
use crate::support::fixtures::desk::{Plan, World};
use crate::support::tables::assert_speaks;
use banyan::applications::rules::State;
use banyan::db::Role;
use banyan::ids::{ApplicationId, OrganisationId, PersonId};
use banyan::reviews::rules::allot::{Allotment, AssignRefusal, Dossier, Reader, allot, readable};
use banyan::reviews::rules::{Conflict, Party};

fn party(person: PersonId) -> Party {
    Party {
        person,
        organisations: [].into(),
        email: "a@example.org".to_owned(),
    }
}

fn dossier(state: State) -> Dossier {
    Dossier {
        application: ApplicationId::new(),
        party: party(PersonId::new()),
        state,
        readers: [].into(),
        declared: [].into(),
    }
}

#[test]
fn shares_are_even_and_begin_with_whoever_has_least() {
    let people = [PersonId::new(), PersonId::new(), PersonId::new()];
    let readers: Vec<Reader> = people
        .iter()
        .zip([4, 0, 1])
        .map(|(person, open)| Reader {
            party: party(*person),
            open,
        })
        .collect();
    let dossiers: Vec<Dossier> = (0..4).map(|_| dossier(State::UnderReview)).collect();
    let given: Vec<Vec<PersonId>> = allot(&readers, &dossiers, 1)
        .into_iter()
        .map(|it| it.given)
        .collect();
    // 0, 1 → 1, 1 → 2, 1 → 2, 2: the busy one gets nothing.
    assert_eq!(given, [[people[1]], [people[1]], [people[2]], [people[1]]]);
}

#[test]
fn nobody_reads_where_they_have_an_interest_and_the_reason_is_told() {
    let bank = OrganisationId::new();
    let (own, same, said, free) = (
        PersonId::new(),
        PersonId::new(),
        PersonId::new(),
        PersonId::new(),
    );
    let mut readers: Vec<Reader> = [own, same, said]
        .iter()
        .map(|person| Reader {
            party: party(*person),
            open: 0,
        })
        .collect();
    readers[1].party.organisations.insert(bank);
    let mut file = dossier(State::Submitted);
    file.party = Party {
        person: own,
        organisations: [bank].into(),
        email: "a@harbour.example".to_owned(),
    };
    file.declared.insert(said);
    let conflicts = vec![
        (own, Conflict::Own),
        (same, Conflict::Organisation),
        (said, Conflict::Declared),
    ];
    let none = Allotment {
        application: file.application,
        given: vec![],
        conflicts: conflicts.clone(),
        short: Some(AssignRefusal::NobodyLeft),
    };
    assert_eq!(allot(&readers, &[file.clone()], 2), [none]);
    readers.push(Reader {
        party: Party {
            email: "b@mail.harbour.example".to_owned(),
            ..party(free)
        },
        open: 9,
    });
    let [found] = &allot(&readers, &[file.clone()], 2)[..] else {
        panic!("one")
    };
    assert_eq!(found.conflicts.last(), Some(&(free, Conflict::MailDomain)));
    readers[3].party.email = "b@example.org".to_owned();
    let [found] = &allot(&readers, &[file], 2)[..] else {
        panic!("one")
    };
    assert_eq!(
        (found.given.clone(), found.short),
        (vec![free], Some(AssignRefusal::NobodyLeft))
    );
}

#[test]
fn only_what_waits_to_be_read_is_given_out_and_no_more_than_wanted() {
    let readers = [Reader {
        party: party(PersonId::new()),
        open: 0,
    }];
    for state in State::ALL {
        let [found] = &allot(&readers, &[dossier(state)], 1)[..] else {
            panic!("one")
        };
        let expected = matches!(state, State::Submitted | State::UnderReview);
        assert_eq!(readable(state).is_ok(), expected, "{state:?}");
        assert_eq!(found.given.len(), usize::from(expected), "{state:?}");
    }
    let mut enough = dossier(State::Submitted);
    enough.readers.insert(PersonId::new());
    let [found] = &allot(&readers, &[enough], 1)[..] else {
        panic!("one")
    };
    assert_eq!(
        (found.given.len(), found.short),
        (0, Some(AssignRefusal::Enough))
    );
    assert_speaks(AssignRefusal::ALL);
}

#[actix_web::test]
async fn a_bulk_assignment_is_balanced_skips_interests_and_writes_once_to_each() {
    let world = World::new();
    let staff = world.coordinator();
    let (rae, sam) = (world.reviewer("Rae"), world.reviewer("Sam"));
    world.app.grant(
        sam.person.unwrap(),
        Role::Representative,
        None,
        Some(world.bank),
    );
    let plain: Vec<ApplicationId> = (1..=4).map(|n| world.apply(n, &reading(n))).collect();
    let banker = world.apply(
        5,
        &Plan {
            bank: true,
            ..reading(1)
        },
    );
    let gone = world.apply(
        6,
        &Plan {
            state: "withdrawn",
            ..reading(2)
        },
    );
    world.attach(plain[0], b"%PDF-1.4 x %%EOF");
    let form = [("do", "assign"), ("all", "yes"), ("each", "1")];
    let path = format!("/cohorts/{}/applications/bulk", world.cohort);
    let preview = staff.post(&path, &form).await.text();
    assert!(
        preview.contains("5 applications")
            && preview.contains("1 skipped")
            && preview.contains("2 reviewers, by one e-mail each"),
        "{preview}"
    );
    assert!(world.texts("SELECT id FROM reviews").is_empty());
    assert_eq!(staff.post(&format!("{path}/do"), &form).await.status, 200);
    let shares = world.texts(
        "SELECT reviewer_name || ' ' || count(*) FROM reviews GROUP BY reviewer_name ORDER BY 1",
    );
    assert_eq!(shares, ["Rae 3", "Sam 2"]);
    assert_eq!(
        world.texts(&format!(
            "SELECT reviewer_name FROM reviews WHERE application_id = '{banker}'"
        )),
        ["Rae"]
    );
    assert!(
        world
            .texts(&format!(
                "SELECT id FROM reviews WHERE application_id = '{gone}'"
            ))
            .is_empty()
    );
    assert_eq!(
        world
            .texts("SELECT kind || ' ' || to_name || ' ' || subject FROM letters ORDER BY to_name"),
        [
            "review_assigned Rae 3 applications to review: Intake 2027H1",
            "review_assigned Sam 2 applications to review: Intake 2027H1"
        ]
    );
    assert_eq!(world.texts("SELECT verb || ' ' || confidential || ' ' || count(*) FROM audit_events GROUP BY verb, confidential"), ["review.assigned true 5"]);
    assert_eq!(world.one("SELECT count(*) FROM applications a WHERE a.reviewer_ids = (SELECT array_agg(r.reviewer_id) FROM reviews r WHERE r.application_id = a.id)"), "5");
    assert_eq!(world.one("SELECT f.reader_ids = a.reviewer_ids FROM files f JOIN applications a ON a.document_id = f.id"), "true");
    // With two wanted, Sam's bank is why the banker's file stays with one reader.
    let only_sam = [
        ("do", "assign"),
        ("id", &banker.to_string()),
        ("each", "2"),
        ("chosen", "yes"),
        ("reviewer", &sam.person.unwrap().to_string()),
    ];
    let preview = staff.post(&path, &only_sam).await.text();
    assert!(
        preview.contains("Sam: The reviewer belongs to the applicant’s university or employer."),
        "{preview}"
    );
    let single = staff
        .post(
            &format!("/applications/{banker}/reviewers"),
            &[("reviewer", &sam.person.unwrap().to_string())],
        )
        .await;
    assert_eq!(single.status, 409);
    assert_eq!(
        rae.get("/reviews")
            .await
            .text()
            .matches("data-open")
            .count(),
        3
    );
}
