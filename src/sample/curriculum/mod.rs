//! The curriculum of the sample programme: eight modules, their competencies and references, made
//! through the actions.

use std::collections::BTreeMap;

use crate::access::ProgrammeStaff;
use crate::curriculum::actions;
use crate::curriculum::lists_actions::{self, NewCompetency, NewReference};
use crate::curriculum::queries;
use crate::curriculum::rules::{Assessment, Basis, Claim, Content, Pair};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{CompetencyId, ModuleId, ReferenceId};

use super::day;

mod competencies;
mod modules;
mod references;

use competencies::COMPETENCIES;
use modules::{Both, MODULES, Module};
use references::REFERENCES;

fn pair([en, zh]: &Both) -> Pair {
    Pair::new(*en, *zh)
}

/// Ids of what is made, by code.
#[derive(Default)]
struct Made {
    modules: BTreeMap<&'static str, ModuleId>,
    competencies: BTreeMap<&'static str, CompetencyId>,
    references: BTreeMap<&'static str, ReferenceId>,
}

/// Frameworks, without levels.
fn basis(made: &Made, codes: &[&str]) -> Result<Vec<Basis>> {
    let one = |code: &&str| {
        Ok(Basis {
            reference: known(&made.references, code)?,
            levels: String::new(),
        })
    };
    codes.iter().map(one).collect()
}

fn known<T: Copy>(made: &BTreeMap<&'static str, T>, code: &str) -> Result<T> {
    made.get(code)
        .copied()
        .ok_or_else(|| Error::Internal(format!("the sample names {code} before it is made")))
}

/// Makes and publishes the eight modules.
pub(super) fn make(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<()> {
    let mut made = Made::default();
    for (framework, edition, code, title, from, to, by) in REFERENCES {
        let successor = match *by {
            "" => None,
            by => Some(known(&made.references, by)?),
        };
        let new = NewReference {
            framework: (*framework).to_owned(),
            edition: (*edition).to_owned(),
            code: (*code).to_owned(),
            title: pair(title),
            url: None,
            valid_from: from.parse().ok(),
            valid_to: to.parse().ok(),
            superseded_by: successor,
        };
        let id = lists_actions::add_reference(conn, staff, &new)?;
        made.references.insert(code, id);
    }
    for (code, name, description, rests) in COMPETENCIES {
        let new = NewCompetency {
            code: (*code).to_owned(),
            name: pair(name),
            description: pair(description),
            basis: basis(&made, rests)?,
        };
        let id = lists_actions::add_competency(conn, staff, &new)?;
        made.competencies.insert(code, id);
    }
    for module in MODULES {
        let content = content(&made, module)?;
        let id = actions::create(conn, staff, module.code, &content)?;
        let versions = queries::of_module(conn, staff, id)?;
        let seen = actions::draft(&versions).map_or(1, |draft| draft.version);
        actions::publish(conn, staff, id, seen)?;
        made.modules.insert(module.code, id);
    }
    Ok(())
}

fn content(made: &Made, it: &Module) -> Result<Content> {
    let [contact, self_study, assessment] = it.hours;
    let group = |codes: &&[&str]| -> Result<Vec<ModuleId>> {
        codes.iter().map(|it| known(&made.modules, it)).collect()
    };
    let claim = |(code, level): &(&str, i32)| -> Result<Claim> {
        let competency = known(&made.competencies, code)?;
        Ok(Claim {
            competency,
            level: *level,
        })
    };
    let basis = |(code, levels): &(&str, &str)| -> Result<Basis> {
        Ok(Basis {
            reference: known(&made.references, code)?,
            levels: (*levels).to_owned(),
        })
    };
    Ok(Content {
        name: pair(&it.name),
        summary: pair(&it.summary),
        outcomes: it.outcomes.iter().map(pair).collect(),
        contact,
        self_study,
        assessment,
        level: it.level,
        registration: None,
        themes: it.themes.iter().map(|it| (*it).to_owned()).collect(),
        assessments: it
            .plan
            .iter()
            .map(|(kind, title, weight, must_pass)| Assessment {
                kind: (*kind).to_owned(),
                title: pair(title),
                weight: *weight,
                must_pass: *must_pass,
            })
            .collect(),
        prerequisites: it.asks.iter().map(group).collect::<Result<_>>()?,
        competencies: it.competencies.iter().map(claim).collect::<Result<_>>()?,
        basis: it.basis.iter().map(basis).collect::<Result<_>>()?,
        effective_from: Some(day(2026, 1, 1)),
    })
}
