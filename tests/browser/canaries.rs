//! Texts that people wrote, in a real browser: what looks like a page's own code is shown as it was
//! typed, nothing of it runs, and the content policy has nothing to complain of.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use banyan::sample;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use crate::app::TestApp;
use crate::browser::{Browser, DESK};
use crate::house::LiveHouse;
use crate::languages::{is_page, shape};

/// Each text carries one of them; which one changes from column to column.
const CANARIES: [&str; 6] = [
    "<img src=x onerror=\"document.title='XSS'\">",
    "<script>document.title='XSS'</script>",
    "\"><svg onload=\"document.title='XSS'\">",
    "'><a href=\"javascript:document.title='XSS'\">go</a>",
    "</textarea></title><iframe srcdoc=\"<script>parent.document.title='XSS'</script>\"></iframe>",
    "{{constructor.constructor('document.title=1')()}}<style>*{display:none}</style>",
];

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    tab: String,
    #[diesel(sql_type = Text)]
    col: String,
}

/// Puts a canary behind every text of the house that takes it; says into how many columns.
fn poison(app: &TestApp) -> usize {
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    conn.batch_execute("SET session_replication_role = replica")
        .unwrap();
    let columns: Vec<Column> = sql_query(
        "SELECT table_name::text AS tab, column_name::text AS col FROM information_schema.columns \
         WHERE table_schema = 'public' AND data_type = 'text' AND column_name NOT IN \
           ('storage_key', 'lang', 'bucket', 'kind', 'purpose', 'role', 'state', 'status', 'code', 'email_identity', \
            'password_hash', 'verb', 'subject_kind', 'actor_kind', 'mark', 'token', 'dedupe_key', 'metric', 'operator', 'route') \
           AND table_name NOT IN ('jobs', 'throttles', 'house') ORDER BY 1, 2",
    )
    .load(&mut conn)
    .unwrap();
    let mut taken = 0;
    for (n, Column { tab, col }) in columns.iter().enumerate() {
        let canary = CANARIES[n % CANARIES.len()].replace('\'', "''");
        let sql = format!("UPDATE {tab} SET {col} = {col} || '{canary}' WHERE {col} <> ''");
        taken += usize::from(conn.batch_execute(&sql).is_ok());
    }
    taken
}

/// What stands in the page and came from a canary: elements that our pages never have.
const ALIVE: &str = "(() => { const bad = []; \
    if (document.title === 'XSS') bad.push('a script ran'); \
    document.querySelectorAll('img[src=\"x\"], svg[onload], iframe[srcdoc], a[href^=\"javascript\"], main script, main style, [onerror], [onload]') \
      .forEach((e) => bad.push(e.outerHTML.slice(0, 120))); \
    return bad; })()";

const SHOWN: &str = "[...document.querySelectorAll('body')].map((e) => (e.textContent.match(/XSS|constructor\\.constructor/g) || []).length)[0]";

#[actix_web::test]
async fn what_people_wrote_is_shown_and_never_run() {
    let house = LiveHouse::open_after(|app| {
        sample::load(&app.site).unwrap();
        assert!(poison(app) > 50, "most texts take a canary");
    });
    let browser = Browser::open(&DESK).await;
    let people: BTreeMap<String, String> = sample::sign_in_links(&house.app.site)
        .unwrap()
        .into_iter()
        .map(|(role, _, link)| (role.to_owned(), link))
        .collect();
    let (mut seen, mut faults, mut shown, mut pages) = (BTreeSet::new(), Vec::new(), 0_i64, 0);
    let mut begin = vec![(String::new(), "/".to_owned(), 8)];
    begin.extend(people.into_iter().map(|(role, link)| (role, link, 24)));
    for (role, link, most) in begin {
        let mut from = link.clone();
        if !role.is_empty() {
            browser.window.delete_all_cookies().await.unwrap();
            browser.open_page(&link).await;
            browser.go("main form .btn").await;
            from = browser.place().await;
        }
        seen.remove(&shape(&from));
        let mut way = VecDeque::from([from]);
        let mut steps = 0;
        while let Some(path) = way.pop_front() {
            if steps == most || !seen.insert(shape(&path)) {
                continue;
            }
            (steps, pages) = (steps + 1, pages + 1);
            browser.open_page(&format!("{}{path}", house.url)).await;
            let alive: Vec<String> = browser.ask(ALIVE).await;
            faults.extend(alive.into_iter().map(|it| format!("{role} {path}: {it}")));
            shown += browser.ask::<i64>(SHOWN).await;
            for entry in browser.window.get_log("browser").await.unwrap() {
                if entry.message.contains("Content Security Policy")
                    || entry.message.contains("Trusted")
                {
                    faults.push(format!("{role} {path}: {}", entry.message));
                }
            }
            let links: Vec<String> = browser
                .ask("[...document.querySelectorAll('nav a[href], main a[href]')].map(a => a.getAttribute('href'))")
                .await;
            way.extend(links.into_iter().filter(|href| is_page(href)));
        }
    }
    eprintln!("{pages} pages, {shown} canaries shown");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(pages > 35, "{pages} pages");
    assert!(shown > 300, "{shown} canaries are shown as texts");
    browser.close().await;
}
