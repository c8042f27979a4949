//! What completion asks for, where a trainee stands against it, and what a break does to it.
#![warn(clippy::wildcard_enum_match_arm)]

use crate::lang::{refusals, words};

pub mod breaks;
pub mod content;
mod kept;
mod reason;
pub mod verdict;
pub mod what_if;

words! {
    /// Where a version of the rules stands.
    pub enum RulesState {
        /// Being written; only the programme office sees it.
        Draft = "draft" => progress_draft,
        /// Published, and never changed since.
        Published = "published" => progress_published,
    }
}

words! {
    /// How a line of the rules stands for a trainee.
    pub enum Standing {
        /// Met.
        Met = "met" => progress_met,
        /// Not met yet, and can be.
        Open = "open" => progress_open,
        /// Cannot be met any more as things stand.
        Failed = "failed" => progress_failed,
    }
}

words! {
    /// What an excused absence counts as.
    pub enum Excused {
        /// The session leaves the sum, for this trainee.
        LeftOut = "left_out" => progress_excused_left_out,
        /// As attended.
        Present = "present" => progress_excused_present,
        /// As missed.
        Absent = "absent" => progress_excused_absent,
    }
}

words! {
    /// A kind of line; the table of a cohort has a column for each.
    pub enum Topic {
        /// Attendance, over all and by module.
        Attendance = "attendance" => progress_topic_attendance,
        /// Modules that everybody passes.
        Modules = "modules" => progress_topic_modules,
        /// Modules of which some are chosen.
        Options = "options" => progress_topic_options,
        /// Marks.
        Marks = "marks" => progress_topic_marks,
        /// Forms that are handed in.
        Forms = "forms" => progress_topic_forms,
        /// Placement or capstone.
        Practice = "practice" => progress_topic_practice,
    }
}

words! {
    /// Where a trainee belongs in the list of a cohort.
    pub enum Place {
        /// Every line is met; a coordinator can confirm it.
        Ready = "ready" => progress_place_ready,
        /// A line is open.
        Open = "open" => progress_place_open,
        /// A line cannot be met any more.
        Failed = "failed" => progress_place_failed,
        /// On a break: nothing counts.
        Frozen = "frozen" => progress_place_frozen,
        /// Confirmed.
        Confirmed = "confirmed" => progress_place_confirmed,
        /// Confirmed, and a line that was met then is not any more.
        Changed = "changed" => progress_place_changed,
        /// Takes no part now.
        Away = "away" => progress_place_away,
    }
}

refusals! {
    /// Why something about completion is refused.
    pub enum ProgressRefusal {
        /// There is no draft.
        NoDraft = "rules_without_draft" => progress_refuse_no_draft,
        /// The draft says what the newest version says.
        Nothing = "rules_draft_changes_nothing" => progress_refuse_nothing,
        /// The cohort follows this version already.
        Follows = "cohort_follows_these_rules" => progress_refuse_follows,
        /// The cohort follows no rules.
        NoRules = "cohort_without_rules" => progress_refuse_no_rules,
        /// What was previewed is not what would happen now.
        Changed = "completion_preview_out_of_date" => progress_refuse_changed,
        /// Nobody was chosen who can be confirmed.
        Nobody = "nobody_to_confirm" => progress_refuse_nobody,
        /// There is no completion to revoke.
        NotConfirmed = "completion_not_confirmed" => progress_refuse_not_confirmed,
        /// A completion was confirmed, so its record stays.
        Confirmed = "completion_confirmed" => progress_refuse_confirmed,
        /// The trainee takes no part now.
        NotTrainee = "break_not_trainee" => progress_refuse_not_trainee,
        /// A request waits for an answer.
        Asked = "break_asked_already" => progress_refuse_asked,
        /// The days meet another break.
        Overlaps = "break_overlaps" => progress_refuse_overlaps,
        /// Nobody can return from what has not begun.
        NotBegun = "break_not_begun" => progress_refuse_not_begun,
        /// A deferral takes effect when it is granted, so not before its first day.
        NotYet = "deferral_before_its_first_day" => progress_refuse_not_yet,
        /// Nothing was due in the break.
        NothingMissed = "break_without_due_times" => progress_refuse_nothing_missed,
        /// A line that waits is no ground for ending the enrolment.
        StillOpen = "completion_still_possible" => progress_refuse_still_open,
    }
}
