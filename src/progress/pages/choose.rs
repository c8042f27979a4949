//! Which version a cohort follows: the choice, who would change, the reason.

use askama::Template;

use crate::access::CohortStaff;
use crate::curriculum::queries::book;
use crate::error::{Error, Result};
use crate::ids::{CohortId, RulesId};
use crate::web::fields::{Again, Field, Group, Input, fill};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries;
use super::super::rules::RulesState;
use super::what_if::{Shown, changes, shown};
use super::{at, cohort_of, crumbs, out_of_reach, pair};

#[derive(Template)]
#[template(path = "progress/choose.html")]
struct ChoosePage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    programme: String,
    now: Option<String>,
    versions: Vec<(String, String, bool)>,
    /// The version that is looked at.
    wanted: Option<(String, String)>,
    /// Why nobody could complete by it.
    unreachable: Option<String>,
    sequence: i32,
    rows: Vec<Shown>,
    groups: Vec<Group>,
    again: Again,
}

fn show(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    (pairs, mut again): (&Pairs, Again),
) -> Result<Reply> {
    let lang = cx.lang();
    let (_, cohort) = cohort_of(cx)?;
    let all = queries::versions(cx.conn, &staff.programme_staff())?;
    let now = queries::followed(cx.conn, staff)?;
    let asked: Option<RulesId> = pairs.get("rules").and_then(|id| id.parse().ok());
    let published = all.iter().filter(|it| it.state == RulesState::Published);
    let others: Vec<_> = published
        .filter(|it| now.as_ref().is_none_or(|now| now.id != it.id))
        .collect();
    let wanted = others.iter().find(|it| Some(it.id) == asked);
    let title = |it: &queries::Rules| {
        let version = lang.progress_version(it.number);
        format!("{}{}", lang.before(&version), it.content.name.say(lang))
    };
    let book = book(cx.conn, staff.programme())?;
    let unreachable = match wanted {
        Some(it) => out_of_reach(cx, staff, (&it.content, &book))?,
        None => None,
    };
    let base = at(staff);
    let mut rows = Vec::new();
    if let (Some(now), Some(then)) = (&now, wanted) {
        let found = changes(cx.conn, staff, &now.content, &then.content)?;
        let words = (&book, lang, base.as_str());
        rows.extend(
            found
                .iter()
                .map(|it| shown(it, (&now.content, &then.content), words)),
        );
    }
    let mut groups = Vec::new();
    if now.is_some() {
        groups.push(Group::plain(vec![
            Field::line("reason", lang.progress_reason())
                .area(2)
                .hint(lang.progress_reason_kept()),
        ]));
    }
    fill(&mut groups, pairs, &mut again.mistakes);
    let status = again.status;
    let page = ChoosePage {
        shell: cx.shell(lang.progress_choose()),
        crumbs: crumbs(lang, staff, &cohort),
        cohort: staff.cohort(),
        programme: staff.programme().to_string(),
        now: now.as_ref().map(title),
        unreachable,
        sequence: now.as_ref().map_or(0, |it| it.sequence),
        versions: others
            .iter()
            .map(|it| (it.id.to_string(), title(it), Some(it.id) == asked))
            .collect(),
        wanted: wanted.map(|it| pair(it.id.to_string(), lang.progress_follow_of(it.number))),
        rows,
        groups,
        again,
    };
    cx.visit.page_with(status, &page)
}

/// GET `…/completion/rules`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, _) = cohort_of(cx)?;
    let visit = cx.visit;
    show(cx, &staff, (&visit.request.query, Again::first()))
}

/// POST `…/completion/rules`.
pub(super) fn follow(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, _) = cohort_of(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let rules = form.choice("rules", |id| id.parse::<RulesId>().ok());
    let seen = form.number("sequence", 0, i32::MAX);
    let reason = form.optional("reason", 500).unwrap_or_default();
    let done = form.done().and_then(|()| {
        let rules = rules.ok_or(Error::NotFound)?;
        actions::follow(cx.conn, &staff, rules, (seen, &reason))
    });
    match done {
        Ok(()) => Ok(Reply::see_other(at(&staff)).flash("rules_chosen")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, &staff, (typed, again))
        }
    }
}
