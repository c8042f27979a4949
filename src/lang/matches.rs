//! Texts of the match: lists, the desk, runs, results.
use super::{Lang, texts};

texts! {
    mat_kind_trainee: "Trainee" | "學員";
    mat_kind_bank: "Institution" | "機構";
    mat_kind_posting: "Posting" | "實習職位";
    mat_list_missing: "No list" | "未有名單";
    mat_list_saved: "Saved, not certified" | "已儲存，未確認";
    mat_list_certified: "Certified" | "已確認";
    mat_list_changed: "Changed since it was certified" | "確認後曾更改";
    mat_run_frozen: "Frozen, waits for approval" | "已凍結，等待批核";
    mat_run_published: "Published" | "已公布";
    mat_run_voided: "Void" | "已作廢";
    mat_placement_offered: "Placed" | "已獲配對";
    mat_placement_accepted: "Accepted" | "已接受";
    mat_placement_signed: "Agreement signed" | "已簽協議";
    mat_placement_onboarding: "Being prepared" | "籌備中";
    mat_placement_reported: "Reported for duty" | "已報到";
    mat_placement_active: "Under way" | "進行中";
    mat_placement_mid_review: "Mid-term review" | "中期檢討";
    mat_placement_completed: "Completed" | "已完成";
    mat_placement_ended_early: "Ended early" | "提早終止";
    mat_placement_by_trainee: "Withdrawn by the trainee" | "學員退出";
    mat_placement_by_host: "Withdrawn by the institution" | "機構撤回";

    mat_refuse_not_ranking: "Lists are not written in this state of the round." | "此輪次現階段不接受排序名單。";
    mat_refuse_lists_closed: "The deadline is over. The list that was certified last counts." | "截止時間已過，以最後一次確認的名單為準。";
    mat_refuse_nothing_saved: "Save a list first." | "請先儲存名單。";
    mat_refuse_certified: "This list is certified already." | "此名單已經確認。";
    mat_refuse_outdated: "A line names what cannot be ranked any more. Look the list through, save it, and certify it then." | "名單上有項目已不可排序。請檢視名單並儲存，然後再確認。";
    mat_refuse_committed: "The lots are fixed already." | "抽籤種子已經定下。";
    mat_refuse_lists_open: "Lists may still be certified. Freeze the run after the deadline." | "仍可確認名單，請於截止時間後凍結配對。";
    mat_refuse_run_stands: "There is a run already. Void it first." | "已有配對結果，請先將其作廢。";
    mat_refuse_no_run: "The bounds of this round make no run. The dry run says which." | "此輪次的名額設定不能進行配對，詳情請看試行結果。";
    mat_refuse_run_step: "This run is past that step." | "此配對已不在該階段。";
    mat_refuse_same_person: "Whoever froze a run does not approve it. Another coordinator or an administrator does." | "凍結配對的人不可批核，須由另一位統籌員或管理員批核。";
    mat_refuse_not_sound: "The verifier has found something wrong with this run. It cannot be published." | "核實程式發現此配對有問題，不能公布。";
    mat_refuse_other_result: "The result is not the one that you looked at. Look at it again." | "結果與你查看時的不同，請重新查看。";
    mat_refuse_overtaken: "A trainee or a seat of this result is gone since it was frozen. Void the run and freeze another." | "凍結後有學員退出或名額減少。請將此配對作廢，再凍結一次。";
    mat_refuse_nobody: "Every list is certified. There is nobody to remind." | "所有名單均已確認，無須提醒。";
    mat_refuse_placement_step: "The placement takes no such step now." | "此實習現時不可進行該步驟。";

    mat_line_twice(name: &str): "{name} stands on the list twice." | "{name}在名單上出現了兩次。";
    mat_line_unknown(name: &str): "{name} cannot be ranked here." | "{name}不可列入此名單。";
    mat_line_not_eligible(name: &str): "{name}: you do not meet what this posting asks for." | "{name}：你不符合此職位的要求。";
    mat_line_same_rank(name: &str, rank: u32): "{name}: another posting has number {rank}, too. Give each a number of its own." | "{name}：另一職位亦填了{rank}。請為每個職位填上不同數字。";
    mat_line_no_rank(name: &str): "{name}: enter a whole number of 1 or more, or nothing." | "{name}：請填1或以上的整數，或留空。";

    mat_title: "Match" | "配對";
    mat_rounds_none_more: "A round appears here once its postings are open." | "輪次的職位開放後，會在此列出。";
    mat_round: "Round" | "輪次";
    mat_deadline: "Lists are certified by" | "名單確認截止時間";
    mat_status: "Status" | "狀態";
    mat_list: "List" | "名單";
    mat_lists: "Lists" | "名單";
    mat_your_list: "Your list" | "你的名單";
    mat_list_for(name: &str): "List: {name}" | "名單：{name}";
    mat_posting: "Posting" | "實習職位";
    mat_institution: "Institution" | "機構";
    mat_trainee: "Trainee" | "學員";
    mat_number: "Number" | "編號";
    mat_whose: "Whose" | "所屬";
    mat_kind: "Kind" | "類別";
    mat_certified_at: "Certified" | "確認時間";
    mat_rank: "Your order" | "次序";
    mat_rank_of(name: &str): "Order of {name}" | "{name}的次序";
    mat_up_of(name: &str): "Move {name} up" | "將{name}上移";
    mat_down_of(name: &str): "Move {name} down" | "將{name}下移";
    mat_up: "Up" | "上移";
    mat_down: "Down" | "下移";
    mat_barred: "You do not meet what this posting asks for." | "你不符合此職位的要求。";
    mat_nothing_to_rank_trainee: "Express interest in a posting first: then you can rank it here." | "請先對職位表示興趣，然後可在此排序。";
    mat_nothing_to_rank_host: "Trainees appear here once they express interest." | "學員表示興趣後，會在此列出。";
    mat_how_trainee: "Write 1 beside the posting that you want most, 2 beside the next, and so on; leave empty what you do not want. The list may be as long as you like." | "請在最想去的職位旁填1，其次填2，如此類推；不想去的留空。名單長度不限。";
    mat_how_host: "Write 1 beside the trainee whom you want most; equal numbers are equal to you, and lots decide between them. Leave empty whom you would not take. The list may be as long as you like." | "請在最希望錄取的學員旁填1，如此類推；數字相同即不分先後，由抽籤決定。不擬錄取的留空。名單長度不限。";
    mat_save: "Save the list" | "儲存名單";
    mat_certify: "Certify this list" | "確認此名單";
    mat_certify_means_trainee: "By certifying you say: this is my true order, and I would go to any of these postings. The last list that you certify before the deadline is the one that counts; you may change and certify it again until then." | "按下確認，即表示這是你的真實次序，而名單上任何一個職位你都願意前往。以截止前最後一次確認的名單為準；在此之前，你可以更改並重新確認。";
    mat_certify_means_host: "By certifying you say for your institution: this is our order, and we would take anybody on this list. The last list certified before the deadline is the one that counts; it may be changed and certified again until then." | "按下確認，即代表貴機構表示這是我們的次序，而名單上任何一位學員我們都願意錄取。以截止前最後一次確認的名單為準；在此之前可以更改並重新確認。";
    mat_changed_note: "You have changed this list since it was certified. What was certified counts until you certify it again." | "確認後你曾更改名單。重新確認之前，仍以先前確認的名單為準。";
    mat_saved_note: "This list is not certified. It does not count yet." | "此名單未經確認，暫不計算。";
    mat_certified_note(when: &str): "Certified {when}. This list counts." | "已於{when}確認，以此名單為準。";
    mat_missing_note: "Nothing has been saved yet." | "尚未儲存任何內容。";
    mat_promise: "What you can rely on" | "你可以放心的事";
    mat_promise_stable: "The result is stable: no trainee and no posting would both rather have each other." | "結果是穩定的：不會有學員與職位雙方都寧願選擇對方。";
    mat_promise_best: "Among all stable results, it is the best one for every trainee at the same time." | "在所有穩定的結果之中，對每一位學員同時都是最好的。";
    mat_promise_truth: "For a trainee, the true order is the best order. You lose nothing by putting first what you want most, even if it seems out of reach." | "對學員而言，如實排序就是最好的策略。把最想去的放在第一位，即使機會看似渺茫，也不會有任何損失。";
    mat_promise_others: "Nobody is hurt because another trainee withdraws before the match." | "其他學員在配對前退出，不會令任何人受損。";
    mat_promise_not: "What nobody can promise" | "無法保證的事";
    mat_promise_not_all: "That everybody is placed, or as many as possible: no other stable result would place more." | "不保證人人獲配對，也不保證配對人數最多；但沒有其他穩定的結果能配對更多人。";
    mat_promise_not_banks: "That the true order is always best for an institution." | "不保證如實排序對機構總是最有利。";
    mat_promise_not_caps: "Where several caps move together, that one more seat helps everybody." | "如數個上限同時變動，不保證多一個名額對人人有利。";
    mat_lots: "Lots" | "抽籤";
    mat_lots_hash: "SHA-256 of the lots’ secret, fixed before lists close" | "抽籤種子的SHA-256，於名單截止前定下";
    mat_lots_seed: "The secret itself, published with the result" | "抽籤種子，與結果同時公布";
    mat_lots_none: "Not fixed yet. They are fixed with the first certified list at the latest." | "尚未定下。最遲於首份名單確認時定下。";

    mat_desk_note: "Lists, dry run, official run and result of this round." | "此輪次的名單、試行、正式配對及結果。";
    mat_counts: "Certified / changed since / saved / missing" | "已確認／曾更改／已儲存／未有";
    mat_lists_trainees: "Lists of trainees" | "學員名單";
    mat_lists_hosts: "Lists of institutions" | "機構名單";
    mat_all_lists: "All lists" | "全部名單";
    mat_commit: "Fix the lots" | "定下抽籤種子";
    mat_commit_does: "A random secret is made and locked away. Its SHA-256 is shown to everybody in the round; the secret itself is published with the result." | "系統產生隨機種子並封存。其SHA-256會向此輪次所有人公布；種子本身則與結果同時公布。";
    mat_remind: "Remind of lists" | "提醒提交名單";
    mat_remind_does(n: usize): "1 list is not certified as it stands. Its owner gets a letter." + "{n} lists are not certified as they stand. Their owners get a letter." | "有{n}份名單未經確認。有關學員及機構會收到信件。";
    mat_dry_run: "Dry run" | "試行配對";
    mat_dry_run_note: "From the lists as they are certified now. Nothing is stored; trainees and institutions see nothing of it." | "以現時已確認的名單計算。結果不會儲存，學員及機構不會看到。";
    mat_dry_run_no_lots: "The lots are not fixed: equal ranks are broken provisionally here." | "抽籤種子尚未定下，同等次序在此只作暫時處理。";
    mat_dry_run_refused(what: &str): "These bounds and lists make no run. {what}" | "現時的名額設定及名單不能進行配對。{what}";
    mat_bound_seats(posting: &str): "the seats of {posting}" | "{posting}的名額";
    mat_bound_group(group: &str, place: &str): "the cap on “{group}” at {place}" | "{place}對「{group}」的上限";
    mat_bound_bank(bank: &str): "the cap of {bank}" | "{bank}的上限";
    mat_bound_across: "a cap across institutions" | "跨機構的上限";
    mat_refused_crossing(one: &str, other: &str): "Two bounds cross: {one}, and {other}." | "兩項限制互相交疊：{one}，以及{other}。";
    mat_refused_across(bound: &str): "One bound reaches beyond one institution: {bound}." | "有限制涉及多於一間機構：{bound}。";
    mat_refused_lists(bank: &str): "{bank} has a cap and several postings: it needs one list for all of them, not only lists of single postings." | "{bank}設有上限而有多個職位，須有一份涵蓋全部職位的名單，只有個別職位的名單並不足夠。";
    mat_refused_reserve_caps(posting: &str): "{posting} has both reserved seats and caps on groups." | "{posting}同時設有保留名額及組別上限。";
    mat_refused_reserve_cap(posting: &str, bank: &str): "{posting} has reserved seats, and {bank} has a cap." | "{posting}設有保留名額，而{bank}設有上限。";
    mat_refused_reserve_above(posting: &str, held: i64, seats: i64): "{posting} reserves {held} and has {seats} in all." | "{posting}保留{held}個名額，總數只有{seats}個。";
    mat_refused_lost: " What could no longer be promised:" | "以下事項將無法保證：";
    mat_freeze: "Freeze the official run" | "凍結正式配對";
    mat_freeze_does: "All certified lists, seats and bounds are frozen as they stand, matched, verified and stored." | "系統會將所有已確認的名單、名額及上限按現況凍結，進行配對、核實並儲存。";
    mat_freeze_next: "Nothing is published. Another person approves it." | "不會公布任何內容，須由另一人批核。";
    mat_told_nobody: "Nobody is written to." | "不會發出任何信件。";
    mat_runs: "Official runs" | "正式配對";
    mat_runs_none: "No run has been frozen." | "尚未凍結任何配對。";
    mat_run_number(number: i32): "Run {number}" | "第{number}次配對";
    mat_frozen_at: "Frozen" | "凍結時間";
    mat_input_hash: "SHA-256 of what went in" | "輸入的SHA-256";
    mat_output_hash: "SHA-256 of the result" | "結果的SHA-256";
    mat_verifier: "Verifier" | "核實結果";
    mat_verifier_sound: "Sound: all six checks hold." | "正確：六項檢查全部通過。";
    mat_verifier_found(n: usize): "1 finding: this run cannot be published." + "{n} findings: this run cannot be published." | "發現{n}項問題：此配對不能公布。";
    mat_approve: "Approve and publish" | "批核並公布";
    mat_approve_does: "Placements are made, the round becomes matched, and trainees and institutions see their result. This cannot be undone." | "系統會建立實習安排，輪次轉為已配對，學員及機構可看到結果。此步驟不可還原。";
    mat_approve_told(n: u32): "1 trainee and every institution get a letter." + "{n} trainees and every institution get a letter." | "{n}名學員及各機構會收到信件。";
    mat_approve_hash(hash: &str): "The result that you approve has the SHA-256 {hash}." | "你批核的結果，其SHA-256為{hash}。";
    mat_void: "Void this run" | "將此配對作廢";
    mat_void_note: "The run stays on record with your reason. A new run draws new lots." | "配對紀錄及理由會保留。新的配對會重新抽籤。";
    mat_void_reason: "Why?" | "理由";
    mat_files: "Files to check the run with" | "核對配對用的檔案";
    mat_files_note: "Anybody who has them can run the match again and verify it." | "持有這些檔案的人均可重新配對並核實結果。";
    mat_figures: "Figures" | "數字";
    mat_matched: "Placed" | "獲配對";
    mat_unmatched: "Not placed" | "未獲配對";
    mat_seats: "Seats" | "名額";
    mat_filled: "Filled" | "已填補";
    mat_vacant: "Vacant" | "空缺";
    mat_first_choice: "First choice" | "首選";
    mat_top3: "First three choices" | "首三個選擇";
    mat_profile: "By choice" | "按選擇次序";
    mat_by_posting: "By posting" | "按職位";
    mat_unplaced: "Trainees without a placement" | "未獲配對的學員";
    mat_unplaced_none: "Everybody is placed." | "全部學員均獲配對。";
    mat_warnings: "To look at" | "請留意";
    mat_warn_seats(seats: u64, trainees: u64): "There are {seats} seats for {trainees} trainees." | "{trainees}名學員有{seats}個名額。";
    mat_warn_cap(name: &str, cap: u32): "{name}: the cap of {cap} never binds." | "{name}：上限{cap}不會起作用。";
    mat_warn_over_cap(name: &str, cap: u32): "{name} has more seats than its institution’s cap of {cap}." | "{name}的名額多於機構上限{cap}。";
    mat_warn_group: "Seats are held or capped by route, and some trainees have none." | "名額按途徑預留或設限，但部分學員沒有途徑資料。";
    mat_warn_empty(group: &str): "No trainee came by this route: {group}." | "沒有學員屬於此途徑：{group}。";
    mat_warn_silent(name: &str): "{name} has certified no list: nobody can be placed there." | "{name}沒有已確認的名單，無人可獲配對到該處。";
    mat_warn_few(name: &str): "{name}: fewer trainees list it than it has seats." | "{name}：選填的學員少於名額。";
    mat_result: "Result" | "結果";
    mat_choice: "Choice" | "選擇次序";
    mat_choice_of(choice: i32, choices: i32): "{choice} of {choices}" | "{choices}個選擇中的第{choice}個";
    mat_placed_at(what: &str): "You are placed: {what}" | "你已獲配對：{what}";
    mat_placed_nowhere: "You are not placed in this round" | "你在此輪次未獲配對";
    mat_placed_nowhere_more: "The programme office will tell you what comes next." | "計劃辦事處會通知你後續安排。";
    mat_placed_nobody: "Nobody was placed here." | "沒有學員獲配對到此職位。";
    mat_seats_of(filled: usize, seats: i32): "{filled} of {seats} seats filled" | "{seats}個名額中已填補{filled}個";
    mat_reasons: "Your list, and why" | "你的名單及原因";
    mat_no_list: "You had certified no list." | "你沒有已確認的名單。";
    mat_no_higher: "Listing it higher would not have changed this." | "即使排得更前，結果也不會改變。";
    mat_why_matched: "This is your placement." | "這是你獲配對的職位。";
    mat_why_not_needed: "Not needed: you are placed at a posting that you put higher." | "無須考慮：你已獲配對到排得更前的職位。";
    mat_why_withdrawn: "The posting was withdrawn or has no seats." | "職位已撤回或沒有名額。";
    mat_why_not_eligible: "You were not eligible for it." | "你不符合此職位的資格。";
    mat_why_taken_back: "You had taken back your interest in it." | "你已撤回對此職位的興趣。";
    mat_why_no_list: "The institution gave no list." | "機構沒有提交名單。";
    mat_why_not_ranked: "The institution did not rank you for it." | "機構沒有將你列入此職位的名單。";
    mat_why_full: "All seats went to trainees whom the institution ranks higher." | "所有名額已由機構排序較前的學員填補。";
    mat_why_bank_cap: "The institution takes no more in all than those whom it ranks higher." | "機構的總名額已由排序較前的學員用盡。";
    mat_why_group_cap: "The seats for your route went to trainees whom the institution ranks higher." | "你所屬途徑的名額已由機構排序較前的學員填補。";
    mat_why_reserve: "Some seats are held for another route, and the others went to trainees whom the institution ranks higher." | "部分名額預留予其他途徑，其餘已由機構排序較前的學員填補。";
    mat_reason: "Why" | "原因";
    mat_history: "History" | "紀錄";
    mat_later: "The result appears here once it is published." | "結果公布後會在此列出。";

    letter_list_reminder_subject(round: &str): "Your list is not certified: {round}" | "你的名單未經確認：{round}";
    letter_list_reminder(round: &str): "There is a list of yours for “{round}” that is missing, or that stands otherwise than it was certified. What is certified last before the deadline counts; what is not certified does not." | "你在「{round}」的名單尚未提交，或在確認後曾更改。以截止前最後一次確認的名單為準；未經確認的內容不會計算。";
    letter_match_result_subject(round: &str): "Result of the match: {round}" | "配對結果：{round}";
    letter_match_placed(round: &str): "You have a placement from the match of “{round}”." | "你在「{round}」的配對中獲安排實習。";
    letter_match_not_placed(round: &str): "The match of “{round}” has no placement for you this time. Your page says why for each posting of your list, and the programme office will tell you what comes next." | "你在「{round}」的配對中未獲安排實習。你的頁面列出名單上每個職位的原因，計劃辦事處會通知你後續安排。";
    letter_match_filled_subject(round: &str): "Your institution in the match: {round}" | "貴機構的配對結果：{round}";
    letter_match_filled(filled: u32, round: &str, seats: u32): "The match of “{round}” has placed 1 trainee with you, for {seats} seats. You find the name on your page." + "The match of “{round}” has placed {filled} trainees with you, for {seats} seats. You find the names on your page." | "「{round}」的配對為貴機構安排了{filled}名學員，名額共{seats}個。姓名請於貴機構的頁面查閱。";
    letter_match_button: "Open the result page" | "開啟結果頁面";

    flash_list_saved: "The list is saved. It counts once it is certified." | "名單已儲存，確認後方會計算。";
    flash_list_certified: "The list is certified. It counts." | "名單已確認，以此為準。";
    flash_lots_fixed: "The lots are fixed, and their hash is shown to everybody." | "抽籤種子已定下，其雜湊值已向所有人公布。";
    flash_reminded: "The reminders are queued." | "提醒信件已排入寄送。";
    flash_run_frozen: "The run is frozen. Another person approves it." | "配對已凍結，須由另一人批核。";
    flash_run_published: "The match is published." | "配對結果已公布。";
    flash_run_voided: "The run is void." | "配對已作廢。";

    history_list_saved: "saved the list" | "儲存了名單";
    history_list_certified: "certified the list" | "確認了名單";
    history_match_committed: "fixed the lots" | "定下了抽籤種子";
    history_match_reminded: "reminded of lists" | "發出了名單提醒";
    history_match_frozen: "froze an official run" | "凍結了正式配對";
    history_match_voided: "voided an official run" | "將正式配對作廢";
    history_match_published: "published the match" | "公布了配對結果";

    mat_kind_official: "Match" | "配對";
    mat_kind_first_call: "First call" | "優先補配";
    mat_kind_repair: "Repair" | "更正";
    mat_place_asked: "Waits for a second person" | "等候第二人批核";
    mat_place_approved: "Approved" | "已批核";
    mat_place_cancelled: "Taken back" | "已取消";
    mat_place_placed: "A placement" | "已成為實習安排";
    mat_origin_match: "The match" | "配對";
    mat_origin_second: "Second round" | "第二輪";
    mat_origin_first_call: "First call" | "優先補配";
    mat_origin_beforehand: "Given beforehand" | "預先安排";
    mat_origin_repair: "Repair of an error" | "更正錯誤";
    mat_origin_replacement: "After an early end" | "提早終止後的安排";
    mat_tells_reason: "The reason alone" | "只列原因";
    mat_tells_band: "The reason, and in which quarter of the list" | "原因，以及位於名單的哪個四分位";
    mat_tells_exact: "The reason, the exact place and the cut-off" | "原因、確實名次及錄取界線";
    mat_repair_open: "Being worked out" | "處理中";
    mat_repair_dropped: "Given up" | "已放棄";
    mat_way_add: "Everybody keeps theirs; whom the error harmed gets what it cost them" | "全部維持原結果；因錯誤受損的人獲補回應得的職位";
    mat_way_fill: "Everybody keeps theirs; who has nothing takes part in a run on vacant seats" | "全部維持原結果；未獲配對的人以空缺再配對";
    mat_way_again: "The corrected match replaces the published one" | "以更正後的配對取代已公布的結果";
    mat_part_certifier: "Certifies" | "可確認";
    mat_part_delegate: "Edits only" | "只可編輯";
    mat_wrong_seats: "Seats of a posting" | "職位名額";
    mat_wrong_cap: "Cap of an institution" | "機構總上限";
    mat_wrong_host_list: "An institution’s list" | "機構的名單";
    mat_wrong_trainee_list: "A trainee’s list" | "學員的名單";
    mat_wrong_ineligible: "A trainee is not eligible for a posting" | "學員不符合職位資格";
    mat_wrong_eligible: "A trainee is eligible for a posting after all" | "學員其實符合職位資格";

    mat_refuse_place_step: "This place is past that step." | "此安排已不在該階段。";
    mat_refuse_same_person_place: "Whoever named a place does not approve it. Another coordinator or an administrator does." | "提出安排的人不可批核，須由另一位統籌員或管理員批核。";
    mat_refuse_placed_already: "This trainee has a place already." | "此學員已有職位。";
    mat_refuse_no_seat: "This posting has no seat left." | "此職位已無名額。";
    mat_refuse_cap_used: "The cap of the institution or of the trainee’s route is used up." | "機構總上限或該途徑的上限已用盡。";
    mat_refuse_not_published: "This follows a published match of a first round." | "須待首輪配對公布後方可進行。";
    mat_refuse_second_open: "A second round is open already." | "已有第二輪在進行。";
    mat_refuse_call_waits: "Something waits for approval here. Publish or void it first." | "有待批核的項目，請先公布或作廢。";
    mat_refuse_nothing_left: "No seat is vacant, or every trainee is placed." | "沒有空缺，或全部學員已獲配對。";
    mat_refuse_there_already: "A trainee has begun there already. End that placement early instead; nobody who is there is moved." | "有學員已開始實習，請改為提早終止該實習；已到任的學員不會被調動。";
    mat_refuse_results_out: "The results are out: what they tell stays as it is." | "結果已公布，披露方式不再更改。";
    mat_refuse_not_certifier: "You may edit this list and not certify it: your institution has named others for that." | "你可編輯此名單，但不可確認：貴機構已指定其他人確認。";
    mat_refuse_not_editor: "Your institution has named others for this list." | "貴機構已指定其他人處理此名單。";
    mat_refuse_nobody_certifies: "Somebody of your institution must be left who certifies." | "貴機構須至少有一人可確認名單。";
    mat_refuse_nothing_wrong: "This way changes nothing: nobody would be moved." | "此方案沒有改變：不會調動任何人。";
    mat_refuse_repair_step: "This repair is past that step." | "此更正已不在該階段。";

    mat_unknown_trainee: "No trainee of this round has this number." | "此輪次沒有此編號的學員。";
    mat_need_future: "Choose a time that is yet to come." | "請選擇未來的時間。";

    mat_beforehand: "Places given beforehand" | "預先安排的職位";
    mat_beforehand_note: "A trainee and a seat are taken out of the match together. One person names them with a reason, another approves; the trainee and the institution are told then. Nothing can be changed once a run is frozen." | "學員與名額一併從配對中抽出。由一人提出並說明理由，另一人批核；其後通知學員及機構。凍結配對後不可更改。";
    mat_beforehand_none: "No place is given beforehand." | "沒有預先安排。";
    mat_beforehand_new: "Name a place" | "提出安排";
    mat_trainee_number: "The trainee’s number" | "學員編號";
    mat_place_reason: "Why" | "理由";
    mat_place_approve: "Approve this place" | "批核此安排";
    mat_place_approve_does(name: &str, posting: &str): "{name} and a seat of {posting} are taken out of the match." | "{name}及{posting}的一個名額會從配對中抽出。";
    mat_place_told: "The trainee and the institution get a letter." | "學員及機構會收到信件。";
    mat_place_cancel: "Take this place back" | "取消此安排";
    mat_place_cancel_does(name: &str): "{name} takes part in the match again, and the seat with them." | "{name}及該名額重新參加配對。";
    mat_place_given_note: "A place was given to you before the match" | "你在配對前已獲安排職位";
    mat_place_given_more: "Your list is not looked at in this match. The programme office can tell you more." | "此次配對不會計算你的名單。如有疑問，請聯絡計劃辦事處。";

    mat_second: "Open a second round" | "開設第二輪";
    mat_seconds: "Second rounds" | "第二輪";
    mat_second_note: "On what is left: vacant seats, and trainees without a placement. Lists are written and certified anew; nobody who is placed is moved." | "以餘下的空缺及未獲配對的學員進行。名單須重新填寫及確認；已獲配對的人不會被調動。";
    mat_second_of: "This is a second round, on vacant seats. You may rank any of them. Once you certify your list, the institutions on it see your name and number; certify early, so that they can rank you." | "這是以空缺進行的第二輪，你可排序任何空缺職位。確認名單後，名單上的機構可看到你的姓名及編號；請及早確認，以便機構排序。";
    mat_second_left(seats: u32, trainees: usize): "{seats} vacant seats, {trainees} trainees without a placement." | "空缺{seats}個，未獲配對學員{trainees}名。";
    mat_name_en: "Name in English" | "英文名稱";
    mat_name_zh: "Name in Chinese" | "中文名稱";

    mat_call: "A posting is withdrawn" | "職位撤回";
    mat_call_note: "When an institution withdraws a posting after the publication, those placed there get first call on vacant seats, by the lists that were certified for the match. Nobody else is moved. Two people publish it." | "機構於公布後撤回職位時，原獲配對的學員可按已確認的名單優先補配空缺，其他人不會被調動。須由兩人公布。";
    mat_call_choose: "The postings that are withdrawn" | "撤回的職位";
    mat_call_reason: "Why" | "理由";
    mat_call_harmed(n: usize): "1 trainee is directly harmed" + "{n} trainees are directly harmed" | "{n}名學員直接受影響";
    mat_call_saved(n: usize): "1 of them receives another posting by first call." + "{n} of them receive another posting by first call." | "其中{n}名可獲優先補配。";
    mat_call_was: "Was at" | "原職位";
    mat_call_gets: "Would receive" | "將獲補配";
    mat_call_nothing: "Nothing; may take part in a second round" | "沒有；可參加第二輪";
    mat_call_freeze: "Freeze first call" | "凍結優先補配";
    mat_call_publish_does(n: usize): "The postings are withdrawn, 1 placement ends, and first call is given." + "The postings are withdrawn, {n} placements end, and first call is given." | "職位撤回，{n}項實習安排終止，並進行優先補配。";
    mat_call_told: "Those trainees and the institutions concerned get a letter." | "有關學員及機構會收到信件。";

    mat_repair: "Repair an error" | "更正錯誤";
    mat_repairs: "Repairs" | "更正紀錄";
    mat_repair_note: "An error was found in the published match. Write down what was wrong; the match is worked out as it should have been, and three ways out are shown. One person chooses, another publishes." | "已公布的配對發現錯誤。請記錄錯誤之處；系統會計算應有的配對，並列出三個處理方案。由一人選擇，另一人公布。";
    mat_repair_reason: "What happened?" | "事情經過";
    mat_repair_wrong: "What was wrong" | "錯誤之處";
    mat_repair_none: "Nothing is written down yet." | "尚未記錄。";
    mat_repair_add: "Add" | "加入";
    mat_repair_kind: "What was wrong" | "錯誤類別";
    mat_repair_value: "As it should have been" | "應有的內容";
    mat_repair_value_hint: "Seats or a cap: the number, or nothing for no cap. A list: one number of a trainee or posting on each line, best first; equals on one line with = between them." | "名額或上限：填數字，無上限則留空。名單：每行一個學員或職位編號，由最優先排起；同等者寫在同一行，以=分隔。";
    mat_repair_unknown(what: &str): "No number like this is in the match: {what}" | "配對中沒有此編號：{what}";
    mat_repair_needs: "Choose the posting or the trainee that it is about." | "請選擇有關的職位或學員。";
    mat_repair_undo: "Take the last one back" | "取消最後一項";
    mat_repair_drop: "Give this repair up" | "放棄此更正";
    mat_repair_diff: "Published, and as it should have been" | "已公布的結果與應有的結果";
    mat_repair_same: "The corrected match is the published one." | "更正後的配對與已公布的相同。";
    mat_repair_published: "Published" | "已公布";
    mat_repair_right: "As it should have been" | "應有的結果";
    mat_repair_ways: "Three ways out" | "三個處理方案";
    mat_repair_way: "Way" | "方案";
    mat_repair_better: "Better" | "較佳";
    mat_repair_worse: "Worse" | "較差";
    mat_repair_gained: "Gain a place" | "獲得職位";
    mat_repair_lost: "Lose their place" | "失去職位";
    mat_repair_harmed: "Still harmed" | "仍受損";
    mat_repair_envy: "Justified envy" | "有理不服";
    mat_repair_added: "Seats to add" | "需加名額";
    mat_repair_choose: "Choose this way" | "選擇此方案";
    mat_repair_choose_does(n: usize): "1 trainee is moved." + "{n} trainees are moved." | "{n}名學員會被調動。";
    mat_repair_agreed: "The institutions must have agreed to seats that are added, and trainees who are moved must have been asked." | "增加名額須先得機構同意；調動學員須先徵詢其意願。";
    mat_repair_told(n: usize): "1 trainee who is moved and the institutions concerned get a letter." + "{n} trainees who are moved and the institutions concerned get a letter." | "{n}名被調動的學員及有關機構會收到信件。";
    mat_reasons_of_first: "The reasons below are those of the match as it was published first." | "以下原因為首次公布時的原因。";

    mat_tells: "What the reasons tell" | "原因的披露程度";
    mat_tells_note: "Nobody ever reads another person’s name or list. A cut-off of a posting with fewer than three placed trainees is never told." | "任何人都不會看到他人的姓名或名單。獲配對學員少於三名的職位，一律不披露錄取界線。";
    mat_tells_set: "Set" | "設定";
    mat_band(quarter: u8): "You stand in quarter {quarter} of 4 of the institution’s list." | "你位於機構名單的第{quarter}個四分位（共4個）。";
    mat_rank_exact(rank: u32): "Your place on the institution’s list is {rank}." | "你在機構名單上的名次為第{rank}。";
    mat_cutoff(place: u32): "The last one admitted has place {place}." | "最後一名獲錄取者的名次為第{place}。";

    mat_what_if: "What if?" | "假如";
    mat_what_if_note: "Nothing is changed; only this dry run is worked out otherwise." | "不會更改任何設定，只影響此次試行。";
    mat_what_if_more: "One seat more" | "多一個名額";
    mat_what_if_fewer: "One seat fewer" | "少一個名額";
    mat_what_if_bank: "Cap of an institution" | "機構總上限";
    mat_what_if_cap: "At most (empty: no cap)" | "上限（留空即無上限）";
    mat_what_if_ask: "Work it out" | "計算";
    mat_what_if_now: "As it is" | "現況";
    mat_what_if_then: "Then" | "假設";
    mat_what_if_choose: "None" | "不選";
    mat_change: "Change" | "更改";
    mat_apart_before: "Placed beforehand" | "預先安排";
    mat_apart_already: "Placed already" | "已獲配對";
    mat_otherwise: "Placed otherwise than by the match" | "並非經配對的安排";
    mat_how: "How" | "來源";

    mat_people: "Who edits and who certifies" | "編輯及確認人員";
    mat_people_note: "A delegate edits lists and does not certify. As long as nobody is named to certify, every representative does." | "獲授權人可編輯名單，但不可確認。如沒有指定確認人，所有代表均可確認。";
    mat_people_all: "Nobody is named: every representative edits and certifies." | "沒有指定：所有代表均可編輯及確認。";
    mat_person: "Person" | "人員";
    mat_part: "May" | "權限";
    mat_people_usual: "Not named" | "不指定";
    mat_people_set: "Save" | "儲存";
    mat_people_scope: "Lists" | "名單";
    mat_people_every: "All lists" | "全部名單";
    mat_delegate_note: "You may edit this list. Your institution has named others to certify it." | "你可編輯此名單，由貴機構指定的人確認。";
    mat_not_editor_note: "Your institution has named others for this list." | "貴機構已指定其他人處理此名單。";

    mat_drag: "Drag, or use the buttons and numbers" | "拖曳，或使用按鈕及數字";
    mat_moved_to: "{name}: place {n} of {all}" | "{name}：第{n}位，共{all}位";
    mat_drag_of(name: &str): "Drag {name}" | "拖曳{name}";
    mat_of_trainees: "Of trainees" | "學員的";
    mat_of_hosts: "Of institutions" | "機構的";
    mat_lists_empty: "No list is like this." | "沒有符合的名單。";
    mat_lists_empty_more: "Choose another filter." | "請更改篩選條件。";

    letter_place_subject(round: &str): "A place given beforehand: {round}" | "預先安排的職位：{round}";
    letter_place_given(round: &str): "The programme office has given you a place before the match of “{round}”. Your list is not looked at in it; the placement is made when the match is published." | "計劃辦事處已在「{round}」配對前為你安排職位。此次配對不會計算你的名單；配對公布時，實習安排即告成立。";
    letter_place_back(round: &str): "The place that was given to you before the match of “{round}” has been taken back. You take part in the match: certify your list before the deadline." | "「{round}」配對前為你安排的職位已取消。你會參加配對，請於截止前確認名單。";
    letter_place_host(round: &str): "Before the match of “{round}” a trainee has been given a seat at your institution. That seat is not matched." | "「{round}」配對前，已有學員獲安排到貴機構的名額。該名額不參加配對。";
    letter_place_host_back(round: &str): "The seat at your institution that was given before the match of “{round}” takes part in the match again." | "「{round}」配對前安排的貴機構名額，現重新參加配對。";
    letter_second_subject(round: &str): "A second round is open: {round}" | "第二輪現已開始：{round}";
    letter_second(round: &str): "You may take part in “{round}”, on seats that are vacant. Write and certify a new list before the deadline." | "你可參加以空缺進行的「{round}」。請於截止前填寫並確認新名單。";
    letter_second_host(round: &str): "Your institution has vacant seats, which “{round}” is about. Trainees appear on your page as they certify their lists; write and certify yours before the deadline." | "貴機構尚有空缺，將參與「{round}」。學員確認名單後會在貴機構的頁面列出，請於截止前填寫並確認名單。";
    letter_gone_subject(round: &str): "Your posting was withdrawn: {round}" | "你的實習職位已撤回：{round}";
    letter_gone_nothing(round: &str): "The institution has withdrawn the posting at which you were placed in “{round}”. You had first call on the vacant seats of your list, and none of them was left. The programme office will tell you what comes next." | "你在「{round}」獲配對的職位已由機構撤回。你可優先補配名單上的空缺，但已無餘額。計劃辦事處會通知你後續安排。";
    letter_gone_placed(round: &str): "The institution has withdrawn the posting at which you were placed in “{round}”. By first call on vacant seats you have another one." | "你在「{round}」獲配對的職位已由機構撤回。經優先補配，你已獲另一職位。";
    letter_changed_subject(round: &str): "Changed placements at your institution: {round}" | "貴機構的實習安排有變：{round}";
    letter_changed(round: &str): "Placements of “{round}” at your institution have changed. Your page shows them as they are now." | "「{round}」中貴機構的實習安排有變，請於貴機構的頁面查閱最新情況。";
    letter_repaired_subject(round: &str): "An error in the match was put right: {round}" | "配對錯誤已更正：{round}";
    letter_repaired_nothing(round: &str): "An error was found in the match of “{round}” and put right. You have no placement by it any more. The programme office will tell you what comes next; we are sorry." | "「{round}」的配對發現錯誤並已更正，你因此不再獲安排實習。計劃辦事處會通知你後續安排，謹此致歉。";
    letter_repaired_placed(round: &str): "An error was found in the match of “{round}” and put right. You are placed here now." | "「{round}」的配對發現錯誤並已更正，你現獲安排到以下職位。";

    flash_place_named: "The place is named. Another person approves it." | "已提出安排，須由另一人批核。";
    flash_place_approved: "The place is given." | "安排已批核。";
    flash_place_cancelled: "The place is taken back." | "安排已取消。";
    flash_second_opened: "The second round is open." | "第二輪已開始。";
    flash_repair_kept: "It is written down." | "已記錄。";
    flash_repair_dropped: "The repair is given up." | "已放棄此更正。";
    flash_tells_set: "The reasons will tell this." | "披露程度已設定。";
    flash_person_named: "It is saved who may do what." | "人員權限已儲存。";

    history_place_named: "named a place beforehand" | "提出了預先安排";
    history_place_approved: "approved a place given beforehand" | "批核了預先安排";
    history_place_cancelled: "took back a place given beforehand" | "取消了預先安排";
    history_second_opened: "opened a second round" | "開設了第二輪";
    history_call_frozen: "froze first call for a withdrawn posting" | "凍結了職位撤回的優先補配";
    history_call_published: "published first call for a withdrawn posting" | "公布了職位撤回的優先補配";
    history_repair_opened: "opened the repair of an error" | "開始更正錯誤";
    history_repair_corrected: "wrote down what was wrong" | "記錄了錯誤之處";
    history_repair_uncorrected: "took a correction back" | "取消了一項更正";
    history_repair_dropped: "gave a repair up" | "放棄了更正";
    history_repair_frozen: "chose a way out of an error" | "選擇了錯誤的處理方案";
    history_repair_published: "published the repair of an error" | "公布了錯誤的更正";
    history_tells_set: "set what the reasons tell" | "設定了原因的披露程度";
    history_people_named: "named who edits and who certifies" | "指定了編輯及確認人員";
}

impl Lang {
    /// The room's notices after an act.
    pub(super) fn flash_of_matches(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "list_saved" => self.flash_list_saved(),
            "list_certified" => self.flash_list_certified(),
            "lots_fixed" => self.flash_lots_fixed(),
            "reminded" => self.flash_reminded(),
            "run_frozen" => self.flash_run_frozen(),
            "run_published" => self.flash_run_published(),
            "run_voided" => self.flash_run_voided(),
            "place_named" => self.flash_place_named(),
            "place_approved" => self.flash_place_approved(),
            "place_cancelled" => self.flash_place_cancelled(),
            "second_opened" => self.flash_second_opened(),
            "repair_kept" => self.flash_repair_kept(),
            "repair_dropped" => self.flash_repair_dropped(),
            "tells_set" => self.flash_tells_set(),
            "person_named" => self.flash_person_named(),
            _ => return None,
        })
    }

    /// The words of the verbs of matches.
    pub(super) fn history_of_matches(
        self,
        verb: &str,
        _details: &serde_json::Value,
    ) -> Option<String> {
        let told = match verb {
            "rank_list.saved" => self.history_list_saved(),
            "rank_list.certified" => self.history_list_certified(),
            "match.committed" => self.history_match_committed(),
            "match.reminded" => self.history_match_reminded(),
            "match_run.frozen" | "match.frozen" => self.history_match_frozen(),
            "match_run.voided" | "match.voided" => self.history_match_voided(),
            "match_run.published" | "match.published" => self.history_match_published(),
            "place_beforehand.named" | "match.place_named" => self.history_place_named(),
            "place_beforehand.approved" | "match.place_approved" => self.history_place_approved(),
            "place_beforehand.cancelled" | "match.place_cancelled" => {
                self.history_place_cancelled()
            }
            "match.second_opened" => self.history_second_opened(),
            "match.call_frozen" => self.history_call_frozen(),
            "match.call_published" => self.history_call_published(),
            "match_repair.opened" | "match.repair_opened" => self.history_repair_opened(),
            "match_repair.corrected" => self.history_repair_corrected(),
            "match_repair.uncorrected" => self.history_repair_uncorrected(),
            "match_repair.dropped" => self.history_repair_dropped(),
            "match_repair.frozen" | "match.repair_frozen" => self.history_repair_frozen(),
            "match_repair.published" | "match.repair_published" => self.history_repair_published(),
            "match.tells_set" => self.history_tells_set(),
            "list_people.named" => self.history_people_named(),
            _ => return None,
        };
        Some(told.to_owned())
    }
}
