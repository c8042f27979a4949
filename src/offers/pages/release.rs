//! The release: a rehearsal that says who is told what in which language and which seats move, and
//! the button that does exactly that.

use askama::Template;

use crate::access;
use crate::error::{Error, Refusal as _, Result};
use crate::ids::{ApplicationId, CohortId};
use crate::lang::{Lang, format};
use crate::offers::actions::{self, Line, Preview};
use crate::offers::rules::ReleaseRefusal;
use crate::web::Shell;
use crate::web::forms::Pairs;
use crate::web::{Cx, Reply};

/// A group of people who get the same letter.
struct Group {
    heading: &'static str,
    tag: &'static str,
    rows: Vec<Row>,
}

struct Row {
    application: ApplicationId,
    name: String,
    reference: String,
    lang: Lang,
    score: String,
    note: String,
}

struct Seats {
    pool: String,
    before: [i32; 4],
    after: [i32; 4],
    gives_back: Option<String>,
}

#[derive(Template)]
#[template(path = "offers/release.html")]
struct Page {
    shell: Shell,
    cohort: CohortId,
    cohort_name: String,
    changed: bool,
    nothing: bool,
    begins: bool,
    shortfall: Option<String>,
    seated: Option<String>,
    offers_end: String,
    fingerprint: String,
    at_once: String,
    button: String,
    letters: Vec<(&'static str, usize, usize)>,
    total: (usize, usize),
    groups: Vec<Group>,
    seats: Vec<Seats>,
    only: Vec<ApplicationId>,
}

#[derive(Template)]
#[template(path = "offers/release_not_now.html")]
struct NotNow {
    shell: Shell,
    cohort: CohortId,
    cohort_name: String,
    why: String,
}

fn only(pairs: &Pairs) -> Option<Vec<ApplicationId>> {
    let ids: Vec<ApplicationId> = pairs.all("id").filter_map(|id| id.parse().ok()).collect();
    (!ids.is_empty()).then_some(ids)
}

/// The preview; `?id=…` narrows it to some applications.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let only = only(&cx.request().query);
    match build(cx, only, false) {
        Ok(page) => cx.visit.page(&page),
        Err(Error::Refused(no)) => not_now(cx, no.say(cx.lang())),
        Err(other) => Err(other),
    }
}

/// The cohort is not at the point of releasing: says when it is, and leads on.
fn not_now(cx: &mut Cx<'_, '_>, why: String) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let cohort = crate::cohorts::queries::find(cx.conn, &staff)?;
    let page = NotNow {
        shell: cx.shell(lang.release_title()),
        cohort: staff.cohort(),
        cohort_name: cohort.name(lang).to_owned(),
        why,
    };
    cx.visit.page(&page)
}

/// Releases, or shows what has changed.
pub(super) fn carry_out(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let only = only(cx.request().form());
    let fingerprint = cx.request().form().typed("fingerprint").to_owned();
    match actions::release(cx.conn, &staff, only.as_deref(), &fingerprint) {
        Ok(_) => {
            Ok(Reply::see_other(format!("/cohorts/{}/offers", staff.cohort())).flash("released"))
        }
        Err(Error::Refused(no)) if no.code() == ReleaseRefusal::Changed.code() => {
            let page = build(cx, only, true)?;
            cx.visit.page_with(409, &page)
        }
        Err(other) => Err(other),
    }
}

fn build(cx: &mut Cx<'_, '_>, only: Option<Vec<ApplicationId>>, changed: bool) -> Result<Page> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let preview = actions::preview_release(cx.conn, &staff, only.as_deref())?;
    let letters: Vec<_> = preview
        .letters()
        .into_iter()
        .map(|(kind, (en, zh))| (lang.letter_kind_of_offers(kind), en, zh))
        .collect();
    let total = letters
        .iter()
        .fold((0, 0), |(a, b), (_, en, zh)| (a + en, b + zh));
    let seats = preview
        .movements
        .iter()
        .map(|it| Seats {
            pool: super::pool_name(lang, &it.pool),
            before: [
                it.pool.taken,
                it.pool.offered,
                it.pool.capacity - it.pool.offered - it.pool.taken,
                it.pool.capacity,
            ],
            after: [
                it.after.seats.taken(),
                it.after.seats.offered(),
                it.after.seats.free(),
                it.after.seats.capacity(),
            ],
            gives_back: (it.gives_back > 0).then(|| lang.release_gives_back(it.gives_back)),
        })
        .collect();
    let seated = preview.offers.iter().filter(|it| it.seat_was_free).count();
    Ok(Page {
        shell: cx.shell(lang.release_title()),
        cohort: staff.cohort(),
        cohort_name: preview.cohort.name(lang).to_owned(),
        changed,
        nothing: preview.decisions() == 0,
        begins: preview.begins,
        shortfall: (preview.shortfall > 0).then(|| lang.release_shortfall(preview.shortfall)),
        seated: (seated > 0).then(|| lang.release_seated(seated)),
        offers_end: format::deadline(lang, preview.offers_end),
        at_once: lang.release_at_once(preview.decisions()),
        button: lang.release_do(preview.decisions()),
        groups: groups(lang, &preview),
        fingerprint: preview.fingerprint.clone(),
        letters,
        total,
        seats,
        only: only.unwrap_or_default(),
    })
}

fn groups(lang: Lang, preview: &Preview) -> Vec<Group> {
    let pools: Vec<_> = preview.movements.iter().map(|it| it.pool.clone()).collect();
    let row = |line: &Line| {
        let mut notes = Vec::new();
        if let Some(pool) = line.pool {
            notes.push(super::name_of(lang, &pools, pool));
        }
        if let Some(place) = line.place {
            notes.push(lang.release_place(place));
        } else if let Some(rank) = line.rank {
            notes.push(lang.release_from_rank(rank));
        }
        if line.accepted_without_seat {
            notes.push(lang.release_no_seat().to_owned());
        }
        if line.seat_was_free {
            notes.push(lang.release_seat_was_free().to_owned());
        }
        notes.extend(line.reason.clone());
        Row {
            application: line.application,
            name: line.name.clone(),
            reference: line.reference.clone(),
            lang: line.lang,
            score: line
                .score_milli
                .map(super::record::score)
                .unwrap_or_default(),
            note: notes.join(" · "),
        }
    };
    [
        (lang.release_promoted(), "wait", &preview.promotions),
        (lang.release_offers(), "wait", &preview.offers),
        (lang.release_waitlist(), "", &preview.waitlist),
        (lang.release_rejected(), "bad", &preview.rejections),
        (lang.release_ineligible(), "bad", &preview.ineligible),
    ]
    .into_iter()
    .filter(|(_, _, lines)| !lines.is_empty())
    .map(|(heading, tag, lines)| Group {
        heading,
        tag,
        rows: lines.iter().map(row).collect(),
    })
    .collect()
}
