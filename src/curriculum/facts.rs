//! A version in words: the one list of facts that the record shows, the preview of a publication
//! compares, and readers of either language are told alike.

use chrono::NaiveDate;

use crate::lang::Lang;
use crate::lang::format::date;

use super::queries::{Book, Reference};
use super::rules::changes::Fact;
use super::rules::{Basis, Content, Holds, Theme, credit_tenths, credits, level_label, may_say_qf};

/// The groups of prerequisites as sentences: each must hold.
#[must_use]
pub fn prerequisites(content: &Content, book: &Book, lang: Lang) -> Vec<String> {
    content
        .prerequisites
        .iter()
        .map(|group| {
            let codes: Vec<&str> = group
                .iter()
                .map(|id| book.module(*id).map_or("–", |it| it.code.as_str()))
                .collect();
            match codes.as_slice() {
                [only] => (*only).to_owned(),
                several => lang.curriculum_any_of(&several.join(lang.curriculum_comma())),
            }
        })
        .collect()
}

/// The competencies with the level reached.
#[must_use]
pub fn competencies(content: &Content, book: &Book, lang: Lang) -> Vec<(String, String, String)> {
    content
        .competencies
        .iter()
        .filter_map(|it| {
            let competency = book.competency(it.competency)?;
            Some((
                competency.code.clone(),
                competency.name(lang).to_owned(),
                format!("{} {}", it.level, level_label(it.level, lang)),
            ))
        })
        .collect()
}

/// A framework on which a version rests, as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rests {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Levels; may be empty.
    pub levels: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// What is to be said of its validity today; empty for what is simply in force.
    pub remark: String,
}

/// What is to be said of a reference's validity today.
#[must_use]
pub fn validity(reference: &Reference, lang: Lang, today: NaiveDate) -> String {
    let replaced = reference.successor.as_deref();
    match (reference.holds(today), replaced, reference.valid_to) {
        (Holds::NotYet, _, _) => reference.valid_from.map_or_else(String::new, |day| {
            lang.curriculum_holds_from(&date(lang, day))
        }),
        (Holds::Over, Some(by), Some(day)) => lang.curriculum_replaced_since(&date(lang, day), by),
        (Holds::Now | Holds::Over, Some(by), _) => lang.curriculum_replaced_by(by),
        (Holds::Over, None, Some(day)) => lang.curriculum_held_until(&date(lang, day)),
        (Holds::Over, None, None) => lang.curriculum_over().to_owned(),
        (Holds::Now, None, _) => String::new(),
    }
}

/// The frameworks on which a version or a competency rests; one that was replaced says by what.
#[must_use]
pub fn basis(basis: &[Basis], book: &Book, lang: Lang, today: NaiveDate) -> Vec<Rests> {
    basis
        .iter()
        .filter_map(|it| {
            let reference = book.reference(it.reference)?;
            Some(Rests {
                code: reference.code.clone(),
                title: reference.title(lang).to_owned(),
                levels: it.levels.clone(),
                url: reference.url.clone(),
                remark: validity(reference, lang, today),
            })
        })
        .collect()
}

/// How the level may be spoken of on a day: as a level of the framework only under an entry of the
/// register, else as indicative.
#[must_use]
pub fn level(content: &Content, lang: Lang, on: NaiveDate) -> String {
    match &content.registration {
        Some(it) if may_say_qf(Some(it), content.level, on) => {
            lang.curriculum_qf_level(content.level, &it.number)
        }
        _ => lang.curriculum_indicative(content.level),
    }
}

/// Credits of the Qualifications Framework, where they may be spoken of on a day.
#[must_use]
pub fn qf_credits(content: &Content, on: NaiveDate) -> Option<String> {
    may_say_qf(content.registration.as_ref(), content.level, on)
        .then(|| credits(credit_tenths(content.notional())))
}

fn lines(texts: impl IntoIterator<Item = String>) -> String {
    texts.into_iter().collect::<Vec<_>>().join("\n")
}

/// Every fact of a version in both of its languages where it has two, as the preview of its
/// publication compares them.
#[must_use]
pub fn all(content: &Content, book: &Book, lang: Lang) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |label: &str, value: String| facts.push((label.to_owned(), value));
    fact(lang.curriculum_name_en(), content.name.en.clone());
    fact(lang.curriculum_name_zh(), content.name.zh.clone());
    fact(lang.curriculum_summary_en(), content.summary.en.clone());
    fact(lang.curriculum_summary_zh(), content.summary.zh.clone());
    let outcomes = |pick: fn(&super::rules::Pair) -> &String| {
        lines(
            (1..)
                .zip(&content.outcomes)
                .map(|(n, it)| format!("{n}. {}", pick(it))),
        )
    };
    fact(lang.curriculum_outcomes_en(), outcomes(|it| &it.en));
    fact(lang.curriculum_outcomes_zh(), outcomes(|it| &it.zh));
    fact(lang.curriculum_contact(), content.contact.to_string());
    fact(lang.curriculum_self_study(), content.self_study.to_string());
    fact(lang.curriculum_assessed(), content.assessment.to_string());
    fact(lang.curriculum_notional(), content.notional().to_string());
    fact(lang.curriculum_level(), content.level.to_string());
    let entry = content.registration.as_ref();
    let entry = entry.map(|it| {
        let (from, to) = (date(lang, it.valid_from), date(lang, it.valid_to));
        format!("{}, {from} – {to}", it.number)
    });
    fact(lang.curriculum_qr(), entry.unwrap_or_default());
    fact(lang.curriculum_themes(), themes(content, lang));
    fact(lang.curriculum_plan(), lines(plan(content, lang)));
    fact(
        lang.curriculum_prerequisites(),
        lines(prerequisites(content, book, lang)),
    );
    let claimed = competencies(content, book, lang);
    fact(
        lang.curriculum_competencies(),
        lines(claimed.into_iter().map(|(c, n, l)| format!("{c} {n}: {l}"))),
    );
    let rests = content.basis.iter().filter_map(|it| {
        let code = &book.reference(it.reference)?.code;
        Some(format!("{code} {}", it.levels).trim().to_owned())
    });
    fact(lang.curriculum_basis(), lines(rests));
    let day = content.effective_from.map(|day| date(lang, day));
    fact(lang.curriculum_effective(), day.unwrap_or_default());
    facts
}

/// The themes by name.
#[must_use]
pub fn themes(content: &Content, lang: Lang) -> String {
    let names: Vec<&str> = content
        .themes
        .iter()
        .filter_map(|it| Theme::parse(it).map(|it| it.label(lang)))
        .collect();
    names.join(lang.curriculum_comma())
}

/// The assessment plan, a line for each part.
#[must_use]
pub fn plan(content: &Content, lang: Lang) -> Vec<String> {
    content
        .assessments
        .iter()
        .map(|it| {
            let must = if it.must_pass {
                lang.aside(lang.curriculum_must_pass())
            } else {
                String::new()
            };
            format!(
                "{}% {}{}{} / {}{must}",
                it.weight,
                it.kind_label(lang),
                lang.pick(": ", "："),
                it.title.en,
                it.title.zh
            )
        })
        .collect()
}
