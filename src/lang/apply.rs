//! Texts of the applicant's side and of the import: pages, letters, history.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    apply_title(cohort: &str): "Application: {cohort}" | "申請：{cohort}";
    apply_reference: "Reference" | "參考編號";
    apply_deadline: "Call closes" | "截止申請";
    apply_submitted_at: "Submitted" | "遞交時間";
    apply_decisions_by: "Decisions by" | "公布結果日期";
    apply_classes_begin: "Classes begin" | "開課日期";
    apply_contact: "Questions" | "查詢";
    apply_my_applications: "My applications" | "我的申請";
    apply_sections: "Your application" | "你的申請";
    apply_change_sections: "Change your answers" | "修改答案";
    apply_change_until(when: &str): "You can change your answers until {when}. Changes count as soon as they are saved; you need not submit again." | "你可在{when}前修改答案。儲存後即時生效，毋須再次遞交。";
    apply_check: "Check your answers and submit" | "核對答案並遞交";
    apply_cannot_yet: "Cannot start yet" | "尚未可開始";
    apply_ready: "Ready" | "可以遞交";
    apply_problems(n: usize): "1 thing is missing" + "{n} things are missing" | "尚欠{n}項";
    apply_what_next: "What comes next" | "下一步";
    apply_history: "History" | "紀錄";
    apply_withdraw: "Withdraw the application" | "撤回申請";
    apply_reopen: "Take it up again" | "重新提出申請";
    apply_closed: "The call is closed. A draft that was not submitted is not considered." | "申請已截止。未遞交的草稿不會獲考慮。";
    apply_save: "Save and continue" | "儲存並繼續";
    apply_back: "Back to the list" | "返回列表";
    apply_saving: "Saving…" | "正在儲存…";
    apply_saved_at: "Saved {time}" | "已於{time}儲存";
    apply_not_saved: "Not saved. Check your connection; your text is still here." | "未能儲存。請檢查網絡連線；你輸入的內容仍在此頁。";
    apply_stale_title: "Changed in another tab." | "已在另一分頁更改。";
    apply_stale: "This application was changed elsewhere since this page was opened. What you typed is still below; save again to keep it." | "此頁開啟後，申請已在其他地方更改。你輸入的內容仍在下方；如要保留，請再次儲存。";
    apply_there_are_problems(n: usize): "There is 1 problem" + "There are {n} problems" | "有{n}個問題";
    apply_error: "Error: " | "錯誤：";
    apply_hkid_title: "This looks like an identity-card number." | "內容像身份證號碼。";
    apply_hkid: "We never ask for it. Please take it out before you submit." | "我們不會要求你提供。請於遞交前刪除。";
    apply_family_name: "Family name" | "英文姓氏";
    apply_family_name_hint: "In Latin letters. Leave it empty if you have none." | "以英文字母填寫。如沒有姓氏可留空。";
    apply_given_names: "Given names" | "英文名字";
    apply_western_name: "Western name" | "西式名字";
    apply_name_zh: "Chinese name" | "中文姓名";
    apply_phone: "Telephone" | "電話";
    apply_phone_hint: "With its country code unless it is a Hong Kong number." | "如非香港號碼，請加上國家或地區號碼。";
    apply_display_name: "We address you as" | "我們對你的稱呼";
    apply_display_name_hint: "You can change this and your e-mail address in your account." | "你可在帳戶更改此項及電郵地址。";
    apply_email: "E-mail" | "電郵";
    apply_route_legend: "How do you come to the programme?" | "你以哪種途徑申請？";
    apply_university: "University" | "大學";
    apply_choose: "Choose" | "請選擇";
    apply_field_of_study: "Subject of study" | "修讀學科";
    apply_graduation_year: "Year of graduation" | "畢業年份";
    apply_graduation_year_hint: "The year in which you graduate or graduated." | "你畢業或預計畢業的年份。";
    apply_employer: "Employer" | "僱主";
    apply_employer_other: "Employer, if it is not on the list" | "僱主（如不在名單內）";
    apply_job_title: "Post" | "職位";
    apply_education: "Education" | "學歷";
    apply_employment: "Employment" | "工作";
    apply_route_first: "Choose your route first: what is asked here depends on it." | "請先選擇申請途徑，此處的問題視乎途徑而定。";
    apply_statement: "Why do you want to join, and what will you bring?" | "你為何想參加？你會帶來甚麼？";
    apply_statement_hint(least: usize, most: usize): "{least} to {most} characters. Do not give an identity-card number." | "{least}至{most}個字元。請勿填寫身份證號碼。";
    apply_characters_left: "{n} characters left" | "尚餘{n}個字元";
    apply_characters_over: "{n} characters too many" | "超出{n}個字元";
    apply_document: "Curriculum vitae" | "履歷";
    apply_document_hint: "A PDF of at most 10 MB, without a password." | "PDF檔案，最大10 MB，不設密碼。";
    apply_document_chose: "{name} ({size} MB)" | "{name}（{size} MB）";
    apply_document_big: "{name} is {size} MB; at most 10 MB can be sent." | "{name}為{size} MB，最大可上載10 MB。";
    apply_document_now: "Your document" | "你的文件";
    apply_document_upload: "Upload" | "上載";
    apply_document_replace: "Replace it" | "更換";
    apply_document_remove: "Remove" | "移除";
    apply_document_none: "Choose a file first." | "請先選擇檔案。";
    apply_declare_true: "What I say in this application is true and complete." | "我在此申請中所述均屬真確及完整。";
    apply_declare_eligible: "I meet the conditions of the call." | "我符合此招生的申請資格。";
    apply_declare_available: "I can attend on the published dates." | "我能於公布的日期上課。";
    apply_declarations_legend: "I declare" | "我謹此聲明";
    apply_pics: "Personal Information Collection Statement" | "收集個人資料聲明";
    apply_pics_version(version: &str): "Version {version}" | "版本{version}";
    apply_pics_accept: "I have read this statement and accept it." | "我已閱讀並同意此聲明。";
    apply_check_title: "Check your answers" | "核對你的答案";
    apply_change: "Change" | "修改";
    apply_nothing: "Not given" | "未填寫";
    apply_yes: "Yes" | "是";
    apply_submit: "Submit the application" | "遞交申請";
    apply_submit_note(when: &str): "You can still change it until {when}." | "遞交後仍可於{when}前修改。";
    apply_withdraw_title: "Withdraw your application?" | "要撤回申請嗎？";
    apply_withdraw_happens: "What happens" | "撤回後";
    apply_withdraw_not_considered: "Your application is no longer considered for this cohort." | "本屆將不再考慮你的申請。";
    apply_withdraw_told: "We confirm it by e-mail." | "我們會以電郵確認。";
    apply_withdraw_cannot: "What cannot be undone" | "不能復原";
    apply_withdraw_again(when: &str): "You can take it up again until {when}, not after that." | "你可在{when}前重新提出，其後則不可。";
    apply_withdraw_final: "The call is closed: you cannot take it up again." | "申請已截止，撤回後不能重新提出。";
    apply_go_back: "Go back" | "返回";

    apply_mail_greeting(name: &str): "Dear {name}," | "{name}：";
    apply_mail_received_subject(reference: &str): "We have your application {reference}" | "已收到你的申請：{reference}";
    apply_mail_received(cohort: &str): "Thank you for applying to {cohort}. Your application is in." | "感謝你申請{cohort}。我們已收到你的申請。";
    apply_mail_received_next: "You can change it until the call closes. We write to you again when decisions are released; you need not do anything before that." | "截止申請前你仍可修改。公布結果時我們會再通知你，在此之前毋須採取行動。";
    apply_mail_see: "See your application" | "查看你的申請";
    apply_mail_reminder_subject(cohort: &str): "Your application to {cohort} is not submitted yet" | "你對{cohort}的申請尚未遞交";
    apply_mail_reminder(cohort: &str): "You began an application to {cohort}. It is still a draft, and a draft is not considered." | "你已開始申請{cohort}，但申請仍是草稿。草稿不會獲考慮。";
    apply_mail_go_on: "Go on with your application" | "繼續填寫申請";
    apply_mail_reminder_note: "If you no longer wish to apply, you need not do anything." | "如你不再打算申請，毋須理會此電郵。";

    apply_history_you: "You" | "你";
    apply_history_office: "The programme office" | "計劃辦事處";
    history_application_started: "began the application" | "開始申請";
    history_application_edited(section: &str): "changed answers: {section}" | "更改答案：{section}";
    history_application_document_added: "added the document" | "加入文件";
    history_application_document_replaced: "replaced the document" | "更換文件";
    history_application_document_removed: "removed the document" | "移除文件";
    history_application_submitted: "submitted the application" | "遞交申請";
    history_application_withdrawn: "withdrew the application" | "撤回申請";
    history_application_reopened: "took the application up again" | "重新提出申請";
    history_application_imported(row: &str): "took it in from the registry’s file (row {row})" | "由教務處遞交（檔案第{row}列）";
    history_application_import_updated(fields: &str): "changed it by the registry’s file: {fields}" | "按教務處檔案更改：{fields}";
    history_import_committed(new: &str, update: &str): "wrote the file: {new} new, {update} changed" | "已匯入：新增{new}份，更改{update}份";

    flash_application_submitted: "Your application is in. We have sent you an e-mail." | "已遞交申請，確認電郵已發出。";
    flash_application_withdrawn: "Your application is withdrawn." | "申請已撤回。";
    flash_application_reopened: "Your application is a draft again. Submit it before the call closes." | "申請已回復為草稿，請於截止前遞交。";
    flash_document_saved: "Your document is saved." | "文件已儲存。";
    flash_document_removed: "Your document is removed." | "文件已移除。";
    import_title: "Import applicants" | "匯入申請人";
    import_intro(deadline: &str): "A registry’s CSV file (UTF-8, columns named in the first line). It is only judged at first; nothing is written until you confirm. Dates of submission are judged against the call’s deadline, {deadline}." | "請上載教務處的CSV檔案（UTF-8編碼，第一行為欄位名稱）。系統會先檢查檔案，確認前不會寫入任何資料。提交日期以截止申請時間（{deadline}）為準。";
    import_file: "CSV file" | "CSV檔案";
    import_file_hint: "At most 64 MB." | "最大64 MB。";
    import_file_chose: "{name} ({size} MB)" | "{name}（{size} MB）";
    import_file_big: "{name} is {size} MB; at most 64 MB can be sent." | "{name}為{size} MB，最大可上載64 MB。";
    import_file_none: "Choose a file first." | "請先選擇檔案。";
    import_judge: "Check the file" | "檢查檔案";
    import_earlier: "Earlier files" | "過往檔案";
    import_none_yet: "No file has been taken in yet" | "尚未匯入任何檔案";
    import_none_yet_hint: "Send the first one above. The dry run shows what each row would do." | "請於上方上載第一個檔案，系統會先顯示各列的處理結果。";
    import_when: "Sent in" | "上載時間";
    import_by: "By" | "上載者";
    import_by_system: "Command line" | "指令列";
    import_state: "State" | "狀態";
    import_state_dry: "Dry run" | "試行";
    import_state_running: "Writing" | "寫入中";
    import_state_failed: "Not written" | "未能寫入";
    import_state_done: "Committed" | "已匯入";
    import_rows: "Rows" | "列數";
    import_new: "New" | "新增";
    import_update: "Changed" | "更改";
    import_unchanged: "Unchanged" | "不變";
    import_duplicate_rows: "Repeated in the file" | "檔案內重複";
    import_errors: "Errors" | "錯誤";
    import_ignored(names: &str): "Columns that are not known and are left out: {names}" | "未能識別而略過的欄位：{names}";
    import_remarks: "Remarks on rows" | "各列備註";
    import_no_remarks: "No remarks" | "沒有備註";
    import_left_out(n: u64): "1 more is in the report." + "{n} more are in the report." | "其餘{n}項載於報告。";
    import_outcome: "Outcome" | "結果";
    import_all: "All" | "全部";
    import_filter: "Filter" | "篩選";
    import_clear: "Clear" | "清除";
    import_row_number: "Row" | "列";
    import_reason: "Reason" | "原因";
    import_report: "Report (CSV)" | "報告（CSV）";
    import_bad_rows: "Rows to be mended (CSV)" | "須更正的列（CSV）";
    import_confirm: "Write it" | "確認匯入";
    import_what_is_written: "What is written" | "將寫入的資料";
    import_writes(new: i64, update: i64): "{new} new applications and {update} changes, all or none." | "新增{new}份申請及更改{update}份申請，全部寫入或全部不寫入。";
    import_left_as_is: "What has been decided or withdrawn stays as it is." | "已有決定或已撤回的申請不會更改。";
    import_who_is_told: "Who is told" | "通知對象";
    import_nobody: "Nobody, unless you tick the box below." | "除非你勾選下方方格，否則不會發出通知。";
    import_notify: "Send \"application received\" to every new applicant, in their language" | "以申請人的語言向每位新申請人發出「已收到申請」電郵";
    import_cannot: "What cannot be undone" | "不能復原";
    import_cannot_say: "An import cannot be taken back as a whole; applications can be corrected one by one." | "匯入後不能整批撤銷，但可逐一更正申請。";
    import_commit(n: i64): "Import {n} application" + "Import {n} applications" | "匯入{n}份申請";
    import_nothing: "There is nothing to write." | "沒有需要寫入的資料。";
    import_running(done: i64, all: i64): "{done} of {all} rows are done. This page looks again by itself." | "已處理{all}列中的{done}列，此頁會自動更新。";
    import_failed(why: &str): "Nothing was written: {why}" | "未有寫入任何資料：{why}";
    import_interrupted: "The import was interrupted and nothing was written. Start it again." | "匯入中斷，未有寫入任何資料。請重新開始。";
    import_changed_meanwhile: "Somebody changed one of these applications in the same moment. Try again." | "有人同時更改了其中一份申請，請再試。";
    import_more: "Next page" | "下一頁";
    import_cohorts: "Cohorts" | "屆別";
    flash_import_done: "The file is imported." | "檔案已匯入。";
    import_settled: "This application has been decided or withdrawn; the import leaves it as it is" | "此申請已有決定或已撤回，匯入時不會更改";
}

impl Lang {
    /// What happened to an application or an import, in words.
    pub(super) fn history_of_applications(self, verb: &str, details: &Value) -> Option<String> {
        let word = |name: &str| match details.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        Some(match verb {
            "application.started" => self.history_application_started().to_owned(),
            "application.edited" => {
                let section = word("section");
                self.history_application_edited(self.section_of(&section))
            }
            "application.document_added" if details.get("replaced") == Some(&Value::Bool(true)) => {
                self.history_application_document_replaced().to_owned()
            }
            "application.document_added" => self.history_application_document_added().to_owned(),
            "application.document_removed" => {
                self.history_application_document_removed().to_owned()
            }
            "application.submitted" => self.history_application_submitted().to_owned(),
            "application.withdrawn" => self.history_application_withdrawn().to_owned(),
            "application.reopened" => self.history_application_reopened().to_owned(),
            "application.imported" => self.history_application_imported(&word("row")),
            "application.import_updated" => {
                let fields = details.get("fields").and_then(Value::as_array);
                let titles: Vec<&str> = fields
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(|key| self.column_of(key))
                    .collect();
                self.history_application_import_updated(&titles.join(self.pick(", ", "、")))
            }
            "import.committed" => self.history_import_committed(&word("new"), &word("update")),
            _ => return None,
        })
    }

    fn section_of(self, word: &str) -> &str {
        match word {
            "person" => self.section_person(),
            "route" => self.section_route(),
            "background" => self.section_background(),
            "statement" => self.section_statement(),
            "document" => self.section_document(),
            "declarations" => self.section_declarations(),
            other => other,
        }
    }

    fn column_of(self, key: &str) -> &str {
        match key {
            "family_name" => self.column_family_name(),
            "given_names" => self.column_given_names(),
            "western_name" => self.column_western_name(),
            "name_zh" => self.column_name_zh(),
            "phone" => self.column_phone(),
            "route" => self.column_route(),
            "university" => self.column_university(),
            "employer" => self.column_employer(),
            "graduation_year" => self.column_graduation_year(),
            "language" => self.column_language(),
            "statement" => self.column_statement(),
            "submitted_on" => self.column_submitted_on(),
            other => other,
        }
    }
}
