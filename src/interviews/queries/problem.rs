//! What a timetable is computed from, read by the task: nobody is shown it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::Working;
use crate::db::{Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{EnrolmentId, OrganisationId, PersonId, PostingId, RoundId, ShortlistId};
use crate::teaching::rules::Slot;

use super::super::rules::timetable::{Fixed, Place, Problem, Wanted};
use super::super::rules::{self, Bounds};
use super::{SlotRow, bounds, closed_times, slots};

/// A trainee who is to be interviewed.
#[derive(Clone, Debug, QueryableByName)]
pub struct Listed {
    /// The row of the shortlist.
    #[diesel(sql_type = SqlUuid)]
    pub id: ShortlistId,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// The posting.
    #[diesel(sql_type = SqlUuid)]
    pub posting_id: PostingId,
    /// The enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
}

/// Whoever is on a shortlist of a round, whose interest stands, in a posting that still counts, and who is
/// still there.
///
/// # Errors
/// The database's.
pub fn listed(conn: &mut Conn<'_>, _task: &Working, round: RoundId) -> Result<Vec<Listed>> {
    Ok(sql_query(
        "SELECT c.id, c.organisation_id, c.posting_id, c.enrolment_id, c.person_id, c.name_shown, c.trainee_number \
         FROM interview_candidates c JOIN posting_interests i ON i.id = c.interest_id JOIN postings p ON p.id = c.posting_id \
           JOIN enrolments e ON e.id = c.enrolment_id \
         WHERE c.round_id = $1 AND c.listed AND i.state = 'expressed' AND p.state IN ('open', 'ranking') \
           AND e.state IN ('enrolled', 'active', 'suspended') ORDER BY c.id LIMIT 20000",
    )
    .bind::<SqlUuid, _>(round)
    .load(conn.pg())?)
}

/// An interview that stands, of whichever round.
#[derive(Clone, Debug, QueryableByName)]
pub struct Standing {
    /// The row of the shortlist.
    #[diesel(sql_type = SqlUuid)]
    pub candidate_id: Uuid,
    /// Who comes.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Its panel.
    #[diesel(sql_type = SqlUuid)]
    pub panel_id: Uuid,
    /// Its slot.
    #[diesel(sql_type = SqlUuid)]
    pub slot_id: Uuid,
    /// Begins.
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    /// Ends.
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    /// Is it still to come?
    #[diesel(sql_type = Bool)]
    pub ahead: bool,
    /// Is it only in the draft?
    #[diesel(sql_type = Bool)]
    pub draft: bool,
}

impl Standing {
    fn when(&self) -> Slot {
        Slot {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }
}

/// What stands of these people and in this round; the drafts of other institutions too, where one is computed
/// alone.
///
/// # Errors
/// The database's.
pub fn standing(
    conn: &mut Conn<'_>,
    _task: &Working,
    (round, people): (RoundId, &[Uuid]),
    alone: Option<OrganisationId>,
    now: DateTime<Utc>,
) -> Result<Vec<Standing>> {
    Ok(sql_query(
        "SELECT candidate_id, person_id, panel_id, slot_id, starts_at, ends_at, state = 'scheduled' AND starts_at > $4 AS ahead, false AS draft \
         FROM interviews WHERE state <> 'cancelled' AND (round_id = $1 OR person_id = ANY ($2)) \
         UNION ALL \
         SELECT d.candidate_id, d.person_id, s.panel_id, d.slot_id, d.starts_at, d.ends_at, false, true FROM interview_drafts d \
           JOIN interview_slots s ON s.id = d.slot_id \
         WHERE $3 IS NOT NULL AND d.organisation_id <> $3 AND d.person_id = ANY ($2) ORDER BY 5, 1",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<Array<SqlUuid>, _>(people)
    .bind::<Nullable<SqlUuid>, _>(alone)
    .bind::<Timestamptz, _>(now)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Busy {
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
}

/// When these people cannot come between two moments: what they said of the round, and their classes.
///
/// # Errors
/// The database's.
pub fn busy(
    conn: &mut Conn<'_>,
    _task: &Working,
    (round, people): (RoundId, &[Uuid]),
    span: &Slot,
) -> Result<BTreeMap<Uuid, Vec<Slot>>> {
    let mut rows: Vec<Busy> = sql_query(
        "SELECT person_id, starts_at, ends_at FROM interview_absences WHERE round_id = $1 AND person_id = ANY ($2) ORDER BY starts_at, id",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<Array<SqlUuid>, _>(people)
    .load(conn.pg())?;
    rows.extend(classes(conn, people, span)?);
    let mut busy: BTreeMap<Uuid, Vec<Slot>> = BTreeMap::new();
    for it in rows {
        busy.entry(it.person_id).or_default().push(Slot {
            starts_at: it.starts_at,
            ends_at: it.ends_at,
        });
    }
    Ok(busy)
}

/// The classes of these people as times, by the task that keeps timetables; which class it is, is not read.
fn classes(conn: &mut Conn<'_>, people: &[Uuid], span: &Slot) -> Result<Vec<Busy>> {
    conn.elevate(Task::Timetable, |conn| {
        Ok(sql_query(
            "SELECT DISTINCT e.person_id, s.starts_at, s.ends_at FROM class_sessions s JOIN offerings o ON o.id = s.offering_id \
               JOIN enrolments e ON e.cohort_id = s.cohort_id AND e.person_id = ANY ($1) AND e.state IN ('enrolled', 'active', 'suspended') \
             WHERE s.state = 'scheduled' AND s.published AND s.starts_at < $3 AND s.ends_at > $2 \
               AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places x WHERE x.offering_id = s.offering_id AND x.enrolment_id = e.id)) \
             ORDER BY s.starts_at, e.person_id",
        )
        .bind::<Array<SqlUuid>, _>(people)
        .bind::<Timestamptz, _>(span.starts_at)
        .bind::<Timestamptz, _>(span.ends_at)
        .load(conn.pg())?)
    })
}

/// What a timetable is computed from, with who and where behind the ids.
pub struct Facts {
    /// The question.
    pub problem: Problem,
    /// Who is wanted, by the row of the shortlist.
    pub wanted: BTreeMap<Uuid, Listed>,
    /// The slots, by id.
    pub slots: BTreeMap<Uuid, SlotRow>,
    /// What stands, by the row of the shortlist.
    pub standing: BTreeMap<Uuid, Standing>,
}

fn span(slots: &[SlotRow], now: DateTime<Utc>) -> Slot {
    Slot {
        starts_at: slots.iter().map(|it| it.starts_at).min().unwrap_or(now),
        ends_at: slots.iter().map(|it| it.ends_at).max().unwrap_or(now),
    }
}

fn wanted(listed: &Listed, slots: &[SlotRow]) -> Wanted {
    let panels = slots.iter().filter(|it| {
        it.organisation_id == listed.organisation_id
            && it.posting_ids.contains(&listed.posting_id.0)
    });
    Wanted {
        id: listed.id.0,
        trainee: listed.person_id.0,
        panels: panels.map(|it| it.panel_id.0).collect(),
    }
}

/// Of which rows of the shortlist the interview that is published may get another time.
type Loosen<'a> = dyn Fn(&Uuid) -> bool + 'a;

/// Reads what a timetable is computed from: for a round, or one of its institutions alone. `loosen` says of
/// which rows of the shortlist the interview that is published may get another time.
///
/// # Errors
/// The database's.
pub fn facts(
    conn: &mut Conn<'_>,
    task: &Working,
    round: RoundId,
    (alone, loosen): (Option<OrganisationId>, &Loosen<'_>),
    now: DateTime<Utc>,
) -> Result<Facts> {
    let (bounds, _): (Bounds, i32) = bounds(conn, task, round)?;
    let closed = closed_times(conn, task, round)?;
    let all: Vec<SlotRow> = slots(conn, task, round, alone)?;
    let open = |it: &&SlotRow| rules::is_open(&it.when(), (&bounds, &closed), now);
    let in_scope = |it: &Listed| alone.is_none_or(|of| it.organisation_id == of);
    let listed: Vec<Listed> = listed(conn, task, round)?
        .into_iter()
        .filter(in_scope)
        .collect();
    let people: BTreeSet<Uuid> = listed.iter().map(|it| it.person_id.0).collect();
    let people: Vec<Uuid> = people.into_iter().collect();
    let standing = standing(conn, task, (round, &people), alone, now)?;
    let busy = busy(conn, task, (round, &people), &span(&all, now))?;
    let loose = |it: &Standing| {
        it.ahead && loosen(&it.candidate_id) && listed.iter().any(|own| own.id.0 == it.candidate_id)
    };
    let here: BTreeSet<Uuid> = all.iter().map(|it| it.id.0).collect();
    let fixed = standing
        .iter()
        .filter(|it| !loose(it))
        .map(|it| Fixed {
            trainee: it.person_id.0,
            when: it.when(),
            here: (!it.draft && here.contains(&it.slot_id)).then_some((it.panel_id, it.slot_id)),
        })
        .collect();
    let mut panels: BTreeMap<Uuid, Vec<Place>> = BTreeMap::new();
    for it in all.iter().filter(open) {
        panels.entry(it.panel_id.0).or_default().push(Place {
            slot: it.id.0,
            when: it.when(),
        });
    }
    let done = |it: &&Listed| {
        let own = standing
            .iter()
            .find(|own| !own.draft && own.candidate_id == it.id.0);
        own.is_none_or(loose)
    };
    let to_place: Vec<Listed> = listed.iter().filter(done).cloned().collect();
    Ok(Facts {
        problem: Problem {
            gap: i64::from(bounds.gap),
            most_a_day: usize::try_from(bounds.most_a_day).unwrap_or(1),
            panels,
            wanted: to_place.iter().map(|it| wanted(it, &all)).collect(),
            fixed,
            busy,
        },
        wanted: to_place.into_iter().map(|it| (it.id.0, it)).collect(),
        slots: all.into_iter().map(|it| (it.id.0, it)).collect(),
        standing: standing
            .into_iter()
            .filter(|it| !it.draft)
            .map(|it| (it.candidate_id, it))
            .collect(),
    })
}

/// A line of the draft that has a slot.
#[derive(Clone, Debug, QueryableByName)]
pub struct Drafted {
    /// The row of the shortlist.
    #[diesel(sql_type = SqlUuid)]
    pub candidate_id: Uuid,
    /// The slot.
    #[diesel(sql_type = SqlUuid)]
    pub slot_id: Uuid,
}

/// What is drafted in a round, by the row of the shortlist.
///
/// # Errors
/// The database's.
pub fn drafted(conn: &mut Conn<'_>, _task: &Working, round: RoundId) -> Result<Vec<Drafted>> {
    Ok(sql_query(
        "SELECT candidate_id, slot_id FROM interview_drafts WHERE round_id = $1 AND slot_id IS NOT NULL ORDER BY candidate_id",
    )
    .bind::<SqlUuid, _>(round)
    .load(conn.pg())?)
}
