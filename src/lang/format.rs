//! Dates, times, counts and names as people in Hong Kong write them.

use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, TimeZone, Timelike, Utc, Weekday,
};

use super::Lang;

/// Hong Kong time. UTC+8 without daylight saving since 1979, so a fixed offset is exact for
/// every instant that this system holds.
pub fn hkt() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600)
        .unwrap_or_else(|| FixedOffset::east_opt(0).unwrap_or(chrono::Offset::fix(&Utc)))
}

/// The Hong Kong calendar date of an instant.
pub fn hk_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&hkt()).date_naive()
}

/// An instant from a Hong Kong date and time of day.
pub fn hk_instant(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    hkt()
        .from_local_datetime(&date.and_time(time))
        .single()
        .map_or_else(
            || date.and_time(time).and_utc(),
            |at| at.with_timezone(&Utc),
        )
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn month(date: NaiveDate) -> &'static str {
    usize::try_from(date.month0())
        .ok()
        .and_then(|m| MONTHS.get(m))
        .copied()
        .unwrap_or_default()
}

fn weekday(lang: Lang, day: Weekday) -> &'static str {
    match (day, lang) {
        (Weekday::Mon, Lang::En) => "Mon",
        (Weekday::Tue, Lang::En) => "Tue",
        (Weekday::Wed, Lang::En) => "Wed",
        (Weekday::Thu, Lang::En) => "Thu",
        (Weekday::Fri, Lang::En) => "Fri",
        (Weekday::Sat, Lang::En) => "Sat",
        (Weekday::Sun, Lang::En) => "Sun",
        (Weekday::Mon, Lang::Zh) => "星期一",
        (Weekday::Tue, Lang::Zh) => "星期二",
        (Weekday::Wed, Lang::Zh) => "星期三",
        (Weekday::Thu, Lang::Zh) => "星期四",
        (Weekday::Fri, Lang::Zh) => "星期五",
        (Weekday::Sat, Lang::Zh) => "星期六",
        (Weekday::Sun, Lang::Zh) => "星期日",
    }
}

/// A calendar date: `22 Feb 2027`, `2027年2月22日`.
pub fn date(lang: Lang, date: NaiveDate) -> String {
    match lang {
        Lang::En => format!("{} {} {}", date.day(), month(date), date.year()),
        Lang::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
    }
}

/// The month of a date: `Feb 2027`, `2027年2月`.
pub fn month_year(lang: Lang, date: NaiveDate) -> String {
    match lang {
        Lang::En => format!("{} {}", month(date), date.year()),
        Lang::Zh => format!("{}年{}月", date.year(), date.month()),
    }
}

/// A calendar date with its weekday: `Mon 22 Feb 2027`, `2027年2月22日（星期一）`.
pub fn date_long(lang: Lang, day: NaiveDate) -> String {
    match lang {
        Lang::En => format!("{} {}", weekday(lang, day.weekday()), date(lang, day)),
        Lang::Zh => format!("{}（{}）", date(lang, day), weekday(lang, day.weekday())),
    }
}

/// A deadline: `Mon 30 Nov 2026, 23:59 HKT`, `2026年11月30日（星期一）23:59（香港時間）`.
pub fn deadline(lang: Lang, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&hkt());
    let day = date_long(lang, local.date_naive());
    match lang {
        Lang::En => format!("{day}, {:02}:{:02} HKT", local.hour(), local.minute()),
        Lang::Zh => format!("{day}{:02}:{:02}（香港時間）", local.hour(), local.minute()),
    }
}

/// A moment in a history: `30 Nov 2026, 23:59`, `2026年11月30日 23:59`.
pub fn moment(lang: Lang, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&hkt());
    let day = date(lang, local.date_naive());
    match lang {
        Lang::En => format!("{day}, {:02}:{:02}", local.hour(), local.minute()),
        Lang::Zh => format!("{day} {:02}:{:02}", local.hour(), local.minute()),
    }
}

/// A count with thousands separators: `12,345`.
pub fn count(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('-');
    }
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Minutes as hours and minutes.
#[must_use]
pub fn duration(minutes: u32, lang: Lang) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => lang.span_hours(hours),
        (0, rest) => lang.span_minutes(rest),
        (hours, rest) => lang.span_hours_minutes(hours, rest),
    }
}
