//! The waitlist, and the question what would happen if seats became free: a rehearsal by the same
//! plan that moves the list, which changes nothing.

use askama::Template;

use crate::access::{self, CohortStaff};
use crate::applications::rules::Decision;
use crate::cohorts::queries::{self as cohorts, PoolRow};
use crate::cohorts::rules::seats::{Pool, PoolKind, SeatRefusal, give_back};
use crate::db::{self, Conn};
use crate::error::Result;
use crate::ids::{CohortId, PoolId};
use crate::lang::{Lang, Say as _, format};
use crate::offers::queries;
use crate::offers::queries::lists::{self, WaitingRow};
use crate::offers::rules::plan::plan_whole;
use crate::web::Shell;
use crate::web::exports::{Kind, export};
use crate::web::forms::Pairs;
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Reply};

struct Row {
    it: WaitingRow,
    pools: String,
    why: &'static str,
    score: String,
}

/// What a rehearsal shows.
struct WhatIf {
    /// Who would get an offer, and of which pool.
    promoted: Vec<(String, String)>,
    refused: Option<String>,
}

#[derive(Template)]
#[template(path = "offers/waitlist.html")]
struct Page {
    shell: Shell,
    cohort: CohortId,
    cohort_name: String,
    rows: Vec<Row>,
    pools: Vec<(String, String, bool)>,
    what_pools: Vec<(String, String, bool, bool)>,
    seats: String,
    what_if: Option<WhatIf>,
    text: String,
    filtered: bool,
    query: String,
    next: Option<String>,
}

fn row(lang: Lang, pools: &[PoolRow], it: WaitingRow) -> Row {
    let names: Vec<String> = it
        .pool_ids
        .iter()
        .map(|id| super::name_of(lang, pools, *id))
        .collect();
    let why = if it.decision.as_deref() == Some(Decision::Accept.as_str()) {
        lang.waitlist_why_full()
    } else {
        lang.waitlist_why_decided()
    };
    Row {
        pools: names.join(" → "),
        why,
        score: it.score_milli.map(super::record::score).unwrap_or_default(),
        it,
    }
}

fn narrowed(query: &Pairs) -> (Option<PoolId>, Option<String>) {
    let text = query.typed("q").trim();
    let pool = query.get("pool").and_then(|id| id.parse().ok());
    (pool, (!text.is_empty()).then(|| text.to_owned()))
}

/// The list, with the rehearsal when one is asked for.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    let pools = cohorts::pools(cx.conn, &staff)?;
    let query = &cx.visit.request.query;
    let (pool, text) = narrowed(query);
    let after = Cursor::from_query(query);
    let page = lists::waiting(
        cx.conn,
        &staff,
        (pool, text.as_deref()),
        after.as_ref(),
        PAGE,
    )?;
    let wanted: Option<PoolId> = query.get("from").and_then(|id| id.parse().ok());
    let seats: Option<i32> = query.typed("seats").trim().parse().ok();
    let what_if = match (wanted, seats) {
        (Some(from), Some(seats)) => Some(rehearse(cx.conn, &staff, (lang, &pools), from, seats)?),
        _ => None,
    };
    let name = |it: &PoolRow| (it.id.to_string(), super::pool_name(lang, it));
    let page = Page {
        shell: cx.shell(lang.waitlist_title()),
        cohort: staff.cohort(),
        cohort_name: cohort.name(lang).to_owned(),
        pools: pools
            .iter()
            .map(|it| (name(it).0, name(it).1, pool == Some(it.id)))
            .collect(),
        what_pools: pools
            .iter()
            .map(|it| {
                (
                    name(it).0,
                    name(it).1,
                    it.organisation_id.is_some(),
                    wanted == Some(it.id),
                )
            })
            .collect(),
        seats: query.typed("seats").to_owned(),
        next: page.next.map(|after| query.with(&[("after", &after)])),
        rows: page
            .rows
            .into_iter()
            .map(|it| row(lang, &pools, it))
            .collect(),
        what_if,
        filtered: pool.is_some() || text.is_some(),
        text: text.unwrap_or_default(),
        query: query.with(&[("after", ""), ("from", ""), ("seats", "")]),
    };
    cx.visit.page(&page)
}

/// Who would be promoted if a held pool gave back this many seats, or the open pool had more.
fn rehearse(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (lang, rows): (Lang, &[PoolRow]),
    from: PoolId,
    seats: i32,
) -> Result<WhatIf> {
    let waiting = queries::waiting(conn, staff.cohort())?;
    let now = db::now(conn)?;
    let plan = changed(queries::rule_pools(rows)?, from, seats)
        .and_then(|pools| plan_whole(&pools, &waiting, &[], 0, now));
    let plan = match plan {
        Ok(plan) => plan,
        Err(refusal) => {
            return Ok(WhatIf {
                promoted: Vec::new(),
                refused: Some(refusal.say(lang)),
            });
        }
    };
    let ids: Vec<_> = plan.promotions.iter().map(|(id, _)| *id).collect();
    let applications = queries::applications(conn, staff.cohort(), &ids)?;
    let promoted = plan.promotions.iter().map(|(id, pool)| {
        let name = applications.iter().find(|it| it.id == *id);
        (
            name.map(|it| it.name_shown.clone()).unwrap_or_default(),
            super::name_of(lang, rows, *pool),
        )
    });
    Ok(WhatIf {
        promoted: promoted.collect(),
        refused: None,
    })
}

fn changed(mut pools: Vec<Pool>, from: PoolId, seats: i32) -> Result<Vec<Pool>, SeatRefusal> {
    let find = |wanted: &dyn Fn(&Pool) -> bool| pools.iter().find(|it| wanted(it)).copied();
    let (Some(pool), Some(open)) = (
        find(&|it| it.id == from),
        find(&|it| it.kind == PoolKind::Open),
    ) else {
        return Err(SeatRefusal::OutOfRange);
    };
    let (pool, open) = if pool.id == open.id {
        let more = open.seats.capacity().saturating_add(seats);
        let open = Pool {
            seats: open.seats.change_capacity(more)?,
            ..open
        };
        (open, open)
    } else {
        give_back(&pool, &open, seats)?
    };
    for it in &mut pools {
        if it.id == pool.id {
            *it = pool;
        } else if it.id == open.id {
            *it = open;
        }
    }
    Ok(pools)
}

/// The list as CSV.
pub(in crate::offers) fn csv(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    table(cx, Kind::Csv)
}

/// The list as XLSX.
pub(in crate::offers) fn xlsx(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    table(cx, Kind::Xlsx)
}

fn table(cx: &mut Cx<'_, '_>, kind: Kind) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    let (pool, text) = narrowed(&cx.request().query);
    let (actor, request) = (cx.visit.actor.clone(), cx.request().id);
    let header = [
        lang.waitlist_place(),
        lang.waitlist_rank(),
        lang.letter_reference(),
        lang.offers_name(),
        lang.waitlist_fits(),
        lang.waitlist_why(),
        lang.offers_score(),
        lang.waitlist_since(),
    ];
    let header = header.map(str::to_owned).to_vec();
    let name = format!("{}-waitlist", cohort.code);
    Ok(export(
        kind,
        &name,
        header,
        Box::new(move |site, write| {
            site.db.read_for(&actor, request, |conn| {
                let staff = access::cohort_staff(conn, cohort.id)?;
                let pools = cohorts::pools(conn, &staff)?;
                let mut after = None;
                loop {
                    let narrow = (pool, text.as_deref());
                    let page = lists::waiting(conn, &staff, narrow, after.as_ref(), 1_000)?;
                    for it in page.rows {
                        let since = format::moment(lang, it.created_at);
                        let row = row(lang, &pools, it);
                        write(&[
                            row.it.place.to_string(),
                            row.it.rank.to_string(),
                            row.it.reference,
                            row.it.name_shown,
                            row.pools,
                            row.why.to_owned(),
                            row.score,
                            since,
                        ])?;
                    }
                    after = page.next.as_deref().and_then(Cursor::decode);
                    if after.is_none() {
                        return Ok(());
                    }
                }
            })
        }),
    ))
}
