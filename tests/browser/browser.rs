//! Chromium, driven.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use thirtyfour::ChromeCapabilities;
use thirtyfour::prelude::*;

/// Journeys run one after another: two cores, one browser.
static ONE: Mutex<()> = Mutex::new(());

/// A browser window of a size, with its driver; both end with it.
pub struct Browser {
    /// The window.
    pub window: WebDriver,
    driver: Child,
    profile: PathBuf,
    _turn: MutexGuard<'static, ()>,
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
        narrow(&mut wish, look);
        let window = WebDriver::new(format!("http://127.0.0.1:{port}"), wish)
            .await
            .unwrap();
        window
            .set_implicit_wait_timeout(Duration::from_secs(5))
            .await
            .unwrap();
        Self {
            window,
            driver,
            profile,
            _turn: turn,
        }
    }

    /// Ends the window; a journey calls it when it has come to its end.
    pub async fn close(self) {
        self.window.clone().quit().await.unwrap();
    }

    /// A picture of the whole page, for a person to look at, below `tests/browser/shots`.
    pub async fn shot(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/shots");
        std::fs::create_dir_all(&folder).unwrap();
        let png = self.window.screenshot_as_png().await.unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
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
