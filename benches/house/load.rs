//! A load of kept HTTP/1.1 connections, every answer read whole and checked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A request, sent again and again.
#[derive(Clone, Default)]
pub struct Shot {
    /// Head without the empty line; `Content-Length` is added.
    pub head: String,
    /// Body; `{fresh}` becomes a new UUID each time.
    pub body: String,
    /// The status that counts as good.
    pub status: u16,
    /// What must stand in the answer (head or body).
    pub marker: String,
}

impl Shot {
    /// A GET with these further header lines.
    pub fn get(path: &str, headers: &str) -> Self {
        Self {
            head: format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}"),
            status: 200,
            ..Self::default()
        }
    }

    /// A form, sent from our own page.
    pub fn form(path: &str, headers: &str, body: &str) -> Self {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{headers}"
        );
        Self {
            head,
            body: body.to_owned(),
            status: 303,
            ..Self::default()
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let body = self
            .body
            .replace("{fresh}", &uuid::Uuid::now_v7().to_string());
        let length = if body.is_empty() {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", body.len())
        };
        format!("{}{length}\r\n{body}", self.head).into_bytes()
    }
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// Is it what was wanted?
    pub fn fits(&self, shot: &Shot) -> bool {
        let there = |bytes: &[u8]| {
            bytes
                .windows(shot.marker.len())
                .any(|w| w == shot.marker.as_bytes())
        };
        self.status == shot.status
            && (shot.marker.is_empty() || there(self.head.as_bytes()) || there(&self.body))
    }
}

/// A kept connection.
struct Kept {
    stream: BufReader<TcpStream>,
}

impl Kept {
    fn open(port: u16) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self {
            stream: BufReader::with_capacity(64 * 1024, stream),
        })
    }

    fn ask(&mut self, bytes: &[u8]) -> std::io::Result<Answer> {
        self.stream.get_mut().write_all(bytes)?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let head = head.to_ascii_lowercase();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .unwrap_or(0);
        let length = head.lines().find_map(|l| {
            l.strip_prefix("content-length: ")?
                .trim()
                .parse::<usize>()
                .ok()
        });
        let mut body = Vec::new();
        if head.contains("transfer-encoding: chunked") {
            self.chunks(&mut body)?;
        } else {
            body.resize(length.unwrap_or(0), 0);
            self.stream.read_exact(&mut body)?;
        }
        Ok(Answer { status, head, body })
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> std::io::Result<()> {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim(), 16)
                .map_err(|_bad| std::io::ErrorKind::InvalidData)?;
            let start = body.len();
            body.resize(start + size + 2, 0);
            self.stream.read_exact(&mut body[start..])?;
            body.truncate(start + size);
            if size == 0 {
                return Ok(());
            }
        }
    }
}

/// One request; nothing if nobody answers.
pub fn once(port: u16, shot: &Shot) -> Option<Answer> {
    Kept::open(port).ok()?.ask(&shot.bytes()).ok()
}

/// What a load measured.
pub struct Measured {
    pub per_second: f64,
    pub p50: f64,
    pub p99: f64,
    pub requests: usize,
    pub bad: usize,
}

/// Loads one address with so many connections for so long, after a fifth of that to warm up.
/// `around` is called when the counted time begins and when it has ended.
pub fn run(
    port: u16,
    shot: &Shot,
    connections: usize,
    window: Duration,
    mut around: impl FnMut(),
) -> Measured {
    let (counting, over) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut took: Vec<u32> = Vec::new();
    let (mut bad, mut elapsed) = (0, Duration::ZERO);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| connection(port, shot, &counting, &over)))
            .collect();
        std::thread::sleep(window / 5);
        around();
        counting.store(true, Ordering::Relaxed);
        let began = Instant::now();
        std::thread::sleep(window);
        over.store(true, Ordering::Relaxed);
        elapsed = began.elapsed();
        around();
        for worker in workers {
            let (times, wrong) = worker.join().unwrap();
            took.extend(times);
            bad += wrong;
        }
    });
    took.sort_unstable();
    let at = |share: f64| {
        took.get((took.len() as f64 * share) as usize)
            .map_or(0.0, |us| f64::from(*us) / 1_000.0)
    };
    let per_second = took.len() as f64 / elapsed.as_secs_f64();
    Measured {
        per_second,
        p50: at(0.5),
        p99: at(0.99),
        requests: took.len(),
        bad,
    }
}

fn connection(
    port: u16,
    shot: &Shot,
    counting: &AtomicBool,
    over: &AtomicBool,
) -> (Vec<u32>, usize) {
    let (mut took, mut bad) = (Vec::new(), 0);
    let mut kept = Kept::open(port).unwrap();
    while !over.load(Ordering::Relaxed) {
        let counted = counting.load(Ordering::Relaxed);
        let began = Instant::now();
        match kept.ask(&shot.bytes()) {
            Ok(answer) if answer.fits(shot) => {
                if counted {
                    took.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
            }
            Ok(_) => bad += 1,
            Err(_closed) => {
                bad += 1;
                kept = Kept::open(port).unwrap();
            }
        }
    }
    (took, bad)
}
