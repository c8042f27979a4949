//! The office's operations: how a round stands, its lists, dry and official runs, results.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{ProgrammeStaff, STAFF};
use crate::error::{Error, Result};
use crate::ids::MatchRunId;
use crate::matching::Summary;
use crate::web::api::list;
use crate::web::listing as table;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Pairs, Reply, Routes};

use super::super::actions;
use super::super::pages::{desk, lists, runs, what_if};
use super::super::queries::{self, DeskList, LIST_SORTS, MatchRound, Placed, Run};
use super::super::rules::{ListKind, ListState, MatchRefusal};
use super::MatchRoundSeen;

/// How lists of one kind stand.
#[derive(Default, Serialize, ToSchema)]
struct ListCounts {
    certified: usize,
    changed: usize,
    saved: usize,
    missing: usize,
}

/// How a round stands.
#[derive(Serialize, ToSchema)]
struct MatchStatus {
    round: MatchRoundSeen,
    trainees: ListCounts,
    institutions: ListCounts,
    /// reason, band or exact: how much of an institution’s list the reasons tell.
    tells: &'static str,
}

/// A list as the office sees it.
#[derive(Serialize, ToSchema)]
struct DeskRanking {
    /// The enrolment, institution or posting.
    of: Uuid,
    kind: &'static str,
    name_en: String,
    name_zh: String,
    more_en: String,
    more_zh: String,
    /// missing, saved, certified or changed.
    state: &'static str,
    certified_at: Option<DateTime<Utc>>,
}

/// The figures of a run.
#[derive(Serialize, ToSchema)]
struct MatchFigures {
    /// Trainees with a posting.
    matched: u32,
    /// Trainees without, but for those who stand apart from the run.
    unmatched: u32,
    /// Placed beforehand, or already.
    apart: u32,
    seats: u64,
    unfilled: u64,
    first_choice: u32,
    top3: u32,
    /// How many received their first, second, … choice.
    profile: Vec<u32>,
    input_sha256: String,
    output_sha256: String,
    blocking_pairs: u64,
}

impl MatchFigures {
    fn new(it: Summary, apart: u32) -> Self {
        Self {
            matched: it.matched,
            unmatched: it.unmatched.saturating_sub(apart),
            apart,
            seats: it.seats,
            unfilled: it.unfilled,
            first_choice: it.first_choice,
            top3: it.top3,
            profile: it.profile,
            input_sha256: it.input_sha256,
            output_sha256: it.output_sha256,
            blocking_pairs: it.blocking_pairs,
        }
    }
}

/// A dry run.
#[derive(Serialize, ToSchema)]
struct DryRun {
    now: MatchFigures,
    /// What it would be if what the address asks for were otherwise.
    what_if: Option<MatchFigures>,
    /// Did the verifier find nothing?
    sound: bool,
}

/// An official run.
#[derive(Serialize, ToSchema)]
struct MatchRun {
    id: Uuid,
    number: i32,
    /// official, `first_call` or repair.
    kind: &'static str,
    /// frozen, published or voided.
    state: &'static str,
    frozen_at: DateTime<Utc>,
    published_at: Option<DateTime<Utc>>,
    void_reason: String,
    sound: bool,
    figures: MatchFigures,
}

impl MatchRun {
    fn new(it: &Run) -> Result<Self> {
        let apart = u32::try_from(it.apart).unwrap_or(0);
        Ok(Self {
            id: it.id.0,
            number: it.number,
            kind: it.kind()?.as_str(),
            state: it.state()?.as_str(),
            frozen_at: it.frozen_at,
            published_at: it.published_at,
            void_reason: it.void_reason.clone(),
            sound: it.findings().is_empty(),
            figures: MatchFigures::new(it.summary()?, apart),
        })
    }
}

/// Approves a run.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PublishWanted {
    /// The SHA-256 of the result that was looked at.
    output_sha256: String,
}

/// Voids a run.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VoidWanted {
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// What a trainee received.
#[derive(Serialize, ToSchema)]
struct MatchResult {
    name: String,
    number: String,
    posting: Option<Uuid>,
    /// Which of how many choices it was.
    choice: Option<i32>,
    choices: i32,
}

impl From<Placed> for MatchResult {
    fn from(it: Placed) -> Self {
        Self {
            name: it.name_shown,
            number: it.trainee_number,
            posting: it.posting_id,
            choice: it.choice,
            choices: it.choices,
        }
    }
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<ListCounts>()
        .schema_from::<MatchStatus>()
        .schema_from::<DeskRanking>()
        .schema_from::<MatchFigures>()
        .schema_from::<DryRun>()
        .schema_from::<MatchRun>()
        .schema_from::<PublishWanted>()
        .schema_from::<VoidWanted>()
        .schema_from::<MatchResult>()
}

const LISTS: &[(&str, &str)] = &[
    ("q", "Part of a name, number or institution."),
    ("state", "missing, saved, certified or changed."),
    ("whose", "trainees or hosts."),
    (
        "sort",
        "kind, name, state or certified; with - from the end.",
    ),
    ("after", "The value of next of the page before."),
];

const WHAT_IF: &[(&str, &str)] = &[
    ("seats", "more_ or fewer_ with the id of a posting."),
    ("bank", "The id of an institution."),
    ("cap", "The most that it takes; nothing for no cap."),
];

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/matches/{round}", STAFF, status,
            read("getMatchStatus", "How a round and its lists stand.", "MatchStatus"))
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/matches/{round}/lists", STAFF, desk_lists,
            read("listMatchRankings", "The lists that a round should have, and how each stands; not what is on them.", "DeskRanking[]").asking(LISTS))
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/matches/{round}/dry-run", STAFF, dry,
            read("dryRunMatch", "What the match would be now; nothing is stored.", "DryRun").asking(WHAT_IF))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/matches/{round}/freeze", STAFF, freeze,
            write("freezeMatch", "Freezes the official run; another person publishes it.", None, (201, "MatchRun")))
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/matches/{round}/runs", STAFF, all_runs,
            read("listMatchRuns", "Official runs.", "MatchRun[]"))
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/matches/{round}/runs/{run}", STAFF, show_run,
            read("getMatchRun", "One official run.", "MatchRun"))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/matches/{round}/runs/{run}/publish", STAFF, publish,
            write("publishMatchRun", "Approves and publishes a run that another person has frozen.", Some("PublishWanted"), (200, "MatchRun")))
        .api(Method::Post, "/api/v1/programmes/{programme}/placements/matches/{round}/runs/{run}/void", STAFF, void,
            write("voidMatchRun", "Voids a run that is not published.", Some("VoidWanted"), (200, "MatchRun")))
        .api(Method::Get, "/api/v1/programmes/{programme}/placements/matches/{round}/results", STAFF, results,
            read("listMatchResults", "What everybody received.", "MatchResult[]"))
}

fn all<T>(rows: Vec<T>) -> Page<T> {
    Page { rows, next: None }
}

fn counts(lists: &[DeskList], trainees: bool) -> ListCounts {
    let of = lists
        .iter()
        .filter(|it| (it.kind() == ListKind::Trainee) == trainees);
    let mut counts = ListCounts::default();
    for it in of {
        let count = match it.state() {
            ListState::Certified => &mut counts.certified,
            ListState::Changed => &mut counts.changed,
            ListState::Saved => &mut counts.saved,
            ListState::Missing => &mut counts.missing,
        };
        *count = count.saturating_add(1);
    }
    counts
}

fn status(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = desk::one(cx)?;
    let lists = queries::desk_lists(cx.conn, &staff, &round)?;
    let status = MatchStatus {
        round: MatchRoundSeen::from(&round),
        trainees: counts(&lists, true),
        institutions: counts(&lists, false),
        tells: round.tells().as_str(),
    };
    Reply::json(200, &status)
}

fn desk_lists(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = desk::one(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, LIST_SORTS);
    let rows = queries::lists_page(cx.conn, &staff, &round, lists::sought(query), &page)?;
    list(Page::cut(rows, PAGE, DeskList::cursor), |it| DeskRanking {
        of: it.subject(),
        kind: it.kind().as_str(),
        state: it.state().as_str(),
        certified_at: it.certified_at,
        name_en: it.name_en,
        name_zh: it.name_zh,
        more_en: it.more_en,
        more_zh: it.more_zh,
    })
}

fn dry(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = desk::one(cx)?;
    let asked = what_if::asked(&cx.visit.request.query);
    let dry = actions::dry_run(cx.conn, &staff, &round, asked)?;
    let refused = |_| Error::from(MatchRefusal::NoRun);
    let now = dry.done.map_err(refused)?;
    let apart = u32::try_from(dry.apart).unwrap_or(u32::MAX);
    let what_if = dry.what_if.transpose().map_err(refused)?;
    let shown = DryRun {
        sound: now.findings.is_empty(),
        now: MatchFigures::new(now.summary, apart),
        what_if: what_if.map(|it| MatchFigures::new(it.summary, apart)),
    };
    Reply::json(200, &shown)
}

fn run_of(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, MatchRound, Run)> {
    let (staff, round) = desk::one(cx)?;
    let id: MatchRunId = cx.request().param("run")?;
    let run = queries::run(cx.conn, &staff, (round.id, id))?;
    Ok((staff, round, run))
}

fn freeze(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = desk::one(cx)?;
    let id = actions::freeze(cx.conn, &staff, round.id)?;
    let run = queries::run(cx.conn, &staff, (round.id, id))?;
    let path = cx.request().path.trim_end_matches("/freeze").to_owned();
    Ok(Reply::json(201, &MatchRun::new(&run)?)?.with("location", format!("{path}/runs/{id}")))
}

fn all_runs(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = desk::one(cx)?;
    let rows = queries::runs(cx.conn, &staff, round.id)?;
    let rows = rows.iter().map(MatchRun::new).collect::<Result<Vec<_>>>()?;
    list(all(rows), |it| it)
}

fn show_run(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, _, run) = run_of(cx)?;
    Reply::json(200, &MatchRun::new(&run)?)
}

fn publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round, run) = run_of(cx)?;
    let wanted: PublishWanted = cx.json()?;
    runs::publish(cx, &staff, (&round, &run), &wanted.output_sha256)?;
    show_run(cx)
}

fn void(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round, run) = run_of(cx)?;
    let wanted: VoidWanted = cx.json()?;
    let pairs = Pairs::new(vec![("reason".to_owned(), wanted.reason)]);
    let mut form = Form::new(&pairs);
    let reason = form.text("reason", 2_000);
    form.done()?;
    actions::void(cx.conn, &staff, (round.id, run.id), &reason)?;
    show_run(cx)
}

fn results(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = desk::one(cx)?;
    let rows = queries::placed(cx.conn, &staff, round.id)?;
    list(all(rows), MatchResult::from)
}
