//! What the programme office and everybody see of the curriculum, in both languages.

use banyan::curriculum::rules::Content;
use banyan::ids::ModuleId;
use diesel::RunQueryDsl as _;

use super::versions::{content, module};
use crate::support::app::TestApp;
use crate::support::fixtures::cohorts::Side;

fn zh(app: &TestApp, side: &Side) {
    side.tx(app, |conn| {
        diesel::sql_query("UPDATE people SET lang = 'zh-Hant-HK' WHERE id = banyan_person()")
            .execute(conn.pg())?;
        Ok(())
    })
    .unwrap();
}

/// A whole form of a version; tests change single fields.
fn form(name: &str) -> Vec<(&'static str, String)> {
    [
        ("name_en", name),
        ("name_zh", "單元"),
        ("summary_en", "About"),
        ("summary_zh", "簡介"),
        ("outcomes_en", "do one\ndo two"),
        ("outcomes_zh", "做一\n做二"),
        ("contact", "20"),
        ("self_study", "30"),
        ("assessment", "10"),
        ("level", "5"),
        ("kind_1", "exam"),
        ("weight_1", "60"),
        ("title_en_1", "Exam"),
        ("title_zh_1", "考試"),
        ("kind_2", "oral"),
        ("weight_2", "40"),
        ("title_en_2", "Defence"),
        ("title_zh_2", "答辯"),
        ("must_2", "yes"),
        ("effective_from", "2090-03-01"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

fn with<'a>(
    fields: &'a [(&'static str, String)],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = fields
        .iter()
        .filter(|(name, _)| more.iter().all(|(it, _)| it != name));
    kept.map(|(name, value)| (*name, value.as_str()))
        .chain(more.iter().copied())
        .collect()
}

fn place(side: &Side) -> String {
    format!("/programmes/{}/curriculum", side.programme)
}

fn at(side: &Side, id: ModuleId) -> String {
    format!("{}/modules/{id}", place(side))
}

#[actix_web::test]
async fn a_module_is_drafted_mended_published_and_drafted_again() {
    let app = TestApp::new();
    let side = Side::new(&app, "AAA", "Ada");
    let ada = side.client(&app);
    assert!(
        ada.get(&place(&side))
            .await
            .text()
            .contains("No modules yet")
    );
    let fields = form("First words");
    let new = format!("{}/new", place(&side));
    let bad = with(
        &fields,
        &[
            ("code", "lower"),
            ("qr_registration", "24/000123/L6"),
            ("qr_valid_from", "2026-01-01"),
            ("qr_valid_to", "2027-01-01"),
            ("prerequisites", "NONE1"),
        ],
    );
    let page = ada.post(&new, &bad).await;
    assert_eq!(page.status, 422);
    let text = page.text();
    for said in [
        "Use 2 to 20 capital letters",
        "The number is for level 6, the module says level 5.",
        "“NONE1” is not known here.",
        // Nothing typed is lost.
        "24/000123/L6",
        "do one\ndo two",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    let made = ada
        .post(
            &new,
            &with(&fields, &[("code", "MOD1"), ("weight_1", "50")]),
        )
        .await;
    assert_eq!(made.status, 303, "{}", made.text());
    let record = made.headers["location"].clone();
    let page = ada.get(&record).await.text();
    assert!(
        page.contains("The weights add up to 90%; they must make 100%."),
        "{page}"
    );
    // Publishing leads back to the form, the mistake beside its field.
    let lacking = ada.get(&format!("{record}/publish")).await;
    assert_eq!(lacking.status, 422);
    assert!(
        lacking.text().contains("id=\"weight_1-error\""),
        "{}",
        lacking.text()
    );
    let draft = format!("{record}/draft");
    assert_eq!(
        ada.post(&draft, &with(&fields, &[("version", "7")]))
            .await
            .status,
        412
    );
    assert_eq!(
        ada.post(&draft, &with(&fields, &[("version", "1")]))
            .await
            .status,
        303
    );
    let ask = ada.get(&format!("{record}/publish")).await;
    assert_eq!(ask.status, 200, "{}", ask.text());
    assert!(ask.text().contains("Publish version 1 of MOD1?"));
    let done = ada
        .post(&format!("{record}/publish"), &[("version", "2")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());

    let list = ada.get(&place(&side)).await.text();
    assert!(
        list.contains("Total of 1 published module") && list.contains("Version 1"),
        "{list}"
    );
    let second = with(
        &fields,
        &[
            ("version", ""),
            ("contact", "26"),
            ("effective_from", "2090-09-01"),
        ],
    );
    assert_eq!(ada.post(&draft, &second).await.status, 303);
    let ask = ada.get(&format!("{record}/publish")).await.text();
    assert!(
        ask.contains("Contact hours: 20 → 26") && ask.contains("Notional learning hours: 60 → 66"),
        "{ask}"
    );
    assert!(
        !ask.contains("Name in English"),
        "what stays is no change: {ask}"
    );
    zh(&app, &side);
    let ask = ada.get(&format!("{record}/publish")).await.text();
    assert!(
        ask.contains("面授時數：20 → 26") && ask.contains("公布MOD1第2版？"),
        "{ask}"
    );
    assert_eq!(
        ada.post(&format!("{record}/publish"), &[("version", "1")])
            .await
            .status,
        303
    );
    let page = ada.get(&record).await.text();
    assert!(
        page.contains("公布第2版，取代第1版") && page.contains("已被取代"),
        "{page}"
    );
    let first = ada.get(&format!("{record}?version=1")).await.text();
    assert!(first.contains("<dd>20</dd>"), "{first}");
}

#[actix_web::test]
async fn a_circle_is_said_beside_its_field_and_the_graph_shows_a_choice() {
    let app = TestApp::new();
    let side = Side::new(&app, "AAA", "Ada");
    let ada = side.client(&app);
    let [a, b] = ["AAA1", "BBB2"].map(|code| module(&app, &side, code, &content(code)));
    let asks = Content {
        prerequisites: vec![vec![a, b]],
        ..content("Third")
    };
    let c = module(&app, &side, "CCC3", &asks);
    let mut fields = form("Again");
    fields.push(("prerequisites", "CCC3".to_owned()));
    let page = ada
        .post(
            &format!("{}/draft", at(&side, a)),
            &with(&fields, &[("version", "")]),
        )
        .await;
    assert_eq!(page.status, 422);
    let text = page.text();
    assert!(
        text.contains("id=\"prerequisites-error\"") && text.contains("AAA1 → CCC3 → AAA1"),
        "{text}"
    );

    let graph = ada.get(&format!("{}/graph", place(&side))).await.text();
    assert_eq!(graph.matches("<rect").count(), 3, "{graph}");
    // Two dashed lines into the circle, one from it, one in the legend.
    assert_eq!(graph.matches("class=\"any\"").count(), 4, "{graph}");
    assert_eq!(graph.matches("<circle").count(), 1);
    assert!(graph.contains("any one of AAA1, BBB2"), "{graph}");
    assert!(graph.contains(&format!("/modules/{c}")));
    zh(&app, &side);
    let graph = ada.get(&format!("{}/graph", place(&side))).await.text();
    assert!(graph.contains("以下任何一個：AAA1、BBB2"), "{graph}");
}

#[actix_web::test]
async fn everybody_reads_what_is_published_and_nothing_of_a_draft() {
    let app = TestApp::new();
    let side = Side::new(&app, "AAA", "Ada");
    let id = module(&app, &side, "MOD1", &content("Published words"));
    let ada = side.client(&app);
    let fields = form("Secret draft");
    let draft = format!("{}/draft", at(&side, id));
    assert_eq!(
        ada.post(&draft, &with(&fields, &[("version", "")]))
            .await
            .status,
        303
    );
    let anybody = app.anybody();
    let english = anybody.get("/curriculum/AAA/MOD1?lang=en").await;
    assert_eq!(english.status, 200, "{}", english.text());
    let text = english.text();
    for said in [
        "Published words",
        "do one thing",
        "Indicative level 5",
        "<dd>80</dd>",
        "Case (must be passed)",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    // Without an entry of the register nothing is called a level of the framework.
    assert!(
        !text.contains("QF Level") && !text.contains("QF credits"),
        "{text}"
    );
    let chinese = anybody
        .get("/curriculum/AAA/MOD1?lang=zh-Hant-HK")
        .await
        .text();
    assert!(
        chinese.contains("Published words單元") && chinese.contains("參考級別：第5級"),
        "{chinese}"
    );
    for page in [
        text,
        chinese,
        anybody.get("/curriculum?lang=en").await.text(),
    ] {
        assert!(!page.contains("Secret draft"), "{page}");
    }
    // The office reads there what everybody reads.
    assert!(
        !ada.get("/curriculum/AAA/MOD1")
            .await
            .text()
            .contains("Secret draft")
    );
    for missing in ["/curriculum/AAA/MOD9", "/curriculum/ZZZ/MOD1"] {
        assert_eq!(anybody.get(missing).await.status, 404);
    }
}

#[actix_web::test]
async fn lists_filter_sort_and_export() {
    let app = TestApp::with_database();
    let side = Side::new(&app, "AAA", "Ada");
    let ada = side.client(&app);
    for (code, contact, level) in [("MOD3", 30, 6), ("MOD1", 10, 5), ("MOD2", 20, 5)] {
        module(
            &app,
            &side,
            code,
            &Content {
                contact,
                level,
                ..content(code)
            },
        );
    }
    let order = |text: &str| -> Vec<&'static str> {
        let mut found: Vec<(usize, &'static str)> = ["MOD1", "MOD2", "MOD3"]
            .iter()
            .filter_map(|code| text.find(&format!(">{code}<")).map(|at| (at, *code)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, code)| code).collect()
    };
    for (query, wanted) in [
        ("", &["MOD3", "MOD1", "MOD2"][..]),
        ("?sort=code", &["MOD1", "MOD2", "MOD3"]),
        ("?sort=-hours", &["MOD3", "MOD2", "MOD1"]),
        ("?level=6", &["MOD3"]),
        ("?q=mod2", &["MOD2"]),
        ("?state=draft", &[]),
    ] {
        let page = ada.get(&format!("{}{query}", place(&side))).await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert_eq!(order(&page.text()), wanted, "{query}");
    }
    let csv = ada
        .get(&format!("{}.csv?sort=code&level=5", place(&side)))
        .await;
    let text = csv.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(lines[1], "MOD1,MOD1,MOD1單元,10,46,10,66,5,1,1 Jan 2026,");
    let sheet = ada.get(&format!("{}.xlsx", place(&side))).await;
    assert_eq!((sheet.status, &sheet.body[..2]), (200, &b"PK"[..]));
}

#[actix_web::test]
async fn a_reference_that_was_replaced_says_by_what() {
    let app = TestApp::new();
    let side = Side::new(&app, "AAA", "Ada");
    let ada = side.client(&app);
    let list = format!("/programmes/{}/references", side.programme);
    assert!(
        ada.get(&list)
            .await
            .text()
            .contains("No framework references yet")
    );
    let new = format!("{list}/new");
    let later = [
        ("framework", "Board"),
        ("code", "SR-26-2"),
        ("title_en", "Later"),
        ("title_zh", "後來"),
        ("valid_from", "2026-04-17"),
    ];
    assert_eq!(ada.post(&new, &later).await.status, 303);
    let page = ada.get(&new).await.text();
    let by = page
        .split("SR-26-2 Later")
        .next()
        .unwrap()
        .rsplit("value=\"")
        .next()
        .unwrap()[..36]
        .to_owned();
    let early = [
        ("framework", "Board"),
        ("code", "SR-11-7"),
        ("title_en", "Early"),
        ("title_zh", "早前"),
        ("valid_to", "2026-04-16"),
        ("superseded_by", &by),
    ];
    assert_eq!(ada.post(&new, &early).await.status, 303);
    let page = ada.get(&list).await.text();
    assert!(
        page.contains("In force until 16 Apr 2026; replaced by SR-26-2"),
        "{page}"
    );
    // The other way round would be a circle.
    let own = format!("{list}/{by}");
    let early_id = page
        .split("\" data-open>Early")
        .next()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let mut circle = later.to_vec();
    circle.extend([("superseded_by", early_id.as_str()), ("version", "1")]);
    assert_eq!(ada.post(&own, &circle).await.status, 422);
    // What is archived is no choice any more, but stays where it is named.
    assert_eq!(ada.get(&format!("{own}/archive")).await.status, 200);
    assert_eq!(ada.post(&format!("{own}/archive"), &[]).await.status, 303);
    assert_eq!(ada.post(&format!("{own}/archive"), &[]).await.status, 409);
    zh(&app, &side);
    let page = ada.get(&list).await.text();
    assert!(
        page.contains("生效至2026年4月16日，由SR-26-2取代"),
        "{page}"
    );
    let file = ada.get(&format!("{list}.csv?show=archived")).await;
    assert_eq!(file.status, 200);
}

#[actix_web::test]
async fn competencies_are_added_changed_and_kept_apart_by_programme() {
    let app = TestApp::new();
    let (a, b) = (Side::new(&app, "AAA", "Ada"), Side::new(&app, "BBB", "Ben"));
    let (ada, ben) = (a.client(&app), b.client(&app));
    let list = format!("/programmes/{}/competencies", a.programme);
    let new = [
        ("code", "C-1"),
        ("name_en", "Challenge"),
        ("name_zh", "質詢"),
    ];
    assert_eq!(ada.post(&format!("{list}/new"), &new).await.status, 303);
    let taken = ada.post(&format!("{list}/new"), &new).await;
    assert_eq!(taken.status, 422);
    assert!(taken.text().contains("This code is in use"));
    let page = ada.get(&list).await.text();
    let id = page
        .split("\" data-open>Challenge")
        .next()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let own = format!("{list}/{id}");
    // A framework that there is not is refused, one that has been replaced says by what.
    for (code, more) in [
        ("NEW-2", ("edition", "2")),
        ("OLD-1", ("valid_to", "2020-01-01")),
    ] {
        let reference = [
            ("framework", "Board"),
            ("code", code),
            ("title_en", "Title"),
            ("title_zh", "標題"),
            more,
        ];
        let at = format!("/programmes/{}/references/new", a.programme);
        assert_eq!(ada.post(&at, &reference).await.status, 303);
    }
    let changed = [
        ("code", "C-1"),
        ("name_en", "Effective challenge"),
        ("basis", "NEW-2 3–4\nold-1"),
        ("name_zh", "有效質詢"),
        ("version", "1"),
    ];
    let stray = with(
        &[],
        &changed.map(|(k, v)| if k == "basis" { (k, "NEW-3") } else { (k, v) }),
    );
    let refused = ada.post(&own, &stray).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("“NEW-3” is not known here."));
    assert_eq!(ada.post(&own, &changed).await.status, 303);
    assert_eq!(ada.post(&own, &changed).await.status, 412);
    let page = ada.get(&list).await.text();
    assert!(
        page.contains(">NEW-2</span> (3–4)") && page.contains("In force until 1 Jan 2020"),
        "{page}"
    );
    let file = ada.get(&format!("{list}.csv")).await.text();
    assert!(file.contains("NEW-2 3–4; OLD-1"), "{file}");
    let page = ada.get(&own).await.text();
    assert!(
        page.contains("Effective challenge") && page.contains("changed C-1"),
        "{page}"
    );
    for place in [list.clone(), own.clone(), format!("{own}/archive")] {
        assert_eq!(ben.get(&place).await.status, 404, "{place}");
    }
    assert_eq!(ben.post(&own, &changed).await.status, 404);
}

#[actix_web::test]
async fn modules_are_put_in_order_archived_and_used_again() {
    let app = TestApp::new();
    let (a, b) = (Side::new(&app, "AAA", "Ada"), Side::new(&app, "BBB", "Ben"));
    let (ada, ben) = (a.client(&app), b.client(&app));
    let first = module(&app, &a, "ONE1", &content("Alpha"));
    let second = module(&app, &a, "TWO2", &content("Beta"));
    let mut asking = content("Gamma");
    asking.prerequisites = vec![vec![first, second]];
    let third = module(&app, &a, "THR3", &asking);
    let list = format!("/programmes/{}/curriculum", a.programme);
    let at = |id: ModuleId| format!("{list}/modules/{id}");
    let order = |page: &str| -> Vec<usize> {
        let found = ["Alpha", "Beta", "Gamma"].map(|name| page.find(&format!("data-open>{name}")));
        let mut places: Vec<(usize, usize)> = found
            .into_iter()
            .enumerate()
            .filter_map(|(n, at)| at.map(|at| (at, n)))
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, n)| n).collect()
    };
    assert_eq!(order(&ada.get(&list).await.text()), [0, 1, 2]);
    let page = ada.get(&at(third)).await.text();
    assert!(
        page.contains("<option value=\"3\" selected>3 · THR3"),
        "{page}"
    );
    let place = format!("{}/place", at(third));
    assert_eq!(ada.post(&place, &[("place", "4")]).await.status, 422);
    assert_eq!(ada.post(&place, &[("place", "0")]).await.status, 422);
    assert_eq!(ben.post(&place, &[("place", "1")]).await.status, 404);
    assert_eq!(ada.post(&place, &[("place", "1")]).await.status, 303);
    assert_eq!(order(&ada.get(&list).await.text()), [2, 0, 1]);

    // What another asks for stays in use, and the question says which.
    let archive = format!("{}/archive", at(first));
    let asked = ada.get(&archive).await.text();
    assert!(asked.contains("Asked for by THR3."), "{asked}");
    assert_eq!(ada.post(&archive, &[]).await.status, 409);
    assert_eq!(ben.get(&format!("{}/archive", at(third))).await.status, 404);
    let away = format!("{}/archive", at(third));
    assert_eq!(ada.post(&away, &[]).await.status, 303);
    assert_eq!(ada.post(&away, &[]).await.status, 409);
    assert_eq!(ada.post(&place, &[("place", "2")]).await.status, 409);
    assert_eq!(order(&ada.get(&list).await.text()), [0, 1]);
    let put_away = ada.get(&format!("{list}?state=archived")).await.text();
    assert_eq!(order(&put_away), [2], "{put_away}");
    let record = ada.get(&at(third)).await.text();
    assert!(record.contains("This module is archived") && record.contains("archived the module"));
    assert!(!record.contains("/place\""), "{record}");
    // Nobody asks for the first any more; a draft can neither be begun nor ask for what is put away.
    let draft = |id: ModuleId| format!("{}/draft", at(id));
    let whole = form("Again");
    assert_eq!(
        ada.post(&draft(third), &with(&whole, &[])).await.status,
        409
    );
    let asks = with(&whole, &[("prerequisites", "THR3")]);
    let refused = ada.post(&draft(second), &asks).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("“THR3” is archived"));
    assert!(!ada.get("/").await.text().contains("Gamma"));

    let back = format!("{}/restore", at(third));
    assert_eq!(ben.post(&back, &[]).await.status, 404);
    assert_eq!(ada.post(&back, &[]).await.status, 303);
    assert_eq!(ada.post(&back, &[]).await.status, 409);
    assert_eq!(order(&ada.get(&list).await.text()), [2, 0, 1]);
    zh(&app, &a);
    let page = ada.get(&archive).await.text();
    assert!(page.contains("以此為先修要求的單元：THR3。"), "{page}");
}
