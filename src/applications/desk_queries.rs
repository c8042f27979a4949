//! What staff read of applications: the list that people work in all day, its exports, one whole
//! record. Every part of a statement is a constant; values are bound.

use std::fmt::Write as _;

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::sql_types::{
    Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::CohortStaff;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::ApplicationId;
use crate::web::paging::{Cursor, Page};

use super::desk_list::{DISAGREEMENT_MILLI, Filter, Pending, Reading, Sort};

mod lines;
mod records;

pub use lines::{EXPORTED, Line, institutions, lines};
pub use records::{Candidate, Note, candidates, document, notes};

/// A value of a statement.
enum Bind {
    Id(Uuid),
    Ids(Vec<Uuid>),
    Word(String),
    Int(i32),
    Count(i64),
    Time(DateTime<Utc>),
}

/// A statement made of constants and bound values.
#[derive(Default)]
struct Sql {
    text: String,
    binds: Vec<Bind>,
}

impl Sql {
    fn push(&mut self, part: &'static str) -> &mut Self {
        self.text.push_str(part);
        self
    }

    fn arg(&mut self, value: Bind) -> &mut Self {
        self.binds.push(value);
        // Writing to a String cannot fail.
        let _ = write!(self.text, "${}", self.binds.len());
        self
    }

    fn load<T>(self, conn: &mut Conn<'_>) -> Result<Vec<T>>
    where
        T: QueryableByName<Pg> + 'static,
    {
        let mut query = sql_query(self.text).into_boxed();
        for bind in self.binds {
            query = match bind {
                Bind::Id(it) => query.bind::<SqlUuid, _>(it),
                Bind::Ids(it) => query.bind::<Array<SqlUuid>, _>(it),
                Bind::Word(it) => query.bind::<Text, _>(it),
                Bind::Int(it) => query.bind::<Integer, _>(it),
                Bind::Count(it) => query.bind::<BigInt, _>(it),
                Bind::Time(it) => query.bind::<Timestamptz, _>(it),
            };
        }
        Ok(query.load(conn.pg())?)
    }

    /// `FROM … WHERE …`: the applications of this cohort that match.
    fn matching(&mut self, staff: &CohortStaff, filter: &Filter) -> &mut Self {
        self.push(
            " FROM applications a LEFT JOIN application_cases c ON c.application_id = a.id \
             WHERE a.cohort_id = ",
        )
        .arg(Bind::Id(staff.cohort().0))
        .push(" AND a.programme_id = ")
        .arg(Bind::Id(staff.programme().0));
        if let Some(state) = &filter.state {
            self.push(" AND a.state = ").arg(Bind::Word(state.clone()));
        }
        if let Some(route) = filter.route {
            self.push(" AND a.route = ")
                .arg(Bind::Word(route.as_str().to_owned()));
        }
        if let Some(university) = filter.university {
            self.push(" AND a.university_id = ")
                .arg(Bind::Id(university));
        }
        if let Some(employer) = filter.employer {
            self.push(" AND a.employer_id = ").arg(Bind::Id(employer));
        }
        if let Some(source) = &filter.source {
            self.push(" AND a.source = ")
                .arg(Bind::Word(source.clone()));
        }
        match filter.decision {
            Some(Pending::Is(decision)) => {
                self.push(" AND c.released_at IS NULL AND c.decision = ")
                    .arg(Bind::Word(decision.as_str().to_owned()));
            }
            Some(Pending::Any) => {
                self.push(" AND c.released_at IS NULL AND c.decision IS NOT NULL");
            }
            Some(Pending::None) => {
                self.push(" AND (c.decision IS NULL OR c.released_at IS NOT NULL)");
            }
            None => {}
        }
        self.reading(filter);
        if let Some(only) = &filter.only {
            self.push(" AND a.id = ANY (")
                .arg(Bind::Ids(only.clone()))
                .push(")");
        }
        self.terms(staff, &filter.terms);
        self
    }

    fn reading(&mut self, filter: &Filter) {
        match filter.reading {
            Some(Reading::Unassigned) => {
                self.push(" AND a.reviewer_ids = '{}'");
            }
            Some(Reading::Waiting) => {
                self.push(" AND cardinality(a.reviewer_ids) > coalesce(c.reviews_done, 0)");
            }
            Some(Reading::Scored) => {
                self.push(" AND c.score_milli IS NOT NULL");
            }
            Some(Reading::Unscored) => {
                self.push(" AND c.score_milli IS NULL");
            }
            Some(Reading::Disagree) => {
                self.push(" AND c.spread_milli > ")
                    .arg(Bind::Int(DISAGREEMENT_MILLI));
            }
            None => {}
        }
    }

    /// Every term begins some token: one range of the tokens' b-tree for each, one statement for each
    /// number of terms. The ends of the ranges are made here, since a function over columns would
    /// keep row-level security from using the index.
    fn terms(&mut self, staff: &CohortStaff, terms: &[String]) {
        for term in terms {
            self.push(" AND a.id IN (SELECT t.application_id FROM application_tokens t WHERE t.cohort_id = ")
                .arg(Bind::Id(staff.cohort().0))
                .push(" AND t.token >= ")
                .arg(Bind::Word(term.clone()))
                .push(" AND t.token < ")
                .arg(Bind::Word(format!("{term}\u{10FFFF}")))
                .push(")");
        }
    }

    /// Rows that come after the cursor in this order.
    fn after(&mut self, sort: Sort, down: bool, cursor: &Cursor) {
        let Some(key) = Key::read(sort, &cursor.key) else {
            return;
        };
        self.push(" AND (").push(key_column(sort));
        self.push(if down { ", a.id) < (" } else { ", a.id) > (" });
        match key {
            Key::Word(word) => self.arg(Bind::Word(word)),
            Key::Score(score) => self.arg(Bind::Int(score)),
            Key::Time(Some(at)) => self.arg(Bind::Time(at)),
            Key::Time(None) => self.push("'-infinity'::timestamptz"),
        };
        self.push(", ").arg(Bind::Id(cursor.id)).push(")");
    }

    fn ordered(&mut self, sort: Sort, down: bool, limit: i64) {
        self.push(" ORDER BY ").push(key_column(sort));
        self.push(if down { " DESC, a.id DESC" } else { ", a.id" });
        self.push(" LIMIT ").arg(Bind::Count(limit));
    }
}

/// Each but the score stands in an index after the cohort. A score may be missing with its whole
/// row, so that order sorts the rows of the cohort.
fn key_column(sort: Sort) -> &'static str {
    match sort {
        Sort::Name => "a.name_sort",
        Sort::Submitted => "coalesce(a.submitted_at, '-infinity'::timestamptz)",
        Sort::Score => "coalesce(c.score_milli, -1)",
        Sort::Reference => "a.reference",
        Sort::State => "a.state",
    }
}

/// The sort key of a row, read from a cursor. One that does not parse begins at the beginning.
enum Key {
    Word(String),
    Score(i32),
    Time(Option<DateTime<Utc>>),
}

impl Key {
    fn read(sort: Sort, text: &str) -> Option<Self> {
        match sort {
            Sort::Name | Sort::Reference | Sort::State => Some(Self::Word(text.to_owned())),
            Sort::Score => text.parse().ok().map(Self::Score),
            Sort::Submitted if text.is_empty() => Some(Self::Time(None)),
            Sort::Submitted => {
                DateTime::from_timestamp_micros(text.parse().ok()?).map(|at| Self::Time(Some(at)))
            }
        }
    }
}

/// A row of the list.
#[derive(Clone, Debug, QueryableByName)]
pub struct Row {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ApplicationId,
    /// Reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// `CHAN Tai Man, Peter`.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Key of the order by name.
    #[diesel(sql_type = Text)]
    pub name_sort: String,
    /// Chinese name.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_zh: Option<String>,
    /// Route.
    #[diesel(sql_type = Nullable<Text>)]
    pub route: Option<String>,
    /// University, in English.
    #[diesel(sql_type = Nullable<Text>)]
    pub university_en: Option<String>,
    /// University, in Chinese.
    #[diesel(sql_type = Nullable<Text>)]
    pub university_zh: Option<String>,
    /// Employer, in English, or as typed.
    #[diesel(sql_type = Nullable<Text>)]
    pub employer_en: Option<String>,
    /// Employer, in Chinese, or as typed.
    #[diesel(sql_type = Nullable<Text>)]
    pub employer_zh: Option<String>,
    /// What the applicant may see.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The pending decision.
    #[diesel(sql_type = Nullable<Text>)]
    pub decision: Option<String>,
    /// Mean score, in thousandths.
    #[diesel(sql_type = Nullable<Integer>)]
    pub score_milli: Option<i32>,
    /// Highest less lowest review, in thousandths.
    #[diesel(sql_type = Nullable<Integer>)]
    pub spread_milli: Option<i32>,
    /// Reviews handed in.
    #[diesel(sql_type = Integer)]
    pub reviews_done: i32,
    /// Reviewers asked.
    #[diesel(sql_type = Integer)]
    pub reviews_asked: i32,
    /// When it was handed in.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
}

impl Row {
    /// Its place in this order.
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
        Cursor { key, id: self.id.0 }
    }
}

const ROW: &str = "SELECT r.*, u.name_en AS university_en, u.name_zh AS university_zh, \
    coalesce(e.name_en, r.employer_name) AS employer_en, coalesce(e.name_zh, r.employer_name) AS employer_zh \
    FROM (SELECT a.id, a.reference, a.name_shown, a.name_sort, a.name_zh, a.route, a.university_id, a.employer_id, \
      a.employer_name, a.state, CASE WHEN c.released_at IS NULL THEN c.decision END AS decision, c.score_milli, \
      c.spread_milli, coalesce(c.reviews_done, 0) AS reviews_done, cardinality(a.reviewer_ids) AS reviews_asked, \
      a.submitted_at, row_number() OVER (ORDER BY ";
const ROW_JOINS: &str = ") r LEFT JOIN organisations u ON u.id = r.university_id \
    LEFT JOIN organisations e ON e.id = r.employer_id ORDER BY r.line";

/// Rows that match, from after the cursor on, at most `limit`; `back` reads towards the beginning.
fn rows(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    filter: &Filter,
    cursor: Option<&Cursor>,
    limit: i64,
    back: bool,
) -> Result<Vec<Row>> {
    let down = filter.down != back;
    let mut sql = Sql::default();
    // The page is cut before the names of organisations are fetched; `line` keeps its order.
    sql.push(ROW).push(key_column(filter.sort));
    sql.push(if down {
        " DESC, a.id DESC) AS line"
    } else {
        ", a.id) AS line"
    });
    sql.matching(staff, filter);
    if let Some(cursor) = cursor {
        sql.after(filter.sort, down, cursor);
    }
    sql.ordered(filter.sort, down, limit);
    sql.push(ROW_JOINS);
    sql.load(conn)
}

/// A page of the list.
///
/// # Errors
/// The database's.
pub fn page(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    filter: &Filter,
    cursor: Option<&Cursor>,
    size: i64,
) -> Result<Page<Row>> {
    let found = rows(conn, staff, filter, cursor, size + 1, false)?;
    Ok(Page::cut(found, size, |row| row.cursor(filter.sort)))
}

/// The rows around one in the list, at most `each` before and after it, in the list's order.
///
/// # Errors
/// The database's.
pub fn around(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    filter: &Filter,
    at: &Cursor,
    each: i64,
) -> Result<(Vec<Row>, Vec<Row>)> {
    let mut before = rows(conn, staff, filter, Some(at), each, true)?;
    before.reverse();
    let after = rows(conn, staff, filter, Some(at), each, false)?;
    Ok((before, after))
}

/// What stands around the list.
#[derive(Clone, Debug, QueryableByName)]
pub struct Frame {
    /// Code of the cohort.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// Its name, English.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Its name, Chinese.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Applications that match.
    #[diesel(sql_type = BigInt)]
    pub matching: i64,
    /// Applications at all.
    #[diesel(sql_type = BigInt)]
    pub total: i64,
    /// Organisations for the filters: id, kind and both names.
    #[diesel(sql_type = Jsonb)]
    pub organisations: serde_json::Value,
}

/// The cohort, the counts and the choices of the filters, in one statement.
///
/// # Errors
/// [`Error::NotFound`].
pub fn frame(conn: &mut Conn<'_>, staff: &CohortStaff, filter: &Filter) -> Result<Frame> {
    let mut sql = Sql::default();
    sql.push("SELECT o.code, o.name_en, o.name_zh, (SELECT count(*)")
        .matching(staff, filter)
        .push(") AS matching, (SELECT coalesce(sum(started), 0) FROM cohort_tallies WHERE cohort_id = ")
        .arg(Bind::Id(staff.cohort().0))
        .push(
            ") AS total, (SELECT coalesce(jsonb_agg(jsonb_build_array(g.id, g.kind, g.name_en, g.name_zh) \
             ORDER BY g.name_en, g.id), '[]') FROM organisations g WHERE g.archived_at IS NULL) AS organisations \
             FROM cohorts o WHERE o.id = ",
        )
        .arg(Bind::Id(staff.cohort().0));
    sql.load(conn)?.into_iter().next().ok_or(Error::NotFound)
}

/// The ids of what matches, in the list's order: for a bulk action on the whole list.
///
/// # Errors
/// The database's.
pub fn ids(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<ApplicationId>> {
    let mut sql = Sql::default();
    sql.push("SELECT a.id").matching(staff, filter);
    sql.ordered(filter.sort, filter.down, limit);
    let rows: Vec<Id> = sql.load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: ApplicationId,
}
