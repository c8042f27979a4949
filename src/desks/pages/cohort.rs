//! The cohort at a glance: seats, funnel, the year against its target, dates, what needs a decision.

use askama::Template;
use chrono::{DateTime, Datelike as _, Utc};
use serde_json::Value;

use crate::access::{self, CohortStaff};
use crate::attendance;
use crate::audit::{self, Entry};
use crate::cohorts::queries::{self as cohorts, Cohort};
use crate::cohorts::rules::CohortState;
use crate::db::{Conn, Role};
use crate::desks::queries::cohort::{self as rows, Figures, PoolSeats, Year};
use crate::desks::rules::{Need, UNREAD_COUNTED, length, needs, percent};
use crate::error::Result;
use crate::ids::CohortId;
use crate::lang::Lang;
use crate::lang::format::{count, date, deadline, hk_date, moment};
use crate::programmes::rules::{
    Metric, Operator, Period, Plan, Progress, Rate, Target, progress, required,
};
use crate::web::{Cx, Reply, Shell};

use super::public_parts::{DateLine, dates};

/// Lines of the history that stand open; the rest are a click away.
const RECENT: usize = 8;

/// Something that needs somebody, with its place.
pub(super) struct NeedLine {
    pub text: String,
    pub href: String,
    pub urgent: bool,
}

/// A pool as a bar and four numbers.
struct PoolLine {
    name: String,
    note: String,
    whole: String,
    taken_width: String,
    offered_width: String,
    offered_end: String,
    taken: String,
    offered: String,
    free: String,
    waiting: String,
}

/// A step of the funnel.
pub(super) struct FunnelLine {
    pub name: &'static str,
    pub width: String,
    pub count: String,
    pub share: String,
}

/// The year against its target.
pub(super) struct YearLine {
    /// Whose heading: the year itself, when the period is one.
    pub title: String,
    pub headline: String,
    pub figure: String,
    pub done: String,
    pub under_way: String,
    pub under_way_end: String,
    pub pace: String,
    pub words: Vec<String>,
    pub drawn: bool,
}

pub(super) struct HistoryLine {
    pub when: String,
    pub who: String,
    pub what: String,
}

#[derive(Template)]
#[template(path = "desks/cohort.html")]
struct Glance {
    shell: Shell,
    base: String,
    name: String,
    code: String,
    tag: &'static str,
    state: &'static str,
    note: String,
    action: Option<(String, &'static str)>,
    needs: Vec<NeedLine>,
    pools: Vec<PoolLine>,
    total: PoolLine,
    funnel: Vec<FunnelLine>,
    year: Option<YearLine>,
    attendance: Option<String>,
    dates: Vec<DateLine>,
    recent: Vec<HistoryLine>,
    older: Vec<HistoryLine>,
}

/// The attendance of the whole cohort in words, once a register counts.
fn attendance_line(conn: &mut Conn<'_>, staff: &CohortStaff, lang: Lang) -> Result<Option<String>> {
    let hours = attendance::queries::whole(conn, staff)?;
    let (policy, _) = attendance::queries::policy(conn, staff)?;
    let rate = attendance::rules::rate(&hours, policy.excused);
    Ok(rate.map(|_| attendance::pages::rate_words(lang, &hours, &policy)))
}

/// One cohort.
pub(in crate::desks) fn glance(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let id: CohortId = cx.request().param("cohort")?;
    let staff = access::cohort_staff(cx.conn, id)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    let pools = rows::pools(cx.conn, &staff)?;
    let figures = rows::figures(cx.conn, &staff)?;
    let year = rows::year(cx.conn, &staff, cohort.ends_on)?;
    let history = audit::history(cx.conn, id.0)?;

    let (state, now) = (cohort.state()?, figures.now);
    let base = format!("/cohorts/{id}");
    let found = needs(&rows::when(&cohort)?, &figures.counts(), now);
    let mut lines = history.iter().map(|entry| history_line(entry, lang));
    let recent: Vec<HistoryLine> = lines.by_ref().take(RECENT).collect();
    let page = Glance {
        name: cohort.name(lang).to_owned(),
        code: cohort.code.clone(),
        tag: tag(state),
        state: state.label(lang),
        note: note(&cohort, state, now, lang),
        action: action(&base, state, &found, lang),
        needs: found
            .iter()
            .map(|(need, n)| need_line(*need, *n, &cohort, lang))
            .collect(),
        total: total(&pools, &figures, lang),
        pools: pool_lines(&pools, lang),
        funnel: funnel(&figures, lang),
        year: year.map(|year| year_line(&year, figures.seats, now, lang)),
        attendance: attendance_line(cx.conn, &staff, lang)?,
        dates: dates(&[&cohort], lang, now),
        recent,
        older: lines.collect(),
        shell: cx.shell(lang.desk_title_of(cohort.name(lang), lang.desk_glance())),
        base,
    };
    cx.visit.page(&page)
}

/// Shape of a cohort's state.
pub(super) fn tag(state: CohortState) -> &'static str {
    match state {
        CohortState::Planned => "",
        CohortState::Reviewing => "wait",
        CohortState::Open | CohortState::Offering | CohortState::Running => "go",
        CohortState::Completed => "ok",
        CohortState::Archived => "end",
        CohortState::Cancelled => "bad",
    }
}

fn note(cohort: &Cohort, state: CohortState, now: DateTime<Utc>, lang: Lang) -> String {
    let (opens, closes) = (
        deadline(lang, cohort.opens_at),
        deadline(lang, cohort.closes_at),
    );
    match state {
        CohortState::Planned => lang.desk_note_opens(&opens),
        CohortState::Open if now < cohort.closes_at => lang.desk_note_closes(&closes),
        CohortState::Open | CohortState::Reviewing | CohortState::Offering => {
            if now < cohort.closes_at {
                lang.desk_note_closed_early().to_owned()
            } else {
                lang.desk_note_closed(&closes)
            }
        }
        CohortState::Running | CohortState::Completed | CohortState::Archived => {
            lang.desk_note_taught(&date(lang, cohort.starts_on), &date(lang, cohort.ends_on))
        }
        CohortState::Cancelled => lang.desk_note_cancelled().to_owned(),
    }
}

/// The one next step of a cohort: what is most urgent, else what its state is for.
fn action(
    base: &str,
    state: CohortState,
    found: &[(Need, i64)],
    lang: Lang,
) -> Option<(String, &'static str)> {
    let has = |need: Need| found.iter().any(|(n, _)| *n == need);
    let to = |path: &str, label: &'static str| Some((format!("{base}/{path}"), label));
    if has(Need::OpenCall) {
        return to("state", lang.cohort_event_open());
    }
    if has(Need::BeginReview) {
        return to("state", lang.cohort_event_close());
    }
    if has(Need::StartCohort) {
        return to("state", lang.cohort_event_start());
    }
    if has(Need::Unreleased) {
        return to("release", lang.desk_do_release());
    }
    match state {
        CohortState::Planned => to("edit", lang.desk_do_edit()),
        CohortState::Open | CohortState::Reviewing => {
            to("applications", lang.desk_do_applications())
        }
        CohortState::Offering => to("waitlist", lang.desk_do_waitlist()),
        CohortState::Running | CohortState::Completed => {
            to("enrolments", lang.desk_do_enrolments())
        }
        CohortState::Archived | CohortState::Cancelled => None,
    }
}

/// A need in words, with the page where it is dealt with.
pub(super) fn need_line(need: Need, n: i64, cohort: &Cohort, lang: Lang) -> NeedLine {
    let (text, page) = match need {
        Need::OpenCall => (
            lang.desk_need_open(&deadline(lang, cohort.opens_at)),
            "state",
        ),
        Need::ClosesSoon => (
            lang.desk_need_closes(&deadline(lang, cohort.closes_at)),
            "applications",
        ),
        Need::BeginReview => (lang.desk_need_review().to_owned(), "state"),
        Need::NoReviewer if n >= UNREAD_COUNTED => (
            lang.desk_need_reviewer_many(n),
            "applications?state=submitted",
        ),
        Need::NoReviewer => (lang.desk_need_reviewer(n), "applications?state=submitted"),
        Need::ReviewsOverdue => (
            lang.desk_need_reviews(n, &date(lang, cohort.decisions_on)),
            "applications?state=under_review",
        ),
        Need::Unreleased => (lang.desk_need_release(n), "release"),
        Need::OffersExpiring => (lang.desk_need_offers(n), "applications?state=offered"),
        Need::HoldsEnding => (lang.desk_need_holds(n), "seats"),
        Need::WaitingBesideFree => (lang.desk_need_waiting(n), "waitlist"),
        Need::Breaks => (lang.desk_need_breaks(n), "breaks?state=asked"),
        Need::Apologies => (lang.desk_need_apologies(n), "apologies?state=sent"),
        Need::Registers => (lang.desk_need_registers(n), "registers?state=missing"),
        Need::Extensions => (lang.desk_need_extensions(n), "assessments"),
        Need::Appeals => (lang.desk_need_appeals(n), "assessments"),
        Need::Exemptions => (lang.desk_need_exemptions(n), "exemptions?state=requested"),
        Need::Unmarked => (lang.desk_need_unmarked(n), "assessments?state=open"),
        Need::MarksUnreleased => (lang.desk_need_marks(n), "assessments?state=moderated"),
        Need::StartCohort => (lang.desk_need_start(&date(lang, cohort.starts_on)), "state"),
    };
    // Requests for exemption lie with the programme, whatever the cohort.
    let at = match need {
        Need::Exemptions => format!("/programmes/{}", cohort.programme_id),
        _ => format!("/cohorts/{}", cohort.id),
    };
    NeedLine {
        text,
        href: format!("{at}/{page}"),
        urgent: need.is_urgent(),
    }
}

fn pool_line(name: String, note: String, seats: [i64; 4], scale: i64) -> PoolLine {
    let [capacity, taken, offered, waiting] = seats;
    PoolLine {
        name,
        note,
        whole: length(capacity, scale),
        taken_width: length(taken, scale),
        offered_width: length(offered, scale),
        offered_end: length(taken + offered, scale),
        taken: count(taken),
        offered: count(offered),
        free: count(capacity - taken - offered),
        waiting: count(waiting),
    }
}

fn pool_lines(pools: &[PoolSeats], lang: Lang) -> Vec<PoolLine> {
    let scale = pools
        .iter()
        .map(|p| i64::from(p.capacity))
        .max()
        .unwrap_or(1);
    pools
        .iter()
        .map(|pool| {
            let name = lang
                .pick(&pool.organisation_en, &pool.organisation_zh)
                .clone()
                .unwrap_or_else(|| lang.pool_open().to_owned());
            let seats = lang.desk_seats(i64::from(pool.capacity));
            let note = match (pool.released_at, pool.hold_until) {
                (Some(at), _) => lang.desk_pool_released(&seats, &moment(lang, at)),
                (None, Some(until)) => lang.desk_pool_held(&seats, &deadline(lang, until)),
                (None, None) => seats,
            };
            let counts = [
                i64::from(pool.capacity),
                i64::from(pool.taken),
                i64::from(pool.offered),
                pool.waiting,
            ];
            pool_line(name, note, counts, scale)
        })
        .collect()
}

fn total(pools: &[PoolSeats], figures: &Figures, lang: Lang) -> PoolLine {
    let counts = [
        figures.seats,
        figures.taken,
        figures.on_offer,
        // Somebody who fits two pools waits once.
        figures.waiting,
    ];
    let note = if pools.is_empty() {
        String::new()
    } else {
        lang.desk_seats(figures.seats)
    };
    pool_line(lang.site_total().to_owned(), note, counts, figures.seats)
}

fn funnel(figures: &Figures, lang: Lang) -> Vec<FunnelLine> {
    [
        (lang.desk_funnel_started(), figures.started),
        (lang.desk_funnel_submitted(), figures.submitted),
        (lang.desk_funnel_decided(), figures.decided),
        (lang.desk_funnel_offered(), figures.offered),
        (lang.desk_funnel_accepted(), figures.accepted),
        (lang.desk_funnel_enrolled(), figures.enrolled),
    ]
    .into_iter()
    .map(|(name, n)| FunnelLine {
        name,
        width: length(n, figures.started),
        count: count(n),
        share: percent(n, figures.started)
            .map(|share| lang.site_percent_of(share))
            .unwrap_or_default(),
    })
    .collect()
}

/// A yearly target, worked out for `now`.
pub(in crate::desks) fn standing(
    year: &Year,
    now: DateTime<Utc>,
) -> Option<(Target, Progress, Plan)> {
    let target = Target {
        metric: Metric::parse(&year.metric)?,
        operator: Operator::parse(&year.operator)?,
        value: i64::from(year.value),
        period: Period::new(year.starts_on, year.ends_on)?,
    };
    let completion = Rate::basis_points(i64::from(year.completion_bp))?;
    let acceptance = Rate::basis_points(i64::from(year.acceptance_bp))?;
    let today = hk_date(now);
    let progress = progress(&target, year.trained, year.enrolled, today);
    Some((target, progress, required(&target, completion, acceptance)))
}

/// `2027 against its target`, where the period lies in one year.
pub(super) fn year_title(year: &Year, lang: Lang) -> String {
    if year.starts_on.year() == year.ends_on.year() {
        lang.desk_year_of_year(year.starts_on.year())
    } else {
        lang.desk_year().to_owned()
    }
}

/// The picture of a yearly target and its numbers in words; with cohorts of `seats` seats how many of
/// them it takes (none: not said).
pub(super) fn year_line(year: &Year, seats: i64, now: DateTime<Utc>, lang: Lang) -> YearLine {
    let Some((target, progress, plan)) = standing(year, now) else {
        return YearLine::unknown(lang);
    };
    let rest = (year.enrolled - year.trained).max(0);
    let mut words = vec![lang.desk_year_enrolled(&count(year.enrolled))];
    if target.period.contains(hk_date(now)) {
        words.push(lang.desk_year_pace(&count(progress.pro_rata)));
    }
    words.push(lang.desk_year_plan(
        &count(plan.enrolments),
        &count(plan.offers),
        &share(year.completion_bp, lang),
        &share(year.acceptance_bp, lang),
    ));
    if let Some(cohorts) = plan.cohorts(seats) {
        words.push(lang.desk_year_cohorts(cohorts, &count(seats)));
    }
    YearLine {
        title: year_title(year, lang),
        headline: count(progress.count),
        figure: lang.desk_year_of(
            target.metric.label(lang),
            &count(progress.needed),
            &date(lang, year.starts_on),
            &date(lang, year.ends_on),
        ),
        done: length(year.trained, progress.needed),
        under_way: length(rest, progress.needed),
        under_way_end: length(year.trained + rest, progress.needed),
        pace: length(progress.pro_rata, progress.needed),
        words,
        drawn: true,
    }
}

impl YearLine {
    /// A target that no rule knows how to count.
    pub(super) fn unknown(lang: Lang) -> Self {
        Self {
            title: lang.desk_year().to_owned(),
            headline: String::new(),
            figure: String::new(),
            done: String::new(),
            under_way: String::new(),
            under_way_end: String::new(),
            pace: String::new(),
            words: Vec::new(),
            drawn: false,
        }
    }
}

/// A rate in basis points as a percentage.
pub(super) fn share(basis_points: i32, lang: Lang) -> String {
    lang.site_percent_of(i64::from((basis_points + 50) / 100))
}

fn history_line(entry: &Entry, lang: Lang) -> HistoryLine {
    let role = match entry.actor_kind.as_str() {
        "system" => lang.history_system().to_owned(),
        kind => Role::parse(kind).map_or_else(String::new, |role| lang.role(role).to_owned()),
    };
    HistoryLine {
        when: moment(lang, entry.occurred_at),
        who: entry.actor_name.clone().unwrap_or(role),
        what: lang.history(&entry.verb, entry.details.as_ref().unwrap_or(&Value::Null)),
    }
}
