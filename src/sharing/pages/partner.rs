//! An organisation's own trainees: who shares what, and a look at one of them.

use askama::Template;

use crate::access;
use crate::enrolments::rules::EnrolmentState;
use crate::error::Result;
use crate::ids::EnrolmentId;
use crate::lang::format::{count, date, hk_date};
use crate::lang::{Lang, per_cent};
use crate::teaching::mail::when;
use crate::teaching::rules::Slot;
use crate::web::exports::short;
use crate::web::fields::{ConfirmSpec, Effect, confirm_page};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Sharer, Shown};

struct Row {
    it: Sharer,
    cohort: String,
    shares: String,
}

#[derive(Template)]
#[template(path = "sharing/trainees.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
    text: String,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// Part of a name or number that the address asks for.
pub(in crate::sharing) fn wanted(query: &Pairs) -> Option<&str> {
    Some(query.typed("q").trim()).filter(|it| !it.is_empty())
}

/// The place of a trainee in the list.
pub(in crate::sharing) fn cursor(it: &Sharer) -> Cursor {
    Cursor {
        key: it.sort_key.clone(),
        id: it.enrolment.0,
    }
}

fn row(lang: Lang, it: Sharer) -> Row {
    let words: Vec<&str> = it.scopes.iter().map(|it| it.label(lang)).collect();
    Row {
        cohort: lang.pick(&it.cohort.0, &it.cohort.1).clone(),
        shares: words.join(lang.risk_comma()),
        it,
    }
}

/// GET `/organisation/trainees`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = access::member(cx.conn)?;
    let query = &cx.visit.request.query;
    let (text, after) = (wanted(query), Cursor::from_query(query));
    let rows = queries::sharers(cx.conn, &member, text, after.as_ref(), PAGE + 1)?;
    let page = Page::cut(rows, PAGE, cursor);
    let path = "/organisation/trainees";
    let view = List {
        shell: cx.shell(lang.sharing_trainees()),
        text: text.unwrap_or_default().to_owned(),
        query: query.with(&[("after", "")]),
        paged: after.is_some(),
        first: format!("{path}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{path}?{}", query.with(&[("after", &after)]))),
        rows: page.rows.into_iter().map(|it| row(lang, it)).collect(),
    };
    cx.visit.page(&view)
}

/// GET `/organisation/trainees.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = access::member(cx.conn)?;
    let text = wanted(&cx.visit.request.query);
    let rows = queries::sharers(cx.conn, &member, text, None, 100_000)?;
    let lines = rows.into_iter().map(|it| {
        let it = row(lang, it);
        vec![it.it.name, it.it.number, it.cohort, it.shares]
    });
    let header = [
        lang.risk_trainee(),
        lang.risk_number(),
        lang.risk_cohort(),
        lang.sharing_what(),
    ];
    short(&cx.request().path, "trainees", &header, lines.collect())
}

fn crumbs(lang: Lang) -> Vec<(String, String)> {
    vec![
        (
            "/organisation".to_owned(),
            lang.nav_organisation().to_owned(),
        ),
        (
            "/organisation/trainees".to_owned(),
            lang.sharing_trainees().to_owned(),
        ),
    ]
}

/// GET `/organisation/trainees/{enrolment}`: says that a look is noted, and asks.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = access::member(cx.conn)?;
    let enrolment: EnrolmentId = cx.request().param("enrolment")?;
    let it = row(lang, queries::sharer(cx.conn, &member, enrolment)?);
    let spec = ConfirmSpec {
        title: lang.sharing_look_ask(&it.it.name),
        crumbs: crumbs(lang),
        effects: vec![Effect {
            heading: lang.cohorts_step_happens().to_owned(),
            lines: vec![
                lang.sharing_look_shows(&it.shares),
                lang.sharing_look_noted().to_owned(),
            ],
            hard: false,
        }],
        refusal: None,
        hidden: Vec::new(),
        action: format!("/organisation/trainees/{enrolment}"),
        submit: lang.sharing_look().to_owned(),
        danger: false,
        back: "/organisation/trainees".to_owned(),
    };
    confirm_page(cx, 200, &spec)
}

/// Lines of a table: its rows' cells, the first of them the head of the row.
type Lines = Vec<Vec<String>>;

#[derive(Template)]
#[template(path = "sharing/trainee.html")]
struct Trainee {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    it: Sharer,
    cohort: String,
    attendance: Option<Lines>,
    results: Option<Lines>,
    progress: Option<Standing>,
    timetable: Option<Lines>,
}

/// Where the trainee stands, in words.
struct Standing {
    state: &'static str,
    completed: Option<String>,
    met: Option<String>,
}

fn hours(minutes: i64) -> String {
    let tenths = minutes * 10 / 60;
    match tenths % 10 {
        0 => count(tenths / 10),
        rest => format!("{}.{rest}", count(tenths / 10)),
    }
}

fn attendance(lang: Lang, shown: &Shown) -> Option<Lines> {
    let rows = shown.attendance.as_ref()?.iter().map(|it| {
        // Excused absences leave the sum, as everywhere else where nothing else was decided.
        let due = it.held - it.excused;
        let rate = (due > 0).then(|| it.attended.clamp(0, due) * 10_000 / due);
        vec![
            format!("{} {}", it.code, it.name(lang)),
            hours(it.held),
            hours(it.attended),
            hours(it.excused),
            rate.map_or_else(|| "–".to_owned(), |rate| format!("{}%", per_cent(rate))),
        ]
    });
    Some(rows.collect())
}

fn results(lang: Lang, shown: &Shown) -> Option<Lines> {
    let rows = shown.results.as_ref()?.iter().map(|it| {
        let mark = it.mark.map(|mark| format!("{}%", per_cent(mark.into())));
        vec![
            format!("{} {}", it.code, it.title(lang)),
            mark.unwrap_or_else(|| "–".to_owned()),
            date(lang, hk_date(it.released_at)),
        ]
    });
    Some(rows.collect())
}

fn timetable(lang: Lang, shown: &Shown) -> Option<Lines> {
    let rows = shown.timetable.as_ref()?.iter().map(|it| {
        let slot = Slot {
            starts_at: it.starts_at,
            ends_at: it.ends_at,
        };
        vec![when(lang, &slot), it.name(lang).to_owned(), it.room.clone()]
    });
    Some(rows.collect())
}

/// POST `/organisation/trainees/{enrolment}`: shows, and notes the look in the same transaction.
pub(super) fn look(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = access::member(cx.conn)?;
    let enrolment: EnrolmentId = cx.request().param("enrolment")?;
    let (it, shown) = actions::look(cx.conn, &member, enrolment)?;
    let progress = shown.progress.as_ref().map(|at| Standing {
        state: EnrolmentState::parse(&at.state).map_or("–", |it| it.label(lang)),
        completed: at.completed_on.map(|day| date(lang, day)),
        met: at.met.map(|(met, all)| lang.sharing_met_of(met, all)),
    });
    let view = Trainee {
        shell: cx.shell(it.name.clone()),
        crumbs: crumbs(lang),
        cohort: lang.pick(&it.cohort.0, &it.cohort.1).clone(),
        attendance: attendance(lang, &shown),
        results: results(lang, &shown),
        timetable: timetable(lang, &shown),
        progress,
        it,
    };
    Ok(cx.visit.page(&view)?.fresh())
}
