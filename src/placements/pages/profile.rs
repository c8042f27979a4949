//! What a trainee says of themselves for placements.

use crate::access::{self, OwnEnrolment};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::FocusAreaId;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewProfile};
use super::super::queries::{self, Profile};
use super::super::rules::content::{Answer, City};
use super::super::rules::eligibility::{Authorisation, Degree, Language};

/// The newest of the reader's enrolments: whose profile it is.
pub(in crate::placements) fn place(conn: &mut Conn<'_>) -> Result<OwnEnrolment> {
    let own = access::own(conn)?;
    let places = queries::own_places(conn, &own)?;
    places.into_iter().next().ok_or(Error::NotFound)
}

fn form(cx: &mut Cx<'_, '_>, place: &OwnEnrolment, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let areas = queries::areas(cx.conn, place.programme())?;
    let areas = areas.iter().filter(|it| it.archived_at.is_none());
    let areas = areas
        .map(|it| pair(it.id.to_string(), it.name(lang)))
        .collect();
    let cities = City::ALL.iter().map(|it| pair(it.as_str(), it.label(lang)));
    let languages = Language::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let papers = Authorisation::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let degrees = Degree::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let answers = Answer::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let ticks = |name: &str, label: &str, all: Vec<(String, String)>| {
        Field::line(name, label).ticks(all).optional()
    };
    let spec = FormSpec {
        title: lang.plc_profile().to_owned(),
        crumbs: vec![("/me/placements".to_owned(), lang.plc_title_all().to_owned())],
        note: Some(lang.plc_profile_note().to_owned()),
        groups: vec![Group::plain(vec![
            ticks("areas", lang.plc_profile_areas(), areas),
            ticks("cities", lang.plc_profile_cities(), cities.collect()),
            ticks(
                "languages",
                lang.plc_profile_languages(),
                languages.collect(),
            ),
            ticks(
                "authorisations",
                lang.plc_profile_authorisations(),
                papers.collect(),
            ),
            Field::line("degree", lang.plc_profile_degree())
                .choice(degrees.collect())
                .optional(),
            Field::line("mainland_permit", lang.plc_profile_permit())
                .choice(answers.collect())
                .optional(),
        ])],
        hidden: Vec::new(),
        action: "/me/placements/profile".to_owned(),
        submit: lang.save().to_owned(),
        back: "/me/placements".to_owned(),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

fn ticked<T>(
    form: &mut Form<'_>,
    typed: &Pairs,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let mut found = Vec::new();
    for word in typed.all(name).filter(|it| !it.is_empty()) {
        match read(word) {
            Some(it) => found.push(it),
            None => form.error(name, "choice", |lang| lang.form_choice().to_owned()),
        }
    }
    found
}

/// Judges a profile's fields.
pub(in crate::placements) fn read(form: &mut Form<'_>, typed: &Pairs) -> NewProfile {
    let degree = typed.typed("degree").trim();
    if !degree.is_empty() && Degree::parse(degree).is_none() {
        form.error("degree", "choice", |lang| lang.form_choice().to_owned());
    }
    NewProfile {
        areas: ticked(form, typed, "areas", |it| it.parse::<FocusAreaId>().ok()),
        cities: ticked(form, typed, "cities", City::parse),
        languages: ticked(form, typed, "languages", Language::parse),
        authorisations: ticked(form, typed, "authorisations", Authorisation::parse),
        degree: Degree::parse(degree),
        mainland_permit: typed.typed("mainland_permit") == Answer::Yes.as_str(),
    }
}

fn values(it: &Profile) -> Pairs {
    let mut all: Vec<(String, String)> = Vec::new();
    all.extend(it.area_ids.iter().map(|it| pair("areas", it.to_string())));
    all.extend(it.cities.iter().map(|it| pair("cities", it)));
    all.extend(it.languages.iter().map(|it| pair("languages", it)));
    all.extend(
        it.authorisations
            .iter()
            .map(|it| pair("authorisations", it)),
    );
    all.push(pair("degree", it.degree.as_deref().unwrap_or_default()));
    if it.version > 0 {
        let answer = if it.mainland_permit {
            Answer::Yes
        } else {
            Answer::No
        };
        all.push(pair("mainland_permit", answer.as_str()));
    }
    Pairs::new(all)
}

/// GET `/me/placements/profile`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let place = place(cx.conn)?;
    let values = values(&queries::profile(cx.conn, &place)?);
    form(cx, &place, &values, &Again::first())
}

/// POST `/me/placements/profile`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let place = place(cx.conn)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let new = read(&mut read_form, typed);
    let done = read_form
        .done()
        .and_then(|()| actions::set_profile(cx.conn, &place, &new));
    match done {
        Ok(()) => Ok(Reply::see_other("/me/placements").flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, &place, typed, &again)
        }
    }
}
