//! What trainees are told about an exemption.

use crate::ids::EnrolmentId;
use crate::lang::Lang;
use crate::mail::{Body, Letter, Link, Why};

use super::rules::exemption::Decision;

/// The letter about a decision.
#[derive(Clone, Debug)]
pub struct ExemptionLetter {
    /// The reader's name.
    pub name: String,
    /// The module's code.
    pub code: String,
    /// The module's name, English first.
    pub module: (String, String),
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// What was decided.
    pub decision: Decision,
    /// Why, in the office's words.
    pub reason: String,
}

impl Letter for ExemptionLetter {
    fn kind(&self) -> &'static str {
        match self.decision {
            Decision::Grant => "exemption_granted",
            Decision::Refuse => "exemption_refused",
        }
    }

    fn why(&self) -> Why {
        Why::Trainee
    }

    fn subject(&self, lang: Lang) -> String {
        match self.decision {
            Decision::Grant => lang.letter_exemption_granted_subject(&self.code),
            Decision::Refuse => lang.letter_exemption_refused_subject(&self.code),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let module = format!(
            "{} {}",
            self.code,
            lang.pick(&self.module.0, &self.module.1)
        );
        let body = Body::new().greeting(lang.mail_dear(&self.name));
        let body = match self.decision {
            Decision::Grant => body.para(lang.letter_exemption_granted(&module)),
            Decision::Refuse => body.para(lang.letter_exemption_refused(&module)),
        };
        let page = Link::path(format!("/me/enrolments/{}/exemptions", self.enrolment));
        body.quote(&self.reason)
            .button(lang.letter_exemption_button(), page)
    }
}
