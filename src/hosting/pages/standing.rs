//! The standing under the Minimum Wage Ordinance, decided by the office; the student's declaration.

use askama::Template;

use crate::error::{Error, Result};
use crate::lang::format::moment;
use crate::placements::rules::content::Answer;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::{Mistakes, pair};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Placement, Seat};
use super::super::rules::{Facts, Standing, Studies, standings, text_sha256};
use super::{at, crumbs_of, office_only, one};

fn form(
    cx: &mut Cx<'_, '_>,
    (seat, it): (&Seat, &Placement),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let place = at(seat, it.id);
    let studies = Studies::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let kinds = Standing::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let answer = |name: &str, label: &str| {
        let answers = Answer::ALL
            .iter()
            .map(|it| pair(it.as_str(), it.label(lang)));
        Field::line(name, label).choice(answers.collect())
    };
    let spec = FormSpec {
        title: lang.hst_decide_standing().to_owned(),
        crumbs: crumbs_of(lang, seat, it),
        note: Some(lang.hst_standing_note().to_owned()),
        groups: vec![
            Group::two(
                lang.hst_facts(),
                vec![
                    Field::line("studies", lang.hst_studies()).choice(studies),
                    answer("endorsed", lang.hst_endorsed()),
                    answer("component", lang.hst_component()),
                    answer("under_26", lang.hst_under_26()),
                ],
            ),
            Group::plain(vec![
                Field::line("kind", lang.hst_standing())
                    .choice(kinds)
                    .hint(lang.hst_standing_hint()),
            ]),
        ],
        hidden: Vec::new(),
        action: format!("{place}/standing"),
        submit: lang.save().to_owned(),
        back: place,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/standing`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    office_only(&seat)?;
    let word = |on: bool| if on { Answer::Yes } else { Answer::No }.as_str();
    let values = match queries::standing(cx.conn, &it)? {
        Some(row) => {
            let facts = row.facts()?;
            Pairs::new(vec![
                pair("studies", facts.studies.as_str()),
                pair("endorsed", word(facts.endorsed)),
                pair("component", word(facts.component)),
                pair("under_26", word(facts.under_26)),
                pair("kind", row.kind()?.as_str()),
            ])
        }
        None => Pairs::default(),
    };
    form(cx, (&seat, &it), &values, &Again::first())
}

/// POST `…/standing`.
pub(super) fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let staff = office_only(&seat)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read = Form::new(typed);
    let studies = read.choice("studies", Studies::parse);
    let mut yes = |name: &str| read.choice(name, Answer::parse) == Some(Answer::Yes);
    let facts = Facts {
        studies: studies.unwrap_or(Studies::None),
        endorsed: yes("endorsed"),
        component: yes("component"),
        under_26: yes("under_26"),
    };
    let kind = read
        .choice("kind", Standing::parse)
        .unwrap_or(Standing::Employee);
    if let (Some(from), Some(to)) = (it.starts_on, it.ends_on)
        && !standings(&facts, from, to).contains(&kind)
    {
        read.error("kind", "standing", |lang| {
            lang.hst_refuse_standing().to_owned()
        });
    }
    let done = read
        .done()
        .and_then(|()| actions::decide_standing(cx.conn, &staff, it.id, (&facts, kind)));
    match done {
        Ok(()) => Ok(Reply::see_other(at(&seat, it.id)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, (&seat, &it), typed, &again)
        }
    }
}

#[derive(Template)]
#[template(path = "hosting/declaration.html")]
struct DeclarationPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    text: Vec<String>,
    sha256: String,
    declared: Option<String>,
    action: String,
    typed: String,
    mistakes: Mistakes,
}

fn build(cx: &mut Cx<'_, '_>, typed: &str, again: &Again) -> Result<(u16, DeclarationPage)> {
    let (seat, it) = one(cx)?;
    let lang = cx.lang();
    let row = queries::standing(cx.conn, &it)?.ok_or(Error::NotFound)?;
    if row.kind()? != Standing::WorkExperience {
        return Err(Error::NotFound);
    }
    let failed = again.status >= 400;
    let mut title = lang.hst_declaration_title().to_owned();
    if failed {
        title = lang.form_error_title(&title);
    }
    let page = DeclarationPage {
        shell: cx.shell(title),
        crumbs: crumbs_of(lang, &seat, &it),
        text: row.declaration.lines().map(str::to_owned).collect(),
        sha256: text_sha256(&row.declaration, ""),
        declared: row
            .declared_at
            .map(|when| lang.hst_declared_by(&row.declared_name, &moment(lang, when))),
        action: format!("{}/declaration", at(&seat, it.id)),
        typed: typed.to_owned(),
        mistakes: again.mistakes.clone(),
    };
    Ok((if failed { again.status } else { 200 }, page))
}

/// GET `/me/placed/{placement}/declaration`.
pub(super) fn declaration(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, page) = build(cx, "", &Again::first())?;
    cx.visit.page(&page)
}

/// POST `/me/placed/{placement}/declaration`.
pub(super) fn declare(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let visit = cx.visit;
    let mut read = Form::new(visit.request.form());
    let name = read.text("name", 200);
    let sha256 = read.text("sha256", 64);
    let done = read
        .done()
        .and_then(|()| actions::declare(cx.conn, &seat, it.id, (&name, &sha256)));
    match done {
        Ok(()) => Ok(Reply::see_other(at(&seat, it.id)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            let (status, page) = build(cx, &name, &again)?;
            cx.visit.page_with(status, &page)
        }
    }
}
