//! What a programme begins with, until its office keeps it: the checklist and the wording of the agreement.

use super::{Evidence, Owner};

/// An item: code, English and Chinese name, owner, days before the first day, evidence, whether it is needed.
pub type Item = (
    &'static str,
    &'static str,
    &'static str,
    Owner,
    i32,
    Evidence,
    bool,
);

/// The checklist of a placement, in its order. No item asks for a copy of an identity document: that is
/// between the trainee and the employer.
#[rustfmt::skip]
pub const ITEMS: &[Item] = &[
    ("eligibility", "Eligibility verified before the start", "開始前核實資格", Owner::Office, 14, Evidence::Date, true),
    ("university_told", "Acceptance reported to the university", "向大學匯報接受結果", Owner::Office, 21, Evidence::Date, false),
    ("learning_agreement", "Learning goals agreed with the supervisor", "與實習主管議定學習目標", Owner::Institution, 7, Evidence::Note, true),
    ("nda", "Confidentiality and intellectual property terms signed", "簽署保密及知識產權條款", Owner::Trainee, 5, Evidence::Nothing, true),
    ("acceptable_use", "Acceptable-use and AI-tool policy read", "閱讀系統使用及人工智能工具政策", Owner::Trainee, 3, Evidence::Nothing, true),
    ("data_briefing", "Briefing on handling of data", "數據處理簡介會", Owner::Institution, 0, Evidence::Date, false),
    ("background_check", "Background check by the institution’s own provider: passed on", "機構自行安排的背景審查：通過日期", Owner::Institution, 7, Evidence::Date, false),
    ("work_authorisation", "Work authorisation seen, valid until (no date: without end)", "已查閱工作許可，有效至（無日期即無限期）", Owner::Institution, 14, Evidence::Date, true),
    ("insurance", "Insurance confirmed: employees’ compensation, or the university’s cover", "確認保險：僱員補償或大學保險", Owner::Institution, 7, Evidence::Note, true),
    ("mpf", "MPF enrolment, once employed for 60 days", "受僱滿60日後登記強積金", Owner::Institution, -60, Evidence::Date, false),
    ("induction", "Induction date and place told, access ready", "已通知入職日期及地點，並備妥系統權限", Owner::Institution, 2, Evidence::Date, true),
];

/// The wording of the agreement, in English.
pub const AGREEMENT_EN: &str = "\
PLACEMENT AGREEMENT

Between {trainee} (trainee number {number}), {institution} (the institution) and {programme} (the programme, for its universities).

1. Placement. The institution takes the trainee as “{title}” from {starts} to {ends}, for {hours} hours a week, at {place}.
2. Pay. {pay}. Wages are paid at least monthly where the trainee is an employee.
3. Duties. The trainee does the work that the posting names, with care and honesty, under the direction of the supervisor, {supervisor}.
4. Learning. The institution gives the trainee work by which the stated objectives can be reached, time to reflect, and a review at half-time and at the end.
5. Supervision. The supervisor answers the trainee’s weekly log. The programme may visit or call, by appointment.
6. Confidentiality and intellectual property. The trainee keeps the institution’s confidential information to themselves, also after the end. What the trainee makes in the course of the work belongs to the institution unless they agree otherwise in writing; the trainee may describe the work in general terms for assessment.
7. Data and AI tools. The trainee handles data only as the institution’s policies allow, and puts nothing confidential or personal into a tool that the institution has not approved.
8. Insurance and safety. The institution insures its employees as the law requires and gives the trainee the same safety instructions as its staff.
9. Personal data. The parties use personal data of the trainee only for the placement, its evaluation and the programme. The trainee may ask each of them for access and correction.
10. Ending early. The trainee or the institution may end the placement by written notice of seven days, at once for serious cause. The programme is told at the same time.
11. Whoever has a concern tells the supervisor or the programme office; nobody is worse off for having told.
12. This agreement is signed in the programme’s system. Each party’s signature names the hash of this text. The English and the Chinese text are to be read together.";

/// The wording of the agreement, in Chinese.
pub const AGREEMENT_ZH: &str = "\
實習協議

由{trainee}（學員編號{number}）、{institution}（「機構」）及{programme}（「計劃」，代表各大學）訂立。

1. 實習：機構接收學員擔任「{title}」，由{starts}至{ends}，每周{hours}小時，地點為{place}。
2. 薪酬：{pay}。學員如屬僱員，工資至少每月支付一次。
3. 職責：學員在實習主管{supervisor}指導下，謹慎誠實地履行職位所列工作。
4. 學習：機構安排有助達成學習目標的工作，給予反思時間，並於中期及完結時進行評核。
5. 督導：實習主管回覆學員的每周工作紀錄。計劃可預約到訪或致電。
6. 保密及知識產權：學員須將機構的機密資料保密，完結後亦然。除另有書面協議外，學員因工作而製作的成果屬機構所有；學員可為評核作一般描述。
7. 數據及人工智能工具：學員須按機構政策處理數據，不得將機密或個人資料輸入未經機構批准的工具。
8. 保險及安全：機構依法為僱員投保，並給予學員與員工相同的安全指引。
9. 個人資料：各方只為實習、其評核及計劃的目的使用學員的個人資料。學員可要求各方查閱及更正。
10. 提早終止：學員或機構可給予七日書面通知終止實習；有嚴重理由者可即時終止，並須同時通知計劃。
11. 任何人如有疑慮，可告知實習主管或計劃辦事處，不會因此受到不利對待。
12. 本協議於計劃的系統內簽署。各方簽署均列明本文的雜湊值。中英文本應一併閱讀。";

/// What a wording may name in braces.
pub const PLACES: &[&str] = &[
    "trainee",
    "number",
    "institution",
    "programme",
    "title",
    "starts",
    "ends",
    "hours",
    "place",
    "pay",
    "supervisor",
];
