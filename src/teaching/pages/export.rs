//! Lists of sessions and offerings as files.

use crate::access;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::lang::format::hk_date;
use crate::web::exports::{Kind, export, short};
use crate::web::paging::Cursor;
use crate::web::{Cx, Reply};

use super::super::queries::{self, ClassSession};
use super::timetable::filter;
use super::{clock, cohort, named};

fn header(lang: Lang) -> Vec<String> {
    [
        lang.tt_day(),
        lang.tt_starts(),
        lang.tt_ends(),
        lang.tt_module(),
        lang.tt_title(),
        lang.tt_room(),
        lang.tt_link(),
        lang.tt_instructors(),
        lang.tt_state(),
        lang.tt_reason(),
    ]
    .map(str::to_owned)
    .to_vec()
}

fn row(
    lang: Lang,
    it: &ClassSession,
    names: &std::collections::BTreeMap<crate::ids::PersonId, String>,
) -> Result<Vec<String>> {
    Ok(vec![
        hk_date(it.starts_at).to_string(),
        clock(it.starts_at),
        clock(it.ends_at),
        it.module_code.clone(),
        it.name(lang).to_owned(),
        it.room.clone(),
        it.link.clone(),
        named(lang, names, &it.instructor_ids),
        it.state()?.label(lang).to_owned(),
        it.reason()
            .map(|reason| reason.label(lang).to_owned())
            .unwrap_or_default(),
    ])
}

/// The sessions of a cohort as the file that the address ends with, narrowed as the list is.
pub(in crate::teaching) fn sessions_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (_, cohort) = cohort(cx)?;
    let kind = cx.request().path.rsplit('.').next().and_then(Kind::parse);
    let kind = kind.ok_or(Error::NotFound)?;
    let filter = filter(&cx.request().query);
    let (actor, request) = (cx.visit.actor.clone(), cx.request().id);
    let name = format!("{}-timetable", cohort.code);
    Ok(export(
        kind,
        &name,
        header(lang),
        Box::new(move |site, write| {
            site.db.read_for(&actor, request, |conn: &mut Conn<'_>| {
                let staff = access::cohort_staff(conn, cohort.id)?;
                let mut after = None;
                loop {
                    let page = queries::of_cohort(conn, &staff, &filter, after.as_ref(), 1_000)?;
                    let ids: Vec<_> = page
                        .rows
                        .iter()
                        .flat_map(|it| it.instructor_ids.iter().copied())
                        .collect();
                    let names = queries::names(conn, &ids)?;
                    for it in &page.rows {
                        write(&row(lang, it, &names)?)?;
                    }
                    after = page.next.as_deref().and_then(Cursor::decode);
                    if after.is_none() {
                        return Ok(());
                    }
                }
            })
        }),
    ))
}

/// The offerings of a cohort as the file that the address ends with.
pub(in crate::teaching) fn offerings_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let header = [
        lang.tt_module(),
        lang.tt_title(),
        lang.tt_instructors(),
        lang.tt_room(),
        lang.tt_link(),
        lang.tt_capacity(),
        lang.tt_sessions(),
        lang.tt_minutes(),
        lang.tt_state(),
    ];
    let all = super::offered::wanted(cx.conn, &staff, &cx.visit.request.query, lang)?;
    let ids: Vec<_> = all
        .iter()
        .flat_map(|it| it.instructor_ids.iter().copied())
        .collect();
    let names = queries::names(cx.conn, &ids)?;
    let rows = all
        .iter()
        .map(|it| {
            Ok(vec![
                it.module_code.clone(),
                it.name(lang).to_owned(),
                named(lang, &names, &it.instructor_ids),
                it.room.clone(),
                it.link.clone(),
                it.capacity.to_string(),
                it.sessions.to_string(),
                it.minutes.to_string(),
                it.state()?.label(lang).to_owned(),
            ])
        })
        .collect::<Result<_>>()?;
    short(
        &cx.request().path,
        &format!("{}-offerings", cohort.code),
        &header,
        rows,
    )
}
