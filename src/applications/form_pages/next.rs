//! What an applicant does next once there is an offer: answer it, enrol, or go to the trainee's page.

use chrono::{DateTime, Utc};

use crate::lang::{Lang, format};

use super::super::form_queries::Outcomes;

/// The one thing to do, and until when.
pub(super) struct Next {
    pub href: String,
    pub label: &'static str,
    pub until: Option<String>,
    /// Does it wait for the applicant?
    pub now: bool,
}

/// Nothing, when the offer is over: the state's own words say what became of it.
pub(super) fn next(outcomes: &Outcomes, now: DateTime<Utc>, lang: Lang) -> Option<Next> {
    if let Some(id) = outcomes.enrolment_id {
        return Some(Next {
            href: format!("/me/enrolments/{id}"),
            label: lang.desk_me_trainee_page(),
            until: None,
            now: false,
        });
    }
    let offer = outcomes.offer_id?;
    match outcomes.offer_state.as_deref()? {
        "open" => outcomes
            .expires_at
            .filter(|expires| now < *expires)
            .map(|expires| Next {
                href: format!("/me/offers/{offer}"),
                label: lang.desk_me_answer(),
                until: Some(format::deadline(lang, expires)),
                now: true,
            }),
        "accepted" => Some(Next {
            href: format!("/me/enrol/{offer}"),
            label: lang.desk_me_enrol(),
            until: None,
            now: true,
        }),
        _ => None,
    }
}
