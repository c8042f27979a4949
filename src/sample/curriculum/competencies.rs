//! The competencies that the sample curriculum builds.

use super::modules::Both;

/// Competencies: code, name, description.
pub const COMPETENCIES: &[(&str, Both, Both, &[&str])] = &[
    (
        "AI-RISK-1",
        ["Risk identification", "風險識別"],
        [
            "Finds and tiers the risks of an AI use.",
            "找出人工智能應用的風險並加以分級。",
        ],
        &["NIST-AI-RMF", "ISO-23894"],
    ),
    (
        "AI-RISK-2",
        ["Control design", "控制措施設計"],
        [
            "Designs controls and the indicators that watch them.",
            "設計監控措施及其監察指標。",
        ],
        &["NIST-AI-RMF", "ISO-42001"],
    ),
    (
        "AI-ETH-1",
        ["Fairness testing", "公平性測試"],
        [
            "Measures group fairness and says what the figures mean.",
            "量度群體公平性並說明數字的含意。",
        ],
        &["MAS-FEAT", "PCPD-2021"],
    ),
    (
        "AI-ETH-2",
        ["Transparency and recourse", "透明度與覆核途徑"],
        [
            "Explains decisions and gives people a way to question them.",
            "解釋決定，並讓有關人士提出質疑。",
        ],
        &["HKMA-2019-11-05", "EU-AI-ACT"],
    ),
    (
        "DATA-1",
        ["Quality and lineage", "數據質素與沿革"],
        [
            "Knows where data come from and how good they are.",
            "掌握數據的來源及質素。",
        ],
        &["BCBS-239", "SFIA-DATM"],
    ),
    (
        "DATA-2",
        ["Privacy by design", "貫徹私隱的設計"],
        [
            "Builds data protection in from the start.",
            "由設計之初已顧及資料保障。",
        ],
        &["PCPD-2024"],
    ),
    (
        "MV-1",
        ["Quantitative testing", "量化測試"],
        [
            "Tests models with numbers that hold up.",
            "以可靠數據測試模型。",
        ],
        &["SR-26-2", "SR-11-7"],
    ),
    (
        "MV-2",
        ["Effective challenge", "有效質詢"],
        [
            "Questions a model and its makers, and follows up.",
            "質詢模型及其開發人員，並予以跟進。",
        ],
        &["SR-26-2"],
    ),
    (
        "REG-1",
        ["Obligation mapping", "責任對照"],
        [
            "Turns rules into duties with an owner and a date.",
            "把規定化為有負責人及限期的責任。",
        ],
        &["HKMA-2019-11-01", "SFC-24EC55"],
    ),
    (
        "REG-2",
        ["Regulatory communication", "與監管機構溝通"],
        [
            "Writes and speaks to authorities to the point.",
            "向監管機構作出扼要清晰的書面及口頭陳述。",
        ],
        &["HKMA-2019-11-01", "EU-AI-ACT"],
    ),
    (
        "GBA-1",
        ["Transfer assessment", "轉移評估"],
        [
            "Judges whether and how data may cross the boundary.",
            "判斷數據可否及如何跨境流動。",
        ],
        &["GBA-SC"],
    ),
    (
        "GEN-1",
        ["Evaluation", "評估"],
        [
            "Measures what a generative system gets right and wrong.",
            "量度生成式系統的對錯。",
        ],
        &["NIST-AI-600-1", "HKMA-2024-08-19"],
    ),
    (
        "GEN-2",
        ["Safe deployment", "安全部署"],
        [
            "Brings an assistant into use with limits and logs.",
            "在設有限制及紀錄的情況下推出助手。",
        ],
        &["HKMA-2024-08-19"],
    ),
];
