//! The form of a reference to a framework.

use super::*;

fn show_form(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    row: Option<&Reference>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let book = queries::book(cx.conn, staff.programme())?;
    let others = book
        .references
        .iter()
        .filter(|it| row.is_none_or(|row| row.id != it.id))
        .map(|it| pair(it.id.to_string(), format!("{} {}", it.code, it.title(lang))))
        .collect();
    let fields = vec![
        Field::line("framework", lang.curriculum_framework()),
        Field::line("edition", lang.curriculum_edition())
            .width("w16")
            .optional(),
        Field::line("code", lang.curriculum_code()).width("w16"),
        Field::line("title_en", lang.curriculum_title_en()).written_in(Lang::En),
        Field::line("title_zh", lang.curriculum_title_zh()).written_in(Lang::Zh),
        Field::line("url", lang.curriculum_url())
            .of("url")
            .optional(),
        Field::line("valid_from", lang.curriculum_valid_from())
            .of("date")
            .optional(),
        Field::line("valid_to", lang.curriculum_valid_to())
            .of("date")
            .optional(),
        Field::line("superseded_by", lang.curriculum_superseded())
            .choice(others)
            .optional(),
    ];
    let ask = Ask {
        list: "references",
        title: row.map_or(lang.curriculum_new_reference(), |_| {
            lang.curriculum_edit_reference()
        }),
        fields,
        row: row.map(|it| (it.id.to_string(), it.version)),
    };
    form(cx, staff, ask, values, again)
}

/// Judges a reference's fields.
pub(in crate::curriculum) fn read_reference(form: &mut Form<'_>, typed: &Pairs) -> NewReference {
    let by = typed.typed("superseded_by").trim();
    let superseded_by = if by.is_empty() {
        None
    } else {
        form.choice("superseded_by", |id| id.parse::<ReferenceId>().ok())
    };
    let new = NewReference {
        framework: form.text("framework", 100),
        edition: form.optional("edition", 40).unwrap_or_default(),
        code: code(form),
        title: Pair::new(form.text("title_en", 300), form.text("title_zh", 300)),
        url: form.optional("url", 300),
        valid_from: form.optional_date("valid_from"),
        valid_to: form.optional_date("valid_to"),
        superseded_by,
    };
    let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    if new.url.as_ref().is_some_and(|url| !web(url)) {
        form.error("url", "url", |lang| lang.curriculum_url_form().to_owned());
    }
    if new
        .valid_from
        .zip(new.valid_to)
        .is_some_and(|(from, to)| to < from)
    {
        form.error("valid_to", "out_of_order", |lang| {
            lang.curriculum_need_order().to_owned()
        });
    }
    new
}

/// A reference's fields as they stand.
pub(in crate::curriculum) fn reference_values(it: &Reference) -> Pairs {
    let day = |day: Option<chrono::NaiveDate>| day.map(|it| it.to_string()).unwrap_or_default();
    let by = it.superseded_by.map(|id| id.to_string());
    Pairs::new(vec![
        pair("framework", &it.framework),
        pair("edition", &it.edition),
        pair("code", &it.code),
        pair("title_en", &it.title_en),
        pair("title_zh", &it.title_zh),
        pair("url", it.url.clone().unwrap_or_default()),
        pair("valid_from", day(it.valid_from)),
        pair("valid_to", day(it.valid_to)),
        pair("superseded_by", by.unwrap_or_default()),
    ])
}

/// GET `…/references/new`.
pub(in super::super) fn new_reference(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    show_form(cx, &staff, None, Pairs::none(), &Again::first())
}

/// POST `…/references/new`.
pub(in super::super) fn add_reference(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let new = read_reference(&mut form, typed);
    let done = form
        .done()
        .and_then(|()| actions::add_reference(cx.conn, &staff, &new));
    match done {
        Ok(_) => Ok(Reply::see_other(place(&staff, "references")).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_form(cx, &staff, None, typed, &again)
        }
    }
}

fn reference(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, Reference)> {
    let staff = staff(cx)?;
    let id: ReferenceId = cx.request().param("reference")?;
    let row = queries::reference(cx.conn, &staff, id)?;
    Ok((staff, row))
}

/// GET `…/references/{reference}`.
pub(in super::super) fn edit_reference(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = reference(cx)?;
    let values = reference_values(&row);
    show_form(cx, &staff, Some(&row), &values, &Again::first())
}

/// POST `…/references/{reference}`.
pub(in super::super) fn change_reference(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = reference(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.number("version", 1, i32::MAX);
    let new = read_reference(&mut form, typed);
    let done = form
        .done()
        .and_then(|()| actions::change_reference(cx.conn, &staff, row.id, seen, &new));
    match done {
        Ok(()) => Ok(Reply::see_other(place(&staff, "references")).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let saved = reference_values(&row);
            let again = Again::from_error(error, lang)?.compare(&saved, typed, lang);
            show_form(cx, &staff, Some(&row), typed, &again)
        }
    }
}

/// GET `…/references/{reference}/archive`.
pub(in super::super) fn ask_archive_reference(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = reference(cx)?;
    let refusal = archived(cx.lang(), row.archived_at);
    let what = ("references", row.id.to_string(), row.code.as_str());
    question(cx, &staff, what, 200, refusal)
}

/// POST `…/references/{reference}/archive`.
pub(in super::super) fn archive_reference(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = reference(cx)?;
    match actions::archive_reference(cx.conn, &staff, row.id) {
        Ok(()) => Ok(Reply::see_other(place(&staff, "references")).flash("saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            let what = ("references", row.id.to_string(), row.code.as_str());
            question(cx, &staff, what, 409, Some(text))
        }
        Err(other) => Err(other),
    }
}
