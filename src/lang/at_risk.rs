//! Texts of trainees at risk: rules and reasons, the office's pages, letters, what the trainee reads.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    risk_state_open: "New" | "新個案";
    risk_state_in_hand: "In hand" | "跟進中";
    risk_state_closed: "Closed" | "已結案";
    risk_outcome_recovered: "Back on track" | "已重上軌道";
    risk_outcome_withdrew: "Left the programme" | "已退出計劃";
    risk_outcome_deferred: "Pauses" | "暫停學習";
    risk_outcome_failed: "Failed" | "不合格";
    risk_outcome_false_alarm: "False alarm" | "誤報";
    risk_code_attendance: "Low attendance" | "出席率偏低";
    risk_code_overdue: "Overdue work" | "逾期功課";
    risk_code_silence: "Silence" | "沒有動靜";
    risk_code_low_marks: "Low marks" | "分數偏低";
    risk_code_attendance_trend: "Falling attendance" | "出席率下降";
    risk_code_marks_trend: "Falling marks" | "分數下降";

    risk_refuse_closed: "This case is closed. If something new is found, another is opened." | "此個案已結案；如有新發現，系統會另開個案。";
    risk_refuse_told: "The trainee has been written to about this case already." | "已就此個案致函學員。";
    risk_refuse_gone: "Nothing is found any more, so there is nothing to write about. Close the case instead." | "現時已沒有發現，毋須致函學員。請結案。";
    risk_refuse_not_closed: "This case is not closed, so there is no outcome to correct." | "此個案尚未結案，沒有結果可更正。";
    risk_refuse_not_staff: "Choose somebody of this programme’s office." | "請選擇本計劃辦事處的職員。";

    risk_comma: ", " | "、";
    risk_attendance(rate: &str, hours: &str, below: &str): "Attendance is {rate}% of {hours} hours held; {below}% is expected." | "已舉行{hours}小時，出席率為{rate}%，要求為{below}%。";
    risk_missed(days: &str): " Last missed: {days}." | "最近缺席：{days}。";
    risk_overdue(n: i32, day: &str): "1 piece of work has not been handed in; it was due on {day}." + "{n} pieces of work have not been handed in; the first was due on {day}." | "有{n}份功課尚未提交，最早一份的限期為{day}。";
    risk_silence(n: i32, day: &str): "No sign-in, attendance or submission for 1 day, since {day}." + "No sign-in, attendance or submission for {n} days, since {day}." | "自{day}起已有{n}日沒有登入、出席或提交功課。";
    risk_low_marks(n: i32, below: &str, lowest: &str): "1 mark is below {below}%: {lowest}%." + "{n} marks are below {below}%; the lowest is {lowest}%." | "有{n}項分數低於{below}%，最低為{lowest}%。";
    risk_attendance_trend(n: i32, recent: &str, before: &str): "At the last session attendance was {recent}%, {before}% before." + "Over the last {n} sessions attendance was {recent}%, {before}% before." | "最近{n}節課的出席率為{recent}%，之前為{before}%。";
    risk_marks_trend(n: i32, recent: &str, before: &str): "The last mark was {recent}%, {before}% on average before." + "The last {n} marks were {recent}% on average, {before}% before." | "最近{n}項分數平均為{recent}%，之前為{before}%。";

    risk_suggest_attendance: "Tell us if something keeps you from coming; an excused absence is not held against you." | "如有事情令你未能出席，請告訴我們；獲准的缺席不會計算在內。";
    risk_suggest_overdue: "Where there is still time, hand in what you have or ask for more time; about what is over, write to the programme office." | "未截止者請先提交已完成的部分或申請延期；已截止者請與計劃辦事處聯絡。";
    risk_suggest_silence: "Sign in or write to us, so that we know that all is well." | "請登入或與我們聯絡，讓我們知道你一切安好。";
    risk_suggest_marks: "Ask your instructor to go through the feedback with you." | "請與講師一起細看評語。";

    risk_title: "Trainees at risk" | "需要關注的學員";
    risk_note: "Found by plain rules, each with its numbers. A case is a question, not a verdict: talk to the trainee first." | "由清晰的規則按數字找出。個案只是一個提問，並非結論；請先與學員傾談。";
    risk_tabs: "This queue" | "關注名單";
    risk_queue: "Queue" | "名單";
    risk_rules: "Rules" | "規則";
    risk_hits: "Hits and misses" | "命中與遺漏";
    risk_look: "Look now" | "立即檢視";
    risk_looked(at: &str, n: i32): "Last look: {at}, trainees: {n}. There is a look every day." | "上次檢視：{at}，共{n}名學員。系統每日檢視一次。";
    risk_never_looked: "Nobody has been looked at yet. There is a look every day while a cohort is running." | "尚未檢視。屆別進行期間，系統每日檢視一次。";
    risk_search: "Name or number" | "姓名或編號";
    risk_living: "Not closed" | "未結案";
    risk_proposed: "Proposed for closing" | "建議結案";
    risk_resting: "Resting" | "暫停檢視";
    risk_all: "All" | "全部";
    risk_mine: "Mine" | "由我跟進";
    risk_nobody: "Nobody’s" | "未有負責人";
    risk_state: "State" | "狀態";
    risk_owner: "Owner" | "負責人";
    risk_reason: "Reason" | "原因";
    risk_reasons: "Reasons" | "原因";
    risk_reasons_last: "Reasons found last" | "最後發現的原因";
    risk_cohort: "Cohort" | "屆別";
    risk_due: "Due" | "限期";
    risk_severity: "Points" | "分值";
    risk_trainee: "Trainee" | "學員";
    risk_trainees: "Trainees" | "學員";
    risk_number: "Trainee number" | "學員編號";
    risk_opened: "Opened" | "開案日期";
    risk_gone_since: "Nothing found since" | "自何時起沒有發現";
    risk_outcome: "Outcome" | "結果";
    risk_shown(n: usize): "1 case shown" + "{n} cases shown" | "顯示{n}宗個案";
    risk_none: "Nobody is at risk by the rules" | "按規則並無需要關注的學員";
    risk_none_more: "Cases appear here after a look, with the reasons in words. “Look now” looks at once." | "檢視後，個案連同原因會在此列出。按「立即檢視」可即時檢視。";
    risk_none_match: "No case matches the filter" | "沒有符合篩選條件的個案";
    risk_gone(day: &str): "Nothing found since {day}" | "自{day}起再沒有發現";
    risk_gone_more: "The reasons are gone. Close the case if you agree; it is never closed by itself." | "原因已不存在。如你同意，請結案；系統不會自行結案。";
    risk_rests(day: &str): "Rests since {day}" | "自{day}起暫停檢視";
    risk_rests_more: "The trainee pauses or takes part no more, so nobody looks. That is no improvement: close the case with its outcome, or leave it until the trainee is back." | "學員正暫停學習或不再參與，系統因此不作檢視。這並非好轉；請按結果結案，或待學員返回再作跟進。";
    risk_assign_many: "Give the selected cases to somebody" | "分派所選個案";
    risk_assign: "Save owner and due date" | "儲存負責人及限期";
    risk_owner_due: "Owner and due date" | "負責人及限期";
    risk_need_case: "Select at least one case." | "請最少選擇一宗個案。";
    risk_need_due: "Choose today or a later day." | "請選擇今日或以後的日期。";
    risk_need_note: "Write at least one of the two notes." | "請最少填寫其中一項備註。";

    risk_of(name: &str): "At risk: {name}" | "關注個案：{name}";
    risk_by_rules: "Found by" | "依據";
    risk_rules_word(n: i32): "Version {n} of the rules" | "第{n}版規則";
    risk_rules_word_default: "The default rules" | "預設規則";
    risk_before: "The case before" | "上一宗個案";
    risk_told_at: "Trainee written to" | "致函學員";
    risk_not_told: "Not by this case" | "尚未";
    risk_closed_at: "Closed" | "結案時間";
    risk_tell: "Write to the trainee" | "致函學員";
    risk_close: "Close the case" | "結案";
    risk_note_new: "Add a note" | "新增備註";
    risk_note_internal: "Internal note" | "內部備註";
    risk_note_internal_hint: "Only the programme office reads this." | "只有計劃辦事處可閱讀。";
    risk_note_shown: "Note shown to the trainee" | "向學員顯示的備註";
    risk_note_shown_hint: "The trainee reads this on their own page, with your name." | "學員可在其頁面閱讀此備註，並看到你的姓名。";
    risk_note_save: "Save the notes" | "儲存備註";
    risk_notes: "Notes" | "備註";
    risk_notes_none: "No notes yet." | "尚未有備註。";
    risk_note_is_shown: "Shown to the trainee" | "向學員顯示";
    risk_note_is_internal: "Internal" | "內部";
    risk_tell_ask(name: &str): "Write to {name}?" | "致函{name}？";
    risk_tell_note: "Nothing is sent unless you confirm it. The trainee can already see these reasons on their own page." | "未經你確認，系統不會發出任何電郵。學員已可在其頁面看到這些原因。";
    risk_tell_says: "The letter says" | "電郵內容";
    risk_tell_final: "A letter that has been sent cannot be taken back." | "電郵一經發出，不能收回。";
    risk_tell_words: "Your own words" | "你的說話";
    risk_tell_words_hint: "They stand below the reasons, as you write them." | "會原文列於原因之下。";
    risk_close_ask(name: &str): "Close the case of {name}?" | "將{name}的個案結案？";
    risk_close_note: "The outcome is counted in hits and misses. What was dealt with here opens no case again; something new does." | "結果會計入命中與遺漏。已處理的原因不會再次開案；如有新發現則會另開個案。";

    risk_correct: "Correct the outcome" | "更正結果";
    risk_correct_ask(name: &str): "Correct the outcome of the case of {name}?" | "更正{name}個案的結果？";
    risk_correct_note: "The case stays closed. Hits and misses count the new outcome; the history keeps both, with your reason." | "個案維持結案。命中與遺漏會按新結果計算；紀錄會保留前後結果及你的理由。";
    risk_correct_reason: "Why the outcome was wrong" | "原結果有誤的原因";

    risk_rules_default: "These are the default rules. Saving makes version 1 of your own." | "現正使用預設規則。儲存後成為第1版自訂規則。";
    risk_rules_version(n: i32): "Version {n} is in force. Saving makes the next version; it holds from the next look on." | "現正使用第{n}版。儲存後成為新版本，由下次檢視起生效。";
    risk_rules_save: "Save as a new version" | "儲存為新版本";
    risk_thresholds: "Thresholds" | "界線";
    risk_points: "Points of each reason; 0 turns a rule off" | "每項原因的分值；0表示停用";
    risk_set_attendance_below: "Attendance below, in %" | "出席率低於（%）";
    risk_set_attendance_after: "Once this many hours have been held" | "已舉行時數達";
    risk_set_overdue_from: "Overdue pieces of work, from" | "逾期功課份數達";
    risk_set_silent_days: "Days of silence, from" | "沒有動靜日數達";
    risk_set_mark_below: "Marks below, in %" | "分數低於（%）";
    risk_set_trend_drop: "A fall by this many percentage points" | "下降百分點達";
    risk_set_trend_of: "Over this many of the last sessions or marks" | "比較最近幾節課或幾項分數";
    risk_set_trend_of_hint: "Of the sessions two must have been missed, in part or whole." | "當中至少兩節課缺席或未全程出席。";
    risk_set_case_from: "Points from which a case is opened" | "開案所需總分值";
    risk_set_case_from_hint: "The points of all reasons found are added up." | "將所有原因的分值相加。";

    risk_hits_note: "What became of the trainees whom each rule found, and whom no rule found. Counts, not judgements: a trainee who recovers may have been helped by the case." | "各項規則所找出的學員，以及沒有被找出的學員，最終如何。這些只是數目，並非評價：學員重上軌道，可能正因獲得跟進。";
    risk_hits_several: "A case with several reasons counts in each of their lines." | "有多項原因的個案會在各行重複計算。";
    risk_ended: "Trainees whose end is known" | "已有結果的學員";
    risk_lost_missed: "Left or failed without any case before (misses)" | "退出或不合格而從未開案（遺漏）";
    risk_lost_seen: "Left or failed, with a case before (hits)" | "退出或不合格而曾開案（命中）";
    risk_completed_seen: "Completed, with a case before" | "完成課程而曾開案";
    risk_share(part: i64, whole: i64, rate: &str): "{part} of {whole} ({rate}%)" | "{whole}名中有{part}名（{rate}%）";
    risk_share_few(part: i64, whole: i64): "{part} of {whole}; too few for a percentage" | "{whole}名中有{part}名；人數太少，不計算百分比";
    risk_rule: "Rule" | "規則";
    risk_cases: "Cases" | "個案";
    risk_not_closed: "Not closed" | "未結案";
    risk_completed: "Completed in the end" | "最終完成";

    risk_taught: "My trainees at risk" | "我的學員：需要關注";
    risk_taught_note: "Of the modules that you teach. The programme office looks after these cases; write to it if you know more." | "你任教單元的學員。個案由計劃辦事處跟進；如你知道更多情況，請聯絡辦事處。";
    risk_taught_none: "None of your trainees is at risk by the rules" | "按規則，你的學員均無需要關注";
    risk_taught_none_more: "The rules are gone through every day." | "系統每日按規則檢視。";

    teaching_waiting: "Waiting for you" | "等候你處理";
    teaching_waiting_none: "Nothing waits for you." | "沒有等候你處理的事項。";
    teaching_registers(n: i64): "1 register to sign off" + "{n} registers to sign off" | "有{n}份點名冊待簽核";
    teaching_marking(n: i64): "1 piece of work to mark" + "{n} pieces of work to mark" | "有{n}份功課待評分";
    teaching_at_risk(n: i64): "1 of your trainees is at risk" + "{n} of your trainees are at risk" | "你有{n}名學員需要關注";

    desk_need_at_risk(n: i64): "1 trainee at risk" + "{n} trainees at risk" | "有{n}名需要關注的學員";

    risk_own_title: "How you are doing" | "你的學習狀況";
    risk_own_note: "We look at attendance, work and marks every day, so that we can help in time. Here is all that is said of you." | "我們每日檢視出席、功課及分數，以便及時提供協助。以下是與你有關的所有內容。";
    risk_own_lead: "We noticed the following and would like to help." | "我們留意到以下情況，希望提供協助。";
    risk_own_gone: "What we had noticed is no longer so. Well done." | "先前留意到的情況已有改善，做得好。";
    risk_own_resting: "This rests: we do not look while you pause or once you take part no more." | "此事暫停跟進：你暫停學習期間或不再參與後，系統不會檢視。";
    risk_own_ended: "This has been settled." | "此事已處理完畢。";
    risk_own_since: "Noticed on" | "留意日期";
    risk_own_until: "Settled on" | "處理完畢日期";
    risk_own_looked: "Looked at last" | "最近檢視時間";
    risk_own_contact: "Write to" | "聯絡";
    risk_own_notes: "Notes for you" | "給你的備註";
    risk_own_wrong: "Is something here wrong? Write to us and we shall put it right." | "如內容有誤，請與我們聯絡，我們會更正。";
    risk_own_none: "Nothing is said of you here" | "這裏沒有與你有關的內容";
    risk_own_none_more: "When we notice that something may get in your way, it is said here, with its numbers and days." | "如我們留意到有事情可能影響你的學習，會連同數字及日期在此說明。";

    letter_risk_trainee_subject: "Can we help?" | "我們可以幫忙嗎？";
    letter_risk_trainee: "We noticed something in your programme and would like to help before it gets in your way." | "我們留意到你在計劃中的一些情況，希望在影響你之前提供協助。";
    letter_risk_reason(reason: &str, help: &str): "{reason} {help}" | "{reason}{help}";
    letter_risk_wrong(contact: &str): "If something here is wrong, or if you would like to talk, write to {contact}." | "如內容有誤，或你想與我們傾談，請聯絡{contact}。";
    letter_risk_owner_subject(n: usize): "1 trainee at risk is yours to look after" + "{n} trainees at risk are yours to look after" | "有{n}名需要關注的學員由你跟進";
    letter_risk_owner(n: usize): "This case has been given to you." + "These {n} cases have been given to you." | "以下{n}宗個案已交由你跟進。";
    letter_kind_risk_offer_help: "At risk: offer of help" | "關注個案：提供協助";
    letter_kind_risk_assigned: "At risk: case given" | "關注個案：分派";

    flash_risk_looked: "All trainees have been looked at." | "已檢視所有學員。";
    flash_risk_assigned: "Owner and due date are saved." | "已儲存負責人及限期。";
    flash_risk_noted: "The notes are saved." | "已儲存備註。";
    flash_risk_told: "The letter to the trainee is queued." | "致學員的電郵正排隊發出。";
    flash_risk_closed: "The case is closed." | "個案已結案。";
    flash_risk_corrected: "The outcome is corrected." | "已更正結果。";
    flash_risk_rules_set: "The rules are saved; they hold from the next look on." | "已儲存規則，由下次檢視起生效。";

    history_risk_opened(codes: &str): "found: {codes}" | "發現：{codes}";
    history_risk_found(codes: &str): "found now: {codes}" | "現時發現：{codes}";
    history_risk_gone: "found nothing any more" | "再沒有發現";
    history_risk_assigned(owner: &str, day: &str): "gave the case to {owner}, due {day}" | "將個案交由{owner}跟進，限期{day}";
    history_risk_noted: "added an internal note" | "新增內部備註";
    history_risk_noted_shown: "added a note shown to the trainee" | "新增向學員顯示的備註";
    history_risk_told: "wrote to the trainee" | "致函學員";
    history_risk_closed(outcome: &str): "closed the case: {outcome}" | "結案：{outcome}";
    history_risk_rests: "rests: the trainee pauses or takes part no more" | "暫停檢視：學員暫停學習或不再參與";
    history_risk_corrected(was: &str, now: &str, reason: &str): "corrected the outcome from “{was}” to “{now}”: {reason}" | "將結果由「{was}」更正為「{now}」：{reason}";
    history_risk_rules(n: i64): "set version {n} of the rules for trainees at risk" | "訂立第{n}版關注規則";
}

impl Lang {
    fn risk_code(self, word: &str) -> &'static str {
        match word {
            "attendance" => self.risk_code_attendance(),
            "overdue" => self.risk_code_overdue(),
            "silence" => self.risk_code_silence(),
            "low_marks" => self.risk_code_low_marks(),
            "attendance_trend" => self.risk_code_attendance_trend(),
            _ => self.risk_code_marks_trend(),
        }
    }

    fn risk_outcome_word(self, word: &str) -> &'static str {
        match word {
            "recovered" => self.risk_outcome_recovered(),
            "withdrew" => self.risk_outcome_withdrew(),
            "deferred" => self.risk_outcome_deferred(),
            "failed" => self.risk_outcome_failed(),
            _ => self.risk_outcome_false_alarm(),
        }
    }

    /// Words for the events of trainees at risk.
    pub(super) fn history_of_risk(self, verb: &str, details: &Value) -> Option<String> {
        let text = |name: &str| {
            details
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let codes = || {
            let codes = details.get("codes").and_then(Value::as_array);
            let words = codes.into_iter().flatten().filter_map(Value::as_str);
            let words: Vec<&str> = words.map(|it| self.risk_code(it)).collect();
            words.join(self.risk_comma())
        };
        let day = || {
            text("due_on")
                .parse()
                .map(|day| super::format::date(self, day))
                .unwrap_or_default()
        };
        Some(match verb {
            "risk.opened" => self.history_risk_opened(&codes()),
            "risk.found" => self.history_risk_found(&codes()),
            "risk.gone" => self.history_risk_gone().to_owned(),
            "risk.rests" => self.history_risk_rests().to_owned(),
            "risk.corrected" => self.history_risk_corrected(
                self.risk_outcome_word(text("was")),
                self.risk_outcome_word(text("outcome")),
                text("reason"),
            ),
            "risk.assigned" => self.history_risk_assigned(text("owner"), &day()),
            "risk.note_added" if details.get("shown") == Some(&Value::Bool(true)) => {
                self.history_risk_noted_shown().to_owned()
            }
            "risk.note_added" => self.history_risk_noted().to_owned(),
            "risk.told" => self.history_risk_told().to_owned(),
            "risk.closed" => self.history_risk_closed(self.risk_outcome_word(text("outcome"))),
            "risk.rules_set" => {
                let number = details.get("number").and_then(Value::as_i64);
                self.history_risk_rules(number.unwrap_or(0))
            }
            _ => return None,
        })
    }

    /// Flashes of the room.
    pub(super) fn flash_of_risk(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "risk_looked" => self.flash_risk_looked(),
            "risk_assigned" => self.flash_risk_assigned(),
            "risk_noted" => self.flash_risk_noted(),
            "risk_told" => self.flash_risk_told(),
            "risk_closed" => self.flash_risk_closed(),
            "risk_corrected" => self.flash_risk_corrected(),
            "risk_rules_set" => self.flash_risk_rules_set(),
            _ => return None,
        })
    }

    /// The kinds of the room's letters.
    pub(super) fn letter_kind_of_risk(self, kind: &str) -> &'static str {
        match kind {
            "risk_offer_help" => self.letter_kind_risk_offer_help(),
            "risk_assigned" => self.letter_kind_risk_assigned(),
            _ => "",
        }
    }
}
