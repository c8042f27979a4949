//! Assessments of the sample, step by step: set, handed in, marked, released; and the case of the first
//! intake, being prepared.

use chrono::{DateTime, Duration, Utc};

use crate::access;
use crate::assessment::actions::{self, Details, Given, Which};
use crate::assessment::queries;
use crate::assessment::rules::SecondRule;
use crate::assessment::rules::late::LateRule;
use crate::assessment::rules::rubric::Criterion;
use crate::cohorts::queries as cohorts;
use crate::curriculum::rules::Pair;
use crate::db::{Conn, Role};
use crate::error::{Error, Result};
use crate::ids::{AssessmentId, CohortId, EnrolmentId, OfferingId};
use crate::teaching;

use super::class::{Trainee, paper};
use super::teaching::instructor;
use super::{World, acting, dice};

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

/// An offering of this module to the cohort, and its plan.
fn planned(
    conn: &mut Conn<'_>,
    cohort: CohortId,
    code: &str,
) -> Result<(OfferingId, queries::Plan)> {
    let staff = access::cohort_staff(conn, cohort)?;
    let starts_on = cohorts::find(conn, &staff)?.starts_on;
    let missing = || Error::Internal(format!("no sample plan of {code}"));
    let offering = teaching::queries::offerings(conn, &staff)?
        .into_iter()
        .find(|it| it.module_code == code)
        .ok_or_else(missing)?;
    let plan = queries::plan(conn, cohort, offering.module_id, starts_on)?.ok_or_else(missing)?;
    Ok((offering.id, plan))
}

/// The first part of this kind in the plan of this module as the cohort is offered it.
fn part(conn: &mut Conn<'_>, cohort: CohortId, code: &str, kind: &str) -> Result<Which> {
    let (offering, plan) = planned(conn, cohort, code)?;
    let at = (1..)
        .zip(&plan.parts)
        .find(|(_, it)| it.kind == kind)
        .map(|(n, _)| n);
    let missing = || Error::Internal(format!("no sample {kind} of {code}"));
    Ok(Which::Part(offering, at.ok_or_else(missing)?))
}

/// A part of a module: its code and the kind of the part in its plan.
pub(super) type Part = (&'static str, &'static str);

/// Sets a part and opens it, as soon as it opens.
pub(super) fn set(
    world: &World,
    cohort: CohortId,
    (code, kind): Part,
    (opens_at, due_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<AssessmentId> {
    world.db.as_of(opens_at).tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let which = part(conn, cohort, code, kind)?;
        let id = actions::add(conn, &staff, which, &details(opens_at, due_at, brief(kind)))?;
        actions::open(conn, &staff, id)?;
        Ok(id)
    })
}

fn brief(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "exam" => (
            "Two hours, closed book. Read the use case, name its risks, and choose controls for the three that matter most.",
            "兩小時，閉卷。閱讀用例，指出其風險，並為最重要的三項選擇控制措施。",
        ),
        "role_play" => (
            "You sit on the ethics board of an institution. Question the proposal, hear both sides, decide and say why.",
            "你是機構道德委員會的成員。質詢建議，聽取雙方意見，作出決定並說明理由。",
        ),
        "reflection" => (
            "One page: a moment in which you changed your mind, and what changed it.",
            "一頁：寫下你改變看法的一刻，以及促成改變的原因。",
        ),
        "exercise" => (
            "Choose two risks of your register and design a control for each, with an indicator that can fail.",
            "從登記冊選取兩項風險，各設計一項控制措施，並附可失效的指標。",
        ),
        _ => (
            "At most 2,500 words. Describe the use, say who may be harmed and how, and what you would change.",
            "最多2,500字。說明用例、可能受損的人及原因，以及你會作出的改變。",
        ),
    }
}

/// The candidate of a trainee in an assessment, if they are assessed.
pub(super) fn candidate(
    conn: &mut Conn<'_>,
    id: AssessmentId,
) -> Result<Option<crate::ids::CandidateId>> {
    let own = access::own(conn)?;
    let all = queries::own_all(conn, &own)?;
    Ok(all
        .into_iter()
        .find(|it| it.assessment.id == id)
        .map(|it| it.id))
}

/// A trainee hands their work in.
pub(super) fn hand_in(
    world: &World,
    at: DateTime<Utc>,
    (id, label): (AssessmentId, &str),
    one: &Trainee,
) -> Result<()> {
    let text = format!("{label}: a sample paper");
    let paper = paper(world, label, &text)?;
    world.db.as_of(at).tx(&one.actor(), |conn| {
        let Some(candidate) = candidate(conn, id)? else {
            return Ok(());
        };
        let own = access::own(conn)?;
        let file = paper.file(one.person, world.programme);
        actions::hand_in(conn, &own, candidate, &[file]).map(|_| ())
    })
}

/// The points of a trainee in the three criteria, the same in every load: enough to pass.
pub(super) fn points(one: &Trainee, part: Part) -> [i32; 3] {
    let roll = |criterion: &str, below: u64| {
        let seed = format!("{}/{}/{}/{criterion}", one.email, part.0, part.1);
        i32::try_from(dice(&seed, below)).unwrap_or_default()
    };
    [
        25 + roll("risks", 15),
        24 + roll("controls", 15),
        11 + roll("words", 9),
    ]
}

/// The office puts the work before the marker.
pub(super) fn begin_marking(
    world: &World,
    at: DateTime<Utc>,
    cohort: CohortId,
    id: AssessmentId,
) -> Result<()> {
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        actions::begin_marking(conn, &staff, id).map(|_| ())
    })
}

/// What a marker gives to a trainee's script: points, and whether it is for good. No points: nobody came.
pub(super) type Gave = (Option<[i32; 3]>, bool);

/// The instructor marks the scripts of these trainees.
pub(super) fn mark(
    world: &World,
    at: DateTime<Utc>,
    (cohort, id): (CohortId, AssessmentId),
    gave: &dyn Fn(EnrolmentId) -> Option<Gave>,
) -> Result<()> {
    let lines = world.db.read(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        queries::lines(conn, &staff, id, None, 1_000)
    })?;
    let teacher = acting(instructor(world)?, Role::Instructor, vec![world.programme]);
    world.db.as_of(at).tx(&teacher, |conn| {
        let marker = access::instructor(conn)?;
        for line in &lines {
            let (Some(script), Some((points, done))) = (line.script_id, gave(line.enrolment_id))
            else {
                continue;
            };
            let given = Given {
                points: points.map_or_else(Vec::new, |it| it.map(Some).to_vec()),
                comments: vec![String::new(); 3],
                feedback: "Say for each control who tests it, and how often.".to_owned(),
                absent: points.is_none(),
                done,
            };
            actions::save_mark(conn, &marker, script, &given, 0)?;
        }
        Ok(())
    })
}

/// Every mark is agreed, and all are released together.
pub(super) fn release(
    world: &World,
    at: DateTime<Utc>,
    cohort: CohortId,
    id: AssessmentId,
) -> Result<()> {
    world.db.as_of(at).tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        actions::finish_moderation(conn, &staff, id)?;
        let it = queries::find(conn, &staff, id)?;
        let seen = actions::preview(conn, &staff, &it)?;
        actions::release(conn, &staff, id, &seen.fingerprint).map(|_| ())
    })
}

/// A part of a module from its opening to its release, six days after it was due.
pub(super) fn whole(
    world: &World,
    (cohort, part): (CohortId, Part),
    (opens_at, due_at): (DateTime<Utc>, DateTime<Utc>),
    class: &[&Trainee],
    gave: &dyn Fn(&Trainee) -> [i32; 3],
) -> Result<AssessmentId> {
    let id = set(world, cohort, part, (opens_at, due_at))?;
    if !matches!(part.1, "exam" | "role_play" | "quiz") {
        for (n, one) in (0_i64..).zip(class) {
            // One was a day late, and knew what it costs.
            let at = if n == 7 && part.1 == "case" {
                due_at + Duration::hours(20)
            } else {
                due_at - Duration::minutes(300 + n * 41)
            };
            hand_in(world, at, (id, &format!("{}-{}", part.0, part.1)), one)?;
        }
    }
    begin_marking(world, due_at + Duration::hours(74), cohort, id)?;
    let given = |enrolment: EnrolmentId| {
        let found = class.iter().find(|one| one.enrolment == enrolment);
        Some((found.map(|one| gave(one)), true))
    };
    mark(world, due_at + Duration::days(5), (cohort, id), &given)?;
    release(world, due_at + Duration::days(6), cohort, id)?;
    Ok(id)
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
