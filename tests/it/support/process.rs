//! The real `banyan` as a process of its own: served, stopped, killed, and asked over HTTP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::app::TestApp;

/// A hang fails a test after this long; nothing else depends on it.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until it is so.
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// `banyan` with these arguments on the database and folder of this house.
pub fn banyan(app: &TestApp, arguments: &[&str], settings: &[(&str, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_banyan"));
    command
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("DATABASE_URL", app.app_url())
        .env("BANYAN_DATA_DIR", &app.site.config.data_dir)
        .env("BANYAN_SECRET", app.site.config.secret.as_ref().unwrap())
        .envs(settings.iter().map(|(n, v)| (*n, v.as_str())))
        .stdin(Stdio::null());
    command
}

/// What a command printed, run to its end.
pub fn output(app: &TestApp, arguments: &[&str], settings: &[(&str, String)]) -> Output {
    banyan(app, arguments, settings).output().unwrap()
}

/// Sends a signal: `STOP`, `CONT`, `KILL`, `TERM`.
pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill")
        .args(["-s", name, &pid.to_string()])
        .stderr(Stdio::null())
        .status();
    assert!(sent.unwrap().success(), "SIG{name} to {pid}");
}

/// A process that ends with the test.
pub struct Process {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Process {
    /// Starts `banyan work` with this mail server; it logs nothing.
    pub fn work(app: &TestApp, settings: &[(&str, String)]) -> Self {
        let mut settings = settings.to_vec();
        settings.push(("BANYAN_LOG", "off".to_owned()));
        // The server of the tests has sixty connections for all of them.
        settings.push(("BANYAN_POOL_SIZE", "4".to_owned()));
        Self::spawn(banyan(app, &["work"], &settings))
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (kept, errors) = (Arc::clone(&log), child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                let mut log = kept.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        Self { child, log }
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Has it ended?
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// SIGKILL: nothing is finished, nothing given back.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end, whatever it is; returns what it has logged.
    pub fn wait(mut self) -> String {
        self.child.wait().unwrap();
        self.log()
    }

    /// SIGTERM: it finishes what is at hand and ends well.
    pub fn stop(mut self) {
        signal(self.id(), "TERM");
        let end = self.child.wait().unwrap();
        assert!(end.success(), "it ends well when it is asked to: {end}");
    }

    /// The most memory it ever held, in MiB.
    pub fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let kib: u64 = line
            .unwrap()
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap();
        kib / 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `banyan serve` on a free port of loopback.
pub struct Served {
    /// The process.
    pub process: Process,
    /// Its port.
    pub port: u16,
}

impl Served {
    /// Serves this house, and waits for the first answer.
    pub fn start(app: &TestApp, arguments: &[&str], settings: &[(&str, String)]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut settings = settings.to_vec();
        settings.push(("BANYAN_LISTEN", format!("127.0.0.1:{port}")));
        let arguments = [&["serve"], arguments].concat();
        let mut process = Process::spawn(banyan(app, &arguments, &settings));
        let begun = Instant::now();
        while get(port, "/livez").is_err() {
            assert!(!process.ended(), "it did not start: {}", process.log());
            assert!(begun.elapsed() < PATIENCE, "it does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { process, port }
    }

    /// Opens a page.
    pub fn get(&self, path: &str) -> Heard {
        get(self.port, path).unwrap()
    }

    /// The metrics.
    pub fn metrics(&self) -> String {
        let heard = self.get("/metrics");
        assert_eq!(heard.status, 200, "{}", heard.body);
        heard.body
    }
}

/// An answer as it came over the wire.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Status.
    pub status: u16,
    /// The head, in lower case.
    pub head: String,
    /// The body; its length was checked where the head tells it.
    pub body: String,
}

/// Opens a page over a connection of its own.
pub fn get(port: u16, path: &str) -> std::io::Result<Heard> {
    ask(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    )
}

/// Sends these bytes and reads the one answer, to its end.
pub fn ask(port: u16, request: &str) -> std::io::Result<Heard> {
    let mut tcp = TcpStream::connect(("127.0.0.1", port))?;
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.write_all(request.as_bytes())?;
    let mut raw = Vec::new();
    tcp.read_to_end(&mut raw)?;
    parse(&raw).ok_or_else(|| std::io::Error::other("half an answer"))
}

fn parse(raw: &[u8]) -> Option<Heard> {
    let end = raw.windows(4).position(|it| it == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&raw[..end]).to_lowercase();
    let body = &raw[end + 4..];
    let length = head
        .lines()
        .find_map(|l| l.strip_prefix("content-length: "));
    if length.is_some_and(|it| it.parse() != Ok(body.len())) {
        return None;
    }
    Some(Heard {
        status: head.split(' ').nth(1)?.parse().ok()?,
        body: String::from_utf8_lossy(body).into_owned(),
        head,
    })
}
