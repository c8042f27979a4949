//! Places given beforehand, and what the reasons of a round tell.

use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::web::exports::short;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::listing::Cell;
use crate::web::sheet::{Part, Sheet, show};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewPlace};
use super::super::queries::{self, MatchRound, Place};
use super::super::rules::beside::{PlaceState, Tells};
use super::desk::{Question, crumbs, home, one, question};

fn place_tone(state: PlaceState) -> &'static str {
    match state {
        PlaceState::Asked => "wait",
        PlaceState::Approved | PlaceState::Placed => "ok",
        PlaceState::Cancelled => "end",
    }
}

/// Below the desk of the round.
fn at(staff: &ProgrammeStaff, round: &MatchRound, rest: &str) -> String {
    format!("{}/{}{rest}", home(staff), round.id)
}

/// GET `…/matches/{round}/beforehand`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let mut rows = Vec::new();
    for it in queries::places(cx.conn, &staff, round.id)? {
        let state = it.state()?;
        let place = at(&staff, &round, &format!("/beforehand/{}", it.id));
        rows.push(vec![
            Cell::link(&it.name_shown, place).more(&it.trainee_number),
            Cell::text(it.title(lang)).more(it.organisation(lang)),
            Cell::tag(state.label(lang), place_tone(state)),
            Cell::text(&it.reason),
        ]);
    }
    let heads = [
        lang.mat_trainee(),
        lang.mat_posting(),
        lang.mat_status(),
        lang.mat_place_reason(),
    ];
    let links = match rows.is_empty() {
        true => Vec::new(),
        false => [("csv", "CSV"), ("xlsx", "Excel")]
            .map(|(kind, label)| {
                let file = at(&staff, &round, &format!("/beforehand.{kind}"));
                (file, label.to_owned())
            })
            .to_vec(),
    };
    let part = Part {
        links,
        ..Part::table(lang.mat_beforehand(), &heads, rows).or(lang.mat_beforehand_none())
    };
    let sheet = Sheet {
        title: lang.mat_beforehand().to_owned(),
        note: lang.mat_beforehand_note().to_owned(),
        crumbs: crumbs(lang, &staff, Some(&round)),
        acts: vec![(
            at(&staff, &round, "/beforehand/new"),
            lang.mat_beforehand_new().to_owned(),
            true,
        )],
        parts: vec![part],
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

/// GET `…/beforehand.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let mut rows = Vec::new();
    for it in queries::places(cx.conn, &staff, round.id)? {
        rows.push(vec![
            it.name_shown.clone(),
            it.trainee_number.clone(),
            it.title(lang).to_owned(),
            it.organisation(lang).to_owned(),
            it.state()?.label(lang).to_owned(),
            it.reason.clone(),
        ]);
    }
    let header = [
        lang.mat_trainee(),
        lang.mat_trainee_number(),
        lang.mat_posting(),
        lang.hst_institution(),
        lang.mat_status(),
        lang.mat_place_reason(),
    ];
    short(&cx.request().path, "places-beforehand", &header, rows)
}

/// The postings of a round to choose from.
pub(super) fn postings(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
) -> Result<Vec<(String, String)>> {
    let lang = cx.lang();
    let all = queries::desk_postings(cx.conn, staff, round.root())?;
    let all = all.iter().filter(|it| it.seats > 0);
    Ok(all
        .map(|it| {
            let label = format!("{}{}", it.title(lang), lang.aside(it.organisation(lang)));
            pair(it.id.to_string(), label)
        })
        .collect())
}

fn form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let postings = postings(cx, &staff, &round)?;
    let back = at(&staff, &round, "/beforehand");
    let mut crumbs = crumbs(lang, &staff, Some(&round));
    crumbs.push((back.clone(), lang.mat_beforehand().to_owned()));
    let spec = FormSpec {
        title: lang.mat_beforehand_new().to_owned(),
        crumbs,
        note: Some(lang.mat_beforehand_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("trainee", lang.mat_trainee_number()).width("w16"),
            Field::line("posting", lang.mat_posting()).choice(postings),
            Field::line("reason", lang.mat_place_reason()).area(3),
        ])],
        hidden: Vec::new(),
        action: back.clone(),
        submit: lang.mat_beforehand_new().to_owned(),
        back,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/beforehand/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    form(cx, Pairs::none(), &Again::first())
}

/// Reads a place that somebody names.
pub(in crate::matches) fn read(form: &mut Form<'_>) -> NewPlace {
    NewPlace {
        trainee: form.text("trainee", 40),
        posting: form
            .choice("posting", |it| it.parse::<Uuid>().ok())
            .unwrap_or_default(),
        reason: form.text("reason", 2_000),
    }
}

/// POST `…/beforehand`.
pub(super) fn name(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut fields = Form::new(typed);
    let place = read(&mut fields);
    let done = fields
        .done()
        .and_then(|()| actions::name_place(cx.conn, &staff, round.id, &place));
    match done {
        Ok(id) => {
            let to = at(&staff, &round, &format!("/beforehand/{id}"));
            Ok(Reply::see_other(to).flash("place_named"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, typed, &again)
        }
    }
}

fn place_of(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, MatchRound, Place)> {
    let (staff, round) = one(cx)?;
    let id: Uuid = cx.request().param("place")?;
    let it = queries::place(cx.conn, &staff, (round.id, id))?;
    Ok((staff, round, it))
}

/// GET `…/beforehand/{place}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round, it) = place_of(cx)?;
    let state = it.state()?;
    let here = at(&staff, &round, &format!("/beforehand/{}", it.id));
    let act = |word: &str, label: &str, first| (format!("{here}/{word}"), label.to_owned(), first);
    let approve = act("approve", lang.mat_place_approve(), true);
    let cancel = act("cancel", lang.mat_place_cancel(), false);
    let history = audit::lines(cx.conn, it.id, lang)?;
    let history = history
        .iter()
        .map(|it| format!("{} {}{}", it.at, lang.before(&it.who), it.what));
    let fact = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    let mut crumbs = crumbs(lang, &staff, Some(&round));
    crumbs.push((
        at(&staff, &round, "/beforehand"),
        lang.mat_beforehand().to_owned(),
    ));
    let sheet = Sheet {
        title: it.name_shown.clone(),
        tag: Some((state.label(lang), place_tone(state))),
        crumbs,
        acts: match state {
            PlaceState::Asked => vec![approve, cancel],
            PlaceState::Approved => vec![cancel],
            PlaceState::Cancelled | PlaceState::Placed => Vec::new(),
        },
        parts: vec![
            Part::facts(
                lang.mat_beforehand(),
                vec![
                    fact(lang.mat_number(), &it.trainee_number),
                    fact(lang.mat_posting(), it.title(lang)),
                    fact(lang.mat_institution(), it.organisation(lang)),
                    fact(lang.mat_place_reason(), &it.reason),
                ],
            ),
            Part::lines(lang.mat_history(), history.collect()),
        ],
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

fn step(lang: Lang, here: String, it: &Place, approve: bool) -> Question {
    let does = match approve {
        true => lang.mat_place_approve_does(&it.name_shown, it.title(lang)),
        false => lang.mat_place_cancel_does(&it.name_shown),
    };
    let (title, word) = match approve {
        true => (lang.mat_place_approve(), "approve"),
        false => (lang.mat_place_cancel(), "cancel"),
    };
    Question {
        title: title.to_owned(),
        does: vec![does],
        told: lang.mat_place_told().to_owned(),
        hidden: Vec::new(),
        action: format!("{here}/{word}"),
        back: here,
        danger: !approve,
    }
}

fn asks(cx: &mut Cx<'_, '_>, approve: bool, refusal: Option<String>) -> Result<Reply> {
    let (staff, round, it) = place_of(cx)?;
    let here = at(&staff, &round, &format!("/beforehand/{}", it.id));
    let spec = step(cx.lang(), here, &it, approve);
    question(cx, (&staff, &round), spec, refusal)
}

/// GET `…/beforehand/{place}/approve`.
pub(super) fn ask_approve(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    asks(cx, true, None)
}

/// GET `…/beforehand/{place}/cancel`.
pub(super) fn ask_cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    asks(cx, false, None)
}

fn act(cx: &mut Cx<'_, '_>, approve: bool) -> Result<Reply> {
    let (staff, round, it) = place_of(cx)?;
    let ids = (round.id, it.id);
    let done = match approve {
        true => actions::approve_place(cx.conn, &staff, ids),
        false => actions::cancel_place(cx.conn, &staff, ids),
    };
    match done {
        Ok(()) => {
            let here = at(&staff, &round, &format!("/beforehand/{}", it.id));
            Ok(Reply::see_other(here).flash(match approve {
                true => "place_approved",
                false => "place_cancelled",
            }))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            asks(cx, approve, Some(text))
        }
        Err(other) => Err(other),
    }
}

/// POST `…/beforehand/{place}/approve`.
pub(super) fn approve(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    act(cx, true)
}

/// POST `…/beforehand/{place}/cancel`.
pub(super) fn cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    act(cx, false)
}

fn tells_form(cx: &mut Cx<'_, '_>, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let choices = Tells::ALL.iter();
    let choices = choices.map(|it| pair(it.as_str(), it.label(lang)));
    let values = Pairs::new(vec![pair("tells", round.tells().as_str())]);
    let spec = FormSpec {
        title: lang.mat_tells().to_owned(),
        crumbs: crumbs(lang, &staff, Some(&round)),
        note: Some(lang.mat_tells_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("tells", lang.mat_tells()).choice(choices.collect()),
        ])],
        hidden: Vec::new(),
        action: at(&staff, &round, "/tells"),
        submit: lang.mat_tells_set().to_owned(),
        back: at(&staff, &round, ""),
        history: History::default(),
    };
    form_page(cx, spec, &values, again)
}

/// GET `…/matches/{round}/tells`.
pub(super) fn ask_tells(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    tells_form(cx, &Again::first())
}

/// POST `…/matches/{round}/tells`.
pub(super) fn tells(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, round) = one(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let wanted = form.choice("tells", Tells::parse);
    let done = form.done().and_then(|()| {
        let wanted = wanted.unwrap_or(Tells::Reason);
        actions::set_tells(cx.conn, &staff, round.id, wanted)
    });
    match done {
        Ok(()) => Ok(Reply::see_other(at(&staff, &round, "")).flash("tells_set")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            tells_form(cx, &again)
        }
    }
}
