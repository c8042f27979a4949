//! Texts of the cohorts' pages, letters and history.
use serde_json::Value;

use super::format::{date, deadline};
use super::{Lang, texts};

texts! {
    cohort_refuse_over: "This cohort is over; it can no longer be changed." | "本屆已結束或取消，不能再更改。";
    cohort_refuse_code: "The code stands in public addresses and letters; it can no longer be changed." | "代號已用於公開網址及電郵，不能再更改。";
    cohort_refuse_no_seats: "Add seats before you open the call." | "請先設定名額，再開始接受申請。";
    cohort_refuse_no_pics: "Publish a Personal Information Collection Statement before you open the call." | "請先發布收集個人資料聲明，再開始接受申請。";
    cohort_refuse_pool_exists: "Seats are already held for this organisation; change that pool instead." | "已為此機構預留名額，請更改該組別。";
    cohort_refuse_hold_past: "Choose a time that is still ahead." | "請選擇尚未過去的時間。";
    cohort_refuse_hold_over: "This hold is over and its unused seats are in the open pool; change the open pool instead." | "此預留期已結束，未用名額已撥入公開名額；請改為更改公開名額。";
    cohort_refuse_not_held: "The open pool is held for nobody." | "公開名額並非為任何機構預留。";
    cohort_refuse_rubric_frozen: "A review has been submitted, so the rubric can no longer be changed." | "已有評審員遞交評審，評分準則不能再更改。";
    cohort_refuse_rubric_size: "A rubric has 1 to 12 criteria." | "評分準則須有1至12項。";
}

texts! {
    cohorts_warn_title: "Please look at these dates again" | "請再核對以下日期";
    cohorts_warn_change: "Dates and texts" | "日期及內容";
    cohorts_warn_first_late(starts: &str, promised: &str): "The first intake was promised to begin by {promised}; teaching begins on {starts}." | "首屆原定不遲於{promised}開課；現定於{starts}開課。";
    cohorts_warn_holiday(which: &str, on: &str): "{which}: {on} is a general holiday." | "{which}：{on}為公眾假期。";
    cohorts_warn_sunday(which: &str, on: &str): "{which}: {on} is a Sunday." | "{which}：{on}為星期日。";
    cohorts_warn_no_holidays(year: i32): "No general holidays of {year} are recorded, so its dates are not checked against them." | "尚未記錄{year}年的公眾假期，故未能核對該年日期。";
}

texts! {
    cohorts_new: "New cohort" | "新增屆別";
    cohorts_empty: "No cohorts yet" | "尚未有屆別";
    cohorts_empty_hint: "A cohort is an intake with its call, dates and seats." | "每一屆別包括公開招生、各項日期及名額。";
    cohorts_none_found: "No cohort matches the filter" | "沒有符合篩選條件的屆別";
    cohorts_shown(n: usize): "1 cohort shown" + "{n} cohorts shown" | "顯示{n}個屆別";
    cohorts_code: "Code" | "代號";
    cohorts_code_hint: "2 to 20 capital letters, digits and hyphens, such as 2027H1. It names the call in public addresses." | "2至20個大楷英文字母、數字或連字號，例如2027H1；會用於公開網址。";
    cohorts_code_form: "Use 2 to 20 capital letters, digits and hyphens, beginning with a letter or digit." | "請輸入2至20個大楷英文字母、數字或連字號，並以字母或數字開首。";
    cohorts_code_taken: "Another cohort has this code." | "此代號已由另一屆別使用。";
    cohorts_name: "Name" | "名稱";
    cohorts_name_en: "Name in English" | "英文名稱";
    cohorts_name_zh: "Name in Chinese" | "中文名稱";
    cohorts_intro_en: "What the call says, in English" | "招生簡介（英文）";
    cohorts_intro_zh: "What the call says, in Chinese" | "招生簡介（中文）";
    cohorts_intro_hint: "Paragraphs are parted by blank lines." | "段落之間請留空一行。";
    cohorts_state: "State" | "狀態";
    cohorts_programme: "Programme" | "計劃";
    cohorts_names: "Names and call" | "名稱及招生簡介";
    cohorts_dates: "Dates (Hong Kong time)" | "日期（香港時間）";
    cohorts_opens_on: "The call opens on" | "開始接受申請日期";
    cohorts_opens_time: "Opening time (HKT)" | "時間（香港時間）";
    cohorts_closes_on: "The call closes on" | "截止申請日期";
    cohorts_closes_time: "Closing time (HKT)" | "截止時間（香港時間）";
    cohorts_decisions_on: "Decisions are told by" | "公布結果日期";
    cohorts_reply_on: "Offers are answered by" | "回覆取錄通知限期";
    cohorts_reply_time: "Latest time (HKT)" | "限期時間（香港時間）";
    cohorts_reply_hint: "For offers not yet made; those already out keep their own date." | "只適用於尚未發出的取錄通知；已發出者維持原有限期。";
    cohorts_starts_on: "Teaching begins" | "開課日期";
    cohorts_ends_on: "Teaching ends" | "結束日期";
    cohorts_reply_days: "Days to answer for people promoted from the waitlist" | "候補遞補者的回覆日數";
    cohorts_open_seats: "Open seats to begin with" | "初始公開名額";
    cohorts_open_seats_hint: "Seats can be changed, and held for organisations, on the seats page." | "其後可於名額頁面更改，亦可為機構預留。";
    cohorts_plan: "Plan the cohort" | "建立屆別";
    cohorts_edit: "Dates and texts" | "日期及文字";
    cohorts_seats_taken: "Seats taken" | "已接受名額";
    cohorts_seats_of(taken: i64, seats: i64): "{taken} of {seats}" | "{taken}／{seats}";
    cohorts_applications: "Applications" | "申請";
    cohorts_closes: "Closes" | "截止申請";
    cohorts_starts: "Starts" | "開課";
    cohorts_ends: "Ends" | "結束";
    cohorts_seats: "Seats" | "名額";
    cohorts_rubric: "Rubric" | "評分準則";
    cohorts_first_class(day: &str): "The first class is on {day}; teaching begins on that day or before." | "首節課堂在{day}，開課日期不得遲於當日。";
    cohorts_last_class(day: &str): "The last class is on {day}; teaching ends on that day or after. Move or cancel it first." | "最後一節課堂在{day}，結束日期不得早於當日；請先更改或取消該課堂。";
    cohorts_bad_time: "Enter a time such as 23:59." | "請輸入時間，例如23:59。";
}

texts! {
    cohorts_steps: "Steps" | "步驟";
    cohorts_step_now: "Next step" | "下一步";
    cohorts_steps_none: "This cohort has reached its end; no step is left." | "本屆已告終結，沒有其他步驟。";
    cohorts_step_review(step: &str): "{step}…" | "{step}……";
    cohorts_step_confirm(step: &str, cohort: &str): "{step}: {cohort}?" | "確定{step}：{cohort}？";
    cohorts_step_happens: "What happens" | "將會發生";
    cohorts_step_told: "Who is told" | "通知對象";
    cohorts_step_hard: "What cannot be undone" | "不能復原";
    cohorts_step_early(at: &str): "The deadline is still ahead ({at}). Closing now ends the call before it, and this moment is told as its close." | "截止時間尚未到（{at}），現在截止即提早結束申請，公開頁面亦以此刻為截止時間。";
    cohorts_open_does: "The call appears on the public site and takes applications between its two instants." | "招生將於公開網站顯示，並於訂明時間內接受申請。";
    cohorts_open_seats_now(n: i64): "1 seat is offered for." + "{n} seats are offered for." | "共有{n}個名額。";
    cohorts_open_hard: "The code can no longer be changed." | "代號不能再更改。";
    cohorts_close_does: "No application can be submitted or changed from now on; drafts stay drafts." | "由此刻起不能再遞交或修改申請；草稿維持草稿。";
    cohorts_close_waiting(n: i64): "1 application goes to review." + "{n} applications go to review." | "共有{n}份申請進入評審。";
    cohorts_offer_does: "Decisions can be released from now on. Nothing is released by this step." | "由此刻起可公布結果；此步驟本身不會公布任何結果。";
    cohorts_start_does: "Teaching begins. Enrolled trainees become active as they start." | "開課。已入學註冊的學員開課後轉為在學。";
    cohorts_complete_ahead(day: &str): "Classes are planned until {day}; whoever has not been confirmed is not completed by this." | "課堂編排至{day}；未經確認完成的學員不會因此視作完成。";
    cohorts_complete_does: "Results are settled. Dates, texts and seats can no longer be changed." | "結果已確定。日期、文字及名額不能再更改。";
    cohorts_archive_does: "The cohort is put away; its records stay readable." | "本屆將封存；紀錄仍可查閱。";
    cohorts_cancel_does: "The cohort will not take place. The call leaves the list of open calls." | "本屆將不會舉行，並從開放申請的名單移除。";
    cohorts_told_nobody: "Nobody is written to by this step." | "此步驟不會發出電郵。";
    cohorts_told_cancel(n: i64): "1 person whose application is alive, by e-mail, in their own language." + "{n} people whose applications are alive, by e-mail, each in their own language." | "以電郵通知{n}名仍有有效申請的人士，並使用其選用的語言。";
    cohorts_cancel_hard: "A cancelled cohort stays cancelled, and a letter that has left cannot be called back." | "取消後不能恢復；已發出的電郵亦不能收回。";
    cohorts_no_way_back: "A cohort goes forward only; this step is not taken back." | "屆別只可向前推進，此步驟不能撤回。";
}

texts! {
    cohorts_pool: "Pool" | "組別";
    cohorts_pool_ended: "Hold ended" | "預留結束時間";
    cohorts_pool_taken: "Taken" | "已接受";
    cohorts_pool_offered: "Offered" | "待回覆";
    cohorts_pool_free: "Free" | "剩餘";
    cohorts_pool_seats: "Seats" | "名額";
    cohorts_pool_total: "Total" | "合計";
    cohorts_pool_until(at: &str): "Held until {at}" | "預留至{at}";
    cohorts_pool_over(at: &str): "Hold ended {at}" | "預留期已於{at}結束";
    cohorts_pool_add: "Hold seats for an organisation" | "為機構預留名額";
    cohorts_pool_change: "Change" | "更改";
    cohorts_pool_change_of(name: &str): "Change: {name}" | "更改：{name}";
    cohorts_pool_release: "Release unused seats" | "釋放未用名額";
    cohorts_pool_organisation: "Organisation" | "機構";
    cohorts_pool_organisation_hint: "Its people take these seats first; they fit the open pool as well." | "其人員優先使用此等名額，亦可使用公開名額。";
    cohorts_pool_capacity: "Seats" | "名額";
    cohorts_pool_capacity_hint(used: i32): "At least {used}: so many are offered or taken." | "不少於{used}個，即已發出取錄通知及已接受的數目。";
    cohorts_pool_hold_on: "Held until the end of" | "預留至";
    cohorts_pool_hold_time: "Opening time (HKT)" | "時間（香港時間）";
    cohorts_pool_hold_hint: "After that, seats that are neither offered nor taken go to the open pool by themselves." | "其後，未發出取錄通知亦未獲接受的名額會自動撥入公開名額。";
    cohorts_release_title(name: &str): "Release the seats held for {name}?" | "釋放為{name}預留的名額？";
    cohorts_release_does(n: i32): "1 unused seat goes to the open pool." + "{n} unused seats go to the open pool." | "{n}個未用名額將撥入公開名額。";
    cohorts_release_keeps(n: i32): "1 seat that is offered or taken stays as it is." + "{n} seats that are offered or taken stay as they are." | "{n}個已發出取錄通知或已接受的名額不變。";
    cohorts_release_promotes: "If people wait for the open pool, the first of them get an offer at once." | "如有候補者等候公開名額，將即時按次序發出取錄通知。";
    cohorts_release_told: "Those who speak for the organisation, by e-mail." | "以電郵通知該機構的聯絡人及代表。";
    cohorts_release_hard: "The seats cannot be held again for this organisation." | "釋放後不能再為此機構預留。";
    cohorts_rubric_note: "Reviewers score each criterion from 1 to 5. Weights are relative to one another. With the first submitted review the rubric is frozen." | "評審員就每項準則給予1至5分。比重為相對數值。一經有評審遞交，準則即告鎖定。";
    cohorts_rubric_frozen(n: i64): "The rubric is frozen: 1 review has been submitted." + "The rubric is frozen: {n} reviews have been submitted." | "評分準則已鎖定：已有{n}份評審遞交。";
    cohorts_criterion(n: usize): "Criterion {n}" | "準則{n}";
    cohorts_criterion_order: "Place" | "次序";
    cohorts_criterion_name: "Criterion" | "準則";
    cohorts_criterion_hint_en: "What to look for, in English" | "評分要點（英文）";
    cohorts_criterion_hint_zh: "What to look for, in Chinese" | "評分要點（中文）";
    cohorts_criterion_weight: "Weight" | "比重";
    cohorts_criterion_blank: "Leave a criterion empty to remove it." | "如要刪除某項準則，請將其留空。";
    cohorts_rubric_none: "No rubric yet." | "尚未設定評分準則。";
}

texts! {
    cohorts_mail_cancelled_subject(cohort: &str): "Cancelled: {cohort}" | "取消通知：{cohort}";
    cohorts_mail_cancelled(cohort: &str): "We are sorry to tell you that {cohort} will not take place. Your application to it ends here, and you need not do anything." | "很抱歉通知你，{cohort}將不會舉行。你就本屆提出的申請亦告終止，你毋須採取任何行動。";
    cohorts_mail_cancelled_next: "You are welcome to apply to a later cohort when its call opens." | "歡迎你於其後屆別接受申請時再次申請。";
    cohorts_mail_see_applications: "See your applications" | "查看你的申請";
    cohorts_mail_released_subject(cohort: &str): "Held seats released: {cohort}" | "預留名額已釋放：{cohort}";
    cohorts_mail_released(n: i64, organisation: &str): "The time for which seats were held for {organisation} is over. 1 unused seat has gone to the open pool." + "The time for which seats were held for {organisation} is over. {n} unused seats have gone to the open pool." | "為{organisation}預留名額的期限已結束，{n}個未用名額已撥入公開名額。";
    cohorts_mail_released_next: "Seats that are offered to or taken by your people are not affected, and your people can still be offered open seats." | "已向貴機構人員發出取錄通知或已獲接受的名額不受影響；貴機構人員仍可獲分配公開名額。";
    cohorts_mail_cohort: "Cohort" | "屆別";
    cohorts_mail_given_back: "Seats given back" | "已撥回名額";
    cohorts_mail_kept: "Seats kept" | "保留名額";
    cohorts_mail_see_organisation: "See your organisation’s page" | "查看貴機構頁面";
}

texts! {
    history_cohort_created(seats: i64, code: &str): "planned the cohort {code} with 1 open seat" + "planned the cohort {code} with {seats} open seats" | "建立屆別{code}，設{seats}個公開名額";
    history_cohort_changed(fields: &str): "changed {fields}" | "更改了{fields}";
    history_cohort_stepped(from: &str, to: &str): "moved the cohort from “{from}” to “{to}”" | "將本屆由「{from}」轉為「{to}」";
    history_pool_added(seats: i64, name: &str, until: &str): "held 1 seat for {name} until {until}" + "held {seats} seats for {name} until {until}" | "為{name}預留{seats}個名額至{until}";
    history_pool_capacity(name: &str, from: i64, to: i64): "changed {name} from {from} to {to} seats" | "將{name}由{from}個名額改為{to}個";
    history_pool_hold(name: &str, until: &str): "moved the end of the hold for {name} to {until}" | "將{name}的預留限期改至{until}";
    history_pool_released(seats: i64, name: &str): "ended the hold for {name}: 1 seat went to the open pool" + "ended the hold for {name}: {seats} seats went to the open pool" | "結束{name}的預留期：{seats}個名額撥入公開名額";
    history_rubric_set(n: usize): "set a rubric of 1 criterion" + "set a rubric of {n} criteria" | "設定{n}項評分準則";
    history_list_comma: ", " | "、";
}

fn text<'a>(details: &'a Value, name: &str) -> &'a str {
    details.get(name).and_then(Value::as_str).unwrap_or("–")
}

fn number(details: &Value, name: &str) -> i64 {
    details.get(name).and_then(Value::as_i64).unwrap_or(0)
}

impl Lang {
    /// The half of a stored pair `en`, `zh`; the open pool has none.
    fn pool_in(self, details: &Value) -> String {
        match details.get(self.pick("en", "zh")).and_then(Value::as_str) {
            Some(name) => name.to_owned(),
            None => self.pool_open().to_owned(),
        }
    }

    fn instant_in(self, details: &Value, name: &str) -> String {
        match text(details, name).parse() {
            Ok(at) => deadline(self, at),
            Err(_erased) => text(details, name).to_owned(),
        }
    }

    fn cohort_word(self, word: &str) -> &str {
        match word {
            "planned" => self.cohort_planned(),
            "open" => self.cohort_open(),
            "reviewing" => self.cohort_reviewing(),
            "offering" => self.cohort_offering(),
            "running" => self.cohort_running(),
            "completed" => self.cohort_completed(),
            "archived" => self.cohort_archived(),
            "cancelled" => self.cohort_cancelled(),
            other => other,
        }
    }

    fn cohort_field(self, field: &str) -> &str {
        match field {
            "code" => self.cohorts_code(),
            "name_en" => self.cohorts_name_en(),
            "name_zh" => self.cohorts_name_zh(),
            "intro_en" => self.cohorts_intro_en(),
            "intro_zh" => self.cohorts_intro_zh(),
            "opens_at" => self.cohorts_opens_on(),
            "closes_at" => self.cohorts_closes_on(),
            "decisions_on" => self.cohorts_decisions_on(),
            "reply_by" => self.cohorts_reply_on(),
            "starts_on" => self.cohorts_starts_on(),
            "ends_on" => self.cohorts_ends_on(),
            "reply_days" => self.cohorts_reply_days(),
            other => other,
        }
    }

    /// One changed field: what it was and is. Long texts are only named.
    fn cohort_change(self, details: &Value, field: &str) -> String {
        let name = self.cohort_field(field);
        let part = |side: &str| {
            let value = details.get(side).and_then(|d| d.get(field));
            match value {
                Some(Value::String(s)) => s
                    .parse::<chrono::DateTime<chrono::Utc>>()
                    .map(|at| deadline(self, at))
                    .or_else(|_text| s.parse::<chrono::NaiveDate>().map(|day| date(self, day)))
                    .unwrap_or_else(|_text| s.clone()),
                Some(other) => other.to_string(),
                None => String::new(),
            }
        };
        match field {
            "intro_en" | "intro_zh" => name.to_owned(),
            _ => format!("{name} ({} → {})", part("before"), part("after")),
        }
    }

    /// Words for the events of cohorts, pools and rubrics.
    pub(super) fn cohorts_history(self, verb: &str, details: &Value) -> Option<String> {
        let pool = || self.pool_in(details);
        Some(match verb {
            "cohort.created" => {
                self.history_cohort_created(number(details, "seats"), text(details, "code"))
            }
            "cohort.changed" => {
                let fields: Vec<String> = details
                    .get("after")
                    .and_then(Value::as_object)
                    .map(|map| map.keys().map(|f| self.cohort_change(details, f)).collect())
                    .unwrap_or_default();
                self.history_cohort_changed(&fields.join(self.history_list_comma()))
            }
            "cohort.stepped" => self.history_cohort_stepped(
                self.cohort_word(text(details, "from")),
                self.cohort_word(text(details, "to")),
            ),
            "pool.added" => self.history_pool_added(
                number(details, "seats"),
                &pool(),
                &self.instant_in(details, "until"),
            ),
            "pool.capacity" => {
                self.history_pool_capacity(&pool(), number(details, "from"), number(details, "to"))
            }
            "pool.hold" => self.history_pool_hold(&pool(), &self.instant_in(details, "to")),
            "pool.released" => self.history_pool_released(number(details, "seats"), &pool()),
            "rubric.set" => {
                let criteria = details.get("criteria").and_then(Value::as_array);
                self.history_rubric_set(criteria.map_or(0, Vec::len))
            }
            _ => return None,
        })
    }
}
