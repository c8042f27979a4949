//! A row of every set in every table, made from the catalogue alone: a new table is filled too.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::sql_types::{Array, Bool, Nullable, Text};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::lines;

/// The sets of rows.
pub const SETS: [&str; 3] = ["A", "N", "B"];

/// Values that the types and constraints do not tell: table, column, value for each set.
const TOLD: &[(&str, &str, [&str; 3])] = &[
    ("applications", "reference", ["'A-1'", "'N-1'", "'B-1'"]),
    ("cohorts", "state", ["'open'", "'planned'", "'open'"]),
    ("cohorts", "closes_at", ["'2031-01-01'"; 3]),
    ("exemptions", "state", ["'requested'"; 3]),
    (
        "holidays",
        "observed_on",
        ["'2030-01-01'", "'2030-01-02'", "'2030-01-03'"],
    ),
    ("seat_pools", "hold_until", ["'2030-01-01'"; 3]),
    ("class_sessions", "ends_at", ["'2031-01-01'"; 3]),
    ("class_notes", "title_en", ["'Note'"; 3]),
    ("class_notes", "body", ["'Text'"; 3]),
    ("assessments", "due_at", ["'2031-01-01'"; 3]),
    ("scripts", "second_id", ["NULL"; 3]),
    ("at_risk_rules", "number", ["1", "2", "1"]),
    // A programme has one draft of its rules.
    ("completion_rules", "number", ["1", "2", "1"]),
    (
        "completion_rules",
        "state",
        ["'draft'", "'published'", "'draft'"],
    ),
    (
        "completion_rules",
        "published_at",
        ["NULL", "now()", "NULL"],
    ),
    (
        "risk_looks",
        "looked_on",
        ["'2030-01-01'", "'2030-01-02'", "'2030-01-03'"],
    ),
    ("risk_cases", "outcome", ["NULL"; 3]),
    ("risk_cases", "closed_at", ["NULL"; 3]),
    ("risk_cases", "resting", ["false"; 3]),
    ("focus_areas", "code", ["'area_a'", "'area_n'", "'area_b'"]),
    ("placement_rounds", "state", ["'open'"; 3]),
    ("placement_rounds", "parent_id", ["NULL"; 3]),
    ("placement_rounds", "closes_at", ["'2031-01-01'"; 3]),
    ("placement_rounds", "list_deadline", ["'2031-01-01'"; 3]),
    ("postings", "state", ["'open'"; 3]),
    ("posting_interests", "state", ["'expressed'"; 3]),
    ("posting_interests", "taken_back_at", ["NULL"; 3]),
    (
        "wage_rates",
        "starts_on",
        ["'2030-01-01'", "'2030-01-02'", "'2030-01-03'"],
    ),
    ("rank_lists", "organisation_id", ["NULL"; 3]),
    ("rank_lists", "posting_id", ["NULL"; 3]),
    ("rank_lists", "sha256", ["repeat('0', 64)"; 3]),
    ("certified_lists", "organisation_id", ["NULL"; 3]),
    ("certified_lists", "sha256", ["repeat('0', 64)"; 3]),
    ("certified_lists", "entries", ["'[]'"; 3]),
    ("match_seeds", "seed", ["repeat('0', 64)"; 3]),
    ("match_commitments", "seed_sha256", ["repeat('0', 64)"; 3]),
    ("match_runs", "input_sha256", ["repeat('0', 64)"; 3]),
    ("match_runs", "output_sha256", ["repeat('0', 64)"; 3]),
    ("match_runs", "seed_sha256", ["repeat('0', 64)"; 3]),
    ("match_runs", "summary", ["'{}'"; 3]),
    ("match_runs", "published_by", ["NULL"; 3]),
    ("match_runs", "published_at", ["NULL"; 3]),
    ("match_runs", "voided_by", ["NULL"; 3]),
    ("match_runs", "voided_at", ["NULL"; 3]),
    ("match_results", "lines", ["'[]'"; 3]),
    ("list_people", "posting_id", ["NULL"; 3]),
    ("agreements", "sha256", ["repeat('0', 64)"; 3]),
    ("agreements", "state", ["'signing'"; 3]),
    ("agreements", "signed_at", ["NULL"; 3]),
    ("agreement_signatures", "sha256", ["repeat('0', 64)"; 3]),
    (
        "checklist_items",
        "code",
        ["'item_a'", "'item_n'", "'item_b'"],
    ),
    ("placement_tasks", "state", ["'open'"; 3]),
    ("placement_tasks", "settled_at", ["NULL"; 3]),
    ("work_standings", "kind", ["'employee'"; 3]),
    ("work_standings", "sha256", ["NULL"; 3]),
    ("work_standings", "declared_at", ["NULL"; 3]),
    ("work_standings", "declared_name", ["''"; 3]),
    ("work_standings", "facts", ["'{}'"; 3]),
    ("weekly_logs", "week", ["'2030-01-07'"; 3]),
    ("weekly_logs", "state", ["'submitted'"; 3]),
    ("weekly_logs", "submitted_at", ["now()"; 3]),
    ("weekly_logs", "days", ["'[]'"; 3]),
    ("weekly_logs", "approved", ["NULL"; 3]),
    ("log_decisions", "days", ["'[]'"; 3]),
    ("evaluations", "answers", ["'{}'"; 3]),
    ("host_reviews", "answers", ["'{}'"; 3]),
    ("incidents", "state", ["'open'"; 3]),
    ("incidents", "closed_at", ["NULL"; 3]),
    ("placement_levels", "level", ["1"; 3]),
    ("funding_claims", "month", ["'2030-01-01'"; 3]),
    ("funding_claims", "state", ["'submitted'"; 3]),
    ("funding_claims", "decided_on", ["NULL"; 3]),
    ("funding_claims", "paid_on", ["NULL"; 3]),
    ("interview_rules", "latest", ["1000"; 3]),
    ("interview_blackouts", "ends_at", ["'2031-01-01'"; 3]),
    ("interview_panels", "members", ["'[]'"; 3]),
    ("interview_days", "ends_minute", ["1000"; 3]),
    ("interview_days", "length_minutes", ["20"; 3]),
    ("interview_days", "room", ["'Room'"; 3]),
    ("interview_slots", "ends_at", ["'2031-01-01'"; 3]),
    ("interview_absences", "ends_at", ["'2031-01-01'"; 3]),
    ("interviews", "ends_at", ["'2031-01-01'"; 3]),
    ("interview_drafts", "starts_at", ["'2030-01-01'"; 3]),
    ("interview_drafts", "ends_at", ["'2031-01-01'"; 3]),
];

/// Columns that name a person or a way to reach one.
const PERSONAL: &[&str] = &[
    "person_id",
    "owner_id",
    "reviewer_id",
    "author_id",
    "to_address",
    "email",
    "decided_by",
];

/// The id of a thing of a set: the same wherever it is named.
pub fn id(set: &str, stem: &str) -> Uuid {
    // The neighbour is of A's programme.
    let set = if stem == "programme" && set == "N" {
        "A"
    } else {
        set
    };
    let digest = Sha256::digest(format!("{set}/{stem}"));
    Uuid::from_slice(&digest[..16]).unwrap()
}

#[derive(Clone, QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    tab: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    required: bool,
    #[diesel(sql_type = Bool)]
    in_key: bool,
    /// The table that it refers to.
    #[diesel(sql_type = Nullable<Text>)]
    refers: Option<String>,
    /// Definitions of the CHECKs on this column alone.
    #[diesel(sql_type = Array<Text>)]
    checks: Vec<String>,
}

const COLUMNS: &str = "SELECT c.relname::text AS tab, a.attname::text AS name, format_type(a.atttypid, NULL) AS kind, \
    a.attnotnull AND NOT a.atthasdef AS required, \
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS in_key, \
    (SELECT f.confrelid::regclass::text FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f' \
      AND f.conkey = ARRAY[a.attnum] LIMIT 1) AS refers, \
    ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' \
      AND k.conkey = ARRAY[a.attnum] ORDER BY k.conname) AS checks \
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE '\\_\\_%' \
    ORDER BY c.relname, a.attnum";

/// A table.
pub struct Table {
    pub name: String,
    /// An expression for a row's key, as text.
    pub key: String,
    /// The letters of the verbs that the app is granted.
    pub granted: String,
    /// An assignment that no policy minds.
    pub harmless: String,
}

/// Three sets of rows in every table.
pub struct World {
    pub tables: Vec<Table>,
    /// Table and key to the set.
    keys: BTreeMap<(String, String), &'static str>,
    /// Table to the INSERT of each set.
    inserts: BTreeMap<String, Vec<(&'static str, String)>>,
    personal: Vec<String>,
}

impl World {
    /// Fills every table.
    pub fn build(conn: &mut PgConnection) -> Self {
        let columns: Vec<Column> = sql_query(COLUMNS).load(conn).unwrap();
        let mut by_table: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        for column in columns {
            by_table.entry(column.tab.clone()).or_default().push(column);
        }
        let mut world = Self {
            tables: Vec::new(),
            keys: BTreeMap::new(),
            inserts: BTreeMap::new(),
            personal: Vec::new(),
        };
        // Rows refer to each other in every direction: keys are checked when all are there.
        conn.batch_execute("SET session_replication_role = replica")
            .unwrap();
        for (name, columns) in &by_table {
            let table = table(conn, name, columns);
            if columns
                .iter()
                .any(|column| PERSONAL.contains(&column.name.as_str()))
            {
                world.personal.push(name.clone());
            }
            // The house is there already, and there is only one.
            let all = format!("SELECT {} AS line FROM {name}", table.key);
            for key in lines(conn, &all) {
                world.keys.insert((name.clone(), key), "house");
            }
            for (number, set) in SETS.into_iter().enumerate() {
                let sql = insert(name, columns, number);
                if name != "house" {
                    conn.batch_execute(&format!("{sql} ON CONFLICT DO NOTHING"))
                        .unwrap_or_else(|err| panic!("tell a value in TOLD: {sql}: {err}"));
                }
                for key in lines(conn, &all) {
                    world.keys.entry((name.clone(), key)).or_insert(set);
                }
                world
                    .inserts
                    .entry(name.clone())
                    .or_default()
                    .push((set, sql));
            }
            world.tables.push(table);
        }
        conn.batch_execute("RESET session_replication_role")
            .unwrap();
        let there: std::collections::BTreeSet<(&str, &str)> = world
            .keys
            .iter()
            .map(|((table, _), set)| (table.as_str(), *set))
            .collect();
        for (table, set) in by_table
            .keys()
            .flat_map(|table| SETS.map(|set| (table.as_str(), set)))
        {
            let shared = table == "house" || (table, set) == ("programmes", "N");
            assert!(
                shared || there.contains(&(table, set)),
                "{table} has no row of {set}"
            );
        }
        world
    }

    /// The set of the row with this key.
    pub fn set_of(&self, table: &str, key: &str) -> &'static str {
        self.keys[&(table.to_owned(), key.to_owned())]
    }

    /// The INSERT of each set.
    pub fn inserts(&self, table: &str) -> impl Iterator<Item = (&'static str, &str)> {
        self.inserts[table]
            .iter()
            .map(|(set, sql)| (*set, sql.as_str()))
    }

    /// Does this table name persons?
    pub fn names_a_person(&self, table: &str) -> bool {
        table == "people" || self.personal.iter().any(|it| it == table)
    }
}

fn table(conn: &mut PgConnection, name: &str, columns: &[Column]) -> Table {
    let key: Vec<String> = columns
        .iter()
        .filter(|c| c.in_key)
        .map(|c| format!("{}::text", c.name))
        .collect();
    let granted = "siud".chars().filter(|verb| {
        let privilege = match verb {
            's' => "SELECT",
            'i' => "INSERT",
            'u' => "UPDATE",
            _ => "DELETE",
        };
        lines(
            conn,
            &format!(
                "SELECT has_table_privilege('banyan_app', '{name}', '{privilege}')::text AS line"
            ),
        ) == ["true"]
    });
    let granted = granted.collect();
    // A time or a number decides about nobody's rights.
    let plain = ["timestamp with time zone", "integer", "bigint"];
    let harmless = plain
        .iter()
        .find_map(|kind| {
            columns
                .iter()
                .find(|c| c.kind == *kind && !c.in_key && c.checks.is_empty())
        })
        .map_or_else(String::new, |c| {
            let value = if c.kind.starts_with("timestamp") {
                "'2030-06-01'"
            } else {
                "1"
            };
            format!("{} = {value}", c.name)
        });
    Table {
        name: name.to_owned(),
        key: key.join(" || ' ' || "),
        granted,
        harmless,
    }
}

fn insert(table: &str, columns: &[Column], number: usize) -> String {
    let mut names = Vec::new();
    let mut values = Vec::new();
    for column in columns {
        if let Some(value) = value(column, number) {
            names.push(column.name.as_str());
            values.push(value);
        }
    }
    format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        names.join(", "),
        values.join(", ")
    )
}

/// The value of a column in a set; none leaves it to its default or NULL.
fn value(column: &Column, number: usize) -> Option<String> {
    let set = SETS[number];
    let told = TOLD
        .iter()
        .find(|(table, name, _)| *table == column.tab && *name == column.name);
    if let Some((_, _, values)) = told {
        return Some(values[number].to_owned());
    }
    let ids = matches!(column.kind.as_str(), "uuid" | "uuid[]");
    // What says whose a row is, is filled even where it may be NULL.
    if !column.required && !ids {
        return None;
    }
    let checks = column.checks.join(" ");
    Some(match column.kind.as_str() {
        "uuid" => format!("'{}'", id(set, &stem(column))),
        "uuid[]" => format!("'{{{}}}'", id(set, &stem(column))),
        "text" => text(column, set, &checks),
        "text[]" => format!("'{{{set}}}'"),
        "bytea" => format!("decode(repeat('{:02x}', 32), 'hex')", number + 1),
        "jsonb" => "'{}'".to_owned(),
        "boolean" => "false".to_owned(),
        "date" => "'2030-01-01'".to_owned(),
        "timestamp with time zone" => "'2030-01-01'".to_owned(),
        "integer" | "bigint" | "smallint" | "numeric" => (number + 1).to_string(),
        other => panic!("tell how to fill a column of type {other}"),
    })
}

/// `person_ids` and `person_id` name the set's person; an `id` names the row; a reference its row.
fn stem(column: &Column) -> String {
    let name = column.name.trim_end_matches("_ids").trim_end_matches("_id");
    let of = |table: &str| match table {
        "people" => "person".to_owned(),
        "organisations" => "organisation".to_owned(),
        "programmes" => "programme".to_owned(),
        table => table.to_owned(),
    };
    match (name, &column.refers) {
        ("id", _) => of(&column.tab),
        ("person" | "reviewer" | "university" | "programme" | "organisation", _) => name.to_owned(),
        // The bank that employs or takes part is the set's organisation.
        ("institution" | "employer", _) => "organisation".to_owned(),
        ("owner" | "actor", _) => "person".to_owned(),
        ("reader", _) => "reviewer".to_owned(),
        ("instructor", _) => "staff".to_owned(),
        (_, Some(table)) if table == "people" => "staff".to_owned(),
        (_, Some(table)) => of(table),
        _ => name.to_owned(),
    }
}

/// The first word that a CHECK allows, or a text of the set.
fn text(column: &Column, set: &str, checks: &str) -> String {
    if checks.contains("ARRAY[") {
        let word = checks.split('\'').nth(1).unwrap();
        return format!("'{word}'");
    }
    if checks.contains("~") {
        return format!("'{set}-{}'", &column.tab[..1].to_uppercase());
    }
    format!("'{} {set}'", column.name)
}
