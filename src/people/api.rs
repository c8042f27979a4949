//! One's own account over the API: who the token speaks for, profile, devices, tokens, roles,
//! consents. What the programme office does with people is in `office`. Passwords and new tokens
//! are made on the account's pages alone: no token makes another.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, Access};
use crate::db::Actor;
use crate::error::{Error, Result};
use crate::ids::{SessionId, TokenId};
use crate::lang::Lang;
use crate::web::api::{Given, given, list, no_choice};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::account_pages::{profile_values, read_profile};
use super::actions;
use super::queries::{self, Consent, OwnGrant, Token};
use super::rules::roles::standing;
use super::sessions::{self, Listed};

mod office;

/// The person and role behind a request.
#[derive(Serialize, ToSchema)]
struct Me {
    id: Uuid,
    name: String,
    email: String,
    /// Language of the account.
    lang: String,
    /// The role acted in.
    role: String,
    /// Programmes that the role reaches.
    programmes: Vec<Uuid>,
    /// Organisations that the role speaks for.
    organisations: Vec<Uuid>,
    /// Scopes of the token; null for a browser's session.
    scopes: Option<Vec<String>>,
}

/// One's own names and telephone number.
#[derive(Serialize, ToSchema)]
struct Profile {
    email: String,
    /// Has the address been confirmed?
    confirmed: bool,
    family_name: Option<String>,
    given_names: Option<String>,
    western_name: Option<String>,
    name_zh: Option<String>,
    display_name: String,
    /// E.164.
    phone: Option<String>,
}

/// What changes about one's own profile; what is absent stays, null empties.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct ProfileChange {
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "Chan")]
    family_name: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "Tai Man")]
    given_names: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "Peter")]
    western_name: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "陳大文")]
    name_zh: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "+85291234567")]
    phone: Option<Option<String>>,
    /// en or zh-Hant-HK.
    #[schema(example = "en")]
    lang: Option<String>,
}

/// A browser in which one is signed in.
#[derive(Serialize, ToSchema)]
struct BrowserSession {
    id: Uuid,
    /// Such as `Firefox, Linux`.
    device: String,
    created_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
}

impl From<Listed> for BrowserSession {
    fn from(it: Listed) -> Self {
        Self {
            id: it.id.0,
            device: sessions::device(&it.user_agent),
            created_at: it.created_at,
            seen_at: it.seen_at,
        }
    }
}

/// One's own token, without its secret.
#[derive(Serialize, ToSchema)]
struct ApiToken {
    id: Uuid,
    label: String,
    scopes: Vec<String>,
    /// The role in which it acts; null for oneself.
    role: Option<String>,
    used_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
}

impl From<Token> for ApiToken {
    fn from(it: Token) -> Self {
        Self {
            id: it.id.0,
            label: it.label,
            scopes: it.scopes,
            role: it.role,
            used_at: it.used_at,
            expires_at: it.expires_at,
        }
    }
}

/// A role of one's own.
#[derive(Serialize, ToSchema)]
struct OwnRole {
    role: String,
    programme_en: Option<String>,
    programme_zh: Option<String>,
    organisation_en: Option<String>,
    organisation_zh: Option<String>,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    /// active, upcoming or ended.
    standing: String,
}

impl From<OwnGrant> for OwnRole {
    fn from(it: OwnGrant) -> Self {
        let standing = standing(it.starts_on, it.ends_on, it.revoked, it.today);
        Self {
            role: it.role,
            programme_en: it.programme_en,
            programme_zh: it.programme_zh,
            organisation_en: it.organisation_en,
            organisation_zh: it.organisation_zh,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            standing: standing.as_str().to_owned(),
        }
    }
}

/// A consent of one's own, given or withheld.
#[derive(Serialize, ToSchema)]
struct OwnConsent {
    /// pics, `trainee_agreement` or photographs.
    kind: String,
    version: String,
    given: bool,
    created_at: DateTime<Utc>,
}

impl From<Consent> for OwnConsent {
    fn from(it: Consent) -> Self {
        Self {
            kind: it.kind,
            version: it.version,
            given: it.given,
            created_at: it.created_at,
        }
    }
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<Me>()
        .schema_from::<Profile>()
        .schema_from::<ProfileChange>()
        .schema_from::<BrowserSession>()
        .schema_from::<ApiToken>()
        .schema_from::<OwnRole>()
        .schema_from::<OwnConsent>();
    office::schemas(to)
}

/// The operations of the room.
pub(super) fn routes() -> Routes {
    let profile_at = "/api/v1/me/profile";
    let (read, write) = (Operation::read, Operation::write);
    let anyone = Access::SignedIn;
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/me",
            anyone,
            me,
            read("getMe", "The person and role behind the token.", "Me"),
        )
        .api(
            Method::Get,
            profile_at,
            anyone,
            profile,
            read(
                "getProfile",
                "One's own names and telephone number.",
                "Profile",
            )
            .versioned(),
        )
        .api(
            Method::Patch,
            profile_at,
            anyone,
            change_profile,
            write(
                "changeProfile",
                "Changes one's own names, telephone number and language.",
                Some("ProfileChange"),
                (200, "Profile"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            "/api/v1/me/roles",
            anyone,
            roles,
            read("listOwnRoles", "One's own roles.", "OwnRole[]"),
        )
        .api(
            Method::Get,
            "/api/v1/me/consents",
            anyone,
            consents,
            read(
                "listOwnConsents",
                "One's own consents, the newest first.",
                "OwnConsent[]",
            ),
        )
        .and(credential_routes())
        .and(office::routes())
}

fn credential_routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    let anyone = Access::SignedIn;
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/me/sessions",
            anyone,
            own_sessions,
            read(
                "listOwnSessions",
                "Browsers in which one is signed in.",
                "BrowserSession[]",
            ),
        )
        .api(
            Method::Post,
            "/api/v1/me/sessions/{session}/end",
            anyone,
            end_session,
            write("endSession", "Signs one browser out.", None, (204, "")),
        )
        .api(
            Method::Post,
            "/api/v1/me/sessions/end",
            anyone,
            end_sessions,
            write("endSessions", "Signs every browser out.", None, (204, "")),
        )
        .api(
            Method::Get,
            "/api/v1/me/tokens",
            anyone,
            tokens,
            read("listOwnTokens", "One's own living tokens.", "ApiToken[]"),
        )
        .api(
            Method::Post,
            "/api/v1/me/tokens/{api_token}/revoke",
            anyone,
            revoke,
            write(
                "revokeToken",
                "Revokes a token, also the one in use.",
                None,
                (204, ""),
            ),
        )
}

fn me(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (Some(visitor), Actor::Person(acting)) = (&cx.visit.visitor, cx.conn.actor()) else {
        return Err(Error::SignIn);
    };
    Reply::json(
        200,
        &Me {
            id: visitor.person.0,
            name: visitor.name.clone(),
            email: visitor.email.clone(),
            lang: visitor.lang.tag().to_owned(),
            role: acting.role.as_str().to_owned(),
            programmes: acting.programmes.iter().map(|id| id.0).collect(),
            organisations: acting.organisations.iter().map(|id| id.0).collect(),
            scopes: visitor.scopes.clone(),
        },
    )
}

fn profile(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let it = queries::account(cx.conn, &own)?;
    let version = it.version;
    let shown = Profile {
        email: it.email,
        confirmed: it.confirmed,
        family_name: it.family_name,
        given_names: it.given_names,
        western_name: it.western_name,
        name_zh: it.name_zh,
        display_name: it.display_name,
        phone: it.phone,
    };
    Ok(Reply::json(200, &shown)?.with_version(version))
}

fn change_profile(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let account = queries::account(cx.conn, &own)?;
    let version = account.version;
    cx.if_match(version)?;
    let change: ProfileChange = cx.json()?;
    let lang = match &change.lang {
        Some(tag) => Some(Lang::parse(tag).ok_or_else(|| no_choice("lang"))?),
        None => None,
    };
    let pairs = Given::new()
        .set_or_empty("family_name", change.family_name)
        .set_or_empty("given_names", change.given_names)
        .set_or_empty("western_name", change.western_name)
        .set_or_empty("name_zh", change.name_zh)
        .set_or_empty("phone", change.phone)
        .over(&profile_values(account));
    let mut form = Form::new(&pairs);
    let (names, phone) = read_profile(&mut form, &pairs);
    form.done()?;
    let names = names.ok_or_else(|| no_choice("given_names"))?;
    let shown = names.display(lang.unwrap_or(cx.lang()));
    actions::change_profile(cx.conn, &own, &names, phone.as_ref(), &shown, version)?;
    if let Some(lang) = lang {
        actions::change_language(cx.conn, &own, lang)?;
    }
    profile(cx)
}

fn roles(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let rows = queries::own_grants(cx.conn, &own)?;
    list(Page { rows, next: None }, OwnRole::from)
}

fn consents(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let rows = queries::own_consents(cx.conn, &own)?;
    list(Page { rows, next: None }, OwnConsent::from)
}

fn own_sessions(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let rows = sessions::listed(cx.conn, &own)?;
    list(Page { rows, next: None }, BrowserSession::from)
}

fn end_session(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let session: SessionId = cx.request().param("session")?;
    sessions::end(cx.conn, &own, session)?;
    Ok(Reply::no_content())
}

fn end_sessions(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let this = cx.visit.visitor.as_ref().and_then(|it| it.session);
    actions::sign_out_everywhere(cx.conn, &own, this)?;
    Ok(Reply::no_content())
}

fn tokens(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let rows = queries::own_tokens(cx.conn, &own)?;
    list(Page { rows, next: None }, ApiToken::from)
}

fn revoke(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let token: TokenId = cx.request().param("api_token")?;
    actions::revoke_token(cx.conn, &own, token)?;
    Ok(Reply::no_content())
}
