//! Who the token speaks for.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::Access;
use crate::db::Actor;
use crate::error::{Error, Result};
use crate::web::{Cx, Method, Operation, Reply, Routes};

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

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Me>()
}

/// The operations of the room.
pub(super) fn routes() -> Routes {
    Routes::new().api(
        Method::Get,
        "/api/v1/me",
        Access::SignedIn,
        me,
        Operation::read("getMe", "The person and role behind the token.", "Me"),
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
