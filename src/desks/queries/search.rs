//! Search over a desk's programmes. Terms are prefixes on the b-tree of `application_tokens`, cohort
//! by cohort: the only form of search that keeps its index under row-level security.

use crate::db::sql_query;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel::{OptionalExtension as _, QueryableByName, RunQueryDsl};

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

/// The columns of [`Found`].
const FOUND: &str = "a.id, a.name_shown, a.name_zh, a.email, a.reference, a.state, c.name_en AS cohort_en, \
    c.name_zh AS cohort_zh, e.trainee_number";

/// Matching tokens that are walked at most: enough for any result that a page shows whole. Beyond,
/// what is shown is a part, and the reader is told to add a word.
const WALKED: i64 = 20_000;
/// How far matches of a term are counted to learn which term is rarest.
const COUNTED: i64 = 2_000;

/// The tokens of the desk's cohorts (`$1`: programmes) that begin with a column `term`.
const BEGINS: &str = "FROM cohorts k JOIN application_tokens t ON t.cohort_id = k.id \
      AND t.token >= q.term COLLATE \"C\" AND t.token < (q.term || U&'\\+10FFFF') COLLATE \"C\" \
    WHERE k.programme_id = ANY ($1)";

#[derive(QueryableByName)]
struct Term {
    #[diesel(sql_type = Text)]
    term: String,
}

/// The terms, the rarest first.
fn by_rarity(
    conn: &mut Conn<'_>,
    programmes: &[uuid::Uuid],
    terms: &[String],
) -> Result<Vec<String>> {
    if terms.len() < 2 {
        return Ok(terms.to_vec());
    }
    let sorted: Vec<Term> = sql_query(format!(
        "SELECT q.term FROM unnest($2) AS q (term) \
         ORDER BY (SELECT count(*) FROM (SELECT {BEGINS} LIMIT $3) AS n), length(q.term) DESC"
    ))
    .bind::<Array<SqlUuid>, _>(programmes)
    .bind::<Array<Text>, _>(terms)
    .bind::<BigInt, _>(COUNTED)
    .load(conn.pg())?;
    Ok(sorted.into_iter().map(|it| it.term).collect())
}

/// Applications of the desk's programmes of which every term begins some token, by name; one more
/// than [`MOST`] when there are more. The rarest term is walked on the index, the others are looked up
/// for what it finds.
///
/// # Errors
/// The database's.
pub fn people(conn: &mut Conn<'_>, desk: &Desk, terms: &[String]) -> Result<Vec<Found>> {
    let ids: Vec<uuid::Uuid> = desk.programmes().iter().map(|id| id.0).collect();
    let terms = by_rarity(conn, &ids, terms)?;
    let Some((first, others)) = terms.split_first() else {
        return Ok(Vec::new());
    };
    Ok(sql_query(format!(
        "SELECT {FOUND} \
         FROM (SELECT DISTINCT application_id FROM (SELECT t.application_id FROM (SELECT $2::text AS term) q, LATERAL ( \
             SELECT t.application_id {BEGINS} \
             AND NOT EXISTS (SELECT FROM unnest($3) AS other (term) WHERE NOT EXISTS (SELECT FROM application_tokens x \
               WHERE x.application_id = t.application_id AND x.token >= other.term COLLATE \"C\" \
               AND x.token < (other.term || U&'\\+10FFFF') COLLATE \"C\")) LIMIT $5) t) w) f \
         JOIN applications a ON a.id = f.application_id JOIN cohorts c ON c.id = a.cohort_id \
         LEFT JOIN enrolments e ON e.application_id = a.id \
         WHERE a.programme_id = ANY ($1) ORDER BY a.name_sort, a.id LIMIT $4"
    ))
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<Text, _>(first)
    .bind::<Array<Text>, _>(others)
    .bind::<BigInt, _>(MOST + 1)
    .bind::<BigInt, _>(WALKED)
    .load(conn.pg())?)
}

/// The trainee of the desk's programmes with this number, if there is one.
///
/// # Errors
/// The database's.
pub fn by_number(conn: &mut Conn<'_>, desk: &Desk, number: &str) -> Result<Option<Found>> {
    let ids: Vec<uuid::Uuid> = desk.programmes().iter().map(|id| id.0).collect();
    Ok(sql_query(format!(
        "SELECT {FOUND} \
         FROM enrolments e JOIN applications a ON a.id = e.application_id JOIN cohorts c ON c.id = a.cohort_id \
         WHERE e.trainee_number = upper($2) AND e.programme_id = ANY ($1)"
    ))
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<Text, _>(number)
    .get_result(conn.pg())
    .optional()?)
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
