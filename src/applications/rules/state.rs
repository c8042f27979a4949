//! The states of an application, their words, and what the applicant may know of them.
#![warn(clippy::wildcard_enum_match_arm)]

use crate::lang::{Lang, words};

words! {
    /// What the programme decides about an application; pending until released.
    pub enum Decision {
        /// A seat is to be offered.
        Accept = "accept" => decision_accept,
        /// A place on the waitlist.
        Waitlist = "waitlist" => decision_waitlist,
        /// Not selected.
        Reject = "reject" => decision_reject,
        /// The conditions of the call are not met.
        Ineligible = "ineligible" => decision_ineligible,
    }
}

words! {
    /// What a release tells the applicant.
    pub enum Outcome {
        /// An offer is out.
        Offered = "offered" => outcome_offered,
        /// On the waitlist.
        Waitlisted = "waitlisted" => outcome_waitlisted,
        /// Not selected.
        Rejected = "rejected" => outcome_rejected,
        /// The conditions of the call are not met.
        Ineligible = "ineligible" => outcome_ineligible,
    }
}

/// Where an application is in its life (`design.md` section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Being written.
    Draft,
    /// Handed in; may be changed until the call closes.
    Submitted,
    /// Being read.
    UnderReview,
    /// Decided, not yet shown.
    Decided(Decision),
    /// Shown.
    Released(Outcome),
    /// The offer was accepted.
    Enrolled,
    /// Taken back by the applicant.
    Withdrawn,
    /// The offer was declined.
    Declined,
    /// The offer expired unanswered.
    Lapsed,
    /// The offered place was deferred to a later cohort.
    Deferred,
}

impl State {
    /// Every state with every detail.
    pub const ALL: [Self; 16] = [
        Self::Draft,
        Self::Submitted,
        Self::UnderReview,
        Self::Decided(Decision::Accept),
        Self::Decided(Decision::Waitlist),
        Self::Decided(Decision::Reject),
        Self::Decided(Decision::Ineligible),
        Self::Released(Outcome::Offered),
        Self::Released(Outcome::Waitlisted),
        Self::Released(Outcome::Rejected),
        Self::Released(Outcome::Ineligible),
        Self::Enrolled,
        Self::Withdrawn,
        Self::Declined,
        Self::Lapsed,
        Self::Deferred,
    ];

    /// The word of the column `state`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::UnderReview => "under_review",
            Self::Decided(_) => "decided",
            Self::Released(_) => "released",
            Self::Enrolled => "enrolled",
            Self::Withdrawn => "withdrawn",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
            Self::Deferred => "deferred",
        }
    }

    /// The word of the column beside it: the decision while decided, the outcome once released.
    pub fn detail(self) -> Option<&'static str> {
        match self {
            Self::Decided(decision) => Some(decision.as_str()),
            Self::Released(outcome) => Some(outcome.as_str()),
            Self::Draft
            | Self::Submitted
            | Self::UnderReview
            | Self::Enrolled
            | Self::Withdrawn
            | Self::Declined
            | Self::Lapsed
            | Self::Deferred => None,
        }
    }

    /// Reads both columns; `None` for a pair that [`Self::as_str`] and [`Self::detail`] never make.
    pub fn parse(state: &str, detail: Option<&str>) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|it| it.as_str() == state && it.detail() == detail)
    }

    /// What staff read.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Draft => lang.application_draft(),
            Self::Submitted => lang.application_submitted(),
            Self::UnderReview => lang.application_under_review(),
            Self::Decided(_) => lang.application_decided(),
            Self::Released(outcome) => outcome.label(lang),
            Self::Enrolled => lang.application_enrolled(),
            Self::Withdrawn => lang.application_withdrawn(),
            Self::Declined => lang.application_declined(),
            Self::Lapsed => lang.application_lapsed(),
            Self::Deferred => lang.application_deferred(),
        }
    }

    /// The state as the applicant may know it: a pending decision is still "under review".
    pub fn visible(self) -> Self {
        match self {
            Self::Decided(_) => Self::UnderReview,
            Self::Draft
            | Self::Submitted
            | Self::UnderReview
            | Self::Released(_)
            | Self::Enrolled
            | Self::Withdrawn
            | Self::Declined
            | Self::Lapsed
            | Self::Deferred => self,
        }
    }

    /// What comes next, as a sentence to the applicant; it tells nothing of a pending decision.
    pub fn what_comes_next(self, lang: Lang) -> &'static str {
        match self {
            Self::Draft => lang.next_draft(),
            Self::Submitted => lang.next_submitted(),
            Self::UnderReview | Self::Decided(_) => lang.next_under_review(),
            Self::Released(Outcome::Offered) => lang.next_offered(),
            Self::Released(Outcome::Waitlisted) => lang.next_waitlisted(),
            Self::Released(Outcome::Rejected) => lang.next_rejected(),
            Self::Released(Outcome::Ineligible) => lang.next_ineligible(),
            Self::Enrolled => lang.next_enrolled(),
            Self::Withdrawn => lang.next_withdrawn(),
            Self::Declined => lang.next_declined(),
            Self::Lapsed => lang.next_lapsed(),
            Self::Deferred => lang.next_deferred(),
        }
    }
}
