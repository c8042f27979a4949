//! The socket under an SMTP conversation: without Nagle's delay, with a deadline, under TLS or not; and
//! the content as it travels.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use rustls::{ClientConnection, StreamOwned};

/// A socket whose every wait ends at one instant.
pub(super) struct Wire {
    pub tcp: TcpStream,
    pub until: Instant,
}

impl Wire {
    /// Time left.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when there is none.
    pub fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            Err(late())
        } else {
            Ok(left)
        }
    }
}

fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the mail server took too long")
}

fn timed(err: io::Error) -> io::Error {
    // A read timeout of a socket reads as "would block".
    if err.kind() == io::ErrorKind::WouldBlock {
        late()
    } else {
        err
    }
}

impl Read for Wire {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.tcp.set_read_timeout(Some(self.left()?))?;
        self.tcp.read(buf).map_err(timed)
    }
}

impl Write for Wire {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.tcp.set_write_timeout(Some(self.left()?))?;
        self.tcp.write(buf).map_err(timed)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

/// A wire, protected or not.
pub(super) enum Stream {
    Plain(Wire),
    Tls(Box<StreamOwned<ClientConnection, Wire>>),
}

impl Stream {
    pub fn wire(&mut self) -> &mut Wire {
        match self {
            Self::Plain(wire) => wire,
            Self::Tls(tls) => &mut tls.sock,
        }
    }

    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(wire) => wire.write_all(bytes),
            Self::Tls(tls) => tls.write_all(bytes).and_then(|()| tls.flush()),
        }
    }

    pub fn receive(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.read(buf),
            Self::Tls(tls) => tls.read(buf),
        }
    }
}

/// Connects to the first address of `host` that answers; each may take `step`, all must end
/// by `end`.
pub(super) fn connect(host: &str, port: u16, step: Duration, end: Instant) -> io::Result<Wire> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (host, port).to_socket_addrs()? {
        let until = (Instant::now() + step).min(end);
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(late());
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(tcp) => {
                tcp.set_nodelay(true)?;
                return Ok(Wire { tcp, until });
            }
            Err(err) => last = err,
        }
    }
    Err(last)
}

/// The content as DATA wants it: every line ends in CRLF (a bare CR or LF, with which one message
/// can be made to look like two, becomes one), a leading dot is doubled, and a dot ends it.
pub(super) fn stuffed(eml: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(eml.len() + eml.len() / 32 + 8);
    let mut bytes = eml.iter().copied().peekable();
    let mut fresh = true;
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    bytes.next_if_eq(&b'\n');
                }
                out.extend_from_slice(b"\r\n");
                fresh = true;
            }
            _ => {
                if fresh && byte == b'.' {
                    out.push(b'.');
                }
                out.push(byte);
                fresh = false;
            }
        }
    }
    if !fresh {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}
