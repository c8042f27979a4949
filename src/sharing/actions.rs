//! Agreeing, withdrawing, looking.

use diesel::RunQueryDsl;
use diesel::sql_types::{Integer, Text, Uuid as SqlUuid};

use crate::access::{self, Member, OwnEnrolment};
use crate::audit::{self, About};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{EnrolmentId, LookId, OrganisationId, ShareId};
use crate::people::accounts;

use super::events::Changed;
use super::queries::{self, Sharer, Shown};
use super::rules::{Scope, WORDS, changes, may_share};

/// Sets what an organisation may see of a trainee from now on: what is not wanted is withdrawn.
/// `words` is the version of the words that were shown.
///
/// # Errors
/// [`super::rules::SharingRefusal`].
pub fn share(
    conn: &mut Conn<'_>,
    own: &OwnEnrolment,
    organisation: OrganisationId,
    wanted: &[Scope],
    words: i32,
) -> Result<()> {
    let partners = queries::partners(conn, own)?;
    let partner = partners.into_iter().find(|it| it.id == organisation);
    let standing = queries::standing(conn, own, organisation)?;
    let (granted, withdrawn) = changes(&standing, wanted);
    // Taking back needs no words, and is possible when the organisation is the trainee's no more.
    let theirs = partner.as_ref().is_some_and(|it| it.current);
    if !granted.is_empty() || !theirs && withdrawn.is_empty() {
        may_share(theirs, words)?;
    }
    for scope in &granted {
        // Said twice at once, it holds once.
        sql_query(
            "INSERT INTO sharing_consents (id, programme_id, enrolment_id, person_id, organisation_id, scope, words) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (enrolment_id, organisation_id, scope) WHERE withdrawn_at IS NULL DO NOTHING",
        )
        .bind::<SqlUuid, _>(ShareId::new())
        .bind::<SqlUuid, _>(own.programme())
        .bind::<SqlUuid, _>(own.enrolment())
        .bind::<SqlUuid, _>(own.person())
        .bind::<SqlUuid, _>(organisation)
        .bind::<Text, _>(scope.as_str())
        .bind::<Integer, _>(WORDS)
        .execute(conn.pg())?;
    }
    for scope in &withdrawn {
        sql_query(
            "UPDATE sharing_consents SET withdrawn_at = banyan_now() \
             WHERE enrolment_id = $1 AND organisation_id = $2 AND scope = $3 AND withdrawn_at IS NULL",
        )
        .bind::<SqlUuid, _>(own.enrolment())
        .bind::<SqlUuid, _>(organisation)
        .bind::<Text, _>(scope.as_str())
        .execute(conn.pg())?;
    }
    if granted.is_empty() && withdrawn.is_empty() {
        return Ok(());
    }
    let names = partner
        .map(|it| (it.name_en, it.name_zh))
        .unwrap_or_default();
    let event = Changed {
        organisation: (&names.0, &names.1),
        granted: &granted,
        withdrawn: &withdrawn,
    };
    let about = About::new("enrolment", own.enrolment().0)
        .of(own.person())
        .at(organisation)
        .within(own.programme());
    audit::note(conn, about, &event)
}

/// Shows a member of an organisation what a trainee has agreed to, and notes the look at each part in
/// the same transaction: what cannot be noted is not shown.
///
/// # Errors
/// [`Error::NotFound`] without a consent that stands.
pub fn look(
    conn: &mut Conn<'_>,
    member: &Member,
    enrolment: EnrolmentId,
) -> Result<(Sharer, Shown)> {
    let sharer = queries::sharer(conn, member, enrolment)?;
    let mut granted = queries::granted(conn, member, enrolment)?;
    // Who speaks for two organisations looks once at each part.
    granted.dedup_by_key(|it| it.scope);
    let looker = accounts::recipient(conn, member.person())?.name;
    for it in &granted {
        sql_query(
            "INSERT INTO looks (id, programme_id, enrolment_id, person_id, organisation_id, looker_id, looker_name, scope) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(LookId::new())
        .bind::<SqlUuid, _>(it.programme)
        .bind::<SqlUuid, _>(it.enrolment)
        .bind::<SqlUuid, _>(it.person)
        .bind::<SqlUuid, _>(it.organisation)
        .bind::<SqlUuid, _>(member.person())
        .bind::<Text, _>(&looker)
        .bind::<Text, _>(it.scope.as_str())
        .execute(conn.pg())?;
    }
    if granted.is_empty() {
        return Err(Error::NotFound);
    }
    let scopes: Vec<Scope> = granted.iter().map(|it| it.scope).collect();
    let shown = conn.elevate(Task::Share, |conn| {
        let share = access::working(conn, Task::Share)?;
        queries::shown(conn, &share, enrolment, &scopes)
    })?;
    Ok((sharer, shown))
}
