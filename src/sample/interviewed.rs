//! Interviews of the finished class's round: three institutions ask those who are interested, the office
//! computes and publishes the timetable, the interviews were held.

use chrono::{Datelike, Duration, NaiveDate, Weekday};

use crate::access;
use crate::db::Actor;
use crate::error::Result;
use crate::ids::{InterviewId, RoundId};
use crate::interviews::actions::{self, NewDay, NewPanel, Scope};
use crate::interviews::queries::{self, CANDIDATE_SORTS, LINE_SORTS};
use crate::interviews::rules::{Hours, InterviewState, PanelMember};
use crate::lang::Lang;
use crate::placements::queries::Side;
use crate::web::Pairs;
use crate::web::fields::Sort;
use crate::web::paging::Window;

use super::data::SUPERVISORS;
use super::{World, placements, running};

/// How many institutions interview.
const INSTITUTIONS: usize = 3;
/// The first day of the shortlists, in days from today; the interviews follow within a week.
const BEGINS: i64 = -135;

/// Everything of the round's interviews, up to their outcome.
pub(super) fn make(world: &World, round: RoundId, today: NaiveDate) -> Result<()> {
    let at = |day: i64, hour: u32| world.db.as_of(running::at(today, day, hour));
    let hosts: Vec<(Actor, PanelMember)> = SUPERVISORS
        .iter()
        .take(INSTITUTIONS)
        .map(|(name, chair, email)| {
            let (_, actor) = placements::host(world, name)?;
            let chair = PanelMember {
                name: (*chair).to_owned(),
                email: (*email).to_owned(),
            };
            Ok((actor, chair))
        })
        .collect::<Result<_>>()?;
    for (actor, chair) in &hosts {
        at(BEGINS, 10).tx(actor, |conn| plan(conn, (round, today), chair))?;
    }
    at(BEGINS, 16).tx(&world.staff(), |conn| {
        let staff = access::programme_staff(conn, world.programme)?;
        let all = Scope {
            alone: None,
            afresh: false,
        };
        actions::compute(conn, &staff, round, all)?;
        let seen = actions::publication(conn, &staff, round)?;
        actions::publish(conn, &staff, round, &seen.print).map(|_| ())
    })?;
    for (actor, _) in &hosts {
        at(BEGINS.saturating_add(4), 8).tx(actor, |conn| held(conn, round))?;
    }
    Ok(())
}

/// An institution lists everybody who is interested, and names a panel and its hours.
fn plan(
    conn: &mut crate::db::Conn<'_>,
    (round, today): (RoundId, NaiveDate),
    chair: &PanelMember,
) -> Result<()> {
    let member = access::member(conn)?;
    let all = Window {
        sort: Sort::from_query(Pairs::none(), CANDIDATE_SORTS),
        after: None,
        limit: 100,
    };
    let sought = queries::CandidateSought::default();
    let interested = queries::candidates(conn, &member, round, &sought, &all)?;
    if interested.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = interested.iter().map(|it| it.id.0).collect();
    actions::shortlist(conn, &member, round, (&ids, true))?;
    let postings = queries::own_postings(conn, &member, round)?;
    let panel = NewPanel {
        name: "Panel of the desk".to_owned(),
        members: vec![chair.clone()],
        lang: Lang::En,
        postings: postings.iter().map(|it| it.id.0).collect(),
    };
    let panel = actions::add_panel(conn, &member, round, &panel)?;
    let working = |it: &NaiveDate| !matches!(it.weekday(), Weekday::Sat | Weekday::Sun);
    let days = (1..=3).map(|n| today + Duration::days(BEGINS + n));
    for date in days.filter(working).take(1) {
        let day = NewDay {
            panel,
            hours: Hours {
                date,
                from: 10 * 60,
                to: 17 * 60,
                length: 30,
                pause: 10,
            },
            room: "Room 1, head office".to_owned(),
            link: String::new(),
        };
        actions::add_day(conn, &member, round, &day)?;
    }
    Ok(())
}

/// What became of an institution's interviews: everybody came.
fn held(conn: &mut crate::db::Conn<'_>, round: RoundId) -> Result<()> {
    let member = access::member(conn)?;
    let all = Window {
        sort: Sort::from_query(Pairs::none(), LINE_SORTS),
        after: None,
        limit: 100,
    };
    let side = Side::Host(member.clone());
    let sought = queries::LineSought {
        state: Some(InterviewState::Scheduled.as_str().to_owned()),
        ..queries::LineSought::default()
    };
    for it in queries::lines(conn, &side, round, &sought, &all)? {
        let interview = (round, InterviewId(it.id));
        actions::settle(conn, &member, interview, InterviewState::Held)?;
    }
    Ok(())
}
