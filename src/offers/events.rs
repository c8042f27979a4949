//! What the history keeps of decisions, releases, offers and seats. The words are in
//! `lang/history.rs`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::applications::rules::Decision;
use crate::audit::Event;
use crate::ids::{ApplicationId, PoolId, ReleaseId};

/// Something that happened to an application's decision, an offer or a pool.
#[derive(Clone, Debug)]
pub enum Happened {
    /// Staff decided; pending until released.
    Decided {
        /// What.
        decision: Decision,
        /// Why.
        reason: Option<String>,
    },
    /// Staff took a pending decision back.
    DecisionUndone {
        /// What it was.
        decision: Decision,
    },
    /// Decisions were released (about the cohort).
    Released {
        /// The release.
        release: ReleaseId,
        /// Offers, places on the waitlist, rejections, ineligible.
        counts: [usize; 4],
        /// Was it the cohort's first, which begins its offering?
        began: bool,
    },
    /// A released decision without an offer: `waitlisted`, `rejected`, `ineligible`.
    Told {
        /// The verb.
        verb: &'static str,
        /// The place on the waitlist.
        rank: Option<i32>,
        /// The pools that fit.
        pools: Vec<PoolId>,
    },
    /// An offer was made.
    Issued {
        /// To which application.
        application: ApplicationId,
        /// Whose seat it holds.
        pool: PoolId,
        /// The deadline.
        expires_at: DateTime<Utc>,
        /// The rank from which it was promoted.
        rank: Option<i32>,
    },
    /// An offer ended, or its deadline moved, or its accepted seat was given up.
    Offer {
        /// The verb.
        verb: &'static str,
        /// Of which application.
        application: ApplicationId,
        /// Whose seat.
        pool: PoolId,
        /// Why, or the new deadline.
        note: Option<String>,
    },
    /// The applicant took the application back.
    ApplicationWithdrawn {
        /// The state before.
        from: &'static str,
    },
    /// The waitlist ended with the cohort, without a seat for this applicant.
    WaitlistClosed,
    /// Unused held seats went to the open pool.
    HoldEnded {
        /// How many.
        seats: i32,
        /// The open pool.
        to: PoolId,
    },
}

impl Event for Happened {
    fn verb(&self) -> &'static str {
        match self {
            Self::Decided { .. } => "application.decided",
            Self::DecisionUndone { .. } => "application.decision_undone",
            Self::Released { .. } => "cohort.decisions_released",
            Self::Told { verb, .. } | Self::Offer { verb, .. } => verb,
            Self::Issued { .. } => "offer.issued",
            Self::ApplicationWithdrawn { .. } => "application.withdrawn",
            Self::WaitlistClosed => "application.waitlist_closed",
            Self::HoldEnded { .. } => "pool.hold_ended",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Decided { decision, reason } => {
                json!({ "decision": decision.as_str(), "reason": reason })
            }
            Self::DecisionUndone { decision } => json!({ "decision": decision.as_str() }),
            Self::Released {
                release,
                counts: [offers, waitlisted, rejected, ineligible],
                began,
            } => json!({ "release": release, "offers": offers, "waitlisted": waitlisted,
                "rejected": rejected, "ineligible": ineligible, "began": began }),
            Self::Told { rank, pools, .. } => json!({ "rank": rank, "pools": pools }),
            Self::Issued {
                application,
                pool,
                expires_at,
                rank,
            } => {
                json!({ "application": application, "pool": pool, "expires_at": expires_at, "rank": rank })
            }
            Self::Offer {
                application,
                pool,
                note,
                ..
            } => json!({ "application": application, "pool": pool, "note": note }),
            Self::ApplicationWithdrawn { from } => json!({ "from": from }),
            Self::WaitlistClosed => json!({}),
            Self::HoldEnded { seats, to } => json!({ "seats": seats, "to": to }),
        }
    }

    fn confidential(&self) -> bool {
        match self {
            Self::Decided { .. } | Self::DecisionUndone { .. } => true,
            Self::Released { .. }
            | Self::Told { .. }
            | Self::Issued { .. }
            | Self::Offer { .. }
            | Self::ApplicationWithdrawn { .. }
            | Self::WaitlistClosed
            | Self::HoldEnded { .. } => false,
        }
    }
}
