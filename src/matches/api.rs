//! Matches over the API.

use utoipa::openapi::ComponentsBuilder;

use crate::web::Routes;

/// The schemas of this room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to
}

/// The operations of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
}
