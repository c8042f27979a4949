//! Texts of the pages of offers, releases, waitlists and enrolments, and the names of their letters.
use super::{Lang, texts};

texts! {
    offers_crumbs: "Breadcrumb" | "目前位置";
    offers_title: "Offers" | "取錄通知";
    offers_of(name: &str): "Offer to {name}" | "{name}的取錄通知";
    offers_your(cohort: &str): "Your offer: {cohort}" | "你的取錄通知：{cohort}";
    offers_offer: "Offer" | "取錄通知";
    offers_have: "You have an offer of a seat" | "你已獲取錄";
    offers_accept: "Accept the offer" | "接受取錄";
    offers_decline: "Decline the offer" | "婉拒取錄";
    offers_then_next: "After you accept we ask for your certificate name, consents and an emergency contact. If you do not answer in time, the seat goes to the next person." | "接受後，我們會請你提供證書姓名、同意事項及緊急聯絡人。如未有在限期前回覆，名額將給予下一位候補者。";
    offers_decline_sure: "Do you want to decline this offer?" | "你確定要婉拒取錄嗎？";
    offers_what_happens: "What will happen" | "將會發生的事";
    offers_not_undone: "What cannot be undone" | "不能還原的事";
    offers_decline_seat: "Your seat goes to the next person on the waitlist at once." | "你的名額會即時給予下一位候補者。";
    offers_decline_mail: "We send you a confirmation by e-mail." | "我們會以電郵向你確認。";
    offers_decline_final: "You cannot take the answer back." | "回覆後不能更改。";
    offers_decline_reason: "Why do you decline?" | "婉拒原因";
    offers_decline_reason_hint: "It helps us to plan better. Up to 500 characters." | "有助我們改善安排，最多500個字元。";
    offers_was_accepted: "You accepted this offer" | "你已接受取錄";
    offers_was_given_up: "You accepted this offer and later gave the seat up" | "你曾接受取錄，其後放棄名額";
    offers_was_declined: "You declined this offer" | "你已婉拒取錄";
    offers_was_withdrawn: "This offer was withdrawn" | "此取錄通知已撤回";
    offers_was_late: "The time to answer this offer is over" | "回覆限期已過";
    offers_enrol_next: "One step is left: enrol." | "餘下一步：辦理入學註冊。";
    offers_state: "State" | "狀態";
    offers_pool: "Pool" | "名額組別";
    offers_all: "All" | "全部";
    offers_search: "Name or reference" | "姓名或申請編號";
    offers_sort: "Sort by" | "排序";
    offers_filter: "Filter" | "篩選";
    offers_clear: "Clear" | "清除";
    offers_name: "Name" | "姓名";
    offers_note: "Note" | "備註";
    offers_score: "Score" | "評分";
    offers_language: "Language" | "語言";
    offers_made: "Made" | "發出時間";
    offers_ended: "Ended" | "完結時間";
    offers_reason: "Reason" | "原因";
    offers_total: "Total" | "總計";
    offers_offered: "Offered" | "已發通知";
    offers_free: "Free" | "剩餘";
    offers_seats: "Seats" | "名額";
    offers_none: "No offers yet" | "尚未發出取錄通知";
    offers_none_match: "Nothing matches these filters" | "沒有符合篩選條件的紀錄";
    offers_none_more: "Offers appear here once decisions are released." | "公布決定後，取錄通知會在此顯示。";
    offers_shown(n: usize): "1 shown" + "{n} shown" | "顯示{n}項";
    offers_pages: "Pages" | "分頁";
    offers_first_page: "First page" | "首頁";
    offers_next_page: "Next" | "下一頁";
    offers_history: "History" | "紀錄";
    offers_extend: "Give more time" | "延長回覆限期";
    offers_until: "New deadline (23:59 HKT)" | "新限期（香港時間23:59）";
    offers_until_hint: "A later day than the present deadline. The applicant gets an e-mail." | "須遲於現有限期；申請人會收到電郵。";
    offers_withdraw: "Withdraw the offer" | "撤回取錄通知";
    offers_withdraw_told(name: &str): "{name} gets an e-mail with the reason." | "{name}會收到列明原因的電郵。";
    offers_withdraw_next(name: &str): "The seat goes to {name}, who is next on the waitlist and fits this pool, with an e-mail." | "名額會給予{name}（下一位合適的候補者），並以電郵通知。";
    offers_withdraw_nobody: "Nobody on the waitlist fits this seat; it stays free." | "候補名單上沒有合適人選，名額將會空出。";
    offers_withdraw_review: "The application is under review again." | "申請會重新評審。";
    offers_letter_final: "A letter that has left, and the next person’s offer." | "已發出的電郵，以及下一位候補者的取錄通知。";
    offers_withdraw_reason: "Why is the offer withdrawn?" | "撤回原因";
    offers_reason_read: "The person reads this in the e-mail. Up to 500 characters." | "對方會在電郵中看到此原因，最多500個字元。";
}

texts! {
    release_title: "Release decisions" | "公布決定";
    release_explain: "A rehearsal: nothing is sent until you confirm below. What you see here is exactly what will be done." | "以下為預覽，確認前不會發出任何電郵；確認後將完全按此執行。";
    release_empty: "Decide applications first; decisions wait here until you release them together." | "請先就申請作出決定；決定會在此等候一併公布。";
    release_to_applications: "Go to the applications" | "前往申請列表";
    release_seated(n: usize): "1 applicant decided “waitlist” gets an offer at once: a seat that fits is free." + "{n} applicants decided “waitlist” get an offer at once: seats that fit them are free." | "有{n}名獲列候補的申請人將即時獲取錄，因為仍有合適的名額。";
    release_seated_more: "Nobody waits for a free seat. To keep it free, lower the capacity of its pool first." | "有剩餘名額時不設候補。如要保留名額，請先減少該組別的名額。";
    release_seat_was_free: "decided waitlist; a seat is free" | "獲列候補；仍有名額";
    release_shortfall(n: usize): "1 accepted applicant has no free seat." + "{n} accepted applicants have no free seat." | "有{n}名獲取錄的申請人未有剩餘名額。";
    release_shortfall_more: "They lead the new places on the waitlist and are told that they wait. Raise the capacity first if you want to offer them seats." | "他們會排在新增候補者之首，並獲通知正在候補。如要即時取錄，請先增加名額。";
    release_letters: "Who is told" | "通知對象";
    release_letter: "Letter" | "電郵";
    release_seats: "Which seats move" | "名額變動";
    release_gives_back(n: i32): "1 unused held seat goes to the open pool." + "{n} unused held seats go to the open pool." | "{n}個未使用的預留名額轉至公開名額。";
    release_answer_by: "New offers are answered by" | "新取錄通知的回覆限期：";
    release_at_once(n: usize): "1 decision becomes visible, and its letter is queued." + "{n} decisions become visible at once, and all letters are queued." | "{n}項決定會同時公布，所有電郵會排隊發出。";
    release_begins_note: "It is the first release: the cohort is then “Offering”." | "這是首次公布，本屆將轉為「發出取錄通知」。";
    release_final: "A released decision, and a letter that has left." | "已公布的決定及已發出的電郵。";
    release_do(n: usize): "Release 1 decision" + "Release {n} decisions" | "公布{n}項決定";
    release_promoted: "Promoted from the waitlist" | "由候補名單遞補";
    release_offers: "Offered a seat" | "獲取錄通知";
    release_waitlist: "On the waitlist" | "列入候補名單";
    release_rejected: "Not selected" | "未獲取錄";
    release_ineligible: "Not eligible" | "不符合申請資格";
    release_place(n: usize): "Place {n}" | "候補第{n}位";
    release_from_rank(n: i32): "From rank {n} of the waitlist" | "由候補次序{n}遞補";
    release_no_seat: "Accepted, no seat free" | "已取錄但名額已滿";
    waitlist_title: "Waitlist" | "候補名單";
    waitlist_explain: "A seat that becomes free goes by itself to the next person who fits its pool." | "名額空出時，會自動給予下一位合適的候補者。";
    waitlist_what_if: "What happens if…" | "假如……";
    waitlist_gives_back(pool: &str): "{pool} gives back" | "{pool}交回名額";
    waitlist_more_open: "The open pool has more" | "公開名額增加";
    waitlist_show: "Show" | "顯示";
    waitlist_nobody: "Nobody would be promoted." | "沒有人會遞補。";
    waitlist_would(n: usize): "1 person would get an offer:" + "{n} people would get an offer:" | "{n}人會獲取錄通知：";
    waitlist_rehearsal: "A rehearsal only; nothing has changed." | "只供預覽，未有任何更改。";
    waitlist_fits: "Fits" | "適用組別";
    waitlist_place: "Place" | "候補次序";
    waitlist_rank: "Rank" | "排名";
    waitlist_why: "Why waiting" | "候補原因";
    waitlist_why_full: "Accepted, but no seat was free" | "已取錄但名額已滿";
    waitlist_why_decided: "Decided: waitlist" | "決定列入候補";
    waitlist_since: "Since" | "候補日期";
    waitlist_none: "Nobody is waiting" | "沒有候補者";
    waitlist_none_more: "People appear here when a release puts them on the waitlist." | "公布決定後，列入候補名單的申請人會在此顯示。";
}

texts! {
    enrol_title: "Enrol" | "入學註冊";
    enrol_title_error: "Error: Enrol" | "錯誤：入學註冊";
    enrol_of(number: &str): "Trainee {number}" | "學員{number}";
    enrol_number: "Trainee number" | "學員編號";
    enrol_certificate_name: "Name on the certificate" | "證書上的姓名";
    enrol_certificate_hint: "Exactly as it should be printed, in English, Chinese or both." | "請按列印格式填寫，可用英文、中文或中英並列。";
    enrol_contact: "Emergency contact" | "緊急聯絡人";
    enrol_contact_name: "Contact’s name" | "聯絡人姓名";
    enrol_contact_relationship: "Relationship to you" | "與你的關係";
    enrol_contact_relationship_of: "Relationship to the trainee" | "與學員的關係";
    enrol_contact_phone: "Contact’s telephone" | "聯絡人電話";
    enrol_contact_phone_hint: "With the country code, such as +852 and 8 digits." | "請連同國家或地區號碼，例如+852及8位數字。";
    enrol_consents: "Consents" | "同意事項";
    enrol_pics_read: "Read the Personal Information Collection Statement" | "閱讀收集個人資料聲明";
    enrol_pics: "I have read and accept the Personal Information Collection Statement" | "我已閱讀並同意收集個人資料聲明";
    enrol_agreement: "I accept the trainee agreement" | "我接受學員協議";
    enrol_agreement_hint: "To attend, to keep to the rules of the programme and of my host, and to keep what is confidential." | "按時出席，遵守計劃及實習機構的規則，並保守機密。";
    enrol_photographs: "Photographs with me may be used to tell about the programme" | "計劃可使用有我在內的照片作宣傳";
    enrol_do: "Enrol" | "完成入學註冊";
    enrol_since: "Enrolled on" | "註冊日期";
    enrol_leave: "Leave the programme" | "退出計劃";
    enrol_leave_staff: "End the enrolment" | "終止入學註冊";
    enrol_curriculum: "What you will learn" | "學習內容";
    enrol_leave_sure: "End this enrolment?" | "確定終止此入學註冊？";
    enrol_leave_seat: "The seat is given back; while offers are out it goes to the next person on the waitlist." | "名額會交回；如仍在發出取錄通知，會給予下一位候補者。";
    enrol_leave_mail: "The trainee gets a confirmation by e-mail." | "學員會收到確認電郵。";
    enrol_leave_mail_own: "You get a confirmation by e-mail." | "你會收到確認電郵。";
    enrol_leave_final: "Leaving is final; to come back one applies again." | "退出後不能還原，如欲重新參加須再次申請。";
    enrolments_title: "Enrolments" | "入學註冊";
    enrolments_search: "Name or trainee number" | "姓名或學員編號";
    enrolments_none: "Nobody has enrolled yet" | "尚未有人辦理入學註冊";
    enrolments_none_more: "Trainees appear here when they have accepted an offer and enrolled." | "接受取錄並完成入學註冊的學員會在此顯示。";
}

texts! {
    letter_kind_offer_made: "Offer" | "取錄通知";
    letter_kind_offer_promoted: "Offer to somebody who waited" | "遞補取錄通知";
    letter_kind_offer_reminder: "Reminder of an offer" | "取錄通知提示";
    letter_kind_offer_extended: "More time to answer" | "延長回覆限期";
    letter_kind_waitlisted: "On the waitlist" | "列入候補名單";
    letter_kind_rejected: "Not selected" | "未獲取錄";
    letter_kind_ineligible: "Not eligible" | "不符合申請資格";
    letter_kind_offer_accepted: "Offer accepted" | "已接受取錄";
    letter_kind_offer_declined: "Offer declined" | "已婉拒取錄";
    letter_kind_offer_expired: "Offer expired" | "取錄通知逾期";
    letter_kind_offer_withdrawn: "Offer withdrawn" | "撤回取錄通知";
    letter_kind_application_withdrawn: "Application withdrawn" | "撤回申請";
    letter_kind_enrolled: "Enrolment confirmed" | "入學註冊確認";
    letter_kind_left: "Enrolment ended" | "退出確認";
}

impl Lang {
    /// The name of a letter about a decision, an offer or an enrolment, as delivery logs and previews
    /// show it; empty for letters of other rooms.
    #[must_use]
    pub fn letter_kind_of_offers(self, kind: &str) -> &'static str {
        match kind {
            "offer_made" => self.letter_kind_offer_made(),
            "offer_promoted" => self.letter_kind_offer_promoted(),
            "offer_reminder" => self.letter_kind_offer_reminder(),
            "offer_extended" => self.letter_kind_offer_extended(),
            "decision_waitlisted" => self.letter_kind_waitlisted(),
            "decision_rejected" => self.letter_kind_rejected(),
            "decision_ineligible" => self.letter_kind_ineligible(),
            "offer_accepted" => self.letter_kind_offer_accepted(),
            "offer_declined" => self.letter_kind_offer_declined(),
            "offer_expired" => self.letter_kind_offer_expired(),
            "offer_withdrawn" => self.letter_kind_offer_withdrawn(),
            "application_withdrawn" => self.letter_kind_application_withdrawn(),
            "enrolment_confirmed" => self.letter_kind_enrolled(),
            "enrolment_withdrawn" => self.letter_kind_left(),
            _ => "",
        }
    }
}
