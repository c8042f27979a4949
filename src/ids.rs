//! Identifiers: one type for each kind of thing, so that a cohort's id cannot be passed for an
//! offer's. All are `UUIDv7`, made in the application, and therefore sort by creation. They are not
//! secrets: 74 random bits are too few for that, see `access::secret`.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Uuid as SqlUuid;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($( $(#[$doc:meta])* $name:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, AsExpression, FromSqlRow)]
        #[diesel(sql_type = SqlUuid)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id; ids made later sort later.
            #[must_use]
            pub fn new() -> Self { Self(Uuid::now_v7()) }
        }
        impl Default for $name { fn default() -> Self { Self::new() } }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, uuid::Error> { Uuid::parse_str(s).map(Self) }
        }
        impl FromSql<SqlUuid, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> { <Uuid as FromSql<SqlUuid, Pg>>::from_sql(value).map(Self) }
        }
        impl ToSql<SqlUuid, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result { <Uuid as ToSql<SqlUuid, Pg>>::to_sql(&self.0, out) }
        }
    )* };
}

ids! {
    /// A person with an account.
    PersonId;
    /// A role that a person holds.
    GrantId;
    /// A browser session.
    SessionId;
    /// An API token.
    TokenId;
    /// A single-purpose link sent by mail.
    LinkId;
    /// A university, bank, insurer or other organisation.
    OrganisationId;
    /// A contact person of an organisation.
    ContactId;
    /// An agreement between a university and an institution.
    PartnershipId;
    /// A programme, such as the pilot.
    ProgrammeId;
    /// A yearly or milestone target of a programme.
    TargetId;
    /// A figure from outside, with its source.
    ObservationId;
    /// A cited public document.
    SourceId;
    /// A version of the Personal Information Collection Statement.
    PicsId;
    /// A cohort (intake) of a programme, with its call.
    CohortId;
    /// A pool of seats of a cohort.
    PoolId;
    /// A person's application to a cohort.
    ApplicationId;
    /// A stored file.
    FileId;
    /// A note on an application.
    NoteId;
    /// A reviewer's assignment to an application, with its scores.
    ReviewId;
    /// A criterion of a rubric.
    CriterionId;
    /// A release of decisions.
    ReleaseId;
    /// An offer of a seat.
    OfferId;
    /// A place on a waitlist.
    WaitlistId;
    /// A trainee's enrolment.
    EnrolmentId;
    /// A module of a programme's curriculum.
    ModuleId;
    /// A version of a module.
    VersionId;
    /// A competency that modules build.
    CompetencyId;
    /// A reference to a framework, standard or circular.
    ReferenceId;
    /// A trainee's request for exemption from a module.
    ExemptionId;
    /// A module as it is taught to a cohort.
    OfferingId;
    /// A meeting of a class.
    ClassId;
    /// A trainee's place in an offering.
    PlaceId;
    /// A span of days without classes.
    ClosedId;
    /// A note or link of a session.
    MaterialId;
    /// A trainee's mark that a note is done with.
    MarkId;
    /// A private calendar address.
    FeedId;
    /// A version of a programme's completion rules.
    RulesId;
    /// A confirmed completion.
    CompletionId;
    /// A break in learning, or a deferral.
    BreakId;
    /// A part of the assessment plan as it is set for an offering.
    AssessmentId;
    /// A trainee among those who are assessed.
    CandidateId;
    /// A request for a later due time.
    ExtensionId;
    /// A try at an assessment.
    SubmissionId;
    /// Work that is marked.
    ScriptId;
    /// A mark that its trainee reads.
    ReleasedId;
    /// An appeal against a mark.
    AppealId;
    /// An entry in a register.
    RecordId;
    /// A trainee's apology for a session.
    ApologyId;
    /// A trainee found to be at risk.
    RiskCaseId;
    /// A note on such a case.
    RiskNoteId;
    /// A version of the rules by which trainees are found to be at risk.
    RiskRulesId;
    /// A look at a programme's trainees.
    RiskLookId;
    /// A trainee's consent to share something with an organisation.
    ShareId;
    /// A look of an organisation at a trainee.
    LookId;
    /// What a placement is about.
    FocusAreaId;
    /// A placement round.
    RoundId;
    /// An institution's partnership with a programme.
    HostId;
    /// A question to an institution how many trainees it can take.
    CapacityId;
    /// A placement posting.
    PostingId;
    /// A change of seats that an institution asks for.
    SeatChangeId;
    /// A trainee's interest in a posting.
    InterestId;
    /// A document that a trainee keeps for placements.
    PlacementDocumentId;
    /// A time at which nobody is interviewed.
    BlackoutId;
    /// People who interview together.
    PanelId;
    /// A panel's hours on a day.
    InterviewDayId;
    /// A time of such a day that an interview can have.
    SlotId;
    /// A trainee on an institution's shortlist.
    ShortlistId;
    /// An interview.
    InterviewId;
    /// A rank list.
    RankListId;
    /// An official run of the match.
    MatchRunId;
    /// A placement.
    PlacementId;
    /// A wording of the agreement.
    WordingId;
    /// An agreement of a placement.
    AgreementId;
    /// An item of a programme's checklist.
    ChecklistItemId;
    /// An item of a placement's checklist.
    PlacementTaskId;
    /// The log of a week.
    LogId;
    /// A visit or call for the university.
    VisitId;
    /// An incident.
    IncidentId;
    /// A funding scheme.
    FundingSchemeId;
    /// A placement under a funding scheme.
    FundedId;
    /// A claim for a month of a placement.
    ClaimId;
    /// A letter in the outbox.
    LetterId;
    /// A job in the queue.
    JobId;
    /// An event of the audit trail.
    EventId;
    /// An import run.
    ImportId;
}
