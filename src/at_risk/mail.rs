//! Letters about trainees at risk: to the trainee, when a coordinator wants it; to whoever is to look
//! after a case.

use chrono::NaiveDate;

use crate::ids::ProgrammeId;
use crate::lang::format::date;
use crate::lang::{Lang, Say as _};
use crate::mail::{Body, Letter, Link, Why};

use super::rules::{Reason, suggestion};

/// Every letter that this room causes.
#[derive(Clone, Debug)]
pub enum RiskLetter {
    /// To the trainee: what was noticed, and an offer of help.
    Trainee {
        /// The reader's name.
        name: String,
        /// What was found.
        reasons: Vec<Reason>,
        /// The coordinator's own words, if any.
        words: String,
        /// Where to write.
        contact: String,
    },
    /// To the owner of cases that have just become theirs.
    Owner {
        /// The reader's name.
        name: String,
        /// The programme.
        programme: ProgrammeId,
        /// The trainees' numbers: names stay in the house.
        numbers: Vec<String>,
        /// Until when.
        due_on: NaiveDate,
    },
}

impl Letter for RiskLetter {
    fn kind(&self) -> &'static str {
        match self {
            Self::Trainee { .. } => "risk_offer_help",
            Self::Owner { .. } => "risk_assigned",
        }
    }

    fn why(&self) -> Why {
        match self {
            Self::Trainee { .. } => Why::Trainee,
            Self::Owner { .. } => Why::Staff,
        }
    }

    fn subject(&self, lang: Lang) -> String {
        match self {
            Self::Trainee { .. } => lang.letter_risk_trainee_subject().to_owned(),
            Self::Owner { numbers, .. } => lang.letter_risk_owner_subject(numbers.len()),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        match self {
            Self::Trainee {
                name,
                reasons,
                words,
                contact,
            } => {
                let mut body = Body::new()
                    .greeting(lang.mail_dear(name))
                    .para(lang.letter_risk_trainee());
                for reason in reasons {
                    let help = suggestion(reason.code(), lang);
                    body = body.para(lang.letter_risk_reason(&reason.say(lang), help));
                }
                if !words.is_empty() {
                    body = body.quote(words);
                }
                body.para(lang.letter_risk_wrong(contact))
                    .button(lang.risk_own_title(), Link::path("/me/standing"))
            }
            Self::Owner {
                name,
                programme,
                numbers,
                due_on,
            } => Body::new()
                .greeting(lang.mail_dear(name))
                .para(lang.letter_risk_owner(numbers.len()))
                .fact(lang.risk_trainees(), numbers.join(lang.risk_comma()))
                .fact(lang.risk_due(), date(lang, *due_on))
                .button(
                    lang.risk_title(),
                    Link::path(format!("/programmes/{programme}/at-risk?owner=me")),
                ),
        }
    }
}
