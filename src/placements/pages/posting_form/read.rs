//! The fields of a posting's form, read and as they stand.

use std::collections::BTreeMap;

use crate::applications::route::Route;
use crate::curriculum::queries::Book;
use crate::lang::Lang;
use crate::people::rules::Email;
use crate::web::forms::pair;
use crate::web::{Form, Pairs};

use super::super::super::rules::content::{
    Answer, Content, Draft, Entry, FIELDS, Spec, cents, typed_cents,
};
use super::super::super::rules::eligibility::{Authorisation, Degree, Language, Least, Wants};
use super::Known;

fn read_field(form: &mut Form<'_>, typed: &Pairs, spec: &Spec) -> String {
    let strange = |form: &mut Form<'_>| {
        form.error(spec.name, "choice", |lang| lang.form_choice().to_owned());
        String::new()
    };
    match spec.entry {
        Entry::Line(most) | Entry::Area(most) => form.optional(spec.name, most).unwrap_or_default(),
        Entry::Email => {
            let typed = form.optional(spec.name, 254).unwrap_or_default();
            if !typed.is_empty() && Email::parse(&typed).is_err() {
                form.error(spec.name, "email", |lang| lang.plc_need_email().to_owned());
            }
            typed
        }
        Entry::Word(choices) => {
            let word = typed.typed(spec.name).trim();
            if word.is_empty() || choices(Lang::En).iter().any(|(it, _)| it == word) {
                word.to_owned()
            } else {
                strange(form)
            }
        }
        Entry::Words(choices) => {
            let all = choices(Lang::En);
            let words: Vec<&str> = typed.all(spec.name).filter(|it| !it.is_empty()).collect();
            if words
                .iter()
                .all(|word| all.iter().any(|(it, _)| it == word))
            {
                words.join("\n")
            } else {
                strange(form)
            }
        }
        Entry::Number(least, most) => form
            .optional_number(spec.name, least, most)
            .map(|it| it.to_string())
            .unwrap_or_default(),
        Entry::Day => form
            .optional_date(spec.name)
            .map(|it| it.to_string())
            .unwrap_or_default(),
    }
}

/// The ids or words ticked under a name, each known.
fn ticked<T>(
    form: &mut Form<'_>,
    typed: &Pairs,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let mut found = Vec::new();
    for word in typed.all(name).filter(|it| !it.is_empty()) {
        match read(word) {
            Some(it) => found.push(it),
            None => form.error(name, "choice", |lang| lang.form_choice().to_owned()),
        }
    }
    found
}

fn competencies(form: &mut Form<'_>, book: &Book) -> Vec<Least> {
    let typed = form
        .optional("want_competencies", 2_000)
        .unwrap_or_default();
    let mut found = Vec::new();
    for line in typed.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let mut parts = line.split_whitespace();
        let code = parts.next().unwrap_or_default();
        let level = parts.next().and_then(|it| it.parse::<i32>().ok());
        let known = book.competencies.iter().find(|it| it.code == code);
        match (known, level, parts.next()) {
            (Some(it), Some(level), None) if (1..=4).contains(&level) => found.push(Least {
                competency: it.id,
                level,
            }),
            _ => form.error("want_competencies", "competency", |lang| {
                lang.plc_need_competency(line)
            }),
        }
    }
    found
}

fn read_wants(form: &mut Form<'_>, typed: &Pairs, known: &Known) -> Wants {
    let word = |parse: fn(&str) -> bool| move |word: &str| parse(word).then(|| word.to_owned());
    let yes = |name: &str| typed.typed(name) == Answer::Yes.as_str();
    let cohort = |word: &str| {
        let id = word.parse().ok();
        id.filter(|id| known.cohorts.iter().any(|it| it.id == *id))
    };
    let module = |word: &str| {
        let id = word.parse().ok();
        id.filter(|id| known.book.module(*id).is_some())
    };
    let degree = typed.typed("want_degree").trim();
    if !degree.is_empty() && Degree::parse(degree).is_none() {
        form.error("want_degree", "choice", |lang| {
            lang.form_choice().to_owned()
        });
    }
    Wants {
        cohorts: ticked(form, typed, "want_cohorts", cohort),
        routes: ticked(
            form,
            typed,
            "want_routes",
            word(|it| Route::parse(it).is_some()),
        ),
        modules: ticked(form, typed, "want_modules", module),
        competencies: competencies(form, &known.book),
        languages: ticked(
            form,
            typed,
            "want_languages",
            word(|it| Language::parse(it).is_some()),
        ),
        authorisations: ticked(
            form,
            typed,
            "want_authorisations",
            word(|it| Authorisation::parse(it).is_some()),
        ),
        degree: degree.to_owned(),
        graduated_from: form.optional_number("graduated_from", 1960, 2060),
        graduated_to: form.optional_number("graduated_to", 1960, 2060),
        mainland_permit: yes("want_permit"),
        residents: yes("want_residents"),
        not_employed: yes("want_not_employed"),
    }
}

/// Judges a posting's fields.
pub(in crate::placements) fn read(form: &mut Form<'_>, typed: &Pairs, known: &Known) -> Draft {
    let mut content = Content::default();
    for spec in FIELDS {
        let value = read_field(form, typed, spec);
        content.set(spec.name, value);
    }
    let round = form.choice("round", |word| {
        let id = word.parse().ok();
        id.filter(|id| known.rounds.iter().any(|it| it.id == *id))
    });
    let allowance = form.optional("allowance", 20).unwrap_or_default();
    let amount = cents(&allowance);
    if amount.is_none() && !allowance.is_empty() {
        form.error("allowance", "amount", |lang| {
            lang.plc_need_amount().to_owned()
        });
    }
    let group = typed.typed("reserve_group").trim();
    if !group.is_empty() && Route::parse(group).is_none() {
        form.error("reserve_group", "choice", |lang| {
            lang.form_choice().to_owned()
        });
    }
    let mut caps = BTreeMap::new();
    for route in Route::ALL {
        let cap = form.optional_number(&format!("cap_{}", route.as_str()), 0, 1_000);
        if let Some(cap) = cap {
            caps.insert(route.as_str().to_owned(), cap);
        }
    }
    Draft {
        round: round.unwrap_or_default(),
        areas: ticked(form, typed, "areas", |word| word.parse().ok()),
        seats: form.number("seats", 0, 1_000),
        reserve_group: Route::parse(group),
        reserve_seats: form.optional_number("reserve_seats", 0, 1_000).unwrap_or(0),
        caps,
        cents: amount,
        starts_on: form.optional_date("starts_on"),
        ends_on: form.optional_date("ends_on"),
        content,
        wants: read_wants(form, typed, known),
    }
}

fn wants_values(wants: &Wants, book: &Book, all: &mut Vec<(String, String)>) {
    let yes = |it: bool| if it { Answer::Yes.as_str() } else { "" };
    all.extend(
        wants
            .cohorts
            .iter()
            .map(|it| pair("want_cohorts", it.to_string())),
    );
    all.extend(wants.routes.iter().map(|it| pair("want_routes", it)));
    all.extend(
        wants
            .modules
            .iter()
            .map(|it| pair("want_modules", it.to_string())),
    );
    all.extend(wants.languages.iter().map(|it| pair("want_languages", it)));
    all.extend(
        wants
            .authorisations
            .iter()
            .map(|it| pair("want_authorisations", it)),
    );
    let lines = wants.competencies.iter().filter_map(|it| {
        let code = &book.competency(it.competency)?.code;
        Some(format!("{code} {}", it.level))
    });
    all.push(pair(
        "want_competencies",
        lines.collect::<Vec<_>>().join("\n"),
    ));
    let year = |it: Option<i32>| it.map(|it| it.to_string()).unwrap_or_default();
    all.push(pair("want_degree", &wants.degree));
    all.push(pair("graduated_from", year(wants.graduated_from)));
    all.push(pair("graduated_to", year(wants.graduated_to)));
    all.push(pair("want_permit", yes(wants.mainland_permit)));
    all.push(pair("want_residents", yes(wants.residents)));
    all.push(pair("want_not_employed", yes(wants.not_employed)));
}

/// A posting as its fields hold it.
pub(in crate::placements) fn values(draft: &Draft, book: &Book) -> Pairs {
    let day = |day: Option<chrono::NaiveDate>| day.map(|it| it.to_string()).unwrap_or_default();
    let mut all = vec![
        pair("round", draft.round.to_string()),
        pair("seats", draft.seats.to_string()),
        pair(
            "reserve_group",
            draft.reserve_group.map_or("", Route::as_str),
        ),
        pair(
            "allowance",
            draft.cents.map(typed_cents).unwrap_or_default(),
        ),
        pair("starts_on", day(draft.starts_on)),
        pair("ends_on", day(draft.ends_on)),
    ];
    if draft.reserve_seats > 0 {
        all.push(pair("reserve_seats", draft.reserve_seats.to_string()));
    }
    all.extend(draft.areas.iter().map(|it| pair("areas", it.to_string())));
    all.extend(
        draft
            .caps
            .iter()
            .map(|(group, cap)| pair(format!("cap_{group}"), cap.to_string())),
    );
    for spec in FIELDS {
        match spec.entry {
            Entry::Words(_) => {
                let words = draft.content.words(spec.name);
                all.extend(words.into_iter().map(|it| pair(spec.name, it)));
            }
            _ => all.push(pair(spec.name, draft.content.get(spec.name))),
        }
    }
    wants_values(&draft.wants, book, &mut all);
    Pairs::new(all)
}
