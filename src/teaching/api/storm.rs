//! Storm days over the API.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, ProgrammeStaff, STAFF};
use crate::error::{Error, Result};
use crate::ids::ProgrammeId;
use crate::web::api::{Day, list, no_choice};
use crate::web::paging::Page;
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::super::actions;
use super::super::queries::ClassSession;
use super::super::rules::{CancelReason, Slot};
use super::{Span, unread};

/// A day without classes because of the weather.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStormDay {
    #[schema(value_type = String, format = Date, example = "2026-12-10")]
    day: Day,
    /// Only sessions that begin at this time in Hong Kong or later.
    #[schema(example = "12:00")]
    from: Option<String>,
    /// `signal_8`, `black_rain` or `extreme_conditions`.
    #[schema(example = "signal_8")]
    reason: String,
    /// Only show what it takes.
    #[serde(default)]
    #[schema(example = true)]
    dry_run: bool,
    /// The fingerprint of the answer to a dry run: a day that has changed since is refused.
    seen: Option<String>,
}

/// What a storm takes.
#[derive(Serialize, ToSchema)]
struct StormTaken {
    /// Were the sessions cancelled, or only shown?
    cancelled: bool,
    classes: Vec<Uuid>,
    /// People who are told.
    people: usize,
    /// Letters to them.
    letters: usize,
    /// What is sent as `seen` to cancel exactly this.
    fingerprint: String,
}

/// A lost session and when it could be made up for.
#[derive(Serialize, ToSchema)]
struct MakeUpProposal {
    class: Uuid,
    cohort: Uuid,
    /// Null: there is no free time before the cohort ends.
    proposed: Option<Span>,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<NewStormDay>()
        .schema_from::<StormTaken>()
        .schema_from::<MakeUpProposal>()
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/programmes/{programme}/storm-days",
            STAFF,
            storm,
            write(
                "cancelStormDay",
                "Shows or cancels every session of a day in the programme.",
                Some("NewStormDay"),
                (200, "StormTaken"),
            ),
        )
        .api(
            Method::Get,
            "/api/v1/programmes/{programme}/make-ups",
            STAFF,
            proposals,
            read(
                "listMakeUpProposals",
                "Times for the sessions of a day that were lost; plan them with makeUpClass.",
                "MakeUpProposal[]",
            )
            .asking(&[("day", "The day of the storm.")]),
        )
}

fn staff(cx: &mut Cx<'_, '_>) -> Result<ProgrammeStaff> {
    let id: ProgrammeId = cx.request().param("programme")?;
    access::programme_staff(cx.conn, id)
}

fn storm(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let wanted: NewStormDay = cx.json()?;
    let reason = CancelReason::parse(&wanted.reason)
        .filter(|it| it.is_weather())
        .ok_or_else(|| no_choice("reason"))?;
    let from = match wanted.from.as_deref() {
        None => None,
        Some(text) => {
            let read = NaiveTime::parse_from_str(text, "%H:%M");
            Some(read.map_err(|_malformed| unread("from"))?)
        }
    };
    let taken = actions::storm_day(cx.conn, &staff, wanted.day.0, from)?;
    if !wanted.dry_run {
        let seen = wanted.seen.as_ref().unwrap_or(&taken.fingerprint);
        actions::cancel_day(cx.conn, &staff, (wanted.day.0, from), (reason, seen))?;
    }
    let shown = StormTaken {
        cancelled: !wanted.dry_run,
        classes: taken.sessions.iter().map(|it| it.id.0).collect(),
        people: taken.people.len(),
        letters: taken.letters,
        fingerprint: taken.fingerprint,
    };
    Reply::json(200, &shown)
}

fn proposals(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let day = cx
        .request()
        .query
        .get("day")
        .and_then(|text| text.parse::<chrono::NaiveDate>().ok())
        .filter(|day| (1990..=2190).contains(&chrono::Datelike::year(day)));
    let rows = match day {
        Some(day) => actions::proposals(cx.conn, &staff, day)?,
        None if cx.request().query.get("day").is_none() => Vec::new(),
        None => {
            return Err(Error::field("day", "date", |lang| {
                lang.form_date().to_owned()
            }));
        }
    };
    list(
        Page { rows, next: None },
        |(it, slot): (ClassSession, Option<Slot>)| MakeUpProposal {
            class: it.id.0,
            cohort: it.cohort_id.0,
            proposed: slot.as_ref().map(Span::from),
        },
    )
}
