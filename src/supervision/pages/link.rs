//! The supervisor's private links: the log of a week, or an evaluation, without an account. A link opens any
//! number of times and answers once; it shows nothing but what it asks about.

use askama::Template;

use crate::access;
use crate::db::{Acting, Actor, Role, Task};
use crate::error::{Error, Result};
use crate::hosting::queries::{self as hosting, Placement};
use crate::ids::{LogId, PersonId, PlacementId};
use crate::lang::format::date;
use crate::people::accounts::{self, OpenLink, Purpose};
use crate::web::fields::{Again, FormSpec, History, form_page};
use crate::web::forms::Mistakes;
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Log};
use super::super::rules::{Author, LogState, Point, minutes};
use super::evaluations::{groups, read};
use super::logs::clock;
use super::week::{Shown, read_verdict, shown};

#[derive(Template)]
#[template(path = "supervision/link_log.html")]
struct LogPage {
    shell: Shell,
    title: String,
    trainee: String,
    institution: String,
    days: Vec<Shown>,
    sum: String,
    remark: String,
    done: Option<&'static str>,
    typed: String,
    mistakes: Mistakes,
}

/// Opens a link and acts from now on as its reader, who sees nothing of their own here.
fn opened(cx: &mut Cx<'_, '_>, purpose: Purpose) -> Result<OpenLink> {
    let token: String = cx.request().param("token")?;
    let id = cx.site.keys.read_link(purpose.as_str(), &token)?;
    let link = accounts::open_link(cx.conn, purpose, id)?;
    cx.conn.become_actor(Actor::Person(Acting {
        person: link.person_id,
        role: Role::Applicant,
        grant: None,
        organisations: Vec::new(),
        programmes: Vec::new(),
    }))?;
    Ok(link)
}

fn subject(link: &OpenLink) -> Result<uuid::Uuid> {
    link.subject_id.ok_or(Error::NotFound)
}

/// The log of a link, and its placement.
fn of_link(cx: &mut Cx<'_, '_>, link: &OpenLink) -> Result<(Log, Placement)> {
    let id = LogId(subject(link)?);
    cx.conn.elevate(Task::Supervise, |conn| {
        let work = access::working(conn, Task::Supervise)?;
        let log = queries::linked_log_seen(conn, &work, id)?;
        let placement = hosting::placement_for(conn, &work, log.placement_id)?;
        Ok((log, placement))
    })
}

fn log_page(
    cx: &mut Cx<'_, '_>,
    (log, it): (&Log, &Placement),
    (typed, again): (&str, &Again),
) -> Result<Reply> {
    let lang = cx.lang();
    let days = log.days()?;
    let failed = again.status >= 400;
    let title = lang.sup_week_of(&date(lang, log.week));
    let page = LogPage {
        shell: cx.shell(match failed {
            true => lang.form_error_title(&title),
            false => title.clone(),
        }),
        title,
        trainee: it.name_shown.clone(),
        institution: it.organisation(lang).to_owned(),
        // The names of competencies are the programme's; the link shows what was done.
        days: shown(lang, &days, &[]),
        sum: clock(minutes(&days)),
        remark: log.remark.clone(),
        done: (log.state()? != LogState::Submitted).then(|| lang.sup_link_done()),
        typed: typed.to_owned(),
        mistakes: again.mistakes.clone(),
    };
    cx.visit
        .page_with(if failed { again.status } else { 200 }, &page)
}

/// GET `/link/log/{token}`.
pub(super) fn log(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let link = opened(cx, Purpose::Log)?;
    let (log, it) = of_link(cx, &link)?;
    log_page(cx, (&log, &it), ("", &Again::first()))
}

/// POST `/link/log/{token}`: approves or returns, once. The link stays open to be read until it ends.
pub(super) fn answer(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let link = opened(cx, Purpose::Log)?;
    let (log, it) = of_link(cx, &link)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut reading = Form::new(typed);
    let verdict = read_verdict(&mut reading, typed);
    let person: PersonId = link.person_id;
    let done = reading.done().and_then(|()| {
        cx.conn.elevate(Task::Supervise, |conn| {
            actions::decide_by_link(conn, log.id, person, &verdict)
        })
    });
    match done {
        Ok(()) => Ok(Reply::see_other(cx.request().path.clone())),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            log_page(cx, (&log, &it), (typed.typed("comment"), &again))
        }
    }
}

/// The placement of an evaluation's link, its point, and whether it was evaluated.
fn to_evaluate(cx: &mut Cx<'_, '_>, link: &OpenLink) -> Result<(Placement, Point, bool)> {
    let id = PlacementId(subject(link)?);
    let point = link.next_path.as_deref().and_then(Point::parse);
    let point = point.ok_or(Error::NotFound)?;
    cx.conn.elevate(Task::Supervise, |conn| {
        let work = access::working(conn, Task::Supervise)?;
        let it = hosting::placement_for(conn, &work, id)?;
        let mut done = false;
        for one in queries::evaluations(conn, &it)? {
            done |= one.point()? == point && one.author()? == Author::Host;
        }
        Ok((it, point, done))
    })
}

fn skills(cx: &mut Cx<'_, '_>, it: &Placement) -> Result<Vec<(crate::ids::CompetencyId, String)>> {
    let lang = cx.lang();
    cx.conn.elevate(Task::Supervise, |conn| {
        let work = access::working(conn, Task::Supervise)?;
        queries::skills(conn, &work, it, lang)
    })
}

fn evaluation_page(
    cx: &mut Cx<'_, '_>,
    (it, point, done): (&Placement, Point, bool),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let skills = skills(cx, it)?;
    let path = cx.request().path.clone();
    let title = format!("{}{}", lang.before(point.label(lang)), it.name_shown);
    let spec = FormSpec {
        title,
        crumbs: Vec::new(),
        note: Some(
            if done {
                lang.sup_link_done()
            } else {
                lang.sup_evaluation_note()
            }
            .to_owned(),
        ),
        groups: match done {
            true => Vec::new(),
            false => groups(lang, (point, Author::Host), &skills),
        },
        hidden: Vec::new(),
        action: path,
        submit: lang.sup_hand_in().to_owned(),
        back: "/".to_owned(),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/link/evaluation/{token}`.
pub(super) fn evaluation(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let link = opened(cx, Purpose::Evaluation)?;
    let (it, point, done) = to_evaluate(cx, &link)?;
    evaluation_page(cx, (&it, point, done), Pairs::none(), &Again::first())
}

/// POST `/link/evaluation/{token}`.
pub(super) fn evaluate(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let link = opened(cx, Purpose::Evaluation)?;
    let (it, point, done) = to_evaluate(cx, &link)?;
    let skills = skills(cx, &it)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut reading = Form::new(typed);
    let new = read(&mut reading, typed, (point, Author::Host), &skills);
    let person = link.person_id;
    let outcome = reading.done().and_then(|()| {
        cx.conn.elevate(Task::Supervise, |conn| {
            actions::evaluate(conn, &it, (point, Author::Host, person), &new)
        })
    });
    match outcome {
        Ok(()) => Ok(Reply::see_other(cx.request().path.clone())),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            evaluation_page(cx, (&it, point, done), typed, &again)
        }
    }
}
