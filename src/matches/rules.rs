//! Lists, runs and placements: what may be ranked, certified, frozen, published; where a placement goes.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::ids::PersonId;
use crate::lang::{refusals, words};
use crate::placements::rules::RoundState;

pub mod beside;
pub mod correct;
pub mod market;
pub mod ranks;

words! {
    /// Whose list it is.
    pub enum ListKind {
        /// A trainee's, of postings.
        Trainee = "trainee" => mat_kind_trainee,
        /// An institution's over all its postings, of trainees.
        Bank = "bank" => mat_kind_bank,
        /// An institution's for one posting, of trainees.
        Posting = "posting" => mat_kind_posting,
    }
}

words! {
    /// How a list stands.
    pub enum ListState {
        /// Nothing was ever saved.
        Missing = "missing" => mat_list_missing,
        /// Saved, and never certified.
        Saved = "saved" => mat_list_saved,
        /// What was certified last is what stands there now.
        Certified = "certified" => mat_list_certified,
        /// Certified, and changed since: what was certified counts.
        Changed = "changed" => mat_list_changed,
    }
}

words! {
    /// Where an official run stands.
    pub enum RunState {
        /// Frozen, waiting for a second person.
        Frozen = "frozen" => mat_run_frozen,
        /// Published.
        Published = "published" => mat_run_published,
        /// Void: another run takes its place.
        Voided = "voided" => mat_run_voided,
    }
}

words! {
    /// Where a placement stands.
    pub enum PlacementState {
        /// It came of the match.
        Offered = "offered" => mat_placement_offered,
        /// The trainee has accepted it.
        Accepted = "accepted" => mat_placement_accepted,
        /// Everybody has signed.
        AgreementSigned = "agreement_signed" => mat_placement_signed,
        /// Being prepared.
        Onboarding = "onboarding" => mat_placement_onboarding,
        /// The first day was confirmed.
        ReportedForDuty = "reported_for_duty" => mat_placement_reported,
        /// The trainee is there.
        Active = "active" => mat_placement_active,
        /// The review at half-time.
        MidReview = "mid_review" => mat_placement_mid_review,
        /// Completed.
        Completed = "completed" => mat_placement_completed,
        /// Ended before its time.
        EndedEarly = "ended_early" => mat_placement_ended_early,
        /// The trainee withdrew.
        WithdrawnByTrainee = "withdrawn_by_trainee" => mat_placement_by_trainee,
        /// The institution withdrew.
        WithdrawnByHost = "withdrawn_by_host" => mat_placement_by_host,
    }
}

refusals! {
    /// Why something about a match is refused.
    pub enum MatchRefusal {
        /// Lists are neither written nor certified in this state of the round.
        NotRanking = "lists_not_open" => mat_refuse_not_ranking,
        /// The deadline of lists is over.
        ListsClosed = "lists_closed" => mat_refuse_lists_closed,
        /// Nothing has been saved.
        NothingSaved = "list_missing" => mat_refuse_nothing_saved,
        /// What was certified is what stands there.
        CertifiedAlready = "list_certified" => mat_refuse_certified,
        /// A line names what cannot be ranked any more.
        Outdated = "list_outdated" => mat_refuse_outdated,
        /// The lots are fixed already.
        Committed = "lots_fixed" => mat_refuse_committed,
        /// Lists may still be certified.
        ListsOpen = "lists_open" => mat_refuse_lists_open,
        /// There is a run that is not void.
        RunStands = "run_stands" => mat_refuse_run_stands,
        /// The bounds of the round make no run.
        NoRun = "run_impossible" => mat_refuse_no_run,
        /// The run is past this step.
        RunStep = "run_step" => mat_refuse_run_step,
        /// Who froze a run does not approve it.
        SamePerson = "run_same_person" => mat_refuse_same_person,
        /// The verifier has found something.
        NotSound = "run_not_sound" => mat_refuse_not_sound,
        /// The result that was seen is another one.
        OtherResult = "run_other_result" => mat_refuse_other_result,
        /// A trainee or seat of the result is gone since it was frozen.
        Overtaken = "run_overtaken" => mat_refuse_overtaken,
        /// Nobody is left to remind.
        NobodyToRemind = "nobody_to_remind" => mat_refuse_nobody,
        /// The place given beforehand is past this step.
        PlaceStep = "place_step" => mat_refuse_place_step,
        /// Who named a place does not approve it.
        SamePersonPlace = "place_same_person" => mat_refuse_same_person_place,
        /// The trainee has a place already.
        PlacedAlready = "placed_already" => mat_refuse_placed_already,
        /// The posting has no seat left.
        NoSeatLeft = "no_seat_left" => mat_refuse_no_seat,
        /// Their cap or the cap of their group is used up.
        CapUsedUp = "cap_used_up" => mat_refuse_cap_used,
        /// The match is not published, or this is not the round that it was published of.
        NotPublished = "match_not_published" => mat_refuse_not_published,
        /// A second round is open already.
        SecondOpen = "second_round_open" => mat_refuse_second_open,
        /// A run waits for approval.
        CallWaits = "run_waits" => mat_refuse_call_waits,
        /// No seat is vacant, or nobody is without.
        NothingLeft = "nothing_left" => mat_refuse_nothing_left,
        /// Somebody is there already.
        ThereAlready = "there_already" => mat_refuse_there_already,
        /// The results are out.
        ResultsOut = "results_out" => mat_refuse_results_out,
        /// Somebody else certifies.
        NotCertifier = "not_certifier" => mat_refuse_not_certifier,
        /// The list is somebody else's to edit.
        NotEditor = "not_editor" => mat_refuse_not_editor,
        /// Somebody must be left who certifies.
        NobodyCertifies = "nobody_certifies" => mat_refuse_nobody_certifies,
        /// There is nothing to repair: the corrected match is the published one.
        NothingWrong = "nothing_wrong" => mat_refuse_nothing_wrong,
        /// The repair is past this step.
        RepairStep = "repair_step" => mat_refuse_repair_step,
        /// The placement takes no such step now.
        PlacementStep = "placement_step" => mat_refuse_placement_step,
    }
}

/// May a list be saved or certified now?
///
/// # Errors
/// A [`MatchRefusal`].
pub fn may_rank(
    round: RoundState,
    deadline: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), MatchRefusal> {
    match round {
        RoundState::Open | RoundState::Ranking if now <= deadline => Ok(()),
        RoundState::Open | RoundState::Ranking => Err(MatchRefusal::ListsClosed),
        RoundState::Planned | RoundState::Collecting | RoundState::Matched | RoundState::Closed => {
            Err(MatchRefusal::NotRanking)
        }
    }
}

/// How a list stands, by the hash of what is saved and of what was certified last.
pub fn list_state(saved: Option<&str>, certified: Option<&str>) -> ListState {
    match (saved, certified) {
        (None, _) => ListState::Missing,
        (Some(_), None) => ListState::Saved,
        (Some(saved), Some(certified)) if saved == certified => ListState::Certified,
        (Some(_), Some(_)) => ListState::Changed,
    }
}

/// May a list that stands like this be certified?
///
/// # Errors
/// A [`MatchRefusal`].
pub fn may_certify(state: ListState) -> Result<(), MatchRefusal> {
    match state {
        ListState::Missing => Err(MatchRefusal::NothingSaved),
        ListState::Certified => Err(MatchRefusal::CertifiedAlready),
        ListState::Saved | ListState::Changed => Ok(()),
    }
}

/// May an official run be frozen now? Only when no list can be certified any more.
///
/// # Errors
/// A [`MatchRefusal`].
pub fn may_freeze(
    round: RoundState,
    deadline: DateTime<Utc>,
    now: DateTime<Utc>,
    stands: bool,
) -> Result<(), MatchRefusal> {
    if round != RoundState::Ranking {
        return Err(MatchRefusal::NotRanking);
    }
    if now <= deadline {
        return Err(MatchRefusal::ListsOpen);
    }
    if stands {
        return Err(MatchRefusal::RunStands);
    }
    Ok(())
}

/// What an approval is decided by.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    /// Where the run stands.
    pub state: RunState,
    /// Who froze it.
    pub frozen_by: PersonId,
    /// Did the verifier find nothing when it was frozen?
    pub sound: bool,
    /// The hash of its result.
    pub output: &'a str,
}

/// May this person approve the run, having seen a result of this hash? Two people publish.
///
/// # Errors
/// A [`MatchRefusal`].
pub fn may_publish(run: &Approval<'_>, approver: PersonId, seen: &str) -> Result<(), MatchRefusal> {
    if run.state != RunState::Frozen {
        return Err(MatchRefusal::RunStep);
    }
    if run.frozen_by == approver {
        return Err(MatchRefusal::SamePerson);
    }
    if !run.sound {
        return Err(MatchRefusal::NotSound);
    }
    if run.output != seen {
        return Err(MatchRefusal::OtherResult);
    }
    Ok(())
}

/// May a run be voided? Not what is published.
///
/// # Errors
/// [`MatchRefusal::RunStep`].
pub fn may_void(state: RunState) -> Result<(), MatchRefusal> {
    match state {
        RunState::Frozen => Ok(()),
        RunState::Published | RunState::Voided => Err(MatchRefusal::RunStep),
    }
}

/// What happens to a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlacementStep {
    /// The trainee accepts.
    Accept,
    /// The agreement is signed.
    Sign,
    /// Preparations begin.
    Prepare,
    /// The institution confirms the first day.
    Report,
    /// Work goes on: the first log was handed in, or the first week is over.
    Begin,
    /// Half-time.
    Review,
    /// The last day.
    Complete,
    /// Ended before its time.
    EndEarly,
    /// The trainee withdraws.
    TraineeWithdraws,
    /// The institution withdraws.
    HostWithdraws,
}

/// Where a step leads a placement. Before the first day it is withdrawn, from then on it ends early.
///
/// # Errors
/// [`MatchRefusal::PlacementStep`].
pub fn placement_step(
    state: PlacementState,
    step: PlacementStep,
) -> Result<PlacementState, MatchRefusal> {
    use PlacementState as At;
    let before = matches!(
        state,
        At::Offered | At::Accepted | At::AgreementSigned | At::Onboarding
    );
    match (state, step) {
        (At::Offered, PlacementStep::Accept) => Ok(At::Accepted),
        (At::Accepted, PlacementStep::Sign) => Ok(At::AgreementSigned),
        (At::AgreementSigned, PlacementStep::Prepare) => Ok(At::Onboarding),
        (At::Onboarding, PlacementStep::Report) => Ok(At::ReportedForDuty),
        (At::ReportedForDuty, PlacementStep::Begin) => Ok(At::Active),
        (At::Active, PlacementStep::Review) => Ok(At::MidReview),
        (At::Active | At::MidReview, PlacementStep::Complete) => Ok(At::Completed),
        (At::ReportedForDuty | At::Active | At::MidReview, PlacementStep::EndEarly) => {
            Ok(At::EndedEarly)
        }
        (_, PlacementStep::TraineeWithdraws) if before => Ok(At::WithdrawnByTrainee),
        (_, PlacementStep::HostWithdraws) if before => Ok(At::WithdrawnByHost),
        _ => Err(MatchRefusal::PlacementStep),
    }
}

/// Tiers of ids, best first.
pub type Tiers = Vec<Vec<Uuid>>;

/// SHA-256 of a list: of its JSON without spaces, as it is stored. Equals are put in order first, so that
/// the same list has the same hash.
pub fn list_sha256(tiers: &Tiers) -> String {
    let text = serde_json::json!(ordered(tiers)).to_string();
    crate::access::secret::hex(&Sha256::digest(text.as_bytes()))
}

/// The same list with equals in the order of their ids, and no empty tier.
pub fn ordered(tiers: &Tiers) -> Tiers {
    let mut tiers = tiers.clone();
    tiers.retain(|tier| !tier.is_empty());
    for tier in &mut tiers {
        tier.sort_unstable();
    }
    tiers
}
