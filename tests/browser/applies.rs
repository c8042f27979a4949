//! Somebody applies: from the landing page to the letter that says so.

use banyan::lang::Lang;

use crate::browser::{Browser, DESK, Look, PHONE};
use crate::house::LiveHouse;
use crate::scene::{self, CODE, PASSWORD, STATEMENT, STATEMENT_ZH, Scene};

/// The button of the page's own form.
const SAVE: &str = "main form.form .acts .btn";

/// From the task list to a section.
async fn section(browser: &Browser, key: &str) {
    browser
        .go(&format!("main ul.tasks a[href$='/{key}']"))
        .await;
}

/// Ticks every declaration and the statement on personal data.
async fn declare(browser: &Browser) {
    section(browser, "declarations").await;
    for name in [
        "declares_true",
        "declares_eligible",
        "declares_available",
        "accepted_pics",
    ] {
        browser.tick(&format!("#{name}")).await;
    }
    browser.go(SAVE).await;
}

#[actix_web::test]
async fn an_applicant_applies_in_chinese_on_a_phone() {
    let house = LiveHouse::open();
    Scene::set(&house.app);
    let phone = Browser::open(&PHONE).await;

    // Landing, call, account.
    phone.open_page(&house.url).await;
    phone.go(&format!("main a[href='/calls/{CODE}']")).await;
    assert!(phone.heading().await.contains("2027年第一屆"));
    phone.go("main a.btn[href^='/sign-up']").await;
    phone
        .fill_all(&[
            ("email", "ka.yi@example.org"),
            ("family_name", "CHAN"),
            ("given_names", "Ka Yi"),
            ("name_zh", "陳嘉怡"),
        ])
        .await;
    assert_eq!(
        phone
            .count("main [name='lang'][value='zh-Hant-HK']:checked")
            .await,
        1,
        "a browser that asks for Chinese is offered Chinese letters"
    );
    phone.go(SAVE).await;
    phone.says("main", "ka.yi@example.org").await;
    let letter = house.letter_to("ka.yi@example.org", "請確認你的電郵地址");
    phone.open_page(&letter.link("/link/confirm/")).await;
    phone.fill("password", PASSWORD).await;
    phone.go(SAVE).await;
    assert_eq!(phone.place().await, format!("/calls/{CODE}"));

    // The draft, section by section.
    phone
        .go(&format!("main form[action='/calls/{CODE}/apply'] .btn"))
        .await;
    let home = phone.place().await;
    fill_in_chinese(&phone, &house).await;
    assert_eq!(phone.place().await, home);
    assert_eq!(phone.count("ul.tasks .tag.ok").await, 6);

    // Check and submit.
    phone.go("main ul.tasks a[href$='/check']").await;
    assert_eq!(phone.count(".errors").await, 0);
    phone.says("main dl.answers", "獅子山大學").await;
    phone.says("main dl.answers", STATEMENT_ZH).await;
    phone.shot("apply-check-360").await;
    phone.go("main form[action$='/submit'] .btn").await;
    assert_eq!(phone.place().await, home);
    phone
        .says(
            "main section[aria-labelledby='next']",
            "我們已收到你的申請。截止申請前你仍可修改",
        )
        .await;
    let reference = phone.text_of(".head-note .nb").await;
    phone.shot("apply-status-360").await;
    let received = house.letter_to("ka.yi@example.org", "已收到你的申請");
    assert!(received.subject.contains(&reference), "{received:?}");
    assert!(received.text.contains(&home), "{received:?}");
    phone.close().await;
}

/// Every section; the statement first too short, which is said beside its field and in the summary.
async fn fill_in_chinese(phone: &Browser, house: &LiveHouse) {
    section(phone, "person").await;
    assert_eq!(phone.value("given_names").await, "Ka Yi");
    phone.fill("phone", "9123 4567").await;
    phone.go(SAVE).await;
    section(phone, "route").await;
    phone.tick("#route-university_student").await;
    phone.go(SAVE).await;
    section(phone, "background").await;
    phone.choose("#university", "獅子山大學").await;
    phone.fill("graduation_year", "2027").await;
    phone.go(SAVE).await;

    section(phone, "statement").await;
    phone.fill("statement", "太短了，但我想參加。").await;
    phone.go(SAVE).await;
    // The list names the field before what is wrong with it.
    let summary = phone.text_of(".errors a[href='#statement']").await;
    let (field, summary) = summary.split_once('：').unwrap();
    assert!(!field.is_empty());
    assert!(phone.text_of("#statement-error").await.contains(summary));
    assert_eq!(phone.value("statement").await, "太短了，但我想參加。");
    assert!(phone.window.title().await.unwrap().starts_with("錯誤："));
    let focused: String = phone.ask("document.activeElement.className").await;
    assert_eq!(focused, "errors", "the summary takes the focus");
    phone.shot("apply-error-360").await;
    phone.fill("statement", STATEMENT_ZH).await;
    phone.go(SAVE).await;

    section(phone, "document").await;
    let file = scene::pdf(&house.app.site.config.data_dir);
    phone.attach("#document", &file).await;
    phone.says("#document-says", "CV.pdf").await;
    phone.go(SAVE).await;
    phone.says("main section.panel", "CV.pdf").await;
    phone.go(".crumbs a").await;
    declare(phone).await;
}

#[actix_web::test]
async fn an_applicant_applies_in_english_without_any_script() {
    const PLAIN: Look = Look {
        script: false,
        ..DESK
    };
    let house = LiveHouse::open();
    Scene::set(&house.app);
    let (_, email) = scene::account(&house.app, "Ada Lau", Lang::En);
    let desk = Browser::open(&PLAIN).await;
    desk.open_page(&format!("{}/calls/{CODE}", house.url)).await;
    desk.go("main a[href^='/sign-in']").await;
    desk.sign_in(&email, PASSWORD).await;
    desk.go(&format!("main form[action='/calls/{CODE}/apply'] .btn"))
        .await;
    section(&desk, "person").await;
    desk.fill_all(&[("family_name", "LAU"), ("given_names", "Ada")])
        .await;
    desk.go(SAVE).await;
    section(&desk, "route").await;
    desk.tick("#route-open").await;
    desk.go(SAVE).await;
    // An open applicant need not say more, but may.
    section(&desk, "background").await;
    desk.fill("graduation_year", "1789").await;
    desk.go(SAVE).await;
    assert_eq!(desk.value("graduation_year").await, "1789");
    let summary = desk.text_of(".errors a[href='#graduation_year']").await;
    let (field, summary) = summary.split_once(": ").unwrap();
    assert!(!field.is_empty());
    assert!(
        desk.text_of("#graduation_year-error")
            .await
            .contains(summary)
    );
    desk.fill("graduation_year", "2015").await;
    desk.go(SAVE).await;
    section(&desk, "statement").await;
    desk.fill("statement", STATEMENT).await;
    desk.go(SAVE).await;
    section(&desk, "document").await;
    desk.attach("#document", &scene::pdf(&house.app.site.config.data_dir))
        .await;
    desk.go(SAVE).await;
    desk.go(".crumbs a").await;
    declare(&desk).await;
    desk.go("main .acts a[href$='/check']").await;
    desk.go("main form[action$='/submit'] .btn").await;
    desk.says("main", "You can still change it until the call closes")
        .await;
    house.letter_to(&email, "We have your application");
    desk.close().await;
}
