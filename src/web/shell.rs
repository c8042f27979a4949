//! The page shell: what every page has around it.

use std::collections::BTreeSet;

use askama::Template;
use uuid::Uuid;

use crate::config::Mode;
use crate::db::{Actor, Role};
use crate::error::Error;
use crate::ids::GrantId;
use crate::lang::Lang;
use crate::lang::format::date;

use super::assets;
use super::dispatch::{Site, Visit};
use super::problem;
use super::request::Request;
use super::session::{self, Grant, Visitor};

/// A link of the navigation.
#[derive(Clone, Debug)]
pub struct Link {
    /// Where it leads.
    pub href: &'static str,
    /// Its word.
    pub label: &'static str,
    /// Is this the place where the reader is?
    pub current: bool,
}

/// A role to switch to.
#[derive(Clone, Debug)]
pub struct RoleChoice {
    /// The grant, or none for oneself.
    pub grant: Option<GrantId>,
    /// Role, and the organisation for which it is held.
    pub label: String,
    /// Until when it is held, if it ends.
    pub until: Option<String>,
    /// Acted in now?
    pub current: bool,
}

/// What the base template shows. Every page struct carries one.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The reader's language.
    pub lang: Lang,
    /// Title, without the name of the system.
    pub title: String,
    /// Navigation for the role.
    pub nav: Vec<Link>,
    /// Name and address of the signed-in person.
    pub person: Option<(String, String)>,
    /// Roles to switch to, when there is more than one.
    pub roles: Vec<RoleChoice>,
    /// Label of the role acted in.
    pub role: String,
    /// Is it a desk (dense) or a public or applicant's page (one column)?
    pub desk: bool,
    /// May the reader search people and records?
    pub search: bool,
    /// A sentence about what has just been done: tone and text.
    pub flash: Option<(&'static str, String)>,
    /// This address, to come back to after switching language or role.
    pub here: String,
    /// A fresh idempotency key for a form on the page.
    pub key: String,
    /// Single keys that act (`/`, `j`, `k`, `x`): on desks, unless this browser's person has turned
    /// them off (WCAG 2.1.4).
    pub keys: bool,
    /// Is it the sample programme?
    pub sample: bool,
    /// May the reader be asked to sign in? Not where they have a session that this page did not look up.
    pub door: bool,
}

/// The cookie that holds the word `off` in a browser whose person wants no single-key shortcuts.
pub const KEYS_COOKIE: &str = "keys";

impl Shell {
    /// For this visit.
    #[must_use]
    pub fn new(visit: &Visit, site: &Site, title: String) -> Self {
        let lang = visit.lang;
        let role = visit.actor.role();
        let desk = !matches!(role, None | Some(Role::Applicant));
        let keys = visit.request.cookies.get(KEYS_COOKIE);
        let learns = visit.visitor.as_ref().is_some_and(|it| it.learns);
        let flash = visit
            .request
            .cookies
            .get("flash")
            .and_then(|name| lang.flash(name));
        Self {
            lang,
            title,
            nav: nav(role, lang, &visit.request.path, (programmes(visit), learns)),
            person: visit
                .visitor
                .as_ref()
                .map(|v| (v.name.clone(), v.email.clone())),
            roles: roles(visit),
            role: role.map(|r| acting_as(visit, r)).unwrap_or_default(),
            desk,
            keys: desk && keys.is_none_or(|word| word != "off"),
            search: matches!(role, Some(Role::Coordinator | Role::Administrator)),
            flash,
            here: visit.request.here(),
            key: Uuid::now_v7().to_string(),
            sample: site.config.mode == Mode::Sample,
            door: true,
        }
    }

    /// The title without the mark of a page that comes back with mistakes: that is the window's alone.
    #[must_use]
    pub fn heading(&self) -> &str {
        let mark = self.lang.form_error_prefix();
        self.title.strip_prefix(mark).unwrap_or(&self.title)
    }

    /// Address of the stylesheet.
    #[must_use]
    pub fn css(&self) -> &'static str {
        assets::address("banyan.css")
    }

    /// The language in which a name or a text of somebody's own is written, for fonts and readers aloud.
    #[must_use]
    pub fn name_lang(&self, name: &str) -> &'static str {
        let han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
        if name.chars().any(han) {
            Lang::Zh.tag()
        } else {
            Lang::En.tag()
        }
    }

    /// Is this text Chinese through and through, on a page that is not?
    #[must_use]
    pub fn foreign(&self, text: &str) -> bool {
        self.lang == Lang::En
            && self.name_lang(text) != Lang::En.tag()
            && !text.chars().any(|c| c.is_ascii_alphanumeric())
    }

    /// The name of a language, from its tag.
    #[must_use]
    pub fn language_of(&self, tag: &str) -> &'static str {
        Lang::parse(tag).unwrap_or(self.lang).language_name()
    }

    /// Address of the script.
    #[must_use]
    pub fn js(&self) -> &'static str {
        assets::address("banyan.js")
    }
}

/// How many programmes the role acted in reaches.
fn programmes(visit: &Visit) -> usize {
    match &visit.actor {
        Actor::Person(acting) => acting.programmes.len(),
        Actor::Public(_) | Actor::System(_) => 0,
    }
}

/// Are roles held in more than one programme? Then each says in which, and the menu of roles is the
/// switch between programmes.
fn several_programmes(visitor: &Visitor) -> bool {
    let codes: BTreeSet<&str> = visitor
        .grants
        .iter()
        .filter_map(|grant| grant.programme.as_ref())
        .map(|(code, _)| code.as_str())
        .collect();
    codes.len() > 1
}

/// The role acted in, with its programme's code where there are several.
fn acting_as(visit: &Visit, role: Role) -> String {
    let name = visit.lang.role(role);
    let code = visit
        .visitor
        .as_ref()
        .filter(|visitor| several_programmes(visitor))
        .and_then(|visitor| {
            let held = |grant: &&Grant| visitor.grant == Some(grant.id);
            visitor.grants.iter().find(held)?.programme.as_ref()
        });
    match code {
        Some((code, _)) => format!("{name} · {code}"),
        None => name.to_owned(),
    }
}

fn roles(visit: &Visit) -> Vec<RoleChoice> {
    let Some(visitor) = &visit.visitor else {
        return Vec::new();
    };
    if visitor.grants.is_empty() {
        return Vec::new();
    }
    let lang = visit.lang;
    let several = several_programmes(visitor);
    let mut choices: Vec<RoleChoice> = visitor
        .grants
        .iter()
        .map(|grant| {
            let mut label = lang.role(grant.role).to_owned();
            let programme = grant.programme.as_ref().filter(|_| several);
            let names = grant.organisation.iter().chain(programme.map(|(_, n)| n));
            for (en, zh) in names {
                label.push_str(" · ");
                label.push_str(lang.pick(en, zh));
            }
            RoleChoice {
                grant: Some(grant.id),
                label,
                until: grant
                    .ends_on
                    .map(|on| lang.shell_role_until(&date(lang, on))),
                current: visitor.grant == Some(grant.id),
            }
        })
        .collect();
    choices.push(RoleChoice {
        grant: None,
        label: lang.role(Role::Applicant).to_owned(),
        until: None,
        current: visitor.grant.is_none(),
    });
    choices
}

/// Does this place of the navigation lead to where the reader is?
fn is_here(href: &str, path: &str, places: &[(&'static str, &'static str)]) -> bool {
    let below = |href: &str| path == href || path.starts_with(&format!("{href}/"));
    match href {
        "/" => path == "/",
        "/programme" | "/programmes" => below("/programme") || below("/programmes"),
        // These homes lie above the other places of their role.
        "/me" | "/organisation" => {
            below(href) && !places.iter().any(|(it, _)| *it != href && below(it))
        }
        href => below(href),
    }
}

/// The navigation of a role: at most seven places, the role's home first. Who reaches one programme
/// is led to its page, an administrator of none or several to their list.
fn nav(
    role: Option<Role>,
    lang: Lang,
    path: &str,
    (programmes, learns): (usize, bool),
) -> Vec<Link> {
    let programme = if programmes == 1 || role != Some(Role::Administrator) {
        ("/programme", lang.nav_programme())
    } else {
        ("/programmes", lang.programmes_switch())
    };
    let places: &[(&'static str, &'static str)] = match role {
        None => &[
            ("/", lang.nav_programme()),
            ("/curriculum", lang.nav_curriculum()),
            ("/selection", lang.nav_selection()),
            ("/privacy", lang.nav_privacy()),
        ],
        Some(Role::Coordinator | Role::Administrator) => &[
            ("/desk", lang.nav_today()),
            ("/cohorts", lang.nav_cohorts()),
            programme,
            ("/organisations", lang.nav_organisations()),
            ("/people", lang.nav_people()),
            ("/letters", lang.nav_letters()),
        ],
        Some(Role::Reviewer) => &[("/reviews", lang.nav_reviews())],
        Some(Role::Committee) => &[("/committee", lang.nav_figures())],
        Some(Role::Representative) => &[
            ("/organisation", lang.nav_organisation()),
            ("/organisation/postings", lang.plc_title_all()),
        ],
        Some(Role::Liaison | Role::Supervisor) => &[("/organisation", lang.nav_organisation())],
        Some(Role::Applicant) if learns => &[
            ("/me", lang.nav_me()),
            ("/me/timetable", lang.tt_own()),
            ("/me/assessments", lang.asm_mine()),
            ("/me/attendance", lang.att_mine()),
            ("/me/progress", lang.progress_mine()),
            ("/me/notes", lang.material_own()),
            ("/me/placements", lang.plc_title_all()),
        ],
        Some(Role::Applicant) => &[("/me", lang.nav_me()), ("/", lang.nav_programme())],
        Some(Role::Instructor) => &[
            ("/teaching", lang.nav_teaching()),
            ("/timetable", lang.tt_own()),
            ("/marking", lang.asm_queue()),
            ("/registers", lang.att_registers()),
            ("/curriculum", lang.nav_curriculum()),
            ("/selection", lang.nav_selection()),
        ],
    };
    places
        .iter()
        .map(|(href, label)| Link {
            href,
            label,
            current: is_here(href, path, places),
        })
        .collect()
}

/// The page of an error.
#[derive(Template)]
#[template(path = "web/error.html")]
pub(super) struct ErrorPage {
    shell: Shell,
    /// The reader's home.
    home: &'static str,
    heading: &'static str,
    detail: String,
    reference: String,
    /// The door, where the session has ended; it leads back to the page that was left.
    sign_in: Option<String>,
}

/// The page on which a form stood that was sent without a session, as the way back after signing in.
fn door_back(site: &Site, request: &Request) -> String {
    let left = request
        .header("referer")
        .and_then(|page| page.strip_prefix(site.config.public_url.trim_end_matches('/')))
        .filter(|page| page.starts_with('/'));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", left.unwrap_or("/"));
    format!("/sign-in?{}", query.finish())
}

impl ErrorPage {
    pub(super) fn new(
        site: &Site,
        request: &Request,
        visit: Option<&Visit>,
        error: &Error,
        lang: Lang,
    ) -> Self {
        let heading = problem::title(error, lang);
        let has_session = request
            .cookies
            .contains_key(session::cookie_name(&site.config));
        let shell = match visit {
            Some(visit) => Shell::new(visit, site, heading.to_owned()),
            None => Shell {
                lang,
                title: heading.to_owned(),
                nav: nav(None, lang, &request.path, (0, false)),
                person: None,
                roles: Vec::new(),
                role: String::new(),
                desk: false,
                search: false,
                flash: None,
                here: "/".to_owned(),
                key: String::new(),
                keys: false,
                sample: site.config.mode == Mode::Sample,
                door: !has_session,
            },
        };
        // Those who are signed in are led from the door to their own home.
        let home = match (visit, has_session) {
            (Some(_), _) => shell.nav.first().map_or("/", |link| link.href),
            (None, true) => "/sign-in",
            (None, false) => "/",
        };
        Self {
            shell,
            home,
            heading,
            detail: problem::detail(error, lang),
            reference: request.id.to_string(),
            sign_in: matches!(error, Error::SignIn).then(|| door_back(site, request)),
        }
    }
}
