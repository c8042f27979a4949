//! The match over the API: a trainee's and an institution's lists in `own`, the office's in `office`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::db;
use crate::error::Result;
use crate::web::{Cx, Routes};

use super::queries::{self, MatchRound, Owned};
use super::rules::may_rank;

mod office;
mod own;

/// A round that is ranked or matched.
#[derive(Serialize, ToSchema)]
struct MatchRoundSeen {
    id: Uuid,
    name_en: String,
    name_zh: String,
    /// open, ranking, matched or closed.
    state: String,
    list_deadline: DateTime<Utc>,
    /// Is it a second round, on what another has left?
    second: bool,
    /// SHA-256 of the lots’ secret, once they are fixed.
    lots_sha256: Option<String>,
    /// The secret itself, once the match is published.
    lots_secret: Option<String>,
}

impl From<&MatchRound> for MatchRoundSeen {
    fn from(it: &MatchRound) -> Self {
        Self {
            id: it.id.0,
            name_en: it.name_en.clone(),
            name_zh: it.name_zh.clone(),
            state: it.state.clone(),
            list_deadline: it.list_deadline,
            second: it.second(),
            lots_sha256: it.seed_sha256.clone(),
            lots_secret: it.seed.clone(),
        }
    }
}

/// Something that can be ranked: a posting, or a trainee.
#[derive(Serialize, ToSchema)]
struct RankCandidate {
    id: Uuid,
    name_en: String,
    name_zh: String,
    /// The institution of a posting; the number of a trainee.
    more_en: String,
    more_zh: String,
    /// May it stand on the list?
    eligible: bool,
}

/// A list: what stands there, and what was certified of it.
#[derive(Serialize, ToSchema)]
struct Ranking {
    round: Uuid,
    /// trainee, bank or posting.
    kind: &'static str,
    /// The posting or institution of an institution’s list.
    subject: Option<Uuid>,
    /// missing, saved, certified or changed.
    state: &'static str,
    version: i32,
    /// Best first; equals in one row.
    tiers: Vec<Vec<Uuid>>,
    certified_at: Option<DateTime<Utc>>,
    certified_sha256: Option<String>,
    /// May it be saved now?
    open: bool,
    /// May this person certify it?
    certifies: bool,
    candidates: Vec<RankCandidate>,
}

/// A list as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 0, "tiers": []}))]
struct RankingWanted {
    /// The version that was read; 0 when there was none.
    #[schema(minimum = 0)]
    version: i32,
    /// Best first; equals, where they are allowed, in one row.
    tiers: Vec<Vec<Uuid>>,
}

/// The version that is certified.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CertifyWanted {
    #[schema(minimum = 0)]
    version: i32,
}

/// A list as its owner reads it.
fn ranking(cx: &mut Cx<'_, '_>, round: &MatchRound, owned: &Owned) -> Result<Ranking> {
    let row = queries::list(cx.conn, owned, false)?;
    let candidates = queries::candidates(cx.conn, owned)?;
    let allowed = queries::allowed(cx.conn, owned, &candidates)?;
    let now = db::now(cx.conn)?;
    let open = may_rank(round.state()?, round.list_deadline, now).is_ok();
    let tiers = row.as_ref().map(queries::ListRow::tiers).transpose()?;
    let candidate = |it: queries::Candidate| RankCandidate {
        eligible: !allowed.barred.contains(&it.id),
        id: it.id,
        name_en: it.name_en,
        name_zh: it.name_zh,
        more_en: it.more_en,
        more_zh: it.more_zh,
    };
    Ok(Ranking {
        round: round.id.0,
        kind: owned.kind().as_str(),
        subject: Some(owned.subject()).filter(|it| !it.is_nil()),
        state: queries::state_of(row.as_ref()).as_str(),
        version: row.as_ref().map_or(0, |it| it.version),
        tiers: tiers.unwrap_or_default(),
        certified_at: row.as_ref().and_then(|it| it.certified_at),
        certified_sha256: row.as_ref().and_then(|it| it.certified_sha256.clone()),
        open: open && owned.edits(),
        certifies: open && owned.certifies(),
        candidates: candidates.into_iter().map(candidate).collect(),
    })
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<MatchRoundSeen>()
        .schema_from::<RankCandidate>()
        .schema_from::<Ranking>()
        .schema_from::<RankingWanted>()
        .schema_from::<CertifyWanted>();
    office::schemas(own::schemas(to))
}

/// The operations of the room.
pub(super) fn routes() -> Routes {
    own::routes().and(office::routes())
}
