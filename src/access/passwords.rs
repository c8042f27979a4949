//! Password hashing: argon2id (19 MiB, two passes, one lane: RFC 9106's lesser profile, OWASP's
//! first), as many at once as there are cores and a short queue behind them. Without the bound a few
//! dozen sign-ins a second would stop the whole site.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};

use crate::error::{Error, Result};

/// How many may wait for a hash.
const QUEUE: usize = 32;
/// How long one may wait.
const PATIENCE: Duration = Duration::from_secs(3);

struct Turns {
    free: usize,
    waiting: usize,
}

/// Hashes and verifies, within bounds. Cheap to clone.
#[derive(Clone)]
pub struct Hasher {
    turns: Arc<(Mutex<Turns>, Condvar)>,
    argon: Argon2<'static>,
    dummy: Arc<str>,
    runs: Arc<AtomicU64>,
}

impl Hasher {
    /// With as many threads as there are cores.
    ///
    /// # Errors
    /// argon2 refuses its own parameters (it does not).
    pub fn new() -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let params = Params::new(19 * 1024, 2, 1, None)
            .map_err(|err| Error::Internal(format!("argon2: {err}")))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hasher = Self {
            turns: Arc::new((
                Mutex::new(Turns {
                    free: cores,
                    waiting: 0,
                }),
                Condvar::new(),
            )),
            argon,
            dummy: Arc::from(""),
            runs: Arc::default(),
        };
        // Verified against when an address is unknown, so that both answers take the same time.
        hasher.dummy = Arc::from(hasher.hash("no one has this password")?);
        Ok(hasher)
    }

    /// The hash of a password, ready to be stored.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait.
    pub fn hash(&self, password: &str) -> Result<String> {
        let _turn = self.turn()?;
        self.runs.fetch_add(1, Ordering::Relaxed);
        self.argon
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|err| Error::Internal(format!("hashing: {err}")))
    }

    /// Is it this password? Without a stored hash the same work is done and the answer is no.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait.
    pub fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let _turn = self.turn()?;
        self.runs.fetch_add(1, Ordering::Relaxed);
        let hash = PasswordHash::new(stored.unwrap_or(&self.dummy))
            .map_err(|err| Error::Internal(format!("hash: {err}")))?;
        let same = self
            .argon
            .verify_password(password.as_bytes(), &hash)
            .is_ok();
        Ok(same && stored.is_some())
    }

    /// How often it has worked so far: the cost of an answer, told apart from its time.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// Was it hashed with other parameters than today's? Then it is hashed again at sign-in.
    #[must_use]
    pub fn is_outdated(&self, stored: &str) -> bool {
        !stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
    }

    fn turn(&self) -> Result<Turn<'_>> {
        let (turns, freed) = &*self.turns;
        let poisoned = || Error::Internal("the hasher's lock is poisoned".to_owned());
        let mut state = turns.lock().map_err(|_panic| poisoned())?;
        if state.free == 0 {
            if state.waiting >= QUEUE {
                return Err(Error::Busy);
            }
            state.waiting += 1;
            let (mut woken, late) = freed
                .wait_timeout_while(state, PATIENCE, |s| s.free == 0)
                .map_err(|_panic| poisoned())?;
            woken.waiting -= 1;
            if late.timed_out() {
                return Err(Error::Busy);
            }
            state = woken;
        }
        state.free -= 1;
        Ok(Turn { turns: &self.turns })
    }
}

struct Turn<'a> {
    turns: &'a (Mutex<Turns>, Condvar),
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Ok(mut state) = self.turns.0.lock() {
            state.free += 1;
        }
        self.turns.1.notify_one();
    }
}
