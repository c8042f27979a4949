//! What a trainee has gained: hours by category, and competencies.

use std::collections::BTreeMap;

use crate::curriculum::queries::{Book, Version, versions_on};
use crate::curriculum::rules::{Theme, level_label};
use crate::error::Result;
use crate::ids::ModuleId;
use crate::lang::Lang;
use crate::lang::format::duration;
use crate::web::Cx;

use super::super::rules::verdict::Facts;

/// Hours of a kind, as a bar.
pub struct Bar {
    /// Of what.
    pub label: String,
    /// Hours and minutes in words.
    pub hours: String,
    /// Part of the longest, as SVG reads it.
    pub width: String,
}

/// A competency that a passed module gave.
pub struct Competence {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The highest level reached, in words.
    pub level: String,
}

/// Both.
pub struct Gained {
    /// Hours by category.
    pub bars: Vec<Bar>,
    /// Competencies of the modules that are passed, by code.
    pub competencies: Vec<Competence>,
}

/// The versions of the modules that count as passed.
fn passed(cx: &mut Cx<'_, '_>, facts: &Facts, on: chrono::NaiveDate) -> Result<Vec<Version>> {
    let done = facts.modules.iter().filter(|(_, it)| it.done());
    let done: Vec<ModuleId> = done.map(|(id, _)| *id).collect();
    Ok(versions_on(cx.conn, &done, on)?.into_values().collect())
}

/// Hours by category: classes as attended, study and assessment of what is passed, and themes.
fn bars(facts: &Facts, passed: &[Version], lang: Lang) -> Vec<Bar> {
    let attended: u32 = facts.modules.values().map(|it| it.hours.attended).sum();
    let minutes = |hours: i32| u32::try_from(hours).unwrap_or(0).saturating_mul(60);
    let sum = |of: fn(&Version) -> i32| passed.iter().map(|it| minutes(of(it))).sum::<u32>();
    let mut all = vec![
        (lang.progress_hours_contact().to_owned(), attended),
        (
            lang.progress_hours_study().to_owned(),
            sum(|it| it.content.self_study),
        ),
        (
            lang.progress_hours_assessment().to_owned(),
            sum(|it| it.content.assessment),
        ),
    ];
    for theme in Theme::ALL {
        let with = passed
            .iter()
            .filter(|it| it.content.themes.iter().any(|word| word == theme.as_str()));
        let hours: u32 = with.map(|it| minutes(it.content.notional())).sum();
        if hours > 0 {
            all.push((lang.progress_hours_theme(theme.label(lang)), hours));
        }
    }
    let most = all.iter().map(|(_, minutes)| *minutes).max().unwrap_or(0);
    let bar = |(label, minutes): (String, u32)| Bar {
        label,
        hours: duration(minutes, lang),
        width: format!(
            "{}%",
            minutes.saturating_mul(100).checked_div(most).unwrap_or(0)
        ),
    };
    all.into_iter().map(bar).collect()
}

/// Competencies of what is passed, each at the highest level reached.
fn competencies(passed: &[Version], book: &Book, lang: Lang) -> Vec<Competence> {
    let mut best = BTreeMap::new();
    for claim in passed.iter().flat_map(|it| &it.content.competencies) {
        let level = best.entry(claim.competency).or_insert(claim.level);
        *level = (*level).max(claim.level);
    }
    let mut all: Vec<Competence> = best
        .into_iter()
        .filter_map(|(id, level)| {
            let it = book.competency(id)?;
            Some(Competence {
                code: it.code.clone(),
                name: it.name(lang).to_owned(),
                level: format!("{level} {}", level_label(level, lang)),
            })
        })
        .collect();
    all.sort_by(|a, b| a.code.cmp(&b.code));
    all
}

/// What these facts amount to, by the versions of the modules in force when the cohort began.
///
/// # Errors
/// The database's.
pub fn gained(
    cx: &mut Cx<'_, '_>,
    facts: &Facts,
    starts_on: chrono::NaiveDate,
    book: &Book,
) -> Result<Gained> {
    let lang = cx.lang();
    let passed = passed(cx, facts, starts_on)?;
    Ok(Gained {
        bars: bars(facts, &passed, lang),
        competencies: competencies(&passed, book, lang),
    })
}
