//! What the placement desk counts: seats, and what has become of them, by institution, focus area or city.

use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::ProgrammeStaff;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::RoundId;
use crate::lang::Lang;

use super::super::rules::By;

/// Seats of postings that are approved, and the placements on them.
#[derive(Clone, Debug, Default, QueryableByName)]
pub struct Filled {
    /// What they are counted by: an id, or a city's word; empty for all of them.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// Its English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Its Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Seats that are offered by institutions.
    #[diesel(sql_type = BigInt)]
    pub seats: i64,
    /// Placements whose trainee has not answered.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    /// Placements accepted and not withdrawn.
    #[diesel(sql_type = BigInt)]
    pub filled: i64,
    /// Those of them that have reported for duty.
    #[diesel(sql_type = BigInt)]
    pub reported: i64,
    /// Those of them that are completed.
    #[diesel(sql_type = BigInt)]
    pub completed: i64,
    /// Those that ended before their time.
    #[diesel(sql_type = BigInt)]
    pub ended: i64,
}

impl Filled {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Seats that nobody has, neither for certain nor as an offer.
    #[must_use]
    pub fn free(&self) -> i64 {
        (self.seats - self.waiting - self.filled).max(0)
    }
}

const COUNTED: &str = "coalesce(sum(p.seats + p.later_seats), 0)::bigint AS seats, coalesce(sum(x.waiting), 0)::bigint AS waiting, \
    coalesce(sum(x.filled), 0)::bigint AS filled, coalesce(sum(x.reported), 0)::bigint AS reported, \
    coalesce(sum(x.completed), 0)::bigint AS completed, coalesce(sum(x.ended), 0)::bigint AS ended";
const OF: &str = "FROM postings p LEFT JOIN (SELECT posting_id, count(*) FILTER (WHERE state = 'offered') AS waiting, \
      count(*) FILTER (WHERE state IN ('accepted', 'agreement_signed', 'onboarding', 'reported_for_duty', 'active', 'mid_review', 'completed')) AS filled, \
      count(*) FILTER (WHERE state IN ('reported_for_duty', 'active', 'mid_review', 'completed')) AS reported, \
      count(*) FILTER (WHERE state = 'completed') AS completed, count(*) FILTER (WHERE state = 'ended_early') AS ended \
    FROM placements WHERE programme_id = $1 GROUP BY posting_id) x ON x.posting_id = p.id";
const WHICH: &str = "p.programme_id = $1 AND p.state IN ('approved', 'open', 'ranking', 'matched', 'closed') AND ($2 IS NULL OR p.round_id = $2)";

/// Seats and placements of a round, or of all, by one of three.
///
/// # Errors
/// The database's.
pub fn filled(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: Option<RoundId>,
    by: By,
) -> Result<Vec<Filled>> {
    let (key, join) = match by {
        By::Institution => (
            "o.id::text AS key, o.name_en, o.name_zh",
            "JOIN organisations o ON o.id = p.organisation_id",
        ),
        By::Area => (
            "a.id::text AS key, a.name_en, a.name_zh",
            "JOIN focus_areas a ON a.id = ANY (p.area_ids)",
        ),
        By::City => (
            "coalesce(p.content->>'city', '') AS key, '' AS name_en, '' AS name_zh",
            "",
        ),
    };
    Ok(sql_query(format!(
        "SELECT {key}, {COUNTED} {OF} {join} WHERE {WHICH} GROUP BY 1, 2, 3 ORDER BY 2, 1"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Nullable<SqlUuid>, _>(round)
    .load(conn.pg())?)
}

/// Seats and placements of a round, or of all, together: each posting once.
///
/// # Errors
/// The database's.
pub fn filled_in_all(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: Option<RoundId>,
) -> Result<Filled> {
    Ok(sql_query(format!(
        "SELECT '' AS key, '' AS name_en, '' AS name_zh, {COUNTED} {OF} WHERE {WHICH}"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Nullable<SqlUuid>, _>(round)
    .get_result(conn.pg())?)
}

/// Something of placements that waits for the office, or goes wrong: its word, how many.
#[derive(Clone, Debug, QueryableByName)]
pub struct Exception {
    /// Its word.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub n: i64,
}

/// What waits or goes wrong in a programme's placements, worst first; nothing that is at zero.
///
/// # Errors
/// The database's.
pub fn exceptions(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<Exception>> {
    Ok(sql_query(
        "SELECT kind, n FROM ( \
           SELECT 1 AS place, 'offers_late' AS kind, count(*) AS n FROM placements \
             WHERE programme_id = $1 AND state = 'offered' AND answer_by < (SELECT banyan_now()) + interval '2 days' \
           UNION ALL SELECT 2, 'starting', count(*) FROM placements WHERE programme_id = $1 \
             AND state IN ('accepted', 'agreement_signed', 'onboarding') AND starts_on <= ((SELECT banyan_now()) AT TIME ZONE 'Asia/Hong_Kong')::date + 7 \
           UNION ALL SELECT 8, 'postings_waiting', count(*) FROM postings WHERE programme_id = $1 AND state = 'submitted' \
           UNION ALL SELECT 9, 'changes_waiting', count(*) FROM seat_changes WHERE programme_id = $1 AND state IN ('asked', 'seconded') \
           UNION ALL SELECT 10, 'capacity_late', count(*) FROM capacity_asks WHERE programme_id = $1 AND state = 'asked' \
             AND due_on < ((SELECT banyan_now()) AT TIME ZONE 'Asia/Hong_Kong')::date) found WHERE n > 0 ORDER BY place",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}
