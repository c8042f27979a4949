//! All answers on one page, and handing them in.

use askama::Template;

use crate::error::{Error, Result};
use crate::lang::{Lang, Say as _, format};
use crate::web::{Cx, Reply, Shell};

use super::super::form_actions as actions;
use super::super::form_queries::Mine;
use super::super::rules::Event;
use super::{address, own};

/// An answer on the page that shows them all.
struct Answer {
    label: &'static str,
    value: String,
    section: &'static str,
}

#[derive(Template)]
#[template(path = "applications/form_check.html")]
struct Check {
    shell: Shell,
    base: String,
    answers: Vec<Answer>,
    mistakes: Vec<(String, String)>,
    may_submit: bool,
    deadline: String,
}

pub(super) fn check(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    check_page(cx, 200)
}

fn check_page(cx: &mut Cx<'_, '_>, status: u16) -> Result<Reply> {
    let own = own(cx)?;
    let desk = actions::open(cx.conn, &own)?;
    desk.may(Event::Edit)?;
    let lang = cx.lang();
    let mut mistakes: Vec<(String, String)> = Vec::new();
    for section in desk.sections() {
        for problem in section.problems {
            let link = (section.key.as_str().to_owned(), problem.say(lang));
            if !mistakes.iter().any(|(_, said)| *said == link.1) {
                mistakes.push(link);
            }
        }
    }
    let page = Check {
        shell: cx.shell(lang.apply_check_title()),
        base: address(&own),
        answers: answers(&desk.mine, lang),
        mistakes,
        may_submit: desk.may(Event::Submit).is_ok(),
        deadline: format::deadline(lang, desk.cohort.closes_at),
    };
    cx.visit.page_with(status, &page)
}

fn answers(mine: &Mine, lang: Lang) -> Vec<Answer> {
    let mut answers = about(mine, lang);
    answers.extend(words(mine, lang));
    answers
        .into_iter()
        .map(|(label, value, section)| Answer {
            label,
            value: value.unwrap_or_default(),
            section,
        })
        .collect()
}

type Said = (&'static str, Option<String>, &'static str);

fn about(mine: &Mine, lang: Lang) -> Vec<Said> {
    let route = mine.form().route.map(|it| it.label(lang).to_owned());
    let year = mine.graduation_year.map(|year| year.to_string());
    let university = mine.university(lang).map(str::to_owned);
    let employer = mine.employer(lang).map(str::to_owned);
    let study = mine.field_of_study.clone();
    vec![
        (lang.apply_family_name(), mine.family_name.clone(), "person"),
        (lang.apply_given_names(), mine.given_names.clone(), "person"),
        (
            lang.apply_western_name(),
            mine.western_name.clone(),
            "person",
        ),
        (lang.apply_name_zh(), mine.name_zh.clone(), "person"),
        (lang.apply_phone(), mine.phone.clone(), "person"),
        (lang.section_route(), route, "route"),
        (lang.apply_university(), university, "background"),
        (lang.apply_field_of_study(), study, "background"),
        (lang.apply_graduation_year(), year, "background"),
        (lang.apply_employer(), employer, "background"),
        (lang.apply_job_title(), mine.job_title.clone(), "background"),
    ]
}

fn words(mine: &Mine, lang: Lang) -> Vec<Said> {
    let ticked = |word: &str| {
        let said = mine.declarations.iter().any(|it| it == word);
        said.then(|| lang.apply_yes().to_owned())
    };
    let document = mine.document_id.and(mine.document_label.clone());
    vec![
        (
            lang.section_statement(),
            mine.statement.clone(),
            "statement",
        ),
        (lang.apply_document(), document, "document"),
        (lang.apply_declare_true(), ticked("true"), "declarations"),
        (
            lang.apply_declare_eligible(),
            ticked("eligible"),
            "declarations",
        ),
        (
            lang.apply_declare_available(),
            ticked("available"),
            "declarations",
        ),
        (lang.apply_pics(), mine.pics_version.clone(), "declarations"),
    ]
}

pub(super) fn submit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    match actions::submit(cx.conn, &own) {
        Ok(()) => Ok(Reply::see_other(address(&own)).flash("application_submitted")),
        Err(Error::Invalid(_)) => check_page(cx, 422),
        Err(other) => Err(other),
    }
}
