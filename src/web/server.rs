//! The edge: actix turns bytes into a [`Request`], one hop to the blocking pool answers it.
//!
//! Work is bounded: as many requests work at once as there are database connections, a few hundred
//! may wait their turn for at most two seconds, and the rest are told at once to come back (503).

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, Scope};
use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::telemetry::Metrics;

use super::body::{read_body, too_slow};
use super::dispatch::{Site, answer, failure, request_lang};
use super::forms::Pairs;
use super::headers::{ALWAYS, peer};
use super::reply::{Body as ReplyBody, Reply, Rows};
use super::request::{Body, Request};
use super::routes::{Door, Handler, Method, Routes};
use super::{assets, pack};

/// Requests that may wait for their turn.
const QUEUE: u64 = 256;
/// How long one may wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a whole body may take: what arrives by single bytes is not waited for for ever.
const BODY: Duration = Duration::from_secs(600);

/// Headers that handlers may read.
const HEADERS: &[&str] = &[
    "accept",
    "accept-language",
    "authorization",
    "host",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "origin",
    "referer",
    "sec-fetch-site",
    "user-agent",
];

/// The gate before the database.
struct Gate {
    permits: Arc<Semaphore>,
}

/// What every worker shares.
pub struct Serving {
    site: Site,
    gate: Gate,
}

impl Serving {
    /// Serves this site.
    #[must_use]
    pub fn new(site: Site) -> Arc<Self> {
        let permits = usize::try_from(site.config.pool_size).unwrap_or(8).max(1);
        Arc::new(Self {
            site,
            gate: Gate {
                permits: Arc::new(Semaphore::new(permits)),
            },
        })
    }
}

impl Gate {
    async fn enter(&self, metrics: &Metrics) -> Result<tokio::sync::OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(permit);
        }
        // Counted by a guard: a client that leaves while it waits ends this future here.
        let (_waiting, in_all) = metrics.wait();
        if in_all > QUEUE {
            return Err(Error::Busy);
        }
        tokio::time::timeout(PATIENCE, Arc::clone(&self.permits).acquire_owned())
            .await
            .ok()
            .and_then(std::result::Result::ok)
            .ok_or(Error::Busy)
    }
}

/// Mounts the register. The only place where actix learns of routes.
#[expect(
    clippy::disallowed_methods,
    reason = "the register is mounted here and nowhere else"
)]
pub fn mount(config: &mut ServiceConfig, serving: &Arc<Serving>, routes: &Routes) {
    config.service(web::resource("/assets/{name}").route(web::route().to(asset)));
    let mut by_path: BTreeMap<&'static str, Vec<Door>> = BTreeMap::new();
    for door in routes.doors() {
        by_path.entry(door.path).or_default().push(door.clone());
    }
    config.service(under(
        web::scope(""),
        by_path.into_iter().collect(),
        serving,
    ));
    let serving = Arc::clone(serving);
    config.default_service(
        web::route().to(move |http: HttpRequest| nothing_there(Arc::clone(&serving), http)),
    );
}

/// Mounts paths below what they have in common, word by word: a request is held against the words of one
/// branch, not against a thousand patterns.
#[expect(
    clippy::disallowed_methods,
    reason = "the register is mounted here and nowhere else"
)]
fn under(scope: Scope, paths: Vec<(&'static str, Vec<Door>)>, serving: &Arc<Serving>) -> Scope {
    let mut branches: BTreeMap<&'static str, Vec<(&'static str, Vec<Door>)>> = BTreeMap::new();
    for (path, doors) in paths {
        let next = path.get(1..).and_then(|it| it.find('/'));
        let (step, rest) = path.split_at(next.map_or(path.len(), |at| at + 1));
        branches.entry(step).or_default().push((rest, doors));
    }
    let mut branches: Vec<_> = branches.into_iter().collect();
    // A fixed word wins over a parameter in its place.
    branches.sort_by_key(|(step, _)| (step.contains('{'), *step));
    branches.into_iter().fold(scope, |scope, (step, below)| {
        if let [("", doors)] = below.as_slice() {
            let (doors, serving): (Arc<[Door]>, _) = (doors.as_slice().into(), Arc::clone(serving));
            return scope.service(web::resource(step).route(web::route().to(
                move |http: HttpRequest, payload: web::Payload| {
                    handle(Arc::clone(&serving), Arc::clone(&doors), http, payload)
                },
            )));
        }
        scope.service(under(web::scope(step), below, serving))
    })
}

async fn asset(http: HttpRequest) -> HttpResponse {
    let name = http.match_info().get("name").unwrap_or_default();
    if Method::parse(http.method().as_str()) != Some(Method::Get) {
        let refused = Reply::text(405, "Files are only read here.".to_owned());
        return finish(refused.with("allow", "GET"), None);
    }
    match assets::find(name) {
        Some(asset) => {
            let reply = Reply::bytes(200, asset.media_type, asset.bytes.to_vec());
            finish(
                reply.with("cache-control", "public, max-age=31536000, immutable"),
                None,
            )
        }
        None => finish(Reply::text(404, "There is no such file.".to_owned()), None),
    }
}

async fn nothing_there(serving: Arc<Serving>, http: HttpRequest) -> HttpResponse {
    let request = bare_request(&serving.site, &http, "");
    let lang = request_lang(&request);
    finish(
        failure(&serving.site, &request, None, &Error::NotFound, lang),
        None,
    )
}

async fn handle(
    serving: Arc<Serving>,
    doors: Arc<[Door]>,
    http: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    let started = Instant::now();
    let pattern = doors.first().map_or("", |door| door.path);
    let mut request = bare_request(&serving.site, &http, pattern);
    let door =
        Method::parse(http.method().as_str()).and_then(|m| doors.iter().find(|d| d.method == m));
    let reply = match door {
        Some(door) => {
            request.method = door.method;
            work(&serving, door.clone(), request, &http, payload).await
        }
        None => {
            let mut methods: Vec<&str> = doors.iter().map(|d| d.method.as_str()).collect();
            methods.sort_unstable();
            let lang = request_lang(&request);
            failure(
                &serving.site,
                &request,
                None,
                &Error::MethodNotAllowed(methods.join(", ")),
                lang,
            )
        }
    };
    serving
        .site
        .metrics
        .request(pattern, reply.status, started.elapsed());
    // Only a reader is told that nothing is new (RFC 9110, 13.1.2): an act has its own answer.
    let reads = matches!(http.method().as_str(), "GET" | "HEAD");
    let wanted = http
        .headers()
        .get("if-none-match")
        .filter(|_| reads)
        .and_then(|v| v.to_str().ok());
    let mut response = finish_stream(&serving.site, reply, wanted);
    if serving.site.metrics.leaving() {
        // Whoever has a connection open looks for another server.
        response
            .head_mut()
            .set_connection_type(actix_web::http::ConnectionType::Close);
    }
    response
}

async fn work(
    serving: &Arc<Serving>,
    door: Door,
    mut request: Request,
    http: &HttpRequest,
    payload: web::Payload,
) -> Reply {
    let failed = |request: &Request, error: Error| {
        failure(&serving.site, request, None, &error, request_lang(request))
    };
    let body = read_body(&serving.site, &door, http, payload);
    match tokio::time::timeout(BODY, body).await {
        Ok(Ok(body)) => request.body = body,
        Ok(Err(error)) => return failed(&request, error),
        Err(_late) => return failed(&request, too_slow()),
    }
    let permit = match door.handler {
        Handler::Page(_) => match serving.gate.enter(&serving.site.metrics).await {
            Ok(permit) => Some(permit),
            Err(error) => return failed(&request, error),
        },
        // These hash, upload, stream or watch; they take a connection only for a moment, if at all.
        Handler::Free(_) | Handler::Watch(_) => None,
    };
    let packed = http
        .headers()
        .get("accept-encoding")
        .and_then(|v| v.to_str().ok())
        .is_some_and(pack::accepts);
    let request = Arc::new(request);
    let (site, at_work) = (serving.site.clone(), Arc::clone(&request));
    let done = web::block(move || {
        let reply = answer(&site, &door, &at_work);
        drop(permit);
        if packed { pack::pack(reply) } else { reply }
    })
    .await;
    // A panic in a handler ends its transaction and its request, nothing else.
    done.unwrap_or_else(|_panic| failed(&request, Error::Internal("a handler panicked".to_owned())))
}

fn bare_request(site: &Site, http: &HttpRequest, pattern: &'static str) -> Request {
    let headers: BTreeMap<&'static str, String> = HEADERS
        .iter()
        .filter_map(|name| Some((*name, http.headers().get(*name)?.to_str().ok()?.to_owned())))
        .collect();
    let cookies = http
        .cookies()
        .map(|all| {
            all.iter()
                .map(|c| (c.name().to_owned(), c.value().to_owned()))
                .collect()
        })
        .unwrap_or_default();
    // A proxy adds to the list, or adds another list below what the sender has made up.
    let forwarded = http.headers().get_all("x-forwarded-for").last();
    let peer = peer(
        http.peer_addr().map(|addr| addr.ip()),
        forwarded.and_then(|list| list.to_str().ok()),
        site.config.behind_proxy,
    );
    Request {
        id: Uuid::now_v7(),
        method: Method::Get,
        path: http.path().to_owned(),
        pattern,
        params: http
            .match_info()
            .iter()
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect(),
        query: Pairs::parse(http.query_string().as_bytes()),
        query_string: http.query_string().to_owned(),
        headers,
        cookies,
        peer,
        body: Body::Empty,
    }
}

fn start(reply: &Reply) -> actix_web::HttpResponseBuilder {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    let mut cached = false;
    for (name, value) in &reply.headers {
        cached |= *name == "cache-control";
        if let Ok(value) = HeaderValue::from_str(value) {
            response.append_header((HeaderName::from_static(name), value));
        }
    }
    for (name, value) in ALWAYS {
        if !reply.headers.iter().any(|(n, _)| n == name) {
            response.append_header((*name, *value));
        }
    }
    if !cached {
        response.append_header(("cache-control", "no-store"));
    }
    response
}

fn finish(reply: Reply, if_none_match: Option<&str>) -> HttpResponse {
    let etag = reply
        .headers
        .iter()
        .find(|(n, _)| *n == "etag")
        .map(|(_, v)| v.as_str());
    if let (200, Some(etag), Some(wanted)) = (reply.status, etag, if_none_match)
        && wanted
            .split(',')
            .any(|w| w.trim().trim_start_matches("W/") == etag || w.trim() == "*")
    {
        // What a cache needs to keep the copy that it has (RFC 9110, 15.4.5).
        let kept = |name: &str| matches!(name, "etag" | "cache-control" | "vary");
        let headers = reply
            .headers
            .iter()
            .filter(|(n, _)| kept(n))
            .cloned()
            .collect();
        return start(&Reply {
            status: 304,
            headers,
            body: ReplyBody::Bytes(Vec::new()),
        })
        .finish();
    }
    let mut response = start(&reply);
    match reply.body {
        ReplyBody::Bytes(bytes) => response.body(bytes),
        ReplyBody::Stream(_) => HttpResponse::InternalServerError().finish(),
    }
}

fn finish_stream(site: &Site, reply: Reply, if_none_match: Option<&str>) -> HttpResponse {
    match reply.body {
        ReplyBody::Bytes(_) => finish(reply, if_none_match),
        ReplyBody::Stream(rows) => {
            let mut response = start(&Reply {
                status: reply.status,
                headers: reply.headers,
                body: ReplyBody::Bytes(Vec::new()),
            });
            response.streaming(stream(site.clone(), rows))
        }
    }
}

/// Runs the writer in a thread of its own. A reader that leaves ends it at its next piece; an error
/// midway cuts the connection, so that a half file is never taken for a whole one.
fn stream(
    site: Site,
    rows: Rows,
) -> impl futures_util::Stream<Item = std::result::Result<Bytes, std::io::Error>> {
    let (pieces, reader) = mpsc::channel(4);
    actix_web::rt::task::spawn_blocking(move || {
        let mut out = Pieces {
            pieces,
            buffer: Vec::with_capacity(PIECE),
        };
        let outcome = rows(&site, &mut out).and_then(|()| Ok(out.flush()?));
        if let Err(error) = outcome {
            tracing::warn!(%error, "a stream was cut short");
            let _ = out
                .pieces
                .blocking_send(Err(std::io::Error::other("cut short")));
        }
    });
    futures_util::stream::unfold(reader, |mut reader| async move {
        reader.recv().await.map(|piece| (piece, reader))
    })
}

const PIECE: usize = 64 * 1024;

struct Pieces {
    pieces: mpsc::Sender<std::result::Result<Bytes, std::io::Error>>,
    buffer: Vec<u8>,
}

impl std::io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::replace(
            &mut self.buffer,
            Vec::with_capacity(PIECE),
        ));
        self.pieces
            .blocking_send(Ok(piece))
            .map_err(|_gone| std::io::Error::other("the reader has left"))
    }
}

/// A server on this listener: await it to serve until its handle stops it; signals are the caller's.
/// Call it inside an actix runtime.
///
/// # Errors
/// The server cannot start.
pub fn server(
    serving: Arc<Serving>,
    routes: Routes,
    listener: TcpListener,
) -> std::io::Result<actix_web::dev::Server> {
    let server = HttpServer::new(move || {
        let (serving, routes) = (Arc::clone(&serving), routes.clone());
        App::new()
            .wrap(actix_web::middleware::Compress::default())
            .configure(move |config| mount(config, &serving, &routes))
    })
    // An answer's last piece goes at once instead of waiting for the reader's acknowledgement.
    .tcp_nodelay(true)
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(15)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}
