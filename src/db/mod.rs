//! The database: the pool, and the only two ways in.
//!
//! [`Db::read`] and [`Db::tx`] open a transaction and declare an actor to PostgreSQL before any
//! other statement can run; row-level security compares that declaration with the rows. There is no
//! connection without an actor. Work beyond the actor's own view runs in [`Conn::elevate`], under a
//! task that has policies of its own.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::connection::{
    AnsiTransactionManager, Connection, SimpleConnection, TransactionManager,
};
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::{QueryResult, RunQueryDsl};
use uuid::Uuid;

use crate::error::{Error, Result};

mod actor;
mod bell;
pub mod migrations;
pub mod private;
mod statement;

pub use actor::{Acting, Actor, Role, Task};
pub use bell::Bell;
pub use statement::{Bound, Boxed, Statement, sql_query};

type Manager = AnsiTransactionManager;

/// How often a transaction is run again after a serialisation failure or a deadlock.
const RETRIES: u32 = 5;

/// The pool of connections as `banyan_app`.
#[derive(Clone)]
pub struct Db {
    pool: Pool<ConnectionManager<PgConnection>>,
    as_of: Option<DateTime<Utc>>,
    bell: Arc<Bell>,
}

/// A connection inside a transaction, with its declared actor.
pub struct Conn<'a> {
    pg: &'a mut PgConnection,
    actor: Actor,
    task: Option<Task>,
    request: Uuid,
    queued: bool,
}

/// Plans each prepared statement once. Left to itself PostgreSQL plans most of ours anew each time,
/// and with a policy on every table that takes longer than running them: the record of one
/// application took twice as long, a list five times. It also means that a statement must be written
/// so that one plan suits every value. No statement of ours is worth the start of parallel workers,
/// which a plan for unknown values may take for cheap.
#[derive(Debug)]
struct PlansOnce;

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for PlansOnce {
    fn on_acquire(&self, conn: &mut PgConnection) -> std::result::Result<(), diesel::r2d2::Error> {
        conn.batch_execute(
            "SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0",
        )
        .map_err(diesel::r2d2::Error::QueryError)
    }
}

impl Db {
    /// Opens a pool of at most `size` connections; each waits at most a second for its turn.
    ///
    /// # Errors
    /// The server cannot be reached with this connection string.
    pub fn connect(url: &str, size: u32) -> Result<Self> {
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(size.min(2)))
            // A ping on each check-out costs a fifth of a page; a dead connection is noticed at
            // BEGIN, where nothing is lost, and replaced.
            .test_on_check_out(false)
            .connection_timeout(Duration::from_secs(1))
            .connection_customizer(Box::new(PlansOnce))
            .build(ConnectionManager::new(impatient(url)))
            .map_err(|err| Error::Internal(format!("cannot reach the database: {err}")))?;
        Ok(Self::from_pool(pool))
    }

    /// Wraps a pool whose single connection is inside a test transaction; every `tx` becomes a
    /// savepoint.
    #[must_use]
    pub fn from_pool(pool: Pool<ConnectionManager<PgConnection>>) -> Self {
        Self {
            pool,
            as_of: None,
            bell: Arc::default(),
        }
    }

    /// The bell that rings in this process when work has been queued and committed.
    #[must_use]
    pub fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }

    /// The same database at another time. Honoured only where the owner marked the database
    /// `sample` or `test`.
    #[must_use]
    pub fn as_of(&self, at: DateTime<Utc>) -> Self {
        Self {
            pool: self.pool.clone(),
            as_of: Some(at),
            bell: self.bell(),
        }
    }

    /// Connections in use and in all, for the metrics.
    #[must_use]
    pub fn usage(&self) -> (u32, u32) {
        let state = self.pool.state();
        (
            state.connections.saturating_sub(state.idle_connections),
            self.pool.max_size(),
        )
    }

    /// Runs `work` in a read-only transaction: PostgreSQL itself refuses any write.
    ///
    /// # Errors
    /// Whatever `work` returns; [`Error::Busy`] when no connection is free within a second.
    pub fn read<T>(
        &self,
        actor: &Actor,
        work: impl FnOnce(&mut Conn<'_>) -> Result<T>,
    ) -> Result<T> {
        self.run("BEGIN READ ONLY; ", actor, Uuid::now_v7(), work)
    }

    /// As [`Db::read`], with the request id that the log and the audit trail know.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_for<T>(
        &self,
        actor: &Actor,
        request: Uuid,
        work: impl FnOnce(&mut Conn<'_>) -> Result<T>,
    ) -> Result<T> {
        self.run("BEGIN READ ONLY; ", actor, request, work)
    }

    /// As [`Db::read_for`], and run again where [`Db::tx`] would be: a migration beside us may end a
    /// read, too.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_again<T>(
        &self,
        actor: &Actor,
        request: Uuid,
        work: impl Fn(&mut Conn<'_>) -> Result<T>,
    ) -> Result<T> {
        self.again("BEGIN READ ONLY; ", actor, request, work)
    }

    /// Runs `work` in a transaction and commits unless it fails. It may run again after a
    /// serialisation failure or deadlock, and so must have no effect outside the transaction.
    ///
    /// # Errors
    /// Whatever `work` returns; [`Error::Busy`] when no connection is free within a second.
    pub fn tx<T>(&self, actor: &Actor, work: impl Fn(&mut Conn<'_>) -> Result<T>) -> Result<T> {
        self.tx_for(actor, Uuid::now_v7(), work)
    }

    /// As [`Db::tx`], with the request id that the log and the audit trail know.
    ///
    /// # Errors
    /// As [`Db::tx`].
    pub fn tx_for<T>(
        &self,
        actor: &Actor,
        request: Uuid,
        work: impl Fn(&mut Conn<'_>) -> Result<T>,
    ) -> Result<T> {
        self.again("BEGIN; ", actor, request, work)
    }

    fn again<T>(
        &self,
        begin: &str,
        actor: &Actor,
        request: Uuid,
        work: impl Fn(&mut Conn<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut attempt = 0;
        loop {
            match self.run(begin, actor, request, &work) {
                Err(err) if err.is_retryable() && attempt < RETRIES => {
                    attempt += 1;
                    // Spread the losers of a race, so that they do not meet again at once.
                    let jitter =
                        u64::from(request.as_bytes().last().copied().unwrap_or_default()) % 7;
                    std::thread::sleep(Duration::from_millis(u64::from(attempt) * (3 + jitter)));
                }
                done => return done,
            }
        }
    }

    /// Runs one statement as a transaction of its own in a single round trip: declaration and
    /// statement travel together, and PostgreSQL makes one transaction of what arrives together. The
    /// statement holds our own words and ids, never a value from outside. Not run again on failure.
    ///
    /// # Errors
    /// The database's; [`Error::Busy`] when no connection is free within a second.
    pub fn at_once(&self, actor: &Actor, sql: &str) -> Result<()> {
        let declaration = self.declaration(actor);
        let mut pooled = self.pool.get().map_err(|_timeout| Error::Busy)?;
        let pg: &mut PgConnection = &mut pooled;
        let status = Manager::transaction_manager_status_mut(pg);
        if matches!(status.transaction_depth(), Ok(Some(_))) {
            drop(pooled);
            return self.tx(actor, |conn| Ok(conn.pg().batch_execute(sql)?));
        }
        pg.batch_execute(&format!("{declaration}; {sql}"))
            .map_err(|err| {
                if is_closed(&err) {
                    Manager::transaction_manager_status_mut(&mut *pooled).set_in_error();
                }
                Error::Database(err)
            })
    }

    fn run<T>(
        &self,
        begin: &str,
        actor: &Actor,
        request: Uuid,
        work: impl FnOnce(&mut Conn<'_>) -> Result<T>,
    ) -> Result<T> {
        let declaration = self.declaration(actor);
        let (mut pooled, nested) = self.begin(begin, &declaration)?;
        let pg: &mut PgConnection = &mut pooled;
        let mut conn = Conn {
            pg,
            actor: actor.clone(),
            task: None,
            request,
            queued: false,
        };
        let outcome = work(&mut conn);
        let queued = conn.queued;
        let pg: &mut PgConnection = &mut pooled;
        let ended = match outcome {
            Ok(value) => Manager::commit_transaction(pg)
                .map(|()| value)
                .map_err(Error::Database),
            Err(err) => {
                // A connection that cannot roll back is broken, and the pool drops it.
                let _ = Manager::rollback_transaction(pg);
                Err(err)
            }
        };
        if nested {
            // A local setting survives the release of its savepoint.
            let _ = pg.batch_execute(CLEAR);
        }
        if let Err(Error::Database(err)) = &ended
            && (is_closed(err) || is_stale(err))
        {
            Manager::transaction_manager_status_mut(&mut *pooled).set_in_error();
        }
        if queued && ended.is_ok() {
            self.bell.ring();
        }
        ended
    }

    fn declaration(&self, actor: &Actor) -> String {
        let mut sql = actor.declaration(None);
        if let Some(at) = self.as_of {
            sql.push_str("; SET LOCAL banyan.as_of = '");
            sql.push_str(&at.to_rfc3339_opts(SecondsFormat::Micros, true));
            sql.push('\'');
        }
        sql
    }

    /// Begins a transaction on a live connection. After a restart of the server every pooled
    /// connection is dead; nothing has run yet, so the next one is tried.
    fn begin(
        &self,
        begin: &str,
        declaration: &str,
    ) -> Result<(PooledConnection<ConnectionManager<PgConnection>>, bool)> {
        for _ in 0..=self.pool.max_size() {
            let mut pooled = self.pool.get().map_err(|_timeout| Error::Busy)?;
            let pg: &mut PgConnection = &mut pooled;
            let nested = matches!(
                Manager::transaction_manager_status_mut(pg).transaction_depth(),
                Ok(Some(_))
            );
            let begun = if nested {
                Manager::begin_transaction(pg).and_then(|()| pg.batch_execute(declaration))
            } else {
                Manager::begin_transaction_sql(pg, &format!("{begin}{declaration}"))
            };
            match begun {
                Ok(()) => return Ok((pooled, nested)),
                Err(err) => {
                    Manager::transaction_manager_status_mut(&mut *pooled).set_in_error();
                    if !is_closed(&err) {
                        return Err(Error::Database(err));
                    }
                }
            }
        }
        Err(Error::Busy)
    }
}

/// What a connection string says unless it says otherwise: a server that has vanished without a word
/// (a cable, a firewall) is noticed within half a minute instead of hours, and a connection that is
/// never answered is given up, so that the next try finds the server when it is back.
const IMPATIENCE: [(&str, &str); 5] = [
    ("connect_timeout", "3"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "20000"),
];

/// The connection string with `IMPATIENCE` where it says nothing itself.
#[must_use]
pub fn impatient(url: &str) -> String {
    let is_url = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let mut out = url.to_owned();
    for (name, value) in IMPATIENCE {
        if url.contains(&format!("{name}=")) {
            continue;
        }
        out.push(match (is_url, out.contains('?')) {
            (true, false) => '?',
            (true, true) => '&',
            (false, _) => ' ',
        });
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
    out
}

const CLEAR: &str = "SET LOCAL banyan.kind = ''; SET LOCAL banyan.person = ''; \
    SET LOCAL banyan.organisations = ''; SET LOCAL banyan.programmes = ''; SET LOCAL banyan.as_of = ''";

/// Has a migration changed what a statement returns that this connection had prepared before? It
/// would fail for as long as the connection lives, so the pool gets rid of it.
pub(crate) fn is_stale(err: &DieselError) -> bool {
    matches!(err, DieselError::DatabaseError(_, info) if info.message().contains("cached plan must not change result type"))
}

/// Had the server no room on its disk? PostgreSQL's 53100 has no kind of its own in Diesel.
pub(crate) fn is_full(err: &DieselError) -> bool {
    matches!(err, DieselError::DatabaseError(_, info) if info.message().contains("No space left on device"))
}

/// Did the statement wait longer for a lock, or run longer, than the role may?
pub(crate) fn is_late(err: &DieselError) -> bool {
    matches!(err, DieselError::DatabaseError(_, info)
        if info.message().contains("due to lock timeout") || info.message().contains("due to statement timeout"))
}

/// Did the connection end under the statement?
pub(crate) fn is_closed(err: &DieselError) -> bool {
    match err {
        DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        )
        | DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(_, info) => {
            let text = info.message();
            text.contains("server closed the connection")
                || text.contains("terminating connection")
                || text.contains("no connection to the server")
                || text.contains("connection to server")
        }
        _ => false,
    }
}

impl Conn<'_> {
    /// The connection that Diesel wants. It is inside the transaction, the actor declared.
    pub fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The task under which work runs that is wider than the actor's view.
    #[must_use]
    pub fn task(&self) -> Option<Task> {
        match (&self.task, &self.actor) {
            (Some(task), _) => Some(*task),
            (None, Actor::Public(task) | Actor::System(task)) => Some(*task),
            (None, Actor::Person(_)) => None,
        }
    }

    /// Says that this transaction queues a letter or a job: the worker is woken when it commits.
    pub fn work_queued(&mut self) {
        self.queued = true;
    }

    /// The request behind this transaction.
    #[must_use]
    pub fn request(&self) -> Uuid {
        self.request
    }

    /// Runs `work` in the same transaction under a task, and restores the declaration on every
    /// exit. The audit trail names the task and the person behind it.
    ///
    /// # Errors
    /// Whatever `work` returns.
    pub fn elevate<T>(
        &mut self,
        task: Task,
        work: impl FnOnce(&mut Conn<'_>) -> Result<T>,
    ) -> Result<T> {
        let before = self.task;
        self.declare(Some(task))?;
        let outcome = work(self);
        match self.declare(before) {
            Ok(()) => outcome,
            // The statement that failed has ended the transaction: its error is the one to tell.
            Err(err) => outcome.and(Err(err)),
        }
    }

    /// Acts as another person from here to the end of the transaction: sign-in and mailed links
    /// find out who it is only inside it.
    ///
    /// # Errors
    /// The database cannot be told.
    pub fn become_actor(&mut self, actor: Actor) -> Result<()> {
        self.actor = actor;
        self.declare(None)
    }

    fn declare(&mut self, task: Option<Task>) -> Result<()> {
        self.task = task;
        self.pg
            .batch_execute(&self.actor.declaration(task))
            .map_err(Error::Database)
    }
}

#[derive(diesel::QueryableByName)]
struct Now {
    #[diesel(sql_type = diesel::sql_types::Timestamptz)]
    now: DateTime<Utc>,
}

/// The database's time, in a statement of its own: take locks first, then ask, then decide.
///
/// # Errors
/// The database's.
pub fn now(conn: &mut Conn<'_>) -> QueryResult<DateTime<Utc>> {
    sql_query("SELECT banyan_now() AS now")
        .get_result::<Now>(conn.pg())
        .map(|row| row.now)
}

/// Opens one connection outside the pool, for the owner's work.
///
/// # Errors
/// The server cannot be reached with this connection string.
pub fn connect_owner(url: &str) -> Result<PgConnection> {
    PgConnection::establish(url)
        .map_err(|err| Error::Internal(format!("cannot reach the database as its owner: {err}")))
}
