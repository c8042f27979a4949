//! Attendance over the API: registers, check-in, apologies and rates, by the actions of the pages.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, ClassKeeper, CohortStaff, STAFF};
use crate::db;
use crate::error::{Error, Result};
use crate::ids::{ClassId, EnrolmentId};
use crate::web::api::{Given, list, no_choice};
use crate::web::exports::XLSX;
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes, Site, Visit, once};

use super::actions::{self, Change};
use super::pages::{KEEPERS, rates_file, rates_wanted, read_entry, read_policy, try_code};
use super::queries::{self, Rated, Row, Session};
use super::rules::form::Seen;
use super::rules::{ExcusedCount, Policy, Presence, rate};

mod apologies;

/// A trainee in a register.
#[derive(Serialize, ToSchema)]
struct RegisterEntry {
    enrolment: Uuid,
    trainee: String,
    trainee_number: String,
    /// present, late, excused or absent; null when unmarked.
    state: Option<String>,
    /// Minutes attended.
    minutes: Option<i32>,
    note: Option<String>,
    checked_in_at: Option<DateTime<Utc>>,
    /// Of the entry; 0 when unmarked.
    version: i32,
}

impl From<&Row> for RegisterEntry {
    fn from(it: &Row) -> Self {
        Self {
            enrolment: it.enrolment_id.0,
            trainee: it.name_shown.clone(),
            trainee_number: it.trainee_number.clone(),
            state: it.state.clone(),
            minutes: it.minutes,
            note: it.note.clone(),
            checked_in_at: it.checked_in_at,
            version: it.version,
        }
    }
}

/// The register of a session.
#[derive(Serialize, ToSchema)]
struct Register {
    class: Uuid,
    cohort: Uuid,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// `coming`, `open`, `missing`, `signed_off` or `cancelled`.
    state: String,
    signed_off_at: Option<DateTime<Utc>>,
    check_in_opens_at: DateTime<Utc>,
    check_in_closes_at: DateTime<Utc>,
    /// Minutes of the session.
    minutes: i32,
    entries: Vec<RegisterEntry>,
    /// What is signed: send it with the sign-off.
    seen: String,
}

/// An entry to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEntry {
    enrolment: Uuid,
    #[schema(example = "present")]
    state: String,
    /// For those who came late or left early.
    minutes: Option<i32>,
    #[schema(max_length = 200)]
    note: Option<String>,
    /// The entry's version that was read; 0 when there was none.
    #[schema(example = 0)]
    version: i32,
}

/// Entries to make; trainees who are not named keep theirs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEntries {
    entries: Vec<NewEntry>,
}

/// A sign-off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignOff {
    /// The register's `seen` that was read.
    seen: String,
    /// Record those who are unmarked as absent.
    #[serde(default)]
    unmarked_absent: bool,
}

/// A correction of a register that is signed off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Correction {
    #[schema(example = "late")]
    state: String,
    minutes: Option<i32>,
    #[schema(max_length = 200)]
    note: Option<String>,
    /// The trainee reads it.
    #[schema(max_length = 500)]
    reason: String,
    /// The entry's version that was read.
    version: i32,
}

/// The code on the screen in the room.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCheckIn {
    #[schema(example = "K7QX2M")]
    code: String,
}

/// A check-in as it stands.
#[derive(Serialize, ToSchema)]
struct CheckIn {
    class: Uuid,
    /// present or late; null when an instructor has made the entry, which is told when it is signed off.
    state: Option<String>,
    minutes: Option<i32>,
    /// False when the trainee stood in the register already: nothing was changed.
    fresh: bool,
}

/// A trainee's attendance by hours, of registers that are signed off.
#[derive(Serialize, ToSchema)]
struct AttendanceRate {
    enrolment: Uuid,
    trainee: String,
    trainee_number: String,
    /// Hundredths of a percent; null when nothing counts yet.
    rate: Option<u16>,
    minutes_held: i64,
    minutes_attended: i64,
    minutes_excused: i64,
    absences: i64,
}

/// How a cohort counts attendance.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AttendancePolicy {
    /// Hundredths of a percent.
    #[schema(minimum = 0, maximum = 10000, example = 8000)]
    threshold: u16,
    /// absent, leaves or attended.
    #[schema(example = "leaves")]
    excused: String,
    late_after: i32,
    opens_before: i32,
    closes_after: i32,
    apology_grace: i32,
    correct_days: i32,
}

/// The schemas of this room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<RegisterEntry>()
        .schema_from::<Register>()
        .schema_from::<NewEntry>()
        .schema_from::<NewEntries>()
        .schema_from::<SignOff>()
        .schema_from::<Correction>()
        .schema_from::<NewCheckIn>()
        .schema_from::<CheckIn>()
        .schema_from::<AttendanceRate>()
        .schema_from::<AttendancePolicy>();
    apologies::schemas(to)
}

const RATES: &[(&str, &str)] = &[
    ("under", "`yes`: only trainees under the threshold."),
    ("sort", "name (the default) or rate, the lowest first."),
    ("q", "Part of a trainee’s name or number."),
    ("after", "The `next` of the page before."),
];

/// The operations of this room.
#[rustfmt::skip]
#[must_use]
pub fn routes() -> Routes {
    let register = "/api/v1/classes/{class}/register";
    let policy = "/api/v1/cohorts/{cohort}/attendance/policy";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, register, KEEPERS, get,
            read("getRegister", "The register of a session.", "Register").versioned())
        .api(Method::Put, register, KEEPERS, save,
            write("saveRegister", "Makes entries; all of them, or none when somebody else was there meanwhile.", Some("NewEntries"), (200, "Register")).versioned())
        .api(Method::Post, "/api/v1/classes/{class}/register/sign-off", KEEPERS, sign_off,
            write("signOffRegister", "Signs a register off; those whom it concerns are written to.", Some("SignOff"), (200, "Register")))
        .api(Method::Post, "/api/v1/classes/{class}/register/{enrolment}/correct", KEEPERS, correct,
            write("correctRegister", "Corrects an entry of a register that is signed off; the trainee is written to.", Some("Correction"), (200, "Register")))
        .api_free(Method::Post, "/api/v1/me/check-ins", APPLICANT, check_in,
            write("checkIn", "Checks oneself in by the code on the screen in the room.", Some("NewCheckIn"), (200, "CheckIn")))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/attendance", STAFF, rates,
            read("listAttendance", "Trainees of a cohort and their attendance by hours.", "AttendanceRate[]").asking(RATES))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/attendance.csv", STAFF, rates_file,
            read("exportAttendanceCsv", "The list as CSV.", "text/csv").asking(RATES))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/attendance.xlsx", STAFF, rates_file,
            read("exportAttendanceXlsx", "The list as a spreadsheet.", XLSX).asking(RATES))
        .api(Method::Get, policy, STAFF, get_policy,
            read("getAttendancePolicy", "How a cohort counts attendance.", "AttendancePolicy").versioned())
        .api(Method::Put, policy, STAFF, set_policy,
            write("setAttendancePolicy", "Sets how a cohort counts attendance.", Some("AttendancePolicy"), (200, "AttendancePolicy")).versioned())
        .and(apologies::routes())
}

fn kept(cx: &mut Cx<'_, '_>) -> Result<(ClassKeeper, Session)> {
    let id: ClassId = cx.request().param("class")?;
    let keeper = access::class_keeper(cx.conn, id)?;
    let session = queries::session(cx.conn, &keeper)?;
    Ok((keeper, session))
}

fn staff(cx: &mut Cx<'_, '_>) -> Result<CohortStaff> {
    access::cohort_staff(cx.conn, cx.request().param("cohort")?)
}

fn shown(cx: &mut Cx<'_, '_>, keeper: &ClassKeeper) -> Result<Reply> {
    let session = queries::session(cx.conn, keeper)?;
    let rows = queries::rows(cx.conn, keeper, &session)?;
    let now = db::now(cx.conn)?;
    let window = session.window();
    let register = Register {
        class: session.id.0,
        cohort: session.cohort_id.0,
        starts_at: session.starts_at,
        ends_at: session.ends_at,
        state: session.register(now).as_str().to_owned(),
        signed_off_at: session.signed_off_at,
        check_in_opens_at: window.opens_at(),
        check_in_closes_at: window.closes_at(),
        minutes: window.held(),
        seen: actions::fingerprint(&rows),
        entries: rows.iter().map(RegisterEntry::from).collect(),
    };
    Ok(Reply::json(200, &register)?.with_version(session.version))
}

fn get(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, _) = kept(cx)?;
    shown(cx, &keeper)
}

/// An entry of a document, judged as the form's is.
fn entry(
    (state, minutes, note): (String, Option<i32>, Option<String>),
    held: i32,
) -> Result<super::rules::form::Entry> {
    let pairs = Given::new()
        .set("state", Some(state))
        .set("minutes", minutes)
        .set("note", note)
        .alone();
    let mut form = Form::new(&pairs);
    let entry = read_entry(&mut form, None, held);
    form.done()?;
    entry.ok_or_else(|| no_choice("state"))
}

fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    cx.if_match(session.version)?;
    let new: NewEntries = cx.json()?;
    let held = session.window().held();
    let changes = new
        .entries
        .into_iter()
        .map(|it| {
            Ok(Change {
                enrolment: EnrolmentId(it.enrolment),
                seen: Seen {
                    version: it.version,
                    entry: None,
                },
                typed: Some(entry((it.state, it.minutes, it.note), held)?),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    if actions::save(cx.conn, &keeper, &changes)?.is_empty() {
        shown(cx, &keeper)
    } else {
        Err(Error::Stale)
    }
}

fn sign_off(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, _) = kept(cx)?;
    let said: SignOff = cx.json()?;
    actions::sign_off(cx.conn, &keeper, (&said.seen, said.unmarked_absent))?;
    shown(cx, &keeper)
}

fn correct(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, session) = kept(cx)?;
    let enrolment: EnrolmentId = cx.request().param("enrolment")?;
    let said: Correction = cx.json()?;
    let to = entry(
        (said.state, said.minutes, said.note),
        session.window().held(),
    )?;
    let pairs = Given::new().set("reason", Some(said.reason)).alone();
    let mut form = Form::new(&pairs);
    let reason = form.text("reason", 500);
    form.done()?;
    actions::correct(cx.conn, &keeper, (enrolment, said.version), &to, &reason)?;
    shown(cx, &keeper)
}

fn check_in(visit: &Visit, site: &Site) -> Result<Reply> {
    let new: NewCheckIn = visit.request.json()?;
    try_code(visit, site, |conn, own| {
        once(conn, &visit.request, |conn| {
            let arrived = actions::by_code(conn, &site.keys, own, &new.code)?;
            // What an instructor has noted is told when the register is signed off.
            let known = !arrived.kept;
            let shown = CheckIn {
                class: arrived.session.id.0,
                state: word(known.then_some(arrived.state)),
                minutes: known.then_some(arrived.minutes),
                fresh: arrived.fresh,
            };
            Reply::json(200, &shown)
        })
    })
}

fn rated(it: &Rated, policy: &Policy) -> AttendanceRate {
    AttendanceRate {
        enrolment: it.enrolment_id.0,
        trainee: it.name_shown.clone(),
        trainee_number: it.trainee_number.clone(),
        rate: rate(&it.hours(), policy.excused).map(|it| it.0),
        minutes_held: it.held,
        minutes_attended: it.attended,
        minutes_excused: it.excused,
        absences: it.absences,
    }
}

fn rates(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let (wanted, after) = (rates_wanted(query), Cursor::from_query(query));
    let (policy, _) = queries::policy(cx.conn, &staff)?;
    let page = queries::rates(cx.conn, &staff, &policy, &wanted, (after.as_ref(), PAGE))?;
    list(page, |it| rated(&it, &policy))
}

fn policy_shown(cx: &mut Cx<'_, '_>, staff: &CohortStaff) -> Result<Reply> {
    let (policy, version) = queries::policy(cx.conn, staff)?;
    let shown = AttendancePolicy {
        threshold: policy.threshold.0,
        excused: policy.excused.as_str().to_owned(),
        late_after: policy.late_after,
        opens_before: policy.opens_before,
        closes_after: policy.closes_after,
        apology_grace: policy.apology_grace,
        correct_days: policy.correct_days,
    };
    Ok(Reply::json(200, &shown)?.with_version(version))
}

fn get_policy(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    policy_shown(cx, &staff)
}

fn set_policy(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let (_, version) = queries::policy(cx.conn, &staff)?;
    cx.if_match(version)?;
    let new: AttendancePolicy = cx.json()?;
    let percent = format!("{}.{:02}", new.threshold / 100, new.threshold % 100);
    let excused = ExcusedCount::parse(&new.excused).map(ExcusedCount::as_str);
    let pairs = Given::new()
        .set("threshold", Some(percent))
        .set("excused", Some(excused.unwrap_or_default()))
        .set("late_after", Some(new.late_after))
        .set("opens_before", Some(new.opens_before))
        .set("closes_after", Some(new.closes_after))
        .set("apology_grace", Some(new.apology_grace))
        .set("correct_days", Some(new.correct_days))
        .alone();
    let mut form = Form::new(&pairs);
    let policy = read_policy(&mut form);
    form.done()?;
    actions::set_policy(cx.conn, &staff, version, &policy)?;
    policy_shown(cx, &staff)
}

/// A state of a register as the API speaks of it.
fn word(state: Option<Presence>) -> Option<String> {
    state.map(|it| it.as_str().to_owned())
}
