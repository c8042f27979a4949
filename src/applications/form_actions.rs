//! What an applicant does: begin, save, submit, withdraw, take up again.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{self, Own, OwnApplication};
use crate::audit::{self, About};
use crate::cohorts::queries::{self as cohorts, Cohort};
use crate::db::{self, Actor, Conn, Db, Task};
use crate::error::{Error, FieldError, Result};
use crate::files::queries::{self as files, NewFile};
use crate::ids::{ApplicationId, ProgrammeId};
use crate::jobs;
use crate::mail::outbox::{self, Occasion};
use crate::people::accounts;
use crate::programmes;

use super::form_queries::{self as queries, Mine, PicsInForce};
use super::mail::{ApplicationLetter, Kind};
use super::reference;
use super::rules::form::{FormRules, Section, check_complete, sections};
use super::rules::{ApplicationRefusal, Event, State, may_apply, next};

/// How long before the deadline a draft is remembered.
const REMINDER: Duration = Duration::hours(72);
/// The job that reminds.
pub const REMIND_DRAFT: &str = "remind_draft";

/// What an applicant did, for the history.
struct Did {
    verb: &'static str,
    details: Value,
}

impl audit::Event for Did {
    fn verb(&self) -> &'static str {
        self.verb
    }

    fn details(&self) -> Value {
        self.details.clone()
    }
}

fn note(
    conn: &mut Conn<'_>,
    own: &OwnApplication,
    verb: &'static str,
    details: Value,
) -> Result<()> {
    let about = About::new("application", own.application().0)
        .of(own.person())
        .within(own.programme());
    audit::note(conn, about, &Did { verb, details })
}

/// An application with everything that its pages ask about.
pub struct Desk {
    /// The application.
    pub mine: Mine,
    /// Its cohort.
    pub cohort: Cohort,
    /// The statement on personal data in force.
    pub pics: PicsInForce,
    /// What the form must hold.
    pub rules: FormRules,
    /// Does the call take applications now, by the database's clock?
    pub open: bool,
}

impl Desk {
    /// The six sections with what is missing.
    #[must_use]
    pub fn sections(&self) -> Vec<Section> {
        sections(&self.mine.form(), &self.rules)
    }

    /// May the applicant do this now?
    ///
    /// # Errors
    /// The rule's refusal.
    pub fn may(&self, event: Event) -> Result<State> {
        Ok(next(self.mine.state()?, event, self.open)?)
    }
}

/// The application as it stands, for reading.
///
/// # Errors
/// [`Error::NotFound`].
pub fn open(conn: &mut Conn<'_>, own: &OwnApplication) -> Result<Desk> {
    let mine = queries::mine(conn, own)?;
    around(conn, own, mine)
}

/// The application, locked, for a change: first the lock, then the clock.
///
/// # Errors
/// [`crate::error::Error::NotFound`].
pub fn take(conn: &mut Conn<'_>, own: &OwnApplication) -> Result<Desk> {
    let mine = queries::lock(conn, own)?;
    around(conn, own, mine)
}

fn around(conn: &mut Conn<'_>, own: &OwnApplication, mine: Mine) -> Result<Desk> {
    let cohort = cohorts::published(conn, own.cohort())?;
    let pics = queries::pics(conn, own.programme())?;
    let rules = FormRules::usual(pics.id, cohort.starts_on);
    let now = db::now(conn)?;
    let open = is_open(&cohort, now)?;
    Ok(Desk {
        mine,
        cohort,
        pics,
        rules,
        open,
    })
}

fn is_open(cohort: &Cohort, now: DateTime<Utc>) -> Result<bool> {
    let state = cohort.state()?;
    Ok(may_apply(
        state,
        cohort.opens_at,
        cohort.closes_at,
        None,
        now,
    ))
}

/// Begins an application to this call, or finds the one begun before.
///
/// # Errors
/// [`Error::NotFound`] for an unknown call; the refusal of a closed one.
pub fn begin(conn: &mut Conn<'_>, own: &Own, code: &str) -> Result<ApplicationId> {
    let cohort = cohorts::published_by_code(conn, code)?;
    if let Some(id) = queries::of_cohort(conn, own, cohort.id)? {
        return Ok(id);
    }
    let now = db::now(conn)?;
    if !is_open(&cohort, now)? {
        return Err(ApplicationRefusal::CallClosed.into());
    }
    // Thirty random bits: a second try is rare, a third is not to be expected.
    for _ in 0..5 {
        let id = ApplicationId::new();
        let reference = reference::fresh(&cohort.code)?;
        if queries::insert_draft(conn, own, &cohort, id, &reference)? {
            started(conn, own, &cohort, id, now)?;
            return Ok(id);
        }
        if let Some(id) = queries::of_cohort(conn, own, cohort.id)? {
            return Ok(id);
        }
    }
    Err(Error::Busy)
}

fn started(
    conn: &mut Conn<'_>,
    own: &Own,
    cohort: &Cohort,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<()> {
    accounts::introduce(conn, own.person(), cohort.programme_id)?;
    let remind_at = cohort.closes_at - REMINDER;
    if remind_at > now {
        let key = format!("{REMIND_DRAFT}:{id}");
        jobs::later(conn, REMIND_DRAFT, Some(id.0), &key, remind_at)?;
    }
    let own = access::own_application(conn, id)?;
    note(
        conn,
        &own,
        "application.started",
        json!({ "call": cohort.code }),
    )
}

/// Saves what `change` makes of the application, if it was at this version. A draft may be
/// incomplete; what is submitted must stay complete. Returns the new version.
///
/// # Errors
/// The rule's refusal; [`Error::Stale`] when another tab was quicker; [`Error::Invalid`] when a
/// submitted application would lack something.
pub fn save(
    conn: &mut Conn<'_>,
    own: &OwnApplication,
    version: i32,
    section: &str,
    quiet: bool,
    change: impl FnOnce(&mut Mine, &PicsInForce),
) -> Result<i32> {
    let mut desk = take(conn, own)?;
    let state = desk.may(Event::Edit)?;
    if desk.mine.version != version {
        return Err(Error::Stale);
    }
    let before = problems(&desk);
    let version_before = desk.mine.pics_version.clone();
    change(&mut desk.mine, &desk.pics);
    if desk.mine.pics_version != version_before {
        let current = desk.mine.pics_version.as_deref() == Some(desk.pics.version.as_str());
        desk.mine.accepted_pics = current.then_some(desk.pics.id);
    }
    if state == State::Submitted {
        stays_complete(&before, &desk)?;
    }
    queries::save(conn, own, &desk.mine)?;
    if state == State::Submitted {
        queries::reindex(conn, own.application())?;
    }
    // A draft that saves itself as it is typed would fill its history with nothing else.
    if !quiet || state == State::Submitted {
        note(
            conn,
            own,
            "application.edited",
            json!({ "section": section }),
        )?;
    }
    Ok(version + 1)
}

fn problems(desk: &Desk) -> Vec<FieldError> {
    check_complete(&desk.mine.form(), &desk.rules)
        .err()
        .unwrap_or_default()
}

/// What was handed in may not lose anything. (What a registry handed in may lack a document and the
/// declarations; its applicant can still correct a telephone number.)
fn stays_complete(before: &[FieldError], desk: &Desk) -> Result<()> {
    let new: Vec<FieldError> = problems(desk)
        .into_iter()
        .filter(|it| {
            !before
                .iter()
                .any(|old| old.field == it.field && old.code == it.code)
        })
        .collect();
    if new.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(new))
    }
}

/// Puts a stored document into the application, in the place of the one before.
///
/// # Errors
/// The rule's refusal.
pub fn put_document(conn: &mut Conn<'_>, own: &OwnApplication, file: &NewFile<'_>) -> Result<()> {
    let mut desk = take(conn, own)?;
    desk.may(Event::Edit)?;
    let whose = access::own(conn)?;
    let id = files::insert(conn, &whose, file)?;
    let before = desk.mine.document_id.replace(id);
    queries::save(conn, own, &desk.mine)?;
    if let Some(before) = before {
        queries::remove_file(conn, own, before)?;
    }
    // Reviewers who are at it already read the new one.
    super::desk_actions::share_documents(conn, &[own.application()])?;
    let details = json!({ "replaced": before.is_some() });
    note(conn, own, "application.document_added", details)
}

/// Takes the document away. What is submitted keeps one: replace it instead.
///
/// # Errors
/// The rule's refusal; [`Error::Invalid`] when the application is submitted.
pub fn remove_document(conn: &mut Conn<'_>, own: &OwnApplication) -> Result<()> {
    let mut desk = take(conn, own)?;
    let state = desk.may(Event::Edit)?;
    let problems = problems(&desk);
    let Some(before) = desk.mine.document_id.take() else {
        return Ok(());
    };
    if state == State::Submitted {
        stays_complete(&problems, &desk)?;
    }
    queries::save(conn, own, &desk.mine)?;
    queries::remove_file(conn, own, before)?;
    note(conn, own, "application.document_removed", json!({}))
}

/// Hands the application in: complete, in time by the database's clock, once.
///
/// # Errors
/// The rule's refusal; [`Error::Invalid`] with everything that is missing.
pub fn submit(conn: &mut Conn<'_>, own: &OwnApplication) -> Result<()> {
    let desk = take(conn, own)?;
    let to = desk.may(Event::Submit)?;
    check_complete(&desk.mine.form(), &desk.rules).map_err(Error::Invalid)?;
    let now = db::now(conn)?;
    queries::set_state(conn, own, &desk.mine.state, to.as_str(), Some(now))?;
    queries::consent(conn, own, &desk.pics.version)?;
    queries::reindex(conn, own.application())?;
    let details = json!({ "reference": desk.mine.reference, "pics": desk.pics.version });
    note(conn, own, "application.submitted", details)?;
    tell(conn, own, &desk, Kind::Received, now)
}

/// Takes a withdrawn application up again, as a draft.
///
/// # Errors
/// The rule's refusal.
pub fn reopen(conn: &mut Conn<'_>, own: &OwnApplication) -> Result<()> {
    let desk = take(conn, own)?;
    let to = desk.may(Event::Reopen)?;
    queries::set_state(conn, own, &desk.mine.state, to.as_str(), None)?;
    note(conn, own, "application.reopened", json!({}))
}

fn tell(
    conn: &mut Conn<'_>,
    own: &OwnApplication,
    desk: &Desk,
    kind: Kind,
    now: DateTime<Utc>,
) -> Result<()> {
    let to = accounts::recipient(conn, own.person())?;
    let letter = letter(
        kind,
        own.application(),
        &desk.mine.reference,
        &to.name,
        &desk.cohort,
    );
    let occasion = occasion(conn, own.application(), own.programme())?;
    let key = format!(
        "{}:{}:{}",
        crate::mail::Letter::kind(&letter),
        own.application(),
        now.timestamp_micros()
    );
    outbox::put(conn, &to, &letter, &occasion, &key)
}

/// A letter about an application.
pub(super) fn letter(
    kind: Kind,
    application: ApplicationId,
    reference: &str,
    name: &str,
    cohort: &Cohort,
) -> ApplicationLetter {
    ApplicationLetter {
        kind,
        application,
        reference: reference.to_owned(),
        name: name.to_owned(),
        cohort: (cohort.name_en.clone(), cohort.name_zh.clone()),
        closes_at: cohort.closes_at,
    }
}

pub(super) fn occasion(
    conn: &mut Conn<'_>,
    application: ApplicationId,
    programme: ProgrammeId,
) -> Result<Occasion> {
    Ok(Occasion {
        subject: Some(application.0),
        programme: Some(programme),
        programme_name: programmes::queries::name(conn, programme)?.pair(),
    })
}

/// Runs the job [`REMIND_DRAFT`]: writes to the applicant if the application is a draft still and
/// the call is open still. A deadline that was put off is waited for again.
///
/// # Errors
/// The database's.
pub fn remind_draft(db: &Db, subject: Option<Uuid>, _payload: &Value) -> Result<()> {
    let Some(id) = subject.map(ApplicationId) else {
        return Ok(());
    };
    db.tx(&Actor::System(Task::Report), |conn| {
        let reporting = access::working(conn, Task::Report)?;
        let Some(draft) = queries::reminded(conn, &reporting, id)? else {
            return Ok(());
        };
        let cohort = cohorts::published(conn, draft.cohort_id)?;
        let now = db::now(conn)?;
        if draft.state != State::Draft.as_str() || !is_open(&cohort, now)? {
            return Ok(());
        }
        let remind_at = cohort.closes_at - REMINDER;
        if remind_at > now {
            let key = format!("{REMIND_DRAFT}:{id}:{}", cohort.closes_at.timestamp());
            return jobs::later(conn, REMIND_DRAFT, Some(id.0), &key, remind_at);
        }
        let to = accounts::recipient(conn, draft.person_id)?;
        let letter = letter(Kind::Reminder, id, &draft.reference, &to.name, &cohort);
        let occasion = occasion(conn, id, cohort.programme_id)?;
        outbox::put(
            conn,
            &to,
            &letter,
            &occasion,
            &format!("application_reminder:{id}"),
        )
    })
}
