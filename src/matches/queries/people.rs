//! Who speaks for an institution's lists in a round.

use std::collections::BTreeMap;

use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::{self, Member};
use crate::db::{Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{OrganisationId, PersonId, ProgrammeId, RoundId};
use crate::people::accounts;
use crate::placements::queries as placements;

use super::super::rules::beside::{ListPart, Named};

#[derive(QueryableByName)]
struct NamedRow {
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
    #[diesel(sql_type = Text)]
    part: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    posting_id: Option<Uuid>,
}

/// Whom an institution has named for its lists in a round.
///
/// # Errors
/// The database's.
pub fn named(
    conn: &mut Conn<'_>,
    _member: &Member,
    (round, organisation): (RoundId, OrganisationId),
) -> Result<Vec<Named>> {
    let rows: Vec<NamedRow> = sql_query(
        "SELECT person_id, part, posting_id FROM list_people WHERE round_id = $1 AND organisation_id = $2 AND ended_at IS NULL \
         ORDER BY created_at, id",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(organisation)
    .load(conn.pg())?;
    let one = |it: NamedRow| Named {
        person: it.person_id,
        part: ListPart::parse(&it.part).unwrap_or(ListPart::Delegate),
        posting: it.posting_id,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// The representatives of one of a representative's own institutions, with their names.
///
/// # Errors
/// The database's.
pub fn colleagues(
    conn: &mut Conn<'_>,
    member: &Member,
    (programme, organisation): (ProgrammeId, OrganisationId),
) -> Result<BTreeMap<PersonId, String>> {
    if !member.organisations().contains(&organisation) {
        return Ok(BTreeMap::new());
    }
    let people = conn.elevate(Task::Placements, |conn| {
        let work = access::working(conn, Task::Placements)?;
        placements::readers(conn, &work, programme, Some(organisation))
    })?;
    let known = accounts::recipients(conn, &people)?;
    Ok(known
        .into_iter()
        .map(|(person, it)| (person, it.name))
        .collect())
}
