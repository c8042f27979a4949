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
use crate::ids::{FocusAreaId, InterestId, PostingId};

use super::super::events::Noted;
use super::super::queries::{self, Shared};
use super::super::rules::content::City;
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
    let interest = InterestId::new();
    let twice = || PlacementRefusal::InterestTwice.into();
    unless_taken(conn, twice, |pg| {
        sql_query(
            "INSERT INTO posting_interests (id, programme_id, organisation_id, round_id, posting_id, cohort_id, enrolment_id, person_id, \
               name_shown, trainee_number, note, shares, shared, document_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
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
