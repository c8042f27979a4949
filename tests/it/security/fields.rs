//! Nobody sets a field that is not in the form: every form that our pages show is sent as it stands,
//! and then with every column of the database as one more field. Both leave the same rows behind.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::cookie::Cookie;
use actix_web::test::TestRequest;
use banyan::db::Db;
use banyan::house;
use banyan::web::{Method, Site};
use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use super::formless::WITHOUT_FORM;
use super::forms::{Form, forms, links};
use crate::doors::called;
use crate::doors::knock::{FROM_HERE, Knock, With, address, knock, open, parameters, title};
use crate::doors::world::{NOW, Relation, World, cookie, id};
use crate::support::app::Answer;
use crate::support::scale;

/// A connection of the superuser who has become the app's role, inside a transaction that is never
/// committed: between two requests it can look at everything.
#[derive(Debug)]
struct AsApp;

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for AsApp {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        use diesel::Connection as _;
        let failed = diesel::r2d2::Error::QueryError;
        conn.begin_test_transaction().map_err(failed)?;
        conn.batch_execute("SET ROLE banyan_app; SET TIME ZONE 'UTC'; SAVEPOINT untouched")
            .map_err(failed)
    }
}

#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    value: String,
}

/// Those who between them see every form.
pub const EVERYBODY_WHO_ACTS: &[&str] = &[
    "anonymous",
    "coordinator",
    "house",
    "applicant",
    "applicant-other",
    "reviewer",
];

type Rows = BTreeMap<String, BTreeMap<String, Vec<String>>>;

struct Bench {
    site: Site,
    pool: Pool<ConnectionManager<PgConnection>>,
    digests: String,
    untouched: BTreeMap<String, String>,
}

impl Bench {
    fn new(world: &World) -> Self {
        let pool = Pool::builder()
            .max_size(1)
            .test_on_check_out(false)
            .connection_customizer(Box::new(AsApp))
            .build(ConnectionManager::new(world.app.super_url()))
            .unwrap();
        let mut site = world.app.site.clone();
        site.db = Db::from_pool(pool.clone()).as_of(NOW.parse().unwrap());
        let mut bench = Self {
            site,
            pool,
            digests: String::new(),
            untouched: BTreeMap::new(),
        };
        let tables = bench.ask("SELECT tablename::text AS name, '' AS value FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
        let each: Vec<String> = tables
            .iter()
            .map(|it| {
                format!(
                    "SELECT '{0}' AS name, coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS value FROM {0} t",
                    it.name
                )
            })
            .collect();
        bench.digests = each.join(" UNION ALL ");
        bench.untouched = bench.digest();
        bench
    }

    /// As the superuser, between two requests.
    fn ask(&self, sql: &str) -> Vec<Pair> {
        let mut conn = self.pool.get().unwrap();
        conn.batch_execute("RESET ROLE").unwrap();
        let found = sql_query(sql).load(&mut conn).unwrap();
        conn.batch_execute("SET ROLE banyan_app").unwrap();
        found
    }

    fn digest(&self) -> BTreeMap<String, String> {
        let found = self.ask(&self.digests);
        found.into_iter().map(|it| (it.name, it.value)).collect()
    }

    fn back(&self) {
        let mut conn = self.pool.get().unwrap();
        conn.batch_execute("ROLLBACK TO SAVEPOINT untouched")
            .unwrap();
    }

    /// What the last request left behind: of every table that it changed, each column's values.
    fn left(&self) -> Rows {
        let now = self.digest();
        let mut rows = Rows::new();
        for (table, digest) in &self.untouched {
            if now.get(table) == Some(digest) {
                continue;
            }
            let columns = rows.entry(table.clone()).or_default();
            let found = self.ask(&format!(
                "SELECT e.key AS name, coalesce(e.value, '') AS value FROM {table} t, jsonb_each_text(to_jsonb(t)) e"
            ));
            for it in found {
                columns.entry(it.name).or_default().push(plain(&it.value));
            }
            columns.values_mut().for_each(|values| values.sort());
        }
        rows
    }
}

/// Without what is new in every run: ids of this moment, digests, keys.
fn plain(value: &str) -> String {
    let value = crate::doors::knock::without_fresh_ids(value);
    if value.starts_with("\\x") {
        "<bytes>".to_owned()
    } else {
        value
    }
}

/// `table.column` of every column that is not the same in both.
fn differing(a: &Rows, b: &Rows) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let nothing = BTreeMap::new();
    for table in a.keys().chain(b.keys()) {
        let (a, b) = (
            a.get(table).unwrap_or(&nothing),
            b.get(table).unwrap_or(&nothing),
        );
        for column in a.keys().chain(b.keys()) {
            if a.get(column) != b.get(column) {
                names.insert(format!("{table}.{column}"));
            }
        }
    }
    names
}

/// Every column name with a value that its type would take, and that would tell.
fn columns(bench: &Bench) -> Vec<(String, String)> {
    let found = bench.ask(
        "SELECT column_name::text AS name, min(data_type)::text AS value FROM information_schema.columns \
         WHERE table_schema = 'public' GROUP BY 1 ORDER BY 1",
    );
    assert!(found.len() > 150, "{} columns", found.len());
    let foreign = id('B', "programme").to_string();
    let value = |column: &str, kind: &str| match (column, kind) {
        ("role", _) => "administrator".to_owned(),
        ("state" | "status", _) => "accepted".to_owned(),
        ("person_id" | "owner_id" | "reviewer_id" | "author_id", _) => {
            id('B', "applicant").to_string()
        }
        (_, "uuid") => foreign.clone(),
        (_, "integer" | "bigint" | "smallint" | "numeric") => "7".to_owned(),
        (_, "boolean") => "true".to_owned(),
        (_, "date") => "2001-01-01".to_owned(),
        (_, kind) if kind.starts_with("timestamp") => "2001-01-01T00:00:00Z".to_owned(),
        (_, "ARRAY") => format!("{{{foreign}}}"),
        _ => "canarymass".to_owned(),
    };
    found
        .iter()
        .map(|it| (it.name.clone(), value(&it.name, &it.value)))
        .collect()
}

/// Does this address lead to a door of this pattern?
fn leads_to(address: &str, pattern: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let (a, b): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), pattern.split('/').collect());
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| b.starts_with('{') || a == b)
}

/// Pages of one door that one person looks at: by its own address, and by links.
const PAGES_OF_A_DOOR: usize = 6;

/// Every different form that these people see anywhere, with one who sees it: on each door's page, and
/// on the pages to which links from there lead.
pub async fn all_forms(
    site: &Site,
    house: &impl AsyncFn(TestRequest) -> Answer,
) -> Vec<(&'static str, &'static str, Form)> {
    let mut found: Vec<(&'static str, &'static str, Form)> = Vec::new();
    let mut known = BTreeSet::new();
    let routes = house::routes();
    let door_of = |method: &str, address: &str| {
        let mut doors = routes.doors().iter();
        doors.find(|it| it.method.as_str() == method && leads_to(address, it.path))
    };
    for who in EVERYBODY_WHO_ACTS {
        let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut way: std::collections::VecDeque<String> = routes
            .doors()
            .iter()
            .filter(|it| it.method == Method::Get && !it.path.starts_with("/dev/"))
            .map(|door| {
                let own = vec![Relation::Own; parameters(door.path).len()];
                address(site, door.path, &own).unwrap().0
            })
            .collect();
        while let Some(path) = way.pop_front() {
            let Some(door) = door_of("GET", &path) else {
                continue;
            };
            let pages = seen.entry(door.path).or_default();
            if pages.len() >= PAGES_OF_A_DOOR || !pages.insert(path.clone()) {
                continue;
            }
            let asked = Knock {
                who: called(who),
                method: Method::Get,
                path: &path,
                origin: &[],
                with: With::default(),
            };
            let answer = knock(house, &asked).await;
            if answer.status != 200 || !answer.headers["content-type"].starts_with("text/html") {
                continue;
            }
            let page = answer.text();
            for form in forms(&page, &path) {
                let to = door_of(&form.method.to_uppercase(), &form.action);
                let to = to.unwrap_or_else(|| panic!("{path}: a form leads nowhere: {form:?}"));
                let names: Vec<&String> = form.fields.iter().map(|(name, _)| name).collect();
                if known.insert(format!("{} {names:?}", title(to))) {
                    found.push((*who, to.path, form));
                }
            }
            way.extend(
                links(&page)
                    .into_iter()
                    .filter(|to| !to.starts_with("/dev/") && !to.contains("lang=")),
            );
        }
    }
    found
}

async fn send(
    house: &impl AsyncFn(TestRequest) -> Answer,
    who: &str,
    form: &Form,
    more: &[(String, String)],
) -> u16 {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(form.fields.iter().chain(more));
    let mut request = TestRequest::post()
        .uri(&form.action)
        .insert_header(("sec-fetch-site", "same-origin"))
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(body.finish());
    if let Some(secret) = cookie(called(who)) {
        request = request.cookie(Cookie::new("__Host-session", secret));
    }
    house(request).await.status
}

#[actix_web::test]
async fn a_form_with_every_column_as_a_field_does_what_the_form_alone_does() {
    let world = World::new();
    let bench = Bench::new(&world);
    let house = open(&bench.site).await;
    let columns = columns(&bench);
    let forms = all_forms(&bench.site, &house).await;
    let (mut wrong, mut acted, mut tried) = (Vec::new(), BTreeSet::new(), 0);
    let mut seen = BTreeSet::new();
    for (who, door, form) in &forms {
        if form.method != "post" || form.multipart {
            continue;
        }
        seen.insert(*door);
        let more: Vec<(String, String)> = columns
            .iter()
            .filter(|(name, _)| form.fields.iter().all(|(field, _)| field != name))
            // Which applications are released is this form's own question.
            .filter(|(name, _)| name != "id" || !door.ends_with("/release"))
            .cloned()
            .collect();
        let mut runs = Vec::new();
        for extra in [&[][..], &[], &more] {
            bench.back();
            let status = send(&house, who, form, extra).await;
            runs.push((status, bench.left()));
        }
        if runs[0].0 >= 500 || runs[2].0 >= 500 {
            wrong.push(format!("{who} {door}: {} {}", runs[0].0, runs[2].0));
        }
        tried += more.len();
        if !runs[0].1.is_empty() && runs[0].0 < 400 {
            acted.insert(*door);
        }
        let new_each_time = differing(&runs[0].1, &runs[1].1);
        let changed: Vec<String> = differing(&runs[0].1, &runs[2].1)
            .difference(&new_each_time)
            .cloned()
            .collect();
        if runs[0].0 != runs[2].0 || !changed.is_empty() {
            let names: Vec<&String> = form.fields.iter().map(|(name, _)| name).collect();
            wrong.push(format!(
                "{who} {door} {names:?}: {} alone, {} with more; changes {changed:?}",
                runs[0].0, runs[2].0
            ));
        }
    }
    bench.back();
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let missing: Vec<String> = house::routes()
        .doors()
        .iter()
        .filter(|it| it.method != Method::Get && !it.path.starts_with("/api/"))
        .filter(|it| !seen.contains(it.path))
        .filter(|it| WITHOUT_FORM.iter().all(|(path, _)| *path != it.path))
        .map(title)
        .collect();
    assert!(missing.is_empty(), "no page has a form for {missing:#?}");
    eprintln!(
        "{} forms, {} doors acted, {tried} fields",
        seen.len(),
        acted.len()
    );
    assert!(
        acted.len() >= 40,
        "only {} doors acted: {acted:#?}",
        acted.len()
    );
    assert!(tried > 10_000, "{tried} fields");
}

#[actix_web::test]
async fn the_api_refuses_every_column_that_its_schema_does_not_name() {
    let world = World::new();
    let bench = Bench::new(&world);
    let house = open(&bench.site).await;
    let columns = columns(&bench);
    let document = house::docs::document();
    let (mut tried, mut doors) = (0, 0);
    for door in house::routes().doors() {
        let Some(schema) = door
            .operation
            .as_ref()
            .and_then(|it| it.request)
            .filter(|it| !it.contains('/'))
        else {
            continue;
        };
        doors += 1;
        let named = &document["components"]["schemas"][schema]["properties"];
        let own = vec![Relation::Own; parameters(door.path).len()];
        let (path, _) = address(&bench.site, door.path, &own).unwrap();
        let step = columns.len() / scale::of(24, columns.len()).min(columns.len());
        for (name, value) in columns
            .iter()
            .skip(doors % step.max(1))
            .step_by(step.max(1))
        {
            if !named[name].is_null() {
                continue;
            }
            bench.back();
            let who = match door.path {
                path if path.contains("/me/reviews") => "reviewer",
                path if path.contains("/me/") => "applicant",
                path if path.contains("/marking/") => "instructor",
                path if path.contains("/v1/organisation/") => "representative",
                "/api/v1/programmes" => "house",
                _ => "coordinator",
            };
            let mut body = serde_json::Map::new();
            body.insert(name.clone(), value.clone().into());
            let request = match door.method {
                Method::Post => TestRequest::post(),
                Method::Put => TestRequest::put(),
                Method::Patch => TestRequest::patch(),
                Method::Delete => TestRequest::delete(),
                Method::Get => TestRequest::get(),
            };
            let request = request
                .uri(&path)
                .insert_header(FROM_HERE[0])
                .insert_header(("content-type", "application/json"))
                .insert_header(("if-match", "*"))
                .insert_header(("idempotency-key", format!("k-{doors}-{name}")))
                .cookie(Cookie::new("__Host-session", cookie(called(who)).unwrap()))
                .set_payload(serde_json::Value::Object(body).to_string());
            let answer = house(request).await;
            assert_eq!(
                answer.status,
                400,
                "{} {name}: {}",
                title(door),
                answer.text()
            );
            assert!(
                answer.text().contains(&format!("unknown field `{name}`")),
                "{} {name}: {}",
                title(door),
                answer.text()
            );
            assert!(bench.left().is_empty(), "{} {name}", title(door));
            tried += 1;
        }
    }
    assert!(doors >= 13 && tried >= 250, "{doors} doors, {tried} fields");
}
