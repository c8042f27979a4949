//! Texts of cohorts, their dates and their seats.
use super::texts;

texts! {
    cohort_planned: "Planned" | "籌備中";
    cohort_open: "Open for applications" | "接受申請";
    cohort_reviewing: "Reviewing" | "評審中";
    cohort_offering: "Offering" | "發出取錄通知";
    cohort_running: "Running" | "進行中";
    cohort_completed: "Completed" | "已完成";
    cohort_archived: "Archived" | "已封存";
    cohort_cancelled: "Cancelled" | "已取消";

    cohort_event_open: "Open the call" | "開始接受申請";
    cohort_event_close: "Close the call and review" | "截止申請並開始評審";
    cohort_event_offer: "Begin offering" | "開始發出取錄通知";
    cohort_event_start: "Start the cohort" | "開課";
    cohort_event_complete: "Complete the cohort" | "完成本屆";
    cohort_event_archive: "Archive" | "封存";
    cohort_event_cancel: "Cancel the cohort" | "取消本屆";

    cohort_step_refused(state: &str, step: &str): "“{step}” is not possible while the cohort is “{state}”." | "本屆現為「{state}」，不能執行「{step}」。";

    date_closes_after_opens: "The call must close after it opens." | "截止申請時間必須在開始接受申請之後。";
    date_decisions_after_closes: "Decisions cannot come before the call closes." | "公布結果日期不能早於截止申請日期。";
    date_reply_after_decisions: "The reply date cannot come before decisions." | "回覆限期不能早於公布結果日期。";
    date_starts_after_reply: "The cohort cannot start before the reply date." | "開課日期不能早於回覆限期。";
    date_ends_after_starts: "The cohort cannot end before it starts." | "結束日期不能早於開課日期。";

    pool_open: "Open seats" | "公開名額";
    pool_held: "Held seats" | "預留名額";

    seats_none_free: "No free seat is left in this pool." | "此組別已沒有剩餘名額。";
    seats_below_used: "The capacity cannot go below the seats already offered or taken." | "名額不能少於已發出取錄通知及已接受的數目。";
    seats_out_of_range: "Give a capacity from 0 to 100,000 seats." | "請輸入0至100,000的名額。";
    seats_none_offered: "This pool has no seat on offer." | "此組別沒有待回覆的取錄名額。";
    seats_none_taken: "This pool has no taken seat." | "此組別沒有已接受的名額。";
    seats_same_pool: "Seats move from a held pool to an open pool only." | "名額只可由預留組別轉至公開組別。";
}
