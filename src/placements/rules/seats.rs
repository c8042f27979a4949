//! Changes of seats: how many approvals they take, and when.

use chrono::{DateTime, Utc};

use crate::ids::PersonId;

use super::{ChangeKind, ChangeState, PlacementRefusal, PostingState, RoundState};

/// What a change takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takes {
    /// How many approvals.
    pub approvals: i32,
    /// A reason?
    pub reason: bool,
    /// The added seats go to the next round.
    pub later: bool,
}

/// A change that an institution wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changes.
    pub kind: ChangeKind,
    /// Seats as they stand.
    pub before: i32,
    /// Seats wanted; none for a withdrawal.
    pub after: i32,
    /// Seats held for a group.
    pub reserved: i32,
}

/// What this change takes: one approval until the seat deadline, two and a reason after it; after the
/// publication a seat can be added, for the next round.
///
/// # Errors
/// A [`PlacementRefusal`].
pub fn takes(
    change: &Change,
    posting: PostingState,
    round: RoundState,
    (now, deadline): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Takes, PlacementRefusal> {
    let published = matches!(round, RoundState::Matched);
    match posting {
        PostingState::Approved
        | PostingState::Open
        | PostingState::Ranking
        | PostingState::Matched => {}
        PostingState::Draft
        | PostingState::Submitted
        | PostingState::Returned
        | PostingState::Closed
        | PostingState::Withdrawn => return Err(PlacementRefusal::PostingStep),
    }
    if change.kind == ChangeKind::Seats && change.before == change.after {
        return Err(PlacementRefusal::Nothing);
    }
    if published && (change.kind == ChangeKind::Withdraw || change.after < change.before) {
        return Err(PlacementRefusal::Published);
    }
    if change.kind == ChangeKind::Seats && change.after < change.reserved {
        return Err(PlacementRefusal::Reserved);
    }
    let late = published || now > deadline;
    Ok(Takes {
        approvals: if late { 2 } else { 1 },
        reason: late,
        later: published,
    })
}

/// Where an approval leads. Whoever asked does not approve; a second approval is another's.
///
/// # Errors
/// A [`PlacementRefusal`].
pub fn approve(
    state: ChangeState,
    approvals: i32,
    (asked_by, first_by): (PersonId, Option<PersonId>),
    approver: PersonId,
) -> Result<ChangeState, PlacementRefusal> {
    if approver == asked_by {
        return Err(PlacementRefusal::OwnWork);
    }
    match state {
        ChangeState::Asked if approvals > 1 => Ok(ChangeState::Seconded),
        ChangeState::Asked => Ok(ChangeState::Approved),
        ChangeState::Seconded if first_by == Some(approver) => Err(PlacementRefusal::SameApprover),
        ChangeState::Seconded => Ok(ChangeState::Approved),
        ChangeState::Approved | ChangeState::Refused | ChangeState::TakenBack => {
            Err(PlacementRefusal::Over)
        }
    }
}

/// May it still be refused or taken back?
///
/// # Errors
/// [`PlacementRefusal::Over`].
pub fn waits(state: ChangeState) -> Result<(), PlacementRefusal> {
    match state {
        ChangeState::Asked | ChangeState::Seconded => Ok(()),
        ChangeState::Approved | ChangeState::Refused | ChangeState::TakenBack => {
            Err(PlacementRefusal::Over)
        }
    }
}
