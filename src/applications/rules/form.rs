//! What an application must say before it can be submitted: six sections, each with what is still
//! missing. The same check makes the task list of a draft and the refusal of a submission.

use chrono::Datelike;
use chrono::NaiveDate;

use crate::applications::route::Route;
use crate::error::FieldError;
use crate::ids::{FileId, OrganisationId, PicsId};
use crate::lang::{Lang, words};

/// An organisation as an applicant gives it: one that the programme knows, or its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affiliation {
    /// Chosen from the list.
    pub organisation: Option<OrganisationId>,
    /// Written, when it is not on the list.
    pub name: Option<String>,
}

impl Affiliation {
    fn is_given(&self) -> bool {
        self.organisation.is_some() || filled(self.name.as_deref())
    }
}

/// What an applicant has filled in so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormData {
    /// Family name in Latin letters; some people have none.
    pub family_name: Option<String>,
    /// Given names in Latin letters.
    pub given_names: Option<String>,
    /// Western given name.
    pub western_name: Option<String>,
    /// Whole name in Chinese.
    pub name_zh: Option<String>,
    /// How we address the person.
    pub display_name: Option<String>,
    /// Telephone in E.164 form.
    pub phone: Option<String>,
    /// How the person comes to the programme.
    pub route: Option<Route>,
    /// University, past or present.
    pub university: Affiliation,
    /// Year of graduation, past or expected.
    pub graduation_year: Option<i32>,
    /// Present employer.
    pub employer: Affiliation,
    /// Why this programme.
    pub statement: Option<String>,
    /// Curriculum vitae.
    pub document: Option<FileId>,
    /// "What I say is true and complete."
    pub declares_true: bool,
    /// "I meet the conditions of the call."
    pub declares_eligible: bool,
    /// "I can attend on the published dates."
    pub declares_available: bool,
    /// The version of the Personal Information Collection Statement that was accepted.
    pub accepted_pics: Option<PicsId>,
}

/// The call's requirements: configuration of a cohort, not constants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormRules {
    /// The version of the PICS in force.
    pub pics: PicsId,
    /// Fewest characters of the statement.
    pub statement_least: usize,
    /// Most characters of the statement.
    pub statement_most: usize,
    /// Earliest year of graduation.
    pub graduation_from: i32,
    /// Latest year of graduation.
    pub graduation_to: i32,
}

impl FormRules {
    /// The usual requirements of a call that starts on a day: 50 to 3,000 characters, graduation
    /// from 60 years before to 8 years after.
    pub fn usual(pics: PicsId, starts_on: NaiveDate) -> Self {
        Self {
            pics,
            statement_least: 50,
            statement_most: 3_000,
            graduation_from: starts_on.year().saturating_sub(60),
            graduation_to: starts_on.year().saturating_add(8),
        }
    }
}

words! {
    /// A section of the form, one topic each.
    pub enum SectionKey {
        /// Names and telephone.
        Person = "person" => section_person,
        /// Route.
        Route = "route" => section_route,
        /// University or employer.
        Background = "background" => section_background,
        /// Statement.
        Statement = "statement" => section_statement,
        /// Curriculum vitae.
        Document = "document" => section_document,
        /// Declarations and the PICS.
        Declarations = "declarations" => section_declarations,
    }
}

words! {
    /// How far a section is.
    pub enum SectionStatus {
        /// Nothing is filled in.
        NotStarted = "not_started" => section_not_started,
        /// Something is, and something is missing or wrong.
        InProgress = "in_progress" => section_in_progress,
        /// Nothing is missing.
        Complete = "complete" => section_complete,
    }
}

/// A section with what is wrong in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Which.
    pub key: SectionKey,
    /// How far.
    pub status: SectionStatus,
    /// What is missing or wrong, by field.
    pub problems: Vec<FieldError>,
}

/// The six sections in order.
pub fn sections(form: &FormData, rules: &FormRules) -> Vec<Section> {
    SectionKey::ALL
        .iter()
        .map(|key| {
            let (started, problems) = match key {
                SectionKey::Person => person(form),
                SectionKey::Route => route(form),
                SectionKey::Background => background(form, rules),
                SectionKey::Statement => statement(form, rules),
                SectionKey::Document => document(form),
                SectionKey::Declarations => declarations(form, rules),
            };
            let status = match (problems.is_empty(), started) {
                (true, _) => SectionStatus::Complete,
                (false, true) => SectionStatus::InProgress,
                (false, false) => SectionStatus::NotStarted,
            };
            Section {
                key: *key,
                status,
                problems,
            }
        })
        .collect()
}

/// May the form be submitted? All problems of all sections otherwise.
pub fn check_complete(form: &FormData, rules: &FormRules) -> Result<(), Vec<FieldError>> {
    let mut problems: Vec<FieldError> = Vec::new();
    for problem in sections(form, rules)
        .into_iter()
        .flat_map(|section| section.problems)
    {
        // Without a route two sections say so; once is enough.
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// A telephone number in E.164: `+`, then 8 to 15 digits of which the first is not 0. Hong Kong
/// numbers (+852) have 8 digits beginning with 2 to 9: mobiles begin with 4 to 9 nowadays, so
/// older, narrower patterns turn people away.
pub fn is_phone(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else {
        return false;
    };
    let well_formed = (8..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    match digits.strip_prefix("852") {
        Some(local) => well_formed && local.len() == 8 && !local.starts_with(['0', '1']),
        None => well_formed,
    }
}

/// Has the field something other than white space?
fn filled(text: Option<&str>) -> bool {
    text.is_some_and(|it| !it.trim().is_empty())
}

type Checked = (bool, Vec<FieldError>);
type Text = fn(Lang) -> &'static str;

fn missing(field: &str, text: Text) -> FieldError {
    FieldError::new(field, "required", |lang| text(lang).to_owned())
}

fn person(form: &FormData) -> Checked {
    let given = filled(form.given_names.as_deref());
    let display = filled(form.display_name.as_deref());
    let phone = form.phone.as_deref().filter(|it| !it.trim().is_empty());
    let mut problems = Vec::new();
    if !given {
        problems.push(missing("given_names", Lang::need_given_names));
    }
    if !display {
        problems.push(missing("display_name", Lang::need_display_name));
    }
    // A telephone is welcome, not required.
    if phone.is_some_and(|it| !is_phone(it)) {
        problems.push(FieldError::new("phone", "phone", |lang| {
            lang.need_phone().to_owned()
        }));
    }
    let others = [&form.family_name, &form.western_name, &form.name_zh];
    let started =
        given || display || phone.is_some() || others.into_iter().any(|it| filled(it.as_deref()));
    (started, problems)
}

fn route(form: &FormData) -> Checked {
    match form.route {
        Some(_) => (true, Vec::new()),
        None => (false, vec![missing("route", Lang::need_route)]),
    }
}

/// Students and graduates name a university and a year, nominees an employer; an open applicant
/// may leave both out. What is given must make sense on any route.
fn background(form: &FormData, rules: &FormRules) -> Checked {
    let (study, work) = match form.route {
        Some(Route::UniversityStudent | Route::RecentGraduate) => (true, false),
        Some(Route::InServiceNominee) => (false, true),
        Some(Route::Open) => (false, false),
        // Which of them is needed depends on the route, so that comes first.
        None => return (false, vec![missing("route", Lang::need_route)]),
    };
    let mut problems = Vec::new();
    if study && !form.university.is_given() {
        problems.push(missing("university", Lang::need_university));
    }
    match form.graduation_year {
        None if study => problems.push(missing("graduation_year", Lang::need_graduation_year)),
        None => {}
        Some(year) => {
            let (from, to) = (rules.graduation_from, rules.graduation_to);
            if !(from..=to).contains(&year) {
                problems.push(FieldError::new("graduation_year", "out_of_range", |lang| {
                    lang.year_out_of_range(from, to)
                }));
            }
        }
    }
    if work && !form.employer.is_given() {
        problems.push(missing("employer", Lang::need_employer));
    }
    let started =
        form.university.is_given() || form.employer.is_given() || form.graduation_year.is_some();
    (started, problems)
}

/// Characters are counted, not bytes: a statement in Chinese has as much room as one in English.
fn statement(form: &FormData, rules: &FormRules) -> Checked {
    let text = form.statement.as_deref().unwrap_or_default().trim();
    let length = text.chars().count();
    let (least, most) = (rules.statement_least, rules.statement_most);
    let problem = if length == 0 {
        Some(missing("statement", Lang::need_statement))
    } else if length < least {
        Some(FieldError::new("statement", "too_short", |lang| {
            lang.statement_too_short(length, least)
        }))
    } else if length > most {
        Some(FieldError::new("statement", "too_long", |lang| {
            lang.statement_too_long(length, most)
        }))
    } else {
        None
    };
    (length > 0, problem.into_iter().collect())
}

fn document(form: &FormData) -> Checked {
    match form.document {
        Some(_) => (true, Vec::new()),
        None => (false, vec![missing("document", Lang::need_document)]),
    }
}

fn declarations(form: &FormData, rules: &FormRules) -> Checked {
    let ticks: [(bool, &str, Text); 3] = [
        (
            form.declares_true,
            "declares_true",
            Lang::need_declaration_true,
        ),
        (
            form.declares_eligible,
            "declares_eligible",
            Lang::need_declaration_eligible,
        ),
        (
            form.declares_available,
            "declares_available",
            Lang::need_declaration_available,
        ),
    ];
    let mut problems: Vec<_> = ticks
        .into_iter()
        .filter(|(ticked, ..)| !ticked)
        .map(|(_, field, text)| missing(field, text))
        .collect();
    problems.extend(pics_problem(form.accepted_pics, rules.pics));
    let started = form.accepted_pics.is_some() || ticks.into_iter().any(|(ticked, ..)| ticked);
    (started, problems)
}

/// The Personal Information Collection Statement must be accepted in the version in force: a
/// person who accepted an older one is asked again.
pub fn pics_problem(accepted: Option<PicsId>, in_force: PicsId) -> Option<FieldError> {
    match accepted {
        None => Some(missing("accepted_pics", Lang::need_pics)),
        Some(version) if version != in_force => {
            Some(FieldError::new("accepted_pics", "outdated", |lang| {
                lang.pics_changed().to_owned()
            }))
        }
        Some(_) => None,
    }
}
