//! Setting and changing an assessment, and setting a resit.

use crate::access::CohortStaff;
use crate::curriculum::rules::Pair;
use crate::error::Result;
use crate::ids::{CohortId, OfferingId};
use crate::lang::Lang;
use crate::teaching;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, Details, Which};
use super::super::queries::{self, Assessment};
use super::super::rules::late::LateRule;
use super::super::rules::rubric::{Criterion, MOST_CRITERIA, MOST_POINTS};
use super::super::rules::{FULL, SecondRule, percent};
use super::{cohort, crumbs, home, local, one, pair, percent_of};

const LONG: usize = 8_000;

fn time_fields(lang: Lang) -> Group {
    Group::two(
        lang.asm_when(),
        vec![
            Field::line("opens_at", lang.asm_opens()).of("datetime-local"),
            Field::line("due_at", lang.asm_due_hkt()).of("datetime-local"),
        ],
    )
}

fn late_fields(lang: Lang) -> Group {
    Group::two(
        lang.asm_late(),
        vec![
            Field::line("late_hours", lang.asm_late_hours())
                .of("number")
                .hint(lang.asm_late_hours_hint()),
            Field::line("late_per_day", lang.asm_late_per_day()).width("w8"),
            Field::line("late_cap", lang.asm_late_cap()).width("w8"),
        ],
    )
}

fn file_fields(lang: Lang) -> Group {
    Group::two(
        lang.asm_files(),
        vec![
            Field::line("max_files", lang.asm_max_files()).of("number"),
            Field::line("max_megabytes", lang.asm_max_megabytes()).of("number"),
        ],
    )
}

fn marking_fields(lang: Lang) -> Group {
    let second = SecondRule::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    Group::two(
        lang.asm_marked_how(),
        vec![
            Field::line("anonymous", lang.asm_anonymous())
                .choice(vec![
                    pair("yes", lang.asm_anonymous()),
                    pair("no", lang.asm_named()),
                ])
                .hint(lang.asm_anonymous_hint()),
            Field::line("pass_mark", lang.asm_pass_mark()).width("w8"),
            Field::line("second", lang.asm_second()).choice(second),
            Field::line("second_share", lang.asm_second_share()).of("number"),
            Field::line("borderline", lang.asm_borderline()).width("w8"),
            Field::line("tolerance", lang.asm_tolerance()).width("w8"),
            Field::line("appeal_days", lang.asm_appeal_days()).of("number"),
            Field::line("resit_capped", lang.asm_resit_worth()).choice(vec![
                pair("yes", lang.asm_resit_capped()),
                pair("no", lang.asm_resit_whole()),
            ]),
        ],
    )
}

fn criterion_fields(lang: Lang, n: usize) -> Group {
    Group::two(
        lang.asm_criterion_n(n),
        vec![
            Field::line(format!("criterion_en_{n}"), lang.asm_criterion_en())
                .optional()
                .written_in(Lang::En),
            Field::line(format!("criterion_zh_{n}"), lang.asm_criterion_zh())
                .optional()
                .written_in(Lang::Zh),
            Field::line(format!("criterion_points_{n}"), lang.asm_criterion_points())
                .of("number")
                .optional(),
            Field::line(format!("levels_en_{n}"), lang.asm_levels_en())
                .area(3)
                .optional()
                .written_in(Lang::En),
            Field::line(format!("levels_zh_{n}"), lang.asm_levels_zh())
                .area(3)
                .optional()
                .written_in(Lang::Zh),
        ],
    )
}

/// The fields of an assessment; `rows` criteria have some, `files` says whether files are handed in.
fn groups(lang: Lang, rows: usize, first: Option<Field>) -> Vec<Group> {
    let mut texts = Vec::new();
    texts.extend(first);
    texts.extend([
        Field::line("title_en", lang.asm_title_en())
            .optional()
            .written_in(Lang::En),
        Field::line("title_zh", lang.asm_title_zh())
            .optional()
            .written_in(Lang::Zh),
        Field::line("brief_en", lang.asm_brief_en())
            .area(6)
            .optional()
            .hint(lang.asm_brief_hint())
            .written_in(Lang::En),
        Field::line("brief_zh", lang.asm_brief_zh())
            .area(6)
            .optional()
            .written_in(Lang::Zh),
    ]);
    let mut groups = vec![
        Group::plain(texts),
        time_fields(lang),
        late_fields(lang),
        file_fields(lang),
        marking_fields(lang),
    ];
    let shown = (rows + 2).clamp(4, MOST_CRITERIA);
    groups.extend((1..=shown).map(|n| criterion_fields(lang, n)));
    groups
}

fn lines(text: Option<String>) -> Vec<String> {
    text.unwrap_or_default()
        .lines()
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

fn read_rubric(form: &mut Form<'_>) -> Vec<Criterion> {
    let mut rubric = Vec::new();
    for n in 1..=MOST_CRITERIA {
        let en = form.optional(&format!("criterion_en_{n}"), 200);
        let zh = form.optional(&format!("criterion_zh_{n}"), 200);
        let points = form.optional_number(&format!("criterion_points_{n}"), 1, MOST_POINTS);
        let levels_en = lines(form.optional(&format!("levels_en_{n}"), 2_000));
        let levels_zh = lines(form.optional(&format!("levels_zh_{n}"), 2_000));
        if levels_en.len() != levels_zh.len() {
            form.error(&format!("levels_zh_{n}"), "pairs", |lang| {
                lang.asm_need_levels().to_owned()
            });
        }
        let levels = levels_en
            .into_iter()
            .zip(levels_zh)
            .map(|(en, zh)| Pair::new(en, zh))
            .collect::<Vec<_>>();
        match (en, zh, points) {
            (Some(en), Some(zh), Some(points)) => rubric.push(Criterion {
                name: Pair::new(en, zh),
                points,
                levels,
            }),
            (None, None, None) if levels.is_empty() => {}
            _ => form.error(&format!("criterion_en_{n}"), "criterion", |lang| {
                lang.asm_need_criterion().to_owned()
            }),
        }
    }
    rubric
}

/// Judges the fields of an assessment.
pub(in crate::assessment) fn read_details(form: &mut Form<'_>, pairs: &Pairs) -> Details {
    let yes = |word: &str| match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    Details {
        title_en: form.optional("title_en", 200).unwrap_or_default(),
        title_zh: form.optional("title_zh", 200).unwrap_or_default(),
        brief_en: form.optional("brief_en", LONG).unwrap_or_default(),
        brief_zh: form.optional("brief_zh", LONG).unwrap_or_default(),
        opens_at: form.instant("opens_at"),
        due_at: form.instant("due_at"),
        late: LateRule {
            hours: form.number("late_hours", 0, 1_440),
            per_day: percent_of(form, pairs, "late_per_day"),
            cap: percent_of(form, pairs, "late_cap"),
        },
        max_files: form.number("max_files", 1, 5),
        max_megabytes: form.number("max_megabytes", 1, 10),
        anonymous: form.choice("anonymous", yes).unwrap_or(true),
        pass_mark: percent_of(form, pairs, "pass_mark").clamp(1, FULL),
        second: form
            .choice("second", SecondRule::parse)
            .unwrap_or(SecondRule::None),
        second_share: form.number("second_share", 0, 100),
        borderline: percent_of(form, pairs, "borderline"),
        tolerance: percent_of(form, pairs, "tolerance"),
        appeal_days: form.number("appeal_days", 0, 90),
        resit_capped: form.choice("resit_capped", yes).unwrap_or(true),
        rubric: read_rubric(form),
    }
}

/// An assessment as fields hold it.
pub(in crate::assessment) fn values(it: &Details) -> Pairs {
    let word = |yes: bool| if yes { "yes" } else { "no" };
    let mut values = vec![
        pair("title_en", &it.title_en),
        pair("title_zh", &it.title_zh),
        pair("brief_en", &it.brief_en),
        pair("brief_zh", &it.brief_zh),
        pair("opens_at", local(it.opens_at)),
        pair("due_at", local(it.due_at)),
        pair("late_hours", it.late.hours.to_string()),
        pair("late_per_day", percent(it.late.per_day)),
        pair("late_cap", percent(it.late.cap)),
        pair("max_files", it.max_files.to_string()),
        pair("max_megabytes", it.max_megabytes.to_string()),
        pair("anonymous", word(it.anonymous)),
        pair("pass_mark", percent(it.pass_mark)),
        pair("second", it.second.as_str()),
        pair("second_share", it.second_share.to_string()),
        pair("borderline", percent(it.borderline)),
        pair("tolerance", percent(it.tolerance)),
        pair("appeal_days", it.appeal_days.to_string()),
        pair("resit_capped", word(it.resit_capped)),
    ];
    for (n, criterion) in (1..).zip(&it.rubric) {
        let side = |pick: fn(&Pair) -> &str| {
            let all: Vec<&str> = criterion.levels.iter().map(pick).collect();
            all.join("\n")
        };
        values.extend([
            pair(format!("criterion_en_{n}"), &criterion.name.en),
            pair(format!("criterion_zh_{n}"), &criterion.name.zh),
            pair(
                format!("criterion_points_{n}"),
                criterion.points.to_string(),
            ),
            pair(format!("levels_en_{n}"), side(|it| &it.en)),
            pair(format!("levels_zh_{n}"), side(|it| &it.zh)),
        ]);
    }
    Pairs::new(values)
}

/// What a new form holds.
fn begun() -> Vec<(String, String)> {
    [
        ("late_hours", "0"),
        ("late_per_day", "5"),
        ("late_cap", "100"),
        ("max_files", "1"),
        ("max_megabytes", "10"),
        ("anonymous", "yes"),
        ("pass_mark", "50"),
        ("second", "none"),
        ("second_share", "10"),
        ("borderline", "3"),
        ("tolerance", "5"),
        ("appeal_days", "10"),
        ("resit_capped", "yes"),
    ]
    .iter()
    .map(|(name, value)| pair(*name, *value))
    .collect()
}

/// The parts of all plans of the cohort's offerings that are not set yet, each as `offering:part`.
fn parts(cx: &mut Cx<'_, '_>, staff: &CohortStaff) -> Result<Vec<(String, String)>> {
    let lang = cx.lang();
    let (_, cohort) = cohort(cx)?;
    let offerings = teaching::queries::offerings(cx.conn, staff)?;
    let modules: Vec<_> = offerings.iter().map(|it| it.module_id).collect();
    let plans = queries::plans(cx.conn, cohort.id, &modules, cohort.starts_on)?;
    let set = queries::parts_set(cx.conn, staff)?;
    let mut options = Vec::new();
    for it in offerings.iter().filter(|it| it.state != "cancelled") {
        let parts = plans.get(&it.module_id).map_or(&[][..], |it| &it.parts);
        for (n, part) in (1..).zip(parts) {
            if set.contains(&(it.id, n)) {
                continue;
            }
            let weight = lang.asm_weight_of(part.weight);
            let title = part.title.say(lang);
            let label = format!(
                "{} {}{}{} {weight}",
                it.module_code,
                it.name(lang),
                lang.pick(": ", "："),
                title
            );
            options.push(pair(format!("{}:{n}", it.id), label));
        }
    }
    Ok(options)
}

fn rows(values: &Pairs) -> usize {
    (1..=MOST_CRITERIA)
        .filter(|n| !values.typed(&format!("criterion_en_{n}")).is_empty())
        .max()
        .unwrap_or_default()
}

fn show_new(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let parts = parts(cx, staff)?;
    let first = Field::line("part", lang.asm_part())
        .choice(parts)
        .hint(lang.asm_part_hint());
    let at = list(staff.cohort());
    let spec = FormSpec {
        title: lang.asm_new().to_owned(),
        crumbs: crumbs(cx, staff, None)?,
        note: Some(lang.asm_rubric_hint().to_owned()),
        groups: groups(lang, rows(values), Some(first)),
        hidden: Vec::new(),
        action: format!("{at}/new"),
        submit: lang.asm_new().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

fn list(cohort: CohortId) -> String {
    format!("/cohorts/{cohort}/assessments")
}

/// GET `/cohorts/{cohort}/assessments/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, _) = cohort(cx)?;
    show_new(cx, &staff, &Pairs::new(begun()), &Again::first())
}

/// Reads `offering:part`.
fn which(form: &mut Form<'_>) -> Option<Which> {
    form.choice("part", |word| {
        let (offering, part) = word.split_once(':')?;
        let offering: OfferingId = offering.parse().ok()?;
        Some(Which::Part(offering, part.parse().ok()?))
    })
}

/// POST `/cohorts/{cohort}/assessments/new`.
pub(super) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, _) = cohort(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let which = which(&mut form);
    let details = read_details(&mut form, typed);
    let added = form.done().and_then(|()| {
        let which = which.ok_or(crate::error::Error::NotFound)?;
        actions::add(cx.conn, &staff, which, &details)
    });
    match added {
        Ok(id) => Ok(Reply::see_other(format!("{}/{id}", list(staff.cohort()))).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_new(cx, &staff, typed, &again)
        }
    }
}

fn show_edit(
    cx: &mut Cx<'_, '_>,
    (staff, it): (&CohortStaff, &Assessment),
    (values, version): (&Pairs, i32),
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let spec = FormSpec {
        title: lang.asm_edit().to_owned(),
        crumbs: crumbs(cx, staff, Some(it))?,
        note: Some(lang.asm_rubric_hint().to_owned()),
        groups: groups(lang, rows(values), None),
        hidden: vec![pair("version", version.to_string())],
        action: format!("{}/edit", home(it)),
        submit: lang.asm_save().to_owned(),
        back: home(it),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/assessments/{assessment}/edit`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let values = values(&Details::of(&it)?);
    show_edit(cx, (&staff, &it), (&values, it.version), &Again::first())
}

/// POST `…/assessments/{assessment}/edit`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let details = read_details(&mut form, typed);
    let saved = form
        .done()
        .and_then(|()| actions::change(cx.conn, &staff, it.id, version, &details));
    match saved {
        Ok(()) => Ok(Reply::see_other(home(&it)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let now = values(&Details::of(&it)?);
            let again = Again::from_error(error, lang)?.compare(&now, typed, lang);
            show_edit(cx, (&staff, &it), (typed, it.version), &again)
        }
    }
}

fn show_resit(
    cx: &mut Cx<'_, '_>,
    (staff, it): (&CohortStaff, &Assessment),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let spec = FormSpec {
        title: lang.asm_resit_of(it.title(lang)),
        crumbs: crumbs(cx, staff, Some(it))?,
        note: None,
        groups: groups(lang, rows(values), None),
        hidden: Vec::new(),
        action: format!("{}/resit", home(it)),
        submit: lang.asm_resit_set().to_owned(),
        back: home(it),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/assessments/{assessment}/resit`: as the first time, save the times.
pub(super) fn new_resit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let values = values(&Details::of(&it)?);
    let kept = values
        .iter()
        .filter(|(name, _)| !matches!(*name, "opens_at" | "due_at"))
        .map(|(name, value)| pair(name, value))
        .collect();
    show_resit(cx, (&staff, &it), &Pairs::new(kept), &Again::first())
}

/// POST `…/assessments/{assessment}/resit`.
pub(super) fn add_resit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let details = read_details(&mut form, typed);
    let added = form
        .done()
        .and_then(|()| actions::add(cx.conn, &staff, Which::Resit(it.id), &details));
    match added {
        Ok(id) => Ok(Reply::see_other(format!("{}/{id}", list(staff.cohort()))).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_resit(cx, (&staff, &it), typed, &again)
        }
    }
}
