//! A trainee's standing, number, certificate name, emergency contact and consents.
#![warn(clippy::wildcard_enum_match_arm)]

use std::fmt;
use std::str::FromStr;

use crate::applications::rules::form::{is_phone, pics_problem};
use crate::error::{FieldError, Refusal};
use crate::ids::PicsId;
use crate::lang::{Lang, Say, refusals, words};

words! {
    /// Where a trainee stands (`design.md` section 4).
    pub enum EnrolmentState {
        /// Has a seat; teaching has not begun for them.
        Enrolled = "enrolled" => enrolment_enrolled,
        /// Takes part.
        Active = "active" => enrolment_active,
        /// Completed, as confirmed by a coordinator.
        Completed = "completed" => enrolment_completed,
        /// Left.
        Withdrawn = "withdrawn" => enrolment_withdrawn,
        /// Ended without passing.
        Failed = "failed" => enrolment_failed,
        /// Pauses, with frozen targets; the seat went back.
        Deferred = "deferred" => enrolment_deferred,
        /// Kept from taking part for a while; the seat stays theirs.
        Suspended = "suspended" => enrolment_suspended,
    }
}

words! {
    /// What happens to an enrolment.
    pub enum EnrolmentEvent {
        /// Begins to take part.
        Activate = "activate" => enrolment_event_activate,
        /// A coordinator confirms that the completion rule is met.
        Complete = "complete" => enrolment_event_complete,
        /// A coordinator records that it cannot be met any more.
        Fail = "fail" => enrolment_event_fail,
        /// The trainee leaves.
        Withdraw = "withdraw" => enrolment_event_withdraw,
        /// The trainee pauses, and the seat goes back.
        Defer = "defer" => enrolment_event_defer,
        /// Staff keep the trainee from taking part.
        Suspend = "suspend" => enrolment_event_suspend,
        /// A suspension ends.
        Resume = "resume" => enrolment_event_resume,
        /// A deferred trainee comes back into a free seat of the same cohort. Once that is over they apply
        /// for a later one.
        Return = "return" => enrolment_event_return,
        /// A confirmed result is corrected, as after an appeal.
        Reopen = "reopen" => enrolment_event_reopen,
    }
}

refusals! {
    /// Why somebody cannot enrol.
    pub enum EnrolRefusal {
        /// The offer was not accepted, or its seat was given up.
        NotAccepted = "enrol_not_accepted" => enrol_refuse_not_accepted,
        /// There is an enrolment.
        Already = "enrol_already" => enrol_refuse_already,
        /// Nobody comes back into a cohort that is over.
        CohortOver = "enrol_cohort_over" => enrol_refuse_cohort_over,
    }
}

/// A step that the enrolment's state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepRefused {
    /// The state it is in.
    pub state: EnrolmentState,
    /// The step that was tried.
    pub event: EnrolmentEvent,
}

impl Say for StepRefused {
    fn say(&self, lang: Lang) -> String {
        lang.enrolment_step_refused(self.state.label(lang), self.event.label(lang))
    }
}

impl Refusal for StepRefused {
    fn code(&self) -> &'static str {
        "enrolment_step_refused"
    }
}

/// The state after `event`. Leaving is final: who withdrew applies again.
#[rustfmt::skip]
pub fn next(state: EnrolmentState, event: EnrolmentEvent) -> Result<EnrolmentState, StepRefused> {
    use EnrolmentEvent as E;
    use EnrolmentState as S;
    match (state, event) {
        (S::Enrolled, E::Activate) | (S::Suspended, E::Resume)
        | (S::Completed | S::Failed, E::Reopen) => Ok(S::Active),
        (S::Active, E::Complete) => Ok(S::Completed),
        (S::Active | S::Suspended, E::Fail) => Ok(S::Failed),
        (S::Enrolled | S::Active | S::Suspended | S::Deferred, E::Withdraw) => Ok(S::Withdrawn),
        (S::Enrolled | S::Active | S::Suspended, E::Defer) => Ok(S::Deferred),
        (S::Active, E::Suspend) => Ok(S::Suspended),
        (S::Deferred, E::Return) => Ok(S::Enrolled),

        (S::Enrolled, E::Complete | E::Fail | E::Suspend | E::Resume | E::Return | E::Reopen)
        | (S::Active, E::Activate | E::Resume | E::Return | E::Reopen)
        | (S::Suspended, E::Activate | E::Complete | E::Suspend | E::Return | E::Reopen)
        | (S::Deferred, E::Activate | E::Complete | E::Fail | E::Defer | E::Suspend | E::Resume
            | E::Reopen)
        | (S::Completed | S::Failed, E::Activate | E::Complete | E::Fail | E::Withdraw | E::Defer
            | E::Suspend | E::Resume | E::Return)
        | (S::Withdrawn, E::Activate | E::Complete | E::Fail | E::Withdraw | E::Defer | E::Suspend
            | E::Resume | E::Return | E::Reopen) => Err(StepRefused { state, event }),
    }
}

/// Does a trainee in this state hold a seat of the cohort's pool? When a step takes this from true
/// to false, the seat goes back to its pool in the same transaction.
pub fn holds_seat(state: EnrolmentState) -> bool {
    match state {
        EnrolmentState::Enrolled
        | EnrolmentState::Active
        | EnrolmentState::Suspended
        | EnrolmentState::Completed
        | EnrolmentState::Failed => true,
        EnrolmentState::Withdrawn | EnrolmentState::Deferred => false,
    }
}

/// A trainee's number, `T2027-0001`: the cohort's year and a sequence within that year. It stands
/// where other systems would ask for an identity-card number, and says nothing about the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraineeNumber {
    year: u16,
    sequence: u32,
}

impl TraineeNumber {
    /// The number; `None` unless the year has four digits and the sequence is 1 to 999,999.
    pub fn new(year: u16, sequence: u32) -> Option<Self> {
        ((1_000..=9_999).contains(&year) && (1..=999_999).contains(&sequence))
            .then_some(Self { year, sequence })
    }

    /// The one after it in the same year, if there is one.
    pub fn following(self) -> Option<Self> {
        Self::new(self.year, self.sequence.checked_add(1)?)
    }
}

impl fmt::Display for TraineeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T{}-{:04}", self.year, self.sequence)
    }
}

/// A text that is not a trainee's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a trainee number")]
pub struct NotATraineeNumber;

impl FromStr for TraineeNumber {
    type Err = NotATraineeNumber;

    /// Reads exactly what is written: other spellings of the same number are refused.
    fn from_str(text: &str) -> Result<Self, NotATraineeNumber> {
        let parse = || {
            let (year, sequence) = text.strip_prefix('T')?.split_once('-')?;
            let number = Self::new(year.parse().ok()?, sequence.parse().ok()?)?;
            (number.to_string() == text).then_some(number)
        };
        parse().ok_or(NotATraineeNumber)
    }
}

/// Most characters of a name on a certificate or of a contact.
pub const NAME_MOST: usize = 120;
/// Most characters of a relationship.
pub const RELATIONSHIP_MOST: usize = 60;

/// A control character, or an invisible one that turns the direction of the text around it: with
/// those a printed or shown name could read as another.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// The name as the certificate will carry it, trimmed: 1 to 120 characters of any script (counted
/// as characters, so rare Hong Kong characters count once), nothing hidden.
pub fn certificate_name(text: &str) -> Result<String, FieldError> {
    let field = "certificate_name";
    let name = text.trim();
    if name.is_empty() {
        Err(FieldError::new(field, "required", |lang| {
            lang.need_certificate_name().to_owned()
        }))
    } else if name.chars().count() > NAME_MOST {
        Err(FieldError::new(field, "too_long", |lang| {
            lang.certificate_name_long(NAME_MOST)
        }))
    } else if name.chars().any(is_hidden) {
        Err(FieldError::new(field, "characters", |lang| {
            lang.certificate_name_characters().to_owned()
        }))
    } else {
        Ok(name.to_owned())
    }
}

/// Whom to call in an emergency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmergencyContact {
    /// Name.
    pub name: String,
    /// How they are related to the trainee.
    pub relationship: String,
    /// Telephone in E.164 form.
    pub phone: String,
}

/// What a person gives to enrol.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnrolmentForm {
    /// The name for the certificate.
    pub certificate_name: String,
    /// Whom to call.
    pub contact: EmergencyContact,
    /// The version of the PICS that was accepted.
    pub accepted_pics: Option<PicsId>,
    /// The trainee agreement is accepted.
    pub accepts_agreement: bool,
    /// Photographs may be used; free to say no.
    pub allows_photographs: bool,
}

/// May the form be taken? Every problem otherwise. Required are the PICS in force and the trainee
/// agreement; photographs are a free choice.
pub fn check_form(form: &EnrolmentForm, pics_in_force: PicsId) -> Result<(), Vec<FieldError>> {
    let mut problems = Vec::new();
    problems.extend(certificate_name(&form.certificate_name).err());
    problems.extend(contact_problems(&form.contact));
    problems.extend(pics_problem(form.accepted_pics, pics_in_force));
    if !form.accepts_agreement {
        problems.push(FieldError::new("accepts_agreement", "required", |lang| {
            lang.need_agreement().to_owned()
        }));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// What is wrong with an emergency contact: all three fields are needed, for in an emergency
/// nobody has time to ask.
pub fn contact_problems(contact: &EmergencyContact) -> Vec<FieldError> {
    type Text = fn(Lang) -> &'static str;
    let texts: [(&str, &str, usize, Text); 2] = [
        (
            "contact_name",
            &contact.name,
            NAME_MOST,
            Lang::need_contact_name,
        ),
        (
            "contact_relationship",
            &contact.relationship,
            RELATIONSHIP_MOST,
            Lang::need_contact_relationship,
        ),
    ];
    let mut problems = Vec::new();
    for (field, value, most, text) in texts {
        let length = value.trim().chars().count();
        if length == 0 || value.chars().any(char::is_control) {
            problems.push(FieldError::new(field, "required", |lang| {
                text(lang).to_owned()
            }));
        } else if length > most {
            problems.push(FieldError::new(field, "too_long", |lang| {
                lang.contact_too_long(most)
            }));
        }
    }
    if !is_phone(&contact.phone) {
        problems.push(FieldError::new("contact_phone", "phone", |lang| {
            lang.need_phone().to_owned()
        }));
    }
    problems
}
