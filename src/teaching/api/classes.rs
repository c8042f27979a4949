//! Sessions over the API.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{CohortStaff, STAFF};
use crate::cohorts::queries as cohorts;
use crate::error::{Error, Result};
use crate::ids::ClassId;
use crate::web::api::{Given, Instant, list, no_choice};
use crate::web::exports;
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::super::actions::{self, Meeting};
use super::super::pages::{sessions_file, sessions_filter};
use super::super::queries::{self, ClassSession};
use super::super::rules::{CancelReason, MINUTES, Slot, slot_problems};
use super::{ids, people, staff};

/// A meeting of a class.
#[derive(Serialize, ToSchema)]
pub(super) struct ClassMeeting {
    id: Uuid,
    cohort: Uuid,
    offering: Uuid,
    module_code: String,
    name_en: String,
    name_zh: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    room: String,
    link: String,
    instructors: Vec<Uuid>,
    published: bool,
    /// scheduled, cancelled or held.
    state: String,
    /// Why it is cancelled.
    cancel_reason: Option<String>,
    /// The cancelled session that it replaces.
    made_up_for: Option<Uuid>,
    /// The session that replaces it.
    made_up_by: Option<Uuid>,
    /// As calendars count its changes.
    sequence: i32,
    /// Its ETag, without the quotes.
    version: i32,
}

impl From<ClassSession> for ClassMeeting {
    fn from(it: ClassSession) -> Self {
        Self {
            id: it.id.0,
            cohort: it.cohort_id.0,
            offering: it.offering_id.0,
            instructors: ids(&it.instructor_ids),
            module_code: it.module_code,
            name_en: it.name_en,
            name_zh: it.name_zh,
            starts_at: it.starts_at,
            ends_at: it.ends_at,
            room: it.room,
            link: it.link,
            published: it.published,
            state: it.state,
            cancel_reason: it.cancel_reason,
            made_up_for: it.made_up_for.map(|id| id.0),
            made_up_by: it.made_up_by.map(|id| id.0),
            sequence: it.sequence,
            version: it.version,
        }
    }
}

/// What changes about a session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClassChange {
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-11T11:00:00Z")]
    starts_at: Option<Instant>,
    #[schema(minimum = 15, maximum = 600, example = 180)]
    minutes: Option<i32>,
    #[schema(max_length = 120)]
    room: Option<String>,
    #[schema(max_length = 400)]
    link: Option<String>,
    instructors: Option<Vec<Uuid>>,
    /// Save it in spite of clashes.
    #[serde(default)]
    accept_clashes: bool,
}

/// When a cancelled session is made up for; place and instructors are its own unless given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMakeUp {
    #[schema(value_type = String, format = DateTime, example = "2026-12-11T11:00:00Z")]
    starts_at: Instant,
    #[schema(minimum = 15, maximum = 600, example = 180)]
    minutes: Option<i32>,
    #[schema(max_length = 120)]
    room: Option<String>,
    #[schema(max_length = 400)]
    link: Option<String>,
    instructors: Option<Vec<Uuid>>,
    /// Save it in spite of clashes.
    #[serde(default)]
    accept_clashes: bool,
}

/// Why a session is cancelled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClassCancellation {
    /// `signal_8`, `black_rain`, `extreme_conditions`, instructor, room or other.
    #[schema(example = "room")]
    reason: String,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<ClassMeeting>()
        .schema_from::<ClassChange>()
        .schema_from::<NewMakeUp>()
        .schema_from::<ClassCancellation>()
}

const LIST: &[(&str, &str)] = &[
    ("from", "Only sessions of this day or later."),
    ("to", "Only sessions of this day or earlier."),
    ("offering", "Only sessions of this offering."),
    ("state", "Only sessions in this state."),
    ("instructor", "Only sessions that this person teaches."),
    ("q", "Part of a name, code or room."),
    ("sort", "time (the default) or -time."),
    ("after", "The `next` of the page before."),
];

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let all = "/api/v1/cohorts/{cohort}/classes";
    let one = "/api/v1/cohorts/{cohort}/classes/{class}";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            all,
            STAFF,
            classes,
            read(
                "listClasses",
                "Sessions of a cohort, by time.",
                "ClassMeeting[]",
            )
            .asking(LIST),
        )
        .api(
            Method::Get,
            one,
            STAFF,
            get,
            read("getClass", "One session.", "ClassMeeting").versioned(),
        )
        .api(
            Method::Patch,
            one,
            STAFF,
            change,
            write(
                "changeClass",
                "Moves a session or changes its place, and tells everybody.",
                Some("ClassChange"),
                (200, "ClassMeeting"),
            )
            .versioned(),
        )
        .and(steps())
}

fn steps() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/classes/{class}/cancel",
            STAFF,
            cancel,
            write(
                "cancelClass",
                "Cancels a session and tells everybody.",
                Some("ClassCancellation"),
                (200, "ClassMeeting"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/classes/{class}/make-up",
            STAFF,
            make_up,
            write(
                "makeUpClass",
                "Plans a session in the stead of a cancelled one.",
                Some("NewMakeUp"),
                (201, "ClassMeeting"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/classes.csv",
            STAFF,
            sessions_file,
            read("exportClassesCsv", "The list as CSV.", "text/csv").asking(LIST),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/classes.xlsx",
            STAFF,
            sessions_file,
            read(
                "exportClassesXlsx",
                "The list as a spreadsheet.",
                exports::XLSX,
            )
            .asking(LIST),
        )
}

fn classes(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let after = Cursor::from_query(query);
    let filter = sessions_filter(query);
    let page = queries::of_cohort(cx.conn, &staff, &filter, after.as_ref(), PAGE)?;
    list(page, ClassMeeting::from)
}

fn class(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, ClassSession)> {
    let staff = staff(cx)?;
    let id: ClassId = cx.request().param("class")?;
    let it = queries::session(cx.conn, &staff, id)?;
    Ok((staff, it))
}

fn shown(cx: &mut Cx<'_, '_>, staff: &CohortStaff, id: ClassId, status: u16) -> Result<Reply> {
    let it = queries::session(cx.conn, staff, id)?;
    let version = it.version;
    Ok(Reply::json(status, &ClassMeeting::from(it))?.with_version(version))
}

fn get(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = class(cx)?;
    shown(cx, &staff, it.id, 200)
}

/// Time, place and instructors as given, else as they are; judged as the form's page does.
fn meeting(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    (was, wanted): (&ClassSession, ClassChange),
) -> Result<Meeting> {
    let was = Meeting::from(was);
    let usual = i32::try_from(was.slot.minutes()).unwrap_or(*MINUTES.end());
    let pairs = Given::new()
        .set("room", Some(wanted.room.unwrap_or(was.room)))
        .set("link", Some(wanted.link.unwrap_or(was.link)))
        .set("minutes", Some(wanted.minutes.unwrap_or(usual)))
        .alone();
    let mut form = Form::new(&pairs);
    let starts_at = wanted.starts_at.map_or(was.slot.starts_at, |it| it.0);
    let minutes = form.number("minutes", *MINUTES.start(), *MINUTES.end());
    let meeting = Meeting {
        slot: Slot {
            starts_at,
            ends_at: starts_at + Duration::minutes(i64::from(minutes)),
        },
        room: form.optional("room", 120).unwrap_or_default(),
        link: form.optional("link", 400).unwrap_or_default(),
        instructors: wanted.instructors.map_or(was.instructors, people),
    };
    form.done()?;
    let cohort = cohorts::find(cx.conn, staff)?;
    let problems = slot_problems(&meeting.slot, (cohort.starts_on, cohort.ends_on));
    if problems.is_empty() {
        Ok(meeting)
    } else {
        Err(Error::Invalid(problems))
    }
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = class(cx)?;
    cx.if_match(it.version)?;
    let wanted: ClassChange = cx.json()?;
    let accepted = wanted.accept_clashes;
    let meeting = meeting(cx, &staff, (&it, wanted))?;
    actions::change_session(cx.conn, &staff, (it.id, it.version), &meeting, accepted)?;
    shown(cx, &staff, it.id, 200)
}

fn cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = class(cx)?;
    let wanted: ClassCancellation = cx.json()?;
    let reason = CancelReason::parse(&wanted.reason).ok_or_else(|| no_choice("reason"))?;
    actions::cancel_session(cx.conn, &staff, (it.id, it.version), reason)?;
    shown(cx, &staff, it.id, 200)
}

fn make_up(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = class(cx)?;
    let new: NewMakeUp = cx.json()?;
    let accepted = new.accept_clashes;
    let wanted = ClassChange {
        starts_at: Some(new.starts_at),
        minutes: new.minutes,
        room: new.room,
        link: new.link,
        instructors: new.instructors,
        accept_clashes: accepted,
    };
    let meeting = meeting(cx, &staff, (&it, wanted))?;
    let id = actions::make_up(cx.conn, &staff, it.id, &meeting, accepted)?;
    let at = format!("/api/v1/cohorts/{}/classes/{id}", staff.cohort());
    Ok(shown(cx, &staff, id, 201)?.with("location", at))
}
