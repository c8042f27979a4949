//! What a trainee may let their university or institution see.

use crate::lang::{refusals, words};

words! {
    /// What is shared.
    pub enum Scope {
        /// Hours held and attended.
        Attendance = "attendance" => sharing_scope_attendance,
        /// Released results.
        Results = "results" => sharing_scope_results,
        /// Where the trainee stands in the programme.
        Progress = "progress" => sharing_scope_progress,
        /// Days, times and places of classes.
        Timetable = "timetable" => sharing_scope_timetable,
    }
}

refusals! {
    /// Why sharing cannot be agreed to.
    pub enum SharingRefusal {
        /// The organisation is neither the trainee's university nor their institution.
        NotYours = "sharing_not_yours" => sharing_refuse_not_yours,
        /// The words have changed since the page was shown.
        OldWords = "sharing_old_words" => sharing_refuse_old_words,
    }
}

/// The version of the words to which a trainee agrees. Whoever changes them counts it up.
pub const WORDS: i32 = 2;

/// What changes when these scopes are agreed to, of those that stand: first what is granted, then
/// what is withdrawn.
#[must_use]
pub fn changes(standing: &[Scope], wanted: &[Scope]) -> (Vec<Scope>, Vec<Scope>) {
    let only = |all: &[Scope], not: &[Scope]| -> Vec<Scope> {
        let fresh = |it: &&Scope| !not.contains(it);
        let mut found: Vec<Scope> = all.iter().filter(fresh).copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    (only(wanted, standing), only(standing, wanted))
}

/// What is wanted by somebody who ticked these of those that they saw standing: what they left as it was
/// stays as it is by now.
#[must_use]
pub fn ticked(standing: &[Scope], seen: &[Scope], ticked: &[Scope]) -> Vec<Scope> {
    let (granted, withdrawn) = changes(seen, ticked);
    let mut wanted = standing.to_vec();
    wanted.extend(granted);
    wanted.retain(|it| !withdrawn.contains(it));
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}

/// May this be agreed to now?
///
/// # Errors
/// [`SharingRefusal`].
pub fn may_share(theirs: bool, words_seen: i32) -> Result<(), SharingRefusal> {
    match (theirs, words_seen == WORDS) {
        (false, _) => Err(SharingRefusal::NotYours),
        (true, false) => Err(SharingRefusal::OldWords),
        (true, true) => Ok(()),
    }
}
