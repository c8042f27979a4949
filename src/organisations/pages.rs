//! Pages of organisations at the desk.

use crate::access::STAFF;
use crate::web::Routes;

pub(super) mod forms;
pub(super) mod list;
mod record;

/// Routes of the room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/organisations", STAFF, list::page)
        .get_free("/organisations.csv", STAFF, list::export_list)
        .get_free("/organisations.xlsx", STAFF, list::export_list)
        .get("/organisations/new", STAFF, forms::new)
        .post("/organisations/new", STAFF, forms::create)
        .get("/organisations/{organisation}", STAFF, record::page)
        .get("/organisations/{organisation}/edit", STAFF, forms::edit)
        .post("/organisations/{organisation}/edit", STAFF, forms::update)
        .get(
            "/organisations/{organisation}/archive",
            STAFF,
            record::ask_archive,
        )
        .post(
            "/organisations/{organisation}/archive",
            STAFF,
            record::archive,
        )
        .get(
            "/organisations/{organisation}/contacts/new",
            STAFF,
            forms::new_contact,
        )
        .post(
            "/organisations/{organisation}/contacts/new",
            STAFF,
            forms::add_contact,
        )
        .post(
            "/organisations/{organisation}/contacts/{contact}/archive",
            STAFF,
            record::archive_contact,
        )
        .get(
            "/organisations/{organisation}/partnerships/new",
            STAFF,
            forms::new_partnership,
        )
        .post(
            "/organisations/{organisation}/partnerships/new",
            STAFF,
            forms::add_partnership,
        )
        .get(
            "/organisations/{organisation}/partnerships/{partnership}/end",
            STAFF,
            record::ask_end,
        )
        .post(
            "/organisations/{organisation}/partnerships/{partnership}/end",
            STAFF,
            record::end,
        )
}
