//! Texts of registers, check-in, apologies and rates.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    presence_present: "Present" | "出席";
    presence_late: "Late" | "遲到";
    presence_excused: "Excused" | "獲准缺席";
    presence_absent: "Absent" | "缺席";
    excused_counts_absent: "Counts as absent" | "計作缺席";
    excused_counts_leaves: "Is left out of the rate" | "不計入出席率";
    excused_counts_attended: "Counts as attended" | "計作出席";
    apology_sent: "Waiting for a decision" | "待審批";
    apology_withdrawn: "Withdrawn" | "已撤回";
    apology_accepted: "Accepted" | "已接納";
    apology_declined: "Declined" | "不獲接納";
    verdict_accept: "Accept" | "接納";
    verdict_decline: "Decline" | "不接納";
    register_coming: "To come" | "未開始";
    register_open: "Open" | "可點名";
    register_missing: "Not signed off" | "尚未簽核";
    register_signed_off: "Signed off" | "已簽核";
    register_cancelled: "Session cancelled" | "課節已取消";

    att_refuse_cancelled: "The session is cancelled; it has no register." | "課節已取消，不設點名。";
    att_refuse_not_open: "The register opens shortly before the session begins." | "點名冊於上課前不久開放。";
    att_refuse_signed_off: "The register is signed off. Correct single entries, with a reason." | "點名冊已簽核，如須更正，請逐項更正並說明原因。";
    att_refuse_not_signed_off: "The register is not signed off yet; change it there." | "點名冊尚未簽核，請直接在點名冊更改。";
    att_refuse_check_in_open: "Trainees can still check in. Sign off when check-in has closed." | "學員仍可簽到，請於簽到時間結束後簽核。";
    att_refuse_unmarked: "Some trainees are unmarked. Mark them, or confirm that they were absent." | "部分學員尚未點名，請先點名，或確認其缺席。";
    att_refuse_changed: "The register has changed since you looked. Look again before you sign." | "你查看後點名冊有更改，請再查看後簽核。";
    att_refuse_too_late: "The days for corrections by instructors are over. Ask the programme office." | "講師更正期限已過，請聯絡計劃辦事處。";
    att_refuse_code: "This is not the code on the screen now. It changes every few seconds: look again and type the new one." | "此代碼與現時螢幕所示不同。代碼每隔數秒更換，請再看螢幕並輸入新代碼。";
    att_refuse_ticket: "Scan the code on the screen again. A scan is good for two minutes, once, for you and in the browser that made it." | "請再次掃描螢幕上的二維碼。每次掃描只供本人在同一瀏覽器內使用一次，有效兩分鐘。";
    att_refuse_early: "Check-in is not open yet. Nothing is lost: try again when it opens." | "簽到尚未開始。不會有任何影響，請於開放後再試。";
    att_refuse_closed: "Check-in has closed. Ask the instructor to enter you." | "簽到時間已過，請向講師報到。";
    att_refuse_not_expected: "You are not on the list of this session. Ask the instructor." | "你不在此課節的名單上，請向講師查詢。";
    att_refuse_begun: "The session has begun. Tell the programme office why you could not come." | "課節已開始，請向計劃辦事處說明缺席原因。";
    att_refuse_already: "You have sent an apology for this session already." | "你已就此課節請假。";
    att_refuse_decided: "This apology is decided or withdrawn already." | "此請假申請已有決定或已撤回。";

    att_title: "Attendance" | "出席紀錄";
    att_rates: "Attendance rates" | "出席率";
    att_registers: "Registers" | "點名冊";
    att_register: "Register" | "點名冊";
    att_register_of(title: &str): "Register: {title}" | "點名冊：{title}";
    att_policy: "How attendance counts" | "出席計算方法";
    att_apologies: "Apologies" | "請假申請";
    att_trainee: "Trainee" | "學員";
    att_number: "Trainee number" | "學員編號";
    att_rate: "Rate" | "出席率";
    att_cohort_rate: "Attendance of the whole cohort" | "全屆出席率";
    att_held: "Minutes held" | "已舉行分鐘";
    att_attended: "Minutes attended" | "出席分鐘";
    att_excused_minutes: "Minutes excused" | "獲准缺席分鐘";
    att_absences: "Absences" | "缺席次數";
    att_no_rate: "Nothing counts yet" | "暫無紀錄";
    att_rate_of(rate: &str, attended: &str, held: &str): "{rate}: {attended} of {held} attended" | "{rate}：上課{held}，出席{attended}";
    att_excused_leaves(time: &str): "{time} excused, left out" | "另有獲准缺席{time}，不計算在內";
    att_excused_attended(time: &str): "{time} excused, counted as attended" | "另有獲准缺席{time}，作出席計";
    att_excused_absent(time: &str): "{time} excused, counted as missed" | "另有獲准缺席{time}，作缺席計";
    att_threshold_told(threshold: &str): "To be reached: {threshold}" | "要求：{threshold}";
    att_under: "Under the threshold" | "低於要求";
    att_only_under: "Only under the threshold" | "只顯示低於要求的學員";
    att_search: "Name or number" | "姓名或編號";
    att_search_session: "Name or code" | "名稱或編號";
    att_sort: "Sort by" | "排序";
    att_by_name: "Name" | "姓名";
    att_by_rate: "Lowest rate first" | "出席率由低至高";
    att_none: "No trainees yet" | "暫無學員";
    att_none_more: "Trainees appear here when they have enrolled; rates appear when registers are signed off." | "學員註冊後會在此顯示；點名冊簽核後會顯示出席率。";
    att_no_registers: "No sessions yet" | "暫無課節";
    att_no_registers_more: "Publish a module with its sessions in the timetable; each session then has a register." | "請先在時間表公布單元及課節，其後每節均設點名冊。";
    att_missing_told(n: usize): "{n} register is not signed off." + "{n} registers are not signed off." | "有{n}份點名冊尚未簽核。";
    att_came: "Came" | "出席";
    att_state: "State" | "狀態";
    att_all: "All" | "全部";
    att_minutes_late: "Minutes attended, if late" | "遲到者出席分鐘";
    att_note: "Note" | "備註";
    att_minutes_hint(held: i32): "The session has {held} minutes. Enter minutes for those who came late or left early." | "本節共{held}分鐘。遲到或早退者，請輸入出席分鐘。";
    att_bad_minutes(held: i32): "Enter minutes attended: fewer than the {held} of the session." | "請輸入出席分鐘，須少於課節的{held}分鐘。";
    att_same_entry: "This is what the register says already." | "點名冊現時已是如此。";
    att_not_late(held: i32): "Choose Late for 0 to {held} minutes, or clear the minutes." | "如輸入0至{held}分鐘，請選「遲到」，否則請清除分鐘。";
    att_no_state: "Choose a state, or clear what you typed." | "請選擇狀態，否則請清除已輸入的內容。";
    att_unmarked: "Unmarked" | "未點名";
    att_unmarked_n(n: usize): "{n} unmarked" | "未點名{n}人";
    att_rest_present: "All remaining present" | "其餘全部出席";
    att_rest_absent: "All remaining absent" | "其餘全部缺席";
    att_save: "Save" | "儲存";
    att_sign: "Sign off" | "簽核";
    att_sign_of(title: &str): "Sign off the register: {title}?" | "簽核點名冊：{title}？";
    att_sign_sum(came: usize, excused: usize, absent: usize): "Came: {came}; excused: {excused}; absent: {absent}" | "出席{came}人，獲准缺席{excused}人，缺席{absent}人";
    att_sign_unmarked(names: &str): "Unmarked, recorded as absent now: {names}" | "未點名，現記錄為缺席：{names}";
    att_sign_all_marked: "Everybody is marked." | "全部學員均已點名。";
    att_sign_pending(names: &str): "Apologies not decided yet, counted as absent until they are: {names}" | "請假申請尚未有決定，決定前計作缺席：{names}";
    att_sign_told: "Those who were absent without excuse, and those whose rate falls under the threshold, by e-mail in their own language" | "無故缺席及出席率跌至低於要求的學員，以電郵通知，各按其語言";
    att_sign_hard: "After signing, entries change only by a correction with a reason. Letters that have left cannot be called back." | "簽核後只可說明原因更正。已寄出的電郵不能收回。";
    att_sign_now: "Sign off" | "簽核";
    att_sign_absent_now(n: usize): "Sign off and record {n} as absent" | "簽核並將{n}人記錄為缺席";
    att_signed_at(at: &str): "Signed off {at}" | "已於{at}簽核";
    att_correct: "Correct" | "更正";
    att_correct_of(name: &str): "Correct the entry of {name}" | "更正{name}的紀錄";
    att_correct_note: "The trainee is told of the correction and reads the reason." | "學員會收到更正通知及原因。";
    att_correct_now: "Correct and tell the trainee" | "更正並通知學員";
    att_reason: "Reason" | "原因";
    att_was: "Was" | "原為";
    att_is: "Is now" | "現為";
    att_late_minutes(n: i32): "Late, {n} minutes attended" | "遲到，出席{n}分鐘";
    att_meanwhile(now: &str): "Changed meanwhile to: {now}. Save again to keep what you typed." | "其間已改為：{now}。如保留你的輸入，請再次儲存。";
    att_conflicts(n: usize): "{n} row was changed by somebody else meanwhile. Nothing is saved yet: look at it and save again." + "{n} rows were changed by somebody else meanwhile. Nothing is saved yet: look at them and save again." | "其間有{n}行已被他人更改，尚未儲存。請查看後再次儲存。";
    att_checked_in(at: &str): "checked in {at}" | "於{at}簽到";
    att_has_apology(state: &str): "Apology: {state}" | "請假：{state}";
    att_no_rows: "Nobody is expected at this session" | "此節沒有學員須出席";
    att_not_expected: "Not expected" | "毋須出席";
    att_away_exempted: "Exempted from the module" | "已獲豁免此單元";
    att_away_break: "On a break" | "休學中";
    att_no_rows_more: "Trainees of the cohort who joined before the session, or who have a place, stand here." | "在此節之前加入或獲分配名額的學員會在此顯示。";
    att_board: "Who is in" | "出席名單";
    att_board_of(title: &str): "Who is in: {title}" | "出席名單：{title}";
    att_board_count(here: usize, all: usize): "{here} of {all}" | "{all}人中{here}人";
    att_in: "In" | "已到";
    att_not_in: "Not yet in" | "未到";
    att_refreshes: "Refreshes by itself every few seconds." | "每隔數秒自動更新。";
    att_nobody: "Nobody yet" | "暫無";
    att_projector: "Check-in code" | "簽到代碼";
    att_projector_of(title: &str): "Check in: {title}" | "簽到：{title}";
    att_scan: "Scan with your phone’s camera" | "請以手機相機掃描";
    att_or_code(address: &str): "or type this code at {address}" | "或到 {address} 輸入此代碼";
    att_code_alt: "QR code for check-in; the short code beside it does the same" | "簽到二維碼；旁邊的代碼作用相同";
    att_changes_in: "The code changes every ten seconds." | "代碼每十秒更換。";
    att_opens(at: &str): "Check-in opens {at}." | "簽到於{at}開始。";
    att_closed_at(at: &str): "Check-in closed {at}." | "簽到已於{at}結束。";
    att_open_until(at: &str): "Open until {at}" | "開放至{at}";
    att_window: "Check-in window" | "簽到時間";
    att_window_of(title: &str): "Check-in window: {title}" | "簽到時間：{title}";
    att_renew: "Make new codes" | "更換代碼";
    att_renew_hint: "Codes that are on screens now stop working." | "現時螢幕上的代碼會即時失效。";
    att_renew_yes: "Yes, make new codes" | "是，更換代碼";
    att_check_in: "Check in" | "簽到";
    att_code: "Code on the screen" | "螢幕上的代碼";
    att_code_hint: "Six letters and digits, from the screen in the room. It changes every few seconds." | "課室螢幕上的六個英文字母及數字，每隔數秒更換。";
    att_here: "I am here" | "我已到達";
    att_here_note: "Your scan is kept. Press the button to check in." | "已保存你的掃描，請按鍵簽到。";
    att_done: "You are checked in" | "已簽到";
    att_kept: "The instructor has made an entry for you; it stands. If you have just come, tell the instructor." | "講師已為你登記，紀錄維持不變。如你剛到達，請告知講師。";
    att_next_opens(title: &str, at: &str): "Next: {title}. Check-in opens {at}." | "下一節：{title}，簽到於{at}開始。";
    att_scan_again: "Type the code instead" | "改為輸入代碼";
    att_mine: "My attendance" | "我的出席紀錄";
    att_whole: "All modules" | "所有單元";
    att_sessions: "Sessions" | "課節";
    att_not_signed: "Not signed off yet" | "尚未簽核";
    att_to_come: "To come" | "未開始";
    att_minutes_sum(minutes: i32, held: i32): "{minutes} of {held} minutes" | "{held}分鐘中出席{minutes}分鐘";
    att_mine_none: "No sessions yet" | "暫無課節";
    att_mine_none_more: "Your sessions and what counts of them appear here when your timetable is published." | "時間表公布後，你的課節及出席紀錄會在此顯示。";
    att_counts: "Only registers that are signed off count. Cancelled sessions count nowhere." | "只計算已簽核的點名冊；已取消的課節不計算。";
    att_cannot_come: "I cannot come" | "我未能出席";
    att_apology_new(title: &str): "Apology: {title}" | "請假：{title}";
    att_apology_reason_hint: "The programme office and the instructor read it." | "計劃辦事處及講師會閱讀。";
    att_evidence: "Evidence (PDF)" | "證明文件（PDF）";
    att_evidence_hint: "Such as a medical certificate. At most 10 MB." | "例如醫生證明書，最大10 MB。";
    att_evidence_see: "Open the evidence" | "查看證明文件";
    att_send: "Send the apology" | "遞交請假申請";
    att_withdraw: "Withdraw" | "撤回";
    att_withdraw_of(title: &str): "Withdraw your apology for {title}?" | "撤回{title}的請假申請？";
    att_withdraw_does: "The office then decides nothing about it. You can send another until the session begins." | "辦事處將不再審批。課節開始前，你可再次請假。";
    att_sent_at: "Sent" | "遞交時間";
    att_session: "Session" | "課節";
    att_no_apologies: "No apologies" | "暫無請假申請";
    att_no_apologies_more: "Trainees send them from their attendance page before a session begins." | "學員可於課節開始前在其出席紀錄頁請假。";
    att_apology_of(name: &str): "Apology of {name}" | "{name}的請假申請";
    att_decide: "Decision" | "決定";
    att_decide_hint: "The trainee reads it in a letter at once. It cannot be taken back." | "學員會即時收到電郵，決定不能收回。";
    att_decide_now: "Decide and tell the trainee" | "決定並通知學員";
    att_words: "The trainee’s words" | "學員的說明";
    att_threshold: "Rate to be reached, in percent" | "要求的出席率（百分比）";
    att_excused_is: "An excused absence" | "獲准缺席";
    att_late_after: "Late after (minutes)" | "遲到界線（分鐘）";
    att_opens_before: "Check-in opens (minutes before)" | "簽到開始（課前分鐘）";
    att_closes_after: "Check-in closes (minutes after the start)" | "簽到結束（開始後分鐘）";
    att_grace: "Apologies until (minutes after the start)" | "請假期限（開始後分鐘）";
    att_correct_days: "Instructors may correct for (days)" | "講師可更正期限（日）";
    att_policy_note: "Without changes, these are the usual rules. Registers that are begun keep their window; rates follow the policy at once. Warnings and the queue of those at risk go by these; completion has thresholds of its own, in its rules." | "如不更改，即採用一般規則。已開始的點名冊保留原有簽到時間；出席率即時按新方法計算。缺席提示及需關注名單以此為準；完成課程另有其規則所定的要求。";
    att_my_registers: "My registers" | "我的點名冊";
    att_my_registers_none: "No sessions around these days" | "近日沒有課節";
    att_my_registers_more: "Sessions that you teach, from two months ago to two weeks ahead, stand here with their registers." | "由兩個月前至兩星期後，你任教的課節及點名冊會在此顯示。";

    att_mail_absent_subject(title: &str, day: &str): "Absent: {title}, {day}" | "缺席：{title}，{day}";
    att_mail_absent: "The register of this session has been signed off. It says that you were absent, and no apology was accepted." | "以下課節的點名冊已簽核，紀錄顯示你缺席，而沒有獲接納的請假申請。";
    att_mail_absent_pending: "The register of this session has been signed off. It says that you were absent. Your apology is not decided yet; we write to you when it is." | "以下課節的點名冊已簽核，紀錄顯示你缺席。你的請假申請尚未有決定，有決定後會以電郵通知你。";
    att_mail_low_subject: "Your attendance is under the threshold" | "你的出席率低於要求";
    att_mail_low_after: "The register of this session has been signed off. Your attendance has fallen under what the programme asks for." | "以下課節的點名冊已簽核，你的出席率已低於計劃要求。";
    att_mail_low(rate: &str, threshold: &str): "Your attendance is now {rate}; the programme asks for {threshold}." | "你現時的出席率為{rate}，計劃要求為{threshold}。";
    att_mail_what_to_do(office: &str): "If this is wrong, or if you had a reason, write to the programme office at {office}: the entry can be corrected. For sessions to come, send an apology beforehand from your attendance page." | "如紀錄有誤，或你有合理原因，請電郵至{office}聯絡計劃辦事處，以便更正。日後如未能出席，請預先在出席紀錄頁請假。";
    att_mail_corrected_subject(title: &str, day: &str): "Corrected: {title}, {day}" | "已更正：{title}，{day}";
    att_mail_corrected: "Your entry in the register of this session has been corrected." | "你在以下課節的出席紀錄已更正。";
    att_mail_accepted_subject(title: &str, day: &str): "Apology accepted: {title}, {day}" | "請假獲接納：{title}，{day}";
    att_mail_accepted: "Your apology for this session is accepted; the absence is excused." | "你在以下課節的請假申請已獲接納，可獲准缺席。";
    att_mail_declined_subject(title: &str, day: &str): "Apology not accepted: {title}, {day}" | "請假不獲接納：{title}，{day}";
    att_mail_declined: "Your apology for this session is not accepted." | "你在以下課節的請假申請不獲接納。";
    att_mail_open: "Open my attendance" | "查看我的出席紀錄";

    letter_kind_attendance_absent: "Absence" | "缺席通知";
    letter_kind_attendance_low: "Low attendance" | "出席率偏低";
    letter_kind_attendance_corrected: "Attendance corrected" | "出席紀錄更正";
    letter_kind_apology_accepted: "Apology accepted" | "請假獲接納";
    letter_kind_apology_declined: "Apology not accepted" | "請假不獲接納";
    flash_register_saved: "Saved." | "已儲存。";
    flash_register_signed: "Signed off. Whom it concerns is told." | "已簽核，並會通知有關學員。";
    flash_register_corrected: "Corrected, and the trainee is told." | "已更正，並會通知學員。";
    flash_attendance_policy: "Saved." | "已儲存。";
    flash_apology_sent: "Your apology is sent. We write to you when it is decided." | "請假申請已遞交，有決定後會以電郵通知你。";
    flash_apology_withdrawn: "Withdrawn." | "已撤回。";
    flash_apology_decided: "Decided, and the trainee is told." | "已決定，並會通知學員。";

    history_register_saved(n: i64): "made {n} entries in the register" | "在點名冊登記{n}項";
    history_register_checked_in(number: &str): "{number} checked in" | "{number}簽到";
    history_register_signed(n: i64, absent: i64): "signed the register off: {n} trainee, {absent} absent" + "signed the register off: {n} trainees, {absent} absent" | "簽核點名冊：學員{n}人，缺席{absent}人";
    history_register_corrected(number: &str, from: &str, to: &str, reason: &str): "corrected {number}: {from} → {to}. {reason}" | "更正{number}：{from} → {to}。{reason}";
    history_register_window: "set the check-in window" | "設定簽到時間";
    history_attendance_policy(threshold: &str): "set how attendance counts: {threshold} to be reached" | "設定出席計算方法：要求{threshold}";
    history_apology_sent: "sent an apology" | "請假";
    history_apology_withdrawn: "withdrew the apology" | "撤回請假申請";
    history_apology_accepted: "accepted the apology" | "接納請假申請";
    history_apology_declined: "did not accept the apology" | "不接納請假申請";
}

impl Lang {
    /// The kind of a letter of attendance; empty for another room's.
    pub(super) fn letter_kind_of_attendance(self, kind: &str) -> &'static str {
        match kind {
            "attendance_absent" => self.letter_kind_attendance_absent(),
            "attendance_low" => self.letter_kind_attendance_low(),
            "attendance_corrected" => self.letter_kind_attendance_corrected(),
            "apology_accepted" => self.letter_kind_apology_accepted(),
            "apology_declined" => self.letter_kind_apology_declined(),
            _ => "",
        }
    }

    /// A flash of attendance.
    pub(super) fn flash_of_attendance(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "register_saved" => self.flash_register_saved(),
            "register_signed" => self.flash_register_signed(),
            "register_corrected" => self.flash_register_corrected(),
            "attendance_policy" => self.flash_attendance_policy(),
            "apology_sent" => self.flash_apology_sent(),
            "apology_withdrawn" => self.flash_apology_withdrawn(),
            "apology_decided" => self.flash_apology_decided(),
            _ => return None,
        })
    }

    fn presence_word(self, word: &str) -> &'static str {
        match word {
            "present" => self.presence_present(),
            "late" => self.presence_late(),
            "excused" => self.presence_excused(),
            _ => self.presence_absent(),
        }
    }

    /// The words of attendance's verbs.
    pub(super) fn history_of_attendance(self, verb: &str, details: &Value) -> Option<String> {
        let text = |name: &str| {
            details
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let number = |name: &str| details.get(name).and_then(Value::as_i64).unwrap_or(0);
        let entry = |state: &str, minutes: &str| match text(state) {
            "late" => self.att_late_minutes(i32::try_from(number(minutes)).unwrap_or(0)),
            word => self.presence_word(word).to_owned(),
        };
        Some(match verb {
            "register.saved" => self.history_register_saved(number("n")),
            "register.checked_in" => self.history_register_checked_in(text("number")),
            "register.signed_off" => self.history_register_signed(number("n"), number("absent")),
            "register.corrected" => self.history_register_corrected(
                text("number"),
                &entry("from", "from_minutes"),
                &entry("to", "to_minutes"),
                text("reason"),
            ),
            "register.window" => self.history_register_window().to_owned(),
            "cohort.attendance_policy" => self.history_attendance_policy(&format!(
                "{}.{:02}%",
                number("threshold") / 100,
                number("threshold") % 100
            )),
            "apology.sent" => self.history_apology_sent().to_owned(),
            "apology.withdrawn" => self.history_apology_withdrawn().to_owned(),
            "apology.accepted" => self.history_apology_accepted().to_owned(),
            "apology.declined" => self.history_apology_declined().to_owned(),
            _ => return None,
        })
    }
}
