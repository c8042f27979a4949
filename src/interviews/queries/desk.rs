//! How far institutions are, as the office sees it: counts, and no names.

use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::ProgrammeStaff;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{OrganisationId, RoundId};
use crate::lang::Lang;

use super::at_task;

/// How far an institution is.
#[derive(Clone, Debug, QueryableByName)]
pub struct Progress {
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    #[diesel(sql_type = Text)]
    name_en: String,
    #[diesel(sql_type = Text)]
    name_zh: String,
    /// How many interests stand in its postings.
    #[diesel(sql_type = BigInt)]
    pub interested: i64,
    /// How many it has shortlisted.
    #[diesel(sql_type = BigInt)]
    pub listed: i64,
    /// How many times it offers.
    #[diesel(sql_type = BigInt)]
    pub slots: i64,
    /// How many are drafted with a time.
    #[diesel(sql_type = BigInt)]
    pub drafted: i64,
    /// How many are drafted without one.
    #[diesel(sql_type = BigInt)]
    pub unplaced: i64,
    /// How many have a time that is published.
    #[diesel(sql_type = BigInt)]
    pub scheduled: i64,
    /// How many were held.
    #[diesel(sql_type = BigInt)]
    pub held: i64,
    /// To how many the trainee did not come.
    #[diesel(sql_type = BigInt)]
    pub missed: i64,
    /// For how many the trainee asks for another time.
    #[diesel(sql_type = BigInt)]
    pub asked: i64,
}

impl Progress {
    /// The institution as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }
}

/// How far each institution with postings in a round is, by name.
///
/// # Errors
/// The database's.
pub fn progress(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: RoundId,
) -> Result<Vec<Progress>> {
    let programme = staff.programme();
    at_task(conn, |conn, _task| {
        Ok(sql_query(
            "SELECT o.id AS organisation_id, o.name_en, o.name_zh, \
               (SELECT count(*) FROM posting_interests x WHERE x.round_id = $1 AND x.organisation_id = o.id AND x.state = 'expressed') AS interested, \
               (SELECT count(*) FROM interview_candidates x JOIN posting_interests i ON i.id = x.interest_id AND i.state = 'expressed' \
                 WHERE x.round_id = $1 AND x.organisation_id = o.id AND x.listed) AS listed, \
               (SELECT count(*) FROM interview_slots x WHERE x.round_id = $1 AND x.organisation_id = o.id) AS slots, \
               d.drafted, d.unplaced, i.scheduled, i.held, i.missed, i.asked \
             FROM organisations o \
             LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE x.slot_id IS NOT NULL) AS drafted, count(*) FILTER (WHERE x.slot_id IS NULL) AS unplaced \
               FROM interview_drafts x WHERE x.round_id = $1 AND x.organisation_id = o.id) d ON true \
             LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE x.state = 'scheduled') AS scheduled, count(*) FILTER (WHERE x.state = 'held') AS held, \
                 count(*) FILTER (WHERE x.state = 'missed') AS missed, \
                 count(*) FILTER (WHERE x.state = 'scheduled' AND x.asked_at IS NOT NULL) AS asked \
               FROM interviews x WHERE x.round_id = $1 AND x.organisation_id = o.id) i ON true \
             WHERE o.id IN (SELECT p.organisation_id FROM postings p WHERE p.round_id = $1 AND p.programme_id = $2 \
               AND p.state IN ('open', 'ranking', 'matched', 'closed')) ORDER BY o.name_en, o.id LIMIT 1000",
        )
        .bind::<SqlUuid, _>(round)
        .bind::<SqlUuid, _>(programme)
        .load(conn.pg())?)
    })
}
