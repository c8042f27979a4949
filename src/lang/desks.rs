//! Texts of the desks: homes, the cohort at a glance, figures, search.
use super::texts;

texts! {
    desk_me_empty: "You have not applied yet" | "你尚未遞交申請";
    desk_me_empty_more: "Choose an open call below to begin. A draft is saved as you write." | "請於下方選擇現正接受申請的屆別。草稿會隨填寫儲存。";
    desk_me_empty_no_call: "No call is open now. The next one will be announced on the programme’s page." | "現時沒有接受申請的屆別。下一屆招生將於計劃頁面公布。";
    desk_me_calls: "Open calls" | "現正接受申請";
    desk_me_reference: "Reference" | "申請編號";
    desk_me_until_offer: "Answer by" | "回覆限期";
    desk_me_until_draft: "Submit before" | "遞交限期";
    desk_me_position: "Your position on the waitlist" | "候補次序";
    desk_me_position_more: "Counted among those who wait for a seat that also fits you. When one becomes free it goes at once to the first in line." | "只計算同樣等候適合你的名額的人。名額一旦騰空，即給予次序最前的一位。";
    desk_me_trainee_number: "Trainee number" | "學員編號";
    desk_me_answer: "Answer the offer" | "回覆取錄通知";
    desk_me_too_late: "The time to answer this offer is over; the seat goes to the next person." | "回覆限期已過，名額將給予下一位。";
    desk_me_accepted: "You have accepted the offer. Confirm a few details to enrol." | "你已接受取錄。請確認數項資料以完成入學註冊。";
    desk_me_enrol: "Enrol" | "入學註冊";
    desk_me_trainee_page: "Your trainee page" | "你的學員頁面";
    desk_me_continue: "Continue your application" | "繼續填寫申請";
    desk_me_view: "See the application" | "查看申請";
    desk_me_draft_closed: "The call has closed and this draft was not submitted, so it is not considered." | "申請已截止，而此草稿未有遞交，因此不會獲考慮。";
}

texts! {
    desk_as_of(when: &str): "As of {when}." | "截至{when}。";
    desk_today_needs: "Needs a decision" | "有待處理";
    desk_today_nothing: "Nothing needs a decision now." | "現時沒有待處理事項。";
    desk_today_nothing_more: "Offers, holds, reviews and mail are all in time." | "取錄通知、預留名額、評審及電郵均如期進行。";
    desk_today_cohorts: "Cohorts" | "屆別";
    desk_today_new: "New cohort" | "新增屆別";
    desk_today_first: "Begin here" | "由此開始";
    desk_today_first_more: "There is no cohort yet. A call can be published once these are done." | "尚未有任何屆別。完成以下步驟後即可公布招生。";
    desk_first_programme: "Set up the programme" | "設立計劃";
    desk_first_targets: "Record the targets with their sources" | "記錄目標及來源";
    desk_first_statement: "Publish the collection statement (PICS)" | "公布收集個人資料聲明";
    desk_first_organisations: "Enter universities and institutions" | "輸入大學及機構";
    desk_first_cohort: "Create the first cohort" | "建立首屆";
    desk_first_done: "Done" | "已完成";
    desk_first_to_do: "To do" | "待辦";
    desk_urgent: "Now" | "即時";
    desk_soon: "Soon" | "稍後";
    desk_need_what: "What" | "事項";
    desk_need_when: "When" | "時間";
    desk_dead_letters(n: i64): "{n} letter could not be delivered" + "{n} letters could not be delivered" | "{n}封電郵未能送達";
    desk_dead_letters_where: "Mail" | "電郵";
    desk_next_date(what: &str, left: &str): "{what}: {left}" | "{what}：{left}";
    desk_column_cohort: "Cohort" | "屆別";
    desk_column_state: "State" | "狀態";
    desk_column_submitted: "Submitted" | "已遞交";
    desk_column_taken: "Taken" | "已接受";
    desk_column_offered: "Offered" | "待回覆";
    desk_column_free: "Free" | "剩餘";
    desk_column_seats: "Seats" | "名額";
    desk_column_waiting: "Waiting" | "候補";
    desk_column_next: "Next date" | "下一日期";
    desk_column_picture: "Seats filled" | "名額使用情況";

    desk_need_open(at: &str): "Open the call: its opening time was {at}" | "開始接受申請：原定時間為{at}";
    desk_need_closes(at: &str): "The call closes {at}" | "申請將於{at}截止";
    desk_need_review: "The call has closed: begin the review" | "申請已截止，請開始評審";
    desk_need_reviewer(n: i64): "{n} submitted application without a reviewer" + "{n} submitted applications without a reviewer" | "{n}份已遞交的申請尚未分配評審員";
    desk_need_reviewer_many(n: i64): "{n} or more submitted applications without a reviewer" | "{n}份或以上已遞交的申請尚未分配評審員";
    desk_need_reviews(n: i64, by: &str): "{n} review not handed in; decisions are due {by}" + "{n} reviews not handed in; decisions are due {by}" | "{n}項評審尚未遞交，結果須於{by}公布";
    desk_need_release(n: i64): "{n} pending decision not released" + "{n} pending decisions not released" | "{n}項決定尚未公布";
    desk_need_offers(n: i64): "{n} offer expires within 72 hours" + "{n} offers expire within 72 hours" | "{n}份取錄通知於72小時內到期";
    desk_need_holds(n: i64): "{n} unused held seat falls to the open seats within a week" + "{n} unused held seats fall to the open seats within a week" | "{n}個未用的預留名額將於一星期內撥入公開名額";
    desk_need_waiting(n: i64): "{n} person waits although a fitting seat is free" + "{n} people wait although a fitting seat is free" | "{n}人正在候補，但有合適的剩餘名額";
    desk_need_start(on: &str): "Start the cohort: teaching began {on}" | "開課：原定日期為{on}";
}

texts! {
    desk_glance: "At a glance" | "概覽";
    desk_title_of(name: &str, page: &str): "{page} – {name}" | "{page} – {name}";
    desk_this_cohort: "This cohort" | "本屆";
    desk_public_page: "Public page of the call" | "招生公開頁面";
    desk_note_opens(at: &str): "The call opens {at}" | "{at}開始接受申請";
    desk_note_closes(at: &str): "The call closes {at}" | "申請將於{at}截止";
    desk_note_closed(at: &str): "The call closed {at}" | "申請已於{at}截止";
    desk_note_closed_early: "The call was closed early" | "申請已提早截止";
    desk_note_taught(from: &str, to: &str): "Teaching {from} to {to}" | "授課期：{from}至{to}";
    desk_note_cancelled: "Called off" | "已取消";
    desk_do_release: "Release decisions" | "公布決定";
    desk_do_edit: "Edit the cohort" | "修改屆別";
    desk_do_applications: "See the applications" | "查看申請";
    desk_do_waitlist: "See the waitlist" | "查看候補名單";
    desk_do_enrolments: "See the enrolments" | "查看入學註冊";
    desk_do_state: "Change the state" | "更改狀態";
    desk_tab_applications: "Applications" | "申請";
    desk_tab_import: "Import" | "匯入";
    desk_tab_release: "Release" | "公布";
    desk_tab_waitlist: "Waitlist" | "候補名單";
    desk_tab_enrolments: "Enrolments" | "入學註冊";
    desk_tab_seats: "Seats" | "名額";
    desk_tab_rubric: "Rubric" | "評分準則";
    desk_tab_edit: "Dates and texts" | "日期及內容";
    desk_seats_by_pool: "Seats by pool" | "各組別名額";
    desk_change_seats: "Change seats" | "更改名額";
    desk_pool: "Pool" | "組別";
    desk_seats(n: i64): "{n} seat" + "{n} seats" | "{n}個名額";
    desk_pool_held(seats: &str, until: &str): "{seats}, held until {until}" | "{seats}，預留至{until}";
    desk_pool_released(seats: &str, at: &str): "{seats}; unused ones given to everybody {at}" | "{seats}；未用名額已於{at}開放";
    desk_pools_none: "No seats yet" | "尚未設定名額";
    desk_pools_none_more: "Set the open seats, and hold some for organisations if you wish." | "請設定公開名額，並可按需要為機構預留名額。";
    desk_pools_set: "Set the seats" | "設定名額";
    desk_waiting_note: "Somebody who fits several pools waits in each and counts once in the total." | "適合多個組別的候補者會在各組別計算，總計只計一次。";
    desk_funnel: "From application to enrolment" | "由申請至入學註冊";
    desk_funnel_note: "Share of applications begun." | "佔已開始填寫的申請的百分比。";
    desk_funnel_note_submitted: "Share of applications submitted." | "佔已遞交申請的百分比。";
    desk_funnel_started: "Begun" | "已開始填寫";
    desk_funnel_submitted: "Submitted" | "已遞交";
    desk_funnel_decided: "Decided" | "已有決定";
    desk_funnel_offered: "Offered a seat" | "獲取錄通知";
    desk_funnel_accepted: "Accepted" | "已接受";
    desk_funnel_enrolled: "Enrolled" | "已入學註冊";
    desk_year: "The year against its target" | "年度目標進度";
    desk_year_of_year(year: i32): "{year} against its target" | "{year}年目標進度";
    desk_year_of(metric: &str, needed: &str, from: &str, to: &str): "of {needed} needed · {metric} · {from} to {to}" | "／所需{needed}・{metric}・{from}至{to}";
    desk_year_enrolled(n: &str): "Enrolled in cohorts that begin in the period: {n}." | "期內開課的屆別已入學註冊人數：{n}。";
    desk_year_pace(n: &str): "An even pace would have reached {n} by today." | "如平均進行，至今應已達{n}人。";
    desk_year_plan(enrolments: &str, offers: &str, completion: &str, acceptance: &str): "To reach the target: {enrolments} enrolments and {offers} offers, if {completion} complete and {acceptance} accept." | "要達到目標，須有{enrolments}人入學註冊及發出{offers}份取錄通知（假設完成率為{completion}、接受率為{acceptance}）。";
    desk_year_cohorts(n: i64, size: &str): "That is {n} cohort of {size} seats." + "That is {n} cohorts of {size} seats." | "即{n}屆，每屆{size}個名額。";
    desk_year_none: "No yearly target has been recorded for this time." | "此期間尚未記錄年度目標。";
    desk_year_record: "Record the target" | "記錄目標";
    desk_year_plan_link: "Targets and planner" | "目標及規劃";
    desk_year_done: "Completed" | "已完成課程";
    desk_year_under_way: "Enrolled, not yet completed" | "已入學註冊，尚未完成";
    desk_year_even: "Even pace" | "平均進度";
    desk_dates: "Dates ahead" | "未來日期";
    desk_dates_none: "No date is ahead." | "沒有未來日期。";
    desk_history_none: "Nothing has been recorded yet." | "尚未有任何紀錄。";
    desk_history_older(n: usize): "{n} earlier entry" + "{n} earlier entries" | "較早的{n}項紀錄";
}

texts! {
    desk_committee_note: "Figures only. Counts of 1 to 4 are not shown, nor any that would give them away." | "只提供數字。1至4的數目不予顯示，會間接透露該等數目的數字亦不顯示。";
    desk_committee_empty: "No cohort to show yet" | "尚未有可顯示的屆別";
    desk_committee_empty_more: "Figures appear here when the first call is published." | "首屆招生公布後，數字會於此顯示。";
    desk_small(limit: i64): "<{limit}" | "<{limit}";
    desk_withheld: "not shown" | "不予顯示";
    desk_seats_together: "Seats" | "名額";
    desk_organisation_note: "Seats held for your organisation. Other organisations’ seats are never shown." | "為貴機構預留的名額。其他機構的名額不會顯示。";
    desk_organisation_empty: "No seats are held for your organisation now" | "現時沒有為貴機構預留名額";
    desk_organisation_empty_more: "The programme office holds seats by agreement. People of your organisation can always apply for the open seats." | "計劃辦事處按協議預留名額。貴機構的人員隨時可申請公開名額。";
    desk_hold_until(at: &str): "Held until {at}" | "預留至{at}";
    desk_hold_ended(at: &str): "Unused seats went to everybody {at}" | "未用名額已於{at}開放";
    desk_hold: "Hold" | "預留期";
    desk_organisation_ask: "To change the seats held for you, or to nominate somebody, write to the programme office." | "如要更改預留名額或提名人選，請致函計劃辦事處。";

    desk_search_title(q: &str): "Search: {q}" | "搜尋：{q}";
    desk_search_hint: "Any part of a name in any order, in English or Chinese, an e-mail address, or a reference." | "可輸入中文或英文姓名的任何部分（次序不限）、電郵地址或申請編號。";
    desk_search_people: "Applicants and trainees" | "申請人及學員";
    desk_search_places: "Organisations" | "機構";
    desk_search_nothing: "Nothing was found" | "找不到結果";
    desk_search_nothing_more: "Try fewer letters, or another form of the name." | "請嘗試減少字詞，或使用姓名的另一種寫法。";
    desk_search_cut(n: i64): "Only the first {n} is shown. Add a word to narrow the search." + "Only the first {n} are shown. Add a word to narrow the search." | "只顯示首{n}項。請增加字詞以收窄範圍。";
}
