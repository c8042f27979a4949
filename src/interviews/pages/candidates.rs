//! An institution's shortlist: who is interested, who is wanted, what is noted.

use uuid::Uuid;

use crate::audit;
use crate::error::{Error, Result};
use crate::ids::InterestId;
use crate::lang::Lang;
use crate::lang::format::moment;
use crate::placements::queries::{Round, Side};
use crate::web::exports::short;
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, Sort, form_page};
use crate::web::forms::pair;
use crate::web::listing::Cell;
use crate::web::listing::{self as table, Listing, Select};
use crate::web::paging::{PAGE, Page};
use crate::web::sheet::{Part, Sheet, fact, show};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries::{self, CANDIDATE_SORTS, Candidate, CandidateSought};
use super::{crumbs, member, round_of, tabs};

fn sought(query: &Pairs) -> CandidateSought {
    CandidateSought {
        posting: query.typed("posting").parse().ok(),
        listed: match query.typed("listed") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        text: table::text(query).map(str::to_owned),
    }
}

fn standing(lang: Lang, it: &Candidate) -> Cell {
    match it.listed {
        true => Cell::tag(lang.itv_listed(), "ok"),
        false => Cell::tag(lang.itv_not_listed(), ""),
    }
}

fn selects(
    lang: Lang,
    (query, sort): (&Pairs, Sort),
    postings: Vec<(String, String)>,
) -> Vec<Select> {
    let listed = vec![
        pair("yes", lang.itv_listed()),
        pair("no", lang.itv_not_listed()),
    ];
    let all = lang.all_of_them();
    let sorts: &[(&str, &str)] = &[
        ("name", lang.itv_trainee()),
        ("posting", lang.itv_posting()),
        ("since", lang.itv_interested_at()),
    ];
    vec![
        Select::new(query, "posting", lang.itv_posting(), all, postings),
        Select::new(query, "listed", lang.itv_status(), all, listed),
        Select::sorts(lang.sort_by(), sort, sorts),
    ]
}

fn cells(lang: Lang, path: &str, it: &Candidate) -> Vec<Cell> {
    let name = Cell::link(it.name_shown.clone(), format!("{path}/{}", it.id));
    vec![
        Cell {
            tick: Some(it.id.to_string()),
            ..name.more(it.trainee_number.clone())
        },
        Cell::text(it.cohort(lang)),
        Cell::text(it.title(lang)),
        standing(lang, it),
        Cell::text(moment(lang, it.created_at)),
    ]
}

fn listing(
    cx: &mut Cx<'_, '_>,
    side: &Side,
    (round, at): (&Round, &str),
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let member = member(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, CANDIDATE_SORTS);
    let rows = queries::candidates(cx.conn, &member, round.id, &sought(query), &page)?;
    let found = Page::cut(rows, PAGE, Candidate::cursor);
    let path = format!("{at}/candidates");
    let postings = queries::own_postings(cx.conn, &member, round.id)?;
    let postings = postings
        .iter()
        .map(|it| pair(it.id.to_string(), it.title(lang)))
        .collect();
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let listing = Listing {
        title: lang.itv_candidates().to_owned(),
        note: lang.itv_candidates_note().to_owned(),
        crumbs: crumbs(lang, side, Some(round)),
        tabs: tabs(lang, side, at, "candidates"),
        selects: selects(lang, (query, page.sort), postings),
        heads: vec![
            head(lang.itv_trainee(), "name"),
            Head::plain(lang.itv_cohort()),
            head(lang.itv_posting(), "posting"),
            Head::plain(lang.itv_status()),
            head(lang.itv_interested_at(), "since"),
        ],
        empty: lang.itv_candidates_none(),
        empty_more: lang.itv_candidates_none_more(),
        bulk: Some(path.clone()),
        verbs: vec![
            ("list", lang.itv_list(), true),
            ("take_off", lang.itv_unlist(), false),
        ],
        path: path.clone(),
        searches: true,
        refusal,
        ..Listing::default()
    };
    let rows = found.rows.iter().map(|it| cells(lang, &path, it));
    let rows = rows.collect();
    let next = found.next;
    table::show(cx, &listing, Page { rows, next })
}

/// GET `/organisation/interviews/{round}/candidates`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let side = Side::Host(member(cx)?);
    let (round, at) = round_of(cx, &side)?;
    listing(cx, &side, (&round, &at), None)
}

/// GET `/organisation/interviews/{round}/candidates.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let (round, _) = round_of(cx, &side)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, CANDIDATE_SORTS);
    let rows = table::every(page, Candidate::cursor, |page| {
        queries::candidates(cx.conn, &member, round.id, &sought(query), page)
    })?;
    let header = [
        lang.itv_trainee(),
        lang.itv_number(),
        lang.itv_cohort(),
        lang.itv_posting(),
        lang.itv_status(),
        lang.itv_interested_at(),
        lang.itv_note_before(),
        lang.itv_note_after(),
    ];
    let rows = rows.into_iter().map(|it| {
        vec![
            it.name_shown.clone(),
            it.trainee_number.clone(),
            it.cohort(lang).to_owned(),
            it.title(lang).to_owned(),
            standing(lang, &it).text,
            moment(lang, it.created_at),
            it.before_words,
            it.after_words,
        ]
    });
    short(&cx.request().path, "shortlist", &header, rows.collect())
}

/// POST `/organisation/interviews/{round}/candidates`.
pub(super) fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let (round, at) = round_of(cx, &side)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let ids: Vec<Uuid> = typed.all("id").filter_map(|it| it.parse().ok()).collect();
    let listed = typed.typed("do") != "take_off";
    match actions::shortlist(cx.conn, &member, round.id, (&ids, listed)) {
        Ok(_) => Ok(Reply::see_other(format!("{at}/candidates")).flash("itv_listed")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            listing(cx, &side, (&round, &at), Some(text))
        }
        Err(other) => Err(other),
    }
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(Side, Round, String, Candidate)> {
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let (round, at) = round_of(cx, &side)?;
    let id: InterestId = cx.request().param("interest")?;
    let it = queries::candidate(cx.conn, &member, (round.id, id))?;
    Ok((side, round, at, it))
}

fn way(lang: Lang, side: &Side, round: &Round, at: &str) -> Vec<(String, String)> {
    let mut way = crumbs(lang, side, Some(round));
    way.push((format!("{at}/candidates"), lang.itv_candidates().to_owned()));
    way
}

/// What is noted, or that nothing is.
pub(super) fn noted(lang: Lang, words: &str) -> String {
    match words {
        "" => lang.itv_note_none().to_owned(),
        words => words.to_owned(),
    }
}

fn sheet(cx: &mut Cx<'_, '_>, refusal: Option<String>) -> Result<Reply> {
    let (side, round, at, it) = one(cx)?;
    let lang = cx.lang();
    let here = format!("{at}/candidates/{}", it.id);
    let button = match it.listed {
        true => (format!("{here}/take-off"), lang.itv_unlist_one().to_owned()),
        false => (format!("{here}/list"), lang.itv_list_one().to_owned()),
    };
    let history = match it.candidate_id {
        Some(id) => Some(History::here_only(audit::lines(cx.conn, id.0, lang)?)),
        None => None,
    };
    let status = if refusal.is_some() { 409 } else { 200 };
    let sheet = Sheet {
        title: it.name_shown.clone(),
        tag: Some(match it.listed {
            true => (lang.itv_listed(), "ok"),
            false => (lang.itv_not_listed(), ""),
        }),
        note: format!("{} · {}", it.trainee_number, it.cohort(lang)),
        crumbs: way(lang, &side, &round, &at),
        acts: vec![(
            format!("{here}/note"),
            lang.itv_note_edit().to_owned(),
            false,
        )],
        buttons: vec![button],
        notes: refusal
            .map(|it| ("bad", it, String::new()))
            .into_iter()
            .collect(),
        parts: vec![
            Part {
                links: vec![(
                    format!("/organisation/interests/{}", it.id),
                    lang.plc_interests().to_owned(),
                )],
                ..Part::facts(
                    lang.itv_posting(),
                    vec![
                        fact(lang.itv_posting(), it.title(lang)),
                        fact(lang.itv_interested_at(), moment(lang, it.created_at)),
                    ],
                )
            },
            Part {
                note: lang.itv_note_private().to_owned(),
                ..Part::facts(
                    lang.itv_note_before(),
                    vec![
                        fact(lang.itv_note_before(), noted(lang, &it.before_words)),
                        fact(lang.itv_note_after(), noted(lang, &it.after_words)),
                    ],
                )
            },
        ],
        history,
        ..Sheet::default()
    };
    show(cx, status, &sheet)
}

/// GET `/organisation/interviews/{round}/candidates/{interest}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    sheet(cx, None)
}

fn set(cx: &mut Cx<'_, '_>, listed: bool) -> Result<Reply> {
    let (_, round, at, it) = one(cx)?;
    let member = member(cx)?;
    match actions::shortlist(cx.conn, &member, round.id, (&[it.id.0], listed)) {
        Ok(_) => Ok(Reply::see_other(format!("{at}/candidates/{}", it.id)).flash("itv_listed")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            sheet(cx, Some(text))
        }
        Err(other) => Err(other),
    }
}

/// POST `…/candidates/{interest}/list`.
pub(super) fn list_one(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    set(cx, true)
}

/// POST `…/candidates/{interest}/take-off`.
pub(super) fn take_off(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    set(cx, false)
}

fn note_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let (side, round, at, it) = one(cx)?;
    let lang = cx.lang();
    let here = format!("{at}/candidates/{}", it.id);
    let mut way = way(lang, &side, &round, &at);
    way.push((here.clone(), it.name_shown.clone()));
    let version = match values.get("version") {
        Some(typed) if !again.stale => typed.to_owned(),
        _ => it.note_version.to_string(),
    };
    let spec = FormSpec {
        title: lang.itv_note_before().to_owned(),
        crumbs: way,
        note: Some(lang.itv_note_private().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("words", lang.itv_note_before())
                .area(6)
                .optional(),
        ])],
        hidden: vec![("version".to_owned(), version)],
        action: format!("{here}/note"),
        submit: lang.save().to_owned(),
        back: here,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/candidates/{interest}/note`.
pub(super) fn edit_note(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, _, _, it) = one(cx)?;
    let values = Pairs::new(vec![pair("words", it.before_words)]);
    note_form(cx, &values, &Again::first())
}

/// POST `…/candidates/{interest}/note`.
pub(super) fn save_note(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, round, at, it) = one(cx)?;
    let member = member(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let words = form.optional("words", 4_000).unwrap_or_default();
    let version = form.number("version", 0, i32::MAX);
    let done = form.done().and_then(|()| {
        let what = (actions::Part::Before, words.as_str(), version);
        actions::note(cx.conn, &member, (round.id, it.id), what)
    });
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{at}/candidates/{}", it.id)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            note_form(cx, visit.request.form(), &again)
        }
    }
}
