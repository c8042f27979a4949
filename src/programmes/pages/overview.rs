//! The programme at a glance: targets with their sources and progress, the planner, the milestone.

use askama::Template;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::db::now;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::lang::format::{date, deadline, hk_date};
use crate::lang::per_cent;
use crate::web::fields::History;
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Programme, TargetRow};
use super::super::rules::{self, CountingBasis, MilestoneStatus, Rate, Target};
use super::{chosen, home};

/// Seats in a cohort, if the address does not say.
const USUAL_SIZE: i64 = 35;

/// A target as the page shows it.
struct Goal {
    sentence: String,
    words: String,
    period: String,
    source: String,
    url: Option<String>,
    edit: String,
    remove: String,
    /// Figures of progress; none for a milestone.
    gauge: Option<Gauge>,
    /// How a milestone stands: tag, word, sentences.
    milestone: Option<(&'static str, &'static str, Vec<String>)>,
}

/// A target's progress.
struct Gauge {
    headline: String,
    width: String,
    pace: String,
    facts: Vec<(&'static str, String)>,
    tone: &'static str,
    word: &'static str,
}

/// What the planner says.
struct Plan {
    target: String,
    figures: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "programmes/overview.html")]
struct Overview {
    shell: Shell,
    programme: Programme,
    others: Vec<(String, String, bool)>,
    status: &'static str,
    goals: Vec<Goal>,
    basis: String,
    completion: String,
    acceptance: String,
    size: String,
    choices: Vec<(String, String, bool)>,
    plan: Option<Plan>,
    kept: String,
    sources: Vec<(String, String, Option<String>)>,
    pics: Vec<(String, String, bool)>,
    history: History,
}

fn metric(lang: Lang, row: &TargetRow) -> &'static str {
    rules::Metric::parse(&row.metric)
        .map_or_else(|| lang.programmes_first_intake(), |m| m.label(lang))
}

fn sentence(lang: Lang, row: &TargetRow) -> String {
    match row.target() {
        Some(target) => lang.programmes_sentence(
            metric(lang, row),
            target.operator.label(lang),
            &row.value.to_string(),
        ),
        None => metric(lang, row).to_owned(),
    }
}

fn period(lang: Lang, row: &TargetRow) -> String {
    lang.programmes_period(&date(lang, row.starts_on), &date(lang, row.ends_on))
}

fn source(lang: Lang, row: &TargetRow) -> String {
    match (
        &row.source_en,
        &row.source_zh,
        &row.publisher,
        row.published_on,
    ) {
        (Some(en), Some(zh), Some(publisher), Some(on)) => {
            lang.programmes_source_line(lang.pick(en, zh), publisher, &date(lang, on))
        }
        _ => lang.programmes_source_none().to_owned(),
    }
}

fn width(share: i64) -> String {
    let share = share.clamp(0, 10_000);
    format!("{}.{}%", share / 100, share % 100 / 10)
}

fn gauge(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    target: &Target,
    today: chrono::NaiveDate,
) -> Result<Gauge> {
    let lang = cx.lang();
    let counts = queries::counts(cx.conn, staff, &target.period)?;
    let p = rules::progress(target, counts.trained, counts.enrolled, today);
    let (tone, word) = if target.period.days_elapsed(today) == 0 && p.count == 0 {
        ("", lang.programmes_not_begun())
    } else if p.met {
        ("ok", lang.programmes_met())
    } else if p.on_pace {
        ("go", lang.programmes_on_pace())
    } else {
        ("warn", lang.programmes_behind())
    };
    Ok(Gauge {
        headline: lang.programmes_of_needed(p.count, p.needed),
        width: width(p.share),
        pace: width(p.pro_rata * 10_000 / p.needed.max(1)),
        facts: vec![
            (lang.programmes_trained_so_far(), p.trained.to_string()),
            (lang.programmes_enrolled_so_far(), p.enrolled.to_string()),
            (lang.programmes_pro_rata(), p.pro_rata.to_string()),
        ],
        tone,
        word,
    })
}

fn milestone(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    row: &TargetRow,
    today: chrono::NaiveDate,
) -> Result<(&'static str, &'static str, Vec<String>)> {
    let lang = cx.lang();
    let first = queries::first_intake(cx.conn, staff, row.starts_on)?;
    let status = rules::milestone(&row.period(), first.enrolled_on, today);
    let tone = match status {
        MilestoneStatus::Expected => "",
        MilestoneStatus::Reached => "ok",
        MilestoneStatus::Late => "warn",
    };
    let (from, to) = (date(lang, row.starts_on), date(lang, row.ends_on));
    let mut lines = vec![lang.programmes_window(&from, &to)];
    lines.push(match first.planned_on {
        Some(on) if on > row.ends_on => lang.programmes_planned_late(&date(lang, on)),
        Some(on) => lang.programmes_planned_start(&date(lang, on)),
        None => lang.programmes_planned_none().to_owned(),
    });
    if let Some(on) = first.enrolled_on {
        lines.push(lang.programmes_enrolled_first(&date(lang, on)));
    }
    Ok((tone, status.label(lang), lines))
}

fn goals(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff, rows: &[TargetRow]) -> Result<Vec<Goal>> {
    let lang = cx.lang();
    let today = hk_date(now(cx.conn)?);
    let mut goals = Vec::new();
    for row in rows {
        let (gauge, milestone) = match row.target() {
            Some(target) => (Some(gauge(cx, staff, &target, today)?), None),
            None => (None, Some(milestone(cx, staff, row, today)?)),
        };
        goals.push(Goal {
            sentence: sentence(lang, row),
            words: lang.pick(&row.wording_en, &row.wording_zh).clone(),
            period: period(lang, row),
            source: source(lang, row),
            url: row.url.clone(),
            edit: format!(
                "/programme/targets/{}?programme={}",
                row.id,
                staff.programme()
            ),
            remove: format!(
                "/programme/targets/{}/remove?programme={}",
                row.id,
                staff.programme()
            ),
            gauge,
            milestone,
        });
    }
    Ok(goals)
}

/// Per cent as typed (`85`, `87.5`), in basis points.
fn points(text: &str) -> Option<i64> {
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if rest.len() > 2 || !rest.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let hundredths: i64 = format!("{rest:0<2}").parse().ok()?;
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(hundredths)
}

/// A rate of the address, or the programme's own.
fn rate(query: &Pairs, name: &str, kept: i32) -> i64 {
    query
        .get(name)
        .and_then(points)
        .filter(|p| Rate::basis_points(*p).is_some())
        .unwrap_or_else(|| i64::from(kept))
}

fn plan(
    lang: Lang,
    row: &TargetRow,
    (completion, acceptance): (i64, i64),
    size: i64,
) -> Option<Plan> {
    let target = row.target()?;
    let needed = rules::required(
        &target,
        Rate::basis_points(completion)?,
        Rate::basis_points(acceptance)?,
    );
    let figure = |n: i64, label: String| (n.to_string(), label);
    Some(Plan {
        target: sentence(lang, row) + &lang.aside(&period(lang, row)),
        figures: vec![
            figure(needed.completions, lang.programmes_completions().to_owned()),
            figure(needed.enrolments, lang.programmes_enrolments().to_owned()),
            figure(needed.offers, lang.programmes_offers().to_owned()),
            figure(needed.cohorts(size)?, lang.programmes_cohorts_of(size)),
        ],
    })
}

/// Title, publisher and date, address of each source.
fn sources(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
) -> Result<Vec<(String, String, Option<String>)>> {
    let lang = cx.lang();
    let rows = queries::sources(cx.conn, staff.programme())?;
    let shown = rows.into_iter().map(|row| {
        let title = lang.pick(row.title_en, row.title_zh);
        let line = format!("{}, {}", row.publisher, date(lang, row.published_on));
        (title, line, row.url)
    });
    Ok(shown.collect())
}

/// Each version of the statement, since when, and whether it is the one in force.
fn pics(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff) -> Result<Vec<(String, String, bool)>> {
    let lang = cx.lang();
    let rows = queries::pics_versions(cx.conn, staff.programme())?;
    let shown = rows.into_iter().enumerate().map(|(n, row)| {
        let since = lang.programmes_pics_since(&deadline(lang, row.effective_at));
        (row.version, since, n == 0)
    });
    Ok(shown.collect())
}

/// The yearly targets to plan for.
fn choices(
    lang: Lang,
    yearly: &[&TargetRow],
    chosen: Option<&TargetRow>,
) -> Vec<(String, String, bool)> {
    let choice = |row: &&TargetRow| {
        let on = chosen.is_some_and(|t| t.id == row.id);
        let label = sentence(lang, row) + &lang.aside(&period(lang, row));
        (row.id.to_string(), label, on)
    };
    yearly.iter().map(choice).collect()
}

/// GET `/programme`. The planner's numbers are in the address.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    if access::desk(cx.conn)?.programmes().is_empty() {
        return Ok(Reply::see_other("/programmes"));
    }
    let staff = chosen(cx)?;
    let lang = cx.lang();
    let visit = cx.visit;
    let query = &visit.request.query;
    let programme = queries::programme(cx.conn, &staff)?;
    let rows = queries::targets(cx.conn, staff.programme())?;
    let yearly: Vec<&TargetRow> = rows.iter().filter(|row| row.target().is_some()).collect();
    let asked = yearly
        .iter()
        .find(|row| query.get("target") == Some(&row.id.to_string()));
    let for_target = asked.or(yearly.first()).copied();
    let rates = (
        rate(query, "completion", programme.completion_bp),
        rate(query, "acceptance", programme.acceptance_bp),
    );
    let size = query
        .get("size")
        .and_then(|text| text.trim().parse().ok())
        .filter(|n| (1..=10_000).contains(n))
        .unwrap_or(USUAL_SIZE);
    let desk = access::desk(cx.conn)?;
    let reached = queries::reached(cx.conn, &desk)?;
    let goals = goals(cx, &staff, &rows)?;
    let sources = sources(cx, &staff)?;
    let pics = pics(cx, &staff)?;
    let place = format!("/programme/history?programme={}", staff.programme());
    let history = audit::shown(cx.conn, staff.programme().0, lang, place)?;
    cx.visit.page(&Overview {
        shell: cx.shell(lang.pick(&programme.name_en, &programme.name_zh).as_str()),
        others: reached
            .iter()
            .map(|(id, name)| {
                let href = format!("/programme?programme={id}");
                (href, name.say(lang).to_owned(), *id == staff.programme())
            })
            .collect(),
        status: lang.programme_status(&programme.status),
        goals,
        basis: lang.programmes_basis(
            CountingBasis::CompletedInPeriod.label(lang),
            CountingBasis::StartedInPeriod.label(lang),
        ),
        completion: per_cent(rates.0),
        acceptance: per_cent(rates.1),
        size: size.to_string(),
        choices: choices(lang, &yearly, for_target),
        plan: for_target.and_then(|row| plan(lang, row, rates, size)),
        kept: lang.programmes_kept(
            &per_cent(i64::from(programme.completion_bp)),
            &per_cent(i64::from(programme.acceptance_bp)),
        ),
        sources,
        pics,
        history,
        programme,
    })
}

/// POST `/programme/plan`: the planner's rates become the programme's assumptions.
pub(super) fn keep(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let read = |text: &str| points(text).and_then(Rate::basis_points);
    let completion = form.choice("completion", read);
    let acceptance = form.choice("acceptance", read);
    form.done()?;
    let (Some(completion), Some(acceptance)) = (completion, acceptance) else {
        return Err(Error::NotFound);
    };
    actions::keep_assumptions(cx.conn, &staff, completion, acceptance)?;
    Ok(Reply::see_other(home(&staff)).flash("saved"))
}
