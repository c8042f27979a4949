//! The pages of offers over HTTP, in both languages, from the preview to the enrolment.

use std::collections::BTreeMap;

use banyan::access;
use banyan::applications::rules::Decision::{Accept, Ineligible, Reject, Waitlist};
use banyan::db::{Actor, Role, Task};
use banyan::error::Error;
use banyan::ids::{LinkId, OfferId};
use banyan::lang::Lang;
use banyan::offers::actions;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use crate::support::app::{Answer, TestApp};
use crate::support::fixtures::offers::{Candidate, Scene};

/// Two open seats; three accepted, one waits, one rejected, one ineligible; half read Chinese.
fn decided(app: &TestApp) -> (Scene, Vec<Candidate>) {
    let scene = Scene::new(app, 2, &[1]);
    let decisions = [Accept, Accept, Accept, Waitlist, Reject, Ineligible];
    let people = decisions
        .into_iter()
        .zip(0..)
        .map(|(decision, n)| {
            let lang = if n % 2 == 0 { Lang::En } else { Lang::Zh };
            let whom =
                scene.candidate(app, &format!("Chan {n}"), lang, None, Some(5_000 - n * 100));
            let reason = (decision == Ineligible).then_some("Not in Hong Kong.");
            scene.decide(app, whom, decision, reason);
            whom
        })
        .collect();
    (scene, people)
}

fn field(page: &Answer, name: &str) -> String {
    let text = page.text();
    let from = text
        .split(&format!("name=\"{name}\" value=\""))
        .nth(1)
        .unwrap();
    from.split('"').next().unwrap().to_owned()
}

/// Letters of the scene by kind and language.
fn letters(app: &TestApp, scene: &Scene) -> BTreeMap<(String, String), i64> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        kind: String,
        #[diesel(sql_type = Text)]
        lang: String,
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let sql = "SELECT kind, lang, count(*) AS n FROM letters GROUP BY 1, 2";
    app.site
        .db
        .read(&scene.staff, |conn| {
            Ok(sql_query(sql).load::<Row>(conn.pg())?)
        })
        .unwrap()
        .into_iter()
        .map(|row| ((row.kind, row.lang), row.n))
        .collect()
}

/// The mailed link of an offer, signed as the courier signs it.
fn link(app: &TestApp, offer: OfferId) -> String {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: LinkId,
    }
    let row: Row = app
        .site
        .db
        .read(&Actor::Public(Task::SignIn), |conn| {
            Ok(sql_query("SELECT id FROM links WHERE subject_id = $1")
                .bind::<SqlUuid, _>(offer)
                .get_result(conn.pg())?)
        })
        .unwrap();
    let expires = "2100-01-01T00:00:00Z".parse().unwrap();
    format!(
        "/link/offer/{}",
        app.site.keys.sign_link("offer", row.id, expires).unwrap()
    )
}

#[actix_web::test]
async fn what_the_preview_shows_is_what_the_release_does() {
    let app = TestApp::new();
    let (scene, people) = decided(&app);
    let grace = app.acting("Grace", Role::Coordinator, Some(scene.programme), None);
    let path = format!("/cohorts/{}/release", scene.cohort);
    let shown = app
        .site
        .db
        .read(&scene.staff, |conn| {
            let staff = access::cohort_staff(conn, scene.cohort)?;
            actions::preview_release(conn, &staff, None)
        })
        .unwrap();
    assert_eq!(
        (shown.offers.len(), shown.waitlist.len(), shown.shortfall),
        (2, 2, 1)
    );
    let page = grace.get(&path).await;
    assert_eq!(page.status, 200);
    for text in [
        "Release 6 decisions",
        "1 accepted applicant has no free seat.",
        "Not in Hong Kong.",
    ] {
        assert!(page.text().contains(text), "{text}");
    }
    assert!(letters(&app, &scene).is_empty(), "a preview sends nothing");
    assert_eq!(scene.state(&app, people[0]), "under_review");
    let form = [
        ("fingerprint", field(&page, "fingerprint")),
        ("_key", field(&page, "_key")),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
    for _double_click in 0..2 {
        let done = grace.post(&path, &form).await;
        assert_eq!(
            (done.status, done.location()),
            (303, format!("/cohorts/{}/offers", scene.cohort).as_str())
        );
    }
    let mut planned = BTreeMap::new();
    for (kind, (en, zh)) in shown.letters() {
        for (lang, n) in [("en", en), ("zh-Hant-HK", zh)] {
            if n > 0 {
                planned.insert(
                    (kind.to_owned(), lang.to_owned()),
                    i64::try_from(n).unwrap(),
                );
            }
        }
    }
    assert_eq!(letters(&app, &scene), planned);
    let states: Vec<String> = people.iter().map(|it| scene.state(&app, *it)).collect();
    assert_eq!(
        states,
        [
            "offered",
            "offered",
            "waitlisted",
            "waitlisted",
            "rejected",
            "ineligible"
        ]
    );
    let state = "SELECT state AS t FROM cohorts WHERE id = $1";
    assert_eq!(scene.word(&app, state, scene.cohort.0), "offering");
    assert_eq!(scene.count(&app, "SELECT count(*) AS n FROM releases"), 1);
}

#[actix_web::test]
async fn a_plan_that_changed_is_shown_again_and_not_carried_out() {
    let app = TestApp::new();
    let (scene, people) = decided(&app);
    let grace = app.acting("Grace", Role::Coordinator, Some(scene.programme), None);
    let path = format!("/cohorts/{}/release", scene.cohort);
    let page = grace.get(&path).await;
    scene.decide(&app, people[4], Waitlist, None);
    let stale = field(&page, "fingerprint");
    let answer = grace.post(&path, &[("fingerprint", &stale)]).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text().contains("please look again"));
    assert_ne!(field(&answer, "fingerprint"), stale);
    assert!(letters(&app, &scene).is_empty());
}

#[actix_web::test]
async fn an_undone_decision_is_not_released_and_a_second_release_takes_only_new_ones() {
    let app = TestApp::new();
    let (scene, people) = decided(&app);
    let undo = |whom: Candidate| {
        app.site.db.tx(&scene.staff, |conn| {
            let staff = access::application_staff(conn, whom.application)?;
            actions::undo_decision(conn, &staff)
        })
    };
    undo(people[4]).unwrap();
    assert!(
        matches!(undo(people[4]), Err(Error::Refused(_))),
        "nothing is pending"
    );
    assert_eq!(scene.release(&app).counts, [2, 2, 0, 1]);
    assert_eq!(scene.state(&app, people[4]), "under_review");
    scene.decide(&app, people[4], Reject, None);
    assert_eq!(scene.release(&app).counts, [0, 0, 1, 0]);
    assert!(
        matches!(undo(people[4]), Err(Error::Refused(_))),
        "it is out"
    );
}

#[actix_web::test]
async fn an_applicant_accepts_enrols_and_leaves_and_the_seat_goes_on() {
    let app = TestApp::new();
    let (scene, people) = decided(&app);
    scene.release(&app);
    let offer = scene.offer(&app, people[0]);
    let chan = app.sign_in(people[0].person, None);
    let page = chan.get(&format!("/me/offers/{offer}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Accept the offer") && page.text().contains("HKT"));
    assert_eq!(
        app.person("Eve")
            .get(&format!("/me/offers/{offer}"))
            .await
            .status,
        404
    );
    let early = chan.get(&format!("/me/enrol/{offer}")).await;
    assert_eq!(
        early.location(),
        format!("/me/offers/{offer}"),
        "accept first"
    );
    for _double_click in 0..2 {
        let done = chan
            .post(&format!("/me/offers/{offer}"), &[("answer", "accept")])
            .await;
        assert_eq!(done.location(), format!("/me/enrol/{offer}"));
    }
    let late = chan
        .post(&format!("/me/offers/{offer}"), &[("answer", "decline")])
        .await;
    assert_eq!(late.status, 409);
    let form = chan.get(&format!("/me/enrol/{offer}")).await;
    let begun = "name=\"certificate_name\" value=\"Chan 0\"";
    assert!(form.text().contains(begun), "{}", form.text());
    let pics = form
        .text()
        .split("name=\"accepted_pics\" value=\"")
        .nth(1)
        .unwrap()[..36]
        .to_owned();
    let mut fields = vec![
        ("certificate_name", "CHAN Tai Man 陳大文"),
        ("contact_name", "Chan Siu Ming"),
        ("contact_relationship", "Father"),
        ("accepted_pics", &pics),
        ("accepts_agreement", "yes"),
    ];
    let wrong = chan.post(&format!("/me/enrol/{offer}"), &fields).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("陳大文") && wrong.text().contains("contact_phone-error"));
    assert_eq!(wrong.text().matches("aria-invalid").count(), 1);
    fields.push(("contact_phone", "9123 4567"));
    let done = chan.post(&format!("/me/enrol/{offer}"), &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let mine = done.location().to_owned();
    let page = chan.get(&mine).await;
    for text in [
        "-0001",
        "CHAN Tai Man 陳大文",
        "Chan Siu Ming",
        "+85291234567",
    ] {
        assert!(page.text().contains(text), "{text}");
    }
    assert_eq!(app.person("Eve").get(&mine).await.status, 404);
    assert_eq!(scene.state(&app, people[0]), "enrolled");
    assert_eq!(
        scene.count(
            &app,
            "SELECT count(*) AS n FROM consents WHERE kind = 'photographs' AND NOT given"
        ),
        1
    );
    // Leaving frees the seat for the first who waits.
    assert_eq!(scene.state(&app, people[2]), "waitlisted");
    let left = chan.post(&format!("{mine}/withdraw"), &[]).await;
    assert_eq!(left.status, 303, "{}", left.text());
    assert_eq!(scene.state(&app, people[2]), "offered");
    let told = letters(&app, &scene);
    for kind in [
        "offer_accepted",
        "enrolment_confirmed",
        "enrolment_withdrawn",
        "offer_promoted",
    ] {
        assert_eq!(told[&(kind.to_owned(), "en".to_owned())], 1, "{kind}");
    }
    let verbs = "SELECT count(DISTINCT verb) AS n FROM audit_events WHERE verb IN ('offer.issued', 'offer.accepted', \
        'enrolment.enrolled', 'enrolment.withdrawn', 'offer.seat_given_up')";
    assert_eq!(scene.count(&app, verbs), 5);
}

#[actix_web::test]
async fn a_mailed_link_shows_and_asks_and_only_a_post_acts() {
    let app = TestApp::new();
    let (scene, people) = decided(&app);
    scene.release(&app);
    let offer = scene.offer(&app, people[1]);
    let link = link(&app, offer);
    let anybody = app.anybody();
    for _ in 0..10 {
        let page = anybody.get(&link).await;
        assert_eq!(page.status, 200);
        assert!(
            page.text().contains("接受取錄"),
            "in the reader's own language"
        );
    }
    let state = "SELECT state AS t FROM offers WHERE id = $1";
    assert_eq!(scene.word(&app, state, offer.0), "open");
    let asked = anybody.get(&format!("{link}?decline=1&lang=en")).await;
    assert!(asked.text().contains("Do you want to decline this offer?"));
    for forged in [format!("{link}x"), "/link/offer/abc".to_owned()] {
        assert_eq!(anybody.get(&forged).await.status, 404);
        assert_eq!(
            anybody.post(&forged, &[("answer", "accept")]).await.status,
            404
        );
    }
    for _double_click in 0..2 {
        let done = anybody
            .post(&link, &[("answer", "decline"), ("reason", "Moving abroad")])
            .await;
        assert_eq!((done.status, done.location()), (303, link.as_str()));
    }
    assert_eq!(scene.word(&app, state, offer.0), "declined");
    assert_eq!(
        anybody.post(&link, &[("answer", "accept")]).await.status,
        409
    );
    assert!(anybody.get(&link).await.text().contains("你已婉拒取錄"));
    assert_eq!(scene.state(&app, people[2]), "offered", "the next who fits");
    let who = "SELECT actor_kind || ' ' || (actor_id = person_id) AS t FROM audit_events WHERE verb = 'offer.declined' AND subject_id = $1";
    assert_eq!(scene.word(&app, who, offer.0), "applicant true");
}

#[actix_web::test]
async fn a_link_ends_with_its_offer_and_lives_on_when_more_time_is_given() {
    let app = TestApp::new();
    let (scene, people) = decided(&app);
    scene.release(&app);
    let offer = scene.offer(&app, people[0]);
    let link = link(&app, offer);
    let grace = app.acting("Grace", Role::Coordinator, Some(scene.programme), None);
    let path = format!("/cohorts/{}/offers/{offer}", scene.cohort);
    let earlier = grace
        .post(&format!("{path}/extend"), &[("until", "2020-01-01")])
        .await;
    assert_eq!(earlier.status, 422);
    assert!(earlier.text().contains("The new deadline must be later"));
    let later = grace
        .post(&format!("{path}/extend"), &[("until", "2099-06-30")])
        .await;
    assert_eq!(later.status, 303, "{}", later.text());
    assert!(
        app.anybody()
            .get(&link)
            .await
            .text()
            .contains("30 Jun 2099, 23:59 HKT")
    );
    app.site
        .db
        .tx(&Actor::Public(Task::SignIn), |conn| {
            Ok(sql_query("UPDATE links SET expires_at = banyan_now()").execute(conn.pg())?)
        })
        .unwrap();
    assert_eq!(app.anybody().get(&link).await.status, 404);
}

#[actix_web::test]
async fn staff_withdraw_an_offer_with_a_reason_and_see_lists_in_both_languages() {
    let app = TestApp::new();
    let (scene, people) = decided(&app);
    scene.release(&app);
    let offer = scene.offer(&app, people[0]);
    let grace = app.acting("Grace", Role::Coordinator, Some(scene.programme), None);
    let cohort = format!("/cohorts/{}", scene.cohort);
    let path = format!("{cohort}/offers/{offer}");
    let asked = grace.get(&format!("{path}/withdraw")).await.text();
    assert!(
        asked.contains("The seat goes to Chan 2"),
        "who is next stands there"
    );
    let silent = grace
        .post(&format!("{path}/withdraw"), &[("reason", " ")])
        .await;
    assert_eq!(silent.status, 422);
    let done = grace
        .post(&format!("{path}/withdraw"), &[("reason", "Offered twice")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(scene.state(&app, people[0]), "under_review");
    assert_eq!(scene.state(&app, people[2]), "offered");
    let lists = [
        ("offers", "Withdrawn", "已撤回"),
        ("waitlist", "Decided: waitlist", "決定列入候補"),
        (
            "enrolments",
            "Nobody has enrolled yet",
            "尚未有人辦理入學註冊",
        ),
        (
            "release",
            "No decision is waiting for release.",
            "沒有待公布的決定",
        ),
    ];
    let other = app.acting(
        "Mallory",
        Role::Coordinator,
        Some(Scene::new(&app, 1, &[]).programme),
        None,
    );
    for (list, en, zh) in lists {
        let page = grace.get(&format!("{cohort}/{list}")).await;
        assert!(
            page.status == 200 && page.text().contains(en),
            "{list}: {}",
            page.text()
        );
        assert_eq!(
            other.get(&format!("{cohort}/{list}")).await.status,
            404,
            "{list}"
        );
        let in_chinese = chinese(&app, &grace, &format!("{cohort}/{list}")).await;
        assert!(in_chinese.contains(zh), "{list} in Chinese");
    }
    let narrowed = grace
        .get(&format!("{cohort}/offers?state=open&q=chan+1"))
        .await
        .text();
    assert!(narrowed.contains("Chan 1") && !narrowed.contains("Chan 2"));
    let rehearsed = grace
        .get(&format!("{cohort}/waitlist?from={}&seats=1", scene.open))
        .await
        .text();
    assert!(
        rehearsed.contains("1 person would get an offer:") && rehearsed.contains("<b>Chan 3</b>")
    );
    assert_eq!(
        scene.state(&app, people[3]),
        "waitlisted",
        "a rehearsal changes nothing"
    );
}

/// The same page for the same person reading Chinese.
async fn chinese(app: &TestApp, client: &crate::support::app::Client<'_>, path: &str) -> String {
    let say = |lang: &'static str| {
        app.site
            .db
            .tx(&Actor::System(Task::Accounts), |conn| {
                Ok(sql_query("UPDATE people SET lang = $2 WHERE id = $1")
                    .bind::<SqlUuid, _>(client.person.unwrap())
                    .bind::<Text, _>(lang)
                    .execute(conn.pg())?)
            })
            .unwrap()
    };
    say("zh-Hant-HK");
    let page = client.get(path).await.text();
    say("en");
    page
}

#[actix_web::test]
async fn lists_leave_as_files_with_everything_in_them() {
    let app = TestApp::with_database();
    let (scene, _) = decided(&app);
    scene.release(&app);
    let grace = app.acting("Grace", Role::Coordinator, Some(scene.programme), None);
    for (list, name) in [
        ("offers", "Chan 1"),
        ("waitlist", "Chan 3"),
        ("enrolments", "Trainee number"),
    ] {
        let csv = grace
            .get(&format!("/cohorts/{}/{list}.csv", scene.cohort))
            .await;
        assert!(csv.text().contains(name), "{list}: {}", csv.text());
        assert!(csv.headers["content-disposition"].contains(&format!("-{list}.csv")));
        let xlsx = grace
            .get(&format!("/cohorts/{}/{list}.xlsx", scene.cohort))
            .await;
        assert!(xlsx.body.starts_with(b"PK"));
    }
}
