//! The first look.

use thirtyfour::prelude::*;

use crate::browser::{Browser, DESK, PHONE};
use crate::house::LiveHouse;

#[actix_web::test]
async fn a_page_that_is_not_there_is_told_in_the_readers_language() {
    let house = LiveHouse::open();
    for (look, heading) in [(&DESK, "Page not found"), (&PHONE, "找不到此頁")] {
        let browser = Browser::open(look).await;
        browser
            .window
            .goto(format!("{}/nowhere", house.url))
            .await
            .unwrap();
        let shown = browser
            .window
            .find(By::Css("h1"))
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        browser.shot(&format!("nowhere-{}", look.width)).await;
        assert_eq!(shown, heading);
        browser.close().await;
    }
}
