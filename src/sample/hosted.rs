//! What became of the placements of the first round: most accepted and began, one was declined, one waits for
//! signatures, one for its checklist; logs week by week, evaluations at half-time, a visit, an incident, an
//! early end with another placement after it. All days are counted back from the day of the load.

use chrono::{Duration, NaiveDate};

use crate::access;
use crate::db::{Actor, Db};
use crate::error::Result;
use crate::funding::actions::{self as funding, NewFunded, SchemeDetails};
use crate::funding::queries as funded;
use crate::funding::rules::{Period, Terms};
use crate::hosting::actions::{self as hosting, NewTerms, Settling};
use crate::hosting::queries::{self as placed, Placement, Seat};
use crate::hosting::rules::{AgreementState, Evidence, Facts, Owner, Standing, Studies, TaskState};
use crate::ids::PlacementId;
use crate::lang::format::hk_date;
use crate::matches::rules::PlacementState;
use crate::people::accounts;
use crate::supervision::actions::{
    self as supervision, EarlyEnd, Held, NewEvaluation, NewIncident, NewLog, Verdict,
};
use crate::supervision::queries as logs;
use crate::supervision::rules::form::{Answers, OF_TRAINEE};
use crate::supervision::rules::{
    Author, Day, EndCode, Initiator, Point, Severity, VisitMode, monday, weeks,
};

use super::class::{self, Trainee};
use super::placements::host;
use super::{World, dice, running};

/// How far a placement of the sample goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goes {
    Declined,
    Signing,
    Preparing,
    Working,
    EndsEarly,
}

/// The placements in their order: the rest of them are under way.
const WAYS: [Goes; 4] = [
    Goes::Declined,
    Goes::Signing,
    Goes::Preparing,
    Goes::EndsEarly,
];

struct Hosted<'a> {
    world: &'a World,
    today: NaiveDate,
}

impl Hosted<'_> {
    fn at(&self, day: i64, hour: u32) -> Db {
        self.world.db.as_of(running::at(self.today, day, hour))
    }

    fn staff<T>(
        &self,
        (day, hour): (i64, u32),
        run: impl Fn(&mut crate::db::Conn<'_>) -> Result<T>,
    ) -> Result<T> {
        self.at(day, hour).tx(&self.world.staff(), run)
    }

    fn find(
        &self,
        actor: &Actor,
        seat: &dyn Fn(&crate::db::Conn<'_>) -> Result<Seat>,
        id: PlacementId,
    ) -> Result<Placement> {
        self.world.db.read(actor, |conn| {
            let seat = seat(conn)?;
            placed::placement(conn, &seat, id, false)
        })
    }
}

fn office(world: &World) -> impl Fn(&crate::db::Conn<'_>) -> Result<Seat> + '_ {
    |conn| {
        Ok(Seat::Office(access::programme_staff(
            conn,
            world.programme,
        )?))
    }
}

fn of_host(conn: &crate::db::Conn<'_>) -> Result<Seat> {
    Ok(Seat::Host(access::member(conn)?))
}

fn of_trainee(conn: &crate::db::Conn<'_>) -> Result<Seat> {
    Ok(Seat::Trainee(access::own(conn)?))
}

/// Everything from the offers to today.
pub(super) fn make(world: &World, cohort: crate::ids::CohortId, today: NaiveDate) -> Result<()> {
    let it = Hosted { world, today };
    it.staff((-165, 10), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        hosting::add_usual_items(conn, &staff)
    })?;
    let class = class::trainees(world, cohort)?;
    let mut ways = WAYS.iter();
    for one in &class {
        let actor = one.actor();
        let own = world.db.read(&actor, |conn| {
            let seat = of_trainee(conn)?;
            let page = crate::web::paging::Window {
                sort: crate::web::fields::Sort::from_query(
                    crate::web::Pairs::none(),
                    placed::PLACEMENT_SORTS,
                ),
                after: None,
                limit: 5,
            };
            placed::placements(conn, &seat, &placed::Sought::default(), &page)
        })?;
        let Some(placement) = own.into_iter().find(|it| {
            it.state()
                .is_ok_and(|state| state == PlacementState::Offered)
        }) else {
            continue;
        };
        let goes = ways.next().copied().unwrap_or(Goes::Working);
        way(&it, one, &placement, goes)?;
    }
    scheme(&it)
}

fn way(it: &Hosted<'_>, one: &Trainee, placement: &Placement, goes: Goes) -> Result<()> {
    let id = placement.id;
    let actor = one.actor();
    let until = placement.answer_by.map_or(it.today, hk_date);
    let answers = (until - it.today).num_days() - 3;
    if goes == Goes::Declined {
        return it.at(answers, 20).tx(&actor, |conn| {
            let seat = of_trainee(conn)?;
            hosting::decline(
                conn,
                &seat,
                id,
                "I have found work in the same team for longer.",
            )
        });
    }
    it.at(answers, 20).tx(&actor, |conn| {
        let seat = of_trainee(conn)?;
        hosting::accept(conn, &seat, id)
    })?;
    agree(it, placement, &actor, goes)?;
    if goes == Goes::Signing {
        return Ok(());
    }
    prepare(it, placement, &actor, goes)?;
    if goes == Goes::Preparing {
        return Ok(());
    }
    let starts = placement
        .starts_on
        .map_or(0, |day| (day - it.today).num_days());
    let (_, host) = host(it.world, &placement.organisation_en)?;
    it.at(starts, 10).tx(&host, |conn| {
        let seat = of_host(conn)?;
        hosting::report_for_duty(conn, &seat, id)
    })?;
    weekly(it, placement, (&actor, &host), goes)?;
    if goes == Goes::EndsEarly {
        return ends(it, placement);
    }
    half_time(it, placement, (&actor, &host))
}

/// The agreement is made, and signed by those who sign.
fn agree(it: &Hosted<'_>, placement: &Placement, trainee: &Actor, goes: Goes) -> Result<()> {
    let id = placement.id;
    let starts_on = placement.starts_on.unwrap_or(it.today);
    let ends_on = placement.ends_on.unwrap_or(it.today);
    it.staff((-110, 11), |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        let terms = NewTerms {
            starts_on,
            ends_on,
            hours_week: placement.hours_week.unwrap_or(40),
            pay: "HK$14,000 a month".to_owned(),
        };
        hosting::prepare_agreement(conn, &staff, id, &terms).map(|_| ())
    })?;
    let sha256 = it.world.db.read(trainee, |conn| {
        let seat = of_trainee(conn)?;
        let own = placed::placement(conn, &seat, id, false)?;
        let all = placed::agreements(conn, &own)?;
        Ok(all
            .first()
            .filter(|it| {
                it.state()
                    .is_ok_and(|state| state == AgreementState::Signing)
            })
            .map(|it| it.sha256.clone())
            .unwrap_or_default())
    })?;
    it.at(-109, 21).tx(trainee, |conn| {
        let seat = of_trainee(conn)?;
        hosting::sign(conn, &seat, id, (&placement.name_shown, &sha256)).map(|_| ())
    })?;
    if goes == Goes::Signing {
        return Ok(());
    }
    let (_, host) = host(it.world, &placement.organisation_en)?;
    it.at(-108, 15).tx(&host, |conn| {
        let seat = of_host(conn)?;
        let name = accounts::recipient(conn, seat.person())?.name;
        hosting::sign(conn, &seat, id, (&name, &sha256)).map(|_| ())
    })?;
    it.staff((-107, 9), |conn| {
        let seat = office(it.world)(conn)?;
        let name = accounts::recipient(conn, seat.person())?.name;
        hosting::sign(conn, &seat, id, (&name, &sha256)).map(|_| ())
    })
}

/// The checklist is done but for what is left open, and the standing is decided.
fn prepare(it: &Hosted<'_>, placement: &Placement, trainee: &Actor, goes: Goes) -> Result<()> {
    let id = placement.id;
    let (_, host) = host(it.world, &placement.organisation_en)?;
    it.staff((-104, 16), |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        let facts = Facts {
            studies: Studies::None,
            endorsed: false,
            component: false,
            under_26: false,
        };
        hosting::decide_standing(conn, &staff, id, (&facts, Standing::Employee))
    })?;
    let tasks = it.world.db.read(&it.world.staff(), |conn| {
        let seat = office(it.world)(conn)?;
        let found = placed::placement(conn, &seat, id, false)?;
        placed::tasks(conn, &found)
    })?;
    for task in tasks {
        let open = goes == Goes::Preparing && ["insurance", "nda"].contains(&task.code.as_str());
        let later = task.code == "mpf";
        if open || later {
            continue;
        }
        let how = Settling {
            state: TaskState::Done,
            note: match task.evidence()? {
                Evidence::Note => "Kept in the file of the institution.".to_owned(),
                Evidence::Date | Evidence::Nothing => String::new(),
            },
            held_on: match task.evidence()? {
                Evidence::Date if task.code != "work_authorisation" => {
                    Some(it.today - Duration::days(95))
                }
                Evidence::Date | Evidence::Note | Evidence::Nothing => None,
            },
        };
        let which = (id, task.id, task.version);
        match task.owner()? {
            Owner::Trainee => it.at(-100, 20).tx(trainee, |conn| {
                let seat = of_trainee(conn)?;
                hosting::settle_task(conn, &seat, which, &how)
            })?,
            Owner::Institution => it.at(-98, 11).tx(&host, |conn| {
                let seat = of_host(conn)?;
                hosting::settle_task(conn, &seat, which, &how)
            })?,
            Owner::Office => it.staff((-99, 10), |conn| {
                let seat = office(it.world)(conn)?;
                hosting::settle_task(conn, &seat, which, &how)
            })?,
        }
    }
    Ok(())
}

/// What was done on a day.
const TASKS: [&str; 5] = [
    "Read how alerts are handled today",
    "Prepared synthetic data",
    "Tried a rule and wrote down what it missed",
    "Discussed results with the team",
    "Wrote up the week",
];

fn days(placement: &Placement, week: NaiveDate, short: bool) -> Vec<Day> {
    let time = |hour: u32, minute: u32| {
        chrono::NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
    };
    let many = if short { 3 } else { 5 };
    TASKS
        .iter()
        .zip(0_i64..)
        .take(many)
        .map(|(task, n)| Day {
            day: week + Duration::days(n),
            from: time(9, 0),
            to: time(18, 0),
            rest: 60,
            task: (*task).to_owned(),
            place: if n == 4 { "home" } else { "office" }.to_owned(),
            competencies: Vec::new(),
        })
        .filter(|it| placement.starts_on.is_none_or(|first| first <= it.day))
        .collect()
}

/// A log each week: approved by the institution, but for the last ones; somebody forgets one, and somebody
/// works too little.
fn weekly(
    it: &Hosted<'_>,
    placement: &Placement,
    (trainee, host): (&Actor, &Actor),
    goes: Goes,
) -> Result<()> {
    let (Some(starts_on), Some(ends_on)) = (placement.starts_on, placement.ends_on) else {
        return Ok(());
    };
    let all = weeks(starts_on, ends_on, it.today);
    let this = monday(it.today);
    let careless = dice(&placement.trainee_number, 4) == 0;
    for (n, week) in all.iter().enumerate() {
        let left = all.len() - n;
        if *week >= this || (goes == Goes::EndsEarly && n >= 4) {
            break;
        }
        if careless && left == 3 {
            continue;
        }
        let new = NewLog {
            days: days(placement, *week, careless && n > 3 && n < 8),
            remark: String::new(),
        };
        if new.days.is_empty() {
            continue;
        }
        let sunday = (*week - it.today).num_days() + 6;
        it.at(sunday, 20).tx(trainee, |conn| {
            let seat = of_trainee(conn)?;
            supervision::save_log(conn, &seat, (placement.id, *week, 0), &new)?;
            supervision::hand_in(conn, &seat, (placement.id, *week))
        })?;
        if left <= 2 {
            continue;
        }
        let verdict = match (careless, n) {
            (true, 5) => Verdict::Return("Friday is missing; were you on leave?".to_owned()),
            _ => Verdict::Approve,
        };
        it.at(sunday + 1, 9).tx(host, |conn| {
            let seat = of_host(conn)?;
            let found = placed::placement(conn, &seat, placement.id, false)?;
            let version = logs::log(conn, &found, *week, false)?.map_or(0, |it| it.version);
            supervision::decide_log(conn, &seat, (placement.id, *week, version), &verdict)
        })?;
    }
    Ok(())
}

/// Ratings that differ a little from person to person.
fn answers(placement: &Placement, of: &str) -> Answers {
    let mut all = Answers::new();
    for (name, _) in OF_TRAINEE.iter().flat_map(|(_, items)| items.iter()) {
        let key = format!("{of} {} {name}", placement.trainee_number);
        let rating = match dice(&key, 8) {
            0 => "n",
            1 => "2",
            2 | 3 => "3",
            7 => "5",
            _ => "4",
        };
        all.insert((*name).to_owned(), rating.to_owned());
    }
    let said = [
        ("deliverable", "partly"),
        ("strengths", "Asks before assuming, and writes clearly."),
        ("improvement", "Show a first result earlier."),
        ("incidents", ""),
    ];
    for (name, words) in said {
        all.insert(name.to_owned(), words.to_owned());
    }
    all
}

/// Half-time: both evaluate, a visit took place, and somebody reported something small.
fn half_time(
    it: &Hosted<'_>,
    placement: &Placement,
    (trainee, host): (&Actor, &Actor),
) -> Result<()> {
    let id = placement.id;
    if dice(&placement.trainee_number, 3) != 0 {
        let new = |author: Author| NewEvaluation {
            answers: answers(placement, author.as_str()),
            levels: Vec::new(),
        };
        it.at(-14, 17).tx(host, |conn| {
            let seat = of_host(conn)?;
            supervision::evaluate_as(conn, &seat, (id, Point::Mid), &new(Author::Host))
        })?;
        it.at(-13, 20).tx(trainee, |conn| {
            let seat = of_trainee(conn)?;
            supervision::evaluate_as(conn, &seat, (id, Point::Mid), &new(Author::Own))
        })?;
    }
    let visit = it.staff((-40, 10), |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        let on = it.today - Duration::days(35);
        supervision::plan_visit(conn, &staff, id, (VisitMode::Call, on))
    })?;
    it.staff((-35, 16), |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        let held = Held {
            attendees: "Trainee, supervisor".to_owned(),
            points: "Settled in well. Would like to see more of how findings are decided on."
                .to_owned(),
            concern: false,
            actions: "The supervisor takes the trainee along to the next committee meeting."
                .to_owned(),
            actions_due: Some(it.today - Duration::days(14)),
        };
        supervision::settle_visit(conn, &staff, (id, visit, 1), Some(&held))
    })?;
    if dice(&placement.trainee_number, 5) == 1 {
        it.at(-6, 20).tx(trainee, |conn| {
            let seat = of_trainee(conn)?;
            let new = NewIncident {
                severity: Severity::Low,
                happened_on: it.today - Duration::days(7),
                words: "A file with customer names lay in the shared folder; I told my supervisor and closed it.".to_owned(),
            };
            supervision::report_incident(conn, &seat, id, &new).map(|_| ())
        })?;
    }
    Ok(())
}

/// Ended after five weeks, and another placement is offered.
fn ends(it: &Hosted<'_>, placement: &Placement) -> Result<()> {
    let id = placement.id;
    it.staff((-40, 15), |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        let how = EarlyEnd {
            initiator: Initiator::Institution,
            code: EndCode::WorkChanged,
            ended_on: it.today - Duration::days(42),
            notes: "The team was dissolved; no fault of the trainee.".to_owned(),
        };
        supervision::end_early(conn, &staff, id, &how)
    })?;
    let found = it.find(&it.world.staff(), &office(it.world), id)?;
    let free = it
        .world
        .db
        .read(&it.world.staff(), |conn| logs::free_postings(conn, &found))?;
    let Some((posting, ..)) = free.first() else {
        return Ok(());
    };
    it.staff((-2, 11), |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        supervision::replace(conn, &staff, id, *posting).map(|_| ())
    })
}

/// A scheme that pays 80 % of the pay, HK$8,000 a month at most, for three months in a financial year; claims
/// for the first months are sent.
fn scheme(it: &Hosted<'_>) -> Result<()> {
    let id = it.staff((-150, 11), |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        let details = SchemeDetails {
            name_en: "Internship subsidy (sample)".to_owned(),
            name_zh: "實習資助（示範）".to_owned(),
            source: "Fictional, after the terms of schemes that have ended".to_owned(),
            terms: Terms {
                valid_from: it.today - Duration::days(200),
                valid_to: it.today + Duration::days(200),
                claim_days: 90,
                claim_by: Some(it.today + Duration::days(230)),
                share_bp: 8_000,
                month_cap_cents: 800_000,
                least_hours_bp: 8_000,
                months_most: Some(3),
                period: Period::FinancialYear,
                persons_most: Some(20),
                budget_cents: Some(20_000_000),
            },
        };
        funding::save_scheme(conn, &staff, None, &details)
    })?;
    it.staff((-100, 11), |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        let scheme = funded::scheme(conn, &staff, id, false)?;
        let all: Vec<NewFunded> = funded::fundable(conn, &staff, &scheme)?
            .iter()
            .filter_map(|one| {
                Some(NewFunded {
                    placement: one.id,
                    month_pay_cents: one.month_pay_cents?,
                    verified_on: it.today - Duration::days(100),
                })
            })
            .collect();
        funding::fund(conn, &staff, id, &all).map(|_| ())
    })?;
    it.staff((-20, 11), |conn| {
        let staff = access::programme_staff(conn, it.world.programme)?;
        let meter = funding::meter(conn, &staff, id, false)?;
        let chosen: Vec<_> = meter
            .claimable()
            .take(4)
            .map(|(due, _)| (due.funded.id, due.month.first))
            .collect();
        match chosen.is_empty() {
            true => Ok(()),
            false => funding::claim(conn, &staff, id, &chosen).map(|_| ()),
        }
    })
}
