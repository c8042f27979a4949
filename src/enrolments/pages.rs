//! Pages of enrolments: the trainee's form and record, the desk's list.

use askama::Template;

use crate::access::{self, APPLICANT, STAFF};
use crate::audit;
use crate::cohorts::queries as cohorts;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::ids::{CohortId, EnrolmentId, OfferId};
use crate::lang::{Lang, format};
use crate::offers;
use crate::people::rules::Phone;
use crate::programmes;
use crate::web::exports::{Kind, export};
use crate::web::forms::{Form, Mistakes, Pairs};
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Reply, Routes, Shell};

use super::actions;
use super::queries::{self, Enrolment, Filter};
use super::rules::{self, EmergencyContact, EnrolmentForm, EnrolmentState};

/// The routes of this room.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/me/enrol/{offer}", APPLICANT, form)
        .post("/me/enrol/{offer}", APPLICANT, enrol)
        .get("/me/enrolments/{enrolment}", APPLICANT, own)
        .post("/me/enrolments/{enrolment}/withdraw", APPLICANT, leave)
        .get("/cohorts/{cohort}/enrolments", STAFF, list)
        .get("/cohorts/{cohort}/enrolments.csv", STAFF, csv)
        .get("/cohorts/{cohort}/enrolments.xlsx", STAFF, xlsx)
        .get("/cohorts/{cohort}/enrolments/{enrolment}", STAFF, record)
        .post(
            "/cohorts/{cohort}/enrolments/{enrolment}/withdraw",
            STAFF,
            withdraw,
        )
}

#[derive(Template)]
#[template(path = "enrolments/form.html")]
struct FormPage {
    shell: Shell,
    offer: OfferId,
    cohort: String,
    pics: String,
    pics_id: String,
    typed: Pairs,
    mistakes: Mistakes,
}

fn form_page(cx: &mut Cx<'_, '_>, typed: Pairs, errors: &[FieldError]) -> Result<FormPage> {
    let lang = cx.lang();
    let own = access::own_offer(cx.conn, cx.request().param("offer")?)?;
    let cohort = cohorts::published(cx.conn, own.cohort())?;
    let pics = programmes::queries::current_pics(cx.conn, own.programme())?;
    let mistakes = Mistakes::new(errors, lang).labelled(&[
        ("certificate_name", lang.enrol_certificate_name()),
        ("contact_name", lang.enrol_contact_name()),
        ("contact_relationship", lang.enrol_contact_relationship()),
        ("contact_phone", lang.enrol_contact_phone()),
        ("accepted_pics", lang.enrol_pics()),
        ("accepts_agreement", lang.enrol_agreement()),
        ("allows_photographs", lang.enrol_photographs()),
        ("reason", lang.offers_reason()),
    ]);
    let title = if mistakes.is_empty() {
        lang.enrol_title().to_owned()
    } else {
        lang.enrol_title_error().to_owned()
    };
    Ok(FormPage {
        shell: cx.shell(title),
        offer: own.offer(),
        cohort: cohort.name(lang).to_owned(),
        pics: lang.pick(pics.text_en, pics.text_zh),
        pics_id: pics.id.to_string(),
        typed,
        mistakes,
    })
}

/// The form, for an accepted offer; others lead to their own page.
fn form(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own_offer(cx.conn, cx.request().param("offer")?)?;
    if let Some(enrolment) = queries::of_offer(cx.conn, &own)? {
        return Ok(Reply::see_other(format!("/me/enrolments/{}", enrolment.id)));
    }
    if !offers::queries::own(cx.conn, &own)?.holds_taken_seat() {
        return Ok(Reply::see_other(format!("/me/offers/{}", own.offer())));
    }
    // The name of the application is where most begin; what is printed is what they confirm.
    let name = queries::applied_as(cx.conn, &own)?;
    let begun = Pairs::new(vec![("certificate_name".to_owned(), name)]);
    let page = form_page(cx, begun, &[])?;
    cx.visit.page(&page)
}

fn read(pairs: &Pairs) -> EnrolmentForm {
    let phone = pairs.typed("contact_phone").trim();
    EnrolmentForm {
        certificate_name: pairs.typed("certificate_name").to_owned(),
        contact: EmergencyContact {
            name: pairs.typed("contact_name").to_owned(),
            relationship: pairs.typed("contact_relationship").to_owned(),
            phone: Phone::parse(phone)
                .map_or_else(|_as_typed| phone.to_owned(), |it| it.e164().to_owned()),
        },
        accepted_pics: pairs.get("accepted_pics").and_then(|id| id.parse().ok()),
        accepts_agreement: pairs.has("accepts_agreement", "yes"),
        allows_photographs: pairs.has("allows_photographs", "yes"),
    }
}

fn enrol(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own_offer(cx.conn, cx.request().param("offer")?)?;
    let typed = cx.request().form().clone();
    match actions::enrol(cx.conn, &own, &read(&typed)) {
        Ok(id) => Ok(Reply::see_other(format!("/me/enrolments/{id}")).flash("enrolled")),
        Err(Error::Invalid(errors)) => {
            let page = form_page(cx, typed, &errors)?;
            cx.visit.page_with(422, &page)
        }
        Err(other) => Err(other),
    }
}

struct Line {
    at: String,
    who: String,
    what: String,
}

#[derive(Template)]
#[template(path = "enrolments/record.html")]
struct Record {
    shell: Shell,
    /// The desk's view of it, or the trainee's own?
    staff: bool,
    cohort_id: CohortId,
    cohort: String,
    starts_on: String,
    ends_on: String,
    /// The emergency contact's telephone as people read it.
    phone: String,
    it: Enrolment,
    state: &'static str,
    tag: &'static str,
    contact: EmergencyContact,
    may_leave: bool,
    leaving: bool,
    mistakes: Mistakes,
    typed: String,
    history: Vec<Line>,
}

/// The shape of an enrolment's state beside its word.
fn tag(state: EnrolmentState) -> &'static str {
    match state {
        EnrolmentState::Enrolled | EnrolmentState::Completed => "ok",
        EnrolmentState::Active => "go",
        EnrolmentState::Deferred => "wait",
        EnrolmentState::Suspended => "warn",
        EnrolmentState::Withdrawn | EnrolmentState::Failed => "bad",
    }
}

fn build(
    cx: &mut Cx<'_, '_>,
    it: Enrolment,
    staff: bool,
    (typed, mistakes): (&str, Mistakes),
) -> Result<Record> {
    let lang = cx.lang();
    let cohort = cohorts::published(cx.conn, it.cohort_id)?;
    let contact = queries::contact(cx.conn, it.id)?;
    let history = audit::history(cx.conn, it.id.0)?
        .into_iter()
        .map(|line| Line {
            at: format::moment(lang, line.occurred_at),
            who: line
                .actor_name
                .unwrap_or_else(|| lang.history_system().to_owned()),
            what: {
                let details = line.details.unwrap_or_default();
                let own = lang.own_history(&line.verb, &details);
                own.filter(|_| !staff)
                    .unwrap_or_else(|| lang.history(&line.verb, &details))
            },
        })
        .collect();
    let state = it.state()?;
    Ok(Record {
        shell: cx.shell(lang.enrol_of(&it.trainee_number)),
        staff,
        cohort_id: it.cohort_id,
        cohort: cohort.name(lang).to_owned(),
        starts_on: format::date_long(lang, cohort.starts_on),
        ends_on: format::date_long(lang, cohort.ends_on),
        phone: Phone::parse(&contact.phone)
            .map_or_else(|_as_kept| contact.phone.clone(), |it| it.display()),
        state: state.label(lang),
        tag: tag(state),
        may_leave: rules::next(state, rules::EnrolmentEvent::Withdraw).is_ok(),
        leaving: !mistakes.is_empty() || cx.request().query.has("leave", "1"),
        mistakes,
        typed: typed.to_owned(),
        contact,
        history,
        it,
    })
}

/// The trainee's own record; with `?leave=1` the question before leaving.
fn own(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own_enrolment(cx.conn, cx.request().param("enrolment")?)?;
    let it = queries::own(cx.conn, &own)?;
    let page = build(cx, it, false, ("", Mistakes::default()))?;
    cx.visit.page(&page)
}

fn leave(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own_enrolment(cx.conn, cx.request().param("enrolment")?)?;
    actions::withdraw(cx.conn, &own)?;
    Ok(
        Reply::see_other(format!("/me/enrolments/{}", own.enrolment()))
            .flash("enrolment_withdrawn"),
    )
}

fn of_cohort(cx: &mut Cx<'_, '_>) -> Result<(access::CohortStaff, Enrolment)> {
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let it = queries::of_cohort(cx.conn, &staff, cx.request().param("enrolment")?)?;
    Ok((staff, it))
}

fn record(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = of_cohort(cx)?;
    let page = build(cx, it, true, ("", Mistakes::default()))?;
    cx.visit.page(&page)
}

fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = of_cohort(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let reason = form.text("reason", 500);
    if let Err(Error::Invalid(errors)) = form.done() {
        let shown = (
            visit.request.form().typed("reason"),
            Mistakes::new(&errors, cx.lang()).labelled(&[("reason", cx.lang().offers_reason())]),
        );
        let page = build(cx, it, true, shown)?;
        return visit.page_with(422, &page);
    }
    let id: EnrolmentId = it.id;
    actions::withdraw_by_staff(cx.conn, &staff, id, &reason)?;
    Ok(
        Reply::see_other(format!("/cohorts/{}/enrolments/{id}", staff.cohort()))
            .flash("enrolment_withdrawn"),
    )
}

struct Row {
    it: Enrolment,
    state: &'static str,
    tag: &'static str,
    pool: String,
    since: String,
}

fn row(lang: Lang, it: Enrolment) -> Result<Row> {
    let state = it.state()?;
    let pool = match (&it.pool_en, &it.pool_zh) {
        (Some(en), Some(zh)) => lang.pick(en, zh).clone(),
        (None, _) | (_, None) => lang.pool_open().to_owned(),
    };
    Ok(Row {
        state: state.label(lang),
        tag: tag(state),
        pool,
        since: format::moment(lang, it.created_at),
        it,
    })
}

#[derive(Template)]
#[template(path = "enrolments/list.html")]
struct List {
    shell: Shell,
    cohort: CohortId,
    cohort_name: String,
    rows: Vec<Row>,
    states: Vec<(&'static str, &'static str, bool)>,
    text: String,
    by_number: bool,
    filtered: bool,
    query: String,
    next: Option<String>,
}

fn filter(query: &Pairs) -> Filter {
    let text = query.typed("q").trim();
    Filter {
        state: query
            .get("state")
            .and_then(EnrolmentState::parse)
            .map(|it| it.as_str().to_owned()),
        text: (!text.is_empty()).then(|| text.to_owned()),
        by_number: query.typed("sort") == "number",
    }
}

fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    let query = &cx.visit.request.query;
    let filter = filter(query);
    let after = Cursor::from_query(query);
    let page = queries::list(cx.conn, &staff, &filter, after.as_ref(), PAGE)?;
    let states = EnrolmentState::ALL.iter().map(|it| {
        let chosen = filter.state.as_deref() == Some(it.as_str());
        (it.as_str(), it.label(lang), chosen)
    });
    let page = List {
        shell: cx.shell(lang.enrolments_title()),
        cohort: staff.cohort(),
        cohort_name: cohort.name(lang).to_owned(),
        next: page.next.map(|after| query.with(&[("after", &after)])),
        rows: page
            .rows
            .into_iter()
            .map(|it| row(lang, it))
            .collect::<Result<_>>()?,
        states: states.collect(),
        by_number: filter.by_number,
        filtered: filter.state.is_some() || filter.text.is_some(),
        text: filter.text.unwrap_or_default(),
        query: query.with(&[("after", "")]),
    };
    cx.visit.page(&page)
}

/// The list as CSV.
pub(super) fn csv(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    table(cx, Kind::Csv)
}

/// The list as a spreadsheet.
pub(super) fn xlsx(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    table(cx, Kind::Xlsx)
}

fn table(cx: &mut Cx<'_, '_>, kind: Kind) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    let filter = filter(&cx.request().query);
    let (actor, request) = (cx.visit.actor.clone(), cx.request().id);
    let header = [
        lang.enrol_number(),
        lang.offers_name(),
        lang.enrol_certificate_name(),
        lang.offers_state(),
        lang.offers_pool(),
        lang.enrol_since(),
    ];
    let name = format!("{}-enrolments", cohort.code);
    Ok(export(
        kind,
        &name,
        header.map(str::to_owned).to_vec(),
        Box::new(move |site, write| {
            let rows = |conn: &mut Conn<'_>| {
                let staff = access::cohort_staff(conn, cohort.id)?;
                let mut after = None;
                loop {
                    let page = queries::list(conn, &staff, &filter, after.as_ref(), 1_000)?;
                    for it in page.rows {
                        let row = row(lang, it)?;
                        write(&[
                            row.it.trainee_number,
                            row.it.name_shown,
                            row.it.certificate_name,
                            row.state.to_owned(),
                            row.pool,
                            row.since,
                        ])?;
                    }
                    after = page.next.as_deref().and_then(Cursor::decode);
                    if after.is_none() {
                        return Ok(());
                    }
                }
            };
            site.db.read_for(&actor, request, rows)
        }),
    ))
}
