//! What the eight modules of the sample programme say: our own wording, in both languages.

/// A text in both languages, English first.
pub type Both = [&'static str; 2];

/// A module as it is told here.
pub struct Module {
    /// Code.
    pub code: &'static str,
    /// Name.
    pub name: Both,
    /// What it is about.
    pub summary: Both,
    /// Hours: contact, self-study, assessment.
    pub hours: [i32; 3],
    /// Indicative level.
    pub level: i32,
    /// Themes.
    pub themes: &'static [&'static str],
    /// Learning outcomes.
    pub outcomes: &'static [Both],
    /// Kind, title, weight, must it be passed.
    pub plan: &'static [(&'static str, Both, i32, bool)],
    /// Groups of prerequisites.
    pub asks: &'static [&'static [&'static str]],
    /// Competencies with their level.
    pub competencies: &'static [(&'static str, i32)],
    /// References with levels.
    pub basis: &'static [(&'static str, &'static str)],
}

/// The eight modules, in an order in which each comes after what it asks for.
pub const MODULES: &[Module] = &[
    Module {
        code: "AIR501",
        name: ["AI risk management", "人工智能風險管理"],
        summary: [
            "Inventory and tier the uses of AI, build a risk register, choose controls and defend them against a stated appetite.",
            "為人工智能應用建立清單及分級，編製風險登記冊，按既定風險胃納選擇並解釋監控措施。",
        ],
        hours: [24, 46, 10],
        level: 5,
        themes: &["regulation", "talent"],
        outcomes: &[
            [
                "describe the life cycle of an AI system in a bank and place risk controls at each stage",
                "描述銀行人工智能系統的生命週期，並於各階段設置風險監控",
            ],
            [
                "build an AI use-case inventory and tier each entry by impact and autonomy",
                "建立人工智能應用個案清單，並按影響及自主程度分級",
            ],
            [
                "apply the govern–map–measure–manage cycle to one use case and produce a risk register",
                "就一個應用個案運用「治理—識別—量度—管理」循環，編製風險登記冊",
            ],
            [
                "choose among avoid, reduce, transfer and accept, and defend the choice against a stated risk appetite",
                "在避免、減低、轉移與接受風險之間作出選擇，並按既定風險胃納說明理據",
            ],
            [
                "design monitoring indicators with triggers and an incident path",
                "設計附觸發條件的監察指標及事故處理流程",
            ],
            [
                "explain how a management-system standard (policy, roles, impact assessment, internal audit) sustains those controls",
                "解釋管理體系標準（政策、職責、影響評估、內部審計）如何令監控措施持續有效",
            ],
        ],
        plan: &[
            ("case", ["Case risk assessment", "個案風險評估"], 40, false),
            (
                "exercise",
                ["Control-design exercise", "控制措施設計練習"],
                20,
                false,
            ),
            ("exam", ["Two-hour examination", "兩小時考試"], 40, false),
        ],
        asks: &[],
        competencies: &[("AI-RISK-1", 2), ("AI-RISK-2", 2)],
        basis: &[
            ("NIST-AI-RMF", ""),
            ("NIST-AI-600-1", ""),
            ("ISO-42001", ""),
            ("ISO-23894", ""),
            ("HKMA-2019-11-01", ""),
            ("GARP-RAI", ""),
            ("ECF-OPRISK", ""),
            ("ECF-FINTECH", ""),
            ("SFIA-BURM", "3–4"),
            ("SFIA-GOVN", ""),
        ],
    },
    Module {
        code: "AIE502",
        name: ["AI ethics and fairness", "人工智能道德與公平性"],
        summary: [
            "Find where unfair outcomes come from, measure them in more than one way, explain a decision and offer recourse.",
            "找出不公平結果的成因，以多種方法量度，向不同對象解釋決定，並提供覆核途徑。",
        ],
        hours: [18, 34, 8],
        level: 5,
        themes: &["ethics", "regulation"],
        outcomes: &[
            [
                "distinguish legal, ethical and reputational questions in an AI decision",
                "分辨人工智能決策中的法律、道德及聲譽問題",
            ],
            [
                "find likely sources of unfair outcome in data, design and use",
                "找出數據、設計及使用上可能造成不公平結果的成因",
            ],
            [
                "compute and interpret at least three group-fairness measures and say when they conflict",
                "計算並解讀最少三種群體公平指標，並指出指標之間何時互相牴觸",
            ],
            [
                "choose a proportionate explanation for a customer, a reviewer and a supervisor",
                "為客戶、審閱人員及監管人員選擇詳略合宜的解釋",
            ],
            [
                "draft a disclosure and a recourse path for a customer-facing system",
                "為面向客戶的系統草擬披露內容及覆核途徑",
            ],
            [
                "run a structured ethics review and record dissent",
                "進行有系統的道德審查，並記錄不同意見",
            ],
        ],
        plan: &[
            (
                "report",
                [
                    "Fairness lab report on synthetic credit data",
                    "合成信貸數據公平性實驗報告",
                ],
                50,
                false,
            ),
            (
                "role_play",
                [
                    "Ethics-board role play (panel rubric)",
                    "道德委員會角色扮演（按評審小組準則評分）",
                ],
                30,
                false,
            ),
            ("reflection", ["Reflective note", "反思札記"], 20, false),
        ],
        asks: &[],
        competencies: &[("AI-ETH-1", 2), ("AI-ETH-2", 2)],
        basis: &[
            ("MAS-FEAT", ""),
            ("HKMA-2019-11-05", ""),
            ("PCPD-2021", ""),
            ("EU-AI-ACT", ""),
            ("ECF-COMPLIANCE", ""),
            ("SFIA-AIDE", "3–4"),
        ],
    },
    Module {
        code: "DGP503",
        name: ["Data governance and privacy", "數據治理與私隱"],
        summary: [
            "Trace where data come from, set rules for their quality, and put the six data protection principles to work in a project.",
            "追溯數據來源，訂立數據質素規則，並在項目中落實六項保障資料原則。",
        ],
        hours: [21, 41, 8],
        level: 5,
        themes: &["data"],
        outcomes: &[
            [
                "map data lineage and assign owner, steward and custodian for an AI data set",
                "描繪數據沿革，並為人工智能數據集指派擁有人、管理人及保管人",
            ],
            [
                "write data-quality rules and interpret a quality report for accuracy, completeness, timeliness and adaptability",
                "訂立數據質素規則，並從準確、完整、及時及可調整四方面解讀質素報告",
            ],
            [
                "apply the six PDPO data protection principles to collection, use, retention and access in an AI project",
                "在人工智能項目的收集、使用、保留及查閱環節落實《個人資料（私隱）條例》六項保障資料原則",
            ],
            [
                "prepare a privacy impact assessment and choose de-identification measures",
                "擬備私隱影響評估，並選擇去識別化措施",
            ],
            [
                "set contract terms for a data processor or model vendor",
                "為資料處理者或模型供應商訂立合約條款",
            ],
            [
                "plan retention and erasure, including training data and prompts",
                "規劃保留及刪除安排，包括訓練數據及提示詞",
            ],
        ],
        plan: &[
            (
                "report",
                ["Privacy impact assessment", "私隱影響評估"],
                50,
                false,
            ),
            ("report", ["Data-quality audit", "數據質素審核"], 30, false),
            ("quiz", ["Quiz", "測驗"], 20, false),
        ],
        asks: &[],
        competencies: &[("DATA-1", 2), ("DATA-2", 2)],
        basis: &[
            ("BCBS-239", ""),
            ("PCPD-2024", ""),
            ("ECF-FINTECH", ""),
            ("SFIA-DATM", "3–4"),
            ("SFIA-PEDP", "3–4"),
        ],
    },
    Module {
        code: "MVL604",
        name: ["Model validation", "模型驗證"],
        summary: [
            "Plan a validation in proportion to what is at stake, challenge a model in writing, test it, and follow findings up.",
            "按影響程度規劃驗證工作，以書面質詢模型，進行測試，並跟進所發現的問題。",
        ],
        hours: [30, 56, 14],
        level: 6,
        themes: &["regulation", "ethics"],
        outcomes: &[
            [
                "plan a validation scaled to a model’s materiality",
                "按模型的重要程度規劃驗證工作",
            ],
            [
                "challenge conceptual soundness, data and assumptions in writing",
                "以書面質詢模型的概念是否穩健、數據及假設",
            ],
            [
                "test performance, stability, robustness and sensitivity with out-of-time data",
                "以不同時段的數據測試表現、穩定性、穩健性及敏感度",
            ],
            [
                "assess explainability and fairness evidence, including for a vendor model with limited access",
                "評估可解釋性及公平性的證據，包括只能有限度查閱的供應商模型",
            ],
            [
                "evaluate a language-model application with a test set, human rating and adversarial prompts",
                "以測試集、人手評分及對抗性提示詞評估語言模型應用",
            ],
            [
                "write findings with severity, owner and due date, and set re-validation triggers",
                "撰寫列明嚴重程度、負責人及限期的發現，並設定重新驗證的觸發條件",
            ],
        ],
        plan: &[
            (
                "report",
                [
                    "Validation report on a supplied model",
                    "就指定模型撰寫驗證報告",
                ],
                60,
                false,
            ),
            ("oral", ["Oral defence", "口頭答辯"], 20, false),
            (
                "artefact",
                ["Code notebook review", "程式筆記本評閱"],
                20,
                false,
            ),
        ],
        asks: &[&["AIR501"], &["DGP503"]],
        competencies: &[("MV-1", 3), ("MV-2", 3)],
        basis: &[
            ("SR-26-2", ""),
            ("SR-11-7", ""),
            ("SFC-24EC55", ""),
            ("ECF-CREDIT", ""),
            ("ECF-OPRISK", ""),
            ("SFIA-MLNG", "3–4"),
            ("SFIA-DATS", "3"),
            ("SFIA-QUAS", "3"),
        ],
    },
    Module {
        code: "REG505",
        name: ["Regulatory compliance in Hong Kong", "香港監管合規"],
        summary: [
            "Tell which authority’s rules apply, turn a circular into controls with evidence, keep a dated register of duties.",
            "辨別適用的監管機構規定，把通函化為有證據支持的監控措施，並備存註明日期的責任登記冊。",
        ],
        hours: [21, 39, 10],
        level: 5,
        themes: &["regulation"],
        outcomes: &[
            [
                "identify which authority’s rules apply to a stated product and firm",
                "辨別指定產品及公司適用哪個監管機構的規定",
            ],
            [
                "turn a circular into a control checklist with evidence",
                "把通函化為附證據的監控清單",
            ],
            [
                "decide when human review, customer disclosure or an opt-out is required for a generative-AI use",
                "判斷生成式人工智能應用何時須由人手覆核、向客戶披露或容許客戶拒絕使用",
            ],
            [
                "apply outsourcing, cyber and data expectations to a third-party model",
                "把外判、網絡保安及數據方面的要求應用於第三方模型",
            ],
            [
                "prepare a regulator notification or sandbox application outline",
                "擬備向監管機構的通知或監管沙盒申請大綱",
            ],
            [
                "keep a dated obligations register",
                "備存註明日期的責任登記冊",
            ],
        ],
        plan: &[
            ("report", ["Gap analysis", "差距分析"], 50, false),
            (
                "role_play",
                ["Mock regulator meeting", "模擬監管機構會議"],
                25,
                false,
            ),
            ("exam", ["Open-book test", "開卷測驗"], 25, false),
        ],
        asks: &[],
        competencies: &[("REG-1", 2), ("REG-2", 2)],
        basis: &[
            ("HKMA-2019-11-01", ""),
            ("HKMA-2019-11-05", ""),
            ("HKMA-2024-08-19", ""),
            ("HKMA-2024-09-09", ""),
            ("SFC-24EC55", ""),
            ("PCPD-2021", ""),
            ("PCPD-2024", ""),
            ("ECF-COMPLIANCE", ""),
            ("SFIA-GOVN", ""),
            ("SFIA-AUDT", ""),
        ],
    },
    Module {
        code: "GBA506",
        name: ["Cross-boundary data flow in the GBA", "大灣區數據跨境流動"],
        summary: [
            "Choose a lawful route for a flow between Hong Kong and a Mainland GBA city, assess it, and design so that less has to move.",
            "為香港與大灣區內地城市之間的數據流動選擇合法途徑，作出評估，並以設計減少需要跨境的數據。",
        ],
        hours: [12, 22, 6],
        level: 5,
        themes: &["cross_boundary", "data"],
        outcomes: &[
            [
                "choose a lawful transfer route for a given flow between Hong Kong and a Mainland GBA city",
                "為香港與大灣區內地城市之間的指定數據流動選擇合法的轉移途徑",
            ],
            ["complete a transfer impact assessment", "完成轉移影響評估"],
            [
                "draft the schedule of a GBA Standard Contract for a realistic bank use",
                "為切合實際的銀行應用草擬大灣區標準合同附表",
            ],
            [
                "explain onward-transfer and filing duties",
                "解釋再轉移及備案的責任",
            ],
            [
                "design an architecture (localised training, federated learning, anonymised features) that reduces transfer",
                "設計可減少數據轉移的架構（本地訓練、聯邦學習、匿名特徵）",
            ],
        ],
        plan: &[
            ("case", ["Transfer file", "轉移檔案"], 60, false),
            ("exam", ["Scenario test", "情境測驗"], 40, false),
        ],
        asks: &[&["DGP503"]],
        competencies: &[("GBA-1", 2)],
        basis: &[
            ("GBA-SC", ""),
            ("PCPD-2024", ""),
            ("SFIA-PEDP", ""),
            ("SFIA-INAS", ""),
        ],
    },
    Module {
        code: "GEN507",
        name: [
            "Generative AI in banking operations",
            "生成式人工智能於銀行營運的應用",
        ],
        summary: [
            "Judge whether a task suits a generative model, build an evaluation set, set limits, and try to break an assistant.",
            "判斷工作是否適合使用生成式模型，建立評估集，訂立界限，並嘗試攻破一個助手。",
        ],
        hours: [24, 46, 10],
        level: 5,
        themes: &["data", "ethics"],
        outcomes: &[
            [
                "judge whether a task suits a generative model and estimate benefit and cost",
                "判斷工作是否適合使用生成式模型，並估算效益與成本",
            ],
            [
                "design retrieval, prompt and guard-rail patterns with a stated failure mode",
                "設計檢索、提示詞及防護模式，並列明失效情況",
            ],
            [
                "build an evaluation set and measure groundedness, harmful output and leakage",
                "建立評估集，量度答案有否依據、有害輸出及資料外洩",
            ],
            [
                "set human review, access and logging rules for an internal assistant",
                "為內部助手訂立人手覆核、存取及記錄規則",
            ],
            [
                "red-team an assistant and report findings",
                "對助手進行紅隊測試並匯報發現",
            ],
            [
                "write a staff acceptable-use rule",
                "撰寫員工可接受使用守則",
            ],
        ],
        plan: &[
            (
                "artefact",
                ["Prototype and evaluation report", "原型及評估報告"],
                50,
                false,
            ),
            ("report", ["Red-team log", "紅隊測試紀錄"], 30, false),
            ("quiz", ["Quiz", "測驗"], 20, false),
        ],
        asks: &[&["AIR501"]],
        competencies: &[("GEN-1", 2), ("GEN-2", 2)],
        basis: &[
            ("NIST-AI-600-1", ""),
            ("HKMA-2024-08-19", ""),
            ("ECF-FINTECH", ""),
            ("SFIA-MLNG", "3"),
            ("SFIA-AIDE", "3"),
            ("SFIA-EMRG", ""),
        ],
    },
    Module {
        code: "CAP608",
        name: ["Capstone with placement", "專題實習"],
        summary: [
            "Frame an institution’s problem, deliver a working control, validation or prototype, and defend it before a panel.",
            "界定機構面對的問題，交付可運作的監控、驗證或原型，並向評審小組答辯。",
        ],
        hours: [20, 110, 20],
        level: 6,
        themes: &["talent"],
        outcomes: &[
            [
                "frame an institution’s problem with scope, users, data and success measure",
                "界定機構的問題，包括範圍、用戶、數據及成效指標",
            ],
            [
                "deliver a working control, validation, governance artefact or prototype",
                "交付可運作的監控措施、驗證、治理成果或原型",
            ],
            [
                "show compliance evidence and residual risk",
                "展示合規證據及剩餘風險",
            ],
            [
                "present to a panel of academic and industry examiners",
                "向由學界及業界考評人員組成的小組匯報",
            ],
            [
                "reflect on professional conduct and teamwork",
                "反思專業操守及團隊合作",
            ],
        ],
        plan: &[
            ("report", ["Proposal", "計劃書"], 20, false),
            ("artefact", ["Artefact and report", "成果及報告"], 40, true),
            ("panel", ["Panel presentation", "評審小組匯報"], 25, false),
            (
                "rating",
                ["Host supervisor’s rating", "實習主管評分"],
                15,
                true,
            ),
        ],
        asks: &[
            &["AIR501"],
            &["AIE502"],
            &["DGP503"],
            &["REG505"],
            &["MVL604", "GBA506", "GEN507"],
        ],
        competencies: &[
            ("AI-ETH-1", 3),
            ("AI-ETH-2", 3),
            ("AI-RISK-1", 3),
            ("AI-RISK-2", 3),
            ("DATA-1", 3),
            ("DATA-2", 3),
            ("GBA-1", 3),
            ("GEN-1", 3),
            ("GEN-2", 3),
            ("MV-1", 3),
            ("MV-2", 3),
            ("REG-1", 3),
            ("REG-2", 3),
        ],
        basis: &[("ECF-FINTECH", "")],
    },
];
