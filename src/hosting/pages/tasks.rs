//! An item of a placement's checklist: done, waived, opened again.

use crate::error::{Error, Result};
use crate::ids::PlacementTaskId;
use crate::lang::format::date;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, Settling};
use super::super::queries::{self, Placement, PlacementTask, Seat};
use super::super::rules::{Evidence, TaskState};
use super::{at, crumbs_of, one};

/// The item of the address, if the reader settles it.
pub(in super::super) fn task(cx: &mut Cx<'_, '_>) -> Result<(Seat, Placement, PlacementTask)> {
    let (seat, it) = one(cx)?;
    let id: PlacementTaskId = cx.request().param("task")?;
    let found = queries::tasks(cx.conn, &it)?
        .into_iter()
        .find(|task| task.id == id)
        .ok_or(Error::NotFound)?;
    if found.owner()? != seat.owner() && !matches!(seat, Seat::Office(_)) {
        return Err(Error::NotFound);
    }
    Ok((seat, it, found))
}

fn form(
    cx: &Cx<'_, '_>,
    (seat, it, task): (&Seat, &Placement, &PlacementTask),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let place = at(seat, it.id);
    let states = TaskState::ALL
        .iter()
        .filter(|it| **it != TaskState::Waived || matches!(seat, Seat::Office(_)))
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let mut fields = vec![Field::line("state", lang.plc_status()).choice(states)];
    let evidence = task.evidence()?;
    if evidence == Evidence::Date {
        fields.push(
            Field::line("held_on", lang.hst_task_date())
                .of("date")
                .optional(),
        );
    }
    let note = Field::line("note", lang.hst_task_note()).hint(lang.hst_task_note_hint());
    fields.push(match evidence {
        Evidence::Note => note,
        Evidence::Date | Evidence::Nothing => note.optional(),
    });
    let spec = FormSpec {
        title: task.name(lang).to_owned(),
        crumbs: crumbs_of(lang, seat, it),
        note: Some(lang.hst_task_due(task.owner()?.label(lang), &date(lang, task.due_on))),
        groups: vec![Group::plain(fields)],
        hidden: vec![pair("version", task.version.to_string())],
        action: format!("{place}/tasks/{}", task.id),
        submit: lang.save().to_owned(),
        back: place,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

fn values(task: &PlacementTask) -> Result<Pairs> {
    // Whoever opens the page of an open item comes to say that it is done.
    let state = match task.state()? {
        TaskState::Open => TaskState::Done,
        other => other,
    };
    Ok(Pairs::new(vec![
        pair("state", state.as_str()),
        pair("note", &task.note),
        pair(
            "held_on",
            task.held_on.map(|day| day.to_string()).unwrap_or_default(),
        ),
    ]))
}

/// GET `…/tasks/{task}`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it, task) = task(cx)?;
    let values = values(&task)?;
    form(cx, (&seat, &it, &task), &values, &Again::first())
}

/// Judges how an item is settled.
pub(in super::super) fn judge(form: &mut Form<'_>, task: &PlacementTask) -> Result<Settling> {
    let state = form.choice("state", TaskState::parse);
    Ok(Settling {
        state: state.unwrap_or(TaskState::Open),
        note: form.optional("note", 1_000).unwrap_or_default(),
        held_on: match task.evidence()? {
            Evidence::Date => form.optional_date("held_on"),
            Evidence::Note | Evidence::Nothing => None,
        },
    })
}

/// POST `…/tasks/{task}`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it, task) = task(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read = Form::new(typed);
    let version = read.number("version", 1, i32::MAX);
    let how = judge(&mut read, &task)?;
    let done = read
        .done()
        .and_then(|()| actions::settle_task(cx.conn, &seat, (it.id, task.id, version), &how));
    match done {
        Ok(()) => Ok(Reply::see_other(at(&seat, it.id)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, (&seat, &it, &task), typed, &again)
        }
    }
}
