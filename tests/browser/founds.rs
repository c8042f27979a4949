//! An empty house: the first administrator comes in by the printed link, makes the programme, plans
//! the first cohort and opens its call; then the public site shows it.

use banyan::lang::Lang;
use banyan::people::role_actions::invite_administrator;
use banyan::people::rules::{Email, Names};
use thirtyfour::prelude::*;

use crate::browser::{Browser, DESK, PHONE};
use crate::house::LiveHouse;
use crate::scene;

const SAVE: &str = "main form.form .acts .btn";

/// Puts a text into a field that holds another, as by pasting.
async fn paste(browser: &Browser, name: &str, from: &[(&str, &str)]) {
    let mut text = browser.value(name).await;
    for (gap, filled) in from {
        assert!(text.contains(gap), "{gap} in {text}");
        text = text.replace(gap, filled);
    }
    browser.set(name, &text).await;
}

async fn programme(browser: &Browser) {
    browser
        .fill_all(&[
            ("name_en", "Harbour AI Programme"),
            ("name_zh", "海港人工智能人才計劃"),
            ("code", "HAP"),
            ("contact_email", "office@example.org"),
            ("value", "200"),
            ("wording_en", "More than 200 trained each year"),
            ("wording_zh", "每年培訓超過200名"),
        ])
        .await;
    browser.set("starts_on", "2027-01-01").await;
    browser.set("ends_on", "2027-12-31").await;
    browser.pick("#pics", "publish").await;
    // The draft is not published while it has gaps.
    browser.go(SAVE).await;
    browser.says("#text_en-error", "Fill in [Name of the").await;
    browser
        .says("#text_zh-error", "［營運計劃的機構名稱］")
        .await;
    browser.shot("programme-new-gaps-1280").await;
    let (name, months, years, officer) = (
        "[Name of the organisation that runs the programme]",
        "[number of months]",
        "[number of years]",
        "[name or title, and address, of the officer who handles requests]",
    );
    let filled = [
        (name, "Harbour Office"),
        (months, "24"),
        (years, "7"),
        (officer, "the office"),
    ];
    paste(browser, "text_en", &filled).await;
    let filled = [
        ("［營運計劃的機構名稱］", "海港辦事處"),
        ("［月數］", "24"),
        ("［年數］", "七"),
        ("［處理要求的人員姓名或職銜及地址］", "辦事處"),
    ];
    paste(browser, "text_zh", &filled).await;
    browser.go(SAVE).await;
    assert_eq!(browser.heading().await, "Harbour AI Programme");
    browser
        .says(
            "#targets ~ *, section[aria-labelledby='targets']",
            "0 of 201 needed",
        )
        .await;
    browser.shot("programme-first-1280").await;
}

/// The planner's sliders set the figures beside them, and the other way round.
async fn planner(house: &LiveHouse, browser: &Browser) {
    let slide = "(() => { const s = document.querySelector('#acceptance + [type=range]'); \
        s.value = '50'; s.dispatchEvent(new Event('input', { bubbles: true })); \
        return document.querySelector('#acceptance').value; })()";
    assert_eq!(browser.ask::<String>(slide).await, "50");
    browser.fill("completion", "100").await;
    let shown = "document.querySelector('#completion + [type=range]').value";
    assert_eq!(browser.ask::<String>(shown).await, "100");
    // What the server works out stands there without the button, in the address, and in what is kept.
    browser.says("#plan .tiles", "402").await;
    let place = browser.place().await;
    assert!(
        place.ends_with("&completion=100&acceptance=50&size=35"),
        "{place}"
    );
    let live = browser.text_of("#plan").await;
    let kept = "document.querySelector('#plan-keep [name=acceptance]').value";
    assert_eq!(browser.ask::<String>(kept).await, "50");
    let said = "document.getElementById('plan').getAttribute('aria-live') \
        + document.getElementById('plan').getAttribute('aria-busy')";
    assert_eq!(browser.ask::<String>(said).await, "politefalse");
    browser.open_page(&format!("{}{place}", house.url)).await;
    assert_eq!(browser.text_of("#plan").await, live);
    // A number that cannot be is not asked for: the figures stand, marked as old.
    browser.fill("size", "0").await;
    let busy = "document.getElementById('plan').getAttribute('aria-busy')";
    assert_eq!(browser.ask::<String>(busy).await, "true");
    browser.fill("size", "30").await;
    browser.says("#plan .tiles", "cohorts of 30 seats").await;
    // Rounded up at each step, as the server rounds: 201 ÷ 0.85 is 237, 237 ÷ 0.75 is 316.
    browser.fill("completion", "85").await;
    browser.fill("acceptance", "75").await;
    for figure in ["201", "237", "316", "8"] {
        browser.says("#plan .tiles", figure).await;
    }
    browser.shot("planner-1280").await;
}

async fn cohort(house: &LiveHouse, browser: &Browser) {
    browser.open_page(&format!("{}/desk", house.url)).await;
    browser.go("main ul.tasks a[href='/cohorts/new']").await;
    browser
        .fill_all(&[
            ("code", "2027H1"),
            ("name_en", "First intake of 2027"),
            ("name_zh", "2027年第一屆"),
            ("open_seats", "30"),
        ])
        .await;
    for (name, days) in [
        ("opens_on", -1),
        ("closes_on", 20),
        ("decisions_on", 30),
        ("reply_on", 40),
        ("starts_on", 60),
        ("ends_on", 150),
    ] {
        browser.set(name, &scene::day(&house.app, days)).await;
    }
    browser.go(SAVE).await;
    let place = browser.place().await;
    let cohort = place.trim_end_matches("/seats").to_owned();
    browser
        .open_page(&format!("{}{cohort}/state", house.url))
        .await;
    browser.go("main .head-do a.btn").await;
    browser.go("main form .acts .btn").await;
    browser.says(".head-title .tag", "Open").await;
}

#[actix_web::test]
async fn an_empty_house_becomes_a_programme_with_an_open_call() {
    let house = LiveHouse::open();
    let names = Names::new("", "Fung Yee", "", "").unwrap();
    let email = Email::parse("first@example.org").unwrap();
    let link = invite_administrator(&house.app.site, &email, &names, Lang::En).unwrap();
    let browser = Browser::open(&DESK).await;
    browser.open_page(&link).await;
    browser.fill("password", scene::PASSWORD).await;
    browser.go(SAVE).await;
    assert_eq!(browser.place().await, "/desk");
    browser.shot("empty-house-1280").await;
    browser
        .open_page(&format!("{}/programmes", house.url))
        .await;
    browser.says("h2", "There is no programme yet").await;
    browser.open_page(&format!("{}/desk", house.url)).await;
    browser.go("main ul.tasks a[href='/programmes/new']").await;
    programme(&browser).await;
    planner(&house, &browser).await;
    cohort(&house, &browser).await;

    let public = browser.beside(&PHONE).await;
    public.open_page(&house.url).await;
    assert_eq!(public.heading().await, "海港人工智能人才計劃");
    public.go("main a[href='/calls/2027H1']").await;
    assert_eq!(public.heading().await, "2027年第一屆");
    public.open_page(&format!("{}/privacy", house.url)).await;
    public
        .says("main", "海港辦事處收集你申請表內的個人資料")
        .await;
    assert!(public.window.find(By::Css("main")).await.is_ok());
    public.close().await;
    browser.close().await;
}
