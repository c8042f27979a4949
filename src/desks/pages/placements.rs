//! The coordinator's placement desk: what goes wrong first; then seats offered, filled and reported for duty
//! side by side.

use askama::Template;

use crate::access::ProgrammeStaff;
use crate::error::Result;
use crate::ids::RoundId;
use crate::lang::Lang;
use crate::placements::pages::{crumbs, staff, tabs, under};
use crate::placements::queries::{self as placements, Side};
use crate::placements::rules::content::City;
use crate::supervision::queries::{Attention, attention};
use crate::web::exports::short;
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::queries::placements::{self as queries, Filled};
use super::super::rules::By;

/// Something to see to.
struct Need {
    href: String,
    text: String,
    urgent: bool,
}

/// A line of the table, with its bars in per cent of the largest line.
struct Line {
    name: String,
    href: Option<String>,
    it: Filled,
    width: i64,
    filled: i64,
    waiting: i64,
    reported: i64,
}

#[derive(Template)]
#[template(path = "desks/placements.html")]
struct DeskPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    tabs: Vec<(String, &'static str, bool)>,
    path: String,
    needs: Vec<Need>,
    rounds: Vec<(String, String, bool)>,
    by: Vec<(&'static str, &'static str, bool)>,
    by_label: &'static str,
    by_area: bool,
    all: Filled,
    lines: Vec<Line>,
    query: String,
}

/// What the address asks for: a round, and what is counted by.
fn asked(query: &Pairs) -> (Option<RoundId>, By) {
    let by = By::parse(query.typed("by")).unwrap_or(By::Institution);
    (query.typed("round").parse().ok(), by)
}

fn need(lang: Lang, base: &str, it: &queries::Exception) -> Option<Need> {
    let n = it.n;
    let (place, text, urgent) = match it.kind.as_str() {
        "offers_late" => ("placed?state=offered", lang.pdesk_offers_late(n), true),
        "starting" => ("placed?wants=starting", lang.pdesk_starting(n), true),
        "postings_waiting" => (
            "postings?state=submitted",
            lang.pdesk_postings_waiting(n),
            false,
        ),
        "changes_waiting" => ("changes?state=asked", lang.pdesk_changes_waiting(n), false),
        "capacity_late" => ("capacity?state=asked", lang.pdesk_capacity_late(n), false),
        _ => return None,
    };
    Some(Need {
        href: format!("{base}/{place}"),
        text,
        urgent,
    })
}

/// What a list is narrowed to, how many there are, how that is said, whether it presses.
type Worry = (&'static str, i64, fn(Lang, i64) -> String, bool);

/// What is wrong with the placements that are under way.
fn under_way(lang: Lang, base: &str, all: &[Attention]) -> Vec<Need> {
    let sum = |of: fn(&Attention) -> i64| all.iter().map(of).sum::<i64>();
    let many = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let having = |of: fn(&Attention) -> bool| many(all.iter().filter(|it| of(it)).count());
    let evaluations = many(all.iter().map(|it| it.evaluations).sum());
    let waiting = many(all.iter().map(|it| it.waiting).sum());
    let lines: [Worry; 6] = [
        (
            "incident",
            sum(|it| it.it.incidents),
            Lang::pdesk_incidents,
            true,
        ),
        (
            "missing",
            having(|it| it.missing > 0),
            Lang::pdesk_logs_missing,
            true,
        ),
        (
            "red",
            having(Attention::is_red),
            Lang::pdesk_hours_red,
            true,
        ),
        ("evaluation", evaluations, Lang::pdesk_evaluations, false),
        ("visit", having(|it| it.visit), Lang::pdesk_visits, false),
        ("waiting", waiting, Lang::pdesk_logs_waiting, false),
    ];
    lines
        .into_iter()
        .filter(|(_, n, ..)| *n > 0)
        .map(|(wants, n, say, urgent)| Need {
            href: format!("{base}/supervision?wants={wants}"),
            text: say(lang, n),
            urgent,
        })
        .collect()
}

/// The name of what a line is counted by.
fn name(lang: Lang, by: By, it: &Filled) -> String {
    match by {
        By::City => City::parse(&it.key)
            .map_or(lang.pdesk_no_city(), |city| city.label(lang))
            .to_owned(),
        By::Institution | By::Area => it.name(lang).to_owned(),
    }
}

fn lines(lang: Lang, base: &str, by: By, rows: Vec<Filled>) -> Vec<Line> {
    let most = rows
        .iter()
        .map(|it| it.seats.max(it.filled + it.waiting))
        .max()
        .unwrap_or(0)
        .max(1);
    let part = |n: i64| n.saturating_mul(100) / most;
    rows.into_iter()
        .map(|it| Line {
            name: name(lang, by, &it),
            href: match by {
                By::Institution => Some(format!("{base}/postings?institution={}", it.key)),
                By::Area => Some(format!("{base}/postings?area={}", it.key)),
                By::City => Some(format!("{base}/postings?city={}", it.key)),
            },
            width: part(it.seats),
            filled: part(it.filled),
            waiting: part(it.waiting),
            reported: part(it.reported),
            it,
        })
        .collect()
}

fn rounds(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    now: Option<RoundId>,
) -> Result<Vec<(String, String, bool)>> {
    let lang = cx.lang();
    let mut all = vec![(
        String::new(),
        lang.pdesk_all_rounds().to_owned(),
        now.is_none(),
    )];
    let known = placements::all_rounds(cx.conn, &Side::Office(*staff))?;
    all.extend(known.into_iter().map(|it| {
        (
            it.id.to_string(),
            it.name(lang).to_owned(),
            Some(it.id) == now,
        )
    }));
    Ok(all)
}

/// GET `/programmes/{programme}/placements/desk`.
pub(crate) fn desk(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let lang = cx.lang();
    let side = Side::Office(staff);
    let base = under(&side);
    let (round, by) = asked(&cx.visit.request.query);
    let mut needs: Vec<Need> = queries::exceptions(cx.conn, &staff)?
        .iter()
        .filter_map(|it| need(lang, &base, it))
        .collect();
    needs.extend(under_way(lang, &base, &attention(cx.conn, &staff)?));
    needs.sort_by_key(|it| !it.urgent);
    let rows = queries::filled(cx.conn, &staff, round, by)?;
    let page = DeskPage {
        shell: cx.shell(lang.pdesk_title().to_owned()),
        crumbs: crumbs(lang, &side, Vec::new()),
        tabs: tabs(lang, &side, "desk"),
        path: format!("{base}/desk"),
        needs,
        rounds: rounds(cx, &staff, round)?,
        by: By::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang), *it == by))
            .collect(),
        by_label: by.label(lang),
        by_area: by == By::Area,
        all: queries::filled_in_all(cx.conn, &staff, round)?,
        lines: lines(lang, &base, by, rows),
        query: cx.visit.request.query.with(&[]),
    };
    cx.visit.page(&page)
}

/// GET `…/desk.csv` and `.xlsx`.
pub(crate) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let lang = cx.lang();
    let (round, by) = asked(&cx.visit.request.query);
    let rows = queries::filled(cx.conn, &staff, round, by)?;
    let header = [
        by.label(lang),
        lang.pdesk_seats(),
        lang.pdesk_waiting(),
        lang.pdesk_filled(),
        lang.pdesk_reported(),
        lang.pdesk_completed(),
        lang.pdesk_ended(),
        lang.pdesk_free(),
    ];
    let rows = rows.iter().map(|it| {
        let counts = [
            it.seats,
            it.waiting,
            it.filled,
            it.reported,
            it.completed,
            it.ended,
            it.free(),
        ];
        let mut row = vec![name(lang, by, it)];
        row.extend(counts.iter().map(i64::to_string));
        row
    });
    short(
        &cx.request().path,
        "placement-desk",
        &header,
        rows.collect(),
    )
}
