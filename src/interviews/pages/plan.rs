//! Forms of an institution's panels; those of their hours are below.

use uuid::Uuid;

use crate::audit;
use crate::error::Result;
use crate::ids::PanelId;
use crate::lang::Lang;
use crate::placements::queries::{Round, Side};
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewPanel};
use super::super::queries::{self, PanelRow};
use super::super::rules::read_members;
use super::{crumbs, member, round_of};

pub(super) mod days;

fn panel_form(
    cx: &mut Cx<'_, '_>,
    (side, round, at): (&Side, &Round, &str),
    panel: Option<&PanelRow>,
    (values, again): (&Pairs, &Again),
) -> Result<Reply> {
    let lang = cx.lang();
    let member = member(cx)?;
    let postings = queries::own_postings(cx.conn, &member, round.id)?;
    let postings = postings
        .iter()
        .map(|it| pair(it.id.to_string(), it.title(lang)))
        .collect();
    let languages = Lang::ALL.map(|it| pair(it.tag(), it.pick("English", "中文")));
    let history = match panel {
        Some(it) => History::here_only(audit::lines(cx.conn, it.id.0, lang)?),
        None => History::default(),
    };
    let spec = FormSpec {
        title: match panel {
            Some(_) => lang.itv_panel_edit().to_owned(),
            None => lang.itv_panel_new().to_owned(),
        },
        crumbs: crumbs(lang, side, Some(round)),
        note: None,
        groups: vec![Group::plain(vec![
            Field::line("name", lang.itv_panel_name()),
            Field::line("members", lang.itv_members())
                .area(5)
                .hint(lang.itv_members_hint())
                .optional(),
            Field::line("lang", lang.itv_panel_lang()).choice(languages.to_vec()),
            Field::line("postings", lang.itv_panel_postings()).ticks(postings),
        ])],
        hidden: panel
            .map(|it| {
                let seen = values.get("version").filter(|_| !again.stale);
                let now = it.version.to_string();
                ("version".to_owned(), seen.map_or(now, str::to_owned))
            })
            .into_iter()
            .collect(),
        action: match panel {
            Some(it) => format!("{at}/panels/{}", it.id),
            None => format!("{at}/panels/new"),
        },
        submit: lang.save().to_owned(),
        back: at.to_owned(),
        history,
    };
    form_page(cx, spec, values, again)
}

fn read(form: &mut Form<'_>, typed: &Pairs) -> NewPanel {
    let name = form.text("name", 200);
    let members = form.optional("members", 10_000).unwrap_or_default();
    let members = match read_members(&members) {
        Ok(members) => members,
        Err(line) => {
            form.error("members", "members", |lang| lang.itv_need_members(line));
            Vec::new()
        }
    };
    let lang = form.choice("lang", |word| {
        Lang::ALL.into_iter().find(|it| it.tag() == word)
    });
    let postings: Vec<Uuid> = typed
        .all("postings")
        .filter_map(|it| it.parse().ok())
        .collect();
    if postings.is_empty() {
        form.error("postings", "required", |lang| {
            lang.itv_need_postings().to_owned()
        });
    }
    NewPanel {
        name,
        members,
        lang: lang.unwrap_or_default(),
        postings,
    }
}

/// GET `…/panels/new`.
pub(super) fn new_panel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let side = Side::Host(member(cx)?);
    let (round, at) = round_of(cx, &side)?;
    let values = Pairs::new(vec![pair("lang", cx.lang().tag())]);
    panel_form(cx, (&side, &round, &at), None, (&values, &Again::first()))
}

/// POST `…/panels/new`.
pub(super) fn add_panel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let (round, at) = round_of(cx, &side)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let new = read(&mut form, typed);
    let done = form
        .done()
        .and_then(|()| actions::add_panel(cx.conn, &member, round.id, &new));
    match done {
        Ok(_) => Ok(Reply::see_other(at).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            panel_form(cx, (&side, &round, &at), None, (typed, &again))
        }
    }
}

fn saved(it: &PanelRow) -> Result<Pairs> {
    let members = it.members()?;
    let lines: Vec<String> = members
        .iter()
        .map(|it| format!("{} <{}>", it.name, it.email))
        .collect();
    let mut values = vec![
        pair("name", &it.name),
        pair("members", lines.join("\n")),
        pair("lang", &it.lang),
    ];
    values.extend(
        it.posting_ids
            .iter()
            .map(|it| pair("postings", it.to_string())),
    );
    Ok(Pairs::new(values))
}

/// GET `…/panels/{panel}`.
pub(super) fn edit_panel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let (round, at) = round_of(cx, &side)?;
    let id: PanelId = cx.request().param("panel")?;
    let it = queries::panel(cx.conn, &member, (round.id, id))?;
    let values = saved(&it)?;
    let place = (&side, &round, at.as_str());
    panel_form(cx, place, Some(&it), (&values, &Again::first()))
}

/// POST `…/panels/{panel}`.
pub(super) fn save_panel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let (round, at) = round_of(cx, &side)?;
    let id: PanelId = cx.request().param("panel")?;
    let it = queries::panel(cx.conn, &member, (round.id, id))?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let new = read(&mut form, typed);
    let version = form.number("version", 1, i32::MAX);
    let done = form
        .done()
        .and_then(|()| actions::change_panel(cx.conn, &member, (round.id, id, version), &new));
    match done {
        Ok(()) => Ok(Reply::see_other(at).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            let place = (&side, &round, at.as_str());
            panel_form(cx, place, Some(&it), (typed, &again))
        }
    }
}
