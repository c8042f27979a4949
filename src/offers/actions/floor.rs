//! The floor on which seats move: a cohort whose row and pools are locked, and the few steps that
//! change counters, states and history together.

use std::collections::BTreeMap;

use crate::db::sql_query;
use chrono::{DateTime, Days, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};

use crate::access::{self, Working};
use crate::applications::rules::{Decision, Event as Step};
use crate::audit::{self, About};
use crate::cohorts::queries::{self as cohorts, Cohort, PoolRow};
use crate::cohorts::rules::seats::SeatRefusal;
use crate::db::{Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{CohortId, LinkId, OfferId, PersonId, PoolId};
use crate::mail::outbox::{self, Occasion, Recipient};
use crate::offers::events::Happened;
use crate::offers::mail::{OfferFacts, OfferLetter, Setting, Told};
use crate::offers::queries::{self, Application, Offer};
use crate::offers::rules::{self, OfferEvent, OfferState};
use crate::people::accounts::{self, Purpose};
use crate::programmes;

use super::rows::{insert_offer, leave_waitlist, one, schedule, step_application};

/// A locked cohort with its locked pools.
pub(crate) struct Floor {
    pub(crate) cohort: Cohort,
    pub(crate) pools: Vec<PoolRow>,
    pub(crate) seats: Working,
    pub(super) recipients: BTreeMap<PersonId, Recipient>,
    programme_name: (String, String),
}

impl Floor {
    /// Locks the cohort, then its pools in the order of their ids; under [`Task::Seats`].
    pub(crate) fn lock(conn: &mut Conn<'_>, cohort: CohortId) -> Result<Self> {
        let seats = access::working(conn, Task::Seats)?;
        let cohort = cohorts::lock_for_seats(conn, &seats, cohort)?;
        let pools = cohorts::lock_pools(conn, &cohort)?;
        let programme_name = programmes::queries::name(conn, cohort.programme_id)?.pair();
        Ok(Self {
            cohort,
            pools,
            seats,
            recipients: BTreeMap::new(),
            programme_name,
        })
    }

    fn pool(&self, id: PoolId) -> Result<&PoolRow> {
        let pool = self.pools.iter().find(|pool| pool.id == id);
        pool.ok_or_else(|| Error::Internal(format!("pool {id} is not of this cohort")))
    }

    fn about_offer(&self, id: OfferId, person: PersonId) -> About {
        About::new("offer", id.0)
            .of(person)
            .within(self.cohort.programme_id)
    }

    fn about_application(&self, application: &Application) -> About {
        About::new("application", application.id.0)
            .of(application.person_id)
            .within(self.cohort.programme_id)
    }

    /// Writes an event about an application.
    pub(super) fn note(
        &self,
        conn: &mut Conn<'_>,
        application: &Application,
        event: &Happened,
    ) -> Result<()> {
        audit::note(conn, self.about_application(application), event)
    }

    /// Writes an event about an offer.
    pub(super) fn note_offer(
        &self,
        conn: &mut Conn<'_>,
        offer: &Offer,
        verb: &'static str,
        note: Option<String>,
    ) -> Result<()> {
        let event = Happened::Offer {
            verb,
            application: offer.application_id,
            pool: offer.pool_id,
            note,
        };
        audit::note(conn, self.about_offer(offer.id, offer.person_id), &event)
    }

    fn recipient(&self, conn: &mut Conn<'_>, person: PersonId) -> Result<Recipient> {
        match self.recipients.get(&person) {
            Some(known) => Ok(known.clone()),
            None => accounts::recipient(conn, person),
        }
    }

    /// Queues a letter to the applicant.
    pub(super) fn tell(
        &self,
        conn: &mut Conn<'_>,
        application: &Application,
        told: Told,
        dedupe_key: &str,
    ) -> Result<()> {
        let to = self.recipient(conn, application.person_id)?;
        let letter = OfferLetter {
            setting: Setting {
                name: to.name.clone(),
                cohort: (self.cohort.name_en.clone(), self.cohort.name_zh.clone()),
                reference: application.reference.clone(),
                application: application.id,
            },
            told,
        };
        let occasion = Occasion {
            subject: Some(application.id.0),
            programme: Some(self.cohort.programme_id),
            programme_name: self.programme_name.clone(),
        };
        outbox::put(conn, &to, &letter, &occasion, dedupe_key)
    }

    /// What the letter about an offer says.
    pub(super) fn facts(&self, offer: &Offer, link: LinkId) -> Result<OfferFacts> {
        let pool = self.pool(offer.pool_id)?;
        Ok(OfferFacts::new(&self.cohort, pool, offer.expires_at, link))
    }

    /// The deadline of an offer made now.
    pub(super) fn expiry(&self, now: DateTime<Utc>, by_release: bool) -> DateTime<Utc> {
        expiry(&self.cohort, now, by_release)
    }

    /// Makes an offer: the application is told, a seat is held, its end and reminder are queued.
    /// `rank` is the place on the waitlist from which it is promoted.
    pub(super) fn issue(
        &self,
        conn: &mut Conn<'_>,
        application: &Application,
        pool: PoolId,
        rank: Option<i32>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let waitlisted = application.decision.as_deref() == Some(Decision::Waitlist.as_str());
        let step = match rank {
            Some(_) => Step::Promote,
            None if waitlisted => Step::ReleaseWithSeat,
            None => Step::Release,
        };
        step_application(conn, application, step, now)?;
        self.move_seat(conn, pool, Move::Issue)?;
        let offer = Offer {
            id: OfferId::new(),
            application_id: application.id,
            cohort_id: self.cohort.id,
            pool_id: pool,
            programme_id: self.cohort.programme_id,
            person_id: application.person_id,
            state: OfferState::Open.as_str().to_owned(),
            expires_at: self.expiry(now, rank.is_none()),
            promoted_rank: rank,
            reason: None,
            ended_at: None,
            vacated_at: None,
            version: 1,
            created_at: now,
        };
        insert_offer(conn, &offer)?;
        let subject = Some(offer.id.0);
        let link = accounts::new_link(
            conn,
            Purpose::Offer,
            offer.person_id,
            subject,
            None,
            offer.expires_at,
        )?;
        schedule(conn, &offer, now)?;
        let event = Happened::Issued {
            application: application.id,
            pool,
            expires_at: offer.expires_at,
            rank,
        };
        audit::note(conn, self.about_offer(offer.id, offer.person_id), &event)?;
        let facts = self.facts(&offer, link)?;
        let told = match rank {
            Some(_) => Told::Promoted(facts),
            None => Told::Offered(facts),
        };
        self.tell(conn, application, told, &format!("offer:{}:made", offer.id))
    }

    /// Ends an open offer by the rule; its seat is taken or free afterwards. The application's own
    /// step and the letter are the caller's.
    pub(super) fn end(
        &self,
        conn: &mut Conn<'_>,
        offer: &Offer,
        event: OfferEvent,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let to = rules::next(offer.state()?, event, offer.expires_at, now)?;
        let ended = sql_query(
            "UPDATE offers SET state = $2, ended_at = $3, reason = $4 \
             WHERE id = $1 AND state = 'open' AND expires_at = $5",
        )
        .bind::<SqlUuid, _>(offer.id)
        .bind::<Text, _>(to.as_str())
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<Text>, _>(reason)
        .bind::<Timestamptz, _>(offer.expires_at)
        .execute(conn.pg())?;
        one(ended)?;
        let (moved, verb) = match event {
            OfferEvent::Accept => (Move::Accept, "offer.accepted"),
            OfferEvent::Decline => (Move::Release, "offer.declined"),
            OfferEvent::Expire => (Move::Release, "offer.expired"),
            OfferEvent::Withdraw => (Move::Release, "offer.withdrawn"),
        };
        self.move_seat(conn, offer.pool_id, moved)?;
        self.note_offer(conn, offer, verb, reason.map(str::to_owned))
    }

    /// Gives up the seat of an accepted offer.
    pub(crate) fn vacate(
        &self,
        conn: &mut Conn<'_>,
        offer: &Offer,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let vacated = sql_query(
            "UPDATE offers SET vacated_at = $2 WHERE id = $1 AND state = 'accepted' AND vacated_at IS NULL",
        )
        .bind::<SqlUuid, _>(offer.id)
        .bind::<Timestamptz, _>(now)
        .execute(conn.pg())?;
        one(vacated)?;
        self.move_seat(conn, offer.pool_id, Move::Vacate)?;
        self.note_offer(conn, offer, "offer.seat_given_up", None)
    }

    /// Takes a free seat again for an accepted offer whose seat was given up.
    pub(crate) fn reoccupy(&self, conn: &mut Conn<'_>, offer: &Offer) -> Result<()> {
        let again = sql_query(
            "UPDATE offers SET vacated_at = NULL WHERE id = $1 AND state = 'accepted' AND vacated_at IS NOT NULL",
        )
        .bind::<SqlUuid, _>(offer.id)
        .execute(conn.pg())?;
        one(again)?;
        self.move_seat(conn, offer.pool_id, Move::Reoccupy)?;
        self.note_offer(conn, offer, "offer.seat_taken_again", None)
    }

    /// Gives the unused seats of ended holds back and promotes whoever fits a free seat, by the
    /// plan; returns how many were promoted.
    pub(crate) fn fill(&mut self, conn: &mut Conn<'_>, now: DateTime<Utc>) -> Result<usize> {
        if !rules::promotes(self.cohort.state()?) {
            return Ok(0);
        }
        self.pools = cohorts::lock_pools(conn, &self.cohort)?;
        let pools = queries::rule_pools(&self.pools)?;
        let waiting = queries::waiting(conn, self.cohort.id)?;
        let plan = rules::plan::plan_whole(&pools, &waiting, &[], 0, now)?;
        self.give_back(conn, &plan.given_back)?;
        self.promote(conn, &waiting, &plan.promotions, now)
    }

    /// Moves unused held seats to the open pool: the total stays the same.
    pub(super) fn give_back(&self, conn: &mut Conn<'_>, given: &[(PoolId, i32)]) -> Result<()> {
        let open = self.pools.iter().find(|p| p.organisation_id.is_none());
        let Some(open) = open else { return Ok(()) };
        for (held, seats) in given {
            for (pool, by) in [(*held, -seats), (open.id, *seats)] {
                let moved = sql_query(
                    "UPDATE seat_pools SET capacity = capacity + $3, \
                       released_at = CASE WHEN $3 < 0 THEN coalesce(released_at, banyan_now()) ELSE released_at END \
                     WHERE id = $1 AND cohort_id = $2 AND offered + taken <= capacity + $3",
                )
                .bind::<SqlUuid, _>(pool)
                .bind::<SqlUuid, _>(self.cohort.id)
                .bind::<Integer, _>(by)
                .execute(conn.pg())?;
                one(moved)?;
            }
            let mut about = About::new("pool", held.0).within(self.cohort.programme_id);
            about.organisation = self.pool(*held)?.organisation_id;
            let event = Happened::HoldEnded {
                seats: *seats,
                to: open.id,
            };
            audit::note(conn, about, &event)?;
        }
        Ok(())
    }

    /// Carries out planned promotions.
    pub(super) fn promote(
        &self,
        conn: &mut Conn<'_>,
        waiting: &[rules::plan::Entry],
        promotions: &[(crate::ids::ApplicationId, PoolId)],
        now: DateTime<Utc>,
    ) -> Result<usize> {
        if promotions.is_empty() {
            return Ok(0);
        }
        let ids: Vec<_> = promotions.iter().map(|(id, _)| *id).collect();
        let applications = queries::lock_applications(conn, self.cohort.id, &ids)?;
        for (id, pool) in promotions {
            let application = applications.iter().find(|it| it.id == *id);
            let entry = waiting.iter().find(|it| it.application == *id);
            let (Some(application), Some(entry)) = (application, entry) else {
                return Err(Error::Internal(format!("{id} waits without an entry")));
            };
            one(leave_waitlist(conn, application, "promoted", now)?)?;
            self.issue(conn, application, *pool, Some(entry.rank), now)?;
        }
        Ok(promotions.len())
    }

    fn move_seat(&self, conn: &mut Conn<'_>, pool: PoolId, moved: Move) -> Result<()> {
        let (sql, refusal) = match moved {
            Move::Issue => (
                "UPDATE seat_pools SET offered = offered + 1 WHERE id = $1 AND cohort_id = $2 AND offered + taken < capacity",
                SeatRefusal::NoFreeSeat,
            ),
            Move::Accept => (
                "UPDATE seat_pools SET offered = offered - 1, taken = taken + 1 WHERE id = $1 AND cohort_id = $2 AND offered > 0",
                SeatRefusal::NoneOffered,
            ),
            Move::Release => (
                "UPDATE seat_pools SET offered = offered - 1 WHERE id = $1 AND cohort_id = $2 AND offered > 0",
                SeatRefusal::NoneOffered,
            ),
            Move::Vacate => (
                "UPDATE seat_pools SET taken = taken - 1 WHERE id = $1 AND cohort_id = $2 AND taken > 0",
                SeatRefusal::NoneTaken,
            ),
            Move::Reoccupy => (
                "UPDATE seat_pools SET taken = taken + 1 WHERE id = $1 AND cohort_id = $2 AND offered + taken < capacity",
                SeatRefusal::NoFreeSeat,
            ),
        };
        let moved = sql_query(sql)
            .bind::<SqlUuid, _>(pool)
            .bind::<SqlUuid, _>(self.cohort.id)
            .execute(conn.pg())?;
        if moved == 1 {
            Ok(())
        } else {
            Err(refusal.into())
        }
    }
}

/// The deadline of an offer of this cohort made now, by a release or by promotion; at the latest the
/// eve of the first class.
pub(super) fn expiry(cohort: &Cohort, now: DateTime<Utc>, by_release: bool) -> DateTime<Utc> {
    let days = u32::try_from(cohort.reply_days).unwrap_or(1);
    let eve = cohort.starts_on.checked_sub_days(Days::new(1));
    if by_release {
        rules::release_expires_at(now, cohort.reply_by, days, eve)
    } else {
        rules::expires_at(now, days, eve)
    }
}

/// How a pool's counters move.
#[derive(Clone, Copy)]
enum Move {
    Issue,
    Accept,
    Release,
    Vacate,
    Reoccupy,
}
