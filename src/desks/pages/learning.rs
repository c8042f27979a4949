//! What a trainee needs to know now: the next session, what is due, how far they have come, the latest
//! marks and letters.

use chrono::{DateTime, Duration, Utc};

use crate::access::{self, Own, OwnEnrolment};
use crate::assessment::queries as assessment;
use crate::assessment::rules::percent;
use crate::attendance::pages::{Gauge, gauge};
use crate::attendance::queries as attendance;
use crate::attendance::rules::Hours;
use crate::curriculum::queries::book;
use crate::db::Task;
use crate::error::Result;
use crate::ids::EnrolmentId;
use crate::lang::Lang;
use crate::lang::format::{deadline, hk_date, moment};
use crate::mail::queries as letters;
use crate::materials::queries as materials;
use crate::progress::pages::{Gained, Ring, gained, ring};
use crate::progress::say::{self, Said};
use crate::progress::{facts, queries as progress};
use crate::teaching;
use crate::web::Cx;

/// A session, as the trainee's home shows it.
pub(super) struct Next {
    pub(super) when: String,
    pub(super) name: String,
    pub(super) room: String,
    pub(super) href: String,
    pub(super) join: Option<String>,
    /// Is it about to begin, or going on?
    pub(super) now: bool,
}

/// A line with a link: what, and when or how much.
pub(super) struct Item {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) more: String,
    pub(super) tone: &'static str,
}

/// How far one has come.
pub(super) struct Progress {
    pub(super) ring: Ring,
    pub(super) summary: String,
    pub(super) lines: Vec<Said>,
    pub(super) gained: Gained,
}

/// All of it.
pub(super) struct Learning {
    pub(super) enrolment: EnrolmentId,
    pub(super) next: Option<Next>,
    pub(super) due: Vec<Item>,
    pub(super) marks: Vec<Item>,
    /// How many notes wait to be read, in words.
    pub(super) notes: Option<String>,
    pub(super) rate: Option<Gauge>,
    pub(super) progress: Option<Progress>,
}

/// How many of each are shown.
const FEW: usize = 4;

fn next(cx: &mut Cx<'_, '_>, own: &OwnEnrolment, now: DateTime<Utc>) -> Result<Option<Next>> {
    let lang = cx.lang();
    let found = cx.conn.elevate(Task::Timetable, |conn| {
        let timetable = access::working(conn, Task::Timetable)?;
        teaching::queries::next_of_trainee(conn, &timetable, own, now)
    })?;
    Ok(found.map(|it| Next {
        when: teaching::mail::when(lang, &it.slot()),
        name: format!("{} {}", it.module_code, it.name(lang)),
        room: it.room.clone(),
        href: format!("/me/timetable/{}", it.id),
        join: Some(it.link.clone()).filter(|it| !it.is_empty()),
        now: it.starts_at - Duration::minutes(30) <= now,
    }))
}

/// What is to be handed in or sat next, and what was released last.
fn assessed(
    lang: Lang,
    all: &[assessment::OwnLine],
    enrolment: EnrolmentId,
    now: DateTime<Utc>,
) -> (Vec<Item>, Vec<Item>) {
    let all = || all.iter().filter(|it| it.enrolment_id == enrolment);
    let item = |it: &assessment::OwnLine, more: String, tone| Item {
        href: format!("/me/assessments/{}", it.id),
        title: format!(
            "{} {}",
            it.assessment.module_code,
            it.assessment.title(lang)
        ),
        more,
        tone,
    };
    let due = all()
        .filter(|it| it.released.is_none() && it.standing().is_none())
        .filter_map(|it| {
            let times = it.assessment.times(it.extended_to);
            let late = times.due_at < now;
            let shown = times.hard_end() >= now;
            shown.then(|| {
                item(
                    it,
                    deadline(lang, times.due_at),
                    if late { "bad" } else { "" },
                )
            })
        })
        .take(FEW)
        .collect();
    let mut marked: Vec<_> = all()
        .filter_map(|it| Some((it, it.released.as_ref()?)))
        .collect();
    marked.sort_by_key(|(_, it)| std::cmp::Reverse(it.released_at));
    let marks = marked
        .into_iter()
        .take(FEW)
        .map(|(it, released)| {
            let (mark, tone) = match released.mark {
                Some(mark) => (
                    format!("{}%", percent(mark)),
                    if mark >= released.pass_mark {
                        "ok"
                    } else {
                        "bad"
                    },
                ),
                None => (lang.asm_not_handed_in().to_owned(), "bad"),
            };
            item(it, mark, tone)
        })
        .collect();
    (due, marks)
}

fn rate_of(cx: &mut Cx<'_, '_>, own: &OwnEnrolment) -> Result<Option<Gauge>> {
    let lang = cx.lang();
    let policy = attendance::policy_of(cx.conn, own)?;
    let mut whole = Hours::default();
    for it in attendance::hours_of(cx.conn, own)? {
        whole = whole.plus(it.hours);
    }
    let gauge = gauge(lang, lang.att_mine().to_owned(), &whole, &policy);
    Ok(gauge.width.is_some().then_some(gauge))
}

fn progress_of(
    cx: &mut Cx<'_, '_>,
    own: &OwnEnrolment,
    now: DateTime<Utc>,
) -> Result<Option<Progress>> {
    let lang = cx.lang();
    let Some(rules) = progress::followed_own(cx.conn, own)? else {
        return Ok(None);
    };
    let judged = facts::judged_own(cx.conn, own, &rules.content, hk_date(now))?;
    let verdict = &judged.verdict;
    let book = book(cx.conn, own.programme())?;
    let (met, all) = (verdict.met(), verdict.lines.len());
    let gained = gained(cx, &judged.facts, &judged.trainee, &book)?;
    Ok(Some(Progress {
        gained,
        ring: ring(met, all),
        summary: lang.progress_mine_summary(met, all),
        lines: verdict
            .lines
            .iter()
            .map(|line| say::line(line, judged.rules(&rules.content), &book, lang))
            .collect(),
    }))
}

/// Notes that may be read and are not done with: at most a page of them is counted.
fn notes(cx: &mut Cx<'_, '_>, own: &Own, whose: &OwnEnrolment) -> Result<Option<String>> {
    let lang = cx.lang();
    let filter = materials::Filter {
        done: Some(false),
        text: None,
    };
    let found = cx.conn.elevate(Task::Timetable, |conn| {
        let timetable = access::working(conn, Task::Timetable)?;
        materials::readable(
            conn,
            &timetable,
            (own, std::slice::from_ref(whose)),
            &filter,
            None,
            50,
        )
    })?;
    Ok(match found.rows.len() {
        0 => None,
        n => Some(lang.learning_notes(n)),
    })
}

/// The latest letters to the reader.
pub(super) fn latest_letters(cx: &mut Cx<'_, '_>, own: &Own) -> Result<Vec<Item>> {
    let lang = cx.lang();
    let found = letters::own_letters(cx.conn, own, None, None, 3)?;
    Ok(found
        .rows
        .into_iter()
        .map(|it| Item {
            href: format!("/me/letters/{}", it.id),
            more: it.sent_at.map(|at| moment(lang, at)).unwrap_or_default(),
            title: it.subject,
            tone: "",
        })
        .collect())
}

/// What one who takes part, or has completed, needs to know.
pub(super) fn learning(
    cx: &mut Cx<'_, '_>,
    own: &Own,
    (enrolment, all): (EnrolmentId, &[assessment::OwnLine]),
    now: DateTime<Utc>,
) -> Result<Learning> {
    let whose = access::own_enrolment(cx.conn, enrolment)?;
    let (due, marks) = assessed(cx.lang(), all, enrolment, now);
    Ok(Learning {
        enrolment,
        next: next(cx, &whose, now)?,
        due,
        marks,
        notes: notes(cx, own, &whose)?,
        rate: rate_of(cx, &whose)?,
        progress: progress_of(cx, &whose, now)?,
    })
}
