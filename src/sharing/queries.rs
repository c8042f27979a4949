//! Rows of consents and looks, and what an organisation reads by them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::{self, Member, Own, OwnEnrolment};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{EnrolmentId, LookId, OrganisationId, PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::web::paging::Cursor;

use super::rules::Scope;

mod seen;

pub(super) use seen::shown;
pub use seen::{Attended, Class, Marked, Progress, Shown};

/// An enrolment of one's own.
#[derive(Clone, Debug, QueryableByName)]
pub struct Mine {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: EnrolmentId,
    /// The cohort's English name.
    #[diesel(sql_type = Text)]
    pub cohort_en: String,
    /// The cohort's Chinese name.
    #[diesel(sql_type = Text)]
    pub cohort_zh: String,
}

/// A person's enrolments, the newest first.
///
/// # Errors
/// The database's.
pub fn mine(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<Mine>> {
    Ok(sql_query(
        "SELECT e.id, c.name_en AS cohort_en, c.name_zh AS cohort_zh FROM enrolments e JOIN cohorts c ON c.id = e.cohort_id \
         WHERE e.person_id = $1 ORDER BY e.created_at DESC, e.id LIMIT 20",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// An organisation with which a trainee may share.
#[derive(Clone, Debug, QueryableByName)]
pub struct Partner {
    /// The organisation.
    #[diesel(sql_type = SqlUuid)]
    pub id: OrganisationId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Is it theirs now? What was agreed with one that is theirs no more opens nothing, and can be
    /// taken back.
    #[diesel(sql_type = Bool)]
    pub current: bool,
}

impl Partner {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }
}

/// The trainee's university, their employer, and the institution that holds their seat; after them
/// those with which something is still shared though they are theirs no more.
///
/// # Errors
/// The database's.
pub fn partners(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Vec<Partner>> {
    let mut partners: Vec<Partner> = conn.elevate(Task::Share, |conn| {
        Ok(sql_query(
            "SELECT o.id, o.name_en, o.name_zh, true AS current FROM enrolments e LEFT JOIN seat_pools p ON p.id = e.pool_id \
             JOIN organisations o ON o.id IN (e.university_id, e.employer_id, p.organisation_id) \
             WHERE e.id = $1 AND e.person_id = $2 ORDER BY o.kind <> 'university', o.name_en, o.id",
        )
        .bind::<SqlUuid, _>(own.enrolment())
        .bind::<SqlUuid, _>(own.person())
        .load(conn.pg())?)
    })?;
    let shared: Vec<Partner> = sql_query(
        "SELECT o.id, o.name_en, o.name_zh, false AS current FROM organisations o WHERE o.id IN (SELECT c.organisation_id \
           FROM sharing_consents c WHERE c.enrolment_id = $1 AND c.person_id = $2 AND c.withdrawn_at IS NULL) \
         ORDER BY o.name_en, o.id",
    )
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?;
    for it in shared {
        if partners.iter().all(|partner| partner.id != it.id) {
            partners.push(it);
        }
    }
    Ok(partners)
}

#[derive(QueryableByName)]
struct ScopeRow {
    #[diesel(sql_type = Text)]
    scope: String,
}

fn scope(word: &str) -> Result<Scope> {
    Scope::parse(word).ok_or_else(|| Error::Internal(format!("scope of sharing {word}")))
}

/// What a trainee shares with an organisation now.
///
/// # Errors
/// The database's.
pub fn standing(
    conn: &mut Conn<'_>,
    own: &OwnEnrolment,
    organisation: OrganisationId,
) -> Result<Vec<Scope>> {
    let rows: Vec<ScopeRow> = sql_query(
        "SELECT scope FROM sharing_consents WHERE enrolment_id = $1 AND organisation_id = $2 AND person_id = $3 \
           AND withdrawn_at IS NULL ORDER BY scope",
    )
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(organisation)
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?;
    rows.iter().map(|row| scope(&row.scope)).collect()
}

/// A look, as the trainee reads it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Look {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: LookId,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Who.
    #[diesel(sql_type = Text)]
    pub looker_name: String,
    /// Of which organisation, in English.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// The same in Chinese.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// At what.
    #[diesel(sql_type = Text)]
    pub scope: String,
}

impl Look {
    /// The organisation's name as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// At what.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn scope(&self) -> Result<Scope> {
        scope(&self.scope)
    }
}

/// The looks at a person, the latest first.
///
/// # Errors
/// The database's.
pub fn looks(
    conn: &mut Conn<'_>,
    own: &Own,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Look>> {
    Ok(sql_query(
        "SELECT l.id, l.created_at, l.looker_name, o.name_en, o.name_zh, l.scope FROM looks l \
         JOIN organisations o ON o.id = l.organisation_id \
         WHERE l.person_id = $1 AND ($2 IS NULL OR l.id < $2) ORDER BY l.id DESC LIMIT $3",
    )
    .bind::<SqlUuid, _>(own.person())
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(limit)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Consent {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
    #[diesel(sql_type = SqlUuid)]
    programme_id: ProgrammeId,
    #[diesel(sql_type = SqlUuid)]
    organisation_id: OrganisationId,
    #[diesel(sql_type = Text)]
    scope: String,
}

/// A consent that stands, by which an organisation may look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Granted {
    pub enrolment: EnrolmentId,
    pub person: PersonId,
    pub programme: ProgrammeId,
    pub organisation: OrganisationId,
    pub scope: Scope,
}

#[derive(QueryableByName)]
struct Theirs {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: OrganisationId,
}

/// The organisations that are a trainee's now.
fn current(conn: &mut Conn<'_>, enrolment: EnrolmentId) -> Result<BTreeSet<OrganisationId>> {
    let rows: Vec<Theirs> = conn.elevate(Task::Share, |conn| {
        Ok(sql_query(
            "SELECT o AS organisation_id FROM enrolments e LEFT JOIN seat_pools p ON p.id = e.pool_id, \
               unnest(ARRAY[e.university_id, e.employer_id, p.organisation_id]) o WHERE e.id = $1 AND o IS NOT NULL",
        )
        .bind::<SqlUuid, _>(enrolment)
        .load(conn.pg())?)
    })?;
    Ok(rows.into_iter().map(|it| it.organisation_id).collect())
}

/// The consents of a trainee that stand for the member's organisations. The member's own policy decides;
/// beyond it is asked only whether the organisation is still the trainee's.
pub(super) fn granted(
    conn: &mut Conn<'_>,
    member: &Member,
    enrolment: EnrolmentId,
) -> Result<Vec<Granted>> {
    let organisations: Vec<Uuid> = member.organisations().iter().map(|id| id.0).collect();
    let rows: Vec<Consent> = sql_query(
        "SELECT enrolment_id, person_id, programme_id, organisation_id, scope FROM sharing_consents \
         WHERE organisation_id = ANY ($1) AND withdrawn_at IS NULL AND enrolment_id = $2 ORDER BY scope, organisation_id",
    )
    .bind::<Array<SqlUuid>, _>(&organisations)
    .bind::<SqlUuid, _>(enrolment)
    .load(conn.pg())?;
    let current = current(conn, enrolment)?;
    rows.into_iter()
        .filter(|it| current.contains(&it.organisation_id))
        .map(|row| {
            Ok(Granted {
                enrolment: row.enrolment_id,
                person: row.person_id,
                programme: row.programme_id,
                organisation: row.organisation_id,
                scope: scope(&row.scope)?,
            })
        })
        .collect()
}

#[derive(QueryableByName)]
struct SharerRow {
    #[diesel(sql_type = SqlUuid)]
    id: EnrolmentId,
    #[diesel(sql_type = Text)]
    name_shown: String,
    #[diesel(sql_type = Text)]
    trainee_number: String,
    #[diesel(sql_type = Text)]
    cohort_en: String,
    #[diesel(sql_type = Text)]
    cohort_zh: String,
    #[diesel(sql_type = Array<Text>)]
    scopes: Vec<String>,
    #[diesel(sql_type = Text)]
    sort_key: String,
}

/// A trainee who shares something with one of the reader's organisations.
#[derive(Clone, Debug)]
pub struct Sharer {
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// Name as lists show it.
    pub name: String,
    /// Trainee's number.
    pub number: String,
    /// The cohort's names, English first.
    pub cohort: (String, String),
    /// What is shared.
    pub scopes: Vec<Scope>,
    /// Where the next page begins.
    pub sort_key: String,
}

/// The trainees who share something with the member's organisations, by name. Names, numbers and
/// cohorts are part of what each has agreed to.
///
/// # Errors
/// The database's.
pub fn sharers(
    conn: &mut Conn<'_>,
    member: &Member,
    text: Option<&str>,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Sharer>> {
    found(conn, member, (None, text), after, limit)
}

/// One trainee who shares something with the member's organisations.
///
/// # Errors
/// [`Error::NotFound`].
pub fn sharer(conn: &mut Conn<'_>, member: &Member, enrolment: EnrolmentId) -> Result<Sharer> {
    let mut found = found(conn, member, (Some(enrolment), None), None, 1)?;
    found.pop().ok_or(Error::NotFound)
}

/// A page of those of whom a consent stands for one of the member's organisations that is still theirs.
fn found(
    conn: &mut Conn<'_>,
    member: &Member,
    (enrolment, text): (Option<EnrolmentId>, Option<&str>),
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Sharer>> {
    let organisations: Vec<Uuid> = member.organisations().iter().map(|id| id.0).collect();
    let rows: Vec<SharerRow> = conn.elevate(Task::Share, |conn| {
        access::working(conn, Task::Share)?;
        Ok(sql_query(
            "SELECT e.id, e.name_shown, e.trainee_number, c.name_en AS cohort_en, c.name_zh AS cohort_zh, s.scopes, e.name_sort AS sort_key \
             FROM enrolments e JOIN cohorts c ON c.id = e.cohort_id LEFT JOIN seat_pools p ON p.id = e.pool_id \
             CROSS JOIN LATERAL (SELECT array_agg(DISTINCT t.scope) AS scopes FROM sharing_consents t \
               WHERE t.enrolment_id = e.id AND t.withdrawn_at IS NULL AND t.organisation_id = ANY ($1) \
                 AND t.organisation_id IN (e.university_id, e.employer_id, p.organisation_id)) s \
             WHERE e.id IN (SELECT t.enrolment_id FROM sharing_consents t WHERE t.organisation_id = ANY ($1) AND t.withdrawn_at IS NULL) \
               AND s.scopes IS NOT NULL AND ($2 IS NULL OR e.id = $2) \
               AND ($3 IS NULL OR strpos(lower(e.name_shown || ' ' || e.trainee_number), lower($3)) > 0) \
               AND ($4 IS NULL OR (e.name_sort, e.id) > ($4, $5)) ORDER BY e.name_sort, e.id LIMIT $6",
        )
        .bind::<Array<SqlUuid>, _>(&organisations)
        .bind::<Nullable<SqlUuid>, _>(enrolment)
        .bind::<Nullable<Text>, _>(text)
        .bind::<Nullable<Text>, _>(after.map(|it| it.key.as_str()))
        .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
        .bind::<BigInt, _>(limit)
        .load(conn.pg())?)
    })?;
    rows.into_iter()
        .map(|row| {
            let scopes: Result<Vec<Scope>> = row.scopes.iter().map(|it| scope(it)).collect();
            let mut scopes = scopes?;
            scopes.sort_unstable();
            Ok(Sharer {
                scopes,
                enrolment: row.id,
                name: row.name_shown,
                number: row.trainee_number,
                cohort: (row.cohort_en, row.cohort_zh),
                sort_key: row.sort_key,
            })
        })
        .collect()
}
