//! A posting as one trainee reads it, several side by side, and what a trainee does about them.

use crate::access::{self, Own};
use crate::curriculum::queries::{self as curriculum, Book};
use crate::db;
use crate::error::{Error, Result};
use crate::ids::PostingId;
use crate::lang::Lang;
use crate::lang::format::{date, deadline, moment};
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::super::actions::{self, NewInterest};
use super::super::super::queries::{self, Area};
use super::super::super::rules::content::field;
use super::super::super::rules::{Shares, may_be_interested};
use super::super::posting::{allowance, area_names, content_panels, unmet_words};
use super::super::{Question, documents, posting_tone, profile, question};
use super::{PATH, SIDE_BY_SIDE, Seen, areas, book, reader, seen, told_points, told_unmet};
use crate::web::listing::{self as table, Fact, Panel};

/// What is compared of a posting.
fn beside(lang: Lang, it: &Seen, areas: &[Area], book: &Book) -> Result<Vec<Fact>> {
    let content = it.it.content()?;
    let day = |day: Option<chrono::NaiveDate>| day.map_or("–".to_owned(), |it| date(lang, it));
    let word = |name: &str| {
        let spec = field(name);
        spec.map_or(String::new(), |spec| spec.say(lang, content.get(name)))
    };
    Ok(vec![
        Fact::link(
            lang.plc_posting(),
            it.it.title(lang)?,
            format!("{PATH}/{}", it.it.id),
        ),
        Fact::new(lang.plc_institution(), it.it.organisation(lang)),
        Fact::new(lang.plc_areas(), area_names(lang, &it.it, areas)),
        Fact::new(lang.plc_summary(), content.pick(lang, "summary")),
        Fact::new(lang.plc_city(), word("city")),
        Fact::new(lang.plc_mode(), word("mode")),
        Fact::new(lang.plc_pattern(), word("pattern")),
        Fact::new(lang.plc_hours_week(), word("hours_week")),
        Fact::new(lang.plc_work_languages(), word("work_languages")),
        Fact::new(lang.plc_starts_on(), day(it.it.starts_on)),
        Fact::new(lang.plc_ends_on(), day(it.it.ends_on)),
        Fact::new(lang.plc_seats(), it.it.seats.to_string()),
        Fact::new(lang.plc_allowance(), allowance(lang, &it.it)?),
        Fact::new(lang.plc_eligibility(), told_unmet(lang, it, book)),
        Fact::new(lang.plc_points(), it.sum().to_string()),
    ])
}

/// GET `/me/placements/compare`: up to four side by side.
pub(in crate::placements::pages) fn compare(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let reader = reader(cx, &own)?;
    let query = &cx.visit.request.query;
    let wanted: Vec<PostingId> = query
        .all("posting")
        .filter_map(|it| it.parse().ok())
        .take(SIDE_BY_SIDE)
        .collect();
    let mut picked = Vec::new();
    for id in wanted {
        let (_, posting) = queries::open_posting(cx.conn, &own, id)?;
        picked.push(seen(&reader, posting)?);
    }
    let areas = areas(cx, &picked)?;
    let book = book(cx, &picked)?;
    let mut panels = Vec::new();
    for it in &picked {
        let facts = beside(lang, it, &areas, &book)?;
        panels.push(Panel::facts(it.it.title(lang)?, facts));
    }
    if panels.is_empty() {
        panels.push(Panel {
            note: lang.plc_compare_none_more().to_owned(),
            ..Panel::facts(lang.plc_compare_none(), Vec::new())
        });
    }
    let record = table::Record {
        title: lang.plc_compare().to_owned(),
        crumbs: vec![(PATH.to_owned(), lang.plc_title_all().to_owned())],
        beside: picked.len() > 1,
        panels,
        ..table::Record::default()
    };
    table::record(cx, &record)
}

/// The posting of the address, as it stands for the reader.
pub(in crate::placements) fn one(cx: &mut Cx<'_, '_>) -> Result<(Own, Seen)> {
    let own = access::own(cx.conn)?;
    let id: PostingId = cx.request().param("posting")?;
    let (_, posting) = queries::open_posting(cx.conn, &own, id)?;
    let reader = reader(cx, &own)?;
    Ok((own, seen(&reader, posting)?))
}

/// An act: its address, its label, and whether it is the one thing to do.
type Act = (String, String, bool);

/// What can be done about a posting, and whether to save it or to forget it.
fn acts(lang: Lang, it: &Seen, open: bool) -> (Vec<Act>, (String, String)) {
    let at = format!("{PATH}/{}", it.it.id);
    let act = |word: &str, label: &str, first| (format!("{at}/{word}"), label.to_owned(), first);
    let acts = match it.interested {
        Some(_) => vec![act("take-back", lang.plc_interest_back(), false)],
        None if open && it.unmet.is_empty() => vec![act("interest", lang.plc_interest(), true)],
        None => Vec::new(),
    };
    let keep = match it.saved {
        true => (format!("{at}/forget"), lang.plc_forget().to_owned()),
        false => (format!("{at}/save"), lang.plc_keep().to_owned()),
    };
    (acts, keep)
}

/// GET `/me/placements/{posting}`.
pub(in crate::placements::pages) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    let lang = cx.lang();
    let now = db::now(cx.conn)?;
    let open = may_be_interested(it.it.state()?, now, it.it.list_deadline).is_ok();
    let eligible = it.unmet.is_empty();
    let (acts, keep) = acts(lang, &it, open);
    let book = curriculum::book(cx.conn, it.it.programme_id)?;
    let lines: Vec<String> = it
        .unmet
        .iter()
        .map(|it| unmet_words(lang, it, &book))
        .collect();
    let mut notes = Vec::new();
    if !eligible {
        notes.push(("warn", lang.plc_not_eligible().to_owned(), lines.join("\n")));
    }
    if let Some(at) = it.interested {
        notes.push((
            "ok",
            lang.plc_interest_since(&moment(lang, at)),
            String::new(),
        ));
    }
    let mut panels = content_panels(cx, &it.it, false)?;
    if !it.points.is_empty() {
        let told = told_points(lang, &it);
        panels.push(Panel {
            note: lang.plc_suggested_note().to_owned(),
            ..Panel::lines(
                lang.plc_suggested_because(),
                told.lines().map(str::to_owned).collect(),
                "",
            )
        });
    }
    let state = it.it.state()?;
    let record = table::Record {
        title: it.it.title(lang)?,
        tag: Some((state.label(lang), posting_tone(state))),
        note: format!(
            "{} · {} · {}{}",
            it.it.number,
            it.it.organisation(lang),
            lang.before(lang.plc_list_deadline()),
            deadline(lang, it.it.list_deadline)
        ),
        crumbs: vec![(PATH.to_owned(), lang.plc_title_all().to_owned())],
        acts,
        buttons: vec![keep],
        notes,
        panels,
        ..table::Record::default()
    };
    table::record(cx, &record)
}

/// POST `/me/placements/{posting}/save`.
pub(in crate::placements::pages) fn keep(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    kept(cx, true)
}

/// POST `/me/placements/{posting}/forget`.
pub(in crate::placements::pages) fn forget(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    kept(cx, false)
}

fn kept(cx: &mut Cx<'_, '_>, kept: bool) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let id: PostingId = cx.request().param("posting")?;
    actions::keep(cx.conn, &own, id, kept)?;
    Ok(Reply::see_other(format!("{PATH}/{id}")).flash("saved"))
}

fn interest_form(cx: &mut Cx<'_, '_>, it: &Seen, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let place = profile::place(cx.conn)?;
    let documents: Vec<_> = queries::documents(cx.conn, &place)?
        .into_iter()
        .map(|one| {
            let kind = documents::kind(lang, &one.kind);
            pair(
                one.id.to_string(),
                lang.plc_document_named(kind, &one.label),
            )
        })
        .collect();
    let at = format!("{PATH}/{}", it.it.id);
    let shares = Shares::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let spec = FormSpec {
        title: lang.plc_interest_ask(&it.it.title(lang)?),
        crumbs: vec![(at.clone(), it.it.title(lang)?)],
        note: Some(lang.plc_interest_words(it.it.organisation(lang))),
        groups: vec![Group::plain(vec![
            Field::line("note", lang.plc_interest_note())
                .area(4)
                .optional(),
            Field::line("shares", lang.plc_interest_shares())
                .ticks(shares.collect())
                .optional(),
            Field::line("documents", lang.plc_interest_documents())
                .ticks(documents)
                .optional()
                .hint(lang.plc_interest_documents_hint()),
        ])],
        hidden: Vec::new(),
        action: format!("{at}/interest"),
        submit: lang.plc_interest().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/me/placements/{posting}/interest`.
pub(in crate::placements::pages) fn ask_interest(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    interest_form(cx, &it, Pairs::none(), &Again::first())
}

/// Judges the fields of an interest.
pub(in crate::placements) fn read_interest(form: &mut Form<'_>, typed: &Pairs) -> NewInterest {
    let mut shares = Vec::new();
    for word in typed.all("shares").filter(|it| !it.is_empty()) {
        match Shares::parse(word) {
            Some(it) => shares.push(it),
            None => form.error("shares", "choice", |lang| lang.form_choice().to_owned()),
        }
    }
    let mut documents = Vec::new();
    for word in typed.all("documents").filter(|it| !it.is_empty()) {
        match word.parse() {
            Ok(id) => documents.push(id),
            Err(_) => form.error("documents", "choice", |lang| lang.form_choice().to_owned()),
        }
    }
    NewInterest {
        note: form.optional("note", 1_000).unwrap_or_default(),
        shares,
        documents,
    }
}

/// POST `/me/placements/{posting}/interest`.
pub(in crate::placements::pages) fn express(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let new = read_interest(&mut form, typed);
    let done = form
        .done()
        .and_then(|()| actions::express(cx.conn, &own, it.it.id, &new));
    match done {
        Ok(_) => {
            let at = format!("{PATH}/{}", it.it.id);
            Ok(Reply::see_other(at).flash("interest_expressed"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            interest_form(cx, &it, typed, &again)
        }
    }
}

/// GET `/me/placements/{posting}/take-back`.
pub(in crate::placements::pages) fn ask_take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    let lang = cx.lang();
    if it.interested.is_none() {
        return Err(Error::NotFound);
    }
    let at = format!("{PATH}/{}", it.it.id);
    let asked = Question {
        title: lang.plc_interest_back_ask(&it.it.title(lang)?),
        crumbs: vec![(at.clone(), it.it.title(lang)?)],
        does: vec![lang.plc_interest_back_does().to_owned()],
        told: lang.plc_told_nobody().to_owned(),
        version: None,
        action: format!("{at}/take-back"),
        submit: lang.plc_interest_back().to_owned(),
        danger: false,
        back: at,
    };
    question(cx, asked, None)
}

/// POST `/me/placements/{posting}/take-back`.
pub(in crate::placements::pages) fn take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let id: PostingId = cx.request().param("posting")?;
    actions::take_back(cx.conn, &own, id)?;
    // A withdrawn posting is nothing to them any more.
    let place = match queries::open_posting(cx.conn, &own, id) {
        Ok(_) => format!("{PATH}/{id}"),
        Err(Error::NotFound) => PATH.to_owned(),
        Err(error) => return Err(error),
    };
    Ok(Reply::see_other(place).flash("interest_taken_back"))
}
