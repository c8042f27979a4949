//! One application whole, as staff and reviewers read it.

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::ApplicationStaff;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, CohortId, FileId, PersonId};
use crate::lang::Lang;
use crate::people::rules::Phone;
use crate::web::paging::Cursor;

use super::desk_list::{Sort, current};
use super::rules::State;

/// What the applicant wrote.
#[derive(Clone, Debug, QueryableByName)]
pub struct Answers {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ApplicationId,
    /// The cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// The applicant.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Code of the cohort.
    #[diesel(sql_type = Text)]
    pub cohort_code: String,
    /// Name of the cohort, English.
    #[diesel(sql_type = Text)]
    pub cohort_en: String,
    /// Name of the cohort, Chinese.
    #[diesel(sql_type = Text)]
    pub cohort_zh: String,
    /// The day by which decisions are told.
    #[diesel(sql_type = Date)]
    pub decisions_on: chrono::NaiveDate,
    /// Reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// What the applicant may see.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// `CHAN Tai Man, Peter`.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Key of the order by name.
    #[diesel(sql_type = Text)]
    pub name_sort: String,
    /// Chinese name.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_zh: Option<String>,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Telephone.
    #[diesel(sql_type = Nullable<Text>)]
    pub phone: Option<String>,
    /// Language.
    #[diesel(sql_type = Text)]
    pub lang: String,
    /// Route.
    #[diesel(sql_type = Nullable<Text>)]
    pub route: Option<String>,
    /// University, English.
    #[diesel(sql_type = Nullable<Text>)]
    pub university_en: Option<String>,
    /// University, Chinese.
    #[diesel(sql_type = Nullable<Text>)]
    pub university_zh: Option<String>,
    /// Employer, English, or as typed.
    #[diesel(sql_type = Nullable<Text>)]
    pub employer_en: Option<String>,
    /// Employer, Chinese, or as typed.
    #[diesel(sql_type = Nullable<Text>)]
    pub employer_zh: Option<String>,
    /// Post.
    #[diesel(sql_type = Nullable<Text>)]
    pub job_title: Option<String>,
    /// Field of study.
    #[diesel(sql_type = Nullable<Text>)]
    pub field_of_study: Option<String>,
    /// Year of graduation.
    #[diesel(sql_type = Nullable<Integer>)]
    pub graduation_year: Option<i32>,
    /// Statement.
    #[diesel(sql_type = Nullable<Text>)]
    pub statement: Option<String>,
    /// The document.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub document_id: Option<FileId>,
    /// Its name.
    #[diesel(sql_type = Nullable<Text>)]
    pub document_label: Option<String>,
    /// Declarations made.
    #[diesel(sql_type = Array<Text>)]
    pub declarations: Vec<String>,
    /// Version of the PICS accepted.
    #[diesel(sql_type = Nullable<Text>)]
    pub pics_version: Option<String>,
    /// `web`, `import`, `api`.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// When it was handed in.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
}

/// The columns of [`Answers`] and where they come from.
pub const ANSWERS: &str = "SELECT a.id, a.cohort_id, a.person_id, o.code AS cohort_code, o.name_en AS cohort_en, \
    o.name_zh AS cohort_zh, o.decisions_on, a.reference, a.state, a.name_shown, a.name_sort, a.name_zh, a.email, \
    a.phone, a.lang, a.route, u.name_en AS university_en, u.name_zh AS university_zh, \
    coalesce(e.name_en, a.employer_name) AS employer_en, coalesce(e.name_zh, a.employer_name) AS employer_zh, \
    a.job_title, a.field_of_study, a.graduation_year, a.statement, f.id AS document_id, f.label AS document_label, \
    a.declarations, a.pics_version, a.source, a.submitted_at \
    FROM applications a JOIN cohorts o ON o.id = a.cohort_id LEFT JOIN organisations u ON u.id = a.university_id \
    LEFT JOIN organisations e ON e.id = a.employer_id \
    LEFT JOIN files f ON f.id = a.document_id AND f.removed_at IS NULL";

impl Answers {
    /// The university as the reader reads it.
    #[must_use]
    pub fn university(&self, lang: Lang) -> Option<&str> {
        lang.pick(&self.university_en, &self.university_zh)
            .as_deref()
    }

    /// The employer as the reader reads it.
    #[must_use]
    pub fn employer(&self, lang: Lang) -> Option<&str> {
        lang.pick(&self.employer_en, &self.employer_zh).as_deref()
    }

    /// The cohort's name as the reader reads it.
    #[must_use]
    pub fn cohort(&self, lang: Lang) -> &str {
        lang.pick(&self.cohort_en, &self.cohort_zh)
    }
}

/// The staff's side.
#[derive(Clone, Debug, QueryableByName)]
pub struct Case {
    /// Mean score, in thousandths.
    #[diesel(sql_type = Nullable<Integer>)]
    pub score_milli: Option<i32>,
    /// Highest less lowest, in thousandths.
    #[diesel(sql_type = Nullable<Integer>)]
    pub spread_milli: Option<i32>,
    /// The decision, pending or released.
    #[diesel(sql_type = Nullable<Text>)]
    pub decision: Option<String>,
    /// Why.
    #[diesel(sql_type = Nullable<Text>)]
    pub decision_reason: Option<String>,
    /// Who decided.
    #[diesel(sql_type = Nullable<Text>)]
    pub decided_by: Option<String>,
    /// When.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was released.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub released_at: Option<DateTime<Utc>>,
    /// Version of the case; 0 while there is none.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// An offer of the application that is open.
    #[diesel(sql_type = Nullable<Text>)]
    pub offer_state: Option<String>,
    /// Until when it can be answered.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub offer_expires_at: Option<DateTime<Utc>>,
    /// Place on the waitlist.
    #[diesel(sql_type = Nullable<Integer>)]
    pub waitlist_rank: Option<i32>,
    /// Trainee number.
    #[diesel(sql_type = Nullable<Text>)]
    pub trainee_number: Option<String>,
    /// Does a rubric exist?
    #[diesel(sql_type = Bool)]
    pub has_rubric: bool,
}

/// An application with its case.
#[derive(Clone, Debug)]
pub struct Record {
    /// What the applicant wrote.
    pub answers: Answers,
    /// The staff's side.
    pub case: Case,
    /// The full state.
    pub state: State,
}

impl Record {
    /// Its place in a list of this order.
    #[must_use]
    pub fn cursor(&self, sort: Sort) -> Cursor {
        let key = match sort {
            Sort::Name => self.answers.name_sort.clone(),
            Sort::Reference => self.answers.reference.clone(),
            Sort::State => self.answers.state.clone(),
            Sort::Score => self.case.score_milli.unwrap_or(-1).to_string(),
            Sort::Submitted => self
                .answers
                .submitted_at
                .map(|at| at.timestamp_micros().to_string())
                .unwrap_or_default(),
        };
        Cursor {
            key,
            id: self.answers.id.0,
        }
    }
}

/// The whole record, for staff.
///
/// # Errors
/// [`Error::NotFound`].
pub fn record(conn: &mut Conn<'_>, staff: &ApplicationStaff) -> Result<Record> {
    let answers: Answers = sql_query(format!("{ANSWERS} WHERE a.id = $1 AND a.programme_id = $2"))
        .bind::<SqlUuid, _>(staff.application())
        .bind::<SqlUuid, _>(staff.programme())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)?;
    let case: Case = sql_query(
        "SELECT c.score_milli, c.spread_milli, c.decision, c.decision_reason, p.display_name AS decided_by, \
           c.decided_at, c.released_at, coalesce(c.version, 0) AS version, f.state AS offer_state, \
           f.expires_at AS offer_expires_at, w.rank AS waitlist_rank, n.trainee_number, \
           EXISTS (SELECT FROM rubric_criteria r WHERE r.cohort_id = $2) AS has_rubric \
         FROM (SELECT $1::uuid AS id) a LEFT JOIN application_cases c ON c.application_id = a.id \
         LEFT JOIN people p ON p.id = c.decided_by \
         LEFT JOIN LATERAL (SELECT state, expires_at FROM offers WHERE application_id = a.id ORDER BY id DESC LIMIT 1) f ON true \
         LEFT JOIN waitlist_entries w ON w.application_id = a.id AND w.state = 'waiting' \
         LEFT JOIN enrolments n ON n.application_id = a.id",
    )
    .bind::<SqlUuid, _>(staff.application())
    .bind::<SqlUuid, _>(staff.cohort())
    .get_result(conn.pg())?;
    let state = current(
        &answers.state,
        case.decision.as_deref(),
        case.released_at.is_some(),
    )
    .ok_or_else(|| Error::Internal(format!("application state {}", answers.state)))?;
    Ok(Record {
        answers,
        case,
        state,
    })
}

/// A letter about an application, in the delivery log.
#[derive(Clone, Debug, QueryableByName)]
pub struct Sent {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: crate::ids::LetterId,
    /// Subject line.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// To whom.
    #[diesel(sql_type = Text)]
    pub to_address: String,
    /// `queued`, `sent`, `dead`, `cancelled`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// When it was written.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// The letters about this application, newest first, at most 50.
///
/// # Errors
/// The database's.
pub fn letters(conn: &mut Conn<'_>, staff: &ApplicationStaff) -> Result<Vec<Sent>> {
    Ok(sql_query(
        "SELECT id, subject, to_address, state, created_at FROM letters \
         WHERE (subject_id = $1 OR subject_id IN (SELECT id FROM offers WHERE application_id = $1)) \
           AND programme_id = $2 ORDER BY id DESC LIMIT 50",
    )
    .bind::<SqlUuid, _>(staff.application())
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

impl Answers {
    /// Label and value of what was answered, without the statement; the address and telephone
    /// only for those who may write to the applicant.
    #[must_use]
    pub fn facts(&self, lang: Lang, contact: bool) -> Vec<(&'static str, String)> {
        let route = self
            .route
            .as_deref()
            .and_then(super::Route::parse)
            .map(|it| it.label(lang).to_owned());
        let own = |text: Option<&str>| text.map(str::to_owned);
        let mut facts = Vec::new();
        if contact {
            facts.push((lang.desk_email(), Some(self.email.clone())));
            let phone = self.phone.as_deref().map(|kept| {
                Phone::parse(kept).map_or_else(|_as_kept| kept.to_owned(), |it| it.display())
            });
            facts.push((lang.desk_phone(), phone));
            let tongue = Lang::parse(&self.lang).unwrap_or_default();
            facts.push((
                lang.desk_language(),
                Some(tongue.language_name().to_owned()),
            ));
        }
        facts.push((lang.desk_route(), route));
        facts.push((lang.desk_university(), own(self.university(lang))));
        facts.push((lang.desk_field(), self.field_of_study.clone()));
        facts.push((
            lang.desk_graduation(),
            self.graduation_year.map(|it| it.to_string()),
        ));
        facts.push((lang.desk_employer(), own(self.employer(lang))));
        facts.push((lang.desk_job(), self.job_title.clone()));
        facts
            .into_iter()
            .filter_map(|(label, value)| Some((label, value.filter(|it| !it.is_empty())?)))
            .collect()
    }
}
