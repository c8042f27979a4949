//! What a posting says: a table of its fields, by which it is typed, kept, shown, copied and judged.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::applications::route::Route;
use crate::curriculum::rules::Theme;
use crate::error::FieldError;
use crate::ids::{FocusAreaId, RoundId};
use crate::lang::Lang;

use super::eligibility::{Language, Wants};
use super::wage::{Pay, Per};

mod choices;

pub use choices::*;

/// Choices of a field: words with their labels.
pub type Choices = fn(Lang) -> Vec<(String, String)>;

macro_rules! choices {
    ($type:ident) => {
        |lang| {
            let all = $type::ALL.iter();
            all.map(|it| (it.as_str().to_owned(), it.label(lang).to_owned()))
                .collect()
        }
    };
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug)]
pub enum Entry {
    /// A line of at most so many characters.
    Line(usize),
    /// Lines of at most so many characters together.
    Area(usize),
    /// An address of electronic mail.
    Email,
    /// One of these.
    Word(Choices),
    /// Any of these; kept with line breaks between them.
    Words(Choices),
    /// A whole number within these bounds.
    Number(i32, i32),
    /// A day.
    Day,
}

/// What a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What the posting is.
    Identity,
    /// The work.
    Work,
    /// Where and how.
    Place,
    /// When.
    Time,
    /// Seats.
    Seats,
    /// Pay.
    Pay,
    /// Checks.
    Checks,
    /// People: for the institution and the office alone.
    People,
    /// How trainees are chosen.
    Process,
}

impl Part {
    /// Every part, in the order of the form.
    pub const ALL: [Self; 9] = [
        Self::Identity,
        Self::Work,
        Self::Place,
        Self::Time,
        Self::Seats,
        Self::Pay,
        Self::Checks,
        Self::People,
        Self::Process,
    ];

    /// Its heading.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Identity => lang.plc_part_identity(),
            Self::Work => lang.plc_part_work(),
            Self::Place => lang.plc_part_place(),
            Self::Time => lang.plc_part_time(),
            Self::Seats => lang.plc_part_seats(),
            Self::Pay => lang.plc_part_pay(),
            Self::Checks => lang.plc_part_checks(),
            Self::People => lang.plc_part_people(),
            Self::Process => lang.plc_part_process(),
        }
    }
}

/// A field of a posting.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its name.
    pub name: &'static str,
    /// What people read.
    pub label: fn(Lang) -> &'static str,
    /// How it is filled in.
    pub entry: Entry,
    /// What it belongs to.
    pub part: Part,
    /// Must it be there before the posting is handed in?
    pub needed: bool,
    /// The language in which it is written, where there is a twin in the other.
    pub lang: Option<Lang>,
    /// Is it for the institution and the office alone?
    pub inside: bool,
}

const fn spec(
    name: &'static str,
    label: fn(Lang) -> &'static str,
    entry: Entry,
    part: Part,
) -> Spec {
    Spec {
        name,
        label,
        entry,
        part,
        needed: false,
        lang: None,
        inside: matches!(part, Part::People),
    }
}

impl Spec {
    const fn needed(mut self) -> Self {
        self.needed = true;
        self
    }

    const fn inside(mut self) -> Self {
        self.inside = true;
        self
    }

    const fn en(mut self) -> Self {
        self.lang = Some(Lang::En);
        self
    }

    const fn zh(mut self) -> Self {
        self.lang = Some(Lang::Zh);
        self
    }

    /// What a value says to a reader.
    pub fn say(&self, lang: Lang, value: &str) -> String {
        match self.entry {
            Entry::Word(choices) | Entry::Words(choices) => {
                let all = choices(lang);
                let label = |word: &str| {
                    let found = all.iter().find(|(it, _)| it == word);
                    found.map_or_else(|| word.to_owned(), |(_, label)| label.clone())
                };
                let labels: Vec<String> = value.split('\n').map(label).collect();
                labels.join(lang.pick(", ", "、"))
            }
            Entry::Day => value.parse::<NaiveDate>().map_or_else(
                |_| value.to_owned(),
                |day| crate::lang::format::date(lang, day),
            ),
            Entry::Line(_) | Entry::Area(_) | Entry::Email | Entry::Number(..) => value.to_owned(),
        }
    }
}

/// Every field that is kept in a posting's content, in the order of the form.
#[rustfmt::skip]
pub const FIELDS: &[Spec] = &[
    spec("title_en", Lang::plc_title, Entry::Line(160), Part::Identity).needed().en(),
    spec("title_zh", Lang::plc_title, Entry::Line(160), Part::Identity).needed().zh(),
    spec("team_en", Lang::plc_team, Entry::Line(160), Part::Identity).en(),
    spec("team_zh", Lang::plc_team, Entry::Line(160), Part::Identity).zh(),
    spec("entity_en", Lang::plc_entity, Entry::Line(200), Part::Identity).needed().en(),
    spec("entity_zh", Lang::plc_entity, Entry::Line(200), Part::Identity).needed().zh(),
    spec("themes", Lang::plc_themes, Entry::Words(choices!(Theme)), Part::Identity),
    spec("defence", Lang::plc_defence, Entry::Word(choices!(Defence)), Part::Identity),
    spec("summary_en", Lang::plc_summary, Entry::Area(1_500), Part::Work).needed().en(),
    spec("summary_zh", Lang::plc_summary, Entry::Area(1_500), Part::Work).needed().zh(),
    spec("tasks_en", Lang::plc_tasks, Entry::Area(2_000), Part::Work).needed().en(),
    spec("tasks_zh", Lang::plc_tasks, Entry::Area(2_000), Part::Work).needed().zh(),
    spec("objectives_en", Lang::plc_objectives, Entry::Area(2_000), Part::Work).needed().en(),
    spec("objectives_zh", Lang::plc_objectives, Entry::Area(2_000), Part::Work).needed().zh(),
    spec("deliverable_en", Lang::plc_deliverable, Entry::Area(1_000), Part::Work).needed().en(),
    spec("deliverable_zh", Lang::plc_deliverable, Entry::Area(1_000), Part::Work).needed().zh(),
    spec("tools", Lang::plc_tools, Entry::Line(300), Part::Work),
    spec("data_class", Lang::plc_data_class, Entry::Word(choices!(DataClass)), Part::Work).needed(),
    spec("cross_boundary", Lang::plc_cross, Entry::Word(choices!(Crossing)), Part::Work).needed(),
    spec("city", Lang::plc_city, Entry::Word(choices!(City)), Part::Place).needed(),
    spec("mode", Lang::plc_mode, Entry::Word(choices!(Mode)), Part::Place).needed(),
    spec("office_days", Lang::plc_office_days, Entry::Number(0, 7), Part::Place),
    spec("address_en", Lang::plc_address, Entry::Line(300), Part::Place).en().inside(),
    spec("address_zh", Lang::plc_address, Entry::Line(300), Part::Place).zh().inside(),
    spec("travel_en", Lang::plc_travel, Entry::Line(300), Part::Place).en(),
    spec("travel_zh", Lang::plc_travel, Entry::Line(300), Part::Place).zh(),
    spec("work_languages", Lang::plc_work_languages, Entry::Words(choices!(Language)), Part::Place).needed(),
    spec("document_languages", Lang::plc_document_languages, Entry::Words(choices!(Language)), Part::Place),
    spec("hours_week", Lang::plc_hours_week, Entry::Number(1, 60), Part::Time).needed(),
    spec("pattern", Lang::plc_pattern, Entry::Word(choices!(Pattern)), Part::Time).needed(),
    spec("load", Lang::plc_load, Entry::Word(choices!(Load)), Part::Time).needed(),
    spec("flexible_start", Lang::plc_flexible_start, Entry::Word(choices!(Answer)), Part::Time),
    spec("blackout_en", Lang::plc_blackout, Entry::Line(300), Part::Time).en(),
    spec("blackout_zh", Lang::plc_blackout, Entry::Line(300), Part::Time).zh(),
    spec("seats_least", Lang::plc_seats_least, Entry::Number(1, 1_000), Part::Seats),
    spec("seats_most", Lang::plc_seats_most, Entry::Number(1, 1_000), Part::Seats),
    spec("paid", Lang::plc_paid, Entry::Word(choices!(Answer)), Part::Pay).needed(),
    spec("currency", Lang::plc_currency, Entry::Word(choices!(Currency)), Part::Pay),
    spec("per", Lang::plc_per, Entry::Word(choices!(Period)), Part::Pay),
    spec("wage_category", Lang::plc_wage_category, Entry::Word(choices!(WageCategory)), Part::Pay),
    spec("payer_en", Lang::plc_payer, Entry::Line(200), Part::Pay).en(),
    spec("payer_zh", Lang::plc_payer, Entry::Line(200), Part::Pay).zh(),
    spec("benefits_en", Lang::plc_benefits, Entry::Area(1_000), Part::Pay).en(),
    spec("benefits_zh", Lang::plc_benefits, Entry::Area(1_000), Part::Pay).zh(),
    spec("subsidy", Lang::plc_subsidy, Entry::Line(200), Part::Pay).inside(),
    spec("background", Lang::plc_background, Entry::Word(choices!(Background)), Part::Checks).needed(),
    spec("licence_en", Lang::plc_licence, Entry::Line(300), Part::Checks).en(),
    spec("licence_zh", Lang::plc_licence, Entry::Line(300), Part::Checks).zh(),
    spec("conflicts", Lang::plc_conflicts, Entry::Word(choices!(Answer)), Part::Checks),
    spec("equipment_en", Lang::plc_equipment, Entry::Area(1_000), Part::Checks).en(),
    spec("equipment_zh", Lang::plc_equipment, Entry::Area(1_000), Part::Checks).zh(),
    spec("supervisor_name", Lang::plc_supervisor_name, Entry::Line(120), Part::People).needed(),
    spec("supervisor_email", Lang::plc_supervisor_email, Entry::Email, Part::People).needed(),
    spec("supervisor_capacity", Lang::plc_supervisor_capacity, Entry::Number(1, 50), Part::People),
    spec("hr_name", Lang::plc_hr_name, Entry::Line(120), Part::People),
    spec("hr_email", Lang::plc_hr_email, Entry::Email, Part::People),
    spec("academic_name", Lang::plc_academic_name, Entry::Line(120), Part::People),
    spec("academic_email", Lang::plc_academic_email, Entry::Email, Part::People),
    spec("documents", Lang::plc_documents, Entry::Words(choices!(Document)), Part::Process),
    spec("interviews", Lang::plc_interviews, Entry::Number(0, 5), Part::Process),
    spec("decision_on", Lang::plc_decision_on, Entry::Day, Part::Process),
    spec("offer_days", Lang::plc_offer_days, Entry::Number(1, 60), Part::Process),
];

/// The field of this name.
pub fn field(name: &str) -> Option<&'static Spec> {
    FIELDS.iter().find(|it| it.name == name)
}

/// The fields of a posting by name; what is empty is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Content(pub BTreeMap<String, String>);

impl Content {
    /// What stands in a field.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Puts a value into a field; an empty one takes it away.
    pub fn set(&mut self, name: &str, value: String) {
        if value.is_empty() {
            self.0.remove(name);
        } else {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// The half of a pair of fields that the reader reads, or the other where that is empty.
    pub fn pick(&self, lang: Lang, stem: &str) -> &str {
        let (en, zh) = (format!("{stem}_en"), format!("{stem}_zh"));
        let (first, second) = lang.pick((&en, &zh), (&zh, &en));
        match self.get(first) {
            "" => self.get(second),
            text => text,
        }
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<i32> {
        self.get(name).parse().ok()
    }

    /// A field of several words.
    pub fn words(&self, name: &str) -> Vec<&str> {
        self.get(name)
            .split('\n')
            .filter(|it| !it.is_empty())
            .collect()
    }
}

/// A posting as its institution writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Its round.
    pub round: RoundId,
    /// What it is about.
    pub areas: Vec<FocusAreaId>,
    /// Seats.
    pub seats: i32,
    /// The group for which seats are held.
    pub reserve_group: Option<Route>,
    /// How many.
    pub reserve_seats: i32,
    /// The most of each group.
    pub caps: BTreeMap<String, i32>,
    /// Allowance in cents.
    pub cents: Option<i64>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Everything else.
    pub content: Content,
    /// Whom it is open to.
    pub wants: Wants,
}

fn required(field: &str) -> FieldError {
    FieldError::new(field, "required", |lang| lang.form_required().to_owned())
}

/// What cannot stand in a draft, even one that is not complete.
pub fn faults(draft: &Draft) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if let (Some(from), Some(to)) = (draft.starts_on, draft.ends_on)
        && to < from
    {
        faults.push(FieldError::new("ends_on", "out_of_order", |lang| {
            lang.plc_need_order().to_owned()
        }));
    }
    let reserved = draft.reserve_group.is_some() || draft.reserve_seats > 0;
    if draft.reserve_seats > draft.seats {
        faults.push(FieldError::new("reserve_seats", "too_many", |lang| {
            lang.plc_need_reserve_fits().to_owned()
        }));
    }
    if draft.reserve_group.is_some() != (draft.reserve_seats > 0) {
        faults.push(FieldError::new("reserve_group", "both", |lang| {
            lang.plc_need_reserve_both().to_owned()
        }));
    }
    // The match keeps seats for a group or caps groups, not both at one posting.
    if reserved && !draft.caps.is_empty() {
        faults.push(FieldError::new(
            "reserve_group",
            "cap_and_reserve",
            |lang| lang.plc_need_reserve_or_caps().to_owned(),
        ));
    }
    let (least, most) = (
        draft.content.number("seats_least"),
        draft.content.number("seats_most"),
    );
    if least.is_some_and(|it| it > draft.seats) {
        faults.push(FieldError::new("seats_least", "order", |lang| {
            lang.plc_need_seats_least().to_owned()
        }));
    }
    if most.is_some_and(|it| it < draft.seats) {
        faults.push(FieldError::new("seats_most", "order", |lang| {
            lang.plc_need_seats_most().to_owned()
        }));
    }
    if draft.content.get("paid") == "no" && draft.cents.is_some_and(|it| it > 0) {
        faults.push(FieldError::new("allowance", "unused", |lang| {
            lang.plc_need_unpaid().to_owned()
        }));
    }
    let years = (draft.wants.graduated_from, draft.wants.graduated_to);
    if let (Some(from), Some(to)) = years
        && to < from
    {
        faults.push(FieldError::new("graduated_to", "out_of_order", |lang| {
            lang.plc_need_order().to_owned()
        }));
    }
    faults
}

/// What is missing before a posting can be handed in, for a placement period of these days.
pub fn missing(draft: &Draft, period: (NaiveDate, NaiveDate)) -> Vec<FieldError> {
    let mut missing = faults(draft);
    let content = &draft.content;
    let empty = FIELDS
        .iter()
        .filter(|it| it.needed && content.get(it.name).is_empty());
    missing.extend(empty.map(|it| required(it.name)));
    for name in ["tasks_en", "tasks_zh"] {
        let lines = content
            .get(name)
            .lines()
            .filter(|it| !it.trim().is_empty())
            .count();
        if lines > 0 && !(3..=6).contains(&lines) {
            missing.push(FieldError::new(name, "tasks", |lang| {
                lang.plc_need_tasks().to_owned()
            }));
        }
    }
    if draft.areas.is_empty() {
        missing.push(required("areas"));
    }
    if draft.seats < 1 {
        missing.push(required("seats"));
    }
    for (name, day) in [("starts_on", draft.starts_on), ("ends_on", draft.ends_on)] {
        match day {
            None => missing.push(required(name)),
            Some(day) if day < period.0 || day > period.1 => {
                missing.push(FieldError::new(name, "period", |lang| {
                    lang.plc_need_period(
                        &crate::lang::format::date(lang, period.0),
                        &crate::lang::format::date(lang, period.1),
                    )
                }));
            }
            Some(_) => {}
        }
    }
    if content.get("paid") == "yes" {
        let pay = ["currency", "per", "payer_en", "payer_zh"];
        missing.extend(
            pay.iter()
                .filter(|it| content.get(it).is_empty())
                .map(|it| required(it)),
        );
        if draft.cents.is_none() {
            missing.push(required("allowance"));
        }
        if content.get("city") == City::HongKong.as_str() && content.get("wage_category").is_empty()
        {
            missing.push(required("wage_category"));
        }
    }
    missing
}

/// What the minimum wage of Hong Kong is held against, if it applies: paid in Hong Kong dollars, in Hong
/// Kong, to somebody who is not outside it.
pub fn pay(draft: &Draft) -> Option<Pay> {
    let content = &draft.content;
    let here = content.get("city") == City::HongKong.as_str()
        && content.get("paid") == "yes"
        && content.get("currency") == Currency::Hkd.as_str()
        && !matches!(
            WageCategory::parse(content.get("wage_category")),
            Some(WageCategory::StudentIntern | WageCategory::WorkExperience)
        );
    let per = match Period::parse(content.get("per"))? {
        Period::Hour => Per::Hour,
        Period::Day => Per::Day,
        Period::Month => Per::Month,
    };
    let (from, to) = (draft.starts_on?, draft.ends_on?);
    here.then_some(Pay {
        cents: draft.cents?,
        per,
        hours: i64::from(content.number("hours_week")?),
        days: (from, to),
    })
}

/// An amount of money as it is typed: whole units, or with two decimals.
pub fn cents(typed: &str) -> Option<i64> {
    let typed = typed.trim().replace(',', "");
    let (whole, rest) = typed.split_once('.').unwrap_or((&typed, ""));
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || rest.len() > 2 || !digits(whole) || !digits(rest) {
        return None;
    }
    let rest: i64 = format!("{rest:0<2}").parse().ok()?;
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(rest)
}

/// An amount of money as it is typed again.
pub fn typed_cents(cents: i64) -> String {
    let (whole, rest) = (cents / 100, cents % 100);
    if rest == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{rest:02}")
    }
}

/// An amount of money as people read it: `HK$12,000`, `RMB 500.50`.
pub fn money(lang: Lang, currency: &str, cents: i64) -> String {
    let (whole, rest) = (cents / 100, cents % 100);
    let figure = crate::lang::format::count(whole);
    let figure = if rest == 0 {
        figure
    } else {
        format!("{figure}.{rest:02}")
    };
    match Currency::parse(currency) {
        Some(Currency::Hkd) => format!("HK${figure}"),
        Some(Currency::Cny) => lang.pick(format!("RMB {figure}"), format!("人民幣{figure}元")),
        Some(Currency::Mop) | None => format!("MOP$ {figure}"),
    }
}
