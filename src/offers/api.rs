//! Decisions, releases, offers and the waitlist over the API, for staff; one's own
//! offers are in `own`.

use utoipa::openapi::ComponentsBuilder;

use crate::access::{self, ApplicationStaff, CohortStaff, STAFF};
use crate::applications::desk_record;
use crate::applications::rules::Decision;
use crate::cohorts;
use crate::error::Result;
use crate::ids::{ApplicationId, OfferId};
use crate::web::api::{fields, list, no_choice};
use crate::web::exports;
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions;
use super::pages::{list as offer_pages, waitlist as waitlist_pages};
use super::queries;
use super::queries::lists::{self, OfferFilter, Order};
use super::rules::OfferState;

mod own;
mod shown;

use shown::{
    DecisionShown, NewDecision, NewRelease, OfferExtension, OfferInList, OfferShown,
    OfferWithdrawal, ReleaseDone, ReleaseLine, ReleasePreview, SeatMovement, Waiting, count,
};

/// Most characters of a reason.
const REASON_MOST: usize = 500;

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<DecisionShown>()
        .schema_from::<NewDecision>()
        .schema_from::<ReleaseLine>()
        .schema_from::<SeatMovement>()
        .schema_from::<ReleasePreview>()
        .schema_from::<NewRelease>()
        .schema_from::<ReleaseDone>()
        .schema_from::<OfferShown>()
        .schema_from::<OfferInList>()
        .schema_from::<OfferWithdrawal>()
        .schema_from::<OfferExtension>()
        .schema_from::<Waiting>()
        .schema_from::<own::OwnOfferShown>()
        .schema_from::<own::OfferDecline>()
}

/// The operations of the room.
pub(super) fn routes() -> Routes {
    decision_routes()
        .and(release_routes())
        .and(offer_routes())
        .and(own::routes())
}

fn decision_routes() -> Routes {
    let decision = "/api/v1/applications/{application}/decision";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            decision,
            STAFF,
            show_decision,
            read("getDecision", "The decision on an application.", "Decision").versioned(),
        )
        .api(
            Method::Put,
            decision,
            STAFF,
            decide,
            write(
                "decide",
                "Records a decision, pending until a release.",
                Some("NewDecision"),
                (200, "Decision"),
            )
            .versioned(),
        )
        .api(
            Method::Delete,
            decision,
            STAFF,
            undo,
            write(
                "undoDecision",
                "Takes a pending decision back.",
                None,
                (200, "Decision"),
            )
            .versioned(),
        )
}

fn release_routes() -> Routes {
    const ONLY: &[(&str, &str)] = &[(
        "application",
        "Only this application; may be given several times.",
    )];
    let release_at = "/api/v1/cohorts/{cohort}/release";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            release_at,
            STAFF,
            preview,
            read(
                "previewRelease",
                "What a release would do.",
                "ReleasePreview",
            )
            .asking(ONLY),
        )
        .api(
            Method::Post,
            release_at,
            STAFF,
            release,
            write(
                "release",
                "Releases exactly what a preview showed.",
                Some("NewRelease"),
                (200, "ReleaseDone"),
            ),
        )
}

const OFFERS: &[(&str, &str)] = &[
    ("state", "open, accepted, declined, expired or withdrawn."),
    ("pool", "Id of the pool."),
    ("q", "Part of a name or reference."),
    ("sort", "deadline (the default) or name."),
    ("after", "The `next` of the page before."),
];
const WAITING: &[(&str, &str)] = &[
    ("pool", "Id of a pool that fits."),
    ("q", "Part of a name or reference."),
    ("after", "The `next` of the page before."),
];

fn export_routes() -> Routes {
    let (read, sheet) = (Operation::read, exports::XLSX);
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/offers.csv",
            STAFF,
            offer_pages::csv,
            read("exportOffersCsv", "The list as CSV.", "text/csv").asking(OFFERS),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/offers.xlsx",
            STAFF,
            offer_pages::xlsx,
            read("exportOffersXlsx", "The list as a spreadsheet.", sheet).asking(OFFERS),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/waitlist.csv",
            STAFF,
            waitlist_pages::csv,
            read("exportWaitlistCsv", "The list as CSV.", "text/csv").asking(WAITING),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/waitlist.xlsx",
            STAFF,
            waitlist_pages::xlsx,
            read("exportWaitlistXlsx", "The list as a spreadsheet.", sheet).asking(WAITING),
        )
}

fn offer_routes() -> Routes {
    let offers_at = "/api/v1/cohorts/{cohort}/offers";
    let offer = "/api/v1/cohorts/{cohort}/offers/{offer}";
    let read = Operation::read;
    Routes::new()
        .api(
            Method::Get,
            offers_at,
            STAFF,
            offers,
            read("listOffers", "Offers of a cohort.", "OfferInList[]").asking(OFFERS),
        )
        .api(
            Method::Get,
            offer,
            STAFF,
            show_offer,
            read("getOffer", "One offer.", "Offer").versioned(),
        )
        .and(offer_step_routes())
        .and(export_routes())
}

fn offer_step_routes() -> Routes {
    let withdraw_at = "/api/v1/cohorts/{cohort}/offers/{offer}/withdraw";
    let extend_at = "/api/v1/cohorts/{cohort}/offers/{offer}/extend";
    let waitlist_at = "/api/v1/cohorts/{cohort}/waitlist";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Post,
            withdraw_at,
            STAFF,
            withdraw,
            write(
                "withdrawOffer",
                "Takes an open offer back; its seat goes to the next who fits.",
                Some("OfferWithdrawal"),
                (200, "Offer"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            extend_at,
            STAFF,
            extend,
            write(
                "extendOffer",
                "Moves the deadline of an open offer to a later instant.",
                Some("OfferExtension"),
                (200, "Offer"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            waitlist_at,
            STAFF,
            waitlist,
            read(
                "listWaitlist",
                "Those who wait, the next first.",
                "Waiting[]",
            )
            .asking(WAITING),
        )
}

fn staff(cx: &mut Cx<'_, '_>) -> Result<CohortStaff> {
    access::cohort_staff(cx.conn, cx.visit.request.param("cohort")?)
}

fn application(cx: &mut Cx<'_, '_>) -> Result<ApplicationStaff> {
    access::application_staff(cx.conn, cx.visit.request.param("application")?)
}

fn shown_decision(cx: &mut Cx<'_, '_>, staff: &ApplicationStaff) -> Result<Reply> {
    let case = desk_record::record(cx.conn, staff)?.case;
    let shown = DecisionShown {
        decision: case.decision,
        reason: case.decision_reason,
        decided_at: case.decided_at,
        released_at: case.released_at,
    };
    Ok(Reply::json(200, &shown)?.with_version(case.version))
}

fn show_decision(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = application(cx)?;
    shown_decision(cx, &staff)
}

/// The application's staff, if the client has seen the decision as it is. The cohort's lock comes
/// first, as every decision takes it, so that nobody decides between the look and the act.
fn matched(cx: &mut Cx<'_, '_>) -> Result<ApplicationStaff> {
    let staff = application(cx)?;
    cohorts::queries::lock(cx.conn, &staff.cohort_staff())?;
    let version = desk_record::record(cx.conn, &staff)?.case.version;
    cx.if_match(version)?;
    Ok(staff)
}

/// A reason, judged as the forms do.
fn reason(given: Option<&str>) -> Result<Option<String>> {
    let pairs = fields(&[("reason", given.unwrap_or_default())]);
    let mut form = Form::new(&pairs);
    let reason = form.optional("reason", REASON_MOST);
    form.done()?;
    Ok(reason)
}

fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = matched(cx)?;
    let new: NewDecision = cx.json()?;
    let decision = Decision::parse(&new.decision).ok_or_else(|| no_choice("decision"))?;
    let reason = reason(new.reason.as_deref())?;
    actions::decide(cx.conn, &staff, decision, reason.as_deref())?;
    shown_decision(cx, &staff)
}

fn undo(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = matched(cx)?;
    actions::undo_decision(cx.conn, &staff)?;
    shown_decision(cx, &staff)
}

fn preview(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let mut only: Vec<ApplicationId> = Vec::new();
    for id in query.all("application") {
        only.push(id.parse().map_err(|_other| no_choice("application"))?);
    }
    let only = (!only.is_empty()).then_some(only);
    let preview = actions::preview_release(cx.conn, &staff, only.as_deref())?;
    Reply::json(200, &ReleasePreview::from(preview))
}

fn release(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: NewRelease = cx.json()?;
    let only: Vec<ApplicationId> = new.applications.into_iter().map(ApplicationId).collect();
    let only = (!only.is_empty()).then_some(only);
    let done = actions::release(cx.conn, &staff, only.as_deref(), &new.fingerprint)?;
    let [offers, waitlisted, rejected, ineligible] = done.counts.map(count);
    Reply::json(
        200,
        &ReleaseDone {
            id: done.release.0,
            offers,
            waitlisted,
            rejected,
            ineligible,
            promoted: count(done.promoted),
        },
    )
}

fn offers(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let text = |name: &str| query.get(name).filter(|it| !it.is_empty());
    let filter = OfferFilter {
        state: text("state")
            .and_then(OfferState::parse)
            .map(|it| it.as_str().to_owned()),
        pool: text("pool").and_then(|id| id.parse().ok()),
        text: text("q").map(str::to_owned),
        order: Order::parse(query.typed("sort")),
    };
    let after = Cursor::from_query(query);
    let page = lists::offers(cx.conn, &staff, &filter, after.as_ref(), PAGE)?;
    list(page, OfferInList::from)
}

fn shown_offer(cx: &mut Cx<'_, '_>, staff: &CohortStaff, id: OfferId) -> Result<Reply> {
    let offer = queries::of_cohort(cx.conn, staff.cohort(), id)?;
    let version = offer.version;
    Ok(Reply::json(200, &OfferShown::from(offer))?.with_version(version))
}

fn show_offer(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("offer")?;
    shown_offer(cx, &staff, id)
}

fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id: OfferId = cx.request().param("offer")?;
    let new: OfferWithdrawal = cx.json()?;
    let pairs = fields(&[("reason", &new.reason)]);
    let mut form = Form::new(&pairs);
    let reason = form.text("reason", REASON_MOST);
    form.done()?;
    actions::withdraw_offer(cx.conn, &staff, id, &reason)?;
    shown_offer(cx, &staff, id)
}

fn extend(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id: OfferId = cx.request().param("offer")?;
    let new: OfferExtension = cx.json()?;
    actions::extend(cx.conn, &staff, id, new.expires_at.0)?;
    shown_offer(cx, &staff, id)
}

fn waitlist(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let pool = query.get("pool").and_then(|id| id.parse().ok());
    let text = query.get("q").filter(|it| !it.is_empty());
    let after = Cursor::from_query(query);
    let page = lists::waiting(cx.conn, &staff, (pool, text), after.as_ref(), PAGE)?;
    list(page, Waiting::from)
}
