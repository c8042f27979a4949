//! Lists: saved, certified; the lots' secret, fixed before any list counts.

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, FieldError, Result};
use crate::ids::{ProgrammeId, RankListId, RoundId};
use crate::matching::Seed;

use super::super::events::{self, Noted};
use super::super::queries::{self, Candidate, MatchRound, Owned};
use super::super::rules::ranks::{self, LineFault};
use super::super::rules::{self, ListState, MatchRefusal, Tiers, list_sha256, ordered};

/// Locks the round of a list against a run, then tells the time: may the list be touched now?
fn may_rank(conn: &mut Conn<'_>, owned: &Owned) -> Result<()> {
    let round = conn.elevate(Task::Match, |conn| {
        let work = access::working(conn, Task::Match)?;
        queries::round(conn, &work, owned.round(), Some(false))
    })?;
    let now = db::now(conn)?;
    rules::may_rank(round.state()?, round.list_deadline, now)?;
    if !owned.edits() {
        return Err(MatchRefusal::NotEditor.into());
    }
    let given = match owned.trainee() {
        Some(own) => queries::own_place(conn, own, owned.round())?,
        None => None,
    };
    if given.is_some() {
        return Err(MatchRefusal::PlacedAlready.into());
    }
    Ok(())
}

/// The field beside an item.
#[must_use]
pub fn field_of(id: uuid::Uuid) -> String {
    format!("rank-{id}")
}

/// A line's fault as a mistake in its field, with the item's name.
fn mistake((id, fault): (uuid::Uuid, LineFault), candidates: &[Candidate]) -> FieldError {
    let it = candidates.iter().find(|it| it.id == id);
    FieldError::new(field_of(id), fault.code(), |lang| {
        let unnamed = id.to_string();
        let name = it.map_or(unnamed.as_str(), |it| it.name(lang));
        match fault {
            LineFault::Twice => lang.mat_line_twice(name),
            LineFault::Unknown => lang.mat_line_unknown(name),
            LineFault::NotEligible => lang.mat_line_not_eligible(name),
            LineFault::SameRank(rank) => lang.mat_line_same_rank(name, rank),
            LineFault::NoRank => lang.mat_line_no_rank(name),
        }
    })
}

fn judge(conn: &mut Conn<'_>, owned: &Owned, tiers: &Tiers) -> Result<()> {
    let candidates = queries::candidates(conn, owned)?;
    let allowed = queries::allowed(conn, owned, &candidates)?;
    ranks::judge(tiers, &allowed).map_err(|faults| {
        let mistakes = faults.into_iter().map(|it| mistake(it, &candidates));
        Error::Invalid(mistakes.collect())
    })
}

/// Saves a list as it is meant to stand; `seen` is the version that was looked at, 0 for none. What was
/// certified keeps counting until the list is certified again.
///
/// # Errors
/// [`Error::Invalid`] with every line at fault; [`Error::Stale`]; a [`MatchRefusal`].
pub fn save_list(
    conn: &mut Conn<'_>,
    owned: &Owned,
    seen: i32,
    tiers: &Tiers,
) -> Result<RankListId> {
    may_rank(conn, owned)?;
    judge(conn, owned, tiers)?;
    let before = queries::list(conn, owned, true)?;
    if before.as_ref().map_or(0, |it| it.version) != seen {
        return Err(Error::Stale);
    }
    let tiers = ordered(tiers);
    let sha256 = list_sha256(&tiers);
    let id = before.as_ref().map_or_else(RankListId::new, |it| it.id);
    let written = sql_query(
        "INSERT INTO rank_lists (id, programme_id, round_id, kind, person_id, enrolment_id, organisation_id, posting_id, entries, sha256) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (id) DO UPDATE SET entries = excluded.entries, sha256 = excluded.sha256, version = rank_lists.version + 1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(owned.programme())
    .bind::<SqlUuid, _>(owned.round())
    .bind::<Text, _>(owned.kind().as_str())
    .bind::<Nullable<SqlUuid>, _>(owned.person())
    .bind::<Nullable<SqlUuid>, _>(owned.enrolment())
    .bind::<Nullable<SqlUuid>, _>(owned.organisation())
    .bind::<Nullable<SqlUuid>, _>(owned.posting())
    .bind::<Jsonb, _>(json!(tiers))
    .bind::<Text, _>(sha256)
    .execute(conn.pg());
    match written {
        // Two windows saved a first list at the same time.
        Err(diesel::result::Error::DatabaseError(
            diesel::result::DatabaseErrorKind::UniqueViolation,
            _,
        )) => return Err(Error::Stale),
        other => other?,
    };
    audit::note(
        conn,
        events::list(owned, id.0),
        &Noted::plain("rank_list.saved"),
    )?;
    Ok(id)
}

/// Certifies a list as it stands. From now on this is what counts, until it is certified again. The lots are
/// fixed with the first list of a round at the latest.
///
/// # Errors
/// [`Error::Stale`]; a [`MatchRefusal`].
pub fn certify(conn: &mut Conn<'_>, owned: &Owned, seen: i32) -> Result<()> {
    may_rank(conn, owned)?;
    if !owned.certifies() {
        return Err(MatchRefusal::NotCertifier.into());
    }
    let row = queries::list(conn, owned, true)?.ok_or(MatchRefusal::NothingSaved)?;
    if row.version != seen {
        return Err(Error::Stale);
    }
    rules::may_certify(queries::state_of(Some(&row)))?;
    let tiers = row.tiers()?;
    match judge(conn, owned, &tiers) {
        Err(Error::Invalid(_)) => return Err(MatchRefusal::Outdated.into()),
        other => other?,
    }
    fix_lots(conn, owned.programme(), owned.round())?;
    let now = db::now(conn)?;
    let sequence = row.sequence.unwrap_or(0).saturating_add(1);
    sql_query(
        "INSERT INTO certified_lists (id, list_id, programme_id, round_id, person_id, organisation_id, sequence, entries, sha256, \
           certified_by, certified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind::<SqlUuid, _>(uuid::Uuid::now_v7())
    .bind::<SqlUuid, _>(row.id)
    .bind::<SqlUuid, _>(owned.programme())
    .bind::<SqlUuid, _>(owned.round())
    .bind::<Nullable<SqlUuid>, _>(owned.person())
    .bind::<Nullable<SqlUuid>, _>(owned.organisation())
    .bind::<Integer, _>(sequence)
    .bind::<Jsonb, _>(json!(tiers))
    .bind::<Text, _>(&row.sha256)
    .bind::<SqlUuid, _>(owned.by())
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    if owned.second() {
        show_interest(conn, owned, &tiers)?;
    }
    let details = json!({ "sha256": row.sha256, "sequence": sequence });
    audit::note(
        conn,
        events::list(owned, row.id.0),
        &Noted("rank_list.certified", details),
    )
}

/// In a second round a certified list is a trainee's interest in what it names: institutions see name and
/// number from now on, and nothing else.
fn show_interest(conn: &mut Conn<'_>, owned: &Owned, tiers: &Tiers) -> Result<()> {
    let Some(own) = owned.trainee() else {
        return Ok(());
    };
    let postings: Vec<uuid::Uuid> = tiers.iter().flatten().copied().collect();
    let who = queries::own_names(conn, own)?;
    conn.elevate(Task::Match, |conn| {
        sql_query(
            "INSERT INTO posting_interests (id, programme_id, organisation_id, round_id, posting_id, cohort_id, enrolment_id, person_id, \
               name_shown, trainee_number) SELECT gen_random_uuid(), p.programme_id, p.organisation_id, p.round_id, p.id, $2, $3, $4, $5, $6 \
             FROM postings p WHERE p.id = ANY ($1) AND p.round_id = $7 \
             ON CONFLICT (posting_id, enrolment_id) WHERE state = 'expressed' DO NOTHING",
        )
        .bind::<Array<SqlUuid>, _>(postings)
        .bind::<SqlUuid, _>(own.cohort())
        .bind::<SqlUuid, _>(own.enrolment())
        .bind::<SqlUuid, _>(own.person())
        .bind::<Text, _>(&who.name_shown)
        .bind::<Text, _>(&who.trainee_number)
        .bind::<SqlUuid, _>(owned.root())
        .execute(conn.pg())?;
        Ok(())
    })
}

/// Fixes the lots of a round if they are not: a random secret, and its hash for everybody.
fn fix_lots(conn: &mut Conn<'_>, programme: ProgrammeId, round: RoundId) -> Result<bool> {
    let fixed = conn.elevate(Task::Match, |conn| {
        let work = access::working(conn, Task::Match)?;
        if queries::seed(conn, &work, round)?.is_some() {
            return Ok(false);
        }
        let random = access::secret::fresh()?;
        let seed = access::secret::hex(&Sha256::digest(random.as_bytes()));
        let bytes = Seed::parse(&seed).ok_or_else(|| Error::Internal("a seed".to_owned()))?;
        let hash = access::secret::hex(&Sha256::digest(bytes.bytes()));
        let made = sql_query(
            "INSERT INTO match_seeds (round_id, programme_id, seed) SELECT id, programme_id, $2 FROM placement_rounds WHERE id = $1 \
             ON CONFLICT (round_id) DO NOTHING",
        )
        .bind::<SqlUuid, _>(round)
        .bind::<Text, _>(&seed)
        .execute(conn.pg())?;
        if made == 0 {
            return Ok(false);
        }
        let now = db::now(conn)?;
        sql_query(
            "INSERT INTO match_commitments (round_id, programme_id, seed_sha256, committed_at) \
             SELECT id, programme_id, $2, $3 FROM placement_rounds WHERE id = $1",
        )
        .bind::<SqlUuid, _>(round)
        .bind::<Text, _>(&hash)
        .bind::<Timestamptz, _>(now)
        .execute(conn.pg())?;
        Ok(true)
    })?;
    if fixed {
        let about = events::round(programme, round);
        audit::note(conn, about, &Noted::plain("match.committed"))?;
    }
    Ok(fixed)
}

/// Fixes the lots of a round and publishes the hash of their secret, before lists close.
///
/// # Errors
/// [`MatchRefusal::Committed`], [`MatchRefusal::ListsClosed`], [`MatchRefusal::NotRanking`].
pub fn commit_lots(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: RoundId) -> Result<()> {
    let round = queries::office_round(conn, staff, id, Some(true))?;
    let now = db::now(conn)?;
    rules::may_rank(round.state()?, round.list_deadline, now)?;
    if !fix_lots(conn, staff.programme(), id)? {
        return Err(MatchRefusal::Committed.into());
    }
    Ok(())
}

/// Reminds everybody whose list is not certified as it stands; returns how many were written to.
///
/// # Errors
/// [`MatchRefusal::NobodyToRemind`], and when lists are closed.
pub fn remind(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: RoundId) -> Result<usize> {
    let round = queries::office_round(conn, staff, id, Some(false))?;
    let now = db::now(conn)?;
    rules::may_rank(round.state()?, round.list_deadline, now)?;
    let lists = queries::desk_lists(conn, staff, &round)?;
    let open: Vec<_> = lists
        .into_iter()
        .filter(|it| it.state() != ListState::Certified)
        .collect();
    let before = queries::reminders(conn, staff, id)?;
    let written = write_reminders(conn, &round, &open, before)?;
    if written == 0 {
        return Err(MatchRefusal::NobodyToRemind.into());
    }
    let event = Noted("match.reminded", json!({ "letters": written }));
    audit::note(conn, events::round(staff.programme(), id), &event)?;
    Ok(written)
}

fn write_reminders(
    conn: &mut Conn<'_>,
    round: &MatchRound,
    open: &[queries::DeskList],
    before: i64,
) -> Result<usize> {
    let people: Vec<_> = open.iter().filter_map(|it| it.person_id).collect();
    let mut organisations: Vec<_> = open.iter().filter_map(|it| it.organisation_id).collect();
    organisations.sort_unstable();
    organisations.dedup();
    super::super::mail::remind(conn, round, (&people, &organisations), before)
}
