//! Texts of funding schemes: terms, the meter, claims.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    fnd_period_financial: "financial year (from 1 April)" | "財政年度（4月1日起）";
    fnd_period_academic: "academic year (from 1 September)" | "學年（9月1日起）";
    fnd_period_calendar: "calendar year" | "曆年";
    fnd_period_whole: "the whole scheme" | "整個計劃期";
    fnd_claim_submitted: "Sent" | "已遞交";
    fnd_claim_approved: "Agreed by the funder" | "已獲資助機構批准";
    fnd_claim_rejected: "Refused by the funder" | "被資助機構拒絕";
    fnd_claim_paid: "Paid" | "已付款";
    fnd_claim_withdrawn: "Taken back" | "已收回";
    fnd_bar_not_verified: "Verified after it began" | "開始後才核實資格";
    fnd_bar_outside: "Outside the scheme’s dates" | "不在資助期內";
    fnd_bar_not_over: "The month is not over" | "該月尚未完結";
    fnd_bar_late: "Too late to claim" | "已過申領限期";
    fnd_bar_hours: "Too few approved hours" | "已批核工時不足";
    fnd_bar_months: "All months of the period are used" | "該期間的月數已用完";
    fnd_bar_persons: "The scheme takes no more persons" | "資助人數已滿";
    fnd_bar_budget: "Nothing is left of the budget" | "預算已用完";
    fnd_refuse_archived: "This scheme is archived. Take it back into use first." | "此資助計劃已封存，請先恢復使用。";
    fnd_refuse_twice: "This placement is under the scheme already." | "此實習已納入資助計劃。";
    fnd_refuse_claims: "A claim for this placement stands. Take the claim back first." | "此實習有未了結的申領，請先收回申領。";
    fnd_refuse_step: "This claim cannot take that step any more. Reload the page to see where it stands." | "此申領已不能進行這個步驟，請重新載入頁面查看最新狀態。";
    fnd_refuse_nothing: "None of the chosen months can be claimed now. Go back and choose months that show an amount." | "所選月份現時均不可申領，請返回選擇顯示金額的月份。";

    fnd_title: "Funding" | "資助";
    fnd_note: "Schemes that reimburse institutions for trainees placed with them: what was claimed, what may still be, and until when." | "向接收學員的機構發還款項的資助計劃：已申領多少、尚可申領多少及限期。";
    fnd_new: "Add a scheme" | "新增資助計劃";
    fnd_scheme: "Scheme" | "資助計劃";
    fnd_valid: "Valid" | "有效期";
    fnd_claimed: "Claimed" | "已申領";
    fnd_to_claim: "To claim now" | "現可申領";
    fnd_next_until: "Next last day" | "最近限期";
    fnd_none: "No funding scheme" | "未有資助計劃";
    fnd_none_more: "Add a scheme with its dates and caps; then put placements under it." | "請新增資助計劃及其日期與上限，再納入實習。";
    fnd_of(part: &str, whole: &str): "{part} of {whole}" | "{part}／{whole}";
    fnd_from_to(from: &str, to: &str): "{from} to {to}" | "{from}至{to}";
    fnd_valid_from: "Valid from" | "生效日期";
    fnd_valid_to: "Valid to" | "終止日期";
    fnd_paid_so_far: "Paid" | "已付款";
    fnd_agreed_so_far: "Agreed" | "已批准";
    fnd_budget: "Budget in all (HK$)" | "總預算（港元）";
    fnd_persons: "Persons" | "人數";
    fnd_source: "Where the terms are written" | "條款出處";
    fnd_dates: "Dates" | "日期";
    fnd_claim_days: "Days to claim a month after its end" | "月底後申領期（日）";
    fnd_claim_by: "Last day for any claim" | "最後申領日";
    fnd_amounts: "Amounts" | "金額";
    fnd_share: "Share of the pay (%)" | "薪酬資助比例（%）";
    fnd_month_cap: "At most a month (HK$)" | "每月上限（港元）";
    fnd_least_hours: "Least share of the contracted hours (%)" | "合約工時最低比例（%）";
    fnd_caps: "Caps" | "上限";
    fnd_months_most: "Months of one person at most" | "每人最多月數";
    fnd_period: "Counted within" | "計算期間";
    fnd_persons_most: "Persons at most" | "人數上限";
    fnd_form_note: "Claims that were sent keep the terms of their day." | "已遞交的申領維持當日的條款。";
    fnd_need_per_cent: "Enter a number up to 100, such as 80 or 12.5" | "請輸入不超過100的數字，例如80或12.5";
    fnd_need_claim_by: "Enter a day after the scheme begins" | "請輸入資助計劃生效之後的日期";
    fnd_meter: "Meter" | "資助用量";
    fnd_terms: "Terms" | "條款";
    fnd_pays: "Pays" | "資助額";
    fnd_pays_words(share: &str, cap: &str): "{share}% of the pay, at most {cap} a month; part of a month by its days" | "薪酬的{share}%，每月上限{cap}；不足一個月按日計算";
    fnd_hours: "Hours" | "工時";
    fnd_hours_words(least: &str): "At least {least}% of the contracted hours of the month, worked and approved" | "須完成並獲批核不少於該月合約工時的{least}%";
    fnd_claims_until: "Claims" | "申領限期";
    fnd_days_after(n: i32): "Within {n} day of the end of the month" + "Within {n} days of the end of the month" | "月底後{n}日內";
    fnd_days_until(n: i32, last: &str): "Within {n} day of the end of the month, and by {last}" + "Within {n} days of the end of the month, and by {last}" | "月底後{n}日內，且不遲於{last}";
    fnd_months: "Months" | "月數";
    fnd_months_words(n: i32, period: &str): "At most {n} month of one person; counted within: {period}" + "At most {n} months of one person; counted within: {period}" | "每人最多{n}個月；計算期間：{period}";
    fnd_months_open: "Months without a claim" | "未申領的月份";
    fnd_months_none: "No month to claim" | "沒有可申領的月份";
    fnd_months_none_more: "Months appear here once placements under the scheme have begun." | "納入資助計劃的實習開始後，月份會在此顯示。";
    fnd_trainee: "Trainee" | "學員";
    fnd_number: "Trainee number" | "學員編號";
    fnd_institution: "Institution" | "機構";
    fnd_month: "Month" | "月份";
    fnd_worked: "Hours approved" | "已批核工時";
    fnd_contracted: "Hours contracted" | "合約工時";
    fnd_pay: "Pay that counts" | "計算用薪酬";
    fnd_amount: "Amount" | "金額";
    fnd_why_not: "Why not" | "不可申領原因";
    fnd_until: "Claim by" | "申領限期";
    fnd_select(name: &str, month: &str): "Choose {name}, {month}" | "選擇{name}，{month}";
    fnd_claim_preview: "Claim the chosen months…" | "申領所選月份…";
    fnd_placements: "Placements under the scheme" | "納入資助計劃的實習";
    fnd_placements_none: "None yet." | "暫時沒有。";
    fnd_under(institution: &str, pay: &str, verified: &str): "{institution} · {pay} a month · verified {verified}" | "{institution} · 每月{pay} · {verified}核實";
    fnd_choose: "Add placements" | "納入實習";
    fnd_choose_note: "Verify each trainee’s eligibility before the placement begins; a later day is kept, but nothing can be claimed." | "請於實習開始前核實每名學員的資格；可記錄較後日期，但不能申領。";
    fnd_choose_none: "No placement lies within the scheme’s dates that is not under it already." | "資助期內沒有未納入的實習。";
    fnd_choose_submit: "Put them under the scheme" | "納入資助計劃";
    fnd_choice(name: &str, institution: &str, starts: &str, pay: &str): "{name}, {institution}, from {starts}, {pay} a month" | "{name}，{institution}，{starts}起，每月{pay}";
    fnd_verified_on: "Eligibility verified on" | "資格核實日期";
    fnd_month_pay: "Pay a month (HK$)" | "每月薪酬（港元）";
    fnd_month_pay_hint: "Leave empty to take the allowance of each posting." | "留空則採用各職位的津貼額。";
    fnd_need_placement: "Choose at least one placement" | "請選擇至少一個實習";
    fnd_need_pay: "Enter the pay: a chosen posting has no monthly allowance in Hong Kong dollars" | "請輸入薪酬：所選職位沒有以港元計算的月薪";
    fnd_remove: "Take off the scheme" | "移出資助計劃";
    fnd_remove_ask(name: &str): "Take the placement of {name} off the scheme?" | "把{name}的實習移出資助計劃？";
    fnd_remove_does: "Its months can no longer be claimed. It can be added again." | "其月份不可再申領，但可重新納入。";
    fnd_archive_ask(name: &str): "Archive “{name}”?" | "封存「{name}」？";
    fnd_archive_does: "Nothing more is claimed under it; claims already sent go on." | "不再作新申領；已遞交的申領照常處理。";
    fnd_restore: "Take back into use" | "恢復使用";
    fnd_claims: "Claims" | "申領";
    fnd_claims_none: "No claim yet" | "未有申領";
    fnd_claims_none_more: "Choose months on the scheme’s page and claim them." | "請在資助計劃頁選擇月份並申領。";
    fnd_claim_ask: "Claim these months?" | "申領以下月份？";
    fnd_claim_sum(sum: &str): "Recorded as sent to the funder, {sum} in all" | "記錄為已向資助機構遞交，合共{sum}";
    fnd_claim_line(name: &str, month: &str, amount: &str): "{name}, {month}: {amount}" | "{name}，{month}：{amount}";
    fnd_claim_submit: "Record the claims" | "記錄申領";
    fnd_claim_title(name: &str, month: &str): "Claim: {name}, {month}" | "申領：{name}，{month}";
    fnd_submitted_on: "Sent on" | "遞交日期";
    fnd_decided_on: "Decided on" | "決定日期";
    fnd_paid_on: "Paid on" | "付款日期";
    fnd_remark: "Remark" | "備註";
    fnd_do_approve: "Record as agreed" | "記錄為已批准";
    fnd_do_reject: "Record as refused" | "記錄為被拒絕";
    fnd_do_pay: "Record as paid" | "記錄為已付款";
    fnd_do_withdraw: "Take back" | "收回";
    fnd_step_note(amount: &str): "The claim is for {amount}." | "申領金額為{amount}。";

    flash_claims_submitted: "The claims are recorded as sent." | "已記錄申領為已遞交。";

    history_scheme_added: "added the scheme" | "新增資助計劃";
    history_scheme_changed: "changed the scheme" | "更改資助計劃";
    history_scheme_archived: "archived the scheme" | "封存資助計劃";
    history_scheme_restored: "took the scheme back into use" | "恢復使用資助計劃";
    history_scheme_funded(n: i64): "put {n} placement under the scheme" + "put {n} placements under the scheme" | "納入{n}個實習";
    history_scheme_unfunded: "took a placement off the scheme" | "移出一個實習";
    history_scheme_claimed(n: i64): "claimed {n} month" + "claimed {n} months" | "申領{n}個月";
    history_claim_submitted: "recorded the claim as sent" | "記錄申領為已遞交";
    history_claim_approved: "recorded the claim as agreed" | "記錄申領為已批准";
    history_claim_rejected: "recorded the claim as refused" | "記錄申領為被拒絕";
    history_claim_paid: "recorded the claim as paid" | "記錄申領為已付款";
    history_claim_withdrawn: "took the claim back" | "收回申領";
}

impl Lang {
    /// The room's notices after an act.
    pub(super) fn flash_of_funding(self, name: &str) -> Option<&'static str> {
        (name == "claims_submitted").then(|| self.flash_claims_submitted())
    }

    /// The words of the verbs of funding.
    pub(super) fn history_of_funding(self, verb: &str, details: &Value) -> Option<String> {
        let n = details
            .get("count")
            .and_then(Value::as_i64)
            .unwrap_or_default();
        let told = match verb {
            "funding_scheme.added" => self.history_scheme_added(),
            "funding_scheme.changed" => self.history_scheme_changed(),
            "funding_scheme.archived" => self.history_scheme_archived(),
            "funding_scheme.restored" => self.history_scheme_restored(),
            "funding_scheme.unfunded" => self.history_scheme_unfunded(),
            "funding_scheme.funded" => return Some(self.history_scheme_funded(n)),
            "funding_scheme.claimed" => return Some(self.history_scheme_claimed(n)),
            "funding_claim.submitted" => self.history_claim_submitted(),
            "funding_claim.approved" => self.history_claim_approved(),
            "funding_claim.rejected" => self.history_claim_rejected(),
            "funding_claim.paid" => self.history_claim_paid(),
            "funding_claim.withdrawn" => self.history_claim_withdrawn(),
            _ => return None,
        };
        Some(told.to_owned())
    }
}
