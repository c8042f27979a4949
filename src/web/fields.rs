//! Pages that are made of data: a form of labelled fields, a step to confirm, the order of a list,
//! the lines of a history. A room says what is asked; the templates in `templates/web/` show it
//! everywhere alike.

use askama::Template;
use chrono::NaiveDate;

use crate::error::{Error, FieldError, Result};
use crate::lang::Lang;
use crate::lang::format::date;

use super::dispatch::Cx;
use super::forms::{Mistakes, Pairs};
use super::reply::Reply;
use super::shell::Shell;

/// How a field is filled in.
#[derive(Clone, Debug)]
pub enum Input {
    /// One line: `text`, `email`, `url`, `number`, `date`, `time`.
    Line(&'static str),
    /// Several lines, this many of them shown.
    Area(u8),
    /// One of these values, each with its label.
    Choice(Vec<(String, String)>),
    /// Any of these values, each with its label, in boxes to tick.
    Ticks(Vec<(String, String)>),
}

/// A labelled field of a form.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name, and id of its control.
    pub name: String,
    /// Label.
    pub label: String,
    /// Help below the label.
    pub hint: Option<String>,
    /// Kind of control.
    pub input: Input,
    /// May it stay empty?
    pub optional: bool,
    /// Class of its width: `w4`, `w8`, `w16`, or none for the full column.
    pub width: &'static str,
    /// Language of its content, where it is not the page's.
    pub tag: Option<&'static str>,
    /// What stands in it.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

impl Field {
    /// One line of text.
    #[must_use]
    pub fn line(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: None,
            input: Input::Line("text"),
            optional: false,
            width: "",
            tag: None,
            value: String::new(),
            error: None,
        }
    }

    /// One line of another kind: `date`, `time`, `number`, `email`, `url`.
    #[must_use]
    pub fn of(mut self, kind: &'static str) -> Self {
        self.width = match kind {
            "date" => "w16",
            "number" | "time" => "w8",
            _ => self.width,
        };
        self.input = Input::Line(kind);
        self
    }

    /// Several lines.
    #[must_use]
    pub fn area(mut self, rows: u8) -> Self {
        self.input = Input::Area(rows);
        self
    }

    /// One of these.
    #[must_use]
    pub fn choice(mut self, options: Vec<(String, String)>) -> Self {
        self.input = Input::Choice(options);
        self
    }

    /// Any of these.
    #[must_use]
    pub fn ticks(mut self, options: Vec<(String, String)>) -> Self {
        self.input = Input::Ticks(options);
        self
    }

    /// Is this value among those ticked?
    #[must_use]
    pub fn has(&self, value: &str) -> bool {
        self.value.split('\n').any(|it| it == value)
    }

    /// With help.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = Some(text.into());
        self
    }

    /// It may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// With a width class.
    #[must_use]
    pub fn width(mut self, class: &'static str) -> Self {
        self.width = class;
        self
    }

    /// Filled in in this language.
    #[must_use]
    pub fn written_in(mut self, lang: Lang) -> Self {
        self.tag = Some(lang.tag());
        self
    }

    /// The value of `aria-describedby`.
    #[must_use]
    pub fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("{}-hint", self.name));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.name));
        }
        ids.join(" ")
    }
}

/// Fields that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    /// Heading.
    pub legend: Option<String>,
    /// Side by side on the desk?
    pub two: bool,
    /// The fields.
    pub fields: Vec<Field>,
}

impl Group {
    /// Without heading, one below the other.
    #[must_use]
    pub fn plain(fields: Vec<Field>) -> Self {
        Self {
            legend: None,
            two: false,
            fields,
        }
    }

    /// With a heading, side by side.
    #[must_use]
    pub fn two(legend: impl Into<String>, fields: Vec<Field>) -> Self {
        Self {
            legend: Some(legend.into()),
            two: true,
            fields,
        }
    }
}

/// Puts values and mistakes into the fields, and the labels of the mistaken ones into the mistakes.
pub fn fill(groups: &mut [Group], values: &Pairs, mistakes: &mut Mistakes) {
    for field in groups.iter_mut().flat_map(|group| &mut group.fields) {
        if matches!(field.input, Input::Ticks(_)) {
            let ticked: Vec<&str> = values.all(&field.name).collect();
            field.value = ticked.join("\n");
        } else if let Some(value) = values.get(&field.name) {
            value.clone_into(&mut field.value);
        }
        field.error = mistakes.of(&field.name).map(str::to_owned);
        if field.error.is_some() {
            mistakes.label(&field.name, &field.label);
        }
    }
}

/// Why a form is shown again, and under which status.
#[derive(Clone, Debug, Default)]
pub struct Again {
    /// 200 for a form shown for the first time.
    pub status: u16,
    /// Mistakes in fields.
    pub mistakes: Mistakes,
    /// A rule's refusal.
    pub refusal: Option<String>,
    /// Somebody else saved meanwhile.
    pub stale: bool,
}

impl Again {
    /// A form shown for the first time.
    #[must_use]
    pub fn first() -> Self {
        Self {
            status: 200,
            ..Self::default()
        }
    }

    /// What a form's page can show: mistakes (422), a refusal (409), a stale version (412).
    ///
    /// # Errors
    /// Any other error comes back.
    pub fn from_error(error: Error, lang: Lang) -> Result<Self> {
        let status = error.status().0;
        match error {
            Error::Invalid(errors) => Ok(Self {
                status,
                mistakes: Mistakes::new(&errors, lang),
                ..Self::default()
            }),
            Error::Refused(refusal) => Ok(Self {
                status,
                refusal: Some(refusal.say(lang)),
                ..Self::default()
            }),
            Error::Stale => Ok(Self {
                status,
                stale: true,
                ..Self::default()
            }),
            other => Err(other),
        }
    }

    /// When somebody else saved meanwhile: beside each field that differs, what stands there now.
    #[must_use]
    pub fn compare(mut self, saved: &Pairs, typed: &Pairs, lang: Lang) -> Self {
        if !self.stale {
            return self;
        }
        let plain = |text: &str| text.trim().replace("\r\n", "\n");
        let differing: Vec<FieldError> = saved
            .iter()
            .filter(|(name, value)| typed.get(name).is_some_and(|t| plain(t) != plain(value)))
            .map(|(name, value)| {
                FieldError::new(name, "changed_meanwhile", |lang| {
                    let day = value.parse::<NaiveDate>().map(|day| date(lang, day));
                    let shown = match &day {
                        Ok(day) => day,
                        Err(_) if value.is_empty() => lang.form_empty_value(),
                        Err(_) => value,
                    };
                    lang.form_saved_meanwhile(shown)
                })
            })
            .collect();
        self.mistakes = Mistakes::new(&differing, lang);
        self
    }
}

/// A line of a record's history.
#[derive(Clone, Debug)]
pub struct HistoryLine {
    /// When, for machines.
    pub datetime: String,
    /// When, for people.
    pub at: String,
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
}

/// A record's history as its page shows it, and where all of it is to be had as a file.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The newest lines.
    pub lines: Vec<HistoryLine>,
    place: String,
}

impl History {
    /// These lines of the history that stands at this address; a file's ending goes before its `?`.
    #[must_use]
    pub fn new(place: impl Into<String>, lines: Vec<HistoryLine>) -> Self {
        let place = place.into();
        Self { lines, place }
    }

    /// Lines that are shown and not to be had as a file.
    #[must_use]
    pub fn here_only(lines: Vec<HistoryLine>) -> Self {
        Self::new("", lines)
    }

    /// Is all of it to be had as a file?
    #[must_use]
    pub fn has_file(&self) -> bool {
        !self.place.is_empty() && !self.lines.is_empty()
    }

    /// The address of the file of this kind.
    #[must_use]
    pub fn file(&self, kind: &str) -> String {
        match self.place.split_once('?') {
            Some((path, query)) => format!("{path}.{kind}?{query}"),
            None => format!("{}.{kind}", self.place),
        }
    }
}

/// A page with one form.
#[derive(Clone, Debug)]
pub struct FormSpec {
    /// Title and heading.
    pub title: String,
    /// The way here: address and label of each page above.
    pub crumbs: Vec<(String, String)>,
    /// A sentence below the heading.
    pub note: Option<String>,
    /// The fields.
    pub groups: Vec<Group>,
    /// Hidden fields: the version, mostly.
    pub hidden: Vec<(String, String)>,
    /// Where the form goes.
    pub action: String,
    /// What its button does.
    pub submit: String,
    /// Where "Cancel" leads.
    pub back: String,
    /// The record's history.
    pub history: History,
}

#[derive(Template)]
#[template(path = "web/form_page.html")]
struct FormPage<'a> {
    shell: Shell,
    spec: &'a FormSpec,
    crumbs: &'a [(String, String)],
    history: &'a History,
    again: &'a Again,
}

impl FormPage<'_> {
    /// The cohort whose own form this is: its page carries the cohort's bar.
    fn cohort(&self) -> Option<&str> {
        self.spec
            .action
            .strip_prefix("/cohorts/")?
            .strip_suffix("/edit")
            .filter(|id| !id.contains('/'))
    }
}

/// Shows a form. `values` are what stands in its fields: the record's values, or what was typed.
///
/// # Errors
/// The template fails.
pub fn form_page(
    cx: &Cx<'_, '_>,
    mut spec: FormSpec,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let mut again = again.clone();
    fill(&mut spec.groups, values, &mut again.mistakes);
    let failed = again.status >= 400;
    let title = if failed {
        cx.lang().form_error_title(&spec.title)
    } else {
        spec.title.clone()
    };
    let status = if failed { again.status } else { 200 };
    let page = FormPage {
        shell: cx.shell(title),
        spec: &spec,
        crumbs: &spec.crumbs,
        history: &spec.history,
        again: &again,
    };
    cx.visit.page_with(status, &page)
}

/// What a step will do, under a heading; `hard` marks what cannot be undone.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Heading.
    pub heading: String,
    /// Sentences.
    pub lines: Vec<String>,
    /// Cannot be undone?
    pub hard: bool,
}

/// An effect with its heading; `hard` for what cannot be undone.
#[must_use]
pub fn effect(heading: &str, lines: Vec<String>, hard: bool) -> Effect {
    Effect {
        heading: heading.to_owned(),
        lines,
        hard,
    }
}

/// A step to confirm.
#[derive(Clone, Debug)]
pub struct ConfirmSpec {
    /// Title and heading.
    pub title: String,
    /// The way here.
    pub crumbs: Vec<(String, String)>,
    /// What will happen.
    pub effects: Vec<Effect>,
    /// Why it cannot be done now; then there is no button.
    pub refusal: Option<String>,
    /// Hidden fields.
    pub hidden: Vec<(String, String)>,
    /// Where the confirmation goes.
    pub action: String,
    /// What its button does.
    pub submit: String,
    /// Does it end something for good?
    pub danger: bool,
    /// Where "Go back" leads.
    pub back: String,
}

#[derive(Template)]
#[template(path = "web/confirm_page.html")]
struct ConfirmPage<'a> {
    shell: Shell,
    spec: &'a ConfirmSpec,
    crumbs: &'a [(String, String)],
}

/// Shows what a step will do, and asks; 409 when it cannot be done.
///
/// # Errors
/// The template fails.
pub fn confirm_page(cx: &Cx<'_, '_>, status: u16, spec: &ConfirmSpec) -> Result<Reply> {
    let page = ConfirmPage {
        shell: cx.shell(spec.title.clone()),
        spec,
        crumbs: &spec.crumbs,
    };
    cx.visit.page_with(status, &page)
}

/// A column by which a list can be ordered: its word in the address and its SQL, both our own.
pub type Column = (&'static str, &'static str);

/// The order of a list, from the query parameter `sort`: `name`, or `-name` from the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column's word.
    pub word: &'static str,
    /// Its SQL.
    pub sql: &'static str,
    /// From the end?
    pub descending: bool,
}

impl Sort {
    /// The order asked for; the first column for any other word.
    #[must_use]
    pub fn from_query(query: &Pairs, columns: &'static [Column]) -> Self {
        let asked = query.typed("sort");
        let (descending, word) = match asked.strip_prefix('-') {
            Some(word) => (true, word),
            None => (false, asked),
        };
        let found = columns.iter().find(|(name, _)| *name == word);
        let (word, sql) = found.or(columns.first()).copied().unwrap_or(("", "id"));
        Self {
            word,
            sql,
            descending: descending && found.is_some(),
        }
    }

    /// `>` or `<`, and the direction of `ORDER BY`: both our own words.
    #[must_use]
    pub fn direction(&self) -> (&'static str, &'static str) {
        if self.descending {
            ("<", "DESC")
        } else {
            (">", "ASC")
        }
    }
}

/// A heading of a table.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its word.
    pub label: String,
    /// Where it leads, if the column can be ordered by.
    pub href: Option<String>,
    /// `aria-sort` of the column by which the list is ordered.
    pub order: Option<&'static str>,
    /// Numbers?
    pub number: bool,
}

impl Head {
    /// A column that orders the list at `path`, keeping its filters.
    #[must_use]
    pub fn sorting(label: &str, word: &str, now: Sort, path: &str, query: &Pairs) -> Self {
        let on = now.word == word;
        let next = if on && !now.descending {
            format!("-{word}")
        } else {
            word.to_owned()
        };
        let order = on.then_some(if now.descending {
            "descending"
        } else {
            "ascending"
        });
        Self {
            label: label.to_owned(),
            href: Some(format!(
                "{path}?{}",
                query.with(&[("sort", &next), ("after", "")])
            )),
            order,
            number: false,
        }
    }

    /// A column that does not order the list.
    #[must_use]
    pub fn plain(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            href: None,
            order: None,
            number: false,
        }
    }

    /// A column of numbers.
    #[must_use]
    pub fn numbers(mut self) -> Self {
        self.number = true;
        self
    }
}
