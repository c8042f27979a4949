//! Placements under way over the API: weekly logs, their answers, the hours of each month.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{APPLICANT, STAFF};
use crate::db;
use crate::error::{Error, Result};
use crate::hosting::pages::one;
use crate::hosting::queries::Placement;
use crate::lang::format::hk_date;
use crate::web::api::{self, Given, as_named, list};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions;
use super::pages::HOST;
use super::pages::week::{asked_week, read, read_verdict};
use super::queries::{self, Log};
use super::rules::hours::{Light, months};
use super::rules::{Day, minutes};

/// A day of work.
#[derive(Serialize, ToSchema)]
struct PlacedDay {
    day: NaiveDate,
    /// `09:00`.
    from: String,
    to: String,
    /// Minutes of rest.
    rest: i32,
    task: String,
    /// office, home or elsewhere.
    place: String,
    competencies: Vec<Uuid>,
}

impl From<Day> for PlacedDay {
    fn from(it: Day) -> Self {
        Self {
            day: it.day,
            from: it.from.format("%H:%M").to_string(),
            to: it.to.format("%H:%M").to_string(),
            rest: it.rest,
            task: it.task,
            place: it.place,
            competencies: it.competencies.into_iter().map(|id| id.0).collect(),
        }
    }
}

/// The log of a week.
#[derive(Serialize, ToSchema)]
struct PlacedLog {
    /// Its Monday.
    week: NaiveDate,
    /// draft, submitted, approved or returned.
    state: &'static str,
    days: Vec<PlacedDay>,
    /// Minutes of work in it.
    minutes: i32,
    remark: String,
    /// What the supervisor says.
    comment: String,
    submitted_at: Option<DateTime<Utc>>,
    version: i32,
}

impl PlacedLog {
    fn new(it: Log) -> Result<Self> {
        let days = it.days()?;
        Ok(Self {
            state: it.state()?.as_str(),
            minutes: minutes(&days),
            days: days.into_iter().map(PlacedDay::from).collect(),
            week: it.week,
            remark: it.remark,
            comment: it.comment,
            submitted_at: it.submitted_at,
            version: it.version,
        })
    }
}

/// A month of a placement against its contract.
#[derive(Serialize, ToSchema)]
struct PlacedMonth {
    /// Its first day.
    month: NaiveDate,
    /// Approved minutes.
    worked: i32,
    /// Contracted minutes.
    contracted: i32,
    /// green, amber or red.
    light: &'static str,
}

/// A day of work as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlacedDayWanted {
    day: api::Day,
    /// `09:00`.
    from: String,
    to: String,
    #[schema(minimum = 0, maximum = 600)]
    rest: i32,
    task: String,
    /// office, home or elsewhere.
    place: String,
    competencies: Vec<Uuid>,
}

/// The log of a week as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 0, "days": [], "remark": "", "hand_in": false}))]
struct PlacedLogWanted {
    /// The version that was read; 0 when there was none.
    #[schema(minimum = 0)]
    version: i32,
    days: Vec<PlacedDayWanted>,
    remark: String,
    /// Is it handed in as it stands?
    hand_in: bool,
}

/// The answer to a log.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlacedVerdictWanted {
    /// The version that was read.
    #[schema(minimum = 1)]
    version: i32,
    /// Is it right? If not, the comment says why.
    approve: bool,
    comment: Option<String>,
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<PlacedDay>()
        .schema_from::<PlacedLog>()
        .schema_from::<PlacedMonth>()
        .schema_from::<PlacedDayWanted>()
        .schema_from::<PlacedLogWanted>()
        .schema_from::<PlacedVerdictWanted>()
}

/// The operations of the room.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, "/api/v1/me/placed/{placement}/logs", APPLICANT, logs,
            read("listOwnPlacedLogs", "One’s weekly logs.", "PlacedLog[]"))
        .api(Method::Post, "/api/v1/me/placed/{placement}/logs/{week}", APPLICANT, save,
            write("saveOwnPlacedLog", "Saves the log of a week, and hands it in where that is asked for.", Some("PlacedLogWanted"), (200, "PlacedLog")))
        .api(Method::Get, "/api/v1/me/placed/{placement}/hours", APPLICANT, hours,
            read("listOwnPlacedMonths", "One’s approved hours of each month against the contract.", "PlacedMonth[]"))
        .api(Method::Get, "/api/v1/organisation/placed/{placement}/logs", HOST, logs,
            read("listHostPlacedLogs", "Weekly logs of a trainee.", "PlacedLog[]"))
        .api(Method::Post, "/api/v1/organisation/placed/{placement}/logs/{week}", HOST, decide,
            write("answerHostPlacedLog", "Approves a log that waits, or returns it.", Some("PlacedVerdictWanted"), (200, "PlacedLog")))
        .api(Method::Get, "/api/v1/organisation/placed/{placement}/hours", HOST, hours,
            read("listHostPlacedMonths", "Approved hours of each month against the contract.", "PlacedMonth[]"))
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/placed/{placement}/logs", STAFF, logs,
            read("listPlacedLogs", "Weekly logs of a trainee.", "PlacedLog[]"))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/placed/{placement}/logs/{week}", STAFF, decide,
            write("answerPlacedLog", "Approves a log that waits, or returns it.", Some("PlacedVerdictWanted"), (200, "PlacedLog")))
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/placed/{placement}/hours", STAFF, hours,
            read("listPlacedMonths", "Approved hours of each month against the contract.", "PlacedMonth[]"))
}

fn logs(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    let rows = queries::logs(cx.conn, &it)?;
    let rows: Vec<PlacedLog> = rows
        .into_iter()
        .map(PlacedLog::new)
        .collect::<Result<_>>()?;
    list(Page { rows, next: None }, |it| it)
}

/// The log as it stands after an act.
fn again(cx: &mut Cx<'_, '_>, it: &Placement, week: NaiveDate) -> Result<Reply> {
    let log = queries::log(cx.conn, it, week, false)?;
    Reply::json(200, &PlacedLog::new(log.ok_or(Error::NotFound)?)?)
}

/// The days as the fields of a page's form, which judges both.
fn as_form(week: NaiveDate, days: Vec<PlacedDayWanted>) -> Result<Vec<(String, String)>> {
    let mut fields = Vec::new();
    for it in days {
        let n = (it.day.0 - week).num_days();
        if !(0..7).contains(&n) || fields.iter().any(|(name, _)| *name == format!("from{n}")) {
            return Err(Error::field("days", "outside", |lang| {
                lang.sup_need_within().to_owned()
            }));
        }
        let mut put = |name: &str, value: String| fields.push((format!("{name}{n}"), value));
        put("from", it.from);
        put("to", it.to);
        put("rest", it.rest.to_string());
        put("task", it.task);
        put("place", it.place);
        for id in it.competencies {
            put("skills", id.to_string());
        }
    }
    Ok(fields)
}

fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let week = asked_week(cx)?;
    let wanted: PlacedLogWanted = cx.json()?;
    let mut fields = as_form(week, wanted.days)?;
    fields.push(("remark".to_owned(), wanted.remark));
    let given = crate::web::Pairs::new(fields);
    let mut form = Form::new(&given);
    let new = read(&mut form, &given, &it, week);
    let of_day = |name: &str| {
        name.ends_with(|c: char| c.is_ascii_digit())
            .then_some("days")
    };
    form.done().map_err(|error| as_named(error, of_day))?;
    actions::save_log(cx.conn, &seat, (it.id, week, wanted.version), &new)?;
    if wanted.hand_in {
        actions::hand_in(cx.conn, &seat, (it.id, week))?;
    }
    again(cx, &it, week)
}

fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let week = asked_week(cx)?;
    let wanted: PlacedVerdictWanted = cx.json()?;
    let given = Given::new()
        .set("do", (!wanted.approve).then_some("return"))
        .set("comment", wanted.comment)
        .alone();
    let mut form = Form::new(&given);
    let verdict = read_verdict(&mut form, &given);
    form.done()?;
    actions::decide_log(cx.conn, &seat, (it.id, week, wanted.version), &verdict)?;
    again(cx, &it, week)
}

fn hours(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    let today = hk_date(db::now(cx.conn)?);
    let days = queries::approved(cx.conn, &it)?;
    let contract = queries::contract(cx.conn, &it)?;
    let all = contract.map_or_else(Vec::new, |it| months(&it, &days, today));
    let month = |it: super::rules::hours::Month| PlacedMonth {
        month: it.first,
        worked: it.worked,
        contracted: it.contracted,
        light: match it.light() {
            Light::Green => "green",
            Light::Amber => "amber",
            Light::Red => "red",
        },
    };
    let page = Page {
        rows: all,
        next: None,
    };
    list(page, month)
}
