//! The list of placements of a reader.

use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::date;
use crate::matches::rules::PlacementState;
use crate::placements::pages::{crumbs as placement_crumbs, tabs};
use crate::placements::queries::{self as placements, Side};
use crate::placements::rules::content::City;
use crate::web::fields::Head;
use crate::web::forms::pair;
use crate::web::listing::{self as table, Cell, Listing, Select};
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Pairs, Reply};

use super::super::queries::{self, PLACEMENT_SORTS, Placement, Seat, Sought};
use super::{home, name, seat, tone};

/// What the address asks for.
pub(in super::super) fn sought(query: &Pairs) -> Sought {
    let given = |name: &str| Some(query.typed(name)).filter(|it| !it.is_empty());
    Sought {
        state: PlacementState::parse(query.typed("state")),
        organisation: query.typed("institution").parse().ok(),
        area: query.typed("area").parse().ok(),
        city: given("city").map(str::to_owned),
        wants: given("wants").map(str::to_owned),
        text: table::text(query).map(str::to_owned),
    }
}

fn selects(
    cx: &mut Cx<'_, '_>,
    seat: &Seat,
    sort: crate::web::fields::Sort,
) -> Result<Vec<Select>> {
    let lang = cx.lang();
    let query = &cx.visit.request.query;
    let states = PlacementState::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let mut all = vec![Select::states(lang, query, states.collect())];
    if let Seat::Office(staff) = seat {
        let side = Side::Office(*staff);
        let of_all = lang.all_of_them();
        let institutions = placements::institutions(cx.conn, &side)?
            .into_iter()
            .map(|it| pair(it.id.to_string(), lang.pick(it.name_en, it.name_zh)));
        let areas = placements::areas(cx.conn, staff.programme())?
            .into_iter()
            .map(|it| pair(it.id.to_string(), it.name(lang)));
        let cities = City::ALL.iter().map(|it| pair(it.as_str(), it.label(lang)));
        let institutions = institutions.collect();
        all.extend([
            Select::new(
                query,
                "institution",
                lang.hst_institution(),
                of_all,
                institutions,
            ),
            Select::new(query, "area", lang.plc_area(), of_all, areas.collect()),
            Select::new(query, "city", lang.plc_city(), of_all, cities.collect()),
        ]);
    }
    let wants = [
        ("late", lang.hst_wants_late()),
        ("sign", lang.hst_wants_sign()),
        ("starting", lang.hst_wants_starting()),
    ];
    let wants = wants.iter().map(|(word, label)| pair(*word, *label));
    all.push(Select::new(
        query,
        "wants",
        lang.hst_wants(),
        lang.all_of_them(),
        wants.collect(),
    ));
    let sorts = [
        ("trainee", lang.hst_trainee()),
        ("institution", lang.hst_institution()),
        ("starts", lang.plc_starts_on()),
        ("state", lang.plc_status()),
    ];
    all.push(Select::sorts(lang.sort_by(), sort, &sorts));
    Ok(all)
}

fn cells(lang: Lang, seat: &Seat, path: &str, it: &Placement) -> Result<Vec<Cell>> {
    let state = it.state()?;
    let other = match seat {
        Seat::Trainee(_) => it.trainee_number.clone(),
        Seat::Office(_) | Seat::Host(_) => it.organisation(lang).to_owned(),
    };
    let open = if it.late > 0 {
        Cell::number(&it.open).more(lang.hst_late(it.late))
    } else {
        Cell::number(&it.open)
    };
    Ok(vec![
        Cell::link(name(lang, seat, it), format!("{path}/{}", it.id)),
        Cell::text(other),
        Cell::text(it.title(lang)?),
        Cell::tag(state.label(lang), tone(state)),
        Cell::text(it.starts_on.map_or("–".to_owned(), |day| date(lang, day))),
        open,
    ])
}

/// The way to the list, and the tabs beside it.
type Place = (Vec<(String, String)>, Vec<(String, &'static str, bool)>);

fn place(lang: Lang, seat: &Seat) -> Place {
    let of = |side: Side| {
        let way = placement_crumbs(lang, &side, Vec::new());
        (way, tabs(lang, &side, "placed"))
    };
    match seat {
        Seat::Office(staff) => of(Side::Office(*staff)),
        Seat::Host(member) => of(Side::Host(member.clone())),
        Seat::Trainee(_) => (
            vec![("/me".to_owned(), lang.nav_me().to_owned())],
            Vec::new(),
        ),
    }
}

/// GET the list.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let seat = seat(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, PLACEMENT_SORTS);
    let rows = queries::placements(cx.conn, &seat, &sought(query), &page)?;
    let found = Page::cut(rows, PAGE, Placement::cursor);
    let path = home(&seat);
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let (first, second) = match &seat {
        Seat::Trainee(_) => (
            head(lang.hst_institution(), "institution"),
            Head::plain(lang.fnd_number()),
        ),
        Seat::Office(_) | Seat::Host(_) => (
            head(lang.hst_trainee(), "trainee"),
            head(lang.hst_institution(), "institution"),
        ),
    };
    let (way, tabs) = place(lang, &seat);
    let selects = selects(cx, &seat, page.sort)?;
    let listing = Listing {
        title: lang.hst_title().to_owned(),
        crumbs: way,
        tabs,
        searches: true,
        selects,
        heads: vec![
            first,
            second,
            Head::plain(lang.hst_posting()),
            head(lang.plc_status(), "state"),
            head(lang.plc_starts_on(), "starts"),
            Head::plain(lang.hst_open_items()).numbers(),
        ],
        empty: lang.hst_none(),
        empty_more: lang.hst_none_more(),
        path: path.clone(),
        ..Listing::default()
    };
    let rows = found.rows.iter().map(|it| cells(lang, &seat, &path, it));
    let rows = rows.collect::<Result<_>>()?;
    let page = Page {
        rows,
        next: found.next,
    };
    table::show(cx, &listing, page)
}

/// GET the list as a file.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let seat = seat(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, PLACEMENT_SORTS);
    let rows = table::every(page, Placement::cursor, |page| {
        queries::placements(cx.conn, &seat, &sought(query), page)
    })?;
    let header = [
        lang.hst_trainee(),
        lang.fnd_number(),
        lang.hst_institution(),
        lang.hst_posting(),
        lang.plc_city(),
        lang.plc_status(),
        lang.plc_starts_on(),
        lang.plc_ends_on(),
        lang.hst_hours_week(),
        lang.hst_supervisor(),
        lang.hst_open_items(),
        lang.hst_late_items(),
    ];
    let day = |it: Option<chrono::NaiveDate>| it.map(|day| day.to_string()).unwrap_or_default();
    let rows = rows.into_iter().map(|it| {
        let content = it.content()?;
        let city = City::parse(content.get("city")).map_or("", |city| city.label(lang));
        Ok(vec![
            it.name_shown.clone(),
            it.trainee_number.clone(),
            it.organisation(lang).to_owned(),
            it.title(lang)?,
            city.to_owned(),
            it.state()?.label(lang).to_owned(),
            day(it.starts_on),
            day(it.ends_on),
            it.hours_week.map(|n| n.to_string()).unwrap_or_default(),
            it.supervisor_name.clone(),
            it.open.to_string(),
            it.late.to_string(),
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    table::file(cx, "placed", &header, rows)
}
