//! Exemption for prior learning: the trainee asks with evidence, the office decides, both see it.

use banyan::curriculum::exemption_queries;
use banyan::ids::{EnrolmentId, PersonId};
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use super::versions::{content, module};
use crate::support::app::{Answer, Client, TestApp};
use crate::support::fixtures::cohorts::Side;

const PDF: &str = "%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n";

/// A trainee of the side's cohort.
fn trainee(app: &TestApp, side: &Side, name: &str, state: &str) -> (PersonId, EnrolmentId) {
    let cohort = side.cohort(app, &format!("C{}", name.len()), 5);
    let (person, enrolment) = (app.account(name), EnrolmentId::new());
    side.tx(app, |conn| {
        sql_query("UPDATE cohorts SET state = 'running' WHERE id = $1")
            .bind::<SqlUuid, _>(cohort)
            .execute(conn.pg())?;
        Ok(())
    })
    .unwrap();
    app.as_owner(&format!(
        "INSERT INTO applications (id, cohort_id, programme_id, person_id, reference, state, name_shown, name_sort, email, lang, source, submitted_at) \
           VALUES ('{enrolment}', '{cohort}', '{0}', '{person}', 'R-{name}', 'enrolled', '{name}', '{name}', 'x@example.org', 'en', 'web', '2026-01-01'); \
         INSERT INTO offers (id, cohort_id, programme_id, person_id, application_id, pool_id, state, expires_at, ended_at) \
           SELECT '{enrolment}', '{cohort}', '{0}', '{person}', '{enrolment}', id, 'accepted', '2090-01-01', '2026-02-01' FROM seat_pools WHERE cohort_id = '{cohort}'; \
         INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, trainee_number, \
             certificate_name, name_shown, name_sort, state) \
           SELECT '{enrolment}', '{cohort}', '{0}', '{person}', '{enrolment}', '{enrolment}', id, 'T2091-0001', '{name}', '{name}', '{name}', '{state}' \
           FROM seat_pools WHERE cohort_id = '{cohort}'",
        side.programme
    ));
    (person, enrolment)
}

async fn send(
    client: &Client<'_>,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<&str>,
) -> Answer {
    let files: Vec<(&str, &str, &str, &[u8])> = file
        .map(|it| ("evidence", "cert.pdf", "application/pdf", it.as_bytes()))
        .into_iter()
        .collect();
    client.upload(path, fields, &files).await
}

#[derive(QueryableByName)]
struct Sent {
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    body_text: String,
}

fn letters(app: &TestApp, side: &Side) -> Vec<Sent> {
    side.tx(app, |conn| {
        Ok(sql_query(
            "SELECT subject, body_text FROM letters WHERE kind LIKE 'exemption%' ORDER BY id",
        )
        .load(conn.pg())?)
    })
    .unwrap()
}

#[actix_web::test]
async fn a_trainee_asks_with_evidence_and_is_told_the_decision_in_their_language() {
    let app = TestApp::with_database();
    let side = Side::new(&app, "AAA", "Ada");
    let wanted = module(&app, &side, "MOD1", &content("Wanted"));
    let (person, enrolment) = trainee(&app, &side, "Wong Siu", "active");
    app.as_owner(&format!(
        "UPDATE people SET lang = 'zh-Hant-HK' WHERE id = '{person}'"
    ));
    let wong = app.sign_in(person, None);
    let mine = format!("/me/enrolments/{enrolment}/exemptions");
    let page = wong.get(&mine).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("過往學習豁免申請"), "{}", page.text());
    let id = wanted.to_string();
    let asked = [
        ("module", id.as_str()),
        ("statement", "I taught <it> for years."),
    ];
    for (fields, file, said) in [
        (&asked[..], None, "請選擇一份PDF。"),
        (&asked[..1], Some(PDF), "statement-error"),
        (&asked[..], Some("no pdf at all"), "evidence-error"),
    ] {
        let refused = send(&wong, &mine, fields, file).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(
            refused.text().contains(said),
            "{said} in {}",
            refused.text()
        );
    }
    let sent = send(&wong, &mine, &asked, Some(PDF)).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let twice = send(&wong, &mine, &asked, Some(PDF)).await;
    assert_eq!(twice.status, 422);
    assert!(
        twice.text().contains("此單元已有豁免申請"),
        "{}",
        twice.text()
    );

    let ada = side.client(&app);
    let all = format!("/programmes/{}/exemptions", side.programme);
    let list = ada
        .get(&format!("{all}?state=requested&q=wong"))
        .await
        .text();
    assert!(
        list.contains("1 request shown") && list.contains("MOD1 Wanted"),
        "{list}"
    );
    let record = list.split(&format!("{all}/")).nth(1).unwrap()[..36].to_owned();
    let record = format!("{all}/{record}");
    let page = ada.get(&record).await.text();
    assert!(page.contains("I taught &#60;it&#62; for years."), "{page}");
    let evidence = ada.get(&format!("{record}/evidence")).await;
    assert_eq!((evidence.status, evidence.text().as_str()), (200, PDF));

    assert_eq!(
        ada.post(&record, &[("decision", "grant"), ("version", "0")])
            .await
            .status,
        422
    );
    let draft = [
        ("decision", "grant"),
        ("reason", "Your teaching covers every outcome."),
        ("version", "0"),
    ];
    assert_eq!(ada.post(&record, &draft).await.status, 303);
    assert_eq!(
        ada.post(&record, &draft).await.status,
        412,
        "another draft stands there"
    );
    // Nothing of the draft reaches the trainee.
    let own = wong.get(&mine).await.text();
    let one = own.split(&format!("{mine}/")).nth(1).unwrap()[..36].to_owned();
    let own = wong.get(&format!("{mine}/{one}")).await.text();
    assert!(
        !own.contains("covers every outcome") && own.contains("待審批") && !own.contains("草擬"),
        "{own}"
    );
    assert!(letters(&app, &side).is_empty());

    let ask = ada.get(&format!("{record}/decide")).await.text();
    assert!(
        ask.contains("carries no mark") && ask.contains("covers every outcome"),
        "{ask}"
    );
    assert_eq!(
        ada.post(&format!("{record}/decide"), &[("version", "9")])
            .await
            .status,
        412
    );
    assert_eq!(
        ada.post(&format!("{record}/decide"), &[("version", "1")])
            .await
            .status,
        303
    );
    assert_eq!(
        ada.post(&format!("{record}/decide"), &[("version", "1")])
            .await
            .status,
        409
    );
    let told = letters(&app, &side);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].subject, "你已獲豁免修讀MOD1");
    assert!(
        told[0]
            .body_text
            .contains("Your teaching covers every outcome."),
        "{}",
        told[0].body_text
    );
    let own = wong.get(&format!("{mine}/{one}")).await.text();
    assert!(
        own.contains("獲豁免")
            && own.contains("此單元視作合格，不計分數。")
            && own.contains("批准豁免MOD1"),
        "{own}"
    );
    let history = ada.get(&record).await.text();
    for said in [
        "asked for an exemption from MOD1",
        "drafted the decision on MOD1",
        "granted the exemption from MOD1",
    ] {
        assert!(history.contains(said), "{said} in {history}");
    }
    let exempted = side
        .tx(&app, |conn| exemption_queries::exempted(conn, enrolment))
        .unwrap();
    assert_eq!(exempted, [wanted]);
    let csv = ada.get(&format!("{all}.csv")).await.text();
    assert!(csv.contains("Wong Siu,T2091-0001,MOD1,"), "{csv}");
}

#[actix_web::test]
async fn a_request_is_taken_back_and_others_never_see_it() {
    let app = TestApp::with_database();
    let (side, other) = (Side::new(&app, "AAA", "Ada"), Side::new(&app, "BBB", "Ben"));
    let wanted = module(&app, &side, "MOD1", &content("Wanted")).to_string();
    let (person, enrolment) = trainee(&app, &side, "Lee", "enrolled");
    let (lee, stranger, ben) = (
        app.sign_in(person, None),
        app.person("Stranger"),
        other.client(&app),
    );
    let mine = format!("/me/enrolments/{enrolment}/exemptions");
    let asked = [("module", wanted.as_str()), ("statement", "Prior work.")];
    assert_eq!(send(&lee, &mine, &asked, Some(PDF)).await.status, 303);
    let page = lee.get(&mine).await.text();
    let id = page.split(&format!("{mine}/")).nth(1).unwrap()[..36].to_owned();
    let own = format!("{mine}/{id}");
    for place in [
        mine.clone(),
        own.clone(),
        format!("{own}/evidence"),
        format!("{own}/withdraw"),
    ] {
        assert_eq!(stranger.get(&place).await.status, 404, "{place}");
        assert_eq!(lee.get(&place).await.status, 200, "{place}");
    }
    let there = format!("/programmes/{}/exemptions/{id}", other.programme);
    assert_eq!(ben.get(&there).await.status, 404);
    assert_eq!(
        ben.get(&format!("/programmes/{}/exemptions/{id}", side.programme))
            .await
            .status,
        404
    );
    assert_eq!(
        stranger.post(&format!("{own}/withdraw"), &[]).await.status,
        404
    );
    assert_eq!(lee.post(&format!("{own}/withdraw"), &[]).await.status, 303);
    assert_eq!(lee.post(&format!("{own}/withdraw"), &[]).await.status, 409);
    let page = lee.get(&own).await.text();
    assert!(
        page.contains("Withdrawn") && page.contains("withdrew the request for MOD1"),
        "{page}"
    );
    // It can be asked for again, and whoever has left cannot ask.
    assert_eq!(send(&lee, &mine, &asked, Some(PDF)).await.status, 303);
    app.as_owner(&format!(
        "UPDATE enrolments SET state = 'withdrawn' WHERE id = '{enrolment}'"
    ));
    let page = lee.get(&mine).await.text();
    assert!(
        page.contains("Only a trainee who is enrolled or active") && !page.contains("<textarea"),
        "{page}"
    );
    assert_eq!(send(&lee, &mine, &asked, Some(PDF)).await.status, 409);
}
