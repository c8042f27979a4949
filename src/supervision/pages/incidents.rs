//! Incidents: reported from a placement, seen to by the office.

use crate::db;
use crate::error::Result;
use crate::hosting::pages::{at, crumbs_of, one};
use crate::hosting::queries::{Placement, Seat};
use crate::ids::IncidentId;
use crate::lang::Lang;
use crate::lang::format::{date, deadline, moment};
use crate::placements::pages::{crumbs, staff, tabs, under};
use crate::placements::queries::Side;
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, form_page};
use crate::web::forms::pair;
use crate::web::listing::{self as table, Cell, Listing, Select};
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewIncident};
use super::super::queries::{self, INCIDENT_SORTS, Incident};
use super::super::rules::{IncidentState, Severity, acknowledge_by};

fn severity_tone(it: Severity) -> &'static str {
    match it {
        Severity::Low => "",
        Severity::Serious => "warn",
        Severity::Critical => "bad",
    }
}

fn state_tone(it: IncidentState) -> &'static str {
    match it {
        IncidentState::Open => "bad",
        IncidentState::Acknowledged => "wait",
        IncidentState::Closed => "end",
    }
}

fn severities(lang: Lang) -> Vec<(String, String)> {
    Severity::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect()
}

fn form(
    cx: &Cx<'_, '_>,
    (seat, it): (&Seat, &Placement),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let place = at(seat, it.id);
    let spec = FormSpec {
        title: lang.sup_report_incident().to_owned(),
        crumbs: crumbs_of(lang, seat, it),
        note: Some(lang.sup_incident_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("severity", lang.sup_severity()).choice(severities(lang)),
            Field::line("happened_on", lang.sup_happened_on()).of("date"),
            Field::line("words", lang.sup_what_happened()).area(6),
        ])],
        hidden: Vec::new(),
        action: format!("{place}/incident"),
        submit: lang.sup_report_incident().to_owned(),
        back: format!("{place}/logs"),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/incident`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    form(cx, (&seat, &it), Pairs::none(), &Again::first())
}

/// POST `…/incident`.
pub(super) fn report(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut reading = Form::new(typed);
    let new = NewIncident {
        severity: reading
            .choice("severity", Severity::parse)
            .unwrap_or(Severity::Low),
        happened_on: reading.date("happened_on"),
        words: reading.text("words", 4_000),
    };
    let done = reading
        .done()
        .and_then(|()| actions::report_incident(cx.conn, &seat, it.id, &new));
    match done {
        Ok(_) => {
            let place = format!("{}/logs", at(&seat, it.id));
            Ok(Reply::see_other(place).flash("incident_reported"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, (&seat, &it), typed, &again)
        }
    }
}

fn sought(query: &Pairs) -> (Option<IncidentState>, Option<Severity>) {
    (
        IncidentState::parse(query.typed("state")),
        Severity::parse(query.typed("severity")),
    )
}

/// A line of the list.
fn cells(
    lang: Lang,
    path: &str,
    (it, now): (&Incident, chrono::DateTime<chrono::Utc>),
) -> Result<Vec<Cell>> {
    let (severity, state) = (it.severity()?, it.state()?);
    let by = acknowledge_by(severity, it.created_at);
    let by = match (by, it.acknowledged_at) {
        (Some(by), None) => {
            let late = if by < now { lang.hst_is_late() } else { "" };
            Cell::text(deadline(lang, by)).more(late)
        }
        _ => Cell::text("–"),
    };
    Ok(vec![
        Cell::link(moment(lang, it.created_at), format!("{path}/{}", it.id)),
        Cell::text(it.name_shown.clone()).more(it.organisation(lang)),
        Cell::tag(severity.label(lang), severity_tone(severity)),
        Cell::tag(state.label(lang), state_tone(state)),
        by,
    ])
}

/// GET `…/placements/incidents`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let side = Side::Office(staff);
    let query = &cx.visit.request.query;
    let page = table::page(query, INCIDENT_SORTS);
    let rows = queries::incidents(cx.conn, &staff, sought(query), &page)?;
    let found = Page::cut(rows, PAGE, Incident::cursor);
    let path = format!("{}/incidents", under(&side));
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let states = IncidentState::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let listing = Listing {
        title: lang.sup_incidents().to_owned(),
        note: lang.sup_incidents_note().to_owned(),
        crumbs: crumbs(lang, &side, Vec::new()),
        tabs: tabs(lang, &side, "incidents"),
        selects: vec![
            Select::states(lang, query, states),
            Select::new(
                query,
                "severity",
                lang.sup_severity(),
                lang.all_of_them(),
                severities(lang),
            ),
        ],
        heads: vec![
            head(lang.sup_reported(), "reported"),
            Head::plain(lang.hst_trainee()),
            Head::plain(lang.sup_severity()),
            head(lang.plc_status(), "state"),
            Head::plain(lang.sup_see_by()),
        ],
        empty: lang.sup_incidents_none(),
        empty_more: lang.sup_incidents_none_more(),
        path: path.clone(),
        ..Listing::default()
    };
    let now = db::now(cx.conn)?;
    let rows = found.rows.iter().map(|it| cells(lang, &path, (it, now)));
    let rows = rows.collect::<Result<_>>()?;
    let page = Page {
        rows,
        next: found.next,
    };
    table::show(cx, &listing, page)
}

/// GET `…/incidents.csv` and `.xlsx`: never what happened, which stays in the system.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, INCIDENT_SORTS);
    let rows = table::every(page, Incident::cursor, |page| {
        queries::incidents(cx.conn, &staff, sought(query), page)
    })?;
    let header = [
        lang.sup_reported(),
        lang.hst_trainee(),
        lang.hst_institution(),
        lang.sup_happened_on(),
        lang.sup_severity(),
        lang.plc_status(),
        lang.sup_seen_at(),
    ];
    let rows = rows.into_iter().map(|it| {
        Ok(vec![
            it.created_at.to_rfc3339(),
            it.name_shown.clone(),
            it.organisation(lang).to_owned(),
            it.happened_on.to_string(),
            it.severity()?.label(lang).to_owned(),
            it.state()?.label(lang).to_owned(),
            it.acknowledged_at
                .map(|at| at.to_rfc3339())
                .unwrap_or_default(),
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    table::file(cx, "incidents", &header, rows)
}

fn settle_form(cx: &mut Cx<'_, '_>, values: Option<&Pairs>, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let side = Side::Office(staff);
    let id: IncidentId = cx.request().param("incident")?;
    let it = queries::incident(cx.conn, &staff, id)?;
    let list = format!("{}/incidents", under(&side));
    let state = it.state()?;
    let open = state != IncidentState::Closed;
    let states = [IncidentState::Acknowledged, IncidentState::Closed]
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let note = format!(
        "{} · {} · {}\n\n{}",
        it.severity()?.label(lang),
        date(lang, it.happened_on),
        state.label(lang),
        it.words
    );
    let fields = match open {
        true => vec![
            Field::line("state", lang.plc_status()).choice(states),
            Field::line("steps", lang.sup_steps()).area(6),
        ],
        false => Vec::new(),
    };
    let own = Pairs::new(vec![
        pair("steps", &it.steps),
        pair("state", IncidentState::Acknowledged.as_str()),
    ]);
    let spec = FormSpec {
        title: lang.sup_incident_title(&moment(lang, it.created_at)),
        crumbs: crumbs(
            lang,
            &side,
            vec![(list.clone(), lang.sup_incidents().to_owned())],
        ),
        note: Some(match open {
            true => note,
            false => format!("{note}\n\n{}", it.steps),
        }),
        groups: vec![Group::plain(fields)],
        hidden: vec![pair("version", it.version.to_string())],
        action: format!("{list}/{id}"),
        submit: lang.save().to_owned(),
        back: format!("{}/placed/{}/logs", under(&side), it.placement_id),
        history: History::default(),
    };
    form_page(cx, spec, values.unwrap_or(&own), again)
}

/// GET `…/incidents/{incident}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    settle_form(cx, None, &Again::first())
}

/// POST `…/incidents/{incident}`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id: IncidentId = cx.request().param("incident")?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut reading = Form::new(typed);
    let version = reading.number("version", 1, i32::MAX);
    let to = reading
        .choice("state", IncidentState::parse)
        .unwrap_or(IncidentState::Acknowledged);
    let steps = reading.text("steps", 4_000);
    let done = reading
        .done()
        .and_then(|()| actions::settle_incident(cx.conn, &staff, (id, version), (to, &steps)));
    match done {
        Ok(()) => {
            let list = format!("{}/incidents", under(&Side::Office(staff)));
            Ok(Reply::see_other(list).flash("saved"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            settle_form(cx, Some(typed), &again)
        }
    }
}
