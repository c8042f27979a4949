//! The ways into the programme.

use serde::{Deserialize, Serialize};

use crate::lang::{Lang, Say};

/// The way by which a person applies. The codes stand in the database, in files and in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Studies at a partner university.
    UniversityStudent,
    /// Works at a partner institution, which nominates.
    InServiceNominee,
    /// Graduated a short while ago.
    RecentGraduate,
    /// Anybody else.
    Open,
}

impl Route {
    /// All routes, in the order in which forms and reports list them.
    pub const ALL: [Self; 4] = [
        Self::UniversityStudent,
        Self::InServiceNominee,
        Self::RecentGraduate,
        Self::Open,
    ];

    /// The stable code: `in_service_nominee`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UniversityStudent => "university_student",
            Self::InServiceNominee => "in_service_nominee",
            Self::RecentGraduate => "recent_graduate",
            Self::Open => "open",
        }
    }

    /// The route of a code; spaces around it and capitals do not matter, nothing else is guessed.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let code = code.trim();
        Self::ALL
            .into_iter()
            .find(|route| route.code().eq_ignore_ascii_case(code))
    }
}

impl Say for Route {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::UniversityStudent => lang.route_university_student(),
            Self::InServiceNominee => lang.route_in_service_nominee(),
            Self::RecentGraduate => lang.route_recent_graduate(),
            Self::Open => lang.route_open(),
        }
        .to_owned()
    }
}
