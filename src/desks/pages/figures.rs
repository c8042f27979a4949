//! Pages of figures: the steering committee, and an organisation about its own seats.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::access;
use crate::cohorts::queries::Cohort;
use crate::cohorts::rules::CohortState;
use crate::db::{self, Role, Task};
use crate::desks::queries::cohort::Year;
use crate::desks::queries::figures::{self as rows, CohortSums};
use crate::desks::queries::public;
use crate::desks::rules::{Cell, SMALL, length, percent};
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::lang::format::{count, date, deadline, hk_date, moment};
use crate::web::exports::short;
use crate::web::{Cx, Reply, Shell};

use super::cohort::{FunnelLine, YearLine, share, standing, tag, year_title};
use super::public::as_public;
use super::public_parts::{DateLine, dates};

struct SumsLine {
    name: String,
    tag: &'static str,
    state: &'static str,
    seats: String,
    taken: String,
    offered: String,
    free: String,
    taken_width: Option<String>,
    offered_width: Option<String>,
    offered_end: String,
    funnel: Vec<FunnelLine>,
}

#[derive(Template)]
#[template(path = "desks/committee.html")]
struct Committee {
    shell: Shell,
    when: String,
    years: Vec<YearLine>,
    cohorts: Vec<SumsLine>,
}

/// The committee's page: figures only.
pub(in crate::desks) fn committee(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let committee = access::committee(cx.conn)?;
    let (sums, years) = cx.conn.elevate(Task::Report, |conn| {
        let report = access::working(conn, Task::Report)?;
        Ok((
            rows::sums(conn, &committee, &report)?,
            rows::years(conn, &committee, &report)?,
        ))
    })?;
    let now = db::now(cx.conn)?;
    let page = Committee {
        shell: cx.shell(lang.nav_figures()),
        when: deadline(lang, now),
        years: years
            .iter()
            .map(|year| year_line(year, &sums, now, lang))
            .collect(),
        cohorts: sums
            .iter()
            .map(|sums| sums_line(sums, lang))
            .collect::<Result<_>>()?,
    };
    cx.visit.page(&page)
}

/// The same figures as a file, hidden where the page hides them.
pub(in crate::desks) fn committee_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let committee = access::committee(cx.conn)?;
    let sums = cx.conn.elevate(Task::Report, |conn| {
        let report = access::working(conn, Task::Report)?;
        rows::sums(conn, &committee, &report)
    })?;
    let header = [
        lang.desk_column_cohort(),
        lang.desk_column_state(),
        lang.desk_column_seats(),
        lang.desk_column_taken(),
        lang.desk_column_offered(),
        lang.desk_column_free(),
        lang.desk_funnel_submitted(),
        lang.desk_funnel_decided(),
        lang.desk_funnel_offered(),
        lang.desk_funnel_accepted(),
        lang.desk_funnel_enrolled(),
    ];
    let lines = sums.iter().map(|sums| {
        let line = sums_line(sums, lang)?;
        let mut row = vec![
            line.name,
            line.state.to_owned(),
            line.seats,
            line.taken,
            line.offered,
            line.free,
        ];
        row.extend(line.funnel.into_iter().map(|step| step.count));
        Ok(row)
    });
    let rows = lines.collect::<Result<_>>()?;
    short(&cx.request().path, "figures", &header, rows)
}

/// A count as the committee reads it.
fn said(cell: Cell, lang: Lang) -> String {
    match cell {
        Cell::Shown(n) => count(n),
        Cell::Small => lang.desk_small(SMALL),
        Cell::Withheld => lang.desk_withheld().to_owned(),
    }
}

fn sums_line(sums: &CohortSums, lang: Lang) -> Result<SumsLine> {
    let state = CohortState::parse(&sums.state)
        .ok_or_else(|| Error::Internal(format!("cohort state {}", sums.state)))?;
    let told = sums.told();
    let width = |cell: Cell| cell.count().map(|n| length(n, sums.seats));
    let first = told.submitted.count().unwrap_or(0);
    let steps = [
        (lang.desk_funnel_submitted(), told.submitted),
        (lang.desk_funnel_decided(), told.decided),
        (lang.desk_funnel_offered(), told.offered),
        (lang.desk_funnel_accepted(), told.accepted),
        (lang.desk_funnel_enrolled(), told.enrolled),
    ];
    Ok(SumsLine {
        name: lang.pick(&sums.name_en, &sums.name_zh).clone(),
        tag: tag(state),
        state: state.label(lang),
        seats: count(sums.seats),
        taken: said(told.taken, lang),
        offered: said(told.on_offer, lang),
        free: said(told.free, lang),
        offered_end: length(sums.taken + sums.on_offer, sums.seats),
        taken_width: width(told.taken),
        // Its place in the bar would tell what is hidden on its left.
        offered_width: width(told.taken).and_then(|_| width(told.on_offer)),
        funnel: steps
            .into_iter()
            .map(|(name, cell)| FunnelLine {
                name,
                width: length(cell.count().unwrap_or(0), first),
                count: said(cell, lang),
                share: cell
                    .count()
                    .and_then(|n| percent(n, first))
                    .map(|share| lang.site_percent_of(share))
                    .unwrap_or_default(),
            })
            .collect(),
    })
}

fn year_line(year: &Year, cohorts: &[CohortSums], now: DateTime<Utc>, lang: Lang) -> YearLine {
    let Some((target, progress, plan)) = standing(year, now) else {
        return YearLine::unknown(lang);
    };
    let enrolled = rows::enrolled(year, cohorts);
    let trained = Cell::of(year.trained).count().unwrap_or(0);
    let rest = enrolled.count().map_or(0, |n| (n - trained).max(0));
    let mut words = vec![lang.desk_year_enrolled(&said(enrolled, lang))];
    if target.period.contains(hk_date(now)) {
        words.push(lang.desk_year_pace(&count(progress.pro_rata)));
    }
    words.push(lang.desk_year_plan(
        &count(plan.enrolments),
        &count(plan.offers),
        &share(year.completion_bp, lang),
        &share(year.acceptance_bp, lang),
    ));
    YearLine {
        title: year_title(year, lang),
        headline: said(rows::reached(year, cohorts), lang),
        figure: lang.desk_year_of(
            target.metric.label(lang),
            &count(progress.needed),
            &date(lang, year.starts_on),
            &date(lang, year.ends_on),
        ),
        done: length(trained, progress.needed),
        under_way: length(rest, progress.needed),
        under_way_end: length(trained + rest, progress.needed),
        pace: length(progress.pro_rata, progress.needed),
        words,
        drawn: true,
    }
}

struct HeldLine {
    cohort: String,
    href: String,
    tag: &'static str,
    state: &'static str,
    organisation: String,
    capacity: String,
    taken: String,
    offered: String,
    free: String,
    taken_width: String,
    offered_width: String,
    offered_end: String,
    until: String,
}

#[derive(Template)]
#[template(path = "desks/organisation.html")]
struct Organisation {
    shell: Shell,
    name: String,
    several: bool,
    /// May the reader see trainees who share something?
    trainees: bool,
    /// What waits for the reader in placements: address and text.
    needs: Vec<(&'static str, String)>,
    held: Vec<HeldLine>,
    /// What is ahead in the cohorts concerned.
    ahead: Vec<DateLine>,
    /// The programme office.
    contacts: Vec<String>,
}

/// An organisation about its own seats.
pub(in crate::desks) fn organisation(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = access::member(cx.conn)?;
    let names = rows::organisations(cx.conn, &member)?;
    let held = rows::held(cx.conn, &member)?;
    let (calls, programmes) = as_public(cx, |conn, site| {
        Ok((public::calls(conn, site)?, public::programmes(conn, site)?))
    })?;
    let needs = host_needs(cx, &member)?;
    let now = db::now(cx.conn)?;
    let concerned: Vec<&Cohort> = calls
        .iter()
        .filter(|call| held.iter().any(|h| h.code == call.code))
        .collect();
    let ours = |id| concerned.is_empty() || concerned.iter().any(|call| call.programme_id == id);
    let names: Vec<&str> = names
        .iter()
        .map(|n| lang.pick(n.name_en.as_str(), n.name_zh.as_str()))
        .collect();
    let page = Organisation {
        shell: cx.shell(lang.nav_organisation()),
        name: names.join(lang.pick(", ", "、")),
        several: names.len() > 1,
        trainees: cx.visit.actor.role() != Some(Role::Supervisor),
        needs,
        held: held
            .iter()
            .map(|h| held_line(h, lang))
            .collect::<Result<_>>()?,
        ahead: dates(&concerned, lang, now).into_iter().take(6).collect(),
        contacts: programmes
            .iter()
            .filter(|p| ours(p.id))
            .map(|p| p.contact_email.clone())
            .collect(),
    };
    cx.visit.page(&page)
}

fn host_needs(cx: &mut Cx<'_, '_>, member: &access::Member) -> Result<Vec<(&'static str, String)>> {
    if cx.visit.actor.role() != Some(Role::Representative) {
        return Ok(Vec::new());
    }
    let lang = cx.lang();
    let it = rows::host_needs(cx.conn, member)?;
    let all = [
        (
            it.capacity,
            "/organisation/capacity?state=asked",
            lang.desk_need_capacity(it.capacity),
        ),
        (
            it.returned,
            "/organisation/postings?state=returned",
            lang.desk_need_returned(it.returned),
        ),
        (
            it.lists,
            "/organisation/matches",
            lang.desk_need_lists(it.lists),
        ),
        (
            it.agreements,
            "/organisation/placed?wants=sign",
            lang.desk_need_sign(it.agreements),
        ),
        (
            it.tasks,
            "/organisation/placed?wants=late",
            lang.desk_need_tasks(it.tasks),
        ),
        (it.logs, "/organisation/logs", lang.desk_need_logs(it.logs)),
    ];
    let waits = all.into_iter().filter(|(n, ..)| *n > 0);
    Ok(waits.map(|(_, href, text)| (href, text)).collect())
}

fn held_line(held: &rows::HeldSeats, lang: Lang) -> Result<HeldLine> {
    let state = CohortState::parse(&held.state)
        .ok_or_else(|| Error::Internal(format!("cohort state {}", held.state)))?;
    let (capacity, taken, offered) = (
        i64::from(held.capacity),
        i64::from(held.taken),
        i64::from(held.offered),
    );
    Ok(HeldLine {
        cohort: lang.pick(&held.cohort_en, &held.cohort_zh).clone(),
        href: format!("/calls/{}", held.code),
        tag: tag(state),
        state: state.label(lang),
        organisation: lang
            .pick(&held.organisation_en, &held.organisation_zh)
            .clone(),
        capacity: count(capacity),
        taken: count(taken),
        offered: count(offered),
        free: count(capacity - taken - offered),
        taken_width: length(taken, capacity),
        offered_width: length(offered, capacity),
        offered_end: length(taken + offered, capacity),
        until: match (held.released_at, held.hold_until) {
            (Some(at), _) => lang.desk_hold_ended(&moment(lang, at)),
            (None, Some(until)) => lang.desk_hold_until(&deadline(lang, until)),
            (None, None) => String::new(),
        },
    })
}
