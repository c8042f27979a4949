//! Pages of materials: the notes of a session for those who keep them, and for those who read them.

use crate::access::{self, APPLICANT, INSTRUCTOR, STAFF};
use crate::error::Result;
use crate::ids::{ClassId, CohortId};
use crate::lang::Lang;
use crate::teaching::mail::when;
use crate::teaching::queries::ClassSession;
use crate::web::{Cx, Routes};

use super::queries::Keeper;

mod keep;
pub(super) mod read;

/// The routes of this room's pages.
#[must_use]
pub fn routes() -> Routes {
    office().and(teacher()).and(readers())
}

fn office() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/classes/{class}/notes", STAFF, keep::list)
        .get(
            "/cohorts/{cohort}/classes/{class}/notes.csv",
            STAFF,
            keep::file,
        )
        .get(
            "/cohorts/{cohort}/classes/{class}/notes.xlsx",
            STAFF,
            keep::file,
        )
        .get(
            "/cohorts/{cohort}/classes/{class}/notes/new",
            STAFF,
            keep::new,
        )
        .post(
            "/cohorts/{cohort}/classes/{class}/notes/new",
            STAFF,
            keep::add,
        )
        .get(
            "/cohorts/{cohort}/classes/{class}/notes/{note}",
            STAFF,
            keep::edit,
        )
        .post(
            "/cohorts/{cohort}/classes/{class}/notes/{note}",
            STAFF,
            keep::save,
        )
        .post(
            "/cohorts/{cohort}/classes/{class}/notes/{note}/up",
            STAFF,
            keep::up,
        )
        .get(
            "/cohorts/{cohort}/classes/{class}/notes/{note}/remove",
            STAFF,
            keep::ask_remove,
        )
        .post(
            "/cohorts/{cohort}/classes/{class}/notes/{note}/remove",
            STAFF,
            keep::remove,
        )
}

fn teacher() -> Routes {
    Routes::new()
        .get("/timetable/{class}", INSTRUCTOR, keep::list)
        .get("/timetable/{class}/notes.csv", INSTRUCTOR, keep::file)
        .get("/timetable/{class}/notes.xlsx", INSTRUCTOR, keep::file)
        .get("/timetable/{class}/notes/new", INSTRUCTOR, keep::new)
        .post("/timetable/{class}/notes/new", INSTRUCTOR, keep::add)
        .get("/timetable/{class}/notes/{note}", INSTRUCTOR, keep::edit)
        .post("/timetable/{class}/notes/{note}", INSTRUCTOR, keep::save)
        .post("/timetable/{class}/notes/{note}/up", INSTRUCTOR, keep::up)
        .get(
            "/timetable/{class}/notes/{note}/remove",
            INSTRUCTOR,
            keep::ask_remove,
        )
        .post(
            "/timetable/{class}/notes/{note}/remove",
            INSTRUCTOR,
            keep::remove,
        )
}

fn readers() -> Routes {
    Routes::new()
        .get("/me/notes", APPLICANT, read::list)
        .get("/me/notes.csv", APPLICANT, read::file)
        .get("/me/notes.xlsx", APPLICANT, read::file)
        .get("/me/timetable/{class}", APPLICANT, read::session)
        .post("/me/notes/{note}/done", APPLICANT, read::done)
        .post("/me/notes/{note}/undone", APPLICANT, read::undone)
}

/// Who keeps the notes at this address: the office at a cohort's, an instructor at their own.
fn keeper(cx: &mut Cx<'_, '_>) -> Result<Keeper> {
    match cx.request().param::<CohortId>("cohort") {
        Ok(cohort) => Ok(Keeper::Office(access::cohort_staff(cx.conn, cohort)?)),
        Err(_no_cohort) => Ok(Keeper::Teacher(access::instructor(cx.conn)?)),
    }
}

/// Where the notes of a session are kept.
fn home(keeper: &Keeper, session: &ClassSession) -> String {
    match keeper {
        Keeper::Office(staff) => {
            format!("/cohorts/{}/classes/{}/notes", staff.cohort(), session.id)
        }
        Keeper::Teacher(_) => teachers_home(session.id),
    }
}

fn teachers_home(session: ClassId) -> String {
    format!("/timetable/{session}")
}

/// What a note's own pages stand under.
fn under(keeper: &Keeper, session: &ClassSession) -> String {
    match keeper {
        Keeper::Office(_) => home(keeper, session),
        Keeper::Teacher(_) => format!("{}/notes", teachers_home(session.id)),
    }
}

fn crumbs(lang: Lang, keeper: &Keeper, session: &ClassSession) -> Vec<(String, String)> {
    match keeper {
        Keeper::Office(staff) => {
            let cohort = staff.cohort();
            vec![
                ("/cohorts".to_owned(), lang.nav_cohorts().to_owned()),
                (format!("/cohorts/{cohort}"), session.cohort_code.clone()),
                (
                    format!("/cohorts/{cohort}/timetable"),
                    lang.tt_timetable().to_owned(),
                ),
                (
                    format!("/cohorts/{cohort}/classes/{}", session.id),
                    name(lang, session),
                ),
            ]
        }
        Keeper::Teacher(_) => vec![("/timetable".to_owned(), lang.tt_own().to_owned())],
    }
}

/// What a session is called: module and name.
fn name(lang: Lang, session: &ClassSession) -> String {
    format!("{} {}", session.module_code, session.name(lang))
}

/// When and where it is, in a line.
fn when_where(lang: Lang, session: &ClassSession) -> String {
    let time = when(lang, &session.slot());
    if session.room.is_empty() {
        time
    } else {
        format!("{time} · {}", session.room)
    }
}
