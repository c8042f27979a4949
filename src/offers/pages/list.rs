//! The desk's list of a cohort's offers.

use askama::Template;

use crate::access;
use crate::cohorts::queries::{self as cohorts, PoolRow};
use crate::error::Result;
use crate::ids::CohortId;
use crate::lang::{Lang, format};
use crate::offers::queries::lists::{self, OfferFilter, OfferRow, Order};
use crate::offers::rules::OfferState;
use crate::web::Shell;
use crate::web::exports::{Kind, export};
use crate::web::forms::Pairs;
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Reply};

struct Row {
    it: OfferRow,
    state: &'static str,
    tag: &'static str,
    pool: String,
    deadline: String,
    made: String,
    note: String,
}

#[derive(Template)]
#[template(path = "offers/list.html")]
struct Page {
    shell: Shell,
    cohort: CohortId,
    cohort_name: String,
    rows: Vec<Row>,
    pools: Vec<(String, String, bool)>,
    states: Vec<(&'static str, &'static str, bool)>,
    text: String,
    by_name: bool,
    filtered: bool,
    query: String,
    next: Option<String>,
}

fn filter(query: &Pairs) -> OfferFilter {
    let text = query.typed("q").trim();
    OfferFilter {
        state: query
            .get("state")
            .and_then(OfferState::parse)
            .map(|it| it.as_str().to_owned()),
        pool: query.get("pool").and_then(|id| id.parse().ok()),
        text: (!text.is_empty()).then(|| text.to_owned()),
        order: Order::parse(query.typed("sort")),
    }
}

fn row(lang: Lang, pools: &[PoolRow], it: OfferRow) -> Row {
    let state = OfferState::parse(&it.state);
    Row {
        state: state.map_or("", |it| it.label(lang)),
        tag: state.map_or("", super::tag),
        pool: super::name_of(lang, pools, it.pool_id),
        deadline: format::deadline(lang, it.expires_at),
        made: format::moment(lang, it.created_at),
        note: it
            .promoted_rank
            .map(|n| lang.release_from_rank(n))
            .unwrap_or_default(),
        it,
    }
}

/// The list, by deadline or name, with its filters in the address.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    let pools = cohorts::pools(cx.conn, &staff)?;
    let query = &cx.visit.request.query;
    let filter = filter(query);
    let after = Cursor::from_query(query);
    let page = lists::offers(cx.conn, &staff, &filter, after.as_ref(), PAGE)?;
    let choice = |pool: &PoolRow| {
        (
            pool.id.to_string(),
            super::pool_name(lang, pool),
            filter.pool == Some(pool.id),
        )
    };
    let states = OfferState::ALL.iter().map(|it| {
        let chosen = filter.state.as_deref() == Some(it.as_str());
        (it.as_str(), it.label(lang), chosen)
    });
    let next = page.next.map(|after| query.with(&[("after", &after)]));
    let page = Page {
        shell: cx.shell(lang.offers_title()),
        cohort: staff.cohort(),
        cohort_name: cohort.name(lang).to_owned(),
        rows: page
            .rows
            .into_iter()
            .map(|it| row(lang, &pools, it))
            .collect(),
        pools: pools.iter().map(choice).collect(),
        states: states.collect(),
        filtered: filter.state.is_some() || filter.pool.is_some() || filter.text.is_some(),
        text: filter.text.unwrap_or_default(),
        by_name: filter.order == Order::Name,
        query: query.with(&[("after", "")]),
        next,
    };
    cx.visit.page(&page)
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
    let filter = filter(&cx.request().query);
    let (actor, request) = (cx.visit.actor.clone(), cx.request().id);
    let header = [
        lang.letter_reference(),
        lang.offers_name(),
        lang.offers_state(),
        lang.offers_pool(),
        lang.letter_answer_by(),
        lang.offers_made(),
        lang.offers_ended(),
        lang.offers_reason(),
    ];
    let header = header.map(str::to_owned).to_vec();
    let name = format!("{}-offers", cohort.code);
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
                    let page = lists::offers(conn, &staff, &filter, after.as_ref(), 1_000)?;
                    for it in page.rows {
                        let row = row(lang, &pools, it);
                        let ended = row.it.ended_at.map(|at| format::moment(lang, at));
                        write(&[
                            row.it.reference,
                            row.it.name_shown,
                            row.state.to_owned(),
                            row.pool,
                            row.deadline,
                            row.made,
                            ended.unwrap_or_default(),
                            row.it.reason.unwrap_or_default(),
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
