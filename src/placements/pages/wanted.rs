//! Trainees who are interested in an institution's postings, as the institution reads them.

use crate::error::Result;
use crate::files::queries::Stored;
use crate::ids::{InterestId, PostingId};
use crate::lang::Lang;
use crate::lang::format::moment;
use crate::web::fields::Head;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Pairs, Reply, ReplyBody};

use super::super::queries::{self, INTEREST_SORTS, Interest, Side};
use super::super::rules::Shares;
use super::super::rules::eligibility::{Authorisation, Degree, Language};
use super::{crumbs, member, tabs};
use crate::web::listing::{self as table, Cell, Fact, Listing, Panel, Select};

const PATH: &str = "/organisation/interests";

/// What the address asks for.
pub(in crate::placements) fn sought(query: &Pairs) -> (Option<PostingId>, Option<&str>) {
    (query.typed("posting").parse().ok(), table::text(query))
}

fn shares(lang: Lang, it: &Interest) -> String {
    let words = it.shares.iter().filter_map(|it| Shares::parse(it));
    let labels: Vec<&str> = words
        .map(|it| match it {
            Shares::Profile => lang.plc_shared_profile(),
            Shares::Modules => lang.plc_shared_modules(),
            Shares::Cv => lang.plc_document_cv(),
        })
        .collect();
    labels.join(lang.pick(", ", "、"))
}

/// GET `/organisation/interests`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let query = &cx.visit.request.query;
    let page = table::page(query, INTEREST_SORTS);
    let rows = queries::interests(cx.conn, &member, sought(query), &page)?;
    let found = Page::cut(rows, PAGE, Interest::cursor);
    let sorts: &[(&str, &str)] = &[
        ("name", lang.plc_trainee()),
        ("posting", lang.plc_posting()),
        ("since", lang.plc_interested_at()),
    ];
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, PATH, query);
    let listing = Listing {
        title: lang.plc_interests().to_owned(),
        crumbs: crumbs(lang, &side, Vec::new()),
        tabs: tabs(lang, &side, "interests"),
        searches: true,
        selects: vec![Select::sorts(lang.sort_by(), page.sort, sorts)],
        heads: vec![
            head(lang.plc_trainee(), "name"),
            Head::plain(lang.plc_cohort()),
            head(lang.plc_posting(), "posting"),
            Head::plain(lang.plc_shared()),
            head(lang.plc_interested_at(), "since"),
        ],
        empty: lang.plc_interests_none(),
        empty_more: lang.plc_interests_none_more(),
        path: PATH.to_owned(),
        ..Listing::default()
    };
    let rows = found.rows.iter().map(|it| {
        vec![
            Cell::link(it.name_shown.clone(), format!("{PATH}/{}", it.id))
                .more(it.trainee_number.clone()),
            Cell::text(it.cohort(lang)),
            Cell::link(
                it.title(lang),
                format!("/organisation/postings/{}", it.posting_id),
            )
            .more(it.number.clone()),
            Cell::text(shares(lang, it)),
            Cell::text(moment(lang, it.created_at)),
        ]
    });
    let rows = rows.collect();
    let next = found.next;
    table::show(cx, &listing, Page { rows, next })
}

/// GET `/organisation/interests.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = member(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, INTEREST_SORTS);
    let rows = table::every(page, Interest::cursor, |page| {
        queries::interests(cx.conn, &member, sought(query), page)
    })?;
    let header = [
        lang.plc_trainee(),
        lang.plc_trainee_number(),
        lang.plc_cohort(),
        lang.plc_number(),
        lang.plc_posting(),
        lang.plc_note(),
        lang.plc_shared(),
        lang.plc_interested_at(),
    ];
    let rows = rows.into_iter().map(|it| {
        vec![
            it.name_shown.clone(),
            it.trainee_number.clone(),
            it.cohort(lang).to_owned(),
            it.number.clone(),
            it.title(lang).to_owned(),
            it.note.clone(),
            shares(lang, &it),
            moment(lang, it.created_at),
        ]
    });
    let rows = rows.collect();
    table::file(cx, "interests", &header, rows)
}

fn names<T>(
    lang: Lang,
    words: &[String],
    parse: impl Fn(&str) -> Option<T>,
    label: impl Fn(&T) -> &'static str,
) -> String {
    let all: Vec<&str> = words
        .iter()
        .filter_map(|it| parse(it))
        .map(|it| label(&it))
        .collect();
    if all.is_empty() {
        "–".to_owned()
    } else {
        all.join(lang.pick(", ", "、"))
    }
}

fn shared(lang: Lang, it: &Interest) -> Result<Vec<Fact>> {
    let shared = it.shared()?;
    let mut facts = Vec::new();
    for share in it.shares.iter().filter_map(|it| Shares::parse(it)) {
        match share {
            Shares::Profile => {
                let degree = Degree::parse(&shared.degree).map_or("–", |it| it.label(lang));
                facts.extend([
                    Fact::new(
                        lang.plc_work_languages(),
                        names(lang, &shared.languages, Language::parse, |it| {
                            it.label(lang)
                        }),
                    ),
                    Fact::new(
                        lang.plc_profile_authorisations(),
                        names(lang, &shared.authorisations, Authorisation::parse, |it| {
                            it.label(lang)
                        }),
                    ),
                    Fact::new(lang.plc_profile_degree(), degree),
                    Fact::new(
                        lang.plc_want_permit(),
                        if shared.mainland_permit {
                            lang.yes()
                        } else {
                            lang.no()
                        },
                    ),
                ]);
            }
            Shares::Modules => {
                let told = match shared.modules.is_empty() {
                    true => lang.plc_modules_none().to_owned(),
                    false => shared.modules.join(lang.pick(", ", "、")),
                };
                facts.push(Fact::new(lang.plc_shared_modules(), told));
            }
            Shares::Cv if it.document_id.is_some() => {
                let place = format!("{PATH}/{}/document", it.id);
                facts.push(Fact::link(
                    lang.plc_document_cv(),
                    lang.plc_open_cv(),
                    place,
                ));
            }
            Shares::Cv => {}
        }
    }
    for paper in it.papers()? {
        let place = format!("{PATH}/{}/papers/{}", it.id, paper.document);
        let kind = super::documents::kind(lang, &paper.kind);
        facts.push(Fact::link(kind, paper.label, place));
    }
    Ok(facts)
}

/// The interest of the address.
pub(in crate::placements) fn one(cx: &mut Cx<'_, '_>) -> Result<Interest> {
    let member = member(cx)?;
    let id: InterestId = cx.request().param("interest")?;
    queries::interest(cx.conn, &member, id)
}

/// GET `/organisation/interests/{interest}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = one(cx)?;
    let lang = cx.lang();
    let side = Side::Host(member(cx)?);
    let posting = format!("/organisation/postings/{}", it.posting_id);
    let record = table::Record {
        title: it.name_shown.clone(),
        note: format!("{} · {}", it.trainee_number, it.cohort(lang)),
        crumbs: crumbs(
            lang,
            &side,
            vec![(PATH.to_owned(), lang.plc_interests().to_owned())],
        ),
        panels: vec![
            Panel::facts(
                lang.plc_interests(),
                vec![
                    Fact::link(lang.plc_posting(), it.title(lang), posting),
                    Fact::new(lang.plc_interested_at(), moment(lang, it.created_at)),
                    Fact::new(
                        lang.plc_note(),
                        if it.note.is_empty() { "–" } else { &it.note },
                    ),
                ],
            ),
            Panel {
                empty: lang.plc_shared_nothing().to_owned(),
                ..Panel::facts(lang.plc_shared(), shared(lang, &it)?)
            },
        ],
        ..table::Record::default()
    };
    table::record(cx, &record)
}

/// GET `/organisation/interests/{interest}/document`.
pub(super) fn document(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = one(cx)?;
    Ok(sent(queries::document(cx.conn, &it)?))
}

/// GET `/organisation/interests/{interest}/papers/{document}`.
pub(super) fn paper(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = one(cx)?;
    let id = cx.request().param("document")?;
    Ok(sent(queries::paper(cx.conn, &it, id)?))
}

fn sent(file: Stored) -> Reply {
    let key = file.storage_key;
    let body = ReplyBody::Stream(Box::new(move |site, out| site.files.copy_to(&key, out)));
    Reply::download(&file.media_type, &file.label, body)
}
