//! What applicants are told of decisions and offers, each in their own language.

use chrono::{DateTime, NaiveDate, Utc};

use crate::cohorts::queries::{Cohort, PoolRow};
use crate::ids::{ApplicationId, LinkId, OfferId};
use crate::lang::Lang;
use crate::lang::format;
use crate::mail::{Body, Letter, Link, Why};

/// What every one of these letters names: the reader, the cohort and the application.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The reader's name.
    pub name: String,
    /// The cohort's name, English first.
    pub cohort: (String, String),
    /// The application's reference.
    pub reference: String,
    /// The application, where the reader can see where it stands.
    pub application: ApplicationId,
}

/// What an offer says.
#[derive(Clone, Debug)]
pub struct OfferFacts {
    /// The organisation that holds the seat for its own people; none for an open seat. Only those
    /// people ever read it.
    pub held_for: Option<(String, String)>,
    /// The deadline.
    pub expires_at: DateTime<Utc>,
    /// Teaching begins.
    pub starts_on: NaiveDate,
    /// The private link at which it is answered.
    pub link: LinkId,
}

impl OfferFacts {
    /// Of an offer of this cohort from this pool.
    #[must_use]
    pub fn new(cohort: &Cohort, pool: &PoolRow, expires_at: DateTime<Utc>, link: LinkId) -> Self {
        let names = pool
            .organisation_en
            .clone()
            .zip(pool.organisation_zh.clone());
        Self {
            held_for: names,
            expires_at,
            starts_on: cohort.starts_on,
            link,
        }
    }
}

/// The letters.
#[derive(Clone, Debug)]
pub enum Told {
    /// A seat is offered by a release.
    Offered(OfferFacts),
    /// A seat became free for somebody who waited.
    Promoted(OfferFacts),
    /// The offer has not been answered and its deadline is near.
    Reminder(OfferFacts),
    /// The deadline was moved.
    Extended(OfferFacts),
    /// A place on the waitlist.
    Waitlisted {
        /// 1 for the next.
        position: usize,
    },
    /// Not selected.
    Rejected,
    /// Not eligible.
    Ineligible {
        /// Why, in the staff's words.
        reason: Option<String>,
    },
    /// The offer was accepted; enrolment is the next step.
    Accepted {
        /// The offer.
        offer: OfferId,
    },
    /// The offer was declined.
    Declined,
    /// Nobody answered in time.
    Expired,
    /// The programme took the offer back.
    Withdrawn {
        /// Why, in the staff's words.
        reason: Option<String>,
    },
    /// The applicant took the application back, with any offer.
    ApplicationWithdrawn,
}

/// A letter about an application.
#[derive(Clone, Debug)]
pub struct OfferLetter {
    /// Whom and what it names.
    pub setting: Setting,
    /// What it tells.
    pub told: Told,
}

impl Told {
    /// A stable name for the outbox.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Offered(_) => "offer_made",
            Self::Promoted(_) => "offer_promoted",
            Self::Reminder(_) => "offer_reminder",
            Self::Extended(_) => "offer_extended",
            Self::Waitlisted { .. } => "decision_waitlisted",
            Self::Rejected => "decision_rejected",
            Self::Ineligible { .. } => "decision_ineligible",
            Self::Accepted { .. } => "offer_accepted",
            Self::Declined => "offer_declined",
            Self::Expired => "offer_expired",
            Self::Withdrawn { .. } => "offer_withdrawn",
            Self::ApplicationWithdrawn => "application_withdrawn",
        }
    }
}

impl Letter for OfferLetter {
    fn kind(&self) -> &'static str {
        self.told.kind()
    }

    fn why(&self) -> Why {
        Why::Applicant
    }

    fn subject(&self, lang: Lang) -> String {
        let cohort = lang.pick(&self.setting.cohort.0, &self.setting.cohort.1);
        match &self.told {
            Told::Offered(_) => lang.letter_offered_subject(cohort),
            Told::Promoted(_) => lang.letter_promoted_subject(cohort),
            Told::Reminder(offer) => {
                lang.letter_reminder_subject(&format::deadline(lang, offer.expires_at))
            }
            Told::Extended(offer) => {
                lang.letter_extended_subject(&format::deadline(lang, offer.expires_at))
            }
            Told::Waitlisted { .. } => lang.letter_waitlisted_subject(cohort),
            Told::Rejected | Told::Ineligible { .. } => lang.letter_result_subject(cohort),
            Told::Accepted { .. } => lang.letter_accepted_subject(cohort),
            Told::Declined => lang.letter_declined_subject(cohort),
            Told::Expired => lang.letter_expired_subject(cohort),
            Told::Withdrawn { .. } => lang.letter_withdrawn_subject(cohort),
            Told::ApplicationWithdrawn => lang.letter_application_withdrawn_subject(cohort),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let cohort = lang.pick(&self.setting.cohort.0, &self.setting.cohort.1);
        let body = Body::new().greeting(lang.mail_dear(&self.setting.name));
        match &self.told {
            Told::Offered(offer) => self.offer(body.para(lang.letter_offered(cohort)), lang, offer),
            Told::Promoted(offer) => {
                self.offer(body.para(lang.letter_promoted(cohort)), lang, offer)
            }
            Told::Reminder(offer) => {
                self.offer(body.para(lang.letter_reminder(cohort)), lang, offer)
            }
            Told::Extended(offer) => {
                self.offer(body.para(lang.letter_extended(cohort)), lang, offer)
            }
            Told::Waitlisted { position } => self.status(
                body.para(lang.letter_waitlisted(cohort))
                    .fact(lang.letter_position(), position.to_string()),
                lang,
            ),
            Told::Rejected => self.status(body.para(lang.letter_rejected(cohort)), lang),
            Told::Ineligible { reason } => {
                let body = body.para(lang.letter_ineligible(cohort));
                self.status(because(body, reason.as_deref()), lang)
            }
            Told::Accepted { offer } => self
                .named(body.para(lang.letter_accepted(cohort)), lang)
                .button(
                    lang.letter_enrol_button(),
                    Link::path(format!("/me/enrol/{offer}")),
                ),
            Told::Declined => self.status(body.para(lang.letter_declined(cohort)), lang),
            Told::Expired => self.status(body.para(lang.letter_expired(cohort)), lang),
            Told::Withdrawn { reason } => {
                let body = body.para(lang.letter_withdrawn(cohort));
                self.status(because(body, reason.as_deref()), lang)
            }
            Told::ApplicationWithdrawn => {
                self.status(body.para(lang.letter_application_withdrawn(cohort)), lang)
            }
        }
    }
}

fn because(body: Body, reason: Option<&str>) -> Body {
    match reason {
        Some(reason) => body.quote(reason),
        None => body,
    }
}

impl OfferLetter {
    fn named(&self, body: Body, lang: Lang) -> Body {
        body.fact(lang.letter_reference(), &self.setting.reference)
    }

    fn status(&self, body: Body, lang: Lang) -> Body {
        let path = format!("/me/applications/{}", self.setting.application);
        self.named(body, lang)
            .button(lang.letter_status_button(), Link::path(path))
    }

    fn offer(&self, body: Body, lang: Lang, offer: &OfferFacts) -> Body {
        let body = match &offer.held_for {
            Some((en, zh)) => body.para(lang.letter_held_for(lang.pick(en, zh))),
            None => body,
        };
        self.named(
            body.fact(
                lang.letter_answer_by(),
                format::deadline(lang, offer.expires_at),
            )
            .fact(
                lang.letter_starts_on(),
                format::date_long(lang, offer.starts_on),
            ),
            lang,
        )
        .button(
            lang.letter_answer_button(),
            Link::private("offer", offer.link),
        )
        .note(lang.letter_offer_note())
    }
}
