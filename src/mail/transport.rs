//! Handing messages to the mail server, over one connection that is kept.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};

use super::message::Message;
use super::smtp::{Connection, Limits, Reply, Server, Stage, Trouble};
use crate::config::Smtp;
use crate::error::{Error, Result};

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a letter whose outcome is not written down is sent again or lost"]
pub enum Outcome {
    /// The server has taken it over.
    Sent {
        /// Its words, with its own number of the message as a rule.
        reply: String,
    },
    /// Try again later, with the same `Message-ID`.
    Temporary(Reason),
    /// Trying again does not help.
    Permanent(Reason),
}

/// Why a message was not sent, or may not have been. Shows no address of the recipient.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The server refused this message.
    #[error("refused: {code} {text}")]
    Refused {
        /// SMTP code.
        code: u16,
        /// Its words.
        text: String,
    },
    /// The content had gone out when the connection failed: the server may have it. Sent again
    /// with the same `Message-ID`, the reader's mail program can tell that it is one letter.
    #[error("unknown: no answer to the content ({0})")]
    Unknown(String),
    /// The server cannot be reached or does not let us in: no letter was spoken of.
    #[error("the mail server: {0}")]
    Unreachable(String),
    /// The server hung up, or wants something of us, before anything was handed over.
    #[error("the mail server: {0}")]
    Server(String),
    /// The connection is not protected as configured; nothing was handed over.
    #[error("not protected: {0}")]
    NotProtected(String),
    /// The server lacks what this message needs.
    #[error("the mail server lacks {0}")]
    Unsupported(String),
}

impl Reason {
    /// Does it concern the server and therefore every letter, not only this one? Then the worker
    /// had better pause than try the next.
    #[must_use]
    pub fn concerns_server(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Server(_) | Self::NotProtected(_) => true,
            Self::Refused { code, .. } => *code == 421,
            Self::Unknown(_) | Self::Unsupported(_) => false,
        }
    }

    /// Did it happen before any letter was spoken of? Then no letter can be to blame.
    #[must_use]
    pub fn before_any_letter(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::NotProtected(_))
    }
}

/// The way out of the house. One worker owns one; it is not shared.
#[derive(Debug)]
pub enum Transport {
    /// A mail server.
    Smtp(Box<Kept>),
    /// No mail server: letters stay in the outbox, where the local mailbox shows them.
    Local,
}

/// A mail server and the connection kept to it.
pub struct Kept {
    server: Server,
    connection: Option<Connection>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.server.settings.fmt(f)
    }
}

impl Transport {
    /// The transport for these settings; none: the local mailbox. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Error::Internal`] for a host that is no name or address, or a CA file that cannot be read.
    pub fn new(smtp: Option<&Smtp>, limits: Limits) -> Result<Self> {
        let Some(settings) = smtp else {
            return Ok(Self::Local);
        };
        let name = ServerName::try_from(settings.host.clone())
            .map_err(|err| Error::Internal(format!("BANYAN_SMTP_HOST: {err}")))?;
        let server = Server {
            tls: Arc::new(tls(settings.ca_file.as_deref())?),
            settings: settings.clone(),
            name,
            limits,
        };
        let connection = None;
        Ok(Self::Smtp(Box::new(Kept { server, connection })))
    }

    /// Sends one message, over the kept connection when there is one. Blocks for at most
    /// [`Limits::send`] (the look-up of the host's name not counted).
    pub fn send(&mut self, message: &Message) -> Outcome {
        self.send_and_announce(message, None)
    }

    /// As [`Transport::send`], and tells the server already of the message that will be sent next. It
    /// must be the next in fact; otherwise the connection is given up.
    pub fn send_and_announce(&mut self, message: &Message, next: Option<&Message>) -> Outcome {
        match self {
            Self::Local => Outcome::Sent {
                reply: "kept in the local mailbox".to_owned(),
            },
            Self::Smtp(kept) => kept.send(message, next),
        }
    }

    /// Connects, protects and signs in as a letter would, and says goodbye.
    ///
    /// # Errors
    /// What the server said, or why it was not reached.
    pub fn probe(&mut self) -> Result<(), String> {
        match self {
            Self::Local => Ok(()),
            Self::Smtp(kept) => {
                let end = Instant::now() + kept.server.limits.send;
                Connection::open(&kept.server, end)
                    .map(Connection::quit)
                    .map_err(|trouble| format!("{trouble:?}"))
            }
        }
    }

    /// Says goodbye to the server; the next message opens a new connection.
    pub fn close(&mut self) {
        if let Self::Smtp(kept) = self
            && let Some(connection) = kept.connection.take()
        {
            connection.quit();
        }
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.close();
    }
}

impl Kept {
    fn send(&mut self, message: &Message, next: Option<&Message>) -> Outcome {
        let end = Instant::now() + self.server.limits.send;
        let kept = self.connection.take();
        if let Some(mut connection) = kept.filter(|connection| connection.expects(message)) {
            match connection.deliver(message, next, end) {
                // Servers close idle connections. Nothing was agreed yet: try once on a new one.
                Err((Stage::First, Trouble::Io(_) | Trouble::Reply(_))) => {}
                result => return self.finish(connection, result, message),
            }
        }
        match Connection::open(&self.server, end) {
            Ok(mut connection) => {
                let result = connection.deliver(message, next, end);
                self.finish(connection, result, message)
            }
            Err(trouble) => Outcome::Temporary(match session(trouble) {
                Reason::Server(why) => Reason::Unreachable(why),
                other => other,
            }),
        }
    }

    /// Keeps the connection when it is still good, and says what the result means.
    fn finish(
        &mut self,
        connection: Connection,
        result: Result<Reply, (Stage, Trouble)>,
        message: &Message,
    ) -> Outcome {
        let good = match &result {
            Ok(_) | Err((_, Trouble::Unsupported(_))) => true,
            Err((_, Trouble::Reply(reply))) => reply.code != 421,
            Err((_, Trouble::Io(_) | Trouble::NotProtected(_) | Trouble::Protocol(_))) => false,
        };
        if good && connection.is_kept() {
            self.connection = Some(connection);
        }
        match result {
            Ok(reply) => Outcome::Sent {
                reply: format!("{} {}", reply.code, words(&reply, message)),
            },
            Err((stage, trouble)) => outcome(stage, trouble, message),
        }
    }
}

fn outcome(stage: Stage, trouble: Trouble, message: &Message) -> Outcome {
    match (stage, trouble) {
        (_, Trouble::Unsupported(what)) => Outcome::Permanent(Reason::Unsupported(what.to_owned())),
        (_, Trouble::Reply(reply)) => {
            let reason = Reason::Refused {
                code: reply.code,
                text: words(&reply, message),
            };
            match reply.code {
                // "Sign in first", "encrypt first": about us, not about the message.
                530 | 535 | 538 => Outcome::Temporary(Reason::Server(reason.to_string())),
                500.. => Outcome::Permanent(reason),
                _ => Outcome::Temporary(reason),
            }
        }
        (Stage::Content, Trouble::Io(err)) => Outcome::Temporary(Reason::Unknown(err.to_string())),
        (Stage::Content, Trouble::Protocol(why)) => Outcome::Temporary(Reason::Unknown(why)),
        (_, trouble) => Outcome::Temporary(session(trouble)),
    }
}

/// Trouble before any message: whatever the code, the letter waits for a better day.
fn session(trouble: Trouble) -> Reason {
    match trouble {
        Trouble::Io(err) => Reason::Server(err.to_string()),
        Trouble::Reply(reply) => Reason::Server(format!("{} {}", reply.code, said(&reply))),
        Trouble::NotProtected(why) => Reason::NotProtected(why),
        Trouble::Protocol(why) => Reason::Server(why),
        Trouble::Unsupported(what) => Reason::Unsupported(what.to_owned()),
    }
}

/// A reply's words without the recipient's address, since they go to logs.
fn words(reply: &Reply, message: &Message) -> String {
    said(reply).replace(&message.to, "(recipient)")
}

fn said(reply: &Reply) -> String {
    let line = super::letter::clean_line(&reply.lines.join(" "));
    line.chars().take(500).collect()
}

/// TLS with the public certificate authorities and one of our own.
fn tls(ca_file: Option<&Path>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = ca_file {
        let bad = |err: &dyn fmt::Display| Error::Internal(format!("BANYAN_SMTP_CA_FILE: {err}"));
        for certificate in CertificateDer::pem_file_iter(path).map_err(|err| bad(&err))? {
            let certificate = certificate.map_err(|err| bad(&err))?;
            roots.add(certificate).map_err(|err| bad(&err))?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|err| Error::Internal(format!("TLS: {err}")))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
