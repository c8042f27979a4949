//! An institution's operations: its postings, changes of seats, capacity, terms, and who is interested.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::error::{Error, FieldError, Result};
use crate::ids::{FocusAreaId, OrganisationId, RoundId};
use crate::web::api::{Given, list};
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Pairs, Reply, Routes};

use super::super::actions::{self, CapacityAnswer};
use super::super::pages::posting_form::{self, Known};
use super::super::pages::{HOST, capacity, changes, member, posting, rounds, wanted};
use super::super::queries::{self, INTEREST_SORTS, Interest, Side};
use super::super::rules::content::Draft;
use super::{AFTER, LIST, POSTINGS};

/// What a posting says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PostingContent {
    /// The institution; only a new posting names it.
    organisation: Option<Uuid>,
    /// By the names of the form's fields; several words are joined by commas. In a change what is absent
    /// stays, and an empty text empties.
    #[schema(value_type = Object, example = json!({"title_en": "Analyst", "seats": "2"}))]
    fields: BTreeMap<String, String>,
}

/// A round to copy into.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PostingCopy {
    round: Uuid,
}

/// A change of seats to ask for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeatChangeWanted {
    /// seats or withdraw.
    #[schema(example = "seats")]
    kind: String,
    /// Seats wanted.
    #[schema(minimum = 0, maximum = 1000, example = 9)]
    seats: Option<i32>,
    reason: Option<String>,
}

/// Seats for a focus area.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeatsForArea {
    area: Uuid,
    #[schema(minimum = 0, maximum = 10000)]
    seats: i32,
}

/// How many trainees the institution can take.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CapacityGiven {
    #[schema(minimum = 0, maximum = 10000, example = 4)]
    seats: i32,
    #[schema(example = json!([]))]
    by_area: Option<Vec<SeatsForArea>>,
    remark: Option<String>,
}

/// How the institution takes part in a round.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoundTermsWanted {
    organisation: Uuid,
    /// The most that it takes over all its postings.
    #[schema(minimum = 0, maximum = 10000)]
    seat_cap: Option<i32>,
    /// `bank_list` or `posting_lists`.
    #[schema(example = "bank_list")]
    ranking: String,
}

/// How an institution takes part in a round.
#[derive(Serialize, ToSchema)]
struct RoundTerms {
    organisation: Uuid,
    seat_cap: Option<i32>,
    ranking: String,
}

/// A trainee who is interested in a posting, with what they shared.
#[derive(Serialize, ToSchema)]
struct PostingInterest {
    id: Uuid,
    posting: Uuid,
    number: String,
    trainee: String,
    trainee_number: String,
    cohort_en: String,
    cohort_zh: String,
    note: String,
    /// Of profile, modules and cv, those that are shared.
    shares: Vec<String>,
    languages: Vec<String>,
    authorisations: Vec<String>,
    degree: String,
    mainland_permit: bool,
    /// Codes of the modules completed.
    modules: Vec<String>,
    interested_at: DateTime<Utc>,
}

impl PostingInterest {
    fn new(it: Interest) -> Result<Self> {
        let shared = it.shared()?;
        Ok(Self {
            id: it.id.0,
            posting: it.posting_id.0,
            number: it.number,
            trainee: it.name_shown,
            trainee_number: it.trainee_number,
            cohort_en: it.cohort_en,
            cohort_zh: it.cohort_zh,
            note: it.note,
            shares: it.shares,
            languages: shared.languages,
            authorisations: shared.authorisations,
            degree: shared.degree,
            mainland_permit: shared.mainland_permit,
            modules: shared.modules,
            interested_at: it.created_at,
        })
    }
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<PostingContent>()
        .schema_from::<PostingCopy>()
        .schema_from::<SeatChangeWanted>()
        .schema_from::<SeatsForArea>()
        .schema_from::<CapacityGiven>()
        .schema_from::<RoundTermsWanted>()
        .schema_from::<RoundTerms>()
        .schema_from::<PostingInterest>()
}

const INTERESTS: &[(&str, &str)] = &[
    ("q", "Part of a trainee’s name or number."),
    ("posting", "Only those in this posting."),
    ("sort", "name, posting or since; with - from the end."),
    AFTER,
];

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, "/api/v1/organisation/postings", HOST, super::list_postings,
            read("listOwnPostings", "One’s institution’s postings.", "PlacementPosting[]").asking(POSTINGS))
        .api(Method::Post, "/api/v1/organisation/postings", HOST, begin,
            write("beginPosting", "Begins a posting as a draft.", Some("PostingContent"), (201, "PlacementPosting")).versioned())
        .api(Method::Get, "/api/v1/organisation/postings/{posting}", HOST, super::show_posting,
            read("getOwnPosting", "One posting of one’s institution.", "PlacementPosting").versioned())
        .api(Method::Patch, "/api/v1/organisation/postings/{posting}", HOST, change,
            write("changePosting", "Changes a draft, or a posting that was returned.", Some("PostingContent"), (200, "PlacementPosting")).versioned())
        .api(Method::Post, "/api/v1/organisation/postings/{posting}/submit", HOST, submit,
            write("submitPosting", "Hands a posting in.", None, (200, "PlacementPosting")).versioned())
        .api(Method::Post, "/api/v1/organisation/postings/{posting}/withdraw", HOST, withdraw,
            write("withdrawPosting", "Withdraws a posting that is not approved.", None, (200, "PlacementPosting")).versioned())
        .api(Method::Post, "/api/v1/organisation/postings/{posting}/copy", HOST, copy,
            write("copyPosting", "Copies a posting into a round as a new draft.", Some("PostingCopy"), (201, "PlacementPosting")).versioned())
        .api(Method::Post, "/api/v1/organisation/postings/{posting}/changes", HOST, ask_change,
            write("askSeatChange", "Asks to change the seats of an approved posting, or to withdraw it.", Some("SeatChangeWanted"), (201, "SeatChange")).versioned())
        .api(Method::Get, "/api/v1/organisation/changes", HOST, super::list_changes,
            read("listOwnSeatChanges", "One’s institution’s changes of seats.", "SeatChange[]").asking(LIST))
        .api(Method::Get, "/api/v1/organisation/changes/{change}", HOST, super::show_change,
            read("getOwnSeatChange", "One change of seats of one’s institution.", "SeatChange").versioned())
        .api(Method::Post, "/api/v1/organisation/changes/{change}/take-back", HOST, take_back,
            write("takeBackSeatChange", "Takes a change back that waits.", None, (200, "SeatChange")).versioned())
        .api(Method::Get, "/api/v1/organisation/capacity", HOST, super::list_capacity,
            read("listOwnCapacity", "Questions about one’s institution’s capacity.", "PlacementCapacity[]").asking(LIST))
        .api(Method::Get, "/api/v1/organisation/capacity/{capacity}", HOST, super::show_capacity,
            read("getOwnCapacity", "One such question.", "PlacementCapacity").versioned())
        .api(Method::Post, "/api/v1/organisation/capacity/{capacity}/answer", HOST, answer,
            write("answerCapacity", "Answers the question, or answers it anew.", Some("CapacityGiven"), (200, "PlacementCapacity")).versioned())
        .api(Method::Get, "/api/v1/organisation/rounds", HOST, super::list_rounds,
            read("listOwnRounds", "Rounds to which one’s institution is invited.", "PlacementRound[]").asking(LIST))
        .api(Method::Get, "/api/v1/organisation/rounds/{round}", HOST, super::show_round,
            read("getOwnRound", "One such round.", "PlacementRound").versioned())
        .api(Method::Post, "/api/v1/organisation/rounds/{round}/terms", HOST, set_terms,
            write("setRoundTerms", "Sets how one’s institution takes part.", Some("RoundTermsWanted"), (200, "RoundTerms")))
        .api(Method::Get, "/api/v1/organisation/partners", HOST, super::list_partners,
            read("listOwnPartnerships", "One’s institution’s partnership.", "PlacementPartner[]").asking(LIST))
        .api(Method::Get, "/api/v1/organisation/partners/{host}", HOST, super::show_partner,
            read("getOwnPartnership", "The same, one of them.", "PlacementPartner").versioned())
        .api(Method::Get, "/api/v1/organisation/interests", HOST, interests,
            read("listInterests", "Trainees interested in one’s institution’s postings.", "PostingInterest[]").asking(INTERESTS))
        .api(Method::Get, "/api/v1/organisation/interests/{interest}", HOST, interest,
            read("getInterest", "One of them, with what was shared.", "PostingInterest"))
}

/// Judges a posting's fields; a name that no field has is refused. `now` are the fields as they stand.
fn judged(given: &BTreeMap<String, String>, now: &Pairs, known: &Known) -> Result<Draft> {
    let known_names = posting_form::names();
    let strange = given.keys().find(|name| !known_names.contains(name));
    if let Some(name) = strange {
        return Err(super::unknown_field(name));
    }
    let mut all: Vec<(String, String)> = now
        .iter()
        .filter(|(name, _)| !given.contains_key(*name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let pairs = super::as_pairs(given);
    all.extend(pairs.iter().map(|(n, v)| (n.to_owned(), v.to_owned())));
    let pairs = Pairs::new(all);
    let mut form = Form::new(&pairs);
    let draft = posting_form::read(&mut form, &pairs, known);
    match form.done() {
        Ok(()) => Ok(draft),
        Err(error) => Err(named(error)),
    }
}

/// A fault of a field, named as the document has it.
fn named(error: Error) -> Error {
    let Error::Invalid(errors) = error else {
        return error;
    };
    let below = |it: FieldError| FieldError {
        field: format!("fields.{}", it.field),
        ..it
    };
    Error::Invalid(errors.into_iter().map(below).collect())
}

fn begin(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let new: PostingContent = cx.json()?;
    let organisation = new.organisation.map(OrganisationId).ok_or_else(|| {
        Error::field("organisation", "required", |lang| {
            lang.form_required().to_owned()
        })
    })?;
    let wanted: Option<RoundId> = new.fields.get("round").and_then(|it| it.parse().ok());
    let round = wanted.ok_or_else(|| {
        Error::field("fields.round", "required", |lang| {
            lang.form_required().to_owned()
        })
    })?;
    let round = queries::round(cx.conn, &side, round)?;
    let known = posting_form::known(cx, &side, round.programme_id)?;
    let usual = Pairs::new(vec![("seats".to_owned(), "1".to_owned())]);
    let draft = judged(&new.fields, &usual, &known)?;
    let id = actions::begin_posting(cx.conn, &member, organisation, &draft, None).map_err(named)?;
    let row = queries::posting(cx.conn, &side, id)?;
    let place = format!("{}/{id}", cx.request().path);
    Ok(super::posting_reply(cx, row, 201)?.with("location", place))
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = super::matched_posting(cx)?;
    let member = member(cx)?;
    let new: PostingContent = cx.json()?;
    let known = posting_form::known(cx, &side, row.programme_id)?;
    let now = posting_form::values(&row.draft()?, &known.book);
    let draft = judged(&new.fields, &now, &known)?;
    actions::save_posting(cx.conn, &member, (row.id, row.version), &draft).map_err(named)?;
    super::posting_again(cx)
}

fn submit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = super::matched_posting(cx)?;
    let member = member(cx)?;
    actions::submit_posting(cx.conn, &member, (row.id, row.version)).map_err(named)?;
    super::posting_again(cx)
}

fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = super::matched_posting(cx)?;
    let member = member(cx)?;
    actions::withdraw_posting(cx.conn, &member, (row.id, row.version))?;
    super::posting_again(cx)
}

fn copy(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = posting::one(cx)?;
    let member = member(cx)?;
    let wanted: PostingCopy = cx.json()?;
    let id = actions::copy_posting(cx.conn, &member, row.id, RoundId(wanted.round))?;
    let copied = queries::posting(cx.conn, &side, id)?;
    let place = format!("/api/v1/organisation/postings/{id}");
    Ok(super::posting_reply(cx, copied, 201)?.with("location", place))
}

fn ask_change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = super::matched_posting(cx)?;
    let member = member(cx)?;
    let it: SeatChangeWanted = cx.json()?;
    let pairs = Given::new()
        .set("kind", Some(it.kind))
        .set("seats", it.seats)
        .set("reason", it.reason)
        .alone();
    let mut form = Form::new(&pairs);
    let new = changes::read(&mut form);
    form.done()?;
    let id = actions::ask_change(cx.conn, &member, (row.id, row.version), &new)?;
    let place = format!("/api/v1/organisation/changes/{id}");
    let change = queries::change(cx.conn, &side, id)?;
    Ok(super::change_reply(change, 201)?.with("location", place))
}

fn take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let row = super::matched_change(cx)?;
    let member = member(cx)?;
    actions::take_back_change(cx.conn, &member, (row.id, row.version))?;
    super::show_change(cx)
}

fn answer(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = capacity::one(cx)?;
    let member = member(cx)?;
    cx.if_match(row.version)?;
    let it: CapacityGiven = cx.json()?;
    let pairs = Given::new()
        .set("seats", Some(it.seats))
        .set("remark", it.remark)
        .alone();
    let mut form = Form::new(&pairs);
    let mut by_area = Vec::new();
    for told in it.by_area.unwrap_or_default() {
        if !(0..=10_000).contains(&told.seats) {
            form.error("by_area", "number", |lang| lang.form_number(0, 10_000));
        }
        by_area.push((FocusAreaId(told.area), told.seats));
    }
    let answer = CapacityAnswer {
        seats: form.number("seats", 0, 10_000),
        by_area,
        remark: form.optional("remark", 2_000).unwrap_or_default(),
    };
    form.done()?;
    actions::answer_capacity(cx.conn, &member, (row.id, row.version), &answer)?;
    super::capacity_reply(queries::capacity(cx.conn, &side, row.id, false)?, 200)
}

fn set_terms(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = rounds::one(cx)?;
    let member = member(cx)?;
    let it: RoundTermsWanted = cx.json()?;
    let pairs = Given::new()
        .set("organisation", Some(it.organisation))
        .set("seat_cap", it.seat_cap)
        .set("ranking", Some(it.ranking))
        .alone();
    let mut form = Form::new(&pairs);
    let new = rounds::terms::read_terms(&mut form);
    form.done()?;
    actions::set_terms(cx.conn, &member, row.id, &new)?;
    let shown = RoundTerms {
        organisation: new.organisation.0,
        seat_cap: new.cap,
        ranking: new.ranking.as_str().to_owned(),
    };
    Reply::json(200, &shown)
}

fn interests(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let query = &cx.visit.request.query;
    let page = crate::web::listing::page(query, INTEREST_SORTS);
    let rows = queries::interests(cx.conn, &member, wanted::sought(query), &page)?;
    let page = Page::cut(rows, PAGE, queries::Interest::cursor);
    let rows: Result<Vec<_>> = page.rows.into_iter().map(PostingInterest::new).collect();
    let shown = Page {
        rows: rows?,
        next: page.next,
    };
    list(shown, |it| it)
}

fn interest(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = wanted::one(cx)?;
    Reply::json(200, &PostingInterest::new(it)?)
}
