//! Seats of a cohort: the pools at a glance, a new hold, changes, giving seats back.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::access::CohortStaff;
use crate::error::{Error, Result};
use crate::ids::{OrganisationId, PoolId};
use crate::lang::Lang;
use crate::lang::format::{deadline, hkt};
use crate::organisations;
use crate::web::exports::short;
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, FormSpec, Group, History, confirm_page, form_page,
};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, NewPool};
use super::super::queries::{self, Cohort, PoolRow};
use super::super::rules::changes::{self, Hold, as_deadline};
use super::super::rules::seats::MAX_CAPACITY;
use super::form::{date_and_time, instant};
use super::{cohort, crumbs, date_warnings, history, tone};

/// A pool as the table shows it; lengths are per cent of the largest pool.
struct Row {
    name: String,
    hold: Option<String>,
    whole: String,
    taken_width: String,
    offered_at: String,
    offered_width: String,
    offered_end: String,
    taken: i32,
    offered: i32,
    free: i32,
    seats: i32,
    change: Option<String>,
    release: Option<String>,
}

/// Sums of the pools.
#[derive(Default)]
struct Total {
    taken: i32,
    offered: i32,
    free: i32,
    seats: i32,
}

#[derive(Template)]
#[template(path = "cohorts/seats.html")]
struct SeatsPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: Cohort,
    tab: &'static str,
    tone: &'static str,
    state: &'static str,
    doubts: Vec<String>,
    rows: Vec<Row>,
    total: Total,
    add: Option<String>,
    history: History,
}

/// Tenths of a per cent in whole numbers, as SVG writes them.
fn per_cent(part: i32, whole: i32) -> String {
    let tenths = i64::from(part) * 1000 / i64::from(whole.max(1));
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn row(lang: Lang, cohort: &Cohort, pool: &PoolRow, largest: i32, open: bool) -> Row {
    let base = format!("/cohorts/{}/seats/{}", cohort.id, pool.id);
    let hold = pool.hold();
    Row {
        name: pool.name(lang),
        hold: match hold {
            Hold::None => None,
            Hold::Until(until) => Some(lang.cohorts_pool_until(&deadline(lang, until))),
            Hold::Over => pool
                .released_at
                .map(|at| lang.cohorts_pool_over(&deadline(lang, at))),
        },
        whole: per_cent(pool.capacity, largest),
        taken_width: per_cent(pool.taken, largest),
        offered_at: per_cent(pool.taken, largest),
        offered_width: per_cent(pool.offered, largest),
        offered_end: per_cent(pool.taken + pool.offered, largest),
        taken: pool.taken,
        offered: pool.offered,
        free: pool.free(),
        seats: pool.capacity,
        change: (open && hold != Hold::Over).then(|| base.clone()),
        release: (open && hold.is_on().is_ok()).then(|| format!("{base}/release")),
    }
}

/// GET `/cohorts/{cohort}/seats`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let lang = cx.lang();
    let state = cohort.state()?;
    let open = changes::changeable(state).is_ok();
    let pools = queries::pools(cx.conn, &staff)?;
    let largest = pools.iter().map(|pool| pool.capacity).max().unwrap_or(1);
    let total = pools.iter().fold(Total::default(), |sum, pool| Total {
        taken: sum.taken + pool.taken,
        offered: sum.offered + pool.offered,
        free: sum.free + pool.free(),
        seats: sum.seats + pool.capacity,
    });
    let doubts = if open {
        date_warnings(cx, &staff, &cohort)?
    } else {
        Vec::new()
    };
    let history = history(cx, &cohort)?;
    let title = format!("{} – {}", lang.cohorts_seats(), cohort.name(lang));
    cx.visit.page(&SeatsPage {
        shell: cx.shell(title),
        crumbs: crumbs(lang, Some(&cohort)),
        tab: "seats",
        tone: tone(state),
        state: state.label(lang),
        doubts,
        rows: pools
            .iter()
            .map(|pool| row(lang, &cohort, pool, largest, open))
            .collect(),
        total,
        add: open.then(|| format!("/cohorts/{}/seats/new", cohort.id)),
        history,
        cohort,
    })
}

/// GET `/cohorts/{cohort}/seats.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let lang = cx.lang();
    let header = [
        lang.cohorts_pool(),
        lang.cohorts_pool_hold_on(),
        lang.cohorts_pool_ended(),
        lang.cohorts_pool_taken(),
        lang.cohorts_pool_offered(),
        lang.cohorts_pool_free(),
        lang.cohorts_pool_seats(),
    ];
    let moment = |at: Option<DateTime<Utc>>| {
        at.map(|at| at.with_timezone(&hkt()).to_rfc3339())
            .unwrap_or_default()
    };
    let rows = queries::pools(cx.conn, &staff)?
        .into_iter()
        .map(|pool| {
            let mut cells = vec![
                pool.name(lang),
                moment(pool.hold_until),
                moment(pool.released_at),
            ];
            let counts = [pool.taken, pool.offered, pool.free(), pool.capacity];
            cells.extend(counts.map(|n| n.to_string()));
            cells
        })
        .collect();
    let name = format!("{}-seats", cohort.code);
    short(&cx.request().path, &name, &header, rows)
}

fn deeper(lang: Lang, cohort: &Cohort) -> Vec<(String, String)> {
    let mut crumbs = crumbs(lang, Some(cohort));
    crumbs.push((
        format!("/cohorts/{}/seats", cohort.id),
        lang.cohorts_seats().to_owned(),
    ));
    crumbs
}

fn hold_fields(lang: Lang) -> [Field; 2] {
    [
        Field::line("hold_on", lang.cohorts_pool_hold_on())
            .of("date")
            .hint(lang.cohorts_pool_hold_hint()),
        Field::line("hold_time", lang.cohorts_pool_hold_time()).of("time"),
    ]
}

fn show_new(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    cohort: &Cohort,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let held: Vec<OrganisationId> = queries::pools(cx.conn, staff)?
        .iter()
        .filter_map(|pool| pool.organisation_id)
        .collect();
    let options = organisations::queries::listed(cx.conn)?
        .into_iter()
        .filter(|row| !held.contains(&row.id))
        .map(|row| (row.id.to_string(), row.name(lang).to_owned()))
        .collect();
    let [on, time] = hold_fields(lang);
    let fields = vec![
        Field::line("organisation", lang.cohorts_pool_organisation())
            .choice(options)
            .hint(lang.cohorts_pool_organisation_hint()),
        Field::line("capacity", lang.cohorts_pool_capacity()).of("number"),
        on,
        time,
    ];
    let spec = FormSpec {
        title: lang.cohorts_pool_add().to_owned(),
        crumbs: deeper(lang, cohort),
        note: None,
        groups: vec![Group::plain(fields)],
        hidden: Vec::new(),
        action: format!("/cohorts/{}/seats/new", cohort.id),
        submit: lang.cohorts_pool_add().to_owned(),
        back: format!("/cohorts/{}/seats", cohort.id),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/cohorts/{cohort}/seats/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let (on, time) = date_and_time(cohort.reply_by);
    let values = Pairs::new(vec![
        ("hold_on".to_owned(), on),
        ("hold_time".to_owned(), time),
    ]);
    show_new(cx, &staff, &cohort, &values, &Again::first())
}

/// POST `/cohorts/{cohort}/seats/new`.
pub(super) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let organisation = form.choice("organisation", |id| id.parse::<OrganisationId>().ok());
    let capacity = form.number("capacity", 0, MAX_CAPACITY);
    let hold_until = as_deadline(instant(&mut form, "hold_on", "hold_time"));
    let done = form.done().and_then(|()| {
        let organisation = organisation.ok_or(Error::NotFound)?;
        let pool = NewPool {
            organisation,
            capacity,
            hold_until,
        };
        actions::add_pool(cx.conn, &staff, &pool)
    });
    match done {
        Ok(_) => Ok(Reply::see_other(format!("/cohorts/{}/seats", cohort.id)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_new(cx, &staff, &cohort, typed, &again)
        }
    }
}

fn pool(cx: &mut Cx<'_, '_>, staff: &CohortStaff) -> Result<PoolRow> {
    let id: PoolId = cx.request().param("pool")?;
    queries::pools(cx.conn, staff)?
        .into_iter()
        .find(|row| row.id == id)
        .ok_or(Error::NotFound)
}

fn values(row: &PoolRow) -> Pairs {
    let mut pairs = vec![("capacity".to_owned(), row.capacity.to_string())];
    if let Some(until) = row.hold_until {
        let (on, time) = date_and_time(until);
        pairs.push(("hold_on".to_owned(), on));
        pairs.push(("hold_time".to_owned(), time));
    }
    Pairs::new(pairs)
}

fn show_change(
    cx: &mut Cx<'_, '_>,
    cohort: &Cohort,
    row: &PoolRow,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let mut fields = vec![
        Field::line("capacity", lang.cohorts_pool_capacity())
            .of("number")
            .hint(lang.cohorts_pool_capacity_hint(row.offered + row.taken)),
    ];
    if row.hold_until.is_some() {
        fields.extend(hold_fields(lang));
    }
    let spec = FormSpec {
        title: lang.cohorts_pool_change_of(&row.name(lang)),
        crumbs: deeper(lang, cohort),
        note: None,
        groups: vec![Group::plain(fields)],
        hidden: vec![("version".to_owned(), row.version.to_string())],
        action: format!("/cohorts/{}/seats/{}", cohort.id, row.id),
        submit: lang.save().to_owned(),
        back: format!("/cohorts/{}/seats", cohort.id),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/cohorts/{cohort}/seats/{pool}`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let row = pool(cx, &staff)?;
    show_change(cx, &cohort, &row, &values(&row), &Again::first())
}

/// POST `/cohorts/{cohort}/seats/{pool}`.
pub(super) fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let row = pool(cx, &staff)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let capacity = form.number("capacity", 0, MAX_CAPACITY);
    let until = row
        .hold_until
        .is_some()
        .then(|| as_deadline(instant(&mut form, "hold_on", "hold_time")));
    let done = form.done().and_then(|()| {
        actions::change_pool(cx.conn, &staff, row.id, Some(version), capacity, until)
    });
    match done {
        Ok(()) => Ok(Reply::see_other(format!("/cohorts/{}/seats", cohort.id)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&row), typed, lang);
            show_change(cx, &cohort, &row, typed, &again)
        }
    }
}

fn confirm(
    cx: &Cx<'_, '_>,
    cohort: &Cohort,
    row: &PoolRow,
    status: u16,
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let effect = |heading: &str, lines: Vec<String>, hard: bool| Effect {
        heading: heading.to_owned(),
        lines,
        hard,
    };
    let spec = ConfirmSpec {
        title: lang.cohorts_release_title(&row.name(lang)),
        crumbs: deeper(lang, cohort),
        effects: vec![
            effect(
                lang.cohorts_step_happens(),
                vec![
                    lang.cohorts_release_does(row.free()),
                    lang.cohorts_release_keeps(row.offered + row.taken),
                    lang.cohorts_release_promotes().to_owned(),
                ],
                false,
            ),
            effect(
                lang.cohorts_step_told(),
                vec![lang.cohorts_release_told().to_owned()],
                false,
            ),
            effect(
                lang.cohorts_step_hard(),
                vec![lang.cohorts_release_hard().to_owned()],
                true,
            ),
        ],
        refusal,
        hidden: Vec::new(),
        action: format!("/cohorts/{}/seats/{}/release", cohort.id, row.id),
        submit: lang.cohorts_pool_release().to_owned(),
        danger: false,
        back: format!("/cohorts/{}/seats", cohort.id),
    };
    confirm_page(cx, status, &spec)
}

/// GET `/cohorts/{cohort}/seats/{pool}/release`.
pub(super) fn ask_release(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    use crate::lang::Say as _;
    let (staff, cohort) = cohort(cx)?;
    let row = pool(cx, &staff)?;
    let allowed = changes::changeable(cohort.state()?).and_then(|()| row.hold().is_on());
    let refusal = allowed.err().map(|refused| refused.say(cx.lang()));
    confirm(cx, &cohort, &row, 200, refusal)
}

/// POST `/cohorts/{cohort}/seats/{pool}/release`.
pub(super) fn release(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let row = pool(cx, &staff)?;
    match actions::release_now(cx.conn, &staff, row.id) {
        Ok(_) => Ok(Reply::see_other(format!("/cohorts/{}/seats", cohort.id)).flash("saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            confirm(cx, &cohort, &row, 409, Some(text))
        }
        Err(other) => Err(other),
    }
}
