//! Hits and misses of the rules, counted once outcomes are known.

use askama::Template;

use crate::error::Result;
use crate::ids::ProgrammeId;
use crate::lang::{Lang, per_cent};
use crate::web::exports::short;
use crate::web::{Cx, Reply, Shell};

use super::super::queries::{self, Ended, Hits};
use super::super::rules::{Code, honest_share};
use super::{crumbs, home, staff};

struct Line {
    rule: &'static str,
    it: Hits,
}

#[derive(Template)]
#[template(path = "at_risk/hits.html")]
struct Page {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: ProgrammeId,
    lines: Vec<Line>,
    ended: Ended,
    missed: String,
    quiet: String,
}

/// Every rule has its line, also one that never found anything.
fn lines(lang: Lang, found: &[Hits]) -> Vec<Line> {
    let line = |code: &Code| Line {
        rule: code.label(lang),
        it: found
            .iter()
            .find(|it| it.code == code.as_str())
            .cloned()
            .unwrap_or_else(|| Hits {
                code: code.as_str().to_owned(),
                cases: 0,
                open: 0,
                recovered: 0,
                withdrew: 0,
                deferred: 0,
                failed: 0,
                false_alarm: 0,
                completed: 0,
            }),
    };
    Code::ALL.iter().map(line).collect()
}

/// A count with its share, or with the plain word that there are too few to speak of a share.
fn share(lang: Lang, part: i64, whole: i64) -> String {
    match honest_share(part, whole) {
        Some(rate) => lang.risk_share(part, whole, &per_cent(i64::from(rate))),
        None => lang.risk_share_few(part, whole),
    }
}

/// GET `/programmes/{programme}/at-risk/hits`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let found = queries::hits(cx.conn, &staff)?;
    let ended = queries::ended(cx.conn, &staff)?;
    let page = Page {
        shell: cx.shell(lang.risk_hits()),
        crumbs: crumbs(
            lang,
            &staff,
            vec![(home(&staff), lang.risk_title().to_owned())],
        ),
        programme: staff.programme(),
        lines: lines(lang, &found),
        missed: share(lang, ended.lost_missed, ended.lost_missed + ended.lost_seen),
        quiet: share(
            lang,
            ended.completed_seen,
            ended.completed_seen + ended.completed_quiet,
        ),
        ended,
    };
    cx.visit.page(&page)
}

/// GET `/programmes/{programme}/at-risk/hits.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let found = queries::hits(cx.conn, &staff)?;
    let rows = lines(lang, &found).into_iter().map(|line| {
        let it = line.it;
        let mut row = vec![line.rule.to_owned()];
        let counts = [
            it.cases,
            it.open,
            it.recovered,
            it.withdrew,
            it.deferred,
            it.failed,
            it.false_alarm,
            it.completed,
        ];
        row.extend(counts.map(|n| n.to_string()));
        row
    });
    let header = [
        lang.risk_rule(),
        lang.risk_cases(),
        lang.risk_not_closed(),
        lang.risk_outcome_recovered(),
        lang.risk_outcome_withdrew(),
        lang.risk_outcome_deferred(),
        lang.risk_outcome_failed(),
        lang.risk_outcome_false_alarm(),
        lang.risk_completed(),
    ];
    short(&cx.request().path, "at-risk-hits", &header, rows.collect())
}
