//! Evaluations: the institution's and the trainee's own, and the trainee's review of the institution.

use askama::Template;

use crate::error::{Error, Result};
use crate::hosting::pages::{at, crumbs_of, one};
use crate::hosting::queries::{Placement, Seat};
use crate::ids::CompetencyId;
use crate::lang::Lang;
use crate::lang::format::moment;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::listing::Fact;
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, NewEvaluation};
use super::super::queries::{self, Evaluation};
use super::super::rules::form::{
    Accepted, Answers, Block, OF_HOST, OF_TRAINEE, Rating, Recommend, hundredths, mean,
};
use super::super::rules::{Author, Point};
use super::week::competencies;

fn ratings(lang: Lang, blocks: &'static [Block]) -> Vec<Group> {
    blocks
        .iter()
        .map(|(label, items)| {
            let fields = items.iter().map(|(name, label)| {
                let options = Rating::ALL
                    .iter()
                    .map(|it| pair(it.as_str(), it.label(lang)));
                Field::line(*name, label(lang)).choice(options.collect())
            });
            Group::two(label(lang), fields.collect())
        })
        .collect()
}

fn choice(lang: Lang, name: &str, label: &str, all: &[(&'static str, &'static str)]) -> Field {
    let _ = lang;
    let options = all.iter().map(|(word, label)| pair(*word, *label));
    Field::line(name, label).choice(options.collect())
}

/// The fields of an evaluation of a trainee; an institution says more than the trainee does of themselves.
pub(super) fn groups(
    lang: Lang,
    (point, author): (Point, Author),
    skills: &[(CompetencyId, String)],
) -> Vec<Group> {
    let mut all = ratings(lang, OF_TRAINEE);
    let accepted: Vec<_> = Accepted::ALL
        .iter()
        .map(|it| (it.as_str(), it.label(lang)))
        .collect();
    let mut outcome = vec![
        choice(lang, "deliverable", lang.sup_deliverable(), &accepted),
        Field::line("strengths", lang.sup_strengths()).area(3),
        Field::line("improvement", lang.sup_improvement()).area(3),
    ];
    if author == Author::Host {
        outcome.push(
            Field::line("incidents", lang.sup_critical())
                .area(2)
                .optional(),
        );
    }
    all.push(Group::plain(outcome));
    if (point, author) == (Point::Final, Author::Host) {
        let answers = [("yes", lang.yes()), ("no", lang.no())];
        let recommend: Vec<_> = Recommend::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang)))
            .collect();
        all.push(Group::two(
            lang.sup_decision(),
            vec![
                choice(lang, "passed", lang.sup_passed(), &answers),
                choice(lang, "host_again", lang.sup_host_again(), &answers),
                choice(lang, "recommend", lang.sup_recommend(), &recommend),
                choice(lang, "offer", lang.sup_offer(), &answers),
            ],
        ));
    }
    if author == Author::Host {
        let levels: Vec<(&str, &str)> = vec![
            ("", lang.sup_level_none()),
            ("1", lang.sup_level_1()),
            ("2", lang.sup_level_2()),
            ("3", lang.sup_level_3()),
            ("4", lang.sup_level_4()),
        ];
        let fields = skills.iter().map(|(id, name)| {
            let options = levels.iter().map(|(word, label)| pair(*word, *label));
            Field::line(format!("level-{id}"), name.as_str())
                .choice(options.collect())
                .optional()
        });
        let fields: Vec<Field> = fields.collect();
        if !fields.is_empty() {
            all.push(Group::two(lang.sup_levels(), fields));
        }
    }
    all
}

/// Judges an evaluation of a trainee.
pub(super) fn read(
    form: &mut Form<'_>,
    typed: &Pairs,
    (point, author): (Point, Author),
    skills: &[(CompetencyId, String)],
) -> NewEvaluation {
    let mut answers = Answers::new();
    read_ratings(form, OF_TRAINEE, &mut answers);
    if let Some(it) = form.choice("deliverable", Accepted::parse) {
        answers.insert("deliverable".to_owned(), it.as_str().to_owned());
    }
    for name in ["strengths", "improvement"] {
        answers.insert(name.to_owned(), form.text(name, 2_000));
    }
    let mut levels = Vec::new();
    if author == Author::Host {
        let incidents = form.optional("incidents", 2_000).unwrap_or_default();
        answers.insert("incidents".to_owned(), incidents);
        for (id, _) in skills {
            let word = typed.typed(&format!("level-{id}")).parse::<i32>().ok();
            levels.extend(word.filter(|it| (1..=4).contains(it)).map(|it| (*id, it)));
        }
        if point == Point::Final {
            let yes = |word: &str| ["yes", "no"].into_iter().find(|it| *it == word);
            for name in ["passed", "host_again", "offer"] {
                if let Some(it) = form.choice(name, yes) {
                    answers.insert(name.to_owned(), it.to_owned());
                }
            }
            if let Some(it) = form.choice("recommend", Recommend::parse) {
                answers.insert("recommend".to_owned(), it.as_str().to_owned());
            }
        }
    }
    NewEvaluation { answers, levels }
}

fn read_ratings(form: &mut Form<'_>, blocks: &'static [Block], answers: &mut Answers) {
    for (_, items) in blocks {
        for (name, _) in *items {
            if let Some(it) = form.choice(name, Rating::parse) {
                answers.insert((*name).to_owned(), it.as_str().to_owned());
            }
        }
    }
}

/// What an evaluation says, in words.
fn facts(lang: Lang, answers: &Answers) -> Vec<Fact> {
    let mut all = Vec::new();
    for block in OF_TRAINEE {
        if let Some(mean) = mean(block, answers) {
            let label = lang.sup_mean_of((block.0)(lang));
            all.push(Fact::new(label, hundredths(mean)));
        }
        for (name, label) in block.1 {
            let said = answers.get(*name).and_then(|it| Rating::parse(it));
            if let Some(it) = said {
                all.push(Fact::new(label(lang), it.label(lang)));
            }
        }
    }
    let said = |name: &str| answers.get(name).map_or("", String::as_str);
    if let Some(it) = Accepted::parse(said("deliverable")) {
        all.push(Fact::new(lang.sup_deliverable(), it.label(lang)));
    }
    let texts = [
        ("strengths", lang.sup_strengths()),
        ("improvement", lang.sup_improvement()),
        ("incidents", lang.sup_critical()),
    ];
    for (name, label) in texts {
        if !said(name).is_empty() {
            all.push(Fact::new(label, said(name)));
        }
    }
    let answers = [
        ("passed", lang.sup_passed()),
        ("host_again", lang.sup_host_again()),
        ("offer", lang.sup_offer()),
    ];
    for (name, label) in answers {
        if !said(name).is_empty() {
            let word = if said(name) == "yes" {
                lang.yes()
            } else {
                lang.no()
            };
            all.push(Fact::new(label, word));
        }
    }
    if let Some(it) = Recommend::parse(said("recommend")) {
        all.push(Fact::new(lang.sup_recommend(), it.label(lang)));
    }
    all
}

struct Part {
    title: String,
    when: String,
    facts: Vec<Fact>,
}

#[derive(Template)]
#[template(path = "supervision/evaluations.html")]
struct EvaluationsPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    title: &'static str,
    parts: Vec<Part>,
}

fn point(cx: &Cx<'_, '_>) -> Result<Point> {
    let word: String = cx.request().param("point")?;
    Point::parse(&word).ok_or(Error::NotFound)
}

fn author(seat: &Seat) -> Option<Author> {
    match seat {
        Seat::Trainee(_) => Some(Author::Own),
        Seat::Host(_) => Some(Author::Host),
        Seat::Office(_) => None,
    }
}

/// The evaluations of a point that the reader may see: an institution does not read what a trainee says of
/// themselves.
fn visible(
    cx: &mut Cx<'_, '_>,
    seat: &Seat,
    it: &Placement,
    point: Point,
) -> Result<Vec<Evaluation>> {
    let mut all = Vec::new();
    for one in queries::evaluations(cx.conn, it)? {
        let own = one.author()? == Author::Own && matches!(seat, Seat::Host(_));
        if one.point()? == point && !own {
            all.push(one);
        }
    }
    Ok(all)
}

fn form(
    cx: &mut Cx<'_, '_>,
    (seat, it, point, author): (&Seat, &Placement, Point, Author),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let skills = competencies(cx, it)?;
    let place = at(seat, it.id);
    let spec = FormSpec {
        title: point.label(lang).to_owned(),
        crumbs: crumbs_of(lang, seat, it),
        note: Some(
            match author {
                Author::Host => lang.sup_evaluation_note(),
                Author::Own => lang.sup_evaluation_own_note(),
            }
            .to_owned(),
        ),
        groups: groups(lang, (point, author), &skills),
        hidden: Vec::new(),
        action: format!("{place}/evaluations/{}", point.as_str()),
        submit: lang.sup_hand_in().to_owned(),
        back: format!("{place}/logs"),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/evaluations/{point}`: the form while one's own is missing, then what was said.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let point = point(cx)?;
    let lang = cx.lang();
    let found = visible(cx, &seat, &it, point)?;
    if let Some(author) = author(&seat) {
        let mut done = false;
        for one in &found {
            done |= one.author()? == author;
        }
        if !done {
            let which = (&seat, &it, point, author);
            return form(cx, which, Pairs::none(), &Again::first());
        }
    }
    if found.is_empty() {
        return Err(Error::NotFound);
    }
    let parts = found
        .iter()
        .map(|one| {
            Ok(Part {
                title: one.author()?.label(lang).to_owned(),
                when: moment(lang, one.submitted_at),
                facts: facts(lang, &one.answers()?),
            })
        })
        .collect::<Result<_>>()?;
    let page = EvaluationsPage {
        shell: cx.shell(point.label(lang).to_owned()),
        crumbs: crumbs_of(lang, &seat, &it),
        title: point.label(lang),
        parts,
    };
    cx.visit.page(&page)
}

/// POST `…/evaluations/{point}`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let point = point(cx)?;
    let author = author(&seat).ok_or(Error::NotFound)?;
    let skills = competencies(cx, &it)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut reading = Form::new(typed);
    let new = read(&mut reading, typed, (point, author), &skills);
    let done = reading
        .done()
        .and_then(|()| actions::evaluate_as(cx.conn, &seat, (it.id, point), &new));
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{}/logs", at(&seat, it.id))).flash("evaluated")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, (&seat, &it, point, author), typed, &again)
        }
    }
}

fn review_form(
    cx: &Cx<'_, '_>,
    (seat, it): (&Seat, &Placement),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let place = at(seat, it.id);
    let mut groups = ratings(lang, OF_HOST);
    groups.push(Group::plain(vec![
        Field::line("words", lang.sup_review_words())
            .area(4)
            .optional(),
    ]));
    let spec = FormSpec {
        title: lang.sup_review_title().to_owned(),
        crumbs: crumbs_of(lang, seat, it),
        note: Some(lang.sup_review_private().to_owned()),
        groups,
        hidden: Vec::new(),
        action: format!("{place}/review"),
        submit: lang.sup_hand_in().to_owned(),
        back: format!("{place}/logs"),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/me/placed/{placement}/review`.
pub(super) fn review(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    review_form(cx, (&seat, &it), Pairs::none(), &Again::first())
}

/// POST `/me/placed/{placement}/review`.
pub(super) fn save_review(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut reading = Form::new(typed);
    let mut answers = Answers::new();
    read_ratings(&mut reading, OF_HOST, &mut answers);
    let words = reading.optional("words", 2_000).unwrap_or_default();
    answers.insert("words".to_owned(), words);
    let done = reading
        .done()
        .and_then(|()| actions::review_host(cx.conn, &seat, it.id, &answers));
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{}/logs", at(&seat, it.id))).flash("evaluated")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            review_form(cx, (&seat, &it), typed, &again)
        }
    }
}
