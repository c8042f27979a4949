//! Organisations over the API: the directory; contacts, members and partnerships are in `parts`. A
//! document is judged by what judges the form of its page.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, Desk, STAFF};
use crate::error::Result;
use crate::ids::OrganisationId;
use crate::web::api::{Given, given, list};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Pairs, Reply, Routes};

use super::actions::{self, OrganisationDetails};
use super::pages::forms::{read, values};
use super::pages::list::{export_list, wanted};
use super::queries::{self, Row};

mod parts;

/// An organisation.
#[derive(Serialize, ToSchema)]
struct Organisation {
    id: Uuid,
    /// university, bank, `digital_bank`, insurer, fintech or other.
    kind: String,
    name_en: String,
    name_zh: String,
    website: Option<String>,
    archived_at: Option<DateTime<Utc>>,
    /// Partnerships that are current, in the role's programmes.
    partnerships: i64,
}

impl From<Row> for Organisation {
    fn from(it: Row) -> Self {
        Self {
            id: it.id.0,
            kind: it.kind,
            name_en: it.name_en,
            name_zh: it.name_zh,
            website: it.website,
            archived_at: it.archived_at,
            partnerships: it.partnerships,
        }
    }
}

/// An organisation to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOrganisation {
    /// university, bank, `digital_bank`, insurer, fintech or other.
    #[schema(example = "bank")]
    kind: String,
    #[schema(min_length = 1, max_length = 200)]
    name_en: String,
    #[schema(min_length = 1, max_length = 200)]
    name_zh: String,
    /// Begins with https:// or http://.
    #[schema(max_length = 300, example = "https://example.org")]
    website: Option<String>,
}

/// What changes about an organisation; what is absent stays, a website of null is taken away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrganisationChange {
    #[schema(example = "bank")]
    kind: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    name_en: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    name_zh: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 300, example = "https://example.org")]
    website: Option<Option<String>>,
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<Organisation>()
        .schema_from::<NewOrganisation>()
        .schema_from::<OrganisationChange>();
    parts::schemas(to)
}

const LIST: &[(&str, &str)] = &[
    ("q", "Part of a name."),
    ("kind", "Only this kind."),
    (
        "show",
        "archived: those that are archived instead of those in use.",
    ),
    ("sort", "name, `name_zh` or kind; with - from the end."),
    ("after", "The `next` of the page before."),
];

/// The operations of the room.
pub(super) fn routes() -> Routes {
    let all = "/api/v1/organisations";
    let one = "/api/v1/organisations/{organisation}";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            all,
            STAFF,
            organisations,
            read(
                "listOrganisations",
                "Universities and institutions.",
                "Organisation[]",
            )
            .asking(LIST),
        )
        .api(
            Method::Post,
            all,
            STAFF,
            create,
            write(
                "addOrganisation",
                "Adds an organisation.",
                Some("NewOrganisation"),
                (201, "Organisation"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            one,
            STAFF,
            show,
            read("getOrganisation", "One organisation.", "Organisation").versioned(),
        )
        .api(
            Method::Patch,
            one,
            STAFF,
            change,
            write(
                "changeOrganisation",
                "Changes an organisation.",
                Some("OrganisationChange"),
                (200, "Organisation"),
            )
            .versioned(),
        )
        .and(archive_and_export_routes())
        .and(parts::routes())
}

fn archive_and_export_routes() -> Routes {
    let archive_at = "/api/v1/organisations/{organisation}/archive";
    let (write, sheet) = (Operation::write, crate::web::exports::XLSX);
    Routes::new()
        .api(
            Method::Post,
            archive_at,
            STAFF,
            archive,
            write(
                "archiveOrganisation",
                "Archives an organisation: it is no choice any more.",
                None,
                (200, "Organisation"),
            )
            .versioned(),
        )
        .api_free(
            Method::Get,
            "/api/v1/organisations.csv",
            STAFF,
            export_list,
            Operation::read("exportOrganisationsCsv", "The list as CSV.", "text/csv").asking(LIST),
        )
        .api_free(
            Method::Get,
            "/api/v1/organisations.xlsx",
            STAFF,
            export_list,
            Operation::read(
                "exportOrganisationsXlsx",
                "The list as a spreadsheet.",
                sheet,
            )
            .asking(LIST),
        )
}

/// The organisation of the address.
fn organisation(cx: &mut Cx<'_, '_>) -> Result<(Desk, Row)> {
    let id: OrganisationId = cx.request().param("organisation")?;
    let desk = access::desk(cx.conn)?;
    let row = queries::find(cx.conn, &desk, id)?;
    Ok((desk, row))
}

fn shown(cx: &mut Cx<'_, '_>, desk: &Desk, id: OrganisationId, status: u16) -> Result<Reply> {
    let row = queries::find(cx.conn, desk, id)?;
    let version = row.version;
    Ok(Reply::json(status, &Organisation::from(row))?.with_version(version))
}

fn organisations(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let rows = queries::list(cx.conn, &desk, &wanted(&cx.visit.request.query))?;
    let page = Page::cut(rows, PAGE, |row| Cursor {
        key: row.sort_key.clone(),
        id: row.id.0,
    });
    list(page, Organisation::from)
}

fn judged(pairs: &Pairs) -> Result<OrganisationDetails> {
    let mut form = Form::new(pairs);
    let details = read(&mut form);
    form.done()?;
    Ok(details)
}

fn create(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let new: NewOrganisation = cx.json()?;
    let pairs = Given::new()
        .set("kind", Some(new.kind))
        .set("name_en", Some(new.name_en))
        .set("name_zh", Some(new.name_zh))
        .set("website", new.website)
        .alone();
    let id = actions::create(cx.conn, &desk, &judged(&pairs)?)?;
    let place = format!("/api/v1/organisations/{id}");
    Ok(shown(cx, &desk, id, 201)?.with("location", place))
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    shown(cx, &desk, row.id, 200)
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    cx.if_match(row.version)?;
    let change: OrganisationChange = cx.json()?;
    let pairs = Given::new()
        .set("kind", change.kind)
        .set("name_en", change.name_en)
        .set("name_zh", change.name_zh)
        .set_or_empty("website", change.website)
        .over(&values(&row));
    actions::update(cx.conn, &desk, row.id, row.version, &judged(&pairs)?)?;
    shown(cx, &desk, row.id, 200)
}

fn archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (desk, row) = organisation(cx)?;
    actions::archive(cx.conn, &desk, row.id)?;
    shown(cx, &desk, row.id, 200)
}
