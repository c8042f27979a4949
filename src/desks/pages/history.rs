//! Histories of records as files, behind the same proofs as the pages that show their newest lines.

use crate::access::{self, STAFF};
use crate::audit;
use crate::enrolments;
use crate::error::Result;
use crate::ids::{ApplicationId, CohortId, EnrolmentId, OfferId, OrganisationId, PersonId};
use crate::offers;
use crate::organisations;
use crate::web::{Cx, Reply, Routes};

/// The routes of this file.
pub(in crate::desks) fn routes() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/history.csv", STAFF, of_cohort)
        .get("/cohorts/{cohort}/history.xlsx", STAFF, of_cohort)
        .get(
            "/applications/{application}/history.csv",
            STAFF,
            of_application,
        )
        .get(
            "/applications/{application}/history.xlsx",
            STAFF,
            of_application,
        )
        .get("/people/{person}/history.csv", STAFF, of_person)
        .get("/people/{person}/history.xlsx", STAFF, of_person)
        .get(
            "/organisations/{organisation}/history.csv",
            STAFF,
            of_organisation,
        )
        .get(
            "/organisations/{organisation}/history.xlsx",
            STAFF,
            of_organisation,
        )
        .get(
            "/cohorts/{cohort}/offers/{offer}/history.csv",
            STAFF,
            of_offer,
        )
        .get(
            "/cohorts/{cohort}/offers/{offer}/history.xlsx",
            STAFF,
            of_offer,
        )
        .get(
            "/cohorts/{cohort}/enrolments/{enrolment}/history.csv",
            STAFF,
            of_enrolment,
        )
        .get(
            "/cohorts/{cohort}/enrolments/{enrolment}/history.xlsx",
            STAFF,
            of_enrolment,
        )
}

fn of_cohort(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: CohortId = cx.request().param("cohort")?;
    access::cohort_staff(cx.conn, id)?;
    audit::file(cx.visit, "cohort-history", id.0)
}

fn of_application(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: ApplicationId = cx.request().param("application")?;
    access::application_staff(cx.conn, id)?;
    audit::file(cx.visit, "application-history", id.0)
}

fn of_person(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: PersonId = cx.request().param("person")?;
    access::person_staff(cx.conn, id)?;
    audit::file(cx.visit, "person-history", id.0)
}

fn of_organisation(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: OrganisationId = cx.request().param("organisation")?;
    let desk = access::desk(cx.conn)?;
    organisations::queries::find(cx.conn, &desk, id)?;
    audit::file(cx.visit, "organisation-history", id.0)
}

fn of_offer(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: OfferId = cx.request().param("offer")?;
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    offers::queries::of_cohort(cx.conn, staff.cohort(), id)?;
    audit::file(cx.visit, "offer-history", id.0)
}

fn of_enrolment(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: EnrolmentId = cx.request().param("enrolment")?;
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    enrolments::queries::of_cohort(cx.conn, &staff, id)?;
    audit::file(cx.visit, "enrolment-history", id.0)
}
