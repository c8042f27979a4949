//! The standing under the Minimum Wage Ordinance: decided from facts, declared by the student.

use diesel::RunQueryDsl;
use diesel::sql_types::{Date, Integer, Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::PlacementId;
use crate::lang::Lang;
use crate::lang::format::date;
use crate::placements::actions::unless_taken;

use super::super::events::{self, Noted};
use super::super::mail::{self, Told};
use super::super::queries::{self, Placement, Seat};
use super::super::rules::{
    Facts, HostingRefusal, Standing, exempt_year, standings, takes_agreement, text_sha256,
};
use super::agreement::signs_as;

/// The declaration of a work-experience student, in one language.
fn declaration(lang: Lang, it: &Placement) -> String {
    let day = |day: Option<chrono::NaiveDate>| day.map_or(String::new(), |it| date(lang, it));
    lang.hst_declaration(
        &it.name_shown,
        it.organisation(lang),
        &day(it.starts_on),
        &day(it.ends_on),
    )
}

/// Decides how a placement stands. A declaration under an earlier decision is void.
///
/// # Errors
/// [`HostingRefusal::StandingNotOpen`], [`HostingRefusal::SecondExempt`], [`HostingRefusal::Step`].
pub fn decide_standing(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: PlacementId,
    (facts, kind): (&Facts, Standing),
) -> Result<()> {
    let it = queries::placement(conn, &Seat::Office(*staff), id, true)?;
    let (Some(starts_on), Some(ends_on)) = (it.starts_on, it.ends_on) else {
        return Err(HostingRefusal::Step.into());
    };
    if !takes_agreement(it.state()?) {
        return Err(HostingRefusal::Step.into());
    }
    if !standings(facts, starts_on, ends_on).contains(&kind) {
        return Err(HostingRefusal::StandingNotOpen.into());
    }
    let text = match kind {
        Standing::WorkExperience => {
            format!(
                "{}\n\n{}",
                declaration(Lang::En, &it),
                declaration(Lang::Zh, &it)
            )
        }
        Standing::StudentIntern | Standing::Employee => String::new(),
    };
    let now = db::now(conn)?;
    // The period may be of another programme: nothing is said of it but that there is one.
    let second = || HostingRefusal::SecondExempt.into();
    unless_taken(conn, second, |pg| {
        sql_query(
        "INSERT INTO work_standings (id, programme_id, placement_id, organisation_id, person_id, kind, facts, starts_on, ends_on, calendar_year, \
           decided_by, decided_at, declaration) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT (placement_id) DO UPDATE SET kind = $6, facts = $7, starts_on = $8, ends_on = $9, calendar_year = $10, decided_by = $11, \
           decided_at = $12, declaration = $13, declared_name = '', declared_at = NULL, sha256 = NULL, void = false, \
           version = work_standings.version + 1",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(it.organisation_id)
    .bind::<SqlUuid, _>(it.person_id)
    .bind::<Text, _>(kind.as_str())
    .bind::<Jsonb, _>(json!(facts))
    .bind::<Date, _>(starts_on)
    .bind::<Date, _>(ends_on)
    .bind::<Integer, _>(exempt_year(starts_on))
    .bind::<SqlUuid, _>(staff.person())
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(&text)
        .execute(pg)
    })?;
    let event = Noted(
        "placement.standing_decided",
        events::named(|lang| kind.label(lang).to_owned()),
    );
    audit::note(conn, events::placement(&it), &event)?;
    if kind == Standing::WorkExperience {
        mail::tell_trainee(conn, &it, &Told::Declare)?;
    }
    Ok(())
}

/// The student declares, by typing their name under the text of this hash.
///
/// # Errors
/// Invalid `name` when it is not the student's; [`HostingRefusal::NothingToDeclare`],
/// [`HostingRefusal::OtherText`].
pub fn declare(
    conn: &mut Conn<'_>,
    seat: &Seat,
    id: PlacementId,
    (name, seen): (&str, &str),
) -> Result<()> {
    let Seat::Trainee(_) = seat else {
        return Err(Error::NotFound);
    };
    let it = queries::placement(conn, seat, id, true)?;
    let row = queries::standing(conn, &it)?.ok_or(HostingRefusal::NothingToDeclare)?;
    if row.kind()? != Standing::WorkExperience || row.declared_at.is_some() {
        return Err(HostingRefusal::NothingToDeclare.into());
    }
    signs_as(conn, seat, &it, name)?;
    let sha256 = text_sha256(&row.declaration, "");
    if sha256 != seen {
        return Err(HostingRefusal::OtherText.into());
    }
    let now = db::now(conn)?;
    sql_query(
        "UPDATE work_standings SET declared_name = $2, declared_at = $3, sha256 = $4, version = version + 1 WHERE placement_id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(name)
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(sha256)
    .execute(conn.pg())?;
    audit::note(
        conn,
        events::placement(&it),
        &Noted::plain("placement.declared"),
    )
}
