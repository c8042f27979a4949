//! Whom a posting is open to: kept as data, decided by a pure rule that names each condition that is
//! not met.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::applications::route::Route;
use crate::ids::{CohortId, CompetencyId, ModuleId, OrganisationId};
use crate::lang::words;

words! {
    /// A degree, the lower before the higher.
    pub enum Degree {
        /// Below a bachelor's degree.
        SubDegree = "sub_degree" => plc_degree_sub,
        /// A bachelor's degree.
        Bachelor = "bachelor" => plc_degree_bachelor,
        /// A master's degree.
        Master = "master" => plc_degree_master,
        /// A doctorate.
        Doctorate = "doctorate" => plc_degree_doctorate,
    }
}

words! {
    /// By what somebody may work in Hong Kong.
    pub enum Authorisation {
        /// Permanent resident, or without a condition of stay.
        Resident = "resident" => plc_auth_resident,
        /// Student with a No Objection Letter.
        StudentNol = "student_nol" => plc_auth_nol,
        /// Graduate under the arrangements for non-local graduates.
        Iang = "iang" => plc_auth_iang,
        /// Dependant.
        Dependant = "dependant" => plc_auth_dependant,
        /// Admitted under a talent scheme.
        TalentScheme = "talent_scheme" => plc_auth_talent,
        /// Sponsored by an employer.
        Sponsored = "sponsored" => plc_auth_sponsored,
    }
}

words! {
    /// A language of work.
    pub enum Language {
        /// English.
        English = "en" => plc_language_en,
        /// Cantonese.
        Cantonese = "yue" => plc_language_yue,
        /// Putonghua.
        Putonghua = "cmn" => plc_language_cmn,
    }
}

/// A level of a competency that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Least {
    /// The competency.
    pub competency: CompetencyId,
    /// 1 aware, 2 assisted, 3 independent, 4 leads.
    pub level: i32,
}

/// Whom a posting is open to; what is empty asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wants {
    /// Only trainees of one of these cohorts.
    pub cohorts: Vec<CohortId>,
    /// Only who came by one of these routes, as their words.
    pub routes: Vec<String>,
    /// All of these modules completed.
    pub modules: Vec<ModuleId>,
    /// All of these competencies, at this level or above.
    pub competencies: Vec<Least>,
    /// All of these languages, as their words.
    pub languages: Vec<String>,
    /// Any one of these authorisations, as their words.
    pub authorisations: Vec<String>,
    /// At least this degree, as its word; empty for any.
    pub degree: String,
    /// Graduates of this year or later.
    pub graduated_from: Option<i32>,
    /// Graduates of this year or earlier.
    pub graduated_to: Option<i32>,
    /// A permit for the Mainland.
    pub mainland_permit: bool,
    /// Residents of Hong Kong only.
    pub residents: bool,
    /// Nobody who works for the institution already.
    pub not_employed: bool,
}

/// What is known of a trainee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Their cohort.
    pub cohort: CohortId,
    /// Their route, as its word; empty when it is not known.
    pub route: String,
    /// Modules that they have completed or are exempted from.
    pub modules: BTreeSet<ModuleId>,
    /// Levels that those modules give.
    pub levels: BTreeMap<CompetencyId, i32>,
    /// Languages, as they say.
    pub languages: BTreeSet<Language>,
    /// By what they may work, as they say.
    pub authorisations: BTreeSet<Authorisation>,
    /// Their degree, as they say.
    pub degree: Option<Degree>,
    /// Year of graduation, past or expected.
    pub graduation: Option<i32>,
    /// Have they a permit for the Mainland, as they say?
    pub mainland_permit: bool,
    /// Who employs them.
    pub employer: Option<OrganisationId>,
}

/// A condition that is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmet {
    /// Another cohort.
    Cohort,
    /// Another route.
    Route(Vec<Route>),
    /// A module is not completed.
    Module(ModuleId),
    /// A level is not reached.
    Competency {
        /// Of which competency.
        competency: CompetencyId,
        /// What is asked for.
        level: i32,
        /// What is reached; 0 for nothing.
        has: i32,
    },
    /// A language is missing.
    Language(Language),
    /// None of the authorisations.
    Authorisation(Vec<Authorisation>),
    /// A lower degree, or none said.
    Degree(Degree),
    /// Graduated at another time, or it is not known when.
    Graduation(Option<i32>, Option<i32>),
    /// No permit for the Mainland.
    MainlandPermit,
    /// No resident.
    Resident,
    /// Works for the institution.
    Employed,
}

impl Unmet {
    /// A stable name, for the API and for a run of the match.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cohort => "cohort",
            Self::Route(_) => "route",
            Self::Module(_) => "module",
            Self::Competency { .. } => "competency",
            Self::Language(_) => "language",
            Self::Authorisation(_) => "authorisation",
            Self::Degree(_) => "degree",
            Self::Graduation(..) => "graduation",
            Self::MainlandPermit => "mainland_permit",
            Self::Resident => "resident",
            Self::Employed => "employed",
        }
    }
}

fn parsed<T>(words: &[String], parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
    words.iter().filter_map(|it| parse(it)).collect()
}

fn learnt(wants: &Wants, facts: &Facts, unmet: &mut Vec<Unmet>) {
    let missing = wants
        .modules
        .iter()
        .filter(|it| !facts.modules.contains(it));
    unmet.extend(missing.map(|it| Unmet::Module(*it)));
    for least in &wants.competencies {
        let has = facts.levels.get(&least.competency).copied().unwrap_or(0);
        if has < least.level {
            unmet.push(Unmet::Competency {
                competency: least.competency,
                level: least.level,
                has,
            });
        }
    }
}

fn said(wants: &Wants, facts: &Facts, unmet: &mut Vec<Unmet>) {
    let languages = parsed(&wants.languages, Language::parse);
    let missing = languages
        .into_iter()
        .filter(|it| !facts.languages.contains(it));
    unmet.extend(missing.map(Unmet::Language));
    let accepted = parsed(&wants.authorisations, Authorisation::parse);
    let any = accepted.iter().any(|it| facts.authorisations.contains(it));
    if !accepted.is_empty() && !any {
        unmet.push(Unmet::Authorisation(accepted));
    }
    if wants.residents && !facts.authorisations.contains(&Authorisation::Resident) {
        unmet.push(Unmet::Resident);
    }
    if let Some(degree) = Degree::parse(&wants.degree)
        && facts.degree.is_none_or(|has| has < degree)
    {
        unmet.push(Unmet::Degree(degree));
    }
    if wants.mainland_permit && !facts.mainland_permit {
        unmet.push(Unmet::MainlandPermit);
    }
}

/// Every condition of an institution's posting that is not met, in the order in which people read them.
pub fn unmet(wants: &Wants, facts: &Facts, institution: OrganisationId) -> Vec<Unmet> {
    let mut unmet = Vec::new();
    if !wants.cohorts.is_empty() && !wants.cohorts.contains(&facts.cohort) {
        unmet.push(Unmet::Cohort);
    }
    if !wants.routes.is_empty() && !wants.routes.contains(&facts.route) {
        unmet.push(Unmet::Route(parsed(&wants.routes, Route::parse)));
    }
    learnt(wants, facts, &mut unmet);
    said(wants, facts, &mut unmet);
    let (from, to) = (wants.graduated_from, wants.graduated_to);
    let within = facts
        .graduation
        .is_some_and(|year| from.is_none_or(|from| year >= from) && to.is_none_or(|to| year <= to));
    if (from.is_some() || to.is_some()) && !within {
        unmet.push(Unmet::Graduation(from, to));
    }
    if wants.not_employed && facts.employer == Some(institution) {
        unmet.push(Unmet::Employed);
    }
    unmet
}
