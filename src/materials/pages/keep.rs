//! Notes as the office and instructors keep them.

use askama::Template;

use crate::db;
use crate::error::{Error, Result};
use crate::ids::{ClassId, MaterialId};
use crate::lang::Lang;
use crate::lang::format::{hkt, moment};
use crate::teaching::queries::ClassSession;
use crate::teaching::rules::SessionState;
use crate::web::exports::short;
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, FormSpec, Group, History, confirm_page, form_page,
};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Keeper, Note, title};
use super::super::rules::{
    BODY_MOST, NoteDetails, Release, TITLE_MOST, URL_MOST, is_released, released_at,
};
use super::{crumbs, home, keeper, name, under, when_where};

/// The title of a note as the reader reads it.
pub(super) fn title_of(lang: Lang, it: &Note) -> String {
    title(lang, &it.title_en, &it.title_zh).0.to_owned()
}

/// When a note is released, in words.
pub(super) fn release_words(lang: Lang, it: &Note, session: &ClassSession) -> Result<String> {
    let release = it.release()?;
    let at = released_at(release, it.release_at, &session.slot());
    Ok(match (release, at) {
        (Release::Now | Release::At, None) => lang.material_release_now().to_owned(),
        (Release::Start | Release::End, Some(at)) => {
            format!("{}{}", release.label(lang), lang.aside(&moment(lang, at)))
        }
        (Release::Now | Release::At, Some(at)) => moment(lang, at),
        (Release::Start | Release::End, None) => release.label(lang).to_owned(),
    })
}

struct Row {
    href: String,
    up: Option<String>,
    title: String,
    tag: &'static str,
    url: String,
    release: String,
    released: bool,
    done: i64,
}

#[derive(Template)]
#[template(path = "materials/keep.html")]
struct ListPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    when: String,
    state: &'static str,
    tone: &'static str,
    link: String,
    cancelled: bool,
    published: bool,
    teacher: bool,
    /// Where its instructor keeps the register.
    register: Option<String>,
    rows: Vec<Row>,
    under: String,
    files: String,
}

/// The session of the address and its notes, with how many have done with each.
fn all(cx: &mut Cx<'_, '_>, keeper: &Keeper) -> Result<(ClassSession, Vec<Note>)> {
    let id: ClassId = cx.request().param("class")?;
    let (session, mut notes) = queries::notes(cx.conn, keeper, id)?;
    let counts = actions::counts(cx.conn, id)?;
    for note in &mut notes {
        note.done = counts
            .iter()
            .find(|it| it.0 == note.id)
            .map_or(0, |it| it.1);
    }
    Ok((session, notes))
}

/// GET `/cohorts/{cohort}/classes/{class}/notes` and `/timetable/{class}`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let keeper = keeper(cx)?;
    let (session, notes) = all(cx, &keeper)?;
    let now = db::now(cx.conn)?;
    let under = under(&keeper, &session);
    let rows = (0..)
        .zip(&notes)
        .map(|(n, it)| {
            let at = released_at(it.release()?, it.release_at, &session.slot());
            Ok(Row {
                href: format!("{under}/{}", it.id),
                up: (n > 0).then(|| format!("{under}/{}/up", it.id)),
                title: title_of(lang, it),
                tag: title(lang, &it.title_en, &it.title_zh).1.tag(),
                url: it.url.clone(),
                release: release_words(lang, it, &session)?,
                released: session.published && is_released(at, now),
                done: it.done,
            })
        })
        .collect::<Result<_>>()?;
    let state = session.state()?;
    let teacher = matches!(keeper, Keeper::Teacher(_));
    let page = ListPage {
        shell: cx.shell(if teacher {
            name(lang, &session)
        } else {
            lang.material_notes().to_owned()
        }),
        crumbs: crumbs(lang, &keeper, &session),
        when: when_where(lang, &session),
        state: state.label(lang),
        tone: match state {
            SessionState::Scheduled => "go",
            SessionState::Cancelled => "bad",
            SessionState::Held => "ok",
        },
        link: session.link.clone(),
        cancelled: state == SessionState::Cancelled,
        published: session.published,
        register: (teacher && session.published)
            .then(|| format!("/classes/{}/register", session.id)),
        teacher,
        rows,
        files: format!(
            "{}notes",
            under.strip_suffix("notes").unwrap_or(under.as_str())
        ),
        under,
    };
    cx.visit.page(&page)
}

/// GET `…/notes.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let keeper = keeper(cx)?;
    let (session, notes) = all(cx, &keeper)?;
    let header = [
        lang.material_title_en(),
        lang.material_title_zh(),
        lang.material_body(),
        lang.material_url(),
        lang.material_release(),
        lang.material_done(),
    ];
    let rows = notes
        .iter()
        .map(|it| {
            Ok(vec![
                it.title_en.clone(),
                it.title_zh.clone(),
                it.body.clone(),
                it.url.clone(),
                release_words(lang, it, &session)?,
                it.done.to_string(),
            ])
        })
        .collect::<Result<_>>()?;
    let name = format!("{}-notes", session.module_code);
    short(&cx.request().path, &name, &header, rows)
}

fn groups(lang: Lang) -> Vec<Group> {
    let releases = Release::ALL
        .iter()
        .map(|it| (it.as_str().to_owned(), it.label(lang).to_owned()))
        .collect();
    vec![
        Group::two(
            lang.material_title(),
            vec![
                Field::line("title_en", lang.material_title_en())
                    .written_in(Lang::En)
                    .optional()
                    .hint(lang.material_title_hint()),
                Field::line("title_zh", lang.material_title_zh())
                    .written_in(Lang::Zh)
                    .optional(),
            ],
        ),
        Group::plain(vec![
            Field::line("body", lang.material_body())
                .area(8)
                .optional()
                .hint(lang.material_body_hint()),
            Field::line("url", lang.material_url()).of("url").optional(),
            Field::line("release", lang.material_release())
                .choice(releases)
                .hint(lang.material_release_hint()),
            Field::line("release_at", lang.material_release_time())
                .of("datetime-local")
                .optional()
                .hint(lang.material_release_time_hint()),
        ]),
    ]
}

/// Reads a note from a form.
pub(in crate::materials) fn read(form: &mut Form<'_>, pairs: &Pairs) -> NoteDetails {
    let release = form
        .choice("release", Release::parse)
        .unwrap_or(Release::Now);
    let typed = !pairs.typed("release_at").trim().is_empty();
    if typed && release != Release::At {
        form.error("release_at", "unused", |lang| {
            lang.material_time_unused().to_owned()
        });
    }
    let timed = release == Release::At && !pairs.typed("release_at").trim().is_empty();
    NoteDetails {
        title_en: form.optional("title_en", TITLE_MOST).unwrap_or_default(),
        title_zh: form.optional("title_zh", TITLE_MOST).unwrap_or_default(),
        body: form.optional("body", BODY_MOST).unwrap_or_default(),
        url: form.optional("url", URL_MOST).unwrap_or_default(),
        release,
        release_at: timed.then(|| form.instant("release_at")),
    }
}

/// A note as fields hold it.
pub(in crate::materials) fn values(it: &Note) -> Pairs {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let at = it.release_at.map(|at| {
        at.with_timezone(&hkt())
            .format("%Y-%m-%dT%H:%M")
            .to_string()
    });
    Pairs::new(vec![
        pair("title_en", &it.title_en),
        pair("title_zh", &it.title_zh),
        pair("body", &it.body),
        pair("url", &it.url),
        pair("release", &it.release),
        pair("release_at", &at.unwrap_or_default()),
    ])
}

fn form(
    cx: &mut Cx<'_, '_>,
    keeper: &Keeper,
    (session, note): (&ClassSession, Option<&Note>),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let under = under(keeper, session);
    let mut way = crumbs(lang, keeper, session);
    let list = match keeper {
        Keeper::Office(_) => lang.material_notes().to_owned(),
        Keeper::Teacher(_) => name(lang, session),
    };
    way.push((home(keeper, session), list));
    let spec = FormSpec {
        title: match note {
            Some(it) => lang.material_edit(&title_of(lang, it)),
            None => lang.material_new().to_owned(),
        },
        crumbs: way,
        note: Some(when_where(lang, session)),
        groups: groups(lang),
        hidden: note
            .map(|it| vec![("version".to_owned(), it.version.to_string())])
            .unwrap_or_default(),
        action: note.map_or_else(|| format!("{under}/new"), |it| format!("{under}/{}", it.id)),
        submit: lang.save().to_owned(),
        back: home(keeper, session),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/notes/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let keeper = keeper(cx)?;
    let session = keeper.session(cx.conn, cx.request().param("class")?)?;
    let usual = Pairs::new(vec![(
        "release".to_owned(),
        Release::Now.as_str().to_owned(),
    )]);
    form(cx, &keeper, (&session, None), &usual, &Again::first())
}

/// POST `…/notes/new`.
pub(super) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let keeper = keeper(cx)?;
    let session = keeper.session(cx.conn, cx.request().param("class")?)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let details = read(&mut read_form, typed);
    let added = read_form
        .done()
        .and_then(|()| actions::add(cx.conn, &keeper, session.id, &details));
    match added {
        Ok(_) => Ok(Reply::see_other(home(&keeper, &session)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, &keeper, (&session, None), typed, &again)
        }
    }
}

/// The note of the address, of the session of the address.
fn one(cx: &mut Cx<'_, '_>, keeper: &Keeper) -> Result<(ClassSession, Note)> {
    let class: ClassId = cx.request().param("class")?;
    let id: MaterialId = cx.request().param("note")?;
    let (session, note) = queries::note(cx.conn, keeper, id)?;
    if session.id == class {
        Ok((session, note))
    } else {
        Err(Error::NotFound)
    }
}

/// GET `…/notes/{note}`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let keeper = keeper(cx)?;
    let (session, note) = one(cx, &keeper)?;
    let values = values(&note);
    form(
        cx,
        &keeper,
        (&session, Some(&note)),
        &values,
        &Again::first(),
    )
}

/// POST `…/notes/{note}`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let keeper = keeper(cx)?;
    let (session, note) = one(cx, &keeper)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let version = read_form.number("version", 1, i32::MAX);
    let details = read(&mut read_form, typed);
    let saved = read_form
        .done()
        .and_then(|()| actions::change(cx.conn, &keeper, (note.id, version), &details));
    match saved {
        Ok(()) => Ok(Reply::see_other(home(&keeper, &session)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&note), typed, lang);
            form(cx, &keeper, (&session, Some(&note)), typed, &again)
        }
    }
}

/// POST `…/notes/{note}/up`.
pub(super) fn up(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let keeper = keeper(cx)?;
    let (session, note) = one(cx, &keeper)?;
    actions::move_up(cx.conn, &keeper, note.id)?;
    Ok(Reply::see_other(home(&keeper, &session)))
}

/// GET `…/notes/{note}/remove`.
pub(super) fn ask_remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let keeper = keeper(cx)?;
    let (session, note) = one(cx, &keeper)?;
    let lang = cx.lang();
    let counts = actions::counts(cx.conn, session.id)?;
    let done = counts
        .iter()
        .find(|it| it.0 == note.id)
        .map_or(0, |it| it.1);
    let under = under(&keeper, &session);
    let spec = ConfirmSpec {
        title: lang.material_remove_of(&title_of(lang, &note)),
        crumbs: crumbs(lang, &keeper, &session),
        effects: vec![Effect {
            heading: lang.cohorts_step_happens().to_owned(),
            lines: vec![
                lang.material_remove_does().to_owned(),
                lang.material_done_by(done),
            ],
            hard: true,
        }],
        refusal: None,
        hidden: vec![("version".to_owned(), note.version.to_string())],
        action: format!("{under}/{}/remove", note.id),
        submit: lang.material_remove().to_owned(),
        danger: true,
        back: format!("{under}/{}", note.id),
    };
    confirm_page(cx, 200, &spec)
}

/// POST `…/notes/{note}/remove`.
pub(super) fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let keeper = keeper(cx)?;
    let (session, note) = one(cx, &keeper)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let version = form.number("version", 1, i32::MAX);
    form.done()?;
    actions::remove(cx.conn, &keeper, (note.id, version))?;
    Ok(Reply::see_other(home(&keeper, &session)).flash("material_removed"))
}
