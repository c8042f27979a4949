//! A list is put in order: a trainee drags on a phone, an institution writes numbers; in both languages.

use banyan::db::Role;
use banyan::ids::{EnrolmentId, PersonId, RoundId};
use banyan::lang::Lang;
use thirtyfour::prelude::*;

use crate::app::TestApp;
use crate::browser::{Browser, DESK, Look, PHONE};
use crate::house::LiveHouse;
use crate::languages::fits;
use crate::scene::{self, Scene};
use crate::school;

/// A round that is ranked, with two postings of the bank and a trainee who is interested in both.
fn ranked(app: &TestApp, scene: &Scene, (trainee, enrolment): (PersonId, EnrolmentId)) -> RoundId {
    let round = RoundId::new();
    let (programme, cohort, bank) = (scene.programme, scene.cohort, scene.bank);
    app.as_owner(&format!(
        "INSERT INTO placement_rounds (id, programme_id, name_en, name_zh, cohort_ids, state, opens_at, closes_at, seat_deadline, list_deadline, \
           starts_on, ends_on) VALUES ('{round}', '{programme}', 'Summer round', '暑期輪次', ARRAY['{cohort}'::uuid], 'ranking', \
           banyan_now() - interval '9 days', banyan_now() - interval '1 day', banyan_now() - interval '1 day', banyan_now() + interval '9 days', \
           banyan_today() + 60, banyan_today() + 150); \
         INSERT INTO postings (id, programme_id, organisation_id, round_id, number, state, seats, content) SELECT gen_random_uuid(), '{programme}', \
           '{bank}', '{round}', 'P-' || en, 'ranking', 1, jsonb_build_object('title_en', en || ' desk', 'title_zh', zh) \
           FROM (VALUES ('Alpha', '甲組'), ('Beta', '乙組'), ('Gamma', '丙組')) AS x (en, zh); \
         INSERT INTO posting_interests (id, programme_id, organisation_id, round_id, posting_id, cohort_id, enrolment_id, person_id, name_shown, \
           trainee_number) SELECT gen_random_uuid(), programme_id, organisation_id, round_id, id, '{cohort}', '{enrolment}', '{trainee}', \
           'CHAN Tai Man', 'T-0001' FROM postings"
    ));
    round
}

async fn order(browser: &Browser) -> Vec<String> {
    browser
        .ask("[...document.querySelectorAll('form[data-ranks] tbody tr')].map(r => r.dataset.name + ' ' + r.querySelector('input[name^=rank-]').value)")
        .await
}

/// Drags the row at `from` above the row at `to`, as a finger or a mouse does.
async fn drag(browser: &Browser, from: usize, to: usize) {
    let grips = browser
        .window
        .find_all(By::Css("[data-grip]"))
        .await
        .unwrap();
    let rows = browser
        .window
        .find_all(By::Css("form[data-ranks] tbody tr"))
        .await
        .unwrap();
    grips[from].scroll_into_view().await.unwrap();
    let half: i64 = browser
        .ask(&format!(
            "Math.round(document.querySelectorAll('form[data-ranks] tbody tr')[{to}].getBoundingClientRect().height / 2)"
        ))
        .await;
    browser
        .window
        .action_chain()
        .click_and_hold_element(&grips[from])
        .move_to_element_center(&rows[to])
        .move_by_offset(0, -half + 4)
        .release()
        .perform()
        .await
        .unwrap();
}

async fn trainee_drags(house: &LiveHouse, person: PersonId, round: RoundId, look: &Look) {
    let browser = Browser::open(look).await;
    browser.enter(house, person, None).await;
    let mine = format!("{}/me/matches/{round}", house.url);
    browser.open_page(&mine).await;
    fits(&browser).await;
    assert_eq!(browser.count("[data-grip]:not([hidden])").await, 3);
    let before = order(&browser).await;
    drag(&browser, 2, 0).await;
    let after = order(&browser).await;
    let last = before[2].split(' ').next().unwrap();
    assert!(
        after[0].starts_with(last) && after[0].ends_with('1'),
        "{after:?}"
    );
    let said = browser.text_of("[data-said]").await;
    assert!(said.contains(last) && said.contains('1'), "{said}");
    drag(&browser, 2, 1).await;
    browser
        .shot(&format!("ranks-{}-{}", look.width, look.lang))
        .await;
    // What is shown is what is saved, and then certified.
    browser.go("form[data-ranks] .acts .btn").await;
    let saved = order(&browser).await;
    assert!(
        saved[0].starts_with(last) && saved[0].ends_with('1'),
        "{saved:?}"
    );
    browser.go("form[action$='/certify'] .btn").await;
    fits(&browser).await;
    browser.close().await;
}

#[actix_web::test]
async fn a_trainee_drags_on_a_phone_and_an_institution_writes_numbers() {
    let house = LiveHouse::open();
    let scene = Scene::set(&house.app);
    let ids = (scene.programme, scene.cohort);
    let (trainee, enrolment) = school::trainee(&house.app, ids, (1, "Tai-man CHAN", Lang::Zh));
    let round = ranked(&house.app, &scene, (trainee, enrolment));
    trainee_drags(&house, trainee, round, &PHONE).await;
    let certified = "SELECT count(*)::text AS t FROM certified_lists";
    assert_eq!(scene::text(&house.app, certified), "1");
    let english = Look {
        lang: "en",
        ..PHONE
    };
    house.app.as_owner(&format!(
        "UPDATE people SET lang = 'en' WHERE id = '{trainee}'"
    ));
    trainee_drags(&house, trainee, round, &english).await;
    assert_eq!(scene::text(&house.app, certified), "2");

    let rep = house.app.account("Rita Ho");
    let role = Role::Representative;
    let grant = house
        .app
        .grant(rep, role, Some(scene.programme), Some(scene.bank));
    let browser = Browser::open(&DESK).await;
    browser.enter(&house, rep, Some(grant)).await;
    let at = format!("{}/organisation/matches/{round}", house.url);
    browser.open_page(&at).await;
    browser.go("main table a[href*='/lists/']").await;
    let field: String = browser
        .ask("document.querySelector('input[name^=rank-]').name")
        .await;
    browser.fill(&field, "1").await;
    browser.go("form[data-ranks] .acts .btn").await;
    browser.go("form[action$='/certify'] .btn").await;
    assert_eq!(scene::text(&house.app, certified), "3");
    browser.shot("ranks-institution-1280").await;
    browser.close().await;
}
