//! Knocking at a door: one service for thousands of requests, and answers fit to be compared.

use std::collections::BTreeMap;

use actix_web::body::to_bytes;
use actix_web::{App, cookie::Cookie, test};
use banyan::house;
use banyan::web::{Door, Method, Serving, Site, mount};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use uuid::Uuid;

use super::world::{Relation, SHARED, Who, bearer, cookie, sample};
use crate::support::app::Answer;
use crate::support::conforms;

/// The house, opened once: a request goes in, an answer comes out.
pub async fn open(site: &Site) -> impl AsyncFn(test::TestRequest) -> Answer {
    let (serving, routes) = (Serving::new(site.clone()), house::routes());
    let service =
        test::init_service(App::new().configure(move |config| mount(config, &serving, &routes)))
            .await;
    async move |request: test::TestRequest| {
        let response = test::call_service(&service, request.to_request()).await;
        let mut status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = value.to_str().unwrap_or_default();
                (name.as_str().to_owned(), value.to_owned())
            })
            .collect();
        let body = to_bytes(response.into_body()).await;
        if body.is_err() {
            // A stream that breaks midway is as bad as any other failure.
            status = 599;
        }
        let body = body.map(|bytes| bytes.to_vec()).unwrap_or_default();
        Answer {
            status,
            headers,
            body,
        }
    }
}

/// A request to a door, addressed.
pub struct Knock<'a> {
    pub who: Who,
    pub method: Method,
    pub path: &'a str,
    /// Headers that say where the request comes from.
    pub origin: &'a [(&'static str, &'static str)],
    /// What the API wants with it.
    pub with: With,
}

/// What a request to the API carries so that it is the door and the proof that answer: a document as
/// the description wants it, and the version that an allowed reader was shown.
#[derive(Clone, Default)]
pub struct With {
    pub document: Option<(String, Vec<u8>)>,
    pub version: Option<String>,
    /// What a form of a page carries.
    pub form: Option<String>,
}

impl With {
    /// For a door of the API that acts, with this version of what stands at its address.
    pub fn of(door: &Door, version: Option<String>) -> Self {
        let document = conforms::good_body(door.method.as_str(), door.path);
        Self {
            document,
            version,
            form: None,
        }
    }
}

/// From one of our own pages.
pub const FROM_HERE: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];

/// Sends it, with an empty form or document where the method acts.
pub async fn knock(house: &impl AsyncFn(test::TestRequest) -> Answer, knock: &Knock<'_>) -> Answer {
    let mut request = match knock.method {
        Method::Get => test::TestRequest::get(),
        Method::Post => test::TestRequest::post(),
        Method::Put => test::TestRequest::put(),
        Method::Patch => test::TestRequest::patch(),
        Method::Delete => test::TestRequest::delete(),
    }
    .uri(knock.path);
    for header in knock.origin {
        request = request.insert_header(*header);
    }
    if knock.method != Method::Get {
        request = if knock.path.starts_with("/api/") {
            let version = knock.with.version.as_deref().unwrap_or("\"1\"");
            let document = knock.with.document.clone();
            let (media, bytes) =
                document.unwrap_or_else(|| ("application/json".to_owned(), b"{}".to_vec()));
            request
                .insert_header(("content-type", media))
                .insert_header(("idempotency-key", Uuid::now_v7().to_string()))
                .insert_header(("if-match", version))
                .set_payload(bytes)
        } else {
            request
                .insert_header(("content-type", "application/x-www-form-urlencoded"))
                .set_payload(
                    knock
                        .with
                        .form
                        .clone()
                        .unwrap_or_else(|| "nothing=".to_owned()),
                )
        };
    }
    if let Some(secret) = cookie(knock.who) {
        request = request.cookie(Cookie::new("__Host-session", secret));
    }
    if let Some(secret) = bearer(knock.who) {
        request = request.insert_header(("authorization", format!("Bearer {secret}")));
    }
    house(request).await
}

/// The parameters of a path, in their order.
pub fn parameters(path: &str) -> Vec<&str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .collect()
}

/// Relations of every parameter of a path, in their order: all the same, or one unlike the others.
pub fn relations(path: &str) -> Vec<Vec<Relation>> {
    let n = parameters(path).len();
    let mut all = vec![vec![Relation::Own; n]];
    for relation in [Relation::Other, Relation::Missing] {
        for at in 0..n {
            let mut one = vec![Relation::Own; n];
            one[at] = relation;
            all.push(one);
        }
        if n > 1 {
            all.push(vec![relation; n]);
        }
    }
    all
}

/// The relations that must be answered as these are: every row of B's that is no shared one is as if
/// it were not there. None if there is no such row among them.
pub fn as_if_missing(path: &str, relations: &[Relation]) -> Option<Vec<Relation>> {
    let twin: Vec<Relation> = parameters(path)
        .iter()
        .zip(relations)
        .map(|(name, relation)| match relation {
            Relation::Other if !SHARED.contains(name) => Relation::Missing,
            relation => *relation,
        })
        .collect();
    (twin != relations).then_some(twin)
}

/// The address of a door, and what stands in it for each parameter.
///
/// # Errors
/// The parameter without a sample.
pub fn address(
    site: &Site,
    path: &str,
    relations: &[Relation],
) -> Result<(String, Vec<String>), String> {
    let mut address = path.to_owned();
    let mut values = Vec::new();
    for (name, relation) in parameters(path).iter().zip(relations) {
        let value = sample(site, path, name, *relation).ok_or_else(|| {
            format!("{path}: world.rs has no sample for the parameter {{{name}}}")
        })?;
        address = address.replacen(&format!("{{{name}}}"), &value, 1);
        values.push(value);
    }
    Ok((address, values))
}

/// An answer as it is compared: ids, keys and what stood in the address are nobody's secret.
pub fn normal(answer: &Answer, address: &[String]) -> (u16, BTreeMap<String, String>, String) {
    let plain = |text: &str| {
        let mut text = text.to_owned();
        // A place by number is no row, and stands in every id.
        for value in address.iter().filter(|it| it.len() > 3) {
            text = text.replace(value.as_str(), "<id>");
        }
        without_ids(&text)
    };
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| name.as_str() != "content-length")
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect();
    (answer.status, headers, plain(&answer.text()))
}

/// The text with every UUID as `<id>`.
pub fn without_ids(text: &str) -> String {
    without(text, |_version| true)
}

/// The text with the UUIDs of this moment (keys of forms, ids of requests) as `<id>`; those of the
/// world's rows are of another version and stay.
pub fn without_fresh_ids(text: &str) -> String {
    without(text, |version| version == b'7')
}

fn without(text: &str, of: impl Fn(u8) -> bool) -> String {
    let bytes = text.as_bytes();
    let is_id = |at: usize| {
        bytes.get(at..at + 36).is_some_and(|piece| {
            of(piece[14])
                && piece.iter().enumerate().all(|(n, byte)| match n {
                    8 | 13 | 18 | 23 => *byte == b'-',
                    _ => byte.is_ascii_hexdigit(),
                })
        })
    };
    let (mut out, mut from, mut at) = (String::with_capacity(text.len()), 0, 0);
    while at < bytes.len() {
        if is_id(at) {
            out.push_str(&text[from..at]);
            out.push_str("<id>");
            at += 36;
            from = at;
        } else {
            at += 1;
        }
    }
    out.push_str(&text[from..]);
    out
}

/// Status of an answer as the snapshot shows it: of a redirect also where it leads.
pub fn verdict(answer: &Answer, address: &[String]) -> String {
    let (status, headers, _) = normal(answer, address);
    match headers.get("location") {
        Some(location) => {
            let place = location.split('?').next().unwrap_or_default();
            format!("{status} {place}")
        }
        None => status.to_string(),
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    digest: String,
}

/// Looks at every table as the superuser.
pub struct Watcher {
    conn: PgConnection,
    sql: String,
}

impl Watcher {
    pub fn new(url: &str) -> Self {
        let mut conn = PgConnection::establish(url).unwrap();
        let tables: Vec<Line> = sql_query(
            "SELECT tablename::text AS name, '' AS digest FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        )
        .load(&mut conn)
        .unwrap();
        assert!(tables.len() > 30, "the catalogue lists the tables");
        conn.batch_execute("SET TIME ZONE 'UTC'").unwrap();
        let each: Vec<String> = tables
            .iter()
            .map(|table| {
                format!(
                    "SELECT '{0}' AS name, coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS digest FROM {0} t",
                    table.name
                )
            })
            .collect();
        Self {
            conn,
            sql: each.join(" UNION ALL "),
        }
    }

    /// A digest of each table.
    pub fn digest(&mut self) -> BTreeMap<String, String> {
        sql_query(&self.sql)
            .load::<Line>(&mut self.conn)
            .unwrap()
            .into_iter()
            .map(|line| (line.name, line.digest))
            .collect()
    }
}

/// `GET /cohorts/{cohort}` and so on.
pub fn title(door: &Door) -> String {
    format!("{} {}", door.method.as_str(), door.path)
}
