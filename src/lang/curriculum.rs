//! Texts of the curriculum, of exemptions and of their history.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    curriculum_draft: "Draft" | "草稿";
    curriculum_published: "Published" | "已公布";
    curriculum_replaced: "Replaced" | "已被取代";
    curriculum_kind_case: "Case" | "個案";
    curriculum_kind_exercise: "Exercise" | "練習";
    curriculum_kind_quiz: "Quiz" | "測驗";
    curriculum_kind_exam: "Examination" | "考試";
    curriculum_kind_report: "Report" | "報告";
    curriculum_kind_reflection: "Reflection" | "反思";
    curriculum_kind_role_play: "Role play" | "角色扮演";
    curriculum_kind_oral: "Oral" | "口試";
    curriculum_kind_artefact: "Code or prototype" | "程式或原型";
    curriculum_kind_panel: "Panel" | "評審小組";
    curriculum_kind_rating: "Supervisor’s rating" | "實習主管評分";
    curriculum_theme_regulation: "Regulatory guidance" | "監管指引";
    curriculum_theme_data: "Data and systems" | "數據與系統";
    curriculum_theme_cross_boundary: "Cross-boundary data" | "數據跨境流動";
    curriculum_theme_talent: "Talent" | "人才";
    curriculum_theme_ethics: "Ethics" | "道德";
    curriculum_level_1: "aware" | "認識";
    curriculum_level_2: "assisted" | "在協助下應用";
    curriculum_level_3: "independent" | "獨立應用";
    curriculum_level_4: "leads" | "帶領他人";

    curriculum_refuse_no_draft: "There is no draft for this; a module’s first draft stays until it is published." | "沒有可處理的草稿；單元的首份草稿會保留至公布為止。";
    curriculum_refuse_in_use: "It is in use." | "此項正在使用。";
    curriculum_refuse_asked_for: "Other modules ask for this one. Take it out of their prerequisites first." | "其他單元以此為先修要求，請先從其先修要求中移除。";
    curriculum_refuse_archived: "It is archived." | "此項已封存。";
    curriculum_refuse_nothing: "The draft says what the published version says: there is nothing to publish." | "草稿與已公布版本相同，毋須公布。";
    curriculum_need_qr: "Enter the number of the register, or leave its days empty." | "請輸入資歷名冊登記號碼，或留空有效日期。";
    curriculum_need_qr_form: "A number of the Qualifications Register reads like 24/000123/L5." | "資歷名冊登記號碼的格式如24/000123/L5。";
    curriculum_need_qr_level(registered: i32, level: i32): "The number is for level {registered}, the module says level {level}." | "登記號碼屬第{registered}級，單元卻列為第{level}級。";
    curriculum_need_qr_days: "Enter the first and the last day of the entry." | "請輸入登記的首日及最後一日。";
    curriculum_need_order: "The last day cannot come before the first." | "最後一日不能早於首日。";
    curriculum_need_summary: "Say in both languages what the module is about." | "請以中英文說明單元內容。";
    curriculum_need_outcomes: "Give at least one learning outcome, in both languages." | "請以中英文列出最少一項學習成果。";
    curriculum_need_pairs(en: usize, zh: usize): "{en} outcomes in English, {zh} in Chinese: give each in both languages." | "英文學習成果有{en}項，中文有{zh}項；每項均須中英對照。";
    curriculum_need_published(codes: &str): "Publish {codes} first." | "請先公布{codes}。";
    curriculum_need_hours: "Enter the hours." | "請輸入時數。";
    curriculum_need_effective: "Enter the day from which cohorts begin with this version." | "請輸入此版本由何日開課的屆別起適用。";
    curriculum_need_weights(sum: i32): "The weights add up to {sum}%; they must make 100%." | "各項比重合計{sum}%，須為100%。";
    curriculum_need_after_today: "Choose a day after today: cohorts that have begun keep the version that they began with." | "請選擇今日以後的日期：已開課的屆別沿用開課時的版本。";
    curriculum_need_successor: "Choose another reference of this programme, one that was not itself replaced by this." | "請選擇本計劃的另一項參考框架，且並非由此項取代者。";
    curriculum_need_part: "Give each part its kind, weight and title in both languages." | "每項評核均須填寫類別、比重及中英文名稱。";
    curriculum_need_code: "Use 2 to 20 capital letters, digits or hyphens, such as AIR501." | "請用2至20個大寫字母、數字或連字號，例如AIR501。";
    curriculum_circle(way: &str): "These prerequisites lead in a circle: {way}." | "先修要求互相循環：{way}。";
    curriculum_unknown_name: "This is not part of the programme’s curriculum." | "此項不屬本計劃的課程。";
    curriculum_unknown(word: &str): "“{word}” is not known here." | "找不到「{word}」。";
    curriculum_archived_word(word: &str): "“{word}” is archived; name another." | "「{word}」已封存，請選用其他。";
    curriculum_itself: "A module cannot ask for itself." | "單元不能以自身為先修要求。";
    curriculum_code_taken: "This code is in use; it may be archived." | "此編號已被使用（可能已封存）。";
    curriculum_levels_form: "After the code a level may stand, such as 3 or 3–4." | "編號後可加級別，例如3或3–4。";

    curriculum_title: "Curriculum" | "課程";
    curriculum_tab_modules: "Modules" | "單元";
    curriculum_tab_graph: "Prerequisites" | "先修要求";
    curriculum_tab_competencies: "Competencies" | "能力";
    curriculum_tab_references: "Frameworks" | "參考框架";
    curriculum_tab_exemptions: "Exemptions" | "豁免";
    curriculum_tabs: "This curriculum" | "本課程";
    curriculum_code: "Code" | "編號";
    curriculum_module: "Module" | "單元";
    curriculum_new_module: "New module" | "新增單元";
    curriculum_state: "State" | "狀態";
    curriculum_any_state: "All" | "全部";
    curriculum_any_level: "All levels" | "所有級別";
    curriculum_state_draft(n: i32): "Draft of version {n}" | "第{n}版草稿";
    curriculum_version(n: i32): "Version {n}" | "第{n}版";
    curriculum_search: "Code or name" | "編號或名稱";
    curriculum_shown(n: usize): "1 module shown" + "{n} modules shown" | "顯示{n}個單元";
    curriculum_total(n: i64): "Total of 1 published module" + "Total of {n} published modules" | "{n}個已公布單元合計";
    curriculum_none: "No modules yet" | "尚未有單元";
    curriculum_none_more: "A module has a code, and versions that are drafted and then published." | "每個單元有編號及版本；版本先擬備草稿，再行公布。";
    curriculum_none_found: "No module matches the filter" | "沒有符合篩選條件的單元";
    curriculum_name_en: "Name in English" | "英文名稱";
    curriculum_name_zh: "Name in Chinese" | "中文名稱";
    curriculum_summary: "What it is about" | "內容簡介";
    curriculum_summary_en: "What it is about, in English" | "英文內容簡介";
    curriculum_summary_zh: "What it is about, in Chinese" | "中文內容簡介";
    curriculum_outcomes: "Learning outcomes" | "學習成果";
    curriculum_outcomes_lead: "On completion a learner can:" | "完成單元後，學員能夠：";
    curriculum_outcomes_en: "Learning outcomes in English" | "英文學習成果";
    curriculum_outcomes_zh: "Learning outcomes in Chinese" | "中文學習成果";
    curriculum_outcomes_hint: "One on each line, in the same order in both languages." | "每行一項，中英文次序相同。";
    curriculum_hours: "Hours" | "時數";
    curriculum_contact: "Contact hours" | "面授時數";
    curriculum_self_study: "Self-study hours" | "自學時數";
    curriculum_assessed: "Assessment hours" | "評核時數";
    curriculum_notional: "Notional learning hours" | "學時";
    curriculum_level: "Indicative level" | "參考級別";
    curriculum_level_said: "Level" | "級別";
    curriculum_level_hint: "For planning only. It is not a QF level: that needs an entry of the Qualifications Register." | "只供規劃之用，並非資歷級別；資歷級別須有資歷名冊登記。";
    curriculum_indicative(n: i32): "Indicative level {n}" | "參考級別：第{n}級";
    curriculum_qf_level(n: i32, number: &str): "QF Level {n} (QR registration {number})" | "資歷架構第{n}級（資歷名冊登記號碼{number}）";
    curriculum_qf_credits: "QF credits" | "資歷學分";
    curriculum_qr: "Qualifications Register" | "資歷名冊";
    curriculum_qr_number: "Registration number" | "登記號碼";
    curriculum_qr_hint: "Like 24/000123/L5; the digit after L is the module’s level. Leave all three empty when there is no entry." | "格式如24/000123/L5；L後的數字須與單元級別相同。如未登記，三項均留空。";
    curriculum_qr_from: "Registered from" | "登記首日";
    curriculum_qr_to: "Registered until" | "登記最後一日";
    curriculum_themes: "Themes" | "主題";
    curriculum_yes: "Yes" | "是";
    curriculum_plan: "Assessment plan" | "評核安排";
    curriculum_part(n: i32): "Assessment part {n}" | "評核項目{n}";
    curriculum_kind: "Kind" | "類別";
    curriculum_weight: "Weight in %" | "比重（%）";
    curriculum_part_en: "Title in English" | "英文名稱";
    curriculum_part_zh: "Title in Chinese" | "中文名稱";
    curriculum_must_pass: "must be passed" | "必須合格";
    curriculum_must_pass_ask: "Must it be passed for itself?" | "此項是否必須合格？";
    curriculum_prerequisites: "Prerequisites" | "先修要求";
    curriculum_prerequisites_none: "None" | "沒有";
    curriculum_prerequisites_hint: "One requirement on each line; all must hold. Several codes on a line, parted by commas, mean any one of them." | "每行一項要求，須全部符合。同一行以逗號分隔的多個編號，表示符合其中任何一個即可。";
    curriculum_any_of(codes: &str): "any one of {codes}" | "以下任何一個：{codes}";
    curriculum_comma: ", " | "、";
    curriculum_competencies: "Competencies" | "能力";
    curriculum_basis: "Frameworks it rests on" | "依據的參考框架";
    curriculum_basis_hint(codes: &str): "One code on each line, with a level after it where there is one: “SFIA-AIDE 3–4”. Known: {codes}" | "每行一個編號，如有級別可加於其後，例如「SFIA-AIDE 3–4」。可用編號：{codes}";
    curriculum_effective: "In force from" | "生效日期";
    curriculum_effective_hint: "Cohorts that begin on or after this day are taught this version." | "於此日或以後開課的屆別採用此版本。";
    curriculum_edit_draft: "Edit the draft" | "修改草稿";
    curriculum_begin_draft: "Draft a new version" | "草擬新版本";
    curriculum_draft_of(code: &str, n: i32): "{code}: draft of version {n}" | "{code}：第{n}版草稿";
    curriculum_save_draft: "Save the draft" | "儲存草稿";
    curriculum_publish: "Publish" | "公布";
    curriculum_publish_ask(code: &str, n: i32): "Publish version {n} of {code}?" | "公布{code}第{n}版？";
    curriculum_publish_does(day: &str): "Cohorts that begin on or after {day} are taught this version. Those that have begun keep the one that they began with." | "於{day}或以後開課的屆別採用此版本；已開課的屆別沿用開課時的版本。";
    curriculum_publish_public: "The public curriculum shows it at once." | "公開課程頁面即時顯示此版本。";
    curriculum_publish_never: "A published version is never changed; the next change is a new version." | "已公布的版本不會再更改；日後修改須另擬新版本。";
    curriculum_what_changes: "What changes" | "更改內容";
    curriculum_change(label: &str, before: &str, after: &str): "{label}: {before} → {after}" | "{label}：{before} → {after}";
    curriculum_change_new(label: &str, after: &str): "{label}: {after}" | "{label}：{after}";
    curriculum_nothing: "nothing" | "沒有";
    curriculum_discard: "Discard the draft" | "捨棄草稿";
    curriculum_discard_ask(code: &str, n: i32): "Discard the draft of version {n} of {code}?" | "捨棄{code}第{n}版草稿？";
    curriculum_discard_does: "What was typed is gone; the published version stays as it is." | "已輸入的內容會刪除；已公布版本維持不變。";
    curriculum_lacking: "Before it can be published" | "公布前須補充";
    curriculum_versions: "Versions" | "版本";
    curriculum_versions_since(day: &str): "in force from {day}" | "自{day}起生效";
    curriculum_shown_version: "Shown" | "顯示中";
    curriculum_draft_now: "There is a draft" | "現有草稿";

    curriculum_graph_note: "Read from top to bottom: a module stands below everything that it asks for." | "由上而下閱讀：每個單元位於其先修要求之下。";
    curriculum_graph_all: "All of these" | "須全部符合";
    curriculum_graph_any: "Any one of these" | "任何一個即可";
    curriculum_graph_asks: "Asks for" | "先修要求";
    curriculum_graph_before: "Is asked for by" | "為以下單元的先修要求";

    curriculum_new_competency: "New competency" | "新增能力";
    curriculum_edit_competency: "Edit the competency" | "修改能力";
    curriculum_description_en: "Description in English" | "英文說明";
    curriculum_description_zh: "Description in Chinese" | "中文說明";
    curriculum_name: "Name" | "名稱";
    curriculum_competencies_none: "No competencies yet" | "尚未有能力項目";
    curriculum_competencies_more: "What modules build, each at a level from 1 (aware) to 4 (leads)." | "單元所培養的能力，分為第1級（認識）至第4級（帶領他人）。";
    curriculum_none_match: "Nothing matches the filter" | "沒有符合篩選條件的項目";
    curriculum_lines(n: usize): "1 shown" + "{n} shown" | "顯示{n}項";
    curriculum_show: "Show" | "顯示";
    curriculum_in_use: "In use" | "使用中";
    curriculum_archived: "Archived" | "已封存";
    curriculum_archive: "Archive" | "封存";
    curriculum_archive_ask(code: &str): "Archive {code}?" | "封存{code}？";
    curriculum_module_archive_does: "No cohort can be offered it anew and no new draft can ask for it; the public pages leave it out. What is taught, marked and counted now stays as it is." | "不能再為任何屆別開辦，新草稿亦不能以此為先修要求；公開網頁不再列出。現正授課、評分及計算的均維持不變。";
    curriculum_module_archive_undo: "It can be taken out again at any time." | "可隨時恢復使用。";
    curriculum_module_asked_by(codes: &str): "Asked for by {codes}." | "以此為先修要求的單元：{codes}。";
    curriculum_module_away: "This module is archived" | "此單元已封存";
    curriculum_module_restore: "Use it again" | "恢復使用";
    curriculum_place: "Place in the list" | "次序";
    curriculum_place_move: "Move" | "移動";
    curriculum_rests_on: "Answers to" | "對應框架";
    curriculum_archive_does: "No new draft can name it. Versions that name it stay as they are." | "新草稿不能再引用此項；已引用的版本維持不變。";

    curriculum_new_reference: "New framework reference" | "新增參考框架";
    curriculum_edit_reference: "Edit the framework reference" | "修改參考框架";
    curriculum_framework: "Framework or publisher" | "框架或發布機構";
    curriculum_edition: "Edition" | "版本";
    curriculum_title_en: "Title in English" | "英文標題";
    curriculum_title_zh: "Title in Chinese" | "中文標題";
    curriculum_url: "Address on the web" | "網址";
    curriculum_url_form: "Give an address that begins with https:// or http://." | "請輸入以https://或http://開首的網址。";
    curriculum_valid_from: "First day in force" | "生效首日";
    curriculum_valid_to: "Last day in force" | "生效最後一日";
    curriculum_superseded: "Replaced by" | "取代此項者";
    curriculum_validity: "Validity" | "效力";
    curriculum_holds: "In force" | "生效中";
    curriculum_holds_from(day: &str): "In force from {day}" | "自{day}起生效";
    curriculum_held_until(day: &str): "In force until {day}" | "生效至{day}";
    curriculum_over: "Not in force any more" | "已失效";
    curriculum_replaced_by(code: &str): "Replaced by {code}" | "由{code}取代";
    curriculum_replaced_since(day: &str, code: &str): "In force until {day}; replaced by {code}" | "生效至{day}，由{code}取代";
    curriculum_references_none: "No framework references yet" | "尚未有參考框架";
    curriculum_references_more: "Standards, circulars and frameworks that modules rest on, with the days on which they hold." | "單元所依據的標準、通函及框架，並註明其效力日期。";
    curriculum_told_nobody: "Nobody is written to." | "不會發出電郵。";

    curriculum_public_all: "All modules" | "所有單元";
    curriculum_public_read: "Read the whole module" | "閱讀單元全文";
}

texts! {
    exemption_requested: "Asked for" | "待審批";
    exemption_withdrawn: "Withdrawn" | "已撤回";
    exemption_granted: "Granted" | "獲豁免";
    exemption_refused: "Not granted" | "不獲豁免";
    exemption_grant: "Grant" | "批准豁免";
    exemption_refuse: "Refuse" | "不批准";
    exemption_event_withdraw: "Withdraw" | "撤回";
    exemption_event_grant: "Grant" | "批准";
    exemption_event_refuse: "Refuse" | "拒絕";
    exemption_refuse_already: "There is a request for this module already, or it was granted." | "此單元已有豁免申請，或已獲豁免。";
    exemption_refuse_not_trainee: "Only a trainee who is enrolled or active can ask for an exemption." | "只有已註冊或在學的學員方可申請豁免。";
    exemption_refuse_no_decision: "Draft a decision first." | "請先草擬決定。";
    exemption_step_refused(step: &str, state: &str): "“{step}” is not possible while the request is “{state}”." | "申請現為「{state}」，不能執行「{step}」。";
    exemption_title: "Exemption for prior learning" | "過往學習豁免";
    exemption_mine: "Exemptions for prior learning" | "過往學習豁免申請";
    exemption_ask: "Ask for an exemption" | "申請豁免";
    exemption_ask_note: "If you have learnt before what a module teaches, it can count as passed. An exempted module carries no mark." | "如你曾修習單元所教的內容，該單元可視作合格。獲豁免的單元不計分數。";
    exemption_module: "Module" | "單元";
    exemption_statement: "What have you learnt, where and when?" | "你曾於何時何地修習甚麼內容？";
    exemption_statement_of: "Prior learning" | "過往學習";
    exemption_enrolment: "Your enrolment" | "你的註冊紀錄";
    exemption_statement_hint: "Compare it with the module’s learning outcomes. Up to 2,000 characters." | "請對照單元的學習成果說明，最多2,000字元。";
    exemption_evidence: "Evidence" | "證明文件";
    exemption_evidence_hint: "One PDF, at most 10 MB: a certificate, a transcript or a letter of your employer." | "一份PDF，最大10 MB，例如證書、成績單或僱主信。";
    exemption_evidence_none: "Choose a PDF." | "請選擇一份PDF。";
    exemption_send: "Send the request" | "遞交申請";
    exemption_none_left: "There is no module left to ask for." | "沒有可申請豁免的單元。";
    exemption_none_mine: "You have not asked for an exemption." | "你未有申請豁免。";
    exemption_asked_on: "Asked for on" | "申請日期";
    exemption_decided_on: "Decided on" | "決定日期";
    exemption_reason: "Reason" | "理由";
    exemption_reason_hint: "The trainee reads this in the letter and on the page." | "學員會在電郵及頁面看到此理由。";
    exemption_effect_granted: "The module counts as passed and carries no mark." | "此單元視作合格，不計分數。";
    exemption_withdraw_do: "Withdraw the request" | "撤回申請";
    exemption_withdraw_ask: "Withdraw this request?" | "撤回此申請？";
    exemption_withdraw_does: "The programme office does not decide it. You can ask again." | "計劃辦事處不會審批此申請；你可再次申請。";
    exemption_list: "Exemptions" | "豁免申請";
    exemption_trainee: "Trainee" | "學員";
    exemption_number: "Trainee number" | "學員編號";
    exemption_cohort: "Cohort" | "屆別";
    exemption_search: "Name or trainee number" | "姓名或學員編號";
    exemption_none: "No requests yet" | "尚未有申請";
    exemption_none_more: "Trainees ask on their own page; requests appear here." | "學員於個人頁面申請，申請會於此顯示。";
    exemption_none_match: "No request matches the filter" | "沒有符合篩選條件的申請";
    exemption_shown(n: usize): "1 request shown" + "{n} requests shown" | "顯示{n}項申請";
    exemption_of(code: &str, name: &str): "{code} for {name}" | "{name}：{code}";
    exemption_decision: "Decision" | "決定";
    exemption_draft_decision: "Draft decision" | "決定草稿";
    exemption_draft_note: "Only the programme office sees a draft. The next page shows what happens." | "草稿只供計劃辦事處查閱。下一頁會說明其效果。";
    exemption_draft_save: "Save and continue" | "儲存並繼續";
    exemption_decide_ask(decision: &str, code: &str): "{decision}: {code}?" | "{decision}：{code}？";
    exemption_decide_told(name: &str): "{name} is written to, in their own language." | "以{name}的語言發出電郵通知。";
    exemption_decide_reason(reason: &str): "Reason: {reason}" | "理由：{reason}";
    exemption_decide_grant: "The module counts as passed for prerequisites and completion, and carries no mark." | "就先修要求及完成課程而言，此單元視作合格，不計分數。";
    exemption_decide_refuse: "The trainee takes the module." | "學員須修讀此單元。";
    exemption_decide_final: "A decision is not changed; after a refusal the trainee can ask again." | "決定不可更改；不獲批准者可再次申請。";
    exemption_file: "Open the evidence" | "開啟證明文件";

    letter_exemption_granted_subject(code: &str): "You are exempted from {code}" | "你已獲豁免修讀{code}";
    letter_exemption_refused_subject(code: &str): "Your request about {code}" | "關於你豁免{code}的申請";
    letter_exemption_granted(module: &str): "Your prior learning has been recognised: you are exempted from {module}. The module counts as passed and carries no mark." | "你的過往學習獲得認可，可豁免修讀「{module}」。此單元視作合格，不計分數。";
    letter_exemption_refused(module: &str): "We have looked at your request to be exempted from {module} and cannot grant it. You take the module with your cohort." | "我們已審閱你豁免修讀「{module}」的申請，未能批准。請與同屆學員一同修讀。";
    letter_exemption_button: "See your enrolment" | "查看你的註冊紀錄";

    flash_exemption_asked: "Your request has been sent." | "申請已遞交。";
    flash_exemption_withdrawn: "Your request is withdrawn." | "申請已撤回。";
    flash_exemption_decided: "The decision is made and the trainee told." | "已作出決定並通知學員。";
    flash_draft_saved: "The draft is saved." | "草稿已儲存。";
    flash_draft_discarded: "The draft is gone." | "草稿已捨棄。";
    flash_module_moved: "The module has its new place." | "單元次序已更改。";
    flash_module_archived: "The module is archived." | "單元已封存。";
    flash_module_restored: "The module is in use again." | "單元已恢復使用。";
    flash_module_published: "The version is published." | "版本已公布。";
}

texts! {
    history_module_added(code: &str): "added the module {code}" | "新增單元{code}";
    history_draft_begun(n: i64): "began the draft of version {n}" | "開始草擬第{n}版";
    history_draft_changed(n: i64): "changed the draft of version {n}" | "修改第{n}版草稿";
    history_draft_discarded(n: i64): "discarded the draft of version {n}" | "捨棄第{n}版草稿";
    history_module_published(n: i64): "published version {n}" | "公布第{n}版";
    history_module_replaced(n: i64, old: i64): "published version {n} in the place of version {old}" | "公布第{n}版，取代第{old}版";
    history_module_moved(n: i64): "moved the module to place {n}" | "將單元移至第{n}位";
    history_module_archived: "archived the module" | "封存單元";
    history_module_restored: "took the module into use again" | "恢復使用單元";
    history_curriculum_added(code: &str): "added {code}" | "新增{code}";
    history_curriculum_changed(code: &str): "changed {code}" | "修改{code}";
    history_curriculum_archived(code: &str): "archived {code}" | "封存{code}";
    history_exemption_asked(code: &str): "asked for an exemption from {code}" | "申請豁免{code}";
    history_exemption_withdrawn(code: &str): "withdrew the request for {code}" | "撤回豁免{code}的申請";
    history_exemption_drafted(code: &str): "drafted the decision on {code}" | "草擬{code}的豁免決定";
    history_exemption_granted(code: &str): "granted the exemption from {code}" | "批准豁免{code}";
    history_exemption_refused(code: &str): "did not grant the exemption from {code}" | "不批准豁免{code}";
}

impl Lang {
    /// Words for the events of the curriculum and of exemptions.
    pub(super) fn curriculum_history(self, verb: &str, details: &Value) -> Option<String> {
        let code = || details.get("code").and_then(Value::as_str).unwrap_or("–");
        let number = |name: &str| details.get(name).and_then(Value::as_i64);
        let n = number("number").unwrap_or(0);
        Some(match verb {
            "module.added" => self.history_module_added(code()),
            "module.draft_begun" => self.history_draft_begun(n),
            "module.draft_changed" => self.history_draft_changed(n),
            "module.draft_discarded" => self.history_draft_discarded(n),
            "module.published" => match number("replaces") {
                Some(old) => self.history_module_replaced(n, old),
                None => self.history_module_published(n),
            },
            "module.moved" => self.history_module_moved(n),
            "module.archived" => self.history_module_archived().to_owned(),
            "module.restored" => self.history_module_restored().to_owned(),
            "curriculum.added" => self.history_curriculum_added(code()),
            "curriculum.changed" => self.history_curriculum_changed(code()),
            "curriculum.archived" => self.history_curriculum_archived(code()),
            "exemption.asked" => self.history_exemption_asked(code()),
            "exemption.withdrawn" => self.history_exemption_withdrawn(code()),
            "exemption.drafted" => self.history_exemption_drafted(code()),
            "exemption.granted" => self.history_exemption_granted(code()),
            "exemption.refused" => self.history_exemption_refused(code()),
            _ => return None,
        })
    }

    /// Flashes of the room.
    pub(super) fn flash_curriculum(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "exemption_asked" => self.flash_exemption_asked(),
            "exemption_withdrawn" => self.flash_exemption_withdrawn(),
            "exemption_decided" => self.flash_exemption_decided(),
            "draft_saved" => self.flash_draft_saved(),
            "draft_discarded" => self.flash_draft_discarded(),
            "module_moved" => self.flash_module_moved(),
            "module_archived" => self.flash_module_archived(),
            "module_restored" => self.flash_module_restored(),
            "module_published" => self.flash_module_published(),
            _ => return None,
        })
    }
}
