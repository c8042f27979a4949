//! Teaching over the API: offerings here, sessions and storm days in files of their own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, CohortStaff, STAFF};
use crate::cohorts::queries as cohorts;
use crate::error::{Error, Result};
use crate::ids::{CohortId, ModuleId, OfferingId, PersonId};
use crate::web::api::{Day, Given, list, no_choice};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions::{self, OfferingDetails, Planned};
use super::pages::pattern_of;
use super::queries;
use super::rules::Slot;
use super::rules::clashes::Clash;
use super::rules::recurrence::Pattern;

mod classes;
mod storm;

/// A module as it is taught to a cohort.
#[derive(Serialize, ToSchema)]
struct Offering {
    id: Uuid,
    cohort: Uuid,
    module: Uuid,
    /// The module's code.
    module_code: String,
    /// Empty: the module's own name.
    title_en: String,
    title_zh: String,
    instructors: Vec<Uuid>,
    room: String,
    link: String,
    capacity: i32,
    /// Does everybody of the cohort attend? Otherwise those with a place.
    whole_cohort: bool,
    /// planned, published or cancelled.
    state: String,
    /// Sessions that are scheduled or held.
    sessions: i64,
    /// Minutes of these.
    minutes: i64,
    /// Its ETag, without the quotes.
    version: i32,
}

fn ids(people: &[PersonId]) -> Vec<Uuid> {
    people.iter().map(|it| it.0).collect()
}

impl From<queries::Offering> for Offering {
    fn from(it: queries::Offering) -> Self {
        Self {
            id: it.id.0,
            cohort: it.cohort_id.0,
            module: it.module_id.0,
            instructors: ids(&it.instructor_ids),
            module_code: it.module_code,
            title_en: it.title_en,
            title_zh: it.title_zh,
            room: it.room,
            link: it.link,
            capacity: it.capacity,
            whole_cohort: it.whole_cohort,
            state: it.state,
            sessions: it.sessions,
            minutes: it.minutes,
            version: it.version,
        }
    }
}

/// A module to offer to a cohort.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOffering {
    module: Uuid,
    #[serde(default)]
    #[schema(max_length = 160)]
    title_en: String,
    #[serde(default)]
    #[schema(max_length = 160)]
    title_zh: String,
    #[serde(default)]
    instructors: Vec<Uuid>,
    #[serde(default)]
    #[schema(max_length = 120)]
    room: String,
    #[serde(default)]
    #[schema(max_length = 400)]
    link: String,
    #[schema(minimum = 1, maximum = 1000, example = 30)]
    capacity: i32,
    #[schema(example = true)]
    whole_cohort: bool,
}

/// What changes about an offering.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfferingChange {
    #[schema(max_length = 160)]
    title_en: Option<String>,
    #[schema(max_length = 160)]
    title_zh: Option<String>,
    instructors: Option<Vec<Uuid>>,
    #[schema(max_length = 120)]
    room: Option<String>,
    #[schema(max_length = 400)]
    link: Option<String>,
    #[schema(minimum = 1, maximum = 1000, example = 30)]
    capacity: Option<i32>,
    whole_cohort: Option<bool>,
}

/// A weekly pattern of sessions.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SessionPattern {
    /// mon, tue, wed, thu, fri, sat or sun.
    #[schema(example = json!(["mon", "thu"]))]
    weekdays: Vec<String>,
    /// Time of day in Hong Kong.
    #[schema(example = "19:00")]
    time: String,
    /// Another time on Saturdays.
    #[schema(example = "09:30")]
    saturday: Option<String>,
    #[schema(minimum = 15, maximum = 600, example = 180)]
    minutes: i32,
    #[schema(value_type = String, format = Date, example = "2027-03-01")]
    first_on: Day,
    /// How many sessions; leave out for `hours`.
    #[schema(minimum = 1, maximum = 200)]
    sessions: Option<i32>,
    /// How many hours of teaching are filled.
    #[schema(minimum = 1, maximum = 200, example = 6)]
    hours: Option<i32>,
    /// Only show what it gives.
    #[serde(default)]
    #[schema(example = true)]
    dry_run: bool,
    /// The fingerprint of the answer to a dry run.
    seen: Option<String>,
    /// Plan it in spite of the clashes that the dry run showed.
    #[serde(default)]
    accept_clashes: bool,
}

/// A span of time.
#[derive(Serialize, ToSchema)]
struct Span {
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

impl From<&Slot> for Span {
    fn from(it: &Slot) -> Self {
        Self {
            starts_at: it.starts_at,
            ends_at: it.ends_at,
        }
    }
}

/// Two engagements that cannot both be.
#[derive(Serialize, ToSchema)]
struct SessionClash {
    /// room, link, instructor, trainee or placement.
    kind: String,
    /// When the planned session begins.
    at: DateTime<Utc>,
    /// The session that stands there.
    with: Uuid,
    with_name_en: String,
    with_name_zh: String,
}

impl From<&Clash> for SessionClash {
    fn from(it: &Clash) -> Self {
        Self {
            kind: it.kind.as_str().to_owned(),
            at: it.planned.2.starts_at,
            with: it.standing.0,
            with_name_en: it.standing.1.0.clone(),
            with_name_zh: it.standing.1.1.clone(),
        }
    }
}

/// A day that a pattern leaves out.
#[derive(Serialize, ToSchema)]
struct SkippedDay {
    #[schema(format = Date)]
    on: String,
    name_en: String,
    name_zh: String,
}

/// What a pattern gives.
#[derive(Serialize, ToSchema)]
struct SessionPlan {
    /// Were the sessions planned, or only shown?
    planned: bool,
    sessions: Vec<Span>,
    skipped: Vec<SkippedDay>,
    clashes: Vec<SessionClash>,
    /// Sessions or minutes that do not fit before the cohort ends.
    left: i64,
    /// What is sent as `seen` to plan exactly this.
    fingerprint: String,
}

fn plan_shown(it: &Planned, planned: bool) -> SessionPlan {
    SessionPlan {
        planned,
        sessions: it.plan.slots.iter().map(Span::from).collect(),
        skipped: it
            .plan
            .skipped
            .iter()
            .map(|skipped| SkippedDay {
                on: skipped.on.to_string(),
                name_en: skipped.by.name.0.clone(),
                name_zh: skipped.by.name.1.clone(),
            })
            .collect(),
        clashes: it.clashes.iter().map(SessionClash::from).collect(),
        left: it.plan.left,
        fingerprint: it.fingerprint.clone(),
    }
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<Offering>()
        .schema_from::<NewOffering>()
        .schema_from::<OfferingChange>()
        .schema_from::<SessionPattern>()
        .schema_from::<Span>()
        .schema_from::<SessionClash>()
        .schema_from::<SkippedDay>()
        .schema_from::<SessionPlan>();
    storm::schemas(classes::schemas(to))
}

/// The operations of the room.
#[must_use]
pub fn routes() -> Routes {
    let all = "/api/v1/cohorts/{cohort}/offerings";
    let one = "/api/v1/cohorts/{cohort}/offerings/{offering}";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            all,
            STAFF,
            offerings,
            read(
                "listOfferings",
                "Modules offered to a cohort.",
                "Offering[]",
            ),
        )
        .api(
            Method::Post,
            all,
            STAFF,
            add,
            write(
                "addOffering",
                "Offers a module to a cohort.",
                Some("NewOffering"),
                (201, "Offering"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            one,
            STAFF,
            get,
            read("getOffering", "One offering.", "Offering").versioned(),
        )
        .api(
            Method::Patch,
            one,
            STAFF,
            change,
            write(
                "changeOffering",
                "Changes an offering; sessions that stand stay as they are.",
                Some("OfferingChange"),
                (200, "Offering"),
            )
            .versioned(),
        )
        .and(steps())
        .and(classes::routes())
        .and(storm::routes())
}

fn steps() -> Routes {
    let write = Operation::write;
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/offerings/{offering}/publish",
            STAFF,
            publish,
            write(
                "publishOffering",
                "Shows an offering to its trainees and instructors and writes to them.",
                None,
                (200, "Offering"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/offerings/{offering}/cancel",
            STAFF,
            cancel,
            write(
                "cancelOffering",
                "Calls an offering off with every session to come, and tells everybody.",
                None,
                (200, "Offering"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/offerings/{offering}/plan",
            STAFF,
            plan,
            write(
                "planSessions",
                "Shows or plans the sessions of a weekly pattern.",
                Some("SessionPattern"),
                (200, "SessionPlan"),
            ),
        )
}

/// The proof for the cohort of the address.
fn staff(cx: &mut Cx<'_, '_>) -> Result<CohortStaff> {
    let id: CohortId = cx.request().param("cohort")?;
    access::cohort_staff(cx.conn, id)
}

fn offerings(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let rows = queries::offerings(cx.conn, &staff)?;
    list(Page { rows, next: None }, Offering::from)
}

/// The offering of the address.
fn offering(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, queries::Offering)> {
    let staff = staff(cx)?;
    let id: OfferingId = cx.request().param("offering")?;
    let it = queries::offering(cx.conn, &staff, id)?;
    Ok((staff, it))
}

fn shown(cx: &mut Cx<'_, '_>, staff: &CohortStaff, id: OfferingId, status: u16) -> Result<Reply> {
    let it = queries::offering(cx.conn, staff, id)?;
    let version = it.version;
    Ok(Reply::json(status, &Offering::from(it))?.with_version(version))
}

/// Judges texts and numbers as the form's page does.
fn judged(mut details: OfferingDetails) -> Result<OfferingDetails> {
    let pairs = Given::new()
        .set("title_en", Some(&details.title_en))
        .set("title_zh", Some(&details.title_zh))
        .set("room", Some(&details.room))
        .set("link", Some(&details.link))
        .set("capacity", Some(details.capacity))
        .alone();
    let mut form = Form::new(&pairs);
    details.title_en = form.optional("title_en", 160).unwrap_or_default();
    details.title_zh = form.optional("title_zh", 160).unwrap_or_default();
    details.room = form.optional("room", 120).unwrap_or_default();
    details.link = form.optional("link", 400).unwrap_or_default();
    details.capacity = form.number("capacity", 1, 1_000);
    form.done()?;
    Ok(details)
}

fn people(ids: Vec<Uuid>) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = ids.into_iter().map(PersonId).collect();
    people.sort();
    people.dedup();
    people
}

fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: NewOffering = cx.json()?;
    let details = judged(OfferingDetails {
        module: ModuleId(new.module),
        title_en: new.title_en,
        title_zh: new.title_zh,
        instructors: people(new.instructors),
        room: new.room,
        link: new.link,
        capacity: new.capacity,
        whole_cohort: new.whole_cohort,
    })?;
    let id = actions::add_offering(cx.conn, &staff, &details)?;
    let at = format!("/api/v1/cohorts/{}/offerings/{id}", staff.cohort());
    Ok(shown(cx, &staff, id, 201)?.with("location", at))
}

fn get(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = offering(cx)?;
    shown(cx, &staff, it.id, 200)
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = offering(cx)?;
    cx.if_match(it.version)?;
    let change: OfferingChange = cx.json()?;
    let was = OfferingDetails::from(&it);
    let details = judged(OfferingDetails {
        module: was.module,
        title_en: change.title_en.unwrap_or(was.title_en),
        title_zh: change.title_zh.unwrap_or(was.title_zh),
        instructors: change.instructors.map_or(was.instructors, people),
        room: change.room.unwrap_or(was.room),
        link: change.link.unwrap_or(was.link),
        capacity: change.capacity.unwrap_or(was.capacity),
        whole_cohort: change.whole_cohort.unwrap_or(was.whole_cohort),
    })?;
    actions::change_offering(cx.conn, &staff, it.id, it.version, &details)?;
    shown(cx, &staff, it.id, 200)
}

fn publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = offering(cx)?;
    actions::publish(cx.conn, &staff, it.id)?;
    shown(cx, &staff, it.id, 200)
}

fn cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = offering(cx)?;
    actions::cancel_offering(cx.conn, &staff, it.id)?;
    shown(cx, &staff, it.id, 200)
}

/// The pattern of a document, judged as the form's is.
fn pattern(cx: &mut Cx<'_, '_>, staff: &CohortStaff, it: &SessionPattern) -> Result<Pattern> {
    let cohort = cohorts::find(cx.conn, staff)?;
    let (until, amount) = match (it.sessions, it.hours) {
        (Some(n), None) => ("sessions", n),
        (None, Some(n)) => ("hours", n),
        (Some(_), Some(_)) | (None, None) => return Err(no_choice("sessions")),
    };
    let mut given = Given::new()
        .set("time", Some(&it.time))
        .set("saturday", it.saturday.as_ref())
        .set("minutes", Some(it.minutes))
        .set("first_on", Some(it.first_on))
        .set("until", Some(until))
        .set("amount", Some(amount));
    for day in &it.weekdays {
        given = given.set("weekdays", Some(day));
    }
    let pairs = given.alone();
    let mut form = Form::new(&pairs);
    let pattern = pattern_of(&mut form, &pairs, (cohort.starts_on, cohort.ends_on));
    form.done()?;
    Ok(pattern)
}

fn plan(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = offering(cx)?;
    let wanted: SessionPattern = cx.json()?;
    let pattern = pattern(cx, &staff, &wanted)?;
    let planned = actions::preview_plan(cx.conn, &staff, it.id, &pattern)?;
    if wanted.dry_run {
        return Reply::json(200, &plan_shown(&planned, false));
    }
    // Who has not looked first plans what there is now; clashes are refused all the same.
    let seen = wanted.seen.unwrap_or_else(|| planned.fingerprint.clone());
    let how = (seen.as_str(), wanted.accept_clashes);
    actions::plan_sessions(cx.conn, &staff, it.id, &pattern, how)?;
    Reply::json(200, &plan_shown(&planned, true))
}

/// The error of a time that cannot be read.
fn unread(field: &'static str) -> Error {
    Error::field(field, "time", |lang| lang.cohorts_bad_time().to_owned())
}
