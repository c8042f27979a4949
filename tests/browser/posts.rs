//! From an institution's desk to a trainee's phone and back, in each language: a posting is written, refused for
//! what it lacks, handed in, approved; a trainee looks for it and says why they want it; the institution
//! shortlists and offers a day; the office computes the timetable and publishes it to the trainee.

use banyan::db::Role;
use banyan::ids::{GrantId, PersonId};
use banyan::lang::Lang;
use banyan::sample;

use crate::browser::{Browser, DESK, Look, PHONE};
use crate::house::LiveHouse;
use crate::languages::fits;
use crate::scene;

/// The round of the sample that is open, and who plays in it.
struct Open {
    round: String,
    programme: String,
    bank: String,
    period: (String, String),
    trainees: Vec<(PersonId, String)>,
}

impl Open {
    fn of(house: &LiveHouse) -> Self {
        let one = |sql: &str| scene::text(&house.app, sql);
        let round = one(
            "SELECT id::text AS t FROM placement_rounds WHERE state = 'open' AND closes_at > banyan_now() ORDER BY closes_at DESC LIMIT 1",
        );
        let day = |what: &str| {
            one(&format!(
                "SELECT {what}::text AS t FROM placement_rounds WHERE id = '{round}'"
            ))
        };
        let trainees = (0..2)
            .map(|n| {
                let of = |what: &str| {
                    one(&format!(
                        "SELECT {what} AS t FROM enrolments e WHERE e.cohort_id = ANY (SELECT unnest(cohort_ids) FROM placement_rounds \
                           WHERE id = '{round}') AND e.state = 'active' ORDER BY e.trainee_number LIMIT 1 OFFSET {n}"
                    ))
                };
                (of("e.person_id::text").parse().unwrap(), of("e.name_shown"))
            })
            .collect();
        Self {
            programme: one(&format!(
                "SELECT programme_id::text AS t FROM placement_rounds WHERE id = '{round}'"
            )),
            bank: one(&format!(
                "SELECT organisation_id::text AS t FROM postings WHERE round_id = '{round}' AND state = 'open' \
                   ORDER BY organisation_id LIMIT 1"
            )),
            period: (day("starts_on"), day("ends_on")),
            round,
            trainees,
        }
    }

    fn office(&self, house: &LiveHouse, rest: &str) -> String {
        format!(
            "{}/programmes/{}/placements/{rest}",
            house.url, self.programme
        )
    }

    /// Somebody in a role who reads this language.
    fn person(
        &self,
        house: &LiveHouse,
        (name, role, lang): (&str, Role, Lang),
    ) -> (PersonId, GrantId) {
        let person = house.app.account(name);
        speaks(house, person, lang);
        let bank = (role == Role::Representative).then(|| self.bank.parse().unwrap());
        let programme = Some(self.programme.parse().unwrap());
        let grant = house.app.grant(person, role, programme, bank);
        (person, grant)
    }
}

fn speaks(house: &LiveHouse, person: PersonId, lang: Lang) {
    house.app.as_owner(&format!(
        "UPDATE people SET lang = '{}' WHERE id = '{person}'",
        lang.tag()
    ));
}

fn look(lang: Lang, of: &Look) -> Look {
    let lang = lang.pick("en", "zh-HK");
    Look { lang, ..*of }
}

/// Opens a window of somebody.
async fn window(house: &LiveHouse, look: &Look, who: (PersonId, Option<GrantId>)) -> Browser {
    let browser = Browser::open(look).await;
    browser.enter(house, who.0, who.1).await;
    browser
}

/// Fits every width, and is back at its own.
async fn looks_right(browser: &Browser, look: &Look) {
    fits(browser).await;
    browser.widen(look.width);
}

/// Puts each value into its field, whatever kind of field that is.
async fn put(browser: &Browser, fields: &[(&str, &str)]) {
    for (name, value) in fields {
        let kind: String = browser
            .ask(&format!(
                "(e => e.tagName === 'SELECT' ? 'select' : e.type)(document.querySelector(\"main [name='{name}']\"))"
            ))
            .await;
        match kind.as_str() {
            "checkbox" => browser.tick(&format!("main [name='{name}']")).await,
            "radio" => {
                browser
                    .tick(&format!("main [name='{name}'][value='{value}']"))
                    .await;
            }
            "select" => browser.pick(&format!("main [name='{name}']"), value).await,
            _ => browser.set(name, value).await,
        }
    }
}

/// What a posting needs beyond its titles.
const REST: &[(&str, &str)] = &[
    ("entity_en", "Sample Bank Limited"),
    ("entity_zh", "示範銀行有限公司"),
    (
        "summary_en",
        "Watch payment models and say when they drift.",
    ),
    ("summary_zh", "監察支付模型，指出漂移。"),
    ("tasks_en", "Read alerts\nCheck drift\nWrite a report"),
    ("tasks_zh", "閱讀警示\n檢查漂移\n撰寫報告"),
    ("objectives_en", "Know what a drift is"),
    ("objectives_zh", "認識模型漂移"),
    ("deliverable_en", "A monitoring report"),
    ("deliverable_zh", "監察報告"),
    ("data_class", "internal"),
    ("cross_boundary", "none"),
    ("city", "hong_kong"),
    ("mode", "on_site"),
    ("work_languages", "en"),
    ("hours_week", "40"),
    ("pattern", "weekdays"),
    ("load", "full_time"),
    ("paid", "yes"),
    ("currency", "HKD"),
    ("per", "month"),
    ("allowance", "14000"),
    ("wage_category", "ordinary"),
    ("payer_en", "The bank"),
    ("payer_zh", "銀行"),
    ("background", "basic"),
    ("supervisor_name", "Yung Hiu Tung"),
    ("supervisor_email", "hiutung.yung@bank.example"),
];

/// The institution writes a posting, is told what it lacks, completes it and hands it in.
async fn write(
    house: &LiveHouse,
    open: &Open,
    (lang, titles, who): (Lang, [&str; 2], (PersonId, GrantId)),
) -> String {
    let desk = look(lang, &DESK);
    let browser = window(house, &desk, (who.0, Some(who.1))).await;
    browser
        .open_page(&format!("{}/organisation/postings", house.url))
        .await;
    browser
        .go("main a[href='/organisation/postings/new']")
        .await;
    browser.pick("main [name='round']", &open.round).await;
    browser.tick("main [name='areas']").await;
    browser
        .fill_all(&[("title_en", titles[0]), ("title_zh", titles[1])])
        .await;
    browser.go("main form .acts .btn").await;
    let at = browser.place().await.replace("/edit", "");
    // A draft is kept as it is; it is not handed in as it is, and the page says what is missing.
    browser
        .open_page(&format!("{}{at}/submit", house.url))
        .await;
    browser.says("main .note.bad", lang.plc_summary()).await;
    looks_right(&browser, &desk).await;
    browser.open_page(&format!("{}{at}/edit", house.url)).await;
    put(&browser, REST).await;
    let (from, to) = &open.period;
    browser.set("starts_on", from).await;
    // What cannot be is told at its field; what was typed stays.
    browser.set("ends_on", &scene::day(&house.app, -400)).await;
    browser.go("main form .acts .btn").await;
    browser.see("#ends_on-error").await;
    assert_eq!(browser.value("deliverable_zh").await, "監察報告");
    looks_right(&browser, &desk).await;
    browser.set("ends_on", to).await;
    browser.set("seats", "2").await;
    browser.go("main form .acts .btn").await;
    browser
        .open_page(&format!("{}{at}/submit", house.url))
        .await;
    browser.go("main form button.btn").await;
    browser
        .shot(&format!("posting-handed-in-{}", lang.pick("en", "zh")))
        .await;
    browser.close().await;
    let id = at.rsplit('/').next().unwrap().to_owned();
    let state = format!("SELECT state AS t FROM postings WHERE id = '{id}'");
    assert_eq!(scene::text(&house.app, &state), "submitted");
    id
}

/// The office finds what waits for it and approves.
async fn approve(house: &LiveHouse, open: &Open, (lang, id): (Lang, &str)) {
    let (person, grant) = open.person(house, ("Cora Office", Role::Coordinator, lang));
    let desk = look(lang, &DESK);
    let browser = window(house, &desk, (person, Some(grant))).await;
    browser.open_page(&open.office(house, "postings")).await;
    browser.pick("main [name='state']", "submitted").await;
    browser.go("main .filters .btn").await;
    browser.go(&format!("main a[href$='/postings/{id}']")).await;
    looks_right(&browser, &desk).await;
    browser
        .go(&format!("main a[href$='/postings/{id}/approve']"))
        .await;
    browser.go("main form button.btn").await;
    browser.close().await;
    let state = format!("SELECT state AS t FROM postings WHERE id = '{id}'");
    assert_eq!(scene::text(&house.app, &state), "open");
}

/// A trainee looks for the posting on a phone, keeps it, and says why they want it.
async fn want(house: &LiveHouse, (lang, id, title, trainee): (Lang, &str, &str, PersonId)) {
    speaks(house, trainee, lang);
    let phone = look(lang, &PHONE);
    let browser = window(house, &phone, (trainee, None)).await;
    browser
        .open_page(&format!("{}/me/placements", house.url))
        .await;
    looks_right(&browser, &phone).await;
    browser.fill("q", title).await;
    browser.go("main .filters .btn").await;
    let found = browser.count("main a[href^='/me/placements/0']").await;
    assert!(found >= 1, "the search finds it");
    browser
        .go(&format!("main a[href$='/me/placements/{id}']"))
        .await;
    assert!(browser.heading().await.contains(title));
    looks_right(&browser, &phone).await;
    browser
        .go(&format!("main form[action$='/{id}/save'] button"))
        .await;
    browser.go(&format!("main a[href$='/{id}/interest']")).await;
    browser
        .fill(
            "note",
            lang.pick("I want to see drift.", "我想了解模型漂移。"),
        )
        .await;
    browser.go("main form .acts .btn").await;
    browser
        .shot(&format!("wanted-360-{}", lang.pick("en", "zh")))
        .await;
    browser.close().await;
    let wanted = format!(
        "SELECT count(*)::text AS t FROM posting_interests WHERE posting_id = '{id}' AND person_id = '{trainee}'"
    );
    assert_eq!(scene::text(&house.app, &wanted), "1");
}

/// The institution reads who wants it, shortlists them, names a panel and a day.
async fn shortlist(
    house: &LiveHouse,
    open: &Open,
    (lang, id, name, who): (Lang, &str, &str, (PersonId, GrantId)),
) {
    let desk = look(lang, &DESK);
    let browser = window(house, &desk, (who.0, Some(who.1))).await;
    browser
        .open_page(&format!("{}/organisation/interests", house.url))
        .await;
    browser.says("main", name).await;
    let at = format!("{}/organisation/interviews/{}", house.url, open.round);
    browser
        .open_page(&format!("{at}/candidates?posting={id}"))
        .await;
    looks_right(&browser, &desk).await;
    browser.tick("main tbody input.tick[name='id']").await;
    browser.go("main button[value='list']").await;
    browser.open_page(&format!("{at}/panels/new")).await;
    let panel = lang.pick("Panel one", "面試小組");
    browser
        .fill_all(&[
            ("name", panel),
            ("members", "Yung Hiu Tung <hiutung.yung@bank.example>"),
        ])
        .await;
    browser
        .tick(&format!("main input[name='postings'][value='{id}']"))
        .await;
    browser.go("main form .acts .btn").await;
    browser.open_page(&format!("{at}/days/new")).await;
    browser.choose("main [name='panel']", panel).await;
    let fields = [
        ("held_on", scene::day(&house.app, 14)),
        ("starts", lang.pick("10:00", "14:00").to_owned()),
        ("ends", lang.pick("12:00", "16:00").to_owned()),
        ("length", "30".to_owned()),
        ("room", "Room 3".to_owned()),
    ];
    for (name, value) in &fields {
        browser.set(name, value).await;
    }
    browser.go("main form .acts .btn").await;
    browser.open_page(&at).await;
    looks_right(&browser, &desk).await;
    browser
        .shot(&format!("interviews-host-{}", lang.pick("en", "zh")))
        .await;
    browser.close().await;
}

#[actix_web::test]
async fn a_posting_goes_from_the_institution_to_the_trainee_and_to_an_interview() {
    let house = LiveHouse::open_after(|app| sample::load(&app.site).unwrap());
    let open = Open::of(&house);
    let mut postings = Vec::new();
    for (lang, titles) in [
        (Lang::En, ["Drift watcher", "漂移監察員"]),
        (Lang::Zh, ["Payment model tester", "支付模型測試員"]),
    ] {
        let who = open.person(&house, ("Rita Ho", Role::Representative, lang));
        let (trainee, name) = &open.trainees[postings.len()];
        let id = write(&house, &open, (lang, titles, who)).await;
        approve(&house, &open, (lang, &id)).await;
        want(
            &house,
            (lang, &id, lang.pick(titles[0], titles[1]), *trainee),
        )
        .await;
        shortlist(&house, &open, (lang, &id, name, who)).await;
        postings.push(id);
    }

    // The office computes, reads how well it fits, publishes; each trainee finds their time.
    let mut lang = Lang::Zh;
    let (person, grant) = open.person(&house, ("Cora Office", Role::Coordinator, lang));
    let desk = look(lang, &DESK);
    let browser = window(&house, &desk, (person, Some(grant))).await;
    let at = open.office(&house, &format!("interviews/{}", open.round));
    browser.open_page(&at).await;
    looks_right(&browser, &desk).await;
    browser.go("main .head-do a[href$='/compute']").await;
    looks_right(&browser, &desk).await;
    browser.go("main form .acts .btn").await;
    looks_right(&browser, &desk).await;
    browser.shot("interviews-office-zh").await;
    browser.open_page(&format!("{at}/publish")).await;
    browser.go("main form button.btn").await;
    browser.close().await;
    for (id, (trainee, _)) in postings.iter().zip(&open.trainees) {
        let booked = format!(
            "SELECT count(*)::text AS t FROM interviews WHERE posting_id = '{id}' AND person_id = '{trainee}' AND state = 'scheduled'"
        );
        assert_eq!(scene::text(&house.app, &booked), "1");
        lang = if lang == Lang::Zh { Lang::En } else { Lang::Zh };
        let phone = look(lang, &PHONE);
        let browser = window(&house, &phone, (*trainee, None)).await;
        browser
            .open_page(&format!("{}/me/interviews", house.url))
            .await;
        browser.says("main", "Room 3").await;
        looks_right(&browser, &phone).await;
        browser
            .shot(&format!("interviews-mine-360-{}", lang.pick("en", "zh")))
            .await;
        browser.close().await;
    }
}
