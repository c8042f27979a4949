//! What is done to organisations: each function one verb in the caller's transaction.

use crate::db::sql_query;
use chrono::NaiveDate;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel::{Connection as _, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::{self, Desk, ProgrammeStaff};
use crate::audit::{self, About};
use crate::db::{Conn, Task, now};
use crate::error::{Error, Result};
use crate::ids::{ContactId, OrganisationId, PartnershipId};
use crate::lang::format::hk_date;

use super::queries;
use super::rules::{self, Kind, OrganisationRefusal, Validity};

/// An event of an organisation: its verb and details. Words: `lang/organisation_pages.rs`.
struct Noted(&'static str, Value);

impl audit::Event for Noted {
    fn verb(&self) -> &'static str {
        self.0
    }

    fn details(&self) -> Value {
        self.1.clone()
    }
}

fn about(id: OrganisationId) -> About {
    About::new("organisation", id.0).at(id)
}

/// What an organisation is called and is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationDetails {
    /// Kind.
    pub kind: Kind,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Address on the web.
    pub website: Option<String>,
}

fn unless_taken(
    conn: &mut Conn<'_>,
    run: impl FnOnce(&mut diesel::PgConnection) -> Result<usize, DieselError>,
) -> Result<usize> {
    match conn.pg().transaction(run) {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(Error::field("name_en", "taken", |lang| {
                lang.organisations_name_taken().to_owned()
            }))
        }
        done => Ok(done?),
    }
}

/// Adds an organisation; returns its id.
///
/// # Errors
/// [`Error::Invalid`] for an English name in use.
pub fn create(
    conn: &mut Conn<'_>,
    _desk: &Desk,
    details: &OrganisationDetails,
) -> Result<OrganisationId> {
    let id = OrganisationId::new();
    unless_taken(conn, |pg| {
        sql_query(
            "INSERT INTO organisations (id, kind, name_en, name_zh, website) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(details.kind.as_str())
        .bind::<Text, _>(&details.name_en)
        .bind::<Text, _>(&details.name_zh)
        .bind::<Nullable<Text>, _>(&details.website)
        .execute(pg)
    })?;
    let event = Noted(
        "organisation.created",
        json!({"en": details.name_en, "zh": details.name_zh}),
    );
    audit::note(conn, about(id), &event)?;
    Ok(id)
}

/// Changes an organisation. `version` is the one that the editor saw.
///
/// # Errors
/// [`Error::Stale`]; [`Error::Invalid`] for an English name in use.
pub fn update(
    conn: &mut Conn<'_>,
    desk: &Desk,
    id: OrganisationId,
    version: i32,
    details: &OrganisationDetails,
) -> Result<()> {
    let before = queries::find(conn, desk, id)?;
    let written = unless_taken(conn, |pg| {
        sql_query(
            "UPDATE organisations SET kind = $3, name_en = $4, name_zh = $5, website = $6, version = version + 1 \
             WHERE id = $1 AND version = $2 AND archived_at IS NULL",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(version)
        .bind::<Text, _>(details.kind.as_str())
        .bind::<Text, _>(&details.name_en)
        .bind::<Text, _>(&details.name_zh)
        .bind::<Nullable<Text>, _>(&details.website)
        .execute(pg)
    })?;
    if written == 0 && before.archived_at.is_some() {
        return Err(OrganisationRefusal::Archived.into());
    }
    if written == 0 {
        return Err(Error::Stale);
    }
    let event = Noted(
        "organisation.changed",
        json!({"en": before.name_en, "zh": before.name_zh}),
    );
    audit::note(conn, about(id), &event)
}

/// Are seats still held for it by a programme, also one that the actor does not see?
///
/// # Errors
/// The database's.
pub fn is_held(conn: &mut Conn<'_>, id: OrganisationId) -> Result<bool> {
    conn.elevate(Task::Report, |conn| {
        let report = access::working(conn, Task::Report)?;
        queries::holds_seats(conn, &report, id)
    })
}

/// Archives an organisation: it is no choice any more; what refers to it stays.
///
/// # Errors
/// An [`OrganisationRefusal`] while seats are held for it, or when it is archived already.
pub fn archive(conn: &mut Conn<'_>, _desk: &Desk, id: OrganisationId) -> Result<()> {
    if is_held(conn, id)? {
        return Err(OrganisationRefusal::Held.into());
    }
    let written = sql_query(
        "UPDATE organisations SET archived_at = banyan_now(), version = version + 1 WHERE id = $1 AND archived_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    if written == 0 {
        return Err(OrganisationRefusal::Archived.into());
    }
    audit::note(conn, about(id), &Noted("organisation.archived", json!({})))
}

/// A contact person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// Name.
    pub name: String,
    /// Post.
    pub post: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

/// Adds a contact; returns its id.
///
/// # Errors
/// The database's.
pub fn add_contact(
    conn: &mut Conn<'_>,
    _desk: &Desk,
    organisation: OrganisationId,
    contact: &NewContact,
) -> Result<ContactId> {
    let id = ContactId::new();
    sql_query(
        "INSERT INTO organisation_contacts (id, organisation_id, name, post, email, phone) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(organisation)
    .bind::<Text, _>(&contact.name)
    .bind::<Nullable<Text>, _>(&contact.post)
    .bind::<Nullable<Text>, _>(&contact.email)
    .bind::<Nullable<Text>, _>(&contact.phone)
    .execute(conn.pg())?;
    // The name stays with the contact: the history of the house keeps no personal data.
    audit::note(
        conn,
        about(organisation),
        &Noted("contact.added", json!({})),
    )?;
    Ok(id)
}

/// Archives a contact.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this organisation's contacts in use.
pub fn archive_contact(
    conn: &mut Conn<'_>,
    _desk: &Desk,
    organisation: OrganisationId,
    contact: ContactId,
) -> Result<()> {
    let written = sql_query(
        "UPDATE organisation_contacts SET archived_at = banyan_now() \
         WHERE id = $1 AND organisation_id = $2 AND archived_at IS NULL",
    )
    .bind::<SqlUuid, _>(contact)
    .bind::<SqlUuid, _>(organisation)
    .execute(conn.pg())?;
    if written == 0 {
        return Err(Error::NotFound);
    }
    audit::note(
        conn,
        about(organisation),
        &Noted("contact.archived", json!({})),
    )
}

/// A partnership to record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewPartnership {
    /// The university.
    pub university: OrganisationId,
    /// The institution.
    pub institution: OrganisationId,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

/// Records a partnership; returns its id.
///
/// # Errors
/// [`Error::Invalid`] for days out of order; an [`OrganisationRefusal`] for sides that do not fit or
/// days that meet another partnership of the two.
pub fn add_partnership(
    conn: &mut Conn<'_>,
    desk: &Desk,
    staff: &ProgrammeStaff,
    new: &NewPartnership,
) -> Result<PartnershipId> {
    // Whoever records the same partnership at the same time waits here, and then finds this one.
    queries::lock(conn, desk, [new.university, new.institution])?;
    let university = queries::find(conn, desk, new.university)?;
    let institution = queries::find(conn, desk, new.institution)?;
    if university.archived_at.or(institution.archived_at).is_some() {
        return Err(OrganisationRefusal::Archived.into());
    }
    rules::sides(university.kind(), institution.kind())?;
    if new.ends_on < new.starts_on {
        return Err(Error::field("ends_on", "out_of_order", |lang| {
            lang.organisations_period_order().to_owned()
        }));
    }
    let span = (new.starts_on, new.ends_on);
    let meets = queries::partnerships(conn, desk, new.university)?
        .iter()
        .any(|p| {
            p.programme_id == staff.programme()
                && p.institution_id == new.institution
                && p.ended_at.is_none()
                && rules::overlaps(span, (p.starts_on, p.ends_on))
        });
    if meets {
        return Err(OrganisationRefusal::Overlap.into());
    }
    let id = PartnershipId::new();
    sql_query(
        "INSERT INTO partnerships (id, programme_id, university_id, institution_id, starts_on, ends_on) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(new.university)
    .bind::<SqlUuid, _>(new.institution)
    .bind::<Date, _>(new.starts_on)
    .bind::<Date, _>(new.ends_on)
    .execute(conn.pg())?;
    for (side, other) in [
        (new.university, &institution),
        (new.institution, &university),
    ] {
        let details = json!({"en": other.name_en, "zh": other.name_zh});
        let record = about(side).within(staff.programme());
        audit::note(conn, record, &Noted("partnership.added", details))?;
    }
    Ok(id)
}

/// Ends a partnership early, today.
///
/// # Errors
/// [`OrganisationRefusal::Over`]; [`Error::NotFound`].
pub fn end_partnership(
    conn: &mut Conn<'_>,
    desk: &Desk,
    organisation: OrganisationId,
    id: PartnershipId,
) -> Result<()> {
    let row = queries::partnerships(conn, desk, organisation)?
        .into_iter()
        .find(|row| row.id == id)
        .ok_or(Error::NotFound)?;
    let today = hk_date(now(conn)?);
    if rules::validity(row.starts_on, row.ends_on, row.ended_at, today) == Validity::Ended {
        return Err(OrganisationRefusal::Over.into());
    }
    let written = sql_query(
        "UPDATE partnerships SET ended_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND programme_id = $2 AND ended_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(row.programme_id)
    .execute(conn.pg())?;
    if written == 0 {
        return Err(OrganisationRefusal::Over.into());
    }
    for side in [row.university_id, row.institution_id] {
        let other = if side == row.university_id {
            row.institution_id
        } else {
            row.university_id
        };
        let named = queries::find(conn, desk, other)?;
        let details = json!({"en": named.name_en, "zh": named.name_zh});
        let record = about(side).within(row.programme_id);
        audit::note(conn, record, &Noted("partnership.ended", details))?;
    }
    Ok(())
}
