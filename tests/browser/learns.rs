//! What people of a running class do on a phone: trainees, the instructor, the office. Each way is gone
//! in English without script and in Chinese with it, and each page on it is looked at.

use banyan::attendance::rules::codes;
use banyan::lang::Lang;
use qrcode::{Color, EcLevel, QrCode};

use crate::browser::{Browser, DESK, Look, PHONE};
use crate::house::LiveHouse;
use crate::languages::in_order;
use crate::scene::{self, PASSWORD};
use crate::school::{School, now};
use crate::steps::until;

/// A phone whose owner reads English and lets no page run a script.
const PLAIN_PHONE: Look = Look {
    script: false,
    ..DESK
};

/// The two rounds of every way.
const ROUNDS: [(Look, Lang); 2] = [(PLAIN_PHONE, Lang::En), (PHONE, Lang::Zh)];

/// The button of the page's own form.
const SAVE: &str = "main form.form .acts .btn";

/// The button of a page that asks whether something is to be done.
const CONFIRM: &str = "main .effects ~ form .btn";

/// One who goes a way.
struct Walker {
    phone: Browser,
    house: LiveHouse,
    school: School,
    lang: Lang,
}

impl Walker {
    async fn set_out(look: &Look, lang: Lang, before: impl FnOnce(&School, &LiveHouse)) -> Self {
        let (house, school) = School::open(lang);
        before(&school, &house);
        let phone = Browser::open(look).await;
        phone.widen(360);
        Self {
            phone,
            house,
            school,
            lang,
        }
    }

    /// Opens a page by its address.
    async fn open(&self, path: &str) {
        self.phone
            .open_page(&format!("{}{path}", self.house.url))
            .await;
        self.look().await;
    }

    /// Presses what leads to another page, and looks at that.
    async fn go(&self, css: &str) {
        self.phone.go(css).await;
        self.look().await;
    }

    /// Goes by the menu of the header.
    async fn menu(&self, href: &str) {
        self.phone
            .see("header details.nav > summary")
            .await
            .click()
            .await
            .unwrap();
        self.go(&format!("header nav a[href='{href}']")).await;
    }

    /// Is the page in order, in the language of its reader?
    async fn look(&self) {
        self.phone.see("h1").await;
        in_order(&self.phone, self.lang).await;
    }

    async fn at(&self, place: &str) {
        assert_eq!(self.phone.place().await, place);
    }
}

#[actix_web::test]
async fn a_trainee_reads_excuses_themselves_hands_in_and_shares_on_a_phone() {
    for (look, lang) in ROUNDS {
        let way = Walker::set_out(&look, lang, |_, _| {}).await;
        way.phone
            .enter(&way.house, way.school.trainees[0].0, None)
            .await;
        way.open("/me").await;
        reads_and_excuses(&way).await;
        hands_in(&way).await;
        way.menu("/me").await;
        way.go("main a[href='/me/progress']").await;
        assert!(way.phone.count("main .ring").await > 0);
        way.menu("/me").await;
        way.go("main a[href='/me/standing']").await;
        way.go(".crumbs a[href='/me']").await;
        way.go("main a[href='/me/sharing']").await;
        way.phone
            .tick("main input[name='scope'][value='attendance']")
            .await;
        way.go(SAVE).await;
        way.at("/me/sharing").await;
        assert_eq!(way.phone.count("main .note.ok").await, 1);
        let given = way.phone.count("main input[name='scope']:checked").await;
        assert_eq!(given, 1, "what was given stands ticked");
        way.phone.close().await;
    }
}

/// From the home to a session's note, and to an apology for a session that is still to come.
async fn reads_and_excuses(way: &Walker) {
    let [.., coming] = way.school.sessions;
    way.go("main a[href='/me/timetable']").await;
    way.go("main .panel.now ul.classes a[href^='/me/timetable/']")
        .await;
    way.go("main form[action$='/done'] .btn").await;
    assert_eq!(way.phone.count("main form[action$='/undone']").await, 1);
    assert!(way.phone.count("main section.panel .tag.ok").await > 0);

    way.menu("/me").await;
    way.go("main a[href='/me/attendance']").await;
    way.go(&format!("main a[href='/me/attendance/{coming}/apology']"))
        .await;
    way.go(SAVE).await;
    assert_eq!(
        way.phone.count("main .errors a[href='#reason']").await,
        1,
        "an apology says why"
    );
    let why = match way.lang {
        Lang::En => "I give evidence in court.",
        Lang::Zh => "須出庭作證。",
    };
    way.phone.fill("reason", why).await;
    way.go(SAVE).await;
    way.at("/me/attendance").await;
    way.phone.says("main article", why).await;
}

/// To an assessment that is open, and its file.
async fn hands_in(way: &Walker) {
    way.menu("/me").await;
    way.go("main a[href='/me/assessments']").await;
    way.go("main tbody th a").await;
    let file = scene::pdf(&way.house.app.site.config.data_dir);
    way.phone.attach("#files", &file).await;
    way.go("main #hand-in ~ form .btn").await;
    way.phone.says("main ol.plain", "CV.pdf").await;
    assert_eq!(way.phone.count("main ol.plain .tag.ok").await, 1);
}

/// The dark squares of a QR code, as the screen in the room draws them.
fn squares(text: &str) -> String {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate();
    dark.filter(|(_, color)| *color == Color::Dark)
        .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + 4, at / width + 4))
        .collect()
}

#[actix_web::test]
async fn a_trainee_scans_the_code_in_the_room_signs_in_and_stands_on_the_board() {
    for (look, lang) in ROUNDS {
        let way = Walker::set_out(&look, lang, |_, _| {}).await;
        let session = way.school.sessions[2];
        // The screen in the room shows the code and, to phones, an address with its token.
        let (teacher, grant) = way.school.teacher;
        way.phone.enter(&way.house, teacher, Some(grant)).await;
        way.open(&format!("/classes/{session}/code")).await;
        let key = way
            .house
            .app
            .site
            .keys
            .derive(&format!("check-in/{session}/0"));
        let step = codes::step_of(now());
        let shown = way.phone.text_of(".big-code").await;
        assert_eq!(shown, codes::short_code(&key, session, step));
        let path = format!(
            "/check-in/{session}?t={}",
            codes::token(&key, session, step)
        );
        let drawn = way.phone.see("svg.qr path").await.attr("d").await.unwrap();
        assert_eq!(drawn, Some(squares(&format!("{}{path}", way.house.url))));

        // A phone that nobody has signed in on opens it.
        let own = way.phone.beside(&look).await;
        own.widen(360);
        own.open_page(&format!("{}{path}", way.house.url)).await;
        own.see("main [name='email']").await;
        in_order(&own, lang).await;
        own.sign_in(&way.school.email, PASSWORD).await;
        in_order(&own, lang).await;
        assert_eq!(own.place().await, format!("/check-in/{session}"));
        assert_eq!(
            own.count("main .note.ok").await,
            0,
            "a scan alone is no check-in"
        );
        own.go("main form[action^='/check-in/'] .btn").await;
        assert_eq!(own.count("main .note.ok[role='status']").await, 1);
        in_order(&own, lang).await;
        own.go("main a[href='/me/attendance']").await;
        in_order(&own, lang).await;
        own.close().await;

        way.open(&format!("/classes/{session}/board")).await;
        way.phone
            .says("main section[aria-labelledby='in']", "Ada Lau")
            .await;
        way.phone
            .says("main section[aria-labelledby='away']", "Ben Mok")
            .await;
        way.phone.close().await;
    }
}

#[actix_web::test]
async fn an_instructor_keeps_the_register_marks_and_writes_notes_on_a_phone() {
    for (look, lang) in ROUNDS {
        let way = Walker::set_out(&look, lang, |_, _| {}).await;
        let (teacher, grant) = way.school.teacher;
        way.phone.enter(&way.house, teacher, Some(grant)).await;
        way.open("/teaching").await;
        keeps_the_register(&way).await;
        marks(&way).await;
        writes_a_note(&way).await;
        way.phone.close().await;
    }
}

/// From the home to this afternoon's register: two states, the others at once, the signature.
async fn keeps_the_register(way: &Walker) {
    let afternoon = way.school.sessions[1];
    let register = format!("/classes/{afternoon}/register");
    way.go("main ul.tasks a[href='/registers']").await;
    way.go(&format!("main tbody a[href='{register}']")).await;
    let [ada, ben, cat] = [0, 1, 2].map(|n: usize| way.school.trainees[n].1);
    way.phone.tick(&format!("#absent-{ada}")).await;
    way.phone.tick(&format!("#late-{ben}")).await;
    way.phone.fill(&format!("minutes-{ben}"), "500").await;
    way.go("main .bulk .btn").await;
    let wrong = format!("main .errors a[href='#minutes-{ben}']");
    assert_eq!(way.phone.count(&wrong).await, 1);
    way.phone.fill(&format!("minutes-{ben}"), "100").await;
    way.go("main .bulk .btn").await;
    way.go("main .bulk .btn[name='rest'][value='present']")
        .await;
    for (state, who) in [("absent", ada), ("late", ben), ("present", cat)] {
        let ticked = way.phone.count(&format!("#{state}-{who}:checked")).await;
        assert_eq!(ticked, 1, "{state}");
    }
    way.go("main .head-do a[href$='/sign-off']").await;
    way.go(CONFIRM).await;
    way.at(&register).await;
    assert_eq!(way.phone.count("main form").await, 0, "nothing to fill in");
    assert_eq!(way.phone.count("main table .tag.bad").await, 1);
}

/// From the menu to the queue, and one script for good.
async fn marks(way: &Walker) {
    way.menu("/marking").await;
    assert_eq!(way.phone.count("main tbody th a").await, 3);
    way.go("main tbody th a").await;
    way.phone
        .fill_all(&[("points_1", "8"), ("points_2", "11")])
        .await;
    way.go("main button[value='ask']").await;
    assert_eq!(way.phone.count("main .errors a[href='#points_2']").await, 1);
    way.phone.fill("points_2", "7").await;
    way.go("main button[value='ask']").await;
    assert_eq!(
        way.phone
            .count("main input[name='points_2'][value='7']")
            .await,
        1
    );
    way.go(CONFIRM).await;
    way.menu("/marking").await;
    assert_eq!(way.phone.count("main tbody th a").await, 2);
}

/// From the timetable to a session, and a note of it.
async fn writes_a_note(way: &Walker) {
    way.menu("/timetable").await;
    way.go("main .panel.now ul.classes a[href^='/timetable/']")
        .await;
    way.go("main .head-do a[href$='/notes/new']").await;
    let title = match way.lang {
        Lang::En => "Slides",
        Lang::Zh => "投影片",
    };
    let field = match way.lang {
        Lang::En => "title_en",
        Lang::Zh => "title_zh",
    };
    way.phone
        .fill_all(&[(field, title), ("url", "https://slides.example/air")])
        .await;
    way.phone.pick("#release", "now").await;
    way.go(SAVE).await;
    until("the note", || async {
        let text = way.phone.text_of("main table").await;
        text.contains(title).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn the_office_corrects_decides_releases_confirms_and_follows_up_on_a_phone() {
    for (look, lang) in ROUNDS {
        let way = Walker::set_out(&look, lang, |school, house| school.mark_all(&house.app)).await;
        let (coordinator, grant) = way.school.coordinator;
        way.phone.enter(&way.house, coordinator, Some(grant)).await;
        way.open("/cohorts").await;
        way.go("main tbody th a").await;
        corrects_and_decides(&way).await;
        releases(&way).await;
        confirms(&way).await;
        follows_up(&way).await;
        way.phone.close().await;
    }
}

/// To the attendance of the cohort: an entry is corrected, an apology accepted.
async fn corrects_and_decides(way: &Walker) {
    let register = format!("/classes/{}/register", way.school.sessions[0]);
    let cat = way.school.trainees[2].1;
    way.go("main .tabs a[href$='/attendance']").await;
    way.go("main p.inline a[href$='/registers']").await;
    way.go(&format!("main tbody a[href='{register}']")).await;
    way.go(&format!("main tbody a[href='{register}/{cat}']"))
        .await;
    way.phone.pick("#state", "present").await;
    way.go(SAVE).await;
    assert_eq!(way.phone.count("main .errors a[href='#reason']").await, 1);
    way.phone.fill("reason", "Sat in the other room").await;
    way.go(SAVE).await;
    way.at(&register).await;
    assert_eq!(way.phone.count("main table .tag.ok").await, 3);

    way.go(".crumbs a[href$='/registers']").await;
    way.go("main p.inline a[href$='/apologies']").await;
    way.go("main tbody th a").await;
    way.phone.pick("#verdict", "accept").await;
    way.phone.fill("reason", "Thank you").await;
    way.go(SAVE).await;
    assert_eq!(way.phone.count("main form.form").await, 0, "it is decided");
}

/// To the examination, moderated and released, each after a page that says what will happen.
async fn releases(way: &Walker) {
    let exam = format!(
        "/cohorts/{}/assessments/{}",
        way.school.cohort, way.school.exam
    );
    way.open(&format!("/cohorts/{}", way.school.cohort)).await;
    way.go("main .tabs a[href$='/assessments']").await;
    way.go(&format!("main tbody a[href='{exam}']")).await;
    for step in ["moderate", "release"] {
        way.go(&format!("main .head-do a[href='{exam}/{step}']"))
            .await;
        way.go(CONFIRM).await;
        way.at(&exam).await;
    }
    assert_eq!(way.phone.count("main .head-do a[href$='/resit']").await, 1);
}

/// To completion: what would be with another threshold, then Ben is confirmed.
async fn confirms(way: &Walker) {
    way.go("main .tabs a[href$='/completion']").await;
    way.go("main .head-do a[href$='/what-if']").await;
    way.phone.fill("whole", "100").await;
    way.go(SAVE).await;
    assert_eq!(way.phone.count("main section h2#changes").await, 1);
    way.go(".crumbs a[href$='/completion']").await;
    let ben = way.school.trainees[1].1;
    way.go(&format!("main tbody a[href$='/completion/trainees/{ben}']"))
        .await;
    way.go("main .head-do a[href*='/completion/confirm']").await;
    way.go(CONFIRM).await;
    assert_eq!(way.phone.count("main .note.ok").await, 1);
    assert_eq!(way.phone.count("main tbody input[value]").await, 0);
}

/// To those at risk: one is given to somebody, and a note says what was done.
async fn follows_up(way: &Walker) {
    way.menu("/programme").await;
    way.go("main a[href$='/at-risk']").await;
    way.phone.tick("main input[name='case']").await;
    let (coordinator, _) = way.school.coordinator;
    way.phone.pick("#owner", &coordinator.to_string()).await;
    way.phone.set("due_on", "2027-03-12").await;
    way.go("main form#rows .acts .btn").await;
    way.go("main tbody th a[href*='/at-risk/cases/']").await;
    way.phone.fill("internal", "Rang; no answer.").await;
    way.go("main form[action$='/notes'] .btn").await;
    way.phone
        .says("main section[aria-labelledby='notes']", "Rang; no answer.")
        .await;
}
