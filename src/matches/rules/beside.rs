//! What stands beside a match: places given beforehand, second rounds, first call, repairs, who may touch an
//! institution's lists.

use uuid::Uuid;

use crate::ids::PersonId;
use crate::lang::words;
use crate::matching::explain::Disclosure;
use crate::placements::rules::RoundState;

use super::{MatchRefusal, PlacementState, RunState};

words! {
    /// What an official run is for.
    pub enum RunKind {
        /// The match of a round.
        Official = "official" => mat_kind_official,
        /// First call for those whose posting was withdrawn after publication.
        FirstCall = "first_call" => mat_kind_first_call,
        /// The repair of an error.
        Repair = "repair" => mat_kind_repair,
    }
}

words! {
    /// Where a place given beforehand stands.
    pub enum PlaceState {
        /// Named by one person.
        Asked = "asked" => mat_place_asked,
        /// Approved by another.
        Approved = "approved" => mat_place_approved,
        /// Taken back before the run.
        Cancelled = "cancelled" => mat_place_cancelled,
        /// A placement since the publication.
        Placed = "placed" => mat_place_placed,
    }
}

words! {
    /// Of what a placement came.
    pub enum Origin {
        /// The match.
        Match = "match" => mat_origin_match,
        /// A second round.
        SecondRound = "second_round" => mat_origin_second,
        /// First call.
        FirstCall = "first_call" => mat_origin_first_call,
        /// Given beforehand.
        Beforehand = "beforehand" => mat_origin_beforehand,
        /// A repair.
        Repair = "repair" => mat_origin_repair,
        /// After one that ended early.
        Replacement = "replacement" => mat_origin_replacement,
    }
}

words! {
    /// How much of an institution's list the reasons tell.
    pub enum Tells {
        /// The reason alone.
        Reason = "reason" => mat_tells_reason,
        /// And in which quarter of the list.
        Band = "band" => mat_tells_band,
        /// And the exact place, with the cut-off.
        Exact = "exact" => mat_tells_exact,
    }
}

impl Tells {
    /// As the match calls it.
    pub fn disclosure(self) -> Disclosure {
        match self {
            Self::Reason => Disclosure::ReasonOnly,
            Self::Band => Disclosure::Band,
            Self::Exact => Disclosure::Exact,
        }
    }
}

words! {
    /// Where a repair stands.
    pub enum RepairState {
        /// What was wrong is being written down.
        Open = "open" => mat_repair_open,
        /// A way out is chosen and waits for another person.
        Frozen = "frozen" => mat_run_frozen,
        /// Published.
        Published = "published" => mat_run_published,
        /// Given up.
        Dropped = "dropped" => mat_repair_dropped,
    }
}

words! {
    /// A way out of an error; see [`crate::matching::repair::Repair`].
    pub enum WayOut {
        /// Everybody keeps theirs; whom the error harmed gets what it cost them.
        HonourAndAdd = "honour_and_add" => mat_way_add,
        /// Everybody keeps theirs; who has nothing takes part in a run on what is vacant.
        HonourAndFill = "honour_and_fill" => mat_way_fill,
        /// The corrected match replaces the published one.
        RunAgain = "run_again" => mat_way_again,
    }
}

words! {
    /// Whom an institution names for its lists.
    pub enum ListPart {
        /// Certifies them.
        Certifier = "certifier" => mat_part_certifier,
        /// Edits them and does not certify.
        Delegate = "delegate" => mat_part_delegate,
    }
}

/// May places still be given beforehand? Until a run is frozen.
///
/// # Errors
/// A [`MatchRefusal`].
pub fn may_give(round: RoundState, stands: bool) -> Result<(), MatchRefusal> {
    if stands {
        return Err(MatchRefusal::RunStands);
    }
    match round {
        RoundState::Open | RoundState::Ranking => Ok(()),
        RoundState::Planned | RoundState::Collecting | RoundState::Matched | RoundState::Closed => {
            Err(MatchRefusal::NotRanking)
        }
    }
}

/// May this person approve a place that the other named?
///
/// # Errors
/// [`MatchRefusal::PlaceStep`], [`MatchRefusal::SamePersonPlace`].
pub fn may_approve_place(
    state: PlaceState,
    asked_by: PersonId,
    approver: PersonId,
) -> Result<(), MatchRefusal> {
    if state != PlaceState::Asked {
        return Err(MatchRefusal::PlaceStep);
    }
    if asked_by == approver {
        return Err(MatchRefusal::SamePersonPlace);
    }
    Ok(())
}

/// May it be taken back? Not once it is a placement.
///
/// # Errors
/// [`MatchRefusal::PlaceStep`].
pub fn may_cancel_place(state: PlaceState) -> Result<(), MatchRefusal> {
    match state {
        PlaceState::Asked | PlaceState::Approved => Ok(()),
        PlaceState::Cancelled | PlaceState::Placed => Err(MatchRefusal::PlaceStep),
    }
}

/// May something be done to a published match: a second round, first call, a repair?
///
/// # Errors
/// [`MatchRefusal::NotPublished`].
pub fn after_publication(round: RoundState, second: bool) -> Result<(), MatchRefusal> {
    if round == RoundState::Matched && !second {
        Ok(())
    } else {
        Err(MatchRefusal::NotPublished)
    }
}

/// May a second round be opened: is something left, and somebody?
///
/// # Errors
/// A [`MatchRefusal`].
pub fn may_open_second(
    vacant: u32,
    without: usize,
    one_open: bool,
    call_waits: bool,
) -> Result<(), MatchRefusal> {
    if one_open {
        return Err(MatchRefusal::SecondOpen);
    }
    if call_waits {
        return Err(MatchRefusal::CallWaits);
    }
    if vacant == 0 || without == 0 {
        return Err(MatchRefusal::NothingLeft);
    }
    Ok(())
}

/// Is somebody in this placement who cannot be moved any more: there already, or past it?
pub fn fixed(state: PlacementState) -> bool {
    match state {
        PlacementState::Offered
        | PlacementState::Accepted
        | PlacementState::AgreementSigned
        | PlacementState::Onboarding
        | PlacementState::EndedEarly
        | PlacementState::WithdrawnByTrainee
        | PlacementState::WithdrawnByHost => false,
        PlacementState::ReportedForDuty
        | PlacementState::Active
        | PlacementState::MidReview
        | PlacementState::Completed => true,
    }
}

/// Does a placement hold its seat?
pub fn holds_seat(state: PlacementState) -> bool {
    !matches!(
        state,
        PlacementState::EndedEarly
            | PlacementState::WithdrawnByTrainee
            | PlacementState::WithdrawnByHost
    )
}

/// May the reasons' policy be set? Before the publication, so that nobody's answer decides it.
///
/// # Errors
/// [`MatchRefusal::ResultsOut`].
pub fn may_set_tells(round: RoundState) -> Result<(), MatchRefusal> {
    match round {
        RoundState::Matched | RoundState::Closed => Err(MatchRefusal::ResultsOut),
        RoundState::Planned | RoundState::Collecting | RoundState::Open | RoundState::Ranking => {
            Ok(())
        }
    }
}

/// Who is named for an institution's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub person: PersonId,
    /// For what.
    pub part: ListPart,
    /// A delegate's only posting.
    pub posting: Option<Uuid>,
}

/// May this representative certify? Whoever is named to, and as long as nobody is, everybody but delegates.
pub fn certifies(named: &[Named], person: PersonId) -> bool {
    let mine = named.iter().find(|it| it.person == person);
    match mine.map(|it| it.part) {
        Some(ListPart::Certifier) => true,
        Some(ListPart::Delegate) => false,
        None => named.iter().all(|it| it.part != ListPart::Certifier),
    }
}

/// May this representative edit this list? A delegate for one posting, that one only; whoever is not named
/// where others certify, none.
pub fn edits(named: &[Named], person: PersonId, posting: Option<Uuid>) -> bool {
    let mine = named.iter().find(|it| it.person == person);
    match mine {
        Some(it) if it.part == ListPart::Delegate => it.posting.is_none() || it.posting == posting,
        Some(_) => true,
        None => certifies(named, person),
    }
}

/// May a step of this kind of run be taken in this state of it?
///
/// # Errors
/// [`MatchRefusal::RunStep`].
pub fn waits(kind: RunKind, wanted: RunKind, state: RunState) -> Result<(), MatchRefusal> {
    if kind == wanted && state == RunState::Frozen {
        Ok(())
    } else {
        Err(MatchRefusal::RunStep)
    }
}
