//! The rules of coming in.

use banyan::db::Role;
use banyan::people::rules::entry::{
    FREE_FAILURES, LONGEST_PAUSE, MOST_FAILURES, home, is_own_place, lifetime, local_path,
    onward_path, pause_left,
};
use banyan::people::rules::roles::{RoleRefusal, Standing, grantable, may_grant, standing};

#[test]
fn the_first_ten_failures_cost_nothing() {
    for run in 0..FREE_FAILURES {
        assert_eq!(pause_left(run, 0), None, "{run}");
    }
    assert_eq!(pause_left(FREE_FAILURES, 0), Some(30));
}

#[test]
fn the_pause_doubles_up_to_a_quarter_of_an_hour_and_passes() {
    let pauses: Vec<_> = (10..17).map(|run| pause_left(run, 0)).collect();
    let wanted = [30, 60, 120, 240, 480, 900, 900].map(Some);
    assert_eq!(pauses, wanted);
    for run in FREE_FAILURES..MOST_FAILURES {
        assert_eq!(pause_left(run, LONGEST_PAUSE), None, "{run}");
    }
}

#[test]
fn after_a_hundred_failures_only_the_mailed_link_helps() {
    for age in [0, 1_000, 100_000_000] {
        assert!(pause_left(MOST_FAILURES, age).is_some());
    }
}

#[test]
fn a_clock_that_went_back_lengthens_no_pause() {
    assert_eq!(pause_left(FREE_FAILURES, -500), Some(30));
}

#[test]
fn roles_last_half_a_day_and_people_two_weeks() {
    assert_eq!(lifetime(true).num_hours(), 12);
    assert_eq!(lifetime(false).num_days(), 14);
}

#[test]
fn only_places_on_this_site_are_gone_on_to() {
    for good in [
        "/",
        "/me",
        "/calls/2027H1?lang=en",
        "/people?q=%E9%99%B3#top",
    ] {
        assert_eq!(onward_path(good), Some(good));
    }
    for bad in [
        "",
        "me",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "/a b",
        "/a\r\nSet-Cookie: x",
        "/\u{7f}",
        "/陳",
    ] {
        assert_eq!(local_path(bad), None, "{bad:?}");
        assert_eq!(onward_path(bad), None, "{bad:?}");
    }
    for looping in [
        "/sign-in",
        "/sign-in/link",
        "/sign-out",
        "/reset?x=1",
        "/role",
    ] {
        assert_eq!(onward_path(looping), None, "{looping}");
        assert!(local_path(looping).is_some());
    }
    assert_eq!(
        onward_path("/sign-installation"),
        Some("/sign-installation")
    );
    assert_eq!(onward_path(&format!("/{}", "a".repeat(500))), None);
}

#[test]
fn an_applicants_places_are_visited_as_oneself() {
    assert!(is_own_place("/me"));
    assert!(is_own_place("/calls/2027H1"));
    assert!(!is_own_place("/menu"));
    assert!(!is_own_place("/desk"));
}

#[test]
fn every_role_has_a_home_on_this_site() {
    for role in Role::ALL {
        assert_eq!(onward_path(home(role)), Some(home(role)));
    }
}

#[test]
fn coordinators_give_every_role_but_the_administrators() {
    let given = grantable(Role::Coordinator);
    assert!(!given.contains(&Role::Administrator));
    assert_eq!(given.len(), 7);
    assert_eq!(grantable(Role::Administrator).len(), 8);
}

#[test]
fn nobody_else_gives_roles_and_nobody_gives_that_of_oneself() {
    for giver in Role::ALL {
        assert_eq!(
            may_grant(giver, Role::Applicant),
            Err(RoleRefusal::NotYours)
        );
        if !matches!(giver, Role::Administrator | Role::Coordinator) {
            assert!(grantable(giver).is_empty(), "{giver:?}");
        }
    }
}

#[test]
fn both_days_of_a_grant_count() {
    let day = |d: u32| chrono::NaiveDate::from_ymd_opt(2027, 3, d).unwrap();
    let on = |today| standing(day(10), Some(day(20)), false, day(today));
    assert_eq!(on(9), Standing::Upcoming);
    assert_eq!(on(10), Standing::Active);
    assert_eq!(on(20), Standing::Active);
    assert_eq!(on(21), Standing::Ended);
    assert_eq!(standing(day(10), None, true, day(15)), Standing::Ended);
    assert_eq!(standing(day(10), None, false, day(31)), Standing::Active);
}
