//! The staff's list of a cohort's applications, its exports, and documents.

use askama::Template;

use crate::access::{self, STAFF};
use crate::db::{Actor, Conn};
use crate::error::{Error, Result};
use crate::files;
use crate::ids::{ApplicationId, CohortId};
use crate::lang::Lang;
use crate::lang::format::{count, moment};
use crate::web::exports::{Kind, Source, export};
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Reply, ReplyBody, Routes, Shell, Site, Visit};

use super::Route;
use super::desk_bar::{Choice, Heading, Select, chips, headings, selects, sorts};
use super::desk_list::{Filter, current, disagrees};
use super::desk_queries::{self as queries, Row};
use super::rules::{Decision, State};

/// The list, its exports and documents. The record itself and bulk actions look across
/// rooms and stand in `desks`.
#[must_use]
pub fn desk_routes() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/applications", STAFF, list)
        .get("/cohorts/{cohort}/applications.csv", STAFF, csv)
        .get("/cohorts/{cohort}/applications.xlsx", STAFF, xlsx)
        .get_free("/applications/{application}/document", STAFF, document)
}

/// The word of a source.
#[must_use]
pub fn source_label(source: &str, lang: Lang) -> &'static str {
    match source {
        "import" => lang.desk_source_import(),
        "api" => lang.desk_source_api(),
        _ => lang.desk_source_web(),
    }
}

/// A row as it is shown.
pub struct Shown {
    /// The application.
    pub id: ApplicationId,
    /// Address of the record, with the list's filters.
    pub href: String,
    /// Name.
    pub name: String,
    /// Chinese name, unless it is all there is.
    pub zh: Option<String>,
    /// Reference.
    pub reference: String,
    /// Route.
    pub route: &'static str,
    /// University and employer.
    pub from: String,
    /// Word and tone of the state that the applicant sees.
    pub state: (&'static str, &'static str),
    /// Pending decision.
    pub decision: Option<&'static str>,
    /// Mean score: `3.67`.
    pub score: Option<String>,
    /// Spread, when it is above the threshold.
    pub apart: Option<String>,
    /// Reviews handed in and asked for.
    pub reviews: (i32, i32),
    /// When it was handed in.
    pub submitted: Option<String>,
}

/// Thousandths of a point as two decimals.
#[must_use]
pub fn points(milli: i32) -> String {
    let hundredths = (i64::from(milli) + 5).div_euclid(10);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Word and tone of a state.
#[must_use]
pub fn tag(state: State, lang: Lang) -> (&'static str, &'static str) {
    use super::rules::Outcome;
    let tone = match state {
        State::Draft | State::Released(Outcome::Waitlisted) => "",
        State::Submitted
        | State::UnderReview
        | State::Decided(_)
        | State::Released(Outcome::Offered)
        | State::Deferred => "wait",
        State::Enrolled => "ok",
        State::Released(Outcome::Rejected | Outcome::Ineligible)
        | State::Withdrawn
        | State::Declined
        | State::Lapsed => "bad",
    };
    (state.label(lang), tone)
}

impl Shown {
    /// Of a row; `query` is the list's own query, without a place in it.
    #[must_use]
    pub fn new(row: &Row, lang: Lang, query: &str) -> Self {
        let state = current(&row.state, None, false).unwrap_or(State::Draft);
        let from = [
            lang.pick(&row.university_en, &row.university_zh),
            lang.pick(&row.employer_en, &row.employer_zh),
        ];
        Self {
            id: row.id,
            href: with_query(format!("/applications/{}", row.id), query),
            name: row.name_shown.clone(),
            zh: row.name_zh.clone().filter(|zh| *zh != row.name_shown),
            reference: row.reference.clone(),
            route: row
                .route
                .as_deref()
                .and_then(Route::parse)
                .map_or("", |it| it.label(lang)),
            from: from
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" · "),
            state: tag(state, lang),
            decision: row
                .decision
                .as_deref()
                .and_then(Decision::parse)
                .map(|it| it.label(lang)),
            score: row.score_milli.map(points),
            apart: row
                .spread_milli
                .filter(|_| disagrees(row.spread_milli))
                .map(points),
            reviews: (row.reviews_done, row.reviews_asked),
            submitted: row.submitted_at.map(|at| moment(lang, at)),
        }
    }
}

/// An address with a query, or without one when there is nothing to ask.
#[must_use]
pub fn with_query(path: String, query: &str) -> String {
    if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    }
}

#[derive(Template)]
#[template(path = "applications/desk_list.html")]
struct ListPage {
    shell: Shell,
    cohort: CohortId,
    cohort_name: String,
    base: String,
    q: String,
    sorts: Vec<Choice>,
    selects: Vec<Select>,
    chips: Vec<(String, String)>,
    headings: Vec<Heading>,
    rows: Vec<Shown>,
    matching: i64,
    found: String,
    total: i64,
    query: String,
    first: Option<String>,
    next: Option<String>,
    acts: Vec<(&'static str, &'static str)>,
}

/// The list, at most four statements: proof, frame, rows.
fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param::<CohortId>("cohort")?)?;
    let query = cx.request().query.clone();
    let filter = Filter::read(|name| query.get(name));
    let cursor = Cursor::from_query(&query);
    let frame = queries::frame(cx.conn, &staff, &filter)?;
    let page = queries::page(cx.conn, &staff, &filter, cursor.as_ref(), PAGE)?;
    let base = format!("/cohorts/{}/applications", staff.cohort());
    let kept = query.with(&[("after", "")]);
    let shell = cx.shell(format!("{} – {}", lang.desk_applications(), frame.code));
    cx.visit.page(&ListPage {
        cohort: staff.cohort(),
        cohort_name: lang.pick(&frame.name_en, &frame.name_zh).clone(),
        q: query.typed("q").to_owned(),
        sorts: sorts(&filter, lang),
        selects: selects(&filter, &frame.organisations, lang),
        chips: chips(&query, &filter, &frame.organisations, lang, &base),
        headings: headings(&query, &filter, lang, &base),
        rows: page
            .rows
            .iter()
            .map(|row| Shown::new(row, lang, &kept))
            .collect(),
        matching: frame.matching,
        found: lang.desk_found(&count(frame.matching), &count(frame.total)),
        total: frame.total,
        first: cursor.map(|_| with_query(base.clone(), &kept)),
        next: page
            .next
            .map(|after| format!("{base}?{}", query.with(&[("after", &after)]))),
        query: kept,
        acts: acts(lang),
        base,
        shell,
    })
}

fn acts(lang: Lang) -> Vec<(&'static str, &'static str)> {
    vec![
        ("assign", lang.desk_act_assign()),
        ("start_review", lang.desk_act_start()),
        ("accept", lang.desk_act_accept()),
        ("waitlist", lang.desk_act_waitlist()),
        ("reject", lang.desk_act_reject()),
        ("ineligible", lang.desk_act_ineligible()),
        ("undo", lang.desk_act_undo()),
        ("csv", lang.desk_act_csv()),
        ("xlsx", lang.desk_act_xlsx()),
    ]
}

/// The list as CSV.
pub(super) fn csv(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    exported(cx, Kind::Csv)
}

/// The list as a spreadsheet.
pub(super) fn xlsx(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    exported(cx, Kind::Xlsx)
}

fn exported(cx: &mut Cx<'_, '_>, kind: Kind) -> Result<Reply> {
    let cohort = cx.request().param::<CohortId>("cohort")?;
    let query = cx.request().query.clone();
    table(cx, cohort, Filter::read(|name| query.get(name)), kind)
}

/// Applications as a file to keep: streamed, under the reader's own declaration.
///
/// # Errors
/// [`Error::NotFound`] for anyone but the cohort's staff.
pub fn table(cx: &mut Cx<'_, '_>, cohort: CohortId, filter: Filter, kind: Kind) -> Result<Reply> {
    let staff = access::cohort_staff(cx.conn, cohort)?;
    let code = crate::cohorts::queries::find(cx.conn, &staff)?.code;
    let header = queries::EXPORTED
        .iter()
        .map(|it| (*it).to_owned())
        .collect();
    let (actor, request) = (cx.visit.actor.clone(), cx.request().id);
    let name = format!("applications-{code}");
    let source: Source =
        Box::new(move |site, emit| write_lines(site, &actor, request, cohort, &filter, emit));
    Ok(export(kind, &name, header, source))
}

/// Rows fetched at once by an export: few round trips, little memory.
const LINES: i64 = 2_000;

fn write_lines(
    site: &Site,
    actor: &Actor,
    request: uuid::Uuid,
    cohort: CohortId,
    filter: &Filter,
    emit: &mut dyn FnMut(&[String]) -> Result<()>,
) -> Result<()> {
    site.db.read_for(actor, request, |conn: &mut Conn<'_>| {
        let staff = access::cohort_staff(conn, cohort)?;
        let institutions = queries::institutions(conn)?;
        let mut cursor: Option<Cursor> = None;
        loop {
            let lines = queries::lines(conn, &staff, filter, cursor.as_ref(), LINES)?;
            let full = i64::try_from(lines.len()).unwrap_or(0) == LINES;
            cursor = lines.last().map(|last| last.cursor(filter.sort));
            for line in lines {
                emit(&line.cells(&institutions))?;
            }
            if !full {
                return Ok(());
            }
        }
    })
}

/// A fresh check for every download: the proof, the file's own policy.
pub(super) fn document(visit: &Visit, site: &Site) -> Result<Reply> {
    let application = visit.request.param::<ApplicationId>("application")?;
    let stored = site.db.read_for(&visit.actor, visit.request.id, |conn| {
        let staff = access::application_staff(conn, application)?;
        let id = queries::document(conn, &staff)?.ok_or(Error::NotFound)?;
        let own = access::own(conn)?;
        files::queries::find(conn, &own, id)
    })?;
    Ok(attachment(stored))
}

/// A stored file as an attachment.
#[must_use]
pub fn attachment(stored: files::queries::Stored) -> Reply {
    let key = stored.storage_key;
    Reply::download(
        &stored.media_type,
        &stored.label,
        ReplyBody::Stream(Box::new(move |site, out| site.files.copy_to(&key, out))),
    )
}
