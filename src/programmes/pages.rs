//! Pages of a programme at the desk: what is promised, how it stands, what it takes.

use crate::access::{self, ProgrammeStaff, STAFF};
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::web::{Cx, Routes};

pub(super) mod forms;
mod overview;
pub(super) mod tables;

/// Routes of the room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/programme", STAFF, overview::page)
        .get("/programme/edit", STAFF, forms::edit)
        .post("/programme/edit", STAFF, forms::save)
        .post("/programme/plan", STAFF, overview::keep)
        .get("/programme/targets/new", STAFF, forms::new_target)
        .post("/programme/targets/new", STAFF, forms::add_target)
        .get("/programme/targets/{target}", STAFF, forms::edit_target)
        .post("/programme/targets/{target}", STAFF, forms::save_target)
        .get(
            "/programme/targets/{target}/remove",
            STAFF,
            forms::ask_remove,
        )
        .post("/programme/targets/{target}/remove", STAFF, forms::remove)
        .get("/programme/sources/new", STAFF, forms::new_source)
        .post("/programme/sources/new", STAFF, forms::add_source)
        .get("/programme/pics/new", STAFF, forms::new_pics)
        .post("/programme/pics/new", STAFF, forms::publish_pics)
        .get("/programme/holidays", STAFF, tables::holidays)
        .post("/programme/holidays", STAFF, tables::set_holiday)
        .post("/programme/holidays/load", STAFF, tables::load)
}

/// The programme that the address or form names, or the first that the desk reaches.
fn chosen(cx: &Cx<'_, '_>) -> Result<ProgrammeStaff> {
    let request = cx.request();
    let named = request
        .query
        .get("programme")
        .or_else(|| request.form().get("programme"));
    let wanted = match named.filter(|text| !text.is_empty()) {
        Some(text) => Some(text.parse().map_err(|_malformed| Error::NotFound)?),
        None => None,
    };
    access::working_programme(cx.conn, wanted)
}

fn crumbs(lang: Lang, staff: &ProgrammeStaff) -> Vec<(String, String)> {
    vec![(home(staff), lang.nav_programme().to_owned())]
}

fn home(staff: &ProgrammeStaff) -> String {
    format!("/programme?programme={}", staff.programme())
}

fn hidden(staff: &ProgrammeStaff) -> (String, String) {
    ("programme".to_owned(), staff.programme().to_string())
}
