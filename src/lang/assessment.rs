//! Texts of assessments, handing in, marking, release, resits and appeals.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    asm_planned: "Planned" | "籌備中";
    asm_open: "Open" | "開放繳交";
    asm_marking: "Being marked" | "評分中";
    asm_moderated: "Moderated" | "已覆核";
    asm_released: "Released" | "已公布成績";
    asm_event_open: "Open" | "開放";
    asm_event_mark: "Begin marking" | "開始評分";
    asm_event_moderate: "Finish moderation" | "完成覆核";
    asm_event_return: "Return to marking" | "返回評分";
    asm_event_release: "Release the marks" | "公布成績";
    script_not_marked: "Not marked" | "未評分";
    script_in_marking: "In marking" | "評分中";
    script_marked: "Marked" | "已評分";
    script_second_marked: "For the moderator" | "待覆核員決定";
    script_agreed: "Agreed" | "分數已定";
    mark_first: "First marker" | "第一評分員";
    mark_second: "Second marker" | "第二評分員";
    mark_moderator: "Moderator" | "覆核員";
    second_none: "Nothing" | "不作第二次評分";
    second_sample: "A sample, every fail and borderline marks" | "抽樣、所有不合格及接近合格者";
    second_all: "Everything" | "全部";
    ext_requested: "Asked for" | "待審批";
    ext_granted: "Granted" | "已批准";
    ext_refused: "Refused" | "不批准";
    ext_withdrawn: "Withdrawn" | "已撤回";
    appeal_lodged: "Not decided yet" | "待決定";
    appeal_upheld: "Upheld" | "上訴得直";
    appeal_dismissed: "Dismissed" | "上訴駁回";
    appeal_withdrawn: "Withdrawn" | "已撤回";
    standing_not_yet: "Not decided yet" | "尚未有結果";
    standing_passed: "Passed" | "合格";
    standing_failed: "Failed" | "不合格";
    standing_incomplete: "Incomplete" | "未完成";

    asm_refuse_no_plan: "This part is not in the assessment plan with which the cohort began." | "此部分不在本屆開課時的評核計劃內。";
    asm_refuse_part_taken: "This part of the plan is set already. Change the assessment that stands." | "評核計劃的此部分已設定，請更改現有的評核。";
    asm_refuse_no_rubric: "Write a rubric first; then the assessment can be opened." | "請先訂立評分準則，方可開放。";
    asm_refuse_nobody: "Nobody is to be assessed. Give trainees a place in the module, or wait until they are enrolled." | "沒有須評核的學員。請先為學員分配單元名額，或待學員註冊。";
    asm_refuse_frozen: "The rubric stands since marking began." | "評分已開始，評分準則不能更改。";
    asm_refuse_due_ahead: "The due time is still ahead. Begin marking after it, or change the due time." | "截止時間未到。請於截止後開始評分，或更改截止時間。";
    asm_refuse_deadlines_ahead: "Some trainees may still hand in. Wait until their time is over." | "部分學員仍可繳交，請待其時限屆滿。";
    asm_refuse_requests_open: "Decide the requests for a later due time first." | "請先決定延期申請。";
    asm_refuse_uncollected: "Some work is not before the markers yet. Collect it first." | "部分作業尚未交予評分員，請先收集。";
    asm_refuse_not_agreed: "Some marks are not agreed yet. The list shows which." | "部分分數未定，詳見列表。";
    asm_refuse_changed: "What would be released has changed since the preview. Look at the new preview." | "預覽後成績有變，請查看新的預覽。";
    asm_refuse_not_planned: "This cannot be changed any more in the state in which the assessment is." | "按評核現時的狀態，此項不能再更改。";
    asm_refuse_seen: "Only an assessment that has not been opened can be removed: trainees have seen this one." | "只可移除未開放的評核，此評核已向學員公開。";
    asm_refuse_due_earlier: "Trainees know the due time. Choose one that is later and still ahead." | "學員已知悉截止時間，只可改為較後而未到的時間。";
    asm_refuse_late_stricter: "Work was handed in under these rules for late work. They can be made milder, not stricter." | "已有學員按現行遲交規則繳交，規則只可放寬，不能收緊。";
    asm_refuse_nothing_to_reopen: "This script has no mark of that kind to take up again." | "此作業沒有可重新處理的該項評分。";
    asm_refuse_not_open_yet: "The assessment is not open yet." | "評核尚未開放。";
    asm_refuse_too_late: "The time for handing in is over. Talk to the programme office if something kept you." | "繳交時限已過。如有特殊情況，請聯絡計劃辦事處。";
    asm_refuse_handed_in: "The due time is past and your work stands; it is not replaced any more." | "截止時間已過，已繳交的作業不能再更換。";
    asm_refuse_no_files: "Nothing is handed in for this assessment." | "此評核無須繳交檔案。";
    asm_refuse_nothing_sent: "There is nothing to take back." | "沒有可取回的作業。";
    asm_refuse_no_return: "After the due time work is not taken back." | "截止時間後不能取回作業。";
    asm_refuse_asked_already: "A request is open already." | "已有待審批的延期申請。";
    asm_refuse_not_later: "Choose a time after the due time that holds now, or one still to come." | "請選擇現行截止時間之後或尚未到來的時間。";
    asm_refuse_request_over: "The request is decided or was withdrawn." | "申請已有決定或已撤回。";
    asm_refuse_not_marking: "The assessment is not being marked now." | "評核現時並非評分中。";
    asm_refuse_mark_given: "The mark is given. Before the release the programme office can have it taken up again; afterwards only an appeal changes it." | "分數已定。公布前可由計劃辦事處安排重新評分，公布後只有上訴可以更改。";
    asm_refuse_first_missing: "Every script needs its first mark before the second marking is drawn." | "所有作業均須先完成第一次評分，方可抽取第二次評分。";
    asm_refuse_nothing_to_moderate: "There is nothing to moderate here: the markers agree, or have not finished." | "此處無須覆核：評分員分數一致，或尚未完成。";
    asm_refuse_same_marker: "A script is not marked twice by the same person. Choose another second marker." | "同一份作業不能由同一人評分兩次，請選擇另一位第二評分員。";
    asm_refuse_resit_early: "A resit is set after the marks are released." | "公布成績後方可設定補考。";
    asm_refuse_appeal_late: "The days for an appeal are over." | "上訴期限已過。";
    asm_refuse_appeal_made: "You have made an appeal already." | "你已提出上訴。";
    asm_refuse_appeal_over: "The appeal is decided or was withdrawn." | "上訴已有決定或已撤回。";
    asm_step_refused(step: &str, state: &str): "“{step}” is not possible while the assessment is “{state}”." | "評核現為「{state}」，不能執行「{step}」。";
    asm_then_open: "Open it first." | "請先開放評核。";
    asm_then_mark: "Begin marking after the due time." | "請於截止後開始評分。";
    asm_then_moderate: "Finish the marks, then the moderation." | "請先完成評分，再完成覆核。";
    asm_then_release: "Release the marks, or return to marking." | "請公布成績，或返回評分。";
    asm_then_appeal: "A released mark changes only by an appeal." | "已公布的成績只可經上訴更改。";

    asm_need_order: "The due time comes after the opening." | "截止時間須在開放時間之後。";
    asm_need_percent: "Enter a percentage from 0 to 100, with at most two decimal places." | "請輸入0至100的百分率，最多兩個小數位。";
    asm_need_criterion: "Name the criterion in both languages, and say its points." | "請以兩種語言填寫準則名稱，並填寫分數。";
    asm_need_levels: "Describe the levels in both languages: as many lines in each." | "請以兩種語言描述等級，行數須相同。";
    asm_need_files(n: i32): "Choose one PDF." + "Choose one to {n} PDFs." | "請選擇一至{n}份PDF。";
    asm_need_size(mb: i32): "A file is at most {mb} MB." | "每份檔案最大{mb} MB。";

    asm_title: "Assessments" | "評核";
    asm_one: "Assessment" | "評核";
    asm_new: "Set an assessment" | "設定評核";
    asm_until_end(last: &str): "The latest day is {last}." | "最遲為{last}。";
    asm_missed: "Missed" | "未有繳交";
    asm_taught: "My assessments" | "我的評核";
    asm_taught_note: "Assessments of the modules that you teach or mark, over all cohorts. What waits for your mark comes first." | "你任教或評分的單元在各屆的評核，待你評分者排列在先。";
    asm_taught_none_more: "The programme office sets the assessments of the modules that you teach." | "你任教單元的評核由計劃辦事處設定。";
    asm_cohort: "Cohort" | "屆別";
    asm_to_mark: "For you to mark" | "待你評分";
    asm_marked_own: "Marked by you" | "你已評分";
    asm_remove: "Remove" | "移除";
    asm_remove_ask(title: &str): "Remove “{title}”?" | "移除「{title}」？";
    asm_remove_does: "The assessment is removed. No trainee has seen it, and nobody is told." | "移除此評核。學員未曾看見，亦不會發出通知。";
    asm_remove_hard: "Brief and rubric are lost. The part of the plan can be set again." | "要求及評分準則將一併刪除；評核計劃的此部分可重新設定。";
    asm_edit: "Change the assessment" | "更改評核";
    asm_save: "Save" | "儲存";
    asm_module: "Module" | "單元";
    asm_kind: "Kind" | "種類";
    asm_weight: "Weight" | "比重";
    asm_weight_of(n: i32): "{n}%" | "{n}%";
    asm_must_pass: "must be passed" | "必須合格";
    asm_part: "Part of the plan" | "評核計劃部分";
    asm_part_hint: "Weight and whether it must be passed come from the plan of the module with which the cohort began." | "比重及是否必須合格，按本屆開課時的單元評核計劃。";
    asm_resit_of(title: &str): "Resit of “{title}”" | "「{title}」補考";
    asm_resit: "Resit" | "補考";
    asm_resit_set: "Set a resit" | "設定補考";
    asm_resit_capped: "At most the pass mark" | "以合格分數為上限";
    asm_resit_whole: "In full, as marked" | "按實際分數計算";
    asm_resit_worth: "What a resit is worth" | "補考分數如何計算";
    asm_title_en: "Title in English" | "英文標題";
    asm_title_zh: "Title in Chinese" | "中文標題";
    asm_brief: "Brief" | "要求";
    asm_brief_en: "Brief in English" | "英文要求";
    asm_brief_zh: "Brief in Chinese" | "中文要求";
    asm_brief_hint: "What to do, in which form, how long." | "說明內容、形式及篇幅。";
    asm_opens: "Opens (HKT)" | "開放時間（香港時間）";
    asm_due: "Due" | "截止時間";
    asm_due_hkt: "Due, or takes place (HKT)" | "截止或舉行時間（香港時間）";
    asm_happens: "Takes place" | "舉行時間";
    asm_when: "When" | "時間";
    asm_late: "Late" | "遲交";
    asm_late_hours: "Hours in which late work is taken" | "接受遲交的時數";
    asm_late_hours_hint: "0: late work is not taken." | "0：不接受遲交。";
    asm_late_per_day: "Percentage points off for each day begun" | "每遲一天（不足一天亦作一天計）扣減百分點";
    asm_late_cap: "At most" | "最多扣減";
    asm_late_rule(hours: i32, day: &str, cap: &str): "Late work is taken for {hours} hours, at {day} percentage points less for each day begun, at most {cap}." | "截止後{hours}小時內接受遲交，每遲一天（不足一天亦作一天計）扣減{day}個百分點，最多{cap}個。";
    asm_late_none: "Late work is not taken." | "不接受遲交。";
    asm_days_late(n: i32): "{n} day late" + "{n} days late" | "遲交{n}天";
    asm_files: "Files" | "檔案";
    asm_file: "File" | "檔案";
    asm_file_n(n: usize): "File {n}" | "檔案{n}";
    asm_max_files: "Files at most" | "檔案數目上限";
    asm_max_megabytes: "Megabytes for each file at most" | "每份檔案上限（MB）";
    asm_files_hint(n: i32, mb: i32): "One PDF of at most {mb} MB." + "Up to {n} PDFs of at most {mb} MB each." | "最多{n}份PDF，每份最大{mb} MB。";
    asm_marked_how: "Marking" | "評分";
    asm_anonymous: "Anonymous marking" | "匿名評分";
    asm_anonymous_hint: "Markers see a number instead of the name, also in file names." | "評分員只見編號，不見姓名及原檔案名稱。";
    asm_named: "Markers see the name" | "評分員可見姓名";
    asm_pass_mark: "Pass mark (%)" | "合格分數（%）";
    asm_second: "Marked twice" | "第二次評分";
    asm_second_share: "Share of the sample (%)" | "抽樣比例（%）";
    asm_borderline: "Borderline: so many percentage points around the pass mark" | "接近合格：合格分數上下百分點";
    asm_tolerance: "Two marks may differ by (percentage points)" | "兩個分數可相差（百分點）";
    asm_appeal_days: "Days for an appeal" | "上訴期限（天）";
    asm_rubric: "Rubric" | "評分準則";
    asm_rubric_hint: "The rubric stands once marking begins. Leave what you do not need empty." | "評分開始後準則不能更改。不需要的欄可留空。";
    asm_criterion_n(n: usize): "Criterion {n}" | "準則{n}";
    asm_criterion: "Criterion" | "準則";
    asm_criterion_en: "Name in English" | "英文名稱";
    asm_criterion_zh: "Name in Chinese" | "中文名稱";
    asm_criterion_points: "Points" | "分數";
    asm_levels_en: "Levels in English, the best first, one on a line" | "英文等級描述，由最高起，每行一級";
    asm_levels_zh: "Levels in Chinese, the best first, one on a line" | "中文等級描述，由最高起，每行一級";
    asm_state: "State" | "狀態";
    asm_search: "Title or module" | "標題或單元";
    asm_none: "No assessment yet" | "尚未有評核";
    asm_none_more: "Offer a module first, then set the parts of its assessment plan." | "請先開設單元，再設定其評核計劃各部分。";
    asm_none_match: "No assessment matches the filter" | "沒有符合篩選條件的評核";
    asm_shown(n: usize): "1 assessment shown" + "{n} assessments shown" | "顯示{n}項評核";
    asm_trainees: "Trainees" | "學員";
    asm_trainee: "Trainee" | "學員";
    asm_trainee_number: "Trainee number" | "學員編號";
    asm_handed_in: "Handed in" | "已繳交";
    asm_of(n: i64, all: i64): "{n} of {all}" | "{n}／{all}";
    asm_agreed: "Marks agreed" | "分數已定";
    asm_candidate(number: &str): "Candidate {number}" | "考生{number}";
    asm_candidate_number: "Candidate number" | "考生編號";
    asm_nobody_yet: "Trainees are listed here once the assessment is open." | "評核開放後，學員會於此列出。";
    asm_not_handed_in: "Not handed in" | "未繳交";
    asm_did_not_come: "Did not attend" | "缺席";
    asm_admit: "Let in trainees who joined since" | "加入其後註冊的學員";
    asm_collect: "Collect new work" | "收集新作業";
    asm_marks: "Marks" | "成績";
    asm_mark: "Mark" | "分數";
    asm_raw: "Agreed mark" | "評定分數";
    asm_penalty: "Off for lateness" | "遲交扣分";
    asm_points: "Points" | "得分";
    asm_points_up_to(all: i32): "From 0 to {all}" | "0至{all}分";
    asm_points_of(n: &str, all: i32): "{n} of {all}" | "{n}／{all}";
    asm_comment: "Comment" | "評語";
    asm_feedback: "Feedback" | "整體評語";
    asm_feedback_hint: "The trainee reads this after the release." | "公布成績後學員會看到。";
    asm_markers: "Markers" | "評分員";
    asm_assign: "Assign" | "指派";
    asm_assign_title: "Share scripts among markers" | "分派作業予評分員";
    asm_assign_hint: "Scripts that nobody has begun are shared in turn." | "未開始評分的作業會輪流分派。";
    asm_assign_again: "Also those that are assigned already and not begun" | "包括已指派但未開始者";
    asm_draw: "Draw the second marking" | "抽取第二次評分";
    asm_draw_hint: "Once every script has its first mark. Marks that are not drawn are agreed as they are." | "所有作業完成第一次評分後進行。沒有抽中的分數即時作實。";
    asm_second_markers: "Second markers" | "第二評分員";
    asm_moderate: "Decide the mark" | "決定分數";
    asm_exempted: "Exempted" | "獲豁免";
    asm_hand_over: "Another marker" | "改由他人評分";
    asm_reopen: "Take up again" | "重新評分";
    asm_reopen_hint: "What the same marker gave becomes their draft; another’s, and whatever came after it, is gone. The marker is told." | "同一評分員的評分會變回草稿；換人時原有評分及其後的評分會刪除。系統會通知評分員。";
    asm_reopen_from: "From" | "由何處開始";
    asm_reopen_first: "The first mark" | "第一次評分";
    asm_reopen_second: "The second mark" | "第二次評分";
    asm_reopen_moderator: "The agreed mark" | "最後決定";
    asm_reopen_marker: "Marker" | "評分員";
    asm_reopen_keep: "Stays as it is" | "維持不變";
    asm_reopen_reason: "Reason" | "原因";
    asm_moderate_hint: "The two marks are too far apart. Your points count." | "兩個分數差距過大，以你給予的分數為準。";

    asm_queue: "Marking" | "評分";
    asm_queue_note: "Scripts that wait for your mark come first." | "待評分的作業排列在先。";
    asm_queue_none: "Nothing waits for your mark" | "沒有待評分的作業";
    asm_queue_none_more: "You are written to when scripts are assigned to you." | "獲分派作業時你會收到電郵。";
    asm_queue_all: "Also what is done" | "包括已完成者";
    asm_queue_open: "Only what is to be done" | "只顯示待評分者";
    asm_role: "Your part" | "身分";
    asm_script: "Script" | "作業";
    asm_begun: "Begun" | "已開始";
    asm_waiting: "Waits for you" | "待評分";
    asm_done: "Done" | "已完成";
    asm_save_draft: "Keep as a draft" | "儲存草稿";
    asm_give: "Give this mark" | "確定分數";
    asm_give_ask(label: &str): "Give this mark for {label}?" | "確定{label}的分數？";
    asm_give_is: "The mark" | "分數";
    asm_give_whole(mark: &str): "Together: {mark}" | "合計：{mark}";
    asm_give_late(days: &str, off: &str): "{days}: {off} percentage points are taken off when marks are released." | "{days}：公布分數時扣減{off}個百分點。";
    asm_give_silent: "There is no feedback for the trainee." | "沒有給學員的評語。";
    asm_given_own: "What you gave" | "你的評分";
    asm_give_note: "A mark that is given is not changed by its marker any more." | "分數確定後，評分員不能再更改。";
    asm_absent: "Did not attend" | "缺席";
    asm_other_mark(role: &str, mark: &str): "{role}: {mark}" | "{role}：{mark}";
    asm_blind: "You mark without knowing the other mark." | "你在不知悉另一分數的情況下評分。";
    asm_levels: "Levels" | "等級";

    asm_open_ask(title: &str): "Open “{title}”?" | "開放「{title}」？";
    asm_open_does: "Trainees of the module see the brief and the due time, and can hand in." | "單元學員可看到要求及截止時間，並可繳交。";
    asm_open_told: "Every trainee, by e-mail in their own language." | "所有學員，以電郵通知，各按其語言。";
    asm_open_hard: "Whether marking is anonymous, and the pass mark, stand from then on." | "其後不能更改匿名安排及合格分數。";
    asm_mark_ask(title: &str): "Begin marking “{title}”?" | "開始評分「{title}」？";
    asm_mark_early(due: &str): "It is due {due} only. What is handed in until then has to be collected again." | "截止時間為{due}。其後繳交的作業須再次收集。";
    asm_mark_does: "What was handed in comes before the markers. Late work and work after an extension is collected later." | "已繳交的作業交予評分員；遲交及獲延期者可其後收集。";
    asm_mark_hard: "The rubric is not changed any more." | "評分準則不能再更改。";
    asm_moderate_ask(title: &str): "Finish the moderation of “{title}”?" | "完成覆核「{title}」？";
    asm_moderate_does: "This is possible once every mark is agreed. Then nobody may hand in any more. You can return to marking before the release." | "所有分數議定後方可進行，其後不能再繳交。公布前可返回評分。";
    asm_return_ask(title: &str): "Return “{title}” to marking?" | "「{title}」返回評分？";
    asm_return_does: "Work that is missing can be collected; agreed marks stay." | "可收集欠交的作業；已定的分數不變。";
    asm_release_ask(title: &str): "Release the marks of “{title}”?" | "公布「{title}」成績？";
    asm_release_figures(all: usize, passed: usize, failed: usize, missing: usize): "Trainees: {all}; passed: {passed}; failed: {failed}; without a mark: {missing}" | "學員{all}人；合格{passed}人；不合格{failed}人；沒有分數{missing}人";
    asm_release_late(n: usize): "{n} mark is lower because work was late." + "{n} marks are lower because work was late." | "{n}人因遲交扣分。";
    asm_release_tenths: "Distribution" | "分布";
    asm_tenth(from: i32, to: i32, n: usize): "{from}–{to}%: {n}" | "{from}–{to}%：{n}人";
    asm_release_told: "Every trainee gets a letter, and reads mark, points and feedback." | "所有學員均收到電郵，並可查看分數、得分及評語。";
    asm_release_hard: "A release is not taken back. A mark changes afterwards only by an appeal." | "公布後不能收回；其後只可經上訴更改分數。";
    asm_preview_new: "New preview" | "新的預覽";
    asm_release_each: "What each trainee gets" | "各學員成績";

    asm_mine: "My assessments" | "我的評核";
    asm_mine_none: "Nothing to be assessed yet" | "暫時沒有評核";
    asm_mine_none_more: "Assessments appear here when your programme opens them." | "計劃開放評核後會於此顯示。";
    asm_mine_ahead: "To do" | "待完成";
    asm_mine_over: "Done or over" | "已完成或已過";
    asm_your_due: "Your due time" | "你的截止時間";
    asm_extended: "extended" | "已延期";
    asm_taken_until(at: &str): "Late work is taken until {at}." | "遲交期限為{at}。";
    asm_hand_in: "Hand in" | "繳交";
    asm_hand_in_again: "Hand in again" | "重新繳交";
    asm_hand_in_note: "Until the due time the last try counts; earlier ones are kept." | "截止前可多次繳交，以最後一次為準，之前的會保留。";
    asm_hand_in_late(days: i32, off: &str): "It is {days} day past the due time: {off} percentage points come off." + "It is {days} days past the due time: {off} percentage points come off." | "已遲{days}天，會扣減{off}個百分點。";
    asm_tries: "What you handed in" | "繳交紀錄";
    asm_try: "Attempt" | "第幾次繳交";
    asm_stands: "counts" | "以此為準";
    asm_taken_back: "taken back" | "已取回";
    asm_received_at: "Received" | "收到時間";
    asm_digest: "SHA-256" | "SHA-256";
    asm_take_back: "Take it back" | "取回作業";
    asm_take_back_ask: "Take your work back?" | "取回作業？";
    asm_take_back_does: "It does not count any more. Hand in again before the due time." | "該次繳交不再計算；請於截止前重新繳交。";
    asm_extension: "Later due time" | "延期";
    asm_extensions: "Requests for a later due time" | "延期申請";
    asm_extension_ask: "Ask for a later due time" | "申請延期";
    asm_extension_send: "Send the request" | "遞交申請";
    asm_extension_until: "Until (HKT)" | "延至（香港時間）";
    asm_extension_reason: "Reason, and what proves it" | "理由及證明";
    asm_extension_reason_hint: "The programme office reads this; markers do not." | "只供計劃辦事處查閱，評分員不會看到。";
    asm_extension_note: "Words for the trainee" | "致學員的說明";
    asm_extension_grant: "Grant" | "批准";
    asm_extension_refuse: "Refuse" | "不批准";
    asm_extension_give: "Give a later due time" | "給予延期";
    asm_back_ask(what: &str): "{what}?" | "{what}？";
    asm_back_does: "Nobody decides on it any more. As long as there is time you can ask again." | "辦事處不再處理；期限內可再次提出。";
    asm_extension_withdraw: "Take the request back" | "撤回申請";
    asm_extensions_none: "Nobody has asked for a later due time." | "沒有延期申請。";
    asm_decide: "Decide" | "決定";
    asm_result: "Your mark" | "你的成績";
    asm_result_none: "No mark: nothing was handed in, or you did not attend." | "沒有分數：未有繳交或缺席。";
    asm_result_pass: "Passed" | "合格";
    asm_result_fail: "Not passed" | "不合格";
    asm_not_released: "Your mark is released together with everybody’s." | "成績會與其他學員一同公布。";
    asm_appeal: "Appeal" | "上訴";
    asm_appeals: "Appeals" | "上訴";
    asm_appeals_none: "Nobody has appealed." | "沒有上訴。";
    asm_appeal_make: "Make an appeal" | "提出上訴";
    asm_appeal_grounds: "On what grounds?" | "上訴理由";
    asm_appeal_until(at: &str): "You can appeal until {at}." | "上訴期限為{at}。";
    asm_appeal_withdraw: "Take the appeal back" | "撤回上訴";
    asm_appeal_reason: "Reason for the decision" | "決定理由";
    asm_appeal_uphold: "Uphold, with this mark (%)" | "上訴得直，分數改為（%）";
    asm_appeal_outcome: "Decision" | "決定";
    asm_appeal_do_uphold: "Uphold" | "得直";
    asm_appeal_do_dismiss: "Dismiss" | "駁回";
    asm_results: "Module results" | "單元成績";
    asm_results_note: "Only what was released, with exemptions." | "只計已公布的成績及豁免。";
    asm_results_none: "Nobody attends a module yet" | "尚未有學員修讀單元";
    asm_results_none_match: "No result matches the filter" | "沒有符合篩選條件的成績";
    asm_decided_on: "Decided on" | "確定日期";

    asm_mail_open: "Open the assessment" | "查看評核";
    asm_mail_opened_subject(title: &str): "Assessment: {title}" | "評核：{title}";
    asm_mail_opened(title: &str, module: &str): "“{title}” of {module} is open. The page shows what to do." | "{module}的「{title}」現已開放，詳見網頁。";
    asm_mail_moved_subject(title: &str): "Another due time: {title}" | "更改截止時間：{title}";
    asm_mail_moved(title: &str, module: &str): "The due time of “{title}” of {module} has changed." | "{module}的「{title}」更改了截止時間。";
    asm_mail_extended_subject(title: &str): "Later due time: {title}" | "獲准延期：{title}";
    asm_mail_extended(title: &str, module: &str): "You have a later due time for “{title}” of {module}." | "你獲准延遲繳交{module}的「{title}」。";
    asm_mail_not_extended_subject(title: &str): "Your request: {title}" | "你的延期申請：{title}";
    asm_mail_not_extended(title: &str, module: &str): "We cannot give you a later due time for “{title}” of {module}. It stays as it is." | "我們未能批准{module}「{title}」的延期申請，截止時間不變。";
    asm_mail_received_subject(title: &str): "Received: {title}" | "已收到：{title}";
    asm_mail_received(title: &str, module: &str): "We have received your work for “{title}” of {module}. Keep this letter as a receipt." | "已收到你{module}「{title}」的作業，請保留此電郵作為收據。";
    asm_mail_released_subject(title: &str): "Your mark: {title}" | "成績公布：{title}";
    asm_mail_released(title: &str, module: &str): "The marks of “{title}” of {module} are released. The page shows your mark, points and feedback." | "{module}「{title}」的成績已公布，可於網頁查看分數、得分及評語。";
    asm_mail_appeal_subject(title: &str): "Your appeal: {title}" | "你的上訴：{title}";
    asm_mail_upheld(title: &str, module: &str): "Your appeal about “{title}” of {module} is upheld. Your mark is now another." | "你就{module}「{title}」提出的上訴得直，分數已更改。";
    asm_mail_dismissed(title: &str, module: &str): "Your appeal about “{title}” of {module} is dismissed. Your mark stands." | "你就{module}「{title}」提出的上訴被駁回，分數不變。";
    asm_mail_to_mark_subject(n: usize, title: &str): "{n} script to mark: {title}" + "{n} scripts to mark: {title}" | "待評分作業{n}份：{title}";
    asm_mail_to_mark(n: usize, title: &str, module: &str): "{n} script of “{title}” of {module} waits for your mark." + "{n} scripts of “{title}” of {module} wait for your mark." | "{module}「{title}」有{n}份作業待你評分。";

    letter_kind_assessment_opened: "Assessment open" | "評核開放";
    letter_kind_assessment_moved: "Due time changed" | "更改截止時間";
    letter_kind_extension_granted: "Later due time" | "獲准延期";
    letter_kind_extension_refused: "No later due time" | "不獲延期";
    letter_kind_submission_receipt: "Receipt for work" | "作業收據";
    letter_kind_marks_released: "Marks released" | "公布成績";
    letter_kind_appeal_upheld: "Appeal upheld" | "上訴得直";
    letter_kind_appeal_dismissed: "Appeal dismissed" | "上訴駁回";
    letter_kind_scripts_to_mark: "Scripts to mark" | "待評分作業";
    flash_asm_removed: "The assessment is removed." | "已移除評核。";
    flash_asm_opened: "The assessment is open and its trainees told." | "評核已開放並通知學員。";
    flash_asm_marking: "Marking has begun." | "已開始評分。";
    flash_asm_nothing_new: "There is nothing new." | "沒有新增項目。";
    flash_asm_collected: "New work is before the markers." | "新作業已交予評分員。";
    flash_asm_assigned: "Scripts are assigned and the markers told." | "已分派作業並通知評分員。";
    flash_asm_drawn: "The second marking is drawn." | "已抽取第二次評分。";
    flash_asm_reopened: "The script is marked again." | "已安排重新評分。";
    flash_asm_moderated: "Every mark is agreed." | "所有分數已定。";
    flash_asm_released: "The marks are released and every trainee told." | "成績已公布並通知所有學員。";
    flash_asm_handed_in: "Your work has arrived. A receipt is on its way to you." | "已收到作業，收據將以電郵寄上。";
    flash_asm_taken_back: "Your work is taken back." | "已取回作業。";
    flash_asm_asked: "Your request has been sent." | "申請已遞交。";
    flash_asm_withdrawn: "Taken back." | "已撤回。";
    flash_asm_decided: "Decided, and the trainee told." | "已決定並通知學員。";
    flash_asm_appealed: "Your appeal has been sent." | "上訴已提出。";
    flash_asm_draft: "Kept as a draft." | "草稿已儲存。";
    flash_asm_given: "The mark is given." | "分數已確定。";

    history_asm_added(name: &str): "set {name}" | "設定{name}";
    history_asm_changed: "changed the assessment" | "更改評核";
    history_asm_removed(name: &str): "removed {name}" | "移除{name}";
    history_asm_opened(n: i64): "opened the assessment for {n} trainee" + "opened the assessment for {n} trainees" | "向{n}名學員開放評核";
    history_asm_joined(n: i64): "let {n} more trainee in" + "let {n} more trainees in" | "加入{n}名學員";
    history_asm_marking(n: i64): "began marking {n} scripts" | "開始評分，共{n}份";
    history_asm_collected(n: i64): "collected {n} more script" + "collected {n} more scripts" | "收集{n}份作業";
    history_asm_assigned(n: i64): "assigned {n} scripts" | "分派{n}份作業";
    history_asm_drawn(second: i64, n: i64): "drew {second} of {n} scripts for second marking" | "從{n}份抽取{second}份作第二次評分";
    history_asm_marked(label: &str): "marked {label}" | "評分：{label}";
    history_asm_settled(label: &str): "decided the mark of {label}" | "決定{label}的分數";
    history_asm_reopened(label: &str, reason: &str): "took {label} up again: {reason}" | "重新評分{label}：{reason}";
    history_asm_moderated: "finished the moderation" | "完成覆核";
    history_asm_returned: "returned it to marking" | "返回評分";
    history_asm_released(n: i64): "released {n} marks" | "公布{n}人的成績";
    history_ext_asked: "asked for a later due time" | "申請延期";
    history_ext_withdrawn: "took the request for a later due time back" | "撤回延期申請";
    history_ext_granted: "granted a later due time" | "批准延期";
    history_ext_refused: "did not grant a later due time" | "不批准延期";
    history_sub_made(number: i64): "handed in, try {number}" | "繳交（第{number}次）";
    history_sub_withdrawn(number: i64): "took try {number} back" | "取回第{number}次繳交";
    history_appeal_made: "appealed" | "提出上訴";
    history_appeal_withdrawn: "took the appeal back" | "撤回上訴";
    history_appeal_upheld: "upheld the appeal" | "裁定上訴得直";
    history_appeal_dismissed: "dismissed the appeal" | "駁回上訴";
}

impl Lang {
    /// The kind of a letter of assessment; empty for another room's.
    pub(super) fn letter_kind_of_assessment(self, kind: &str) -> &'static str {
        match kind {
            "assessment_opened" => self.letter_kind_assessment_opened(),
            "assessment_moved" => self.letter_kind_assessment_moved(),
            "extension_granted" => self.letter_kind_extension_granted(),
            "extension_refused" => self.letter_kind_extension_refused(),
            "submission_receipt" => self.letter_kind_submission_receipt(),
            "marks_released" => self.letter_kind_marks_released(),
            "appeal_upheld" => self.letter_kind_appeal_upheld(),
            "appeal_dismissed" => self.letter_kind_appeal_dismissed(),
            "scripts_to_mark" => self.letter_kind_scripts_to_mark(),
            _ => "",
        }
    }

    /// Words for the events of assessment.
    pub(super) fn history_of_assessment(self, verb: &str, details: &Value) -> Option<String> {
        let text = |name: &str| {
            details
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let count = |name: &str| {
            details
                .get(name)
                .and_then(Value::as_i64)
                .unwrap_or_default()
        };
        Some(match verb {
            "assessment.added" => {
                self.history_asm_added(&self.quoted(self.pick(text("en"), text("zh"))))
            }
            "assessment.removed" => {
                self.history_asm_removed(&self.quoted(self.pick(text("en"), text("zh"))))
            }
            "assessment.changed" => self.history_asm_changed().to_owned(),
            "assessment.opened" => self.history_asm_opened(count("n")),
            "assessment.joined" => self.history_asm_joined(count("n")),
            "assessment.marking" => self.history_asm_marking(count("n")),
            "assessment.collected" => self.history_asm_collected(count("n")),
            "assessment.assigned" => self.history_asm_assigned(count("n")),
            "assessment.drawn" => self.history_asm_drawn(count("second"), count("n")),
            "assessment.marked" => self.history_asm_marked(text("label")),
            "assessment.settled" => self.history_asm_settled(text("label")),
            "assessment.reopened" => self.history_asm_reopened(text("label"), text("reason")),
            "assessment.moderated" => self.history_asm_moderated().to_owned(),
            "assessment.returned" => self.history_asm_returned().to_owned(),
            "assessment.released" => self.history_asm_released(count("n")),
            "extension.asked" => self.history_ext_asked().to_owned(),
            "extension.withdrawn" => self.history_ext_withdrawn().to_owned(),
            "extension.granted" => self.history_ext_granted().to_owned(),
            "extension.refused" => self.history_ext_refused().to_owned(),
            "submission.made" => self.history_sub_made(count("number")),
            "submission.withdrawn" => self.history_sub_withdrawn(count("number")),
            "appeal.made" => self.history_appeal_made().to_owned(),
            "appeal.withdrawn" => self.history_appeal_withdrawn().to_owned(),
            "appeal.upheld" => self.history_appeal_upheld().to_owned(),
            "appeal.dismissed" => self.history_appeal_dismissed().to_owned(),
            _ => return None,
        })
    }

    /// What is said after something was done in assessment.
    pub(super) fn flash_of_assessment(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "asm_removed" => self.flash_asm_removed(),
            "asm_opened" => self.flash_asm_opened(),
            "asm_marking" => self.flash_asm_marking(),
            "asm_nothing_new" => self.flash_asm_nothing_new(),
            "asm_collected" => self.flash_asm_collected(),
            "asm_assigned" => self.flash_asm_assigned(),
            "asm_drawn" => self.flash_asm_drawn(),
            "asm_reopened" => self.flash_asm_reopened(),
            "asm_moderated" => self.flash_asm_moderated(),
            "asm_released" => self.flash_asm_released(),
            "asm_handed_in" => self.flash_asm_handed_in(),
            "asm_taken_back" => self.flash_asm_taken_back(),
            "asm_asked" => self.flash_asm_asked(),
            "asm_withdrawn" => self.flash_asm_withdrawn(),
            "asm_decided" => self.flash_asm_decided(),
            "asm_appealed" => self.flash_asm_appealed(),
            "asm_draft" => self.flash_asm_draft(),
            "asm_given" => self.flash_asm_given(),
            _ => return None,
        })
    }
}
