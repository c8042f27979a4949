//! Confirming, revoking and ending; forms that are handed in.

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::{Date, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::{Value, json};

use crate::access::CohortStaff;
use crate::access::secret;
use crate::access::secret::hex;
use crate::audit::{self, About};
use crate::curriculum::rules::Pair;
use crate::db::{self, Conn, sql_query};
use crate::enrolments::actions::{settle, settle_all};
use crate::enrolments::rules::{EnrolmentEvent, EnrolmentState};
use crate::error::{Error, Result};
use crate::ids::{CompletionId, EnrolmentId};
use crate::lang::format::hk_date;

use super::super::events::Noted;
use super::super::facts::{Judged, judged, judged_one};
use super::super::mail::{Told, tell, tell_all};
use super::super::queries::{self, Rules, Trainee};
use super::super::rules::ProgressRefusal;
use super::super::rules::content::is_key;

/// What a confirmation would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The rules by which it is judged.
    pub rules: Rules,
    /// Who would be confirmed.
    pub ready: Vec<Judged>,
    /// Who was chosen and cannot be.
    pub left: Vec<Judged>,
    /// What is sent back to confirm exactly this.
    pub fingerprint: String,
}

/// What confirming these would do; without a choice, everybody who is ready.
///
/// # Errors
/// [`ProgressRefusal::NoRules`].
pub fn preview(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    chosen: Option<&[EnrolmentId]>,
) -> Result<Preview> {
    let rules = queries::followed(conn, staff)?.ok_or(ProgressRefusal::NoRules)?;
    let today = hk_date(db::now(conn)?);
    let wanted = |it: &Judged| chosen.is_none_or(|ids| ids.contains(&it.trainee.id));
    let all = judged(conn, staff, &rules.content, today)?;
    let (mut ready, mut left) = (Vec::new(), Vec::new());
    for it in all.into_iter().filter(wanted) {
        if it.verdict.ready() && it.trainee.takes_part()? {
            ready.push(it);
        } else if chosen.is_some() {
            left.push(it);
        }
    }
    let mut seen = rules.id.to_string();
    for it in &ready {
        seen.push_str(&format!("{}{}", it.trainee.id, it.verdict.snapshot()));
    }
    Ok(Preview {
        fingerprint: hex(&secret::digest(&seen)),
        rules,
        ready,
        left,
    })
}

fn about(staff: &CohortStaff, it: &Trainee) -> About {
    About::new("enrolment", it.id.0)
        .of(it.person_id)
        .within(staff.programme())
}

/// Confirms the completion of these trainees: each is told. `seen` is the fingerprint of the preview.
///
/// # Errors
/// [`ProgressRefusal::Changed`] when the preview would show something else by now;
/// [`ProgressRefusal::Nobody`]; [`ProgressRefusal::NoRules`].
pub fn confirm(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    chosen: &[EnrolmentId],
    seen: &str,
) -> Result<usize> {
    queries::lock(conn, staff, chosen)?;
    let now = db::now(conn)?;
    let plan = preview(conn, staff, Some(chosen))?;
    if plan.ready.is_empty() {
        return Err(ProgressRefusal::Nobody.into());
    }
    if plan.fingerprint != seen {
        return Err(ProgressRefusal::Changed.into());
    }
    let (number, told) = (plan.rules.number, Told::Completed(hk_date(now)));
    let (mut begun, mut all) = (Vec::new(), Vec::new());
    let (mut noted, mut letters) = (Vec::new(), Vec::new());
    let mut completions = Vec::new();
    for it in &plan.ready {
        let (trainee, id) = (&it.trainee, CompletionId::new());
        completions.push(
            json!({ "id": id, "enrolment": trainee.id, "person": trainee.person_id,
            "verdict": it.verdict.snapshot() }),
        );
        // Who met every line has taken part, whether or not somebody noted the beginning.
        if trainee.state()? == EnrolmentState::Enrolled {
            begun.push(trainee.id);
        }
        all.push(trainee.id);
        noted.push((about(staff, trainee), Noted::Confirmed { number }));
        letters.push(((trainee.person_id, trainee.id), id.to_string()));
    }
    sql_query(
        "INSERT INTO completions (id, programme_id, cohort_id, enrolment_id, person_id, rules_id, verdict, confirmed_at) \
         SELECT c.id, $2, $3, c.enrolment, c.person, $4, c.verdict, $5 \
         FROM json_to_recordset($1::json) AS c(id uuid, enrolment uuid, person uuid, verdict jsonb)",
    )
    .bind::<Text, _>(Value::Array(completions).to_string())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(plan.rules.id)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    settle_all(conn, staff, &begun, EnrolmentEvent::Activate)?;
    settle_all(conn, staff, &all, EnrolmentEvent::Complete)?;
    audit::note_each(conn, &noted)?;
    tell_all(conn, staff, &told, &letters)?;
    Ok(plan.ready.len())
}

/// Revokes a confirmed completion, with a reason that the trainee reads; the enrolment is open again.
///
/// # Errors
/// [`ProgressRefusal::NotConfirmed`]; [`Error::NotFound`].
pub fn revoke(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: EnrolmentId,
    reason: &str,
) -> Result<()> {
    queries::lock(conn, staff, &[id])?;
    let it = queries::trainee(conn, staff, id)?;
    let completion = it.completion_id.ok_or(ProgressRefusal::NotConfirmed)?;
    let done = sql_query(
        "UPDATE completions SET revoked_at = banyan_now(), revoked_reason = $2, version = version + 1 \
         WHERE id = $1 AND revoked_at IS NULL",
    )
    .bind::<SqlUuid, _>(completion)
    .bind::<Text, _>(reason)
    .execute(conn.pg())?;
    if done == 0 {
        return Err(Error::Stale);
    }
    settle(conn, staff, id, EnrolmentEvent::Reopen)?;
    audit::note(conn, about(staff, &it), &Noted::Revoked { reason })?;
    let told = Told::Revoked(reason.to_owned());
    let key = completion.to_string();
    tell(conn, staff, (it.person_id, id), &told, &key)
}

/// Ends an enrolment without completion because a line cannot be met any more, or is open and the cohort
/// is over.
///
/// # Errors
/// [`ProgressRefusal::StillOpen`] while every line can be met; [`ProgressRefusal::NoRules`];
/// [`crate::enrolments::rules::StepRefused`]; [`Error::NotFound`].
pub fn fail(conn: &mut Conn<'_>, staff: &CohortStaff, id: EnrolmentId, reason: &str) -> Result<()> {
    queries::lock(conn, staff, &[id])?;
    let it = one(conn, staff, id)?;
    if !it.can_fail() {
        return Err(ProgressRefusal::StillOpen.into());
    }
    if it.trainee.state()? == EnrolmentState::Enrolled {
        settle(conn, staff, id, EnrolmentEvent::Activate)?;
    }
    settle(conn, staff, id, EnrolmentEvent::Fail)?;
    let trainee = &it.trainee;
    audit::note(conn, about(staff, trainee), &Noted::Failed { reason })?;
    // An enrolment that was opened again can end again.
    let key = uuid::Uuid::now_v7().to_string();
    let told = Told::Failed(reason.to_owned());
    tell(conn, staff, (trainee.person_id, id), &told, &key)
}

/// Opens an enrolment that has ended again, with a reason that the trainee reads.
///
/// # Errors
/// [`ProgressRefusal::Confirmed`] while a completion stands: that is revoked;
/// [`crate::enrolments::rules::StepRefused`] for an enrolment that has not ended; [`Error::NotFound`].
pub fn reopen(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: EnrolmentId,
    reason: &str,
) -> Result<()> {
    queries::lock(conn, staff, &[id])?;
    let it = queries::trainee(conn, staff, id)?;
    if it.completion_id.is_some() {
        return Err(ProgressRefusal::Confirmed.into());
    }
    settle(conn, staff, id, EnrolmentEvent::Reopen)?;
    audit::note(conn, about(staff, &it), &Noted::Reopened { reason })?;
    let key = uuid::Uuid::now_v7().to_string();
    let told = Told::Reopened(reason.to_owned());
    tell(conn, staff, (it.person_id, id), &told, &key)
}

/// One trainee, judged by the rules of the cohort.
fn one(conn: &mut Conn<'_>, staff: &CohortStaff, id: EnrolmentId) -> Result<Judged> {
    let rules = queries::followed(conn, staff)?.ok_or(ProgressRefusal::NoRules)?;
    let today = hk_date(db::now(conn)?);
    judged_one(conn, staff, &rules.content, (id, today))
}

/// Records that a form is in; once recorded it stays as it is.
///
/// # Errors
/// [`Error::Invalid`] for a form that the cohort's rules do not ask for; [`Error::NotFound`].
pub fn record_form(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: EnrolmentId,
    (form, on): (&str, NaiveDate),
) -> Result<()> {
    let it = queries::trainee(conn, staff, id)?;
    let rules = queries::followed(conn, staff)?.ok_or(ProgressRefusal::NoRules)?;
    let asked = rules.content.forms.iter().find(|it| it.key == form);
    let Some(asked) = asked.filter(|_| is_key(form)) else {
        return Err(Error::field("form", "choice", |lang| {
            lang.form_choice().to_owned()
        }));
    };
    if on > hk_date(db::now(conn)?) {
        return Err(Error::field("recorded_on", "future", |lang| {
            lang.progress_not_future().to_owned()
        }));
    }
    let added = sql_query(
        "INSERT INTO completion_forms (id, programme_id, cohort_id, enrolment_id, person_id, form, recorded_on) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (enrolment_id, form) DO NOTHING",
    )
    .bind::<SqlUuid, _>(uuid::Uuid::now_v7())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(it.person_id)
    .bind::<Text, _>(form)
    .bind::<Date, _>(on)
    .execute(conn.pg())?;
    if added == 0 {
        return Ok(());
    }
    audit::note(
        conn,
        about(staff, &it),
        &Noted::FormIn {
            form,
            name: &asked.name,
        },
    )
}

/// Takes back what was recorded by mistake.
///
/// # Errors
/// [`ProgressRefusal::Confirmed`] once the completion is confirmed; [`Error::NotFound`].
pub fn unrecord_form(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: EnrolmentId,
    form: &str,
) -> Result<()> {
    queries::lock(conn, staff, &[id])?;
    let it = queries::trainee(conn, staff, id)?;
    if it.completion_id.is_some() {
        return Err(ProgressRefusal::Confirmed.into());
    }
    let gone = sql_query("DELETE FROM completion_forms WHERE enrolment_id = $1 AND form = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(form)
        .execute(conn.pg())?;
    if gone == 0 {
        return Err(Error::NotFound);
    }
    // Rules that have changed since may know it no more.
    let rules = queries::followed(conn, staff)?;
    let asked = rules
        .iter()
        .flat_map(|it| &it.content.forms)
        .find(|it| it.key == form);
    let name = asked.map_or_else(|| Pair::new(form, form), |it| it.name.clone());
    audit::note(
        conn,
        about(staff, &it),
        &Noted::FormGone { form, name: &name },
    )
}
