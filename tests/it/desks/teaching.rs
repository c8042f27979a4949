//! An instructor's home: facts about the programmes that they teach in, and nobody's name.

use banyan::db::Role;
use banyan::ids::ProgrammeId;
use banyan::people::actions::sign_in_url;

use crate::support::fixtures::desks::{COHORT, OPEN, OTHER, PROGRAMME, applicant, id, world};

fn programme() -> Option<ProgrammeId> {
    Some(ProgrammeId(id(PROGRAMME)))
}

#[actix_web::test]
async fn a_sign_in_link_leads_whoever_only_teaches_to_their_home() {
    let app = world();
    let person = app.account("Szeto Chun Man");
    app.grant(person, Role::Instructor, programme(), None);
    let link = sign_in_url(&app.site, person).unwrap();
    let path = &link[link.find("/link/").unwrap()..];
    let browser = app.anybody();
    let landed = browser.post(path, &[]).await;
    assert_eq!((landed.status, landed.location()), (303, "/teaching"));
    let home = browser.get("/teaching").await;
    assert_eq!(home.status, 200);
    let page = home.text();
    assert!(page.contains("href=\"/teaching\" aria-current=\"page\">Teaching</a>"));
    assert!(
        page.contains("<a href=\"/account\">Your account: name, language, password, devices</a>")
    );
}

#[actix_web::test]
async fn it_shows_intakes_that_run_or_come_with_their_dates_and_the_modules_in_both_languages() {
    let app = world();
    app.as_owner(&format!(
        "UPDATE cohorts SET state = 'running' WHERE id = '{COHORT}'; \
         INSERT INTO cohorts (id, programme_id, code, name_en, name_zh, state, opens_at, closes_at, decisions_on, reply_by, starts_on, ends_on) VALUES \
           (gen_random_uuid(), '{PROGRAMME}', '2026H1', 'An intake that is over', '已結束的一屆', 'completed', '2020-01-01', '2020-02-01', '2020-03-01', '2020-04-01', '2020-05-01', '2020-06-01'), \
           (gen_random_uuid(), '{OTHER}', '2027X1', 'Intake of others', '別的一屆', 'running', '2020-01-01', '2020-02-01', '2020-03-01', '2020-04-01', '2020-05-01', '2090-06-01')"
    ));
    let (_, _) = applicant(&app, "Canary Applicant", OPEN, "submitted");
    let teacher = app.acting("Szeto Chun Man", Role::Instructor, programme(), None);
    let page = teacher.get("/teaching").await.text();
    for fact in [
        "Lantern AI Pilot",
        "office@lantern.example",
        "<a href=\"/timetable\">First half of 2027</a></th><td data-label=\"State\"><span class=\"tag go\">Running</span></td>\
         <td class=\"nb\" data-label=\"Teaching begins\">Wed 22 Feb 2090</td><td class=\"nb\" data-label=\"Teaching ends\">Mon 26 Jun 2090</td>",
        "<a href=\"/calls/2027H2\">Second half of 2027</a>",
        "<a href=\"/curriculum#AIR501\">AI risk management</a></th><td class=\"n\" data-label=\"Contact hours\">24</td>\
         <td class=\"n\" data-label=\"Learning hours\">80</td>",
        "AI ethics",
    ] {
        assert!(page.contains(fact), "{fact} in {page}");
    }
    assert!(
        page.find("2027H1") < page.find("2027H2"),
        "by the first day"
    );
    for other in [
        "Secret plan",
        "An intake that is over",
        "Harbour Data Scheme",
        "Intake of others",
        "Canary",
    ] {
        assert!(!page.contains(other), "{other} in {page}");
    }
    app.as_owner("UPDATE people SET lang = 'zh-Hant-HK'");
    let page = teacher.get("/teaching").await.text();
    for fact in [
        "<h1>授課</h1>",
        "燈籠人工智能試點計劃",
        "進行中及即將開始的屆別",
        "2027年上半年",
        "2090年2月22日（星期三）",
        "人工智能風險管理",
        "你的帳戶：姓名、語言、密碼、裝置",
    ] {
        assert!(page.contains(fact), "{fact} in {page}");
    }
}

#[actix_web::test]
async fn it_is_the_instructors_alone_and_says_what_is_missing() {
    let app = world();
    let role = |role| app.acting("Somebody", role, programme(), None);
    for other in [Role::Coordinator, Role::Reviewer, Role::Committee] {
        assert_eq!(role(other).get("/teaching").await.status, 403);
    }
    assert_eq!(app.person("Ada").get("/teaching").await.status, 403);
    let asked = app.anybody().get("/teaching").await;
    assert_eq!(
        (asked.status, asked.location()),
        (303, "/sign-in?next=%2Fteaching")
    );
    let elsewhere = Some(ProgrammeId(id(OTHER)));
    let teacher = app.acting("Szeto Chun Man", Role::Instructor, elsewhere, None);
    let page = teacher.get("/teaching").await.text();
    for words in [
        "Harbour Data Scheme",
        "No intake is running or announced.",
        "No modules are recorded.",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(!page.contains("Lantern AI Pilot"));
}
