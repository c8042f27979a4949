//! Giving and ending roles, disabling accounts.

use crate::db::sql_query;
use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{Desk, PersonStaff};
use crate::audit::{self, About};
use crate::db::{Actor, Conn, Role, Task};
use crate::error::{Error, Result};
use crate::ids::{GrantId, OrganisationId, PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::mail::outbox::Occasion;
use crate::web::Site;

use super::accounts::{self, NewPerson, Purpose};
use super::actions::link_url;
use super::events::PeopleEvent;
use super::knocks::fresh_link;
use super::mail::{PeopleLetter, of_the_house, write};
use super::role_queries::{self as queries, Held};
use super::rules::roles::{RoleRefusal, Standing, may_grant, needs_programme};
use super::rules::{Email, Names};
use super::sessions;

/// An invitation to a role.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Address.
    pub email: Email,
    /// Names, for an account that is new.
    pub names: Names,
    /// Language, for an account that is new.
    pub lang: Lang,
    /// The role.
    pub role: Role,
    /// The programme, where the role needs one.
    pub programme: Option<ProgrammeId>,
    /// The organisation, where the role is held for one.
    pub organisation: Option<OrganisationId>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
}

fn about(person: PersonId, programme: Option<ProgrammeId>) -> About {
    let about = About::new("person", person.0).of(person);
    match programme {
        Some(programme) => about.within(programme),
        None => about,
    }
}

/// Invites: an account if there is none, the role, and a letter with a link.
///
/// # Errors
/// [`RoleRefusal`]; [`Error::NotFound`] for a programme out of reach or an organisation that is not.
pub fn invite(
    conn: &mut Conn<'_>,
    desk: &Desk,
    from: &str,
    invitation: &Invitation,
) -> Result<PersonId> {
    let giver = conn.actor().role().ok_or(Error::SignIn)?;
    may_grant(giver, invitation.role)?;
    let programme = invitation
        .programme
        .filter(|_| needs_programme(invitation.role));
    match programme {
        Some(id) if !desk.programmes().contains(&id) => return Err(Error::NotFound),
        None if needs_programme(invitation.role) => return Err(Error::NotFound),
        Some(_) | None => {}
    }
    if invitation.organisation.is_some() != invitation.role.needs_organisation() {
        return Err(Error::NotFound);
    }
    let person = accounts::ensure(
        conn,
        &NewPerson {
            email: &invitation.email,
            names: &invitation.names,
            phone: None,
            lang: Some(invitation.lang),
            programme,
        },
    )?;
    refuse_disabled(conn, person)?;
    grant(conn, person, programme, invitation)?;
    audit::note(
        conn,
        about(person, programme),
        &PeopleEvent::RoleGranted(invitation.role),
    )?;
    let line = Line {
        role: invitation.role,
        programme,
        organisation: match invitation.organisation {
            Some(id) => Some(queries::organisation_name(conn, id)?),
            None => None,
        },
    };
    letter(conn, person, from, line)?;
    Ok(person)
}

#[derive(QueryableByName)]
struct Disabled {
    #[diesel(sql_type = Bool)]
    disabled: bool,
}

fn refuse_disabled(conn: &mut Conn<'_>, person: PersonId) -> Result<()> {
    let row: Disabled = conn.elevate(Task::Accounts, |conn| {
        Ok(
            sql_query("SELECT disabled_at IS NOT NULL AS disabled FROM people WHERE id = $1")
                .bind::<SqlUuid, _>(person)
                .get_result(conn.pg())?,
        )
    })?;
    if row.disabled {
        Err(RoleRefusal::Disabled.into())
    } else {
        Ok(())
    }
}

fn grant(
    conn: &mut Conn<'_>,
    person: PersonId,
    programme: Option<ProgrammeId>,
    invitation: &Invitation,
) -> Result<()> {
    // The same role whose last day has passed makes room for the new one.
    sql_query(
        "UPDATE role_grants SET revoked_at = banyan_now() WHERE person_id = $1 AND role = $2 \
           AND programme_id IS NOT DISTINCT FROM $3 AND organisation_id IS NOT DISTINCT FROM $4 \
           AND revoked_at IS NULL AND ends_on < banyan_today()",
    )
    .bind::<SqlUuid, _>(person)
    .bind::<Text, _>(invitation.role.as_str())
    .bind::<Nullable<SqlUuid>, _>(programme)
    .bind::<Nullable<SqlUuid>, _>(invitation.organisation)
    .execute(conn.pg())?;
    let given_by = conn.actor().person();
    let made = sql_query(
        "INSERT INTO role_grants (id, person_id, role, programme_id, organisation_id, starts_on, ends_on, granted_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(GrantId::new())
    .bind::<SqlUuid, _>(person)
    .bind::<Text, _>(invitation.role.as_str())
    .bind::<Nullable<SqlUuid>, _>(programme)
    .bind::<Nullable<SqlUuid>, _>(invitation.organisation)
    .bind::<Date, _>(invitation.starts_on)
    .bind::<Nullable<Date>, _>(invitation.ends_on)
    .bind::<Nullable<SqlUuid>, _>(given_by)
    .execute(conn.pg())?;
    if made == 1 {
        Ok(())
    } else {
        Err(RoleRefusal::Held.into())
    }
}

/// What an invitation's letter says of the role.
struct Line {
    role: Role,
    programme: Option<ProgrammeId>,
    organisation: Option<(String, String)>,
}

fn letter(conn: &mut Conn<'_>, person: PersonId, from: &str, line: Line) -> Result<()> {
    let (link, until) = fresh_link(conn, Purpose::Invite, person, None)?;
    let (occasion, name) = match line.programme {
        Some(id) => {
            let name = queries::programme_name(conn, id)?;
            let occasion = Occasion {
                subject: Some(person.0),
                programme: Some(id),
                programme_name: name.clone(),
            };
            (occasion, name)
        }
        None => (of_the_house(), (String::new(), String::new())),
    };
    write(
        conn,
        person,
        &occasion,
        &format!("invitation:{link}"),
        |to| PeopleLetter::Invitation {
            name: to.name.clone(),
            link,
            role: line.role,
            programme: name,
            organisation: line.organisation,
            from: from.to_owned(),
            until,
        },
    )
}

/// Sends the invitation to a person's newest living role again, with a new link.
///
/// # Errors
/// [`RoleRefusal::Ended`] when the person holds no role within reach.
pub fn invite_again(conn: &mut Conn<'_>, staff: &PersonStaff, from: &str) -> Result<()> {
    refuse_disabled(conn, staff.subject())?;
    let held = queries::held_by(conn, staff)?;
    let living = held
        .into_iter()
        .find(|grant| grant.standing() != Standing::Ended)
        .ok_or(RoleRefusal::Ended)?;
    let programme = living.programme_id;
    let line = Line {
        role: Role::parse(&living.role).ok_or(Error::NotFound)?,
        programme,
        organisation: living.organisation_en.zip(living.organisation_zh),
    };
    letter(conn, staff.subject(), from, line)?;
    audit::note(
        conn,
        about(staff.subject(), programme),
        &PeopleEvent::InvitedAgain,
    )
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Another administrator must stay. The rows are locked, so that two who end each other wait.
fn refuse_last_administrator(conn: &mut Conn<'_>, but: PersonId) -> Result<()> {
    let others: Count = conn.elevate(Task::Accounts, |conn| {
        sql_query("SELECT id FROM role_grants WHERE role = 'administrator' AND revoked_at IS NULL ORDER BY id FOR UPDATE")
            .execute(conn.pg())?;
        Ok(sql_query(
            "SELECT count(*) AS n FROM role_grants g JOIN people p ON p.id = g.person_id AND p.disabled_at IS NULL \
             WHERE g.role = 'administrator' AND g.revoked_at IS NULL AND g.person_id <> $1 \
               AND g.starts_on <= banyan_today() AND (g.ends_on IS NULL OR g.ends_on >= banyan_today())",
        )
        .bind::<SqlUuid, _>(but)
        .get_result(conn.pg())?)
    })?;
    if others.n == 0 {
        Err(RoleRefusal::LastAdministrator.into())
    } else {
        Ok(())
    }
}

/// May this role be ended by the one who acts?
///
/// # Errors
/// [`RoleRefusal`]; [`Error::NotFound`].
pub fn endable(conn: &mut Conn<'_>, staff: &PersonStaff, grant: GrantId) -> Result<Held> {
    let held = queries::one_held(conn, staff, grant)?;
    let role = Role::parse(&held.role).ok_or(Error::NotFound)?;
    may_grant(conn.actor().role().ok_or(Error::SignIn)?, role)?;
    if held.standing() == Standing::Ended {
        return Err(RoleRefusal::Ended.into());
    }
    Ok(held)
}

/// Ends a role at once: from the next request on its holder no longer acts in it.
///
/// # Errors
/// [`RoleRefusal`]; [`Error::NotFound`].
pub fn end_grant(conn: &mut Conn<'_>, staff: &PersonStaff, grant: GrantId) -> Result<()> {
    let held = endable(conn, staff, grant)?;
    if held.role == Role::Administrator.as_str() {
        refuse_last_administrator(conn, staff.subject())?;
    }
    let ended = sql_query(
        "UPDATE role_grants SET revoked_at = banyan_now() WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL",
    )
    .bind::<SqlUuid, _>(grant)
    .bind::<SqlUuid, _>(staff.subject())
    .execute(conn.pg())?;
    if ended == 0 {
        return Err(RoleRefusal::Ended.into());
    }
    audit::note(
        conn,
        about(staff.subject(), held.programme_id),
        &PeopleEvent::RoleEnded(held.role),
    )
}

/// Disables or enables an account. Disabling ends its sessions, tokens and mailed links at once and for
/// good: an account that is enabled again begins anew.
///
/// # Errors
/// [`RoleRefusal`] for oneself and the last administrator; [`Error::Forbidden`] for others than
/// administrators.
pub fn set_disabled(conn: &mut Conn<'_>, staff: &PersonStaff, disabled: bool) -> Result<()> {
    if !staff.administrator() {
        return Err(Error::Forbidden);
    }
    if staff.person() == staff.subject() {
        return Err(RoleRefusal::Yourself.into());
    }
    let changed = conn.elevate(Task::Accounts, |conn| {
        Ok(sql_query(
            "UPDATE people SET disabled_at = CASE WHEN $2 THEN banyan_now() END \
             WHERE id = $1 AND (disabled_at IS NOT NULL) <> $2",
        )
        .bind::<SqlUuid, _>(staff.subject())
        .bind::<Bool, _>(disabled)
        .execute(conn.pg())?)
    })?;
    if changed == 0 {
        // Somebody did the same a moment ago.
        return Ok(());
    }
    let event = if disabled {
        sessions::end_every_way_in(conn, staff.subject())?;
        PeopleEvent::Disabled
    } else {
        PeopleEvent::Enabled
    };
    audit::note(conn, about(staff.subject(), None), &event)
}

/// Makes an administrator from the command line and returns a link that lets them in: the way into
/// an empty house.
///
/// # Errors
/// The database's; [`RoleRefusal::Disabled`].
pub fn invite_administrator(
    site: &Site,
    email: &Email,
    names: &Names,
    lang: Lang,
) -> Result<String> {
    let (link, until) = site.db.tx(&Actor::System(Task::Accounts), |conn| {
        let person = accounts::ensure(
            conn,
            &NewPerson {
                email,
                names,
                phone: None,
                lang: Some(lang),
                programme: None,
            },
        )?;
        refuse_disabled(conn, person)?;
        let made = sql_query(
            "INSERT INTO role_grants (id, person_id, role, starts_on) VALUES ($1, $2, 'administrator', banyan_today()) \
             ON CONFLICT DO NOTHING",
        )
        .bind::<SqlUuid, _>(GrantId::new())
        .bind::<SqlUuid, _>(person)
        .execute(conn.pg())?;
        if made == 1 {
            let event = PeopleEvent::RoleGranted(Role::Administrator);
            audit::note(conn, about(person, None), &event)?;
        }
        fresh_link(conn, Purpose::Invite, person, None)
    })?;
    link_url(site, Purpose::Invite, link, until)
}
