//! From a parsed request to an answer: identify, admit, handle, in one transaction.

use std::cell::RefCell;
use std::sync::Arc;

use askama::Template;

use crate::access::Access;
use crate::access::passwords::Hasher;
use crate::access::secret::Keys;
use crate::config::Config;
use crate::db::{Actor, Conn, Db, Task};
use crate::error::{Error, Result};
use crate::files::Store;
use crate::lang::Lang;
use crate::telemetry::Metrics;

use super::headers::Origin;
use super::idempotency;
use super::problem;
use super::reply::Reply;
use super::request::Request;
use super::routes::{Door, Handler, Method};
pub use super::session::Visitor;
use super::session::{credential, identify, touch};
use super::shell::{ErrorPage, Shell};

/// The house's parts that outlive a request. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    /// Configuration.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// Keys of links and checkpoints.
    pub keys: Keys,
    /// Password hashing on a bounded number of threads.
    pub hasher: Hasher,
    /// Stored files.
    pub files: Store,
    /// Counters for `/metrics`.
    pub metrics: Arc<Metrics>,
}

/// A request whose sender is known.
pub struct Visit {
    /// Who acts.
    pub actor: Actor,
    /// The signed-in person.
    pub visitor: Option<Visitor>,
    /// Language of the answer.
    pub lang: Lang,
    /// The request.
    pub request: Arc<Request>,
}

/// What a handler has in hand: the visit, the site, and a connection on which the visit's actor is
/// declared.
pub struct Cx<'a, 'c> {
    /// The transaction.
    pub conn: &'a mut Conn<'c>,
    /// Who asks for what.
    pub visit: &'a Visit,
    /// The house.
    pub site: &'a Site,
}

impl Cx<'_, '_> {
    /// The request.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.visit.request
    }

    /// The reader's language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.visit.lang
    }

    /// The page shell with this title.
    #[must_use]
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        Shell::new(self.visit, self.site, title.into())
    }
}

impl Visit {
    /// A page, rendered.
    ///
    /// # Errors
    /// The template fails, which only writing to memory could cause.
    pub fn page<T: Template>(&self, page: &T) -> Result<Reply> {
        self.page_with(200, page)
    }

    /// A page with another status: 422 for a form that is shown again.
    ///
    /// # Errors
    /// As [`Visit::page`].
    pub fn page_with<T: Template>(&self, status: u16, page: &T) -> Result<Reply> {
        render(page).map(|html| Reply::html(status, html))
    }
}

fn render<T: Template>(page: &T) -> Result<String> {
    page.render()
        .map_err(|err| Error::Internal(format!("rendering a page: {err}")))
}

/// Answers a request. Never fails: every error becomes an answer.
pub(super) fn answer(site: &Site, door: &Door, request: &Arc<Request>) -> Reply {
    let visit: RefCell<Option<Visit>> = RefCell::new(None);
    let outcome = guarded(site, door, request, &visit);
    let lang = visit
        .borrow()
        .as_ref()
        .map_or_else(|| request_lang(request), |v| v.lang);
    let reply = match outcome {
        Ok(reply) => reply,
        Err(error) => failure(site, request, visit.borrow().as_ref(), &error, lang),
    };
    // A page has said what had just been done: it is said once.
    if request.cookies.contains_key("flash") && reply.is_page() {
        return reply.with(
            "set-cookie",
            "flash=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0",
        );
    }
    reply
}

fn guarded(
    site: &Site,
    door: &Door,
    request: &Arc<Request>,
    seen: &RefCell<Option<Visit>>,
) -> Result<Reply> {
    let credential = credential(&site.config, request);
    let by_token = credential.as_ref().is_some_and(|(_, token)| *token);
    let origin = Origin {
        fetch_site: request.header("sec-fetch-site"),
        origin: request.header("origin"),
        host: request.header("host").unwrap_or_default(),
        public_url: &site.config.public_url,
    };
    // Who sends no credential at all to the API forges nothing: the door says to sign in.
    let bare = request.is_api() && credential.is_none() && door.access != Access::Public;
    if !bare && !origin.may_act(door.method, by_token) {
        return Err(Error::CrossSite);
    }
    let reply = match door.handler {
        Handler::Page(handler) if door.method == Method::Get => {
            site.db
                .read_again(&Actor::Public(Task::Session), request.id, |conn| {
                    enter(conn, site, door, request, seen)?;
                    with_visit(conn, site, seen, handler)
                })
        }
        Handler::Page(handler) => {
            let refused: RefCell<Option<Reply>> = RefCell::new(None);
            let done = site
                .db
                .tx_for(&Actor::Public(Task::Session), request.id, |conn| {
                    enter(conn, site, door, request, seen)?;
                    let reply = idempotency::once(conn, request, |conn| {
                        with_visit(conn, site, seen, handler)
                    })?;
                    if reply.status >= 400 {
                        // An answer that tells of mistakes commits nothing.
                        *refused.borrow_mut() = Some(reply);
                        return Err(Error::Internal("rolled back".to_owned()));
                    }
                    Ok(reply)
                });
            match (done, refused.into_inner()) {
                (_, Some(reply)) => Ok(reply),
                (done, None) => done,
            }
        }
        Handler::Watch(handler) => return Ok(handler(request, site)),
        Handler::Free(handler) => {
            site.db
                .read_again(&Actor::Public(Task::Session), request.id, |conn| {
                    enter(conn, site, door, request, seen)
                })?;
            match seen.borrow().as_ref() {
                Some(visit) => handler(visit, site),
                None => Err(Error::Internal("a visit without a visitor".to_owned())),
            }
        }
    };
    note_seen(site, seen, credential);
    reply
}

/// Identifies the sender, declares them, and opens the door.
fn enter(
    conn: &mut Conn<'_>,
    site: &Site,
    door: &Door,
    request: &Arc<Request>,
    seen: &RefCell<Option<Visit>>,
) -> Result<()> {
    let visitor = identify(conn, &site.config, request)?;
    let lang = visitor
        .as_ref()
        .map_or_else(|| request_lang(request), |v| v.lang);
    let visit = Visit {
        actor: conn.actor().clone(),
        visitor,
        lang,
        request: Arc::clone(request),
    };
    let admitted = door
        .access
        .admit(&visit.actor)
        .and_then(|()| scope(door, &visit));
    *seen.borrow_mut() = Some(visit);
    admitted
}

/// A token opens only the API, and only within its scopes.
fn scope(door: &Door, visit: &Visit) -> Result<()> {
    let Some(scopes) = visit.visitor.as_ref().and_then(|v| v.scopes.as_ref()) else {
        return Ok(());
    };
    match &door.operation {
        Some(operation) if scopes.iter().any(|s| s == operation.scope) => Ok(()),
        // The description of the API itself.
        None if door.access == Access::Public && visit.request.is_api() => Ok(()),
        _ => Err(Error::Forbidden),
    }
}

fn with_visit(
    conn: &mut Conn<'_>,
    site: &Site,
    seen: &RefCell<Option<Visit>>,
    handler: fn(&mut Cx<'_, '_>) -> Result<Reply>,
) -> Result<Reply> {
    match seen.borrow().as_ref() {
        Some(visit) => handler(&mut Cx { conn, visit, site }),
        None => Err(Error::Internal("a visit without a visitor".to_owned())),
    }
}

fn note_seen(site: &Site, seen: &RefCell<Option<Visit>>, credential: Option<(String, bool)>) {
    let stale = seen
        .borrow()
        .as_ref()
        .is_some_and(|v| v.visitor.as_ref().is_some_and(|who| who.stale));
    if let (true, Some((secret, is_token))) = (stale, credential) {
        let noted = site.db.tx(&Actor::Public(Task::Session), |conn| {
            touch(conn, &secret, is_token)
        });
        if let Err(error) = noted {
            tracing::debug!(%error, "a session's last use was not noted");
        }
    }
}

/// The language of a request without an account: the switch, then the browser's wish.
pub(super) fn request_lang(request: &Request) -> Lang {
    request
        .query
        .get("lang")
        .and_then(Lang::parse)
        .or_else(|| request.cookies.get("lang").and_then(|tag| Lang::parse(tag)))
        .or_else(|| request.header("accept-language").and_then(Lang::accepted))
        .unwrap_or_default()
}

/// An error as an answer, logged once, here.
pub(super) fn failure(
    site: &Site,
    request: &Request,
    visit: Option<&Visit>,
    error: &Error,
    lang: Lang,
) -> Reply {
    let (status, name) = error.status();
    if status >= 500 {
        tracing::error!(request = %request.id, pattern = request.pattern, %error, "a request failed");
    } else {
        tracing::debug!(request = %request.id, pattern = request.pattern, status, name, "a request was refused");
    }
    let reply = if request.is_api() {
        let problem = problem::problem(error, lang, request.id);
        Reply::json(status, &problem).map(|mut reply| {
            reply.headers = vec![("content-type", "application/problem+json".to_owned())];
            reply
        })
    } else if matches!(error, Error::SignIn) && request.method == Method::Get {
        let mut here = form_urlencoded::Serializer::new(String::new());
        here.append_pair("next", &request.here());
        Ok(Reply::see_other(format!("/sign-in?{}", here.finish())))
    } else {
        render(&ErrorPage::new(site, request, visit, error, lang))
            .map(|html| Reply::html(status, html))
    };
    let reply =
        reply.unwrap_or_else(|_unwritable| Reply::text(500, "Something went wrong.".to_owned()));
    problem::headers(error, reply)
}
