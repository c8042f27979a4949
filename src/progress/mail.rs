//! What trainees are told about completion and pauses in learning.

use chrono::NaiveDate;

use crate::access::CohortStaff;
use crate::cohorts::queries as cohorts;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{EnrolmentId, PersonId};
use crate::lang::Lang;
use crate::lang::format::date_long;
use crate::mail::outbox::{self, Occasion, Queued};
use crate::mail::{Body, Letter, Link, Why};
use crate::people::accounts;
use crate::programmes;

use super::rules::breaks::{BreakKind, Span};

/// What a letter tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Completed, as confirmed on this day.
    Completed(NaiveDate),
    /// The confirmation was revoked, for this reason.
    Revoked(String),
    /// Ended without completion, for this reason.
    Failed(String),
    /// Open again, for this reason.
    Reopened(String),
    /// A pause is granted, with what the office says.
    Granted(BreakKind, Span, String),
    /// The office has entered one, for this reason.
    Entered(BreakKind, Span, String),
    /// It is not.
    Refused(BreakKind, String),
    /// The trainee takes part again from this day.
    Returned(NaiveDate),
}

/// A letter about completion.
#[derive(Clone, Debug)]
pub struct ProgressLetter {
    /// The reader's name.
    pub name: String,
    /// The cohort's name, English first.
    pub cohort: (String, String),
    /// What it tells.
    pub told: Told,
}

impl Letter for ProgressLetter {
    fn kind(&self) -> &'static str {
        match &self.told {
            Told::Completed(_) => "completion_confirmed",
            Told::Revoked(_) => "completion_revoked",
            Told::Failed(_) => "completion_failed",
            Told::Reopened(_) => "enrolment_reopened",
            Told::Granted(..) => "break_granted",
            Told::Entered(..) => "break_entered",
            Told::Refused(..) => "break_refused",
            Told::Returned(_) => "break_returned",
        }
    }

    fn why(&self) -> Why {
        Why::Trainee
    }

    fn subject(&self, lang: Lang) -> String {
        let cohort = lang.pick(&self.cohort.0, &self.cohort.1);
        match &self.told {
            Told::Completed(_) => lang.letter_completed_subject(cohort),
            Told::Revoked(_) => lang.letter_revoked_subject(cohort),
            Told::Failed(_) => lang.letter_failed_subject(cohort),
            Told::Reopened(_) => lang.letter_reopened_subject(cohort),
            Told::Granted(kind, ..) => lang.letter_break_granted_subject(kind.label(lang)),
            Told::Entered(kind, ..) => lang.letter_break_entered_subject(kind.label(lang), cohort),
            Told::Refused(kind, _) => lang.letter_break_refused_subject(kind.label(lang)),
            Told::Returned(_) => lang.letter_returned_subject(cohort),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let cohort = lang.pick(&self.cohort.0, &self.cohort.1);
        let body = Body::new().greeting(lang.mail_dear(&self.name));
        let body = match &self.told {
            Told::Completed(on) => body
                .para(lang.letter_completed(cohort))
                .fact(lang.progress_confirmed_on(), date_long(lang, *on)),
            Told::Revoked(reason) => body.para(lang.letter_revoked(cohort)).quote(reason),
            Told::Failed(reason) => body.para(lang.letter_failed(cohort)).quote(reason),
            Told::Reopened(reason) => body.para(lang.letter_reopened(cohort)).quote(reason),
            Told::Granted(kind, span, answer) => {
                let what = match kind {
                    BreakKind::Break => lang.letter_break_granted(cohort),
                    BreakKind::Deferral => lang.letter_deferral_granted(cohort),
                };
                let body = body
                    .para(what)
                    .fact(lang.progress_from(), date_long(lang, span.from))
                    .fact(lang.progress_to(), date_long(lang, span.to));
                body.para(lang.letter_break_frozen()).quote(answer)
            }
            Told::Entered(kind, span, reason) => {
                let what = match kind {
                    BreakKind::Break => lang.letter_break_entered(cohort),
                    BreakKind::Deferral => lang.letter_deferral_entered(cohort),
                };
                body.para(what)
                    .fact(lang.progress_from(), date_long(lang, span.from))
                    .fact(lang.progress_to(), date_long(lang, span.to))
                    .para(lang.letter_break_entered_frozen())
                    .quote(reason)
            }
            Told::Refused(kind, answer) => body
                .para(lang.letter_break_refused(kind.label(lang), cohort))
                .quote(answer),
            Told::Returned(on) => body
                .para(lang.letter_returned(cohort))
                .fact(lang.progress_back_on(), date_long(lang, *on)),
        };
        body.button(lang.letter_progress_button(), Link::path("/me/progress"))
    }
}

/// Queues a letter to a trainee of this cohort; `key` makes it one.
///
/// # Errors
/// The database's.
pub(super) fn tell(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    whom: (PersonId, EnrolmentId),
    told: &Told,
    key: &str,
) -> Result<()> {
    tell_all(conn, staff, told, &[(whom, key.to_owned())])
}

/// Tells many trainees of this cohort the same, each by a letter of their own with its key.
///
/// # Errors
/// The database's.
pub(super) fn tell_all(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    told: &Told,
    whom: &[((PersonId, EnrolmentId), String)],
) -> Result<()> {
    let people: Vec<PersonId> = whom.iter().map(|((person, _), _)| *person).collect();
    let addresses = accounts::recipients(conn, &people)?;
    let cohort = cohorts::find(conn, staff)?;
    let programme_name = programmes::queries::name(conn, staff.programme())?.pair();
    let mut letters = Vec::new();
    for ((person, enrolment), key) in whom {
        let to = addresses.get(person).ok_or(Error::NotFound)?;
        let letter = ProgressLetter {
            name: to.name.clone(),
            cohort: (cohort.name_en.clone(), cohort.name_zh.clone()),
            told: told.clone(),
        };
        let occasion = Occasion {
            subject: Some(enrolment.0),
            programme: Some(staff.programme()),
            programme_name: programme_name.clone(),
        };
        let key = format!("{}:{key}", letter.kind());
        letters.push((to, letter, occasion, key));
    }
    let queued: Vec<Queued<'_>> = letters
        .iter()
        .map(|(to, letter, occasion, key)| Queued {
            to,
            letter,
            occasion,
            dedupe_key: key.clone(),
        })
        .collect();
    outbox::put_all(conn, &queued)
}
