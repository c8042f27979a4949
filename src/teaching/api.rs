//! Teaching over the API.

use crate::web::Routes;

/// The operations of the room.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
}
