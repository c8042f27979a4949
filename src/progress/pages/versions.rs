//! The rules of a programme: versions, the draft's form, publishing, discarding.

use askama::Template;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::curriculum::queries::{Book, book};
use crate::curriculum::rules::Pair;
use crate::error::{Error, Result};
use crate::ids::{ModuleId, ProgrammeId, RulesId};
use crate::lang::format::{date, hk_date};
use crate::lang::{Lang, Say as _};
use crate::web::exports::short;
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, FormSpec, Group, History, confirm_page, form_page,
};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Follows, Rules};
use super::super::rules::content::{
    Attendance, Choice, CompletionRules, MOST_GROUPS, Marks, NamedForm, Practice, percent,
    percent_text,
};
use super::super::rules::{Excused, ProgressRefusal, RulesState};
use super::super::say;
use super::pair;

fn staff(cx: &Cx<'_, '_>) -> Result<ProgrammeStaff> {
    access::programme_staff(cx.conn, cx.request().param("programme")?)
}

fn home(staff: &ProgrammeStaff) -> String {
    format!("/programmes/{}/completion", staff.programme())
}

fn crumbs(lang: Lang, staff: &ProgrammeStaff, below: bool) -> Vec<(String, String)> {
    let mut crumbs = vec![pair(
        format!("/programme?programme={}", staff.programme()),
        lang.nav_programme(),
    )];
    if below {
        crumbs.push(pair(home(staff), lang.progress_rules()));
    }
    crumbs
}

struct Row {
    href: String,
    version: String,
    name: String,
    state: &'static str,
    tone: &'static str,
    published: String,
    cohorts: String,
}

fn rows(lang: Lang, staff: &ProgrammeStaff, all: &[Rules], cohorts: &[Follows]) -> Vec<Row> {
    let row = |it: &Rules| {
        let followers = cohorts.iter().filter(|c| c.number == Some(it.number));
        let names: Vec<&str> = followers.map(|c| c.name(lang)).collect();
        Row {
            href: format!("{}/versions/{}", home(staff), it.id),
            version: lang.progress_version(it.number),
            name: it.content.name.say(lang).to_owned(),
            state: it.state.label(lang),
            tone: match it.state {
                RulesState::Draft => "wait",
                RulesState::Published => "ok",
            },
            published: it
                .published_at
                .map_or_else(String::new, |day| date(lang, hk_date(day))),
            cohorts: names.join(lang.curriculum_comma()),
        }
    };
    all.iter().map(row).collect()
}

#[derive(Template)]
#[template(path = "progress/rules.html")]
struct ListPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: ProgrammeId,
    rows: Vec<Row>,
    draft: bool,
}

/// GET `/programmes/{programme}/completion`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let all = queries::versions(cx.conn, &staff)?;
    let cohorts = queries::cohorts(cx.conn, &staff)?;
    cx.visit.page(&ListPage {
        shell: cx.shell(lang.progress_rules()),
        crumbs: crumbs(lang, &staff, false),
        programme: staff.programme(),
        rows: rows(lang, &staff, &all, &cohorts),
        draft: actions::draft(&all).is_some(),
    })
}

/// GET `/programmes/{programme}/completion.csv` and `.xlsx`.
pub(in crate::progress) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let all = queries::versions(cx.conn, &staff)?;
    let cohorts = queries::cohorts(cx.conn, &staff)?;
    let header = [
        lang.progress_col_version(),
        lang.progress_col_name(),
        lang.progress_col_state(),
        lang.progress_col_published(),
        lang.progress_col_cohorts(),
    ];
    let line = |it: Row| {
        vec![
            it.version,
            it.name,
            it.state.to_owned(),
            it.published,
            it.cohorts,
        ]
    };
    let lines = rows(lang, &staff, &all, &cohorts).into_iter().map(line);
    short(
        &cx.request().path,
        "completion-rules",
        &header,
        lines.collect(),
    )
}

#[derive(Template)]
#[template(path = "progress/version.html")]
struct VersionPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: ProgrammeId,
    row: Row,
    draft: bool,
    facts: Vec<(String, String)>,
    history: History,
}

fn version(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, Rules)> {
    let staff = staff(cx)?;
    let id: RulesId = cx.request().param("rules")?;
    let all = queries::versions(cx.conn, &staff)?;
    let found = all.into_iter().find(|it| it.id == id);
    Ok((staff, found.ok_or(Error::NotFound)?))
}

/// GET `/programmes/{programme}/completion/versions/{rules}`.
pub(super) fn record(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, it) = version(cx)?;
    let cohorts = queries::cohorts(cx.conn, &staff)?;
    let book = book(cx.conn, staff.programme())?;
    let mut rows = rows(lang, &staff, std::slice::from_ref(&it), &cohorts);
    let row = rows.pop().ok_or(Error::NotFound)?;
    let place = format!("{}/history", row.href);
    cx.visit.page(&VersionPage {
        shell: cx.shell(format!("{}{}", lang.before(&row.version), row.name)),
        crumbs: crumbs(lang, &staff, true),
        programme: staff.programme(),
        draft: it.state == RulesState::Draft,
        facts: say::rules(&it.content, &book, lang),
        history: audit::shown(cx.conn, it.id.0, lang, place)?,
        row,
    })
}

/// GET `…/versions/{rules}/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = version(cx)?;
    audit::file(cx.visit, "completion-rules-history", it.id.0)
}

/// Modules to choose from.
fn modules(book: &Book, lang: Lang) -> Vec<(String, String)> {
    book.modules
        .iter()
        .filter(|it| it.offered())
        .map(|it| pair(it.id.to_string(), format!("{} {}", it.code, it.name(lang))))
        .collect()
}

/// Fields of the thresholds, which the form of a draft and the question of what would be if share.
pub(super) fn thresholds(lang: Lang, groups: usize) -> Vec<Field> {
    let excused = Excused::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let share = |name: &str, label: &str| {
        Field::line(name, label)
            .optional()
            .hint(lang.progress_share_hint())
            .width("w8")
    };
    let mut fields = vec![
        share("whole", lang.progress_line_whole()),
        share("each", lang.progress_each_module()),
        Field::line("excused", lang.progress_excused()).choice(excused),
        share("mark", lang.progress_mark_each()),
        share("average", lang.progress_average()),
    ];
    for n in 1..=groups {
        fields.push(
            Field::line(format!("any_{n}_n"), lang.progress_group_n(n))
                .of("number")
                .optional()
                .width("w4"),
        );
    }
    fields
}

fn groups(lang: Lang, book: &Book) -> Vec<Group> {
    let mut fields = vec![
        Field::line("name_en", lang.progress_name_en()).written_in(Lang::En),
        Field::line("name_zh", lang.progress_name_zh()).written_in(Lang::Zh),
    ];
    fields.extend(thresholds(lang, MOST_GROUPS));
    fields.push(
        Field::line("all_of", lang.progress_all_of())
            .ticks(modules(book, lang))
            .optional(),
    );
    for n in 1..=MOST_GROUPS {
        fields.push(
            Field::line(format!("any_{n}"), lang.progress_group(n))
                .ticks(modules(book, lang))
                .optional(),
        );
    }
    fields.push(
        Field::line("forms", lang.progress_forms())
            .area(4)
            .optional()
            .hint(lang.progress_forms_hint()),
    );
    let mut capstones = vec![pair("none", lang.progress_no_capstone())];
    capstones.extend(modules(book, lang));
    fields.push(Field::line("capstone", lang.progress_capstone()).choice(capstones));
    fields.push(
        Field::line("placement", lang.progress_placement())
            .choice(vec![pair("no", lang.no()), pair("yes", lang.yes())])
            .hint(lang.progress_placement_hint()),
    );
    vec![Group::plain(fields)]
}

/// Rules as the fields of their form.
pub(in crate::progress) fn values(it: &CompletionRules) -> Pairs {
    let share =
        |value: Option<u16>| value.map_or_else(String::new, |it| percent_text(u32::from(it)));
    let mut all = vec![
        pair("name_en", &it.name.en),
        pair("name_zh", &it.name.zh),
        pair("whole", share(it.attendance.whole)),
        pair("each", share(it.attendance.each)),
        pair("excused", it.attendance.excused().as_str()),
        pair("mark", share(it.marks.each)),
        pair("average", share(it.marks.average)),
    ];
    all.extend(it.all_of.iter().map(|id| pair("all_of", id.to_string())));
    for (n, choice) in (1..).zip(&it.any_of) {
        all.push(pair(format!("any_{n}_n"), choice.n.to_string()));
        let of = choice.of.iter();
        all.extend(of.map(|id| pair(format!("any_{n}"), id.to_string())));
    }
    let forms: Vec<String> = it
        .forms
        .iter()
        .map(|it| format!("{} | {} | {}", it.key, it.name.en, it.name.zh))
        .collect();
    all.push(pair("forms", forms.join("\n")));
    let practice = it.practice.clone().unwrap_or_default();
    let capstone = practice.capstone.map(|id| id.to_string());
    all.push(pair(
        "capstone",
        capstone.unwrap_or_else(|| "none".to_owned()),
    ));
    all.push(pair(
        "placement",
        if practice.placement { "yes" } else { "no" },
    ));
    Pairs::new(all)
}

/// A share that may stay empty; what is no share is told beside its field.
pub(super) fn share(form: &mut Form<'_>, pairs: &Pairs, field: &str) -> Option<u16> {
    let text = pairs.typed(field).trim();
    if text.is_empty() {
        return None;
    }
    let value = percent(text).filter(|it| *it > 0);
    if value.is_none() {
        form.error(field, "share", |lang| lang.progress_bad_share().to_owned());
    }
    value
}

fn named_forms(form: &mut Form<'_>) -> Vec<NamedForm> {
    let text = form.optional("forms", 4_000).unwrap_or_default();
    let line = |line: &str| {
        let mut parts = line.split(['|', '｜']).map(str::trim);
        let (key, en, zh) = (parts.next()?, parts.next()?, parts.next()?);
        parts.next().is_none().then(|| NamedForm {
            key: key.to_owned(),
            name: Pair::new(en, zh),
        })
    };
    let lines = text.lines().filter(|it| !it.trim().is_empty());
    let read: Option<Vec<NamedForm>> = lines.map(line).collect();
    read.unwrap_or_else(|| {
        form.error("forms", "forms", |lang| {
            lang.progress_bad_forms().to_owned()
        });
        Vec::new()
    })
}

fn ticked(form: &mut Form<'_>, pairs: &Pairs, field: &str) -> Vec<ModuleId> {
    let ids: Option<Vec<ModuleId>> = pairs.all(field).map(|id| id.parse().ok()).collect();
    ids.unwrap_or_else(|| {
        form.error(field, "choice", |lang| lang.form_choice().to_owned());
        Vec::new()
    })
}

/// Judges the fields of a draft.
pub(in crate::progress) fn read(form: &mut Form<'_>, pairs: &Pairs) -> CompletionRules {
    let mut any_of = Vec::new();
    for n in 1..=MOST_GROUPS {
        let of = ticked(form, pairs, &format!("any_{n}"));
        let least = form.optional_number(&format!("any_{n}_n"), 1, 100);
        if !of.is_empty() || least.is_some() {
            let n = u32::try_from(least.unwrap_or(0)).unwrap_or(0);
            any_of.push(Choice { n, of });
        }
    }
    let excused = form.choice("excused", Excused::parse);
    let none = |text: &str| (text == "none").then_some(None);
    let capstone = form.choice("capstone", |text| {
        none(text).or_else(|| text.parse::<ModuleId>().ok().map(Some))
    });
    let placement = pairs.has("placement", "yes");
    let capstone = capstone.flatten();
    let practice = (capstone.is_some() || placement).then_some(Practice {
        capstone,
        placement,
    });
    CompletionRules {
        name: Pair::new(form.text("name_en", 120), form.text("name_zh", 120)),
        attendance: Attendance {
            whole: share(form, pairs, "whole"),
            each: share(form, pairs, "each"),
            excused: excused.unwrap_or(Excused::LeftOut).as_str().to_owned(),
        },
        all_of: ticked(form, pairs, "all_of"),
        any_of,
        marks: Marks {
            each: share(form, pairs, "mark"),
            average: share(form, pairs, "average"),
        },
        forms: named_forms(form),
        practice,
    }
}

fn draft_form(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    (values, again): (&Pairs, &Again),
) -> Result<Reply> {
    let lang = cx.lang();
    let all = queries::versions(cx.conn, staff)?;
    let draft = actions::draft(&all);
    let book = book(cx.conn, staff.programme())?;
    let number = draft.map_or_else(
        || all.first().map_or(1, |it| it.number.saturating_add(1)),
        |it| it.number,
    );
    let spec = FormSpec {
        title: format!(
            "{}{}",
            lang.before(lang.progress_draft()),
            lang.progress_version(number)
        ),
        crumbs: crumbs(lang, staff, true),
        note: Some(lang.progress_rules_note().to_owned()),
        groups: groups(lang, &book),
        hidden: draft
            .map(|it| pair("version", it.version.to_string()))
            .into_iter()
            .collect(),
        action: format!("{}/draft", home(staff)),
        submit: lang.progress_save_draft().to_owned(),
        back: home(staff),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/completion/draft`: the draft, or what a new one begins with.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let all = queries::versions(cx.conn, &staff)?;
    let begun = actions::draft(&all).or_else(|| actions::newest(&all));
    let begun = begun.map(|it| it.content.clone()).unwrap_or_default();
    draft_form(cx, &staff, (&values(&begun), &Again::first()))
}

/// POST `…/completion/draft`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 1, i32::MAX);
    let wanted = read(&mut form, typed);
    let saved = form
        .done()
        .and_then(|()| actions::save_draft(cx.conn, &staff, seen, &wanted));
    match saved {
        Ok(()) => {
            let all = queries::versions(cx.conn, &staff)?;
            let to = actions::draft(&all).map_or_else(
                || home(&staff),
                |it| format!("{}/versions/{}", home(&staff), it.id),
            );
            Ok(Reply::see_other(to).flash("rules_saved"))
        }
        Err(error) => {
            let lang = cx.lang();
            let all = queries::versions(cx.conn, &staff)?;
            let saved = actions::draft(&all).map(|it| values(&it.content));
            let again = Again::from_error(error, lang)?.compare(
                saved.as_ref().unwrap_or(Pairs::none()),
                typed,
                lang,
            );
            draft_form(cx, &staff, (typed, &again))
        }
    }
}

fn question(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    (status, refusal): (u16, Option<String>),
) -> Result<Reply> {
    let lang = cx.lang();
    let all = queries::versions(cx.conn, staff)?;
    let draft = actions::draft(&all).ok_or(ProgressRefusal::NoDraft)?;
    let book = book(cx.conn, staff.programme())?;
    let facts = say::rules(&draft.content, &book, lang);
    let takers = actions::takers(cx.conn, staff)?;
    let mut names: Vec<String> = takers.iter().map(|it| it.name(lang).to_owned()).collect();
    if names.is_empty() {
        names.push(lang.progress_publish_no_takers().to_owned());
    }
    let cohorts = queries::cohorts(cx.conn, staff)?;
    let keeps = cohorts.iter().filter_map(|it| {
        let version = lang.progress_version(it.number?);
        Some(format!("{}{version}", lang.before(it.name(lang))))
    });
    let effect = |heading: &str, lines: Vec<String>, hard: bool| Effect {
        heading: heading.to_owned(),
        lines,
        hard,
    };
    let asks = facts
        .into_iter()
        .map(|(l, v)| format!("{}{v}", lang.before(&l)));
    let mut effects = vec![
        effect(lang.progress_asks_for(), asks.collect(), false),
        effect(lang.progress_publish_takers(), names, false),
    ];
    let keeps: Vec<String> = keeps.collect();
    if !keeps.is_empty() {
        effects.push(effect(lang.progress_keepers(), keeps, false));
    }
    let never = vec![lang.progress_publish_never().to_owned()];
    effects.push(effect(lang.offers_not_undone(), never, true));
    let spec = ConfirmSpec {
        title: lang.progress_publish_of(draft.number),
        crumbs: crumbs(lang, staff, true),
        effects,
        refusal,
        hidden: vec![pair("version", draft.version.to_string())],
        action: format!("{}/publish", home(staff)),
        submit: lang.progress_publish().to_owned(),
        danger: false,
        back: home(staff),
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/completion/publish`.
pub(super) fn ask_publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    question(cx, &staff, (200, None))
}

/// POST `…/completion/publish`.
pub(super) fn publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let seen = cx.request().form().typed("version").parse().unwrap_or(0);
    match actions::publish(cx.conn, &staff, seen) {
        Ok(()) => Ok(Reply::see_other(home(&staff)).flash("rules_published")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, &staff, (409, Some(text)))
        }
        Err(Error::Stale) => {
            let text = ProgressRefusal::Changed.say(cx.lang());
            question(cx, &staff, (412, Some(text)))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            let all = queries::versions(cx.conn, &staff)?;
            let draft = actions::draft(&all).ok_or(ProgressRefusal::NoDraft)?;
            draft_form(cx, &staff, (&values(&draft.content), &again))
        }
    }
}

/// GET `…/completion/discard`.
pub(super) fn ask_discard(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let all = queries::versions(cx.conn, &staff)?;
    let draft = actions::draft(&all).ok_or(ProgressRefusal::NoDraft)?;
    let spec = ConfirmSpec {
        title: lang.progress_discard_of(draft.number),
        crumbs: crumbs(lang, &staff, true),
        effects: vec![Effect {
            heading: lang.offers_not_undone().to_owned(),
            lines: vec![lang.progress_discard_does().to_owned()],
            hard: true,
        }],
        refusal: None,
        hidden: vec![pair("version", draft.version.to_string())],
        action: format!("{}/discard", home(&staff)),
        submit: lang.progress_discard().to_owned(),
        danger: true,
        back: home(&staff),
    };
    confirm_page(cx, 200, &spec)
}

/// POST `…/completion/discard`.
pub(super) fn discard(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let seen = cx.request().form().typed("version").parse().unwrap_or(0);
    actions::discard(cx.conn, &staff, seen)?;
    Ok(Reply::see_other(home(&staff)).flash("rules_discarded"))
}
