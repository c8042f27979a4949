//! What trainees are told about their enrolment.

use chrono::NaiveDate;

use crate::ids::EnrolmentId;
use crate::lang::Lang;
use crate::lang::format;
use crate::mail::{Body, Letter, Link, Why};

/// What a letter tells.
#[derive(Clone, Debug)]
pub enum Told {
    /// Enrolled, with the trainee number.
    Enrolled {
        /// The number.
        number: String,
        /// The name that the certificate will carry.
        certificate_name: String,
        /// Teaching begins.
        starts_on: NaiveDate,
    },
    /// Left the programme.
    Left {
        /// Why, in the staff's words.
        reason: Option<String>,
    },
}

/// A letter about an enrolment.
#[derive(Clone, Debug)]
pub struct EnrolmentLetter {
    /// The reader's name.
    pub name: String,
    /// The cohort's name, English first.
    pub cohort: (String, String),
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// What it tells.
    pub told: Told,
}

impl Letter for EnrolmentLetter {
    fn kind(&self) -> &'static str {
        match &self.told {
            Told::Enrolled { .. } => "enrolment_confirmed",
            Told::Left { .. } => "enrolment_withdrawn",
        }
    }

    fn why(&self) -> Why {
        Why::Trainee
    }

    fn subject(&self, lang: Lang) -> String {
        let cohort = lang.pick(&self.cohort.0, &self.cohort.1);
        match &self.told {
            Told::Enrolled { .. } => lang.letter_enrolled_subject(cohort),
            Told::Left { .. } => lang.letter_left_subject(cohort),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let cohort = lang.pick(&self.cohort.0, &self.cohort.1);
        let body = Body::new().greeting(lang.mail_dear(&self.name));
        let page = Link::path(format!("/me/enrolments/{}", self.enrolment));
        match &self.told {
            Told::Enrolled {
                number,
                certificate_name,
                starts_on,
            } => body
                .para(lang.letter_enrolled(cohort))
                .fact(lang.enrol_number(), number)
                .fact(lang.enrol_certificate_name(), certificate_name)
                .fact(lang.letter_starts_on(), format::date_long(lang, *starts_on))
                .button(lang.letter_enrolment_button(), page),
            Told::Left { reason } => {
                let body = body.para(lang.letter_left(cohort));
                let body = match reason {
                    Some(reason) => body.quote(reason),
                    None => body,
                };
                body.button(lang.letter_enrolment_button(), page)
            }
        }
    }
}
