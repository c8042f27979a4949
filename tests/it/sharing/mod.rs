//! What trainees share with their university and institution, and the looks at it.

use banyan::db::Role;
use banyan::ids::{EnrolmentId, OrganisationId};
use banyan::sharing::rules::{Scope, SharingRefusal, WORDS, changes, may_share};
use proptest::prelude::*;

use crate::progress::world::Class;
use crate::support::app::{Answer, Client};
use crate::teaching::world::{School, exempted};

/// A school whose first trainee is of the university and nominated by the bank.
fn school() -> School {
    let school = School::new();
    school.world.app.as_owner(&format!(
        "UPDATE enrolments SET university_id = '{}', employer_id = '{}' WHERE id = '{3}'; \
         INSERT INTO emergency_contacts (enrolment_id, person_id, programme_id, name, relationship, phone) \
           VALUES ('{3}', '{4}', '{2}', 'Ma', 'mother', '+85291234567')",
        school.world.university,
        school.world.bank,
        school.world.programme,
        school.trainees[0].1,
        school.trainees[0].0
    ));
    school
}

/// What the page shows as standing with an organisation, as its form sends it.
async fn seen(client: &Client<'_>, organisation: OrganisationId) -> Vec<String> {
    let page = client.get("/me/sharing").await.text();
    let with = format!("name=\"organisation\" value=\"{organisation}\"");
    let Some((_, form)) = page.split_once(&with) else {
        return Vec::new();
    };
    let form = form.split("</form>").next().unwrap();
    let all = form.split("name=\"seen\" value=\"").skip(1);
    all.map(|it| it.split('"').next().unwrap().to_owned())
        .collect()
}

async fn share(
    client: &Client<'_>,
    enrolment: EnrolmentId,
    organisation: OrganisationId,
    scopes: &[&str],
    words: i32,
) -> Answer {
    let seen = seen(client, organisation).await;
    let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    saved(client, enrolment, organisation, (&seen, scopes), words).await
}

/// Saves the form that showed `seen` as standing.
async fn saved(
    client: &Client<'_>,
    enrolment: EnrolmentId,
    organisation: OrganisationId,
    (seen, scopes): (&[&str], &[&str]),
    words: i32,
) -> Answer {
    let (organisation, words) = (organisation.to_string(), words.to_string());
    let mut fields = vec![("organisation", organisation.as_str()), ("words", &words)];
    fields.extend(seen.iter().map(|scope| ("seen", *scope)));
    fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
    let path = format!("/me/enrolments/{enrolment}/sharing");
    client.post(&path, &fields).await
}

fn looks(school: &School) -> Vec<String> {
    school
        .world
        .texts("SELECT looker_name || ' ' || scope FROM looks ORDER BY id")
}

#[actix_web::test]
async fn nothing_is_seen_without_consent_each_look_is_noted_and_withdrawing_ends_it_at_once() {
    let school = school();
    let world = &school.world;
    let (person, enrolment) = school.trainees[0];
    let me = world.app.sign_in(person, None);
    let programme = Some(world.programme);
    let liaison = world
        .app
        .acting("Lia", Role::Liaison, programme, Some(world.university));
    let list = "/organisation/trainees";
    let one = format!("{list}/{enrolment}");
    let page = liaison.get(list).await;
    assert!(
        page.text().contains("Nobody shares anything with you yet"),
        "{}",
        page.text()
    );
    assert_eq!(liaison.get(&one).await.status, 404);
    assert_eq!(liaison.post(&one, &[]).await.status, 404);

    let page = me.get("/me/sharing").await;
    assert!(page.text().contains("Lion Rock University") && page.text().contains("Harbour Bank"));
    let given = share(
        &me,
        enrolment,
        world.university,
        &["attendance", "progress"],
        WORDS,
    )
    .await;
    assert_eq!(given.status, 303, "{}", given.text());
    let page = me.get("/me/sharing").await;
    assert_eq!(page.text().matches(" checked").count(), 2);

    let page = liaison.get(list).await;
    assert!(page.text().contains("TRAINEE 1") && !page.text().contains("TRAINEE 2"));
    assert!(
        liaison
            .get(&format!("{list}?q=zzz"))
            .await
            .text()
            .contains("No trainee matches")
    );
    let file = liaison.get(&format!("{list}.csv")).await.text();
    assert!(
        file.contains("TRAINEE 1,T2027-0001,Intake 2027H1,\"Attendance, Progress\""),
        "{file}"
    );
    let asked = liaison.get(&one).await;
    assert!(
        asked.text().contains("the trainee can see the note"),
        "{}",
        asked.text()
    );
    assert!(looks(&school).is_empty(), "asking is no look");
    let seen = liaison.post(&one, &[]).await;
    assert_eq!(seen.status, 200);
    let text = seen.text();
    assert!(
        text.contains("id=\"attendance\"") && text.contains("id=\"progress\""),
        "{text}"
    );
    assert!(!text.contains("id=\"results\"") && !text.contains("id=\"timetable\""));
    assert_eq!(looks(&school), ["Lia attendance", "Lia progress"]);

    // The bank was given nothing.
    let bank = world
        .app
        .acting("Rex", Role::Representative, programme, Some(world.bank));
    assert!(!bank.get(list).await.text().contains("TRAINEE"));
    assert_eq!(bank.post(&one, &[]).await.status, 404);

    let page = me.get("/me/sharing").await;
    assert!(page.text().contains("Lia") && page.text().contains("Who looked"));
    let file = me.get("/me/sharing/looks.csv").await.text();
    assert_eq!(file.lines().count(), 3, "{file}");

    let taken = share(&me, enrolment, world.university, &["progress"], WORDS).await;
    assert_eq!(taken.status, 303);
    let text = liaison.post(&one, &[]).await.text();
    assert!(text.contains("id=\"progress\"") && !text.contains("id=\"attendance\""));
    share(&me, enrolment, world.university, &[], WORDS).await;
    assert_eq!(liaison.post(&one, &[]).await.status, 404);
    assert!(!liaison.get(list).await.text().contains("TRAINEE"));
    assert_eq!(looks(&school).len(), 3, "looks stay");
    // The trainee's record tells what was shared and when.
    let record = me.get(&format!("/me/enrolments/{enrolment}")).await.text();
    for line in [
        "shares with Lion Rock University: Attendance, Progress",
        "shares no more with Lion Rock University: Attendance",
    ] {
        assert!(record.contains(line), "{line} in {record}");
    }
}

#[actix_web::test]
async fn only_the_trainees_own_organisations_and_the_words_that_were_shown_count() {
    let school = school();
    let world = &school.world;
    let (person, enrolment) = school.trainees[0];
    let me = world.app.sign_in(person, None);
    let stranger = OrganisationId::new();
    world.app.as_owner(&format!(
        "INSERT INTO organisations (id, kind, name_en, name_zh) VALUES ('{stranger}', 'bank', 'Rival Bank', '對手銀行')"
    ));
    let refused = share(&me, enrolment, stranger, &["results"], WORDS).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused
            .text()
            .contains("neither your university nor your institution")
    );
    let old = share(&me, enrolment, world.bank, &["results"], WORDS - 1).await;
    assert_eq!(old.status, 409);
    assert!(old.text().contains("The text has changed"));
    let bad = share(&me, enrolment, world.bank, &["everything"], WORDS).await;
    assert_eq!(bad.status, 422);
    // Nobody shares for somebody else.
    let other = world.app.sign_in(school.trainees[1].0, None);
    let taken = share(&other, enrolment, world.bank, &["results"], WORDS).await;
    assert_eq!(taken.status, 404);
    assert!(world.texts("SELECT scope FROM sharing_consents").is_empty());
    // A trainee of no organisation is told why there is nothing to tick.
    let page = other.get("/me/sharing").await.text();
    assert!(page.contains("沒有可分享的機構"), "{page}");
}

#[actix_web::test]
async fn the_institution_that_holds_the_seat_may_be_shared_with_and_rivals_never_see_each_others() {
    let school = school();
    let world = &school.world;
    let (person, enrolment) = school.trainees[1];
    let rival = OrganisationId::new();
    world.app.as_owner(&format!(
        "INSERT INTO organisations (id, kind, name_en, name_zh) VALUES ('{rival}', 'bank', 'Rival Bank', '對手銀行'); \
         UPDATE seat_pools SET organisation_id = '{rival}', hold_until = '2027-02-20' WHERE cohort_id = '{}'",
        world.cohort
    ));
    let me = world.app.sign_in(person, None);
    assert!(me.get("/me/sharing").await.text().contains("對手銀行"));
    let all = ["attendance", "results", "progress", "timetable"];
    assert_eq!(share(&me, enrolment, rival, &all, WORDS).await.status, 303);
    let programme = Some(world.programme);
    let theirs = world
        .app
        .acting("Rae", Role::Representative, programme, Some(rival));
    let one = format!("/organisation/trainees/{enrolment}");
    let text = theirs.post(&one, &[]).await.text();
    for part in ["attendance", "results", "progress", "timetable"] {
        assert!(text.contains(&format!("id=\"{part}\"")), "{part}");
    }
    let bank = world
        .app
        .acting("Rex", Role::Representative, programme, Some(world.bank));
    assert_eq!(bank.get(&one).await.status, 404);
    assert_eq!(bank.post(&one, &[]).await.status, 404);
    // A supervisor guides those placed with them; this is not theirs.
    let supervisor = world
        .app
        .acting("Sue", Role::Supervisor, programme, Some(rival));
    assert_eq!(supervisor.get("/organisation/trainees").await.status, 403);
    assert_eq!(looks(&school).len(), 4);
}

#[actix_web::test]
async fn an_organisation_that_is_theirs_no_more_sees_nothing_and_the_consent_is_taken_back() {
    let school = school();
    let world = &school.world;
    let (person, enrolment) = school.trainees[0];
    let me = world.app.sign_in(person, None);
    let given = share(&me, enrolment, world.bank, &["attendance"], WORDS).await;
    assert_eq!(given.status, 303, "{}", given.text());
    let bank = world.app.acting(
        "Rex",
        Role::Representative,
        Some(world.programme),
        Some(world.bank),
    );
    let one = format!("/organisation/trainees/{enrolment}");
    assert_eq!(bank.post(&one, &[]).await.status, 200);
    world.app.as_owner(&format!(
        "UPDATE enrolments SET employer_id = NULL WHERE id = '{enrolment}'"
    ));
    assert_eq!(bank.get(&one).await.status, 404);
    assert_eq!(bank.post(&one, &[]).await.status, 404);
    let list = bank.get("/organisation/trainees").await.text();
    assert!(!list.contains("TRAINEE 1"), "{list}");
    assert!(
        !bank
            .get("/organisation/trainees.csv")
            .await
            .text()
            .contains("TRAINEE 1")
    );
    assert_eq!(looks(&school), ["Rex attendance"]);
    // The trainee still finds it, can agree to nothing more, and takes back what stands.
    let page = me.get("/me/sharing").await.text();
    assert!(
        page.contains("Harbour Bank is your university or institution no more"),
        "{page}"
    );
    let more = ["attendance", "results"];
    assert_eq!(
        share(&me, enrolment, world.bank, &more, WORDS).await.status,
        409
    );
    assert_eq!(
        share(&me, enrolment, world.bank, &[], WORDS).await.status,
        303
    );
    assert_eq!(
        world.texts("SELECT scope FROM sharing_consents WHERE withdrawn_at IS NULL"),
        Vec::<String>::new()
    );
    // Its name stands in the log of looks, and nowhere else.
    let page = me.get("/me/sharing").await.text();
    assert!(page.contains("Rex") && !page.contains("Harbour Bank may see"));
}

#[actix_web::test]
async fn what_was_taken_back_in_another_window_stays_taken_back() {
    let school = school();
    let world = &school.world;
    let (person, enrolment) = school.trainees[0];
    let me = world.app.sign_in(person, None);
    let both: &[&str] = &["attendance", "progress"];
    share(&me, enrolment, world.bank, both, WORDS).await;
    // Two windows show both; each takes one back.
    for left in [["progress"], ["attendance"]] {
        let done = saved(&me, enrolment, world.bank, (both, &left), WORDS).await;
        assert_eq!(done.status, 303);
    }
    assert_eq!(
        world.texts("SELECT scope FROM sharing_consents WHERE withdrawn_at IS NULL"),
        Vec::<String>::new()
    );
}

#[actix_web::test]
async fn the_same_key_shows_nothing_again_after_the_consent_is_withdrawn() {
    let school = school();
    let world = &school.world;
    let (person, enrolment) = school.trainees[0];
    let me = world.app.sign_in(person, None);
    share(&me, enrolment, world.bank, &["timetable"], WORDS).await;
    let bank = world.app.acting(
        "Rex",
        Role::Representative,
        Some(world.programme),
        Some(world.bank),
    );
    let one = format!("/organisation/trainees/{enrolment}");
    let key = [("_key", "the-same-key")];
    for _ in 0..2 {
        assert_eq!(bank.post(&one, &key).await.status, 200);
    }
    assert_eq!(
        looks(&school),
        ["Rex timetable", "Rex timetable"],
        "each look is noted"
    );
    share(&me, enrolment, world.bank, &[], WORDS).await;
    assert_eq!(bank.post(&one, &key).await.status, 404);
    assert_eq!(
        world.one("SELECT count(*) FROM idempotency_keys WHERE key = 'the-same-key'"),
        "0"
    );
}

#[actix_web::test]
async fn shared_figures_are_those_of_the_trainees_own_progress() {
    let class = Class::new();
    let world = &class.world;
    let desk = class.coordinator();
    let who = class.trainee("Away Trainee");
    // Present in three of ten classes of each module; away from the fourth on; exempted from the last module.
    class.done(who, 3);
    class.forms_in(who);
    class.publish(&desk, &class.fields()).await;
    world.app.as_owner(&format!(
        "UPDATE enrolments SET university_id = '{0}' WHERE id = '{1}'; \
         INSERT INTO learning_breaks (id, programme_id, cohort_id, enrolment_id, person_id, kind, starts_on, ends_on, reason, state, \
           answer, decided_at) SELECT gen_random_uuid(), programme_id, cohort_id, id, person_id, 'break', '2027-03-04', '2027-03-10', \
           'Away', 'granted', 'Yes', '2027-03-01' FROM enrolments WHERE id = '{1}'; {2}",
        world.university,
        who.1,
        exempted(who.1, class.modules[4])
    ));
    let me = world.app.sign_in(who.0, None);
    let given = share(
        &me,
        who.1,
        world.university,
        &["attendance", "progress"],
        WORDS,
    )
    .await;
    assert_eq!(given.status, 303, "{}", given.text());
    let liaison = world.app.acting(
        "Lia",
        Role::Liaison,
        Some(world.programme),
        Some(world.university),
    );
    let seen = liaison
        .post(&format!("/organisation/trainees/{}", who.1), &[])
        .await
        .text();
    assert!(seen.contains("AIR501") && seen.contains("100%"), "{seen}");
    assert!(
        !seen.contains("30%"),
        "days of the break are in no rate: {seen}"
    );
    assert!(
        !seen.contains("CAP608"),
        "a module with an exemption is in no rate: {seen}"
    );
    let own = me.get("/me/progress").await.text();
    let (before, _) = own.split_once(" requirements met").unwrap();
    let words: Vec<&str> = before.rsplit(['>', ' ', '\n']).take(3).collect();
    let met = format!("{} of {}", words[2], words[0]);
    assert!(
        seen.contains(&format!("<dt>Requirements met</dt><dd>{met}</dd>")),
        "{met} in {seen}"
    );
}

#[test]
fn sharing_is_refused_with_strangers_and_for_old_words() {
    assert_eq!(may_share(true, WORDS), Ok(()));
    assert_eq!(may_share(false, WORDS), Err(SharingRefusal::NotYours));
    assert_eq!(may_share(true, WORDS + 1), Err(SharingRefusal::OldWords));
}

proptest! {
    #[test]
    fn after_the_changes_stands_what_was_wanted(standing in 0_usize..16, wanted in 0_usize..16) {
        let set = |bits: usize| -> Vec<Scope> {
            let all = Scope::ALL.iter().enumerate();
            all.filter(|(at, _)| bits & (1 << at) != 0).map(|(_, it)| *it).collect()
        };
        let (standing, wanted) = (set(standing), set(wanted));
        let (granted, withdrawn) = changes(&standing, &wanted);
        let mut after: Vec<Scope> = standing.iter().filter(|it| !withdrawn.contains(it)).copied().collect();
        after.extend(&granted);
        after.sort_unstable();
        prop_assert_eq!(after, wanted);
        prop_assert!(granted.iter().all(|it| !standing.contains(it)));
    }
}
