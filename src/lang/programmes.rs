//! Texts of programmes, targets and the planner.
use super::texts;

texts! {
    metric_trained: "Trained" | "完成培訓人數";
    metric_enrolled: "Enrolled" | "入學註冊人數";
    operator_more_than: "more than" | "多於";
    operator_at_least: "at least" | "不少於";
    basis_started: "Started in the period" | "以期內開課計算";
    basis_completed: "Completed in the period" | "以期內完成課程計算";
    milestone_expected: "Expected" | "預期";
    milestone_reached: "Reached" | "已達成";
    milestone_late: "Late" | "逾期";
}
