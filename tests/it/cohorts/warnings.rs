//! Doubts about a cohort's dates: the promised first intake, holidays, Sundays.

use std::collections::BTreeSet;

use banyan::cohorts::rules::warnings::{DateWarning, KeyDate, warnings};
use banyan::cohorts::rules::{KeyDates, end_of_day};
use banyan::lang::format::hk_instant;
use banyan::lang::{Lang, Say as _};
use banyan::programmes::actions::shipped_holidays;
use banyan::programmes::rules::Period;
use chrono::{NaiveDate, NaiveTime};

use crate::support::app::TestApp;
use crate::support::fixtures::cohorts::{Side, day};

fn holidays() -> BTreeSet<NaiveDate> {
    shipped_holidays().iter().map(|it| it.observed_on).collect()
}

fn dates(decisions: &str, reply: &str, starts: &str, ends: &str) -> KeyDates {
    KeyDates {
        opens_at: hk_instant(day("2027-01-04"), NaiveTime::MIN),
        closes_at: end_of_day(day("2027-01-29")),
        decisions_on: day(decisions),
        reply_on: day(reply),
        starts_on: day(starts),
        ends_on: day(ends),
    }
}

fn window() -> Period {
    Period::new(day("2027-01-01"), day("2027-06-30")).unwrap()
}

#[test]
fn the_first_intake_is_late_when_no_other_cohort_keeps_the_promise() {
    let late = dates("2027-03-01", "2027-03-15", "2027-07-02", "2027-12-30");
    let promised = window();
    let told = |others: &[&str]| {
        let others: Vec<NaiveDate> = others.iter().map(|text| day(text)).collect();
        warnings(&late, Some(&promised), &others, &holidays())
    };
    let doubt = DateWarning::FirstIntakeLate {
        starts_on: day("2027-07-02"),
        promised: day("2027-06-30"),
    };
    let only = std::slice::from_ref(&doubt);
    assert_eq!(told(&[]), only);
    // An earlier trial run does not keep it, nor does a later cohort.
    assert_eq!(told(&["2026-06-06", "2027-09-06"]), only);
    assert_eq!(told(&["2027-06-30"]), []);
    // Where an earlier one is late already, this is not the first.
    assert_eq!(told(&["2027-07-01"]), []);
    assert_eq!(warnings(&late, None, &[], &holidays()), []);
    let last_day = dates("2027-03-01", "2027-03-15", "2027-06-30", "2027-12-30");
    assert_eq!(warnings(&last_day, Some(&promised), &[], &holidays()), []);
    assert_eq!(
        doubt.say(Lang::En),
        "The first intake was promised to begin by Wed 30 Jun 2027; teaching begins on Fri 2 Jul 2027."
    );
}

#[test]
fn holidays_of_2027_sundays_and_years_without_a_list_are_told() {
    let doubted = dates("2027-02-08", "2027-02-21", "2027-03-26", "2028-01-08");
    assert_eq!(
        warnings(&doubted, None, &[], &holidays()),
        [
            DateWarning::Holiday(KeyDate::Decisions, day("2027-02-08")),
            DateWarning::Sunday(KeyDate::Reply, day("2027-02-21")),
            DateWarning::Holiday(KeyDate::Starts, day("2027-03-26")),
            DateWarning::HolidaysUnknown(2028),
        ]
    );
    let plain = dates("2027-02-10", "2027-02-22", "2027-03-01", "2027-06-26");
    assert_eq!(warnings(&plain, None, &[], &holidays()), []);
    assert_eq!(
        warnings(&plain, None, &[], &BTreeSet::new()),
        [DateWarning::HolidaysUnknown(2027)]
    );
}

#[actix_web::test]
async fn a_planner_sees_the_doubts_where_dates_are_set_and_before_the_call_opens() {
    let app = TestApp::with_database();
    let a = Side::new(&app, "WARN", "Ada");
    let ada = a.client(&app);
    let promise = [
        ("metric", "first_intake"),
        ("operator", ">="),
        ("value", "1"),
        ("starts_on", "2090-01-01"),
        ("ends_on", "2090-06-30"),
        ("wording_en", "First intake in the first half of 2090"),
        ("wording_zh", "首屆於2090年上半年入學"),
    ];
    assert_eq!(
        ada.post("/programme/targets/new", &promise).await.status,
        303
    );
    let cohort = a.cohort(&app, "2090W1", 5);
    let doubt = "The first intake was promised to begin by";
    for place in ["seats", "edit", "state"] {
        let page = ada.get(&format!("/cohorts/{cohort}/{place}")).await.text();
        assert!(page.contains(doubt), "{place}: {page}");
        assert!(
            page.contains("No general holidays of 2091 are recorded"),
            "{place}"
        );
    }
    app.as_owner("UPDATE people SET lang = 'zh-Hant-HK'");
    let page = ada.get(&format!("/cohorts/{cohort}/seats")).await.text();
    assert!(page.contains("請再核對以下日期") && page.contains("首屆原定不遲於"));
    app.as_owner(
        "UPDATE cohorts SET starts_on = '2090-06-30', opens_at = '2090-01-01', \
        closes_at = '2090-02-01', decisions_on = '2090-03-01', reply_by = '2090-04-01'",
    );
    let page = ada.get(&format!("/cohorts/{cohort}/seats")).await.text();
    assert!(!page.contains("首屆原定不遲於"), "{page}");
}
