//! Rows of `files`. Row-level security lets through the owner, the programme's staff, and the
//! reviewers to whom the document was given.

use crate::db::sql_query;
use diesel::sql_types::{BigInt, Binary, Nullable, Text, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::Own;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{FileId, PersonId, ProgrammeId};

/// A stored file.
#[derive(Clone, Debug, QueryableByName)]
pub struct Stored {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: FileId,
    /// Where it lies.
    #[diesel(sql_type = Text)]
    pub storage_key: String,
    /// The sender's own name for it.
    #[diesel(sql_type = Text)]
    pub label: String,
    /// What its bytes are.
    #[diesel(sql_type = Text)]
    pub media_type: String,
    /// Size in bytes.
    #[diesel(sql_type = BigInt)]
    pub size_bytes: i64,
}

/// A file to be recorded.
pub struct NewFile<'a> {
    /// Whose it is.
    pub owner: PersonId,
    /// The programme whose staff may read it.
    pub programme: Option<ProgrammeId>,
    /// Where the store put it.
    pub storage_key: &'a str,
    /// The sender's own name for it, cut to 200 characters.
    pub label: &'a str,
    /// What its bytes are.
    pub media_type: &'a str,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: &'a [u8],
}

/// Records a stored file and returns its id.
///
/// # Errors
/// The database's.
pub fn insert(conn: &mut Conn<'_>, _own: &Own, file: &NewFile<'_>) -> Result<FileId> {
    let id = FileId::new();
    let label: String = file
        .label
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    let label = if label.is_empty() {
        "document.pdf"
    } else {
        &label
    };
    sql_query(
        "INSERT INTO files (id, owner_id, programme_id, storage_key, label, media_type, size_bytes, sha256) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(file.owner)
    .bind::<Nullable<SqlUuid>, _>(file.programme)
    .bind::<Text, _>(file.storage_key)
    .bind::<Text, _>(label)
    .bind::<Text, _>(file.media_type)
    .bind::<BigInt, _>(i64::try_from(file.size).unwrap_or(i64::MAX))
    .bind::<Binary, _>(file.sha256)
    .execute(conn.pg())?;
    Ok(id)
}

/// The file, if the declared actor may read it.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(conn: &mut Conn<'_>, _own: &Own, id: FileId) -> Result<Stored> {
    sql_query("SELECT id, storage_key, label, media_type, size_bytes FROM files WHERE id = $1 AND removed_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}
