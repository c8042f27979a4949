//! People and their roles over the API, for the programme office: list, invite, end a role, disable.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, ADMINISTRATOR, PersonStaff, STAFF};
use crate::error::Result;
use crate::ids::PersonId;
use crate::mail::api::LetterSent;
use crate::web::api::{Day, Given, list};
use crate::web::exports::{self, Kind};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::super::role_actions;
use super::super::role_queries::{self as queries, Held, Sent};
use super::super::roster_pages::{filter, read_invitation, roster_file};

/// A role and who holds it.
#[derive(Serialize, ToSchema)]
struct HeldRole {
    /// Id of the grant.
    id: Uuid,
    person: Uuid,
    name: String,
    name_zh: Option<String>,
    email: String,
    role: String,
    programme: Option<Uuid>,
    programme_en: Option<String>,
    programme_zh: Option<String>,
    organisation_en: Option<String>,
    organisation_zh: Option<String>,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    /// active, upcoming or ended.
    standing: String,
    /// Has the person come in by a link sent to the address?
    confirmed: bool,
    disabled: bool,
}

impl From<Held> for HeldRole {
    fn from(it: Held) -> Self {
        Self {
            standing: it.standing().as_str().to_owned(),
            id: it.id.0,
            person: it.person_id.0,
            name: it.display_name,
            name_zh: it.name_zh,
            email: it.email,
            role: it.role,
            programme: it.programme_id.map(|id| id.0),
            programme_en: it.programme_en,
            programme_zh: it.programme_zh,
            organisation_en: it.organisation_en,
            organisation_zh: it.organisation_zh,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            confirmed: it.confirmed,
            disabled: it.disabled,
        }
    }
}

/// A person as the programme office sees them.
#[derive(Serialize, ToSchema)]
struct Person {
    id: Uuid,
    name: String,
    name_zh: Option<String>,
    email: String,
    phone: Option<String>,
    lang: String,
    confirmed: bool,
    disabled: bool,
    /// Roles within the office's reach, the newest first.
    roles: Vec<HeldRole>,
}

/// An invitation to a role: an account if there is none, the role, a letter with a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitation {
    #[schema(example = "new.colleague@example.org")]
    email: String,
    #[schema(example = "Chan")]
    family_name: Option<String>,
    #[schema(example = "Tai Man")]
    given_names: Option<String>,
    #[schema(example = "Peter")]
    western_name: Option<String>,
    #[schema(example = "陳大文")]
    name_zh: Option<String>,
    /// en or zh-Hant-HK, for an account that is new.
    #[schema(example = "en")]
    lang: String,
    #[schema(example = "reviewer")]
    role: String,
    /// For every role but the administrator's.
    programme: Option<Uuid>,
    /// For roles that are held for an organisation.
    #[schema(example = json!(null))]
    organisation: Option<Uuid>,
    starts_on: Day,
    #[schema(value_type = Option<String>, format = Date, example = "2027-12-31")]
    ends_on: Option<Day>,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<HeldRole>()
        .schema_from::<Person>()
        .schema_from::<NewInvitation>()
}

const LIST: &[(&str, &str)] = &[
    ("q", "Words that all occur in names or address."),
    ("role", "Only this role."),
    ("state", "active, upcoming or ended."),
    ("sort", "name, role or starts; with - from the end."),
    ("after", "The `next` of the page before."),
];

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/people",
            STAFF,
            roster,
            read("listPeople", "Roles and who holds them.", "HeldRole[]").asking(LIST),
        )
        .api(
            Method::Post,
            "/api/v1/people",
            STAFF,
            invite,
            write(
                "invitePerson",
                "Invites to a role.",
                Some("NewInvitation"),
                (201, "Person"),
            ),
        )
        .api(
            Method::Get,
            "/api/v1/people/{person}",
            STAFF,
            person,
            read("getPerson", "One person with their roles.", "Person"),
        )
        .api(
            Method::Get,
            "/api/v1/people/{person}/letters",
            STAFF,
            letters,
            read(
                "listLettersToPerson",
                "Letters to the person, the newest first.",
                "LetterSent[]",
            ),
        )
        .api(
            Method::Post,
            "/api/v1/people/{person}/invite",
            STAFF,
            invite_again,
            write(
                "inviteAgain",
                "Sends the invitation to the newest living role again, with a new link.",
                None,
                (200, "Person"),
            ),
        )
        .and(ending_routes())
        .and(export_routes())
}

fn ending_routes() -> Routes {
    let write = Operation::write;
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/people/{person}/grants/{grant}/end",
            STAFF,
            end,
            write("endRole", "Ends a role at once.", None, (200, "Person")),
        )
        .api(
            Method::Post,
            "/api/v1/people/{person}/disable",
            ADMINISTRATOR,
            |cx| set_disabled(cx, true),
            write(
                "disablePerson",
                "Disables an account at once.",
                None,
                (200, "Person"),
            ),
        )
        .api(
            Method::Post,
            "/api/v1/people/{person}/enable",
            ADMINISTRATOR,
            |cx| set_disabled(cx, false),
            write(
                "enablePerson",
                "Enables an account again.",
                None,
                (200, "Person"),
            ),
        )
}

fn export_routes() -> Routes {
    let read = Operation::read;
    Routes::new()
        .api_free(
            Method::Get,
            "/api/v1/people.csv",
            STAFF,
            |visit, _| Ok(roster_file(visit, Kind::Csv)),
            read("exportPeopleCsv", "The list as CSV.", "text/csv").asking(LIST),
        )
        .api_free(
            Method::Get,
            "/api/v1/people.xlsx",
            STAFF,
            |visit, _| Ok(roster_file(visit, Kind::Xlsx)),
            read(
                "exportPeopleXlsx",
                "The list as a spreadsheet.",
                exports::XLSX,
            )
            .asking(LIST),
        )
}

fn proof(cx: &mut Cx<'_, '_>) -> Result<PersonStaff> {
    let person: PersonId = cx.request().param("person")?;
    access::person_staff(cx.conn, person)
}

fn roster(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let query = &cx.visit.request.query;
    let after = Cursor::from_query(query);
    let rows = queries::held(cx.conn, &desk, &filter(query), after.as_ref(), PAGE + 1)?;
    let page = Page::cut(rows, PAGE, |row| Cursor {
        key: row.key.clone(),
        id: row.id.0,
    });
    list(page, HeldRole::from)
}

fn shown(cx: &mut Cx<'_, '_>, staff: &PersonStaff, status: u16) -> Result<Reply> {
    let known = queries::known(cx.conn, staff)?;
    let roles = queries::held_by(cx.conn, staff)?;
    let person = Person {
        id: staff.subject().0,
        name: known.display_name,
        name_zh: known.name_zh,
        email: known.email,
        phone: known.phone,
        lang: known.lang,
        confirmed: known.confirmed,
        disabled: known.disabled,
        roles: roles.into_iter().map(HeldRole::from).collect(),
    };
    Reply::json(status, &person)
}

fn person(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    shown(cx, &staff, 200)
}

fn letters(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let rows = queries::letters_to(cx.conn, &staff)?;
    list(Page { rows, next: None }, |it: Sent| LetterSent {
        id: it.id,
        subject: it.subject,
        state: it.state,
        created_at: it.created_at,
    })
}

/// The name under which the office writes.
fn from(cx: &Cx<'_, '_>) -> String {
    let visitor = cx.visit.visitor.as_ref();
    visitor.map(|it| it.name.clone()).unwrap_or_default()
}

fn invite(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let new: NewInvitation = cx.json()?;
    let pairs = Given::new()
        .set("email", Some(new.email))
        .set("family_name", new.family_name)
        .set("given_names", new.given_names)
        .set("western_name", new.western_name)
        .set("name_zh", new.name_zh)
        .set("lang", Some(new.lang))
        .set("role", Some(new.role))
        .set("programme", new.programme)
        .set("organisation", new.organisation)
        .set("starts_on", Some(new.starts_on))
        .set("ends_on", new.ends_on)
        .alone();
    let invitation = read_invitation(cx, &pairs)?;
    let desk = access::desk(cx.conn)?;
    let from = from(cx);
    let person = role_actions::invite(cx.conn, &desk, &from, &invitation)?;
    let staff = access::person_staff(cx.conn, person)?;
    Ok(shown(cx, &staff, 201)?.with("location", format!("/api/v1/people/{person}")))
}

fn invite_again(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let from = from(cx);
    role_actions::invite_again(cx.conn, &staff, &from)?;
    shown(cx, &staff, 200)
}

fn end(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = proof(cx)?;
    let grant = cx.request().param("grant")?;
    role_actions::end_grant(cx.conn, &staff, grant)?;
    shown(cx, &staff, 200)
}

fn set_disabled(cx: &mut Cx<'_, '_>, disabled: bool) -> Result<Reply> {
    let staff = proof(cx)?;
    role_actions::set_disabled(cx.conn, &staff, disabled)?;
    shown(cx, &staff, 200)
}
