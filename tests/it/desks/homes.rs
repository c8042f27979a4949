//! Each role's home, the cohort at a glance, figures and search.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use banyan::db::{Db, Role};
use banyan::ids::ProgrammeId;
use diesel::connection::{Connection as _, InstrumentationEvent};
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};

use crate::support::fixtures::desks::{
    ALPHA, BETA, COHORT, OPEN, PLANNED, POOL_ALPHA, POOL_BETA, POOL_OPEN, PROGRAMME, applicant,
    coordinator, id, offer, speaker, stranger, waits, world,
};

const ZH: &str = "UPDATE people SET lang = 'zh-Hant-HK'";

fn holds(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(text), "“{text}” is missing in {page}");
    }
}

fn lacks(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(!page.contains(text), "“{text}” stands in {page}");
    }
}

#[actix_web::test]
async fn a_person_without_an_application_is_shown_the_open_calls() {
    let app = world();
    let ada = app.person("Ada");
    holds(
        &ada.get("/me").await.text(),
        &["You have not applied yet", "/calls/2027H2"],
    );
    app.as_owner(ZH);
    holds(
        &ada.get("/me").await.text(),
        &["你尚未遞交申請", "2027年下半年"],
    );
}

#[actix_web::test]
async fn a_persons_page_says_the_one_next_step() {
    let app = world();
    let (person, application) = applicant(&app, "Ada", COHORT, "offered");
    let offered = offer(&app, person, application, "open");
    let ada = app.sign_in(person, None);
    holds(
        &ada.get("/me").await.text(),
        &[
            "You have an offer.",
            &format!("/me/offers/{offered}"),
            "Sun 22 Jan 2090, 23:59 HKT",
            "First half of 2027",
        ],
    );
    app.as_owner(&format!(
        "UPDATE offers SET state = 'accepted', ended_at = '2020-08-01' WHERE id = '{offered}'"
    ));
    holds(
        &ada.get("/me").await.text(),
        &[
            &format!("/me/enrol/{offered}"),
            "You have accepted the offer.",
        ],
    );
    app.as_owner(&format!(
        "INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, trainee_number, certificate_name, name_shown, name_sort) \
         VALUES ('{application}', '{COHORT}', '{PROGRAMME}', '{person}', '{application}', '{offered}', '{POOL_OPEN}', 'T2027-0001', 'Ada', 'Ada', 'Ada')",
    ));
    holds(
        &ada.get("/me").await.text(),
        &["T2027-0001", &format!("/me/enrolments/{application}")],
    );
}

#[actix_web::test]
async fn the_applications_own_page_leads_to_the_same_step() {
    let app = world();
    let (person, application) = applicant(&app, "Ada", COHORT, "offered");
    let offered = offer(&app, person, application, "open");
    let ada = app.sign_in(person, None);
    let page = format!("/me/applications/{application}");
    let open = ada.get(&page).await.text();
    holds(
        &open,
        &[
            &format!("<a class=\"btn wide\" href=\"/me/offers/{offered}\">Answer the offer</a>"),
            "<dt>Answer by</dt><dd>Sun 22 Jan 2090, 23:59 HKT</dd>",
        ],
    );
    // The call's dates are history for somebody who has an offer.
    lacks(&open, &["<dt>Decisions by</dt>"]);
    app.as_owner(&format!(
        "UPDATE offers SET state = 'accepted', ended_at = '2020-08-01' WHERE id = '{offered}'"
    ));
    let accepted = ada.get(&page).await.text();
    holds(
        &accepted,
        &[&format!("href=\"/me/enrol/{offered}\">Enrol</a>")],
    );
    lacks(&accepted, &["<dt>Answer by</dt>", "Answer the offer"]);
    app.as_owner(&format!(
        "UPDATE offers SET state = 'declined' WHERE id = '{offered}'"
    ));
    let declined = ada.get(&page).await.text();
    lacks(&declined, &["/me/offers/", "/me/enrol/"]);
}

#[actix_web::test]
async fn drafts_go_on_while_the_call_is_open_and_not_after() {
    let app = world();
    let (person, open) = applicant(&app, "Ada", OPEN, "draft");
    let ada = app.sign_in(person, None);
    holds(
        &ada.get("/me").await.text(),
        &[
            "Continue your application",
            &format!("/me/applications/{open}"),
        ],
    );
    app.as_owner(&format!(
        "UPDATE cohorts SET closes_at = '2020-02-01' WHERE id = '{OPEN}'"
    ));
    let page = ada.get("/me").await.text();
    holds(&page, &["this draft was not submitted"]);
    lacks(&page, &["Continue your application"]);
}

#[actix_web::test]
async fn a_position_counts_those_ahead_who_wait_for_a_seat_that_fits() {
    let app = world();
    let pools: [&[&str]; 4] = [
        &[POOL_OPEN],
        &[POOL_BETA],
        &[POOL_ALPHA, POOL_OPEN],
        &[POOL_OPEN],
    ];
    let mut people = Vec::new();
    for (rank, pools) in (1..).zip(pools) {
        let (person, application) = applicant(&app, &format!("Waiter{rank}"), COHORT, "waitlisted");
        waits(&app, person, application, rank, pools);
        people.push(person);
    }
    let wanted = ["<dd>1</dd>", "<dd>1</dd>", "<dd>2</dd>", "<dd>3</dd>"];
    for (person, wanted) in people.iter().zip(wanted) {
        let page = app.sign_in(*person, None).get("/me").await.text();
        holds(&page, &["Your position on the waitlist", wanted]);
    }
    let last = app.sign_in(people[3], None).get("/me").await.text();
    lacks(&last, &["Waiter1", "Waiter2", "Waiter3"]);
}

#[actix_web::test]
async fn a_pending_decision_is_nowhere_on_the_applicants_page() {
    let app = world();
    let (person, application) = applicant(&app, "Ada", COHORT, "under_review");
    let ada = app.sign_in(person, None);
    let before = ada.get("/me").await.text();
    app.as_owner(&format!(
        "INSERT INTO application_cases (application_id, cohort_id, programme_id, decision, decided_at) \
         VALUES ('{application}', '{COHORT}', '{PROGRAMME}', 'reject', '2020-07-01')",
    ));
    assert_eq!(ada.get("/me").await.text(), before);
}

#[actix_web::test]
async fn the_desk_says_what_needs_a_decision_and_where() {
    let app = world();
    let ivy = coordinator(&app);
    holds(
        &ivy.get("/desk").await.text(),
        &[
            "Nothing needs a decision now.",
            "First half of 2027",
            "Secret plan",
            "2090 against its target",
            "of 201 needed",
            "Dates ahead",
            "Reply to offers by",
        ],
    );
    let (_, unread) = applicant(&app, "Ada", OPEN, "submitted");
    let (person, decided) = applicant(&app, "Bea", COHORT, "under_review");
    app.as_owner(&format!(
        "INSERT INTO application_cases (application_id, cohort_id, programme_id, decision) VALUES ('{decided}', '{COHORT}', '{PROGRAMME}', 'accept');
         INSERT INTO letters (id, kind, dedupe_key, programme_id, to_address, to_name, lang, subject, body_text, body_html, state)
           VALUES ('{decided}', 'test', 'test', '{PROGRAMME}', 'x@example.org', 'X', 'en', '', '', '', 'dead')",
    ));
    waits(&app, person, decided, 1, &[POOL_OPEN]);
    let expiring = offer(&app, person, decided, "open");
    app.as_owner(&format!("UPDATE offers SET expires_at = banyan_now() + interval '71 hours' WHERE id = '{expiring}';
        UPDATE seat_pools SET hold_until = banyan_now() + interval '3 days' WHERE id = '{POOL_ALPHA}'"));
    let page = ivy.get("/desk").await.text();
    holds(
        &page,
        &[
            "1 submitted application without a reviewer",
            &format!("/cohorts/{OPEN}/applications?state=submitted"),
            "1 pending decision not released",
            &format!("/cohorts/{COHORT}/release"),
            "1 offer expires within 72 hours",
            "5 unused held seats fall to the open seats within a week",
            "1 person waits although a fitting seat is free",
            "1 letter could not be delivered",
            "/letters?state=dead",
        ],
    );
    app.as_owner(ZH);
    holds(
        &ivy.get("/desk").await.text(),
        &["1項決定尚未公布", "今日事項"],
    );
    let other = stranger(&app).get("/desk").await.text();
    lacks(
        &other,
        &[
            "First half",
            "2027年",
            "pending",
            "1項",
            "could not be delivered",
            "of 201 needed",
            &unread.to_string(),
        ],
    );
    holds(&other, &["Begin here"]);
}

#[actix_web::test]
async fn a_cohort_at_a_glance_in_both_languages() {
    let app = world();
    for (n, state) in ["draft", "submitted", "under_review", "offered"]
        .iter()
        .enumerate()
    {
        let (person, application) = applicant(&app, &format!("Person{n}"), COHORT, state);
        if *state == "offered" {
            offer(&app, person, application, "open");
        }
    }
    let ivy = coordinator(&app);
    let path = format!("/cohorts/{COHORT}");
    let page = ivy.get(&path).await.text();
    holds(
        &page,
        &[
            "First half of 2027",
            "Open seats",
            "Alpha Lantern University",
            "7 seats, held until",
            "From application to enrolment",
            "of 201 needed",
            "237 enrolments and 316 offers",
            "8 cohorts of 30 seats",
            "22 Feb 2090",
            "Nothing has been recorded yet.",
            &format!("{path}/waitlist"),
            &format!("{path}/import"),
        ],
    );
    app.as_owner(ZH);
    holds(
        &ivy.get(&path).await.text(),
        &[
            "2027年上半年",
            "公開名額",
            "燈籠大學",
            "各組別名額",
            "即8屆，每屆30個名額。",
        ],
    );
    holds(
        &ivy.get(&format!("/cohorts/{PLANNED}")).await.text(),
        &["尚未設定名額"],
    );
}

#[actix_web::test]
async fn another_programmes_cohort_is_as_if_it_were_not_there() {
    let app = world();
    let there = stranger(&app).get(&format!("/cohorts/{COHORT}")).await;
    let nowhere = stranger(&app)
        .get("/cohorts/00000000-0000-7000-8000-0000000000ff")
        .await;
    assert_eq!((there.status, nowhere.status), (404, 404));
    lacks(&there.text(), &["First half"]);
    for client in [app.person("Ada"), speaker(&app, Role::Liaison, ALPHA)] {
        assert_eq!(client.get(&format!("/cohorts/{COHORT}")).await.status, 403);
        assert_eq!(client.get("/desk").await.status, 403);
        assert_eq!(client.get("/search?q=a").await.status, 403);
        assert_eq!(client.get("/committee").await.status, 403);
    }
    assert_eq!(
        app.anybody().get("/desk").await.location(),
        "/sign-in?next=%2Fdesk"
    );
}

#[derive(Debug)]
struct Counting(Arc<AtomicUsize>);

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Counting {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        let count = Arc::clone(&self.0);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event
                && query.to_string().starts_with("SELECT")
            {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(())
    }
}

#[actix_web::test]
async fn the_cohort_page_asks_eight_questions_however_much_there_is() {
    let mut app = world();
    let asked = Arc::new(AtomicUsize::new(0));
    app.site.db = Db::from_pool(
        Pool::builder()
            .max_size(1)
            .test_on_check_out(false)
            .connection_customizer(Box::new(Counting(Arc::clone(&asked))))
            .build(ConnectionManager::new(app.app_url()))
            .unwrap(),
    );
    let ivy = coordinator(&app);
    for more in [0, 1, 3] {
        for n in 0..more {
            let (person, application) =
                applicant(&app, &format!("Person{more}{n}"), COHORT, "waitlisted");
            waits(&app, person, application, more * 10 + n, &[POOL_OPEN]);
        }
        asked.store(0, Ordering::Relaxed);
        assert_eq!(ivy.get(&format!("/cohorts/{COHORT}")).await.status, 200);
        // And one more: whose session is it?
        assert_eq!(asked.load(Ordering::Relaxed), 9, "with {more} more people");
    }
}

#[actix_web::test]
async fn the_committee_sees_figures_and_nobody() {
    let app = world();
    let names = ["Ada", "Bea", "Cleo", "Dora", "Elsa", "Fay"];
    for name in names {
        applicant(&app, name, COHORT, "submitted");
    }
    let committee = app.acting(
        "Cy",
        Role::Committee,
        Some(ProgrammeId(id(PROGRAMME))),
        None,
    );
    let page = committee.get("/committee").await.text();
    holds(
        &page,
        &[
            "First half of 2027",
            "of 201 needed",
            "Seats: 30",
            "<td class=\"n\">6</td>",
            "<dd>not shown</dd>",
            "<dd>10</dd>",
            "&#60;5",
        ],
    );
    lacks(&page, &names);
    lacks(
        &page,
        &[
            "Alpha Lantern",
            "Beta Harbour",
            "example.org</td>",
            "Secret plan",
        ],
    );
    // The file hides what the page hides.
    let file = committee.get("/committee.csv").await.text();
    holds(&file, &["First half of 2027,", ",30,", "not shown", "<5"]);
    lacks(&file, &names);
    let workbook = committee.get("/committee.xlsx").await;
    assert!(workbook.body.starts_with(b"PK"));
    app.as_owner(ZH);
    holds(
        &committee.get("/committee").await.text(),
        &["2027年上半年", "只提供數字。"],
    );
    let elsewhere = app
        .acting("Di", Role::Committee, None, None)
        .get("/committee")
        .await
        .text();
    lacks(&elsewhere, &["First half", "2027年上半年"]);
}

#[actix_web::test]
async fn an_organisation_sees_its_own_seats_and_no_others() {
    let app = world();
    for (role, own, other, seats) in [
        (
            Role::Liaison,
            ALPHA,
            "Beta Harbour Bank",
            "data-label=\"Seats\">7</td>",
        ),
        (
            Role::Representative,
            BETA,
            "Alpha Lantern University",
            "data-label=\"Seats\">5</td>",
        ),
        (
            Role::Supervisor,
            BETA,
            "Alpha Lantern University",
            "data-label=\"Seats\">5</td>",
        ),
    ] {
        let page = speaker(&app, role, own).get("/organisation").await.text();
        holds(
            &page,
            &[
                seats,
                "First half of 2027",
                "Held until",
                "Dates ahead",
                "mailto:",
            ],
        );
        lacks(&page, &[other, "data-label=\"Seats\">18</td>"]);
    }
    // What changes for another organisation changes nothing here.
    let sam = speaker(&app, Role::Liaison, ALPHA);
    let before = sam.get("/organisation").await.text();
    app.as_owner(&format!(
        "UPDATE seat_pools SET taken = 5 WHERE id = '{POOL_BETA}'"
    ));
    assert_eq!(sam.get("/organisation").await.text(), before);
    app.as_owner(&format!(
        "DELETE FROM seat_pools WHERE id = '{POOL_ALPHA}'; {ZH}"
    ));
    holds(
        &sam.get("/organisation").await.text(),
        &["現時沒有為貴機構預留名額", "燈籠大學"],
    );
}

#[actix_web::test]
async fn search_finds_people_by_every_beginning_and_organisations_by_name() {
    let app = world();
    let (_, chan) = applicant(&app, "CHAN Tai Man", COHORT, "submitted");
    let (_, lee) = applicant(&app, "LEE Ka Yi", OPEN, "draft");
    for (application, cohort, tokens) in [
        (chan, COHORT, ["chantaiman", "taimanchan", "manchan"]),
        (lee, OPEN, ["leekayi", "kayilee", "yilee"]),
    ] {
        for token in tokens {
            app.as_owner(&format!(
                "INSERT INTO application_tokens (cohort_id, token, application_id, programme_id) VALUES ('{cohort}', '{token}', '{application}', '{PROGRAMME}')"
            ));
        }
    }
    let ivy = coordinator(&app);
    for q in ["Tai-Man", "chan", "tai%20chan", "CHAN%20TAI"] {
        let page = ivy.get(&format!("/search?q={q}")).await.text();
        holds(&page, &["CHAN Tai Man", &format!("/applications/{chan}")]);
        lacks(&page, &["LEE Ka Yi"]);
    }
    holds(
        &ivy.get("/search?q=harbour").await.text(),
        &[&format!("/organisations/{BETA}")],
    );
    holds(
        &ivy.get("/search?q=%E7%87%88%E7%B1%A0").await.text(),
        &[&format!("/organisations/{ALPHA}")],
    );
    // A trainee's number leads to them, however it is typed, and to nobody of another programme.
    let (person, enrolled) = applicant(&app, "WONG Siu Ming", COHORT, "accepted");
    let accepted = offer(&app, person, enrolled, "accepted");
    app.as_owner(&format!(
        "INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, trainee_number, certificate_name, name_shown, name_sort) \
         SELECT gen_random_uuid(), cohort_id, programme_id, person_id, application_id, id, pool_id, 'T2090-0007', 'WONG Siu Ming', 'WONG Siu Ming', 'wong siu ming' \
         FROM offers WHERE id = '{accepted}'"
    ));
    holds(
        &ivy.get("/search?q=t2090-0007").await.text(),
        &["WONG Siu Ming", &format!("/applications/{enrolled}")],
    );
    holds(
        &ivy.get("/search?q=t2090-0008").await.text(),
        &["Nothing was found"],
    );
    holds(
        &ivy.get("/search?q=chan%20lee").await.text(),
        &["Nothing was found"],
    );
    lacks(
        &ivy.get("/search").await.text(),
        &["Nothing was found", "CHAN"],
    );
    lacks(
        &stranger(&app).get("/search?q=chan").await.text(),
        &["CHAN Tai Man", &chan.to_string()],
    );
    holds(
        &ivy.get("/search?q=%3Cscript%3E").await.text(),
        &["&#60;script&#62;"],
    );
}
