//! What the form of one section says, read.

use crate::error::Result;
use crate::ids::OrganisationId;
use crate::lang::Say as _;
use crate::people::rules::{NameFault, NamePart, Names, Phone};
use crate::web::{Form, Pairs};

use super::super::Route;
use super::super::form_queries::{Mine, PicsInForce};
use super::super::rules::form::SectionKey;

/// The most that a draft keeps of a statement that is too long.
const STATEMENT_KEPT: usize = 20_000;

/// The fields of a section. A field of another section that comes along is not looked at: it can
/// neither be saved here nor keep this one from being saved.
fn of_section(pairs: &Pairs, key: SectionKey) -> Pairs {
    let fields: &[&str] = match key {
        SectionKey::Person => &[
            "family_name",
            "given_names",
            "western_name",
            "name_zh",
            "phone",
        ],
        SectionKey::Route => &["route"],
        SectionKey::Background => &[
            "university",
            "employer",
            "employer_name",
            "job_title",
            "field_of_study",
            "graduation_year",
        ],
        SectionKey::Statement => &["statement"],
        SectionKey::Document => &[],
        SectionKey::Declarations => &[
            "declares_true",
            "declares_eligible",
            "declares_available",
            "accepted_pics",
            "pics_version",
        ],
    };
    let kept = pairs.iter().filter(|(name, _)| fields.contains(name));
    Pairs::new(kept.map(|(n, v)| (n.to_owned(), v.to_owned())).collect())
}

/// What a section's form says, read; nothing is known of the rest of the application.
pub(in crate::applications) struct Read {
    key: SectionKey,
    names: [Option<String>; 4],
    phone: Option<String>,
    route: Option<String>,
    university: Option<OrganisationId>,
    employer: Option<OrganisationId>,
    texts: [Option<String>; 3],
    year: Option<i32>,
    statement: Option<String>,
    declarations: Vec<String>,
    pics: Option<String>,
}

impl Read {
    /// Only what cannot be kept at all is a mistake here: a draft may be wrong and incomplete.
    pub(in crate::applications) fn of(
        pairs: &Pairs,
        key: SectionKey,
        own_list: &[OrganisationId],
    ) -> Result<Self> {
        let pairs = &of_section(pairs, key);
        let mut form = Form::new(pairs);
        let names = ["family_name", "given_names", "western_name", "name_zh"]
            .map(|field| form.optional(field, crate::people::rules::names::NAME_MAX_CHARS));
        let [family, given, western, zh] = names.clone().map(Option::unwrap_or_default);
        if let Err(fault) = Names::new(&family, &given, &western, &zh)
            && fault != NameFault::Missing
        {
            form.error(name_field(fault), "name", |lang| fault.say(lang));
        }
        let phone = form
            .optional("phone", 40)
            .map(|text| Phone::parse(&text).map_or(text, |phone| phone.e164().to_owned()));
        let listed = |field: &str| -> Option<OrganisationId> {
            let id = pairs.typed(field).parse().ok()?;
            own_list.contains(&id).then_some(id)
        };
        let read = Self {
            key,
            names,
            phone,
            route: Route::parse(pairs.typed("route")).map(|it| it.as_str().to_owned()),
            university: listed("university"),
            employer: listed("employer"),
            texts: ["employer_name", "job_title", "field_of_study"]
                .map(|field| form.optional(field, 200)),
            year: form.optional_number("graduation_year", 1900, 2200),
            statement: form.optional("statement", STATEMENT_KEPT),
            declarations: ["true", "eligible", "available"]
                .into_iter()
                .filter(|word| pairs.has(&format!("declares_{word}"), "yes"))
                .map(str::to_owned)
                .collect(),
            pics: pairs
                .has("accepted_pics", "yes")
                .then(|| pairs.typed("pics_version").to_owned()),
        };
        form.done()?;
        Ok(read)
    }

    /// Writes it over what the application holds.
    pub(in crate::applications) fn into(self, mine: &mut Mine, pics: &PicsInForce) {
        match self.key {
            SectionKey::Person => {
                let [family, given, western, zh] = self.names;
                mine.family_name = family;
                mine.given_names = given;
                mine.western_name = western;
                mine.name_zh = zh;
                mine.phone = self.phone;
            }
            SectionKey::Route => mine.route = self.route,
            SectionKey::Background => {
                let [employer_name, job_title, field_of_study] = self.texts;
                mine.university_id = self.university;
                mine.employer_id = self.employer;
                mine.employer_name = employer_name.filter(|_| self.employer.is_none());
                mine.job_title = job_title;
                mine.field_of_study = field_of_study;
                mine.graduation_year = self.year;
            }
            SectionKey::Statement => mine.statement = self.statement,
            SectionKey::Document => {}
            SectionKey::Declarations => {
                mine.declarations = self.declarations;
                // Consent is to the version that was on the page, and only that in force counts.
                mine.pics_version = self.pics.filter(|version| *version == pics.version);
            }
        }
    }
}

fn name_field(fault: NameFault) -> &'static str {
    match fault.part() {
        Some(NamePart::Family) | None => "family_name",
        Some(NamePart::Given) => "given_names",
        Some(NamePart::Western) => "western_name",
        Some(NamePart::Chinese) => "name_zh",
    }
}
