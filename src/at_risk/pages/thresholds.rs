//! The rules: thresholds and points in words, and a form that makes the next version of them.

use crate::error::Result;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries;
use super::super::rules::{Points, Rules};
use super::{crumbs, home, pair, staff};

/// The fields of the rules, as they stand in forms and documents: percentages and hours are whole.
pub(in crate::at_risk) fn values(rules: &Rules) -> Pairs {
    let fields = [
        ("attendance_below", rules.attendance_below / 100),
        ("attendance_after", rules.attendance_after / 60),
        ("overdue_from", rules.overdue_from),
        ("silent_days", rules.silent_days),
        ("mark_below", rules.mark_below / 100),
        ("trend_drop", rules.trend_drop / 100),
        ("trend_of", rules.trend_of),
        ("points_attendance", rules.points.attendance),
        ("points_overdue", rules.points.overdue),
        ("points_silence", rules.points.silence),
        ("points_marks", rules.points.low_marks),
        ("points_attendance_trend", rules.points.attendance_trend),
        ("points_marks_trend", rules.points.marks_trend),
        ("case_from", rules.case_from),
    ];
    Pairs::new(fields.map(|(name, n)| pair(name, n.to_string())).into())
}

/// Judges the fields of the rules.
pub(in crate::at_risk) fn read(form: &mut Form<'_>) -> Rules {
    Rules {
        number: 0,
        attendance_below: form.number("attendance_below", 0, 100) * 100,
        attendance_after: form.number("attendance_after", 0, 1_000) * 60,
        overdue_from: form.number("overdue_from", 1, 100),
        silent_days: form.number("silent_days", 1, 365),
        mark_below: form.number("mark_below", 0, 100) * 100,
        trend_drop: form.number("trend_drop", 1, 100) * 100,
        trend_of: form.number("trend_of", 1, 20),
        points: Points {
            attendance: form.number("points_attendance", 0, 10),
            overdue: form.number("points_overdue", 0, 10),
            silence: form.number("points_silence", 0, 10),
            low_marks: form.number("points_marks", 0, 10),
            attendance_trend: form.number("points_attendance_trend", 0, 10),
            marks_trend: form.number("points_marks_trend", 0, 10),
        },
        case_from: form.number("case_from", 1, 60),
    }
}

fn show(cx: &mut Cx<'_, '_>, typed: Option<&Pairs>, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let now = queries::rules(cx.conn, &staff)?;
    let number = |name: &'static str, label: &str| Field::line(name, label).of("number");
    let points = |name: &'static str, label: &str| number(name, label);
    let spec = FormSpec {
        title: lang.risk_rules().to_owned(),
        crumbs: crumbs(
            lang,
            &staff,
            vec![(home(&staff), lang.risk_title().to_owned())],
        ),
        note: Some(if now.number == 0 {
            lang.risk_rules_default().to_owned()
        } else {
            lang.risk_rules_version(now.number)
        }),
        groups: vec![
            Group::two(
                lang.risk_thresholds(),
                vec![
                    number("attendance_below", lang.risk_set_attendance_below()),
                    number("attendance_after", lang.risk_set_attendance_after()),
                    number("overdue_from", lang.risk_set_overdue_from()),
                    number("silent_days", lang.risk_set_silent_days()),
                    number("mark_below", lang.risk_set_mark_below()),
                    number("trend_drop", lang.risk_set_trend_drop()),
                    number("trend_of", lang.risk_set_trend_of())
                        .hint(lang.risk_set_trend_of_hint()),
                ],
            ),
            Group::two(
                lang.risk_points(),
                vec![
                    points("points_attendance", lang.risk_code_attendance()),
                    points("points_overdue", lang.risk_code_overdue()),
                    points("points_silence", lang.risk_code_silence()),
                    points("points_marks", lang.risk_code_low_marks()),
                    points("points_attendance_trend", lang.risk_code_attendance_trend()),
                    points("points_marks_trend", lang.risk_code_marks_trend()),
                    number("case_from", lang.risk_set_case_from())
                        .hint(lang.risk_set_case_from_hint()),
                ],
            ),
        ],
        hidden: vec![pair("version", now.number.to_string())],
        action: format!("{}/rules", home(&staff)),
        submit: lang.risk_rules_save().to_owned(),
        back: home(&staff),
        history: History::default(),
    };
    let saved = values(&now);
    form_page(cx, spec, typed.unwrap_or(&saved), again)
}

/// GET `/programmes/{programme}/at-risk/rules`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    show(cx, None, &Again::first())
}

/// POST `/programmes/{programme}/at-risk/rules`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 0, i32::MAX).unwrap_or(0);
    let rules = read(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::set_rules(cx.conn, &staff, seen, &rules));
    match done {
        Ok(_) => Ok(Reply::see_other(home(&staff)).flash("risk_rules_set")),
        Err(error) => {
            let lang = cx.lang();
            let saved = values(&queries::rules(cx.conn, &staff)?);
            let again = Again::from_error(error, lang)?.compare(&saved, typed, lang);
            show(cx, Some(typed), &again)
        }
    }
}
