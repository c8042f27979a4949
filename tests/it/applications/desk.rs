//! The desk: the list that people work in all day, its exports, bulk actions, one application.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use banyan::access;
use banyan::applications::desk_list::{Filter, Sort};
use banyan::applications::desk_queries;
use banyan::applications::rules::Decision;
use banyan::db::Role;
use banyan::ids::ApplicationId;
use banyan::web::Pairs;
use diesel::Connection as _;
use diesel::connection::InstrumentationEvent;

use crate::support::fixtures::desk::{Plan, World};

pub(super) fn list(world: &World, query: &str) -> String {
    format!("/cohorts/{}/applications{query}", world.cohort)
}

/// The references on a page of the list, in its order.
pub(super) fn references(html: &str) -> Vec<String> {
    html.split("<td class=\"nb\" data-label=\"")
        .filter_map(|it| {
            let start = it.find(">BNY-")? + 1;
            it.get(start..start + 8).map(str::to_owned)
        })
        .collect()
}

/// Applications that differ in everything a filter can ask for.
pub(super) fn various(world: &World, many: u32) -> Vec<ApplicationId> {
    (1..=many)
        .map(|n| {
            let given = format!("Tai {}", char::from(b'A' + u8::try_from(n % 7).unwrap()));
            let at = format!("2026-11-{:02}T08:00:00Z", 10 + n % 9);
            let id = world.apply(
                n,
                &Plan {
                    family: ["Chan", "Lee", "Wong"][usize::try_from(n % 3).unwrap()],
                    given: &given,
                    email: &format!("person{n}@example.net"),
                    state: ["submitted", "under_review", "draft", "withdrawn"]
                        [usize::try_from(n % 4).unwrap()],
                    route: ["open", "university_student"][usize::try_from(n % 2).unwrap()],
                    source: ["web", "import", "api"][usize::try_from(n % 3).unwrap()],
                    submitted: (n % 4 != 2).then_some(at.as_str()),
                    university: n % 2 == 1,
                    bank: n % 5 == 0,
                    ..Plan::default()
                },
            );
            if n % 3 == 1 {
                world.case(
                    id,
                    Some(i32::try_from(n % 4).unwrap() * 1000),
                    Some(if n % 2 == 0 { 2000 } else { 1500 }),
                    (n % 4 == 1).then_some(Decision::Accept),
                );
            }
            id
        })
        .collect()
}

#[test]
fn a_page_of_the_list_takes_three_statements_for_one_row_and_for_three() {
    for rows in [1, 3] {
        let world = World::new();
        various(&world, rows);
        let person = world.coordinator().person.unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let shown = world
            .as_role(person, Role::Coordinator, move |conn| {
                let counter = Arc::clone(&counter);
                conn.pg()
                    .set_instrumentation(move |event: InstrumentationEvent<'_>| {
                        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                            counter.fetch_add(1, Ordering::Relaxed);
                        }
                    });
                let filter = Filter::read(|name| (name == "q").then_some("tai"));
                let staff = access::cohort_staff(conn, world.cohort)?;
                desk_queries::frame(conn, &staff, &filter)?;
                let page = desk_queries::page(conn, &staff, &filter, None, 50)?;
                conn.pg()
                    .set_instrumentation(|_: InstrumentationEvent<'_>| {});
                Ok(page.rows.len())
            })
            .unwrap();
        assert_eq!(shown, usize::try_from(rows).unwrap());
        assert_eq!(asked.load(Ordering::Relaxed), 3);
    }
}

#[test]
fn every_order_and_filter_pages_through_all_rows_exactly_once() {
    let world = World::new();
    let all = various(&world, 23);
    let person = world.coordinator().person.unwrap();
    let filters = [
        "",
        "state=submitted",
        "route=open",
        "source=import",
        "reading=unscored",
        "reading=scored",
        "decision=none",
        "q=chan",
    ];
    for filter in filters {
        for sort in Sort::ALL {
            for down in ["", "-"] {
                let query =
                    Pairs::parse(format!("{filter}&sort={down}{}", sort.as_str()).as_bytes());
                let filter = Filter::read(|name| query.get(name));
                let (whole, paged) = world
                    .as_role(person, Role::Coordinator, |conn| {
                        let staff = access::cohort_staff(conn, world.cohort)?;
                        let whole = desk_queries::ids(conn, &staff, &filter, 1_000)?;
                        let (mut paged, mut cursor) = (Vec::new(), None);
                        loop {
                            let page =
                                desk_queries::page(conn, &staff, &filter, cursor.as_ref(), 4)?;
                            paged.extend(page.rows.iter().map(|row| row.id));
                            let Some(next) = page.next else { break };
                            cursor = banyan::web::paging::Cursor::decode(&next);
                            assert!(paged.len() <= 23, "{query:?} never ends");
                        }
                        Ok((whole, paged))
                    })
                    .unwrap();
                assert_eq!(paged, whole, "{query:?}");
                let mut sorted = paged;
                sorted.sort();
                sorted.dedup();
                assert_eq!(sorted.len(), whole.len(), "{query:?} shows a row twice");
                if query.iter().count() == 1 {
                    assert_eq!(sorted, all, "{query:?} shows every row");
                }
            }
        }
    }
}

#[test]
fn a_record_has_the_neighbours_that_the_list_shows() {
    let world = World::new();
    various(&world, 9);
    let person = world.coordinator().person.unwrap();
    world
        .as_role(person, Role::Coordinator, |conn| {
            let staff = access::cohort_staff(conn, world.cohort)?;
            for sort in ["name", "-score", "submitted", "-submitted", "state"] {
                let filter = Filter::read(|name| (name == "sort").then_some(sort));
                let whole = desk_queries::page(conn, &staff, &filter, None, 50)?.rows;
                for (at, row) in whole.iter().enumerate() {
                    let cursor = row.cursor(filter.sort);
                    let (before, after) = desk_queries::around(conn, &staff, &filter, &cursor, 2)?;
                    let ids = |rows: &[desk_queries::Row]| {
                        rows.iter().map(|it| it.id).collect::<Vec<_>>()
                    };
                    assert_eq!(
                        ids(&before),
                        ids(&whole[at.saturating_sub(2)..at]),
                        "{sort}"
                    );
                    let end = (at + 3).min(whole.len());
                    assert_eq!(ids(&after), ids(&whole[at + 1..end]), "{sort}");
                }
            }
            Ok(())
        })
        .unwrap();
}

#[actix_web::test]
async fn every_filter_keeps_exactly_the_rows_that_it_names() {
    let world = World::new();
    let staff = world.coordinator();
    let one = world.apply(
        1,
        &Plan {
            state: "under_review",
            route: "university_student",
            source: "import",
            university: true,
            ..Plan::default()
        },
    );
    let two = world.apply(
        2,
        &Plan {
            state: "submitted",
            bank: true,
            ..Plan::default()
        },
    );
    world.apply(
        3,
        &Plan {
            state: "draft",
            source: "api",
            submitted: None,
            ..Plan::default()
        },
    );
    world.case(one, Some(3_667), Some(2_000), Some(Decision::Reject));
    world.case(two, Some(4_000), Some(1_500), None);
    let reader = world.reviewer("Rae");
    world.assign(&staff, two, &reader);
    let (university, bank) = (world.university, world.bank);
    let table = [
        ("state=under_review".to_owned(), vec!["BNY-0001"]),
        ("route=university_student".to_owned(), vec!["BNY-0001"]),
        (format!("university={university}"), vec!["BNY-0001"]),
        (format!("employer={bank}"), vec!["BNY-0002"]),
        ("decision=reject".to_owned(), vec!["BNY-0001"]),
        ("decision=any".to_owned(), vec!["BNY-0001"]),
        ("decision=none".to_owned(), vec!["BNY-0002", "BNY-0003"]),
        ("decision=accept".to_owned(), vec![]),
        (
            "reading=unassigned".to_owned(),
            vec!["BNY-0001", "BNY-0003"],
        ),
        ("reading=waiting".to_owned(), vec!["BNY-0002"]),
        ("reading=scored".to_owned(), vec!["BNY-0001", "BNY-0002"]),
        ("reading=unscored".to_owned(), vec!["BNY-0003"]),
        ("reading=disagree".to_owned(), vec!["BNY-0001"]),
        ("source=api".to_owned(), vec!["BNY-0003"]),
        (
            "state=nonsense&route=%27".to_owned(),
            vec!["BNY-0001", "BNY-0002", "BNY-0003"],
        ),
    ];
    for (query, expected) in table {
        let page = staff
            .get(&list(&world, &format!("?sort=reference&{query}")))
            .await;
        assert_eq!(page.status, 200, "{query}");
        assert_eq!(references(&page.text()), expected, "{query}");
    }
    let page = staff.get(&list(&world, "?sort=reference")).await.text();
    assert!(page.contains("3.67"), "two decimals of the score");
    assert!(
        page.contains("2.00 apart"),
        "the disagreement is said in words"
    );
    assert!(
        !page.contains("1.50 apart"),
        "the threshold itself is agreement"
    );
    assert!(page.contains("Pending: Reject"));
}

#[actix_web::test]
async fn people_are_found_by_any_form_of_their_name() {
    let world = World::new();
    let staff = world.coordinator();
    world.apply(
        1,
        &Plan {
            family: "Chan",
            given: "Tai-man",
            western: "Peter",
            zh: "陳大文",
            email: "peter.chan@example.net",
            ..Plan::default()
        },
    );
    world.apply(
        2,
        &Plan {
            family: "Chan",
            given: "Siu Ming",
            zh: "陳小明",
            email: "ming@example.net",
            ..Plan::default()
        },
    );
    world.apply_to(
        world.cohort_elsewhere,
        world.elsewhere,
        9,
        &Plan {
            family: "Chan",
            given: "Tai Man",
            ..Plan::default()
        },
    );
    let table = [
        ("CHAN Tai-man", vec!["BNY-0001"]),
        ("tai man chan", vec!["BNY-0001"]),
        ("taiman", vec!["BNY-0001"]),
        ("大文", vec!["BNY-0001"]),
        ("陳", vec!["BNY-0001", "BNY-0002"]),
        ("peter.c", vec!["BNY-0001"]),
        ("peter.chan@ex", vec!["BNY-0001"]),
        ("bny-0002", vec!["BNY-0002"]),
        ("chan", vec!["BNY-0001", "BNY-0002"]),
        ("chan chan", vec!["BNY-0001", "BNY-0002"]),
        ("chan wong", vec![]),
        // A sign that no name has finds nobody: `%` means itself.
        ("%", vec![]),
        ("_", vec![]),
        (" ", vec!["BNY-0001", "BNY-0002"]),
    ];
    for (typed, expected) in table {
        let mut query = form_urlencoded::Serializer::new(String::from("?sort=reference&"));
        query.append_pair("q", typed);
        let page = staff.get(&list(&world, &query.finish())).await;
        assert_eq!(references(&page.text()), expected, "{typed}");
    }
}

#[actix_web::test]
async fn an_export_is_the_filtered_list_and_its_text_never_runs() {
    let world = World::new();
    let staff = world.coordinator();
    let id = world.apply(
        1,
        &Plan {
            family: "=HYPERLINK(\"https://evil.example\")",
            given: "Tai\nMan",
            zh: "𠮷野",
            email: "x@example.net",
            phone: "+85291234567",
            ..Plan::default()
        },
    );
    world.case(id, Some(3_667), None, Some(Decision::Accept));
    world.apply(
        2,
        &Plan {
            state: "withdrawn",
            ..Plan::default()
        },
    );
    let answer = staff.get(&list(&world, ".csv?state=submitted")).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.headers["content-disposition"]
            .starts_with("attachment; filename=\"applications-2027H1.csv\"")
    );
    let body = answer.body.strip_prefix(b"\xef\xbb\xbf").unwrap();
    let mut reader = csv::Reader::from_reader(body);
    let header = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1, "what the filter leaves out is not exported");
    let cell = |name: &str| {
        let at = header.iter().position(|it| it == name).unwrap();
        rows[0][at].to_owned()
    };
    assert_eq!(cell("family_name"), "'=HYPERLINK(\"https://evil.example\")");
    assert_eq!(cell("given_names"), "Tai\nMan");
    assert_eq!(cell("name_zh"), "𠮷野");
    assert_eq!(cell("phone"), "'+85291234567");
    assert_eq!(cell("email"), "x@example.net");
    assert_eq!(cell("score"), "3.667");
    assert_eq!(cell("submitted_at"), "2026-11-20 18:00", "Hong Kong time");
    let sheet = staff.get(&list(&world, ".xlsx?state=submitted")).await;
    assert_eq!(sheet.status, 200);
    assert!(sheet.body.starts_with(b"PK"));
}

#[actix_web::test]
async fn only_staff_of_the_programme_see_any_of_it() {
    let world = World::new();
    let id = world.apply(
        1,
        &Plan {
            family: "Canary",
            statement: "canary in the statement",
            ..Plan::default()
        },
    );
    world.attach(id, b"%PDF-1.4 canary %%EOF");
    let stranger = world
        .app
        .acting("Eve", Role::Coordinator, Some(world.elsewhere), None);
    let reader = world.reviewer("Rae");
    let applicant = world.app.person("Ann");
    let paths = [
        list(&world, ""),
        list(&world, ".csv"),
        list(&world, ".xlsx"),
        format!("/applications/{id}"),
        format!("/applications/{id}/document"),
        format!("/cohorts/{}/reviewers", world.cohort),
        format!("/cohorts/{}/reviewers/remind", world.cohort),
    ];
    for path in &paths {
        for (who, status) in [(&stranger, 404), (&reader, 403), (&applicant, 403)] {
            let answer = who.get(path).await;
            assert_eq!(answer.status, status, "{path}");
            assert!(!answer.text().to_lowercase().contains("canary"), "{path}");
        }
    }
    let (id_text, nobody) = (id.to_string(), reader.person.unwrap().to_string());
    let posts = [
        (
            list(&world, "/bulk"),
            vec![("do", "accept"), ("id", id_text.as_str())],
        ),
        (
            list(&world, "/bulk/do"),
            vec![("do", "accept"), ("id", id_text.as_str())],
        ),
        (format!("/applications/{id}/notes"), vec![("body", "x")]),
        (
            format!("/applications/{id}/decision"),
            vec![("decision", "accept")],
        ),
        (
            format!("/applications/{id}/reviewers"),
            vec![("reviewer", nobody.as_str())],
        ),
        (
            format!("/applications/{id}/reviews"),
            vec![("review", id_text.as_str())],
        ),
        (
            format!("/cohorts/{}/reviewers/remind", world.cohort),
            vec![("person", nobody.as_str())],
        ),
    ];
    for (path, form) in &posts {
        for (who, status) in [(&stranger, 404), (&reader, 403), (&applicant, 403)] {
            let answer = who.post(path, form).await;
            assert_eq!(answer.status, status, "{path}");
            assert!(!answer.text().to_lowercase().contains("canary"), "{path}");
        }
    }
    // A coordinator's own bulk action cannot reach into another cohort.
    let foreign = world.apply_to(world.cohort_elsewhere, world.elsewhere, 7, &Plan::default());
    let staff = world.coordinator();
    for path in ["/bulk", "/bulk/do"] {
        let form = [("do", "start_review"), ("id", &foreign.to_string())];
        assert_eq!(
            staff.post(&list(&world, path), &form).await.status,
            404,
            "{path}"
        );
    }
    assert_eq!(
        world.texts("SELECT state FROM applications ORDER BY reference"),
        ["submitted", "submitted"]
    );
}
