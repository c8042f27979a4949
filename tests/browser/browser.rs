//! Chromium, driven.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use base64::Engine as _;
use thirtyfour::ChromeCapabilities;
use thirtyfour::prelude::*;

/// Journeys run one after another: two cores, one browser.
static ONE: Mutex<()> = Mutex::new(());

/// A browser window of a size, with its driver; both end with it.
pub struct Browser {
    /// The window.
    pub window: WebDriver,
    driver: Child,
    port: u16,
    profile: PathBuf,
    _turn: Option<MutexGuard<'static, ()>>,
}

/// What the window looks like.
pub struct Look {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `Accept-Language` of the browser.
    pub lang: &'static str,
    /// Does the page get its script?
    pub script: bool,
}

/// A desk: wide, English, with script.
pub const DESK: Look = Look {
    width: 1280,
    height: 900,
    lang: "en",
    script: true,
};
/// A phone: narrow, Traditional Chinese, with script.
pub const PHONE: Look = Look {
    width: 360,
    height: 780,
    lang: "zh-HK",
    script: true,
};

impl Browser {
    /// Opens a window.
    pub async fn open(look: &Look) -> Self {
        let turn = ONE
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Self::start(look, Some(turn)).await
    }

    /// Opens a second browser that shares nothing with this one, for the same journey.
    pub async fn beside(&self, look: &Look) -> Self {
        Self::start(look, None).await
    }

    async fn start(look: &Look, turn: Option<MutexGuard<'static, ()>>) -> Self {
        let port = free_port();
        let profile =
            std::env::temp_dir().join(format!("banyan-browser-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&profile).unwrap();
        let mut driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is wanted: apt-get install chromium-driver");
        wait_for(port, &mut driver);
        let mut wish = DesiredCapabilities::chrome();
        for flag in flags(&profile, look) {
            wish.add_arg(&flag).unwrap();
        }
        if !look.script {
            let prefs =
                serde_json::json!({ "profile.managed_default_content_settings.javascript": 2 });
            wish.add_experimental_option("prefs", prefs).unwrap();
        }
        wish.set("goog:loggingPrefs", serde_json::json!({ "browser": "ALL" }))
            .unwrap();
        narrow(&mut wish, look);
        let window = WebDriver::new(format!("http://127.0.0.1:{port}"), wish)
            .await
            .unwrap();
        window
            .set_page_load_timeout(Duration::from_secs(30))
            .await
            .unwrap();
        Self {
            window,
            driver,
            port,
            profile,
            _turn: turn,
        }
    }

    /// Makes the page this wide, as on a screen of that width, without loading it again.
    pub fn widen(&self, width: u32) {
        let order = serde_json::json!({
            "cmd": "Emulation.setDeviceMetricsOverride",
            "params": { "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 }
        });
        let what = format!(
            "POST /session/{}/goog/cdp/execute",
            self.window.session_id()
        );
        ask(self.port, &what, &order.to_string()).expect("the driver changes the width");
    }

    /// Shows the page to somebody who has asked for dark screens, or no longer.
    pub fn darken(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let order = serde_json::json!({
            "cmd": "Emulation.setEmulatedMedia",
            // Colours that glide into each other would be measured half way.
            "params": { "features": [
                { "name": "prefers-color-scheme", "value": scheme },
                { "name": "prefers-reduced-motion", "value": "reduce" }
            ] }
        });
        let what = format!(
            "POST /session/{}/goog/cdp/execute",
            self.window.session_id()
        );
        ask(self.port, &what, &order.to_string()).expect("the driver changes the colours");
    }

    /// What the page looks like, where it is and what it says, when a journey has failed. Asked of
    /// the driver over a plain socket: nothing can be awaited any more.
    fn last_words(&self) {
        let session = format!("/session/{}", self.window.session_id());
        let name = std::thread::current()
            .name()
            .unwrap_or("journey")
            .replace("::", "-");
        let ask = |what: &str| {
            let said = ask(self.port, &format!("GET {session}/{what}"), "")?;
            Some(said.as_str()?.to_owned())
        };
        if let Some(png) = ask("screenshot")
            .and_then(|png| base64::engine::general_purpose::STANDARD.decode(png).ok())
        {
            let path = shots().join(format!("failed-{name}-{}.png", self.port));
            if std::fs::write(&path, png).is_ok() {
                eprintln!("the page when it failed: {}", path.display());
            }
        }
        let (url, page) = (
            ask("url").unwrap_or_default(),
            ask("source").unwrap_or_default(),
        );
        let main = page.split("<main").nth(1).unwrap_or(&page);
        let said: String = main.chars().take(6_000).collect();
        eprintln!("at {url}\n{said}");
    }

    /// Ends the window; a journey calls it when it has come to its end.
    pub async fn close(self) {
        self.window.clone().quit().await.unwrap();
    }

    /// A picture of the whole page, for a person to look at, below `tests/browser/shots`.
    pub async fn shot(&self, name: &str) {
        let png = self.window.screenshot_as_png().await.unwrap();
        std::fs::write(shots().join(format!("{name}.png")), png).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.last_words();
            // The library's own way to end a session waits for minutes where nothing answers.
            ask(
                self.port,
                &format!("DELETE /session/{}", self.window.session_id()),
                "",
            );
            let _ = self.window.clone().leak();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// A phone's width is less than a window may have; Chromium's device metrics make it so.
fn narrow(wish: &mut ChromeCapabilities, look: &Look) {
    if look.width < 500 {
        let metrics = serde_json::json!({
            "deviceMetrics": { "width": look.width, "height": look.height, "pixelRatio": 2.0, "touch": true, "mobile": true }
        });
        wish.add_experimental_option("mobileEmulation", metrics)
            .unwrap();
    }
}

fn flags(profile: &Path, look: &Look) -> Vec<String> {
    let fixed = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ];
    let mut flags: Vec<String> = fixed.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--user-data-dir={}", profile.display()));
    flags.push(format!("--window-size={},{}", look.width, look.height));
    flags.push(format!("--lang={}", look.lang));
    flags.push(format!("--accept-lang={}", look.lang));
    flags
}

/// The folder of pictures.
fn shots() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/shots");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A value of the driver's, asked for over a plain socket: `GET /path` or `POST /path` with a body.
fn ask(port: u16, what: &str, body: &str) -> Option<serde_json::Value> {
    let mut line = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
    line.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let request = format!(
        "{what} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    line.write_all(request.as_bytes()).ok()?;
    // The driver keeps the line open, so the answer is read to the length that it names.
    let mut line = BufReader::new(line);
    let (mut head, mut length) = (String::new(), 0);
    while line.read_line(&mut head).ok()? > 2 {
        if let Some(n) = head.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().ok()?;
        }
        head.clear();
    }
    let mut body = vec![0; length];
    line.read_exact(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body);
    let value: serde_json::Value = serde_json::from_str(&body).ok()?;
    value.get("value").cloned()
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn wait_for(port: u16, driver: &mut Child) {
    let end = Instant::now() + Duration::from_secs(20);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            driver.try_wait().unwrap().is_none(),
            "chromedriver ended before it was ready"
        );
        assert!(Instant::now() < end, "chromedriver does not answer");
        std::thread::sleep(Duration::from_millis(50));
    }
}
