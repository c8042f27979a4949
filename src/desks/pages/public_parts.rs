//! Parts that several public pages show.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use sha2::{Digest as _, Sha256};

use crate::cohorts::queries::Cohort;
use crate::cohorts::rules::CohortState;
use crate::desks::queries::public::{Criterion, Promise};
use crate::desks::rules::{CallState, call_state};
use crate::error::Result;
use crate::ids::CohortId;
use crate::lang::Lang;
use crate::lang::format::{date, date_long, deadline, hk_date};
use crate::web::{Cx, Reply, ReplyBody};

/// Lets caches keep a page for a minute when nothing in it is the reader's own. A cookie of any kind
/// other than the language makes it private, and so does having signed in.
pub(super) fn cached(cx: &Cx<'_, '_>, reply: Reply) -> Reply {
    let own = cx.visit.visitor.is_some() || cx.request().cookies.keys().any(|name| name != "lang");
    let ReplyBody::Bytes(bytes) = &reply.body else {
        return reply;
    };
    if own || reply.status != 200 {
        return reply;
    }
    let digest: String = Sha256::digest(bytes)
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    reply
        .with("cache-control", "public, max-age=60")
        .with("vary", "Accept-Language, Cookie")
        .with("etag", format!("\"{digest}\""))
}

/// Paragraphs of a text that parts them by blank lines.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n")
        .split("\n\n")
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

/// A call as a card.
pub(super) struct CallCard {
    pub name: String,
    pub href: String,
    pub intro: String,
    pub tag: &'static str,
    pub state: &'static str,
    pub open: bool,
    pub opens: String,
    pub not_yet: bool,
    pub closes: String,
    pub starts: String,
}

impl CallCard {
    pub(super) fn new(cohort: &Cohort, lang: Lang, now: DateTime<Utc>) -> Result<Self> {
        let state = call_state(cohort.state()?, cohort.opens_at, cohort.closes_at, now);
        let (tag, words) = call_words(state, lang);
        Ok(Self {
            name: cohort.name(lang).to_owned(),
            href: format!("/calls/{}", cohort.code),
            intro: paragraphs(cohort.intro(lang))
                .into_iter()
                .next()
                .unwrap_or_default(),
            tag,
            state: words,
            open: state == CallState::Open,
            opens: deadline(lang, cohort.opens_at),
            not_yet: state == CallState::NotYetOpen,
            closes: deadline(lang, cohort.closes_at),
            starts: date_long(lang, cohort.starts_on),
        })
    }
}

/// Shape and word of a call's state.
pub(super) fn call_words(state: CallState, lang: Lang) -> (&'static str, &'static str) {
    match state {
        CallState::NotYetOpen => ("", lang.site_call_not_yet_open()),
        CallState::Open => ("go", lang.site_call_open()),
        CallState::Closed => ("end", lang.site_call_closed()),
        CallState::Cancelled => ("bad", lang.site_call_cancelled()),
    }
}

/// A line of a list of dates.
pub(super) struct DateLine {
    pub when: String,
    pub what: &'static str,
    pub name: String,
    pub left: String,
    order: NaiveDate,
}

/// What is still ahead in these cohorts, the next first.
pub(in crate::desks) fn dates(
    cohorts: &[&Cohort],
    lang: Lang,
    now: DateTime<Utc>,
) -> Vec<DateLine> {
    let today = hk_date(now);
    let mut lines = Vec::new();
    for cohort in cohorts {
        // A stage that ended early says nothing of the date on which it should have ended.
        let taking = matches!(cohort.state(), Ok(CohortState::Planned | CohortState::Open));
        let deciding = taking || matches!(cohort.state(), Ok(CohortState::Reviewing));
        let instants = [
            (cohort.opens_at, lang.site_date_opens(), taking),
            (cohort.closes_at, lang.site_date_closes(), taking),
            (cohort.reply_by, lang.site_date_reply(), true),
        ];
        let days = [
            (cohort.decisions_on, lang.site_date_decisions(), deciding),
            (cohort.starts_on, lang.site_date_starts(), true),
            (cohort.ends_on, lang.site_date_ends(), true),
        ];
        let ahead = instants
            .into_iter()
            .filter(|(at, _, said)| *said && *at > now)
            .map(|(at, what, _)| (hk_date(at), deadline(lang, at), what));
        let ahead = ahead.chain(
            days.into_iter()
                .filter(|(day, _, said)| *said && *day >= today)
                .map(|(day, what, _)| (day, date_long(lang, day), what)),
        );
        lines.extend(ahead.map(|(order, when, what)| DateLine {
            when,
            what,
            name: cohort.name(lang).to_owned(),
            left: days_left(lang, order, today),
            order,
        }));
    }
    lines.sort_by_key(|line| line.order);
    lines
}

/// How far away a day is, in words.
pub(in crate::desks) fn days_left(lang: Lang, day: NaiveDate, today: NaiveDate) -> String {
    match (day - today).num_days() {
        0 => lang.site_today().to_owned(),
        1 => lang.site_tomorrow().to_owned(),
        days => lang.site_in_days(days),
    }
}

/// A criterion with its share of the whole.
#[derive(PartialEq, Eq)]
pub(super) struct CriterionLine {
    pub name: String,
    pub hint: String,
    pub share: String,
}

/// The criteria of one cohort, each with its weight in per cent.
pub(super) fn criteria_of(all: &[Criterion], cohort: CohortId, lang: Lang) -> Vec<CriterionLine> {
    let own: Vec<&Criterion> = all.iter().filter(|c| c.cohort_id == cohort).collect();
    let whole: i32 = own.iter().map(|c| c.weight).sum();
    own.iter()
        .map(|c| CriterionLine {
            name: lang.pick(&c.name_en, &c.name_zh).clone(),
            hint: lang.pick(&c.hint_en, &c.hint_zh).clone(),
            share: lang.site_percent_of(i64::from((c.weight * 200 / whole.max(1) + 1) / 2)),
        })
        .collect()
}

/// What a source says of the programme, and of which years.
pub(super) struct Fact {
    pub wording: String,
    pub years: Option<String>,
    pub source: Option<SourceLine>,
}

/// What the sources say. A sentence that is a target of several years stands once, with its years.
pub(super) fn facts(promises: &[Promise], lang: Lang) -> Vec<Fact> {
    let mut found: Vec<(&Promise, Vec<String>)> = Vec::new();
    for promise in promises {
        let same = found.iter_mut().find(|(first, _)| {
            (&first.wording_en, &first.wording_zh, &first.title_en)
                == (&promise.wording_en, &promise.wording_zh, &promise.title_en)
        });
        match same {
            Some((_, years)) => years.extend(whole_year(promise, lang)),
            None => found.push((promise, whole_year(promise, lang).into_iter().collect())),
        }
    }
    found
        .into_iter()
        .map(|(promise, years)| Fact {
            wording: lang.pick(&promise.wording_en, &promise.wording_zh).clone(),
            years: (!years.is_empty())
                .then(|| lang.site_target_years(&years.join(lang.pick(", ", "、")))),
            source: source(promise, lang),
        })
        .collect()
}

/// The year, when the period is one from its first to its last day.
fn whole_year(promise: &Promise, lang: Lang) -> Option<String> {
    let year = promise.starts_on.year();
    let days = (
        NaiveDate::from_ymd_opt(year, 1, 1)?,
        NaiveDate::from_ymd_opt(year, 12, 31)?,
    );
    (days == (promise.starts_on, promise.ends_on))
        .then(|| lang.pick(year.to_string(), format!("{year}年")))
}

/// The document in which a target stands.
pub(super) fn source(promise: &Promise, lang: Lang) -> Option<SourceLine> {
    let title = lang.pick(&promise.title_en, &promise.title_zh).as_deref()?;
    Some(SourceLine::new(
        lang,
        title,
        promise.publisher.as_deref()?,
        promise.published_on?,
        promise.url.as_deref(),
    ))
}

/// A document as a source beside a number.
pub(super) struct SourceLine {
    pub text: String,
    pub url: Option<String>,
}

impl SourceLine {
    /// Title, publisher, date.
    pub(super) fn new(
        lang: Lang,
        title: &str,
        publisher: &str,
        published_on: NaiveDate,
        url: Option<&str>,
    ) -> Self {
        Self {
            text: lang.site_source_cited(title, publisher, &date(lang, published_on)),
            // Only an ordinary web address becomes a link.
            url: url
                .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
                .map(str::to_owned),
        }
    }
}
