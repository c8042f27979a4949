//! Why a line of a verdict stands as it does.

/// Why a line stands as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There is no class to count, so there is nothing to attend.
    NothingHeld,
    /// No class has been counted yet.
    NotYetHeld,
    /// Enough, with so many minutes still ahead.
    Attended(u32),
    /// Too little; of the minutes ahead (second) at least the first must be attended.
    MustAttend(u32, u32),
    /// Too little even if all that is ahead is attended.
    AttendanceLost,
    /// Passed.
    Passed,
    /// Exempted.
    Exempted,
    /// No result is released.
    NoResult,
    /// A part of the result is missing.
    PartMissing,
    /// Failed.
    NotPassed,
    /// Failed so far; a resit or an appeal is open.
    Again,
    /// So many can still be passed.
    Left(u32),
    /// The mark is high enough.
    MarkReached,
    /// It is high enough so far; results are still to come.
    MarkSoFar,
    /// It is too low.
    MarkLow,
    /// There is none.
    NoMark,
    /// The form is in.
    FormIn,
    /// It is not.
    FormMissing,
    /// A completed placement.
    PlacementDone,
    /// Placements are not recorded here yet.
    PlacementUnknown,
    /// Neither is done yet.
    PracticeOpen,
}

impl Reason {
    /// A stable name for documents.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NothingHeld => "no_classes",
            Self::NotYetHeld => "nothing_held",
            Self::Attended(_) => "attended",
            Self::MustAttend(..) => "must_attend",
            Self::AttendanceLost => "attendance_lost",
            Self::Passed => "passed",
            Self::Exempted => "exempted",
            Self::NoResult => "no_result",
            Self::PartMissing => "part_missing",
            Self::NotPassed => "not_passed",
            Self::Again => "resit_or_appeal_open",
            Self::Left(_) => "still_possible",
            Self::MarkReached => "mark_reached",
            Self::MarkSoFar => "mark_so_far",
            Self::MarkLow => "mark_low",
            Self::NoMark => "no_mark",
            Self::FormIn => "form_in",
            Self::FormMissing => "form_missing",
            Self::PlacementDone => "placement_done",
            Self::PlacementUnknown => "placement_not_recorded",
            Self::PracticeOpen => "practice_open",
        }
    }
}
