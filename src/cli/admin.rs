//! `banyan admin`: the way into an empty house.

use clap::Subcommand;
use diesel::sql_types::Uuid as SqlUuid;
use diesel::{OptionalExtension as _, QueryableByName, RunQueryDsl as _};

use crate::access;
use crate::db::{Acting, Actor, Role, Task, sql_query};
use crate::error::{Error, Result};
use crate::house::House;
use crate::ids::{GrantId, PersonId};
use crate::lang::{Lang, Say as _};
use crate::people::role_actions::invite_administrator;
use crate::people::rules::{Email, Names};
use crate::programmes::actions::{ProgrammeDetails, create_programme};

use super::say;

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
    /// Make a programme, in the name of the longest-serving administrator.
    ///
    /// A new house has none; coordinators are invited to one. Everything else about it is edited on its
    /// page.
    Programme {
        /// Code: capital letters, digits and hyphens, such as AITP.
        code: String,
        /// English name.
        #[arg(long)]
        name_en: String,
        /// Chinese name.
        #[arg(long)]
        name_zh: String,
        /// Address for questions, shown to the public.
        #[arg(long)]
        contact: String,
    },
    /// Hold the queue of letters: before the first start after a restore that `banyan restore` has not
    /// made, such as one to a moment.
    HoldMail,
    /// Let the letters go that have been held since a restore.
    ///
    /// Prints how many wait. Those that were queued before the hold had probably been sent before the
    /// house was lost: say whether they are to be sent (again) or cancelled. Those queued since are
    /// sent either way.
    #[command(group = clap::ArgGroup::new("what"))]
    ReleaseMail {
        /// Send what was queued before the hold.
        #[arg(long, group = "what")]
        send_queued: bool,
        /// Cancel what was queued before the hold.
        #[arg(long, group = "what")]
        cancel_queued: bool,
    },
}

/// Runs it.
pub(super) fn run(house: &House, command: &Admin) -> Result<()> {
    match command {
        Admin::HoldMail => hold_mail(house),
        Admin::ReleaseMail {
            send_queued,
            cancel_queued,
        } => release_mail(house, *send_queued, *cancel_queued),
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
            say(&link);
            Ok(())
        }
        Admin::Programme {
            code,
            name_en,
            name_zh,
            contact,
        } => {
            let details = ProgrammeDetails {
                name_en: name_en.clone(),
                name_zh: name_zh.clone(),
                summary_en: String::new(),
                summary_zh: String::new(),
                status: "planned".to_owned(),
                contact_email: contact.clone(),
            };
            let administrator = administrator(house)?;
            house.site.db.tx(&administrator, |conn| {
                let desk = access::desk(conn)?;
                create_programme(conn, &desk, code, &details)
            })?;
            say(&format!(
                "Made {code}. Its page: {}/programme",
                house.site.config.public_url
            ));
            Ok(())
        }
    }
}

fn hold_mail(house: &House) -> Result<()> {
    house.hold_mail()?;
    say("Letters are held until `banyan admin release-mail`.");
    Ok(())
}

fn release_mail(house: &House, send: bool, cancel: bool) -> Result<()> {
    let mail = house.held_mail()?;
    let Some(held_at) = mail.held_at else {
        say("Letters are not held.");
        return Ok(());
    };
    say(&format!(
        "Held since {held_at}: {} letters queued before that, {} since.",
        mail.before, mail.since
    ));
    if mail.before > 0 && !send && !cancel {
        return Err(Error::Internal(
            "say what becomes of those queued before the hold: --send-queued or --cancel-queued"
                .to_owned(),
        ));
    }
    house.release_mail(cancel)?;
    say("Released.");
    Ok(())
}

#[derive(QueryableByName)]
struct Administrator {
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
    #[diesel(sql_type = SqlUuid)]
    id: GrantId,
}

/// The longest-serving administrator of the whole house, as an actor.
fn administrator(house: &House) -> Result<Actor> {
    let found: Option<Administrator> =
        house.site.db.read(&Actor::System(Task::Session), |conn| {
            Ok(sql_query(
                "SELECT g.person_id, g.id FROM role_grants g JOIN people p ON p.id = g.person_id \
             WHERE g.role = 'administrator' AND g.programme_id IS NULL AND g.revoked_at IS NULL \
               AND p.disabled_at IS NULL ORDER BY g.id LIMIT 1",
            )
            .get_result(conn.pg())
            .optional()?)
        })?;
    let found = found.ok_or_else(|| {
        Error::Internal("there is no administrator yet: `banyan admin invite` makes one".to_owned())
    })?;
    Ok(Actor::Person(Acting {
        person: found.person_id,
        role: Role::Administrator,
        grant: Some(found.id),
        organisations: Vec::new(),
        programmes: Vec::new(),
    }))
}
