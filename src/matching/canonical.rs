//! The one byte form of a run and of its result, and their SHA-256 (section 3.1).
//!
//! JSON without spaces, the names of fields in the order of the alphabet, rows in the order of their
//! ids' bytes. It says what a run *is*: the same people and lists give the same bytes whatever the
//! order of rows, the numbers used as ranks or the quoting of a file. It is written piece by piece,
//! since a large run would not be held twice.
//!
//! Lists of banks and postings are lists of tiers: `[["a"],["b","c"]]` ranks `a` first, and `b` and
//! `c` equal.

use sha2::{Digest as _, Sha256};

use super::index::{Group, Posting, Trainee};
use super::instance::{Instance, Orders};
use super::names::Names;
use super::outcome::{Hashes, Outcome};
use super::text::push_number;

/// Small hexadecimal digits.
#[must_use]
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            out.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    out
}

/// JSON on its way out. Pieces of some size go to `put`.
struct Json<'p> {
    buffer: String,
    put: &'p mut dyn FnMut(&[u8]),
}

const PIECE: usize = 1 << 16;

impl Json<'_> {
    fn raw(&mut self, text: &str) {
        self.buffer.push_str(text);
        if self.buffer.len() >= PIECE {
            self.flush();
        }
    }

    fn flush(&mut self) {
        (self.put)(self.buffer.as_bytes());
        self.buffer.clear();
    }

    /// A string. Of what JSON must escape an id can only hold these two; a control character never
    /// passes the builder.
    fn text(&mut self, text: &str) {
        self.buffer.push('"');
        if text.bytes().any(|it| matches!(it, b'"' | b'\\')) {
            for c in text.chars() {
                if matches!(c, '"' | '\\') {
                    self.buffer.push('\\');
                }
                self.buffer.push(c);
            }
        } else {
            self.buffer.push_str(text);
        }
        self.raw("\"");
    }

    fn number(&mut self, n: u32) {
        push_number(&mut self.buffer, n);
        self.raw("");
    }

    fn optional(&mut self, n: Option<u32>) {
        match n {
            Some(n) => self.number(n),
            None => self.raw("null"),
        }
    }

    /// `[…]`, one item after another.
    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut item: impl FnMut(&mut Self, T)) {
        self.raw("[");
        for (at, it) in items.into_iter().enumerate() {
            if at > 0 {
                self.raw(",");
            }
            item(self, it);
        }
        self.raw("]");
    }
}

/// Writes the run's canonical form, in pieces.
pub fn write_input(run: &Instance, put: &mut dyn FnMut(&[u8])) {
    let mut json = Json {
        buffer: String::new(),
        put,
    };
    json.raw("{\"banks\":");
    json.list(run.banks.sorted(), |json, at| {
        let bank = super::Bank::new(at);
        json.raw("{\"bank\":");
        json.text(run.bank_id(bank));
        json.raw(",\"cap\":");
        json.optional(run.bank_cap(bank));
        json.raw(",\"list\":");
        tiers(json, run, &run.bank_lists, at);
        json.raw("}");
    });
    let trainees = run.trainees.sorted();
    json.raw(",\"ineligible\":");
    ineligible(&mut json, run, &trainees);
    json.raw(",\"policy_version\":");
    json.text(super::instance::POLICY);
    json.raw(",\"postings\":");
    json.list(run.postings.sorted(), |json, at| posting(json, run, at));
    json.raw(",\"run_id\":");
    json.text(&run.run_id);
    json.raw(",\"seed\":");
    match &run.seed {
        Some(seed) => json.text(&seed.hex()),
        None => json.raw("null"),
    }
    json.raw(",\"trainees\":");
    json.list(trainees, |json, at| {
        let trainee = Trainee::new(at);
        json.raw("{\"groups\":");
        let mut groups: Vec<&str> = named(&run.groups, run.groups_of(trainee), Group::at);
        groups.sort_unstable();
        json.list(groups, Json::text);
        json.raw(",\"list\":");
        json.list(run.list(trainee), |json, it| {
            json.text(run.posting_id(*it));
        });
        json.raw(",\"trainee\":");
        json.text(run.trainee_id(trainee));
        json.raw("}");
    });
    json.raw("}");
    json.flush();
}

fn named<'a, T: Copy>(names: &'a Names, items: &[T], at: impl Fn(T) -> usize) -> Vec<&'a str> {
    items.iter().map(|it| names.get(at(*it))).collect()
}

fn tiers(json: &mut Json<'_>, run: &Instance, lists: &Orders, at: usize) {
    json.list(lists.tiers(at), |json, tier| {
        if let [only] = tier {
            json.raw("[");
            json.text(run.trainee_id(*only));
            json.raw("]");
        } else {
            let mut equal = named(&run.trainees, tier, Trainee::at);
            equal.sort_unstable();
            json.list(equal, Json::text);
        }
    });
}

fn ineligible(json: &mut Json<'_>, run: &Instance, trainees: &[usize]) {
    let mut rows = Vec::new();
    for at in trainees {
        let trainee = Trainee::new(*at);
        let mut own: Vec<[&str; 3]> = run
            .ineligible(trainee)
            .iter()
            .map(|(posting, rule)| {
                [
                    run.trainee_id(trainee),
                    run.posting_id(*posting),
                    run.rule_id(*rule),
                ]
            })
            .collect();
        own.sort_unstable();
        rows.extend(own);
    }
    json.list(rows, |json, row| json.list(row, Json::text));
}

fn posting(json: &mut Json<'_>, run: &Instance, at: usize) {
    let posting = Posting::new(at);
    json.raw("{\"bank\":");
    json.text(run.bank_id(run.bank_of(posting)));
    json.raw(",\"group_caps\":");
    let caps = run.group_caps(posting).iter();
    let mut caps: Vec<(&str, u32)> = caps.map(|it| (run.group_id(it.0), it.1)).collect();
    caps.sort_unstable();
    let pair = |json: &mut Json<'_>, (group, n): (&str, u32)| {
        json.raw("[");
        json.text(group);
        json.raw(",");
        json.number(n);
        json.raw("]");
    };
    json.list(caps, pair);
    json.raw(",\"list\":");
    tiers(json, run, &run.posting_lists, at);
    json.raw(",\"posting\":");
    json.text(run.posting_id(posting));
    json.raw(",\"reserve\":");
    match run.reserve(posting) {
        Some((group, held)) => pair(json, (run.group_id(group), held)),
        None => json.raw("null"),
    }
    json.raw(",\"seats\":");
    json.number(run.seats(posting));
    json.raw("}");
}

/// Writes the result's canonical form, in pieces: assignment, cut-offs, and each trainee's reasons in
/// the order of their list.
pub fn write_output(run: &Instance, outcome: &Outcome, put: &mut dyn FnMut(&[u8])) {
    let mut json = Json {
        buffer: String::new(),
        put,
    };
    let trainees = run.trainees.sorted();
    json.raw("{\"assignment\":");
    json.list(&trainees, |json, at| {
        json.raw("[");
        json.text(run.trainees.get(*at));
        json.raw(",");
        match outcome.of(Trainee::new(*at)) {
            Some(it) => json.text(run.posting_id(it)),
            None => json.raw("null"),
        }
        json.raw("]");
    });
    for (name, names, cutoffs) in [
        ("bank_cutoffs", &run.banks, &outcome.bank_cutoffs),
        ("cutoffs", &run.postings, &outcome.cutoffs),
    ] {
        json.raw(",\"");
        json.raw(name);
        json.raw("\":");
        json.list(names.sorted(), |json, at| {
            json.raw("[");
            json.text(names.get(at));
            json.raw(",");
            json.optional(cutoffs.get(at).copied().flatten());
            json.raw("]");
        });
    }
    json.raw(",\"reasons\":[");
    reasons(&mut json, run, outcome, &trainees);
    json.raw("]}");
    json.flush();
}

/// `["NOT_NEEDED",…]` for each trainee: which choice each is of, the run itself says.
fn reasons(json: &mut Json<'_>, run: &Instance, outcome: &Outcome, trainees: &[usize]) {
    let mut detail = String::new();
    for (n, at) in trainees.iter().enumerate() {
        if n > 0 {
            json.raw(",");
        }
        json.list(
            outcome.reasons_of(run, Trainee::new(*at)),
            |json, reason| {
                detail.clear();
                reason.write_detail(run, &mut detail);
                json.buffer.push('"');
                json.buffer.push_str(reason.code());
                json.raw("\"");
                if !detail.is_empty() {
                    json.raw(",");
                    json.text(&detail);
                }
            },
        );
    }
}

fn hash(write: impl FnOnce(&mut dyn FnMut(&[u8]))) -> String {
    let mut hash = Sha256::new();
    write(&mut |piece| hash.update(piece));
    hex(&hash.finalize())
}

/// SHA-256 of the run's canonical form, in small hexadecimal digits.
#[must_use]
pub fn input_sha256(run: &Instance) -> String {
    hash(|put| write_input(run, put))
}

/// SHA-256 of the result's canonical form.
#[must_use]
pub fn output_sha256(run: &Instance, outcome: &Outcome) -> String {
    hash(|put| write_output(run, outcome, put))
}

/// SHA-256 of the seed's bytes (not of its digits): the commitment that is published before lists
/// close.
#[must_use]
pub fn seed_sha256(run: &Instance) -> Option<String> {
    run.seed().map(|seed| hash(|put| put(seed.bytes())))
}

/// All three.
#[must_use]
pub fn hashes(run: &Instance, outcome: &Outcome) -> Hashes {
    Hashes {
        input: input_sha256(run),
        output: output_sha256(run, outcome),
        seed: seed_sha256(run),
    }
}
