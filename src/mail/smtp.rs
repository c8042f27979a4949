//! One SMTP conversation (RFC 5321), as little of it as sending needs.
//!
//! lettre's connection cannot set `TCP_NODELAY` and writes the final dot apart from the content,
//! which costs 44 ms a message on Linux. Here every step is one write: the content with its dot
//! above all.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::message::Message;
use super::wire::{Stream, connect, stuffed};
use crate::config::{Smtp, SmtpTls};

/// Reply bytes that we are ready to hold: RFC 5321 4.5.3.1.5 lets a line have 512.
const MAX_REPLY: usize = 64 * 1024;

/// How long a server may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For one step: connecting, a command and its reply, the content and its reply.
    pub step: Duration,
    /// For a whole send with everything before it. Shorter than the outbox's lease of 30 s, so
    /// that no other worker takes up a letter that is still under way.
    pub send: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            step: Duration::from_secs(20),
            send: Duration::from_secs(25),
        }
    }
}

/// A server with everything needed to speak to it.
pub(super) struct Server {
    pub settings: Smtp,
    pub name: ServerName<'static>,
    pub tls: Arc<ClientConfig>,
    pub limits: Limits,
}

/// A server's answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub code: u16,
    pub lines: Vec<String>,
}

/// What can go wrong in a conversation.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The connection failed, was cut or took too long.
    Io(io::Error),
    /// The server said no.
    Reply(Reply),
    /// The connection is not protected as it must be.
    NotProtected(String),
    /// The server says what SMTP does not know, or cannot do what the message needs.
    Protocol(String),
    /// The server lacks an extension without which this message cannot travel.
    Unsupported(&'static str),
}

impl From<io::Error> for Trouble {
    fn from(err: io::Error) -> Self {
        Self::Io(err)
    }
}

/// How far a delivery came before its trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing was agreed yet: the connection may have died while idle.
    First,
    /// Sender or recipient were told, but no content.
    Envelope,
    /// The content was on its way: only the server knows whether it has it.
    Content,
}

type Step<T> = Result<T, Trouble>;

/// A connection that is ready for messages.
pub(super) struct Connection {
    stream: Stream,
    /// Bytes received beyond the last reply.
    inbox: Vec<u8>,
    /// What EHLO offered, upper case, a line each.
    offers: Vec<String>,
    /// A transaction was begun and refused: RSET comes first.
    dirty: bool,
    /// The `Message-ID` of the message whose envelope and DATA went out behind the content before it;
    /// the server's answers to them are not read yet.
    announced: Option<String>,
    /// The server may be about to say what nobody will read: no further message on this connection.
    lost: bool,
    step: Duration,
    end: Instant,
}

impl Connection {
    /// Connects, protects the connection as configured, and signs in.
    pub fn open(server: &Server, end: Instant) -> Step<Self> {
        let step = server.limits.step;
        let (host, port) = (server.settings.host.as_str(), server.settings.port);
        let mut this = Self {
            stream: Stream::Plain(connect(host, port, step, end)?),
            inbox: Vec::new(),
            offers: Vec::new(),
            dirty: false,
            announced: None,
            lost: false,
            step,
            end,
        };
        if server.settings.tls == SmtpTls::Implicit {
            this = this.protect(server)?;
        }
        this.begin_step();
        expect(this.reply()?, 220)?;
        this.hello()?;
        if server.settings.tls == SmtpTls::StartTls {
            if !this.offers("STARTTLS") {
                let why = "the server does not offer STARTTLS";
                return Err(Trouble::NotProtected(why.to_owned()));
            }
            expect(this.command("STARTTLS")?, 220)?;
            // Words sent before the protection began may be anyone's (CVE-2011-0411).
            if !this.inbox.is_empty() {
                let why = "the server spoke on before TLS began";
                return Err(Trouble::NotProtected(why.to_owned()));
            }
            this = this.protect(server)?;
            this.hello()?;
        }
        this.sign_in(server)?;
        Ok(this)
    }

    /// May this message go out on this connection? Not when another was announced: the server waits
    /// for that one's content.
    pub fn expects(&self, message: &Message) -> bool {
        let other = |id: &String| *id != message.message_id;
        !self.lost && !self.announced.as_ref().is_some_and(other)
    }

    /// Is the connection good for further messages?
    pub fn is_kept(&self) -> bool {
        !self.lost
    }

    /// Sends one message; the reply is the server's word that it has taken it over. Where the server
    /// takes commands in groups (RFC 2920), the envelope of the next travels behind this content: a
    /// message costs one wait instead of three.
    pub fn deliver(
        &mut self,
        message: &Message,
        next: Option<&Message>,
        end: Instant,
    ) -> Result<Reply, (Stage, Trouble)> {
        self.end = end;
        let first = |trouble| (Stage::First, trouble);
        if self.announced.take().is_some() {
            self.begin_step();
            self.agreed()?;
        } else {
            if std::mem::take(&mut self.dirty) {
                let reply = self.command("RSET").map_err(first)?;
                expect(reply, 250).map_err(first)?;
            }
            let mail = self.mail_line(message).map_err(first)?;
            self.begin_step();
            if self.offers("PIPELINING") {
                self.send(envelope(&mail, message).as_bytes())
                    .map_err(first)?;
                self.agreed()?;
            } else {
                self.agree(&mail, message)?;
            }
        }
        self.content(message, next).map_err(|t| (Stage::Content, t))
    }

    /// Reads the answers to an envelope that was sent as one group.
    fn agreed(&mut self) -> Result<(), (Stage, Trouble)> {
        let later = |trouble| (Stage::Envelope, trouble);
        let mail = self.reply().map_err(|t| (Stage::First, t))?;
        self.dirty = true;
        if mail.code == 421 {
            return Err((Stage::First, Trouble::Reply(mail)));
        }
        let rcpt = self.reply().map_err(later)?;
        let data = self.reply().map_err(later)?;
        let refused = positive(mail).and_then(|_| positive(rcpt)).map(|_| ());
        if refused.is_err() && data.code == 354 {
            // It waits for content although it has no recipient: a lone dot ends that (RFC 2920, 3.1).
            self.begin_step();
            let ended = self.send(b".\r\n").is_ok() && self.reply().is_ok();
            self.lost = !ended;
        }
        refused.map_err(later)?;
        expect(data, 354).map(|_| ()).map_err(later)
    }

    /// Agrees an envelope command by command.
    fn agree(&mut self, mail: &str, message: &Message) -> Result<(), (Stage, Trouble)> {
        let later = |trouble| (Stage::Envelope, trouble);
        let reply = self.command(mail).map_err(|t| (Stage::First, t))?;
        self.dirty = true;
        positive(reply).map_err(refused_first)?;
        let reply = self.command(&rcpt_line(message)).map_err(later)?;
        positive(reply).map_err(later)?;
        let data = self.command("DATA").map_err(later)?;
        expect(data, 354).map(|_| ()).map_err(later)
    }

    /// Says goodbye; no answer is waited for.
    pub fn quit(mut self) {
        if self.announced.is_some() || self.lost {
            return;
        }
        self.end = Instant::now() + Duration::from_secs(1);
        self.begin_step();
        // The connection is over whether or not the server hears it.
        let _ = self.send(b"QUIT\r\n");
        if let Stream::Tls(tls) = &mut self.stream {
            tls.conn.send_close_notify();
            let _ = tls.flush();
        }
    }

    fn content(&mut self, message: &Message, next: Option<&Message>) -> Step<Reply> {
        self.begin_step();
        let mut bytes = stuffed(&message.eml);
        if let Some(next) = next
            && self.offers("PIPELINING")
            // One that cannot travel is told so in its own turn.
            && let Ok(mail) = self.mail_line(next)
        {
            bytes.extend_from_slice(envelope(&mail, next).as_bytes());
            self.announced = Some(next.message_id.clone());
        }
        self.send(&bytes)?;
        let reply = positive(self.reply()?)?;
        self.dirty = false;
        Ok(reply)
    }

    fn mail_line(&self, message: &Message) -> Step<String> {
        let odd = |c: char| c.is_control() || matches!(c, '<' | '>');
        if message.from.contains(odd) || message.to.contains(odd) {
            return Err(Trouble::Unsupported("an address with control characters"));
        }
        let mut line = format!("MAIL FROM:<{}>", message.from);
        if !message.from.is_ascii() || !message.to.is_ascii() {
            if !self.offers("SMTPUTF8") {
                return Err(Trouble::Unsupported("SMTPUTF8, which this address needs"));
            }
            line.push_str(" SMTPUTF8");
        }
        if !message.eml.is_ascii() {
            if !self.offers("8BITMIME") {
                return Err(Trouble::Unsupported("8BITMIME, which this message needs"));
            }
            line.push_str(" BODY=8BITMIME");
        }
        Ok(line)
    }

    fn hello(&mut self) -> Step<()> {
        // An address literal is always true (RFC 5321 4.1.4); names of containers rarely are.
        let name = match self.stream.wire().tcp.local_addr()?.ip() {
            std::net::IpAddr::V4(ip) => format!("[{ip}]"),
            std::net::IpAddr::V6(ip) => format!("[IPv6:{ip}]"),
        };
        let reply = positive(self.command(&format!("EHLO {name}"))?)?;
        self.offers = reply.lines.iter().map(|l| l.to_ascii_uppercase()).collect();
        Ok(())
    }

    fn sign_in(&mut self, server: &Server) -> Step<()> {
        let Some((user, password)) = &server.settings.credentials else {
            return Ok(());
        };
        let loopback = self.stream.wire().tcp.peer_addr()?.ip().is_loopback();
        if matches!(self.stream, Stream::Plain(_)) && !loopback {
            let why = "a password is never sent without TLS";
            return Err(Trouble::NotProtected(why.to_owned()));
        }
        let ways = self.offers.iter().find_map(|l| l.strip_prefix("AUTH "));
        let ways: Vec<_> = ways.unwrap_or_default().split_whitespace().collect();
        if ways.contains(&"PLAIN") {
            let word = BASE64.encode(format!("\0{user}\0{password}"));
            expect(self.command(&format!("AUTH PLAIN {word}"))?, 235)?;
        } else if ways.contains(&"LOGIN") {
            expect(self.command("AUTH LOGIN")?, 334)?;
            expect(self.command(&BASE64.encode(user))?, 334)?;
            expect(self.command(&BASE64.encode(password))?, 235)?;
        } else {
            let why = "the server offers neither AUTH PLAIN nor AUTH LOGIN";
            return Err(Trouble::Protocol(why.to_owned()));
        }
        Ok(())
    }

    /// Begins TLS and checks the certificate; nothing is sent before that has succeeded.
    fn protect(self, server: &Server) -> Step<Self> {
        let Stream::Plain(mut wire) = self.stream else {
            return Ok(self);
        };
        let no = |err: String| Trouble::NotProtected(format!("TLS: {err}"));
        let mut tls = ClientConnection::new(Arc::clone(&server.tls), server.name.clone())
            .map_err(|err| no(err.to_string()))?;
        wire.until = (Instant::now() + self.step).min(self.end);
        while tls.is_handshaking() {
            tls.complete_io(&mut wire).map_err(|err| match err.kind() {
                io::ErrorKind::InvalidData => no(err.to_string()),
                _ => Trouble::Io(err),
            })?;
        }
        let stream = Stream::Tls(Box::new(StreamOwned::new(tls, wire)));
        Ok(Self { stream, ..self })
    }

    fn offers(&self, extension: &str) -> bool {
        self.offers
            .iter()
            .any(|l| l.split_whitespace().next() == Some(extension))
    }

    fn begin_step(&mut self) {
        let until = (Instant::now() + self.step).min(self.end);
        self.stream.wire().until = until;
    }

    fn command(&mut self, line: &str) -> Step<Reply> {
        self.begin_step();
        self.send(format!("{line}\r\n").as_bytes())?;
        self.reply()
    }

    fn send(&mut self, bytes: &[u8]) -> Step<()> {
        Ok(self.stream.send(bytes)?)
    }

    fn reply(&mut self) -> Step<Reply> {
        let mut lines = Vec::new();
        let mut size = 0;
        loop {
            let line = self.line()?;
            size += line.len();
            let odd = || Trouble::Protocol("the server does not speak SMTP".to_owned());
            let code = line.get(..3).ok_or_else(odd)?;
            let code: u16 = code.parse().map_err(|_err| odd())?;
            if !(200..600).contains(&code) || size > MAX_REPLY {
                return Err(odd());
            }
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(Reply { code, lines });
            }
        }
    }

    fn line(&mut self) -> Step<String> {
        loop {
            if let Some(end) = self.inbox.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.inbox.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            let mut chunk = [0; 4096];
            let n = self.stream.receive(&mut chunk)?;
            if n == 0 {
                let closed = io::ErrorKind::UnexpectedEof;
                return Err(io::Error::new(closed, "the mail server hung up").into());
            }
            self.inbox
                .extend_from_slice(chunk.get(..n).unwrap_or_default());
            if self.inbox.len() > MAX_REPLY {
                return Err(Trouble::Protocol("endless reply".to_owned()));
            }
        }
    }
}

fn rcpt_line(message: &Message) -> String {
    format!("RCPT TO:<{}>", message.to)
}

/// Sender, recipient and DATA as one group.
fn envelope(mail: &str, message: &Message) -> String {
    format!("{mail}\r\n{}\r\nDATA\r\n", rcpt_line(message))
}

/// A refused MAIL: 421 means that the connection, not the message, is at its end.
fn refused_first(trouble: Trouble) -> (Stage, Trouble) {
    match trouble {
        Trouble::Reply(Reply { code: 421, .. }) => (Stage::First, trouble),
        _ => (Stage::Envelope, trouble),
    }
}

fn positive(reply: Reply) -> Step<Reply> {
    if (200..300).contains(&reply.code) {
        Ok(reply)
    } else {
        Err(Trouble::Reply(reply))
    }
}

fn expect(reply: Reply, code: u16) -> Step<Reply> {
    if reply.code == code {
        Ok(reply)
    } else {
        Err(Trouble::Reply(reply))
    }
}
