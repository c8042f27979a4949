//! Placements over the API: the office's and an institution's in `office` and `host`, a trainee's in `own`.
//! A document is judged by what judges the form of its page.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::curriculum::queries as curriculum;
use crate::error::{Error, Result};
use crate::web::api::list;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Routes};

use super::pages::{capacity, changes, hosts, posting, posting_form, rounds, side};
use super::queries::{
    self, CAPACITY_SORTS, CHANGE_SORTS, HOST_SORTS, POSTING_SORTS, ROUND_SORTS, Side,
};
use super::rules::content::{Entry, FIELDS};

mod host;
mod office;
mod own;

/// A placement round.
#[derive(Serialize, ToSchema)]
pub(super) struct PlacementRound {
    id: Uuid,
    name_en: String,
    name_zh: String,
    /// Whose trainees take part.
    cohorts: Vec<Uuid>,
    /// planned, collecting, open, ranking, matched or closed.
    state: String,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    seat_deadline: DateTime<Utc>,
    list_deadline: DateTime<Utc>,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    /// Postings that the reader may see, but for drafts and withdrawn ones.
    postings: i64,
    seats: i64,
}

impl From<queries::Round> for PlacementRound {
    fn from(it: queries::Round) -> Self {
        Self {
            id: it.id.0,
            name_en: it.name_en,
            name_zh: it.name_zh,
            cohorts: it.cohort_ids,
            state: it.state,
            opens_at: it.opens_at,
            closes_at: it.closes_at,
            seat_deadline: it.seat_deadline,
            list_deadline: it.list_deadline,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            postings: it.postings,
            seats: it.seats,
        }
    }
}

/// An institution's partnership with the programme.
#[derive(Serialize, ToSchema)]
pub(super) struct PlacementPartner {
    id: Uuid,
    organisation: Uuid,
    organisation_en: String,
    organisation_zh: String,
    /// prepared, active, paused or ended.
    status: String,
    signed_on: Option<NaiveDate>,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    remark: String,
}

impl From<queries::HostRow> for PlacementPartner {
    fn from(it: queries::HostRow) -> Self {
        Self {
            id: it.id.0,
            organisation: it.organisation_id.0,
            organisation_en: it.organisation_en,
            organisation_zh: it.organisation_zh,
            status: it.status,
            signed_on: it.signed_on,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            remark: it.remark,
        }
    }
}

/// Seats of a focus area.
#[derive(Serialize, ToSchema)]
pub(super) struct SeatsOfArea {
    area: Uuid,
    seats: i32,
}

/// A question how many trainees an institution can take, with its answer.
#[derive(Serialize, ToSchema)]
pub(super) struct PlacementCapacity {
    id: Uuid,
    organisation: Uuid,
    organisation_en: String,
    organisation_zh: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    due_on: NaiveDate,
    words: String,
    /// asked, answered or withdrawn.
    state: String,
    seats: Option<i32>,
    by_area: Vec<SeatsOfArea>,
    remark: String,
    answered_at: Option<DateTime<Utc>>,
}

impl PlacementCapacity {
    fn new(it: queries::Capacity) -> Result<Self> {
        let by_area = it.by_area()?.into_iter().map(|it| SeatsOfArea {
            area: it.area.0,
            seats: it.seats,
        });
        Ok(Self {
            by_area: by_area.collect(),
            id: it.id.0,
            organisation: it.organisation_id.0,
            organisation_en: it.organisation_en,
            organisation_zh: it.organisation_zh,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            due_on: it.due_on,
            words: it.words,
            state: it.state,
            seats: it.seats,
            remark: it.remark,
            answered_at: it.answered_at,
        })
    }
}

/// A placement posting, as its institution and the office read it.
#[derive(Serialize, ToSchema)]
pub(super) struct PlacementPosting {
    id: Uuid,
    number: String,
    organisation: Uuid,
    organisation_en: String,
    organisation_zh: String,
    round: Uuid,
    /// draft, submitted, returned, approved, open, ranking, matched, closed or withdrawn.
    state: String,
    /// Everything that it says, by the names of the form's fields; several words are joined by commas.
    #[schema(value_type = Object)]
    fields: BTreeMap<String, String>,
    /// Seats added after the match, for the next round.
    later_seats: i32,
    /// Why it was returned.
    comment: String,
    /// A warning: what is paid is below the statutory minimum wage.
    below_minimum_wage: bool,
    /// Trainees who are interested, for the institution.
    interests: i64,
    submitted_at: Option<DateTime<Utc>>,
}

impl PlacementPosting {
    fn new(cx: &mut Cx<'_, '_>, it: queries::Posting) -> Result<Self> {
        let book = curriculum::book(cx.conn, it.programme_id)?;
        Ok(Self {
            fields: as_map(&posting_form::values(&it.draft()?, &book)),
            below_minimum_wage: posting::wage_warning(cx, &it)?.is_some(),
            id: it.id.0,
            number: it.number,
            organisation: it.organisation_id.0,
            organisation_en: it.organisation_en,
            organisation_zh: it.organisation_zh,
            round: it.round_id.0,
            state: it.state,
            later_seats: it.later_seats,
            comment: it.comment,
            interests: it.interests,
            submitted_at: it.submitted_at,
        })
    }
}

/// A change of seats.
#[derive(Serialize, ToSchema)]
pub(super) struct SeatChange {
    id: Uuid,
    posting: Uuid,
    number: String,
    organisation: Uuid,
    /// seats or withdraw.
    kind: String,
    seats_before: i32,
    seats_after: i32,
    reason: String,
    /// asked, seconded, approved, refused or `taken_back`.
    state: String,
    /// How many approvals it takes.
    approvals: i32,
    answer: String,
    asked_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
}

impl From<queries::Change> for SeatChange {
    fn from(it: queries::Change) -> Self {
        Self {
            id: it.id.0,
            posting: it.posting_id.0,
            number: it.number,
            organisation: it.organisation_id.0,
            kind: it.kind,
            seats_before: it.seats_before,
            seats_after: it.seats_after,
            reason: it.reason,
            state: it.state,
            approvals: it.needs,
            answer: it.answer,
            asked_at: it.created_at,
            decided_at: it.decided_at,
        }
    }
}

/// The schemas of this room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<PlacementRound>()
        .schema_from::<PlacementPartner>()
        .schema_from::<SeatsOfArea>()
        .schema_from::<PlacementCapacity>()
        .schema_from::<PlacementPosting>()
        .schema_from::<SeatChange>();
    own::schemas(host::schemas(office::schemas(to)))
}

/// The operations of this room.
pub(super) fn routes() -> Routes {
    office::routes().and(host::routes()).and(own::routes())
}

const AFTER: (&str, &str) = ("after", "The `next` of the page before.");
const LIST: &[(&str, &str)] = &[
    ("q", "Part of a name."),
    ("state", "Only those in this state."),
    ("sort", "A column; with - from the end."),
    AFTER,
];
const POSTINGS: &[(&str, &str)] = &[
    ("q", "Part of number, title, summary or institution."),
    ("state", "Only those in this state."),
    ("round", "Only those of this round."),
    ("area", "Only those of this focus area."),
    ("city", "Only those in this city."),
    ("paid", "yes or no."),
    ("pattern", "Only those of this working pattern."),
    ("institution", "Only those of this institution."),
    (
        "sort",
        "title, organisation, state, seats, starts or submitted; with - from the end.",
    ),
    AFTER,
];

/// Fields of which several words may be given.
fn is_several(name: &str) -> bool {
    let several = FIELDS
        .iter()
        .any(|it| it.name == name && matches!(it.entry, Entry::Words(_)));
    several
        || matches!(
            name,
            "areas"
                | "want_cohorts"
                | "want_routes"
                | "want_modules"
                | "want_languages"
                | "want_authorisations"
        )
}

/// Fields of a form as a document has them.
fn as_map(pairs: &Pairs) -> BTreeMap<String, String> {
    let mut map: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        map.entry(name.to_owned())
            .and_modify(|it| {
                it.push(',');
                it.push_str(value);
            })
            .or_insert_with(|| value.to_owned());
    }
    map
}

/// The fields of a document as a form has them.
fn as_pairs(map: &BTreeMap<String, String>) -> Pairs {
    let mut pairs = Vec::new();
    for (name, value) in map {
        if is_several(name) {
            let words = value.split(',').map(str::trim).filter(|it| !it.is_empty());
            pairs.extend(words.map(|it| (name.clone(), it.to_owned())));
        } else {
            pairs.push((name.clone(), value.clone()));
        }
    }
    Pairs::new(pairs)
}

fn list_rounds(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = crate::web::listing::page(query, ROUND_SORTS);
    let rows = queries::rounds(cx.conn, &side, rounds::sought(query), &page)?;
    list(
        Page::cut(rows, PAGE, queries::Round::cursor),
        PlacementRound::from,
    )
}

fn show_round(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = rounds::one(cx)?;
    let version = row.version;
    Ok(Reply::json(200, &PlacementRound::from(row))?.with_version(version))
}

fn list_partners(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = crate::web::listing::page(query, HOST_SORTS);
    let rows = queries::hosts(cx.conn, &side, hosts::sought(query), &page)?;
    list(
        Page::cut(rows, PAGE, queries::HostRow::cursor),
        PlacementPartner::from,
    )
}

fn show_partner(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = hosts::one(cx)?;
    let version = row.version;
    Ok(Reply::json(200, &PlacementPartner::from(row))?.with_version(version))
}

fn list_capacity(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = crate::web::listing::page(query, CAPACITY_SORTS);
    let rows = queries::capacities(cx.conn, &side, capacity::sought(query), &page)?;
    let page = Page::cut(rows, PAGE, queries::Capacity::cursor);
    let rows: Result<Vec<_>> = page.rows.into_iter().map(PlacementCapacity::new).collect();
    let shown = Page {
        rows: rows?,
        next: page.next,
    };
    list(shown, |it| it)
}

fn capacity_reply(it: queries::Capacity, status: u16) -> Result<Reply> {
    let version = it.version;
    Ok(Reply::json(status, &PlacementCapacity::new(it)?)?.with_version(version))
}

fn show_capacity(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = capacity::one(cx)?;
    capacity_reply(row, 200)
}

fn list_postings(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = crate::web::listing::page(query, POSTING_SORTS);
    let rows = queries::postings(cx.conn, &side, &posting::sought(query), &page)?;
    let page = Page::cut(rows, PAGE, queries::Posting::cursor);
    let mut shown = Vec::new();
    for it in page.rows {
        shown.push(PlacementPosting::new(cx, it)?);
    }
    let shown = Page {
        rows: shown,
        next: page.next,
    };
    list(shown, |it| it)
}

fn posting_reply(cx: &mut Cx<'_, '_>, it: queries::Posting, status: u16) -> Result<Reply> {
    let version = it.version;
    let shown = PlacementPosting::new(cx, it)?;
    Ok(Reply::json(status, &shown)?.with_version(version))
}

fn show_posting(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = posting::one(cx)?;
    posting_reply(cx, row, 200)
}

/// The posting of the address, at the version that `If-Match` names.
fn matched_posting(cx: &mut Cx<'_, '_>) -> Result<(Side, queries::Posting)> {
    let (side, row) = posting::one(cx)?;
    cx.if_match(row.version)?;
    Ok((side, row))
}

/// The posting of the address as it stands after a step.
fn posting_again(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    show_posting(cx)
}

fn list_changes(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = crate::web::listing::page(query, CHANGE_SORTS);
    let rows = queries::changes(cx.conn, &side, changes::sought(query), &page)?;
    list(
        Page::cut(rows, PAGE, queries::Change::cursor),
        SeatChange::from,
    )
}

fn change_reply(it: queries::Change, status: u16) -> Result<Reply> {
    let version = it.version;
    Ok(Reply::json(status, &SeatChange::from(it))?.with_version(version))
}

fn show_change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = changes::one(cx)?;
    change_reply(row, 200)
}

/// The change of the address, at the version that `If-Match` names.
fn matched_change(cx: &mut Cx<'_, '_>) -> Result<queries::Change> {
    let (_, row) = changes::one(cx)?;
    cx.if_match(row.version)?;
    Ok(row)
}

/// A name that no field has.
fn unknown_field(name: &str) -> Error {
    Error::field(format!("fields.{name}"), "unknown", |lang| {
        lang.form_choice().to_owned()
    })
}
