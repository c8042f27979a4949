//! The house under test: a real PostgreSQL, the real register, actors with names.
//!
//! [`TestApp::new`] works inside one transaction that is never committed: quick, and right for most
//! tests. Know its three lies: `now()` stands still (the house passes time in anyway), deferred
//! constraints never fire, and nothing is visible to another connection. [`TestApp::with_database`]
//! has a database of its own, for races, workers, streams and browsers.
//!
//! A test reads as who does what and sees what: `coordinator.get("/cohorts").await`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::{App, test};
use banyan::access::passwords::Hasher;
use banyan::access::secret::{self, Keys};
use banyan::config::Config;
use banyan::db::migrations::{self, Mark};
use banyan::db::private::{Options, Private};
use banyan::db::{Actor, Db, Role, Task};
use banyan::files::Store;
use banyan::house;
use banyan::ids::{GrantId, OrganisationId, PersonId, ProgrammeId, SessionId};
use banyan::telemetry::Metrics;
use banyan::web::{Routes, Serving, Site, mount};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel::{RunQueryDsl as _, sql_query};

/// The server of this test run, with a migrated template database.
struct Server {
    folder: PathBuf,
    app_url: String,
    owner_url: String,
    super_url: String,
}

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);
static NUMBER: AtomicU32 = AtomicU32::new(0);
static HASHER: LazyLock<Hasher> = LazyLock::new(|| Hasher::new().unwrap());

/// The database that others are cloned from; nobody stays connected to it.
const TEMPLATE: &str = "banyan";
/// The copy of it that rolled-back tests share.
const ROLLED_BACK: &str = "rolled_back";

impl Server {
    fn start() -> Self {
        use std::os::unix::fs::DirBuilderExt as _;
        let folder = std::env::temp_dir().join(format!("banyan-tests-{}", std::process::id()));
        std::fs::DirBuilder::new()
            .mode(0o711)
            .recursive(true)
            .create(&folder)
            .unwrap();
        let options = Options {
            data_dir: folder.join("pg"),
            durable: false,
            database: TEMPLATE.to_owned(),
        };
        let private = Private::start(&options).unwrap();
        let (app_url, owner_url, super_url) = (
            private.app_url(),
            private.owner_url(),
            private.superuser_url(),
        );
        let mut owner = PgConnection::establish(&owner_url).unwrap();
        migrations::migrate(&mut owner).unwrap();
        migrations::set_mark(&mut owner, Mark::Test).unwrap();
        drop(owner);
        let server = Self {
            folder,
            app_url,
            owner_url,
            super_url,
        };
        // A template that somebody uses cannot be copied: rolled-back tests share a copy.
        server.copy(ROLLED_BACK);
        // Statics are never dropped, so a watcher stops the server when this process has ended.
        std::mem::forget(private);
        watch(&server.folder);
        server
    }

    fn clone_database(&self) -> String {
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.copy(&name);
        name
    }

    fn copy(&self, name: &str) {
        let mut conn = PgConnection::establish(&rename(&self.super_url, "postgres")).unwrap();
        conn.batch_execute(&format!(
            "CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER banyan_owner STRATEGY FILE_COPY"
        ))
        .unwrap();
    }
}

/// A folder that goes when this process has ended.
pub fn folder() -> &'static std::path::Path {
    &SERVER.folder
}

/// A database of its own without any schema, as `banyan migrate` finds it.
pub struct Blank {
    /// Connection string of the app's role.
    pub app_url: String,
    /// Connection string of the owner.
    pub owner_url: String,
    /// Connection string of the superuser.
    pub super_url: String,
    name: String,
}

impl Blank {
    /// Makes one.
    pub fn new() -> Self {
        let name = format!("blank_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let options = Options {
            data_dir: SERVER.folder.join("pg"),
            durable: false,
            database: name.clone(),
        };
        // A second share in the running server, given back at once.
        let private = Private::start(&options).unwrap();
        Self {
            app_url: private.app_url(),
            owner_url: private.owner_url(),
            super_url: private.superuser_url(),
            name,
        }
    }
}

impl Drop for Blank {
    fn drop(&mut self) {
        let _ = PgConnection::establish(&rename(&SERVER.super_url, "postgres")).map(|mut conn| {
            conn.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name))
        });
    }
}

/// The same connection string for another database.
fn rename(url: &str, database: &str) -> String {
    // Both forms that `Private` gives: a URL (…/banyan?host=…) and key=value (dbname=banyan).
    url.replace("/banyan?", &format!("/{database}?"))
        .replace("dbname=banyan", &format!("dbname={database}"))
}

/// Stops the server and removes its folder when this process has ended, however it ended.
#[expect(
    clippy::zombie_processes,
    reason = "the watcher outlives the process that would wait for it"
)]
fn watch(folder: &std::path::Path) {
    let script = "while kill -0 $1 2>/dev/null; do sleep 1; done; \
        kill -QUIT $(head -n 1 $2/pg/postgres/data/postmaster.pid); sleep 1; rm -rf $2";
    std::process::Command::new("sh")
        .args(["-c", script, "sh", &std::process::id().to_string()])
        .arg(folder)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
}

#[derive(Debug)]
struct Rollback;

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Rollback {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        conn.begin_test_transaction()
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

/// A house of its own for one test.
pub struct TestApp {
    /// What handlers see.
    pub site: Site,
    /// Connection string of the owner, for a database of its own.
    pub owner_url: String,
    database: Option<String>,
    folder: PathBuf,
    routes: Routes,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some(name) = &self.database {
            let dropped = PgConnection::establish(&rename(&SERVER.super_url, "postgres"))
                .map(|mut conn| conn.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")));
            assert!(
                matches!(dropped, Ok(Ok(()))),
                "the test database {name} stays behind"
            );
        }
    }
}

impl TestApp {
    /// Inside one transaction that is rolled back at the end.
    pub fn new() -> Self {
        let pool = Pool::builder()
            .max_size(1)
            .test_on_check_out(false)
            .connection_customizer(Box::new(Rollback))
            .build(ConnectionManager::new(rename(&SERVER.app_url, ROLLED_BACK)))
            .unwrap();
        Self::build(
            Db::from_pool(pool),
            SERVER.owner_url.clone(),
            None,
            1,
            &BTreeMap::new(),
        )
    }

    /// With a database of its own.
    pub fn with_database() -> Self {
        Self::with_settings(&[])
    }

    /// With a database of its own and these settings.
    pub fn with_settings(settings: &[(&str, &str)]) -> Self {
        let name = SERVER.clone_database();
        let db = Db::connect(&rename(&SERVER.app_url, &name), 8).unwrap();
        let settings = settings
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        Self::build(
            db,
            rename(&SERVER.owner_url, &name),
            Some(name),
            8,
            &settings,
        )
    }

    /// Over a database of another server: what is seeded here is served there by real processes.
    pub fn over(app_url: &str, owner_url: &str) -> Self {
        let db = Db::connect(app_url, 4).unwrap();
        Self::build(db, owner_url.to_owned(), None, 4, &BTreeMap::new())
    }

    fn build(
        db: Db,
        owner_url: String,
        database: Option<String>,
        size: u32,
        settings: &BTreeMap<String, String>,
    ) -> Self {
        let folder = SERVER
            .folder
            .join(format!("house-{}", NUMBER.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir_all(&folder).unwrap();
        let mut vars = settings.clone();
        vars.insert("BANYAN_DATA_DIR".to_owned(), folder.display().to_string());
        vars.insert("BANYAN_POOL_SIZE".to_owned(), size.to_string());
        vars.entry("BANYAN_SECRET".to_owned())
            .or_insert_with(|| "a secret for tests that nobody else uses".to_owned());
        let config = Config::from_pairs(vars).unwrap();
        let site = Site {
            keys: Keys::new(
                config.secret.as_deref().unwrap_or_default(),
                &config.public_url,
            ),
            hasher: HASHER.clone(),
            files: Store::of(&config).unwrap(),
            metrics: Arc::new(Metrics::default()),
            config: Arc::new(config),
            db,
        };
        Self {
            site,
            owner_url,
            database,
            folder,
            routes: house::routes(),
        }
    }

    /// The same site over one connection to its database that is inside a transaction which is never
    /// committed, and that connection, to go back to a savepoint between two requests.
    pub fn rolled_back(&self) -> (Site, Pool<ConnectionManager<PgConnection>>) {
        let pool = Pool::builder()
            .max_size(1)
            .test_on_check_out(false)
            .connection_customizer(Box::new(Rollback))
            .build(ConnectionManager::new(self.app_url()))
            .unwrap();
        let mut site = self.site.clone();
        site.db = Db::from_pool(pool.clone());
        (site, pool)
    }

    /// With doors of the test's own beside those of the house.
    pub fn mounting(mut self, routes: Routes) -> Self {
        self.routes = self.routes.clone().and(routes);
        self
    }

    /// Connection string of the app's role, for a database of its own.
    pub fn app_url(&self) -> String {
        self.database.as_ref().map_or_else(
            || rename(&SERVER.app_url, ROLLED_BACK),
            |name| rename(&SERVER.app_url, name),
        )
    }

    /// Connection string of the superuser, for tampering.
    pub fn super_url(&self) -> String {
        self.database.as_ref().map_or_else(
            || rename(&SERVER.super_url, ROLLED_BACK),
            |name| rename(&SERVER.super_url, name),
        )
    }

    /// Somebody who has not signed in.
    pub fn anybody(&self) -> Client<'_> {
        Client {
            app: self,
            cookies: Mutex::new(BTreeMap::new()),
            person: None,
            grant: None,
        }
    }

    /// A person with an account, signed in for themselves.
    pub fn person(&self, name: &str) -> Client<'_> {
        let person = self.account(name);
        self.sign_in(person, None)
    }

    /// A person signed in in a role.
    pub fn acting(
        &self,
        name: &str,
        role: Role,
        programme: Option<ProgrammeId>,
        organisation: Option<OrganisationId>,
    ) -> Client<'_> {
        let person = self.account(name);
        let grant = self.grant(person, role, programme, organisation);
        self.sign_in(person, Some(grant))
    }

    /// An account: its address is made of the name, its language English.
    pub fn account(&self, name: &str) -> PersonId {
        let person = PersonId::new();
        let email = format!(
            "{}.{}@example.org",
            name.to_lowercase().replace(' ', "."),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        self.site
            .db
            .tx(&Actor::System(Task::Accounts), |conn| {
                sql_query(
                    "INSERT INTO people (id, email, email_identity, email_confirmed_at, display_name) \
                     VALUES ($1, $2, $2, banyan_now(), $3)",
                )
                .bind::<SqlUuid, _>(person)
                .bind::<Text, _>(&email)
                .bind::<Text, _>(name)
                .execute(conn.pg())?;
                Ok(())
            })
            .unwrap();
        person
    }

    /// Gives a person a role from the year 2000 on.
    pub fn grant(
        &self,
        person: PersonId,
        role: Role,
        programme: Option<ProgrammeId>,
        organisation: Option<OrganisationId>,
    ) -> GrantId {
        let grant = GrantId::new();
        self.site
            .db
            .tx(&Actor::System(Task::Accounts), |conn| {
                sql_query(
                    "INSERT INTO role_grants (id, person_id, role, programme_id, organisation_id, starts_on) \
                     VALUES ($1, $2, $3, $4, $5, '2000-01-01')",
                )
                .bind::<SqlUuid, _>(grant)
                .bind::<SqlUuid, _>(person)
                .bind::<Text, _>(role.as_str())
                .bind::<Nullable<SqlUuid>, _>(programme)
                .bind::<Nullable<SqlUuid>, _>(organisation)
                .execute(conn.pg())?;
                sql_query("UPDATE people SET programme_ids = array_append(programme_ids, $2) WHERE id = $1 AND $2 IS NOT NULL")
                    .bind::<SqlUuid, _>(person)
                    .bind::<Nullable<SqlUuid>, _>(programme)
                    .execute(conn.pg())?;
                Ok(())
            })
            .unwrap();
        grant
    }

    /// A browser that has signed in as this person, in this role.
    pub fn sign_in(&self, person: PersonId, grant: Option<GrantId>) -> Client<'_> {
        let token = secret::fresh().unwrap();
        self.site
            .db
            .tx(&Actor::Public(Task::SignIn), |conn| {
                sql_query(
                    "INSERT INTO sessions (id, token_hash, person_id, grant_id, expires_at) \
                     VALUES ($1, $2, $3, $4, '2100-01-01')",
                )
                .bind::<SqlUuid, _>(SessionId::new())
                .bind::<diesel::sql_types::Binary, _>(secret::digest(&token))
                .bind::<SqlUuid, _>(person)
                .bind::<Nullable<SqlUuid>, _>(grant)
                .execute(conn.pg())?;
                Ok(())
            })
            .unwrap();
        let cookies = BTreeMap::from([("__Host-session".to_owned(), token)]);
        Client {
            app: self,
            cookies: Mutex::new(cookies),
            person: Some(person),
            grant,
        }
    }

    /// Runs SQL as the owner under the set-up task, in a database of its own.
    pub fn as_owner(&self, sql: &str) {
        assert!(
            self.database.is_some(),
            "a rolled-back house has no owner's view of its own"
        );
        PgConnection::establish(&self.owner_url)
            .unwrap()
            .batch_execute(&format!(
                "BEGIN; SET LOCAL banyan.kind = 'task:set_up'; {sql}; COMMIT"
            ))
            .unwrap();
    }
}

/// A browser.
pub struct Client<'a> {
    app: &'a TestApp,
    cookies: Mutex<BTreeMap<String, String>>,
    /// Whose it is.
    pub person: Option<PersonId>,
    /// In which role.
    pub grant: Option<GrantId>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers; of repeated ones the last.
    pub headers: BTreeMap<String, String>,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", String::as_str)
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Client<'_> {
    /// This browser's cookies as a header.
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        let pairs: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        pairs.join("; ")
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(test::TestRequest::get().uri(path)).await
    }

    /// Sends a form as a browser does: from our own page.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.send(
            test::TestRequest::post()
                .uri(path)
                .insert_header(("content-type", "application/x-www-form-urlencoded"))
                .insert_header(("sec-fetch-site", "same-origin"))
                .set_payload(form.finish()),
        )
        .await
    }

    /// Sends a form with files: fields, and (field, file name, media type, bytes).
    pub async fn upload(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &str, &[u8])],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(
                format!(
                    "--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .as_bytes(),
            );
        }
        for (name, file, media, bytes) in files {
            body.extend_from_slice(
                format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {media}\r\n\r\n")
                    .as_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--XX--\r\n");
        self.send(
            test::TestRequest::post()
                .uri(path)
                .insert_header(("content-type", "multipart/form-data; boundary=XX"))
                .insert_header(("sec-fetch-site", "same-origin"))
                .set_payload(body),
        )
        .await
    }

    /// Sends any request, with this browser's cookies.
    pub async fn send(&self, mut request: test::TestRequest) -> Answer {
        for (name, value) in self.cookies.lock().unwrap().iter() {
            request = request.cookie(actix_web::cookie::Cookie::new(name.clone(), value.clone()));
        }
        let serving = Serving::new(self.app.site.clone());
        let routes = self.app.routes.clone();
        let service = test::init_service(
            App::new().configure(move |config| mount(config, &serving, &routes)),
        )
        .await;
        let response: ServiceResponse = test::call_service(&service, request.to_request()).await;
        let status: StatusCode = response.status();
        let mut headers = BTreeMap::new();
        for (name, value) in response.headers() {
            let value = value.to_str().unwrap_or_default().to_owned();
            if name.as_str() == "set-cookie" {
                self.keep(&value);
            }
            headers.insert(name.as_str().to_owned(), value);
        }
        let body = test::read_body(response).await.to_vec();
        Answer {
            status: status.as_u16(),
            headers,
            body,
        }
    }

    fn keep(&self, set_cookie: &str) {
        let (pair, rest) = set_cookie.split_once(';').unwrap_or((set_cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        if rest.contains("Max-Age=0") || value.is_empty() {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
