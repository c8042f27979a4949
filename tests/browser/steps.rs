//! What a person does in a browser, each step waiting for what can be seen.

use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use banyan::ids::{GrantId, PersonId};
use banyan::web::session::cookie_name;
use thirtyfour::prelude::*;

use crate::browser::Browser;
use crate::house::LiveHouse;

/// The longest wait for something that should be there at once, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks again until there is an answer.
pub async fn until<T, F>(what: &str, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        actix_web::rt::time::sleep(Duration::from_millis(40)).await;
    }
}

impl Browser {
    /// Opens a page by its address.
    pub async fn open_page(&self, address: &str) {
        self.window.goto(address).await.unwrap();
    }

    /// The first visible element of these, once there is one.
    pub async fn see(&self, css: &str) -> WebElement {
        until(css, || self.visible(css)).await
    }

    async fn visible(&self, css: &str) -> Option<WebElement> {
        for element in self.window.find_all(By::Css(css)).await.ok()? {
            if element.is_displayed().await.unwrap_or(false) {
                return Some(element);
            }
        }
        None
    }

    /// How many there are now.
    pub async fn count(&self, css: &str) -> usize {
        self.window.find_all(By::Css(css)).await.unwrap().len()
    }

    /// The text that stands in an element.
    pub async fn text_of(&self, css: &str) -> String {
        self.see(css).await.text().await.unwrap()
    }

    /// Waits until an element says this.
    pub async fn says(&self, css: &str, words: &str) {
        until(&format!("{words:?} in {css}"), || async {
            let text = self.visible(css).await?.text().await.ok()?;
            text.contains(words).then_some(())
        })
        .await;
    }

    /// The heading of the page.
    pub async fn heading(&self) -> String {
        self.text_of("h1").await
    }

    /// Path and query of the page.
    pub async fn place(&self) -> String {
        let url = self.window.current_url().await.unwrap();
        match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        }
    }

    /// What a field of the page holds.
    pub async fn value(&self, name: &str) -> String {
        let field = self.see(&format!("main [name='{name}']")).await;
        field.prop("value").await.unwrap().unwrap_or_default()
    }

    /// Types into a field, over what stands there.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.see(&format!("main [name='{name}']")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Types into several fields.
    pub async fn fill_all(&self, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            self.fill(name, text).await;
        }
    }

    /// Puts a date or a time into its field, whose keys differ by the browser's language.
    pub async fn set(&self, name: &str, value: &str) {
        let field = self.see(&format!("main [name='{name}']")).await;
        let script = "arguments[0].value = arguments[1]; \
            for (const type of ['input', 'change']) arguments[0].dispatchEvent(new Event(type, { bubbles: true }));";
        let arguments = vec![field.to_json().unwrap(), value.into()];
        self.window.execute(script, arguments).await.unwrap();
    }

    /// Chooses an entry of a select by what it says.
    pub async fn choose(&self, css: &str, label: &str) {
        let list = self.see(css).await;
        for option in list.find_all(By::Tag("option")).await.unwrap() {
            if option.text().await.unwrap() == label {
                option.click().await.unwrap();
                return;
            }
        }
        panic!("{css} has no entry {label:?}");
    }

    /// Chooses an entry of a select by its value.
    pub async fn pick(&self, css: &str, value: &str) {
        let list = self.see(css).await;
        let entry = By::Css(format!("option[value='{value}']"));
        list.find(entry).await.unwrap().click().await.unwrap();
    }

    /// Ticks a box or a radio button that is not ticked.
    pub async fn tick(&self, css: &str) {
        let field = self.see(css).await;
        if !field.is_selected().await.unwrap() {
            // What sticks to the lower edge may lie over it.
            field.scroll_into_view().await.unwrap();
            field.click().await.unwrap();
        }
    }

    /// Gives a file to a field.
    pub async fn attach(&self, css: &str, file: &Path) {
        let field = self.see(css).await;
        field.send_keys(file.display().to_string()).await.unwrap();
    }

    /// Follows a link or presses a button that leads to another page, and waits for that page.
    pub async fn go(&self, css: &str) {
        let target = self.see(css).await;
        self.leave(|| async { target.click().await.unwrap() }, css)
            .await;
    }

    /// Does what leads to another page, and waits for that page.
    pub async fn leave<F: Future<Output = ()>>(&self, act: impl FnOnce() -> F, what: &str) {
        let page = self.window.find(By::Tag("html")).await.unwrap();
        act().await;
        until(&format!("the page after {what}"), || async {
            page.tag_name().await.is_err().then_some(())
        })
        .await;
        self.see("h1").await;
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, key: Key) {
        let keys = self.window.action_chain().key_down(key.clone()).key_up(key);
        keys.perform().await.unwrap();
    }

    /// Types where the focus is.
    pub async fn type_keys(&self, text: &str) {
        let keys = self.window.action_chain().send_keys(text);
        keys.perform().await.unwrap();
    }

    /// An expression of the page's script.
    pub async fn ask<T: serde::de::DeserializeOwned>(&self, expression: &str) -> T {
        self.window
            .execute(format!("return {expression}"), Vec::new())
            .await
            .unwrap()
            .convert()
            .unwrap()
    }

    /// Comes in as a person, in a role, as after signing in.
    pub async fn enter(&self, house: &LiveHouse, person: PersonId, grant: Option<GrantId>) {
        let header = house.app.sign_in(person, grant).cookie_header();
        let token = header.split_once('=').unwrap().1;
        // A cookie belongs to the site that is open.
        self.open_page(&format!("{}/privacy", house.url)).await;
        self.window.delete_all_cookies().await.unwrap();
        let mut cookie = Cookie::new(cookie_name(&house.app.site.config), token);
        cookie.set_path("/");
        cookie.set_secure(true);
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        self.window.add_cookie(cookie).await.unwrap();
    }

    /// Signs in at the page that asks for it.
    pub async fn sign_in(&self, email: &str, password: &str) {
        self.fill("email", email).await;
        self.fill("password", password).await;
        self.go("main form .btn").await;
    }
}
