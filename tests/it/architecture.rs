//! The plan of the house, held to by reading its own source: order of rooms, who reads clock and
//! environment, what may stand in SQL, templates and texts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room that uses one below it in the reading order, and why that is right.
const UPWARD: &[(&str, &str, &str)] = &[
    (
        "lang",
        "error",
        "`refusals!` writes the `Refusal` of a rule",
    ),
    ("lang", "db", "the names of the roles"),
    (
        "error",
        "db",
        "a closed connection and a wait that was too long are 503, not 500",
    ),
];

/// What `format!` may put into SQL: names from our own constants, never a value.
/// A name in small letters is a `&'static str` of the sort or of the lock that was chosen.
const SQL_NAMES: &[(&str, &[&str])] = &[
    ("src/applications/desk_record.rs", &["ANSWERS"]),
    ("src/applications/import_queries.rs", &["ROWS", "RUN"]),
    (
        "src/assessment/queries.rs",
        &["ASSESSMENT", "beyond", "direction", "key"],
    ),
    ("src/assessment/queries/marking.rs", &["MARK", "SCRIPT"]),
    (
        "src/assessment/queries/taught.rs",
        &["TAUGHT_BY", "beyond", "direction", "key"],
    ),
    (
        "src/assessment/queries/work.rs",
        &["APPEAL", "EXTENSION", "LINE"],
    ),
    ("src/attendance/queries.rs", &["ROW", "SESSION"]),
    (
        "src/attendance/queries/hours.rs",
        &["OF_COHORT", "OF_TRAINEE", "OF_TRAINEES", "SUMS"],
    ),
    ("src/attendance/queries/apologies.rs", &["APOLOGY"]),
    ("src/attendance/queries/cohort.rs", &["OF_COHORT"]),
    ("src/attendance/queries/own.rs", &["SESSION"]),
    (
        "src/at_risk/queries.rs",
        &["CASE", "beyond", "direction", "key"],
    ),
    ("src/audit/seal.rs", &["COLUMNS", "BATCH"]),
    ("src/cohorts/queries.rs", &["COHORT", "POOLS"]),
    (
        "src/cohorts/queries/listing.rs",
        &["beyond", "direction", "key"],
    ),
    (
        "src/curriculum/exemption_queries.rs",
        &["EXEMPTION", "beyond", "direction", "key"],
    ),
    (
        "src/curriculum/queries.rs",
        &["VERSION", "beyond", "direction", "key"],
    ),
    (
        "src/curriculum/queries/book.rs",
        &["COMPETENCY", "REFERENCE"],
    ),
    ("src/db/migrations.rs", &["POLICIES", "standing", ""]),
    ("src/db/mod.rs", &["declaration", "sql"]),
    ("src/desks/queries/cohort.rs", &["FIGURES", "YEAR"]),
    ("src/desks/queries/figures.rs", &["YEAR"]),
    ("src/desks/queries/public.rs", &["COHORT"]),
    ("src/desks/queries/search.rs", &["BEGINS", "FOUND"]),
    ("src/desks/queries/teaching.rs", &["COHORT"]),
    ("src/desks/queries/today.rs", &["COHORT"]),
    ("src/enrolments/queries.rs", &["ENROLMENT", "key"]),
    ("src/jobs/lease.rs", &["table", ""]),
    ("src/mail/queries.rs", &["WHOLE", "by", "key", "rows"]),
    ("src/materials/queries.rs", &["NOTE", "READ"]),
    ("src/offers/queries.rs", &["OFFER"]),
    ("src/offers/queries/applications.rs", &["APPLICATION"]),
    ("src/offers/queries/lists.rs", &["key"]),
    (
        "src/organisations/queries/desk.rs",
        &["ROW", "beyond", "direction", "key"],
    ),
    (
        "src/people/role_queries.rs",
        &["COLUMNS", "FROM", "beyond", "key", "order"],
    ),
    (
        "src/desks/queries/placements.rs",
        &["COUNTED", "OF", "WHICH", "join", "key"],
    ),
    (
        "src/funding/queries.rs",
        &[
            "CLAIM",
            "CLAIMS",
            "SCHEME",
            "beyond",
            "direction",
            "key",
            "lock",
        ],
    ),
    (
        "src/hosting/queries.rs",
        &[
            "FROM",
            "PLACEMENT",
            "UNSIGNED",
            "WHOSE",
            "beyond",
            "direction",
            "key",
        ],
    ),
    (
        "src/supervision/queries.rs",
        &["LOG", "beyond", "direction", "key", "lock"],
    ),
    (
        "src/supervision/queries/matters.rs",
        &["INCIDENTS", "INCIDENT", "beyond", "direction", "key"],
    ),
    ("src/interviews/queries.rs", &["PANEL"]),
    (
        "src/interviews/queries/candidates.rs",
        &["CANDIDATE", "CANDIDATES", "beyond", "direction", "key"],
    ),
    (
        "src/interviews/queries/listing.rs",
        &[
            "COMPUTATION",
            "INTERVIEW",
            "LINES",
            "beyond",
            "direction",
            "key",
        ],
    ),
    ("src/interviews/queries/trainee.rs", &["INTERVIEW"]),
    ("src/matches/queries.rs", &["RANKED", "ROUND", "WHOSE"]),
    ("src/matches/queries/beside.rs", &["PLACE"]),
    (
        "src/matches/queries/desk.rs",
        &["TAKES_PART", "VACANT", "beyond", "direction", "key"],
    ),
    ("src/matches/queries/runs.rs", &["RUN"]),
    ("src/matches/queries/results.rs", &["PLACEMENT"]),
    (
        "src/placements/queries.rs",
        &["ROUND", "SUMS", "beyond", "direction", "key"],
    ),
    (
        "src/placements/queries/changes.rs",
        &["CHANGE", "CHANGES", "beyond", "direction", "key"],
    ),
    (
        "src/placements/queries/hosts.rs",
        &[
            "CAPACITIES",
            "CAPACITY",
            "HOST",
            "HOSTS",
            "beyond",
            "direction",
            "key",
        ],
    ),
    (
        "src/placements/queries/postings.rs",
        &["FROM", "POSTING", "SOUGHT", "beyond", "direction", "key"],
    ),
    (
        "src/placements/queries/trainee.rs",
        &[
            "FROM",
            "INTEREST",
            "INTERESTS",
            "POSTING",
            "SEEN",
            "SOUGHT",
            "beyond",
            "direction",
            "key",
        ],
    ),
    ("src/progress/queries.rs", &["TRAINEE"]),
    ("src/progress/queries/pauses.rs", &["PAUSE"]),
    (
        "src/reviews/queries.rs",
        &["ANSWERS", "PROGRESS", "REVIEW", "tail"],
    ),
    (
        "src/teaching/queries.rs",
        &["CLASS", "CLOSED", "OFFERING", "beyond", "direction"],
    ),
    ("src/teaching/queries/closed.rs", &["CLOSED"]),
    ("src/teaching/queries/readers.rs", &["CLASS"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Files below a folder, as (path from the root, content), sorted.
pub fn files(below: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(below)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                found.push((shown(&path), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "there are .{extension} files in {below}");
    found
}

fn shown(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The code without its comments.
pub fn code(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let comment = line.trim_start().starts_with("//");
        if comment { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `src/web/server.rs` is of the room `web`; `src/error.rs` is the room `error`.
fn room(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap();
    let first = inside.split('/').next().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The rooms that this code names: `crate::x`, and each `x` of `crate::{x::…, y}`.
fn rooms_used(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            used.insert(word(rest));
            continue;
        };
        let (mut depth, mut fresh) = (1, true);
        for (i, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => fresh = true,
                c if fresh && depth == 1 && !c.is_whitespace() => {
                    used.insert(word(&list[i..]));
                    fresh = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    used
}

pub fn word(text: &str) -> String {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    text[..end.unwrap_or(text.len())].to_owned()
}

fn reading_order() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rooms = lib.lines().filter_map(|line| line.strip_prefix("pub mod "));
    rooms.map(word).collect()
}

#[test]
fn a_room_uses_only_rooms_above_it() {
    let order = reading_order();
    let place = |room: &str| order.iter().position(|it| it == room);
    let mut wrong = BTreeSet::new();
    let mut excused = BTreeSet::new();
    for (path, text) in files("src", "rs") {
        let here = room(&path);
        if matches!(here, "lib" | "main") {
            continue;
        }
        assert!(place(here).is_some(), "{path} is of no room of src/lib.rs");
        for used in rooms_used(&code(&text)) {
            if place(&used) <= place(here) {
                continue;
            }
            match UPWARD.iter().find(|(a, b, _)| *a == here && *b == used) {
                Some(exception) => _ = excused.insert(exception),
                None => _ = wrong.insert(format!("{path} uses {used}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(
        excused.len(),
        UPWARD.len(),
        "an exception is not needed any more"
    );
}

#[test]
fn a_nested_use_names_each_of_its_rooms() {
    let names =
        rooms_used("use crate::{db::{self, Db}, ids::X}; crate::lang::say(); $crate::error::E");
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        ["db", "error", "ids", "lang"]
    );
}

#[test]
fn every_room_says_what_it_is_for() {
    for name in reading_order() {
        let folder = root().join(format!("src/{name}/mod.rs"));
        let file = root().join(format!("src/{name}.rs"));
        let text = fs::read_to_string(&folder)
            .or_else(|_| fs::read_to_string(&file))
            .unwrap();
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//! ") && first.len() > 20,
            "{name} begins with {first:?}"
        );
    }
}

#[test]
fn time_and_environment_have_one_reader_each() {
    let readers = [
        ("Utc::now", "src/clock.rs"),
        ("SystemTime::now", "src/clock.rs"),
        ("Local::now", "src/clock.rs"),
        ("env::var", "src/config.rs"),
    ];
    let all = files("src", "rs");
    for (call, reader) in readers {
        let places: Vec<&str> = all
            .iter()
            .filter(|(path, text)| path != reader && code(text).contains(call))
            .map(|(path, _)| path.as_str())
            .collect();
        assert!(places.is_empty(), "{call} in {places:?}");
    }
}

#[test]
fn rules_know_no_database_web_clock_or_settings() {
    let never = [
        "actix",
        "diesel",
        "crate::db",
        "crate::web",
        "crate::clock",
        "crate::config",
    ];
    let all = files("src", "rs");
    let is_rules = |path: &str| path.ends_with("/rules.rs") || path.contains("/rules/");
    let rules: Vec<_> = all.iter().filter(|(path, _)| is_rules(path)).collect();
    assert!(rules.len() > 10, "rules are found");
    for (path, text) in rules {
        for word in never {
            assert!(!code(text).contains(word), "{path} names {word}");
        }
    }
}

/// The names in the braces of the string literal that `format!(` opens.
fn placeholders(after_format: &str) -> Vec<String> {
    let start = after_format.find('"').unwrap() + 1;
    let mut names = Vec::new();
    let mut chars = after_format[start..].chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => _ = chars.next(),
            '"' => break,
            '{' if chars.peek() == Some(&'{') => _ = chars.next(),
            '{' => {
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                names.push(name.split(':').next().unwrap().to_owned());
            }
            _ => {}
        }
    }
    names
}

#[test]
fn no_value_is_written_into_sql() {
    let mut seen = BTreeSet::new();
    for (path, text) in files("src", "rs") {
        // The private server's own set-up quotes names that it has checked itself.
        if path.starts_with("src/db/private") {
            continue;
        }
        let text: String = code(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        for call in [
            "sql_query(format!(",
            "sql_query(&format!(",
            "batch_execute(&format!(",
        ] {
            let text = text.replace("( ", "(");
            for (at, _) in text.match_indices(call) {
                let names = placeholders(&text[at..]);
                let allowed = SQL_NAMES.iter().find(|(file, _)| *file == path);
                let allowed =
                    allowed.unwrap_or_else(|| panic!("{path} formats SQL with {names:?}"));
                for name in names {
                    assert!(
                        allowed.1.contains(&name.as_str()),
                        "{path} puts {name:?} into SQL"
                    );
                    seen.insert((allowed.0, name));
                }
            }
        }
    }
    let listed: usize = SQL_NAMES.iter().map(|(_, names)| names.len()).sum();
    assert_eq!(
        seen.len(),
        listed,
        "a listed name is not used any more: {seen:?}"
    );
}

#[test]
fn every_template_is_used() {
    let mut used = BTreeSet::new();
    let quoted = |text: &str, before: &str| -> Vec<String> {
        let parts = text.split(before).skip(1);
        parts
            .filter_map(|part| part.split('"').next().map(str::to_owned))
            .collect()
    };
    for (_, text) in files("src", "rs") {
        used.extend(quoted(&text, "path = \""));
    }
    let templates = files("templates", "html");
    for (_, text) in &templates {
        for before in ["include \"", "extends \"", "import \""] {
            used.extend(quoted(text, before));
        }
    }
    for (path, _) in templates {
        let name = path.strip_prefix("templates/").unwrap();
        assert!(used.contains(name), "no page uses {path}");
    }
}

/// Does this page break the strict policy, and where?
fn inline(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    for (at, _) in lower.match_indices("<script") {
        let tag = lower[at..].split("</script>").next().unwrap();
        let (open, body) = tag.split_once('>').unwrap_or((tag, ""));
        if !open.contains("src=") || !body.trim().is_empty() {
            return Some("a script in the page".to_owned());
        }
    }
    for (at, _) in lower.match_indices('=') {
        let before = &lower[..at];
        let name = before
            .rsplit(|c: char| c.is_whitespace() || c == '"')
            .next()
            .unwrap();
        let inside_tag = before.rfind('<') > before.rfind('>');
        let handler = name.len() > 4
            && name.starts_with("on")
            && name.chars().all(|c| c.is_ascii_lowercase());
        if inside_tag && (name == "style" || handler) {
            return Some(format!("{name}= at byte {at}"));
        }
    }
    lower
        .contains("<style")
        .then(|| "a style in the page".to_owned())
}

#[test]
fn pages_carry_no_script_or_style_of_their_own() {
    for (path, text) in files("templates", "html") {
        // Mail programs know no style sheets; the policy of pages does not reach there.
        if !path.starts_with("templates/mail/") {
            assert_eq!(inline(&text), None, "{path}");
        }
    }
    assert!(inline("<p style=\"color:red\">").is_some());
    assert!(inline("<a onclick=\"x()\">").is_some());
    assert!(inline("<script>x()</script>").is_some());
    assert_eq!(
        inline("<script src=\"/a.js\" defer></script><p>on time = now</p>"),
        None
    );
}

#[test]
fn no_file_is_longer_than_a_person_reads() {
    for (path, text) in files("src", "rs") {
        let lines = text.lines().count();
        assert!(lines <= 600, "{path} has {lines} lines: make it a folder");
    }
}

#[test]
fn nothing_is_left_for_later_in_silence() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("to", "do!("),
    ];
    let folders = [
        ("src", "rs"),
        ("tests", "rs"),
        ("templates", "html"),
        ("assets", "js"),
        ("migrations", "sql"),
    ];
    for (folder, extension) in folders {
        for (path, text) in files(folder, extension) {
            for mark in marks {
                assert!(!text.contains(mark), "{path} has a {mark}");
            }
        }
    }
}

#[test]
fn every_file_that_the_style_names_is_served() {
    for (path, text) in files("assets", "css") {
        for part in text.split("url(").skip(1) {
            let name = part.split(')').next().unwrap().trim_matches('"');
            let served = banyan::web::assets::find(name).is_some() || name.starts_with("data:");
            assert!(served, "{path} calls {name}");
        }
    }
}

/// Diesel's `sql_query` sends its text to be parsed and planned at every call; `db::sql_query` is the
/// same and stays prepared.
#[test]
fn rooms_prepare_their_statements() {
    for (path, text) in files("src", "rs") {
        // Set-up work, each statement once.
        if path.starts_with("src/db/migrations") || path.starts_with("src/db/private/") {
            continue;
        }
        let code = code(&text);
        for line in uses(&code, "diesel::") {
            assert!(
                !line.contains("sql_query"),
                "{path} takes sql_query from diesel: {line}"
            );
        }
    }
}

/// The paths that begin with this word, each to the end of its statement or call.
fn uses<'a>(code: &'a str, word: &str) -> Vec<&'a str> {
    let paths = code.match_indices(word).map(|(at, _)| &code[at..]);
    paths
        .map(|rest| rest.split([';', '(']).next().unwrap_or(rest))
        .collect()
}
