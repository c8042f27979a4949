//! Trainees at risk over the API: the office's cases, an instructor's trainees, what is said of oneself.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, INSTRUCTOR, STAFF};
use crate::error::{Error, Result};
use crate::ids::{PersonId, RiskCaseId};
use crate::lang::{Lang, Say as _};
use crate::web::api::{Day, Given, list, no_choice};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions;
use super::pages::case::read_note;
use super::pages::close::read_correction;
use super::pages::{one, queue, readers, staff, thresholds};
use super::queries::{self, Case};
use super::rules::{Outcome, Rules};

/// A reason for which a trainee is at risk.
#[derive(Serialize, ToSchema)]
struct RiskReason {
    /// attendance, overdue, silence, `low_marks`, `attendance_trend` or `marks_trend`.
    code: &'static str,
    /// In words, in the account's language.
    says: String,
    /// The numbers and days that it rests on; rates are hundredths of a per cent, times are minutes.
    facts: Value,
}

fn reasons(lang: Lang, stored: Value) -> Result<Vec<RiskReason>> {
    let facts = stored.as_array().cloned().unwrap_or_default();
    let found = queries::reasons_of(stored)?;
    let found = found.iter().zip(facts).map(|(it, facts)| RiskReason {
        code: it.code().as_str(),
        says: it.say(lang),
        facts,
    });
    Ok(found.collect())
}

/// A trainee found to be at risk.
#[derive(Serialize, ToSchema)]
struct RiskCase {
    id: Uuid,
    enrolment: Uuid,
    cohort: Uuid,
    trainee: String,
    trainee_number: String,
    /// open, `in_hand` or closed.
    state: String,
    /// recovered, withdrew, deferred, failed or `false_alarm`, once closed.
    outcome: Option<String>,
    reasons: Vec<RiskReason>,
    /// Points of what is found.
    severity: i32,
    /// The version of the rules by which it was found; 0 are the defaults.
    rules: i32,
    /// Since when nothing is found any more: proposed for closing, unless it rests.
    gone_at: Option<DateTime<Utc>>,
    /// Does the trainee pause, or take part no more?
    resting: bool,
    owner: Option<Uuid>,
    due_on: Option<NaiveDate>,
    /// When the trainee was written to.
    told_at: Option<DateTime<Utc>>,
    /// The case before it.
    follows: Option<Uuid>,
    opened_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    version: i32,
}

fn shown(lang: Lang, it: Case) -> Result<RiskCase> {
    Ok(RiskCase {
        id: it.id.0,
        enrolment: it.enrolment_id.0,
        cohort: it.cohort_id.0,
        trainee: it.name_shown,
        trainee_number: it.trainee_number,
        state: it.state,
        outcome: it.outcome,
        reasons: reasons(lang, it.reasons)?,
        severity: it.severity,
        rules: it.rules_number,
        gone_at: it.gone_at,
        resting: it.resting,
        owner: it.owner_id.map(|id| id.0),
        due_on: it.due_on,
        told_at: it.told_at,
        follows: it.follows_id.map(|id| id.0),
        opened_at: it.opened_at,
        closed_at: it.closed_at,
        version: it.version,
    })
}

/// Who looks after cases, and until when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RiskAssignment {
    /// The cases with the versions that were read.
    cases: Vec<RiskSeen>,
    owner: Uuid,
    #[schema(value_type = String, format = Date, example = "2038-03-31")]
    due_on: Day,
}

/// A case as it was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RiskSeen {
    id: Uuid,
    version: i32,
}

/// Notes to add: at least one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRiskNotes {
    /// Only the programme office reads this.
    internal: Option<String>,
    /// The trainee reads this.
    shown: Option<String>,
}

/// A note on a case.
#[derive(Serialize, ToSchema)]
struct RiskNote {
    author: String,
    body: String,
    /// May the trainee read it?
    shown: bool,
    created_at: DateTime<Utc>,
}

/// The coordinator's own words in the letter to the trainee.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RiskWords {
    version: i32,
    words: Option<String>,
}

/// How a case ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RiskClosing {
    version: i32,
    /// recovered, withdrew, deferred, failed or `false_alarm`.
    #[schema(example = "recovered")]
    outcome: String,
}

/// What the outcome of a closed case should have been.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RiskCorrection {
    version: i32,
    /// recovered, withdrew, deferred, failed or `false_alarm`.
    #[schema(example = "false_alarm")]
    outcome: String,
    /// Why; it stands in the case's history.
    #[schema(max_length = 1000, example = "The trainee had told us before.")]
    reason: String,
}

/// What a look did.
#[derive(Serialize, ToSchema)]
struct RiskLook {
    /// Trainees looked at.
    trainees: i32,
    opened: i32,
    /// Cases of which nothing is found any more.
    gone: i32,
}

/// The rules: percentages and hours are whole numbers; 0 points turn a rule off.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RiskRules {
    /// The version; to change the rules, the one that was read. 0 are the defaults.
    version: i32,
    attendance_below: i32,
    attendance_after: i32,
    overdue_from: i32,
    silent_days: i32,
    mark_below: i32,
    trend_drop: i32,
    trend_of: i32,
    points_attendance: i32,
    points_overdue: i32,
    points_silence: i32,
    points_marks: i32,
    points_attendance_trend: i32,
    points_marks_trend: i32,
    case_from: i32,
}

fn shown_rules(it: &Rules) -> RiskRules {
    RiskRules {
        version: it.number,
        attendance_below: it.attendance_below / 100,
        attendance_after: it.attendance_after / 60,
        overdue_from: it.overdue_from,
        silent_days: it.silent_days,
        mark_below: it.mark_below / 100,
        trend_drop: it.trend_drop / 100,
        trend_of: it.trend_of,
        points_attendance: it.points.attendance,
        points_overdue: it.points.overdue,
        points_silence: it.points.silence,
        points_marks: it.points.low_marks,
        points_attendance_trend: it.points.attendance_trend,
        points_marks_trend: it.points.marks_trend,
        case_from: it.case_from,
    }
}

/// The cases of a rule by how they ended.
#[derive(Serialize, ToSchema)]
struct RiskHits {
    code: String,
    cases: i64,
    open: i64,
    recovered: i64,
    withdrew: i64,
    deferred: i64,
    failed: i64,
    false_alarm: i64,
    completed: i64,
}

/// Hits and misses.
#[derive(Serialize, ToSchema)]
struct RiskFigures {
    rules: Vec<RiskHits>,
    /// Left or failed with a case before it.
    lost_seen: i64,
    /// Left or failed without any: misses.
    lost_missed: i64,
    completed_seen: i64,
    completed_quiet: i64,
}

/// What is said of oneself.
#[derive(Serialize, ToSchema)]
struct OwnStanding {
    case: Uuid,
    enrolment: Uuid,
    reasons: Vec<RiskReason>,
    /// Do they pause, or take part no more? Nobody looks then.
    resting: bool,
    /// Who looks after it; empty while nobody does.
    owner: String,
    contact_email: String,
    opened_at: DateTime<Utc>,
    looked_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
}

/// A trainee at risk, to one who teaches them.
#[derive(Serialize, ToSchema)]
struct TaughtAtRisk {
    case: Uuid,
    trainee: String,
    trainee_number: String,
    reasons: Vec<RiskReason>,
    opened_at: DateTime<Utc>,
}

/// The schemas of this room.
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<RiskReason>()
        .schema_from::<RiskCase>()
        .schema_from::<RiskAssignment>()
        .schema_from::<RiskSeen>()
        .schema_from::<NewRiskNotes>()
        .schema_from::<RiskNote>()
        .schema_from::<RiskWords>()
        .schema_from::<RiskClosing>()
        .schema_from::<RiskCorrection>()
        .schema_from::<RiskLook>()
        .schema_from::<RiskRules>()
        .schema_from::<RiskHits>()
        .schema_from::<RiskFigures>()
        .schema_from::<OwnStanding>()
        .schema_from::<TaughtAtRisk>()
}

const LIST: &[(&str, &str)] = &[
    (
        "state",
        "open, in_hand, closed, gone (proposed for closing), resting or all; those not closed without it.",
    ),
    ("owner", "A person’s id, me or none."),
    ("reason", "Only cases with a reason of this code now."),
    ("cohort", "Only trainees of this cohort."),
    ("q", "Part of a trainee’s name or number."),
    (
        "sort",
        "due (the default), severity, name or opened; with - from the end.",
    ),
    ("after", "The `next` of the page before."),
];
const PAGED: &[(&str, &str)] = &[("after", "The `next` of the page before.")];

/// The operations of this room.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let all = "/api/v1/programmes/{programme}/at-risk";
    let one_at = "/api/v1/programmes/{programme}/at-risk/cases/{risk}";
    let notes_at = "/api/v1/programmes/{programme}/at-risk/cases/{risk}/notes";
    let tell_at = "/api/v1/programmes/{programme}/at-risk/cases/{risk}/tell";
    let close_at = "/api/v1/programmes/{programme}/at-risk/cases/{risk}/close";
    let correct_at = "/api/v1/programmes/{programme}/at-risk/cases/{risk}/correct";
    let assign_at = "/api/v1/programmes/{programme}/at-risk/assign";
    let look_at = "/api/v1/programmes/{programme}/at-risk/look";
    let rules_at = "/api/v1/programmes/{programme}/at-risk/rules";
    let figures_at = "/api/v1/programmes/{programme}/at-risk/figures";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, all, STAFF, cases,
            read("listRiskCases", "Trainees at risk.", "RiskCase[]").asking(LIST))
        .api(Method::Get, one_at, STAFF, show,
            read("getRiskCase", "One case.", "RiskCase"))
        .api(Method::Post, look_at, STAFF, look,
            write("lookForRisk", "Looks at all trainees of the programme now.", None, (200, "RiskLook")))
        .api(Method::Post, assign_at, STAFF, assign,
            write("assignRiskCases", "Gives cases an owner and a day; all of them or none.", Some("RiskAssignment"), (204, "")))
        .api(Method::Get, notes_at, STAFF, notes,
            read("listRiskNotes", "The notes on a case, the newest first.", "RiskNote[]"))
        .api(Method::Post, notes_at, STAFF, note,
            write("addRiskNotes", "Adds an internal note, one shown to the trainee, or both.", Some("NewRiskNotes"), (204, "")))
        .api(Method::Post, tell_at, STAFF, tell,
            write("tellRiskTrainee", "Writes to the trainee what was found, once.", Some("RiskWords"), (200, "RiskCase")))
        .api(Method::Post, close_at, STAFF, close,
            write("closeRiskCase", "Closes a case with its outcome.", Some("RiskClosing"), (200, "RiskCase")))
        .api(Method::Post, correct_at, STAFF, correct,
            write("correctRiskCase", "Corrects the outcome of a closed case.", Some("RiskCorrection"), (200, "RiskCase")))
        .api(Method::Get, rules_at, STAFF, get_rules,
            read("getRiskRules", "The rules in force.", "RiskRules"))
        .api(Method::Post, rules_at, STAFF, put_rules,
            write("setRiskRules", "Sets the rules: a new version beside those before it.", Some("RiskRules"), (200, "RiskRules")))
        .api(Method::Get, figures_at, STAFF, figures,
            read("getRiskFigures", "Hits and misses of the rules.", "RiskFigures"))
        .api(Method::Get, "/api/v1/me/standing", APPLICANT, own,
            read("listOwnStanding", "What is said of oneself, the newest first.", "OwnStanding[]"))
        .api(Method::Get, "/api/v1/teaching/at-risk", INSTRUCTOR, taught,
            read("listTaughtAtRisk", "One’s own trainees at risk.", "TaughtAtRisk[]").asking(PAGED))
}

/// A page of rows whose reasons can be read.
fn page<R, T: Serialize>(page: Page<R>, shown: impl Fn(R) -> Result<T>) -> Result<Reply> {
    let rows: Vec<T> = page.rows.into_iter().map(shown).collect::<Result<_>>()?;
    let next = page.next;
    list(Page { rows, next }, |it| it)
}

fn cases(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let wanted = queue::wanted(&cx.visit.request.query, staff.person(), PAGE + 1);
    let rows = queries::list(cx.conn, &staff, &wanted)?;
    page(Page::cut(rows, PAGE, queue::cursor), |it| shown(lang, it))
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, case) = one(cx)?;
    Reply::json(200, &shown(cx.lang(), case)?)
}

fn look(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let looked = actions::look_now(cx.conn, &staff)?;
    let did = RiskLook {
        trainees: looked.trainees,
        opened: looked.opened,
        gone: looked.gone,
    };
    Reply::json(200, &did)
}

fn assign(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let said: RiskAssignment = cx.json()?;
    let cases: Vec<(RiskCaseId, Option<i32>)> = said
        .cases
        .iter()
        .map(|it| (RiskCaseId(it.id), Some(it.version)))
        .collect();
    if cases.is_empty() {
        return Err(Error::field("cases", "required", |lang| {
            lang.risk_need_case().to_owned()
        }));
    }
    let owner = PersonId(said.owner);
    actions::assign(cx.conn, &staff, &cases, owner, said.due_on.0)?;
    Ok(Reply::no_content())
}

fn notes(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    let rows = queries::notes(cx.conn, &staff, case.id)?;
    list(Page { rows, next: None }, |it| RiskNote {
        author: it.author_name,
        body: it.body,
        shown: it.shown,
        created_at: it.created_at,
    })
}

fn note(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    let new: NewRiskNotes = cx.json()?;
    let pairs = Given::new()
        .set("internal", new.internal)
        .set("shown", new.shown)
        .alone();
    let mut form = Form::new(&pairs);
    let (internal, shown) = read_note(&mut form);
    form.done()?;
    let (internal, shown) = (internal.as_deref(), shown.as_deref());
    actions::note(cx.conn, &staff, case.id, internal, shown)?;
    Ok(Reply::no_content())
}

fn tell(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    let said: RiskWords = cx.json()?;
    let pairs = Given::new().set("words", said.words).alone();
    let mut form = Form::new(&pairs);
    let words = form.optional("words", 2_000).unwrap_or_default();
    form.done()?;
    actions::tell(cx.conn, &staff, case.id, said.version, &words)?;
    show(cx)
}

fn close(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    let said: RiskClosing = cx.json()?;
    let outcome = Outcome::parse(&said.outcome).ok_or_else(|| no_choice("outcome"))?;
    actions::close(cx.conn, &staff, case.id, said.version, outcome)?;
    show(cx)
}

fn correct(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    let said: RiskCorrection = cx.json()?;
    let pairs = Given::new()
        .set("outcome", Some(said.outcome))
        .set("reason", Some(said.reason))
        .alone();
    let mut form = Form::new(&pairs);
    let (outcome, reason) = read_correction(&mut form);
    form.done()?;
    let outcome = outcome.ok_or(Error::NotFound)?;
    let seen = (case.id, said.version);
    actions::correct(cx.conn, &staff, seen, outcome, &reason)?;
    show(cx)
}

fn get_rules(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    Reply::json(200, &shown_rules(&queries::rules(cx.conn, &staff)?))
}

fn put_rules(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let said: RiskRules = cx.json()?;
    let pairs = Given::new()
        .set("attendance_below", Some(said.attendance_below))
        .set("attendance_after", Some(said.attendance_after))
        .set("overdue_from", Some(said.overdue_from))
        .set("silent_days", Some(said.silent_days))
        .set("mark_below", Some(said.mark_below))
        .set("trend_drop", Some(said.trend_drop))
        .set("trend_of", Some(said.trend_of))
        .set("points_attendance", Some(said.points_attendance))
        .set("points_overdue", Some(said.points_overdue))
        .set("points_silence", Some(said.points_silence))
        .set("points_marks", Some(said.points_marks))
        .set(
            "points_attendance_trend",
            Some(said.points_attendance_trend),
        )
        .set("points_marks_trend", Some(said.points_marks_trend))
        .set("case_from", Some(said.case_from))
        .alone();
    let mut form = Form::new(&pairs);
    let wanted = thresholds::read(&mut form);
    form.done()?;
    actions::set_rules(cx.conn, &staff, said.version, &wanted)?;
    Reply::json(200, &shown_rules(&queries::rules(cx.conn, &staff)?))
}

fn figures(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let hits = queries::hits(cx.conn, &staff)?;
    let ended = queries::ended(cx.conn, &staff)?;
    let rules = hits.into_iter().map(|it| RiskHits {
        code: it.code,
        cases: it.cases,
        open: it.open,
        recovered: it.recovered,
        withdrew: it.withdrew,
        deferred: it.deferred,
        failed: it.failed,
        false_alarm: it.false_alarm,
        completed: it.completed,
    });
    let figures = RiskFigures {
        rules: rules.collect(),
        lost_seen: ended.lost_seen,
        lost_missed: ended.lost_missed,
        completed_seen: ended.completed_seen,
        completed_quiet: ended.completed_quiet,
    };
    Reply::json(200, &figures)
}

fn own(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let rows = queries::own(cx.conn, &own)?;
    page(Page { rows, next: None }, |it| {
        Ok(OwnStanding {
            case: it.case_id.0,
            enrolment: it.enrolment_id.0,
            reasons: reasons(lang, it.reasons)?,
            resting: it.resting,
            owner: it.owner_name,
            contact_email: it.contact_email,
            opened_at: it.opened_at,
            looked_at: it.looked_at,
            closed_at: it.closed_at,
        })
    })
}

fn taught(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let instructor = access::instructor(cx.conn)?;
    let after = Cursor::from_query(&cx.visit.request.query);
    let rows = queries::taught(cx.conn, &instructor, after.as_ref(), PAGE + 1)?;
    page(Page::cut(rows, PAGE, readers::cursor), |it| {
        Ok(TaughtAtRisk {
            case: it.id.0,
            trainee: it.name_shown,
            trainee_number: it.trainee_number,
            reasons: reasons(lang, it.reasons)?,
            opened_at: it.opened_at,
        })
    })
}
