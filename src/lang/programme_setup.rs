//! Texts of making, listing and closing programmes, and the draft of a first statement on personal
//! data.
use super::texts;

texts! {
    programmes_shown(n: usize): "1 programme" + "{n} programmes" | "{n} 個計劃";
    programmes_all: "All programmes" | "所有計劃";
    programmes_new: "New programme" | "新增計劃";
    programmes_new_note: "One page for everything that a programme begins with. All of it can be edited later, except a statement that is in force." | "於一頁填妥計劃的初始資料。除已生效的聲明外，其後均可修改。";
    programmes_new_names: "The programme" | "計劃資料";
    programmes_new_target: "First target (optional)" | "首個目標（選填）";
    programmes_make: "Create the programme" | "建立計劃";
    programmes_name: "Name" | "名稱";
    programmes_code_hint: "2 to 20 capital letters, digits and hyphens, such as AITP. It does not change later." | "2至20個大寫英文字母、數字或連字號，例如 AITP。其後不能更改。";
    programmes_code_format: "2 to 20 capital letters, digits and hyphens, beginning with a letter or digit." | "請輸入2至20個大寫英文字母、數字或連字號，並以字母或數字開首。";
    programmes_contact_hint: "Shown to the public; questions about applications go there." | "將公開顯示，供查詢申請事宜。";
    programmes_contact_form: "Give an e-mail address, such as office@example.org." | "請輸入電郵地址，例如 office@example.org。";
    programmes_first_target_hint: "As the source words it: “more than 200” is 200. Leave it empty to add targets later." | "按出處原文填寫：「超過200名」即填200。如留空，可其後新增目標。";
    programmes_pics_when: "What to do with the text below" | "如何處理以下內容";
    programmes_pics_when_hint: "The text is a draft. Read it in both languages, fill in what stands in square brackets, and have it checked by whoever answers for personal data." | "以下為草稿。請細閱中英文內容，填妥方括號內的部分，並交負責個人資料的人員核對。";
    programmes_pics_confirm: "Publish it now: I have read both texts and they are right" | "即時發布：我已細閱中英文內容，確認無誤";
    programmes_pics_later: "Not yet: it is published later, before the first call opens" | "暫不發布：於首次招募開始前再發布";
    programmes_pics_gap(gap: &str): "Fill in {gap} first." | "請先填妥{gap}。";
    programmes_none: "There is no programme yet" | "尚未有計劃";
    programmes_none_hint: "Everything here belongs to a programme. Begin with it; the rest follows." | "系統內所有紀錄均屬於某個計劃。請先建立計劃。";
    programmes_none_1: "Create the programme: its names, an address for questions, the statement on personal data." | "建立計劃：名稱、查詢電郵及收集個人資料聲明。";
    programmes_none_2: "Enter universities and institutions, and invite a programme coordinator." | "輸入大學及機構，並邀請計劃統籌主任。";
    programmes_none_3: "Plan the first cohort: its dates and seats. Opening its call puts it on the public site." | "規劃首屆的日期及名額；開始招募後會於公開網站顯示。";
    programmes_close: "Close the programme" | "結束計劃";
    programmes_close_ask: "Close this programme?" | "結束此計劃？";
    programmes_close_cohorts: "No cohort can be planned in it any more." | "不能再為此計劃規劃新屆別。";
    programmes_close_stays: "Records, history and roles stay; on the public site it moves behind programmes that go on." | "紀錄、歷史及身分均會保留；於公開網站排於進行中的計劃之後。";
    programmes_close_back: "It can be opened again. Nobody is told." | "可重新開啟；不會通知任何人。";
    programmes_reopen: "Open it again" | "重新開啟";
    programmes_refuse_going(n: i64): "1 cohort is not over yet: complete or cancel it first." + "{n} cohorts are not over yet: complete or cancel them first." | "尚有 {n} 屆未結束，請先完成或取消。";
    programmes_refuse_closed: "This programme is closed. Open it again first." | "此計劃已結束，請先重新開啟。";
    programmes_refuse_not_closed: "This programme is not closed." | "此計劃尚未結束。";
    programmes_refuse_one_only: "Your role reaches one programme only. Only an administrator of the whole house creates programmes." | "你的身分只限一個計劃；只有整個系統的管理員可建立計劃。";
    history_programme_closed: "closed the programme" | "結束計劃";
    history_programme_reopened: "opened the programme again" | "重新開啟計劃";
}

texts! {
    programmes_pics_draft: "Purpose. [Name of the organisation that runs the programme] collects the personal data in your application to assess it, to offer seats, to enrol you and run your training, to issue certificates and to report figures about the programme.\n\nWhat is needed. Your name, a way to reach you, your route and what the form marks as needed for it. Without these your application cannot be assessed. Everything else is voluntary. Do not give your Hong Kong identity card number: it is not needed, and the form warns you if it sees one.\n\nWho sees it. Staff of the programme office; the reviewers assigned to your application; after enrolment the university and instructors that teach you. An institution sees your data only when you apply for its placement or agree otherwise. Reports carry figures, never names.\n\nHow long. Applications that do not lead to enrolment are kept for [number of months] months after the decision, records of trainees for [number of years] years, the register of certificates for as long as a certificate may need to be verified.\n\nYour rights. You may ask for a copy of your data and have it corrected (Personal Data (Privacy) Ordinance, Cap. 486, data protection principle 6). Write to [name or title, and address, of the officer who handles requests]; you are answered within 40 days. Your data are not used for direct marketing unless you agree to that separately."
        | "收集目的：［營運計劃的機構名稱］收集你申請表內的個人資料，用於評審申請、發出取錄通知、辦理入學註冊及營運培訓、簽發證書，以及匯報計劃的統計數字。\n\n必須提供的資料：你的姓名、聯絡方法、申請途徑，以及表格註明該途徑必須提供的資料；如不提供，申請將無法評審。其他資料屬自願提供。請勿提供香港身份證號碼：本計劃並不需要，表格如偵測到會作出提示。\n\n誰可查閱：計劃辦事處職員；獲分派評審你申請的評審員；入學註冊後，任教你的大學及講師。機構只會在你申請其實習職位或另行同意時，方可查閱你的資料。報告只載統計數字，不載姓名。\n\n保留期限：未有入學的申請於決定後保留［月數］個月；學員紀錄保留［年數］年；證書登記冊按核實證書的需要保留。\n\n你的權利：你可根據《個人資料（私隱）條例》（第486章）保障資料第6原則，要求查閱及改正你的個人資料。請致函［處理要求的人員姓名或職銜及地址］，我們會於40日內回覆。除非你另行同意，你的資料不會用作直接促銷。";
}
