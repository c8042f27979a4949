//! A trainee's operations: the postings of their rounds, their profile, what they save, their interest.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT};
use crate::error::Result;
use crate::ids::PostingId;
use crate::web::api::list;
use crate::web::paging::Page;
use crate::web::{Cx, Form, Method, Operation, Pairs, Reply, Routes};

use super::super::actions;
use super::super::pages::browse::{self, Seen, record};
use super::super::pages::profile;
use super::super::queries;
use super::super::rules::content::FIELDS;
use super::super::rules::eligibility::Unmet;
use super::AFTER;

/// Why a posting is suggested.
#[derive(Serialize, ToSchema)]
struct SuggestionReason {
    /// area, competencies, city or languages.
    reason: &'static str,
    points: u32,
    /// The most points that this reason gives.
    of: u32,
}

/// A posting as a trainee reads it.
#[derive(Serialize, ToSchema)]
struct OpenPosting {
    id: Uuid,
    number: String,
    organisation: Uuid,
    organisation_en: String,
    organisation_zh: String,
    state: String,
    areas: Vec<Uuid>,
    seats: i32,
    allowance_cents: Option<i64>,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    list_deadline: DateTime<Utc>,
    /// What it says, by the names of its fields.
    #[schema(value_type = Object)]
    fields: std::collections::BTreeMap<String, String>,
    eligible: bool,
    /// Names of the conditions that are not met.
    unmet: Vec<&'static str>,
    suggestion: Vec<SuggestionReason>,
    saved: bool,
    interested_at: Option<DateTime<Utc>>,
}

impl OpenPosting {
    fn new(seen: Seen) -> Result<Self> {
        let content = seen.it.content()?;
        let open = FIELDS
            .iter()
            .filter(|it| !it.inside && !content.get(it.name).is_empty());
        let fields = open
            .map(|it| (it.name.to_owned(), content.get(it.name).to_owned()))
            .collect();
        let suggestion = seen.points.iter().map(|(why, points)| SuggestionReason {
            reason: why.as_str(),
            points: *points,
            of: why.weight(),
        });
        Ok(Self {
            fields,
            suggestion: suggestion.collect(),
            eligible: seen.unmet.is_empty(),
            unmet: seen.unmet.iter().map(Unmet::code).collect(),
            saved: seen.saved,
            interested_at: seen.interested,
            id: seen.it.id.0,
            number: seen.it.number,
            organisation: seen.it.organisation_id.0,
            organisation_en: seen.it.organisation_en,
            organisation_zh: seen.it.organisation_zh,
            state: seen.it.state,
            areas: seen.it.area_ids,
            seats: seen.it.seats,
            allowance_cents: seen.it.allowance_cents,
            starts_on: seen.it.starts_on,
            ends_on: seen.it.ends_on,
            list_deadline: seen.it.list_deadline,
        })
    }
}

/// What a trainee says of themselves for placements.
#[derive(Serialize, ToSchema)]
struct PlacementProfile {
    areas: Vec<Uuid>,
    cities: Vec<String>,
    languages: Vec<String>,
    authorisations: Vec<String>,
    degree: Option<String>,
    mainland_permit: bool,
}

/// The whole profile as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"areas": [], "cities": ["hong_kong"], "languages": ["en"], "authorisations": ["resident"], "degree": "master", "mainland_permit": false}))]
struct ProfileWanted {
    areas: Vec<Uuid>,
    cities: Vec<String>,
    languages: Vec<String>,
    authorisations: Vec<String>,
    degree: Option<String>,
    mainland_permit: bool,
}

/// An interest to express.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InterestWanted {
    note: Option<String>,
    /// Of profile, modules and cv, those that the institution may see.
    #[schema(example = json!(["profile"]))]
    shares: Vec<String>,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<SuggestionReason>()
        .schema_from::<OpenPosting>()
        .schema_from::<PlacementProfile>()
        .schema_from::<ProfileWanted>()
        .schema_from::<InterestWanted>()
}

const OPEN: &[(&str, &str)] = &[
    ("q", "Part of number, title, summary or institution."),
    ("show", "eligible, suggested, saved or interested."),
    ("area", "Only those of this focus area."),
    ("city", "Only those in this city."),
    ("paid", "yes or no."),
    ("pattern", "Only those of this working pattern."),
    ("institution", "Only those of this institution."),
    (
        "sort",
        "title, organisation, seats or starts; with - from the end.",
    ),
    AFTER,
];

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, "/api/v1/me/placements", APPLICANT, postings,
            read("listOpenPostings", "Postings of rounds that one’s cohort takes part in.", "OpenPosting[]").asking(OPEN))
        .api(Method::Get, "/api/v1/me/placements/{posting}", APPLICANT, posting,
            read("getOpenPosting", "One such posting.", "OpenPosting"))
        .api(Method::Post, "/api/v1/me/placements/{posting}/save", APPLICANT, save,
            write("savePosting", "Saves a posting for later.", None, (200, "OpenPosting")))
        .api(Method::Post, "/api/v1/me/placements/{posting}/forget", APPLICANT, forget,
            write("forgetPosting", "Saves it no more.", None, (200, "OpenPosting")))
        .api(Method::Post, "/api/v1/me/placements/{posting}/interest", APPLICANT, express,
            write("expressInterest", "Expresses interest; the institution sees it from now on.", Some("InterestWanted"), (200, "OpenPosting")))
        .api(Method::Post, "/api/v1/me/placements/{posting}/take-back", APPLICANT, take_back,
            write("takeBackInterest", "Takes the interest back; the institution sees it no more.", None, (200, "OpenPosting")))
        .api(Method::Get, "/api/v1/me/placement-profile", APPLICANT, show_profile,
            read("getPlacementProfile", "What one says of oneself for placements.", "PlacementProfile"))
        .api(Method::Post, "/api/v1/me/placement-profile", APPLICANT, set_profile,
            write("setPlacementProfile", "Says it anew.", Some("ProfileWanted"), (200, "PlacementProfile")))
}

fn postings(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let found = browse::all(cx)?;
    let page = browse::cut(&cx.visit.request.query, found);
    let rows: Result<Vec<_>> = page.rows.into_iter().map(OpenPosting::new).collect();
    let shown = Page {
        rows: rows?,
        next: page.next,
    };
    list(shown, |it| it)
}

fn posting(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, seen) = record::one(cx)?;
    Reply::json(200, &OpenPosting::new(seen)?)
}

fn kept(cx: &mut Cx<'_, '_>, kept: bool) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let id: PostingId = cx.request().param("posting")?;
    actions::keep(cx.conn, &own, id, kept)?;
    posting(cx)
}

fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    kept(cx, true)
}

fn forget(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    kept(cx, false)
}

fn express(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let id: PostingId = cx.request().param("posting")?;
    let it: InterestWanted = cx.json()?;
    let mut pairs = vec![("note".to_owned(), it.note.unwrap_or_default())];
    pairs.extend(it.shares.into_iter().map(|it| ("shares".to_owned(), it)));
    let pairs = Pairs::new(pairs);
    let mut form = Form::new(&pairs);
    let new = record::read_interest(&mut form, &pairs);
    form.done()?;
    actions::express(cx.conn, &own, id, &new)?;
    posting(cx)
}

fn take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let id: PostingId = cx.request().param("posting")?;
    actions::take_back(cx.conn, &own, id)?;
    posting(cx)
}

fn show_profile(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let place = profile::place(cx.conn)?;
    let it = queries::profile(cx.conn, &place)?;
    let shown = PlacementProfile {
        areas: it.area_ids,
        cities: it.cities,
        languages: it.languages,
        authorisations: it.authorisations,
        degree: it.degree,
        mainland_permit: it.mainland_permit,
    };
    Reply::json(200, &shown)
}

fn set_profile(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let place = profile::place(cx.conn)?;
    let it: ProfileWanted = cx.json()?;
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut all = |name: &str, words: Vec<String>| {
        pairs.extend(words.into_iter().map(|it| (name.to_owned(), it)));
    };
    all("areas", it.areas.iter().map(Uuid::to_string).collect());
    all("cities", it.cities);
    all("languages", it.languages);
    all("authorisations", it.authorisations);
    all("degree", it.degree.into_iter().collect());
    let permit = if it.mainland_permit { "yes" } else { "no" };
    all("mainland_permit", vec![permit.to_owned()]);
    let pairs = Pairs::new(pairs);
    let mut form = Form::new(&pairs);
    let new = profile::read(&mut form, &pairs);
    form.done()?;
    actions::set_profile(cx.conn, &place, &new)?;
    show_profile(cx)
}
