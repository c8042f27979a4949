//! The rules of signing in: where one lands, how long it lasts, how long one waits after failures.

use chrono::Duration;

use crate::access::Role;

/// Failures in a row on one account before the first pause.
pub const FREE_FAILURES: i32 = 10;
/// Failures in a row after which a password is no longer looked at until a mailed link has been
/// used (SP 800-63B-4 3.2.2: at most 100).
pub const MOST_FAILURES: i32 = 100;
/// The longest pause, in seconds.
pub const LONGEST_PAUSE: i64 = 900;
/// Tries from one peer in a minute, sign-ins and requests for letters together.
pub const PEER_TRIES: i32 = 30;
/// Codes that one person types in a minute.
pub const CODE_TRIES: i32 = 10;
/// Letters that one address can be sent from our public forms in a quarter of an hour.
pub const ADDRESS_LETTERS: i32 = 5;

/// How long a session lasts at most, whatever is done in it: half a day for people who hold a role
/// and see other people's data, two weeks for people who see their own.
#[must_use]
pub fn lifetime(holds_role: bool) -> Duration {
    if holds_role {
        Duration::hours(12)
    } else {
        Duration::days(14)
    }
}

/// The seconds to wait before the next try, after `run` failures in a row the last of which was
/// `age` seconds ago; none: try now. The pause doubles from half a minute to a quarter of an hour,
/// so that a stranger who keeps failing costs the owner minutes, and the mailed link always works.
#[must_use]
pub fn pause_left(run: i32, age: i64) -> Option<u32> {
    if run >= MOST_FAILURES {
        return u32::try_from(LONGEST_PAUSE).ok();
    }
    let doublings = u32::try_from(run.checked_sub(FREE_FAILURES)?).ok()?.min(10);
    let pause = (30_i64 << doublings).min(LONGEST_PAUSE);
    let left = pause - age.max(0);
    (left > 0).then(|| u32::try_from(left).unwrap_or(u32::MAX))
}

/// The page on which a role begins its day.
#[must_use]
pub fn home(role: Role) -> &'static str {
    match role {
        Role::Administrator | Role::Coordinator => "/desk",
        Role::Reviewer => "/reviews",
        Role::Liaison | Role::Representative | Role::Supervisor => "/organisation",
        Role::Committee => "/committee",
        Role::Applicant => "/me",
        Role::Instructor => "/teaching",
    }
}

/// A place on this site: a path, never another host.
#[must_use]
pub fn local_path(text: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>');
    let local = text.starts_with('/') && !text.starts_with("//") && text.chars().all(plain);
    (local && text.len() <= 500).then_some(text)
}

/// A place on this site to go on to after signing in; pages that only sign in or out are none.
#[must_use]
pub fn onward_path(text: &str) -> Option<&str> {
    let place = local_path(text)?;
    let path = place.split(['?', '#']).next().unwrap_or_default();
    let loops = [
        "/sign-in",
        "/sign-up",
        "/sign-out",
        "/reset",
        "/role",
        "/language",
    ]
    .iter()
    .any(|page| path == *page || path.starts_with(&format!("{page}/")));
    (!loops).then_some(place)
}

/// Is the place one that a person visits for themselves, whatever roles they hold?
#[must_use]
pub fn is_own_place(path: &str) -> bool {
    ["/me", "/calls", "/link/offer"].iter().any(|place| {
        path.strip_prefix(place)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    })
}
