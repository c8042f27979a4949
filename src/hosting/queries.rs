//! Rows of placements from the offer to the first day, and what hangs on them. A reader's seat narrows them
//! first, row-level security second.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{Member, Own, ProgrammeStaff, Working};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{
    EnrolmentId, OrganisationId, PersonId, PlacementId, PostingId, ProgrammeId, RoundId,
};
use crate::lang::Lang;
use crate::matches::rules::PlacementState;
use crate::placements::rules::content::Content;
use crate::web::fields::Column;
use crate::web::paging::Cursor;
use crate::web::paging::Window;

use super::rules::{Owner, Party};

mod papers;

pub use papers::*;

/// Who looks at a placement.
#[derive(Clone, Debug)]
pub enum Seat {
    /// Staff of the programme.
    Office(ProgrammeStaff),
    /// Somebody who speaks for the institution.
    Host(Member),
    /// The trainee.
    Trainee(Own),
}

impl Seat {
    /// Who acts.
    #[must_use]
    pub fn person(&self) -> PersonId {
        match self {
            Self::Office(it) => it.person(),
            Self::Host(it) => it.person(),
            Self::Trainee(it) => it.person(),
        }
    }

    /// The party for which this reader signs.
    #[must_use]
    pub fn party(&self) -> Party {
        match self {
            Self::Office(_) => Party::Programme,
            Self::Host(_) => Party::Institution,
            Self::Trainee(_) => Party::Trainee,
        }
    }

    /// Whose items of a checklist this reader does.
    #[must_use]
    pub fn owner(&self) -> Owner {
        match self {
            Self::Office(_) => Owner::Office,
            Self::Host(_) => Owner::Institution,
            Self::Trainee(_) => Owner::Trainee,
        }
    }

    fn programme(&self) -> Option<ProgrammeId> {
        match self {
            Self::Office(it) => Some(it.programme()),
            Self::Host(_) | Self::Trainee(_) => None,
        }
    }

    fn organisations(&self) -> Vec<Uuid> {
        match self {
            Self::Host(it) => it.organisations().iter().map(|it| it.0).collect(),
            Self::Office(_) | Self::Trainee(_) => Vec::new(),
        }
    }

    fn trainee(&self) -> Option<PersonId> {
        match self {
            Self::Trainee(it) => Some(it.person()),
            Self::Office(_) | Self::Host(_) => None,
        }
    }
}

/// A placement.
#[derive(Clone, Debug, QueryableByName)]
pub struct Placement {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PlacementId,
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Its round.
    #[diesel(sql_type = SqlUuid)]
    pub round_id: RoundId,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// The posting.
    #[diesel(sql_type = SqlUuid)]
    pub posting_id: PostingId,
    /// The trainee's enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// The trainee's name as it stood.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// The trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    #[diesel(sql_type = Text)]
    state: String,
    /// First day.
    #[diesel(sql_type = Nullable<Date>)]
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    #[diesel(sql_type = Nullable<Date>)]
    pub ends_on: Option<NaiveDate>,
    /// Hours a week.
    #[diesel(sql_type = Nullable<Integer>)]
    pub hours_week: Option<i32>,
    /// Until when the offer is answered.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub answer_by: Option<DateTime<Utc>>,
    /// Why it was declined, withdrawn, or lapsed.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// Who guides the trainee.
    #[diesel(sql_type = Text)]
    pub supervisor_name: String,
    /// Their address.
    #[diesel(sql_type = Text)]
    pub supervisor_email: String,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// The institution's English name.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// The institution's Chinese name.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    #[diesel(sql_type = Jsonb)]
    content: Value,
    /// The allowance of its posting, in cents.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub allowance_cents: Option<i64>,
    /// Items of the checklist that are open.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// Those of them that are late.
    #[diesel(sql_type = BigInt)]
    pub late: i64,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Placement {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<PlacementState> {
        PlacementState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("placement state {}", self.state)))
    }

    /// The institution as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_en, &self.organisation_zh)
    }

    /// What its posting says.
    ///
    /// # Errors
    /// What no code of ours has written.
    pub fn content(&self) -> Result<Content> {
        serde_json::from_value(self.content.clone())
            .map_err(|err| Error::Internal(format!("a posting's row: {err}")))
    }

    /// The posting's title as the reader reads it.
    ///
    /// # Errors
    /// What no code of ours has written.
    pub fn title(&self, lang: Lang) -> Result<String> {
        Ok(self.content()?.pick(lang, "title").to_owned())
    }

    /// Its place in the list.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor {
            key: self.sort_key.clone(),
            id: self.id.0,
        }
    }
}

/// The orders of the list of placements.
pub const PLACEMENT_SORTS: &[Column] = &[
    ("trainee", "lower(x.name_shown)"),
    ("institution", "lower(o.name_en)"),
    ("starts", "coalesce(x.starts_on::text, '')"),
    ("state", "x.state"),
];

const PLACEMENT: &str = "SELECT x.id, x.programme_id, x.round_id, x.organisation_id, x.posting_id, x.enrolment_id, x.person_id, x.name_shown, \
    x.trainee_number, x.state, x.starts_on, x.ends_on, x.hours_week, x.answer_by, x.reason, x.supervisor_name, x.supervisor_email, \
    x.version, o.name_en AS organisation_en, o.name_zh AS organisation_zh, p.content, p.allowance_cents, \
    (SELECT count(*) FROM placement_tasks t WHERE t.placement_id = x.id AND t.state = 'open') AS open, \
    (SELECT count(*) FROM placement_tasks t WHERE t.placement_id = x.id AND t.state = 'open' AND t.due_on < (SELECT banyan_today())) AS late";
const FROM: &str = "FROM placements x JOIN organisations o ON o.id = x.organisation_id JOIN postings p ON p.id = x.posting_id";
/// Does an agreement wait for the signature of the party `$13`?
const UNSIGNED: &str = "EXISTS (SELECT 1 FROM agreements a WHERE a.placement_id = x.id AND a.state = 'signing' \
    AND NOT EXISTS (SELECT 1 FROM agreement_signatures s WHERE s.agreement_id = a.id AND s.party = $13))";
const WHOSE: &str = "(x.programme_id = $1 OR x.organisation_id = ANY ($2) OR x.person_id = $3)";

/// What a list of placements is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// In this state.
    pub state: Option<PlacementState>,
    /// Of this institution.
    pub organisation: Option<OrganisationId>,
    /// Of this focus area.
    pub area: Option<Uuid>,
    /// In this city.
    pub city: Option<String>,
    /// With items that are late, with an agreement that the reader's party has not signed, or that begin within
    /// a week and are not ready.
    pub wants: Option<String>,
    /// Whose name, number, institution or title contains this.
    pub text: Option<String>,
}

/// The placements of a reader.
///
/// # Errors
/// The database's.
pub fn placements(
    conn: &mut Conn<'_>,
    seat: &Seat,
    sought: &Sought,
    page: &Window,
) -> Result<Vec<Placement>> {
    as_reader(conn, seat, |conn| placements_of(conn, seat, sought, page))
}

/// Trainees read postings by the task, as elsewhere; everybody else by their own view. Both are narrowed to
/// the reader's own placements.
fn as_reader<T>(
    conn: &mut Conn<'_>,
    seat: &Seat,
    read: impl FnOnce(&mut Conn<'_>) -> Result<T>,
) -> Result<T> {
    match seat {
        Seat::Trainee(_) => conn.elevate(Task::Hosting, read),
        Seat::Office(_) | Seat::Host(_) => read(conn),
    }
}

fn placements_of(
    conn: &mut Conn<'_>,
    seat: &Seat,
    sought: &Sought,
    page: &Window,
) -> Result<Vec<Placement>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM ({PLACEMENT}, ({key}) COLLATE \"C\" AS sort_key, {UNSIGNED} AS unsigned {FROM} WHERE {WHOSE} AND ($4 IS NULL OR x.state = $4) \
           AND ($5 IS NULL OR x.organisation_id = $5) AND ($6 IS NULL OR $6 = ANY (p.area_ids)) AND ($7 IS NULL OR p.content->>'city' = $7) \
           AND ($8 IS NULL OR strpos(lower(concat_ws(' ', x.name_shown, x.trainee_number, o.name_en, o.name_zh, p.content->>'title_en', \
             p.content->>'title_zh')), lower($8)) > 0)) q \
         WHERE ($9 IS NULL OR ($9 = 'late' AND late > 0) OR ($9 = 'sign' AND unsigned) OR ($9 = 'starting' AND state IN ('accepted', 'agreement_signed', 'onboarding') \
             AND starts_on <= (SELECT banyan_today()) + 7)) \
           AND ($10 IS NULL OR (sort_key, id) {beyond} ($10, $11)) ORDER BY sort_key {direction}, id {direction} LIMIT $12"
    ))
    .bind::<Nullable<SqlUuid>, _>(seat.programme())
    .bind::<Array<SqlUuid>, _>(seat.organisations())
    .bind::<Nullable<SqlUuid>, _>(seat.trainee())
    .bind::<Nullable<Text>, _>(sought.state.map(PlacementState::as_str))
    .bind::<Nullable<SqlUuid>, _>(sought.organisation)
    .bind::<Nullable<SqlUuid>, _>(sought.area)
    .bind::<Nullable<Text>, _>(&sought.city)
    .bind::<Nullable<Text>, _>(&sought.text)
    .bind::<Nullable<Text>, _>(&sought.wants)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .bind::<Text, _>(seat.party().as_str())
    .load(conn.pg())?)
}

/// One placement of a reader; locked until the end of the transaction where `lock` says so.
///
/// # Errors
/// [`Error::NotFound`].
pub fn placement(
    conn: &mut Conn<'_>,
    seat: &Seat,
    id: PlacementId,
    lock: bool,
) -> Result<Placement> {
    if lock {
        sql_query("SELECT id FROM placements WHERE id = $1 FOR NO KEY UPDATE")
            .bind::<SqlUuid, _>(id)
            .execute(conn.pg())?;
    }
    as_reader(conn, seat, |conn| {
        sql_query(format!(
            "{PLACEMENT}, '' AS sort_key {FROM} WHERE x.id = $4 AND {WHOSE}"
        ))
        .bind::<Nullable<SqlUuid>, _>(seat.programme())
        .bind::<Array<SqlUuid>, _>(seat.organisations())
        .bind::<Nullable<SqlUuid>, _>(seat.trainee())
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
    })
}

/// A placement by its id, for a task.
///
/// # Errors
/// [`Error::NotFound`].
pub fn placement_for(conn: &mut Conn<'_>, _task: &Working, id: PlacementId) -> Result<Placement> {
    sql_query(format!(
        "{PLACEMENT}, '' AS sort_key {FROM} WHERE x.id = $1"
    ))
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// An open offer by its id, for the task that ends it; locked.
///
/// # Errors
/// [`Error::NotFound`].
pub fn open_offer(conn: &mut Conn<'_>, _hosting: &Working, id: PlacementId) -> Result<Placement> {
    sql_query("SELECT id FROM placements WHERE id = $1 FOR NO KEY UPDATE")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    sql_query(format!(
        "{PLACEMENT}, '' AS sort_key {FROM} WHERE x.id = $1 AND x.state = 'offered'"
    ))
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// Offers whose time is over, and offers that end within two days of which the trainee was not reminded.
///
/// # Errors
/// The database's.
pub fn due_offers(
    conn: &mut Conn<'_>,
    _hosting: &Working,
) -> Result<(Vec<PlacementId>, Vec<PlacementId>)> {
    #[derive(QueryableByName)]
    struct Due {
        #[diesel(sql_type = SqlUuid)]
        id: PlacementId,
        #[diesel(sql_type = Bool)]
        over: bool,
    }
    let rows: Vec<Due> = sql_query(
        "SELECT id, answer_by < (SELECT banyan_now()) AS over FROM placements WHERE state = 'offered' \
           AND answer_by < (SELECT banyan_now()) + interval '2 days' \
           AND (answer_by < (SELECT banyan_now()) OR reminded_at IS NULL) ORDER BY answer_by, id LIMIT 500",
    )
    .load(conn.pg())?;
    let pick = |over: bool| {
        rows.iter()
            .filter(|it| it.over == over)
            .map(|it| it.id)
            .collect()
    };
    Ok((pick(true), pick(false)))
}
