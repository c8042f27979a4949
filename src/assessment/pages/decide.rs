//! What the office decides about an assessment: markers, later due times, moderated marks, appeals.

use crate::access::CohortStaff;
use crate::error::{Error, Result};
use crate::ids::{AppealId, CandidateId, ExtensionId, PersonId, ScriptId};
use crate::lang::Lang;
use crate::lang::format::deadline;
use crate::teaching;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries::{self, Assessment, Reader};
use super::super::rules::{AppealState, ExtensionState, MarkRole};
use super::marking::{given_mark, mark_fields, read_given};
use super::{crumbs, home, local, one, pair, percent_of, shown_mark};

/// A form about an assessment.
pub(super) struct Asks {
    pub(super) title: String,
    pub(super) note: Option<String>,
    pub(super) groups: Vec<Group>,
    pub(super) hidden: Vec<(String, String)>,
    pub(super) action: String,
    pub(super) submit: String,
}

pub(super) fn show(
    cx: &mut Cx<'_, '_>,
    (staff, it): (&CohortStaff, &Assessment),
    asks: Asks,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let spec = FormSpec {
        title: asks.title,
        crumbs: crumbs(cx, staff, Some(it))?,
        note: asks.note,
        groups: asks.groups,
        hidden: asks.hidden,
        action: asks.action,
        submit: asks.submit,
        back: home(it),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// After a post: back with a word, or the form again.
pub(super) fn answer(
    cx: &mut Cx<'_, '_>,
    about: (&CohortStaff, &Assessment),
    (done, flash): (Result<()>, &'static str),
    asks: impl FnOnce(&mut Cx<'_, '_>) -> Result<Asks>,
) -> Result<Reply> {
    match done {
        Ok(()) => Ok(Reply::see_other(home(about.1)).flash(flash)),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            let asks = asks(cx)?;
            let visit = cx.visit;
            show(cx, about, asks, visit.request.form(), &again)
        }
    }
}

/// A refusal of a button without a form, on a page of its own.
fn button(cx: &mut Cx<'_, '_>, it: &Assessment, done: Result<usize>, flash: &str) -> Result<Reply> {
    match done {
        Ok(0) => Ok(Reply::see_other(home(it)).flash("asm_nothing_new")),
        Ok(_) => Ok(Reply::see_other(home(it)).flash(flash)),
        Err(Error::Refused(refused)) => {
            let lang = cx.lang();
            let spec = crate::web::fields::ConfirmSpec {
                title: it.title(lang).to_owned(),
                crumbs: Vec::new(),
                effects: Vec::new(),
                refusal: Some(refused.say(lang)),
                hidden: Vec::new(),
                action: home(it),
                submit: String::new(),
                danger: false,
                back: home(it),
            };
            crate::web::fields::confirm_page(cx, 409, &spec)
        }
        Err(other) => Err(other),
    }
}

/// POST `…/collect`.
pub(super) fn collect(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let done = actions::collect(cx.conn, &staff, it.id);
    button(cx, &it, done, "asm_collected")
}

/// POST `…/admit`.
pub(super) fn admit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let done = actions::admit(cx.conn, &staff, it.id);
    button(cx, &it, done, "saved")
}

pub(super) fn people(cx: &mut Cx<'_, '_>, staff: &CohortStaff) -> Result<Vec<(String, String)>> {
    Ok(
        teaching::queries::instructors(cx.conn, &staff.programme_staff())?
            .into_iter()
            .map(|(id, name)| pair(id.to_string(), name))
            .collect(),
    )
}

fn markers_form(cx: &mut Cx<'_, '_>, staff: &CohortStaff, it: &Assessment) -> Result<Asks> {
    let lang = cx.lang();
    let people = people(cx, staff)?;
    Ok(Asks {
        title: lang.asm_assign_title().to_owned(),
        note: Some(lang.asm_assign_hint().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("marker", lang.asm_markers()).ticks(people),
            Field::line("again", lang.asm_assign_again())
                .ticks(vec![pair("yes", lang.asm_assign_again())])
                .optional(),
        ])],
        hidden: Vec::new(),
        action: format!("{}/markers", home(it)),
        submit: lang.asm_assign().to_owned(),
    })
}

/// The persons ticked.
fn ticked(form: &mut Form<'_>, pairs: &Pairs) -> Vec<PersonId> {
    let mut people = Vec::new();
    for typed in pairs.all("marker").filter(|it| !it.is_empty()) {
        match typed.parse() {
            Ok(id) => people.push(id),
            Err(_malformed) => form.error("marker", "choice", |lang| lang.form_choice().to_owned()),
        }
    }
    people
}

/// GET `…/markers`.
pub(super) fn ask_markers(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let asks = markers_form(cx, &staff, &it)?;
    let standing = it
        .instructor_ids
        .iter()
        .map(|id| pair("marker", id.to_string()))
        .collect();
    show(
        cx,
        (&staff, &it),
        asks,
        &Pairs::new(standing),
        &Again::first(),
    )
}

/// POST `…/markers`.
pub(super) fn markers(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let people = ticked(&mut form, typed);
    let again = typed.has("again", "yes");
    let done = form
        .done()
        .and_then(|()| actions::assign(cx.conn, &staff, it.id, &people, again).map(|_| ()));
    answer(cx, (&staff, &it), (done, "asm_assigned"), |cx| {
        markers_form(cx, &staff, &it)
    })
}

fn second_form(cx: &mut Cx<'_, '_>, staff: &CohortStaff, it: &Assessment) -> Result<Asks> {
    let lang = cx.lang();
    let people = people(cx, staff)?;
    Ok(Asks {
        title: lang.asm_draw().to_owned(),
        note: Some(lang.asm_draw_hint().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("marker", lang.asm_second_markers())
                .ticks(people)
                .optional(),
        ])],
        hidden: Vec::new(),
        action: format!("{}/second", home(it)),
        submit: lang.asm_draw().to_owned(),
    })
}

/// GET `…/second`.
pub(super) fn ask_second(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let asks = second_form(cx, &staff, &it)?;
    show(cx, (&staff, &it), asks, Pairs::none(), &Again::first())
}

/// POST `…/second`.
pub(super) fn second(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let people = ticked(&mut form, typed);
    let done = form
        .done()
        .and_then(|()| actions::draw(cx.conn, &staff, it.id, &people).map(|_| ()));
    answer(cx, (&staff, &it), (done, "asm_drawn"), |cx| {
        second_form(cx, &staff, &it)
    })
}

fn script_form(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    it: &Assessment,
    id: ScriptId,
) -> Result<Asks> {
    let lang = cx.lang();
    let script = queries::script_of(cx.conn, staff, it.id, id)?;
    let mut said = vec![lang.asm_moderate_hint().to_owned()];
    let marks = queries::marks_of(cx.conn, Reader::Office(staff), &[id])?;
    for mark in marks.iter().filter(|m| m.done) {
        let role = MarkRole::parse(&mark.role).map_or("–", |it| it.label(lang));
        said.push(lang.asm_other_mark(role, &given_mark(lang, mark.mark)));
    }
    Ok(Asks {
        title: format!(
            "{}{}{}",
            lang.asm_moderate(),
            lang.pick(": ", "："),
            actions::label(lang, it, &script.label)
        ),
        note: Some(said.join(lang.pick(" ", ""))),
        groups: mark_fields(lang, &it.rubric()?, !it.takes_files),
        hidden: Vec::new(),
        action: format!("{}/scripts/{id}", home(it)),
        submit: lang.asm_moderate().to_owned(),
    })
}

/// GET `…/scripts/{script}`.
pub(super) fn ask_script(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let id: ScriptId = cx.request().param("script")?;
    let asks = script_form(cx, &staff, &it, id)?;
    show(cx, (&staff, &it), asks, Pairs::none(), &Again::first())
}

/// POST `…/scripts/{script}`.
pub(super) fn script(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let id: ScriptId = cx.request().param("script")?;
    queries::script_of(cx.conn, &staff, it.id, id)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let mut given = read_given(&mut form, visit.request.form(), &it.rubric()?);
    given.done = true;
    let done = form
        .done()
        .and_then(|()| actions::moderate(cx.conn, &staff, (it.id, id), &given));
    answer(cx, (&staff, &it), (done, "asm_given"), |cx| {
        script_form(cx, &staff, &it, id)
    })
}

fn extension_form(lang: Lang, it: &Assessment, request: &queries::Extension) -> Asks {
    Asks {
        title: format!(
            "{}{}{}",
            lang.asm_extension(),
            lang.pick(": ", "："),
            request.name_shown
        ),
        note: Some(format!(
            "{}{}{}",
            request.reason,
            lang.pick(" – ", "——"),
            deadline(lang, request.until_at)
        )),
        groups: vec![Group::plain(vec![
            Field::line("outcome", lang.asm_appeal_outcome()).choice(vec![
                pair("grant", lang.asm_extension_grant()),
                pair("refuse", lang.asm_extension_refuse()),
            ]),
            Field::line("until_at", lang.asm_extension_until()).of("datetime-local"),
            Field::line("note", lang.asm_extension_note())
                .area(3)
                .optional(),
        ])],
        hidden: vec![pair("version", request.version.to_string())],
        action: format!("{}/extensions/{}", home(it), request.id),
        submit: lang.asm_decide().to_owned(),
    }
}

fn request(
    cx: &mut Cx<'_, '_>,
    it: &Assessment,
    staff: &CohortStaff,
) -> Result<queries::Extension> {
    let id: ExtensionId = cx.request().param("extension")?;
    queries::extension(cx.conn, staff, it.id, id)
}

/// GET `…/extensions/{extension}`.
pub(super) fn ask_extension(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let request = request(cx, &it, &staff)?;
    // What is decided stands on the assessment's page, with who and when in its history.
    if request.state()? != ExtensionState::Requested {
        return Ok(Reply::see_other(home(&it)));
    }
    let values = Pairs::new(vec![pair("until_at", local(request.until_at))]);
    let asks = extension_form(cx.lang(), &it, &request);
    show(cx, (&staff, &it), asks, &values, &Again::first())
}

/// POST `…/extensions/{extension}`.
pub(super) fn extension(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let request = request(cx, &it, &staff)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let seen = form.number("version", 1, i32::MAX);
    let grant = form.choice("outcome", |word| match word {
        "grant" => Some(true),
        "refuse" => Some(false),
        _ => None,
    });
    let until = (grant == Some(true)).then(|| form.instant("until_at"));
    let note = form.optional("note", 1_000).unwrap_or_default();
    let done = form.done().and_then(|()| {
        actions::decide_extension(cx.conn, &staff, (it.id, request.id, seen), until, &note)
    });
    answer(cx, (&staff, &it), (done, "asm_decided"), |cx| {
        Ok(extension_form(cx.lang(), &it, &request))
    })
}

fn extend_form(lang: Lang, it: &Assessment, line: &queries::Line) -> Asks {
    Asks {
        title: format!(
            "{}{}{}",
            lang.asm_extension_give(),
            lang.pick(": ", "："),
            line.name_shown
        ),
        note: Some(deadline(lang, it.times(line.extended_to).due_at)),
        groups: vec![Group::plain(vec![
            Field::line("until_at", lang.asm_extension_until()).of("datetime-local"),
            Field::line("note", lang.asm_extension_note())
                .area(3)
                .optional(),
        ])],
        hidden: Vec::new(),
        action: format!("{}/candidates/{}/extend", home(it), line.id),
        submit: lang.asm_extension_give().to_owned(),
    }
}

fn candidate(cx: &mut Cx<'_, '_>, staff: &CohortStaff, it: &Assessment) -> Result<queries::Line> {
    let id: CandidateId = cx.request().param("candidate")?;
    queries::line(cx.conn, staff, it.id, id)
}

/// GET `…/candidates/{candidate}/extend`.
pub(super) fn ask_extend(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let line = candidate(cx, &staff, &it)?;
    let asks = extend_form(cx.lang(), &it, &line);
    show(cx, (&staff, &it), asks, Pairs::none(), &Again::first())
}

/// POST `…/candidates/{candidate}/extend`.
pub(super) fn extend(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let line = candidate(cx, &staff, &it)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let until = form.instant("until_at");
    let note = form.optional("note", 1_000).unwrap_or_default();
    let done = form
        .done()
        .and_then(|()| actions::give_extension(cx.conn, &staff, it.id, line.id, (until, &note)));
    answer(cx, (&staff, &it), (done, "asm_decided"), |cx| {
        Ok(extend_form(cx.lang(), &it, &line))
    })
}

fn appeal_form(lang: Lang, it: &Assessment, appeal: &queries::Appeal) -> Asks {
    Asks {
        title: format!(
            "{}{}{}",
            lang.asm_appeal(),
            lang.pick(": ", "："),
            appeal.name_shown
        ),
        note: Some(format!(
            "{}{}{}",
            shown_mark(appeal.mark_before),
            lang.pick(" – ", "——"),
            appeal.grounds
        )),
        groups: vec![Group::plain(vec![
            Field::line("outcome", lang.asm_appeal_outcome()).choice(vec![
                pair("uphold", lang.asm_appeal_do_uphold()),
                pair("dismiss", lang.asm_appeal_do_dismiss()),
            ]),
            Field::line("mark", lang.asm_appeal_uphold())
                .width("w8")
                .optional(),
            Field::line("reason", lang.asm_appeal_reason()).area(4),
        ])],
        hidden: vec![pair("version", appeal.version.to_string())],
        action: format!("{}/appeals/{}", home(it), appeal.id),
        submit: lang.asm_decide().to_owned(),
    }
}

fn appeal_of(cx: &mut Cx<'_, '_>, staff: &CohortStaff, it: &Assessment) -> Result<queries::Appeal> {
    let id: AppealId = cx.request().param("appeal")?;
    queries::appeal(cx.conn, staff, it.id, id)
}

/// GET `…/appeals/{appeal}`.
pub(super) fn ask_appeal(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let appeal = appeal_of(cx, &staff, &it)?;
    if appeal.state()? != AppealState::Lodged {
        return Ok(Reply::see_other(home(&it)));
    }
    let asks = appeal_form(cx.lang(), &it, &appeal);
    show(cx, (&staff, &it), asks, Pairs::none(), &Again::first())
}

/// POST `…/appeals/{appeal}`.
pub(super) fn appeal(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let appeal = appeal_of(cx, &staff, &it)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.number("version", 1, i32::MAX);
    let uphold = form.choice("outcome", |word| match word {
        "uphold" => Some(true),
        "dismiss" => Some(false),
        _ => None,
    });
    let mark = (uphold == Some(true)).then(|| percent_of(&mut form, typed, "mark"));
    let reason = form.text("reason", 2_000);
    let done = form.done().and_then(|()| {
        actions::decide_appeal(cx.conn, &staff, (it.id, appeal.id, seen), mark, &reason)
    });
    answer(cx, (&staff, &it), (done, "asm_decided"), |cx| {
        Ok(appeal_form(cx.lang(), &it, &appeal))
    })
}
