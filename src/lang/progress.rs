//! Texts of completion: rules, verdicts, confirmation, pauses in learning.
use serde_json::Value;

use super::{Lang, texts};

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

texts! {
    progress_unknown_module: "Choose published modules of this programme." | "請選擇本計劃已公布的單元。";
    progress_need_reason: "Give a reason: trainees may count on the rules that they know." | "請說明原因：學員或已按現行規則作安排。";
    progress_not_future: "The day lies in the future." | "日期不可為將來。";
    progress_confirmed_on: "Confirmed on" | "確認日期";
    progress_from: "From" | "由";
    progress_to: "To" | "至";
    progress_back_on: "Back from" | "復課日期";
    letter_completed_subject(cohort: &str): "You have completed {cohort}" | "你已完成{cohort}";
    letter_completed(cohort: &str): "Congratulations. You have met every requirement of {cohort}, and the programme office has confirmed your completion." | "恭喜。你已符合{cohort}的所有要求，計劃辦事處已確認你完成課程。";
    letter_revoked_subject(cohort: &str): "Your completion of {cohort} was revoked" | "你的{cohort}完成紀錄已被撤銷";
    letter_revoked(cohort: &str): "The programme office has revoked the confirmation that you completed {cohort}. Your enrolment is open again. The reason:" | "計劃辦事處已撤銷你完成{cohort}的確認，你的學籍現已恢復。原因如下：";
    letter_failed_subject(cohort: &str): "Your enrolment in {cohort} has ended" | "你在{cohort}的學籍已結束";
    letter_failed(cohort: &str): "A requirement of {cohort} cannot be met any more, and the programme office has ended your enrolment. The reason:" | "你已無法符合{cohort}的其中一項要求，計劃辦事處已結束你的學籍。原因如下：";
    letter_break_granted_subject(kind: &str): "Granted: {kind}" | "已批准：{kind}";
    letter_break_refused_subject(kind: &str): "Not granted: {kind}" | "不獲批准：{kind}";
    letter_break_granted(cohort: &str): "Your break in learning from {cohort} is granted. Your seat stays yours." | "你在{cohort}的休學申請已獲批准，名額會予以保留。";
    letter_deferral_granted(cohort: &str): "Your deferral from {cohort} is granted. Your seat has gone back; you take one again when you return." | "你在{cohort}的延期修讀申請已獲批准，名額已退回，復課時再行分配。";
    letter_break_frozen: "Classes in this time do not count in your attendance. The office says:" | "期間的課節不計入出席率。辦事處回覆：";
    letter_break_refused(kind: &str, cohort: &str): "Your request ({kind}) in {cohort} is not granted. The office says:" | "你在{cohort}的{kind}申請不獲批准。辦事處回覆：";
    letter_returned_subject(cohort: &str): "Welcome back to {cohort}" | "歡迎重返{cohort}";
    letter_returned(cohort: &str): "You take part in {cohort} again. Classes count in your attendance from this day." | "你已重返{cohort}，課節由當日起計入出席率。";
    letter_progress_button: "See my progress" | "查看我的進度";
}

texts! {
    history_rules_begun(n: i64): "began the draft of rules version {n}" | "開始草擬第{n}版規則";
    history_rules_changed(n: i64): "changed the draft of rules version {n}" | "修改第{n}版規則草稿";
    history_rules_discarded(n: i64): "discarded the draft of rules version {n}" | "捨棄第{n}版規則草稿";
    history_rules_published(n: i64): "published rules version {n}" | "公布第{n}版規則";
    history_rules_chosen(n: i64): "chose completion rules version {n}" | "選用第{n}版完成規則";
    history_rules_chosen_because(n: i64, reason: &str): "chose completion rules version {n}: {reason}" | "選用第{n}版完成規則：{reason}";
    history_completion_confirmed(n: i64): "confirmed the completion by rules version {n}" | "按第{n}版規則確認完成";
    history_completion_revoked(reason: &str): "revoked the completion: {reason}" | "撤銷完成紀錄：{reason}";
    history_completion_failed(reason: &str): "ended the enrolment without completion: {reason}" | "結束學籍（未完成）：{reason}";
    history_form_in(form: &str): "recorded the form {form}" | "記錄表格{form}";
    history_form_gone(form: &str): "took back the form {form}" | "取消表格{form}的紀錄";
    history_deferred: "deferred the enrolment" | "延期修讀";
    history_returned: "took the enrolment up again" | "復課";
    history_break_asked(kind: &str): "asked: {kind}" | "提出申請：{kind}";
    history_break_withdrawn(kind: &str): "withdrew the request: {kind}" | "撤回申請：{kind}";
    history_break_granted(kind: &str): "granted: {kind}" | "批准：{kind}";
    history_break_refused(kind: &str): "did not grant: {kind}" | "不批准：{kind}";
    history_break_returned(kind: &str): "recorded the return: {kind}" | "記錄復課：{kind}";
}

impl Lang {
    /// Words for the events of completion and of pauses in learning.
    pub(super) fn progress_history(self, verb: &str, details: &Value) -> Option<String> {
        let word = |name: &str| details.get(name).and_then(Value::as_str);
        let n = details.get("number").and_then(Value::as_i64).unwrap_or(0);
        let reason = || word("reason").unwrap_or("–");
        let form = || word("form").unwrap_or("–");
        let kind = || match word("kind") {
            Some("deferral") => self.progress_kind_deferral(),
            _ => self.progress_kind_break(),
        };
        Some(match verb {
            "rules.draft_begun" => self.history_rules_begun(n),
            "rules.draft_changed" => self.history_rules_changed(n),
            "rules.draft_discarded" => self.history_rules_discarded(n),
            "rules.published" => self.history_rules_published(n),
            "cohort.rules_chosen" => match word("reason") {
                Some(reason) => self.history_rules_chosen_because(n, reason),
                None => self.history_rules_chosen(n),
            },
            "completion.confirmed" => self.history_completion_confirmed(n),
            "completion.revoked" => self.history_completion_revoked(reason()),
            "completion.failed" => self.history_completion_failed(reason()),
            "completion.form_in" => self.history_form_in(form()),
            "completion.form_gone" => self.history_form_gone(form()),
            "enrolment.deferred" => self.history_deferred().to_owned(),
            "enrolment.returned" => self.history_returned().to_owned(),
            "break.asked" => self.history_break_asked(kind()),
            "break.withdrawn" => self.history_break_withdrawn(kind()),
            "break.granted" => self.history_break_granted(kind()),
            "break.refused" => self.history_break_refused(kind()),
            "break.returned" => self.history_break_returned(kind()),
            _ => return None,
        })
    }
}
