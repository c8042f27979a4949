//! The lines of an export. PostgreSQL hands the columns over as they are and they become text here,
//! which takes half the time of making text of them in the statement.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::CohortStaff;
use crate::applications::desk_list::{Filter, Sort};
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::lang::format::hkt;
use crate::web::paging::Cursor;

use super::Sql;

/// The columns of an export, by the names that the import reads.
pub const EXPORTED: [&str; 22] = [
    "reference",
    "family_name",
    "given_names",
    "western_name",
    "name_zh",
    "email",
    "phone",
    "lang",
    "route",
    "university",
    "employer",
    "job_title",
    "field_of_study",
    "graduation_year",
    "state",
    "decision",
    "score",
    "spread",
    "reviews_done",
    "reviews_asked",
    "submitted_at",
    "source",
];

/// An application as an export tells it.
#[derive(Debug, QueryableByName)]
pub struct Line {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name_sort: String,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Nullable<Text>)]
    family_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    given_names: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    western_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    name_zh: Option<String>,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Nullable<Text>)]
    phone: Option<String>,
    #[diesel(sql_type = Text)]
    lang: String,
    #[diesel(sql_type = Nullable<Text>)]
    route: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    university_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    employer_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    employer_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    job_title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    field_of_study: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    graduation_year: Option<i32>,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Nullable<Text>)]
    decision: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    score_milli: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    spread_milli: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    reviews_done: Option<i32>,
    #[diesel(sql_type = Integer)]
    reviews_asked: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    submitted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Text)]
    source: String,
}

/// English names of organisations by id, archived ones included.
pub type Institutions = HashMap<Uuid, String>;

impl Line {
    /// Its place in a list of this order.
    #[must_use]
    pub fn cursor(&self, sort: Sort) -> Cursor {
        let key = match sort {
            Sort::Name => self.name_sort.clone(),
            Sort::Reference => self.reference.clone(),
            Sort::State => self.state.clone(),
            Sort::Score => self.score_milli.unwrap_or(-1).to_string(),
            Sort::Submitted => self
                .submitted_at
                .map(|at| at.timestamp_micros().to_string())
                .unwrap_or_default(),
        };
        Cursor { key, id: self.id }
    }

    /// The cells in the order of [`EXPORTED`]; times are Hong Kong's, scores have three decimals.
    #[must_use]
    pub fn cells(self, institutions: &Institutions) -> [String; EXPORTED.len()] {
        let named = |id: Option<Uuid>| id.and_then(|id| institutions.get(&id).cloned());
        [
            self.reference,
            self.family_name.unwrap_or_default(),
            self.given_names.unwrap_or_default(),
            self.western_name.unwrap_or_default(),
            self.name_zh.unwrap_or_default(),
            self.email,
            self.phone.unwrap_or_default(),
            self.lang,
            self.route.unwrap_or_default(),
            named(self.university_id).unwrap_or_default(),
            named(self.employer_id)
                .or(self.employer_name)
                .unwrap_or_default(),
            self.job_title.unwrap_or_default(),
            self.field_of_study.unwrap_or_default(),
            self.graduation_year
                .map(|year| year.to_string())
                .unwrap_or_default(),
            self.state,
            self.decision.unwrap_or_default(),
            self.score_milli.map(thousandths).unwrap_or_default(),
            self.spread_milli.map(thousandths).unwrap_or_default(),
            self.reviews_done.unwrap_or_default().to_string(),
            self.reviews_asked.to_string(),
            self.submitted_at.map(moment).unwrap_or_default(),
            self.source,
        ]
    }
}

/// `4250` as `4.250`.
fn thousandths(milli: i32) -> String {
    let whole = milli.unsigned_abs();
    let sign = if milli < 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", whole / 1_000, whole % 1_000)
}

/// `2026-11-30 23:59` in Hong Kong. Written by hand: a formatter that reads its pattern anew for each
/// row costs as much as the rest of the line.
fn moment(at: DateTime<Utc>) -> String {
    use chrono::{Datelike as _, Timelike as _};
    let at = at.with_timezone(&hkt());
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute()
    )
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name_en: String,
}

/// The names that [`Line::cells`] looks up.
///
/// # Errors
/// The database's.
pub fn institutions(conn: &mut Conn<'_>) -> Result<Institutions> {
    let named: Vec<Named> = sql_query("SELECT id, name_en FROM organisations").load(conn.pg())?;
    Ok(named.into_iter().map(|it| (it.id, it.name_en)).collect())
}

/// Lines of an export that match, from after the cursor on, at most `limit`.
///
/// # Errors
/// The database's.
pub fn lines(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    filter: &Filter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Line>> {
    let mut sql = Sql::default();
    sql.push(
        "SELECT a.id, a.name_sort, a.reference, a.family_name, a.given_names, a.western_name, a.name_zh, a.email, \
         a.phone, a.lang, a.route, a.university_id, a.employer_id, a.employer_name, a.job_title, a.field_of_study, \
         a.graduation_year, a.state, CASE WHEN c.released_at IS NULL THEN c.decision END AS decision, c.score_milli, \
         c.spread_milli, c.reviews_done, cardinality(a.reviewer_ids) AS reviews_asked, a.submitted_at, a.source",
    );
    sql.matching(staff, filter);
    if let Some(cursor) = cursor {
        sql.after(filter.sort, filter.down, cursor);
    }
    sql.ordered(filter.sort, filter.down, limit);
    sql.load(conn)
}
