//! A verdict in words: what each line asks for, what there is, and why it stands as it does.

use serde::Serialize;

use crate::curriculum::queries::Book;
use crate::ids::ModuleId;
use crate::lang::Lang;
use crate::lang::format::duration;

use super::facts::Judged;
use super::rules::content::{CompletionRules, percent_text};
use super::rules::verdict::{Amount, Line, Reason, What};
use super::rules::{Place, Standing};

/// A line as people read it.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    /// What is asked for.
    pub what: String,
    /// How it stands, in a word.
    pub standing: &'static str,
    /// The shape of that word.
    pub tone: &'static str,
    /// What there is.
    pub have: String,
    /// What is needed.
    pub need: String,
    /// Why.
    pub reason: String,
}

/// The shape of a standing beside its word.
#[must_use]
pub fn tone(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "ok",
        Standing::Open => "wait",
        Standing::Failed => "bad",
    }
}

/// The shape of a trainee's place.
#[must_use]
pub fn place_tone(place: Place) -> &'static str {
    match place {
        Place::Confirmed | Place::Ready => "ok",
        Place::Open => "wait",
        Place::Failed | Place::Changed => "bad",
        Place::Frozen | Place::Away => "end",
    }
}

/// Where a trainee belongs in the list of a cohort.
///
/// # Errors
/// A word that no rule knows: a mistake of ours.
pub fn place(it: &Judged) -> crate::error::Result<Place> {
    let part = it.trainee.takes_part()?;
    Ok(match it.verdict.overall {
        _ if it.changed => Place::Changed,
        _ if it.trainee.completion_id.is_some() => Place::Confirmed,
        _ if !part => Place::Away,
        _ if it.verdict.frozen => Place::Frozen,
        Standing::Met if it.verdict.ready() => Place::Ready,
        Standing::Met | Standing::Open => Place::Open,
        Standing::Failed => Place::Failed,
    })
}

/// A module as people read it.
#[must_use]
pub fn module(id: ModuleId, book: &Book, lang: Lang) -> String {
    book.module(id).map_or_else(
        || "–".to_owned(),
        |it| format!("{} {}", it.code, it.name(lang)),
    )
}

fn code(id: ModuleId, book: &Book) -> &str {
    book.module(id).map_or("–", |it| it.code.as_str())
}

/// The codes of modules, one after the other.
#[must_use]
pub fn codes(ids: &[ModuleId], book: &Book, lang: Lang) -> String {
    let codes: Vec<&str> = ids.iter().map(|id| code(*id, book)).collect();
    codes.join(lang.curriculum_comma())
}

/// What a line asks for.
#[must_use]
pub fn what(what: What, rules: &CompletionRules, book: &Book, lang: Lang) -> String {
    match what {
        What::Whole => lang.progress_line_whole().to_owned(),
        What::Each(id) => lang.progress_line_each(&module(id, book, lang)),
        What::Module(id) => module(id, book, lang),
        What::AnyOf(at) => rules.any_of.get(at).map_or_else(String::new, |it| {
            lang.progress_line_any(it.n, &codes(&it.of, book, lang))
        }),
        What::Mark(id) => lang.progress_line_mark(&module(id, book, lang)),
        What::Average => lang.progress_line_average().to_owned(),
        What::Form(at) => rules
            .forms
            .get(at)
            .map_or_else(String::new, |it| it.name.say(lang).to_owned()),
        What::Practice => {
            let practice = rules.practice.as_ref();
            let capstone = practice.and_then(|it| it.capstone);
            let placement = practice.is_some_and(|it| it.placement);
            match capstone.map(|id| module(id, book, lang)) {
                Some(name) if placement => lang.progress_line_either(&name),
                Some(name) => lang.progress_line_capstone(&name),
                None => lang.progress_line_placement().to_owned(),
            }
        }
    }
}

fn reason(reason: Reason, lang: Lang) -> String {
    let plain = match reason {
        Reason::Attended(0) => lang.progress_why_attended(),
        Reason::Attended(ahead) => return lang.progress_why_so_far(&duration(ahead, lang)),
        Reason::MustAttend(least, ahead) => {
            let all = least >= ahead;
            let (least, ahead) = (duration(least, lang), duration(ahead, lang));
            if all {
                return lang.progress_why_all(&ahead);
            }
            return lang.progress_why_must(&least, &ahead);
        }
        Reason::Left(n) => return lang.progress_why_left(n),
        Reason::NothingHeld => lang.progress_why_no_classes(),
        Reason::NotYetHeld => lang.progress_why_nothing_held(),
        Reason::AttendanceLost => lang.progress_why_lost(),
        Reason::Passed => lang.progress_why_passed(),
        Reason::Exempted => lang.progress_why_exempted(),
        Reason::NoResult => lang.progress_why_no_result(),
        Reason::PartMissing => lang.progress_why_part_missing(),
        Reason::NotPassed => lang.progress_why_not_passed(),
        Reason::Again => lang.progress_why_again(),
        Reason::MarkSoFar => lang.progress_why_mark_so_far(),
        Reason::MarkReached => lang.progress_why_mark_reached(),
        Reason::MarkLow => lang.progress_why_mark_low(),
        Reason::NoMark => lang.progress_why_no_mark(),
        Reason::FormIn => lang.progress_why_form_in(),
        Reason::FormMissing => lang.progress_why_form_missing(),
        Reason::PlacementDone => lang.progress_why_placed(),
        Reason::PlacementUnknown => lang.progress_why_no_placements(),
        Reason::PracticeOpen => lang.progress_why_practice_open(),
    };
    plain.to_owned()
}

/// A share as people read it.
#[must_use]
pub fn share(value: u32) -> String {
    format!("{}%", percent_text(value))
}

/// A line in words.
#[must_use]
pub fn line(it: &Line, rules: &CompletionRules, book: &Book, lang: Lang) -> Said {
    let (have, need) = match it.amount {
        Amount::Share { have, need } => (have.map_or_else(|| "–".to_owned(), share), share(need)),
        // Of one thing people say whether it is there.
        Amount::Count { have, need: 1 } => {
            let there = if have > 0 { lang.yes() } else { lang.no() };
            (there.to_owned(), lang.yes().to_owned())
        }
        Amount::Count { have, need } => (have.to_string(), need.to_string()),
    };
    Said {
        what: what(it.what, rules, book, lang),
        standing: it.standing.label(lang),
        tone: tone(it.standing),
        have,
        need,
        reason: reason(it.reason, lang),
    }
}

/// Rules in sentences: what a version asks for.
#[must_use]
pub fn rules(it: &CompletionRules, book: &Book, lang: Lang) -> Vec<(String, String)> {
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut fact = |label: &str, value: String| facts.push((label.to_owned(), value));
    let attendance = &it.attendance;
    if let Some(need) = attendance.whole {
        fact(lang.progress_line_whole(), share(u32::from(need)));
    }
    if let Some(need) = attendance.each {
        fact(lang.progress_each_module(), share(u32::from(need)));
    }
    if attendance.whole.is_some() || attendance.each.is_some() {
        let excused = attendance.excused().label(lang);
        fact(lang.progress_excused(), excused.to_owned());
    }
    if !it.all_of.is_empty() {
        fact(lang.progress_topic_modules(), codes(&it.all_of, book, lang));
    }
    for choice in &it.any_of {
        let text = lang.progress_line_any(choice.n, &codes(&choice.of, book, lang));
        fact(lang.progress_topic_options(), text);
    }
    if let Some(need) = it.marks.each {
        fact(lang.progress_mark_each(), share(u32::from(need)));
    }
    if let Some(need) = it.marks.average {
        fact(lang.progress_line_average(), share(u32::from(need)));
    }
    if !it.forms.is_empty() {
        let names: Vec<&str> = it.forms.iter().map(|form| form.name.say(lang)).collect();
        fact(lang.progress_forms(), names.join(lang.curriculum_comma()));
    }
    if it.practice.is_some() {
        let text = what(What::Practice, it, book, lang);
        fact(lang.progress_practice(), text);
    }
    facts
}
