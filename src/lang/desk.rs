//! Texts of the staff's desk: the list of applications, one application, bulk actions, reviews.
use super::texts;

texts! {
    desk_applications: "Applications" | "申請";
    desk_breadcrumb: "Breadcrumb" | "所在位置";
    desk_cohort: "Cohort" | "屆別";
    desk_reviewers: "Reviewers" | "評審員";
    desk_found(matching: &str, total: &str): "{matching} of {total} applications" | "共{total}份申請，符合條件{matching}份";
    desk_empty: "No applications yet" | "未有申請";
    desk_empty_hint: "They appear here from the day the call opens. Applications that a registry collected can be imported." | "開放申請後，申請會在此顯示。由教務處收集的申請可以匯入。";
    desk_empty_import: "Import applications" | "匯入申請";
    desk_nothing: "No application matches" | "沒有符合條件的申請";
    desk_nothing_hint: "Every word of a search must begin a name, the e-mail address or the reference. Remove a filter to see more." | "搜尋的每個字詞均須與姓名、電郵地址或編號的開首相符。移除篩選條件可查看更多申請。";
    desk_find: "Name, e-mail or reference" | "姓名、電郵或編號";
    desk_all: "All" | "全部";
    desk_sort: "Sort by" | "排序";
    desk_descending(column: &str): "{column}, descending" | "{column}（倒序）";
    desk_filter: "Filter" | "篩選";
    desk_clear: "Clear" | "清除";
    desk_shown: "Shown:" | "現正顯示：";
    desk_remove_filter: "Remove filter" | "移除篩選";
    desk_name: "Name" | "姓名";
    desk_reference: "Reference" | "編號";
    desk_state: "State" | "狀態";
    desk_route: "Route" | "申請途徑";
    desk_from: "Route and organisation" | "途徑及機構";
    desk_university: "University" | "大學";
    desk_employer: "Employer" | "僱主";
    desk_decision: "Pending decision" | "待公布決定";
    desk_decision_any: "Any decision" | "已有決定";
    desk_decision_none: "No decision" | "未有決定";
    desk_reviews: "Reviews" | "評審";
    desk_reading_unassigned: "No reviewer" | "未分配評審員";
    desk_reading_waiting: "Waiting for a reviewer" | "等候評審";
    desk_reading_scored: "Has a score" | "已有評分";
    desk_reading_unscored: "No score" | "未有評分";
    desk_reading_disagree: "Reviewers disagree" | "評審員意見分歧";
    desk_source: "Source" | "來源";
    desk_source_web: "Website" | "網站";
    desk_source_import: "Import" | "匯入";
    desk_source_api: "API" | "API";
    desk_score: "Score" | "評分";
    desk_submitted: "Submitted" | "遞交時間";
    desk_pending(decision: &str): "Pending: {decision}" | "待公布：{decision}";
    desk_apart(points: &str): "{points} apart" | "相差{points}分";
    desk_select_all: "Select all shown" | "全選本頁";
    desk_select_one(name: &str): "Select {name}" | "選取{name}";
    desk_none_selected: "None selected" | "未有選取";
    desk_one_selected: "1 selected" | "已選取1項";
    desk_many_selected: "{n} selected" | "已選取{n}項";
    desk_every(n: i64): "The one application that matches" + "All {n} that match" | "全部{n}份符合條件的申請";
    desk_with_selected: "With the selected" | "對所選申請";
    desk_preview: "Preview" | "預覽";
    desk_pages: "Pages" | "頁";
    desk_first_page: "First page" | "第一頁";
    desk_next_page: "Next page" | "下一頁";
    desk_comma: ", " | "、";
    desk_error_title(title: &str): "Error: {title}" | "錯誤：{title}";
}

texts! {
    desk_act_assign: "Assign reviewers" | "分配評審員";
    desk_act_start: "Start review" | "開始評審";
    desk_act_accept: "Decide: accept" | "決定：取錄";
    desk_act_waitlist: "Decide: waitlist" | "決定：列入候補名單";
    desk_act_reject: "Decide: reject" | "決定：不取錄";
    desk_act_ineligible: "Decide: not eligible" | "決定：不符合申請資格";
    desk_act_undo: "Take back pending decisions" | "收回待公布決定";
    desk_act_csv: "Export as CSV" | "匯出為CSV";
    desk_act_xlsx: "Export as Excel" | "匯出為Excel";
    desk_bulk_decide(decision: &str): "Set the pending decision: {decision}" | "設定待公布決定：{decision}";
    desk_bulk_button(title: &str, n: i64): "{title} ({n})" | "{title}（{n}）";
    desk_bulk_done_title(title: &str): "Done: {title}" | "已完成：{title}";
    desk_bulk_affected(n: usize): "1 application" + "{n} applications" | "{n}份申請";
    desk_bulk_will: "What will happen" | "將會發生的事";
    desk_bulk_did: "What was done" | "已完成的事";
    desk_bulk_skipped(n: usize): "1 skipped" + "{n} skipped" | "略過{n}份";
    desk_bulk_why: "Why" | "原因";
    desk_bulk_outcome: "Outcome" | "結果";
    desk_bulk_nothing: "Nothing can be done with these applications; the reasons are below." | "無法對這些申請執行此操作，原因如下。";
    desk_bulk_told: "Who is told" | "通知對象";
    desk_bulk_told_nobody: "Nobody. Applicants see a decision only when it is released." | "不會通知任何人。申請人只會在公布後得知決定。";
    desk_bulk_told_start: "Nobody by mail. Applicants see “under review” and can no longer change their applications." | "不會發出電郵。申請人會看到「評審中」，並不能再修改申請。";
    desk_bulk_told_reviewers(n: i64): "1 reviewer, by one e-mail" + "{n} reviewers, by one e-mail each" | "{n}位評審員，每人一封電郵";
    desk_bulk_seats: "Which seats move" | "名額變動";
    desk_bulk_seats_none: "None. Seats move when decisions are released." | "沒有。公布決定時名額才會變動。";
    desk_bulk_already: "It stands so already." | "現況已是如此。";
    desk_bulk_instead(after: &str, before: &str): "Pending: {after} (instead of {before})" | "待公布：{after}（原為{before}）";
    desk_bulk_conflict(name: &str, why: &str): "{name}: {why}" | "{name}：{why}";
    desk_bulk_too_many(most: i64): "At most {most} applications at once; narrow the filters." | "每次最多處理{most}份申請，請收窄篩選條件。";
    desk_bulk_nobody: "Select at least one application." | "請選取最少一份申請。";
    desk_bulk_no_reviewer: "Choose at least one reviewer." | "請選擇最少一位評審員。";
    desk_bulk_each: "Reviewers for each application, those already asked included" | "每份申請的評審員人數（包括已分配者）";
    desk_bulk_who: "Share among" | "由以下評審員分擔";
    desk_bulk_open(n: i64): "1 open review" + "{n} open reviews" | "{n}份待評審";
    desk_bulk_none: "This programme has no reviewers yet. Invite them first." | "此計劃未有評審員，請先邀請。";
    desk_bulk_update: "Update the preview" | "更新預覽";
    desk_bulk_back: "Back to the list" | "返回列表";
    desk_reason: "Reason" | "理由";
    desk_reason_hint: "For the file; it stays with the staff until the release." | "供內部存檔；公布前只有工作人員可見。";
    desk_reason_wanted: "Give the reason for this decision." | "請說明此決定的理由。";
    desk_problems(n: usize): "There is 1 problem" + "There are {n} problems" | "有{n}項需要更正";
}

texts! {
    desk_answers: "Application" | "申請內容";
    desk_statement: "Statement" | "個人陳述";
    desk_document: "Document" | "文件";
    desk_no_document: "No document" | "沒有文件";
    desk_email: "E-mail" | "電郵";
    desk_phone: "Telephone" | "電話";
    desk_language: "Language" | "語言";
    desk_field: "Field of study" | "主修範疇";
    desk_graduation: "Graduation year" | "畢業年份";
    desk_job: "Post" | "職位";
    desk_pics: "PICS version accepted" | "已同意的收集個人資料聲明版本";
    desk_scores: "Reviews and score" | "評審及評分";
    desk_mean: "Mean" | "平均分";
    desk_no_reviews: "Nobody has been asked to read this application." | "尚未分配評審員。";
    desk_ask: "Ask a reviewer" | "邀請評審員";
    desk_assign: "Assign" | "分配";
    desk_take_away: "Take away" | "移除";
    desk_give_back: "Give back" | "退回";
    desk_choose_reviewer: "Choose a reviewer" | "請選擇評審員";
    desk_no_rubric: "The cohort has no rubric yet, so nobody can score." | "此屆別未有評分表，評審員未能評分。";
    desk_decide: "Decision" | "決定";
    desk_decide_hint: "It stays pending, and can be taken back, until a release shows it." | "決定在公布前屬待公布，可隨時收回。";
    desk_set_decision: "Set the decision" | "設定決定";
    desk_undo: "Take the decision back" | "收回決定";
    desk_start: "Start review" | "開始評審";
    desk_start_hint: "From then on the applicant cannot change the application." | "開始後申請人不能再修改申請。";
    desk_decided: "Decided" | "已作決定";
    desk_decided_who: "By whom" | "決定者";
    desk_decided_when: "When" | "決定時間";
    desk_released: "Released" | "公布時間";
    desk_released_why: "The decision has been released and the applicant has been told. It can no longer be changed or taken back." | "決定已公布並已通知申請人，不能再更改或收回。";
    desk_released_offer: "The offer can be withdrawn while it is open; the application is then decided anew." | "取錄通知待回覆期間可予撤回，其後須重新作出決定。";
    desk_released_offers: "Offers of this cohort" | "此屆別的取錄通知";
    desk_not_now: "This application cannot be decided in its present state." | "此申請目前的狀態不能作出決定。";
    desk_offer: "Offer" | "取錄通知";
    desk_offer_until(state: &str, at: &str): "{state}, until {at}" | "{state}，限期{at}";
    desk_waitlist_place: "Place on the waitlist" | "候補次序";
    desk_trainee: "Trainee number" | "學員編號";
    desk_notes: "Notes" | "備註";
    desk_note_hint: "Only staff of the programme read notes; neither the applicant nor reviewers do." | "備註只供計劃工作人員閱覽，申請人及評審員均不可見。";
    desk_note_new: "New note" | "新增備註";
    desk_note_add: "Add the note" | "加入備註";
    desk_letters: "Letters" | "電郵紀錄";
    desk_no_letters: "No letter about this application yet." | "未有關於此申請的電郵。";
    desk_letter_sent: "Sent" | "已發出";
    desk_letter_queued: "Waiting" | "等候發出";
    desk_letter_dead: "Could not be delivered" | "未能送達";
    desk_letter_cancelled: "Cancelled" | "已取消";
    desk_letter_subject: "Subject" | "標題";
    desk_when: "When" | "時間";
    desk_history: "History" | "歷史紀錄";
    desk_previous: "Previous" | "上一份";
    desk_next: "Next" | "下一份";
    desk_stale: "Somebody changed this meanwhile." | "此紀錄剛被他人更改。";
    desk_stale_hint: "What you see now is the present state; what you typed is still in the form. Send it again if it still holds." | "現在顯示的是最新狀況，你輸入的內容仍在表格內。如仍適用，請再次遞交。";
    desk_decisions_on: "Decisions by" | "公布決定日期";
}

texts! {
    review_one: "Review" | "評審";
    review_progress(done: usize, asked: usize): "{done} of {asked} submitted" | "已遞交{done}份，共{asked}份";
    review_show_open: "To do" | "待評審";
    review_show_submitted: "Submitted" | "已遞交";
    review_show_all: "All" | "全部";
    review_nothing: "Nothing waits for you" | "沒有待評審的申請";
    review_nothing_hint: "When a coordinator gives you applications to read, they appear here and we write to you." | "統籌主任分配申請後，會在此顯示，我們亦會以電郵通知你。";
    review_begin: "Open the next one" | "開啟下一份";
    review_due: "Due before" | "評審限期";
    review_yours: "Your total" | "你的總分";
    review_rubric: "Your scores" | "你的評分";
    review_scale: "1 is weak, 5 is excellent. A draft is saved as you type; only what you submit counts." | "1分為欠佳，5分為優異。草稿會自動儲存，遞交後方計算。";
    review_weight(percent: i32): "{percent}% of the total" | "佔總分{percent}%";
    review_comment: "Comment for the coordinators" | "給統籌主任的意見";
    review_comment_hint: "The applicant does not see it." | "申請人不會看到。";
    review_submit_next: "Submit and open the next one" | "遞交並開啟下一份";
    review_submit: "Submit" | "遞交";
    review_save: "Save the draft" | "儲存草稿";
    review_saving: "Saving…" | "儲存中…";
    review_saved: "Saved {time}" | "已於{time}儲存";
    review_not_saved: "Not saved. Check your connection; your text is still here." | "未能儲存。請檢查網絡連線，你輸入的內容仍在此頁。";
    review_left: "{n} characters left" | "尚餘{n}個字元";
    review_over: "{n} characters too many" | "超出{n}個字元";
    review_closed: "This application is no longer being read." | "此申請已不再評審。";
    review_no_rubric: "The cohort has no rubric yet. The coordinators must set one before you can score." | "此屆別未有評分表，須由統籌主任設定後方可評分。";
    review_not_scored: "not scored" | "未評分";
    review_step_back: "Step back from this review" | "推辭此評審";
    review_step_back_hint: "If you know the applicant, share an employer with them, or have another interest, step back before you read on." | "如你認識申請人、與申請人同屬一個僱主，或有其他利益關係，請先推辭，切勿繼續閱讀。";
    review_interest: "I have an interest in this application" | "我與此申請有利益關係";
    review_interest_hint: "You will never be asked about this application again." | "你不會再獲分配此申請。";
    review_other: "For another reason, such as time" | "其他原因，例如時間不足";
    review_decline_reason: "Reason" | "原因";
    review_decline_reason_hint: "For the coordinators, at most 500 characters." | "供統籌主任參考，最多500個字元。";
    review_decline_reason_wanted: "Give a reason of at most 500 characters." | "請說明原因，最多500個字元。";
    review_why: "Why do you step back?" | "你為何推辭？";
    review_effect_told: "The coordinator who asked you, by e-mail" | "以電郵通知分配評審的統籌主任";
    review_effect_gone: "You cannot open this application any more, and your draft scores are not used." | "你將不能再開啟此申請，已儲存的評分草稿不會採用。";
    review_effect_what: "What cannot be undone" | "不能還原的事";

    desk_asked: "Asked" | "已分配";
    desk_done: "Submitted" | "已遞交";
    desk_open: "Open" | "待評審";
    desk_in_draft(n: i64): "{n} begun" | "{n}份進行中";
    desk_declined: "Stepped back" | "已推辭";
    desk_severity: "Mean given" | "平均給分";
    desk_progress: "Progress" | "進度";
    desk_remind: "Remind reviewers" | "提醒評審員";
    desk_remind_preview: "Preview reminders" | "預覽提醒";
    desk_remind_who: "Each gets one e-mail in their own language, at most one a day." | "每人會收到一封以其慣用語言撰寫的電郵，每日最多一封。";
    desk_remind_nobody: "Nothing waits for the reviewers you chose." | "所選評審員沒有待評審的申請。";
    desk_remind_send(n: usize): "Send 1 reminder" + "Send {n} reminders" | "發出{n}封提醒";
    desk_progress_empty: "Nobody has been asked yet" | "尚未分配評審";
    desk_progress_empty_hint: "Select applications in the list and choose “Assign reviewers”." | "請在申請列表選取申請，然後選擇「分配評審員」。";
    desk_idle: "Reviewers who have not been asked:" | "尚未獲分配的評審員：";

    assign_not_readable: "Only applications that were submitted and are not yet decided are read." | "只有已遞交而未有決定的申請方可評審。";
    assign_enough: "It has as many reviewers as wanted." | "評審員人數已足夠。";
    assign_nobody_left: "There are too few reviewers without an interest." | "沒有足夠並無利益衝突的評審員。";
    assign_already: "This reviewer has been asked already." | "此評審員早已獲分配。";
    assign_released: "The decision that rests on this review has been released; the review stays as it is." | "以此評審為據的決定已經公布，評審不能再更改。";
    assign_no_reviewer: "Choose a reviewer of this programme." | "請選擇此計劃的評審員。";
}

texts! {
    mail_review_assigned(n: i64, cohort: &str): "An application to review: {cohort}" + "{n} applications to review: {cohort}" | "{n}份申請待評審：{cohort}";
    mail_review_assigned_text(n: i64): "An application has been given to you to read and score." + "{n} applications have been given to you to read and score." | "現有{n}份申請分配給你閱讀及評分。";
    mail_review_reminder(n: i64, cohort: &str): "A review is waiting for you: {cohort}" + "{n} reviews are waiting for you: {cohort}" | "尚有{n}份評審待完成：{cohort}";
    mail_review_reminder_text(n: i64): "One review still waits for you. Please submit it before decisions are made, or step back so that someone else can read the application." + "{n} reviews still wait for you. Please submit them before decisions are made, or step back so that someone else can read the applications." | "你尚有{n}份評審未遞交。請在作出決定前遞交；如未能完成，請推辭以便另作安排。";
    mail_review_open: "Open my reviews" | "開啟我的評審";
    mail_review_interest: "If you know an applicant or have another interest, step back from that review before you read on." | "如你認識申請人或有其他利益關係，請先推辭該份評審，切勿繼續閱讀。";
    mail_review_declined(reference: &str): "A reviewer stepped back: {reference}" | "有評審員推辭評審：{reference}";
    mail_review_declined_interest(reviewer: &str, reference: &str): "{reviewer} has declared an interest in application {reference} and will not read it." | "{reviewer}已就申請{reference}申報利益，不會參與評審。";
    mail_review_declined_time(reviewer: &str, reference: &str): "{reviewer} cannot review application {reference}." | "{reviewer}未能評審申請{reference}。";
    mail_review_declined_next: "Ask someone else if the application needs another reader. The reason is on its page." | "如需另一位評審員，請另行分配。原因載於該申請的頁面。";
    mail_review_declined_open: "Open the application" | "開啟申請";
}

texts! {
    history_review_started: "sent the application to review" | "開始評審此申請";
    history_note_added: "added a note" | "加入備註";
    history_review_assigned(reviewer: &str): "asked {reviewer} to review" | "分配{reviewer}評審";
    history_review_removed(reviewer: &str): "took the review away from {reviewer}" | "移除{reviewer}的評審";
    history_review_reopened(reviewer: &str): "gave the review back to {reviewer}" | "將評審退回{reviewer}";
    history_review_submitted(points: &str): "submitted a review: {points}" | "遞交評審：{points}分";
    history_review_declined(reason: &str): "stepped back from the review: {reason}" | "推辭評審：{reason}";
    history_review_interest(reason: &str): "declared an interest: {reason}" | "申報利益：{reason}";
    history_review_reminded(reviewer: &str): "reminded {reviewer} of open reviews" | "提醒{reviewer}完成評審";
    history_decided(decision: &str): "set the pending decision: {decision}" | "設定待公布決定：{decision}";
    history_decided_because(decision: &str, reason: &str): "set the pending decision: {decision} ({reason})" | "設定待公布決定：{decision}（{reason}）";
    history_decision_undone: "took the pending decision back" | "收回待公布決定";
}

texts! {
    flash_note_added: "The note has been added." | "已加入備註。";
    flash_review_assigned: "The reviewer has been asked, and told by e-mail." | "已分配評審員，並以電郵通知。";
    flash_review_removed: "The review has been taken away." | "已移除該評審。";
    flash_review_reopened: "The review has been given back." | "已退回該評審。";
    flash_review_submitted: "Your review has been submitted." | "你的評審已遞交。";
    flash_review_declined: "You have stepped back from the review." | "你已推辭該評審。";
    flash_reviewers_reminded: "The reminders are on their way." | "提醒電郵即將發出。";
    flash_decision_set: "The decision is set. The applicant sees it when it is released." | "已設定決定。申請人在公布後方可得知。";
    flash_decision_undone: "The decision has been taken back." | "已收回決定。";
    flash_review_started: "The application is under review." | "申請已開始評審。";
}

impl super::Lang {
    /// The words of a verb of the desk, or nothing when it is another room's.
    #[must_use]
    pub fn history_desk(self, verb: &str, details: &serde_json::Value) -> Option<String> {
        let text = |name: &str| details.get(name).and_then(serde_json::Value::as_str);
        let reviewer = text("reviewer").unwrap_or("–");
        let reason = text("reason").unwrap_or("–");
        Some(match verb {
            "application.review_started" => self.history_review_started().to_owned(),
            "application.note_added" => self.history_note_added().to_owned(),
            "application.decision_undone" => self.history_decision_undone().to_owned(),
            "application.decided" => {
                let decision = match text("decision") {
                    Some("accept") => self.decision_accept(),
                    Some("waitlist") => self.decision_waitlist(),
                    Some("reject") => self.decision_reject(),
                    Some("ineligible") => self.decision_ineligible(),
                    _ => "–",
                };
                match text("reason") {
                    Some(reason) => self.history_decided_because(decision, reason),
                    None => self.history_decided(decision),
                }
            }
            "review.assigned" => self.history_review_assigned(reviewer),
            "review.removed" => self.history_review_removed(reviewer),
            "review.reopened" => self.history_review_reopened(reviewer),
            "review.reminded" => self.history_review_reminded(reviewer),
            "review.submitted" => {
                let milli = details
                    .get("score_milli")
                    .and_then(serde_json::Value::as_i64)
                    .unwrap_or(0);
                let hundredths = (milli + 5).div_euclid(10);
                let points = format!("{}.{:02}", hundredths / 100, hundredths % 100);
                self.history_review_submitted(&points)
            }
            "review.declined" => {
                if details.get("interest").and_then(serde_json::Value::as_bool) == Some(true) {
                    self.history_review_interest(reason)
                } else {
                    self.history_review_declined(reason)
                }
            }
            _ => return None,
        })
    }

    /// The sentence of a flash of the desk, or nothing when it is another room's.
    #[must_use]
    pub fn flash_desk(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "note_added" => self.flash_note_added(),
            "review_assigned" => self.flash_review_assigned(),
            "review_removed" => self.flash_review_removed(),
            "review_reopened" => self.flash_review_reopened(),
            "review_submitted" => self.flash_review_submitted(),
            "review_declined" => self.flash_review_declined(),
            "reviewers_reminded" => self.flash_reviewers_reminded(),
            "decision_set" => self.flash_decision_set(),
            "decision_undone" => self.flash_decision_undone(),
            "review_started" => self.flash_review_started(),
            _ => return None,
        })
    }
}
