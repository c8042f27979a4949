//! What staff read of single applications: before a bulk action, and beside a record.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{ApplicationStaff, CohortStaff};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, FileId, NoteId, OrganisationId, PersonId};

/// What a bulk action looks at.
#[derive(Clone, Debug, QueryableByName)]
pub struct Candidate {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ApplicationId,
    /// Reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// Name as in the list.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// What the applicant may see.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The decision of the case, pending or released.
    #[diesel(sql_type = Nullable<Text>)]
    pub decision: Option<String>,
    /// When that was released.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub released_at: Option<DateTime<Utc>>,
    /// The applicant.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// University.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub university_id: Option<OrganisationId>,
    /// Employer.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub employer_id: Option<OrganisationId>,
    /// Reviewers asked.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub reviewer_ids: Vec<PersonId>,
}

/// Of these applications of the cohort, what a bulk action looks at; in the order of reference.
/// `lock` holds the rows until the end of the transaction (taken in the order of their ids).
///
/// # Errors
/// The database's.
pub fn candidates(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    wanted: &[ApplicationId],
    lock: bool,
) -> Result<Vec<Candidate>> {
    if lock {
        sql_query(
            "SELECT id FROM applications WHERE cohort_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE",
        )
        .bind::<SqlUuid, _>(staff.cohort())
        .bind::<Array<SqlUuid>, _>(wanted)
        .execute(conn.pg())?;
    }
    Ok(sql_query(
        "SELECT a.id, a.reference, a.name_shown, a.state, c.decision, c.released_at, a.person_id, a.email, \
           a.university_id, a.employer_id, a.reviewer_ids \
         FROM applications a LEFT JOIN application_cases c ON c.application_id = a.id \
         WHERE a.cohort_id = $1 AND a.programme_id = $3 AND a.id = ANY ($2) ORDER BY a.reference",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Array<SqlUuid>, _>(wanted)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// A note of staff on an application.
#[derive(Clone, Debug, QueryableByName)]
pub struct Note {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: NoteId,
    /// Who wrote it.
    #[diesel(sql_type = Text)]
    pub author_name: String,
    /// What it says.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// The notes, newest first.
///
/// # Errors
/// The database's.
pub fn notes(conn: &mut Conn<'_>, staff: &ApplicationStaff) -> Result<Vec<Note>> {
    Ok(sql_query(
        "SELECT id, author_name, body, created_at FROM application_notes WHERE application_id = $1 ORDER BY id DESC",
    )
    .bind::<SqlUuid, _>(staff.application())
    .load(conn.pg())?)
}

/// The document of an application, if there is one.
///
/// # Errors
/// [`Error::NotFound`] without an application; the database's.
pub fn document(conn: &mut Conn<'_>, staff: &ApplicationStaff) -> Result<Option<FileId>> {
    #[derive(QueryableByName)]
    struct Document {
        #[diesel(sql_type = Nullable<SqlUuid>)]
        document_id: Option<FileId>,
    }
    let row: Document =
        sql_query("SELECT document_id FROM applications WHERE id = $1 AND programme_id = $2")
            .bind::<SqlUuid, _>(staff.application())
            .bind::<SqlUuid, _>(staff.programme())
            .get_result(conn.pg())
            .optional()?
            .ok_or(Error::NotFound)?;
    Ok(row.document_id)
}
