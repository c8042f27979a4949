//! An applicant's own application: reading it, writing its sections, its search tokens.

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{Own, OwnApplication};
use crate::cohorts::queries::Cohort;
use crate::db::{Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{
    ApplicationId, CohortId, EnrolmentId, FileId, OfferId, OrganisationId, PersonId, PicsId,
    ProgrammeId,
};
use crate::lang::Lang;
use crate::people::rules::search::search_tokens;
use crate::people::rules::{Email, Names};

use super::Route;
use super::rules::form::{Affiliation, FormData};
use super::rules::{Outcome, State};

/// The applicant's own application, whole.
#[derive(Clone, Debug, QueryableByName)]
pub struct Mine {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ApplicationId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// What people call it: `2027H1-7K3F9Q`.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// State, as its word; see [`Mine::state`].
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Family name.
    #[diesel(sql_type = Nullable<Text>)]
    pub family_name: Option<String>,
    /// Given names.
    #[diesel(sql_type = Nullable<Text>)]
    pub given_names: Option<String>,
    /// Western name.
    #[diesel(sql_type = Nullable<Text>)]
    pub western_name: Option<String>,
    /// Chinese name.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_zh: Option<String>,
    /// How the account's owner is addressed.
    #[diesel(sql_type = Text)]
    pub display_name: String,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Telephone: E.164, or as typed while it cannot be read.
    #[diesel(sql_type = Nullable<Text>)]
    pub phone: Option<String>,
    /// Route, as its word.
    #[diesel(sql_type = Nullable<Text>)]
    pub route: Option<String>,
    /// University.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub university_id: Option<OrganisationId>,
    /// University in English.
    #[diesel(sql_type = Nullable<Text>)]
    pub university_en: Option<String>,
    /// University in Chinese.
    #[diesel(sql_type = Nullable<Text>)]
    pub university_zh: Option<String>,
    /// Employer on the list.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub employer_id: Option<OrganisationId>,
    /// Employer in English.
    #[diesel(sql_type = Nullable<Text>)]
    pub employer_en: Option<String>,
    /// Employer in Chinese.
    #[diesel(sql_type = Nullable<Text>)]
    pub employer_zh: Option<String>,
    /// Employer as written.
    #[diesel(sql_type = Nullable<Text>)]
    pub employer_name: Option<String>,
    /// Post held.
    #[diesel(sql_type = Nullable<Text>)]
    pub job_title: Option<String>,
    /// Subject studied.
    #[diesel(sql_type = Nullable<Text>)]
    pub field_of_study: Option<String>,
    /// Year of graduation.
    #[diesel(sql_type = Nullable<Integer>)]
    pub graduation_year: Option<i32>,
    /// Statement.
    #[diesel(sql_type = Nullable<Text>)]
    pub statement: Option<String>,
    /// Document.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub document_id: Option<FileId>,
    /// The document's own name.
    #[diesel(sql_type = Nullable<Text>)]
    pub document_label: Option<String>,
    /// Declarations ticked.
    #[diesel(sql_type = Array<Text>)]
    pub declarations: Vec<String>,
    /// Version of the statement on personal data that was accepted.
    #[diesel(sql_type = Nullable<Text>)]
    pub pics_version: Option<String>,
    /// That version's id.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub accepted_pics: Option<PicsId>,
    /// When it was submitted.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Version, against two tabs.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// The programme's address for questions.
    #[diesel(sql_type = Text)]
    pub contact_email: String,
}

impl Mine {
    /// The state as the applicant may know it.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<State> {
        Ok(match self.state.as_str() {
            "draft" => State::Draft,
            "submitted" => State::Submitted,
            "under_review" => State::UnderReview,
            "offered" => State::Released(Outcome::Offered),
            "waitlisted" => State::Released(Outcome::Waitlisted),
            "rejected" => State::Released(Outcome::Rejected),
            "ineligible" => State::Released(Outcome::Ineligible),
            "enrolled" => State::Enrolled,
            "withdrawn" => State::Withdrawn,
            "declined" => State::Declined,
            "lapsed" => State::Lapsed,
            "deferred" => State::Deferred,
            other => return Err(Error::Internal(format!("application state {other}"))),
        })
    }

    /// What the form holds.
    #[must_use]
    pub fn form(&self) -> FormData {
        let says = |word: &str| self.declarations.iter().any(|it| it == word);
        FormData {
            family_name: self.family_name.clone(),
            given_names: self.given_names.clone(),
            western_name: self.western_name.clone(),
            name_zh: self.name_zh.clone(),
            display_name: Some(self.display_name.clone()),
            phone: self.phone.clone(),
            route: self.route.as_deref().and_then(Route::parse),
            university: Affiliation {
                organisation: self.university_id,
                name: None,
            },
            graduation_year: self.graduation_year,
            employer: Affiliation {
                organisation: self.employer_id,
                name: self.employer_name.clone(),
            },
            statement: self.statement.clone(),
            document: self.document_id,
            declares_true: says("true"),
            declares_eligible: says("eligible"),
            declares_available: says("available"),
            accepted_pics: self.accepted_pics,
        }
    }

    /// University as the reader reads it.
    #[must_use]
    pub fn university(&self, lang: Lang) -> Option<&str> {
        lang.pick(&self.university_en, &self.university_zh)
            .as_deref()
    }

    /// Employer as the reader reads it.
    #[must_use]
    pub fn employer(&self, lang: Lang) -> Option<&str> {
        lang.pick(&self.employer_en, &self.employer_zh)
            .as_deref()
            .or(self.employer_name.as_deref())
    }
}

const MINE: &str = "SELECT a.id, a.cohort_id, a.reference, a.state, a.family_name, a.given_names, a.western_name, \
    a.name_zh, p.display_name, a.email, a.phone, a.route, a.university_id, u.name_en AS university_en, \
    u.name_zh AS university_zh, a.employer_id, e.name_en AS employer_en, e.name_zh AS employer_zh, a.employer_name, \
    a.job_title, a.field_of_study, a.graduation_year, a.statement, a.document_id, f.label AS document_label, \
    a.declarations, a.pics_version, s.id AS accepted_pics, a.submitted_at, a.version, g.contact_email \
    FROM applications a JOIN people p ON p.id = a.person_id JOIN programmes g ON g.id = a.programme_id \
    LEFT JOIN organisations u ON u.id = a.university_id LEFT JOIN organisations e ON e.id = a.employer_id \
    LEFT JOIN files f ON f.id = a.document_id \
    LEFT JOIN pics s ON s.programme_id = a.programme_id AND s.version = a.pics_version \
    WHERE a.id = $1 AND a.person_id = $2";

/// The application.
///
/// # Errors
/// [`Error::NotFound`].
pub fn mine(conn: &mut Conn<'_>, own: &OwnApplication) -> Result<Mine> {
    sql_query(MINE)
        .bind::<SqlUuid, _>(own.application())
        .bind::<SqlUuid, _>(own.person())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// What has come of an application: its latest offer, its enrolment.
#[derive(Clone, Debug, QueryableByName)]
pub struct Outcomes {
    /// The latest offer.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub offer_id: Option<OfferId>,
    /// Its state.
    #[diesel(sql_type = Nullable<Text>)]
    pub offer_state: Option<String>,
    /// Until when it is to be answered.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<DateTime<Utc>>,
    /// The enrolment.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub enrolment_id: Option<EnrolmentId>,
}

/// See [`Outcomes`].
///
/// # Errors
/// The database's.
pub fn outcomes(conn: &mut Conn<'_>, own: &OwnApplication) -> Result<Outcomes> {
    Ok(sql_query(
        "SELECT o.id AS offer_id, o.state AS offer_state, o.expires_at, e.id AS enrolment_id FROM applications a \
         LEFT JOIN LATERAL (SELECT id, state, expires_at FROM offers WHERE application_id = a.id AND person_id = $2 \
           ORDER BY id DESC LIMIT 1) o ON true \
         LEFT JOIN enrolments e ON e.application_id = a.id AND e.person_id = $2 \
         WHERE a.id = $1 AND a.person_id = $2",
    )
    .bind::<SqlUuid, _>(own.application())
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())?)
}

/// The application, locked against other tabs while the applicant may write it (row-level security
/// lets nothing else be locked), then read.
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock(conn: &mut Conn<'_>, own: &OwnApplication) -> Result<Mine> {
    sql_query("SELECT id FROM applications WHERE id = $1 AND person_id = $2 FOR UPDATE")
        .bind::<SqlUuid, _>(own.application())
        .bind::<SqlUuid, _>(own.person())
        .execute(conn.pg())?;
    mine(conn, own)
}

/// The statement on personal data that is in force.
#[derive(Clone, Debug, QueryableByName)]
pub struct PicsInForce {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PicsId,
    /// Its version.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// In English; paragraphs are parted by blank lines.
    #[diesel(sql_type = Text)]
    pub text_en: String,
    /// In Chinese.
    #[diesel(sql_type = Text)]
    pub text_zh: String,
}

/// The statement on personal data in force for a programme.
///
/// # Errors
/// [`Error::NotFound`] when the programme has none yet.
pub fn pics(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<PicsInForce> {
    sql_query(
        "SELECT id, version, text_en, text_zh FROM pics WHERE programme_id = $1 \
         AND effective_at <= (SELECT banyan_now()) ORDER BY effective_at DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(programme)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: ApplicationId,
}

/// The person's application to a cohort, if there is one.
///
/// # Errors
/// The database's.
pub fn of_cohort(
    conn: &mut Conn<'_>,
    own: &Own,
    cohort: CohortId,
) -> Result<Option<ApplicationId>> {
    let found: Option<Id> =
        sql_query("SELECT id FROM applications WHERE cohort_id = $1 AND person_id = $2")
            .bind::<SqlUuid, _>(cohort)
            .bind::<SqlUuid, _>(own.person())
            .get_result(conn.pg())
            .optional()?;
    Ok(found.map(|it| it.id))
}

/// Adds an empty draft, filled in from the account as far as that goes. Returns whether it was
/// added: not when the reference is taken, or a draft was begun in another tab.
///
/// # Errors
/// The database's.
pub fn insert_draft(
    conn: &mut Conn<'_>,
    own: &Own,
    cohort: &Cohort,
    id: ApplicationId,
    reference: &str,
) -> Result<bool> {
    let added = sql_query(
        "INSERT INTO applications (id, cohort_id, programme_id, person_id, reference, state, family_name, given_names, \
           western_name, name_zh, email, phone, lang, source) \
         SELECT $1, $2, $3, p.id, $4, 'draft', p.family_name, p.given_names, p.western_name, p.name_zh, p.email, \
           p.phone, p.lang, 'web' FROM people p WHERE p.id = $5 ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(cohort.id)
    .bind::<SqlUuid, _>(cohort.programme_id)
    .bind::<Text, _>(reference)
    .bind::<SqlUuid, _>(own.person())
    .execute(conn.pg())?;
    Ok(added == 1)
}

/// Writes every field of the form back. The row was locked by [`lock`]; state and version stand in
/// the condition all the same.
///
/// # Errors
/// [`Error::Stale`] when it changed meanwhile.
pub fn save(conn: &mut Conn<'_>, own: &OwnApplication, mine: &Mine) -> Result<()> {
    let part = |name: &Option<String>| name.clone().unwrap_or_default();
    let names = Names::new(
        &part(&mine.family_name),
        &part(&mine.given_names),
        &part(&mine.western_name),
        &part(&mine.name_zh),
    )
    .ok();
    let shown = names.as_ref().map(Names::display_en).unwrap_or_default();
    let sort = names.as_ref().map(Names::sort_key).unwrap_or_default();
    let changed = sql_query(
        "UPDATE applications SET family_name = $3, given_names = $4, western_name = $5, name_zh = $6, name_shown = $7, \
           name_sort = $8, phone = $9, route = $10, university_id = $11, employer_id = $12, employer_name = $13, \
           job_title = $14, field_of_study = $15, graduation_year = $16, statement = $17, document_id = $18, \
           declarations = $19, pics_version = $20, version = version + 1, updated_at = banyan_now() \
         WHERE id = $1 AND person_id = $2 AND version = $21 AND state IN ('draft', 'submitted')",
    )
    .bind::<SqlUuid, _>(own.application())
    .bind::<SqlUuid, _>(own.person())
    .bind::<Nullable<Text>, _>(&mine.family_name)
    .bind::<Nullable<Text>, _>(&mine.given_names)
    .bind::<Nullable<Text>, _>(&mine.western_name)
    .bind::<Nullable<Text>, _>(&mine.name_zh)
    .bind::<Text, _>(shown)
    .bind::<Text, _>(sort)
    .bind::<Nullable<Text>, _>(&mine.phone)
    .bind::<Nullable<Text>, _>(&mine.route)
    .bind::<Nullable<SqlUuid>, _>(mine.university_id)
    .bind::<Nullable<SqlUuid>, _>(mine.employer_id)
    .bind::<Nullable<Text>, _>(&mine.employer_name)
    .bind::<Nullable<Text>, _>(&mine.job_title)
    .bind::<Nullable<Text>, _>(&mine.field_of_study)
    .bind::<Nullable<Integer>, _>(mine.graduation_year)
    .bind::<Nullable<Text>, _>(&mine.statement)
    .bind::<Nullable<SqlUuid>, _>(mine.document_id)
    .bind::<Array<Text>, _>(&mine.declarations)
    .bind::<Nullable<Text>, _>(&mine.pics_version)
    .bind::<Integer, _>(mine.version)
    .execute(conn.pg())?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

/// Moves the application from one state to another.
///
/// # Errors
/// [`Error::Stale`] when it is in another state by now.
pub fn set_state(
    conn: &mut Conn<'_>,
    own: &OwnApplication,
    from: &str,
    to: &str,
    submitted_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let changed = sql_query(
        "UPDATE applications SET state = $4, submitted_at = coalesce($5, submitted_at), version = version + 1, \
           updated_at = banyan_now() WHERE id = $1 AND person_id = $2 AND state = $3",
    )
    .bind::<SqlUuid, _>(own.application())
    .bind::<SqlUuid, _>(own.person())
    .bind::<Text, _>(from)
    .bind::<Text, _>(to)
    .bind::<Nullable<Timestamptz>, _>(submitted_at)
    .execute(conn.pg())?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

/// Marks a document that was replaced or taken away; the sweep removes its bytes.
///
/// # Errors
/// The database's.
pub fn remove_file(conn: &mut Conn<'_>, own: &OwnApplication, file: FileId) -> Result<()> {
    sql_query("UPDATE files SET removed_at = banyan_now() WHERE id = $1 AND owner_id = $2 AND removed_at IS NULL")
        .bind::<SqlUuid, _>(file)
        .bind::<SqlUuid, _>(own.person())
        .execute(conn.pg())?;
    Ok(())
}

/// Records that the person accepted this version of the statement on personal data, once.
///
/// # Errors
/// The database's.
pub fn consent(conn: &mut Conn<'_>, own: &OwnApplication, version: &str) -> Result<()> {
    sql_query(
        "INSERT INTO consents (id, person_id, programme_id, kind, version, given) \
         SELECT $1, $2, $3, 'pics', $4, true WHERE NOT EXISTS (SELECT FROM consents WHERE person_id = $2 \
           AND programme_id = $3 AND kind = 'pics' AND version = $4 AND given)",
    )
    .bind::<SqlUuid, _>(uuid::Uuid::now_v7())
    .bind::<SqlUuid, _>(own.person())
    .bind::<SqlUuid, _>(own.programme())
    .bind::<Text, _>(version)
    .execute(conn.pg())?;
    Ok(())
}

#[derive(QueryableByName)]
struct Indexed {
    #[diesel(sql_type = SqlUuid)]
    cohort_id: CohortId,
    #[diesel(sql_type = SqlUuid)]
    programme_id: ProgrammeId,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Nullable<Text>)]
    family_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    given_names: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    western_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    name_zh: Option<String>,
}

/// Writes the search tokens of an application anew, from what the declared actor can see of it.
///
/// # Errors
/// [`Error::NotFound`] when the actor does not see it.
pub fn reindex(conn: &mut Conn<'_>, application: ApplicationId) -> Result<()> {
    let row: Indexed = sql_query(
        "SELECT cohort_id, programme_id, reference, email, family_name, given_names, western_name, name_zh \
         FROM applications WHERE id = $1",
    )
    .bind::<SqlUuid, _>(application)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)?;
    let part = |name: &Option<String>| name.clone().unwrap_or_default();
    let names = Names::new(
        &part(&row.family_name),
        &part(&row.given_names),
        &part(&row.western_name),
        &part(&row.name_zh),
    );
    let email = Email::parse(&row.email).ok();
    let tokens = names
        .map(|names| search_tokens(&names, email.as_ref(), Some(&row.reference)))
        .unwrap_or_default();
    conn.elevate(Task::Index, |conn| {
        sql_query("DELETE FROM application_tokens WHERE application_id = $1")
            .bind::<SqlUuid, _>(application)
            .execute(conn.pg())?;
        sql_query(
            "INSERT INTO application_tokens (cohort_id, token, application_id, programme_id) \
             SELECT $1, unnest($2), $3, $4",
        )
        .bind::<SqlUuid, _>(row.cohort_id)
        .bind::<Array<Text>, _>(&tokens)
        .bind::<SqlUuid, _>(application)
        .bind::<SqlUuid, _>(row.programme_id)
        .execute(conn.pg())?;
        Ok(())
    })
}

/// A draft that may need a reminder, as the house sees it under [`Task::Report`].
#[derive(Clone, Debug, QueryableByName)]
pub struct Reminded {
    /// Whose it is.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
}

/// The application of a reminder, if it is there still.
///
/// # Errors
/// The database's.
pub fn reminded(
    conn: &mut Conn<'_>,
    _reporting: &crate::access::Working,
    application: ApplicationId,
) -> Result<Option<Reminded>> {
    Ok(
        sql_query("SELECT person_id, cohort_id, state, reference FROM applications WHERE id = $1")
            .bind::<SqlUuid, _>(application)
            .get_result(conn.pg())
            .optional()?,
    )
}
