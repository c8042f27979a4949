//! Texts of the letters about decisions, offers and enrolment.
use super::texts;

texts! {
    letter_reference: "Reference" | "申請編號";
    letter_answer_by: "Answer by" | "回覆限期";
    letter_starts_on: "Classes begin" | "開課日期";
    letter_position: "Your position on the waitlist" | "你的候補次序";
    letter_status_button: "See your application" | "查看申請";
    letter_answer_button: "See the offer and answer" | "查看取錄通知並回覆";
    letter_enrol_button: "Enrol now" | "辦理入學註冊";
    letter_offer_note: "Opening the link does not answer the offer; the page asks you first. If we do not hear from you by the date above, the seat goes to the next person on the waitlist." | "開啟連結並不代表回覆，頁面會先請你確認。如未能於上述限期前回覆，名額將給予下一位候補者。";
    letter_held_for(organisation: &str): "This is a seat held for people of {organisation}." | "此為{organisation}的預留名額。";

    letter_offered_subject(cohort: &str): "You have an offer: {cohort}" | "取錄通知：{cohort}";
    letter_offered(cohort: &str): "We are glad to offer you a seat in {cohort}." | "我們很高興通知你，你已獲{cohort}取錄。";
    letter_promoted_subject(cohort: &str): "A seat has become free for you: {cohort}" | "現有名額給你：{cohort}";
    letter_promoted(cohort: &str): "A seat in {cohort} has become free, and you are next on the waitlist. We are glad to offer it to you." | "{cohort}現有名額空出，而你是下一位候補者。我們很高興取錄你。";
    letter_reminder_subject(deadline: &str): "Please answer your offer by {deadline}" | "請於{deadline}前回覆取錄通知";
    letter_reminder(cohort: &str): "Your offer of a seat in {cohort} is waiting for your answer." | "你在{cohort}的取錄通知尚待回覆。";
    letter_extended_subject(deadline: &str): "You have more time to answer: {deadline}" | "回覆限期已延至{deadline}";
    letter_extended(cohort: &str): "You have more time to answer your offer of a seat in {cohort}." | "你在{cohort}的取錄通知已延長回覆限期。";
    letter_waitlisted_subject(cohort: &str): "You are on the waitlist: {cohort}" | "你已列入候補名單：{cohort}";
    letter_waitlisted(cohort: &str): "Your application to {cohort} is on the waitlist. If a seat that fits you becomes free, we will offer it to you in the order of the list; you need not do anything now." | "你申請{cohort}，現已列入候補名單。如有合適名額，我們會按次序通知你；目前你毋須採取行動。";
    letter_result_subject(cohort: &str): "The result of your application: {cohort}" | "申請結果：{cohort}";
    letter_rejected(cohort: &str): "Thank you for applying to {cohort}. There were more good applications than seats, and yours was not selected this time. You are welcome to apply to a later cohort." | "多謝你申請{cohort}。由於申請踴躍而名額有限，你的申請今次未獲取錄。歡迎你申請其後的屆別。";
    letter_ineligible(cohort: &str): "Thank you for applying to {cohort}. Your application does not meet the conditions of this call." | "多謝你申請{cohort}。你的申請不符合本屆的申請資格。";
    letter_accepted_subject(cohort: &str): "Your seat is yours; please enrol: {cohort}" | "名額已為你保留，請辦理入學註冊：{cohort}";
    letter_accepted(cohort: &str): "You have accepted your seat in {cohort}. One step is left: tell us the name for your certificate and whom to call in an emergency." | "你已接受{cohort}的取錄。餘下一步：請提供證書上的姓名及緊急聯絡人。";
    letter_declined_subject(cohort: &str): "You have declined your offer: {cohort}" | "你已婉拒取錄：{cohort}";
    letter_declined(cohort: &str): "You have declined your seat in {cohort}. Thank you for telling us; the seat goes to the next person on the waitlist." | "你已婉拒{cohort}的取錄。多謝你告知我們，名額將給予下一位候補者。";
    letter_expired_subject(cohort: &str): "Your offer has expired: {cohort}" | "取錄通知已逾期：{cohort}";
    letter_expired(cohort: &str): "We did not hear from you in time, so your offer of a seat in {cohort} has expired and the seat goes to the next person on the waitlist. You are welcome to apply to a later cohort." | "由於未有在限期前收到你的回覆，你在{cohort}的取錄通知已逾期，名額將給予下一位候補者。歡迎你申請其後的屆別。";
    letter_withdrawn_subject(cohort: &str): "Your offer was withdrawn: {cohort}" | "取錄通知已撤回：{cohort}";
    letter_withdrawn(cohort: &str): "We have had to withdraw your offer of a seat in {cohort}. Your application is under review again, and we will write to you." | "我們須撤回你在{cohort}的取錄通知。你的申請會重新評審，我們會再通知你。";
    letter_application_withdrawn_subject(cohort: &str): "You have withdrawn your application: {cohort}" | "你已撤回申請：{cohort}";
    letter_application_withdrawn(cohort: &str): "You have withdrawn your application to {cohort}. Any offer or place on the waitlist has ended with it." | "你已撤回{cohort}的申請；相關的取錄通知或候補次序亦已取消。";

    letter_enrolled_subject(cohort: &str): "You are enrolled: {cohort}" | "入學註冊已完成：{cohort}";
    letter_enrolled(cohort: &str): "Welcome to {cohort}. Your enrolment is complete; please keep your trainee number." | "歡迎參加{cohort}。你已完成入學註冊，請保存你的學員編號。";
    letter_enrolment_button: "See your enrolment" | "查看入學註冊";
    letter_left_subject(cohort: &str): "You have left {cohort}" | "你已退出{cohort}";
    letter_left(cohort: &str): "Your enrolment in {cohort} has ended, and your seat is given back." | "你在{cohort}的入學註冊已終止，名額亦已交回。";
}
