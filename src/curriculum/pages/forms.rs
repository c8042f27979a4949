//! The form of a module's draft: one form for a new module, a new version and a draft that stands.
//! The API's documents become the same fields and are judged by the same reader.

use crate::access::ProgrammeStaff;
use crate::error::Result;
use crate::ids::ModuleId;
use crate::lang::Lang;
use crate::web::fields::{Again, Field, FormSpec, Group, form_page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries::{self, Book, Version};
use super::super::rules::{
    Assessment, AssessmentKind, Basis, Claim, Content, Pair, Theme, level_label, registration,
};
use super::{at, crumbs, home, module, pair, staff};

/// Parts that an assessment plan can have.
pub(in crate::curriculum) const PARTS: i32 = 6;
/// Most characters of a long text of a version.
const LONG: usize = 4_000;

fn said(lang: Lang) -> Group {
    Group::plain(vec![
        Field::line("name_en", lang.curriculum_name_en()).written_in(Lang::En),
        Field::line("name_zh", lang.curriculum_name_zh()).written_in(Lang::Zh),
        Field::line("summary_en", lang.curriculum_summary_en())
            .area(3)
            .written_in(Lang::En),
        Field::line("summary_zh", lang.curriculum_summary_zh())
            .area(3)
            .written_in(Lang::Zh),
        Field::line("outcomes_en", lang.curriculum_outcomes_en())
            .area(7)
            .hint(lang.curriculum_outcomes_hint())
            .written_in(Lang::En),
        Field::line("outcomes_zh", lang.curriculum_outcomes_zh())
            .area(7)
            .hint(lang.curriculum_outcomes_hint())
            .written_in(Lang::Zh),
    ])
}

fn numbers(lang: Lang) -> [Group; 2] {
    let levels = (1..=7)
        .map(|n| pair(n.to_string(), n.to_string()))
        .collect();
    let hours = vec![
        Field::line("contact", lang.curriculum_contact()).of("number"),
        Field::line("self_study", lang.curriculum_self_study()).of("number"),
        Field::line("assessment", lang.curriculum_assessed()).of("number"),
        Field::line("level", lang.curriculum_level())
            .choice(levels)
            .hint(lang.curriculum_level_hint()),
    ];
    let entry = vec![
        Field::line("qr_registration", lang.curriculum_qr_number())
            .hint(lang.curriculum_qr_hint())
            .width("w16")
            .optional(),
        Field::line("qr_valid_from", lang.curriculum_qr_from())
            .of("date")
            .optional(),
        Field::line("qr_valid_to", lang.curriculum_qr_to())
            .of("date")
            .optional(),
    ];
    [
        Group::two(lang.curriculum_hours(), hours),
        Group::two(lang.curriculum_qr(), entry),
    ]
}

fn parts(lang: Lang) -> impl Iterator<Item = Group> {
    let kinds = move || {
        AssessmentKind::ALL
            .iter()
            .map(|it| pair(it.as_str(), it.label(lang)))
            .collect()
    };
    (1..=PARTS).map(move |n| {
        let yes = vec![pair("yes", lang.curriculum_yes())];
        let fields = vec![
            Field::line(format!("kind_{n}"), lang.curriculum_kind())
                .choice(kinds())
                .optional(),
            Field::line(format!("weight_{n}"), lang.curriculum_weight())
                .of("number")
                .optional(),
            Field::line(format!("title_en_{n}"), lang.curriculum_part_en())
                .written_in(Lang::En)
                .optional(),
            Field::line(format!("title_zh_{n}"), lang.curriculum_part_zh())
                .written_in(Lang::Zh)
                .optional(),
            Field::line(format!("must_{n}"), lang.curriculum_must_pass_ask())
                .ticks(yes)
                .optional(),
        ];
        Group::two(lang.curriculum_part(n), fields)
    })
}

fn links(lang: Lang, book: &Book) -> Vec<Group> {
    let themes = Theme::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let themes = Field::line("themes", lang.curriculum_themes()).ticks(themes);
    let levels = || {
        (1..=4)
            .map(|n| pair(n.to_string(), format!("{n} {}", level_label(n, lang))))
            .collect()
    };
    let claims = book
        .competencies
        .iter()
        .filter(|it| it.archived_at.is_none())
        .map(|it| {
            let label = format!("{} {}", it.code, it.name(lang));
            Field::line(format!("level_{}", it.id), label)
                .choice(levels())
                .optional()
        });
    vec![
        Group::plain(vec![themes.optional()]),
        Group::two(lang.curriculum_competencies(), claims.collect()),
        Group::plain(vec![
            Field::line("prerequisites", lang.curriculum_prerequisites())
                .area(4)
                .hint(lang.curriculum_prerequisites_hint())
                .optional(),
            basis_field(lang, book, lang.curriculum_basis()),
            Field::line("effective_from", lang.curriculum_effective())
                .of("date")
                .hint(lang.curriculum_effective_hint())
                .optional(),
        ]),
    ]
}

/// The fields of a draft.
fn groups(lang: Lang, book: &Book) -> Vec<Group> {
    let mut groups = vec![said(lang)];
    groups.extend(numbers(lang));
    groups.extend(parts(lang));
    groups.extend(
        links(lang, book)
            .into_iter()
            .filter(|it| !it.fields.is_empty()),
    );
    groups
}

/// What stands in the fields of a version.
pub(in crate::curriculum) fn values(content: &Content, book: &Book) -> Pairs {
    let day = |day: Option<chrono::NaiveDate>| day.map(|it| it.to_string()).unwrap_or_default();
    let entry = content.registration.as_ref();
    let outcomes = |pick: fn(&Pair) -> &String| {
        let lines: Vec<&str> = content
            .outcomes
            .iter()
            .map(|it| pick(it).as_str())
            .collect();
        lines.join("\n")
    };
    let mut pairs = vec![
        pair("name_en", &content.name.en),
        pair("name_zh", &content.name.zh),
        pair("summary_en", &content.summary.en),
        pair("summary_zh", &content.summary.zh),
        pair("outcomes_en", outcomes(|it| &it.en)),
        pair("outcomes_zh", outcomes(|it| &it.zh)),
        pair("contact", content.contact.to_string()),
        pair("self_study", content.self_study.to_string()),
        pair("assessment", content.assessment.to_string()),
        pair("level", content.level.to_string()),
        pair(
            "qr_registration",
            entry.map(|it| it.number.clone()).unwrap_or_default(),
        ),
        pair("qr_valid_from", day(entry.map(|it| it.valid_from))),
        pair("qr_valid_to", day(entry.map(|it| it.valid_to))),
        pair("effective_from", day(content.effective_from)),
    ];
    pairs.extend(content.themes.iter().map(|it| pair("themes", it)));
    for (n, part) in (1..).zip(&content.assessments) {
        pairs.extend(part_values(n, part));
    }
    for it in &content.competencies {
        pairs.push(pair(
            format!("level_{}", it.competency),
            it.level.to_string(),
        ));
    }
    let code = |id: &ModuleId| book.module(*id).map_or("–", |it| it.code.as_str());
    let lines = content.prerequisites.iter().map(|group| {
        let codes: Vec<&str> = group.iter().map(code).collect();
        codes.join(", ")
    });
    pairs.push(pair("prerequisites", lines.collect::<Vec<_>>().join("\n")));
    pairs.push(pair("basis", basis_lines(&content.basis, book)));
    Pairs::new(pairs)
}

/// References with their levels, one in a line.
pub(super) fn basis_lines(basis: &[Basis], book: &Book) -> String {
    let lines = basis.iter().map(|it| {
        let code = book
            .reference(it.reference)
            .map_or("–", |it| it.code.as_str());
        format!("{code} {}", it.levels).trim().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The field in which references are named.
pub(super) fn basis_field(lang: Lang, book: &Book, label: &str) -> Field {
    let codes: Vec<&str> = book
        .references
        .iter()
        .filter(|it| it.archived_at.is_none())
        .map(|it| it.code.as_str())
        .collect();
    Field::line("basis", label)
        .area(6)
        .hint(lang.curriculum_basis_hint(&codes.join(lang.curriculum_comma())))
        .optional()
}

/// The fields of one part of an assessment plan.
pub(in crate::curriculum) fn part_values(n: i32, part: &Assessment) -> [(String, String); 5] {
    [
        pair(format!("kind_{n}"), &part.kind),
        pair(format!("weight_{n}"), part.weight.to_string()),
        pair(format!("title_en_{n}"), &part.title.en),
        pair(format!("title_zh_{n}"), &part.title.zh),
        pair(format!("must_{n}"), if part.must_pass { "yes" } else { "" }),
    ]
}

/// The lines of a text, without those that are empty.
fn lines(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    lines.map(str::to_owned).collect()
}

fn read_outcomes(form: &mut Form<'_>) -> Vec<Pair> {
    let en = lines(form.optional("outcomes_en", LONG));
    let zh = lines(form.optional("outcomes_zh", LONG));
    if en.len() != zh.len() {
        let (many, few) = (en.len(), zh.len());
        form.error("outcomes_zh", "pairs", |lang| {
            lang.curriculum_need_pairs(many, few)
        });
    }
    en.into_iter()
        .zip(zh)
        .map(|(en, zh)| Pair::new(en, zh))
        .collect()
}

fn read_parts(form: &mut Form<'_>, typed: &Pairs) -> Vec<Assessment> {
    let mut parts = Vec::new();
    for n in 1..=PARTS {
        let name = |field: &str| format!("{field}_{n}");
        let kind = AssessmentKind::parse(typed.typed(&name("kind")));
        let weight = form.optional_number(&name("weight"), 1, 100);
        let en = form.optional(&name("title_en"), 200);
        let zh = form.optional(&name("title_zh"), 200);
        match (kind, weight, en, zh) {
            (Some(kind), Some(weight), Some(en), Some(zh)) => parts.push(Assessment {
                kind: kind.as_str().to_owned(),
                title: Pair::new(en, zh),
                weight,
                must_pass: typed.has(&name("must"), "yes"),
            }),
            (None, None, None, None) => {}
            _ => form.error(&name("kind"), "part", |lang| {
                lang.curriculum_need_part().to_owned()
            }),
        }
    }
    parts
}

fn read_prerequisites(
    form: &mut Form<'_>,
    book: &Book,
    own: Option<ModuleId>,
) -> Vec<Vec<ModuleId>> {
    let mut groups = Vec::new();
    for line in lines(form.optional("prerequisites", LONG)) {
        let mut group = Vec::new();
        let words = line.split([',', '、', '，', '/']).map(str::trim);
        for word in words.filter(|it| !it.is_empty()) {
            let found = book
                .modules
                .iter()
                .find(|it| it.code.eq_ignore_ascii_case(word));
            match found {
                Some(it) if Some(it.id) == own => form.error("prerequisites", "itself", |lang| {
                    lang.curriculum_itself().to_owned()
                }),
                Some(it) if it.archived => form.error("prerequisites", "archived", |lang| {
                    lang.curriculum_archived_word(word)
                }),
                Some(it) if group.contains(&it.id) => {}
                Some(it) => group.push(it.id),
                None => form.error("prerequisites", "unknown", |lang| {
                    lang.curriculum_unknown(word)
                }),
            }
        }
        if !group.is_empty() {
            groups.push(group);
        }
    }
    groups
}

pub(super) fn read_basis(form: &mut Form<'_>, book: &Book) -> Vec<Basis> {
    let mut basis: Vec<Basis> = Vec::new();
    for line in lines(form.optional("basis", LONG)) {
        let (code, levels) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
        let levels = levels.trim();
        let plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | '–' | ' ');
        if levels.chars().count() > 10 || !levels.chars().all(plain) {
            form.error("basis", "levels", |lang| {
                lang.curriculum_levels_form().to_owned()
            });
        }
        let found = book
            .references
            .iter()
            .find(|it| it.code.eq_ignore_ascii_case(code));
        match found {
            None => form.error("basis", "unknown", |lang| lang.curriculum_unknown(code)),
            Some(it) if it.archived_at.is_some() => form.error("basis", "archived", |lang| {
                lang.curriculum_archived_word(code)
            }),
            Some(it) if basis.iter().any(|other| other.reference == it.id) => {}
            Some(it) => basis.push(Basis {
                reference: it.id,
                levels: levels.to_owned(),
            }),
        }
    }
    basis
}

/// Judges the fields of a draft. `own` is the module itself, where there is one already.
pub(in crate::curriculum) fn read(
    form: &mut Form<'_>,
    typed: &Pairs,
    book: &Book,
    own: Option<ModuleId>,
) -> Content {
    let mut hours = |field: &str| form.optional_number(field, 0, 2_000).unwrap_or(0);
    let (contact, self_study, assessment) =
        (hours("contact"), hours("self_study"), hours("assessment"));
    let level = form.number("level", 1, 7);
    let number = form.optional("qr_registration", 20);
    let days = (
        form.optional_date("qr_valid_from"),
        form.optional_date("qr_valid_to"),
    );
    let registration =
        registration(number.as_deref(), days.0, days.1, level).unwrap_or_else(|problems| {
            form.extend(problems);
            None
        });
    let theme = |it: &&Theme| typed.has("themes", it.as_str());
    let themes = Theme::ALL.iter().filter(theme);
    let themes = themes.map(|it| it.as_str().to_owned()).collect();
    let mut competencies = Vec::new();
    let alive = |it: &&queries::Competency| it.archived_at.is_none();
    for it in book.competencies.iter().filter(alive) {
        let level = form.optional_number(&format!("level_{}", it.id), 1, 4);
        competencies.extend(level.map(|level| Claim {
            competency: it.id,
            level,
        }));
    }
    Content {
        name: Pair::new(form.text("name_en", 200), form.text("name_zh", 200)),
        summary: Pair::new(
            form.optional("summary_en", 2_000).unwrap_or_default(),
            form.optional("summary_zh", 2_000).unwrap_or_default(),
        ),
        outcomes: read_outcomes(form),
        contact,
        self_study,
        assessment,
        level,
        registration,
        themes,
        assessments: read_parts(form, typed),
        prerequisites: read_prerequisites(form, book, own),
        competencies,
        basis: read_basis(form, book),
        effective_from: form.optional_date("effective_from"),
    }
}

/// Judges a module's code.
pub(in crate::curriculum) fn read_code(form: &mut Form<'_>) -> String {
    let code = form.text("code", 20);
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if !code.is_empty() && (code.len() < 2 || !code.chars().all(plain)) {
        form.error("code", "form", |lang| {
            lang.curriculum_need_code().to_owned()
        });
    }
    code
}

fn show_new(
    cx: &Cx<'_, '_>,
    staff: &ProgrammeStaff,
    book: &Book,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let code = Field::line("code", lang.curriculum_code())
        .width("w16")
        .hint(lang.curriculum_need_code());
    let mut all = vec![Group::plain(vec![code])];
    all.extend(groups(lang, book));
    let spec = FormSpec {
        title: lang.curriculum_new_module().to_owned(),
        crumbs: crumbs(lang, staff, Vec::new()),
        note: None,
        groups: all,
        hidden: Vec::new(),
        action: format!("{}/new", home(staff)),
        submit: lang.curriculum_save_draft().to_owned(),
        back: home(staff),
        history: crate::web::fields::History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/programmes/{programme}/curriculum/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let book = queries::book(cx.conn, staff.programme())?;
    show_new(cx, &staff, &book, Pairs::none(), &Again::first())
}

/// POST `/programmes/{programme}/curriculum/new`.
pub(super) fn create(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let book = queries::book(cx.conn, staff.programme())?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let code = read_code(&mut form);
    let content = read(&mut form, typed, &book, None);
    let done = form
        .done()
        .and_then(|()| actions::create(cx.conn, &staff, &code, &content));
    match done {
        Ok(id) => Ok(Reply::see_other(at(&staff, id)).flash("draft_saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_new(cx, &staff, &book, typed, &again)
        }
    }
}

/// Shows the form of a draft that stands, or of one that begins from the newest version.
pub(super) fn show_draft(
    cx: &Cx<'_, '_>,
    (staff, id, versions): (&ProgrammeStaff, ModuleId, &[Version]),
    book: &Book,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let standing = actions::draft(versions);
    let newest = versions.first();
    let code = newest.map_or("", |it| it.code.as_str());
    let number = match (standing, newest) {
        (Some(it), _) => it.number,
        (None, Some(it)) => it.number + 1,
        (None, None) => 1,
    };
    let seen = standing.map_or_else(String::new, |it| it.version.to_string());
    let spec = FormSpec {
        title: lang.curriculum_draft_of(code, number),
        crumbs: crumbs(lang, staff, vec![(at(staff, id), code.to_owned())]),
        note: None,
        groups: groups(lang, book),
        hidden: vec![pair("version", seen)],
        action: format!("{}/draft", at(staff, id)),
        submit: lang.curriculum_save_draft().to_owned(),
        back: at(staff, id),
        history: crate::web::fields::History::default(),
    };
    form_page(cx, spec, values, again)
}

/// The values of the draft that stands, or of the version from which one begins, without its day.
pub(super) fn beginning(versions: &[Version], book: &Book) -> Pairs {
    match (actions::draft(versions), versions.first()) {
        (Some(it), _) => values(&it.content, book),
        (None, Some(it)) => {
            let content = Content {
                effective_from: None,
                ..it.content.clone()
            };
            values(&content, book)
        }
        (None, None) => Pairs::default(),
    }
}

/// GET `…/modules/{module}/draft`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    let book = queries::book(cx.conn, staff.programme())?;
    let values = beginning(&versions, &book);
    show_draft(cx, (&staff, id, &versions), &book, &values, &Again::first())
}

/// POST `…/modules/{module}/draft`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    let book = queries::book(cx.conn, staff.programme())?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 1, i32::MAX);
    let content = read(&mut form, typed, &book, Some(id));
    let done = form
        .done()
        .and_then(|()| actions::save_draft(cx.conn, &staff, id, seen, &content));
    match done {
        Ok(()) => Ok(Reply::see_other(at(&staff, id)).flash("draft_saved")),
        Err(error) => {
            let lang = cx.lang();
            let saved = beginning(&versions, &book);
            let again = Again::from_error(error, lang)?.compare(&saved, typed, lang);
            show_draft(cx, (&staff, id, &versions), &book, typed, &again)
        }
    }
}
