//! What the office reads of a round: its lists, everything that a run is made of, its runs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{self, ProgrammeStaff};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{OrganisationId, PersonId, RoundId};
use crate::lang::Lang;
use crate::placements::queries as placements;
use crate::web::fields::Column;
use crate::web::paging::Cursor;

use super::super::rules::market::{Certified, Market, Posting, Terms, Trainee};
use super::super::rules::{ListKind, ListState, list_state};
use super::{MatchRound, round, tiers};
use crate::placements::rules::RoundState;

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
    #[diesel(sql_type = SqlUuid)]
    of: Uuid,
    #[diesel(sql_type = Text)]
    sort_key: String,
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
    /// Its place in the list that it was read from.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor {
            key: self.sort_key.clone(),
            id: self.of,
        }
    }

    /// The enrolment, institution or posting.
    #[must_use]
    pub fn subject(&self) -> Uuid {
        self.of
    }

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

/// Seats of the posting `p` that nobody has.
const VACANT: &str = "(p.seats + p.later_seats - (SELECT count(*) FROM placements x WHERE x.posting_id = p.id \
    AND x.state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host')))";

/// The orders of the list of lists: as they are read, by name, by how they stand.
pub const LIST_SORTS: &[Column] = &[
    ("kind", "s.part || lower(s.name_en)"),
    ("name", "lower(s.name_en)"),
    (
        "state",
        "CASE WHEN l.id IS NULL THEN 1 WHEN c.sha256 IS NULL THEN 2 WHEN c.sha256 <> l.sha256 THEN 3 ELSE 4 END::text || lower(s.name_en)",
    ),
    (
        "certified",
        "coalesce(to_char(c.certified_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS'), '')",
    ),
];

/// Which of the lists of a round.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sought<'a> {
    /// How they stand.
    pub state: Option<ListState>,
    /// Of trainees (true), or of institutions.
    pub trainees: Option<bool>,
    /// Part of a name or number.
    pub text: Option<&'a str>,
}

/// The lists that a round should have, with how each stands, page by page.
///
/// # Errors
/// The database's.
pub fn lists_page(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    round: &MatchRound,
    sought: Sought<'_>,
    page: &crate::web::paging::Window,
) -> Result<Vec<DeskList>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    // Once it is matched, who takes part is who had a list: some have left or completed since.
    let over = matches!(round.state()?, RoundState::Matched | RoundState::Closed);
    Ok(sql_query(format!(
        "SELECT * FROM (SELECT s.of, ({key}) COLLATE \"C\" AS sort_key, s.kind, s.person_id, s.organisation_id, s.name_en, s.name_zh, s.more_en, \
           s.more_zh, l.sha256, c.sha256 AS certified_sha256, c.certified_at FROM ( \
         SELECT 0 AS part, 'trainee' AS kind, e.id AS of, e.person_id, e.id AS enrolment_id, NULL::uuid AS organisation_id, NULL::uuid AS posting_id, \
           e.name_shown AS name_en, e.name_shown AS name_zh, e.trainee_number AS more_en, e.trainee_number AS more_zh \
           FROM enrolments e WHERE CASE WHEN $10 THEN EXISTS (SELECT FROM rank_lists l WHERE l.round_id = $1 AND l.enrolment_id = e.id) \
             ELSE {TAKES_PART} AND NOT EXISTS (SELECT FROM places_beforehand b WHERE b.round_id = $1 AND b.enrolment_id = e.id \
             AND b.state IN ('approved', 'placed')) END \
         UNION ALL SELECT 1, 'bank', o.id, NULL, NULL, o.id, NULL, o.name_en, o.name_zh, '', '' FROM organisations o \
           JOIN round_terms t ON t.organisation_id = o.id AND t.round_id = $3 AND t.ranking = 'bank_list' \
           WHERE EXISTS (SELECT FROM postings p WHERE p.round_id = $3 AND p.organisation_id = o.id AND p.state IN ('open', 'ranking', 'matched', 'closed')) \
         UNION ALL SELECT 2, 'posting', p.id, NULL, NULL, o.id, p.id, coalesce(p.content->>'title_en', p.number), \
           coalesce(p.content->>'title_zh', p.number), o.name_en, o.name_zh FROM postings p JOIN organisations o ON o.id = p.organisation_id \
           WHERE p.round_id = $3 AND p.state IN ('open', 'ranking', 'matched', 'closed') AND NOT EXISTS (SELECT FROM round_terms t \
             WHERE t.round_id = $3 AND t.organisation_id = o.id AND t.ranking = 'bank_list') AND ($1 = $3 OR {VACANT} > 0)) s \
         LEFT JOIN rank_lists l ON l.round_id = $1 AND l.kind = s.kind AND l.enrolment_id IS NOT DISTINCT FROM s.enrolment_id \
           AND l.organisation_id IS NOT DISTINCT FROM s.organisation_id AND l.posting_id IS NOT DISTINCT FROM s.posting_id \
         LEFT JOIN LATERAL (SELECT c.sha256, c.certified_at FROM certified_lists c WHERE c.list_id = l.id \
           ORDER BY c.sequence DESC LIMIT 1) c ON true \
         WHERE ($4 IS NULL OR $4 = CASE WHEN l.id IS NULL THEN 'missing' WHEN c.sha256 IS NULL THEN 'saved' WHEN c.sha256 <> l.sha256 \
             THEN 'changed' ELSE 'certified' END) AND ($5 IS NULL OR $5 = (s.kind = 'trainee')) \
           AND ($6 IS NULL OR strpos(lower(concat_ws(' ', s.name_en, s.name_zh, s.more_en, s.more_zh)), lower($6)) > 0)) q \
         WHERE $7 IS NULL OR (sort_key, of) {beyond} ($7, $8) ORDER BY sort_key {direction}, of {direction} LIMIT $9"
    ))
    .bind::<SqlUuid, _>(round.id)
    .bind::<Array<SqlUuid>, _>(&round.cohort_ids)
    .bind::<SqlUuid, _>(round.root())
    .bind::<Nullable<Text>, _>(sought.state.map(ListState::as_str))
    .bind::<Nullable<diesel::sql_types::Bool>, _>(sought.trainees)
    .bind::<Nullable<Text>, _>(sought.text)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .bind::<diesel::sql_types::Bool, _>(over)
    .load(conn.pg())?)
}

/// Every list that a round should have, with how it stands; trainees first.
///
/// # Errors
/// The database's.
pub fn desk_lists(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
) -> Result<Vec<DeskList>> {
    let query = crate::web::Pairs::parse(b"sort=kind");
    let page = crate::web::paging::Window {
        sort: crate::web::fields::Sort::from_query(&query, LIST_SORTS),
        after: None,
        limit: 20_000,
    };
    lists_page(conn, staff, round, Sought::default(), &page)
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

/// The postings that take part in a round's match: those that are or were open, with all their seats. One that
/// is gone has no seats.
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
           CASE WHEN p.state IN ('open', 'ranking', 'matched', 'closed') THEN p.seats + p.later_seats ELSE 0 END AS seats, p.reserve_group, p.reserve_seats, p.group_caps \
         FROM postings p JOIN organisations o ON o.id = p.organisation_id WHERE p.round_id = $1 AND (p.state IN ('open', 'ranking', 'matched', 'closed') \
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

impl Taking {
    /// Whoever holds a seat.
    #[must_use]
    pub fn of(it: &super::Holding) -> Self {
        Self {
            id: it.enrolment_id,
            person_id: it.person_id,
            name_shown: it.name_shown.clone(),
            trainee_number: it.trainee_number.clone(),
            route: None,
        }
    }
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

/// Who has a placement at a posting of this round, whatever it came of.
fn holders(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    round: &MatchRound,
) -> Result<Vec<Taking>> {
    Ok(sql_query(
        "SELECT e.id, e.person_id, e.name_shown, e.trainee_number, a.route FROM enrolments e LEFT JOIN applications a ON a.id = e.application_id \
         WHERE e.id IN (SELECT x.enrolment_id FROM placements x JOIN postings p ON p.id = x.posting_id WHERE p.round_id = $1 \
           AND x.state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host')) ORDER BY e.name_sort, e.id",
    )
    .bind::<SqlUuid, _>(round.root())
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
    .bind::<SqlUuid, _>(round.root())
    .load(conn.pg())?;
    let interests: BTreeSet<(Uuid, Uuid)> = interests
        .into_iter()
        .map(|it| (it.enrolment_id, it.posting_id))
        .collect();
    let mut trainees = taking_part(conn, staff, round)?;
    // Who is placed takes up seats, and part of the cap of their group.
    for it in holders(conn, staff, round)? {
        if trainees.iter().all(|known| known.id != it.id) {
            trainees.push(it);
        }
    }
    let postings = desk_postings(conn, staff, round.root())?;
    let terms = placements::terms(conn, &placements::Side::Office(*staff), round.root())?;
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
