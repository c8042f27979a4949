//! The public site: what the programme is, its calls, its curriculum, how selection works.

use askama::Template;

use crate::access::{self, Working};
use crate::applications::Route;
use crate::cohorts::queries::{self as cohorts, Cohort};
use crate::db::{self, Conn, Role, Task};
use crate::desks::queries::public as rows;
use crate::desks::rules::{CallState, call_state};
use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::{count, date, deadline};
use crate::programmes::rules::{Metric, Operator};
use crate::web::{Cx, Reply, Shell};

use super::public_parts::{
    CallCard, CriterionLine, DateLine, Fact, SourceLine, cached, call_words, criteria_of, dates,
    facts, paragraphs, source,
};

/// Runs `work` as the public site, whoever reads: staff see here what a stranger sees.
pub(in crate::desks) fn as_public<T>(
    cx: &mut Cx<'_, '_>,
    work: impl FnOnce(&mut Conn<'_>, &Working) -> Result<T>,
) -> Result<T> {
    let run = |conn: &mut Conn<'_>| {
        let site = access::working(conn, Task::PublicSite)?;
        work(conn, &site)
    };
    if cx.conn.task() == Some(Task::PublicSite) {
        run(cx.conn)
    } else {
        cx.conn.elevate(Task::PublicSite, run)
    }
}

#[derive(Template)]
#[template(path = "desks/landing.html")]
struct Landing {
    shell: Shell,
    name: Option<String>,
    lede: String,
    call: Option<CallCard>,
    calls: Vec<CallCard>,
    dates: Vec<DateLine>,
    facts: Vec<Fact>,
    contact: Option<String>,
}

/// The first page.
pub(in crate::desks) fn landing(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (programmes, calls, promises, now) = as_public(cx, |conn, site| {
        Ok((
            rows::programmes(conn, site)?,
            rows::calls(conn, site)?,
            rows::promises(conn, site)?,
            db::now(conn)?,
        ))
    })?;
    let first = programmes.first();
    let name = first.map(|p| lang.pick(&p.name_en, &p.name_zh).clone());
    let lede = first
        .map(|p| lang.pick(&p.summary_en, &p.summary_zh).clone())
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| lang.site_landing_lede().to_owned());
    let card = |cohort: &Cohort| CallCard::new(cohort, lang, now);
    let cards: Vec<CallCard> = calls.iter().map(card).collect::<Result<_>>()?;
    let going: Vec<&Cohort> = calls.iter().collect();
    let mut ahead = dates(&going, lang, now);
    ahead.truncate(6);
    let title = name
        .clone()
        .unwrap_or_else(|| lang.site_landing_title().to_owned());
    let page = Landing {
        shell: cx.shell(title),
        name,
        lede,
        call: match calls.iter().zip(&cards).find(|(_, card)| card.open) {
            Some((cohort, _)) => Some(card(cohort)?),
            None => None,
        },
        calls: cards.into_iter().filter(|c| c.open || c.not_yet).collect(),
        dates: ahead,
        facts: facts(&promises, lang),
        contact: first.map(|p| p.contact_email.clone()),
    };
    let reply = cx.visit.page(&page)?;
    Ok(cached(cx, reply))
}

struct RouteLine {
    name: &'static str,
    who: &'static str,
}

/// What the reader can do about a call.
enum Step {
    /// Nothing: not open, or over.
    Wait,
    /// Sign up or in first.
    SignIn,
    /// Begin an application.
    Begin,
    /// Go on with the one begun, at this address.
    GoOn(String),
    /// Switch to oneself first: staff do not apply in their role.
    Switch,
}

#[derive(Template)]
#[template(path = "desks/call.html")]
struct Call {
    shell: Shell,
    code: String,
    name: String,
    programme: String,
    tag: &'static str,
    state: &'static str,
    told: String,
    intro: Vec<String>,
    step: Step,
    seats: String,
    dates: Vec<DateLine>,
    routes: Vec<RouteLine>,
    criteria: Vec<CriterionLine>,
    contact: Option<String>,
}

/// One call.
pub(in crate::desks) fn call(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let code: String = cx.request().param("code")?;
    let (cohort, programme, criteria, seats, now) = as_public(cx, |conn, site| {
        let cohort = cohorts::published_by_code(conn, &code)?;
        let programme = rows::programmes(conn, site)?
            .into_iter()
            .find(|p| p.id == cohort.programme_id);
        let criteria = rows::criteria(conn, site, &[cohort.id])?;
        let seats = conn.elevate(Task::Report, |conn| {
            let report = access::working(conn, Task::Report)?;
            rows::seats(conn, &report, cohort.id)
        })?;
        Ok((cohort, programme, criteria, seats, db::now(conn)?))
    })?;
    let state = call_state(cohort.state()?, cohort.opens_at, cohort.closes_at, now);
    let (tag, words) = call_words(state, lang);
    let step = step(cx, &cohort, state)?;
    let page = Call {
        shell: cx.shell(cohort.name(lang)),
        code: cohort.code.clone(),
        name: cohort.name(lang).to_owned(),
        programme: programme
            .as_ref()
            .map(|p| lang.pick(&p.name_en, &p.name_zh).clone())
            .unwrap_or_default(),
        tag,
        state: words,
        told: told(state, &cohort, lang),
        intro: paragraphs(cohort.intro(lang)),
        step,
        seats: count(seats),
        dates: match state {
            CallState::Cancelled => Vec::new(),
            CallState::NotYetOpen | CallState::Open | CallState::Closed => {
                dates(&[&cohort], lang, now)
            }
        },
        routes: Route::ALL
            .iter()
            .map(|route| RouteLine {
                name: route.label(lang),
                who: who(*route, lang),
            })
            .collect(),
        criteria: criteria_of(&criteria, cohort.id, lang),
        contact: programme.map(|p| p.contact_email),
    };
    let reply = cx.visit.page(&page)?;
    Ok(cached(cx, reply))
}

fn step(cx: &mut Cx<'_, '_>, cohort: &Cohort, state: CallState) -> Result<Step> {
    match cx.visit.actor.role() {
        None if state == CallState::Open => Ok(Step::SignIn),
        None => Ok(Step::Wait),
        Some(Role::Applicant) => {
            let own = access::own(cx.conn)?;
            let mine = rows::own_application(cx.conn, &own, cohort.id)?;
            Ok(match (mine, state) {
                (Some(id), _) => Step::GoOn(format!("/me/applications/{id}")),
                (None, CallState::Open) => Step::Begin,
                (None, CallState::NotYetOpen | CallState::Closed | CallState::Cancelled) => {
                    Step::Wait
                }
            })
        }
        Some(_) if state == CallState::Open => Ok(Step::Switch),
        Some(_) => Ok(Step::Wait),
    }
}

fn told(state: CallState, cohort: &Cohort, lang: Lang) -> String {
    match state {
        CallState::NotYetOpen => lang.site_call_told_not_yet(&deadline(lang, cohort.opens_at)),
        CallState::Open => lang.site_call_told_open(&deadline(lang, cohort.closes_at)),
        CallState::Closed => lang.site_call_told_closed(&deadline(lang, cohort.closes_at)),
        CallState::Cancelled => lang.site_call_told_cancelled().to_owned(),
    }
}

fn who(route: Route, lang: Lang) -> &'static str {
    match route {
        Route::UniversityStudent => lang.site_who_university_student(),
        Route::InServiceNominee => lang.site_who_in_service_nominee(),
        Route::RecentGraduate => lang.site_who_recent_graduate(),
        Route::Open => lang.site_who_open(),
    }
}

struct ModuleLine {
    href: String,
    code: String,
    name: String,
    summary: Vec<String>,
    contact: String,
    notional: String,
}

struct Syllabus {
    programme: String,
    modules: Vec<ModuleLine>,
    contact: String,
    notional: String,
}

#[derive(Template)]
#[template(path = "desks/curriculum.html")]
struct Curriculum {
    shell: Shell,
    syllabuses: Vec<Syllabus>,
}

/// The curriculum in short.
pub(in crate::desks) fn curriculum(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (programmes, modules) = as_public(cx, |conn, site| {
        Ok((rows::programmes(conn, site)?, rows::modules(conn, site)?))
    })?;
    let syllabuses = programmes
        .iter()
        .map(|programme| {
            let own = || modules.iter().filter(|m| m.programme_id == programme.id);
            Syllabus {
                programme: lang.pick(&programme.name_en, &programme.name_zh).clone(),
                contact: count(own().map(|m| i64::from(m.contact_hours)).sum()),
                notional: count(own().map(|m| i64::from(m.notional_hours)).sum()),
                modules: own()
                    .map(|m| ModuleLine {
                        href: format!("/curriculum/{}/{}", m.programme_code, m.code),
                        code: m.code.clone(),
                        name: lang.pick(&m.name_en, &m.name_zh).clone(),
                        summary: paragraphs(lang.pick(&m.summary_en, &m.summary_zh)),
                        contact: m.contact_hours.to_string(),
                        notional: m.notional_hours.to_string(),
                    })
                    .collect(),
            }
        })
        .filter(|syllabus: &Syllabus| !syllabus.modules.is_empty())
        .collect();
    let page = Curriculum {
        shell: cx.shell(lang.nav_curriculum()),
        syllabuses,
    };
    let reply = cx.visit.page(&page)?;
    Ok(cached(cx, reply))
}

/// The criteria of one call, or of several that ask the same.
struct Rubric {
    calls: Vec<(String, String)>,
    criteria: Vec<CriterionLine>,
}

#[derive(Template)]
#[template(path = "desks/selection.html")]
struct Selection {
    shell: Shell,
    rubrics: Vec<Rubric>,
    contacts: Vec<String>,
}

/// How selection works.
pub(in crate::desks) fn selection(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (programmes, calls, criteria) = as_public(cx, |conn, site| {
        let calls = rows::calls(conn, site)?;
        let ids: Vec<_> = calls.iter().map(|c| c.id).collect();
        let criteria = rows::criteria(conn, site, &ids)?;
        Ok((rows::programmes(conn, site)?, calls, criteria))
    })?;
    let mut contacts: Vec<String> = programmes.into_iter().map(|p| p.contact_email).collect();
    contacts.dedup();
    let page = Selection {
        shell: cx.shell(lang.nav_selection()),
        rubrics: rubrics(&calls, &criteria, lang),
        contacts,
    };
    let reply = cx.visit.page(&page)?;
    Ok(cached(cx, reply))
}

fn rubrics(calls: &[Cohort], criteria: &[rows::Criterion], lang: Lang) -> Vec<Rubric> {
    let mut rubrics: Vec<Rubric> = Vec::new();
    for cohort in calls {
        let own = criteria_of(criteria, cohort.id, lang);
        if own.is_empty() {
            continue;
        }
        let call = (
            format!("/calls/{}", cohort.code),
            cohort.name(lang).to_owned(),
        );
        match rubrics.iter_mut().find(|rubric| rubric.criteria == own) {
            Some(same) => same.calls.push(call),
            None => rubrics.push(Rubric {
                calls: vec![call],
                criteria: own,
            }),
        }
    }
    rubrics
}

struct StatementShown {
    programme: String,
    version: String,
    since: String,
    paragraphs: Vec<String>,
}

#[derive(Template)]
#[template(path = "desks/privacy.html")]
struct Privacy {
    shell: Shell,
    text: Lang,
    statements: Vec<StatementShown>,
}

/// The collection statements in force, in either language.
pub(in crate::desks) fn privacy(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let text = cx
        .request()
        .query
        .get("text")
        .and_then(Lang::parse)
        .unwrap_or(lang);
    let statements = as_public(cx, rows::statements)?;
    let page = Privacy {
        shell: cx.shell(lang.nav_privacy()),
        text,
        statements: statements
            .iter()
            .map(|s| StatementShown {
                programme: text.pick(&s.name_en, &s.name_zh).clone(),
                version: s.version.clone(),
                since: date(lang, s.since),
                paragraphs: paragraphs(text.pick(&s.text_en, &s.text_zh)),
            })
            .collect(),
    };
    let reply = cx.visit.page(&page)?;
    Ok(cached(cx, reply))
}

struct TargetLine {
    wording: String,
    what: String,
    figure: String,
    period: String,
    source: Option<SourceLine>,
}

struct ObservationLine {
    label: String,
    figure: String,
    population: String,
    as_of: String,
    note: String,
    source: SourceLine,
}

#[derive(Template)]
#[template(path = "desks/targets.html")]
struct Targets {
    shell: Shell,
    targets: Vec<TargetLine>,
    goals: Vec<ObservationLine>,
    findings: Vec<ObservationLine>,
}

/// Targets, and apart from them the figures of others.
pub(in crate::desks) fn targets(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (promises, observations) = as_public(cx, |conn, site| {
        Ok((rows::promises(conn, site)?, rows::observations(conn, site)?))
    })?;
    let of = |kind: &str| {
        observations
            .iter()
            .filter(|o| o.kind == kind)
            .map(|o| observation(o, lang))
            .collect()
    };
    let page = Targets {
        shell: cx.shell(lang.site_targets_title()),
        targets: promises.iter().map(|p| target(p, lang)).collect(),
        goals: of("roadmap"),
        findings: of("survey"),
    };
    let reply = cx.visit.page(&page)?;
    Ok(cached(cx, reply))
}

fn target(promise: &rows::Promise, lang: Lang) -> TargetLine {
    let period = lang.site_from_to(&date(lang, promise.starts_on), &date(lang, promise.ends_on));
    let metric = Metric::parse(&promise.metric);
    let operator = Operator::parse(&promise.operator).map_or("", |o| o.label(lang));
    TargetLine {
        wording: lang.pick(&promise.wording_en, &promise.wording_zh).clone(),
        what: metric.map_or_else(
            || lang.site_metric_first_intake().to_owned(),
            |m| m.label(lang).to_owned(),
        ),
        figure: match metric {
            Some(_) => lang.site_target_figure(operator, &count(i64::from(promise.value))),
            None => String::new(),
        },
        period,
        source: source(promise, lang),
    }
}

fn observation(o: &rows::Observation, lang: Lang) -> ObservationLine {
    let mut population = lang.pick(&o.population_en, &o.population_zh).clone();
    if let Some(n) = o.sample_size {
        population = lang.site_sample_of(&population, &count(i64::from(n)));
    }
    ObservationLine {
        label: lang.pick(&o.label_en, &o.label_zh).clone(),
        figure: lang.pick(&o.figure_en, &o.figure_zh).clone(),
        population,
        as_of: date(lang, o.as_of),
        note: lang.pick(&o.note_en, &o.note_zh).clone(),
        source: SourceLine::new(
            lang,
            lang.pick(&o.title_en, &o.title_zh),
            &o.publisher,
            o.published_on,
            o.url.as_deref(),
        ),
    }
}
