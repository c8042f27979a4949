//! Texts of enrolments.
use super::texts;

texts! {
    enrolment_enrolled: "Enrolled" | "已入學註冊";
    enrolment_active: "Active" | "在學";
    enrolment_completed: "Completed" | "已完成課程";
    enrolment_withdrawn: "Withdrawn" | "已退出";
    enrolment_failed: "Not passed" | "不合格";
    enrolment_deferred: "Deferred" | "已延期入學";
    enrolment_suspended: "Suspended" | "暫停";

    enrolment_event_activate: "Activate" | "開始在學";
    enrolment_event_complete: "Confirm completion" | "確認完成課程";
    enrolment_event_fail: "Record as not passed" | "記錄為不合格";
    enrolment_event_withdraw: "Withdraw" | "退出";
    enrolment_event_defer: "Defer" | "延期入學";
    enrolment_event_suspend: "Suspend" | "暫停";
    enrolment_event_resume: "Resume" | "恢復";
    enrolment_event_return: "Return in a later cohort" | "於其後屆別復學";
    enrolment_event_reopen: "Correct the result" | "更正結果";

    enrolment_step_refused(state: &str, step: &str): "“{step}” is not possible while the enrolment is “{state}”." | "入學註冊現為「{state}」，不能執行「{step}」。";

    enrol_refuse_not_accepted: "Accept the offer first; then you can enrol." | "請先接受取錄，方可辦理入學註冊。";
    enrol_refuse_cohort_over: "The cohort is over, so there is no seat to come back to. The trainee applies for a later cohort." | "本屆已結束，未可復課，學員須另行報讀其後屆別。";
    enrol_refuse_already: "You are enrolled already." | "你早已完成入學註冊。";

    need_certificate_name: "Enter the name for the certificate." | "請輸入證書上的姓名。";
    certificate_name_long(most: usize): "The name has at most {most} characters." | "姓名最多可有{most}個字元。";
    certificate_name_characters: "The name contains characters that cannot be printed." | "姓名包含不能列印的字元。";
    need_contact_name: "Enter the name of your emergency contact." | "請輸入緊急聯絡人的姓名。";
    need_contact_relationship: "Enter how the contact is related to you." | "請輸入緊急聯絡人與你的關係。";
    contact_too_long(most: usize): "Use at most {most} characters." | "最多可輸入{most}個字元。";
    need_agreement: "Accept the trainee agreement to enrol." | "入學註冊前請接受學員協議。";
}
