//! Decisions, releases, offers and the waitlist over the API, for staff; one's own offers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, ApplicationStaff, CohortStaff, OwnOffer, STAFF};
use crate::applications::desk_record;
use crate::applications::rules::Decision;
use crate::cohorts;
use crate::db;
use crate::error::Result;
use crate::ids::{ApplicationId, OfferId};
use crate::programmes;
use crate::web::api::{Instant, fields, list, no_choice};
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions::{self, Line, Preview};
use super::queries::lists::{self, OfferFilter, OfferRow, Order, WaitingRow};
use super::queries::{self, Offer};
use super::rules::{self, OfferState};

/// Most characters of a reason.
const REASON_MOST: usize = 500;

/// The decision on an application; without one, everything is null.
#[derive(Serialize, ToSchema)]
#[schema(as = Decision)]
struct DecisionShown {
    /// accept, waitlist, reject or ineligible.
    decision: Option<String>,
    reason: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    /// When a release showed it; a pending decision can be undone.
    released_at: Option<DateTime<Utc>>,
}

/// A decision to record: it stays pending until a release.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDecision {
    /// accept, waitlist, reject or ineligible.
    decision: String,
    /// The ineligible read it.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Somebody whom a release tells something.
#[derive(Serialize, ToSchema)]
struct ReleaseLine {
    application: Uuid,
    reference: String,
    name: String,
    /// Language of the letter.
    lang: String,
    letter: String,
    pool: Option<Uuid>,
    rank: Option<i32>,
    /// Accepted, but no seat is free.
    accepted_without_seat: bool,
    score_milli: Option<i32>,
    reason: Option<String>,
}

/// A pool before and after a release.
#[derive(Serialize, ToSchema)]
struct SeatMovement {
    pool: Uuid,
    capacity_before: i32,
    offered_before: i32,
    taken_before: i32,
    capacity_after: i32,
    offered_after: i32,
    taken_after: i32,
    /// Seats that it gives back because its hold has ended.
    gives_back: i32,
}

/// What a release would do.
#[derive(Serialize, ToSchema)]
struct ReleasePreview {
    /// Stands for everything shown here: send it to release exactly this.
    fingerprint: String,
    /// Is it the release that begins the cohort's offering?
    begins: bool,
    /// Accepted applicants for whom no seat is free.
    shortfall: i64,
    offers_end: DateTime<Utc>,
    promotions: Vec<ReleaseLine>,
    offers: Vec<ReleaseLine>,
    waitlist: Vec<ReleaseLine>,
    rejections: Vec<ReleaseLine>,
    ineligible: Vec<ReleaseLine>,
    seats: Vec<SeatMovement>,
}

/// A release to carry out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRelease {
    /// Of the preview that was read.
    fingerprint: String,
    /// Only these applications; by default everyone who is decided.
    #[serde(default)]
    applications: Vec<Uuid>,
}

/// What a release did.
#[derive(Serialize, ToSchema)]
struct ReleaseDone {
    id: Uuid,
    offers: i64,
    waitlisted: i64,
    rejected: i64,
    ineligible: i64,
    promoted: i64,
}

/// An offer of a seat, as staff read it.
#[derive(Serialize, ToSchema)]
#[schema(as = Offer)]
struct OfferShown {
    id: Uuid,
    application: Uuid,
    pool: Uuid,
    /// open, accepted, declined, expired or withdrawn.
    state: String,
    expires_at: DateTime<Utc>,
    /// Rank on the waitlist from which it was promoted.
    promoted_rank: Option<i32>,
    reason: Option<String>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// An offer in the list.
#[derive(Serialize, ToSchema)]
struct OfferInList {
    id: Uuid,
    application: Uuid,
    name: String,
    reference: String,
    state: String,
    pool: Uuid,
    expires_at: DateTime<Utc>,
    promoted_rank: Option<i32>,
    reason: Option<String>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    enrolment_state: Option<String>,
}

/// A reason for the applicant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfferWithdrawal {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// A later deadline.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfferExtension {
    expires_at: Instant,
}

/// Somebody who waits.
#[derive(Serialize, ToSchema)]
struct Waiting {
    id: Uuid,
    application: Uuid,
    name: String,
    reference: String,
    /// Lower is sooner.
    rank: i32,
    /// 1 for the next.
    place: i64,
    /// Pools that fit, in the order in which they are tried.
    pools: Vec<Uuid>,
    score_milli: Option<i32>,
    created_at: DateTime<Utc>,
}

/// One's own offer.
#[derive(Serialize, ToSchema)]
struct OwnOfferShown {
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
struct OfferDecline {
    #[schema(max_length = 500)]
    reason: Option<String>,
}

fn line(it: &Line) -> ReleaseLine {
    ReleaseLine {
        application: it.application.0,
        reference: it.reference.clone(),
        name: it.name.clone(),
        lang: it.lang.tag().to_owned(),
        letter: it.letter.to_owned(),
        pool: it.pool.map(|id| id.0),
        rank: it.rank,
        accepted_without_seat: it.accepted_without_seat,
        score_milli: it.score_milli,
        reason: it.reason.clone(),
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl From<Preview> for ReleasePreview {
    fn from(it: Preview) -> Self {
        let lines = |lines: &[Line]| lines.iter().map(line).collect();
        Self {
            begins: it.begins,
            shortfall: count(it.shortfall),
            offers_end: it.offers_end,
            promotions: lines(&it.promotions),
            offers: lines(&it.offers),
            waitlist: lines(&it.waitlist),
            rejections: lines(&it.rejections),
            ineligible: lines(&it.ineligible),
            seats: it
                .movements
                .iter()
                .map(|it| SeatMovement {
                    pool: it.pool.id.0,
                    capacity_before: it.pool.capacity,
                    offered_before: it.pool.offered,
                    taken_before: it.pool.taken,
                    capacity_after: it.after.seats.capacity(),
                    offered_after: it.after.seats.offered(),
                    taken_after: it.after.seats.taken(),
                    gives_back: it.gives_back,
                })
                .collect(),
            fingerprint: it.fingerprint,
        }
    }
}

impl From<Offer> for OfferShown {
    fn from(it: Offer) -> Self {
        Self {
            id: it.id.0,
            application: it.application_id.0,
            pool: it.pool_id.0,
            state: it.state,
            expires_at: it.expires_at,
            promoted_rank: it.promoted_rank,
            reason: it.reason,
            created_at: it.created_at,
            ended_at: it.ended_at,
        }
    }
}

impl From<OfferRow> for OfferInList {
    fn from(it: OfferRow) -> Self {
        Self {
            id: it.id.0,
            application: it.application_id.0,
            name: it.name_shown,
            reference: it.reference,
            state: it.state,
            pool: it.pool_id.0,
            expires_at: it.expires_at,
            promoted_rank: it.promoted_rank,
            reason: it.reason,
            created_at: it.created_at,
            ended_at: it.ended_at,
            enrolment_state: it.enrolment,
        }
    }
}

impl From<WaitingRow> for Waiting {
    fn from(it: WaitingRow) -> Self {
        Self {
            id: it.id,
            application: it.application_id.0,
            name: it.name_shown,
            reference: it.reference,
            rank: it.rank,
            place: it.place,
            pools: it.pool_ids.iter().map(|id| id.0).collect(),
            score_milli: it.score_milli,
            created_at: it.created_at,
        }
    }
}

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
        .schema_from::<OwnOfferShown>()
        .schema_from::<OfferDecline>()
}

/// The operations of the room.
pub(super) fn routes() -> Routes {
    decision_routes()
        .and(release_routes())
        .and(offer_routes())
        .and(own_routes())
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

fn offer_routes() -> Routes {
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
    let offers_at = "/api/v1/cohorts/{cohort}/offers";
    let offer = "/api/v1/cohorts/{cohort}/offers/{offer}";
    let withdraw_at = "/api/v1/cohorts/{cohort}/offers/{offer}/withdraw";
    let extend_at = "/api/v1/cohorts/{cohort}/offers/{offer}/extend";
    let waitlist_at = "/api/v1/cohorts/{cohort}/waitlist";
    let (read, write) = (Operation::read, Operation::write);
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

fn own_routes() -> Routes {
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
