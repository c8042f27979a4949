//! The private calendar: its page, and the feed that calendars read.

use askama::Template;

use crate::access::{self, secret};
use crate::db::{Actor, Task};
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::lang::format::moment;
use crate::web::{Cx, Reply, Shell, Site, Visit};

use super::super::actions;
use super::super::mail::entry;
use super::super::queries::{self, OwnFeed};
use super::super::rules::calendar;

#[derive(Template)]
#[template(path = "teaching/calendar.html")]
struct CalendarPage {
    shell: Shell,
    /// The address just made, shown this once.
    made: Option<String>,
    since: Option<String>,
    read: Option<String>,
}

fn view(lang: Lang, shell: Shell, feed: Option<OwnFeed>, made: Option<String>) -> CalendarPage {
    CalendarPage {
        shell,
        made,
        since: feed.map(|it| moment(lang, it.created_at)),
        read: feed.and_then(|it| it.read_at).map(|at| moment(lang, at)),
    }
}

/// GET `/calendar`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let feed = queries::own_feed(cx.conn, &own)?;
    let lang = cx.lang();
    let page = view(lang, cx.shell(lang.tt_calendar()), feed, None);
    cx.visit.page(&page)
}

/// POST `/calendar/new`. Outside the usual transaction, so that no replay keeps the secret.
pub(super) fn make(visit: &Visit, site: &Site) -> Result<Reply> {
    let (token, feed) = site.db.tx_for(&visit.actor, visit.request.id, |conn| {
        let own = access::own(conn)?;
        let token = actions::make_feed(conn, &own)?;
        Ok((token, queries::own_feed(conn, &own)?))
    })?;
    let lang = visit.lang;
    let address = format!(
        "{}/calendar/{token}.ics",
        site.config.public_url.trim_end_matches('/')
    );
    let shell = Shell::new(visit, site, lang.tt_calendar_made().to_owned());
    visit.page(&view(lang, shell, feed, Some(address)))
}

/// POST `/calendar/stop`.
pub(super) fn stop(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    actions::revoke_feed(cx.conn, &own)?;
    Ok(Reply::see_other("/calendar").flash("calendar_stopped"))
}

/// Whoever asks by a secret address: nobody has signed in.
const READER: Actor = Actor::Public(Task::Timetable);

/// GET `/calendar/{token}.ics`.
pub(super) fn read(visit: &Visit, site: &Site) -> Result<Reply> {
    let token: String = visit.request.param("token")?;
    let digest = secret::digest(&token);
    let (owner, text) = site.db.read_again(&READER, visit.request.id, |conn| {
        let timetable = access::working(conn, Task::Timetable)?;
        let owner = queries::feed_of(conn, &timetable, &digest)?.ok_or(Error::NotFound)?;
        let lang = Lang::parse(&owner.lang).unwrap_or_default();
        let sessions = queries::feed_sessions(conn, &timetable, owner.person_id)?;
        let entries: Vec<_> = sessions.iter().map(|it| entry(lang, it)).collect();
        Ok((
            owner,
            calendar::feed(lang.tt_calendar_name(), lang, &entries),
        ))
    })?;
    if owner.unread {
        site.db.tx_for(&READER, visit.request.id, |conn| {
            let timetable = access::working(conn, Task::Timetable)?;
            actions::note_read(conn, &timetable, owner.id)
        })?;
    }
    let tag: String = secret::digest(&text)
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let file = Reply::bytes(200, "text/calendar; charset=utf-8", text.into_bytes());
    Ok(file
        .with("etag", format!("\"{tag}\""))
        .with("content-disposition", "inline; filename=\"banyan.ics\""))
}
