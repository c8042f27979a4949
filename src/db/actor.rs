//! Who is declared to PostgreSQL in a transaction.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::ids::{GrantId, OrganisationId, PersonId, ProgrammeId};

/// A role in which a person acts. A person may hold several; a session acts in one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the house: programmes, coordinators, everything a coordinator may.
    Administrator,
    /// Plans and runs the cohorts of a programme.
    Coordinator,
    /// Scores the applications assigned to them.
    Reviewer,
    /// Teaches modules.
    Instructor,
    /// Speaks for a university.
    Liaison,
    /// Speaks for an institution.
    Representative,
    /// Guides trainees placed at an institution.
    Supervisor,
    /// Sits on the steering committee and sees figures, never persons.
    Committee,
    /// A person for themselves: applicant, later trainee. Everybody has this one without a grant.
    Applicant,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 9] = [
        Self::Administrator,
        Self::Coordinator,
        Self::Reviewer,
        Self::Instructor,
        Self::Liaison,
        Self::Representative,
        Self::Supervisor,
        Self::Committee,
        Self::Applicant,
    ];

    /// The word in the database and in the declaration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Coordinator => "coordinator",
            Self::Reviewer => "reviewer",
            Self::Instructor => "instructor",
            Self::Liaison => "liaison",
            Self::Representative => "representative",
            Self::Supervisor => "supervisor",
            Self::Committee => "committee",
            Self::Applicant => "applicant",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Is the role held for an organisation rather than for the programme office?
    #[must_use]
    pub fn needs_organisation(self) -> bool {
        matches!(
            self,
            Self::Liaison | Self::Representative | Self::Supervisor
        )
    }
}

/// Work that is wider than the view of the person behind it, or that has no person behind it.
/// Each task has its own policies; see `migrations/replaceable/policies.sql`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// Finding the person behind a cookie or token.
    Session,
    /// Signing in and up, opening mailed links.
    SignIn,
    /// Counting tries.
    Throttle,
    /// Reading what the public site shows.
    PublicSite,
    /// Making accounts for people who are invited or imported.
    Accounts,
    /// Moving seats: offers ending, promotion, holds ending, enrolment.
    Seats,
    /// Delivering letters.
    DeliverMail,
    /// Claiming and finishing jobs.
    RunJobs,
    /// Sealing the audit trail.
    SealAudit,
    /// Counting for pages that show figures but no persons.
    Report,
    /// Keeping the search tokens of applications.
    Index,
    /// Writing review results onto the staff's side of an application.
    Score,
    /// Letting a reviewer read an application and its document.
    AssignReview,
    /// Taking in a registry's file of applicants.
    Import,
    /// Showing the local mailbox.
    Mailbox,
    /// Showing people the timetable that is theirs, and their calendars.
    Timetable,
    /// Showing trainees what they are assessed by, and markers the files before them.
    Assess,
    /// Keeping registers: entries, check-ins, what counts.
    Attendance,
    /// Looking for trainees who are at risk.
    AtRisk,
    /// Showing an organisation what its trainees have agreed to.
    Share,
    /// Showing trainees the postings of their rounds, and writing about placements to whom it concerns.
    Placements,
    /// Computing and publishing interview timetables, and keeping what is published apart from what it came of.
    Interviews,
    /// Keeping the lots of a match, and publishing one.
    Match,
    /// Ending what nobody answered, giving checklists, concluding what everybody has signed.
    Hosting,
    /// Answering a weekly log or evaluating by a private link, and looking after placements under way.
    Supervise,
    /// Removing what has expired.
    Sweep,
    /// The owner's set-up work.
    SetUp,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 27] = [
        Self::Session,
        Self::SignIn,
        Self::Throttle,
        Self::PublicSite,
        Self::Accounts,
        Self::Seats,
        Self::DeliverMail,
        Self::RunJobs,
        Self::SealAudit,
        Self::Report,
        Self::Index,
        Self::Score,
        Self::AssignReview,
        Self::Import,
        Self::Mailbox,
        Self::Timetable,
        Self::Assess,
        Self::Attendance,
        Self::AtRisk,
        Self::Share,
        Self::Placements,
        Self::Interviews,
        Self::Match,
        Self::Hosting,
        Self::Supervise,
        Self::Sweep,
        Self::SetUp,
    ];

    /// The word in the declaration, without its `task:`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::SignIn => "sign_in",
            Self::Throttle => "throttle",
            Self::PublicSite => "public_site",
            Self::Accounts => "accounts",
            Self::Seats => "seats",
            Self::DeliverMail => "deliver_mail",
            Self::RunJobs => "run_jobs",
            Self::SealAudit => "seal_audit",
            Self::Report => "report",
            Self::Index => "index",
            Self::Score => "score",
            Self::AssignReview => "assign_review",
            Self::Import => "import",
            Self::Mailbox => "mailbox",
            Self::Timetable => "timetable",
            Self::Assess => "assess",
            Self::Attendance => "attendance",
            Self::AtRisk => "at_risk",
            Self::Share => "share",
            Self::Placements => "placements",
            Self::Interviews => "interviews",
            Self::Match => "match",
            Self::Hosting => "hosting",
            Self::Supervise => "supervise",
            Self::Sweep => "sweep",
            Self::SetUp => "set_up",
        }
    }
}

/// A person in one role, with what that role reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: Role,
    /// The grant behind the role; none for [`Role::Applicant`].
    pub grant: Option<GrantId>,
    /// Organisations for which the role is held.
    pub organisations: Vec<OrganisationId>,
    /// Programmes that the role reaches.
    pub programmes: Vec<ProgrammeId>,
}

/// Who acts in a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person in one role.
    Person(Acting),
    /// Somebody who has not signed in, doing one thing that needs no sign-in.
    Public(Task),
    /// The house itself.
    System(Task),
}

impl Actor {
    /// The person, if there is one.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(acting) => Some(acting.person),
            Self::Public(_) | Self::System(_) => None,
        }
    }

    /// The role, if a person acts.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Person(acting) => Some(acting.role),
            Self::Public(_) | Self::System(_) => None,
        }
    }

    /// What the audit trail calls this actor.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Person(acting) => acting.role.as_str(),
            Self::Public(_) => "public",
            Self::System(_) => "system",
        }
    }

    /// The declaration, as statements. Only ids and our own words go in, so nothing needs quoting.
    pub(super) fn declaration(&self, task: Option<Task>) -> String {
        let mut sql = String::with_capacity(256);
        let (kind, person) = match (self, task) {
            (Self::Person(acting), None) => (acting.role.as_str().to_owned(), Some(acting.person)),
            (actor, Some(task)) => (format!("task:{}", task.as_str()), actor.person()),
            (Self::Public(task) | Self::System(task), None) => {
                (format!("task:{}", task.as_str()), None)
            }
        };
        let person = person.map(|p| p.to_string()).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(
            sql,
            "SET LOCAL banyan.kind = '{kind}'; SET LOCAL banyan.person = '{person}'; "
        );
        let (organisations, programmes) = match self {
            Self::Person(acting) => (array(&acting.organisations), array(&acting.programmes)),
            Self::Public(_) | Self::System(_) => (String::new(), String::new()),
        };
        let _ = write!(
            sql,
            "SET LOCAL banyan.organisations = '{organisations}'; SET LOCAL banyan.programmes = '{programmes}'"
        );
        sql
    }
}

fn array<I: std::fmt::Display>(ids: &[I]) -> String {
    if ids.is_empty() {
        return String::new();
    }
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("{{{}}}", ids.join(","))
}
