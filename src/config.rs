//! One typed configuration, and the only reader of the environment.
//!
//! Every setting is an environment variable `BANYAN_…` (plus the customary `DATABASE_URL`); an
//! unknown `BANYAN_…` name is refused, so that a misspelt setting cannot pass unnoticed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// What kind of house this is: it decides whether sample tools are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Real people: no sample data, no local mailbox pages, secrets must be configured.
    Production,
    /// The sample programme: local mailbox at `/dev/mailbox`, printed sign-in links.
    Sample,
}

/// How SMTP connections are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// TLS from the first byte (port 465).
    Implicit,
    /// STARTTLS, required: a server that does not offer it gets no mail (port 587).
    StartTls,
    /// No TLS: loopback sinks and trusted local relays only.
    None,
}

/// Settings of the mail server. Absent: mail lands in the local mailbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Host name, also checked against the certificate.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub tls: SmtpTls,
    /// User and password, when the server wants them.
    pub credentials: Option<(String, String)>,
    /// PEM file with a certificate authority of one's own, trusted beside the public ones.
    pub ca_file: Option<PathBuf>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Smtp {{ host: {:?}, port: {}, tls: {:?} }}",
            self.host, self.port, self.tls
        )
    }
}

/// A bucket that speaks S3.
#[derive(Clone, PartialEq, Eq)]
pub struct S3 {
    /// Scheme and host, with a port if it is not the scheme's own: `https://s3.ap-east-1.amazonaws.com`.
    pub endpoint: String,
    /// The bucket; it exists already.
    pub bucket: String,
    /// Region.
    pub region: String,
    /// Access key.
    pub key: String,
    /// Secret key.
    pub secret: String,
    /// What every key begins with; two houses that share a bucket have different ones.
    pub prefix: String,
    /// Is the bucket named in the path (true, as servers of one's own want it) or in the host?
    pub path_style: bool,
    /// PEM file with the certificate authority of the storage, trusted instead of the public ones.
    pub ca_file: Option<PathBuf>,
    /// The longest that one request may take.
    pub timeout: Duration,
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "S3 {{ endpoint: {:?}, bucket: {:?} }}",
            self.endpoint, self.bucket
        )
    }
}

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In the data folder.
    Local,
    /// In a bucket, which several machines share.
    S3(S3),
}

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A private cluster kept under the data folder.
    Private,
    /// A server of one's own.
    Server {
        /// Connection string of the app's role (`banyan_app`).
        app: String,
        /// Connection string of the owner's role (`banyan_owner`), needed by `migrate` only.
        owner: Option<String>,
    },
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Private => "Private",
            Self::Server { .. } => "Server",
        })
    }
}

/// The whole configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Kind of house.
    pub mode: Mode,
    /// Address to listen on, such as `127.0.0.1:8080`.
    pub listen: String,
    /// Was the address left to us? Then `run` may take the next free port.
    pub listen_is_default: bool,
    /// The address that people type, without a trailing slash: links in mail begin with it.
    pub public_url: String,
    /// Folder of the private cluster, stored files and keys.
    pub data_dir: PathBuf,
    /// Where the database is.
    pub database: Database,
    /// Connection string of a role that may pass row-level security, for backups of a server of
    /// one's own.
    pub backup_url: Option<String>,
    /// Seconds for which a server that was told to stop still serves, so that a balancer can notice.
    pub drain_seconds: u64,
    /// Connections in the pool: the number of requests that work at once.
    pub pool_size: u32,
    /// Where files are kept.
    pub storage: Storage,
    /// Mail server.
    pub smtp: Option<Smtp>,
    /// Address in `From:`, such as `Banyan <no-reply@example.org>`.
    pub mail_from: String,
    /// Secret from which signing keys are derived. In production it must be set; otherwise one is
    /// made and kept in the data folder.
    pub secret: Option<String>,
    /// Logs as JSON lines.
    pub log_json: bool,
    /// Filter of logs, such as `info,banyan=debug`.
    pub log: String,
    /// Bearer token that `/metrics` asks for; without one only loopback may read it.
    pub metrics_token: Option<String>,
    /// Trust `X-Forwarded-For` from a reverse proxy on loopback.
    pub behind_proxy: bool,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// A variable that no one reads.
    #[error("unknown setting {0}; `banyan doctor --settings` lists those that exist")]
    Unknown(String),
    /// A value that does not parse.
    #[error("{name}={value:?} is not usable: {why}")]
    Bad {
        /// Variable.
        name: String,
        /// Its value.
        value: String,
        /// What is wanted.
        why: String,
    },
    /// A setting that production must have.
    #[error("{0} must be set when BANYAN_MODE=production")]
    Missing(&'static str),
    /// A setting that a bucket must have.
    #[error("{0} must be set when BANYAN_STORAGE=s3")]
    Bucket(&'static str),
}

/// Every setting with its meaning, for `doctor --settings` and the manual.
pub const SETTINGS: &[(&str, &str)] = &[
    (
        "BANYAN_MODE",
        "production, or sample (the default): the sample programme with its local mailbox",
    ),
    (
        "BANYAN_LISTEN",
        "address to listen on; default 127.0.0.1:8080",
    ),
    (
        "BANYAN_PUBLIC_URL",
        "the address that people type; default http://localhost:<port>",
    ),
    (
        "BANYAN_DATA_DIR",
        "folder of the private database, files and keys; default .banyan, as root /var/lib/banyan",
    ),
    (
        "DATABASE_URL",
        "connection string of the role banyan_app; without it a private PostgreSQL is kept",
    ),
    (
        "DATABASE_OWNER_URL",
        "connection string of the role banyan_owner, for `banyan migrate`",
    ),
    (
        "DATABASE_BACKUP_URL",
        "connection string of a superuser of that server, for `banyan backup` and `banyan restore`",
    ),
    ("BANYAN_POOL_SIZE", "database connections; default 8"),
    (
        "BANYAN_DRAIN_SECONDS",
        "how long a server that was told to stop still serves while /readyz says 503; default 2",
    ),
    (
        "BANYAN_STORAGE",
        "local (the default): files in the data folder; s3: in a bucket that several machines share",
    ),
    (
        "BANYAN_S3_ENDPOINT",
        "scheme and host of the storage, such as https://s3.ap-east-1.amazonaws.com",
    ),
    ("BANYAN_S3_BUCKET", "the bucket; it must exist"),
    ("BANYAN_S3_REGION", "region; default us-east-1"),
    ("BANYAN_S3_KEY", "access key"),
    ("BANYAN_S3_SECRET", "secret key"),
    (
        "BANYAN_S3_PREFIX",
        "what keys begin with; default banyan/; its own for each house that shares the bucket",
    ),
    (
        "BANYAN_S3_STYLE",
        "path (the default): the bucket is named in the path; host: in the host name",
    ),
    (
        "BANYAN_S3_CA_FILE",
        "PEM file of the storage's certificate authority, instead of the public ones",
    ),
    (
        "BANYAN_S3_TIMEOUT",
        "seconds that one request to the storage may take; default 30",
    ),
    (
        "BANYAN_SMTP_HOST",
        "mail server; without it mail lands in the local mailbox",
    ),
    ("BANYAN_SMTP_PORT", "default 587, with tls 465"),
    ("BANYAN_SMTP_TLS", "starttls (default), implicit or none"),
    ("BANYAN_SMTP_USER", "user, when the server wants one"),
    (
        "BANYAN_SMTP_PASSWORD",
        "password, when the server wants one",
    ),
    (
        "BANYAN_SMTP_CA_FILE",
        "PEM file of a certificate authority to trust beside the public ones",
    ),
    (
        "BANYAN_MAIL_FROM",
        "sender, such as Banyan <no-reply@example.org>",
    ),
    (
        "BANYAN_SECRET",
        "at least 32 characters; signing keys are derived from it",
    ),
    (
        "BANYAN_LOG",
        "filter of logs; default info,actix_server=warn",
    ),
    ("BANYAN_LOG_JSON", "true: logs as JSON lines"),
    (
        "BANYAN_METRICS_TOKEN",
        "bearer token for /metrics; without one only loopback may read it",
    ),
    (
        "BANYAN_BEHIND_PROXY",
        "true: a reverse proxy on loopback sets X-Forwarded-For",
    ),
];

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// A setting that is unknown, malformed, or missing in production.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_pairs(std::env::vars().collect())
    }

    /// Reads settings from a map, as tests do.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn from_pairs(vars: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let vars = Vars(vars);
        vars.known()?;
        let mode = vars.choice(
            "BANYAN_MODE",
            &[("sample", Mode::Sample), ("production", Mode::Production)],
        )?;
        let listen = vars
            .text("BANYAN_LISTEN")
            .unwrap_or("127.0.0.1:8080")
            .to_owned();
        let port = listen.rsplit(':').next().unwrap_or("8080");
        let public_url = vars.text("BANYAN_PUBLIC_URL").map_or_else(
            || format!("http://localhost:{port}"),
            |u| u.trim_end_matches('/').to_owned(),
        );
        let secret = vars.secret()?;
        if mode == Mode::Production {
            vars.demand(PRODUCTION)?;
        }
        Ok(Self {
            mode,
            listen,
            listen_is_default: vars.text("BANYAN_LISTEN").is_none()
                && vars.text("BANYAN_PUBLIC_URL").is_none(),
            public_url,
            data_dir: vars
                .text("BANYAN_DATA_DIR")
                .map_or_else(default_data_dir, PathBuf::from),
            database: vars
                .text("DATABASE_URL")
                .map_or(Database::Private, |app| Database::Server {
                    app: app.to_owned(),
                    owner: vars.text("DATABASE_OWNER_URL").map(str::to_owned),
                }),
            backup_url: vars.text("DATABASE_BACKUP_URL").map(str::to_owned),
            drain_seconds: vars.number("BANYAN_DRAIN_SECONDS", 2)?,
            pool_size: vars.number("BANYAN_POOL_SIZE", 8)?,
            storage: vars.storage()?,
            smtp: vars.smtp()?,
            mail_from: vars
                .text("BANYAN_MAIL_FROM")
                .unwrap_or("Banyan <no-reply@banyan.example>")
                .to_owned(),
            secret,
            log_json: vars.flag("BANYAN_LOG_JSON")?,
            log: vars
                .text("BANYAN_LOG")
                .unwrap_or("info,actix_server=warn")
                .to_owned(),
            metrics_token: vars.text("BANYAN_METRICS_TOKEN").map(str::to_owned),
            behind_proxy: vars.flag("BANYAN_BEHIND_PROXY")?,
        })
    }

    /// May cookies be `Secure` and carry the `__Host-` prefix? Browsers allow it over https and on
    /// localhost.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        self.public_url.starts_with("https://") || self.public_url.starts_with("http://localhost")
    }
}

fn default_data_dir() -> PathBuf {
    // `postgres` cannot enter root's home, so root keeps its data where services do.
    if running_as_root() {
        PathBuf::from("/var/lib/banyan")
    } else {
        PathBuf::from(".banyan")
    }
}

/// Is this process root? Read from `/proc`, since asking the kernel directly needs unsafe code;
/// elsewhere than Linux the answer is no.
#[must_use]
pub fn running_as_root() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| {
        status
            .lines()
            .find_map(|l| l.strip_prefix("Uid:"))
            .and_then(|ids| ids.split_whitespace().nth(1))
            .is_some_and(|euid| euid == "0")
    })
}

/// The folders of `PATH`, in which the PostgreSQL programs are looked for.
#[must_use]
pub fn search_path() -> Vec<PathBuf> {
    std::env::vars_os()
        .find(|(name, _)| name == "PATH")
        .map(|(_, value)| std::env::split_paths(&value).collect())
        .unwrap_or_default()
}

/// What PostgreSQL's own programs may know of our environment: where home and programs are, and the
/// operator's `PG…` settings, such as certificates and password files.
#[must_use]
pub fn postgres_environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os()
        .filter(|(name, _)| {
            let name = name.to_string_lossy();
            name.starts_with("PG") || name == "HOME" || name == "PATH"
        })
        .collect()
}

fn bad(name: &str, value: &str, why: &str) -> ConfigError {
    ConfigError::Bad {
        name: name.to_owned(),
        value: value.to_owned(),
        why: why.to_owned(),
    }
}

struct Vars(BTreeMap<String, String>);

/// What production must say itself.
const PRODUCTION: &[&str] = &[
    "BANYAN_PUBLIC_URL",
    "BANYAN_SECRET",
    "BANYAN_MAIL_FROM",
    "BANYAN_SMTP_HOST",
];

impl Vars {
    /// Is every setting of ours one that somebody reads?
    fn known(&self) -> Result<(), ConfigError> {
        let ours = |name: &&String| name.starts_with("BANYAN_");
        let read = |name: &String| SETTINGS.iter().any(|(known, _)| known == name);
        match self.0.keys().filter(ours).find(|name| !read(name)) {
            Some(name) => Err(ConfigError::Unknown(name.clone())),
            None => Ok(()),
        }
    }

    fn demand(&self, names: &'static [&str]) -> Result<(), ConfigError> {
        names
            .iter()
            .find(|name| self.text(name).is_none())
            .map_or(Ok(()), |name| Err(ConfigError::Missing(name)))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|v| v.trim()).filter(|v| !v.is_empty())
    }

    fn secret(&self) -> Result<Option<String>, ConfigError> {
        match self.text("BANYAN_SECRET") {
            Some(short) if short.len() < 32 => Err(bad(
                "BANYAN_SECRET",
                &"*".repeat(short.len()),
                "at least 32 characters",
            )),
            secret => Ok(secret.map(str::to_owned)),
        }
    }

    fn number<N: std::str::FromStr>(&self, name: &str, default: N) -> Result<N, ConfigError> {
        self.text(name).map_or(Ok(default), |v| {
            v.parse()
                .map_err(|_err| bad(name, v, "a whole number is wanted"))
        })
    }

    fn flag(&self, name: &str) -> Result<bool, ConfigError> {
        self.choice(
            name,
            &[("false", false), ("true", true), ("0", false), ("1", true)],
        )
    }

    /// One of the named choices; the first is the default.
    fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<T, ConfigError> {
        let wanted = self
            .text(name)
            .or(choices.first().map(|c| c.0))
            .unwrap_or_default();
        choices
            .iter()
            .find(|(word, _)| *word == wanted)
            .map(|(_, value)| *value)
            .ok_or_else(|| {
                let words: Vec<_> = choices.iter().map(|c| c.0).collect();
                bad(name, wanted, &format!("one of {}", words.join(", ")))
            })
    }

    fn storage(&self) -> Result<Storage, ConfigError> {
        if !self.choice("BANYAN_STORAGE", &[("local", false), ("s3", true)])? {
            return Ok(Storage::Local);
        }
        let wanted = |name: &'static str| {
            let text = self.text(name).ok_or(ConfigError::Bucket(name))?;
            Ok::<_, ConfigError>(text.to_owned())
        };
        let endpoint = wanted("BANYAN_S3_ENDPOINT")?
            .trim_end_matches('/')
            .to_owned();
        let host = endpoint
            .strip_prefix("https://")
            .or_else(|| endpoint.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(['/', '@', '?'])) {
            let why = "https:// or http:// and a host, nothing after it";
            return Err(bad("BANYAN_S3_ENDPOINT", &endpoint, why));
        }
        let prefix = self
            .text("BANYAN_S3_PREFIX")
            .unwrap_or("banyan/")
            .to_owned();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        if !prefix.ends_with('/') || prefix.starts_with('/') || !prefix.chars().all(plain) {
            let why = "letters, digits and -_./ with a slash at the end";
            return Err(bad("BANYAN_S3_PREFIX", &prefix, why));
        }
        let seconds: u64 = self.number("BANYAN_S3_TIMEOUT", 30)?;
        Ok(Storage::S3(S3 {
            endpoint,
            bucket: wanted("BANYAN_S3_BUCKET")?,
            region: self
                .text("BANYAN_S3_REGION")
                .unwrap_or("us-east-1")
                .to_owned(),
            key: wanted("BANYAN_S3_KEY")?,
            secret: wanted("BANYAN_S3_SECRET")?,
            prefix,
            path_style: self.choice("BANYAN_S3_STYLE", &[("path", true), ("host", false)])?,
            ca_file: self.text("BANYAN_S3_CA_FILE").map(PathBuf::from),
            timeout: Duration::from_secs(seconds.max(1)),
        }))
    }

    fn smtp(&self) -> Result<Option<Smtp>, ConfigError> {
        let Some(host) = self.text("BANYAN_SMTP_HOST") else {
            return Ok(None);
        };
        let tls = self.choice(
            "BANYAN_SMTP_TLS",
            &[
                ("starttls", SmtpTls::StartTls),
                ("implicit", SmtpTls::Implicit),
                ("none", SmtpTls::None),
            ],
        )?;
        let port = self.number(
            "BANYAN_SMTP_PORT",
            if tls == SmtpTls::Implicit { 465 } else { 587 },
        )?;
        let credentials = self.text("BANYAN_SMTP_USER").map(|user| {
            (
                user.to_owned(),
                self.text("BANYAN_SMTP_PASSWORD")
                    .unwrap_or_default()
                    .to_owned(),
            )
        });
        Ok(Some(Smtp {
            host: host.to_owned(),
            port,
            tls,
            credentials,
            ca_file: self.text("BANYAN_SMTP_CA_FILE").map(PathBuf::from),
        }))
    }
}
