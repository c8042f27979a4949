//! Postings: written, handed in, returned, approved, copied, withdrawn.

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, BigInt, Date, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use serde_json::Value;

use crate::access::{Member, ProgrammeStaff};
use crate::audit;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{OrganisationId, PersonId, PostingId, RoundId};
use crate::lang::format::hk_date;

use super::super::events::{self, Noted};
use super::super::mail::{self, Matter, Told};
use super::super::queries::{self, Posting, Round, Side};
use super::super::rules::content::{Draft, faults, missing};
use super::super::rules::{self, PlacementRefusal, PostingState};

/// Crockford's base 32, which nothing in it can be mistaken for.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A fresh number: seven random characters (35 bits); the database holds that none is given twice.
fn fresh_number() -> Result<String> {
    let mut bytes = [0_u8; 7];
    getrandom::fill(&mut bytes).map_err(|err| Error::Internal(format!("no randomness: {err}")))?;
    let tail: String = bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    Ok(format!("P-{tail}"))
}

fn json_of<T: serde::Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|err| Error::Internal(format!("a posting: {err}")))
}

/// May the institution write in this round, and is what it wrote of the programme's own lists?
fn check(
    conn: &mut Conn<'_>,
    side: &Side,
    (round, organisation): (&Round, OrganisationId),
    draft: &Draft,
    before: Option<&Draft>,
) -> Result<()> {
    let mut found = faults(draft);
    let kept = before.map(|it| it.areas.as_slice()).unwrap_or_default();
    if queries::strange_areas(conn, round.programme_id, &draft.areas, kept)? {
        found.push(crate::error::FieldError::new("areas", "choice", |lang| {
            lang.plc_need_area().to_owned()
        }));
    }
    if !found.is_empty() {
        return Err(Error::Invalid(found));
    }
    let terms = queries::terms(conn, side, round.id)?;
    let capped = terms
        .iter()
        .any(|it| it.organisation_id == organisation && it.seat_cap.is_some());
    if capped && draft.reserve_seats > 0 {
        return Err(PlacementRefusal::CapAndReserve.into());
    }
    Ok(())
}

/// The partnership lets the institution write postings today.
fn check_partnership(
    conn: &mut Conn<'_>,
    side: &Side,
    round: &Round,
    organisation: OrganisationId,
) -> Result<()> {
    let today = hk_date(db::now(conn)?);
    if queries::in_force(conn, side, (round.programme_id, organisation), today)? {
        Ok(())
    } else {
        Err(PlacementRefusal::NoPartnership.into())
    }
}

/// Begins a posting; returns its id.
///
/// # Errors
/// [`Error::NotFound`] for an institution or a round that is not theirs; [`Error::Invalid`]; a
/// [`PlacementRefusal`].
pub fn begin_posting(
    conn: &mut Conn<'_>,
    member: &Member,
    organisation: OrganisationId,
    draft: &Draft,
    copied_from: Option<PostingId>,
) -> Result<PostingId> {
    if !member.organisations().contains(&organisation) {
        return Err(Error::NotFound);
    }
    let side = Side::Host(member.clone());
    let round = queries::lock_round(conn, &side, draft.round, false)?;
    if !rules::takes_postings(round.state()?) {
        return Err(PlacementRefusal::RoundOver.into());
    }
    check_partnership(conn, &side, &round, organisation)?;
    check(conn, &side, (&round, organisation), draft, None)?;
    let id = PostingId::new();
    sql_query(
        "INSERT INTO postings (id, programme_id, organisation_id, round_id, number, writer_ids, copied_from) \
         VALUES ($1, $2, $3, $4, $5, ARRAY[$6], $7)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(round.programme_id)
    .bind::<SqlUuid, _>(organisation)
    .bind::<SqlUuid, _>(round.id)
    .bind::<Text, _>(fresh_number()?)
    .bind::<SqlUuid, _>(member.person())
    .bind::<Nullable<SqlUuid>, _>(copied_from)
    .execute(conn.pg())?;
    put(conn, id, member.person(), draft)?;
    let row = queries::posting(conn, &side, id)?;
    let verb = if copied_from.is_some() {
        "posting.copied"
    } else {
        "posting.created"
    };
    audit::note(conn, events::posting(&row), &Noted::plain(verb))?;
    Ok(id)
}

/// Writes what a draft says into its row; whoever writes is among its writers from now on.
fn put(conn: &mut Conn<'_>, id: PostingId, writer: PersonId, draft: &Draft) -> Result<()> {
    let areas: Vec<uuid::Uuid> = draft.areas.iter().map(|it| it.0).collect();
    sql_query(
        "UPDATE postings SET round_id = $2, area_ids = $3, seats = $4, reserve_group = $5, reserve_seats = $6, group_caps = $7, \
           allowance_cents = $8, starts_on = $9, ends_on = $10, content = $11, wants = $12, \
           writer_ids = CASE WHEN $13 = ANY (writer_ids) THEN writer_ids ELSE array_append(writer_ids, $13) END, \
           version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(draft.round)
    .bind::<Array<SqlUuid>, _>(areas)
    .bind::<Integer, _>(draft.seats)
    .bind::<Nullable<Text>, _>(draft.reserve_group.map(crate::applications::route::Route::as_str))
    .bind::<Integer, _>(draft.reserve_seats)
    .bind::<Jsonb, _>(json_of(&draft.caps)?)
    .bind::<Nullable<BigInt>, _>(draft.cents)
    .bind::<Nullable<Date>, _>(draft.starts_on)
    .bind::<Nullable<Date>, _>(draft.ends_on)
    .bind::<Jsonb, _>(json_of(&draft.content)?)
    .bind::<Jsonb, _>(json_of(&draft.wants)?)
    .bind::<SqlUuid, _>(writer)
    .execute(conn.pg())?;
    Ok(())
}

/// Saves a draft, or a posting that was returned; it may be moved to another round that collects.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`]; a [`PlacementRefusal`].
pub fn save_posting(
    conn: &mut Conn<'_>,
    member: &Member,
    (id, seen): (PostingId, i32),
    draft: &Draft,
) -> Result<()> {
    let side = Side::Host(member.clone());
    let (round, before) = queries::lock_posting(conn, &side, id, Some(seen))?;
    rules::may_edit(before.state()?, round.state()?)?;
    let round = if draft.round == round.id {
        round
    } else {
        let to = queries::lock_round(conn, &side, draft.round, false)?;
        if to.programme_id != round.programme_id {
            return Err(Error::NotFound);
        }
        if !rules::takes_postings(to.state()?) {
            return Err(PlacementRefusal::RoundOver.into());
        }
        to
    };
    let was = before.draft()?;
    check(
        conn,
        &side,
        (&round, before.organisation_id),
        draft,
        Some(&was),
    )?;
    if was == *draft {
        return Ok(());
    }
    put(conn, id, member.person(), draft)?;
    audit::note(
        conn,
        events::posting(&before),
        &Noted::plain("posting.changed"),
    )
}

/// Copies a posting into a round as a new draft; its days, being another round's, are left out.
///
/// # Errors
/// As [`begin_posting`].
pub fn copy_posting(
    conn: &mut Conn<'_>,
    member: &Member,
    id: PostingId,
    round: RoundId,
) -> Result<PostingId> {
    let side = Side::Host(member.clone());
    let source = queries::posting(conn, &side, id)?;
    let mut draft = source.draft()?;
    if draft.round != round {
        draft.starts_on = None;
        draft.ends_on = None;
        draft.content.set("decision_on", String::new());
    }
    draft.round = round;
    // An area that was archived since is not taken along.
    let areas = queries::areas(conn, source.programme_id)?;
    draft.areas.retain(|id| {
        areas
            .iter()
            .any(|area| area.id == *id && area.archived_at.is_none())
    });
    begin_posting(conn, member, source.organisation_id, &draft, Some(id))
}

/// Whom and what a letter about a posting names.
pub(super) fn about(it: &Posting, mark: String) -> Result<mail::About> {
    let content = it.content()?;
    let title = |name: &str| match content.get(name) {
        "" => it.number.clone(),
        title => title.to_owned(),
    };
    Ok(mail::About {
        programme: it.programme_id,
        organisation: (
            it.organisation_id,
            (it.organisation_en.clone(), it.organisation_zh.clone()),
        ),
        title: (title("title_en"), title("title_zh")),
        matter: Matter::Posting(it.id),
        mark,
    })
}

/// Hands a posting in; the office is told.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`] names everything that is missing; a
/// [`PlacementRefusal`].
pub fn submit_posting(
    conn: &mut Conn<'_>,
    member: &Member,
    (id, seen): (PostingId, i32),
) -> Result<()> {
    let side = Side::Host(member.clone());
    let (round, before) = queries::lock_posting(conn, &side, id, Some(seen))?;
    let now = db::now(conn)?;
    rules::may_submit(before.state()?, &round.now()?, now)?;
    check_partnership(conn, &side, &round, before.organisation_id)?;
    let missing = missing(&before.draft()?, (round.starts_on, round.ends_on));
    if !missing.is_empty() {
        return Err(Error::Invalid(missing));
    }
    sql_query(
        "UPDATE postings SET state = 'submitted', submitted_by = $2, submitted_at = $3, decided_by = NULL, decided_at = NULL, \
           version = version + 1 WHERE id = $1 AND state IN ('draft', 'returned')",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(member.person())
    .bind::<diesel::sql_types::Timestamptz, _>(now)
    .execute(conn.pg())?;
    audit::note(
        conn,
        events::posting(&before),
        &Noted::plain("posting.submitted"),
    )?;
    let about = about(&before, format!("submitted-{}", before.version))?;
    mail::write(conn, &about, &Told::Submitted, member.person())
}

fn decide(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    before: &Posting,
    (to, comment): (PostingState, &str),
) -> Result<()> {
    sql_query(
        "UPDATE postings SET state = $2, comment = $3, decided_by = $4, decided_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND state = $5",
    )
    .bind::<SqlUuid, _>(before.id)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(comment)
    .bind::<SqlUuid, _>(staff.person())
    .bind::<Text, _>(&before.state)
    .execute(conn.pg())?;
    Ok(())
}

/// Approves a posting; the institution is told. Whoever wrote on it or handed it in does not approve it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; a [`PlacementRefusal`].
pub fn approve_posting(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, seen): (PostingId, i32),
) -> Result<()> {
    let side = Side::Office(*staff);
    let (round, before) = queries::lock_posting(conn, &side, id, Some(seen))?;
    let mut writers = before.writer_ids.clone();
    writers.extend(before.submitted_by);
    let to = rules::approve(before.state()?, round.state()?, &writers, staff.person())?;
    decide(conn, staff, &before, (to, ""))?;
    audit::note(
        conn,
        events::posting(&before),
        &Noted::plain("posting.approved"),
    )?;
    let about = about(&before, format!("approved-{}", before.version))?;
    mail::write(conn, &about, &Told::Approved, staff.person())
}

/// Sends a posting back with a comment; the institution is told.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`]; a [`PlacementRefusal`].
pub fn return_posting(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, seen): (PostingId, i32),
    comment: &str,
) -> Result<()> {
    if comment.trim().is_empty() {
        return Err(Error::field("comment", "required", |lang| {
            lang.plc_need_comment().to_owned()
        }));
    }
    let side = Side::Office(*staff);
    let (_, before) = queries::lock_posting(conn, &side, id, Some(seen))?;
    rules::may_return(before.state()?)?;
    if queries::waiting_change(conn, &side, id)?.is_some() {
        return Err(PlacementRefusal::ChangeWaits.into());
    }
    decide(conn, staff, &before, (PostingState::Returned, comment))?;
    audit::note(
        conn,
        events::posting(&before),
        &Noted::plain("posting.returned"),
    )?;
    let about = about(&before, format!("returned-{}", before.version))?;
    mail::write(
        conn,
        &about,
        &Told::Returned(comment.to_owned()),
        staff.person(),
    )
}

/// Withdraws a posting that is not approved yet.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; a [`PlacementRefusal`].
pub fn withdraw_posting(
    conn: &mut Conn<'_>,
    member: &Member,
    (id, seen): (PostingId, i32),
) -> Result<()> {
    let side = Side::Host(member.clone());
    let (_, before) = queries::lock_posting(conn, &side, id, Some(seen))?;
    rules::may_withdraw(before.state()?)?;
    sql_query("UPDATE postings SET state = 'withdrawn', version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    audit::note(
        conn,
        events::posting(&before),
        &Noted::plain("posting.withdrawn"),
    )
}
