//! A small HTTP client that knows what it does not know: whether a request without an answer was
//! carried out.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than any answer takes; a hang fails the test.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody listens: the request was not sent.
    Refused,
    /// The connection ended: the request may or may not have been carried out.
    Cut,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub retry_after: bool,
    closes: bool,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// One kept connection to one server.
pub struct Http {
    to: SocketAddr,
    kept: Option<BufReader<TcpStream>>,
}

impl Http {
    pub fn new(port: u16) -> Self {
        Self {
            to: SocketAddr::from(([127, 0, 0, 1], port)),
            kept: None,
        }
    }

    /// Sends a request and reads the answer.
    pub fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, Trouble> {
        let mut stream = self.connection()?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        let answered = stream
            .get_mut()
            .write_all(&bytes)
            .and_then(|()| read(&mut stream));
        match answered {
            Ok(answer) => {
                if !answer.closes {
                    self.kept = Some(stream);
                }
                Ok(answer)
            }
            Err(_cut) => Err(Trouble::Cut),
        }
    }

    pub fn get(&mut self, path: &str) -> Result<Answer, Trouble> {
        self.ask("GET", path, &[], b"")
    }

    /// The kept connection unless the server has closed it, else a new one.
    fn connection(&mut self) -> Result<BufReader<TcpStream>, Trouble> {
        if let Some(kept) = self.kept.take() {
            let stream = kept.get_ref();
            stream.set_nonblocking(true).unwrap();
            let open = matches!(stream.peek(&mut [0]), Err(err) if err.kind() == std::io::ErrorKind::WouldBlock);
            stream.set_nonblocking(false).unwrap();
            if open {
                return Ok(kept);
            }
        }
        let stream = TcpStream::connect(self.to).map_err(|_refused| Trouble::Refused)?;
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Ok(BufReader::new(stream))
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Answer> {
    let cut = || std::io::Error::other("cut");
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .ok_or_else(cut)?;
    let (mut length, mut chunked, mut closes, mut retry_after) = (0, false, false, false);
    loop {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Err(cut());
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().map_err(|_bad| cut())?,
            "transfer-encoding" => chunked = true,
            "connection" => closes = value.eq_ignore_ascii_case("close"),
            "retry-after" => retry_after = true,
            _ => {}
        }
    }
    let mut body = Vec::new();
    while chunked {
        line.clear();
        stream.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(|_bad| cut())?;
        let mut piece = vec![0; size + 2];
        stream.read_exact(&mut piece)?;
        body.extend_from_slice(&piece[..size]);
        chunked = size > 0;
    }
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest)?;
    body.extend_from_slice(&rest);
    Ok(Answer {
        status,
        body,
        retry_after,
        closes,
    })
}
