//! A cohort's standing over the API: everybody, one trainee, confirming, what would be if.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, CohortStaff, STAFF};
use crate::curriculum::queries::{Book, book};
use crate::db;
use crate::error::Result;
use crate::ids::{EnrolmentId, RulesId};
use crate::lang::Lang;
use crate::lang::format::hk_date;
use crate::web::api::{Day, Given, list};
use crate::web::exports::XLSX;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Pairs, Reply, Routes};

use super::super::actions;
use super::super::facts::{self, Judged, judged};
use super::super::pages::cohort::{file, narrowed, sought};
use super::super::pages::what_if::{changes, overlaid};
use super::super::queries::{self, Rules};
use super::super::rules::ProgressRefusal;
use super::super::rules::content::CompletionRules;
use super::super::rules::verdict::{Amount, Verdict};
use super::super::say;

/// A line of the rules, and how it stands.
#[derive(Serialize, ToSchema)]
struct CompletionLine {
    /// `attendance`, `module_attendance`, `module`, `options`, `module_mark`, `average_mark`, `form` or
    /// `practice`.
    what: String,
    module: Option<Uuid>,
    /// What is asked for, in the language of the request.
    label: String,
    /// met, open or failed.
    standing: String,
    /// A count, or hundredths of a per cent.
    have: Option<u32>,
    need: u32,
    /// A stable name of the reason.
    reason: String,
    /// The reason in the language of the request.
    text: String,
}

/// How a trainee stands against the rules of the cohort.
#[derive(Serialize, ToSchema)]
struct CompletionStanding {
    enrolment: Uuid,
    name: String,
    trainee_number: String,
    /// ready, open, failed, frozen, confirmed, changed (confirmed, and by the same rules a line is not met
    /// any more) or away.
    place: String,
    /// met, open or failed.
    overall: String,
    /// On a break: nothing counts against the trainee.
    frozen: bool,
    confirmed_at: Option<DateTime<Utc>>,
    /// Of a completion that is confirmed, as they were then.
    lines: Vec<CompletionLine>,
}

fn lines(
    it: &Verdict,
    (rules, book, lang): (&CompletionRules, &Book, Lang),
) -> Vec<CompletionLine> {
    let line = |it: &super::super::rules::verdict::Line| {
        let said = say::line(it, rules, book, lang);
        let (have, need) = match it.amount {
            Amount::Share { have, need } => (have, need),
            Amount::Count { have, need } => (Some(have), need),
        };
        CompletionLine {
            what: it.what.code().to_owned(),
            module: it.what.module().map(|it| it.0),
            label: said.what,
            standing: it.standing.as_str().to_owned(),
            have,
            need,
            reason: it.reason.code().to_owned(),
            text: said.reason,
        }
    };
    it.lines.iter().map(line).collect()
}

fn standing(it: &Judged, by: (&CompletionRules, &Book, Lang)) -> Result<CompletionStanding> {
    Ok(CompletionStanding {
        enrolment: it.trainee.id.0,
        name: it.trainee.name_shown.clone(),
        trainee_number: it.trainee.trainee_number.clone(),
        place: say::place(it)?.as_str().to_owned(),
        overall: it.verdict.overall.as_str().to_owned(),
        frozen: it.verdict.frozen,
        confirmed_at: it.trainee.confirmed_at,
        lines: lines(&it.verdict, (it.rules(by.0), by.1, by.2)),
    })
}

/// A version to follow.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesChosen {
    rules: Uuid,
    /// Which choice of the cohort was seen: 0 for none, then counted from 1.
    #[schema(example = 0)]
    sequence: i32,
    /// Needed where the cohort follows rules already.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: String,
}

/// The version that a cohort follows.
#[derive(Serialize, ToSchema)]
struct RulesFollowed {
    rules: Uuid,
    number: i32,
    sequence: i32,
}

/// Completions to confirm.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompletionConfirmation {
    enrolments: Vec<Uuid>,
    /// Only show who would be confirmed.
    #[serde(default)]
    #[schema(example = true)]
    dry_run: bool,
    /// The fingerprint of the answer to a dry run.
    seen: Option<String>,
}

/// What a confirmation does.
#[derive(Serialize, ToSchema)]
struct CompletionPlan {
    /// Were they confirmed, or only shown?
    confirmed: bool,
    ready: Vec<Uuid>,
    /// Chosen, and cannot be confirmed.
    left: Vec<Uuid>,
    fingerprint: String,
}

/// Why; the trainee reads it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompletionReason {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// A form that is in, or was recorded by mistake.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompletionForm {
    #[schema(example = "agreement")]
    form: String,
    /// Absent takes the record back.
    #[schema(value_type = Option<String>, format = Date, example = "2027-05-01")]
    recorded_on: Option<Day>,
}

/// A trainee whose standing other thresholds would change.
#[derive(Serialize, ToSchema)]
struct CompletionChange {
    enrolment: String,
    name: String,
    trainee_number: String,
    from: String,
    to: String,
    /// Names of the lines that change.
    lines: Vec<String>,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<CompletionLine>()
        .schema_from::<CompletionStanding>()
        .schema_from::<RulesChosen>()
        .schema_from::<RulesFollowed>()
        .schema_from::<CompletionConfirmation>()
        .schema_from::<CompletionPlan>()
        .schema_from::<CompletionReason>()
        .schema_from::<CompletionForm>()
        .schema_from::<CompletionChange>()
}

const LIST: &[(&str, &str)] = &[
    (
        "place",
        "Only those who are ready, open, failed, frozen, confirmed, changed or away.",
    ),
    ("q", "Part of a name or number."),
    (
        "sort",
        "name (the default), number, met or place; with `-` from the end.",
    ),
    ("after", "The `next` of the page before."),
];

const THRESHOLDS: &[(&str, &str)] = &[
    (
        "whole",
        "Attendance over all modules, in per cent; empty asks for none.",
    ),
    ("each", "Attendance in each required module, in per cent."),
    ("excused", "left_out, present or absent."),
    ("mark", "The lowest mark of a module, in per cent."),
    ("average", "The lowest average mark, in per cent."),
    ("any_1_n", "How many of the first group of options."),
    ("any_2_n", "How many of the second."),
    ("any_3_n", "How many of the third."),
];

/// The operations of this file.
pub(super) fn routes() -> Routes {
    reading().and(own_routes()).and(acting()).and(ending())
}

fn reading() -> Routes {
    let read = Operation::read;
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/completion",
            STAFF,
            all,
            read(
                "listCompletion",
                "How every trainee of a cohort stands.",
                "CompletionStanding[]",
            )
            .asking(LIST),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/completion.csv",
            STAFF,
            file,
            read("exportCompletionCsv", "The list as CSV.", "text/csv").asking(LIST),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/completion.xlsx",
            STAFF,
            file,
            read("exportCompletionXlsx", "The list as a spreadsheet.", XLSX).asking(LIST),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/completion/what-if",
            STAFF,
            what_if,
            read(
                "askCompletionWhatIf",
                "Whose standing other thresholds would change; nothing is saved.",
                "CompletionChange[]",
            )
            .asking(THRESHOLDS),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/completion/trainees/{enrolment}",
            STAFF,
            one,
            read(
                "getCompletion",
                "How one trainee stands, line by line.",
                "CompletionStanding",
            ),
        )
}

fn own_routes() -> Routes {
    let read = Operation::read;
    Routes::new().api(
        Method::Get,
        "/api/v1/me/progress",
        APPLICANT,
        own,
        read(
            "listOwnProgress",
            "One's own standing in each enrolment.",
            "CompletionStanding[]",
        ),
    )
}

fn acting() -> Routes {
    let write = Operation::write;
    let standing = (200, "CompletionStanding");
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/completion/rules",
            STAFF,
            follow,
            write(
                "chooseCompletionRules",
                "The cohort follows another version of the rules.",
                Some("RulesChosen"),
                (200, "RulesFollowed"),
            ),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/completion/confirm",
            STAFF,
            confirm,
            write(
                "confirmCompletion",
                "Shows or confirms who completes; each is told.",
                Some("CompletionConfirmation"),
                (200, "CompletionPlan"),
            ),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/completion/trainees/{enrolment}/forms",
            STAFF,
            form,
            write(
                "recordCompletionForm",
                "Records that a form is in, or takes the record back.",
                Some("CompletionForm"),
                standing,
            ),
        )
}

fn ending() -> Routes {
    let write = Operation::write;
    let standing = (200, "CompletionStanding");
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/completion/trainees/{enrolment}/revoke",
            STAFF,
            revoke,
            write(
                "revokeCompletion",
                "Revokes a confirmed completion; the enrolment is open again.",
                Some("CompletionReason"),
                standing,
            ),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/completion/trainees/{enrolment}/fail",
            STAFF,
            fail,
            write(
                "failCompletion",
                "Ends an enrolment whose completion is out of reach.",
                Some("CompletionReason"),
                standing,
            ),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/completion/trainees/{enrolment}/reopen",
            STAFF,
            reopen,
            write(
                "reopenEnrolment",
                "Opens an enrolment that has ended again.",
                Some("CompletionReason"),
                standing,
            ),
        )
}

fn staff(cx: &mut Cx<'_, '_>) -> Result<CohortStaff> {
    access::cohort_staff(cx.conn, cx.request().param("cohort")?)
}

fn followed(cx: &mut Cx<'_, '_>, staff: &CohortStaff) -> Result<Rules> {
    Ok(queries::followed(cx.conn, staff)?.ok_or(ProgressRefusal::NoRules)?)
}

fn all(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let rules = followed(cx, &staff)?;
    let book = book(cx.conn, staff.programme())?;
    let today = hk_date(db::now(cx.conn)?);
    let everybody = judged(cx.conn, &staff, &rules.content, today)?;
    let query = &cx.visit.request.query;
    let after = Cursor::from_query(query);
    let mut found = sought(everybody, &narrowed(query), after.as_ref())?;
    found.truncate(usize::try_from(PAGE).unwrap_or(0).saturating_add(1));
    let page = Page::cut(found, PAGE, |(cursor, _)| cursor.clone());
    let by = (&rules.content, &book, lang);
    let rows = page
        .rows
        .iter()
        .map(|(_, it)| standing(it, by))
        .collect::<Result<Vec<_>>>()?;
    let next = page.next;
    list(Page { rows, next }, |it| it)
}

fn whose(cx: &Cx<'_, '_>) -> Result<EnrolmentId> {
    cx.request().param("enrolment")
}

fn shown(cx: &mut Cx<'_, '_>, staff: &CohortStaff, id: EnrolmentId) -> Result<Reply> {
    let lang = cx.lang();
    let rules = followed(cx, staff)?;
    let book = book(cx.conn, staff.programme())?;
    let today = hk_date(db::now(cx.conn)?);
    let it = facts::judged_one(cx.conn, staff, &rules.content, (id, today))?;
    Reply::json(200, &standing(&it, (&rules.content, &book, lang))?)
}

fn one(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = whose(cx)?;
    shown(cx, &staff, id)
}

fn own(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let person = access::own(cx.conn)?;
    let today = hk_date(db::now(cx.conn)?);
    let mut rows = Vec::new();
    for enrolment in queries::enrolments_own(cx.conn, &person)? {
        let own = access::own_enrolment(cx.conn, enrolment)?;
        let Some(rules) = queries::followed_own(cx.conn, &own)? else {
            continue;
        };
        let book = book(cx.conn, own.programme())?;
        let it = facts::judged_own(cx.conn, &own, &rules.content, today)?;
        rows.push(standing(&it, (&rules.content, &book, lang))?);
    }
    list(Page { rows, next: None }, |it| it)
}

fn what_if(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let now = followed(cx, &staff)?;
    let book = book(cx.conn, staff.programme())?;
    let pairs: &Pairs = &cx.visit.request.query;
    let mut form = Form::new(pairs);
    let then = overlaid(&mut form, pairs, &now.content);
    form.done()?;
    let rows = changes(cx.conn, &staff, &now.content, &then)?;
    let line = |(what, _, to): &(_, Option<_>, Option<super::super::rules::Standing>)| {
        let rules = if to.is_some() { &then } else { &now.content };
        say::what(*what, rules, &book, lang)
    };
    list(Page { rows, next: None }, |it| CompletionChange {
        enrolment: it.id,
        name: it.name,
        trainee_number: it.number,
        from: it.from.as_str().to_owned(),
        to: it.to.as_str().to_owned(),
        lines: it.change.lines.iter().map(line).collect(),
    })
}

fn follow(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let wanted: RulesChosen = cx.json()?;
    let pairs = Given::new().set("reason", Some(wanted.reason)).alone();
    let mut form = Form::new(&pairs);
    let reason = form.optional("reason", 500).unwrap_or_default();
    form.done()?;
    let how = (wanted.sequence, reason.as_str());
    actions::follow(cx.conn, &staff, RulesId(wanted.rules), how)?;
    let now = followed(cx, &staff)?;
    let shown = RulesFollowed {
        rules: now.id.0,
        number: now.number,
        sequence: now.sequence,
    };
    Reply::json(200, &shown)
}

fn confirm(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let wanted: CompletionConfirmation = cx.json()?;
    let ids: Vec<EnrolmentId> = wanted.enrolments.into_iter().map(EnrolmentId).collect();
    let plan = actions::preview(cx.conn, &staff, Some(&ids))?;
    let id = |all: &[Judged]| all.iter().map(|it| it.trainee.id.0).collect();
    let shown = CompletionPlan {
        confirmed: !wanted.dry_run,
        ready: id(&plan.ready),
        left: id(&plan.left),
        fingerprint: plan.fingerprint.clone(),
    };
    if !wanted.dry_run {
        // Who has not looked first confirms who is ready now.
        let seen = wanted.seen.unwrap_or(plan.fingerprint);
        actions::confirm(cx.conn, &staff, &ids, &seen)?;
    }
    Reply::json(200, &shown)
}

fn form(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = whose(cx)?;
    let wanted: CompletionForm = cx.json()?;
    match wanted.recorded_on {
        Some(on) => actions::record_form(cx.conn, &staff, id, (&wanted.form, on.0))?,
        None => actions::unrecord_form(cx.conn, &staff, id, &wanted.form)?,
    }
    shown(cx, &staff, id)
}

fn reason(cx: &Cx<'_, '_>) -> Result<String> {
    let said: CompletionReason = cx.json()?;
    let pairs = Given::new().set("reason", Some(said.reason)).alone();
    let mut form = Form::new(&pairs);
    let reason = form.text("reason", 500);
    form.done()?;
    Ok(reason)
}

fn revoke(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = (staff(cx)?, whose(cx)?);
    let reason = reason(cx)?;
    actions::revoke(cx.conn, &staff, id, &reason)?;
    shown(cx, &staff, id)
}

fn fail(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = (staff(cx)?, whose(cx)?);
    let reason = reason(cx)?;
    actions::fail(cx.conn, &staff, id, &reason)?;
    shown(cx, &staff, id)
}

fn reopen(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = (staff(cx)?, whose(cx)?);
    let reason = reason(cx)?;
    actions::reopen(cx.conn, &staff, id, &reason)?;
    shown(cx, &staff, id)
}
