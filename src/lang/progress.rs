//! Texts of completion: rules, verdicts, confirmation, pauses in learning.
use super::texts;

texts! {
    progress_draft: "Draft" | "草稿";
    progress_published: "Published" | "已公布";
    progress_met: "Met" | "已符合";
    progress_open: "Open" | "未符合";
    progress_failed: "Cannot be met" | "無法符合";
    progress_excused_left_out: "Left out of the sum" | "不計算在內";
    progress_excused_present: "Counted as attended" | "視作出席";
    progress_excused_absent: "Counted as missed" | "視作缺席";
    progress_topic_attendance: "Attendance" | "出席率";
    progress_topic_modules: "Required modules" | "必修單元";
    progress_topic_options: "Options" | "選修單元";
    progress_topic_marks: "Marks" | "成績";
    progress_topic_forms: "Forms" | "表格";
    progress_topic_practice: "Placement or capstone" | "實習或總結專題";
    progress_kind_break: "Break in learning" | "休學";
    progress_kind_deferral: "Deferral" | "延期修讀";
    progress_break_asked: "Waiting for an answer" | "待回覆";
    progress_break_withdrawn: "Withdrawn" | "已撤回";
    progress_break_granted: "Granted" | "已批准";
    progress_break_refused: "Refused" | "不獲批准";
    progress_break_ended: "Over" | "已結束";
    progress_break_withdraw: "Withdraw" | "撤回";
    progress_break_grant: "Grant" | "批准";
    progress_break_refuse: "Refuse" | "不批准";
    progress_break_return: "Return" | "復課";

    progress_refuse_no_draft: "There is no draft of the rules." | "沒有規則草稿。";
    progress_refuse_nothing: "The draft says the same as the newest version." | "草稿與最新版本相同。";
    progress_refuse_follows: "The cohort follows this version already." | "本屆已採用此版本。";
    progress_refuse_no_rules: "Choose the rules that the cohort follows first." | "請先選擇本屆採用的規則。";
    progress_refuse_changed: "Something has changed since the preview. Look at the new preview." | "預覽後情況有變，請查看新的預覽。";
    progress_refuse_nobody: "Nobody is chosen who can be confirmed." | "未有選擇可確認的學員。";
    progress_refuse_not_confirmed: "No completion is confirmed for this trainee." | "此學員未有已確認的完成紀錄。";
    progress_refuse_confirmed: "The completion is confirmed. Revoke it first." | "完成紀錄已確認，請先撤銷。";
    progress_refuse_not_trainee: "Only who takes part now can pause." | "只有在學學員可申請。";
    progress_refuse_asked: "A request waits for its answer already." | "已有申請等候回覆。";
    progress_refuse_overlaps: "These days meet another break." | "所選日子與另一段休學期重疊。";
    progress_refuse_not_begun: "The break has not begun; nobody can return from it yet." | "休學期尚未開始，未可復課。";
    progress_refuse_still_open: "Every line can still be met; nothing to end here." | "各項要求仍可符合，未可結束。";
    progress_break_step_refused(step: &str, state: &str): "“{step}” is not possible: the request is “{state}”." | "未能「{step}」：申請狀況為「{state}」。";
    progress_bad_share: "Enter a per cent above 0 and up to 100, such as 80 or 72.5." | "請輸入大於0而不超過100的百分比，例如80或72.5。";
    progress_bad_groups: "There are at most three groups of options." | "選修組別最多三組。";
    progress_bad_count: "Choose at least as many modules as must be passed, and at least one." | "所選單元不得少於須合格的數目，且最少一個。";
    progress_bad_twice: "A module stands in one place only." | "每個單元只可列於一處。";
    progress_bad_forms: "Write one form a line: key | English name | Chinese name. Keys are small letters, digits and _, each once." | "每行一份表格：代號 | 英文名稱 | 中文名稱。代號只可用小寫字母、數字及_，不可重複。";
    progress_need_name: "Enter a name." | "請輸入名稱。";
    progress_bad_practice: "Choose the capstone, or let a placement do." | "請選擇總結專題單元，或接受以實習代替。";
    progress_bad_empty: "Rules that ask for nothing cannot be kept." | "規則不可沒有任何要求。";
    progress_bad_span(most: i64): "The last day is not before the first, and the pause is shorter than {most} days." | "最後一天不得早於第一天，休學期須少於{most}日。";
}
