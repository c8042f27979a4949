//! Search over a desk's programmes. Terms are prefixes on the b-tree of `application_tokens`, cohort
//! by cohort: the only form of search that keeps its index under row-level security.

use crate::db::sql_query;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{ApplicationId, OrganisationId};

/// Most results of a kind that a page shows.
pub const MOST: i64 = 50;

/// An application that was found.
#[derive(Clone, Debug, QueryableByName)]
pub struct Found {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ApplicationId,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Chinese name.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_zh: Option<String>,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// English name of the cohort.
    #[diesel(sql_type = Text)]
    pub cohort_en: String,
    /// Chinese name of the cohort.
    #[diesel(sql_type = Text)]
    pub cohort_zh: String,
    /// The trainee's number, once enrolled.
    #[diesel(sql_type = Nullable<Text>)]
    pub trainee_number: Option<String>,
}

/// Applications of the desk's programmes of which every term begins some token, by name; one more
/// than [`MOST`] when there are more. The first term is walked on the index, the others are looked up
/// for what it finds.
///
/// # Errors
/// The database's.
pub fn people(conn: &mut Conn<'_>, desk: &Desk, terms: &[String]) -> Result<Vec<Found>> {
    // The longest term narrows most, so it goes first.
    let mut terms: Vec<&str> = terms.iter().map(String::as_str).collect();
    terms.sort_by_key(|term| std::cmp::Reverse(term.chars().count()));
    let Some((first, others)) = terms.split_first() else {
        return Ok(Vec::new());
    };
    let ids: Vec<uuid::Uuid> = desk.programmes().iter().map(|id| id.0).collect();
    Ok(sql_query(
        "SELECT a.id, a.name_shown, a.name_zh, a.email, a.reference, a.state, c.name_en AS cohort_en, \
           c.name_zh AS cohort_zh, e.trainee_number \
         FROM (SELECT DISTINCT t.application_id FROM cohorts k JOIN application_tokens t ON t.cohort_id = k.id \
             AND t.token >= $2 AND t.token < $2 || U&'\\+10FFFF' WHERE k.programme_id = ANY ($1) \
           AND NOT EXISTS (SELECT FROM unnest($3) AS other (term) WHERE NOT EXISTS (SELECT FROM application_tokens x \
             WHERE x.application_id = t.application_id AND x.token >= other.term COLLATE \"C\" \
             AND x.token < (other.term || U&'\\+10FFFF') COLLATE \"C\"))) f \
         JOIN applications a ON a.id = f.application_id JOIN cohorts c ON c.id = a.cohort_id \
         LEFT JOIN enrolments e ON e.application_id = a.id \
         WHERE a.programme_id = ANY ($1) ORDER BY a.name_sort, a.id LIMIT $4",
    )
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<Text, _>(first)
    .bind::<Array<Text>, _>(others)
    .bind::<BigInt, _>(MOST + 1)
    .load(conn.pg())?)
}

/// An organisation that was found.
#[derive(Clone, Debug, QueryableByName)]
pub struct FoundOrganisation {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: OrganisationId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

/// Organisations whose names hold every term. They are few (hundreds at most) and public to every
/// signed-in reader, so they are all looked at.
///
/// # Errors
/// The database's.
pub fn organisations(
    conn: &mut Conn<'_>,
    _desk: &Desk,
    terms: &[String],
) -> Result<Vec<FoundOrganisation>> {
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sql_query(
        "SELECT id, name_en, name_zh FROM organisations WHERE archived_at IS NULL \
           AND NOT EXISTS (SELECT FROM unnest($1) AS t (term) WHERE strpos(lower(name_en), term) = 0 AND strpos(name_zh, term) = 0) \
         ORDER BY name_en, id LIMIT $2",
    )
    .bind::<Array<Text>, _>(terms)
    .bind::<BigInt, _>(MOST)
    .load(conn.pg())?)
}
