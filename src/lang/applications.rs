//! Texts of applications and their form.
use super::texts;

texts! {
    route_university_student: "University student" | "大學生";
    route_in_service_nominee: "Nominated by employer" | "僱主提名的在職人士";
    route_recent_graduate: "Recent graduate" | "近年畢業生";
    route_open: "Open application" | "公開申請";

    decision_accept: "Accept" | "取錄";
    decision_waitlist: "Waitlist" | "列入候補名單";
    decision_reject: "Reject" | "不取錄";
    decision_ineligible: "Not eligible" | "不符合申請資格";

    outcome_offered: "Offered" | "獲取錄通知";
    outcome_waitlisted: "On the waitlist" | "候補中";
    outcome_rejected: "Not selected" | "未獲取錄";
    outcome_ineligible: "Not eligible" | "不符合申請資格";

    application_draft: "Draft" | "草稿";
    application_submitted: "Submitted" | "已遞交";
    application_under_review: "Under review" | "評審中";
    application_decided: "Decided, not released" | "已有決定，尚未公布";
    application_enrolled: "Enrolled" | "已入學註冊";
    application_withdrawn: "Withdrawn" | "已撤回";
    application_declined: "Offer declined" | "已婉拒取錄";
    application_lapsed: "Offer lapsed" | "取錄通知已逾期";
    application_deferred: "Deferred" | "已延期入學";

    next_draft: "Complete every section and submit before the call closes. A draft is not considered." | "請在截止申請前完成各部分並遞交。草稿不會獲考慮。";
    next_submitted: "We have your application. You can still change it until the call closes; review begins after that." | "我們已收到你的申請。截止申請前你仍可修改，其後將開始評審。";
    next_under_review: "Reviewers are reading your application. We will write to you when decisions are released; you need not do anything now." | "評審員正審閱你的申請。公布結果時我們會通知你，目前你毋須採取行動。";
    next_offered: "You have an offer. Accept or decline it before it expires; after that the seat goes to the next person." | "你已獲取錄通知。請在限期前接受或婉拒；逾期後名額將給予下一位候補者。";
    next_waitlisted: "You are on the waitlist. If a seat becomes free for you, we will write to you with an offer and a date by which to answer." | "你已列入候補名單。如有合適名額，我們會發出取錄通知並列明回覆限期。";
    next_rejected: "Your application was not selected for this cohort. You are welcome to apply to a later one." | "你的申請未獲本屆取錄。歡迎申請其後的屆別。";
    next_ineligible: "Your application does not meet the conditions of this cohort. You may ask us for the reason." | "你的申請不符合本屆的申請資格。你可向我們查詢原因。";
    next_enrolled: "You are enrolled. Your dates and details are on your trainee page." | "你已完成入學註冊。日期及資料載於你的學員頁面。";
    next_withdrawn: "You withdrew this application. Until the call closes you can take it up again." | "你已撤回此申請。截止申請前，你可以重新提出。";
    next_declined: "You declined the offer, and the seat went to the next person. Nothing further is needed." | "你已婉拒取錄，名額已給予下一位候補者。毋須再採取行動。";
    next_lapsed: "The offer was not answered in time, and the seat went to the next person. You are welcome to apply to a later cohort." | "取錄通知未在限期前回覆，名額已給予下一位候補者。歡迎申請其後的屆別。";
    next_deferred: "Your place is deferred. We will write to you before the next cohort starts." | "你已獲准延期入學。下一屆開課前我們會通知你。";

    refuse_call_closed: "The call is closed." | "申請已截止。";
    refuse_already_submitted: "This application has already been submitted." | "此申請早已遞交。";
    refuse_not_editable: "This application can no longer be changed." | "此申請已不能修改。";
    refuse_not_withdrawn: "Only a withdrawn application can be taken up again." | "只有已撤回的申請才可重新提出。";
    refuse_not_submitted: "Only a submitted application can go to review." | "只有已遞交的申請才可進行評審。";
    refuse_not_under_review: "Only an application under review can be decided." | "只有評審中的申請才可作出決定。";
    refuse_nothing_pending: "This application has no decision waiting for release." | "此申請沒有待公布的決定。";
    refuse_not_waitlisted: "This applicant is not on the waitlist." | "此申請人不在候補名單上。";
    refuse_no_offer: "This application has no open offer." | "此申請沒有待回覆的取錄通知。";
    refuse_withdraw_enrolled: "You are enrolled. Please leave through your trainee page instead." | "你已入學註冊，請改於學員頁面申請退出。";
    refuse_nothing_to_withdraw: "This application has ended; there is nothing to withdraw." | "此申請已結束，毋須撤回。";

    section_person: "About you" | "個人資料";
    section_route: "Route" | "申請途徑";
    section_background: "Education and employment" | "學歷及工作";
    section_statement: "Statement" | "個人陳述";
    section_document: "Curriculum vitae" | "履歷";
    section_declarations: "Declarations" | "聲明";
    section_not_started: "Not started" | "未開始";
    section_in_progress: "In progress" | "填寫中";
    section_complete: "Complete" | "已完成";

    need_given_names: "Enter your given names." | "請輸入你的英文名字。";
    need_display_name: "Enter the name by which we should address you." | "請輸入你希望我們使用的稱呼。";
    need_phone: "Enter a telephone number with its country code, such as +852 and 8 digits." | "請輸入連國家或地區號碼的電話號碼，例如+852及8位數字。";
    need_route: "Choose how you come to the programme." | "請選擇申請途徑。";
    need_university: "Choose or enter your university." | "請選擇或輸入你的大學。";
    need_graduation_year: "Enter your year of graduation." | "請輸入畢業年份。";
    need_employer: "Choose or enter your employer." | "請選擇或輸入你的僱主。";
    year_out_of_range(from: i32, to: i32): "Enter a year from {from} to {to}." | "請輸入{from}至{to}年之間的年份。";
    need_statement: "Write your statement." | "請填寫個人陳述。";
    statement_too_short(length: usize, least: usize): "The statement has 1 character; write at least {least}." + "The statement has {length} characters; write at least {least}." | "個人陳述現有{length}個字元，最少須有{least}個。";
    statement_too_long(length: usize, most: usize): "The statement has {length} characters; {most} at most." | "個人陳述現有{length}個字元，最多可有{most}個。";
    need_document: "Add your curriculum vitae." | "請上載你的履歷。";
    need_declaration_true: "Tick that what you say is true and complete." | "請勾選所述均屬真確及完整的聲明。";
    need_declaration_eligible: "Tick that you meet the conditions of the call." | "請勾選符合申請資格的聲明。";
    need_declaration_available: "Tick that you can attend on the published dates." | "請勾選能於公布的日期上課的聲明。";
    need_pics: "Read and accept the Personal Information Collection Statement." | "請閱讀並同意收集個人資料聲明。";
    pics_changed: "The Personal Information Collection Statement has changed. Please read and accept it again." | "收集個人資料聲明已更新，請重新閱讀並表示同意。";
}
