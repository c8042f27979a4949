//! The prerequisites drawn: layers from top to bottom, every length in tenths of a per cent of the
//! room there is, so that the picture fits a phone. The same facts stand in a table below.

use std::collections::BTreeMap;

use askama::Template;

use crate::error::Result;
use crate::ids::{ModuleId, ProgrammeId};
use crate::lang::Lang;
use crate::web::{Cx, Reply, Shell};

use super::super::queries::{self, Book};
use super::super::rules::graph::{Groups, layers};
use super::{at, crumbs, staff};

/// Height of a layer, of a module in it, and where the circle of a choice stands above its module, in
/// pixels.
const LAYER: i32 = 132;
const BOX: i32 = 40;
const CHOICE: i32 = 30;

/// A module in the picture.
struct Node {
    x: String,
    width: String,
    middle: String,
    y: i32,
    text_y: i32,
    code: String,
}

/// A line of the picture; one that leads to a choice is dashed.
struct Edge {
    x1: String,
    y1: i32,
    x2: String,
    y2: i32,
    any: bool,
}

/// A choice: any one of what leads here.
struct Choice {
    x: String,
    y: i32,
}

/// The picture.
#[derive(Default)]
struct Picture {
    height: i32,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    choices: Vec<Choice>,
}

/// A line of the table.
struct Line {
    href: String,
    code: String,
    name: String,
    asks: Vec<String>,
    before: Vec<String>,
}

#[derive(Template)]
#[template(path = "curriculum/graph.html")]
struct GraphPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: ProgrammeId,
    picture: Picture,
    lines: Vec<Line>,
}

fn per_cent(tenths: i32) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// A point: tenths of a per cent across, pixels down.
type Point = (i32, i32);

/// Where a module stands: its middle and width in tenths of a per cent, its top in pixels.
#[derive(Clone, Copy)]
struct Place {
    middle: i32,
    width: i32,
    top: i32,
}

/// What is put away is asked for by nothing and stands apart from the picture.
fn in_use(book: &Book) -> impl Iterator<Item = &queries::Named> {
    book.modules.iter().filter(|it| !it.archived)
}

fn draw(asks: &BTreeMap<ModuleId, Groups<ModuleId>>, book: &Book) -> Picture {
    let order: Vec<ModuleId> = in_use(book).map(|it| it.id).collect();
    let mut picture = Picture::default();
    let mut places: BTreeMap<ModuleId, Place> = BTreeMap::new();
    let mut y = 4;
    for layer in layers(asks, &order) {
        let slot = 1000 / i32::try_from(layer.len()).unwrap_or(i32::MAX).max(1);
        let width = (slot * 86 / 100).min(260);
        for (n, id) in (0..).zip(&layer) {
            let middle = slot * n + slot / 2;
            let top = y;
            places.insert(*id, Place { middle, width, top });
            picture.nodes.push(Node {
                x: per_cent(middle - width / 2),
                width: per_cent(width),
                middle: per_cent(middle),
                y,
                text_y: y + BOX / 2,
                code: book
                    .module(*id)
                    .map_or_else(String::new, |it| it.code.clone()),
            });
        }
        y += LAYER;
    }
    picture.height = y - LAYER + BOX + 4;
    for (id, groups) in asks {
        if let Some(place) = places.get(id) {
            connect(&mut picture, &places, *place, groups);
        }
    }
    picture
}

/// The lines from everything that a module asks for. They arrive side by side, from left to right as
/// they come, so that a choice stands apart from what is wanted in any case.
fn connect(
    picture: &mut Picture,
    places: &BTreeMap<ModuleId, Place>,
    to: Place,
    groups: &[Vec<ModuleId>],
) {
    let below = |id: &ModuleId| places.get(id).map(|it| (it.middle, it.top + BOX));
    let mut arriving: Vec<(i32, Vec<Point>)> = groups
        .iter()
        .map(|group| group.iter().filter_map(below).collect::<Vec<Point>>())
        .filter(|from| !from.is_empty())
        .map(|from| {
            let sum: i32 = from.iter().map(|(x, _)| x).sum();
            (sum / i32::try_from(from.len()).unwrap_or(1), from)
        })
        .collect();
    arriving.sort();
    let slots = i32::try_from(arriving.len()).unwrap_or(i32::MAX);
    for (n, (_, from)) in (1..).zip(&arriving) {
        let x = to.middle - to.width / 2 + to.width * n / slots.saturating_add(1);
        if let [only] = from.as_slice() {
            picture.edges.push(edge(*only, (x, to.top), false));
            continue;
        }
        let y = to.top - CHOICE;
        for point in from {
            picture.edges.push(edge(*point, (x, y), true));
        }
        picture.edges.push(edge((x, y), (x, to.top), true));
        picture.choices.push(Choice { x: per_cent(x), y });
    }
}

fn edge(from: Point, to: Point, any: bool) -> Edge {
    Edge {
        x1: per_cent(from.0),
        y1: from.1,
        x2: per_cent(to.0),
        y2: to.1,
        any,
    }
}

fn table(
    lang: Lang,
    asks: &BTreeMap<ModuleId, Groups<ModuleId>>,
    book: &Book,
    href: impl Fn(ModuleId) -> String,
) -> Vec<Line> {
    let code = |id: &ModuleId| book.module(*id).map_or("–", |it| it.code.as_str());
    let line = |it: &queries::Named| {
        let groups = asks.get(&it.id).cloned().unwrap_or_default();
        let named = |group: &Vec<ModuleId>| {
            let codes: Vec<&str> = group.iter().map(code).collect();
            match codes.as_slice() {
                [only] => (*only).to_owned(),
                several => lang.curriculum_any_of(&several.join(lang.curriculum_comma())),
            }
        };
        let asked_by = in_use(book).filter(|other| {
            asks.get(&other.id)
                .is_some_and(|groups| groups.iter().flatten().any(|id| *id == it.id))
        });
        Line {
            href: href(it.id),
            code: it.code.clone(),
            name: it.name(lang).to_owned(),
            asks: groups.iter().map(named).collect(),
            before: asked_by.map(|other| other.code.clone()).collect(),
        }
    };
    in_use(book).map(line).collect()
}

/// GET `/programmes/{programme}/curriculum/graph`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let book = queries::book(cx.conn, staff.programme())?;
    let asks = queries::prerequisites(cx.conn, &staff)?;
    cx.visit.page(&GraphPage {
        shell: cx.shell(lang.curriculum_prerequisites()),
        crumbs: crumbs(lang, &staff, Vec::new()),
        programme: staff.programme(),
        picture: draw(&asks, &book),
        lines: table(lang, &asks, &book, |id| at(&staff, id)),
    })
}
