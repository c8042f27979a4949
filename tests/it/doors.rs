//! The authorisation matrix, made from the register: every door × everybody × whose rows are named
//! in its address.
//!
//! The snapshots are the table of who may do what; a new door shows up there by itself, and one whose
//! address has a parameter without a sample in `doors/world.rs` fails by name. Beside the table stand
//! what no snapshot may ever accept: B's row is answered as a missing one, nobody reads a canary that
//! is not theirs, a GET changes nothing, and another site's form is refused.

pub mod knock;
mod named;
pub mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use banyan::house;
use banyan::web::{Door, Handler, Method, Site};
use diesel::connection::SimpleConnection as _;

use crate::support::app::Answer;
use crate::support::conforms;
use knock::{
    FROM_HERE, Knock, Watcher, With, address, as_if_missing, knock, normal, open, relations, title,
    verdict,
};
use world::{EVERYBODY, FORBIDDEN, Relation, Who, World};

/// Canaries of an answer that this person must not read.
fn leaks(who: Who, answer: &Answer) -> Vec<&'static str> {
    let text = answer.text().to_lowercase();
    let headers = format!("{:?}", answer.headers).to_lowercase();
    let (_, forbidden) = FORBIDDEN
        .iter()
        .find(|(name, _)| *name == who.name)
        .expect("everybody has a list");
    forbidden
        .iter()
        .copied()
        .filter(|canary| text.contains(canary) || headers.contains(canary))
        .collect()
}

/// Everything found wrong, and the table.
#[derive(Default)]
struct Findings {
    wrong: Vec<String>,
    table: String,
    /// Canaries that somebody saw.
    seen: BTreeSet<&'static str>,
}

/// The answers at one door.
type Answers = BTreeMap<(&'static str, Vec<Relation>), (Answer, Vec<String>)>;

impl Findings {
    fn judge(&mut self, door: &Door, answers: &Answers) {
        let title = title(door);
        let name = |name: &str| {
            EVERYBODY
                .into_iter()
                .find(|it| it.name == name)
                .expect("known")
        };
        for ((who, relations), (answer, values)) in answers {
            let place = format!("{title} by {who}, rows {relations:?}");
            if answer.status >= 500 {
                self.wrong.push(format!("{place}: {}", answer.status));
            }
            if door.operation.is_some()
                && let Some(fault) = conforms::faults(door.method.as_str(), door.path, answer)
            {
                self.wrong.push(format!("{place}: {fault}"));
            }
            let allowed = self.scoped(&place, who, door, answer);
            let leaks = leaks(name(who), answer);
            let text = answer.text().to_lowercase();
            self.seen
                .extend(FORBIDDEN[0].1.iter().filter(|it| text.contains(**it)));
            // Who holds a mailed link sees what it is about.
            let bearer = door.path.contains("{token}") && relations.contains(&Relation::Own);
            let own_name_only = bearer && leaks == ["canaryap"];
            // The institution reads the documents that a trainee shared with their interest in its posting.
            let shared = [
                "/organisation/interests/{interest}/document",
                "/organisation/interests/{interest}/papers/{document}",
            ]
            .contains(&door.path)
                && [
                    ("representative", "canaryap"),
                    ("B-representative", "canaryb"),
                ]
                .iter()
                .any(|(it, canary)| it == who && leaks == [*canary]);
            if !leaks.is_empty() && !own_name_only && !shared {
                self.wrong.push(format!("{place}: shows {leaks:?}"));
            }
            let twin = match *who {
                // For B's people it is A's rows that must not be there.
                "B-coordinator" | "B-representative" => as_if_missing(
                    door.path,
                    &relations
                        .iter()
                        .map(|it| {
                            if *it == Relation::Own {
                                Relation::Other
                            } else {
                                *it
                            }
                        })
                        .collect::<Vec<_>>(),
                )
                .filter(|_| {
                    !relations.contains(&Relation::Other) && !door.path.contains("{token}")
                }),
                "house" if !door.path.contains("{token}") => None,
                _ => as_if_missing(door.path, relations),
            };
            if let Some(there) = twin.and_then(|twin| answers.get(&(*who, twin)))
                && normal(answer, values) != normal(&there.0, &there.1)
            {
                self.wrong
                    .push(format!("{place}: not as if there were no such row"));
            }
            self.same_as((&place, allowed), who, relations, answers, answer);
        }
        self.line(&title, answers);
    }

    /// A token does what its scopes say, in the API alone. Is it let in here?
    fn scoped(&mut self, place: &str, who: &str, door: &Door, answer: &Answer) -> bool {
        if !["token", "token-read", "token-write", "token-ended"].contains(&who) {
            return false;
        }
        let allowed = match &door.operation {
            None => false,
            Some(it) => {
                who != format!(
                    "token-{}",
                    if it.scope == "read" { "write" } else { "read" }
                )
            }
        };
        // What anybody may watch, and the description of the API, is nobody's secret.
        let open = matches!(door.handler, Handler::Watch(_))
            || door.path.starts_with("/api/") && door.operation.is_none();
        if !allowed && !open && answer.status != 403 {
            self.wrong.push(format!("{place}: {}", answer.status));
        }
        allowed
    }

    /// Who has lost a role is an applicant without applications; a disabled account is nobody.
    fn same_as(
        &mut self,
        (place, allowed): (&str, bool),
        who: &str,
        relations: &[Relation],
        answers: &Answers,
        answer: &Answer,
    ) {
        let like = match who {
            "role-ended" => "applicant-other",
            "token-ended" if allowed => "role-ended",
            // Where its scopes let it act, a token is its owner in its role: see `scoped`.
            "token" | "token-read" | "token-write" if allowed => "coordinator",
            "disabled" | "token-expired" | "token-revoked" | "token-disabled" => "anonymous",
            _ => return,
        };
        if let Some((other, _)) = answers.get(&(like, relations.to_vec()))
            && other.status != answer.status
        {
            self.wrong.push(format!(
                "{place}: {} where {like} gets {}",
                answer.status, other.status
            ));
        }
    }

    /// The door's line of the table: for each relation, who gets which answer.
    fn line(&mut self, title: &str, answers: &Answers) {
        let _ = writeln!(self.table, "{title}");
        let mut seen: Vec<Vec<Relation>> = Vec::new();
        for (_, relations) in answers.keys() {
            if !seen.contains(relations) {
                seen.push(relations.clone());
            }
        }
        seen.sort();
        let mut lines: Vec<(String, String)> = Vec::new();
        for relations in seen {
            let mut by_verdict: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            // Tokens are left out: each is compared with their owner's session, or refused.
            for who in EVERYBODY.into_iter().filter(|it| it.bearer_of.is_none()) {
                if let Some((answer, values)) = answers.get(&(who.name, relations.clone())) {
                    by_verdict
                        .entry(verdict(answer, values))
                        .or_default()
                        .push(who.name);
                }
            }
            let most = by_verdict.values().map(Vec::len).max().unwrap_or(0);
            let mut others = None;
            let mut parts: Vec<String> = Vec::new();
            for (verdict, who) in &by_verdict {
                if who.len() == most && others.is_none() {
                    others = Some(verdict.clone());
                } else {
                    parts.push(format!("{verdict}: {}", who.join(", ")));
                }
            }
            let others = others.unwrap_or_default();
            parts.push(if parts.is_empty() {
                format!("{others}: everybody")
            } else {
                format!("{others}: others")
            });
            let words: Vec<&str> = relations
                .iter()
                .map(|it| match it {
                    Relation::Own => "own",
                    Relation::Other => "other",
                    Relation::Missing => "missing",
                })
                .collect();
            lines.push((words.join("/"), parts.join(" | ")));
        }
        for (words, said) in lines {
            let words = if words.is_empty() { "-" } else { &words };
            let _ = writeln!(self.table, "    {words}: {said}");
        }
    }

    fn done(&self, cells: usize) {
        assert!(
            self.wrong.is_empty(),
            "{} of {cells} cells are wrong:\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
    }
}

/// The version that an allowed reader is shown of what stands at this address of the API, or at what
/// it is a part of.
async fn version(
    house: &impl AsyncFn(actix_web::test::TestRequest) -> Answer,
    door: &Door,
    path: &str,
) -> Option<String> {
    if !door.operation.is_some_and(|it| it.etag) {
        return None;
    }
    let mut place = path;
    while place.len() > "/api/v1/".len() {
        for who in ["coordinator", "B-coordinator", "applicant", "reviewer"] {
            let asked = Knock {
                who: called(who),
                method: Method::Get,
                path: place,
                origin: &[],
                with: With::default(),
            };
            if let Some(tag) = knock(house, &asked).await.headers.get("etag") {
                return Some(tag.clone());
            }
        }
        place = place.rsplit_once('/')?.0;
    }
    None
}

/// Knocks at a door as everybody, with every relation; `before` runs ahead of each.
async fn everybody(
    site: &Site,
    house: &impl AsyncFn(actix_web::test::TestRequest) -> Answer,
    door: &Door,
    before: &impl Fn(),
) -> Result<Answers, String> {
    let mut answers = Answers::new();
    for relations in relations(door.path) {
        let (path, values) = address(site, door.path, &relations)?;
        let with = if door.operation.is_some() && door.method != Method::Get {
            before();
            With::of(door, version(house, door, &path).await)
        } else {
            With::default()
        };
        for who in EVERYBODY {
            before();
            let asked = Knock {
                who,
                method: door.method,
                path: &path,
                origin: FROM_HERE,
                with: with.clone(),
            };
            let answer = knock(house, &asked).await;
            answers.insert((who.name, relations.clone()), (answer, values.clone()));
        }
    }
    Ok(answers)
}

fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    before
        .iter()
        .filter(|(table, digest)| after.get(*table) != Some(digest))
        .map(|(table, _)| table.clone())
        .collect()
}

#[actix_web::test]
async fn every_door_shows_what_it_may_and_reading_changes_nothing() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let mut watcher = Watcher::new(&world.app.super_url());
    let (mut findings, mut cells) = (Findings::default(), 0);
    let mut before = watcher.digest();
    for door in house::routes().doors() {
        if door.method != Method::Get {
            continue;
        }
        match everybody(&world.app.site, &house, door, &|| {}).await {
            Ok(answers) => {
                cells += answers.len();
                findings.judge(door, &answers);
            }
            Err(unknown) => findings.wrong.push(unknown),
        }
        let after = watcher.digest();
        let changed = changed(&before, &after);
        if !changed.is_empty() {
            findings
                .wrong
                .push(format!("{} changes {changed:?}", title(door)));
        }
        before = after;
    }
    insta::assert_snapshot!("reading", findings.table);
    findings.done(cells);
    assert!(cells > 4_000, "{cells} cells");
    // No sample leads to the university's page.
    let university = Knock {
        who: called("coordinator"),
        method: Method::Get,
        path: &format!("/organisations/{}", world::id('A', "university")),
        origin: &[],
        with: With::default(),
    };
    let page = knock(&house, &university).await.text().to_lowercase();
    let there = FORBIDDEN[0].1.iter().filter(|it| page.contains(**it));
    findings.seen.extend(there);
    // A canary that nobody ever sees would guard nothing.
    for canary in FORBIDDEN[0].1 {
        assert!(findings.seen.contains(canary), "{canary} is never seen");
    }
}

#[actix_web::test]
async fn every_door_lets_act_whom_it_may() {
    let world = World::new();
    let (mut site, pool) = world.app.rolled_back();
    site.db = site.db.as_of(world::NOW.parse().unwrap());
    let back_to = |sql: &str| pool.get().unwrap().batch_execute(sql).unwrap();
    back_to("SAVEPOINT untouched");
    let before = || back_to("ROLLBACK TO SAVEPOINT untouched");
    let house = open(&site).await;
    let (mut findings, mut cells) = (Findings::default(), 0);
    for door in house::routes().doors() {
        if door.method == Method::Get {
            continue;
        }
        match everybody(&site, &house, door, &before).await {
            Ok(answers) => {
                cells += answers.len();
                findings.judge(door, &answers);
            }
            Err(unknown) => findings.wrong.push(unknown),
        }
    }
    insta::assert_snapshot!("acting", findings.table);
    findings.done(cells);
}

#[actix_web::test]
async fn no_other_site_makes_a_browser_act() {
    const FOREIGN: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://elsewhere.example")],
        &[("origin", "null")],
        &[],
    ];
    let world = World::new();
    let house = open(&world.app.site).await;
    let mut watcher = Watcher::new(&world.app.super_url());
    let before = watcher.digest();
    let mut wrong = Vec::new();
    for door in house::routes().doors() {
        if door.method == Method::Get {
            continue;
        }
        let own = vec![Relation::Own; knock::parameters(door.path).len()];
        let (path, _) = address(&world.app.site, door.path, &own).unwrap();
        // A token is nothing that a browser adds by itself.
        for who in EVERYBODY.into_iter().filter(|it| it.bearer_of.is_none()) {
            for origin in FOREIGN {
                let asked = Knock {
                    who,
                    method: door.method,
                    path: &path,
                    origin,
                    with: With::default(),
                };
                let answer = knock(&house, &asked).await;
                // Without a credential a browser adds nothing to the API: it is told to bring one.
                let bare = who.name == "anonymous" && door.path.starts_with("/api/");
                if answer.status != 403 && !(bare && answer.status == 401) {
                    wrong.push(format!(
                        "{} by {} from {origin:?}: {}",
                        title(door),
                        who.name,
                        answer.status
                    ));
                }
            }
        }
        let changed = changed(&before, &watcher.digest());
        if !changed.is_empty() {
            wrong.push(format!("{} changes {changed:?}", title(door)));
            break;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_door_is_mounted_twice() {
    let routes = house::routes();
    let mut titles: Vec<String> = routes.doors().iter().map(title).collect();
    titles.sort();
    let twice: Vec<&String> = titles
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| &pair[0])
        .collect();
    assert!(twice.is_empty(), "only the first of them opens: {twice:?}");
}

#[actix_web::test]
async fn no_office_archives_a_bank_for_which_another_holds_seats() {
    let world = World::new();
    let house = open(&world.app.site).await;
    // A holds seats for its bank; B's office sees none of them. In the second pass nobody holds any.
    for expected in [409, 303] {
        let asked = Knock {
            who: called("B-coordinator"),
            method: Method::Post,
            path: &format!("/organisations/{}/archive", world::id('A', "bank")),
            origin: FROM_HERE,
            with: With::default(),
        };
        assert_eq!(knock(&house, &asked).await.status, expected);
        world.app.as_owner(&format!(
            "UPDATE seat_pools SET released_at = '{}'",
            world::NOW
        ));
    }
}

/// Who is who, by name.
pub fn called(name: &str) -> Who {
    EVERYBODY.into_iter().find(|it| it.name == name).unwrap()
}

#[actix_web::test]
async fn an_ended_role_and_a_disabled_account_close_doors_at_the_next_request() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let ask = async |who: &str, path: &str| {
        let asked = Knock {
            who: called(who),
            method: Method::Get,
            path,
            origin: &[],
            with: With::default(),
        };
        knock(&house, &asked).await.status
    };
    for (who, path, ended) in [
        ("coordinator", "/desk", 403),
        ("committee", "/committee", 403),
        ("representative", "/organisation", 403),
        ("reviewer", "/reviews", 403),
    ] {
        assert_eq!(ask(who, path).await, 200, "{who}");
        let grant = world::id('A', &format!("grant-of-{who}"));
        world.app.as_owner(&format!(
            "UPDATE role_grants SET revoked_at = '{}' WHERE id = '{grant}'",
            world::NOW
        ));
        assert_eq!(ask(who, path).await, ended, "{who} after the role ended");
    }
    assert_eq!(ask("administrator", "/desk").await, 200);
    world.app.as_owner(&format!(
        "UPDATE people SET disabled_at = '{}' WHERE id = '{}'",
        world::NOW,
        world::id('A', "administrator")
    ));
    assert_eq!(ask("administrator", "/desk").await, 303);
    assert_eq!(ask("applicant", "/me").await, 200);
    world.app.as_owner(&format!(
        "DELETE FROM sessions WHERE person_id = '{}'",
        world::id('A', "applicant")
    ));
    assert_eq!(ask("applicant", "/me").await, 303);
}
