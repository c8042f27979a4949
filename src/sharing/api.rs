//! Sharing over the API.
use crate::web::Routes;

/// The operations of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
}
