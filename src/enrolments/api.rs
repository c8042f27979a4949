//! Enrolments over the API: a cohort's list for staff, one's own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, OwnEnrolment, STAFF};
use crate::error::Result;
use crate::ids::{EnrolmentId, OfferId, PicsId};
use crate::people::rules::Phone;
use crate::web::api::list;
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::actions;
use super::queries::{self, Filter};
use super::rules::{EmergencyContact, EnrolmentForm, EnrolmentState};

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

/// What enrolling into an accepted seat asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEnrolment {
    /// The accepted offer.
    offer: Uuid,
    certificate_name: String,
    contact_name: String,
    contact_relationship: String,
    contact_phone: String,
    /// Id of the statement on personal data in force, as the offer names it.
    accepted_pics: Uuid,
    accepts_agreement: bool,
    #[serde(default)]
    allows_photographs: bool,
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Enrolment>().schema_from::<NewEnrolment>()
}

/// The operations of the room.
#[must_use]
pub fn routes() -> Routes {
    const LIST: &[(&str, &str)] = &[
        ("state", "Only enrolments in this state."),
        ("q", "Part of a name or number."),
        ("sort", "name (the default) or number."),
        ("after", "The `next` of the page before."),
    ];
    let all = "/api/v1/cohorts/{cohort}/enrolments";
    let own = "/api/v1/me/enrolments";
    let one = "/api/v1/me/enrolments/{enrolment}";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            all,
            STAFF,
            enrolments,
            read("listEnrolments", "Trainees of a cohort.", "Enrolment[]").asking(LIST),
        )
        .api(
            Method::Post,
            own,
            APPLICANT,
            enrol,
            write(
                "enrol",
                "Enrols into the seat of an accepted offer.",
                Some("NewEnrolment"),
                (201, "Enrolment"),
            ),
        )
        .api(
            Method::Get,
            one,
            APPLICANT,
            show,
            read("getOwnEnrolment", "One's own enrolment.", "Enrolment"),
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

fn shown(cx: &mut Cx<'_, '_>, own: &OwnEnrolment, status: u16) -> Result<Reply> {
    let enrolment = queries::own(cx.conn, own)?;
    Reply::json(status, &Enrolment::from(enrolment))
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
