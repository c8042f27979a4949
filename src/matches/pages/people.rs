//! Who edits and who certifies an institution's lists in a round.

use uuid::Uuid;

use crate::access::Member;
use crate::error::Result;
use crate::ids::{OrganisationId, PersonId, RoundId};
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::listing::Cell;
use crate::web::sheet::Part;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewPart};
use super::super::queries::{self, MatchRound, Owned};
use super::super::rules::beside::ListPart;
use super::host::{HOME, crumbs};
use super::member;

fn one(cx: &mut Cx<'_, '_>) -> Result<(Member, MatchRound)> {
    let member = member(cx)?;
    let id: RoundId = cx.request().param("round")?;
    let round = queries::host_round(cx.conn, &member, id)?;
    Ok((member, round))
}

/// Who is named for what, of each of a representative's institutions.
pub(super) fn part(cx: &mut Cx<'_, '_>, member: &Member, round: &MatchRound) -> Result<Part> {
    let lang = cx.lang();
    let lists = queries::host_lists(cx.conn, member, round)?;
    let mut rows = Vec::new();
    for organisation in member.organisations() {
        let at = (round.programme_id, *organisation);
        let people = queries::colleagues(cx.conn, member, at)?;
        for it in queries::named(cx.conn, member, (round.id, *organisation))? {
            let scope = it.posting.and_then(|id| {
                let list = lists.iter().find(|it| it.subject() == id);
                list.map(|it| it.name(lang).to_owned())
            });
            rows.push(vec![
                Cell::text(people.get(&it.person).map_or("–", String::as_str)),
                Cell::text(it.part.label(lang)),
                Cell::text(scope.unwrap_or_else(|| lang.mat_people_every().to_owned())),
            ]);
        }
    }
    let heads = [lang.mat_person(), lang.mat_part(), lang.mat_people_scope()];
    Ok(Part {
        note: lang.mat_people_note().to_owned(),
        links: vec![(
            format!("{HOME}/{}/people", round.id),
            lang.mat_change().to_owned(),
        )],
        ..Part::table(lang.mat_people(), &heads, rows).or(lang.mat_people_all())
    })
}

/// Institution and person of a choice, in one word.
fn typed_person(organisation: OrganisationId, person: PersonId) -> String {
    format!("{organisation}_{person}")
}

fn form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (member, round) = one(cx)?;
    let mut people = Vec::new();
    for organisation in member.organisations() {
        let at = (round.programme_id, *organisation);
        for (person, name) in queries::colleagues(cx.conn, &member, at)? {
            people.push(pair(typed_person(*organisation, person), name));
        }
    }
    let mut scopes = vec![pair("", lang.mat_people_every())];
    let lists = queries::host_lists(cx.conn, &member, &round)?;
    let postings = lists
        .iter()
        .filter_map(|it: &Owned| Some((it, it.posting()?)));
    scopes.extend(postings.map(|(it, id)| pair(id.to_string(), it.name(lang))));
    let parts = ListPart::ALL.iter();
    let mut parts: Vec<_> = parts.map(|it| pair(it.as_str(), it.label(lang))).collect();
    parts.push(pair("none", lang.mat_people_usual()));
    let spec = FormSpec {
        title: lang.mat_people().to_owned(),
        crumbs: crumbs(lang, Some(&round)),
        note: Some(lang.mat_people_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("person", lang.mat_person()).choice(people),
            Field::line("part", lang.mat_part()).choice(parts),
            Field::line("posting", lang.mat_people_scope())
                .choice(scopes)
                .optional(),
        ])],
        hidden: Vec::new(),
        action: format!("{HOME}/{}/people", round.id),
        submit: lang.mat_people_set().to_owned(),
        back: format!("{HOME}/{}", round.id),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/organisation/matches/{round}/people`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    form(cx, Pairs::none(), &Again::first())
}

/// POST `/organisation/matches/{round}/people`.
pub(super) fn name(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (member, round) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut fields = Form::new(typed);
    let who = fields.choice("person", |it| {
        let (organisation, person) = it.split_once('_')?;
        Some((
            organisation.parse::<OrganisationId>().ok()?,
            person.parse::<PersonId>().ok()?,
        ))
    });
    let part = fields.choice("part", |it| match it {
        "none" => Some(None),
        _ => ListPart::parse(it).map(Some),
    });
    let lists = queries::host_lists(cx.conn, &member, &round)?;
    let posting: Option<Uuid> = typed.typed("posting").parse().ok();
    let posting = posting.filter(|it| lists.iter().any(|list| list.subject() == *it));
    let done = fields.done().and_then(|()| {
        let Some((organisation, person)) = who else {
            return Err(crate::error::Error::NotFound);
        };
        let new = NewPart {
            organisation,
            person,
            part: part.flatten(),
            posting,
        };
        actions::name_person(cx.conn, &member, &round, &new)
    });
    match done {
        Ok(()) => {
            let to = format!("{HOME}/{}", round.id);
            Ok(Reply::see_other(to).flash("person_named"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, typed, &again)
        }
    }
}
