//! Texts of sharing: what a trainee agrees to, what organisations see, the looks.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    sharing_scope_attendance: "Attendance" | "出席紀錄";
    sharing_scope_results: "Results" | "成績";
    sharing_scope_progress: "Progress" | "進度";
    sharing_scope_timetable: "Timetable" | "時間表";
    sharing_refuse_not_yours: "This organisation is neither your university nor your institution." | "此機構並非你的大學或所屬機構。";
    sharing_refuse_old_words: "The text has changed since you opened the page. Please read it again." | "你開啟頁面後，內容已有更改，請再次閱讀。";

    sharing_title: "What you share" | "你的資料分享";
    sharing_note: "You decide what your university and your institution see of you. They see nothing that you have not ticked." | "由你決定大學及所屬機構可看到甚麼。未經你剔選的內容，對方一律看不到。";
    sharing_may_see(name: &str): "{name} may see" | "{name}可看到";
    sharing_words(name: &str): "By ticking anything you agree that people who speak for {name} see your name, trainee number, cohort and what you share in their list, which they can save as a file, and what you have ticked when they open your record. Each opening is logged below; seeing or saving the list is not. Untick to withdraw at any time; it ends at once, and has no effect on your place in the programme." | "如剔選任何一項，即表示你同意{name}的代表可在名單上看到你的姓名、學員編號、屆別及分享項目，並可將名單儲存為檔案；對方亦可開啟你的紀錄，查閱你剔選的內容。每次開啟紀錄均會記錄於下方；查看或儲存名單則不會記錄。你可隨時取消剔選以撤回同意，即時生效，且不影響你在計劃中的學籍。";
    sharing_former(name: &str): "{name} is your university or institution no more. It sees nothing; untick what you had agreed to, and the agreement ends." | "{name}已不再是你的大學或所屬機構，現時看不到任何資料。取消剔選，即可終止先前的同意。";
    sharing_save: "Save" | "儲存";
    sharing_no_partner: "There is nobody to share with" | "沒有可分享的機構";
    sharing_no_partner_more: "Your enrolment names neither a university nor an institution. Write to the programme if this is wrong." | "你的入學紀錄並無大學或所屬機構。如資料有誤，請聯絡計劃辦事處。";
    sharing_no_trainee: "You are not a trainee yet" | "你尚未成為學員";
    sharing_no_trainee_more: "Once you are enrolled, you decide here what your university and your institution see." | "入學註冊後，你可在此決定大學及所屬機構可看到甚麼。";
    sharing_looks: "Who looked" | "查閱紀錄";
    sharing_looks_none: "Nobody has looked at anything of yours." | "尚未有人查閱你的資料。";
    sharing_who: "Who" | "查閱者";
    sharing_organisation: "Organisation" | "機構";
    sharing_what: "What is shared" | "分享內容";
    sharing_when: "When" | "時間";

    sharing_trainees: "Your trainees" | "貴機構的學員";
    sharing_trainees_note: "Those trainees of your organisation who have agreed to share something with it." | "已同意與貴機構分享資料的學員。";
    sharing_trainees_none: "Nobody shares anything with you yet" | "尚未有學員與貴機構分享資料";
    sharing_trainees_none_more: "A trainee appears here after agreeing to it on their own page. Without that consent nothing is shown, also not that somebody takes part." | "學員須先在其頁面表示同意，才會在此列出。未獲同意，系統不會顯示任何資料，包括是否有人參加計劃。";
    sharing_trainees_none_match: "No trainee matches" | "沒有符合的學員";
    sharing_shown(n: usize): "1 trainee shown" + "{n} trainees shown" | "顯示{n}名學員";
    sharing_look: "View" | "查閱";
    sharing_look_ask(name: &str): "View what {name} shares?" | "查閱{name}分享的資料？";
    sharing_look_shows(what: &str): "You see: {what}." | "你會看到：{what}。";
    sharing_look_noted: "This look is noted with your name, and the trainee can see the note." | "系統會記錄你的姓名及是次查閱，學員可看到此紀錄。";
    sharing_met: "Requirements met" | "已符合要求";
    sharing_met_of(met: usize, all: usize): "{met} of {all}" | "{all}項中已符合{met}項";
    sharing_completed_on: "Completed on" | "完成日期";
    sharing_attendance_none: "No session has been held and signed off yet." | "尚未有已舉行並已簽核的課堂。";
    sharing_results_none: "No result has been released yet." | "尚未有已公布的成績。";
    sharing_timetable_none: "No class is planned." | "沒有編定的課堂。";
    sharing_module: "Module" | "單元";
    sharing_held: "Hours held" | "已舉行時數";
    sharing_attended: "Hours attended" | "出席時數";
    sharing_excused: "Hours excused" | "獲准缺席時數";
    sharing_rate: "Attendance rate" | "出席率";
    sharing_assessment: "Assessment" | "評核";
    sharing_mark: "Mark" | "分數";
    sharing_released: "Released" | "公布日期";
    sharing_room: "Room" | "地點";

    flash_sharing_saved: "What you share is saved." | "已儲存你的分享設定。";
    history_sharing_granted(name: &str, what: &str): "shares with {name}: {what}" | "與{name}分享：{what}";
    history_sharing_withdrawn(name: &str, what: &str): "shares no more with {name}: {what}" | "不再與{name}分享：{what}";
    history_sharing_both(name: &str, granted: &str, withdrawn: &str): "shares with {name}: {granted}; no more: {withdrawn}" | "與{name}分享：{granted}；不再分享：{withdrawn}";
}

impl Lang {
    fn sharing_scopes(self, details: &Value, name: &str) -> String {
        let words = details.get(name).and_then(Value::as_array);
        let words = words.into_iter().flatten().filter_map(Value::as_str);
        let labels: Vec<&str> = words
            .map(|word| match word {
                "attendance" => self.sharing_scope_attendance(),
                "results" => self.sharing_scope_results(),
                "progress" => self.sharing_scope_progress(),
                _ => self.sharing_scope_timetable(),
            })
            .collect();
        labels.join(self.risk_comma())
    }

    /// Words for the events of sharing.
    pub(super) fn history_of_sharing(self, verb: &str, details: &Value) -> Option<String> {
        if verb != "sharing.changed" {
            return None;
        }
        let name = self.pick("en", "zh");
        let name = details.get(name).and_then(Value::as_str).unwrap_or("–");
        let granted = self.sharing_scopes(details, "granted");
        let withdrawn = self.sharing_scopes(details, "withdrawn");
        Some(match (granted.is_empty(), withdrawn.is_empty()) {
            (false, false) => self.history_sharing_both(name, &granted, &withdrawn),
            (true, false) => self.history_sharing_withdrawn(name, &withdrawn),
            (_, true) => self.history_sharing_granted(name, &granted),
        })
    }

    /// Flashes of the room.
    pub(super) fn flash_of_sharing(self, name: &str) -> Option<&'static str> {
        (name == "sharing_saved").then(|| self.flash_sharing_saved())
    }
}
