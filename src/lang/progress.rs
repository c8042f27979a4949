//! Texts of completion: rules, verdicts, confirmation, pauses in learning.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    progress_draft: "Draft" | "草稿";
    progress_published: "Published" | "已公布";
    progress_met: "Met" | "已符合";
    progress_open: "Open" | "待完成";
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
    progress_refuse_not_trainee: "Only trainees who take part now can ask for a break." | "只有在學學員可申請。";
    progress_refuse_asked: "A request waits for its answer already." | "已有申請等候回覆。";
    progress_refuse_overlaps: "These days meet another break." | "所選日子與另一段休學期重疊。";
    progress_refuse_not_begun: "The break has not begun; nobody can return from it yet." | "休學期尚未開始，未可復課。";
    progress_refuse_not_yet: "A deferral takes effect when it is granted. Grant it on its first day, not before." | "延期修讀於批准時即時生效，請於首日或之後才批准。";
    progress_refuse_nothing_missed: "No due time that can still be moved fell in this break." | "休學期內沒有仍可順延的截止時間。";
    progress_refuse_still_open: "Every line can still be met; nothing to end here before the cohort is over." | "各項要求仍可符合，本屆結束前未可結束學籍。";
    progress_back_late(last: &str): "The break ends by itself on {last}: the first day back is the next day at the latest." | "休學期於{last}自動結束，復課日期最遲為翌日。";
    progress_break_step_refused(step: &str, state: &str): "“{step}” is not possible: the request is “{state}”." | "未能「{step}」：申請狀況為「{state}」。";
    progress_bad_share: "Enter a per cent above 0 and up to 100, such as 80 or 72.5." | "請輸入大於0而不超過100的百分比，例如80或72.5。";
    progress_bad_groups: "There are at most three groups of options." | "選修組別最多三組。";
    progress_bad_count: "Choose at least as many modules as must be passed, and at least one." | "所選單元不得少於須合格的數目，且最少一個。";
    progress_bad_twice: "A module stands in one place only." | "每個單元只可列於一處。";
    progress_bad_forms: "Write one form a line: key | English name | Chinese name. Keys are small letters, digits and _, each once." | "每行一份表格：代號 | 英文名稱 | 中文名稱。代號只可用小寫字母、數字及_，不可重複。";
    progress_need_name: "Enter a name." | "請輸入名稱。";
    progress_bad_practice: "Choose the capstone, or let a placement do." | "請選擇總結專題單元，或接受以實習代替。";
    progress_bad_empty: "Rules that ask for nothing cannot be kept." | "規則不可沒有任何要求。";
    progress_outside_classes(first: &str, last: &str): "The first day lies between {first} and {last}, when the cohort has classes." | "第一天須在本屆上課期內（{first}至{last}）。";
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
    letter_failed(cohort: &str): "A requirement of {cohort} is not met and cannot be met any more, and the programme office has ended your enrolment. The reason:" | "你已無法符合{cohort}的其中一項要求，計劃辦事處已結束你的學籍。原因如下：";
    letter_reopened_subject(cohort: &str): "Your enrolment in {cohort} is open again" | "你在{cohort}的學籍已恢復";
    letter_reopened(cohort: &str): "The programme office has opened your enrolment in {cohort} again. The reason:" | "計劃辦事處已恢復你在{cohort}的學籍。原因如下：";
    progress_reopen: "Open the enrolment again" | "恢復學籍";
    progress_reopen_of(name: &str): "Open the enrolment of {name} again?" | "恢復{name}的學籍？";
    progress_reopen_note: "The trainee takes part again and is told by e-mail." | "學員會恢復在學，並收到電郵通知。";
    flash_enrolment_reopened: "The enrolment is open again." | "學籍已恢復。";
    history_completion_reopened(reason: &str): "opened the enrolment again: {reason}" | "恢復學籍：{reason}";
    letter_break_granted_subject(kind: &str): "Granted: {kind}" | "已批准：{kind}";
    letter_break_entered_subject(kind: &str, cohort: &str): "{kind}: {cohort}" | "{cohort}：{kind}";
    letter_break_entered(cohort: &str): "The programme office has entered a break in learning from {cohort} for you. Your seat stays yours." | "計劃辦事處已為你登記在{cohort}休學，名額會予以保留。";
    letter_deferral_entered(cohort: &str): "The programme office has entered a deferral from {cohort} for you. Your seat has gone back; you take one again when you return." | "計劃辦事處已為你登記在{cohort}延期修讀，名額已退回，復課時再行分配。";
    letter_break_entered_frozen: "Classes in this time do not count in your attendance. If this is not as you agreed, write to the office. The reason:" | "期間的課節不計入出席率。如與你所知不符，請聯絡辦事處。原因如下：";
    letter_break_refused_subject(kind: &str): "Not granted: {kind}" | "不獲批准：{kind}";
    letter_break_granted(cohort: &str): "Your break in learning from {cohort} is granted. Your seat stays yours." | "你在{cohort}的休學申請已獲批准，名額會予以保留。";
    letter_deferral_granted(cohort: &str): "Your deferral from {cohort} is granted. Your seat has gone back; you take one again when you return." | "你在{cohort}的延期修讀申請已獲批准，名額已退回，復課時再行分配。";
    letter_break_frozen: "Classes in this time do not count in your attendance. The office says:" | "期間的課節不計入出席率。辦事處回覆：";
    letter_break_refused(kind: &str, cohort: &str): "Your request ({kind}) in {cohort} is not granted. The office says:" | "你在{cohort}的{kind}申請不獲批准。辦事處回覆：";
    letter_returned_subject(cohort: &str): "Welcome back to {cohort}" | "歡迎重返{cohort}";
    letter_returned(cohort: &str): "You take part in {cohort} again. Classes count in your attendance from this day." | "你已重返{cohort}，課節由當日起計入出席率。";
    letter_kind_completion_confirmed: "Completion confirmed" | "已確認完成";
    letter_kind_completion_revoked: "Completion revoked" | "撤銷完成紀錄";
    letter_kind_completion_failed: "Ended without completion" | "結束學籍（未完成）";
    letter_kind_enrolment_reopened: "Enrolment open again" | "恢復學籍";
    letter_kind_break_granted: "Break granted" | "批准休學或延期";
    letter_kind_break_entered: "Break entered by the office" | "辦事處登記休學或延期";
    letter_kind_break_refused: "Break not granted" | "不批准休學或延期";
    letter_kind_break_returned: "Return from a break" | "復課";
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
    history_break_entered(kind: &str): "entered for the trainee: {kind}" | "為學員登記：{kind}";
    history_break_due_moved(n: i64): "granted {n} later due time that the break asked for" + "granted {n} later due times that the break asked for" | "批准因休學期順延{n}項截止時間";
    history_break_granted(kind: &str): "granted: {kind}" | "批准：{kind}";
    history_break_refused(kind: &str): "did not grant: {kind}" | "不批准：{kind}";
    history_break_returned(kind: &str): "recorded the return: {kind}" | "記錄復課：{kind}";
}

texts! {
    progress_place_ready: "Ready to confirm" | "可確認";
    progress_place_open: "On the way" | "進行中";
    progress_place_failed: "Cannot complete" | "無法完成";
    progress_place_frozen: "On a break" | "休學中";
    progress_place_confirmed: "Confirmed" | "已確認";
    progress_place_changed: "Confirmed, changed since" | "已確認，其後有變";
    progress_place_away: "Takes no part now" | "現不在學";
    progress_line_whole: "Attendance over all modules" | "整體出席率";
    progress_line_each(module: &str): "Attendance in {module}" | "{module}出席率";
    progress_line_any(n: u32, codes: &str): "Any {n} of {codes}" | "{codes}任選{n}個";
    progress_line_mark(module: &str): "Mark in {module}" | "{module}成績";
    progress_line_average: "Average mark, weighted by hours" | "平均成績（按學時加權）";
    progress_line_either(module: &str): "Placement, or {module}" | "實習或{module}";
    progress_line_capstone(module: &str): "Capstone: {module}" | "總結專題：{module}";
    progress_line_placement: "Placement" | "實習";
    progress_why_attended: "Enough was attended." | "出席率足夠。";
    progress_why_so_far(ahead: &str): "Enough so far; {ahead} are still to come." | "至今足夠，尚有{ahead}課節。";
    progress_why_must(least: &str, ahead: &str): "At least {least} of the {ahead} still to come must be attended." | "尚餘{ahead}課節，最少須出席{least}。";
    progress_why_all(ahead: &str): "Every class that is still to come must be attended: {ahead}." | "須出席餘下所有課節，共{ahead}。";
    progress_why_no_classes: "Does not apply: there is no class to attend." | "不適用：沒有須出席的課節。";
    progress_why_again: "Failed so far; a resit or an appeal is still open." | "現時不合格，尚可補考或上訴。";
    progress_why_mark_so_far: "High enough so far; results are still to come." | "至今達標，尚有成績未公布。";
    progress_why_nothing_held: "No class has been counted yet." | "尚未有課節計算在內。";
    progress_why_lost: "Too little, even if every class still to come is attended." | "即使出席餘下全部課節，仍未達要求。";
    progress_why_passed: "Passed." | "合格。";
    progress_why_exempted: "Exempted: counts as passed and carries no mark." | "獲豁免：視作合格，不計分數。";
    progress_why_no_result: "No result is released yet." | "尚未公布成績。";
    progress_why_part_missing: "A part of the work is missing." | "尚欠部分習作。";
    progress_why_not_passed: "Failed." | "不合格。";
    progress_why_left(n: u32): "{n} more can still be passed." | "尚有{n}個可選。";
    progress_why_mark_reached: "The mark is high enough." | "成績達標。";
    progress_why_mark_low: "The mark is too low." | "成績未達標。";
    progress_why_no_mark: "There is no mark yet." | "尚未有成績。";
    progress_why_form_in: "The form is in." | "已收到表格。";
    progress_why_form_missing: "The form is missing." | "尚未收到表格。";
    progress_why_placed: "A placement is completed." | "已完成實習。";
    progress_why_no_placements: "Not done yet. Placements are not recorded here yet; only the capstone can meet this line now." | "尚未完成。系統暫未記錄實習，現時只可以總結專題符合此項。";
    progress_why_practice_open: "Not done yet." | "尚未完成。";
    progress_each_module: "Attendance in each required module" | "每個必修單元出席率";
    progress_excused: "Excused absences" | "獲准缺席";
    progress_mark_each: "Lowest mark of a module" | "單元最低成績";
    progress_forms: "Forms" | "表格";
    progress_practice: "Placement or capstone" | "實習或總結專題";

    progress_rules: "Completion rules" | "完成規則";
    progress_rules_note: "A version is frozen once it is published. A cohort keeps its own when a newer one is published." | "版本一經公布即不可更改。公布新版本後，各屆仍沿用原有版本。";
    progress_rules_none: "No rules yet" | "尚未訂立規則";
    progress_rules_none_more: "Write a draft and publish it: every cohort without rules follows it." | "請草擬並公布規則，未有規則的各屆會隨即採用。";
    progress_new_draft: "Write a new version" | "草擬新版本";
    progress_edit_draft: "Edit the draft" | "修改草稿";
    progress_version(n: i32): "Version {n}" | "第{n}版";
    progress_col_version: "Version" | "版本";
    progress_col_name: "Name" | "名稱";
    progress_col_state: "State" | "狀況";
    progress_col_published: "Published on" | "公布日期";
    progress_col_cohorts: "Followed by" | "採用屆別";
    progress_name_en: "Name in English" | "英文名稱";
    progress_name_zh: "Name in Chinese" | "中文名稱";
    progress_share_hint: "Per cent, such as 80 or 72.5; empty asks for nothing." | "百分比，例如80或72.5；留空即不設要求。";
    progress_all_of: "Modules that everybody passes" | "所有學員須合格的單元";
    progress_group_n(n: usize): "Options {n}: how many must be passed" | "選修組別{n}：須合格數目";
    progress_group(n: usize): "Options {n}: out of these" | "選修組別{n}：可選單元";
    progress_average: "Lowest average mark, weighted by notional hours" | "最低平均成績（按學時加權）";
    progress_forms_hint: "One a line: key | English name | Chinese name" | "每行一份：代號 | 英文名稱 | 中文名稱";
    progress_capstone: "Capstone" | "總結專題";
    progress_no_capstone: "None" | "沒有";
    progress_placement: "Does a completed placement do as well?" | "可否以完成實習代替？";
    progress_placement_hint: "Placements are not recorded here yet: until they are, only the capstone meets the line." | "系統暫未記錄實習；在此之前，只可以總結專題符合此項。";
    progress_save_draft: "Save the draft" | "儲存草稿";
    progress_publish: "Publish" | "公布";
    progress_publish_of(n: i32): "Publish version {n}?" | "公布第{n}版？";
    progress_publish_never: "The version. A published version is never changed; a later one takes its place." | "版本一經公布即不可更改，只可由新版本取代。";
    progress_publish_takers: "Cohorts that follow it from now on" | "隨即採用的屆別";
    progress_publish_no_takers: "None: every cohort that is not over has its own rules." | "沒有：所有未結束的屆別均已有規則。";
    progress_keepers: "Cohorts that keep their own" | "沿用原有規則的屆別";
    progress_discard: "Discard the draft" | "捨棄草稿";
    progress_discard_of(n: i32): "Discard the draft of version {n}?" | "捨棄第{n}版草稿？";
    progress_discard_does: "What it says is lost." | "草稿內容將會失去。";
    progress_asks_for: "What it asks for" | "要求";

    progress_title: "Completion" | "完成進度";
    progress_by_rules(n: i32, name: &str): "By rules version {n}: {name}" | "按第{n}版規則：{name}";
    progress_no_rules: "This cohort follows no completion rules" | "本屆尚未採用完成規則";
    progress_no_rules_more: "Choose the version that it follows; then everybody’s standing is shown here." | "請選擇採用的版本，其後此處會顯示各學員的進度。";
    progress_choose: "Choose rules" | "選擇規則";
    progress_what_if: "What if?" | "假設情況";
    progress_breaks: "Breaks and deferrals" | "休學及延期";
    progress_confirm_ready: "Confirm who is ready" | "確認可完成的學員";
    progress_confirm_chosen: "Confirm those chosen" | "確認所選學員";
    progress_select(name: &str): "Choose {name}" | "選擇{name}";
    progress_trainee: "Trainee" | "學員";
    progress_number: "Trainee number" | "學員編號";
    progress_lines_met: "Lines met" | "已符合項目";
    progress_nobody: "No trainee yet" | "尚未有學員";
    progress_nobody_more: "Trainees appear here once they have enrolled." | "學員註冊後會在此顯示。";
    progress_none_match: "Nobody matches" | "沒有符合的學員";
    progress_shown(n: usize): "{n} trainee" + "{n} trainees" | "{n}名學員";
    progress_search: "Name or number" | "姓名或編號";
    progress_of(met: usize, all: usize): "{met} of {all}" | "{met} / {all}";
    progress_confirm_of(n: usize): "Confirm the completion of {n} trainee?" + "Confirm the completion of {n} trainees?" | "確認{n}名學員完成課程？";
    progress_confirm_who: "These complete" | "以下學員完成";
    progress_confirm_left: "Chosen, and left as they are" | "已選擇但維持現狀";
    progress_confirm_mail: "Each is told by e-mail, in their own language." | "各學員會收到以其語言發出的電郵。";
    progress_confirm_do: "Confirm" | "確認";
    progress_confirm_hard: "The letters. A confirmation can be revoked, with a reason that the trainee reads." | "電郵。確認可予撤銷，但須附上學員會看到的原因。";
    progress_follow_of(n: i32): "Follow version {n} from now on?" | "由現在起採用第{n}版？";
    progress_follow: "Follow this version" | "採用此版本";
    progress_follow_rules: "Version" | "版本";
    progress_reason: "Reason" | "原因";
    progress_reason_kept: "Kept in the cohort’s history." | "會記錄於本屆的歷史。";
    progress_look: "Show who would change" | "顯示受影響的學員";
    progress_changes: "Who changes" | "受影響的學員";
    progress_changes_none: "Nobody changes." | "沒有學員受影響。";
    progress_changes_n(n: usize): "{n} trainee changes" + "{n} trainees change" | "{n}名學員受影響";
    progress_from_to(from: &str, to: &str): "{from} → {to}" | "{from} → {to}";
    progress_out_of_reach(codes: &str): "As things stand nobody can complete: the rules ask for modules that this cohort is not offered ({codes})." | "現時無人可完成課程：規則要求的單元未有向本屆開辦（{codes}）。";
    progress_no_line: "not asked for" | "不設要求";
    progress_now: "Now" | "現時";
    progress_then: "Then" | "其後";
    progress_changed_lines: "Lines that change" | "改變的項目";
    progress_what_if_note: "Nothing is saved: the address of this page holds the question. Change a threshold and see whose standing changes." | "不會儲存任何資料，頁面網址即為所問。更改要求，即可看到受影響的學員。";
    progress_what_if_try: "Try it" | "試算";
    progress_use_as_draft: "Use these as a new draft" | "用作新草稿";
    progress_replaces_draft: "This replaces the draft that stands there." | "此舉會取代現有草稿。";
    progress_same_rules: "These are the rules that the cohort follows." | "此即本屆現行規則。";
    progress_line: "Requirement" | "項目";
    progress_have: "Reached" | "現時";
    progress_need: "Needed" | "所需";
    progress_why: "Why" | "原因";
    progress_standing: "Standing" | "狀況";
    progress_of_trainee(name: &str): "Completion of {name}" | "{name}的完成進度";
    progress_frozen_note: "On a break: targets are frozen, and classes of these days count nowhere." | "休學期間：各項目標凍結，期間課節不予計算。";
    progress_changed_note: "Since then a register, a result or a form has changed: by the same rules a line is not met any more. Revoke the confirmation if it no longer holds." | "其後點名紀錄、成績或表格有變，按相同規則已有項目不再符合。如確認已不成立，請予撤銷。";
    progress_confirmed_note(on: &str): "Completion confirmed on {on}." | "已於{on}確認完成。";
    progress_days(n: usize): "{n} day counted since the cohort began, breaks left out" + "{n} days counted since the cohort began, breaks left out" | "自開課起計{n}日（休學期不計）";
    progress_time: "Time" | "時間";
    progress_record_form: "Record as received" | "記錄為已收到";
    progress_unrecord_form: "Take back" | "取消紀錄";
    progress_form_since(on: &str): "Received on {on}" | "於{on}收到";
    progress_recorded_on: "Received on" | "收到日期";
    progress_revoke: "Revoke the completion" | "撤銷完成紀錄";
    progress_revoke_of(name: &str): "Revoke the completion of {name}?" | "撤銷{name}的完成紀錄？";
    progress_revoke_note: "The enrolment is open again, and the trainee is told by e-mail. What was confirmed stays in the record as revoked." | "學籍會恢復，並以電郵通知學員；原有確認會以「已撤銷」保留於紀錄。";
    progress_reason_read: "The trainee reads it." | "學員會看到此內容。";
    progress_fail: "End without completion" | "結束學籍（未完成）";
    progress_fail_of(name: &str): "End the enrolment of {name} without completion?" | "結束{name}的學籍（未完成）？";
    progress_fail_note: "A line cannot be met any more, or the cohort is over and a line is open. The trainee is told by e-mail. The enrolment can be opened again later." | "有一項要求已無法符合，或本屆已結束而仍有項目待完成。學員會收到電郵通知，學籍日後仍可恢復。";

    progress_break_days: "Days" | "日期";
    progress_break_kind: "Kind" | "類別";
    progress_break_state: "State" | "狀況";
    progress_break_why: "Why" | "原因";
    progress_break_none: "No requests" | "沒有申請";
    progress_break_none_more: "Trainees ask for a break or a deferral on their progress page." | "學員可於其進度頁申請休學或延期修讀。";
    progress_break_of(kind: &str, name: &str): "{kind}: {name}" | "{name}：{kind}";
    progress_break_asked_on: "Asked on" | "申請日期";
    progress_break_answer: "Answer" | "回覆";
    progress_break_decide: "Send the answer" | "發出回覆";
    progress_break_decision: "Decision" | "決定";
    progress_break_decide_note: "The trainee is told by e-mail. A break keeps the seat; a deferral gives it back, and the next who fits is offered it while offers are out. A deferral takes effect at once, so it is granted from its first day on. Due times in these days stay as they are; when the break is over, this page proposes later ones for you to grant." | "學員會收到電郵通知。休學會保留名額；延期修讀則退回名額，招生期間會由下一名合適人選補上。延期修讀於批准時即時生效，故須於首日或之後才批准。期間的截止時間不會自動順延；休學期結束後，本頁會列出建議的順延供你批准。";
    progress_enter: "Enter a break or deferral" | "登記休學或延期";
    progress_enter_of(name: &str): "Enter a break or deferral for {name}" | "為{name}登記休學或延期";
    progress_enter_note: "For a trainee who cannot ask for it. It holds at once, without a request, and the trainee is told by e-mail with your reason. A break keeps the seat; a deferral gives it back, so it is entered from its first day on, and the next who fits is offered the seat while offers are out." | "供未能自行申請的學員使用。登記後即時生效，無須申請；學員會收到附有原因的電郵。休學會保留名額；延期修讀則退回名額，故須於首日或之後才登記，招生期間會由下一名合適人選補上。";
    progress_moves: "Due times that fell in this break" | "休學期內的截止時間";
    progress_moves_note: "Each would be later by the days that the trainee missed. Nothing moves before you grant it; the trainee is told of each." | "建議按學員缺課的日數順延。批准前不會更改；批准後逐一通知學員。";
    progress_moves_until: "Would be due" | "建議截止時間";
    progress_moves_say: "What the office says with it" | "辦事處附言";
    progress_moves_grant(n: usize): "Grant this extension" + "Grant these {n} extensions" | "批准這{n}項順延";
    progress_break_back: "Record the return" | "記錄復課";
    progress_break_back_on: "Takes part again from" | "復課日期";
    progress_break_back_note: "Classes count from this day. A break ends by itself on its last day; record a return only when it ends earlier. Who was deferred takes a free seat of the cohort." | "由當日起計算課節。休學期於最後一天自動結束，提早復課才須記錄。延期修讀的學員會取得本屆的空缺名額。";
    progress_days_from_to(from: &str, to: &str): "{from} to {to}" | "{from}至{to}";

    progress_mine: "My progress" | "我的進度";
    progress_mine_none: "No enrolment yet" | "尚未註冊";
    progress_mine_none_more: "Your progress appears here once you have enrolled." | "註冊後，你的進度會在此顯示。";
    progress_mine_no_rules: "The programme office has not set the completion rules of your cohort yet." | "計劃辦事處尚未訂立你所屬屆別的完成規則。";
    progress_mine_summary(met: usize, all: usize): "{met} of {all} requirements met" | "{all}項要求中已符合{met}項";
    progress_hours_title: "Hours by category" | "各類學時";
    progress_hours_note: "Classes as you attended them; study and assessment of the modules that you have passed, as planned." | "課堂按實際出席計算；自學及評核按已合格單元的計劃時數計算。";
    progress_hours_contact: "Classes attended" | "已出席課堂";
    progress_hours_study: "Guided self-study" | "導修自學";
    progress_hours_assessment: "Assessment" | "評核";
    progress_hours_theme(theme: &str): "Theme: {theme}" | "主題：{theme}";
    progress_competencies: "Competencies gained" | "已獲能力";
    progress_competencies_none: "They appear with the first module that you pass." | "通過首個單元後會在此顯示。";
    progress_competency: "Competency" | "能力";
    progress_level: "Level" | "級別";
    progress_ask_break: "Ask for a break or a deferral" | "申請休學或延期修讀";
    progress_my_breaks: "My breaks and deferrals" | "我的休學及延期";
    progress_ask_note: "A break keeps your seat and you come back into the same cohort. A deferral gives your seat back, from the day on which it is granted, until there is one for you again. Due times in these days do not move by themselves: once you are back, the programme office is shown them and can grant later ones." | "休學會保留名額，復課後仍屬同一屆別。延期修讀由批准當日起退回名額，待有空缺時再行分配。期間的截止時間不會自動順延；復課後，計劃辦事處會收到提示，可批准順延。";
    progress_breaks_waiting(n: i64): "{n} request waits" + "{n} requests wait" | "{n}項申請待回覆";
    progress_ask: "Ask" | "提出申請";
    progress_withdraw: "Withdraw the request" | "撤回申請";

    flash_rules_saved: "The draft is saved." | "草稿已儲存。";
    flash_rules_published: "The rules are published." | "規則已公布。";
    flash_rules_discarded: "The draft is gone." | "草稿已捨棄。";
    flash_rules_chosen: "The cohort follows these rules." | "本屆已採用此規則。";
    flash_completion_confirmed: "The completion is confirmed." | "已確認完成。";
    flash_completion_revoked: "The completion is revoked." | "完成紀錄已撤銷。";
    flash_completion_failed: "The enrolment has ended." | "學籍已結束。";
    flash_form_recorded: "The form is recorded." | "表格已記錄。";
    flash_form_unrecorded: "The record is taken back." | "紀錄已取消。";
    flash_break_asked: "The request has gone to the programme office." | "申請已送交計劃辦事處。";
    flash_break_withdrawn: "The request is withdrawn." | "申請已撤回。";
    flash_break_decided: "The answer is sent." | "回覆已發出。";
    flash_break_entered: "Entered, and the trainee told." | "已登記並通知學員。";
    flash_break_due_moved: "The later due times are granted, and the trainee told of each." | "已批准順延，並逐一通知學員。";
    flash_break_returned: "The return is recorded." | "復課已記錄。";
}

impl Lang {
    /// The kind of a letter about completion; empty for another room's.
    pub(super) fn letter_kind_of_progress(self, kind: &str) -> &'static str {
        match kind {
            "completion_confirmed" => self.letter_kind_completion_confirmed(),
            "completion_revoked" => self.letter_kind_completion_revoked(),
            "completion_failed" => self.letter_kind_completion_failed(),
            "enrolment_reopened" => self.letter_kind_enrolment_reopened(),
            "break_entered" => self.letter_kind_break_entered(),
            "break_granted" => self.letter_kind_break_granted(),
            "break_refused" => self.letter_kind_break_refused(),
            "break_returned" => self.letter_kind_break_returned(),
            _ => "",
        }
    }

    /// Words for the events of completion and of pauses in learning.
    pub(super) fn progress_history(self, verb: &str, details: &Value) -> Option<String> {
        let word = |name: &str| details.get(name).and_then(Value::as_str);
        let n = details.get("number").and_then(Value::as_i64).unwrap_or(0);
        let reason = || word("reason").unwrap_or("–");
        let form = || {
            self.pick(word("en"), word("zh"))
                .or(word("form"))
                .unwrap_or("–")
        };
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
            "completion.reopened" => self.history_completion_reopened(reason()),
            "completion.failed" => self.history_completion_failed(reason()),
            "completion.form_in" => self.history_form_in(form()),
            "completion.form_gone" => self.history_form_gone(form()),
            "enrolment.deferred" => self.history_deferred().to_owned(),
            "enrolment.returned" => self.history_returned().to_owned(),
            "break.asked" => self.history_break_asked(kind()),
            "break.withdrawn" => self.history_break_withdrawn(kind()),
            "break.entered" => self.history_break_entered(kind()),
            "break.due_moved" => self.history_break_due_moved(n),
            "break.granted" => self.history_break_granted(kind()),
            "break.refused" => self.history_break_refused(kind()),
            "break.returned" => self.history_break_returned(kind()),
            _ => return None,
        })
    }

    /// Flashes of the room.
    pub(super) fn flash_progress(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "rules_saved" => self.flash_rules_saved(),
            "rules_published" => self.flash_rules_published(),
            "rules_discarded" => self.flash_rules_discarded(),
            "rules_chosen" => self.flash_rules_chosen(),
            "completion_confirmed" => self.flash_completion_confirmed(),
            "completion_revoked" => self.flash_completion_revoked(),
            "enrolment_reopened" => self.flash_enrolment_reopened(),
            "completion_failed" => self.flash_completion_failed(),
            "form_recorded" => self.flash_form_recorded(),
            "form_unrecorded" => self.flash_form_unrecorded(),
            "break_asked" => self.flash_break_asked(),
            "break_withdrawn" => self.flash_break_withdrawn(),
            "break_decided" => self.flash_break_decided(),
            "break_entered" => self.flash_break_entered(),
            "break_due_moved" => self.flash_break_due_moved(),
            "break_returned" => self.flash_break_returned(),
            _ => return None,
        })
    }
}
