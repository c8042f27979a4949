//! What the sample programme is made of. Every organisation and person is fictional, and so named.

use crate::db::Role;

/// An organisation: kind, English name, Chinese name.
pub const ORGANISATIONS: &[(&str, &str, &str)] = &[
    ("university", "Lion Rock University", "獅子山大學"),
    ("university", "Victoria Harbour University", "維港大學"),
    (
        "university",
        "Tolo University of Technology",
        "吐露理工大學",
    ),
    ("bank", "Harbourfront Bank", "海濱銀行"),
    ("bank", "Kowloon Mutual Bank", "九龍互惠銀行"),
    ("bank", "Pearl Delta Bank", "珠江灣銀行"),
    ("digital_bank", "Starling Virtual Bank", "椋鳥虛擬銀行"),
    ("insurer", "Lantau Life Assurance", "大嶼人壽保險"),
    ("bank", "Peak Tram Bank", "山頂纜車銀行"),
    ("bank", "Sai Kung Savings Bank", "西貢儲蓄銀行"),
    ("bank", "Stonecutters Bank", "昂船洲銀行"),
    ("bank", "Red Sail Bank", "紅帆銀行"),
    ("digital_bank", "Kapok Virtual Bank", "木棉虛擬銀行"),
    ("digital_bank", "Ding Ding Digital Bank", "叮叮數碼銀行"),
    ("insurer", "Peng Chau General Insurance", "坪洲一般保險"),
    ("insurer", "Typhoon Shelter Mutual", "避風塘互保"),
    ("fintech", "Tai O Payments", "大澳支付科技"),
];

/// Who guides trainees at an institution: institution, name, address.
#[rustfmt::skip]
pub const SUPERVISORS: &[(&str, &str, &str)] = &[
    ("Harbourfront Bank", "Yung Hiu Tung", "hiutung.yung@harbourfront.example"),
    ("Kowloon Mutual Bank", "Sit Kin Wah", "kinwah.sit@kowloonmutual.example"),
    ("Pearl Delta Bank", "Mak Chor Yiu", "choryiu.mak@pearldelta.example"),
    ("Starling Virtual Bank", "Hui Lok Man", "lokman.hui@starling.example"),
    ("Lantau Life Assurance", "Chiu Ka Fai", "supervisor@lantaulife.example"),
    ("Peak Tram Bank", "Lui Sin Ting", "sinting.lui@peaktram.example"),
    ("Sai Kung Savings Bank", "Ngai Pak Ho", "pakho.ngai@saikungsavings.example"),
    ("Stonecutters Bank", "Yau Man Wai", "manwai.yau@stonecutters.example"),
    ("Red Sail Bank", "Kong Tsz Ching", "tszching.kong@redsail.example"),
    ("Kapok Virtual Bank", "Shum Ho Lam", "holam.shum@kapok.example"),
    ("Ding Ding Digital Bank", "To Yee Man", "yeeman.to@dingding.example"),
    ("Peng Chau General Insurance", "Koo Wing Hang", "winghang.koo@pengchau.example"),
    ("Typhoon Shelter Mutual", "Sin Lai Ping", "laiping.sin@typhoonshelter.example"),
    ("Tai O Payments", "Tam Cheuk Nam", "cheuknam.tam@taio.example"),
];

/// Who works with whom: a university and an institution.
pub const PARTNERSHIPS: &[(&str, &str)] = &[
    ("Lion Rock University", "Harbourfront Bank"),
    ("Lion Rock University", "Kowloon Mutual Bank"),
    ("Lion Rock University", "Lantau Life Assurance"),
    ("Victoria Harbour University", "Harbourfront Bank"),
    ("Victoria Harbour University", "Starling Virtual Bank"),
    ("Tolo University of Technology", "Pearl Delta Bank"),
    ("Tolo University of Technology", "Kowloon Mutual Bank"),
];

/// A person who works for the programme: address, family name, given names, Chinese name, role, and
/// the organisation for which the role is held.
pub struct Staff {
    /// Address.
    pub email: &'static str,
    /// Family name.
    pub family: &'static str,
    /// Given names.
    pub given: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// Role.
    pub role: Role,
    /// English name of the organisation.
    pub organisation: Option<&'static str>,
    /// Reads Chinese rather than English?
    pub reads_chinese: bool,
}

const fn staff(
    email: &'static str,
    family: &'static str,
    given: &'static str,
    zh: &'static str,
    role: Role,
    organisation: Option<&'static str>,
    reads_chinese: bool,
) -> Staff {
    Staff {
        email,
        family,
        given,
        zh,
        role,
        organisation,
        reads_chinese,
    }
}

/// Everyone who works for the sample programme.
pub const STAFF: &[Staff] = &[
    staff(
        "admin@banyan.example",
        "Yuen",
        "Ho Yin",
        "阮浩然",
        Role::Administrator,
        None,
        false,
    ),
    staff(
        "coordinator@banyan.example",
        "Lau",
        "Mei Kei",
        "劉美琪",
        Role::Coordinator,
        None,
        false,
    ),
    staff(
        "coordinator2@banyan.example",
        "Poon",
        "Tsz Him",
        "潘子謙",
        Role::Coordinator,
        None,
        true,
    ),
    staff(
        "reviewer@banyan.example",
        "Fok",
        "Wai Lam",
        "霍慧琳",
        Role::Reviewer,
        None,
        false,
    ),
    staff(
        "reviewer2@banyan.example",
        "Tse",
        "Kwok Leung",
        "謝國樑",
        Role::Reviewer,
        None,
        true,
    ),
    staff(
        "reviewer3@banyan.example",
        "Mok",
        "Sze Wing",
        "莫思穎",
        Role::Reviewer,
        None,
        false,
    ),
    staff(
        "instructor@banyan.example",
        "Szeto",
        "Chun Man",
        "司徒俊文",
        Role::Instructor,
        None,
        false,
    ),
    staff(
        "liaison@lionrock.example",
        "Kwan",
        "Lai Fong",
        "關麗芳",
        Role::Liaison,
        Some("Lion Rock University"),
        true,
    ),
    staff(
        "hr@harbourfront.example",
        "Ip",
        "Wing Sum",
        "葉詠心",
        Role::Representative,
        Some("Harbourfront Bank"),
        false,
    ),
    staff(
        "supervisor@lantaulife.example",
        "Chiu",
        "Ka Fai",
        "趙家輝",
        Role::Supervisor,
        Some("Lantau Life Assurance"),
        true,
    ),
    staff(
        "committee@banyan.example",
        "Lo",
        "Shuk Yee",
        "盧淑儀",
        Role::Committee,
        None,
        false,
    ),
    staff(
        "hr@kowloonmutual.example",
        "Mok",
        "Sze Wai",
        "莫思慧",
        Role::Representative,
        Some("Kowloon Mutual Bank"),
        true,
    ),
    staff(
        "hr@pearldelta.example",
        "Kan",
        "Yat Sing",
        "簡日昇",
        Role::Representative,
        Some("Pearl Delta Bank"),
        true,
    ),
    staff(
        "hr@starling.example",
        "Tsui",
        "Man Kit",
        "徐文傑",
        Role::Representative,
        Some("Starling Virtual Bank"),
        false,
    ),
    staff(
        "hr@lantaulife.example",
        "Au",
        "Pui Shan",
        "區佩珊",
        Role::Representative,
        Some("Lantau Life Assurance"),
        true,
    ),
    staff(
        "hr@peaktram.example",
        "Wan",
        "Suk Han",
        "尹淑嫻",
        Role::Representative,
        Some("Peak Tram Bank"),
        true,
    ),
    staff(
        "hr@saikungsavings.example",
        "Ling",
        "Chi Keung",
        "凌志強",
        Role::Representative,
        Some("Sai Kung Savings Bank"),
        false,
    ),
    staff(
        "hr@stonecutters.example",
        "Kwok",
        "Yuen Ting",
        "郭婉婷",
        Role::Representative,
        Some("Stonecutters Bank"),
        true,
    ),
    staff(
        "hr@redsail.example",
        "Hau",
        "Siu Ming",
        "侯小明",
        Role::Representative,
        Some("Red Sail Bank"),
        false,
    ),
    staff(
        "hr@kapok.example",
        "Luk",
        "Ka Yan",
        "陸嘉欣",
        Role::Representative,
        Some("Kapok Virtual Bank"),
        true,
    ),
    staff(
        "hr@dingding.example",
        "Pang",
        "Tin Lok",
        "彭天樂",
        Role::Representative,
        Some("Ding Ding Digital Bank"),
        false,
    ),
    staff(
        "hr@pengchau.example",
        "Mui",
        "Oi Lin",
        "梅愛蓮",
        Role::Representative,
        Some("Peng Chau General Insurance"),
        true,
    ),
    staff(
        "hr@typhoonshelter.example",
        "Fan",
        "Wai Kuen",
        "樊偉權",
        Role::Representative,
        Some("Typhoon Shelter Mutual"),
        false,
    ),
    staff(
        "hr@taio.example",
        "Lam",
        "Sum Yi",
        "林心怡",
        Role::Representative,
        Some("Tai O Payments"),
        true,
    ),
];

/// Code, names, summaries and contact of the programme.
pub const PROGRAMME: (&str, [&str; 2], [&str; 2], &str) = (
    "AITP",
    ["AI Talent Pilot (sample)", "人工智能人才試點計劃（示範）"],
    [
        "Universities and financial institutions train professionals together in AI risk management, ethics and data \
         governance, with a placement in which they use what they learnt.",
        "大學與金融機構攜手培訓專業人才，涵蓋人工智能風險管理、道德及數據治理，並設實習，讓學員學以致用。",
    ],
    "office@banyan.example",
);

/// Criteria of the rubric: English, Chinese, hint in both, weight.
pub const RUBRIC: &[([&str; 2], [&str; 2], i32)] = &[
    (
        ["Purpose", "目標"],
        [
            "What will they do with it in a Hong Kong institution? Concrete beats eager.",
            "學成後在香港機構如何應用？具體勝於熱誠。",
        ],
        30,
    ),
    (
        ["Background", "背景"],
        [
            "Studies or work that the modules can build on, whatever the route.",
            "不論途徑，其學業或工作經驗能否為單元打好基礎。",
        ],
        30,
    ),
    (
        ["Judgement", "判斷力"],
        [
            "Do they see what can go wrong with AI, and for whom?",
            "能否看到人工智能可能出現的問題，以及受影響的人？",
        ],
        25,
    ),
    (
        ["Clarity", "表達"],
        [
            "Could a colleague act on what they wrote, in either language?",
            "不論以中文或英文書寫，同事能否據此行事？",
        ],
        15,
    ),
];

/// The Personal Information Collection Statement, version and both texts.
pub const PICS: (&str, [&str; 2]) = (
    "2026-10",
    [
        "Purpose. The programme office collects the personal data in your application to assess it, to offer seats, to \
         enrol you and run your training, to issue certificates and to report figures about the programme.\n\n\
         What is needed. Your name, a way to reach you, your route and what the form marks as needed for it. Without \
         these your application cannot be assessed. Everything else is voluntary. Do not give your Hong Kong identity \
         card number: it is not needed, and the form warns you if it sees one.\n\n\
         Who sees it. Staff of the programme office; the reviewers assigned to your application; after enrolment the \
         university and instructors that teach you. An institution sees your data only when you apply for its placement \
         or agree otherwise. Reports carry figures, never names, and small numbers are suppressed.\n\n\
         How long. Applications that do not lead to enrolment are kept for 24 months after the decision, records of \
         trainees for seven years, the register of certificates for as long as a certificate may need to be verified.\n\n\
         Your rights. You may ask for a copy of your data and have it corrected (Personal Data (Privacy) Ordinance, \
         Cap. 486, data protection principle 6). Write to office@banyan.example; you are answered within 40 days. Your \
         data are not used for direct marketing unless you agree to that separately.",
        "收集目的：計劃辦事處收集你申請表內的個人資料，用於評審申請、發出取錄通知、辦理入學註冊及營運培訓、\
         簽發證書，以及匯報計劃的統計數字。\n\n\
         必須提供的資料：你的姓名、聯絡方法、申請途徑，以及表格註明該途徑必須提供的資料；如不提供，申請將無法\
         評審。其他資料屬自願提供。請勿提供香港身份證號碼：本計劃並不需要，表格如偵測到會作出提示。\n\n\
         誰可查閱：計劃辦事處職員；獲分派評審你申請的評審員；入學註冊後，任教你的大學及講師。機構只會在你申請\
         其實習職位或另行同意時，方可查閱你的資料。報告只載統計數字，不載姓名，並會隱去過小的數目。\n\n\
         保留期限：未有入學的申請於決定後保留24個月；學員紀錄保留七年；證書登記冊按核實證書的需要保留。\n\n\
         你的權利：你可根據《個人資料（私隱）條例》（第486章）保障資料第6原則，要求查閱及改正你的個人資料。請\
         電郵至 office@banyan.example，我們會於40日內回覆。除非你另行同意，你的資料不會用作直接促銷。",
    ],
);

/// What the calls say: code, names, introductions.
pub const COHORTS: &[(&str, [&str; 2], [&str; 2])] = &[
    (
        "2026PP",
        ["Pre-pilot 2026", "2026年先導班"],
        [
            "A small class that tried the modules before the first intake.",
            "在首屆收生前試行各單元的小班。",
        ],
    ),
    (
        "2026P2",
        ["Evening class (pre-pilot)", "夜間班（先導）"],
        [
            "A small class that tries the modules in the evening, beside a day's work.",
            "晚間上課的小班，供在職人士試行各單元。",
        ],
    ),
    (
        "2027H1",
        ["First intake of 2027", "2027年第一屆"],
        [
            "The first intake of the pilot: part-time from February to June 2027, two evenings and a Saturday half-day a \
             week, with a placement from July. Thirty seats, of which twelve are held for partner organisations until \
             they are released.",
            "試點計劃首屆收生：2027年2月至6月兼讀，每星期兩晚及星期六半天，7月起實習。學額30個，其中12個預留予\
             合作機構，到期後撥入公開學額。",
        ],
    ),
    (
        "2027H2",
        ["Second intake of 2027", "2027年第二屆"],
        [
            "The second intake: part-time from September 2027 to January 2028, with a placement alongside. Thirty-six \
             seats. Applications are open to all four routes.",
            "第二屆收生：2027年9月至2028年1月兼讀，同期實習。學額36個，四個途徑均可申請。",
        ],
    ),
];

/// A figure as it is told here.
type Observation = (
    &'static str,
    [&'static str; 2],
    [&'static str; 2],
    [&'static str; 2],
    [&'static str; 2],
);

/// What the press release says of the field: kind, label, figure, population, doubts; each a pair.
pub const OBSERVATIONS: &[Observation] = &[
    (
        "survey",
        [
            "AI adoption in financial services, Hong Kong and worldwide",
            "金融服務業人工智能應用率：香港與全球",
        ],
        ["38% and 26%", "38%及26%"],
        [
            "Financial institutions and fintech firms",
            "金融機構及金融科技公司",
        ],
        [
            "The same pair of figures has been attributed to a survey of November 2023 about generative AI.",
            "同一組數字亦見於2023年11月有關生成式人工智能的調查。",
        ],
    ),
    (
        "survey",
        [
            "Want clearer guidance from regulators on ethical use towards customers",
            "希望監管機構就面向客戶的道德使用提供更清晰指引",
        ],
        ["74%", "74%"],
        [
            "Financial institutions and fintech firms",
            "金融機構及金融科技公司",
        ],
        ["", ""],
    ),
    (
        "survey",
        [
            "Name lack of transparency in AI processes as the first ethical concern",
            "視人工智能流程缺乏透明度為首要道德考量",
        ],
        ["85%", "85%"],
        [
            "Financial institutions and fintech firms",
            "金融機構及金融科技公司",
        ],
        ["", ""],
    ),
    (
        "survey",
        [
            "Say that cross-border data rules affect their AI strategy moderately or materially",
            "表示跨境數據法規對人工智能策略有中度至重大影響",
        ],
        ["nearly 70%", "近70%"],
        [
            "Financial institutions and fintech firms",
            "金融機構及金融科技公司",
        ],
        ["", ""],
    ),
    (
        "survey",
        [
            "Find it hard to hire technical talent",
            "招聘技術人才有困難",
        ],
        ["49%", "49%"],
        [
            "Financial institutions and fintech firms",
            "金融機構及金融科技公司",
        ],
        [
            "The same figure appears in a release of December 2024 about AI professionals.",
            "同一數字亦見於2024年12月有關人工智能專才的新聞稿。",
        ],
    ),
    (
        "roadmap",
        [
            "AI adoption across all financial institutions by 2030",
            "2030年全港金融機構人工智能應用率",
        ],
        ["90%", "90%"],
        ["", ""],
        ["", ""],
    ),
    (
        "roadmap",
        [
            "AI-related private investment attracted by 2030",
            "2030年吸引人工智能相關私人投資",
        ],
        ["HK$8 to 12 billion", "80億至120億港元"],
        ["", ""],
        ["", ""],
    ),
    (
        "roadmap",
        [
            "AI-native financial products and services by 2030",
            "2030年人工智能原生金融產品與服務",
        ],
        ["more than 75", "逾75款"],
        ["", ""],
        ["", ""],
    ),
    (
        "roadmap",
        [
            "Place in the world for AI innovation in finance by 2030",
            "2030年金融業人工智能創新全球排名",
        ],
        ["top three", "三甲"],
        ["", ""],
        [
            "The index by which this is measured is not named.",
            "未有指明所用的排名指數。",
        ],
    ),
];
