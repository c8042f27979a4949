//! One offer at the desk: what can still be done with it, and its history.

use askama::Template;

use crate::access::{self, CohortStaff};
use crate::audit;
use crate::cohorts::queries as cohorts;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, CohortId, OfferId};
use crate::lang::format;
use crate::offers::actions;
use crate::offers::queries::{self, Offer};
use crate::offers::rules::{self, OfferState};
use crate::web::Shell;
use crate::web::forms::{Form, Mistakes};
use crate::web::{Cx, Reply};

use super::own::REASON_MOST;

/// A score as people read it: `3.67`.
pub(super) fn score(milli: i32) -> String {
    let hundredths = (milli + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

struct Line {
    at: String,
    who: String,
    what: String,
}

#[derive(Template)]
#[template(path = "offers/record.html")]
struct Page {
    shell: Shell,
    cohort: CohortId,
    cohort_name: String,
    offer: OfferId,
    application: ApplicationId,
    name: String,
    reference: String,
    state: &'static str,
    tag: &'static str,
    live: bool,
    /// The page that asks before the offer is taken back?
    withdrawing: bool,
    next_in_line: Option<String>,
    pool: String,
    deadline: String,
    made: String,
    rank: Option<String>,
    reason: Option<String>,
    typed: String,
    mistakes: Mistakes,
    history: Vec<Line>,
}

fn find(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Offer)> {
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let offer = queries::of_cohort(cx.conn, staff.cohort(), cx.request().param("offer")?)?;
    Ok((staff, offer))
}

fn build(cx: &mut Cx<'_, '_>, withdrawing: bool, typed: &str, mistakes: Mistakes) -> Result<Page> {
    let lang = cx.lang();
    let (staff, offer) = find(cx)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    let pools = cohorts::pools(cx.conn, &staff)?;
    let application = queries::applications(cx.conn, staff.cohort(), &[offer.application_id])?
        .pop()
        .ok_or(Error::NotFound)?;
    let waiting = queries::waiting(cx.conn, staff.cohort())?;
    let next = rules::plan::next_for(offer.pool_id, &waiting).map(|it| it.application);
    let next: Vec<_> = next.into_iter().collect();
    let next = queries::applications(cx.conn, staff.cohort(), &next)?.pop();
    let now = db::now(cx.conn)?;
    let state = offer.state()?;
    let history = audit::history(cx.conn, offer.id.0)?
        .into_iter()
        .map(|it| Line {
            at: format::moment(lang, it.occurred_at),
            who: it
                .actor_name
                .unwrap_or_else(|| lang.history_system().to_owned()),
            what: lang.history(&it.verb, &it.details.unwrap_or_default()),
        })
        .collect();
    Ok(Page {
        shell: cx.shell(lang.offers_of(&application.name_shown)),
        cohort: staff.cohort(),
        cohort_name: cohort.name(lang).to_owned(),
        offer: offer.id,
        application: application.id,
        name: application.name_shown,
        reference: application.reference,
        state: state.label(lang),
        tag: super::tag(state),
        live: state == OfferState::Open && rules::is_live(offer.expires_at, now),
        withdrawing,
        next_in_line: next.map(|it| it.name_shown),
        pool: super::name_of(lang, &pools, offer.pool_id),
        deadline: format::deadline(lang, offer.expires_at),
        made: format::moment(lang, offer.created_at),
        rank: offer.promoted_rank.map(|n| lang.release_from_rank(n)),
        reason: offer.reason,
        typed: typed.to_owned(),
        mistakes,
        history,
    })
}

/// The offer.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let page = build(cx, false, "", Mistakes::default())?;
    cx.visit.page(&page)
}

/// What will happen if it is taken back.
pub(super) fn confirm(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let page = build(cx, true, "", Mistakes::default())?;
    cx.visit.page(&page)
}

fn here(cx: &Cx<'_, '_>, staff: &CohortStaff, offer: &Offer) -> String {
    let _ = cx;
    format!("/cohorts/{}/offers/{}", staff.cohort(), offer.id)
}

/// Takes the offer back.
pub(super) fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, offer) = find(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let reason = form.text("reason", REASON_MOST);
    if let Err(Error::Invalid(errors)) = form.done() {
        let mistakes = Mistakes::new(&errors, cx.lang()).labelled(&[
            ("reason", cx.lang().offers_withdraw_reason()),
            ("until", cx.lang().offers_until()),
        ]);
        let page = build(cx, true, visit.request.form().typed("reason"), mistakes)?;
        return visit.page_with(422, &page);
    }
    actions::withdraw_offer(cx.conn, &staff, offer.id, &reason)?;
    Ok(Reply::see_other(here(cx, &staff, &offer)).flash("offer_withdrawn"))
}

/// Gives more time: until 23:59 of a later day in Hong Kong.
pub(super) fn extend(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, offer) = find(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let day = form.date("until");
    let later = crate::cohorts::rules::end_of_day(day);
    if !form.failed() && later <= offer.expires_at {
        form.error("until", "not_later", |lang| {
            lang.offer_refuse_not_later().to_owned()
        });
    }
    if let Err(Error::Invalid(errors)) = form.done() {
        let mistakes = Mistakes::new(&errors, cx.lang()).labelled(&[
            ("reason", cx.lang().offers_withdraw_reason()),
            ("until", cx.lang().offers_until()),
        ]);
        let page = build(cx, false, visit.request.form().typed("until"), mistakes)?;
        return visit.page_with(422, &page);
    }
    actions::extend(cx.conn, &staff, offer.id, later)?;
    Ok(Reply::see_other(here(cx, &staff, &offer)).flash("offer_extended"))
}
