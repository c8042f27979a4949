//! A timetable as a list of days, a week or a month, whoever reads it.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Duration, Months, NaiveDate};

use crate::ids::PersonId;
use crate::lang::Lang;
use crate::lang::format::{date, hk_date, month_year};
use crate::web::Pairs;

use super::super::queries::{ClassSession, whole_day};
use super::super::rules::Slot;
use super::{day_label, hours, named, tag};

/// How a timetable is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    List,
    Week,
    Month,
}

impl View {
    pub(super) fn parse(word: &str, usual: Self) -> Self {
        match word {
            "list" => Self::List,
            "week" => Self::Week,
            "month" => Self::Month,
            _ => usual,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::List => lang.tt_view_list(),
            Self::Week => lang.tt_view_week(),
            Self::Month => lang.tt_view_month(),
        }
    }
}

/// Days that a reader's list shows at once.
const LIST_DAYS: i64 = 120;

/// A span of days that is shown, and the ones beside it.
pub(super) struct Span {
    pub(super) view: View,
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    before: NaiveDate,
    after: NaiveDate,
}

impl Span {
    /// The days of a view around a day.
    pub(super) fn around(view: View, on: NaiveDate) -> Self {
        let monday = on - Duration::days(i64::from(on.weekday().num_days_from_monday()));
        match view {
            View::List => Self {
                view,
                from: on,
                to: on + Duration::days(LIST_DAYS - 1),
                before: on - Duration::days(LIST_DAYS),
                after: on + Duration::days(LIST_DAYS),
            },
            View::Week => Self {
                view,
                from: monday,
                to: monday + Duration::days(6),
                before: monday - Duration::days(7),
                after: monday + Duration::days(7),
            },
            View::Month => {
                let first = on.with_day(1).unwrap_or(on);
                let after = first + Months::new(1);
                Self {
                    view,
                    from: first,
                    to: after - Duration::days(1),
                    before: first - Months::new(1),
                    after,
                }
            }
        }
    }

    /// Its instants; a month's weeks are whole, with the days of its neighbours.
    pub(super) fn slot(&self) -> Slot {
        let (from, to) = match self.view {
            View::List | View::Week => (self.from, self.to),
            View::Month => (
                self.from - Duration::days(i64::from(self.from.weekday().num_days_from_monday())),
                self.to + Duration::days(6 - i64::from(self.to.weekday().num_days_from_monday())),
            ),
        };
        Slot {
            starts_at: whole_day(from).starts_at,
            ends_at: whole_day(to).ends_at,
        }
    }
}

/// The day in the address, in years that a calendar can show; today without one.
pub(super) fn day_of(query: &Pairs, today: NaiveDate) -> NaiveDate {
    query
        .get("on")
        .and_then(|text| text.parse::<NaiveDate>().ok())
        .filter(|day| (1990..=2190).contains(&day.year()))
        .unwrap_or(today)
}

/// A session as a reader sees it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) href: String,
    pub(super) day: String,
    pub(super) hours: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) room: String,
    pub(super) link: String,
    pub(super) instructors: String,
    pub(super) state: &'static str,
    pub(super) tag: &'static str,
    pub(super) gone: bool,
    pub(super) note: Option<String>,
}

/// Who reads a timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    Office,
    Instructor,
    Trainee,
}

/// How sessions become lines.
pub(super) struct Liner<'a> {
    pub(super) lang: Lang,
    pub(super) names: &'a BTreeMap<PersonId, String>,
    /// For whom: each has a page of the session, and the office reads what is not published.
    pub(super) reader: Reader,
}

impl Liner<'_> {
    pub(super) fn line(&self, it: &ClassSession) -> crate::error::Result<Line> {
        let lang = self.lang;
        let state = it.state()?;
        let note = match (
            it.reason(),
            it.made_up_for,
            it.published || self.reader != Reader::Office,
        ) {
            (Some(reason), _, _) => Some(reason.label(lang).to_owned()),
            (None, Some(_), true) => Some(lang.tt_make_up_session().to_owned()),
            (None, _, false) => Some(lang.tt_not_published().to_owned()),
            (None, None, true) => None,
        };
        Ok(Line {
            href: match self.reader {
                Reader::Office => format!("/cohorts/{}/classes/{}", it.cohort_id, it.id),
                Reader::Instructor => format!("/timetable/{}", it.id),
                Reader::Trainee => format!("/me/timetable/{}", it.id),
            },
            day: day_label(lang, hk_date(it.starts_at)),
            hours: hours(&it.slot()),
            code: it.module_code.clone(),
            name: it.name(lang).to_owned(),
            room: it.room.clone(),
            link: it.link.clone(),
            instructors: named(lang, self.names, &it.instructor_ids),
            state: state.label(lang),
            tag: tag(state),
            gone: it.reason().is_some(),
            note,
        })
    }
}

/// A day with its sessions.
pub(super) struct Day {
    pub(super) label: String,
    pub(super) number: u32,
    pub(super) class: &'static str,
    pub(super) closed: Option<String>,
    pub(super) lines: Vec<Line>,
}

/// What the template of a timetable shows.
pub(super) struct Grid {
    pub(super) view: &'static str,
    pub(super) title: String,
    pub(super) weekdays: Vec<&'static str>,
    pub(super) days: Vec<Day>,
    pub(super) weeks: Vec<Vec<Day>>,
    pub(super) views: Vec<(String, &'static str, bool)>,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) today: String,
}

/// The lines of each day, and what closes it.
struct Days<'a> {
    lang: Lang,
    today: NaiveDate,
    closed: &'a BTreeMap<NaiveDate, String>,
    lines: BTreeMap<NaiveDate, Vec<Line>>,
}

impl Days<'_> {
    /// A day; one that is not `inside` the month stands back.
    fn take(&mut self, day: NaiveDate, inside: bool) -> Day {
        Day {
            label: day_label(self.lang, day),
            number: day.day(),
            class: if day == self.today {
                "today"
            } else if !inside || self.closed.contains_key(&day) {
                "off"
            } else {
                ""
            },
            closed: self.closed.get(&day).filter(|_| inside).cloned(),
            lines: self.lines.remove(&day).unwrap_or_default(),
        }
    }

    fn weeks(&mut self, span: &Span) -> Vec<Vec<Day>> {
        let before = i64::from(span.from.weekday().num_days_from_monday());
        let mut monday = span.from - Duration::days(before);
        let mut weeks = Vec::new();
        while monday <= span.to {
            let week = (0..7).map(|n| {
                let day = monday + Duration::days(n);
                self.take(day, day >= span.from && day <= span.to)
            });
            weeks.push(week.collect());
            monday += Duration::days(7);
        }
        weeks
    }

    /// Every day of a week; of a list only those with sessions.
    fn days(&mut self, span: &Span) -> Vec<Day> {
        let all = span.from.iter_days().take_while(|day| *day <= span.to);
        let shown: Vec<NaiveDate> = all
            .filter(|day| span.view == View::Week || self.lines.contains_key(day))
            .collect();
        shown.into_iter().map(|day| self.take(day, true)).collect()
    }
}

/// Lays lines out. `closed` names the days without classes.
pub(super) fn grid(
    lang: Lang,
    span: &Span,
    today: NaiveDate,
    (path, query): (&str, &Pairs),
    closed: &BTreeMap<NaiveDate, String>,
    lines: Vec<(NaiveDate, Line)>,
) -> Grid {
    let mut all = Days {
        lang,
        today,
        closed,
        lines: BTreeMap::new(),
    };
    for (day, line) in lines {
        all.lines.entry(day).or_default().push(line);
    }
    let (days, weeks) = if span.view == View::Month {
        (Vec::new(), all.weeks(span))
    } else {
        (all.days(span), Vec::new())
    };
    let there = |day: NaiveDate, view: View| {
        let on = day.to_string();
        format!(
            "{path}?{}",
            query.with(&[("on", &on), ("view", view.word()), ("after", "")])
        )
    };
    Grid {
        view: span.view.word(),
        title: title(lang, span),
        weekdays: lang.tt_weekdays().split('|').collect(),
        days,
        weeks,
        views: [View::List, View::Week, View::Month]
            .map(|view| (there(span.from, view), view.label(lang), view == span.view))
            .to_vec(),
        before: there(span.before, span.view),
        after: there(span.after, span.view),
        today: there(today, span.view),
    }
}

fn title(lang: Lang, span: &Span) -> String {
    match span.view {
        View::Month => month_year(lang, span.from),
        View::List => lang.tt_from(&date(lang, span.from)),
        View::Week => lang.tt_from_to(&date(lang, span.from), &date(lang, span.to)),
    }
}
