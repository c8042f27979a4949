//! Placements over the API, from the offer to the first day: the same operations for the trainee, the institution
//! and the office, each with what they may do.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{APPLICANT, STAFF};
use crate::error::{Error, Result};
use crate::ids::{PlacementId, PlacementTaskId};
use crate::web::api::{self, Given, list};
use crate::web::listing;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions;
use super::pages::{HOST, agreement, list::sought, office_only, one, seat, tasks};
use super::queries::{self, Agreement, PLACEMENT_SORTS, Placement, PlacementTask, Seat};
use super::rules::Party;

/// A placement.
#[derive(Serialize, ToSchema)]
struct Placed {
    id: Uuid,
    /// `offered`, `accepted`, `agreement_signed`, `onboarding`, `reported_for_duty` and their like.
    state: &'static str,
    posting: Uuid,
    organisation: Uuid,
    organisation_en: String,
    organisation_zh: String,
    title_en: String,
    title_zh: String,
    name: String,
    number: String,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    hours_week: Option<i32>,
    /// Until when an offer is answered.
    answer_by: Option<DateTime<Utc>>,
    /// Why it was declined, withdrawn or lapsed.
    reason: String,
    supervisor: String,
    /// Items of the checklist that are open.
    open_items: i64,
    /// Those of them that are late.
    late_items: i64,
}

impl Placed {
    fn new(it: Placement) -> Result<Self> {
        let content = it.content()?;
        Ok(Self {
            state: it.state()?.as_str(),
            title_en: content.get("title_en").to_owned(),
            title_zh: content.get("title_zh").to_owned(),
            id: it.id.0,
            posting: it.posting_id.0,
            organisation: it.organisation_id.0,
            organisation_en: it.organisation_en,
            organisation_zh: it.organisation_zh,
            name: it.name_shown,
            number: it.trainee_number,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            hours_week: it.hours_week,
            answer_by: it.answer_by,
            reason: it.reason,
            supervisor: it.supervisor_name,
            open_items: it.open,
            late_items: it.late,
        })
    }
}

/// A signature under an agreement.
#[derive(Serialize, ToSchema)]
struct PlacedSignature {
    /// trainee, institution or programme.
    party: &'static str,
    name: String,
    signed_at: DateTime<Utc>,
}

/// An agreement of a placement.
#[derive(Serialize, ToSchema)]
struct PlacedAgreement {
    id: Uuid,
    number: i32,
    /// signing, signed or void.
    state: &'static str,
    text_en: String,
    text_zh: String,
    /// SHA-256 of both texts: who signs, signs this.
    sha256: String,
    signatures: Vec<PlacedSignature>,
    /// Does the reader’s party sign it now?
    to_sign: bool,
}

impl PlacedAgreement {
    fn new(cx: &mut Cx<'_, '_>, mine: Party, it: Agreement) -> Result<Self> {
        let mut signatures = Vec::new();
        for one in queries::signatures(cx.conn, it.id)? {
            signatures.push(PlacedSignature {
                party: one.party()?.as_str(),
                name: one.name_typed,
                signed_at: one.signed_at,
            });
        }
        let state = it.state()?;
        let signed = signatures.iter().any(|it| it.party == mine.as_str());
        Ok(Self {
            id: it.id.0,
            number: it.number,
            to_sign: state == super::rules::AgreementState::Signing && !signed,
            state: state.as_str(),
            text_en: it.text_en,
            text_zh: it.text_zh,
            sha256: it.sha256,
            signatures,
        })
    }
}

/// An item of a placement’s checklist.
#[derive(Serialize, ToSchema)]
struct PlacedItem {
    id: Uuid,
    code: String,
    name_en: String,
    name_zh: String,
    /// trainee, institution or office.
    owner: &'static str,
    /// none, note or date: what is recorded when it is done.
    evidence: &'static str,
    /// Must it be done before the first day?
    needed: bool,
    due_on: NaiveDate,
    /// open, done or waived.
    state: &'static str,
    note: String,
    held_on: Option<NaiveDate>,
    version: i32,
}

impl PlacedItem {
    fn new(it: PlacementTask) -> Result<Self> {
        Ok(Self {
            owner: it.owner()?.as_str(),
            evidence: it.evidence()?.as_str(),
            state: it.state()?.as_str(),
            id: it.id.0,
            code: it.code,
            name_en: it.name_en,
            name_zh: it.name_zh,
            needed: it.needed,
            due_on: it.due_on,
            note: it.note,
            held_on: it.held_on,
            version: it.version,
        })
    }
}

/// Why a placement is declined or withdrawn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlacedReasonWanted {
    reason: String,
}

/// A signature: one’s own name under the text of this hash.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlacedSignWanted {
    name: String,
    sha256: String,
}

/// An item as it is settled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlacedItemWanted {
    /// The version that was read.
    #[schema(minimum = 1)]
    version: i32,
    /// open, done, or waived by the office.
    state: String,
    note: Option<String>,
    held_on: Option<api::Day>,
}

/// Terms of an agreement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlacedTermsWanted {
    starts_on: api::Day,
    ends_on: api::Day,
    #[schema(minimum = 1, maximum = 60)]
    hours_week: i32,
    /// What is paid, in words.
    pay: String,
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Placed>()
        .schema_from::<PlacedSignature>()
        .schema_from::<PlacedAgreement>()
        .schema_from::<PlacedItem>()
        .schema_from::<PlacedReasonWanted>()
        .schema_from::<PlacedSignWanted>()
        .schema_from::<PlacedItemWanted>()
        .schema_from::<PlacedTermsWanted>()
}

const SOUGHT: &[(&str, &str)] = &[
    ("q", "Part of a name, number, institution or title."),
    ("state", "Only those in this state."),
    ("wants", "late, sign or starting."),
    (
        "sort",
        "trainee, institution, starts or state; with - from the end.",
    ),
    ("after", "The `next` of the page before."),
];

/// The operations of a reader, below where their placements stand.
macro_rules! of_reader {
    ($at:literal, $who:expr, $whose:literal) => {
        Routes::new()
            .api(
                Method::Get,
                $at,
                $who,
                all,
                Operation::read(concat!("list", $whose, "Placed"), "Placements.", "Placed[]")
                    .asking(SOUGHT),
            )
            .api(
                Method::Get,
                concat!($at, "/{placement}"),
                $who,
                show,
                Operation::read(concat!("get", $whose, "Placed"), "One placement.", "Placed"),
            )
            .api(
                Method::Get,
                concat!($at, "/{placement}/agreements"),
                $who,
                agreements,
                Operation::read(
                    concat!("list", $whose, "PlacedAgreements"),
                    "Agreements of a placement, the latest first.",
                    "PlacedAgreement[]",
                ),
            )
            .api(
                Method::Post,
                concat!($at, "/{placement}/sign"),
                $who,
                sign,
                Operation::write(
                    concat!("sign", $whose, "PlacedAgreement"),
                    "Signs the agreement that waits, with one’s own name.",
                    Some("PlacedSignWanted"),
                    (200, "Placed"),
                ),
            )
            .api(
                Method::Get,
                concat!($at, "/{placement}/tasks"),
                $who,
                items,
                Operation::read(
                    concat!("list", $whose, "PlacedItems"),
                    "The checklist of a placement.",
                    "PlacedItem[]",
                ),
            )
            .api(
                Method::Post,
                concat!($at, "/{placement}/tasks/{task}"),
                $who,
                settle,
                Operation::write(
                    concat!("settle", $whose, "PlacedItem"),
                    "Settles an item, or opens it again.",
                    Some("PlacedItemWanted"),
                    (200, "PlacedItem"),
                ),
            )
    };
}

/// The operations of the room.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let write = Operation::write;
    own().and(host()).and(office())
        .api(Method::Post, "/api/v1/me/placed/{placement}/accept", APPLICANT, accept,
            write("acceptOwnPlaced", "Accepts an offer.", None, (200, "Placed")))
        .api(Method::Post, "/api/v1/me/placed/{placement}/decline", APPLICANT, decline,
            write("declineOwnPlaced", "Declines an offer, or leaves before the first day.", Some("PlacedReasonWanted"), (200, "Placed")))
        .api(Method::Post, "/api/v1/organisation/placed/{placement}/withdraw", HOST, withdraw,
            write("withdrawHostPlaced", "Withdraws before the first day.", Some("PlacedReasonWanted"), (200, "Placed")))
        .api(Method::Post, "/api/v1/organisation/placed/{placement}/report", HOST, report,
            write("reportHostPlaced", "Confirms that the trainee has reported for duty.", None, (200, "Placed")))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/placed/{placement}/withdraw", STAFF, withdraw,
            write("withdrawPlaced", "Withdraws for the institution before the first day.", Some("PlacedReasonWanted"), (200, "Placed")))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/placed/{placement}/report", STAFF, report,
            write("reportPlaced", "Confirms that the trainee has reported for duty.", None, (200, "Placed")))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/placed/{placement}/offer-again", STAFF, offer_again,
            write("offerPlacedAgain", "Offers a lapsed or declined placement again.", None, (200, "Placed")))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/placed/{placement}/agreements", STAFF, prepare,
            write("preparePlacedAgreement", "Makes an agreement of these terms, which all three sign; an earlier one is void.", Some("PlacedTermsWanted"), (200, "Placed")))
}

#[rustfmt::skip]
fn own() -> Routes {
    of_reader!("/api/v1/me/placed", APPLICANT, "Own")
}

#[rustfmt::skip]
fn host() -> Routes {
    of_reader!("/api/v1/organisation/placed", HOST, "Host")
}

#[rustfmt::skip]
fn office() -> Routes {
    of_reader!("/api/v1/programmes/{programme}/placements/placed", STAFF, "")
}

fn all(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let seat = seat(cx)?;
    let query = &cx.visit.request.query;
    let page = listing::page(query, PLACEMENT_SORTS);
    let rows = queries::placements(cx.conn, &seat, &sought(query), &page)?;
    let page = Page::cut(rows, PAGE, Placement::cursor);
    let rows: Vec<Placed> = page
        .rows
        .into_iter()
        .map(Placed::new)
        .collect::<Result<_>>()?;
    list(
        Page {
            rows,
            next: page.next,
        },
        |it| it,
    )
}

/// The placement as it stands after an act.
fn again(cx: &mut Cx<'_, '_>, seat: &Seat, id: PlacementId) -> Result<Reply> {
    let it = queries::placement(cx.conn, seat, id, false)?;
    Reply::json(200, &Placed::new(it)?)
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    Reply::json(200, &Placed::new(it)?)
}

fn agreements(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let mut rows = Vec::new();
    for row in queries::agreements(cx.conn, &it)? {
        rows.push(PlacedAgreement::new(cx, seat.party(), row)?);
    }
    list(Page { rows, next: None }, |it| it)
}

fn prepare(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let staff = office_only(&seat)?;
    let wanted: PlacedTermsWanted = cx.json()?;
    let given = Given::new()
        .set("starts_on", Some(wanted.starts_on))
        .set("ends_on", Some(wanted.ends_on))
        .set("hours_week", Some(wanted.hours_week))
        .set("pay", Some(wanted.pay))
        .alone();
    let mut form = Form::new(&given);
    let terms = agreement::read_terms(&mut form);
    form.done()?;
    actions::prepare_agreement(cx.conn, &staff, it.id, &terms)?;
    again(cx, &seat, it.id)
}

fn sign(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let wanted: PlacedSignWanted = cx.json()?;
    let given = api::fields(&[("name", &wanted.name), ("sha256", &wanted.sha256)]);
    let mut form = Form::new(&given);
    let (name, sha256) = (form.text("name", 200), form.text("sha256", 64));
    form.done()?;
    actions::sign(cx.conn, &seat, it.id, (&name, &sha256))?;
    again(cx, &seat, it.id)
}

fn items(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    let rows = queries::tasks(cx.conn, &it)?;
    let rows: Vec<PlacedItem> = rows
        .into_iter()
        .map(PlacedItem::new)
        .collect::<Result<_>>()?;
    list(Page { rows, next: None }, |it| it)
}

fn settle(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it, task) = tasks::task(cx)?;
    let wanted: PlacedItemWanted = cx.json()?;
    let given = Given::new()
        .set("state", Some(wanted.state))
        .set("note", wanted.note)
        .set("held_on", wanted.held_on)
        .alone();
    let mut form = Form::new(&given);
    let how = tasks::judge(&mut form, &task)?;
    form.done()?;
    actions::settle_task(cx.conn, &seat, (it.id, task.id, wanted.version), &how)?;
    let id: PlacementTaskId = task.id;
    let now = queries::tasks(cx.conn, &it)?;
    let now = now.into_iter().find(|it| it.id == id);
    Reply::json(200, &PlacedItem::new(now.ok_or(Error::NotFound)?)?)
}

fn accept(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    actions::accept(cx.conn, &seat, it.id)?;
    again(cx, &seat, it.id)
}

fn reason(cx: &Cx<'_, '_>) -> Result<String> {
    let wanted: PlacedReasonWanted = cx.json()?;
    let given = api::fields(&[("reason", &wanted.reason)]);
    let mut form = Form::new(&given);
    let reason = form.text("reason", 2_000);
    form.done()?;
    Ok(reason)
}

fn decline(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let reason = reason(cx)?;
    actions::decline(cx.conn, &seat, it.id, &reason)?;
    again(cx, &seat, it.id)
}

fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let reason = reason(cx)?;
    actions::withdraw(cx.conn, &seat, it.id, &reason)?;
    again(cx, &seat, it.id)
}

fn report(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    actions::report_for_duty(cx.conn, &seat, it.id)?;
    again(cx, &seat, it.id)
}

fn offer_again(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let staff = office_only(&seat)?;
    actions::offer_again(cx.conn, &staff, it.id)?;
    again(cx, &seat, it.id)
}
