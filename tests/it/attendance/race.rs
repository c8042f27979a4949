//! Many phones at once, against a running server: each trainee who was there stands in the register
//! once, and nobody else.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::world::Class;
use crate::support::live::Live;
use crate::support::scale;

const NOW: &str = "2027-02-22T10:58:03Z";

#[actix_web::test]
async fn phones_at_once_check_in_once_each_and_no_wrong_code_does() {
    let mut class = Class::new().await;
    let cohort = class.school.world.cohort;
    let all = scale::of(40, 200);
    while class.school.trainees.len() < all {
        let n = u32::try_from(class.school.trainees.len() + 1).unwrap();
        let trainee = class.school.enrol(cohort, n, "en");
        class.school.trainees.push(trainee);
    }
    class.at(NOW);
    let good = class.code(0, NOW);
    let wrong = [
        class.code(0, "2027-02-22T10:57:39Z"),
        class.code(0, "2027-02-22T10:58:13Z"),
        class.code(1, NOW),
        "AAAAAA".to_owned(),
    ];
    // Every fifth was not there and has what a friend could send; each of the others has two phones.
    let asks: Vec<(String, &str, bool)> = class
        .school
        .trainees
        .iter()
        .enumerate()
        .flat_map(|(n, (person, _))| {
            let there = n % 5 != 0;
            let cookie = class.sign_in(*person).cookie_header();
            let code = if there {
                good.as_str()
            } else {
                wrong[n / 5 % 4].as_str()
            };
            vec![(cookie, code, there); 2]
        })
        .collect();
    let live = Live::start(&class.school.world.app.site);
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    let answers = std::thread::scope(|scope| {
        let phones: Vec<_> = (0..asks.len().min(200))
            .map(|_| {
                scope.spawn(|| {
                    let mut heard = Vec::new();
                    while let Some((cookie, code, there)) =
                        asks.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let headers = [
                            ("cookie", cookie.as_str()),
                            ("content-type", "application/x-www-form-urlencoded"),
                            ("sec-fetch-site", "same-origin"),
                        ];
                        // A full house asks to come back: a phone does.
                        let status = loop {
                            let status = live
                                .ask("POST", "/check-in", &headers, &format!("code={code}"))
                                .status;
                            if status != 503 {
                                break status;
                            }
                        };
                        heard.push((*there, status));
                    }
                    heard
                })
            })
            .collect();
        phones
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect::<Vec<_>>()
    });
    eprintln!(
        "{} phones of {all} trainees asked in {:.1} s",
        asks.len(),
        began.elapsed().as_secs_f64()
    );
    drop(live);
    assert_eq!(answers.len(), all * 2);
    for (there, status) in answers {
        assert_eq!(status, if there { 303 } else { 409 });
    }
    let mut stand = class.school.world.texts(
        "SELECT enrolment_id FROM attendance_records WHERE state = 'present' AND minutes = 180",
    );
    let mut there: Vec<String> = class
        .school
        .trainees
        .iter()
        .enumerate()
        .filter(|(n, _)| n % 5 != 0)
        .map(|(_, (_, enrolment))| enrolment.to_string())
        .collect();
    stand.sort();
    there.sort();
    assert_eq!(
        stand, there,
        "none lost, none twice, none who was not there"
    );
    assert_eq!(
        class.one("SELECT count(*) FROM attendance_records"),
        there.len().to_string()
    );
}
