//! Who signs, who does what by when, what must be done before the first day, and how work stands under the
//! Minimum Wage Ordinance.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::lang::{refusals, words};
use crate::matches::rules::PlacementState;

pub mod usual;

words! {
    /// A party of an agreement.
    pub enum Party {
        /// The trainee.
        Trainee = "trainee" => hst_party_trainee,
        /// The institution.
        Institution = "institution" => hst_party_institution,
        /// The programme, for its universities.
        Programme = "programme" => hst_party_programme,
    }
}

words! {
    /// Where an agreement stands.
    pub enum AgreementState {
        /// Waits for signatures.
        Signing = "signing" => hst_agreement_signing,
        /// Everybody has signed.
        Signed = "signed" => hst_agreement_signed,
        /// Replaced before everybody had signed, or by a later one.
        Void = "void" => hst_agreement_void,
    }
}

words! {
    /// Who does an item of the checklist.
    pub enum Owner {
        /// The trainee.
        Trainee = "trainee" => hst_party_trainee,
        /// The institution.
        Institution = "institution" => hst_party_institution,
        /// The programme office.
        Office = "office" => hst_owner_office,
    }
}

words! {
    /// What is recorded when an item is done.
    pub enum Evidence {
        /// That it is done.
        Nothing = "none" => hst_evidence_none,
        /// A note, such as a reference; never a copy of an identity document.
        Note = "note" => hst_evidence_note,
        /// A date, such as until when something is valid.
        Date = "date" => hst_evidence_date,
    }
}

words! {
    /// Where an item of a placement stands.
    pub enum TaskState {
        /// To be done.
        Open = "open" => hst_task_open,
        /// Done.
        Done = "done" => hst_task_done,
        /// Not asked for here, with a reason.
        Waived = "waived" => hst_task_waived,
    }
}

words! {
    /// How work stands under the Minimum Wage Ordinance (Cap. 608).
    pub enum Standing {
        /// A student intern: outside the minimum wage.
        StudentIntern = "student_intern" => hst_standing_intern,
        /// A work-experience student in an exempt period: outside the minimum wage.
        WorkExperience = "work_experience" => hst_standing_experience,
        /// An ordinary employee.
        Employee = "employee" => hst_standing_employee,
    }
}

words! {
    /// What a trainee studies at the time of the placement.
    pub enum Studies {
        /// A full-time programme that is accredited in Hong Kong.
        Local = "local" => hst_studies_local,
        /// A resident of Hong Kong in a full-time degree programme elsewhere.
        Elsewhere = "elsewhere" => hst_studies_elsewhere,
        /// Neither: graduates, staff of an institution.
        None = "none" => hst_studies_none,
    }
}

words! {
    /// What stands in the way of the first day.
    pub enum Missing {
        /// The agreement is not signed by everybody.
        Agreement = "agreement" => hst_missing_agreement,
        /// Items that are needed are open.
        Tasks = "tasks" => hst_missing_tasks,
        /// The standing under the minimum-wage law is not decided.
        Standing = "standing" => hst_missing_standing,
        /// The declaration of the work-experience student is missing.
        Declaration = "declaration" => hst_missing_declaration,
        /// The work authorisation ends before the placement does.
        Authorisation = "authorisation" => hst_missing_authorisation,
        /// The first day has not come.
        Early = "early" => hst_missing_early,
    }
}

refusals! {
    /// Why something about a placement is refused.
    pub enum HostingRefusal {
        /// The time to answer is over.
        Late = "offer_late" => hst_refuse_late,
        /// The placement is past this step.
        Step = "placement_step" => hst_refuse_step,
        /// There is no published wording.
        NoWording = "no_wording" => hst_refuse_no_wording,
        /// The agreement that was read is another one.
        OtherText = "agreement_other_text" => hst_refuse_other_text,
        /// This party has signed.
        SignedAlready = "agreement_signed_already" => hst_refuse_signed,
        /// Something is missing before the first day.
        NotReady = "not_ready" => hst_refuse_not_ready,
        /// The item is somebody else's.
        NotYours = "task_not_yours" => hst_refuse_not_yours,
        /// The standing does not follow from the facts.
        StandingNotOpen = "standing_not_open" => hst_refuse_standing,
        /// An exempt period in the same calendar year.
        SecondExempt = "second_exempt_period" => hst_refuse_second_exempt,
        /// There is nothing to declare.
        NothingToDeclare = "nothing_to_declare" => hst_refuse_nothing_to_declare,
        /// The seat has been given to somebody else, or the trainee has another placement.
        SeatGone = "seat_gone" => hst_refuse_seat_gone,
    }
}

/// May an offer be answered now?
///
/// # Errors
/// [`HostingRefusal::Step`], [`HostingRefusal::Late`].
pub fn may_answer(
    state: PlacementState,
    answer_by: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), HostingRefusal> {
    if state != PlacementState::Offered {
        return Err(HostingRefusal::Step);
    }
    if answer_by.is_some_and(|until| until < now) {
        return Err(HostingRefusal::Late);
    }
    Ok(())
}

/// Is a placement between its acceptance and its end, so that an agreement can be made or replaced?
#[must_use]
pub fn takes_agreement(state: PlacementState) -> bool {
    use PlacementState as At;
    matches!(
        state,
        At::Accepted
            | At::AgreementSigned
            | At::Onboarding
            | At::ReportedForDuty
            | At::Active
            | At::MidReview
    )
}

/// Has a placement begun, so that there are logs?
#[must_use]
pub fn has_begun(state: PlacementState) -> bool {
    use PlacementState as At;
    matches!(
        state,
        At::ReportedForDuty | At::Active | At::MidReview | At::Completed | At::EndedEarly
    )
}

/// SHA-256 of an agreement's text: of the English, a line feed and the Chinese, as UTF-8.
#[must_use]
pub fn text_sha256(en: &str, zh: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(en.as_bytes());
    digest.update(b"\n");
    digest.update(zh.as_bytes());
    crate::access::secret::hex(&digest.finalize())
}

/// Puts values in the places of `{name}` in a wording; a place that nobody fills stays as it is written, so
/// that it is seen before anybody signs.
#[must_use]
pub fn fill(wording: &str, values: &[(&str, String)]) -> String {
    let mut text = String::with_capacity(wording.len());
    let mut rest = wording;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let found = after.split_once('}').and_then(|(name, then)| {
            let value = values.iter().find(|(known, _)| *known == name)?;
            Some((&value.1, then))
        });
        match found {
            Some((value, then)) => {
                text.push_str(value);
                rest = then;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// The places of a wording that nothing fills.
#[must_use]
pub fn unfilled<'a>(wording: &'a str, known: &[&str]) -> Vec<&'a str> {
    let names = wording.split('{').skip(1);
    names
        .filter_map(|it| it.split_once('}').map(|(name, _)| name))
        .filter(|name| !known.contains(name))
        .collect()
}

/// Is a typed name that of the signer? In any order of its words, whatever their case and whatever stands
/// between them; of `CHAN Tai Man, Peter 陳大文` either script is enough, and of a Latin name two words are.
#[must_use]
pub fn same_name(typed: &str, known: &str) -> bool {
    let words = |text: &str| {
        let mut words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|it| !it.is_empty())
            .map(str::to_lowercase)
            .collect();
        words.sort_unstable();
        words
    };
    let (typed, known) = (words(typed), words(known));
    let whole = |it: &String| !it.is_ascii() && it.chars().count() > 1;
    let enough = typed.len() >= known.len().min(2) || typed.iter().any(whole);
    !typed.is_empty() && enough && typed.iter().all(|it| known.contains(it))
}

/// What is asked before the standing is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The programme of study, as its word.
    #[serde(with = "studies_word")]
    pub studies: Studies,
    /// Is the placement arranged or endorsed by the institution of study?
    pub endorsed: bool,
    /// Is it a compulsory or elective component of the programme?
    pub component: bool,
    /// Is the trainee under 26 on the first day?
    pub under_26: bool,
}

mod studies_word {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::Studies;

    pub fn serialize<S: Serializer>(it: &Studies, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(it.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Studies, D::Error> {
        let word = String::deserialize(from)?;
        Studies::parse(&word).ok_or_else(|| serde::de::Error::custom("studies"))
    }
}

/// The longest exempt period of a work-experience student, in days.
pub const EXEMPT_DAYS: i64 = 59;

/// Which standings the facts allow for work between these days, both included (Cap. 608, section 2): a student
/// intern's work is arranged or endorsed by the institution of study and is a component of the programme,
/// whatever the age; a work-experience student is under 26 on the first day, for at most 59 days in a row.
/// Whoever is neither is an ordinary employee, which everybody may be.
#[must_use]
pub fn standings(facts: &Facts, starts_on: NaiveDate, ends_on: NaiveDate) -> Vec<Standing> {
    let mut all = Vec::new();
    let studies = facts.studies != Studies::None;
    if studies && facts.endorsed && facts.component {
        all.push(Standing::StudentIntern);
    }
    let days = (ends_on - starts_on).num_days() + 1;
    if studies && facts.under_26 && (1..=EXEMPT_DAYS).contains(&days) {
        all.push(Standing::WorkExperience);
    }
    all.push(Standing::Employee);
    all
}

/// The calendar year in which an exempt period counts: that of its first day.
#[must_use]
pub fn exempt_year(starts_on: NaiveDate) -> i32 {
    starts_on.year()
}

/// When an item is due: so many days before the first day, and not before it was given.
#[must_use]
pub fn due_on(starts_on: NaiveDate, due_days: i32, given_on: NaiveDate) -> NaiveDate {
    (starts_on - Duration::days(i64::from(due_days))).max(given_on)
}

/// An item that the start gate looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateTask<'a> {
    /// Its code.
    pub code: &'a str,
    /// Must it be done?
    pub needed: bool,
    /// Where it stands.
    pub state: TaskState,
    /// Its date.
    pub held_on: Option<NaiveDate>,
}

/// The item whose date is the last day of the work authorisation; without a date it has no end.
pub const AUTHORISATION: &str = "work_authorisation";

/// What the start gate looks at.
#[derive(Clone, Debug)]
pub struct Gate<'a> {
    /// Is the agreement signed by everybody?
    pub signed: bool,
    /// The checklist.
    pub tasks: Vec<GateTask<'a>>,
    /// The standing, and whether it was declared.
    pub standing: Option<(Standing, bool)>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

/// Everything that stands in the way of the first day.
#[must_use]
pub fn missing(gate: &Gate<'_>, today: NaiveDate) -> Vec<Missing> {
    let mut all = Vec::new();
    if !gate.signed {
        all.push(Missing::Agreement);
    }
    let open = |it: &&GateTask<'_>| it.needed && it.state == TaskState::Open;
    if gate.tasks.iter().any(|it| open(&it)) {
        all.push(Missing::Tasks);
    }
    match gate.standing {
        None => all.push(Missing::Standing),
        Some((Standing::WorkExperience, false)) => all.push(Missing::Declaration),
        Some(_) => {}
    }
    let short = |it: &GateTask<'_>| {
        it.code == AUTHORISATION && it.held_on.is_some_and(|until| until < gate.ends_on)
    };
    if gate.tasks.iter().any(short) {
        all.push(Missing::Authorisation);
    }
    if today < gate.starts_on {
        all.push(Missing::Early);
    }
    all
}
