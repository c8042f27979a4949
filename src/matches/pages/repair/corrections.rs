//! A correction of a repair: what must be read otherwise than it was.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::error::{Error, FieldError, Result};
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::super::actions;
use super::super::super::queries::{self, MatchRound};
use super::super::super::rules::correct::{Correction, Wrong, typed_list};
use super::super::desk::crumbs;
use super::{names, repair_of};

fn correction_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round, it, here) = repair_of(cx)?;
    let postings = queries::desk_postings(cx.conn, &staff, round.root())?;
    let mut choices = vec![pair("", lang.mat_what_if_choose())];
    choices.extend(postings.iter().map(|it| {
        let label = format!(
            "{} {} ({})",
            it.number,
            it.title(lang),
            it.organisation(lang)
        );
        pair(it.id.to_string(), label)
    }));
    let kinds = Wrong::ALL.iter();
    let kinds = kinds.map(|it| pair(it.as_str(), it.label(lang)));
    let mut crumbs = crumbs(lang, &staff, Some(&round));
    crumbs.push((here.clone(), lang.mat_repair().to_owned()));
    let spec = FormSpec {
        title: lang.mat_repair_wrong().to_owned(),
        crumbs,
        note: None,
        groups: vec![Group::plain(vec![
            Field::line("kind", lang.mat_repair_kind()).choice(kinds.collect()),
            Field::line("posting", lang.mat_posting())
                .choice(choices)
                .optional(),
            Field::line("trainee", lang.mat_trainee_number())
                .width("w16")
                .optional(),
            Field::line("value", lang.mat_repair_value())
                .area(6)
                .hint(lang.mat_repair_value_hint())
                .optional(),
        ])],
        hidden: vec![pair("version", it.version.to_string())],
        action: format!("{here}/corrections"),
        submit: lang.mat_repair_add().to_owned(),
        back: here,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/repairs/{repair}/corrections/new`.
pub(in crate::matches::pages) fn ask_correct(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    correction_form(cx, Pairs::none(), &Again::first())
}

/// By what a correction that is typed is read.
struct Known {
    trainees: BTreeMap<String, Uuid>,
    postings: BTreeMap<String, Uuid>,
    banks: BTreeMap<Uuid, (Uuid, bool)>,
}

fn known(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff, round: &MatchRound) -> Result<Known> {
    let names = names(cx, staff, round)?;
    let side = crate::placements::queries::Side::Office(*staff);
    let terms = crate::placements::queries::terms(cx.conn, &side, round.root())?;
    let once = |organisation: crate::ids::OrganisationId| {
        let mut all = terms.iter();
        all.any(|it| {
            it.organisation_id == organisation
                && it.ranking() == crate::placements::rules::Ranking::BankList
        })
    };
    let trainees = names.people.iter();
    Ok(Known {
        trainees: trainees
            .map(|(id, (_, number))| (number.to_uppercase(), *id))
            .collect(),
        postings: names
            .postings
            .values()
            .map(|it| (it.number.to_uppercase(), it.id))
            .collect(),
        banks: names
            .postings
            .values()
            .map(|it| (it.id, (it.organisation_id.0, once(it.organisation_id))))
            .collect(),
    })
}

fn needs(field: &str) -> Error {
    Error::field(field, "required", |lang| lang.mat_repair_needs().to_owned())
}

fn list_of(text: &str, of: &BTreeMap<String, Uuid>) -> Result<Vec<Vec<Uuid>>> {
    typed_list(text, of).map_err(|unknown| {
        Error::Invalid(vec![FieldError::new("value", "unknown", |lang| {
            lang.mat_repair_unknown(&unknown)
        })])
    })
}

/// A correction as it was typed.
fn read(typed: &Pairs, known: &Known) -> Result<(i32, Correction)> {
    let mut form = Form::new(typed);
    let version = form.number("version", 0, i32::MAX);
    let kind = form.choice("kind", Wrong::parse);
    let value = form.optional("value", 20_000).unwrap_or_default();
    form.done()?;
    let kind = kind.unwrap_or(Wrong::Seats);
    let posting = || {
        let id: Option<Uuid> = typed.typed("posting").parse().ok();
        id.filter(|it| known.banks.contains_key(it))
            .ok_or_else(|| needs("posting"))
    };
    let trainee = || {
        let number = typed.typed("trainee").trim().to_uppercase();
        let id = known.trainees.get(&number).copied();
        id.ok_or_else(|| {
            Error::field("trainee", "unknown", |lang| {
                lang.mat_unknown_trainee().to_owned()
            })
        })
    };
    let number = || {
        let n: Option<u32> = value.trim().parse().ok().filter(|it| *it <= 10_000);
        n.ok_or_else(|| Error::field("value", "number", |lang| lang.form_number(0, 10_000)))
    };
    let bank = |id: Uuid| known.banks.get(&id).copied().unwrap_or((id, false));
    let correction = match kind {
        Wrong::Seats => Correction::Seats {
            posting: posting()?,
            seats: number()?,
        },
        Wrong::Cap => Correction::Cap {
            bank: bank(posting()?).0,
            cap: match value.trim().is_empty() {
                true => None,
                false => Some(number()?),
            },
        },
        Wrong::HostList => {
            let posting = posting()?;
            let (organisation, once) = bank(posting);
            Correction::HostList {
                of: if once { organisation } else { posting },
                tiers: list_of(&value, &known.trainees)?,
            }
        }
        Wrong::TraineeList => Correction::TraineeList {
            trainee: trainee()?,
            list: list_of(&value, &known.postings)?
                .into_iter()
                .flatten()
                .collect(),
        },
        Wrong::Eligible | Wrong::Ineligible => Correction::Eligible {
            trainee: trainee()?,
            posting: posting()?,
            eligible: kind == Wrong::Eligible,
        },
    };
    Ok((version, correction))
}

/// POST `…/repairs/{repair}/corrections`.
pub(in crate::matches::pages) fn correct(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round, it, here) = repair_of(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let known = known(cx, &staff, &round)?;
    let done = read(typed, &known).and_then(|(version, new)| {
        actions::correct(cx.conn, &staff, (round.id, it.id, version), Some(new))
    });
    match done {
        Ok(()) => Ok(Reply::see_other(here).flash("repair_kept")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            correction_form(cx, typed, &again)
        }
    }
}
