//! Texts of reviews, rubrics and conflicts of interest.
use super::texts;

texts! {
    review_assigned: "Assigned" | "已分配";
    review_draft: "In progress" | "進行中";
    review_submitted: "Submitted" | "已遞交";
    review_declined: "Declined" | "已推辭";
    review_removed: "Removed" | "已移除";

    review_already_submitted: "This review has already been submitted." | "此評審早已遞交。";
    review_not_submitted: "Only a submitted review can be opened again." | "只有已遞交的評審才可重新開啟。";
    review_ended: "This review has ended." | "此評審已結束。";

    score_missing: "Give a score for this criterion." | "請為此評分準則評分。";
    score_out_of_range(least: i32, most: i32): "Give a score from {least} to {most}." | "請給予{least}至{most}分。";
    score_unknown: "This criterion is not part of the rubric." | "此準則不屬於本評分表。";

    conflict_own: "A reviewer cannot review their own application." | "評審員不能評審自己的申請。";
    conflict_organisation: "The reviewer belongs to the applicant’s university or employer." | "評審員屬於申請人的大學或僱主。";
    conflict_mail_domain: "The reviewer and the applicant have e-mail addresses at the same organisation." | "評審員與申請人的電郵地址屬於同一機構。";
    conflict_declared: "The reviewer has declared an interest in this application." | "評審員已就此申請申報利益。";

    rubric_empty: "A rubric needs at least one criterion." | "評分表最少須有一項準則。";
    rubric_weight: "Each weight is a whole number from 1 to 10,000." | "每項比重須為1至10,000的整數。";
    rubric_scale: "The scale runs from 1 to a highest score of 2 to 100." | "評分由1分起，最高分須為2至100分。";
    rubric_twice: "A criterion appears twice." | "評分準則重複。";
}
