//! Whom an institution could interview, and whom it wants to.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::Member;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{
    EnrolmentId, InterestId, OrganisationId, PersonId, PostingId, ProgrammeId, RoundId, ShortlistId,
};
use crate::lang::Lang;
use crate::web::fields::Column;
use crate::web::paging::Cursor;
use crate::web::paging::Window;

use super::organisations;

/// A trainee who is interested in a posting, as its institution reads them.
#[derive(Clone, Debug, QueryableByName)]
pub struct Candidate {
    /// The interest.
    #[diesel(sql_type = SqlUuid)]
    pub id: InterestId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// The posting.
    #[diesel(sql_type = SqlUuid)]
    pub posting_id: PostingId,
    /// The trainee's enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    #[diesel(sql_type = Text)]
    title_en: String,
    #[diesel(sql_type = Text)]
    title_zh: String,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    #[diesel(sql_type = Text)]
    cohort_en: String,
    #[diesel(sql_type = Text)]
    cohort_zh: String,
    /// The row of the shortlist, if there ever was one.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub candidate_id: Option<ShortlistId>,
    /// Is the trainee on the shortlist?
    #[diesel(sql_type = Bool)]
    pub listed: bool,
    /// What the institution noted before an interview.
    #[diesel(sql_type = Text)]
    pub before_words: String,
    /// And after it.
    #[diesel(sql_type = Text)]
    pub after_words: String,
    /// Version of the notes; 0 for none.
    #[diesel(sql_type = Integer)]
    pub note_version: i32,
    /// Does an interview stand that is published?
    #[diesel(sql_type = Bool)]
    pub stands: bool,
    /// When interest was expressed.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    sort_key: String,
}

impl Candidate {
    /// The posting's title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }

    /// The cohort as the reader reads it.
    #[must_use]
    pub fn cohort(&self, lang: Lang) -> &str {
        lang.pick(&self.cohort_en, &self.cohort_zh)
    }

    /// Its place in the list.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor {
            key: self.sort_key.clone(),
            id: self.id.0,
        }
    }
}

/// The orders of the list.
pub const CANDIDATE_SORTS: &[Column] = &[
    ("name", "lower(i.name_shown)"),
    (
        "posting",
        "lower(coalesce(p.content->>'title_en', p.number))",
    ),
    (
        "since",
        "to_char(i.created_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')",
    ),
];

const CANDIDATE: &str = "SELECT i.id, i.programme_id, i.organisation_id, i.posting_id, i.enrolment_id, i.person_id, \
    coalesce(p.content->>'title_en', p.number) AS title_en, coalesce(p.content->>'title_zh', p.number) AS title_zh, i.name_shown, \
    i.trainee_number, k.name_en AS cohort_en, k.name_zh AS cohort_zh, c.id AS candidate_id, coalesce(c.listed, false) AS listed, \
    coalesce(n.before_words, '') AS before_words, coalesce(n.after_words, '') AS after_words, coalesce(n.version, 0) AS note_version, \
    EXISTS (SELECT FROM interviews v WHERE v.candidate_id = c.id AND v.state <> 'cancelled') AS stands, i.created_at";
const CANDIDATES: &str = "FROM posting_interests i JOIN postings p ON p.id = i.posting_id JOIN cohorts k ON k.id = i.cohort_id \
    LEFT JOIN interview_candidates c ON c.interest_id = i.id LEFT JOIN interview_notes n ON n.candidate_id = c.id \
    WHERE i.round_id = $1 AND i.organisation_id = ANY ($2) AND i.state = 'expressed'";

/// What is sought among candidates.
#[derive(Clone, Debug, Default)]
pub struct CandidateSought {
    /// Their posting.
    pub posting: Option<PostingId>,
    /// On the shortlist, or not.
    pub listed: Option<bool>,
    /// Part of name or number.
    pub text: Option<String>,
}

/// Whoever is interested in the postings of a representative's institutions in a round.
///
/// # Errors
/// The database's.
pub fn candidates(
    conn: &mut Conn<'_>,
    member: &Member,
    round: RoundId,
    sought: &CandidateSought,
    page: &Window,
) -> Result<Vec<Candidate>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM ({CANDIDATE}, ({key}) COLLATE \"C\" AS sort_key {CANDIDATES} AND ($3 IS NULL OR i.posting_id = $3) \
           AND ($4 IS NULL OR coalesce(c.listed, false) = $4) \
           AND ($5 IS NULL OR strpos(lower(i.name_shown || ' ' || i.trainee_number), lower($5)) > 0)) q \
         WHERE $6 IS NULL OR (sort_key, id) {beyond} ($6, $7) ORDER BY sort_key {direction}, id {direction} LIMIT $8"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<Array<SqlUuid>, _>(organisations(member))
    .bind::<Nullable<SqlUuid>, _>(sought.posting)
    .bind::<Nullable<Bool>, _>(sought.listed)
    .bind::<Nullable<Text>, _>(&sought.text)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

/// These interests of a representative's institutions in a round, those that stand.
///
/// # Errors
/// The database's.
pub fn these(
    conn: &mut Conn<'_>,
    member: &Member,
    round: RoundId,
    ids: &[Uuid],
) -> Result<Vec<Candidate>> {
    Ok(sql_query(format!(
        "{CANDIDATE}, '' AS sort_key {CANDIDATES} AND i.id = ANY ($3) ORDER BY i.id"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<Array<SqlUuid>, _>(organisations(member))
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn.pg())?)
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`].
pub fn candidate(
    conn: &mut Conn<'_>,
    member: &Member,
    (round, id): (RoundId, InterestId),
) -> Result<Candidate> {
    let found = these(conn, member, round, &[id.0])?;
    found.into_iter().next().ok_or(Error::NotFound)
}

/// What an institution notes of a candidate.
#[derive(Clone, Debug, Default, QueryableByName)]
pub struct Note {
    /// Before the interview.
    #[diesel(sql_type = Text)]
    pub before_words: String,
    /// After it.
    #[diesel(sql_type = Text)]
    pub after_words: String,
    /// Version, for edits; 0 for none.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// The institution's own notes of a candidate.
///
/// # Errors
/// The database's.
pub fn note_of(conn: &mut Conn<'_>, member: &Member, candidate: ShortlistId) -> Result<Note> {
    let row: Option<Note> = sql_query(
        "SELECT before_words, after_words, version FROM interview_notes WHERE candidate_id = $1 AND organisation_id = ANY ($2)",
    )
    .bind::<SqlUuid, _>(candidate)
    .bind::<Array<SqlUuid>, _>(organisations(member))
    .get_result(conn.pg())
    .optional()?;
    Ok(row.unwrap_or_default())
}
