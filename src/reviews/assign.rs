//! What staff do with reviews: ask readers, one or many at once, take reviews away or give them
//! back, remind.

use std::collections::{BTreeMap, BTreeSet};

use crate::db::sql_query;
use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};

use crate::access::{ApplicationStaff, CohortStaff};
use crate::applications::desk_actions::{hold, share_documents};
use crate::applications::desk_list::current;
use crate::applications::desk_queries::{self, Candidate};
use crate::applications::rules::State;
use crate::audit::{self, About};
use crate::cohorts;
use crate::db::{Conn, Task, now};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, PersonId, ReviewId};
use crate::lang::format::hk_date;
use crate::mail::outbox::{self, Occasion};
use crate::people::accounts;
use crate::programmes;

use super::actions::{Happened, about, recompute, take_away};
use super::mail::ReviewLetter;
use super::queries::{self, Review, Reviewer};
use super::rules::allot::{
    Allotment, AssignRefusal, Dossier, Reader, allot, public_domains, readable, unsettled,
};
use super::rules::{Party, ReviewEvent, ReviewState, check_conflict, next};

/// Who would be asked to read what.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The applications, in the order of references.
    pub candidates: Vec<Candidate>,
    /// Every reviewer of the programme.
    pub reviewers: Vec<Reviewer>,
    /// Reviews that wait for each now.
    pub open: BTreeMap<PersonId, i64>,
    /// What comes of each application, in the same order.
    pub allotments: Vec<Allotment>,
}

fn party_of(candidate: &Candidate) -> Party {
    Party {
        person: candidate.person_id,
        organisations: [candidate.university_id, candidate.employer_id]
            .into_iter()
            .flatten()
            .collect(),
        email: candidate.email.clone(),
    }
}

fn reader(reviewer: &Reviewer, open: i64) -> Reader {
    Reader {
        party: Party {
            person: reviewer.id,
            organisations: reviewer.organisations.iter().copied().collect(),
            email: reviewer.email.clone(),
        },
        open,
    }
}

fn state_of(candidate: &Candidate) -> State {
    let released = candidate.released_at.is_some();
    current(&candidate.state, candidate.decision.as_deref(), released).unwrap_or(State::Draft)
}

fn dossier(candidate: &Candidate, declared: &[(ApplicationId, PersonId)]) -> Dossier {
    Dossier {
        application: candidate.id,
        party: party_of(candidate),
        state: state_of(candidate),
        readers: candidate.reviewer_ids.iter().copied().collect(),
        declared: declared
            .iter()
            .filter(|(application, _)| *application == candidate.id)
            .map(|(_, person)| *person)
            .collect(),
    }
}

/// Plans who would read these applications so that each is read by `wanted` in all, among the
/// `chosen` reviewers or, without a choice, all of them. `lock` when it is to be carried out.
///
/// # Errors
/// The database's.
pub fn plan(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    applications: &[ApplicationId],
    chosen: Option<&BTreeSet<PersonId>>,
    wanted: usize,
    lock: bool,
) -> Result<Plan> {
    let candidates = desk_queries::candidates(conn, staff, applications, lock)?;
    let reviewers = queries::reviewers(conn, staff)?;
    let open = queries::open_by_reviewer(conn, staff)?;
    let declared = queries::declared(conn, staff, applications)?;
    let readers: Vec<Reader> = reviewers
        .iter()
        .filter(|it| chosen.is_none_or(|chosen| chosen.contains(&it.id)))
        .map(|it| reader(it, open.get(&it.id).copied().unwrap_or(0)))
        .collect();
    let dossiers: Vec<Dossier> = candidates.iter().map(|it| dossier(it, &declared)).collect();
    let allotments = allot(&readers, &dossiers, wanted);
    Ok(Plan {
        candidates,
        reviewers,
        open,
        allotments,
    })
}

/// One gift of an application to a reader.
struct Gift<'a> {
    application: ApplicationId,
    applicant: PersonId,
    reviewer: &'a Reviewer,
}

/// Carries a plan out that was made under lock in this transaction: the assignments, who may read,
/// the history, and one letter to each reviewer for all that were given.
///
/// # Errors
/// The database's.
pub fn assign_all(conn: &mut Conn<'_>, staff: &CohortStaff, plan: &Plan) -> Result<()> {
    let by_id: BTreeMap<PersonId, &Reviewer> =
        plan.reviewers.iter().map(|it| (it.id, it)).collect();
    let gifts: Vec<Gift<'_>> = plan
        .candidates
        .iter()
        .zip(&plan.allotments)
        .flat_map(|(candidate, allotment)| {
            allotment.given.iter().filter_map(|person| {
                Some(Gift {
                    application: candidate.id,
                    applicant: candidate.person_id,
                    reviewer: by_id.get(person)?,
                })
            })
        })
        .collect();
    give(conn, staff, &gifts)
}

fn give(conn: &mut Conn<'_>, staff: &CohortStaff, gifts: &[Gift<'_>]) -> Result<()> {
    if gifts.is_empty() {
        return Ok(());
    }
    let ids: Vec<ReviewId> = gifts.iter().map(|_| ReviewId::new()).collect();
    let applications: Vec<ApplicationId> = gifts.iter().map(|it| it.application).collect();
    let people: Vec<PersonId> = gifts.iter().map(|it| it.reviewer.id).collect();
    let names: Vec<&str> = gifts.iter().map(|it| it.reviewer.name.as_str()).collect();
    // A review that was taken away is taken up again; whoever declared an interest never is.
    sql_query(
        "INSERT INTO reviews (id, application_id, cohort_id, programme_id, reviewer_id, reviewer_name, assigned_by) \
         SELECT g.id, g.application, $5, $6, g.reviewer, g.name, banyan_person() \
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS g (id, application, reviewer, name) \
         ON CONFLICT (application_id, reviewer_id) DO UPDATE SET state = 'assigned', scores = '{}', total_milli = NULL, \
           comment = '', decline_reason = NULL, submitted_at = NULL, assigned_by = excluded.assigned_by, \
           version = reviews.version + 1 \
         WHERE reviews.state IN ('removed', 'declined') AND NOT reviews.interest_declared",
    )
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<Array<SqlUuid>, _>(&applications)
    .bind::<Array<SqlUuid>, _>(&people)
    .bind::<Array<Text>, _>(&names)
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .execute(conn.pg())?;
    conn.elevate(Task::AssignReview, |conn| {
        sql_query(
            "UPDATE applications a SET reviewer_ids = a.reviewer_ids || g.readers \
             FROM (SELECT t.application, array_agg(t.reviewer) AS readers \
               FROM unnest($1::uuid[], $2::uuid[]) AS t (application, reviewer) GROUP BY t.application) g \
             WHERE a.id = g.application AND NOT (a.reviewer_ids && g.readers)",
        )
        .bind::<Array<SqlUuid>, _>(&applications)
        .bind::<Array<SqlUuid>, _>(&people)
        .execute(conn.pg())?;
        Ok(())
    })?;
    share_documents(conn, &applications)?;
    for gift in gifts {
        audit::note(
            conn,
            about(gift.application, gift.applicant, staff.programme()),
            &Happened::Assigned(gift.reviewer.name.clone()),
        )?;
    }
    tell(conn, staff, gifts, &ids)
}

/// One letter to each reviewer.
fn tell(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    gifts: &[Gift<'_>],
    ids: &[ReviewId],
) -> Result<()> {
    let cohort = cohorts::queries::find(conn, staff)?;
    let programme = programmes::queries::name(conn, staff.programme())?;
    // How many each got, and the first of their reviews, which names the occasion.
    let mut shares: BTreeMap<PersonId, (i64, ReviewId)> = BTreeMap::new();
    for (gift, id) in gifts.iter().zip(ids) {
        shares.entry(gift.reviewer.id).or_insert((0, *id)).0 += 1;
    }
    for (person, (given, first)) in shares {
        let to = accounts::recipient(conn, person)?;
        let letter = ReviewLetter::Assigned {
            name: to.name.clone(),
            cohort: (cohort.name_en.clone(), cohort.name_zh.clone()),
            given,
            decisions_on: cohort.decisions_on,
        };
        let occasion = Occasion {
            subject: Some(staff.cohort().0),
            programme: Some(staff.programme()),
            programme_name: programme.pair(),
        };
        outbox::put(
            conn,
            &to,
            &letter,
            &occasion,
            &format!("review_assigned:{first}"),
        )?;
    }
    Ok(())
}

/// Asks one reviewer to read one application.
///
/// # Errors
/// [`AssignRefusal`] or [`super::rules::Conflict`] as refusals; [`Error::NotFound`].
pub fn assign(conn: &mut Conn<'_>, staff: &ApplicationStaff, reviewer: PersonId) -> Result<()> {
    hold(conn, staff)?;
    let cohort_staff = staff.cohort_staff();
    let reviewers = queries::reviewers(conn, &cohort_staff)?;
    let found = reviewers
        .iter()
        .find(|it| it.id == reviewer)
        .ok_or(AssignRefusal::NoReviewer)?;
    let wanted = [staff.application()];
    let candidates = desk_queries::candidates(conn, &cohort_staff, &wanted, false)?;
    let declared = queries::declared(conn, &cohort_staff, &wanted)?;
    let candidate = candidates.first().ok_or(Error::NotFound)?;
    let dossier = dossier(candidate, &declared);
    readable(dossier.state)?;
    if dossier.readers.contains(&reviewer) {
        return Err(AssignRefusal::Already.into());
    }
    check_conflict(
        &reader(found, 0).party,
        &dossier.party,
        dossier.declared.contains(&reviewer),
        &public_domains(),
    )?;
    let gift = Gift {
        application: candidate.id,
        applicant: candidate.person_id,
        reviewer: found,
    };
    give(conn, &cohort_staff, &[gift])
}

fn locked(conn: &mut Conn<'_>, staff: &ApplicationStaff, review: ReviewId) -> Result<Review> {
    sql_query("SELECT 1 FROM reviews WHERE id = $1 AND application_id = $2 FOR UPDATE")
        .bind::<SqlUuid, _>(review)
        .bind::<SqlUuid, _>(staff.application())
        .execute(conn.pg())?;
    queries::of_application(conn, staff)?
        .into_iter()
        .find(|it| it.id == review)
        .ok_or(Error::NotFound)
}

fn turn(
    conn: &mut Conn<'_>,
    staff: &ApplicationStaff,
    review: &Review,
    to: ReviewState,
) -> Result<()> {
    sql_query(
        "UPDATE reviews SET state = $3, total_milli = NULL, submitted_at = NULL, version = version + 1 \
         WHERE id = $1 AND programme_id = $2 AND version = $4",
    )
    .bind::<SqlUuid, _>(review.id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Text, _>(to.as_str())
    .bind::<diesel::sql_types::Integer, _>(review.version)
    .execute(conn.pg())?;
    let criteria = queries::criteria(conn, staff.cohort())?;
    if review.state()? == ReviewState::Submitted {
        let rubric = queries::rubric(&criteria)?;
        recompute(
            conn,
            &rubric,
            staff.application(),
            staff.cohort(),
            staff.programme(),
        )?;
    }
    Ok(())
}

/// Takes an assignment away; a review that was handed in stops counting.
///
/// # Errors
/// A refusal when it has ended, or when it was handed in and a released decision rests on it;
/// [`Error::NotFound`].
pub fn remove(conn: &mut Conn<'_>, staff: &ApplicationStaff, review: ReviewId) -> Result<()> {
    let held = hold(conn, staff)?;
    let row = locked(conn, staff, review)?;
    let to = next(row.state()?, ReviewEvent::Remove)?;
    if row.state()? == ReviewState::Submitted {
        unsettled(held.state)?;
    }
    turn(conn, staff, &row, to)?;
    take_away(conn, staff.application(), row.reviewer_id)?;
    audit::note(
        conn,
        about(staff.application(), held.person, staff.programme()),
        &Happened::Removed(row.reviewer_name),
    )
}

/// Gives a review back to its reviewer; it stops counting until it is handed in again.
///
/// # Errors
/// A refusal unless it was handed in, and when a released decision rests on it; [`Error::NotFound`].
pub fn reopen(conn: &mut Conn<'_>, staff: &ApplicationStaff, review: ReviewId) -> Result<()> {
    let held = hold(conn, staff)?;
    let row = locked(conn, staff, review)?;
    let to = next(row.state()?, ReviewEvent::Reopen)?;
    unsettled(held.state)?;
    turn(conn, staff, &row, to)?;
    audit::note(
        conn,
        about(staff.application(), held.person, staff.programme()),
        &Happened::Reopened(row.reviewer_name),
    )
}

/// Reminds a reviewer of what waits in the cohort, at most once a day. Tells whether anything
/// waits.
///
/// # Errors
/// [`Error::NotFound`] when the person reviews nothing in the cohort.
pub fn remind(conn: &mut Conn<'_>, staff: &CohortStaff, reviewer: PersonId) -> Result<bool> {
    let progress = queries::progress(conn, staff)?;
    let row = progress
        .iter()
        .find(|it| it.reviewer_id == reviewer)
        .ok_or(Error::NotFound)?;
    let open = row.assigned + row.draft;
    if open == 0 {
        return Ok(false);
    }
    let cohort = cohorts::queries::find(conn, staff)?;
    let to = accounts::recipient(conn, reviewer)?;
    let letter = ReviewLetter::Reminder {
        name: to.name.clone(),
        cohort: (cohort.name_en.clone(), cohort.name_zh.clone()),
        open,
        decisions_on: cohort.decisions_on,
    };
    let occasion = Occasion {
        subject: Some(staff.cohort().0),
        programme: Some(staff.programme()),
        programme_name: programmes::queries::name(conn, staff.programme())?.pair(),
    };
    let today = hk_date(now(conn)?);
    let key = format!("review_reminder:{}:{reviewer}:{today}", staff.cohort());
    outbox::put(conn, &to, &letter, &occasion, &key)?;
    audit::note(
        conn,
        About::new("cohort", staff.cohort().0).within(staff.programme()),
        &Happened::Reminded(row.name.clone()),
    )?;
    Ok(true)
}
