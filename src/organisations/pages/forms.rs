//! Forms of organisations: itself, a contact, a partnership.

use crate::access::{self, Desk};
use crate::error::{Error, Result};
use crate::ids::{OrganisationId, ProgrammeId};
use crate::lang::Lang;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewContact, NewPartnership, OrganisationDetails};
use super::super::queries::{self, Row};
use super::super::rules::Kind;
use super::record::{crumbs, organisation};

fn at(row: &Row) -> String {
    format!("/organisations/{}", row.id)
}

/// A form below an organisation's page, or below the list.
fn spec(lang: Lang, row: Option<&Row>, title: &str, fields: Vec<Field>, action: &str) -> FormSpec {
    let back = row.map_or_else(|| "/organisations".to_owned(), at);
    FormSpec {
        title: title.to_owned(),
        crumbs: crumbs(lang, row),
        note: None,
        groups: vec![Group::plain(fields)],
        hidden: Vec::new(),
        action: format!("{back}/{action}"),
        submit: lang.save().to_owned(),
        back,
        history: History::default(),
    }
}

fn show(cx: &Cx<'_, '_>, row: Option<&Row>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let kinds = Kind::ALL
        .iter()
        .map(|kind| pair(kind.as_str(), kind.label(lang)))
        .collect();
    let fields = vec![
        Field::line("kind", lang.organisations_kind()).choice(kinds),
        Field::line("name_en", lang.organisations_name_en()).written_in(Lang::En),
        Field::line("name_zh", lang.organisations_name_zh()).written_in(Lang::Zh),
        Field::line("website", lang.organisations_website())
            .of("url")
            .optional(),
    ];
    let (title, action) = match row {
        Some(_) => (lang.organisations_edit(), "edit"),
        None => (lang.organisations_new(), "new"),
    };
    let mut spec = spec(lang, row, title, fields, action);
    if let Some(row) = row {
        spec.hidden.push(pair("version", row.version.to_string()));
    }
    form_page(cx, spec, values, again)
}

/// Judges the fields of an organisation's form.
pub(in crate::organisations) fn read(form: &mut Form<'_>) -> OrganisationDetails {
    let details = OrganisationDetails {
        kind: form.choice("kind", Kind::parse).unwrap_or(Kind::Other),
        name_en: form.text("name_en", 200),
        name_zh: form.text("name_zh", 200),
        website: form.optional("website", 300),
    };
    let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    if details.website.as_ref().is_some_and(|url| !web(url)) {
        form.error("website", "url", |lang| {
            lang.organisations_website_form().to_owned()
        });
    }
    details
}

/// GET `/organisations/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    show(cx, None, Pairs::none(), &Again::first())
}

/// POST `/organisations/new`.
pub(super) fn create(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let details = read(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::create(cx.conn, &desk, &details));
    match done {
        Ok(id) => Ok(Reply::see_other(format!("/organisations/{id}")).flash("saved")),
        Err(error) => show(cx, None, typed, &Again::from_error(error, cx.lang())?),
    }
}

/// The fields of an organisation's form as they stand.
pub(in crate::organisations) fn values(row: &Row) -> Pairs {
    Pairs::new(vec![
        pair("kind", &row.kind),
        pair("name_en", &row.name_en),
        pair("name_zh", &row.name_zh),
        pair("website", row.website.clone().unwrap_or_default()),
    ])
}

/// GET `/organisations/{organisation}/edit`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = organisation(cx)?;
    show(cx, Some(&row), &values(&row), &Again::first())
}

/// POST `/organisations/{organisation}/edit`.
pub(super) fn update(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let details = read(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::update(cx.conn, &desk, row.id, version, &details));
    match done {
        Ok(()) => Ok(Reply::see_other(at(&row)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&row), typed, lang);
            show(cx, Some(&row), typed, &again)
        }
    }
}

fn show_contact(cx: &Cx<'_, '_>, row: &Row, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let fields = vec![
        Field::line("name", lang.organisations_contact_name()),
        Field::line("post", lang.organisations_contact_post()).optional(),
        Field::line("email", lang.organisations_contact_email())
            .of("email")
            .optional(),
        Field::line("phone", lang.organisations_contact_phone())
            .of("tel")
            .optional(),
    ];
    let title = lang.organisations_contact_add();
    let spec = spec(lang, Some(row), title, fields, "contacts/new");
    form_page(cx, spec, values, again)
}

/// GET `/organisations/{organisation}/contacts/new`.
pub(super) fn new_contact(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = organisation(cx)?;
    show_contact(cx, &row, Pairs::none(), &Again::first())
}

/// Judges the fields of a contact's form.
pub(in crate::organisations) fn read_contact(form: &mut Form<'_>) -> NewContact {
    NewContact {
        name: form.text("name", 120),
        post: form.optional("post", 120),
        email: form.optional("email", 200),
        phone: form.optional("phone", 40),
    }
}

/// POST `/organisations/{organisation}/contacts/new`.
pub(super) fn add_contact(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let contact = read_contact(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::add_contact(cx.conn, &desk, row.id, &contact));
    match done {
        Ok(_) => Ok(Reply::see_other(at(&row)).flash("saved")),
        Err(error) => show_contact(cx, &row, typed, &Again::from_error(error, cx.lang())?),
    }
}

fn show_partnership(
    cx: &mut Cx<'_, '_>,
    desk: &Desk,
    row: &Row,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let academic = row.kind() == Kind::University;
    let partners = queries::listed(cx.conn)?
        .into_iter()
        .filter(|other| other.is_university() != academic)
        .map(|other| (other.id.to_string(), other.name(lang).to_owned()))
        .collect();
    let mut fields = vec![
        Field::line("partner", lang.organisations_partner()).choice(partners),
        Field::line("starts_on", lang.organisations_from()).of("date"),
        Field::line("ends_on", lang.organisations_to()).of("date"),
    ];
    if desk.programmes().len() > 1 {
        let programmes = queries::programmes(cx.conn, desk)?
            .into_iter()
            .map(|p| (p.id.to_string(), lang.pick(p.name_en, p.name_zh)))
            .collect();
        let choice = Field::line("programme", lang.organisations_programme()).choice(programmes);
        fields.insert(0, choice);
    }
    let title = lang.organisations_partner_add();
    let spec = spec(lang, Some(row), title, fields, "partnerships/new");
    form_page(cx, spec, values, again)
}

/// GET `/organisations/{organisation}/partnerships/new`.
pub(super) fn new_partnership(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    show_partnership(cx, &desk, &row, Pairs::none(), &Again::first())
}

/// POST `/organisations/{organisation}/partnerships/new`.
pub(super) fn add_partnership(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let programme = if desk.programmes().len() > 1 {
        form.choice("programme", |id| id.parse::<ProgrammeId>().ok())
    } else {
        None
    };
    let partner = form.choice("partner", |id| id.parse::<OrganisationId>().ok());
    let (starts_on, ends_on) = (form.date("starts_on"), form.date("ends_on"));
    let done = form.done().and_then(|()| {
        let staff = access::working_programme(cx.conn, programme)?;
        let partner = partner.ok_or(Error::NotFound)?;
        let (university, institution) = match row.kind() {
            Kind::University => (row.id, partner),
            Kind::Bank | Kind::DigitalBank | Kind::Insurer | Kind::Fintech | Kind::Other => {
                (partner, row.id)
            }
        };
        let new = NewPartnership {
            university,
            institution,
            starts_on,
            ends_on,
        };
        actions::add_partnership(cx.conn, &desk, &staff, &new)
    });
    match done {
        Ok(_) => Ok(Reply::see_other(at(&row)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_partnership(cx, &desk, &row, typed, &again)
        }
    }
}
