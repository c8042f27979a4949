//! Texts of organisations and their history.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    organisations_university: "University" | "大學";
    organisations_bank: "Bank" | "銀行";
    organisations_digital_bank: "Digital bank" | "數字銀行";
    organisations_insurer: "Insurer" | "保險公司";
    organisations_fintech: "Fintech firm" | "金融科技公司";
    organisations_other: "Other institution" | "其他機構";
    organisations_future: "Not begun" | "尚未開始";
    organisations_current: "Current" | "有效";
    organisations_ended: "Ended" | "已結束";
    organisations_refuse_sides: "A partnership has a university on one side and an institution on the other." | "合作關係須由一所大學與一間機構組成。";
    organisations_refuse_overlap: "The two already have a partnership in these days." | "雙方於此期間已有合作關係。";
    organisations_refuse_over: "This partnership is over already." | "此合作關係早已結束。";
    organisations_refuse_held: "Seats of a cohort are still held for this organisation; release them first." | "仍有屆別為此機構預留名額，請先釋放。";
    organisations_refuse_archived: "This organisation is archived." | "此機構已封存。";
    organisations_name_taken: "Another organisation has this name; it may be archived." | "此名稱已由另一機構使用（可能已封存）。";
    organisations_period_order: "The last day cannot come before the first." | "結束日期不能早於開始日期。";
    organisations_new: "New organisation" | "新增機構";
    organisations_edit: "Edit the organisation" | "修改機構資料";
    organisations_empty: "No organisations yet" | "尚未有機構";
    organisations_empty_hint: "Universities and institutions that take part: applicants choose from them, and seats can be held for them." | "參與計劃的大學及機構：申請人可從中選擇，亦可為其預留名額。";
    organisations_none_found: "No organisation matches the filter" | "沒有符合篩選條件的機構";
    organisations_shown(n: usize): "1 organisation shown" + "{n} organisations shown" | "顯示{n}個機構";
    organisations_kind: "Kind" | "類別";
    organisations_name_en: "Name in English" | "英文名稱";
    organisations_name_zh: "Name in Chinese" | "中文名稱";
    organisations_website: "Website" | "網站";
    organisations_website_form: "Give an address that begins with https:// or http://." | "請輸入以https://或http://開首的網址。";
    organisations_search: "Name in either language" | "中文或英文名稱";
    organisations_show: "Show" | "顯示";
    organisations_in_use: "In use" | "使用中";
    organisations_archived: "Archived" | "已封存";
    organisations_partnerships: "Partnerships" | "合作關係";
    organisations_partnerships_now: "Current partnerships" | "有效合作關係";
    organisations_partnerships_empty: "No partnership yet." | "尚未有合作關係。";
    organisations_partner: "Partner" | "合作機構";
    organisations_partner_add: "Record a partnership" | "記錄合作關係";
    organisations_programme: "Programme" | "計劃";
    organisations_from: "First day" | "開始日期";
    organisations_to: "Last day" | "結束日期";
    organisations_days: "Days" | "日期";
    organisations_validity: "Validity" | "有效狀態";
    organisations_end: "End now" | "提早結束";
    organisations_end_ask(name: &str): "End the partnership with {name} today?" | "今日結束與{name}的合作關係？";
    organisations_end_does: "From now on it counts as ended; its days stay in the record." | "由此刻起視作已結束；原有日期會保留於紀錄。";
    organisations_contacts: "Contacts" | "聯絡人";
    organisations_contacts_empty: "No contact yet." | "尚未有聯絡人。";
    organisations_contact_add: "Add a contact" | "新增聯絡人";
    organisations_contact_name: "Name" | "姓名";
    organisations_contact_post: "Post" | "職位";
    organisations_contact_email: "E-mail" | "電郵";
    organisations_contact_phone: "Telephone" | "電話";
    organisations_members: "Members with an account" | "設有帳戶的成員";
    organisations_members_empty: "Nobody holds a role for this organisation yet. Invite people on the people page." | "尚未有人以此機構的身分使用系統，請於人員頁面邀請。";
    organisations_member_until(on: &str): "until {on}" | "至{on}";
    organisations_archive: "Archive" | "封存";
    organisations_archive_ask(name: &str): "Archive {name}?" | "封存{name}？";
    organisations_archive_does: "It is no longer offered as a choice to applicants, imports and seat pools. What refers to it stays as it is." | "申請人、匯入及名額設定將不再提供此選項；現有資料維持不變。";
    organisations_told_nobody: "Nobody is written to." | "不會發出電郵。";
}

texts! {
    history_organisation_created: "added the organisation" | "新增機構";
    history_organisation_changed: "changed names, kind or website" | "更改了名稱、類別或網站";
    history_organisation_archived: "archived the organisation" | "封存機構";
    history_contact_added: "added a contact" | "新增聯絡人";
    history_contact_archived: "archived a contact" | "封存聯絡人";
    history_partnership_added(name: &str): "recorded a partnership with {name}" | "記錄與{name}的合作關係";
    history_partnership_ended(name: &str): "ended the partnership with {name}" | "結束與{name}的合作關係";
}

impl Lang {
    /// Words for the events of organisations.
    pub(super) fn organisations_history(self, verb: &str, details: &Value) -> Option<String> {
        let name = || {
            details
                .get(self.pick("en", "zh"))
                .and_then(Value::as_str)
                .unwrap_or("–")
        };
        Some(match verb {
            "organisation.created" => self.history_organisation_created().to_owned(),
            "organisation.changed" => self.history_organisation_changed().to_owned(),
            "organisation.archived" => self.history_organisation_archived().to_owned(),
            "contact.added" => self.history_contact_added().to_owned(),
            "contact.archived" => self.history_contact_archived().to_owned(),
            "partnership.added" => self.history_partnership_added(name()),
            "partnership.ended" => self.history_partnership_ended(name()),
            _ => return None,
        })
    }
}
