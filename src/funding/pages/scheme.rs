//! A scheme: its meter, the months to claim, the placements under it.

use askama::Template;
use chrono::NaiveDate;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::error::{Error, Result};
use crate::ids::{FundedId, PlacementId};
use crate::lang::Lang;
use crate::lang::format::{date, month_year};
use crate::placements::pages::{Question, question, settled};
use crate::placements::rules::content::typed_cents;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::listing as table;
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, Due, Meter, NewFunded};
use super::super::queries::{self, Funded};
use super::super::rules::{ClaimState, FundingRefusal, Terms, claim_until};
use super::schemes::{amount, dollars};
use super::{asked, at, crumbs};
use crate::lang::Say as _;

/// A bar of the meter: what, how much of how much, in words, and how far.
struct Gauge {
    label: &'static str,
    words: String,
    percent: Option<i64>,
}

/// A line of the months.
struct Line {
    value: String,
    name: String,
    institution: String,
    month: String,
    hours: String,
    amount: Option<String>,
    bar: Option<&'static str>,
    until: String,
}

#[derive(Template)]
#[template(path = "funding/scheme.html")]
struct SchemePage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    title: String,
    archived: bool,
    at: String,
    source: String,
    gauges: Vec<Gauge>,
    terms: Vec<(String, String)>,
    lines: Vec<Line>,
    claimable: usize,
    funded: Vec<(String, String, String)>,
    history: History,
}

fn percent(part: i64, whole: Option<i64>) -> Option<i64> {
    let whole = whole.filter(|it| *it > 0)?;
    Some((part.saturating_mul(100) / whole).clamp(0, 100))
}

fn gauges(lang: Lang, it: &Meter) -> Vec<Gauge> {
    let all = it.cents(ClaimState::ALL);
    let money = |label, states: &[ClaimState]| {
        let sum = it.cents(states);
        Gauge {
            label,
            words: match it.terms.budget_cents {
                Some(budget) => lang.fnd_of(&dollars(lang, sum), &dollars(lang, budget)),
                None => dollars(lang, sum),
            },
            percent: percent(sum, it.terms.budget_cents.or(Some(all))),
        }
    };
    let persons = it.persons();
    let most = it.terms.persons_most.map(i64::from);
    vec![
        money(lang.fnd_claimed(), ClaimState::ALL),
        money(
            lang.fnd_agreed_so_far(),
            &[ClaimState::Approved, ClaimState::Paid],
        ),
        money(lang.fnd_paid_so_far(), &[ClaimState::Paid]),
        Gauge {
            label: lang.fnd_persons(),
            words: match most {
                Some(most) => lang.fnd_of(&persons.to_string(), &most.to_string()),
                None => persons.to_string(),
            },
            percent: percent(persons, most),
        },
    ]
}

/// The terms in words.
fn terms(lang: Lang, it: &Terms) -> Vec<(String, String)> {
    let fact = |label: &str, value: String| (label.to_owned(), value);
    let share = typed_cents(i64::from(it.share_bp));
    let least = typed_cents(i64::from(it.least_hours_bp));
    let mut all = vec![
        fact(
            lang.fnd_valid(),
            lang.fnd_from_to(&date(lang, it.valid_from), &date(lang, it.valid_to)),
        ),
        fact(
            lang.fnd_pays(),
            lang.fnd_pays_words(&share, &dollars(lang, it.month_cap_cents)),
        ),
        fact(lang.fnd_hours(), lang.fnd_hours_words(&least)),
        fact(
            lang.fnd_claims_until(),
            match it.claim_by {
                Some(last) => lang.fnd_days_until(it.claim_days, &date(lang, last)),
                None => lang.fnd_days_after(it.claim_days),
            },
        ),
    ];
    if let Some(most) = it.months_most {
        all.push(fact(
            lang.fnd_months(),
            lang.fnd_months_words(most, it.period.label(lang)),
        ));
    }
    all
}

/// Hours and minutes: `152:30`.
pub(super) fn hours(minutes: i32) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

fn line(lang: Lang, terms: &Terms, it: &Due) -> Line {
    Line {
        value: format!("{}.{}", it.funded.id, it.month.first),
        name: it.funded.name_shown.clone(),
        institution: lang
            .pick(&it.funded.organisation_en, &it.funded.organisation_zh)
            .clone(),
        month: month_year(lang, it.month.first),
        hours: lang.fnd_of(&hours(it.month.worked), &hours(it.month.contracted)),
        amount: it.verdict.ok().map(|cents| dollars(lang, cents)),
        bar: it.verdict.err().map(|bar| bar.label(lang)),
        until: date(lang, claim_until(terms, it.month.first)),
    }
}

/// GET `…/funding/{scheme}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let lang = cx.lang();
    let it = actions::meter(cx.conn, &staff, id, false)?;
    let funded = queries::funded(cx.conn, &staff, &it.scheme)?;
    let there = at(&staff, id);
    let title = it.scheme.name(lang).to_owned();
    let page = SchemePage {
        shell: cx.shell(title.clone()),
        crumbs: crumbs(lang, &staff, Vec::new()),
        title,
        archived: it.scheme.archived_at.is_some(),
        source: it.scheme.source.clone(),
        gauges: gauges(lang, &it),
        terms: terms(lang, &it.terms),
        claimable: it.claimable().count(),
        lines: it
            .due
            .iter()
            .map(|due| line(lang, &it.terms, due))
            .collect(),
        funded: funded
            .iter()
            .map(|one| {
                let words = lang.fnd_under(
                    lang.pick(&one.organisation_en, &one.organisation_zh),
                    &dollars(lang, one.month_pay_cents),
                    &date(lang, one.verified_on),
                );
                let remove = format!("{there}/placements/{}/remove", one.id);
                (one.name_shown.clone(), words, remove)
            })
            .collect(),
        history: audit::shown(cx.conn, id.0, lang, format!("{there}/history"))?,
        at: there,
    };
    cx.visit.page(&page)
}

/// GET `…/months.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let lang = cx.lang();
    let it = actions::meter(cx.conn, &staff, id, false)?;
    let header = [
        lang.fnd_trainee(),
        lang.fnd_number(),
        lang.fnd_institution(),
        lang.fnd_month(),
        lang.fnd_worked(),
        lang.fnd_contracted(),
        lang.fnd_pay(),
        lang.fnd_amount(),
        lang.fnd_why_not(),
        lang.fnd_until(),
    ];
    let rows = it.due.iter().map(|due| {
        vec![
            due.funded.name_shown.clone(),
            due.funded.trainee_number.clone(),
            lang.pick(&due.funded.organisation_en, &due.funded.organisation_zh)
                .clone(),
            due.month.first.format("%Y-%m").to_string(),
            hours(due.month.worked),
            hours(due.month.contracted),
            typed_cents(due.pay_cents),
            due.verdict.map(typed_cents).unwrap_or_default(),
            due.verdict
                .err()
                .map_or("", |bar| bar.label(lang))
                .to_owned(),
            claim_until(&it.terms, due.month.first).to_string(),
        ]
    });
    table::file(cx, "funding-months", &header, rows.collect())
}

/// GET `…/history.csv` and `.xlsx`.
pub(super) fn history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    queries::scheme(cx.conn, &staff, id, false)?;
    audit::file(cx.visit, "funding-history", id.0)
}

fn archive_question(lang: Lang, staff: &ProgrammeStaff, it: &queries::Scheme) -> Question {
    let there = at(staff, it.id);
    Question {
        title: lang.fnd_archive_ask(it.name(lang)),
        crumbs: crumbs(lang, staff, Vec::new()),
        does: vec![lang.fnd_archive_does().to_owned()],
        told: lang.plc_told_nobody().to_owned(),
        version: None,
        action: format!("{there}/archive"),
        submit: lang.organisations_archive().to_owned(),
        danger: false,
        back: there,
    }
}

/// GET `…/archive`.
pub(super) fn ask_archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let it = queries::scheme(cx.conn, &staff, id, false)?;
    let refusal = it
        .archived_at
        .map(|_| FundingRefusal::Archived.say(cx.lang()));
    question(cx, archive_question(cx.lang(), &staff, &it), refusal)
}

/// POST `…/archive`.
pub(super) fn archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    actions::put_away(cx.conn, &staff, id, true)?;
    Ok(Reply::see_other(at(&staff, id)).flash("saved"))
}

/// POST `…/restore`.
pub(super) fn restore(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    actions::put_away(cx.conn, &staff, id, false)?;
    Ok(Reply::see_other(at(&staff, id)).flash("saved"))
}

fn choose_form(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    it: &queries::Scheme,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let free = queries::fundable(cx.conn, staff, it)?;
    let there = at(staff, it.id);
    let choices = free
        .iter()
        .map(|one| {
            let pay = one
                .month_pay_cents
                .map_or("–".to_owned(), |cents| dollars(lang, cents));
            let institution = lang.pick(&one.organisation_en, &one.organisation_zh);
            let starts = date(lang, one.starts_on);
            let words = lang.fnd_choice(&one.name_shown, institution, &starts, &pay);
            pair(one.id.to_string(), words)
        })
        .collect::<Vec<_>>();
    let note = if choices.is_empty() {
        lang.fnd_choose_none()
    } else {
        lang.fnd_choose_note()
    };
    let spec = FormSpec {
        title: lang.fnd_choose().to_owned(),
        crumbs: crumbs(lang, staff, vec![(there.clone(), it.name(lang).to_owned())]),
        note: Some(note.to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("placement", lang.fnd_placements()).ticks(choices),
            Field::line("verified_on", lang.fnd_verified_on()).of("date"),
            Field::line("pay", lang.fnd_month_pay())
                .width("w8")
                .optional()
                .hint(lang.fnd_month_pay_hint()),
        ])],
        hidden: Vec::new(),
        action: format!("{there}/placements"),
        submit: lang.fnd_choose_submit().to_owned(),
        back: there,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/placements`.
pub(super) fn choose(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let it = queries::scheme(cx.conn, &staff, id, false)?;
    choose_form(cx, &staff, &it, Pairs::none(), &Again::first())
}

/// Judges what was chosen; the pay is the posting's allowance where none is typed.
fn chosen(form: &mut Form<'_>, ids: &[PlacementId], free: &[queries::Fundable]) -> Vec<NewFunded> {
    let verified_on: NaiveDate = form.date("verified_on");
    let typed = form.optional("pay", 12);
    let one = typed.map(|typed| amount(form, "pay", &typed, 100_000_000));
    if ids.is_empty() {
        form.error("placement", "required", |lang| {
            lang.fnd_need_placement().to_owned()
        });
    }
    let mut all = Vec::new();
    for placement in ids {
        let known = free.iter().find(|it| it.id == *placement);
        match one.or(known.and_then(|it| it.month_pay_cents)) {
            Some(month_pay_cents) => all.push(NewFunded {
                placement: *placement,
                month_pay_cents,
                verified_on,
            }),
            None => {
                form.error("pay", "required", |lang| lang.fnd_need_pay().to_owned());
                break;
            }
        }
    }
    all
}

/// POST `…/placements`.
pub(super) fn fund(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let it = queries::scheme(cx.conn, &staff, id, false)?;
    let free = queries::fundable(cx.conn, &staff, &it)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let ids: Vec<PlacementId> = typed
        .all("placement")
        .filter_map(|word| word.parse().ok())
        .collect();
    let mut form = Form::new(typed);
    let all = chosen(&mut form, &ids, &free);
    let done = form
        .done()
        .and_then(|()| actions::fund(cx.conn, &staff, id, &all));
    match done {
        Ok(_) => Ok(Reply::see_other(at(&staff, id)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            choose_form(cx, &staff, &it, typed, &again)
        }
    }
}

fn removing(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, queries::Scheme, Funded)> {
    let (staff, id) = asked(cx)?;
    let funded: FundedId = cx.request().param("funded")?;
    let it = queries::scheme(cx.conn, &staff, id, false)?;
    let one = queries::funded(cx.conn, &staff, &it)?
        .into_iter()
        .find(|one| one.id == funded)
        .ok_or(Error::NotFound)?;
    Ok((staff, it, one))
}

fn remove_question(
    lang: Lang,
    staff: &ProgrammeStaff,
    it: &queries::Scheme,
    one: &Funded,
) -> Question {
    let there = at(staff, it.id);
    Question {
        title: lang.fnd_remove_ask(&one.name_shown),
        crumbs: crumbs(lang, staff, vec![(there.clone(), it.name(lang).to_owned())]),
        does: vec![lang.fnd_remove_does().to_owned()],
        told: lang.plc_told_nobody().to_owned(),
        version: None,
        action: format!("{there}/placements/{}/remove", one.id),
        submit: lang.fnd_remove().to_owned(),
        danger: false,
        back: there,
    }
}

/// GET `…/placements/{funded}/remove`.
pub(super) fn ask_remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it, one) = removing(cx)?;
    question(cx, remove_question(cx.lang(), &staff, &it, &one), None)
}

/// POST `…/placements/{funded}/remove`.
pub(super) fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it, one) = removing(cx)?;
    let done = actions::unfund(cx.conn, &staff, it.id, one.id);
    settled(cx, (done.map(|()| "saved"), at(&staff, it.id)), |lang| {
        Ok(remove_question(lang, &staff, &it, &one))
    })
}
