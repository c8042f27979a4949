//! Lists and results of a trainee, and of an institution.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT};
use crate::error::{Error, Result};
use crate::ids::RoundId;
use crate::placements::queries as placements;
use crate::placements::rules::RoundState;
use crate::web::api::list;
use crate::web::paging::Page;
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::super::actions;
use super::super::pages::{HOST, member};
use super::super::queries::{self, MatchRound, Owned};
use super::super::rules::market::ResultLine;
use super::{CertifyWanted, MatchRoundSeen, RankingWanted, ranking};

/// A choice and what became of it.
#[derive(Serialize, ToSchema)]
struct MatchReason {
    posting: Uuid,
    /// `MATCHED`, `NOT_NEEDED`, `FULL` and their like.
    reason: String,
    /// The rule or the group, where there is one.
    detail: String,
    /// The quarter of the list, where that is told.
    band: Option<u8>,
    /// The place on the list, where that is told.
    rank: Option<u32>,
    /// The place of the last one admitted, where that is told.
    cutoff: Option<u32>,
}

impl From<ResultLine> for MatchReason {
    fn from(it: ResultLine) -> Self {
        Self {
            posting: it.posting,
            reason: it.reason,
            detail: it.detail,
            band: it.band,
            rank: it.rank,
            cutoff: it.cutoff,
        }
    }
}

/// A trainee’s own result.
#[derive(Serialize, ToSchema)]
struct OwnMatchResult {
    /// Is it published?
    published: bool,
    /// The posting received.
    posting: Option<Uuid>,
    reasons: Vec<MatchReason>,
}

/// A trainee placed with an institution.
#[derive(Serialize, ToSchema)]
struct MatchPlacement {
    posting: Uuid,
    name: String,
    number: String,
    state: &'static str,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<MatchReason>()
        .schema_from::<OwnMatchResult>()
        .schema_from::<MatchPlacement>()
}

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, "/api/v1/me/matches", APPLICANT, own_rounds,
            read("listOwnMatches", "Rounds in which one ranks, or was matched.", "MatchRoundSeen[]"))
        .api(Method::Get, "/api/v1/me/matches/{round}", APPLICANT, own_list,
            read("getOwnRanking", "One’s own list.", "Ranking"))
        .api(Method::Post, "/api/v1/me/matches/{round}", APPLICANT, own_save,
            write("saveOwnRanking", "Saves one’s list; it counts once it is certified.", Some("RankingWanted"), (200, "Ranking")))
        .api(Method::Post, "/api/v1/me/matches/{round}/certify", APPLICANT, own_certify,
            write("certifyOwnRanking", "Certifies one’s list as it stands.", Some("CertifyWanted"), (200, "Ranking")))
        .api(Method::Get, "/api/v1/me/matches/{round}/result", APPLICANT, own_result,
            read("getOwnMatchResult", "One’s own result, with a reason for each choice.", "OwnMatchResult"))
        .api(Method::Get, "/api/v1/organisation/matches", HOST, host_rounds,
            read("listHostMatches", "Rounds in which one’s institution ranks, or was matched.", "MatchRoundSeen[]"))
        .api(Method::Get, "/api/v1/organisation/matches/{round}/lists", HOST, host_lists,
            read("listHostRankings", "The lists that one’s institution gives.", "Ranking[]"))
        .api(Method::Get, "/api/v1/organisation/matches/{round}/lists/{subject}", HOST, host_list,
            read("getHostRanking", "One such list.", "Ranking"))
        .api(Method::Post, "/api/v1/organisation/matches/{round}/lists/{subject}", HOST, host_save,
            write("saveHostRanking", "Saves a list; it counts once it is certified.", Some("RankingWanted"), (200, "Ranking")))
        .api(Method::Post, "/api/v1/organisation/matches/{round}/lists/{subject}/certify", HOST, host_certify,
            write("certifyHostRanking", "Certifies a list as it stands; not a delegate.", Some("CertifyWanted"), (200, "Ranking")))
        .api(Method::Get, "/api/v1/organisation/matches/{round}/placements", HOST, host_placements,
            read("listHostMatchPlacements", "Who was placed with one’s institution.", "MatchPlacement[]"))
}

fn all<T>(rows: Vec<T>) -> Page<T> {
    Page { rows, next: None }
}

fn own_rounds(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let rows = queries::own_rounds(cx.conn, &own)?;
    list(all(rows), |(_, it)| MatchRoundSeen::from(&it))
}

fn mine(cx: &mut Cx<'_, '_>) -> Result<(MatchRound, Owned)> {
    let own = access::own(cx.conn)?;
    let id: RoundId = cx.request().param("round")?;
    let (place, round) = queries::own_round(cx.conn, &own, id)?;
    let owned = queries::trainee_list(&place, &round);
    Ok((round, owned))
}

fn shown(cx: &mut Cx<'_, '_>, (round, owned): (MatchRound, Owned)) -> Result<Reply> {
    Reply::json(200, &ranking(cx, &round, &owned)?)
}

fn own_list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = mine(cx)?;
    shown(cx, it)
}

fn saved(cx: &mut Cx<'_, '_>, it: (MatchRound, Owned)) -> Result<Reply> {
    let wanted: RankingWanted = cx.json()?;
    actions::save_list(cx.conn, &it.1, wanted.version, &wanted.tiers)?;
    shown(cx, it)
}

fn certified(cx: &mut Cx<'_, '_>, it: (MatchRound, Owned)) -> Result<Reply> {
    let wanted: CertifyWanted = cx.json()?;
    actions::certify(cx.conn, &it.1, wanted.version)?;
    shown(cx, it)
}

fn own_save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = mine(cx)?;
    saved(cx, it)
}

fn own_certify(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = mine(cx)?;
    certified(cx, it)
}

fn own_result(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (round, owned) = mine(cx)?;
    let own = owned.trainee().ok_or(Error::NotFound)?;
    let found = queries::own_result(cx.conn, own, round.id)?;
    let lines = found.as_ref().map(queries::OwnResult::lines).transpose()?;
    let result = OwnMatchResult {
        published: found.is_some(),
        posting: found.and_then(|it| it.posting_id),
        reasons: lines
            .unwrap_or_default()
            .into_iter()
            .map(MatchReason::from)
            .collect(),
    };
    Reply::json(200, &result)
}

fn host_rounds(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let side = placements::Side::Host(member.clone());
    let mut rows = Vec::new();
    for it in placements::all_rounds(cx.conn, &side)? {
        match it.state()? {
            RoundState::Planned | RoundState::Collecting => {}
            RoundState::Open | RoundState::Ranking | RoundState::Matched | RoundState::Closed => {
                rows.push(queries::host_round(cx.conn, &member, it.id)?);
            }
        }
    }
    list(all(rows), |it| MatchRoundSeen::from(&it))
}

fn theirs(cx: &mut Cx<'_, '_>) -> Result<(MatchRound, Vec<Owned>)> {
    let member = member(cx)?;
    let id: RoundId = cx.request().param("round")?;
    let round = queries::host_round(cx.conn, &member, id)?;
    let lists = queries::host_lists(cx.conn, &member, &round)?;
    Ok((round, lists))
}

fn host_lists(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (round, lists) = theirs(cx)?;
    let mut rows = Vec::new();
    for it in &lists {
        rows.push(ranking(cx, &round, it)?);
    }
    list(all(rows), |it| it)
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(MatchRound, Owned)> {
    let (round, lists) = theirs(cx)?;
    let subject: Uuid = cx.request().param("subject")?;
    let owned = lists.into_iter().find(|it| it.subject() == subject);
    Ok((round, owned.ok_or(Error::NotFound)?))
}

fn host_list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = one(cx)?;
    shown(cx, it)
}

fn host_save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = one(cx)?;
    saved(cx, it)
}

fn host_certify(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let it = one(cx)?;
    certified(cx, it)
}

fn host_placements(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let id: RoundId = cx.request().param("round")?;
    let round = queries::host_round(cx.conn, &member, id)?;
    let mut rows = Vec::new();
    for it in queries::host_placements(cx.conn, &member, round.root())? {
        rows.push(MatchPlacement {
            posting: it.posting_id,
            state: it.state()?.as_str(),
            name: it.name_shown,
            number: it.trainee_number,
        });
    }
    list(all(rows), |it| it)
}
