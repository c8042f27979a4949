//! The sample's placement round: each institution with a partnership, an answer about capacity and
//! postings in every state, and some trainees who are interested. All of it is fictional.

use chrono::{Duration, NaiveDate};

use crate::access::{self, Own, OwnEnrolment};
use crate::db::{Acting, Actor, Conn, Role};
use crate::error::{Error, Result};
use crate::ids::{CohortId, OrganisationId, PostingId, RoundId};
use crate::lang::format::hk_date;
use crate::placements::actions::{
    self, CapacityAnswer, HostDetails, NewCapacity, NewChange, NewInterest, NewProfile,
    RoundDetails,
};
use crate::placements::queries::{self, Area, Side};
use crate::placements::rules::content::{City, Content, Draft};
use crate::placements::rules::eligibility::{Authorisation, Degree, Language, Wants, unmet};
use crate::placements::rules::{ChangeKind, HostStatus, RoundStep, Shares};

use super::{World, class, running};

/// How far a posting of the sample goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Goes {
    Draft,
    Submitted,
    Returned,
    Open,
}

/// A posting: institution, focus area, titles, what it is about, city, seats, monthly allowance in cents.
pub(super) struct Plan {
    pub institution: &'static str,
    pub area: &'static str,
    pub title: [&'static str; 2],
    pub summary: [&'static str; 2],
    pub city: City,
    pub seats: i32,
    pub cents: i64,
    pub goes: Goes,
}

/// The round in which a posting stands, and its placement period.
#[derive(Clone, Copy)]
pub(super) struct Within {
    pub round: RoundId,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

const fn plan(
    (institution, area): (&'static str, &'static str),
    title: [&'static str; 2],
    summary: [&'static str; 2],
    (city, seats, cents): (City, i32, i64),
    goes: Goes,
) -> Plan {
    Plan {
        institution,
        area,
        title,
        summary,
        city,
        seats,
        cents,
        goes,
    }
}

#[rustfmt::skip]
const PLANS: &[Plan] = &[
    plan(("Harbourfront Bank", "regtech"), ["Breach detection analyst", "違規偵測分析員"],
        ["Help the compliance team see unusual conduct early and explain each alert.", "協助合規團隊及早發現異常行為，並解釋每項警示。"],
        (City::HongKong, 3, 1_400_000), Goes::Open),
    plan(("Harbourfront Bank", "model_validation"), ["Model validation assistant", "模型驗證助理"],
        ["Test credit models with out-of-time data and write findings that stand up.", "以不同時期的數據測試信貸模型，並撰寫經得起查證的結果。"],
        (City::HongKong, 2, 1_450_000), Goes::Open),
    plan(("Harbourfront Bank", "staff_copilot"), ["Internal assistant tester", "內部助手測試員"],
        ["Measure how well an assistant answers branch staff, and where it should say that it does not know.", "量度內部助手回答分行職員的表現，以及何時應表明不知道。"],
        (City::HongKong, 2, 1_300_000), Goes::Submitted),
    plan(("Kowloon Mutual Bank", "sme_agent"), ["SME cash-flow forecasting", "中小企現金流預測"],
        ["Forecast cash flows of small firms from their bookkeeping and say how sure the forecast is.", "根據帳目預測小型企業的現金流，並說明預測的把握。"],
        (City::HongKong, 3, 1_250_000), Goes::Open),
    plan(("Kowloon Mutual Bank", "trade_finance"), ["Trade document automation", "貿易文件自動化"],
        ["Read letters of credit by machine and leave the doubtful ones to people.", "以機器閱讀信用證，存疑的交由人手處理。"],
        (City::HongKong, 2, 1_200_000), Goes::Returned),
    plan(("Kowloon Mutual Bank", "ai_governance"), ["AI inventory and tiering", "人工智能用例清單及分級"],
        ["Keep the list of the bank’s uses of AI and tier each by its impact.", "整理銀行的人工智能用例清單，並按影響分級。"],
        (City::HongKong, 1, 1_200_000), Goes::Draft),
    plan(("Pearl Delta Bank", "wealth_gba"), ["Wealth advice across the bay", "大灣區財富建議"],
        ["Try advice for customers who live on both sides of the boundary, without moving their data.", "在不轉移客戶數據的情況下，為兩地生活的客戶試行財富建議。"],
        (City::Shenzhen, 2, 800_000), Goes::Open),
    plan(("Pearl Delta Bank", "xb_payments"), ["Cross-border payment routing", "跨境支付路徑"],
        ["Compare routes of payments by cost, time and risk.", "按成本、時間及風險比較支付路徑。"],
        (City::Guangzhou, 2, 780_000), Goes::Open),
    plan(("Starling Virtual Bank", "data_governance"), ["Data quality engineer", "數據質素工程師"],
        ["Write rules for data quality and follow each fault to its source.", "撰寫數據質素規則，並追溯每項錯誤的源頭。"],
        (City::HongKong, 2, 1_500_000), Goes::Open),
    plan(("Starling Virtual Bank", "green_esg"), ["Green lending analytics", "綠色貸款分析"],
        ["Read disclosures of borrowers and tell what is measured from what is hoped.", "閱讀借款人的披露，分辨已量度與只屬期望的內容。"],
        (City::HongKong, 1, 1_350_000), Goes::Draft),
    plan(("Lantau Life Assurance", "insur_prevent"), ["Claims that need not happen", "可避免的索償"],
        ["Find which small advice prevents a claim, and show it fairly to everybody.", "找出可避免索償的簡單建議，並公平地提供予所有人。"],
        (City::HongKong, 2, 1_300_000), Goes::Open),
    plan(("Lantau Life Assurance", "talent_platform"), ["Training platform analyst", "培訓平台分析員"],
        ["See what staff learn and what they still ask colleagues.", "了解員工學到甚麼，以及仍須向同事請教甚麼。"],
        (City::HongKong, 1, 700_000), Goes::Open),
];

/// Who acts for an institution.
pub(super) fn host(world: &World, name: &str) -> Result<(OrganisationId, Actor)> {
    let organisation = world.organisation(name)?;
    let known = world.representatives.iter().find(|(of, _)| *of == name);
    let person = known.map(|it| it.1);
    let person = person.ok_or_else(|| Error::Internal(format!("nobody speaks for {name}")))?;
    let actor = Actor::Person(Acting {
        person,
        role: Role::Representative,
        grant: None,
        organisations: vec![organisation],
        programmes: vec![world.programme],
    });
    Ok((organisation, actor))
}

fn institutions() -> Vec<&'static str> {
    let mut names: Vec<&str> = PLANS.iter().map(|it| it.institution).collect();
    names.dedup();
    names
}

/// Everything of the sample's placements, for the trainees of this cohort.
pub(super) fn make(world: &World, cohort: CohortId) -> Result<()> {
    let today = hk_date(world.now);
    let at = |days: i64, hour: u32| world.db.as_of(running::at(today, days, hour));
    let within = Within {
        round: prepare(world, cohort, today)?,
        starts_on: today + Duration::days(77),
        ends_on: today + Duration::days(167),
    };
    let mut open = Vec::new();
    for (it, day) in PLANS.iter().zip(-16_i64..) {
        // They come one after another, none later than the opening.
        let id = post(world, it, within, (today, day.min(-8)))?;
        if it.goes == Goes::Open {
            open.push(id);
        }
    }
    at(-6, 9).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        actions::step_round(conn, &staff, within.round, RoundStep::Open).map(|_| ())
    })?;
    for name in institutions() {
        let (_, actor) = host(world, name)?;
        answer(world, &actor, today)?;
    }
    ask_change(world, today)?;
    interests(world, cohort, &open)
}

/// What every round stands on: focus areas, rates, and a partnership with each institution.
pub(super) fn ground(world: &World, today: NaiveDate) -> Result<()> {
    world
        .db
        .as_of(running::at(today, -170, 9))
        .tx(&world.staff(), |conn| {
            let staff = access::programme_staff(conn, world.programme)?;
            let desk = access::desk(conn)?;
            actions::add_usual_areas(conn, &staff)?;
            actions::add_usual_rates(conn, &desk)?;
            for (name, ..) in super::data::SUPERVISORS {
                let details = HostDetails {
                    status: HostStatus::Active,
                    signed_on: Some(today - Duration::days(185)),
                    starts_on: today - Duration::days(170),
                    ends_on: today + Duration::days(560),
                    remark: String::new(),
                };
                actions::add_host(conn, &staff, world.organisation(name)?, &details)?;
            }
            Ok(())
        })
}

/// The question about capacity, and a round that collects.
fn prepare(world: &World, cohort: CohortId, today: NaiveDate) -> Result<RoundId> {
    let at = |days: i64, hour: u32| running::at(today, days, hour);
    world.db.as_of(at(-30, 9)).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let names = institutions();
        let all: Vec<_> = names
            .iter()
            .map(|name| world.organisation(name))
            .collect::<Result<_>>()?;
        let new = NewCapacity {
            starts_on: today + Duration::days(77),
            ends_on: today + Duration::days(167),
            due_on: today + Duration::days(10),
            words: "Please tell us by focus area as far as you can.".to_owned(),
        };
        actions::ask_capacity(conn, &staff, &all, &new)?;
        let details = RoundDetails {
            name_en: "Placement round of the evening class (sample)".to_owned(),
            name_zh: "晚間班實習輪次（示範）".to_owned(),
            cohorts: vec![cohort],
            opens_at: at(-6, 9),
            closes_at: at(14, 18),
            seat_deadline: at(18, 18),
            list_deadline: at(25, 18),
            starts_on: today + Duration::days(77),
            ends_on: today + Duration::days(167),
        };
        let round = actions::plan_round(conn, &staff, &details)?;
        actions::step_round(conn, &staff, round, RoundStep::Collect)?;
        Ok(round)
    })
}

/// The fields of a posting that say more than its plan.
#[rustfmt::skip]
const FIELDS: &[(&str, &str)] = &[
    ("tasks_en", "Learn how the team works today\nTry a method on synthetic data\nShow the result to those who would use it\nWrite down what remains uncertain"),
    ("tasks_zh", "了解團隊現行做法\n以合成數據試行一種方法\n向使用者展示結果\n記錄尚未確定之處"),
    ("objectives_en", "Frame a problem of an institution\nCheck a result before it is used"),
    ("objectives_zh", "界定機構的問題\n在使用前查核結果"),
    ("deliverable_en", "A short report with its code"),
    ("deliverable_zh", "一份簡短報告及其程式"),
    ("team_en", "Sample team"),
    ("team_zh", "示範團隊"),
    ("tools", "Python, SQL"),
    ("defence", "second"),
    ("data_class", "internal"),
    ("mode", "hybrid"),
    ("office_days", "3"),
    ("work_languages", "en\nyue"),
    ("hours_week", "40"),
    ("pattern", "weekdays"),
    ("load", "full_time"),
    ("paid", "yes"),
    ("per", "month"),
    ("payer_en", "The institution"),
    ("payer_zh", "機構"),
    ("background", "basic"),
    ("conflicts", "yes"),
    ("supervisor_capacity", "3"),
    ("documents", "cv"),
    ("interviews", "1"),
    ("offer_days", "7"),
];

fn draft(it: &Plan, areas: &[Area], within: Within) -> Draft {
    let mut content = Content::default();
    for (name, value) in FIELDS {
        content.set(name, (*value).to_owned());
    }
    let [title_en, title_zh] = it.title;
    let [summary_en, summary_zh] = it.summary;
    let here = it.city == City::HongKong;
    let supervisor = super::data::SUPERVISORS
        .iter()
        .find(|(of, ..)| *of == it.institution)
        .map_or(("", ""), |(_, name, email)| (name, email));
    let more = [
        ("title_en", title_en),
        ("title_zh", title_zh),
        ("summary_en", summary_en),
        ("summary_zh", summary_zh),
        ("entity_en", it.institution),
        ("city", it.city.as_str()),
        ("cross_boundary", if here { "none" } else { "out" }),
        ("currency", if here { "HKD" } else { "CNY" }),
        ("wage_category", if here { "ordinary" } else { "" }),
        ("supervisor_name", supervisor.0),
        ("supervisor_email", supervisor.1),
    ];
    for (name, value) in more {
        content.set(name, value.to_owned());
    }
    // What is left to write in a draft.
    let entity_zh = super::data::ORGANISATIONS
        .iter()
        .find(|(_, en, _)| *en == it.institution)
        .map_or("", |(_, _, zh)| zh);
    if it.goes != Goes::Draft {
        content.set("entity_zh", entity_zh.to_owned());
    }
    Draft {
        round: within.round,
        areas: areas
            .iter()
            .filter(|area| area.code == it.area)
            .map(|area| area.id)
            .collect(),
        seats: it.seats,
        cents: Some(it.cents),
        starts_on: Some(within.starts_on),
        ends_on: Some(within.ends_on),
        content,
        wants: Wants {
            mainland_permit: !here,
            languages: vec!["en".to_owned()],
            ..Wants::default()
        },
        ..Draft::default()
    }
}

/// Writes a posting and takes it as far as it goes.
pub(super) fn post(
    world: &World,
    it: &Plan,
    within: Within,
    (today, day): (NaiveDate, i64),
) -> Result<PostingId> {
    let (organisation, actor) = host(world, it.institution)?;
    let at = |hour: u32| world.db.as_of(running::at(today, day, hour));
    let id = at(10).tx(&actor, |conn| {
        let member = access::member(conn)?;
        let areas = queries::areas(conn, world.programme)?;
        let draft = draft(it, &areas, within);
        actions::begin_posting(conn, &member, organisation, &draft, None)
    })?;
    if it.goes == Goes::Draft {
        return Ok(id);
    }
    at(11).tx(&actor, |conn| {
        let member = access::member(conn)?;
        let version = queries::posting(conn, &Side::Host(member.clone()), id)?.version;
        actions::submit_posting(conn, &member, (id, version))
    })?;
    at(15).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let version = queries::posting(conn, &Side::Office(staff), id)?.version;
        match it.goes {
            Goes::Open => actions::approve_posting(conn, &staff, (id, version)),
            Goes::Returned => actions::return_posting(
                conn,
                &staff,
                (id, version),
                "Please say which documents the trainee sees, and whether customers are named in them.",
            ),
            Goes::Draft | Goes::Submitted => Ok(()),
        }
    })?;
    Ok(id)
}

/// An institution answers how many it can take; one is still to answer.
fn answer(world: &World, actor: &Actor, today: NaiveDate) -> Result<()> {
    let at = world.db.as_of(running::at(today, -5, 14));
    at.tx(actor, |conn| {
        let member = access::member(conn)?;
        let side = Side::Host(member.clone());
        let page = crate::web::paging::Window {
            sort: crate::web::fields::Sort::from_query(
                crate::web::Pairs::none(),
                queries::CAPACITY_SORTS,
            ),
            after: None,
            limit: 10,
        };
        let asked = queries::capacities(conn, &side, (None, None), &page)?;
        for it in asked {
            if it.organisation_en == "Lantau Life Assurance" {
                continue;
            }
            let seats = PLANS
                .iter()
                .filter(|plan| plan.institution == it.organisation_en)
                .map(|plan| plan.seats)
                .sum();
            let answer = CapacityAnswer {
                seats,
                by_area: Vec::new(),
                remark: "Two supervisors can guide them.".to_owned(),
            };
            actions::answer_capacity(conn, &member, (it.id, it.version), &answer)?;
        }
        Ok(())
    })
}

/// One change of seats waits.
fn ask_change(world: &World, today: NaiveDate) -> Result<()> {
    let (_, actor) = host(world, "Starling Virtual Bank")?;
    let at = world.db.as_of(running::at(today, -2, 11));
    at.tx(&actor, |conn| {
        let member = access::member(conn)?;
        let side = Side::Host(member.clone());
        let page = crate::web::paging::Window {
            sort: crate::web::fields::Sort::from_query(
                crate::web::Pairs::none(),
                queries::POSTING_SORTS,
            ),
            after: None,
            limit: 10,
        };
        let sought = queries::Sought {
            state: Some(crate::placements::rules::PostingState::Open),
            ..queries::Sought::default()
        };
        for it in queries::postings(conn, &side, &sought, &page)? {
            let new = NewChange {
                kind: ChangeKind::Seats,
                seats: it.seats + 1,
                reason: "Another supervisor has joined the team.".to_owned(),
            };
            actions::ask_change(conn, &member, (it.id, it.version), &new)?;
        }
        Ok(())
    })
}

/// Some trainees say what they like, and some are interested already.
fn interests(world: &World, cohort: CohortId, open: &[PostingId]) -> Result<()> {
    let today = hk_date(world.now);
    let trainees = class::trainees(world, cohort)?;
    for (n, one) in trainees.iter().take(4).enumerate() {
        let at = world.db.as_of(running::at(today, -3, 20));
        at.tx(&one.actor(), |conn| {
            let own = access::own(conn)?;
            let place = access::own_enrolment(conn, one.enrolment)?;
            let areas = queries::areas(conn, world.programme)?;
            let profile = NewProfile {
                areas: areas.iter().skip(n * 2).take(3).map(|it| it.id).collect(),
                cities: vec![City::HongKong],
                languages: vec![Language::English, Language::Cantonese],
                authorisations: vec![Authorisation::Resident],
                degree: Some(Degree::Bachelor),
                mainland_permit: n % 2 == 0,
            };
            actions::set_profile(conn, &place, &profile)?;
            for id in open.iter().skip(n).take(2) {
                let new = NewInterest {
                    note: "I would like to learn how this is checked before it is used.".to_owned(),
                    shares: vec![Shares::Profile, Shares::Modules],
                    documents: Vec::new(),
                };
                express(conn, (&own, &place), *id, &new)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Says that a trainee is interested, unless the posting bars them: one across the boundary asks for a permit
/// that not everybody has.
pub(super) fn express(
    conn: &mut Conn<'_>,
    (own, place): (&Own, &OwnEnrolment),
    id: PostingId,
    new: &NewInterest,
) -> Result<()> {
    let (_, posting) = queries::open_posting(conn, own, id)?;
    let facts = queries::facts(conn, place)?;
    if unmet(&posting.wants()?, &facts, posting.organisation_id).is_empty() {
        actions::express(conn, own, id, new)?;
    }
    Ok(())
}
