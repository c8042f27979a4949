//! Texts of the page shell and words that every room uses.
use super::texts;

texts! {
    app_name: "Banyan" | "榕";
    save: "Save" | "儲存";
    cancel: "Cancel" | "取消";
    back: "Back" | "返回";
    confirm: "Confirm" | "確認";
    edit: "Edit" | "修改";
    change: "Change" | "更改";
    delete: "Delete" | "刪除";
    search: "Search" | "搜尋";
    sign_in: "Sign in" | "登入";
    sign_out: "Sign out" | "登出";
    yes: "Yes" | "是";
    no: "No" | "否";
    optional: "optional" | "選填";
    none: "None" | "沒有";
}

texts! {
    span_hours(n: u32): "{n} h" | "{n}小時";
    span_minutes(n: u32): "{n} min" | "{n}分鐘";
    span_hours_minutes(h: u32, m: u32): "{h} h {m} min" | "{h}小時{m}分鐘";
}

texts! {
    form_required: "This must be filled in." | "必須填寫此項。";
    form_too_long(max: usize): "At most {max} characters." | "最多{max}個字元。";
    form_control_characters: "There are hidden control characters in this text; type it again." | "此文字含有隱藏的控制字元，請重新輸入。";
    form_number(min: i32, max: i32): "A whole number from {min} to {max}." | "請輸入{min}至{max}之間的整數。";
    form_date: "A date such as 2027-02-22." | "請輸入日期，例如2027-02-22。";
    form_instant: "A date and time such as 2026-11-30 23:59, Hong Kong time." | "請輸入日期及時間（香港時間），例如2026-11-30 23:59。";
    form_error_title(title: &str): "Error: {title}" | "錯誤：{title}";
    form_problems(n: usize): "There is 1 problem" + "There are {n} problems" | "有{n}項需要更正";
    form_error_prefix: "Error: " | "錯誤：";
    form_choose: "Choose…" | "請選擇…";
    form_stale: "Not saved: somebody changed this meanwhile." | "未有儲存：此紀錄剛被他人更改。";
    form_stale_detail: "What you typed is still here; where it differs from what is saved now, the saved value stands beside the field. Save again to replace it, or open the page anew to keep theirs." | "你輸入的內容仍然保留；如與現有紀錄不同，現有內容會列於該欄旁。再次儲存將以你的內容取代；如要保留對方的更改，請重新開啟此頁。";
    form_saved_meanwhile(value: &str): "Saved meanwhile: {value}" | "對方已儲存：{value}";
    form_empty_value: "(empty)" | "（空白）";
    crumbs_label: "Breadcrumb" | "頁面路徑";
    go_back: "Go back" | "返回";
    history_heading: "History" | "紀錄";
    history_empty: "Nothing yet." | "暫無紀錄。";
    pages_label: "Pages" | "分頁";
    first_page: "First page" | "首頁";
    next_rows(n: i64): "Next {n}" | "下{n}項";
    filter: "Filter" | "篩選";
    clear: "Clear" | "清除";
    list_shown(n: usize): "{n} shown" | "顯示{n}項";
    list_none_match: "Nothing matches this filter" | "沒有符合篩選的項目";
    list_tick(name: &str): "Choose {name}" | "選擇{name}";
    all_of_them: "All" | "全部";
    sort_by: "Sort by" | "排序";
    form_choice: "Choose one of the options." | "請選擇其中一項。";
}

texts! {
    error_bad_request: "That request could not be read" | "無法讀取此要求";
    error_sign_in: "Please sign in" | "請先登入";
    error_forbidden: "Your present role does not open this page" | "你目前的身分未能開啟此頁";
    error_not_found: "Page not found" | "找不到此頁";
    error_method: "That cannot be done here" | "此處不支援該操作";
    error_refused: "That cannot be done now" | "現時未能完成此操作";
    error_stale: "Somebody changed this meanwhile" | "此紀錄剛被他人更改";
    error_too_large: "That is too large" | "檔案或內容過大";
    error_media: "That kind of content is not taken here" | "此處不接受該類內容";
    error_invalid: "Please check what you entered" | "請檢查輸入的內容";
    error_too_many: "Too many tries" | "嘗試次數過多";
    error_busy: "The system is busy" | "系統繁忙";
    error_internal: "Something went wrong on our side" | "系統發生錯誤";
    error_not_found_detail: "There is no such page, or it is not yours to see. Check the address, or start from your home page." | "沒有此頁，或你無權查看。請檢查網址，或由你的主頁重新開始。";
    error_sign_in_detail: "This page is for people who have signed in." | "登入後方可查看此頁。";
    error_forbidden_detail: "You are signed in, but not in a role that may do this. Switch your role in the menu at the top, if you hold another." | "你已登入，但目前的身分不可執行此操作。如你另有其他身分，請於頁首選單切換。";
    error_cross_site_detail: "This request did not come from one of our own pages, so nothing was done. Open the page here and try again." | "此要求並非由本系統的頁面發出，因此未有執行。請在本系統開啟該頁再試。";
    error_invalid_detail: "Some fields need your attention." | "部分欄位需要更正。";
    error_media_detail: "Send application/json to the API, and forms as the page sends them." | "API請以application/json傳送；表格請由頁面提交。";
    error_busy_detail: "Nothing was lost. Please try again in a few seconds." | "資料並無遺失，請數秒後再試。";
    error_internal_detail: "Nothing was saved. Please try again; if it happens again, tell us the reference below." | "未有儲存任何資料。請再試一次；如問題持續，請告知我們以下參考編號。";
    error_key_reused_detail: "This idempotency key was used for another request." | "此冪等鍵已用於另一個要求。";
    error_key_in_flight_detail: "The first request with this idempotency key is still being worked on." | "使用同一冪等鍵的要求仍在處理中。";
    error_precondition_detail: "Send If-Match with the ETag that you read." | "請在If-Match標頭附上你讀取時的ETag。";
    error_stale_detail: "Your change was not saved, because somebody else saved theirs first. Open the record again and repeat your change." | "由於他人已先行儲存，你的更改未有儲存。請重新開啟紀錄再作更改。";
    error_too_large_detail(kib: usize): "At most {kib} KB can be sent here." | "此處最多可傳送{kib} KB。";
    error_too_many_detail(seconds: u32): "Please wait {seconds} second and try again." + "Please wait {seconds} seconds and try again." | "請於{seconds}秒後再試。";
    error_method_detail(methods: &str): "This address takes {methods}." | "此網址只接受{methods}。";
}

texts! {
    nav_programme: "Programme" | "計劃";
    nav_curriculum: "Curriculum" | "課程";
    nav_selection: "How selection works" | "甄選程序";
    nav_privacy: "Privacy" | "私隱";
    nav_today: "Today" | "今日事項";
    nav_cohorts: "Cohorts" | "屆別";
    nav_organisations: "Organisations" | "機構";
    nav_people: "People" | "人員";
    nav_letters: "Mail" | "電郵";
    nav_reviews: "Reviews" | "評審";
    nav_teaching: "Teaching" | "授課";
    nav_figures: "Figures" | "數據概覽";
    nav_organisation: "Our organisation" | "我們的機構";
    nav_me: "My home" | "我的主頁";
    shell_skip: "Skip to main content" | "跳至主要內容";
    shell_menu: "Menu" | "選單";
    shell_main: "Main" | "主選單";
    shell_search: "Search people and records" | "搜尋人員及紀錄";
    shell_role: "Role" | "身分";
    shell_work_as: "Work as" | "以此身分工作";
    shell_role_until(date: &str): "until {date}" | "至{date}止";
    shell_account: "Account" | "帳戶";
    shell_account_page: "Account and language" | "帳戶及語言";
    shell_sample: "Sample programme: every organisation and person here is fictional." | "示範計劃：所有機構及人物均屬虛構。";
    shell_not_official: "An open-source system for running an AI talent programme. Not an official system of the FinTech Association of Hong Kong." | "用於營運人工智能人才計劃的開源系統，並非香港金融科技協會的官方系統。";
    shell_reference: "Reference" | "參考編號";
    shell_home: "Go to the home page" | "返回主頁";
    role_administrator: "Administrator" | "系統管理員";
    role_coordinator: "Programme coordinator" | "計劃統籌主任";
    role_reviewer: "Reviewer" | "評審員";
    role_instructor: "Instructor" | "講師";
    role_liaison: "University liaison" | "大學聯絡人";
    role_representative: "Institution representative" | "機構代表";
    role_supervisor: "Host supervisor" | "實習主管";
    role_committee: "Steering committee" | "督導委員會";
    role_applicant: "Applicant or trainee" | "申請人／學員";
}

impl super::Lang {
    /// The name of a role.
    #[must_use]
    pub fn role(self, role: crate::db::Role) -> &'static str {
        use crate::db::Role;
        match role {
            Role::Administrator => self.role_administrator(),
            Role::Coordinator => self.role_coordinator(),
            Role::Reviewer => self.role_reviewer(),
            Role::Instructor => self.role_instructor(),
            Role::Liaison => self.role_liaison(),
            Role::Representative => self.role_representative(),
            Role::Supervisor => self.role_supervisor(),
            Role::Committee => self.role_committee(),
            Role::Applicant => self.role_applicant(),
        }
    }
}

texts! {
    language_name: "English" | "繁體中文";
}
