//! What a module's version says, when it may be published, and what of it may be said of the
//! Qualifications Framework.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::error::FieldError;
use crate::ids::{CompetencyId, ModuleId, ReferenceId};
use crate::lang::{Lang, refusals, words};

pub mod changes;
pub mod exemption;
pub mod graph;
pub mod order;

words! {
    /// Where a version stands.
    pub enum VersionState {
        /// Being written; only the programme office sees it.
        Draft = "draft" => curriculum_draft,
        /// The newest that was published.
        Published = "published" => curriculum_published,
        /// Was published; a later one took its place.
        Replaced = "replaced" => curriculum_replaced,
    }
}

words! {
    /// A kind of assessment.
    pub enum AssessmentKind {
        /// A case worked through.
        Case = "case" => curriculum_kind_case,
        /// An exercise.
        Exercise = "exercise" => curriculum_kind_exercise,
        /// A quiz.
        Quiz = "quiz" => curriculum_kind_quiz,
        /// An examination or test.
        Exam = "exam" => curriculum_kind_exam,
        /// A written report.
        Report = "report" => curriculum_kind_report,
        /// A note on one's own learning.
        Reflection = "reflection" => curriculum_kind_reflection,
        /// A role play or mock meeting.
        RolePlay = "role_play" => curriculum_kind_role_play,
        /// A defence or presentation by word of mouth.
        Oral = "oral" => curriculum_kind_oral,
        /// Code or a prototype.
        Artefact = "artefact" => curriculum_kind_artefact,
        /// Before a panel of examiners.
        Panel = "panel" => curriculum_kind_panel,
        /// Rated by the host supervisor.
        Rating = "rating" => curriculum_kind_rating,
    }
}

words! {
    /// What a module answers to: the challenges that the source names, and ethics.
    pub enum Theme {
        /// Guidance of regulators.
        Regulation = "regulation" => curriculum_theme_regulation,
        /// Data and systems.
        Data = "data" => curriculum_theme_data,
        /// Data that cross the boundary.
        CrossBoundary = "cross_boundary" => curriculum_theme_cross_boundary,
        /// Talent.
        Talent = "talent" => curriculum_theme_talent,
        /// Ethics.
        Ethics = "ethics" => curriculum_theme_ethics,
    }
}

refusals! {
    /// Why a change to the curriculum is refused.
    pub enum CurriculumRefusal {
        /// There is no draft.
        NoDraft = "module_without_draft" => curriculum_refuse_no_draft,
        /// It is archived.
        Archived = "curriculum_archived" => curriculum_refuse_archived,
        /// It is in use.
        InUse = "curriculum_in_use" => curriculum_refuse_in_use,
        /// Another module asks for it.
        AskedFor = "module_asked_for" => curriculum_refuse_asked_for,
        /// The draft says what the published version says.
        Nothing = "module_draft_changes_nothing" => curriculum_refuse_nothing,
    }
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// English.
    pub en: String,
    /// Traditional Chinese.
    pub zh: String,
}

impl Pair {
    /// Both halves.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// As the reader reads it.
    pub fn say(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.zh)
    }
}

/// A part of the assessment plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Its kind, as its word.
    pub kind: String,
    /// What it is called.
    pub title: Pair,
    /// Its share of the module's mark, in per cent.
    pub weight: i32,
    /// Must it be passed for itself?
    pub must_pass: bool,
}

impl Assessment {
    /// Its kind as people read it.
    pub fn kind_label(&self, lang: Lang) -> &'static str {
        AssessmentKind::parse(&self.kind).map_or("–", |kind| kind.label(lang))
    }
}

/// A competency that a module builds, up to a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The competency.
    pub competency: CompetencyId,
    /// 1 aware, 2 assisted, 3 independent, 4 leads (`domain.md` 3.1).
    pub level: i32,
}

/// A framework on which a module rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The reference.
    pub reference: ReferenceId,
    /// Levels of that framework, such as `3–4`; may be empty.
    pub levels: String,
}

/// An entry of the Qualifications Register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Number, such as `24/000123/L5`.
    pub number: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: NaiveDate,
}

/// What a version says. Hours are whole hours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Name.
    pub name: Pair,
    /// What it is about, in short.
    pub summary: Pair,
    /// What a learner can do on completion.
    pub outcomes: Vec<Pair>,
    /// Hours in class, also online.
    pub contact: i32,
    /// Hours of guided self-study.
    pub self_study: i32,
    /// Hours of assessment.
    pub assessment: i32,
    /// Indicative level of the Qualifications Framework, 1 to 7: planning, never a claim.
    pub level: i32,
    /// Its entry in the Qualifications Register, if there is one.
    pub registration: Option<Registration>,
    /// Themes, as their words.
    pub themes: Vec<String>,
    /// The assessment plan.
    pub assessments: Vec<Assessment>,
    /// All groups must hold; any one module of a group does.
    pub prerequisites: Vec<Vec<ModuleId>>,
    /// Competencies with the level reached.
    pub competencies: Vec<Claim>,
    /// What it rests on.
    pub basis: Vec<Basis>,
    /// The first day on which cohorts may begin with it.
    pub effective_from: Option<NaiveDate>,
}

impl Content {
    /// Notional learning hours: all hours together.
    pub fn notional(&self) -> i32 {
        notional(self.contact, self.self_study, self.assessment)
    }
}

/// Notional learning hours.
pub fn notional(contact: i32, self_study: i32, assessment: i32) -> i32 {
    contact
        .saturating_add(self_study)
        .saturating_add(assessment)
}

/// QF credits in tenths: a credit is ten notional hours (`domain.md` 2.3), so a tenth is one hour.
pub fn credit_tenths(notional_hours: i32) -> i32 {
    notional_hours
}

/// Tenths of credits as people read them: `8`, `6.5`.
pub fn credits(tenths: i32) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{}", tenths / 10, rest.abs()),
    }
}

/// The level of a registration number `nn/nnnnnn/Ln`, if it is one.
pub fn registered_level(number: &str) -> Option<i32> {
    let mut parts = number.split('/');
    let digits = |text: Option<&str>, n: usize| {
        text.is_some_and(|it| it.len() == n && it.bytes().all(|b| b.is_ascii_digit()))
    };
    if !digits(parts.next(), 2) || !digits(parts.next(), 6) {
        return None;
    }
    let level = parts.next()?.strip_prefix('L')?;
    if parts.next().is_some() || level.len() != 1 {
        return None;
    }
    level.parse().ok().filter(|it| (1..=7).contains(it))
}

/// Judges an entry of the register: its form, its level (the digit after `L` is the module's), its
/// days. Nothing at all is no entry.
pub fn registration(
    number: Option<&str>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    level: i32,
) -> Result<Option<Registration>, Vec<FieldError>> {
    let Some(number) = number else {
        let stray = [("qr_valid_from", from), ("qr_valid_to", to)];
        if stray.iter().all(|(_, day)| day.is_none()) {
            return Ok(None);
        }
        return Err(vec![FieldError::new("qr_registration", "required", |l| {
            l.curriculum_need_qr().to_owned()
        })]);
    };
    let mut problems = Vec::new();
    match registered_level(number) {
        None => problems.push(FieldError::new("qr_registration", "pattern", |l| {
            l.curriculum_need_qr_form().to_owned()
        })),
        Some(registered) if registered != level => {
            problems.push(FieldError::new("qr_registration", "level", |l| {
                l.curriculum_need_qr_level(registered, level)
            }));
        }
        Some(_) => {}
    }
    for (field, day) in [("qr_valid_from", from), ("qr_valid_to", to)] {
        if day.is_none() {
            problems.push(FieldError::new(field, "required", |l| {
                l.curriculum_need_qr_days().to_owned()
            }));
        }
    }
    match (from, to) {
        (Some(from), Some(to)) if to < from => {
            problems.push(FieldError::new("qr_valid_to", "out_of_order", |l| {
                l.curriculum_need_order().to_owned()
            }));
        }
        (Some(valid_from), Some(valid_to)) if problems.is_empty() => {
            return Ok(Some(Registration {
                number: number.to_owned(),
                valid_from,
                valid_to,
            }));
        }
        (Some(_) | None, Some(_) | None) => {}
    }
    Err(problems)
}

/// May it be called a "QF Level n" module, with QF credits, on this day? Only with an entry of the
/// register that holds on the day; the indicative level alone allows nothing (`domain.md` 2.3).
pub fn may_say_qf(registration: Option<&Registration>, level: i32, on: NaiveDate) -> bool {
    registration.is_some_and(|it| {
        registered_level(&it.number) == Some(level) && it.valid_from <= on && on <= it.valid_to
    })
}

/// The sum of the weights of an assessment plan, in per cent.
pub fn weights(assessments: &[Assessment]) -> i32 {
    assessments
        .iter()
        .fold(0, |sum, it| sum.saturating_add(it.weight))
}

/// What a draft lacks before it can be published; empty when nothing. `today` is a Hong Kong date;
/// `follows` says that a version was published before, whose cohorts keep it: then this one begins
/// after today.
pub fn lacks(content: &Content, follows: bool, today: NaiveDate) -> Vec<FieldError> {
    type Text = fn(Lang) -> &'static str;
    let mut problems = Vec::new();
    let mut need = |field: &'static str, missing: bool, text: Text| {
        if missing {
            problems.push(FieldError::new(field, "required", |l| text(l).to_owned()));
        }
    };
    need(
        "summary_en",
        content.summary.en.is_empty(),
        Lang::curriculum_need_summary,
    );
    need(
        "summary_zh",
        content.summary.zh.is_empty(),
        Lang::curriculum_need_summary,
    );
    need(
        "outcomes_en",
        content.outcomes.is_empty(),
        Lang::curriculum_need_outcomes,
    );
    need(
        "contact",
        content.notional() == 0,
        Lang::curriculum_need_hours,
    );
    need(
        "effective_from",
        content.effective_from.is_none(),
        Lang::curriculum_need_effective,
    );
    let sum = weights(&content.assessments);
    if sum != 100 {
        problems.push(FieldError::new("weight_1", "weights", |l| {
            l.curriculum_need_weights(sum)
        }));
    }
    if follows && content.effective_from.is_some_and(|day| day <= today) {
        problems.push(FieldError::new("effective_from", "too_early", |l| {
            l.curriculum_need_after_today().to_owned()
        }));
    }
    problems
}

/// The number of the version that a cohort beginning on this day is taught: the last published one
/// in force by then. `versions` are number and first day of those that were published.
pub fn version_for(versions: &[(i32, NaiveDate)], on: NaiveDate) -> Option<i32> {
    versions
        .iter()
        .filter(|(_, from)| *from <= on)
        .map(|(number, _)| *number)
        .max()
}

/// The word for a level of competency.
pub fn level_label(level: i32, lang: Lang) -> &'static str {
    match level {
        1 => lang.curriculum_level_1(),
        2 => lang.curriculum_level_2(),
        3 => lang.curriculum_level_3(),
        4 => lang.curriculum_level_4(),
        _ => "–",
    }
}

/// How a reference stands on a day: not yet, in force, or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Its first day is ahead.
    NotYet,
    /// In force.
    Now,
    /// Over: its last day is past, or another has taken its place.
    Over,
}

/// How a reference stands on `today`; an open end is no end. One that names its successor without a
/// last day is over from the successor's first day, which the caller gives.
pub fn holds(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    successor_from: Option<NaiveDate>,
    today: NaiveDate,
) -> Holds {
    if from.is_some_and(|day| today < day) {
        Holds::NotYet
    } else if to.is_some_and(|day| day < today)
        || to.is_none() && successor_from.is_some_and(|day| day <= today)
    {
        Holds::Over
    } else {
        Holds::Now
    }
}
