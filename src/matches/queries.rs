//! Rows of matches. A list is read and written by whom it belongs to; [`Owned`] is the proof of that.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{self, Member, Own, OwnEnrolment, Working};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{
    EnrolmentId, OrganisationId, PersonId, PostingId, ProgrammeId, RankListId, RoundId,
};
use crate::lang::Lang;
use crate::placements::queries as placements;
use crate::placements::rules::RoundState;

use super::rules::beside::{Named, Tells, certifies, edits};
use super::rules::{ListKind, ListState, Tiers, list_state};

mod beside;
mod candidates;
mod desk;
mod people;
mod results;
mod runs;

pub use beside::*;
pub use candidates::*;
pub use desk::*;
pub use people::*;
pub use results::*;
pub use runs::*;

/// A placement round, as far as a match needs it.
#[derive(Clone, Debug, QueryableByName)]
pub struct MatchRound {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: RoundId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Whose trainees take part.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub cohort_ids: Vec<Uuid>,
    /// Where it stands, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Until when lists are certified.
    #[diesel(sql_type = Timestamptz)]
    pub list_deadline: DateTime<Utc>,
    /// The hash of the lots' secret, once it is fixed.
    #[diesel(sql_type = Nullable<Text>)]
    pub seed_sha256: Option<String>,
    /// The secret itself, once the match is published.
    #[diesel(sql_type = Nullable<Text>)]
    pub seed: Option<String>,
    /// The round of whose rest this is the second.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub parent_id: Option<RoundId>,
    #[diesel(sql_type = Text)]
    pub(in crate::matches) disclosure: String,
}

impl MatchRound {
    /// The round whose postings and interests these are.
    #[must_use]
    pub fn root(&self) -> RoundId {
        self.parent_id.unwrap_or(self.id)
    }

    /// Is it a second round?
    #[must_use]
    pub fn second(&self) -> bool {
        self.parent_id.is_some()
    }

    /// How much its reasons tell.
    #[must_use]
    pub fn tells(&self) -> Tells {
        Tells::parse(&self.disclosure).unwrap_or(Tells::Reason)
    }

    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<RoundState> {
        RoundState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("round state {}", self.state)))
    }
}

const ROUND: &str = "SELECT r.id, r.programme_id, r.name_en, r.name_zh, r.cohort_ids, r.state, r.list_deadline, c.seed_sha256, c.seed, r.parent_id, r.disclosure \
    FROM placement_rounds r LEFT JOIN match_commitments c ON c.round_id = r.id";
/// The states in which a round has lists or a result.
const RANKED: &str = "r.state IN ('open', 'ranking', 'matched', 'closed')";

/// One round, to be locked until the end of the transaction where `lock` says so (alone, or shared).
///
/// # Errors
/// [`Error::NotFound`].
pub fn round(
    conn: &mut Conn<'_>,
    _match: &Working,
    id: RoundId,
    lock: Option<bool>,
) -> Result<MatchRound> {
    if let Some(alone) = lock {
        let sql = match alone {
            true => "SELECT id FROM placement_rounds WHERE id = $1 FOR NO KEY UPDATE",
            false => "SELECT id FROM placement_rounds WHERE id = $1 FOR SHARE",
        };
        sql_query(sql).bind::<SqlUuid, _>(id).execute(conn.pg())?;
    }
    sql_query(format!("{ROUND} WHERE r.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// The rounds of these cohorts that have lists or a result, the latest first.
///
/// # Errors
/// The database's.
fn rounds_of(conn: &mut Conn<'_>, _match: &Working, cohorts: &[Uuid]) -> Result<Vec<MatchRound>> {
    Ok(sql_query(format!(
        "{ROUND} WHERE r.cohort_ids && $1 AND {RANKED} ORDER BY r.opens_at DESC, r.id LIMIT 50"
    ))
    .bind::<Array<SqlUuid>, _>(cohorts)
    .load(conn.pg())?)
}

/// A trainee's rounds, with the enrolment under which they take part.
///
/// # Errors
/// The database's.
pub fn own_rounds(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<(OwnEnrolment, MatchRound)>> {
    let places = placements::own_places(conn, own)?;
    let cohorts: Vec<Uuid> = places.iter().map(|it| it.cohort().0).collect();
    let rounds = conn.elevate(Task::Match, |conn| {
        let work = access::working(conn, Task::Match)?;
        rounds_of(conn, &work, &cohorts)
    })?;
    let held = held(conn, own)?;
    let with = |round: MatchRound| {
        let mine = |it: &&OwnEnrolment| round.cohort_ids.contains(&it.cohort().0);
        let place = places.iter().find(mine).copied()?;
        // A second round is for those who have nothing, and for whom it placed.
        let elsewhere = |it: &Held| it.enrolment_id == place.enrolment() && it.round_id != round.id;
        if round.second() && held.iter().any(elsewhere) {
            return None;
        }
        Some((place, round))
    };
    Ok(rounds.into_iter().filter_map(with).collect())
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = SqlUuid)]
    round_id: RoundId,
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
}

/// The placements that a trainee has now.
fn held(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<Held>> {
    Ok(sql_query(
        "SELECT round_id, enrolment_id FROM placements WHERE person_id = $1 AND state NOT IN ('completed', 'ended_early', 'withdrawn_by_trainee', \
           'withdrawn_by_host')",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// One round of a trainee.
///
/// # Errors
/// [`Error::NotFound`].
pub fn own_round(
    conn: &mut Conn<'_>,
    own: &Own,
    id: RoundId,
) -> Result<(OwnEnrolment, MatchRound)> {
    let all = own_rounds(conn, own)?;
    all.into_iter()
        .find(|(_, round)| round.id == id)
        .ok_or(Error::NotFound)
}

/// An institution's round: one that a representative sees and that has lists or a result.
///
/// # Errors
/// [`Error::NotFound`].
pub fn host_round(conn: &mut Conn<'_>, member: &Member, id: RoundId) -> Result<MatchRound> {
    placements::round(conn, &placements::Side::Host(member.clone()), id)?;
    let round = conn.elevate(Task::Match, |conn| {
        let work = access::working(conn, Task::Match)?;
        round(conn, &work, id, None)
    })?;
    match round.state()? {
        RoundState::Planned | RoundState::Collecting => Err(Error::NotFound),
        RoundState::Open | RoundState::Ranking | RoundState::Matched | RoundState::Closed => {
            Ok(round)
        }
    }
}

/// A list and whom it belongs to: made only for its owner, here.
#[derive(Clone, Debug)]
pub struct Owned {
    kind: ListKind,
    round: RoundId,
    root: RoundId,
    programme: ProgrammeId,
    trainee: Option<OwnEnrolment>,
    organisation: Option<OrganisationId>,
    posting: Option<PostingId>,
    by: PersonId,
    edits: bool,
    certifies: bool,
    names: (String, String),
}

impl Owned {
    /// The kind of list.
    #[must_use]
    pub fn kind(&self) -> ListKind {
        self.kind
    }

    /// Its round.
    #[must_use]
    pub fn round(&self) -> RoundId {
        self.round
    }

    /// The round whose postings it is of.
    #[must_use]
    pub fn root(&self) -> RoundId {
        self.root
    }

    /// Is it of a second round?
    #[must_use]
    pub fn second(&self) -> bool {
        self.root != self.round
    }

    /// Its programme.
    #[must_use]
    pub fn programme(&self) -> ProgrammeId {
        self.programme
    }

    /// The trainee whose list it is.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        self.trainee.map(|it| it.person())
    }

    /// Their enrolment.
    #[must_use]
    pub fn enrolment(&self) -> Option<EnrolmentId> {
        self.trainee.map(|it| it.enrolment())
    }

    /// The institution whose list it is.
    #[must_use]
    pub fn organisation(&self) -> Option<OrganisationId> {
        self.organisation
    }

    /// The posting that it is for.
    #[must_use]
    pub fn posting(&self) -> Option<PostingId> {
        self.posting
    }

    /// The trainee's proof, where it is theirs.
    #[must_use]
    pub fn trainee(&self) -> Option<&OwnEnrolment> {
        self.trainee.as_ref()
    }

    /// May they edit it? A delegate may.
    #[must_use]
    pub fn edits(&self) -> bool {
        self.edits
    }

    /// May they certify it? A delegate may not.
    #[must_use]
    pub fn certifies(&self) -> bool {
        self.certifies
    }

    /// Who acts.
    #[must_use]
    pub fn by(&self) -> PersonId {
        self.by
    }

    /// What it is a list for: a posting or an institution.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.names.0, &self.names.1)
    }

    /// The posting or institution in the address of an institution's list.
    #[must_use]
    pub fn subject(&self) -> Uuid {
        let of = self.posting.map(|it| it.0);
        of.or(self.organisation.map(|it| it.0)).unwrap_or_default()
    }

    /// May two be equal?
    #[must_use]
    pub fn ties(&self) -> bool {
        self.kind != ListKind::Trainee
    }
}

/// A trainee's own list in a round.
#[must_use]
pub fn trainee_list(own: &OwnEnrolment, round: &MatchRound) -> Owned {
    Owned {
        kind: ListKind::Trainee,
        round: round.id,
        root: round.root(),
        programme: round.programme_id,
        trainee: Some(*own),
        organisation: None,
        posting: None,
        by: own.person(),
        edits: true,
        certifies: true,
        names: (round.name_en.clone(), round.name_zh.clone()),
    }
}

#[derive(QueryableByName)]
struct Subject {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: OrganisationId,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    posting_id: Option<PostingId>,
    #[diesel(sql_type = Text)]
    name_en: String,
    #[diesel(sql_type = Text)]
    name_zh: String,
}

/// The lists that the institutions of a representative give in a round: one for an institution that ranks
/// once, else one for each of its postings.
///
/// # Errors
/// The database's.
pub fn host_lists(conn: &mut Conn<'_>, member: &Member, round: &MatchRound) -> Result<Vec<Owned>> {
    let organisations: Vec<Uuid> = member.organisations().iter().map(|it| it.0).collect();
    let rows: Vec<Subject> = sql_query(
        "SELECT o.id AS organisation_id, NULL::uuid AS posting_id, o.name_en, o.name_zh FROM organisations o \
           JOIN round_terms t ON t.organisation_id = o.id AND t.round_id = $1 AND t.ranking = 'bank_list' \
         WHERE o.id = ANY ($2) AND EXISTS (SELECT FROM postings p WHERE p.round_id = $1 AND p.organisation_id = o.id \
           AND p.state IN ('open', 'ranking', 'matched', 'closed')) \
         UNION ALL \
         SELECT p.organisation_id, p.id, coalesce(p.content->>'title_en', p.number), coalesce(p.content->>'title_zh', p.number) \
         FROM postings p WHERE p.round_id = $1 AND p.organisation_id = ANY ($2) AND p.state IN ('open', 'ranking', 'matched', 'closed') \
           AND NOT EXISTS (SELECT FROM round_terms t WHERE t.round_id = $1 AND t.organisation_id = p.organisation_id \
             AND t.ranking = 'bank_list') AND (NOT $3 OR EXISTS (SELECT FROM rank_lists l WHERE l.round_id = $4 AND l.posting_id = p.id) \
             OR p.seats + p.later_seats > (SELECT count(*) FROM placements x \
             WHERE x.posting_id = p.id AND x.state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host'))) ORDER BY 3, 1, 2",
    )
    .bind::<SqlUuid, _>(round.root())
    .bind::<Array<SqlUuid>, _>(organisations)
    .bind::<Bool, _>(round.second())
    .bind::<SqlUuid, _>(round.id)
    .load(conn.pg())?;
    let mut named: BTreeMap<OrganisationId, Vec<Named>> = BTreeMap::new();
    for it in member.organisations() {
        named.insert(*it, people::named(conn, member, (round.id, *it))?);
    }
    let none = Vec::new();
    let of = |it: OrganisationId| named.get(&it).unwrap_or(&none);
    let me = member.person();
    let owned = |it: Subject| Owned {
        edits: edits(of(it.organisation_id), me, it.posting_id.map(|it| it.0)),
        certifies: certifies(of(it.organisation_id), me),
        kind: match it.posting_id {
            Some(_) => ListKind::Posting,
            None => ListKind::Bank,
        },
        round: round.id,
        root: round.root(),
        programme: round.programme_id,
        trainee: None,
        organisation: Some(it.organisation_id),
        posting: it.posting_id,
        by: member.person(),
        names: (it.name_en, it.name_zh),
    };
    Ok(rows.into_iter().map(owned).collect())
}

/// A list as it stands.
#[derive(Clone, Debug, QueryableByName)]
pub struct ListRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: RankListId,
    #[diesel(sql_type = Jsonb)]
    entries: Value,
    /// The hash of what stands there.
    #[diesel(sql_type = Text)]
    pub sha256: String,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// How often it was certified.
    #[diesel(sql_type = Nullable<Integer>)]
    pub sequence: Option<i32>,
    /// The hash of what was certified last.
    #[diesel(sql_type = Nullable<Text>)]
    pub certified_sha256: Option<String>,
    /// When.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub certified_at: Option<DateTime<Utc>>,
}

impl ListRow {
    /// What stands there.
    ///
    /// # Errors
    /// A row that cannot be read: a mistake of ours.
    pub fn tiers(&self) -> Result<Tiers> {
        tiers(&self.entries)
    }
}

/// Entries as tiers.
fn tiers(entries: &Value) -> Result<Tiers> {
    serde_json::from_value(entries.clone())
        .map_err(|err| Error::Internal(format!("a list's row: {err}")))
}

/// How a list stands.
#[must_use]
pub fn state_of(row: Option<&ListRow>) -> ListState {
    list_state(
        row.map(|it| it.sha256.as_str()),
        row.and_then(|it| it.certified_sha256.as_deref()),
    )
}

/// The owner's list, if anything was ever saved; `lock` keeps it until the end of the transaction.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn<'_>, owned: &Owned, lock: bool) -> Result<Option<ListRow>> {
    const WHOSE: &str = "l.round_id = $1 AND l.kind = $2 AND l.enrolment_id IS NOT DISTINCT FROM $3 \
        AND l.organisation_id IS NOT DISTINCT FROM $4 AND l.posting_id IS NOT DISTINCT FROM $5";
    if lock {
        sql_query(format!(
            "SELECT l.id FROM rank_lists l WHERE {WHOSE} FOR NO KEY UPDATE"
        ))
        .bind::<SqlUuid, _>(owned.round)
        .bind::<Text, _>(owned.kind.as_str())
        .bind::<Nullable<SqlUuid>, _>(owned.enrolment())
        .bind::<Nullable<SqlUuid>, _>(owned.organisation)
        .bind::<Nullable<SqlUuid>, _>(owned.posting)
        .execute(conn.pg())?;
    }
    Ok(sql_query(format!(
        "SELECT l.id, l.entries, l.sha256, l.version, c.sequence, c.sha256 AS certified_sha256, c.certified_at FROM rank_lists l \
         LEFT JOIN LATERAL (SELECT c.sequence, c.sha256, c.certified_at FROM certified_lists c WHERE c.list_id = l.id \
           ORDER BY c.sequence DESC LIMIT 1) c ON true WHERE {WHOSE}"
    ))
    .bind::<SqlUuid, _>(owned.round)
    .bind::<Text, _>(owned.kind.as_str())
    .bind::<Nullable<SqlUuid>, _>(owned.enrolment())
    .bind::<Nullable<SqlUuid>, _>(owned.organisation)
    .bind::<Nullable<SqlUuid>, _>(owned.posting)
    .get_result(conn.pg())
    .optional()?)
}
