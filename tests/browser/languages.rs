//! Every page of the register in both languages, at the width of a phone and of a desk, light and dark.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use banyan::db::Role;
use banyan::house;
use banyan::lang::Lang;
use banyan::sample;
use banyan::web::Method;

use crate::access;
use crate::browser::{Browser, DESK, Look};
use crate::house::LiveHouse;
use crate::scene::{self, Scene};

/// What is wrong with the markup of the page, one line each; nothing for a page in order.
const FAULTS: &str = "(() => { const bad = []; const all = (s) => [...document.querySelectorAll(s)]; \
    if (all('h1').length !== 1) bad.push(all('h1').length + ' h1'); \
    if (all('main').length !== 1) bad.push('main'); \
    const ids = all('[id]').map((e) => e.id); \
    ids.forEach((id, n) => { if (ids.indexOf(id) !== n) bad.push('id ' + id + ' twice'); }); \
    all('input:not([type=hidden]), select, textarea').forEach((e) => { \
      if (!(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')) bad.push('no label: ' + e.outerHTML.slice(0, 90)); }); \
    all('a[href], button, summary').forEach((e) => { if (!e.textContent.trim() && !e.getAttribute('aria-label')) bad.push('no name: ' + e.outerHTML.slice(0, 90)); }); \
    all('[aria-describedby], [aria-labelledby]').forEach((e) => ['aria-describedby', 'aria-labelledby'].forEach((a) => (e.getAttribute(a) || '').split(' ').filter(Boolean).forEach((id) => { if (!document.getElementById(id)) bad.push(a + ' leads to no ' + id); }))); \
    return bad; })()";

/// What stands out over the right edge of the page, one line each.
const WIDE: &str = "(() => { const root = document.documentElement; if (root.scrollWidth <= root.clientWidth) return []; \
    const out = [...document.querySelectorAll('main *, header *, footer *')].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1 || e.scrollWidth > e.clientWidth + 8); \
    return ['wider by ' + (root.scrollWidth - root.clientWidth)].concat(out.slice(0, 3).map((e) => e.outerHTML.slice(0, 90))); })()";

/// The shape of a path: ids and codes left out, so that one page of each kind is looked at.
pub fn shape(path: &str) -> String {
    let plain = path.split(['?', '#']).next().unwrap_or_default();
    // A module's page has the programme's code and its own.
    let module = plain.starts_with("/curriculum/");
    let parts = plain.split('/').enumerate().map(|(at, part)| {
        let id = part.len() >= 32 && part.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        let code = part.starts_with("20") || module && at > 1;
        if id || code { "*" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Looks at a page in both languages, at all widths and in both schemes of colour, and at the console;
/// the links in it.
async fn look_at(
    browser: &Browser,
    url: &str,
    path: &str,
    faults: &mut Vec<String>,
) -> Vec<String> {
    let mut links = Vec::new();
    let mut before = String::new();
    browser.open_page(&format!("{url}{path}")).await;
    for round in 1..=2 {
        browser.widen(1280);
        if round == 2 {
            browser.go("header form[action='/language'] button").await;
        }
        browser.see("h1").await;
        let mut found: Vec<String> = browser.ask(FAULTS).await;
        let lang: String = browser.ask("document.documentElement.lang").await;
        if !["en", "zh-Hant-HK"].contains(&lang.as_str()) || lang == before {
            found.push(format!("html lang {lang} after {before}"));
        }
        for width in [1280, 360, 320] {
            browser.widen(width);
            found.extend(faults_at(browser, width).await);
        }
        found.extend(console(browser).await);
        faults.extend(found.into_iter().map(|it| format!("{path} {lang}: {it}")));
        links = browser
            .ask("[...document.querySelectorAll('header a[href], main a[href]')].map(a => a.getAttribute('href'))")
            .await;
        before = lang;
    }
    links
}

/// Asserts that nothing is wrong with the page at hand at any width: for pages that only somebody at
/// work comes to. It is left as wide as a desk.
pub async fn fits(browser: &Browser) {
    for width in [320, 360, 1280] {
        browser.widen(width);
        let faults = faults_at(browser, width).await;
        let place = browser.place().await;
        assert!(faults.is_empty(), "{place}: {}", faults.join("\n"));
    }
}

/// Asserts that nothing is wrong with the page at hand on a phone, and that it speaks this language.
pub async fn in_order(browser: &Browser, lang: Lang) {
    let mut faults: Vec<String> = Vec::new();
    for question in [
        FAULTS,
        access::ORDER,
        access::TONGUES,
        access::CONTRAST,
        access::FOCUS,
        access::TARGETS,
        WIDE,
    ] {
        faults.extend(browser.ask::<Vec<String>>(question).await);
    }
    let width: u32 = browser.ask("document.documentElement.clientWidth").await;
    if width != 360 {
        faults.push(format!("{width} wide"));
    }
    let tag: String = browser.ask("document.documentElement.lang").await;
    if tag != lang.tag() {
        faults.push(format!("html lang {tag}"));
    }
    faults.extend(console(browser).await);
    let place = browser.place().await;
    assert!(faults.is_empty(), "{place}: {}", faults.join("\n"));
}

/// What a page's scripts and the browser have complained of since this was last asked.
async fn console(browser: &Browser) -> Vec<String> {
    let log = browser.window.get_log("browser").await.unwrap();
    log.into_iter()
        .filter(|entry| {
            // A page that says why something cannot be done now is no fault of the page's.
            let told = ["status of 409", "status of 422"]
                .iter()
                .any(|status| entry.message.contains(status));
            (entry.level == "SEVERE" && !told) || entry.message.contains("Content Security Policy")
        })
        .map(|entry| format!("console: {}", entry.message))
        .collect()
}

/// What is wrong with the page at this width, everything that the kit promises asked at two of them.
async fn faults_at(browser: &Browser, width: u32) -> Vec<String> {
    let mut questions = vec![WIDE];
    if width == 1280 {
        questions.extend([
            access::ORDER,
            access::TONGUES,
            access::CONTRAST,
            access::FOCUS,
        ]);
    }
    if width != 320 {
        questions.push(access::TARGETS);
    }
    let mut found = Vec::new();
    for question in questions {
        let faults: Vec<String> = browser.ask(question).await;
        found.extend(faults.into_iter().map(|it| format!("at {width}: {it}")));
    }
    if width == 360 {
        browser.darken(true);
        let dim: Vec<String> = browser.ask(access::CONTRAST).await;
        browser.darken(false);
        found.extend(dim.into_iter().map(|it| format!("dark: {it}")));
    }
    found
}

/// A page to go to: no file, no other site, no page that was seen.
pub fn is_page(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    href.starts_with('/')
        && !href.starts_with("/dev/")
        && ![
            ".csv",
            ".xlsx",
            ".ics",
            "/document",
            "/evidence",
            "/file",
            "/body",
        ]
        .iter()
        .any(|end| path.ends_with(end))
}

/// Looks at one page of each kind that can be reached from here by links and was not seen yet.
async fn walk(
    browser: &Browser,
    url: &str,
    from: &str,
    seen: &mut BTreeSet<String>,
) -> Vec<String> {
    let mut faults = Vec::new();
    // Where one begins is looked at again: another role sees another page there.
    seen.remove(&shape(from));
    let mut way = VecDeque::from([from.to_owned()]);
    while let Some(path) = way.pop_front() {
        if !seen.insert(shape(&path)) {
            continue;
        }
        let links = look_at(browser, url, &path, &mut faults).await;
        way.extend(links.into_iter().filter(|href| is_page(href)));
    }
    faults
}

/// Faults as they happen, each with the question that must find it.
const PLANTED: [(&str, &str); 5] = [
    (
        "document.querySelector('main h1').after(document.createElement('h4'))",
        access::ORDER,
    ),
    (
        "document.querySelector('main p').append('人才')",
        access::TONGUES,
    ),
    (
        "document.querySelector('main h2').style.color = '#9aa'",
        access::CONTRAST,
    ),
    (
        "['a', 'b'].forEach((name) => { const b = document.createElement('button'); b.textContent = name; \
           b.style.all = 'unset'; b.style.fontSize = '9px'; document.querySelector('main').prepend(b); })",
        access::TARGETS,
    ),
    (
        "document.querySelectorAll('main a').forEach((a) => { a.style.outline = 'none'; })",
        access::FOCUS,
    ),
];

#[actix_web::test]
async fn the_questions_find_what_is_planted() {
    let house = LiveHouse::open();
    Scene::set(&house.app);
    let browser = Browser::open(&DESK).await;
    for (plant, question) in PLANTED {
        browser.open_page(&house.url).await;
        browser.see("h1").await;
        assert_eq!(browser.ask::<Vec<String>>(question).await, [""; 0]);
        browser
            .ask::<serde_json::Value>(&format!("(() => {{ {plant}; return null; }})()"))
            .await;
        assert!(
            !browser.ask::<Vec<String>>(question).await.is_empty(),
            "{plant}"
        );
    }
    browser.close().await;
}

/// Pages of the register that no link of the sample programme leads to: they come after a form, by a
/// letter, or where the sample has nothing of the kind. Their own tests look at them.
const NO_LINK: [&str; 104] = [
    "/link/confirm/*",
    "/link/reset/*",
    "/link/invite/*",
    "/organisations/*/partnerships/*/end",
    "/cohorts/*/reviewers/remind",
    "/link/offer/*",
    "/cohorts/*/offers/*/withdraw",
    "/me/enrol/*",
    "/programmes/*/curriculum/modules/*/publish",
    "/programmes/*/curriculum/modules/*/discard",
    "/programmes/*/exemptions/*/decide",
    "/me/enrolments/*/exemptions/*",
    "/me/enrolments/*/exemptions/*/withdraw",
    "/cohorts/*/offerings/*/publish",
    "/cohorts/*/classes/*/edit",
    "/cohorts/*/classes/*/cancel",
    "/cohorts/*/classes/*/make-up",
    "/programme/storm/make-up",
    "/classes/*/sign-off",
    "/classes/*/register/*",
    "/classes/*/window",
    "/check-in/*",
    "/me/apologies/*/withdraw",
    "/cohorts/*/assessments/*/edit",
    "/cohorts/*/assessments/*/remove",
    "/cohorts/*/assessments/*/open",
    "/cohorts/*/assessments/*/mark",
    "/cohorts/*/assessments/*/moderate",
    "/cohorts/*/assessments/*/return",
    "/cohorts/*/assessments/*/release",
    "/cohorts/*/assessments/*/markers",
    "/cohorts/*/assessments/*/second",
    "/cohorts/*/assessments/*/scripts/*",
    "/cohorts/*/assessments/*/scripts/*/reopen",
    "/cohorts/*/assessments/*/candidates/*/files/*",
    "/cohorts/*/assessments/*/extensions/*",
    "/cohorts/*/assessments/*/candidates/*/extend",
    "/marking/*/files/*",
    "/me/assessments/*/files/*/*",
    "/me/assessments/*/take-back",
    "/me/assessments/*/extensions/*/withdraw",
    "/me/assessments/*/appeal",
    "/me/assessments/*/appeals/*/withdraw",
    "/programmes/*/completion/publish",
    "/programmes/*/completion/discard",
    "/cohorts/*/completion/confirm",
    "/cohorts/*/completion/trainees/*/revoke",
    "/cohorts/*/completion/trainees/*/reopen",
    "/cohorts/*/completion/trainees/*/fail",
    "/programmes/*/at-risk/cases/*/tell",
    "/programmes/*/at-risk/cases/*/correct",
    "/programmes/*/placements/rounds/*/edit",
    "/programmes/*/placements/rounds/*/steps/*",
    "/programmes/*/placements/capacity/*/withdraw",
    "/organisation/postings/*/edit",
    "/organisation/postings/*/submit",
    "/organisation/postings/*/withdraw",
    "/organisation/changes/*",
    "/organisation/changes/*/take-back",
    "/organisation/rounds/*/terms",
    "/organisation/interests/*/papers/*",
    "/me/placements/compare",
    "/me/placements/documents/*",
    "/me/placements/documents/*/remove",
    "/me/placements/*/interest",
    "/me/placements/*/take-back",
    "/me/interviews/times/*",
    "/me/interviews/*/ask",
    "/organisation/interviews/*/days/new",
    "/organisation/interviews/*/days/*",
    "/organisation/interviews/*/days/*/remove",
    "/organisation/interviews/*/timetable/*",
    "/organisation/interviews/*/timetable/*/note",
    "/organisation/interviews/*/timetable/*/move",
    "/organisation/interviews/*/timetable/*/cancel",
    "/programmes/*/placements/interviews/*/blackouts/*",
    "/programmes/*/placements/interviews/*/blackouts/*/remove",
    "/programmes/*/placements/interviews/*/publish",
    "/programmes/*/placements/interviews/*/timetable/*",
    "/programmes/*/placements/interviews/*/timetable/*/move",
    "/programmes/*/placements/interviews/*/timetable/*/cancel",
    "/programmes/*/placements/matches/*/runs/*/approve",
    "/programmes/*/placements/matches/*/runs/*/void",
    "/programmes/*/placements/matches/*/runs/*/files/*",
    "/programmes/*/placements/matches/*/beforehand/*",
    "/programmes/*/placements/matches/*/beforehand/*/approve",
    "/programmes/*/placements/matches/*/beforehand/*/cancel",
    "/programmes/*/placements/matches/*/repairs/*",
    "/programmes/*/placements/matches/*/repairs/*/corrections/new",
    "/programmes/*/placements/matches/*/repairs/*/undo",
    "/programmes/*/placements/matches/*/repairs/*/drop",
    "/programmes/*/placements/matches/*/repairs/*/choose/*",
    "/programmes/*/placements/placed/*/steps/*",
    "/organisation/placed/*/steps/*",
    "/me/placed/*/steps/*",
    "/me/placed/*/declaration",
    "/programmes/*/placements/placed/*/evaluations/*",
    "/programmes/*/placements/placed/*/matters/*",
    "/organisation/placed/*/evaluations/*",
    "/me/placed/*/evaluations/*",
    "/link/log/*",
    "/link/evaluation/*",
    "/programmes/*/placements/funding/*/claim",
    "/programmes/*/placements/funding/*/claims/*/steps/*",
];

/// Where the rows of a list lead.
async fn listed(browser: &Browser, list: &str) -> Vec<String> {
    browser.open_page(list).await;
    browser
        .ask("[...document.querySelectorAll('tbody th a')].map((a) => a.getAttribute('href'))")
        .await
}

async fn coordinators_ways(browser: &Browser, url: &str) -> Vec<String> {
    browser.open_page(&format!("{url}/cohorts")).await;
    let mut ways = Vec::new();
    // The finished class has registers, marks and completions; the first intake the rest.
    for (code, tabs) in [
        ("2026PP", vec!["registers", "assessments", "completion"]),
        (
            "2027H1",
            vec![
                "seats",
                "offers",
                "enrolments",
                "import",
                "offerings",
                "timetable",
                "registers",
                "assessments",
            ],
        ),
    ] {
        let cohort: String = browser
                    .ask(&format!("[...document.querySelectorAll('tbody tr')].find((r) => r.textContent.includes('{code}')).querySelector('th a').getAttribute('href')"))
                    .await;
        ways.extend(tabs.iter().map(|tab| format!("{cohort}/{tab}")));
    }
    // The finished class's first round, and the round of a placement that is not yet answered.
    browser.open_page(&format!("{url}/programme")).await;
    let programme: String = browser
                .ask("[...document.querySelectorAll('a')].map((a) => a.getAttribute('href')).find((h) => /^.programmes.[^/]+.placements/.test(h)).split('/').slice(0, 4).join('/')")
                .await;
    ways.extend(listed(browser, &format!("{url}{programme}/matches")).await);
    ways.extend(listed(browser, &format!("{url}{programme}/interviews")).await);
    for state in ["offered", "onboarding", "active", "ended_early"] {
        let all = listed(browser, &format!("{url}{programme}/placed?state={state}")).await;
        ways.extend(all.into_iter().take(1));
    }
    ways
}

/// Where else a role's pages are reached from than its home: of the first page of each kind another
/// one may have nothing to show. An applicant begins an application on the way.
async fn other_ways(browser: &Browser, url: &str, role: &str) -> Vec<String> {
    match role {
        "Programme coordinator" => coordinators_ways(browser, url).await,
        "Institution representative" => {
            listed(browser, &format!("{url}/organisation/interviews")).await
        }
        "Trainee (on placement)" => ["/me/placements", "/me/matches", "/me/interviews"]
            .map(str::to_owned)
            .to_vec(),
        "Reviewer" => vec!["/reviews?state=submitted".to_owned()],
        "Applicant (waitlisted)" => {
            browser.open_page(&format!("{url}/calls/2027H2")).await;
            browser.go("main form[action$='/apply'] .btn").await;
            let home = browser.place().await;
            vec![format!("{home}/check"), home]
        }
        _ => Vec::new(),
    }
}

/// Pages of the register, by their shape, that were not seen: no part of the API, no file, no table.
fn not_seen(seen: &BTreeSet<String>) -> Vec<String> {
    let routes = house::routes();
    let pages = routes.doors().iter().filter(|door| {
        door.method == Method::Get
            && !door.path.starts_with("/api")
            && is_page(door.path)
            && !["/livez", "/readyz", "/metrics"].contains(&door.path)
    });
    pages
        .map(|door| {
            let parts = door
                .path
                .split('/')
                .map(|part| if part.starts_with('{') { "*" } else { part });
            parts.collect::<Vec<_>>().join("/")
        })
        .filter(|shape| !seen.contains(shape))
        .collect()
}

#[actix_web::test]
async fn every_page_fits_and_can_be_used_in_both_languages() {
    let house = LiveHouse::open_after(|app| sample::load(&app.site).unwrap());
    let browser = Browser::open(&DESK).await;
    let mut seen = BTreeSet::new();
    let mut faults = walk(&browser, &house.url, "/", &mut seen).await;
    // The door itself: links that open once, and what comes after them.
    let people: BTreeMap<String, String> = sample::sign_in_links(&house.app.site)
        .unwrap()
        .into_iter()
        .map(|(role, _, link)| (role.to_owned(), link))
        .collect();
    assert!(people.len() >= 6, "{people:?}");
    for (role, link) in &people {
        browser.widen(1280);
        browser.window.delete_all_cookies().await.unwrap();
        browser.open_page(link).await;
        seen.insert("/link/sign_in/*".to_owned());
        faults.extend(faults_at(&browser, 1280).await);
        browser.go("main form .btn").await;
        let mut ways = vec![browser.place().await];
        ways.extend(other_ways(&browser, &house.url, role).await);
        for from in ways {
            let found = walk(&browser, &house.url, &from, &mut seen).await;
            faults.extend(found.into_iter().map(|it| format!("{role}: {it}")));
        }
    }
    let unseen = not_seen(&seen);
    assert!(
        faults.is_empty() && unseen == NO_LINK,
        "{}\npages that nobody was led to: {unseen:#?}",
        faults.join("\n")
    );
    browser.close().await;
}

#[actix_web::test]
async fn the_language_switch_keeps_the_page_and_the_accounts_language() {
    const ENGLISH_PHONE: Look = Look {
        width: 360,
        height: 780,
        ..DESK
    };
    let house = LiveHouse::open();
    let scene = Scene::set(&house.app);
    let (person, email) = scene::account(&house.app, "Ada Lau", Lang::En);
    let grant = house
        .app
        .grant(person, Role::Coordinator, Some(scene.programme), None);
    let browser = Browser::open(&ENGLISH_PHONE).await;
    let switch = "header form[action='/language'] button";

    // Before the door: the page stays, its query too.
    let door = "/sign-in?next=%2Forganisations%3Fkind%3Dbank";
    browser.open_page(&format!("{}{door}", house.url)).await;
    assert_eq!(browser.heading().await, "Sign in");
    browser.go(switch).await;
    assert_eq!(
        (
            browser.place().await.as_str(),
            browser.heading().await.as_str()
        ),
        (door, "登入")
    );
    // An account's own language is stronger than what this browser said before.
    browser.enter(&house, person, Some(grant)).await;
    let list = "/organisations?kind=bank";
    browser.open_page(&format!("{}{list}", house.url)).await;
    assert_eq!(
        browser.ask::<String>("document.documentElement.lang").await,
        "en"
    );
    browser.go(switch).await;
    assert_eq!(browser.place().await, list);
    assert_eq!(
        browser.ask::<String>("document.documentElement.lang").await,
        "zh-Hant-HK"
    );
    browser.says("main table", "九龍互助銀行").await;
    // Kept with the account: in a fresh browser too, and for letters.
    browser.enter(&house, person, Some(grant)).await;
    browser.open_page(&format!("{}{list}", house.url)).await;
    assert_eq!(
        browser.ask::<String>("document.documentElement.lang").await,
        "zh-Hant-HK"
    );
    browser.window.delete_all_cookies().await.unwrap();
    browser
        .open_page(&format!("{}/sign-in/link", house.url))
        .await;
    assert_eq!(
        browser.ask::<String>("document.documentElement.lang").await,
        "en"
    );
    browser.fill("email", &email).await;
    browser.go("main form .btn").await;
    house.letter_to(&email, "你的登入連結");
    browser.close().await;
}
