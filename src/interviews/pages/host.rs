//! An institution's rounds, and the overview of one: panels, days, what was computed.

use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::{date_long, moment};
use crate::placements::queries::{self as placements, Side};
use crate::placements::rules::RoundState;
use crate::web::listing::Cell;
use crate::web::sheet::{Part, Sheet, fact, show};
use crate::web::{Cx, Reply};

use super::super::queries::{self, Computation, DayRow, OwnPosting, PanelRow};
use super::super::rules::{may_plan, show_minute};
use super::{crumbs, home, member, round_of, tabs};

/// GET `/organisation/interviews`.
pub(super) fn rounds(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = Side::Host(member(cx)?);
    let mut rows = Vec::new();
    for it in placements::all_rounds(cx.conn, &side)? {
        let state = it.state()?;
        if matches!(state, RoundState::Planned | RoundState::Collecting) {
            continue;
        }
        rows.push(vec![
            Cell::link(it.name(lang), format!("{}/{}", home(&side), it.id)),
            Cell::text(state.label(lang)),
        ]);
    }
    let mut way = crumbs(lang, &side, None);
    way.pop();
    let heads = [lang.itv_round(), lang.itv_status()];
    let sheet = Sheet {
        title: lang.itv_title().to_owned(),
        crumbs: way,
        parts: vec![Part::table(lang.itv_title(), &heads, rows).or(lang.itv_rounds_none())],
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

/// What a computation found, in words.
pub(super) fn result(lang: Lang, it: &Computation, why: Vec<String>) -> Vec<Part> {
    let published = it
        .published_at
        .map_or(lang.itv_not_published().to_owned(), |at| moment(lang, at));
    let facts = vec![
        fact(lang.itv_computed(), moment(lang, it.created_at)),
        fact(lang.itv_published(), published),
        fact(lang.itv_placed(), it.placed.to_string()),
        fact(lang.itv_unplaced(), it.unplaced.to_string()),
        fact(lang.itv_bound(), it.bound.to_string()),
        fact(lang.itv_used(), it.used.to_string()),
    ];
    let reached = it.used <= it.bound && it.unplaced == 0;
    let note = match reached {
        true => format!(
            "{}{}{}",
            lang.itv_bound_reached(),
            lang.pick(" ", ""),
            lang.itv_bound_note()
        ),
        false => lang.itv_bound_note().to_owned(),
    };
    let mut parts = vec![Part {
        note,
        ..Part::facts(lang.itv_result(), facts)
    }];
    if it.used > it.bound && !why.is_empty() {
        parts.push(Part::lines(lang.itv_whys(), why));
    }
    parts
}

fn panels(lang: Lang, at: &str, all: &[PanelRow], postings: &[OwnPosting]) -> Result<Part> {
    let mut rows = Vec::new();
    for it in all {
        let names: Vec<String> = it.members()?.into_iter().map(|it| it.name).collect();
        let titles = postings
            .iter()
            .filter(|own| it.posting_ids.contains(&own.id.0))
            .map(|own| own.title(lang));
        let comma = lang.pick(", ", "、");
        rows.push(vec![
            Cell::link(it.name.clone(), format!("{at}/panels/{}", it.id)),
            Cell::text(names.join(comma)),
            Cell::text(titles.collect::<Vec<_>>().join(comma)),
        ]);
    }
    let heads = [
        lang.itv_panel(),
        lang.itv_members(),
        lang.itv_panel_postings(),
    ];
    Ok(Part::table(lang.itv_panels(), &heads, rows).or(lang.itv_panels_none()))
}

fn days(lang: Lang, at: &str, all: &[DayRow], open: bool) -> Part {
    let rows = all.iter().map(|it| {
        let day = date_long(lang, it.held_on);
        let hours = format!(
            "{}–{}",
            show_minute(it.starts_minute),
            show_minute(it.ends_minute)
        );
        let place = super::super::mail::place(&it.room, &it.link);
        let first = match open && !it.given {
            true => Cell::link(day, format!("{at}/days/{}", it.id)),
            false => Cell::text(day),
        };
        vec![
            first.more(hours),
            Cell::text(it.panel.clone()),
            Cell::text(place.replace('\n', " · ")),
            Cell::text(lang.itv_taken(&it.taken.to_string(), &it.slots.to_string())),
            match open && !it.given {
                true => Cell::link(lang.itv_day_remove(), format!("{at}/days/{}/remove", it.id)),
                false => Cell::text(""),
            },
        ]
    });
    let heads = [
        lang.itv_day(),
        lang.itv_panel(),
        lang.itv_place(),
        lang.itv_times(),
        lang.itv_change(),
    ];
    Part::table(lang.itv_days(), &heads, rows.collect()).or(lang.itv_days_none())
}

/// GET `/organisation/interviews/{round}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let (round, at) = round_of(cx, &side)?;
    let open = may_plan(round.state()?).is_ok();
    let own = queries::panels(cx.conn, &member, round.id)?;
    let postings = queries::own_postings(cx.conn, &member, round.id)?;
    let hours = queries::days(cx.conn, &member, round.id)?;
    let computed = queries::own_computations(cx.conn, &member, round.id)?;
    let mut parts = Vec::new();
    for it in &computed {
        parts.extend(result(lang, it, vec![lang.itv_whys_host().to_owned()]));
    }
    if computed.is_empty() {
        parts.push(Part::lines(lang.itv_result(), Vec::new()).or(lang.itv_result_none()));
    }
    parts.push(panels(lang, &at, &own, &postings)?);
    parts.push(days(lang, &at, &hours, open));
    let act = |word: &str, label: &str, first| (format!("{at}/{word}"), label.to_owned(), first);
    let mut acts = Vec::new();
    if open {
        acts.push(act("panels/new", lang.itv_panel_new(), own.is_empty()));
        if !own.is_empty() {
            acts.push(act("days/new", lang.itv_day_new(), true));
        }
    }
    let sheet = Sheet {
        title: round.name(lang).to_owned(),
        tag: Some((round.state()?.label(lang), "go")),
        crumbs: crumbs(lang, &side, None),
        tabs: tabs(lang, &side, &at, ""),
        acts,
        parts,
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}
