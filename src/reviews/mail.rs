//! Letters of reviews.

use chrono::NaiveDate;

use crate::lang::Lang;
use crate::lang::format::date_long;
use crate::mail::{Body, Letter, Link, Why};

/// Every letter that the room can cause.
#[derive(Clone, Debug)]
pub enum ReviewLetter {
    /// To a reviewer: applications wait for you. One for all that were given at once.
    Assigned {
        /// The reviewer.
        name: String,
        /// Cohort in both languages.
        cohort: (String, String),
        /// How many were given now.
        given: i64,
        /// Decisions are told by this day.
        decisions_on: NaiveDate,
    },
    /// To a reviewer: reviews still wait.
    Reminder {
        /// The reviewer.
        name: String,
        /// Cohort in both languages.
        cohort: (String, String),
        /// How many wait.
        open: i64,
        /// Decisions are told by this day.
        decisions_on: NaiveDate,
    },
    /// To whoever asked: a reviewer stepped back.
    Declined {
        /// The reader.
        name: String,
        /// The reviewer.
        reviewer: String,
        /// Reference of the application.
        reference: String,
        /// For an interest?
        interest: bool,
        /// The page of the application.
        path: String,
    },
}

impl Letter for ReviewLetter {
    fn kind(&self) -> &'static str {
        match self {
            Self::Assigned { .. } => "review_assigned",
            Self::Reminder { .. } => "review_reminder",
            Self::Declined { .. } => "review_declined",
        }
    }

    fn subject(&self, lang: Lang) -> String {
        match self {
            Self::Assigned { given, cohort, .. } => {
                lang.mail_review_assigned(*given, lang.pick(&cohort.0, &cohort.1))
            }
            Self::Reminder { open, cohort, .. } => {
                lang.mail_review_reminder(*open, lang.pick(&cohort.0, &cohort.1))
            }
            Self::Declined { reference, .. } => lang.mail_review_declined(reference),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        match self {
            Self::Assigned {
                name,
                cohort,
                given,
                decisions_on,
            } => Body::new()
                .greeting(lang.mail_dear(name))
                .para(lang.mail_review_assigned_text(*given))
                .fact(lang.desk_cohort(), lang.pick(&cohort.0, &cohort.1))
                .fact(lang.desk_decisions_on(), date_long(lang, *decisions_on))
                .button(lang.mail_review_open(), Link::path("/reviews"))
                .note(lang.mail_review_interest()),
            Self::Reminder {
                name,
                cohort,
                open,
                decisions_on,
            } => Body::new()
                .greeting(lang.mail_dear(name))
                .para(lang.mail_review_reminder_text(*open))
                .fact(lang.desk_cohort(), lang.pick(&cohort.0, &cohort.1))
                .fact(lang.desk_decisions_on(), date_long(lang, *decisions_on))
                .button(lang.mail_review_open(), Link::path("/reviews"))
                .note(lang.mail_review_interest()),
            Self::Declined {
                name,
                reviewer,
                reference,
                interest,
                path,
            } => Body::new()
                .greeting(lang.mail_dear(name))
                .para(if *interest {
                    lang.mail_review_declined_interest(reviewer, reference)
                } else {
                    lang.mail_review_declined_time(reviewer, reference)
                })
                .para(lang.mail_review_declined_next())
                .button(lang.mail_review_declined_open(), Link::path(path.clone())),
        }
    }

    fn why(&self) -> Why {
        match self {
            Self::Assigned { .. } | Self::Reminder { .. } => Why::Reviewer,
            Self::Declined { .. } => Why::Staff,
        }
    }
}
