//! Pages of the curriculum: the office's below `/programmes/{programme}/curriculum`, a trainee's
//! exemptions below their enrolment, everybody's module.

use crate::access::{self, APPLICANT, Access, ProgrammeStaff, STAFF};
use crate::error::Result;
use crate::ids::ModuleId;
use crate::lang::Lang;
use crate::web::forms::pair;
use crate::web::{Cx, Routes};

use super::queries::{self, Version};

mod confirm;
pub(super) mod exemptions;
pub(super) mod forms;
mod graph;
pub(super) mod list;
pub(super) mod lists;
pub(super) mod own;
mod places;
mod public;
mod record;

/// Room for a document that is too large, so that its sender is told so on the page.
const UPLOAD_LIMIT: usize = 16 * 1024 * 1024;

/// Routes of the room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get(
            "/curriculum/{programme_code}/{code}",
            Access::Public,
            public::module,
        )
        .and(module_routes())
        .and(list_routes())
        .and(exemption_routes())
}

#[rustfmt::skip]
fn module_routes() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/curriculum", STAFF, list::page)
        .get("/programmes/{programme}/curriculum.csv", STAFF, list::file)
        .get("/programmes/{programme}/curriculum.xlsx", STAFF, list::file)
        .get("/programmes/{programme}/curriculum/graph", STAFF, graph::page)
        .get("/programmes/{programme}/curriculum/new", STAFF, forms::new)
        .post("/programmes/{programme}/curriculum/new", STAFF, forms::create)
        .get("/programmes/{programme}/curriculum/modules/{module}", STAFF, record::page)
        .get("/programmes/{programme}/curriculum/modules/{module}/history.csv", STAFF, record::history_file)
        .get("/programmes/{programme}/curriculum/modules/{module}/history.xlsx", STAFF, record::history_file)
        .get("/programmes/{programme}/curriculum/modules/{module}/draft", STAFF, forms::edit)
        .post("/programmes/{programme}/curriculum/modules/{module}/draft", STAFF, forms::save)
        .get("/programmes/{programme}/curriculum/modules/{module}/publish", STAFF, confirm::ask_publish)
        .post("/programmes/{programme}/curriculum/modules/{module}/publish", STAFF, confirm::publish)
        .get("/programmes/{programme}/curriculum/modules/{module}/discard", STAFF, confirm::ask_discard)
        .post("/programmes/{programme}/curriculum/modules/{module}/discard", STAFF, confirm::discard)
        .post("/programmes/{programme}/curriculum/modules/{module}/place", STAFF, places::place)
        .get("/programmes/{programme}/curriculum/modules/{module}/archive", STAFF, places::ask_archive)
        .post("/programmes/{programme}/curriculum/modules/{module}/archive", STAFF, places::archive)
        .post("/programmes/{programme}/curriculum/modules/{module}/restore", STAFF, places::restore)
}

#[rustfmt::skip]
fn list_routes() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/competencies", STAFF, lists::competencies)
        .get("/programmes/{programme}/competencies.csv", STAFF, lists::competencies_file)
        .get("/programmes/{programme}/competencies.xlsx", STAFF, lists::competencies_file)
        .get("/programmes/{programme}/competencies/new", STAFF, lists::new_competency)
        .post("/programmes/{programme}/competencies/new", STAFF, lists::add_competency)
        .get("/programmes/{programme}/competencies/{competency}", STAFF, lists::edit_competency)
        .get("/programmes/{programme}/competencies/{competency}/history.csv", STAFF, lists::competency_history)
        .get("/programmes/{programme}/competencies/{competency}/history.xlsx", STAFF, lists::competency_history)
        .post("/programmes/{programme}/competencies/{competency}", STAFF, lists::change_competency)
        .get("/programmes/{programme}/competencies/{competency}/archive", STAFF, lists::ask_archive_competency)
        .post("/programmes/{programme}/competencies/{competency}/archive", STAFF, lists::archive_competency)
        .get("/programmes/{programme}/references", STAFF, lists::references)
        .get("/programmes/{programme}/references.csv", STAFF, lists::references_file)
        .get("/programmes/{programme}/references.xlsx", STAFF, lists::references_file)
        .get("/programmes/{programme}/references/new", STAFF, lists::new_reference)
        .post("/programmes/{programme}/references/new", STAFF, lists::add_reference)
        .get("/programmes/{programme}/references/{reference}", STAFF, lists::edit_reference)
        .get("/programmes/{programme}/references/{reference}/history.csv", STAFF, lists::reference_history)
        .get("/programmes/{programme}/references/{reference}/history.xlsx", STAFF, lists::reference_history)
        .post("/programmes/{programme}/references/{reference}", STAFF, lists::change_reference)
        .get("/programmes/{programme}/references/{reference}/archive", STAFF, lists::ask_archive_reference)
        .post("/programmes/{programme}/references/{reference}/archive", STAFF, lists::archive_reference)
}

#[rustfmt::skip]
fn exemption_routes() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/exemptions", STAFF, exemptions::page)
        .get("/programmes/{programme}/exemptions.csv", STAFF, exemptions::file)
        .get("/programmes/{programme}/exemptions.xlsx", STAFF, exemptions::file)
        .get("/programmes/{programme}/exemptions/{exemption}", STAFF, exemptions::record)
        .get("/programmes/{programme}/exemptions/{exemption}/history.csv", STAFF, exemptions::history_file)
        .get("/programmes/{programme}/exemptions/{exemption}/history.xlsx", STAFF, exemptions::history_file)
        .post("/programmes/{programme}/exemptions/{exemption}", STAFF, exemptions::draft)
        .get("/programmes/{programme}/exemptions/{exemption}/decide", STAFF, exemptions::ask)
        .post("/programmes/{programme}/exemptions/{exemption}/decide", STAFF, exemptions::decide)
        .get("/programmes/{programme}/exemptions/{exemption}/evidence", STAFF, exemptions::evidence)
        .get("/me/enrolments/{enrolment}/exemptions", APPLICANT, own::page)
        .post_free("/me/enrolments/{enrolment}/exemptions", APPLICANT, own::ask)
        .limit(UPLOAD_LIMIT)
        .get("/me/enrolments/{enrolment}/exemptions/{exemption}", APPLICANT, own::record)
        .get("/me/enrolments/{enrolment}/exemptions/{exemption}/evidence", APPLICANT, own::evidence)
        .get("/me/enrolments/{enrolment}/exemptions/{exemption}/withdraw", APPLICANT, own::ask_withdraw)
        .post("/me/enrolments/{enrolment}/exemptions/{exemption}/withdraw", APPLICANT, own::withdraw)
}

/// Staff of the programme of the address.
pub(super) fn staff(cx: &Cx<'_, '_>) -> Result<ProgrammeStaff> {
    access::programme_staff(cx.conn, cx.request().param("programme")?)
}

/// Staff, and the versions of the module of the address, the newest first.
pub(super) fn module(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, ModuleId, Vec<Version>)> {
    let staff = staff(cx)?;
    let id = cx.request().param("module")?;
    let versions = queries::of_module(cx.conn, &staff, id)?;
    Ok((staff, id, versions))
}

/// The address of the curriculum.
fn home(staff: &ProgrammeStaff) -> String {
    format!("/programmes/{}/curriculum", staff.programme())
}

/// The address of a module.
fn at(staff: &ProgrammeStaff, module: ModuleId) -> String {
    format!("{}/modules/{module}", home(staff))
}

/// The way from the programme to a page of its curriculum; `more` are the pages between.
fn crumbs(
    lang: Lang,
    staff: &ProgrammeStaff,
    more: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let mut crumbs = vec![
        (
            format!("/programme?programme={}", staff.programme()),
            lang.nav_programme().to_owned(),
        ),
        (home(staff), lang.curriculum_title().to_owned()),
    ];
    crumbs.extend(more);
    crumbs
}
