//! What is done to programmes: each function one verb in the caller's transaction.

use crate::db::sql_query;
use chrono::NaiveDate;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel::{Connection as _, RunQueryDsl};
use uuid::Uuid;

use crate::access::{Desk, ProgrammeStaff};
use crate::audit::{self, About};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{ObservationId, PicsId, ProgrammeId, SourceId, TargetId};

use super::events::Noted;
use super::queries::{self, TargetRow};
use super::rules::{Operator, ProgrammeRefusal, Rate};

mod life;
pub use life::{
    FirstStatement, NewProgramme, close_programme, closing_refused, reopen_programme, set_up,
    takes_cohorts,
};

/// What a programme says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeDetails {
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// English summary; may be empty.
    pub summary_en: String,
    /// Chinese summary; may be empty.
    pub summary_zh: String,
    /// `planned`, `recruiting`, `running` or `closed`.
    pub status: String,
    /// Address for questions.
    pub contact_email: String,
}

/// The states of a programme that a form sets. The last one, `closed`, has its own verb:
/// [`close_programme`].
pub const STATUSES: [&str; 3] = ["planned", "recruiting", "running"];

fn about(programme: ProgrammeId) -> About {
    About::new("programme", programme.0).within(programme)
}

/// Sets up a programme. Only an administrator may.
///
/// # Errors
/// [`Error::NotFound`] for a coordinator; [`Error::Invalid`] for a code in use.
pub fn create_programme(
    conn: &mut Conn<'_>,
    desk: &Desk,
    code: &str,
    details: &ProgrammeDetails,
) -> Result<ProgrammeId> {
    if !desk.administrator() {
        return Err(Error::NotFound);
    }
    let id = ProgrammeId::new();
    let written = sql_query(
        "INSERT INTO programmes (id, code, name_en, name_zh, summary_en, summary_zh, status, contact_email) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(code)
    .bind::<Text, _>(&details.name_en)
    .bind::<Text, _>(&details.name_zh)
    .bind::<Text, _>(&details.summary_en)
    .bind::<Text, _>(&details.summary_zh)
    .bind::<Text, _>(&details.status)
    .bind::<Text, _>(&details.contact_email)
    .execute(conn.pg())?;
    if written == 0 {
        return Err(Error::field("code", "taken", |lang| {
            lang.programmes_code_taken().to_owned()
        }));
    }
    audit::note(conn, about(id), &Noted::Created { code })?;
    Ok(id)
}

/// Changes what a programme says of itself. `version` is the one that the editor saw. Closing and
/// opening again are verbs of their own, so the status neither becomes nor leaves `closed` here.
///
/// # Errors
/// [`Error::Stale`]; a [`ProgrammeRefusal`] for a status that an edit does not set.
pub fn edit_programme(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    version: i32,
    details: &ProgrammeDetails,
) -> Result<()> {
    let before = queries::programme(conn, staff)?;
    match (before.status == "closed", details.status == "closed") {
        (true, false) => return Err(ProgrammeRefusal::Closed.into()),
        (false, true) => return Err(ProgrammeRefusal::NotClosed.into()),
        (true, true) | (false, false) => {}
    }
    let written = sql_query(
        "UPDATE programmes SET name_en = $3, name_zh = $4, summary_en = $5, summary_zh = $6, status = $7, \
           contact_email = $8, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Integer, _>(version)
    .bind::<Text, _>(&details.name_en)
    .bind::<Text, _>(&details.name_zh)
    .bind::<Text, _>(&details.summary_en)
    .bind::<Text, _>(&details.summary_zh)
    .bind::<Text, _>(&details.status)
    .bind::<Text, _>(&details.contact_email)
    .execute(conn.pg())?;
    if written == 0 {
        return Err(Error::Stale);
    }
    let fields = [
        ("name_en", before.name_en != details.name_en),
        ("name_zh", before.name_zh != details.name_zh),
        ("summary_en", before.summary_en != details.summary_en),
        ("summary_zh", before.summary_zh != details.summary_zh),
        ("status", before.status != details.status),
        (
            "contact_email",
            before.contact_email != details.contact_email,
        ),
    ];
    let fields = fields
        .into_iter()
        .filter_map(|(name, changed)| changed.then_some(name))
        .collect();
    audit::note(conn, about(staff.programme()), &Noted::Changed { fields })
}

/// Keeps the planner's assumptions for everybody.
///
/// # Errors
/// The database's.
pub fn keep_assumptions(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    completion: Rate,
    acceptance: Rate,
) -> Result<()> {
    let points = |rate: Rate| i32::try_from(rate.as_basis_points()).unwrap_or(10_000);
    let (completion, acceptance) = (points(completion), points(acceptance));
    sql_query("UPDATE programmes SET completion_bp = $2, acceptance_bp = $3, version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<Integer, _>(completion)
        .bind::<Integer, _>(acceptance)
        .execute(conn.pg())?;
    let event = Noted::Assumed {
        completion,
        acceptance,
    };
    audit::note(conn, about(staff.programme()), &event)
}

/// A public document that a target cites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSource {
    /// English title.
    pub title_en: String,
    /// Chinese title.
    pub title_zh: String,
    /// Who published it.
    pub publisher: String,
    /// When.
    pub published_on: NaiveDate,
    /// Where it can be read.
    pub url: Option<String>,
}

/// Adds a source; returns its id.
///
/// # Errors
/// The database's.
pub fn add_source(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    source: &NewSource,
) -> Result<SourceId> {
    let id = SourceId::new();
    sql_query(
        "INSERT INTO sources (id, programme_id, title_en, title_zh, publisher, published_on, url) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Text, _>(&source.title_en)
    .bind::<Text, _>(&source.title_zh)
    .bind::<Text, _>(&source.publisher)
    .bind::<Date, _>(source.published_on)
    .bind::<Nullable<Text>, _>(&source.url)
    .execute(conn.pg())?;
    let title = (source.title_en.as_str(), source.title_zh.as_str());
    audit::note(
        conn,
        about(staff.programme()),
        &Noted::SourceAdded { title },
    )?;
    Ok(id)
}

/// A target: a figure for a period, or the milestone `first_intake`, whose period is its window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTarget {
    /// `trained`, `enrolled` or `first_intake`.
    pub metric: String,
    /// How a count is compared.
    pub operator: Operator,
    /// The figure, as the source words it.
    pub value: i32,
    /// First day of the period.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// The source's words, in English.
    pub wording_en: String,
    /// The source's words, in Chinese.
    pub wording_zh: String,
    /// The source.
    pub source: Option<SourceId>,
}

/// What targets count.
pub const METRICS: [&str; 3] = ["trained", "enrolled", "first_intake"];

impl NewTarget {
    fn check(&self, conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<()> {
        if self.ends_on < self.starts_on {
            return Err(Error::field("ends_on", "out_of_order", |lang| {
                lang.programmes_period_order().to_owned()
            }));
        }
        let sources = queries::sources(conn, staff.programme())?;
        match self.source {
            Some(id) if !sources.iter().any(|row| row.id == id) => Err(Error::NotFound),
            Some(_) | None => Ok(()),
        }
    }

    fn wording(&self) -> (&str, &str) {
        (&self.wording_en, &self.wording_zh)
    }
}

/// Adds a target; returns its id.
///
/// # Errors
/// [`Error::Invalid`] for a period that ends before it starts; [`Error::NotFound`] for another
/// programme's source.
pub fn add_target(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    target: &NewTarget,
) -> Result<TargetId> {
    target.check(conn, staff)?;
    let id = TargetId::new();
    sql_query(
        "INSERT INTO targets (id, programme_id, source_id, metric, operator, value, starts_on, ends_on, wording_en, wording_zh) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Nullable<SqlUuid>, _>(target.source)
    .bind::<Text, _>(&target.metric)
    .bind::<Text, _>(target.operator.as_str())
    .bind::<Integer, _>(target.value)
    .bind::<Date, _>(target.starts_on)
    .bind::<Date, _>(target.ends_on)
    .bind::<Text, _>(&target.wording_en)
    .bind::<Text, _>(&target.wording_zh)
    .execute(conn.pg())?;
    let wording = target.wording();
    audit::note(
        conn,
        about(staff.programme()),
        &Noted::TargetAdded { wording },
    )?;
    Ok(id)
}

/// Changes a target. `version` is the one that the editor saw.
///
/// # Errors
/// As [`add_target`]; [`Error::Stale`].
pub fn edit_target(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: TargetId,
    version: i32,
    target: &NewTarget,
) -> Result<()> {
    target.check(conn, staff)?;
    let written = sql_query(
        "UPDATE targets SET source_id = $4, metric = $5, operator = $6, value = $7, starts_on = $8, ends_on = $9, \
           wording_en = $10, wording_zh = $11, version = version + 1 \
         WHERE id = $1 AND programme_id = $2 AND version = $3",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Integer, _>(version)
    .bind::<Nullable<SqlUuid>, _>(target.source)
    .bind::<Text, _>(&target.metric)
    .bind::<Text, _>(target.operator.as_str())
    .bind::<Integer, _>(target.value)
    .bind::<Date, _>(target.starts_on)
    .bind::<Date, _>(target.ends_on)
    .bind::<Text, _>(&target.wording_en)
    .bind::<Text, _>(&target.wording_zh)
    .execute(conn.pg())?;
    if written == 0 {
        return Err(Error::Stale);
    }
    let wording = target.wording();
    audit::note(
        conn,
        about(staff.programme()),
        &Noted::TargetChanged { wording },
    )
}

/// Removes a target as it was seen.
///
/// # Errors
/// [`Error::Stale`] when it was changed or removed meanwhile.
pub fn remove_target(conn: &mut Conn<'_>, staff: &ProgrammeStaff, row: &TargetRow) -> Result<()> {
    let removed =
        sql_query("DELETE FROM targets WHERE id = $1 AND programme_id = $2 AND version = $3")
            .bind::<SqlUuid, _>(row.id)
            .bind::<SqlUuid, _>(staff.programme())
            .bind::<Integer, _>(row.version)
            .execute(conn.pg())?;
    if removed == 0 {
        return Err(Error::Stale);
    }
    let wording = (row.wording_en.as_str(), row.wording_zh.as_str());
    audit::note(
        conn,
        about(staff.programme()),
        &Noted::TargetRemoved { wording },
    )
}

/// Publishes a version of the Personal Information Collection Statement: it is in force at once.
/// Consent names the version shown, so that a version never changes.
///
/// # Errors
/// [`Error::Invalid`] for a version in use.
pub fn publish_pics(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    version: &str,
    text_en: &str,
    text_zh: &str,
) -> Result<PicsId> {
    let id = PicsId::new();
    let written = conn.pg().transaction(|pg| {
        sql_query(
            "INSERT INTO pics (id, programme_id, version, text_en, text_zh, effective_at) \
             VALUES ($1, $2, $3, $4, $5, banyan_now())",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<Text, _>(version)
        .bind::<Text, _>(text_en)
        .bind::<Text, _>(text_zh)
        .execute(pg)
    });
    match written {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(Error::field("version", "taken", |lang| {
                lang.programmes_pics_taken().to_owned()
            }));
        }
        other => other?,
    };
    audit::note(
        conn,
        about(staff.programme()),
        &Noted::PicsPublished { version },
    )?;
    Ok(id)
}

/// A general holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The day.
    pub observed_on: NaiveDate,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Read in the Gazette, or only derived?
    pub gazetted: bool,
}

/// The record under which the history of the holidays is kept: they belong to no programme.
pub const HOLIDAYS: Uuid = Uuid::from_u128(0x0048_4f4c_4944_4159_5300_0000_0000_0001);

/// Sets holidays. A derived one never replaces one that was read in the Gazette. Returns how many
/// were written.
///
/// # Errors
/// The database's.
pub fn load_holidays(
    conn: &mut Conn<'_>,
    _desk: &Desk,
    programme: ProgrammeId,
    holidays: &[Holiday],
) -> Result<usize> {
    let mut written = 0;
    for day in holidays {
        written += sql_query(
            "INSERT INTO holidays (observed_on, name_en, name_zh, status) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (observed_on) DO UPDATE SET name_en = excluded.name_en, name_zh = excluded.name_zh, \
               status = excluded.status WHERE holidays.status = 'derived' OR excluded.status = 'gazetted'",
        )
        .bind::<Date, _>(day.observed_on)
        .bind::<Text, _>(&day.name_en)
        .bind::<Text, _>(&day.name_zh)
        .bind::<Text, _>(if day.gazetted { "gazetted" } else { "derived" })
        .execute(conn.pg())?;
    }
    let record = About::new("holidays", HOLIDAYS).within(programme);
    audit::note(conn, record, &Noted::Holidays { days: written })?;
    Ok(written)
}

/// The holidays that are shipped.
#[must_use]
pub fn shipped_holidays() -> Vec<Holiday> {
    super::holidays::SHIPPED
        .iter()
        .filter_map(|(day, en, zh)| {
            Some(Holiday {
                observed_on: day.parse().ok()?,
                name_en: (*en).to_owned(),
                name_zh: (*zh).to_owned(),
                gazetted: false,
            })
        })
        .collect()
}

/// A sourced observation from outside: a survey's finding or a roadmap's goal. It is context and
/// never counts towards a target of the programme.
#[derive(Clone, Debug)]
pub struct NewObservation {
    /// `survey` or `roadmap`.
    pub kind: &'static str,
    /// Its place among those of its kind.
    pub position: i32,
    /// What was observed: English, Chinese.
    pub label: (String, String),
    /// The figure as it is printed: English, Chinese.
    pub figure: (String, String),
    /// Who was asked or counted; may be empty.
    pub population: (String, String),
    /// How many answered, if known.
    pub sample_size: Option<i32>,
    /// As of which day.
    pub as_of: NaiveDate,
    /// Doubts about where the figure comes from; may be empty.
    pub note: (String, String),
}

/// Records an observation with its source.
///
/// # Errors
/// The database's.
pub fn add_observation(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    source: SourceId,
    new: &NewObservation,
) -> Result<()> {
    sql_query(
        "INSERT INTO observations (id, programme_id, source_id, kind, position, label_en, label_zh, figure_en, \
           figure_zh, population_en, population_zh, sample_size, as_of, note_en, note_zh) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind::<SqlUuid, _>(ObservationId::new())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(source)
    .bind::<Text, _>(new.kind)
    .bind::<Integer, _>(new.position)
    .bind::<Text, _>(&new.label.0)
    .bind::<Text, _>(&new.label.1)
    .bind::<Text, _>(&new.figure.0)
    .bind::<Text, _>(&new.figure.1)
    .bind::<Text, _>(&new.population.0)
    .bind::<Text, _>(&new.population.1)
    .bind::<Nullable<Integer>, _>(new.sample_size)
    .bind::<Date, _>(new.as_of)
    .bind::<Text, _>(&new.note.0)
    .bind::<Text, _>(&new.note.1)
    .execute(conn.pg())?;
    let label = (new.label.0.as_str(), new.label.1.as_str());
    audit::note(
        conn,
        about(staff.programme()),
        &Noted::ObservationAdded { label },
    )
}
