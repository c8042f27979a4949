//! The agreement: terms and wording by the office, read and signed by each party.

use askama::Template;

use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::lang::format::moment;
use crate::placements::pages::staff;
use crate::placements::pages::{crumbs as placement_crumbs, under};
use crate::placements::queries::Side;
use crate::placements::rules::content::{Period, money};
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::{Mistakes, pair};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, NewTerms};
use super::super::queries::{self, Agreement, Placement, Seat};
use super::super::rules::{AgreementState, Party, usual};
use super::{at, crumbs_of, office_only, one};

/// What the posting pays, in the words of the agreement.
fn pay(lang: Lang, it: &Placement) -> Result<String> {
    let content = it.content()?;
    let Some(cents) = it.allowance_cents.filter(|_| content.get("paid") == "yes") else {
        return Ok(String::new());
    };
    let per = Period::parse(content.get("per")).map_or("", |per| per.label(lang));
    Ok(format!(
        "{} {per}",
        money(lang, content.get("currency"), cents)
    ))
}

fn terms_form(
    cx: &Cx<'_, '_>,
    (seat, it): (&Seat, &Placement),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let place = at(seat, it.id);
    let spec = FormSpec {
        title: lang.hst_prepare().to_owned(),
        crumbs: crumbs_of(lang, seat, it),
        note: Some(lang.hst_prepare_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("starts_on", lang.plc_starts_on()).of("date"),
            Field::line("ends_on", lang.plc_ends_on()).of("date"),
            Field::line("hours_week", lang.hst_hours_week()).width("w8"),
            Field::line("pay", lang.hst_pay())
                .optional()
                .hint(lang.hst_pay_hint()),
        ])],
        hidden: Vec::new(),
        action: format!("{place}/terms"),
        submit: lang.hst_prepare_submit().to_owned(),
        back: place,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/terms`.
pub(super) fn terms(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let day = |it: Option<chrono::NaiveDate>| it.map(|day| day.to_string()).unwrap_or_default();
    let values = Pairs::new(vec![
        pair("starts_on", day(it.starts_on)),
        pair("ends_on", day(it.ends_on)),
        pair(
            "hours_week",
            it.hours_week.map(|n| n.to_string()).unwrap_or_default(),
        ),
        pair("pay", pay(Lang::En, &it)?),
    ]);
    terms_form(cx, (&seat, &it), &values, &Again::first())
}

/// Judges terms.
pub(in super::super) fn read_terms(form: &mut Form<'_>) -> NewTerms {
    NewTerms {
        starts_on: form.date("starts_on"),
        ends_on: form.date("ends_on"),
        hours_week: form.number("hours_week", 1, 60),
        pay: form.optional("pay", 300).unwrap_or_default(),
    }
}

/// POST `…/terms`.
pub(super) fn prepare(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let staff = office_only(&seat)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read = Form::new(typed);
    let terms = read_terms(&mut read);
    let done = read
        .done()
        .and_then(|()| actions::prepare_agreement(cx.conn, &staff, it.id, &terms));
    match done {
        Ok(_) => Ok(Reply::see_other(format!("{}/agreement", at(&seat, it.id))).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            terms_form(cx, (&seat, &it), typed, &again)
        }
    }
}

/// A party and how it has signed.
struct Signed {
    party: &'static str,
    name: String,
    when: String,
}

#[derive(Template)]
#[template(path = "hosting/agreement.html")]
struct AgreementPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    title: String,
    state: (&'static str, &'static str),
    en: Vec<String>,
    zh: Vec<String>,
    sha256: String,
    signed: Vec<Signed>,
    may_sign: Option<String>,
    label: String,
    typed: String,
    action: String,
    mistakes: Mistakes,
}

/// The agreement that is shown: the one that waits for signatures, else the one that is signed.
fn shown(cx: &mut Cx<'_, '_>, it: &Placement) -> Result<Agreement> {
    let mut signed = None;
    for one in queries::agreements(cx.conn, it)? {
        match one.state()? {
            AgreementState::Signing => return Ok(one),
            AgreementState::Signed => signed = Some(one),
            AgreementState::Void => {}
        }
    }
    signed.ok_or(Error::NotFound)
}

fn lines(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

fn build(cx: &mut Cx<'_, '_>, typed: &str, again: &Again) -> Result<(u16, AgreementPage)> {
    let (seat, it) = one(cx)?;
    let lang = cx.lang();
    let agreement = shown(cx, &it)?;
    let state = agreement.state()?;
    let signatures = queries::signatures(cx.conn, agreement.id)?;
    let mut signed = Vec::new();
    let mut mine = false;
    for party in Party::ALL {
        let mut found = None;
        for one in &signatures {
            if one.party()? == *party {
                found = Some(one);
            }
        }
        mine |= found.is_some() && *party == seat.party();
        signed.push(Signed {
            party: party.label(lang),
            name: found.map_or(String::new(), |it| it.name_typed.clone()),
            when: found.map_or(lang.hst_not_signed().to_owned(), |it| {
                moment(lang, it.signed_at)
            }),
        });
    }
    let place = at(&seat, it.id);
    let mut title = lang.hst_agreement_number(agreement.number);
    let failed = again.status >= 400;
    if failed {
        title = lang.form_error_title(&title);
    }
    let page = AgreementPage {
        shell: cx.shell(title),
        crumbs: crumbs_of(lang, &seat, &it),
        title: lang.hst_agreement_number(agreement.number),
        state: (
            state.label(lang),
            if state == AgreementState::Signed {
                "ok"
            } else {
                "wait"
            },
        ),
        en: lines(&agreement.text_en),
        zh: lines(&agreement.text_zh),
        may_sign: (state == AgreementState::Signing && !mine).then(|| agreement.sha256.clone()),
        sha256: agreement.sha256,
        signed,
        label: lang.hst_sign_as(seat.party().label(lang)),
        typed: typed.to_owned(),
        action: format!("{place}/agreement"),
        mistakes: again.mistakes.clone(),
    };
    Ok((if failed { again.status } else { 200 }, page))
}

/// GET `…/agreement`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, page) = build(cx, "", &Again::first())?;
    cx.visit.page(&page)
}

/// POST `…/agreement`.
pub(super) fn sign(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read = Form::new(typed);
    let name = read.text("name", 200);
    let sha256 = read.text("sha256", 64);
    let done = read
        .done()
        .and_then(|()| actions::sign(cx.conn, &seat, it.id, (&name, &sha256)));
    match done {
        Ok(AgreementState::Signed) => {
            Ok(Reply::see_other(at(&seat, it.id)).flash("agreement_signed"))
        }
        Ok(_) => {
            let place = format!("{}/agreement", at(&seat, it.id));
            Ok(Reply::see_other(place).flash("agreement_yours_signed"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            let (status, page) = build(cx, &name, &again)?;
            cx.visit.page_with(status, &page)
        }
    }
}

fn wording_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let staff = staff(cx)?;
    let lang = cx.lang();
    let side = Side::Office(staff);
    let all = queries::wordings(cx.conn, &staff)?;
    let note = match all.first() {
        Some(it) => lang.hst_wording_now(it.number, &moment(lang, it.published_at)),
        None => lang.hst_wording_none().to_owned(),
    };
    let places: Vec<String> = usual::PLACES.iter().map(|it| format!("{{{it}}}")).collect();
    let spec = FormSpec {
        title: lang.hst_wording().to_owned(),
        crumbs: placement_crumbs(lang, &side, Vec::new()),
        note: Some(note),
        groups: vec![Group::plain(vec![
            Field::line("text_en", lang.hst_wording_en())
                .area(24)
                .written_in(Lang::En)
                .hint(lang.hst_wording_places(&places.join(" "))),
            Field::line("text_zh", lang.hst_wording_zh())
                .area(24)
                .written_in(Lang::Zh),
        ])],
        hidden: Vec::new(),
        action: format!("{}/wording", under(&side)),
        submit: lang.hst_wording_publish().to_owned(),
        back: format!("{}/checklist", under(&side)),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/placements/wording`.
pub(super) fn wording(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let latest = queries::wordings(cx.conn, &staff)?.into_iter().next();
    let (en, zh) = latest.map_or(
        (
            usual::AGREEMENT_EN.to_owned(),
            usual::AGREEMENT_ZH.to_owned(),
        ),
        |it| (it.text_en, it.text_zh),
    );
    let values = Pairs::new(vec![pair("text_en", en), pair("text_zh", zh)]);
    wording_form(cx, &values, &Again::first())
}

/// POST `…/placements/wording`.
pub(super) fn publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read = Form::new(typed);
    let text_en = read.text("text_en", 30_000);
    let text_zh = read.text("text_zh", 30_000);
    let done = read
        .done()
        .and_then(|()| actions::publish_wording(cx.conn, &staff, &text_en, &text_zh));
    match done {
        Ok(_) => {
            let place = format!("{}/wording", under(&Side::Office(staff)));
            Ok(Reply::see_other(place).flash("saved"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            wording_form(cx, typed, &again)
        }
    }
}
