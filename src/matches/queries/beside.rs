//! What stands beside a match: places given beforehand, who holds which seat, second rounds, repairs.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{OwnEnrolment, ProgrammeStaff};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{MatchRunId, OrganisationId, PersonId, RoundId};
use crate::lang::Lang;
use crate::matching::rest::Placed as Seated;

use super::super::rules::PlacementState;
use super::super::rules::beside::{Origin, PlaceState, RepairState};
use super::super::rules::correct::Correction;
use super::MatchRound;

/// A place given beforehand.
#[derive(Clone, Debug, QueryableByName)]
pub struct Place {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// The posting.
    #[diesel(sql_type = SqlUuid)]
    pub posting_id: Uuid,
    /// The trainee's enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: Uuid,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Their name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Their number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// The posting in English.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// The posting in Chinese.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// The institution in English.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// The institution in Chinese.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// Why.
    #[diesel(sql_type = Text)]
    pub reason: String,
    #[diesel(sql_type = Text)]
    state: String,
    /// Who named it.
    #[diesel(sql_type = SqlUuid)]
    pub asked_by: PersonId,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Place {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<PlaceState> {
        PlaceState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("place state {}", self.state)))
    }

    /// The posting as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }

    /// The institution as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_en, &self.organisation_zh)
    }
}

const PLACE: &str = "SELECT b.id, b.organisation_id, b.posting_id, b.enrolment_id, b.person_id, e.name_shown, e.trainee_number, \
    coalesce(p.content->>'title_en', p.number) AS title_en, coalesce(p.content->>'title_zh', p.number) AS title_zh, \
    o.name_en AS organisation_en, o.name_zh AS organisation_zh, b.reason, b.state, b.asked_by, b.version FROM places_beforehand b \
    JOIN enrolments e ON e.id = b.enrolment_id JOIN postings p ON p.id = b.posting_id JOIN organisations o ON o.id = b.organisation_id";

/// The places of a round given beforehand, those taken back too.
///
/// # Errors
/// The database's.
pub fn places(conn: &mut Conn<'_>, staff: &ProgrammeStaff, round: RoundId) -> Result<Vec<Place>> {
    Ok(sql_query(format!(
        "{PLACE} WHERE b.round_id = $1 AND b.programme_id = $2 ORDER BY b.created_at, b.id LIMIT 2000"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`].
pub fn place(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id): (RoundId, Uuid),
) -> Result<Place> {
    sql_query(format!(
        "{PLACE} WHERE b.id = $1 AND b.round_id = $2 AND b.programme_id = $3"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

#[derive(QueryableByName)]
struct OnePosting {
    #[diesel(sql_type = SqlUuid)]
    posting_id: Uuid,
}

/// The posting that a trainee was given beforehand and is told of.
///
/// # Errors
/// The database's.
pub fn own_place(conn: &mut Conn<'_>, own: &OwnEnrolment, round: RoundId) -> Result<Option<Uuid>> {
    let found: Option<OnePosting> = conn.elevate(Task::Match, |conn| {
        Ok(sql_query(
            "SELECT posting_id FROM places_beforehand WHERE round_id = $1 AND enrolment_id = $2 AND state IN ('approved', 'placed')",
        )
        .bind::<SqlUuid, _>(round)
        .bind::<SqlUuid, _>(own.enrolment())
        .get_result(conn.pg())
        .optional()?)
    })?;
    Ok(found.map(|it| it.posting_id))
}

/// A trainee as lists show them.
#[derive(Clone, Debug, QueryableByName)]
pub struct OwnNames {
    /// Name.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
}

/// A trainee's own name and number.
///
/// # Errors
/// The database's.
pub fn own_names(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<OwnNames> {
    Ok(
        sql_query("SELECT name_shown, trainee_number FROM enrolments WHERE id = $1")
            .bind::<SqlUuid, _>(own.enrolment())
            .get_result(conn.pg())?,
    )
}

/// A seat and who holds it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Holding {
    /// The placement.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The round that it came of.
    #[diesel(sql_type = SqlUuid)]
    pub round_id: RoundId,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// The posting.
    #[diesel(sql_type = SqlUuid)]
    pub posting_id: Uuid,
    /// The trainee's enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: Uuid,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Their name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Their number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    origin: String,
}

impl Holding {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<PlacementState> {
        PlacementState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("placement state {}", self.state)))
    }

    /// Of what it came.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::parse(&self.origin).unwrap_or(Origin::Match)
    }

    /// By the ids that a run has.
    #[must_use]
    pub fn seated(&self) -> Seated {
        (self.enrolment_id.to_string(), self.posting_id.to_string())
    }
}

/// Who holds a seat of this round's postings; `lock` keeps them so until the end of the transaction.
///
/// # Errors
/// The database's.
pub fn holdings(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
    lock: bool,
) -> Result<Vec<Holding>> {
    if lock {
        sql_query(
            "SELECT x.id FROM placements x WHERE x.programme_id = $2 AND x.posting_id IN (SELECT p.id FROM postings p WHERE p.round_id = $1) \
             ORDER BY x.id FOR NO KEY UPDATE OF x",
        )
        .bind::<SqlUuid, _>(round.root())
        .bind::<SqlUuid, _>(staff.programme())
        .execute(conn.pg())?;
    }
    Ok(sql_query(
        "SELECT x.id, x.round_id, x.organisation_id, x.posting_id, x.enrolment_id, x.person_id, x.name_shown, x.trainee_number, x.state, x.origin \
         FROM placements x JOIN postings p ON p.id = x.posting_id WHERE p.round_id = $1 AND x.programme_id = $2 \
           AND x.state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host') ORDER BY x.name_shown, x.id",
    )
    .bind::<SqlUuid, _>(round.root())
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// Who stands apart from a run of this round, with their posting: placed beforehand, or, in a second round,
/// already.
///
/// # Errors
/// The database's.
pub fn apart(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
) -> Result<Vec<Seated>> {
    let mut all = Vec::new();
    for it in places(conn, staff, round.id)? {
        if it.state()? == PlaceState::Approved {
            all.push((it.enrolment_id.to_string(), it.posting_id.to_string()));
        }
    }
    if round.second() {
        let held = holdings(conn, staff, round, false)?;
        all.extend(held.iter().map(Holding::seated));
    }
    Ok(all)
}

#[derive(QueryableByName)]
struct Open {
    #[diesel(sql_type = SqlUuid)]
    id: RoundId,
    #[diesel(sql_type = Text)]
    name_en: String,
    #[diesel(sql_type = Text)]
    name_zh: String,
    #[diesel(sql_type = Bool)]
    open: bool,
}

/// A second round of another.
#[derive(Clone, Debug)]
pub struct Second {
    /// Its id.
    pub id: RoundId,
    /// What it is called, in English and in Chinese.
    pub name: (String, String),
    /// Is it still ranked?
    pub open: bool,
}

/// The second rounds of a round, the latest first.
///
/// # Errors
/// The database's.
pub fn seconds(conn: &mut Conn<'_>, staff: &ProgrammeStaff, round: RoundId) -> Result<Vec<Second>> {
    let rows: Vec<Open> = sql_query(
        "SELECT id, name_en, name_zh, state NOT IN ('matched', 'closed') AS open FROM placement_rounds \
         WHERE parent_id = $1 AND programme_id = $2 ORDER BY created_at DESC, id",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    let second = |it: Open| Second {
        id: it.id,
        name: (it.name_en, it.name_zh),
        open: it.open,
    };
    Ok(rows.into_iter().map(second).collect())
}

/// The repair of an error.
#[derive(Clone, Debug, QueryableByName)]
pub struct RepairRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What happened.
    #[diesel(sql_type = Text)]
    pub reason: String,
    #[diesel(sql_type = Jsonb)]
    corrections: Value,
    #[diesel(sql_type = Text)]
    state: String,
    /// The run by which it was repaired, once a way is chosen.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub run_id: Option<MatchRunId>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When it was opened.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

impl RepairRow {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<RepairState> {
        RepairState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("repair state {}", self.state)))
    }

    /// What must be read otherwise than it was.
    ///
    /// # Errors
    /// A row that cannot be read: a mistake of ours.
    pub fn corrections(&self) -> Result<Vec<Correction>> {
        serde_json::from_value(self.corrections.clone())
            .map_err(|err| Error::Internal(format!("a repair's row: {err}")))
    }
}

/// The repairs of a round, the latest first.
///
/// # Errors
/// The database's.
pub fn repairs(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: RoundId,
) -> Result<Vec<RepairRow>> {
    Ok(sql_query(
        "SELECT id, reason, corrections, state, run_id, version, created_at FROM match_repairs WHERE round_id = $1 AND programme_id = $2 \
         ORDER BY created_at DESC, id LIMIT 200",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// One repair of a round.
///
/// # Errors
/// [`Error::NotFound`].
pub fn repair(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id): (RoundId, Uuid),
) -> Result<RepairRow> {
    let all = repairs(conn, staff, round)?;
    all.into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)
}
