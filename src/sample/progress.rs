//! The completion rules of the sample programme, as the curriculum's design proposes them.

use chrono::{Duration, Utc};

use crate::access;
use crate::curriculum::queries::book;
use crate::curriculum::rules::Pair;
use crate::error::{Error, Result};
use crate::progress::actions;
use crate::progress::rules::Excused;
use crate::progress::rules::content::{
    Attendance, Choice, CompletionRules, Marks, NamedForm, Practice,
};

use super::World;

/// Forms: key, English and Chinese name.
const FORMS: &[(&str, &str, &str)] = &[
    ("agreement", "Trainee agreement accepted", "已接受學員協議"),
    ("profile", "Learner profile", "學員概覽"),
    ("questionnaire", "Final questionnaire", "期末問卷"),
];

/// Writes and publishes the rules; every cohort that is not over follows them.
pub(super) fn rules(world: &World) -> Result<()> {
    let db = world.at(chrono::DateTime::<Utc>::MAX_UTC, Duration::minutes(30));
    db.tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let book = book(conn, world.programme)?;
        let module = |code: &str| {
            let found = book.modules.iter().find(|it| it.code == code);
            found
                .map(|it| it.id)
                .ok_or_else(|| Error::Internal(format!("no sample module {code}")))
        };
        let modules = |codes: &[&str]| codes.iter().map(|code| module(code)).collect();
        let all_of: Result<Vec<_>> = modules(&["REG505", "AIR501", "AIE502", "DGP503"]);
        let options: Result<Vec<_>> = modules(&["MVL604", "GBA506", "GEN507"]);
        let rules = CompletionRules {
            name: Pair::new("Pilot programme", "試點計劃"),
            attendance: Attendance {
                whole: Some(8_000),
                each: None,
                excused: Excused::LeftOut.as_str().to_owned(),
            },
            all_of: all_of?,
            any_of: vec![Choice { n: 1, of: options? }],
            marks: Marks {
                each: Some(5_000),
                average: None,
            },
            forms: FORMS
                .iter()
                .map(|(key, en, zh)| NamedForm {
                    key: (*key).to_owned(),
                    name: Pair::new(*en, *zh),
                })
                .collect(),
            practice: Some(Practice {
                capstone: Some(module("CAP608")?),
                placement: true,
            }),
        };
        actions::save_draft(conn, &staff, None, &rules)?;
        actions::publish(conn, &staff, 1)
    })
}
