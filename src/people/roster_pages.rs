//! The list of people who hold roles, its exports, and invitations.

use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use crate::access::{STAFF, desk};
use crate::db::Role;
use crate::error::{Error, FieldError, Result};
use crate::ids::{OrganisationId, ProgrammeId};
use crate::lang::{Lang, format};
use crate::web::exports::{Kind, export};
use crate::web::forms::Mistakes;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply, Routes, Shell, Site, Visit};

use super::account_pages::{dates, standing_word};
use super::role_actions::{self, Invitation};
use super::role_queries::{self as queries, Choice, Filter, Held, Sort};
use super::rules::roles::{Standing, grantable, needs_programme};
use super::sign_in_pages::{read_email, read_names, titled};

/// The routes of the list and of invitations.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/people", STAFF, roster)
        .get_free("/people.csv", STAFF, |visit, _| {
            Ok(roster_file(visit, Kind::Csv))
        })
        .get_free("/people.xlsx", STAFF, |visit, _| {
            Ok(roster_file(visit, Kind::Xlsx))
        })
        .get("/people/invite", STAFF, invite_page)
        .post("/people/invite", STAFF, invite)
}

/// What the address asks for.
pub(super) fn filter(query: &Pairs) -> Filter {
    Filter {
        words: query
            .typed("q")
            .to_lowercase()
            .split_whitespace()
            .take(8)
            .map(str::to_owned)
            .collect(),
        role: Role::parse(query.typed("role")),
        standing: Standing::parse(query.typed("state")),
        sort: Sort::parse(query.typed("sort")),
    }
}

/// A line of the list.
pub(super) struct Line {
    pub(super) href: String,
    pub(super) grant: String,
    pub(super) name: String,
    /// The name in the other script.
    pub(super) other_name: Option<String>,
    pub(super) email: String,
    pub(super) role: &'static str,
    pub(super) place: String,
    pub(super) dates: String,
    pub(super) tag: &'static str,
    pub(super) state: &'static str,
    pub(super) note: Option<&'static str>,
    pub(super) ended: bool,
}

pub(super) fn line(lang: Lang, held: &Held) -> Line {
    let standing = held.standing();
    let places = [
        lang.pick(&held.programme_en, &held.programme_zh),
        lang.pick(&held.organisation_en, &held.organisation_zh),
    ];
    let place: Vec<&str> = places.into_iter().filter_map(|p| p.as_deref()).collect();
    Line {
        href: format!("/people/{}", held.person_id),
        grant: held.id.to_string(),
        name: held.display_name.clone(),
        other_name: held
            .name_zh
            .clone()
            .filter(|zh| *zh != held.display_name)
            .or_else(|| held.name_latin.clone())
            .filter(|other| *other != held.display_name),
        email: held.email.clone(),
        role: Role::parse(&held.role).map_or("", |role| lang.role(role)),
        place: place.join(" · "),
        dates: dates(lang, held.starts_on, held.ends_on),
        tag: standing.tag(),
        state: standing_word(lang, standing),
        note: if held.disabled {
            Some(lang.people_disabled())
        } else if held.confirmed {
            None
        } else {
            Some(lang.people_not_signed_in())
        },
        ended: standing == Standing::Ended,
    }
}

/// The heading of a sortable column: its next order, and how it is sorted now.
pub(super) struct Column {
    pub(super) label: &'static str,
    pub(super) href: String,
    pub(super) sorted: Option<&'static str>,
}

pub(super) fn column(
    path: &str,
    query: &Pairs,
    label: &'static str,
    word: &str,
    default: &str,
) -> Column {
    let now = match query.typed("sort") {
        "" => default,
        sort => sort,
    };
    let reverse = format!("-{word}");
    let (next, sorted) = if now == word {
        (reverse.as_str(), Some("ascending"))
    } else if now == reverse {
        (word, Some("descending"))
    } else {
        (word, None)
    };
    Column {
        label,
        href: format!("{path}?{}", query.with(&[("sort", next), ("after", "")])),
        sorted,
    }
}

/// A choice of a select: value, label, chosen.
pub(super) type Opt = (String, String, bool);

#[derive(Template)]
#[template(path = "people/roster.html")]
struct RosterPage {
    shell: Shell,
    columns: [Column; 3],
    lines: Vec<Line>,
    q: String,
    sort: String,
    roles: Vec<Opt>,
    states: Vec<Opt>,
    sorts: Vec<Opt>,
    filtered: bool,
    query: String,
    next: Option<String>,
    paged: bool,
}

fn roster(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = desk(cx.conn)?;
    let (lang, query) = (cx.lang(), cx.request().query.clone());
    let wanted = filter(&query);
    let after = Cursor::from_query(&query);
    let rows = queries::held(cx.conn, &desk, &wanted, after.as_ref(), PAGE + 1)?;
    let page = Page::cut(rows, PAGE, |row| Cursor {
        key: row.key.clone(),
        id: row.id.0,
    });
    let role_options = Role::ALL
        .into_iter()
        .filter(|role| *role != Role::Applicant)
        .map(|role| {
            let label = lang.role(role).to_owned();
            (role.as_str().to_owned(), label, wanted.role == Some(role))
        });
    let states = Standing::ALL.into_iter().map(|standing| {
        let label = standing_word(lang, standing).to_owned();
        let chosen = wanted.standing == Some(standing);
        (standing.as_str().to_owned(), label, chosen)
    });
    let sorts = [
        ("name", lang.people_name()),
        ("role", lang.people_role()),
        ("starts", lang.people_starts()),
    ];
    let sort = query.typed("sort");
    cx.visit.page(&RosterPage {
        shell: cx.shell(lang.people_roster_title()),
        columns: sorts.map(|(word, label)| column("/people", &query, label, word, "name")),
        lines: page.rows.iter().map(|row| line(lang, row)).collect(),
        q: query.typed("q").to_owned(),
        sort: sort.to_owned(),
        roles: role_options.collect(),
        states: states.collect(),
        sorts: sorts
            .iter()
            .map(|(word, label)| ((*word).to_owned(), (*label).to_owned(), sort == *word))
            .collect(),
        filtered: !wanted.words.is_empty() || wanted.role.is_some() || wanted.standing.is_some(),
        query: query.with(&[("after", "")]),
        next: page
            .next
            .map(|next| format!("/people?{}", query.with(&[("after", &next)]))),
        paged: after.is_some(),
    })
}

/// The list as a file, with the filters of the address.
pub(super) fn roster_file(visit: &Visit, kind: Kind) -> Reply {
    let lang = visit.lang;
    let (wanted, actor) = (filter(&visit.request.query), visit.actor.clone());
    let header = [
        lang.people_name(),
        lang.people_name_zh(),
        lang.people_email(),
        lang.people_role(),
        lang.people_programme(),
        lang.people_organisation(),
        lang.people_starts(),
        lang.people_ends(),
        lang.people_state(),
    ];
    let header = header.map(str::to_owned).to_vec();
    export(
        kind,
        "people",
        header,
        Box::new(move |site: &Site, put| {
            let mut after: Option<Cursor> = None;
            loop {
                let rows = site.db.read(&actor, |conn| {
                    let desk = desk(conn)?;
                    queries::held(conn, &desk, &wanted, after.as_ref(), 1_000)
                })?;
                for row in &rows {
                    put(&cells(lang, row))?;
                }
                match rows.last() {
                    Some(row) if rows.len() == 1_000 => {
                        after = Some(Cursor {
                            key: row.key.clone(),
                            id: row.id.0,
                        });
                    }
                    _ => return Ok(()),
                }
            }
        }),
    )
}

fn cells(lang: Lang, held: &Held) -> [String; 9] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        held.display_name.clone(),
        text(&held.name_zh),
        held.email.clone(),
        Role::parse(&held.role)
            .map_or("", |role| lang.role(role))
            .to_owned(),
        text(lang.pick(&held.programme_en, &held.programme_zh)),
        text(lang.pick(&held.organisation_en, &held.organisation_zh)),
        held.starts_on.to_string(),
        held.ends_on.map(|day| day.to_string()).unwrap_or_default(),
        standing_word(lang, held.standing()).to_owned(),
    ]
}

#[derive(Template)]
#[template(path = "people/invite.html")]
struct InvitePage {
    shell: Shell,
    mistakes: Mistakes,
    typed: Pairs,
    roles: Vec<Opt>,
    programmes: Vec<Opt>,
    organisations: Vec<Opt>,
    langs: Vec<Opt>,
}

fn options(lang: Lang, choices: &[Choice], typed: &str, only: bool) -> Vec<Opt> {
    choices
        .iter()
        .map(|choice| {
            let id = choice.id.to_string();
            let chosen = id == typed || (only && choices.len() == 1);
            (
                id,
                lang.pick(&choice.name_en, &choice.name_zh).clone(),
                chosen,
            )
        })
        .collect()
}

fn invite_view(cx: &mut Cx<'_, '_>, typed: Pairs, errors: &[FieldError]) -> Result<InvitePage> {
    let desk = desk(cx.conn)?;
    let lang = cx.lang();
    let programmes = queries::programmes(cx.conn, &desk)?;
    let organisations = queries::organisations(cx.conn, &desk)?;
    let giver = cx.visit.actor.role().unwrap_or(Role::Applicant);
    let roles = grantable(giver).into_iter().map(|role| {
        let chosen = typed.typed("role") == role.as_str();
        (role.as_str().to_owned(), lang.role(role).to_owned(), chosen)
    });
    let mistakes = Mistakes::new(errors, lang);
    let langs = Lang::ALL.map(|choice| {
        let chosen = Lang::parse(typed.typed("lang")).unwrap_or_default() == choice;
        (
            choice.tag().to_owned(),
            choice.language_name().to_owned(),
            chosen,
        )
    });
    Ok(InvitePage {
        shell: cx.shell(titled(lang, lang.people_invite_title(), &mistakes)),
        mistakes,
        roles: roles.collect(),
        programmes: options(lang, &programmes, typed.typed("programme"), true),
        organisations: options(lang, &organisations, typed.typed("organisation"), false),
        langs: langs.to_vec(),
        typed,
    })
}

fn invite_page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let mut typed: Vec<(String, String)> = cx
        .request()
        .query
        .iter()
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    let today = format::hk_date(crate::db::now(cx.conn)?);
    typed.push(("starts_on".to_owned(), today.to_string()));
    let page = invite_view(cx, Pairs::new(typed), &[])?;
    cx.visit.page(&page)
}

/// Judges the fields of an invitation.
pub(super) fn read_invitation(cx: &mut Cx<'_, '_>, pairs: &Pairs) -> Result<Invitation> {
    let desk = desk(cx.conn)?;
    let organisations = queries::organisations(cx.conn, &desk)?;
    let giver = cx.visit.actor.role().ok_or(Error::SignIn)?;
    let mut form = Form::new(pairs);
    let email = read_email(&mut form, pairs);
    let names = read_names(&mut form, pairs);
    let lang = form.choice("lang", Lang::parse);
    let role = form.choice("role", |word| {
        Role::parse(word).filter(|role| grantable(giver).contains(role))
    });
    let programme = pairs
        .typed("programme")
        .parse()
        .ok()
        .filter(|id: &ProgrammeId| desk.programmes().contains(id));
    if role.is_some_and(needs_programme) && programme.is_none() {
        form.error("programme", "required", |lang| {
            lang.people_invite_programme_needed().to_owned()
        });
    }
    let organisation = pairs
        .typed("organisation")
        .parse::<Uuid>()
        .ok()
        .filter(|id| organisations.iter().any(|o| o.id == *id))
        .map(OrganisationId);
    match role.map(Role::needs_organisation) {
        Some(true) if organisation.is_none() => form.error("organisation", "required", |lang| {
            lang.people_invite_organisation_needed().to_owned()
        }),
        Some(false) if !pairs.typed("organisation").is_empty() => {
            form.error("organisation", "not_for_role", |lang| {
                lang.people_invite_organisation_not().to_owned()
            });
        }
        _ => {}
    }
    let starts_on = form.date("starts_on");
    let ends_on: Option<NaiveDate> = form.optional_date("ends_on");
    if ends_on.is_some_and(|end| end < starts_on) {
        form.error("ends_on", "before_start", |lang| {
            lang.people_invite_ends_before().to_owned()
        });
    }
    form.done()?;
    let (Some(email), Some(names), Some(lang), Some(role)) = (email, names, lang, role) else {
        return Err(Error::BadRequest("the form is not complete".to_owned()));
    };
    Ok(Invitation {
        email,
        names,
        lang,
        role,
        programme,
        organisation,
        starts_on,
        ends_on,
    })
}

fn invite(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let pairs = cx.request().form().clone();
    let invitation = match read_invitation(cx, &pairs) {
        Ok(invitation) => invitation,
        Err(Error::Invalid(errors)) => {
            let page = invite_view(cx, pairs, &errors)?;
            return cx.visit.page_with(422, &page);
        }
        Err(other) => return Err(other),
    };
    let desk = desk(cx.conn)?;
    let from = cx.visit.visitor.as_ref().map_or("", |v| v.name.as_str());
    let person = role_actions::invite(cx.conn, &desk, from, &invitation)?;
    Ok(Reply::see_other(format!("/people/{person}")).flash("invited"))
}
