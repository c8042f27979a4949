//! Contacts, members and partnerships of an organisation over the API.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, Desk, STAFF};
use crate::db::now;
use crate::error::{Error, Result};
use crate::ids::{OrganisationId, ProgrammeId};
use crate::lang::format::hk_date;
use crate::web::api::{Day, Given, list};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::super::actions::{self, NewPartnership};
use super::super::pages::forms::read_contact;
use super::super::queries::{self, MemberRow, Row};
use super::super::rules::{self, Kind};
use super::organisation;

/// A contact person.
#[derive(Serialize, ToSchema)]
struct Contact {
    id: Uuid,
    name: String,
    post: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl From<queries::Contact> for Contact {
    fn from(it: queries::Contact) -> Self {
        Self {
            id: it.id.0,
            name: it.name,
            post: it.post,
            email: it.email,
            phone: it.phone,
        }
    }
}

/// A contact person to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewContact {
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    #[schema(max_length = 120)]
    post: Option<String>,
    #[schema(max_length = 200)]
    email: Option<String>,
    #[schema(max_length = 40)]
    phone: Option<String>,
}

/// Somebody who holds a role for the organisation.
#[derive(Serialize, ToSchema)]
struct OrganisationMember {
    person: Uuid,
    name: String,
    role: String,
    ends_on: Option<NaiveDate>,
}

impl From<MemberRow> for OrganisationMember {
    fn from(it: MemberRow) -> Self {
        Self {
            person: it.person_id.0,
            name: it.name,
            role: it.role,
            ends_on: it.ends_on,
        }
    }
}

/// A partnership of a university with an institution.
#[derive(Serialize, ToSchema)]
struct Partnership {
    id: Uuid,
    programme: Uuid,
    university: Uuid,
    institution: Uuid,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    /// future, current or ended.
    standing: String,
}

/// A partnership to record with the organisation of the address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPartnership)]
struct PartnershipToAdd {
    /// The programme; by default the first that the token reaches.
    programme: Option<Uuid>,
    /// The other side: an institution for a university, a university for an institution.
    partner: Uuid,
    starts_on: Day,
    #[schema(value_type = String, format = Date, example = "2027-12-31")]
    ends_on: Day,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Contact>()
        .schema_from::<NewContact>()
        .schema_from::<OrganisationMember>()
        .schema_from::<Partnership>()
        .schema_from::<PartnershipToAdd>()
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let contacts_at = "/api/v1/organisations/{organisation}/contacts";
    let archive_at = "/api/v1/organisations/{organisation}/contacts/{contact}/archive";
    let members_at = "/api/v1/organisations/{organisation}/members";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            contacts_at,
            STAFF,
            contacts,
            read("listContacts", "Contact persons in use.", "Contact[]"),
        )
        .api(
            Method::Post,
            contacts_at,
            STAFF,
            add_contact,
            write(
                "addContact",
                "Adds a contact person.",
                Some("NewContact"),
                (201, "Contact"),
            ),
        )
        .api(
            Method::Post,
            archive_at,
            STAFF,
            archive_contact,
            write(
                "archiveContact",
                "Archives a contact person.",
                None,
                (204, ""),
            ),
        )
        .api(
            Method::Get,
            members_at,
            STAFF,
            members,
            read(
                "listMembers",
                "Who holds a role for the organisation in the role's programmes.",
                "OrganisationMember[]",
            ),
        )
        .and(partnership_routes())
}

fn partnership_routes() -> Routes {
    let all = "/api/v1/organisations/{organisation}/partnerships";
    let end_at = "/api/v1/organisations/{organisation}/partnerships/{partnership}/end";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            all,
            STAFF,
            partnerships,
            read(
                "listPartnerships",
                "Partnerships, the newest first.",
                "Partnership[]",
            ),
        )
        .api(
            Method::Post,
            all,
            STAFF,
            add_partnership,
            write(
                "addPartnership",
                "Records a partnership.",
                Some("NewPartnership"),
                (201, "Partnership"),
            ),
        )
        .api(
            Method::Post,
            end_at,
            STAFF,
            end_partnership,
            write(
                "endPartnership",
                "Ends a partnership today.",
                None,
                (204, ""),
            ),
        )
}

fn contacts(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let rows = queries::contacts(cx.conn, &desk, row.id)?;
    list(Page { rows, next: None }, Contact::from)
}

fn add_contact(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let new: NewContact = cx.json()?;
    let pairs = Given::new()
        .set("name", Some(new.name))
        .set("post", new.post)
        .set("email", new.email)
        .set("phone", new.phone)
        .alone();
    let mut form = Form::new(&pairs);
    let contact = read_contact(&mut form);
    form.done()?;
    let id = actions::add_contact(cx.conn, &desk, row.id, &contact)?;
    let rows = queries::contacts(cx.conn, &desk, row.id)?;
    let made = rows
        .into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)?;
    Reply::json(201, &Contact::from(made))
}

fn archive_contact(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let id = cx.request().param("contact")?;
    actions::archive_contact(cx.conn, &desk, row.id, id)?;
    Ok(Reply::no_content())
}

fn members(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let rows = queries::members(cx.conn, &desk, row.id)?;
    list(Page { rows, next: None }, OrganisationMember::from)
}

fn all_partnerships(cx: &mut Cx<'_, '_>, desk: &Desk, row: &Row) -> Result<Vec<Partnership>> {
    let today = hk_date(now(cx.conn)?);
    let rows = queries::partnerships(cx.conn, desk, row.id)?;
    let shown = rows.into_iter().map(|it| Partnership {
        id: it.id.0,
        programme: it.programme_id.0,
        university: it.university_id.0,
        institution: it.institution_id.0,
        starts_on: it.starts_on,
        ends_on: it.ends_on,
        standing: rules::validity(it.starts_on, it.ends_on, it.ended_at, today)
            .as_str()
            .to_owned(),
    });
    Ok(shown.collect())
}

fn partnerships(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let rows = all_partnerships(cx, &desk, &row)?;
    list(Page { rows, next: None }, |it| it)
}

fn add_partnership(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let new: PartnershipToAdd = cx.json()?;
    let staff = access::working_programme(cx.conn, new.programme.map(ProgrammeId))?;
    let partner = OrganisationId(new.partner);
    let (university, institution) = if row.kind() == Kind::University {
        (row.id, partner)
    } else {
        (partner, row.id)
    };
    let partnership = NewPartnership {
        university,
        institution,
        starts_on: new.starts_on.0,
        ends_on: new.ends_on.0,
    };
    let id = actions::add_partnership(cx.conn, &desk, &staff, &partnership)?;
    let rows = all_partnerships(cx, &desk, &row)?;
    let made = rows
        .into_iter()
        .find(|it| it.id == id.0)
        .ok_or(Error::NotFound)?;
    Reply::json(201, &made)
}

fn end_partnership(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    let id = cx.request().param("partnership")?;
    actions::end_partnership(cx.conn, &desk, row.id, id)?;
    Ok(Reply::no_content())
}
