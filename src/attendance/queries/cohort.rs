//! A cohort as the office sees it: trainees and their rates, sessions and their registers.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::CohortStaff;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{ClassId, EnrolmentId};
use crate::lang::Lang;
use crate::teaching::rules::Slot;
use crate::web::paging::{Cursor, Page};

use super::super::rules::{Hours, Policy, RegisterState, register_state};
use super::hours::OF_COHORT;

/// A trainee with the minutes that count.
#[derive(Clone, Debug, QueryableByName)]
pub struct Rated {
    /// The enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// Minutes held.
    #[diesel(sql_type = BigInt)]
    pub held: i64,
    /// Minutes attended.
    #[diesel(sql_type = BigInt)]
    pub attended: i64,
    /// Minutes excused.
    #[diesel(sql_type = BigInt)]
    pub excused: i64,
    /// Sessions from which the trainee was absent.
    #[diesel(sql_type = BigInt)]
    pub absences: i64,
    #[diesel(sql_type = Text)]
    sort_key: String,
}

impl Rated {
    /// The minutes.
    #[must_use]
    pub fn hours(&self) -> Hours {
        Hours {
            held: self.held,
            attended: self.attended,
            excused: self.excused,
        }
    }
}

/// What the list of rates is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct RatesWanted {
    /// Only those under the threshold.
    pub under: bool,
    /// The lowest rate first; otherwise by name.
    pub by_rate: bool,
    /// Part of a name or number, in any case.
    pub text: Option<String>,
}

/// A page of a cohort's trainees with their minutes.
///
/// # Errors
/// The database's.
pub fn rates(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    policy: &Policy,
    wanted: &RatesWanted,
    (after, size): (Option<&Cursor>, i64),
) -> Result<Page<Rated>> {
    let rows: Vec<Rated> = sql_query(format!(
        "WITH sums AS (SELECT r.enrolment_id, sum(r.held)::bigint AS held, sum(r.minutes)::bigint AS attended, \
             coalesce(sum(r.held) FILTER (WHERE r.state = 'excused'), 0)::bigint AS excused, \
             count(*) FILTER (WHERE r.state = 'absent') AS absences \
           {OF_COHORT} GROUP BY r.enrolment_id), \
         counted AS (SELECT e.id AS enrolment_id, e.name_shown, e.trainee_number, e.name_sort, coalesce(held, 0) AS held, \
             coalesce(attended, 0) AS attended, coalesce(excused, 0) AS excused, coalesce(absences, 0) AS absences, \
             CASE $2 WHEN 'attended' THEN attended + excused ELSE attended END AS got, \
             CASE $2 WHEN 'leaves' THEN held - excused ELSE held END AS due \
           FROM enrolments e LEFT JOIN sums ON sums.enrolment_id = e.id \
           WHERE e.cohort_id = $1 AND e.state IN ('enrolled', 'active', 'suspended', 'completed', 'failed') \
             AND ($6 IS NULL OR position(lower($6) IN lower(concat_ws(' ', e.name_shown, e.trainee_number, \
               (SELECT z.name_zh FROM applications z WHERE z.id = e.application_id)))) > 0)), \
         keyed AS (SELECT *, (CASE WHEN $5 THEN lpad(coalesce(got * 10000 / nullif(due, 0), 10001)::text, 5, '0') || ' ' \
             ELSE '' END || name_sort) COLLATE \"C\" AS sort_key FROM counted \
           WHERE NOT $4 OR due > 0 AND got * 10000 < due * $3) \
         SELECT enrolment_id, name_shown, trainee_number, held, attended, excused, absences, sort_key FROM keyed \
         WHERE $7 IS NULL OR (sort_key, enrolment_id) > ($7 COLLATE \"C\", $8) ORDER BY sort_key, enrolment_id LIMIT $9"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Text, _>(policy.excused.as_str())
    .bind::<Integer, _>(i32::from(policy.threshold.0))
    .bind::<Bool, _>(wanted.under)
    .bind::<Bool, _>(wanted.by_rate)
    .bind::<Nullable<Text>, _>(&wanted.text)
    .bind::<Nullable<Text>, _>(after.map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(size.saturating_add(1))
    .load(conn.pg())?;
    Ok(Page::cut(rows, size, |row| Cursor {
        key: row.sort_key.clone(),
        id: row.enrolment_id.0,
    }))
}

/// The minutes of a cohort's trainees together, those of [`rates`]: its rate is of these sums, not the
/// mean of theirs.
///
/// # Errors
/// The database's.
pub fn whole(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Hours> {
    #[derive(QueryableByName)]
    struct Sums {
        #[diesel(sql_type = BigInt)]
        held: i64,
        #[diesel(sql_type = BigInt)]
        attended: i64,
        #[diesel(sql_type = BigInt)]
        excused: i64,
    }
    let it: Sums = sql_query(format!(
        "SELECT coalesce(sum(r.held), 0)::bigint AS held, coalesce(sum(r.minutes), 0)::bigint AS attended, \
           coalesce(sum(r.held) FILTER (WHERE r.state = 'excused'), 0)::bigint AS excused {OF_COHORT} \
         AND r.enrolment_id IN (SELECT e.id FROM enrolments e WHERE e.cohort_id = $1 \
           AND e.state IN ('enrolled', 'active', 'suspended', 'completed', 'failed'))"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .get_result(conn.pg())?;
    Ok(Hours {
        held: it.held,
        attended: it.attended,
        excused: it.excused,
    })
}

/// A session in the list of registers.
#[derive(Clone, Debug, QueryableByName)]
pub struct RegisterRow {
    /// The session.
    #[diesel(sql_type = SqlUuid)]
    pub id: ClassId,
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub module_code: String,
    /// What it is called in English.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// What it is called in Chinese.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Begins.
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    /// Ends.
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    /// Is it cancelled?
    #[diesel(sql_type = Bool)]
    pub cancelled: bool,
    /// Minutes before the start at which its register opens.
    #[diesel(sql_type = Integer)]
    pub opens_before: i32,
    /// When it was signed off.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub signed_off_at: Option<DateTime<Utc>>,
    /// Entries: present or late.
    #[diesel(sql_type = BigInt)]
    pub came: i64,
    /// Entries: excused.
    #[diesel(sql_type = BigInt)]
    pub excused: i64,
    /// Entries: absent.
    #[diesel(sql_type = BigInt)]
    pub absent: i64,
}

impl RegisterRow {
    /// Code and name as the reader reads them.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        let name = lang.pick(&self.name_en, &self.name_zh);
        format!("{} {name}", self.module_code)
    }

    /// When the session is.
    #[must_use]
    pub fn slot(&self) -> Slot {
        Slot {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }

    /// Where the register stands.
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> RegisterState {
        let opens = self.starts_at - chrono::Duration::minutes(i64::from(self.opens_before));
        register_state(
            (self.cancelled, self.signed_off_at.is_some()),
            (opens, self.ends_at),
            now,
        )
    }
}

/// What the list of registers is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct RegistersWanted {
    /// Standing there.
    pub state: Option<RegisterState>,
    /// Part of a name or code, in any case.
    pub text: Option<String>,
}

/// A page of a cohort's sessions with their registers, the latest first.
///
/// # Errors
/// The database's.
pub fn registers(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (wanted, now): (&RegistersWanted, DateTime<Utc>),
    after: Option<&Cursor>,
    size: i64,
) -> Result<Page<RegisterRow>> {
    let after_at = after.and_then(|it| it.key.parse::<DateTime<Utc>>().ok());
    let rows: Vec<RegisterRow> = sql_query(
        "SELECT s.id, m.code AS module_code, coalesce(nullif(o.title_en, ''), v.name_en, m.code) AS name_en, \
           coalesce(nullif(o.title_zh, ''), v.name_zh, m.code) AS name_zh, s.starts_at, s.ends_at, \
           s.state = 'cancelled' AS cancelled, coalesce(g.opens_before, p.opens_before, 15) AS opens_before, g.signed_off_at, \
           t.came, t.excused, t.absent \
         FROM class_sessions s JOIN modules m ON m.id = s.module_id LEFT JOIN offerings o ON o.id = s.offering_id \
         LEFT JOIN cohorts c ON c.id = s.cohort_id LEFT JOIN registers g ON g.session_id = s.id \
         LEFT JOIN attendance_policies p ON p.cohort_id = s.cohort_id \
         LEFT JOIN LATERAL (SELECT n.name_en, n.name_zh FROM module_versions n \
           WHERE n.module_id = m.id AND n.state <> 'draft' \
           ORDER BY n.effective_from <= c.starts_on DESC, n.number DESC LIMIT 1) v ON true \
         CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE r.state IN ('present', 'late')) AS came, \
           count(*) FILTER (WHERE r.state = 'excused') AS excused, count(*) FILTER (WHERE r.state = 'absent') AS absent \
           FROM attendance_records r WHERE r.session_id = s.id) t \
         WHERE s.cohort_id = $1 AND s.published \
           AND ($2 IS NULL OR $2 = CASE WHEN s.state = 'cancelled' THEN 'cancelled' WHEN g.signed_off_at IS NOT NULL THEN 'signed_off' \
             WHEN $6 < s.starts_at - make_interval(mins => coalesce(g.opens_before, p.opens_before, 15)) THEN 'coming' \
             WHEN $6 < s.ends_at THEN 'open' ELSE 'missing' END) \
           AND ($3 IS NULL OR position(lower($3) IN lower(concat_ws(' ', m.code, v.name_en, v.name_zh, o.title_en, o.title_zh))) > 0) \
           AND ($4 IS NULL OR (s.starts_at, s.id) < ($4, $5)) \
         ORDER BY s.starts_at DESC, s.id DESC LIMIT $7",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<Text>, _>(wanted.state.map(RegisterState::as_str))
    .bind::<Nullable<Text>, _>(&wanted.text)
    .bind::<Nullable<Timestamptz>, _>(after_at)
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(size.saturating_add(1))
    .load(conn.pg())?;
    Ok(Page::cut(rows, size, |row| Cursor {
        key: row.starts_at.to_rfc3339(),
        id: row.id.0,
    }))
}
