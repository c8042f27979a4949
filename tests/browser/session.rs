//! A session ends while a form is half filled in.

use banyan::lang::Lang;

use crate::browser::{Browser, DESK};
use crate::house::LiveHouse;
use crate::scene::{self, CODE, PASSWORD, STATEMENT, Scene};

/// Signs in in a browser and goes to a section of a new or begun application.
async fn at_section(browser: &Browser, house: &LiveHouse, email: &str, key: &str) {
    browser
        .open_page(&format!("{}/sign-in?next=/calls/{CODE}", house.url))
        .await;
    browser.sign_in(email, PASSWORD).await;
    browser.go("main .panel.now .btn").await;
    browser
        .go(&format!("main ul.tasks a[href$='/{key}']"))
        .await;
}

#[actix_web::test]
async fn a_half_filled_form_is_there_again_after_the_session_has_ended() {
    let house = LiveHouse::open();
    Scene::set(&house.app);
    let (_, email) = scene::account(&house.app, "Ada Lau", Lang::En);
    let desk = Browser::open(&DESK).await;
    at_section(&desk, &house, &email, "statement").await;
    let form = desk.place().await;
    desk.fill("statement", STATEMENT).await;
    desk.says("[data-status]", "Saved ").await;

    // Elsewhere: another browser signs out everywhere else.
    let other = desk.beside(&DESK).await;
    other
        .open_page(&format!("{}/sign-in?next=/account", house.url))
        .await;
    other.sign_in(&email, PASSWORD).await;
    assert_eq!(other.count("#devices ~ table tbody tr").await, 2);
    other
        .go("main form[action='/account/sessions/end'] .btn")
        .await;
    other.close().await;

    // What was typed after that cannot be saved; the way back leads through the door to the form.
    let button = desk.see("main form.form .acts .btn").await;
    desk.leave(|| async { button.click().await.unwrap() }, "saving")
        .await;
    desk.go("main a[href^='/sign-in?next=']").await;
    desk.sign_in(&email, PASSWORD).await;
    assert_eq!(desk.place().await, form);
    assert_eq!(desk.value("statement").await, STATEMENT);

    // A page that is only read leads there at once.
    desk.window.delete_all_cookies().await.unwrap();
    desk.open_page(&format!("{}{form}", house.url)).await;
    desk.sign_in(&email, PASSWORD).await;
    assert_eq!(desk.place().await, form);
    desk.close().await;
}

#[actix_web::test]
async fn signing_out_everywhere_ends_the_other_browser_too() {
    let house = LiveHouse::open();
    Scene::set(&house.app);
    let (_, email) = scene::account(&house.app, "Ada Lau", Lang::En);
    let here = Browser::open(&DESK).await;
    let there = here.beside(&DESK).await;
    for browser in [&here, &there] {
        browser
            .open_page(&format!("{}/sign-in?next=/account", house.url))
            .await;
        browser.sign_in(&email, PASSWORD).await;
        assert_eq!(browser.place().await, "/account");
    }
    here.open_page(&format!("{}/account", house.url)).await;
    here.go("main form[action='/account/sessions/end'] .btn")
        .await;
    here.open_page(&format!("{}/account", house.url)).await;
    there.open_page(&format!("{}/account", house.url)).await;
    assert_eq!(here.place().await, "/account");
    assert_eq!(here.count("#devices ~ table tbody tr").await, 1);
    assert_eq!(there.place().await, "/sign-in?next=%2Faccount");
    // And one's own end by the menu.
    here.see("header details.menu:last-of-type summary")
        .await
        .click()
        .await
        .unwrap();
    here.go("header form[action='/sign-out'] button").await;
    here.open_page(&format!("{}/me", house.url)).await;
    assert_eq!(here.place().await, "/sign-in?next=%2Fme");
    there.close().await;
    here.close().await;
}
