//! The agreement: its wording, the terms of a placement, and the signatures under it.

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::{Date, Integer, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{AgreementId, PlacementId, WordingId};
use crate::lang::Lang;
use crate::lang::format::date;
use crate::matches::rules::{PlacementState, PlacementStep};
use crate::people::accounts;
use crate::placements::rules::content::City;
use crate::programmes;

use super::super::events::{self, Noted};
use super::super::mail::{self, Told};
use super::super::queries::{self, Agreement, Placement, Seat, Wording};
use super::super::rules::{
    AgreementState, HostingRefusal, Party, fill, same_name, takes_agreement, text_sha256, unfilled,
    usual,
};
use super::advance;

/// Publishes a wording; agreements made before keep theirs.
///
/// # Errors
/// [`Error::Invalid`] for a place in braces that nothing fills.
pub fn publish_wording(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    text_en: &str,
    text_zh: &str,
) -> Result<WordingId> {
    for (field, text) in [("text_en", text_en), ("text_zh", text_zh)] {
        if let Some(name) = unfilled(text, usual::PLACES).first() {
            let name = (*name).to_owned();
            return Err(Error::field(field, "place", move |lang| {
                lang.hst_need_place(&name)
            }));
        }
    }
    let now = db::now(conn)?;
    let number = queries::wordings(conn, staff)?
        .first()
        .map_or(1, |it| it.number.saturating_add(1));
    let id = WordingId::new();
    sql_query(
        "INSERT INTO agreement_wordings (id, programme_id, number, text_en, text_zh, published_at, published_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Integer, _>(number)
    .bind::<Text, _>(text_en)
    .bind::<Text, _>(text_zh)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(staff.person())
    .execute(conn.pg())?;
    let event = Noted("agreement_wording.published", json!({ "number": number }));
    audit::note(
        conn,
        events::of_programme(staff, "agreement_wording", id.0),
        &event,
    )?;
    Ok(id)
}

/// The terms of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTerms {
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Hours a week.
    pub hours_week: i32,
    /// What is paid, in words; empty when nothing is.
    pub pay: String,
}

/// The text of an agreement in one language.
fn text(
    conn: &mut Conn<'_>,
    it: &Placement,
    lang: Lang,
    wording: &str,
    terms: &NewTerms,
) -> Result<String> {
    let content = it.content()?;
    let programme = programmes::queries::name(conn, it.programme_id)?.pair();
    let city = City::parse(content.get("city")).map_or("", |city| city.label(lang));
    let address = content.pick(lang, "address");
    let place = match address.is_empty() {
        true => city.to_owned(),
        false => format!("{address}{}{city}", lang.pick(", ", "，")),
    };
    let entity = content.pick(lang, "entity");
    let institution = match entity.is_empty() {
        true => it.organisation(lang),
        false => entity,
    };
    let pay = match terms.pay.is_empty() {
        true => lang.hst_unpaid().to_owned(),
        false => terms.pay.clone(),
    };
    let values = [
        ("trainee", it.name_shown.clone()),
        ("number", it.trainee_number.clone()),
        ("institution", institution.to_owned()),
        (
            "programme",
            lang.pick(&programme.0, &programme.1).to_owned(),
        ),
        ("title", content.pick(lang, "title").to_owned()),
        ("starts", date(lang, terms.starts_on)),
        ("ends", date(lang, terms.ends_on)),
        ("hours", terms.hours_week.to_string()),
        ("place", place),
        ("pay", pay),
        ("supervisor", it.supervisor_name.clone()),
    ];
    Ok(fill(wording, &values))
}

/// The latest published wording; the usual one is published where there is none.
fn wording(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Wording> {
    if let Some(found) = queries::wordings(conn, staff)?.into_iter().next() {
        return Ok(found);
    }
    publish_wording(conn, staff, usual::AGREEMENT_EN, usual::AGREEMENT_ZH)?;
    let found = queries::wordings(conn, staff)?.into_iter().next();
    found.ok_or_else(|| HostingRefusal::NoWording.into())
}

/// Makes the agreement of a placement with these terms. One that still waits for signatures is void from now
/// on, with the signatures under it; one that is signed stands until this one is signed by everybody.
///
/// # Errors
/// [`HostingRefusal::Step`]; [`Error::Invalid`].
pub fn prepare_agreement(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: PlacementId,
    terms: &NewTerms,
) -> Result<AgreementId> {
    if terms.ends_on < terms.starts_on {
        return Err(Error::field("ends_on", "out_of_order", |lang| {
            lang.plc_need_order().to_owned()
        }));
    }
    let seat = Seat::Office(*staff);
    let it = queries::placement(conn, &seat, id, true)?;
    if !takes_agreement(it.state()?) {
        return Err(HostingRefusal::Step.into());
    }
    let wording = wording(conn, staff)?;
    let text_en = text(conn, &it, Lang::En, &wording.text_en, terms)?;
    let text_zh = text(conn, &it, Lang::Zh, &wording.text_zh, terms)?;
    let number = queries::agreements(conn, &it)?
        .first()
        .map_or(1, |it| it.number.saturating_add(1));
    sql_query("UPDATE agreements SET state = 'void' WHERE placement_id = $1 AND state = 'signing'")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    let agreement = AgreementId::new();
    sql_query(
        "INSERT INTO agreements (id, programme_id, placement_id, organisation_id, person_id, number, wording_id, starts_on, ends_on, hours_week, \
           pay, text_en, text_zh, sha256, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind::<SqlUuid, _>(agreement)
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(it.organisation_id)
    .bind::<SqlUuid, _>(it.person_id)
    .bind::<Integer, _>(number)
    .bind::<SqlUuid, _>(wording.id)
    .bind::<Date, _>(terms.starts_on)
    .bind::<Date, _>(terms.ends_on)
    .bind::<Integer, _>(terms.hours_week)
    .bind::<Text, _>(&terms.pay)
    .bind::<Text, _>(&text_en)
    .bind::<Text, _>(&text_zh)
    .bind::<Text, _>(text_sha256(&text_en, &text_zh))
    .bind::<SqlUuid, _>(staff.person())
    .execute(conn.pg())?;
    let event = Noted("placement.agreement_made", json!({ "number": number }));
    audit::note(conn, events::placement(&it), &event)?;
    let told = Told::ToSign(number);
    mail::tell_trainee(conn, &it, &told)?;
    mail::tell_host(conn, &it, &told)?;
    Ok(agreement)
}

/// Whoever signs types their own name: a trainee as the record knows it, anybody else as their account does.
pub(super) fn signs_as(
    conn: &mut Conn<'_>,
    seat: &Seat,
    it: &Placement,
    typed: &str,
) -> Result<()> {
    let known = match seat {
        Seat::Trainee(_) => it.name_shown.clone(),
        Seat::Office(_) | Seat::Host(_) => accounts::recipient(conn, seat.person())?.name,
    };
    if same_name(typed, &known) {
        return Ok(());
    }
    Err(Error::field("name", "name", |lang| {
        lang.hst_need_own_name(&known)
    }))
}

/// Signs the agreement of a placement whose hash the signer has read. When everybody has signed, its terms are
/// the placement's, an earlier one is void, and a copy goes to each.
///
/// # Errors
/// Invalid `name` when it is not the signer's; [`HostingRefusal::OtherText`], [`HostingRefusal::SignedAlready`],
/// [`HostingRefusal::Step`].
pub fn sign(
    conn: &mut Conn<'_>,
    seat: &Seat,
    id: PlacementId,
    (name, seen): (&str, &str),
) -> Result<AgreementState> {
    let it = queries::placement(conn, seat, id, true)?;
    if !takes_agreement(it.state()?) {
        return Err(HostingRefusal::Step.into());
    }
    signs_as(conn, seat, &it, name)?;
    let all = queries::agreements(conn, &it)?;
    let mut open = None;
    for one in all {
        if one.state()? == AgreementState::Signing {
            open = Some(one);
        }
    }
    let open = open.ok_or(HostingRefusal::Step)?;
    if open.sha256 != seen || text_sha256(&open.text_en, &open.text_zh) != seen {
        return Err(HostingRefusal::OtherText.into());
    }
    let mut signed = Vec::new();
    for one in queries::signatures(conn, open.id)? {
        signed.push(one.party()?);
    }
    let party = seat.party();
    if signed.contains(&party) {
        return Err(HostingRefusal::SignedAlready.into());
    }
    let now = db::now(conn)?;
    sql_query(
        "INSERT INTO agreement_signatures (id, programme_id, agreement_id, organisation_id, person_id, party, signed_by, name_typed, sha256, \
           signed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(open.id)
    .bind::<SqlUuid, _>(it.organisation_id)
    .bind::<SqlUuid, _>(it.person_id)
    .bind::<Text, _>(party.as_str())
    .bind::<SqlUuid, _>(seat.person())
    .bind::<Text, _>(name)
    .bind::<Text, _>(&open.sha256)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    let event = Noted(
        "placement.agreement_signed",
        events::named(|lang| party.label(lang).to_owned()),
    );
    audit::note(conn, events::placement(&it), &event)?;
    signed.push(party);
    if Party::ALL.iter().any(|it| !signed.contains(it)) {
        return Ok(AgreementState::Signing);
    }
    conn.elevate(Task::Hosting, |conn| conclude(conn, &it, &open, now))?;
    Ok(AgreementState::Signed)
}

/// Everybody has signed.
fn conclude(
    conn: &mut Conn<'_>,
    it: &Placement,
    open: &Agreement,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    sql_query("UPDATE agreements SET state = 'void', signed_at = NULL WHERE placement_id = $1 AND state = 'signed'")
        .bind::<SqlUuid, _>(it.id)
        .execute(conn.pg())?;
    sql_query("UPDATE agreements SET state = 'signed', signed_at = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(open.id)
        .bind::<Timestamptz, _>(now)
        .execute(conn.pg())?;
    sql_query("UPDATE placements SET starts_on = $2, ends_on = $3, hours_week = $4, version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(it.id)
        .bind::<Date, _>(open.starts_on)
        .bind::<Date, _>(open.ends_on)
        .bind::<Integer, _>(open.hours_week)
        .execute(conn.pg())?;
    if it.state()? == PlacementState::Accepted {
        let signed = advance(
            conn,
            it,
            (PlacementState::Accepted, PlacementStep::Sign),
            ("", now),
        )?;
        advance(conn, it, (signed, PlacementStep::Prepare), ("", now))?;
    }
    let told = Told::Signed {
        number: open.number,
        text: (open.text_en.clone(), open.text_zh.clone()),
        sha256: open.sha256.clone(),
    };
    mail::tell_trainee(conn, it, &told)?;
    mail::tell_host(conn, it, &told)?;
    mail::tell_office(conn, it, &told)
}
