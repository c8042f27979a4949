//! Texts of interviews: shortlists, panels and days, the timetable, the trainee's pages, the office's desk.
use super::{Lang, texts};

texts! {
    itv_state_scheduled: "Scheduled" | "已安排";
    itv_state_held: "Held" | "已進行";
    itv_state_missed: "Trainee did not come" | "學員缺席";
    itv_state_cancelled: "Cancelled" | "已取消";
    itv_state_draft: "Draft" | "草擬";
    itv_state_unplaced: "No time found" | "未能安排";
    itv_unplaced_no_panel: "No panel interviews for this posting." | "此職位未有面試小組。";
    itv_unplaced_no_slot: "The panels of this posting have no times." | "此職位的面試小組未有時段。";
    itv_unplaced_full: "Every time at which the trainee can come is taken." | "學員能出席的時段均已安排他人。";
    itv_unplaced_cannot: "The trainee cannot come at the times that are left." | "學員未能出席餘下的時段。";
    itv_why_absences: "Trainees cannot come at some times." | "部分學員在某些時段未能出席。";
    itv_why_spacing: "There is a gap between two interviews of one trainee, and a day holds only so many." | "同一學員的兩次面試之間須有間隔，而每日次數有上限。";
    itv_why_panels: "The panels sit at different times." | "各面試小組的時段不同。";

    itv_refuse_not_now: "This round is not at interviews: shortlists and times are planned while it is open or ranked." | "此輪次現非面試階段：輪次開放或排序期間，方可列入候選及安排時段。";
    itv_refuse_no_interest: "One of these trainees is not interested any more. Look at the list again." | "其中有學員已不再表示興趣，請重新查看名單。";
    itv_refuse_stands: "An interview of one of these trainees stands. Cancel it first." | "其中有學員的面試已公布，請先取消該面試。";
    itv_refuse_day_taken: "Times of this day have been published. Move or cancel their interviews instead." | "當日時段已公布，請改為調動或取消有關面試。";
    itv_refuse_over: "This interview is over or cancelled: nothing of it can be changed." | "此面試已完結或取消，不能更改。";
    itv_refuse_early: "The interview has not begun." | "面試尚未開始。";
    itv_refuse_taken: "Another interview has this time." | "此時段已安排另一面試。";
    itv_refuse_cannot: "The trainee cannot come then." | "學員未能於此時段出席。";
    itv_refuse_closed: "This time is not open for interviews any more." | "此時段已不供面試。";
    itv_refuse_no_draft: "There is no draft to publish. Compute the timetable first." | "未有草擬時間表可公布，請先計算。";
    itv_refuse_overtaken: "Something has changed since this draft was computed. Compute it again." | "計算後情況有變，請重新計算。";
    itv_refuse_would_lose: "Computed anew, somebody who has a time would be left without one. Compute around what is published." | "若全部重新計算，將有已獲安排的學員失去時段。請保留已公布的時段再計算。";
    itv_refuse_asked: "You have asked for another time already. The institution will answer." | "你已要求改期，機構將會回覆。";

    itv_need_order: "The end comes after the beginning." | "結束時間須在開始時間之後。";
    itv_need_postings: "Choose at least one posting, all of one institution." | "請最少選擇一個職位，並須屬同一機構。";
    itv_need_hours: "Between these hours there must be room for at least one interview, and for 200 at the most." | "此段時間須最少容納一次面試，最多200次。";
    itv_need_place: "Name a room, or the address of a meeting, or both." | "請填寫房間或會議連結，或兩者均填。";
    itv_need_future: "Interviews begin in the future." | "面試須在將來開始。";
    itv_need_time: "Enter a time of day as 09:30." | "請以09:30格式輸入時間。";
    itv_need_members(line: usize): "Line {line} cannot be read. Write each member as: Mei Chan <mei@example.org>" | "第{line}行無法讀取。請按以下格式填寫每位成員：Mei Chan <mei@example.org>";
    itv_need_link: "A link begins with https://" | "連結須以https://開首";
    itv_in_blackout(name: &str): "No interviews take place then: {name}." | "該時段不設面試：{name}。";
    itv_out_of_hours(from: &str, to: &str): "The office allows interviews from {from} to {to}." | "辦事處只准許{from}至{to}進行面試。";
    itv_panel_sits: "This panel sits elsewhere at that time." | "此面試小組當時在另一處進行面試。";
    itv_room_taken(panel: &str): "Another panel of yours is there at that time: {panel}." | "貴機構另一小組當時使用該處：{panel}。";

    itv_title: "Interviews" | "面試";
    itv_round: "Round" | "輪次";
    itv_rounds_none: "No round is at interviews. A round appears here once its postings are open." | "未有輪次進行面試。職位開放後，輪次會在此列出。";
    itv_status: "Status" | "狀態";
    itv_institution: "Institution" | "機構";
    itv_posting: "Posting" | "實習職位";
    itv_trainee: "Trainee" | "學員";
    itv_number: "Number" | "編號";
    itv_cohort: "Cohort" | "屆別";
    itv_time: "Time" | "時間";
    itv_place: "Place" | "地點";
    itv_reason: "Reason" | "原因";
    itv_overview: "Overview" | "概覽";
    itv_shortlist: "Shortlist" | "候選名單";
    itv_timetable: "Timetable" | "面試時間表";
    itv_interested_at: "Interested since" | "表示興趣日期";

    itv_candidates: "Shortlist" | "候選名單";
    itv_candidates_note: "Whoever is interested in your postings. Shortlist those whom you want to interview: the timetable is computed for all institutions at once, so nobody is too late." | "對貴機構職位表示興趣的學員。請選出擬面試者：各機構的時間表會一併計算，不設先到先得。";
    itv_candidates_none: "Nobody is interested yet" | "暫未有學員表示興趣";
    itv_candidates_none_more: "Trainees appear here once they express interest in one of your postings." | "學員對貴機構的職位表示興趣後，會在此列出。";
    itv_listed: "Shortlisted" | "已列入";
    itv_not_listed: "Not shortlisted" | "未列入";
    itv_list: "Shortlist those ticked" | "將所選列入候選";
    itv_unlist: "Take those ticked off" | "將所選移除";
    itv_list_one: "Shortlist" | "列入候選";
    itv_unlist_one: "Take off the shortlist" | "移出候選名單";
    itv_note_before: "Your note" | "貴機構的備註";
    itv_note_after: "Note after the interview" | "面試後備註";
    itv_note_private: "Your institution alone reads this: neither the trainee nor the programme office nor any other institution." | "只有貴機構能閱讀：學員、計劃辦事處及其他機構均不會看到。";
    itv_note_edit: "Write a note" | "撰寫備註";
    itv_note_none: "Nothing is noted." | "未有備註。";

    itv_panels: "Panels" | "面試小組";
    itv_panels_none: "Make a panel first: who interviews, and for which postings." | "請先設立面試小組：由誰面試、面試哪些職位。";
    itv_panel: "Panel" | "面試小組";
    itv_panel_new: "New panel" | "新增小組";
    itv_panel_edit: "Change the panel" | "更改小組";
    itv_panel_name: "Name of the panel" | "小組名稱";
    itv_members: "Members" | "成員";
    itv_members_hint: "One a line: Mei Chan <mei@example.org>. They get each interview by e-mail, with an entry for their calendars; they need no account." | "每行一位：Mei Chan <mei@example.org>。每次面試均會以電郵連同日曆項目通知他們，無須帳戶。";
    itv_panel_lang: "Language of letters to them" | "致成員信件的語言";
    itv_panel_postings: "Interviews for" | "面試職位";
    itv_change: "Change" | "更改";
    itv_days: "Days and times" | "日期與時段";
    itv_days_none: "Add the hours in which a panel sits. Several panels may sit at the same time, each in a room or meeting of its own." | "請加入小組面試的時間。多個小組可同時進行，各用不同房間或會議。";
    itv_day_new: "Add hours" | "新增時間";
    itv_day_edit: "Change the hours" | "更改時間";
    itv_day_remove: "Remove" | "移除";
    itv_day_remove_ask(day: &str): "Remove the times on {day}?" | "移除{day}的時段？";
    itv_day_remove_does: "Its times are taken away. What was drafted for them gets other times when the timetable is computed again." | "有關時段會移除。草擬於該等時段的面試，將於重新計算時另行安排。";
    itv_day: "Day" | "日期";
    itv_hours: "Hours" | "時間";
    itv_from: "From" | "由";
    itv_to: "To" | "至";
    itv_length: "Minutes of an interview" | "每次面試分鐘數";
    itv_break: "Minutes between two" | "相隔分鐘數";
    itv_room: "Room" | "房間";
    itv_room_hint: "With its address, so that a trainee finds it." | "請連同地址填寫，以便學員前往。";
    itv_link: "Video link" | "視像連結";
    itv_times: "Times" | "時段數目";
    itv_taken(taken: &str, all: &str): "{taken} of {all} given" | "{all}個中已安排{taken}個";
    itv_hours_allowed(from: &str, to: &str): "The office allows interviews from {from} to {to}." | "辦事處准許面試時間為{from}至{to}。";

    itv_computed: "Computed" | "計算時間";
    itv_published: "Published" | "公布時間";
    itv_not_published: "Not yet: this is a draft" | "未公布，此為草擬";
    itv_bound: "Fewest times possible" | "最少所需時段";
    itv_used: "Times used" | "所用時段";
    itv_placed: "With a time" | "已有時段";
    itv_unplaced: "Without a time" | "未有時段";
    itv_bound_note: "Fewer than the fewest are not possible: somebody has that many interviews, or some panels share that many." | "所需時段不能少於最少之數：有學員須面試該次數，或有小組須分擔該次數。";
    itv_whys: "Why more times are used" | "為何需要更多時段";
    itv_whys_host: "Trainees who cannot come at times, gaps between interviews, and panels that sit at different times can make it more." | "學員未能出席、面試間隔，以及各小組時段不同，均可令所需時段增加。";
    itv_bound_reached: "This timetable takes as few times as any can." | "此時間表所用時段已達最少。";
    itv_result: "The timetable" | "時間表";
    itv_result_none: "Nothing has been computed yet. The programme office computes the timetable for all institutions at once." | "尚未計算。計劃辦事處會為各機構一併計算時間表。";
    itv_lines_none: "No interviews yet" | "未有面試";
    itv_lines_none_more: "They appear here as a draft once the timetable is computed, and for good once it is published." | "計算後以草擬形式列出，公布後作實。";

    itv_interview_of(name: &str): "Interview: {name}" | "面試：{name}";
    itv_interview_at(name: &str): "Interview with {name}" | "{name}面試";
    itv_held_button: "It was held" | "面試已進行";
    itv_missed_button: "The trainee did not come" | "學員缺席";
    itv_move: "Move to another time" | "改期";
    itv_move_to: "New time" | "新時段";
    itv_move_does: "The trainee and the panel get a letter with the new entry for their calendars." | "學員及小組會收到信件，附有更新的日曆項目。";
    itv_move_none: "No free time is left." | "沒有餘下的空檔。";
    itv_cannot: "cannot come" | "未能出席";
    itv_cancel: "Call off the interview" | "取消面試";
    itv_cancel_does: "The trainee and the panel get a letter that takes the entry out of their calendars. The trainee leaves the shortlist. This cannot be undone; you can shortlist them again." | "學員及小組會收到信件，日曆項目隨之取消。學員會移出候選名單。取消後不可復原，但可再次列入候選。";
    itv_cancel_words: "A word to those who come" | "致出席者的話";
    itv_asks: "The trainee asks for another time" | "學員要求改期";

    itv_me_title: "Your interviews" | "你的面試";
    itv_me_none: "No interview yet. When an institution wants to see you, you are asked here when you cannot come." | "暫未有面試。機構擬與你面試時，你可在此說明哪些時段未能出席。";
    itv_me_times: "When can you not come?" | "你在哪些時段未能出席？";
    itv_me_times_note: "Tick the times at which you cannot come. Institutions learn only that you cannot, never why. Your classes are counted as it is." | "請勾選未能出席的時段。機構只知道你未能出席，不會知道原因。課堂已自動計算在內。";
    itv_me_times_none: "There are no times to choose from yet. You are asked again when there are: come back later." | "現時未有時段可供選擇，請稍後再查看。";
    itv_me_times_published: "An interview that is published stands, whatever you tick. To change it, ask for another time on its page." | "已公布的面試不受勾選影響。如需更改，請在該面試頁面要求改期。";
    itv_me_class: "you have a class" | "你有課堂";
    itv_me_asked: "You have asked for another time. The institution or the office will answer." | "你已要求改期，機構或辦事處將會回覆。";
    itv_ask: "Ask for another time" | "要求改期";
    itv_ask_note: "The institution reads what you write. Your interview stays as it is until it is moved." | "機構會閱讀你所寫的內容。改期之前，面試時間維持不變。";
    itv_ask_words: "Why you need another time, and when you could come" | "改期原因，以及你可出席的時間";

    itv_desk_note: "Shortlists and times are the institutions’; here you see how far they are, and compute and publish the timetable for all of them." | "候選名單及時段由各機構設定；你可在此查看進度，並為所有機構計算及公布時間表。";
    itv_progress: "Institutions" | "機構進度";
    itv_progress_none: "No institution has an open posting in this round." | "此輪次未有機構開放職位。";
    itv_interested: "Interested" | "表示興趣";
    itv_times_offered: "Times offered" | "提供時段";
    itv_scheduled: "Scheduled" | "已安排";
    itv_held: "Held" | "已進行";
    itv_missed: "Did not come" | "缺席";
    itv_asked: "Ask for another time" | "要求改期";
    itv_drafted: "Draft" | "草擬";
    itv_rules: "Rules of this round" | "此輪次規則";
    itv_rules_edit: "Change the rules" | "更改規則";
    itv_earliest: "Earliest" | "最早";
    itv_latest: "Latest" | "最遲";
    itv_gap: "Minutes between two interviews of a trainee" | "同一學員兩次面試相隔分鐘數";
    itv_most_a_day: "Most interviews of a trainee a day" | "同一學員每日面試上限";
    itv_blackouts: "No interviews" | "不設面試";
    itv_blackouts_none: "General holidays only." | "僅公眾假期。";
    itv_blackouts_note: "General holidays are free of interviews by themselves." | "公眾假期自動不設面試。";
    itv_blackout_new: "Add a period" | "新增時段";
    itv_blackout_edit: "Change the period" | "更改時段";
    itv_blackout_remove: "Remove the period" | "移除時段";
    itv_blackout_remove_does: "Institutions may offer times then." | "機構可於該時段安排面試。";
    itv_name_en: "English name" | "英文名稱";
    itv_name_zh: "Chinese name" | "中文名稱";
    itv_compute: "Compute the timetable" | "計算時間表";
    itv_compute_note: "The draft before it is gone. Nobody is told; each institution sees the draft of its own interviews." | "先前的草擬會被取代。不會通知任何人；各機構只會看到自己的草擬面試。";
    itv_compute_for: "For" | "範圍";
    itv_compute_for_hint: "Empty for all institutions at once." | "留空即所有機構一併計算。";
    itv_compute_afresh: "What is published" | "已公布的面試";
    itv_compute_afresh_tick: "Give published interviews other times, too" | "已公布的面試亦可改期";
    itv_publish: "Publish the timetable" | "公布時間表";
    itv_publish_new(n: usize): "1 interview gets its time." + "{n} interviews get their times." | "{n}次面試獲安排時段。";
    itv_publish_moved(n: usize): "1 interview that is published gets another time." + "{n} interviews that are published get other times." | "{n}次已公布的面試改期。";
    itv_publish_told: "Each of these trainees, and the members of the panels, get a letter with an entry for their calendars. Trainees are reminded the day before." | "有關學員及小組成員會收到附日曆項目的信件。學員於面試前一日會獲提醒。";
    itv_calendar(other: &str): "Interview: {other}" | "面試：{other}";

    flash_itv_listed: "The shortlist is changed." | "候選名單已更改。";
    flash_itv_computed: "The timetable is computed as a draft. Nobody has been told." | "時間表已草擬，未有通知任何人。";
    flash_itv_published: "The timetable is published, and the letters are queued." | "時間表已公布，信件正排隊發出。";
    flash_itv_moved: "The interview is moved, and everybody is told." | "面試已改期，並已通知有關人士。";
    flash_itv_cancelled: "The interview is cancelled, and everybody is told." | "面試已取消，並已通知有關人士。";
    flash_itv_asked: "The institution is told that you ask for another time." | "已通知機構你要求改期。";
    flash_itv_times: "Your times are saved." | "已儲存你的時段。";

    history_itv_listed: "put the trainee on the shortlist" | "將學員列入候選名單";
    history_itv_taken_off: "took the trainee off the shortlist" | "將學員移出候選名單";
    history_itv_noted: "wrote a note" | "撰寫了備註";
    history_itv_panel_added: "made the panel" | "設立了面試小組";
    history_itv_panel_changed: "changed the panel" | "更改了面試小組";
    history_itv_day_added: "added the hours" | "新增了面試時間";
    history_itv_day_changed: "changed the hours" | "更改了面試時間";
    history_itv_day_removed: "removed the hours" | "移除了面試時間";
    history_itv_rules: "set the rules of interviews" | "設定了面試規則";
    history_itv_blackout_added: "added a period without interviews" | "新增了不設面試的時段";
    history_itv_blackout_changed: "changed a period without interviews" | "更改了不設面試的時段";
    history_itv_blackout_removed: "removed a period without interviews" | "移除了不設面試的時段";
    history_itv_computed: "computed the interview timetable" | "計算了面試時間表";
    history_itv_published: "published the interview timetable" | "公布了面試時間表";
    history_itv_scheduled: "gave the interview its time" | "安排了面試時段";
    history_itv_moved: "moved the interview" | "更改了面試時段";
    history_itv_cancelled: "cancelled the interview" | "取消了面試";
    history_itv_held: "noted that the interview was held" | "記錄面試已進行";
    history_itv_missed: "noted that the trainee did not come" | "記錄學員缺席";
    history_itv_asked: "asked for another time" | "要求了改期";
    history_itv_times: "said when they cannot come to interviews" | "說明了未能出席面試的時段";
}

impl Lang {
    /// The room's notices after an act.
    pub(super) fn flash_of_interviews(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "itv_listed" => self.flash_itv_listed(),
            "itv_computed" => self.flash_itv_computed(),
            "itv_published" => self.flash_itv_published(),
            "itv_moved" => self.flash_itv_moved(),
            "itv_cancelled" => self.flash_itv_cancelled(),
            "itv_asked" => self.flash_itv_asked(),
            "itv_times" => self.flash_itv_times(),
            _ => return None,
        })
    }

    /// The words of the verbs of interviews.
    pub(super) fn history_of_interviews(
        self,
        verb: &str,
        _details: &serde_json::Value,
    ) -> Option<String> {
        let told = match verb {
            "interview_candidate.listed" => self.history_itv_listed(),
            "interview_candidate.taken_off" => self.history_itv_taken_off(),
            "interview_candidate.noted" => self.history_itv_noted(),
            "interview_panel.added" => self.history_itv_panel_added(),
            "interview_panel.changed" => self.history_itv_panel_changed(),
            "interview_day.added" => self.history_itv_day_added(),
            "interview_day.changed" => self.history_itv_day_changed(),
            "interview_day.removed" => self.history_itv_day_removed(),
            "interview_rules.set" => self.history_itv_rules(),
            "interview_blackout.added" => self.history_itv_blackout_added(),
            "interview_blackout.changed" => self.history_itv_blackout_changed(),
            "interview_blackout.removed" => self.history_itv_blackout_removed(),
            "interview_timetable.computed" => self.history_itv_computed(),
            "interview_timetable.published" => self.history_itv_published(),
            "interview.scheduled" => self.history_itv_scheduled(),
            "interview.moved" => self.history_itv_moved(),
            "interview.cancelled" => self.history_itv_cancelled(),
            "interview.held" => self.history_itv_held(),
            "interview.missed" => self.history_itv_missed(),
            "interview.asked" => self.history_itv_asked(),
            "interview_times.said" => self.history_itv_times(),
            _ => return None,
        };
        Some(told.to_owned())
    }
}
