//! What verbs do that no page shows: jobs, the applicant's withdrawal, ended holds, rules of time.

use banyan::access;
use banyan::applications::rules::Decision::{Accept, Waitlist};
use banyan::db::{Actor, Task};
use banyan::jobs::run_due;
use banyan::lang::Lang;
use banyan::offers::rules::{release_expires_at, remind_at};
use banyan::offers::{actions, jobs, queries};
use chrono::TimeDelta;
use diesel::{RunQueryDsl as _, sql_query};

use crate::support::app::TestApp;
use crate::support::fixtures::offers::{Candidate, Scene};
use crate::support::tables::at;

#[test]
fn the_jobs_of_an_offer_remind_once_and_end_it_once() {
    let app = TestApp::with_database();
    let scene = Scene::new(&app, 1, &[]);
    let first = scene.candidate(&app, "First", Lang::En, None, Some(4_000));
    let second = scene.candidate(&app, "Second", Lang::Zh, None, Some(3_000));
    scene.decide(&app, first, Accept, None);
    scene.decide(&app, second, Waitlist, None);
    scene.release(&app);
    assert_eq!(
        run_due(&app.site.db, &jobs::runners(), 10).unwrap(),
        0,
        "nothing is due"
    );
    app.as_owner("UPDATE offers SET expires_at = banyan_now() + interval '70 hours'; UPDATE jobs SET run_at = banyan_now() WHERE kind = 'remind_offer'");
    assert_eq!(run_due(&app.site.db, &jobs::runners(), 10).unwrap(), 1);
    let reminders = "SELECT count(*) AS n FROM letters WHERE kind = 'offer_reminder' AND body_text LIKE '%{{private:offer:%'";
    assert_eq!(scene.count(&app, reminders), 1);
    app.as_owner("UPDATE jobs SET run_at = banyan_now(), state = 'queued'");
    assert_eq!(run_due(&app.site.db, &jobs::runners(), 10).unwrap(), 2);
    assert_eq!(scene.count(&app, reminders), 1, "once for each deadline");
    assert_eq!(
        scene.state(&app, first),
        "offered",
        "a job that comes too early does nothing"
    );
    app.as_owner("UPDATE offers SET expires_at = banyan_now(); UPDATE jobs SET run_at = banyan_now(), state = 'queued'");
    run_due(&app.site.db, &jobs::runners(), 10).unwrap();
    assert_eq!(scene.state(&app, first), "lapsed");
    assert_eq!(scene.state(&app, second), "offered");
    assert_eq!(jobs::sweep(&app.site.db).unwrap(), 0);
    assert_eq!(
        scene.count(
            &app,
            "SELECT count(*) AS n FROM jobs WHERE state = 'dead' OR last_error IS NOT NULL"
        ),
        0
    );
}

/// So many accepted applicants, best first.
fn accepted(app: &TestApp, scene: &Scene, many: i32) -> Vec<Candidate> {
    (0..many)
        .map(|n| {
            let whom =
                scene.candidate(app, &format!("Person {n}"), Lang::En, None, Some(4_000 - n));
            scene.decide(app, whom, Accept, None);
            whom
        })
        .collect()
}

#[test]
fn a_withdrawn_application_leaves_its_seat_whether_offered_or_accepted() {
    let app = TestApp::new();
    let scene = Scene::new(&app, 2, &[]);
    let people = accepted(&app, &scene, 4);
    assert_eq!(scene.release(&app).counts, [2, 2, 0, 0]);
    let withdraw = |n: usize| {
        app.site.db.tx(&people[n].actor(), |conn| {
            let own = access::own_application(conn, people[n].application)?;
            actions::withdraw_application(conn, &own)
        })
    };
    let offer = scene.offer(&app, people[0]);
    app.site
        .db
        .tx(&people[0].actor(), |conn| {
            let own = access::own_offer(conn, offer)?;
            actions::accept(conn, &own)
        })
        .unwrap();
    let place = |n: usize| {
        app.site
            .db
            .read(&people[n].actor(), |conn| {
                let own = access::own_application(conn, people[n].application)?;
                queries::position(conn, &own)
            })
            .unwrap()
            .map(|it| (it.place, it.of))
    };
    assert_eq!(
        (place(2), place(3), place(1)),
        (Some((1, 2)), Some((2, 2)), None)
    );
    withdraw(0).unwrap();
    assert_eq!(
        (scene.state(&app, people[0]), scene.state(&app, people[2])),
        ("withdrawn".into(), "offered".into())
    );
    assert_eq!(place(3), Some((1, 1)));
    withdraw(1).unwrap();
    assert_eq!(scene.state(&app, people[3]), "offered");
    assert!(withdraw(1).is_err(), "there is nothing left to withdraw");
    assert_eq!(
        scene.count(
            &app,
            "SELECT count(*) AS n FROM letters WHERE kind = 'application_withdrawn'"
        ),
        2
    );
    let wrong = app
        .site
        .db
        .read(&Actor::System(Task::Seats), queries::reconcile);
    assert_eq!(wrong.unwrap(), Vec::new());
}

#[test]
fn unused_seats_of_an_ended_hold_are_released_to_everybody_first() {
    let app = TestApp::new();
    let scene = Scene::until(&app, 1, &[2], "2020-01-01");
    let (bank, pool) = scene.banks[0];
    for n in 0..3 {
        let employer = (n == 0).then_some(bank);
        let whom = scene.candidate(
            &app,
            &format!("Person {n}"),
            Lang::En,
            employer,
            Some(4_000 - n),
        );
        scene.decide(&app, whom, Accept, None);
    }
    let shown = app.site.db.read(&scene.staff, |conn| {
        let staff = access::cohort_staff(conn, scene.cohort)?;
        actions::preview_release(conn, &staff, None)
    });
    let gives: i32 = shown
        .unwrap()
        .movements
        .iter()
        .map(|it| it.gives_back)
        .sum();
    assert_eq!(gives, 2);
    assert_eq!(scene.release(&app).counts, [3, 0, 0, 0]);
    let capacity = "SELECT capacity::text AS t FROM seat_pools WHERE id = $1";
    assert_eq!(scene.word(&app, capacity, pool.0), "0");
    assert_eq!(scene.word(&app, capacity, scene.open.0), "3");
}

#[test]
fn only_some_decisions_may_be_released() {
    let app = TestApp::new();
    let scene = Scene::new(&app, 5, &[]);
    let [one, two] =
        [1, 2].map(|n| scene.candidate(&app, &format!("Person {n}"), Lang::En, None, None));
    scene.decide(&app, one, Accept, None);
    scene.decide(&app, two, Accept, None);
    let only = [two.application];
    app.site
        .db
        .tx(&scene.staff, |conn| {
            let staff = access::cohort_staff(conn, scene.cohort)?;
            let shown = actions::preview_release(conn, &staff, Some(&only))?;
            actions::release(conn, &staff, Some(&only), &shown.fingerprint)
        })
        .unwrap();
    assert_eq!(
        (scene.state(&app, one), scene.state(&app, two)),
        ("under_review".into(), "offered".into())
    );
}

#[test]
fn a_hidden_decision_is_in_nobody_elses_history() {
    let app = TestApp::new();
    let scene = Scene::new(&app, 1, &[]);
    let whom = scene.candidate(&app, "Person", Lang::En, None, None);
    scene.decide(&app, whom, Accept, Some("Strong"));
    let seen = app.site.db.read(&whom.actor(), |conn| {
        Ok((
            sql_query("SELECT 1 FROM audit_events").execute(conn.pg())?,
            sql_query("SELECT 1 FROM audit_details").execute(conn.pg())?,
            sql_query("SELECT 1 FROM application_cases").execute(conn.pg())?,
        ))
    });
    assert_eq!(seen.unwrap(), (0, 0, 0));
}

#[test]
fn a_release_close_to_its_reply_date_still_leaves_time_to_answer() {
    let issued = at("2027-01-04T10:00:00+08:00");
    let reply_by = at("2027-01-15T23:59:59+08:00");
    assert_eq!(release_expires_at(issued, reply_by, 7, None), reply_by);
    let late = at("2027-01-15T10:00:00+08:00");
    assert_eq!(
        release_expires_at(late, reply_by, 7, None),
        at("2027-01-22T23:59:59+08:00")
    );
}

#[test]
fn whoever_is_decided_waitlist_gets_an_offer_at_once_while_a_seat_that_fits_is_free() {
    let app = TestApp::with_database();
    let scene = Scene::new(&app, 1, &[1]);
    let bank = scene.banks[0].0;
    let best = scene.candidate(&app, "Best", Lang::En, None, Some(4_000));
    let staff = scene.candidate(&app, "Of the bank", Lang::Zh, Some(bank), Some(2_000));
    let other = scene.candidate(&app, "Of nobody", Lang::En, None, Some(3_000));
    scene.decide(&app, best, Accept, None);
    scene.decide(&app, staff, Waitlist, None);
    scene.decide(&app, other, Waitlist, None);
    assert_eq!(scene.release(&app).counts, [2, 1, 0, 0]);
    assert_eq!(scene.state(&app, best), "offered");
    assert_eq!(scene.state(&app, staff), "offered", "the held seat is free");
    assert_eq!(scene.state(&app, other), "waitlisted");
    let letters = |kind| {
        let sql = format!("SELECT count(*) AS n FROM letters WHERE kind = '{kind}'");
        scene.count(&app, &sql)
    };
    assert_eq!(
        (letters("offer_made"), letters("decision_waitlisted")),
        (2, 1)
    );
}

#[test]
fn nobody_is_reminded_of_a_letter_that_is_still_fresh() {
    let issued = at("2027-01-04T10:00:00+08:00");
    let ends = issued + TimeDelta::hours(96);
    assert_eq!(remind_at(issued, ends), Some(issued + TimeDelta::hours(24)));
    assert_eq!(remind_at(issued, ends - TimeDelta::seconds(1)), None);
}

#[test]
fn a_cancelled_cohort_leaves_no_open_offer_and_nobody_waiting() {
    let app = TestApp::with_database();
    let scene = Scene::new(&app, 2, &[]);
    let people = accepted(&app, &scene, 4);
    assert_eq!(scene.release(&app).counts, [2, 2, 0, 0]);
    // One has accepted: that seat is not an open offer.
    let offer = scene.offer(&app, people[0]);
    app.site
        .db
        .tx(&people[0].actor(), |conn| {
            let own = access::own_offer(conn, offer)?;
            actions::accept(conn, &own)
        })
        .unwrap();
    let close = || {
        app.site.db.tx(&Actor::System(Task::Seats), |conn| {
            actions::close_cancelled(conn, scene.cohort)
        })
    };
    assert_eq!(close().unwrap(), 0, "the cohort is alive");
    app.site
        .db
        .tx(&scene.staff, |conn| {
            let staff = access::cohort_staff(conn, scene.cohort)?;
            banyan::cohorts::actions::step(
                conn,
                &staff,
                banyan::cohorts::rules::CohortEvent::Cancel,
            )
        })
        .unwrap();
    let letters = scene.count(&app, "SELECT count(*) AS n FROM letters");
    assert_eq!(run_due(&app.site.db, &jobs::runners(), 10).unwrap(), 1);
    assert_eq!(scene.state(&app, people[0]), "offered");
    assert_eq!(scene.state(&app, people[1]), "under_review");
    assert_eq!(scene.state(&app, people[2]), "rejected");
    assert_eq!(scene.state(&app, people[3]), "rejected");
    for (sql, left) in [
        ("SELECT count(*) AS n FROM offers WHERE state = 'open'", 0),
        (
            "SELECT count(*) AS n FROM offers WHERE state = 'withdrawn'",
            1,
        ),
        (
            "SELECT count(*) AS n FROM waitlist_entries WHERE state = 'waiting'",
            0,
        ),
        (
            "SELECT sum(offered) * 10 + sum(taken) AS n FROM seat_pools",
            1,
        ),
        (
            "SELECT count(*) AS n FROM audit_events WHERE verb = 'application.waitlist_closed'",
            2,
        ),
    ] {
        assert_eq!(scene.count(&app, sql), left, "{sql}");
    }
    assert_eq!(
        scene.count(&app, "SELECT count(*) AS n FROM letters"),
        letters,
        "the cancellation was told already"
    );
    assert_eq!(close().unwrap(), 0, "twice is once");
}

#[test]
fn a_seat_that_comes_free_after_its_hold_was_ended_early_goes_to_everybody() {
    let app = TestApp::new();
    let scene = Scene::new(&app, 0, &[1]);
    let (bank, pool) = scene.banks[0];
    let held = scene.candidate(&app, "Held", Lang::En, Some(bank), Some(3_000));
    let waits = scene.candidate(&app, "Waits", Lang::En, None, Some(4_000));
    scene.decide(&app, held, Accept, None);
    scene.decide(&app, waits, Waitlist, None);
    scene.release(&app);
    assert_eq!(scene.state(&app, held), "offered");
    app.site
        .db
        .tx(&scene.staff, |conn| {
            let staff = access::cohort_staff(conn, scene.cohort)?;
            banyan::cohorts::actions::release_now(conn, &staff, pool)
        })
        .unwrap();
    let offer = scene.offer(&app, held);
    app.site
        .db
        .tx(&held.actor(), |conn| {
            let own = access::own_offer(conn, offer)?;
            actions::decline(conn, &own, None)
        })
        .unwrap();
    assert_eq!(scene.state(&app, waits), "offered");
    assert_eq!(
        scene.count(&app, "SELECT sum(capacity) AS n FROM seat_pools"),
        1,
        "the total stays"
    );
}
