//! Claims: sent for the chosen months, listed, taken a step on.

use chrono::NaiveDate;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::error::{Error, Result};
use crate::ids::{ClaimId, FundedId, FundingSchemeId};
use crate::lang::Lang;
use crate::lang::format::{date, month_year};
use crate::placements::rules::content::typed_cents;
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, form_page};
use crate::web::fields::{ConfirmSpec, confirm_page, effect};
use crate::web::forms::pair;
use crate::web::listing::{self as table, Cell, Fact, Listing, Panel, Record, Select};
use crate::web::paging::Window as Sought;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Form, Method, Pairs, Reply};

use super::super::actions;
use super::super::queries::{self, CLAIM_SORTS, Claim, Scheme};
use super::super::rules::{ClaimState, ClaimStep, claim_step};
use super::scheme::hours;
use super::schemes::dollars;
use super::{asked, at, crumbs};

fn tone(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Submitted => "wait",
        ClaimState::Approved => "go",
        ClaimState::Rejected => "bad",
        ClaimState::Paid => "ok",
        ClaimState::Withdrawn => "end",
    }
}

/// The months that are chosen: `{funded}.{first day}`.
fn chosen(typed: &Pairs) -> Vec<(FundedId, NaiveDate)> {
    typed
        .all("month")
        .filter_map(|it| {
            let (id, month) = it.split_once('.')?;
            Some((id.parse().ok()?, month.parse().ok()?))
        })
        .collect()
}

/// Asks before claims are sent, or shows why none can be.
fn claim_page(cx: &mut Cx<'_, '_>, typed: &Pairs, refusal: Option<String>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let lang = cx.lang();
    let meter = actions::meter(cx.conn, &staff, id, false)?;
    let wanted = chosen(typed);
    let mut lines = Vec::new();
    let mut hidden = Vec::new();
    let mut sum = 0_i64;
    for (it, amount) in meter.claimable() {
        if wanted.contains(&(it.funded.id, it.month.first)) {
            let month = month_year(lang, it.month.first);
            lines.push(lang.fnd_claim_line(&it.funded.name_shown, &month, &dollars(lang, amount)));
            hidden.push(pair(
                "month",
                format!("{}.{}", it.funded.id, it.month.first),
            ));
            sum = sum.saturating_add(amount);
        }
    }
    let refusal = refusal.or_else(|| {
        lines
            .is_empty()
            .then(|| lang.fnd_refuse_nothing().to_owned())
    });
    let status = if refusal.is_some() && cx.request().method != Method::Get {
        409
    } else {
        200
    };
    let there = at(&staff, id);
    let heading = lang.fnd_claim_sum(&dollars(lang, sum));
    let spec = ConfirmSpec {
        title: lang.fnd_claim_ask().to_owned(),
        crumbs: crumbs(
            lang,
            &staff,
            vec![(there.clone(), meter.scheme.name(lang).to_owned())],
        ),
        effects: vec![
            effect(&heading, lines, false),
            effect(
                lang.cohorts_step_told(),
                vec![lang.plc_told_nobody().to_owned()],
                false,
            ),
        ],
        refusal,
        hidden,
        action: format!("{there}/claim"),
        submit: lang.fnd_claim_submit().to_owned(),
        danger: false,
        back: there,
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/claim`.
pub(super) fn ask_claim(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let visit = cx.visit;
    claim_page(cx, &visit.request.query, None)
}

/// POST `…/claim`.
pub(super) fn claim(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    match actions::claim(cx.conn, &staff, id, &chosen(typed)) {
        Ok(_) => {
            let claims = format!("{}/claims", at(&staff, id));
            Ok(Reply::see_other(claims).flash("claims_submitted"))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            claim_page(cx, typed, Some(text))
        }
        Err(other) => Err(other),
    }
}

fn way(lang: Lang, staff: &ProgrammeStaff, scheme: &Scheme) -> Vec<(String, String)> {
    let there = at(staff, scheme.id);
    crumbs(lang, staff, vec![(there, scheme.name(lang).to_owned())])
}

fn sought(query: &Pairs) -> (Option<ClaimState>, Option<&str>) {
    (ClaimState::parse(query.typed("state")), table::text(query))
}

fn cells(lang: Lang, path: &str, it: &Claim) -> Result<Vec<Cell>> {
    let state = it.state()?;
    Ok(vec![
        Cell::link(it.name_shown.clone(), format!("{path}/{}", it.id)),
        Cell::text(lang.pick(&it.organisation_en, &it.organisation_zh).clone()),
        Cell::text(month_year(lang, it.month)),
        Cell::number(&dollars(lang, it.amount_cents)),
        Cell::tag(state.label(lang), tone(state)),
        Cell::text(date(lang, it.submitted_on)),
    ])
}

fn page_of(query: &Pairs) -> Sought {
    table::page(query, CLAIM_SORTS)
}

/// GET `…/claims`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let lang = cx.lang();
    let scheme = queries::scheme(cx.conn, &staff, id, false)?;
    let query = &cx.visit.request.query;
    let page = page_of(query);
    let rows = queries::claims(cx.conn, &staff, id, sought(query), &page)?;
    let found = Page::cut(rows, PAGE, Claim::cursor);
    let path = format!("{}/claims", at(&staff, id));
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let states = ClaimState::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let listing = Listing {
        title: lang.fnd_claims().to_owned(),
        crumbs: way(lang, &staff, &scheme),
        searches: true,
        selects: vec![
            Select::states(lang, query, states),
            Select::sorts(lang.sort_by(), page.sort, &sorts(lang)),
        ],
        heads: vec![
            head(lang.fnd_trainee(), "trainee"),
            head(lang.fnd_institution(), "institution"),
            head(lang.fnd_month(), "month"),
            Head::plain(lang.fnd_amount()).numbers(),
            head(lang.plc_status(), "state"),
            Head::plain(lang.fnd_submitted_on()),
        ],
        empty: lang.fnd_claims_none(),
        empty_more: lang.fnd_claims_none_more(),
        path: path.clone(),
        ..Listing::default()
    };
    let rows = found.rows.iter().map(|it| cells(lang, &path, it));
    let rows = rows.collect::<Result<_>>()?;
    let page = Page {
        rows,
        next: found.next,
    };
    table::show(cx, &listing, page)
}

fn sorts(lang: Lang) -> [(&'static str, &'static str); 4] {
    [
        ("month", lang.fnd_month()),
        ("trainee", lang.fnd_trainee()),
        ("institution", lang.fnd_institution()),
        ("state", lang.plc_status()),
    ]
}

/// GET `…/claims.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let lang = cx.lang();
    queries::scheme(cx.conn, &staff, id, false)?;
    let query = &cx.visit.request.query;
    let rows = table::every(page_of(query), Claim::cursor, |page| {
        queries::claims(cx.conn, &staff, id, sought(query), page)
    })?;
    let header = [
        lang.fnd_trainee(),
        lang.fnd_institution(),
        lang.fnd_month(),
        lang.fnd_worked(),
        lang.fnd_contracted(),
        lang.fnd_pay(),
        lang.fnd_amount(),
        lang.plc_status(),
        lang.fnd_submitted_on(),
        lang.fnd_decided_on(),
        lang.fnd_paid_on(),
        lang.fnd_remark(),
    ];
    let day = |it: Option<NaiveDate>| it.map(|day| day.to_string()).unwrap_or_default();
    let rows = rows.into_iter().map(|it| {
        Ok(vec![
            it.name_shown.clone(),
            lang.pick(&it.organisation_en, &it.organisation_zh).clone(),
            it.month.format("%Y-%m").to_string(),
            hours(it.worked_minutes),
            hours(it.contract_minutes),
            typed_cents(it.pay_cents),
            typed_cents(it.amount_cents),
            it.state()?.label(lang).to_owned(),
            it.submitted_on.to_string(),
            day(it.decided_on),
            day(it.paid_on),
            it.remark,
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    table::file(cx, "funding-claims", &header, rows)
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, Scheme, Claim)> {
    let (staff, id) = asked(cx)?;
    let scheme = queries::scheme(cx.conn, &staff, id, false)?;
    let claim: ClaimId = cx.request().param("claim")?;
    let row = queries::claim(cx.conn, &staff, id, claim)?;
    Ok((staff, scheme, row))
}

/// The steps: word in the address, what it is called, what it does.
const STEPS: [(&str, ClaimStep); 4] = [
    ("approve", ClaimStep::Approve),
    ("reject", ClaimStep::Reject),
    ("pay", ClaimStep::Pay),
    ("withdraw", ClaimStep::Withdraw),
];

fn step_label(lang: Lang, step: ClaimStep) -> &'static str {
    match step {
        ClaimStep::Approve => lang.fnd_do_approve(),
        ClaimStep::Reject => lang.fnd_do_reject(),
        ClaimStep::Pay => lang.fnd_do_pay(),
        ClaimStep::Withdraw => lang.fnd_do_withdraw(),
    }
}

fn claim_at(staff: &ProgrammeStaff, scheme: FundingSchemeId, claim: ClaimId) -> String {
    format!("{}/claims/{claim}", at(staff, scheme))
}

/// GET `…/claims/{claim}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, scheme, it) = one(cx)?;
    let lang = cx.lang();
    let there = claim_at(&staff, scheme.id, it.id);
    let state = it.state()?;
    let mut facts = vec![
        Fact::new(
            lang.fnd_institution(),
            lang.pick(&it.organisation_en, &it.organisation_zh).clone(),
        ),
        Fact::new(lang.fnd_month(), month_year(lang, it.month)),
        Fact::new(
            lang.fnd_hours(),
            lang.fnd_of(&hours(it.worked_minutes), &hours(it.contract_minutes)),
        ),
        Fact::new(lang.fnd_pay(), dollars(lang, it.pay_cents)),
        Fact::new(lang.fnd_amount(), dollars(lang, it.amount_cents)),
        Fact::new(lang.fnd_submitted_on(), date(lang, it.submitted_on)),
    ];
    let days = [
        (lang.fnd_decided_on(), it.decided_on),
        (lang.fnd_paid_on(), it.paid_on),
    ];
    facts.extend(
        days.into_iter()
            .filter_map(|(label, day)| Some(Fact::new(label, date(lang, day?)))),
    );
    if !it.remark.is_empty() {
        facts.push(Fact::new(lang.fnd_remark(), it.remark.clone()));
    }
    let mut trail = way(lang, &staff, &scheme);
    trail.push((
        format!("{}/claims", at(&staff, scheme.id)),
        lang.fnd_claims().to_owned(),
    ));
    let acts = STEPS
        .into_iter()
        .filter(|(_, step)| claim_step(state, *step).is_ok())
        .enumerate()
        .map(|(n, (word, step))| {
            let href = format!("{there}/steps/{word}");
            (href, step_label(lang, step).to_owned(), n == 0)
        });
    let record = Record {
        title: lang.fnd_claim_title(&it.name_shown, &month_year(lang, it.month)),
        tag: Some((state.label(lang), tone(state))),
        crumbs: trail,
        acts: acts.collect(),
        panels: vec![Panel::facts(scheme.name(lang), facts)],
        history: Some(audit::shown(
            cx.conn,
            it.id.0,
            lang,
            format!("{there}/history"),
        )?),
        ..Record::default()
    };
    table::record(cx, &record)
}

/// GET `…/claims/{claim}/history.csv` and `.xlsx`.
pub(super) fn history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, _, it) = one(cx)?;
    audit::file(cx.visit, "claim-history", it.id.0)
}

fn asked_step(cx: &Cx<'_, '_>) -> Result<(&'static str, ClaimStep)> {
    let word: String = cx.request().param("step")?;
    STEPS
        .into_iter()
        .find(|(known, _)| *known == word)
        .ok_or(Error::NotFound)
}

fn step_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let (staff, scheme, it) = one(cx)?;
    let (word, step) = asked_step(cx)?;
    let lang = cx.lang();
    let there = claim_at(&staff, scheme.id, it.id);
    let title = lang.fnd_claim_title(&it.name_shown, &month_year(lang, it.month));
    let mut trail = way(lang, &staff, &scheme);
    trail.push((there.clone(), title));
    let remark = Field::line("remark", lang.fnd_remark()).area(3);
    let remark = match step {
        ClaimStep::Reject => remark,
        ClaimStep::Approve | ClaimStep::Pay | ClaimStep::Withdraw => remark.optional(),
    };
    let spec = FormSpec {
        title: step_label(lang, step).to_owned(),
        crumbs: trail,
        note: Some(lang.fnd_step_note(&dollars(lang, it.amount_cents))),
        groups: vec![Group::plain(vec![remark])],
        hidden: vec![pair("version", it.version.to_string())],
        action: format!("{there}/steps/{word}"),
        submit: step_label(lang, step).to_owned(),
        back: there,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/claims/{claim}/steps/{step}`.
pub(super) fn ask_step(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    step_form(cx, Pairs::none(), &Again::first())
}

/// POST `…/claims/{claim}/steps/{step}`.
pub(super) fn step(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, scheme, it) = one(cx)?;
    let (_, step) = asked_step(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let remark = match step {
        ClaimStep::Reject => form.text("remark", 2_000),
        ClaimStep::Approve | ClaimStep::Pay | ClaimStep::Withdraw => {
            form.optional("remark", 2_000).unwrap_or_default()
        }
    };
    let done = form.done().and_then(|()| {
        let which = (scheme.id, it.id, version);
        actions::step(cx.conn, &staff, which, step, &remark)
    });
    match done {
        Ok(_) => Ok(Reply::see_other(claim_at(&staff, scheme.id, it.id)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            step_form(cx, typed, &again)
        }
    }
}
