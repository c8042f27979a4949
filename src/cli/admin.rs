//! `banyan admin`: the way into an empty house.

use std::io::Write as _;

use clap::Subcommand;

use crate::error::{Error, Result};
use crate::house::House;
use crate::lang::{Lang, Say as _};
use crate::people::role_actions::invite_administrator;
use crate::people::rules::{Email, Names};

/// What `banyan admin` can do.
#[derive(Subcommand)]
pub(super) enum Admin {
    /// Make somebody an administrator and print a link that lets them in.
    ///
    /// The account is made if there is none with this address; one that exists keeps its names. The
    /// link opens for 14 days and once: send it to that person only.
    Invite {
        /// E-mail address, such as ivy.lam@example.org.
        email: String,
        /// Name, in Latin letters or Chinese characters.
        #[arg(long)]
        name: String,
        /// Language: en or zh-Hant-HK.
        #[arg(long, default_value = "en")]
        lang: String,
    },
}

/// Runs it.
pub(super) fn run(house: &House, command: &Admin) -> Result<()> {
    match command {
        Admin::Invite { email, name, lang } => {
            let said = |text: String| Error::Internal(text);
            let lang =
                Lang::parse(lang).ok_or_else(|| said("--lang is en or zh-Hant-HK".to_owned()))?;
            let email = Email::parse(email).map_err(|fault| said(fault.say(Lang::En)))?;
            let (given, zh) = if name.is_ascii() {
                (name.as_str(), "")
            } else {
                ("", name.as_str())
            };
            let names = Names::new("", given, "", zh).map_err(|fault| said(fault.say(Lang::En)))?;
            if house.is_private() {
                house.migrate()?;
            }
            let link = invite_administrator(&house.site, &email, &names, lang)?;
            writeln!(std::io::stdout(), "{link}")?;
            Ok(())
        }
    }
}
