//! Desks: pages that look across rooms and own nothing. Each role's home, the cohort at a glance,
//! search, the public site, and the addresses that operators watch.
//!
//! No tables, no actions: a desk reads. Where its reader may see figures but not the rows behind them
//! the counting runs under [`crate::db::Task::Report`] and only sums come back; the public site runs
//! under [`crate::db::Task::PublicSite`] whoever reads it, so that it shows staff nothing that it
//! would not show a stranger. Promises: the committee never sees a name or a small count, an
//! organisation never learns of another's seats, `/livez` never waits for the database.

use crate::access::{APPLICANT, Access, INSTRUCTOR, STAFF};
use crate::db::Role;
use crate::web::Routes;

pub mod api;
pub mod bulk;
pub mod record;
mod pages;
pub mod probes;
pub mod queries;
pub mod rules;

/// The steering committee.
const COMMITTEE: Access = Access::Only(&[Role::Committee]);
/// People who speak for an organisation.
const MEMBER: Access = Access::Only(&[Role::Liaison, Role::Representative, Role::Supervisor]);

/// The routes of this room.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .watch("/livez", probes::livez)
        .watch("/readyz", probes::readyz)
        .watch("/metrics", probes::metrics)
        .get("/", Access::Public, pages::public::landing)
        .get("/calls/{code}", Access::Public, pages::public::call)
        .get("/curriculum", Access::Public, pages::public::curriculum)
        .get("/selection", Access::Public, pages::public::selection)
        .get("/privacy", Access::Public, pages::public::privacy)
        .get("/targets", Access::Public, pages::public::targets)
        .get("/me", APPLICANT, pages::me::home)
        .get("/desk", STAFF, pages::today::home)
        .get("/cohorts/{cohort}", STAFF, pages::cohort::glance)
        .get("/committee", COMMITTEE, pages::figures::committee)
        .get("/committee.csv", COMMITTEE, pages::figures::committee_file)
        .get("/committee.xlsx", COMMITTEE, pages::figures::committee_file)
        .get(
            "/programmes/{programme}/placements/desk",
            STAFF,
            pages::placements::desk,
        )
        .get(
            "/programmes/{programme}/placements/desk.csv",
            STAFF,
            pages::placements::file,
        )
        .get(
            "/programmes/{programme}/placements/desk.xlsx",
            STAFF,
            pages::placements::file,
        )
        .get("/organisation", MEMBER, pages::figures::organisation)
        .get("/teaching", INSTRUCTOR, pages::teaching::home)
        .get("/search", STAFF, pages::search::search)
        .and(pages::history::routes())
        .and(api::routes())
}
