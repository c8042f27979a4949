//! Every letter that accounts and roles cause.

use chrono::{DateTime, Utc};

use crate::db::{Conn, Role};
use crate::error::Result;
use crate::ids::{LinkId, PersonId};
use crate::lang::{Lang, format};
use crate::mail::outbox::{self, Occasion, Recipient};
use crate::mail::{Body, Letter, Link, Why};

use super::accounts;

/// A letter of the room of people.
#[derive(Clone, Debug)]
pub enum PeopleLetter {
    /// Confirm the address of a new account.
    Confirm {
        /// The reader's name.
        name: String,
        /// Its link.
        link: LinkId,
    },
    /// Somebody signed up with an address that has an account.
    AlreadyKnown {
        /// The reader's name.
        name: String,
        /// A link to sign in.
        link: LinkId,
    },
    /// A link to sign in once.
    SignInLink {
        /// The reader's name.
        name: String,
        /// The link.
        link: LinkId,
        /// Until when it opens.
        until: DateTime<Utc>,
    },
    /// A link to choose a new password.
    Reset {
        /// The reader's name.
        name: String,
        /// The link.
        link: LinkId,
        /// Until when it opens.
        until: DateTime<Utc>,
    },
    /// An invitation to a role.
    Invitation {
        /// The reader's name.
        name: String,
        /// The link.
        link: LinkId,
        /// The role.
        role: Role,
        /// The programme in both languages; empty for the whole house.
        programme: (String, String),
        /// The organisation for which the role is held.
        organisation: Option<(String, String)>,
        /// Who invites.
        from: String,
        /// Until when the link opens.
        until: DateTime<Utc>,
    },
    /// Somebody signed in with the password on a device not seen before.
    NewDevice {
        /// The reader's name.
        name: String,
        /// The browser, in a few words.
        device: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// The password was set or changed.
    PasswordChanged {
        /// The reader's name.
        name: String,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Letter for PeopleLetter {
    fn kind(&self) -> &'static str {
        match self {
            Self::Confirm { .. } => "confirm",
            Self::AlreadyKnown { .. } => "already_known",
            Self::SignInLink { .. } => "sign_in_link",
            Self::Reset { .. } => "reset",
            Self::Invitation { .. } => "invitation",
            Self::NewDevice { .. } => "new_device",
            Self::PasswordChanged { .. } => "password_changed",
        }
    }

    fn subject(&self, lang: Lang) -> String {
        match self {
            Self::Confirm { .. } => lang.people_mail_confirm_subject().to_owned(),
            Self::AlreadyKnown { .. } => lang.people_mail_known_subject().to_owned(),
            Self::SignInLink { .. } => lang.people_mail_link_subject().to_owned(),
            Self::Reset { .. } => lang.people_mail_reset_subject().to_owned(),
            Self::Invitation { role, .. } => lang.people_mail_invite_subject(lang.role(*role)),
            Self::NewDevice { .. } => lang.people_mail_device_subject().to_owned(),
            Self::PasswordChanged { .. } => lang.people_mail_password_subject().to_owned(),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        match self {
            Self::Confirm { name, link } => Body::new()
                .greeting(lang.mail_dear(name))
                .para(lang.people_mail_confirm_text())
                .button(
                    lang.people_mail_confirm_button(),
                    Link::private("confirm", *link),
                )
                .note(lang.people_mail_not_you()),
            Self::AlreadyKnown { name, link } => Body::new()
                .greeting(lang.mail_dear(name))
                .para(lang.people_mail_known_text())
                .button(lang.sign_in(), Link::private("sign_in", *link))
                .note(lang.people_mail_not_you()),
            Self::SignInLink { name, link, until } => Body::new()
                .greeting(lang.mail_dear(name))
                .para(lang.people_mail_link_text())
                .button(lang.sign_in(), Link::private("sign_in", *link))
                .fact(
                    lang.people_mail_until_label(),
                    format::deadline(lang, *until),
                )
                .note(lang.people_mail_not_you()),
            Self::Reset { name, link, until } => Body::new()
                .greeting(lang.mail_dear(name))
                .para(lang.people_mail_reset_text())
                .button(
                    lang.people_mail_reset_button(),
                    Link::private("reset", *link),
                )
                .fact(
                    lang.people_mail_until_label(),
                    format::deadline(lang, *until),
                )
                .note(lang.people_mail_not_you()),
            Self::Invitation { .. } => self.invitation(lang),
            Self::NewDevice { name, device, at } => Body::new()
                .greeting(lang.mail_dear(name))
                .para(lang.people_mail_device_text())
                .fact(lang.people_device(), device)
                .fact(lang.people_mail_when(), format::deadline(lang, *at))
                .button(lang.people_account_title(), Link::path("/account"))
                .note(lang.people_mail_device_not_you()),
            Self::PasswordChanged { name, at } => Body::new()
                .greeting(lang.mail_dear(name))
                .para(lang.people_mail_password_text())
                .fact(lang.people_mail_when(), format::deadline(lang, *at))
                .button(lang.people_reset_title(), Link::path("/reset"))
                .note(lang.people_mail_password_not_you()),
        }
    }

    fn why(&self) -> Why {
        match self {
            Self::Confirm { .. }
            | Self::AlreadyKnown { .. }
            | Self::SignInLink { .. }
            | Self::Reset { .. } => Why::Request,
            Self::Invitation {
                role: Role::Reviewer,
                ..
            } => Why::Reviewer,
            Self::Invitation { role, .. } if role.needs_organisation() => Why::Partner,
            Self::Invitation { .. } => Why::Staff,
            Self::NewDevice { .. } | Self::PasswordChanged { .. } => Why::Account,
        }
    }
}

impl PeopleLetter {
    fn invitation(&self, lang: Lang) -> Body {
        let Self::Invitation {
            name,
            link,
            role,
            programme,
            organisation,
            from,
            until,
        } = self
        else {
            return Body::new();
        };
        let mut body = Body::new()
            .greeting(lang.mail_dear(name))
            .para(lang.people_mail_invite_text(from))
            .fact(lang.people_role(), lang.role(*role));
        let programme = lang.pick(&programme.0, &programme.1);
        if !programme.is_empty() {
            body = body.fact(lang.people_programme(), programme);
        }
        if let Some((en, zh)) = organisation {
            body = body.fact(lang.people_organisation(), lang.pick(en, zh));
        }
        body.fact(
            lang.people_mail_until_label(),
            format::deadline(lang, *until),
        )
        .button(
            lang.people_mail_invite_button(),
            Link::private("invite", *link),
        )
        .note(lang.people_mail_invite_note())
    }
}

/// Letters of the house name the house where others name a programme.
#[must_use]
pub fn of_the_house() -> Occasion {
    Occasion {
        subject: None,
        programme: None,
        programme_name: (
            Lang::En.app_name().to_owned(),
            Lang::Zh.app_name().to_owned(),
        ),
    }
}

/// Queues a letter of the house to a person.
///
/// # Errors
/// The database's; [`crate::error::Error::NotFound`] when there is no such person.
pub fn write(
    conn: &mut Conn<'_>,
    person: PersonId,
    occasion: &Occasion,
    dedupe_key: &str,
    letter: impl FnOnce(&Recipient) -> PeopleLetter,
) -> Result<()> {
    let to = accounts::recipient(conn, person)?;
    let letter = letter(&to);
    outbox::put(conn, &to, &letter, occasion, dedupe_key)
}
