//! Puts the rooms together: what is opened at the start, which routes there are, who runs which job.

pub mod docs;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::RunQueryDsl as _;

use crate::access::passwords::Hasher;
use crate::access::secret::{self, Keys};
use crate::config::{Config, Database};
use crate::db::private::{Options, Private};
use crate::db::{self, Actor, Db, Task, migrations};
use crate::error::{Error, Result};
use crate::files::Store;
use crate::jobs::Runner;
use crate::mail::hold;
use crate::telemetry::Metrics;
use crate::web::{Routes, Site};

/// An open house: the site, and the private PostgreSQL that lives as long as it.
pub struct House {
    /// What handlers see.
    pub site: Site,
    owner_url: Option<String>,
    private: Option<Arc<Private>>,
}

/// The queue of letters after a restore.
#[derive(Clone, Debug, PartialEq, Eq, diesel::QueryableByName)]
pub struct HeldMail {
    /// Since when it is held, if it is.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>)]
    pub held_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Letters queued before the hold: after a restore they may have been sent already.
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub before: i64,
    /// Letters queued since.
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub since: i64,
}

/// Looks after the private PostgreSQL until dropped: should its server die, it is started again.
pub struct Keeper {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// How often the keeper looks.
const LOOK: Duration = Duration::from_millis(500);

impl Keeper {
    fn new(private: Arc<Private>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                match private.mend() {
                    Ok(false) => {}
                    Ok(true) => tracing::warn!("the private PostgreSQL had died and runs again"),
                    Err(error) => {
                        tracing::error!(%error, "the private PostgreSQL does not start");
                        std::thread::sleep(LOOK * 4);
                    }
                }
                std::thread::sleep(LOOK);
            }
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has told so already.
            let _ = thread.join();
        }
    }
}

/// Every route of the house.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .and(crate::mail::routes())
        .and(crate::people::routes())
        .and(crate::organisations::routes())
        .and(crate::programmes::routes())
        .and(crate::cohorts::routes())
        .and(crate::applications::form_pages::form_routes())
        .and(crate::applications::form_api::routes())
        .and(crate::applications::import_pages::import_routes())
        .and(crate::applications::import_api::routes())
        .and(crate::applications::desk_pages::desk_routes())
        .and(crate::applications::desk_api::routes())
        .and(crate::reviews::routes())
        .and(crate::offers::routes())
        .and(crate::enrolments::routes())
        .and(crate::curriculum::routes())
        .and(crate::teaching::routes())
        .and(crate::materials::routes())
        .and(crate::attendance::routes())
        .and(crate::assessment::routes())
        .and(crate::progress::routes())
        .and(crate::at_risk::routes())
        .and(crate::sharing::routes())
        .and(crate::placements::routes())
        .and(crate::interviews::routes())
        .and(crate::matches::routes())
        .and(crate::hosting::routes())
        .and(crate::supervision::routes())
        .and(crate::funding::routes())
        .and(crate::desks::bulk::routes())
        .and(crate::desks::record::routes())
        .and(crate::desks::routes())
        .and(docs::routes())
}

/// Who runs which kind of job.
#[must_use]
pub fn runners() -> Vec<(&'static str, Runner)> {
    let mut runners: Vec<(&'static str, Runner)> = vec![
        (crate::people::knocks::KNOCK, crate::people::knocks::answer),
        ("release_hold", crate::cohorts::actions::release_hold),
        (
            crate::applications::form_actions::REMIND_DRAFT,
            crate::applications::form_actions::remind_draft,
        ),
    ];
    runners.extend(crate::offers::jobs::runners());
    runners.extend(crate::enrolments::jobs::runners());
    runners.extend(crate::interviews::jobs::runners());
    runners
}

impl House {
    /// Opens the database (starting a private one if no other is configured), the stores and keys.
    /// Does not migrate.
    ///
    /// # Errors
    /// What cannot be opened, in words that say how to mend it.
    pub fn open(config: Config) -> Result<Self> {
        let (app_url, owner_url, private) = match &config.database {
            Database::Server { app, owner } => (app.clone(), owner.clone(), None),
            Database::Private => {
                let options = Options {
                    data_dir: config.data_dir.clone(),
                    durable: true,
                    database: "banyan".to_owned(),
                };
                let private =
                    Private::start(&options).map_err(|err| Error::Internal(err.to_string()))?;
                let private = Arc::new(private);
                (private.app_url(), Some(private.owner_url()), Some(private))
            }
        };
        let keys = keys(&config)?;
        let site = Site {
            db: Db::connect(&app_url, config.pool_size)?,
            keys,
            hasher: Hasher::new()?,
            files: Store::of(&config)?,
            metrics: Arc::new(Metrics::default()),
            config: Arc::new(config),
        };
        Ok(Self {
            site,
            owner_url,
            private,
        })
    }

    /// Brings the schema up to date; returns the versions applied.
    ///
    /// # Errors
    /// A step fails, or the owner's connection string is not configured.
    pub fn migrate(&self) -> Result<Vec<String>> {
        migrations::migrate(&mut db::connect_owner(self.owner_url()?)?)
    }

    /// Says what the database is for.
    ///
    /// # Errors
    /// As [`House::migrate`].
    pub fn mark(&self, mark: migrations::Mark) -> Result<()> {
        migrations::set_mark(&mut db::connect_owner(self.owner_url()?)?, mark)
    }

    /// What the database is marked for.
    ///
    /// # Errors
    /// The database's.
    pub fn marked(&self) -> Result<String> {
        #[derive(diesel::QueryableByName)]
        struct Marked {
            #[diesel(sql_type = diesel::sql_types::Text)]
            mark: String,
        }
        self.site.db.read(&Actor::System(Task::PublicSite), |conn| {
            let row: Marked = db::sql_query("SELECT mark FROM house").get_result(conn.pg())?;
            Ok(row.mark)
        })
    }

    /// Takes every table down, step by step. The caller has made sure that nothing is lost.
    ///
    /// # Errors
    /// As [`House::migrate`].
    pub fn take_down(&self) -> Result<()> {
        let mut owner = db::connect_owner(self.owner_url()?)?;
        while migrations::missing(&mut owner)?.len() < migrations::known().len() {
            migrations::revert_last(&mut owner)?;
        }
        Ok(())
    }

    /// Is the schema as new as this binary?
    ///
    /// # Errors
    /// It is older; the message says what to run.
    pub fn check_schema(&self) -> Result<()> {
        let missing = self
            .site
            .db
            .read(&Actor::System(Task::PublicSite), |conn| {
                migrations::missing(conn.pg())
            })?;
        if missing.is_empty() {
            return Ok(());
        }
        Err(Error::Internal(format!(
            "the database lacks {} ({}); run `banyan migrate` first",
            plural(missing.len()),
            missing.join(", ")
        )))
    }

    /// Is there no programme yet?
    ///
    /// # Errors
    /// The database's.
    pub fn is_empty(&self) -> Result<bool> {
        self.site.db.read(&Actor::System(Task::PublicSite), |conn| {
            Ok(db::sql_query("SELECT 1 FROM programmes LIMIT 1").execute(conn.pg())? == 0)
        })
    }

    /// Is the queue of letters held, and what waits in it?
    ///
    /// # Errors
    /// The database's.
    pub fn held_mail(&self) -> Result<HeldMail> {
        self.site
            .db
            .read(&Actor::System(Task::DeliverMail), |conn| {
                Ok(db::sql_query(
                    "SELECT h.letters_held_at AS held_at, \
                   count(l.id) FILTER (WHERE l.created_at < h.letters_held_at) AS before, \
                   count(l.id) FILTER (WHERE l.created_at >= h.letters_held_at) AS since \
                 FROM house h LEFT JOIN letters l ON l.state = 'queued' GROUP BY h.letters_held_at",
                )
                .get_result(conn.pg())?)
            })
    }

    /// Holds the queue of letters from now on; a hold that stands keeps its time.
    ///
    /// # Errors
    /// As [`House::migrate`].
    pub fn hold_mail(&self) -> Result<()> {
        hold::hold(&mut db::connect_owner(self.owner_url()?)?)?;
        Ok(())
    }

    /// Lets letters go again. `cancel`: those that were queued before the hold are cancelled, since
    /// they had probably been sent.
    ///
    /// # Errors
    /// As [`House::migrate`].
    pub fn release_mail(&self, cancel: bool) -> Result<()> {
        hold::release(&mut db::connect_owner(self.owner_url()?)?, cancel)?;
        Ok(())
    }

    /// The owner's connection string.
    ///
    /// # Errors
    /// It is not configured.
    pub fn owner_url(&self) -> Result<&str> {
        self.owner_url.as_deref().ok_or_else(|| {
            Error::Internal(
                "set DATABASE_OWNER_URL to the connection string of the role banyan_owner"
                    .to_owned(),
            )
        })
    }

    /// Keeps the private PostgreSQL running for as long as the answer lives; nothing to do where the
    /// database is somebody else's to keep.
    #[must_use]
    pub fn keep(&self) -> Option<Keeper> {
        self.private.clone().map(Keeper::new)
    }

    /// Is the database our own private one?
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.private.is_some()
    }
}

fn plural(steps: usize) -> String {
    if steps == 1 {
        "one step".to_owned()
    } else {
        format!("{steps} steps")
    }
}

/// The house's keys.
///
/// # Errors
/// A secret of our own can be neither read nor made.
pub fn keys(config: &Config) -> Result<Keys> {
    Ok(Keys::new(&root_secret(config)?, &config.public_url))
}

/// The configured secret, or one made once and kept beside the private database.
fn root_secret(config: &Config) -> Result<String> {
    if let Some(secret) = &config.secret {
        return Ok(secret.clone());
    }
    let path = config.data_dir.join("secret");
    if let Ok(secret) = fs::read_to_string(&path) {
        return Ok(secret.trim().to_owned());
    }
    let fresh = secret::fresh()?;
    fs::create_dir_all(&config.data_dir)?;
    write_private(&path, &fresh)?;
    Ok(fresh)
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(())
}
