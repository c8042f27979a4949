//! Rows of evaluations, visits and incidents.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    BigInt, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::ProgrammeStaff;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::hosting::queries::Placement;
use crate::ids::{IncidentId, PlacementId, VisitId};
use crate::lang::Lang;
use crate::web::fields::Column;
use crate::web::paging::Cursor;
use crate::web::paging::Window;

use super::super::rules::form::Answers;
use super::super::rules::{Author, IncidentState, Point, Severity, VisitMode, VisitState};
use super::word;

/// An evaluation.
#[derive(Clone, Debug, QueryableByName)]
pub struct Evaluation {
    #[diesel(sql_type = Text)]
    point: String,
    #[diesel(sql_type = Text)]
    author: String,
    #[diesel(sql_type = Jsonb)]
    answers: Value,
    /// When it was handed in.
    #[diesel(sql_type = Timestamptz)]
    pub submitted_at: DateTime<Utc>,
}

impl Evaluation {
    /// When.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn point(&self) -> Result<Point> {
        word(Point::parse(&self.point), "point", &self.point)
    }

    /// Whose.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn author(&self) -> Result<Author> {
        word(Author::parse(&self.author), "author", &self.author)
    }

    /// What it says.
    ///
    /// # Errors
    /// What no code of ours has written.
    pub fn answers(&self) -> Result<Answers> {
        serde_json::from_value(self.answers.clone())
            .map_err(|err| Error::Internal(format!("answers of an evaluation: {err}")))
    }
}

/// The evaluations of a placement.
///
/// # Errors
/// The database's.
pub fn evaluations(conn: &mut Conn<'_>, of: &Placement) -> Result<Vec<Evaluation>> {
    Ok(sql_query(
        "SELECT point, author, answers, submitted_at FROM evaluations WHERE placement_id = $1 ORDER BY submitted_at, id",
    )
    .bind::<SqlUuid, _>(of.id)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct AnswersRow {
    #[diesel(sql_type = Jsonb)]
    answers: Value,
}

/// A trainee's own review of the institution of a placement, as its office reads it too.
///
/// # Errors
/// The database's.
pub fn host_review(conn: &mut Conn<'_>, of: &Placement) -> Result<Option<Answers>> {
    let row: Option<AnswersRow> =
        sql_query("SELECT answers FROM host_reviews WHERE placement_id = $1")
            .bind::<SqlUuid, _>(of.id)
            .get_result(conn.pg())
            .optional()?;
    row.map(|it| {
        serde_json::from_value(it.answers)
            .map_err(|err| Error::Internal(format!("answers of a review: {err}")))
    })
    .transpose()
}

/// A visit or call.
#[derive(Clone, Debug, QueryableByName)]
pub struct Visit {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: VisitId,
    #[diesel(sql_type = Text)]
    mode: String,
    /// The day.
    #[diesel(sql_type = Date)]
    pub planned_on: NaiveDate,
    #[diesel(sql_type = Text)]
    state: String,
    /// What was agreed.
    #[diesel(sql_type = Text)]
    pub actions: String,
    /// Until when.
    #[diesel(sql_type = Nullable<Date>)]
    pub actions_due: Option<NaiveDate>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Visit {
    /// How.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn mode(&self) -> Result<VisitMode> {
        word(VisitMode::parse(&self.mode), "mode", &self.mode)
    }

    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<VisitState> {
        word(VisitState::parse(&self.state), "visit state", &self.state)
    }
}

/// The visits of a placement, the latest first.
///
/// # Errors
/// The database's.
pub fn visits(conn: &mut Conn<'_>, of: &Placement) -> Result<Vec<Visit>> {
    Ok(sql_query(
        "SELECT id, mode, planned_on, state, actions, actions_due, version FROM visits WHERE placement_id = $1 ORDER BY planned_on DESC, id",
    )
    .bind::<SqlUuid, _>(of.id)
    .load(conn.pg())?)
}

/// Minutes of a visit.
#[derive(Clone, Debug, QueryableByName)]
pub struct Minutes {
    /// Who was there.
    #[diesel(sql_type = Text)]
    pub attendees: String,
    /// What was said.
    #[diesel(sql_type = Text)]
    pub points: String,
    /// Is there a concern?
    #[diesel(sql_type = Bool)]
    pub concern: bool,
}

/// The minutes of a visit, for the office.
///
/// # Errors
/// The database's.
pub fn visit_minutes(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    id: VisitId,
) -> Result<Option<Minutes>> {
    Ok(
        sql_query("SELECT attendees, points, concern FROM visit_minutes WHERE visit_id = $1")
            .bind::<SqlUuid, _>(id)
            .get_result(conn.pg())
            .optional()?,
    )
}

/// An incident.
#[derive(Clone, Debug, QueryableByName)]
pub struct Incident {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: IncidentId,
    /// The placement.
    #[diesel(sql_type = SqlUuid)]
    pub placement_id: PlacementId,
    #[diesel(sql_type = Text)]
    severity: String,
    /// When it happened.
    #[diesel(sql_type = Date)]
    pub happened_on: NaiveDate,
    /// The reporter's words.
    #[diesel(sql_type = Text)]
    pub words: String,
    #[diesel(sql_type = Text)]
    state: String,
    /// What was done, and how it ended.
    #[diesel(sql_type = Text)]
    pub steps: String,
    /// When it was reported.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When somebody began to see to it.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// The trainee's name.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    #[diesel(sql_type = Text)]
    organisation_en: String,
    #[diesel(sql_type = Text)]
    organisation_zh: String,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Incident {
    /// The institution, as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_en, &self.organisation_zh)
    }

    /// How grave.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn severity(&self) -> Result<Severity> {
        word(Severity::parse(&self.severity), "severity", &self.severity)
    }

    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<IncidentState> {
        word(
            IncidentState::parse(&self.state),
            "incident state",
            &self.state,
        )
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

/// The orders of the list of incidents.
pub const INCIDENT_SORTS: &[Column] = &[
    (
        "reported",
        "to_char(i.created_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')",
    ),
    ("state", "i.state"),
];

const INCIDENT: &str = "SELECT i.id, i.placement_id, i.severity, i.happened_on, i.words, i.state, i.steps, i.created_at, i.acknowledged_at, i.version, \
    coalesce(x.name_shown, '') AS name_shown, coalesce(o.name_en, '') AS organisation_en, coalesce(o.name_zh, '') AS organisation_zh";
const INCIDENTS: &str = "FROM incidents i LEFT JOIN placements x ON x.id = i.placement_id LEFT JOIN organisations o ON o.id = x.organisation_id";

/// The incidents of a programme.
///
/// # Errors
/// The database's.
pub fn incidents(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (state, severity): (Option<IncidentState>, Option<Severity>),
    page: &Window,
) -> Result<Vec<Incident>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM ({INCIDENT}, ({key}) COLLATE \"C\" AS sort_key {INCIDENTS} WHERE i.programme_id = $1 AND ($2 IS NULL OR i.state = $2) \
           AND ($3 IS NULL OR i.severity = $3)) q \
         WHERE $4 IS NULL OR (sort_key, id) {beyond} ($4, $5) ORDER BY sort_key {direction}, id {direction} LIMIT $6"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Nullable<Text>, _>(state.map(IncidentState::as_str))
    .bind::<Nullable<Text>, _>(severity.map(Severity::as_str))
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

/// One incident of a programme, locked.
///
/// # Errors
/// [`Error::NotFound`].
pub fn incident(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: IncidentId) -> Result<Incident> {
    sql_query(format!(
        "{INCIDENT}, '' AS sort_key {INCIDENTS} WHERE i.id = $1 AND i.programme_id = $2"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// The incidents of a placement that the reader reported, or all for the office.
///
/// # Errors
/// The database's.
pub fn incidents_of(conn: &mut Conn<'_>, of: &Placement) -> Result<Vec<Incident>> {
    Ok(sql_query(format!(
        "{INCIDENT}, '' AS sort_key {INCIDENTS} WHERE i.placement_id = $1 ORDER BY i.created_at DESC, i.id"
    ))
    .bind::<SqlUuid, _>(of.id)
    .load(conn.pg())?)
}
