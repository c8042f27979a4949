//! A trainee's and an instructor's own timetable.

use std::collections::BTreeMap;

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};

use crate::access::{self, OwnEnrolment, Working};
use crate::db::{self, Conn, Task};
use crate::error::Result;
use crate::ids::EnrolmentId;
use crate::lang::format::{hk_date, moment};
use crate::web::{Cx, Reply, Shell};

use super::super::mail::when;
use super::super::queries::{self, ClassSession};
use super::super::rules::Slot;
use super::grid::{Grid, Line, Liner, Reader, Span, View, day_of, grid};
use super::teachers;

#[derive(Template)]
#[template(path = "teaching/own.html")]
struct OwnPage {
    shell: Shell,
    printed: String,
    next: Option<(String, Line)>,
    grid: Grid,
    instructor: bool,
    none: bool,
}

fn show(
    cx: &mut Cx<'_, '_>,
    (path, reader): (&str, Reader),
    read: impl FnOnce(&mut Cx<'_, '_>, &Slot) -> Result<Vec<ClassSession>>,
    find_next: impl FnOnce(&mut Cx<'_, '_>, DateTime<Utc>) -> Result<Option<ClassSession>>,
) -> Result<Reply> {
    let lang = cx.lang();
    let visit = cx.visit;
    let query = &visit.request.query;
    let now = db::now(cx.conn)?;
    let today = hk_date(now);
    let view = View::parse(query.typed("view"), View::List);
    let span = Span::around(view, day_of(query, today));
    let sessions = read(cx, &span.slot())?;
    let next = find_next(cx, now)?;
    let mut all = sessions.clone();
    all.extend(next.clone());
    let names = teachers(cx, &all)?;
    let liner = Liner {
        lang,
        names: &names,
        reader,
    };
    let lines: Vec<(NaiveDate, Line)> = sessions
        .iter()
        .map(|it| Ok((hk_date(it.starts_at), liner.line(it)?)))
        .collect::<Result<_>>()?;
    let next = match &next {
        Some(it) => Some((when(lang, &it.slot()), liner.line(it)?)),
        None => None,
    };
    let holidays: BTreeMap<NaiveDate, String> = crate::programmes::queries::holidays(cx.conn)?
        .into_iter()
        .map(|row| (row.observed_on, lang.pick(row.name_en, row.name_zh)))
        .collect();
    let none = next.is_none() && sessions.is_empty();
    let page = OwnPage {
        shell: cx.shell(lang.tt_own()),
        printed: moment(lang, now),
        next,
        grid: grid(lang, &span, today, (path, query), &holidays, lines),
        instructor: reader == Reader::Instructor,
        none,
    };
    cx.visit.page(&page)
}

/// Everything that `found` finds for one of the person's enrolments.
fn each(
    cx: &mut Cx<'_, '_>,
    enrolments: &[EnrolmentId],
    found: impl Fn(&mut Conn<'_>, &Working, &OwnEnrolment) -> Result<Vec<ClassSession>>,
) -> Result<Vec<ClassSession>> {
    let mut all = Vec::new();
    for enrolment in enrolments {
        let own = access::own_enrolment(cx.conn, *enrolment)?;
        all.extend(cx.conn.elevate(Task::Timetable, |conn| {
            let timetable = access::working(conn, Task::Timetable)?;
            found(conn, &timetable, &own)
        })?);
    }
    all.sort_by_key(|it| (it.starts_at, it.id));
    Ok(all)
}

/// GET `/me/timetable`: the sessions of every cohort that the person takes part in.
pub(super) fn trainee(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let enrolments = queries::own_enrolments(cx.conn, &own)?;
    show(
        cx,
        ("/me/timetable", Reader::Trainee),
        |cx, span| {
            each(cx, &enrolments, |conn, timetable, own| {
                queries::of_trainee(conn, timetable, own, span)
            })
        },
        |cx, now| {
            let next = each(cx, &enrolments, |conn, timetable, own| {
                let next = queries::next_of_trainee(conn, timetable, own, now)?;
                Ok(next.into_iter().collect())
            })?;
            Ok(next.into_iter().next())
        },
    )
}

/// GET `/timetable`: the sessions that the instructor teaches.
pub(super) fn instructor(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let instructor = access::instructor(cx.conn)?;
    show(
        cx,
        ("/timetable", Reader::Instructor),
        |cx, span| queries::of_instructor(cx.conn, &instructor, span),
        |cx, now| queries::next_of_instructor(cx.conn, &instructor, now),
    )
}
