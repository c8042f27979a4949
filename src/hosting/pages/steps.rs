//! Steps of a placement, each after a page that says what will happen; and who guides.

use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::people::rules::Email;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries::{Placement, Seat};
use super::{at, crumbs_of, office_only, one};

/// A step as the address names it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Accept,
    Decline,
    Withdraw,
    Report,
    OfferAgain,
}

impl Step {
    fn asked(cx: &Cx<'_, '_>, seat: &Seat) -> Result<Self> {
        let word: String = cx.request().param("step")?;
        match (word.as_str(), seat) {
            ("accept", Seat::Trainee(_)) => Ok(Self::Accept),
            ("decline", Seat::Trainee(_)) => Ok(Self::Decline),
            ("withdraw", Seat::Office(_) | Seat::Host(_)) => Ok(Self::Withdraw),
            ("report", Seat::Office(_) | Seat::Host(_)) => Ok(Self::Report),
            ("offer-again", Seat::Office(_)) => Ok(Self::OfferAgain),
            _ => Err(Error::NotFound),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Withdraw => "withdraw",
            Self::Report => "report",
            Self::OfferAgain => "offer-again",
        }
    }

    fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Accept => lang.hst_accept(),
            Self::Decline => lang.hst_decline(),
            Self::Withdraw => lang.hst_withdraw(),
            Self::Report => lang.hst_report(),
            Self::OfferAgain => lang.hst_offer_again(),
        }
    }

    /// What will happen, and who is told.
    fn does(self, lang: Lang) -> &'static str {
        match self {
            Self::Accept => lang.hst_accept_does(),
            Self::Decline => lang.hst_decline_does(),
            Self::Withdraw => lang.hst_withdraw_does(),
            Self::Report => lang.hst_report_does(),
            Self::OfferAgain => lang.hst_offer_again_does(),
        }
    }

    fn wants_reason(self) -> bool {
        matches!(self, Self::Decline | Self::Withdraw)
    }
}

fn form(
    cx: &Cx<'_, '_>,
    (seat, it): (&Seat, &Placement),
    step: Step,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let place = at(seat, it.id);
    let fields = match step.wants_reason() {
        true => vec![Field::line("reason", lang.hst_reason()).area(3)],
        false => Vec::new(),
    };
    let spec = FormSpec {
        title: step.label(lang).to_owned(),
        crumbs: crumbs_of(lang, seat, it),
        note: Some(step.does(lang).to_owned()),
        groups: vec![Group::plain(fields)],
        hidden: Vec::new(),
        action: format!("{place}/steps/{}", step.word()),
        submit: step.label(lang).to_owned(),
        back: place,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/steps/{step}`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let step = Step::asked(cx, &seat)?;
    form(cx, (&seat, &it), step, Pairs::none(), &Again::first())
}

/// POST `…/steps/{step}`.
pub(super) fn take(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let step = Step::asked(cx, &seat)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read = Form::new(typed);
    let reason = match step.wants_reason() {
        true => read.text("reason", 2_000),
        false => String::new(),
    };
    let done = read.done().and_then(|()| match step {
        Step::Accept => actions::accept(cx.conn, &seat, it.id),
        Step::Decline => actions::decline(cx.conn, &seat, it.id, &reason),
        Step::Withdraw => actions::withdraw(cx.conn, &seat, it.id, &reason),
        Step::Report => actions::report_for_duty(cx.conn, &seat, it.id),
        Step::OfferAgain => actions::offer_again(cx.conn, &office_only(&seat)?, it.id),
    });
    match done {
        Ok(()) => Ok(Reply::see_other(at(&seat, it.id)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, (&seat, &it), step, typed, &again)
        }
    }
}

fn supervisor_form(
    cx: &Cx<'_, '_>,
    (seat, it): (&Seat, &Placement),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let place = at(seat, it.id);
    let spec = FormSpec {
        title: lang.hst_change_supervisor().to_owned(),
        crumbs: crumbs_of(lang, seat, it),
        note: Some(lang.hst_supervisor_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("name", lang.hst_supervisor()),
            Field::line("email", lang.hst_supervisor_email()).of("email"),
        ])],
        hidden: vec![pair("version", it.version.to_string())],
        action: format!("{place}/supervisor"),
        submit: lang.save().to_owned(),
        back: place,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

fn supervisor_values(it: &Placement) -> Pairs {
    Pairs::new(vec![
        pair("name", &it.supervisor_name),
        pair("email", &it.supervisor_email),
    ])
}

/// GET `…/supervisor`.
pub(super) fn supervisor(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    supervisor_form(cx, (&seat, &it), &supervisor_values(&it), &Again::first())
}

/// POST `…/supervisor`.
pub(super) fn set_supervisor(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read = Form::new(typed);
    let version = read.number("version", 1, i32::MAX);
    let name = read.text("name", 120);
    let email = read.text("email", 254);
    if !email.is_empty() && Email::parse(&email).is_err() {
        read.error("email", "email", |lang| lang.hst_need_email().to_owned());
    }
    let done = read
        .done()
        .and_then(|()| actions::set_supervisor(cx.conn, &seat, (it.id, version), (&name, &email)));
    match done {
        Ok(()) => Ok(Reply::see_other(at(&seat, it.id)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?;
            let again = again.compare(&supervisor_values(&it), typed, lang);
            supervisor_form(cx, (&seat, &it), typed, &again)
        }
    }
}
