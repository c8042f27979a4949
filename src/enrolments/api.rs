//! Enrolments over the API: a cohort's for staff, one's own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, CohortStaff, OwnEnrolment, STAFF};
use crate::error::Result;
use crate::ids::{EnrolmentId, OfferId, PicsId};
use crate::people::rules::Phone;
use crate::web::api::{Given, list, no_choice};
use crate::web::exports;
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions;
use super::pages::{csv, xlsx};
use super::queries::{self, Filter};
use super::rules::{EmergencyContact, EnrolmentEvent, EnrolmentForm, EnrolmentState};

/// An enrolment.
#[derive(Serialize, ToSchema)]
struct Enrolment {
    id: Uuid,
    cohort: Uuid,
    application: Uuid,
    offer: Uuid,
    /// Such as `T2027-0001`.
    trainee_number: String,
    certificate_name: String,
    name: String,
    /// enrolled, active, completed, withdrawn, failed, deferred or suspended.
    state: String,
    created_at: DateTime<Utc>,
}

impl From<queries::Enrolment> for Enrolment {
    fn from(it: queries::Enrolment) -> Self {
        Self {
            id: it.id.0,
            cohort: it.cohort_id.0,
            application: it.application_id.0,
            offer: it.offer_id.0,
            trainee_number: it.trainee_number,
            certificate_name: it.certificate_name,
            name: it.name_shown,
            state: it.state,
            created_at: it.created_at,
        }
    }
}

/// An enrolment whole, with whom to call.
#[derive(Serialize, ToSchema)]
struct EnrolmentWhole {
    id: Uuid,
    cohort: Uuid,
    application: Uuid,
    offer: Uuid,
    /// Such as `T2027-0001`.
    trainee_number: String,
    certificate_name: String,
    name: String,
    /// enrolled, active, completed, withdrawn, failed, deferred or suspended.
    state: String,
    created_at: DateTime<Utc>,
    contact_name: String,
    contact_relationship: String,
    contact_phone: String,
}

/// A step that moves no seat.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnrolmentStep {
    /// activate, suspend or resume.
    #[schema(example = "activate")]
    step: String,
}

/// Why a trainee has left; the trainee reads it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnrolmentWithdrawal {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// What enrolling into an accepted seat asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEnrolment {
    /// The accepted offer.
    offer: Uuid,
    certificate_name: String,
    contact_name: String,
    contact_relationship: String,
    #[schema(example = "+85291234567")]
    contact_phone: String,
    /// Id of the statement on personal data in force, as the offer names it.
    accepted_pics: Uuid,
    #[schema(example = true)]
    accepts_agreement: bool,
    #[serde(default)]
    allows_photographs: bool,
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Enrolment>()
        .schema_from::<EnrolmentWhole>()
        .schema_from::<EnrolmentStep>()
        .schema_from::<EnrolmentWithdrawal>()
        .schema_from::<NewEnrolment>()
}

const LIST: &[(&str, &str)] = &[
    ("state", "Only enrolments in this state."),
    ("q", "Part of a name or number."),
    ("sort", "name (the default) or number."),
    ("after", "The `next` of the page before."),
];

/// The operations of the room.
#[must_use]
pub fn routes() -> Routes {
    let one = "/api/v1/cohorts/{cohort}/enrolments/{enrolment}";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/enrolments",
            STAFF,
            enrolments,
            read("listEnrolments", "Trainees of a cohort.", "Enrolment[]").asking(LIST),
        )
        .api(
            Method::Get,
            one,
            STAFF,
            one_of_cohort,
            read("getEnrolment", "One trainee's record.", "EnrolmentWhole").versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/enrolments/{enrolment}/steps",
            STAFF,
            settle,
            write(
                "stepEnrolment",
                "Records that a trainee begins, is suspended or comes back.",
                Some("EnrolmentStep"),
                (200, "EnrolmentWhole"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/enrolments/{enrolment}/withdraw",
            STAFF,
            withdraw,
            write(
                "withdrawEnrolment",
                "Records that a trainee has left; the seat goes back.",
                Some("EnrolmentWithdrawal"),
                (200, "EnrolmentWhole"),
            )
            .versioned(),
        )
        .and(own_routes())
        .and(export_routes())
}

fn own_routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/me/enrolments",
            APPLICANT,
            enrol,
            write(
                "enrol",
                "Enrols into the seat of an accepted offer.",
                Some("NewEnrolment"),
                (201, "EnrolmentWhole"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            "/api/v1/me/enrolments/{enrolment}",
            APPLICANT,
            show,
            read("getOwnEnrolment", "One's own enrolment.", "EnrolmentWhole").versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/me/enrolments/{enrolment}/withdraw",
            APPLICANT,
            leave,
            write(
                "leaveEnrolment",
                "Leaves; the seat goes back.",
                None,
                (200, "EnrolmentWhole"),
            )
            .versioned(),
        )
}

fn export_routes() -> Routes {
    let read = Operation::read;
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/enrolments.csv",
            STAFF,
            csv,
            read("exportEnrolmentsCsv", "The list as CSV.", "text/csv").asking(LIST),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/enrolments.xlsx",
            STAFF,
            xlsx,
            read(
                "exportEnrolmentsXlsx",
                "The list as a spreadsheet.",
                exports::XLSX,
            )
            .asking(LIST),
        )
}

fn enrolments(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = access::cohort_staff(cx.conn, cx.visit.request.param("cohort")?)?;
    let query = &cx.visit.request.query;
    let filter = Filter {
        state: query
            .get("state")
            .and_then(EnrolmentState::parse)
            .map(|it| it.as_str().to_owned()),
        text: query
            .get("q")
            .filter(|it| !it.is_empty())
            .map(str::to_owned),
        by_number: query.has("sort", "number"),
    };
    let after = Cursor::from_query(query);
    let page = queries::list(cx.conn, &staff, &filter, after.as_ref(), PAGE)?;
    list(page, Enrolment::from)
}

/// An enrolment with its contact, as whoever is declared may read it.
fn whole(cx: &mut Cx<'_, '_>, it: queries::Enrolment, status: u16) -> Result<Reply> {
    let contact = queries::contact(cx.conn, it.id)?;
    let version = it.version;
    let it = Enrolment::from(it);
    let shown = EnrolmentWhole {
        id: it.id,
        cohort: it.cohort,
        application: it.application,
        offer: it.offer,
        trainee_number: it.trainee_number,
        certificate_name: it.certificate_name,
        name: it.name,
        state: it.state,
        created_at: it.created_at,
        contact_name: contact.name,
        contact_relationship: contact.relationship,
        contact_phone: contact.phone,
    };
    Ok(Reply::json(status, &shown)?.with_version(version))
}

fn shown(cx: &mut Cx<'_, '_>, own: &OwnEnrolment, status: u16) -> Result<Reply> {
    let enrolment = queries::own(cx.conn, own)?;
    whole(cx, enrolment, status)
}

/// The cohort's staff and the enrolment of the address.
fn of_cohort(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, EnrolmentId)> {
    let staff = access::cohort_staff(cx.conn, cx.visit.request.param("cohort")?)?;
    let it = queries::of_cohort(cx.conn, &staff, cx.visit.request.param("enrolment")?)?;
    Ok((staff, it.id))
}

fn shown_to(cx: &mut Cx<'_, '_>, staff: &CohortStaff, id: EnrolmentId) -> Result<Reply> {
    let it = queries::of_cohort(cx.conn, staff, id)?;
    whole(cx, it, 200)
}

fn one_of_cohort(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = of_cohort(cx)?;
    shown_to(cx, &staff, id)
}

/// The steps that move no seat and end nothing: completion confirms, fails and opens again by its own
/// operations, so that none goes past its rules; pauses defer and return.
fn step(word: &str) -> Option<EnrolmentEvent> {
    use EnrolmentEvent as E;
    EnrolmentEvent::parse(word).filter(|it| match it {
        E::Activate | E::Suspend | E::Resume => true,
        E::Complete | E::Fail | E::Reopen | E::Withdraw | E::Defer | E::Return => false,
    })
}

fn settle(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = of_cohort(cx)?;
    let wanted: EnrolmentStep = cx.json()?;
    let event = step(&wanted.step).ok_or_else(|| no_choice("step"))?;
    actions::settle(cx.conn, &staff, id, event)?;
    shown_to(cx, &staff, id)
}

fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = of_cohort(cx)?;
    let said: EnrolmentWithdrawal = cx.json()?;
    let pairs = Given::new().set("reason", Some(said.reason)).alone();
    let mut form = Form::new(&pairs);
    let reason = form.text("reason", 500);
    form.done()?;
    actions::withdraw_by_staff(cx.conn, &staff, id, &reason)?;
    shown_to(cx, &staff, id)
}

fn leave(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: EnrolmentId = cx.request().param("enrolment")?;
    let own = access::own_enrolment(cx.conn, id)?;
    actions::withdraw(cx.conn, &own)?;
    shown(cx, &own, 200)
}

fn enrol(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let new: NewEnrolment = cx.json()?;
    let offer = access::own_offer(cx.conn, OfferId(new.offer))?;
    let typed = new.contact_phone.trim();
    let form = EnrolmentForm {
        certificate_name: new.certificate_name,
        contact: EmergencyContact {
            name: new.contact_name,
            relationship: new.contact_relationship,
            phone: Phone::parse(typed)
                .map_or_else(|_as_typed| typed.to_owned(), |it| it.e164().to_owned()),
        },
        accepted_pics: Some(PicsId(new.accepted_pics)),
        accepts_agreement: new.accepts_agreement,
        allows_photographs: new.allows_photographs,
    };
    let id = actions::enrol(cx.conn, &offer, &form)?;
    let own = access::own_enrolment(cx.conn, id)?;
    Ok(shown(cx, &own, 201)?.with("location", format!("/api/v1/me/enrolments/{id}")))
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: EnrolmentId = cx.request().param("enrolment")?;
    let own = access::own_enrolment(cx.conn, id)?;
    shown(cx, &own, 200)
}
