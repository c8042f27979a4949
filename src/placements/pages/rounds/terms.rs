//! How an institution takes part in a round: the most that it takes, and how it ranks.

use crate::error::Result;
use crate::ids::OrganisationId;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::super::actions::{self, NewTerms};
use super::super::super::queries::{self, Round, Side};
use super::super::super::rules::Ranking;
use super::super::{crumbs, member};
use super::{home, one};

fn terms_form(
    cx: &mut Cx<'_, '_>,
    side: &Side,
    row: &Round,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("{}/{}", home(side), row.id);
    let mine = queries::institutions(cx.conn, side)?;
    let choices = mine
        .iter()
        .map(|it| pair(it.id.to_string(), lang.pick(&it.name_en, &it.name_zh)))
        .collect();
    let rankings = Ranking::ALL.iter();
    let spec = FormSpec {
        title: lang.plc_terms_edit().to_owned(),
        crumbs: crumbs(lang, side, vec![(at.clone(), row.name(lang).to_owned())]),
        note: Some(lang.plc_terms_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("organisation", lang.plc_institution()).choice(choices),
            Field::line("seat_cap", lang.plc_seat_cap())
                .of("number")
                .optional(),
            Field::line("ranking", lang.plc_ranking())
                .choice(
                    rankings
                        .map(|it| pair(it.as_str(), it.label(lang)))
                        .collect(),
                )
                .hint(lang.plc_need_cap_list()),
        ])],
        hidden: Vec::new(),
        action: format!("{at}/terms"),
        submit: lang.save().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// Judges an institution's terms.
pub(in crate::placements) fn read_terms(form: &mut Form<'_>) -> NewTerms {
    let organisation = form.choice("organisation", |word| word.parse::<OrganisationId>().ok());
    NewTerms {
        organisation: organisation.unwrap_or_default(),
        cap: form.optional_number("seat_cap", 0, 10_000),
        ranking: form
            .choice("ranking", Ranking::parse)
            .unwrap_or(Ranking::PostingLists),
    }
}

/// GET `/organisation/rounds/{round}/terms`.
pub(in crate::placements::pages) fn edit_terms(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let terms = queries::terms(cx.conn, &side, row.id)?;
    let mine = queries::institutions(cx.conn, &side)?;
    let values = match (terms.first(), mine.first()) {
        (Some(it), _) => vec![
            pair("organisation", it.organisation_id.to_string()),
            pair(
                "seat_cap",
                it.seat_cap.map(|it| it.to_string()).unwrap_or_default(),
            ),
            pair("ranking", &it.ranking),
        ],
        (None, Some(it)) => vec![
            pair("organisation", it.id.to_string()),
            pair("ranking", Ranking::PostingLists.as_str()),
        ],
        (None, None) => Vec::new(),
    };
    terms_form(cx, &side, &row, &Pairs::new(values), &Again::first())
}

/// POST `/organisation/rounds/{round}/terms`.
pub(in crate::placements::pages) fn save_terms(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let member = member(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let new = read_terms(&mut read_form);
    let done = read_form
        .done()
        .and_then(|()| actions::set_terms(cx.conn, &member, row.id, &new));
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{}/{}", home(&side), row.id)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            terms_form(cx, &side, &row, typed, &again)
        }
    }
}
