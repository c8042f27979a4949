//! Where a trainee stands: rules and facts in, a standing with its reason for each line out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::ids::ModuleId;

use super::breaks::{Span, frozen};
use super::content::{Choice, CompletionRules, NamedForm, WHOLE};
use super::{Excused, Standing, Topic};

pub use super::reason::Reason;

/// Minutes of classes of one trainee. Those of a break are in none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// Held, by registers that are signed off.
    pub held: u32,
    /// Of these attended.
    pub attended: u32,
    /// Of these missed and excused.
    pub excused: u32,
    /// Still to be held or to be signed off.
    pub ahead: u32,
}

impl Hours {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            held: self.held.saturating_add(other.held),
            attended: self.attended.saturating_add(other.attended),
            excused: self.excused.saturating_add(other.excused),
            ahead: self.ahead.saturating_add(other.ahead),
        }
    }

    /// Minutes that count as attended, and those of which they are a part.
    #[must_use]
    pub fn counted(&self, excused: Excused) -> (u64, u64) {
        let (held, attended) = (u64::from(self.held), u64::from(self.attended));
        let away = u64::from(self.excused);
        match excused {
            Excused::LeftOut => (attended, held.saturating_sub(away)),
            Excused::Present => (attended.saturating_add(away).min(held), held),
            Excused::Absent => (attended, held),
        }
    }
}

/// How the result of a module stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing released.
    #[default]
    NotYet,
    /// A part is missing.
    Incomplete,
    /// Failed.
    Failed,
    /// Passed.
    Passed,
}

/// What is known of a trainee in one module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModuleFacts {
    /// Minutes of its classes.
    pub hours: Hours,
    /// Its result.
    pub result: Outcome,
    /// The mark in hundredths of a per cent, once released.
    pub mark: Option<u16>,
    /// Notional hours of the version that the cohort is taught: the weight of the mark.
    pub notional: u32,
    /// Exempted: it counts as passed, carries no mark, and its classes count nowhere.
    pub exempted: bool,
    /// A resit or an appeal can still change what is released.
    pub again: bool,
}

impl ModuleFacts {
    /// Does it count as passed?
    #[must_use]
    pub fn done(&self) -> bool {
        self.exempted || self.result == Outcome::Passed
    }

    /// Is it neither passed nor can become so?
    fn lost(&self) -> bool {
        let below = matches!(self.result, Outcome::Failed | Outcome::Incomplete);
        below && !self.exempted && !self.again
    }
}

/// What is known of a trainee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// By module.
    pub modules: BTreeMap<ModuleId, ModuleFacts>,
    /// Keys of the forms that are in.
    pub forms: BTreeSet<String>,
    /// Is a placement completed? None while placements are not recorded.
    pub placement: Option<bool>,
    /// Breaks and deferrals that were granted.
    pub breaks: Vec<Span>,
    /// Is the cohort over? No class and no result is to be expected then.
    pub over: bool,
}

impl Facts {
    /// What is known of a module.
    #[must_use]
    pub fn of(&self, module: ModuleId) -> ModuleFacts {
        self.modules.get(&module).copied().unwrap_or_default()
    }

    /// Minutes of the classes that count, over all modules.
    #[must_use]
    pub fn hours(&self) -> Hours {
        let counted = self.modules.values().filter(|it| !it.exempted);
        counted.fold(Hours::default(), |sum, it| sum.plus(it.hours))
    }
}

/// What a line asks for. Places are those in the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Attendance over all modules.
    Whole,
    /// Attendance in a module.
    Each(ModuleId),
    /// A module is passed.
    Module(ModuleId),
    /// The group of options in this place.
    AnyOf(usize),
    /// The mark of a module.
    Mark(ModuleId),
    /// The mean of the marks.
    Average,
    /// The form in this place.
    Form(usize),
    /// Placement or capstone.
    Practice,
}

impl What {
    /// The kind of line.
    #[must_use]
    pub fn topic(self) -> Topic {
        match self {
            Self::Whole | Self::Each(_) => Topic::Attendance,
            Self::Module(_) => Topic::Modules,
            Self::AnyOf(_) => Topic::Options,
            Self::Mark(_) | Self::Average => Topic::Marks,
            Self::Form(_) => Topic::Forms,
            Self::Practice => Topic::Practice,
        }
    }

    /// The module that it is about.
    #[must_use]
    pub fn module(self) -> Option<ModuleId> {
        match self {
            Self::Each(id) | Self::Module(id) | Self::Mark(id) => Some(id),
            Self::Whole | Self::AnyOf(_) | Self::Average | Self::Form(_) | Self::Practice => None,
        }
    }

    /// A stable name for documents.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Whole => "attendance",
            Self::Each(_) => "module_attendance",
            Self::Module(_) => "module",
            Self::AnyOf(_) => "options",
            Self::Mark(_) => "module_mark",
            Self::Average => "average_mark",
            Self::Form(_) => "form",
            Self::Practice => "practice",
        }
    }
}

/// What is there and what is needed: hundredths of a per cent, or a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A share or a mark.
    Share {
        /// There is; none before there is anything.
        have: Option<u32>,
        /// Needed.
        need: u32,
    },
    /// A number of things.
    Count {
        /// There are.
        have: u32,
        /// Needed.
        need: u32,
    },
}

/// A line of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is asked for.
    pub what: What,
    /// How it stands.
    pub standing: Standing,
    /// What there is and what is needed.
    pub amount: Amount,
    /// Why.
    pub reason: Reason,
    /// Whatever is still to come leaves it met. Of a line that is not met it says nothing.
    pub lasts: bool,
}

/// How a trainee stands against the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Every line, in the order of the rules.
    pub lines: Vec<Line>,
    /// All met, some open, or one that cannot be met.
    pub overall: Standing,
    /// The day lies within a break: nothing counts against the trainee.
    pub frozen: bool,
}

impl Verdict {
    /// Can a coordinator confirm it? Every line is met, and nothing that is still to come can undo that.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.overall == Standing::Met && !self.frozen && self.lines.iter().all(|it| it.lasts)
    }

    /// The lines of a kind together: their standing, how many are met, and how many there are.
    #[must_use]
    pub fn topic(&self, topic: Topic) -> Option<(Standing, usize, usize)> {
        let lines: Vec<&Line> = self
            .lines
            .iter()
            .filter(|it| it.what.topic() == topic)
            .collect();
        let met = lines
            .iter()
            .filter(|it| it.standing == Standing::Met)
            .count();
        let standing = together(lines.iter().map(|it| it.standing))?;
        Some((standing, met, lines.len()))
    }

    /// How many lines are met.
    #[must_use]
    pub fn met(&self) -> usize {
        let met = |it: &&Line| it.standing == Standing::Met;
        self.lines.iter().filter(met).count()
    }
}

pub(super) fn together(standings: impl Iterator<Item = Standing>) -> Option<Standing> {
    standings.reduce(|a, b| match (a, b) {
        (Standing::Failed, _) | (_, Standing::Failed) => Standing::Failed,
        (Standing::Open, _) | (_, Standing::Open) => Standing::Open,
        (Standing::Met, Standing::Met) => Standing::Met,
    })
}

/// A part of a whole in basis points, rounded down so that what is shown never says enough when it is
/// not.
#[must_use]
pub fn share(part: u64, whole: u64) -> Option<u32> {
    let points = part.saturating_mul(u64::from(WHOLE)).checked_div(whole)?;
    u32::try_from(points).ok()
}

fn reaches(part: u64, whole: u64, need: u16) -> bool {
    part.saturating_mul(u64::from(WHOLE)) >= whole.saturating_mul(u64::from(need))
}

/// Attendance: enough so far, reachable, or lost. Where there is nothing to attend nothing is asked for;
/// that lasts only once the cohort is `over`.
fn attended(what: What, (hours, over): (&Hours, bool), need: u16, excused: Excused) -> Line {
    let (part, whole) = hours.counted(excused);
    let ahead = u64::from(hours.ahead);
    let (standing, reason) = if whole == 0 && ahead == 0 {
        (Standing::Met, Reason::NothingHeld)
    } else if whole == 0 {
        (Standing::Open, Reason::NotYetHeld)
    } else if reaches(part, whole, need) {
        (Standing::Met, Reason::Attended(hours.ahead))
    } else if reaches(
        part.saturating_add(ahead),
        whole.saturating_add(ahead),
        need,
    ) {
        let all = whole.saturating_add(ahead).saturating_mul(u64::from(need));
        let missing = all.div_ceil(u64::from(WHOLE)).saturating_sub(part);
        let missing = u32::try_from(missing).unwrap_or(u32::MAX);
        (Standing::Open, Reason::MustAttend(missing, hours.ahead))
    } else {
        (Standing::Failed, Reason::AttendanceLost)
    };
    let amount = Amount::Share {
        have: share(part, whole),
        need: u32::from(need),
    };
    let all = whole.saturating_add(ahead);
    Line {
        what,
        standing,
        amount,
        reason,
        lasts: if all == 0 {
            over
        } else {
            reaches(part, all, need)
        },
    }
}

fn each_attended(id: ModuleId, facts: &Facts, need: u16, excused: Excused) -> Line {
    let it = facts.of(id);
    let line = attended(What::Each(id), (&it.hours, facts.over), need, excused);
    if it.exempted {
        return Line {
            standing: Standing::Met,
            reason: Reason::Exempted,
            lasts: true,
            ..line
        };
    }
    line
}

fn result(it: &ModuleFacts) -> (Standing, Reason) {
    if it.exempted {
        return (Standing::Met, Reason::Exempted);
    }
    match it.result {
        Outcome::Passed => (Standing::Met, Reason::Passed),
        Outcome::NotYet => (Standing::Open, Reason::NoResult),
        Outcome::Incomplete if it.again => (Standing::Open, Reason::PartMissing),
        Outcome::Incomplete => (Standing::Failed, Reason::PartMissing),
        Outcome::Failed if it.again => (Standing::Open, Reason::Again),
        Outcome::Failed => (Standing::Failed, Reason::NotPassed),
    }
}

fn passed(id: ModuleId, it: &ModuleFacts) -> Line {
    let (standing, reason) = result(it);
    Line {
        what: What::Module(id),
        standing,
        amount: Amount::Count {
            have: u32::from(it.done()),
            need: 1,
        },
        reason,
        lasts: true,
    }
}

/// Is the mark that is asked for there? Exemption carries no mark and is asked for none.
fn mark_enough(it: &ModuleFacts, need: Option<u16>) -> bool {
    it.exempted || need.is_none_or(|need| it.mark.is_some_and(|mark| mark >= need))
}

/// Options: one counts when it is passed with the mark that is asked for.
fn options(place: usize, choice: &Choice, facts: &Facts, mark: Option<u16>) -> Line {
    let all = choice.of.iter().map(|id| facts.of(*id));
    let done = all.clone().filter(|it| it.done() && mark_enough(it, mark));
    // Passed with too low a mark is lost too, once nothing can raise it.
    let low = |it: &ModuleFacts| it.done() && !it.again && !mark_enough(it, mark);
    let lost = all.filter(|it| it.lost() || low(it));
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let have = count(done.count());
    let possible = count(choice.of.len().saturating_sub(lost.count()));
    let (standing, reason) = if have >= choice.n {
        (Standing::Met, Reason::Passed)
    } else if possible < choice.n {
        (Standing::Failed, Reason::NotPassed)
    } else {
        (Standing::Open, Reason::Left(possible.saturating_sub(have)))
    };
    Line {
        what: What::AnyOf(place),
        standing,
        amount: Amount::Count {
            have,
            need: choice.n,
        },
        reason,
        lasts: true,
    }
}

fn marked(id: ModuleId, it: &ModuleFacts, need: u16) -> Line {
    let (standing, reason) = match (it.exempted, it.mark) {
        (true, _) => (Standing::Met, Reason::Exempted),
        (false, Some(mark)) if mark >= need => (Standing::Met, Reason::MarkReached),
        (false, Some(_)) if it.again => (Standing::Open, Reason::MarkLow),
        (false, Some(_)) => (Standing::Failed, Reason::MarkLow),
        (false, None) if it.lost() => (Standing::Failed, Reason::NoMark),
        (false, None) => (Standing::Open, Reason::NoMark),
    };
    Line {
        what: What::Mark(id),
        standing,
        amount: Amount::Share {
            have: it.mark.map(u32::from),
            need: u32::from(need),
        },
        reason,
        lasts: true,
    }
}

/// The sum of marks by their weights, and the sum of the weights.
#[must_use]
pub fn weighted<'a>(all: impl Iterator<Item = &'a ModuleFacts>) -> (u64, u64) {
    let marks = all.filter(|it| !it.exempted).filter_map(|it| {
        let weight = u64::from(it.notional.max(1));
        Some((u64::from(it.mark?).saturating_mul(weight), weight))
    });
    marks.fold((0, 0), |(sum, weights), (mark, weight)| {
        (sum.saturating_add(mark), weights.saturating_add(weight))
    })
}

/// Is a result of these still to come that counts in the mean: of a module that everybody passes, of the
/// capstone, of a group of options with fewer marks than it asks for?
fn awaited(rules: &CompletionRules, facts: &Facts) -> bool {
    let there = |id: &ModuleId| {
        let it = facts.of(*id);
        it.exempted || it.mark.is_some() || it.lost()
    };
    let short = |choice: &Choice| {
        let marked = choice.of.iter().filter(|id| there(id)).count();
        u32::try_from(marked).is_ok_and(|it| it < choice.n)
    };
    let placed = facts.placement == Some(true);
    let practice = rules.practice.iter().filter(|it| !(it.placement && placed));
    let mut capstone = practice.filter_map(|it| it.capstone);
    !rules.all_of.iter().all(there)
        || rules.any_of.iter().any(short)
        || capstone.any(|id| !there(&id))
}

/// The mean. Too low it is lost only when no module can bring a mark, or a better one, any more.
fn average(rules: &CompletionRules, facts: &Facts, need: u16) -> Line {
    let all: Vec<ModuleFacts> = rules.modules().iter().map(|id| facts.of(*id)).collect();
    let (sum, weights) = weighted(all.iter());
    let have = sum.checked_div(weights);
    let to_come = awaited(rules, facts);
    let rises = |it: &ModuleFacts| {
        let waits = it.mark.is_none() && !it.lost() && !facts.over;
        !it.exempted && (it.again || waits)
    };
    let rises = to_come || all.iter().any(rises);
    // Nothing is to come and nothing has a mark: of what counts everything is exempted.
    let exempted = !all.is_empty() && !to_come && !all.iter().any(ModuleFacts::lost);
    let (standing, reason) = match have {
        None if exempted => (Standing::Met, Reason::Exempted),
        None if rises || all.is_empty() => (Standing::Open, Reason::NoMark),
        None => (Standing::Failed, Reason::NoMark),
        Some(_) if sum >= weights.saturating_mul(u64::from(need)) => {
            let reached = if to_come {
                Reason::MarkSoFar
            } else {
                Reason::MarkReached
            };
            (Standing::Met, reached)
        }
        Some(_) if rises => (Standing::Open, Reason::MarkLow),
        Some(_) => (Standing::Failed, Reason::MarkLow),
    };
    Line {
        what: What::Average,
        standing,
        amount: Amount::Share {
            have: have.and_then(|it| u32::try_from(it).ok()),
            need: u32::from(need),
        },
        reason,
        lasts: !to_come,
    }
}

fn practice(capstone: Option<&ModuleFacts>, placement: bool, facts: &Facts) -> Line {
    let placed = placement && facts.placement == Some(true);
    let capstone = capstone.map(result);
    let (standing, reason) = match capstone {
        Some((Standing::Met, reason)) => (Standing::Met, reason),
        _ if placed => (Standing::Met, Reason::PlacementDone),
        Some((Standing::Failed, reason)) if !placement => (Standing::Failed, reason),
        _ if placement && facts.placement.is_none() => (Standing::Open, Reason::PlacementUnknown),
        _ => (Standing::Open, Reason::PracticeOpen),
    };
    Line {
        what: What::Practice,
        standing,
        amount: Amount::Count {
            have: u32::from(standing == Standing::Met),
            need: 1,
        },
        reason,
        lasts: true,
    }
}

fn handed_in(at: usize, is_in: bool) -> Line {
    let (standing, reason) = if is_in {
        (Standing::Met, Reason::FormIn)
    } else {
        (Standing::Open, Reason::FormMissing)
    };
    Line {
        what: What::Form(at),
        standing,
        amount: Amount::Count {
            have: u32::from(is_in),
            need: 1,
        },
        reason,
        lasts: true,
    }
}

/// How a trainee stands against these rules on a day.
#[must_use]
pub fn evaluate(rules: &CompletionRules, facts: &Facts, today: NaiveDate) -> Verdict {
    let (attendance, excused) = (&rules.attendance, rules.attendance.excused());
    let mut lines = Vec::new();
    if let Some(need) = attendance.whole {
        let hours = facts.hours();
        lines.push(attended(What::Whole, (&hours, facts.over), need, excused));
    }
    if let Some(need) = attendance.each {
        let each = |id: &ModuleId| each_attended(*id, facts, need, excused);
        lines.extend(rules.all_of.iter().map(each));
    }
    lines.extend(rules.all_of.iter().map(|id| passed(*id, &facts.of(*id))));
    let groups = rules.any_of.iter().enumerate();
    lines.extend(groups.map(|(at, it)| options(at, it, facts, rules.marks.each)));
    if let Some(need) = rules.marks.each {
        let mark = |id: &ModuleId| marked(*id, &facts.of(*id), need);
        lines.extend(rules.all_of.iter().map(mark));
    }
    if let Some(need) = rules.marks.average {
        lines.push(average(rules, facts, need));
    }
    let form = |(at, it): (usize, &NamedForm)| handed_in(at, facts.forms.contains(&it.key));
    lines.extend(rules.forms.iter().enumerate().map(form));
    if let Some(it) = &rules.practice {
        let capstone = it.capstone.map(|id| facts.of(id));
        lines.push(practice(capstone.as_ref(), it.placement, facts));
    }
    // Rules that ask for nothing are never met: nobody completes by an empty page.
    let overall = together(lines.iter().map(|it| it.standing)).unwrap_or(Standing::Open);
    Verdict {
        overall,
        frozen: frozen(&facts.breaks, today),
        lines,
    }
}
