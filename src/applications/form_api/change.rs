//! What changes in one's own application: a document's fields as the form's, section by section.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::ids::OrganisationId;
use crate::web::Pairs;
use crate::web::api::{given, no_choice};

use super::super::Route;
use super::super::form_actions::Desk;
use super::super::form_pages::typed;
use super::super::rules::form::SectionKey;

/// What changes in one's own application: what is absent stays, null empties.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ApplicationChange {
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    family_name: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    given_names: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    western_name: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    name_zh: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    /// `university_student`, `in_service_nominee`, `recent_graduate` or open.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    route: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    university: Option<Option<Uuid>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    employer: Option<Option<Uuid>>,
    /// The employer's name, when it is not on the list.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    employer_name: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    job_title: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    field_of_study: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<i32>)]
    graduation_year: Option<Option<i32>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    statement: Option<Option<String>>,
    declares_true: Option<bool>,
    declares_eligible: Option<bool>,
    declares_available: Option<bool>,
    /// The version in force, as accepted.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    accepted_pics: Option<Option<String>>,
}

/// Fields of a form by name: to be set, or emptied.
pub(super) type Fields = Vec<(&'static str, Option<String>)>;

impl ApplicationChange {
    /// What changes, by section.
    pub(super) fn sections(self) -> Vec<(SectionKey, Fields)> {
        fn text(name: &'static str, to: &mut Fields, value: Option<Option<String>>) {
            to.extend(value.map(|value| (name, value)));
        }
        let tick = |yes: bool| yes.then(|| "yes".to_owned());
        let (mut person, mut route, mut background) = (Vec::new(), Vec::new(), Vec::new());
        let (mut statement, mut declarations) = (Vec::new(), Vec::new());
        text("family_name", &mut person, self.family_name);
        text("given_names", &mut person, self.given_names);
        text("western_name", &mut person, self.western_name);
        text("name_zh", &mut person, self.name_zh);
        text("phone", &mut person, self.phone);
        text("route", &mut route, self.route);
        let id = |it: Option<Option<Uuid>>| it.map(|id| id.map(|id| id.to_string()));
        text("university", &mut background, id(self.university));
        text("employer", &mut background, id(self.employer));
        text("employer_name", &mut background, self.employer_name);
        text("job_title", &mut background, self.job_title);
        text("field_of_study", &mut background, self.field_of_study);
        let year = self.graduation_year;
        let year = year.map(|year| year.map(|year| year.to_string()));
        text("graduation_year", &mut background, year);
        text("statement", &mut statement, self.statement);
        text(
            "declares_true",
            &mut declarations,
            self.declares_true.map(tick),
        );
        text(
            "declares_eligible",
            &mut declarations,
            self.declares_eligible.map(tick),
        );
        text(
            "declares_available",
            &mut declarations,
            self.declares_available.map(tick),
        );
        if let Some(accepted) = self.accepted_pics {
            declarations.push(("accepted_pics", tick(accepted.is_some())));
            declarations.push(("pics_version", accepted));
        }
        [
            (SectionKey::Person, person),
            (SectionKey::Route, route),
            (SectionKey::Background, background),
            (SectionKey::Statement, statement),
            (SectionKey::Declarations, declarations),
        ]
        .into_iter()
        .filter(|(_, fields)| !fields.is_empty())
        .collect()
    }
}

/// The section's fields as they stand, with those given in their place.
pub(super) fn merged(desk: &Desk, key: SectionKey, given: &Fields) -> Pairs {
    let now = typed(&desk.mine, key, &desk.pics);
    let mut pairs: Vec<(String, String)> = now
        .iter()
        .filter(|(name, _)| !given.iter().any(|(other, _)| other == name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if pairs.iter().any(|(name, _)| name == "accepted_pics") {
        // It stands there only when it is the version in force.
        pairs.push(("pics_version".to_owned(), desk.pics.version.clone()));
    }
    let set = |(name, value): &(&str, Option<String>)| {
        value
            .as_ref()
            .map(|value| ((*name).to_owned(), value.clone()))
    };
    pairs.extend(given.iter().filter_map(set));
    Pairs::new(pairs)
}

/// Words of lists are judged here: a form offers nothing else, so its reading passes over them.
pub(super) fn check_choices(pairs: &Pairs, known: &[OrganisationId], desk: &Desk) -> Result<()> {
    let route = pairs.typed("route");
    if !route.is_empty() && Route::parse(route).is_none() {
        return Err(no_choice("route"));
    }
    for field in ["university", "employer"] {
        let typed = pairs.typed(field);
        let listed = typed.parse().is_ok_and(|id| known.contains(&id));
        if !typed.is_empty() && !listed {
            return Err(no_choice(field));
        }
    }
    let pics = pairs.typed("pics_version");
    if !pics.is_empty() && pics != desk.pics.version {
        return Err(Error::field("accepted_pics", "outdated", |lang| {
            lang.pics_changed().to_owned()
        }));
    }
    Ok(())
}
