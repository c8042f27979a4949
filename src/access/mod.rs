//! Who may enter, and the keys that queries demand.
//!
//! A **door** ([`Access`]) is named when a route is mounted; without one a route does not exist. A
//! **proof** is a value that only this room can make, inside the transaction, after looking: a query
//! that wants a `&CohortStaff` cannot be called by someone who has not shown to be staff of that
//! cohort. What is not yours and what is not there are the same [`Error::NotFound`].

use crate::db::Actor;
use crate::error::{Error, Result};

mod proofs;
pub mod passwords;
pub mod secret;

/// The roles: words that rules speak of without knowing where they are declared.
pub use crate::db::Role;
pub use proofs::*;

/// Who may enter a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, signed in or not.
    Public,
    /// Anyone who has signed in, in whatever role.
    SignedIn,
    /// Only people acting in one of these roles.
    Only(&'static [Role]),
}

/// Coordinators and administrators: the programme office.
pub const STAFF: Access = Access::Only(&[Role::Coordinator, Role::Administrator]);
/// Administrators alone.
pub const ADMINISTRATOR: Access = Access::Only(&[Role::Administrator]);
/// The person for themselves.
pub const APPLICANT: Access = Access::Only(&[Role::Applicant]);
/// Instructors.
pub const INSTRUCTOR: Access = Access::Only(&[Role::Instructor]);
/// Reviewers.
pub const REVIEWER: Access = Access::Only(&[Role::Reviewer]);

impl Access {
    /// Opens the door or says why not: sign in first, or not in this role.
    ///
    /// # Errors
    /// [`Error::SignIn`], [`Error::Forbidden`].
    pub fn admit(self, actor: &Actor) -> Result<()> {
        match (self, actor.role()) {
            (Self::Public, _) | (Self::SignedIn, Some(_)) => Ok(()),
            (Self::SignedIn | Self::Only(_), None) => Err(Error::SignIn),
            (Self::Only(roles), Some(role)) if roles.contains(&role) => Ok(()),
            (Self::Only(_), Some(_)) => Err(Error::Forbidden),
        }
    }
}
