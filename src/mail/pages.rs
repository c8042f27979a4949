//! The delivery log, and the local mailbox of the sample programme.

use askama::Template;

use crate::access::{Access, STAFF, desk, working};
use crate::audit;
use crate::config::Mode;
use crate::db::{Conn, Task};
use crate::error::{Error, Result};
use crate::ids::LetterId;
use crate::lang::{Lang, format};
use crate::web::exports::{Kind, export};
use crate::web::fields::History;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Routes, Shell, Site, Visit};

use super::hold::QUEUE;
use super::queries::{self, Filter, Landed, Line, Sort};
use super::{actions, host_of, mask_links, message_id};

/// The routes of the room.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/letters", STAFF, log)
        .get_free("/letters.csv", STAFF, |visit, _| {
            Ok(log_file(visit, Kind::Csv))
        })
        .get_free("/letters.xlsx", STAFF, |visit, _| {
            Ok(log_file(visit, Kind::Xlsx))
        })
        .get("/letters/history.csv", STAFF, history_file)
        .get("/letters/history.xlsx", STAFF, history_file)
        .get("/letters/{letter}", STAFF, letter)
        .get("/letters/{letter}/body", STAFF, letter_body)
        .get("/letters/{letter}/again", STAFF, again_page)
        .post("/letters/{letter}/again", STAFF, again)
        .post("/letters/{letter}/retry", STAFF, retry)
        .get("/dev/mailbox", Access::Public, mailbox)
        .get("/dev/mailbox/{letter}", Access::Public, landed)
        .get("/dev/mailbox/{letter}/body", Access::Public, landed_body)
        .and(super::own_pages::routes())
        .and(super::api::routes())
}

/// Class of a state's tag.
#[must_use]
pub fn state_tag(state: &str) -> &'static str {
    match state {
        "queued" => "wait",
        "sent" => "ok",
        "dead" => "bad",
        _ => "end",
    }
}

const STATES: [&str; 4] = ["queued", "sent", "dead", "cancelled"];

/// What the address asks for.
pub(super) fn filter(query: &Pairs) -> Filter {
    let word = |name: &str| Some(query.typed(name).to_owned()).filter(|w| !w.is_empty());
    Filter {
        words: query
            .typed("q")
            .to_lowercase()
            .split_whitespace()
            .take(8)
            .map(str::to_owned)
            .collect(),
        state: word("state").filter(|state| STATES.contains(&state.as_str())),
        kind: word("kind"),
        cohort: word("cohort").and_then(|id| id.parse().ok()),
        sort: Sort::parse(query.typed("sort")),
    }
}

struct Row {
    id: LetterId,
    subject: String,
    to_name: String,
    to_address: String,
    kind: String,
    state: &'static str,
    tag: &'static str,
    written: String,
}

fn row(lang: Lang, line: &Line) -> Row {
    Row {
        id: line.id,
        subject: line.subject.clone(),
        to_name: line.to_name.clone(),
        to_address: line.to_address.clone(),
        kind: lang.letter_kind(&line.kind),
        state: lang.letter_state(&line.state),
        tag: state_tag(&line.state),
        written: format::moment(lang, line.created_at),
    }
}

struct Column {
    label: &'static str,
    href: String,
    sorted: Option<&'static str>,
}

fn column(query: &Pairs, label: &'static str, word: &str) -> Column {
    let now = match query.typed("sort") {
        "" => "-written",
        sort => sort,
    };
    let reverse = format!("-{word}");
    let (next, sorted) = if now == word {
        (reverse.as_str(), Some("ascending"))
    } else if now == reverse {
        (word, Some("descending"))
    } else {
        (word, None)
    };
    Column {
        label,
        href: format!("/letters?{}", query.with(&[("sort", next), ("after", "")])),
        sorted,
    }
}

type Opt = (String, String, bool);

#[derive(Template)]
#[template(path = "mail_pages/log.html")]
struct LogPage {
    shell: Shell,
    columns: [Column; 3],
    rows: Vec<Row>,
    q: String,
    states: Vec<Opt>,
    kinds: Vec<Opt>,
    filtered: bool,
    query: String,
    next: Option<String>,
    paged: bool,
    /// Does the operator hold the queue?
    held: bool,
    /// What the operator did to the queue.
    history: History,
}

fn log(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = desk(cx.conn)?;
    let (lang, query) = (cx.lang(), cx.request().query.clone());
    let wanted = filter(&query);
    let after = Cursor::from_query(&query);
    let lines = queries::log(cx.conn, &desk, &wanted, after.as_ref(), PAGE + 1)?;
    let page = Page::cut(lines, PAGE, |line| Cursor {
        key: line.key.clone(),
        id: line.id.0,
    });
    let states = STATES.map(|state| {
        let chosen = wanted.state.as_deref() == Some(state);
        (
            state.to_owned(),
            lang.letter_state(state).to_owned(),
            chosen,
        )
    });
    let kinds = queries::kinds(cx.conn, &desk)?;
    let kinds = kinds.into_iter().map(|kind| {
        let chosen = wanted.kind.as_ref() == Some(&kind);
        let label = lang.letter_kind(&kind);
        (kind, label, chosen)
    });
    let history = audit::shown(cx.conn, QUEUE, lang, "/letters/history")?;
    let held = super::courier::held(cx.conn)?;
    cx.visit.page(&LogPage {
        shell: cx.shell(lang.letters_title()),
        columns: [
            column(&query, lang.letters_written(), "written"),
            column(&query, lang.letters_to(), "to"),
            column(&query, lang.letters_state(), "state"),
        ],
        rows: page.rows.iter().map(|line| row(lang, line)).collect(),
        q: query.typed("q").to_owned(),
        states: states.to_vec(),
        kinds: kinds.collect(),
        held,
        filtered: !wanted.words.is_empty() || wanted.state.is_some() || wanted.kind.is_some(),
        query: query.with(&[("after", "")]),
        next: page
            .next
            .map(|next| format!("/letters?{}", query.with(&[("after", &next)]))),
        paged: after.is_some(),
        history,
    })
}

/// GET `/letters/history.csv` and `.xlsx`.
fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    desk(cx.conn)?;
    audit::file(cx.visit, "letters-history", QUEUE)
}

/// The log as a file, with the filters of the address.
pub(super) fn log_file(visit: &Visit, kind: Kind) -> Reply {
    let lang = visit.lang;
    let (wanted, actor) = (filter(&visit.request.query), visit.actor.clone());
    let header = [
        lang.letters_written(),
        lang.letters_to(),
        lang.people_email(),
        lang.letters_subject(),
        lang.letters_kind(),
        lang.letters_language(),
        lang.letters_state(),
        lang.letters_sent(),
        lang.letters_attempts(),
        lang.letters_error(),
    ];
    export(
        kind,
        "letters",
        header.map(str::to_owned).to_vec(),
        Box::new(move |site: &Site, put| {
            let mut after: Option<Cursor> = None;
            loop {
                let lines = site.db.read(&actor, |conn| {
                    let desk = desk(conn)?;
                    queries::log(conn, &desk, &wanted, after.as_ref(), 1_000)
                })?;
                for line in &lines {
                    put(&cells(lang, line))?;
                }
                match lines.last() {
                    Some(line) if lines.len() == 1_000 => {
                        after = Some(Cursor {
                            key: line.key.clone(),
                            id: line.id.0,
                        });
                    }
                    _ => return Ok(()),
                }
            }
        }),
    )
}

fn cells(lang: Lang, line: &Line) -> [String; 10] {
    [
        format::moment(lang, line.created_at),
        line.to_name.clone(),
        line.to_address.clone(),
        line.subject.clone(),
        lang.letter_kind(&line.kind),
        line.lang.clone(),
        lang.letter_state(&line.state).to_owned(),
        line.sent_at
            .map(|at| format::moment(lang, at))
            .unwrap_or_default(),
        line.attempts.to_string(),
        line.last_error.clone().unwrap_or_default(),
    ]
}

#[derive(Template)]
#[template(path = "mail_pages/letter.html")]
struct LetterPage {
    shell: Shell,
    letter: queries::Whole,
    state: &'static str,
    tag: &'static str,
    kind: String,
    written: String,
    sent: String,
    message_id: String,
    text: String,
}

fn letter(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = desk(cx.conn)?;
    let id: LetterId = cx.request().param("letter")?;
    let letter = queries::whole(cx.conn, &desk, id)?;
    let lang = cx.lang();
    let sent = letter.sent_at.map(|at| format::moment(lang, at));
    cx.visit.page(&LetterPage {
        shell: cx.shell(letter.subject.clone()),
        state: lang.letter_state(&letter.state),
        tag: state_tag(&letter.state),
        kind: lang.letter_kind(&letter.kind),
        written: format::moment(lang, letter.created_at),
        sent: sent.unwrap_or_default(),
        message_id: message_id(letter.id, &host_of(&cx.site.config.mail_from)),
        text: mask_links(&letter.body_text, lang, &cx.site.config.public_url),
        letter,
    })
}

/// The frame's own policy: nothing runs, nothing loads, and only our own page may show it.
/// A letter that its reader opens: its links lead the whole window on, as a mail program would.
pub(super) fn opened(html: &str) -> Reply {
    let html = html.replacen("<head>", "<head><base target=\"_top\">", 1);
    framed(html, " allow-top-navigation-by-user-activation")
}

fn framed(html: String, more: &str) -> Reply {
    Reply::html(200, html).with(
        "content-security-policy",
        format!(
            "sandbox{more}; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        ),
    )
}

fn letter_body(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = desk(cx.conn)?;
    let id: LetterId = cx.request().param("letter")?;
    let letter = queries::whole(cx.conn, &desk, id)?;
    Ok(framed(
        mask_links(&letter.body_html, cx.lang(), &cx.site.config.public_url),
        "",
    ))
}

#[derive(Template)]
#[template(path = "mail_pages/again.html")]
struct AgainPage {
    shell: Shell,
    letter: queries::Whole,
}

fn again_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = desk(cx.conn)?;
    let id: LetterId = cx.request().param("letter")?;
    let letter = queries::whole(cx.conn, &desk, id)?;
    cx.visit.page(&AgainPage {
        shell: cx.shell(cx.lang().letters_again_title()),
        letter,
    })
}

fn again(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = desk(cx.conn)?;
    let id: LetterId = cx.request().param("letter")?;
    let copy = actions::send_again(cx.conn, &desk, id)?;
    Ok(Reply::see_other(format!("/letters/{copy}")).flash("letter_again"))
}

fn retry(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = desk(cx.conn)?;
    let id: LetterId = cx.request().param("letter")?;
    actions::retry(cx.conn, &desk, id)?;
    Ok(Reply::see_other(format!("/letters/{id}")).flash("letter_queued"))
}

/// The mailbox exists in the sample programme only; elsewhere there is no such page.
fn at_the_mailbox<T>(
    cx: &mut Cx<'_, '_>,
    read: impl FnOnce(&mut Conn<'_>, &crate::access::Working) -> Result<T>,
) -> Result<T> {
    if cx.site.config.mode != Mode::Sample {
        return Err(Error::NotFound);
    }
    cx.conn.elevate(Task::Mailbox, |conn| {
        let proof = working(conn, Task::Mailbox)?;
        read(conn, &proof)
    })
}

#[derive(Template)]
#[template(path = "mail_pages/mailbox.html")]
struct MailboxPage {
    shell: Shell,
    q: String,
    rows: Vec<(LetterId, String, String, String)>,
    next: Option<String>,
    here: String,
}

fn mailbox(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let query = cx.request().query.clone();
    let before = Cursor::from_query(&query);
    let rows = at_the_mailbox(cx, |conn, proof| {
        queries::mailbox(conn, proof, query.typed("q"), before.as_ref(), PAGE + 1)
    })?;
    let page = Page::cut(rows, PAGE, |row: &Landed| Cursor {
        key: String::new(),
        id: row.letter_id.0,
    });
    let lang = cx.lang();
    let rows = page.rows.into_iter().map(|row| {
        let at = format::moment(lang, row.created_at);
        (row.letter_id, row.to_address, row.subject, at)
    });
    cx.visit.page(&MailboxPage {
        shell: cx.shell(lang.mailbox_title()),
        q: query.typed("q").to_owned(),
        rows: rows.collect(),
        next: page
            .next
            .map(|next| format!("/dev/mailbox?{}", query.with(&[("after", &next)]))),
        here: format!("/dev/mailbox?{}", query.with(&[("after", "")])),
    })
}

#[derive(Template)]
#[template(path = "mail_pages/landed.html")]
struct LandedPage {
    shell: Shell,
    letter: Landed,
    arrived: String,
}

fn find_landed(cx: &mut Cx<'_, '_>) -> Result<Landed> {
    let id: LetterId = cx.request().param("letter")?;
    at_the_mailbox(cx, |conn, proof| queries::landed(conn, proof, id))
}

fn landed(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let letter = find_landed(cx)?;
    cx.visit.page(&LandedPage {
        shell: cx.shell(letter.subject.clone()),
        arrived: format::moment(cx.lang(), letter.created_at),
        letter,
    })
}

fn landed_body(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let letter = find_landed(cx)?;
    Ok(opened(&letter.body_html))
}
