//! What a programme stands on, over the API: cited sources, statements on personal data, holidays.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, STAFF};
use crate::error::{Error, Result};
use crate::web::api::{Day, Given, list};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::super::actions;
use super::super::pages::forms::{read_pics, read_source};
use super::super::pages::tables::read_holiday;
use super::super::queries::{self, HolidayRow, PicsRow, SourceRow};
use super::staff;

/// A public document that a target cites.
#[derive(Serialize, ToSchema)]
struct Source {
    id: Uuid,
    title_en: String,
    title_zh: String,
    publisher: String,
    published_on: NaiveDate,
    url: Option<String>,
}

impl From<SourceRow> for Source {
    fn from(it: SourceRow) -> Self {
        Self {
            id: it.id.0,
            title_en: it.title_en,
            title_zh: it.title_zh,
            publisher: it.publisher,
            published_on: it.published_on,
            url: it.url,
        }
    }
}

/// A source to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSource {
    #[schema(min_length = 1, max_length = 300)]
    title_en: String,
    #[schema(min_length = 1, max_length = 300)]
    title_zh: String,
    #[schema(min_length = 1, max_length = 200)]
    publisher: String,
    published_on: Day,
    /// Begins with https:// or http://.
    #[schema(max_length = 500, example = "https://example.org/paper")]
    url: Option<String>,
}

/// A version of the Personal Information Collection Statement.
#[derive(Serialize, ToSchema)]
struct Statement {
    id: Uuid,
    version: String,
    text_en: String,
    text_zh: String,
    effective_at: DateTime<Utc>,
}

impl From<PicsRow> for Statement {
    fn from(it: PicsRow) -> Self {
        Self {
            id: it.id.0,
            version: it.version,
            text_en: it.text_en,
            text_zh: it.text_zh,
            effective_at: it.effective_at,
        }
    }
}

/// A statement to publish; it is in force at once and never changes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStatement {
    #[schema(min_length = 1, max_length = 20)]
    pub(super) version: String,
    #[schema(min_length = 1, max_length = 20_000)]
    pub(super) text_en: String,
    #[schema(min_length = 1, max_length = 20_000)]
    pub(super) text_zh: String,
}

/// A general holiday.
#[derive(Serialize, ToSchema)]
struct Holiday {
    observed_on: NaiveDate,
    name_en: String,
    name_zh: String,
    /// gazetted or derived.
    status: String,
}

impl From<HolidayRow> for Holiday {
    fn from(it: HolidayRow) -> Self {
        Self {
            observed_on: it.observed_on,
            name_en: it.name_en,
            name_zh: it.name_zh,
            status: it.status,
        }
    }
}

/// A holiday to set. A derived one never replaces one that was read in the Gazette.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHoliday {
    observed_on: Day,
    #[schema(min_length = 1, max_length = 120)]
    name_en: String,
    #[schema(min_length = 1, max_length = 120)]
    name_zh: String,
    /// gazetted or derived.
    #[schema(example = "derived")]
    status: String,
}

/// How many holidays were written.
#[derive(Serialize, ToSchema)]
struct HolidaysSet {
    written: usize,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Source>()
        .schema_from::<NewSource>()
        .schema_from::<Statement>()
        .schema_from::<NewStatement>()
        .schema_from::<Holiday>()
        .schema_from::<NewHoliday>()
        .schema_from::<HolidaysSet>()
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let sources_at = "/api/v1/programmes/{programme}/sources";
    let statements_at = "/api/v1/programmes/{programme}/statements";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            sources_at,
            STAFF,
            sources,
            read(
                "listSources",
                "Cited documents, the newest first.",
                "Source[]",
            ),
        )
        .api(
            Method::Post,
            sources_at,
            STAFF,
            add_source,
            write(
                "addSource",
                "Adds a source.",
                Some("NewSource"),
                (201, "Source"),
            ),
        )
        .api(
            Method::Get,
            statements_at,
            STAFF,
            statements,
            read(
                "listStatements",
                "Versions of the statement on personal data; the first is in force.",
                "Statement[]",
            ),
        )
        .api(
            Method::Post,
            statements_at,
            STAFF,
            publish,
            write(
                "publishStatement",
                "Publishes a version of the statement on personal data.",
                Some("NewStatement"),
                (201, "Statement"),
            ),
        )
        .and(holiday_routes())
}

fn holiday_routes() -> Routes {
    let holidays_at = "/api/v1/programmes/{programme}/holidays";
    let load_at = "/api/v1/programmes/{programme}/holidays/load";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            holidays_at,
            STAFF,
            holidays,
            read("listHolidays", "General holidays, by day.", "Holiday[]"),
        )
        .api(
            Method::Post,
            holidays_at,
            STAFF,
            set_holiday,
            write(
                "setHoliday",
                "Sets a holiday.",
                Some("NewHoliday"),
                (200, "HolidaysSet"),
            ),
        )
        .api(
            Method::Post,
            load_at,
            STAFF,
            load,
            write(
                "loadHolidays",
                "Sets the holidays that are shipped.",
                None,
                (200, "HolidaysSet"),
            ),
        )
}

fn sources(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let rows = queries::sources(cx.conn, staff.programme())?;
    list(Page { rows, next: None }, Source::from)
}

fn add_source(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: NewSource = cx.json()?;
    let pairs = Given::new()
        .set("title_en", Some(new.title_en))
        .set("title_zh", Some(new.title_zh))
        .set("publisher", Some(new.publisher))
        .set("published_on", Some(new.published_on))
        .set("url", new.url)
        .alone();
    let mut form = Form::new(&pairs);
    let source = read_source(&mut form);
    form.done()?;
    let id = actions::add_source(cx.conn, &staff, &source)?;
    let rows = queries::sources(cx.conn, staff.programme())?;
    let made = rows
        .into_iter()
        .find(|row| row.id == id)
        .ok_or(Error::NotFound)?;
    Reply::json(201, &Source::from(made))
}

fn statements(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let rows = queries::pics_versions(cx.conn, staff.programme())?;
    list(Page { rows, next: None }, Statement::from)
}

fn publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: NewStatement = cx.json()?;
    let pairs = Given::new()
        .set("version", Some(new.version))
        .set("text_en", Some(new.text_en))
        .set("text_zh", Some(new.text_zh))
        .alone();
    let mut form = Form::new(&pairs);
    let (version, en, zh) = read_pics(&mut form);
    form.done()?;
    let id = actions::publish_pics(cx.conn, &staff, &version, &en, &zh)?;
    let rows = queries::pics_versions(cx.conn, staff.programme())?;
    let made = rows
        .into_iter()
        .find(|row| row.id == id)
        .ok_or(Error::NotFound)?;
    Reply::json(201, &Statement::from(made))
}

fn holidays(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    staff(cx)?;
    let rows = queries::holidays(cx.conn)?;
    list(Page { rows, next: None }, Holiday::from)
}

fn set_holiday(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: NewHoliday = cx.json()?;
    let pairs = Given::new()
        .set("observed_on", Some(new.observed_on))
        .set("name_en", Some(new.name_en))
        .set("name_zh", Some(new.name_zh))
        .set("status", Some(new.status))
        .alone();
    let mut form = Form::new(&pairs);
    let holiday = read_holiday(&mut form);
    form.done()?;
    let desk = access::desk(cx.conn)?;
    let written = actions::load_holidays(cx.conn, &desk, staff.programme(), &[holiday])?;
    Reply::json(200, &HolidaysSet { written })
}

fn load(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let desk = access::desk(cx.conn)?;
    let shipped = actions::shipped_holidays();
    let written = actions::load_holidays(cx.conn, &desk, staff.programme(), &shipped)?;
    Reply::json(200, &HolidaysSet { written })
}
