//! What trainees read and say, and what an institution reads of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{self, Member, Own, OwnEnrolment, Working};
use crate::assessment::queries as assessment;
use crate::assessment::rules::Standing;
use crate::curriculum::queries as curriculum;
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::files::queries::Stored;
use crate::ids::{
    FileId, FocusAreaId, InterestId, ModuleId, OrganisationId, PlacementDocumentId, PostingId,
    ProgrammeId,
};
use crate::lang::Lang;
use crate::teaching::queries as teaching;
use crate::web::fields::Column;

use super::super::rules::eligibility::{Authorisation, Degree, Facts, Language};
use super::super::rules::{InterestState, PostingState};
use super::postings::{FROM, POSTING, SOUGHT};
use super::{Posting, Sought};
use crate::web::paging::Window;

/// The person's enrolments under which they may take part in placements, the newest first.
///
/// # Errors
/// The database's.
pub fn own_places(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<OwnEnrolment>> {
    let ids = teaching::own_enrolments(conn, own)?;
    ids.into_iter()
        .map(|id| access::own_enrolment(conn, id))
        .collect()
}

fn cohorts_of(places: &[OwnEnrolment]) -> Vec<Uuid> {
    places.iter().map(|it| it.cohort().0).collect()
}

/// The most postings that are read at once for a trainee: rounds have a few hundred.
const MOST: i64 = 2_000;

/// A person's interests that stand, by posting, each since when.
pub type Interests = BTreeMap<PostingId, (InterestId, DateTime<Utc>)>;

/// What a trainee sees of postings: those of their rounds that are open, ranked or matched, and those in which
/// they have an interest (`$1` is theirs), which they may take back after a withdrawal, too.
const SEEN: &str = "(r.state IN ('open', 'ranking', 'matched') AND p.state IN ('open', 'ranking', 'matched') OR p.id = ANY ($1))";

fn of_interest(interests: &Interests) -> Vec<Uuid> {
    interests.keys().map(|it| it.0).collect()
}

/// The postings that a trainee may see: open, ranked or matched ones of rounds that a cohort of theirs
/// takes part in, and those of their interests; by the order asked for.
///
/// # Errors
/// The database's.
pub fn open_postings(
    conn: &mut Conn<'_>,
    _placements: &Working,
    (places, interests): (&[OwnEnrolment], &Interests),
    sought: &Sought,
    page: &Window,
) -> Result<Vec<Posting>> {
    let (_, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM ({POSTING}, ({key}) COLLATE \"C\" AS sort_key {FROM} \
         WHERE {SEEN} AND r.cohort_ids && $2 AND {SOUGHT}) q ORDER BY sort_key {direction}, id {direction} LIMIT $11"
    ))
    .bind::<Array<SqlUuid>, _>(of_interest(interests))
    .bind::<Array<SqlUuid>, _>(cohorts_of(places))
    // The conditions of a search count on from $3.
    .bind::<Nullable<Text>, _>(sought.state.map(PostingState::as_str))
    .bind::<Nullable<SqlUuid>, _>(sought.round)
    .bind::<Nullable<SqlUuid>, _>(sought.area)
    .bind::<Nullable<Text>, _>(&sought.city)
    .bind::<Nullable<Text>, _>(&sought.paid)
    .bind::<Nullable<SqlUuid>, _>(sought.organisation)
    .bind::<Nullable<Text>, _>(&sought.text)
    .bind::<Nullable<Text>, _>(&sought.pattern)
    .bind::<BigInt, _>(MOST)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct RoundCohorts {
    #[diesel(sql_type = Array<SqlUuid>)]
    cohort_ids: Vec<Uuid>,
}

/// One posting that a trainee may see, with the enrolment under which they do.
///
/// # Errors
/// [`Error::NotFound`].
pub fn open_posting(
    conn: &mut Conn<'_>,
    own: &Own,
    id: PostingId,
) -> Result<(OwnEnrolment, Posting)> {
    let places = own_places(conn, own)?;
    let cohorts = cohorts_of(&places);
    let interests = of_interest(&own_interests(conn, own)?);
    let (posting, round) = conn.elevate(Task::Placements, |conn| {
        access::working(conn, Task::Placements)?;
        let posting: Option<Posting> = sql_query(format!(
            "{POSTING}, '' AS sort_key {FROM} WHERE {SEEN} AND r.cohort_ids && $2 AND p.id = $3"
        ))
        .bind::<Array<SqlUuid>, _>(interests)
        .bind::<Array<SqlUuid>, _>(&cohorts)
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?;
        let posting = posting.ok_or(Error::NotFound)?;
        let round: RoundCohorts =
            sql_query("SELECT cohort_ids FROM placement_rounds WHERE id = $1")
                .bind::<SqlUuid, _>(posting.round_id)
                .get_result(conn.pg())?;
        Ok((posting, round))
    })?;
    let place = places
        .into_iter()
        .find(|it| round.cohort_ids.contains(&it.cohort().0));
    Ok((place.ok_or(Error::NotFound)?, posting))
}

/// What a trainee says of themselves for placements.
#[derive(Clone, Debug, Default, QueryableByName)]
pub struct Profile {
    /// Focus areas of interest.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub area_ids: Vec<Uuid>,
    /// Cities, as their words.
    #[diesel(sql_type = Array<Text>)]
    pub cities: Vec<String>,
    /// Languages, as their words.
    #[diesel(sql_type = Array<Text>)]
    pub languages: Vec<String>,
    /// Work authorisations, as their words.
    #[diesel(sql_type = Array<Text>)]
    pub authorisations: Vec<String>,
    /// Highest degree, as its word.
    #[diesel(sql_type = Nullable<Text>)]
    pub degree: Option<String>,
    /// A permit for the Mainland?
    #[diesel(sql_type = Bool)]
    pub mainland_permit: bool,
    /// Version, for edits; 0 for one that was never saved.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// The profile of an enrolment; an empty one if nothing was said.
///
/// # Errors
/// The database's.
pub fn profile(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Profile> {
    let found: Option<Profile> = sql_query(
        "SELECT area_ids, cities, languages, authorisations, degree, mainland_permit, version FROM placement_profiles \
         WHERE enrolment_id = $1 AND person_id = $2",
    )
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())
    .optional()?;
    Ok(found.unwrap_or_default())
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Nullable<Text>)]
    route: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    graduation_year: Option<i32>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    employer_id: Option<OrganisationId>,
    #[diesel(sql_type = Date)]
    starts_on: NaiveDate,
}

/// Everything by which a trainee's eligibility is decided.
///
/// # Errors
/// The database's.
pub fn facts(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Facts> {
    let known: Known = sql_query(
        "SELECT a.route, a.graduation_year, e.employer_id, c.starts_on FROM enrolments e JOIN cohorts c ON c.id = e.cohort_id \
         LEFT JOIN applications a ON a.id = e.application_id WHERE e.id = $1 AND e.person_id = $2",
    )
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())?;
    let results = assessment::results_of(conn, own)?;
    let modules: BTreeSet<ModuleId> = results
        .iter()
        .filter(|it| it.standing == Standing::Passed)
        .map(|it| it.module)
        .collect();
    let all: Vec<ModuleId> = modules.iter().copied().collect();
    let mut levels = BTreeMap::new();
    for version in curriculum::versions_on(conn, &all, known.starts_on)?.values() {
        for claim in &version.content.competencies {
            let level = levels.entry(claim.competency).or_insert(0);
            *level = claim.level.max(*level);
        }
    }
    let profile = profile(conn, own)?;
    Ok(Facts {
        cohort: own.cohort(),
        route: known.route.unwrap_or_default(),
        modules,
        levels,
        languages: profile
            .languages
            .iter()
            .filter_map(|it| Language::parse(it))
            .collect(),
        authorisations: profile
            .authorisations
            .iter()
            .filter_map(|it| Authorisation::parse(it))
            .collect(),
        degree: profile.degree.as_deref().and_then(Degree::parse),
        graduation: known.graduation_year,
        mainland_permit: profile.mainland_permit,
        employer: known.employer_id,
    })
}

#[derive(QueryableByName)]
struct PostingOnly {
    #[diesel(sql_type = SqlUuid)]
    posting_id: PostingId,
}

/// The postings that a person has saved.
///
/// # Errors
/// The database's.
pub fn saved(conn: &mut Conn<'_>, own: &Own) -> Result<BTreeSet<PostingId>> {
    let rows: Vec<PostingOnly> =
        sql_query("SELECT posting_id FROM posting_saves WHERE person_id = $1")
            .bind::<SqlUuid, _>(own.person())
            .load(conn.pg())?;
    Ok(rows.into_iter().map(|it| it.posting_id).collect())
}

#[derive(QueryableByName)]
struct Since {
    #[diesel(sql_type = SqlUuid)]
    id: InterestId,
    #[diesel(sql_type = SqlUuid)]
    posting_id: PostingId,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

/// The postings in which a person's interest stands, and since when.
///
/// # Errors
/// The database's.
pub fn own_interests(conn: &mut Conn<'_>, own: &Own) -> Result<Interests> {
    let rows: Vec<Since> = sql_query(
        "SELECT id, posting_id, created_at FROM posting_interests WHERE person_id = $1 AND state = 'expressed'",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?;
    Ok(rows
        .into_iter()
        .map(|it| (it.posting_id, (it.id, it.created_at)))
        .collect())
}

/// What a trainee shared with their interest, as it stood then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shared {
    /// Languages, as their words.
    pub languages: Vec<String>,
    /// Work authorisations, as their words.
    pub authorisations: Vec<String>,
    /// Highest degree, as its word.
    pub degree: String,
    /// A permit for the Mainland?
    pub mainland_permit: bool,
    /// Codes of the modules completed.
    pub modules: Vec<String>,
}

/// A trainee's interest, as the institution reads it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Interest {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: InterestId,
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The posting.
    #[diesel(sql_type = SqlUuid)]
    pub posting_id: PostingId,
    /// The posting's number.
    #[diesel(sql_type = Text)]
    pub number: String,
    /// The posting's English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// The posting's Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// The cohort's English name.
    #[diesel(sql_type = Text)]
    pub cohort_en: String,
    /// The cohort's Chinese name.
    #[diesel(sql_type = Text)]
    pub cohort_zh: String,
    /// A short note.
    #[diesel(sql_type = Text)]
    pub note: String,
    /// What is shared, as its words.
    #[diesel(sql_type = Array<Text>)]
    pub shares: Vec<String>,
    #[diesel(sql_type = Jsonb)]
    shared: Value,
    /// The curriculum vitae, if it is shared.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub document_id: Option<FileId>,
    #[diesel(sql_type = Jsonb)]
    papers: Value,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Interest {
    /// The documents that are shared.
    ///
    /// # Errors
    /// What no code of ours has written.
    pub fn papers(&self) -> Result<Vec<Paper>> {
        serde_json::from_value(self.papers.clone())
            .map_err(|err| Error::Internal(format!("papers of an interest: {err}")))
    }

    /// The posting as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }

    /// The cohort as the reader reads it.
    #[must_use]
    pub fn cohort(&self, lang: Lang) -> &str {
        lang.pick(&self.cohort_en, &self.cohort_zh)
    }

    /// What was shared.
    ///
    /// # Errors
    /// A row that cannot be read: a mistake of ours.
    pub fn shared(&self) -> Result<Shared> {
        serde_json::from_value(self.shared.clone())
            .map_err(|err| Error::Internal(format!("an interest's row: {err}")))
    }
}

/// The orders of the list of interests.
pub const INTEREST_SORTS: &[Column] = &[
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

const INTEREST: &str = "SELECT i.id, i.programme_id, i.posting_id, p.number, coalesce(p.content->>'title_en', p.number) AS title_en, \
    coalesce(p.content->>'title_zh', p.number) AS title_zh, i.name_shown, i.trainee_number, c.name_en AS cohort_en, \
    c.name_zh AS cohort_zh, i.note, i.shares, i.shared, i.document_id, i.papers, i.created_at";
const INTERESTS: &str = "FROM posting_interests i JOIN postings p ON p.id = i.posting_id JOIN cohorts c ON c.id = i.cohort_id";

/// The interests in an institution's postings that stand; of one posting where it is named.
///
/// # Errors
/// The database's.
pub fn interests(
    conn: &mut Conn<'_>,
    member: &Member,
    (posting, text): (Option<PostingId>, Option<&str>),
    page: &Window,
) -> Result<Vec<Interest>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    let organisations: Vec<Uuid> = member.organisations().iter().map(|it| it.0).collect();
    Ok(sql_query(format!(
        "SELECT * FROM ({INTEREST}, ({key}) COLLATE \"C\" AS sort_key {INTERESTS} WHERE i.organisation_id = ANY ($1) AND i.state = $2 \
           AND ($3 IS NULL OR i.posting_id = $3) AND ($4 IS NULL OR strpos(lower(i.name_shown || ' ' || i.trainee_number), lower($4)) > 0)) q \
         WHERE $5 IS NULL OR (sort_key, id) {beyond} ($5, $6) ORDER BY sort_key {direction}, id {direction} LIMIT $7"
    ))
    .bind::<Array<SqlUuid>, _>(organisations)
    .bind::<Text, _>(InterestState::Expressed.as_str())
    .bind::<Nullable<SqlUuid>, _>(posting)
    .bind::<Nullable<Text>, _>(text)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

/// One interest in an institution's posting that stands.
///
/// # Errors
/// [`Error::NotFound`].
pub fn interest(conn: &mut Conn<'_>, member: &Member, id: InterestId) -> Result<Interest> {
    let organisations: Vec<Uuid> = member.organisations().iter().map(|it| it.0).collect();
    sql_query(format!(
        "{INTEREST}, '' AS sort_key {INTERESTS} WHERE i.id = $1 AND i.organisation_id = ANY ($2) AND i.state = $3"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<Array<SqlUuid>, _>(organisations)
    .bind::<Text, _>(InterestState::Expressed.as_str())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A document that is shared with an interest, as it stood then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Which of the trainee's documents.
    pub document: PlacementDocumentId,
    /// The file.
    pub file: FileId,
    /// What it is, as its word.
    pub kind: String,
    /// The trainee's name for it.
    pub label: String,
}

/// A file that is shared with an interest that the reader has been shown.
fn shared_file(conn: &mut Conn<'_>, id: FileId) -> Result<Stored> {
    conn.elevate(Task::Placements, |conn| {
        sql_query("SELECT id, storage_key, label, media_type, size_bytes FROM files WHERE id = $1 AND removed_at IS NULL")
            .bind::<SqlUuid, _>(id)
            .get_result(conn.pg())
            .optional()?
            .ok_or(Error::NotFound)
    })
}

/// The curriculum vitae of an interest that the reader has been shown.
///
/// # Errors
/// [`Error::NotFound`] when none is shared, or it has been removed since.
pub fn document(conn: &mut Conn<'_>, interest: &Interest) -> Result<Stored> {
    shared_file(conn, interest.document_id.ok_or(Error::NotFound)?)
}

/// One of the other documents of an interest that the reader has been shown.
///
/// # Errors
/// [`Error::NotFound`] when it is not shared.
pub fn paper(conn: &mut Conn<'_>, interest: &Interest, id: PlacementDocumentId) -> Result<Stored> {
    let papers = interest.papers()?;
    let found = papers.iter().find(|it| it.document == id);
    shared_file(conn, found.ok_or(Error::NotFound)?.file)
}

/// A document that a trainee keeps for placements.
#[derive(Clone, Debug, QueryableByName)]
pub struct Document {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PlacementDocumentId,
    /// What it is, as its word.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// The file.
    #[diesel(sql_type = SqlUuid)]
    pub file_id: FileId,
    /// The trainee's name for it.
    #[diesel(sql_type = Text)]
    pub label: String,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// The documents of an enrolment of one's own, those removed left out; there are few.
///
/// # Errors
/// The database's.
pub fn documents(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Vec<Document>> {
    Ok(sql_query(
        "SELECT id, kind, file_id, label, created_at FROM placement_documents WHERE enrolment_id = $1 AND person_id = $2 \
           AND removed_at IS NULL ORDER BY created_at, id",
    )
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// What an interest keeps of its trainee.
#[derive(Clone, Debug, QueryableByName)]
pub struct Named {
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// The curriculum vitae of their application.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub document_id: Option<FileId>,
}

/// Name, number and document of an enrolment of one's own.
///
/// # Errors
/// The database's.
pub fn named(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Named> {
    Ok(sql_query(
        "SELECT e.name_shown, e.trainee_number, a.document_id FROM enrolments e LEFT JOIN applications a ON a.id = e.application_id \
         WHERE e.id = $1 AND e.person_id = $2",
    )
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())?)
}

/// The focus areas of a profile as ids.
#[must_use]
pub fn area_ids(profile: &Profile) -> BTreeSet<FocusAreaId> {
    profile.area_ids.iter().map(|it| FocusAreaId(*it)).collect()
}
