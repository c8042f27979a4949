//! The bar above the staff's list: filters, order, and what is filtered now.

use crate::lang::Lang;
use crate::web::Pairs;

use super::Route;
use super::desk_list::{Filter, Pending, Reading, STATES, Sort, current};
use super::desk_pages::{source_label, with_query};
use super::rules::Decision;

/// A choice of a filter.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// A select of the filter bar.
pub(super) struct Select {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
}

/// A heading that sorts.
pub(super) struct Heading {
    pub(super) label: &'static str,
    pub(super) href: String,
    pub(super) order: Option<&'static str>,
    pub(super) number: bool,
}

fn sort_label(sort: Sort, lang: Lang) -> &'static str {
    match sort {
        Sort::Name => lang.desk_name(),
        Sort::Reference => lang.desk_reference(),
        Sort::State => lang.desk_state(),
        Sort::Score => lang.desk_score(),
        Sort::Submitted => lang.desk_submitted(),
    }
}

/// The choices of order: for the phone, where column heads are not seen, and for the columns that
/// have none.
pub(super) fn sorts(filter: &Filter, lang: Lang) -> Vec<Choice> {
    Sort::ALL
        .into_iter()
        .flat_map(|sort| [(sort, false), (sort, true)])
        .map(|(sort, down)| {
            let word = sort_label(sort, lang);
            Choice {
                value: format!("{}{}", if down { "-" } else { "" }, sort.as_str()),
                label: if down {
                    lang.desk_descending(word)
                } else {
                    word.to_owned()
                },
                chosen: filter.sort == sort && filter.down == down,
            }
        })
        .collect()
}

/// The headings that sort.
pub(super) fn headings(query: &Pairs, filter: &Filter, lang: Lang, base: &str) -> Vec<Heading> {
    [
        Sort::Name,
        Sort::Reference,
        Sort::State,
        Sort::Score,
        Sort::Submitted,
    ]
    .into_iter()
    .map(|sort| {
        let on = filter.sort == sort;
        // A score is looked at from the best down.
        let down = if on {
            !filter.down
        } else {
            sort == Sort::Score
        };
        let value = format!("{}{}", if down { "-" } else { "" }, sort.as_str());
        Heading {
            label: sort_label(sort, lang),
            href: format!("{base}?{}", query.with(&[("after", ""), ("sort", &value)])),
            order: on.then_some(if filter.down {
                "descending"
            } else {
                "ascending"
            }),
            number: sort == Sort::Score,
        }
    })
    .collect()
}

/// Id, kind and name of the organisations in the frame.
fn organisations(value: &serde_json::Value, lang: Lang) -> Vec<(String, String, String)> {
    let text = |row: &serde_json::Value, at: usize| {
        row.get(at)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    value
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| (text(row, 0), text(row, 1), text(row, lang.pick(2, 3))))
        .collect()
}

fn select(
    name: &'static str,
    label: &'static str,
    chosen: Option<&str>,
    choices: Vec<(String, String)>,
) -> Select {
    Select {
        name,
        label,
        choices: choices
            .into_iter()
            .map(|(value, label)| Choice {
                chosen: chosen == Some(value.as_str()),
                value,
                label,
            })
            .collect(),
    }
}

fn state_word(word: &str, lang: Lang) -> String {
    current(word, None, false).map_or_else(|| word.to_owned(), |it| it.label(lang).to_owned())
}

/// The word of a reading.
fn reading_label(reading: Reading, lang: Lang) -> &'static str {
    match reading {
        Reading::Unassigned => lang.desk_reading_unassigned(),
        Reading::Waiting => lang.desk_reading_waiting(),
        Reading::Scored => lang.desk_reading_scored(),
        Reading::Unscored => lang.desk_reading_unscored(),
        Reading::Disagree => lang.desk_reading_disagree(),
    }
}

fn pending_word(pending: Pending) -> &'static str {
    match pending {
        Pending::Is(decision) => decision.as_str(),
        Pending::Any => "any",
        Pending::None => "none",
    }
}

fn organisation_choices(
    orgs: &[(String, String, String)],
    university: bool,
) -> Vec<(String, String)> {
    orgs.iter()
        .filter(|(_, kind, _)| (kind == "university") == university)
        .map(|(id, _, name)| (id.clone(), name.clone()))
        .collect()
}

fn decision_choices(lang: Lang) -> Vec<(String, String)> {
    let own = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    [
        own("any", lang.desk_decision_any()),
        own("none", lang.desk_decision_none()),
    ]
    .into_iter()
    .chain(
        Decision::ALL
            .iter()
            .map(|it| own(it.as_str(), it.label(lang))),
    )
    .collect()
}

/// The selects of the filter bar.
pub(super) fn selects(filter: &Filter, orgs: &serde_json::Value, lang: Lang) -> Vec<Select> {
    let own = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let orgs = organisations(orgs, lang);
    let id = |it: Option<uuid::Uuid>| it.map(|it| it.to_string());
    let states = STATES.iter().map(|it| own(it, &state_word(it, lang)));
    let routes = Route::ALL.iter().map(|it| own(it.as_str(), it.label(lang)));
    let readings = Reading::ALL
        .iter()
        .map(|it| own(it.as_str(), reading_label(*it, lang)));
    let sources = ["web", "import", "api"]
        .iter()
        .map(|it| own(it, source_label(it, lang)));
    let text = |it: Option<&str>| it.map(str::to_owned);
    [
        (
            "state",
            lang.desk_state(),
            filter.state.clone(),
            states.collect(),
        ),
        (
            "route",
            lang.desk_route(),
            text(filter.route.map(Route::as_str)),
            routes.collect(),
        ),
        (
            "university",
            lang.desk_university(),
            id(filter.university),
            organisation_choices(&orgs, true),
        ),
        (
            "employer",
            lang.desk_employer(),
            id(filter.employer),
            organisation_choices(&orgs, false),
        ),
        (
            "decision",
            lang.desk_decision(),
            text(filter.decision.map(pending_word)),
            decision_choices(lang),
        ),
        (
            "reading",
            lang.desk_reviews(),
            text(filter.reading.map(Reading::as_str)),
            readings.collect(),
        ),
        (
            "source",
            lang.desk_source(),
            filter.source.clone(),
            sources.collect(),
        ),
    ]
    .into_iter()
    .map(|(name, label, chosen, choices)| select(name, label, chosen.as_deref(), choices))
    .collect()
}

/// What is filtered now, each with the address that leaves it out.
pub(super) fn chips(
    query: &Pairs,
    filter: &Filter,
    orgs: &serde_json::Value,
    lang: Lang,
    base: &str,
) -> Vec<(String, String)> {
    let mut chips: Vec<(&str, String)> = Vec::new();
    if !filter.terms.is_empty() {
        chips.push(("q", format!("“{}”", query.typed("q").trim())));
    }
    for select in selects(filter, orgs, lang) {
        chips.extend(
            select
                .choices
                .into_iter()
                .filter(|it| it.chosen)
                .map(|it| (select.name, it.label)),
        );
    }
    chips
        .into_iter()
        .map(|(name, label)| {
            let rest = query.with(&[(name, ""), ("after", "")]);
            (label, with_query(base.to_owned(), &rest))
        })
        .collect()
}
