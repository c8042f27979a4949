//! Words, refusals and plain decisions of assessment; the larger ones have files of their own.
//!
//! Marks, penalties and pass marks are hundredths of a per cent: 5,000 is 50 %, 10,000 is full marks.
#![warn(clippy::wildcard_enum_match_arm)]

use crate::curriculum::rules::AssessmentKind;
use crate::error::Refusal;
use crate::lang::{Lang, Say, refusals, words};

pub mod late;
pub mod pdf;
pub mod release;
pub mod result;
pub mod rubric;
pub mod second;

/// Full marks.
pub const FULL: i32 = 10_000;

words! {
    /// Where an assessment stands.
    pub enum AssessmentState {
        /// Being prepared; trainees do not see it.
        Planned = "planned" => asm_planned,
        /// Shown to its trainees, who hand in.
        Open = "open" => asm_open,
        /// Being marked.
        Marking = "marking" => asm_marking,
        /// Every mark is agreed; nobody has been told.
        Moderated = "moderated" => asm_moderated,
        /// Every trainee has their mark.
        Released = "released" => asm_released,
    }
}

words! {
    /// A step of an assessment.
    pub enum AssessmentEvent {
        /// Shows it to trainees.
        Open = "open" => asm_event_open,
        /// Begins marking.
        Mark = "mark" => asm_event_mark,
        /// Says that every mark is agreed.
        Moderate = "moderate" => asm_event_moderate,
        /// Goes back to marking.
        Return = "return" => asm_event_return,
        /// Tells everybody their mark.
        Release = "release" => asm_event_release,
    }
}

words! {
    /// Where a script stands.
    pub enum ScriptState {
        /// Nobody has begun.
        NotMarked = "not_marked" => script_not_marked,
        /// A marker has begun.
        InMarking = "in_marking" => script_in_marking,
        /// The first marker has finished.
        Marked = "marked" => script_marked,
        /// The second marker has finished too, and the two are too far apart.
        SecondMarked = "second_marked" => script_second_marked,
        /// The mark is agreed.
        Agreed = "agreed" => script_agreed,
    }
}

words! {
    /// As what somebody marks.
    pub enum MarkRole {
        /// First.
        First = "first" => mark_first,
        /// Second, without knowing what the first gave.
        Second = "second" => mark_second,
        /// Decides where the two are too far apart.
        Moderator = "moderator" => mark_moderator,
    }
}

words! {
    /// Which scripts are marked twice.
    pub enum SecondRule {
        /// None.
        None = "none" => second_none,
        /// A sample, every fail and whatever is close to the pass mark.
        Sample = "sample" => second_sample,
        /// All.
        All = "all" => second_all,
    }
}

words! {
    /// Where a request for a later due time stands.
    pub enum ExtensionState {
        /// Asked for.
        Requested = "requested" => ext_requested,
        /// Granted.
        Granted = "granted" => ext_granted,
        /// Refused.
        Refused = "refused" => ext_refused,
        /// Taken back.
        Withdrawn = "withdrawn" => ext_withdrawn,
    }
}

words! {
    /// Where an appeal stands.
    pub enum AppealState {
        /// Made; not decided.
        Lodged = "lodged" => appeal_lodged,
        /// The trainee was right: the mark is another.
        Upheld = "upheld" => appeal_upheld,
        /// The mark stands.
        Dismissed = "dismissed" => appeal_dismissed,
        /// Taken back.
        Withdrawn = "withdrawn" => appeal_withdrawn,
    }
}

words! {
    /// How a trainee stands in a module.
    pub enum Standing {
        /// Something is still to be released.
        NotYet = "not_yet" => standing_not_yet,
        /// Passed, or exempted.
        Passed = "passed" => standing_passed,
        /// Failed.
        Failed = "failed" => standing_failed,
        /// Work is missing.
        Incomplete = "incomplete" => standing_incomplete,
    }
}

refusals! {
    /// Why something about assessment is refused.
    pub enum AssessmentRefusal {
        /// The part is not in the plan with which the cohort began.
        NoPlan = "assessment_without_plan" => asm_refuse_no_plan,
        /// The part is set already.
        PartTaken = "assessment_part_taken" => asm_refuse_part_taken,
        /// Nobody can be assessed without a rubric.
        NoRubric = "assessment_without_rubric" => asm_refuse_no_rubric,
        /// There is nobody to assess.
        Nobody = "assessment_without_candidates" => asm_refuse_nobody,
        /// The rubric stands since marking began.
        Frozen = "rubric_frozen" => asm_refuse_frozen,
        /// The due time is ahead.
        DueAhead = "due_time_ahead" => asm_refuse_due_ahead,
        /// Somebody may still hand in.
        DeadlinesAhead = "deadlines_ahead" => asm_refuse_deadlines_ahead,
        /// Requests for a later due time are open.
        RequestsOpen = "extensions_open" => asm_refuse_requests_open,
        /// Work was handed in that is not before the markers.
        Uncollected = "work_not_collected" => asm_refuse_uncollected,
        /// Some marks are not agreed.
        NotAgreed = "marks_not_agreed" => asm_refuse_not_agreed,
        /// What was previewed is not what would be released now.
        Changed = "release_changed" => asm_refuse_changed,
        /// It cannot be changed in its state.
        NotPlanned = "assessment_not_planned" => asm_refuse_not_planned,
        /// Trainees have seen it.
        Seen = "assessment_opened" => asm_refuse_seen,
        /// The due time that trainees know is made earlier, or is past.
        DueEarlier = "due_time_earlier" => asm_refuse_due_earlier,
        /// Work was handed in under milder rules of lateness.
        LateStricter = "late_rules_stricter" => asm_refuse_late_stricter,
        /// There is no mark of that kind to take up again.
        NothingToReopen = "nothing_to_reopen" => asm_refuse_nothing_to_reopen,
        /// It has not opened.
        NotOpenYet = "assessment_not_open_yet" => asm_refuse_not_open_yet,
        /// It is over.
        TooLate = "submission_too_late" => asm_refuse_too_late,
        /// The due time is past and work was handed in.
        HandedIn = "submission_stands" => asm_refuse_handed_in,
        /// There is nothing to hand in.
        NoFiles = "assessment_without_files" => asm_refuse_no_files,
        /// There is nothing to take back.
        NothingSent = "nothing_submitted" => asm_refuse_nothing_sent,
        /// After the due time nothing is taken back.
        NoReturn = "submission_not_returned" => asm_refuse_no_return,
        /// A request is open.
        AskedAlready = "extension_asked" => asm_refuse_asked_already,
        /// A later due time is later than the one that holds.
        NotLater = "extension_not_later" => asm_refuse_not_later,
        /// The request is decided or was taken back.
        RequestOver = "extension_over" => asm_refuse_request_over,
        /// It is not being marked.
        NotMarking = "assessment_not_marking" => asm_refuse_not_marking,
        /// The mark has been given; it is not changed by its marker any more.
        MarkGiven = "mark_given" => asm_refuse_mark_given,
        /// Not every script has its first mark.
        FirstMissing = "first_marks_missing" => asm_refuse_first_missing,
        /// The two markers agree, or have not finished.
        NothingToModerate = "nothing_to_moderate" => asm_refuse_nothing_to_moderate,
        /// A first marker cannot be the second.
        SameMarker = "same_marker" => asm_refuse_same_marker,
        /// A resit is for an assessment that was released.
        ResitTooEarly = "resit_too_early" => asm_refuse_resit_early,
        /// The days for an appeal are over.
        AppealLate = "appeal_too_late" => asm_refuse_appeal_late,
        /// An appeal was made.
        AppealMade = "appeal_made" => asm_refuse_appeal_made,
        /// The appeal is decided or was taken back.
        AppealOver = "appeal_over" => asm_refuse_appeal_over,
    }
}

/// A step that the assessment's state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepRefused {
    /// The state it is in.
    pub state: AssessmentState,
    /// The step that was tried.
    pub event: AssessmentEvent,
}

impl Say for StepRefused {
    fn say(&self, lang: Lang) -> String {
        let what = lang.asm_step_refused(self.event.label(lang), self.state.label(lang));
        let then = match self.state {
            AssessmentState::Planned => lang.asm_then_open(),
            AssessmentState::Open => lang.asm_then_mark(),
            AssessmentState::Marking => lang.asm_then_moderate(),
            AssessmentState::Moderated => lang.asm_then_release(),
            AssessmentState::Released => lang.asm_then_appeal(),
        };
        format!("{what}{}{then}", lang.pick(" ", ""))
    }
}

impl Refusal for StepRefused {
    fn code(&self) -> &'static str {
        "assessment_step_refused"
    }
}

/// The state after a step.
///
/// # Errors
/// [`StepRefused`].
pub fn next(
    state: AssessmentState,
    event: AssessmentEvent,
) -> Result<AssessmentState, StepRefused> {
    use AssessmentEvent as E;
    use AssessmentState as S;
    match (state, event) {
        (S::Planned, E::Open) => Ok(S::Open),
        (S::Open, E::Mark) => Ok(S::Marking),
        (S::Moderated, E::Return) => Ok(S::Marking),
        (S::Marking, E::Moderate) => Ok(S::Moderated),
        (S::Moderated, E::Release) => Ok(S::Released),
        (S::Planned | S::Open | S::Marking | S::Moderated | S::Released, _) => {
            Err(StepRefused { state, event })
        }
    }
}

/// Is work of this kind handed in as files? Otherwise it is marked where it happens, or on paper.
#[must_use]
pub fn takes_files(kind: AssessmentKind) -> bool {
    use AssessmentKind as K;
    match kind {
        K::Case | K::Exercise | K::Report | K::Reflection | K::Artefact => true,
        K::Quiz | K::Exam | K::RolePlay | K::Oral | K::Panel | K::Rating => false,
    }
}

/// `n / d` with halves rounded up; `d` is above nought and `n` is not below it.
#[must_use]
pub fn half_up(n: i64, d: i64) -> i64 {
    let d = d.max(1);
    n.max(0).saturating_mul(2).saturating_add(d) / d.saturating_mul(2)
}

/// Hundredths of a per cent as people read them: `50`, `49.5`, `66.67`.
#[must_use]
pub fn percent(hundredths: i32) -> String {
    let (whole, rest) = (hundredths / 100, (hundredths % 100).abs());
    match rest {
        0 => whole.to_string(),
        rest if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        rest => format!("{whole}.{rest:02}"),
    }
}

/// Reads what [`percent`] writes: at most two places behind the point, up to a hundred.
#[must_use]
pub fn read_percent(text: &str) -> Option<i32> {
    let text = text.trim().trim_end_matches(['%', '％']).trim_end();
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|it| it.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || rest.len() > 2 || !digits(whole) || !digits(rest) {
        return None;
    }
    let hundredths = format!("{rest:0<2}");
    let value = whole.parse::<i32>().ok()? * 100 + hundredths.parse::<i32>().ok()?;
    (value <= FULL).then_some(value)
}
