//! Letters, history and flashes of placements.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    letter_placement_button: "Open it" | "開啟";
    letter_posting_submitted_subject(title: &str): "Posting waits for approval: {title}" | "實習職位等候批核：{title}";
    letter_posting_submitted(who: &str, title: &str): "{who} has handed in the posting “{title}”. It waits for an approval by somebody who did not write it." | "{who}已遞交實習職位「{title}」，等候非撰寫者批核。";
    letter_posting_returned_subject(title: &str): "Posting returned: {title}" | "實習職位已退回：{title}";
    letter_posting_returned(title: &str): "The programme office has returned the posting “{title}” with this comment. Please edit it and hand it in again." | "計劃辦事處已退回實習職位「{title}」，意見如下。請修改後再次遞交。";
    letter_posting_approved_subject(title: &str): "Posting approved: {title}" | "實習職位已獲批核：{title}";
    letter_posting_approved(title: &str): "The posting “{title}” is approved. Trainees see it while its round is open." | "實習職位「{title}」已獲批核，輪次開放期間學員可以看到。";
    letter_change_asked_subject(title: &str): "Seat change asked: {title}" | "申請更改名額：{title}";
    letter_change_asked(who: &str, title: &str): "{who} asks to change the posting “{title}”." | "{who}申請更改實習職位「{title}」。";
    letter_change_approved_subject(title: &str): "Seat change approved: {title}" | "名額更改已獲批核：{title}";
    letter_change_approved(title: &str): "The change of the posting “{title}” is approved and done." | "實習職位「{title}」的更改已獲批核，並已生效。";
    letter_change_refused_subject(title: &str): "Seat change refused: {title}" | "名額更改不獲批准：{title}";
    letter_change_refused(title: &str): "The change of the posting “{title}” is refused. The posting stays as it is." | "實習職位「{title}」的更改不獲批准，職位維持不變。";
    letter_capacity_asked_subject: "How many trainees can you take?" | "請告知可接收的學員人數";
    letter_capacity_asked(name: &str): "The programme office asks how many trainees {name} can take." | "計劃辦事處查詢{name}可接收的學員人數。";
    letter_capacity_answered_subject(name: &str): "Capacity answered: {name}" | "可接收人數回覆：{name}";
    letter_capacity_answered(name: &str): "{name} has answered how many trainees it can take." | "{name}已回覆可接收的學員人數。";

    flash_posting_submitted: "The posting is handed in." | "職位已遞交。";
    flash_posting_approved: "The posting is approved and the institution told." | "職位已批核，並已通知機構。";
    flash_posting_returned: "The posting is returned and the institution told." | "職位已退回，並已通知機構。";
    flash_posting_copied: "A copy is made as a draft." | "已複製成草稿。";
    flash_change_asked: "The change is asked for." | "已提出更改申請。";
    flash_change_seconded: "Approved; a second person must approve as well." | "已批核；須由第二人再批核。";
    flash_change_approved: "The change is approved and done." | "更改已獲批核並生效。";
    flash_change_refused: "The change is refused and the institution told." | "已拒絕更改，並已通知機構。";
    flash_capacity_asked: "The institutions are asked." | "已向機構發出查詢。";
    flash_capacity_answered: "Your answer is saved and the programme office told." | "已儲存回覆，並已通知計劃辦事處。";
    flash_interest_expressed: "Your interest is sent to the institution." | "已向機構表示興趣。";
    flash_interest_taken_back: "Your interest is taken back." | "已收回興趣。";

    history_area_added: "added the focus area" | "新增重點範疇";
    history_area_changed: "changed the focus area" | "更改重點範疇";
    history_area_archived: "archived the focus area" | "封存重點範疇";
    history_area_restored: "took the focus area back into use" | "恢復使用重點範疇";
    history_round_created: "planned the round" | "新增輪次";
    history_round_changed: "changed the round" | "更改輪次";
    history_round_stepped(state: &str): "took the round to: {state}" | "輪次進入：{state}";
    history_terms_set: "set how the institution takes part" | "設定機構參與方式";
    history_host_added: "recorded the partnership" | "新增合作關係";
    history_host_changed: "changed the partnership" | "更改合作關係";
    history_host_status(state: &str): "changed the partnership to: {state}" | "合作關係改為：{state}";
    history_capacity_asked: "asked for the capacity" | "查詢可接收人數";
    history_capacity_answered: "answered" | "回覆查詢";
    history_capacity_answered_with(n: i64): "answered: {n} seat" + "answered: {n} seats" | "回覆：{n}個名額";
    history_capacity_withdrawn: "took the question back" | "收回查詢";
    history_posting_created: "began the posting" | "開始撰寫職位";
    history_posting_copied: "began the posting as a copy" | "以複製方式開始撰寫職位";
    history_posting_changed: "changed the posting" | "修改職位";
    history_posting_submitted: "handed the posting in" | "遞交職位";
    history_posting_returned: "returned the posting" | "退回職位";
    history_posting_approved: "approved the posting" | "批核職位";
    history_posting_withdrawn: "withdrew the posting" | "撤回職位";
    history_document_added: "added a document for placements" | "新增實習文件";
    history_document_removed: "removed a document for placements" | "移除實習文件";
    history_posting_change_asked: "asked for a change of seats" | "申請更改名額";
    history_posting_change_done: "seats were changed" | "名額已更改";
    history_posting_seats(from: i64, to: i64): "seats were changed from {from} to {to}" | "名額由{from}改為{to}";
    history_posting_gone: "the posting was withdrawn with approval" | "職位經批核後撤回";
    history_change_asked: "asked for the change" | "提出更改";
    history_change_seconded: "approved as the first of two" | "第一人批核";
    history_change_approved: "approved the change" | "批核更改";
    history_change_refused: "refused the change" | "拒絕更改";
    history_change_taken_back: "took the change back" | "收回更改";
    history_rate_added: "added a rate of the minimum wage" | "新增最低工資水平";
    history_interest_expressed: "expressed interest" | "表示興趣";
    history_interest_taken_back: "took the interest back" | "收回興趣";
    history_profile_changed: "changed the placement profile" | "更改實習概況";
}

impl Lang {
    /// A flash of placements.
    pub(super) fn flash_of_placements(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "posting_submitted" => self.flash_posting_submitted(),
            "posting_approved" => self.flash_posting_approved(),
            "posting_returned" => self.flash_posting_returned(),
            "posting_copied" => self.flash_posting_copied(),
            "change_asked" => self.flash_change_asked(),
            "change_seconded" => self.flash_change_seconded(),
            "change_approved" => self.flash_change_approved(),
            "change_refused" => self.flash_change_refused(),
            "capacity_asked" => self.flash_capacity_asked(),
            "capacity_answered" => self.flash_capacity_answered(),
            "interest_expressed" => self.flash_interest_expressed(),
            "interest_taken_back" => self.flash_interest_taken_back(),
            _ => return None,
        })
    }

    fn placement_state(self, word: &str) -> &'static str {
        match word {
            "planned" => self.plc_round_planned(),
            "collecting" => self.plc_round_collecting(),
            "open" => self.plc_round_open(),
            "ranking" => self.plc_round_ranking(),
            "matched" => self.plc_round_matched(),
            "closed" => self.plc_round_closed(),
            "prepared" => self.plc_host_prepared(),
            "active" => self.plc_host_active(),
            "paused" => self.plc_host_paused(),
            "ended" => self.plc_host_ended(),
            _ => "–",
        }
    }

    /// The words of what was done with numbers or states; none where a reader may not see the details.
    fn history_of_placement_details(self, verb: &str, details: &Value) -> Option<String> {
        let number = |name: &str| details.get(name).and_then(Value::as_i64);
        let text = |name: &str| details.get(name).and_then(Value::as_str);
        match verb {
            "placement_round.stepped" => {
                Some(self.history_round_stepped(self.placement_state(text("to")?)))
            }
            "placement_partnership.changed" if text("from")? != text("to")? => {
                Some(self.history_host_status(self.placement_state(text("to")?)))
            }
            "capacity.answered" => Some(self.history_capacity_answered_with(number("seats")?)),
            "posting.change_done" if text("kind")? == "withdraw" => {
                Some(self.history_posting_gone().to_owned())
            }
            "posting.change_done" => {
                Some(self.history_posting_seats(number("from")?, number("to")?))
            }
            _ => None,
        }
    }

    /// The words of the verbs of placements.
    pub(super) fn history_of_placements(self, verb: &str, details: &Value) -> Option<String> {
        if let Some(told) = self.history_of_placement_details(verb, details) {
            return Some(told);
        }
        let told = match verb {
            "focus_area.added" => self.history_area_added(),
            "focus_area.changed" => self.history_area_changed(),
            "focus_area.archived" => self.history_area_archived(),
            "focus_area.restored" => self.history_area_restored(),
            "placement_round.created" => self.history_round_created(),
            "placement_round.changed" | "placement_round.stepped" => self.history_round_changed(),
            "round_terms.set" => self.history_terms_set(),
            "placement_partnership.added" => self.history_host_added(),
            "placement_partnership.changed" => self.history_host_changed(),
            "capacity.asked" => self.history_capacity_asked(),
            "capacity.answered" => self.history_capacity_answered(),
            "capacity.withdrawn" => self.history_capacity_withdrawn(),
            "posting.created" => self.history_posting_created(),
            "posting.copied" => self.history_posting_copied(),
            "posting.changed" => self.history_posting_changed(),
            "posting.submitted" => self.history_posting_submitted(),
            "posting.returned" => self.history_posting_returned(),
            "posting.approved" => self.history_posting_approved(),
            "posting.withdrawn" => self.history_posting_withdrawn(),
            "posting.change_asked" => self.history_posting_change_asked(),
            "posting.change_done" => self.history_posting_change_done(),
            "seat_change.asked" => self.history_change_asked(),
            "seat_change.seconded" => self.history_change_seconded(),
            "seat_change.approved" => self.history_change_approved(),
            "seat_change.refused" => self.history_change_refused(),
            "seat_change.taken_back" => self.history_change_taken_back(),
            "wage_rate.added" => self.history_rate_added(),
            "interest.expressed" => self.history_interest_expressed(),
            "interest.taken_back" => self.history_interest_taken_back(),
            "placement_document.added" => self.history_document_added(),
            "placement_document.removed" => self.history_document_removed(),
            "placement_profile.changed" => self.history_profile_changed(),
            _ => return None,
        };
        Some(told.to_owned())
    }
}
