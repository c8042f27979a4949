//! The form of a list: a number beside each item, buttons to move it.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::db;
use crate::error::{Error, FieldError, Result};
use crate::lang::Lang;
use crate::lang::format::moment;
use crate::web::fields::Again;
use crate::web::forms::Mistakes;
use crate::web::{Cx, Form, Pairs};

use super::super::actions;
use super::super::queries::{self, Candidate, ListRow, MatchRound, Owned};
use super::super::rules::ranks::{Allowed, LineFault, moved, numbered, tiers};
use super::super::rules::{self, ListKind, ListState, Tiers};

/// An item of the form.
pub(super) struct Item {
    pub id: Uuid,
    pub field: String,
    pub name: String,
    pub more: String,
    pub label: String,
    pub up: String,
    pub down: String,
    pub drag: String,
    pub value: String,
    pub barred: bool,
    pub error: Option<String>,
}

/// The form of a list.
pub(super) struct ListForm {
    pub title: String,
    pub how: &'static str,
    pub what: &'static str,
    pub empty: &'static str,
    pub means: &'static str,
    pub items: Vec<Item>,
    pub action: String,
    pub certify: String,
    pub version: i32,
    /// May it be saved now?
    pub open: bool,
    /// Is there something to certify?
    pub certifies: bool,
    pub mistakes: Mistakes,
    pub refusal: Option<String>,
}

/// How a list stands, in words: tone, heading.
pub(super) fn standing(lang: Lang, row: Option<&ListRow>) -> (&'static str, String, String) {
    let state = queries::state_of(row);
    let when = row.and_then(|it| it.certified_at);
    let (tone, text) = match state {
        ListState::Missing => ("", lang.mat_missing_note().to_owned()),
        ListState::Saved => ("warn", lang.mat_saved_note().to_owned()),
        ListState::Changed => ("warn", lang.mat_changed_note().to_owned()),
        ListState::Certified => (
            "ok",
            lang.mat_certified_note(&when.map(|it| moment(lang, it)).unwrap_or_default()),
        ),
    };
    (tone, text, String::new())
}

/// What was typed, to be shown again.
#[derive(Default)]
pub(super) struct Typed<'a> {
    pub fields: Option<&'a Pairs>,
    pub again: Again,
}

fn item(
    lang: Lang,
    it: &Candidate,
    value: String,
    (barred, error): (bool, Option<String>),
) -> Item {
    let name = it.name(lang);
    Item {
        id: it.id,
        field: actions::field_of(it.id),
        name: name.to_owned(),
        more: it.more(lang).to_owned(),
        label: lang.mat_rank_of(name),
        up: lang.mat_up_of(name),
        down: lang.mat_down_of(name),
        drag: lang.mat_drag_of(name),
        value,
        barred,
        error,
    }
}

/// The items in the order of the list, those that are not on it at its end.
fn items(
    lang: Lang,
    candidates: &[Candidate],
    (numbers, allowed): (&BTreeMap<Uuid, u32>, &Allowed),
    typed: &Typed<'_>,
) -> Vec<Item> {
    let mut items: Vec<(u32, Item)> = candidates
        .iter()
        .map(|it| {
            let number = numbers.get(&it.id).copied();
            let field = actions::field_of(it.id);
            let value = match typed.fields {
                Some(fields) => fields.typed(&field).to_owned(),
                None => number.map(|it| it.to_string()).unwrap_or_default(),
            };
            let error = typed.again.mistakes.of(&field).map(str::to_owned);
            let barred = allowed.barred.contains(&it.id);
            let shown = item(lang, it, value, (barred, error));
            (number.unwrap_or(u32::MAX), shown)
        })
        .collect();
    items.sort_by_key(|it| it.0);
    items.into_iter().map(|it| it.1).collect()
}

/// The form as it stands, or as it was typed; with how the list stands.
pub(super) fn form(
    cx: &mut Cx<'_, '_>,
    round: &MatchRound,
    owned: &Owned,
    action: String,
    typed: &Typed<'_>,
) -> Result<(ListForm, (&'static str, String, String))> {
    let lang = cx.lang();
    let row = queries::list(cx.conn, owned, false)?;
    let candidates = queries::candidates(cx.conn, owned)?;
    let allowed = queries::allowed(cx.conn, owned, &candidates)?;
    let now = db::now(cx.conn)?;
    let open = owned.edits() && rules::may_rank(round.state()?, round.list_deadline, now).is_ok();
    let tiers = row.as_ref().map(ListRow::tiers).transpose()?;
    let numbers = numbered(&tiers.unwrap_or_default());
    let items = items(lang, &candidates, (&numbers, &allowed), typed);
    let state = queries::state_of(row.as_ref());
    let host = owned.kind() != ListKind::Trainee;
    let form = ListForm {
        title: match host {
            true => lang.mat_list_for(owned.name(lang)),
            false => lang.mat_your_list().to_owned(),
        },
        how: if host {
            lang.mat_how_host()
        } else {
            lang.mat_how_trainee()
        },
        what: if host {
            lang.mat_trainee()
        } else {
            lang.mat_posting()
        },
        empty: match host {
            true => lang.mat_nothing_to_rank_host(),
            false => lang.mat_nothing_to_rank_trainee(),
        },
        means: match host {
            true => lang.mat_certify_means_host(),
            false => lang.mat_certify_means_trainee(),
        },
        items,
        certify: format!("{action}/certify"),
        action,
        version: row.as_ref().map_or(0, |it| it.version),
        open,
        certifies: open && owned.certifies() && rules::may_certify(state).is_ok(),
        mistakes: typed.again.mistakes.clone(),
        refusal: match typed.again.stale {
            true => Some(format!(
                "{} {}",
                lang.form_stale(),
                lang.form_stale_detail()
            )),
            false => typed.again.refusal.clone(),
        },
    };
    Ok((form, standing(lang, row.as_ref())))
}

/// Reads the numbers, then does what a button says.
fn read(owned: &Owned, typed: &Pairs, names: &BTreeMap<Uuid, Candidate>) -> Result<(i32, Tiers)> {
    let mut form = Form::new(typed);
    let version = form.number("version", 0, i32::MAX);
    let mut ranks: Vec<(Uuid, u32)> = Vec::new();
    let mut faults: Vec<FieldError> = Vec::new();
    for (field, value) in typed.iter() {
        let Some(id) = field
            .strip_prefix("rank-")
            .and_then(|it| it.parse::<Uuid>().ok())
        else {
            continue;
        };
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        match value.parse::<u32>() {
            Ok(rank) if rank > 0 => ranks.push((id, rank)),
            _ => faults.push(FieldError::new(field, LineFault::NoRank.code(), |lang| {
                let unnamed = id.to_string();
                lang.mat_line_no_rank(names.get(&id).map_or(unnamed.as_str(), |it| it.name(lang)))
            })),
        }
    }
    form.extend(faults);
    form.done()?;
    let mut list = tiers(&ranks);
    if let Some((way, id)) = typed.get("move").and_then(|it| it.split_once('-')) {
        // Moving is for the order that stands there: what is wrong with it is told first.
        let id: Uuid = id.parse().map_err(|_unread| Error::NotFound)?;
        let same = list.iter().any(|tier| tier.len() > 1) && !owned.ties();
        if !same {
            list = moved(&list, id, way == "up");
        }
    }
    Ok((version, list))
}

/// Saves what was typed.
pub(super) fn save(cx: &mut Cx<'_, '_>, owned: &Owned) -> Result<()> {
    let names = queries::candidates(cx.conn, owned)?;
    let names = names.into_iter().map(|it| (it.id, it)).collect();
    let visit = cx.visit;
    let (version, tiers) = read(owned, visit.request.form(), &names)?;
    actions::save_list(cx.conn, owned, version, &tiers)?;
    Ok(())
}

/// Certifies what was seen.
pub(super) fn certify(cx: &mut Cx<'_, '_>, owned: &Owned) -> Result<()> {
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let version = form.number("version", 0, i32::MAX);
    form.done()?;
    actions::certify(cx.conn, owned, version)
}

/// What a failed save or certificate shows again.
pub(super) fn again(error: Error, lang: Lang) -> Result<Again> {
    if let Error::Refused(refusal) = &error {
        let text = refusal.say(lang);
        return Ok(Again {
            status: 409,
            refusal: Some(text),
            ..Again::first()
        });
    }
    Again::from_error(error, lang)
}
