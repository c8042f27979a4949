//! A trainee's placements on their home: where each stands, and what it waits for from the trainee.

use crate::access::Own;
use crate::error::Result;
use crate::hosting::pages::{at, tone};
use crate::hosting::queries::{self as hosting, PLACEMENT_SORTS, Placement, Seat, Sought};
use crate::hosting::rules::{Owner, TaskState};
use crate::lang::Lang;
use crate::lang::format::{date, deadline, hk_date};
use crate::matches::rules::PlacementState;
use crate::supervision::queries as supervision;
use crate::supervision::rules::{Chase, chase, is_awaited, log_due, under_way, weeks};
use crate::web::fields::Sort;
use crate::web::paging::Window;
use crate::web::{Cx, Pairs};

use super::learning::Item;

/// A placement, as the trainee's home shows it.
pub(super) struct Placed {
    pub(super) href: String,
    pub(super) institution: String,
    pub(super) title: String,
    pub(super) tone: &'static str,
    pub(super) state: &'static str,
    pub(super) period: Option<String>,
    pub(super) due: Vec<Item>,
    /// The logs, once there are any.
    pub(super) logs: Option<String>,
}

/// How many placements, and how many lines of one, are shown.
const FEW: usize = 5;

/// The reader's placements that go on or are completed, the latest first.
pub(super) fn placed(cx: &mut Cx<'_, '_>, own: &Own) -> Result<Vec<Placed>> {
    let seat = Seat::Trainee(*own);
    let page = Window {
        sort: Sort::from_query(&Pairs::parse(b"sort=-starts"), PLACEMENT_SORTS),
        after: None,
        limit: 20,
    };
    let mut all = Vec::new();
    for it in hosting::placements(cx.conn, &seat, &Sought::default(), &page)? {
        let over = matches!(
            it.state()?,
            PlacementState::EndedEarly
                | PlacementState::WithdrawnByTrainee
                | PlacementState::WithdrawnByHost
        );
        if !over && all.len() < FEW {
            all.push(one(cx, &seat, &it)?);
        }
    }
    Ok(all)
}

fn one(cx: &mut Cx<'_, '_>, seat: &Seat, it: &Placement) -> Result<Placed> {
    let lang = cx.lang();
    let state = it.state()?;
    let href = at(seat, it.id);
    let mut due = papers(cx, seat, it, &href)?;
    due.extend(weeks_due(cx, it, &href)?);
    due.truncate(FEW);
    let begun = crate::hosting::rules::has_begun(state);
    Ok(Placed {
        institution: it.organisation(lang).to_owned(),
        title: it.title(lang)?,
        tone: tone(state),
        state: state.label(lang),
        period: period(lang, it),
        due,
        logs: begun.then(|| format!("{href}/logs")),
        href,
    })
}

fn period(lang: Lang, it: &Placement) -> Option<String> {
    let (from, to) = (it.starts_on?, it.ends_on?);
    Some(lang.hst_from_to(&date(lang, from), &date(lang, to)))
}

/// The offer to answer, the agreement to sign, the trainee's own items of the checklist.
fn papers(cx: &mut Cx<'_, '_>, seat: &Seat, it: &Placement, href: &str) -> Result<Vec<Item>> {
    let lang = cx.lang();
    let today = hk_date(crate::db::now(cx.conn)?);
    let item = |place: String, title: &str, more: String, tone| Item {
        href: format!("{href}{place}"),
        title: title.to_owned(),
        more,
        tone,
    };
    let mut all = Vec::new();
    if let (PlacementState::Offered, Some(until)) = (it.state()?, it.answer_by) {
        let more = deadline(lang, until);
        all.push(item(String::new(), lang.desk_me_answer(), more, ""));
    }
    let agreements = hosting::agreements(cx.conn, it)?;
    if let Some(waits) = hosting::to_sign(cx.conn, seat, &agreements)? {
        let what = lang.hst_agreement_number(waits.number);
        let place = "/agreement".to_owned();
        all.push(item(place, lang.hst_read_and_sign(), what, ""));
    }
    for task in hosting::tasks(cx.conn, it)? {
        if task.owner()? == Owner::Trainee && task.state()? == TaskState::Open {
            let late = if task.due_on < today { "bad" } else { "" };
            let place = format!("/tasks/{}", task.id);
            all.push(item(place, task.name(lang), date(lang, task.due_on), late));
        }
    }
    Ok(all)
}

/// The weeks whose logs were returned, or are over and not handed in.
fn weeks_due(cx: &mut Cx<'_, '_>, it: &Placement, href: &str) -> Result<Vec<Item>> {
    let lang = cx.lang();
    let today = hk_date(crate::db::now(cx.conn)?);
    let contract = supervision::contract(cx.conn, it)?;
    let Some(contract) = contract.filter(|_| it.state().is_ok_and(under_way)) else {
        return Ok(Vec::new());
    };
    let logs = supervision::logs(cx.conn, it)?;
    let mut all = Vec::new();
    for week in weeks(contract.starts_on, contract.ends_on, today) {
        let log = logs.iter().find(|it| it.week == week);
        let state = log.map(supervision::Log::state).transpose()?;
        if is_awaited(week, state, !contract.rests(week), today) {
            let late = chase(week, today) != Chase::Wait;
            all.push(Item {
                href: format!("{href}/logs/{week}"),
                title: lang.sup_week_of(&date(lang, week)),
                more: state
                    .map_or_else(|| date(lang, log_due(week)), |it| it.label(lang).to_owned()),
                tone: if late { "bad" } else { "" },
            });
        }
    }
    Ok(all)
}
