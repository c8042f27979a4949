//! A document of the API as the fields of the form that judges it, and back.

use super::super::pages::forms::{PARTS, part_values};
use super::super::queries::Book;
use super::super::rules::{self, Assessment, Theme};
use super::{AssessmentPart, BothLanguages, CompetencyClaim, FrameworkBasis, ModuleContent};
use crate::error::{Error, Result};
use crate::web::Pairs;

/// Frameworks as the form takes them.
pub(super) fn basis_text(basis: &[FrameworkBasis]) -> String {
    let lines = basis.iter().map(|it| format!("{} {}", it.code, it.levels));
    lines.collect::<Vec<_>>().join("\n")
}

/// What a field of the form is called in the document.
pub(super) fn named(field: &str) -> Option<&'static str> {
    Some(match field {
        "contact" => "contact_hours",
        "self_study" => "self_study_hours",
        "assessment" => "assessment_hours",
        "level" => "indicative_level",
        "outcomes_en" | "outcomes_zh" => "outcomes",
        "basis" => "references",
        _ => match field.split_once('_')?.0 {
            "level" => "competencies",
            "kind" | "weight" | "title" | "must" => "assessments",
            _ => return None,
        },
    })
}

/// Fields of the form that a document gives, and the names that they take the place of.
#[derive(Default)]
struct Fields {
    pairs: Vec<(String, String)>,
    replaced: Vec<String>,
}

impl Fields {
    fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.replaced.push(name.clone());
        self.pairs.push((name, value.into()));
    }

    fn maybe<T: ToString>(&mut self, name: &str, value: Option<T>) {
        if let Some(value) = value {
            self.set(name, value.to_string());
        }
    }

    fn over(self, base: &Pairs) -> Pairs {
        let kept = base
            .iter()
            .filter(|(name, _)| self.replaced.iter().all(|it| it != name));
        let mut pairs: Vec<(String, String)> = kept
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        pairs.extend(self.pairs);
        Pairs::new(pairs)
    }
}

fn emptied<T: ToString>(value: Option<Option<T>>) -> Option<String> {
    value.map(|it| it.map(|it| it.to_string()).unwrap_or_default())
}

/// The document as fields of the form, over those that stand.
pub(super) fn fields(content: ModuleContent, base: &Pairs, book: &Book) -> Result<Pairs> {
    let mut to = Fields::default();
    to.maybe("name_en", content.name_en);
    to.maybe("name_zh", content.name_zh);
    to.maybe("summary_en", content.summary_en);
    to.maybe("summary_zh", content.summary_zh);
    to.maybe("contact", content.contact_hours);
    to.maybe("self_study", content.self_study_hours);
    to.maybe("assessment", content.assessment_hours);
    to.maybe("level", content.indicative_level);
    to.maybe("qr_registration", emptied(content.qr_registration));
    to.maybe("qr_valid_from", emptied(content.qr_valid_from));
    to.maybe("qr_valid_to", emptied(content.qr_valid_to));
    to.maybe("effective_from", emptied(content.effective_from));
    if let Some(outcomes) = content.outcomes {
        let lines = |pick: fn(&BothLanguages) -> &String| {
            let texts: Vec<String> = outcomes
                .iter()
                .map(|it| pick(it).replace('\n', " "))
                .collect();
            texts.join("\n")
        };
        to.set("outcomes_en", lines(|it| &it.en));
        to.set("outcomes_zh", lines(|it| &it.zh));
    }
    if let Some(themes) = content.themes {
        to.replaced.push("themes".to_owned());
        let ticked = themes.iter().map(|it| ("themes".to_owned(), it.clone()));
        to.pairs.extend(ticked);
        if themes.iter().any(|word| Theme::parse(word).is_none()) {
            return Err(crate::web::api::no_choice("themes"));
        }
    }
    if let Some(groups) = content.prerequisites {
        let lines: Vec<String> = groups.iter().map(|it| it.join(", ")).collect();
        to.set("prerequisites", lines.join("\n"));
    }
    if let Some(basis) = content.references {
        to.set("basis", basis_text(&basis));
    }
    set_parts(&mut to, content.assessments)?;
    set_claims(&mut to, content.competencies, book)?;
    Ok(to.over(base))
}

fn set_parts(to: &mut Fields, parts: Option<Vec<AssessmentPart>>) -> Result<()> {
    let Some(parts) = parts else { return Ok(()) };
    if parts.len() > usize::try_from(PARTS).unwrap_or(0) {
        return Err(Error::field("assessments", "too_many", |lang| {
            lang.form_number(0, PARTS)
        }));
    }
    for n in 1..=PARTS {
        for field in ["kind", "weight", "title_en", "title_zh", "must"] {
            to.replaced.push(format!("{field}_{n}"));
        }
    }
    for (n, it) in (1..).zip(parts) {
        let part = Assessment {
            kind: it.kind,
            title: rules::Pair::new(it.title_en, it.title_zh),
            weight: it.weight,
            must_pass: it.must_pass,
        };
        to.pairs.extend(part_values(n, &part));
    }
    Ok(())
}

fn set_claims(to: &mut Fields, claims: Option<Vec<CompetencyClaim>>, book: &Book) -> Result<()> {
    let Some(claims) = claims else { return Ok(()) };
    for it in &book.competencies {
        to.replaced.push(format!("level_{}", it.id));
    }
    for claim in claims {
        let found = book.competencies.iter().find(|it| it.code == claim.code);
        let Some(it) = found else {
            return Err(Error::field("competencies", "unknown", |lang| {
                lang.curriculum_unknown(&claim.code)
            }));
        };
        if it.archived_at.is_some() {
            return Err(Error::field("competencies", "archived", |lang| {
                lang.curriculum_archived_word(&claim.code)
            }));
        }
        to.pairs
            .push((format!("level_{}", it.id), claim.level.to_string()));
    }
    Ok(())
}
