//! Texts of the coordinator's placement desk.
use super::texts;

texts! {
    pdesk_title: "Placement desk" | "實習總覽";
    pdesk_note: "What needs you first; then seats offered, filled and reported for duty, side by side." | "先列出須處理的事項，再並列名額、已接受及已報到的數目。";
    pdesk_nothing: "Nothing waits for the office." | "沒有待辦事處處理的事項。";
    pdesk_by: "Count by" | "統計方式";
    pdesk_by_institution: "Institution" | "機構";
    pdesk_by_area: "Focus area" | "重點範疇";
    pdesk_by_city: "City" | "城市";
    pdesk_all_rounds: "All rounds" | "所有輪次";
    pdesk_no_city: "No city" | "未註明城市";
    pdesk_none: "No approved posting" | "未有獲批核的職位";
    pdesk_none_more: "Seats are counted here once a posting is approved." | "職位獲批核後，名額會在此統計。";
    pdesk_side_by_side: "Offered, filled, reported for duty" | "名額、已接受、已報到";
    pdesk_seats: "Seats offered" | "名額";
    pdesk_waiting: "Waiting for an answer" | "等候回覆";
    pdesk_filled: "Filled" | "已接受";
    pdesk_reported: "Reported for duty" | "已報到";
    pdesk_completed: "Completed" | "已完成";
    pdesk_ended: "Ended early" | "提早終止";
    pdesk_free: "Free" | "空缺";
    pdesk_in_all: "In all" | "合計";
    pdesk_over(completed: i64, ended: i64): "{completed} completed, {ended} ended early" | "{completed}個已完成，{ended}個提早終止";
    pdesk_legend: "Solid: filled; striped: waiting for an answer; the mark: reported for duty." | "實色：已接受；斜紋：等候回覆；標記：已報到。";
    pdesk_area_note: "A posting with several focus areas is counted in each; the sum counts it once." | "涉及多個重點範疇的職位在各範疇分別計算，合計只計一次。";
    pdesk_offers_late(n: i64): "{n} offer is about to lapse or has lapsed unanswered" + "{n} offers are about to lapse or have lapsed unanswered" | "{n}份要約即將或已經過期而未獲回覆";
    pdesk_starting(n: i64): "{n} placement begins within a week and is not ready" + "{n} placements begin within a week and are not ready" | "{n}個實習一周內開始而未準備就緒";
    pdesk_postings_waiting(n: i64): "{n} posting waits for approval" + "{n} postings wait for approval" | "{n}個職位等候批核";
    pdesk_changes_waiting(n: i64): "{n} change of seats waits" + "{n} changes of seats wait" | "{n}項名額更改等候處理";
    pdesk_capacity_late(n: i64): "{n} institution is late with its capacity" + "{n} institutions are late with their capacity" | "{n}間機構逾期未回覆可接收人數";
    pdesk_incidents(n: i64): "{n} incident is not closed" + "{n} incidents are not closed" | "{n}宗事故未結案";
    pdesk_logs_missing(n: i64): "{n} trainee has weeks without a log" + "{n} trainees have weeks without a log" | "{n}名學員欠交每周紀錄";
    pdesk_hours_red(n: i64): "{n} trainee worked less than 80% of a month’s contracted hours" + "{n} trainees worked less than 80% of a month’s contracted hours" | "{n}名學員的每月工時低於合約的80%";
    pdesk_evaluations(n: i64): "{n} evaluation of an institution is due" + "{n} evaluations of institutions are due" | "{n}份機構評核到期";
    pdesk_visits(n: i64): "{n} visit or call is due" + "{n} visits or calls are due" | "應安排{n}次到訪或通話";
    pdesk_logs_waiting(n: i64): "{n} log waits for a supervisor" + "{n} logs wait for a supervisor" | "{n}份紀錄等候實習主管";
}
