//! The jobs of which the sample's postings are made. All of them are fictional.

/// What a trainee would do: focus area, titles and summaries, in English and Chinese.
pub(super) struct Job {
    pub area: &'static str,
    pub title: [&'static str; 2],
    pub summary: [&'static str; 2],
}

const fn job(area: &'static str, title: [&'static str; 2], summary: [&'static str; 2]) -> Job {
    Job {
        area,
        title,
        summary,
    }
}

/// Two for each focus area.
#[rustfmt::skip]
pub(super) const JOBS: &[Job] = &[
    job("wealth_gba", ["Wealth advice across the bay", "大灣區財富建議"],
        ["Try advice for customers who live on both sides of the boundary, without moving their data.", "在不轉移客戶數據的情況下，為兩地生活的客戶試行財富建議。"]),
    job("wealth_gba", ["Suitability checks of advice", "建議合適性查核"],
        ["Test whether advice given by a model suits the customers to whom it is given.", "測試模型給予的建議是否適合有關客戶。"]),
    job("xb_payments", ["Payment routing analyst", "支付路徑分析員"],
        ["Compare routes of payments by cost, time and risk.", "按成本、時間及風險比較支付路徑。"]),
    job("xb_payments", ["Sanctions screening tuning", "制裁篩查調校"],
        ["Lower false alarms of name screening without missing a true one.", "減少姓名篩查的誤報，同時不漏報真正個案。"]),
    job("regtech", ["Breach detection analyst", "違規偵測分析員"],
        ["Help the compliance team see unusual conduct early and explain each alert.", "協助合規團隊及早發現異常行為，並解釋每項警示。"]),
    job("regtech", ["Regulatory text mapper", "監管文本對照員"],
        ["Map new rules to the controls that answer them, with a machine that drafts and people who decide.", "把新規則對應至現有控制措施：由機器草擬，由人決定。"]),
    job("insur_prevent", ["Claims that need not happen", "可避免的索償"],
        ["Find which small advice prevents a claim, and show it fairly to everybody.", "找出可避免索償的簡單建議，並公平地提供予所有人。"]),
    job("insur_prevent", ["Fair pricing tester", "公平定價測試員"],
        ["Measure whether prices differ between groups for reasons that can be defended.", "量度不同群組的保費差異是否有合理依據。"]),
    job("green_esg", ["Green lending analytics", "綠色貸款分析"],
        ["Read disclosures of borrowers and tell what is measured from what is hoped.", "閱讀借款人的披露，分辨已量度與只屬期望的內容。"]),
    job("green_esg", ["Climate data steward", "氣候數據管家"],
        ["Keep the sources of climate data in order, with their gaps named.", "整理氣候數據的來源，並註明缺口。"]),
    job("sme_agent", ["SME cash-flow forecasting", "中小企現金流預測"],
        ["Forecast cash flows of small firms from their bookkeeping and say how sure the forecast is.", "根據帳目預測小型企業的現金流，並說明預測的把握。"]),
    job("sme_agent", ["Small-business lending explainer", "小企業貸款解說"],
        ["Turn reasons of a credit model into sentences that a shop owner understands.", "把信貸模型的理由化為店主能明白的句子。"]),
    job("talent_platform", ["Training platform analyst", "培訓平台分析員"],
        ["See what staff learn and what they still ask colleagues.", "了解員工學到甚麼，以及仍須向同事請教甚麼。"]),
    job("talent_platform", ["Skills inventory builder", "技能清單整理員"],
        ["Draw up which skills the teams have, from work and not from titles.", "按實際工作而非職銜，整理團隊具備的技能。"]),
    job("trade_finance", ["Trade document automation", "貿易文件自動化"],
        ["Read letters of credit by machine and leave the doubtful ones to people.", "以機器閱讀信用證，存疑的交由人手處理。"]),
    job("trade_finance", ["Duplicate invoice finder", "重複發票偵測"],
        ["Find invoices that were financed twice without seeing another bank’s books.", "在不查看其他銀行帳目的情況下，找出重複融資的發票。"]),
    job("staff_copilot", ["Internal assistant tester", "內部助手測試員"],
        ["Measure how well an assistant answers branch staff, and where it should say that it does not know.", "量度內部助手回答分行職員的表現，以及何時應表明不知道。"]),
    job("staff_copilot", ["Knowledge base editor", "知識庫編輯"],
        ["Clean the pages from which an assistant answers, and retire what is out of date.", "整理內部助手所依據的頁面，並移除過時內容。"]),
    job("model_validation", ["Model validation assistant", "模型驗證助理"],
        ["Test credit models with out-of-time data and write findings that stand up.", "以不同時期的數據測試信貸模型，並撰寫經得起查證的結果。"]),
    job("model_validation", ["Challenger model builder", "挑戰模型開發"],
        ["Build a simple model beside a complex one and show where they part.", "在複雜模型旁建立簡單模型，並指出兩者分歧之處。"]),
    job("ai_governance", ["AI inventory and tiering", "人工智能用例清單及分級"],
        ["Keep the list of the institution’s uses of AI and tier each by its impact.", "整理機構的人工智能用例清單，並按影響分級。"]),
    job("ai_governance", ["Vendor AI assessment", "供應商人工智能評估"],
        ["Ask vendors the questions that their brochures leave out, and weigh the answers.", "向供應商提出宣傳品未有交代的問題，並衡量答案。"]),
    job("data_governance", ["Data quality engineer", "數據質素工程師"],
        ["Write rules for data quality and follow each fault to its source.", "撰寫數據質素規則，並追溯每項錯誤的源頭。"]),
    job("data_governance", ["Privacy by design analyst", "貫徹私隱設計分析員"],
        ["Sit with teams before they build and find data that they do not need.", "在團隊動工前參與設計，找出毋須收集的數據。"]),
    job("other", ["Incident review analyst", "事故檢討分析員"],
        ["Read past incidents in which a model took part and write what would have caught them.", "檢視模型牽涉其中的過往事故，撰寫可及早發現的方法。"]),
    job("other", ["Human oversight designer", "人手監督設計員"],
        ["Watch how people check what a model says, and make the check worth its time.", "觀察人員如何覆核模型結果，並令覆核更有成效。"]),
];
