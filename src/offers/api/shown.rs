//! Offers, decisions and releases as the API shows and takes them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::web::api::Instant;

use super::super::actions::{Line, Preview};
use super::super::queries::Offer;
use super::super::queries::lists::{OfferRow, WaitingRow};

/// The decision on an application; without one, everything is null.
#[derive(Serialize, ToSchema)]
#[schema(as = Decision)]
pub(super) struct DecisionShown {
    /// accept, waitlist, reject or ineligible.
    pub(super) decision: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) decided_at: Option<DateTime<Utc>>,
    /// When a release showed it; a pending decision can be undone.
    pub(super) released_at: Option<DateTime<Utc>>,
}

/// A decision to record: it stays pending until a release.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDecision {
    /// accept, waitlist, reject or ineligible.
    #[schema(example = "accept")]
    pub(super) decision: String,
    /// The ineligible read it.
    #[schema(max_length = 500)]
    pub(super) reason: Option<String>,
}

/// Somebody whom a release tells something.
#[derive(Serialize, ToSchema)]
pub(super) struct ReleaseLine {
    pub(super) application: Uuid,
    pub(super) reference: String,
    pub(super) name: String,
    /// Language of the letter.
    pub(super) lang: String,
    pub(super) letter: String,
    pub(super) pool: Option<Uuid>,
    pub(super) rank: Option<i32>,
    /// Accepted, but no seat is free.
    pub(super) accepted_without_seat: bool,
    /// Decided "waitlist", but a seat is free: an offer at once.
    pub(super) seat_was_free: bool,
    pub(super) score_milli: Option<i32>,
    pub(super) reason: Option<String>,
}

/// A pool before and after a release.
#[derive(Serialize, ToSchema)]
pub(super) struct SeatMovement {
    pub(super) pool: Uuid,
    pub(super) capacity_before: i32,
    pub(super) offered_before: i32,
    pub(super) taken_before: i32,
    pub(super) capacity_after: i32,
    pub(super) offered_after: i32,
    pub(super) taken_after: i32,
    /// Seats that it gives back because its hold has ended.
    pub(super) gives_back: i32,
}

/// What a release would do.
#[derive(Serialize, ToSchema)]
pub(super) struct ReleasePreview {
    /// Stands for everything shown here: send it to release exactly this.
    pub(super) fingerprint: String,
    /// Is it the release that begins the cohort's offering?
    pub(super) begins: bool,
    /// Accepted applicants for whom no seat is free.
    pub(super) shortfall: i64,
    pub(super) offers_end: DateTime<Utc>,
    pub(super) promotions: Vec<ReleaseLine>,
    pub(super) offers: Vec<ReleaseLine>,
    pub(super) waitlist: Vec<ReleaseLine>,
    pub(super) rejections: Vec<ReleaseLine>,
    pub(super) ineligible: Vec<ReleaseLine>,
    pub(super) seats: Vec<SeatMovement>,
}

/// A release to carry out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRelease {
    /// Of the preview that was read.
    pub(super) fingerprint: String,
    /// Only these applications; by default everyone who is decided.
    #[serde(default)]
    pub(super) applications: Vec<Uuid>,
}

/// What a release did.
#[derive(Serialize, ToSchema)]
pub(super) struct ReleaseDone {
    pub(super) id: Uuid,
    pub(super) offers: i64,
    pub(super) waitlisted: i64,
    pub(super) rejected: i64,
    pub(super) ineligible: i64,
    pub(super) promoted: i64,
}

/// An offer of a seat, as staff read it.
#[derive(Serialize, ToSchema)]
#[schema(as = Offer)]
pub(super) struct OfferShown {
    pub(super) id: Uuid,
    pub(super) application: Uuid,
    pub(super) pool: Uuid,
    /// open, accepted, declined, expired or withdrawn.
    pub(super) state: String,
    pub(super) expires_at: DateTime<Utc>,
    /// Rank on the waitlist from which it was promoted.
    pub(super) promoted_rank: Option<i32>,
    pub(super) reason: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) ended_at: Option<DateTime<Utc>>,
}

/// An offer in the list.
#[derive(Serialize, ToSchema)]
pub(super) struct OfferInList {
    pub(super) id: Uuid,
    pub(super) application: Uuid,
    pub(super) name: String,
    pub(super) reference: String,
    pub(super) state: String,
    pub(super) pool: Uuid,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) promoted_rank: Option<i32>,
    pub(super) reason: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) ended_at: Option<DateTime<Utc>>,
    pub(super) enrolment_state: Option<String>,
}

/// A reason for the applicant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfferWithdrawal {
    #[schema(min_length = 1, max_length = 500)]
    pub(super) reason: String,
}

/// A later deadline.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfferExtension {
    pub(super) expires_at: Instant,
}

/// Somebody who waits.
#[derive(Serialize, ToSchema)]
pub(super) struct Waiting {
    pub(super) id: Uuid,
    pub(super) application: Uuid,
    pub(super) name: String,
    pub(super) reference: String,
    /// Lower is sooner.
    pub(super) rank: i32,
    /// 1 for the next.
    pub(super) place: i64,
    /// Pools that fit, in the order in which they are tried.
    pub(super) pools: Vec<Uuid>,
    pub(super) score_milli: Option<i32>,
    pub(super) created_at: DateTime<Utc>,
}

pub(super) fn line(it: &Line) -> ReleaseLine {
    ReleaseLine {
        application: it.application.0,
        reference: it.reference.clone(),
        name: it.name.clone(),
        lang: it.lang.tag().to_owned(),
        letter: it.letter.to_owned(),
        pool: it.pool.map(|id| id.0),
        rank: it.rank,
        accepted_without_seat: it.accepted_without_seat,
        seat_was_free: it.seat_was_free,
        score_milli: it.score_milli,
        reason: it.reason.clone(),
    }
}

pub(super) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl From<Preview> for ReleasePreview {
    fn from(it: Preview) -> Self {
        let lines = |lines: &[Line]| lines.iter().map(line).collect();
        Self {
            begins: it.begins,
            shortfall: count(it.shortfall),
            offers_end: it.offers_end,
            promotions: lines(&it.promotions),
            offers: lines(&it.offers),
            waitlist: lines(&it.waitlist),
            rejections: lines(&it.rejections),
            ineligible: lines(&it.ineligible),
            seats: it
                .movements
                .iter()
                .map(|it| SeatMovement {
                    pool: it.pool.id.0,
                    capacity_before: it.pool.capacity,
                    offered_before: it.pool.offered,
                    taken_before: it.pool.taken,
                    capacity_after: it.after.seats.capacity(),
                    offered_after: it.after.seats.offered(),
                    taken_after: it.after.seats.taken(),
                    gives_back: it.gives_back,
                })
                .collect(),
            fingerprint: it.fingerprint,
        }
    }
}

impl From<Offer> for OfferShown {
    fn from(it: Offer) -> Self {
        Self {
            id: it.id.0,
            application: it.application_id.0,
            pool: it.pool_id.0,
            state: it.state,
            expires_at: it.expires_at,
            promoted_rank: it.promoted_rank,
            reason: it.reason,
            created_at: it.created_at,
            ended_at: it.ended_at,
        }
    }
}

impl From<OfferRow> for OfferInList {
    fn from(it: OfferRow) -> Self {
        Self {
            id: it.id.0,
            application: it.application_id.0,
            name: it.name_shown,
            reference: it.reference,
            state: it.state,
            pool: it.pool_id.0,
            expires_at: it.expires_at,
            promoted_rank: it.promoted_rank,
            reason: it.reason,
            created_at: it.created_at,
            ended_at: it.ended_at,
            enrolment_state: it.enrolment,
        }
    }
}

impl From<WaitingRow> for Waiting {
    fn from(it: WaitingRow) -> Self {
        Self {
            id: it.id,
            application: it.application_id.0,
            name: it.name_shown,
            reference: it.reference,
            rank: it.rank,
            place: it.place,
            pools: it.pool_ids.iter().map(|id| id.0).collect(),
            score_milli: it.score_milli,
            created_at: it.created_at,
        }
    }
}
