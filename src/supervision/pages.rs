//! Pages during a placement, below the record of each reader (`hosting`); the institution's logs that wait, the
//! office's desk and incidents; and the supervisor's private links.

use crate::access::{APPLICANT, Access, STAFF};
use crate::db::Role;
use crate::web::Routes;

mod desk;
mod evaluations;
mod incidents;
mod link;
mod logs;
mod matters;
mod waiting;
pub(super) mod week;

/// Those who speak for an institution about its placements.
pub(super) const HOST: Access = Access::Only(&[Role::Representative]);

/// Routes of the room.
pub(super) fn routes() -> Routes {
    office().and(host()).and(trainee()).and(links())
}

#[rustfmt::skip]
fn office() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/placements/supervision", STAFF, desk::list)
        .get("/programmes/{programme}/placements/supervision.csv", STAFF, desk::file)
        .get("/programmes/{programme}/placements/supervision.xlsx", STAFF, desk::file)
        .get("/programmes/{programme}/placements/hours.csv", STAFF, desk::hours)
        .get("/programmes/{programme}/placements/hours.xlsx", STAFF, desk::hours)
        .get("/programmes/{programme}/placements/incidents", STAFF, incidents::list)
        .get("/programmes/{programme}/placements/incidents.csv", STAFF, incidents::file)
        .get("/programmes/{programme}/placements/incidents.xlsx", STAFF, incidents::file)
        .get("/programmes/{programme}/placements/incidents/{incident}", STAFF, incidents::page)
        .post("/programmes/{programme}/placements/incidents/{incident}", STAFF, incidents::save)
        .get("/programmes/{programme}/placements/placed/{placement}/logs", STAFF, logs::page)
        .get("/programmes/{programme}/placements/placed/{placement}/logs.csv", STAFF, logs::file)
        .get("/programmes/{programme}/placements/placed/{placement}/logs.xlsx", STAFF, logs::file)
        .get("/programmes/{programme}/placements/placed/{placement}/logs/{week}", STAFF, week::page)
        .post("/programmes/{programme}/placements/placed/{placement}/logs/{week}", STAFF, week::decide)
        .post("/programmes/{programme}/placements/placed/{placement}/logs/{week}/ask", STAFF, week::ask_again)
        .get("/programmes/{programme}/placements/placed/{placement}/evaluations/{point}", STAFF, evaluations::page)
        .get("/programmes/{programme}/placements/placed/{placement}/matters/{matter}", STAFF, matters::edit)
        .post("/programmes/{programme}/placements/placed/{placement}/matters/{matter}", STAFF, matters::save)
        .get("/programmes/{programme}/placements/placed/{placement}/visits/{visit}", STAFF, matters::visit)
        .post("/programmes/{programme}/placements/placed/{placement}/visits/{visit}", STAFF, matters::settle_visit)
}

#[rustfmt::skip]
fn host() -> Routes {
    Routes::new()
        .get("/organisation/logs", HOST, waiting::list)
        .post("/organisation/logs", HOST, waiting::approve)
        .get("/organisation/logs.csv", HOST, waiting::file)
        .get("/organisation/logs.xlsx", HOST, waiting::file)
        .get("/organisation/placed/{placement}/logs", HOST, logs::page)
        .get("/organisation/placed/{placement}/logs.csv", HOST, logs::file)
        .get("/organisation/placed/{placement}/logs.xlsx", HOST, logs::file)
        .get("/organisation/placed/{placement}/logs/{week}", HOST, week::page)
        .post("/organisation/placed/{placement}/logs/{week}", HOST, week::decide)
        .get("/organisation/placed/{placement}/evaluations/{point}", HOST, evaluations::page)
        .post("/organisation/placed/{placement}/evaluations/{point}", HOST, evaluations::save)
        .get("/organisation/placed/{placement}/incident", HOST, incidents::new)
        .post("/organisation/placed/{placement}/incident", HOST, incidents::report)
}

#[rustfmt::skip]
fn trainee() -> Routes {
    Routes::new()
        .get("/me/placed/{placement}/logs", APPLICANT, logs::page)
        .get("/me/placed/{placement}/logs.csv", APPLICANT, logs::file)
        .get("/me/placed/{placement}/logs.xlsx", APPLICANT, logs::file)
        .get("/me/placed/{placement}/logs/{week}", APPLICANT, week::page)
        .post("/me/placed/{placement}/logs/{week}", APPLICANT, week::save)
        .get("/me/placed/{placement}/evaluations/{point}", APPLICANT, evaluations::page)
        .post("/me/placed/{placement}/evaluations/{point}", APPLICANT, evaluations::save)
        .get("/me/placed/{placement}/review", APPLICANT, evaluations::review)
        .post("/me/placed/{placement}/review", APPLICANT, evaluations::save_review)
        .get("/me/placed/{placement}/incident", APPLICANT, incidents::new)
        .post("/me/placed/{placement}/incident", APPLICANT, incidents::report)
}

#[rustfmt::skip]
fn links() -> Routes {
    Routes::new()
        .get("/link/log/{token}", Access::Public, link::log)
        .post("/link/log/{token}", Access::Public, link::answer)
        .get("/link/evaluation/{token}", Access::Public, link::evaluation)
        .post("/link/evaluation/{token}", Access::Public, link::evaluate)
}
