//! Whom an institution names for its lists in a round.

use diesel::RunQueryDsl;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::Member;
use crate::audit::{self, About};
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{OrganisationId, PersonId};

use super::super::events::Noted;
use super::super::queries::{self, MatchRound};
use super::super::rules::MatchRefusal;
use super::super::rules::beside::{self, ListPart, Named};

/// Whom to name, and for what; `None` takes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewPart {
    /// The institution.
    pub organisation: OrganisationId,
    /// Who.
    pub person: PersonId,
    /// For what.
    pub part: Option<ListPart>,
    /// A delegate's only posting.
    pub posting: Option<Uuid>,
}

/// Names a representative to certify an institution's lists, or to edit them only; whoever certifies may.
/// Somebody must be left who certifies.
///
/// # Errors
/// [`Error::NotFound`] for another institution; [`Error::Invalid`] for whoever is none of its
/// representatives; a [`MatchRefusal`].
pub fn name_person(
    conn: &mut Conn<'_>,
    member: &Member,
    round: &MatchRound,
    new: &NewPart,
) -> Result<()> {
    if !member.organisations().contains(&new.organisation) {
        return Err(Error::NotFound);
    }
    let at = (round.id, new.organisation);
    // One at a time, so that somebody is left.
    sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 27))")
        .bind::<Text, _>(format!("{}{}", round.id, new.organisation))
        .execute(conn.pg())?;
    let named = queries::named(conn, member, at)?;
    if !beside::certifies(&named, member.person()) {
        return Err(MatchRefusal::NotCertifier.into());
    }
    let all = queries::colleagues(conn, member, (round.programme_id, new.organisation))?;
    if !all.contains_key(&new.person) {
        return Err(Error::field("person", "choice", |lang| {
            lang.form_choice().to_owned()
        }));
    }
    let mut then: Vec<Named> = named
        .into_iter()
        .filter(|it| it.person != new.person)
        .collect();
    then.extend(new.part.map(|part| Named {
        person: new.person,
        part,
        posting: new.posting,
    }));
    if !all.keys().any(|it| beside::certifies(&then, *it)) {
        return Err(MatchRefusal::NobodyCertifies.into());
    }
    let now = db::now(conn)?;
    sql_query(
        "UPDATE list_people SET ended_at = $4 WHERE round_id = $1 AND organisation_id = $2 AND person_id = $3 AND ended_at IS NULL",
    )
    .bind::<SqlUuid, _>(round.id)
    .bind::<SqlUuid, _>(new.organisation)
    .bind::<SqlUuid, _>(new.person)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    if let Some(part) = new.part {
        sql_query(
            "INSERT INTO list_people (id, programme_id, round_id, organisation_id, person_id, part, posting_id, named_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<SqlUuid, _>(round.programme_id)
        .bind::<SqlUuid, _>(round.id)
        .bind::<SqlUuid, _>(new.organisation)
        .bind::<SqlUuid, _>(new.person)
        .bind::<Text, _>(part.as_str())
        .bind::<Nullable<SqlUuid>, _>(new.posting.filter(|_| part == ListPart::Delegate))
        .bind::<SqlUuid, _>(member.person())
        .execute(conn.pg())?;
    }
    let about = About::new("list_people", round.id.0)
        .at(new.organisation)
        .within(round.programme_id);
    let details = json!({ "part": new.part.map(ListPart::as_str) });
    audit::note(conn, about, &Noted("list_people.named", details))
}
