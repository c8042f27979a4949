//! What a trainee has gained: hours by category, and competencies.

use std::collections::BTreeMap;

use crate::curriculum::queries::{Book, Version, versions_on};
use crate::curriculum::rules::{Theme, level_label};
use crate::error::Result;
use crate::ids::{CompetencyId, ModuleId};
use crate::lang::Lang;
use crate::lang::format::duration;
use crate::web::Cx;

use super::super::queries::{Trainee, seen_at_work};
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

/// A competency that a passed module gave, or that an institution has seen.
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
    /// Competencies of the modules that are passed and of placements, by code.
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

/// Competencies of what is passed, and those that an institution has seen at work, each at the highest level
/// reached.
fn competencies(
    passed: &[Version],
    seen: Vec<(CompetencyId, i32)>,
    book: &Book,
    lang: Lang,
) -> Vec<Competence> {
    let taught = passed.iter().flat_map(|it| &it.content.competencies);
    let taught = taught.map(|it| (it.competency, it.level));
    let mut best = BTreeMap::new();
    for (competency, reached) in taught.chain(seen) {
        let level = best.entry(competency).or_insert(reached);
        *level = (*level).max(reached);
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
    trainee: &Trainee,
    book: &Book,
) -> Result<Gained> {
    let lang = cx.lang();
    let passed = passed(cx, facts, trainee.starts_on)?;
    let seen = seen_at_work(cx.conn, trainee.id)?;
    Ok(Gained {
        bars: bars(facts, &passed, lang),
        competencies: competencies(&passed, seen, book, lang),
    })
}
