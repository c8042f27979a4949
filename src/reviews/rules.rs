//! Rubrics, scores in whole numbers, a review's own life, and conflicts of interest.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod allot;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::error::FieldError;
use crate::ids::{CriterionId, OrganisationId, PersonId};
use crate::lang::{refusals, words};

refusals! {
    /// Why a rubric cannot be used.
    pub enum RubricRefusal {
        /// No criterion.
        Empty = "rubric_empty" => rubric_empty,
        /// A weight outside 1 to 10,000.
        Weight = "rubric_weight" => rubric_weight,
        /// A highest score outside 2 to 100.
        Scale = "rubric_scale" => rubric_scale,
        /// The same criterion twice.
        Twice = "rubric_twice" => rubric_twice,
    }
}

/// What reviewers score, how much each criterion weighs, and the highest score (the lowest is 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rubric {
    weights: BTreeMap<CriterionId, i32>,
    highest: i32,
}

impl Rubric {
    /// A rubric from criteria with their weights. Weights are relative whole numbers, 1 to 10,000
    /// (so basis points fit); they need not sum to anything.
    pub fn new(criteria: &[(CriterionId, i32)], highest: i32) -> Result<Self, RubricRefusal> {
        if criteria.is_empty() {
            return Err(RubricRefusal::Empty);
        }
        if !(2..=100).contains(&highest) {
            return Err(RubricRefusal::Scale);
        }
        if criteria
            .iter()
            .any(|(_, weight)| !(1..=10_000).contains(weight))
        {
            return Err(RubricRefusal::Weight);
        }
        let weights: BTreeMap<_, _> = criteria.iter().copied().collect();
        if weights.len() < criteria.len() {
            return Err(RubricRefusal::Twice);
        }
        Ok(Self { weights, highest })
    }

    /// The highest score; 5 is usual.
    pub fn highest(&self) -> i32 {
        self.highest
    }
}

/// A reviewer's scores, by criterion.
pub type Sheet = BTreeMap<CriterionId, i32>;

/// An exact weighted mean: points over weight. Compared exactly; rounded only to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Score {
    points: i64,
    weight: i64,
}

impl Score {
    /// A score of `points` over `weight`; a weight under 1 counts as 1.
    pub fn new(points: i64, weight: i64) -> Self {
        Self {
            points,
            weight: weight.max(1),
        }
    }

    /// The mean in thousandths, half rounded up: 3.6666… is 3,667.
    pub fn thousandths(self) -> i64 {
        let (points, weight) = (i128::from(self.points), i128::from(self.weight));
        let rounded = (points * 2_000 + weight).div_euclid(weight * 2);
        i64::try_from(rounded).unwrap_or(i64::MAX)
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = i128::from(self.points) * i128::from(other.weight);
        let right = i128::from(other.points) * i128::from(self.weight);
        left.cmp(&right)
    }
}
impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Score {}

/// The weighted mean of a sheet that scores every criterion within the scale. Otherwise every
/// problem, each on the criterion's id: only a whole sheet can be submitted.
pub fn score(rubric: &Rubric, sheet: &Sheet) -> Result<Score, Vec<FieldError>> {
    let mut problems = Vec::new();
    let (mut points, mut total) = (0_i64, 0_i64);
    for (criterion, weight) in &rubric.weights {
        total += i64::from(*weight);
        match sheet.get(criterion) {
            None => problems.push(FieldError::new(criterion.to_string(), "required", |lang| {
                lang.score_missing().to_owned()
            })),
            Some(given) if (1..=rubric.highest).contains(given) => {
                points += i64::from(*given) * i64::from(*weight);
            }
            Some(_) => problems.push(FieldError::new(
                criterion.to_string(),
                "out_of_range",
                |lang| lang.score_out_of_range(1, rubric.highest),
            )),
        }
    }
    for criterion in sheet.keys().filter(|it| !rubric.weights.contains_key(it)) {
        problems.push(FieldError::new(criterion.to_string(), "unknown", |lang| {
            lang.score_unknown().to_owned()
        }));
    }
    if problems.is_empty() {
        Ok(Score::new(points, total))
    } else {
        Err(problems)
    }
}

/// What the submitted reviews of one application say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many reviews.
    pub reviews: usize,
    /// Their mean, each review counting the same.
    pub average: Score,
    /// The lowest review.
    pub lowest: Score,
    /// The highest review.
    pub highest: Score,
    /// Highest minus lowest, in thousandths.
    pub spread: i64,
    /// Is the spread above the threshold, so that a third reader is due?
    pub disagree: bool,
}

/// Summarises the *submitted* sheets of one application. `threshold` is in thousandths of a point
/// (1,500 is one and a half); a spread that equals it is still agreement. `None` without reviews;
/// a sheet that is not whole counts as not submitted.
pub fn summarise(rubric: &Rubric, submitted: &[Sheet], threshold: i64) -> Option<Summary> {
    let scores: Vec<Score> = submitted
        .iter()
        .filter_map(|sheet| score(rubric, sheet).ok())
        .collect();
    let lowest = *scores.iter().min()?;
    let highest = *scores.iter().max()?;
    // One rubric, one total weight: the mean of the means is the sum of points over n weights.
    let average = Score::new(
        scores.iter().map(|it| it.points).sum(),
        scores.iter().map(|it| it.weight).sum(),
    );
    let apart = Score::new(highest.points - lowest.points, highest.weight);
    Some(Summary {
        reviews: scores.len(),
        average,
        lowest,
        highest,
        spread: apart.thousandths(),
        disagree: apart > Score::new(threshold, 1_000),
    })
}

words! {
    /// Where an assignment of a reviewer is in its life.
    pub enum ReviewState {
        /// Asked; nothing scored yet.
        Assigned = "assigned" => review_assigned,
        /// Some scores are saved.
        Draft = "draft" => review_draft,
        /// Handed in; counts.
        Submitted = "submitted" => review_submitted,
        /// The reviewer stepped back, for an interest or for want of time.
        Declined = "declined" => review_declined,
        /// Staff took the assignment away.
        Removed = "removed" => review_removed,
    }
}

/// What happens to an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReviewEvent {
    /// The reviewer saves scores.
    Save,
    /// The reviewer hands them in ([`score`] must succeed).
    Submit,
    /// Staff give a submitted review back.
    Reopen,
    /// The reviewer steps back.
    Decline,
    /// Staff take the assignment away.
    Remove,
}

impl ReviewEvent {
    /// Every event.
    pub const ALL: [Self; 5] = [
        Self::Save,
        Self::Submit,
        Self::Reopen,
        Self::Decline,
        Self::Remove,
    ];
}

refusals! {
    /// Why a step of a review is refused.
    pub enum ReviewRefusal {
        /// It was handed in; staff can give it back.
        AlreadySubmitted = "review_already_submitted" => review_already_submitted,
        /// Only what was handed in can be given back.
        NotSubmitted = "review_not_submitted" => review_not_submitted,
        /// The reviewer stepped back or was removed.
        Ended = "review_ended" => review_ended,
    }
}

/// The state after `event`. A submitted review can be removed (an interest that came to light
/// late) but not declined.
pub fn next(state: ReviewState, event: ReviewEvent) -> Result<ReviewState, ReviewRefusal> {
    use ReviewEvent as E;
    use ReviewState as S;
    match (state, event) {
        (S::Assigned | S::Draft, E::Save) | (S::Submitted, E::Reopen) => Ok(S::Draft),
        (S::Assigned | S::Draft, E::Submit) => Ok(S::Submitted),
        (S::Assigned | S::Draft, E::Decline) => Ok(S::Declined),
        (S::Assigned | S::Draft | S::Submitted, E::Remove) => Ok(S::Removed),
        (S::Assigned | S::Draft, E::Reopen) => Err(ReviewRefusal::NotSubmitted),
        (S::Submitted, E::Save | E::Submit | E::Decline) => Err(ReviewRefusal::AlreadySubmitted),
        (S::Declined | S::Removed, E::Save | E::Submit | E::Reopen | E::Decline | E::Remove) => {
            Err(ReviewRefusal::Ended)
        }
    }
}

/// What the conflict rule looks at, of a reviewer and of an applicant alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub person: PersonId,
    /// Universities and employers that the person belongs to (of an applicant: as applied).
    pub organisations: BTreeSet<OrganisationId>,
    /// The e-mail address.
    pub email: String,
}

refusals! {
    /// Why a reviewer must not see an application.
    pub enum Conflict {
        /// It is the reviewer's own.
        Own = "conflict_own" => conflict_own,
        /// They share a university or an employer.
        Organisation = "conflict_organisation" => conflict_organisation,
        /// Their mail comes from the same organisation.
        MailDomain = "conflict_mail_domain" => conflict_mail_domain,
        /// The reviewer said so.
        Declared = "conflict_declared" => conflict_declared,
    }
}

/// May the reviewer be assigned to the applicant's file? The first conflict found otherwise.
///
/// `public_domains` lists mail providers that anybody may use (lower case): a shared address there
/// says nothing. `declared` tells whether the reviewer declared an interest.
pub fn check_conflict(
    reviewer: &Party,
    applicant: &Party,
    declared: bool,
    public_domains: &BTreeSet<String>,
) -> Result<(), Conflict> {
    if reviewer.person == applicant.person {
        Err(Conflict::Own)
    } else if !reviewer.organisations.is_disjoint(&applicant.organisations) {
        Err(Conflict::Organisation)
    } else if same_house(&reviewer.email, &applicant.email, public_domains) {
        Err(Conflict::MailDomain)
    } else if declared {
        Err(Conflict::Declared)
    } else {
        Ok(())
    }
}

/// Is one address's domain the other's, or below it (`hk.bank.example` is below `bank.example`)?
fn same_house(left: &str, right: &str, public_domains: &BTreeSet<String>) -> bool {
    let (Some(left), Some(right)) = (domain(left), domain(right)) else {
        return false;
    };
    if public_domains.contains(&left) || public_domains.contains(&right) {
        return false;
    }
    let below = |lower: &str, upper: &str| {
        upper.contains('.')
            && lower
                .strip_suffix(upper)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    left == right || below(&left, &right) || below(&right, &left)
}

/// The part after the last `@`, in lower case without a final dot.
fn domain(email: &str) -> Option<String> {
    let (_, domain) = email.trim().rsplit_once('@')?;
    let domain = domain.trim_end_matches('.').to_lowercase();
    (!domain.is_empty()).then_some(domain)
}
