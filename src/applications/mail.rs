//! The letters that an application causes.

use chrono::{DateTime, Utc};

use crate::ids::ApplicationId;
use crate::lang::{Lang, format};
use crate::mail::{Body, Letter, Link, Why};

/// What an applicant is told about their application.
#[derive(Clone, Debug)]
pub struct ApplicationLetter {
    /// Which letter.
    pub kind: Kind,
    /// The application.
    pub application: ApplicationId,
    /// Its reference.
    pub reference: String,
    /// The reader's name.
    pub name: String,
    /// The cohort's name, English and Chinese.
    pub cohort: (String, String),
    /// The call's deadline.
    pub closes_at: DateTime<Utc>,
}

/// Which letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The application is in.
    Received,
    /// It is a draft still, and the call closes soon.
    Reminder,
}

impl Letter for ApplicationLetter {
    fn kind(&self) -> &'static str {
        match self.kind {
            Kind::Received => "application_received",
            Kind::Reminder => "application_reminder",
        }
    }

    fn subject(&self, lang: Lang) -> String {
        let cohort = lang.pick(&self.cohort.0, &self.cohort.1);
        match self.kind {
            Kind::Received => lang.apply_mail_received_subject(&self.reference),
            Kind::Reminder => lang.apply_mail_reminder_subject(cohort),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let cohort = lang.pick(&self.cohort.0, &self.cohort.1);
        let page = Link::path(format!("/me/applications/{}", self.application));
        let body = Body::new().greeting(lang.apply_mail_greeting(&self.name));
        match self.kind {
            Kind::Received => body
                .para(lang.apply_mail_received(cohort))
                .fact(lang.apply_reference(), &self.reference)
                .fact(
                    lang.apply_deadline(),
                    format::deadline(lang, self.closes_at),
                )
                .para(lang.apply_mail_received_next())
                .button(lang.apply_mail_see(), page),
            Kind::Reminder => body
                .para(lang.apply_mail_reminder(cohort))
                .fact(
                    lang.apply_deadline(),
                    format::deadline(lang, self.closes_at),
                )
                .button(lang.apply_mail_go_on(), page)
                .note(lang.apply_mail_reminder_note()),
        }
    }

    fn why(&self) -> Why {
        Why::Applicant
    }
}
