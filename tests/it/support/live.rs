//! The house behind a real socket, for tests that need many askers at once.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use banyan::house;
use banyan::web::{Serving, Site, server};

/// A server on a port of its own, stopped when dropped.
pub struct Live {
    pub address: SocketAddr,
    handle: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Live {
    pub fn start(site: &Site) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let site = site.clone();
        let (ready, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let serving = Serving::new(site);
            actix_web::rt::System::new()
                .block_on(async {
                    let server = server(serving, house::routes(), listener)?;
                    ready.send(server.handle()).unwrap();
                    server.await
                })
                .unwrap();
        });
        Self {
            address,
            handle: started.recv().unwrap(),
            thread: Some(thread),
        }
    }

    /// One request on a connection of its own.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Heard {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(120)))
            .unwrap();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: banyan.example\r\nconnection: close\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream
            .write_all(format!("{head}\r\n{body}").as_bytes())
            .unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Heard::read(&bytes)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // Dropped unawaited: the order to stop is sent all the same.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub status: u16,
    pub etag: String,
    pub replayed: bool,
    pub body: String,
}

impl Heard {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, rest) = text.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| {
            head.lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(other, _)| other.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.to_owned())
        };
        let chunked = header("transfer-encoding").as_deref() == Some("chunked");
        Self {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            etag: header("etag").unwrap_or_default(),
            replayed: header("idempotent-replayed").is_some(),
            body: if chunked {
                joined(rest)
            } else {
                rest.to_owned()
            },
        }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, self.body))
    }
}

/// The pieces of a chunked body. Our documents are ASCII where pieces end, or one piece.
fn joined(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        body.push_str(&after[..size]);
        rest = after.get(size + 2..).unwrap_or_default();
    }
    body
}
