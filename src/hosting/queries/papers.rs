//! Rows of what hangs on a placement: wordings and agreements, the checklist, the standing.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::ProgrammeStaff;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{AgreementId, ChecklistItemId, PlacementTaskId, ProgrammeId, WordingId};
use crate::lang::Lang;

use super::super::rules::{AgreementState, Evidence, Facts, Owner, Party, Standing, TaskState};
use super::{Placement, Seat};

/// A published wording of the agreement.
#[derive(Clone, Debug, QueryableByName)]
pub struct Wording {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: WordingId,
    /// Counted up in the programme.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// In English.
    #[diesel(sql_type = Text)]
    pub text_en: String,
    /// In Chinese.
    #[diesel(sql_type = Text)]
    pub text_zh: String,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub published_at: DateTime<Utc>,
}

/// The wordings of a programme, the latest first; there are few.
///
/// # Errors
/// The database's.
pub fn wordings(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<Wording>> {
    Ok(sql_query(
        "SELECT id, number, text_en, text_zh, published_at FROM agreement_wordings WHERE programme_id = $1 ORDER BY number DESC",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// An agreement of a placement.
#[derive(Clone, Debug, QueryableByName)]
pub struct Agreement {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: AgreementId,
    /// Counted up in the placement.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Hours a week.
    #[diesel(sql_type = Integer)]
    pub hours_week: i32,
    /// What is paid, in words.
    #[diesel(sql_type = Text)]
    pub pay: String,
    /// The English text.
    #[diesel(sql_type = Text)]
    pub text_en: String,
    /// The Chinese text.
    #[diesel(sql_type = Text)]
    pub text_zh: String,
    /// The hash of both.
    #[diesel(sql_type = Text)]
    pub sha256: String,
    #[diesel(sql_type = Text)]
    state: String,
    /// When everybody had signed.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub signed_at: Option<DateTime<Utc>>,
}

impl Agreement {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<AgreementState> {
        AgreementState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("agreement state {}", self.state)))
    }
}

/// The agreements of a placement that the reader has been shown, the latest first.
///
/// # Errors
/// The database's.
pub fn agreements(conn: &mut Conn<'_>, of: &Placement) -> Result<Vec<Agreement>> {
    Ok(sql_query(
        "SELECT id, number, starts_on, ends_on, hours_week, pay, text_en, text_zh, sha256, state, signed_at FROM agreements \
         WHERE placement_id = $1 ORDER BY number DESC",
    )
    .bind::<SqlUuid, _>(of.id)
    .load(conn.pg())?)
}

/// A signature.
#[derive(Clone, Debug, QueryableByName)]
pub struct Signature {
    #[diesel(sql_type = Text)]
    party: String,
    /// The name as it was typed.
    #[diesel(sql_type = Text)]
    pub name_typed: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub signed_at: DateTime<Utc>,
}

impl Signature {
    /// For whom.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn party(&self) -> Result<Party> {
        Party::parse(&self.party).ok_or_else(|| Error::Internal(format!("party {}", self.party)))
    }
}

/// The signatures of an agreement that the reader has been shown.
///
/// # Errors
/// The database's.
pub fn signatures(conn: &mut Conn<'_>, of: AgreementId) -> Result<Vec<Signature>> {
    Ok(sql_query(
        "SELECT party, name_typed, signed_at FROM agreement_signatures WHERE agreement_id = $1 ORDER BY signed_at, id",
    )
    .bind::<SqlUuid, _>(of)
    .load(conn.pg())?)
}

/// An item of a placement's checklist.
#[derive(Clone, Debug, QueryableByName)]
pub struct PlacementTask {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PlacementTaskId,
    /// Its code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    evidence: String,
    /// Must it be done before the first day?
    #[diesel(sql_type = Bool)]
    pub needed: bool,
    /// By when.
    #[diesel(sql_type = Date)]
    pub due_on: NaiveDate,
    #[diesel(sql_type = Text)]
    state: String,
    /// The note beside it.
    #[diesel(sql_type = Text)]
    pub note: String,
    /// The date beside it.
    #[diesel(sql_type = Nullable<Date>)]
    pub held_on: Option<NaiveDate>,
    /// When it was settled.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub settled_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

fn word<T>(found: Option<T>, what: &str, word: &str) -> Result<T> {
    found.ok_or_else(|| Error::Internal(format!("{what} {word}")))
}

impl PlacementTask {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Who does it.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn owner(&self) -> Result<Owner> {
        word(Owner::parse(&self.owner), "owner", &self.owner)
    }

    /// What is recorded.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn evidence(&self) -> Result<Evidence> {
        word(Evidence::parse(&self.evidence), "evidence", &self.evidence)
    }

    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<TaskState> {
        word(TaskState::parse(&self.state), "task state", &self.state)
    }
}

/// The checklist of a placement that the reader has been shown.
///
/// # Errors
/// The database's.
pub fn tasks(conn: &mut Conn<'_>, of: &Placement) -> Result<Vec<PlacementTask>> {
    Ok(sql_query(
        "SELECT id, code, name_en, name_zh, owner, evidence, needed, due_on, state, note, held_on, settled_at, version FROM placement_tasks \
         WHERE placement_id = $1 ORDER BY position, id",
    )
    .bind::<SqlUuid, _>(of.id)
    .load(conn.pg())?)
}

/// An item of a programme's checklist.
#[derive(Clone, Debug, QueryableByName)]
pub struct Item {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ChecklistItemId,
    /// Its code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    #[diesel(sql_type = Text)]
    owner: String,
    /// Days before the first day.
    #[diesel(sql_type = Integer)]
    pub due_days: i32,
    #[diesel(sql_type = Text)]
    evidence: String,
    /// Must it be done before the first day?
    #[diesel(sql_type = Bool)]
    pub needed: bool,
    /// Its place.
    #[diesel(sql_type = Integer)]
    pub position: i32,
    /// Archived then.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub archived_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Item {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Who does it.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn owner(&self) -> Result<Owner> {
        word(Owner::parse(&self.owner), "owner", &self.owner)
    }

    /// What is recorded.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn evidence(&self) -> Result<Evidence> {
        word(Evidence::parse(&self.evidence), "evidence", &self.evidence)
    }
}

/// The checklist of a programme, also what is archived; there are few items.
///
/// # Errors
/// The database's.
pub fn items(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Vec<Item>> {
    Ok(sql_query(
        "SELECT id, code, name_en, name_zh, owner, due_days, evidence, needed, position, archived_at, version FROM checklist_items \
         WHERE programme_id = $1 ORDER BY position, id",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?)
}

/// How a placement stands under the minimum-wage law.
#[derive(Clone, Debug, QueryableByName)]
pub struct WorkStanding {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Jsonb)]
    facts: Value,
    /// When it was decided.
    #[diesel(sql_type = Timestamptz)]
    pub decided_at: DateTime<Utc>,
    /// The declaration, in both languages, or nothing.
    #[diesel(sql_type = Text)]
    pub declaration: String,
    /// The name under it.
    #[diesel(sql_type = Text)]
    pub declared_name: String,
    /// When it was declared.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub declared_at: Option<DateTime<Utc>>,
    /// The hash of the declaration.
    #[diesel(sql_type = Nullable<Text>)]
    pub sha256: Option<String>,
}

impl WorkStanding {
    /// What it is.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn kind(&self) -> Result<Standing> {
        word(Standing::parse(&self.kind), "standing", &self.kind)
    }

    /// What it rests on.
    ///
    /// # Errors
    /// What no code of ours has written.
    pub fn facts(&self) -> Result<Facts> {
        serde_json::from_value(self.facts.clone())
            .map_err(|err| Error::Internal(format!("facts of a standing: {err}")))
    }
}

/// The standing of a placement that the reader has been shown.
///
/// # Errors
/// The database's.
pub fn standing(conn: &mut Conn<'_>, of: &Placement) -> Result<Option<WorkStanding>> {
    Ok(sql_query(
        "SELECT kind, facts, decided_at, declaration, declared_name, declared_at, sha256 FROM work_standings \
         WHERE placement_id = $1 AND NOT void",
    )
    .bind::<SqlUuid, _>(of.id)
    .get_result(conn.pg())
    .optional()?)
}

/// The one of these agreements that waits for the signature of the reader's party.
///
/// # Errors
/// The database's.
pub fn to_sign<'a>(
    conn: &mut Conn<'_>,
    seat: &Seat,
    agreements: &'a [Agreement],
) -> Result<Option<&'a Agreement>> {
    for it in agreements {
        if it.state()? == AgreementState::Signing {
            let mut waits = true;
            for signature in signatures(conn, it.id)? {
                waits &= signature.party()? != seat.party();
            }
            return Ok(waits.then_some(it));
        }
    }
    Ok(None)
}
