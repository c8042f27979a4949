//! The staff's list: which applications, in which order. Pure; the queries make SQL of it.
#![warn(clippy::wildcard_enum_match_arm)]

use uuid::Uuid;

use super::Route;
use super::rules::{Decision, Outcome, State};

/// Reviews further apart than this disagree, and a third reader is due: one and a half points, in
/// thousandths.
pub const DISAGREEMENT_MILLI: i32 = 1_500;

/// Do the reviews of an application with this spread (thousandths of a point) disagree? A spread
/// that equals the threshold is still agreement, as in `reviews::rules::summarise`.
#[must_use]
pub fn disagrees(spread_milli: Option<i32>) -> bool {
    spread_milli.is_some_and(|spread| spread > DISAGREEMENT_MILLI)
}

/// The full state, of the three columns that tell it: what the applicant may see, the decision of
/// the case, and whether that was released. `None` for a word that no rule knows.
#[must_use]
pub fn current(state: &str, decision: Option<&str>, released: bool) -> Option<State> {
    let pending = decision.and_then(Decision::parse).filter(|_| !released);
    match (state, pending) {
        ("under_review", Some(decision)) => Some(State::Decided(decision)),
        (word, _) => Outcome::parse(word).map_or_else(
            || State::parse(word, None),
            |outcome| Some(State::Released(outcome)),
        ),
    }
}

/// The words of `applications.state`, in the order of an application's life.
pub const STATES: [&str; 12] = [
    "draft",
    "submitted",
    "under_review",
    "offered",
    "waitlisted",
    "rejected",
    "ineligible",
    "enrolled",
    "withdrawn",
    "declined",
    "lapsed",
    "deferred",
];

/// By what the list is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Sort {
    /// Family name, given names.
    #[default]
    Name,
    /// When it was handed in; drafts first.
    Submitted,
    /// Mean score; those without one first.
    Score,
    /// Reference.
    Reference,
    /// State, by its word.
    State,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 5] = [
        Self::Name,
        Self::Reference,
        Self::State,
        Self::Score,
        Self::Submitted,
    ];

    /// The word in the address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Submitted => "submitted",
            Self::Score => "score",
            Self::Reference => "reference",
            Self::State => "state",
        }
    }

    /// Reads the word; a leading `-` turns the order round.
    #[must_use]
    pub fn parse(word: &str) -> Option<(Self, bool)> {
        let (name, down) = word
            .strip_prefix('-')
            .map_or((word, false), |rest| (rest, true));
        Self::ALL
            .into_iter()
            .find(|sort| sort.as_str() == name)
            .map(|sort| (sort, down))
    }
}

/// What the reviews of an application look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Nobody was asked.
    Unassigned,
    /// Somebody was asked who has not answered.
    Waiting,
    /// Scored by at least one reviewer.
    Scored,
    /// Not scored yet.
    Unscored,
    /// The reviewers disagree.
    Disagree,
}

impl Reading {
    /// Every value.
    pub const ALL: [Self; 5] = [
        Self::Unassigned,
        Self::Waiting,
        Self::Scored,
        Self::Unscored,
        Self::Disagree,
    ];

    /// The word in the address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unassigned => "unassigned",
            Self::Waiting => "waiting",
            Self::Scored => "scored",
            Self::Unscored => "unscored",
            Self::Disagree => "disagree",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// A filter on the pending decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// This one.
    Is(Decision),
    /// Any.
    Any,
    /// None.
    None,
}

impl Pending {
    /// Reads the word: a decision, `any` or `none`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "any" => Some(Self::Any),
            "none" => Some(Self::None),
            word => Decision::parse(word).map(Self::Is),
        }
    }
}

/// Which applications of a cohort, in which order. A value that means nothing filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Normalised words, every one of which must begin one of the application's search tokens.
    pub terms: Vec<String>,
    /// A word of `applications.state`.
    pub state: Option<String>,
    /// Route.
    pub route: Option<Route>,
    /// University.
    pub university: Option<Uuid>,
    /// Employer.
    pub employer: Option<Uuid>,
    /// Pending decision.
    pub decision: Option<Pending>,
    /// Reviews and score.
    pub reading: Option<Reading>,
    /// `web`, `import` or `api`.
    pub source: Option<String>,
    /// Only these, chosen by hand.
    pub only: Option<Vec<Uuid>>,
    /// Order.
    pub sort: Sort,
    /// From the last to the first?
    pub down: bool,
}

/// At most this many words of a search are looked up; more say no more of a person.
const MOST_TERMS: usize = 8;

impl Filter {
    /// Reads the fields of an address.
    pub fn read<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Self {
        let get = |name: &str| field(name).map(str::trim).filter(|it| !it.is_empty());
        let mut terms = crate::people::rules::search_terms(get("q").unwrap_or_default());
        terms.sort();
        terms.dedup();
        terms.truncate(MOST_TERMS);
        let (sort, down) = get("sort").and_then(Sort::parse).unwrap_or_default();
        Self {
            terms,
            state: get("state")
                .filter(|it| STATES.contains(it))
                .map(str::to_owned),
            route: get("route").and_then(Route::parse),
            university: get("university").and_then(|it| it.parse().ok()),
            employer: get("employer").and_then(|it| it.parse().ok()),
            decision: get("decision").and_then(Pending::parse),
            reading: get("reading").and_then(Reading::parse),
            source: get("source")
                .filter(|it| ["web", "import", "api"].contains(it))
                .map(str::to_owned),
            only: None,
            sort,
            down,
        }
    }
}
