//! An instructor's home: the programmes that they teach in, with intakes and modules.

use askama::Template;

use crate::access;
use crate::cohorts::queries::Cohort;
use crate::cohorts::rules::CohortState;
use crate::db;
use crate::desks::queries::public::{Module, Programme};
use crate::desks::queries::teaching as rows;
use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::{count, date_long};
use crate::teaching;
use crate::web::{Cx, Reply, Shell};

use super::cohort::tag;

struct Intake {
    href: String,
    name: String,
    tag: &'static str,
    state: &'static str,
    starts: String,
    ends: String,
}

struct Taught {
    code: String,
    name: String,
    contact: String,
    notional: String,
}

struct Place {
    name: String,
    contact: String,
    intakes: Vec<Intake>,
    modules: Vec<Taught>,
}

#[derive(Template)]
#[template(path = "desks/teaching.html")]
struct Teaching {
    shell: Shell,
    /// What waits for the reader: where it is, and how much.
    waiting: Vec<(&'static str, String)>,
    /// Does the list above lead to those at risk already?
    at_risk: bool,
    places: Vec<Place>,
    next: Option<Next>,
}

/// The session that comes next: what, when, where, its page and its register.
struct Next {
    name: String,
    when: String,
    room: String,
    href: String,
    register: String,
}

fn intake(cohort: &Cohort, lang: Lang) -> Result<Intake> {
    let state = cohort.state()?;
    Ok(Intake {
        // What is taught is in the timetable; before that there is the call.
        href: match state {
            CohortState::Running | CohortState::Completed => "/timetable".to_owned(),
            CohortState::Planned
            | CohortState::Open
            | CohortState::Reviewing
            | CohortState::Offering
            | CohortState::Archived
            | CohortState::Cancelled => format!("/calls/{}", cohort.code),
        },
        name: cohort.name(lang).to_owned(),
        tag: tag(state),
        state: state.label(lang),
        starts: date_long(lang, cohort.starts_on),
        ends: date_long(lang, cohort.ends_on),
    })
}

fn taught(module: &Module, lang: Lang) -> Taught {
    Taught {
        code: module.code.clone(),
        name: lang.pick(&module.name_en, &module.name_zh).clone(),
        contact: count(module.contact_hours.into()),
        notional: count(module.notional_hours.into()),
    }
}

fn place(
    programme: &Programme,
    intakes: &[Cohort],
    modules: &[Module],
    lang: Lang,
) -> Result<Place> {
    Ok(Place {
        name: lang.pick(&programme.name_en, &programme.name_zh).clone(),
        contact: programme.contact_email.clone(),
        intakes: intakes
            .iter()
            .filter(|it| it.programme_id == programme.id)
            .map(|it| intake(it, lang))
            .collect::<Result<_>>()?,
        modules: modules
            .iter()
            .filter(|it| it.programme_id == programme.id)
            .map(|it| taught(it, lang))
            .collect(),
    })
}

/// GET `/teaching`.
pub(in crate::desks) fn home(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let teacher = access::instructor(cx.conn)?;
    let programmes = rows::programmes(cx.conn, &teacher)?;
    let intakes = rows::intakes(cx.conn, &teacher)?;
    let modules = rows::modules(cx.conn, &teacher)?;
    let places = programmes
        .iter()
        .map(|it| place(it, &intakes, &modules, lang))
        .collect::<Result<_>>()?;
    let now = db::now(cx.conn)?;
    let next = teaching::queries::next_of_instructor(cx.conn, &teacher, now)?;
    let next = next.map(|it| Next {
        name: format!("{} {}", it.module_code, it.name(lang)),
        when: teaching::mail::when(lang, &it.slot()),
        room: it.room.clone(),
        href: format!("/timetable/{}", it.id),
        register: format!("/classes/{}/register", it.id),
    });
    let waits = rows::waiting(cx.conn, &teacher)?;
    let waiting = [
        (
            "/registers",
            waits.registers,
            lang.teaching_registers(waits.registers),
        ),
        (
            "/marking",
            waits.marking,
            lang.teaching_marking(waits.marking),
        ),
        (
            "/teaching/at-risk",
            waits.at_risk,
            lang.teaching_at_risk(waits.at_risk),
        ),
    ];
    cx.visit.page(&Teaching {
        shell: cx.shell(lang.nav_teaching()),
        at_risk: waits.at_risk > 0,
        waiting: waiting
            .into_iter()
            .filter(|(_, n, _)| *n > 0)
            .map(|(href, _, text)| (href, text))
            .collect(),
        places,
        next,
    })
}
