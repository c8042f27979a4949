//! A break or a deferral that the office enters for a trainee.

use crate::access::CohortStaff;
use crate::error::Result;
use crate::web::fields::{Again, FormSpec, Group, History, form_page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries::Trainee;
use super::own::{fields, read};
use super::trainee::{back, whose};
use super::{cohort_of, crumbs, pair};

fn show(
    cx: &mut Cx<'_, '_>,
    (staff, it): (&CohortStaff, &Trainee),
    typed: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let (_, cohort) = cohort_of(cx)?;
    let mut way = crumbs(lang, staff, &cohort);
    way.push(pair(back(staff, it.id), &it.name_shown));
    let spec = FormSpec {
        title: lang.progress_enter_of(&it.name_shown),
        crumbs: way,
        note: Some(lang.progress_enter_note().to_owned()),
        groups: vec![Group::plain(fields(lang))],
        hidden: Vec::new(),
        action: format!("{}/break", back(staff, it.id)),
        submit: lang.progress_enter().to_owned(),
        back: back(staff, it.id),
        history: History::default(),
    };
    form_page(cx, spec, typed, again)
}

/// GET `…/completion/trainees/{enrolment}/break`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = whose(cx)?;
    show(cx, (&staff, &it), Pairs::none(), &Again::first())
}

/// POST `…/completion/trainees/{enrolment}/break`.
pub(super) fn enter(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = whose(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let asked = read(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::enter(cx.conn, &staff, it.id, &asked));
    match done {
        Ok(id) => {
            let place = format!("/cohorts/{}/breaks/{id}", staff.cohort());
            Ok(Reply::see_other(place).flash("break_entered"))
        }
        Err(error) => {
            let again = Again::from_error(error, visit.lang)?;
            show(cx, (&staff, &it), typed, &again)
        }
    }
}
