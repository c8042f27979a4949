//! The office's operations: focus areas, rounds, partnerships, capacity, approvals, rates.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, STAFF};
use crate::error::Result;
use crate::ids::OrganisationId;
use crate::web::api::{Day, Given, Instant, given, list};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Method, Operation, Pairs, Reply, Routes};

use super::super::actions;
use super::super::pages::{areas, capacity, changes, hosts, rates, rounds, staff};
use super::super::queries::{self, Area, Side};
use super::super::rules::RoundStep;
use super::{LIST, POSTINGS};

/// What a placement is about.
#[derive(Serialize, ToSchema)]
struct FocusArea {
    id: Uuid,
    code: String,
    name_en: String,
    name_zh: String,
    /// Across the Greater Bay Area by its nature?
    gba: bool,
    archived_at: Option<DateTime<Utc>>,
}

impl From<Area> for FocusArea {
    fn from(it: Area) -> Self {
        Self {
            id: it.id.0,
            code: it.code,
            name_en: it.name_en,
            name_zh: it.name_zh,
            gba: it.gba,
            archived_at: it.archived_at,
        }
    }
}

/// What a focus area says; for a new one all is wanted, in a change what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "fraud", "name_en": "Fraud", "name_zh": "反詐騙", "gba": false}))]
struct FocusAreaContent {
    code: Option<String>,
    name_en: Option<String>,
    name_zh: Option<String>,
    gba: Option<bool>,
}

/// What a round says; for a new one all is wanted but cohorts, in a change what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name_en": "Round", "name_zh": "輪次", "cohorts": [], "opens_at": "2027-05-01T01:00:00Z",
    "closes_at": "2027-06-01T01:00:00Z", "seat_deadline": "2027-06-05T01:00:00Z", "list_deadline": "2027-06-10T01:00:00Z",
    "starts_on": "2027-07-01", "ends_on": "2027-08-31"}))]
struct RoundContent {
    name_en: Option<String>,
    name_zh: Option<String>,
    /// Whose trainees take part.
    cohorts: Option<Vec<Uuid>>,
    opens_at: Option<Instant>,
    closes_at: Option<Instant>,
    seat_deadline: Option<Instant>,
    list_deadline: Option<Instant>,
    starts_on: Option<Day>,
    ends_on: Option<Day>,
}

/// A step of a round.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoundStepWanted {
    /// collect, open, rank or close.
    #[schema(example = "rank")]
    step: String,
}

/// What a partnership says; for a new one the institution is wanted, in a change what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "prepared", "starts_on": "2027-01-01", "ends_on": "2028-12-31"}))]
struct PartnerContent {
    organisation: Option<Uuid>,
    /// prepared, active, paused or ended.
    status: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    signed_on: Option<Option<Day>>,
    starts_on: Option<Day>,
    ends_on: Option<Day>,
    remark: Option<String>,
}

/// A question about capacity to several institutions.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CapacityAsked {
    organisations: Vec<Uuid>,
    starts_on: Day,
    ends_on: Day,
    due_on: Day,
    words: Option<String>,
}

/// Words with a decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlacementWords {
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
}

/// A rate of the minimum wage of Hong Kong.
#[derive(Serialize, ToSchema)]
struct WageRate {
    starts_on: NaiveDate,
    cents_an_hour: i32,
    source: String,
}

/// A rate to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWageRate {
    #[schema(example = "2029-05-01")]
    starts_on: Day,
    #[schema(minimum = 1, maximum = 100000, example = 4400)]
    cents_an_hour: i32,
    source: Option<String>,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<FocusArea>()
        .schema_from::<FocusAreaContent>()
        .schema_from::<RoundContent>()
        .schema_from::<RoundStepWanted>()
        .schema_from::<PartnerContent>()
        .schema_from::<CapacityAsked>()
        .schema_from::<PlacementWords>()
        .schema_from::<WageRate>()
        .schema_from::<NewWageRate>()
}

const AREAS: &[(&str, &str)] = &[
    ("q", "Part of a code or name."),
    (
        "show",
        "archived: those that are archived instead of those in use.",
    ),
    ("sort", "code or name; with - from the end."),
];

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/areas", STAFF, list_areas,
            read("listFocusAreas", "What placements are about.", "FocusArea[]").asking(AREAS))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/areas", STAFF, add_area,
            write("addFocusArea", "Adds a focus area.", Some("FocusAreaContent"), (201, "FocusArea")).versioned())
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/areas/{area}", STAFF, show_area,
            read("getFocusArea", "One focus area.", "FocusArea").versioned())
        .api(Method::Patch, "/api/v1/programmes/{programme}/placements/areas/{area}", STAFF, change_area,
            write("changeFocusArea", "Changes a focus area.", Some("FocusAreaContent"), (200, "FocusArea")).versioned())
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/areas/{area}/archive", STAFF, archive_area,
            write("archiveFocusArea", "Archives a focus area: it is no choice any more.", None, (200, "FocusArea")).versioned())
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/areas/{area}/restore", STAFF, restore_area,
            write("restoreFocusArea", "Takes a focus area back into use.", None, (200, "FocusArea")).versioned())
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/rounds", STAFF, super::list_rounds,
            read("listPlacementRounds", "Placement rounds.", "PlacementRound[]").asking(LIST))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/rounds", STAFF, plan_round,
            write("planPlacementRound", "Plans a round.", Some("RoundContent"), (201, "PlacementRound")).versioned())
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/rounds/{round}", STAFF, super::show_round,
            read("getPlacementRound", "One round.", "PlacementRound").versioned())
        .api(Method::Patch, "/api/v1/programmes/{programme}/placements/rounds/{round}", STAFF, change_round,
            write("changePlacementRound", "Changes a round.", Some("RoundContent"), (200, "PlacementRound")).versioned())
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/rounds/{round}/steps", STAFF, step_round,
            write("stepPlacementRound", "Takes a round a step further; its postings follow.", Some("RoundStepWanted"), (200, "PlacementRound")).versioned())
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/partners", STAFF, super::list_partners,
            read("listPlacementPartners", "Institutions’ partnerships with the programme.", "PlacementPartner[]").asking(LIST))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/partners", STAFF, add_partner,
            write("addPlacementPartner", "Records a partnership.", Some("PartnerContent"), (201, "PlacementPartner")).versioned())
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/partners/{host}", STAFF, super::show_partner,
            read("getPlacementPartner", "One partnership.", "PlacementPartner").versioned())
        .api(Method::Patch, "/api/v1/programmes/{programme}/placements/partners/{host}", STAFF, change_partner,
            write("changePlacementPartner", "Changes a partnership.", Some("PartnerContent"), (200, "PlacementPartner")).versioned())
        .and(decisions())
}

#[rustfmt::skip]
fn decisions() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/capacity", STAFF, super::list_capacity,
            read("listPlacementCapacity", "How many trainees institutions can take.", "PlacementCapacity[]").asking(LIST))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/capacity", STAFF, ask_capacity,
            write("askPlacementCapacity", "Asks institutions; each gets a letter. Answers with the questions that are new.", Some("CapacityAsked"), (201, "PlacementCapacity[]")))
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/capacity/{capacity}", STAFF, super::show_capacity,
            read("getPlacementCapacity", "One question with its answer.", "PlacementCapacity").versioned())
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/capacity/{capacity}/withdraw", STAFF, withdraw_capacity,
            write("withdrawPlacementCapacity", "Takes a question back that is not answered.", None, (200, "PlacementCapacity")).versioned())
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/postings", STAFF, super::list_postings,
            read("listPlacementPostings", "Postings that were handed in.", "PlacementPosting[]").asking(POSTINGS))
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/postings/{posting}", STAFF, super::show_posting,
            read("getPlacementPosting", "One posting.", "PlacementPosting").versioned())
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/postings/{posting}/approve", STAFF, approve,
            write("approvePlacementPosting", "Approves a posting; not one’s own.", None, (200, "PlacementPosting")).versioned())
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/postings/{posting}/return", STAFF, send_back,
            write("returnPlacementPosting", "Sends a posting back with a comment.", Some("PlacementWords"), (200, "PlacementPosting")).versioned())
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/changes", STAFF, super::list_changes,
            read("listSeatChanges", "Changes of seats.", "SeatChange[]").asking(LIST))
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/changes/{change}", STAFF, super::show_change,
            read("getSeatChange", "One change of seats.", "SeatChange").versioned())
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/changes/{change}/approve", STAFF, approve_change,
            write("approveSeatChange", "Approves a change, as the only one or as one of two.", None, (200, "SeatChange")).versioned())
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/changes/{change}/refuse", STAFF, refuse_change,
            write("refuseSeatChange", "Refuses a change.", Some("PlacementWords"), (200, "SeatChange")).versioned())
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/rates", STAFF, list_rates,
            read("listWageRates", "Rates of the minimum wage.", "WageRate[]"))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/rates", STAFF, add_rate,
            write("addWageRate", "Adds a rate.", Some("NewWageRate"), (201, "WageRate")))
}

fn area_reply(it: Area, status: u16) -> Result<Reply> {
    let version = it.version;
    Ok(Reply::json(status, &FocusArea::from(it))?.with_version(version))
}

fn list_areas(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let rows = areas::sought(cx, &staff)?;
    list(Page { rows, next: None }, FocusArea::from)
}

fn area_given(it: FocusAreaContent) -> Given {
    let gba = it.gba.map(|it| if it { "yes" } else { "no" });
    Given::new()
        .set("code", it.code)
        .set("name_en", it.name_en)
        .set("name_zh", it.name_zh)
        .set("gba", gba)
}

fn judged<T>(pairs: &Pairs, read: impl FnOnce(&mut Form<'_>) -> T) -> Result<T> {
    let mut form = Form::new(pairs);
    let it = read(&mut form);
    form.done()?;
    Ok(it)
}

fn add_area(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: FocusAreaContent = cx.json()?;
    let details = judged(&area_given(new).alone(), areas::read)?;
    let id = actions::add_area(cx.conn, &staff, &details)?;
    let place = format!("{}/{id}", cx.request().path);
    Ok(area_reply(queries::area(cx.conn, &staff, id)?, 201)?.with("location", place))
}

fn show_area(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = areas::one(cx)?;
    area_reply(row, 200)
}

fn change_area(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = areas::one(cx)?;
    cx.if_match(row.version)?;
    let change: FocusAreaContent = cx.json()?;
    let details = judged(&area_given(change).over(&areas::values(&row)), areas::read)?;
    actions::change_area(cx.conn, &staff, (row.id, row.version), &details)?;
    show_area(cx)
}

fn archive_area(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = areas::one(cx)?;
    actions::put_away_area(cx.conn, &staff, row.id, true)?;
    show_area(cx)
}

fn restore_area(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = areas::one(cx)?;
    actions::put_away_area(cx.conn, &staff, row.id, false)?;
    show_area(cx)
}

/// A round's document as the form has it, over what stands.
fn round_pairs(it: RoundContent, now: &Pairs) -> Pairs {
    let time = |it: Option<Instant>| it.map(|it| rounds::typed_time(it.0));
    let cohorts = it.cohorts.clone();
    let pairs = Given::new()
        .set("name_en", it.name_en)
        .set("name_zh", it.name_zh)
        .set("opens_at", time(it.opens_at))
        .set("closes_at", time(it.closes_at))
        .set("seat_deadline", time(it.seat_deadline))
        .set("list_deadline", time(it.list_deadline))
        .set("starts_on", it.starts_on)
        .set("ends_on", it.ends_on)
        .over(now);
    let Some(cohorts) = cohorts else {
        return pairs;
    };
    let mut all: Vec<(String, String)> = pairs
        .iter()
        .filter(|(name, _)| *name != "cohorts")
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    all.extend(
        cohorts
            .iter()
            .map(|it| ("cohorts".to_owned(), it.to_string())),
    );
    Pairs::new(all)
}

fn plan_round(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let pairs = round_pairs(cx.json()?, Pairs::none());
    let details = judged(&pairs, |form| rounds::read(form, &pairs))?;
    let id = actions::plan_round(cx.conn, &staff, &details)?;
    let row = queries::round(cx.conn, &Side::Office(staff), id)?;
    let version = row.version;
    let place = format!("{}/{id}", cx.request().path);
    Ok(Reply::json(201, &super::PlacementRound::from(row))?
        .with_version(version)
        .with("location", place))
}

fn change_round(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = rounds::one(cx)?;
    let staff = staff(cx)?;
    cx.if_match(row.version)?;
    let pairs = round_pairs(cx.json()?, &rounds::values(&row));
    let details = judged(&pairs, |form| rounds::read(form, &pairs))?;
    actions::change_round(cx.conn, &staff, (row.id, row.version), &details)?;
    super::show_round(cx)
}

fn step_round(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = rounds::one(cx)?;
    let staff = staff(cx)?;
    let wanted: RoundStepWanted = cx.json()?;
    let step = RoundStep::parse(&wanted.step);
    let step = step.ok_or_else(|| crate::web::api::no_choice("step"))?;
    actions::step_round(cx.conn, &staff, row.id, step)?;
    super::show_round(cx)
}

fn partner_given(it: PartnerContent) -> Given {
    Given::new()
        .set("organisation", it.organisation)
        .set("status", it.status)
        .set_or_empty("signed_on", it.signed_on)
        .set("starts_on", it.starts_on)
        .set("ends_on", it.ends_on)
        .set("remark", it.remark)
}

fn add_partner(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let pairs = partner_given(cx.json()?).alone();
    let (organisation, details) = judged(&pairs, |form| {
        let organisation = form.choice("organisation", |word| word.parse::<OrganisationId>().ok());
        (organisation.unwrap_or_default(), hosts::read(form))
    })?;
    let id = actions::add_host(cx.conn, &staff, organisation, &details)?;
    let row = queries::host(cx.conn, &Side::Office(staff), id)?;
    let version = row.version;
    let place = format!("{}/{id}", cx.request().path);
    Ok(Reply::json(201, &super::PlacementPartner::from(row))?
        .with_version(version)
        .with("location", place))
}

fn change_partner(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = hosts::one(cx)?;
    let staff = staff(cx)?;
    cx.if_match(row.version)?;
    let pairs = partner_given(cx.json()?).over(&hosts::values(&row));
    let details = judged(&pairs, hosts::read)?;
    actions::change_host(cx.conn, &staff, (row.id, row.version), &details)?;
    super::show_partner(cx)
}

fn ask_capacity(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let it: CapacityAsked = cx.json()?;
    let mut pairs = vec![
        ("starts_on".to_owned(), it.starts_on.to_string()),
        ("ends_on".to_owned(), it.ends_on.to_string()),
        ("due_on".to_owned(), it.due_on.to_string()),
        ("words".to_owned(), it.words.unwrap_or_default()),
    ];
    let whom = it.organisations.iter();
    pairs.extend(whom.map(|it| ("organisations".to_owned(), it.to_string())));
    let pairs = Pairs::new(pairs);
    let (whom, new) = judged(&pairs, |form| capacity::read_ask(form, &pairs))?;
    let ids = actions::ask_capacity(cx.conn, &staff, &whom, &new)?;
    let side = Side::Office(staff);
    let mut rows = Vec::new();
    for id in ids {
        let row = queries::capacity(cx.conn, &side, id, false)?;
        rows.push(super::PlacementCapacity::new(row)?);
    }
    let mut reply = list(Page { rows, next: None }, |it| it)?;
    reply.status = 201;
    Ok(reply)
}

fn withdraw_capacity(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = capacity::one(cx)?;
    let staff = staff(cx)?;
    actions::withdraw_capacity(cx.conn, &staff, row.id)?;
    super::capacity_reply(queries::capacity(cx.conn, &side, row.id, false)?, 200)
}

fn approve(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = super::matched_posting(cx)?;
    let staff = staff(cx)?;
    actions::approve_posting(cx.conn, &staff, (row.id, row.version))?;
    super::posting_again(cx)
}

fn send_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = super::matched_posting(cx)?;
    let staff = staff(cx)?;
    let it: PlacementWords = cx.json()?;
    let pairs = Given::new().set("words", Some(it.words)).alone();
    let words = judged(&pairs, |form| form.text("words", 4_000))?;
    actions::return_posting(cx.conn, &staff, (row.id, row.version), &words)?;
    super::posting_again(cx)
}

fn approve_change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let row = super::matched_change(cx)?;
    let staff = staff(cx)?;
    actions::approve_change(cx.conn, &staff, (row.id, row.version))?;
    super::show_change(cx)
}

fn refuse_change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let row = super::matched_change(cx)?;
    let staff = staff(cx)?;
    let it: PlacementWords = cx.json()?;
    let pairs = Given::new().set("words", Some(it.words)).alone();
    let words = judged(&pairs, |form| form.text("words", 2_000))?;
    actions::refuse_change(cx.conn, &staff, (row.id, row.version), &words)?;
    let (_, row) = changes::one(cx)?;
    super::change_reply(row, 200)
}

fn rate(it: queries::WageRate) -> WageRate {
    WageRate {
        starts_on: it.starts_on,
        cents_an_hour: it.cents_an_hour,
        source: it.source,
    }
}

fn list_rates(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    staff(cx)?;
    let rows = queries::wage_rates(cx.conn)?;
    list(Page { rows, next: None }, rate)
}

fn add_rate(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    staff(cx)?;
    let desk = access::desk(cx.conn)?;
    let it: NewWageRate = cx.json()?;
    let typed = super::super::rules::content::typed_cents(i64::from(it.cents_an_hour));
    let pairs = Given::new()
        .set("starts_on", Some(it.starts_on))
        .set("rate", Some(typed))
        .set("source", it.source)
        .alone();
    let (starts_on, cents, source) = judged(&pairs, rates::read)?;
    actions::add_wage_rate(cx.conn, &desk, (starts_on, cents), &source)?;
    let shown = WageRate {
        starts_on,
        cents_an_hour: cents,
        source,
    };
    Reply::json(201, &shown)
}
