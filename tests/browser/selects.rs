//! A cohort from its first plan to its trainees: the coordinator, a reviewer and the applicants.

use banyan::db::Role;
use banyan::ids::{GrantId, PersonId};

use crate::browser::{Browser, DESK};
use crate::house::LiveHouse;
use crate::languages::fits;
use crate::scene::{self, Scene};

const SAVE: &str = "main form.form .acts .btn";

/// The people of the file: one from the bank, one each for the other outcomes.
const FILE: &str = "Family Name,Given Names,Chinese name,E-mail,Route,University,Employer,Graduation year,Language,Submitted on\r\n\
    AU,Wing,歐穎,wing.au@example.org,in_service_nominee,,Kowloon Mutual Bank,,en,TODAY\r\n\
    BAU,Ho,鮑昊,ho.bau@example.org,recent_graduate,Lion Rock University,,2025,zh-Hant-HK,TODAY\r\n\
    CHU,Yan,朱欣,yan.chu@example.org,university_student,Tolo University of Technology,,2027,en,TODAY\r\n\
    DIU,Sum,刁心,sum.diu@example.org,open,,,,zh-Hant-HK,TODAY\r\n\
    ELSE,Who,,not-an-address,open,,,,en,TODAY\r\n";

struct Desk<'a> {
    house: &'a LiveHouse,
    browser: &'a Browser,
    coordinator: (PersonId, GrantId),
    cohort: String,
}

impl Desk<'_> {
    async fn open(&self, page: &str) {
        let address = format!("{}/cohorts/{}{page}", self.house.url, self.cohort);
        self.browser.open_page(&address).await;
    }

    async fn back(&self) {
        let (person, grant) = self.coordinator;
        self.browser.enter(self.house, person, Some(grant)).await;
    }

    /// The next step of the cohort: what it does is shown before it is done.
    async fn step(&self, after: &str) {
        self.open("/state").await;
        self.browser.go("main .head-do a.btn").await;
        assert!(self.browser.count(".effects > div").await >= 2);
        fits(self.browser).await;
        self.browser.go("main form .acts .btn").await;
        self.browser.says(".head-title .tag", after).await;
    }

    /// A bulk action on these people (all: none named), through its preview.
    async fn bulk(&self, act: &str, names: &[&str], reason: &str) {
        self.open("/applications").await;
        if names.is_empty() {
            self.browser.tick("main input[data-all]").await;
        }
        for name in names {
            self.browser
                .tick(&format!("main input[data-row][aria-label*='{name}']"))
                .await;
        }
        self.browser.pick("#bulk-do", act).await;
        self.browser.go("main .bulk .btn").await;
        if act == "assign" {
            self.browser.fill("each", "1").await;
            self.browser.go("#bulk .btn[formaction]").await;
        }
        if !reason.is_empty() {
            self.browser.fill("reason", reason).await;
        }
        let expected = if names.is_empty() { 4 } else { names.len() };
        assert_eq!(
            self.browser
                .count("section[aria-labelledby='affected'] tbody tr")
                .await,
            expected
        );
        fits(self.browser).await;
        self.browser.go("#bulk .acts .btn.wide").await;
        assert_eq!(self.browser.count(".head-title .tag.ok").await, 1);
    }

    /// Taken, offered and free of each pool, the total last.
    async fn seats(&self) -> Vec<String> {
        self.open("").await;
        self.browser
            .ask("[...document.querySelectorAll('table.pools tbody tr, table.pools tfoot tr')].map(r => [...r.querySelectorAll('td.n')].slice(0, 3).map(c => c.textContent.trim()).join(' '))")
            .await
    }
}

#[actix_web::test]
async fn a_cohort_is_planned_judged_released_and_filled() {
    let house = LiveHouse::open();
    let scene = Scene::set(&house.app);
    let coordinator = scene.staff(&house.app, "Carol Ip", Role::Coordinator);
    let reviewer = scene.staff(&house.app, "Rex Mok", Role::Reviewer);
    let browser = Browser::open(&DESK).await;
    browser
        .enter(&house, coordinator.0, Some(coordinator.1))
        .await;
    let cohort = plan(&house, &browser).await;
    let desk = Desk {
        house: &house,
        browser: &browser,
        coordinator,
        cohort,
    };
    desk.step("Open").await;
    import(&desk).await;
    desk.step("Reviewing").await;
    desk.bulk("start_review", &[], "").await;
    desk.bulk("assign", &[], "").await;
    review(&house, &browser, reviewer).await;
    desk.back().await;
    desk.bulk("accept", &["AU", "BAU"], "").await;
    desk.bulk("waitlist", &["CHU"], "").await;
    desk.bulk("reject", &["DIU"], "Others were stronger").await;
    release(&desk).await;
    assert_eq!(desk.seats().await, ["0 1 0", "0 1 1", "0 2 1"]);
    answer(&desk).await;
    desk.back().await;
    assert_eq!(desk.seats().await, ["1 0 0", "1 0 1", "2 0 1"]);
    browser.shot("cohort-filled-1280").await;
    desk.open("/enrolments").await;
    assert_eq!(browser.count("main table tbody tr").await, 1);
    browser.close().await;
}

/// Plans a cohort with one open seat and two held for the bank, and its rubric; its id.
async fn plan(house: &LiveHouse, browser: &Browser) -> String {
    browser.open_page(&format!("{}/cohorts", house.url)).await;
    browser.go("main a[href^='/cohorts/new']").await;
    browser
        .fill_all(&[
            ("code", "2027H2"),
            ("name_en", "Second intake of 2027"),
            ("name_zh", "2027年第二屆"),
            ("open_seats", "1"),
        ])
        .await;
    for (name, days) in [
        ("opens_on", -1),
        ("closes_on", 20),
        ("decisions_on", 30),
        ("reply_on", 40),
        ("starts_on", 60),
        ("ends_on", 150),
    ] {
        browser.set(name, &scene::day(&house.app, days)).await;
    }
    browser.go(SAVE).await;
    let place = browser.place().await;
    assert!(place.ends_with("/seats"), "{place}");
    let id = place.split('/').nth(2).unwrap().to_owned();
    browser.go("main .head-do a").await;
    browser.choose("#organisation", "Kowloon Mutual Bank").await;
    browser.fill("capacity", "2").await;
    browser.go(SAVE).await;
    browser.go("nav.tabs a[href$='/rubric']").await;
    browser
        .fill_all(&[
            ("c1_name_en", "Motivation"),
            ("c1_name_zh", "動機"),
            ("c1_weight", "60"),
            ("c2_name_en", "Readiness"),
            ("c2_name_zh", "準備"),
            ("c2_weight", "40"),
        ])
        .await;
    browser.go(SAVE).await;
    assert_eq!(browser.count(".errors").await, 0);
    id
}

/// Takes the file in: first judged without writing anything, then written.
async fn import(desk: &Desk<'_>) {
    let (browser, app) = (desk.browser, &desk.house.app);
    let file = app.site.config.data_dir.join("applicants.csv");
    std::fs::write(&file, FILE.replace("TODAY", &scene::day(app, 0))).unwrap();
    desk.open("/import").await;
    browser.attach("#file", &file).await;
    browser.go(SAVE).await;
    browser.says(".head-title .tag", "Dry run").await;
    let tiles: Vec<String> = browser
        .ask("[...document.querySelectorAll('.tile')].map(t => t.innerText.replace(/\\s+/g, ' ').trim())")
        .await;
    assert!(
        tiles.iter().any(|tile| tile.starts_with("5 "))
            && tiles.iter().any(|tile| tile.starts_with("4 "))
            && tiles.iter().any(|tile| tile.starts_with("1 ")),
        "{tiles:?}"
    );
    assert_eq!(
        browser
            .count("section[aria-labelledby='remarks'] tbody tr")
            .await,
        1
    );
    browser.go("main form[action$='/commit'] .btn").await;
    browser.says(".head-title .tag", "Committed").await;
    desk.open("/applications").await;
    assert_eq!(browser.count("main table tbody tr").await, 4);
}

/// The reviewer scores every application, each leading on to the next.
async fn review(house: &LiveHouse, browser: &Browser, (person, grant): (PersonId, GrantId)) {
    let address = scene::text(
        &house.app,
        &format!("SELECT email AS t FROM people WHERE id = '{person}'"),
    );
    house.letter_to(&address, "");
    browser.enter(house, person, Some(grant)).await;
    browser.open_page(&format!("{}/reviews", house.url)).await;
    browser.go("main .head-do a.btn").await;
    for n in 1..=4 {
        let scales = browser.count("main fieldset.choices").await;
        assert_eq!(scales, 2);
        for radio in browser
            .window
            .find_all(thirtyfour::By::Css(
                "main fieldset.choices input[value='4']",
            ))
            .await
            .unwrap()
        {
            radio.click().await.unwrap();
        }
        browser.fill("comment", &format!("Read, number {n}.")).await;
        browser.go("main button[value='next']").await;
    }
    assert_eq!(browser.place().await, "/reviews");
    browser.says("main .empty", "").await;
}

/// The preview says which letters in which language, and exactly those arrive.
async fn release(desk: &Desk<'_>) {
    let browser = desk.browser;
    desk.open("").await;
    browser.go("nav.tabs a[href$='/release']").await;
    let letters: Vec<String> = browser
        .ask("[...document.querySelectorAll(\"section[aria-labelledby='letters'] table tr\")].slice(1).map(r => [...r.cells].map(c => c.textContent.trim()).join(' '))")
        .await;
    assert_eq!(
        letters,
        [
            "Not selected 0 1",
            "On the waitlist 1 0",
            "Offer 1 1",
            "Total 2 2"
        ]
    );
    fits(browser).await;
    browser.shot("release-1280").await;
    let before = desk.house.sink.taken().len();
    browser.go("main form[action$='/release'] .btn.wide").await;
    let house = desk.house;
    house.letter_to(
        "wing.au@example.org",
        "You have an offer: Second intake of 2027",
    );
    house.letter_to("ho.bau@example.org", "取錄通知：2027年第二屆");
    house.letter_to("yan.chu@example.org", "You are on the waitlist");
    house.letter_to("sum.diu@example.org", "申請結果：2027年第二屆");
    assert_eq!(house.sink.taken().len(), before + 4);
}

/// One accepts by the mailed link, one declines by it, who waited is promoted, accepts and enrols.
async fn answer(desk: &Desk<'_>) {
    let (house, browser) = (desk.house, desk.browser);
    browser.window.delete_all_cookies().await.unwrap();
    let link = house
        .letter_to("wing.au@example.org", "You have an offer")
        .link("/link/offer/");
    for _ in 0..2 {
        browser.open_page(&link).await;
        browser.says(".head-title .tag", "Open").await;
    }
    fits(browser).await;
    browser.go("main .panel.now form .btn").await;
    browser.says("#outcome", "You accepted this offer").await;

    let link = house
        .letter_to("ho.bau@example.org", "取錄通知")
        .link("/link/offer/");
    browser.open_page(&link).await;
    assert!(browser.heading().await.starts_with("你的取錄通知"));
    browser.go("main a[href$='?decline=1']").await;
    browser.go("main form .btn.danger").await;
    browser.says("#outcome", "你已婉拒取錄").await;

    let link = house
        .letter_to("yan.chu@example.org", "A seat has become free for you")
        .link("/link/offer/");
    browser.open_page(&link).await;
    browser.go("main .panel.now form .btn").await;
    browser.says("#outcome", "You accepted this offer").await;
    enrol(house, browser).await;
}

/// From the offer to the trainee number; without a password, by a link to sign in.
async fn enrol(house: &LiveHouse, browser: &Browser) {
    browser.go("main a.btn[href^='/me/enrol/']").await;
    browser.go("main a[href^='/sign-in/link']").await;
    browser.fill("email", "yan.chu@example.org").await;
    browser.go(SAVE).await;
    let link = house
        .letter_to("yan.chu@example.org", "Your sign-in link")
        .link("/link/sign_in/");
    browser.open_page(&link).await;
    browser.go(SAVE).await;
    assert!(browser.place().await.starts_with("/me/enrol/"));
    browser
        .fill_all(&[
            ("certificate_name", "CHU Yan"),
            ("contact_name", "Chu Tai"),
            ("contact_relationship", "Mother"),
            ("contact_phone", "9123 4567"),
        ])
        .await;
    browser.tick("#accepted_pics").await;
    browser.tick("#accepts_agreement").await;
    fits(browser).await;
    browser.go(SAVE).await;
    let number = browser.text_of("dl.facts dd.nb").await;
    assert!(number.starts_with("T2027-"), "{number}");
    let letter = house.letter_to("yan.chu@example.org", "You are enrolled");
    assert!(letter.text.contains(&number), "{letter:?}");
}
