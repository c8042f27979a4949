//! Rows named in a form or in the words after a `?` are no other door: naming B's is as naming none.

use actix_web::cookie::Cookie;
use actix_web::test::TestRequest;
use diesel::connection::SimpleConnection as _;

use super::called;
use super::knock::{normal, open};
use super::world::{NOW, World, cookie, id};

/// Who, the address (`§name§` is A's row), the form if there is one, A's row to name, B's row to
/// name, and whether naming A's is answered unlike naming none.
type Line = (
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
    bool,
);

/// In each, `@` is the row that is named.
#[rustfmt::skip]
const NAMED: &[Line] = &[
    ("coordinator", "/programme?programme=@", None, "programme", "programme", true),
    ("coordinator", "/programme/edit?programme=@", None, "programme", "programme", true),
    ("coordinator", "/programme/plan", Some("programme=@"), "programme", "programme", true),
    ("coordinator", "/programme/targets/new", Some("programme=@"), "programme", "programme", true),
    ("coordinator", "/programme/targets/new", Some("metric=trained&operator=%3E&value=5&starts_on=2027-01-01&ends_on=2027-12-31&wording_en=x&wording_zh=x&source=@"), "source", "source", true),
    ("coordinator", "/cohorts/§cohort§/offers?pool=@", None, "pool-open", "pool", true),
    ("coordinator", "/cohorts/§cohort§/waitlist?pool=@", None, "pool-open", "pool", false),
    ("coordinator", "/cohorts/§cohort§/waitlist?from=@&seats=1", None, "pool-open", "pool", false),
    ("coordinator", "/cohorts/§cohort-review§/release?id=@", None, "application-review", "application-review", true),
    ("coordinator", "/cohorts/§cohort-review§/release", Some("fingerprint=x&id=@"), "application-review", "application-review", false),
    ("coordinator", "/cohorts/§cohort-review§/applications/bulk", Some("do=reject&reason=because&id=@"), "application-review", "application-review", true),
    ("coordinator", "/cohorts/§cohort-review§/applications/bulk", Some("do=assign&chosen=yes&reviewer=@&each=1&id=§neighbour-review§"), "reviewer", "reviewer", false),
    ("coordinator", "/applications/§application-review§/reviewers", Some("reviewer=@"), "reviewer-unassigned", "reviewer", true),
    ("coordinator", "/applications/§application-review§/reviews", Some("do=remove&review=@"), "review-2", "review", true),
    ("coordinator", "/cohorts/§cohort-review§/reviewers/remind", Some("person=@"), "reviewer", "reviewer", false),
    ("coordinator", "/role", Some("grant=@"), "grant-of-coordinator", "grant-of-coordinator", true),
    ("applicant", "/role", Some("grant=@"), "grant-of-coordinator", "grant-of-coordinator", false),
    ("coordinator", "/people/invite", Some("email=new%40example.org&given_names=New&family_name=One&display_name=New&lang=en&role=reviewer&starts_on=2026-12-01&programme=@"), "programme", "programme", true),
];

fn addressed(template: &str) -> String {
    template
        .split('§')
        .enumerate()
        .map(|(at, piece)| {
            if at % 2 == 0 {
                piece.to_owned()
            } else {
                id('A', piece).to_string()
            }
        })
        .collect()
}

#[actix_web::test]
async fn naming_anothers_row_in_a_form_is_as_naming_none() {
    let world = World::new();
    let (mut site, pool) = world.app.rolled_back();
    site.db = site.db.as_of(NOW.parse().unwrap());
    let back_to = |sql: &str| pool.get().unwrap().batch_execute(sql).unwrap();
    back_to("SAVEPOINT untouched");
    let house = open(&site).await;
    let mut wrong = Vec::new();
    for (who, path, form, own, other, differs) in NAMED {
        let mut answers = Vec::new();
        for row in [id('A', own), id('B', other), id('M', "nothing")] {
            back_to("ROLLBACK TO SAVEPOINT untouched");
            let fill = |template: &str| addressed(template).replace('@', &row.to_string());
            let request = match form {
                None => TestRequest::get().uri(&fill(path)),
                Some(form) => TestRequest::post()
                    .uri(&fill(path))
                    .insert_header(("sec-fetch-site", "same-origin"))
                    .insert_header(("content-type", "application/x-www-form-urlencoded"))
                    .set_payload(fill(form)),
            };
            let secret = cookie(called(who)).unwrap();
            let answer = house(request.cookie(Cookie::new("__Host-session", secret))).await;
            let (status, mut headers, text) = normal(&answer, &[]);
            // The secret of a session that has just begun.
            headers.remove("set-cookie");
            answers.push((status, headers, text));
        }
        let place = format!("{who} {path} {}", form.unwrap_or_default());
        if answers.iter().any(|it| it.0 >= 500) {
            let all: Vec<u16> = answers.iter().map(|it| it.0).collect();
            wrong.push(format!("{place}: {all:?}"));
        }
        if answers[1] != answers[2] {
            let (a, b) = (answers[1].0, answers[2].0);
            wrong.push(format!(
                "{place}: B's row {a}, no row {b}, not the same answer"
            ));
        }
        if *differs && answers[0] == answers[2] {
            wrong.push(format!(
                "{place}: A's own row is answered as none ({})",
                answers[0].0
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
