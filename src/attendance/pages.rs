//! Pages of attendance: registers, the board and the screen in the room, check-in, a trainee's own
//! page, apologies, a cohort's rates.

use chrono::{DateTime, Utc};

use crate::access::{self, APPLICANT, Access, ClassKeeper, CohortStaff, INSTRUCTOR, Role, STAFF};
use crate::cohorts::queries::{self as cohorts, Cohort};
use crate::error::Result;
use crate::ids::ClassId;
use crate::lang::Lang;
use crate::lang::format::{hk_date, hkt};
use crate::web::fields::effect;
use crate::web::forms::pair;
use crate::web::{Cx, Routes};

use super::queries::{self, Session};
use super::rules::{Presence, RegisterState};

mod apologies;
mod check_in;
mod cohort;
mod live;
mod own;
mod register;
mod sign;

pub(super) use apologies::{read_decision, read_reason, wanted as apologies_wanted};
pub(super) use check_in::try_code;
pub(super) use cohort::{rates_file, rates_wanted, read_policy};
pub use own::{Gauge, gauge, rate_words};
pub(super) use sign::read_entry;

/// Evidence and the words around it.
const UPLOAD_LIMIT: usize = 16 * 1024 * 1024;

/// Who keeps registers: the programme office, and instructors those of their own sessions.
pub(super) const KEEPERS: Access =
    Access::Only(&[Role::Coordinator, Role::Administrator, Role::Instructor]);

/// The routes of this room's pages.
#[must_use]
pub fn routes() -> Routes {
    office().and(keepers()).and(trainees())
}

fn office() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/attendance", STAFF, cohort::rates)
        .get(
            "/cohorts/{cohort}/attendance.csv",
            STAFF,
            cohort::rates_file,
        )
        .get(
            "/cohorts/{cohort}/attendance.xlsx",
            STAFF,
            cohort::rates_file,
        )
        .get("/cohorts/{cohort}/registers", STAFF, cohort::registers)
        .get(
            "/cohorts/{cohort}/registers.csv",
            STAFF,
            cohort::registers_file,
        )
        .get(
            "/cohorts/{cohort}/registers.xlsx",
            STAFF,
            cohort::registers_file,
        )
        .get("/cohorts/{cohort}/attendance/policy", STAFF, cohort::policy)
        .post(
            "/cohorts/{cohort}/attendance/policy",
            STAFF,
            cohort::set_policy,
        )
        .get("/cohorts/{cohort}/apologies", STAFF, apologies::list)
        .get("/cohorts/{cohort}/apologies.csv", STAFF, apologies::file)
        .get("/cohorts/{cohort}/apologies.xlsx", STAFF, apologies::file)
        .get(
            "/cohorts/{cohort}/apologies/{apology}",
            STAFF,
            apologies::record,
        )
        .post(
            "/cohorts/{cohort}/apologies/{apology}",
            STAFF,
            apologies::decide,
        )
        .get(
            "/cohorts/{cohort}/apologies/{apology}/evidence",
            STAFF,
            apologies::evidence,
        )
        .get(
            "/cohorts/{cohort}/apologies/{apology}/history.csv",
            STAFF,
            apologies::history_file,
        )
        .get(
            "/cohorts/{cohort}/apologies/{apology}/history.xlsx",
            STAFF,
            apologies::history_file,
        )
}

fn keepers() -> Routes {
    Routes::new()
        .get("/registers", INSTRUCTOR, cohort::mine)
        .get("/classes/{class}/register", KEEPERS, register::page)
        .post("/classes/{class}/register", KEEPERS, register::save)
        .limit(1024 * 1024)
        .get("/classes/{class}/register.csv", KEEPERS, register::file)
        .get("/classes/{class}/register.xlsx", KEEPERS, register::file)
        .get("/classes/{class}/sign-off", KEEPERS, sign::ask)
        .post("/classes/{class}/sign-off", KEEPERS, sign::sign_off)
        .get(
            "/classes/{class}/register/{enrolment}",
            KEEPERS,
            sign::ask_correct,
        )
        .post(
            "/classes/{class}/register/{enrolment}",
            KEEPERS,
            sign::correct,
        )
        .get("/classes/{class}/window", KEEPERS, live::window)
        .post("/classes/{class}/window", KEEPERS, live::set_window)
        .get("/classes/{class}/board", KEEPERS, live::board)
        .get("/classes/{class}/code", KEEPERS, live::projector)
}

fn trainees() -> Routes {
    Routes::new()
        .get("/check-in", APPLICANT, check_in::form)
        .post_free("/check-in", APPLICANT, check_in::by_code)
        .get("/check-in/{class}", Access::Public, check_in::scan)
        .post("/check-in/{class}", APPLICANT, check_in::by_scan)
        .get("/me/attendance", APPLICANT, own::page)
        .get("/me/attendance/{class}/apology", APPLICANT, own::ask)
        .post_free("/me/attendance/{class}/apology", APPLICANT, own::send)
        .limit(UPLOAD_LIMIT)
        .get("/me/apologies/{apology}/evidence", APPLICANT, own::evidence)
        .get(
            "/me/apologies/{apology}/withdraw",
            APPLICANT,
            own::ask_withdraw,
        )
        .post("/me/apologies/{apology}/withdraw", APPLICANT, own::withdraw)
}

/// The cohort of the address, with the proof that the visitor is its staff.
fn cohort(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Cohort)> {
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    Ok((staff, cohort))
}

/// The session of the address, with the proof that the visitor keeps its register.
fn kept(cx: &mut Cx<'_, '_>) -> Result<(ClassKeeper, Session)> {
    let id: ClassId = cx.request().param("class")?;
    let keeper = access::class_keeper(cx.conn, id)?;
    let session = queries::session(cx.conn, &keeper)?;
    Ok((keeper, session))
}

/// The way to a page of a session.
fn way(lang: Lang, keeper: &ClassKeeper, session: &Session, below: bool) -> Vec<(String, String)> {
    let mut way = if keeper.office() {
        vec![
            ("/cohorts".to_owned(), lang.nav_cohorts().to_owned()),
            (
                format!("/cohorts/{}", session.cohort_id),
                session.cohort_code.clone(),
            ),
            (
                format!("/cohorts/{}/registers", session.cohort_id),
                lang.att_registers().to_owned(),
            ),
        ]
    } else {
        vec![("/registers".to_owned(), lang.att_my_registers().to_owned())]
    };
    if below {
        way.push((home(session), session.title(lang)));
    }
    way
}

fn home(session: &Session) -> String {
    format!("/classes/{}/register", session.id)
}

/// The way to a page of a cohort's attendance.
fn crumbs(lang: Lang, cohort: &Cohort) -> Vec<(String, String)> {
    vec![
        ("/cohorts".to_owned(), lang.nav_cohorts().to_owned()),
        (
            format!("/cohorts/{}", cohort.id),
            cohort.name(lang).to_owned(),
        ),
        (
            format!("/cohorts/{}/attendance", cohort.id),
            lang.att_title().to_owned(),
        ),
    ]
}

/// A time of day in Hong Kong: `19:05`.
fn clock(at: DateTime<Utc>) -> String {
    at.with_timezone(&hkt()).format("%H:%M").to_string()
}

/// A time of day on the same day, else with its date.
fn time_near(lang: Lang, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if hk_date(at) == hk_date(now) {
        clock(at)
    } else {
        crate::lang::format::moment(lang, at)
    }
}

/// The shape of an entry beside its word.
fn tone(state: Presence) -> &'static str {
    match state {
        Presence::Present => "ok",
        Presence::Late => "go",
        Presence::Excused => "wait",
        Presence::Absent => "bad",
    }
}

/// The shape of a register's state beside its word.
fn register_tone(state: RegisterState) -> &'static str {
    match state {
        RegisterState::Coming => "wait",
        RegisterState::Open => "go",
        RegisterState::Missing => "bad",
        RegisterState::SignedOff => "ok",
        RegisterState::Cancelled => "end",
    }
}
