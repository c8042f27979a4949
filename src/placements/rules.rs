//! States of rounds, postings and what hangs on them; who may do what when.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Utc};

use crate::ids::PersonId;
use crate::lang::{refusals, words};

pub mod content;
pub mod eligibility;
pub mod seats;
pub mod suggest;
pub mod usual;
pub mod wage;

words! {
    /// Where a placement round stands.
    pub enum RoundState {
        /// Prepared by the office; nobody else knows of it.
        Planned = "planned" => plc_round_planned,
        /// Institutions write and hand in postings.
        Collecting = "collecting" => plc_round_collecting,
        /// Trainees see what is approved; institutions may still hand in.
        Open = "open" => plc_round_open,
        /// Trainees and institutions rank.
        Ranking = "ranking" => plc_round_ranking,
        /// The match is published.
        Matched = "matched" => plc_round_matched,
        /// Over.
        Closed = "closed" => plc_round_closed,
    }
}

words! {
    /// Where a posting stands.
    pub enum PostingState {
        /// Being written by its institution.
        Draft = "draft" => plc_state_draft,
        /// Waits for the office.
        Submitted = "submitted" => plc_state_submitted,
        /// Sent back with a comment.
        Returned = "returned" => plc_state_returned,
        /// Approved; its round is not open yet.
        Approved = "approved" => plc_state_approved,
        /// Trainees see it.
        Open = "open" => plc_state_open,
        /// It is ranked.
        Ranking = "ranking" => plc_state_ranking,
        /// The match is published.
        Matched = "matched" => plc_state_matched,
        /// Its round is over.
        Closed = "closed" => plc_state_closed,
        /// Taken back.
        Withdrawn = "withdrawn" => plc_state_withdrawn,
    }
}

words! {
    /// How an institution's partnership with the programme stands.
    pub enum HostStatus {
        /// Being talked about.
        Prepared = "prepared" => plc_host_prepared,
        /// In force.
        Active = "active" => plc_host_active,
        /// In force, and no postings for now.
        Paused = "paused" => plc_host_paused,
        /// Over.
        Ended = "ended" => plc_host_ended,
    }
}

words! {
    /// Where a question about capacity stands.
    pub enum CapacityState {
        /// Waits for the institution.
        Asked = "asked" => plc_capacity_asked,
        /// Answered.
        Answered = "answered" => plc_capacity_answered,
        /// Taken back by the office.
        Withdrawn = "withdrawn" => plc_capacity_withdrawn,
    }
}

words! {
    /// What an institution asks to change about the seats of a posting.
    pub enum ChangeKind {
        /// Their number.
        Seats = "seats" => plc_change_seats,
        /// That there is a posting at all.
        Withdraw = "withdraw" => plc_change_withdraw,
    }
}

words! {
    /// Where such a change stands.
    pub enum ChangeState {
        /// Waits for an approval.
        Asked = "asked" => plc_change_asked,
        /// One of two has approved.
        Seconded = "seconded" => plc_change_seconded,
        /// Approved and done.
        Approved = "approved" => plc_change_approved,
        /// Refused.
        Refused = "refused" => plc_change_refused,
        /// Taken back by whoever asked.
        TakenBack = "taken_back" => plc_change_taken_back,
    }
}

words! {
    /// How an institution ranks in a round.
    pub enum Ranking {
        /// One list for each posting.
        PostingLists = "posting_lists" => plc_ranking_postings,
        /// One list for all its postings.
        BankList = "bank_list" => plc_ranking_bank,
    }
}

words! {
    /// Where a trainee's interest stands.
    pub enum InterestState {
        /// It stands.
        Expressed = "expressed" => plc_interest_expressed,
        /// Taken back.
        TakenBack = "taken_back" => plc_interest_taken_back,
    }
}

words! {
    /// What a trainee lets an institution see with their interest, beside name, number and note.
    pub enum Shares {
        /// What they said of themselves for placements.
        Profile = "profile" => plc_shares_profile,
        /// The modules that they have completed.
        Modules = "modules" => plc_shares_modules,
        /// The curriculum vitae of their application.
        Cv = "cv" => plc_shares_cv,
    }
}

refusals! {
    /// Why something about placements is refused.
    pub enum PlacementRefusal {
        /// The round takes no such step now.
        RoundStep = "round_step" => plc_refuse_round_step,
        /// The round opens later.
        RoundEarly = "round_early" => plc_refuse_round_early,
        /// Postings may still be handed in.
        RoundCollects = "round_collects" => plc_refuse_round_collects,
        /// No cohort takes part.
        RoundNobody = "round_nobody" => plc_refuse_round_nobody,
        /// The round is too far for this.
        RoundOver = "round_over" => plc_refuse_round_over,
        /// The time to hand in postings is over.
        Late = "posting_late" => plc_refuse_late,
        /// Its partnership is not in force.
        NoPartnership = "no_partnership" => plc_refuse_no_partnership,
        /// The posting is past this step.
        PostingStep = "posting_step" => plc_refuse_posting_step,
        /// Nobody approves what they wrote.
        OwnWork = "own_work" => plc_refuse_own_work,
        /// The one who approved first does not approve again.
        SameApprover = "same_approver" => plc_refuse_same_approver,
        /// A change waits already.
        ChangeWaits = "change_waits" => plc_refuse_change_waits,
        /// It changes nothing.
        Nothing = "change_nothing" => plc_refuse_nothing,
        /// The match is published: seats are added for the next round, none are taken away.
        Published = "match_published" => plc_refuse_published,
        /// Seats are held for a group beyond those asked for.
        Reserved = "seats_reserved" => plc_refuse_reserved,
        /// A posting of a capped institution holds no seats for a group.
        CapAndReserve = "cap_and_reserve" => plc_refuse_cap_and_reserve,
        /// There is one in force already.
        HostTwice = "partnership_twice" => plc_refuse_host_twice,
        /// It is over.
        Over = "placement_over" => plc_refuse_over,
        /// It is archived.
        Archived = "focus_area_archived" => plc_refuse_archived,
        /// It is not archived.
        InUse = "focus_area_in_use" => plc_refuse_in_use,
        /// Interest is expressed while the round is open.
        NotOpen = "posting_not_open" => plc_refuse_not_open,
        /// The trainee does not meet what is asked.
        NotEligible = "not_eligible" => plc_refuse_not_eligible,
        /// It stands already.
        InterestTwice = "interest_twice" => plc_refuse_interest_twice,
        /// The trainee keeps all the documents that there is room for.
        TooManyDocuments = "too_many_documents" => plc_refuse_documents,
    }
}

/// What happens to a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoundStep {
    /// Institutions are invited to write postings.
    Collect,
    /// Trainees see them.
    Open,
    /// Ranking begins.
    Rank,
    /// The round is put away.
    Close,
}

impl RoundStep {
    /// Every step that the office takes.
    pub const ALL: [Self; 4] = [Self::Collect, Self::Open, Self::Rank, Self::Close];

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Open => "open",
            Self::Rank => "rank",
            Self::Close => "close",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// What a round's steps are decided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundNow {
    /// Where it stands.
    pub state: RoundState,
    /// From when trainees see postings.
    pub opens_at: DateTime<Utc>,
    /// Until when postings are handed in.
    pub closes_at: DateTime<Utc>,
    /// Does a cohort take part?
    pub peopled: bool,
}

/// Where a step leads.
///
/// # Errors
/// A [`PlacementRefusal`].
pub fn round_step(
    round: &RoundNow,
    step: RoundStep,
    now: DateTime<Utc>,
) -> Result<RoundState, PlacementRefusal> {
    match (round.state, step) {
        (RoundState::Planned, RoundStep::Collect) if round.peopled => Ok(RoundState::Collecting),
        (RoundState::Planned, RoundStep::Collect) => Err(PlacementRefusal::RoundNobody),
        (RoundState::Collecting, RoundStep::Open) if now >= round.opens_at => Ok(RoundState::Open),
        (RoundState::Collecting, RoundStep::Open) => Err(PlacementRefusal::RoundEarly),
        (RoundState::Open, RoundStep::Rank) if now >= round.closes_at => Ok(RoundState::Ranking),
        (RoundState::Open, RoundStep::Rank) => Err(PlacementRefusal::RoundCollects),
        // A round that comes to nothing is put away too; one that is being ranked is not.
        (
            RoundState::Planned | RoundState::Collecting | RoundState::Open | RoundState::Matched,
            RoundStep::Close,
        ) => Ok(RoundState::Closed),
        _ => Err(PlacementRefusal::RoundStep),
    }
}

/// The step that comes next for a round, if the office takes it.
pub fn next_step(state: RoundState) -> Option<RoundStep> {
    match state {
        RoundState::Planned => Some(RoundStep::Collect),
        RoundState::Collecting => Some(RoundStep::Open),
        RoundState::Open => Some(RoundStep::Rank),
        RoundState::Matched => Some(RoundStep::Close),
        RoundState::Ranking | RoundState::Closed => None,
    }
}

/// Where a round's step leads one of its postings; `None` leaves it where it is.
pub fn follows(posting: PostingState, round: RoundState) -> Option<PostingState> {
    match (posting, round) {
        (PostingState::Approved, RoundState::Open) => Some(PostingState::Open),
        (PostingState::Approved | PostingState::Open, RoundState::Ranking) => {
            Some(PostingState::Ranking)
        }
        (PostingState::Ranking, RoundState::Matched) => Some(PostingState::Matched),
        (
            PostingState::Approved
            | PostingState::Open
            | PostingState::Ranking
            | PostingState::Matched,
            RoundState::Closed,
        ) => Some(PostingState::Closed),
        _ => None,
    }
}

/// May institutions write postings in this round?
pub fn takes_postings(round: RoundState) -> bool {
    matches!(round, RoundState::Collecting | RoundState::Open)
}

/// May its institution change this posting?
pub fn may_edit(state: PostingState, round: RoundState) -> Result<(), PlacementRefusal> {
    match state {
        PostingState::Draft | PostingState::Returned if takes_postings(round) => Ok(()),
        PostingState::Draft | PostingState::Returned => Err(PlacementRefusal::RoundOver),
        PostingState::Submitted
        | PostingState::Approved
        | PostingState::Open
        | PostingState::Ranking
        | PostingState::Matched
        | PostingState::Closed
        | PostingState::Withdrawn => Err(PlacementRefusal::PostingStep),
    }
}

/// May it be handed in now?
///
/// # Errors
/// A [`PlacementRefusal`].
pub fn may_submit(
    state: PostingState,
    round: &RoundNow,
    now: DateTime<Utc>,
) -> Result<(), PlacementRefusal> {
    may_edit(state, round.state)?;
    // What was returned may come back after the deadline: the office has asked for it.
    if state == PostingState::Draft && now > round.closes_at {
        return Err(PlacementRefusal::Late);
    }
    Ok(())
}

/// May this person approve the posting, and where does it lead? Nobody approves what they wrote or
/// handed in.
///
/// # Errors
/// A [`PlacementRefusal`].
pub fn approve(
    state: PostingState,
    round: RoundState,
    writers: &[PersonId],
    approver: PersonId,
) -> Result<PostingState, PlacementRefusal> {
    if state != PostingState::Submitted {
        return Err(PlacementRefusal::PostingStep);
    }
    if writers.contains(&approver) {
        return Err(PlacementRefusal::OwnWork);
    }
    match round {
        RoundState::Collecting => Ok(PostingState::Approved),
        RoundState::Open => Ok(PostingState::Open),
        RoundState::Planned | RoundState::Ranking | RoundState::Matched | RoundState::Closed => {
            Err(PlacementRefusal::RoundOver)
        }
    }
}

/// May the office send it back? What trainees see already can be sent back too, until it is ranked.
///
/// # Errors
/// A [`PlacementRefusal`].
pub fn may_return(state: PostingState) -> Result<(), PlacementRefusal> {
    match state {
        PostingState::Submitted | PostingState::Approved | PostingState::Open => Ok(()),
        PostingState::Draft
        | PostingState::Returned
        | PostingState::Ranking
        | PostingState::Matched
        | PostingState::Closed
        | PostingState::Withdrawn => Err(PlacementRefusal::PostingStep),
    }
}

/// May its institution withdraw it by itself? From its approval on it asks for that.
///
/// # Errors
/// A [`PlacementRefusal`].
pub fn may_withdraw(state: PostingState) -> Result<(), PlacementRefusal> {
    match state {
        PostingState::Draft | PostingState::Submitted | PostingState::Returned => Ok(()),
        PostingState::Approved
        | PostingState::Open
        | PostingState::Ranking
        | PostingState::Matched
        | PostingState::Closed
        | PostingState::Withdrawn => Err(PlacementRefusal::PostingStep),
    }
}

/// May a trainee express interest now?
///
/// # Errors
/// A [`PlacementRefusal`].
pub fn may_be_interested(
    posting: PostingState,
    now: DateTime<Utc>,
    list_deadline: DateTime<Utc>,
) -> Result<(), PlacementRefusal> {
    if posting == PostingState::Open && now <= list_deadline {
        Ok(())
    } else {
        Err(PlacementRefusal::NotOpen)
    }
}
