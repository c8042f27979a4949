//! Rows of funding schemes, of the placements under them, and of claims.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::ProgrammeStaff;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::hosting::queries::{self as hosting, Seat};
use crate::ids::{ClaimId, FundedId, FundingSchemeId, PersonId, PlacementId};
use crate::lang::Lang;
use crate::supervision::queries as supervision;
use crate::web::fields::Column;
use crate::web::paging::Cursor;
use crate::web::paging::Window;

use super::rules::{ClaimState, Period, Terms};

/// A funding scheme.
#[derive(Clone, Debug, QueryableByName)]
pub struct Scheme {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: FundingSchemeId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Where its terms are written.
    #[diesel(sql_type = Text)]
    pub source: String,
    #[diesel(sql_type = Date)]
    valid_from: NaiveDate,
    #[diesel(sql_type = Date)]
    valid_to: NaiveDate,
    #[diesel(sql_type = Integer)]
    claim_days: i32,
    #[diesel(sql_type = Nullable<Date>)]
    claim_by: Option<NaiveDate>,
    #[diesel(sql_type = Integer)]
    share_bp: i32,
    #[diesel(sql_type = BigInt)]
    month_cap_cents: i64,
    #[diesel(sql_type = Integer)]
    least_hours_bp: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    months_most: Option<i32>,
    #[diesel(sql_type = Text)]
    period: String,
    #[diesel(sql_type = Nullable<Integer>)]
    persons_most: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    budget_cents: Option<i64>,
    /// Archived then.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub archived_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Scheme {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Its terms.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn terms(&self) -> Result<Terms> {
        Ok(Terms {
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            claim_days: self.claim_days,
            claim_by: self.claim_by,
            share_bp: self.share_bp,
            month_cap_cents: self.month_cap_cents,
            least_hours_bp: self.least_hours_bp,
            months_most: self.months_most,
            period: Period::parse(&self.period)
                .ok_or_else(|| Error::Internal(format!("funding period {}", self.period)))?,
            persons_most: self.persons_most,
            budget_cents: self.budget_cents,
        })
    }
}

const SCHEME: &str = "SELECT id, name_en, name_zh, source, valid_from, valid_to, claim_days, claim_by, share_bp, month_cap_cents, \
    least_hours_bp, months_most, period, persons_most, budget_cents, archived_at, version FROM funding_schemes";

/// The schemes of a programme, by their first day; there are few.
///
/// # Errors
/// The database's.
pub fn schemes(conn: &mut Conn<'_>, staff: &ProgrammeStaff, archived: bool) -> Result<Vec<Scheme>> {
    Ok(sql_query(format!(
        "{SCHEME} WHERE programme_id = $1 AND (archived_at IS NOT NULL) = $2 ORDER BY valid_from DESC, id"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<diesel::sql_types::Bool, _>(archived)
    .load(conn.pg())?)
}

/// One scheme, locked until the end of the transaction where `lock` says so.
///
/// # Errors
/// [`Error::NotFound`].
pub fn scheme(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: FundingSchemeId,
    lock: bool,
) -> Result<Scheme> {
    let lock = if lock { " FOR UPDATE" } else { "" };
    sql_query(format!(
        "{SCHEME} WHERE id = $1 AND programme_id = $2{lock}"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A placement under a scheme.
#[derive(Clone, Debug, QueryableByName)]
pub struct Funded {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: FundedId,
    /// The placement.
    #[diesel(sql_type = SqlUuid)]
    pub placement_id: PlacementId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// The trainee's name as it stood.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// The trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// The institution's English name.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// The institution's Chinese name.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Pay of a whole month, in cents.
    #[diesel(sql_type = BigInt)]
    pub month_pay_cents: i64,
    /// When it was verified.
    #[diesel(sql_type = Date)]
    pub verified_on: NaiveDate,
}

/// The placements under a scheme, by name.
///
/// # Errors
/// The database's.
pub fn funded(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    scheme: &Scheme,
) -> Result<Vec<Funded>> {
    Ok(sql_query(
        "SELECT f.id, f.placement_id, f.person_id, x.name_shown, x.trainee_number, o.name_en AS organisation_en, o.name_zh AS organisation_zh, \
           x.starts_on, x.ends_on, f.month_pay_cents, f.verified_on \
         FROM funded_placements f JOIN placements x ON x.id = f.placement_id JOIN organisations o ON o.id = x.organisation_id \
         WHERE f.scheme_id = $1 AND f.removed_at IS NULL AND x.starts_on IS NOT NULL AND x.ends_on IS NOT NULL \
         ORDER BY x.name_shown, f.id",
    )
    .bind::<SqlUuid, _>(scheme.id)
    .load(conn.pg())?)
}

/// A placement that could come under a scheme: its id, the trainee and institution, and the allowance of its
/// posting if that is paid by the month in Hong Kong dollars.
#[derive(Clone, Debug, QueryableByName)]
pub struct Fundable {
    /// The placement.
    #[diesel(sql_type = SqlUuid)]
    pub id: PlacementId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// The trainee's name.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// The institution's English name.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// The institution's Chinese name.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// The allowance of its posting, in cents a month.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub month_pay_cents: Option<i64>,
}

/// Placements that are not under the scheme and lie at least partly within it.
///
/// # Errors
/// The database's.
pub fn fundable(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    scheme: &Scheme,
) -> Result<Vec<Fundable>> {
    Ok(sql_query(
        "SELECT x.id, x.person_id, x.name_shown, o.name_en AS organisation_en, o.name_zh AS organisation_zh, x.starts_on, \
           CASE WHEN p.content->>'per' = 'month' AND p.content->>'currency' = 'HKD' THEN p.allowance_cents END AS month_pay_cents \
         FROM placements x JOIN postings p ON p.id = x.posting_id JOIN organisations o ON o.id = x.organisation_id \
         WHERE x.programme_id = $1 AND x.state NOT IN ('withdrawn_by_trainee', 'withdrawn_by_host') \
           AND x.starts_on <= $3 AND x.ends_on >= $2 AND NOT EXISTS (SELECT FROM funded_placements f WHERE f.placement_id = x.id \
             AND f.scheme_id = $4 AND f.removed_at IS NULL) ORDER BY x.name_shown, x.id LIMIT 500",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Date, _>(scheme.valid_from)
    .bind::<Date, _>(scheme.valid_to)
    .bind::<SqlUuid, _>(scheme.id)
    .load(conn.pg())?)
}

/// A claim.
#[derive(Clone, Debug, QueryableByName)]
pub struct Claim {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ClaimId,
    /// The placement under the scheme.
    #[diesel(sql_type = SqlUuid)]
    pub funded_id: FundedId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// The trainee's name as it stood.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// The institution's English name.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// The institution's Chinese name.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// First day of the month.
    #[diesel(sql_type = Date)]
    pub month: NaiveDate,
    /// The pay that counted, in cents.
    #[diesel(sql_type = BigInt)]
    pub pay_cents: i64,
    /// Minutes worked and approved.
    #[diesel(sql_type = Integer)]
    pub worked_minutes: i32,
    /// Minutes contracted.
    #[diesel(sql_type = Integer)]
    pub contract_minutes: i32,
    /// What was claimed, in cents.
    #[diesel(sql_type = BigInt)]
    pub amount_cents: i64,
    #[diesel(sql_type = Text)]
    state: String,
    /// When it was sent.
    #[diesel(sql_type = Date)]
    pub submitted_on: NaiveDate,
    /// When the funder decided.
    #[diesel(sql_type = Nullable<Date>)]
    pub decided_on: Option<NaiveDate>,
    /// When the funder paid.
    #[diesel(sql_type = Nullable<Date>)]
    pub paid_on: Option<NaiveDate>,
    /// The funder's words, or the office's.
    #[diesel(sql_type = Text)]
    pub remark: String,
    /// Version, for steps.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Claim {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<ClaimState> {
        ClaimState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("claim state {}", self.state)))
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

/// The orders of the list of claims.
pub const CLAIM_SORTS: &[Column] = &[
    ("month", "c.month::text"),
    ("trainee", "lower(x.name_shown)"),
    ("institution", "lower(o.name_en)"),
    ("state", "c.state"),
];

const CLAIM: &str = "SELECT c.id, c.funded_id, c.person_id, x.name_shown, o.name_en AS organisation_en, o.name_zh AS organisation_zh, c.month, \
    c.pay_cents, c.worked_minutes, c.contract_minutes, c.amount_cents, c.state, c.submitted_on, c.decided_on, c.paid_on, c.remark, c.version";
const CLAIMS: &str = "FROM funding_claims c JOIN placements x ON x.id = c.placement_id JOIN organisations o ON o.id = x.organisation_id";

/// The claims of a scheme.
///
/// # Errors
/// The database's.
pub fn claims(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    scheme: FundingSchemeId,
    (state, text): (Option<ClaimState>, Option<&str>),
    page: &Window,
) -> Result<Vec<Claim>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM ({CLAIM}, ({key}) COLLATE \"C\" AS sort_key {CLAIMS} WHERE c.scheme_id = $1 AND ($2 IS NULL OR c.state = $2) \
           AND ($3 IS NULL OR strpos(lower(x.name_shown || ' ' || o.name_en || ' ' || o.name_zh), lower($3)) > 0)) q \
         WHERE $4 IS NULL OR (sort_key, id) {beyond} ($4, $5) ORDER BY sort_key {direction}, id {direction} LIMIT $6"
    ))
    .bind::<SqlUuid, _>(scheme)
    .bind::<Nullable<Text>, _>(state.map(ClaimState::as_str))
    .bind::<Nullable<Text>, _>(text)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

/// One claim of a scheme.
///
/// # Errors
/// [`Error::NotFound`].
pub fn claim(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    scheme: FundingSchemeId,
    id: ClaimId,
) -> Result<Claim> {
    sql_query(format!(
        "{CLAIM}, '' AS sort_key {CLAIMS} WHERE c.id = $1 AND c.scheme_id = $2"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(scheme)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A claim that stands: of whom, for which month, how much, and where it is.
#[derive(Clone, Debug, QueryableByName)]
pub struct Standing {
    /// The placement under the scheme.
    #[diesel(sql_type = SqlUuid)]
    pub funded_id: FundedId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// First day of the month.
    #[diesel(sql_type = Date)]
    pub month: NaiveDate,
    /// Cents.
    #[diesel(sql_type = BigInt)]
    pub amount_cents: i64,
    /// Where it is, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
}

/// Every claim of a scheme that is neither rejected nor withdrawn.
///
/// # Errors
/// The database's.
pub fn standing(
    conn: &mut Conn<'_>,
    _staff: &ProgrammeStaff,
    scheme: FundingSchemeId,
) -> Result<Vec<Standing>> {
    Ok(sql_query(
        "SELECT funded_id, person_id, month, amount_cents, state FROM funding_claims \
         WHERE scheme_id = $1 AND state NOT IN ('rejected', 'withdrawn') ORDER BY month, id",
    )
    .bind::<SqlUuid, _>(scheme)
    .load(conn.pg())?)
}

/// Minutes worked and approved, and contracted, by placement and first day of the month.
pub type Hours = BTreeMap<(PlacementId, NaiveDate), (i32, i32)>;

/// Hours of these placements until a day, month by month.
///
/// # Errors
/// The database's.
pub fn hours(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    funded: &[Funded],
    until: NaiveDate,
) -> Result<Hours> {
    let mut placements = Vec::new();
    for it in funded {
        let seat = Seat::Office(*staff);
        placements.push(hosting::placement(conn, &seat, it.placement_id, false)?);
    }
    let months = supervision::months_of(conn, staff, placements, until)?;
    Ok(months
        .into_iter()
        .map(|(it, month)| ((it.id, month.first), (month.worked, month.contracted)))
        .collect())
}
