//! The way of a request through the house.

mod answers;
mod canaries;
mod csrf;
mod idempotency;
mod links;
mod statements;

use banyan::db::{Acting, Actor, Role, Task, now};
use banyan::error::{Error, Result};
use banyan::ids::PersonId;
use diesel::{RunQueryDsl as _, sql_query};

use crate::support::app::TestApp;

fn applicant() -> Actor {
    Actor::Person(Acting {
        person: PersonId::new(),
        role: Role::Applicant,
        grant: None,
        organisations: Vec::new(),
        programmes: Vec::new(),
    })
}

#[actix_web::test]
async fn an_address_that_leads_nowhere_says_so_in_both_languages() {
    let app = TestApp::new();
    let anybody = app.anybody();
    let english = anybody.get("/nowhere").await;
    let chinese = anybody.get("/nowhere?lang=zh-Hant-HK").await;
    assert_eq!((english.status, chinese.status), (404, 404));
    assert!(english.text().contains("Page not found"));
    assert!(chinese.text().contains("找不到此頁"));
    assert_eq!(english.headers["x-content-type-options"], "nosniff");
    assert!(english.headers["content-security-policy"].contains("script-src 'self'"));
}

#[test]
fn a_refused_write_rolls_back_alone_inside_a_rolled_back_test() {
    let app = TestApp::new();
    let person = app.account("Ada");
    let refused: Result<()> = app.site.db.tx(&Actor::System(Task::Accounts), |conn| {
        sql_query("UPDATE people SET display_name = 'Changed'").execute(conn.pg())?;
        Err(Error::NotFound)
    });
    assert!(matches!(refused, Err(Error::NotFound)));
    let actor = Actor::Person(Acting {
        person,
        ..acting(&applicant())
    });
    let mine = app.site.db.read(&actor, |conn| {
        Ok(sql_query("SELECT 1 FROM people WHERE display_name = 'Ada'").execute(conn.pg())?)
    });
    assert_eq!(mine.unwrap(), 1);
}

fn acting(actor: &Actor) -> Acting {
    match actor {
        Actor::Person(acting) => acting.clone(),
        Actor::Public(_) | Actor::System(_) => unreachable!(),
    }
}

#[test]
fn a_read_cannot_write() {
    let app = TestApp::with_database();
    let written = app.site.db.read(&Actor::System(Task::Accounts), |conn| {
        Ok(sql_query("UPDATE people SET display_name = 'Changed'").execute(conn.pg())?)
    });
    assert!(
        matches!(written, Err(Error::Database(err)) if err.to_string().contains("read-only transaction"))
    );
}

#[test]
fn elevated_work_ends_with_the_declaration_as_it_was() {
    let app = TestApp::with_database();
    app.account("Ada");
    let seen = app
        .site
        .db
        .tx(&applicant(), |conn| {
            let before = sql_query("SELECT 1 FROM people").execute(conn.pg())?;
            let during = conn.elevate(Task::Accounts, |conn| {
                Ok(sql_query("SELECT 1 FROM people").execute(conn.pg())?)
            })?;
            let after = sql_query("SELECT 1 FROM people").execute(conn.pg())?;
            Ok((before, during, after))
        })
        .unwrap();
    assert_eq!(seen, (0, 1, 0));
}

#[test]
fn only_a_marked_database_may_be_told_another_time() {
    let app = TestApp::with_database();
    let past = "2026-01-01T00:00:00Z".parse().unwrap();
    let told = |app: &TestApp| {
        app.site
            .db
            .as_of(past)
            .read(&Actor::System(Task::Sweep), |conn| Ok(now(conn)?))
            .unwrap()
    };
    assert_eq!(told(&app), past);
    app.as_owner("UPDATE house SET mark = 'production'");
    assert_ne!(told(&app), past);
}
