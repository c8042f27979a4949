//! Notes as trainees read them: those of a session, and all of them.

use askama::Template;

use crate::access::{self, Own, OwnEnrolment};
use crate::db::{self, Task};
use crate::error::{Error, Result};
use crate::ids::{ClassId, MaterialId};
use crate::lang::Lang;
use crate::lang::format::{date, hk_date, moment};
use crate::teaching::queries as teaching;
use crate::teaching::queries::ClassSession;
use crate::teaching::rules::SessionState;
use crate::web::exports::short;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Filter, Read, title};
use super::super::rules::is_released;
use super::{name, when_where};

struct Line {
    id: MaterialId,
    title: String,
    tag: &'static str,
    paragraphs: Vec<String>,
    url: String,
    released: String,
    session: String,
    href: String,
    done: bool,
}

fn line(lang: Lang, it: &Read) -> Line {
    let (words, written) = title(lang, &it.title_en, &it.title_zh);
    Line {
        id: it.id,
        title: words.to_owned(),
        tag: written.tag(),
        paragraphs: it
            .body
            .split("\n\n")
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect(),
        url: it.url.clone(),
        released: date(lang, hk_date(it.released_at)),
        session: format!("{} · {}", it.module_code, date(lang, hk_date(it.starts_at))),
        href: format!("/me/timetable/{}", it.session_id),
        done: it.done,
    }
}

/// Everything of the person's enrolments that `found` finds under the task that reads timetables.
fn each<T>(
    cx: &mut Cx<'_, '_>,
    mut found: impl FnMut(&mut crate::db::Conn<'_>, &access::Working, &OwnEnrolment) -> Result<T>,
) -> Result<Vec<T>> {
    let own = access::own(cx.conn)?;
    let mut all = Vec::new();
    for enrolment in teaching::own_enrolments(cx.conn, &own)? {
        let own = access::own_enrolment(cx.conn, enrolment)?;
        all.push(cx.conn.elevate(Task::Timetable, |conn| {
            let timetable = access::working(conn, Task::Timetable)?;
            found(conn, &timetable, &own)
        })?);
    }
    Ok(all)
}

#[derive(Template)]
#[template(path = "materials/session.html")]
struct SessionPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    when: String,
    link: String,
    state: &'static str,
    tone: &'static str,
    reason: Option<&'static str>,
    instructors: String,
    lines: Vec<Line>,
    /// Those that are still to come: title and time.
    later: Vec<(String, String)>,
}

/// GET `/me/timetable/{class}`: a session and what may be read of it now.
pub(super) fn session(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let id: ClassId = cx.request().param("class")?;
    let found = each(cx, |conn, timetable, own| {
        match teaching::attended(conn, timetable, own, id) {
            Ok(session) => {
                let notes = queries::of_session(conn, timetable, own, id)?;
                Ok(Some((session, notes)))
            }
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })?;
    let (session, notes): (ClassSession, Vec<Read>) =
        found.into_iter().flatten().next().ok_or(Error::NotFound)?;
    let now = db::now(cx.conn)?;
    let (open, later): (Vec<Read>, Vec<Read>) = notes
        .into_iter()
        .partition(|it| is_released(Some(it.released_at), now));
    let names = teaching::names(cx.conn, &session.instructor_ids)?;
    let taught: Vec<&str> = names.values().map(String::as_str).collect();
    let state = session.state()?;
    let page = SessionPage {
        shell: cx.shell(name(lang, &session)),
        crumbs: vec![("/me/timetable".to_owned(), lang.tt_own().to_owned())],
        when: when_where(lang, &session),
        link: session.link.clone(),
        state: state.label(lang),
        tone: match state {
            SessionState::Scheduled => "go",
            SessionState::Cancelled => "bad",
            SessionState::Held => "ok",
        },
        reason: session.reason().map(|it| it.label(lang)),
        instructors: taught.join(lang.pick(", ", "、")),
        lines: open.iter().map(|it| line(lang, it)).collect(),
        later: later
            .iter()
            .map(|it| {
                let words = title(lang, &it.title_en, &it.title_zh).0.to_owned();
                (words, moment(lang, it.released_at))
            })
            .collect(),
    };
    cx.visit.page(&page)
}

fn filter(query: &Pairs) -> Filter {
    Filter {
        done: match query.typed("done") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        text: query
            .get("q")
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(|it| it.chars().take(100).collect()),
    }
}

#[derive(Template)]
#[template(path = "materials/notes.html")]
struct NotesPage {
    shell: Shell,
    text: String,
    dones: Vec<(&'static str, &'static str, bool)>,
    filtered: bool,
    query: String,
    /// The address as it is, with its page: marking as done comes back to it.
    kept: String,
    lines: Vec<Line>,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// The notes of all enrolments of the person's, those of the past too.
pub(in crate::materials) fn readable(
    cx: &mut Cx<'_, '_>,
    own: &Own,
    filter: &Filter,
    after: Option<&Cursor>,
    size: i64,
) -> Result<Page<Read>> {
    let mut enrolments = Vec::new();
    for enrolment in teaching::own_enrolments(cx.conn, own)? {
        enrolments.push(access::own_enrolment(cx.conn, enrolment)?);
    }
    cx.conn.elevate(Task::Timetable, |conn| {
        let timetable = access::working(conn, Task::Timetable)?;
        queries::readable(conn, &timetable, (own, &enrolments), filter, after, size)
    })
}

/// GET `/me/notes`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let visit = cx.visit;
    let query = &visit.request.query;
    let filter = filter(query);
    let after = Cursor::from_query(query);
    let own = access::own(cx.conn)?;
    let found = readable(cx, &own, &filter, after.as_ref(), PAGE)?;
    let page = NotesPage {
        shell: cx.shell(lang.material_own()),
        text: filter.text.clone().unwrap_or_default(),
        dones: vec![
            ("", lang.offers_all(), filter.done.is_none()),
            ("no", lang.material_not_done(), filter.done == Some(false)),
            ("yes", lang.material_is_done(), filter.done == Some(true)),
        ],
        filtered: filter.done.is_some() || filter.text.is_some(),
        query: query.with(&[("after", "")]),
        kept: query.with(&[]),
        lines: found.rows.iter().map(|it| line(lang, it)).collect(),
        paged: after.is_some(),
        first: format!("/me/notes?{}", query.with(&[("after", "")])),
        next: found
            .next
            .map(|next| format!("/me/notes?{}", query.with(&[("after", &next)]))),
    };
    cx.visit.page(&page)
}

/// GET `/me/notes.csv` and `.xlsx`: narrowed as the list is; at most 5,000.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let filter = filter(&cx.visit.request.query);
    let own = access::own(cx.conn)?;
    let found = readable(cx, &own, &filter, None, 5_000)?;
    let header = [
        lang.tt_module(),
        lang.tt_day(),
        lang.material_title(),
        lang.material_body(),
        lang.material_url(),
        lang.material_released(),
        lang.material_is_done(),
    ];
    let rows = found
        .rows
        .iter()
        .map(|it| {
            vec![
                it.module_code.clone(),
                hk_date(it.starts_at).to_string(),
                title(lang, &it.title_en, &it.title_zh).0.to_owned(),
                it.body.clone(),
                it.url.clone(),
                hk_date(it.released_at).to_string(),
                if it.done { lang.yes() } else { lang.no() }.to_owned(),
            ]
        })
        .collect();
    short(&cx.request().path, "notes", &header, rows)
}

fn set(cx: &mut Cx<'_, '_>, done: bool) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let id: MaterialId = cx.request().param("note")?;
    let session = actions::mark(cx.conn, &own, id, done)?;
    let to = match cx.request().form().typed("from") {
        "list" => match cx.request().query.with(&[]) {
            kept if kept.is_empty() => format!("/me/notes#note-{id}"),
            kept => format!("/me/notes?{kept}#note-{id}"),
        },
        _ => format!("/me/timetable/{session}#note-{id}"),
    };
    Ok(Reply::see_other(to))
}

/// POST `/me/notes/{note}/done`.
pub(super) fn done(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    set(cx, true)
}

/// POST `/me/notes/{note}/undone`.
pub(super) fn undone(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    set(cx, false)
}
