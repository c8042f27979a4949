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
    mat_rounds_none: "No round to rank in" | "沒有可排序的輪次";
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
    mat_dry_run_refused(what: &str): "These bounds and lists make no run: {what}" | "現時的名額設定及名單不能進行配對：{what}";
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
            _ => return None,
        };
        Some(told.to_owned())
    }
}
