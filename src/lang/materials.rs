//! Texts of notes and links.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    material_release_now: "At once" | "即時";
    material_release_start: "When the session begins" | "課節開始時";
    material_release_end: "When the session ends" | "課節結束時";
    material_release_at: "At a time of its own" | "指定時間";
    material_refuse_many: "A session holds 50 notes and links. Remove one first." | "每節最多50項筆記及連結，請先移除一項。";
    material_refuse_early: "This note is not released yet." | "此筆記尚未發放。";
    material_need_title: "Enter a title in English or in Chinese." | "請輸入英文或中文標題。";
    material_need_body: "Write a note or give a link." | "請填寫筆記或提供連結。";
    material_need_time: "Enter when it is released, Hong Kong time." | "請輸入發放時間（香港時間）。";

    material_notes: "Notes and links" | "筆記及連結";
    material_own: "Notes and links" | "筆記及連結";
    material_new: "Add a note or link" | "新增筆記或連結";
    material_edit(title: &str): "Change “{title}”" | "更改「{title}」";
    material_title: "Title" | "標題";
    material_title_en: "Title in English" | "英文標題";
    material_title_zh: "Title in Chinese" | "中文標題";
    material_title_hint: "One language is enough; readers of the other see it as it is." | "填寫一種語言即可，另一種語言的讀者會看到同一標題。";
    material_body: "Note" | "筆記";
    material_body_hint: "An empty line begins a new paragraph." | "空行代表另起一段。";
    material_url: "Link" | "連結";
    material_release: "Release" | "發放";
    material_release_hint: "A release that is told by the session moves with it." | "按課節發放的項目會隨課節改期。";
    material_release_time: "Time of its own" | "指定發放時間";
    material_release_time_hint: "Hong Kong time; only for a release at a time of its own." | "香港時間；只適用於在指定時間發放。";
    material_time_unused: "A time is typed, but the release is not “at a set time”. Choose that, or empty the time." | "已輸入時間，但發放方式並非「在指定時間」。請改選該項，或清除時間。";
    material_released: "Released" | "發放日期";
    material_out: "Released" | "已發放";
    material_not_out: "Not released yet" | "尚未發放";
    material_remove: "Remove" | "移除";
    material_remove_of(title: &str): "Remove “{title}”?" | "移除「{title}」？";
    material_remove_does: "Trainees can no longer read it, and their done-marks go with it. Its title stays in the session’s history." | "學員將不能再閱讀，已完成標記亦會一併移除；標題會保留在課節紀錄內。";
    material_up: "Move up" | "上移";
    material_done: "Done with it" | "已完成人數";
    material_done_by(n: i64): "{n} trainee has done with it." + "{n} trainees have done with it." | "{n}名學員已完成。";
    material_is_done: "Done" | "已完成";
    material_not_done: "Not done" | "未完成";
    material_mark: "Mark as done" | "標示為已完成";
    material_unmark: "Mark as not done" | "改為未完成";
    material_search: "Words" | "關鍵字";
    material_none: "No notes or links yet" | "暫無筆記或連結";
    material_none_keeper: "Add what trainees read before or after this session: a note, a link, or both." | "可新增學員在課節前後閱讀的筆記或連結。";
    material_none_reader: "What your instructors release appears here." | "講師發放的內容會顯示於此。";
    material_none_match: "Nothing matches" | "沒有符合的項目";
    material_later: "Still to come" | "即將發放";
    material_later_line(title: &str, at: &str): "{title}: from {at}" | "{title}：{at}起";
    material_not_published: "Trainees do not see this session yet: its offering is not published." | "學員暫時看不到此課節：開設單元尚未公布。";
    material_shown(n: usize): "{n} note or link" + "{n} notes and links" | "{n}項筆記及連結";
    flash_material_removed: "Removed." | "已移除。";

    history_material_added(title: &str): "added the note “{title}”" | "新增筆記「{title}」";
    history_material_changed(title: &str): "changed the note “{title}”" | "更改筆記「{title}」";
    history_material_moved(title: &str): "moved the note “{title}” up" | "將筆記「{title}」上移";
    history_material_removed(title: &str, n: i64): "removed the note “{title}”; done-marks: {n}" | "移除筆記「{title}」；已完成標記：{n}";
}

impl Lang {
    /// A flash of materials.
    pub(super) fn flash_of_materials(self, name: &str) -> Option<&'static str> {
        (name == "material_removed").then(|| self.flash_material_removed())
    }

    /// The words of the verbs of materials.
    pub(super) fn history_of_materials(self, verb: &str, details: &Value) -> Option<String> {
        let text = |name: &str| {
            details
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let title = match self.pick((text("en"), text("zh")), (text("zh"), text("en"))) {
            ("", other) => other,
            (own, _) => own,
        };
        let n = details.get("n").and_then(Value::as_i64).unwrap_or(0);
        Some(match verb {
            "class.note_added" => self.history_material_added(title),
            "class.note_changed" => self.history_material_changed(title),
            "class.note_moved" => self.history_material_moved(title),
            "class.note_removed" => self.history_material_removed(title, n),
            _ => return None,
        })
    }
}
