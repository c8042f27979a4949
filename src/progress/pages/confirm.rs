//! Confirming many completions at once: who they are, then the button.

use crate::access::CohortStaff;
use crate::cohorts::queries::Cohort;
use crate::error::{Error, Result};
use crate::ids::EnrolmentId;
use crate::lang::Say as _;
use crate::web::fields::{ConfirmSpec, Effect, confirm_page};
use crate::web::{Cx, Pairs, Reply};

use super::super::actions;
use super::super::facts::Judged;
use super::super::rules::ProgressRefusal;
use super::super::say;
use super::{at, cohort_of, crumbs, pair};

fn chosen(pairs: &Pairs) -> Result<Vec<EnrolmentId>> {
    let read = |id: &str| id.parse().map_err(|_malformed| Error::NotFound);
    pairs.all("id").map(read).collect()
}

fn question(
    cx: &mut Cx<'_, '_>,
    (staff, cohort): (&CohortStaff, &Cohort),
    ids: Option<&[EnrolmentId]>,
    (status, refusal): (u16, Option<String>),
) -> Result<Reply> {
    let lang = cx.lang();
    let plan = actions::preview(cx.conn, staff, ids)?;
    let name = |it: &Judged| {
        let trainee = &it.trainee;
        format!(
            "{}{}",
            trainee.name_shown,
            lang.aside(&trainee.trainee_number)
        )
    };
    let mut effects = Vec::new();
    let mut effect = |heading: &str, lines: Vec<String>, hard: bool| {
        effects.push(Effect {
            heading: heading.to_owned(),
            lines,
            hard,
        });
    };
    if !plan.ready.is_empty() {
        effect(
            lang.progress_confirm_who(),
            plan.ready.iter().map(name).collect(),
            false,
        );
    }
    if !plan.left.is_empty() {
        let mut lines = Vec::new();
        for it in &plan.left {
            let place = say::place(it)?.label(lang);
            lines.push(format!("{}{place}", lang.before(&name(it))));
        }
        effect(lang.progress_confirm_left(), lines, false);
    }
    let told = vec![lang.progress_confirm_mail().to_owned()];
    effect(lang.cohorts_step_happens(), told, false);
    let hard = vec![lang.progress_confirm_hard().to_owned()];
    effect(lang.offers_not_undone(), hard, true);
    let nobody = plan
        .ready
        .is_empty()
        .then(|| ProgressRefusal::Nobody.say(lang));
    let mut hidden = vec![pair("seen", &plan.fingerprint)];
    hidden.extend(
        plan.ready
            .iter()
            .map(|it| pair("id", it.trainee.id.to_string())),
    );
    let spec = ConfirmSpec {
        title: lang.progress_confirm_of(plan.ready.len()),
        crumbs: crumbs(lang, staff, cohort),
        effects,
        refusal: nobody.or(refusal),
        hidden,
        action: format!("{}/confirm", at(staff)),
        submit: lang.progress_confirm_do().to_owned(),
        danger: false,
        back: at(staff),
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/completion/confirm`: those named in the address, or everybody who is ready.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort_of(cx)?;
    let query = &cx.visit.request.query;
    let ids = chosen(query)?;
    // The list's form says that it chooses: with nothing ticked nobody is meant, and not everybody.
    let ids = (query.has("chosen", "yes") || !ids.is_empty()).then_some(ids);
    question(cx, (&staff, &cohort), ids.as_deref(), (200, None))
}

/// POST `…/completion/confirm`.
pub(super) fn confirm(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort_of(cx)?;
    let form = cx.visit.request.form();
    let ids = chosen(form)?;
    match actions::confirm(cx.conn, &staff, &ids, form.typed("seen")) {
        Ok(_) => Ok(Reply::see_other(at(&staff)).flash("completion_confirmed")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, (&staff, &cohort), Some(&ids), (409, Some(text)))
        }
        Err(other) => Err(other),
    }
}
