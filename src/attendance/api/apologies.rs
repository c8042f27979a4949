//! Apologies over the API, and a trainee's own attendance.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, OwnEnrolment, STAFF};
use crate::error::{Error, Result};
use crate::ids::{ApologyId, ClassId};
use crate::web::api::{Given, list};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::super::actions;
use super::super::pages::{apologies_wanted, read_decision, read_reason};
use super::super::queries;
use super::super::rules::{Hours, rate};
use super::{staff, word};

/// A trainee's apology for a session.
#[derive(Serialize, ToSchema)]
struct Apology {
    id: Uuid,
    class: Uuid,
    enrolment: Uuid,
    trainee: String,
    trainee_number: String,
    starts_at: DateTime<Utc>,
    reason: String,
    /// sent, withdrawn, accepted or declined.
    state: String,
    /// Why, once decided.
    decision_reason: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    version: i32,
}

fn shown(it: queries::Apology) -> Apology {
    Apology {
        id: it.id.0,
        class: it.session_id.0,
        enrolment: it.enrolment_id.0,
        trainee: it.name_shown,
        trainee_number: it.trainee_number,
        starts_at: it.starts_at,
        reason: it.reason,
        state: it.state,
        decision_reason: it.decision_reason,
        decided_at: it.decided_at,
        created_at: it.created_at,
        version: it.version,
    }
}

/// An apology to send; evidence is sent by the page.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewApology {
    class: Uuid,
    #[schema(max_length = 1000)]
    reason: String,
}

/// A decision of an apology.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApologyDecision {
    /// accept or decline.
    #[schema(example = "accept")]
    verdict: String,
    /// The trainee reads it.
    #[schema(max_length = 1000)]
    reason: String,
    version: i32,
}

/// A session of one's own.
#[derive(Serialize, ToSchema)]
struct OwnAttendance {
    class: Uuid,
    module: Uuid,
    module_code: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    cancelled: bool,
    signed_off: bool,
    /// present, late, excused or absent; null before the register is signed off.
    state: Option<String>,
    minutes: Option<i32>,
}

/// One's own rate in a module, by hours.
#[derive(Serialize, ToSchema)]
struct OwnRate {
    module: Uuid,
    /// Hundredths of a percent.
    rate: Option<u16>,
    minutes_held: i64,
    minutes_attended: i64,
    minutes_excused: i64,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Apology>()
        .schema_from::<NewApology>()
        .schema_from::<ApologyDecision>()
        .schema_from::<OwnAttendance>()
        .schema_from::<OwnRate>()
}

const LIST: &[(&str, &str)] = &[
    ("state", "Only apologies in this state."),
    (
        "q",
        "Part of a trainee’s name or number, or of a module’s code.",
    ),
    ("after", "The `next` of the page before."),
];

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let mine = "/api/v1/me/enrolments/{enrolment}/apologies";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, "/api/v1/cohorts/{cohort}/apologies", STAFF, all,
            read("listApologies", "Apologies of a cohort, the newest first.", "Apology[]").asking(LIST))
        .api(Method::Post, "/api/v1/cohorts/{cohort}/apologies/{apology}/decide", STAFF, decide,
            write("decideApology", "Decides an apology; the trainee is written to.", Some("ApologyDecision"), (200, "Apology")))
        .api(Method::Get, mine, APPLICANT, own_all,
            read("listOwnApologies", "One’s own apologies, the newest first.", "Apology[]"))
        .api(Method::Post, mine, APPLICANT, send,
            write("sendApology", "Says beforehand why one cannot come.", Some("NewApology"), (201, "Apology")))
        .api(Method::Post, "/api/v1/me/apologies/{apology}/withdraw", APPLICANT, withdraw,
            write("withdrawApology", "Takes an apology back.", None, (200, "Apology")))
        .api(Method::Get, "/api/v1/me/enrolments/{enrolment}/attendance", APPLICANT, sessions,
            read("listOwnAttendance", "One’s own sessions and what counts of them.", "OwnAttendance[]"))
        .api(Method::Get, "/api/v1/me/enrolments/{enrolment}/attendance/rates", APPLICANT, rates,
            read("listOwnRates", "One’s own rate by hours in each module.", "OwnRate[]"))
}

fn all(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let (wanted, after) = (apologies_wanted(query), Cursor::from_query(query));
    let page = queries::apologies(cx.conn, &staff, &wanted, after.as_ref(), PAGE)?;
    list(page, shown)
}

fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id: ApologyId = cx.request().param("apology")?;
    queries::apology(cx.conn, &staff, id)?;
    let said: ApologyDecision = cx.json()?;
    let pairs = Given::new()
        .set("verdict", Some(said.verdict))
        .set("reason", Some(said.reason))
        .alone();
    let mut form = Form::new(&pairs);
    let (verdict, reason) = read_decision(&mut form);
    form.done()?;
    let verdict = verdict.ok_or(Error::NotFound)?;
    actions::decide(cx.conn, &staff, (id, said.version), verdict, &reason)?;
    Reply::json(200, &shown(queries::apology(cx.conn, &staff, id)?))
}

fn own(cx: &mut Cx<'_, '_>) -> Result<OwnEnrolment> {
    access::own_enrolment(cx.conn, cx.request().param("enrolment")?)
}

fn own_all(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let rows = queries::own_apologies(cx.conn, &own)?;
    list(Page { rows, next: None }, shown)
}

fn send(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let enrolment = own(cx)?;
    let new: NewApology = cx.json()?;
    let pairs = Given::new().set("reason", Some(new.reason)).alone();
    let mut form = Form::new(&pairs);
    let reason = read_reason(&mut form);
    form.done()?;
    let id = actions::send(cx.conn, &enrolment, ClassId(new.class), &reason, None)?;
    let person = access::own(cx.conn)?;
    Reply::json(201, &shown(queries::own_apology(cx.conn, &person, id)?))
}

fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let person = access::own(cx.conn)?;
    let id: ApologyId = cx.request().param("apology")?;
    actions::withdraw(cx.conn, &person, id)?;
    Reply::json(200, &shown(queries::own_apology(cx.conn, &person, id)?))
}

fn sessions(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let rows = queries::own_sessions(cx.conn, &own)?;
    list(Page { rows, next: None }, |it| OwnAttendance {
        class: it.id.0,
        module: it.module_id.0,
        starts_at: it.starts_at,
        ends_at: it.ends_at,
        cancelled: it.cancelled,
        signed_off: it.signed_off,
        state: word(it.presence()),
        minutes: it.minutes,
        module_code: it.module_code,
    })
}

fn rates(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let policy = queries::policy_of(cx.conn, &own)?;
    let rows = queries::hours_of(cx.conn, &own)?;
    list(Page { rows, next: None }, |it| {
        let hours: Hours = it.hours;
        OwnRate {
            module: it.module.0,
            rate: rate(&hours, policy.excused).map(|it| it.0),
            minutes_held: hours.held,
            minutes_attended: hours.attended,
            minutes_excused: hours.excused,
        }
    })
}
