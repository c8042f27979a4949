//! The office's desk of interviews: how far institutions are, computing, publishing.

use crate::error::{Error, Result};
use crate::ids::OrganisationId;
use crate::lang::Lang;
use crate::lang::format::moment;
use crate::placements::queries::{self as placements, Round, Side};
use crate::web::exports::short;
use crate::web::fields::{
    Again, ConfirmSpec, Field, FormSpec, Group, History, confirm_page, effect, form_page,
};
use crate::web::forms::pair;
use crate::web::listing::Cell;
use crate::web::sheet::{Part, Sheet, fact, show};
use crate::web::{Cx, Form, Method, Pairs, Reply};

use super::super::actions::{self, Scope};
use super::super::queries::{self, BlackoutRow, Progress};
use super::super::rules::timetable::Why;
use super::super::rules::{Bounds, may_plan, show_minute};
use super::host::result;
use super::record::again_of;
use super::{crumbs, home, round_of, staff, tabs};

/// GET `…/interviews`.
pub(super) fn rounds(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = Side::Office(staff(cx)?);
    let mut rows = Vec::new();
    for it in placements::all_rounds(cx.conn, &side)? {
        rows.push(vec![
            Cell::link(it.name(lang), format!("{}/{}", home(&side), it.id)),
            Cell::text(it.state()?.label(lang)),
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

fn heads(lang: Lang) -> [&'static str; 10] {
    [
        lang.itv_institution(),
        lang.itv_interested(),
        lang.itv_shortlist(),
        lang.itv_times_offered(),
        lang.itv_drafted(),
        lang.itv_unplaced(),
        lang.itv_scheduled(),
        lang.itv_held(),
        lang.itv_missed(),
        lang.itv_asked(),
    ]
}

fn counts(it: &Progress) -> [i64; 9] {
    [
        it.interested,
        it.listed,
        it.slots,
        it.drafted,
        it.unplaced,
        it.scheduled,
        it.held,
        it.missed,
        it.asked,
    ]
}

fn rules_part(lang: Lang, at: &str, (bounds, open): (&Bounds, bool)) -> Part {
    Part {
        links: match open {
            true => vec![(format!("{at}/rules"), lang.itv_rules_edit().to_owned())],
            false => Vec::new(),
        },
        ..Part::facts(
            lang.itv_rules(),
            vec![
                fact(lang.itv_earliest(), show_minute(bounds.earliest)),
                fact(lang.itv_latest(), show_minute(bounds.latest)),
                fact(lang.itv_gap(), bounds.gap.to_string()),
                fact(lang.itv_most_a_day(), bounds.most_a_day.to_string()),
            ],
        )
    }
}

fn blackouts(lang: Lang, at: &str, all: &[BlackoutRow], open: bool) -> Part {
    let rows = all.iter().map(|it| {
        vec![
            match open {
                true => Cell::link(it.name(lang), format!("{at}/blackouts/{}", it.id)),
                false => Cell::text(it.name(lang)),
            },
            Cell::text(moment(lang, it.starts_at)),
            Cell::text(moment(lang, it.ends_at)),
            match open {
                true => Cell::link(
                    lang.itv_blackout_remove(),
                    format!("{at}/blackouts/{}/remove", it.id),
                ),
                false => Cell::text(""),
            },
        ]
    });
    let heads = [
        lang.itv_blackouts(),
        lang.itv_from(),
        lang.itv_to(),
        lang.itv_change(),
    ];
    Part {
        note: lang.itv_blackouts_note().to_owned(),
        links: match open {
            true => vec![(
                format!("{at}/blackouts/new"),
                lang.itv_blackout_new().to_owned(),
            )],
            false => Vec::new(),
        },
        ..Part::table(lang.itv_blackouts(), &heads, rows.collect()).or(lang.itv_blackouts_none())
    }
}

fn progress_part(lang: Lang, at: &str, all: &[Progress]) -> Part {
    let rows = all.iter().map(|it| {
        let name = it.name(lang);
        let mut row = vec![Cell::text(name)];
        row.extend(counts(it).iter().map(Cell::number));
        row
    });
    Part {
        links: vec![
            (format!("{at}/progress.csv"), "CSV".to_owned()),
            (format!("{at}/progress.xlsx"), "Excel".to_owned()),
        ],
        ..Part::table(lang.itv_progress(), &heads(lang), rows.collect())
            .or(lang.itv_progress_none())
    }
}

/// GET `…/interviews/{round}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let side = Side::Office(staff);
    let (round, at) = round_of(cx, &side)?;
    let open = may_plan(round.state()?).is_ok();
    let progress = queries::progress(cx.conn, &staff, round.id)?;
    let (bounds, closed) = queries::at_task(cx.conn, |conn, task| {
        let (bounds, _) = queries::bounds(conn, task, round.id)?;
        Ok((bounds, queries::blackouts(conn, task, round.id)?))
    })?;
    let computed = queries::computation(cx.conn, &staff, round.id)?;
    let mut parts = Vec::new();
    if let Some(it) = &computed {
        let whys = it.whys.iter().filter_map(|it| Why::parse(it));
        let whys = whys.map(|it| it.label(lang).to_owned()).collect();
        parts.extend(result(lang, it, whys));
    }
    parts.push(progress_part(lang, &at, &progress));
    parts.push(rules_part(lang, &at, (&bounds, open)));
    parts.push(blackouts(lang, &at, &closed, open));
    let drafted = progress.iter().any(|it| it.drafted > 0);
    let act = |word: &str, label: &str, first| (format!("{at}/{word}"), label.to_owned(), first);
    let mut acts = Vec::new();
    if open {
        if drafted {
            acts.push(act("publish", lang.itv_publish(), true));
        }
        acts.push(act("compute", lang.itv_compute(), !drafted));
    }
    let sheet = Sheet {
        title: round.name(lang).to_owned(),
        tag: Some((round.state()?.label(lang), "go")),
        note: lang.itv_desk_note().to_owned(),
        crumbs: crumbs(lang, &side, None),
        tabs: tabs(lang, &side, &at, ""),
        acts,
        parts,
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

/// GET `…/interviews/{round}/progress.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let (round, _) = round_of(cx, &Side::Office(staff))?;
    let all = queries::progress(cx.conn, &staff, round.id)?;
    let rows = all.iter().map(|it| {
        let mut row = vec![it.name(lang).to_owned()];
        row.extend(counts(it).iter().map(i64::to_string));
        row
    });
    let rows = rows.collect();
    short(&cx.request().path, "interviews", &heads(lang), rows)
}

fn compute_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let side = Side::Office(staff);
    let (round, at) = round_of(cx, &side)?;
    let institutions = queries::progress(cx.conn, &staff, round.id)?;
    let institutions = institutions
        .iter()
        .map(|it| pair(it.organisation_id.to_string(), it.name(lang)))
        .collect();
    let spec = FormSpec {
        title: lang.itv_compute().to_owned(),
        crumbs: crumbs(lang, &side, Some(&round)),
        note: Some(lang.itv_compute_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("organisation", lang.itv_compute_for())
                .choice(institutions)
                .hint(lang.itv_compute_for_hint())
                .optional(),
            Field::line("afresh", lang.itv_compute_afresh())
                .ticks(vec![pair("yes", lang.itv_compute_afresh_tick())]),
        ])],
        hidden: Vec::new(),
        action: format!("{at}/compute"),
        submit: lang.itv_compute().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/interviews/{round}/compute`.
pub(super) fn edit_compute(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    compute_form(cx, Pairs::none(), &Again::first())
}

/// POST `…/interviews/{round}/compute`.
pub(super) fn compute(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let (round, at) = round_of(cx, &Side::Office(staff))?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let alone = match typed.typed("organisation") {
        "" => None,
        _ => form.choice("organisation", |word| word.parse::<OrganisationId>().ok()),
    };
    let scope = Scope {
        alone,
        afresh: typed.has("afresh", "yes"),
    };
    let done = form
        .done()
        .and_then(|()| actions::compute(cx.conn, &staff, round.id, scope));
    match done {
        Ok(_) => Ok(Reply::see_other(at).flash("itv_computed")),
        Err(error) => {
            let again = again_of(error, cx.lang())?;
            compute_form(cx, typed, &again)
        }
    }
}

fn question(
    cx: &mut Cx<'_, '_>,
    (side, round, at): (&Side, &Round, String),
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let (told, refusal) = match actions::publication(cx.conn, &staff, round.id) {
        Ok(told) => (Some(told), refusal),
        Err(Error::Refused(refused)) => (None, refusal.or(Some(refused.say(lang)))),
        Err(other) => return Err(other),
    };
    let mut does = Vec::new();
    if let Some(it) = &told {
        does.push(lang.itv_publish_new(it.new));
        if it.moved > 0 {
            does.push(lang.itv_publish_moved(it.moved));
        }
    }
    let posted = cx.request().method != Method::Get;
    let spec = ConfirmSpec {
        title: lang.itv_publish().to_owned(),
        crumbs: crumbs(lang, side, Some(round)),
        effects: vec![
            effect(lang.cohorts_step_happens(), does, true),
            effect(
                lang.cohorts_step_told(),
                vec![lang.itv_publish_told().to_owned()],
                false,
            ),
        ],
        hidden: told
            .map(|it| ("print".to_owned(), it.print))
            .into_iter()
            .collect(),
        action: format!("{at}/publish"),
        submit: lang.itv_publish().to_owned(),
        danger: false,
        back: at,
        refusal: refusal.clone(),
    };
    let status = match refusal.is_some() && posted {
        true => 409,
        false => 200,
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/interviews/{round}/publish`.
pub(super) fn ask_publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let side = Side::Office(staff(cx)?);
    let (round, at) = round_of(cx, &side)?;
    question(cx, (&side, &round, at), None)
}

/// POST `…/interviews/{round}/publish`.
pub(super) fn publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let side = Side::Office(staff);
    let (round, at) = round_of(cx, &side)?;
    let visit = cx.visit;
    let seen = visit.request.form().typed("print");
    match actions::publish(cx.conn, &staff, round.id, seen) {
        Ok(_) => Ok(Reply::see_other(at).flash("itv_published")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, (&side, &round, at), Some(text))
        }
        Err(other) => Err(other),
    }
}
