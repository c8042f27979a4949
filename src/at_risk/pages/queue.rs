//! The queue: who looks after whom until when, found by reason, owner and cohort, given out in bulk.

use askama::Template;

use crate::error::{Error, Result};
use crate::ids::{PersonId, ProgrammeId, RiskCaseId};
use crate::lang::format::moment;
use crate::web::exports::short;
use crate::web::fields::{Again, Field, Group, Head, Input, Sort, fill};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Case, Owner, SORTS, Wanted, Which};
use super::super::rules::{CaseState, Code};
use super::{Shown, choices, crumbs, home, shown, staff};

/// A select of the filters: name, label, choices with their word, label and whether chosen.
struct Select {
    name: &'static str,
    label: &'static str,
    choices: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "at_risk/queue.html")]
struct Queue<'a> {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: ProgrammeId,
    rows: Vec<Shown>,
    ticked: Vec<String>,
    heads: Vec<Head>,
    selects: Vec<Select>,
    text: String,
    filtered: bool,
    query: String,
    last: Option<String>,
    groups: Vec<Group>,
    again: &'a Again,
    paged: bool,
    first: String,
    next: Option<String>,
}

impl Queue<'_> {
    fn is_ticked(&self, row: &Shown) -> bool {
        self.ticked.contains(&row.it.id.to_string())
    }
}

/// What the address asks for; `me` is whoever asks.
pub(in crate::at_risk) fn wanted(query: &Pairs, me: PersonId, limit: i64) -> Wanted {
    let text = query.typed("q").trim();
    Wanted {
        which: Which::parse(query.typed("state")),
        owner: match query.typed("owner") {
            "me" => Some(Owner::Of(me)),
            "none" => Some(Owner::Nobody),
            word => word.parse().ok().map(Owner::Of),
        },
        code: Code::parse(query.typed("reason")),
        cohort: query.typed("cohort").parse().ok(),
        text: (!text.is_empty()).then(|| text.to_owned()),
        sort: Sort::from_query(query, SORTS),
        after: Cursor::from_query(query),
        limit,
    }
}

/// The place of a row in the queue.
pub(in crate::at_risk) fn cursor(it: &Case) -> Cursor {
    Cursor {
        key: it.sort_key.clone(),
        id: it.id.0,
    }
}

/// GET `/programmes/{programme}/at-risk`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    show(cx, Pairs::none(), &Again::first())
}

fn selects(
    cx: &mut Cx<'_, '_>,
    wanted: &Wanted,
    owners: &[(PersonId, String)],
) -> Result<Vec<Select>> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let entry = |name: &str, word: &str, label: &str| {
        let on = query.typed(name) == word;
        (word.to_owned(), label.to_owned(), on)
    };
    let mut states = vec![entry("state", "", lang.risk_living())];
    states.extend([CaseState::Open, CaseState::InHand].map(|it| {
        let (word, label) = (it.as_str(), it.label(lang));
        entry("state", word, label)
    }));
    states.push(entry("state", "gone", lang.risk_proposed()));
    states.push(entry("state", "resting", lang.risk_resting()));
    states.push(entry("state", "closed", CaseState::Closed.label(lang)));
    states.push(entry("state", "all", lang.risk_all()));
    let mut whose = vec![
        entry("owner", "", lang.risk_all()),
        entry("owner", "me", lang.risk_mine()),
        entry("owner", "none", lang.risk_nobody()),
    ];
    whose.extend(
        owners
            .iter()
            .map(|(id, name)| entry("owner", &id.to_string(), name)),
    );
    let mut codes = vec![entry("reason", "", lang.risk_all())];
    codes.extend(
        Code::ALL
            .iter()
            .map(|it| entry("reason", it.as_str(), it.label(lang))),
    );
    let mut cohorts = vec![entry("cohort", "", lang.risk_all())];
    for (id, (en, zh)) in queries::cohorts(cx.conn, &staff)? {
        cohorts.push(entry("cohort", &id.to_string(), lang.pick(&en, &zh)));
    }
    let sorts = sorts(cx)
        .into_iter()
        .map(|(word, label)| (word.to_owned(), label.to_owned(), wanted.sort.word == word));
    let select = |name, label, choices| Select {
        name,
        label,
        choices,
    };
    Ok(vec![
        select("state", lang.risk_state(), states),
        select("owner", lang.risk_owner(), whose),
        select("reason", lang.risk_reason(), codes),
        select("cohort", lang.risk_cohort(), cohorts),
        select("sort", lang.people_sort_by(), sorts.collect()),
    ])
}

fn sorts(cx: &Cx<'_, '_>) -> [(&'static str, &'static str); 4] {
    let lang = cx.lang();
    [
        ("due", lang.risk_due()),
        ("severity", lang.risk_severity()),
        ("name", lang.risk_trainee()),
        ("opened", lang.risk_opened()),
    ]
}

fn show(cx: &mut Cx<'_, '_>, typed: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let wanted = wanted(query, staff.person(), PAGE + 1);
    let owners = queries::owners(cx.conn, &staff)?;
    let page = Page::cut(queries::list(cx.conn, &staff, &wanted)?, PAGE, cursor);
    let selects = selects(cx, &wanted, &owners)?;
    let path = home(&staff);
    let head = |label: &str, word: &str| Head::sorting(label, word, wanted.sort, &path, query);
    let mut groups = vec![Group::plain(vec![
        Field::line("owner", lang.risk_owner()).choice(choices(&owners)),
        Field::line("due_on", lang.risk_due()).of("date"),
    ])];
    let mut again = again.clone();
    fill(&mut groups, typed, &mut again.mistakes);
    let last = queries::last_look(cx.conn, &staff)?;
    let failed = again.status >= 400;
    let title = match failed {
        true => lang.form_error_title(lang.risk_title()),
        false => lang.risk_title().to_owned(),
    };
    let view = Queue {
        shell: cx.shell(title),
        crumbs: crumbs(lang, &staff, Vec::new()),
        programme: staff.programme(),
        heads: vec![
            head(lang.risk_trainee(), "name"),
            Head::plain(lang.risk_cohort()),
            Head::plain(lang.risk_reasons()),
            head(lang.risk_severity(), "severity").numbers(),
            Head::plain(lang.risk_state()),
            Head::plain(lang.risk_owner()),
            head(lang.risk_due(), "due"),
            head(lang.risk_opened(), "opened"),
        ],
        ticked: typed.all("case").map(str::to_owned).collect(),
        filtered: selects
            .iter()
            .any(|it| it.name != "sort" && !query.typed(it.name).is_empty())
            || wanted.text.is_some(),
        selects,
        text: wanted.text.clone().unwrap_or_default(),
        query: query.with(&[("after", "")]),
        last: last.map(|it| lang.risk_looked(&moment(lang, it.created_at), it.trainees)),
        groups,
        again: &again,
        paged: wanted.after.is_some(),
        first: format!("{path}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{path}?{}", query.with(&[("after", &after)]))),
        rows: page
            .rows
            .into_iter()
            .map(|it| shown(lang, it))
            .collect::<Result<_>>()?,
    };
    let status = if failed { again.status } else { 200 };
    cx.visit.page_with(status, &view)
}

/// GET `/programmes/{programme}/at-risk.csv` and `.xlsx`, with the filters of the address.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let mut wanted = wanted(&cx.visit.request.query, staff.person(), 1_000);
    wanted.after = None;
    let mut lines = Vec::new();
    loop {
        let rows = queries::list(cx.conn, &staff, &wanted)?;
        let full = rows.len() >= 1_000;
        wanted.after = rows.last().map(cursor);
        for it in rows {
            let it = shown(lang, it)?;
            lines.push(vec![
                it.it.name_shown,
                it.it.trainee_number,
                it.cohort,
                it.reasons.join("\n"),
                it.it.severity.to_string(),
                it.word.to_owned(),
                it.it.owner.unwrap_or_default(),
                it.due.unwrap_or_default(),
                it.opened,
                it.gone.or(it.rests).unwrap_or_default(),
                it.outcome.unwrap_or_default().to_owned(),
            ]);
        }
        if !full {
            break;
        }
    }
    let header = [
        lang.risk_trainee(),
        lang.risk_number(),
        lang.risk_cohort(),
        lang.risk_reasons(),
        lang.risk_severity(),
        lang.risk_state(),
        lang.risk_owner(),
        lang.risk_due(),
        lang.risk_opened(),
        lang.risk_gone_since(),
        lang.risk_outcome(),
    ];
    short(&cx.request().path, "at-risk", &header, lines)
}

/// POST `/programmes/{programme}/at-risk/look`.
pub(super) fn look(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    actions::look_now(cx.conn, &staff)?;
    Ok(Reply::see_other(home(&staff)).flash("risk_looked"))
}

/// Reads owner and day.
pub(in crate::at_risk) fn read(form: &mut Form<'_>) -> (Option<PersonId>, chrono::NaiveDate) {
    let owner = form.choice("owner", |word| word.parse().ok());
    (owner, form.date("due_on"))
}

/// POST `/programmes/{programme}/at-risk/assign`: gives the ticked cases to somebody.
pub(super) fn assign(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let (owner, due_on) = read(&mut form);
    let mut cases: Vec<(RiskCaseId, Option<i32>)> = Vec::new();
    for word in typed.all("case") {
        cases.extend(word.parse().ok().map(|id| (id, None)));
    }
    if cases.is_empty() {
        form.error("case", "required", |lang| lang.risk_need_case().to_owned());
    }
    let done = form.done().and_then(|()| {
        let owner = owner.ok_or(Error::NotFound)?;
        actions::assign(cx.conn, &staff, &cases, owner, due_on)
    });
    match done {
        Ok(_) => {
            let query = visit.request.query.with(&[]);
            let to = format!("{}?{query}", home(&staff));
            Ok(Reply::see_other(to.trim_end_matches('?')).flash("risk_assigned"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, typed, &again)
        }
    }
}
