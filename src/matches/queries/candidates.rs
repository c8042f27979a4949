//! What can be ranked on a list, and by what it is judged.

use diesel::sql_types::{Bool, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::OrganisationId;
use crate::lang::Lang;
use crate::placements::queries as placements;
use crate::placements::rules::eligibility::{Wants, unmet};

use super::super::rules::ranks::Allowed;
use super::Owned;

/// Something that can be ranked: a posting or a trainee.
#[derive(Clone, Debug, QueryableByName)]
pub struct Candidate {
    /// The posting, or the enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// The institution in English; or the trainee's number.
    #[diesel(sql_type = Text)]
    pub more_en: String,
    /// The same in Chinese.
    #[diesel(sql_type = Text)]
    pub more_zh: String,
    #[diesel(sql_type = SqlUuid)]
    organisation_id: OrganisationId,
    #[diesel(sql_type = Jsonb)]
    wants: Value,
}

impl Candidate {
    /// What it is called.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// The institution, or the trainee's number.
    #[must_use]
    pub fn more(&self, lang: Lang) -> &str {
        lang.pick(&self.more_en, &self.more_zh)
    }
}

/// What can be ranked on a list: for a trainee the postings in which their interest stands, in a second round
/// every one with a vacant seat; for an institution the trainees who are interested in its postings, in a
/// second round those of them who have nothing.
///
/// # Errors
/// The database's.
pub fn candidates(conn: &mut Conn<'_>, owned: &Owned) -> Result<Vec<Candidate>> {
    if let Some(own) = owned.trainee {
        return conn.elevate(Task::Match, |conn| {
            Ok(sql_query(
                "SELECT p.id, coalesce(p.content->>'title_en', p.number) AS name_en, coalesce(p.content->>'title_zh', p.number) AS name_zh, \
                   o.name_en AS more_en, o.name_zh AS more_zh, p.organisation_id, p.wants FROM postings p \
                 JOIN organisations o ON o.id = p.organisation_id WHERE p.round_id = $2 AND CASE WHEN $3 \
                   THEN p.state = 'matched' AND p.seats + p.later_seats > (SELECT count(*) FROM placements x WHERE x.posting_id = p.id \
                     AND x.state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host')) \
                   ELSE p.state IN ('open', 'ranking') AND EXISTS (SELECT FROM posting_interests i WHERE i.posting_id = p.id \
                     AND i.enrolment_id = $1 AND i.state = 'expressed') END ORDER BY 2, 1",
            )
            .bind::<SqlUuid, _>(own.enrolment())
            .bind::<SqlUuid, _>(owned.root)
            .bind::<Bool, _>(owned.second())
            .load(conn.pg())?)
        });
    }
    // Who has something is known by the task alone: an institution sees no placement of another's.
    let free = conn.elevate(Task::Match, |conn| {
        Ok(sql_query(
            "SELECT DISTINCT ON (i.name_shown, i.enrolment_id) i.enrolment_id AS id, i.name_shown AS name_en, i.name_shown AS name_zh, \
               i.trainee_number AS more_en, i.trainee_number AS more_zh, i.organisation_id, '{}'::jsonb AS wants FROM posting_interests i \
             WHERE i.round_id = $1 AND i.organisation_id = $2 AND ($3 IS NULL OR i.posting_id = $3) AND i.state = 'expressed' \
               AND NOT ($4 AND EXISTS (SELECT FROM placements x WHERE x.enrolment_id = i.enrolment_id AND x.round_id <> $5 \
                 AND x.state NOT IN ('completed', 'ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host'))) \
             ORDER BY i.name_shown, i.enrolment_id, i.id",
        )
        .bind::<SqlUuid, _>(owned.root)
        .bind::<Nullable<SqlUuid>, _>(owned.organisation)
        .bind::<Nullable<SqlUuid>, _>(owned.posting)
        .bind::<Bool, _>(owned.second())
        .bind::<SqlUuid, _>(owned.round)
        .load(conn.pg())?)
    })?;
    Ok(free)
}

/// By what a list is judged.
///
/// # Errors
/// The database's.
pub fn allowed(conn: &mut Conn<'_>, owned: &Owned, candidates: &[Candidate]) -> Result<Allowed> {
    let mut allowed = Allowed {
        known: candidates.iter().map(|it| it.id).collect(),
        ties: owned.ties(),
        ..Allowed::default()
    };
    if let Some(own) = owned.trainee {
        let facts = placements::facts(conn, &own)?;
        for it in candidates {
            let wants: Wants = serde_json::from_value(it.wants.clone())
                .map_err(|err| Error::Internal(format!("a posting's row: {err}")))?;
            if !unmet(&wants, &facts, it.organisation_id).is_empty() {
                allowed.barred.insert(it.id);
            }
        }
    }
    Ok(allowed)
}
