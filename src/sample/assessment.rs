//! The assessments of the sample: an examination of the pre-pilot, marked and released, and the case of
//! the first intake, being prepared.

use chrono::{DateTime, Duration, Utc};

use crate::access;
use crate::assessment::actions::{self, Details, Given, Which};
use crate::assessment::queries;
use crate::assessment::rules::SecondRule;
use crate::assessment::rules::late::LateRule;
use crate::assessment::rules::rubric::Criterion;
use crate::cohorts::queries as cohorts;
use crate::curriculum::rules::Pair;
use crate::db::{self, Conn, Db, Role};
use crate::error::{Error, Result};
use crate::ids::{CohortId, PersonId};
use crate::teaching;

use super::{World, acting};

fn criterion(name: (&str, &str), points: i32, levels: &[(&str, &str)]) -> Criterion {
    Criterion {
        name: Pair::new(name.0, name.1),
        points,
        levels: levels.iter().map(|it| Pair::new(it.0, it.1)).collect(),
    }
}

fn rubric() -> Vec<Criterion> {
    vec![
        criterion(
            ("Risks found", "找出風險"),
            40,
            &[
                (
                    "Names every risk that matters, and says why it does",
                    "指出所有重要風險，並說明理由",
                ),
                (
                    "Names most of them; some reasons are missing",
                    "指出大部分風險，部分欠理由",
                ),
                ("Names a few, without order", "只零散指出少數風險"),
            ],
        ),
        criterion(
            ("Controls that fit", "合適的控制措施"),
            40,
            &[
                (
                    "Each control answers a risk, and can be tested",
                    "每項控制均針對風險，並可測試",
                ),
                (
                    "Controls are general; few can be tested",
                    "控制措施籠統，少有可測試者",
                ),
            ],
        ),
        criterion(
            ("Clear words", "表達清晰"),
            20,
            &[
                (
                    "A reader without our training could act on it",
                    "未受訓的讀者亦能據以行事",
                ),
                ("Needs to be read twice", "須重讀方能明白"),
            ],
        ),
    ]
}

fn details(opens_at: DateTime<Utc>, due_at: DateTime<Utc>, brief: (&str, &str)) -> Details {
    Details {
        title_en: String::new(),
        title_zh: String::new(),
        brief_en: brief.0.to_owned(),
        brief_zh: brief.1.to_owned(),
        opens_at,
        due_at,
        late: LateRule {
            hours: 72,
            per_day: 500,
            cap: 1_500,
        },
        max_files: 2,
        max_megabytes: 10,
        anonymous: true,
        pass_mark: 5_000,
        second: SecondRule::None,
        second_share: 10,
        borderline: 300,
        tolerance: 500,
        appeal_days: 10,
        resit_capped: true,
        rubric: rubric(),
    }
}

/// The first part of this kind in the plan of this module as the cohort is offered it.
fn part(conn: &mut Conn<'_>, cohort: CohortId, code: &str, kind: &str) -> Result<Which> {
    let staff = access::cohort_staff(conn, cohort)?;
    let starts_on = cohorts::find(conn, &staff)?.starts_on;
    let missing = || Error::Internal(format!("no sample {kind} of {code}"));
    let offering = teaching::queries::offerings(conn, &staff)?
        .into_iter()
        .find(|it| it.module_code == code)
        .ok_or_else(missing)?;
    let plan = queries::plan(conn, cohort, offering.module_id, starts_on)?.ok_or_else(missing)?;
    let at = (1..)
        .zip(&plan.parts)
        .find(|(_, it)| it.kind == kind)
        .map(|(n, _)| n);
    Ok(Which::Part(offering.id, at.ok_or_else(missing)?))
}

/// An examination that is over: marked by its instructor, released together.
pub(super) fn pre_pilot(world: &World, db: &Db, cohort: CohortId) -> Result<()> {
    let brief = (
        "Two hours, closed book. Read the use case, name its risks, and choose controls for the three that matter most.",
        "兩小時，閉卷。閱讀用例，指出其風險，並為最重要的三項選擇控制措施。",
    );
    let (id, teacher) = db.tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let now = db::now(conn)?;
        let which = part(conn, cohort, "AIR501", "exam")?;
        let held = now - Duration::days(6);
        let id = actions::add(
            conn,
            &staff,
            which,
            &details(held - Duration::days(30), held, brief),
        )?;
        actions::open(conn, &staff, id)?;
        actions::begin_marking(conn, &staff, id)?;
        let it = queries::find(conn, &staff, id)?;
        let teacher: Option<PersonId> = it.instructor_ids.first().copied();
        Ok((
            id,
            teacher.ok_or_else(|| Error::Internal("no sample marker".to_owned()))?,
        ))
    })?;
    let marker = acting(teacher, Role::Instructor, vec![world.programme]);
    db.tx(&marker, |conn| {
        let instructor = access::instructor(conn)?;
        let queue = queries::queue(conn, &instructor, true, None, 1_000)?;
        for (n, script) in (0_i32..).zip(&queue) {
            let given = Given {
                points: vec![
                    Some(22 + n * 7 % 17),
                    Some(18 + n * 5 % 21),
                    Some(9 + n * 3 % 11),
                ],
                comments: vec![String::new(); 3],
                feedback: "Say for each control who tests it, and how often.".to_owned(),
                absent: false,
                done: true,
            };
            actions::save_mark(conn, &instructor, script.id, &given, 0)?;
        }
        Ok(())
    })?;
    db.tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        actions::finish_moderation(conn, &staff, id)?;
        let it = queries::find(conn, &staff, id)?;
        let seen = actions::preview(conn, &staff, &it)?;
        actions::release(conn, &staff, id, &seen.fingerprint).map(|_| ())
    })
}

/// A case of the first intake that is not open yet.
pub(super) fn first_intake(world: &World, at: DateTime<Utc>, cohort: CohortId) -> Result<()> {
    let brief = (
        "Take one AI use case of an institution that you know. Describe it, tier it by impact and autonomy, and write its risk register: at most 2,500 words.",
        "選取你熟悉的機構的一個人工智能用例，說明用例，按影響及自主程度分級，並編寫風險登記冊，最多2,500字。",
    );
    let db = world.db.as_of(at);
    db.tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let starts = cohorts::find(conn, &staff)?.starts_on;
        let evening = |days: i64, hour: u32| {
            let time = chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
            crate::lang::format::hk_instant(starts + Duration::days(days), time)
        };
        let which = part(conn, cohort, "AIR501", "case")?;
        let mut case = details(evening(7, 9), evening(42, 18), brief);
        case.second = SecondRule::Sample;
        actions::add(conn, &staff, which, &case).map(|_| ())
    })
}
