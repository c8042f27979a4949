//! What a programme begins with, until its office keeps it: focus areas and rates of the minimum wage.
//!
//! The focus areas are the nine use cases that the source names, and tags for
//! placements in control functions. From then on they are rows that the office keeps.

/// Code, English and Chinese name, and whether it lies across the Greater Bay Area.
pub const AREAS: &[(&str, &str, &str, bool)] = &[
    (
        "wealth_gba",
        "Hyper-personalised wealth management across the GBA",
        "涵蓋大灣區的高度個人化財富管理",
        true,
    ),
    (
        "xb_payments",
        "AI-optimised cross-border payment infrastructure",
        "經人工智能優化的跨境支付基建",
        true,
    ),
    (
        "regtech",
        "Real-time monitoring and predictive breach detection",
        "實時監控與預測違規偵測",
        false,
    ),
    (
        "insur_prevent",
        "Insurance that predicts and prevents",
        "「預測與預防」保險模式",
        false,
    ),
    (
        "green_esg",
        "Green finance and ESG analytics",
        "綠色金融與環境、社會及管治分析",
        false,
    ),
    (
        "sme_agent",
        "Cognitive finance agent for SMEs",
        "認知金融代理（中小企）",
        false,
    ),
    (
        "talent_platform",
        "AI-driven talent training platform",
        "人工智能驅動的人才培訓平台",
        false,
    ),
    (
        "trade_finance",
        "Trade-finance process automation",
        "貿易融資流程自動化",
        false,
    ),
    (
        "staff_copilot",
        "Internal assistants for staff productivity",
        "內部助手提升員工生產力",
        false,
    ),
    ("model_validation", "Model validation", "模型驗證", false),
    ("ai_governance", "AI governance", "人工智能管治", false),
    ("data_governance", "Data governance", "數據治理", false),
    ("other", "Other", "其他", false),
];

/// The known rates of the statutory minimum wage of Hong Kong: first day, and cents an hour.
pub const RATES: &[((i32, u32, u32), i32)] = &[((2025, 5, 1), 4_210), ((2026, 5, 1), 4_310)];
