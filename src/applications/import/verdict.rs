//! New, changed or the same: what a good row means beside what is known already.

use super::{Column, Employer, Row, Submitted};
use crate::applications::Route;
use crate::ids::OrganisationId;
use crate::lang::Lang;
use crate::people::rules::{Names, Phone};

/// What is known of the applicant with the same address in the same call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// Names.
    pub names: Names,
    /// Telephone number.
    pub phone: Option<Phone>,
    /// Route.
    pub route: Option<Route>,
    /// University.
    pub university: Option<OrganisationId>,
    /// Employer.
    pub employer: Option<Employer>,
    /// Year of graduation.
    pub graduation_year: Option<i32>,
    /// Language of letters.
    pub language: Option<Lang>,
    /// Statement.
    pub statement: Option<String>,
    /// Moment or day of submission.
    pub submitted: Option<Submitted>,
}

/// What a good row would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody of this address has applied.
    New,
    /// These columns differ; never empty.
    Update(Vec<Column>),
    /// Nothing differs.
    Unchanged,
}

/// Compares a row with what is known. An empty cell (or a column that the file lacks) changes
/// nothing: a registry that does not know a number must not erase it.
#[must_use]
pub fn compare(existing: Option<&Existing>, row: &Row) -> Verdict {
    let Some(known) = existing else {
        return Verdict::New;
    };
    let (old, new) = (&known.names, &row.names);
    let differing = [
        (
            Column::FamilyName,
            differs(new.family_name(), old.family_name()),
        ),
        (
            Column::GivenNames,
            differs(new.given_names(), old.given_names()),
        ),
        (
            Column::WesternName,
            differs(new.western_name(), old.western_name()),
        ),
        (Column::NameZh, differs(new.name_zh(), old.name_zh())),
        (
            Column::Phone,
            differs(row.phone.as_ref(), known.phone.as_ref()),
        ),
        (Column::Route, differs(row.route, known.route)),
        (
            Column::University,
            differs(row.university, known.university),
        ),
        (
            Column::Employer,
            differs(row.employer.as_ref(), known.employer.as_ref()),
        ),
        (
            Column::GraduationYear,
            differs(row.graduation_year, known.graduation_year),
        ),
        (Column::Language, differs(row.language, known.language)),
        (
            Column::Statement,
            differs(
                statement(&row.statement).as_deref(),
                statement(&known.statement).as_deref(),
            ),
        ),
        (
            Column::SubmittedOn,
            submission_differs(row.submitted, known.submitted),
        ),
    ];
    let columns: Vec<Column> = differing
        .into_iter()
        .filter_map(|(column, differs)| differs.then_some(column))
        .collect();
    if columns.is_empty() {
        Verdict::Unchanged
    } else {
        Verdict::Update(columns)
    }
}

fn differs<T: PartialEq + Copy>(new: Option<T>, old: Option<T>) -> bool {
    new.is_some() && new != old
}

/// Line ends differ between programs, not between statements.
fn statement(text: &Option<String>) -> Option<String> {
    text.as_ref().map(|text| text.replace("\r\n", "\n"))
}

/// A day alone says nothing against any moment of that day.
fn submission_differs(new: Option<Submitted>, old: Option<Submitted>) -> bool {
    match (new, old) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(Submitted::At(new)), Some(Submitted::At(old))) => new != old,
        (Some(new), Some(old)) => new.day() != old.day(),
    }
}
