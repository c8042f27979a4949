//! What the office reads of a round: its lists, everything that a run is made of, its runs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{self, ProgrammeStaff, Working};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{MatchRunId, OrganisationId, PersonId, ProgrammeId, RoundId};
use crate::lang::Lang;
use crate::matching::Summary;
use crate::placements::queries as placements;

use super::super::rules::market::{Certified, Market, Posting, Terms, Trainee};
use super::super::rules::{ListKind, ListState, RunState, list_state};
use super::{MatchRound, round, tiers};

/// A round of the office's.
///
/// # Errors
/// [`Error::NotFound`].
pub fn office_round(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RoundId,
    lock: Option<bool>,
) -> Result<MatchRound> {
    placements::round(conn, &placements::Side::Office(*staff), id)?;
    conn.elevate(Task::Match, |conn| {
        let work = access::working(conn, Task::Match)?;
        round(conn, &work, id, lock)
    })
}

/// A list as the office sees it: whose, and how it stands.
#[derive(Clone, Debug, QueryableByName)]
pub struct DeskList {
    #[diesel(sql_type = Text)]
    kind: String,
    /// The trainee.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub person_id: Option<PersonId>,
    /// The institution.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub organisation_id: Option<OrganisationId>,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// The trainee's number, or the institution in English.
    #[diesel(sql_type = Text)]
    pub more_en: String,
    /// The same in Chinese.
    #[diesel(sql_type = Text)]
    pub more_zh: String,
    #[diesel(sql_type = Nullable<Text>)]
    sha256: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    certified_sha256: Option<String>,
    /// When it was certified last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub certified_at: Option<DateTime<Utc>>,
}

impl DeskList {
    /// Whose kind of list.
    #[must_use]
    pub fn kind(&self) -> ListKind {
        ListKind::parse(&self.kind).unwrap_or(ListKind::Posting)
    }

    /// Whose.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// The trainee's number, or the institution.
    #[must_use]
    pub fn more(&self, lang: Lang) -> &str {
        lang.pick(&self.more_en, &self.more_zh)
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self) -> ListState {
        list_state(self.sha256.as_deref(), self.certified_sha256.as_deref())
    }
}

/// Trainees who take part: of the round's cohorts, there now, and not placed already.
const TAKES_PART: &str = "e.cohort_id = ANY ($2) AND e.state IN ('enrolled', 'active') AND NOT EXISTS (SELECT FROM placements x \
    WHERE x.enrolment_id = e.id AND x.round_id <> $1 AND x.state IN ('offered', 'accepted', 'agreement_signed', 'onboarding', \
      'reported_for_duty', 'active', 'mid_review'))";

/// Every list that a round should have, with how it stands; trainees first.
///
/// # Errors
/// The database's.
pub fn desk_lists(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    round: &MatchRound,
) -> Result<Vec<DeskList>> {
    Ok(sql_query(format!(
        "SELECT s.kind, s.person_id, s.organisation_id, s.name_en, s.name_zh, s.more_en, s.more_zh, l.sha256, c.sha256 AS certified_sha256, \
           c.certified_at FROM ( \
         SELECT 0 AS part, 'trainee' AS kind, e.person_id, e.id AS enrolment_id, NULL::uuid AS organisation_id, NULL::uuid AS posting_id, \
           e.name_shown AS name_en, e.name_shown AS name_zh, e.trainee_number AS more_en, e.trainee_number AS more_zh \
           FROM enrolments e WHERE {TAKES_PART} \
         UNION ALL SELECT 1, 'bank', NULL, NULL, o.id, NULL, o.name_en, o.name_zh, '', '' FROM organisations o \
           JOIN round_terms t ON t.organisation_id = o.id AND t.round_id = $1 AND t.ranking = 'bank_list' \
           WHERE EXISTS (SELECT FROM postings p WHERE p.round_id = $1 AND p.organisation_id = o.id AND p.state IN ('open', 'ranking', 'matched', 'closed')) \
         UNION ALL SELECT 2, 'posting', NULL, NULL, o.id, p.id, coalesce(p.content->>'title_en', p.number), \
           coalesce(p.content->>'title_zh', p.number), o.name_en, o.name_zh FROM postings p JOIN organisations o ON o.id = p.organisation_id \
           WHERE p.round_id = $1 AND p.state IN ('open', 'ranking', 'matched', 'closed') AND NOT EXISTS (SELECT FROM round_terms t \
             WHERE t.round_id = $1 AND t.organisation_id = o.id AND t.ranking = 'bank_list')) s \
         LEFT JOIN rank_lists l ON l.round_id = $1 AND l.kind = s.kind AND l.enrolment_id IS NOT DISTINCT FROM s.enrolment_id \
           AND l.organisation_id IS NOT DISTINCT FROM s.organisation_id AND l.posting_id IS NOT DISTINCT FROM s.posting_id \
         LEFT JOIN LATERAL (SELECT c.sha256, c.certified_at FROM certified_lists c WHERE c.list_id = l.id \
           ORDER BY c.sequence DESC LIMIT 1) c ON true ORDER BY s.part, s.name_en, s.more_en LIMIT 20000"
    ))
    .bind::<SqlUuid, _>(round.id)
    .bind::<Array<SqlUuid>, _>(&round.cohort_ids)
    .load(conn.pg())?)
}

/// A posting of a round, for tables.
#[derive(Clone, Debug, QueryableByName)]
pub struct PostingName {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// Its number.
    #[diesel(sql_type = Text)]
    pub number: String,
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
    /// Its seats; 0 when it is gone.
    #[diesel(sql_type = Integer)]
    pub seats: i32,
    #[diesel(sql_type = Nullable<Text>)]
    reserve_group: Option<String>,
    #[diesel(sql_type = Integer)]
    reserve_seats: i32,
    #[diesel(sql_type = Jsonb)]
    group_caps: Value,
}

impl PostingName {
    /// Its title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }

    /// Its institution as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_en, &self.organisation_zh)
    }
}

/// The postings that take part in a round's match: those that are or were open. One that is gone has no seats.
///
/// # Errors
/// The database's.
pub fn desk_postings(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    round: RoundId,
) -> Result<Vec<PostingName>> {
    Ok(sql_query(
        "SELECT p.id, p.organisation_id, p.number, coalesce(p.content->>'title_en', p.number) AS title_en, \
           coalesce(p.content->>'title_zh', p.number) AS title_zh, o.name_en AS organisation_en, o.name_zh AS organisation_zh, \
           CASE WHEN p.state IN ('open', 'ranking', 'matched') THEN p.seats ELSE 0 END AS seats, p.reserve_group, p.reserve_seats, p.group_caps \
         FROM postings p JOIN organisations o ON o.id = p.organisation_id WHERE p.round_id = $1 AND (p.state IN ('open', 'ranking', 'matched') \
           OR EXISTS (SELECT FROM posting_interests i WHERE i.posting_id = p.id)) ORDER BY o.name_en, 4, p.id",
    )
    .bind::<SqlUuid, _>(round)
    .load(conn.pg())?)
}

/// A trainee who takes part in a round's match.
#[derive(Clone, Debug, QueryableByName)]
pub struct Taking {
    /// Their enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    #[diesel(sql_type = Nullable<Text>)]
    route: Option<String>,
}

/// Who takes part in a round's match.
///
/// # Errors
/// The database's.
pub fn taking_part(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    round: &MatchRound,
) -> Result<Vec<Taking>> {
    Ok(sql_query(format!(
        "SELECT e.id, e.person_id, e.name_shown, e.trainee_number, a.route FROM enrolments e LEFT JOIN applications a ON a.id = e.application_id \
         WHERE {TAKES_PART} ORDER BY e.name_sort, e.id"
    ))
    .bind::<SqlUuid, _>(round.id)
    .bind::<Array<SqlUuid>, _>(&round.cohort_ids)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct CertifiedRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = SqlUuid)]
    of: Uuid,
    #[diesel(sql_type = Jsonb)]
    entries: Value,
}

#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    posting_id: Uuid,
}

fn seats(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

fn posting(it: &PostingName) -> Posting {
    let caps = it.group_caps.as_object().into_iter().flatten();
    let cap = |(group, cap): (&String, &Value)| {
        let cap = cap.as_u64().and_then(|it| u32::try_from(it).ok());
        Some((group.clone(), cap?))
    };
    Posting {
        id: it.id,
        organisation: it.organisation_id.0,
        seats: seats(it.seats),
        reserve: it
            .reserve_group
            .clone()
            .map(|group| (group, seats(it.reserve_seats))),
        group_caps: caps.filter_map(cap).collect(),
    }
}

/// Everything of a round that a run is made of, as it stands in this moment.
///
/// # Errors
/// The database's.
pub fn market(conn: &mut Conn<'_>, staff: &ProgrammeStaff, round: &MatchRound) -> Result<Market> {
    let rows: Vec<CertifiedRow> = sql_query(
        "SELECT l.kind, coalesce(l.enrolment_id, l.posting_id, l.organisation_id) AS of, c.entries FROM rank_lists l \
         JOIN LATERAL (SELECT c.entries FROM certified_lists c WHERE c.list_id = l.id ORDER BY c.sequence DESC LIMIT 1) c ON true \
         WHERE l.round_id = $1",
    )
    .bind::<SqlUuid, _>(round.id)
    .load(conn.pg())?;
    let lists = rows.iter().map(|it| {
        Ok(Certified {
            kind: ListKind::parse(&it.kind)
                .ok_or_else(|| Error::Internal(format!("list kind {}", it.kind)))?,
            of: it.of,
            tiers: tiers(&it.entries)?,
        })
    });
    let lists = lists.collect::<Result<Vec<_>>>()?;
    let interests: Vec<Pair> = sql_query(
        "SELECT enrolment_id, posting_id FROM posting_interests WHERE round_id = $1 AND state = 'expressed'",
    )
    .bind::<SqlUuid, _>(round.id)
    .load(conn.pg())?;
    let interests: BTreeSet<(Uuid, Uuid)> = interests
        .into_iter()
        .map(|it| (it.enrolment_id, it.posting_id))
        .collect();
    let trainees = taking_part(conn, staff, round)?;
    let postings = desk_postings(conn, staff, round.id)?;
    let terms = placements::terms(conn, &placements::Side::Office(*staff), round.id)?;
    let terms: BTreeMap<Uuid, Terms> = terms
        .iter()
        .map(|it| {
            let one_list = it.ranking() == crate::placements::rules::Ranking::BankList;
            let cap = it.seat_cap.map(seats);
            (it.organisation_id.0, Terms { cap, one_list })
        })
        .collect();
    Ok(Market {
        trainees: trainees
            .into_iter()
            .map(|it| Trainee {
                id: it.id,
                group: it.route,
            })
            .collect(),
        postings: postings.iter().map(posting).collect(),
        terms,
        lists,
        interests,
    })
}

#[derive(QueryableByName)]
struct SeedOnly {
    #[diesel(sql_type = Text)]
    seed: String,
}

/// The lots' secret of a round, once it is fixed.
///
/// # Errors
/// The database's.
pub fn seed(conn: &mut Conn<'_>, _match: &Working, round: RoundId) -> Result<Option<String>> {
    let found: Option<SeedOnly> = sql_query("SELECT seed FROM match_seeds WHERE round_id = $1")
        .bind::<SqlUuid, _>(round)
        .get_result(conn.pg())
        .optional()?;
    Ok(found.map(|it| it.seed))
}

/// An official run.
#[derive(Clone, Debug, QueryableByName)]
pub struct Run {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: MatchRunId,
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Its round.
    #[diesel(sql_type = SqlUuid)]
    pub round_id: RoundId,
    /// Its number in the round.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// Its id in the match.
    #[diesel(sql_type = Text)]
    pub run_id: String,
    #[diesel(sql_type = Text)]
    state: String,
    /// Hash of what went in.
    #[diesel(sql_type = Text)]
    pub input_sha256: String,
    /// Hash of what came out.
    #[diesel(sql_type = Text)]
    pub output_sha256: String,
    #[diesel(sql_type = Jsonb)]
    summary: Value,
    #[diesel(sql_type = Jsonb)]
    findings: Value,
    /// Who froze it.
    #[diesel(sql_type = SqlUuid)]
    pub frozen_by: PersonId,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub frozen_at: DateTime<Utc>,
    /// When it was published.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub published_at: Option<DateTime<Utc>>,
    /// Why it was voided.
    #[diesel(sql_type = Text)]
    pub void_reason: String,
}

impl Run {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<RunState> {
        RunState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("run state {}", self.state)))
    }

    /// The figures.
    ///
    /// # Errors
    /// A row that cannot be read: a mistake of ours.
    pub fn summary(&self) -> Result<Summary> {
        serde_json::from_value(self.summary.clone())
            .map_err(|err| Error::Internal(format!("a run's row: {err}")))
    }

    /// What the verifier found: the check, and what it says. Something that cannot be read is a finding.
    #[must_use]
    pub fn findings(&self) -> Vec<(String, String)> {
        serde_json::from_value(self.findings.clone())
            .unwrap_or_else(|err| vec![("V6".to_owned(), err.to_string())])
    }
}

const RUN: &str = "SELECT id, programme_id, round_id, number, run_id, state, input_sha256, output_sha256, summary, findings, frozen_by, \
    frozen_at, published_at, void_reason FROM match_runs";

/// The official runs of a round, the latest first.
///
/// # Errors
/// The database's.
pub fn runs(conn: &mut Conn<'_>, staff: &ProgrammeStaff, round: RoundId) -> Result<Vec<Run>> {
    Ok(sql_query(format!(
        "{RUN} WHERE round_id = $1 AND programme_id = $2 ORDER BY number DESC"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// One official run of a round.
///
/// # Errors
/// [`Error::NotFound`].
pub fn run(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id): (RoundId, MatchRunId),
) -> Result<Run> {
    let all = runs(conn, staff, round)?;
    all.into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)
}

/// A run whole.
#[derive(Clone, Debug, QueryableByName)]
pub struct StoredRun {
    /// The canonical form of what went in.
    #[diesel(sql_type = Text)]
    pub input: String,
    /// `assignment.csv`.
    #[diesel(sql_type = Text)]
    pub assignment: String,
    /// `cutoffs.csv`.
    #[diesel(sql_type = Text)]
    pub cutoffs: String,
    /// `bank_cutoffs.csv`.
    #[diesel(sql_type = Text)]
    pub bank_cutoffs: String,
    /// `reasons.csv`.
    #[diesel(sql_type = Text)]
    pub reasons: String,
}

/// A run whole, with the secret of its lots: whoever shows it leaves that out until it is published.
///
/// # Errors
/// [`Error::NotFound`].
pub fn stored(conn: &mut Conn<'_>, staff: &ProgrammeStaff, run: &Run) -> Result<StoredRun> {
    conn.elevate(Task::Match, |conn| {
        sql_query(
            "SELECT input, assignment, cutoffs, bank_cutoffs, reasons FROM match_snapshots WHERE run_id = $1 AND programme_id = $2",
        )
        .bind::<SqlUuid, _>(run.id)
        .bind::<SqlUuid, _>(staff.programme())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
    })
}

/// How many letters of a kind about this round were queued so far: numbers the next reminder.
///
/// # Errors
/// The database's.
pub fn reminders(conn: &mut Conn<'_>, _staff: &ProgrammeStaff, round: RoundId) -> Result<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let count: Count = sql_query(
        "SELECT count(*) AS n FROM audit_events WHERE subject_id = $1 AND verb = 'match.reminded'",
    )
    .bind::<SqlUuid, _>(round)
    .get_result(conn.pg())?;
    Ok(count.n)
}
