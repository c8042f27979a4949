//! Seats: pools with a capacity, and the only operations that move their counters.
//!
//! An open offer holds a seat. The promise of every operation: `offered` and `taken` are never
//! negative and never sum above `capacity`. The database keeps the same promise with CHECKs.

use chrono::{DateTime, Utc};

use crate::ids::{OrganisationId, PoolId};
use crate::lang::{Lang, refusals};

/// The largest capacity of a pool; far above any cohort, so that sums cannot overflow.
pub const MAX_CAPACITY: i32 = 100_000;

/// For whom a pool's seats are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolKind {
    /// For everybody.
    Open,
    /// For people whose university or employer is this organisation, until it is given back.
    Held {
        /// The organisation whose seats they are.
        organisation: OrganisationId,
    },
}

impl PoolKind {
    /// The word kept in the database; the organisation is a column of its own.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Held { organisation: _ } => "held",
        }
    }

    /// Reads the two columns; `None` unless exactly the held pools have an organisation.
    pub fn parse(kind: &str, organisation: Option<OrganisationId>) -> Option<Self> {
        match (kind, organisation) {
            ("open", None) => Some(Self::Open),
            ("held", Some(organisation)) => Some(Self::Held { organisation }),
            _ => None,
        }
    }

    /// What a person reads.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Open => lang.pool_open(),
            Self::Held { organisation: _ } => lang.pool_held(),
        }
    }

    /// May somebody of these organisations (university, employer) sit here?
    pub fn fits(self, organisations: &[OrganisationId]) -> bool {
        match self {
            Self::Open => true,
            Self::Held { organisation } => organisations.contains(&organisation),
        }
    }
}

refusals! {
    /// Why a seat operation is refused.
    pub enum SeatRefusal {
        /// Every seat is offered or taken.
        NoFreeSeat = "no_free_seat" => seats_none_free,
        /// The new capacity is less than what is offered and taken.
        BelowUsed = "capacity_below_used" => seats_below_used,
        /// The new capacity is negative or absurd.
        OutOfRange = "capacity_out_of_range" => seats_out_of_range,
        /// There is no offered seat to accept or to free.
        NoneOffered = "no_seat_offered" => seats_none_offered,
        /// There is no taken seat to vacate.
        NoneTaken = "no_seat_taken" => seats_none_taken,
        /// Seats move from held to open, never otherwise.
        NotHeldToOpen = "not_held_to_open" => seats_same_pool,
    }
}

/// The counters of a pool. Fields are private: only the operations below move them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seats {
    capacity: i32,
    offered: i32,
    taken: i32,
}

impl Seats {
    /// An unused pool.
    pub fn new(capacity: i32) -> Result<Self, SeatRefusal> {
        Self::from_counts(capacity, 0, 0)
    }

    /// Counters as the database holds them.
    pub fn from_counts(capacity: i32, offered: i32, taken: i32) -> Result<Self, SeatRefusal> {
        if !(0..=MAX_CAPACITY).contains(&capacity) || offered < 0 || taken < 0 {
            return Err(SeatRefusal::OutOfRange);
        }
        if offered.saturating_add(taken) > capacity {
            return Err(SeatRefusal::BelowUsed);
        }
        Ok(Self {
            capacity,
            offered,
            taken,
        })
    }

    /// Seats there are.
    pub fn capacity(&self) -> i32 {
        self.capacity
    }

    /// Seats held by open offers.
    pub fn offered(&self) -> i32 {
        self.offered
    }

    /// Seats of people who accepted.
    pub fn taken(&self) -> i32 {
        self.taken
    }

    /// Seats that nobody holds.
    pub fn free(&self) -> i32 {
        self.capacity - self.offered - self.taken
    }

    /// An offer is issued and holds a seat.
    pub fn issue(self) -> Result<Self, SeatRefusal> {
        if self.free() > 0 {
            Ok(Self {
                offered: self.offered + 1,
                ..self
            })
        } else {
            Err(SeatRefusal::NoFreeSeat)
        }
    }

    /// An offer is accepted: its seat is taken.
    pub fn accept(self) -> Result<Self, SeatRefusal> {
        if self.offered > 0 {
            Ok(Self {
                offered: self.offered - 1,
                taken: self.taken + 1,
                ..self
            })
        } else {
            Err(SeatRefusal::NoneOffered)
        }
    }

    /// An offer ended otherwise (declined, expired, withdrawn): its seat is free.
    pub fn release(self) -> Result<Self, SeatRefusal> {
        if self.offered > 0 {
            Ok(Self {
                offered: self.offered - 1,
                ..self
            })
        } else {
            Err(SeatRefusal::NoneOffered)
        }
    }

    /// Somebody who had accepted leaves or defers: the seat is free.
    pub fn vacate(self) -> Result<Self, SeatRefusal> {
        if self.taken > 0 {
            Ok(Self {
                taken: self.taken - 1,
                ..self
            })
        } else {
            Err(SeatRefusal::NoneTaken)
        }
    }

    /// The capacity becomes `capacity` seats (0 to [`MAX_CAPACITY`]), never less than are used.
    pub fn change_capacity(self, capacity: i32) -> Result<Self, SeatRefusal> {
        Self::from_counts(capacity, self.offered, self.taken)
    }
}

/// A pool of seats of a cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Which pool.
    pub id: PoolId,
    /// For whom.
    pub kind: PoolKind,
    /// Its counters.
    pub seats: Seats,
    /// When a held pool's unused seats go to everybody; `None` for never (and for open pools).
    pub held_until: Option<DateTime<Utc>>,
}

/// How many seats of a held pool are due to go to the open pool at `now`: the unused ones, once
/// the hold has ended. An offer that ends after that makes its seat due as well.
pub fn due_to_release(pool: &Pool, now: DateTime<Utc>) -> i32 {
    match (pool.kind, pool.held_until) {
        (PoolKind::Held { organisation: _ }, Some(until)) if until <= now => pool.seats.free(),
        (PoolKind::Held { organisation: _ }, Some(_) | None) | (PoolKind::Open, Some(_) | None) => {
            0
        }
    }
}

/// Moves `count` unused seats from a held pool to an open one: the cohort's total stays the same.
/// Used when the hold ends and when an organisation gives seats back early.
pub fn give_back(held: &Pool, open: &Pool, count: i32) -> Result<(Pool, Pool), SeatRefusal> {
    match (held.kind, open.kind) {
        (PoolKind::Held { organisation: _ }, PoolKind::Open) => {}
        (PoolKind::Held { organisation: _ }, PoolKind::Held { organisation: _ })
        | (PoolKind::Open, PoolKind::Open | PoolKind::Held { organisation: _ }) => {
            return Err(SeatRefusal::NotHeldToOpen);
        }
    }
    if count < 0 {
        return Err(SeatRefusal::OutOfRange);
    }
    if count > held.seats.free() {
        return Err(SeatRefusal::NoFreeSeat);
    }
    let less = held.seats.change_capacity(held.seats.capacity - count)?;
    let more = open
        .seats
        .change_capacity(open.seats.capacity.saturating_add(count))?;
    Ok((
        Pool {
            seats: less,
            ..*held
        },
        Pool {
            seats: more,
            ..*open
        },
    ))
}
