//! The rubric of a cohort: criteria with weights, in both languages, in their order.

use askama::Template;

use crate::access::CohortStaff;
use crate::error::Result;
use crate::lang::Lang;
use crate::web::fields::{Again, Field, FormSpec, Group, History, Input, fill};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, Criterion};
use super::super::queries::{self, Cohort, CriterionRow};
use super::super::rules::changes::{self, MAX_CRITERIA};
use super::{cohort, crumbs, history, tone};

/// Empty rows offered below the criteria that there are.
const SPARE: usize = 2;

#[derive(Template)]
#[template(path = "cohorts/rubric.html")]
struct RubricPage<'a> {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: &'a Cohort,
    tab: &'static str,
    tone: &'static str,
    state: &'static str,
    /// The form; none when the rubric can no longer be changed.
    spec: Option<FormSpec>,
    frozen: Option<String>,
    criteria: &'a [CriterionRow],
    again: &'a Again,
    history: History,
}

fn field(n: usize, name: &str) -> String {
    format!("c{n}_{name}")
}

fn group(lang: Lang, n: usize) -> Group {
    let fields = vec![
        Field::line(field(n, "name_en"), lang.cohorts_name_en()).written_in(Lang::En),
        Field::line(field(n, "name_zh"), lang.cohorts_name_zh()).written_in(Lang::Zh),
        Field::line(field(n, "hint_en"), lang.cohorts_criterion_hint_en())
            .optional()
            .written_in(Lang::En),
        Field::line(field(n, "hint_zh"), lang.cohorts_criterion_hint_zh())
            .optional()
            .written_in(Lang::Zh),
        Field::line(field(n, "weight"), lang.cohorts_criterion_weight()).of("number"),
        Field::line(field(n, "place"), lang.cohorts_criterion_order()).of("number"),
    ];
    Group::two(lang.cohorts_criterion(n), fields)
}

fn values(rows: &[CriterionRow]) -> Pairs {
    let mut pairs = Vec::new();
    for (n, row) in (1_usize..).zip(rows) {
        for (name, value) in [
            ("id", row.id.to_string()),
            ("name_en", row.name_en.clone()),
            ("name_zh", row.name_zh.clone()),
            ("hint_en", row.hint_en.clone()),
            ("hint_zh", row.hint_zh.clone()),
            ("weight", row.weight.to_string()),
            ("place", n.to_string()),
        ] {
            pairs.push((field(n, name), value));
        }
    }
    Pairs::new(pairs)
}

/// The criteria of the form in the order of their places; empty rows are left out.
fn read(form: &mut Form<'_>, typed: &Pairs) -> Vec<Criterion> {
    let mut placed = Vec::new();
    for n in 1..=MAX_CRITERIA + SPARE {
        let empty = ["name_en", "name_zh", "weight", "hint_en", "hint_zh"]
            .iter()
            .all(|name| typed.typed(&field(n, name)).trim().is_empty());
        if empty {
            continue;
        }
        let last = i32::try_from(n).unwrap_or(i32::MAX);
        let place = form
            .optional_number(&field(n, "place"), 1, 99)
            .unwrap_or(last);
        let criterion = Criterion {
            id: typed.typed(&field(n, "id")).parse().ok(),
            name_en: form.text(&field(n, "name_en"), 120),
            name_zh: form.text(&field(n, "name_zh"), 120),
            hint_en: form.optional(&field(n, "hint_en"), 500).unwrap_or_default(),
            hint_zh: form.optional(&field(n, "hint_zh"), 500).unwrap_or_default(),
            weight: form.number(&field(n, "weight"), 1, 100),
        };
        placed.push((place, criterion));
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, criterion)| criterion).collect()
}

fn spec(lang: Lang, cohort: &Cohort, rows: &[CriterionRow], values: &Pairs) -> FormSpec {
    let typed = (1..=MAX_CRITERIA + SPARE)
        .filter(|n| !values.typed(&field(*n, "name_en")).is_empty())
        .max()
        .unwrap_or(0);
    let last = (rows.len().max(typed) + SPARE).min(MAX_CRITERIA + SPARE);
    FormSpec {
        title: lang.cohorts_rubric().to_owned(),
        crumbs: Vec::new(),
        note: None,
        groups: (1..=last).map(|n| group(lang, n)).collect(),
        hidden: (1..=last)
            .map(|n| (field(n, "id"), values.typed(&field(n, "id")).to_owned()))
            .filter(|(_, id)| !id.is_empty())
            .chain([("version".to_owned(), cohort.version.to_string())])
            .collect(),
        action: format!("/cohorts/{}/rubric", cohort.id),
        submit: lang.save().to_owned(),
        back: format!("/cohorts/{}", cohort.id),
        history: History::default(),
    }
}

fn show(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    cohort: &Cohort,
    typed: Option<&Pairs>,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let state = cohort.state()?;
    let rows = queries::rubric(cx.conn, staff)?;
    let reviews = actions::submitted_reviews(cx.conn, staff)?;
    let closed = changes::changeable(state).is_err();
    let stored = values(&rows);
    let values = typed.unwrap_or(&stored);
    let mut again = again.clone();
    let mut form = (reviews == 0 && !closed).then(|| spec(lang, cohort, &rows, values));
    if let Some(spec) = &mut form {
        fill(&mut spec.groups, values, &mut again.mistakes);
    }
    let history = history(cx, cohort)?;
    let title = format!("{} – {}", lang.cohorts_rubric(), cohort.name(lang));
    let page = RubricPage {
        shell: cx.shell(title),
        crumbs: crumbs(lang, Some(cohort)),
        cohort,
        tab: "rubric",
        tone: tone(state),
        state: state.label(lang),
        spec: form,
        frozen: (reviews > 0).then(|| lang.cohorts_rubric_frozen(reviews)),
        criteria: &rows,
        again: &again,
        history,
    };
    cx.visit.page_with(again.status.max(200), &page)
}

/// GET `/cohorts/{cohort}/rubric`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    show(cx, &staff, &cohort, None, &Again::first())
}

/// POST `/cohorts/{cohort}/rubric`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let criteria = read(&mut form, typed);
    let done = form
        .done()
        .and_then(|()| actions::set_rubric(cx.conn, &staff, Some(version), &criteria));
    match done {
        Ok(()) => Ok(Reply::see_other(format!("/cohorts/{}/rubric", cohort.id)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let stored = values(&queries::rubric(cx.conn, &staff)?);
            let again = Again::from_error(error, lang)?.compare(&stored, typed, lang);
            show(cx, &staff, &cohort, Some(typed), &again)
        }
    }
}
