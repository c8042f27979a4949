//! What trainees do: their profile, what they save, interest expressed and taken back.

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Bool, Jsonb, Nullable, Text, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::{Own, OwnEnrolment};
use crate::audit::{self, About};
use crate::curriculum::queries as curriculum;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::files::queries::{self as files, NewFile};
use crate::ids::{FocusAreaId, InterestId, PlacementDocumentId, PostingId};

use super::super::events::Noted;
use super::super::queries::{self, Paper, Shared};
use super::super::rules::content::{City, Document};
use super::super::rules::eligibility::{Authorisation, Degree, Language, unmet};
use super::super::rules::{PlacementRefusal, Shares, may_be_interested};
use super::unless_taken;

/// What a trainee says of themselves for placements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewProfile {
    /// Focus areas of interest.
    pub areas: Vec<FocusAreaId>,
    /// Cities.
    pub cities: Vec<City>,
    /// Languages.
    pub languages: Vec<Language>,
    /// Work authorisations.
    pub authorisations: Vec<Authorisation>,
    /// Highest degree.
    pub degree: Option<Degree>,
    /// A permit for the Mainland?
    pub mainland_permit: bool,
}

/// Sets the profile of an enrolment.
///
/// # Errors
/// [`Error::Invalid`] for focus areas that are none of the programme's.
pub fn set_profile(conn: &mut Conn<'_>, own: &OwnEnrolment, new: &NewProfile) -> Result<()> {
    let before = queries::profile(conn, own)?;
    let kept: Vec<FocusAreaId> = queries::area_ids(&before).into_iter().collect();
    if queries::strange_areas(conn, own.programme(), &new.areas, &kept)? {
        return Err(Error::field("areas", "choice", |lang| {
            lang.plc_need_area().to_owned()
        }));
    }
    let areas: Vec<Uuid> = new.areas.iter().map(|it| it.0).collect();
    let cities: Vec<&str> = new.cities.iter().map(|it| it.as_str()).collect();
    let languages: Vec<&str> = new.languages.iter().map(|it| it.as_str()).collect();
    let papers: Vec<&str> = new.authorisations.iter().map(|it| it.as_str()).collect();
    sql_query(
        "INSERT INTO placement_profiles (enrolment_id, programme_id, person_id, area_ids, cities, languages, authorisations, degree, \
           mainland_permit) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (enrolment_id) DO UPDATE SET area_ids = excluded.area_ids, cities = excluded.cities, \
           languages = excluded.languages, authorisations = excluded.authorisations, degree = excluded.degree, \
           mainland_permit = excluded.mainland_permit, version = placement_profiles.version + 1",
    )
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(own.programme())
    .bind::<SqlUuid, _>(own.person())
    .bind::<Array<SqlUuid>, _>(areas)
    .bind::<Array<Text>, _>(cities)
    .bind::<Array<Text>, _>(languages)
    .bind::<Array<Text>, _>(papers)
    .bind::<Nullable<Text>, _>(new.degree.map(Degree::as_str))
    .bind::<Bool, _>(new.mainland_permit)
    .execute(conn.pg())?;
    let about = About::new("enrolment", own.enrolment().0)
        .of(own.person())
        .within(own.programme());
    audit::note(conn, about, &Noted::plain("placement_profile.changed"))
}

/// Saves a posting for later, or forgets it; saying it twice is saying it once.
///
/// # Errors
/// [`Error::NotFound`].
pub fn keep(conn: &mut Conn<'_>, own: &Own, id: PostingId, kept: bool) -> Result<()> {
    let (place, posting) = queries::open_posting(conn, own, id)?;
    if kept {
        sql_query(
            "INSERT INTO posting_saves (id, programme_id, posting_id, person_id) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (person_id, posting_id) DO NOTHING",
        )
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<SqlUuid, _>(place.programme())
        .bind::<SqlUuid, _>(posting.id)
        .bind::<SqlUuid, _>(own.person())
        .execute(conn.pg())?;
    } else {
        sql_query("DELETE FROM posting_saves WHERE posting_id = $1 AND person_id = $2")
            .bind::<SqlUuid, _>(posting.id)
            .bind::<SqlUuid, _>(own.person())
            .execute(conn.pg())?;
    }
    Ok(())
}

/// An interest, with what the institution may see by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewInterest {
    /// A short note.
    pub note: String,
    /// What is shared beside it.
    pub shares: Vec<Shares>,
    /// The documents that are shared.
    pub documents: Vec<PlacementDocumentId>,
}

/// What is shared, as it stands now.
fn shared(conn: &mut Conn<'_>, place: &OwnEnrolment, shares: &[Shares]) -> Result<Shared> {
    let mut shared = Shared::default();
    if shares.contains(&Shares::Profile) {
        let profile = queries::profile(conn, place)?;
        shared.languages = profile.languages;
        shared.authorisations = profile.authorisations;
        shared.degree = profile.degree.unwrap_or_default();
        shared.mainland_permit = profile.mainland_permit;
    }
    if shares.contains(&Shares::Modules) {
        let facts = queries::facts(conn, place)?;
        let book = curriculum::book(conn, place.programme())?;
        let known = book
            .modules
            .iter()
            .filter(|it| facts.modules.contains(&it.id));
        shared.modules = known.map(|it| it.code.clone()).collect();
    }
    Ok(shared)
}

/// The documents that are to be shared, as they stand now.
fn papers(
    conn: &mut Conn<'_>,
    place: &OwnEnrolment,
    chosen: &[PlacementDocumentId],
) -> Result<Vec<Paper>> {
    let known = queries::documents(conn, place)?;
    let paper = |id: &PlacementDocumentId| {
        let it = known.iter().find(|it| it.id == *id)?;
        Some(Paper {
            document: it.id,
            file: it.file_id,
            kind: it.kind.clone(),
            label: it.label.clone(),
        })
    };
    let found: Option<Vec<Paper>> = chosen.iter().map(paper).collect();
    found.ok_or_else(|| Error::field("documents", "choice", |lang| lang.form_choice().to_owned()))
}

/// The most documents that a trainee keeps for placements.
pub const MOST_DOCUMENTS: usize = 10;

/// Keeps a document for placements; returns its id.
///
/// # Errors
/// [`PlacementRefusal::TooManyDocuments`].
pub fn add_document(
    conn: &mut Conn<'_>,
    own: &Own,
    place: &OwnEnrolment,
    (kind, file): (Document, &NewFile<'_>),
) -> Result<PlacementDocumentId> {
    if queries::documents(conn, place)?.len() >= MOST_DOCUMENTS {
        return Err(PlacementRefusal::TooManyDocuments.into());
    }
    let file_id = files::insert(conn, own, file)?;
    let id = PlacementDocumentId::new();
    sql_query(
        "INSERT INTO placement_documents (id, programme_id, enrolment_id, person_id, kind, file_id, label) \
         SELECT $1, $2, $3, $4, $5, id, label FROM files WHERE id = $6",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(place.programme())
    .bind::<SqlUuid, _>(place.enrolment())
    .bind::<SqlUuid, _>(own.person())
    .bind::<Text, _>(kind.as_str())
    .bind::<SqlUuid, _>(file_id)
    .execute(conn.pg())?;
    note_document(conn, place, id, "placement_document.added")?;
    Ok(id)
}

/// Takes a document off the list; where it was shared it stays shared.
///
/// # Errors
/// [`Error::NotFound`].
pub fn remove_document(
    conn: &mut Conn<'_>,
    place: &OwnEnrolment,
    id: PlacementDocumentId,
) -> Result<()> {
    let written = sql_query(
        "UPDATE placement_documents SET removed_at = banyan_now() WHERE id = $1 AND enrolment_id = $2 AND removed_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(place.enrolment())
    .execute(conn.pg())?;
    if written == 0 {
        return Err(Error::NotFound);
    }
    note_document(conn, place, id, "placement_document.removed")
}

fn note_document(
    conn: &mut Conn<'_>,
    place: &OwnEnrolment,
    id: PlacementDocumentId,
    verb: &'static str,
) -> Result<()> {
    let about = About::new("placement_document", id.0)
        .of(place.person())
        .within(place.programme());
    audit::note(conn, about, &Noted::plain(verb))
}

/// Expresses interest in a posting. The institution sees it from now on.
///
/// # Errors
/// [`Error::NotFound`]; a [`PlacementRefusal`].
pub fn express(
    conn: &mut Conn<'_>,
    own: &Own,
    id: PostingId,
    new: &NewInterest,
) -> Result<InterestId> {
    let (place, posting) = queries::open_posting(conn, own, id)?;
    let now = db::now(conn)?;
    may_be_interested(posting.state()?, now, posting.list_deadline)?;
    let facts = queries::facts(conn, &place)?;
    if !unmet(&posting.wants()?, &facts, posting.organisation_id).is_empty() {
        return Err(PlacementRefusal::NotEligible.into());
    }
    let named = queries::named(conn, &place)?;
    let shared = shared(conn, &place, &new.shares)?;
    let document = named
        .document_id
        .filter(|_| new.shares.contains(&Shares::Cv));
    let words: Vec<&str> = new.shares.iter().map(|it| it.as_str()).collect();
    let papers = papers(conn, &place, &new.documents)?;
    let interest = InterestId::new();
    let twice = || PlacementRefusal::InterestTwice.into();
    unless_taken(conn, twice, |pg| {
        sql_query(
            "INSERT INTO posting_interests (id, programme_id, organisation_id, round_id, posting_id, cohort_id, enrolment_id, person_id, \
               name_shown, trainee_number, note, shares, shared, document_id, papers) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind::<SqlUuid, _>(interest)
        .bind::<SqlUuid, _>(place.programme())
        .bind::<SqlUuid, _>(posting.organisation_id)
        .bind::<SqlUuid, _>(posting.round_id)
        .bind::<SqlUuid, _>(posting.id)
        .bind::<SqlUuid, _>(place.cohort())
        .bind::<SqlUuid, _>(place.enrolment())
        .bind::<SqlUuid, _>(own.person())
        .bind::<Text, _>(&named.name_shown)
        .bind::<Text, _>(&named.trainee_number)
        .bind::<Text, _>(&new.note)
        .bind::<Array<Text>, _>(words)
        .bind::<Jsonb, _>(json!(shared))
        .bind::<Nullable<SqlUuid>, _>(document)
        .bind::<Jsonb, _>(json!(papers))
        .execute(pg)
    })?;
    note(conn, own, &place, interest, "interest.expressed")?;
    Ok(interest)
}

fn note(
    conn: &mut Conn<'_>,
    own: &Own,
    place: &OwnEnrolment,
    id: InterestId,
    verb: &'static str,
) -> Result<()> {
    let about = About::new("posting_interest", id.0)
        .of(own.person())
        .within(place.programme());
    audit::note(conn, about, &Noted::plain(verb))
}

/// Takes an interest back: the institution sees nothing of it any more.
///
/// # Errors
/// [`Error::NotFound`] when none stands.
pub fn take_back(conn: &mut Conn<'_>, own: &Own, id: PostingId) -> Result<()> {
    let standing = queries::own_interests(conn, own)?;
    let (interest, _) = standing.get(&id).copied().ok_or(Error::NotFound)?;
    let (place, _) = queries::open_posting(conn, own, id)?;
    let written = sql_query(
        "UPDATE posting_interests SET state = 'taken_back', taken_back_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND person_id = $2 AND state = 'expressed'",
    )
    .bind::<SqlUuid, _>(interest)
    .bind::<SqlUuid, _>(own.person())
    .execute(conn.pg())?;
    if written == 0 {
        return Err(Error::NotFound);
    }
    note(conn, own, &place, interest, "interest.taken_back")
}
