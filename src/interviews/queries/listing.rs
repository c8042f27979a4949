//! Interviews as an institution and the office list and read them.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::{Member, ProgrammeStaff};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{
    InterviewId, OrganisationId, PanelId, PersonId, PostingId, ProgrammeId, RoundId, ShortlistId,
    SlotId,
};
use crate::lang::Lang;
use crate::placements::queries::Side;
use crate::teaching::rules::Slot;
use crate::web::fields::Column;
use crate::web::paging::Cursor;
use crate::web::paging::Window;

use super::super::rules::InterviewState;

/// A line of a timetable: an interview, or a line of the draft.
#[derive(Clone, Debug, QueryableByName)]
pub struct Line {
    /// The interview's id, or the draft's.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// `scheduled`, `held`, `missed`, `cancelled`, `draft` or `unplaced`.
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Text)]
    organisation_en: String,
    #[diesel(sql_type = Text)]
    organisation_zh: String,
    #[diesel(sql_type = Text)]
    title_en: String,
    #[diesel(sql_type = Text)]
    title_zh: String,
    /// Trainee.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// Begins, if it has a time.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub starts_at: Option<DateTime<Utc>>,
    /// Ends.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ends_at: Option<DateTime<Utc>>,
    /// Room.
    #[diesel(sql_type = Text)]
    pub room: String,
    /// Address of the meeting.
    #[diesel(sql_type = Text)]
    pub link: String,
    /// Why it has no time, as its word.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// Does the trainee ask for another time?
    #[diesel(sql_type = Bool)]
    pub asked: bool,
    #[diesel(sql_type = Text)]
    sort_key: String,
}

impl Line {
    /// The institution as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_en, &self.organisation_zh)
    }

    /// The posting's title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }

    /// Its time.
    #[must_use]
    pub fn when(&self) -> Option<Slot> {
        Some(Slot {
            starts_at: self.starts_at?,
            ends_at: self.ends_at?,
        })
    }

    /// Its place in the list.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor {
            key: self.sort_key.clone(),
            id: self.id,
        }
    }
}

/// The orders of the list.
pub const LINE_SORTS: &[Column] = &[
    (
        "time",
        "coalesce(to_char(x.starts_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI'), '9')",
    ),
    ("name", "lower(x.name_shown)"),
    (
        "posting",
        "lower(coalesce(p.content->>'title_en', p.number))",
    ),
    ("state", "x.state"),
];

const LINES: &str = "(SELECT id, programme_id, organisation_id, round_id, posting_id, name_shown, trainee_number, starts_at, ends_at, room, \
      link, state, '' AS reason, asked_at IS NOT NULL AS asked FROM interviews \
    UNION ALL SELECT id, programme_id, organisation_id, round_id, posting_id, name_shown, trainee_number, starts_at, ends_at, room, link, \
      CASE WHEN slot_id IS NULL THEN 'unplaced' ELSE 'draft' END, reason, false FROM interview_drafts) x \
    JOIN postings p ON p.id = x.posting_id JOIN organisations o ON o.id = x.organisation_id";

/// What is sought among them.
#[derive(Clone, Debug, Default)]
pub struct LineSought {
    /// Their state, as its word.
    pub state: Option<String>,
    /// Their institution.
    pub organisation: Option<OrganisationId>,
    /// Part of name, number or institution.
    pub text: Option<String>,
}

/// The interviews and the draft of a round that a side sees.
///
/// # Errors
/// The database's.
pub fn lines(
    conn: &mut Conn<'_>,
    side: &Side,
    round: RoundId,
    sought: &LineSought,
    page: &Window,
) -> Result<Vec<Line>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM (SELECT x.id, x.state, o.name_en AS organisation_en, o.name_zh AS organisation_zh, \
           coalesce(p.content->>'title_en', p.number) AS title_en, coalesce(p.content->>'title_zh', p.number) AS title_zh, \
           x.name_shown, x.trainee_number, x.starts_at, x.ends_at, x.room, x.link, x.reason, x.asked, ({key}) COLLATE \"C\" AS sort_key \
         FROM {LINES} WHERE x.round_id = $1 AND (x.programme_id = $2 OR x.organisation_id = ANY ($3)) AND ($4 IS NULL OR x.state = $4) \
           AND ($5 IS NULL OR x.organisation_id = $5) \
           AND ($6 IS NULL OR strpos(lower(concat_ws(' ', x.name_shown, x.trainee_number, o.name_en, o.name_zh)), lower($6)) > 0)) q \
         WHERE $7 IS NULL OR (sort_key, id) {beyond} ($7, $8) ORDER BY sort_key {direction}, id {direction} LIMIT $9"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .bind::<Nullable<Text>, _>(&sought.state)
    .bind::<Nullable<SqlUuid>, _>(sought.organisation)
    .bind::<Nullable<Text>, _>(&sought.text)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

/// An interview that is published.
#[derive(Clone, Debug, QueryableByName)]
pub struct Interview {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: InterviewId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Its institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// The institution's English name.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// Its round.
    #[diesel(sql_type = SqlUuid)]
    pub round_id: RoundId,
    /// Its posting.
    #[diesel(sql_type = SqlUuid)]
    pub posting_id: PostingId,
    /// The posting's English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// The row of the shortlist.
    #[diesel(sql_type = SqlUuid)]
    pub candidate_id: ShortlistId,
    /// Who comes.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Their name.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Their number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// Its panel.
    #[diesel(sql_type = SqlUuid)]
    pub panel_id: PanelId,
    /// Its slot.
    #[diesel(sql_type = SqlUuid)]
    pub slot_id: SlotId,
    /// Begins.
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    /// Ends.
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    /// Room.
    #[diesel(sql_type = Text)]
    pub room: String,
    /// Address of the meeting.
    #[diesel(sql_type = Text)]
    pub link: String,
    #[diesel(sql_type = Text)]
    state: String,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub sequence: i32,
    /// When it was changed last.
    #[diesel(sql_type = Timestamptz)]
    pub changed_at: DateTime<Utc>,
    /// Why the trainee asks for another time; empty when they do not.
    #[diesel(sql_type = Text)]
    pub asked_why: String,
}

impl Interview {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<InterviewState> {
        InterviewState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("interview state {}", self.state)))
    }

    /// Its time.
    #[must_use]
    pub fn when(&self) -> Slot {
        Slot {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }

    /// The institution as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_en, &self.organisation_zh)
    }

    /// The posting's title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }
}

pub(super) const INTERVIEW: &str = "SELECT i.id, i.programme_id, i.organisation_id, o.name_en AS organisation_en, o.name_zh AS organisation_zh, \
    i.round_id, i.posting_id, coalesce(p.content->>'title_en', p.number) AS title_en, coalesce(p.content->>'title_zh', p.number) AS title_zh, \
    i.candidate_id, i.person_id, i.name_shown, i.trainee_number, i.panel_id, i.slot_id, i.starts_at, i.ends_at, i.room, i.link, i.state, \
    i.sequence, i.changed_at, i.asked_why FROM interviews i JOIN postings p ON p.id = i.posting_id JOIN organisations o ON o.id = i.organisation_id";

/// One interview that a side sees.
///
/// # Errors
/// [`Error::NotFound`].
pub fn interview(
    conn: &mut Conn<'_>,
    side: &Side,
    (round, id): (RoundId, InterviewId),
) -> Result<Interview> {
    sql_query(format!(
        "{INTERVIEW} WHERE i.id = $1 AND i.round_id = $2 AND (i.programme_id = $3 OR i.organisation_id = ANY ($4))"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(round)
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// What the last computation found.
#[derive(Clone, Debug, QueryableByName)]
pub struct Computation {
    /// Of which institution; of all of them for none.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub organisation_id: Option<OrganisationId>,
    /// The fewest times that any timetable takes.
    #[diesel(sql_type = Integer)]
    pub bound: i32,
    /// How many it takes.
    #[diesel(sql_type = Integer)]
    pub used: i32,
    /// How many have a time.
    #[diesel(sql_type = Integer)]
    pub placed: i32,
    /// How many have none.
    #[diesel(sql_type = Integer)]
    pub unplaced: i32,
    /// Why it takes more than the fewest, as words.
    #[diesel(sql_type = Array<Text>)]
    pub whys: Vec<String>,
    /// When it was computed.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was published.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub published_at: Option<DateTime<Utc>>,
}

const COMPUTATION: &str = "SELECT organisation_id, bound, used, placed, unplaced, whys, created_at, published_at FROM interview_computations";

/// What the last computation of a round found, for the office.
///
/// # Errors
/// The database's.
pub fn computation(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: RoundId,
) -> Result<Option<Computation>> {
    Ok(sql_query(format!(
        "{COMPUTATION} WHERE round_id = $1 AND programme_id = $2 AND organisation_id IS NULL"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?)
}

/// What it found for a representative's institutions.
///
/// # Errors
/// The database's.
pub fn own_computations(
    conn: &mut Conn<'_>,
    member: &Member,
    round: RoundId,
) -> Result<Vec<Computation>> {
    Ok(sql_query(format!(
        "{COMPUTATION} WHERE round_id = $1 AND organisation_id = ANY ($2) ORDER BY organisation_id"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<Array<SqlUuid>, _>(super::organisations(member))
    .load(conn.pg())?)
}
