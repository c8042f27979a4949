//! Texts of offerings, sessions, storm days and calendars.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    offering_planned: "Planned" | "籌備中";
    offering_published: "Published" | "已公布";
    offering_cancelled: "Cancelled" | "已取消";
    session_scheduled: "Scheduled" | "已編排";
    session_cancelled: "Cancelled" | "已取消";
    session_held: "Held" | "已上課";
    cancel_signal_8: "Tropical cyclone signal no. 8 or above" | "八號或以上熱帶氣旋警告信號";
    cancel_black_rain: "Black rainstorm warning" | "黑色暴雨警告信號";
    cancel_extreme: "Extreme conditions" | "極端情況";
    cancel_instructor: "The instructor cannot come" | "講師未能出席";
    cancel_room: "The room cannot be used" | "課室未能使用";
    cancel_other: "Another reason" | "其他原因";
    closed_examination: "Examinations" | "考試";
    teaching_one_day: "A session begins and ends on the same day." | "課節須於同一天開始及結束。";
    closed_reading_week: "Reading week" | "閱讀週";
    closed_break: "Break" | "假期";
    clash_room: "same room" | "同一課室";
    clash_link: "same meeting link" | "同一網上會議連結";
    clash_instructor: "same instructor" | "同一講師";
    clash_trainee: "same trainees" | "同一批學員";
    clash_placement: "trainee at a placement" | "學員正在實習";

    teaching_refuse_cohort_over: "The cohort is over or cancelled; its timetable stays as it is." | "此屆已結束或取消，時間表不能更改。";
    teaching_refuse_offering_cancelled: "The offering is cancelled." | "此開設單元已取消。";
    teaching_refuse_published: "The offering is published already." | "此開設單元早已公布。";
    teaching_refuse_no_sessions: "Plan sessions first; then the offering can be published." | "請先編排課節，方可公布。";
    teaching_refuse_not_scheduled: "Only a session that is still scheduled can be changed." | "只可更改尚未舉行的課節。";
    teaching_refuse_not_cancelled: "Only a cancelled session is made up for." | "只有已取消的課節才需補課。";
    teaching_refuse_made_up: "A make-up session is planned already." | "補課早已編排。";
    teaching_refuse_clashes: "The session clashes with others. Look at the clashes before you save." | "課節與其他安排衝突，請先查看衝突再儲存。";
    teaching_refuse_changed: "Something has changed since the preview. Look at the new preview." | "預覽後情況有變，請查看新的預覽。";
    tt_preview_anew: "The day has changed" | "情況有變";
    teaching_refuse_nothing: "This pattern gives no session before the cohort ends." | "按此安排，在本屆結束前沒有任何課節。";
    teaching_refuse_full: "Every place is taken." | "名額已滿。";
    teaching_refuse_whole: "The whole cohort attends; nobody needs a place." | "全屆學員均須出席，無須分配名額。";
    teaching_refuse_attended: "Trainees have checked in to this session, so its start stays. Cancel it and plan a make-up session instead." | "已有學員在此課節簽到，不能更改開始時間。請取消此課節，另行安排補課。";
    teaching_refuse_quiet_day: "No scheduled session is left on that day." | "當日沒有尚未舉行的課節。";
    teaching_bad_minutes(least: i32, most: i32): "A session lasts {least} to {most} minutes." | "每節須為{least}至{most}分鐘。";
    teaching_outside(from: &str, to: &str): "Choose a day within the cohort: {from} to {to}." | "請選擇本屆期間內的日子：{from}至{to}。";

    tt_timetable: "Timetable" | "時間表";
    tt_offerings: "Modules offered" | "開設單元";
    tt_offering: "Module offered" | "開設單元";
    tt_offering_new: "Offer a module" | "開設新單元";
    tt_offering_add: "Offer the module" | "開設單元";
    tt_offering_edit: "Change the offering" | "更改開設單元";
    tt_offering_edit_note: "Instructors, room and link are for sessions planned from now on. Change sessions that stand one by one." | "講師、課室及連結只適用於其後編排的課節；已編排的課節請逐一更改。";
    tt_offering_cancel: "Cancel the offering" | "取消開設單元";
    tt_offering_cancel_of(name: &str): "Cancel “{name}”?" | "取消「{name}」？";
    tt_cancel_does: "Every session that is still to come is cancelled. The offering cannot be opened again." | "所有尚未舉行的課節均會取消，開設單元不能重開。";
    tt_publish: "Publish" | "公布";
    tt_publish_of(name: &str): "Publish “{name}”?" | "公布「{name}」？";
    tt_publish_does(n: usize): "{n} session becomes visible to its trainees and instructors, and enters their calendars." + "{n} sessions become visible to their trainees and instructors, and enter their calendars." | "{n}節課會向學員及講師公布，並加入他們的日曆。";
    tt_letters_hard: "A letter that has left." | "已寄出的電郵。";
    tt_told(trainees: usize, instructors: usize): "By e-mail, each in their own language. Trainees: {trainees}; instructors: {instructors}" | "以電郵通知，各按其語言：學員{trainees}人，講師{instructors}人";
    tt_told_people(n: usize): "{n} person, by e-mail in their own language, with a calendar entry" + "{n} people, by e-mail, each in their own language, with a calendar entry" | "{n}人，以電郵通知，各按其語言，並附日曆事項";
    tt_told_later: "Nobody yet: the offering is not published." | "暫不通知：開設單元尚未公布。";
    tt_module: "Module" | "單元";
    tt_title: "Title" | "名稱";
    tt_title_en: "Title in English" | "英文名稱";
    tt_title_zh: "Title in Chinese" | "中文名稱";
    tt_title_hint: "Leave empty to use the module’s name." | "如沿用單元名稱，可留空。";
    tt_instructors: "Instructors" | "講師";
    tt_instructor: "Instructor" | "講師";
    tt_instructors_hint: "People with the role of instructor in this programme." | "本計劃中具講師身分的人士。";
    tt_where: "Where" | "地點";
    tt_who: "Who attends" | "出席者";
    tt_room: "Room" | "課室";
    tt_link: "Meeting link" | "網上會議連結";
    tt_bad_link: "Enter an address that begins with https://" | "請輸入以https://開首的網址";
    tt_place: "Place" | "地點";
    tt_no_place: "To be announced" | "容後公布";
    tt_join: "Join online" | "網上出席";
    tt_capacity: "Capacity" | "名額";
    tt_attends: "Attendance" | "出席安排";
    tt_whole_cohort: "Whole cohort" | "全屆學員";
    tt_with_places: "Only trainees with a place" | "只限獲分配名額的學員";
    tt_places: "Places" | "名額分配";
    tt_places_of(taken: i64, all: i32): "{taken} of {all} places taken" | "{all}個名額已佔{taken}個";
    tt_give_place: "Give a place" | "分配名額";
    tt_take_place: "Take the place back" | "收回名額";
    tt_no_trainees: "The cohort has no trainees yet." | "本屆暫無學員。";
    tt_hours: "Hours" | "時數";
    tt_hours_of(planned: &str, contact: i32): "{planned} of {contact}" | "{contact}小時中已編排{planned}小時";
    tt_sessions: "Sessions" | "課節";
    tt_state: "State" | "狀態";
    tt_reason: "Reason" | "原因";
    tt_note: "Note" | "備註";
    tt_people: "People concerned" | "涉及人數";
    tt_day: "Day" | "日期";
    tt_time: "Time (HKT)" | "時間（香港時間）";
    tt_starts: "Begins" | "開始";
    tt_ends: "Ends" | "結束";
    tt_minutes: "Minutes" | "分鐘";
    tt_edit: "Edit" | "更改";
    tt_search: "Name, code or room" | "名稱、編號或課室";
    tt_no_offerings: "No module is offered yet" | "暫未開設單元";
    tt_no_offerings_more: "Offer a module, plan its sessions, then publish it." | "先開設單元，再編排課節，然後公布。";
    tt_none: "No sessions yet" | "暫無課節";
    tt_none_more: "Offer a module and plan its sessions by a weekly pattern." | "請開設單元，並按每週模式編排課節。";
    tt_none_here: "No sessions in these days" | "此期間沒有課節";
    tt_free: "No session" | "沒有課節";
    tt_views: "Views" | "檢視方式";
    tt_view_list: "List" | "列表";
    tt_view_week: "Week" | "按週";
    tt_view_month: "Month" | "按月";
    tt_before: "Earlier" | "較早";
    tt_after: "Later" | "較後";
    tt_today: "Today" | "今天";
    tt_print: "Print" | "列印";
    tt_weekdays: "Mon|Tue|Wed|Thu|Fri|Sat|Sun" | "星期一|星期二|星期三|星期四|星期五|星期六|星期日";
    tt_from(day: &str): "From {day}" | "由{day}起";
    tt_from_to(from: &str, to: &str): "{from} – {to}" | "{from}至{to}";
    tt_not_published: "not published" | "尚未公布";
    tt_make_up_session: "Make-up session" | "補課";
    tt_overdue: "Some sessions are over." | "部分課節已過。";
    tt_record_held: "Record them as held" | "記錄為已上課";
    tt_plan: "Plan sessions" | "編排課節";
    tt_plan_of(name: &str): "Plan sessions of “{name}”" | "編排「{name}」的課節";
    tt_plan_note: "General holidays and closed periods are left out. You see every date and every clash before anything is saved." | "系統會避開公眾假期及停課日子。儲存前可查看所有日期及時間衝突。";
    tt_pattern: "Every week" | "每週安排";
    tt_on_days: "On these days" | "上課日子";
    tt_need_day: "Tick at least one day." | "請最少選擇一天。";
    tt_saturday: "Another time on Saturdays" | "星期六的另一時間";
    tt_saturday_hint: "Leave empty for the same time." | "如時間相同，可留空。";
    tt_how_much: "How much" | "總數";
    tt_first_on: "From" | "由";
    tt_until: "Until" | "直至";
    tt_until_hours: "these hours of teaching are filled" | "排滿以下教學時數";
    tt_until_sessions: "there are this many sessions" | "達到以下課節數目";
    tt_amount: "Hours or sessions" | "時數或課節數目";
    tt_amount_hint: "At most 200. The last session ends when the hours are full." | "最多200。排滿時數後，最後一節會提早結束。";
    tt_preview: "Preview" | "預覽";
    tt_plan_sum(n: usize, hours: i64): "{n} session, {hours} hours of teaching" + "{n} sessions, {hours} hours of teaching" | "{n}節，共{hours}小時";
    tt_skipped: "Days left out" | "避開的日子";
    tt_no_skipped: "None" | "沒有";
    tt_left: "Does not fit" | "未能排滿";
    tt_does_not_fit(day: &str): "The cohort ends on {day}, before everything is planned." | "本屆於{day}結束，未能編排全部課節。";
    tt_clashes: "Clashes" | "時間衝突";
    tt_elsewhere: "A session of another programme" | "另一計劃的課堂";
    tt_need_ahead: "Choose a time that is still to come." | "請選擇尚未到來的時間。";
    tt_closed_day: "A day without classes" | "不設課堂的日子";
    tt_more_than_hours(all: &str, hours: i32): "With these {all} are planned; the module has {hours} hours of teaching." | "連同這些課堂共編排{all}；此單元的授課時數為{hours}小時。";
    tt_no_clash: "None" | "沒有";
    tt_clash(planned: &str, other: &str, at: &str, what: &str): "{planned}: {other} at {at} ({what})" | "{planned}：與{at}的{other}衝突（{what}）";
    tt_and_more(n: usize): "and {n} more" | "另有{n}項";
    tt_plan_now(n: usize): "Plan {n} session" + "Plan {n} sessions" | "編排{n}節";
    tt_plan_anyway(n: usize, clashes: usize): "Plan {n} session in spite of {clashes} clashes" + "Plan {n} sessions in spite of {clashes} clashes" | "雖有{clashes}項衝突，仍編排{n}節";
    tt_save_anyway(clashes: usize): "Save in spite of {clashes} clash" + "Save in spite of {clashes} clashes" | "雖有{clashes}項衝突，仍然儲存";
    tt_move: "Move or change" | "更改時間或地點";
    tt_move_of(name: &str): "Change a session of “{name}”" | "更改「{name}」的課節";
    tt_move_now: "Save and tell everybody" | "儲存並通知各人";
    tt_was_when(at: &str): "Now: {at}" | "現時：{at}";
    tt_is_when(at: &str): "Then: {at}" | "更改為：{at}";
    tt_cancel: "Cancel the session" | "取消課節";
    tt_cancel_of(name: &str): "Cancel a session of “{name}”" | "取消「{name}」的課節";
    tt_cancel_now: "Cancel and tell everybody" | "取消並通知各人";
    tt_cancel_hint: "Everybody reads it. The session then counts in no attendance and comes back only as a make-up session." | "各人均會看到。取消後不計算出席率，只可另行補課。";
    tt_make_up: "Plan a make-up session" | "編排補課";
    tt_make_up_of(name: &str): "Make up for a session of “{name}”" | "為「{name}」編排補課";
    tt_make_up_now: "Plan it and tell everybody" | "編排補課並通知各人";
    tt_made_up_by: "A make-up session is planned" | "已編排補課";
    tt_made_up_for: "Make-up session for a cancelled one" | "此節為已取消課節的補課";
    tt_closed: "Days without classes" | "停課日子";
    tt_closed_note: "Examination and reading weeks and breaks. Sessions are not planned into them." | "考試週、閱讀週及假期，編排課節時會避開。";
    tt_closed_none: "No closed periods yet" | "暫無停課日子";
    tt_closed_add: "Add days without classes" | "新增停課日子";
    tt_closed_edit(name: &str): "Change “{name}”" | "更改「{name}」";
    tt_closed_remove_ask(name: &str): "Remove “{name}”?" | "刪除「{name}」？";
    tt_closed_remove_days(days: &str, whose: &str): "{days}; {whose}" | "{days}；{whose}";
    tt_closed_remove_does: "Plans made from now on can use these days. Sessions that are planned stay as they are; nobody is told." | "其後編排的課堂可使用這些日子；已編排的課堂維持不變，亦不會通知任何人。";
    tt_closed_remove: "Remove these days" | "移除此停課日子";
    tt_closed_kind: "Kind" | "類別";
    tt_closed_from: "From" | "由";
    tt_closed_to: "To" | "至";
    tt_closed_days: "Days" | "日子";
    tt_closed_name_en: "Name in English" | "英文名稱";
    tt_closed_name_zh: "Name in Chinese" | "中文名稱";
    tt_closed_university: "Of a university" | "所屬院校";
    tt_closed_university_hint: "Then only cohorts with its trainees are closed. Leave empty for the whole programme." | "選擇後，只適用於有該校學員的屆別。如適用於整個計劃，可留空。";
    tt_closed_everybody: "Whole programme" | "整個計劃";
    tt_closed_order: "It ends before it begins." | "結束日期早於開始日期。";
    tt_storm: "Storm day" | "惡劣天氣停課";
    tt_storm_note: "Cancels every session of a day in the whole programme, tells everybody and proposes make-up times." | "取消整個計劃當日的所有課節，通知各人，並建議補課時間。";
    tt_storm_from: "From this time on" | "由此時間起";
    tt_storm_from_hint: "Leave empty for the whole day. Sessions that began earlier stay." | "如全日停課，可留空。較早開始的課節不受影響。";
    tt_storm_preview: "See what is cancelled" | "查看將取消的課節";
    tt_storm_of(day: &str, reason: &str): "Cancel the sessions of {day}: {reason}" | "取消{day}的課節：{reason}";
    tt_storm_sessions(n: usize): "{n} session is cancelled" + "{n} sessions are cancelled" | "取消{n}節";
    tt_storm_told(people: usize, letters: usize): "{people} people, each in their own language, by {letters} letters with calendar entries" | "{people}人，各按其語言，共{letters}封附日曆事項的電郵";
    tt_storm_hard: "A cancelled session does not come back; plan a make-up session. Letters that have left cannot be called back." | "取消後不能還原，只可另行補課。已寄出的電郵亦不能收回。";
    tt_storm_now(n: usize): "Cancel {n} session and tell everybody" + "Cancel {n} sessions and tell everybody" | "取消{n}節並通知各人";
    tt_make_ups: "Make-up sessions" | "補課安排";
    tt_make_ups_none: "Nothing is left to make up for on this day" | "當日沒有尚待補課的課節";
    tt_make_ups_note: "Each proposed time is free for room, instructors and trainees, lies within the cohort and on no holiday. Accepted times are told to everybody at once." | "建議的時間均無課室、講師及學員衝突，在本屆期間內，並避開假期。接受後會即時通知各人。";
    tt_lost: "Cancelled session" | "已取消課節";
    tt_was: "Was" | "原定時間";
    tt_proposed: "Proposed" | "建議時間";
    tt_no_time: "No free time before the cohort ends" | "本屆結束前沒有合適時間";
    tt_by_hand: "Choose another time" | "另選時間";
    tt_accept: "Accept" | "接受";
    tt_accept_chosen: "Plan the chosen make-up sessions" | "編排所選補課";
    tt_choose_one: "Tick at least one session." | "請最少選擇一節。";
    tt_own: "My timetable" | "我的時間表";
    tt_own_none: "No sessions yet" | "暫無課節";
    tt_own_none_trainee: "They appear here when your timetable is published; we also write to you." | "時間表公布後會在此顯示，我們亦會以電郵通知你。";
    tt_own_none_instructor: "They appear here when the office publishes a module that you teach." | "計劃辦事處公布你任教的單元後，課節會在此顯示。";
    tt_next: "Next session" | "下一節";
    tt_calendar: "Calendar" | "日曆";
    tt_calendar_name: "Classes – Banyan" | "課節 – Banyan";
    tt_calendar_what: "A private address that your calendar program reads by itself. It shows your sessions, moved and cancelled ones too." | "供日曆程式自動讀取的私人網址，會顯示你的課節，包括改期及取消的課節。";
    tt_calendar_make: "Make my calendar address" | "建立我的日曆網址";
    tt_calendar_renew: "Make a new address" | "建立新網址";
    tt_calendar_renew_hint: "The old address stops working at once." | "舊網址會即時失效。";
    tt_calendar_stop: "Stop the address" | "停用網址";
    tt_calendar_made: "Your calendar address" | "你的日曆網址";
    tt_calendar_copy: "Copy the address now" | "請即複製網址";
    tt_calendar_address: "Calendar address" | "日曆網址";
    tt_calendar_once: "It is shown this once. Whoever has it can read your timetable, so keep it to yourself." | "只會顯示這一次。任何人取得此網址即可查看你的時間表，請勿公開。";
    tt_calendar_since: "In use since" | "啟用時間";
    tt_calendar_read: "Last read" | "最近讀取";
    tt_calendar_never: "Not yet" | "尚未讀取";
    tt_calendar_cancelled(reason: &str): "Cancelled: {reason}" | "已取消：{reason}";

    tt_mail_session(n: usize): "Session {n}" | "第{n}節";
    tt_mail_open: "Open my timetable" | "查看我的時間表";
    tt_mail_calendar: "The attached calendar entry updates the one that you have." | "所附日曆事項會更新你現有的事項。";
    tt_mail_published_subject(name: &str): "Timetable: {name}" | "時間表：{name}";
    tt_mail_published(name: &str): "These are the sessions of {name}." | "以下是{name}的課節。";
    tt_mail_left_subject(name: &str): "No longer in your timetable: {name}" | "已從你的時間表移除：{name}";
    tt_mail_left(name: &str): "You do not attend {name} any more. These sessions leave your timetable." | "你不再修讀{name}，以下課節會從你的時間表移除。";
    tt_mail_changed_subject(name: &str, day: &str): "Changed: {name}, now {day}" | "更改：{name}，現為{day}";
    tt_mail_changed(name: &str, was: &str): "A session of {name} has changed. It was planned for {was}." | "{name}的一節課有更改，原定時間為{was}。";
    tt_mail_handed_over_subject(name: &str, day: &str): "No longer yours: {name}, {day}" | "不再由你任教：{name}，{day}";
    tt_mail_handed_over(name: &str): "You no longer teach this session of {name}." | "你不再任教{name}的以下課節。";
    tt_mail_cancelled_subject(name: &str, day: &str): "Cancelled: {name}, {day}" | "取消：{name}，{day}";
    tt_mail_cancelled_many_subject(name: &str): "Cancelled: {name}" | "取消：{name}";
    tt_mail_cancelled(name: &str, reason: &str): "This session of {name} is cancelled. Reason: {reason}." | "{name}的以下課節取消。原因：{reason}。";
    tt_mail_cancelled_many(name: &str, reason: &str): "These sessions of {name} are cancelled. Reason: {reason}." | "{name}的以下課節取消。原因：{reason}。";
    tt_mail_make_up_subject(name: &str, day: &str): "Make-up session: {name}, {day}" | "補課：{name}，{day}";
    tt_mail_make_up(name: &str, of: &str): "A session of {name} takes the place of the cancelled one of {of}." | "{name}原定{of}的課節已取消，現安排補課如下。";
    tt_mail_storm_more: "Please stay where it is safe. The session does not count in your attendance; we shall write again when a make-up session is planned." | "請留在安全地方。此節不計算出席率，編排補課後會再通知你。";

    letter_kind_timetable_published: "Timetable" | "時間表";
    letter_kind_offering_left: "No longer attends" | "不再修讀";
    letter_kind_session_changed: "Session changed" | "課節更改";
    letter_kind_session_handed_over: "Session handed over" | "課節改由他人任教";
    letter_kind_session_cancelled: "Session cancelled" | "課節取消";
    letter_kind_session_make_up: "Make-up session" | "補課";
    flash_timetable_published: "Published, and everybody is told." | "已公布，並會通知各人。";
    flash_sessions_cancelled: "Cancelled, and everybody is told." | "已取消，並會通知各人。";
    flash_session_saved: "Saved, and everybody is told." | "已儲存，並會通知各人。";
    flash_storm_cancelled: "The day’s sessions are cancelled and the letters queued. Here are times to make up for them." | "當日課節已取消，電郵正排隊發出。以下是建議的補課時間。";
    flash_calendar_stopped: "The calendar address has stopped." | "日曆網址已停用。";

    history_tt_offering_added(code: &str): "offered {code}" | "開設{code}";
    history_tt_offering_changed: "changed the offering" | "更改開設單元";
    history_tt_offering_published(n: i64): "published {n} session" + "published {n} sessions" | "公布{n}節";
    history_tt_offering_cancelled(n: i64): "cancelled the offering and {n} session" + "cancelled the offering and {n} sessions" | "取消開設單元及{n}節";
    history_tt_planned(n: i64, hours: i64, clashes: i64): "planned {n} session, {hours} hours; clashes accepted: {clashes}" + "planned {n} sessions, {hours} hours; clashes accepted: {clashes}" | "編排{n}節，共{hours}小時，接受{clashes}項衝突";
    history_tt_place_given(number: &str): "gave {number} a place" | "向{number}分配名額";
    history_tt_place_taken(number: &str): "took the place of {number} back" | "收回{number}的名額";
    history_tt_changed(from: &str, to: &str): "changed the session: {from} → {to}" | "更改課節：{from} → {to}";
    history_tt_cancelled(reason: &str): "cancelled the session: {reason}" | "取消課節：{reason}";
    history_tt_made_up(at: &str): "planned a make-up session: {at}" | "編排補課：{at}";
    history_tt_make_up(of: &str): "planned it in place of {of}" | "編排此節，以補{of}的課節";
    history_tt_storm(day: &str, reason: &str, n: i64): "cancelled the sessions of {day} ({n}): {reason}" | "取消{day}的{n}節：{reason}";
    history_tt_held(n: i64): "recorded {n} session as held" + "recorded {n} sessions as held" | "將{n}節記錄為已上課";
    history_tt_closed_added(name: &str): "closed days: {name}" | "新增停課日子：{name}";
    history_tt_closed_changed(name: &str): "changed closed days: {name}" | "更改停課日子：{name}";
    history_tt_closed_removed(name: &str): "removed closed days: {name}" | "移除停課日子：{name}";
    history_tt_feed_made: "made a calendar address" | "建立日曆網址";
    history_tt_feed_revoked: "stopped the calendar address" | "停用日曆網址";
}

impl Lang {
    /// The kind of a letter of teaching; empty for another room's.
    pub(super) fn letter_kind_of_teaching(self, kind: &str) -> &'static str {
        match kind {
            "timetable_published" => self.letter_kind_timetable_published(),
            "offering_left" => self.letter_kind_offering_left(),
            "session_changed" => self.letter_kind_session_changed(),
            "session_cancelled" => self.letter_kind_session_cancelled(),
            "session_handed_over" => self.letter_kind_session_handed_over(),
            "session_make_up" => self.letter_kind_session_make_up(),
            _ => "",
        }
    }

    /// A flash of teaching.
    pub(super) fn flash_of_teaching(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "timetable_published" => self.flash_timetable_published(),
            "sessions_cancelled" => self.flash_sessions_cancelled(),
            "session_saved" => self.flash_session_saved(),
            "storm_cancelled" => self.flash_storm_cancelled(),
            "calendar_stopped" => self.flash_calendar_stopped(),
            _ => return None,
        })
    }

    fn cancel_reason_word(self, word: &str) -> &'static str {
        match word {
            "signal_8" => self.cancel_signal_8(),
            "black_rain" => self.cancel_black_rain(),
            "extreme_conditions" => self.cancel_extreme(),
            "instructor" => self.cancel_instructor(),
            "room" => self.cancel_room(),
            _ => self.cancel_other(),
        }
    }

    /// The words of teaching's verbs.
    pub(super) fn history_of_teaching(self, verb: &str, details: &Value) -> Option<String> {
        let text = |name: &str| {
            details
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let number = |name: &str| details.get(name).and_then(Value::as_i64).unwrap_or(0);
        let at = |name: &str| {
            text(name)
                .parse::<chrono::DateTime<chrono::Utc>>()
                .map(|at| super::format::moment(self, at))
                .unwrap_or_default()
        };
        let name = || self.pick(text("en"), text("zh"));
        let day = |name: &str| {
            text(name)
                .parse::<chrono::NaiveDate>()
                .map(|day| super::format::date(self, day))
                .unwrap_or_default()
        };
        Some(match verb {
            "offering.added" => self.history_tt_offering_added(text("code")),
            "offering.changed" => self.history_tt_offering_changed().to_owned(),
            "offering.published" => self.history_tt_offering_published(number("n")),
            "offering.cancelled" => self.history_tt_offering_cancelled(number("n")),
            "offering.planned" => {
                self.history_tt_planned(number("n"), number("minutes") / 60, number("clashes"))
            }
            "offering.place_given" => self.history_tt_place_given(text("number")),
            "offering.place_taken" => self.history_tt_place_taken(text("number")),
            "class.changed" => self.history_tt_changed(&at("from"), &at("to")),
            "class.cancelled" => self.history_tt_cancelled(self.cancel_reason_word(text("reason"))),
            "class.made_up" => self.history_tt_made_up(&at("at")),
            "class.make_up" => self.history_tt_make_up(&at("of")),
            "programme.storm_day" => self.history_tt_storm(
                &day("day"),
                self.cancel_reason_word(text("reason")),
                number("n"),
            ),
            "cohort.sessions_held" => self.history_tt_held(number("n")),
            "closed.added" => self.history_tt_closed_added(name()),
            "closed.changed" => self.history_tt_closed_changed(name()),
            "closed.removed" => self.history_tt_closed_removed(name()),
            "calendar.made" => self.history_tt_feed_made().to_owned(),
            "calendar.revoked" => self.history_tt_feed_revoked().to_owned(),
            _ => return None,
        })
    }
}
