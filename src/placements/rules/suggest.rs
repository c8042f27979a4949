//! Suggestions to a trainee: points with their reasons, from what the trainee says and has learnt. No
//! institution sees them, and nothing else rests on them.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{CompetencyId, FocusAreaId};
use crate::lang::words;

use super::eligibility::{Language, Least};

words! {
    /// Why a posting is suggested.
    pub enum Why {
        /// It is about something that the trainee is interested in.
        Area = "area" => plc_why_area,
        /// The trainee has the competencies that it asks for.
        Competencies = "competencies" => plc_why_competencies,
        /// It is in a city that the trainee named.
        City = "city" => plc_why_city,
        /// The trainee speaks its languages of work.
        Languages = "languages" => plc_why_languages,
    }
}

impl Why {
    /// The most points that it gives; together a hundred.
    pub fn weight(self) -> u32 {
        match self {
            Self::Area => 45,
            Self::Competencies => 30,
            Self::City => 15,
            Self::Languages => 10,
        }
    }
}

/// What a trainee is interested in and can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interested {
    /// Focus areas of interest.
    pub areas: BTreeSet<FocusAreaId>,
    /// Cities, as their words.
    pub cities: BTreeSet<String>,
    /// Languages.
    pub languages: BTreeSet<Language>,
    /// Levels reached.
    pub levels: BTreeMap<CompetencyId, i32>,
}

/// What counts of a posting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// Its focus areas.
    pub areas: Vec<FocusAreaId>,
    /// Its city, as its word.
    pub city: String,
    /// Its languages of work.
    pub languages: Vec<Language>,
    /// The competencies that it asks for.
    pub competencies: Vec<Least>,
}

fn share(weight: u32, met: usize, all: usize) -> u32 {
    let (met, all) = (u32::try_from(met), u32::try_from(all));
    let whole = weight.saturating_mul(met.unwrap_or(0));
    whole.checked_div(all.unwrap_or(0)).unwrap_or(0)
}

/// The points of a posting, each with its reason; reasons that give none are left out.
pub fn points(trainee: &Interested, posting: &Offered) -> Vec<(Why, u32)> {
    let areas = posting.areas.iter().any(|it| trainee.areas.contains(it));
    let has = |least: &&Least| {
        let level = trainee.levels.get(&least.competency).copied();
        level.unwrap_or(0) >= least.level
    };
    let speaks = |it: &&Language| trainee.languages.contains(it);
    let points = |why: Why| match why {
        Why::Area => share(why.weight(), usize::from(areas), 1),
        Why::Competencies => {
            let met = posting.competencies.iter().filter(has).count();
            share(why.weight(), met, posting.competencies.len())
        }
        Why::City => share(
            why.weight(),
            usize::from(trainee.cities.contains(&posting.city)),
            1,
        ),
        Why::Languages => {
            let met = posting.languages.iter().filter(speaks).count();
            share(why.weight(), met, posting.languages.len())
        }
    };
    let all = Why::ALL.iter().map(|why| (*why, points(*why)));
    all.filter(|(_, points)| *points > 0).collect()
}
