//! Pages of funding, the office's, below `/programmes/{programme}/placements/funding`.

use crate::access::{ProgrammeStaff, STAFF};
use crate::error::Result;
use crate::ids::FundingSchemeId;
use crate::lang::Lang;
use crate::placements::pages::{crumbs as placement_crumbs, staff, under};
use crate::placements::queries::Side;
use crate::web::{Cx, Routes};

mod claims;
mod scheme;
mod schemes;

/// Routes of the room.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/placements/funding", STAFF, schemes::list)
        .get("/programmes/{programme}/placements/funding.csv", STAFF, schemes::file)
        .get("/programmes/{programme}/placements/funding.xlsx", STAFF, schemes::file)
        .get("/programmes/{programme}/placements/funding/new", STAFF, schemes::new)
        .post("/programmes/{programme}/placements/funding/new", STAFF, schemes::add)
        .get("/programmes/{programme}/placements/funding/{scheme}", STAFF, scheme::page)
        .get("/programmes/{programme}/placements/funding/{scheme}/history.csv", STAFF, scheme::history)
        .get("/programmes/{programme}/placements/funding/{scheme}/history.xlsx", STAFF, scheme::history)
        .get("/programmes/{programme}/placements/funding/{scheme}/months.csv", STAFF, scheme::file)
        .get("/programmes/{programme}/placements/funding/{scheme}/months.xlsx", STAFF, scheme::file)
        .get("/programmes/{programme}/placements/funding/{scheme}/edit", STAFF, schemes::edit)
        .post("/programmes/{programme}/placements/funding/{scheme}/edit", STAFF, schemes::save)
        .get("/programmes/{programme}/placements/funding/{scheme}/archive", STAFF, scheme::ask_archive)
        .post("/programmes/{programme}/placements/funding/{scheme}/archive", STAFF, scheme::archive)
        .post("/programmes/{programme}/placements/funding/{scheme}/restore", STAFF, scheme::restore)
        .get("/programmes/{programme}/placements/funding/{scheme}/placements", STAFF, scheme::choose)
        .post("/programmes/{programme}/placements/funding/{scheme}/placements", STAFF, scheme::fund)
        .get("/programmes/{programme}/placements/funding/{scheme}/placements/{funded}/remove", STAFF, scheme::ask_remove)
        .post("/programmes/{programme}/placements/funding/{scheme}/placements/{funded}/remove", STAFF, scheme::remove)
        .get("/programmes/{programme}/placements/funding/{scheme}/claim", STAFF, claims::ask_claim)
        .post("/programmes/{programme}/placements/funding/{scheme}/claim", STAFF, claims::claim)
        .get("/programmes/{programme}/placements/funding/{scheme}/claims", STAFF, claims::list)
        .get("/programmes/{programme}/placements/funding/{scheme}/claims.csv", STAFF, claims::file)
        .get("/programmes/{programme}/placements/funding/{scheme}/claims.xlsx", STAFF, claims::file)
        .get("/programmes/{programme}/placements/funding/{scheme}/claims/{claim}", STAFF, claims::page)
        .get("/programmes/{programme}/placements/funding/{scheme}/claims/{claim}/history.csv", STAFF, claims::history)
        .get("/programmes/{programme}/placements/funding/{scheme}/claims/{claim}/history.xlsx", STAFF, claims::history)
        .get("/programmes/{programme}/placements/funding/{scheme}/claims/{claim}/steps/{step}", STAFF, claims::ask_step)
        .post("/programmes/{programme}/placements/funding/{scheme}/claims/{claim}/steps/{step}", STAFF, claims::step)
}

/// Where the list of schemes stands.
fn home(staff: &ProgrammeStaff) -> String {
    format!("{}/funding", under(&Side::Office(*staff)))
}

/// Where a scheme stands.
fn at(staff: &ProgrammeStaff, id: FundingSchemeId) -> String {
    format!("{}/{id}", home(staff))
}

/// The way to a page; `more` are the pages between.
fn crumbs(
    lang: Lang,
    staff: &ProgrammeStaff,
    more: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let mut way = vec![(home(staff), lang.fnd_title().to_owned())];
    way.extend(more);
    placement_crumbs(lang, &Side::Office(*staff), way)
}

/// Staff and the scheme of the address.
fn asked(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, FundingSchemeId)> {
    Ok((staff(cx)?, cx.request().param("scheme")?))
}
