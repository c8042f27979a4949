//! The second lock alone: what PostgreSQL lets each declaration reach when the app asks for
//! everything. No guard of the app runs here; the statements have no WHERE.
//!
//! Three sets of rows stand in every table: `A` (a person, an organisation and a programme), `N`
//! (a neighbour: another person and organisation of the same programme) and `B` (all of it of
//! another programme). The snapshot says for each table who reaches which sets by which verb; a new
//! table changes it, and so cannot be forgotten.

mod fixtures;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use banyan::db::{Acting, Actor, Db, Role, Task};
use banyan::ids::{OrganisationId, PersonId, ProgrammeId};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use crate::support::app::TestApp;
use fixtures::{SETS, World, id};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The lines of a query whose only column is `line`.
fn lines(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = sql_query(sql)
        .load(conn)
        .unwrap_or_else(|err| panic!("{sql}: {err}"));
    rows.into_iter().map(|row| row.line).collect()
}

fn none(conn: &mut PgConnection, sql: &str, what: &str) {
    let found = lines(conn, sql);
    assert!(found.is_empty(), "{what}: {found:#?}");
}

#[test]
fn the_catalogue_leaves_no_table_open() {
    let app = TestApp::with_database();
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    let tables = "FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') \
        AND c.relname <> '__diesel_schema_migrations'";
    assert!(
        lines(
            &mut conn,
            &format!("SELECT c.relname::text AS line {tables}")
        )
        .len()
            > 30
    );
    none(
        &mut conn,
        &format!(
            "SELECT c.relname::text AS line {tables} AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
        ),
        "tables without ENABLE and FORCE ROW LEVEL SECURITY",
    );
    none(
        &mut conn,
        &format!(
            "SELECT c.relname::text AS line {tables} AND c.relowner <> 'banyan_owner'::regrole"
        ),
        "tables of another owner",
    );
    none(
        &mut conn,
        "SELECT relname::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind IN ('m', 'f') \
           OR relkind = 'v' AND NOT coalesce(reloptions::text LIKE '%security_invoker=true%', false))",
        "views that run as their owner",
    );
    none(
        &mut conn,
        "SELECT proname::text AS line FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace",
        "functions with their owner's rights",
    );
    none(
        &mut conn,
        "SELECT proname::text AS line FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'banyan\\_%'",
        "functions without our prefix",
    );
}

#[test]
fn the_roles_have_no_power_that_they_do_not_need() {
    let app = TestApp::with_database();
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    none(
        &mut conn,
        "SELECT rolname::text AS line FROM pg_roles WHERE rolname IN ('banyan_app', 'banyan_owner') \
           AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)",
        "roles with more rights than they need",
    );
    none(
        &mut conn,
        "SELECT roleid::regrole::text AS line FROM pg_auth_members WHERE member = 'banyan_app'::regrole",
        "roles that banyan_app is a member of",
    );
    none(
        &mut conn,
        "SELECT relname::text AS line FROM pg_class WHERE relowner = 'banyan_app'::regrole UNION ALL \
           SELECT proname FROM pg_proc WHERE proowner = 'banyan_app'::regrole UNION ALL \
           SELECT datname FROM pg_database WHERE datdba = 'banyan_app'::regrole UNION ALL \
           SELECT nspname FROM pg_namespace WHERE nspowner = 'banyan_app'::regrole OR has_schema_privilege('banyan_app', oid, 'CREATE')",
        "what banyan_app owns, or schemas it may create in",
    );
    none(
        &mut conn,
        "SELECT a.grantee::regrole::text || ' ' || a.privilege_type || ' ' || c.relname AS line \
           FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'public'::regnamespace \
           AND (a.grantee = 0 OR a.is_grantable OR a.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')) \
           AND a.grantee <> 'banyan_owner'::regrole",
        "grants to everybody, to pass on, or beyond the four verbs",
    );
}

#[test]
fn what_has_a_policy_is_granted_and_what_is_granted_has_a_policy() {
    let app = TestApp::with_database();
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    let policies = "SELECT tablename::text, cmd FROM pg_policies WHERE schemaname = 'public' AND 'banyan_app' = ANY (roles)";
    let grants = "SELECT c.relname::text, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a \
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 'banyan_app'::regrole \
        AND c.relname <> '__diesel_schema_migrations'";
    let differ = format!(
        "SELECT 'policy without grant: ' || x.* AS line FROM ({policies} EXCEPT {grants}) AS x UNION ALL \
         SELECT 'grant without policy: ' || x.* FROM ({grants} EXCEPT {policies}) AS x"
    )
    .replace("x.*", "x::text");
    none(&mut conn, &differ, "policies and grants differ");
    none(
        &mut conn,
        "SELECT tablename || ': ' || policyname AS line FROM pg_policies WHERE permissive <> 'PERMISSIVE' \
           OR roles <> ARRAY['banyan_app']::name[] AND policyname <> 'set_up'",
        "policies for somebody else",
    );
    none(
        &mut conn,
        "SELECT tablename || ': ' || policyname AS line FROM pg_policies WHERE replace(lower(coalesce(qual, with_check)), 'distinct from', '') ~ ' from '",
        "policies that look into tables",
    );
}

/// Tables without `created_at`, and what tells the time instead.
const TIMELESS: &[&str] = &[
    // `window_at`
    "throttles",
    // `occurred_at`
    "audit_events",
    // as their event
    "audit_details",
    "audit_chain",
    // `changed_at`
    "credentials",
    // as their application
    "application_tokens",
];

#[test]
fn the_schema_keeps_its_habits() {
    let app = TestApp::with_database();
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    none(
        &mut conn,
        "SELECT f.conrelid::regclass || ': ' || f.conname AS line FROM pg_constraint f WHERE f.contype = 'f' AND NOT EXISTS ( \
           SELECT FROM pg_index i WHERE i.indrelid = f.conrelid AND i.indpred IS NULL \
           AND (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey)",
        "foreign keys without an index",
    );
    let timeless = lines(
        &mut conn,
        "SELECT c.relname::text AS line FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
           AND c.relname NOT LIKE '\\_\\_%' AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid \
           AND a.attname = 'created_at' AND a.attnotnull AND a.atthasdef)",
    );
    let (found, listed): (BTreeSet<_>, BTreeSet<_>) = (
        timeless.iter().map(String::as_str).collect(),
        TIMELESS.iter().copied().collect(),
    );
    assert_eq!(found, listed, "tables without created_at");
    none(
        &mut conn,
        "SELECT attrelid::regclass || '.' || attname AS line FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND attnum > 0 AND NOT attisdropped AND ( \
           atttypid = 'bool'::regtype AND NOT attnotnull OR \
           atttypid IN ('timestamp'::regtype, 'time'::regtype, 'json'::regtype, 'varchar'::regtype, 'bpchar'::regtype, \
             'float4'::regtype, 'float8'::regtype, 'money'::regtype) \
             AND c.relname <> '__diesel_schema_migrations')",
        "nullable booleans, or types that we do not use",
    );
    none(
        &mut conn,
        "SELECT c.relname::text AS line FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
           AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')",
        "tables without a primary key",
    );
}

/// Who declares what: a name for the snapshot and the actor.
fn declarations() -> Vec<(String, Option<Actor>)> {
    let person = |role: Role, set: &str, person: &str, programme: &str| {
        let organisation = if role == Role::Liaison {
            "university"
        } else {
            "organisation"
        };
        let organisations = if role.needs_organisation() {
            vec![OrganisationId(id(set, organisation))]
        } else {
            Vec::new()
        };
        let programmes = if role == Role::Applicant {
            Vec::new()
        } else {
            vec![ProgrammeId(id(programme, "programme"))]
        };
        Some(Actor::Person(Acting {
            person: PersonId(id(set, person)),
            role,
            grant: None,
            organisations,
            programmes,
        }))
    };
    let subject = |role: Role| match role {
        Role::Applicant => "person",
        Role::Reviewer => "reviewer",
        _ => "staff",
    };
    let mut all = vec![("nothing declared".to_owned(), None)];
    for (set, programme) in [("A", "A"), ("N", "A"), ("B", "B")] {
        for role in Role::ALL {
            all.push((
                format!("{} {set}", role.as_str()),
                person(role, set, subject(role), programme),
            ));
        }
    }
    all.push((
        "stranger".to_owned(),
        person(Role::Applicant, "X", "person", "X"),
    ));
    for task in Task::ALL {
        all.push((format!("task:{}", task.as_str()), Some(Actor::System(task))));
    }
    all
}

#[derive(QueryableByName)]
struct Declared {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    person: String,
    #[diesel(sql_type = Text)]
    organisations: String,
    #[diesel(sql_type = Text)]
    programmes: String,
}

/// The statements by which this actor is declared, read back from the house's own declaration.
fn declare(db: &Db, actor: Option<&Actor>) -> String {
    let Some(actor) = actor else {
        return String::new();
    };
    let told: Declared = db
        .read(actor, |conn| {
            Ok(sql_query(
                "SELECT current_setting('banyan.kind') AS kind, current_setting('banyan.person') AS person, \
                 current_setting('banyan.organisations') AS organisations, current_setting('banyan.programmes') AS programmes",
            )
            .get_result(conn.pg())?)
        })
        .unwrap();
    assert!(!told.kind.is_empty(), "{actor:?} declares itself");
    format!(
        "SET LOCAL banyan.kind = '{}'; SET LOCAL banyan.person = '{}'; SET LOCAL banyan.organisations = '{}'; \
         SET LOCAL banyan.programmes = '{}';",
        told.kind, told.person, told.organisations, told.programmes
    )
}

/// What one declaration reaches in one table: a verb's letter to the sets. A verb that is missing is
/// not granted to anybody.
type Reach = BTreeMap<char, BTreeSet<&'static str>>;

/// Runs one statement as the app under a declaration and gives what `after` tells, as superuser, of
/// the state that it left; then takes everything back.
fn tried(
    conn: &mut PgConnection,
    declaration: &str,
    statement: &str,
    after: &str,
) -> Result<Vec<String>, DieselError> {
    // Foreign keys and triggers are out of the way: only privileges and policies are asked.
    conn.batch_execute(&format!(
        "BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL ROLE banyan_app; {declaration}"
    ))
    .unwrap();
    let done = conn.batch_execute(statement).map(|()| {
        conn.batch_execute("RESET ROLE").unwrap();
        lines(conn, after)
    });
    conn.batch_execute("ROLLBACK").unwrap();
    done
}

fn refused(err: &DieselError) -> bool {
    let text = err.to_string();
    text.contains("permission denied") || text.contains("violates row-level security policy")
}

fn reach(
    conn: &mut PgConnection,
    world: &World,
    table: &fixtures::Table,
    declaration: &str,
) -> Reach {
    let mut reach = Reach::new();
    let (name, key) = (&table.name, &table.key);
    let sets = |keys: &[String]| -> BTreeSet<&'static str> {
        keys.iter().map(|key| world.set_of(name, key)).collect()
    };
    let all = format!("SELECT {key} AS line FROM {name}");
    for verb in table.granted.chars() {
        let reached = match verb {
            's' => {
                let sql = format!("CREATE TEMP TABLE seen ON COMMIT DROP AS {all}");
                sets(&tried(conn, declaration, &sql, "SELECT line FROM seen").unwrap())
            }
            'u' => {
                let sql = format!("UPDATE {name} SET {}", table.harmless);
                let changed = format!("{all} WHERE xmin::text = pg_current_xact_id()::text");
                sets(&tried(conn, declaration, &sql, &changed).unwrap())
            }
            'd' => {
                let left = tried(conn, declaration, &format!("DELETE FROM {name}"), &all).unwrap();
                let before = lines(conn, &all);
                let gone: Vec<String> = before
                    .into_iter()
                    .filter(|key| !left.contains(key))
                    .collect();
                sets(&gone)
            }
            _ => inserted(conn, world, table, declaration),
        };
        reach.insert(verb, reached);
    }
    reach
}

/// The sets whose rows could be written again: policies are checked before keys, so a row that is
/// there already was let through.
fn inserted(
    conn: &mut PgConnection,
    world: &World,
    table: &fixtures::Table,
    declaration: &str,
) -> BTreeSet<&'static str> {
    let mut let_through = BTreeSet::new();
    for (set, sql) in world.inserts(&table.name) {
        match tried(conn, declaration, sql, "SELECT '' AS line") {
            Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                let_through.insert(set);
            }
            Err(err) if refused(&err) => {}
            other => panic!("{}: {other:?}", table.name),
        }
    }
    let_through
}

/// Every table with every declaration's reach.
type Matrix = BTreeMap<String, Vec<(String, Reach)>>;

fn matrix() -> (World, Matrix) {
    let app = TestApp::with_database();
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    let world = World::build(&mut conn);
    let declared: Vec<(String, String)> = declarations()
        .into_iter()
        .map(|(name, actor)| (name, declare(&app.site.db, actor.as_ref())))
        .collect();
    let mut matrix = Matrix::new();
    for table in &world.tables {
        let rows = declared
            .iter()
            .map(|(name, sql)| (name.clone(), reach(&mut conn, &world, table, sql)));
        matrix.insert(table.name.clone(), rows.collect());
    }
    (world, matrix)
}

/// `s:AN- u:A--`: reads the rows of A and N, changes those of A.
fn cell(reach: &Reach) -> String {
    let mut verbs: Vec<String> = reach
        .iter()
        .filter(|(_, sets)| !sets.is_empty())
        .map(|(verb, sets)| {
            let which: String = SETS
                .iter()
                .map(|set| if sets.contains(set) { set } else { "-" })
                .collect();
            let house = sets.contains("house");
            format!("{verb}:{}", if house { "*" } else { which.as_str() })
        })
        .collect();
    verbs.sort_by_key(|verb| "siud".find(&verb[..1]));
    if verbs.is_empty() {
        return "nothing".to_owned();
    }
    verbs.join(" ")
}

/// The matrix as people read it: for each table who reaches what; who is not named reaches nothing.
fn shown(world: &World, matrix: &Matrix) -> String {
    let mut out = String::new();
    for table in &world.tables {
        let never: String = "siud"
            .chars()
            .filter(|verb| !table.granted.contains(*verb))
            .collect();
        let never = if never.is_empty() {
            String::new()
        } else {
            format!(" (nobody: {never})")
        };
        writeln!(out, "{}{never}", table.name).unwrap();
        let mut by_cell: Vec<(String, Vec<&str>)> = Vec::new();
        for (name, reach) in &matrix[&table.name] {
            let cell = cell(reach);
            match by_cell.iter_mut().find(|(it, _)| *it == cell) {
                Some((_, names)) => names.push(name),
                None => by_cell.push((cell, vec![name])),
            }
        }
        let crowd = by_cell.iter().map(|(_, names)| names.len()).max();
        // The largest group stands last; where it reaches nothing, it need not be named at all.
        by_cell.sort_by_key(|(_, names)| Some(names.len()) == crowd);
        for (cell, names) in by_cell {
            let most = Some(names.len()) == crowd && names.len() > 20;
            match (most, cell.as_str()) {
                (true, "nothing") => {}
                (true, _) => writeln!(out, "  {cell:<28}everybody else").unwrap(),
                (false, _) => writeln!(out, "  {cell:<28}{}", names.join(", ")).unwrap(),
            }
        }
    }
    out
}

/// What the public may read, or every office shares: no tenant's rows.
const SHARED: &[&str] = &[
    "house",
    "organisations",
    "programmes",
    "sources",
    "targets",
    // What the press release says of the field; the public site shows it.
    "observations",
    "holidays",
    "pics",
    "modules",
    "competencies",
    "framework_references",
    "cohorts",
    // What completion asks for is as open as the curriculum.
    "completion_rules",
    // What placements are about, and the law's minimum wage, are no secrets either.
    "focus_areas",
    "wage_rates",
    // The directory of partner organisations belongs to the house; coordinators keep it together.
    "organisation_contacts",
];

/// Tables into which every actor may write, and read back only by a policy of their own.
const LETTERBOXES: &[&str] = &[
    "audit_details",
    "cohort_tallies",
    "jobs",
    "letters",
    "links",
];

fn assert_within(matrix: &Matrix, who: &str, allowed: &[&str], except: &[&str]) {
    let mut checked = 0;
    for (table, rows) in matrix {
        for (_, reach) in rows.iter().filter(|(name, _)| name == who) {
            for (verb, sets) in reach {
                if except.contains(&table.as_str())
                    || *verb == 'i' && LETTERBOXES.contains(&table.as_str())
                {
                    continue;
                }
                checked += 1;
                let beyond: Vec<_> = sets.iter().filter(|set| !allowed.contains(*set)).collect();
                assert!(
                    beyond.is_empty(),
                    "{who} reaches {beyond:?} of {table} by {verb}"
                );
            }
        }
    }
    assert!(checked > 50, "{who} was asked about {checked} verbs");
}

#[test]
fn postgresql_alone_keeps_everybody_to_their_own() {
    let (world, matrix) = matrix();
    insta::assert_snapshot!("reach", shown(&world, &matrix));
    assert_within(&matrix, "nothing declared", &[], &["house"]);
    assert_within(&matrix, "stranger", &[], SHARED);
    // The criteria by which applications are read are public.
    let public = [SHARED, &["rubric_criteria"]].concat();
    assert_within(&matrix, "task:public_site", &[], &public);
    for (set, office) in [("A", ["A", "N"]), ("N", ["A", "N"]), ("B", ["B", "B"])] {
        assert_within(&matrix, &format!("applicant {set}"), &[set], SHARED);
        for role in ["liaison", "representative", "supervisor", "reviewer"] {
            // A reviewer reads the rubric of every cohort of the programme; a representative its placement
            // rounds, which name no institution.
            let mut except = SHARED.to_vec();
            except.extend(match role {
                "reviewer" => Some("rubric_criteria"),
                "representative" => Some("placement_rounds"),
                _ => None,
            });
            assert_within(&matrix, &format!("{role} {set}"), &[set], &except);
        }
        for role in ["coordinator", "administrator"] {
            assert_within(&matrix, &format!("{role} {set}"), &office, SHARED);
        }
    }
    for (table, rows) in &matrix {
        for (name, reach) in rows
            .iter()
            .filter(|(name, _)| name.starts_with("committee") || name.starts_with("instructor"))
        {
            let seen: usize = reach
                .iter()
                .filter(|(verb, _)| **verb != 'i')
                .map(|(_, sets)| sets.len())
                .sum();
            // Instructors read who of their own trainees is at risk.
            let person = world.names_a_person(table)
                && !(table == "risk_cases" && name.starts_with("instructor"));
            assert!(!person || seen == 0, "{name} sees persons in {table}");
        }
        for (name, reach) in rows {
            let unshared = !public.contains(&table.as_str());
            let anonymous = name == "nothing declared" || name == "task:public_site";
            let seen = reach.get(&'s').is_some_and(|sets| !sets.is_empty());
            assert!(!(anonymous && unshared && seen), "{name} sees {table}");
        }
    }
}

#[test]
fn connections_that_change_hands_carry_nothing_over() {
    let app = TestApp::with_database();
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    World::build(&mut conn);
    let two = Db::connect(&app.app_url(), 2).unwrap();
    let coordinators: Vec<Actor> = declarations()
        .into_iter()
        .filter(|(name, _)| matches!(name.as_str(), "coordinator A" | "coordinator B"))
        .filter_map(|(_, actor)| actor)
        .collect();
    assert_eq!(coordinators.len(), 2);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for turn in 0..500 {
                    let (own, count) = if turn % 2 == 0 { ("A", 2) } else { ("B", 1) };
                    let programme = id(own, "programme");
                    let seen = two.read(&coordinators[turn % 2], |conn| {
                        let all: Vec<Line> =
                            sql_query("SELECT programme_id::text AS line FROM applications")
                                .load(conn.pg())?;
                        Ok(all)
                    });
                    let seen = seen.unwrap();
                    assert_eq!(seen.len(), count);
                    assert!(seen.iter().all(|row| row.line == programme.to_string()));
                }
            });
        }
    });
}
