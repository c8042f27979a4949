//! What the history of a cohort tells. Words for the verbs: `lang/cohort_pages.rs`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::audit::{About, Event};

use super::queries::{Cohort, PoolRow};
use super::rules::CohortState;

/// An event of a cohort.
pub(super) enum Noted<'a> {
    /// It was planned.
    Created { code: &'a str, seats: i32 },
    /// Names, texts or dates changed.
    Changed { before: Value, after: Value },
    /// It took a step.
    Stepped { from: CohortState, to: CohortState },
    /// Seats are held for an organisation.
    PoolAdded {
        en: &'a str,
        zh: &'a str,
        seats: i32,
        until: DateTime<Utc>,
    },
    /// A pool became larger or smaller.
    Capacity {
        pool: &'a PoolRow,
        from: i32,
        to: i32,
    },
    /// Seats are held until another time.
    Hold {
        pool: &'a PoolRow,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    },
    /// Unused seats went to the open pool.
    Released {
        pool: &'a PoolRow,
        seats: i32,
        by_hand: bool,
    },
    /// What reviewers score.
    Rubric { criteria: Value },
}

fn named(pool: &PoolRow) -> (Value, Value) {
    (json!(pool.organisation_en), json!(pool.organisation_zh))
}

impl Event for Noted<'_> {
    fn verb(&self) -> &'static str {
        match self {
            Self::Created { .. } => "cohort.created",
            Self::Changed { .. } => "cohort.changed",
            Self::Stepped { .. } => "cohort.stepped",
            Self::PoolAdded { .. } => "pool.added",
            Self::Capacity { .. } => "pool.capacity",
            Self::Hold { .. } => "pool.hold",
            Self::Released { .. } => "pool.released",
            Self::Rubric { .. } => "rubric.set",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Created { code, seats } => json!({"code": code, "seats": seats}),
            Self::Changed { before, after } => json!({"before": before, "after": after}),
            Self::Stepped { from, to } => json!({"from": from.as_str(), "to": to.as_str()}),
            Self::PoolAdded {
                en,
                zh,
                seats,
                until,
            } => json!({"en": en, "zh": zh, "seats": seats, "until": until}),
            Self::Capacity { pool, from, to } => {
                let (en, zh) = named(pool);
                json!({"en": en, "zh": zh, "from": from, "to": to})
            }
            Self::Hold { pool, from, to } => {
                let (en, zh) = named(pool);
                json!({"en": en, "zh": zh, "from": from, "to": to})
            }
            Self::Released {
                pool,
                seats,
                by_hand,
            } => {
                let (en, zh) = named(pool);
                json!({"en": en, "zh": zh, "seats": seats, "by_hand": by_hand})
            }
            Self::Rubric { criteria } => json!({"criteria": criteria}),
        }
    }
}

/// The cohort, as the record that events are about.
pub(super) fn about(cohort: &Cohort) -> About {
    About::new("cohort", cohort.id.0).within(cohort.programme_id)
}
