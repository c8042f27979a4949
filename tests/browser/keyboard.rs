//! Without a mouse.

use banyan::db::Role;
use banyan::lang::Lang;
use thirtyfour::prelude::*;

use crate::browser::{Browser, DESK};
use crate::house::LiveHouse;
use crate::scene::{self, CODE, STATEMENT, Scene};

/// Most stops between two places of a page that a person could reach by Tab.
const MOST_STOPS: usize = 60;

/// Goes on by Tab until the focus is on this; every stop on the way can be seen to have it.
async fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..MOST_STOPS {
        browser.press(Key::Tab).await;
        let shown: bool = browser
            .ask(
                "(() => { const e = document.activeElement; if (e === document.body) return true; \
                 return [null, '::after', '::before'].some((part) => { const s = getComputedStyle(e, part); \
                 return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || (!part && s.boxShadow !== 'none'); }); })()",
            )
            .await;
        let place: String = browser
            .ask("document.activeElement.outerHTML.slice(0, 200)")
            .await;
        assert!(shown, "the focus cannot be seen on {place}");
        let there: bool = browser
            .ask(&format!("document.activeElement.matches(\"{css}\")"))
            .await;
        if there {
            return;
        }
    }
    panic!("{css} is not reached by Tab");
}

/// To a link or a button by Tab, and on by Enter.
async fn enter(browser: &Browser, css: &str) {
    tab_to(browser, css).await;
    browser.leave(|| browser.press(Key::Enter), css).await;
}

/// To a field by Tab, and types.
async fn fill(browser: &Browser, name: &str, text: &str) {
    tab_to(browser, &format!("main [name='{name}']")).await;
    browser.type_keys(text).await;
}

/// To a box by Tab, and ticks it with the space bar.
async fn tick(browser: &Browser, css: &str) {
    tab_to(browser, css).await;
    browser.press(Key::Space).await;
    let on: bool = browser.ask("document.activeElement.checked").await;
    assert!(on, "the space bar ticks {css}");
}

const SAVE: &str = "main form.form .acts .btn";

#[actix_web::test]
async fn an_application_is_filled_in_by_the_keyboard_alone() {
    let house = LiveHouse::open();
    Scene::set(&house.app);
    let (person, email) = scene::account(&house.app, "Ada Lau", Lang::En);
    let desk = Browser::open(&DESK).await;
    desk.enter(&house, person, None).await;
    desk.open_page(&format!("{}/calls/{CODE}", house.url)).await;
    // The first stop is the link past the navigation.
    tab_to(&desk, "a.skip").await;
    desk.press(Key::Enter).await;
    let at: String = desk.ask("document.activeElement.id").await;
    assert_eq!(at, "main");
    enter(&desk, "main form[action$='/apply'] .btn").await;
    let home = desk.place().await;

    enter(&desk, "ul.tasks a[href$='/person']").await;
    fill(&desk, "family_name", "LAU").await;
    fill(&desk, "given_names", "Ada").await;
    // Enter in a field sends the form.
    desk.leave(|| desk.press(Key::Enter), "Enter").await;
    enter(&desk, "ul.tasks a[href$='/route']").await;
    tab_to(&desk, "main [name='route']").await;
    // Arrows move within a group of radio buttons.
    desk.press(Key::Space).await;
    for _ in 0..4 {
        if desk.count("#route-open:checked").await == 1 {
            break;
        }
        desk.press(Key::Down).await;
    }
    assert_eq!(desk.count("#route-open:checked").await, 1);
    enter(&desk, SAVE).await;
    enter(&desk, "ul.tasks a[href$='/statement']").await;
    fill(&desk, "statement", "Too short").await;
    enter(&desk, SAVE).await;
    // The summary has the focus; its link leads into the field.
    tab_to(&desk, ".errors a[href='#statement']").await;
    desk.press(Key::Enter).await;
    let at: String = desk.ask("document.activeElement.id").await;
    assert_eq!(at, "statement");
    desk.type_keys(STATEMENT).await;
    enter(&desk, SAVE).await;
    // A file is chosen in a window of the system's; the field itself is reached like any other.
    enter(&desk, "ul.tasks a[href$='/document']").await;
    tab_to(&desk, "#document").await;
    desk.attach("#document", &scene::pdf(&house.app.site.config.data_dir))
        .await;
    enter(&desk, SAVE).await;
    enter(&desk, ".crumbs a").await;
    enter(&desk, "ul.tasks a[href$='/declarations']").await;
    for name in [
        "declares_true",
        "declares_eligible",
        "declares_available",
        "accepted_pics",
    ] {
        tick(&desk, &format!("#{name}")).await;
    }
    enter(&desk, SAVE).await;
    enter(&desk, "ul.tasks a[href$='/check']").await;
    enter(&desk, "main form[action$='/submit'] .btn").await;
    assert_eq!(desk.place().await, home);
    house.letter_to(&email, "We have your application");
    desk.close().await;
}

#[actix_web::test]
async fn single_keys_work_for_the_desk_and_not_for_applicants() {
    let house = LiveHouse::open();
    let scene = Scene::set(&house.app);
    let (person, grant) = scene.staff(&house.app, "Carol Ip", Role::Coordinator);
    let desk = Browser::open(&DESK).await;
    desk.enter(&house, person, Some(grant)).await;
    desk.open_page(&format!("{}/organisations", house.url))
        .await;
    let focus = "(document.activeElement.id || document.activeElement.textContent).trim()";
    let rows: Vec<String> = desk
        .ask("[...document.querySelectorAll('[data-rows] > tbody > tr [data-open]')].map(a => a.textContent.trim())")
        .await;
    assert_eq!(rows.len(), 3);
    for (key, row) in [("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)] {
        desk.type_keys(key).await;
        let at: String = desk.ask(focus).await;
        assert_eq!(at, rows[row], "after {key}");
    }
    desk.type_keys("/").await;
    let at: String = desk.ask(focus).await;
    assert_eq!(at, "q");
    // In a field they are letters.
    desk.type_keys("jk/").await;
    assert_eq!(
        desk.ask::<String>("document.activeElement.value").await,
        "jk/"
    );

    // Who has turned them off, and who never had them: nothing moves.
    let still = "document.activeElement === document.body";
    desk.open_page(&format!("{}/account", house.url)).await;
    desk.go("main form[action='/account/keys'] button").await;
    desk.open_page(&format!("{}/organisations", house.url))
        .await;
    desk.type_keys("j/").await;
    assert!(desk.ask::<bool>(still).await);
    let (applicant, _) = scene::account(&house.app, "Ada Lau", Lang::En);
    desk.enter(&house, applicant, None).await;
    desk.open_page(&format!("{}/me", house.url)).await;
    desk.type_keys("j/").await;
    assert!(desk.ask::<bool>(still).await);
    desk.close().await;
}
