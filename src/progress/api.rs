//! Completion over the API: versions of the rules here, a cohort's standing and pauses in files of
//! their own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, ProgrammeStaff, STAFF};
use crate::error::{Error, Result};
use crate::ids::ModuleId;
use crate::web::api::list;
use crate::web::exports::XLSX;
use crate::web::paging::Page;
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::actions;
use super::pages::versions::file;
use super::queries;
use super::rules::Excused;
use super::rules::content::{Attendance, Choice, CompletionRules, Marks, NamedForm, Practice};

mod cohort;
mod pauses;

/// A text in both languages.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesText {
    #[schema(max_length = 120, example = "Rules")]
    en: String,
    #[schema(max_length = 120, example = "規則")]
    zh: String,
}

/// How much must be attended, in hundredths of a per cent.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
struct RulesAttendance {
    /// Over all modules.
    #[schema(minimum = 1, maximum = 10000, example = 8000)]
    whole: Option<u16>,
    /// In each module of `all_of`.
    #[schema(minimum = 1, maximum = 10000)]
    each: Option<u16>,
    /// `left_out` (the default), `present` or `absent`: what an excused absence counts as.
    excused: Option<String>,
}

/// A number of modules out of several.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesChoice {
    #[schema(minimum = 1)]
    n: u32,
    of: Vec<Uuid>,
}

/// A form that is handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesForm {
    #[schema(example = "agreement")]
    key: String,
    name: RulesText,
}

/// The capstone, or a placement in its stead.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesPractice {
    capstone: Option<Uuid>,
    #[serde(default)]
    placement: bool,
}

/// What it takes to complete. Marks are in hundredths of a per cent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesDraft {
    name: RulesText,
    #[serde(default)]
    attendance: RulesAttendance,
    #[serde(default)]
    all_of: Vec<Uuid>,
    #[serde(default)]
    any_of: Vec<RulesChoice>,
    /// The lowest mark of a module.
    #[schema(minimum = 1, maximum = 10000)]
    mark: Option<u16>,
    /// The lowest mean of marks, weighted by notional hours.
    #[schema(minimum = 1, maximum = 10000)]
    average: Option<u16>,
    #[serde(default)]
    forms: Vec<RulesForm>,
    practice: Option<RulesPractice>,
    /// The version of the draft that was seen; absent when there is none.
    version: Option<i32>,
}

impl RulesDraft {
    fn rules(self) -> Result<CompletionRules> {
        let excused = self.attendance.excused.unwrap_or_default();
        if !excused.is_empty() && Excused::parse(&excused).is_none() {
            return Err(crate::web::api::no_choice("excused"));
        }
        let pair = |it: RulesText| crate::curriculum::rules::Pair::new(it.en, it.zh);
        let ids = |all: Vec<Uuid>| all.into_iter().map(ModuleId).collect::<Vec<_>>();
        Ok(CompletionRules {
            name: pair(self.name),
            attendance: Attendance {
                whole: self.attendance.whole,
                each: self.attendance.each,
                excused: Excused::parse(&excused)
                    .unwrap_or(Excused::LeftOut)
                    .as_str()
                    .to_owned(),
            },
            all_of: ids(self.all_of),
            any_of: self
                .any_of
                .into_iter()
                .map(|it| Choice {
                    n: it.n,
                    of: ids(it.of),
                })
                .collect(),
            marks: Marks {
                each: self.mark,
                average: self.average,
            },
            forms: self
                .forms
                .into_iter()
                .map(|it| NamedForm {
                    key: it.key,
                    name: pair(it.name),
                })
                .collect(),
            practice: self.practice.map(|it| Practice {
                capstone: it.capstone.map(ModuleId),
                placement: it.placement,
            }),
        })
    }
}

/// Which draft is meant: the version of it that was seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesSeen {
    #[schema(example = 1)]
    version: i32,
}

/// A version of a programme's completion rules.
#[derive(Serialize, ToSchema)]
struct RulesVersion {
    id: Uuid,
    number: i32,
    /// draft or published; what is published never changes.
    state: String,
    /// What it asks for.
    #[schema(value_type = Object)]
    content: Value,
    version: i32,
    published_at: Option<DateTime<Utc>>,
}

fn shown(it: &queries::Rules) -> Result<RulesVersion> {
    Ok(RulesVersion {
        id: it.id.0,
        number: it.number,
        state: it.state.as_str().to_owned(),
        content: serde_json::to_value(&it.content)
            .map_err(|err| Error::Internal(format!("writing rules: {err}")))?,
        version: it.version,
        published_at: it.published_at,
    })
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<RulesText>()
        .schema_from::<RulesAttendance>()
        .schema_from::<RulesChoice>()
        .schema_from::<RulesForm>()
        .schema_from::<RulesPractice>()
        .schema_from::<RulesDraft>()
        .schema_from::<RulesSeen>()
        .schema_from::<RulesVersion>();
    pauses::schemas(cohort::schemas(to))
}

/// The operations of the room.
#[must_use]
pub fn routes() -> Routes {
    let all = "/api/v1/programmes/{programme}/completion-rules";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            all,
            STAFF,
            versions,
            read(
                "listCompletionRules",
                "Versions of a programme's completion rules, the newest first.",
                "RulesVersion[]",
            ),
        )
        .api(
            Method::Get,
            "/api/v1/programmes/{programme}/completion-rules.csv",
            STAFF,
            file,
            read(
                "exportCompletionRulesCsv",
                "The versions as CSV.",
                "text/csv",
            ),
        )
        .api(
            Method::Get,
            "/api/v1/programmes/{programme}/completion-rules.xlsx",
            STAFF,
            file,
            read(
                "exportCompletionRulesXlsx",
                "The versions as a spreadsheet.",
                XLSX,
            ),
        )
        .api(
            Method::Post,
            "/api/v1/programmes/{programme}/completion-rules/draft",
            STAFF,
            save,
            write(
                "draftCompletionRules",
                "Saves the draft of the next version; begins it when there is none.",
                Some("RulesDraft"),
                (200, "RulesVersion"),
            ),
        )
        .and(steps())
        .and(cohort::routes())
        .and(pauses::routes())
}

fn steps() -> Routes {
    let write = Operation::write;
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/programmes/{programme}/completion-rules/discard",
            STAFF,
            discard,
            write(
                "discardCompletionRules",
                "Throws the draft away.",
                Some("RulesSeen"),
                (204, ""),
            ),
        )
        .api(
            Method::Post,
            "/api/v1/programmes/{programme}/completion-rules/publish",
            STAFF,
            publish,
            write(
                "publishCompletionRules",
                "Publishes the draft; cohorts without rules follow it, all others keep their own.",
                Some("RulesSeen"),
                (200, "RulesVersion"),
            ),
        )
}

fn staff(cx: &Cx<'_, '_>) -> Result<ProgrammeStaff> {
    access::programme_staff(cx.conn, cx.request().param("programme")?)
}

fn versions(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let rows = queries::versions(cx.conn, &staff)?;
    let rows: Vec<RulesVersion> = rows.iter().map(shown).collect::<Result<_>>()?;
    list(Page { rows, next: None }, |it| it)
}

fn newest(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff) -> Result<Reply> {
    let all = queries::versions(cx.conn, staff)?;
    Reply::json(200, &shown(all.first().ok_or(Error::NotFound)?)?)
}

fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let wanted: RulesDraft = cx.json()?;
    let seen = wanted.version;
    actions::save_draft(cx.conn, &staff, seen, &wanted.rules()?)?;
    newest(cx, &staff)
}

fn discard(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let seen: RulesSeen = cx.json()?;
    actions::discard(cx.conn, &staff, seen.version)?;
    Ok(Reply::no_content())
}

fn publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let seen: RulesSeen = cx.json()?;
    actions::publish(cx.conn, &staff, seen.version)?;
    newest(cx, &staff)
}
