//! A row's judgement: every cell read, every fault named.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::cells::{language, limited, text_of, year};
use super::columns::squeeze;
use super::dates::parse_submitted;
use super::{Column, Columns, ORGANISATION_MAX_CHARS, Reason, STATEMENT_MAX_CHARS, Submitted};
use crate::applications::Route;
use crate::ids::OrganisationId;
use crate::lang::Lang;
use crate::lang::format;
use crate::people::rules::{Email, EmailFault, NameFault, NamePart, Names, Phone};

/// An organisation and every name by which it goes, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownOrganisation {
    /// The organisation.
    pub id: OrganisationId,
    /// Its names: English, Chinese, short forms.
    pub names: Vec<String>,
}

/// Organisations by name. Case, width, spaces and punctuation do not matter.
#[derive(Clone, Debug, Default)]
pub struct Directory(HashMap<String, OrganisationId>);

impl Directory {
    /// A directory of `organisations`; of two with the same name the first is found.
    #[must_use]
    pub fn new(organisations: &[KnownOrganisation]) -> Self {
        let mut by_name = HashMap::new();
        for organisation in organisations {
            for name in &organisation.names {
                let key = squeeze(name);
                if !key.is_empty() {
                    by_name.entry(key).or_insert(organisation.id);
                }
            }
        }
        Self(by_name)
    }

    /// The organisation of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<OrganisationId> {
        self.0.get(&squeeze(name)).copied()
    }
}

/// What rows are judged against. It does not hold today's date, on purpose.
#[derive(Clone, Debug)]
pub struct Context {
    /// The deadline of the call.
    pub deadline: DateTime<Utc>,
    /// Partner universities; another one is an error.
    pub universities: Directory,
    /// Partner institutions; another employer is kept as text, with a warning.
    pub institutions: Directory,
}

/// Where an applicant works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Employer {
    /// A partner institution.
    Known(OrganisationId),
    /// Any other, as written.
    Text(String),
}

/// A good row. What is `None` was not in the file or empty: it leaves what is known of the
/// applicant as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The applicant's address and identity.
    pub email: Email,
    /// The names.
    pub names: Names,
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The route; `None` only in a file without that column.
    pub route: Option<Route>,
    /// A partner university.
    pub university: Option<OrganisationId>,
    /// The employer.
    pub employer: Option<Employer>,
    /// The year of graduation.
    pub graduation_year: Option<i32>,
    /// The language of letters; none means the person's own choice or the house's default.
    pub language: Option<Lang>,
    /// The statement, with its line ends as written.
    pub statement: Option<String>,
    /// When it was submitted; in time, or the row were an error.
    pub submitted: Option<Submitted>,
}

/// The cells of one row under their columns.
pub(super) struct Cells<'a> {
    pub columns: &'a Columns,
    pub record: &'a csv::StringRecord,
}

impl Cells<'_> {
    /// The text of a column, empty when the file lacks it.
    pub fn text(&self, column: Column) -> &str {
        self.columns
            .places()
            .iter()
            .position(|place| *place == Some(column))
            .and_then(|at| self.record.get(at))
            .map(text_of)
            .unwrap_or_default()
    }
}

/// The address of a row, read first: it decides whether the row is a repetition.
pub(super) fn email_of(cells: &Cells<'_>) -> Result<Email, EmailFault> {
    Email::parse(cells.text(Column::Email))
}

/// Reads all cells.
///
/// # Errors
/// Every fault of the row, in the order of [`Column::ALL`]; never empty.
pub(super) fn judge(
    cells: &Cells<'_>,
    context: &Context,
    warnings: &mut Vec<Reason>,
) -> Result<Row, Vec<Reason>> {
    let mut faults = Vec::new();
    let names = keep(names_of(cells), &mut faults);
    let email = email_of(cells).map_err(|fault| Reason::of(Some(Column::Email), &fault));
    let email = keep(email, &mut faults);
    let phone = keep(phone_of(cells), &mut faults).flatten();
    let route = keep(route_of(cells), &mut faults).flatten();
    let university = keep(university_of(cells, context), &mut faults).flatten();
    let employer = keep(employer_of(cells, context, warnings), &mut faults).flatten();
    let graduation_year = keep(year(cells.text(Column::GraduationYear)), &mut faults).flatten();
    let language = keep(language(cells.text(Column::Language)), &mut faults).flatten();
    let statement = limited(
        Column::Statement,
        cells.text(Column::Statement),
        STATEMENT_MAX_CHARS,
    );
    let statement = keep(statement, &mut faults).flatten();
    let submitted = keep(submitted_of(cells, context.deadline), &mut faults).flatten();
    match (names, email) {
        (Some(names), Some(email)) if faults.is_empty() => Ok(Row {
            email,
            names,
            phone,
            route,
            university,
            employer,
            graduation_year,
            language,
            statement,
            submitted,
        }),
        _ => Err(faults),
    }
}

fn keep<T>(result: Result<T, Reason>, faults: &mut Vec<Reason>) -> Option<T> {
    result.map_err(|fault| faults.push(fault)).ok()
}

fn names_of(cells: &Cells<'_>) -> Result<Names, Reason> {
    Names::new(
        cells.text(Column::FamilyName),
        cells.text(Column::GivenNames),
        cells.text(Column::WesternName),
        cells.text(Column::NameZh),
    )
    .map_err(|fault: NameFault| {
        let field = fault.part().map(|part| match part {
            NamePart::Family => Column::FamilyName,
            NamePart::Given => Column::GivenNames,
            NamePart::Western => Column::WesternName,
            NamePart::Chinese => Column::NameZh,
        });
        Reason::of(field, &fault)
    })
}

fn phone_of(cells: &Cells<'_>) -> Result<Option<Phone>, Reason> {
    let text = cells.text(Column::Phone);
    if text.is_empty() {
        return Ok(None);
    }
    Phone::parse(text)
        .map(Some)
        .map_err(|fault| Reason::of(Some(Column::Phone), &fault))
}

fn route_of(cells: &Cells<'_>) -> Result<Option<Route>, Reason> {
    if !cells.columns.has(Column::Route) {
        return Ok(None);
    }
    match Route::parse(&cells.text(Column::Route).trim().to_ascii_lowercase()) {
        Some(route) => Ok(Some(route)),
        None => Err(Reason::new(Some(Column::Route), "bad_route", |lang| {
            let codes = Route::ALL
                .iter()
                .map(|route| route.as_str())
                .collect::<Vec<_>>();
            lang.import_bad_route(&codes.join(lang.pick(", ", "、")))
        })),
    }
}

fn university_of(cells: &Cells<'_>, context: &Context) -> Result<Option<OrganisationId>, Reason> {
    let name = cells.text(Column::University);
    let Some(name) = limited(Column::University, name, ORGANISATION_MAX_CHARS)? else {
        return Ok(None);
    };
    match context.universities.find(&name) {
        Some(id) => Ok(Some(id)),
        None => Err(Reason::new(
            Some(Column::University),
            "unknown_university",
            |lang| lang.import_unknown_university().to_owned(),
        )),
    }
}

fn employer_of(
    cells: &Cells<'_>,
    context: &Context,
    warnings: &mut Vec<Reason>,
) -> Result<Option<Employer>, Reason> {
    let name = cells.text(Column::Employer);
    let Some(name) = limited(Column::Employer, name, ORGANISATION_MAX_CHARS)? else {
        return Ok(None);
    };
    Ok(Some(match context.institutions.find(&name) {
        Some(id) => Employer::Known(id),
        None => {
            warnings.push(Reason::new(
                Some(Column::Employer),
                "unknown_employer",
                |lang| lang.import_unknown_employer().to_owned(),
            ));
            Employer::Text(name)
        }
    }))
}

fn submitted_of(cells: &Cells<'_>, deadline: DateTime<Utc>) -> Result<Option<Submitted>, Reason> {
    let text = cells.text(Column::SubmittedOn);
    if text.is_empty() {
        return Ok(None);
    }
    let field = Some(Column::SubmittedOn);
    let Some(submitted) = parse_submitted(text) else {
        return Err(Reason::new(field, "bad_date", |lang| {
            lang.import_bad_date().to_owned()
        }));
    };
    if submitted.is_late(deadline) {
        return Err(Reason::new(field, "late", |lang| {
            lang.import_late(&format::deadline(lang, deadline))
        }));
    }
    Ok(Some(submitted))
}
