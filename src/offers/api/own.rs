//! One's own offer over the API: read, accept, decline; and withdrawing an application.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{self, APPLICANT, OwnOffer};
use crate::cohorts;
use crate::db;
use crate::error::Result;
use crate::ids::ApplicationId;
use crate::programmes;
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::super::rules::{self, OfferState};
use super::super::{actions, queries};
use super::reason;

/// One's own offer.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnOfferShown {
    id: Uuid,
    application: Uuid,
    cohort: Uuid,
    state: String,
    expires_at: DateTime<Utc>,
    /// Can it be answered now?
    live: bool,
    starts_on: NaiveDate,
    /// Id of the statement on personal data to accept when enrolling.
    pics: Uuid,
    pics_version: String,
}

/// Why somebody declines, if they say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfferDecline {
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let one = "/api/v1/me/offers/{offer}";
    let accept_at = "/api/v1/me/offers/{offer}/accept";
    let decline_at = "/api/v1/me/offers/{offer}/decline";
    let withdraw_at = "/api/v1/me/applications/{application}/withdraw";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            one,
            APPLICANT,
            own_offer,
            read("getOwnOffer", "One's own offer.", "OwnOfferShown").versioned(),
        )
        .api(
            Method::Post,
            accept_at,
            APPLICANT,
            accept,
            write(
                "acceptOffer",
                "Takes the seat.",
                None,
                (200, "OwnOfferShown"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            decline_at,
            APPLICANT,
            decline,
            write(
                "declineOffer",
                "Gives the seat up.",
                Some("OfferDecline"),
                (200, "OwnOfferShown"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            withdraw_at,
            APPLICANT,
            withdraw_own,
            write(
                "withdrawApplication",
                "Withdraws an application in whatever state it is.",
                None,
                (204, ""),
            ),
        )
}

fn mine(cx: &mut Cx<'_, '_>) -> Result<OwnOffer> {
    access::own_offer(cx.conn, cx.visit.request.param("offer")?)
}

fn shown_own(cx: &mut Cx<'_, '_>, own: &OwnOffer) -> Result<Reply> {
    let offer = queries::own(cx.conn, own)?;
    let cohort = cohorts::queries::published(cx.conn, own.cohort())?;
    let pics = programmes::queries::current_pics(cx.conn, own.programme())?;
    let now = db::now(cx.conn)?;
    let state = offer.state()?;
    let shown = OwnOfferShown {
        id: offer.id.0,
        application: offer.application_id.0,
        cohort: offer.cohort_id.0,
        state: offer.state,
        expires_at: offer.expires_at,
        live: state == OfferState::Open && rules::is_live(offer.expires_at, now),
        starts_on: cohort.starts_on,
        pics: pics.id.0,
        pics_version: pics.version,
    };
    Ok(Reply::json(200, &shown)?.with_version(offer.version))
}

fn own_offer(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = mine(cx)?;
    shown_own(cx, &own)
}

fn accept(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = mine(cx)?;
    actions::accept(cx.conn, &own)?;
    shown_own(cx, &own)
}

fn decline(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = mine(cx)?;
    let said: OfferDecline = cx.json()?;
    let reason = reason(said.reason.as_deref())?;
    actions::decline(cx.conn, &own, reason.as_deref())?;
    shown_own(cx, &own)
}

fn withdraw_own(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: ApplicationId = cx.request().param("application")?;
    let own = access::own_application(cx.conn, id)?;
    actions::withdraw_application(cx.conn, &own)?;
    Ok(Reply::no_content())
}
