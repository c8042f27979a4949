//! A posting as people read it: on its page, in a file, and whom it is open to in words.

use crate::curriculum::queries::Book;
use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::date;
use crate::web::Cx;

use super::super::super::queries::{self, Area, Posting};
use super::super::super::rules::content::{
    City, FIELDS, Part, Period, Spec, money, pay, typed_cents,
};
use super::super::super::rules::eligibility::{Authorisation, Degree, Language, Unmet, Wants};
use super::super::super::rules::wage::below;
use super::super::posting_form::label;
use crate::web::listing::{Fact, Panel};

/// The warning about the minimum wage, if what is paid is below it.
pub(in crate::placements) fn wage_warning(
    cx: &mut Cx<'_, '_>,
    row: &Posting,
) -> Result<Option<String>> {
    let Some(pay) = pay(&row.draft()?) else {
        return Ok(None);
    };
    let rates = queries::as_rates(&queries::wage_rates(cx.conn)?);
    let lang = cx.lang();
    Ok(below(&rates, &pay).map(|it| {
        lang.plc_wage_below(
            &money(lang, "HKD", it.cents),
            &money(lang, "HKD", it.rate.cents),
            &date(lang, it.rate.starts_on),
        )
    }))
}

fn names(lang: Lang, words: &[&str]) -> String {
    words.join(lang.pick(", ", "、"))
}

/// The allowance in words.
pub(in crate::placements) fn allowance(lang: Lang, row: &Posting) -> Result<String> {
    let content = row.content()?;
    Ok(match (content.get("paid"), row.allowance_cents) {
        ("yes", Some(cents)) => {
            let per = Period::parse(content.get("per")).map_or("", |it| it.label(lang));
            let sum = money(lang, content.get("currency"), cents);
            lang.pick(format!("{sum} {per}"), format!("{per}{sum}"))
        }
        ("no", _) => lang.plc_unpaid().to_owned(),
        _ => "–".to_owned(),
    })
}

/// The names of a posting's focus areas.
pub(in crate::placements) fn area_names(lang: Lang, row: &Posting, areas: &[Area]) -> String {
    let of_row = areas.iter().filter(|it| row.area_ids.contains(&it.id.0));
    names(lang, &of_row.map(|it| it.name(lang)).collect::<Vec<_>>())
}

fn columns(lang: Lang, part: Part, row: &Posting, areas: &[Area]) -> Result<Vec<Fact>> {
    let day = |day: Option<chrono::NaiveDate>| day.map_or("–".to_owned(), |it| date(lang, it));
    Ok(match part {
        Part::Identity => vec![Fact::new(lang.plc_areas(), area_names(lang, row, areas))],
        Part::Place => {
            let city = City::parse(row.content()?.get("city"));
            match city {
                Some(city) if city != City::HongKong => {
                    vec![Fact::new(lang.plc_gba(), lang.yes())]
                }
                _ => Vec::new(),
            }
        }
        Part::Time => vec![
            Fact::new(lang.plc_starts_on(), day(row.starts_on)),
            Fact::new(lang.plc_ends_on(), day(row.ends_on)),
        ],
        Part::Seats => {
            let mut facts = vec![Fact::new(lang.plc_seats(), row.seats.to_string())];
            if let Some(group) = row.reserve_group() {
                let held = lang.plc_held_for(row.reserve_seats, group.label(lang));
                facts.push(Fact::new(lang.plc_reserve_group(), held));
            }
            for (group, cap) in row.caps()? {
                let group = crate::applications::route::Route::parse(&group);
                let group = group.map_or("–", |it| it.label(lang));
                facts.push(Fact::new(lang.plc_cap(group), cap.to_string()));
            }
            facts
        }
        Part::Pay => vec![Fact::new(lang.plc_allowance(), allowance(lang, row)?)],
        Part::Work | Part::Checks | Part::People | Part::Process => Vec::new(),
    })
}

fn fact(lang: Lang, spec: &Spec, value: &str) -> Fact {
    let mut fact = Fact::new(label(lang, spec), spec.say(lang, value));
    fact.lang = spec.lang.filter(|it| *it != lang).map(Lang::tag);
    fact
}

/// Everything that a posting says, part by part; what is for the institution and the office alone only
/// `inside`. Who reads from outside reads one language.
pub(in crate::placements) fn content_panels(
    cx: &mut Cx<'_, '_>,
    row: &Posting,
    inside: bool,
) -> Result<Vec<Panel>> {
    let lang = cx.lang();
    let areas = queries::areas(cx.conn, row.programme_id)?;
    let content = row.content()?;
    let mut panels = Vec::new();
    for part in Part::ALL {
        let mut facts = columns(lang, part, row, &areas)?;
        let shown = FIELDS.iter().filter(|it| {
            let own = it.lang.is_none_or(|of| of == lang);
            it.part == part && (inside || !it.inside && own)
        });
        for spec in shown {
            let value = content.get(spec.name);
            let stem = spec.name.trim_end_matches("_en").trim_end_matches("_zh");
            if !inside && spec.lang.is_some() {
                let text = content.pick(lang, stem);
                if !text.is_empty() && stem != "title" {
                    facts.push(Fact::new((spec.label)(lang), text));
                }
            } else if !value.is_empty() && !matches!(spec.name, "paid" | "currency" | "per") {
                facts.push(fact(lang, spec, value));
            }
        }
        if !facts.is_empty() {
            panels.push(Panel::facts(part.label(lang), facts));
        }
    }
    let book = super::book(cx, row)?;
    let cohorts = queries::cohorts(cx.conn, row.programme_id)?;
    let wants = row.wants()?;
    let mut lines = wants_lines(lang, &wants, &book);
    let named = cohorts.iter().filter(|it| wants.cohorts.contains(&it.id));
    let named: Vec<&str> = named
        .map(|it| lang.pick(&it.name_en, &it.name_zh).as_str())
        .collect();
    if !named.is_empty() {
        let told = format!(
            "{}{}",
            lang.before(lang.plc_want_cohorts()),
            names(lang, &named)
        );
        lines.insert(0, told);
    }
    panels.push(Panel::lines(
        lang.plc_part_wants(),
        lines,
        lang.plc_wants_none(),
    ));
    Ok(panels)
}

fn words<T>(
    lang: Lang,
    words: &[String],
    parse: impl Fn(&str) -> Option<T>,
    label: impl Fn(&T) -> &'static str,
) -> String {
    let labels: Vec<&str> = words
        .iter()
        .filter_map(|it| parse(it))
        .map(|it| label(&it))
        .collect();
    names(lang, &labels)
}

/// Whom a posting is open to, a line for each condition but that on cohorts.
pub(in crate::placements) fn wants_lines(lang: Lang, wants: &Wants, book: &Book) -> Vec<String> {
    use crate::applications::route::Route;
    let mut lines = Vec::new();
    let mut add = |label: &str, value: String| {
        if !value.is_empty() {
            lines.push(format!("{}{value}", lang.before(label)));
        }
    };
    add(
        lang.plc_want_routes(),
        words(lang, &wants.routes, Route::parse, |it| it.label(lang)),
    );
    let modules: Vec<String> = wants
        .modules
        .iter()
        .filter_map(|it| book.module(*it))
        .map(|it| format!("{} {}", it.code, it.name(lang)))
        .collect();
    add(lang.plc_want_modules(), modules.join(lang.pick(", ", "、")));
    let levels: Vec<String> = wants
        .competencies
        .iter()
        .filter_map(|it| Some((book.competency(it.competency)?, it.level)))
        .map(|(it, level)| lang.plc_level_of(it.name(lang), level))
        .collect();
    add(
        lang.plc_want_competencies(),
        levels.join(lang.pick(", ", "、")),
    );
    add(
        lang.plc_want_languages(),
        words(lang, &wants.languages, Language::parse, |it| it.label(lang)),
    );
    add(
        lang.plc_want_authorisations(),
        words(lang, &wants.authorisations, Authorisation::parse, |it| {
            it.label(lang)
        }),
    );
    let degree = Degree::parse(&wants.degree).map_or("", |it| it.label(lang));
    add(lang.plc_want_degree(), degree.to_owned());
    let year = |it: Option<i32>| it.map(|it| it.to_string()).unwrap_or_default();
    add(lang.plc_want_graduated_from(), year(wants.graduated_from));
    add(lang.plc_want_graduated_to(), year(wants.graduated_to));
    for (on, label) in [
        (wants.mainland_permit, lang.plc_want_permit()),
        (wants.residents, lang.plc_want_residents()),
        (wants.not_employed, lang.plc_want_not_employed()),
    ] {
        if on {
            lines.push(label.to_owned());
        }
    }
    lines
}

/// A condition that a trainee does not meet, in words to that trainee.
pub(in crate::placements) fn unmet_words(lang: Lang, unmet: &Unmet, book: &Book) -> String {
    match unmet {
        Unmet::Cohort => lang.plc_unmet_cohort().to_owned(),
        Unmet::Route(routes) => {
            let labels: Vec<&str> = routes.iter().map(|it| it.label(lang)).collect();
            lang.plc_unmet_route(&names(lang, &labels))
        }
        Unmet::Module(id) => {
            let module = book.module(*id);
            let name = module.map_or("–".to_owned(), |it| {
                format!("{} {}", it.code, it.name(lang))
            });
            lang.plc_unmet_module(&name)
        }
        Unmet::Competency {
            competency,
            level,
            has,
        } => {
            let name = book.competency(*competency).map_or("–", |it| it.name(lang));
            lang.plc_unmet_competency(name, *level, *has)
        }
        Unmet::Language(it) => lang.plc_unmet_language(it.label(lang)),
        Unmet::Authorisation(any) => {
            let labels: Vec<&str> = any.iter().map(|it| it.label(lang)).collect();
            lang.plc_unmet_authorisation(&names(lang, &labels))
        }
        Unmet::Degree(it) => lang.plc_unmet_degree(it.label(lang)),
        Unmet::Graduation(from, to) => {
            let year = |it: &Option<i32>| it.map_or("…".to_owned(), |it| it.to_string());
            lang.plc_unmet_graduation(&year(from), &year(to))
        }
        Unmet::MainlandPermit => lang.plc_unmet_permit().to_owned(),
        Unmet::Resident => lang.plc_unmet_resident().to_owned(),
        Unmet::Employed => lang.plc_unmet_employed().to_owned(),
    }
}

/// The headings of a file of postings.
pub(super) fn file_header(lang: Lang) -> Vec<String> {
    let mut header: Vec<String> = [
        lang.plc_number(),
        lang.plc_institution(),
        lang.plc_round(),
        lang.plc_status(),
        lang.plc_areas(),
        lang.plc_seats(),
        lang.plc_reserve_seats(),
        lang.plc_allowance(),
        lang.plc_starts_on(),
        lang.plc_ends_on(),
        lang.plc_interests(),
        lang.plc_comment(),
    ]
    .map(str::to_owned)
    .into();
    header.extend(FIELDS.iter().map(|it| label(lang, it)));
    header
}

/// A posting as a line of that file.
pub(super) fn file_line(lang: Lang, it: &Posting, areas: &[Area]) -> Result<Vec<String>> {
    let content = it.content()?;
    let day = |day: Option<chrono::NaiveDate>| day.map(|it| it.to_string()).unwrap_or_default();
    let mut line = vec![
        it.number.clone(),
        it.organisation(lang).to_owned(),
        it.round(lang).to_owned(),
        it.state()?.label(lang).to_owned(),
        area_names(lang, it, areas),
        it.seats.to_string(),
        it.reserve_seats.to_string(),
        it.allowance_cents.map(typed_cents).unwrap_or_default(),
        day(it.starts_on),
        day(it.ends_on),
        it.interests.to_string(),
        it.comment.clone(),
    ];
    line.extend(FIELDS.iter().map(|spec| match content.get(spec.name) {
        "" => String::new(),
        value => spec.say(lang, value),
    }));
    Ok(line)
}
