//! The form of a posting: made of the table of its fields, with what is a column of its own beside them.

use crate::applications::route::Route;
use crate::curriculum::queries::{self as curriculum, Book};
use crate::error::{Error, Result};
use crate::ids::{OrganisationId, PostingId, ProgrammeId};
use crate::lang::Lang;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries::{self, Area, CohortName, Posting, Round, Side};
use super::super::rules::content::{Answer, Entry, FIELDS, Part, Spec};
use super::super::rules::eligibility::{Authorisation, Degree, Language};
use super::super::rules::takes_postings;
use super::{crumbs, member, under};

mod read;

pub(in crate::placements) use read::{read, values};

/// What a posting of a programme may name.
pub(in crate::placements) struct Known {
    pub rounds: Vec<Round>,
    pub areas: Vec<Area>,
    pub cohorts: Vec<CohortName>,
    pub book: Book,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            rounds: Vec::new(),
            areas: Vec::new(),
            cohorts: Vec::new(),
            book: Book {
                modules: Vec::new(),
                competencies: Vec::new(),
                references: Vec::new(),
            },
        }
    }
}

/// Reads what a posting of this programme may name.
pub(in crate::placements) fn known(
    cx: &mut Cx<'_, '_>,
    side: &Side,
    programme: ProgrammeId,
) -> Result<Known> {
    let mut rounds = queries::all_rounds(cx.conn, side)?;
    rounds.retain(|it| it.programme_id == programme);
    Ok(Known {
        rounds,
        areas: queries::areas(cx.conn, programme)?,
        cohorts: queries::cohorts(cx.conn, programme)?,
        book: curriculum::book(cx.conn, programme)?,
    })
}

fn labels<T: Copy>(
    all: &[T],
    word: impl Fn(T) -> &'static str,
    label: impl Fn(T) -> &'static str,
) -> Vec<(String, String)> {
    all.iter().map(|it| pair(word(*it), label(*it))).collect()
}

fn routes(lang: Lang) -> Vec<(String, String)> {
    labels(Route::ALL, Route::as_str, |it| it.label(lang))
}

/// A field's label, with its language where it has a twin.
pub(super) fn label(lang: Lang, spec: &Spec) -> String {
    let label = (spec.label)(lang);
    match spec.lang {
        Some(Lang::En) => format!("{label}{}", lang.aside(lang.plc_in_en())),
        Some(Lang::Zh) => format!("{label}{}", lang.aside(lang.plc_in_zh())),
        None => label.to_owned(),
    }
}

fn field(lang: Lang, spec: &Spec) -> Field {
    let field = Field::line(spec.name, label(lang, spec));
    let field = match spec.entry {
        Entry::Line(_) => field,
        Entry::Email => field.of("email"),
        Entry::Area(most) => field.area(if most > 1_500 { 6 } else { 3 }),
        Entry::Word(choices) => field.choice(choices(lang)),
        Entry::Words(choices) => field.ticks(choices(lang)),
        Entry::Number(..) => field.of("number"),
        Entry::Day => field.of("date"),
    };
    let field = match spec.lang {
        Some(written) => field.written_in(written),
        None => field,
    };
    let field = match spec.name {
        "tasks_en" | "tasks_zh" => field.hint(lang.plc_hint_tasks()),
        "objectives_en" | "objectives_zh" => field.hint(lang.plc_hint_lines()),
        "address_en" | "address_zh" => field.hint(lang.plc_hint_address()),
        "supervisor_name" => field.hint(lang.plc_hint_people()),
        _ => field,
    };
    if spec.needed { field } else { field.optional() }
}

fn typed_columns(lang: Lang, part: Part, known: &Known) -> Vec<Field> {
    match part {
        Part::Identity => {
            let areas = known.areas.iter().filter(|it| it.archived_at.is_none());
            let areas = areas.map(|it| pair(it.id.to_string(), it.name(lang)));
            vec![Field::line("areas", lang.plc_areas()).ticks(areas.collect())]
        }
        Part::Time => vec![
            Field::line("starts_on", lang.plc_starts_on()).of("date"),
            Field::line("ends_on", lang.plc_ends_on()).of("date"),
        ],
        Part::Seats => {
            let mut fields = vec![
                Field::line("seats", lang.plc_seats()).of("number"),
                Field::line("reserve_group", lang.plc_reserve_group())
                    .choice(routes(lang))
                    .optional(),
                Field::line("reserve_seats", lang.plc_reserve_seats())
                    .of("number")
                    .optional(),
            ];
            fields.extend(Route::ALL.iter().map(|it| {
                Field::line(format!("cap_{}", it.as_str()), lang.plc_cap(it.label(lang)))
                    .of("number")
                    .optional()
            }));
            fields
        }
        Part::Pay => vec![
            Field::line("allowance", lang.plc_allowance())
                .width("w16")
                .optional()
                .hint(lang.plc_hint_allowance()),
        ],
        Part::Work | Part::Place | Part::Checks | Part::People | Part::Process => Vec::new(),
    }
}

fn wants_fields(lang: Lang, known: &Known) -> Vec<Field> {
    let cohorts = known.cohorts.iter();
    let cohorts = cohorts.map(|it| pair(it.id.to_string(), lang.pick(&it.name_en, &it.name_zh)));
    let modules = known.book.modules.iter().filter(|it| it.offered());
    let modules =
        modules.map(|it| pair(it.id.to_string(), format!("{} {}", it.code, it.name(lang))));
    let yes = labels(Answer::ALL, Answer::as_str, |it| it.label(lang));
    let answer = |name: &str, label: &str| Field::line(name, label).choice(yes.clone()).optional();
    let languages = labels(Language::ALL, Language::as_str, |it| it.label(lang));
    let papers = labels(Authorisation::ALL, Authorisation::as_str, |it| {
        it.label(lang)
    });
    let degrees = labels(Degree::ALL, Degree::as_str, |it| it.label(lang));
    let ticks = |name: &str, label: &str, all: Vec<(String, String)>| {
        Field::line(name, label).ticks(all).optional()
    };
    vec![
        ticks("want_cohorts", lang.plc_want_cohorts(), cohorts.collect()),
        ticks("want_routes", lang.plc_want_routes(), routes(lang)),
        ticks("want_modules", lang.plc_want_modules(), modules.collect()),
        Field::line("want_competencies", lang.plc_want_competencies())
            .area(3)
            .optional()
            .hint(lang.plc_want_competencies_hint()),
        ticks("want_languages", lang.plc_want_languages(), languages),
        ticks(
            "want_authorisations",
            lang.plc_want_authorisations(),
            papers,
        ),
        Field::line("want_degree", lang.plc_want_degree())
            .choice(degrees)
            .optional(),
        Field::line("graduated_from", lang.plc_want_graduated_from())
            .of("number")
            .optional(),
        Field::line("graduated_to", lang.plc_want_graduated_to())
            .of("number")
            .optional(),
        answer("want_permit", lang.plc_want_permit()),
        answer("want_residents", lang.plc_want_residents()),
        answer("want_not_employed", lang.plc_want_not_employed()),
    ]
}

fn groups(lang: Lang, known: &Known) -> Vec<Group> {
    let open = known
        .rounds
        .iter()
        .filter(|it| it.state().is_ok_and(takes_postings));
    let open = open.map(|it| pair(it.id.to_string(), it.name(lang)));
    let mut groups = vec![Group::plain(vec![
        Field::line("round", lang.plc_round()).choice(open.collect()),
    ])];
    for part in Part::ALL {
        let mut fields = typed_columns(lang, part, known);
        let of_part = FIELDS.iter().filter(|it| it.part == part);
        fields.extend(of_part.map(|it| field(lang, it)));
        groups.push(Group::two(part.label(lang), fields));
    }
    groups.push(Group::two(lang.plc_part_wants(), wants_fields(lang, known)));
    groups
}

/// Which posting a form is of: one that stands, or a new one of one of these institutions.
enum Of<'a> {
    Row(&'a Posting),
    New(Vec<(String, String)>),
}

fn show(
    cx: &Cx<'_, '_>,
    side: &Side,
    known: &Known,
    of: &Of<'_>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let list = format!("{}/postings", under(side));
    let mut groups = groups(lang, known);
    if let (Of::New(institutions), Some(first)) = (of, groups.first_mut())
        && institutions.len() > 1
    {
        let choice = Field::line("organisation", lang.plc_institution());
        first.fields.insert(0, choice.choice(institutions.clone()));
    }
    let mut hidden = Vec::new();
    if let Of::New(institutions) = of
        && let [(only, _)] = institutions.as_slice()
    {
        hidden.push(pair("organisation", only));
    }
    let (title, action, back) = match of {
        Of::Row(it) => {
            hidden.push(pair("version", it.version.to_string()));
            let at = format!("{list}/{}", it.id);
            (it.title(lang)?, format!("{at}/edit"), at)
        }
        Of::New(_) => (
            lang.plc_posting_new().to_owned(),
            format!("{list}/new"),
            list.clone(),
        ),
    };
    let spec = FormSpec {
        title,
        crumbs: crumbs(lang, side, vec![(list, lang.plc_postings().to_owned())]),
        note: Some(lang.plc_posting_form_note().to_owned()),
        groups,
        hidden,
        action,
        submit: lang.plc_save_draft().to_owned(),
        back,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// The institutions and the programme for which a new posting is begun.
fn for_new(cx: &mut Cx<'_, '_>, side: &Side) -> Result<(Vec<(String, String)>, Known)> {
    let lang = cx.lang();
    let mine = queries::institutions(cx.conn, side)?;
    let choices = mine
        .iter()
        .map(|it| pair(it.id.to_string(), lang.pick(&it.name_en, &it.name_zh)))
        .collect();
    let rounds = queries::all_rounds(cx.conn, side)?;
    let open = rounds
        .iter()
        .find(|it| it.state().is_ok_and(takes_postings));
    let programme = open.or(rounds.first()).map(|it| it.programme_id);
    let known = match programme {
        Some(programme) => known(cx, side, programme)?,
        None => Known {
            rounds,
            ..Known::default()
        },
    };
    Ok((choices, known))
}

/// GET `/organisation/postings/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let side = Side::Host(member(cx)?);
    let (institutions, known) = for_new(cx, &side)?;
    let usual = Pairs::new(vec![pair("seats", "1")]);
    show(
        cx,
        &side,
        &known,
        &Of::New(institutions),
        &usual,
        &Again::first(),
    )
}

/// POST `/organisation/postings/new`.
pub(super) fn begin(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let (institutions, known) = for_new(cx, &side)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let organisation = form.choice("organisation", |word| word.parse::<OrganisationId>().ok());
    let draft = read(&mut form, typed, &known);
    let done = form.done().and_then(|()| {
        let organisation = organisation.ok_or(Error::NotFound)?;
        actions::begin_posting(cx.conn, &member, organisation, &draft, None)
    });
    match done {
        Ok(id) => Ok(Reply::see_other(format!("/organisation/postings/{id}")).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, &side, &known, &Of::New(institutions), typed, &again)
        }
    }
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(Side, Posting, Known)> {
    let side = Side::Host(member(cx)?);
    let id: PostingId = cx.request().param("posting")?;
    let row = queries::posting(cx.conn, &side, id)?;
    let known = known(cx, &side, row.programme_id)?;
    Ok((side, row, known))
}

/// GET `/organisation/postings/{posting}/edit`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row, known) = one(cx)?;
    let values = values(&row.draft()?, &known.book);
    show(cx, &side, &known, &Of::Row(&row), &values, &Again::first())
}

/// POST `/organisation/postings/{posting}/edit`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row, known) = one(cx)?;
    let member = member(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let draft = read(&mut form, typed, &known);
    let done = form
        .done()
        .and_then(|()| actions::save_posting(cx.conn, &member, (row.id, version), &draft));
    match done {
        Ok(()) => {
            let at = format!("/organisation/postings/{}", row.id);
            Ok(Reply::see_other(at).flash("saved"))
        }
        Err(error) => {
            let lang = cx.lang();
            let saved = values(&row.draft()?, &known.book);
            let again = Again::from_error(error, lang)?.compare(&saved, typed, lang);
            show(cx, &side, &known, &Of::Row(&row), typed, &again)
        }
    }
}

/// The labels of every field, for what is told of them away from their form.
pub(in crate::placements) fn all_labels(lang: Lang) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = FIELDS
        .iter()
        .map(|it| pair(it.name, label(lang, it)))
        .collect();
    all.extend([
        pair("areas", lang.plc_areas()),
        pair("seats", lang.plc_seats()),
        pair("starts_on", lang.plc_starts_on()),
        pair("ends_on", lang.plc_ends_on()),
        pair("allowance", lang.plc_allowance()),
        pair("reserve_group", lang.plc_reserve_group()),
        pair("reserve_seats", lang.plc_reserve_seats()),
    ]);
    all
}

/// The form with what is missing before the posting can be handed in.
pub(super) fn show_missing(cx: &mut Cx<'_, '_>, error: Error) -> Result<Reply> {
    let (side, row, known) = one(cx)?;
    let again = Again::from_error(error, cx.lang())?;
    let values = values(&row.draft()?, &known.book);
    show(cx, &side, &known, &Of::Row(&row), &values, &again)
}

/// The names of every field of the form but the institution's.
pub(in crate::placements) fn names() -> Vec<String> {
    let lang = Lang::En;
    let fields = groups(lang, &Known::default())
        .into_iter()
        .flat_map(|it| it.fields);
    fields.map(|it| it.name).collect()
}
