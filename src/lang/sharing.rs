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
}

impl Lang {
    /// Words for the events of sharing.
    pub(super) fn history_of_sharing(self, verb: &str, details: &Value) -> Option<String> {
        let _ = (verb, details);
        None
    }

    /// Flashes of the room.
    pub(super) fn flash_of_sharing(self, name: &str) -> Option<&'static str> {
        let _ = name;
        None
    }
}
