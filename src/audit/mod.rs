//! History: who did what to which record, when, by which request.
//!
//! Tables: `audit_events` (no personal data, written once), `audit_details` (what changed, erasable),
//! `audit_chain` and `audit_checkpoints` ([`seal`]). Each change writes one event in its own
//! transaction; nothing is locked on the way. Promise: history cannot be rewritten unseen.

use crate::access::secret::hex;
use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::sql_types::{
    BigInt, Binary, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::db::{Conn, Role};
use crate::error::Result;
use crate::ids::{EventId, OrganisationId, PersonId, ProgrammeId};
use crate::lang::{Lang, format};
use crate::web::fields::{History, HistoryLine};

mod export;
pub mod seal;

pub use export::file;

/// What an event is about: the record, and whom it concerns.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Kind of record: `application`, `offer`.
    pub kind: &'static str,
    /// Its id.
    pub id: Uuid,
    /// The person whose record it is: they may read its history, unless the event is confidential.
    pub person: Option<PersonId>,
    /// The organisation that it concerns.
    pub organisation: Option<OrganisationId>,
    /// The programme whose staff may read it.
    pub programme: Option<ProgrammeId>,
}

impl About {
    /// A record of a kind.
    #[must_use]
    pub fn new(kind: &'static str, id: Uuid) -> Self {
        Self {
            kind,
            id,
            person: None,
            organisation: None,
            programme: None,
        }
    }

    /// Of this person.
    #[must_use]
    pub fn of(mut self, person: PersonId) -> Self {
        self.person = Some(person);
        self
    }

    /// Concerning this organisation.
    #[must_use]
    pub fn at(mut self, organisation: OrganisationId) -> Self {
        self.organisation = Some(organisation);
        self
    }

    /// In this programme.
    #[must_use]
    pub fn within(mut self, programme: ProgrammeId) -> Self {
        self.programme = Some(programme);
        self
    }
}

/// Something that happened. Each room has an enum of its own events.
pub trait Event {
    /// Room and verb: `offer.accepted`. `lang/history.rs` has its words.
    fn verb(&self) -> &'static str;

    /// What changed, before and after, for the record's history. It may name persons; it is stored
    /// apart from the chain and can be erased.
    fn details(&self) -> Value {
        Value::Null
    }

    /// Deliberation that the person concerned may not read: scores, notes, pending decisions.
    fn confidential(&self) -> bool {
        false
    }
}

/// Writes an event into the history, in this transaction.
///
/// # Errors
/// The database's.
pub fn note(conn: &mut Conn<'_>, about: About, event: &dyn Event) -> Result<()> {
    let by = By {
        kind: conn.actor().kind(),
        person: conn.actor().person(),
        task: conn.task().map(|task| task.as_str()),
        request: conn.request(),
    };
    write(conn.pg(), &by, about, event)
}

/// Writes an event into the history in the owner's transaction, which has declared itself to be a
/// set-up: what the operator does to the house itself.
///
/// # Errors
/// The database's.
pub fn note_at_set_up(owner: &mut PgConnection, about: About, event: &dyn Event) -> Result<()> {
    let by = By {
        kind: "system",
        person: None,
        task: Some("set_up"),
        request: Uuid::now_v7(),
    };
    write(owner, &by, about, event)
}

/// Who acts, in which role or at which task, by which request.
struct By {
    kind: &'static str,
    person: Option<PersonId>,
    task: Option<&'static str>,
    request: Uuid,
}

fn write(pg: &mut PgConnection, by: &By, about: About, event: &dyn Event) -> Result<()> {
    let details = event.details();
    sql_query(
        "WITH event AS (INSERT INTO audit_events (id, actor_kind, actor_id, task, verb, subject_kind, subject_id, \
           person_id, organisation_id, programme_id, digest, request_id, confidential) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)) \
         INSERT INTO audit_details (event_id, person_id, programme_id, confidential, details) \
         VALUES ($1, $8, $10, $13, $14)",
    )
    .bind::<SqlUuid, _>(EventId::new())
    .bind::<Text, _>(by.kind)
    .bind::<Nullable<SqlUuid>, _>(by.person)
    .bind::<Nullable<Text>, _>(by.task)
    .bind::<Text, _>(event.verb())
    .bind::<Text, _>(about.kind)
    .bind::<SqlUuid, _>(about.id)
    .bind::<Nullable<SqlUuid>, _>(about.person)
    .bind::<Nullable<SqlUuid>, _>(about.organisation)
    .bind::<Nullable<SqlUuid>, _>(about.programme)
    .bind::<Binary, _>(digest(&details))
    .bind::<SqlUuid, _>(by.request)
    .bind::<Bool, _>(event.confidential())
    .bind::<Jsonb, _>(&details)
    .execute(pg)?;
    Ok(())
}

/// The digest of an event's details: it stays when the details are erased. Keys are taken in order
/// of their bytes, since neither `serde_json` nor `jsonb` keeps the order in which they were written.
#[must_use]
pub fn digest(details: &Value) -> Vec<u8> {
    let mut text = String::new();
    canonical(details, &mut text);
    Sha256::digest(text.as_bytes()).to_vec()
}

fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| name.as_str());
            for (name, value) in fields {
                out.push('{');
                out.push_str(&Value::from(name.as_str()).to_string());
                canonical(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            for item in items {
                out.push('[');
                canonical(item, out);
            }
            out.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
    }
}

/// One line of a record's history.
#[derive(Debug, QueryableByName)]
pub struct Entry {
    /// The event.
    #[diesel(sql_type = SqlUuid)]
    pub id: EventId,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub occurred_at: DateTime<Utc>,
    /// Role, `public` or `system`.
    #[diesel(sql_type = Text)]
    pub actor_kind: String,
    /// Who, where the reader may know.
    #[diesel(sql_type = Nullable<Text>)]
    pub actor_name: Option<String>,
    /// What.
    #[diesel(sql_type = Text)]
    pub verb: String,
    /// The details, unless erased or not the reader's to see.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub details: Option<Value>,
}

/// The history of a record, newest first, as far as the reader may see it (row-level security
/// leaves out the rest). At most 200 lines.
///
/// # Errors
/// The database's.
pub fn history(conn: &mut Conn<'_>, subject: Uuid) -> Result<Vec<Entry>> {
    before(conn, subject, None, 200)
}

/// As many events of a record as asked for, the newest first, from before this one: by when they
/// happened, since what is brought over from elsewhere may be written later.
fn before(
    conn: &mut Conn<'_>,
    subject: Uuid,
    event: Option<(DateTime<Utc>, EventId)>,
    limit: i64,
) -> Result<Vec<Entry>> {
    Ok(sql_query(
        "SELECT e.id, e.occurred_at, e.actor_kind, p.display_name AS actor_name, e.verb, d.details \
         FROM audit_events e LEFT JOIN audit_details d ON d.event_id = e.id LEFT JOIN people p ON p.id = e.actor_id \
         WHERE e.subject_id = $1 AND ($2 IS NULL OR (e.occurred_at, e.id) < ($2, $3)) \
         ORDER BY e.occurred_at DESC, e.id DESC LIMIT $4",
    )
    .bind::<SqlUuid, _>(subject)
    .bind::<Nullable<Timestamptz>, _>(event.map(|it| it.0))
    .bind::<Nullable<SqlUuid>, _>(event.map(|it| it.1))
    .bind::<BigInt, _>(limit)
    .load(conn.pg())?)
}

/// The history of a record as its page shows it, in the reader's words.
///
/// # Errors
/// The database's.
pub fn lines(conn: &mut Conn<'_>, subject: Uuid, lang: Lang) -> Result<Vec<HistoryLine>> {
    let entries = history(conn, subject)?;
    Ok(entries.into_iter().map(|entry| line(lang, entry)).collect())
}

fn line(lang: Lang, entry: Entry) -> HistoryLine {
    let role = Role::parse(&entry.actor_kind).map(|role| lang.role(role).to_owned());
    HistoryLine {
        datetime: entry.occurred_at.to_rfc3339(),
        at: format::moment(lang, entry.occurred_at),
        who: entry
            .actor_name
            .or(role)
            .unwrap_or_else(|| lang.history_system().to_owned()),
        what: lang.history(&entry.verb, &entry.details.unwrap_or(Value::Null)),
    }
}

/// The history of a record for its page: its newest lines, and where the whole is as a file
/// ([`file()`] behind a door at this address with `.csv` and `.xlsx`).
///
/// # Errors
/// The database's.
pub fn shown(
    conn: &mut Conn<'_>,
    subject: Uuid,
    lang: Lang,
    place: impl Into<String>,
) -> Result<History> {
    Ok(History::new(place, lines(conn, subject, lang)?))
}

/// [`note_many`] of events of one kind, none of them confidential.
///
/// # Errors
/// The database's.
pub fn note_each<E: Event>(conn: &mut Conn<'_>, records: &[(About, E)]) -> Result<()> {
    let Some((_, first)) = records.first() else {
        return Ok(());
    };
    let rows: Vec<(About, Value)> = records
        .iter()
        .map(|(about, event)| (*about, event.details()))
        .collect();
    note_many(conn, first.verb(), &rows)
}

/// Writes the same kind of event about many records in one statement, each with its own details:
/// for changes made set by set.
///
/// # Errors
/// The database's.
pub fn note_many(
    conn: &mut Conn<'_>,
    verb: &'static str,
    records: &[(About, Value)],
) -> Result<()> {
    let rows: Vec<Value> = records
        .iter()
        .map(|(about, details)| {
            serde_json::json!({
                "id": EventId::new(), "kind": about.kind, "subject": about.id, "person": about.person,
                "organisation": about.organisation, "programme": about.programme,
                "digest": hex(&digest(details)), "details": details,
            })
        })
        .collect();
    let task = conn.task().map(|task| task.as_str());
    let (kind, actor) = (conn.actor().kind(), conn.actor().person());
    let request = conn.request();
    sql_query(
        "WITH r AS MATERIALIZED (SELECT * FROM json_to_recordset($1::json) AS r(id uuid, kind text, subject uuid, \
           person uuid, organisation uuid, programme uuid, digest text, details jsonb)), \
         event AS (INSERT INTO audit_events (id, actor_kind, actor_id, task, verb, subject_kind, subject_id, \
           person_id, organisation_id, programme_id, digest, request_id, confidential) \
         SELECT id, $2, $3, $4, $5, kind, subject, person, organisation, programme, decode(digest, 'hex'), $6, false \
         FROM r) \
         INSERT INTO audit_details (event_id, person_id, programme_id, confidential, details) \
         SELECT id, person, programme, false, details FROM r",
    )
    .bind::<Text, _>(Value::Array(rows).to_string())
    .bind::<Text, _>(kind)
    .bind::<Nullable<SqlUuid>, _>(actor)
    .bind::<Nullable<Text>, _>(task)
    .bind::<Text, _>(verb)
    .bind::<SqlUuid, _>(request)
    .execute(conn.pg())?;
    Ok(())
}
