//! Who may give which role, and what a role needs.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::NaiveDate;

use crate::access::Role;
use crate::lang::refusals;

refusals! {
    /// Why a role cannot be given or ended.
    pub enum RoleRefusal {
        /// Coordinators do not make administrators.
        NotYours = "role_not_yours" => people_refuse_not_yours,
        /// The last administrator keeps the role.
        LastAdministrator = "last_administrator" => people_refuse_last_administrator,
        /// Nobody locks themselves out.
        Yourself = "yourself" => people_refuse_yourself,
        /// It has ended already.
        Ended = "grant_ended" => people_refuse_ended,
        /// The account is disabled.
        Disabled = "account_disabled" => people_refuse_disabled,
        /// The person holds this role already.
        Held = "role_held" => people_refuse_held,
    }
}

/// The roles that a person acting as `giver` may give and end.
#[must_use]
pub fn grantable(giver: Role) -> Vec<Role> {
    Role::ALL
        .into_iter()
        .filter(|role| may_grant(giver, *role).is_ok())
        .collect()
}

/// May a person acting as `giver` give or end this role?
///
/// # Errors
/// [`RoleRefusal::NotYours`].
pub fn may_grant(giver: Role, role: Role) -> Result<(), RoleRefusal> {
    match (giver, role) {
        (_, Role::Applicant) => Err(RoleRefusal::NotYours),
        (Role::Administrator, _) => Ok(()),
        (Role::Coordinator, Role::Administrator) => Err(RoleRefusal::NotYours),
        (Role::Coordinator, _) => Ok(()),
        (
            Role::Reviewer
            | Role::Instructor
            | Role::Liaison
            | Role::Representative
            | Role::Supervisor
            | Role::Committee
            | Role::Applicant,
            _,
        ) => Err(RoleRefusal::NotYours),
    }
}

/// Is the role held for one programme? Administrators run the whole house.
#[must_use]
pub fn needs_programme(role: Role) -> bool {
    role != Role::Administrator
}

/// How a grant stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its first day is to come.
    Upcoming,
    /// It holds.
    Active,
    /// Its last day has passed, or it was ended.
    Ended,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 3] = [Self::Active, Self::Upcoming, Self::Ended];

    /// The word in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Active => "active",
            Self::Ended => "ended",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// Class of its tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Upcoming => "",
            Self::Active => "go",
            Self::Ended => "end",
        }
    }
}

/// How a grant with these dates stands today; both days count.
#[must_use]
pub fn standing(
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    revoked: bool,
    today: NaiveDate,
) -> Standing {
    if revoked || ends_on.is_some_and(|end| end < today) {
        Standing::Ended
    } else if starts_on > today {
        Standing::Upcoming
    } else {
        Standing::Active
    }
}
