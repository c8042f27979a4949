//! A trainee's own assessments: what is due, handing in, later due times, marks, appeals.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::access::{self, Own};
use crate::audit;
use crate::db::{self, Conn};
use crate::error::{Error, FieldError, Result};
use crate::files::queries::NewFile;
use crate::files::rules::UploadRefusal;
use crate::ids::{CandidateId, FileId, SubmissionId};
use crate::lang::format::{deadline, moment};
use crate::lang::{Lang, Say as _};
use crate::web::fields::{ConfirmSpec, Effect, History, confirm_page};
use crate::web::forms::Mistakes;
use crate::web::{Cx, Reply, ReplyBody, Shell, Site, Upload, Visit};

use super::super::actions;
use super::super::queries::{self, OwnLine, Work};
use super::super::rules::late::{days_late, penalty};
use super::super::rules::{AppealState, AssessmentState, ExtensionState, percent};
use super::{late_rule, shown_mark, tag};
use crate::access::secret::hex;

struct Row {
    href: String,
    title: String,
    module: String,
    kind: &'static str,
    due: String,
    extended: bool,
    state: &'static str,
    tag: &'static str,
    handed_in: String,
    mark: Option<String>,
}

fn row(lang: Lang, it: &OwnLine, now: DateTime<Utc>) -> Result<Row> {
    let a = &it.assessment;
    let state = a.state()?;
    // What is marked without a piece of theirs.
    let marked = matches!(state, AssessmentState::Marking | AssessmentState::Moderated);
    let over = now > a.times(it.extended_to).hard_end();
    let missed = marked && over && a.takes_files && it.standing().is_none();
    Ok(Row {
        href: format!("/me/assessments/{}", it.id),
        title: a.title(lang).to_owned(),
        module: a.module(lang),
        kind: a.kind_label(lang),
        due: deadline(lang, a.times(it.extended_to).due_at),
        extended: it.extended_to.is_some(),
        // Trainees need not know how far their markers are.
        state: match state {
            _ if missed => lang.asm_missed(),
            // Before the markers, but theirs is still to come.
            _ if marked && !over && it.standing().is_none() => AssessmentState::Open.label(lang),
            AssessmentState::Moderated => AssessmentState::Marking.label(lang),
            AssessmentState::Planned
            | AssessmentState::Open
            | AssessmentState::Marking
            | AssessmentState::Released => state.label(lang),
        },
        tag: if missed { "bad" } else { tag(state) },
        handed_in: match it.standing() {
            Some(tried) => moment(lang, tried.submitted_at),
            None if a.takes_files => lang.asm_not_handed_in().to_owned(),
            None => "–".to_owned(),
        },
        mark: it.released.as_ref().map(|it| shown_mark(it.mark)),
    })
}

#[derive(Template)]
#[template(path = "assessment/own_list.html")]
struct ListPage {
    shell: Shell,
    ahead: Vec<Row>,
    over: Vec<Row>,
}

/// GET `/me/assessments`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let now = db::now(cx.conn)?;
    let all = queries::own_all(cx.conn, &own)?;
    let (ahead, mut over): (Vec<OwnLine>, Vec<OwnLine>) = all.into_iter().partition(|it| {
        it.released.is_none() && it.assessment.times(it.extended_to).hard_end() >= now
    });
    over.reverse();
    let page = ListPage {
        shell: cx.shell(lang.asm_mine()),
        ahead: ahead
            .iter()
            .map(|it| row(lang, it, now))
            .collect::<Result<_>>()?,
        over: over
            .iter()
            .map(|it| row(lang, it, now))
            .collect::<Result<_>>()?,
    };
    cx.visit.page(&page)
}

/// A try as its page shows it.
struct Try {
    number: i32,
    at: String,
    late: Option<String>,
    stands: bool,
    withdrawn: bool,
    files: Vec<(String, String, String)>,
}

/// A criterion as its trainee reads it.
struct Marked {
    name: String,
    points: String,
    comment: String,
}

struct ResultShown {
    mark: String,
    passed: bool,
    missing: bool,
    raw: Option<(String, String)>,
    criteria: Vec<Marked>,
    feedback: String,
    appeal_until: Option<String>,
}

/// An extension or appeal of one's own.
struct OwnRequest {
    text: String,
    state: &'static str,
    note: String,
    until: Option<String>,
    withdraw: Option<String>,
}

#[derive(Template)]
#[template(path = "assessment/own.html")]
struct OwnPage {
    shell: Shell,
    here: String,
    row: Row,
    takes_files: bool,
    brief: String,
    late: String,
    files_hint: String,
    max_files: i32,
    hard_end: Option<String>,
    rubric: Vec<(String, i32, Vec<String>)>,
    tries: Vec<Try>,
    /// What handing in costs now, or why it cannot be done.
    may: Result<String, String>,
    take_back: bool,
    may_ask: bool,
    extensions: Vec<OwnRequest>,
    appeals: Vec<OwnRequest>,
    result: Option<ResultShown>,
    mistakes: Mistakes,
    history: History,
}

fn tries(conn: &mut Conn<'_>, lang: Lang, own: &Own, it: &OwnLine) -> Result<Vec<Try>> {
    let standing = it.standing().map(|it| it.id);
    let ids: Vec<FileId> = it.tries.iter().flat_map(|it| it.file_ids.clone()).collect();
    let known = queries::own_files(conn, own, &ids)?;
    let mut all = Vec::new();
    for tried in &it.tries {
        let of_it = |id: &FileId| known.iter().find(|file| file.id == *id);
        let files = tried.file_ids.iter().filter_map(of_it);
        let files = (1..).zip(files).map(|(n, file)| {
            let href = format!("/me/assessments/{}/files/{}/{n}", it.id, tried.id);
            (href, file.label.clone(), hex(&file.sha256))
        });
        // By the due time that holds now: it may have moved since.
        let due_at = it.assessment.times(it.extended_to).due_at;
        let late = days_late(due_at, tried.submitted_at);
        all.push(Try {
            number: tried.number,
            at: moment(lang, tried.submitted_at),
            late: (late > 0).then(|| lang.asm_days_late(late)),
            stands: standing == Some(tried.id),
            withdrawn: tried.withdrawn_at.is_some(),
            files: files.collect(),
        });
    }
    Ok(all)
}

/// Hundredths of points as people read them.
fn points(value: Option<i64>) -> String {
    value
        .and_then(|it| i32::try_from(it).ok())
        .map_or_else(|| "–".to_owned(), percent)
}

fn result(lang: Lang, it: &OwnLine) -> Option<ResultShown> {
    let released = it.released.as_ref()?;
    let criteria = released.criteria.as_array().map_or_else(Vec::new, |all| {
        all.iter()
            .map(|row| {
                let text = |name: &str| row.get(name).and_then(serde_json::Value::as_str);
                let number = |name: &str| row.get(name).and_then(serde_json::Value::as_i64);
                let most = number("most").and_then(|it| i32::try_from(it).ok());
                Marked {
                    name: lang
                        .pick(text("en"), text("zh"))
                        .unwrap_or_default()
                        .to_owned(),
                    points: lang.asm_points_of(&points(number("points")), most.unwrap_or_default()),
                    comment: text("comment").unwrap_or_default().to_owned(),
                }
            })
            .collect()
    });
    Some(ResultShown {
        mark: shown_mark(released.mark),
        passed: released.mark.is_some_and(|it| it >= released.pass_mark),
        missing: released.mark.is_none(),
        raw: (released.penalty > 0 && released.raw.is_some())
            .then(|| (shown_mark(released.raw), percent(released.penalty))),
        criteria,
        feedback: released.feedback.clone(),
        appeal_until: released.appeal_until.map(|at| deadline(lang, at)),
    })
}

fn requests(
    conn: &mut Conn<'_>,
    lang: Lang,
    own: &Own,
    it: &OwnLine,
) -> Result<(Vec<OwnRequest>, Vec<OwnRequest>)> {
    let here = format!("/me/assessments/{}", it.id);
    let mut extensions = Vec::new();
    for row in queries::own_extensions(conn, own, it.id)? {
        let state = row.state()?;
        extensions.push(OwnRequest {
            text: row.reason,
            state: state.label(lang),
            note: row.note,
            until: Some(deadline(lang, row.until_at)),
            withdraw: (state == ExtensionState::Requested)
                .then(|| format!("{here}/extensions/{}/withdraw", row.id)),
        });
    }
    let mut appeals = Vec::new();
    for row in queries::own_appeals(conn, own, it.assessment.id)? {
        let state = row.state()?;
        if row.candidate_id == it.id {
            appeals.push(OwnRequest {
                text: row.grounds,
                state: state.label(lang),
                note: row.reason,
                until: None,
                withdraw: (state == AppealState::Lodged)
                    .then(|| format!("{here}/appeals/{}/withdraw", row.id)),
            });
        }
    }
    Ok((extensions, appeals))
}

fn build(
    conn: &mut Conn<'_>,
    (visit, site): (&Visit, &Site),
    (own, it): (&Own, &OwnLine),
    errors: &[FieldError],
) -> Result<OwnPage> {
    let lang = visit.lang;
    let a = &it.assessment;
    let times = a.times(it.extended_to);
    let now = db::now(conn)?;
    let may = match actions::may_hand_in(conn, it) {
        Ok(0) => Ok(lang.asm_hand_in_note().to_owned()),
        Ok(days) => Ok(lang.asm_hand_in_late(days, &percent(penalty(&a.late(), days)))),
        Err(Error::Refused(refused)) => Err(refused.say(lang)),
        Err(other) => return Err(other),
    };
    let (extensions, appeals) = requests(conn, lang, own, it)?;
    let waits = |all: &[OwnRequest]| all.iter().any(|it| it.withdraw.is_some());
    let mut result = result(lang, it);
    // One request at a time: while it waits there is nothing more to ask for.
    if let Some(result) = result.as_mut().filter(|_| waits(&appeals)) {
        result.appeal_until = None;
    }
    let state = a.state()?;
    let open = matches!(state, AssessmentState::Open | AssessmentState::Marking);
    let mut title = a.title(lang).to_owned();
    if !errors.is_empty() {
        title = lang.form_error_title(&title);
    }
    let rubric = a.rubric()?;
    Ok(OwnPage {
        shell: Shell::new(visit, site, title),
        here: format!("/me/assessments/{}", it.id),
        row: row(lang, it, now)?,
        takes_files: a.takes_files,
        brief: a.brief(lang).to_owned(),
        late: late_rule(lang, a),
        files_hint: lang.asm_files_hint(a.max_files, a.max_bytes / (1024 * 1024)),
        max_files: a.max_files,
        hard_end: (a.takes_files && a.late_hours > 0).then(|| deadline(lang, times.hard_end())),
        rubric: rubric
            .iter()
            .map(|c| {
                let levels = c.levels.iter().map(|it| it.say(lang).to_owned()).collect();
                (c.name.say(lang).to_owned(), c.points, levels)
            })
            .collect(),
        tries: tries(conn, lang, own, it)?,
        may,
        take_back: open && it.standing().is_some() && now <= times.due_at,
        may_ask: open && now <= times.hard_end() && !waits(&extensions),
        extensions,
        appeals,
        result,
        mistakes: Mistakes::new(errors, lang).labelled(&[("files", lang.asm_files())]),
        history: History::here_only(audit::lines(conn, a.id.0, lang)?),
    })
}

pub(super) fn one(cx: &mut Cx<'_, '_>) -> Result<(Own, OwnLine)> {
    let own = access::own(cx.conn)?;
    let id: CandidateId = cx.request().param("candidate")?;
    let it = queries::own_one(cx.conn, &own, id)?;
    Ok((own, it))
}

/// GET `/me/assessments/{candidate}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let (visit, site) = (cx.visit, cx.site);
    let page = build(cx.conn, (visit, site), (&own, &it), &[])?;
    cx.visit.page(&page)
}

/// POST `/me/assessments/{candidate}`: files are judged by their bytes, stored, then recorded as a try.
pub(super) fn hand_in(visit: &Visit, site: &Site) -> Result<Reply> {
    let id: CandidateId = visit.request.param("candidate")?;
    let request = visit.request.id;
    // Whose it is, and whether it is taken, before the disk is touched.
    let (it, may) = site.db.read_for(&visit.actor, request, |conn| {
        let own = access::own(conn)?;
        let it = queries::own_one(conn, &own, id)?;
        let may = actions::may_hand_in(conn, &it).map(|_| ());
        Ok((it, may))
    })?;
    let sent: Vec<&Upload> = visit
        .request
        .uploads()
        .iter()
        .filter(|it| it.field == "files" && it.size > 0)
        .collect();
    let problems = match may {
        Ok(()) => judged(&it, &sent),
        Err(Error::Refused(refused)) => {
            vec![FieldError::new("files", "refused", |lang| {
                refused.say(lang)
            })]
        }
        Err(other) => return Err(other),
    };
    let problems = if problems.is_empty() {
        match store(visit, site, id, &sent) {
            Ok(()) => {
                let to = format!("/me/assessments/{id}");
                return Ok(Reply::see_other(to).flash("asm_handed_in"));
            }
            Err(Error::Invalid(problems)) => problems,
            Err(Error::Refused(refused)) => {
                vec![FieldError::new("files", "refused", |lang| {
                    refused.say(lang)
                })]
            }
            Err(other) => return Err(other),
        }
    } else {
        problems
    };
    let page = site.db.read_for(&visit.actor, request, |conn| {
        let own = access::own(conn)?;
        build(conn, (visit, site), (&own, &it), &problems)
    })?;
    visit.page_with(422, &page)
}

fn judged(it: &OwnLine, sent: &[&Upload]) -> Vec<FieldError> {
    let most = usize::try_from(it.assessment.max_files).unwrap_or(1);
    if sent.is_empty() || sent.len() > most {
        return vec![FieldError::new("files", "number", |lang| {
            lang.asm_need_files(it.assessment.max_files)
        })];
    }
    let bytes = u64::try_from(it.assessment.max_bytes).unwrap_or_default();
    let megabytes = it.assessment.max_bytes / (1024 * 1024);
    sent.iter()
        .filter_map(|file| {
            let refusal = file.judge_pdf(bytes).err()?;
            Some(FieldError::new("files", "document", |lang| {
                let says = match refusal {
                    UploadRefusal::TooLarge => lang.asm_need_size(megabytes),
                    _ => refusal.say(lang),
                };
                format!("{}{}{says}", file.pdf_label(), lang.pick(": ", "："))
            }))
        })
        .take(1)
        .collect()
}

fn store(visit: &Visit, site: &Site, id: CandidateId, sent: &[&Upload]) -> Result<()> {
    site.files.keeping(sent, |keys| {
        site.db.tx_for(&visit.actor, visit.request.id, |conn| {
            let own = access::own(conn)?;
            let it = queries::own_one(conn, &own, id)?;
            let labels: Vec<String> = sent.iter().map(|it| it.pdf_label()).collect();
            let new: Vec<NewFile<'_>> = (sent.iter().zip(keys).zip(&labels))
                .map(|((file, key), label)| {
                    file.as_pdf((own.person(), Some(it.programme_id)), key, label)
                })
                .collect();
            actions::hand_in(conn, &own, id, &new).map(|_| ())
        })
    })
}

/// GET `/me/assessments/{candidate}/files/{submission}/{n}`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let id: SubmissionId = cx.request().param("submission")?;
    let place: usize = cx.request().param("n")?;
    let tried = it.tries.iter().find(|it| it.id == id);
    let work = Work::Own(&own, tried.ok_or(Error::NotFound)?);
    let file = queries::file_of(cx.conn, work, place)?;
    let key = file.storage_key;
    let body = ReplyBody::Stream(Box::new(move |site, out| site.files.copy_to(&key, out)));
    Ok(Reply::download(&file.media_type, &file.label, body))
}

pub(super) fn way(lang: Lang, it: &OwnLine) -> Vec<(String, String)> {
    vec![
        ("/me".to_owned(), lang.nav_me().to_owned()),
        ("/me/assessments".to_owned(), lang.asm_mine().to_owned()),
        (
            format!("/me/assessments/{}", it.id),
            it.assessment.title(lang).to_owned(),
        ),
    ]
}

/// What is asked before it is done, or why it was not: its title, its button and what it does.
struct Question {
    title: &'static str,
    submit: &'static str,
    does: Option<&'static str>,
    action: String,
}

fn taking_back(lang: Lang, it: &OwnLine) -> Question {
    Question {
        title: lang.asm_take_back_ask(),
        submit: lang.asm_take_back(),
        does: Some(lang.asm_take_back_does()),
        action: format!("/me/assessments/{}/take-back", it.id),
    }
}

fn question(
    cx: &Cx<'_, '_>,
    it: &OwnLine,
    asked: Question,
    (status, refusal): (u16, Option<String>),
) -> Result<Reply> {
    let lang = cx.lang();
    let effect = |text: &str| Effect {
        heading: lang.cohorts_step_happens().to_owned(),
        lines: vec![text.to_owned()],
        hard: false,
    };
    let spec = ConfirmSpec {
        title: asked.title.to_owned(),
        crumbs: way(lang, it),
        effects: asked.does.map(effect).into_iter().collect(),
        refusal,
        hidden: Vec::new(),
        action: asked.action,
        submit: asked.submit.to_owned(),
        danger: true,
        back: format!("/me/assessments/{}", it.id),
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/take-back`.
pub(super) fn ask_take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    question(cx, &it, taking_back(cx.lang(), &it), (200, None))
}

/// What follows after something of one's own was withdrawn; `asked` is its title and its address below
/// the assessment.
pub(super) fn after(
    cx: &mut Cx<'_, '_>,
    it: &OwnLine,
    done: Result<()>,
    (title, action): (&'static str, String),
) -> Result<Reply> {
    let asked = Question {
        title,
        submit: title,
        does: None,
        action: format!("/me/assessments/{}/{action}", it.id),
    };
    answered(cx, it, (done, "asm_withdrawn"), asked)
}

fn answered(
    cx: &mut Cx<'_, '_>,
    it: &OwnLine,
    (done, flash): (Result<()>, &str),
    asked: Question,
) -> Result<Reply> {
    match done {
        Ok(()) => Ok(Reply::see_other(format!("/me/assessments/{}", it.id)).flash(flash)),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, it, asked, (409, Some(text)))
        }
        Err(other) => Err(other),
    }
}

/// POST `…/take-back`.
pub(super) fn take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let done = actions::take_back(cx.conn, &own, it.id);
    let asked = taking_back(cx.lang(), &it);
    answered(cx, &it, (done, "asm_taken_back"), asked)
}
