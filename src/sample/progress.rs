//! Completion in the sample: the rules, the first and those that the curriculum's design proposes, and
//! what is done by them.

use chrono::{DateTime, Duration, Utc};

use crate::access;
use crate::curriculum::queries::book;
use crate::curriculum::rules::Pair;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{CohortId, EnrolmentId, ModuleId};
use crate::lang::format::hk_date;
use crate::progress::actions;
use crate::progress::queries;
use crate::progress::rules::Excused;
use crate::progress::rules::content::{
    Attendance, Choice, CompletionRules, Marks, NamedForm, Practice,
};

use super::World;
use super::class::Trainee;

/// Forms: key, English and Chinese name.
const FORMS: &[(&str, &str, &str)] = &[
    ("agreement", "Trainee agreement accepted", "已接受學員協議"),
    ("profile", "Learner profile", "學員概覽"),
    ("questionnaire", "Final questionnaire", "期末問卷"),
];

/// The modules of these codes.
fn modules(conn: &mut Conn<'_>, world: &World, codes: &[&str]) -> Result<Vec<ModuleId>> {
    let book = book(conn, world.programme)?;
    let module = |code: &&str| {
        let found = book.modules.iter().find(|it| it.code == *code);
        found
            .map(|it| it.id)
            .ok_or_else(|| Error::Internal(format!("no sample module {code}")))
    };
    codes.iter().map(module).collect()
}

fn forms(keys: &[&str]) -> Vec<NamedForm> {
    FORMS
        .iter()
        .filter(|(key, ..)| keys.contains(key))
        .map(|(key, en, zh)| NamedForm {
            key: (*key).to_owned(),
            name: Pair::new(*en, *zh),
        })
        .collect()
}

fn attendance() -> Attendance {
    Attendance {
        whole: Some(8_000),
        each: None,
        excused: Excused::LeftOut.as_str().to_owned(),
    }
}

/// The rules of the small classes before the pilot: two modules and two forms. The cohorts that stand
/// follow them.
pub(super) fn first_rules(world: &World, at: DateTime<Utc>) -> Result<()> {
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let rules = CompletionRules {
            name: Pair::new("Pre-pilot classes", "先導班"),
            attendance: attendance(),
            all_of: modules(conn, world, &["AIR501", "AIE502"])?,
            marks: Marks {
                each: Some(5_000),
                average: None,
            },
            forms: forms(&["agreement", "questionnaire"]),
            ..CompletionRules::default()
        };
        actions::save_draft(conn, &staff, None, &rules)?;
        actions::publish(conn, &staff, 1)
    })
}

/// A later cohort follows the first rules, too.
pub(super) fn follow_first(world: &World, at: DateTime<Utc>, cohort: CohortId) -> Result<()> {
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let programme = access::programme_staff(conn, world.programme)?;
        let first = queries::versions(conn, &programme)?
            .into_iter()
            .find(|it| it.number == 1)
            .ok_or_else(|| Error::Internal("no first rules".to_owned()))?;
        let staff = access::cohort_staff(conn, cohort)?;
        actions::follow(conn, &staff, first.id, (0, ""))
    })
}

/// These trainees have handed a form in.
pub(super) fn form_in(
    world: &World,
    at: DateTime<Utc>,
    (cohort, form): (CohortId, &str),
    class: &[&Trainee],
) -> Result<()> {
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        for one in class {
            actions::record_form(conn, &staff, one.enrolment, (form, hk_date(at)))?;
        }
        Ok(())
    })
}

/// Confirms everybody who meets every line.
pub(super) fn confirm(world: &World, at: DateTime<Utc>, cohort: CohortId) -> Result<usize> {
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let ready = actions::preview(conn, &staff, None)?.ready;
        let chosen: Vec<EnrolmentId> = ready.iter().map(|it| it.trainee.id).collect();
        let seen = actions::preview(conn, &staff, Some(&chosen))?;
        actions::confirm(conn, &staff, &chosen, &seen.fingerprint)
    })
}

/// Ends the enrolment of who cannot meet a line any more.
pub(super) fn fail(
    world: &World,
    at: DateTime<Utc>,
    (cohort, one): (CohortId, &Trainee),
    reason: &str,
) -> Result<()> {
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        actions::fail(conn, &staff, one.enrolment, reason)
    })
}

/// A trainee asks for a break and is granted it the day after.
pub(super) fn pause(
    world: &World,
    at: DateTime<Utc>,
    (cohort, one): (CohortId, &Trainee),
    asked: &actions::Asked,
) -> Result<()> {
    let id = world.db.as_of(at).tx(&one.actor(), |conn| {
        let own = access::own_enrolment(conn, one.enrolment)?;
        actions::ask(conn, &own, asked)
    })?;
    let later = at + Duration::days(1);
    world.db.as_of(later).tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let seen = queries::pause(conn, &staff, id)?.version;
        let answer = "Granted. Your classes of these weeks count in no sum.";
        actions::decide(conn, &staff, (id, seen), true, answer)
    })
}

/// Writes and publishes the rules of the pilot; every cohort that is not over and has none follows them.
pub(super) fn rules(world: &World) -> Result<()> {
    let db = world.at(DateTime::<Utc>::MAX_UTC, Duration::minutes(30));
    db.tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let options = modules(conn, world, &["MVL604", "GBA506", "GEN507"])?;
        let capstone = modules(conn, world, &["CAP608"])?;
        let rules = CompletionRules {
            name: Pair::new("Pilot programme", "試點計劃"),
            attendance: attendance(),
            all_of: modules(conn, world, &["REG505", "AIR501", "AIE502", "DGP503"])?,
            any_of: vec![Choice { n: 1, of: options }],
            marks: Marks {
                each: Some(5_000),
                average: None,
            },
            forms: forms(&["agreement", "profile", "questionnaire"]),
            practice: Some(Practice {
                capstone: capstone.first().copied(),
                placement: true,
            }),
        };
        actions::save_draft(conn, &staff, None, &rules)?;
        actions::publish(conn, &staff, 1)
    })
}
