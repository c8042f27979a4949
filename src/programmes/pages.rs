//! Pages of a programme at the desk: what is promised, how it stands, what it takes.

use crate::access::{self, ADMINISTRATOR, ProgrammeStaff, STAFF};
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::people::rules::Email;
use crate::web::{Cx, Form, Routes};

mod close;
pub(super) mod forms;
mod overview;
mod setup;
pub(super) mod tables;

pub(super) use setup::read_new;

/// Routes of the room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/programmes", STAFF, setup::list)
        .get("/programmes.csv", STAFF, setup::list_file)
        .get("/programmes.xlsx", STAFF, setup::list_file)
        .get("/programmes/new", ADMINISTRATOR, setup::new)
        .post("/programmes/new", ADMINISTRATOR, setup::create)
        .get("/programme", STAFF, overview::page)
        .get("/programme/close", STAFF, close::ask)
        .post("/programme/close", STAFF, close::close)
        .post("/programme/reopen", STAFF, close::reopen)
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
        .get("/programme/history.csv", STAFF, tables::history_file)
        .get("/programme/history.xlsx", STAFF, tables::history_file)
        .get("/programme/holidays.csv", STAFF, tables::holidays_file)
        .get("/programme/holidays.xlsx", STAFF, tables::holidays_file)
        .get(
            "/programme/holidays/history.csv",
            STAFF,
            tables::holidays_history_file,
        )
        .get(
            "/programme/holidays/history.xlsx",
            STAFF,
            tables::holidays_history_file,
        )
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

/// The address for questions: an e-mail address, as written to.
fn contact(form: &mut Form<'_>) -> String {
    let typed = form.text("contact_email", 200);
    if typed.is_empty() {
        return typed;
    }
    match Email::parse(&typed) {
        Ok(email) => email.address().to_owned(),
        Err(_fault) => {
            form.error("contact_email", "email", |lang| {
                lang.programmes_contact_form().to_owned()
            });
            typed
        }
    }
}
