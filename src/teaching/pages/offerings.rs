//! An offering of a cohort: form, record, publishing and calling off, places.

use askama::Template;

use crate::access::CohortStaff;
use crate::audit;
use crate::cohorts::queries::Cohort;
use crate::error::{Error, Result};
use crate::ids::{CohortId, EnrolmentId, OfferingId};
use crate::lang::Lang;
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, FormSpec, Group, History, confirm_page, form_page,
};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, OfferingDetails};
use super::super::queries::{self, Offering, Placed};
use super::super::rules::OfferingState;
use super::grid::{Line, Liner, Reader};
use super::offered::{Row, row};
use super::{choosable, cohort, crumbs, effect, pair, teachers, ticked};

fn groups(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    standing: &[crate::ids::PersonId],
) -> Result<Vec<Group>> {
    let lang = cx.lang();
    let all = staff.programme_staff();
    let modules = queries::modules(cx.conn, &all)?
        .into_iter()
        .map(|it| {
            let name = lang.pick(&it.name_en, &it.name_zh);
            pair(it.id.to_string(), format!("{} {name}", it.code))
        })
        .collect();
    let people = choosable(cx.conn, &all, standing)?
        .into_iter()
        .map(|(id, name)| pair(id.to_string(), name))
        .collect();
    Ok(vec![
        Group::plain(vec![
            Field::line("module", lang.tt_module()).choice(modules),
            Field::line("title_en", lang.tt_title_en())
                .optional()
                .hint(lang.tt_title_hint())
                .written_in(Lang::En),
            Field::line("title_zh", lang.tt_title_zh())
                .optional()
                .written_in(Lang::Zh),
            Field::line("instructors", lang.tt_instructors())
                .ticks(people)
                .optional()
                .hint(lang.tt_instructors_hint()),
        ]),
        Group::two(
            lang.tt_where(),
            vec![
                Field::line("room", lang.tt_room()).optional(),
                Field::line("link", lang.tt_link()).of("url").optional(),
            ],
        ),
        Group::two(
            lang.tt_who(),
            vec![
                Field::line("attends", lang.tt_attends()).choice(vec![
                    pair("all", lang.tt_whole_cohort()),
                    pair("places", lang.tt_with_places()),
                ]),
                Field::line("capacity", lang.tt_capacity()).of("number"),
            ],
        ),
    ])
}

/// Reads the form.
pub(in crate::teaching) fn read(form: &mut Form<'_>, pairs: &Pairs) -> Result<OfferingDetails> {
    let module = form.choice("module", |id| id.parse().ok());
    let attends = form.choice("attends", |word| match word {
        "all" => Some(true),
        "places" => Some(false),
        _ => None,
    });
    Ok(OfferingDetails {
        module: module.unwrap_or_default(),
        title_en: form.optional("title_en", 160).unwrap_or_default(),
        title_zh: form.optional("title_zh", 160).unwrap_or_default(),
        instructors: ticked(form, pairs, "instructors"),
        room: form.optional("room", 120).unwrap_or_default(),
        link: form.optional("link", 400).unwrap_or_default(),
        capacity: form.number("capacity", 1, 1_000),
        whole_cohort: attends.unwrap_or(true),
    })
}

fn values(it: &OfferingDetails) -> Pairs {
    let mut values = vec![
        pair("module", it.module.to_string()),
        pair("title_en", &it.title_en),
        pair("title_zh", &it.title_zh),
        pair("room", &it.room),
        pair("link", &it.link),
        pair("attends", if it.whole_cohort { "all" } else { "places" }),
        pair("capacity", it.capacity.to_string()),
    ];
    let people = it.instructors.iter();
    values.extend(people.map(|id| pair("instructors", id.to_string())));
    Pairs::new(values)
}

fn show_new(
    cx: &mut Cx<'_, '_>,
    (staff, cohort): (&CohortStaff, &Cohort),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let spec = FormSpec {
        title: lang.tt_offering_new().to_owned(),
        crumbs: offering_crumbs(lang, cohort),
        note: None,
        groups: groups(cx, staff, &[])?,
        hidden: Vec::new(),
        action: format!("/cohorts/{}/offerings/new", cohort.id),
        submit: lang.tt_offering_add().to_owned(),
        back: format!("/cohorts/{}/offerings", cohort.id),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

fn offering_crumbs(lang: Lang, cohort: &Cohort) -> Vec<(String, String)> {
    let mut way = crumbs(lang, cohort);
    way.push((
        format!("/cohorts/{}/offerings", cohort.id),
        lang.tt_offerings().to_owned(),
    ));
    way
}

/// GET `/cohorts/{cohort}/offerings/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let begun = Pairs::new(vec![pair("attends", "all"), pair("capacity", "30")]);
    show_new(cx, (&staff, &cohort), &begun, &Again::first())
}

/// POST `/cohorts/{cohort}/offerings/new`.
pub(super) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let details = read(&mut form, typed)?;
    let added = form
        .done()
        .and_then(|()| actions::add_offering(cx.conn, &staff, &details));
    match added {
        Ok(id) => {
            Ok(Reply::see_other(format!("/cohorts/{}/offerings/{id}", cohort.id)).flash("saved"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_new(cx, (&staff, &cohort), typed, &again)
        }
    }
}

/// The offering of the address.
pub(super) fn offering(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Cohort, Offering)> {
    let (staff, cohort) = cohort(cx)?;
    let id: OfferingId = cx.request().param("offering")?;
    let offering = queries::offering(cx.conn, &staff, id)?;
    Ok((staff, cohort, offering))
}

/// The way to a page of an offering.
pub(super) fn within(lang: Lang, cohort: &Cohort, offering: &Offering) -> Vec<(String, String)> {
    let mut way = offering_crumbs(lang, cohort);
    way.push((home(offering), offering.name(lang).to_owned()));
    way
}

pub(super) fn home(offering: &Offering) -> String {
    format!("/cohorts/{}/offerings/{}", offering.cohort_id, offering.id)
}

#[derive(Template)]
#[template(path = "teaching/offering.html")]
struct RecordPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    here: String,
    row: Row,
    alive: bool,
    planned: bool,
    whole: bool,
    rows: Vec<Line>,
    trainees: Vec<Placed>,
    history: History,
}

/// GET `/cohorts/{cohort}/offerings/{offering}`.
pub(super) fn record(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort, offering) = offering(cx)?;
    let lang = cx.lang();
    let sessions = queries::of_offering(cx.conn, &staff, offering.id)?;
    let mut names = teachers(cx, &sessions)?;
    names.extend(queries::names(cx.conn, &offering.instructor_ids)?);
    let liner = Liner {
        lang,
        names: &names,
        reader: Reader::Office,
    };
    let state = offering.state()?;
    let trainees = if offering.whole_cohort {
        Vec::new()
    } else {
        queries::placed(cx.conn, &staff, offering.id)?
    };
    let page = RecordPage {
        shell: cx.shell(offering.name(lang)),
        crumbs: offering_crumbs(lang, &cohort),
        cohort: cohort.id,
        here: home(&offering),
        row: row(lang, &offering, &names)?,
        alive: state != OfferingState::Cancelled,
        planned: state == OfferingState::Planned,
        whole: offering.whole_cohort,
        rows: sessions
            .iter()
            .map(|it| liner.line(it))
            .collect::<Result<_>>()?,
        trainees,
        history: audit::shown(
            cx.conn,
            offering.id.0,
            lang,
            format!("{}/history", home(&offering)),
        )?,
    };
    cx.visit.page(&page)
}

fn show_edit(
    cx: &mut Cx<'_, '_>,
    (staff, cohort, offering): (&CohortStaff, &Cohort, &Offering),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let spec = FormSpec {
        title: lang.tt_offering_edit().to_owned(),
        crumbs: within(lang, cohort, offering),
        note: Some(lang.tt_offering_edit_note().to_owned()),
        groups: groups(cx, staff, &offering.instructor_ids)?,
        hidden: vec![pair("version", offering.version.to_string())],
        action: format!("{}/edit", home(offering)),
        submit: lang.save().to_owned(),
        back: home(offering),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/cohorts/{cohort}/offerings/{offering}/edit`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort, offering) = offering(cx)?;
    let values = values(&OfferingDetails::from(&offering));
    show_edit(cx, (&staff, &cohort, &offering), &values, &Again::first())
}

/// POST `/cohorts/{cohort}/offerings/{offering}/edit`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort, offering) = offering(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let details = read(&mut form, typed)?;
    let saved = form
        .done()
        .and_then(|()| actions::change_offering(cx.conn, &staff, offering.id, version, &details));
    match saved {
        Ok(()) => Ok(Reply::see_other(home(&offering)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let now = values(&OfferingDetails::from(&offering));
            let again = Again::from_error(error, lang)?.compare(&now, typed, lang);
            show_edit(cx, (&staff, &cohort, &offering), typed, &again)
        }
    }
}

/// How many people an offering's sessions concern, in words.
fn told(cx: &mut Cx<'_, '_>, staff: &CohortStaff, offering: &Offering) -> Result<Effect> {
    let lang = cx.lang();
    let attending = queries::attending(cx.conn, &staff.programme_staff())?;
    let attends = attending.of(
        offering.cohort_id,
        offering.id,
        offering.module_id,
        offering.whole_cohort,
    );
    let lines = vec![lang.tt_told(attends.people.len(), offering.instructor_ids.len())];
    Ok(effect(lang.cohorts_step_told(), lines, false))
}

fn ask(cx: &mut Cx<'_, '_>, cancel: bool, refusal: Option<String>) -> Result<Reply> {
    let (staff, cohort, offering) = offering(cx)?;
    let lang = cx.lang();
    let status = if refusal.is_some() { 409 } else { 200 };
    let state = offering.state()?;
    let concerned = told(cx, &staff, &offering)?;
    let nobody = effect(
        lang.cohorts_step_told(),
        vec![lang.cohorts_told_nobody().to_owned()],
        false,
    );
    let sessions = usize::try_from(offering.sessions).unwrap_or_default();
    let (title, does, told, step) = if cancel {
        let told = if state == OfferingState::Published {
            concerned
        } else {
            nobody
        };
        let does = vec![lang.tt_cancel_does().to_owned()];
        (
            lang.tt_offering_cancel_of(offering.name(lang)),
            does,
            told,
            "cancel",
        )
    } else {
        let does = vec![lang.tt_publish_does(sessions)];
        (
            lang.tt_publish_of(offering.name(lang)),
            does,
            concerned,
            "publish",
        )
    };
    let spec = ConfirmSpec {
        title,
        crumbs: within(lang, &cohort, &offering),
        effects: vec![
            effect(lang.cohorts_step_happens(), does, false),
            told,
            effect(
                lang.cohorts_step_hard(),
                vec![lang.tt_letters_hard().to_owned()],
                true,
            ),
        ],
        refusal,
        hidden: Vec::new(),
        action: format!("{}/{step}", home(&offering)),
        submit: if cancel {
            lang.tt_offering_cancel()
        } else {
            lang.tt_publish()
        }
        .to_owned(),
        danger: cancel,
        back: home(&offering),
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/publish`.
pub(super) fn ask_publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    ask(cx, false, None)
}

/// GET `…/cancel`.
pub(super) fn ask_cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    ask(cx, true, None)
}

fn stepped(cx: &mut Cx<'_, '_>, done: Result<usize>, cancel: bool) -> Result<Reply> {
    match done {
        Ok(_) => {
            let (_, _, offering) = offering(cx)?;
            let flash = if cancel {
                "sessions_cancelled"
            } else {
                "timetable_published"
            };
            Ok(Reply::see_other(home(&offering)).flash(flash))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            ask(cx, cancel, Some(text))
        }
        Err(other) => Err(other),
    }
}

/// POST `…/publish`.
pub(super) fn publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, _, offering) = offering(cx)?;
    let done = actions::publish(cx.conn, &staff, offering.id);
    stepped(cx, done, false)
}

/// POST `…/cancel`.
pub(super) fn cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, _, offering) = offering(cx)?;
    let done = actions::cancel_offering(cx.conn, &staff, offering.id);
    stepped(cx, done, true)
}

/// POST `…/places`: gives a place (`give`) or takes it back (`take`).
pub(super) fn places(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, _, offering) = offering(cx)?;
    let form = cx.visit.request.form();
    let id = |name: &str| -> Result<Option<EnrolmentId>> {
        match form.get(name) {
            Some(text) => text.parse().map(Some).map_err(|_malformed| Error::NotFound),
            None => Ok(None),
        }
    };
    if let Some(enrolment) = id("give")? {
        actions::give_place(cx.conn, &staff, offering.id, enrolment)?;
    }
    if let Some(enrolment) = id("take")? {
        actions::take_place(cx.conn, &staff, offering.id, enrolment)?;
    }
    Ok(Reply::see_other(home(&offering)).flash("saved"))
}

/// GET `/cohorts/{cohort}/offerings/{offering}/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, _, it) = offering(cx)?;
    audit::file(cx.visit, "offering-history", it.id.0)
}
