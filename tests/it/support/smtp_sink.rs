//! A real SMTP server on loopback that keeps what it is given and misbehaves on request.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the sink does with one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// 250 after the content.
    Accept,
    /// This code to MAIL.
    RefuseSender(u16),
    /// This code to RCPT.
    RefuseRecipient(u16),
    /// This code after the content.
    RefuseContent(u16),
    /// Reads the content and never answers.
    Hang,
    /// Keeps the message, hangs up instead of answering.
    CutBeforeReply,
    /// Hangs up at DATA: nothing was handed over.
    CutAtData,
    /// Keeps the message, answers 250, then hangs up.
    CutAfterReply,
}

/// How the sink protects its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Never.
    None,
    /// Offers STARTTLS and refuses mail without it.
    StartTls,
    /// Somebody in between removed the offer of STARTTLS.
    Stripped,
    /// Offers STARTTLS, and speaks on in the clear behind the 220.
    Injected,
    /// From the first byte.
    Implicit,
}

/// A point of the conversation at which a test may do something, such as kill the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Connected; nothing was said.
    Connected,
    /// EHLO read, not answered.
    Hello,
    /// MAIL read, not answered.
    Mail,
    /// RCPT read, not answered.
    Rcpt,
    /// DATA read, not answered.
    Data,
    /// The content read and kept, not answered.
    BeforeReply,
    /// The content answered with 250.
    AfterReply,
}

/// Called at every step, in the thread of the conversation.
#[derive(Clone)]
pub struct Watch(pub Arc<dyn Fn(Step) + Send + Sync>);

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watch")
    }
}

/// How a sink is set up. Whatever the plan, mail to `nobody-…` is refused with 550.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What happens to the messages in turn; afterwards all are accepted.
    pub acts: Vec<Act>,
    /// Protection.
    pub protection: Protection,
    /// Name in the certificate.
    pub certificate_for: &'static str,
    /// Extensions beside STARTTLS.
    pub offers: Vec<&'static str>,
    /// User and password that it wants.
    pub credentials: Option<(&'static str, &'static str)>,
    /// Answers 354 to DATA even without a recipient, as RFC 2920 allows.
    pub always_354: bool,
    /// Keeps headers only, for many messages.
    pub headers_only: bool,
    /// Who is told of every step.
    pub watch: Option<Watch>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            acts: Vec::new(),
            protection: Protection::None,
            certificate_for: "localhost",
            offers: vec!["PIPELINING", "8BITMIME", "SMTPUTF8"],
            credentials: None,
            always_354: false,
            headers_only: false,
            watch: None,
        }
    }
}

/// A message that the sink took.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Envelope sender with its parameters.
    pub mail: String,
    /// Envelope recipients.
    pub rcpt: Vec<String>,
    /// Content with dots unstuffed.
    pub raw: Vec<u8>,
}

impl Taken {
    /// `Message-ID`, empty without one.
    pub fn message_id(&self) -> String {
        let text = String::from_utf8_lossy(&self.raw);
        let id = text.lines().find_map(|l| l.strip_prefix("Message-ID: "));
        id.unwrap_or_default().to_owned()
    }
}

#[derive(Default)]
struct State {
    acts: VecDeque<Act>,
    taken: Vec<Taken>,
    connections: usize,
    cut_before_reply: usize,
    /// Lines received in the clear.
    clear: Vec<String>,
}

/// A running sink.
pub struct Sink {
    /// Port on 127.0.0.1.
    pub port: u16,
    /// PEM file of the authority that signed its certificate.
    pub ca_file: PathBuf,
    state: Arc<Mutex<State>>,
}

struct Host {
    plan: Plan,
    tls: Arc<ServerConfig>,
    state: Arc<Mutex<State>>,
}

impl Sink {
    /// Starts a sink; its threads end with the test binary.
    pub fn start(plan: Plan) -> Self {
        Self::listen(plan, TcpListener::bind("127.0.0.1:0").unwrap())
    }

    /// Starts a sink on a port of one's own.
    pub fn start_at(plan: Plan, port: u16) -> Self {
        Self::listen(plan, TcpListener::bind(("127.0.0.1", port)).unwrap())
    }

    fn listen(plan: Plan, listener: TcpListener) -> Self {
        let port = listener.local_addr().unwrap().port();
        let (tls, ca) = certificate(plan.certificate_for);
        let ca_file =
            std::env::temp_dir().join(format!("banyan-sink-{}.pem", uuid::Uuid::now_v7()));
        std::fs::write(&ca_file, ca).unwrap();
        let state = Arc::new(Mutex::new(State {
            acts: plan.acts.iter().copied().collect(),
            ..State::default()
        }));
        let host = Arc::new(Host {
            plan,
            tls,
            state: Arc::clone(&state),
        });
        thread::spawn(move || {
            for tcp in listener.incoming().flatten() {
                let host = Arc::clone(&host);
                thread::spawn(move || host.serve(tcp));
            }
        });
        Self {
            port,
            ca_file,
            state,
        }
    }

    /// The messages taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.state.lock().unwrap().taken.clone()
    }

    /// How many messages were taken so far.
    pub fn count(&self) -> usize {
        self.state.lock().unwrap().taken.len()
    }

    /// From now on every message is accepted.
    pub fn forgive(&self) {
        self.state.lock().unwrap().acts.clear();
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// How often a message was kept and not answered.
    pub fn cut_before_reply(&self) -> usize {
        self.state.lock().unwrap().cut_before_reply
    }

    /// Lines received in the clear.
    pub fn clear(&self) -> Vec<String> {
        self.state.lock().unwrap().clear.clone()
    }

    /// How often each (`Message-ID`, recipient) was taken.
    pub fn copies(&self) -> BTreeMap<(String, String), usize> {
        let mut copies = BTreeMap::new();
        for taken in self.taken() {
            for rcpt in &taken.rcpt {
                *copies
                    .entry((taken.message_id(), rcpt.clone()))
                    .or_default() += 1;
            }
        }
        copies
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.ca_file);
    }
}

fn certificate(name: &str) -> (Arc<ServerConfig>, String) {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &ca).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    (Arc::new(config), ca.pem())
}

trait Both: Read + Write {}
impl<T: Read + Write> Both for T {}
type Talk = BufReader<Box<dyn Both>>;

/// Ends a conversation.
struct Over;

impl Host {
    fn serve(&self, tcp: TcpStream) {
        tcp.set_nodelay(true).unwrap();
        self.state.lock().unwrap().connections += 1;
        self.at(Step::Connected);
        let protection = self.plan.protection;
        let clear = tcp.try_clone().unwrap();
        let secure = protection == Protection::Implicit;
        let mut talk = if secure { self.wrap(tcp) } else { plain(tcp) };
        let _ = self.talk(&mut talk, clear, secure);
    }

    fn at(&self, step: Step) {
        if let Some(watch) = &self.plan.watch {
            (watch.0)(step);
        }
    }

    fn wrap(&self, tcp: TcpStream) -> Talk {
        let tls = ServerConnection::new(Arc::clone(&self.tls)).unwrap();
        BufReader::new(Box::new(StreamOwned::new(tls, tcp)))
    }

    fn talk(&self, talk: &mut Talk, tcp: TcpStream, mut secure: bool) -> Result<(), Over> {
        let mut tcp = Some(tcp);
        let mut signed_in = self.plan.credentials.is_none();
        let (mut mail, mut rcpt, mut act) = (None, Vec::new(), Act::Accept);
        say(talk, "220 sink.test ESMTP")?;
        loop {
            let line = self.line(talk, secure)?;
            let verb = line.split([' ', ':']).next().unwrap().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    self.at(Step::Hello);
                    self.offer(talk, secure)?;
                }
                "HELO" => say(talk, "250 sink.test")?,
                "STARTTLS" => {
                    let injected = self.plan.protection == Protection::Injected;
                    let more = if injected { "\r\n250 come in" } else { "" };
                    say(talk, &format!("220 go ahead{more}"))?;
                    *talk = self.wrap(tcp.take().unwrap());
                    secure = true;
                }
                "AUTH" => {
                    signed_in = self.auth(talk, &line, secure)?;
                    let reply = if signed_in {
                        "235 welcome"
                    } else {
                        "535 who are you"
                    };
                    say(talk, reply)?;
                }
                _ if self.plan.protection == Protection::StartTls && !secure => {
                    say(talk, "530 STARTTLS first")?;
                }
                "MAIL" if !signed_in => say(talk, "530 sign in first")?,
                "MAIL" => {
                    self.at(Step::Mail);
                    act = self.next_act();
                    mail = self.sender(talk, act, line)?;
                }
                "RCPT" if mail.is_none() => say(talk, "503 MAIL first")?,
                "RCPT" => {
                    self.at(Step::Rcpt);
                    rcpt.extend(self.recipient(talk, act, &line)?);
                }
                "DATA" if rcpt.is_empty() => self.nobody(talk)?,
                "DATA" => {
                    self.at(Step::Data);
                    let taken = (mail.take().unwrap(), std::mem::take(&mut rcpt));
                    self.content(talk, act, taken)?;
                }
                "RSET" => {
                    (mail, rcpt) = (None, Vec::new());
                    say(talk, "250 ok")?;
                }
                "QUIT" => {
                    say(talk, "221 bye")?;
                    return Err(Over);
                }
                _ => say(talk, "500 what?")?,
            }
        }
    }

    /// DATA without a recipient; some servers take the content first.
    fn nobody(&self, talk: &mut Talk) -> Result<(), Over> {
        if self.plan.always_354 {
            say(talk, "354 go on")?;
            read_content(talk)?;
        }
        say(talk, "554 no valid recipients")
    }

    fn next_act(&self) -> Act {
        let mut state = self.state.lock().unwrap();
        state.acts.pop_front().unwrap_or(Act::Accept)
    }

    fn sender(&self, talk: &mut Talk, act: Act, line: String) -> Result<Option<String>, Over> {
        if let Act::RefuseSender(code) = act {
            say(talk, &format!("{code} not from you"))?;
            return Ok(None);
        }
        say(talk, "250 ok")?;
        Ok(Some(line))
    }

    fn recipient(&self, talk: &mut Talk, act: Act, line: &str) -> Result<Option<String>, Over> {
        if line.starts_with("RCPT TO:<nobody-") {
            say(talk, &format!("550 5.1.1 {line}: no such mailbox"))?;
            return Ok(None);
        }
        if let Act::RefuseRecipient(code) = act {
            say(talk, &format!("{code} {line}: no such mailbox"))?;
            return Ok(None);
        }
        say(talk, "250 ok")?;
        let address = line.trim_start_matches("RCPT TO:<").trim_end_matches('>');
        Ok(Some(address.to_owned()))
    }

    fn line(&self, talk: &mut Talk, secure: bool) -> Result<String, Over> {
        let mut line = String::new();
        if talk.read_line(&mut line).map_err(|_err| Over)? == 0 {
            return Err(Over);
        }
        let line = line.trim_end().to_owned();
        if !secure {
            self.state.lock().unwrap().clear.push(line.clone());
        }
        Ok(line)
    }

    fn offer(&self, talk: &mut Talk, secure: bool) -> Result<(), Over> {
        let mut reply = "250-sink.test".to_owned();
        for extension in &self.plan.offers {
            reply.push_str(&format!("\r\n250-{extension}"));
        }
        let starttls = [Protection::StartTls, Protection::Injected];
        if starttls.contains(&self.plan.protection) && !secure {
            reply.push_str("\r\n250-STARTTLS");
        }
        say(talk, &format!("{reply}\r\n250 HELP"))
    }

    fn auth(&self, talk: &mut Talk, line: &str, secure: bool) -> Result<bool, Over> {
        use base64::Engine;
        let engine = base64::engine::general_purpose::STANDARD;
        let (user, password) = self.plan.credentials.unwrap_or_default();
        if let Some(word) = line.strip_prefix("AUTH PLAIN ") {
            return Ok(word == engine.encode(format!("\0{user}\0{password}")));
        }
        say(talk, "334 VXNlcm5hbWU6")?;
        let user_ok = self.line(talk, secure)? == engine.encode(user);
        say(talk, "334 UGFzc3dvcmQ6")?;
        Ok(self.line(talk, secure)? == engine.encode(password) && user_ok)
    }

    fn content(
        &self,
        talk: &mut Talk,
        act: Act,
        (mail, rcpt): (String, Vec<String>),
    ) -> Result<(), Over> {
        if act == Act::CutAtData {
            return Err(Over);
        }
        say(talk, "354 go on")?;
        let mut raw = read_content(talk)?;
        if self.plan.headers_only
            && let Some(end) = raw.windows(4).position(|it| it == b"\r\n\r\n")
        {
            raw.truncate(end + 2);
            raw.shrink_to_fit();
        }
        let keep = || {
            let taken = Taken { mail, rcpt, raw };
            self.state.lock().unwrap().taken.push(taken);
        };
        match act {
            Act::RefuseContent(code) => say(talk, &format!("{code} not this")),
            Act::Hang => {
                thread::sleep(Duration::from_secs(30));
                Err(Over)
            }
            Act::CutBeforeReply => {
                keep();
                self.state.lock().unwrap().cut_before_reply += 1;
                Err(Over)
            }
            Act::CutAfterReply => {
                keep();
                say(talk, "250 2.0.0 queued")?;
                Err(Over)
            }
            Act::Accept | Act::RefuseSender(_) | Act::RefuseRecipient(_) | Act::CutAtData => {
                keep();
                self.at(Step::BeforeReply);
                say(talk, "250 2.0.0 queued")?;
                self.at(Step::AfterReply);
                Ok(())
            }
        }
    }
}

/// The content up to its dot, dots unstuffed.
fn read_content(talk: &mut Talk) -> Result<Vec<u8>, Over> {
    let mut raw = Vec::new();
    loop {
        let mut line = Vec::new();
        if talk.read_until(b'\n', &mut line).map_err(|_err| Over)? == 0 {
            return Err(Over);
        }
        if line == b".\r\n" {
            return Ok(raw);
        }
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn plain(tcp: TcpStream) -> Talk {
    BufReader::new(Box::new(tcp))
}

fn say(talk: &mut Talk, line: &str) -> Result<(), Over> {
    let stream = talk.get_mut();
    stream
        .write_all(format!("{line}\r\n").as_bytes())
        .and_then(|()| stream.flush())
        .map_err(|_err| Over)
}
