//! Rows of offers, waitlists and releases, and what the seat work reads under lock. Pages' lists
//! are in [`lists`].

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{self, OwnApplication, OwnOffer, Working};
use crate::cohorts::queries::PoolRow;
use crate::cohorts::rules::seats::{Pool, PoolKind, SeatRefusal, Seats};
use crate::db::{Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, CohortId, EnrolmentId, OfferId, PersonId, PoolId, ProgrammeId};

use super::rules::OfferState;
use super::rules::plan::Entry;

mod applications;
pub mod lists;

pub use applications::*;

/// An offer.
#[derive(Clone, Debug, QueryableByName)]
pub struct Offer {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: OfferId,
    /// The application.
    #[diesel(sql_type = SqlUuid)]
    pub application_id: ApplicationId,
    /// The cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// The pool whose seat it holds.
    #[diesel(sql_type = SqlUuid)]
    pub pool_id: PoolId,
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// To whom.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// State as its word; see [`Offer::state`].
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The deadline, exclusive.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// Rank on the waitlist from which it was promoted.
    #[diesel(sql_type = Nullable<Integer>)]
    pub promoted_rank: Option<i32>,
    /// Why it was declined or withdrawn.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// When it ended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ended_at: Option<DateTime<Utc>>,
    /// When the accepted seat was given up.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub vacated_at: Option<DateTime<Utc>>,
    /// Version: one more with each new deadline.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

const OFFER: &str = "SELECT o.id, o.application_id, o.cohort_id, o.pool_id, o.programme_id, o.person_id, o.state, \
    o.expires_at, o.promoted_rank, o.reason, o.ended_at, o.vacated_at, o.version, o.created_at FROM offers o";

impl Offer {
    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<OfferState> {
        OfferState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("offer state {}", self.state)))
    }

    /// Was it accepted, and is its seat still the applicant's?
    #[must_use]
    pub fn holds_taken_seat(&self) -> bool {
        self.state == OfferState::Accepted.as_str() && self.vacated_at.is_none()
    }
}

/// The offer, for the person to whom it was made.
///
/// # Errors
/// [`Error::NotFound`].
pub fn own(conn: &mut Conn<'_>, own: &OwnOffer) -> Result<Offer> {
    sql_query(format!("{OFFER} WHERE o.id = $1 AND o.person_id = $2"))
        .bind::<SqlUuid, _>(own.offer())
        .bind::<SqlUuid, _>(own.person())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

#[derive(QueryableByName)]
struct HeldFor {
    #[diesel(sql_type = Text)]
    name_en: String,
    #[diesel(sql_type = Text)]
    name_zh: String,
}

/// The organisation for whose people the offered seat is held, in both languages; none for an open
/// seat. Told to nobody but the person of the offer, who belongs to it.
///
/// # Errors
/// The database's.
pub fn held_for(conn: &mut Conn<'_>, own: &OwnOffer) -> Result<Option<(String, String)>> {
    let (offer, person) = (own.offer(), own.person());
    conn.elevate(Task::Seats, |conn| {
        let row: Option<HeldFor> = sql_query(
            "SELECT g.name_en, g.name_zh FROM offers o JOIN seat_pools p ON p.id = o.pool_id \
             JOIN organisations g ON g.id = p.organisation_id WHERE o.id = $1 AND o.person_id = $2",
        )
        .bind::<SqlUuid, _>(offer)
        .bind::<SqlUuid, _>(person)
        .get_result(conn.pg())
        .optional()?;
        Ok(row.map(|row| (row.name_en, row.name_zh)))
    })
}

#[derive(QueryableByName)]
struct EnrolmentOf {
    #[diesel(sql_type = SqlUuid)]
    id: EnrolmentId,
}

/// The enrolment that came from an offer, if its person has enrolled.
///
/// # Errors
/// The database's.
pub fn enrolment_of(conn: &mut Conn<'_>, own: &OwnOffer) -> Result<Option<EnrolmentId>> {
    let row: Option<EnrolmentOf> =
        sql_query("SELECT id FROM enrolments WHERE offer_id = $1 AND person_id = $2")
            .bind::<SqlUuid, _>(own.offer())
            .bind::<SqlUuid, _>(own.person())
            .get_result(conn.pg())
            .optional()?;
    Ok(row.map(|row| row.id))
}

/// An offer of this cohort, read for its ids before anything is locked.
///
/// # Errors
/// [`Error::NotFound`].
pub fn of_cohort(conn: &mut Conn<'_>, cohort: CohortId, id: OfferId) -> Result<Offer> {
    sql_query(format!("{OFFER} WHERE o.id = $1 AND o.cohort_id = $2"))
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(cohort)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// An offer by its id, for the house's own work on seats.
///
/// # Errors
/// [`Error::NotFound`].
pub fn by_id(conn: &mut Conn<'_>, _seats: &Working, id: OfferId) -> Result<Offer> {
    sql_query(format!("{OFFER} WHERE o.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// Locks an offer; its cohort, pools and application are locked before.
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock_offer(conn: &mut Conn<'_>, _seats: &Working, id: OfferId) -> Result<Offer> {
    sql_query(format!("{OFFER} WHERE o.id = $1 FOR UPDATE"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// Locks the offer that holds a seat for this application, if one does.
///
/// # Errors
/// The database's.
pub fn lock_live(
    conn: &mut Conn<'_>,
    _seats: &Working,
    application: ApplicationId,
) -> Result<Option<Offer>> {
    Ok(sql_query(format!(
        "{OFFER} WHERE o.application_id = $1 AND o.state IN ('open', 'accepted') AND o.vacated_at IS NULL FOR UPDATE"
    ))
    .bind::<SqlUuid, _>(application)
    .get_result(conn.pg())
    .optional()?)
}

#[derive(QueryableByName)]
struct OfOffer {
    #[diesel(sql_type = SqlUuid)]
    application_id: ApplicationId,
}

/// The applications of a cohort that have an open offer.
///
/// # Errors
/// The database's.
pub fn with_open_offer(
    conn: &mut Conn<'_>,
    _seats: &Working,
    cohort: CohortId,
) -> Result<Vec<ApplicationId>> {
    let rows: Vec<OfOffer> = sql_query(
        "SELECT application_id FROM offers WHERE cohort_id = $1 AND state = 'open' ORDER BY application_id",
    )
    .bind::<SqlUuid, _>(cohort)
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|row| row.application_id).collect())
}

#[derive(QueryableByName)]
struct WaitRow {
    #[diesel(sql_type = SqlUuid)]
    application_id: ApplicationId,
    #[diesel(sql_type = Integer)]
    rank: i32,
    #[diesel(sql_type = Array<SqlUuid>)]
    pool_ids: Vec<PoolId>,
}

/// Who waits, in the order of ranks. The waitlist moves only under the cohort's lock.
///
/// # Errors
/// The database's.
pub fn waiting(conn: &mut Conn<'_>, cohort: CohortId) -> Result<Vec<Entry>> {
    let rows: Vec<WaitRow> = sql_query(
        "SELECT application_id, rank, pool_ids FROM waitlist_entries \
         WHERE cohort_id = $1 AND state = 'waiting' ORDER BY rank",
    )
    .bind::<SqlUuid, _>(cohort)
    .load(conn.pg())?;
    let entry = |row: WaitRow| Entry {
        application: row.application_id,
        rank: row.rank,
        pools: row.pool_ids,
    };
    Ok(rows.into_iter().map(entry).collect())
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The highest rank ever given in this cohort; 0 for none.
///
/// # Errors
/// The database's.
pub fn last_rank(conn: &mut Conn<'_>, cohort: CohortId) -> Result<i32> {
    let row: Number = sql_query(
        "SELECT coalesce(max(rank), 0)::bigint AS n FROM waitlist_entries WHERE cohort_id = $1",
    )
    .bind::<SqlUuid, _>(cohort)
    .get_result(conn.pg())?;
    Ok(i32::try_from(row.n).unwrap_or(i32::MAX))
}

/// Where an applicant stands on the waitlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Position {
    /// 1 for the next.
    #[diesel(sql_type = BigInt)]
    pub place: i64,
    /// How many wait.
    #[diesel(sql_type = BigInt)]
    pub of: i64,
}

/// The applicant's own position among those who wait; `None` when they do not. The counting is wider
/// than the applicant's view and gives only the two numbers.
///
/// # Errors
/// The database's.
pub fn position(conn: &mut Conn<'_>, own: &OwnApplication) -> Result<Option<Position>> {
    let (application, cohort, person) = (own.application(), own.cohort(), own.person());
    conn.elevate(Task::Report, |conn| {
        Ok(sql_query(
            "SELECT count(*) FILTER (WHERE w.rank <= mine.rank) AS place, count(*) AS of \
             FROM waitlist_entries mine JOIN waitlist_entries w ON w.cohort_id = mine.cohort_id AND w.state = 'waiting' \
             WHERE mine.application_id = $1 AND mine.cohort_id = $2 AND mine.person_id = $3 AND mine.state = 'waiting' \
             GROUP BY mine.id",
        )
        .bind::<SqlUuid, _>(application)
        .bind::<SqlUuid, _>(cohort)
        .bind::<SqlUuid, _>(person)
        .get_result(conn.pg())
        .optional()?)
    })
}

/// Pools as the rules know them, in the order of their ids.
///
/// # Errors
/// Counters that no rule allows: a mistake of ours.
pub fn rule_pools(rows: &[PoolRow]) -> Result<Vec<Pool>, SeatRefusal> {
    let mut pools =
        rows.iter()
            .map(|row| {
                Ok(Pool {
                    id: row.id,
                    kind: row.organisation_id.map_or(PoolKind::Open, |organisation| {
                        PoolKind::Held { organisation }
                    }),
                    seats: Seats::from_counts(row.capacity, row.offered, row.taken)?,
                    // A hold that was ended early is over, whatever it was meant to be.
                    held_until: row.released_at.or(row.hold_until),
                })
            })
            .collect::<Result<Vec<_>, SeatRefusal>>()?;
    pools.sort_by_key(|pool| pool.id);
    Ok(pools)
}

/// A pool whose counters differ from the rows that they count.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Mismatch {
    /// The pool.
    #[diesel(sql_type = SqlUuid)]
    pub pool: PoolId,
    /// Its counters.
    #[diesel(sql_type = Integer)]
    pub offered: i32,
    /// Its counters.
    #[diesel(sql_type = Integer)]
    pub taken: i32,
    /// Open offers.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// Accepted offers whose seat was not given up.
    #[diesel(sql_type = BigInt)]
    pub accepted: i64,
}

/// Compares every pool's counters with the offers that they count: empty when all is well.
///
/// # Errors
/// The database's, or the transaction runs under another task.
pub fn reconcile(conn: &mut Conn<'_>) -> Result<Vec<Mismatch>> {
    access::working(conn, Task::Seats)?;
    Ok(sql_query(
        "SELECT p.id AS pool, p.offered, p.taken, count(o.id) FILTER (WHERE o.state = 'open') AS open, \
           count(o.id) FILTER (WHERE o.state = 'accepted' AND o.vacated_at IS NULL) AS accepted \
         FROM seat_pools p LEFT JOIN offers o ON o.pool_id = p.id GROUP BY p.id \
         HAVING p.offered <> count(o.id) FILTER (WHERE o.state = 'open') \
           OR p.taken <> count(o.id) FILTER (WHERE o.state = 'accepted' AND o.vacated_at IS NULL)",
    )
    .load(conn.pg())?)
}
