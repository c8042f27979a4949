//! After the publication: a second round, first call for those whose posting is withdrawn.

use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::error::Result;
use crate::lang::Lang;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::listing::Cell;
use crate::web::sheet::Part;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewSecond};
use super::super::queries::{self, MatchRound, Run};
use super::super::rules::market::parsed;
use super::beforehand::postings;
use super::desk::{crumbs, home, one};

fn at(staff: &ProgrammeStaff, round: &MatchRound, rest: &str) -> String {
    format!("{}/{}{rest}", home(staff), round.id)
}

fn second_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let left = actions::left(cx.conn, &staff, &round)?;
    let spec = FormSpec {
        title: lang.mat_second().to_owned(),
        crumbs: crumbs(lang, &staff, Some(&round)),
        note: Some(format!(
            "{}{}{}",
            lang.mat_second_note(),
            lang.pick(" ", ""),
            lang.mat_second_left(left.seats(), left.without.len())
        )),
        groups: vec![Group::plain(vec![
            Field::line("name_en", lang.mat_name_en()).written_in(Lang::En),
            Field::line("name_zh", lang.mat_name_zh()).written_in(Lang::Zh),
            Field::line("list_deadline", lang.mat_deadline()).of("datetime-local"),
        ])],
        hidden: Vec::new(),
        action: at(&staff, &round, "/second"),
        submit: lang.mat_second().to_owned(),
        back: at(&staff, &round, ""),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/matches/{round}/second`.
pub(super) fn ask_second(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    let again = match actions::may_open(cx.conn, &staff, &round) {
        Ok(_) => Again::first(),
        // What is in the way is said at once; asking is no mistake.
        Err(error) => Again {
            status: 200,
            ..Again::from_error(error, cx.lang())?
        },
    };
    second_form(cx, Pairs::none(), &again)
}

/// Reads a second round.
pub(in crate::matches) fn read_second(form: &mut Form<'_>) -> NewSecond {
    NewSecond {
        name_en: form.text("name_en", 200),
        name_zh: form.text("name_zh", 200),
        list_deadline: form.instant("list_deadline"),
    }
}

/// POST `…/matches/{round}/second`.
pub(super) fn second(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let new = read_second(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::open_second(cx.conn, &staff, round.id, &new));
    match done {
        Ok(id) => {
            let to = format!("{}/{id}", home(&staff));
            Ok(Reply::see_other(to).flash("second_opened"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            second_form(cx, typed, &again)
        }
    }
}

fn call_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let postings = postings(cx, &staff, &round)?;
    let spec = FormSpec {
        title: lang.mat_call().to_owned(),
        crumbs: crumbs(lang, &staff, Some(&round)),
        note: Some(lang.mat_call_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("posting", lang.mat_call_choose()).ticks(postings),
            Field::line("reason", lang.mat_call_reason()).area(3),
        ])],
        hidden: Vec::new(),
        action: at(&staff, &round, "/call"),
        submit: lang.mat_call_freeze().to_owned(),
        back: at(&staff, &round, ""),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/matches/{round}/call`.
pub(super) fn ask_call(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    call_form(cx, Pairs::none(), &Again::first())
}

/// POST `…/matches/{round}/call`.
pub(super) fn call(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let gone: Vec<Uuid> = typed
        .all("posting")
        .filter_map(|it| it.parse().ok())
        .collect();
    let mut form = Form::new(typed);
    let reason = form.text("reason", 2_000);
    let done = form
        .done()
        .and_then(|()| actions::freeze_call(cx.conn, &staff, round.id, (&gone, &reason)));
    match done {
        Ok(run) => {
            let to = at(&staff, &round, &format!("/runs/{run}"));
            Ok(Reply::see_other(to).flash("run_frozen"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            call_form(cx, typed, &again)
        }
    }
}

/// Ids in a run's details.
fn ids<'a>(run: &'a Run, name: &str) -> impl Iterator<Item = Uuid> + use<'a> {
    let list = run.details.get(name).and_then(|it| it.as_array());
    list.into_iter()
        .flatten()
        .filter_map(|it| it.as_str()?.parse().ok())
}

/// How many lose a placement by first call.
pub(super) fn harmed(run: &Run) -> usize {
    ids(run, "lost").count()
}

/// Who is directly harmed by a withdrawal, and what first call gives them.
pub(super) fn call_parts(
    cx: &mut Cx<'_, '_>,
    (staff, round, run): (&ProgrammeStaff, &MatchRound, &Run),
) -> Result<Vec<Part>> {
    let lang = cx.lang();
    let lost: Vec<Uuid> = ids(run, "lost").collect();
    let postings = queries::desk_postings(cx.conn, staff, round.id)?;
    let called = |id: Uuid| {
        let it = postings.iter().find(|it| it.id == id);
        it.map(|it| Cell::text(it.title(lang)).more(it.organisation(lang)))
    };
    let stored = queries::stored(cx.conn, staff, run)?;
    let gets: Vec<(Uuid, Uuid)> = stored
        .assignment
        .lines()
        .skip(1)
        .filter_map(|it| it.split_once(','))
        .filter(|(_, posting)| !posting.is_empty())
        .map(|(trainee, posting)| (parsed(trainee), parsed(posting)))
        .collect();
    let mut rows = Vec::new();
    let mut saved = 0_usize;
    for it in queries::placements_of(cx.conn, staff, &lost)? {
        let to = gets.iter().find(|(who, _)| *who == it.enrolment_id);
        if to.is_some() {
            saved = saved.saturating_add(1);
        }
        rows.push(vec![
            Cell::text(&it.name_shown).more(&it.trainee_number),
            called(it.posting_id).unwrap_or_default(),
            to.and_then(|(_, posting)| called(*posting))
                .unwrap_or_else(|| Cell::text(lang.mat_call_nothing())),
        ]);
    }
    let reason = run.details.get("reason").and_then(|it| it.as_str());
    let gone = ids(run, "gone").filter_map(called).map(|it| it.text);
    let fact = |label: &str, value: String| (label.to_owned(), value);
    let heads = [
        lang.mat_trainee(),
        lang.mat_call_was(),
        lang.mat_call_gets(),
    ];
    Ok(vec![
        Part::facts(
            lang.mat_call(),
            vec![
                fact(
                    lang.mat_call_choose(),
                    gone.collect::<Vec<_>>().join(lang.pick(", ", "、")),
                ),
                fact(lang.mat_call_reason(), reason.unwrap_or("–").to_owned()),
            ],
        ),
        Part {
            note: lang.mat_call_saved(saved),
            ..Part::table(lang.mat_call_harmed(lost.len()), &heads, rows)
        },
    ])
}

/// The second rounds of a round.
pub(super) fn seconds_part(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
) -> Result<Option<Part>> {
    let lang = cx.lang();
    let rows: Vec<Vec<Cell>> = queries::seconds(cx.conn, staff, round.id)?
        .into_iter()
        .map(|it| {
            let to = format!("{}/{}", home(staff), it.id);
            vec![Cell::link(lang.pick(&it.name.0, &it.name.1), to)]
        })
        .collect();
    if rows.is_empty() {
        return Ok(None);
    }
    Ok(Some(Part::table(
        lang.mat_seconds(),
        &[lang.mat_round()],
        rows,
    )))
}

/// Those whom something else than the match has placed.
pub(super) fn otherwise_part(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
) -> Result<Option<Part>> {
    use super::super::rules::beside::Origin;
    let lang = cx.lang();
    let postings = queries::desk_postings(cx.conn, staff, round.root())?;
    let mut rows = Vec::new();
    for it in queries::holdings(cx.conn, staff, round, false)? {
        if it.origin() == Origin::Match {
            continue;
        }
        let at = postings.iter().find(|p| p.id == it.posting_id);
        rows.push(vec![
            Cell::text(&it.name_shown).more(&it.trainee_number),
            Cell::text(at.map(|it| it.title(lang)).unwrap_or_default())
                .more(at.map(|it| it.organisation(lang)).unwrap_or_default()),
            Cell::text(it.origin().label(lang)),
        ]);
    }
    let heads = [lang.mat_trainee(), lang.mat_posting(), lang.mat_how()];
    Ok((!rows.is_empty()).then(|| Part::table(lang.mat_otherwise(), &heads, rows)))
}
