//! Postings: the list of a side, one of them whole, and its steps.

use crate::audit;
use crate::curriculum::queries as curriculum;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::PostingId;
use crate::lang::format::{date, moment};
use crate::lang::{Lang, Say as _};
use crate::web::fields::Head;
use crate::web::forms::pair;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Pairs, Reply};

use super::super::actions;
use super::super::queries::{self, POSTING_SORTS, Posting, Side, Sought};
use super::super::rules::content::{Answer, City, Pattern, missing};
use super::super::rules::{self, PostingState, takes_postings};
use super::posting_form::{all_labels, show_missing};
use super::{
    Question, crumbs, member, posting_tone, question, seen, settled, side, staff, tabs, under,
};
use crate::web::listing::{self as table, Cell, Listing, Select};

pub(super) mod moves;
mod shown;
pub(in crate::placements) use shown::wage_warning;
pub(super) use shown::{allowance, area_names, content_panels, unmet_words};

fn home(side: &Side) -> String {
    format!("{}/postings", under(side))
}

/// What the address asks for.
pub(in crate::placements) fn sought(query: &Pairs) -> Sought {
    let word = |name: &str, known: fn(&str) -> bool| {
        let word = query.typed(name);
        known(word).then(|| word.to_owned())
    };
    Sought {
        state: PostingState::parse(query.typed("state")),
        round: query.typed("round").parse().ok(),
        area: query.typed("area").parse().ok(),
        city: word("city", |it| City::parse(it).is_some()),
        paid: word("paid", |it| Answer::parse(it).is_some()),
        organisation: query.typed("institution").parse().ok(),
        text: table::text(query).map(str::to_owned),
        pattern: word("pattern", |it| Pattern::parse(it).is_some()),
    }
}

fn selects(
    cx: &mut Cx<'_, '_>,
    side: &Side,
    page: &crate::web::paging::Window,
) -> Result<Vec<Select>> {
    let lang = cx.lang();
    let all = lang.all_of_them();
    let rounds = queries::all_rounds(cx.conn, side)?;
    let institutions = queries::institutions(cx.conn, side)?;
    let programme = side
        .programme()
        .or_else(|| rounds.first().map(|it| it.programme_id));
    let areas = match programme {
        Some(programme) => queries::areas(cx.conn, programme)?,
        None => Vec::new(),
    };
    let query = &cx.visit.request.query;
    let drafts = side.programme().is_none();
    let states = PostingState::ALL
        .iter()
        .filter(|it| drafts || **it != PostingState::Draft);
    let states = states.map(|it| pair(it.as_str(), it.label(lang))).collect();
    let rounds = rounds
        .iter()
        .map(|it| pair(it.id.to_string(), it.name(lang)));
    let areas = areas
        .iter()
        .map(|it| pair(it.id.to_string(), it.name(lang)));
    let cities = City::ALL.iter().map(|it| pair(it.as_str(), it.label(lang)));
    let paid = Answer::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let mut selects = vec![
        Select::new(query, "state", lang.plc_status(), all, states),
        Select::new(query, "round", lang.plc_round(), all, rounds.collect()),
        Select::new(query, "area", lang.plc_area(), all, areas.collect()),
        Select::new(query, "city", lang.plc_city(), all, cities.collect()),
        Select::new(query, "paid", lang.plc_paid(), all, paid.collect()),
    ];
    if institutions.len() > 1 {
        let all_of = institutions
            .iter()
            .map(|it| pair(it.id.to_string(), lang.pick(&it.name_en, &it.name_zh)));
        let select = Select::new(
            query,
            "institution",
            lang.plc_institution(),
            all,
            all_of.collect(),
        );
        selects.push(select);
    }
    let sorts: &[(&str, &str)] = &[
        ("title", lang.plc_title()),
        ("organisation", lang.plc_institution()),
        ("state", lang.plc_status()),
        ("seats", lang.plc_seats()),
        ("starts", lang.plc_starts_on()),
        ("submitted", lang.plc_submitted_at()),
    ];
    selects.push(Select::sorts(lang.sort_by(), page.sort, sorts));
    Ok(selects)
}

/// A line of the list.
fn cells(lang: Lang, path: &str, it: &Posting) -> Result<Vec<Cell>> {
    let (state, content) = (it.state()?, it.content()?);
    let city = City::parse(content.get("city"));
    Ok(vec![
        Cell::link(it.title(lang)?, format!("{path}/{}", it.id)).more(it.number.clone()),
        Cell::text(it.organisation(lang)),
        Cell::text(it.round(lang)),
        Cell::tag(state.label(lang), posting_tone(state)),
        Cell::text(city.map_or("–", |it| it.label(lang))),
        Cell::text(it.starts_on.map_or("–".to_owned(), |day| date(lang, day))),
        Cell::number(&it.seats),
        Cell::number(&it.interests),
    ])
}

/// GET `…/postings`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, POSTING_SORTS);
    let rows = queries::postings(cx.conn, &side, &sought(query), &page)?;
    let found = Page::cut(rows, PAGE, Posting::cursor);
    let path = home(&side);
    let office = side.programme().is_some();
    let selects = selects(cx, &side, &page)?;
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let listing = Listing {
        title: lang.plc_postings().to_owned(),
        crumbs: match office {
            true => vec![crumbs(lang, &side, Vec::new()).swap_remove(0)],
            false => crumbs(lang, &side, Vec::new()),
        },
        acts: match office {
            true => Vec::new(),
            false => vec![(
                format!("{path}/new"),
                lang.plc_posting_new().to_owned(),
                true,
            )],
        },
        tabs: tabs(lang, &side, "postings"),
        searches: true,
        selects,
        heads: vec![
            head(lang.plc_title(), "title"),
            head(lang.plc_institution(), "organisation"),
            Head::plain(lang.plc_round()),
            head(lang.plc_status(), "state"),
            Head::plain(lang.plc_city()),
            head(lang.plc_starts_on(), "starts"),
            head(lang.plc_seats(), "seats").numbers(),
            Head::plain(lang.plc_interests()).numbers(),
        ],
        empty: lang.plc_postings_none(),
        empty_more: match office {
            true => lang.plc_postings_none_more(),
            false => lang.plc_postings_none_host(),
        },
        path: path.clone(),
        ..Listing::default()
    };
    let rows = found.rows.iter().map(|it| cells(lang, &path, it));
    let rows = rows.collect::<Result<_>>()?;
    let next = found.next;
    table::show(cx, &listing, Page { rows, next })
}

/// GET `…/postings.csv` and `.xlsx`: everything that the postings say.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, POSTING_SORTS);
    let rows = table::every(page, Posting::cursor, |page| {
        queries::postings(cx.conn, &side, &sought(query), page)
    })?;
    let mut lines = Vec::new();
    for it in rows {
        let areas = queries::areas(cx.conn, it.programme_id)?;
        lines.push(shown::file_line(lang, &it, &areas)?);
    }
    let header = shown::file_header(lang);
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    table::file(cx, "postings", &header, lines)
}

/// The posting of the address.
pub(in crate::placements) fn one(cx: &mut Cx<'_, '_>) -> Result<(Side, Posting)> {
    let side = side(cx)?;
    let id: PostingId = cx.request().param("posting")?;
    let row = queries::posting(cx.conn, &side, id)?;
    Ok((side, row))
}

fn acts(lang: Lang, side: &Side, row: &Posting) -> Result<Vec<(String, String, bool)>> {
    let at = format!("{}/{}", home(side), row.id);
    let act =
        |word: &str, label: &str, first: bool| (format!("{at}/{word}"), label.to_owned(), first);
    let (state, round) = (row.state()?, row.round_state()?);
    let mut acts = Vec::new();
    if side.programme().is_some() {
        if state == PostingState::Submitted && takes_postings(round) {
            acts.push(act("approve", lang.plc_approve(), true));
        }
        if rules::may_return(state).is_ok() {
            acts.push(act("return", lang.plc_return(), false));
        }
        return Ok(acts);
    }
    if rules::may_edit(state, round).is_ok() {
        acts.push(act("submit", lang.plc_submit(), true));
        acts.push(act("edit", lang.edit(), false));
    }
    if matches!(
        state,
        PostingState::Approved | PostingState::Open | PostingState::Ranking | PostingState::Matched
    ) {
        acts.push(act("change", lang.plc_change_ask(), false));
    }
    acts.push(act("copy", lang.plc_copy(), false));
    if rules::may_withdraw(state).is_ok() {
        acts.push(act("withdraw", lang.plc_withdraw(), false));
    }
    Ok(acts)
}

/// What must be read before anything else: why it came back, a warning, a change that waits.
fn notes(
    cx: &mut Cx<'_, '_>,
    side: &Side,
    row: &Posting,
) -> Result<Vec<(&'static str, String, String)>> {
    let lang = cx.lang();
    let mut notes = Vec::new();
    if row.state()? == PostingState::Returned {
        notes.push((
            "warn",
            lang.plc_returned_because().to_owned(),
            row.comment.clone(),
        ));
    }
    if let Some(warning) = wage_warning(cx, row)? {
        notes.push(("warn", lang.plc_wage_warning().to_owned(), warning));
    }
    if let Some(change) = queries::waiting_change(cx.conn, side, row.id)? {
        let text = match change.kind()? {
            rules::ChangeKind::Seats => {
                lang.plc_change_from_to(change.seats_before, change.seats_after)
            }
            rules::ChangeKind::Withdraw => lang.plc_change_withdraw().to_owned(),
        };
        notes.push(("", lang.plc_change_waits().to_owned(), text));
    }
    if row.later_seats > 0 {
        let text = lang.plc_later_seats(row.later_seats);
        notes.push(("", text, String::new()));
    }
    Ok(notes)
}

/// GET `…/postings/{posting}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let lang = cx.lang();
    let at = format!("{}/{}", home(&side), row.id);
    let state = row.state()?;
    let notes = notes(cx, &side, &row)?;
    let panels = content_panels(cx, &row, true)?;
    let mut note = format!(
        "{} · {} · {}",
        row.number,
        row.organisation(lang),
        row.round(lang)
    );
    if let Some(on) = row.submitted_at {
        note = format!(
            "{note} · {}{}",
            lang.before(lang.plc_submitted_at()),
            moment(lang, on)
        );
    }
    let record = table::Record {
        title: row.title(lang)?,
        tag: Some((state.label(lang), posting_tone(state))),
        note,
        crumbs: crumbs(
            lang,
            &side,
            vec![(home(&side), lang.plc_postings().to_owned())],
        ),
        acts: acts(lang, &side, &row)?,
        notes,
        panels,
        history: Some(audit::shown(
            cx.conn,
            row.id.0,
            lang,
            format!("{at}/history"),
        )?),
        ..table::Record::default()
    };
    table::record(cx, &record)
}

/// GET `…/postings/{posting}/history.csv` and `.xlsx`.
pub(super) fn history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = one(cx)?;
    audit::file(cx.visit, "posting-history", row.id.0)
}

/// A step of a posting: its word in the address, what its page says.
struct Step<'a> {
    word: &'static str,
    title: String,
    does: &'a str,
    told: &'a str,
    submit: &'a str,
    danger: bool,
}

fn step_question(lang: Lang, side: &Side, row: &Posting, step: &Step<'_>) -> Result<Question> {
    let at = format!("{}/{}", home(side), row.id);
    Ok(Question {
        title: step.title.clone(),
        crumbs: crumbs(lang, side, vec![(at.clone(), row.title(lang)?)]),
        does: vec![step.does.to_owned()],
        told: step.told.to_owned(),
        version: Some(row.version),
        action: format!("{at}/{}", step.word),
        submit: step.submit.to_owned(),
        danger: step.danger,
        back: at,
    })
}

/// Goes on when a step is done; a refusal is shown in the place of its button.
fn stepped(
    cx: &Cx<'_, '_>,
    (side, row): (&Side, &Posting),
    step: &Step<'_>,
    done: Result<()>,
    flash: &'static str,
) -> Result<Reply> {
    let at = format!("{}/{}", home(side), row.id);
    settled(cx, (done.map(|()| flash), at), |lang| {
        step_question(lang, side, row, step)
    })
}

fn submit_step(lang: Lang, row: &Posting) -> Result<Step<'static>> {
    Ok(Step {
        word: "submit",
        title: lang.plc_submit_ask(&row.title(lang)?),
        does: lang.plc_submit_does(),
        told: lang.plc_told_office(),
        submit: lang.plc_submit(),
        danger: false,
    })
}

/// GET `/organisation/postings/{posting}/submit`.
pub(super) fn ask_submit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let lang = cx.lang();
    let round = queries::round(cx.conn, &side, row.round_id)?;
    let now = db::now(cx.conn)?;
    let labels = all_labels(lang);
    let missing = missing(&row.draft()?, (round.starts_on, round.ends_on));
    // Of what is there and wrong, why.
    let named: Vec<String> = missing
        .iter()
        .map(|it| {
            let label = labels.iter().find(|(name, _)| *name == it.field);
            let label = label.map_or(it.field.as_str(), |(_, label)| label.as_str());
            let why = (it.code != "required")
                .then(|| lang.aside(it.say(lang).trim_end_matches(['.', '。'])));
            label.to_owned() + &why.unwrap_or_default()
        })
        .collect();
    let refusal = match rules::may_submit(row.state()?, &round.now()?, now) {
        Err(refused) => Some(refused.say(lang)),
        Ok(()) if named.is_empty() => None,
        Ok(()) => Some(lang.plc_submit_missing(&named.join(lang.pick(", ", "、")))),
    };
    let step = submit_step(lang, &row)?;
    question(cx, step_question(lang, &side, &row, &step)?, refusal)
}

/// POST `/organisation/postings/{posting}/submit`.
pub(super) fn submit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let member = member(cx)?;
    let version = seen(cx)?;
    let step = submit_step(cx.lang(), &row)?;
    match actions::submit_posting(cx.conn, &member, (row.id, version)) {
        Err(error @ Error::Invalid(_)) => show_missing(cx, error),
        done => stepped(cx, (&side, &row), &step, done, "posting_submitted"),
    }
}

fn approve_step(lang: Lang, row: &Posting) -> Result<Step<'static>> {
    Ok(Step {
        word: "approve",
        title: lang.plc_approve_ask(&row.title(lang)?),
        does: lang.plc_approve_does(),
        told: lang.plc_told_institution(),
        submit: lang.plc_approve(),
        danger: false,
    })
}

/// GET `…/postings/{posting}/approve`: with the warning about the minimum wage, if there is one.
pub(super) fn ask_approve(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let lang = cx.lang();
    let mut writers = row.writer_ids.clone();
    writers.extend(row.submitted_by);
    let refusal = rules::approve(row.state()?, row.round_state()?, &writers, side.person()).err();
    let step = approve_step(lang, &row)?;
    let mut asked = step_question(lang, &side, &row, &step)?;
    if let Some(warning) = wage_warning(cx, &row)? {
        asked.does.insert(0, warning);
    }
    question(cx, asked, refusal.map(|it| it.say(lang)))
}

/// POST `…/postings/{posting}/approve`.
pub(super) fn approve(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let staff = staff(cx)?;
    let version = seen(cx)?;
    let step = approve_step(cx.lang(), &row)?;
    let done = actions::approve_posting(cx.conn, &staff, (row.id, version));
    stepped(cx, (&side, &row), &step, done, "posting_approved")
}

fn withdraw_step(lang: Lang, row: &Posting) -> Result<Step<'static>> {
    Ok(Step {
        word: "withdraw",
        title: lang.plc_withdraw_ask(&row.title(lang)?),
        does: lang.plc_withdraw_does(),
        told: lang.plc_told_nobody(),
        submit: lang.plc_withdraw(),
        danger: true,
    })
}

/// GET `/organisation/postings/{posting}/withdraw`.
pub(super) fn ask_withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let refusal = rules::may_withdraw(row.state()?).err();
    let step = withdraw_step(cx.lang(), &row)?;
    let asked = step_question(cx.lang(), &side, &row, &step)?;
    question(cx, asked, refusal.map(|it| it.say(cx.lang())))
}

/// POST `/organisation/postings/{posting}/withdraw`.
pub(super) fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let member = member(cx)?;
    let version = seen(cx)?;
    let step = withdraw_step(cx.lang(), &row)?;
    let done = actions::withdraw_posting(cx.conn, &member, (row.id, version));
    stepped(cx, (&side, &row), &step, done, "saved")
}

/// The book of a posting's programme: the names of modules and competencies.
fn book(cx: &mut Cx<'_, '_>, row: &Posting) -> Result<curriculum::Book> {
    curriculum::book(cx.conn, row.programme_id)
}
