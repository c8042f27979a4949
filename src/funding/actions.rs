//! What is done with funding. The lock of everything is the scheme's row.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use serde_json::json;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, FieldError, Result};
use crate::ids::{ClaimId, FundedId, FundingSchemeId, PersonId, PlacementId};
use crate::lang::format::hk_date;
use crate::placements::actions::unless_taken;

use super::events::{Noted, about};
use super::queries::{self, Fundable, Funded, Hours, Scheme, Standing};
use super::rules::{
    Bar, ClaimState, ClaimStep, FundingRefusal, Month, Terms, Used, claim_step, judge, months, pay,
    period_start,
};

/// What a scheme says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeDetails {
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Where its terms are written.
    pub source: String,
    /// Its terms.
    pub terms: Terms,
}

fn check(it: &SchemeDetails) -> Result<()> {
    let mut faults = Vec::new();
    if it.terms.valid_to < it.terms.valid_from {
        faults.push(FieldError::new("valid_to", "out_of_order", |lang| {
            lang.plc_need_order().to_owned()
        }));
    }
    if it
        .terms
        .claim_by
        .is_some_and(|last| last < it.terms.valid_from)
    {
        faults.push(FieldError::new("claim_by", "out_of_order", |lang| {
            lang.fnd_need_claim_by().to_owned()
        }));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}

/// Records a scheme, or changes one that is not archived; returns its id.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::Stale`]; [`FundingRefusal::Archived`].
pub fn save_scheme(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    before: Option<(FundingSchemeId, i32)>,
    it: &SchemeDetails,
) -> Result<FundingSchemeId> {
    check(it)?;
    if let Some((id, seen)) = before {
        let row = queries::scheme(conn, staff, id, true)?;
        if row.archived_at.is_some() {
            return Err(FundingRefusal::Archived.into());
        }
        if row.version != seen {
            return Err(Error::Stale);
        }
    }
    let id = before.map_or_else(FundingSchemeId::new, |(id, _)| id);
    let terms = &it.terms;
    sql_query(
        "INSERT INTO funding_schemes (id, programme_id, name_en, name_zh, source, valid_from, valid_to, claim_days, claim_by, share_bp, \
           month_cap_cents, least_hours_bp, months_most, period, persons_most, budget_cents) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         ON CONFLICT (id) DO UPDATE SET name_en = $3, name_zh = $4, source = $5, valid_from = $6, valid_to = $7, claim_days = $8, claim_by = $9, \
           share_bp = $10, month_cap_cents = $11, least_hours_bp = $12, months_most = $13, period = $14, persons_most = $15, budget_cents = $16, \
           version = funding_schemes.version + 1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Text, _>(&it.name_en)
    .bind::<Text, _>(&it.name_zh)
    .bind::<Text, _>(&it.source)
    .bind::<Date, _>(terms.valid_from)
    .bind::<Date, _>(terms.valid_to)
    .bind::<Integer, _>(terms.claim_days)
    .bind::<Nullable<Date>, _>(terms.claim_by)
    .bind::<Integer, _>(terms.share_bp)
    .bind::<BigInt, _>(terms.month_cap_cents)
    .bind::<Integer, _>(terms.least_hours_bp)
    .bind::<Nullable<Integer>, _>(terms.months_most)
    .bind::<Text, _>(terms.period.as_str())
    .bind::<Nullable<Integer>, _>(terms.persons_most)
    .bind::<Nullable<BigInt>, _>(terms.budget_cents)
    .execute(conn.pg())?;
    let verb = match before {
        Some(_) => "funding_scheme.changed",
        None => "funding_scheme.added",
    };
    audit::note(
        conn,
        about(staff, "funding_scheme", id.0),
        &Noted::plain(verb),
    )?;
    Ok(id)
}

/// Archives a scheme, or takes it back into use.
///
/// # Errors
/// [`Error::NotFound`].
pub fn put_away(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: FundingSchemeId,
    away: bool,
) -> Result<()> {
    queries::scheme(conn, staff, id, true)?;
    sql_query(
        "UPDATE funding_schemes SET archived_at = CASE WHEN $2 THEN banyan_now() END, version = version + 1 \
         WHERE id = $1 AND (archived_at IS NOT NULL) <> $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Bool, _>(away)
    .execute(conn.pg())?;
    let verb = if away {
        "funding_scheme.archived"
    } else {
        "funding_scheme.restored"
    };
    audit::note(
        conn,
        about(staff, "funding_scheme", id.0),
        &Noted::plain(verb),
    )
}

/// A placement that comes under a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewFunded {
    /// The placement.
    pub placement: PlacementId,
    /// Pay of a whole month, in cents.
    pub month_pay_cents: i64,
    /// When it was verified.
    pub verified_on: NaiveDate,
}

/// Puts placements under a scheme; returns how many.
///
/// # Errors
/// [`FundingRefusal::Archived`], [`FundingRefusal::Twice`]; [`Error::NotFound`] for a placement that the
/// scheme does not take.
pub fn fund(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: FundingSchemeId,
    all: &[NewFunded],
) -> Result<usize> {
    let scheme = queries::scheme(conn, staff, id, true)?;
    if scheme.archived_at.is_some() {
        return Err(FundingRefusal::Archived.into());
    }
    let free: BTreeMap<PlacementId, Fundable> = queries::fundable(conn, staff, &scheme)?
        .into_iter()
        .map(|it| (it.id, it))
        .collect();
    for new in all {
        let of = free.get(&new.placement).ok_or(Error::NotFound)?;
        let twice = || FundingRefusal::Twice.into();
        unless_taken(conn, twice, |pg| {
            sql_query(
            "INSERT INTO funded_placements (id, programme_id, scheme_id, placement_id, person_id, month_pay_cents, verified_on, verified_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(FundedId::new())
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<SqlUuid, _>(scheme.id)
        .bind::<SqlUuid, _>(of.id)
        .bind::<SqlUuid, _>(of.person_id)
        .bind::<BigInt, _>(new.month_pay_cents)
        .bind::<Date, _>(new.verified_on)
        .bind::<SqlUuid, _>(staff.person())
            .execute(pg)
        })?;
    }
    let event = Noted("funding_scheme.funded", json!({ "count": all.len() }));
    audit::note(conn, about(staff, "funding_scheme", id.0), &event)?;
    Ok(all.len())
}

/// Takes a placement off a scheme, unless a claim for it stands.
///
/// # Errors
/// [`Error::NotFound`]; [`FundingRefusal::HasClaims`].
pub fn unfund(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: FundingSchemeId,
    funded: FundedId,
) -> Result<()> {
    let scheme = queries::scheme(conn, staff, id, true)?;
    let known = queries::funded(conn, staff, &scheme)?;
    if known.iter().all(|it| it.id != funded) {
        return Err(Error::NotFound);
    }
    let claimed = queries::standing(conn, staff, id)?;
    if claimed.iter().any(|it| it.funded_id == funded) {
        return Err(FundingRefusal::HasClaims.into());
    }
    sql_query("UPDATE funded_placements SET removed_at = banyan_now() WHERE id = $1")
        .bind::<SqlUuid, _>(funded)
        .execute(conn.pg())?;
    let event = Noted("funding_scheme.unfunded", json!({ "count": 1 }));
    audit::note(conn, about(staff, "funding_scheme", id.0), &event)
}

/// A month of a placement under a scheme, and what may be claimed for it.
#[derive(Clone, Debug)]
pub struct Due {
    /// The placement.
    pub funded: Funded,
    /// The month.
    pub month: Month,
    /// The pay that counts, in cents.
    pub pay_cents: i64,
    /// What may be claimed, or why nothing.
    pub verdict: std::result::Result<i64, Bar>,
}

/// What a scheme stands at.
#[derive(Clone, Debug)]
pub struct Meter {
    /// The scheme.
    pub scheme: Scheme,
    /// Its terms.
    pub terms: Terms,
    /// The claims that stand.
    pub standing: Vec<Standing>,
    /// The months that no claim stands for, by name and month.
    pub due: Vec<Due>,
}

impl Meter {
    /// Cents of the claims in one of these states.
    #[must_use]
    pub fn cents(&self, states: &[ClaimState]) -> i64 {
        let within = |it: &&Standing| states.iter().any(|state| state.as_str() == it.state);
        self.standing
            .iter()
            .filter(within)
            .map(|it| it.amount_cents)
            .sum()
    }

    /// Persons with a claim that stands.
    #[must_use]
    pub fn persons(&self) -> i64 {
        let persons: BTreeSet<PersonId> = self.standing.iter().map(|it| it.person_id).collect();
        i64::try_from(persons.len()).unwrap_or(i64::MAX)
    }

    /// The months that may be claimed today.
    pub fn claimable(&self) -> impl Iterator<Item = (&Due, i64)> {
        self.due
            .iter()
            .filter_map(|it| Some((it, *it.verdict.as_ref().ok()?)))
    }
}

/// What a scheme has been used for, as far as a month of a person asks.
fn used(terms: &Terms, standing: &[Standing], person: PersonId, month: NaiveDate) -> Used {
    let own = |it: &&Standing| {
        it.person_id == person
            && period_start(terms.period, it.month) == period_start(terms.period, month)
    };
    let persons: BTreeSet<PersonId> = standing.iter().map(|it| it.person_id).collect();
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    Used {
        months: count(standing.iter().filter(own).count()),
        persons: count(persons.len()),
        known: persons.contains(&person),
        cents: standing.iter().map(|it| it.amount_cents).sum(),
    }
}

/// The months of the placements under a scheme for which no claim stands, each judged as if those before it
/// that may be claimed were claimed: so that what the list says can be claimed all at once.
#[must_use]
pub fn due(
    terms: &Terms,
    funded: &[Funded],
    standing: &[Standing],
    hours: &Hours,
    today: NaiveDate,
) -> Vec<Due> {
    let mut so_far = standing.to_vec();
    let mut all = Vec::new();
    for it in funded {
        for first in months(it.starts_on, it.ends_on, today) {
            if standing
                .iter()
                .any(|one| one.funded_id == it.id && one.month == first)
            {
                continue;
            }
            let (worked, contracted) = hours
                .get(&(it.placement_id, first))
                .copied()
                .unwrap_or_default();
            let month = Month {
                first,
                starts_on: it.starts_on,
                ends_on: it.ends_on,
                verified_on: it.verified_on,
                month_pay_cents: it.month_pay_cents,
                worked,
                contracted,
            };
            let verdict = judge(
                terms,
                &month,
                &used(terms, &so_far, it.person_id, first),
                today,
            );
            if let Ok(amount_cents) = verdict {
                so_far.push(Standing {
                    funded_id: it.id,
                    person_id: it.person_id,
                    month: first,
                    amount_cents,
                    state: ClaimState::Submitted.as_str().to_owned(),
                });
            }
            all.push(Due {
                funded: it.clone(),
                pay_cents: pay(terms, &month),
                month,
                verdict,
            });
        }
    }
    all
}

/// What a scheme stands at today.
///
/// # Errors
/// [`Error::NotFound`].
pub fn meter(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: FundingSchemeId,
    lock: bool,
) -> Result<Meter> {
    let scheme = queries::scheme(conn, staff, id, lock)?;
    let today = hk_date(db::now(conn)?);
    let terms = scheme.terms()?;
    let funded = queries::funded(conn, staff, &scheme)?;
    let standing = queries::standing(conn, staff, id)?;
    let hours = queries::hours(conn, staff, &funded, today)?;
    Ok(Meter {
        due: due(&terms, &funded, &standing, &hours, today),
        scheme,
        terms,
        standing,
    })
}

/// Sends claims for the chosen months, those of them that may still be claimed; returns how many.
///
/// # Errors
/// [`FundingRefusal::NothingToClaim`], [`FundingRefusal::Archived`].
pub fn claim(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: FundingSchemeId,
    chosen: &[(FundedId, NaiveDate)],
) -> Result<usize> {
    let meter = meter(conn, staff, id, true)?;
    if meter.scheme.archived_at.is_some() {
        return Err(FundingRefusal::Archived.into());
    }
    let today = hk_date(db::now(conn)?);
    let mut count: usize = 0;
    for (it, amount) in meter.claimable() {
        if !chosen.contains(&(it.funded.id, it.month.first)) {
            continue;
        }
        let claim = ClaimId::new();
        sql_query(
            "INSERT INTO funding_claims (id, programme_id, scheme_id, funded_id, placement_id, person_id, month, pay_cents, worked_minutes, \
               contract_minutes, amount_cents, submitted_by, submitted_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind::<SqlUuid, _>(claim)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(it.funded.id)
        .bind::<SqlUuid, _>(it.funded.placement_id)
        .bind::<SqlUuid, _>(it.funded.person_id)
        .bind::<Date, _>(it.month.first)
        .bind::<BigInt, _>(it.pay_cents)
        .bind::<Integer, _>(it.month.worked)
        .bind::<Integer, _>(it.month.contracted)
        .bind::<BigInt, _>(amount)
        .bind::<SqlUuid, _>(staff.person())
        .bind::<Date, _>(today)
        .execute(conn.pg())?;
        audit::note(
            conn,
            about(staff, "funding_claim", claim.0),
            &Noted::plain("funding_claim.submitted"),
        )?;
        count += 1;
    }
    if count == 0 {
        return Err(FundingRefusal::NothingToClaim.into());
    }
    let event = Noted("funding_scheme.claimed", json!({ "count": count }));
    audit::note(conn, about(staff, "funding_scheme", id.0), &event)?;
    Ok(count)
}

/// Takes a claim a step on, with the funder's words or the office's.
///
/// # Errors
/// [`Error::Stale`]; [`FundingRefusal::Step`].
pub fn step(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (scheme, id, seen): (FundingSchemeId, ClaimId, i32),
    step: ClaimStep,
    remark: &str,
) -> Result<ClaimState> {
    queries::scheme(conn, staff, scheme, true)?;
    let row = queries::claim(conn, staff, scheme, id)?;
    let to = claim_step(row.state()?, step)?;
    if row.version != seen {
        return Err(Error::Stale);
    }
    let today = hk_date(db::now(conn)?);
    sql_query(
        "UPDATE funding_claims SET state = $2, decided_on = CASE WHEN $2 IN ('approved', 'rejected') THEN $3 ELSE decided_on END, \
           paid_on = CASE WHEN $2 = 'paid' THEN $3 END, remark = CASE WHEN $4 = '' THEN remark ELSE $4 END, version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(to.as_str())
    .bind::<Date, _>(today)
    .bind::<Text, _>(remark)
    .execute(conn.pg())?;
    let verb = match to {
        ClaimState::Approved => "funding_claim.approved",
        ClaimState::Rejected => "funding_claim.rejected",
        ClaimState::Paid => "funding_claim.paid",
        ClaimState::Submitted | ClaimState::Withdrawn => "funding_claim.withdrawn",
    };
    audit::note(
        conn,
        about(staff, "funding_claim", id.0),
        &Noted::plain(verb),
    )?;
    Ok(to)
}
