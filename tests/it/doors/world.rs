//! Two programmes, A and B, with a row behind every path parameter in both.
//!
//! Ids are digests of their names, so that two worlds with the same rows are the same to the byte.
//! Texts that not everybody may read carry a canary, a word that says who may: see [`FORBIDDEN`].

use banyan::access::secret;
use banyan::db::Role;
use banyan::ids::LinkId;
use banyan::web::Site;
use chrono::{DateTime, Utc};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::support::app::TestApp;

/// When everything here happens.
pub const NOW: &str = "2026-12-05T04:00:00Z";

/// The house as it is run.
const PRODUCTION: &[(&str, &str)] = &[
    ("BANYAN_MODE", "production"),
    ("BANYAN_PUBLIC_URL", "https://banyan.example"),
    ("BANYAN_MAIL_FROM", "no-reply@banyan.example"),
    ("BANYAN_SMTP_HOST", "127.0.0.1"),
];

/// A world in a database of its own.
pub struct World {
    pub app: TestApp,
}

/// Somebody who knocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    /// Name in the snapshot.
    pub name: &'static str,
    /// Programme of the role.
    pub side: char,
    /// The granted role, and whether it is held for the side's university or bank.
    pub role: Option<(Role, &'static str)>,
    /// Comes with a token of this person's instead of a session.
    pub bearer_of: Option<&'static str>,
}

const fn who(name: &'static str, side: char, role: Option<(Role, &'static str)>) -> Who {
    Who {
        name,
        side,
        role,
        bearer_of: None,
    }
}

const fn bearing(name: &'static str, of: &'static str) -> Who {
    Who {
        name,
        side: 'A',
        role: None,
        bearer_of: Some(of),
    }
}

/// Everybody.
pub const EVERYBODY: [Who; 24] = [
    who("anonymous", 'A', None),
    who("administrator", 'A', Some((Role::Administrator, ""))),
    who("coordinator", 'A', Some((Role::Coordinator, ""))),
    who("reviewer", 'A', Some((Role::Reviewer, ""))),
    who("reviewer-unassigned", 'A', Some((Role::Reviewer, ""))),
    who("instructor", 'A', Some((Role::Instructor, ""))),
    who("liaison", 'A', Some((Role::Liaison, "university"))),
    who("representative", 'A', Some((Role::Representative, "bank"))),
    who("supervisor", 'A', Some((Role::Supervisor, "bank"))),
    who("committee", 'A', Some((Role::Committee, ""))),
    who("applicant", 'A', None),
    who("applicant-other", 'A', None),
    who("role-ended", 'A', Some((Role::Coordinator, ""))),
    who("disabled", 'A', Some((Role::Coordinator, ""))),
    who("B-coordinator", 'B', Some((Role::Coordinator, ""))),
    who(
        "B-representative",
        'B',
        Some((Role::Representative, "bank")),
    ),
    who("house", 'A', Some((Role::Administrator, "house"))),
    bearing("token", "coordinator"),
    bearing("token-read", "coordinator"),
    bearing("token-write", "coordinator"),
    bearing("token-expired", "coordinator"),
    bearing("token-revoked", "coordinator"),
    bearing("token-ended", "role-ended"),
    bearing("token-disabled", "disabled"),
];

/// The canaries that nobody of this name may read, in lower case. What each stands for: `canaryb`,
/// persons and deliberations of B; `canaryap`, the applicant's person; `canaryaq`, another
/// applicant's; `canaryac`, deliberations about them (scores, notes, pending decisions, the second
/// reviewer); `canaryar`, the first reviewer and their comment; `canaryak`, `canaryau`, contacts of
/// A's bank and university; `canaryok`, contacts of B's bank. Organisations and their contacts are
/// the directory of the whole house: each programme office may read them.
pub const FORBIDDEN: &[(&str, &[&str])] = &[
    ("anonymous", ALL),
    ("administrator", &["canaryb"]),
    ("coordinator", &["canaryb"]),
    (
        "reviewer",
        &[
            "canaryb", "canaryaq", "canaryac", "canaryak", "canaryau", "canaryok",
        ],
    ),
    ("reviewer-unassigned", ALL),
    // Keeps the registers of their sessions, which name the trainees.
    (
        "instructor",
        &[
            "canaryb", "canaryaq", "canaryac", "canaryar", "canaryak", "canaryau", "canaryok",
        ],
    ),
    (
        "liaison",
        &[
            "canaryb", "canaryap", "canaryaq", "canaryac", "canaryar", "canaryak", "canaryok",
        ],
    ),
    ("representative", BANK),
    ("supervisor", BANK),
    ("committee", ALL),
    (
        "applicant",
        &[
            "canaryb", "canaryaq", "canaryac", "canaryar", "canaryak", "canaryau", "canaryok",
        ],
    ),
    (
        "applicant-other",
        &[
            "canaryb", "canaryap", "canaryac", "canaryar", "canaryak", "canaryau", "canaryok",
        ],
    ),
    ("role-ended", ALL),
    ("disabled", ALL),
    (
        "B-coordinator",
        &["canaryap", "canaryaq", "canaryac", "canaryar"],
    ),
    (
        "B-representative",
        &[
            "canaryb", "canaryap", "canaryaq", "canaryac", "canaryar", "canaryak", "canaryau",
        ],
    ),
    ("house", &[]),
    ("token", &["canaryb"]),
    ("token-read", &["canaryb"]),
    ("token-write", &["canaryb"]),
    ("token-expired", ALL),
    ("token-revoked", ALL),
    ("token-ended", ALL),
    ("token-disabled", ALL),
];

const ALL: &[&str] = &[
    "canaryb", "canaryap", "canaryaq", "canaryac", "canaryar", "canaryak", "canaryau", "canaryok",
];
const BANK: &[&str] = &[
    "canaryb", "canaryap", "canaryaq", "canaryac", "canaryar", "canaryau", "canaryok",
];

/// The id of a thing of a side: the same wherever it is named.
pub fn id(side: char, name: &str) -> Uuid {
    let digest = Sha256::digest(format!("{side}/{name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The secret in this person's cookie.
pub fn cookie(who: Who) -> Option<String> {
    let signed_in = who.name != "anonymous" && who.bearer_of.is_none();
    signed_in.then(|| format!("session-of-{}", who.name))
}

/// The secret of this person's token.
pub fn bearer(who: Who) -> Option<String> {
    who.bearer_of.map(|_| format!("secret-of-{}", who.name))
}

/// The row of a token: what its name says is true of it.
fn token_row(who: Who, of: &str, secret: &str) -> String {
    let scopes = match who.name {
        "token-read" => "{read}",
        "token-write" => "{write}",
        _ => "{read,write}",
    };
    let expires = if who.name == "token-expired" {
        "2026-12-05T03:59:59Z"
    } else {
        "2100-01-01"
    };
    let revoked = if who.name == "token-revoked" {
        "'2026-12-05T03:59:59Z'"
    } else {
        "NULL"
    };
    format!(
        "INSERT INTO api_tokens (id, token_hash, person_id, grant_id, label, scopes, created_at, used_at, expires_at, revoked_at) \
           VALUES ('{}', '\\x{}', '{}', '{}', '{}', '{scopes}', '2026-12-01', '{NOW}', '{expires}', {revoked});",
        id(who.side, who.name),
        hex(&secret::digest(secret)),
        id(who.side, of),
        id(who.side, &format!("grant-of-{of}")),
        who.name,
    )
}

/// Fills in a template: `§name§` is that thing's id on this side, `§A.name§` on A's; `~` is the side.
fn fill(template: &str, side: char) -> String {
    let mut sql = String::new();
    for (at, piece) in template.split('§').enumerate() {
        if at % 2 == 0 {
            sql.push_str(&piece.replace('~', &side.to_string()));
        } else {
            let (side, name) = match piece.split_once('.') {
                Some((side, name)) => (side.chars().next().unwrap(), name),
                None => (side, piece),
            };
            sql.push_str(&format!("'{}'", id(side, name)));
        }
    }
    sql
}

const SIDE: &str = include_str!("side.sql");
const NEIGHBOURS: &str = include_str!("neighbours.sql");

impl World {
    /// Both programmes, everybody signed in.
    pub fn new() -> Self {
        Self::with("")
    }

    /// As [`World::new`], then these statements of a template for A.
    pub fn with(secrets: &str) -> Self {
        // The sample programme's mailbox is open to everybody; in production there is none.
        let mut app = TestApp::with_settings(PRODUCTION);
        let now: DateTime<Utc> = NOW.parse().unwrap();
        app.site.db = app.site.db.as_of(now);
        let mut sql = "SET session_replication_role = replica;".to_owned();
        for side in ['A', 'B'] {
            sql.push_str(
                &fill(SIDE, side)
                    .replace("#KEY#", &stored(&app))
                    .replace("#KEY-2#", &stored(&app)),
            );
        }
        sql.push_str(&fill(NEIGHBOURS, 'A'));
        for who in EVERYBODY {
            sql.push_str(&person(who));
        }
        sql.push_str(&fill(secrets, 'A'));
        // Triggers have slept: the roll-up of what lists count.
        sql.push_str(
            "INSERT INTO cohort_tallies (cohort_id, programme_id, started, submitted) \
             SELECT cohort_id, programme_id, count(*), count(submitted_at) FROM applications GROUP BY 1, 2;",
        );
        let mut conn = PgConnection::establish(&app.super_url()).unwrap();
        conn.batch_execute(&sql)
            .unwrap_or_else(|err| panic!("the world cannot be made: {err}"));
        Self { app }
    }
}

/// A document in the store.
fn stored(app: &TestApp) -> String {
    let path = std::env::temp_dir().join(format!("banyan-doors-{}", Uuid::now_v7()));
    std::fs::write(&path, b"%PDF-1.4 %%EOF").unwrap();
    let key = app.site.files.take(&path).unwrap();
    let _ = std::fs::remove_file(&path);
    key
}

/// A person with a role and a session. The two applicants and the reviewer stand in the templates.
fn person(who: Who) -> String {
    if let (Some(of), Some(secret)) = (who.bearer_of, bearer(who)) {
        return token_row(who, of, &secret);
    }
    let Some(cookie) = cookie(who) else {
        return String::new();
    };
    let side = who.side;
    // B's people are called as A's are, on their side.
    let stem = who.name.trim_start_matches("B-");
    let person = id(side, stem);
    let mut sql = String::new();
    if !matches!(who.name, "applicant" | "applicant-other" | "reviewer") {
        sql.push_str(&format!(
            "INSERT INTO people (id, email, email_identity, email_confirmed_at, display_name, disabled_at, created_at) VALUES \
               ('{person}', '{0}@example.org', lower('{0}@example.org'), '2026-01-01', 'Person {0}', {1}, '2026-01-01');",
            who.name,
            if who.name == "disabled" { "'2026-12-01'" } else { "NULL" },
        ));
    }
    let mut acting = "NULL".to_owned();
    if let Some((role, held)) = who.role {
        let grant = id(side, &format!("grant-of-{stem}"));
        acting = format!("'{grant}'");
        let organisation = if role.needs_organisation() {
            format!("'{}'", id(side, held))
        } else {
            "NULL".to_owned()
        };
        let programme = if held == "house" {
            "NULL".to_owned()
        } else {
            format!("'{}'", id(side, "programme"))
        };
        let revoked = if who.name == "role-ended" {
            "'2026-12-01'"
        } else {
            "NULL"
        };
        sql.push_str(&format!(
            "INSERT INTO role_grants (id, person_id, role, programme_id, organisation_id, starts_on, revoked_at, created_at) \
               VALUES ('{grant}', '{person}', '{}', {programme}, {organisation}, '2026-01-01', {revoked}, '2026-01-01');",
            role.as_str()
        ));
    }
    sql.push_str(&format!(
        "INSERT INTO sessions (id, token_hash, person_id, grant_id, created_at, seen_at, proved_at, expires_at) VALUES \
           ('{}', '\\x{}', '{person}', {acting}, '{NOW}', '{NOW}', '{NOW}', '2100-01-01');",
        id(side, &format!("session-of-{stem}")),
        hex(&secret::digest(&cookie)),
    ));
    sql
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a path parameter relates to the programme of the knocker of A.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// A's row; where rows are a person's, the row of the person called `applicant`.
    Own,
    /// B's row.
    Other,
    /// No row.
    Missing,
}

/// Rows of the whole house, or public by their nature: another programme's is no secret.
pub const SHARED: &[&str] = &["organisation", "contact", "code", "programme_code"];

/// What stands in a path for a parameter; none if this file knows no sample for it.
pub fn sample(site: &Site, path: &str, param: &str, relation: Relation) -> Option<String> {
    let side = match relation {
        Relation::Own => 'A',
        Relation::Other => 'B',
        Relation::Missing => 'M',
    };
    let name = match param {
        "cohort" if path.contains("/enrolments") => "cohort-run",
        "cohort"
            if [
                "/timetable",
                "/offerings",
                "/classes",
                "/assessments",
                "/module-results",
                "/completion",
                "/breaks",
            ]
            .iter()
            .any(|it| path.contains(it)) =>
        {
            "cohort-run"
        }
        "cohort"
            if ["/attendance", "/registers", "/apologies"]
                .iter()
                .any(|it| path.contains(it)) =>
        {
            "cohort-run"
        }
        "class" if path.ends_with("/make-up") => "class-lost",
        "cohort" if path.contains("/reviewers") || path.ends_with("/reviews") => "cohort-review",
        "cohort" => "cohort",
        "application" if path == "/me/applications/{application}" => "application-review",
        "application" if path.ends_with("/withdraw") => "application-review",
        "application" if path.starts_with("/me/") => "application-draft",
        "application" => "application-review",
        "offer" if path.starts_with("/me/enrol/") => "offer-run",
        "offer" => "offer",
        "person" if path.contains("{grant}") || path.contains("/reviewers/") => "reviewer",
        "programme" => "programme",
        "person" => "applicant",
        "grant" => "grant-of-reviewer",
        "organisation" => "bank",
        "review" | "letter" | "enrolment" | "pool" | "import" | "target" | "contact"
        | "partnership" | "session" | "api_token" | "module" | "competency" | "reference"
        | "exemption" | "offering" | "class" | "closed" | "assessment" | "candidate" | "script"
        | "extension" | "submission" | "appeal" | "apology" | "risk" | "note" | "rules"
        | "break" => param,
        "posting" if path.ends_with("/approve") => "posting-sent",
        "posting"
            if path.starts_with("/organisation/")
                && ["/edit", "/submit", "/withdraw"]
                    .iter()
                    .any(|it| path.ends_with(it)) =>
        {
            "posting-draft"
        }
        "posting" if path.starts_with("/me/") && path.ends_with("/interest") => "posting-free",
        "document" | "item" | "visit" | "incident" | "scheme" | "claim" => param,
        "funded" => "funded-ready",
        "place" => "given",
        "repair" => param,
        "way" => return Some("honour_and_add".to_owned()),
        "placement"
            if ["/steps/{step}", "/accept", "/decline"]
                .iter()
                .any(|it| path.ends_with(it)) =>
        {
            "placement-offered"
        }
        "placement" => "placement",
        "task" if path.contains("/organisation/") => "task-of-host",
        "task" => "task",
        "week" if path.contains("/me/") => return Some("2026-11-30".to_owned()),
        "week" => return Some("2026-11-23".to_owned()),
        "point" if path.starts_with("/programmes/") => return Some("mid".to_owned()),
        "point" => return Some("final".to_owned()),
        "matter" => return Some("visit".to_owned()),
        "posting" | "round" | "area" | "host" | "capacity" | "change" | "interest" | "run"
        | "blackout" | "panel" | "day" | "interview" => param,
        // A posting's list stands at the posting's id.
        "subject" => "posting",
        "file" => return Some("reasons.csv".to_owned()),
        "step" if path.starts_with("/me/placed/") => return Some("accept".to_owned()),
        "step" if path.contains("/placed/") => return Some("withdraw".to_owned()),
        "step" if path.contains("/funding/") => return Some("approve".to_owned()),
        "step" => return Some("rank".to_owned()),
        "n" => return Some("1".to_owned()),
        // A module's code within its programme, and a programme's own.
        "code" if path.starts_with("/curriculum/") => {
            return Some(
                if relation == Relation::Missing {
                    "NOSUCH"
                } else {
                    "M1"
                }
                .to_owned(),
            );
        }
        "programme_code" | "code" if param == "programme_code" || path.contains("/curricula/") => {
            return Some(
                if relation == Relation::Missing {
                    "NOSUCH"
                } else {
                    ["PRG-A", "PRG-B"][usize::from(side == 'B')]
                }
                .to_owned(),
            );
        }
        "code" => {
            return Some(
                if relation == Relation::Missing {
                    "NOSUCH"
                } else {
                    ["OPEN-A", "OPEN-B"][usize::from(side == 'B')]
                }
                .to_owned(),
            );
        }
        "token" => return token(site, path, relation),
        _ => return None,
    };
    Some(id(side, name).to_string())
}

/// A mailed link is its holder's key, so there is no "other tenant's": the other one is a key that we
/// signed for another purpose.
fn token(site: &Site, path: &str, relation: Relation) -> Option<String> {
    // A calendar's address: the applicant's own of each side, or none.
    if path.starts_with("/calendar/") {
        return Some(match relation {
            Relation::Own => "calendar-of-A".to_owned(),
            Relation::Other | Relation::Missing => "no-such-calendar".to_owned(),
        });
    }
    let purpose = path.strip_prefix("/link/")?.split('/').next()?;
    let link = |purpose: &str, signed: &str| {
        site.keys
            .sign_link(
                signed,
                LinkId(id('A', &format!("link-{purpose}"))),
                "2100-01-01T00:00:00Z".parse().unwrap(),
            )
            .ok()
    };
    match relation {
        Relation::Own => link(purpose, purpose),
        Relation::Other => {
            let other = if purpose == "reset" {
                "sign_in"
            } else {
                "reset"
            };
            link(other, other)
        }
        Relation::Missing => Some("no-such-token".to_owned()),
    }
}
