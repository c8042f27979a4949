//! Pages of offers: the applicant's answer, the release, the desk's lists.

use crate::access::{APPLICANT, Access, STAFF};
use crate::cohorts::queries::PoolRow;
use crate::ids::PoolId;
use crate::lang::Lang;
use crate::web::Routes;

use super::rules::OfferState;

pub(super) mod list;
mod own;
mod record;
mod release;
pub(super) mod waitlist;

/// The routes of this room.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/me/offers/{offer}", APPLICANT, own::page)
        .post("/me/offers/{offer}", APPLICANT, own::answer)
        .post(
            "/me/applications/{application}/withdraw",
            APPLICANT,
            own::withdraw,
        )
        .get("/link/offer/{token}", Access::Public, own::link_page)
        .post("/link/offer/{token}", Access::Public, own::link_answer)
        .get("/cohorts/{cohort}/release", STAFF, release::page)
        .post("/cohorts/{cohort}/release", STAFF, release::carry_out)
        .get("/cohorts/{cohort}/offers", STAFF, list::page)
        .get("/cohorts/{cohort}/offers.csv", STAFF, list::csv)
        .get("/cohorts/{cohort}/offers.xlsx", STAFF, list::xlsx)
        .get("/cohorts/{cohort}/offers/{offer}", STAFF, record::page)
        .post(
            "/cohorts/{cohort}/offers/{offer}/extend",
            STAFF,
            record::extend,
        )
        .get(
            "/cohorts/{cohort}/offers/{offer}/withdraw",
            STAFF,
            record::confirm,
        )
        .post(
            "/cohorts/{cohort}/offers/{offer}/withdraw",
            STAFF,
            record::withdraw,
        )
        .get("/cohorts/{cohort}/waitlist", STAFF, waitlist::page)
        .get("/cohorts/{cohort}/waitlist.csv", STAFF, waitlist::csv)
        .get("/cohorts/{cohort}/waitlist.xlsx", STAFF, waitlist::xlsx)
}

/// The shape of an offer's state beside its word.
pub(super) fn tag(state: OfferState) -> &'static str {
    match state {
        OfferState::Open => "wait",
        OfferState::Accepted => "ok",
        OfferState::Declined | OfferState::Expired | OfferState::Withdrawn => "bad",
    }
}

/// A pool's name as staff read it.
pub(super) fn pool_name(lang: Lang, pool: &PoolRow) -> String {
    match (&pool.organisation_en, &pool.organisation_zh) {
        (Some(en), Some(zh)) => lang.pick(en, zh).clone(),
        (None, _) | (_, None) => lang.pool_open().to_owned(),
    }
}

/// The name of one of these pools.
pub(super) fn name_of(lang: Lang, pools: &[PoolRow], id: PoolId) -> String {
    pools
        .iter()
        .find(|pool| pool.id == id)
        .map(|pool| pool_name(lang, pool))
        .unwrap_or_default()
}
