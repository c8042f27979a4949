//! Versions in the database: drafts, publication, circles, what cannot be changed.

use banyan::access;
use banyan::curriculum::actions;
use banyan::curriculum::lists_actions::{self, NewCompetency};
use banyan::curriculum::queries;
use banyan::curriculum::rules::{Assessment, Claim, Content, Pair, VersionState};
use banyan::error::{Error, Result};
use banyan::ids::{CompetencyId, ModuleId};
use diesel::RunQueryDsl as _;

use crate::support::app::TestApp;
use crate::support::fixtures::cohorts::{Side, day};

/// What a whole version says; `name` tells them apart.
pub fn content(name: &str) -> Content {
    Content {
        name: Pair::new(name, format!("{name}單元")),
        summary: Pair::new("What it is about.", "內容簡介。"),
        outcomes: vec![
            Pair::new("do one thing", "做一件事"),
            Pair::new("do another", "做另一件事"),
        ],
        contact: 24,
        self_study: 46,
        assessment: 10,
        level: 5,
        assessments: vec![
            Assessment {
                kind: "case".to_owned(),
                title: Pair::new("Case", "個案"),
                weight: 60,
                must_pass: true,
            },
            Assessment {
                kind: "exam".to_owned(),
                title: Pair::new("Exam", "考試"),
                weight: 40,
                must_pass: false,
            },
        ],
        effective_from: Some(day("2026-01-01")),
        ..Content::default()
    }
}

/// Adds a module and publishes its first version.
pub fn module(app: &TestApp, side: &Side, code: &str, content: &Content) -> ModuleId {
    let id = draft(app, side, code, content).unwrap();
    publish(app, side, id).unwrap();
    id
}

fn draft(app: &TestApp, side: &Side, code: &str, content: &Content) -> Result<ModuleId> {
    side.tx(app, |conn| {
        let staff = access::programme_staff(conn, side.programme)?;
        actions::create(conn, &staff, code, content)
    })
}

fn save(
    app: &TestApp,
    side: &Side,
    id: ModuleId,
    seen: Option<i32>,
    content: &Content,
) -> Result<()> {
    side.tx(app, |conn| {
        let staff = access::programme_staff(conn, side.programme)?;
        actions::save_draft(conn, &staff, id, seen, content)
    })
}

fn publish(app: &TestApp, side: &Side, id: ModuleId) -> Result<()> {
    side.tx(app, |conn| {
        let staff = access::programme_staff(conn, side.programme)?;
        let versions = queries::of_module(conn, &staff, id)?;
        let seen = actions::draft(&versions).map_or(0, |it| it.version);
        actions::publish(conn, &staff, id, seen)
    })
}

fn standing(app: &TestApp, side: &Side, id: ModuleId) -> Vec<(i32, VersionState)> {
    side.tx(app, |conn| {
        let staff = access::programme_staff(conn, side.programme)?;
        let versions = queries::of_module(conn, &staff, id)?;
        Ok(versions.iter().map(|it| (it.number, it.state)).collect())
    })
    .unwrap()
}

fn code(result: Result<()>) -> String {
    match result.unwrap_err() {
        Error::Invalid(fields) => fields
            .iter()
            .map(|it| format!("{} {}", it.field, it.code))
            .collect::<Vec<_>>()
            .join(", "),
        Error::Refused(refusal) => refusal.code().to_owned(),
        other => other.status().1.to_owned(),
    }
}

#[test]
fn a_version_is_read_as_it_was_written() {
    let app = TestApp::new();
    let side = Side::new(&app, "AAA", "Ada");
    let mut whole = content("Whole");
    let asked = module(&app, &side, "ASK1", &content("Asked"));
    let competency = side
        .tx(&app, |conn| {
            let staff = access::programme_staff(conn, side.programme)?;
            let new = NewCompetency {
                code: "C-1".to_owned(),
                name: Pair::new("One", "一"),
                description: Pair::default(),
                basis: Vec::new(),
            };
            lists_actions::add_competency(conn, &staff, &new)
        })
        .unwrap();
    whole.prerequisites = vec![vec![asked]];
    whole.competencies = vec![Claim {
        competency,
        level: 3,
    }];
    whole.themes = vec!["data".to_owned()];
    whole.registration = Some(banyan::curriculum::rules::Registration {
        number: "24/000123/L5".to_owned(),
        valid_from: day("2026-01-01"),
        valid_to: day("2027-01-01"),
    });
    let id = draft(&app, &side, "WHOLE", &whole).unwrap();
    let read = side
        .tx(&app, |conn| {
            let staff = access::programme_staff(conn, side.programme)?;
            queries::of_module(conn, &staff, id)
        })
        .unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].content, whole);
    whole.competencies = vec![Claim {
        competency: CompetencyId::new(),
        level: 3,
    }];
    assert_eq!(
        code(save(&app, &side, id, Some(1), &whole)),
        "competencies unknown"
    );
}

#[test]
fn publishing_replaces_at_once_and_a_published_version_never_changes() {
    let app = TestApp::new();
    let side = Side::new(&app, "AAA", "Ada");
    let id = module(&app, &side, "M1", &content("First"));
    assert_eq!(standing(&app, &side, id), [(1, VersionState::Published)]);
    assert_eq!(code(publish(&app, &side, id)), "module_without_draft");

    let mut second = content("Second");
    assert_eq!(
        code(save(&app, &side, id, Some(1), &second)),
        "stale",
        "there is no draft to have seen"
    );
    save(&app, &side, id, None, &second).unwrap();
    assert_eq!(
        code(save(&app, &side, id, None, &second)),
        "stale",
        "somebody has begun one"
    );
    assert_eq!(code(publish(&app, &side, id)), "effective_from too_early");
    second.effective_from = Some(day("2090-03-01"));
    second.assessments[0].weight = 59;
    save(&app, &side, id, Some(1), &second).unwrap();
    assert_eq!(code(publish(&app, &side, id)), "weight_1 weights");
    second.assessments[0].weight = 60;
    save(&app, &side, id, Some(2), &second).unwrap();
    publish(&app, &side, id).unwrap();
    assert_eq!(
        standing(&app, &side, id),
        [(2, VersionState::Published), (1, VersionState::Replaced)]
    );

    // The cohort that began before keeps its own.
    for (on, name) in [("2090-02-28", "First"), ("2090-03-01", "Second")] {
        let taught = side
            .tx(&app, |conn| queries::versions_on(conn, &[id], day(on)))
            .unwrap();
        assert_eq!(taught[&id].content.name.en, name, "{on}");
    }
    assert!(
        side.tx(&app, |conn| queries::versions_on(
            conn,
            &[id],
            day("2025-12-31")
        ))
        .unwrap()
        .is_empty()
    );

    for statement in [
        "UPDATE module_versions SET name_en = 'x'",
        "UPDATE module_versions SET state = 'draft'",
        "DELETE FROM module_versions",
    ] {
        let refused = side.tx(&app, |conn| {
            diesel::sql_query(statement).execute(conn.pg())?;
            Ok(())
        });
        assert!(
            refused.unwrap_err().to_string().contains("never changed"),
            "{statement}"
        );
    }
}

#[test]
fn a_draft_that_says_the_same_is_not_published_and_can_be_discarded() {
    let app = TestApp::new();
    let side = Side::new(&app, "AAA", "Ada");
    let id = module(&app, &side, "M1", &content("First"));
    let mut same = content("First");
    same.effective_from = Some(day("2090-03-01"));
    save(&app, &side, id, None, &same).unwrap();
    assert_eq!(
        code(publish(&app, &side, id)),
        "module_draft_changes_nothing"
    );
    let discard = |seen| {
        side.tx(&app, |conn| {
            let staff = access::programme_staff(conn, side.programme)?;
            actions::discard(conn, &staff, id, seen)
        })
    };
    assert_eq!(code(discard(7)), "stale");
    discard(1).unwrap();
    assert_eq!(standing(&app, &side, id), [(1, VersionState::Published)]);
    assert_eq!(code(discard(1)), "module_without_draft");
}

#[test]
fn prerequisites_in_a_circle_are_refused_by_name() {
    let app = TestApp::new();
    let side = Side::new(&app, "AAA", "Ada");
    let a = module(&app, &side, "AAA1", &content("A"));
    let mut asks = content("B");
    asks.prerequisites = vec![vec![a]];
    let b = module(&app, &side, "BBB2", &asks);
    let mut circle = content("A again");
    circle.prerequisites = vec![vec![b]];
    let Err(Error::Invalid(problems)) = save(&app, &side, a, None, &circle) else {
        panic!("a circle is refused");
    };
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].field.as_str(), problems[0].code),
        ("prerequisites", "circle")
    );
    assert!(
        problems[0].en.contains("AAA1 → BBB2 → AAA1"),
        "{}",
        problems[0].en
    );
    assert!(problems[0].zh.contains("AAA1 → BBB2 → AAA1"));
}

#[test]
fn another_programmes_modules_and_codes_are_its_own() {
    let app = TestApp::new();
    let (a, b) = (Side::new(&app, "AAA", "Ada"), Side::new(&app, "BBB", "Ben"));
    let theirs = module(&app, &b, "M1", &content("Theirs"));
    module(&app, &a, "M1", &content("Ours"));
    assert_eq!(
        code(draft(&app, &a, "M1", &content("Twice")).map(|_| ())),
        "code taken"
    );
    let mut asks = content("Asks");
    asks.prerequisites = vec![vec![theirs]];
    assert_eq!(
        code(draft(&app, &a, "M2", &asks).map(|_| ())),
        "prerequisites unknown"
    );
    let read = a.tx(&app, |conn| {
        let staff = access::programme_staff(conn, a.programme)?;
        queries::of_module(conn, &staff, theirs)
    });
    assert_eq!(code(read.map(|_| ())), "not-found");
}
