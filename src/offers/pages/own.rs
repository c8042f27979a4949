//! The applicant's page of an offer, signed in or from the mailed link. A GET shows and asks, and
//! never acts: mail programs open links by themselves.

use askama::Template;

use crate::access::{self, OwnOffer};
use crate::cohorts;
use crate::cohorts::queries::Cohort;
use crate::db::{self, Acting, Actor, Conn, Role};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, EnrolmentId, OfferId};
use crate::lang::{Lang, format};
use crate::offers::rules::{self, OfferState};
use crate::offers::{actions, queries};
use crate::people::accounts::{self, Purpose};
use crate::web::Shell;
use crate::web::forms::Form;
use crate::web::{Cx, Reply};

/// Most characters of a reason.
pub(super) const REASON_MOST: usize = 500;

#[derive(Template)]
#[template(path = "offers/own.html")]
struct Page {
    shell: Shell,
    /// Where the answer goes.
    action: String,
    /// Reached by the mailed link, without sign-in?
    by_link: bool,
    /// Is the reader about to decline?
    declining: bool,
    offer: OfferId,
    application: ApplicationId,
    cohort: String,
    state: OfferState,
    tag: &'static str,
    label: &'static str,
    live: bool,
    gave_up: bool,
    answer_by: String,
    starts_on: String,
    held_for: Option<String>,
    enrolment: Option<EnrolmentId>,
}

fn build(
    cx: &mut Cx<'_, '_>,
    own: &OwnOffer,
    action: String,
    lang: Lang,
    by_link: bool,
) -> Result<Page> {
    let offer = queries::own(cx.conn, own)?;
    let cohort: Cohort = cohorts::queries::published(cx.conn, own.cohort())?;
    let held_for = queries::held_for(cx.conn, own)?;
    let enrolment = queries::enrolment_of(cx.conn, own)?;
    let now = db::now(cx.conn)?;
    let state = offer.state()?;
    let mut shell = cx.shell(lang.offers_your(cohort.name(lang)));
    shell.lang = lang;
    Ok(Page {
        action,
        by_link,
        declining: cx.request().query.has("decline", "1"),
        offer: offer.id,
        application: offer.application_id,
        cohort: cohort.name(lang).to_owned(),
        state,
        tag: super::tag(state),
        label: state.label(lang),
        live: state == OfferState::Open && rules::is_live(offer.expires_at, now),
        gave_up: offer.vacated_at.is_some(),
        answer_by: format::deadline(lang, offer.expires_at),
        starts_on: format::date_long(lang, cohort.starts_on),
        held_for: held_for.map(|(en, zh)| lang.pick(en, zh)),
        enrolment,
        shell,
    })
}

/// The offer with its deadline; with `?decline=1` the question before declining.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own_offer(cx.conn, cx.request().param("offer")?)?;
    let action = format!("/me/offers/{}", own.offer());
    let lang = cx.lang();
    let page = build(cx, &own, action, lang, false)?;
    cx.visit.page(&page)
}

/// Accepts or declines.
pub(super) fn answer(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own_offer(cx.conn, cx.request().param("offer")?)?;
    let here = format!("/me/offers/{}", own.offer());
    Ok(match act(cx, &own)? {
        OfferState::Accepted => {
            Reply::see_other(format!("/me/enrol/{}", own.offer())).flash("offer_accepted")
        }
        OfferState::Open | OfferState::Declined | OfferState::Expired | OfferState::Withdrawn => {
            Reply::see_other(here).flash("offer_declined")
        }
    })
}

/// Does what the form says. Saying the same again changes nothing and is no mistake.
fn act(cx: &mut Cx<'_, '_>, own: &OwnOffer) -> Result<OfferState> {
    let mut form = Form::new(cx.request().form());
    let wanted = form.choice("answer", |word| match word {
        "accept" => Some(OfferState::Accepted),
        "decline" => Some(OfferState::Declined),
        _ => None,
    });
    let reason = form.optional("reason", REASON_MOST);
    form.done()?;
    let wanted = wanted.ok_or(Error::NotFound)?;
    if queries::own(cx.conn, own)?.state()? != wanted {
        match wanted {
            OfferState::Accepted => actions::accept(cx.conn, own)?,
            _ => actions::decline(cx.conn, own, reason.as_deref())?,
        }
    }
    Ok(wanted)
}

/// Becomes the person of a mailed link: the token names person and offer, and nothing else opens.
fn by_link(cx: &mut Cx<'_, '_>) -> Result<OwnOffer> {
    let token: String = cx.request().param("token")?;
    let id = cx.site.keys.read_link(Purpose::Offer.as_str(), &token)?;
    let link = accounts::open_link(cx.conn, Purpose::Offer, id)?;
    let offer = OfferId(link.subject_id.ok_or(Error::NotFound)?);
    cx.conn.become_actor(Actor::Person(Acting {
        person: link.person_id,
        role: Role::Applicant,
        grant: None,
        organisations: Vec::new(),
        programmes: Vec::new(),
    }))?;
    access::own_offer(cx.conn, offer)
}

/// The reader's language: theirs, unless this browser says otherwise.
fn reading(cx: &mut Cx<'_, '_>, own: &OwnOffer) -> Result<Lang> {
    let request = cx.request();
    let chosen = request.query.get("lang").is_some() || request.cookies.contains_key("lang");
    if chosen || cx.visit.visitor.is_some() {
        return Ok(cx.lang());
    }
    let conn: &mut Conn<'_> = cx.conn;
    Ok(accounts::recipient(conn, own.person())?.lang)
}

/// Shows the offer of a mailed link and asks; opening it any number of times changes nothing.
pub(super) fn link_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = by_link(cx)?;
    let lang = reading(cx, &own)?;
    let action = cx.request().path.clone();
    let page = build(cx, &own, action, lang, true)?;
    cx.visit.page(&page)
}

/// Answers by a mailed link.
pub(super) fn link_answer(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = by_link(cx)?;
    act(cx, &own)?;
    Ok(Reply::see_other(cx.request().path.clone()))
}

/// Withdraws an application in whatever state it is; a seat that comes free goes to the next.
pub(super) fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: ApplicationId = cx.request().param("application")?;
    let own = access::own_application(cx.conn, id)?;
    actions::withdraw_application(cx.conn, &own)?;
    Ok(Reply::see_other(format!("/me/applications/{id}")).flash("application_withdrawn"))
}
