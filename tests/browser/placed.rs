//! The desks of a placement, each in both languages: a trainee's week on a phone and the supervisor's answer
//! from a letter, an institution's many at once, the coordinator's exceptions.

use banyan::db::Role;
use banyan::lang::Lang;
use banyan::lang::format::date;
use banyan::sample;
use chrono::NaiveDate;

use crate::app::TestApp;
use crate::browser::{Browser, DESK, Look, PHONE};
use crate::house::LiveHouse;
use crate::languages::fits;
use crate::scene;

/// A phone and a desk of a language.
fn looks(lang: Lang) -> (Look, Look) {
    let lang = lang.pick("en", "zh-HK");
    (Look { lang, ..PHONE }, Look { lang, ..DESK })
}

fn reads(app: &TestApp, person: &str, lang: Lang) {
    app.as_owner(&format!(
        "UPDATE people SET lang = '{}' WHERE id = '{person}'",
        lang.tag()
    ));
}

/// A placement of the sample that is under way, with its trainee, supervisor, institution and programme.
struct One {
    id: String,
    trainee: String,
    email: String,
    name: String,
    bank: String,
    programme: String,
    monday: NaiveDate,
}

impl One {
    fn of(app: &TestApp) -> Self {
        let one = |what: &str| {
            scene::text(
                app,
                &format!(
                    "SELECT {what} AS t FROM placements WHERE state = 'mid_review' ORDER BY trainee_number LIMIT 1"
                ),
            )
        };
        let monday = scene::text(
            app,
            "SELECT date_trunc('week', banyan_today())::date::text AS t",
        );
        Self {
            id: one("id::text"),
            trainee: one("person_id::text"),
            email: one("supervisor_email"),
            name: one("name_shown"),
            bank: one("organisation_id::text"),
            programme: one("programme_id::text"),
            monday: monday.parse().unwrap(),
        }
    }
}

/// From the trainee's home to the week, which is handed in.
async fn hand_in(house: &LiveHouse, it: &One, (look, lang): (&Look, Lang), task: &str) {
    reads(&house.app, &it.trainee, lang);
    let browser = Browser::open(look).await;
    browser
        .enter(house, it.trainee.parse().unwrap(), None)
        .await;
    browser.open_page(&format!("{}/me", house.url)).await;
    let home = browser.text_of("main").await;
    assert!(home.contains(lang.desk_me_placement()), "{home}");
    fits(&browser).await;
    browser.widen(look.width);
    browser
        .go(&format!("main a[href$='/placed/{}/logs']", it.id))
        .await;
    browser
        .go(&format!("main a[href$='/logs/{}']", it.monday))
        .await;
    let first: String = browser
        .ask("document.querySelector('main input[name^=from]').name")
        .await;
    let n = first.trim_start_matches("from");
    browser.set(&first, "09:00").await;
    browser.set(&format!("to{n}"), "08:00").await;
    browser.fill(&format!("task{n}"), task).await;
    // What cannot be is told beside its field, and nothing typed is lost.
    browser.go("main .acts button[value='hand_in']").await;
    browser.see(&format!("#to{n}-error, #from{n}-error")).await;
    assert_eq!(browser.value(&format!("task{n}")).await, task);
    fits(&browser).await;
    browser.widen(look.width);
    browser.set(&format!("to{n}"), "17:30").await;
    browser.go("main .acts button[value='hand_in']").await;
    browser.close().await;
    let state = format!(
        "SELECT state AS t FROM weekly_logs WHERE placement_id = '{}' AND week = '{}'",
        it.id, it.monday
    );
    assert_eq!(scene::text(&house.app, &state), "submitted");
}

/// The supervisor's answer from the letter, on a phone, without an account.
async fn answer(house: &LiveHouse, it: &One, (look, lang): (&Look, Lang), comment: Option<&str>) {
    let subject = lang.letter_log_waits_subject(&it.name, &date(lang, it.monday));
    let letter = house.letter_to(&it.email, &subject);
    let browser = Browser::open(look).await;
    browser.open_page(&letter.link("/link/log/")).await;
    fits(&browser).await;
    browser.widen(look.width);
    match comment {
        Some(words) => {
            browser
                .see("main details summary")
                .await
                .click()
                .await
                .unwrap();
            browser.fill("comment", words).await;
            browser.go("main button[value='return']").await;
        }
        None => browser.go("main button[value='approve']").await,
    }
    browser
        .shot(&format!("log-answered-{}", lang.pick("en", "zh")))
        .await;
    browser.close().await;
}

#[actix_web::test]
async fn a_week_goes_from_the_trainee_to_the_supervisor_and_back() {
    let house = LiveHouse::open_after(|app| sample::load(&app.site).unwrap());
    let it = One::of(&house.app);
    house.app.as_owner(&format!(
        "DELETE FROM weekly_logs WHERE placement_id = '{}' AND week = '{}'",
        it.id, it.monday
    ));
    let state = format!(
        "SELECT state AS t FROM weekly_logs WHERE placement_id = '{}' AND week = '{}'",
        it.id, it.monday
    );
    for (lang, comment, left) in [
        (Lang::En, Some("Which model was it?"), "returned"),
        (Lang::Zh, None, "approved"),
    ] {
        let (phone, _) = looks(lang);
        house.app.as_owner(&format!(
            "UPDATE people SET lang = '{}' WHERE email = '{}'",
            lang.tag(),
            it.email
        ));
        let task = lang.pick("Read the model's documents", "閱讀模型文件");
        hand_in(&house, &it, (&phone, lang), task).await;
        answer(&house, &it, (&phone, lang), comment).await;
        assert_eq!(scene::text(&house.app, &state), left);
    }
}

#[actix_web::test]
async fn an_institution_and_the_office_see_first_what_waits() {
    let house = LiveHouse::open_after(|app| sample::load(&app.site).unwrap());
    let it = One::of(&house.app);
    let (programme, bank) = (it.programme.parse().unwrap(), it.bank.parse().unwrap());
    let waiting = format!(
        "SELECT count(*)::text AS t FROM weekly_logs WHERE organisation_id = '{}' AND state = 'submitted'",
        it.bank
    );
    for lang in [Lang::En, Lang::Zh] {
        let (_, desk) = looks(lang);
        // A log that waits, whatever the sample's day is.
        house.app.as_owner(&format!(
            "UPDATE weekly_logs SET state = 'submitted', submitted_at = banyan_now() WHERE id = (SELECT id FROM weekly_logs \
               WHERE organisation_id = '{}' AND days <> '[]' ORDER BY week DESC LIMIT 1)",
            it.bank
        ));
        let rep = house.app.account("Rita Ho");
        reads(&house.app, &rep.to_string(), lang);
        let grant = house
            .app
            .grant(rep, Role::Representative, Some(programme), Some(bank));
        let browser = Browser::open(&desk).await;
        browser.enter(&house, rep, Some(grant)).await;
        browser
            .open_page(&format!("{}/organisation", house.url))
            .await;
        fits(&browser).await;
        browser.widen(desk.width);
        browser.go("main a[href='/organisation/logs']").await;
        browser.tick("main thead input[data-all]").await;
        browser.go("main .bulk .btn").await;
        assert_eq!(scene::text(&house.app, &waiting), "0");
        browser.close().await;

        let office = house.app.account("Cora Office");
        reads(&house.app, &office.to_string(), lang);
        let grant = house
            .app
            .grant(office, Role::Coordinator, Some(programme), None);
        let browser = Browser::open(&desk).await;
        browser.enter(&house, office, Some(grant)).await;
        let at = format!("{}/programmes/{}/placements", house.url, it.programme);
        browser.open_page(&format!("{at}/desk")).await;
        assert_eq!(browser.heading().await, lang.pdesk_title());
        // Offered, filled and reported for duty stand side by side, and the parts add up.
        let rows = browser.count("main tbody tr").await;
        assert!(rows >= 10, "{rows} institutions");
        browser.pick("#f-by", "city").await;
        browser.go("main .filters .btn").await;
        assert!(browser.count("main tbody tr").await < rows);
        browser
            .shot(&format!("placement-desk-{}", lang.pick("en", "zh")))
            .await;
        browser.open_page(&format!("{at}/placed")).await;
        browser.fill("q", &it.name).await;
        browser.go("main .filters .btn").await;
        browser
            .go(&format!("main a[href$='/placed/{}']", it.id))
            .await;
        assert!(browser.heading().await.contains(&it.name));
        fits(&browser).await;
        browser.close().await;
    }
}
