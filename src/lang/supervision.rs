//! Texts of supervision: weekly logs, hours, evaluations, visits, incidents, the end.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    sup_log_draft: "Draft" | "草稿";
    sup_log_submitted: "Waits for the supervisor" | "等候實習主管";
    sup_log_approved: "Approved" | "已批核";
    sup_log_returned: "Returned" | "已退回";
    sup_place_office: "At the institution" | "機構內";
    sup_place_home: "At home" | "在家";
    sup_place_elsewhere: "Elsewhere" | "其他地點";
    sup_way_link: "by private link" | "專用連結";
    sup_way_institution: "by the institution" | "機構";
    sup_way_office: "by the programme office" | "計劃辦事處";
    sup_point_mid: "Half-time evaluation" | "中期評核";
    sup_point_final: "Final evaluation" | "期末評核";
    sup_author_host: "Institution" | "機構";
    sup_author_self: "Trainee, of themselves" | "學員自評";
    sup_mode_visit: "Visit" | "到訪";
    sup_mode_call: "Call" | "通話";
    sup_visit_planned: "Planned" | "已安排";
    sup_visit_held: "Took place" | "已進行";
    sup_visit_cancelled: "Did not take place" | "沒有進行";
    sup_severity_low: "Low" | "輕微";
    sup_severity_serious: "Serious" | "嚴重";
    sup_severity_critical: "Critical" | "危急";
    sup_incident_open: "Nobody has seen to it" | "未處理";
    sup_incident_acknowledged: "Being seen to" | "處理中";
    sup_incident_closed: "Closed" | "已結案";
    sup_end_health: "Health or family" | "健康或家庭";
    sup_end_conduct: "Conduct" | "操守";
    sup_end_fit: "Work and trainee did not fit" | "工作與學員不配合";
    sup_end_work: "The work changed or ended" | "工作變更或結束";
    sup_end_employment: "Employment found" | "已獲聘用";
    sup_end_other: "Another reason" | "其他原因";
    sup_refuse_not_under_way: "This placement is not under way." | "此實習並非進行中。";
    sup_refuse_log_step: "This log cannot take that step now. Reload the page to see where it stands." | "此紀錄現不能進行這個步驟，請重新載入頁面查看最新狀態。";
    sup_refuse_log_empty: "There are no hours in this log. Write at least one day, then hand it in." | "此紀錄沒有工時，請至少填寫一日後遞交。";
    sup_refuse_evaluated: "This evaluation has been handed in already." | "此評核已經遞交。";
    sup_refuse_not_complete: "Logs are not all approved, or the institution’s final evaluation is missing." | "紀錄尚未全部批核，或欠機構的期末評核。";
    sup_refuse_step: "This cannot be done any more. Reload the page to see where it stands." | "此步驟已不能進行，請重新載入頁面查看最新狀態。";
    sup_refuse_no_seat: "That posting has no seat left, or the trainee has another placement." | "該職位已無空缺，或學員已有另一實習。";
    sup_refuse_no_address: "The supervisor’s e-mail address is missing. Ask the institution or the programme office to enter it." | "欠實習主管的電郵地址，請機構或計劃辦事處補上。";
    sup_rating_1: "1 below expectation" | "1 未達期望";
    sup_rating_2: "2 developing" | "2 發展中";
    sup_rating_3: "3 meets" | "3 達標";
    sup_rating_4: "4 exceeds" | "4 超越";
    sup_rating_5: "5 outstanding" | "5 卓越";
    sup_rating_n: "Not observed" | "未有觀察";
    sup_accepted_yes: "Accepted" | "已接納";
    sup_accepted_partly: "Accepted in part" | "部分接納";
    sup_accepted_no: "Not accepted" | "不接納";
    sup_recommend_now: "Now" | "現時";
    sup_recommend_later: "Later" | "日後";
    sup_recommend_no: "No" | "否";
    sup_block_technical: "Technical" | "專業技術";
    sup_block_professional: "Professional" | "專業態度";
    sup_block_host: "The institution" | "機構";
    sup_item_risk: "AI risk identification" | "識別人工智能風險";
    sup_item_control: "Quality of control and validation work" | "控制及驗證工作質素";
    sup_item_data: "Data handling" | "數據處理";
    sup_item_tools: "Use of tools" | "工具運用";
    sup_item_regulation: "Regulatory awareness" | "監管意識";
    sup_item_reliability: "Reliability and punctuality" | "可靠及守時";
    sup_item_confidentiality: "Confidentiality and ethics" | "保密及操守";
    sup_item_writing: "Written communication" | "書面溝通";
    sup_item_speaking: "Oral communication" | "口頭溝通";
    sup_item_teamwork: "Teamwork" | "團隊合作";
    sup_item_problems: "Problem solving" | "解難能力";
    sup_item_agility: "Learning agility" | "學習能力";
    sup_item_initiative: "Initiative" | "主動性";
    sup_item_work: "The work was as the posting said" | "工作與職位描述相符";
    sup_item_guidance: "I was guided well" | "獲得良好指導";
    sup_item_feedback: "I was told how I was doing" | "得到意見回饋";
    sup_item_fairness: "I was treated fairly" | "獲公平對待";
    sup_item_learning: "I learnt what I came for" | "學到所期望的內容";

    sup_title: "Logs and evaluations" | "工作紀錄及評核";
    sup_note: "Please note" | "請注意";
    sup_logs: "Weekly logs" | "每周工作紀錄";
    sup_logs_none: "Logs begin with the first week of the placement." | "實習首周開始後才有紀錄。";
    sup_week: "Week" | "周次";
    sup_week_of(day: &str): "Week of {day}" | "{day}起的一周";
    sup_week_rests: "Rests" | "休息";
    sup_week_missing: "Not handed in" | "未遞交";
    sup_week_note: "Write each day on which you worked. A day without times is no day of work. What is approved keeps counting while you correct it." | "請填寫每個工作日；沒有時間的日子不作工作日計算。已批核的紀錄在更正期間仍然有效。";
    sup_day: "Day" | "日期";
    sup_from: "From" | "開始";
    sup_to: "To" | "結束";
    sup_rest: "Break (minutes)" | "休息（分鐘）";
    sup_time: "Time" | "時間";
    sup_times(from: &str, to: &str, rest: i32): "{from} to {to}, break {rest} min" | "{from}至{to}，休息{rest}分鐘";
    sup_hours: "Hours" | "工時";
    sup_place: "Place" | "地點";
    sup_task: "What was done" | "工作內容";
    sup_skills: "Competencies used" | "運用的能力";
    sup_remark: "Remark" | "備註";
    sup_comment: "Comment" | "意見";
    sup_hand_in: "Hand in" | "遞交";
    sup_save_draft: "Save as a draft" | "儲存草稿";
    sup_approve: "Approve" | "批核";
    sup_return: "Return with this comment" | "附意見退回";
    sup_return_instead: "Return it instead" | "改為退回";
    sup_ask_again: "Ask the supervisor again" | "再次通知實習主管";
    sup_approve_chosen: "Approve the chosen logs" | "批核所選紀錄";
    sup_need_within: "This day lies outside the placement" | "此日不在實習期內";
    sup_need_time: "Enter a time such as 09:00" | "請輸入時間，例如09:00";
    sup_need_later: "Enter a time later than the beginning" | "請輸入遲於開始的時間";
    sup_need_rest: "The break must be shorter than the work" | "休息時間必須短於工作時間";
    sup_waiting: "Logs that wait" | "待批核紀錄";
    sup_waiting_note: "Weekly logs of your trainees that wait for an answer. The supervisor named in the placement has a private link for each." | "學員待批核的每周紀錄。實習所列的實習主管會收到每份紀錄的專用連結。";
    sup_waiting_none: "No log waits" | "沒有待批核紀錄";
    sup_waiting_none_more: "Logs appear here when a trainee hands one in." | "學員遞交後，紀錄會在此顯示。";
    sup_since: "Handed in" | "遞交時間";
    sup_next: "Next page" | "下一頁";
    sup_link_done: "This has been answered. There is nothing more to do." | "已經回覆，毋須再處理。";
    sup_meter: "Hours against the contract" | "工時與合約比較";
    sup_meter_note: "Approved hours of each month against those contracted: a fifth of the week’s hours for each weekday that is no general holiday and no break. Amber below 90%, red below 80%." | "每月已批核工時與合約工時比較：每個平日（公眾假期及休假除外）以每周工時的五分之一計算。低於90%為黃色，低於80%為紅色。";
    sup_month: "Month" | "月份";
    sup_share: "Share" | "比例";
    sup_light_green: "On course" | "正常";
    sup_light_amber: "Below 90%" | "低於90%";
    sup_light_red: "Below 80%" | "低於80%";
    sup_continuous(day: &str): "Continuous contract: four weeks in a row from {day} meet the 468 rule (before 18 January 2026: 18 hours a week). Tell the institution’s HR." | "連續性合約：由{day}起連續四周符合「468」規定（2026年1月18日前為每周18小時）。請通知機構人事部門。";
    sup_mpf: "Employed for 60 days or more: MPF enrolment is due for employees." | "受僱滿60日：僱員須登記強積金。";
    sup_unfinished(n: i64): "Before this placement can be completed: {n} week without an approved log, or the final evaluation is missing." + "Before this placement can be completed: {n} weeks without an approved log, or the final evaluation is missing." | "完成此實習之前：尚有{n}周紀錄未批核，或欠期末評核。";
    sup_evaluations: "Evaluations" | "評核";
    sup_evaluation_none: "Not handed in" | "未遞交";
    sup_evaluation_note: "Ratings and comments are the trainee’s personal data: they can be read by the trainee, and are reachable by a data access request. Items that were not observed count in no mean." | "評分及意見屬學員的個人資料，學員可閱讀，亦可透過查閱資料要求取得。未有觀察的項目不計入平均分。";
    sup_evaluation_own_note: "Rate yourself. The institution does not read this; the programme office does." | "請自我評核。機構不會看到，計劃辦事處可以看到。";
    sup_deliverable: "Deliverable" | "交付成果";
    sup_strengths: "Strengths" | "優點";
    sup_improvement: "One improvement" | "一項改進";
    sup_critical: "Critical incidents" | "重大事件";
    sup_decision: "Decision" | "決定";
    sup_passed: "Placement passed" | "實習合格";
    sup_host_again: "Would host again" | "願意再次接收";
    sup_recommend: "Would recommend for hire" | "推薦聘用";
    sup_offer: "Job offer made" | "已提出聘用";
    sup_levels: "Levels of competencies seen" | "觀察到的能力水平";
    sup_level_none: "Not observed" | "未有觀察";
    sup_level_1: "1 aware" | "1 認識";
    sup_level_2: "2 assisted" | "2 在協助下";
    sup_level_3: "3 independent" | "3 獨立";
    sup_level_4: "4 leads" | "4 帶領";
    sup_mean_of(block: &str): "{block}, mean" | "{block}平均分";
    sup_review_title: "Your review of the institution" | "你對機構的評價";
    sup_review_private: "The institution never reads your review. It learns means once five trainees have given one." | "機構不會看到你的評價；至少五名學員評價後，機構才會得知平均分。";
    sup_review_done: "Handed in" | "已遞交";
    sup_review_words: "In your own words" | "補充意見";
    sup_visits: "Visits and calls" | "到訪及通話";
    sup_visits_none: "None yet." | "暫時沒有。";
    sup_visit_due: "Due" | "應安排";
    sup_plan_visit: "Plan a visit or call" | "安排到訪或通話";
    sup_visit_does: "The trainee and the institution are told the day. One visit or call a month is usual." | "系統會通知學員及機構。一般每月一次。";
    sup_mode: "How" | "方式";
    sup_planned_on: "Day" | "日期";
    sup_took_place: "Did it take place?" | "是否已進行？";
    sup_attendees: "Who was there" | "出席者";
    sup_points: "Minutes" | "紀錄";
    sup_points_hint: "The programme office alone reads this." | "只有計劃辦事處可以看到。";
    sup_concern: "There is a concern" | "有需要關注";
    sup_no_concern: "No concern" | "毋須關注";
    sup_actions: "What was agreed" | "議定事項";
    sup_actions_hint: "The trainee and the institution read this." | "學員及機構可以看到。";
    sup_actions_by: "By when" | "限期";
    sup_actions_due(day: &str): "by {day}" | "限期{day}";
    sup_incidents: "Incidents" | "事故";
    sup_incidents_note: "Only the programme office reads these, and whoever reported one their own words." | "只有計劃辦事處可以看到；舉報人只看到自己的內容。";
    sup_incidents_none: "No incident" | "沒有事故";
    sup_incidents_none_more: "Reports of trainees and institutions appear here." | "學員及機構的舉報會在此顯示。";
    sup_report_incident: "Report an incident" | "舉報事故";
    sup_incident_note: "Only the programme office reads this. In danger, call 999 first." | "只有計劃辦事處可以看到。如有危險，請先致電999。";
    sup_incident_title(when: &str): "Incident reported {when}" | "{when}舉報的事故";
    sup_severity: "Severity" | "嚴重程度";
    sup_happened_on: "When it happened" | "發生日期";
    sup_what_happened: "What happened" | "事發經過";
    sup_reported: "Reported" | "舉報時間";
    sup_see_by: "See to it by" | "處理限期";
    sup_seen_at: "Seen to since" | "開始處理時間";
    sup_steps: "Steps taken and outcome" | "處理步驟及結果";
    sup_add_break: "Record a break" | "記錄休假";
    sup_break_does: "No log is due and no hours are contracted on these days." | "期間毋須遞交紀錄，亦不計合約工時。";
    sup_complete: "Complete the placement" | "完成實習";
    sup_complete_does: "You confirm that the placement is completed. The trainee and the institution are told." | "你確認實習已完成。系統會通知學員及機構。";
    sup_end_early: "End early" | "提早終止";
    sup_end_does: "The placement ends on the day that you enter. The trainee and the institution are told that it ends, not why. It cannot be undone; another placement can be offered afterwards." | "實習於所填日期終止。系統會通知學員及機構，但不說明原因。此步驟不能還原；之後可提出另一實習。";
    sup_initiator: "Who ends it" | "由誰終止";
    sup_last_day: "Last day" | "最後一日";
    sup_end_notes: "Notes, for the programme office alone" | "備註（只供計劃辦事處）";
    sup_need_end_day: "Enter a day from the first day of the placement until today" | "請輸入由實習首日至今日之間的日期";
    sup_replace: "Offer another placement" | "提出另一實習";
    sup_replace_does: "The trainee is asked, and has seven days to answer; the new institution is told." | "系統會詢問學員，回覆期為七日，並通知新機構。";
    sup_desk: "Under way" | "進行中";
    sup_desk_note: "Placements under way, those with most to see to first." | "進行中的實習，最需處理者在前。";
    sup_desk_none: "No placement is under way" | "沒有進行中的實習";
    sup_desk_none_more: "Placements appear here once a trainee has reported for duty." | "學員報到後，實習會在此顯示。";
    sup_hours_file: "Hours of every month (CSV)" | "每月工時（CSV）";
    sup_wants_missing: "Missing logs" | "欠交紀錄";
    sup_wants_waiting: "Logs that wait" | "待批核紀錄";
    sup_wants_red: "Months below 80%" | "低於80%的月份";
    sup_wants_visit: "Visit" | "到訪";
    sup_wants_evaluation: "Missing evaluations" | "欠交評核";
    sup_wants_incident: "Open incidents" | "未結事故";

    letter_log_button: "Read and answer" | "閱讀並回覆";
    letter_evaluate_button: "Evaluate" | "進行評核";
    letter_log_note: "This link is for you alone and works without an account. It shows this one record and nothing else." | "此連結只供你使用，毋須帳戶，亦只顯示此項紀錄。";
    letter_log_waits_subject(who: &str, day: &str): "Weekly log of {who}, week of {day}" | "{who}的每周紀錄（{day}起）";
    letter_log_waits(who: &str, day: &str): "{who} has handed in the log of the week of {day}. Approve it, or return it with a comment; it takes a minute." | "{who}已遞交{day}起一周的紀錄。請批核或附意見退回，只需一分鐘。";
    letter_log_returned_subject(day: &str): "Your log was returned: week of {day}" | "你的紀錄被退回（{day}起）";
    letter_log_returned(day: &str): "Your supervisor has returned your log of the week of {day} with this comment. Please correct it and hand it in again." | "實習主管已退回你{day}起一周的紀錄，意見如下。請更正後再次遞交。";
    letter_log_missing_subject(day: &str): "A weekly log is missing: week of {day}" | "欠交每周紀錄（{day}起）";
    letter_log_missing_own(day: &str): "Your log of the week of {day} is missing. Please hand it in." | "你尚未遞交{day}起一周的紀錄，請盡快遞交。";
    letter_log_missing(who: &str, day: &str): "{who} has not handed in the log of the week of {day}, although reminded." | "{who}經提醒後仍未遞交{day}起一周的紀錄。";
    letter_log_waits_long_subject(day: &str): "A log waits long for its supervisor: week of {day}" | "紀錄久候批核（{day}起）";
    letter_log_waits_long(who: &str, day: &str): "The log of {who} of the week of {day} has waited for its supervisor for more than five working days. A fresh link was sent." | "{who}於{day}起一周的紀錄等候實習主管批核已逾五個工作天，已再發連結。";
    letter_evaluate_trainee_subject(who: &str): "Please evaluate {who}" | "請評核{who}";
    letter_evaluate_trainee(who: &str, point: &str): "An evaluation of {who} is due: {point}." | "請評核{who}：{point}。";
    letter_evaluate_own_subject: "Please evaluate yourself" | "請作自我評核";
    letter_evaluate_own(point: &str): "Your own evaluation is due: {point}." | "請作自我評核：{point}。";
    letter_visit(mode: &str, day: &str): "{mode}, {day}" | "{mode}（{day}）";
    letter_incident_subject: "An incident was reported" | "有事故舉報";
    letter_incident(severity: &str): "An incident was reported. Severity: {severity}. What happened stands in the system alone." | "有事故舉報，嚴重程度：{severity}。詳情只載於系統內。";
    letter_placement_completed(who: &str): "The placement of {who} is completed. Thank you." | "{who}的實習已完成，謹此致謝。";
    letter_placement_ended(who: &str, day: &str): "The placement of {who} has ended on {day}, before its time." | "{who}的實習已於{day}提早終止。";
    letter_placement_replaced_own: "The programme office offers you another placement. Please answer within seven days." | "計劃辦事處向你提出另一實習，請於七日內回覆。";
    letter_placement_replaced(who: &str): "The programme office has offered {who} a free seat with you. You hear when they answer." | "計劃辦事處已向{who}提出貴機構的空缺，回覆後會通知你。";

    flash_log_handed_in: "The log is handed in and the supervisor is asked." | "紀錄已遞交，並已通知實習主管。";
    flash_log_answered: "The answer is saved." | "已儲存回覆。";
    flash_supervisor_asked: "The supervisor is asked again." | "已再次通知實習主管。";
    flash_evaluated: "Handed in. Thank you." | "已遞交，謝謝。";
    flash_incident_reported: "The programme office is told." | "已通知計劃辦事處。";

    history_log_handed_in(week: &str): "handed in the log of {week}" | "遞交{week}的紀錄";
    history_log_approved(week: &str, way: &str): "approved the log of {week} {way}" | "批核{week}的紀錄（{way}）";
    history_log_returned(week: &str, way: &str): "returned the log of {week} {way}" | "退回{week}的紀錄（{way}）";
    history_evaluated(which: &str): "handed in an evaluation: {which}" | "遞交評核：{which}";
    history_visit_planned: "planned a visit or call" | "安排到訪或通話";
    history_visit_held: "wrote minutes of a visit or call" | "記錄到訪或通話";
    history_visit_cancelled: "recorded that a visit or call did not take place" | "記錄到訪或通話沒有進行";
    history_break_added: "recorded a break" | "記錄休假";
    history_placement_replaced: "offered another placement" | "提出另一實習";
    history_incident_reported: "reported the incident" | "舉報事故";
    history_incident_acknowledged: "took the incident up" | "開始處理事故";
    history_incident_closed: "closed the incident" | "事故結案";
}

impl Lang {
    /// The room's notices after an act.
    pub(super) fn flash_of_supervision(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "log_handed_in" => self.flash_log_handed_in(),
            "log_answered" => self.flash_log_answered(),
            "supervisor_asked" => self.flash_supervisor_asked(),
            "evaluated" => self.flash_evaluated(),
            "incident_reported" => self.flash_incident_reported(),
            _ => return None,
        })
    }

    /// The words of the verbs of supervision.
    pub(super) fn history_of_supervision(self, verb: &str, details: &Value) -> Option<String> {
        let text = |name: &str| {
            details
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let week = text("week")
            .parse()
            .map_or(String::new(), |day| super::format::date(self, day));
        let named = self.pick(text("en"), text("zh"));
        let told = match verb {
            "placement.log_handed_in" => return Some(self.history_log_handed_in(&week)),
            "placement.log_approved" => return Some(self.history_log_approved(&week, named)),
            "placement.log_returned" => return Some(self.history_log_returned(&week, named)),
            "placement.evaluated" => {
                return Some(self.history_evaluated(named));
            }
            "placement.visit_planned" => self.history_visit_planned(),
            "placement.visit_held" => self.history_visit_held(),
            "placement.visit_cancelled" => self.history_visit_cancelled(),
            "placement.break_added" => self.history_break_added(),
            "placement.replaced" => self.history_placement_replaced(),
            "incident.reported" => self.history_incident_reported(),
            "incident.acknowledged" => self.history_incident_acknowledged(),
            "incident.closed" => self.history_incident_closed(),
            _ => return None,
        };
        Some(told.to_owned())
    }
}
