//! Exemption for prior learning: its states and what it does to completion.

use std::collections::BTreeSet;

use crate::error::Refusal;
use crate::lang::{Lang, Say, refusals, words};

words! {
    /// Where a request stands.
    pub enum ExemptionState {
        /// Asked for; the programme office has not decided.
        Requested = "requested" => exemption_requested,
        /// Taken back by the trainee.
        Withdrawn = "withdrawn" => exemption_withdrawn,
        /// Granted.
        Granted = "granted" => exemption_granted,
        /// Refused.
        Refused = "refused" => exemption_refused,
    }
}

words! {
    /// What is decided.
    pub enum Decision {
        /// The module counts as passed.
        Grant = "grant" => exemption_grant,
        /// The trainee takes the module.
        Refuse = "refuse" => exemption_refuse,
    }
}

words! {
    /// What happens to a request.
    pub enum ExemptionEvent {
        /// The trainee takes it back.
        Withdraw = "withdraw" => exemption_event_withdraw,
        /// The office grants it.
        Grant = "grant" => exemption_event_grant,
        /// The office refuses it.
        Refuse = "refuse" => exemption_event_refuse,
    }
}

refusals! {
    /// Why an exemption cannot be asked for or decided.
    pub enum ExemptionRefusal {
        /// There is a request for this module, or it was granted.
        Already = "exemption_already" => exemption_refuse_already,
        /// The trainee takes no part any more.
        NotTrainee = "exemption_not_trainee" => exemption_refuse_not_trainee,
        /// No decision was drafted.
        NoDecision = "exemption_without_decision" => exemption_refuse_no_decision,
    }
}

/// A step that the request's state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExemptionStepRefused {
    /// The state it is in.
    pub state: ExemptionState,
    /// The step that was tried.
    pub event: ExemptionEvent,
}

impl Say for ExemptionStepRefused {
    fn say(&self, lang: Lang) -> String {
        lang.exemption_step_refused(self.event.label(lang), self.state.label(lang))
    }
}

impl Refusal for ExemptionStepRefused {
    fn code(&self) -> &'static str {
        "exemption_step_refused"
    }
}

/// The state after `event`; only an open request moves.
pub fn next(
    state: ExemptionState,
    event: ExemptionEvent,
) -> Result<ExemptionState, ExemptionStepRefused> {
    match (state, event) {
        (ExemptionState::Requested, ExemptionEvent::Withdraw) => Ok(ExemptionState::Withdrawn),
        (ExemptionState::Requested, ExemptionEvent::Grant) => Ok(ExemptionState::Granted),
        (ExemptionState::Requested, ExemptionEvent::Refuse) => Ok(ExemptionState::Refused),
        (ExemptionState::Withdrawn | ExemptionState::Granted | ExemptionState::Refused, _) => {
            Err(ExemptionStepRefused { state, event })
        }
    }
}

/// What a module's exemption does to completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Does the module count as passed, for completion and for prerequisites?
    pub counts_as_passed: bool,
    /// Does it carry a mark? An exemption never does: it enters no mean and no honours.
    pub carries_mark: bool,
}

/// What a request in this state does to completion.
pub fn effect(state: ExemptionState) -> Effect {
    Effect {
        counts_as_passed: match state {
            ExemptionState::Granted => true,
            ExemptionState::Requested | ExemptionState::Withdrawn | ExemptionState::Refused => {
                false
            }
        },
        carries_mark: false,
    }
}

/// The modules that count as passed: those passed and those exempted.
pub fn counted<T: Copy + Ord>(passed: &BTreeSet<T>, exempted: &BTreeSet<T>) -> BTreeSet<T> {
    passed.union(exempted).copied().collect()
}
