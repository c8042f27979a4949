//! People at work over HTTP, with a journal of what was acknowledged.
//!
//! Every request is sent until it is answered for good, always with the same idempotency key; so at
//! the end nothing is unknown, and everything that was acknowledged must be there exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use banyan::ids::ApplicationId;
use serde_json::{Value, json};

use super::house::{House, PATIENCE};
use super::http::{Answer, Http, Trouble};
use super::seed::{CALL, Duty, duties};
use crate::offers::Dice;

/// What was acknowledged.
#[derive(Default)]
pub struct Journal {
    pub notes: BTreeSet<String>,
    /// Keys of acknowledged POSTs.
    pub keys: BTreeSet<String>,
    /// The last statement of each draft.
    pub drafts: BTreeMap<String, String>,
    /// The last reason of each decision.
    pub decisions: BTreeMap<String, String>,
    /// Answered offers with their state.
    pub offers: BTreeMap<String, &'static str>,
    /// Statuses of all answers.
    pub statuses: BTreeMap<u16, usize>,
    /// 503 that do not say when to come back.
    pub rude: usize,
    /// Requests whose connection ended, and which nobody took.
    pub cut: usize,
    pub refused: usize,
}

/// Everybody at work.
pub struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    /// Ports of the servers, in turn. Zero: none.
    ports: Vec<AtomicU16>,
    stop: AtomicBool,
    /// The test has failed: nobody waits for an answer any more.
    abandoned: AtomicBool,
    acknowledged: AtomicUsize,
    journal: Mutex<Journal>,
    /// Held for reading while at work.
    pause: RwLock<()>,
}

impl Load {
    /// Seeds the house with work for everybody: `people` who have an offer or wait for one.
    pub fn start(house: &House, ports: &[u16], people: usize) -> Self {
        let shared = Arc::new(Shared {
            ports: ports.iter().map(|port| AtomicU16::new(*port)).collect(),
            stop: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            acknowledged: AtomicUsize::new(0),
            journal: Mutex::default(),
            pause: RwLock::new(()),
        });
        let threads = duties(house, people)
            .into_iter()
            .map(|duty| {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || Client::new(duty, &shared).work())
            })
            .collect();
        Self { shared, threads }
    }

    /// Writes acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.shared.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until so many have been acknowledged.
    pub fn reach(&self, goal: usize) {
        let begun = Instant::now();
        while self.acknowledged() < goal {
            assert!(
                self.threads.iter().all(|it| !it.is_finished()),
                "a client has given up"
            );
            assert!(begun.elapsed() < PATIENCE * 4, "no progress");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Notes acknowledged so far.
    pub fn notes(&self) -> BTreeSet<String> {
        self.shared.journal.lock().unwrap().notes.clone()
    }

    /// Does something while nobody is at work, and tells which notes were there then.
    pub fn quiet<T>(&self, work: impl FnOnce() -> T) -> (T, BTreeSet<String>) {
        let quiet = self.shared.pause.write().unwrap();
        let done = work();
        let notes = self.notes();
        drop(quiet);
        (done, notes)
    }

    /// Is this server in the turn?
    pub fn has(&self, at: usize) -> bool {
        self.shared.ports[at].load(Ordering::SeqCst) != 0
    }

    /// Everybody finishes what they are at.
    pub fn finish(mut self) -> Journal {
        self.shared.stop.store(true, Ordering::Relaxed);
        for thread in std::mem::take(&mut self.threads) {
            thread.join().unwrap();
        }
        std::mem::take(&mut *self.shared.journal.lock().unwrap())
    }

    /// Takes a server out of the turn, as a balancer does.
    pub fn without(&self, at: usize) {
        self.shared.ports[at].store(0, Ordering::SeqCst);
    }

    /// Takes it in again.
    pub fn with(&self, at: usize, port: u16) {
        self.shared.ports[at].store(port, Ordering::SeqCst);
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.shared.abandoned.store(true, Ordering::Relaxed);
    }
}

struct Client<'a> {
    duty: Duty,
    shared: &'a Shared,
    servers: Vec<(u16, Http)>,
    turn: usize,
    dice: Dice,
    count: usize,
    draft: String,
}

impl<'a> Client<'a> {
    fn new(duty: Duty, shared: &'a Shared) -> Self {
        Self {
            dice: Dice::new(2_027 + u64::try_from(duty.number).unwrap()),
            servers: shared.ports.iter().map(|_| (0, Http::new(0))).collect(),
            duty,
            shared,
            turn: 0,
            count: 0,
            draft: String::new(),
        }
    }

    fn work(mut self) {
        let writer = self.duty.writer.clone();
        let begun = self.post(&writer, "/api/v1/me/applications", &json!({ "call": CALL }));
        self.draft = begun["id"].as_str().unwrap().to_owned();
        while !self.shared.stop.load(Ordering::Relaxed) {
            let shared = self.shared;
            let _at_work = shared.pause.read().unwrap();
            match self.dice.roll(20) {
                0..=10 => self.note(),
                11..=14 => self.write_draft(),
                15..=16 => self.decide(),
                17 => self.look(),
                _ => self.answer_offer(),
            }
        }
    }

    fn note(&mut self) {
        let (desk, on) = (self.duty.desk.clone(), self.pending());
        self.count += 1;
        let body = format!("note {} of client {}", self.count, self.duty.number);
        self.post(
            &desk,
            &format!("/api/v1/applications/{on}/notes"),
            &json!({ "body": body }),
        );
        self.journal(|it| _ = it.notes.insert(body.clone()));
    }

    fn write_draft(&mut self) {
        self.count += 1;
        let (writer, draft) = (self.duty.writer.clone(), self.draft.clone());
        let statement = format!("Statement {} of client {}.", self.count, self.duty.number);
        let path = format!("/api/v1/me/applications/{draft}");
        let json = json!({ "statement": statement });
        self.until_answered("PATCH", &writer, &path, &[("if-match", "*")], &json);
        self.journal(|it| _ = it.drafts.insert(draft.clone(), statement.clone()));
    }

    fn decide(&mut self) {
        self.count += 1;
        let (desk, on) = (self.duty.desk.clone(), self.pending());
        let decision = if self.dice.roll(2) == 0 {
            "reject"
        } else {
            "waitlist"
        };
        let reason = format!("Reason {} of client {}.", self.count, self.duty.number);
        let json = json!({ "decision": decision, "reason": reason });
        let path = format!("/api/v1/applications/{on}/decision");
        self.until_answered("PUT", &desk, &path, &[("if-match", "*")], &json);
        self.journal(|it| _ = it.decisions.insert(on.to_string(), reason.clone()));
    }

    /// A page that anybody may read.
    fn look(&mut self) {
        let answer = self.until_answered("GET", "", "/", &[], &Value::Null);
        assert_eq!(answer.status, 200);
    }

    fn answer_offer(&mut self) {
        let Some(person) = self.dice.pick(&self.duty.people).cloned() else {
            return;
        };
        let mine =
            self.until_answered("GET", &person, "/api/v1/me/applications", &[], &Value::Null);
        let item = &mine.json()["items"][0];
        let (Some(offer), "offered") = (item["offer"].as_str(), item["state"].as_str().unwrap())
        else {
            return;
        };
        // An accepted offer stays one until its trainee is enrolled.
        if self
            .shared
            .journal
            .lock()
            .unwrap()
            .offers
            .contains_key(offer)
        {
            return;
        }
        let (verb, state) = if self.dice.roll(2) == 0 {
            ("accept", "accepted")
        } else {
            ("decline", "declined")
        };
        let answered = self.post(
            &person,
            &format!("/api/v1/me/offers/{offer}/{verb}"),
            &json!({}),
        );
        assert_eq!(answered["state"], state, "{answered}");
        self.journal(|it| _ = it.offers.insert(offer.to_owned(), state));
    }

    fn pending(&mut self) -> ApplicationId {
        *self.dice.pick(&self.duty.pending).unwrap()
    }

    fn post(&mut self, token: &str, path: &str, json: &Value) -> Value {
        self.count += 1;
        let key = format!("key-{}-{}", self.duty.number, self.count);
        let answer = self.until_answered("POST", token, path, &[("idempotency-key", &key)], json);
        self.journal(|it| _ = it.keys.insert(key.clone()));
        answer.json()
    }

    /// Sends the same request until somebody answers it for good.
    fn until_answered(
        &mut self,
        method: &str,
        token: &str,
        path: &str,
        headers: &[(&str, &str)],
        json: &Value,
    ) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut all = headers.to_vec();
        if !token.is_empty() {
            all.push(("authorization", &bearer));
        }
        if !json.is_null() {
            all.push(("content-type", "application/json"));
        }
        let body = if json.is_null() {
            String::new()
        } else {
            json.to_string()
        };
        let begun = Instant::now();
        let mut again = false;
        loop {
            if self.shared.abandoned.load(Ordering::Relaxed) {
                // Quietly: the test has told what is wrong.
                std::panic::resume_unwind(Box::new(()));
            }
            assert!(
                begun.elapsed() < PATIENCE * 2,
                "{method} {path} is never answered"
            );
            match self.server().ask(method, path, &all, body.as_bytes()) {
                Ok(answer) => {
                    self.journal(|it| {
                        *it.statuses.entry(answer.status).or_default() += 1;
                        it.rude += usize::from(answer.status == 503 && !answer.retry_after);
                    });
                    // Our own request of before, which nobody answered, came in between.
                    let overtaken = answer.status == 412 && again;
                    if answer.status < 500 && !overtaken {
                        assert!(answer.status < 400, "{method} {path}: {}", answer.text());
                        if method != "GET" {
                            self.shared.acknowledged.fetch_add(1, Ordering::Relaxed);
                        }
                        return answer;
                    }
                }
                Err(Trouble::Refused) => self.journal(|it| it.refused += 1),
                Err(Trouble::Cut) => self.journal(|it| it.cut += 1),
            }
            again = true;
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The next server in turn that is in the list.
    fn server(&mut self) -> &mut Http {
        let begun = Instant::now();
        loop {
            self.turn = (self.turn + 1) % self.servers.len();
            let port = self.shared.ports[self.turn].load(Ordering::SeqCst);
            if port != 0 {
                if self.servers[self.turn].0 != port {
                    self.servers[self.turn] = (port, Http::new(port));
                }
                return &mut self.servers[self.turn].1;
            }
            assert!(begun.elapsed() < PATIENCE, "no server in the list");
        }
    }

    fn journal(&self, write: impl FnOnce(&mut Journal)) {
        write(&mut self.shared.journal.lock().unwrap());
    }
}
