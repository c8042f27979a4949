//! A script taken up again, and the files of a trainee for the office.

use crate::access::CohortStaff;
use crate::error::Result;
use crate::ids::{CandidateId, PersonId, ScriptId};
use crate::web::fields::{Again, Field, Group};
use crate::web::{Cx, Form, Pairs, Reply, ReplyBody};

use super::super::actions::{self, Reopening};
use super::super::queries::{self, Assessment, Script, Work};
use super::super::rules::MarkRole;
use super::decide::{Asks, answer, people, show};
use super::{home, one, pair};

fn form(
    cx: &mut Cx<'_, '_>,
    (staff, it): (&CohortStaff, &Assessment),
    script: &Script,
) -> Result<Asks> {
    let lang = cx.lang();
    let from = [
        (MarkRole::First, lang.asm_reopen_first()),
        (MarkRole::Second, lang.asm_reopen_second()),
        (MarkRole::Moderator, lang.asm_reopen_moderator()),
    ];
    // Without a second marker there is nothing but the first mark.
    let shown = if script.second_id.is_some() { 3 } else { 1 };
    let from = from
        .iter()
        .take(shown)
        .map(|(role, label)| pair(role.as_str(), *label));
    let mut markers = vec![pair("keep", lang.asm_reopen_keep())];
    markers.extend(people(cx, staff)?);
    Ok(Asks {
        title: format!(
            "{}{}{}",
            lang.asm_reopen(),
            lang.pick(": ", "："),
            actions::label(lang, it, &script.label)
        ),
        note: Some(lang.asm_reopen_hint().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("from", lang.asm_reopen_from()).choice(from.collect()),
            Field::line("marker", lang.asm_reopen_marker()).choice(markers),
            Field::line("reason", lang.asm_reopen_reason()).area(3),
        ])],
        hidden: vec![pair("version", script.version.to_string())],
        action: format!("{}/scripts/{}/reopen", home(it), script.id),
        submit: lang.asm_reopen().to_owned(),
    })
}

/// Reads how a script is taken up again.
pub(in crate::assessment) fn read_reopening(form: &mut Form<'_>) -> Reopening {
    Reopening {
        from: form
            .choice("from", MarkRole::parse)
            .unwrap_or(MarkRole::First),
        marker: form
            .choice("marker", |word| match word {
                "keep" => Some(None),
                word => word.parse::<PersonId>().ok().map(Some),
            })
            .flatten(),
        reason: form.text("reason", 1_000),
        seen: form.number("version", 1, i32::MAX),
    }
}

fn script(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Assessment, Script)> {
    let (staff, it) = one(cx)?;
    let id: ScriptId = cx.request().param("script")?;
    let script = queries::script_of(cx.conn, &staff, it.id, id)?;
    Ok((staff, it, script))
}

/// GET `…/scripts/{script}/reopen`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it, script) = script(cx)?;
    let asks = form(cx, (&staff, &it), &script)?;
    let values = Pairs::new(vec![
        pair("from", MarkRole::First.as_str()),
        pair("marker", "keep"),
    ]);
    show(cx, (&staff, &it), asks, &values, &Again::first())
}

/// POST `…/scripts/{script}/reopen`.
pub(super) fn act(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it, script) = script(cx)?;
    let visit = cx.visit;
    let mut typed = Form::new(visit.request.form());
    let how = read_reopening(&mut typed);
    let done = typed
        .done()
        .and_then(|()| actions::reopen(cx.conn, &staff, (it.id, script.id), &how));
    answer(cx, (&staff, &it), (done, "asm_reopened"), |cx| {
        form(cx, (&staff, &it), &script)
    })
}

/// GET `…/candidates/{candidate}/files/{n}`: what stands, under its sender's own name.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let id: CandidateId = cx.request().param("candidate")?;
    let place: usize = cx.request().param("n")?;
    let line = queries::line(cx.conn, &staff, it.id, id)?;
    let file = queries::file_of(cx.conn, Work::Line(&staff, &line), place)?;
    let key = file.storage_key;
    let body = ReplyBody::Stream(Box::new(move |site, out| site.files.copy_to(&key, out)));
    Ok(Reply::download(&file.media_type, &file.label, body))
}
