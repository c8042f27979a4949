//! A week's log by the trainee, answered by a private link; evaluations; what an institution never sees; the end.

use banyan::db::{Actor, Task};
use banyan::ids::LinkId;
use banyan::supervision::jobs;

use crate::hosting::journey::Placed;
use crate::support::app::Client;

/// The private link of a purpose, the latest, signed as the courier signs it.
fn link(placed: &Placed, purpose: &str) -> String {
    let id: LinkId = placed
        .arena
        .one(&format!(
            "SELECT id::text FROM links WHERE purpose = '{purpose}' ORDER BY created_at DESC, id DESC LIMIT 1"
        ))
        .parse()
        .unwrap();
    let app = &placed.arena.market.school.world.app;
    let expires = "2100-01-01T00:00:00Z".parse().unwrap();
    let token = app.site.keys.sign_link(purpose, id, expires).unwrap();
    format!("/link/{purpose}/{token}")
}

fn nobody(placed: &Placed) -> Client<'_> {
    placed.arena.market.school.world.app.anybody()
}

/// The Monday of the placement's first whole week.
fn week(placed: &Placed) -> String {
    placed.one("(date_trunc('week', starts_on + 6))::date")
}

async fn hand_in(placed: &Placed, week: &str, task: &str) {
    let at = placed.mine(&format!("/logs/{week}"));
    let version = placed.arena.one(&format!(
        "SELECT coalesce(max(version), 0)::text FROM weekly_logs WHERE week = '{week}'"
    ));
    let fields = [
        ("from0", "09:00"),
        ("to0", "18:00"),
        ("rest0", "60"),
        ("task0", task),
        ("place0", "office"),
        ("version", version.as_str()),
        ("do", "hand_in"),
    ];
    let done = placed.trainee().post(&at, &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
}

async fn begun() -> Placed {
    let mut placed = Placed::new().await;
    placed.begin().await;
    let later = placed.one("(date_trunc('week', starts_on + 6))::date + 20");
    placed.at(&later);
    placed
}

#[actix_web::test]
async fn a_log_is_answered_by_a_private_link_once_and_the_link_shows_nothing_else() {
    let placed = begun().await;
    let week = week(&placed);
    let at = placed.mine(&format!("/logs/{week}"));
    let wrong = [
        ("from0", "18:00"),
        ("to0", "09:00"),
        ("task0", "Backwards"),
        ("version", "0"),
    ];
    let refused = placed.trainee().post(&at, &wrong).await;
    assert_eq!(refused.status, 422);
    let page = refused.text();
    assert!(page.contains("Enter a time later than the beginning") && page.contains("Backwards"));
    hand_in(&placed, &week, "Read alerts").await;
    assert_eq!(placed.state(), "active", "the first log begins it");
    let link = link(&placed, "log");
    let stranger = nobody(&placed);
    let page = stranger.get(&link).await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("Read alerts") && text.contains("8:00") && text.contains("TRAINEE 2"));
    assert!(!text.contains("TRAINEE 1") && !text.contains("Gamma"));
    let bare = stranger.post(&link, &[("do", "return")]).await;
    assert_eq!(bare.status, 422, "a comment is asked for");
    let returned = stranger
        .post(&link, &[("do", "return"), ("comment", "Which alerts?")])
        .await;
    assert_eq!(returned.status, 303, "{}", returned.text());
    let mine = placed.trainee().get(&at).await.text();
    assert!(mine.contains("Which alerts?"));
    let twice = stranger.post(&link, &[("do", "approve")]).await;
    assert_eq!(twice.status, 409, "answered already");
    // Corrected, it comes with a link of its own.
    hand_in(&placed, &week, "Read alerts of May").await;
    let second = self::link(&placed, "log");
    assert_ne!(link, second);
    let approved = stranger.post(&second, &[("do", "approve")]).await;
    assert_eq!(approved.status, 303, "{}", approved.text());
    assert!(
        stranger
            .get(&second)
            .await
            .text()
            .contains("There is nothing more to do")
    );
    let decided = placed
        .arena
        .texts("SELECT verdict || ' ' || way FROM log_decisions ORDER BY decided_at, id");
    assert_eq!(decided, ["returned link", "approved link"]);
    // What was approved counts while a correction waits.
    hand_in(&placed, &week, "Read more alerts").await;
    let counted = placed
        .arena
        .one("SELECT (approved->0->>'task') || ' / ' || state FROM weekly_logs");
    assert_eq!(counted, "Read alerts of May / submitted");
    for forged in [
        format!("{second}x"),
        second.replace("/link/log/", "/link/evaluation/"),
    ] {
        assert_eq!(stranger.get(&forged).await.status, 404, "{forged}");
    }
    let letters = placed.arena.texts("SELECT kind || ' ' || to_address FROM letters WHERE kind LIKE 'log%' ORDER BY created_at, id");
    assert_eq!(
        letters
            .iter()
            .filter(|it| it.starts_with("log_waits "))
            .count(),
        3,
        "{letters:?}"
    );
}

#[actix_web::test]
async fn missing_logs_are_reminded_of_once_and_then_told_to_the_office() {
    let placed = begun().await;
    let programme = placed.arena.market.school.world.programme;
    let db = placed.arena.market.school.world.app.site.db.clone();
    for _ in 0..2 {
        db.tx(&Actor::System(Task::Supervise), |conn| {
            jobs::programme_look(conn, programme)
        })
        .unwrap();
    }
    let told = placed.arena.texts(
        "SELECT kind || ' ' || count(*) || ' ' || count(DISTINCT to_address) FROM letters WHERE kind = 'log_missing' GROUP BY kind",
    );
    let weeks: i64 = placed
        .arena
        .one("SELECT count(*)::text FROM letters WHERE kind = 'log_missing' AND person_id = (SELECT person_id FROM placements WHERE state = 'reported_for_duty')")
        .parse()
        .unwrap();
    assert!((2..=3).contains(&weeks), "{told:?}");
    let staff = placed.arena.staff("Ada");
    let desk = staff
        .get(&placed.arena.market.office("supervision?wants=missing"))
        .await
        .text();
    assert!(desk.contains("TRAINEE 2"), "{desk}");
    // It stands among the first things on the desk of placements, in both languages.
    let first = placed.arena.market.office("desk");
    let desk = staff.get(&first).await.text();
    assert!(desk.contains("1 trainee has weeks without a log"), "{desk}");
    assert!(desk.contains("/placements/supervision?wants=missing"));
    placed
        .arena
        .owner("UPDATE people SET lang = 'zh-Hant-HK' WHERE display_name = 'Ada'");
    let desk = staff.get(&first).await.text();
    assert!(desk.contains("1名學員欠交每周紀錄"), "{desk}");
}

fn ratings() -> Vec<(&'static str, &'static str)> {
    let names = [
        "risk",
        "control",
        "data",
        "tools",
        "regulation",
        "reliability",
        "confidentiality",
        "writing",
        "speaking",
        "teamwork",
        "problems",
        "agility",
        "initiative",
    ];
    let mut fields: Vec<_> = names.iter().map(|it| (*it, "4")).collect();
    fields.extend([
        ("deliverable", "yes"),
        ("strengths", "Careful"),
        ("improvement", "Ask sooner"),
    ]);
    fields
}

#[actix_web::test]
async fn levels_that_an_institution_saw_stand_in_the_trainees_profile_and_the_later_one_counts() {
    let placed = begun().await;
    hand_in(&placed, &week(&placed), "Read alerts").await;
    let id = uuid::Uuid::now_v7();
    placed.arena.owner(&format!(
        "INSERT INTO competencies (id, programme_id, code, name_en, name_zh) \
         SELECT '{id}', programme_id, 'WRK-1', 'Model review at work', '工作中檢視模型' FROM placements LIMIT 1"
    ));
    let field = format!("level-{id}");
    let profile = async || placed.trainee().get("/me/progress").await.text();
    assert!(!profile().await.contains("Model review at work"));
    for (point, level, shown) in [("mid", "3", "3 "), ("final", "2", "2 ")] {
        let mut fields = ratings();
        fields.push((&field, level));
        if point == "final" {
            fields.extend([
                ("passed", "yes"),
                ("host_again", "yes"),
                ("offer", "no"),
                ("recommend", "now"),
            ]);
        }
        let at = placed.theirs(&format!("/evaluations/{point}"));
        let done = placed.host().post(&at, &fields).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let page = profile().await;
        let at = page.find("Model review at work").unwrap();
        let after: String = page[at..].chars().take(160).collect();
        assert!(after.contains(shown), "{after}");
    }
}

#[actix_web::test]
async fn evaluations_go_both_ways_and_an_institution_never_reads_what_is_said_of_it() {
    let placed = begun().await;
    hand_in(&placed, &week(&placed), "Read alerts").await;
    let host = placed.host();
    let at = placed.theirs("/evaluations/mid");
    let bare = host.post(&at, &[("risk", "4")]).await;
    assert_eq!(bare.status, 422);
    let done = host.post(&at, &ratings()).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(placed.state(), "mid_review");
    let twice = host.post(&at, &ratings()).await;
    assert_eq!(twice.status, 409);
    let trainee = placed.trainee();
    let mut own = ratings();
    own[15] = ("improvement", "Secret self");
    let done = trainee.post(&placed.mine("/evaluations/mid"), &own).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let read = trainee.get(&placed.mine("/evaluations/mid")).await.text();
    assert!(read.contains("Ask sooner") && read.contains("4.00"));
    let theirs = host.get(&at).await.text();
    assert!(theirs.contains("Ask sooner") && !theirs.contains("Secret self"));
    let review = [
        ("work", "2"),
        ("guidance", "1"),
        ("feedback", "n"),
        ("fairness", "5"),
        ("learning", "4"),
        ("words", "Nobody had time"),
    ];
    let done = trainee.post(&placed.mine("/review"), &review).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let incident = [
        ("severity", "serious"),
        ("happened_on", "2027-03-01"),
        ("words", "A thing happened"),
    ];
    let done = trainee.post(&placed.mine("/incident"), &incident).await;
    assert_eq!(done.status, 303, "{}", done.text());
    for page in ["", "/logs", "/evaluations/mid", "/history.csv"] {
        let text = host.get(&placed.theirs(page)).await.text();
        assert!(
            !text.contains("Nobody had time") && !text.contains("A thing happened"),
            "{page}"
        );
    }
    let staff = placed.arena.staff("Ada");
    let listed = staff
        .get(&placed.arena.market.office("incidents"))
        .await
        .text();
    assert!(listed.contains("Serious") && !listed.contains("A thing happened"));
    let mailed = placed
        .arena
        .one("SELECT string_agg(body_text, ' ') FROM letters WHERE kind = 'incident_reported'");
    assert!(
        mailed.contains("Serious")
            && !mailed.contains("A thing happened")
            && !mailed.contains("TRAINEE 2")
    );
}

#[actix_web::test]
async fn a_placement_ends_early_another_is_offered_and_nothing_is_deleted() {
    let placed = begun().await;
    let staff = placed.arena.staff("Ada");
    let today = placed.one("starts_on + 3");
    let how = [
        ("initiator", "institution"),
        ("code", "work_changed"),
        ("ended_on", today.as_str()),
        ("notes", "The team was dissolved"),
    ];
    let unfinished = staff.post(&placed.office("/matters/complete"), &[]).await;
    assert_eq!(unfinished.status, 409);
    let done = staff.post(&placed.office("/matters/end"), &how).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(placed.state(), "ended_early");
    let mailed = placed
        .arena
        .one("SELECT string_agg(body_text, ' ') FROM letters WHERE kind = 'placement_ended'");
    assert!(!mailed.contains("dissolved"), "why is the office's");
    let beta = &placed.arena.postings[1];
    let offered = staff
        .post(&placed.office("/matters/replace"), &[("posting", beta)])
        .await;
    assert_eq!(offered.status, 303, "{}", offered.text());
    let all = placed.arena.texts("SELECT state || ' ' || origin FROM placements WHERE name_shown = 'TRAINEE 2' ORDER BY created_at");
    assert_eq!(all, ["ended_early match", "offered replacement"]);
    let again = staff
        .post(&placed.office("/matters/replace"), &[("posting", beta)])
        .await;
    assert_eq!(again.status, 409, "they have another placement");
}
