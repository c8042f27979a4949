//! A version of the completion rules, as data.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::curriculum::rules::Pair;
use crate::error::FieldError;
use crate::ids::ModuleId;
use crate::lang::Lang;

use super::Excused;

/// A whole, in basis points: a hundred per cent.
pub const WHOLE: u16 = 10_000;
/// Most groups of options.
pub const MOST_GROUPS: usize = 3;
/// Most forms.
pub const MOST_FORMS: usize = 12;

/// How much must be attended, in basis points of the minutes held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// Over all modules together.
    pub whole: Option<u16>,
    /// In each module that everybody passes.
    pub each: Option<u16>,
    /// What an excused absence counts as, as its word; empty: it is left out.
    #[serde(default)]
    pub excused: String,
}

impl Attendance {
    /// What an excused absence counts as.
    #[must_use]
    pub fn excused(&self) -> Excused {
        Excused::parse(&self.excused).unwrap_or(Excused::LeftOut)
    }
}

/// A number of modules out of several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// How many.
    pub n: u32,
    /// Of these.
    pub of: Vec<ModuleId>,
}

/// Marks in hundredths of a per cent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marks {
    /// The lowest mark of a module that counts.
    pub each: Option<u16>,
    /// The lowest mean of marks, weighted by notional hours.
    pub average: Option<u16>,
}

/// A form that every trainee hands in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedForm {
    /// Key, the same in later versions.
    pub key: String,
    /// What it is called.
    pub name: Pair,
}

/// Practice: the capstone, or a placement in its stead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    /// The capstone's module.
    pub capstone: Option<ModuleId>,
    /// Does a completed placement do as well?
    #[serde(default)]
    pub placement: bool,
}

/// What it takes to complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletionRules {
    /// What the version is called.
    pub name: Pair,
    /// Attendance.
    #[serde(default)]
    pub attendance: Attendance,
    /// Modules that everybody passes.
    #[serde(default)]
    pub all_of: Vec<ModuleId>,
    /// Groups of options; each must hold.
    #[serde(default)]
    pub any_of: Vec<Choice>,
    /// Marks.
    #[serde(default)]
    pub marks: Marks,
    /// Forms.
    #[serde(default)]
    pub forms: Vec<NamedForm>,
    /// Placement or capstone.
    #[serde(default)]
    pub practice: Option<Practice>,
}

impl CompletionRules {
    /// Every module that the rules name, each once, in their order.
    #[must_use]
    pub fn modules(&self) -> Vec<ModuleId> {
        let capstone = self.practice.iter().filter_map(|it| it.capstone);
        let options = self.any_of.iter().flat_map(|it| it.of.iter().copied());
        let mut seen = BTreeSet::new();
        self.all_of
            .iter()
            .copied()
            .chain(options)
            .chain(capstone)
            .filter(|it| seen.insert(*it))
            .collect()
    }

    /// Modules without which nobody can complete, of those that are not offered: what everybody passes, the
    /// capstone unless a placement does as well, and the options of a group with too few on offer.
    #[must_use]
    pub fn out_of_reach(&self, offered: &BTreeSet<ModuleId>) -> Vec<ModuleId> {
        let practice = self.practice.iter().filter(|it| !it.placement);
        let capstone = practice.filter_map(|it| it.capstone);
        let short = |it: &&Choice| {
            let on_offer = it.of.iter().filter(|of| offered.contains(of)).count();
            u32::try_from(on_offer).is_ok_and(|on_offer| on_offer < it.n)
        };
        let options = self.any_of.iter().filter(short).flat_map(|it| it.of.iter());
        let mut seen = BTreeSet::new();
        self.all_of
            .iter()
            .chain(options)
            .copied()
            .chain(capstone)
            .filter(|it| !offered.contains(it) && seen.insert(*it))
            .collect()
    }

    /// Do they ask for anything?
    #[must_use]
    pub fn asks(&self) -> bool {
        self.attendance.whole.is_some()
            || !self.all_of.is_empty()
            || !self.any_of.is_empty()
            || self.marks.average.is_some()
            || !self.forms.is_empty()
            || self.practice.is_some()
    }
}

/// A per cent as people write it, `80` or `72.5`, in hundredths of a per cent up to a whole.
#[must_use]
pub fn percent(text: &str) -> Option<u16> {
    let text = text.trim().trim_end_matches(['%', '％']).trim_end();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |it: &str| it.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let hundredths: u16 = format!("{part:0<2}").parse().ok()?;
    let value = whole.parse::<u16>().ok()?.checked_mul(100)?;
    value.checked_add(hundredths).filter(|it| *it <= WHOLE)
}

/// Hundredths of a per cent as people write them, without the sign.
#[must_use]
pub fn percent_text(value: u32) -> String {
    crate::lang::per_cent(i64::from(value))
}

/// Is this a form's key: small letters, digits and `_`, beginning with a letter?
#[must_use]
pub fn is_key(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(plain)
}

fn problem(field: &str, code: &'static str, text: fn(Lang) -> &'static str) -> FieldError {
    FieldError::new(field, code, |lang| text(lang).to_owned())
}

fn share_problems(rules: &CompletionRules) -> Vec<FieldError> {
    let shares = [
        ("whole", rules.attendance.whole),
        ("each", rules.attendance.each),
        ("mark", rules.marks.each),
        ("average", rules.marks.average),
    ];
    shares
        .into_iter()
        .filter(|(_, share)| share.is_some_and(|it| it == 0 || it > WHOLE))
        .map(|(field, _)| problem(field, "share", Lang::progress_bad_share))
        .collect()
}

fn choice_problems(rules: &CompletionRules) -> Vec<FieldError> {
    let mut problems = Vec::new();
    if rules.any_of.len() > MOST_GROUPS {
        problems.push(problem("any_1", "too_many", Lang::progress_bad_groups));
    }
    let mut seen: BTreeSet<ModuleId> = rules.all_of.iter().copied().collect();
    for (number, choice) in (1..).zip(&rules.any_of) {
        let least = usize::try_from(choice.n).unwrap_or(usize::MAX);
        if least == 0 || least > choice.of.len() {
            let field = format!("any_{number}_n");
            problems.push(problem(&field, "count", Lang::progress_bad_count));
        }
        // Counted twice, one pass would do for two lines.
        let before = seen.len();
        seen.extend(&choice.of);
        if seen.len() != before.saturating_add(choice.of.len()) {
            let field = format!("any_{number}");
            problems.push(problem(&field, "twice", Lang::progress_bad_twice));
        }
    }
    problems
}

fn form_problems(rules: &CompletionRules) -> Vec<FieldError> {
    let keys: BTreeSet<&str> = rules.forms.iter().map(|it| it.key.as_str()).collect();
    let named = |it: &NamedForm| {
        !it.name.en.trim().is_empty() && !it.name.zh.trim().is_empty() && is_key(&it.key)
    };
    if keys.len() != rules.forms.len()
        || rules.forms.len() > MOST_FORMS
        || !rules.forms.iter().all(named)
    {
        return vec![problem("forms", "forms", Lang::progress_bad_forms)];
    }
    Vec::new()
}

/// What is wrong with rules, each problem beside its field.
#[must_use]
pub fn problems(rules: &CompletionRules) -> Vec<FieldError> {
    let mut problems = Vec::new();
    for (field, text) in [("name_en", &rules.name.en), ("name_zh", &rules.name.zh)] {
        if text.trim().is_empty() {
            problems.push(problem(field, "required", Lang::progress_need_name));
        }
    }
    problems.extend(share_problems(rules));
    problems.extend(choice_problems(rules));
    problems.extend(form_problems(rules));
    let twice = BTreeSet::from_iter(&rules.all_of).len() != rules.all_of.len();
    if twice {
        problems.push(problem("all_of", "twice", Lang::progress_bad_twice));
    }
    if let Some(practice) = &rules.practice
        && practice.capstone.is_none()
        && !practice.placement
    {
        problems.push(problem("capstone", "required", Lang::progress_bad_practice));
    }
    if !rules.asks() {
        problems.push(problem("all_of", "empty", Lang::progress_bad_empty));
    }
    problems
}
