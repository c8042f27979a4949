//! Texts of the programme's pages and history.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    programmes_code_taken: "Another programme has this code." | "此代號已由另一計劃使用。";
    programmes_pics_taken: "This version exists; a published statement never changes." | "此版本已存在；已發布的聲明不能更改。";
    programmes_period_order: "The period cannot end before it starts." | "結束日期不能早於開始日期。";
    programmes_status: "Status" | "狀態";
    programmes_planned: "Planned" | "籌備中";
    programmes_recruiting: "Recruiting" | "收生中";
    programmes_running: "Running" | "進行中";
    programmes_closed: "Closed" | "已結束";
    programmes_code: "Code" | "代號";
    programmes_name_en: "Name in English" | "英文名稱";
    programmes_name_zh: "Name in Chinese" | "中文名稱";
    programmes_summary_en: "Summary in English" | "簡介（英文）";
    programmes_summary_zh: "Summary in Chinese" | "簡介（中文）";
    programmes_contact: "Address for questions" | "查詢電郵";
    programmes_edit: "Edit the programme" | "修改計劃資料";
    programmes_switch: "Programmes" | "計劃";
    programmes_targets: "Targets" | "目標";
    programmes_targets_empty: "No target yet. A target is a figure with its source, such as “more than 200 trained each year”." | "尚未有目標。目標為附有出處的數字，例如「每年培訓超過200名」。";
    programmes_target_add: "Add a target" | "新增目標";
    programmes_target_edit: "Edit the target" | "修改目標";
    programmes_target_remove: "Remove" | "移除";
    programmes_target_remove_ask: "Remove this target?" | "移除此目標？";
    programmes_target_remove_does: "The target disappears from this page and the public site; the history keeps its wording." | "此目標將從本頁及公開網站移除；紀錄會保留其文字。";
    programmes_metric: "What is counted" | "計算項目";
    programmes_first_intake: "First intake (milestone)" | "首次收生（里程碑）";
    programmes_operator: "Compared as" | "比較方式";
    programmes_value: "Figure" | "數字";
    programmes_value_hint: "As the source words it: “more than 200” is 200." | "按出處原文填寫：「超過200名」即填200。";
    programmes_starts_on: "From" | "由";
    programmes_ends_on: "To" | "至";
    programmes_wording_en: "The source’s words, in English" | "出處原文（英文）";
    programmes_wording_zh: "The source’s words, in Chinese" | "出處原文（中文）";
    programmes_source: "Source" | "出處";
    programmes_source_none: "No source named" | "未註明出處";
    programmes_source_line(title: &str, publisher: &str, date: &str): "Source: {title}, {publisher}, {date}" | "出處：{title}，{publisher}，{date}";
    programmes_period(from: &str, to: &str): "{from} to {to}" | "{from}至{to}";
    programmes_sentence(metric: &str, operator: &str, value: &str): "{metric}: {operator} {value}" | "{metric}：{operator}{value}";
    programmes_of_needed(count: i64, needed: i64): "{count} of {needed} needed" | "{count}／所需{needed}";
    programmes_trained_so_far: "Trained so far" | "至今完成培訓";
    programmes_enrolled_so_far: "Enrolled so far" | "至今入學註冊";
    programmes_pro_rata: "An even pace to date" | "按比例至今應達";
    programmes_not_begun: "Not begun" | "尚未開始";
    programmes_on_pace: "On pace" | "進度符合";
    programmes_behind: "Behind an even pace" | "落後於平均進度";
    programmes_met: "Met" | "已達標";
    programmes_basis(trained: &str, enrolled: &str): "Trained: {trained}. Enrolled: {enrolled}. Each person counts once." | "完成培訓：{trained}。入學註冊：{enrolled}。每人只計算一次。";
    programmes_window(from: &str, to: &str): "Expected {from} to {to}" | "預期於{from}至{to}";
    programmes_planned_start(date: &str): "The first cohort in the window is planned to start on {date}." | "期內首屆計劃於{date}開課。";
    programmes_planned_late(date: &str): "The first cohort is planned to start on {date}, after the window." | "首屆計劃於{date}開課，已超出預期時間。";
    programmes_planned_none: "No cohort is planned in the window yet." | "期內尚未計劃任何屆別。";
    programmes_enrolled_first(date: &str): "The first trainee enrolled on {date}." | "首名學員於{date}入學註冊。";
}

texts! {
    programmes_planner: "Planner" | "規劃工具";
    programmes_planner_none: "Add a yearly target first; the planner works back from it." | "請先新增年度目標，規劃工具會由此推算。";
    programmes_completion: "Completion, %" | "完成率（%）";
    programmes_acceptance: "Acceptance, %" | "接受率（%）";
    programmes_size: "Seats in a cohort" | "每屆名額";
    programmes_for_target: "For the target" | "適用目標";
    programmes_work_out: "Work out" | "計算";
    programmes_keep: "Keep these rates for the programme" | "儲存為計劃假設";
    programmes_kept(completion: &str, acceptance: &str): "The programme assumes {completion}% completion and {acceptance}% acceptance." | "計劃假設：完成率{completion}%，接受率{acceptance}%。";
    programmes_completions: "completions needed" | "所需完成人數";
    programmes_enrolments: "enrolments needed" | "所需入學註冊人數";
    programmes_offers: "offers needed" | "所需取錄通知";
    programmes_cohorts_of(size: i64): "cohorts of {size} seats" | "屆（每屆{size}個名額）";
    programmes_sources: "Sources" | "出處";
    programmes_sources_empty: "No source yet." | "尚未有出處。";
    programmes_source_add: "Add a source" | "新增出處";
    programmes_title_en: "Title in English" | "英文標題";
    programmes_title_zh: "Title in Chinese" | "中文標題";
    programmes_publisher: "Publisher" | "發布者";
    programmes_published_on: "Published on" | "發布日期";
    programmes_url: "Address on the web" | "網址";
    programmes_url_form: "Give an address that begins with https:// or http://." | "請輸入以https://或http://開首的網址。";
    programmes_pics: "Personal Information Collection Statement" | "收集個人資料聲明";
    programmes_pics_empty: "No statement yet. A call cannot open without one." | "尚未有聲明。未發布聲明前不能開始接受申請。";
    programmes_pics_new: "Publish a new version" | "發布新版本";
    programmes_pics_note: "It is in force and public at once, and it never changes: consent names the version shown. Applicants who have not submitted are asked again." | "發布後即時生效並公開，不能更改：同意紀錄會註明所示版本。尚未遞交的申請人須再次表示同意。";
    programmes_pics_version: "Version" | "版本";
    programmes_pics_version_hint: "Such as 2026-10." | "例如2026-10。";
    programmes_pics_text_en: "Text in English" | "英文內容";
    programmes_pics_text_zh: "Text in Chinese" | "中文內容";
    programmes_pics_publish: "Publish" | "發布";
    programmes_pics_since(at: &str): "in force since {at}" | "自{at}起生效";
    programmes_pics_now: "In force" | "現行";
    programmes_pics_old: "Superseded" | "已由新版取代";
    programmes_pics_public: "As the public reads it" | "公開版本";
}

texts! {
    programmes_holidays: "General holidays" | "公眾假期";
    programmes_holidays_note: "Holidays besides Sundays. A derived date has not been checked against the Gazette." | "星期日以外的公眾假期。推算日期尚未與憲報核對。";
    programmes_holidays_empty: "No holidays yet." | "尚未有公眾假期。";
    programmes_holidays_load: "Load the lists of 2026 and 2027" | "載入2026及2027年名單";
    programmes_holidays_set: "Add or correct a holiday" | "新增或更正公眾假期";
    programmes_holiday_on: "Day" | "日期";
    programmes_holiday_gazetted: "Gazetted" | "已刊憲";
    programmes_holiday_derived: "Derived" | "推算";
    programmes_holiday_edit: "Edit" | "修改";
}

texts! {
    history_programme_created(code: &str): "set up the programme {code}" | "建立計劃{code}";
    history_programme_changed(fields: &str): "changed {fields}" | "更改了{fields}";
    history_programme_assumed(completion: &str, acceptance: &str): "set the planner to {completion}% completion and {acceptance}% acceptance" | "將規劃假設設為完成率{completion}%、接受率{acceptance}%";
    history_target_added(words: &str): "added the target {words}" | "新增目標{words}";
    history_target_changed(words: &str): "changed the target {words}" | "更改目標{words}";
    history_target_removed(words: &str): "removed the target {words}" | "移除目標{words}";
    history_source_added(title: &str): "added the source {title}" | "新增出處{title}";
    history_observation_added(label: &str): "recorded the figure {label}" | "新增數據{label}";
    history_pics_published(version: &str): "published the statement of version {version}" | "發布{version}版聲明";
    history_holidays_set(n: i64): "set 1 holiday" + "set {n} holidays" | "設定{n}個公眾假期";
    history_modules_set(n: i64): "set 1 module" + "set {n} modules" | "設定{n}個單元";
}

/// Basis points as people read per cent: `85`, `87.5`.
#[must_use]
pub fn per_cent(points: i64) -> String {
    let (whole, rest) = (points / 100, points % 100);
    match rest {
        0 => whole.to_string(),
        rest if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        rest => format!("{whole}.{rest:02}"),
    }
}

impl Lang {
    /// The name of a programme's status.
    #[must_use]
    pub fn programme_status(self, status: &str) -> &'static str {
        match status {
            "recruiting" => self.programmes_recruiting(),
            "running" => self.programmes_running(),
            "closed" => self.programmes_closed(),
            _ => self.programmes_planned(),
        }
    }

    fn programme_field(self, field: &str) -> &str {
        match field {
            "name_en" => self.programmes_name_en(),
            "name_zh" => self.programmes_name_zh(),
            "summary_en" => self.programmes_summary_en(),
            "summary_zh" => self.programmes_summary_zh(),
            "status" => self.programmes_status(),
            "contact_email" => self.programmes_contact(),
            other => other,
        }
    }

    /// Words for the events of programmes.
    pub(super) fn programmes_history(self, verb: &str, details: &Value) -> Option<String> {
        let text = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or("–");
        let number = |name: &str| details.get(name).and_then(Value::as_i64).unwrap_or(0);
        let words = || text(self.pick("en", "zh"));
        Some(match verb {
            "programme.created" => self.history_programme_created(text("code")),
            "programme.changed" => {
                let fields: Vec<&str> = details
                    .get("fields")
                    .and_then(Value::as_array)
                    .map(|all| {
                        all.iter()
                            .filter_map(Value::as_str)
                            .map(|f| self.programme_field(f))
                            .collect()
                    })
                    .unwrap_or_default();
                self.history_programme_changed(&fields.join(self.history_list_comma()))
            }
            "programme.closed" => self.history_programme_closed().to_owned(),
            "programme.reopened" => self.history_programme_reopened().to_owned(),
            "programme.assumed" => self.history_programme_assumed(
                &per_cent(number("completion")),
                &per_cent(number("acceptance")),
            ),
            "target.added" => self.history_target_added(&self.quoted(words())),
            "target.changed" => self.history_target_changed(&self.quoted(words())),
            "target.removed" => self.history_target_removed(&self.quoted(words())),
            "source.added" => self.history_source_added(&self.quoted(words())),
            "observation.added" => self.history_observation_added(&self.quoted(words())),
            "pics.published" => self.history_pics_published(text("version")),
            "holidays.set" => self.history_holidays_set(number("n")),
            "modules.set" => self.history_modules_set(number("n")),
            _ => return None,
        })
    }
}
