//! What came of a published match: a trainee's reasons, an institution's placements, the office's result.

use diesel::sql_types::{Array, Bool, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{Member, OwnEnrolment, ProgrammeStaff};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{OrganisationId, RoundId};
use crate::lang::Lang;

use super::super::rules::PlacementState;
use super::super::rules::market::ResultLine;

/// A trainee's result.
#[derive(Clone, Debug, QueryableByName)]
pub struct OwnResult {
    /// The posting received.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub posting_id: Option<Uuid>,
    #[diesel(sql_type = Jsonb)]
    lines: Value,
    /// Was something published after the first result that changed it?
    #[diesel(sql_type = Bool)]
    pub anew: bool,
    /// Are the reasons those of an earlier result?
    #[diesel(sql_type = Bool)]
    pub bare: bool,
}

impl OwnResult {
    /// One line for each posting of the list.
    ///
    /// # Errors
    /// A row that cannot be read: a mistake of ours.
    pub fn lines(&self) -> Result<Vec<ResultLine>> {
        serde_json::from_value(self.lines.clone())
            .map_err(|err| Error::Internal(format!("a result's row: {err}")))
    }
}

/// A trainee's result in a round, once it is published.
///
/// # Errors
/// The database's.
pub fn own_result(
    conn: &mut Conn<'_>,
    own: &OwnEnrolment,
    round: RoundId,
) -> Result<Option<OwnResult>> {
    Ok(sql_query(
        "SELECT m.posting_id, coalesce((SELECT y.lines FROM match_results y WHERE y.round_id = $1 AND y.enrolment_id = $2 AND y.person_id = $3 \
             AND y.lines <> '[]' ORDER BY y.published_at DESC, y.id DESC LIMIT 1), m.lines) AS lines, m.published_at <> (SELECT min(z.published_at) \
             FROM match_results z WHERE z.round_id = $1 AND z.enrolment_id = $2 AND z.person_id = $3) AS anew, m.lines = '[]' AS bare \
         FROM match_results m WHERE m.round_id = $1 AND m.enrolment_id = $2 AND m.person_id = $3 \
         ORDER BY m.published_at DESC, m.id DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())
    .optional()?)
}

/// What a posting is called.
#[derive(Clone, Debug, QueryableByName)]
pub struct Called {
    /// The posting.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// The institution in English.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// The institution in Chinese.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
}

impl Called {
    /// Title and institution as the reader reads them.
    #[must_use]
    pub fn whole(&self, lang: Lang) -> String {
        let title = lang.pick(&self.title_en, &self.title_zh);
        let institution = lang.pick(&self.organisation_en, &self.organisation_zh);
        format!("{title}{}", lang.aside(institution))
    }
}

/// What the postings of a trainee's own result are called.
///
/// # Errors
/// The database's.
pub fn called(conn: &mut Conn<'_>, result: &OwnResult) -> Result<Vec<Called>> {
    let mut ids: Vec<Uuid> = result.lines()?.iter().map(|it| it.posting).collect();
    ids.extend(result.posting_id);
    names_of(conn, ids)
}

/// What these postings are called.
pub(in crate::matches) fn names_of(conn: &mut Conn<'_>, ids: Vec<Uuid>) -> Result<Vec<Called>> {
    conn.elevate(Task::Match, |conn| {
        Ok(sql_query(
            "SELECT p.id, coalesce(p.content->>'title_en', p.number) AS title_en, coalesce(p.content->>'title_zh', p.number) AS title_zh, \
               o.name_en AS organisation_en, o.name_zh AS organisation_zh FROM postings p JOIN organisations o ON o.id = p.organisation_id \
             WHERE p.id = ANY ($1)",
        )
        .bind::<Array<SqlUuid>, _>(ids)
        .load(conn.pg())?)
    })
}

/// A posting of an institution with its seats.
#[derive(Clone, Debug, QueryableByName)]
pub struct HostPosting {
    /// The posting.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// Its seats.
    #[diesel(sql_type = Integer)]
    pub seats: i32,
}

/// The matched postings of a representative's institutions.
///
/// # Errors
/// The database's.
pub fn host_postings(
    conn: &mut Conn<'_>,
    member: &Member,
    round: RoundId,
) -> Result<Vec<HostPosting>> {
    let organisations: Vec<Uuid> = member.organisations().iter().map(|it| it.0).collect();
    Ok(sql_query(
        "SELECT p.id, coalesce(p.content->>'title_en', p.number) AS title_en, coalesce(p.content->>'title_zh', p.number) AS title_zh, \
           p.seats + p.later_seats AS seats FROM postings p WHERE p.round_id = $1 AND p.organisation_id = ANY ($2) AND p.state IN ('matched', 'closed') ORDER BY 2, 1",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<Array<SqlUuid>, _>(organisations)
    .load(conn.pg())?)
}

/// A placement.
#[derive(Clone, Debug, QueryableByName)]
pub struct PlacementRow {
    /// The posting.
    #[diesel(sql_type = SqlUuid)]
    pub posting_id: Uuid,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// The trainee's enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: Uuid,
    /// The trainee's name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Their number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    #[diesel(sql_type = Text)]
    state: String,
}

impl PlacementRow {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<PlacementState> {
        PlacementState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("placement state {}", self.state)))
    }
}

const PLACEMENT: &str = "SELECT posting_id, organisation_id, enrolment_id, name_shown, trainee_number, state FROM placements";

/// The placements at a representative's institutions.
///
/// # Errors
/// The database's.
pub fn host_placements(
    conn: &mut Conn<'_>,
    member: &Member,
    round: RoundId,
) -> Result<Vec<PlacementRow>> {
    let organisations: Vec<Uuid> = member.organisations().iter().map(|it| it.0).collect();
    Ok(sql_query(format!(
        "{PLACEMENT} WHERE posting_id IN (SELECT p.id FROM postings p WHERE p.round_id = $1) AND organisation_id = ANY ($2) \
         ORDER BY name_shown, id"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<Array<SqlUuid>, _>(organisations)
    .load(conn.pg())?)
}

/// Placements by their ids.
///
/// # Errors
/// The database's.
pub fn placements_of(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    ids: &[Uuid],
) -> Result<Vec<PlacementRow>> {
    Ok(sql_query(format!(
        "{PLACEMENT} WHERE id = ANY ($1) AND programme_id = $2 ORDER BY name_shown, id"
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// Who holds a seat of a round's postings.
///
/// # Errors
/// The database's.
pub fn office_placements(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: RoundId,
) -> Result<Vec<PlacementRow>> {
    Ok(sql_query(format!(
        "{PLACEMENT} WHERE posting_id IN (SELECT p.id FROM postings p WHERE p.round_id = $1) AND programme_id = $2 \
           AND state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host') ORDER BY name_shown, id"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// A trainee of a published match.
#[derive(Clone, Debug, QueryableByName)]
pub struct Placed {
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// The posting received.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub posting_id: Option<Uuid>,
    /// Which choice it was.
    #[diesel(sql_type = Nullable<Integer>)]
    pub choice: Option<i32>,
    /// How many choices there were.
    #[diesel(sql_type = Integer)]
    pub choices: i32,
}

/// Everybody of a published match.
///
/// # Errors
/// The database's.
pub fn placed(conn: &mut Conn<'_>, staff: &ProgrammeStaff, round: RoundId) -> Result<Vec<Placed>> {
    Ok(sql_query(
        "SELECT e.name_shown, e.trainee_number, m.posting_id, (SELECT x.at::integer FROM jsonb_array_elements(m.lines) \
           WITH ORDINALITY AS x (line, at) WHERE x.line->>'reason' = 'MATCHED') AS choice, jsonb_array_length(m.lines) AS choices \
         FROM match_results m JOIN enrolments e ON e.id = m.enrolment_id WHERE m.round_id = $1 AND m.programme_id = $2 \
           AND NOT EXISTS (SELECT FROM match_results y WHERE y.round_id = m.round_id AND y.enrolment_id = m.enrolment_id \
             AND (y.published_at, y.id) > (m.published_at, m.id)) ORDER BY e.name_sort, e.id",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}
