//! Letters of cohorts: a cohort is called off, seats held for an organisation were given back.

use crate::db::sql_query;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::db::{Conn, Task};
use crate::error::Result;
use crate::ids::{OrganisationId, PersonId};
use crate::lang::Lang;
use crate::mail::outbox::{self, Occasion};
use crate::mail::{Body, Letter, Link, Why};
use crate::people::accounts;

use super::queries::{Cohort, PoolRow};

/// Every letter that this room causes.
pub enum CohortLetter {
    /// To an applicant or trainee: the cohort will not take place.
    Cancelled {
        /// The reader's name.
        reader: String,
        /// The cohort's name, English first.
        cohort: (String, String),
    },
    /// To those who speak for an organisation: its hold is over.
    Released {
        /// The reader's name.
        reader: String,
        /// The cohort's name, English first.
        cohort: (String, String),
        /// The organisation's name, English first.
        organisation: (String, String),
        /// Seats given back.
        seats: i32,
        /// Seats that stay with its people: offered or taken.
        kept: i32,
    },
}

impl Letter for CohortLetter {
    fn kind(&self) -> &'static str {
        match self {
            Self::Cancelled { .. } => "cohort_cancelled",
            Self::Released { .. } => "hold_released",
        }
    }

    fn subject(&self, lang: Lang) -> String {
        match self {
            Self::Cancelled { cohort, .. } => {
                lang.cohorts_mail_cancelled_subject(lang.pick(&cohort.0, &cohort.1))
            }
            Self::Released { cohort, .. } => {
                lang.cohorts_mail_released_subject(lang.pick(&cohort.0, &cohort.1))
            }
        }
    }

    fn body(&self, lang: Lang) -> Body {
        match self {
            Self::Cancelled { reader, cohort } => Body::new()
                .greeting(lang.mail_dear(reader))
                .para(lang.cohorts_mail_cancelled(lang.pick(&cohort.0, &cohort.1)))
                .para(lang.cohorts_mail_cancelled_next())
                .button(lang.cohorts_mail_see_applications(), Link::path("/me")),
            Self::Released {
                reader,
                cohort,
                organisation,
                seats,
                kept,
            } => Body::new()
                .greeting(lang.mail_dear(reader))
                .para(lang.cohorts_mail_released(
                    i64::from(*seats),
                    lang.pick(&organisation.0, &organisation.1),
                ))
                .fact(lang.cohorts_mail_cohort(), lang.pick(&cohort.0, &cohort.1))
                .fact(lang.cohorts_mail_given_back(), seats.to_string())
                .fact(lang.cohorts_mail_kept(), kept.to_string())
                .para(lang.cohorts_mail_released_next())
                .button(
                    lang.cohorts_mail_see_organisation(),
                    Link::path("/organisation"),
                ),
        }
    }

    fn why(&self) -> Why {
        match self {
            Self::Cancelled { .. } => Why::Applicant,
            Self::Released { .. } => Why::Partner,
        }
    }
}

/// States of applications whose owners still expect something of the cohort.
pub const ALIVE: [&str; 7] = [
    "draft",
    "submitted",
    "under_review",
    "offered",
    "waitlisted",
    "enrolled",
    "deferred",
];

#[derive(QueryableByName)]
struct Reader {
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
}

fn occasion(conn: &mut Conn<'_>, cohort: &Cohort) -> Result<Occasion> {
    let name = crate::programmes::queries::name(conn, cohort.programme_id)?;
    Ok(Occasion {
        subject: Some(cohort.id.0),
        programme: Some(cohort.programme_id),
        programme_name: name.pair(),
    })
}

/// Writes to everybody whose application to the cohort is alive.
pub(super) fn tell_cancelled(conn: &mut Conn<'_>, cohort: &Cohort) -> Result<()> {
    let occasion = occasion(conn, cohort)?;
    let alive: Vec<String> = ALIVE.iter().map(|word| (*word).to_owned()).collect();
    let readers: Vec<Reader> = sql_query(
        "SELECT DISTINCT person_id FROM applications WHERE cohort_id = $1 AND state = ANY ($2) ORDER BY person_id",
    )
    .bind::<SqlUuid, _>(cohort.id)
    .bind::<Array<Text>, _>(&alive)
    .load(conn.pg())?;
    for reader in readers {
        let to = accounts::recipient(conn, reader.person_id)?;
        let letter = CohortLetter::Cancelled {
            reader: to.name.clone(),
            cohort: (cohort.name_en.clone(), cohort.name_zh.clone()),
        };
        let key = format!("cohort_cancelled:{}:{}", cohort.id, reader.person_id);
        outbox::put(conn, &to, &letter, &occasion, &key)?;
    }
    Ok(())
}

/// Writes to those who speak for the organisation in this programme.
pub(super) fn tell_released(
    conn: &mut Conn<'_>,
    cohort: &Cohort,
    pool: &PoolRow,
    organisation: OrganisationId,
    seats: i32,
) -> Result<()> {
    let occasion = occasion(conn, cohort)?;
    let readers: Vec<Reader> = conn.elevate(Task::Accounts, |conn| {
        Ok(sql_query(
            "SELECT DISTINCT g.person_id FROM role_grants g JOIN people p ON p.id = g.person_id AND p.disabled_at IS NULL \
             WHERE g.organisation_id = $1 AND (g.programme_id IS NULL OR g.programme_id = $2) \
               AND g.role IN ('liaison', 'representative') AND g.revoked_at IS NULL \
               AND g.starts_on <= (SELECT banyan_today()) AND (g.ends_on IS NULL OR g.ends_on >= (SELECT banyan_today())) \
             ORDER BY g.person_id",
        )
        .bind::<SqlUuid, _>(organisation)
        .bind::<SqlUuid, _>(cohort.programme_id)
        .load(conn.pg())?)
    })?;
    for reader in readers {
        let to = accounts::recipient(conn, reader.person_id)?;
        let letter = CohortLetter::Released {
            reader: to.name.clone(),
            cohort: (cohort.name_en.clone(), cohort.name_zh.clone()),
            organisation: (
                pool.organisation_en.clone().unwrap_or_default(),
                pool.organisation_zh.clone().unwrap_or_default(),
            ),
            seats,
            kept: pool.offered + pool.taken,
        };
        let key = format!("hold_released:{}:{}", pool.id, reader.person_id);
        outbox::put(conn, &to, &letter, &occasion, &key)?;
    }
    Ok(())
}
