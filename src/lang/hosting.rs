//! Texts of hosting: offer, agreement, checklist, standing, first day.
use serde_json::Value;

use super::{Lang, texts};

texts! {
    hst_party_trainee: "Trainee" | "學員";
    hst_party_institution: "Institution" | "機構";
    hst_party_programme: "Programme, for its universities" | "計劃（代表各大學）";
    hst_owner_office: "Programme office" | "計劃辦事處";
    hst_agreement_signing: "Waits for signatures" | "等候簽署";
    hst_agreement_signed: "Signed by everybody" | "各方已簽署";
    hst_agreement_void: "Void" | "已作廢";
    hst_evidence_none: "That it is done" | "完成即可";
    hst_evidence_note: "A note" | "備註";
    hst_evidence_date: "A date" | "日期";
    hst_task_open: "To do" | "待辦";
    hst_task_done: "Done" | "已完成";
    hst_task_waived: "Waived" | "獲豁免";
    hst_standing_intern: "Student intern: outside the minimum wage" | "實習學員：不適用最低工資";
    hst_standing_experience: "Work-experience student in an exempt period: outside the minimum wage" | "工作經驗學員（獲豁免期）：不適用最低工資";
    hst_standing_employee: "Ordinary employee" | "一般僱員";
    hst_studies_local: "A full-time programme accredited in Hong Kong" | "本地經評審的全日制課程";
    hst_studies_elsewhere: "A resident of Hong Kong in a full-time degree programme elsewhere" | "香港居民修讀非本地全日制學位課程";
    hst_studies_none: "Neither: graduate or staff" | "兩者皆非：畢業生或在職人員";
    hst_missing: "Before the first day" | "首日之前尚欠";
    hst_missing_agreement: "The agreement is not signed by all three parties." | "協議尚未經三方簽署。";
    hst_missing_tasks: "Needed items of the checklist are open." | "清單內有必要項目未完成。";
    hst_missing_standing: "The standing under the Minimum Wage Ordinance is not decided." | "尚未確定《最低工資條例》下的身份。";
    hst_missing_declaration: "The student has not made the declaration." | "學生尚未作出聲明。";
    hst_missing_authorisation: "The work authorisation ends before the placement does." | "工作許可於實習完結前到期。";
    hst_missing_early: "The first day has not come." | "首日尚未到來。";
    hst_refuse_late: "The time to answer is over. Write to the programme office if you still want the placement." | "回覆期限已過。如仍希望接受，請聯絡計劃辦事處。";
    hst_refuse_step: "The placement cannot take that step any more. Reload the page to see where it stands." | "此實習已不能進行這個步驟，請重新載入頁面查看最新狀態。";
    hst_refuse_no_wording: "There is no wording of the agreement. Publish one first." | "未有協議範本，請先發布。";
    hst_refuse_other_text: "The text has changed since you read it. Read it again, then sign." | "文本在你閱讀後已更改，請重新閱讀後簽署。";
    hst_refuse_signed: "This party has signed already." | "此方已經簽署。";
    hst_refuse_not_ready: "Something is still missing before the first day; the placement’s page says what." | "首日之前仍有欠缺，詳見實習頁面。";
    hst_refuse_not_yours: "This item is somebody else’s to do." | "此項目由其他人負責。";
    hst_refuse_standing: "The facts do not allow this standing: a student intern’s placement is endorsed and part of the programme of study; a work-experience student is under 26 and works at most 59 days in a row." | "有關事實不符合此身份：實習學員的實習須獲院校認可並屬課程一部分；工作經驗學員須未滿26歲，且連續工作不超過59日。";
    hst_refuse_second_exempt: "This person has an exempt period in this calendar year already; a second one is not allowed (Cap. 608). Choose another standing." | "此人在本曆年內已有一段獲豁免期，不得有第二段（第608章）。請選擇其他身份。";
    hst_refuse_nothing_to_declare: "There is nothing to declare now." | "現時沒有須作出的聲明。";
    hst_refuse_seat_gone: "The seat is taken, or the trainee has another placement." | "名額已被佔用，或學員已有另一實習。";

    hst_title: "Placements made" | "已配對實習";
    hst_none: "No placement" | "未有實習";
    hst_none_more: "Placements appear here when a match is published." | "配對結果公布後，實習會在此顯示。";
    hst_trainee: "Trainee" | "學員";
    hst_institution: "Institution" | "機構";
    hst_posting: "Posting" | "實習職位";
    hst_period: "Period" | "實習期";
    hst_from_to(from: &str, to: &str): "{from} to {to}" | "{from}至{to}";
    hst_hours_week: "Hours a week" | "每周工時";
    hst_supervisor: "Supervisor" | "實習主管";
    hst_supervisor_email: "Supervisor’s e-mail address" | "實習主管電郵地址";
    hst_supervisor_note: "Weekly logs and evaluations go to this address by private links." | "每周紀錄及評核會以專用連結發送至此地址。";
    hst_change_supervisor: "Change the supervisor" | "更改實習主管";
    hst_need_email: "Enter an e-mail address" | "請輸入電郵地址";
    hst_answer_by: "Answer by" | "回覆期限";
    hst_reason: "Reason" | "理由";
    hst_reason_lapsed: "Not answered in time" | "未有如期回覆";
    hst_open_items: "Open items" | "待辦項目";
    hst_late_items: "Late items" | "逾期項目";
    hst_late(n: i64): "{n} late" | "{n}項逾期";
    hst_wants: "Show" | "顯示";
    hst_wants_late: "With late items" | "有逾期項目";
    hst_wants_sign: "With an agreement to sign" | "有待簽署協議";
    hst_wants_starting: "Beginning within a week, not ready" | "一周內開始而未就緒";
    hst_about: "The placement" | "實習資料";
    hst_papers: "Papers" | "文件";
    hst_papers_none: "No agreement yet." | "未有協議。";
    hst_you_are_placed: "You are placed here" | "你獲配對至此";
    hst_you_are_placed_more: "Accept or decline before the time is over; otherwise the offer lapses and the seat goes to somebody else." | "請於限期前接受或婉拒，否則要約失效，名額會轉給他人。";
    hst_accept: "Accept" | "接受";
    hst_accept_does: "You take the placement. The institution and the programme office are told, and your checklist begins." | "你接受此實習。系統會通知機構及計劃辦事處，並開始準備清單。";
    hst_decline: "Decline" | "婉拒";
    hst_decline_does: "You give the seat up. The institution and the programme office are told, with your reason." | "你放棄此名額。系統會把理由通知機構及計劃辦事處。";
    hst_withdraw: "Withdraw the placement" | "撤回實習";
    hst_withdraw_does: "The placement ends before it begins. The trainee and the programme office are told, with your reason. It stays in the record." | "實習在開始前撤回。系統會把理由通知學員及計劃辦事處，紀錄會予保留。";
    hst_report: "Reported for duty" | "確認報到";
    hst_report_does: "You confirm that the trainee has begun. The trainee and the programme office are told." | "你確認學員已經上班。系統會通知學員及計劃辦事處。";
    hst_offer_again: "Offer it again" | "再次提出要約";
    hst_offer_again_does: "The trainee is asked again, and has seven days to answer." | "系統會再次詢問學員，回覆期為七日。";
    hst_read_and_sign: "Read and sign" | "閱讀並簽署";
    hst_prepare: "Make the agreement" | "製作協議";
    hst_prepare_note: "An agreement that still waits for signatures is void from then on. One that is signed stands until everybody has signed this one." | "仍待簽署的協議即告作廢；已簽署的協議在新協議經各方簽署前維持有效。";
    hst_prepare_submit: "Make it and ask for signatures" | "製作並要求簽署";
    hst_pay: "What is paid, in words" | "薪酬（文字）";
    hst_pay_hint: "For example: HK$14,000 a month. Leave empty if nothing is paid." | "例如：每月14,000港元。無薪請留空。";
    hst_unpaid: "The placement is unpaid." | "此實習不設薪酬。";
    hst_agreement_number(n: i32): "Agreement, version {n}" | "協議第{n}版";
    hst_agreement_note: "The English and the Chinese text are signed together." | "中英文本一併簽署。";
    hst_signed_on(when: &str): "Signed by everybody, {when}" | "各方已簽署，{when}";
    hst_signatures: "Signatures" | "簽署";
    hst_party: "Party" | "訂約方";
    hst_name_typed: "Name" | "姓名";
    hst_when: "When" | "時間";
    hst_not_signed: "Not yet" | "尚未簽署";
    hst_hash: "SHA-256 of the text" | "文本SHA-256";
    hst_hash_note: "SHA-256 of the English text, a line feed and the Chinese text:" | "英文文本、換行及中文文本的SHA-256：";
    hst_sign_as(party: &str): "Sign for: {party}" | "簽署身份：{party}";
    hst_sign_note: "By typing your name you sign the text above. The time and the hash of the text are kept with it." | "輸入姓名即簽署以上文本，系統會記錄時間及文本雜湊值。";
    hst_name_type: "Type your full name" | "輸入你的全名";
    hst_sign: "Sign" | "簽署";
    hst_need_own_name(name: &str): "Type your name as it stands in your record: {name}" | "請輸入你紀錄上的姓名：{name}";
    hst_wording: "Wording of the agreement" | "協議範本";
    hst_wording_now(n: i32, when: &str): "Version {n} is in force since {when}. Publishing makes a new version; agreements made before keep theirs." | "第{n}版自{when}起生效。發布會產生新版本，已製作的協議維持不變。";
    hst_wording_none: "No version is published; the usual wording stands here. Publish it, or change it first." | "尚未發布；以下為慣用文本，可修改後發布。";
    hst_wording_en: "English text" | "英文文本";
    hst_wording_zh: "Chinese text" | "中文文本";
    hst_wording_places(places: &str): "These places are filled: {places}" | "以下欄位會自動填入：{places}";
    hst_wording_publish: "Publish" | "發布";
    hst_need_place(name: &str): "Nothing fills the place “{name}”; use only the places that are listed" | "沒有資料可填入「{name}」，請只使用列出的欄位";
    hst_checklist: "Checklist" | "準備清單";
    hst_checklist_note: "Each accepted placement gets these items, with an owner and a due date. Placements that have theirs keep it." | "每個獲接受的實習會獲派以下項目，各有負責人及限期；已獲派的不受更改影響。";
    hst_checklist_later: "The checklist begins when the trainee accepts." | "學員接受後，準備清單才會開始。";
    hst_checklist_none: "No item" | "未有項目";
    hst_checklist_none_more: "Add the usual items, or your own. Until then each placement gets the usual ones." | "請加入慣用項目或自訂項目；在此之前每個實習會獲派慣用項目。";
    hst_items_usual: "Add the usual items" | "加入慣用項目";
    hst_item: "Item" | "項目";
    hst_item_new: "Add an item" | "新增項目";
    hst_item_note: "No item may ask for a copy of an identity card: that is between the trainee and the employer, after acceptance." | "任何項目均不得要求身份證副本；身份證明由學員與僱主在接受後自行處理。";
    hst_item_archive_ask(name: &str): "Archive “{name}”?" | "封存「{name}」？";
    hst_item_archive_does: "Placements that are accepted from now on do not get it; those that have it keep it." | "之後獲接受的實習不再包括此項目；已獲派的維持不變。";
    hst_item_restore: "Take back into use" | "恢復使用";
    hst_need_other_code: "Another item has this code" | "另一項目已使用此代號";
    hst_owner: "Who does it" | "負責人";
    hst_due: "Due" | "限期";
    hst_due_days: "Days before the first day" | "首日之前的日數";
    hst_due_days_hint: "A negative number is days after the first day." | "負數表示首日之後的日數。";
    hst_due_first_day: "On the first day" | "首日";
    hst_due_before(n: i32): "{n} day before the first day" + "{n} days before the first day" | "首日前{n}日";
    hst_due_after(n: i32): "{n} day after the first day" + "{n} days after the first day" | "首日後{n}日";
    hst_evidence: "What is recorded" | "記錄內容";
    hst_needed: "Needed before the first day" | "首日前必須完成";
    hst_needed_mark: "(needed)" | "（必要）";
    hst_position: "Place in the list" | "次序";
    hst_is_late: "Late" | "逾期";
    hst_task_date: "Date" | "日期";
    hst_task_note: "Note" | "備註";
    hst_task_note_hint: "A reference is enough. Never enter an identity card number." | "填寫參考編號即可，切勿輸入身份證號碼。";
    hst_task_due(owner: &str, due: &str): "To be done by: {owner}. Due {due}." | "負責人：{owner}。限期：{due}。";
    hst_need_note: "Enter a note" | "請輸入備註";
    hst_standing: "Standing under the Minimum Wage Ordinance" | "《最低工資條例》下的身份";
    hst_decide_standing: "Decide the standing" | "確定最低工資身份";
    hst_standing_note: "Answer the facts, then choose a standing that they allow. Student interns and work-experience students are outside the statutory minimum wage (Cap. 608)." | "先回答事實，再選擇符合的身份。實習學員及工作經驗學員不適用法定最低工資（第608章）。";
    hst_standing_hint: "One exempt period of work experience for a person in a calendar year, at most 59 days in a row." | "每人每曆年只可有一段獲豁免期，連續不超過59日。";
    hst_facts: "Facts" | "事實";
    hst_studies: "Studies at the time of the placement" | "實習時修讀的課程";
    hst_endorsed: "Arranged or endorsed by the institution of study" | "由院校安排或認可";
    hst_component: "A compulsory or elective component of the programme of study" | "屬課程的必修或選修部分";
    hst_under_26: "Under 26 on the first day" | "首日未滿26歲";
    hst_declaration_title: "Declaration of a work-experience student" | "工作經驗學員聲明";
    hst_declaration_note: "The institution may treat your work as an exempt period only if this is true." | "內容屬實，機構方可把你的工作視為獲豁免期。";
    hst_declaration_waits: "Waits for the student" | "等候學生聲明";
    hst_declared_by(name: &str, when: &str): "Declared by {name}, {when}" | "{name}已於{when}聲明";
    hst_declare: "Declare" | "作出聲明";
    hst_declaration(name: &str, institution: &str, from: &str, to: &str): "I, {name}, declare for my work at {institution} from {from} to {to}: I am enrolled in a programme of study, I am under 26 years of age on the first day, and I have not begun another exempt period of student employment in the same calendar year (Minimum Wage Ordinance, Cap. 608). I know that a false declaration is an offence." | "本人{name}就{from}至{to}在{institution}的工作聲明：本人正修讀課程，於首日未滿26歲，且在同一曆年內未有開始另一段獲豁免學生僱用期（《最低工資條例》，第608章）。本人明白作出虛假聲明屬犯罪。";

    letter_hosting_button: "Open the placement" | "開啟實習";
    letter_hosting_subject(title: &str): "Your placement record: {title}" | "實習紀錄：{title}";
    letter_hosting_offer_subject(title: &str): "Please answer: {title}" | "請回覆：{title}";
    letter_hosting_sign_subject(title: &str): "Please read and sign the agreement: {title}" | "請閱讀並簽署協議：{title}";
    letter_hosting_signed_subject(title: &str): "The agreement is signed: {title}" | "協議已簽署：{title}";
    letter_hosting_declare_subject(title: &str): "Please make your declaration: {title}" | "請作出聲明：{title}";
    letter_hosting_offered: "The programme office offers you this placement again. Please accept or decline." | "計劃辦事處再次向你提出此實習，請接受或婉拒。";
    letter_hosting_answer: "Your placement waits for your answer. Without one it lapses." | "你的實習正等候回覆，逾期即告失效。";
    letter_hosting_accepted(who: &str): "{who} has accepted the placement. The checklist has begun." | "{who}已接受實習，準備清單已開始。";
    letter_hosting_declined(who: &str): "{who} has declined the placement, for this reason. The seat is free." | "{who}已婉拒實習，理由如下。名額現已空出。";
    letter_hosting_lapsed(who: &str): "{who} did not answer in time, and the placement has lapsed. The seat is free." | "{who}未有如期回覆，實習已失效。名額現已空出。";
    letter_hosting_lapsed_own: "You did not answer in time, and the placement has lapsed. Write to the programme office if this was a mistake." | "你未有如期回覆，實習已失效。如屬誤會，請聯絡計劃辦事處。";
    letter_hosting_withdrawn: "The placement is withdrawn before its first day, for this reason." | "實習在首日之前撤回，理由如下。";
    letter_hosting_to_sign: "The agreement of this placement is ready. Please read it and sign." | "此實習的協議已備妥，請閱讀並簽署。";
    letter_hosting_signed: "All three parties have signed. This is your copy, whole." | "三方均已簽署。以下為全文副本。";
    letter_hosting_declare: "Your placement is treated as work experience of a student. Please read the declaration and sign it before your first day." | "你的實習以工作經驗學員身份進行，請於首日之前閱讀並簽署聲明。";
    letter_hosting_reported(who: &str): "{who} has reported for duty." | "{who}已經報到。";

    flash_agreement_signed: "Everybody has signed. A copy goes to each party." | "各方均已簽署，副本會發送給各方。";
    flash_agreement_yours_signed: "You have signed." | "你已簽署。";

    history_placement_stepped(state: &str): "took the placement to: {state}" | "實習進入：{state}";
    history_placement_offered_again: "offered the placement again" | "再次提出要約";
    history_agreement_made(n: i64): "made version {n} of the agreement" | "製作協議第{n}版";
    history_agreement_signed(party: &str): "signed the agreement for: {party}" | "簽署協議，身份：{party}";
    history_task_done(name: &str): "settled “{name}”" | "完成「{name}」";
    history_task_waived(name: &str): "waived “{name}”" | "豁免「{name}」";
    history_task_opened(name: &str): "opened “{name}” again" | "重新開啟「{name}」";
    history_standing_decided(kind: &str): "decided the standing: {kind}" | "確定最低工資身份：{kind}";
    history_declared: "made the declaration" | "作出聲明";
    history_supervisor_set: "changed the supervisor" | "更改實習主管";
    history_item_added: "added the item" | "新增項目";
    history_item_changed: "changed the item" | "更改項目";
    history_item_archived: "archived the item" | "封存項目";
    history_item_restored: "took the item back into use" | "恢復使用項目";
    history_wording_published(n: i64): "published version {n} of the wording" | "發布協議範本第{n}版";
}

impl Lang {
    /// The room's notices after an act.
    pub(super) fn flash_of_hosting(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "agreement_signed" => self.flash_agreement_signed(),
            "agreement_yours_signed" => self.flash_agreement_yours_signed(),
            _ => return None,
        })
    }

    /// The words of the verbs of hosting.
    pub(super) fn history_of_hosting(self, verb: &str, details: &Value) -> Option<String> {
        let text = |name: &str| {
            details
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let number = details
            .get("number")
            .and_then(Value::as_i64)
            .unwrap_or_default();
        let item = self.pick(text("en"), text("zh"));
        let told = match verb {
            "placement.stepped" => {
                return Some(self.history_placement_stepped(item));
            }
            "placement.agreement_made" => return Some(self.history_agreement_made(number)),
            "placement.agreement_signed" => {
                return Some(self.history_agreement_signed(item));
            }
            "placement.task_done" => return Some(self.history_task_done(item)),
            "placement.task_waived" => return Some(self.history_task_waived(item)),
            "placement.task_opened" => return Some(self.history_task_opened(item)),
            "placement.standing_decided" => {
                return Some(self.history_standing_decided(item));
            }
            "agreement_wording.published" => return Some(self.history_wording_published(number)),
            "placement.offered_again" => self.history_placement_offered_again(),
            "placement.declared" => self.history_declared(),
            "placement.supervisor_set" => self.history_supervisor_set(),
            "checklist_item.added" => self.history_item_added(),
            "checklist_item.changed" => self.history_item_changed(),
            "checklist_item.archived" => self.history_item_archived(),
            "checklist_item.restored" => self.history_item_restored(),
            _ => return None,
        };
        Some(told.to_owned())
    }
}
