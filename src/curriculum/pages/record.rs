//! One module: the version shown, the draft and what it lacks, every version, the history.

use askama::Template;

use crate::audit;
use crate::db::now;
use crate::error::{Error, Result};
use crate::ids::ProgrammeId;
use crate::lang::Lang;
use crate::lang::format::{date, hk_date};
use crate::web::fields::History;
use crate::web::{Cx, Reply, Shell};

use super::super::actions;
use super::super::facts::{self, Rests};
use super::super::queries::{self, Book, Version};
use super::super::rules::VersionState;
use super::{at, crumbs, module};

/// A version as pages of the office and of everybody show it.
pub(super) struct Shown {
    pub name: String,
    pub other_name: String,
    pub summary: String,
    pub outcomes: Vec<String>,
    pub hours: [i32; 4],
    pub level: String,
    pub credits: Option<String>,
    pub themes: String,
    /// Kind, title, weight, must it be passed.
    pub plan: Vec<(&'static str, String, i32, bool)>,
    pub prerequisites: Vec<String>,
    pub competencies: Vec<(String, String, String)>,
    pub basis: Vec<Rests>,
    pub effective: Option<String>,
}

impl Shown {
    /// As it reads on this day.
    pub(super) fn new(
        version: &Version,
        book: &Book,
        lang: Lang,
        today: chrono::NaiveDate,
    ) -> Self {
        let it = &version.content;
        Self {
            name: it.name.say(lang).to_owned(),
            other_name: it.name.say(lang.other()).to_owned(),
            summary: it.summary.say(lang).to_owned(),
            outcomes: it.outcomes.iter().map(|o| o.say(lang).to_owned()).collect(),
            hours: [it.contact, it.self_study, it.assessment, it.notional()],
            level: facts::level(it, lang, today),
            credits: facts::qf_credits(it, today),
            themes: facts::themes(it, lang),
            plan: it
                .assessments
                .iter()
                .map(|a| {
                    let title = a.title.say(lang).to_owned();
                    (a.kind_label(lang), title, a.weight, a.must_pass)
                })
                .collect(),
            prerequisites: facts::prerequisites(it, book, lang),
            competencies: facts::competencies(it, book, lang),
            basis: facts::basis(&it.basis, book, lang, today),
            effective: it.effective_from.map(|day| date(lang, day)),
        }
    }
}

/// A version in the list of all: name, state, tone, since when, address, is it shown.
struct Line {
    name: String,
    word: &'static str,
    tone: &'static str,
    since: Option<String>,
    href: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "curriculum/record.html")]
struct RecordPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: ProgrammeId,
    href: String,
    code: String,
    version: String,
    word: &'static str,
    tone: &'static str,
    it: Shown,
    draft: Option<(i32, String)>,
    discards: bool,
    lacking: Vec<String>,
    /// The places of the list: its number, what stands there now, is it this one?
    places: Vec<(usize, String, bool)>,
    archived: bool,
    versions: Vec<Line>,
    history: History,
}

fn tone(state: VersionState) -> &'static str {
    match state {
        VersionState::Draft => "wait",
        VersionState::Published => "go",
        VersionState::Replaced => "end",
    }
}

/// GET `…/modules/{module}`: the published version, or the one that `?version=` names.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    use crate::lang::Say as _;
    let (staff, id, versions) = module(cx)?;
    let lang = cx.lang();
    let today = hk_date(now(cx.conn)?);
    let book = queries::book(cx.conn, staff.programme())?;
    let asked: Option<i32> = cx.request().query.typed("version").parse().ok();
    let chosen = match asked {
        Some(number) => versions.iter().find(|it| it.number == number),
        None => actions::published(&versions).or(versions.first()),
    };
    let chosen = chosen.ok_or(Error::NotFound)?;
    let href = at(&staff, id);
    let lines = versions.iter().map(|it| Line {
        name: lang.curriculum_version(it.number),
        word: it.state.label(lang),
        tone: tone(it.state),
        since: it
            .content
            .effective_from
            .map(|day| lang.curriculum_versions_since(&date(lang, day))),
        href: format!("{href}?version={}", it.number),
        on: it.number == chosen.number,
    });
    let draft = actions::draft(&versions).map(|it| it.number);
    let lacking = actions::lacking(cx.conn, &versions)?;
    let history = audit::shown(
        cx.conn,
        id.0,
        lang,
        format!("{}/history", super::at(&staff, id)),
    )?;
    let used = book.modules.iter().filter(|it| !it.archived);
    let places = (1..)
        .zip(used)
        .map(|(n, it)| (n, it.code.clone(), it.id == id));
    cx.visit.page(&RecordPage {
        places: places.collect(),
        archived: book.module(id).is_some_and(|it| it.archived),
        shell: cx.shell(format!("{} {}", chosen.code, chosen.name(lang))),
        crumbs: crumbs(lang, &staff, Vec::new()),
        programme: staff.programme(),
        code: chosen.code.clone(),
        version: lang.curriculum_version(chosen.number),
        word: chosen.state.label(lang),
        tone: tone(chosen.state),
        it: Shown::new(chosen, &book, lang, today),
        draft: draft.map(|n| (n, lang.curriculum_state_draft(n))),
        discards: draft.is_some_and(|number| number > 1),
        lacking: lacking.iter().map(|it| it.say(lang)).collect(),
        versions: lines.collect(),
        history,
        href,
    })
}

/// GET `…/modules/{module}/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, id, _) = module(cx)?;
    audit::file(cx.visit, "module-history", id.0)
}
