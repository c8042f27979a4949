//! The histories of records over the API, as their pages tell them: in the reader's words and as far
//! as the reader may see.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, STAFF};
use crate::audit;
use crate::error::Result;
use crate::ids::{ApplicationId, CohortId, EnrolmentId, OrganisationId, PersonId, ProgrammeId};
use crate::organisations;
use crate::web::api::list;
use crate::web::fields::HistoryLine;
use crate::web::paging::Page;
use crate::web::{Cx, Method, Operation, Reply, Routes};

/// A line of a record's history.
#[derive(Serialize, ToSchema)]
struct HistoryEntry {
    /// When, in RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// Who, where the reader may know; otherwise in which role.
    who: String,
    /// What, in the account's language.
    what: String,
}

impl From<HistoryLine> for HistoryEntry {
    fn from(it: HistoryLine) -> Self {
        Self {
            at: it.datetime,
            who: it.who,
            what: it.what,
        }
    }
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<HistoryEntry>()
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let read = |id| Operation::read(id, "What happened, the newest first.", "HistoryEntry[]");
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/programmes/{programme}/history",
            STAFF,
            of_programme,
            read("listProgrammeHistory"),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/history",
            STAFF,
            of_cohort,
            read("listCohortHistory"),
        )
        .api(
            Method::Get,
            "/api/v1/applications/{application}/history",
            STAFF,
            of_application,
            read("listApplicationHistory"),
        )
        .api(
            Method::Get,
            "/api/v1/people/{person}/history",
            STAFF,
            of_person,
            read("listPersonHistory"),
        )
        .api(
            Method::Get,
            "/api/v1/organisations/{organisation}/history",
            STAFF,
            of_organisation,
            read("listOrganisationHistory"),
        )
        .api(
            Method::Get,
            "/api/v1/me/applications/{application}/history",
            APPLICANT,
            of_own_application,
            read("listOwnApplicationHistory"),
        )
        .api(
            Method::Get,
            "/api/v1/me/enrolments/{enrolment}/history",
            APPLICANT,
            of_own_enrolment,
            read("listOwnEnrolmentHistory"),
        )
}

/// The lines about a record that the caller has shown to be the reader's.
fn lines(cx: &mut Cx<'_, '_>, subject: Uuid) -> Result<Reply> {
    let lang = cx.lang();
    let rows = audit::lines(cx.conn, subject, lang)?;
    list(Page { rows, next: None }, HistoryEntry::from)
}

fn of_programme(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: ProgrammeId = cx.request().param("programme")?;
    access::programme_staff(cx.conn, id)?;
    lines(cx, id.0)
}

fn of_cohort(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: CohortId = cx.request().param("cohort")?;
    access::cohort_staff(cx.conn, id)?;
    lines(cx, id.0)
}

fn of_application(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: ApplicationId = cx.request().param("application")?;
    access::application_staff(cx.conn, id)?;
    lines(cx, id.0)
}

fn of_person(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: PersonId = cx.request().param("person")?;
    access::person_staff(cx.conn, id)?;
    lines(cx, id.0)
}

fn of_organisation(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: OrganisationId = cx.request().param("organisation")?;
    let desk = access::desk(cx.conn)?;
    organisations::queries::find(cx.conn, &desk, id)?;
    lines(cx, id.0)
}

fn of_own_application(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: ApplicationId = cx.request().param("application")?;
    access::own_application(cx.conn, id)?;
    lines(cx, id.0)
}

fn of_own_enrolment(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: EnrolmentId = cx.request().param("enrolment")?;
    access::own_enrolment(cx.conn, id)?;
    lines(cx, id.0)
}
