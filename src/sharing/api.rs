//! Sharing over the API: what one shares, who looked, and an organisation's own trainees.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, OwnEnrolment};
use crate::error::{Error, Result};
use crate::ids::{EnrolmentId, OrganisationId};
use crate::web::api::{list, no_choice};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::actions;
use super::pages::{PARTNER, cursor, partner};
use super::queries::{self, Sharer};
use super::rules::{Scope, WORDS};

/// What one shares with an organisation.
#[derive(Serialize, ToSchema)]
struct Sharing {
    enrolment: Uuid,
    organisation: Uuid,
    name_en: String,
    name_zh: String,
    /// Of attendance, results, progress and timetable, those that the organisation may see.
    scopes: Vec<&'static str>,
    /// Is it (still) one’s university or institution? One that is not sees nothing, and what was agreed
    /// to can be taken back.
    current: bool,
    /// The version of the words to agree to.
    words: i32,
}

/// What an organisation may see from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SharingWanted {
    organisation: Uuid,
    /// What is not named is withdrawn.
    scopes: Vec<String>,
    /// The version of the words that were shown.
    words: i32,
}

/// A look at what one shares.
#[derive(Serialize, ToSchema)]
struct SharingLook {
    at: DateTime<Utc>,
    who: String,
    organisation_en: String,
    organisation_zh: String,
    scope: String,
}

/// A trainee who shares something with one's organisation.
#[derive(Serialize, ToSchema)]
struct SharingTrainee {
    enrolment: Uuid,
    trainee: String,
    trainee_number: String,
    scopes: Vec<&'static str>,
}

/// Attendance in a module, in minutes.
#[derive(Serialize, ToSchema)]
struct SharedAttendance {
    module_code: String,
    held: i64,
    attended: i64,
    excused: i64,
}

/// A released mark, in hundredths of a per cent.
#[derive(Serialize, ToSchema)]
struct SharedResult {
    module_code: String,
    title_en: String,
    title_zh: String,
    /// Null: nothing was handed in.
    mark: Option<i32>,
    released_at: DateTime<Utc>,
}

/// A class to come.
#[derive(Serialize, ToSchema)]
struct SharedClass {
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    name_en: String,
    name_zh: String,
    room: String,
}

/// What a trainee shares; what was not agreed to is null.
#[derive(Serialize, ToSchema)]
struct SharedView {
    trainee: SharingTrainee,
    attendance: Option<Vec<SharedAttendance>>,
    results: Option<Vec<SharedResult>>,
    /// State of the enrolment.
    progress: Option<String>,
    completed_on: Option<NaiveDate>,
    /// Requirements met; null while the cohort follows no rules.
    requirements_met: Option<usize>,
    /// How many requirements there are.
    requirements: Option<usize>,
    timetable: Option<Vec<SharedClass>>,
}

/// The schemas of this room.
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Sharing>()
        .schema_from::<SharingWanted>()
        .schema_from::<SharingLook>()
        .schema_from::<SharingTrainee>()
        .schema_from::<SharedAttendance>()
        .schema_from::<SharedResult>()
        .schema_from::<SharedClass>()
        .schema_from::<SharedView>()
}

const PAGED: &[(&str, &str)] = &[("after", "The `next` of the page before.")];
const FOUND: &[(&str, &str)] = &[
    ("q", "Part of a trainee’s name or number."),
    ("after", "The `next` of the page before."),
];

/// The operations of this room.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, "/api/v1/me/enrolments/{enrolment}/sharing", APPLICANT, own,
            read("listOwnSharing", "What one shares, by organisation.", "Sharing[]"))
        .api(Method::Post, "/api/v1/me/enrolments/{enrolment}/sharing", APPLICANT, share,
            write("setOwnSharing", "Says what an organisation may see from now on.", Some("SharingWanted"), (200, "Sharing")))
        .api(Method::Get, "/api/v1/me/looks", APPLICANT, looks,
            read("listOwnLooks", "Who looked at what one shares, the latest first.", "SharingLook[]").asking(PAGED))
        .api(Method::Get, "/api/v1/organisation/trainees", PARTNER, trainees,
            read("listSharingTrainees", "Trainees who share something with one’s organisation.", "SharingTrainee[]").asking(FOUND))
        .api(Method::Post, "/api/v1/organisation/trainees/{enrolment}/looks", PARTNER, look,
            write("lookAtTrainee", "Shows what a trainee shares; the look is noted, and the trainee sees the note.", None, (200, "SharedView")))
}

fn words(scopes: &[Scope]) -> Vec<&'static str> {
    scopes.iter().map(|it| it.as_str()).collect()
}

fn mine(cx: &mut Cx<'_, '_>) -> Result<OwnEnrolment> {
    access::own_enrolment(cx.conn, cx.request().param("enrolment")?)
}

fn sharing(cx: &mut Cx<'_, '_>, own: &OwnEnrolment) -> Result<Vec<Sharing>> {
    let mut rows = Vec::new();
    for it in queries::partners(cx.conn, own)? {
        let standing = queries::standing(cx.conn, own, it.id)?;
        rows.push(Sharing {
            enrolment: own.enrolment().0,
            organisation: it.id.0,
            name_en: it.name_en,
            name_zh: it.name_zh,
            scopes: words(&standing),
            current: it.current,
            words: WORDS,
        });
    }
    Ok(rows)
}

fn own(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = mine(cx)?;
    let rows = sharing(cx, &own)?;
    list(Page { rows, next: None }, |it| it)
}

fn share(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = mine(cx)?;
    let said: SharingWanted = cx.json()?;
    let scopes = said.scopes.iter();
    let scopes = scopes.map(|word| Scope::parse(word).ok_or_else(|| no_choice("scopes")));
    let scopes: Vec<Scope> = scopes.collect::<Result<_>>()?;
    let organisation = OrganisationId(said.organisation);
    // One that is theirs no more is in the list no longer once all is taken back.
    let before = sharing(cx, &own)?;
    actions::share(cx.conn, &own, organisation, &scopes, said.words)?;
    let mut of_it = before
        .into_iter()
        .filter(|it| it.organisation == said.organisation);
    let mut row = of_it.next().ok_or(Error::NotFound)?;
    row.scopes = words(&queries::standing(cx.conn, &own, organisation)?);
    Reply::json(200, &row)
}

fn looks(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let after = Cursor::from_query(&cx.visit.request.query);
    let rows = queries::looks(cx.conn, &own, after.as_ref(), PAGE + 1)?;
    list(Page::cut(rows, PAGE, cursor), |it| SharingLook {
        at: it.created_at,
        who: it.looker_name,
        organisation_en: it.name_en,
        organisation_zh: it.name_zh,
        scope: it.scope,
    })
}

fn trainee(it: Sharer) -> SharingTrainee {
    SharingTrainee {
        enrolment: it.enrolment.0,
        trainee: it.name,
        trainee_number: it.number,
        scopes: words(&it.scopes),
    }
}

fn trainees(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = access::member(cx.conn)?;
    let query = &cx.visit.request.query;
    let (text, after) = (partner::wanted(query), Cursor::from_query(query));
    let rows = queries::sharers(cx.conn, &member, text, after.as_ref(), PAGE + 1)?;
    list(Page::cut(rows, PAGE, partner::cursor), trainee)
}

fn look(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = access::member(cx.conn)?;
    let enrolment: EnrolmentId = cx.request().param("enrolment")?;
    let (it, shown) = actions::look(cx.conn, &member, enrolment)?;
    let attendance = shown.attendance.map(|rows| {
        let rows = rows.into_iter().map(|it| SharedAttendance {
            module_code: it.code,
            held: it.held,
            attended: it.attended,
            excused: it.excused,
        });
        rows.collect()
    });
    let results = shown.results.map(|rows| {
        let rows = rows.into_iter().map(|it| SharedResult {
            module_code: it.code,
            title_en: it.title_en,
            title_zh: it.title_zh,
            mark: it.mark,
            released_at: it.released_at,
        });
        rows.collect()
    });
    let timetable = shown.timetable.map(|rows| {
        let rows = rows.into_iter().map(|it| SharedClass {
            starts_at: it.starts_at,
            ends_at: it.ends_at,
            name_en: it.name_en,
            name_zh: it.name_zh,
            room: it.room,
        });
        rows.collect()
    });
    let (met, all) = shown.progress.as_ref().and_then(|it| it.met).unzip();
    let (progress, completed_on) = shown.progress.map(|it| (it.state, it.completed_on)).unzip();
    let view = SharedView {
        trainee: trainee(it),
        attendance,
        results,
        progress,
        completed_on: completed_on.flatten(),
        requirements_met: met,
        requirements: all,
        timetable,
    };
    Ok(Reply::json(200, &view)?.fresh())
}
